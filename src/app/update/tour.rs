//! Keys of the tour of the first run: a step on, a step back; any other key leaves it and does what
//! it always does.

use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::key::Key;
use crate::app::keymap::{self, Heard};
use crate::app::state::{Overlay, State};
use crate::app::tour::{STEPS, Tour};

pub(in crate::app) fn can_open(state: &State) -> Enabled {
    match &state.overlay {
        Some(Overlay::Problems(_)) => Err(["导览在帮助中打开", "the tour is opened in the help"]),
        _ => Ok(()),
    }
}

pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    state.overlay = Some(Overlay::Tour(Tour::default()));
    Vec::new()
}

pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}

/// The next step; after the last one the tour is over.
pub(in crate::app) fn next(state: &mut State) -> Vec<Effect> {
    match &mut state.overlay {
        Some(Overlay::Tour(tour)) if tour.step + 1 < STEPS.len() => tour.step += 1,
        _ => return close(state),
    }
    Vec::new()
}

pub(in crate::app) fn previous(state: &mut State) -> Vec<Effect> {
    if let Some(Overlay::Tour(tour)) = &mut state.overlay {
        tour.step = tour.step.saturating_sub(1);
    }
    Vec::new()
}

pub(in crate::app) fn has_previous(state: &State) -> Enabled {
    match &state.overlay {
        Some(Overlay::Tour(Tour { step: 1.. })) => Ok(()),
        _ => Err(["这是第一步", "this is the first step"]),
    }
}

/// Makes way for a key that is not of the tour.
pub(super) fn step_aside(state: &mut State, key: Key) {
    let open = matches!(state.overlay, Some(Overlay::Tour(_)));
    if open && matches!(keymap::heard(state, key), Heard::Nothing) {
        state.overlay = None;
    }
}
