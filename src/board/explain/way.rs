//! Where the brand goes: estimates week by week, the mean week, errors of past forecasts.

use super::{
    BASELINE, Explanation, Form, Line, MOVED, MOVED_BY, Name, Part, Rule, Words, compared,
};
use crate::board::{Backtest, Past, Projection};
use crate::metrics::aipl::State;
use crate::metrics::projection::{Estimate, Miss, Outlook, Start, Week};
use crate::metrics::{Metric, Unit, Value, Why, metric};

/// The figures that are projected.
pub const PROJECTED: [&str; 8] = [
    "fast.f", "aipl.a", "aipl.i", "aipl.p", "aipl.l", "fast.a", "fast.s", "fast.t",
];

const SOURCE: &str = "§11 [own]";

fn read(outlook: &Outlook, id: &str) -> Option<f64> {
    Some(match id {
        "fast.f" => outlook.f,
        "fast.a" => outlook.a,
        "fast.s" => return outlook.s,
        "fast.t" => return outlook.t,
        _ => *outlook.stock.get(layer(id)?)?,
    })
}

fn layer(id: &str) -> Option<usize> {
    let state = State::from_id(id.strip_prefix("aipl.")?)?;
    State::ASSET.iter().position(|s| *s == state)
}

fn start(start: &Start, id: &str) -> Option<f64> {
    match id {
        "fast.f" => Some(start.stock.iter().sum()),
        "fast.a" => None,
        "fast.s" => start.members,
        "fast.t" => start.activity,
        _ => start.stock.get(layer(id)?).copied(),
    }
}

fn value(x: Option<f64>) -> Value {
    Value::or_missing(x, Why::NotGiven)
}

/// The estimate of a figure at the end of a coming week, counted from 0; `now` is its value on as-of
/// where the board has one.
pub fn forecast(
    projection: &Projection,
    past: Option<&Past>,
    week: usize,
    id: &'static str,
    now: Option<f64>,
) -> Option<Explanation> {
    let metric = metric(id)?;
    let (day, estimate) = projection.estimates.get(week)?;
    let unit = metric.unit;
    let name = Name::On(["推算，周末", "estimate, week to"], *day);
    let before = match week.checked_sub(1) {
        Some(n) => Some(&projection.estimates.get(n)?.1.expected),
        None => None,
    };
    let ways = estimate_ways(projection, past, before, estimate, metric);
    let expected = value(read(&estimate.expected, id));
    let first = Line::told(name, expected, unit, ways);
    let own = first.as_part();
    let mut lines = vec![first];
    for (words, outlook) in [
        (["区间下端（10%）", "lower end (10 %)"], &estimate.low),
        (["区间上端（90%）", "upper end (90 %)"], &estimate.high),
    ] {
        lines.push(Line::given(
            Name::Words(words),
            value(read(outlook, id)),
            unit,
        ));
    }
    let now = now.or_else(|| start(&projection.start, id));
    if let Some(now) = now {
        let words: Words = ["截至日", "on as-of"];
        let now = Line::given(Name::Words(words), Value::known(now), unit);
        let delta = ["较截至日", "change from as-of"];
        let relative = ["较截至日变化率", "relative change from as-of"];
        let part = now.as_part();
        lines.push(now);
        lines.extend(compared(delta, relative, &own, &part));
    }
    if let Some((_, base)) = projection.baseline.get(week) {
        let base = value(read(&base.expected, id));
        let base = Line::given(Name::Words(BASELINE), base, unit);
        let part = base.as_part();
        lines.push(base);
        lines.extend(compared(MOVED, MOVED_BY, &own, &part));
    }
    let words = [
        "假设每周流转率与新增人数保持不变；区间来自以观察到的各周随机排列的路径",
        "assumes that the weekly rates and arrivals hold; the range is from paths of observed weeks",
    ];
    let path = vec![
        Name::On(["周末", "week to"], *day),
        Name::Words(metric.short),
    ];
    Some(Explanation::of(path, words, SOURCE, lines))
}

/// What gives an estimate: the week before, one mean week on.
fn estimate_ways(
    projection: &Projection,
    past: Option<&Past>,
    before: Option<&Outlook>,
    estimate: &Estimate,
    metric: &Metric,
) -> Vec<(Rule, Vec<Part>)> {
    let week = &projection.week;
    let stock = before.map_or(projection.start.stock, |o| o.stock);
    let people = |words, x| Part::new(Name::Words(words), Value::known(x), Unit::People);
    match metric.id {
        "fast.f" => {
            let layers = State::ASSET.into_iter().zip(estimate.expected.stock);
            let parts = layers.map(|(s, x)| people(layer_name(s), x)).collect();
            vec![(Rule::Sum, parts)]
        }
        "fast.s" | "fast.t" => {
            let (from, step) = if metric.id == "fast.s" {
                (
                    before.map_or(projection.start.members, |o| o.s),
                    week.members,
                )
            } else {
                (
                    before.map_or(projection.start.activity, |o| o.t),
                    week.activity,
                )
            };
            let Some(from) = from else { return Vec::new() };
            let words = ["前一周", "the week before"];
            let from = Part::new(Name::Words(words), Value::known(from), metric.unit);
            let words = ["平均每周变化", "mean weekly change"];
            let step = Part::new(Name::Words(words), Value::known(step), metric.unit);
            vec![(Rule::Sum, vec![from, step.written(Form::Difference)])]
        }
        "fast.a" => {
            let Some(past) = past else { return Vec::new() };
            let (end, share) = week.step(&stock, past.denominator);
            let base: f64 = match past.denominator {
                crate::metrics::fast::Denominator::AiplStart => stock.iter().sum(),
                crate::metrics::fast::Denominator::AipStart => stock[..3].iter().sum(),
                crate::metrics::fast::Denominator::AiplEnd => end.iter().sum(),
            };
            let deepened = people(["加深人数", "deepened people"], deepened(week, &stock));
            let base = people(["分母人数", "denominator"], base);
            let told = (share.to_bits() == estimate.expected.a.to_bits())
                .then(|| (Rule::Ratio, vec![deepened, base]));
            told.into_iter().collect()
        }
        _ => {
            let Some(to) = layer(metric.id) else {
                return Vec::new();
            };
            vec![(Rule::Step, step_parts(week, &stock, State::ASSET[to]))]
        }
    }
}

fn deepened(week: &Week, stock: &[f64; 4]) -> f64 {
    let mut sum = 0.0;
    for (from, people) in State::ASSET.into_iter().zip(stock) {
        for to in State::ASSET {
            if to > from {
                sum += people * week.rate(from, to);
            }
        }
    }
    sum
}

/// Arrivals, then people of each layer with their rate to this one.
fn step_parts(week: &Week, stock: &[f64; 4], to: State) -> Vec<Part> {
    let at = State::ASSET.iter().position(|s| *s == to).unwrap_or(0);
    let people = |name, x| Part::new(name, Value::known(x), Unit::People);
    let arrivals = Name::Words(["每周新增", "arrivals"]);
    let mut parts = vec![people(arrivals, week.arrivals[at])];
    for (from, x) in State::ASSET.into_iter().zip(stock) {
        parts.push(people(Name::Words(layer_name(from)), *x));
        let rate = Value::known(week.rate(from, to));
        parts.push(Part::new(Name::Flow(from, to), rate, Unit::Ratio));
    }
    parts
}

fn layer_name(state: State) -> Words {
    match state {
        State::A => ["A", "A"],
        State::I => ["I", "I"],
        State::P => ["P", "P"],
        State::L => ["L", "L"],
        State::N | State::O => ["O", "O"],
    }
}

/// A rate of the mean week.
pub fn rate(projection: &Projection, past: Option<&Past>, from: State, to: State) -> Explanation {
    let now = projection.week.rate(from, to);
    let base = past.map_or(now, |p| p.week.rate(from, to));
    let words = [
        "近几周从一层流到另一层的人数之和 ÷ 期初人数之和",
        "people who went this way in the last weeks ÷ people who were there at the start",
    ];
    let name = Name::Flow(from, to);
    beside_base(name, [now, base], Unit::Ratio, words)
}

/// People who arrive in a layer in the mean week.
pub fn arrival(projection: &Projection, past: Option<&Past>, to: State) -> Option<Explanation> {
    let at = State::ASSET.iter().position(|s| *s == to)?;
    let now = projection.week.arrivals[at];
    let base = past.map_or(now, |p| p.week.arrivals[at]);
    let words = [
        "近几周从外部进入该层的人数 ÷ 周数",
        "people who came into the layer from outside in the last weeks ÷ weeks",
    ];
    let name = Name::Of(["每周新增", "arrivals in"], to.id().to_uppercase());
    Some(beside_base(name, [now, base], Unit::People, words))
}

fn beside_base(name: Name, [now, base]: [f64; 2], unit: Unit, words: Words) -> Explanation {
    let first = Line::given(name.clone(), Value::known(now), unit);
    let mut lines = vec![first];
    if now.to_bits() != base.to_bits() {
        let base = Line::given(Name::Words(BASELINE), Value::known(base), unit);
        let (own, part) = (lines[0].as_part(), base.as_part());
        lines.push(base);
        lines.extend(compared(MOVED, MOVED_BY, &own, &part));
    }
    Explanation::of(vec![name], words, SOURCE, lines)
}

/// A mean error of past forecasts: one week or several ahead, of the estimate or of "no change", of
/// A, I, P, L or F.
pub fn miss(backtest: &Backtest, far: bool, naive: bool, at: usize) -> Option<Explanation> {
    let misses = if far {
        &backtest.ahead
    } else {
        &backtest.weekly
    };
    let own = |m: &Miss| {
        let errors = if naive { &m.naive } else { &m.projected };
        errors.get(at).copied().flatten()
    };
    let parts: Vec<Part> = misses
        .iter()
        .map(|m| {
            let words = ["第几周", "weeks ahead"];
            let name = Name::Of(words, m.ahead.to_string());
            Part::new(name, value(own(m)), Unit::Ratio)
        })
        .collect();
    if parts.is_empty() {
        return None;
    }
    let figure = ["A", "I", "P", "L", "F"].get(at).copied()?;
    let method = if naive {
        ["保持不变", "no change"]
    } else {
        ["推算", "estimate"]
    };
    let ahead = if far {
        ["1–8 周后误差", "error, 1-8 weeks"]
    } else {
        ["1 周后误差", "error, 1 week"]
    };
    let path = vec![
        Name::Words(ahead),
        Name::Words(method),
        Name::Words([figure, figure]),
    ];
    let line = Line::of(Name::Words(ahead), Unit::Ratio, Rule::Mean, parts);
    let words = [
        "|推算 − 实际| ÷ 实际，各周平均",
        "|forecast - actual| ÷ actual, the mean of the weeks",
    ];
    Some(Explanation::of(path, words, SOURCE, vec![line]))
}
