//! What can follow the keys of a sequence that has begun. It shows what the keymap of the session
//! would hear, and nothing that another context would keep from being heard.

use super::text::{self, pick};
use crate::app::{State, contexts, spelled};

/// The keys that can follow.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WhichKeyModel {
    /// The keys pressed so far.
    pub title: String,
    /// How to leave.
    pub hint: String,
    /// Keys that can follow, with what they do and whether that can be done now.
    pub rows: Vec<WhichKey>,
}

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhichKey {
    /// The keys that are still to be pressed.
    pub keys: String,
    /// What they do.
    pub title: String,
    /// It can be done now.
    pub enabled: bool,
}

/// What can follow in a state; `None` when no sequence has begun.
pub fn model(state: &State) -> Option<WhichKeyModel> {
    let typed = state.pending.len();
    if typed == 0 {
        return None;
    }
    let l = state.language;
    let following = state.keymap.following(contexts(state), &state.pending);
    let row = |(sequence, command): (&crate::app::Sequence, &crate::app::Command)| WhichKey {
        keys: spelled(sequence.keys().get(typed..).unwrap_or_default()),
        title: text::of(l, &command.title).to_owned(),
        enabled: (command.enabled)(state).is_ok(),
    };
    Some(WhichKeyModel {
        title: format!("{} …", spelled(&state.pending)),
        hint: pick(l, "Esc 取消", "Esc leaves").to_owned(),
        rows: following.into_iter().map(row).collect(),
    })
}
