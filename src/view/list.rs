//! The metric list of a terminal that is too small for panes: name, value, change, one per line.
//!
//! It shows what matters most on the pane that is open, and nothing that would have to be cut.

use super::brands::{change, name};
use super::ghost::Ghost;
use super::number::Number;
use super::table::Change;
use super::{scenarios, text};
use crate::app::order::{brand_order, crowd_order};
use crate::app::{Pane, Phase, State};
use crate::board::{BrandBoard, Figure, Part};
use crate::facts::CrowdKey;

/// A list of metrics.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ListModel {
    /// The brand.
    pub title: String,
    /// The lines, most important first.
    pub lines: Vec<ListLine>,
    /// Which line should be visible.
    pub cursor: usize,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct ListLine {
    /// What it is.
    pub name: String,
    /// Its value.
    pub value: Number,
    /// Its change against the comparison; of a scenario, the difference to the baseline.
    pub change: Change,
    /// Its value without the what-if that changes it.
    pub ghost: Option<Ghost>,
    /// The cursor stands on it.
    pub selected: bool,
}

/// The list for a state.
pub fn model(state: &State) -> ListModel {
    let Phase::Ready(engine) = &state.phase else {
        return ListModel::default();
    };
    let brand = engine.dataset().brands.get(state.brand);
    let board = state.board.as_deref().and_then(|b| b.brand(state.brand));
    let cursor = state.cursors[state.pane as usize].row;
    let lines = match (state.pane, board) {
        (Pane::Brands, _) => brand_lines(state),
        (Pane::Crowds, Some(board)) => crowd_lines(state, board),
        (Pane::Scenarios, Some(_)) => scenarios::lines(state),
        (pane, Some(board)) => lines_of(state, board, metrics(pane)),
        (_, None) => Vec::new(),
    };
    ListModel {
        title: brand.map_or_else(String::new, |b| name(state.language, b).to_owned()),
        cursor: cursor.min(lines.len().saturating_sub(1)),
        lines,
    }
}

/// What a pane without rows lists.
fn metrics(pane: Pane) -> &'static [&'static str] {
    match pane {
        Pane::FastPlus => &[
            "fast_plus.capital",
            "fast_plus.conversion",
            "fast_plus.connection",
            "fast_plus.clv",
        ],
        Pane::Aipl => &[
            "aipl.a", "aipl.i", "aipl.p", "aipl.l", "step.a", "step.i", "step.p",
        ],
        _ => &["fast.f", "fast.a", "fast.s", "fast.t"],
    }
}

fn lines_of(state: &State, board: &BrandBoard, ids: &[&str]) -> Vec<ListLine> {
    ids.iter()
        .filter_map(|id| board.get(id, Part::Whole))
        .map(|f| line(state, text::short(state.language, f.metric), f))
        .collect()
}

fn line(state: &State, name: &str, f: &Figure) -> ListLine {
    ListLine {
        name: name.to_owned(),
        value: Number::of(f.now, f.unit(), state.language),
        change: change(state.language, f),
        ghost: Ghost::of(state.language, f, ""),
        selected: false,
    }
}

/// The rows around the cursor, with the metric that a row is told by.
fn around<'a>(
    state: &State,
    order: &[usize],
    mut tell: impl FnMut(usize) -> Option<(&'a str, &'a Figure)>,
) -> Vec<ListLine> {
    let height = usize::from(state.size.1).max(1);
    let cursor = state.cursors[state.pane as usize].row;
    let cursor = cursor.min(order.len().saturating_sub(1));
    let top = (cursor + 1).saturating_sub(height);
    let rows = order.iter().enumerate().skip(top).take(height);
    rows.filter_map(|(place, &i)| {
        let (name, figure) = tell(i)?;
        Some(ListLine {
            selected: place == cursor,
            ..line(state, name, figure)
        })
    })
    .collect()
}

fn brand_lines(state: &State) -> Vec<ListLine> {
    let (Phase::Ready(engine), Some(board)) = (&state.phase, state.board.as_deref()) else {
        return Vec::new();
    };
    let brands = &engine.dataset().brands;
    around(state, &brand_order(state), |i| {
        let figure = board.brand(i)?.get("fast.f", Part::Whole)?;
        Some((name(state.language, brands.get(i)?), figure))
    })
}

fn crowd_lines(state: &State, board: &BrandBoard) -> Vec<ListLine> {
    let Phase::Ready(engine) = &state.phase else {
        return Vec::new();
    };
    let crowds = &engine.dataset().crowds;
    around(state, &crowd_order(state), |c| {
        let part = Part::Crowd(CrowdKey::Crowd(c as u32));
        let figure = board.get("crowd.consumers", part)?;
        Some((super::crowds::name(state.language, crowds.get(c)?), figure))
    })
}
