//! Which brand is shown, and the field that narrows the list of brands.

use super::cursor;
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::order;
use crate::app::state::{Overlay, Pane, State};

pub(in crate::app) fn next(state: &mut State) -> Vec<Effect> {
    step(state, 1)
}

pub(in crate::app) fn previous(state: &mut State) -> Vec<Effect> {
    step(state, -1)
}

/// The next brand in the order shown, round and round; the cursor of the brands pane goes along.
fn step(state: &mut State, by: isize) -> Vec<Effect> {
    let order = order::brand_order(state);
    let here = order.iter().position(|&b| b == state.brand);
    let row = match here {
        Some(row) => (row as isize + by).rem_euclid(order.len().max(1) as isize) as usize,
        None => 0,
    };
    if let Some(&brand) = order.get(row) {
        state.brand = brand;
        state.cursors[Pane::Brands as usize].row = row;
    }
    Vec::new()
}

pub(in crate::app) fn can_step(state: &State) -> Enabled {
    match order::brand_order(state).as_slice() {
        [] => Err(["没有可切换的品牌", "there is no brand to go to"]),
        [only] if *only == state.brand => Err(["只有一个品牌", "there is one brand only"]),
        _ => Ok(()),
    }
}

/// Opens the field, with the text that holds now.
pub(in crate::app) fn filter(state: &mut State) -> Vec<Effect> {
    let text = state.brand_filter.clone();
    let caret = text.chars().count();
    state.overlay = Some(Overlay::Filter { text, caret });
    Vec::new()
}

pub(in crate::app) fn filter_apply(state: &mut State) -> Vec<Effect> {
    if let Some(Overlay::Filter { text, .. }) = state.overlay.take() {
        state.brand_filter = text;
    }
    cursor::limit(state);
    Vec::new()
}

pub(in crate::app) fn filter_cancel(state: &mut State) -> Vec<Effect> {
    cursor::keep_item(state, |state| state.overlay = None);
    Vec::new()
}
