//! What-if at the keyboard: levers, scenarios, undo and redo, on the same `press` that the terminal
//! uses.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    missing_docs
)]

use std::path::Path;
use std::sync::Arc;

use fastdeck::app::{
    Action, Books, Effect, Key, Overlay, Pane, State, open, press, settle, update,
};
use fastdeck::board::{Board, Figures, Part, Query, compute};
use fastdeck::data::{self, Input, Options};
use fastdeck::facts::{CrowdKey, Engine};
use fastdeck::metrics::Value;
use fastdeck::scenario::Book;
use fastdeck::ui::{self, Theme};
use fastdeck::{capture, view};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

fn engine(sample: &str) -> Arc<Engine> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sample-data")
        .join(sample);
    let loaded = data::load(&Input::Path(folder), &Options::default(), &mut |_| true);
    let Ok(data) = loaded else {
        panic!("{sample} does not load")
    };
    Arc::new(Engine::new(Arc::new(data)))
}

fn opened(sample: &str, pane: Pane) -> State {
    let mut state = State {
        size: (140, 40),
        pane,
        ..State::default()
    };
    open(&mut state, engine(sample));
    let fingerprint = state.dataset().unwrap().fingerprint.clone();
    update(&mut state, Action::Books(fingerprint, Books::default()));
    state
}

/// Presses keys; gives the effects for the shell.
fn keys(state: &mut State, script: &str) -> Vec<Effect> {
    let mut all = Vec::new();
    for key in Key::script(script).unwrap_or_else(|| panic!("not a script: {script}")) {
        let effects = press(state, key);
        all.extend(effects.iter().cloned());
        settle(state, effects);
    }
    all
}

fn figure(state: &State, metric: &str, crowd: &str) -> (Option<f64>, Option<f64>) {
    let data = state.dataset().unwrap();
    let place = data.crowds.iter().position(|c| c.id == crowd).unwrap();
    let board = state.board.as_ref().unwrap().brand(state.brand).unwrap();
    let part = Part::Crowd(CrowdKey::Crowd(place as u32));
    let figure = board.get(metric, part).unwrap();
    (figure.now.get(), figure.baseline.and_then(Value::get))
}

fn scenario(state: &State) -> String {
    state.scenario().to_string()
}

/// The second crowd of the Guidebook, the one of which current figures are given: 2,000,000 of
/// 10,000,000 people, conversion 6 %, AOV 200.
fn elite(state: &State) -> String {
    let crowds = &state.dataset().unwrap().crowds;
    let found = crowds.iter().find(|c| c.name_zh == "全面性能精英");
    found.unwrap().id.clone()
}

#[test]
fn a_typed_penetration_moves_everything_that_follows_from_it() {
    let mut state = opened("guidebook", Pane::Crowds);
    let id = elite(&state);
    keys(&mut state, "js<Enter>25%<Enter>");
    assert_eq!(scenario(&state), format!("crowd.penetration[{id}]=0.25"));
    assert_eq!(
        figure(&state, "crowd.consumers", &id),
        (Some(2_500_000.0), Some(2_000_000.0))
    );
    let (buyers, before) = figure(&state, "crowd.buyers", &id);
    assert!((buyers.unwrap() - 150_000.0).abs() < 1e-6, "{buyers:?}");
    assert!((before.unwrap() - 120_000.0).abs() < 1e-6, "{before:?}");
    let (gmv, _) = figure(&state, "crowd.gmv", &id);
    assert!((gmv.unwrap() - 30_000_000.0).abs() < 1e-3, "{gmv:?}");
    keys(&mut state, "u");
    assert!(state.scenario().is_empty());
    assert_eq!(
        figure(&state, "crowd.consumers", &id),
        (Some(2_000_000.0), None)
    );
    keys(&mut state, "<Ctrl-r>");
    assert_eq!(figure(&state, "crowd.consumers", &id).0, Some(2_500_000.0));
}

#[test]
fn steps_forth_and_back_leave_no_change_behind() {
    let mut state = opened("guidebook", Pane::Crowds);
    keys(&mut state, "js++++----");
    assert!(state.scenario().is_empty(), "{}", scenario(&state));
    keys(&mut state, "<Home>");
    for (typed, text) in [
        ("+", "crowd.population[*]*=1.05"),
        ("-", ""),
        ("<Down>+", "crowd.penetration[*]+=0.01"),
        ("+", "crowd.penetration[*]+=0.02"),
        ("0", ""),
        ("<Enter>+2pp<Enter>", "crowd.penetration[*]+=0.02"),
        (
            "<Enter>*1.5<Enter>",
            "crowd.penetration[*]+=0.02; crowd.penetration[*]*=1.5",
        ),
        ("<Enter>30%<Enter>", "crowd.penetration[*]=0.3"),
        ("<Ctrl-u>", ""),
    ] {
        keys(&mut state, typed);
        assert_eq!(scenario(&state), text, "{typed}");
    }
}

#[test]
fn what_cannot_be_read_stays_in_the_field_and_is_told() {
    let mut state = opened("guidebook", Pane::Crowds);
    keys(&mut state, "s<Enter>viel<Enter>");
    let notice = state.notice.clone().unwrap();
    assert!(notice.zh.contains("viel") && notice.en.contains("expected"));
    let Some(Overlay::Levers(drawer)) = &state.overlay else {
        panic!("the drawer is closed")
    };
    assert_eq!(drawer.entry.as_ref().unwrap().text, "viel");
    keys(&mut state, "<Ctrl-u>２<Esc>");
    assert!(state.scenario().is_empty());
}

#[test]
fn a_bound_is_kept_and_told() {
    let mut state = opened("guidebook", Pane::Crowds);
    keys(&mut state, "s<Home><Down><Enter>+95pp<Enter>");
    let board = state.board.as_ref().unwrap().brand(0).unwrap();
    assert!(!board.bounded.is_empty());
    for told in &board.bounded {
        assert_eq!((told.lever.id, told.kept), ("crowd.penetration", 1.0));
    }
}

#[test]
fn the_drawer_stays_from_pane_to_pane_and_esc_closes_it() {
    let mut state = opened("double11", Pane::Crowds);
    keys(&mut state, "6s+");
    assert!(
        scenario(&state).starts_with("gmv.pool"),
        "{}",
        scenario(&state)
    );
    keys(&mut state, "6");
    assert!(matches!(state.overlay, Some(Overlay::Levers(_))));
    keys(&mut state, "<Esc>");
    assert!(state.overlay.is_none() && !state.scenario().is_empty());
}

#[test]
fn scenarios_are_made_named_opened_and_removed_and_every_step_comes_back() {
    let mut state = opened("guidebook", Pane::Crowds);
    keys(
        &mut state,
        "s<Home>+<Esc>7a<Ctrl-u>冲刺<Enter>s<Home><Down>+<Esc>",
    );
    let names = |state: &State| -> Vec<String> {
        let own = state.book.desk().of(state.brand_id());
        own.map(|s| s.name.clone()).collect()
    };
    assert_eq!(names(&state), ["情景 1", "冲刺"]);
    assert_eq!(state.scenario().changes.len(), 2);
    keys(&mut state, "(");
    assert_eq!(state.scenario().changes.len(), 1);
    keys(&mut state, "(");
    assert!(state.scenario().is_empty());
    keys(&mut state, "jj<Enter>");
    assert_eq!(state.scenario().changes.len(), 2);
    keys(&mut state, "e<Ctrl-u>情景 1<Enter>");
    assert!(state.notice.as_ref().is_some_and(|n| n.zh.contains("同名")));
    keys(&mut state, "<Ctrl-u>大促<Enter>");
    assert_eq!(names(&state), ["情景 1", "大促"]);
    keys(&mut state, "kdu");
    assert_eq!(names(&state), ["情景 1", "大促"]);
    keys(&mut state, "uuuuuuuuuuu");
    assert_eq!(names(&state), Vec::<String>::new());
}

/// What is on the screen.
fn seen(state: &State) -> String {
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let mut buffer = Buffer::empty(area);
    let screen = view::screen(state);
    ui::render(&screen, &Theme::named(screen.theme), area, &mut buffer);
    capture::text(&buffer)
}

/// GMV of all crowds in the plan: with the open scenario, current figures where there are any and
/// targets where there are none.
fn planned(state: &State) -> f64 {
    let board = state.plain.as_ref().unwrap().brand(state.brand).unwrap();
    let figures = Figures {
        board,
        data: state.dataset().unwrap(),
        definitions: &state.definitions,
    };
    let basis = figures.basis("crowd.gmv", "*").unwrap();
    let (model, _) = basis.model.under(state.scenario());
    model.get("crowd.gmv", "*").unwrap().get().unwrap()
}

#[test]
fn the_story_of_a_review_from_the_first_lever_to_two_scenarios_side_by_side() {
    let mut state = opened("guidebook", Pane::Crowds);
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs();
    assert!(near(planned(&state), 99_000_000.0));
    // 全面性能精英 from 20 % to 25 %: 10,000,000 × 5 % × 6 % × 200 = 6,000,000 more.
    keys(&mut state, "js<Enter>25%<Enter><Esc>6");
    assert!(near(planned(&state), 105_000_000.0), "{}", planned(&state));
    assert!(seen(&state).contains("¥105,000,000"), "{}", seen(&state));
    // Back to the baseline, and what else would reach 1亿.
    keys(&mut state, "(");
    keys(&mut state, "g");
    assert!(seen(&state).contains("目标反推"));
    keys(&mut state, "<Ctrl-u>1亿<Enter>");
    assert!(near(planned(&state), 100_000_000.0), "{}", planned(&state));
    keys(&mut state, "u");
    assert!(near(planned(&state), 99_000_000.0));
    keys(&mut state, "<Ctrl-r>");
    // Both side by side.
    keys(&mut state, "7<Home>j<Space>j<Space>");
    assert_eq!(state.chosen.len(), 2);
    let text = seen(&state);
    for part in [
        "情景 1",
        "情景 2",
        "¥105,000,000",
        "¥100,000,000",
        "¥99,000,000",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn nothing_is_kept_before_what_was_kept_is_read() {
    let mut state = State {
        size: (140, 40),
        pane: Pane::Crowds,
        ..State::default()
    };
    let mut kept = opened("guidebook", Pane::Crowds);
    keys(&mut kept, "s<Home>+<Esc>");
    let effects = update(&mut state, Action::Loaded(0, engine("guidebook")));
    let fingerprint = state.dataset().unwrap().fingerprint.clone();
    assert!(effects.contains(&Effect::ReadBooks(fingerprint.clone())));
    settle(&mut state, effects);
    let early = keys(&mut state, "s<End>+<Esc>");
    let saves = |effects: &[Effect]| {
        let all = effects.iter();
        all.filter(|e| matches!(e, Effect::SaveBook(_))).count()
    };
    assert_eq!(saves(&early), 0);
    let books = Books {
        own: Some(kept.book.clone()),
        others: Vec::new(),
    };
    let effects = update(&mut state, Action::Books(fingerprint, books));
    assert_eq!(saves(&effects), 1);
    let names: Vec<&str> = state
        .book
        .desk()
        .scenarios
        .iter()
        .map(|s| &*s.name)
        .collect();
    assert_eq!(names, ["情景 1", "情景 1 2"]);
    assert_eq!(
        state.board.as_ref().unwrap().query.scenario,
        *state.scenario()
    );
}

/// The board that the state should show, computed from nothing.
fn computed(state: &State) -> Board {
    let focus = fastdeck::board::Focus::One(state.brand);
    let query: Query = state.query();
    let fastdeck::app::Phase::Ready(engine) = &state.phase else {
        panic!("no data")
    };
    compute(engine, &query, &focus)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 6,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_walk_over_levers_and_scenarios_is_undone_and_redone(
        steps in prop::collection::vec(0..16_usize, 1000),
    ) {
        const STEPS: [&str; 16] = [
            "s<Down>+<Esc>", "s<PgDn>-<Esc>", "s<End>+<Esc>", "s<Home><Down>-<Esc>",
            "s<Down><Down><Enter>*1.1<Enter><Esc>", "s<Enter>12%<Enter><Esc><Esc>", "s<Ctrl-u><Esc>",
            "s<Down>0<Esc>", "7a<Enter>4", "7jd4", "7e<Ctrl-w>新名<Enter><Esc>4", ")", "(", "u", "<Ctrl-r>", "j",
        ];
        let mut state = opened("guidebook", Pane::Crowds);
        let first = state.board.clone().unwrap();
        for step in steps {
            let script = STEPS[step];
            keys(&mut state, script);
            if matches!(state.overlay, Some(Overlay::Naming(_) | Overlay::Levers(_))) {
                keys(&mut state, "<Esc>");
            }
            // A restart: what was kept is read again.
            if step == 8 {
                state.book = Book::parse(&state.book.text()).unwrap();
            }
        }
        prop_assert_eq!(&*state.board.clone().unwrap(), &computed(&state));
        let (last, desk) = (state.board.clone().unwrap(), state.book.desk().clone());
        let undos = state.book.steps().0;
        for _ in 0..undos {
            keys(&mut state, "u");
        }
        if undos < 1000 {
            prop_assert_eq!(&state.board.clone().unwrap(), &first);
            prop_assert!(state.book.desk().scenarios.is_empty());
        }
        state.book = Book::parse(&state.book.text()).unwrap();
        for _ in 0..undos {
            keys(&mut state, "<Ctrl-r>");
        }
        prop_assert_eq!(state.board.clone().unwrap(), last);
        prop_assert_eq!(state.book.desk(), &desk);
    }
}
