//! Zoom and presenter.

use super::pane;
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::layout::Frame;
use crate::app::state::State;

fn toggle(state: &mut State, frame: Frame) -> Vec<Effect> {
    let layout = &mut state.layout;
    layout.frame = if layout.frame == frame {
        Frame::Whole
    } else {
        frame
    };
    Vec::new()
}

pub(in crate::app) fn zoom(state: &mut State) -> Vec<Effect> {
    toggle(state, Frame::Zoomed)
}

pub(in crate::app) fn presenter(state: &mut State) -> Vec<Effect> {
    toggle(state, Frame::Presenter)
}

pub(in crate::app) fn can_zoom(state: &State) -> Enabled {
    match &state.board {
        Some(_) => Ok(()),
        None => Err(["还没有数字", "there are no numbers yet"]),
    }
}

/// Back to the whole frame; gives whether there was anything to leave.
pub(super) fn leave(state: &mut State) -> bool {
    std::mem::take(&mut state.layout.frame) != Frame::Whole
}

pub(in crate::app) fn next(state: &mut State) -> Vec<Effect> {
    pane::next(state)
}

pub(in crate::app) fn previous(state: &mut State) -> Vec<Effect> {
    pane::previous(state)
}
