//! Going from pane to pane, and back one level.

use super::{beside, history, layout, levers, load, review, why};
use crate::app::action::Effect;
use crate::app::layout::Frame;
use crate::app::state::{Overlay, Pane, State};

/// Shows a pane; what lay over the old one goes away, but the drawer: it has other levers now.
pub(super) fn show(state: &mut State, pane: Pane) {
    let drawer = matches!(state.overlay, Some(Overlay::Levers(_)));
    state.overlay = None;
    state.open_crowd = None;
    state.deeper.clear();
    state.pane = pane;
    if drawer && levers::can_open(state).is_ok() {
        levers::open(state);
    }
}

fn showing(state: &mut State, pane: Pane) -> Vec<Effect> {
    show(state, pane);
    Vec::new()
}

pub(in crate::app) fn brands(state: &mut State) -> Vec<Effect> {
    showing(state, Pane::Brands)
}

pub(in crate::app) fn fast(state: &mut State) -> Vec<Effect> {
    showing(state, Pane::Fast)
}

pub(in crate::app) fn fast_plus(state: &mut State) -> Vec<Effect> {
    showing(state, Pane::FastPlus)
}

pub(in crate::app) fn crowds(state: &mut State) -> Vec<Effect> {
    showing(state, Pane::Crowds)
}

pub(in crate::app) fn aipl(state: &mut State) -> Vec<Effect> {
    showing(state, Pane::Aipl)
}

pub(in crate::app) fn gmv(state: &mut State) -> Vec<Effect> {
    showing(state, Pane::Gmv)
}

pub(in crate::app) fn scenarios(state: &mut State) -> Vec<Effect> {
    showing(state, Pane::Scenarios)
}

pub(in crate::app) fn why(state: &mut State) -> Vec<Effect> {
    showing(state, Pane::Why)
}

pub(in crate::app) fn outlook(state: &mut State) -> Vec<Effect> {
    showing(state, Pane::Outlook)
}

pub(in crate::app) fn next(state: &mut State) -> Vec<Effect> {
    showing(state, turned(state.pane, 1))
}

pub(in crate::app) fn previous(state: &mut State) -> Vec<Effect> {
    showing(state, turned(state.pane, Pane::ALL.len() - 1))
}

fn turned(pane: Pane, by: usize) -> Pane {
    Pane::ALL[(pane as usize + by) % Pane::ALL.len()]
}

/// Back one level: a running load or review, zoom or presenter, the unknown of the target tree, the card of a crowd, what was
/// opened in the waterfall, the place from which the user went deeper, the filter of the
/// brands, the right half.
pub(in crate::app) fn back(state: &mut State) -> Vec<Effect> {
    if state.loading.is_some() {
        return load::cancel(state);
    }
    if state.reviewing.is_some() {
        return review::cancel(state);
    }
    if layout::leave(state) {
        return Vec::new();
    }
    if has_unknown(state) {
        state.gmv.unknown = None;
        return Vec::new();
    }
    if state.pane == Pane::Why && why::close(state) || history::rise(state) {
        return Vec::new();
    }
    if state.open_crowd.take().is_some() {
        return Vec::new();
    }
    if state.pane == Pane::Brands && !state.brand_filter.is_empty() {
        super::cursor::keep_item(state, |state| state.brand_filter.clear());
    } else {
        beside::off(state);
    }
    Vec::new()
}

/// Whether a target of the workbench is solved for.
fn has_unknown(state: &State) -> bool {
    state.pane == Pane::Gmv && state.gmv.unknown.is_some()
}

/// Whether Esc in the pane would do anything.
pub(in crate::app) fn can_back(state: &State) -> crate::app::command::Enabled {
    let deeper = state.loading.is_some()
        || state.reviewing.is_some()
        || state.layout.frame != Frame::Whole
        || state.layout.beside.on
        || state.open_crowd.is_some()
        || has_unknown(state)
        || (state.pane == Pane::Why && state.why.opened.is_some())
        || !state.deeper.is_empty()
        || (state.pane == Pane::Brands && !state.brand_filter.is_empty());
    if deeper {
        Ok(())
    } else {
        Err([
            "已在最上层，{quit} 退出",
            "this is the top level; {quit} quits",
        ])
    }
}
