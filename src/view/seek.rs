//! The form of the goal seek: what is wanted, the levers that may bring it, and the ways found.
//!
//! Numbers are only put into words here; the search has been carried out before.

use super::levers::{heading, lever_name, scenario};
use super::number::Number;
use super::overlay::TextField;
use super::table::Change;
use super::text::{self, pick};
use crate::app::seek::{Ground, LISTED, Leverage, MetricChoice, SeekForm, cost, metric_choices};
use crate::app::{Field, Language, State};
use crate::metrics::{Direction, Metric, Unit, Value};
use crate::scenario::plan::{Binding, Plan};
use crate::scenario::seek::{Blind, Quest, Turn, Way};
use crate::scenario::{Item, Items, Knob, Lever, Operator, lever};

pub use crate::app::seek::Section;

/// The form.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SeekModel {
    /// Its title.
    pub title: String,
    /// The scenario that plans start from.
    pub side: String,
    /// The part that has the keys.
    pub section: Section,
    /// Names of the parts, in the order of [`Section::ALL`].
    pub labels: [String; 4],
    /// The number that is wanted.
    pub metric: String,
    /// What it is now.
    pub now: Option<Number>,
    /// A word for what it is now.
    pub now_label: String,
    /// The wanted value, as it is typed.
    pub field: TextField,
    /// The wanted value, and how far it is from now.
    pub wanted: Option<(Number, Change)>,
    /// What is wrong with the text that was typed.
    pub refused: String,
    /// The list of metrics, while one is chosen.
    pub metrics: Option<MetricList>,
    /// Headers of the columns of levers: value, step, cost per step, effect of a step.
    pub headers: [String; 4],
    /// Levers under their headings.
    pub levers: Vec<SeekLine>,
    /// The line of the lever under the cursor.
    pub cursor: usize,
    /// A cost that is being typed.
    pub cost: Option<TextField>,
    /// What was found.
    pub outcome: Outcome,
    /// What was found belongs to an older question.
    pub old: bool,
    /// What more effort brings.
    pub frontier: Option<Frontier>,
    /// What else must be known.
    pub notes: Vec<String>,
}

/// Metrics to choose from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MetricList {
    /// Text that narrows them.
    pub field: TextField,
    /// Names and values.
    pub rows: Vec<(String, Number)>,
    /// The metric under the cursor.
    pub cursor: usize,
    /// Said when nothing matches.
    pub empty: String,
}

/// A line of the list of levers.
#[derive(Debug, Clone, PartialEq)]
pub enum SeekLine {
    /// What the levers below are for.
    Heading(String),
    /// A lever.
    Lever(Box<SeekLever>),
}

/// A lever that may move.
#[derive(Debug, Clone, PartialEq)]
pub struct SeekLever {
    /// Its name.
    pub name: String,
    /// It may move.
    pub chosen: bool,
    /// Its value.
    pub value: Number,
    /// One step.
    pub step: Number,
    /// What a step costs.
    pub cost: Number,
    /// The cost is not the usual one.
    pub own_cost: bool,
    /// What a step brings; `None` where that cannot be told.
    pub effect: Option<Change>,
    /// Share of the strongest lever, 0..=1.
    pub share: f64,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Nothing yet, and why.
    Waiting(String),
    /// Ways to the goal.
    Ways(Vec<WayItem>),
    /// There is no way: how far the levers reach, the way there and what binds.
    Best {
        /// How far.
        head: String,
        /// What binds.
        limits: Vec<String>,
        /// How to get there.
        way: WayItem,
    },
    /// A lever cannot be judged, and why.
    Blind(String),
}

impl Default for Outcome {
    fn default() -> Self {
        Self::Waiting(String::new())
    }
}

/// A way to the goal.
#[derive(Debug, Clone, PartialEq)]
pub struct WayItem {
    /// Its name.
    pub name: String,
    /// What it costs, with a word for it.
    pub effort: String,
    /// What it brings.
    pub value: Number,
    /// What it does to the levers.
    pub turns: Vec<TurnItem>,
    /// The cursor is on it.
    pub selected: bool,
}

/// What a way does to a lever.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnItem {
    /// The lever and its item.
    pub name: String,
    /// Its value before.
    pub from: Number,
    /// Its value after.
    pub to: Number,
    /// The difference.
    pub change: Change,
    /// In steps.
    pub steps: String,
}

/// What more effort brings, as a curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Frontier {
    /// What it shows.
    pub title: String,
    /// Effort and value, ascending effort.
    pub points: Vec<(f64, f64)>,
    /// The wanted value.
    pub goal: f64,
    /// The wanted value in words.
    pub goal_label: String,
    /// The effort at which the goal is reached.
    pub reached: Option<f64>,
    /// The lowest and the highest value.
    pub levels: [Number; 2],
    /// No effort and the most effort, in words.
    pub ends: [String; 2],
}

/// A figure in the currency of the data set.
fn figure(state: &State, value: Value, unit: Unit) -> Number {
    let currency = state.dataset().map_or("", |d| &d.currency);
    Number::of(value, unit, state.language).currency(currency)
}

/// A difference in the currency of the data set.
fn difference(state: &State, value: Value, unit: Unit) -> Number {
    let currency = state.dataset().map_or("", |d| &d.currency);
    Number::difference(value, unit, state.language).currency(currency)
}

/// The form of a state.
pub fn model(state: &State, form: &SeekForm) -> SeekModel {
    let l = state.language;
    let words = |zh: &str, en: &str| pick(l, zh, en).to_owned();
    let ground = state.seek.ground.as_deref();
    let (levers, cursor) = ground.map_or_else(Default::default, |g| lines(state, g, form));
    let goal = ground.and_then(|g| g.goal(form));
    SeekModel {
        title: words("目标反推", "Goal seek"),
        side: scenario(state),
        section: form.section,
        labels: [
            words("指标", "Metric"),
            words("目标", "Goal"),
            words("杠杆", "Levers"),
            words("方案", "Plans"),
        ],
        metric: ground.map_or_else(String::new, |g| {
            metric_name(state, g.metric, &form.aim.item)
        }),
        now: ground.map(|g| figure(state, g.now, g.metric.unit)),
        now_label: words("现值", "now"),
        field: value_field(state, ground, &form.value),
        wanted: ground.and_then(|g| Some(wanted(state, g, goal.as_ref()?.as_ref().ok().copied()?))),
        refused: match &goal {
            Some(Err(refused)) => match l {
                Language::Zh => "无法读取：可以输入 1亿、25%、*1.2、+5pp".to_owned(),
                Language::En => format!("expected {}", refused.expected),
            },
            _ => String::new(),
        },
        metrics: (form.section == Section::Metric).then(|| metrics(state, form)),
        headers: [
            words("现值", "now"),
            words("一步", "step"),
            words("成本", "cost"),
            words("一步带来", "brings"),
        ],
        levers,
        cursor,
        cost: form.cost.as_ref().map(|f| cost_field(l, f)),
        outcome: outcome(state, form, goal.is_some_and(|g| g.is_err())),
        old: state.seek.pending,
        frontier: frontier(state),
        notes: notes(l, ground),
    }
}

/// A metric with its item.
fn metric_name(state: &State, metric: &Metric, item: &str) -> String {
    let name = text::metric(state.language, metric);
    // A lever of the family says what its items are called.
    let family = metric.id.split('.').next().unwrap_or_default();
    let place = match family {
        "crowd" => lever("crowd.aov"),
        "gmv" => lever("gmv.aov"),
        _ => None,
    };
    match place {
        Some(lever) => {
            let item = match item {
                "*" => Item::All,
                id => Item::One(id.to_owned()),
            };
            format!("{name} · {}", item_name(state, lever, &item))
        }
        None => name.to_owned(),
    }
}

fn value_field(state: &State, ground: Option<&Ground>, field: &Field) -> TextField {
    let l = state.language;
    let target = ground.and_then(|g| Some((g.target?, g.metric.unit)));
    let placeholder = target.map_or_else(
        || pick(l, "1亿  25%  *1.2  +5pp", "1e8  25%  *1.2  +5pp").to_owned(),
        |(target, unit)| {
            let target = figure(state, Value::known(target), unit).exact();
            format!("{} {target}", pick(l, "目标值", "target"))
        },
    );
    TextField {
        label: String::new(),
        text: field.text.clone(),
        placeholder,
        caret: field.caret,
    }
}

fn cost_field(l: Language, field: &Field) -> TextField {
    TextField {
        label: pick(l, "每步成本", "cost of a step").to_owned(),
        text: field.text.clone(),
        placeholder: "1".to_owned(),
        caret: field.caret,
    }
}

fn wanted(state: &State, ground: &Ground, goal: f64) -> (Number, Change) {
    let unit = ground.metric.unit;
    let goal = Value::known(goal);
    let gap = difference(state, goal.minus(ground.now), unit);
    (
        figure(state, goal, unit),
        Change::new(gap, Direction::Neutral),
    )
}

fn metrics(state: &State, form: &SeekForm) -> MetricList {
    let l = state.language;
    let choices = metric_choices(state, &form.search.text);
    let all = choices.len();
    let row = |c: &MetricChoice| {
        let value = figure(state, Value::known(c.now), c.metric.unit);
        (metric_name(state, c.metric, &c.item), value)
    };
    let mut hint = pick(l, "输入以缩小范围", "type to narrow").to_owned();
    if all == LISTED {
        hint = match l {
            Language::Zh => format!("只列出前 {LISTED} 个，输入以缩小范围"),
            Language::En => format!("the first {LISTED}; type to narrow"),
        };
    }
    MetricList {
        field: TextField {
            label: "/".to_owned(),
            text: form.search.text.clone(),
            placeholder: hint,
            caret: form.search.caret,
        },
        rows: choices.iter().map(row).collect(),
        cursor: form.metric,
        empty: pick(l, "没有符合的指标", "no metric matches").to_owned(),
    }
}

// -- levers ---------------------------------------------------------------------------------------

/// The lines of the levers, and which of them is under the cursor.
fn lines(state: &State, ground: &Ground, form: &SeekForm) -> (Vec<SeekLine>, usize) {
    let (mut lines, mut cursor) = (Vec::new(), 0);
    let mut before: Option<&Item> = None;
    let strongest = ground.strongest().map_or(0.0, |l| l.strength);
    for (i, leverage) in ground.levers.iter().enumerate() {
        let knob = &leverage.knob;
        if before != Some(&knob.item) {
            lines.push(SeekLine::Heading(heading(state, knob.lever, &knob.item)));
            before = Some(&knob.item);
        }
        if i == form.lever {
            cursor = lines.len();
        }
        let line = line(state, ground, leverage, form, strongest);
        lines.push(SeekLine::Lever(Box::new(line)));
    }
    (lines, cursor)
}

fn line(
    state: &State,
    ground: &Ground,
    leverage: &Leverage,
    form: &SeekForm,
    strongest: f64,
) -> SeekLever {
    let (l, knob) = (state.language, &leverage.knob);
    let cost = cost(form, &leverage.id());
    let effect = |x: f64| {
        let number = difference(state, Value::known(x), ground.metric.unit);
        Change::new(number, ground.metric.direction)
    };
    SeekLever {
        name: short_name(l, knob.lever).to_owned(),
        chosen: form.chosen.contains(&leverage.id()),
        value: figure(state, leverage.value, knob.lever.unit),
        step: step(state, knob),
        cost: Number::of(Value::known(cost), Unit::Count, l),
        own_cost: form.costs.iter().any(|(id, _)| *id == leverage.id()),
        effect: leverage.effect.map(effect),
        share: if strongest > 0.0 {
            leverage.strength / strongest
        } else {
            0.0
        },
    }
}

/// What a lever is called where its item stands beside it.
fn short_name(l: Language, lever: &Lever) -> &'static str {
    crate::metrics::metric(lever.id).map_or_else(|| lever_name(l, lever), |m| text::short(l, m))
}

/// One step of a lever: points, a share of all items, or people and money of one item.
fn step(state: &State, knob: &Knob) -> Number {
    let step = Value::known(knob.step);
    match knob.operator {
        Operator::Multiply => Number::change(step, state.language),
        Operator::Set | Operator::Add => difference(state, step, knob.lever.unit),
    }
}

// -- what was found -------------------------------------------------------------------------------

fn outcome(state: &State, form: &SeekForm, unreadable: bool) -> Outcome {
    let l = state.language;
    let wait = |zh: &str, en: &str| Outcome::Waiting(pick(l, zh, en).to_owned());
    let Some(quest) = state.seek.quest.as_deref() else {
        return match &state.seek.ground {
            None => wait("这里没有值", "there is no value here"),
            Some(_) if unreadable => Outcome::default(),
            Some(g) if g.goal(form).is_none() => {
                wait("输入目标值", "type the value that is wanted")
            }
            Some(g) if g.levers.is_empty() => {
                wait("没有杠杆能改变这个数字", "no lever moves this number")
            }
            Some(_) => wait("选择至少一个杠杆（空格）", "choose a lever with Space"),
        };
    };
    let Some(found) = state.seek.found.as_deref() else {
        return wait("正在计算…", "computing…");
    };
    if let Some(blind) = &found.blind {
        return Outcome::Blind(blind_words(state, quest, blind));
    }
    if let Some((way, binding)) = &found.best {
        return best(state, quest, way, binding);
    }
    let several = quest.knobs.len() > 1;
    let ways = found.reached.iter().enumerate();
    let ways = ways.map(|(i, way)| {
        let name = match (several, found.reached.len()) {
            (_, 1) => pick(l, "方案", "Plan").to_owned(),
            (true, _) => format!("{} {}", pick(l, "方案", "Plan"), i + 1),
            (false, _) => format!("{} {}", pick(l, "解", "Root"), i + 1),
        };
        way_item(state, quest, way, name, i == form.plan)
    });
    Outcome::Ways(ways.collect())
}

fn way_item(state: &State, quest: &Quest, way: &Way, name: String, selected: bool) -> WayItem {
    let l = state.language;
    let unit = unit(state);
    let effort = Number::of(Value::known(way.plan.effort), Unit::Count, l).fit(12);
    WayItem {
        name,
        effort: format!("{} {effort}", pick(l, "投入", "effort")),
        value: figure(state, Value::known(way.plan.value), unit),
        turns: way
            .turns
            .iter()
            .filter_map(|t| turn(state, quest.knobs.get(t.knob)?, t))
            .collect(),
        selected,
    }
}

fn unit(state: &State) -> Unit {
    let ground = state.seek.ground.as_deref();
    ground.map_or(Unit::Count, |g| g.metric.unit)
}

fn turn(state: &State, knob: &Knob, turn: &Turn) -> Option<TurnItem> {
    let l = state.language;
    let unit = knob.lever.unit;
    let steps = Number::difference(Value::known(turn.steps), Unit::Count, l).fit(10);
    let direction = crate::metrics::metric(knob.lever.id)?.direction;
    let delta = difference(state, turn.to.minus(turn.from), unit);
    Some(TurnItem {
        name: place(state, knob.lever, &knob.item),
        from: figure(state, turn.from, unit),
        to: figure(state, turn.to, unit),
        change: Change::new(delta, direction),
        steps: format!("{steps} {}", pick(l, "步", "steps")),
    })
}

/// An item, as short as it can be told from the others of its lever.
fn item_name(state: &State, lever: &Lever, item: &Item) -> String {
    let l = state.language;
    match (lever.items, item) {
        (Items::Layers, Item::All) => pick(l, "全部层级", "all layers").to_owned(),
        (Items::Layers, Item::One(id)) => {
            let id = id.to_uppercase();
            match l {
                Language::Zh => format!("{id} 层"),
                Language::En => format!("layer {id}"),
            }
        }
        _ => heading(state, lever, item),
    }
}

/// A lever with its item.
fn place(state: &State, lever: &Lever, item: &Item) -> String {
    let name = short_name(state.language, lever);
    match lever.items {
        Items::Whole => name.to_owned(),
        _ => format!("{name} · {}", item_name(state, lever, item)),
    }
}

fn best(state: &State, quest: &Quest, way: &Way, binding: &[Binding]) -> Outcome {
    let l = state.language;
    let unit = unit(state);
    let (value, goal) = (Value::known(way.plan.value), Value::known(quest.goal));
    let more = way.plan.value < quest.goal;
    let shown = figure(state, value, unit).exact();
    let gap = difference(state, goal.minus(value), unit).exact();
    let head = match (l, more) {
        (Language::Zh, true) => format!("无法达到：最多可到 {shown}，还差 {gap}"),
        (Language::Zh, false) => format!("无法达到：最少可到 {shown}，还差 {gap}"),
        (Language::En, _) => format!("out of reach: best is {shown}, {gap} to go"),
    };
    let mut limits: Vec<String> = binding
        .iter()
        .filter_map(|b| Some(limit(state, quest.knobs.get(b.knob)?, b.upper)))
        .collect();
    if limits.is_empty() {
        let more = pick(
            l,
            "再移动这些杠杆也不再改变结果",
            "moving these levers further changes nothing",
        );
        limits.push(more.to_owned());
    } else {
        let lead = pick(l, "受限于 ", "the limit that binds: ");
        limits[0].insert_str(0, lead);
    }
    let name = pick(l, "最接近", "Nearest").to_owned();
    Outcome::Best {
        head,
        limits,
        way: way_item(state, quest, way, name, false),
    }
}

/// A bound that binds: `渗透率 · 全部人群 ≤ 100%`.
fn limit(state: &State, knob: &Knob, upper: bool) -> String {
    let bounds = match knob.operator {
        Operator::Set => knob.bounds,
        Operator::Add | Operator::Multiply => knob.lever.bounds,
    };
    let (sign, bound) = if upper {
        ('≤', bounds.1)
    } else {
        ('≥', bounds.0)
    };
    let bound = figure(state, Value::known(bound), knob.lever.unit).exact();
    format!("{} {sign} {bound}", place(state, knob.lever, &knob.item))
}

fn blind_words(state: &State, quest: &Quest, blind: &Blind) -> String {
    let l = state.language;
    let knob = quest.knobs.get(blind.knob);
    let name = knob.map_or_else(String::new, |k| place(state, k.lever, &k.item));
    let missing = blind.missing.iter().filter_map(|(factor, id)| {
        let lever = lever(factor)?;
        Some(place(state, lever, &Item::One(id.clone())))
    });
    let missing: Vec<String> = missing.take(3).collect();
    let missing = if missing.is_empty() {
        pick(l, "有一个因子", "a factor").to_owned()
    } else {
        missing.join(pick(l, "、", ", "))
    };
    match l {
        Language::Zh => format!("{name} 无法判断：{missing}未知，先用 s 给它一个值"),
        Language::En => {
            format!("{name} cannot be judged: {missing} not known; give it a value with s first")
        }
    }
}

// -- the frontier ---------------------------------------------------------------------------------

fn frontier(state: &State) -> Option<Frontier> {
    let l = state.language;
    let (quest, found) = (state.seek.quest.as_deref()?, state.seek.found.as_deref()?);
    let plans: &[Plan] = found.frontier.as_deref()?;
    let points: Vec<(f64, f64)> = plans.iter().map(|p| (p.effort, p.value)).collect();
    let most = points.iter().map(|p| p.0).fold(0.0, f64::max);
    if points.len() < 3 || most <= 0.0 {
        return None;
    }
    let unit = unit(state);
    let number = |x: f64| figure(state, Value::known(x), unit);
    let low = points.iter().map(|p| p.1).fold(f64::INFINITY, f64::min);
    let high = points.iter().map(|p| p.1).fold(f64::NEG_INFINITY, f64::max);
    let effort = |x: f64| Number::of(Value::known(x), Unit::Count, l).fit(10);
    Some(Frontier {
        title: pick(l, "投入与结果", "effort and result").to_owned(),
        points,
        goal: quest.goal,
        goal_label: format!(
            "{} {}",
            pick(l, "目标", "goal"),
            number(quest.goal).brief(10)
        ),
        reached: found.reached.first().map(|w| w.plan.effort),
        levels: [number(low), number(high)],
        ends: [
            "0".to_owned(),
            format!("{} {}", pick(l, "投入", "effort"), effort(most)),
        ],
    })
}

fn notes(l: Language, ground: Option<&Ground>) -> Vec<String> {
    let planned = ground.map_or(0, |g| g.planned);
    let blind = ground.is_some_and(|g| g.levers.iter().any(|l| l.effect.is_none()));
    let mut notes = Vec::new();
    if blind {
        let why = pick(
            l,
            "— 有一个因子未知（如没有人购买的人群的客单价），先用 s 给它一个值",
            "— a factor is not known, such as the AOV where nobody bought; give it a value with s",
        );
        notes.push(why.to_owned());
    }
    if planned > 0 {
        notes.push(match l {
            Language::Zh => format!("{planned} 个人群没有现值，以目标代替"),
            Language::En => format!("{planned} crowds have no current values; targets stand in"),
        });
    }
    notes
}
