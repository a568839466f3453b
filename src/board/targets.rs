//! Targets and benchmarks, laid beside the figures.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{BrandBoard, Figure, Part, Query, Source, sheet};
use crate::facts::{BenchmarkRow, CrowdKey, Dataset, Slice, TargetKey, TargetRow};
use crate::metrics::benchmark::BenchmarkKind;
use crate::metrics::crowd::implied_gmv;
use crate::metrics::double11::{LAYERS, Layer};
use crate::metrics::{Day, Unit, Value, Why, metric};

/// Gives every figure of a brand its target, owner and benchmarks. Both are about whole brands and
/// whole crowds: a figure that a slice has cut has neither, except benchmarks of rates.
pub(super) fn attach(board: &mut BrandBoard, data: &Dataset, query: &Query) {
    let targets = Targets::new(data, board.brand, query.as_of);
    let benchmarks = Benchmarks::new(data, board.brand, query);
    if query.slice.is_empty() {
        targets.add_target_only(board);
    }
    for figure in &mut board.figures {
        let whole = sheet::is_whole(figure.part, data, &query.slice);
        if let Some(key) = key_of(figure.part).filter(|_| whole) {
            targets.attach(figure, key);
        }
        if figure.part == Part::Whole && (whole || figure.unit() == Unit::Ratio) {
            figure.benchmarks = benchmarks.of(figure.metric.id);
        }
        if let Part::Crowd(CrowdKey::Crowd(k)) = figure.part {
            let owner = data.crowds.get(k as usize).and_then(|c| c.owner.clone());
            figure.owner = figure.owner.take().or(owner);
        }
    }
}

fn key_of(part: Part) -> Option<TargetKey> {
    let (crowd, layer) = match part {
        Part::Whole => (CrowdKey::Brand, None),
        Part::Crowd(crowd) => (crowd, None),
        Part::Layer(layer) => (CrowdKey::Brand, layer),
        _ => return None,
    };
    Some(TargetKey { crowd, layer })
}

/// Where a target without a crowd or layer belongs, by its metric.
fn part_of(metric: &str, key: TargetKey) -> Part {
    match key.crowd {
        CrowdKey::Brand if metric.starts_with("crowd.") => Part::Crowd(CrowdKey::All),
        CrowdKey::Brand | CrowdKey::All if metric.starts_with("gmv.") => Part::Layer(key.layer),
        CrowdKey::Brand => Part::Whole,
        crowd => Part::Crowd(crowd),
    }
}

/// The targets of a brand that hold on a day.
pub(super) struct Targets<'a> {
    data: &'a Dataset,
    /// The rows that hold, by metric and what they are for.
    rows: FxHashMap<(&'a str, TargetKey), &'a TargetRow>,
}

impl<'a> Targets<'a> {
    /// The rows of a brand that hold on a day; the shortest period wins.
    pub(super) fn new(data: &'a Dataset, brand: usize, as_of: Day) -> Self {
        let holds = |r: &&TargetRow| {
            r.brand as usize == brand && r.period.is_none_or(|(a, b)| (a..=b).contains(&as_of))
        };
        let mut holding: Vec<_> = data.tables.targets.iter().filter(holds).collect();
        holding.sort_by_key(|r| {
            r.period
                .map_or(i32::MAX, |(from, to)| to.0.saturating_sub(from.0))
        });
        let mut rows = FxHashMap::default();
        for row in holding {
            rows.entry((row.metric.as_str(), row.key)).or_insert(row);
        }
        Self { data, rows }
    }

    fn row(&self, metric: &str, key: TargetKey) -> Option<&'a TargetRow> {
        let find = |crowd: CrowdKey| {
            let key = TargetKey { crowd, ..key };
            self.rows.get(&(metric, key)).copied()
        };
        // The total of crowds may be written without `*`, that of layers with it.
        let other = match key.crowd {
            CrowdKey::All if metric.starts_with("crowd.") => Some(CrowdKey::Brand),
            CrowdKey::Brand if metric.starts_with("gmv.") => Some(CrowdKey::All),
            _ => None,
        };
        find(key.crowd).or_else(|| find(other?))
    }

    /// A target as it is printed.
    pub(super) fn given(&self, metric: &str, crowd: CrowdKey) -> Value {
        self.given_for(metric, TargetKey { crowd, layer: None })
    }

    fn given_for(&self, metric: &str, key: TargetKey) -> Value {
        Value::or_missing(self.row(metric, key).and_then(|r| r.target), Why::NotGiven)
    }

    fn attach(&self, figure: &mut Figure, key: TargetKey) {
        let id = figure.metric.id;
        let row = self.row(id, key);
        let given = self.given_for(id, key);
        let derived = match figure.part {
            Part::Layer(Some(_)) => self.derived_layer(id, key),
            Part::Layer(None) => self.derived_layers(id),
            _ => self.derived(id, key.crowd),
        };
        figure.owner = row.and_then(|r| r.owner.clone());
        figure.target = Some(given.or(derived)).filter(|t| t.is_known());
        figure.target_derived = Some(derived).filter(|t| t.is_known());
        if figure.target.is_some()
            && figure.part != Part::Whole
            && matches!(figure.now, Value::Missing(Why::NoRow(..) | Why::NoTable(_)))
        {
            figure.now = Value::Missing(Why::TargetOnly);
        }
    }

    /// A target that follows from the targets of the layer's factors (`domain.md` §7): buyers = pool
    /// × cart rate × order rate, GMV = buyers × AOV.
    fn derived_layer(&self, metric: &str, key: TargetKey) -> Value {
        let given = |id: &str| self.given_for(id, key);
        let layer = Layer::of(
            given("gmv.pool"),
            given("gmv.cart_rate"),
            given("gmv.order_rate"),
            given("gmv.aov"),
        );
        match metric {
            "gmv.buyers" => layer.buyers,
            "gmv.gmv" => layer.gmv,
            _ => Value::Missing(Why::NotGiven),
        }
    }

    /// The sum over the layers that have a target, given or derived.
    fn derived_layers(&self, metric: &str) -> Value {
        if !matches!(metric, "gmv.pool" | "gmv.buyers" | "gmv.gmv") {
            return Value::Missing(Why::NotGiven);
        }
        let key = |layer| TargetKey {
            crowd: CrowdKey::Brand,
            layer: Some(layer),
        };
        let targets = LAYERS.map(|l| {
            let given = self.given_for(metric, key(l));
            given.or(self.derived_layer(metric, key(l)))
        });
        let mut known = targets.into_iter().filter(|t| t.is_known()).peekable();
        match known.peek() {
            Some(_) => known.sum(),
            None => Value::Missing(Why::NotGiven),
        }
    }

    /// A target that follows from other targets (`domain.md` §6.3): penetration = consumers ÷
    /// population, buyers = consumers × conversion, GMV = consumers × conversion × AOV; of all
    /// crowds the sum, when they do not overlap.
    fn derived(&self, metric: &str, crowd: CrowdKey) -> Value {
        if crowd == CrowdKey::All {
            return self.derived_total(metric);
        }
        let CrowdKey::Crowd(k) = crowd else {
            return Value::Missing(Why::NotGiven);
        };
        let population = self.data.crowds.get(k as usize).and_then(|c| c.population);
        let population = Value::or_missing(population, Why::NoPopulation);
        let consumers = self
            .given("crowd.consumers", crowd)
            .or(population.times(self.given("crowd.penetration", crowd)));
        let conversion = self
            .given("crowd.conversion", crowd)
            .or(self.given("crowd.conversion", CrowdKey::All));
        let aov = self
            .given("crowd.aov", crowd)
            .or(self.given("crowd.aov", CrowdKey::All));
        match metric {
            "crowd.penetration" => consumers.over(population),
            "crowd.consumers" => consumers,
            "crowd.buyers" => consumers.times(conversion),
            "crowd.gmv" => implied_gmv(consumers, conversion, aov),
            _ => Value::Missing(Why::NotGiven),
        }
    }

    fn derived_total(&self, metric: &str) -> Value {
        let crowds = &self.data.crowds;
        if crowds.is_empty() || !sheet::overlap_free(self.data) {
            return Value::Missing(Why::Overlap);
        }
        let sum = |id: &str| -> Value {
            self.data
                .counted_crowds()
                .map(|k| CrowdKey::Crowd(k as u32))
                .map(|c| self.given(id, c).or(self.derived(id, c)))
                .sum()
        };
        match metric {
            "crowd.consumers" | "crowd.buyers" | "crowd.gmv" => sum(metric),
            "crowd.penetration" => {
                sum("crowd.consumers").over(sheet::total_population(self.data, &Slice::default()))
            }
            "crowd.conversion" => sum("crowd.buyers").over(sum("crowd.consumers")),
            "crowd.aov" => sum("crowd.gmv").over(sum("crowd.buyers")),
            _ => Value::Missing(Why::NotGiven),
        }
    }

    /// Figures for targets of metrics that have no value anywhere: the target with a missing value.
    fn add_target_only(&self, board: &mut BrandBoard) {
        if !board.full {
            return;
        }
        let there: FxHashSet<(&str, Part)> = board
            .figures
            .iter()
            .map(|f| (f.metric.id, f.part))
            .collect();
        let mut rows: Vec<_> = self.rows.values().collect();
        rows.sort_by_key(|r| r.at);
        for row in rows {
            let part = part_of(&row.metric, row.key);
            let Some(metric) = metric(&row.metric) else {
                continue;
            };
            if there.contains(&(metric.id, part)) {
                continue;
            }
            let missing = Value::Missing(Why::TargetOnly);
            board.figures.push(Figure {
                metric,
                part,
                source: Source::Platform,
                now: missing,
                against: missing,
                numerator: None,
                denominator: None,
                variant: Source::Platform.id().to_owned(),
                target: None,
                target_derived: None,
                baseline: None,
                preview: None,
                owner: None,
                benchmarks: Vec::new(),
            });
        }
    }
}

/// The benchmarks of a brand's category that hold on a day.
struct Benchmarks<'a> {
    rows: Vec<&'a BenchmarkRow>,
    /// Preferred kinds first, the rank last.
    order: Vec<BenchmarkKind>,
}

impl<'a> Benchmarks<'a> {
    fn new(data: &'a Dataset, brand: usize, query: &Query) -> Self {
        let category = data.brands.get(brand).and_then(|b| b.category.as_ref());
        let holds = |r: &&BenchmarkRow| {
            Some(&r.category) == category && r.date.is_none_or(|d| d <= query.as_of)
        };
        let kinds = query.definitions.words("bench.kinds");
        Self {
            rows: data.tables.benchmarks.iter().filter(holds).collect(),
            order: kinds
                .filter_map(BenchmarkKind::from_id)
                .chain([BenchmarkKind::Rank])
                .collect(),
        }
    }

    /// The latest benchmark of each kind.
    fn of(&self, metric: &str) -> Vec<(BenchmarkKind, f64)> {
        let latest = |kind: BenchmarkKind| {
            let rows = self
                .rows
                .iter()
                .filter(|r| r.kind == kind && r.metric == metric);
            rows.max_by_key(|r| r.date).and_then(|r| r.value)
        };
        let each = self.order.iter();
        each.filter_map(|kind| latest(*kind).map(|v| (*kind, v)))
            .collect()
    }
}
