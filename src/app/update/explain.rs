//! Keys of what a number is: name, formula, parts, windows and where it comes from.

use crate::app::action::Effect;
use crate::app::state::State;

pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}
