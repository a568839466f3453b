//! A scenario laid over the figures of a brand: the baseline stays beside the result.
//!
//! The numbers come from a [`Model`] of the brand's figures, one for each source; figures that no
//! lever reaches keep every bit.

use super::{BrandBoard, Figure, Part, Source, sheet};
use crate::facts::{CrowdKey, Dataset};
use crate::metrics::aipl::State;
use crate::metrics::double11::{LAYERS, Layer, residual};
use crate::metrics::target_tree::Line;
use crate::metrics::{Definitions, Value, Why};
use crate::scenario::model::{Cell, CrowdCell, Fast, FastCell, Inputs, LayerCell};
use crate::scenario::{Model, Scenario};

/// Changes the figures of a brand; what hit a bound is told in [`BrandBoard::bounded`].
pub(super) fn apply(
    board: &mut BrandBoard,
    data: &Dataset,
    definitions: &Definitions,
    scenario: &Scenario,
) {
    if scenario.is_empty() {
        return;
    }
    for source in [Source::Events, Source::Platform] {
        let figures = Figures {
            board,
            data,
            definitions,
        };
        let model = figures.model(source, Side::Now);
        let (changed, bounded) = model.under(scenario);
        for told in bounded {
            if !board.bounded.contains(&told) {
                board.bounded.push(told);
            }
        }
        if changed != model {
            for figure in board.figures.iter_mut().filter(|f| f.source == source) {
                write(figure, &model, &changed);
            }
        }
    }
}

/// Which value of a figure a model holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// On as-of.
    Now,
    /// On the comparison day.
    Against,
    /// The target, given or derived.
    Target,
}

impl Side {
    fn of(self, figure: &Figure) -> Value {
        match self {
            Self::Now => figure.now,
            Self::Against => figure.against,
            Self::Target => figure.target.unwrap_or(Value::Missing(Why::NotGiven)),
        }
    }
}

/// The figures of a brand with what is needed to read them as a model.
#[derive(Debug, Clone, Copy)]
pub struct Figures<'a> {
    /// The figures.
    pub board: &'a BrandBoard,
    /// The data set that they come from.
    pub data: &'a Dataset,
    /// The definitions that they were computed with.
    pub definitions: &'a Definitions,
}

/// What a plan of a brand starts from.
#[derive(Debug, Clone, PartialEq)]
pub struct Basis {
    /// The numbers.
    pub model: Model,
    /// Where they come from.
    pub source: Source,
    /// Crowds of which a missing current figure was taken from its target (position in
    /// `Dataset::crowds`).
    pub planned: Vec<usize>,
}

impl Figures<'_> {
    /// The numbers from one source: as they are, as they were, or as they are wanted. What follows
    /// from the factors of a crowd or layer is filled in for targets.
    pub fn model(&self, source: Source, side: Side) -> Model {
        let mut inputs = self.inputs(source, side);
        if side == Side::Target {
            fill_targets(&mut inputs);
        }
        Model::new(inputs)
    }

    /// The model in which a metric is known: of the event log if it knows it, else of the platform
    /// tables, else with the targets of crowds in the place of current figures that are missing.
    /// `None` when no model holds the metric.
    ///
    /// A goal is sought in one model: figures of two sources do not multiply.
    pub fn basis(&self, metric: &str, item: &str) -> Option<Basis> {
        let mut held = None;
        for source in [Source::Events, Source::Platform] {
            let inputs = self.inputs(source, Side::Now);
            let model = Model::new(inputs.clone());
            match model.get(metric, item) {
                Some(value) if value.is_known() => {
                    return Some(Basis {
                        model,
                        source,
                        planned: Vec::new(),
                    });
                }
                Some(_) => held = Some((inputs, source)),
                None => {}
            }
        }
        let (mut inputs, source) = held?;
        let planned = plan(&mut inputs, self.board);
        Some(Basis {
            model: Model::new(inputs),
            source,
            planned,
        })
    }

    /// The model with the targets of crowds in the place of current figures that are missing.
    pub fn planned(&self) -> Basis {
        let mut inputs = self.inputs(Source::Platform, Side::Now);
        let planned = plan(&mut inputs, self.board);
        Basis {
            model: Model::new(inputs),
            source: Source::Platform,
            planned,
        }
    }

    /// The figures of one source as inputs of a model.
    pub(super) fn inputs(&self, source: Source, side: Side) -> Inputs {
        let mut inputs = empty(self.data);
        inputs.by_buyers = self.definitions.text("crowd.penetration_numerator") == "buyers";
        let direct = self.definitions.text("gmv.direct") == "on";
        for figure in self.board.figures.iter().filter(|f| f.source == source) {
            if let Some(cell) = slot(figure, &mut inputs, direct) {
                *cell = side.of(figure);
            }
            if side == Side::Now {
                read_carts(figure, &mut inputs);
            }
        }
        inputs
    }
}

/// Fills in what follows from the targets of the factors of crowds and layers.
pub(super) fn fill_targets(inputs: &mut Inputs) {
    for (_, line, _) in &mut inputs.crowds {
        *line = line.solved();
    }
    for layer in inputs.layers.iter_mut().flatten() {
        let derived = layer.derived();
        layer.carts = layer.carts.or(derived.carts);
        layer.buyers = layer.buyers.or(derived.buyers);
        layer.gmv = layer.gmv.or(derived.gmv);
    }
}

/// Fills what crowds lack from their targets; gives the crowds that needed it.
fn plan(inputs: &mut Inputs, board: &BrandBoard) -> Vec<usize> {
    let mut planned = Vec::new();
    for (k, (_, line, _)) in inputs.crowds.iter_mut().enumerate() {
        let part = Part::Crowd(CrowdKey::Crowd(k as u32));
        let mut filled = false;
        let current = line.solved();
        *line = current;
        // Factors only: sums that stand beside other factors would contradict them.
        for id in [
            "crowd.consumers",
            "crowd.penetration",
            "crowd.conversion",
            "crowd.aov",
        ] {
            let target = board
                .get(id, part)
                .and_then(|f| f.target.filter(|t| t.is_known()).or(f.target_derived));
            let target = target.or_else(|| total_target(board, id));
            let (Some(target), Some(cell)) = (target, line_cell(line, id)) else {
                continue;
            };
            if !cell.is_known() && target.is_known() {
                *cell = target;
                *line = line.solved();
                filled = true;
            }
        }
        if filled {
            planned.push(k);
        }
    }
    if !planned.is_empty() && inputs.additive {
        let counted: Vec<Line> = inputs
            .crowds
            .iter()
            .filter(|(_, _, counted)| *counted)
            .map(|(_, line, _)| *line)
            .collect();
        inputs.total = Line::sum(&counted);
    }
    planned
}

/// A conversion or AOV that is targeted for all crowds holds for each.
fn total_target(board: &BrandBoard, id: &str) -> Option<Value> {
    let shared = matches!(id, "crowd.conversion" | "crowd.aov");
    let all = board.get(id, Part::Crowd(CrowdKey::All));
    all.filter(|_| shared)?.target
}

/// Inputs of which nothing is known but the crowds of the data set.
fn empty(data: &Dataset) -> Inputs {
    let none = Value::Missing(Why::NotGiven);
    let mut counted = vec![false; data.crowds.len()];
    for k in data.counted_crowds() {
        if let Some(c) = counted.get_mut(k) {
            *c = true;
        }
    }
    let each = data.crowds.iter().zip(counted);
    Inputs {
        crowds: each
            .map(|(crowd, counted)| (crowd.id.clone(), Line::missing(Why::NotGiven), counted))
            .collect(),
        total: Line::missing(Why::NotGiven),
        additive: sheet::overlap_free(data),
        by_buyers: false,
        layers: [None; 5],
        fast: Fast {
            f: none,
            stock: [none; 4],
            a: none,
            s: none,
            t: none,
            active: none,
        },
    }
}

/// The place of a figure among the inputs.
fn slot<'a>(figure: &Figure, inputs: &'a mut Inputs, direct: bool) -> Option<&'a mut Value> {
    let id = figure.metric.id;
    match figure.part {
        Part::Crowd(CrowdKey::All) => line_cell(&mut inputs.total, id),
        Part::Crowd(CrowdKey::Crowd(k)) => {
            let (_, line, _) = inputs.crowds.get_mut(k as usize)?;
            line_cell(line, id)
        }
        Part::Layer(Some(state)) => layer_cell(layer_of(inputs, state)?, id, direct),
        Part::Whole => fast_cell(&mut inputs.fast, id),
        _ => None,
    }
}

/// The layer of a state; one that figures name is there from then on.
fn layer_of(inputs: &mut Inputs, state: State) -> Option<&mut Layer> {
    let at = LAYERS.iter().position(|l| *l == state)?;
    let layer = inputs.layers.get_mut(at)?;
    Some(layer.get_or_insert_with(|| Layer {
        direct_rate: Value::Known(0.0),
        ..Layer::of_missing(Why::NotGiven)
    }))
}

/// People who carted are no figure of their own: they are counted in the cart rate.
fn read_carts(figure: &Figure, inputs: &mut Inputs) {
    if let (Part::Layer(Some(state)), "gmv.cart_rate", Some(carts)) =
        (figure.part, figure.metric.id, figure.numerator)
        && let Some(layer) = layer_of(inputs, state)
    {
        layer.carts = carts;
    }
}

fn line_cell<'a>(line: &'a mut Line, id: &str) -> Option<&'a mut Value> {
    Some(match id {
        "crowd.population" => &mut line.population,
        "crowd.penetration" => &mut line.penetration,
        "crowd.consumers" => &mut line.consumers,
        "crowd.conversion" => &mut line.conversion,
        "crowd.buyers" => &mut line.buyers,
        "crowd.aov" => &mut line.aov,
        "crowd.gmv" => &mut line.gmv,
        _ => return None,
    })
}

fn layer_cell<'a>(layer: &'a mut Layer, id: &str, direct: bool) -> Option<&'a mut Value> {
    Some(match id {
        "gmv.pool" => &mut layer.pool,
        "gmv.cart_rate" => &mut layer.cart_rate,
        "gmv.order_rate" => &mut layer.order_rate,
        "gmv.aov" => &mut layer.aov,
        "gmv.direct_rate" if direct => &mut layer.direct_rate,
        "gmv.buyers" => &mut layer.buyers,
        "gmv.gmv" => &mut layer.gmv,
        _ => return None,
    })
}

fn fast_cell<'a>(fast: &'a mut Fast, id: &str) -> Option<&'a mut Value> {
    let [a, i, p, l] = &mut fast.stock;
    Some(match id {
        "fast.f" => &mut fast.f,
        "aipl.a" => a,
        "aipl.i" => i,
        "aipl.p" => p,
        "aipl.l" => l,
        "fast.a" => &mut fast.a,
        "fast.s" => &mut fast.s,
        "fast.t" => &mut fast.t,
        "fast.active_members" => &mut fast.active,
        _ => return None,
    })
}

/// The cell of a model that a figure shows.
pub(super) fn cell(model: &Model, figure: &Figure) -> Option<Cell> {
    let id = figure.metric.id;
    match figure.part {
        Part::Whole => model.cell(id, ""),
        Part::Crowd(CrowdKey::All) | Part::Layer(None) => model.cell(id, "*"),
        Part::Crowd(CrowdKey::Crowd(k)) => model.cell(id, model.crowds().get(k as usize)?),
        Part::Layer(Some(state)) => model.cell(id, state.id()),
        _ => None,
    }
}

/// The value of a cell in the changed model, where it differs from the model's own by more than
/// rounding.
pub(super) fn moved(model: &Model, changed: &Model, cell: Cell) -> Option<Value> {
    let (before, after) = (model.value(cell), changed.value(cell));
    let same = match (before, after) {
        (Value::Known(a), Value::Known(b)) => (a - b).abs() <= 1e-12 * a.abs().max(b.abs()),
        (a, b) => a == b,
    };
    (!same).then_some(after)
}

/// Gives a figure the value that the changed model has, where it differs from the model's own.
fn write(figure: &mut Figure, model: &Model, changed: &Model) {
    if figure.metric.id == "gmv.residual" {
        return write_residual(figure, model, changed);
    }
    let Some(cell) = cell(model, figure) else {
        return;
    };
    let Some(after) = moved(model, changed, cell) else {
        return;
    };
    figure.baseline = Some(figure.now);
    figure.now = after;
    if figure.numerator.is_some() {
        let parts = parts(changed, cell, figure);
        figure.numerator = parts.map(|p| p.0).or(figure.numerator);
        figure.denominator = parts.map(|p| p.1).or(figure.denominator);
    }
}

/// The actual GMV stays, the model moves: so does what it leaves over.
fn write_residual(figure: &mut Figure, model: &Model, changed: &Model) {
    let gmv = |of: &Model| match figure.part {
        Part::Layer(Some(state)) => of.get("gmv.gmv", state.id()),
        Part::Layer(None) => of.get("gmv.gmv", "*"),
        _ => None,
    };
    if let (Some(before), Some(after)) = (gmv(model), gmv(changed))
        && before != after
    {
        figure.baseline = Some(figure.now);
        figure.now = residual(figure.now.plus(before), after);
    }
}

/// Numerator and denominator of a ratio under the scenario.
fn parts(model: &Model, cell: Cell, figure: &Figure) -> Option<(Value, Value)> {
    Some(match cell {
        Cell::Crowd(at, of) => {
            let of_crowd = |of| model.value(Cell::Crowd(at, of));
            match of {
                CrowdCell::Penetration if model.counts_buyers() => {
                    (of_crowd(CrowdCell::Buyers), of_crowd(CrowdCell::Population))
                }
                CrowdCell::Penetration => (
                    of_crowd(CrowdCell::Consumers),
                    of_crowd(CrowdCell::Population),
                ),
                CrowdCell::Conversion => {
                    (of_crowd(CrowdCell::Buyers), of_crowd(CrowdCell::Consumers))
                }
                CrowdCell::Aov => (of_crowd(CrowdCell::Gmv), of_crowd(CrowdCell::Buyers)),
                _ => return None,
            }
        }
        Cell::Layer(at, of) => {
            let layer = model.layer(at)?;
            match of {
                LayerCell::CartRate => (layer.carts, layer.pool),
                LayerCell::OrderRate => (layer.carts.times(layer.order_rate), layer.carts),
                LayerCell::Aov => (layer.gmv, layer.buyers),
                LayerCell::DirectRate => (layer.pool.times(layer.direct_rate), layer.pool),
                _ => return None,
            }
        }
        Cell::Fast(FastCell::T) => (
            model.value(Cell::Fast(FastCell::Active)),
            model.value(Cell::Fast(FastCell::S)),
        ),
        Cell::Fast(FastCell::A) => {
            let base = figure.denominator?;
            (figure.now.times(base), base)
        }
        Cell::Fast(_) => return None,
    })
}
