//! Definitions are changed at the keyboard: the numbers follow at once, the screen says so, undo and
//! the state string know it, and what is not allowed changes nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod seat;

use fastdeck::app::scene::Scene;
use fastdeck::app::{Language, Overlay, Pane, State, restore, settle};
use fastdeck::board::{self, Focus};
use fastdeck::metrics::definitions::{DEFINITIONS, Definitions};
use seat::{demo, frame, keys, seated};

fn row(state: &State) -> usize {
    match &state.overlay {
        Some(Overlay::Definitions(form)) => form.row,
        other => panic!("no definitions but {other:?}"),
    }
}

/// Opens the list on a definition.
fn on(state: &mut State, id: &str) {
    let place = DEFINITIONS.iter().position(|d| d.id == id).unwrap();
    keys(state, "D");
    keys(state, &"<Down>".repeat(place));
    assert_eq!(row(state), place);
}

/// The board of the state is the one that its definitions give.
fn follows(state: &State, set: &[(&str, &str)]) {
    let mut definitions = demo().dataset().definitions.clone();
    for (id, text) in set {
        definitions.set(id, text).unwrap();
    }
    assert_eq!(state.definitions, definitions);
    let query = board::Query {
        definitions,
        ..state.query()
    };
    let told = board::compute(&demo(), &query, &Focus::Full(vec![state.brand]));
    let shown = state.board.as_ref().unwrap().brand(state.brand).unwrap();
    assert_eq!(shown.figures, told.brand(state.brand).unwrap().figures);
}

#[test]
fn a_window_is_typed_and_stepped_and_the_numbers_follow() {
    let mut state = seated(demo(), Pane::Aipl);
    let before = frame(&state);
    let figures = |s: &State| {
        s.board
            .as_ref()
            .unwrap()
            .brand(s.brand)
            .unwrap()
            .figures
            .clone()
    };
    let first = figures(&state);
    on(&mut state, "aipl.a_days");
    keys(&mut state, "30<Enter>");
    follows(&state, &[("aipl.a_days", "30")]);
    assert_ne!(figures(&state), first);
    keys(&mut state, "<Right>");
    follows(&state, &[("aipl.a_days", "31")]);
    keys(&mut state, "<Left><Left>");
    follows(&state, &[("aipl.a_days", "29")]);
    keys(&mut state, "<Esc>");
    assert!(
        frame(&state).contains("口径 aipl.a_days=29"),
        "{}",
        frame(&state)
    );
    // Every change is one step.
    for days in ["30", "31", "30"] {
        keys(&mut state, "u");
        follows(&state, &[("aipl.a_days", days)]);
    }
    keys(&mut state, "u");
    follows(&state, &[]);
    assert_eq!(figures(&state), first);
    keys(&mut state, "<Ctrl-r>");
    follows(&state, &[("aipl.a_days", "30")]);
    keys(&mut state, "u<Esc>");
    assert_eq!(frame(&state).lines().nth(3), before.lines().nth(3));
}

#[test]
fn words_flags_and_lists() {
    let mut state = seated(demo(), Pane::Fast);
    on(&mut state, "fast.a_denominator");
    keys(&mut state, "<Enter>");
    follows(&state, &[("fast.a_denominator", "aip_start")]);
    keys(&mut state, "aipl_end<Enter>");
    follows(&state, &[("fast.a_denominator", "aipl_end")]);
    keys(&mut state, "<Ctrl-d>");
    follows(&state, &[]);
    assert!(state.wanted.definitions.is_empty());
    keys(&mut state, "<Esc>");
    on(&mut state, "aipl.member_is_i");
    keys(&mut state, "<Right>");
    follows(&state, &[("aipl.member_is_i", "false")]);
    keys(&mut state, "<Esc>");
    on(&mut state, "fast.s_roles");
    // A list is typed.
    keys(&mut state, "<Right>");
    follows(&state, &[("aipl.member_is_i", "false")]);
    keys(&mut state, "member,fan<Enter>");
    follows(
        &state,
        &[
            ("aipl.member_is_i", "false"),
            ("fast.s_roles", "member,fan"),
        ],
    );
}

#[test]
fn what_is_not_allowed_says_so_and_changes_nothing() {
    let mut state = seated(demo(), Pane::Fast);
    for (id, typed) in [
        ("aipl.a_days", "0"),
        ("aipl.a_days", "37000"),
        ("aipl.a_days", "viele"),
        ("aipl.a_days", "1.5"),
        ("fast.a_denominator", "aipl"),
        ("fast.s_roles", "nobody"),
        ("clv.spread_weight", "-1"),
        ("clv.spread_weight", "NaN"),
    ] {
        on(&mut state, id);
        keys(&mut state, &format!("{typed}<Enter>"));
        let notice = state.notice.clone().unwrap();
        assert!(notice.error, "{id} {typed}");
        assert!(
            notice.en.contains(id) && notice.en.contains(typed),
            "{}",
            notice.en
        );
        follows(&state, &[]);
        // What was typed is still there to be mended.
        assert!(matches!(&state.overlay, Some(Overlay::Definitions(f)) if f.field.text == typed));
        keys(&mut state, "<Esc>");
    }
}

#[test]
fn the_list_shows_every_definition_in_both_languages_and_sizes() {
    for (language, size) in [(Language::Zh, (80, 24)), (Language::En, (120, 36))] {
        let mut state = seated(demo(), Pane::Fast);
        state.language = language;
        state.size = size;
        keys(&mut state, "D");
        for (i, definition) in DEFINITIONS.iter().enumerate() {
            assert_eq!(row(&state), i);
            assert!(frame(&state).contains(definition.id), "{}", frame(&state));
            keys(&mut state, "<Down>");
        }
        assert_eq!(row(&state), DEFINITIONS.len() - 1);
    }
}

#[test]
fn the_palette_finds_them_and_the_state_string_brings_them_elsewhere() {
    let mut state = seated(demo(), Pane::Fast);
    keys(&mut state, ":aipl.l_days<Enter>");
    let place = DEFINITIONS.iter().position(|d| d.id == "aipl.l_days");
    assert_eq!(Some(row(&state)), place);
    keys(&mut state, "180<Enter><Esc>");
    follows(&state, &[("aipl.l_days", "180")]);
    let text = Scene::of(&state).to_string();
    assert!(text.contains("aipl.l_days"), "{text}");
    let mut other = seated(demo(), Pane::Fast);
    let (effects, refused) = restore(&mut other, &Scene::parse(&text).unwrap());
    assert!(refused.is_empty());
    settle(&mut other, effects);
    follows(&other, &[("aipl.l_days", "180")]);
    assert_eq!(Definitions::default(), demo().dataset().definitions);
}
