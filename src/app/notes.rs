//! What notes can be pinned to, and which of them belong to what is shown.

use super::order;
use super::state::{Pane, State};
use crate::scenario::Note;
use std::sync::Arc;

/// The places of a pane that a note can be pinned to, the nearest first: the crowd under the cursor,
/// the pane, its metrics.
pub fn places(state: &State) -> Vec<String> {
    let crowd = crowd_under_cursor(state).map(|id| format!("crowd:{id}"));
    let pane = format!("pane:{}", state.pane.id());
    let metrics = metrics(state.pane).iter().map(|id| (*id).to_owned());
    crowd.into_iter().chain([pane]).chain(metrics).collect()
}

fn crowd_under_cursor(state: &State) -> Option<String> {
    if state.pane != Pane::Crowds {
        return None;
    }
    let row = state.cursors[Pane::Crowds as usize].row;
    let crowd = *order::crowd_order(state).get(row)?;
    Some(state.dataset()?.crowds.get(crowd)?.id.clone())
}

fn metrics(pane: Pane) -> &'static [&'static str] {
    match pane {
        Pane::Brands | Pane::Fast => &[
            "fast.f",
            "fast.a",
            "fast.s",
            "fast.t",
            "fast.active_members",
        ],
        Pane::FastPlus => &[
            "fast_plus.capital",
            "fast_plus.conversion",
            "fast_plus.connection",
            "fast_plus.clv",
        ],
        Pane::Crowds => &[
            "crowd.consumers",
            "crowd.penetration",
            "crowd.conversion",
            "crowd.gmv",
        ],
        Pane::Aipl => &["aipl.a", "aipl.i", "aipl.p", "aipl.l", "aipl.total"],
        Pane::Gmv => &["gmv.gmv", "gmv.buyers", "gmv.pool", "crowd.gmv"],
        Pane::Scenarios | Pane::Why | Pane::Outlook => &[],
    }
}

/// The notes of the brand, day and slice that are shown, in the order in which they were pinned.
pub fn shown(state: &State) -> Vec<&Arc<Note>> {
    let slice = state.slice.to_string();
    let brand = state.brand_id();
    let notes = state.book.desk().notes.iter();
    notes
        .filter(|n| n.brand == brand && n.as_of == state.as_of && n.slice == slice)
        .collect()
}

/// All notes of the brand, the newest day first.
pub fn all(state: &State) -> Vec<&Arc<Note>> {
    let brand = state.brand_id();
    let notes = state.book.desk().notes.iter();
    let mut own: Vec<_> = notes.filter(|n| n.brand == brand).collect();
    own.sort_by_key(|n| std::cmp::Reverse(n.as_of));
    own
}
