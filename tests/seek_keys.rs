//! Goal seek at the keyboard, on the same `press` that the terminal uses.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    missing_docs
)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use fastdeck::app::seek::Section;
use fastdeck::app::{
    Action, Books, Effect, Key, Language, Overlay, Pane, State, ThemeName, open, press, settle,
    update,
};
use fastdeck::board::Figures;
use fastdeck::data::{self, Input, Options};
use fastdeck::facts::{Dataset, Engine};
use fastdeck::scenario::{Item, Scenario};
use fastdeck::view::seek::{Outcome, SeekModel};
use fastdeck::view::text::width;
use fastdeck::{ui, view};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde_json::Value as Json;

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sample-data")
        .join(name)
}

fn engine(name: &str) -> Arc<Engine> {
    let loaded = data::load(&Input::Path(sample(name)), &Options::default(), &mut |_| {
        true
    });
    let Ok(data) = loaded else {
        panic!("{name} does not load")
    };
    Arc::new(Engine::new(Arc::new(data)))
}

fn opened(name: &str, pane: Pane) -> State {
    shown(engine(name), pane)
}

fn shown(engine: Arc<Engine>, pane: Pane) -> State {
    let mut state = State {
        size: (140, 40),
        pane,
        ..State::default()
    };
    open(&mut state, engine);
    let fingerprint = state.dataset().unwrap().fingerprint.clone();
    update(&mut state, Action::Books(fingerprint, Books::default()));
    state
}

fn keys(state: &mut State, script: &str) {
    for key in Key::script(script).unwrap_or_else(|| panic!("not a script: {script}")) {
        let effects = press(state, key);
        settle(state, effects);
    }
}

fn form(state: &State) -> &fastdeck::app::seek::SeekForm {
    match &state.overlay {
        Some(Overlay::Seek(form)) => form,
        other => panic!("no form: {other:?}"),
    }
}

fn model(state: &State) -> SeekModel {
    view::seek::model(state, form(state))
}

/// Chooses these levers and no others; the cursor goes to each.
fn choose(state: &mut State, levers: &[(&'static str, Item)]) {
    while form(state).section != Section::Levers {
        keys(state, "<Tab>");
    }
    let ground = state.seek.ground.clone().unwrap();
    for (at, lever) in ground.levers.iter().enumerate() {
        let wanted = levers.contains(&lever.id());
        if form(state).chosen.contains(&lever.id()) != wanted {
            keys(state, "<Home>");
            keys(state, &"j".repeat(at));
            keys(state, " ");
        }
    }
    assert_eq!(form(state).chosen.len(), levers.len());
}

fn close(found: f64, wanted: f64) {
    let apart = (found - wanted).abs();
    assert!(apart <= 1e-9 * wanted.abs(), "{found} is not {wanted}");
}

/// The GMV of all crowds in the plan's own model, under the open scenario.
fn planned_gmv(state: &State) -> f64 {
    let plain = state.plain.as_ref().unwrap();
    let figures = Figures {
        board: plain.brand(state.brand).unwrap(),
        data: state.dataset().unwrap(),
        definitions: &state.definitions,
    };
    let basis = figures.basis("crowd.gmv", "*").unwrap();
    let model = basis.model.under(state.scenario()).0;
    model.get("crowd.gmv", "*").unwrap().get().unwrap()
}

const PENETRATION: (&str, Item) = ("crowd.penetration", Item::All);

#[test]
fn the_guidebook_is_brought_to_its_hundred_million_and_back() {
    let mut state = opened("guidebook", Pane::Crowds);
    close(planned_gmv(&state), 9.9e7);
    let before = (state.book.clone(), state.board.clone());
    keys(&mut state, "g1亿");
    choose(&mut state, &[PENETRATION]);
    let found = state.seek.found.clone().unwrap();
    assert_eq!(found.reached.len(), 1);
    keys(&mut state, "<Enter>");
    assert!(state.overlay.is_none() && state.seek.quest.is_none());
    assert!(
        state
            .scenario()
            .to_string()
            .starts_with("crowd.penetration[*]+=")
    );
    close(planned_gmv(&state), 1e8);
    assert_eq!(state.book.steps().0, 1, "taking a plan is one step");
    keys(&mut state, "u");
    assert!(state.scenario().is_empty());
    assert_eq!(state.book.desk(), before.0.desk());
    assert_eq!(state.board, before.1);
    keys(&mut state, "<Ctrl-r>");
    close(planned_gmv(&state), 1e8);
}

#[test]
fn escape_leaves_everything_as_it_was() {
    let mut state = opened("guidebook", Pane::Crowds);
    keys(&mut state, "j<Enter>");
    let (card, cursors, book) = (state.open_crowd, state.cursors, state.book.clone());
    let board = state.board.clone();
    keys(&mut state, "g1亿<Tab>jj <Tab><Tab>转化<Esc>");
    assert!(state.overlay.is_none());
    assert_eq!((state.open_crowd, state.cursors), (card, cursors));
    assert_eq!((&state.book, &state.board), (&book, &board));
    assert!(state.seek.ground.is_none() && state.seek.found.is_none());
}

#[test]
fn a_goal_out_of_reach_tells_the_best_and_the_limit_that_binds() {
    let mut state = opened("guidebook", Pane::Crowds);
    state.language = Language::En;
    keys(&mut state, "g10亿");
    choose(
        &mut state,
        &[(
            "crowd.penetration",
            Item::One("performance_elite".to_owned()),
        )],
    );
    // 8,000,000 people more × 6 % × 200 above 99,000,000.
    let Outcome::Best { head, limits, .. } = model(&state).outcome else {
        panic!("{:?}", model(&state).outcome)
    };
    assert!(head.contains("195,000,000"), "{head}");
    assert_eq!(limits.len(), 1);
    assert!(limits[0].contains("≤ 100"), "{limits:?}");
    keys(&mut state, "<Enter>");
    assert!(state.overlay.is_some() && state.scenario().is_empty());
    assert!(state.notice.as_ref().unwrap().en.contains("out of reach"));
    // All crowds together end where the last of them is full.
    choose(&mut state, &[PENETRATION]);
    let Outcome::Best { limits, .. } = model(&state).outcome else {
        panic!("{:?}", model(&state).outcome)
    };
    assert!(limits[0].contains("All crowds ≤ 100"), "{limits:?}");
}

#[test]
fn what_is_shown_is_what_the_command_tells() {
    let mut state = opened("double11", Pane::Gmv);
    let metric = |state: &State| form(state).aim.metric;
    keys(&mut state, "g");
    assert_eq!(metric(&state), "gmv.gmv");
    keys(&mut state, "1300万");
    let levers = [
        ("gmv.pool", Item::One("i".to_owned())),
        ("gmv.order_rate", Item::One("i".to_owned())),
        ("gmv.cart_rate", Item::One("p".to_owned())),
    ];
    choose(&mut state, &levers);
    let at = |lever: &str| {
        let ground = state.seek.ground.as_ref().unwrap();
        let place = ground
            .levers
            .iter()
            .position(|l| l.id() == ("gmv.pool", Item::One(lever.to_owned())));
        place.unwrap()
    };
    let row = at("i");
    keys(&mut state, "<Home>");
    keys(&mut state, &"j".repeat(row));
    keys(&mut state, "c2<Enter>");
    let mut command = Command::new(env!("CARGO_BIN_EXE_fastdeck"));
    command
        .args(["seek", sample("double11").to_str().unwrap()])
        .args(["--goal", "gmv=1300万", "--frontier", "12"])
        .args(["--cost", "gmv.pool[i]=2"])
        .env("FASTDECK_HOME", std::env::temp_dir());
    let ground = state.seek.ground.clone().unwrap();
    for lever in ground.levers.iter().filter(|l| levers.contains(&l.id())) {
        command.arg("--by");
        command.arg(format!("{}[{}]", lever.knob.lever.id, lever.knob.item));
    }
    let output = command.output().unwrap();
    let told: Json = serde_json::from_slice(&output.stdout).unwrap();
    let found = state.seek.found.clone().unwrap();
    let (quest, none) = (state.seek.quest.clone().unwrap(), Scenario::default());
    let solutions = told["solutions"].as_array().unwrap();
    assert_eq!(solutions.len(), found.reached.len());
    for (way, solution) in found.reached.iter().zip(solutions) {
        close(solution["effort"].as_f64().unwrap(), way.plan.effort);
        close(solution["value"].as_f64().unwrap(), way.plan.value);
        let whole = quest.after(&none, &way.plan).to_string();
        assert_eq!(solution["what_if"], whole.as_str());
    }
    let frontier = found.frontier.as_ref().unwrap();
    let points = told["frontier"].as_array().unwrap();
    assert_eq!(points.len(), frontier.len());
    for (point, plan) in points.iter().zip(frontier) {
        close(point["effort"].as_f64().unwrap(), plan.effort);
    }
}

#[test]
fn a_plan_starts_from_the_open_scenario() {
    let mut state = opened("double11", Pane::Gmv);
    update(&mut state, Action::Show(Pane::Gmv));
    let given = "gmv.aov[*]*=1.1";
    fastdeck::app::propose(&mut state, "x", Scenario::parse(given).unwrap());
    keys(&mut state, "g*1.2");
    let ground = state.seek.ground.clone().unwrap();
    close(ground.now.get().unwrap(), 1.1 * 11_352_000.0);
    choose(&mut state, &[("gmv.pool", Item::All)]);
    keys(&mut state, "<Enter>");
    let whole = state.scenario().to_string();
    assert!(
        whole.starts_with(given) && whole.contains("gmv.pool[*]*="),
        "{whole}"
    );
}

#[test]
fn the_list_of_metrics_begins_with_the_pane_and_the_crowd_under_the_cursor() {
    let mut state = opened("guidebook", Pane::Crowds);
    keys(&mut state, "jg<S-Tab>");
    assert_eq!(form(&state).section, Section::Metric);
    let under = fastdeck::app::order::crowd_order(&state)[1];
    let id = state.dataset().unwrap().crowds[under].id.clone();
    let choices = fastdeck::app::seek::metric_choices(&state, "");
    let first: Vec<_> = choices[..2]
        .iter()
        .map(|c| (c.metric.id, c.item.as_str()))
        .collect();
    assert_eq!(first, [("crowd.gmv", "*"), ("crowd.gmv", id.as_str())]);
    keys(&mut state, "顾家 转化<Enter>");
    let aim = &form(&state).aim;
    assert_eq!(
        (aim.metric, &*aim.item),
        ("crowd.conversion", "family_pastime")
    );
    assert_eq!(form(&state).section, Section::Value);
    // Only the factors of that crowd move it, and a text of the other metric is gone.
    let ground = state.seek.ground.as_ref().unwrap();
    let one = |l: &fastdeck::app::seek::Leverage| l.knob.item == Item::One("family_pastime".into());
    assert!(!ground.levers.is_empty() && ground.levers.iter().all(one));
    assert!(form(&state).value.text.is_empty());
    let mut state = opened("demo", Pane::Fast);
    keys(&mut state, "g");
    assert_eq!(form(&state).aim.metric, "fast.f");
}

#[test]
fn the_target_is_wanted_where_nothing_is_typed_and_nonsense_is_told() {
    let mut state = opened("guidebook", Pane::Crowds);
    keys(&mut state, "g");
    let ground = state.seek.ground.clone().unwrap();
    let quest = state.seek.quest.as_ref().map(|q| q.goal);
    assert_eq!(quest, ground.target);
    keys(&mut state, "5%");
    assert!(state.seek.quest.is_none() && !model(&state).refused.is_empty());
    keys(&mut state, "<Enter>");
    assert!(state.overlay.is_some() && state.scenario().is_empty());
    keys(&mut state, "<Ctrl-u>*1.01");
    close(state.seek.quest.as_ref().unwrap().goal, 9.9e7 * 1.01);
}

#[test]
fn an_answer_that_is_late_is_dropped_and_an_early_enter_waits_for_its_own() {
    let mut state = opened("guidebook", Pane::Crowds);
    let mut asked = Vec::new();
    for key in Key::script("g1亿<Enter>").unwrap() {
        asked.extend(press(&mut state, key).into_iter().filter_map(|e| match e {
            Effect::Seek(generation, Some(quest)) => Some((generation, quest)),
            _ => None,
        }));
    }
    assert!(state.seek.pending && form(&state).taking);
    let (last, earlier) = asked.split_last().unwrap();
    for (generation, quest) in earlier {
        let found = Arc::new(quest.solve(&|| true));
        update(&mut state, Action::Sought(*generation, found));
        assert!(state.seek.pending && state.scenario().is_empty());
    }
    let found = Arc::new(last.1.solve(&|| true));
    update(&mut state, Action::Sought(last.0, found));
    assert!(state.overlay.is_none());
    close(planned_gmv(&state), 1e8);
}

#[test]
fn a_lever_that_cannot_be_judged_names_what_is_missing() {
    let mut state = opened("demo", Pane::Crowds);
    keys(&mut state, "g*1.5");
    choose(&mut state, &[("crowd.conversion", Item::All)]);
    let Outcome::Blind(why) = model(&state).outcome else {
        panic!("{:?}", model(&state).outcome)
    };
    assert!(why.contains("客单价"), "{why}");
}

#[test]
fn nothing_is_sought_without_data() {
    let mut state = shown(
        Arc::new(Engine::new(Arc::new(Dataset::default()))),
        Pane::Crowds,
    );
    keys(&mut state, "g");
    assert!(state.overlay.is_none() && state.notice.is_some());
}

#[test]
fn every_size_is_drawn_with_exact_lines() {
    let sizes = [
        (1, 1),
        (20, 6),
        (30, 8),
        (39, 9),
        (44, 14),
        (60, 20),
        (80, 24),
        (100, 30),
        (120, 36),
        (200, 60),
        (300, 100),
    ];
    for name in ["guidebook", "double11"] {
        let engine = engine(name);
        for script in ["g", "g1亿", "g10亿<Tab>c1", "g9<Tab><Tab>", "g1亿<S-Tab>客"] {
            let mut state = shown(Arc::clone(&engine), Pane::Crowds);
            keys(&mut state, script);
            for (i, size) in sizes.into_iter().enumerate() {
                state.size = size;
                state.language = [Language::Zh, Language::En][i % 2];
                exact(&state);
            }
        }
    }
}

fn exact(state: &State) {
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let mut buffer = Buffer::empty(area);
    let theme = ui::Theme::named(ThemeName::Dark);
    let caret = ui::render(&view::screen(state), &theme, area, &mut buffer);
    assert!(caret.is_none_or(|(x, y)| x < area.width && y < area.height));
    for y in 0..area.height {
        let mut columns = 0;
        let mut x = 0;
        while x < area.width {
            let wide = width(buffer[(x, y)].symbol()).max(1);
            columns += wide;
            x += wide as u16;
        }
        assert_eq!(columns, usize::from(area.width), "{:?} row {y}", state.size);
    }
}
