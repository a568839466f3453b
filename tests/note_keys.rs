//! Notes at the keyboard: pinned, moved, listed, taken away, undone.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::sync::Arc;

use fastdeck::app::{Action, Key, Overlay, Pane, State, open, press, settle, update};
use fastdeck::data::{self, Input, Options};
use fastdeck::facts::Engine;
use fastdeck::ui::{self, Theme};
use fastdeck::{capture, view};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

fn opened(pane: Pane) -> State {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data/guidebook");
    let loaded = data::load(&Input::Path(folder), &Options::default(), &mut |_| true);
    let Ok(data) = loaded else {
        panic!("the sample does not load")
    };
    let mut state = State {
        size: (120, 36),
        pane,
        ..State::default()
    };
    open(&mut state, Arc::new(Engine::new(Arc::new(data))));
    state
}

fn keys(state: &mut State, script: &str) {
    for key in Key::script(script).unwrap_or_else(|| panic!("not a script: {script}")) {
        let effects = press(state, key);
        settle(state, effects);
    }
}

fn notes(state: &State) -> Vec<(String, String)> {
    let notes = state.book.desk().notes.iter();
    notes.map(|n| (n.on.clone(), n.text.clone())).collect()
}

fn picture(state: &State) -> String {
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let mut buffer = Buffer::empty(area);
    let screen = view::screen(state);
    ui::render(&screen, &Theme::named(screen.theme), area, &mut buffer);
    capture::text(&buffer)
}

#[test]
fn a_note_is_pinned_to_the_crowd_under_the_cursor_and_seen() {
    let mut state = opened(Pane::Crowds);
    keys(&mut state, "nKOL 投放<Ctrl-j>第二行<Enter>");
    let crowd = state.dataset().unwrap().crowds[0].id.clone();
    let text = "KOL 投放\n第二行".to_owned();
    assert_eq!(notes(&state), [(format!("crowd:{crowd}"), text.clone())]);
    assert!(picture(&state).contains("¹ 重度游戏男孩：KOL 投放 / 第二行"));
    assert!(
        picture(&state).contains("▸ 重度游戏男孩¹"),
        "{}",
        picture(&state)
    );
    keys(&mut state, "n<Ctrl-u><Enter>");
    assert!(notes(&state).is_empty());
    keys(&mut state, "u");
    assert_eq!(notes(&state), [(format!("crowd:{crowd}"), text)]);
    keys(&mut state, "u");
    assert!(notes(&state).is_empty());
}

#[test]
fn tab_takes_the_text_to_another_place_but_not_over_a_note() {
    let mut state = opened(Pane::Fast);
    keys(&mut state, "n看板级别<Enter>n<Tab>F 的说明<Enter>");
    assert!(
        picture(&state).contains("可运营人群总量²"),
        "{}",
        picture(&state)
    );
    let expected = [("pane:fast", "看板级别"), ("fast.f", "F 的说明")];
    let expected = expected.map(|(on, text)| (on.to_owned(), text.to_owned()));
    assert_eq!(notes(&state), expected);
    keys(&mut state, "n<Tab><Tab>新<Tab>");
    let Some(Overlay::Note(editor)) = &state.overlay else {
        panic!("the editor is closed")
    };
    assert_eq!((&*editor.note.on, &*editor.field.text), ("fast.s", "新"));
    keys(&mut state, "<Esc>");
    assert_eq!(notes(&state), expected);
}

#[test]
fn a_note_belongs_to_its_day_and_the_list_leads_back_to_it() {
    let mut state = opened(Pane::Fast);
    keys(&mut state, "n今天<Enter>");
    let day = state.as_of;
    keys(&mut state, "[");
    assert!(!picture(&state).contains("¹ 看板 FAST"));
    keys(&mut state, "n上周<Enter>N");
    assert!(picture(&state).contains("今天"));
    keys(&mut state, "<Enter>");
    assert_eq!(state.as_of, day);
    keys(&mut state, "<Esc>N");
    keys(&mut state, "jd<Esc>");
    assert_eq!(notes(&state).len(), 1);
}

#[test]
fn pasted_lines_stay_lines_and_control_codes_stay_out() {
    let mut state = opened(Pane::Fast);
    keys(&mut state, "n");
    update(&mut state, Action::Paste("a\r\nb\x1b]0;x\x07\tc".into()));
    keys(&mut state, "<Enter>");
    assert_eq!(notes(&state)[0].1, "a\nb]0;x c");
}

#[test]
fn the_editor_survives_every_size() {
    let mut state = opened(Pane::Crowds);
    keys(
        &mut state,
        "n很长的一行文字，需要折行才能放下，因为它比编辑框要宽得多，而且还在继续写下去<Ctrl-j>x",
    );
    for size in [(1, 1), (5, 3), (20, 6), (40, 10), (80, 24), (300, 100)] {
        update(&mut state, Action::Resize(size.0, size.1));
        picture(&state);
    }
    keys(&mut state, "<Enter>N");
    for size in [(1, 1), (5, 3), (20, 6), (40, 10), (80, 24)] {
        update(&mut state, Action::Resize(size.0, size.1));
        picture(&state);
    }
}
