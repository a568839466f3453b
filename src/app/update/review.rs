//! The review of the session: which panes were visited, with their slices, and the deck of them.

use crate::app::action::Effect;
use crate::app::state::{Notice, State, Visit};

/// Visits that are remembered.
const MOST: usize = 24;

/// Remembers what is shown. A pane of a brand is remembered once, as it was seen last.
pub(super) fn visit(state: &mut State) {
    if state.board.is_none() || state.overlay.is_some() {
        return;
    }
    let brand = state.brand_id();
    let scenario = state.book.desk().open(brand);
    let visit = Visit {
        brand: state.brand,
        pane: state.pane,
        slice: state.slice.clone(),
        against: state.against,
        scenario: scenario.map(|s| s.name.clone()),
    };
    let same = |v: &Visit| (v.brand, v.pane) == (visit.brand, visit.pane);
    match state.visited.iter().position(same) {
        Some(at) if state.visited.get(at) == Some(&visit) => {}
        Some(at) => {
            if let Some(old) = state.visited.get_mut(at) {
                *old = visit;
            }
        }
        None if state.visited.len() < MOST => state.visited.push(visit),
        None => {}
    }
}

/// Asks for the deck of the session.
pub(in crate::app) fn make(state: &mut State) -> Vec<Effect> {
    state.notice = Some(Notice {
        zh: "正在生成复盘…".into(),
        en: "making the review…".into(),
        error: false,
    });
    vec![Effect::Review]
}
