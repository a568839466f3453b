//! Language, theme, suspending and leaving.

use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::look::{Answer, ThemeName, contrast};
use crate::app::state::{Language, Notice, State};

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
    paint(state, 1)
}

pub(in crate::app) fn theme_before(state: &mut State) -> Vec<Effect> {
    paint(state, -1)
}

fn paint(state: &mut State, steps: isize) -> Vec<Effect> {
    state.look.follows = false;
    state.theme = state.look.theme_after(state.theme, steps);
    let [zh, en] = state.theme.title();
    state.notice = Some(Notice {
        zh: format!("主题：{zh}"),
        en: format!("theme: {en}"),
        error: false,
    });
    Vec::new()
}

/// What the terminal said: a theme that follows it changes between dark and light.
pub(super) fn answered(state: &mut State, answer: Answer) {
    match answer {
        Answer::Ambiguous(width) => state.look.ambiguous = width,
        Answer::Ground(ground) if state.look.follows && !state.look.is_colourless() => {
            let light = contrast(ground, 0) > contrast(ground, 0x00ff_ffff);
            state.theme = if light {
                ThemeName::Light
            } else {
                ThemeName::Dark
            };
        }
        Answer::Ground(_) => {}
    }
}

pub(in crate::app) fn can_theme(state: &State) -> Enabled {
    if state.look.is_colourless() {
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
