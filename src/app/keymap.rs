//! Which action a key means, in the state's context.
//!
//! Outside text fields full-width characters count as their ASCII keys. In text fields a character
//! is text, unless the field's own overlay has a command on it.

use super::action::Action;
use super::command::{Command, Context, contexts};
use super::key::{Code, Key};
use super::state::State;

/// The action of a key; `None` when it means nothing here.
pub fn action(state: &State, key: Key) -> Option<Action> {
    let listening = contexts(state);
    let found = find(listening, key).or_else(|| find(listening, key.half_width()));
    match (found, key) {
        (Some(command), _) => Some(Action::Command(command.id)),
        (
            None,
            Key {
                code: Code::Char(c),
                ctrl: false,
            },
        ) if listening.contains(&Context::Text) => Some(Action::Type(c)),
        (None, _) => None,
    }
}

fn find(listening: &[Context], key: Key) -> Option<&'static Command> {
    listening.iter().find_map(|c| Command::by_key(*c, key))
}
