//! The slice picker: dimensions on one side, their values on the other, many at once.
//!
//! Every toggle changes the slice of the state, so the numbers above the picker follow at once; what
//! a toggle would do is looked at beforehand ([`super::preview`]). Enter takes the value under the
//! cursor where nothing was chosen yet; Esc puts the slice back as it was.

use super::{cursor, history};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::preview;
use crate::app::state::{Overlay, Picker, State};
use crate::board::Dimension;
use crate::facts::{Condition, Slice};

/// Which of the values (indices into `Dimension::values`) match the text of the picker: every word
/// must be in the value or in one of its names, in any case.
pub fn matching_values(dimension: &Dimension, text: &str) -> Vec<usize> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let fits = |i: &usize| {
        let v = &dimension.values[*i];
        let names = [&v.value, &v.name_zh, &v.name_en].map(|n| n.to_lowercase());
        words.iter().all(|w| names.iter().any(|n| n.contains(w)))
    };
    (0..dimension.values.len()).filter(fits).collect()
}

fn dimensions(state: &State) -> &[Dimension] {
    state.board.as_ref().map_or(&[], |b| &b.dimensions)
}

fn open_picker(state: &State) -> Option<(&Picker, &Dimension)> {
    match &state.overlay {
        Some(Overlay::Picker(p)) => Some((p, dimensions(state).get(p.dimension)?)),
        _ => None,
    }
}

/// The id of the dimension that the picker shows.
pub(super) fn open_dimension(state: &State) -> Option<String> {
    open_picker(state).map(|(_, d)| d.id.clone())
}

/// Keeps the picker on its dimension when a new board has others beside it.
pub(super) fn keep_dimension(state: &mut State, id: Option<String>) {
    let Some(id) = id else { return };
    let place = dimensions(state).iter().position(|d| d.id == id);
    if let Some(Overlay::Picker(p)) = &mut state.overlay {
        p.dimension = place.unwrap_or(0);
    }
}

/// Shows the dimension with this id, if there is one and the picker is open.
pub(super) fn show_dimension(state: &mut State, id: &str) {
    let place = dimensions(state).iter().position(|d| d.id == id);
    if let (Some(place), Some(Overlay::Picker(p))) = (place, &state.overlay) {
        let by = place as isize - p.dimension as isize;
        turn(state, by);
    }
}

/// Dimension id and value under the cursor.
fn chosen(state: &State) -> Option<(String, String)> {
    let (picker, dimension) = open_picker(state)?;
    let value = value_at(dimension, picker, picker.row)?;
    Some((dimension.id.clone(), value))
}

/// The value in a row of the list.
fn value_at(dimension: &Dimension, picker: &Picker, row: usize) -> Option<String> {
    let rows = matching_values(dimension, &picker.text);
    let value = dimension.values.get(*rows.get(row)?)?;
    Some(value.value.clone())
}

/// Gives the slice with the value in a row of the list switched.
pub fn switches<'s>(state: &'s State, picker: &'s Picker) -> impl Fn(usize) -> Option<Slice> + 's {
    let dimension = dimensions(state).get(picker.dimension);
    let rows = dimension.map_or_else(Vec::new, |d| matching_values(d, &picker.text));
    move |row| {
        let dimension = dimension?;
        let value = dimension.values.get(*rows.get(row)?)?;
        let mut slice = state.slice.clone();
        let list = if picker.scope {
            &mut slice.scope
        } else {
            &mut slice.filter
        };
        flip(list, &dimension.id, value.value.clone(), false);
        Some(slice)
    }
}

pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    let mut picker = Picker {
        before: state.slice.clone(),
        ..Picker::default()
    };
    picker.scope = is_scoped(state, 0);
    state.open_crowd = None;
    state.overlay = Some(Overlay::Picker(picker));
    Vec::new()
}

pub(in crate::app) fn can_open(state: &State) -> Enabled {
    if dimensions(state).is_empty() {
        Err([
            "这份数据没有可以切片的维度",
            "the data set has no dimension to slice by",
        ])
    } else {
        Ok(())
    }
}

pub(in crate::app) fn clear(state: &mut State) -> Vec<Effect> {
    state.slice = Slice::default();
    Vec::new()
}

pub(in crate::app) fn can_clear(state: &State) -> Enabled {
    if state.slice.is_empty() {
        Err(["没有切片条件", "the slice has no condition"])
    } else {
        Ok(())
    }
}

/// The dimension that a crowd is looked into by: its channels, else whatever it is touched by, else
/// the first that is left.
pub(super) fn dimension_inside(state: &State) -> Option<usize> {
    let all = dimensions(state);
    let place = |fits: fn(&Dimension) -> bool| {
        let mut each = all.iter();
        each.position(|d| d.id != "crowd" && !d.values.is_empty() && fits(d))
    };
    let channel = place(|d| d.id == "channel");
    channel
        .or_else(|| place(|d| d.touch))
        .or_else(|| place(|_| true))
}

/// Whether the slice has a condition on the dimension at this index.
pub(super) fn has_condition(state: &State, at: usize) -> bool {
    let id = dimensions(state).get(at).map(|d| d.id.as_str());
    let mut filter = state.slice.filter.iter();
    filter.any(|c| Some(c.dimension.as_str()) == id)
}

/// Opens the picker on a dimension, from something that lies above it.
pub(super) fn open_at(state: &mut State, dimension: usize) {
    state.overlay = Some(Overlay::Picker(Picker {
        dimension,
        before: state.slice.clone(),
        inside: true,
        ..Picker::default()
    }));
}

/// Whether Enter takes the value under the cursor before it closes the picker: nothing was chosen
/// in it yet.
pub fn takes(state: &State) -> bool {
    let Some((picker, dimension)) = open_picker(state) else {
        return false;
    };
    if picker.inside {
        return !has_condition(state, picker.dimension);
    }
    let taken = |value: &String| {
        let conditions = state.slice.filter.iter().chain(&state.slice.scope);
        let mut own = conditions.filter(|c| c.dimension == dimension.id);
        own.any(|c| c.values.contains(value))
    };
    let under = value_at(dimension, picker, picker.row);
    !picker.touched && under.is_some_and(|v| !taken(&v))
}

fn is_inside(state: &State) -> bool {
    matches!(&state.overlay, Some(Overlay::Picker(p)) if p.inside)
}

pub(in crate::app) fn apply(state: &mut State) -> Vec<Effect> {
    if takes(state) {
        if is_inside(state) {
            history::deepen(state);
        }
        toggle(state);
    }
    state.overlay = None;
    Vec::new()
}

pub(in crate::app) fn cancel(state: &mut State) -> Vec<Effect> {
    if is_inside(state) {
        state.overlay = None;
        history::rise(state);
        return Vec::new();
    }
    if let Some(Overlay::Picker(picker)) = state.overlay.take() {
        state.slice = picker.before;
    }
    Vec::new()
}

/// Whether the slice holds the dimension at this index as a scope.
fn is_scoped(state: &State, dimension: usize) -> bool {
    let id = dimensions(state).get(dimension).map(|d| d.id.as_str());
    state
        .slice
        .scope
        .iter()
        .any(|c| Some(c.dimension.as_str()) == id)
}

fn turn(state: &mut State, by: isize) -> Vec<Effect> {
    let count = dimensions(state).len().max(1) as isize;
    if let Some(Overlay::Picker(p)) = &mut state.overlay {
        let kept = Picker {
            row: 0,
            text: String::new(),
            caret: 0,
            ..std::mem::take(p)
        };
        let dimension = (kept.dimension as isize + by).rem_euclid(count) as usize;
        let scope = is_scoped(state, dimension);
        state.overlay = Some(Overlay::Picker(Picker {
            dimension,
            scope,
            ..kept
        }));
    }
    Vec::new()
}

pub(in crate::app) fn next_dimension(state: &mut State) -> Vec<Effect> {
    turn(state, 1)
}

pub(in crate::app) fn previous_dimension(state: &mut State) -> Vec<Effect> {
    turn(state, -1)
}

fn step(state: &mut State, by: isize) -> Vec<Effect> {
    let rows = open_picker(state).map_or(0, |(p, d)| matching_values(d, &p.text).len());
    if let Some(Overlay::Picker(p)) = &mut state.overlay {
        p.row = cursor::moved(p.row, by, rows);
    }
    Vec::new()
}

pub(in crate::app) fn down(state: &mut State) -> Vec<Effect> {
    step(state, 1)
}

pub(in crate::app) fn up(state: &mut State) -> Vec<Effect> {
    step(state, -1)
}

pub(in crate::app) fn page_down(state: &mut State) -> Vec<Effect> {
    step(state, cursor::page(state))
}

pub(in crate::app) fn page_up(state: &mut State) -> Vec<Effect> {
    step(state, -cursor::page(state))
}

pub(in crate::app) fn has_value(state: &State) -> Enabled {
    match chosen(state) {
        Some(_) => Ok(()),
        None => Err(["没有符合的值", "no value matches"]),
    }
}

/// The conditions that the open dimension belongs to: scope or filter.
fn conditions(state: &mut State) -> &mut Vec<Condition> {
    let scoped = matches!(&state.overlay, Some(Overlay::Picker(p)) if p.scope);
    if scoped {
        &mut state.slice.scope
    } else {
        &mut state.slice.filter
    }
}

/// Takes the value under the cursor into the condition of its dimension, or out of it; a condition
/// without values goes away.
pub(in crate::app) fn toggle(state: &mut State) -> Vec<Effect> {
    if let Some((dimension, value)) = chosen(state) {
        flip(conditions(state), &dimension, value, false);
        touch(state);
    }
    Vec::new()
}

/// The user has chosen something in the picker.
fn touch(state: &mut State) {
    if let Some(Overlay::Picker(p)) = &mut state.overlay {
        p.touched = true;
    }
}

/// Tells the effect on the next figure of the pane.
pub(in crate::app) fn next_effect(state: &mut State) -> Vec<Effect> {
    let figures = preview::effects(state).0.len().max(1);
    if let Some(Overlay::Picker(p)) = &mut state.overlay {
        p.effect = (p.effect + 1) % figures;
    }
    Vec::new()
}

/// Takes a value into the slice, or out of it; a dimension that is a scope stays one.
pub(super) fn toggle_value(state: &mut State, dimension: &str, value: &str) {
    let scoped = state.slice.scope.iter().any(|c| c.dimension == dimension);
    let list = if scoped {
        &mut state.slice.scope
    } else {
        &mut state.slice.filter
    };
    flip(list, dimension, value.to_owned(), false);
}

fn flip(list: &mut Vec<Condition>, dimension: &str, value: String, negated: bool) {
    let Some(at) = list.iter().position(|c| c.dimension == dimension) else {
        list.push(Condition {
            dimension: dimension.to_owned(),
            negated,
            values: vec![value],
        });
        return;
    };
    let values = &mut list[at].values;
    match values.iter().position(|v| *v == value) {
        Some(i) => drop(values.remove(i)),
        None => values.push(value),
    }
    if values.is_empty() {
        list.remove(at);
    }
}

/// Include or exclude; without a condition yet, the value under the cursor is excluded.
pub(in crate::app) fn negate(state: &mut State) -> Vec<Effect> {
    let Some((dimension, value)) = chosen(state) else {
        return Vec::new();
    };
    let list = conditions(state);
    match list.iter_mut().find(|c| c.dimension == dimension) {
        Some(condition) => condition.negated = !condition.negated,
        None => flip(list, &dimension, value, true),
    }
    touch(state);
    Vec::new()
}

/// Filter of consumers, or scope of events: the conditions of the dimension move to the other side.
pub(in crate::app) fn scope(state: &mut State) -> Vec<Effect> {
    let Some(id) = open_picker(state).map(|(_, d)| d.id.clone()) else {
        return Vec::new();
    };
    let from = conditions(state);
    let (moving, staying) = from.drain(..).partition(|c| c.dimension == id);
    *from = staying;
    if let Some(Overlay::Picker(p)) = &mut state.overlay {
        p.scope = !p.scope;
    }
    let moving: Vec<Condition> = moving;
    conditions(state).extend(moving);
    touch(state);
    Vec::new()
}

pub(in crate::app) fn can_scope(state: &State) -> Enabled {
    match open_picker(state) {
        Some((_, d)) if d.touch => Ok(()),
        _ => Err([
            "只有触点类维度可以改口径",
            "only touch dimensions can be a scope",
        ]),
    }
}
