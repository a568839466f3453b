//! The GMV workbench as data: the target tree, and Double 11 through the years and through the event.
//!
//! Everything is taken from figures and tables that `fastdeck metrics` tells too; here it is put in
//! the shape in which a plan is discussed.

use super::layers::Counted;
use super::platform::{self, Tables};
use super::whatif::Figures;
use super::{BrandBoard, Part, Query, Source};
use crate::facts::{CrowdKey, Dataset, Engine};
use crate::metrics::aipl::State;
use crate::metrics::double11::{
    self, Curve, Layer, LayerCounts, Wave, paced_completion, projected, required_pool, residual,
};
use crate::metrics::target_tree::{Branch, Finding, Line, Plan, Tree, audit};
use crate::metrics::{Day, Value, Why};

/// The target tree of a brand: what is wanted, what is there, and where they contradict.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetTree {
    /// The targets as given.
    pub given: Plan,
    /// The targets with every cell that follows from the others.
    pub wanted: Plan,
    /// The current figures.
    pub now: Plan,
    /// Positions of the tree's crowds in `Dataset::crowds`.
    pub crowds: Vec<usize>,
    /// Given cells that do not follow from the others.
    pub findings: Vec<Finding>,
}

impl Figures<'_> {
    /// The target tree of the brand; `None` when it has no crowds.
    pub fn target_tree(&self) -> Option<TargetTree> {
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
        let given = plan(&|id, part| self.target(id, part));
        let now = plan(&|id, part| {
            let figure = self.board.get(id, part);
            figure.map_or(Value::Missing(Why::NotGiven), |f| f.now)
        });
        let consumption = self.target("crowd.consumption", Part::Crowd(CrowdKey::All));
        Some(TargetTree {
            findings: audit(&tree_of(&given, consumption)),
            wanted: given.clone().solved(),
            given,
            now,
            crowds,
        })
    }

    /// A target; the size of a crowd is the data set's where no target says otherwise.
    fn target(&self, id: &str, part: Part) -> Value {
        let figure = self.board.get(id, part);
        let target = figure.and_then(|f| f.target);
        match (target, figure) {
            (Some(target), _) => target,
            (None, Some(figure)) if id == "crowd.population" => figure.now,
            _ => Value::Missing(Why::NotGiven),
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
}

/// The Double 11 workbench of a brand.
#[derive(Debug, Clone, PartialEq)]
pub struct Double11 {
    /// This year and the two before it.
    pub years: [Year; 3],
    /// Target of the GMV of all layers, money.
    pub target: Value,
    /// People that each layer alone lacks to reach the target at today's rates.
    pub required: Vec<(State, Value)>,
    /// How the event stands; `None` outside of it.
    pub pace: Option<Pace>,
    /// The waves of this year.
    pub waves: Vec<WaveSoFar>,
}

/// The workbench of a brand, from its board (for the targets) and the platform tables.
pub fn double11(engine: &Engine, query: &Query, board: &BrandBoard) -> Double11 {
    let data = engine.dataset();
    let frame = Engine::frame(query.as_of, query.against, &query.definitions);
    let tables = Tables {
        engine,
        brand: board.brand,
        frame: &frame,
        definitions: &query.definitions,
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
    let all = years[0].layers.iter().find(|l| l.layer.is_none());
    let now = all.map_or(Value::Missing(Why::NotGiven), |l| l.model.gmv);
    let required = years[0].layers.iter().filter_map(|l| {
        let lacking = required_pool(target, now, &l.model);
        Some((l.layer?, lacking))
    });
    let sales = Daily {
        data,
        brand: board.brand,
        by_day: query.definitions.count("crowd.period_days") == 1,
    };
    Double11 {
        required: required.collect(),
        pace: pace(&sales, query.as_of, target),
        waves: waves(&sales, query.as_of),
        years,
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
    data: &'a Dataset,
    brand: usize,
    by_day: bool,
}

impl Daily<'_> {
    fn on(&self, day: Day) -> Value {
        let tables = &self.data.tables;
        let own = |brand: u32, date: Day| brand as usize == self.brand && date == day;
        let orders: Vec<_> = tables
            .order_days
            .iter()
            .filter(|r| own(r.brand, r.date))
            .collect();
        if !orders.is_empty() {
            let fen: Option<i64> = orders.iter().map(|r| r.paid_fen).sum();
            return Value::or_missing(fen.map(|f| f as f64 / 100.0), Why::EmptyCell("paid"));
        }
        let whole = |crowd| matches!(crowd, CrowdKey::Brand | CrowdKey::All);
        let sales = tables.sales.iter().find(|r| {
            own(r.brand, r.date) && whole(r.crowd) && r.layer.is_none() && r.category.is_none()
        });
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
    })
    .collect()
}
