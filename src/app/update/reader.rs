//! The overlays that are only read: help and problems of the data set.

use super::cursor;
use crate::app::action::Effect;
use crate::app::command::COMMANDS;
use crate::app::state::{Overlay, Phase, State};

pub(in crate::app) fn help(state: &mut State) -> Vec<Effect> {
    let open = matches!(state.overlay, Some(Overlay::Help(_)));
    state.overlay = (!open).then_some(Overlay::Help(0));
    Vec::new()
}

pub(in crate::app) fn problems(state: &mut State) -> Vec<Effect> {
    let open = matches!(state.overlay, Some(Overlay::Problems(_)));
    state.overlay = (!open).then_some(Overlay::Problems(0));
    Vec::new()
}

pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}

/// Lines that the open overlay can be scrolled through.
fn lines(state: &State) -> usize {
    match (&state.overlay, &state.phase) {
        (Some(Overlay::Help(_)), _) => COMMANDS.len(),
        (Some(Overlay::Problems(_)), Phase::Ready(engine)) => engine.dataset().problems.len(),
        _ => 0,
    }
}

fn scroll(state: &mut State, by: isize) -> Vec<Effect> {
    let lines = lines(state);
    if let Some(Overlay::Help(top) | Overlay::Problems(top)) = &mut state.overlay {
        *top = cursor::moved(*top, by, lines);
    }
    Vec::new()
}

pub(in crate::app) fn down(state: &mut State) -> Vec<Effect> {
    scroll(state, 1)
}

pub(in crate::app) fn up(state: &mut State) -> Vec<Effect> {
    scroll(state, -1)
}

pub(in crate::app) fn page_down(state: &mut State) -> Vec<Effect> {
    scroll(state, cursor::page(state))
}

pub(in crate::app) fn page_up(state: &mut State) -> Vec<Effect> {
    scroll(state, -cursor::page(state))
}

pub(in crate::app) fn first(state: &mut State) -> Vec<Effect> {
    scroll(state, isize::MIN)
}

pub(in crate::app) fn last(state: &mut State) -> Vec<Effect> {
    scroll(state, isize::MAX)
}
