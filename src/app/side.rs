//! Scenarios side by side: which of them stand there, and what they come to.
//!
//! Keys, screen and key scripts must agree on which scenario stands in row 3 and which are compared,
//! so both are decided here, once. The figures are kept in the state and made anew only when the
//! board or a scenario changed.

use std::sync::Arc;

use super::state::{Pane, SIDE_BY_SIDE, State};
use crate::board::{Board, Figures, KeyFigure, KeyFigures, Outcome, Part};
use crate::facts::CrowdKey;
use crate::metrics::Value;
use crate::scenario::{Book, Named};

/// The key figures of the focused brand, and what every scenario makes of them.
#[derive(Debug, Clone)]
pub struct SideBySide {
    /// The board that they are taken from.
    plain: Arc<Board>,
    /// The brand, an index into `Dataset::brands`.
    brand: usize,
    /// The figures without a scenario.
    pub keys: Arc<KeyFigures>,
    /// Every scenario of the brand, in the order in which they were made.
    outcomes: Vec<(Arc<Named>, Arc<Outcome>)>,
}

impl SideBySide {
    /// What a scenario comes to.
    pub fn outcome(&self, named: &Arc<Named>) -> Option<&Arc<Outcome>> {
        let mut each = self.outcomes.iter();
        each.find(|(own, _)| Arc::ptr_eq(own, named))
            .map(|(_, outcome)| outcome)
    }
}

/// What stands under the cursor of the scenarios pane.
#[derive(Debug, Clone, Copy)]
pub enum Row<'a> {
    /// The numbers of the data.
    Baseline,
    /// A scenario of the brand.
    Own(&'a Arc<Named>),
    /// A scenario that was made on other data, with the book that it stands in.
    Other(&'a Book, &'a Arc<Named>),
}

/// The rows of the scenarios pane: the baseline, the scenarios of the brand, those of other data.
pub fn rows(state: &State) -> impl Iterator<Item = Row<'_>> {
    let own = state.book.desk().of(state.brand_id()).map(Row::Own);
    let others = state.others.iter().flat_map(|book| {
        let each = book.desk().scenarios.iter();
        each.map(move |named| Row::Other(book, named))
    });
    std::iter::once(Row::Baseline).chain(own).chain(others)
}

/// The row under the cursor.
pub fn under_cursor(state: &State) -> Option<Row<'_>> {
    rows(state).nth(state.cursors[Pane::Scenarios as usize].row)
}

/// The scenarios that stand beside the baseline: the chosen ones; else the open one; else the first
/// ones.
pub fn shown(state: &State) -> Vec<&Arc<Named>> {
    let (desk, brand) = (state.book.desk(), state.brand_id());
    let chosen = state.chosen.iter().filter_map(|name| desk.get(brand, name));
    let chosen: Vec<_> = chosen.take(SIDE_BY_SIDE).collect();
    match desk.open(brand) {
        _ if !chosen.is_empty() => chosen,
        Some(open) => vec![open],
        None => desk.of(brand).take(SIDE_BY_SIDE).collect(),
    }
}

/// The values of a figure under scenarios.
pub fn values(figure: &KeyFigure, at: usize, outcomes: &[&Outcome]) -> Vec<Value> {
    let value = |o: &&Outcome| o.values.get(at).copied().unwrap_or(figure.baseline);
    outcomes.iter().map(value).collect()
}

/// Whether a figure is told side by side: somebody knows it, and a scenario moves it where it is of
/// one crowd only.
pub fn is_told(figure: &KeyFigure, values: &[Value]) -> bool {
    let known = figure.baseline.is_known() || values.iter().any(|v| v.is_known());
    let moved = values.iter().any(|v| *v != figure.baseline);
    let single = matches!(figure.part, Part::Crowd(CrowdKey::Crowd(_)));
    known && (!single || moved)
}

/// Most headings of the comparison: what is changed, and four kinds of figures.
const HEADINGS: usize = 5;

/// Lines that the comparison has at most, headings included.
pub(in crate::app) fn lines(state: &State) -> usize {
    let (Some(side), shown) = (state.side.as_deref(), shown(state)) else {
        return 0;
    };
    let outcomes: Vec<&Outcome> = shown
        .iter()
        .filter_map(|named| side.outcome(named).map(Arc::as_ref))
        .collect();
    let changes: usize = shown.iter().map(|s| s.scenario.changes.len()).sum();
    let rows = side.keys.rows.iter().enumerate();
    let told = rows.filter(|(at, figure)| is_told(figure, &values(figure, *at, &outcomes)));
    HEADINGS + changes + told.count()
}

/// Brings the figures up to date while the pane is shown. What is not shown is not kept.
pub(in crate::app) fn refresh(state: &mut State) {
    state.side = made(state);
}

fn made(state: &State) -> Option<Arc<SideBySide>> {
    let plain = state
        .plain
        .as_ref()
        .filter(|_| state.pane == Pane::Scenarios)?;
    let old = state
        .side
        .as_ref()
        .filter(|s| Arc::ptr_eq(&s.plain, plain) && s.brand == state.brand);
    let own: Vec<&Arc<Named>> = state.book.desk().of(state.brand_id()).collect();
    if let Some(old) = old
        && own.len() == old.outcomes.len()
        && own
            .iter()
            .zip(&old.outcomes)
            .all(|(a, (b, _))| Arc::ptr_eq(a, b))
    {
        return Some(Arc::clone(old));
    }
    let keys = match old {
        Some(old) => Arc::clone(&old.keys),
        None => Arc::new(key_figures(state, plain)?),
    };
    let outcomes = own.into_iter().map(|named| {
        let known = old.and_then(|old| old.outcome(named)).cloned();
        let outcome = known.unwrap_or_else(|| Arc::new(keys.under(&named.scenario)));
        (Arc::clone(named), outcome)
    });
    Some(Arc::new(SideBySide {
        outcomes: outcomes.collect(),
        plain: Arc::clone(plain),
        brand: state.brand,
        keys,
    }))
}

fn key_figures(state: &State, plain: &Board) -> Option<KeyFigures> {
    let figures = Figures {
        board: plain.brand(state.brand)?,
        data: state.dataset()?,
        definitions: &plain.query.definitions,
    };
    Some(figures.key_figures())
}
