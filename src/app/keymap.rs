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
        let begins = !(listening.contains(&Context::Text)
            && typed.first().is_some_and(|key| printable(*key)));
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
fn printable(key: Key) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Language;
    use proptest::prelude::*;

    fn command(id: &str) -> &'static Command {
        Command::by_id(id).unwrap()
    }

    fn sequence(text: &str) -> Sequence {
        Sequence::parse(text).unwrap()
    }

    #[test]
    fn a_sequence_has_one_to_four_keys_and_esc_stands_alone() {
        for text in ["g", "g g", "Esc", "Ctrl-x Ctrl-s", "a b c d", ": Space"] {
            assert_eq!(sequence(text).to_string(), text);
        }
        for text in ["", "  ", "g Esc", "Esc g", "a b c d e", "F5", "g nonsense"] {
            assert_eq!(Sequence::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_a_user_binds_is_taken_from_the_others_of_the_context() {
        let own = [
            (command("note"), vec![sequence("c"), sequence("g n")]),
            (command("against"), vec![]),
        ];
        let (keymap, taken) = Keymap::default().with(&own);
        assert_eq!(keymap.all("note", " "), "c g n");
        assert_eq!(keymap.keys_of("against"), []);
        assert_eq!(keymap.keys_of("seek"), []);
        assert_eq!(taken.len(), 1, "{taken:?}");
        assert_eq!((taken[0].from, taken[0].by), ("seek", "note"));
        let global = [Context::Global];
        assert_eq!(keymap.reached(&global, &sequence("c")), Some("note"));
        assert_eq!(keymap.reached(&global, &sequence("g n")), Some("note"));
        // Another context keeps its keys.
        assert_eq!(keymap.first("reader-first").as_deref(), Some("g"));
    }

    #[test]
    fn keys_change_places_without_a_word() {
        let own = [
            (command("down"), vec![sequence("k")]),
            (command("up"), vec![sequence("j")]),
        ];
        let (keymap, taken) = Keymap::default().with(&own);
        assert_eq!(taken, []);
        assert_eq!(keymap.first("up").as_deref(), Some("j"));
    }

    #[test]
    fn a_sequence_begun_nearby_is_heard_before_a_whole_one_further_away() {
        let own = [(command("first"), vec![sequence("g g")])];
        let (keymap, _) = Keymap::default().with(&own);
        let listening = [Context::Table, Context::Global];
        let g = sequence("g");
        assert_eq!(keymap.answer(&listening, g.keys()), Answer::Begun);
        assert_eq!(keymap.reached(&listening, &g), None);
        assert_eq!(keymap.reached(&listening, &sequence("g g")), Some("first"));
        let names: Vec<&str> = keymap
            .following(&listening, g.keys())
            .iter()
            .map(|(_, c)| c.id)
            .collect();
        assert_eq!(names, ["first"]);
    }

    #[test]
    fn sequences_of_several_contexts_go_on_side_by_side() {
        let keymap = Keymap::preset(Preset::Vim);
        let listening = [Context::Table, Context::Global, Context::Always];
        assert_eq!(keymap.reached(&listening, &sequence("g g")), Some("first"));
        assert_eq!(keymap.reached(&listening, &sequence("g s")), Some("seek"));
        let following = keymap.following(&listening, sequence("g").keys());
        let ids: Vec<&str> = following.iter().map(|(_, c)| c.id).collect();
        for id in ["first", "pane-next", "pane-previous", "seek"] {
            assert!(ids.contains(&id), "{ids:?}");
        }
    }

    #[test]
    fn a_text_field_starts_no_sequence_with_a_character() {
        let own = [
            (command("picker-apply"), vec![sequence("x y")]),
            (command("picker-cancel"), vec![sequence("Ctrl-x Ctrl-c")]),
        ];
        let (keymap, _) = Keymap::default().with(&own);
        let listening = [Context::Picker, Context::Text, Context::Always];
        let x = Key::plain(Code::Char('x'));
        assert_eq!(keymap.answer(&listening, &[x]), Answer::Nothing);
        assert_eq!(keymap.answer(&listening, &[Key::ctrl('x')]), Answer::Begun);
    }

    #[test]
    fn texts_name_the_keys_that_are_in_force() {
        let own = [
            (command("undo"), vec![sequence("g u")]),
            (command("note"), vec![]),
        ];
        let (keymap, _) = Keymap::default().with(&own);
        let spell = |text| keymap.spell(text, Language::En as usize);
        assert_eq!(spell("{undo} takes it back"), "g u takes it back");
        assert_eq!(spell("press {note}"), "press note");
        assert_eq!(spell("{x} {undo {undo}{"), "{x} {undo g u{");
    }

    fn any_sequence() -> impl Strategy<Value = Sequence> {
        let key = prop_oneof![
            prop::sample::select("abgxyjk123?、，".chars().collect::<Vec<_>>())
                .prop_map(|c| Key::plain(Code::Char(c))),
            prop::sample::select("abcxz".chars().collect::<Vec<_>>()).prop_map(Key::ctrl),
            prop::sample::select(Key::names().filter(|k| *k != ESC).collect::<Vec<_>>()),
        ];
        prop::collection::vec(key, 1..=LONGEST).prop_map(|keys| Sequence::new(keys).unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

        /// Every sequence that a user binds comes to its command in its context, and none of the
        /// others of the context begins like it.
        #[test]
        fn what_is_bound_is_heard(
            wanted in prop::collection::vec((0..COMMANDS.len(), any_sequence()), 0..24)
        ) {
            let mut own: Vec<(&'static Command, Vec<Sequence>)> = Vec::new();
            for (at, sequence) in wanted {
                let command = &COMMANDS[at];
                let same = |o: &(&'static Command, Vec<Sequence>)| {
                    o.0.context == command.context && o.1[0].collides(&sequence)
                };
                let twice = own.iter().any(|o| o.0.id == command.id || same(o));
                if !twice {
                    own.push((command, vec![sequence]));
                }
            }
            let (keymap, _) = Keymap::default().with(&own);
            for (command, keys) in &own {
                let reached = keymap.reached(&[command.context], &keys[0]);
                prop_assert_eq!(reached.is_some(), !(command.context == Context::Text
                    && keys[0].keys().len() > 1 && printable(keys[0].keys()[0])));
                prop_assert!(reached.is_none_or(|id| id == command.id));
            }
        }
    }
}
