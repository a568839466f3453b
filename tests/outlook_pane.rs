//! The outlook pane at the keyboard: it shows what the command line projects, levers move it without
//! a count, and it says why where there is nothing to project from.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use fastdeck::app::levers::lever_rows;
use fastdeck::app::{
    Action, Effect, Key, Language, Overlay, Pane, State, ThemeName, Wanted, open, press, propose,
    settle, update,
};
use fastdeck::board::{self, HELD, Horizon, Projection};
use fastdeck::data::{self, Input, Options, demo};
use fastdeck::facts::Engine;
use fastdeck::metrics::Day;
use fastdeck::metrics::calendar::next_event;
use fastdeck::scenario::Scenario;
use fastdeck::{capture, ui, view};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

fn load(input: &Input) -> Arc<Engine> {
    let data = data::load(input, &Options::default(), &mut |_| true).unwrap();
    Arc::new(Engine::new(Arc::new(data)))
}

fn demo_engine() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    Arc::clone(ENGINE.get_or_init(|| load(&Input::Memory(demo::embedded()))))
}

fn guidebook_engine() -> Arc<Engine> {
    static ENGINE: OnceLock<Arc<Engine>> = OnceLock::new();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("sample-data/guidebook");
    Arc::clone(ENGINE.get_or_init(|| load(&Input::Path(folder))))
}

/// The pane on a brand.
fn opened(engine: Arc<Engine>, brand: &str) -> State {
    let mut state = State {
        pane: Pane::Outlook,
        size: (120, 36),
        wanted: Wanted {
            brand: Some(brand.to_owned()),
            ..Wanted::default()
        },
        ..State::default()
    };
    open(&mut state, engine);
    state
}

/// Presses keys; gives how many boards were asked for.
fn keys(state: &mut State, script: &str) -> usize {
    let mut boards = 0;
    for key in Key::script(script).unwrap() {
        let effects = press(state, key);
        let asks = |e: &&Effect| matches!(e, Effect::Compute(..));
        boards += effects.iter().filter(asks).count();
        settle(state, effects);
    }
    boards
}

fn projection(state: &State) -> &Projection {
    let found = state.outlook.found.as_ref().expect("nothing was found");
    found.projection.as_ref().expect("there is no projection")
}

fn text(state: &State) -> String {
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let mut buf = Buffer::empty(area);
    let theme = ui::Theme::named(state.theme);
    ui::render(&view::screen(state), &theme, area, &mut buf);
    capture::text(&buf)
}

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

#[test]
fn the_pane_shows_what_the_command_line_projects() {
    let engine = demo_engine();
    for (brand, scenario, script) in [
        ("jichuan", "", ""),
        ("jichuan", "flow.rate[a>i]+=2pp; flow.inflow[*]*=1.3", "e"),
        ("jichuan", "flow.rate[i>p]=90%; flow.rate[i>n]=50%", "o>>"),
        ("qinghe", "fast.f*=2", "ee[<lt>"),
    ] {
        let known = engine.dataset().brands.iter().any(|b| b.id == brand);
        let brand = if known {
            brand
        } else {
            &engine.dataset().brands[1].id
        };
        let mut state = opened(Arc::clone(&engine), brand);
        propose(&mut state, "x", Scenario::parse(scenario).unwrap());
        keys(&mut state, script);
        let found = state.outlook.found.clone().unwrap();
        let horizon = Horizon {
            until: found.until,
            observed: state.outlook.observed,
        };
        let wanted = board::projection(&engine, &state.query(), state.brand, horizon);
        assert_eq!(found.projection, wanted, "{brand} {scenario}");
        let count = (horizon.observed, HELD);
        let test = board::projection_backtest(&engine, &state.query(), state.brand, count);
        assert_eq!(found.ahead.backtest, test);
    }
}

#[test]
fn it_looks_ahead_to_the_next_event_and_keys_move_the_day() {
    let mut state = opened(demo_engine(), "jichuan");
    let until = |state: &State| state.outlook.found.as_ref().unwrap().until;
    assert_eq!(state.as_of, day("2026-11-15"));
    assert_eq!(until(&state), day("2026-12-12"));
    assert_eq!(projection(&state).estimates.len(), 4);
    assert_eq!(keys(&mut state, "e"), 0);
    assert_eq!(until(&state), day("2027-03-08"));
    keys(&mut state, "E>");
    assert_eq!(until(&state), day("2026-12-19"));
    keys(&mut state, "<lt><lt><lt><lt>");
    assert_eq!(until(&state), day("2026-11-21"));
    assert_eq!(projection(&state).estimates.len(), 1);
    keys(&mut state, "<lt>");
    assert!(state.notice.is_some(), "the day before as-of was taken");
    assert_eq!(until(&state), day("2026-11-21"));
    for _ in 0..6 {
        keys(&mut state, "e");
    }
    assert!(state.notice.is_some());
    assert_eq!(until(&state), day("2027-11-11"));
    // A day that has passed gives way to the next event.
    keys(&mut state, "<Esc>");
    state.outlook.until = Some(day("2026-11-16"));
    let effects = update(&mut state, Action::Show(Pane::Outlook));
    settle(&mut state, effects);
    assert_eq!(keys(&mut state, "[["), 2);
    assert_eq!(until(&state), day("2026-11-16"));
    state.outlook.until = Some(day("2026-11-01"));
    keys(&mut state, "]");
    assert_eq!(until(&state), next_event(state.as_of).unwrap().day);
}

#[test]
fn the_number_of_weeks_asks_for_one_board_and_other_panes_for_none() {
    let mut state = opened(demo_engine(), "jichuan");
    assert_eq!(projection(&state).observed, 8);
    assert_eq!(keys(&mut state, "o"), 1);
    assert_eq!(projection(&state).observed, 12);
    assert_eq!(keys(&mut state, "2"), 0, "the board holds FAST already");
    assert_eq!(keys(&mut state, "9"), 0, "the weeks are counted already");
    assert_eq!(keys(&mut state, "2b"), 1);
    assert_eq!(keys(&mut state, "9"), 1, "the weeks of another brand");
    assert_eq!(
        state.outlook.found.as_ref().unwrap().ahead.brand,
        state.brand
    );
    // While the weeks are counted, another pane does not wait for them.
    let effects = press(&mut state, Key::script("o").unwrap()[0]);
    assert!(state.stale && effects.len() == 1);
    let effects = press(&mut state, Key::script("2").unwrap()[0]);
    assert!(matches!(effects[..], [Effect::Compute(..)]), "{effects:?}");
    settle(&mut state, effects);
    assert!(!state.stale && state.board.as_ref().unwrap().ahead.is_none());
}

#[test]
fn levers_of_the_flow_move_the_estimate_at_once() {
    let mut state = opened(demo_engine(), "jichuan");
    let plain = projection(&state).clone();
    assert_eq!(keys(&mut state, "s"), 0);
    let rows = lever_rows(&state);
    let items: Vec<String> = rows
        .iter()
        .map(|r| format!("{}[{}]", r.lever.id, item(r)))
        .collect();
    for wanted in [
        "flow.inflow[*]",
        "flow.inflow[a]",
        "flow.rate[a>i]",
        "flow.rate[p>l]",
    ] {
        assert!(items.iter().any(|i| i == wanted), "{wanted} in {items:?}");
    }
    assert!(rows.iter().all(|r| r.lever.id.starts_with("flow.")));
    let sum: f64 = plain.week.arrivals.iter().sum();
    assert!((rows[0].base.unwrap() - sum).abs() < 1e-9 * sum);
    // All arrivals 5 % up, then those in A 100 people.
    assert_eq!(keys(&mut state, "+"), 0);
    assert_eq!(projection(&state).baseline, plain.estimates);
    let grown = projection(&state).week.arrivals;
    for (grown, plain) in grown.iter().zip(plain.week.arrivals) {
        assert!((grown - plain * 1.05).abs() < 1e-9 * plain.max(1.0));
    }
    assert_eq!(keys(&mut state, "u<Down><Enter>+100<Enter>"), 0);
    let more = projection(&state).week.arrivals[0] - plain.week.arrivals[0];
    assert!((more - 100.0).abs() < 1e-9);
    let first = |p: &Projection| p.estimates[0].1.expected.stock[0];
    assert!((first(projection(&state)) - first(&plain) - 100.0).abs() < 1e-6);
    keys(&mut state, "u<Esc>");
    assert_eq!(*projection(&state), plain);
}

fn item(row: &fastdeck::app::levers::LeverRow) -> String {
    match &row.item {
        fastdeck::scenario::Item::All => "*".to_owned(),
        fastdeck::scenario::Item::One(id) => id.clone(),
    }
}

#[test]
fn a_rate_beyond_its_bound_is_cut_and_told() {
    let mut state = opened(demo_engine(), "jichuan");
    state.language = Language::En;
    state.size = (200, 60);
    keys(&mut state, "s");
    let at = lever_rows(&state)
        .iter()
        .position(|r| item(r) == "a>i")
        .unwrap();
    let Some(Overlay::Levers(drawer)) = &mut state.overlay else {
        panic!("the drawer is closed");
    };
    drawer.row = at;
    keys(&mut state, "<Enter>99%<Enter>");
    let row = lever_rows(&state)[at].clone();
    let week = projection(&state).week;
    assert!(row.bounded && row.now.unwrap() < 0.99);
    let whole: f64 = week.rates[0].iter().sum();
    assert!((whole - 1.0).abs() < 1e-12);
    let shown = text(&state);
    assert!(shown.contains("is at its bound"), "{shown}");
    keys(&mut state, "0");
    assert!(!lever_rows(&state)[at].bounded);
}

/// `domain.md` §14.6: the mean week of the worked flow, and the week that follows.
#[test]
fn the_worked_flow_goes_on_in_the_pane() {
    let mut state = opened(guidebook_engine(), "flow_example");
    state.language = Language::En;
    let a = |state: &State| projection(state).estimates[0].1.expected.stock[0];
    let wanted = 9402.0 * 0.55 + 4105.0 * 0.075 + 2410.0 * 0.001 + 3600.0;
    assert!((a(&state) - wanted).abs() < 1e-9 * wanted);
    let shown = text(&state);
    // 12 % of A went to I; 3,600 people came into A; 9,402 × 0.55 + … = 9,081.
    for number in ["12.0", "3,600", "9,081"] {
        assert!(shown.contains(number), "{number} in\n{shown}");
    }
    assert!(
        shown.contains("only 1 week") && shown.contains("not tested"),
        "{shown}"
    );
    propose(
        &mut state,
        "x",
        Scenario::parse("flow.inflow[a]=5000").unwrap(),
    );
    assert!((a(&state) - wanted - 1400.0).abs() < 1e-9 * wanted);
}

#[test]
fn without_flows_it_says_why() {
    let mut state = opened(guidebook_engine(), "guidebook");
    let found = state.outlook.found.clone().unwrap();
    assert!(found.projection.is_none() && found.plain.is_empty());
    assert!(text(&state).contains("无法推算"));
    keys(&mut state, "e");
    assert!(
        state.notice.is_some(),
        "the key did nothing and said nothing"
    );
    keys(&mut state, "s");
    assert!(state.overlay.is_none());
    state.language = Language::En;
    state.notice = None;
    assert!(text(&state).contains("no outlook"));
}

#[test]
fn the_assumption_the_source_and_the_backtest_are_always_there() {
    let mut state = opened(demo_engine(), "jichuan");
    state.language = Language::En;
    for size in [(80, 24), (100, 30), (120, 36), (200, 60)] {
        state.size = size;
        let shown = text(&state);
        let flat = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        for words in [
            "assumes that the transition rates hold",
            "event log, last 8 weeks",
            "Backtest, last 8 weeks: not better than \"no change\"",
        ] {
            assert!(flat.contains(words), "{words} in\n{shown}");
        }
    }
}

#[test]
fn a_scenario_that_moves_no_flow_says_so() {
    let mut state = opened(demo_engine(), "jichuan");
    state.language = Language::En;
    let plain = projection(&state).clone();
    propose(&mut state, "x", Scenario::parse("fast.f*=2").unwrap());
    assert_eq!(*projection(&state), plain);
    assert!(text(&state).contains("changes no lever of the flow"));
    propose(
        &mut state,
        "y",
        Scenario::parse("flow.inflow[a]*=2").unwrap(),
    );
    assert!(!text(&state).contains("changes no lever of the flow"));
}

#[test]
fn every_size_is_drawn() {
    let mut states = vec![
        opened(demo_engine(), "jichuan"),
        opened(guidebook_engine(), "guidebook"),
        opened(guidebook_engine(), "flow_example"),
    ];
    propose(
        &mut states[0],
        "x",
        Scenario::parse("flow.rate[a>i]+=3pp; flow.inflow[*]*=0.5").unwrap(),
    );
    let mut far = states[0].clone();
    keys(&mut far, "eee");
    let mut drawer = states[0].clone();
    keys(&mut drawer, "s");
    states.extend([far, drawer]);
    let sizes = [
        (20, 6),
        (30, 9),
        (40, 10),
        (44, 14),
        (60, 20),
        (80, 24),
        (99, 31),
        (100, 12),
        (100, 20),
        (120, 27),
        (120, 36),
        (149, 40),
        (150, 24),
        (200, 60),
        (300, 14),
        (300, 100),
    ];
    for mut state in states {
        for (i, size) in sizes.into_iter().enumerate() {
            state.size = size;
            state.language = [Language::Zh, Language::En][i % 2];
            state.theme = [ThemeName::Dark, ThemeName::Light, ThemeName::Mono][i % 3];
            let shown = text(&state);
            assert_eq!(shown.lines().count(), usize::from(size.1));
            for line in shown.lines() {
                assert!(view::text::width(line) <= usize::from(size.0), "{line}");
            }
        }
    }
}
