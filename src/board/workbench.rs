//! The GMV workbench as data: the target tree, and Double 11 through the years and through the event.
//!
//! Everything is taken from figures and tables that `fastdeck metrics` tells too; here it is put in
//! the shape in which a plan is discussed.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::layers::Counted;
use super::platform::{self, Tables};
use super::targets::Targets;
use super::whatif::{Figures, Side};
use super::{BrandBoard, Part, Query, Source};
use crate::facts::{CrowdKey, Dataset, Engine, Kind};
use crate::metrics::aipl::State;
use crate::metrics::crowd::{completion, gap};
use crate::metrics::double11::{
    self, Curve, LAYERS, Layer, LayerCounts, Wave, paced_completion, projected, required_pool,
    residual,
};
use crate::metrics::target_tree::{Branch, Cell, Finding, Line, Plan, Rule, Step, Tree, audit};
use crate::metrics::{Day, Definitions, Value, Why};
use crate::scenario::model::Place;
use crate::scenario::{Model, Scenario};

/// The workbench of a brand: what of it the data set can tell.
#[derive(Debug, Clone, PartialEq)]
pub struct Workbench {
    /// The target tree; `None` when the data set has no crowds.
    pub tree: Option<TargetTree>,
    /// Double 11; `None` when the data set has neither sales of layers nor single days of the event.
    pub double11: Option<Double11>,
}

/// The target tree of a brand: what is wanted, what is there, and where they contradict.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetTree {
    /// The targets as given.
    pub given: Plan,
    /// The targets with every cell that follows from the others.
    pub wanted: Plan,
    /// How the cells of `wanted` follow that are not given.
    pub steps: Vec<Step>,
    /// The current figures.
    pub now: Plan,
    /// What is planned: the current figures, under the scenario.
    pub plan: Planned,
    /// Positions of the tree's crowds in `Dataset::crowds`.
    pub crowds: Vec<usize>,
    /// Given cells that do not follow from the others.
    pub findings: Vec<Finding>,
}

/// The current figures as the start of a plan, and what a scenario makes of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// Without the scenario.
    pub base: Plan,
    /// Under the scenario.
    pub now: Plan,
    /// Crowds in which targets stand in for current figures that are missing: positions in the tree.
    pub stand_ins: Vec<usize>,
}

/// A target tree in which one cell is the unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// Position of the crowd in the tree; `None`: the top line.
    pub crowd: Option<usize>,
    /// The cell.
    pub cell: Cell,
    /// Its target as given, where there is one.
    pub given: Value,
    /// What it has to be by the others.
    pub value: Value,
    /// From which others; `None` when it does not follow from them.
    pub rule: Option<Rule>,
    /// All targets with that value.
    pub plan: Plan,
}

impl TargetTree {
    /// The tree solved for one cell: its target is set aside and follows from the others.
    pub fn solution(&self, crowd: Option<usize>, cell: Cell) -> Option<Solution> {
        let given = cell.of(self.given.line(crowd)?);
        let (plan, steps) = self.given.clone().without(crowd, cell).traced();
        let own = |s: &&Step| s.crowd == crowd && s.cell == cell;
        Some(Solution {
            crowd,
            cell,
            given,
            value: cell.of(plan.line(crowd)?),
            rule: steps.iter().find(own).map(|s| s.rule),
            plan,
        })
    }

    /// What is planned − the target, and what is planned ÷ the target, for targets such as `wanted`.
    pub fn against(&self, wanted: &Plan, crowd: Option<usize>, cell: Cell) -> [Value; 2] {
        let value = |plan: &Plan| {
            let line = plan.line(crowd);
            line.map_or(Value::Missing(Why::NotGiven), |line| cell.of(line))
        };
        let (planned, target) = (value(&self.plan.now), value(wanted));
        [gap(planned, target), completion(planned, target)]
    }

    /// Whether a target is given; else it follows from others.
    pub fn is_given(&self, crowd: Option<usize>, cell: Cell) -> bool {
        let line = self.given.line(crowd);
        line.is_some_and(|line| cell.of(line).is_known())
    }
}

impl Figures<'_> {
    /// The target tree of the brand; `None` when it has no crowds.
    ///
    /// Targets are those that hold on as-of, and only where the board shows them.
    pub fn target_tree(&self, as_of: Day) -> Option<TargetTree> {
        let crowds: Vec<usize> = self.data.counted_crowds().collect();
        if crowds.is_empty() {
            return None;
        }
        let plan = |of: &dyn Fn(&str, Part) -> Value| Plan {
            top: line(|id| of(id, Part::Crowd(CrowdKey::All))),
            crowds: crowds
                .iter()
                .map(|k| line(|id| of(id, Part::Crowd(CrowdKey::Crowd(*k as u32)))))
                .collect(),
            exclusive: super::sheet::overlap_free(self.data),
        };
        let printed = Targets::new(self.data, self.board.brand, as_of);
        let given = plan(&|id, part| self.given(&printed, id, part));
        let now = plan(&|id, part| {
            let figure = self.board.get(id, part);
            figure.map_or(Value::Missing(Why::NotGiven), |f| f.now)
        });
        let all = Part::Crowd(CrowdKey::All);
        let consumption = self.given(&printed, "crowd.consumption", all);
        let (wanted, steps) = given.clone().traced();
        Some(TargetTree {
            findings: audit(&tree_of(&given, consumption)),
            wanted,
            steps,
            given,
            now,
            plan: self.plan_under(&crowds, &Scenario::default()),
            crowds,
        })
    }

    /// The plan of the crowds under a scenario.
    fn plan_under(&self, crowds: &[usize], scenario: &Scenario) -> Planned {
        let exclusive = super::sheet::overlap_free(self.data);
        let plan = |model: &Model| Plan {
            top: model.total(),
            crowds: crowds
                .iter()
                .map(|k| model.crowd(*k).copied())
                .map(|line| line.unwrap_or_else(|| Line::missing(Why::NotGiven)))
                .collect(),
            exclusive,
        };
        let Some(basis) = self.basis("crowd.gmv", "*") else {
            let none = Plan {
                top: Line::missing(Why::NotGiven),
                crowds: vec![Line::missing(Why::NotGiven); crowds.len()],
                exclusive,
            };
            return Planned {
                base: none.clone(),
                now: none,
                stand_ins: Vec::new(),
            };
        };
        let stands_in = |at: &usize| crowds.get(*at).is_some_and(|k| basis.planned.contains(k));
        Planned {
            base: plan(&basis.model),
            now: plan(&basis.model.under(scenario).0),
            stand_ins: (0..crowds.len()).filter(stands_in).collect(),
        }
    }

    /// Targets of the layers with what follows from them, then of all layers together.
    fn layer_targets(&self) -> Vec<(Option<State>, Layer)> {
        let model = self.model(Source::Platform, Side::Target);
        let each = LAYERS.into_iter().zip(model.layers());
        let mut found: Vec<_> = each
            .filter_map(|(state, layer)| Some((Some(state), (*layer)?)))
            .filter(|(_, layer)| is_told(layer))
            .collect();
        let mut all = model.all_layers();
        if !found.is_empty() || self.board_target("gmv.gmv").is_some() {
            for (id, cell) in [("gmv.buyers", &mut all.buyers), ("gmv.gmv", &mut all.gmv)] {
                *cell = self.board_target(id).unwrap_or(*cell);
            }
            found.push((None, all));
        }
        found
    }

    /// The target of all layers together.
    fn board_target(&self, id: &str) -> Option<Value> {
        let figure = self.board.from(Source::Platform, id, Part::Layer(None));
        figure.and_then(|f| f.target)
    }

    /// A target as it is printed, where the board shows it; the size of a crowd is the data set's
    /// where no target says otherwise.
    fn given(&self, printed: &Targets<'_>, id: &str, part: Part) -> Value {
        let none = Value::Missing(Why::NotGiven);
        let (Some(figure), Part::Crowd(crowd)) = (self.board.get(id, part), part) else {
            return none;
        };
        let target = figure.target.map_or(none, |_| printed.given(id, crowd));
        if id == "crowd.population" {
            target.or(figure.now)
        } else {
            target
        }
    }
}

fn line(of: impl Fn(&str) -> Value) -> Line {
    Line {
        population: of("crowd.population"),
        penetration: of("crowd.penetration"),
        consumers: of("crowd.consumers"),
        conversion: of("crowd.conversion"),
        buyers: of("crowd.buyers"),
        aov: of("crowd.aov"),
        gmv: of("crowd.gmv"),
    }
}

fn tree_of(plan: &Plan, consumption: Value) -> Tree {
    let branch = |line: &Line| Branch {
        population: line.population,
        consumers: line.consumers,
        penetration: line.penetration,
        conversion: line.conversion,
    };
    Tree {
        gmv: plan.top.gmv,
        aov: plan.top.aov,
        consumption,
        consumers: plan.top.consumers,
        penetration: plan.top.penetration,
        conversion: plan.top.conversion,
        crowds: plan.crowds.iter().map(branch).collect(),
    }
}

/// One layer of Double 11 in one year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerYear {
    /// The layer; `None`: all layers together.
    pub layer: Option<State>,
    /// What was counted.
    pub counts: LayerCounts,
    /// Factors, buyers and GMV of the model.
    pub model: Layer,
    /// Actual GMV − GMV of the model, money.
    pub residual: Value,
}

/// Double 11 of one year.
#[derive(Debug, Clone, PartialEq)]
pub struct Year {
    /// The last day of its period.
    pub day: Day,
    /// The layers in order, then all together.
    pub layers: Vec<LayerYear>,
}

/// How an event stands on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Pace {
    /// First and last day.
    pub event: (Day, Day),
    /// Whether the curve is that of the year before (else linear).
    pub like_last_year: bool,
    /// Share that is due by the end of the day.
    pub due: f64,
    /// GMV so far, money.
    pub actual: Value,
    /// Target of the event, money.
    pub target: Value,
    /// actual ÷ target.
    pub completion: Value,
    /// actual ÷ (target × share due): 1 = on schedule.
    pub paced: Value,
    /// What the event brings if it goes on like the curve, money.
    pub projected: Value,
}

/// A wave of the event calendar with what it has brought.
#[derive(Debug, Clone, PartialEq)]
pub struct WaveSoFar {
    /// The wave.
    pub wave: Wave,
    /// GMV of its days up to as-of, money; missing before it begins.
    pub actual: Value,
    /// GMV of the same wave a year before, money.
    pub last_year: Value,
    /// GMV of as many days of it as have passed this year, money.
    pub last_year_so_far: Value,
}

impl WaveSoFar {
    /// GMV so far against that of the same days a year before, a fraction.
    pub fn change(&self) -> Value {
        let before = self.last_year_so_far;
        self.actual.minus(before).over(before)
    }
}

/// The Double 11 workbench of a brand.
#[derive(Debug, Clone, PartialEq)]
pub struct Double11 {
    /// This year and the two before it.
    pub years: [Year; 3],
    /// This year under the scenario: the layers in order, then all together.
    pub now: Vec<LayerYear>,
    /// Targets of the layers with what follows from them, then of all together.
    pub targets: Vec<(Option<State>, Layer)>,
    /// Target of the GMV of all layers, money.
    pub target: Value,
    /// People that each layer alone lacks to reach the target at the rates of `now`.
    pub required: Vec<(State, Value)>,
    /// How the event stands; `None` outside of it.
    pub pace: Option<Pace>,
    /// The waves of this year.
    pub waves: Vec<WaveSoFar>,
    /// Whether the pools are those of the shop instead of the brand.
    pub of_shop: bool,
    /// Whether buyers who never carted are part of the model.
    pub with_direct: bool,
    /// Days up to as-of that the counts are for.
    pub days: i32,
}

impl Double11 {
    /// The layers under a scenario; what it does not move keeps every bit.
    fn lay(&mut self, figures: &Figures<'_>, scenario: &Scenario) {
        let model = figures.model(Source::Platform, Side::Now);
        let changed = model.under(scenario).0;
        let place = |layer: Option<State>| match layer {
            None => Some(Place::All),
            Some(state) => LAYERS.iter().position(|l| *l == state).map(Place::One),
        };
        for row in &mut self.now {
            let Some(at) = place(row.layer) else { continue };
            if let (before, Some(after)) = (model.layer(at), changed.layer(at))
                && before != Some(after)
            {
                row.model = after;
                row.residual = residual(row.counts.gmv, after.gmv);
            }
        }
        self.required = required(&self.now, self.target);
    }

    /// A layer (by position in `now`) without the scenario.
    pub fn baseline(&self, at: usize) -> Option<&LayerYear> {
        let layer = self.now.get(at)?.layer;
        self.years[0].layers.iter().find(|l| l.layer == layer)
    }

    /// What the scenario adds to every figure of a layer.
    pub fn change(&self, at: usize) -> Option<Layer> {
        let (now, base) = (self.now.get(at)?, self.baseline(at)?);
        Some(each(&now.model, &base.model, Value::minus))
    }

    /// The targets of a layer.
    pub fn target_of(&self, at: usize) -> Option<&Layer> {
        let layer = self.now.get(at)?.layer;
        let found = self.targets.iter().find(|(l, _)| *l == layer);
        found.map(|(_, target)| target)
    }

    /// Every figure of a layer ÷ its target.
    pub fn completion(&self, at: usize) -> Option<Layer> {
        let now = self.now.get(at)?;
        Some(each(&now.model, self.target_of(at)?, completion))
    }

    /// GMV of a layer in each year (this one under the scenario), with its change on the year before,
    /// a fraction.
    pub fn over_years(&self, layer: Option<State>) -> [(Value, Value); 3] {
        let gmv = [0, 1, 2].map(|n| {
            let rows = if n == 0 {
                &self.now
            } else {
                &self.years[n].layers
            };
            let found = rows.iter().find(|l| l.layer == layer);
            found.map_or(Value::Missing(Why::NotGiven), |l| l.model.gmv)
        });
        [0, 1, 2].map(|n| {
            let before = gmv.get(n + 1).copied();
            let before = before.unwrap_or(Value::Missing(Why::NotGiven));
            (gmv[n], gmv[n].minus(before).over(before))
        })
    }

    /// GMV of all layers in the model ÷ the target.
    pub fn total_completion(&self) -> Value {
        let all = self.now.iter().find(|l| l.layer.is_none());
        let gmv = all.map_or(Value::Missing(Why::NotGiven), |l| l.model.gmv);
        completion(gmv, self.target)
    }

    /// Whether there is anything to show.
    fn tells(&self) -> bool {
        let layered = self.years.iter().any(|y| !y.layers.is_empty());
        let paced = self.pace.as_ref().is_some_and(|p| p.actual.is_known());
        let waved = |w: &WaveSoFar| w.actual.is_known() || w.last_year.is_known();
        layered || paced || self.waves.iter().any(waved)
    }
}

/// Whether any factor or result of a layer is known.
fn is_told(layer: &Layer) -> bool {
    let cells = [
        layer.pool,
        layer.cart_rate,
        layer.order_rate,
        layer.aov,
        layer.buyers,
        layer.gmv,
    ];
    cells.iter().any(|value| value.is_known())
}

/// Two layers, figure by figure.
fn each(a: &Layer, b: &Layer, of: fn(Value, Value) -> Value) -> Layer {
    Layer {
        pool: of(a.pool, b.pool),
        cart_rate: of(a.cart_rate, b.cart_rate),
        order_rate: of(a.order_rate, b.order_rate),
        aov: of(a.aov, b.aov),
        direct_rate: of(a.direct_rate, b.direct_rate),
        carts: of(a.carts, b.carts),
        buyers: of(a.buyers, b.buyers),
        gmv: of(a.gmv, b.gmv),
    }
}

/// People that each layer alone lacks.
fn required(layers: &[LayerYear], target: Value) -> Vec<(State, Value)> {
    let all = layers.iter().find(|l| l.layer.is_none());
    let now = all.map_or(Value::Missing(Why::NotGiven), |l| l.model.gmv);
    let each = layers.iter();
    each.filter_map(|l| Some((l.layer?, required_pool(target, now, &l.model))))
        .collect()
}

/// The workbench of a brand, from its board without a scenario and the platform tables.
pub(super) fn workbench(engine: &Engine, query: &Query, board: &BrandBoard) -> Workbench {
    let figures = Figures {
        board,
        data: engine.dataset(),
        definitions: &query.definitions,
    };
    Workbench {
        tree: figures.target_tree(query.as_of),
        double11: Some(double11(engine, query, board)).filter(Double11::tells),
    }
}

/// Lays a scenario over the workbench of a board whose figures have none yet.
pub(super) fn lay(
    board: &mut BrandBoard,
    data: &Dataset,
    definitions: &Definitions,
    scenario: &Scenario,
) {
    let Some(plain) = board.workbench.as_deref().filter(|_| !scenario.is_empty()) else {
        return;
    };
    let figures = Figures {
        board,
        data,
        definitions,
    };
    let mut bench = plain.clone();
    if let Some(tree) = &mut bench.tree {
        tree.plan = figures.plan_under(&tree.crowds, scenario);
    }
    if let Some(double11) = &mut bench.double11 {
        double11.lay(&figures, scenario);
    }
    board.workbench = Some(Arc::new(bench));
}

/// Double 11 of a brand, from its board (for the targets) and the platform tables.
pub fn double11(engine: &Engine, query: &Query, board: &BrandBoard) -> Double11 {
    let data = engine.dataset();
    let definitions = &query.definitions;
    let frame = Engine::frame(query.as_of, query.against, definitions);
    let tables = Tables {
        engine,
        brand: board.brand,
        frame: &frame,
        definitions,
        crowd: platform::crowd_of(data, &query.slice),
        slice: &query.slice,
        alone: true,
    };
    let years = [0, 12, 24].map(|months| {
        let day = query.as_of.plus_months(-months);
        year(day, &tables.layers(day))
    });
    let target = board
        .from(Source::Platform, "gmv.gmv", Part::Layer(None))
        .or_else(|| board.get("crowd.gmv", Part::Crowd(CrowdKey::All)))
        .and_then(|f| f.target)
        .unwrap_or(Value::Missing(Why::NotGiven));
    let sales = Daily::of(engine, query, board.brand);
    let now = years[0].layers.clone();
    let figures = Figures {
        board,
        data,
        definitions,
    };
    Double11 {
        required: required(&now, target),
        targets: figures.layer_targets(),
        pace: pace(&sales, query.as_of, target),
        waves: waves(&sales, query.as_of),
        of_shop: definitions.text("gmv.scope") == "shop",
        with_direct: definitions.text("gmv.direct") == "on",
        days: definitions.count("crowd.period_days"),
        years,
        now,
        target,
    }
}

fn year(day: Day, layers: &[(State, Counted)]) -> Year {
    let of = |layer, counted: &Counted| LayerYear {
        layer,
        counts: counted.counts,
        model: counted.layer,
        residual: residual(counted.counts.gmv, counted.layer.gmv),
    };
    let total = super::layers::total(layers);
    let each = layers.iter().map(|(state, c)| of(Some(*state), c));
    Year {
        day,
        layers: each
            .chain((!layers.is_empty()).then(|| of(None, &total)))
            .collect(),
    }
}

/// GMV of single days: the order report where there is one, else a sales table of daily rows.
struct Daily<'a> {
    engine: &'a Engine,
    brand: usize,
    /// Paid amount of the days of the order report, fen.
    orders: FxHashMap<Day, Option<i64>>,
    /// Rows of the sales table are for one day.
    by_day: bool,
}

impl<'a> Daily<'a> {
    fn of(engine: &'a Engine, query: &Query, brand: usize) -> Self {
        let mut orders: FxHashMap<Day, Option<i64>> = FxHashMap::default();
        if engine.lookup().has(brand, Kind::Orders) {
            let rows = &engine.dataset().tables.order_days;
            for row in rows.iter().filter(|r| r.brand as usize == brand) {
                let sum = orders.entry(row.date).or_insert(Some(0));
                *sum = sum.and_then(|sum| sum.checked_add(row.paid_fen?));
            }
        }
        Self {
            engine,
            brand,
            orders,
            by_day: query.definitions.count("crowd.period_days") == 1,
        }
    }

    fn on(&self, day: Day) -> Value {
        if let Some(fen) = self.orders.get(&day) {
            return Value::or_missing(fen.map(|f| f as f64 / 100.0), Why::EmptyCell("paid"));
        }
        let tables = &self.engine.dataset().tables;
        let row = |crowd| self.engine.lookup().sales(tables, self.brand, day, crowd);
        let sales = row(CrowdKey::Brand).or_else(|| row(CrowdKey::All));
        match sales.filter(|_| self.by_day) {
            Some(row) => Value::or_missing(row.gmv, Why::EmptyCell("gmv")),
            None => Value::Missing(Why::NoRow("sales", day)),
        }
    }

    fn each(&self, first: Day, last: Day) -> Vec<Value> {
        (first.0..=last.0).map(|d| self.on(Day(d))).collect()
    }

    fn sum(&self, first: Day, last: Day) -> Value {
        if last < first {
            return Value::Missing(Why::NotGiven);
        }
        self.each(first, last).into_iter().sum()
    }
}

/// The event that holds a day: from the pre-sale to the last wave of its year.
fn event(day: Day) -> Option<(Day, Day)> {
    let waves = double11::waves(day.ymd().0);
    let (first, last) = (waves.get(1)?.first, waves.last()?.last);
    (first..=last).contains(&day).then_some((first, last))
}

fn pace(sales: &Daily<'_>, as_of: Day, target: Value) -> Option<Pace> {
    let (first, last) = event(as_of)?;
    let [before, end] = [first, last].map(|d| d.plus_months(-12));
    let like = Curve::like(first, &sales.each(before, end));
    let like_last_year = like.is_some();
    let curve = like.or_else(|| Curve::linear(first, last))?;
    let actual = sales.sum(first, as_of);
    Some(Pace {
        event: (first, last),
        like_last_year,
        due: curve.at(as_of),
        actual,
        target,
        completion: actual.over(target),
        paced: paced_completion(actual, target, &curve, as_of),
        projected: projected(actual, &curve, as_of),
    })
}

fn waves(sales: &Daily<'_>, as_of: Day) -> Vec<WaveSoFar> {
    let all = double11::waves(as_of.ymd().0).into_iter();
    all.map(|wave| WaveSoFar {
        wave,
        actual: sales.sum(wave.first, wave.last.min(as_of)),
        last_year: sales.sum(wave.first.plus_months(-12), wave.last.plus_months(-12)),
        last_year_so_far: sales.sum(
            wave.first.plus_months(-12),
            wave.last.min(as_of).plus_months(-12),
        ),
    })
    .collect()
}
