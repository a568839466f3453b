//! A scenario laid over the crowd figures of a brand: the baseline stays beside the result.

use super::{BrandBoard, Figure, Part, Source, sheet};
use crate::facts::{CrowdKey, Dataset};
use crate::metrics::aipl::Ratio;
use crate::metrics::{Value, Why};
use crate::scenario::Scenario;

/// consumers = population × penetration, buyers = consumers × conversion, GMV = buyers × AOV; a
/// factor that no lever touches keeps its baseline. The total is the sum where crowds do not
/// overlap.
pub(super) fn apply(board: &mut BrandBoard, data: &Dataset, scenario: &Scenario) {
    if scenario.is_empty() {
        return;
    }
    for source in [Source::Events, Source::Platform] {
        let crowds: Vec<Option<Crowd>> = (0..data.crowds.len())
            .map(|k| change_crowd(board, source, data, k, scenario))
            .collect();
        if crowds.iter().any(Option::is_some) {
            change_total(board, source, data, &crowds);
        }
    }
}

#[derive(Clone, Copy)]
struct Crowd {
    population: Value,
    consumers: Value,
    buyers: Value,
    gmv: Value,
}

fn change_crowd(
    board: &mut BrandBoard,
    source: Source,
    data: &Dataset,
    k: usize,
    scenario: &Scenario,
) -> Option<Crowd> {
    let part = Part::Crowd(CrowdKey::Crowd(k as u32));
    let id = &data.crowds[k].id;
    let base = |metric: &str| board.from(source, metric, part).map(|f| f.now);
    let lever = |metric: &str| -> Option<Value> {
        let value = base(metric)?;
        Some(match value.get() {
            Some(x) => Value::Known(scenario.apply(metric, id, x)),
            None if scenario.touches(metric, id) => {
                Value::known(scenario.apply(metric, id, f64::NAN)).or(value)
            }
            None => value,
        })
    };
    let population = lever("crowd.population")?;
    let consumers = population.times(lever("crowd.penetration")?);
    let buyers = consumers.times(lever("crowd.conversion")?);
    let gmv = buyers.times(lever("crowd.aov")?);
    // A factor without a baseline leaves what it feeds as it was.
    let keep = |changed: Value, metric: &str| changed.or(base(metric).unwrap_or(changed));
    let crowd = Crowd {
        population,
        consumers: keep(consumers, "crowd.consumers"),
        buyers: keep(buyers, "crowd.buyers"),
        gmv: keep(gmv, "crowd.gmv"),
    };
    write(board, source, part, &crowd);
    Some(crowd)
}

fn change_total(board: &mut BrandBoard, source: Source, data: &Dataset, crowds: &[Option<Crowd>]) {
    let exclusive = sheet::overlap_free(data);
    let sum = |part: fn(&Crowd) -> Value| -> Value {
        if exclusive {
            crowds.iter().flatten().map(part).sum()
        } else {
            Value::Missing(Why::Overlap)
        }
    };
    let total = Crowd {
        population: sum(|c| c.population),
        consumers: sum(|c| c.consumers),
        buyers: sum(|c| c.buyers),
        gmv: sum(|c| c.gmv),
    };
    write(board, source, Part::Crowd(CrowdKey::All), &total);
}

fn write(board: &mut BrandBoard, source: Source, part: Part, crowd: &Crowd) {
    let ratio = |numerator, denominator| {
        Some(Ratio {
            numerator,
            denominator,
        })
    };
    for figure in &mut board.figures {
        if figure.part != part || figure.source != source {
            continue;
        }
        let (value, parts) = match figure.metric.id {
            "crowd.population" => (crowd.population, None),
            "crowd.consumers" => (crowd.consumers, None),
            "crowd.buyers" => (crowd.buyers, None),
            "crowd.gmv" => (crowd.gmv, None),
            "crowd.penetration" => (
                crowd.consumers.over(crowd.population),
                ratio(crowd.consumers, crowd.population),
            ),
            "crowd.conversion" => (
                crowd.buyers.over(crowd.consumers),
                ratio(crowd.buyers, crowd.consumers),
            ),
            "crowd.aov" => (crowd.gmv.over(crowd.buyers), ratio(crowd.gmv, crowd.buyers)),
            _ => continue,
        };
        change(figure, value, parts);
    }
}

fn change(figure: &mut Figure, value: Value, parts: Option<Ratio>) {
    let same = match (figure.now, value) {
        (Value::Known(a), Value::Known(b)) => (a - b).abs() <= 1e-12 * a.abs().max(b.abs()),
        (a, b) => a == b,
    };
    if same {
        return;
    }
    figure.baseline = Some(figure.now);
    figure.now = value;
    figure.numerator = parts.map(|r| r.numerator).or(figure.numerator);
    figure.denominator = parts.map(|r| r.denominator).or(figure.denominator);
}
