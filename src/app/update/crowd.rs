//! Opening what is under the cursor: a brand, the card of a crowd, a scenario.

use super::{history, picker, scenario};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::explain::Explain;
use crate::app::order;
use crate::app::state::{Overlay, Pane, State};
use crate::facts::Condition;

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
            history::deepen(state);
            state.brand = brand;
            state.pane = Pane::Fast;
        }
        (Pane::Crowds, Some(crowd)) if state.open_crowd == Some(crowd) => inside(state, crowd),
        (Pane::Crowds, Some(crowd)) => {
            history::deepen(state);
            state.open_crowd = Some(crowd);
        }
        (Pane::Scenarios, _) => return scenario::open(state),
        _ => {}
    }
    Vec::new()
}

/// From the cards down to the strategy crowds that they are made of.
pub(in crate::app) fn deeper(state: &mut State) -> Vec<Effect> {
    history::deepen(state);
    state.pane = Pane::Crowds;
    state.open_crowd = None;
    Vec::new()
}

pub(in crate::app) fn can_deepen(state: &State) -> Enabled {
    if order::crowd_order(state).is_empty() {
        return Err(["数据里没有策略人群", "the data set has no strategy crowds"]);
    }
    Ok(())
}

/// Into an open crowd: its consumers by touchpoint; once the slice is inside a touchpoint, what the
/// numbers are made of.
fn inside(state: &mut State, crowd: usize) {
    let Some(id) = state.dataset().and_then(|d| d.crowds.get(crowd)) else {
        return;
    };
    let condition = Condition {
        dimension: "crowd".to_owned(),
        negated: false,
        values: vec![id.id.clone()],
    };
    let dimension = picker::dimension_inside(state);
    let there = state.slice.filter.contains(&condition);
    match dimension {
        Some(at) if !there || !picker::has_condition(state, at) => {
            history::deepen(state);
            if !there {
                state.slice.filter.push(condition);
            }
            picker::open_at(state, at);
        }
        _ => state.overlay = Some(Overlay::Explain(Explain::default())),
    }
}

pub(in crate::app) fn can_open(state: &State) -> Enabled {
    match under_cursor(state) {
        None if state.pane == Pane::Scenarios => scenario::can_open(state),
        Some(_) => Ok(()),
        None => Err(["这里没有可以打开的内容", "there is nothing to open here"]),
    }
}
