//! State → text of the tour of the first run.

use super::text::{self, pick};
use crate::app::tour::{STEPS, Step, Tour};
use crate::app::{Command, State};

/// What is shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TourModel {
    /// Title, with what the step is about.
    pub title: String,
    /// Which step of how many.
    pub place: String,
    /// What there is to know.
    pub text: String,
    /// Keys with what they do.
    pub keys: Vec<(String, String)>,
    /// How it goes on.
    pub hint: String,
}

/// The model of a state.
pub fn model(state: &State, tour: &Tour) -> TourModel {
    let l = state.language;
    let at = tour.step.min(STEPS.len() - 1);
    let Some(step) = STEPS.get(at) else {
        return TourModel::default();
    };
    let last = at + 1 == STEPS.len();
    let go = [
        (key(state, "tour-next"), pick(l, "下一步", "next")),
        (key(state, "tour-next"), pick(l, "开始", "begin")),
    ];
    let (next, word) = &go[usize::from(last)];
    let leave = pick(
        l,
        "其他任意键：离开导览并执行",
        "any other key leaves the tour and acts",
    );
    TourModel {
        title: format!("{} · {}", pick(l, "导览", "Tour"), text::of(l, &step.title)),
        place: format!("{}/{}", at + 1, STEPS.len()),
        text: text::of(l, &step.text).to_owned(),
        keys: keys(state, step),
        hint: format!("{next} {word} · {leave}"),
    }
}

/// The commands of a step that have a key, with what they do.
fn keys(state: &State, step: &Step) -> Vec<(String, String)> {
    let known = step.commands.iter().filter_map(|id| Command::by_id(id));
    let rows = known.map(|c| {
        (
            key(state, c.id),
            text::of(state.language, &c.help).to_owned(),
        )
    });
    rows.filter(|(key, _)| !key.is_empty()).collect()
}

/// The first key of a command.
fn key(state: &State, id: &str) -> String {
    state.keymap.first(id).unwrap_or_default()
}
