//! The headline figures of a pane: what the presenter shows, and by what two halves are compared.
//!
//! They are the figures of the board, chosen and never changed here; a pane has four at most, so that
//! they can be read from the back of a room.

use super::header::{self, board, dataset};
use super::number::Number;
use super::outlook;
use super::table::Change;
use super::text::{self, clean, pick};
use crate::app::{Pane, State, order};
use crate::board::{Board, Figure, Part};
use crate::facts::CrowdKey;
use crate::metrics::{Direction, Unit, Value};

/// What a headline is about; two halves are compared where it is the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Key {
    /// The brand, where it is not the one in focus (index into `Dataset::brands`).
    pub brand: Option<usize>,
    /// The metric.
    pub metric: &'static str,
    /// The part of the brand.
    pub part: Part,
    /// Its completion of the target instead of its value.
    pub completion: bool,
}

/// One figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Headline {
    /// What it is about.
    pub key: Key,
    /// Its name.
    pub name: String,
    /// A shorter name.
    pub short: String,
    /// Its value.
    pub value: Number,
    /// Why there is none.
    pub reason: Option<String>,
    /// Absolute and relative change.
    pub changes: Vec<Change>,
    /// What it is compared with, in words.
    pub against: String,
    /// Its target, and how much of it is reached.
    pub target: Option<(Number, Number)>,
    /// The word for a target.
    pub target_name: String,
    /// Its value without the what-if, with the word for that.
    pub baseline: Option<(String, Number)>,
    /// Which way is better.
    pub direction: Direction,
}

/// The headline figures of the pane of a state.
pub fn figures(state: &State) -> Vec<Headline> {
    let Some((board, _)) = board(state) else {
        return Vec::new();
    };
    if state.pane == Pane::Outlook {
        return ahead(state);
    }
    let keys = keys(state);
    keys.into_iter()
        .filter_map(|key| headline(state, board, key))
        .collect()
}

/// The letter that a metric is known by.
fn letter(metric: &str) -> Option<&'static str> {
    match metric {
        "fast.f" => Some("F"),
        "fast.a" | "aipl.a" => Some("A"),
        "fast.s" => Some("S"),
        "fast.t" => Some("T"),
        "aipl.i" => Some("I"),
        "aipl.p" => Some("P"),
        "aipl.l" => Some("L"),
        _ => None,
    }
}

fn whole(metric: &'static str) -> Key {
    part(metric, Part::Whole)
}

fn part(metric: &'static str, part: Part) -> Key {
    Key {
        brand: None,
        metric,
        part,
        completion: false,
    }
}

fn keys(state: &State) -> Vec<Key> {
    let fast = ["fast.f", "fast.a", "fast.s", "fast.t"];
    match state.pane {
        Pane::Brands => brands(state),
        Pane::Fast | Pane::Outlook => fast.map(whole).to_vec(),
        Pane::FastPlus => [
            "fast_plus.capital",
            "fast_plus.conversion",
            "fast_plus.connection",
            "fast_plus.clv",
        ]
        .map(whole)
        .to_vec(),
        Pane::Aipl => ["aipl.a", "aipl.i", "aipl.p", "aipl.l"].map(whole).to_vec(),
        Pane::Crowds => crowds(state),
        Pane::Gmv => gmv(state),
        Pane::Scenarios | Pane::Why => scenarios(state),
    }
}

/// F of the brands around the cursor.
fn brands(state: &State) -> Vec<Key> {
    let order = order::brand_order(state);
    let row = state.cursors[Pane::Brands as usize].row;
    let first = row.min(order.len().saturating_sub(4));
    let shown = order.into_iter().skip(first).take(4);
    let key = |brand| Key {
        brand: Some(brand),
        ..whole("fast.f")
    };
    shown.map(key).collect()
}

/// All crowds, or the open one.
fn crowds(state: &State) -> Vec<Key> {
    let crowd = match state.open_crowd {
        Some(crowd) => CrowdKey::Crowd(crowd as u32),
        None => CrowdKey::All,
    };
    let of = |metric| part(metric, Part::Crowd(crowd));
    let completion = Key {
        completion: true,
        ..of("crowd.gmv")
    };
    vec![
        of("crowd.consumers"),
        of("crowd.penetration"),
        of("crowd.gmv"),
        completion,
    ]
}

/// The half of the workbench that is shown.
fn gmv(state: &State) -> Vec<Key> {
    let layer = |metric| part(metric, Part::Layer(None));
    let crowd = |metric| part(metric, Part::Crowd(CrowdKey::All));
    match state.gmv.half {
        crate::app::gmv::Half::Tree => [
            "crowd.gmv",
            "crowd.consumers",
            "crowd.conversion",
            "crowd.aov",
        ]
        .map(crowd)
        .to_vec(),
        crate::app::gmv::Half::Double11 => ["gmv.gmv", "gmv.pool", "gmv.buyers", "gmv.aov"]
            .map(layer)
            .to_vec(),
    }
}

/// What scenarios and attributions are about: GMV of the crowds and of Double 11, as far as known.
fn scenarios(state: &State) -> Vec<Key> {
    let all = [
        part("crowd.gmv", Part::Crowd(CrowdKey::All)),
        part("crowd.consumers", Part::Crowd(CrowdKey::All)),
        part("gmv.gmv", Part::Layer(None)),
        whole("fast.f"),
        whole("fast.a"),
        whole("fast.s"),
        whole("fast.t"),
    ];
    let Some((_, brand)) = board(state) else {
        return Vec::new();
    };
    let known = |k: &Key| {
        brand
            .get(k.metric, k.part)
            .is_some_and(|f| f.now.is_known())
    };
    all.into_iter().filter(known).take(4).collect()
}

fn headline(state: &State, board: &Board, key: Key) -> Option<Headline> {
    let l = state.language;
    let brand = board.brand(key.brand.unwrap_or(state.brand))?;
    let figure = brand.get(key.metric, key.part)?;
    let currency = dataset(state).map_or("", |d| d.currency.as_str());
    let number = |v, unit| Number::of(v, unit, l).currency(currency);
    let name = name(state, figure, &key);
    let direction = figure.metric.direction;
    let completion = figure.completion().filter(|c| c.is_known());
    let target_name = pick(l, "目标", "target").to_owned();
    if key.completion {
        let done = pick(l, "完成率", "completion");
        return Some(Headline {
            value: number(completion?, Unit::Ratio),
            short: format!("{} {done}", text::short(l, figure.metric)),
            name: format!("{name} {done}"),
            reason: None,
            changes: Vec::new(),
            against: String::new(),
            target: None,
            target_name,
            baseline: None,
            direction,
            key,
        });
    }
    let target = figure.target.zip(completion);
    Some(Headline {
        name,
        short: short(state, figure, &key),
        value: number(figure.now, figure.unit()),
        reason: figure.now.why().map(|w| text::why(l, w)),
        changes: changes(state, figure, currency),
        against: against(state, board),
        target: target.map(|(t, c)| (number(t, figure.unit()), number(c, Unit::Ratio))),
        target_name,
        baseline: figure.before().map(|b| {
            let word = super::ghost::label(l).to_owned();
            (word, number(b, figure.unit()))
        }),
        direction,
        key,
    })
}

fn name(state: &State, figure: &Figure, key: &Key) -> String {
    let l = state.language;
    let own = text::metric(l, figure.metric);
    let crowd = match key.part {
        Part::Crowd(CrowdKey::Crowd(c)) => {
            let crowd = dataset(state).and_then(|d| d.crowds.get(c as usize));
            crowd.map(|c| clean(pick(l, &c.name_zh, &c.name_en)).into_owned())
        }
        _ => None,
    };
    let brand = key.brand.and_then(|b| dataset(state)?.brands.get(b));
    let brand = brand.map(|b| header::brand_name(state, b));
    match brand.or(crowd) {
        Some(of) => format!("{of} · {own}"),
        None => match letter(figure.metric.id) {
            Some(letter) => format!("{letter}  {own}"),
            None => own.to_owned(),
        },
    }
}

fn short(state: &State, figure: &Figure, key: &Key) -> String {
    let l = state.language;
    let brand = key.brand.and_then(|b| dataset(state)?.brands.get(b));
    if let Some(brand) = brand {
        return text::truncate(&header::brand_name(state, brand), 12);
    }
    let letter = letter(figure.metric.id);
    letter.map_or_else(|| text::short(l, figure.metric).to_owned(), str::to_owned)
}

fn changes(state: &State, figure: &Figure, currency: &str) -> Vec<Change> {
    let (l, direction) = (state.language, figure.metric.direction);
    let mut out = Vec::new();
    if figure.delta().is_known() {
        let own = Number::difference(figure.delta(), figure.unit(), l).currency(currency);
        out.push(Change::new(own, direction));
    }
    if figure.unit() != Unit::Ratio && figure.change().is_known() {
        out.push(Change::new(Number::change(figure.change(), l), direction));
    }
    out
}

/// `vs 11-08`.
fn against(state: &State, board: &Board) -> String {
    let (_, month, day) = board.query.against.ymd();
    let word = pick(state.language, "对比", "vs");
    format!("{word} {month:02}-{day:02}")
}

/// F and the rates on the day that the outlook looks ahead to.
fn ahead(state: &State) -> Vec<Headline> {
    let model = outlook::model(state);
    let rates = ["fast.a", "fast.s", "fast.t"];
    let others = model.others.iter().zip(outlook::other_ids());
    let others = others.filter(|(_, id)| rates.contains(id));
    let total = std::iter::once((&model.total, "fast.f"));
    let word = pick(state.language, "较截至日", "vs as-of");
    let headline = |(forecast, id): (&outlook::Forecast, &'static str)| {
        let direction = crate::metrics::metric(id).map_or(Direction::Neutral, |m| m.direction);
        Some(Headline {
            key: whole(id),
            name: forecast.name.clone(),
            short: letter(id).unwrap_or_default().to_owned(),
            value: forecast.end?,
            reason: None,
            changes: forecast.change.into_iter().collect(),
            against: word.to_owned(),
            target: None,
            target_name: String::new(),
            baseline: None,
            direction,
        })
    };
    total.chain(others).filter_map(headline).collect()
}

/// How a figure of the right half differs from the same one at the left: absolute, and relative for
/// what is no rate.
pub fn difference(left: &Headline, right: &Headline, state: &State) -> Vec<Change> {
    between(left.value.value, right, state)
}

fn between(left: Value, right: &Headline, state: &State) -> Vec<Change> {
    let (l, unit) = (state.language, right.value.unit());
    let currency = dataset(state).map_or("", |d| d.currency.as_str());
    differences(left, right.value.value, unit)
        .into_iter()
        .map(|(value, relative)| {
            let number = if relative {
                Number::change(value, l)
            } else {
                Number::difference(value, unit, l).currency(currency)
            };
            Change::new(number, right.direction)
        })
        .collect()
}

/// `right − left`, and for what is no rate the share of it in the left value; only what is known.
pub fn differences(left: Value, right: Value, unit: Unit) -> Vec<(Value, bool)> {
    let own = right.minus(left);
    let mut out = vec![(own, false)];
    if unit != Unit::Ratio {
        out.push((own.over(left), true));
    }
    out.retain(|(value, _)| value.is_known());
    out
}
