//! One call that computes every value that any pane, export or command shows.
//!
//! A [`Board`] is a list of [`Figure`]s per brand, each with its value now and at the comparison,
//! its parts, target and benchmark. Screens, JSON and captures read figures; nobody computes a
//! metric a second time.

mod compute;
mod differences;
mod dimensions;
mod events;
pub mod explain;
mod layers;
mod orders;
mod platform;
mod projection;
mod sheet;
mod side;
mod targets;
mod whatif;
pub mod why;
mod workbench;

pub use compute::{
    compute, compute_in_steps, default_as_of, figures, first_frame, glimpse, prepare,
};
pub use differences::differences;
pub use dimensions::dimensions;
pub use projection::{
    Ahead, Backtest, HELD, Horizon, Past, Projection, projection, projection_backtest,
};
pub use side::{KeyFigure, KeyFigures, Outcome};
pub use whatif::{Basis, Figures, Side};
pub use workbench::{
    Double11, LayerYear, Pace, Planned, Solution, TargetTree, WaveSoFar, Workbench, Year, double11,
};

use std::sync::Arc;

use crate::facts::{CrowdKey, Dataset, Slice};
use crate::metrics::aipl::State;
use crate::metrics::benchmark::{self, BenchmarkKind};
use crate::metrics::crowd;
use crate::metrics::fast_plus::{Field, Role};
use crate::metrics::{Day, Definitions, Metric, Unit, Value};
use crate::scenario::{Bounded, Scenario};

/// What the values are compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Against {
    /// as-of − 7 days (the default).
    #[default]
    PreviousWeek,
    /// The same day of the previous month.
    PreviousMonth,
    /// The same day a year ago.
    YearAgo,
    /// A given day.
    On(Day),
}

impl Against {
    /// The comparison day for an as-of day.
    pub fn resolve(self, as_of: Day) -> Day {
        match self {
            Self::PreviousWeek => as_of.plus(-7),
            Self::PreviousMonth => as_of.plus_months(-1),
            Self::YearAgo => as_of.plus_months(-12),
            Self::On(day) => day,
        }
    }

    /// Reads `previous-week`, `previous-month`, `year-ago` or a date.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "previous-week" => Some(Self::PreviousWeek),
            "previous-month" => Some(Self::PreviousMonth),
            "year-ago" => Some(Self::YearAgo),
            date => Day::parse_iso(date).map(Self::On),
        }
    }
}

/// The text that [`Against::parse`] reads back.
impl std::fmt::Display for Against {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::PreviousWeek => f.write_str("previous-week"),
            Self::PreviousMonth => f.write_str("previous-month"),
            Self::YearAgo => f.write_str("year-ago"),
            Self::On(day) => write!(f, "{day}"),
        }
    }
}

/// A state of the program for which a board is computed.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// The day that the values are about, inclusive.
    pub as_of: Day,
    /// The day they are compared with.
    pub against: Day,
    /// Which consumers and events.
    pub slice: Slice,
    /// The definitions in force.
    pub definitions: Definitions,
    /// What is changed over the data; empty for the baseline.
    pub scenario: Scenario,
}

/// For which brands, and how deep.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Focus {
    /// FAST of every brand, and everything of this one (index into `Dataset::brands`).
    One(usize),
    /// Everything of these brands, nothing of the others.
    Full(Vec<usize>),
    /// The same as [`Focus::One`], and what projections of that brand need, from so many weeks up to
    /// as-of.
    Ahead(usize, usize),
}

/// Where a figure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// Computed from the event log.
    Events,
    /// Taken from platform tables.
    Platform,
}

impl Source {
    /// The id in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Platform => "platform",
        }
    }
}

/// Which part of a brand a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// The whole brand.
    Whole,
    /// Consumers who went from one state to another.
    Flow(State, State),
    /// One crowd, or all crowds together.
    Crowd(CrowdKey),
    /// One role.
    Role(Role),
    /// One private field.
    Field(Field),
    /// One layer of the Double 11 model, or all layers together.
    Layer(Option<State>),
}

impl Part {
    /// Position among the parts of a metric: the whole first, then in the order of the data set.
    fn rank(self) -> (u8, u32) {
        match self {
            Self::Whole => (0, 0),
            Self::Flow(from, to) => (1, from as u32 * 6 + to as u32),
            Self::Crowd(CrowdKey::Brand) => (2, 0),
            Self::Crowd(CrowdKey::Crowd(k)) => (3, k),
            Self::Crowd(CrowdKey::All) => (4, 0),
            Self::Role(role) => (5, role as u32),
            Self::Field(field) => (6, field as u32),
            Self::Layer(Some(state)) => (7, state as u32),
            Self::Layer(None) => (8, 0),
        }
    }
}

/// One value with everything that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The row of `METRICS`.
    pub metric: &'static Metric,
    /// Which part of the brand.
    pub part: Part,
    /// Where it comes from.
    pub source: Source,
    /// Value on as-of.
    pub now: Value,
    /// Value on the comparison day.
    pub against: Value,
    /// Numerator of `now`, for ratios.
    pub numerator: Option<Value>,
    /// Denominator of `now`, for ratios.
    pub denominator: Option<Value>,
    /// The value without the scenario, where a scenario changes it.
    pub baseline: Option<Value>,
    /// The value with the slice that is only looked at, where it is known and another one.
    pub preview: Option<Value>,
    /// Variant id (`events`, `platform`, `aipl_start`, …).
    pub variant: String,
    /// Target, where the data set has one.
    pub target: Option<Value>,
    /// What the target should be from the other targets (consumers ÷ population, …), where that
    /// can be told.
    pub target_derived: Option<Value>,
    /// Owner of the target or the crowd.
    pub owner: Option<String>,
    /// Benchmarks of the brand's category, preferred kind first.
    pub benchmarks: Vec<(BenchmarkKind, f64)>,
}

impl Figure {
    /// now − against; percentage points for ratios.
    pub fn delta(&self) -> Value {
        self.now.minus(self.against)
    }

    /// (now − against) ÷ against; missing when the comparison is zero or missing.
    pub fn change(&self) -> Value {
        self.delta().over(self.against)
    }

    /// now − target; `None` without a target.
    pub fn gap(&self) -> Option<Value> {
        self.target.map(|t| crowd::gap(self.now, t))
    }

    /// now ÷ target; `None` without a target.
    pub fn completion(&self) -> Option<Value> {
        self.target.map(|t| crowd::completion(self.now, t))
    }

    /// The value without the scenario; `None` where none changes it.
    pub fn before(&self) -> Option<Value> {
        self.baseline.filter(|b| *b != self.now)
    }

    /// Value without the scenario ÷ target; `None` where no scenario changes it, or without a
    /// target.
    pub fn completion_before(&self) -> Option<Value> {
        Some(crowd::completion(self.before()?, self.target?))
    }

    /// The preferred benchmark that is not a rank.
    pub fn benchmark(&self) -> Option<(BenchmarkKind, f64)> {
        self.benchmarks
            .iter()
            .copied()
            .find(|(kind, _)| *kind != BenchmarkKind::Rank)
    }

    /// now ÷ benchmark × 100; missing without a benchmark.
    pub fn index(&self) -> Value {
        let b = self.benchmark().map(|(_, b)| b);
        benchmark::index(
            self.now,
            Value::or_missing(b, crate::metrics::Why::NotGiven),
        )
    }

    /// The rank among peers, where the data set gives one.
    pub fn rank(&self) -> Option<f64> {
        let rank = self
            .benchmarks
            .iter()
            .find(|(kind, _)| *kind == BenchmarkKind::Rank);
        rank.map(|(_, rank)| *rank)
    }

    /// `id=value` of the definitions behind the value. An exported rate follows the denominator
    /// that the platform used, whatever the definitions say.
    pub fn definition(&self, definitions: &Definitions) -> String {
        let ids = self.metric.definitions;
        let text = definitions.describe(ids);
        let used = ("fast.a_denominator", definitions.text("fast.a_denominator"));
        if ids.contains(&used.0) && self.source == Source::Platform && used.1 != self.variant {
            let (said, meant) = (
                format!("{}={}", used.0, used.1),
                format!("{}={}", used.0, self.variant),
            );
            return text.replace(&said, &meant);
        }
        text
    }

    /// The unit of the value.
    pub fn unit(&self) -> Unit {
        self.metric.unit
    }
}

/// The history of one metric: one value for every day of [`Board::dates`].
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Metric id: `fast.f fast.a fast.s fast.t aipl.a aipl.i aipl.p aipl.l crowd.consumers`.
    pub metric: &'static str,
    /// The whole brand, or a crowd.
    pub part: Part,
    /// Where it comes from (the source that the screen prefers).
    pub source: Source,
    /// One value per date, oldest first.
    pub values: Vec<Value>,
}

/// Everything of one brand.
#[derive(Debug, Clone, PartialEq)]
pub struct BrandBoard {
    /// Index into `Dataset::brands`.
    pub brand: usize,
    /// Whether all figures are here, or only FAST.
    pub full: bool,
    /// Figures in the order of `METRICS`, then parts, then sources (events first).
    pub figures: Vec<Figure>,
    /// Weekly histories.
    pub history: Vec<Series>,
    /// Where the scenario asked for more than the bounds of a lever allow.
    pub bounded: Vec<Bounded>,
    /// Target tree and Double 11, where all figures are here.
    pub workbench: Option<Arc<Workbench>>,
    /// The denominator that the platform's deepening rate was found to use, and its relative
    /// distance; `None` when it cannot be told.
    pub detected: Option<(crate::metrics::fast::Denominator, f64)>,
}

impl BrandBoard {
    /// The figure of a metric from the given source.
    pub fn from(&self, source: Source, metric: &str, part: Part) -> Option<&Figure> {
        self.figures
            .iter()
            .find(|f| f.metric.id == metric && f.part == part && f.source == source)
    }

    /// The figure that the screen shows: events if they have a value, else platform tables if they
    /// have one, else whichever is there with its reason.
    pub fn get(&self, metric: &str, part: Part) -> Option<&Figure> {
        let events = self.from(Source::Events, metric, part);
        let platform = self.from(Source::Platform, metric, part);
        match (events, platform) {
            (Some(e), Some(p)) if !e.now.is_known() && p.now.is_known() => Some(p),
            (e, p) => e.or(p),
        }
    }

    /// Puts the values of another board of the brand beside those that differ.
    fn preview(&mut self, other: &Self) {
        // Both have nearly the same figures in the same order: each is looked for from where the one
        // before was found.
        let mut at = 0;
        for figure in &mut self.figures {
            let same = |o: &Figure| {
                o.metric.id == figure.metric.id
                    && o.part == figure.part
                    && o.source == figure.source
            };
            let Some(steps) = other.figures[at..].iter().position(same) else {
                continue;
            };
            at += steps;
            let value = other.figures[at].now;
            figure.preview = Some(value).filter(|v| *v != figure.now);
        }
    }

    /// The weekly history of a metric.
    pub fn series(&self, metric: &str, part: Part) -> Option<&Series> {
        self.history
            .iter()
            .find(|s| s.metric == metric && s.part == part)
    }
}

/// A dimension that a slice can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dimension {
    /// Id (`crowd`, `city_tier`, `channel`, …).
    pub id: String,
    /// Whether it tells where consumers were touched (and can be a `--scope`).
    pub touch: bool,
    /// Its values, with the people of the focused brand's asset who have it (as-of, without slice).
    pub values: Vec<DimensionValue>,
}

/// A value of a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DimensionValue {
    /// As it stands in the data.
    pub value: String,
    /// Chinese name (crowds have one; otherwise the value).
    pub name_zh: String,
    /// English name (crowds have one; otherwise the value).
    pub name_en: String,
    /// People in the asset of the focused brand; `None` when only platform tables are there.
    pub people: Option<u64>,
}

/// How much of an answer a board holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Extent {
    /// What the platform tables tell: the event log has not been read. Whatever the log could tell
    /// besides is missing for [`Why::Pending`](crate::metrics::Why::Pending).
    Tables,
    /// Every figure, and no history yet: that takes longer and follows with the whole board.
    Figures,
    /// Everything.
    #[default]
    Whole,
}

/// Every value for one state of the program.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// What it was computed for.
    pub query: Query,
    /// Days of the histories: 53 weeks that end on as-of, oldest first.
    pub dates: Vec<Day>,
    /// The brands, in the order of the data set.
    pub brands: Vec<Arc<BrandBoard>>,
    /// The dimensions that the data set has.
    pub dimensions: Vec<Dimension>,
    /// How much of the answer this is.
    pub extent: Extent,
    /// What projections need, where it was asked for ([`Focus::Ahead`]).
    pub ahead: Option<Arc<Ahead>>,
}

impl Board {
    /// Whether this board holds all that a focus asks for.
    pub fn holds(&self, focus: &Focus) -> bool {
        let full = |brand: &usize| self.brand(*brand).is_some_and(|b| b.full);
        match focus {
            Focus::One(brand) => full(brand),
            Focus::Full(brands) => brands.iter().all(full),
            Focus::Ahead(brand, observed) => {
                let ahead = self.ahead.as_ref();
                full(brand) && ahead.is_some_and(|a| (a.brand, a.observed) == (*brand, *observed))
            }
        }
    }

    /// The board of a brand (index into `Dataset::brands`).
    pub fn brand(&self, brand: usize) -> Option<&BrandBoard> {
        let at_place = self.brands.get(brand).filter(|b| b.brand == brand);
        let found = at_place.or_else(|| self.brands.iter().find(|b| b.brand == brand));
        found.map(AsRef::as_ref)
    }

    /// This board with the values of another one, of another slice, beside its own
    /// ([`Figure::preview`]).
    #[must_use]
    pub fn previewing(&self, other: &Self) -> Self {
        let mut board = self.clone();
        for brand in &mut board.brands {
            if let Some(other) = other.brand(brand.brand) {
                Arc::make_mut(brand).preview(other);
            }
        }
        board
    }

    /// This board, which has no scenario yet, with one laid over the brands that have all figures.
    /// The values of the data stay beside those that change ([`Figure::baseline`]).
    #[must_use]
    pub fn under(mut self, data: &Dataset, scenario: &Scenario) -> Self {
        for brand in self.brands.iter_mut().filter(|b| b.full) {
            let brand = Arc::make_mut(brand);
            workbench::lay(brand, data, &self.query.definitions, scenario);
            whatif::apply(brand, data, &self.query.definitions, scenario);
        }
        self.query.scenario.clone_from(scenario);
        self
    }
}
