//! Language, theme, suspending and leaving.

use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::state::{Language, State, ThemeName};

/// The command of a row that says nothing else; no row keeps it.
pub(in crate::app) fn nothing(_: &mut State) -> Vec<Effect> {
    Vec::new()
}

pub(in crate::app) fn language(state: &mut State) -> Vec<Effect> {
    super::cursor::keep_item(state, |state| {
        state.language = match state.language {
            Language::Zh => Language::En,
            Language::En => Language::Zh,
        };
    });
    Vec::new()
}

pub(in crate::app) fn theme(state: &mut State) -> Vec<Effect> {
    state.theme = match state.theme {
        ThemeName::Dark => ThemeName::Light,
        ThemeName::Light => ThemeName::Mono,
        ThemeName::Mono => ThemeName::Dark,
    };
    Vec::new()
}

pub(in crate::app) fn can_theme(state: &State) -> Enabled {
    if state.no_color {
        Err(["NO_COLOR 已设置，只用单色", "NO_COLOR is set: mono only"])
    } else {
        Ok(())
    }
}

pub(in crate::app) fn suspend(_: &mut State) -> Vec<Effect> {
    vec![Effect::Suspend]
}

pub(in crate::app) fn quit(state: &mut State) -> Vec<Effect> {
    state.quitting = true;
    let mut effects = super::history::keep_last(state);
    effects.push(Effect::Quit);
    effects
}
