//! The rows of the GMV workbench: which number stands in row 7 of the target tree or of Double 11.
//!
//! Keys, the screen and key scripts must agree on it, so both lists are made here, once. A crowd or
//! a layer can be opened; where everything fits, all are.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::state::{Pane, State};
use crate::board::{Double11, LayerYear, Solution, TargetTree, Workbench};
use crate::metrics::target_tree::Cell;
use crate::scenario::Item;

/// Rows of the screen that are not rows of the tree: header, tabs, frame, sums, explanations.
const TREE_CHROME: usize = 23;
/// The same for Double 11: facts and waves too.
const LAYERS_CHROME: usize = 25;

/// Which half of the workbench keys are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Half {
    /// GMV → buyers → consumers → crowds.
    #[default]
    Tree,
    /// Pool × cart rate × order rate × AOV of the layers.
    Double11,
}

impl Half {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Tree => Self::Double11,
            Self::Double11 => Self::Tree,
        }
    }
}

/// A cell of the target tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spot {
    /// Position of the crowd in the tree; `None`: the top line.
    pub crowd: Option<usize>,
    /// The cell.
    pub cell: Cell,
}

/// What the user has chosen in the workbench.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Desk {
    /// The half that was asked for last; [`half`] tells which one is there.
    pub half: Half,
    /// The row of the cursor in the half that has not got it.
    pub parked: usize,
    /// Crowds and layers that were opened (or closed) by hand, by position; layers count from the
    /// first one to all together.
    pub opened: BTreeMap<(Half, usize), bool>,
    /// The target that is solved for.
    pub unknown: Option<Spot>,
    /// What follows from the choice.
    pub told: Option<Arc<Told>>,
}

/// What is told about the cell under the cursor and about the unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The workbench that it is for.
    pub of: Arc<Workbench>,
    /// The cell under the cursor, solved for.
    pub cursor: Option<Solution>,
    /// The unknown, solved for.
    pub unknown: Option<Solution>,
}

/// A line below a layer of Double 11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LayerLine {
    /// This year, under the scenario.
    Now,
    /// This year without the scenario.
    Baseline,
    /// Now − baseline.
    Change,
    /// The target.
    Target,
    /// Now ÷ target.
    Completion,
    /// So many years ago.
    Year(usize),
}

/// A row of Double 11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LayerRow {
    /// Position among the layers, opportunity first; the last is all together.
    pub layer: usize,
    /// The line.
    pub line: LayerLine,
}

/// The workbench that is shown.
pub fn bench(state: &State) -> Option<&Arc<Workbench>> {
    let board = state.board.as_deref()?.brand(state.brand)?;
    board.workbench.as_ref()
}

/// The half that has the cursor: the one that was asked for, or the only one that is there.
pub fn half(state: &State) -> Half {
    let Some(bench) = bench(state) else {
        return state.gmv.half;
    };
    match (&bench.tree, &bench.double11) {
        (Some(_), None) => Half::Tree,
        (None, Some(_)) => Half::Double11,
        _ => state.gmv.half,
    }
}

/// Whether there are two halves to switch between.
pub fn both(state: &State) -> bool {
    bench(state).is_some_and(|b| b.tree.is_some() && b.double11.is_some())
}

/// Whether a crowd or a layer is open.
pub fn is_open(state: &State, half: Half, at: usize) -> bool {
    let chosen = state.gmv.opened.get(&(half, at)).copied();
    chosen.unwrap_or_else(|| {
        let Some(bench) = bench(state) else {
            return false;
        };
        let (rows, summary) = match half {
            Half::Tree => {
                let rows = bench.tree.as_ref().map_or(0, all_tree_rows);
                (rows + TREE_CHROME, None)
            }
            Half::Double11 => match &bench.double11 {
                Some(d) => (
                    all_layer_rows(d) + LAYERS_CHROME,
                    d.now.len().checked_sub(1),
                ),
                None => (0, None),
            },
        };
        summary == Some(at) || rows <= usize::from(state.size.1)
    })
}

fn all_tree_rows(tree: &TargetTree) -> usize {
    Cell::ALL.len() * (tree.crowds.len() + 1)
}

fn all_layer_rows(double11: &Double11) -> usize {
    (0..double11.now.len())
        .map(|layer| 1 + lines(double11, layer).len())
        .sum()
}

/// The rows of the target tree: the top line from GMV down to consumers, then the consumers of each
/// crowd; an open crowd has its other cells below.
pub fn tree_rows(state: &State) -> Vec<Spot> {
    let tree = bench(state).and_then(|b| b.tree.as_ref());
    let crowds = tree.map_or(0, |t| t.crowds.len());
    let top = tree.map_or(&[][..], |_| &Cell::ALL);
    let mut rows: Vec<Spot> = top.iter().map(|&cell| Spot { crowd: None, cell }).collect();
    for k in 0..crowds {
        let crowd = Some(k);
        rows.push(Spot {
            crowd,
            cell: Cell::Consumers,
        });
        if is_open(state, Half::Tree, k) {
            let rest = Cell::ALL.into_iter().filter(|c| *c != Cell::Consumers);
            rows.extend(rest.map(|cell| Spot { crowd, cell }));
        }
    }
    rows
}

/// The rows of Double 11: every layer, then all together, with what the scenario changed; an open one
/// has targets and years below.
pub fn layer_rows(state: &State) -> Vec<LayerRow> {
    let Some(double11) = bench(state).and_then(|b| b.double11.as_ref()) else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    for layer in 0..double11.now.len() {
        let line = LayerLine::Now;
        rows.push(LayerRow { layer, line });
        // What the scenario changed is never hidden.
        let open = is_open(state, Half::Double11, layer);
        let always = |line: &LayerLine| matches!(line, LayerLine::Baseline | LayerLine::Change);
        let more = lines(double11, layer).into_iter();
        let shown = more.filter(|line| open || always(line));
        rows.extend(shown.map(|line| LayerRow { layer, line }));
    }
    rows
}

/// What there is to tell about a layer beside its figures now.
fn lines(double11: &Double11, at: usize) -> Vec<LayerLine> {
    let Some(now) = double11.now.get(at) else {
        return Vec::new();
    };
    let mut lines = Vec::new();
    let base = double11.baseline(at);
    if base.is_some_and(|base| base.model != now.model) {
        lines.extend([LayerLine::Baseline, LayerLine::Change]);
    }
    if double11.target_of(at).is_some() {
        lines.extend([LayerLine::Target, LayerLine::Completion]);
    }
    let known =
        |year: &usize| in_year(double11, *year, now).is_some_and(|l| l.model.gmv.is_known());
    lines.extend([1, 2].into_iter().filter(known).map(LayerLine::Year));
    lines
}

/// The same layer, so many years ago.
pub fn in_year<'a>(double11: &'a Double11, year: usize, like: &LayerYear) -> Option<&'a LayerYear> {
    let layers = &double11.years.get(year)?.layers;
    layers.iter().find(|l| l.layer == like.layer)
}

/// How many rows the half with the cursor has.
pub(super) fn rows(state: &State) -> usize {
    match half(state) {
        Half::Tree => tree_rows(state).len(),
        Half::Double11 => layer_rows(state).len(),
    }
}

/// The cell of the tree under the cursor.
pub fn spot(state: &State) -> Option<Spot> {
    let row = state.cursors[Pane::Gmv as usize].row;
    let there = half(state) == Half::Tree;
    tree_rows(state).get(row).copied().filter(|_| there)
}

/// The crowd or the layer that the cursor is on.
pub(super) fn branch(state: &State) -> Option<(Half, usize)> {
    let row = state.cursors[Pane::Gmv as usize].row;
    match half(state) {
        Half::Tree => Some((Half::Tree, spot(state)?.crowd?)),
        Half::Double11 => {
            let row = layer_rows(state).get(row).copied()?;
            Some((Half::Double11, row.layer))
        }
    }
}

/// The item of levers that the cursor is on: a crowd, a layer, or all of them.
pub(super) fn lever_item(state: &State) -> Option<Item> {
    let bench = bench(state)?;
    let id = match branch(state) {
        Some((Half::Tree, k)) => {
            let crowd = *bench.tree.as_ref()?.crowds.get(k)?;
            Some(state.dataset()?.crowds.get(crowd)?.id.clone())
        }
        Some((Half::Double11, layer)) => {
            let layer = bench.double11.as_ref()?.now.get(layer)?.layer;
            layer.map(|state| state.id().to_owned())
        }
        None => None,
    };
    Some(id.map_or(Item::All, Item::One))
}
