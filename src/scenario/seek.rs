//! Goal seek through a [`Model`]: a wanted value of one of its cells, and the levers that may move.
//!
//! One lever gives every position that reaches the goal; several give the cheapest plans. What is
//! given back is put into the model once more, so that nobody acts on a value that was only
//! computed on the way.

use std::cell::RefCell;

use super::model::{Cell, Knob, Model};
use super::plan::{Binding, Function, Outcome, Plan, Search};
use super::roots::roots;
use super::{Item, Items, Operator, Scenario, ScenarioError};
use crate::metrics::{Metric, Unit, Value};

/// What is wanted: `crowd.gmv[*]=1亿`, `gmv.buyers*=1.2`, `fast.t+=5pp`.
#[derive(Debug, Clone, PartialEq)]
pub struct Goal {
    /// The metric.
    pub metric: &'static Metric,
    /// The item; [`Item::All`] is the total, or the whole brand.
    pub item: Item,
    /// How the operand counts: as the value itself, or from the value as it is.
    pub operator: Operator,
    /// In the unit of the metric (a factor for [`Operator::Multiply`]).
    pub operand: f64,
}

impl Goal {
    /// Reads a goal; `named` gives the metric that an id or short name means.
    ///
    /// # Errors
    ///
    /// When the text has another shape, names no metric, or the number does not fit its unit.
    pub fn parse(
        text: &str,
        named: impl Fn(&str) -> Option<&'static Metric>,
    ) -> Result<Self, ScenarioError> {
        let refuse = |expected: &str| ScenarioError {
            expected: expected.to_owned(),
            found: text.to_owned(),
        };
        let shape = "a goal such as `crowd.gmv[*]=1亿`, with `=`, `+=` or `*=`";
        let (name, item, rest) = super::text::named(text).ok_or_else(|| refuse(shape))?;
        let metric = named(name).ok_or_else(|| {
            refuse("a metric that a lever moves, such as `crowd.gmv` or `fast.t`")
        })?;
        let (operator, operand) = super::text::operation(rest, metric.unit)
            .map_err(|expected| refuse(expected.unwrap_or(shape)))?;
        Ok(Self {
            metric,
            item,
            operator,
            operand,
        })
    }

    /// Reads what was typed for a metric: a value (`1亿`, `25%`), more or less (`+5pp`, `-500`), or a
    /// factor (`*1.2`).
    ///
    /// # Errors
    ///
    /// When the text is none of these, or does not fit the unit of the metric.
    pub fn typed(metric: &'static Metric, item: Item, text: &str) -> Result<Self, ScenarioError> {
        let (operator, operand) = super::text::typed(text, metric.unit)?;
        Ok(Self {
            metric,
            item,
            operator,
            operand,
        })
    }

    /// The item as a [`Model`] knows it: `*` for the total, empty for the whole brand.
    pub fn item_id(&self) -> &str {
        match &self.item {
            Item::One(id) => id,
            Item::All if self.is_whole() => "",
            Item::All => "*",
        }
    }

    fn is_whole(&self) -> bool {
        !(self.metric.id.starts_with("crowd.") || self.metric.id.starts_with("gmv."))
    }

    /// The value that is wanted where the metric now has another.
    pub fn value(&self, now: f64) -> f64 {
        match self.operator {
            Operator::Set => self.operand,
            Operator::Add => now + self.operand,
            Operator::Multiply => now * self.operand,
        }
    }

    /// Whether the metric counts a share.
    pub fn is_ratio(&self) -> bool {
        self.metric.unit == Unit::Ratio
    }
}

/// The answer of a goal seek.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The value while all knobs rest.
    pub baseline: f64,
    /// Ways to the goal, cheapest first: every root of one lever, the cheapest plans of several.
    pub reached: Vec<Plan>,
    /// Where there is no way: the nearest, and the bounds that bind there.
    pub best: Option<(Plan, Vec<Binding>)>,
}

/// A goal seek in one model.
#[derive(Debug, Clone, Copy)]
pub struct Seek<'a> {
    /// The model.
    pub model: &'a Model,
    /// The cell that is wanted.
    pub cell: Cell,
    /// What may be turned.
    pub knobs: &'a [Knob],
}

impl Seek<'_> {
    /// The value of the cell where the knobs stand at some positions; `None` where it is missing.
    pub fn value(&self, positions: &[f64]) -> Option<f64> {
        let mut model = self.model.clone();
        for (knob, x) in self.knobs.iter().zip(positions) {
            knob.turn(&mut model, *x);
        }
        model.value(self.cell).get()
    }

    /// The value at some positions, asked in one copy of the model again and again.
    fn asking(&self) -> impl Fn(&[f64]) -> Option<f64> {
        let scratch = RefCell::new(self.model.clone());
        move |positions| {
            let mut model = scratch.borrow_mut();
            model.restore(self.model);
            for (knob, x) in self.knobs.iter().zip(positions) {
                knob.turn(&mut model, *x);
            }
            model.value(self.cell).get()
        }
    }

    /// The positions at which all knobs rest.
    fn rest(&self) -> Vec<f64> {
        self.knobs.iter().map(|k| k.rest).collect()
    }

    /// Seeks a value; `None` when the cell has no value while the knobs rest.
    pub fn answer(&self, goal: f64) -> Option<Answer> {
        self.answer_by(&self.asking(), goal)
    }

    /// Seeks a value by asking a function, which may refuse to go on.
    fn answer_by(&self, value: &Function<'_>, goal: f64) -> Option<Answer> {
        let baseline = value(&self.rest())?;
        let search = Search::new(value, self.knobs);
        if let [knob] = self.knobs {
            return Some(one(knob, goal, baseline, value, &search));
        }
        Some(match search.plans(goal)? {
            Outcome::Reached(reached) => Answer {
                baseline,
                reached,
                best: None,
            },
            Outcome::Unreachable { best, binding } => Answer {
                baseline,
                reached: Vec::new(),
                best: Some((best, binding)),
            },
        })
    }

    /// Plans from rest to the goal and half as far again, cheapest for each value.
    pub fn frontier(&self, goal: f64, points: usize) -> Vec<Plan> {
        Search::new(&self.asking(), self.knobs).frontier(goal, points)
    }

    /// A lever of which a step leaves the cell without a value, because a factor is missing: the AOV
    /// of a crowd in which nobody bought yet. To call a goal out of its reach would be wrong.
    pub fn blind(&self) -> Option<Blind> {
        let rest = self.rest();
        self.value(&rest)?;
        let at = |k: usize, x: f64| {
            let mut positions = rest.clone();
            positions[k] = x;
            self.value(&positions)
        };
        let is_blind = |(k, knob): &(usize, &Knob)| {
            at(*k, knob.rest + knob.step).is_none() || at(*k, knob.rest - knob.step).is_none()
        };
        let (knob, found) = self.knobs.iter().enumerate().find(is_blind)?;
        let mut turned = self.model.clone();
        found.turn(&mut turned, found.rest + found.step);
        Some(Blind {
            knob,
            missing: missing_factors(&turned),
        })
    }

    /// A scenario and the changes of a plan after it.
    pub fn after(&self, given: &Scenario, plan: &Plan) -> Scenario {
        let mut whole = given.clone();
        whole.changes.extend(self.scenario(plan).changes);
        whole
    }

    /// The changes of a plan.
    pub fn scenario(&self, plan: &Plan) -> Scenario {
        let turned = self.knobs.iter().zip(&plan.positions);
        Scenario {
            changes: turned
                .filter(|(knob, x)| !knob.rests(**x))
                .map(|(knob, x)| knob.change(*x))
                .collect(),
        }
    }
}

/// Every place where one lever reaches a goal, or the nearest that it comes.
fn one(knob: &Knob, goal: f64, baseline: f64, value: &Function<'_>, search: &Search<'_>) -> Answer {
    let found = roots(|x| value(&[x]), goal, knob.bounds, knob.rest);
    let plan = |x: f64| {
        Some(Plan {
            positions: vec![x],
            value: value(&[x])?,
            effort: knob.effort(x),
        })
    };
    let mut reached: Vec<Plan> = found.roots.into_iter().filter_map(plan).collect();
    reached.sort_by(|a, b| a.effort.total_cmp(&b.effort));
    let best = found
        .nearest
        .filter(|_| reached.is_empty())
        .and_then(|(x, _)| plan(x))
        .map(|best| {
            let binding = search.binding(&best, goal >= best.value);
            (best, binding)
        });
    Answer {
        baseline,
        reached,
        best,
    }
}

/// A lever that cannot be judged, because factors are not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blind {
    /// Position of the knob.
    pub knob: usize,
    /// The factors that are missing: lever ids and crowds. Empty where they cannot be named.
    pub missing: Vec<(&'static str, String)>,
}

/// The factors of crowds that keep their GMV from being known.
fn missing_factors(model: &Model) -> Vec<(&'static str, String)> {
    const FACTORS: [&str; 4] = [
        "crowd.population",
        "crowd.penetration",
        "crowd.conversion",
        "crowd.aov",
    ];
    let unknown = |metric: &str, id: &String| model.get(metric, id).is_some_and(|v| !v.is_known());
    let counted = model.counted().into_iter();
    counted
        .filter_map(|k| model.crowds().get(k))
        .filter(|id| unknown("crowd.gmv", id))
        .flat_map(|id| FACTORS.map(|f| (f, id)))
        .filter(|(f, id)| unknown(f, id))
        .map(|(f, id)| (f, id.clone()))
        .collect()
}

/// A goal seek that holds what it needs, so that it can be carried to another thread.
#[derive(Debug, Clone, PartialEq)]
pub struct Quest {
    /// The model.
    pub model: Model,
    /// The cell that is wanted.
    pub cell: Cell,
    /// What may be turned.
    pub knobs: Vec<Knob>,
    /// The value wanted.
    pub goal: f64,
}

/// What a knob does in a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// Position of the knob.
    pub knob: usize,
    /// The value of its lever while it rests; of all items together for a knob of all items.
    pub from: Value,
    /// The value of its lever in the plan.
    pub to: Value,
    /// Steps, negative downwards.
    pub steps: f64,
    /// Steps × cost per step.
    pub effort: f64,
}

/// A plan with what it does to every lever.
#[derive(Debug, Clone, PartialEq)]
pub struct Way {
    /// The plan.
    pub plan: Plan,
    /// The knobs that it turns.
    pub turns: Vec<Turn>,
}

/// What a quest found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// Ways to the goal, cheapest first.
    pub reached: Vec<Way>,
    /// Where there is no way: the nearest, and the bounds that bind there.
    pub best: Option<(Way, Vec<Binding>)>,
    /// Where there is no way because a lever cannot be judged.
    pub blind: Option<Blind>,
    /// What more effort brings; `None` while it is still to be found.
    pub frontier: Option<Vec<Plan>>,
}

/// Points of a frontier from rest to the goal.
const FRONTIER: usize = 12;

impl Quest {
    fn seek(&self) -> Seek<'_> {
        Seek {
            model: &self.model,
            cell: self.cell,
            knobs: &self.knobs,
        }
    }

    /// Seeks the goal; ends soon, with what does not count, once nobody wants it any more.
    pub fn solve(&self, wanted: &dyn Fn() -> bool) -> Found {
        let seek = self.seek();
        let ask = seek.asking();
        let value = |p: &[f64]| wanted().then(|| ask(p)).flatten();
        let Some(answer) = seek.answer_by(&value, self.goal) else {
            return Found::default();
        };
        let blind = if answer.reached.is_empty() {
            seek.blind()
        } else {
            None
        };
        let best = answer.best.filter(|_| blind.is_none());
        Found {
            reached: answer.reached.into_iter().map(|p| self.way(p)).collect(),
            best: best.map(|(plan, binding)| (self.way(plan), binding)),
            blind,
            frontier: None,
        }
    }

    /// What more effort brings.
    pub fn frontier(&self, wanted: &dyn Fn() -> bool) -> Vec<Plan> {
        let seek = self.seek();
        let ask = seek.asking();
        let value = |p: &[f64]| wanted().then(|| ask(p)).flatten();
        Search::new(&value, &self.knobs).frontier(self.goal, FRONTIER)
    }

    /// A scenario and the changes of a plan after it.
    pub fn after(&self, given: &Scenario, plan: &Plan) -> Scenario {
        self.seek().after(given, plan)
    }

    fn way(&self, plan: Plan) -> Way {
        let mut turned = self.model.clone();
        let places = || self.knobs.iter().zip(&plan.positions).enumerate();
        for (_, (knob, x)) in places() {
            knob.turn(&mut turned, *x);
        }
        let moved = places().filter(|(_, (knob, x))| !knob.rests(**x));
        let turns = moved
            .map(|(k, (knob, x))| Turn {
                knob: k,
                from: knob.value(&self.model),
                to: knob.value(&turned),
                steps: (x - knob.rest) / knob.step,
                effort: knob.effort(*x),
            })
            .collect();
        Way { plan, turns }
    }
}

impl Knob {
    /// The value of its lever in a model; of all items together for a knob of all items.
    pub fn value(&self, model: &Model) -> Value {
        let item = match (&self.item, self.lever.items) {
            (Item::One(id), _) => id.as_str(),
            (Item::All, Items::Whole) => "",
            (Item::All, _) => "*",
        };
        let none = Value::Missing(crate::metrics::Why::NotGiven);
        model.get(self.lever.id, item).unwrap_or(none)
    }
}

#[cfg(test)]
mod tests {
    use super::super::lever;
    use super::super::model::tests::{double11, line, model_of};
    use super::super::roots::{EXACT, distance};
    use super::*;
    use crate::metrics::metric;

    #[test]
    fn goals_have_the_grammar_of_changes() {
        let goal = |text: &str| Goal::parse(text, metric);
        let gmv = goal("crowd.gmv = 1亿").unwrap();
        assert_eq!((gmv.item_id(), gmv.value(7.0)), ("*", 1e8));
        let share = goal("crowd.penetration[genz]+=5pp").unwrap();
        assert_eq!((share.item_id(), share.value(0.2)), ("genz", 0.25));
        assert_eq!(goal("fast.t*=110%").unwrap().value(0.5), 0.55);
        assert_eq!(goal("fast.t=45%").unwrap().item_id(), "");
        for bad in [
            "gmv=1",
            "crowd.gmv",
            "crowd.gmv=5%",
            "fast.t=3万",
            "crowd.gmv[=1",
            "",
        ] {
            assert!(goal(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_guidebook_reaches_its_hundred_million() {
        // 全面性能精英 stands at 20 % and 6 %, the other crowds at their targets.
        let crowds = [
            line(3e6, 0.25, 0.05, 200.0),
            line(1e7, 0.20, 0.06, 200.0),
            line(1.4e7, 0.20, 0.05, 200.0),
            line(4e6, 0.20, 0.05, 200.0),
            line(8e6, 0.15, 0.05, 200.0),
            line(8e6, 0.24375, 0.05, 200.0),
        ];
        let model = model_of(&crowds);
        let knob = Knob::new(
            &model,
            lever("crowd.penetration").unwrap(),
            &Item::One("c1".into()),
        );
        let knobs = [knob.unwrap()];
        let seek = Seek {
            model: &model,
            cell: model.cell("crowd.gmv", "*").unwrap(),
            knobs: &knobs,
        };
        let answer = seek.answer(1e8).unwrap();
        assert!((answer.baseline - 9.9e7).abs() < 1e-3);
        let [plan] = &answer.reached[..] else {
            panic!("{answer:?}")
        };
        assert!((plan.positions[0] - 0.25 / 1.2).abs() < 1e-12);
        let text = seek.scenario(plan).to_string();
        let again = model.under(&Scenario::parse(&text).unwrap()).0;
        let value = again.get("crowd.gmv", "*").unwrap().get().unwrap();
        assert!(distance(value, 1e8) <= EXACT);
        let far = seek.answer(1e9).unwrap();
        let (best, binding) = far.best.unwrap();
        assert_eq!((best.positions[0], binding[0].upper), (1.0, true));
    }

    #[test]
    fn all_items_move_together() {
        let model = double11();
        let knobs: Vec<Knob> = ["gmv.cart_rate", "gmv.aov"]
            .iter()
            .filter_map(|id| Knob::new(&model, lever(id).unwrap(), &Item::All))
            .collect();
        let seek = Seek {
            model: &model,
            cell: model.cell("gmv.gmv", "*").unwrap(),
            knobs: &knobs,
        };
        let answer = seek.answer(1.2e7).unwrap();
        for plan in &answer.reached {
            let text = seek.scenario(plan).to_string();
            let (again, bounded) = model.under(&Scenario::parse(&text).unwrap());
            let value = again.get("gmv.gmv", "*").unwrap().get().unwrap();
            assert!(
                distance(value, 1.2e7) <= EXACT && bounded.is_empty(),
                "{text}"
            );
        }
        assert!(answer.reached.len() >= 2);
    }
}
