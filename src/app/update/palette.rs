//! Keys of the palette: one field that finds everything by name.

use crate::app::action::Effect;
use crate::app::state::State;

pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}
