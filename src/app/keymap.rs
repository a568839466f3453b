//! Which keys mean which command: a value, so that a user's keys are seen by everything that reads
//! keys in the same run.
//!
//! A command may have several sequences of keys, `g g` as well as `Home`. The nearest context is
//! asked first, and a sequence that has begun there is heard before a whole one further away;
//! nothing waits for a clock. Outside text fields full-width characters count as their ASCII keys.
//! In text fields a character is text, unless the field's own overlay has a command on it; a
//! sequence never begins with one there.

use std::collections::HashMap;
use std::fmt;

use super::action::Action;
use super::command::{COMMANDS, Command, Context, contexts};
use super::key::{Code, Key};
use super::presets::Preset;
use super::state::State;

/// Keys that a sequence has at most.
const LONGEST: usize = 4;

const ESC: Key = Key::plain(Code::Esc);

/// Keys that are pressed one after another; nearly always a single one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sequence(Vec<Key>);

impl Sequence {
    /// One to four keys; Esc can only stand alone, because it leaves a sequence.
    pub fn new(keys: Vec<Key>) -> Option<Self> {
        let fits = (1..=LONGEST).contains(&keys.len());
        let leaves = keys.len() > 1 && keys.contains(&ESC);
        (fits && !leaves).then_some(Self(keys))
    }

    /// Reads keys with spaces between them: `g g`, `Ctrl-s`.
    pub fn parse(text: &str) -> Option<Self> {
        let keys: Option<Vec<Key>> = text.split_whitespace().map(Key::parse).collect();
        Self::new(keys?)
    }

    /// The keys, in the order of pressing.
    pub fn keys(&self) -> &[Key] {
        &self.0
    }

    /// Whether one of two sequences begins with the other, or both are the same: in one context
    /// only one of them could be heard.
    pub fn collides(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0) || other.0.starts_with(&self.0)
    }
}

impl fmt::Display for Sequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&spelled(&self.0))
    }
}

/// Keys with spaces between them.
pub fn spelled(keys: &[Key]) -> String {
    let names: Vec<String> = keys.iter().map(Key::to_string).collect();
    names.join(" ")
}

/// A sequence in its context.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Binding {
    sequence: Sequence,
    command: &'static str,
}

/// A sequence that a command of a preset lost to a user's binding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The sequence that the command had.
    pub sequence: Sequence,
    /// Id of the command that had it.
    pub from: &'static str,
    /// Id of the command that the user bound.
    pub by: &'static str,
}

/// What keys come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    /// The command with this id.
    Command(&'static str),
    /// A sequence that has begun.
    Begun,
    /// Nothing.
    Nothing,
}

/// The keys of every command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    commands: HashMap<&'static str, Vec<Sequence>>,
    contexts: HashMap<Context, Vec<Binding>>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::preset(Preset::Default)
    }
}

impl Keymap {
    /// A ready keymap.
    pub fn preset(preset: Preset) -> Self {
        Self::of(COMMANDS.iter().map(|c| (c.id, preset.keys_of(c))).collect())
    }

    /// A keymap with a user's own keys for some commands, which win: what collides with them in
    /// their context is taken away from the other commands, and told.
    #[must_use]
    pub fn with(&self, own: &[(&'static Command, Vec<Sequence>)]) -> (Self, Vec<Taken>) {
        let mut commands = self.commands.clone();
        for (command, keys) in own {
            commands.insert(command.id, keys.clone());
        }
        let mut taken = Vec::new();
        let others = COMMANDS
            .iter()
            .filter(|c| own.iter().all(|(o, _)| o.id != c.id));
        for other in others {
            let rivals = own.iter().filter(|(o, _)| o.context == other.context);
            let rivals: Vec<_> = rivals.map(|(o, keys)| (o.id, keys)).collect();
            if let Some(keys) = commands.get_mut(other.id) {
                taken.extend(take(keys, other.id, &rivals));
            }
        }
        (Self::of(commands), taken)
    }

    fn of(commands: HashMap<&'static str, Vec<Sequence>>) -> Self {
        let mut contexts: HashMap<Context, Vec<Binding>> = HashMap::new();
        for command in COMMANDS {
            let keys = commands.get(command.id).into_iter().flatten();
            contexts
                .entry(command.context)
                .or_default()
                .extend(keys.map(|sequence| Binding {
                    sequence: sequence.clone(),
                    command: command.id,
                }));
        }
        Self { commands, contexts }
    }

    /// The sequences of a command, most usual first; none for a command without keys.
    pub fn keys_of(&self, command: &str) -> &[Sequence] {
        self.commands.get(command).map_or(&[], Vec::as_slice)
    }

    /// The most usual sequence of a command, as text; `None` for a command without keys.
    pub fn first(&self, command: &str) -> Option<String> {
        self.keys_of(command).first().map(Sequence::to_string)
    }

    /// Every sequence of a command, with this between them.
    pub fn all(&self, command: &str, between: &str) -> String {
        let keys: Vec<String> = self
            .keys_of(command)
            .iter()
            .map(Sequence::to_string)
            .collect();
        keys.join(between)
    }

    /// A text with `{id}` for the key of a command, with the key in its place. A command without a
    /// key is named: it can be found in the palette.
    pub fn spell(&self, text: &str, language: usize) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let named = after.split_once('}');
            let found = named.and_then(|(id, tail)| Some((Command::by_id(id)?, tail)));
            let Some((command, tail)) = found else {
                out.push('{');
                rest = after;
                continue;
            };
            match self.first(command.id) {
                Some(key) => out.push_str(&key),
                None => out.push_str(command.title.get(language).copied().unwrap_or_default()),
            }
            rest = tail;
        }
        out.push_str(rest);
        out
    }

    /// What these keys come to where these contexts listen.
    fn answer(&self, listening: &[Context], typed: &[Key]) -> Answer {
        let begins = !(listening.contains(&Context::Text) && typed.first().is_some_and(printable));
        for context in listening {
            let bindings = self.contexts.get(context).map_or(&[][..], Vec::as_slice);
            let near = |b: &&Binding| b.sequence.keys().starts_with(typed);
            let whole = |b: &&Binding| b.sequence.keys().len() == typed.len();
            match bindings.iter().filter(near).find(whole) {
                Some(binding) => return Answer::Command(binding.command),
                None if begins && bindings.iter().any(|b| near(&b)) => return Answer::Begun,
                None => {}
            }
        }
        Answer::Nothing
    }

    /// The command that a sequence comes to where these contexts listen, pressed from its start.
    pub fn reached(&self, listening: &[Context], sequence: &Sequence) -> Option<&'static str> {
        let keys = sequence.keys();
        let begun = (1..keys.len())
            .filter_map(|n| keys.get(..n))
            .all(|head| self.answer(listening, head) == Answer::Begun);
        match self.answer(listening, keys) {
            Answer::Command(id) if begun => Some(id),
            _ => None,
        }
    }

    /// The sequences that can follow these keys, with their commands, the nearest context first.
    pub fn following(
        &self,
        listening: &[Context],
        typed: &[Key],
    ) -> Vec<(&Sequence, &'static Command)> {
        listening
            .iter()
            .filter_map(|context| self.contexts.get(context))
            .flatten()
            .filter(|b| b.sequence.keys().len() > typed.len())
            .filter(|b| b.sequence.keys().starts_with(typed))
            .filter(|b| self.reached(listening, &b.sequence) == Some(b.command))
            .filter_map(|b| Some((&b.sequence, Command::by_id(b.command)?)))
            .collect()
    }
}

/// Takes what collides with a user's keys from a command.
fn take(
    keys: &mut Vec<Sequence>,
    from: &'static str,
    rivals: &[(&'static str, &Vec<Sequence>)],
) -> Vec<Taken> {
    let mut taken = Vec::new();
    keys.retain(|sequence| {
        let by = rivals
            .iter()
            .find(|(_, own)| own.iter().any(|o| o.collides(sequence)));
        taken.extend(by.map(|(by, _)| Taken {
            sequence: sequence.clone(),
            from,
            by,
        }));
        by.is_none()
    });
    taken
}

/// Whether a key is a character in a text field.
fn printable(key: &Key) -> bool {
    matches!(key.code, Code::Char(_)) && !key.ctrl
}

/// What a key press comes to.
#[derive(Debug)]
pub(super) enum Heard {
    /// Something that is done.
    Act(Action),
    /// A sequence that has begun with these keys.
    Begin(Vec<Key>),
    /// A sequence that has begun is left.
    Leave,
    /// A sequence that has begun does not go on like this.
    Lost(Vec<Key>),
    /// Nothing.
    Nothing,
}

/// The action of one key; `None` when it has none, or only begins or goes on with a sequence.
pub fn action(state: &State, key: Key) -> Option<Action> {
    match heard(state, key) {
        Heard::Act(action) => Some(action),
        _ => None,
    }
}

/// What a key means in the state's contexts.
pub(super) fn heard(state: &State, key: Key) -> Heard {
    let begun = !state.pending.is_empty();
    if begun && key == ESC {
        return Heard::Leave;
    }
    let listening = contexts(state);
    for key in [key, key.half_width()] {
        let typed: Vec<Key> = state.pending.iter().copied().chain([key]).collect();
        match state.keymap.answer(listening, &typed) {
            Answer::Command(id) => return Heard::Act(Action::Command(id)),
            Answer::Begun => return Heard::Begin(typed),
            Answer::Nothing => {}
        }
    }
    if begun {
        return lost(state, key);
    }
    match key.code {
        Code::Char(c) if !key.ctrl && listening.contains(&Context::Text) => {
            Heard::Act(Action::Type(c))
        }
        _ => Heard::Nothing,
    }
}

/// A key that a sequence does not go on with; what is heard anywhere is still heard.
fn lost(state: &State, key: Key) -> Heard {
    match state.keymap.answer(&[Context::Always], &[key]) {
        Answer::Command(id) => Heard::Act(Action::Command(id)),
        _ => Heard::Lost(state.pending.iter().copied().chain([key]).collect()),
    }
}
