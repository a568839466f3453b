//! Goal seek through a [`Model`]: a wanted value of one of its cells, and the levers that may move.
//!
//! One lever gives every position that reaches the goal; several give the cheapest plans. What is
//! given back is put into the model once more, so that nobody acts on a value that was only
//! computed on the way.

use super::model::{Cell, Knob, Model};
use super::plan::{Binding, Outcome, Plan, Search};
use super::roots::roots;
use super::{Item, Operator, Scenario, ScenarioError};
use crate::metrics::{Metric, Unit};

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

    /// Seeks a value; `None` when the cell has no value while the knobs rest.
    pub fn answer(&self, goal: f64) -> Option<Answer> {
        let rest: Vec<f64> = self.knobs.iter().map(|k| k.rest).collect();
        let baseline = self.value(&rest)?;
        let f = |p: &[f64]| self.value(p);
        let search = Search::new(&f, self.knobs);
        if let [knob] = self.knobs {
            return Some(self.one(knob, goal, baseline, search));
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

    fn one(&self, knob: &Knob, goal: f64, baseline: f64, search: Search<'_>) -> Answer {
        let found = roots(|x| self.value(&[x]), goal, knob.bounds, knob.rest);
        let plan = |x: f64| {
            Some(Plan {
                positions: vec![x],
                value: self.value(&[x])?,
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

    /// Plans from rest to the goal and half as far again, cheapest for each value.
    pub fn frontier(&self, goal: f64, points: usize) -> Vec<Plan> {
        let f = |p: &[f64]| self.value(p);
        Search::new(&f, self.knobs).frontier(goal, points)
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
