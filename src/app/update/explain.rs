//! Keys of what a number is: open and close, another number, its explanation up and down, and where
//! it lives.

use super::{cursor, history};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::explain::{self, Explain, Subject};
use crate::app::gmv::{self, Half};
use crate::app::order;
use crate::app::state::{Overlay, Pane, State};
use crate::app::why::WhyView;

/// Lines that one key scrolls the explanation.
const SCROLL: isize = 4;
/// Lines of an explanation at most.
const LINES: usize = 400;

pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    let open = matches!(state.overlay, Some(Overlay::Explain(_)));
    state.overlay = (!open).then(|| Overlay::Explain(Explain::default()));
    Vec::new()
}

pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}

pub(in crate::app) fn has_numbers(state: &State) -> Enabled {
    if state.board.is_none() {
        return Err(["还没有数字", "there are no numbers yet"]);
    }
    if explain::subjects(state).is_empty() {
        return Err(["这个看板没有数字", "this pane shows no number"]);
    }
    Ok(())
}

fn step(state: &mut State, by: isize) -> Vec<Effect> {
    let subjects = explain::subjects(state);
    let Some(Overlay::Explain(form)) = &state.overlay else {
        return Vec::new();
    };
    let row = explain::row(state, form, &subjects);
    state.overlay = Some(Overlay::Explain(Explain {
        row: Some(cursor::moved(row, by, subjects.len())),
        top: 0,
    }));
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

pub(in crate::app) fn first(state: &mut State) -> Vec<Effect> {
    step(state, isize::MIN)
}

pub(in crate::app) fn last(state: &mut State) -> Vec<Effect> {
    step(state, isize::MAX)
}

fn scroll(state: &mut State, by: isize) -> Vec<Effect> {
    if let Some(Overlay::Explain(form)) = &mut state.overlay {
        form.top = cursor::moved(form.top, by, LINES);
    }
    Vec::new()
}

pub(in crate::app) fn more(state: &mut State) -> Vec<Effect> {
    scroll(state, SCROLL)
}

pub(in crate::app) fn less(state: &mut State) -> Vec<Effect> {
    scroll(state, -SCROLL)
}

/// The number that is explained.
fn chosen(state: &State) -> Option<Subject> {
    let Some(Overlay::Explain(form)) = &state.overlay else {
        return None;
    };
    let subjects = explain::subjects(state);
    let row = explain::row(state, form, &subjects);
    subjects.get(row).copied()
}

pub(in crate::app) fn has_home(state: &State) -> Enabled {
    match chosen(state) {
        Some(_) => Ok(()),
        None => Err(["没有选中的数字", "no number is chosen"]),
    }
}

/// To the pane that tells most about the number; its crowd is open there. Esc comes back.
pub(in crate::app) fn go(state: &mut State) -> Vec<Effect> {
    let Some(subject) = chosen(state) else {
        return Vec::new();
    };
    let (home, crowd) = explain::home(subject);
    let pane = home.unwrap_or(state.pane);
    history::deepen(state);
    state.overlay = None;
    if let Subject::Figure { brand, .. } = subject {
        state.brand = brand;
    }
    state.pane = pane;
    if pane == Pane::Crowds {
        state.open_crowd = crowd;
        let order = order::crowd_order(state);
        let row = crowd.and_then(|at| order.iter().position(|k| *k == at));
        state.cursors[Pane::Crowds as usize].row = row.unwrap_or(0);
    }
    to_row(state, subject);
    Vec::new()
}

/// The cursor of the pane goes to the number.
fn to_row(state: &mut State, subject: Subject) {
    match subject {
        Subject::Target(spot) => {
            let row = gmv::tree_rows(state).iter().position(|s| *s == spot);
            if let (Some(row), Half::Tree) = (row, gmv::half(state)) {
                state.cursors[Pane::Gmv as usize].row = row;
            }
        }
        Subject::Layer(layer, _) => {
            let row = gmv::layer_rows(state).iter().position(|r| r.layer == layer);
            if let (Some(row), Half::Double11) = (row, gmv::half(state)) {
                state.cursors[Pane::Gmv as usize].row = row;
            }
        }
        Subject::Step(row) => {
            state.why.view = WhyView::Waterfall;
            state.why.row = row;
        }
        Subject::Turn(row) => {
            state.why.view = WhyView::Tornado;
            state.why.lever = row;
        }
        Subject::Estimate(week, _) => state.outlook.row = week,
        _ => {}
    }
}
