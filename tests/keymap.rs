//! The keymap of a session: what a user binds is heard, and shown wherever keys are shown.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::Arc;

use fastdeck::app::{
    COMMANDS, Code, Command, Key, Keymap, Language, Overlay, Pane, Preset, Sequence, State, press,
    settle,
};
use fastdeck::facts::Engine;
use proptest::prelude::*;

mod seat;

use seat::{demo, frame, seated};

fn binding(id: &str, keys: &[&str]) -> (&'static Command, Vec<Sequence>) {
    let read = |text: &&str| Sequence::parse(text).unwrap_or_else(|| panic!("`{text}`"));
    (Command::by_id(id).unwrap(), keys.iter().map(read).collect())
}

fn bound(pane: Pane, own: &[(&'static Command, Vec<Sequence>)]) -> State {
    let mut state = seated(demo(), pane);
    state.keymap = Arc::new(Keymap::default().with(own).0);
    state.language = Language::En;
    state.size = (120, 36);
    state
}

fn type_keys(state: &mut State, keys: &str) {
    for text in keys.split_whitespace() {
        let effects = press(state, Key::parse(text).unwrap());
        settle(state, effects);
    }
}

fn footer(state: &State) -> String {
    frame(state).lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_rebinding_shows_in_help_footer_and_popup_and_is_heard() {
    let mut state = bound(Pane::Crowds, &[binding("help", &["Ctrl-x h", "Ctrl-x ?"])]);
    assert!(
        footer(&state).contains("Ctrl-x h help"),
        "{}",
        footer(&state)
    );
    type_keys(&mut state, "?");
    assert_eq!(state.overlay, None);
    type_keys(&mut state, "Ctrl-x");
    let shown = frame(&state);
    assert!(
        shown.contains("Ctrl-x …") && shown.contains("h  help"),
        "{shown}"
    );
    type_keys(&mut state, "h");
    assert!(matches!(state.overlay, Some(Overlay::Help(_))));
    state.size = (120, 200);
    let shown = frame(&state);
    let line = shown.lines().find(|l| l.contains("All keys")).unwrap();
    assert!(line.contains("Ctrl-x h  Ctrl-x ?"), "{line}");
}

#[test]
fn a_sequence_is_left_by_esc_and_ended_by_a_key_that_does_not_go_on() {
    let mut state = bound(
        Pane::Crowds,
        &[binding("slice", &["g s"]), binding("seek", &[])],
    );
    let before = frame(&state);
    type_keys(&mut state, "g");
    assert_eq!(state.pending.len(), 1);
    type_keys(&mut state, "Esc");
    assert_eq!((state.pending.len(), frame(&state)), (0, before));
    type_keys(&mut state, "g j");
    assert!(state.pending.is_empty() && state.cursors[Pane::Crowds as usize].row == 0);
    assert_eq!(
        state.notice.as_ref().unwrap().en,
        "no command has the keys g j"
    );
    // What is heard anywhere is heard in a sequence, too.
    type_keys(&mut state, "g Ctrl-c");
    assert!(state.quitting && state.pending.is_empty());
}

#[test]
fn full_width_keys_are_heard_in_sequences() {
    let mut state = bound(
        Pane::Crowds,
        &[binding("slice", &["g /"]), binding("seek", &[])],
    );
    for c in "ｇ、".chars() {
        press(&mut state, Key::plain(Code::Char(c)));
    }
    assert!(matches!(state.overlay, Some(Overlay::Picker(_))));
    // In the text field they are text.
    press(&mut state, Key::plain(Code::Char('ｇ')));
    let Some(Overlay::Picker(picker)) = &state.overlay else {
        panic!("the picker is closed")
    };
    assert_eq!((picker.text.as_str(), state.pending.len()), ("ｇ", 0));
}

#[test]
fn vim_keys_do_what_vim_hands_expect() {
    let mut state = bound(Pane::Crowds, &[]);
    state.keymap = Arc::new(Keymap::preset(Preset::Vim));
    let row = |state: &State| state.cursors[Pane::Crowds as usize].row;
    type_keys(&mut state, "j j");
    assert_eq!(row(&state), 2);
    type_keys(&mut state, "g g");
    assert_eq!(row(&state), 0);
    type_keys(&mut state, "g t");
    assert_eq!(state.pane, Pane::Aipl);
    type_keys(&mut state, "g T");
    assert_eq!(state.pane, Pane::Crowds);
    type_keys(&mut state, "g s");
    assert!(matches!(state.overlay, Some(Overlay::Seek(_))));
}

#[test]
fn with_arrows_the_letters_that_move_mean_nothing() {
    let mut state = bound(Pane::Crowds, &[]);
    state.keymap = Arc::new(Keymap::preset(Preset::Arrows));
    let before = frame(&state);
    type_keys(&mut state, "j k h l");
    assert_eq!(frame(&state), before);
    type_keys(&mut state, "Down Enter");
    assert!(state.open_crowd.is_some());
}

fn any_key() -> impl Strategy<Value = Key> {
    let few = prop::sample::select("abgsxy/?:、ｇ1".chars().collect::<Vec<_>>());
    let named: Vec<Key> = Key::names().collect();
    prop_oneof![
        4 => few.prop_map(|c| Key::plain(Code::Char(c))),
        1 => prop::sample::select(named),
        1 => Just(Key::ctrl('x')),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(12) })]

    /// Any keymap and any keys: no panic, and a sequence that has begun can go on.
    #[test]
    fn random_keymaps_and_keys_never_panic(
        wanted in prop::collection::vec((0..COMMANDS.len(), prop::collection::vec(any_key(), 1..4)), 0..40),
        keys in prop::collection::vec(any_key(), 0..200),
    ) {
        let own: Vec<(&'static Command, Vec<Sequence>)> = wanted
            .into_iter()
            .filter_map(|(at, keys)| Some((&COMMANDS[at], vec![Sequence::new(keys)?])))
            .collect();
        let mut state = State { size: (100, 30), ..State::default() };
        fastdeck::app::open(&mut state, Arc::new(Engine::new(Arc::default())));
        state.keymap = Arc::new(Keymap::default().with(&own).0);
        for key in keys {
            let effects = press(&mut state, key);
            settle(&mut state, effects);
            prop_assert!(state.pending.len() < 4);
        }
        frame(&state);
    }
}
