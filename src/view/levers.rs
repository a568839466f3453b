//! The drawer of levers, and the field for the name of a scenario.

use super::number::Number;
use super::overlay::TextField;
use super::table::Change;
use super::text::{self, clean, pick};
use crate::app::levers::{LeverRow, Origin, bounded, lever_rows};
use crate::app::{Drawer, Field, Language, Naming, State};
use crate::metrics::aipl::State as Layer;
use crate::metrics::{Direction, Value, Why, metric};
use crate::scenario::{Bounded, Item, Items, Lever};

/// The drawer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LeversModel {
    /// Its title.
    pub title: String,
    /// The open scenario, or that there is none.
    pub scenario: String,
    /// Headers of value in the data, value under the scenario, and the difference.
    pub headers: [String; 3],
    /// Headings and levers.
    pub lines: Vec<LeverLine>,
    /// The line of the lever under the cursor.
    pub cursor: usize,
    /// A value that is being typed.
    pub field: Option<TextField>,
    /// What the lever under the cursor does.
    pub help: String,
    /// Where the scenario hit a bound.
    pub bounds: Vec<String>,
    /// Said where a value is a target, because there is no current one.
    pub planned: String,
    /// Said when there is no lever.
    pub empty: String,
}

/// A line of the drawer.
#[derive(Debug, Clone, PartialEq)]
pub enum LeverLine {
    /// What the levers below are for.
    Heading(String),
    /// A lever.
    Lever(Box<LeverItem>),
}

/// A lever.
#[derive(Debug, Clone, PartialEq)]
pub struct LeverItem {
    /// Its name.
    pub name: String,
    /// Its value in the data.
    pub base: Number,
    /// Its value under the scenario.
    pub now: Number,
    /// The difference.
    pub change: Change,
    /// The scenario changes this very lever.
    pub changed: bool,
    /// It hit a bound.
    pub bounded: bool,
    /// The value in the data is a target.
    pub planned: bool,
}

/// The drawer of a state.
pub fn model(state: &State, drawer: &Drawer) -> LeversModel {
    let l = state.language;
    let rows = lever_rows(state);
    let at = drawer.row.min(rows.len().saturating_sub(1));
    let (lines, cursor) = lines(state, &rows, at);
    let chosen = rows.get(at);
    let planned = rows.iter().any(|r| r.origin == Origin::Target);
    LeversModel {
        title: pick(l, "杠杆", "Levers").to_owned(),
        scenario: scenario(state),
        headers: [
            ("基线", "baseline"),
            ("情景", "scenario"),
            ("差异", "change"),
        ]
        .map(|(zh, en)| pick(l, zh, en).to_owned()),
        lines,
        cursor,
        field: drawer.entry.as_ref().map(|entry| entry_field(state, entry)),
        help: chosen.map_or_else(String::new, |r| text::of(l, &r.lever.help).to_owned()),
        bounds: bounds(state),
        planned: if planned {
            pick(
                l,
                "* 没有当前值，以目标代替",
                "* no current value; the target stands in",
            )
            .to_owned()
        } else {
            String::new()
        },
        empty: pick(l, "这里没有可调的杠杆", "no lever for what is shown here").to_owned(),
    }
}

/// The name of the open scenario.
pub fn scenario(state: &State) -> String {
    let open = state.book.desk().open(state.brand_id());
    open.map_or_else(
        || pick(state.language, "基线", "baseline").to_owned(),
        |named| clean(&named.name).into_owned(),
    )
}

fn entry_field(state: &State, entry: &Field) -> TextField {
    TextField {
        label: pick(state.language, "新值", "value").to_owned(),
        text: entry.text.clone(),
        placeholder: pick(
            state.language,
            "25%  1.2亿  *1.1  +2pp",
            "25%  1.2e8  *1.1  +2pp",
        )
        .to_owned(),
        caret: entry.caret,
    }
}

/// The lines, and which of them is the lever at `at`.
fn lines(state: &State, rows: &[LeverRow], at: usize) -> (Vec<LeverLine>, usize) {
    let (mut lines, mut cursor) = (Vec::new(), 0);
    let mut before: Option<(&str, &Item)> = None;
    for (i, row) in rows.iter().enumerate() {
        let part = part(row);
        if before != Some(part) {
            lines.push(LeverLine::Heading(part_heading(state, row)));
            before = Some(part);
        }
        if i == at {
            cursor = lines.len();
        }
        lines.push(LeverLine::Lever(Box::new(item(state, row))));
    }
    (lines, cursor)
}

/// What stands under one heading: the levers of an item, or one lever of the weekly flow with all
/// its items.
fn part(row: &LeverRow) -> (&'static str, &Item) {
    if is_weekly(row.lever) {
        return (row.lever.id, &Item::All);
    }
    let family = row.lever.id.split('.').next().unwrap_or_default();
    (family, &row.item)
}

fn part_heading(state: &State, row: &LeverRow) -> String {
    let l = state.language;
    match row.lever.items {
        Items::Arrivals => pick(l, "每周新增人数", "New consumers per week").to_owned(),
        Items::Transitions => pick(l, "每周流转率", "Weekly transition rates").to_owned(),
        _ => heading(state, row.lever, &row.item),
    }
}

/// Whether a lever moves the weekly flow.
fn is_weekly(lever: &Lever) -> bool {
    matches!(lever.items, Items::Transitions | Items::Arrivals)
}

/// What an item of a lever is called.
pub fn heading(state: &State, lever: &Lever, item: &Item) -> String {
    let l = state.language;
    match (lever.items, item) {
        (Items::Whole, _) => pick(l, "品牌", "Brand").to_owned(),
        (Items::Crowds, Item::All) => pick(l, "全部人群", "All crowds").to_owned(),
        (Items::Layers, Item::All) => {
            pick(l, "双 11 · 全部层级", "Double 11 · all layers").to_owned()
        }
        (Items::Crowds, Item::One(id)) => crowd(state, id),
        (Items::Layers, Item::One(id)) => {
            format!("{} · {}", pick(l, "双 11", "Double 11"), id.to_uppercase())
        }
        (Items::Transitions, Item::All) => pick(l, "全部流转", "All transitions").to_owned(),
        (Items::Arrivals, Item::All) => pick(l, "全部新增", "All new").to_owned(),
        (Items::Transitions, Item::One(id)) => transition(l, id),
        (Items::Arrivals, Item::One(id)) => layer(l, id),
    }
}

/// `A 认知`.
fn layer(l: Language, id: &str) -> String {
    let name = Layer::from_id(id).map_or("", |s| text::state(l, s));
    format!("{} {name}", id.to_uppercase())
}

/// `A → I 兴趣`.
fn transition(l: Language, id: &str) -> String {
    match id.split_once('>') {
        Some((from, to)) => format!("{} → {}", from.to_uppercase(), layer(l, to)),
        None => id.to_uppercase(),
    }
}

fn crowd(state: &State, id: &str) -> String {
    let crowds = state.dataset().map_or(&[][..], |d| &d.crowds);
    let found = crowds.iter().find(|c| c.id == id);
    let name = found.map_or(id, |c| pick(state.language, &c.name_zh, &c.name_en));
    clean(name).into_owned()
}

/// What a lever is called.
pub fn lever_name(l: Language, lever: &Lever) -> &'static str {
    match (metric(lever.id), lever.items) {
        (Some(m), _) => text::metric(l, m),
        (None, Items::Arrivals) => pick(l, "每周新增", "new per week"),
        (None, _) => pick(l, "每周流转率", "weekly rate"),
    }
}

fn item(state: &State, row: &LeverRow) -> LeverItem {
    let l = state.language;
    let value = |x| Value::or_missing(x, Why::NotGiven);
    let (base, now) = (value(row.base), value(row.now));
    let direction = metric(row.lever.id).map_or(Direction::Neutral, |m| m.direction);
    let unit = row.lever.unit;
    let delta = now.minus(base);
    let name = if is_weekly(row.lever) {
        heading(state, row.lever, &row.item)
    } else {
        lever_name(l, row.lever).to_owned()
    };
    LeverItem {
        name,
        base: Number::of(base, unit, l),
        now: Number::of(now, unit, l),
        change: Change::new(Number::difference(delta, unit, l), direction),
        changed: row.is_changed(state.scenario()),
        bounded: row.bounded,
        planned: row.origin == Origin::Target,
    }
}

/// Where the scenario asked for more than the bounds allow, in words.
fn bounds(state: &State) -> Vec<String> {
    bounded(state).map(|b| bound(state, b)).collect()
}

/// A bound that was hit, in words.
pub fn bound(state: &State, told: &Bounded) -> String {
    let l = state.language;
    let number = |x| Number::of(Value::known(x), told.lever.unit, l).exact();
    let item = if told.item.is_empty() {
        Item::All
    } else {
        Item::One(told.item.clone())
    };
    let place = match told.lever.items {
        Items::Whole => String::new(),
        _ => format!("{} ", heading(state, told.lever, &item)),
    };
    let name = lever_name(l, told.lever);
    let (asked, kept) = (number(told.asked), number(told.kept));
    match l {
        Language::Zh => format!("{place}{name}已到边界：{asked} → {kept}"),
        Language::En => format!("{place}{name} is at its bound: {asked} → {kept}"),
    }
}

/// The field for the name of a scenario.
pub fn naming(state: &State, naming: &Naming) -> TextField {
    let l = state.language;
    let label = match naming.old {
        Some(_) => pick(l, "改名", "Rename"),
        None => pick(l, "新情景名称", "Name of the new scenario"),
    };
    TextField {
        label: label.to_owned(),
        text: naming.field.text.clone(),
        placeholder: String::new(),
        caret: naming.field.caret,
    }
}
