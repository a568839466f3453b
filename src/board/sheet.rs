//! The figures of one brand while they are being collected.

use super::{Figure, Part, Source};
use crate::facts::{CrowdKey, Dataset, Slice};
use crate::metrics::aipl::{Flow, Ratio, State};
use crate::metrics::crowd::CrowdFigures;
use crate::metrics::{Definitions, METRICS, Value, Why, metric};

/// Collects figures of one source.
pub(super) struct Sheet<'a> {
    figures: &'a mut Vec<Figure>,
    source: Source,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(figures: &'a mut Vec<Figure>, source: Source) -> Self {
        Self { figures, source }
    }

    /// Adds a figure that is not a ratio.
    pub(super) fn value(&mut self, id: &str, part: Part, now: Value, against: Value) {
        let variant = self.source.id();
        self.push(id, part, [now, against], None, variant);
    }

    /// Adds a ratio with its parts.
    pub(super) fn ratio(&mut self, id: &str, part: Part, now: Ratio, against: Ratio) {
        let variant = self.source.id();
        self.push(id, part, [now.value(), against.value()], Some(now), variant);
    }

    /// Adds a figure with its own variant.
    pub(super) fn variant(
        &mut self,
        id: &str,
        part: Part,
        values: [Value; 2],
        parts: Option<Ratio>,
        variant: &str,
    ) {
        self.push(id, part, values, parts, variant);
    }

    /// Adds a missing figure.
    pub(super) fn missing(&mut self, id: &str, part: Part, why: Why) {
        self.value(id, part, Value::Missing(why), Value::Missing(why));
    }

    fn push(
        &mut self,
        id: &str,
        part: Part,
        [now, against]: [Value; 2],
        parts: Option<Ratio>,
        variant: &str,
    ) {
        let Some(metric) = metric(id) else { return };
        self.figures.push(Figure {
            metric,
            part,
            source: self.source,
            now,
            against,
            numerator: parts.map(|r| r.numerator),
            denominator: parts.map(|r| r.denominator),
            variant: variant.to_owned(),
            target: None,
            target_derived: None,
            baseline: None,
            preview: None,
            owner: None,
            benchmarks: Vec::new(),
        });
    }
}

/// Position of a metric in `METRICS`.
pub(super) fn rank(figure: &Figure) -> usize {
    METRICS
        .iter()
        .position(|m| m.id == figure.metric.id)
        .unwrap_or(usize::MAX)
}

/// Stock metrics and their states.
pub(super) const STOCK_METRICS: [(&str, State); 5] = [
    ("aipl.o", State::O),
    ("aipl.a", State::A),
    ("aipl.i", State::I),
    ("aipl.p", State::P),
    ("aipl.l", State::L),
];

/// FAST+ metrics.
pub(super) const FAST_PLUS: [&str; 4] = [
    "fast_plus.capital",
    "fast_plus.conversion",
    "fast_plus.connection",
    "fast_plus.clv",
];

/// Adds the matrix, the five terms and the step rates of a flow.
pub(super) fn push_flow(sheet: &mut Sheet<'_>, now: &Flow, before: &Flow) {
    for from in State::ALL {
        for to in State::ALL {
            sheet.value(
                "flow",
                Part::Flow(from, to),
                now.get(from, to),
                before.get(from, to),
            );
        }
    }
    let (n, b) = (now.terms(), before.terms());
    for (id, now, before) in [
        ("flow.new", n.new, b.new),
        ("flow.deepened", n.deepened, b.deepened),
        ("flow.unchanged", n.unchanged, b.unchanged),
        ("flow.shallower", n.shallower, b.shallower),
        ("flow.lost", n.lost, b.lost),
    ] {
        sheet.value(id, Part::Whole, now, before);
    }
    for (id, state) in [
        ("step.a", State::A),
        ("step.i", State::I),
        ("step.p", State::P),
    ] {
        sheet.ratio(
            id,
            Part::Whole,
            now.step_rate(state),
            before.step_rate(state),
        );
    }
}

/// Adds the metrics of a crowd, now and at the comparison.
pub(super) fn push_crowd(
    sheet: &mut Sheet<'_>,
    part: Part,
    [now, against]: &[CrowdFigures; 2],
    definitions: &Definitions,
) {
    let by_buyers = definitions.text("crowd.penetration_numerator") == "buyers";
    sheet.value("crowd.population", part, now.population, against.population);
    sheet.value("crowd.consumers", part, now.consumers, against.consumers);
    sheet.ratio(
        "crowd.penetration",
        part,
        now.penetration(by_buyers),
        against.penetration(by_buyers),
    );
    sheet.value("crowd.buyers", part, now.buyers, against.buyers);
    sheet.ratio(
        "crowd.conversion",
        part,
        now.conversion(),
        against.conversion(),
    );
    sheet.ratio("crowd.aov", part, now.aov(), against.aov());
    sheet.value("crowd.gmv", part, now.gmv, against.gmv);
}

/// Σ population of the crowds that the slice keeps; known only when no consumer is in two of them.
/// Other conditions cut the consumers of a crowd, not its size in the market.
pub(super) fn total_population(data: &Dataset, slice: &Slice) -> Value {
    if !overlap_free(data) {
        return Value::Missing(Why::Overlap);
    }
    let conditions = || slice.filter.iter().filter(|c| c.dimension == "crowd");
    let kept = |id: &String| conditions().all(|c| c.values.contains(id) != c.negated);
    data.counted_crowds()
        .filter_map(|k| data.crowds.get(k))
        .filter(|c| kept(&c.id))
        .map(|c| Value::or_missing(c.population, Why::NoPopulation))
        .sum()
}

/// Whether sums over crowds count nobody twice.
pub(super) fn overlap_free(data: &Dataset) -> bool {
    let mut counted = data.counted_crowds().filter_map(|k| data.crowds.get(k));
    data.counted_crowds().count() < 2 || counted.all(|c| c.exclusive)
}

/// Whether a figure is about all people of its part: there is no slice, or the slice keeps the
/// whole crowd that the figure is about.
pub(super) fn is_whole(part: Part, data: &Dataset, slice: &Slice) -> bool {
    let Part::Crowd(CrowdKey::Crowd(k)) = part else {
        return slice.is_empty();
    };
    let id = data.crowds.get(k as usize).map(|c| &c.id);
    slice.scope.is_empty()
        && slice.filter.iter().all(|c| {
            c.dimension == "crowd" && !c.negated && id.is_some_and(|id| c.values.contains(id))
        })
}
