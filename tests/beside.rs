//! Comparison, two panes at once, zoom and presenter, on the same `press` that the terminal uses.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    missing_docs
)]

mod seat;

use std::sync::{Arc, OnceLock};

use fastdeck::app::beside::Other;
use fastdeck::app::layout::Frame;
use fastdeck::app::scene::Scene;
use fastdeck::app::{
    Action, Against, Effect, Language, Overlay, Pane, State, ThemeName, press, propose, restore,
    settle, update,
};
use fastdeck::app::{Key, action_of};
use fastdeck::board::{Focus, Part, compute};
use fastdeck::facts::{CrowdKey, Engine};
use fastdeck::metrics::Value;
use fastdeck::scenario::Scenario;
use fastdeck::view::beside::{BesideModel, Split};
use fastdeck::view::table::Cell;
use fastdeck::view::{self, PaneModel};
use proptest::prelude::*;
use seat::{frame, keys};

fn engine() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    Arc::clone(ENGINE.get_or_init(seat::demo))
}

fn opened(pane: Pane, size: (u16, u16)) -> State {
    let mut state = seat::seated(engine(), pane);
    update(&mut state, Action::Resize(size.0, size.1));
    state
}

fn beside(state: &State) -> Box<BesideModel> {
    view::screen(state).beside.expect("two panes")
}

fn right(state: &State) -> &State {
    state.layout.beside.right.as_deref().expect("a right half")
}

/// Types a text into the open field.
fn type_in(state: &mut State, text: &str) {
    for c in text.chars() {
        let effects = update(state, Action::Type(c));
        settle(state, effects);
    }
}

// -- the list ---------------------------------------------------------------------------------

#[test]
fn a_typed_date_becomes_the_comparison() {
    for (typed, day) in [
        ("2026-10-01", "2026-10-01"),
        ("10-01", "2026-10-01"),
        ("-30d", "2026-10-16"),
        ("１０－０１", "2026-10-01"),
    ] {
        let mut state = opened(Pane::Fast, (120, 36));
        keys(&mut state, "C");
        type_in(&mut state, typed);
        keys(&mut state, "<Enter>");
        assert_eq!(state.against.to_string(), day, "{typed}");
        assert_eq!(state.board.as_ref().unwrap().query.against.to_string(), day);
        assert!(state.overlay.is_none() && frame(&state).contains(day));
        keys(&mut state, "u");
        assert_eq!(state.against, Against::PreviousWeek, "{typed} undone");
    }
}

#[test]
fn the_list_offers_periods_and_the_cursor_stands_on_the_one_that_holds() {
    let mut state = opened(Pane::Fast, (120, 36));
    keys(&mut state, "C<Down><Enter>");
    assert_eq!(state.against, Against::PreviousMonth);
    keys(&mut state, "C<Down><Enter>");
    assert_eq!(state.against, Against::YearAgo);
    keys(&mut state, "C<Up><Up><Enter>");
    assert_eq!(state.against, Against::PreviousWeek);
}

#[test]
fn days_without_data_and_as_of_itself_are_refused_with_the_reason() {
    for (typed, why) in [("2031-01-01", "没有数据"), ("2026-11-15", "截至日")] {
        let mut state = opened(Pane::Fast, (120, 36));
        keys(&mut state, "C");
        type_in(&mut state, typed);
        assert!(frame(&state).contains(why), "{}", frame(&state));
        keys(&mut state, "<Enter>");
        assert!(matches!(state.overlay, Some(Overlay::Compare(_))));
        assert!(state.notice.as_ref().unwrap().zh.contains(why));
        assert_eq!(state.against, Against::PreviousWeek);
    }
}

#[test]
fn escape_from_the_list_gives_the_same_frame() {
    let mut state = opened(Pane::Crowds, (120, 36));
    let before = frame(&state);
    keys(&mut state, "C");
    type_in(&mut state, "zhi");
    assert_ne!(frame(&state), before);
    keys(&mut state, "<Down><PgDn><Up><Esc>");
    assert_eq!(frame(&state), before);
}

// -- two panes --------------------------------------------------------------------------------

/// Every figure of a brand, by metric, part and source.
fn all(board: &fastdeck::board::Board, brand: usize) -> Vec<(String, Value)> {
    let found = board.brand(brand).unwrap();
    let name = |f: &fastdeck::board::Figure| format!("{} {:?} {:?}", f.metric.id, f.part, f.source);
    found.figures.iter().map(|f| (name(f), f.now)).collect()
}

#[test]
fn another_brand_beside_has_the_numbers_of_its_own_board() {
    let mut state = opened(Pane::Fast, (200, 60));
    keys(&mut state, "C");
    type_in(&mut state, "zhimian");
    let effects = keys(&mut state, "<Enter>");
    let asked = effects
        .iter()
        .filter(|e| matches!(e, Effect::ComputeBeside(..)));
    assert_eq!(asked.count(), 1);
    assert!(!effects.iter().any(|e| matches!(e, Effect::Compute(..))));
    for pane in Pane::ALL {
        let effects = update(&mut state, Action::Show(pane));
        settle(&mut state, effects);
        let shown = right(&state);
        assert_eq!(
            (shown.brand_id(), shown.pane, shown.stale),
            ("zhimian", pane, false)
        );
        let alone = compute(&engine(), &shown.query(), &Focus::One(shown.brand));
        let board = shown.board.as_ref().unwrap();
        assert_eq!(
            all(board, shown.brand),
            all(&alone, shown.brand),
            "{pane:?}"
        );
        if matches!(pane, Pane::Brands | Pane::Aipl | Pane::Why | Pane::Outlook) {
            assert_eq!(beside(&state).pane, view::screen(shown).pane, "{pane:?}");
        }
    }
}

#[test]
fn another_day_beside_has_the_numbers_of_that_day() {
    let mut state = opened(Pane::Crowds, (200, 60));
    keys(&mut state, "C");
    type_in(&mut state, "-28d");
    keys(&mut state, "<Tab>");
    assert_eq!(state.against, Against::PreviousWeek, "the left half stays");
    let shown = right(&state);
    assert_eq!(shown.as_of, state.as_of.plus(-28));
    let alone = compute(&engine(), &shown.query(), &Focus::One(shown.brand));
    assert_eq!(all(shown.board.as_ref().unwrap(), 0), all(&alone, 0));
    // A slice holds on both sides, and each side asks for one board.
    keys(&mut state, "/");
    keys(&mut state, "<Space>");
    let effects = press(&mut state, Key::parse("Enter").unwrap());
    let count = |f: fn(&Effect) -> bool| effects.iter().filter(|e| f(e)).count();
    assert!(count(|e| matches!(e, Effect::Compute(..))) <= 1);
    settle(&mut state, effects);
    assert!(!state.slice.is_empty());
    assert_eq!(right(&state).slice, state.slice);
    let shown = right(&state);
    let alone = compute(&engine(), &shown.query(), &Focus::One(shown.brand));
    assert_eq!(all(shown.board.as_ref().unwrap(), 0), all(&alone, 0));
}

#[test]
fn scenarios_and_panes_beside_need_no_computing() {
    let mut state = opened(Pane::Fast, (200, 60));
    propose(&mut state, "冲刺", Scenario::parse("fast.f*=1.1").unwrap());
    update(&mut state, Action::Tell(notice()));
    let own = state.board.as_ref().unwrap().brand(state.brand).unwrap();
    let moved = own.get("fast.f", Part::Whole).unwrap().clone();
    keys(&mut state, "C");
    type_in(&mut state, "基线");
    let effects = keys(&mut state, "<Enter>");
    assert!(
        effects
            .iter()
            .all(|e| !matches!(e, Effect::Compute(..) | Effect::ComputeBeside(..)))
    );
    assert_eq!(state.layout.beside.other, Some(Other::Scenario(None)));
    let shown = right(&state)
        .board
        .as_ref()
        .unwrap()
        .brand(state.brand)
        .unwrap();
    assert_eq!(
        Some(shown.get("fast.f", Part::Whole).unwrap().now),
        moved.baseline
    );
    assert_eq!(
        state.book.scenario(state.brand_id()).to_string(),
        "fast.f*=1.1"
    );
    let text = frame(&state);
    assert!(text.contains("冲刺") && text.contains("基线"), "{text}");
    keys(&mut state, "C");
    type_in(&mut state, "gmv");
    let effects = keys(&mut state, "<Enter>");
    assert!(
        effects
            .iter()
            .all(|e| !matches!(e, Effect::Compute(..) | Effect::ComputeBeside(..)))
    );
    assert_eq!((state.pane, right(&state).pane), (Pane::Crowds, Pane::Gmv));
    assert!(Arc::ptr_eq(
        state.board.as_ref().unwrap(),
        right(&state).board.as_ref().unwrap()
    ));
}

fn notice() -> fastdeck::app::Notice {
    fastdeck::app::Notice {
        zh: "好".into(),
        en: "ok".into(),
        error: false,
    }
}

#[test]
fn a_late_board_of_the_right_half_is_dropped() {
    let mut state = opened(Pane::Fast, (200, 60));
    let ask = |state: &mut State, brand: &str| {
        press(state, Key::parse("C").unwrap());
        type_in(state, brand);
        let effects = press(state, Key::parse("Enter").unwrap());
        effects.into_iter().find_map(|e| match e {
            Effect::ComputeBeside(generation, query, focus) => Some((generation, query, focus)),
            _ => None,
        })
    };
    let first = ask(&mut state, "zhimian").unwrap();
    assert!(right(&state).stale && beside(&state).deltas.is_empty());
    let second = ask(&mut state, "tuanzhua").unwrap();
    let board = |(_, query, focus): &(u64, _, _)| Arc::new(compute(&engine(), query, focus));
    update(&mut state, Action::ComputedBeside(first.0, board(&first)));
    assert!(right(&state).stale, "the board of the first brand is late");
    update(&mut state, Action::ComputedBeside(second.0, board(&second)));
    assert!(!right(&state).stale);
    assert_eq!(right(&state).brand_id(), "tuanzhua");
    assert!(!state.stale, "the left half never waits");
}

/// The numbers that stand as differences in the right half are those of the two boards.
#[test]
fn differences_are_those_of_exact_values() {
    let mut state = opened(Pane::Fast, (200, 60));
    keys(&mut state, "C");
    type_in(&mut state, "zhimian");
    keys(&mut state, "<Enter>");
    let value = |s: &State, id: &str, part: Part| {
        let board = s.board.as_ref().unwrap().brand(s.brand).unwrap();
        board
            .get(id, part)
            .map_or(Value::Missing(fastdeck::metrics::Why::NotGiven), |f| f.now)
    };
    let ids = ["fast.f", "fast.a", "fast.s", "fast.t"];
    let PaneModel::Fast(model) = &beside(&state).pane else {
        panic!("no FAST pane")
    };
    for (card, id) in model.cards.iter().zip(ids) {
        let (left, own) = (
            value(&state, id, Part::Whole),
            value(right(&state), id, Part::Whole),
        );
        let fact = &card.facts[0];
        assert_eq!(fact.value.value, left, "{id}");
        let absolute = fact.more.last().unwrap().1.value;
        assert_eq!(absolute, own.minus(left), "{id}");
    }
    keys(&mut state, "4");
    let PaneModel::Crowds(model) = &beside(&state).pane else {
        panic!("no crowds pane")
    };
    let total = model.table.total.as_ref().unwrap();
    let place = model
        .table
        .columns
        .iter()
        .position(|c| c.title == "较左侧")
        .unwrap();
    let part = Part::Crowd(CrowdKey::All);
    let consumers = "crowd.consumers";
    let wanted = value(right(&state), consumers, part).minus(value(&state, consumers, part));
    let Cell::Change(change) = &total.cells[place] else {
        panic!("no change")
    };
    assert_eq!(change.number.value, wanted);
    assert!(
        model
            .table
            .rows
            .iter()
            .all(|r| r.cells.len() == model.table.columns.len())
    );
    keys(&mut state, "5");
    let model = beside(&state);
    for (delta, id) in model
        .deltas
        .iter()
        .zip(["aipl.a", "aipl.i", "aipl.p", "aipl.l"])
    {
        let (left, own) = (
            value(&state, id, Part::Whole),
            value(right(&state), id, Part::Whole),
        );
        assert_eq!(
            delta.change.number.value,
            own.minus(left).over(left),
            "{id}"
        );
    }
    assert_eq!(model.deltas.len(), 4);
}

#[test]
fn the_screen_decides_how_two_panes_share_it() {
    for (size, split) in [
        ((200, 60), Split::Columns),
        ((160, 24), Split::Columns),
        ((120, 50), Split::Rows),
        ((120, 36), Split::Turns),
    ] {
        let mut state = opened(Pane::Fast, size);
        let before = frame(&state);
        keys(&mut state, "\\");
        let model = beside(&state);
        assert_eq!((model.split, right(&state).pane), (split, Pane::Crowds));
        let text = frame(&state);
        assert!(text.contains("小镇青年"), "{size:?}\n{text}");
        keys(&mut state, "<Esc>");
        assert_eq!(frame(&state), before, "{size:?}");
    }
}

#[test]
fn on_a_narrow_screen_the_halves_take_turns_and_say_so() {
    let mut state = opened(Pane::Fast, (120, 36));
    keys(&mut state, "\\");
    assert!(frame(&state).contains("2/2 · \\"), "{}", frame(&state));
    keys(&mut state, "\\");
    assert!(frame(&state).contains("1/2 · \\"), "{}", frame(&state));
    keys(&mut state, "<Esc>");
    assert!(!state.layout.beside.on);
    keys(&mut state, "\\");
    assert!(state.layout.beside.turned, "what was asked for is shown");
}

#[test]
fn the_last_right_half_comes_back_and_what_is_gone_leaves_one_pane() {
    let mut state = opened(Pane::Fast, (200, 60));
    keys(&mut state, "C");
    type_in(&mut state, "tuanzhua");
    keys(&mut state, "<Enter>\\");
    assert!(!state.layout.beside.on && view::screen(&state).beside.is_none());
    keys(&mut state, "\\");
    assert_eq!(right(&state).brand_id(), "tuanzhua");
    // The left half goes over to the brand at the right: nothing is left to compare.
    let tuanzhua = right(&state).brand;
    while state.brand != tuanzhua {
        keys(&mut state, "b");
    }
    assert!(!state.layout.beside.on, "the same brand twice says nothing");
    keys(&mut state, "C");
    type_in(&mut state, "只看");
    assert!(frame(&state).contains("没有这个名称"));
    keys(&mut state, "<Esc>");
}

#[test]
fn the_outlook_beside_another_pane_has_its_rates() {
    let mut state = opened(Pane::Aipl, (200, 60));
    keys(&mut state, "C");
    type_in(&mut state, "outlook");
    keys(&mut state, "<Enter>");
    assert_eq!(right(&state).pane, Pane::Outlook);
    let PaneModel::Outlook(model) = &beside(&state).pane else {
        panic!("no outlook")
    };
    assert_eq!(model.reason, None);
    assert!(model.total.end.is_some());
}

// -- zoom, presenter --------------------------------------------------------------------------

#[test]
fn zoom_gives_the_pane_the_screen_and_keeps_the_badges() {
    let mut state = opened(Pane::Crowds, (120, 36));
    propose(&mut state, "冲刺", Scenario::parse("fast.f*=1.1").unwrap());
    update(&mut state, Action::Tell(notice()));
    state.notice = None;
    let before = frame(&state);
    keys(&mut state, "z");
    let text = frame(&state);
    assert!(!text.contains("截至 2026") && text.lines().next().unwrap().contains("策略人群"));
    let last = text.lines().last().unwrap();
    assert!(
        last.contains("模拟数据") && last.contains("假设 · 冲刺"),
        "{last}"
    );
    for leave in ["z", "<Esc>"] {
        let mut state = state.clone();
        keys(&mut state, leave);
        assert_eq!(frame(&state), before, "{leave}");
    }
}

#[test]
fn the_presenter_shows_the_headlines_of_every_pane() {
    let mut state = opened(Pane::Brands, (120, 36));
    let before = frame(&state);
    keys(&mut state, "P");
    for pane in Pane::ALL {
        assert_eq!(state.pane, pane);
        let PaneModel::Presenter(model) = view::screen(&state).pane else {
            panic!("{pane:?}: no presenter")
        };
        assert!(
            (1..=4).contains(&model.figures.len()),
            "{pane:?}: {:?}",
            model.figures
        );
        let text = frame(&state);
        assert!(text.contains('█') && text.contains("模拟数据"), "{text}");
        assert!(text.contains("2026-11-15"), "{text}");
        keys(&mut state, "<Right>");
    }
    assert_eq!(state.pane, Pane::Brands, "round and round");
    keys(&mut state, "<Left>");
    assert_eq!(state.pane, Pane::Outlook);
    keys(&mut state, "<Right><Esc>");
    assert_eq!(state.layout.frame, Frame::Whole);
    assert_eq!(frame(&state), before);
}

#[test]
fn headlines_are_the_figures_of_the_board() {
    let state = opened(Pane::Fast, (120, 36));
    let board = state.board.as_ref().unwrap().brand(state.brand).unwrap();
    for headline in view::headline::figures(&state) {
        let figure = board.get(headline.key.metric, headline.key.part).unwrap();
        assert_eq!(headline.value.value, figure.now);
        assert_eq!(headline.changes[0].number.value, figure.delta());
        assert_eq!(headline.target.map(|t| t.0.value), figure.target);
    }
    let state = opened(Pane::Crowds, (120, 36));
    let board = state.board.as_ref().unwrap().brand(state.brand).unwrap();
    let all = Part::Crowd(CrowdKey::All);
    let done = board.get("crowd.gmv", all).unwrap().completion().unwrap();
    assert_eq!(view::headline::figures(&state)[3].value.value, done);
}

// -- all of it --------------------------------------------------------------------------------

#[test]
fn a_scene_brings_zoom_and_both_halves_back() {
    let mut state = opened(Pane::Fast, (200, 60));
    keys(&mut state, "C");
    type_in(&mut state, "zhimian");
    keys(&mut state, "<Enter>");
    let text = Scene::of(&state).to_string();
    assert!(text.contains("beside=brand:zhimian"), "{text}");
    let mut other = opened(Pane::Fast, (200, 60));
    let (effects, refused) = restore(&mut other, &Scene::parse(&text).unwrap());
    settle(&mut other, effects);
    assert!(refused.is_empty(), "{refused:?}");
    assert_eq!(frame(&other), frame(&state));
    keys(&mut state, "z");
    assert!(Scene::of(&state).to_string().contains("frame=zoom"));
    keys(&mut state, "uu");
    assert!(!state.layout.beside.on && state.layout.frame == Frame::Whole);
    let (_, refused) = restore(
        &mut other,
        &Scene::parse("beside=moon:1&frame=big").unwrap(),
    );
    assert_eq!(refused.len(), 2);
}

#[test]
fn every_size_draws_and_escape_comes_back() {
    let sizes = [
        (1, 1),
        (2, 3),
        (5, 40),
        (20, 6),
        (39, 9),
        (40, 10),
        (80, 24),
        (120, 36),
        (120, 50),
        (159, 49),
        (160, 12),
        (200, 60),
        (400, 120),
        (400, 3),
        (7, 120),
    ];
    for (i, size) in sizes.into_iter().enumerate() {
        for script in [
            "C",
            "C<PgDn>zh",
            "\\",
            "\\\\",
            "z",
            "P",
            "\\z",
            "\\P<Right>",
            "\\C",
            "\\s",
        ] {
            let pane = Pane::ALL[i % Pane::ALL.len()];
            let mut state = opened(pane, size);
            state.language = if i % 2 == 0 {
                Language::Zh
            } else {
                Language::En
            };
            state.theme = [ThemeName::Dark, ThemeName::Light, ThemeName::Mono][i % 3];
            keys(&mut state, script);
            let text = frame(&state);
            assert_eq!(
                text.lines().count(),
                usize::from(size.1),
                "{size:?} {script}"
            );
        }
    }
}

#[test]
fn every_key_of_the_list_is_heard_before_it_is_text() {
    let mut state = opened(Pane::Fast, (120, 36));
    keys(&mut state, "C");
    for (key, id) in [
        ("Enter", "compare-take"),
        ("Tab", "compare-beside"),
        ("Space", "compare-beside"),
        ("Down", "compare-down"),
        ("Esc", "compare-close"),
    ] {
        let action = action_of(&state, Key::parse(key).unwrap());
        assert!(
            matches!(action, Some(Action::Command(c)) if c == id),
            "{key}: {action:?}"
        );
    }
    let typed = action_of(&state, Key::parse("j").unwrap());
    assert!(matches!(typed, Some(Action::Type('j'))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_keys_and_sizes_draw_and_leave_both_halves_true(
        steps in prop::collection::vec((0usize..16, 1u16..260, 1u16..80), 1..16),
    ) {
        const KEYS: [&str; 16] = [
            "C<Enter>", "C<Down><Tab>", "C<PgDn><Tab>", "C<Esc>", "\\", "z", "P", "<Esc>", "[", "b",
            "2", "4", "5", "9", "u", "L",
        ];
        let mut state = opened(Pane::Fast, (200, 60));
        for (key, columns, rows) in steps {
            update(&mut state, Action::Resize(columns, rows));
            keys(&mut state, KEYS[key]);
            prop_assert_eq!(frame(&state).lines().count(), usize::from(rows));
            let half = state.layout.beside.right.as_deref();
            prop_assert_eq!(half.is_some(), state.layout.beside.on);
            if let Some(half) = half {
                let board = half.board.as_ref().unwrap();
                prop_assert!(!half.stale);
                prop_assert_eq!(&board.query, &half.query());
            }
        }
    }
}
