//! Opening what is under the cursor: a brand, the card of a crowd, a scenario.

use super::scenario;
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
        _ => None,
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
        (Pane::Scenarios, _) => return scenario::open(state),
        _ => {}
    }
    Vec::new()
}

pub(in crate::app) fn can_open(state: &State) -> Enabled {
    match under_cursor(state) {
        None if state.pane == Pane::Scenarios => scenario::can_open(state),
        Some(_) => Ok(()),
        None => Err(["这里没有可以打开的内容", "there is nothing to open here"]),
    }
}
