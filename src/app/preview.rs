//! What the values of the slice picker would do: the numbers of a slice that is only looked at.
//!
//! While the picker is open, the boards of the slices one step away are computed in the background,
//! the one under the cursor first. Nothing waits for them: whatever the user does goes before.

use std::sync::Arc;

use super::explain::{self, Explain, Subject};
use super::state::{Overlay, Picker, State};
use super::update::picker;
use crate::board::{Board, Figure, Focus, Part, Query};
use crate::facts::Slice;

/// What the previews hold for; only the slice is another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    /// The question, without a slice.
    pub query: Query,
    /// For which brands, and how deep.
    pub focus: Focus,
    /// Where the data set that it is asked of stands, only to tell it from another one.
    pub engine: usize,
}

/// The previews of the open picker.
#[derive(Debug, Clone, Default)]
pub struct Previews {
    /// Counts the boards that were asked for, so that late ones are dropped.
    pub generation: u64,
    /// What the boards that were found hold for.
    pub base: Option<Base>,
    /// The slice whose board is being computed.
    pub asked: Option<Slice>,
    /// Boards by slice, under the open scenario.
    pub found: Vec<(Slice, Arc<Board>)>,
    /// The shown board as it is without the preview that is laid over it.
    pub below: Option<Arc<Board>>,
}

impl Previews {
    /// The board of a slice, once it is known.
    pub fn of(&self, slice: &Slice) -> Option<&Board> {
        let mut all = self.found.iter();
        all.find(|(of, _)| of == slice).map(|(_, b)| b.as_ref())
    }
}

/// A figure whose change the values of the picker tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watched {
    /// Index into `Dataset::brands`.
    pub brand: usize,
    /// Id of the metric.
    pub metric: &'static str,
    /// Which part of the brand.
    pub part: Part,
}

impl Watched {
    /// Its figure on a board.
    pub fn on(self, board: &Board) -> Option<&Figure> {
        board.brand(self.brand)?.get(self.metric, self.part)
    }
}

/// The figures of the pane, in reading order; the one under its cursor is the `usize`-th.
pub fn effects(state: &State) -> (Vec<Watched>, usize) {
    let subjects = explain::subjects(state);
    let here = explain::row(state, &Explain::default(), &subjects);
    let figure = |s: &Subject| match *s {
        Subject::Figure {
            brand,
            metric,
            part,
        } => Some(Watched {
            brand,
            metric,
            part,
        }),
        _ => None,
    };
    let before = subjects.iter().take(here).filter_map(figure).count();
    let mut all: Vec<Watched> = subjects.iter().filter_map(figure).collect();
    if all.is_empty() {
        all = ["fast.f", "fast.a", "fast.s", "fast.t"]
            .map(|metric| Watched {
                brand: state.brand,
                metric,
                part: Part::Whole,
            })
            .into();
    }
    let last = all.len() - 1;
    (all, before.min(last))
}

/// The figure whose change the values of the picker tell.
pub fn effect(state: &State, picker: &Picker) -> Option<Watched> {
    let (all, here) = effects(state);
    let at = (here + picker.effect) % all.len().max(1);
    all.get(at).copied()
}

/// The slice that is looked at, with the one value under the cursor switched.
pub fn looked_at(state: &State) -> Option<Slice> {
    match &state.overlay {
        Some(Overlay::Picker(picker)) => picker::switches(state, picker)(picker.row),
        _ => None,
    }
}
