//! Goal seek as a form: what is wanted of which metric, and the levers that may bring it.
//!
//! Keys, the screen and key scripts must agree on which metric or lever stands in row 7, so both
//! lists are made here, once. The search itself is carried out elsewhere: a [`Quest`] is handed out,
//! and what was found comes back with its number.

use std::sync::Arc;

use super::order;
use super::state::{Field, Pane, Phase, State};
use crate::board::{Basis, Board, BrandBoard, Figures, Part, Side, Source};
use crate::facts::{CrowdKey, Dataset};
use crate::metrics::double11::LAYERS;
use crate::metrics::{METRICS, Metric, Value, metric};
use crate::scenario::compare::tornado;
use crate::scenario::model::{Cell, Place};
use crate::scenario::seek::{Found, Goal, Quest};
use crate::scenario::{Item, Items, Knob, LEVERS, Lever, Model, Scenario, ScenarioError};

/// The part of the form that has the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Section {
    /// The list of metrics.
    Metric,
    /// The wanted value.
    #[default]
    Value,
    /// The list of levers.
    Levers,
    /// The ways that were found.
    Plans,
}

impl Section {
    /// All sections, in the order of Tab.
    pub const ALL: [Self; 4] = [Self::Metric, Self::Value, Self::Levers, Self::Plans];
}

/// The number that is wanted: a metric and its item, as a [`Model`] knows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Aim {
    /// Id of the metric.
    pub metric: &'static str,
    /// `*` for the total, empty for the whole brand, else a crowd or a layer.
    pub item: String,
}

/// A lever by its id and item.
pub type LeverId = (&'static str, Item);

/// The form.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct SeekForm {
    /// Where the keys go.
    pub section: Section,
    /// The number that is wanted.
    pub aim: Aim,
    /// Text that narrows the metrics.
    pub search: Field,
    /// The metric under the cursor, among those that match.
    pub metric: usize,
    /// The wanted value; empty stands for the target.
    pub value: Field,
    /// The levers that may move.
    pub chosen: Vec<LeverId>,
    /// The lever under the cursor.
    pub lever: usize,
    /// Costs per step that are not 1, as they were typed.
    pub costs: Vec<(LeverId, String)>,
    /// A cost that is being typed.
    pub cost: Option<Field>,
    /// The way under the cursor.
    pub plan: usize,
    /// Enter was pressed before the answer was there: it is taken when it comes.
    pub taking: bool,
}

/// What a form asks, and what is known of it.
#[derive(Debug, Clone, Default)]
pub struct Seeking {
    /// What the search starts from.
    pub ground: Option<Arc<Ground>>,
    /// What is sought; `None` while the form is not complete.
    pub quest: Option<Arc<Quest>>,
    /// Counts quests, so that late answers are dropped.
    pub generation: u64,
    /// The last answer.
    pub found: Option<Arc<Found>>,
    /// The last answer belongs to an older quest.
    pub pending: bool,
}

/// What a search for one number starts from.
#[derive(Debug, Clone)]
pub struct Ground {
    board: Arc<Board>,
    brand: usize,
    scenario: Scenario,
    aim: Aim,
    /// The metric.
    pub metric: &'static Metric,
    /// Where the numbers come from.
    pub source: Source,
    /// How many crowds stand with their targets, because they have no current figures.
    pub planned: usize,
    /// The numbers, under the open scenario.
    pub model: Model,
    /// The number that is wanted.
    pub cell: Cell,
    /// The number as it is under the open scenario.
    pub now: Value,
    /// Its target.
    pub target: Option<f64>,
    /// The levers that move it, and those of which that cannot be told.
    pub levers: Vec<Leverage>,
}

/// A lever that may bring a goal.
#[derive(Debug, Clone, PartialEq)]
pub struct Leverage {
    /// The lever with its item, bounds and step.
    pub knob: Knob,
    /// Its value under the open scenario; of all items together for a lever of all items.
    pub value: Value,
    /// What one step up brings; where that is nothing, one step down. `None` where a factor is
    /// missing.
    pub effect: Option<f64>,
    /// The larger change of one step in either direction.
    pub strength: f64,
}

impl Leverage {
    /// The lever by its id and item.
    pub fn id(&self) -> LeverId {
        (self.knob.lever.id, self.knob.item.clone())
    }
}

/// A metric that may be sought.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricChoice {
    /// The metric.
    pub metric: &'static Metric,
    /// Its item, as a [`Model`] knows it.
    pub item: String,
    /// Its value under the open scenario.
    pub now: f64,
}

impl MetricChoice {
    fn aim(&self) -> Aim {
        Aim {
            metric: self.metric.id,
            item: self.item.clone(),
        }
    }
}

/// Most metrics that are listed at once; more are found by typing.
pub const LISTED: usize = 400;

/// How many numbers may be computed to weigh the levers.
const WEIGHED: usize = 1_000_000;

fn figures(state: &State) -> Option<(Figures<'_>, &Arc<Board>)> {
    let Phase::Ready(engine) = &state.phase else {
        return None;
    };
    let plain = state.plain.as_ref()?;
    let figures = Figures {
        board: plain.brand(state.brand)?,
        data: engine.dataset(),
        definitions: &state.definitions,
    };
    Some((figures, plain))
}

/// The families of metrics, that of the pane first.
fn families(pane: Pane) -> [&'static [&'static str]; 3] {
    const CROWDS: &[&str] = &["crowd."];
    const LAYERS: &[&str] = &["gmv."];
    const FAST: &[&str] = &["fast.", "aipl."];
    match pane {
        Pane::Crowds | Pane::Scenarios | Pane::Why => [CROWDS, LAYERS, FAST],
        Pane::Gmv => [LAYERS, CROWDS, FAST],
        Pane::Brands | Pane::Fast | Pane::FastPlus | Pane::Aipl | Pane::Outlook => {
            [FAST, CROWDS, LAYERS]
        }
    }
}

/// The metrics of a family: FAST before its layers; GMV before its factors.
fn metrics(family: &[&str]) -> Vec<&'static Metric> {
    let rank = |m: &&Metric| family.iter().position(|f| m.id.starts_with(f));
    let own = METRICS
        .iter()
        .filter(|m| rank(m).is_some() && m.id != "aipl.total");
    let mut found: Vec<&'static Metric> = own.collect();
    if family.contains(&"fast.") {
        found.sort_by_key(rank);
    } else {
        found.reverse();
    }
    found
}

/// The items of a family: all together, the crowd under the cursor, the others.
fn items(state: &State, family: &[&str]) -> Vec<String> {
    match family.first() {
        Some(&"crowd.") => {
            let crowds = state.dataset().map_or(&[][..], |d| &d.crowds);
            let mut order = order::crowd_order(state);
            if let Some(under) = crowd_under_cursor(state)
                && let Some(at) = order.iter().position(|c| *c == under)
            {
                order[..=at].rotate_right(1);
            }
            let ids = order.into_iter().filter_map(|c| crowds.get(c));
            let ids = ids.map(|c| c.id.clone());
            std::iter::once("*".to_owned()).chain(ids).collect()
        }
        Some(&"gmv.") => {
            let each = LAYERS.into_iter().map(|l| l.id().to_owned());
            std::iter::once("*".to_owned()).chain(each).collect()
        }
        _ => vec![String::new()],
    }
}

/// The crowd under the cursor of the crowds pane.
fn crowd_under_cursor(state: &State) -> Option<usize> {
    let row = state.cursors[Pane::Crowds as usize].row;
    let here = state.pane == Pane::Crowds;
    here.then(|| order::crowd_order(state).get(row).copied())?
}

/// Every number that a lever moves and that has a value, the nearest to the pane first, narrowed by
/// words of its name; at most [`LISTED`].
pub fn metric_choices(state: &State, text: &str) -> Vec<MetricChoice> {
    let Some((figures, _)) = figures(state) else {
        return Vec::new();
    };
    let under = |model: Model| model.under(state.scenario()).0;
    let models = [
        figures.model(Source::Events, Side::Now),
        figures.model(Source::Platform, Side::Now),
        figures.planned().model,
    ]
    .map(under);
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let mut found = Vec::new();
    for (metric, item) in numbers(state) {
        if !words.is_empty() && !matches(figures.data, metric, &item, &words) {
            continue;
        }
        let values = models.iter().filter_map(|m| m.get(metric.id, &item)?.get());
        if let Some(now) = values.into_iter().next() {
            found.push(MetricChoice { metric, item, now });
        }
        if found.len() == LISTED {
            break;
        }
    }
    found
}

/// Metrics with their items; the GMV of the total and of the crowd under the cursor come first.
fn numbers(state: &State) -> Vec<(&'static Metric, String)> {
    let mut all = Vec::new();
    for family in families(state.pane) {
        let (metrics, items) = (metrics(family), items(state, family));
        let start = all.len();
        for item in &items {
            all.extend(metrics.iter().map(|m| (*m, item.clone())));
        }
        let under = items.get(1).filter(|_| crowd_under_cursor(state).is_some());
        let gmv = |(m, item): &(&Metric, String)| m.id == "crowd.gmv" && Some(item) == under;
        if let Some(at) = all.iter().position(gmv) {
            let head = all.iter().position(|(m, _)| m.id == "crowd.gmv");
            all[head.unwrap_or(start) + 1..=at].rotate_right(1);
        }
    }
    all
}

/// Whether every word is in an id or a name of a metric or its item.
fn matches(data: &Dataset, metric: &Metric, item: &str, words: &[String]) -> bool {
    let crowd = data.crowds.iter().find(|c| c.id == item);
    let crowd = crowd.filter(|_| metric.id.starts_with("crowd."));
    let names = crowd.map_or(["", ""], |c| [&c.name_zh, &c.name_en]);
    let texts = [metric.id, metric.name[0], metric.name[1]]
        .into_iter()
        .chain([metric.short[0], metric.short[1], item])
        .chain(names);
    let texts: Vec<String> = texts.map(str::to_lowercase).collect();
    words.iter().all(|w| texts.iter().any(|t| t.contains(w)))
}

/// What a form of this state asks for first: the first number of the pane's own family, or of that
/// of a lever.
pub fn first_aim(state: &State, lever: Option<&str>) -> Option<Aim> {
    let family = |id: &str| id.split('.').next().map(str::to_owned);
    let choices = metric_choices(state, "");
    let of_lever = |c: &&MetricChoice| lever.is_none_or(|l| family(l) == family(c.metric.id));
    let found = choices.iter().find(of_lever).or(choices.first());
    found.map(MetricChoice::aim)
}

/// The choice in a row of the list, as an aim.
pub fn aim_at(state: &State, text: &str, row: usize) -> Option<Aim> {
    metric_choices(state, text).get(row).map(MetricChoice::aim)
}

impl Ground {
    /// What a search for a number starts from; `None` where it has no value.
    pub fn new(state: &State, aim: &Aim) -> Option<Self> {
        let (figures, plain) = figures(state)?;
        let metric = metric(aim.metric)?;
        let basis: Basis = figures.basis(aim.metric, &aim.item)?;
        let model = basis.model.under(state.scenario()).0;
        let cell = model.cell(aim.metric, &aim.item)?;
        let now = model.value(cell);
        now.get()?;
        Some(Self {
            board: Arc::clone(plain),
            brand: state.brand,
            scenario: state.scenario().clone(),
            aim: aim.clone(),
            metric,
            source: basis.source,
            planned: basis.planned.len(),
            cell,
            now,
            target: target(figures.board, metric, cell),
            levers: leverages(state, &model, cell, aim),
            model,
        })
    }

    /// Whether it is still what a search for this number starts from.
    pub fn holds(&self, state: &State, aim: &Aim) -> bool {
        let same = state
            .plain
            .as_ref()
            .is_some_and(|b| Arc::ptr_eq(b, &self.board));
        same && self.brand == state.brand && self.scenario == *state.scenario() && self.aim == *aim
    }

    /// The lever that a step moves it by most.
    pub fn strongest(&self) -> Option<&Leverage> {
        let known = self.levers.iter().filter(|l| l.effect.is_some());
        known.reduce(|a, b| if b.strength > a.strength { b } else { a })
    }

    /// The value that a form wants: what was typed, else the target; `None` when there is neither.
    pub fn goal(&self, form: &SeekForm) -> Option<Result<f64, ScenarioError>> {
        let text = form.value.text.trim();
        if text.is_empty() {
            return self.target.map(Ok);
        }
        let goal = Goal::typed(self.metric, Item::All, text);
        Some(goal.map(|goal| goal.value(self.now.get().unwrap_or(0.0))))
    }

    /// What a form seeks; `None` while it is not complete.
    pub fn quest(&self, form: &SeekForm) -> Option<Quest> {
        let goal = self.goal(form)?.ok()?;
        let chosen = self.levers.iter().filter(|l| form.chosen.contains(&l.id()));
        let knobs: Vec<Knob> = chosen
            .map(|l| {
                let mut knob = l.knob.clone();
                knob.cost = cost(form, &l.id());
                knob
            })
            .collect();
        (!knobs.is_empty()).then(|| Quest {
            model: self.model.clone(),
            cell: self.cell,
            knobs,
            goal,
        })
    }
}

/// What a step of a lever costs in a form.
pub fn cost(form: &SeekForm, lever: &LeverId) -> f64 {
    let typed = form.costs.iter().find(|(id, _)| id == lever);
    typed.and_then(|(_, text)| read_cost(text)).unwrap_or(1.0)
}

/// A cost above 0.
pub fn read_cost(text: &str) -> Option<f64> {
    let (cost, share) = crate::scenario::parse_number(text)?;
    (cost > 0.0 && share != Some(true)).then_some(cost)
}

/// The target of a number, in its unit.
fn target(board: &BrandBoard, metric: &Metric, cell: Cell) -> Option<f64> {
    let part = match cell {
        Cell::Crowd(Place::All, _) => Part::Crowd(CrowdKey::All),
        Cell::Crowd(Place::One(k), _) => Part::Crowd(CrowdKey::Crowd(k as u32)),
        Cell::Layer(Place::All, _) => Part::Layer(None),
        Cell::Layer(Place::One(l), _) => Part::Layer(Some(*LAYERS.get(l)?)),
        Cell::Fast(_) => Part::Whole,
    };
    board.get(metric.id, part)?.target?.get()
}

/// The levers of the family of a number, all items first; those that do not move it are left out.
fn leverages(state: &State, model: &Model, cell: Cell, aim: &Aim) -> Vec<Leverage> {
    let family = match aim.metric.split('.').next() {
        Some("aipl") | None => "fast",
        Some(family) => family,
    };
    let of_family = |l: &&Lever| l.id.split('.').next() == Some(family);
    let levers: Vec<&'static Lever> = LEVERS.iter().filter(of_family).collect();
    let knobs: Vec<Knob> = lever_items(state, &levers, model, aim)
        .iter()
        .flat_map(|item| levers.iter().map(move |lever| (*lever, item)))
        .filter_map(|(lever, item)| Knob::new(model, lever, item))
        .collect();
    let bars = tornado(model, cell, knobs.clone());
    let weigh = |knob: Knob| {
        let bar = bars.iter().find(|b| b.knob == knob);
        let effect = bar.map(|b| if b.up == 0.0 { b.down } else { b.up });
        Leverage {
            value: knob.value(model),
            effect,
            strength: bar.map_or(0.0, |b| b.up.abs().max(b.down.abs())),
            knob,
        }
    };
    let all = knobs.into_iter().map(weigh);
    all.filter(|l| l.effect != Some(0.0)).collect()
}

/// The items that levers are listed for: all together, then each; as many as can be weighed.
fn lever_items(state: &State, levers: &[&Lever], model: &Model, aim: &Aim) -> Vec<Item> {
    let each = match (levers.first().map(|l| l.items), &*aim.item) {
        (Some(Items::Crowds), "*") => items(state, &["crowd."]),
        (Some(Items::Layers), "*") => items(state, &["gmv."]),
        (Some(Items::Crowds | Items::Layers), one) => return vec![Item::One(one.to_owned())],
        _ => return vec![Item::All],
    };
    let evaluations = 2 * levers.len().max(1) * model.crowds().len().max(1);
    let most = (WEIGHED / evaluations).max(4);
    let named = each.into_iter().map(|id| match id.as_str() {
        "*" => Item::All,
        _ => Item::One(id),
    });
    named.take(most + 1).collect()
}
