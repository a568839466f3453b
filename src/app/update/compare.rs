//! Keys of what the numbers are compared with.

use crate::app::action::Effect;
use crate::app::state::State;

pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}
