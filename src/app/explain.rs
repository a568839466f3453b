//! Which numbers a pane shows, in reading order, and how each of them comes about.
//!
//! Keys, screen and tests must agree on what stands in row 7, so the list is made here, once, and
//! only while the explanation is open. Long tables give the rows around their cursor, as the pane
//! does.

use super::order;
use super::state::{Pane, State};
use crate::board::explain::{self, Explanation};
use crate::board::{Board, BrandBoard, Part};
use crate::facts::CrowdKey;
use crate::metrics::aipl::State as Layer;
use crate::metrics::fast_plus::{Field, Role};
use crate::metrics::metric;

/// What is chosen in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Explain {
    /// The number that is explained; `None`: the one that belongs to the cursor of the pane.
    pub row: Option<usize>,
    /// Lines of the explanation that are scrolled past.
    pub top: usize,
}

/// A number that a pane shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A figure of the board.
    Figure {
        /// Index into `Dataset::brands`.
        brand: usize,
        /// Id of the metric.
        metric: &'static str,
        /// Which part of the brand.
        part: Part,
    },
}

const FAST: [&str; 4] = ["fast.f", "fast.a", "fast.s", "fast.t"];
const LAYERS: [&str; 4] = ["aipl.a", "aipl.i", "aipl.p", "aipl.l"];
const CROWD: [&str; 7] = [
    "crowd.consumers",
    "crowd.penetration",
    "crowd.buyers",
    "crowd.conversion",
    "crowd.aov",
    "crowd.gmv",
    "crowd.population",
];

/// The numbers that the pane shows, in reading order.
pub fn subjects(state: &State) -> Vec<Subject> {
    let Some(board) = state.board.as_deref() else {
        return Vec::new();
    };
    match state.pane {
        Pane::Brands => brands(state, board),
        pane => board.brand(state.brand).map_or_else(Vec::new, |brand| {
            let list = List { brand };
            match pane {
                Pane::FastPlus => list.fast_plus(),
                Pane::Crowds => list.crowds(&shown_crowds(state)),
                Pane::Aipl => list.aipl(),
                _ => list.fast(),
            }
        }),
    }
}

/// The number that is explained: its place in the list.
pub fn row(state: &State, form: &Explain, subjects: &[Subject]) -> usize {
    let row = form.row.unwrap_or_else(|| first(state, subjects));
    row.min(subjects.len().saturating_sub(1))
}

/// The number that belongs to the cursor of the pane.
fn first(state: &State, subjects: &[Subject]) -> usize {
    let row = state.cursors[state.pane as usize].row;
    let own = |s: &Subject| match (state.pane, *s) {
        (Pane::Brands, Subject::Figure { brand, .. }) => {
            order::brand_order(state).get(row) == Some(&brand)
        }
        (Pane::Crowds, Subject::Figure { part, .. }) => {
            let under = || order::crowd_order(state).get(row).copied();
            let crowd = state.open_crowd.or_else(under);
            crowd.is_some_and(|k| part == Part::Crowd(CrowdKey::Crowd(k as u32)))
        }
        _ => true,
    };
    subjects.iter().position(own).unwrap_or(0)
}

/// How a number comes about; `None` when the board does not hold it any more.
pub fn explanation(state: &State, subject: Subject) -> Option<Explanation> {
    let board = state.board.as_deref()?;
    match subject {
        Subject::Figure {
            brand,
            metric,
            part,
        } => {
            let brand = board.brand(brand)?;
            let figure = brand.get(metric, part)?;
            Some(explain::figure(board, brand, state.dataset()?, figure))
        }
    }
}

/// Where a number lives: the pane that tells most about it, and the crowd, where it is of one.
pub fn home(subject: Subject) -> (Pane, Option<usize>) {
    match subject {
        Subject::Figure { metric, part, .. } => {
            let crowd = match part {
                Part::Crowd(CrowdKey::Crowd(k)) => Some(k as usize),
                _ => None,
            };
            (pane_of(metric), crowd)
        }
    }
}

fn pane_of(metric: &str) -> Pane {
    match metric.split_once('.').map_or(metric, |(group, _)| group) {
        "fast_plus" => Pane::FastPlus,
        "crowd" => Pane::Crowds,
        "aipl" | "flow" | "step" => Pane::Aipl,
        "gmv" => Pane::Gmv,
        _ => Pane::Fast,
    }
}

/// FAST of the brands around the cursor, as many to each side as the screen has rows.
fn brands(state: &State, board: &Board) -> Vec<Subject> {
    let order = order::brand_order(state);
    let shown = around(state, &order);
    let of = |brand: &usize| {
        let own = board.brand(*brand);
        own.map_or_else(Vec::new, |own| List { brand: own }.whole(FAST.as_slice()))
    };
    shown.iter().flat_map(of).collect()
}

/// The crowds of which numbers are shown: the open one, or those around the cursor.
fn shown_crowds(state: &State) -> Vec<usize> {
    let order = order::crowd_order(state);
    around(state, &order).to_vec()
}

/// The part of a list that can be on the screen.
fn around<'a>(state: &State, order: &'a [usize]) -> &'a [usize] {
    let height = usize::from(state.size.1);
    let last = order.len().saturating_sub(1);
    let row = state.cursors[state.pane as usize].row.min(last);
    let end = row.saturating_add(height + 1).min(order.len());
    order.get(row.saturating_sub(height)..end).unwrap_or(&[])
}

/// Lists the figures that a brand has.
struct List<'a> {
    brand: &'a BrandBoard,
}

impl List<'_> {
    fn figure(&self, id: &str, part: Part) -> Option<Subject> {
        self.brand.get(id, part)?;
        Some(Subject::Figure {
            brand: self.brand.brand,
            metric: metric(id)?.id,
            part,
        })
    }

    fn whole(&self, ids: &[&str]) -> Vec<Subject> {
        let each = ids.iter();
        each.filter_map(|id| self.figure(id, Part::Whole)).collect()
    }

    fn fast(&self) -> Vec<Subject> {
        let mut all = self.whole(FAST.as_slice());
        all.extend(self.whole(&["fast.active_members", "aipl.total"]));
        all.extend(self.whole(LAYERS.as_slice()));
        all
    }

    fn fast_plus(&self) -> Vec<Subject> {
        let mut roles = Role::ALL.map(Part::Role);
        roles.reverse();
        let of = |id, parts: &[Part]| -> Vec<Subject> {
            let whole = self.figure(id, Part::Whole);
            let each = parts.iter().filter_map(|p| self.figure(id, *p));
            whole.into_iter().chain(each).collect()
        };
        let mut all = of("fast_plus.capital", &roles);
        all.extend(of("fast_plus.conversion", &[]));
        all.extend(of("fast_plus.connection", &Field::ALL.map(Part::Field)));
        all.extend(of("fast_plus.clv", &roles));
        all
    }

    fn crowds(&self, crowds: &[usize]) -> Vec<Subject> {
        let keys = crowds.iter().map(|k| CrowdKey::Crowd(*k as u32));
        let parts = keys.chain([CrowdKey::All]).map(Part::Crowd);
        let of = |part| CROWD.map(|id| self.figure(id, part));
        parts.flat_map(of).flatten().collect()
    }

    fn aipl(&self) -> Vec<Subject> {
        let mut all = self.whole(LAYERS.as_slice());
        let steps = ["step.a", "step.i", "step.p"];
        all.extend(self.whole(&steps));
        all.extend(self.whole(&["aipl.total", "aipl.o", "aipl.active"]));
        for from in Layer::ALL {
            let cells = Layer::ALL.map(|to| self.figure("flow", Part::Flow(from, to)));
            all.extend(cells.into_iter().flatten());
        }
        let terms = ["new", "deepened", "unchanged", "shallower", "lost"];
        let ids = terms.map(|term| format!("flow.{term}"));
        all.extend(ids.iter().filter_map(|id| self.figure(id, Part::Whole)));
        all
    }
}
