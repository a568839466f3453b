//! The drawer: levers are stepped, typed and put back, and the numbers behind follow.

use super::{cursor, scenario};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::levers::{LeverRow, lever_rows, stepped, typed, without};
use crate::app::state::{Drawer, Field, Overlay, Pane, State};
use crate::scenario::{Change, Item, Scenario};

fn drawer(state: &mut State) -> Option<&mut Drawer> {
    match &mut state.overlay {
        Some(Overlay::Levers(drawer)) => Some(drawer),
        _ => None,
    }
}

/// The lever under the cursor.
pub(super) fn chosen(state: &State) -> Option<LeverRow> {
    let Some(Overlay::Levers(drawer)) = &state.overlay else {
        return None;
    };
    lever_rows(state).into_iter().nth(drawer.row)
}

pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    let row = first_row(state);
    state.overlay = Some(Overlay::Levers(Drawer { row, entry: None }));
    Vec::new()
}

/// The row where the drawer opens: in the crowds pane that of the crowd under the cursor, in the GMV
/// workbench that of the figure under the cursor.
pub(super) fn first_row(state: &State) -> usize {
    if state.pane == Pane::Gmv {
        return super::gmv::lever_row(state);
    }
    let under = super::crowd::under_cursor(state).filter(|_| state.pane == Pane::Crowds);
    let crowd = under.and_then(|c| state.dataset()?.crowds.get(c));
    let Some(id) = crowd.map(|c| Item::One(c.id.clone())) else {
        return 0;
    };
    let rows = lever_rows(state);
    rows.iter()
        .position(|r| r.item == id && r.lever.id == "crowd.penetration")
        .unwrap_or(0)
}

pub(in crate::app) fn can_open(state: &State) -> Enabled {
    if lever_rows(state).is_empty() {
        Err([
            "这里没有可调的杠杆",
            "there is no lever for what is shown here",
        ])
    } else {
        Ok(())
    }
}

pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}

fn go(state: &mut State, by: isize) -> Vec<Effect> {
    let rows = lever_rows(state).len();
    if let Some(drawer) = drawer(state) {
        drawer.row = cursor::moved(drawer.row, by, rows);
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

/// Whether the lever under the cursor has a value to step from.
pub(in crate::app) fn can_step(state: &State) -> Enabled {
    match chosen(state) {
        Some(row) if row.now.is_some() => Ok(()),
        _ => Err([
            "没有当前值，按 {lever-type} 输入",
            "there is no value to step from; press {lever-type} and type one",
        ]),
    }
}

fn step(state: &mut State, steps: f64) -> Vec<Effect> {
    let next = chosen(state).and_then(|row| stepped(state.scenario(), &row, steps));
    next.map_or_else(Vec::new, |next| scenario::change(state, next))
}

pub(in crate::app) fn more(state: &mut State) -> Vec<Effect> {
    step(state, 1.0)
}

pub(in crate::app) fn less(state: &mut State) -> Vec<Effect> {
    step(state, -1.0)
}

pub(in crate::app) fn reset(state: &mut State) -> Vec<Effect> {
    let next = chosen(state).map(|row| without(state.scenario(), &row));
    next.map_or_else(Vec::new, |next| scenario::change(state, next))
}

pub(in crate::app) fn can_reset(state: &State) -> Enabled {
    match chosen(state) {
        Some(row) if row.is_changed(state.scenario()) => Ok(()),
        _ => Err(["这个杠杆没有改动", "this lever is where it was"]),
    }
}

pub(in crate::app) fn reset_all(state: &mut State) -> Vec<Effect> {
    scenario::change(state, Scenario::default())
}

pub(in crate::app) fn can_reset_all(state: &State) -> Enabled {
    if state.scenario().is_empty() {
        Err(["没有任何改动", "nothing is changed"])
    } else {
        Ok(())
    }
}

/// Begins to type a value.
pub(in crate::app) fn enter(state: &mut State) -> Vec<Effect> {
    if let Some(drawer) = drawer(state) {
        drawer.entry = Some(Field::default());
    }
    Vec::new()
}

pub(in crate::app) fn leave(state: &mut State) -> Vec<Effect> {
    if let Some(drawer) = drawer(state) {
        drawer.entry = None;
    }
    Vec::new()
}

/// Takes the value that was typed. One that cannot be read stays in the field, and what would be
/// accepted is told.
pub(in crate::app) fn accept(state: &mut State) -> Vec<Effect> {
    let Some(row) = chosen(state) else {
        return leave(state);
    };
    let Some(text) = drawer(state).and_then(|d| d.entry.clone()).map(|e| e.text) else {
        return Vec::new();
    };
    if text.trim().is_empty() {
        return leave(state);
    }
    match Change::typed(row.lever, &row.item, &text) {
        Ok(change) => {
            leave(state);
            let next = typed(state.scenario(), &row, &change);
            scenario::change(state, next)
        }
        Err(refused) => {
            let expected = refused.expected;
            super::tell(
                state,
                format!("无法读取“{text}”：可以输入 25%、1.2亿、*1.1、+2pp"),
                format!("cannot read `{text}`: expected {expected}"),
            );
            Vec::new()
        }
    }
}
