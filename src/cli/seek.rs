//! `fastdeck seek`: what must change to reach a goal, as JSON.
//!
//! The model is that of the board: a plan that is told here and given to `--what-if` brings the
//! value that is told with it.

use serde_json::{Value as Json, json};

use super::args::Seek as Arguments;
use super::environment::Environment;
use super::failure::Failure;
use super::{open, output, query};
use crate::app::Language;
use crate::board::{self, Basis, Figures, Focus, Query};
use crate::export;
use crate::facts::{Dataset, Engine};
use crate::metrics::{METRICS, Metric, metric};
use crate::scenario::plan::{Binding, Plan};
use crate::scenario::seek::{Answer, Blind, Goal, Seek};
use crate::scenario::{self, Bounded, Item, Items, Knob, Lever, Model, Scenario};

pub(super) fn run(args: &Arguments, environment: &Environment) -> Result<(), Failure> {
    if let Some(path) = &args.output {
        output::refuse_existing(path, args.force)?;
    }
    let levers = levers(&args.by)?;
    let goal = goal(&args.goal, levers.first().map_or("", |(l, _)| l.id))?;
    let language = args.shared.language(environment);
    let loaded = open::engine(args.dataset.as_deref(), &args.shared, environment)?;
    let task = Task::new(args, &loaded.engine, goal, levers)?;
    let (document, outcome) = task.answer(args, language)?;
    loaded.check()?;
    output::write_document(&document, args.output.as_deref(), args.force)?;
    loaded.keep(language);
    outcome
}

/// A lever with the items that are to move.
type By = (&'static Lever, Item);

fn usage(error: impl std::fmt::Display) -> Failure {
    Failure::Usage(error.to_string())
}

fn levers(texts: &[String]) -> Result<Vec<By>, Failure> {
    let mut found: Vec<By> = Vec::new();
    for text in texts {
        let by = lever(text)?;
        if matches!(by.0.items, Items::Transitions | Items::Arrivals) {
            return Err(Failure::Usage(format!(
                "--by {}: this lever moves the projection only",
                by.0.id
            )));
        }
        if !found.contains(&by) {
            found.push(by);
        }
    }
    Ok(found)
}

/// `crowd.aov[genz]`; without brackets all items.
fn lever(text: &str) -> Result<By, Failure> {
    let bare = scenario::lever(text.trim());
    if let Some(lever) = bare {
        return Ok((lever, Item::All));
    }
    let (lever, item, rest) = scenario::address(text.trim()).map_err(usage)?;
    if rest.trim().is_empty() {
        Ok((lever, item))
    } else {
        Err(Failure::Usage(format!(
            "--by: expected a lever such as `crowd.aov[genz]`, found `{text}`"
        )))
    }
}

/// The goal; a short name is looked for in the family of the first lever.
fn goal(text: &str, lever: &str) -> Result<Goal, Failure> {
    let family = lever.split('.').next().unwrap_or_default();
    let named = |name: &str| -> Option<&'static Metric> {
        let of_family = || metric(&format!("{family}.{name}"));
        let shown = || {
            METRICS
                .iter()
                .find(|m| m.name[0] == name && m.id.starts_with(family))
        };
        metric(name).or_else(of_family).or_else(shown)
    };
    Goal::parse(text, named).map_err(|e| Failure::Usage(format!("--goal: {e}")))
}

/// A goal seek for one brand.
struct Task<'a> {
    dataset: &'a Dataset,
    query: Query,
    brand: usize,
    goal: Goal,
    basis: Basis,
    /// The model under the scenario of `--what-if`.
    model: Model,
    bounded: Vec<Bounded>,
    given: Scenario,
    knobs: Vec<Knob>,
}

impl<'a> Task<'a> {
    fn new(
        args: &Arguments,
        engine: &'a Engine,
        mut goal: Goal,
        levers: Vec<By>,
    ) -> Result<Self, Failure> {
        let dataset = engine.dataset();
        let brand = query::focused_brand(&args.shared, engine)?;
        let mut query = query::query(&args.shared, engine)?;
        let given = std::mem::take(&mut query.scenario);
        if let (true, Item::One(name)) = (goal.metric.id.starts_with("crowd."), &mut goal.item) {
            *name = query::crowd(name, dataset)?;
        }
        let basis = basis(engine, &query, brand, &goal)?;
        let (model, bounded) = basis.model.under(&given);
        let knobs = levers
            .into_iter()
            .map(|(lever, mut item)| {
                query::resolve(lever, &mut item, dataset)?;
                knob(&model, lever, &item, &args.cost)
            })
            .collect::<Result<_, Failure>>()?;
        Ok(Self {
            dataset,
            query,
            brand,
            goal,
            basis,
            model,
            bounded,
            given,
            knobs,
        })
    }

    fn answer(
        &self,
        args: &Arguments,
        language: Language,
    ) -> Result<(Json, Result<(), Failure>), Failure> {
        let cell = self.model.cell(self.goal.metric.id, self.goal.item_id());
        let cell = cell.ok_or_else(|| unmoved(&self.goal))?;
        let seek = Seek {
            model: &self.model,
            cell,
            knobs: &self.knobs,
        };
        let baseline = self.model.value(cell);
        let wanted = self.goal.value(baseline.get().unwrap_or(0.0));
        let answer = seek.answer(wanted).ok_or_else(|| {
            let why = baseline.why().map_or_else(String::new, |w| w.to_string());
            Failure::Dashboard(format!("{} has no value: {why}", self.goal.metric.id))
        })?;
        if answer.reached.is_empty() {
            self.refuse_blind(&seek)?;
        }
        let mut document = self.document(&seek, &answer, wanted);
        if let Some(points) = args.frontier {
            let plans = seek.frontier(wanted, usize::from(points));
            let points = plans.iter().map(|p| self.plan(&seek, p));
            document["frontier"] = points.collect();
        }
        let outcome = match &answer.best {
            Some((best, binding)) => Err(Failure::Unreachable(
                self.told(&seek, best, binding, language),
            )),
            None => Ok(()),
        };
        Ok((document, outcome))
    }

    /// Refuses a lever that cannot be judged.
    fn refuse_blind(&self, seek: &Seek<'_>) -> Result<(), Failure> {
        let Some(blind) = seek.blind() else {
            return Ok(());
        };
        let Some(knob) = self.knobs.get(blind.knob) else {
            return Ok(());
        };
        Err(Failure::Usage(format!(
            "--by {}[{}]: {} not known; give it a value with --what-if",
            knob.lever.id,
            item(knob),
            missing_factors(&blind)
        )))
    }

    fn document(&self, seek: &Seek<'_>, answer: &Answer, wanted: f64) -> Json {
        let brand = self.dataset.brands.get(self.brand);
        let planned = self.basis.planned.iter();
        let planned = planned.filter_map(|k| self.dataset.crowds.get(*k));
        let best = answer.best.as_ref().map(|(best, binding)| {
            let mut plan = self.plan(seek, best);
            plan["binding"] = binding.iter().map(|b| self.binding(*b)).collect();
            plan
        });
        json!({
            "format": 1,
            "dataset": {
                "name": self.dataset.name,
                "fingerprint": self.dataset.fingerprint,
                "simulated": self.dataset.simulated,
            },
            "brand": brand.map(|b| &b.id),
            "as_of": self.query.as_of.to_string(),
            "slice": self.query.slice.to_string(),
            "goal": {
                "metric": self.goal.metric.id,
                "item": self.goal.item_id(),
                "value": number(wanted),
                "unit": self.goal.metric.unit.id(),
            },
            "source": self.basis.source.id(),
            "planned": planned.map(|c| &c.id).collect::<Vec<_>>(),
            "what_if": self.given.to_string(),
            "bounded": self.bounded.iter().map(bounded).collect::<Vec<_>>(),
            "baseline": number(answer.baseline),
            "reachable": answer.best.is_none(),
            "solutions": answer.reached.iter().map(|p| self.plan(seek, p)).collect::<Vec<_>>(),
            "best": best,
        })
    }

    /// A plan: what is to be added to the scenario given, and what it brings.
    fn plan(&self, seek: &Seek<'_>, plan: &Plan) -> Json {
        let turned = self.knobs.iter().zip(&plan.positions);
        let changes: Vec<Json> = turned
            .filter(|(knob, x)| !knob.rests(**x))
            .map(|(knob, x)| {
                json!({
                    "lever": knob.lever.id,
                    "item": item(knob),
                    "from": number(knob.rest),
                    "to": number(*x),
                    "steps": number((x - knob.rest) / knob.step),
                    "effort": number(knob.effort(*x)),
                })
            })
            .collect();
        json!({
            "what_if": seek.after(&self.given, plan).to_string(),
            "value": number(plan.value),
            "effort": number(plan.effort),
            "changes": changes,
        })
    }

    fn binding(&self, binding: Binding) -> Json {
        let knob = self.knobs.get(binding.knob);
        let side = if binding.upper { "upper" } else { "lower" };
        let bound = |k: &Knob| {
            number(if binding.upper {
                k.bounds.1
            } else {
                k.bounds.0
            })
        };
        json!({
            "lever": knob.map(|k| k.lever.id),
            "item": knob.map(item),
            "side": side,
            "bound": knob.map(bound),
        })
    }

    /// "best is X with …; the limit that binds is …".
    fn told(
        &self,
        seek: &Seek<'_>,
        best: &Plan,
        binding: &[Binding],
        language: Language,
    ) -> String {
        let with = seek.scenario(best).to_string();
        let id = self.goal.metric.id;
        let value = export::number(best.value);
        let limits: Vec<String> = binding
            .iter()
            .filter_map(|b| Some((self.knobs.get(b.knob)?, b.upper)))
            .map(|(knob, upper)| {
                let (sign, bound) = if upper {
                    ("≤", knob.bounds.1)
                } else {
                    ("≥", knob.bounds.0)
                };
                format!("{}[{}] {sign} {bound}", knob.lever.id, item(knob))
            })
            .collect();
        let limits = limits.join(", ");
        match language {
            Language::Zh => {
                let with = if with.is_empty() {
                    "不作改变"
                } else {
                    &with
                };
                let limits = if limits.is_empty() { "无" } else { &limits };
                format!("目标无法达到：{id} 最接近 {value}（{with}）；限制为 {limits}")
            }
            Language::En => {
                let with = if with.is_empty() { "no change" } else { &with };
                let limits = if limits.is_empty() { "none" } else { &limits };
                format!(
                    "the goal is not reachable: the best {id} is {value} with {with}; the limit that binds is {limits}"
                )
            }
        }
    }
}

/// The model of the goal's metric, from the board without any scenario.
fn basis(engine: &Engine, query: &Query, brand: usize, goal: &Goal) -> Result<Basis, Failure> {
    let board = board::compute(engine, query, &Focus::Full(vec![brand]));
    let of_brand = board.brand(brand).ok_or_else(|| unmoved(goal))?;
    let figures = Figures {
        board: of_brand,
        data: engine.dataset(),
        definitions: &query.definitions,
    };
    figures
        .basis(goal.metric.id, goal.item_id())
        .ok_or_else(|| unmoved(goal))
}

fn unmoved(goal: &Goal) -> Failure {
    Failure::Usage(format!(
        "--goal: no lever moves {}[{}] of this brand",
        goal.metric.id,
        goal.item_id()
    ))
}

fn knob(
    model: &Model,
    lever: &'static Lever,
    item: &Item,
    costs: &[String],
) -> Result<Knob, Failure> {
    let mut knob = Knob::new(model, lever, item).ok_or_else(|| {
        Failure::Usage(format!(
            "--by {}[{item}]: the brand has no such figure",
            lever.id
        ))
    })?;
    for text in costs {
        let (name, cost) = text.rsplit_once('=').ok_or_else(|| refused_cost(text))?;
        let cost = cost.trim().parse::<f64>().ok();
        let cost = cost.filter(|c| c.is_finite() && *c > 0.0);
        let of = self::lever(name)?;
        let cost = cost.ok_or_else(|| refused_cost(text))?;
        if of.0.id == lever.id && (of.1 == Item::All || of.1 == *item) {
            knob.cost = cost;
        }
    }
    Ok(knob)
}

fn missing_factors(blind: &Blind) -> String {
    let missing = blind.missing.iter();
    let found: Vec<String> = missing
        .map(|(factor, id)| format!("{factor}[{}]", Item::One(id.clone())))
        .collect();
    match found.len() {
        0 => "a factor is".to_owned(),
        1 => format!("{} is", found[0]),
        _ => format!("{} are", found.join(", ")),
    }
}

fn refused_cost(text: &str) -> Failure {
    Failure::Usage(format!(
        "--cost: expected LEVER=NUMBER with a number above 0, found `{text}`"
    ))
}

fn item(knob: &Knob) -> String {
    match &knob.item {
        Item::All if knob.lever.items == Items::Whole => String::new(),
        item => item.to_string(),
    }
}

pub(super) fn bounded(bounded: &Bounded) -> Json {
    json!({
        "lever": bounded.lever.id,
        "item": bounded.item,
        "asked": number(bounded.asked),
        "kept": number(bounded.kept),
    })
}

/// A number in its shortest form: a whole one without a fraction.
pub(super) fn number(x: f64) -> Json {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if x.fract() == 0.0 && x.abs() < EXACT {
        Json::from(x as i64)
    } else {
        Json::from(x)
    }
}
