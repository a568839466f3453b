//! Keys of the columns of a table: which are shown, in which order.

use crate::app::action::Effect;
use crate::app::state::State;

pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}
