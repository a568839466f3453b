//! Opening what is under the cursor: a brand, or the card of a crowd.

use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::order;
use crate::app::state::{Pane, State};

/// What stands under the cursor of the pane: an index into the brands or the crowds.
pub(super) fn under_cursor(state: &State) -> Option<usize> {
    let row = state.cursors[state.pane as usize].row;
    match state.pane {
        Pane::Brands => order::brand_order(state).get(row).copied(),
        Pane::Crowds => order::crowd_order(state).get(row).copied(),
        Pane::Fast | Pane::FastPlus | Pane::Aipl => None,
    }
}

pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    match (state.pane, under_cursor(state)) {
        (Pane::Brands, Some(brand)) => {
            state.brand = brand;
            state.pane = Pane::Fast;
            state.came_from = Some(Pane::Brands);
        }
        (Pane::Crowds, Some(crowd)) => state.open_crowd = Some(crowd),
        _ => {}
    }
    Vec::new()
}

pub(in crate::app) fn can_open(state: &State) -> Enabled {
    match under_cursor(state) {
        Some(_) => Ok(()),
        None => Err(["这里没有可以打开的内容", "there is nothing to open here"]),
    }
}
