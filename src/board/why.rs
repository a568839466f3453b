//! Why GMV is where it is, which lever moves it most, and what two levers do together: for the plan
//! of one brand.
//!
//! Both ends of a waterfall come from one source: figures of two sources do not subtract. What a
//! scenario changes is shown on the model that goal seek uses. Nothing is rounded here.

use super::whatif::{Basis, Figures, Side};
use super::{Part, Source};
use crate::facts::CrowdKey;
use crate::metrics::attribution::Method;
use crate::metrics::target_tree::Line;
use crate::metrics::{Value, Why};
use crate::scenario::compare::{self, Bar, Family, Waterfall};
use crate::scenario::roots::crossing;
use crate::scenario::{Change, Item, Items, Knob, LEVERS, Lever, Model, Operator, Scenario};

/// From where to where a waterfall leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Span {
    /// From the target to the current figures.
    TargetToNow,
    /// From the comparison day to the current figures.
    AgainstToNow,
    /// From the target to the plan under the scenario.
    TargetToScenario,
    /// From the plan as it is to the plan under the scenario.
    BaselineToScenario,
}

impl Span {
    /// All spans, in the order in which a key turns through them.
    pub const ALL: [Self; 4] = [
        Self::TargetToNow,
        Self::AgainstToNow,
        Self::TargetToScenario,
        Self::BaselineToScenario,
    ];

    fn has_scenario(self) -> bool {
        matches!(self, Self::TargetToScenario | Self::BaselineToScenario)
    }
}

/// What a waterfall shall tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wish {
    /// From where to where; `None`: the first that can be told.
    pub span: Option<Span>,
    /// Crowds or layers; `None`: the first that can be told.
    pub family: Option<Family>,
    /// How the change is split.
    pub method: Method,
}

/// Why GMV differs between two states of a brand.
#[derive(Debug, Clone, PartialEq)]
pub struct Gap {
    /// From where to where.
    pub span: Span,
    /// Crowds or layers.
    pub family: Family,
    /// How the change is split.
    pub method: Method,
    /// Where the figures come from.
    pub source: Source,
    /// Targets stand in the place of current figures that are missing.
    pub planned: bool,
    /// Penetration counts buyers: conversion is no factor.
    pub by_buyers: bool,
    /// The pieces.
    pub waterfall: Waterfall,
    /// Ids of the items, in the order of the data set.
    pub items: Vec<String>,
    /// to − from − Σ of the pieces: what unknown items and the part of the totals that no item
    /// holds leave over; money. A remainder of rounding is 0.
    pub rest: Value,
}

/// What a step of a waterfall stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A factor: the lever that moves it.
    Factor(&'static str),
    /// Items that changed as a whole, because one of their factors is not known.
    Whole,
    /// A crowd or layer.
    Item(String),
    /// What no item explains.
    Rest,
}

/// A step of a waterfall.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it stands for.
    pub key: Key,
    /// Money.
    pub amount: f64,
}

/// What the steps of a waterfall are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Level {
    /// Factors; each opens to its items.
    #[default]
    Factors,
    /// Items; each opens to its factors.
    Items,
}

/// In which order steps stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// The largest first, whatever its sign.
    #[default]
    Size,
    /// As factors multiply, and as items stand in the data set.
    Dataset,
}

impl Gap {
    /// The steps: of the whole gap by `level`, or of one opened step by what it consists of. They
    /// add up to the gap, or to the amount of the opened step.
    pub fn steps(&self, level: Level, opened: Option<&Key>, order: Order) -> Vec<Step> {
        let mut steps = match opened {
            None => self.whole(level),
            Some(Key::Factor(factor)) => self.by_item(Some(factor)),
            Some(Key::Whole) => self.by_item(None),
            Some(Key::Item(item)) => self.by_factor(Some(item)),
            Some(Key::Rest) => Vec::new(),
        };
        if order == Order::Size {
            steps.sort_by(|a, b| b.amount.abs().total_cmp(&a.amount.abs()));
        }
        if let (None, Some(rest)) = (opened, self.rest.get().filter(|x| *x != 0.0)) {
            steps.push(Step {
                key: Key::Rest,
                amount: rest,
            });
        }
        steps
    }

    fn whole(&self, level: Level) -> Vec<Step> {
        match level {
            Level::Factors => self.by_factor(None),
            Level::Items => {
                let known = |item: &&String| !self.waterfall.unknown.contains(item);
                let items = self.items.iter().filter(known);
                items
                    .map(|item| Step {
                        key: Key::Item(item.clone()),
                        amount: self.waterfall.of_item(item),
                    })
                    .collect()
            }
        }
    }

    /// Σ of every factor that has a piece, of one item or of all.
    fn by_factor(&self, item: Option<&str>) -> Vec<Step> {
        let own = || {
            let pieces = self.waterfall.pieces.iter();
            pieces.filter(move |p| item.is_none_or(|item| p.item == item))
        };
        let sum = |factor: Option<&str>| {
            let of = own().filter(|p| p.factor == factor);
            of.map(|p| p.amount).sum()
        };
        let skipped = |id: &str| self.by_buyers && id == "crowd.conversion";
        let factors = LEVERS.iter().filter(|l| !skipped(l.id));
        let mut steps: Vec<Step> = factors
            .filter(|l| own().any(|p| p.factor == Some(l.id)))
            .map(|l| Step {
                key: Key::Factor(l.id),
                amount: sum(Some(l.id)),
            })
            .collect();
        if let Some(direct) = own().find(|p| p.factor == Some("gmv.direct_rate")) {
            steps.push(Step {
                key: Key::Factor("gmv.direct_rate"),
                amount: sum(direct.factor),
            });
        }
        if own().any(|p| p.factor.is_none()) {
            steps.push(Step {
                key: Key::Whole,
                amount: sum(None),
            });
        }
        steps
    }

    /// The pieces of a factor (or of items that changed as a whole), item by item.
    fn by_item(&self, factor: Option<&str>) -> Vec<Step> {
        let pieces = &self.waterfall.pieces;
        let items = self.items.iter();
        items
            .filter_map(|item| {
                let piece = pieces
                    .iter()
                    .find(|p| p.item == *item && p.factor == factor)?;
                Some(Step {
                    key: Key::Item(item.clone()),
                    amount: piece.amount,
                })
            })
            .collect()
    }

    /// Lets the gap begin at a total, and finds what that leaves over.
    fn begin(&mut self, from: Value) {
        self.waterfall.from = from;
        let pieces = self.waterfall.pieces.iter();
        let explained: f64 = pieces.map(|p| p.amount).sum();
        let ends = [from, self.waterfall.to].map(|v| v.get().unwrap_or(0.0).abs());
        let least = 1e-9 * ends[0].max(ends[1]);
        let rest = self.total().get().map(|gap| gap - explained);
        let rest = rest.map(|x| if x.abs() <= least { 0.0 } else { x });
        self.rest = Value::or_missing(rest, Why::NotGiven);
    }

    /// to − from; money.
    pub fn total(&self) -> Value {
        self.waterfall.to.minus(self.waterfall.from)
    }
}

/// The metric that a family explains.
pub fn metric_of(family: Family) -> &'static str {
    match family {
        Family::Crowds => "crowd.gmv",
        Family::Layers => "gmv.gmv",
    }
}

/// A brand with the scenario that is open over it.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The figures without the scenario.
    pub figures: Figures<'a>,
    /// The scenario.
    pub scenario: &'a Scenario,
}

impl Case<'_> {
    /// The waterfall that is wished for. What cannot be told gives way to what can; without
    /// anything to tell, the first wish with the reason in its ends.
    pub fn gap(&self, wish: Wish) -> Option<Gap> {
        let families = [Family::Crowds, Family::Layers];
        let first = wish.family.into_iter().chain(families);
        let mut told: Vec<Gap> = Vec::new();
        for family in first {
            for span in self.spans(wish.span) {
                let gap = self.told(family, span, wish.method);
                if let Some(gap) = gap {
                    if gap.total().is_known() {
                        return Some(gap);
                    }
                    told.push(gap);
                }
            }
            if wish.family.is_some() && !told.is_empty() {
                break;
            }
        }
        told.into_iter().next()
    }

    /// The spans that can be told for a family.
    pub fn can_tell(&self, family: Family) -> Vec<Span> {
        let told = |span: &Span| {
            let gap = self.told(family, *span, Method::Shapley);
            gap.is_some_and(|g| g.total().is_known())
        };
        Span::ALL.into_iter().filter(told).collect()
    }

    /// The spans to try: the wished one, then what is most of use. Under a scenario that is what
    /// the scenario does.
    fn spans(&self, wished: Option<Span>) -> Vec<Span> {
        let mut spans = Span::ALL.to_vec();
        if !self.scenario.is_empty() {
            spans.sort_by_key(|s| !s.has_scenario());
        }
        wished.into_iter().chain(spans).collect()
    }

    /// A waterfall, as far as it can be told; `None` when the brand has no such items.
    fn told(&self, family: Family, span: Span, method: Method) -> Option<Gap> {
        let basis = self.figures.basis(metric_of(family), "*")?;
        let sources = if span.has_scenario() {
            vec![basis.source]
        } else {
            vec![Source::Events, Source::Platform]
        };
        let all = sources.into_iter().filter_map(|source| {
            let (from, to) = self.ends(span, source, &basis);
            let mut gap = gap_of(family, span, method, source, &from, &to)?;
            gap.planned = span.has_scenario() && !basis.planned.is_empty();
            if matches!(span, Span::TargetToNow | Span::TargetToScenario) {
                gap.begin(self.goal(family, source));
            }
            Some(gap)
        });
        let mut found: Option<Gap> = None;
        for gap in all {
            if gap.total().is_known() {
                return Some(gap);
            }
            found = found.or(Some(gap));
        }
        found
    }

    /// The target of GMV: as given for all items, else what the targets of the items come to.
    fn goal(&self, family: Family, source: Source) -> Value {
        let all = match family {
            Family::Crowds => Part::Crowd(CrowdKey::All),
            Family::Layers => Part::Layer(None),
        };
        let figure = self.figures.board.from(source, metric_of(family), all);
        let given = figure.and_then(|f| f.target);
        let implied = || self.figures.wanted(source).value(family.total());
        given.unwrap_or_else(implied)
    }

    fn ends(&self, span: Span, source: Source, basis: &Basis) -> (Model, Model) {
        let figures = &self.figures;
        let under = || basis.model.under(self.scenario).0;
        match span {
            Span::TargetToNow => (figures.wanted(source), figures.model(source, Side::Now)),
            Span::AgainstToNow => (
                figures.model(source, Side::Against),
                figures.model(source, Side::Now),
            ),
            Span::TargetToScenario => (figures.wanted(source), under()),
            Span::BaselineToScenario => (basis.model.clone(), under()),
        }
    }
}

fn gap_of(
    family: Family,
    span: Span,
    method: Method,
    source: Source,
    from: &Model,
    to: &Model,
) -> Option<Gap> {
    let items = items_of(family, from, to);
    if items.is_empty() {
        return None;
    }
    let waterfall = compare::waterfall(method, family, from, to);
    let mut gap = Gap {
        span,
        family,
        method,
        source,
        planned: false,
        by_buyers: from.counts_buyers() && to.counts_buyers(),
        rest: waterfall.residual,
        waterfall,
        items,
    };
    gap.begin(gap.waterfall.from);
    Some(gap)
}

fn items_of(family: Family, from: &Model, to: &Model) -> Vec<String> {
    match family {
        Family::Crowds => {
            let counted = from.counted().into_iter();
            counted
                .filter_map(|k| from.crowds().get(k).cloned())
                .collect()
        }
        Family::Layers => {
            let layers = crate::metrics::double11::LAYERS.iter().enumerate();
            let there = |l: usize| from.layers()[l].is_some() || to.layers()[l].is_some();
            layers
                .filter(|(l, _)| there(*l))
                .map(|(_, state)| state.id().to_owned())
                .collect()
        }
    }
}

impl Figures<'_> {
    /// The targets of one source as a model, as [`Figures::model`] gives them; the size of a crowd
    /// is that of the market where no target says otherwise, and its penetration follows from it.
    /// Without a target for all crowds, theirs are added.
    pub fn wanted(&self, source: Source) -> Model {
        let now = self.inputs(source, Side::Now);
        let mut inputs = self.inputs(source, Side::Target);
        let by_buyers = inputs.by_buyers;
        for ((_, line, _), (_, current, _)) in inputs.crowds.iter_mut().zip(now.crowds) {
            if !line.population.is_known() {
                let known = line.solved();
                let reached = if by_buyers {
                    known.buyers
                } else {
                    known.consumers
                };
                line.population = current.population;
                line.penetration = reached.over(current.population).or(line.penetration);
            }
        }
        super::whatif::fill_targets(&mut inputs);
        if !inputs.total.gmv.is_known() && inputs.additive {
            let counted = inputs.crowds.iter().filter(|(_, _, counted)| *counted);
            let lines: Vec<Line> = counted.map(|(_, line, _)| *line).collect();
            inputs.total = Line::sum(&lines);
        }
        Model::new(inputs)
    }
}

/// How many crowds a tornado looks into one by one, the largest first.
const CROWDS: usize = 60;

/// What one step of every lever does to GMV, from where the scenario stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Sensitivity {
    /// Crowds or layers.
    pub family: Family,
    /// Where the figures come from.
    pub source: Source,
    /// Targets stand in the place of current figures that are missing.
    pub planned: bool,
    /// GMV under the scenario, money.
    pub now: Value,
    /// Its target, money.
    pub goal: Value,
    /// The levers, largest effect first.
    pub bars: Vec<Bar>,
    /// Levers of which a step makes GMV unknown.
    pub unknown: Vec<Knob>,
    /// Crowds that were left out because there are too many.
    pub left_out: usize,
}

/// Whether levers turn all items together or each alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Reach {
    /// All items at once.
    #[default]
    All,
    /// Each item alone.
    Each,
}

impl Case<'_> {
    /// The tornado of a family; `None` when the brand has no such items.
    pub fn sensitivity(&self, family: Family, reach: Reach) -> Option<Sensitivity> {
        let basis = self.figures.basis(metric_of(family), "*")?;
        let model = basis.model.under(self.scenario).0;
        let (items, left_out) = levers_for(family, reach, &model);
        let knobs = items.iter().flat_map(|item| {
            let levers = levers_of(family);
            levers.filter_map(|lever| Knob::new(&model, lever, item))
        });
        let knobs: Vec<Knob> = knobs.collect();
        let cell = family.total();
        let bars = compare::tornado(&model, cell, knobs.clone());
        let told = |knob: &Knob| bars.iter().any(|b| b.knob == *knob);
        Some(Sensitivity {
            family,
            source: basis.source,
            planned: !basis.planned.is_empty(),
            now: model.value(cell),
            goal: self.goal(family, basis.source),
            unknown: knobs.into_iter().filter(|k| !told(k)).collect(),
            bars,
            left_out,
        })
    }
}

fn levers_of(family: Family) -> impl Iterator<Item = &'static Lever> {
    let items = match family {
        Family::Crowds => Items::Crowds,
        Family::Layers => Items::Layers,
    };
    LEVERS.iter().filter(move |l| l.items == items)
}

/// The items whose levers are turned, and how many more there are.
fn levers_for(family: Family, reach: Reach, model: &Model) -> (Vec<Item>, usize) {
    let items = items_of(family, model, model);
    if reach == Reach::All || items.len() < 2 {
        return match &items[..] {
            [only] => (vec![Item::One(only.clone())], 0),
            _ => (vec![Item::All], 0),
        };
    }
    let size = |id: &String| {
        let gmv = model.get(metric_of(family), id);
        gmv.and_then(Value::get).unwrap_or(0.0)
    };
    let left_out = items.len().saturating_sub(CROWDS);
    let mut kept = items;
    if left_out > 0 {
        kept.sort_by(|a, b| size(b).total_cmp(&size(a)));
        kept.truncate(CROWDS);
    }
    (kept.into_iter().map(Item::One).collect(), left_out)
}

/// Steps to each side that a heat map looks at, and when there are very many crowds.
const HALF: (i32, i32) = (7, 3);
/// More crowds than these are very many.
const MANY: usize = 200;

/// One lever of a heat map.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// The lever as it turns the plan without the scenario.
    pub knob: Knob,
    /// Positions ascending, one step apart from where the lever rests, inside its bounds.
    pub places: Vec<f64>,
    /// The position under the scenario.
    pub at: f64,
    /// The place nearest to it.
    pub cross: usize,
    /// The place without the scenario, where it is among them.
    pub rest: Option<usize>,
}

/// GMV over two levers, with everything else as the scenario has it: `values[y][x]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Heat {
    /// Crowds or layers.
    pub family: Family,
    /// x, then y.
    pub axes: [Axis; 2],
    /// The value for every pair of places, money.
    pub values: Vec<Vec<Value>>,
    /// GMV under the scenario, money.
    pub now: Value,
    /// Its target, money.
    pub goal: Value,
    /// Where each lever alone reaches the target, inside its bounds.
    pub needed: [Option<f64>; 2],
}

/// A lever that a heat map shall show.
pub type Turned = (&'static Lever, Item);

impl Case<'_> {
    /// The heat map of two levers; `None` when the plan does not hold one of them.
    pub fn heat(&self, family: Family, levers: [&Turned; 2]) -> Option<Heat> {
        let basis = self.figures.basis(metric_of(family), "*")?;
        let plan = Plan {
            model: &basis.model,
            scenario: self.scenario,
            family,
        };
        let half = if basis.model.crowds().len() > MANY {
            HALF.1
        } else {
            HALF.0
        };
        let axes = [plan.axis(levers[0], half)?, plan.axis(levers[1], half)?];
        let goal = self.goal(family, basis.source);
        let needed = |axis: &Axis| plan.needed(axis, goal.get()?);
        Some(Heat {
            family,
            values: plan.values(&axes),
            now: plan.value(self.scenario),
            goal,
            needed: [needed(&axes[0]), needed(&axes[1])],
            axes,
        })
    }
}

impl Case<'_> {
    /// The scenario with a lever one place up (`by` > 0) or down; `None` at its bound, or where the
    /// plan does not hold it.
    pub fn stepped(&self, family: Family, turned: &Turned, by: i32) -> Option<Scenario> {
        let basis = self.figures.basis(metric_of(family), "*")?;
        let plan = Plan {
            model: &basis.model,
            scenario: self.scenario,
            family,
        };
        let axis = plan.axis(turned, 1)?;
        Some(placed(self.scenario, &axis.knob, axis.beside(by)?))
    }
}

/// GMV with levers at other places, and of which items it is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Made {
    /// GMV of all items, money.
    pub value: Value,
    /// GMV of each crowd or layer, by its id.
    pub items: Vec<(String, Value)>,
}

impl Made {
    fn of(family: Family, model: &Model) -> Self {
        let gmv = |id: &String| model.get(metric_of(family), id);
        let items = items_of(family, model, model).into_iter();
        Self {
            value: model.value(family.total()),
            items: items
                .filter_map(|id| Some((id.clone(), gmv(&id)?)))
                .collect(),
        }
    }
}

impl Case<'_> {
    /// What a cell of a heat map is made of.
    pub fn made_at(&self, heat: &Heat, [x, y]: [usize; 2]) -> Option<Made> {
        let basis = self.figures.basis(metric_of(heat.family), "*")?;
        let [ax, ay] = &heat.axes;
        let turned = placed(self.scenario, &ay.knob, *ay.places.get(y)?);
        let turned = placed(&turned, &ax.knob, *ax.places.get(x)?);
        Some(Made::of(heat.family, &basis.model.under(&turned).0))
    }

    /// What GMV is made of with a lever of a tornado so many steps up.
    pub fn made_by(&self, family: Family, knob: &Knob, steps: f64) -> Option<Made> {
        let basis = self.figures.basis(metric_of(family), "*")?;
        let mut model = basis.model.under(self.scenario).0;
        let (low, high) = knob.bounds;
        let place = (knob.rest + steps * knob.step).clamp(low, high);
        knob.turn(&mut model, place);
        Some(Made::of(family, &model))
    }
}

/// The model of a plan with the scenario over it.
struct Plan<'a> {
    model: &'a Model,
    scenario: &'a Scenario,
    family: Family,
}

impl Plan<'_> {
    fn value(&self, scenario: &Scenario) -> Value {
        self.model.under(scenario).0.value(self.family.total())
    }

    fn axis(&self, (lever, item): &Turned, half: i32) -> Option<Axis> {
        let knob = Knob::new(self.model, lever, item)?;
        let at = position(&knob, self.model, self.scenario)?;
        let steps = ((at - knob.rest) / knob.step).round();
        let steps = steps.clamp(-1e6, 1e6) as i32;
        // The picture stays where it is until the cross comes near its edge.
        let free = half - 1;
        let middle = steps - steps.clamp(-free, free);
        let (low, high) = knob.bounds;
        let mut places: Vec<f64> = (middle - half..=middle + half)
            .map(|n| tidy(knob.rest + f64::from(n) * knob.step).clamp(low, high))
            .collect();
        places.dedup();
        let near = |to: f64| {
            let by = |a: &f64, b: &f64| (a - to).abs().total_cmp(&(b - to).abs());
            (0..places.len()).min_by(|a, b| by(&places[*a], &places[*b]))
        };
        let cross = near(at)?;
        let rest = near(knob.rest).filter(|i| knob.rests(places[*i]));
        Some(Axis {
            knob,
            places,
            at,
            cross,
            rest,
        })
    }

    fn values(&self, [x, y]: &[Axis; 2]) -> Vec<Vec<Value>> {
        let row = |at_y: &f64| {
            let turned = placed(self.scenario, &y.knob, *at_y);
            let value = |at_x: &f64| self.value(&placed(&turned, &x.knob, *at_x));
            x.places.iter().map(value).collect()
        };
        y.places.iter().map(row).collect()
    }

    /// GMV never falls when a factor of it rises: there is one position or none.
    fn needed(&self, axis: &Axis, goal: f64) -> Option<f64> {
        let knob = &axis.knob;
        let value = |at: f64| self.value(&placed(self.scenario, knob, at)).get();
        crossing(value, goal, knob.bounds)
    }
}

/// A position without the noise of adding steps.
fn tidy(x: f64) -> f64 {
    (x * 1e9).round() / 1e9
}

/// Where a lever of the plan stands under a scenario.
fn position(knob: &Knob, model: &Model, scenario: &Scenario) -> Option<f64> {
    let own = scenario
        .changes
        .iter()
        .filter(|c| c.lever.id == knob.lever.id && c.item == knob.item);
    let operands = own
        .filter(|c| c.operator == knob.operator)
        .map(|c| c.operand);
    match knob.operator {
        Operator::Add => Some(operands.sum()),
        Operator::Multiply => Some(operands.product()),
        Operator::Set => {
            let (cell, _) = model.cells(knob.lever, &knob.item).into_iter().next()?;
            let now = model.under(scenario).0.value(cell).get();
            Some(now.unwrap_or(knob.rest))
        }
    }
}

/// The scenario with a lever at a position: of one item its value, whatever changed it before; of
/// all items the points or the factor, at the place where the scenario had them. A lever that
/// changes nothing is left out.
pub fn placed(scenario: &Scenario, knob: &Knob, position: f64) -> Scenario {
    let own = |c: &Change| {
        let same = c.lever.id == knob.lever.id && c.item == knob.item;
        same && (knob.operator == Operator::Set || c.operator == knob.operator)
    };
    let all = &scenario.changes;
    let place = match knob.operator {
        Operator::Set => None,
        _ => all.iter().rposition(own),
    };
    let mut changes = Vec::with_capacity(all.len() + 1);
    for (i, change) in all.iter().enumerate() {
        if Some(i) == place && !knob.rests(position) {
            changes.push(knob.change(position));
        } else if !own(change) {
            changes.push(change.clone());
        }
    }
    let mut next = Scenario { changes };
    let at_rest = match (knob.operator, &knob.item) {
        (Operator::Set, Item::One(id)) => knob.rests(position) && !next.touches(knob.lever.id, id),
        _ => knob.rests(position),
    };
    if place.is_none() && !at_rest {
        next.changes.push(knob.change(position));
    }
    next
}

impl Axis {
    /// The next place above (`by` > 0) or below where the lever stands; `None` at its bound.
    pub fn beside(&self, by: i32) -> Option<f64> {
        let knob = &self.knob;
        let steps = (self.at - knob.rest) / knob.step;
        let near = steps.round();
        let on_place = (steps - near).abs() < 1e-6;
        let next = match (by > 0, on_place) {
            (_, true) => near + f64::from(by.signum()),
            (true, false) => steps.ceil(),
            (false, false) => steps.floor(),
        };
        let (low, high) = knob.bounds;
        let place = tidy(knob.rest + next * knob.step).clamp(low, high);
        let moves = if by > 0 {
            place > self.at
        } else {
            place < self.at
        };
        moves.then_some(place)
    }
}
