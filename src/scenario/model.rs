//! The model that levers work on: crowds, the layers of Double 11 and FAST of one brand, as numbers.
//!
//! A [`Model`] is small and cheap to copy, so that goal seek, tornado and grid may ask it thousands
//! of times. It holds inputs and what follows from them; where the numbers come from is the
//! business of `board`. It refuses to invent: a result that needs a missing factor is missing.

use std::sync::Arc;

use super::{Bounded, Change, Item, Items, Lever, Operator, Scenario, lever, same};
use crate::metrics::aipl::State;
use crate::metrics::double11::{LAYERS, Layer};
use crate::metrics::target_tree::Line;
use crate::metrics::{Value, Why};

/// FAST of the whole brand, with the layers of its asset.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fast {
    /// F, people.
    pub f: Value,
    /// A, I, P, L, people; they keep their mix when F moves.
    pub stock: [Value; 4],
    /// A, a fraction.
    pub a: Value,
    /// S, people; at most F.
    pub s: Value,
    /// T, a fraction of S.
    pub t: Value,
    /// S × T, people; at most S.
    pub active: Value,
}

/// One crowd: as it is, and as it becomes.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Crowd {
    base: Line,
    now: Line,
    counted: bool,
}

/// One layer; `None` where the data know nothing of it.
type Slot = Option<Layer>;

/// What a model is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct Inputs {
    /// Ids and figures of the crowds, and whether the total counts them.
    pub crowds: Vec<(String, Line, bool)>,
    /// The total of the crowds as the data give it. What it has beyond the sum of the crowds stays.
    pub total: Line,
    /// Whether no consumer is in two crowds, so that the crowds may be added.
    pub additive: bool,
    /// Whether penetration counts buyers instead of consumers.
    pub by_buyers: bool,
    /// The layers, in the order of [`LAYERS`].
    pub layers: [Option<Layer>; 5],
    /// FAST.
    pub fast: Fast,
}

/// Numbers of one brand under a scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    ids: Arc<[String]>,
    crowds: Vec<Crowd>,
    total: Line,
    /// Population, consumers, buyers and GMV of the total beyond the sum of the crowds.
    beyond: [f64; 4],
    additive: bool,
    by_buyers: bool,
    layers: [Slot; 5],
    fast: Fast,
    /// FAST as it was given.
    mix: Fast,
}

/// One of several items, or all of them together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// The item at a position.
    One(usize),
    /// The total.
    All,
}

/// One number of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cell {
    /// Of a crowd.
    Crowd(Place, CrowdCell),
    /// Of a layer; places are positions in [`LAYERS`].
    Layer(Place, LayerCell),
    /// Of the whole brand.
    Fast(FastCell),
}

/// The numbers of a crowd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the metrics crowd.* of METRICS")]
pub enum CrowdCell {
    Population,
    Penetration,
    Consumers,
    Conversion,
    Buyers,
    Aov,
    Gmv,
}

/// The numbers of a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the metrics gmv.* of METRICS")]
pub enum LayerCell {
    Pool,
    CartRate,
    OrderRate,
    Aov,
    DirectRate,
    Buyers,
    Gmv,
}

/// The numbers of FAST; the layers are positions in A, I, P, L.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the metrics fast.* and aipl.* of METRICS")]
pub enum FastCell {
    F,
    A,
    S,
    T,
    Active,
    Stock(usize),
}

/// The cell that a metric names, without its item.
fn crowd_cell(metric: &str) -> Option<CrowdCell> {
    Some(match metric {
        "crowd.population" => CrowdCell::Population,
        "crowd.penetration" => CrowdCell::Penetration,
        "crowd.consumers" => CrowdCell::Consumers,
        "crowd.conversion" => CrowdCell::Conversion,
        "crowd.buyers" => CrowdCell::Buyers,
        "crowd.aov" => CrowdCell::Aov,
        "crowd.gmv" => CrowdCell::Gmv,
        _ => return None,
    })
}

fn layer_cell(metric: &str) -> Option<LayerCell> {
    Some(match metric {
        "gmv.pool" => LayerCell::Pool,
        "gmv.cart_rate" => LayerCell::CartRate,
        "gmv.order_rate" => LayerCell::OrderRate,
        "gmv.aov" => LayerCell::Aov,
        "gmv.direct_rate" => LayerCell::DirectRate,
        "gmv.buyers" => LayerCell::Buyers,
        "gmv.gmv" => LayerCell::Gmv,
        _ => return None,
    })
}

fn fast_cell(metric: &str) -> Option<FastCell> {
    Some(match metric {
        "fast.f" | "aipl.total" => FastCell::F,
        "fast.a" => FastCell::A,
        "fast.s" => FastCell::S,
        "fast.t" => FastCell::T,
        "fast.active_members" => FastCell::Active,
        "aipl.a" => FastCell::Stock(0),
        "aipl.i" => FastCell::Stock(1),
        "aipl.p" => FastCell::Stock(2),
        "aipl.l" => FastCell::Stock(3),
        _ => return None,
    })
}

impl Model {
    /// A model of the figures given.
    pub fn new(inputs: Inputs) -> Self {
        let mut ids = Vec::with_capacity(inputs.crowds.len());
        let mut crowds = Vec::with_capacity(inputs.crowds.len());
        for (id, line, counted) in inputs.crowds {
            ids.push(id);
            crowds.push(Crowd {
                base: line,
                now: line,
                counted,
            });
        }
        let mut model = Self {
            ids: ids.into(),
            crowds,
            total: inputs.total,
            beyond: [0.0; 4],
            additive: inputs.additive,
            by_buyers: inputs.by_buyers,
            layers: inputs.layers,
            fast: inputs.fast,
            mix: inputs.fast,
        };
        let given = sums_of(&model.total);
        let sums = model.sums();
        model.beyond = std::array::from_fn(|i| match (given[i], sums[i]) {
            (Value::Known(given), Value::Known(sum)) => given - sum,
            _ => 0.0,
        });
        model
    }

    /// Takes the figures of the model that this one is a copy of.
    pub(super) fn restore(&mut self, base: &Self) {
        self.crowds.clone_from(&base.crowds);
        self.layers = base.layers;
        self.fast = base.fast;
    }

    /// Ids of the crowds, by position.
    pub fn crowds(&self) -> &[String] {
        &self.ids
    }

    /// Positions of the crowds that the total counts.
    pub fn counted(&self) -> Vec<usize> {
        let each = self.crowds.iter().enumerate();
        each.filter(|(_, c)| c.counted).map(|(k, _)| k).collect()
    }

    /// The figures of one crowd.
    pub fn crowd(&self, position: usize) -> Option<&Line> {
        self.crowds.get(position).map(|c| &c.now)
    }

    /// Whether penetration counts buyers instead of consumers.
    pub fn counts_buyers(&self) -> bool {
        self.by_buyers
    }

    /// One layer, or all of them together.
    pub fn layer(&self, place: Place) -> Option<Layer> {
        match place {
            Place::One(at) => *self.layers.get(at)?,
            Place::All => Some(self.all_layers()),
        }
    }

    /// The layers, in the order of [`LAYERS`].
    pub fn layers(&self) -> &[Option<Layer>; 5] {
        &self.layers
    }

    /// The cell of a metric and its item: a crowd id, a layer, `*` for all of them, empty for the
    /// whole brand. `None` when the model does not hold it.
    pub fn cell(&self, metric: &str, item: &str) -> Option<Cell> {
        if let Some(cell) = crowd_cell(metric) {
            return Some(Cell::Crowd(self.position(item)?, cell));
        }
        if let Some(cell) = layer_cell(metric) {
            return Some(Cell::Layer(layer_position(item)?, cell));
        }
        fast_cell(metric)
            .filter(|_| item.is_empty() || item == "*")
            .map(Cell::Fast)
    }

    fn position(&self, item: &str) -> Option<Place> {
        if let Some(k) = self.ids.iter().position(|id| id == item) {
            return Some(Place::One(k));
        }
        (item == "*").then_some(Place::All)
    }

    /// The number in a cell.
    pub fn value(&self, cell: Cell) -> Value {
        match cell {
            Cell::Crowd(Place::One(k), cell) => self
                .crowds
                .get(k)
                .map_or(Value::Missing(Why::NotGiven), |c| of_line(&c.now, cell)),
            Cell::Crowd(Place::All, cell) => of_line(&self.total(), cell),
            Cell::Layer(Place::One(l), cell) => match self.layers.get(l) {
                Some(Some(layer)) => of_layer(layer, cell),
                _ => Value::Missing(Why::NotGiven),
            },
            Cell::Layer(Place::All, cell) => of_layer(&self.all_layers(), cell),
            Cell::Fast(cell) => self.of_fast(cell),
        }
    }

    /// The number of a metric and its item.
    pub fn get(&self, metric: &str, item: &str) -> Option<Value> {
        Some(self.value(self.cell(metric, item)?))
    }

    fn of_fast(&self, cell: FastCell) -> Value {
        let fast = &self.fast;
        match cell {
            FastCell::F => fast.f,
            FastCell::A => fast.a,
            FastCell::S => fast.s,
            FastCell::T => fast.t,
            FastCell::Active => fast.active,
            FastCell::Stock(i) => fast
                .stock
                .get(i)
                .copied()
                .unwrap_or(Value::Missing(Why::NotGiven)),
        }
    }

    /// All crowds together: as given while no crowd has changed, else the sum and what the given
    /// total has beyond it; missing where crowds overlap.
    pub fn total(&self) -> Line {
        if self.crowds.iter().all(|c| c.now == c.base) {
            return self.total;
        }
        if !self.additive {
            return Line::missing(Why::Overlap);
        }
        let sums = self.sums();
        let [population, consumers, buyers, gmv] =
            std::array::from_fn(|i| sums[i].plus(Value::Known(self.beyond[i])));
        let mut line = Line::of_sums(population, consumers, buyers, gmv);
        if self.by_buyers {
            line.penetration = buyers.over(population);
        }
        line
    }

    fn sums(&self) -> [Value; 4] {
        let mut sums = [Value::Known(0.0); 4];
        for crowd in self.crowds.iter().filter(|c| c.counted) {
            for (sum, value) in sums.iter_mut().zip(sums_of(&crowd.now)) {
                *sum = sum.plus(value);
            }
        }
        sums
    }

    /// All layers that the data know, together.
    pub fn all_layers(&self) -> Layer {
        let mut found = [Layer::of_missing(Why::NotGiven); 5];
        let mut n = 0;
        for layer in self.layers.iter().flatten() {
            found[n] = *layer;
            n += 1;
        }
        if n == 0 {
            return found[0];
        }
        Layer::sum(&found[..n])
    }

    /// The cells that a change is for, with the item of each; none where it only moves the
    /// projection.
    pub fn cells(&self, lever: &Lever, item: &Item) -> Vec<(Cell, String)> {
        let wanted = |id: &String| match item {
            Item::All => true,
            Item::One(one) => one == id,
        };
        let items: Vec<String> = match lever.items {
            Items::Whole => vec![String::new()],
            Items::Crowds => self.ids.iter().filter(|id| wanted(id)).cloned().collect(),
            Items::Layers => LAYERS
                .into_iter()
                .zip(&self.layers)
                .filter(|(_, layer)| layer.is_some())
                .map(|(state, _)| state.id().to_owned())
                .filter(wanted)
                .collect(),
            Items::Transitions | Items::Arrivals => Vec::new(),
        };
        let cells = items.into_iter();
        cells
            .filter_map(|id| Some((self.cell(lever.id, &id)?, id)))
            .collect()
    }

    /// The model under a scenario, and the bounds that it hit.
    pub fn under(&self, scenario: &Scenario) -> (Self, Vec<Bounded>) {
        let (mut model, mut bounded) = (self.clone(), Vec::new());
        for change in &scenario.changes {
            for (cell, item) in model.cells(change.lever, &change.item) {
                model.change(change, cell, &item, &mut bounded);
            }
        }
        (model, bounded)
    }

    fn change(&mut self, change: &Change, cell: Cell, item: &str, bounded: &mut Vec<Bounded>) {
        let Some(asked) = change.asked(self.value(cell).get()) else {
            return;
        };
        let members = self.fast.s;
        let kept = self.set(cell, change.lever.keep(asked));
        let told = |lever, item: &str, asked, kept| Bounded {
            lever,
            item: item.to_owned(),
            asked,
            kept,
        };
        if !same(kept, asked) {
            bounded.push(told(change.lever, item, asked, kept));
        }
        if let (Cell::Fast(FastCell::F), Value::Known(before), Value::Known(after), Some(lever)) =
            (cell, members, self.fast.s, lever("fast.s"))
            && !same(before, after)
        {
            bounded.push(told(lever, "", before, after));
        }
    }

    /// Sets an input and everything that follows from it; gives the value that was kept (members
    /// never exceed the asset, active members never the members). A cell that is a result is left
    /// alone.
    pub fn set(&mut self, cell: Cell, value: f64) -> f64 {
        match cell {
            Cell::Crowd(Place::One(k), cell) => {
                let by_buyers = self.by_buyers;
                if let Some(crowd) = self.crowds.get_mut(k) {
                    set_line(&mut crowd.now, cell, Value::known(value), by_buyers);
                }
                value
            }
            Cell::Layer(Place::One(l), cell) => {
                if let Some(Some(layer)) = self.layers.get_mut(l) {
                    set_layer(layer, cell, Value::known(value));
                }
                value
            }
            Cell::Fast(cell) => {
                let kept = set_fast(&mut self.fast, cell, value);
                if cell == FastCell::F {
                    // From the mix as it was: an asset of 0 in between must not lose it.
                    let scale = self.fast.f.over(self.mix.f);
                    self.fast.stock = self.mix.stock.map(|people| people.times(scale));
                }
                kept
            }
            Cell::Crowd(Place::All, _) | Cell::Layer(Place::All, _) => value,
        }
    }
}

fn layer_position(item: &str) -> Option<Place> {
    if item == "*" {
        return Some(Place::All);
    }
    let state = State::from_id(item)?;
    LAYERS.iter().position(|l| *l == state).map(Place::One)
}

fn sums_of(line: &Line) -> [Value; 4] {
    [line.population, line.consumers, line.buyers, line.gmv]
}

fn of_line(line: &Line, cell: CrowdCell) -> Value {
    match cell {
        CrowdCell::Population => line.population,
        CrowdCell::Penetration => line.penetration,
        CrowdCell::Consumers => line.consumers,
        CrowdCell::Conversion => line.conversion,
        CrowdCell::Buyers => line.buyers,
        CrowdCell::Aov => line.aov,
        CrowdCell::Gmv => line.gmv,
    }
}

fn of_layer(layer: &Layer, cell: LayerCell) -> Value {
    match cell {
        LayerCell::Pool => layer.pool,
        LayerCell::CartRate => layer.cart_rate,
        LayerCell::OrderRate => layer.order_rate,
        LayerCell::Aov => layer.aov,
        LayerCell::DirectRate => layer.direct_rate,
        LayerCell::Buyers => layer.buyers,
        LayerCell::Gmv => layer.gmv,
    }
}

/// `down = up × rate` after `up` or `rate` has changed. Where `up` was missing and now is known, a
/// missing rate follows from what is known below it; where nothing can follow, `down` is missing.
fn follow(before: Value, up: Value, rate: &mut Value, down: &mut Value, rate_is_new: bool) {
    if up.is_known() && rate.is_known() {
        *down = up.times(*rate);
    } else if up.is_known() && !before.is_known() && down.is_known() {
        *rate = down.over(up);
    } else if up != before || rate_is_new {
        *down = up.times(*rate);
    }
}

fn set_line(line: &mut Line, cell: CrowdCell, value: Value, by_buyers: bool) {
    let before = *line;
    let (mut population, mut conversion) = (false, false);
    match cell {
        CrowdCell::Population => line.population = value,
        CrowdCell::Penetration => {
            line.penetration = value;
            population = true;
        }
        CrowdCell::Conversion => {
            line.conversion = value;
            conversion = true;
        }
        CrowdCell::Aov => line.aov = value,
        CrowdCell::Consumers | CrowdCell::Buyers | CrowdCell::Gmv => return,
    }
    let reach = matches!(cell, CrowdCell::Population | CrowdCell::Penetration);
    if reach && by_buyers {
        let (rate, down) = (&mut line.penetration, &mut line.buyers);
        follow(before.population, line.population, rate, down, population);
        line.consumers = line.buyers.over(line.conversion).or(line.consumers);
    } else {
        if reach {
            let (rate, down) = (&mut line.penetration, &mut line.consumers);
            follow(before.population, line.population, rate, down, population);
        }
        if cell != CrowdCell::Aov {
            let (rate, down) = (&mut line.conversion, &mut line.buyers);
            follow(before.consumers, line.consumers, rate, down, conversion);
        }
        if by_buyers && conversion {
            line.penetration = line.buyers.over(line.population);
        }
    }
    let paid = cell == CrowdCell::Aov;
    follow(
        before.buyers,
        line.buyers,
        &mut line.aov,
        &mut line.gmv,
        paid,
    );
}

fn set_layer(layer: &mut Layer, cell: LayerCell, value: Value) {
    match cell {
        LayerCell::Pool => layer.pool = value,
        LayerCell::CartRate => layer.cart_rate = value,
        LayerCell::OrderRate => layer.order_rate = value,
        LayerCell::Aov => layer.aov = value,
        LayerCell::DirectRate => layer.direct_rate = value,
        LayerCell::Buyers | LayerCell::Gmv => return,
    }
    if cell == LayerCell::Aov {
        layer.gmv = layer.buyers.times(layer.aov);
    } else {
        *layer = layer.derived();
    }
}

/// The smaller of a value and a limit that held before.
fn at_most(value: f64, limit: Value) -> f64 {
    limit.get().map_or(value, |limit| value.min(limit))
}

fn set_fast(fast: &mut Fast, cell: FastCell, value: f64) -> f64 {
    // A brand of which members are known and the asset is not has no such limit.
    let within = |part: Value, whole: Value| match (part, whole) {
        (Value::Known(part), Value::Known(whole)) => part <= whole,
        _ => true,
    };
    let limit = |part, whole| {
        if within(part, whole) {
            whole
        } else {
            Value::Missing(Why::NotGiven)
        }
    };
    match cell {
        FastCell::F => {
            let held = limit(fast.s, fast.f).is_known();
            fast.f = Value::known(value);
            if let (true, Value::Known(s)) = (held, fast.s)
                && s > value
            {
                set_fast(fast, FastCell::S, value);
            }
            value
        }
        FastCell::A => {
            fast.a = Value::known(value);
            value
        }
        FastCell::S => {
            let kept = at_most(value, limit(fast.s, fast.f));
            fast.s = Value::known(kept);
            fast.active = fast.s.times(fast.t);
            kept
        }
        FastCell::T => {
            fast.t = Value::known(value);
            fast.active = fast.s.times(fast.t);
            value
        }
        FastCell::Active => {
            let kept = at_most(value, limit(fast.active, fast.s));
            fast.active = Value::known(kept);
            // Without members the rate stays what it was.
            fast.t = fast.active.over(fast.s).or(fast.t);
            kept
        }
        FastCell::Stock(_) => value,
    }
}

/// One thing that a search may turn: a lever with an item, or a lever of all items at once.
#[derive(Debug, Clone, PartialEq)]
pub struct Knob {
    /// The lever.
    pub lever: &'static Lever,
    /// For which items.
    pub item: Item,
    /// What a position means: the new value (one item), points added or a factor (all items).
    pub operator: Operator,
    /// The position at which nothing is changed.
    pub rest: f64,
    /// Smallest and largest position.
    pub bounds: (f64, f64),
    /// Size of one step, in positions.
    pub step: f64,
    /// What one step costs.
    pub cost: f64,
    cells: Vec<(Cell, f64)>,
}

/// The largest factor by which a search multiplies all items.
const LARGEST_FACTOR: f64 = 1e6;

/// The points that bring the last of all items to its bound; more would change nothing.
fn points(lever: &Lever, cells: &[(Cell, f64)]) -> (f64, f64) {
    let (low, high) = lever.bounds;
    cells.iter().fold((0.0, 0.0), |(down, up), (_, rest)| {
        (f64::min(down, low - rest), f64::max(up, high - rest))
    })
}

/// The factor that brings the last of all items to its bound.
fn largest_factor(lever: &Lever, cells: &[(Cell, f64)]) -> f64 {
    let each = cells.iter().map(|(_, rest)| lever.bounds.1 / rest);
    let last = each.filter(|f| f.is_finite()).fold(1.0, f64::max);
    last.min(LARGEST_FACTOR)
}

impl Knob {
    /// The knob of a lever in a model: `None` when no item of the lever has a value to start from
    /// (one item may start from nothing).
    pub fn new(model: &Model, lever: &'static Lever, item: &Item) -> Option<Self> {
        let cells: Vec<(Cell, Option<f64>)> = model
            .cells(lever, item)
            .into_iter()
            .map(|(cell, _)| (cell, model.value(cell).get()))
            .collect();
        let single = cells.len() == 1 && (lever.items == Items::Whole || *item != Item::All);
        if let (true, Some((cell, value))) = (single, cells.first().copied()) {
            let rest = value.unwrap_or(lever.bounds.0);
            return Some(Self {
                lever,
                item: item.clone(),
                operator: Operator::Set,
                rest,
                // What the model keeps: members, for one, are never more than the asset.
                bounds: (
                    lever.bounds.0,
                    model.clone().set(cell, lever.bounds.1).max(rest),
                ),
                step: lever.step_from(rest),
                cost: 1.0,
                cells: vec![(cell, rest)],
            });
        }
        let cells: Vec<(Cell, f64)> = cells
            .into_iter()
            .filter_map(|(cell, value)| Some((cell, value?)))
            .collect();
        if cells.is_empty() {
            return None;
        }
        let ratio = lever.unit == crate::metrics::Unit::Ratio;
        Some(Self {
            lever,
            item: item.clone(),
            operator: if ratio {
                Operator::Add
            } else {
                Operator::Multiply
            },
            rest: if ratio { 0.0 } else { 1.0 },
            bounds: if ratio {
                points(lever, &cells)
            } else {
                (0.0, largest_factor(lever, &cells))
            },
            step: lever.step,
            cost: 1.0,
            cells,
        })
    }

    /// Turns the knob in a model that it was made for.
    pub fn turn(&self, model: &mut Model, position: f64) {
        if self.rests(position) {
            return;
        }
        for (cell, rest) in &self.cells {
            let asked = match self.operator {
                Operator::Set => position,
                Operator::Add => rest + position,
                Operator::Multiply => rest * position,
            };
            model.set(*cell, self.lever.keep(asked));
        }
    }

    /// Whether a position changes nothing.
    pub fn rests(&self, position: f64) -> bool {
        same(position, self.rest)
    }

    /// The change that stands for a position.
    pub fn change(&self, position: f64) -> Change {
        Change {
            lever: self.lever,
            item: self.item.clone(),
            operator: self.operator,
            operand: position,
        }
    }

    /// What it costs to turn the knob to a position: steps × cost per step.
    pub fn effort(&self, position: f64) -> f64 {
        (position - self.rest).abs() / self.step * self.cost
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(crate) fn k(x: f64) -> Value {
        Value::Known(x)
    }

    /// A crowd from its factors.
    pub(crate) fn line(population: f64, penetration: f64, conversion: f64, aov: f64) -> Line {
        Line {
            population: k(population),
            penetration: k(penetration),
            conversion: k(conversion),
            aov: k(aov),
            ..Line::missing(Why::NotGiven)
        }
        .solved()
    }

    pub(crate) fn no_fast() -> Fast {
        let m = Value::Missing(Why::NotGiven);
        Fast {
            f: m,
            stock: [m; 4],
            a: m,
            s: m,
            t: m,
            active: m,
        }
    }

    pub(crate) fn model_of(crowds: &[Line]) -> Model {
        Model::new(Inputs {
            crowds: crowds
                .iter()
                .enumerate()
                .map(|(i, line)| (format!("c{i}"), *line, true))
                .collect(),
            total: Line::sum(crowds),
            additive: true,
            by_buyers: false,
            layers: [None; 5],
            fast: no_fast(),
        })
    }

    /// The worked example of `domain.md` §14.7.
    pub(crate) fn double11() -> Model {
        let layer = |pool, cart, order, aov| Some(Layer::of(k(pool), k(cart), k(order), k(aov)));
        Model::new(Inputs {
            crowds: Vec::new(),
            total: Line::missing(Why::NotGiven),
            additive: true,
            by_buyers: false,
            layers: [
                layer(5e6, 0.004, 0.10, 180.0),
                layer(3e6, 0.012, 0.15, 200.0),
                layer(1.2e6, 0.08, 0.20, 210.0),
                layer(4e5, 0.10, 0.30, 230.0),
                layer(1.5e5, 0.20, 0.40, 260.0),
            ],
            fast: no_fast(),
        })
    }

    fn under(model: &Model, text: &str) -> Model {
        model.under(&Scenario::parse(text).unwrap()).0
    }

    fn close(found: Option<Value>, wanted: f64) {
        let found = found.and_then(Value::get).unwrap();
        let apart = (found - wanted).abs();
        assert!(apart <= 1e-12 * wanted.abs(), "{found} is not {wanted}");
    }

    #[test]
    fn the_empty_scenario_changes_no_bit() {
        let crowds = [line(3e6, 0.25, 0.05, 200.0), line(1e7, 0.1, 0.07, 199.9)];
        for model in [model_of(&crowds), double11()] {
            assert_eq!(model.under(&Scenario::default()), (model.clone(), vec![]));
        }
    }

    #[test]
    fn what_a_crowd_brings_follows_its_levers() {
        let model = model_of(&[line(1e7, 0.20, 0.06, 200.0), line(3e6, 0.25, 0.05, 200.0)]);
        let raised = under(&model, "crowd.penetration[c0]=25%");
        close(raised.get("crowd.consumers", "c0"), 2_500_000.0);
        close(raised.get("crowd.gmv", "c0"), 30_000_000.0);
        close(raised.get("crowd.gmv", "*"), 37_500_000.0);
        assert_eq!(raised.crowd(1), model.crowd(1));
        let dearer = under(&model, "crowd.aov[*]*=1.1");
        close(dearer.get("crowd.aov", "*"), 220.0);
        assert_eq!(
            dearer.get("crowd.buyers", "*"),
            model.get("crowd.buyers", "*")
        );
    }

    #[test]
    fn the_total_keeps_what_it_has_beyond_the_sum() {
        let crowds = [line(1e6, 0.1, 0.1, 100.0)];
        let mut total = Line::sum(&crowds);
        total.gmv = total.gmv.plus(k(5000.0));
        let model = Model::new(Inputs {
            crowds: vec![("c0".into(), crowds[0], true)],
            total,
            additive: true,
            by_buyers: false,
            layers: [None; 5],
            fast: no_fast(),
        });
        close(model.get("crowd.gmv", "*"), 1_005_000.0);
        let doubled = under(&model, "crowd.aov[c0]*=2");
        close(doubled.get("crowd.gmv", "*"), 2_005_000.0);
    }

    #[test]
    fn overlapping_crowds_have_no_total_once_they_change() {
        let mut model = model_of(&[line(1e6, 0.1, 0.1, 100.0), line(1e6, 0.2, 0.1, 100.0)]);
        model.additive = false;
        assert!(model.total().gmv.is_known());
        assert!(!under(&model, "crowd.aov[c0]*=2").total().gmv.is_known());
    }

    #[test]
    fn a_missing_factor_is_not_invented() {
        let missing = Value::Missing(Why::ZeroDenominator);
        let quiet = Line {
            conversion: k(0.0),
            aov: missing,
            buyers: k(0.0),
            gmv: k(0.0),
            ..line(1e6, 0.1, 0.1, 100.0)
        };
        let model = model_of(&[quiet]);
        let some = under(&model, "crowd.conversion[c0]=10%");
        close(some.get("crowd.buyers", "c0"), 10_000.0);
        assert_eq!(some.get("crowd.gmv", "c0"), Some(missing));
        let priced = under(&model, "crowd.conversion[c0]=10%; crowd.aov[c0]=50");
        close(priced.get("crowd.gmv", "c0"), 500_000.0);
        let blank = Line {
            population: Value::Missing(Why::NoPopulation),
            penetration: Value::Missing(Why::NoPopulation),
            ..line(1e6, 0.1, 0.1, 100.0)
        };
        let sized = under(&model_of(&[blank]), "crowd.population[c0]=200万");
        close(sized.get("crowd.penetration", "c0"), 0.05);
        close(sized.get("crowd.gmv", "c0"), 1_000_000.0);
    }

    #[test]
    fn penetration_may_count_buyers() {
        let counted = Line {
            penetration: k(0.01),
            ..line(1e6, 0.1, 0.1, 100.0)
        };
        let mut model = model_of(&[counted]);
        model.by_buyers = true;
        let more = under(&model, "crowd.penetration[c0]=2%");
        close(more.get("crowd.buyers", "c0"), 20_000.0);
        close(more.get("crowd.consumers", "c0"), 200_000.0);
        close(more.get("crowd.gmv", "*"), 2_000_000.0);
        let better = under(&model, "crowd.conversion[c0]=20%");
        close(better.get("crowd.consumers", "c0"), 100_000.0);
        close(better.get("crowd.penetration", "c0"), 0.02);
        close(better.get("crowd.penetration", "*"), 0.02);
    }

    #[test]
    fn the_layers_of_double_11() {
        let model = double11();
        close(model.get("gmv.buyers", "*"), 50_600.0);
        close(model.get("gmv.gmv", "*"), 11_352_000.0);
        let more = under(&model, "gmv.cart_rate[i]=10%; gmv.aov[*]*=1.1");
        close(more.get("gmv.gmv", "i"), 1.2e6 * 0.1 * 0.2 * 231.0);
        close(more.get("gmv.pool", "*"), 9_750_000.0);
    }

    #[test]
    fn members_never_exceed_the_asset() {
        let mut model = double11();
        model.mix = Fast {
            f: k(1000.0),
            stock: [k(500.0), k(300.0), k(150.0), k(50.0)],
            a: k(0.1),
            s: k(200.0),
            t: k(0.5),
            active: k(100.0),
        };
        model.fast = model.mix;
        let told = |text: &str| {
            let (model, bounded) = model.under(&Scenario::parse(text).unwrap());
            let told: Vec<_> = bounded
                .iter()
                .map(|b| (b.lever.id, b.asked, b.kept))
                .collect();
            (model, told)
        };
        let (many, bounded) = told("fast.s=3000");
        assert_eq!(bounded, [("fast.s", 3000.0, 1000.0)]);
        close(many.get("fast.active_members", ""), 500.0);
        let (few, bounded) = told("fast.f*=0.1");
        assert_eq!(bounded, [("fast.s", 200.0, 100.0)]);
        close(few.get("aipl.i", ""), 30.0);
        close(few.get("aipl.total", ""), 100.0);
        let (back, _) = told("fast.f=0; fast.active_members=9; fast.f=1000; fast.s=200");
        assert_eq!(back, model);
        let (lively, bounded) = told("fast.active_members=250");
        assert_eq!(bounded, [("fast.active_members", 250.0, 200.0)]);
        close(lively.get("fast.t", ""), 1.0);
    }

    #[test]
    fn a_knob_is_the_change_that_it_stands_for() {
        let crowds = [line(3e6, 0.25, 0.05, 200.0), line(1e7, 0.1, 0.07, 199.9)];
        let model = model_of(&crowds);
        for (id, item, position) in [
            ("crowd.aov", Item::All, 1.3),
            ("crowd.penetration", Item::All, 0.8),
            ("crowd.penetration", Item::One("c1".into()), 0.3),
            ("crowd.population", Item::One("c0".into()), 5e6),
        ] {
            let knob = Knob::new(&model, lever(id).unwrap(), &item).unwrap();
            let mut turned = model.clone();
            knob.turn(&mut turned, position);
            let text = knob.change(position).to_string();
            assert_eq!(turned, under(&model, &text), "{text}");
            assert_eq!(knob.effort(knob.rest), 0.0);
        }
        assert_eq!(
            Knob::new(&model, lever("gmv.pool").unwrap(), &Item::All),
            None
        );
    }
}
