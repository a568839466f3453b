//! Keys of the definitions: every change is in the numbers at once.

use super::{cursor, load, tell};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::definitions::{DefinitionsForm, allowed, step};
use crate::app::state::{Field, Notice, Overlay, Phase, State};
use crate::metrics::definitions::{DEFINITIONS, Definition};

pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    open_at(state, 0);
    Vec::new()
}

/// Opens the list with the cursor on a definition.
pub(super) fn open_at(state: &mut State, row: usize) {
    let field = Field::default();
    state.overlay = Some(Overlay::Definitions(DefinitionsForm { row, field }));
}

pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}

fn form(state: &mut State) -> Option<&mut DefinitionsForm> {
    match &mut state.overlay {
        Some(Overlay::Definitions(form)) => Some(form),
        _ => None,
    }
}

/// The definition under the cursor, and what is typed.
fn chosen(state: &State) -> Option<(&'static Definition, &str)> {
    match &state.overlay {
        Some(Overlay::Definitions(form)) => Some((form.under(), form.field.text.trim())),
        _ => None,
    }
}

/// Takes what is typed; where nothing is, the next value of those that there are.
pub(in crate::app) fn take(state: &mut State) -> Vec<Effect> {
    let Some((definition, typed)) = chosen(state) else {
        return Vec::new();
    };
    if typed.is_empty() {
        return by(state, 1);
    }
    let typed = typed.to_owned();
    set(state, definition, &typed);
    Vec::new()
}

pub(in crate::app) fn more(state: &mut State) -> Vec<Effect> {
    by(state, 1)
}

pub(in crate::app) fn less(state: &mut State) -> Vec<Effect> {
    by(state, -1)
}

pub(in crate::app) fn can_step(state: &State) -> Enabled {
    let next = chosen(state).and_then(|(d, _)| step(d.kind, state.definitions.text(d.id), 1));
    match next {
        Some(_) => Ok(()),
        None => Err(["列表要输入，逗号分隔", "a list is typed, with commas"]),
    }
}

fn by(state: &mut State, by: i32) -> Vec<Effect> {
    if let Some((definition, _)) = chosen(state) {
        match step(definition.kind, state.definitions.text(definition.id), by) {
            Some(next) => set(state, definition, &next),
            None => refuse(state, definition, ""),
        }
    }
    Vec::new()
}

/// Back to what the data set says, or the default.
pub(in crate::app) fn reset(state: &mut State) -> Vec<Effect> {
    if let Some((definition, _)) = chosen(state) {
        let own = state.dataset().map(|d| d.definitions.text(definition.id));
        let own = own.unwrap_or(definition.default).to_owned();
        set(state, definition, &own);
    }
    Vec::new()
}

pub(in crate::app) fn can_reset(state: &State) -> Enabled {
    let id = chosen(state).map(|(d, _)| d.id);
    if state
        .wanted
        .definitions
        .iter()
        .any(|(own, _)| Some(own.as_str()) == id)
    {
        Ok(())
    } else {
        Err(["没有改动", "it was not changed"])
    }
}

/// Sets a definition over those of the data set; what the data set says itself is no change.
fn set(state: &mut State, definition: &Definition, text: &str) {
    let id = definition.id;
    let mut definitions = state.definitions.clone();
    if definitions.set(id, text).is_err() {
        refuse(state, definition, text);
        return;
    }
    let Phase::Ready(engine) = state.phase.clone() else {
        return;
    };
    let own = &engine.dataset().definitions;
    let wanted = &mut state.wanted.definitions;
    wanted.retain(|(other, _)| other != id);
    if own.text(id) != definitions.text(id) {
        wanted.push((id.to_owned(), definitions.text(id).to_owned()));
        let place = |id: &str| DEFINITIONS.iter().position(|d| d.id == id);
        wanted.sort_by_key(|(id, _)| place(id));
    }
    load::define(state, &engine);
    if let Some(form) = form(state) {
        form.field = Field::default();
    }
}

fn refuse(state: &mut State, definition: &Definition, text: &str) {
    let [zh, en] = allowed(definition.kind);
    let id = definition.id;
    if text.is_empty() {
        tell(
            state,
            format!("{id} 要输入：{zh}"),
            format!("type {id}: {en}"),
        );
        return;
    }
    state.notice = Some(Notice {
        zh: format!("{id} 应为{zh}，写的是 `{text}`"),
        en: format!("{id} must be {en}, not `{text}`"),
        error: true,
    });
}

fn walk(state: &mut State, by: isize) -> Vec<Effect> {
    if let Some(form) = form(state) {
        form.row = cursor::moved(form.row, by, DEFINITIONS.len());
        form.field = Field::default();
    }
    Vec::new()
}

pub(in crate::app) fn down(state: &mut State) -> Vec<Effect> {
    walk(state, 1)
}

pub(in crate::app) fn up(state: &mut State) -> Vec<Effect> {
    walk(state, -1)
}

pub(in crate::app) fn page_down(state: &mut State) -> Vec<Effect> {
    walk(state, cursor::page(state))
}

pub(in crate::app) fn page_up(state: &mut State) -> Vec<Effect> {
    walk(state, -cursor::page(state))
}
