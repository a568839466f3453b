//! Goal seek: the form is filled in, the answer follows every key, and Enter takes a plan.
//!
//! Nothing of the form touches the scenario before a plan is taken; that is one step of the book.

use std::sync::Arc;

use super::{cursor, scenario, tell};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::seek::{
    Ground, Leverage, Section, SeekForm, Seeking, aim_at, first_aim, metric_choices, read_cost,
};
use crate::app::state::{Field, Overlay, State};
use crate::scenario::seek::{Found, Quest};

fn form(state: &State) -> Option<&SeekForm> {
    match &state.overlay {
        Some(Overlay::Seek(form)) => Some(form),
        _ => None,
    }
}

fn form_mut(state: &mut State) -> Option<&mut SeekForm> {
    match &mut state.overlay {
        Some(Overlay::Seek(form)) => Some(form),
        _ => None,
    }
}

pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    // From the drawer, its lever is the one that may move.
    let lever = super::levers::chosen(state).map(|row| (row.lever.id, row.item));
    let Some(aim) = first_aim(state, lever.as_ref().map(|(id, _)| *id)) else {
        return Vec::new();
    };
    state.overlay = Some(Overlay::Seek(Box::new(SeekForm {
        aim,
        chosen: lever.into_iter().collect(),
        ..SeekForm::default()
    })));
    Vec::new()
}

pub(in crate::app) fn can_open(state: &State) -> Enabled {
    match first_aim(state, None) {
        Some(_) => Ok(()),
        None => Err([
            "这里没有杠杆能改变的数字",
            "there is no number here that a lever moves",
        ]),
    }
}

pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}

// -- moving about ---------------------------------------------------------------------------------

fn turn(state: &mut State, by: usize) -> Vec<Effect> {
    if let Some(form) = form_mut(state) {
        let at = form.section as usize;
        let all = Section::ALL;
        form.section = all[(at + by) % all.len()];
    }
    Vec::new()
}

pub(in crate::app) fn next(state: &mut State) -> Vec<Effect> {
    turn(state, 1)
}

pub(in crate::app) fn previous(state: &mut State) -> Vec<Effect> {
    turn(state, Section::ALL.len() - 1)
}

/// Rows of the list that the keys move in: metrics, ways or levers.
fn rows(state: &State, form: &SeekForm) -> usize {
    match form.section {
        Section::Metric => metric_choices(state, &form.search.text).len(),
        Section::Levers => state.seek.ground.as_ref().map_or(0, |g| g.levers.len()),
        Section::Value | Section::Plans => state.seek.found.as_ref().map_or(0, |f| f.reached.len()),
    }
}

fn go(state: &mut State, by: isize) -> Vec<Effect> {
    let rows = form(state).map_or(0, |form| rows(state, form));
    if let Some(form) = form_mut(state) {
        let row = match form.section {
            Section::Metric => &mut form.metric,
            Section::Levers => &mut form.lever,
            Section::Value | Section::Plans => &mut form.plan,
        };
        *row = cursor::moved(*row, by, rows);
    }
    Vec::new()
}

pub(in crate::app) fn down(state: &mut State) -> Vec<Effect> {
    go(state, 1)
}

pub(in crate::app) fn up(state: &mut State) -> Vec<Effect> {
    go(state, -1)
}

pub(in crate::app) fn page_down(state: &mut State) -> Vec<Effect> {
    go(state, cursor::page(state))
}

pub(in crate::app) fn page_up(state: &mut State) -> Vec<Effect> {
    go(state, -cursor::page(state))
}

pub(in crate::app) fn first(state: &mut State) -> Vec<Effect> {
    go(state, isize::MIN)
}

pub(in crate::app) fn last(state: &mut State) -> Vec<Effect> {
    go(state, isize::MAX)
}

// -- levers ---------------------------------------------------------------------------------------

fn on_levers(state: &State) -> bool {
    form(state).is_some_and(|f| f.section == Section::Levers)
}

pub(in crate::app) fn has_lever(state: &State) -> Enabled {
    let ground = state.seek.ground.as_ref();
    if on_levers(state) && ground.is_some_and(|g| !g.levers.is_empty()) {
        Ok(())
    } else {
        Err(["光标不在杠杆上", "the cursor is on no lever"])
    }
}

/// The lever under the cursor may move, or may not any more.
pub(in crate::app) fn toggle(state: &mut State) -> Vec<Effect> {
    let ground = state.seek.ground.clone();
    if let (Some(form), Some(ground)) = (form_mut(state), ground)
        && let Some(lever) = ground.levers.get(form.lever)
    {
        let id = lever.id();
        match form.chosen.iter().position(|c| *c == id) {
            Some(at) => drop(form.chosen.remove(at)),
            None => form.chosen.push(id),
        }
    }
    Vec::new()
}

/// Begins to type what a step of the lever under the cursor costs.
pub(in crate::app) fn type_cost(state: &mut State) -> Vec<Effect> {
    if let Some(form) = form_mut(state) {
        form.cost = Some(Field::default());
    }
    Vec::new()
}

pub(in crate::app) fn leave_cost(state: &mut State) -> Vec<Effect> {
    if let Some(form) = form_mut(state) {
        form.cost = None;
    }
    Vec::new()
}

/// Takes the cost that was typed; an empty one is 1 again.
pub(in crate::app) fn accept_cost(state: &mut State) -> Vec<Effect> {
    let ground = state.seek.ground.clone();
    let Some(form) = form_mut(state) else {
        return Vec::new();
    };
    let text = form.cost.as_ref().map_or("", |f| f.text.trim()).to_owned();
    if !text.is_empty() && read_cost(&text).is_none() {
        tell(
            state,
            format!("无法读取“{text}”：每步成本是大于 0 的数"),
            format!("cannot read `{text}`: the cost of a step is a number above 0"),
        );
        return Vec::new();
    }
    form.cost = None;
    if let Some(id) = ground.and_then(|g| g.levers.get(form.lever).map(Leverage::id)) {
        form.costs.retain(|(of, _)| *of != id);
        if !text.is_empty() {
            form.costs.push((id, text));
        }
    }
    Vec::new()
}

// -- taking ---------------------------------------------------------------------------------------

/// Chooses the metric under the cursor, or takes the way under the cursor.
pub(in crate::app) fn enter(state: &mut State) -> Vec<Effect> {
    match form(state).map(|f| f.section) {
        Some(Section::Metric) => choose(state),
        Some(_) => take(state),
        None => Vec::new(),
    }
}

fn choose(state: &mut State) -> Vec<Effect> {
    let Some(form) = form(state) else {
        return Vec::new();
    };
    let aim = aim_at(state, &form.search.text, form.metric);
    if let (Some(aim), Some(form)) = (aim, form_mut(state)) {
        let same = form.aim == aim;
        form.section = Section::Value;
        form.search = Field::default();
        form.metric = 0;
        if !same {
            // A value and levers were meant for the other metric.
            form.aim = aim;
            form.value = Field::default();
            form.chosen.clear();
            form.lever = 0;
        }
    }
    Vec::new()
}

pub(in crate::app) fn can_enter(state: &State) -> Enabled {
    let Some(form) = form(state) else {
        return Ok(());
    };
    if form.section == Section::Metric {
        return match metric_choices(state, &form.search.text).get(form.metric) {
            Some(_) => Ok(()),
            None => Err(["没有符合的指标", "no metric matches"]),
        };
    }
    if state.seek.quest.is_none() {
        return Err([
            "先输入目标值并选择杠杆",
            "type a value and choose a lever first",
        ]);
    }
    let empty = state
        .seek
        .found
        .as_ref()
        .is_some_and(|f| f.reached.is_empty());
    if !state.seek.pending && empty {
        return Err([
            "目标无法达到：换一个目标值，或多选杠杆",
            "the goal is out of reach: want less, or choose more levers",
        ]);
    }
    Ok(())
}

/// Takes the way under the cursor into the open scenario; one that is still being found is taken
/// when it is there.
fn take(state: &mut State) -> Vec<Effect> {
    if state.seek.pending {
        if let Some(form) = form_mut(state) {
            form.taking = true;
        }
        return Vec::new();
    }
    let (Some(form), Some(quest), Some(found)) =
        (form(state), &state.seek.quest, &state.seek.found)
    else {
        return Vec::new();
    };
    let Some(way) = found.reached.get(form.plan) else {
        return Vec::new();
    };
    let whole = quest.after(state.scenario(), &way.plan);
    state.overlay = None;
    let effects = scenario::change(state, whole);
    tell(
        state,
        "已采用方案，按 {undo} 撤销",
        "the plan is in the scenario; {undo} takes it back",
    );
    effects
}

// -- asking ---------------------------------------------------------------------------------------

/// An answer is there; one to an older question is dropped.
pub(super) fn found(state: &mut State, generation: u64, found: Arc<Found>) -> Vec<Effect> {
    if generation != state.seek.generation || state.seek.quest.is_none() {
        return Vec::new();
    }
    let rows = found.reached.len();
    state.seek.found = Some(found);
    state.seek.pending = false;
    let Some(form) = form_mut(state) else {
        return Vec::new();
    };
    form.plan = form.plan.min(rows.saturating_sub(1));
    if std::mem::take(&mut form.taking) {
        return match can_enter(state) {
            Ok(()) => take(state),
            Err([zh, en]) => {
                tell(state, zh, en);
                Vec::new()
            }
        };
    }
    Vec::new()
}

/// Asks again where the form, the scenario or the board has changed.
pub(super) fn refresh(state: &mut State) -> Vec<Effect> {
    let Some(form) = form(state).cloned() else {
        return forget(state);
    };
    let held = state.seek.ground.as_ref();
    if !held.is_some_and(|g| g.holds(state, &form.aim)) {
        state.seek.ground = Ground::new(state, &form.aim).map(Arc::new);
        offer(state);
    }
    let Some(form) = self::form(state) else {
        return Vec::new();
    };
    let quest = state.seek.ground.as_ref().and_then(|g| g.quest(form));
    if quest.as_ref() == state.seek.quest.as_deref() {
        return Vec::new();
    }
    ask(state, quest.map(Arc::new))
}

fn ask(state: &mut State, quest: Option<Arc<Quest>>) -> Vec<Effect> {
    let seek = &mut state.seek;
    seek.generation += 1;
    seek.quest.clone_from(&quest);
    seek.pending = quest.is_some();
    if quest.is_none() {
        seek.found = None;
    }
    let generation = seek.generation;
    if let Some(form) = form_mut(state) {
        form.taking = false;
        form.plan = 0;
    }
    // Without a question there is nothing to do, but what is being done can be left.
    vec![Effect::Seek(generation, quest)]
}

/// Nobody asks any more.
fn forget(state: &mut State) -> Vec<Effect> {
    let asked = state.seek.quest.is_some();
    if state.seek.ground.is_none() && !asked {
        return Vec::new();
    }
    let generation = state.seek.generation + 1;
    state.seek = Seeking {
        generation,
        ..Seeking::default()
    };
    if asked {
        vec![Effect::Seek(generation, None)]
    } else {
        Vec::new()
    }
}

/// Where no lever is chosen (or those that were are gone) the strongest is.
fn offer(state: &mut State) {
    let Some(ground) = state.seek.ground.clone() else {
        return;
    };
    let Some(form) = form_mut(state) else { return };
    form.chosen
        .retain(|id| ground.levers.iter().any(|l| l.id() == *id));
    form.lever = form.lever.min(ground.levers.len().saturating_sub(1));
    if let (true, Some(strongest)) = (form.chosen.is_empty(), ground.strongest()) {
        let id = strongest.id();
        form.lever = ground.levers.iter().position(|l| l.id() == id).unwrap_or(0);
        form.chosen.push(id);
    }
}
