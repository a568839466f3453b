//! The review of the session: which panes were visited, with their slices, and the deck of them.

use super::{picture, tell};
use crate::app::action::Effect;
use crate::app::command::Enabled;
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
    state.reviewing = Some((0, 0));
    tell(
        state,
        "正在生成复盘… Esc 取消",
        "making the review… Esc cancels it",
    );
    vec![Effect::Review]
}

pub(in crate::app) fn can_make(state: &State) -> Enabled {
    match state.reviewing {
        None => picture::has_board(state),
        Some(_) => Err([
            "复盘正在生成，Esc 取消",
            "a review is being made; Esc cancels it",
        ]),
    }
}

/// Leaves the review that is being made.
pub(super) fn cancel(state: &mut State) -> Vec<Effect> {
    state.reviewing = None;
    tell(
        state,
        "已取消复盘，没有留下文件",
        "the review was cancelled; no file is left",
    );
    vec![Effect::CancelReview]
}

/// A page is done; one that is not wanted any more is not told.
pub(super) fn progress(state: &mut State, done: usize, all: usize) {
    if state.reviewing.is_some() {
        state.reviewing = Some((done, all));
    }
}

/// The review came to its end.
pub(super) fn done(state: &mut State, notice: Notice) {
    if state.reviewing.take().is_some() {
        state.notice = Some(notice);
    }
}
