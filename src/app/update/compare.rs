//! Keys of what the numbers are compared with.

use super::beside;
use super::{cursor, date, tell};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::compare::{Choice, Compare, rows};
use crate::app::state::{Overlay, Pane, State};
use crate::metrics::Day;

/// Opens the list, with the cursor on what holds now.
pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    let form = Compare::default();
    let now = Choice::Day(state.against);
    let row = rows(state, &form).iter().position(|c| *c == now);
    let row = row.unwrap_or(0);
    state.overlay = Some(Overlay::Compare(Compare { row, ..form }));
    Vec::new()
}

pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}

fn form(state: &State) -> Option<&Compare> {
    match &state.overlay {
        Some(Overlay::Compare(form)) => Some(form),
        _ => None,
    }
}

/// The row under the cursor.
pub(in crate::app) fn chosen(state: &State) -> Option<Choice> {
    let form = form(state)?;
    rows(state, form).into_iter().nth(form.row)
}

/// The day that a row stands for.
fn day_of(state: &State, choice: &Choice) -> Option<Day> {
    match choice {
        Choice::Day(against) => Some(against.resolve(state.as_of)),
        _ => None,
    }
}

/// Whether the row under the cursor can be taken.
pub fn can_take(state: &State) -> Enabled {
    let Some(choice) = chosen(state) else {
        return Err(["没有这样的一行", "there is no such row"]);
    };
    match day_of(state, &choice) {
        Some(day) if day == state.as_of => Err(["就是截至日本身", "this is the as-of day itself"]),
        Some(day) if !date::is_covered(state, day) => {
            Err(["这一天没有数据", "the data does not cover this day"])
        }
        _ => Ok(()),
    }
}

/// Whether the row under the cursor can stand beside the pane.
pub(in crate::app) fn can_beside(state: &State) -> Enabled {
    can_take(state)?;
    match chosen(state) {
        Some(Choice::Single) => Err(["这一行只用 Enter", "only Enter takes this row"]),
        _ => Ok(()),
    }
}

/// A day becomes the comparison; everything else stands beside the pane.
pub(in crate::app) fn take(state: &mut State) -> Vec<Effect> {
    match chosen(state) {
        Some(Choice::Day(against)) => {
            state.overlay = None;
            state.against = against;
            let day = against.resolve(state.as_of);
            tell(
                state,
                format!("数字与 {day} 对比"),
                format!("numbers are compared with {day}"),
            );
        }
        Some(Choice::Single) => {
            state.overlay = None;
            beside::off(state);
        }
        _ => return beside_it(state),
    }
    Vec::new()
}

/// Puts what the row says beside the pane.
pub(in crate::app) fn beside_it(state: &mut State) -> Vec<Effect> {
    let Some(choice) = chosen(state) else {
        return Vec::new();
    };
    let Some(other) = choice.other(state) else {
        return Vec::new();
    };
    state.overlay = None;
    if let Choice::Pair(left, _) = choice {
        show_left(state, left);
    }
    beside::put(state, other);
    Vec::new()
}

fn show_left(state: &mut State, pane: Pane) {
    if state.pane != pane {
        super::pane::show(state, pane);
    }
}

fn step(state: &mut State, by: isize) -> Vec<Effect> {
    let count = form(state).map_or(0, |form| rows(state, form).len());
    if let Some(Overlay::Compare(form)) = &mut state.overlay {
        form.row = cursor::moved(form.row, by, count);
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
