//! How a number comes about: its parts, the rule that joins them, and what is measured from it.
//!
//! A [`Line`] holds a number with the parts that give it back to the last bit
//! ([`Line::evaluate`]); where nothing that the board holds does, the number is [`Rule::Given`] and
//! no formula is pretended. Names are ids and pairs of words; `view` puts them into a language.

mod bench;
mod figure;
mod plan;
mod way;

pub use bench::{event, layer, spot, sums, wave};
pub use figure::figure;
pub use plan::{Contender, cell, gap, key, step, turn, turned};
pub use way::{PROJECTED, arrival, forecast, miss, rate};

use crate::facts::CrowdKey;
use crate::metrics::aipl::State;
use crate::metrics::{Day, Metric, Unit, Value, Why, benchmark, fast_plus};
use crate::scenario::{Item, Lever, Operator};

use super::Part as Of;

/// Words in Chinese and English.
pub type Words = [&'static str; 2];

/// What a number is called.
#[derive(Debug, Clone, PartialEq)]
pub enum Name {
    /// Fixed words.
    Words(Words),
    /// A figure of the brand.
    Figure(&'static Metric, Of),
    /// A crowd of the data set, or all of them.
    Crowd(CrowdKey),
    /// A layer, or all of them.
    Layer(Option<State>),
    /// Fixed words, and the day that they are for.
    On(Words, Day),
    /// Fixed words, and a text of the user or of the data.
    Of(Words, String),
    /// From one state to another.
    Flow(State, State),
    /// A lever, and for which items.
    Lever(&'static Lever, Item),
    /// An item of a lever: a crowd or a layer, by the id of the lever.
    Item(&'static str, String),
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Form {
    /// As it is.
    #[default]
    Plain,
    /// As a difference of two numbers: signed, pp for ratios.
    Difference,
    /// As a relative change: signed per cent.
    Change,
    /// As a factor: `×1.1`.
    Factor,
}

/// A number that another one is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Part {
    /// What it is.
    pub name: Name,
    /// The number.
    pub value: Value,
    /// Its unit.
    pub unit: Unit,
    /// How it is written.
    pub form: Form,
}

impl Part {
    /// A part that is written as it is.
    pub fn new(name: Name, value: Value, unit: Unit) -> Self {
        Self {
            name,
            value,
            unit,
            form: Form::Plain,
        }
    }

    /// The same, written in another form.
    #[must_use]
    pub fn written(self, form: Form) -> Self {
        Self { form, ..self }
    }
}

/// How parts are joined.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// The first part: it was counted, stands in a table, or follows from more than a formula.
    Given,
    /// Σ of all parts.
    Sum,
    /// The first − the second.
    Difference,
    /// The first ÷ the second.
    Ratio,
    /// All parts multiplied, from left to right.
    Product,
    /// The first ÷ the second × 100.
    Index,
    /// (The first − the second) ÷ the second.
    Change,
    /// The first × the second ÷ the third, divided first.
    Scaled,
    /// Pool × cart rate × order rate + pool × direct rate.
    Buyers,
    /// Pairs of a weight and a value: Σ (weight × value) ÷ Σ weight.
    Weighted,
    /// The first, changed by levers with the other parts as operands, each kept inside its bounds.
    Moved(Vec<(&'static Lever, Operator)>),
    /// Distinct people in all roles together: between the largest role and Σ roles.
    Union,
    /// The smallest known part.
    Least,
    /// The largest known part.
    Most,
    /// The mean of the known parts.
    Mean,
    /// (The first − the second) ÷ (the third × the fourth × the fifth + the third × the sixth):
    /// people that a layer lacks.
    Lacking,
    /// The first + Σ of the pairs that follow, each multiplied.
    Step,
}

impl Rule {
    /// What the parts give.
    pub fn evaluate(&self, parts: &[Part]) -> Value {
        let at = |i: usize| {
            let part = parts.get(i);
            part.map_or(Value::Missing(Why::NotGiven), |p| p.value)
        };
        let values = || parts.iter().map(|p| p.value);
        let known = || values().filter_map(Value::get);
        match self {
            Self::Given => at(0),
            Self::Sum => values().sum(),
            Self::Difference => at(0).minus(at(1)),
            Self::Ratio => at(0).over(at(1)),
            Self::Product => values().reduce(Value::times).unwrap_or(at(0)),
            Self::Index => benchmark::index(at(0), at(1)),
            Self::Change => at(0).minus(at(1)).over(at(1)),
            Self::Scaled => at(0).times(at(1).over(at(2))),
            Self::Buyers => {
                let carted = at(0).times(at(1)).times(at(2));
                carted.plus(at(0).times(at(3)))
            }
            Self::Weighted => weighted(parts),
            Self::Moved(steps) => moved(at(0), steps, parts),
            Self::Union => fast_plus::capital_from_totals(&known().collect::<Vec<_>>()),
            Self::Least => extreme(known(), f64::min),
            Self::Most => extreme(known(), f64::max),
            Self::Mean => mean(known()),
            Self::Lacking => lacking([0, 1, 2, 3, 4, 5].map(at)),
            Self::Step => parts
                .get(1..)
                .unwrap_or_default()
                .chunks_exact(2)
                .map(|pair| pair[0].value.times(pair[1].value))
                .fold(at(0), Value::plus),
        }
    }
}

fn weighted(parts: &[Part]) -> Value {
    let pairs = || parts.chunks_exact(2);
    let sum: Value = pairs().map(|p| p[0].value.times(p[1].value)).sum();
    sum.over(pairs().map(|p| p[0].value).sum())
}

fn moved(from: Value, steps: &[(&'static Lever, Operator)], parts: &[Part]) -> Value {
    let operands = parts.iter().skip(1).map(|p| p.value);
    steps
        .iter()
        .zip(operands)
        .fold(from, |value, ((lever, operator), operand)| {
            let asked = match operator {
                Operator::Set => operand,
                Operator::Add => value.plus(operand),
                Operator::Multiply => value.times(operand),
            };
            match asked {
                Value::Known(x) => Value::known(lever.keep(x)),
                missing @ Value::Missing(_) => missing,
            }
        })
}

fn extreme(known: impl Iterator<Item = f64>, of: fn(f64, f64) -> f64) -> Value {
    Value::or_missing(known.reduce(of), Why::NotGiven)
}

fn mean(known: impl Iterator<Item = f64>) -> Value {
    let (mut sum, mut n) = (0.0, 0.0);
    for x in known {
        sum += x;
        n += 1.0;
    }
    Value::known(sum).over(Value::Known(n))
}

fn lacking([target, projected, cart, order, aov, direct]: [Value; 6]) -> Value {
    let carted = cart.times(order);
    let rate = match direct {
        Value::Known(0.0) => carted,
        direct => carted.plus(direct),
    };
    target.minus(projected).over(rate.times(aov))
}

/// A number with how it comes about.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is.
    pub name: Name,
    /// The number.
    pub value: Value,
    /// Its unit.
    pub unit: Unit,
    /// How it is written.
    pub form: Form,
    /// How the parts are joined.
    pub rule: Rule,
    /// The parts.
    pub parts: Vec<Part>,
}

impl Line {
    /// A number that follows from its parts.
    pub fn of(name: Name, unit: Unit, rule: Rule, parts: Vec<Part>) -> Self {
        Self {
            value: rule.evaluate(&parts),
            name,
            unit,
            form: Form::Plain,
            rule,
            parts,
        }
    }

    /// A number that is there, by the first rule that gives it back to the last bit; given as it is
    /// where none does.
    pub fn told(name: Name, value: Value, unit: Unit, ways: Vec<(Rule, Vec<Part>)>) -> Self {
        let mut ways = ways.into_iter();
        let exact = ways.find(|(rule, parts)| same(rule.evaluate(parts), value));
        match exact {
            Some((rule, parts)) => Self {
                value,
                name,
                unit,
                form: Form::Plain,
                rule,
                parts,
            },
            None => Self::given(name, value, unit),
        }
    }

    /// A number that does not follow from others.
    pub fn given(name: Name, value: Value, unit: Unit) -> Self {
        let part = Part::new(name.clone(), value, unit);
        Self::of(name, unit, Rule::Given, vec![part])
    }

    /// The same, written in another form.
    #[must_use]
    pub fn written(self, form: Form) -> Self {
        Self { form, ..self }
    }

    /// What the parts give.
    pub fn evaluate(&self) -> Value {
        self.rule.evaluate(&self.parts)
    }

    /// This number as a part of another one.
    pub fn as_part(&self) -> Part {
        Part::new(self.name.clone(), self.value, self.unit).written(self.form)
    }
}

/// Whether two values are the same to the last bit, or missing for the same reason.
pub fn same(a: Value, b: Value) -> bool {
    match (a, b) {
        (Value::Known(a), Value::Known(b)) => a.to_bits() == b.to_bits(),
        (a, b) => a == b,
    }
}

/// What a number is and how it comes about.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// What it is about, from the widest to the nearest: a crowd, a scenario, the number itself.
    pub path: Vec<Name>,
    /// The metric, where it is one of the table.
    pub metric: Option<&'static Metric>,
    /// The definition in words, where there is no metric.
    pub words: Option<Words>,
    /// Section of the domain specification and source, where there is no metric.
    pub source: &'static str,
    /// The figure, where it is one of the board.
    pub figure: Option<Box<super::Figure>>,
    /// The number, then what is measured from it.
    pub lines: Vec<Line>,
}

impl Explanation {
    /// An explanation of a number that is no figure of the board.
    pub fn of(path: Vec<Name>, words: Words, source: &'static str, lines: Vec<Line>) -> Self {
        Self {
            path,
            metric: None,
            words: Some(words),
            source,
            figure: None,
            lines,
        }
    }

    /// The number itself.
    pub fn value(&self) -> Option<&Line> {
        self.lines.first()
    }
}

/// now − before; and relative to before, where that is not a rate.
fn compared(name: Words, relative: Words, now: &Part, before: &Part) -> Vec<Line> {
    let unit = now.unit;
    let both = || vec![now.clone(), before.clone()];
    let difference =
        Line::of(Name::Words(name), unit, Rule::Difference, both()).written(Form::Difference);
    let mut lines = vec![difference];
    if unit != Unit::Ratio {
        let change = Line::of(Name::Words(relative), Unit::Ratio, Rule::Change, both());
        lines.push(change.written(Form::Change));
    }
    lines
}

/// Gap to and completion of a target.
fn measured(now: &Part, target: &Part) -> [Line; 2] {
    let both = || vec![now.clone(), target.clone()];
    [
        Line::of(Name::Words(GAP), now.unit, Rule::Difference, both()).written(Form::Difference),
        Line::of(Name::Words(DONE), Unit::Ratio, Rule::Ratio, both()),
    ]
}

const BEFORE: Words = ["对比日", "on the comparison day"];
const DELTA: Words = ["较对比日", "change"];
const RELATIVE: Words = ["变化率", "relative change"];
const TARGET: Words = ["目标", "target"];
const GAP: Words = ["差距", "gap"];
const DONE: Words = ["完成", "completion"];
const BASELINE: Words = ["基线", "baseline"];
const MOVED: Words = ["较基线", "change to the baseline"];
const MOVED_BY: Words = ["较基线变化率", "relative change to the baseline"];
const OPERAND: Words = ["杠杆", "lever"];

#[cfg(test)]
mod tests {
    use super::*;

    fn part(x: f64) -> Part {
        Part::new(Name::Words(BASELINE), Value::Known(x), Unit::People)
    }

    fn gives(rule: &Rule, parts: &[f64]) -> Value {
        let parts: Vec<Part> = parts.iter().map(|x| part(*x)).collect();
        rule.evaluate(&parts)
    }

    #[test]
    fn every_rule_gives_what_it_says() {
        let k = Value::Known;
        for (rule, parts, value) in [
            (Rule::Given, &[3.0][..], k(3.0)),
            (Rule::Sum, &[1.0, 2.0, 4.0], k(7.0)),
            (Rule::Difference, &[0.2, 0.25], k(-0.05)),
            (Rule::Ratio, &[1.0, 4.0], k(0.25)),
            (
                Rule::Ratio,
                &[1.0, 0.0],
                Value::Missing(Why::ZeroDenominator),
            ),
            (Rule::Product, &[2.0, 3.0, 5.0], k(30.0)),
            (Rule::Index, &[3.0, 2.0], k(150.0)),
            (Rule::Change, &[3.0, 2.0], k(0.5)),
            (Rule::Scaled, &[8.0, 3.0, 2.0], k(12.0)),
            (Rule::Buyers, &[100.0, 0.5, 0.5, 0.25], k(50.0)),
            (Rule::Weighted, &[1.0, 4.0, 3.0, 8.0], k(7.0)),
            (
                Rule::Union,
                &[3.0, 5.0],
                Value::Missing(Why::UnionBetween(5.0, 8.0)),
            ),
            (Rule::Least, &[3.0, 5.0], k(3.0)),
            (Rule::Most, &[3.0, 5.0], k(5.0)),
            (Rule::Mean, &[3.0, 5.0], k(4.0)),
            (Rule::Lacking, &[20.0, 10.0, 0.5, 0.5, 4.0, 0.0], k(10.0)),
            (Rule::Step, &[1.0, 2.0, 3.0, 4.0, 5.0], k(27.0)),
        ] {
            assert_eq!(gives(&rule, parts), value, "{rule:?}");
        }
    }

    #[test]
    fn levers_are_kept_inside_their_bounds() {
        let lever = crate::scenario::lever("fast.t").unwrap();
        let steps = vec![(lever, Operator::Multiply), (lever, Operator::Add)];
        assert_eq!(
            gives(&Rule::Moved(steps.clone()), &[0.2, 2.0, 0.1]),
            Value::Known(0.5)
        );
        assert_eq!(
            gives(&Rule::Moved(steps), &[0.2, 2.0, 5.0]),
            Value::Known(1.0)
        );
    }

    #[test]
    fn a_number_that_no_rule_gives_back_is_given() {
        let ways = vec![
            (Rule::Sum, vec![part(1.0), part(1.0)]),
            (Rule::Product, vec![part(1.5), part(2.0)]),
        ];
        let told = |x| {
            let line = Line::told(
                Name::Words(BASELINE),
                Value::Known(x),
                Unit::People,
                ways.clone(),
            );
            (line.rule.clone(), line.evaluate())
        };
        assert_eq!(told(3.0), (Rule::Product, Value::Known(3.0)));
        assert_eq!(told(2.0), (Rule::Sum, Value::Known(2.0)));
        assert_eq!(told(2.5), (Rule::Given, Value::Known(2.5)));
    }
}
