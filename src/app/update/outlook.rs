//! The outlook pane: how far ahead, from how many weeks, and what follows from it.
//!
//! What the weeks tell comes with the board; everything here is a function of that, so levers and
//! the day ahead cost no count.

use std::sync::Arc;

use super::{cursor, tell};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::state::{Found, OBSERVED, Pane, State};
use crate::metrics::Day;
use crate::metrics::calendar::{next_event, previous_event};
use crate::scenario::Scenario;

/// The furthest day ahead, days after as-of.
const FURTHEST: i32 = 52 * 7;

/// The day that the pane looks ahead to: the chosen one while it lies ahead, else the next event.
fn until(state: &State) -> Day {
    let chosen = state.outlook.until.filter(|d| lies_ahead(state, *d));
    let next = || next_event(state.as_of).map(|e| e.day);
    chosen
        .or_else(next)
        .unwrap_or_else(|| state.as_of.plus(FURTHEST))
}

fn lies_ahead(state: &State, day: Day) -> bool {
    day > state.as_of && day <= state.as_of.plus(FURTHEST)
}

/// Looks ahead to a day, unless it has passed or lies too far away.
fn look_to(state: &mut State, day: Option<Day>) -> Vec<Effect> {
    match day {
        Some(day) if lies_ahead(state, day) => state.outlook.until = Some(day),
        Some(day) if day <= state.as_of => tell(
            state,
            "推算从截至日之后开始",
            "the outlook begins after the as-of day",
        ),
        _ => tell(state, "最多推算 52 周", "52 weeks ahead at most"),
    }
    Vec::new()
}

pub(in crate::app) fn next(state: &mut State) -> Vec<Effect> {
    let next = next_event(until(state)).map(|e| e.day);
    look_to(state, next)
}

pub(in crate::app) fn previous(state: &mut State) -> Vec<Effect> {
    let previous = previous_event(until(state)).map(|e| e.day);
    look_to(state, previous)
}

pub(in crate::app) fn further(state: &mut State) -> Vec<Effect> {
    let day = until(state).plus(7);
    look_to(state, Some(day))
}

pub(in crate::app) fn nearer(state: &mut State) -> Vec<Effect> {
    let day = until(state).plus(-7);
    look_to(state, Some(day))
}

/// Takes the rates from another number of weeks.
pub(in crate::app) fn observe(state: &mut State) -> Vec<Effect> {
    let at = OBSERVED.iter().position(|n| *n == state.outlook.observed);
    let next = at.map_or(0, |at| (at + 1) % OBSERVED.len());
    state.outlook.observed = OBSERVED[next];
    Vec::new()
}

fn scroll(state: &mut State, by: isize) -> Vec<Effect> {
    let weeks = state.outlook.found.as_ref().map_or(0, |f| f.plain.len());
    state.outlook.row = cursor::moved(state.outlook.row, by, weeks);
    Vec::new()
}

pub(in crate::app) fn down(state: &mut State) -> Vec<Effect> {
    scroll(state, 1)
}

pub(in crate::app) fn up(state: &mut State) -> Vec<Effect> {
    scroll(state, -1)
}

pub(in crate::app) fn first(state: &mut State) -> Vec<Effect> {
    scroll(state, isize::MIN)
}

pub(in crate::app) fn last(state: &mut State) -> Vec<Effect> {
    scroll(state, isize::MAX)
}

/// Whether there is a projection to look at.
pub(in crate::app) fn can_look(state: &State) -> Enabled {
    let found = state.outlook.found.as_ref();
    match found.and_then(|f| f.projection.as_ref()) {
        Some(_) => Ok(()),
        None => Err(["没有可以推算的流转", "there is no flow to project from"]),
    }
}

/// Projects again where what it follows from has changed; the path without a scenario is kept while
/// only levers move.
pub(super) fn refresh(state: &mut State) {
    if state.pane != Pane::Outlook {
        return;
    }
    let Some(ahead) = state.plain.as_ref().and_then(|b| b.ahead.clone()) else {
        return;
    };
    let (until, scenario) = (until(state), state.scenario());
    let same = |f: &&Arc<Found>| Arc::ptr_eq(&f.ahead, &ahead) && f.until == until;
    let old = state.outlook.found.as_ref().filter(same);
    if old.is_some_and(|f| f.scenario == *scenario) {
        return;
    }
    let past = ahead.past.as_ref();
    let plain = match (old, past) {
        (Some(old), _) => old.plain.clone(),
        (None, Some(past)) => past.path(&Scenario::default(), until),
        (None, None) => Vec::new(),
    };
    let projection = past.map(|past| past.beside(scenario, until, plain.clone()));
    let found = Found {
        until,
        scenario: scenario.clone(),
        projection,
        plain,
        ahead: Arc::clone(&ahead),
    };
    let weeks = found.plain.len();
    state.outlook.found = Some(Arc::new(found));
    state.outlook.row = state.outlook.row.min(weeks.saturating_sub(1));
}
