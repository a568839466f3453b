//! The slice picker: dimensions, the values of the open one, and what each of them would do.

use super::number::Number;
use super::overlay::TextField;
use super::table::{Change, Mood};
use super::text::{self, pick};
use crate::app::palette::part as part_name;
use crate::app::preview;
use crate::app::{Language, Picker, State, matching_values, picker_takes, slice_switches};
use crate::board::{Board, Dimension, DimensionValue, Figure};
use crate::facts::Condition;
use crate::metrics::{Day, Unit, Value, Why, metric};

/// The slice picker.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PickerModel {
    /// Title.
    pub title: String,
    /// The dimensions.
    pub dimensions: Vec<PickerDimension>,
    /// The open dimension.
    pub open: usize,
    /// What a condition on the open dimension means.
    pub meaning: String,
    /// Text that narrows the values.
    pub field: TextField,
    /// Header of the counts.
    pub counted: String,
    /// Header of the effects: the figure that they are told of.
    pub figure: String,
    /// What Enter would do, or the key that switches a value: the key, and what comes of it.
    pub outcome: Option<Outcome>,
    /// Values around the cursor.
    pub values: Vec<PickerValue>,
    /// The place of `values[0]` in the whole list.
    pub first: usize,
    /// Values in the whole list.
    pub len: usize,
    /// The cursor, counted in the whole list.
    pub cursor: usize,
    /// Said instead of values when there are none.
    pub empty: String,
}

/// What a key would do in the picker.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The key.
    pub key: String,
    /// The slice then.
    pub slice: String,
    /// The figure, and what it would be; `None` while that is not known.
    pub effect: Option<Effect>,
}

/// How a condition works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// It keeps consumers (`--where`).
    Filter,
    /// It recomputes states from the events that meet it (`--scope`).
    Scope,
}

/// One dimension of the picker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickerDimension {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Chosen values.
    pub chosen: usize,
    /// They are left out instead of kept.
    pub negated: bool,
    /// How the condition works; `None` without a condition.
    pub means: Option<Means>,
}

/// One value of the picker.
#[derive(Debug, Clone, PartialEq)]
pub struct PickerValue {
    /// Its name.
    pub name: String,
    /// It is chosen.
    pub chosen: bool,
    /// People of the asset who have it.
    pub people: Number,
    /// Share of the largest value, 0..=1.
    pub length: Option<f64>,
    /// What switching it does to the figure that effects are told of, once that is known.
    pub effect: Option<Effect>,
}

/// What a value does to a figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effect {
    /// The figure then.
    pub then: Number,
    /// Its change: points for rates, relative for the rest.
    pub moved: Change,
}

/// The picker for a state.
pub(super) fn model(state: &State, picker: &Picker) -> PickerModel {
    let l = state.language;
    let Some(board) = state.board.as_deref() else {
        return PickerModel {
            title: pick(l, "切片", "Slice").to_owned(),
            ..PickerModel::default()
        };
    };
    let open = picker
        .dimension
        .min(board.dimensions.len().saturating_sub(1));
    let dimension = board.dimensions.get(open);
    PickerModel {
        title: pick(l, "切片", "Slice").to_owned(),
        dimensions: dimensions(state, board, picker.scope),
        open,
        meaning: dimension.map_or_else(String::new, |d| meaning(state, d, picker.scope)),
        field: TextField {
            label: pick(l, "查找", "Find").to_owned(),
            text: picker.text.clone(),
            placeholder: pick(l, "输入以缩小范围", "type to narrow").to_owned(),
            caret: picker.caret,
        },
        counted: pick(l, "资产人数", "people").to_owned(),
        figure: figure(state, picker),
        outcome: dimension.and_then(|d| outcome(state, d, picker)),
        empty: pick(l, "没有符合的值", "no value matches").to_owned(),
        ..values(state, dimension, picker)
    }
}

/// The condition on a dimension, and how it works. The open dimension shows the side that is being
/// edited.
fn condition<'a>(state: &'a State, id: &str, scope: bool) -> Option<(&'a Condition, Means)> {
    let find = |list: &'a [Condition]| list.iter().find(|c| c.dimension == id);
    let filter = find(&state.slice.filter).map(|c| (c, Means::Filter));
    let scoped = find(&state.slice.scope).map(|c| (c, Means::Scope));
    if scope {
        scoped.or(filter)
    } else {
        filter.or(scoped)
    }
}

fn dimensions(state: &State, board: &Board, scope: bool) -> Vec<PickerDimension> {
    board
        .dimensions
        .iter()
        .map(|d| {
            let found = condition(state, &d.id, scope);
            PickerDimension {
                id: d.id.clone(),
                name: text::dimension(state.language, &d.id),
                chosen: found.map_or(0, |(c, _)| c.values.len()),
                negated: found.is_some_and(|(c, _)| c.negated),
                means: found.map(|(_, m)| m),
            }
        })
        .collect()
}

/// What a condition on the dimension does, in one sentence. What changes from day to day is told as
/// of the day shown.
fn meaning(state: &State, d: &Dimension, scope: bool) -> String {
    let (l, day) = (state.language, state.as_of);
    let negated = condition(state, &d.id, scope).is_some_and(|(c, _)| c.negated);
    let (zh, en) = match (scope, negated) {
        (true, false) => (
            "重算：只用这些事件重新判定 AIPL",
            "scope: states are recomputed from these events only",
        ),
        (true, true) => (
            "重算：去掉这些事件后重新判定 AIPL",
            "scope: states are recomputed without these events",
        ),
        (false, _) if d.touch => return touched(l, day, negated),
        (false, _) if text::changes(&d.id) => return in_role(l, day, negated),
        (false, false) => (
            "筛选：有其中任一值的人",
            "filter: people who have any of these values",
        ),
        (false, true) => (
            "筛选：没有这些值的人",
            "filter: people who have none of these values",
        ),
    };
    pick(l, zh, en).to_owned()
}

fn touched(l: Language, day: Day, negated: bool) -> String {
    match (l, negated) {
        (Language::Zh, false) => format!("筛选：截至 {day} 被其触达过的人，状态不变"),
        (Language::Zh, true) => format!("筛选：截至 {day} 没有被其触达过的人，状态不变"),
        (Language::En, false) => {
            format!("filter: people touched there as of {day}, their state unchanged")
        }
        (Language::En, true) => {
            format!("filter: people never touched there as of {day}, their state unchanged")
        }
    }
}

fn in_role(l: Language, day: Day, negated: bool) -> String {
    match (l, negated) {
        (Language::Zh, false) => format!("筛选：截至 {day} 有其中任一角色的人"),
        (Language::Zh, true) => format!("筛选：截至 {day} 没有这些角色的人"),
        (Language::En, false) => format!("filter: people with any of these roles as of {day}"),
        (Language::En, true) => format!("filter: people with none of these roles as of {day}"),
    }
}

fn values(state: &State, dimension: Option<&Dimension>, picker: &Picker) -> PickerModel {
    let Some(d) = dimension else {
        return PickerModel::default();
    };
    let l = state.language;
    let matching = matching_values(d, &picker.text);
    let cursor = picker.row.min(matching.len().saturating_sub(1));
    let height = usize::from(state.size.1);
    let range = cursor.saturating_sub(height)..(cursor + height + 1).min(matching.len());
    let largest = d.values.iter().filter_map(|v| v.people).max().unwrap_or(0);
    let chosen = condition(state, &d.id, picker.scope).map_or(&[][..], |(c, _)| &c.values);
    let effect = effects(state, picker);
    let shown = |row: usize| {
        let v = d.values.get(*matching.get(row)?)?;
        Some(PickerValue {
            effect: effect(row),
            ..value(l, &d.id, v, (chosen, largest))
        })
    };
    PickerModel {
        values: range.clone().filter_map(shown).collect(),
        first: range.start,
        len: matching.len(),
        cursor,
        ..PickerModel::default()
    }
}

fn value(
    l: Language,
    dimension: &str,
    v: &DimensionValue,
    (chosen, largest): (&[String], u64),
) -> PickerValue {
    let name = text::value(l, dimension, pick(l, &v.name_zh, &v.name_en));
    // `Feed ads · feed_ads` would say the same twice.
    let same = name.to_lowercase().replace(' ', "_") == v.value.to_lowercase();
    let name = if same || v.value.is_empty() {
        name.into_owned()
    } else {
        format!("{name} · {}", v.value)
    };
    let people = v.people.map(|n| n as f64);
    PickerValue {
        name,
        chosen: chosen.contains(&v.value),
        people: Number::of(Value::or_missing(people, Why::NotGiven), Unit::People, l),
        length: people
            .filter(|_| largest > 0)
            .map(|n| (n / largest as f64).clamp(0.0, 1.0)),
        effect: None,
    }
}

// -- what it would do ---------------------------------------------------------------------------

/// The name of the figure that effects are told of.
fn figure(state: &State, picker: &Picker) -> String {
    let l = state.language;
    let Some(effect) = preview::effect(state, picker) else {
        return String::new();
    };
    let name = metric(effect.metric).map_or("", |m| text::short(l, m));
    let [zh, en] = part_name(state, effect.part);
    let part = pick(l, &zh, &en);
    format!("{} {name}", text::clean(part)).trim().to_owned()
}

/// Gives what switching the value in a row does, once that is known.
fn effects<'s>(state: &'s State, picker: &'s Picker) -> impl Fn(usize) -> Option<Effect> + 's {
    let figure = preview::effect(state, picker);
    let slice = slice_switches(state, picker);
    move |row| {
        let now = figure?.on(state.board.as_deref()?)?;
        let then = figure?.on(state.preview.of(&slice(row)?)?)?;
        Some(effect(state, now, then.now))
    }
}

fn effect(state: &State, now: &Figure, then: Value) -> Effect {
    let (l, unit) = (state.language, now.unit());
    let currency = state.dataset().map_or("", |d| d.currency.as_str());
    let difference = then.minus(now.now);
    let number = match unit {
        Unit::Ratio => Number::difference(difference, unit, l),
        _ => Number::change(difference.over(now.now), l),
    };
    let mood = Mood::of(difference, now.metric.direction);
    Effect {
        then: Number::of(then, unit, l).currency(currency),
        moved: Change { number, mood },
    }
}

/// What Enter does, or what Space would where Enter only keeps what was chosen.
fn outcome(state: &State, d: &Dimension, picker: &Picker) -> Option<Outcome> {
    let l = state.language;
    let row = picker.row;
    let v = d.values.get(*matching_values(d, &picker.text).get(row)?)?;
    let command = if picker_takes(state) {
        "picker-apply"
    } else {
        "picker-toggle"
    };
    let name = text::dimension(l, &d.id);
    let value = text::value(l, &d.id, pick(l, &v.name_zh, &v.name_en));
    let held = condition(state, &d.id, picker.scope).map(|(c, _)| c);
    let slice = match held {
        Some(c) if c.values.contains(&v.value) => {
            format!("{name} − {value}")
        }
        Some(c) if c.negated => format!("{name} ≠ … + {value}"),
        Some(_) => format!("{name} + {value}"),
        None => format!("{name} = {value}"),
    };
    Some(Outcome {
        key: state.keymap.first(command)?,
        slice,
        effect: effects(state, picker)(row),
    })
}
