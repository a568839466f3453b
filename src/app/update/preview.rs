//! Asking for previews, one at a time, and laying the one under the cursor over the board.

use std::sync::Arc;

use super::history::By;
use super::picker;
use crate::app::action::{Action, Effect};
use crate::app::preview::{Base, Previews, looked_at};
use crate::app::state::{Overlay, Pane, Phase, State};
use crate::board::{self, Board, Extent, Focus, Query};
use crate::facts::Slice;
use crate::scenario::Scenario;

/// How many values to either side of the cursor tell what they would do.
const NEAR: usize = 64;
/// How many boards are kept.
const MOST: usize = 512;

/// Takes the preview off the board, before anything is done to it.
pub(super) fn lift(state: &mut State) {
    if let Some(below) = state.preview.below.take() {
        state.board = Some(below);
    }
}

/// Lays the preview under the cursor over the board, and asks for the next one that is not known.
pub(super) fn refresh(state: &mut State) -> Vec<Effect> {
    let Some(base) = base(state) else {
        return leave(state);
    };
    if state.preview.base.as_ref() != Some(&base) {
        let generation = state.preview.generation;
        state.preview = Previews {
            generation,
            base: Some(base.clone()),
            ..Previews::default()
        };
    }
    if state.stale {
        // What is under way makes way for the board that is wanted.
        state.preview.asked = None;
        return Vec::new();
    }
    lay(state);
    let next = next(state);
    if next == state.preview.asked {
        return Vec::new();
    }
    state.preview.generation += 1;
    state.preview.asked.clone_from(&next);
    let asked = next.map(|slice| {
        let query = Query {
            slice,
            scenario: Scenario::default(),
            ..base.query
        };
        (query, base.focus)
    });
    vec![Effect::Preview(state.preview.generation, asked)]
}

/// What previews hold for now; `None` where there is nothing to look at.
fn base(state: &State) -> Option<Base> {
    let (Phase::Ready(engine), Some(Overlay::Picker(_)), Some(board)) =
        (&state.phase, &state.overlay, &state.board)
    else {
        return None;
    };
    if board.extent == Extent::Tables {
        return None;
    }
    let focus = if state.pane == Pane::Brands {
        Focus::One(state.brand)
    } else {
        Focus::Full(vec![state.brand])
    };
    Some(Base {
        query: Query {
            slice: Slice::default(),
            ..state.query()
        },
        focus,
        engine: Arc::as_ptr(engine).addr(),
    })
}

/// The picker is closed: what is known is forgotten, and what is under way is not wanted any more.
fn leave(state: &mut State) -> Vec<Effect> {
    let generation = state.preview.generation + 1;
    let left = std::mem::replace(
        &mut state.preview,
        Previews {
            generation,
            ..Previews::default()
        },
    );
    match left.asked {
        Some(_) => vec![Effect::Preview(generation, None)],
        None => Vec::new(),
    }
}

fn lay(state: &mut State) {
    let Some(slice) = looked_at(state) else {
        return;
    };
    let (Some(found), Some(board)) = (state.preview.of(&slice), &state.board) else {
        return;
    };
    let laid = board.previewing(found);
    state.preview.below = state.board.replace(Arc::new(laid));
}

/// The nearest value to the cursor whose preview is not known. One that is being computed is left
/// to come to its end, unless the cursor's own is not known.
fn next(state: &State) -> Option<Slice> {
    let Some(Overlay::Picker(picker)) = &state.overlay else {
        return None;
    };
    let unknown = |slice: &Slice| state.preview.of(slice).is_none();
    let at = picker::switches(state, picker);
    if let Some(own) = at(picker.row).filter(unknown) {
        return Some(own);
    }
    if state.preview.asked.as_ref().is_some_and(unknown) {
        return state.preview.asked.clone();
    }
    (1..=NEAR)
        .flat_map(|by| [Some(picker.row + by), picker.row.checked_sub(by)])
        .flatten()
        .filter_map(&at)
        .find(unknown)
}

/// A preview is there.
pub(super) fn found(state: &mut State, generation: u64, board: Arc<Board>) {
    if generation != state.preview.generation {
        return;
    }
    let Some(slice) = state.preview.asked.take() else {
        return;
    };
    let board = match (&state.preview.base, state.dataset()) {
        (Some(base), Some(data)) if !base.query.scenario.is_empty() => {
            Arc::new(Arc::unwrap_or_clone(board).under(data, &base.query.scenario))
        }
        _ => board,
    };
    let known = &mut state.preview.found;
    if known.len() >= MOST {
        known.clear();
    }
    known.push((slice, board));
}

/// Computes on the spot whatever the open picker looks at, for headless use.
pub fn foresee(state: &mut State) {
    super::change(state, By::World, |_| Vec::new());
    while let (Phase::Ready(engine), Some(slice), Some(base)) = (
        state.phase.clone(),
        state.preview.asked.clone(),
        state.preview.base.clone(),
    ) {
        let query = Query {
            slice,
            scenario: Scenario::default(),
            ..base.query
        };
        let board = board::glimpse(&engine, &query, &base.focus);
        let generation = state.preview.generation;
        super::update(state, Action::Previewed(generation, Arc::new(board)));
    }
}
