//! A data set with tables and a log is shown in two steps: the platform's figures first, then
//! everything. Nothing that was chosen in between is lost, and no number stands for another.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::Arc;

use fastdeck::app::{
    self, Action, Effect, Key, Pane, Phase, State, open, press, settle, start, update,
};
use fastdeck::board::{Board, Extent, Part, Source};
use fastdeck::data::{self, Input, Options, load, tables};
use fastdeck::facts::{Attribute, Dataset, Engine};
use fastdeck::metrics::{Day, Value, Why};

const MANIFEST: &str = r#"format = 1
name = "two sources"
[[brand]]
id = "oak"
[[brand]]
id = "pine"
[[table]]
kind = "events"
file = "events.csv"
[[table]]
kind = "stock"
file = "stock.csv"
[[table]]
kind = "relations"
file = "relations.csv"
"#;

const EVENTS: &str = "consumer,time,action,brand\n\
    1,2026-11-14,browse,oak\n2,2026-11-13,browse,oak\n3,2026-11-12,cart,oak\n\
    1,2026-11-10,browse,pine\n4,2026-11-15,browse,oak\n";
const STOCK: &str = "brand,date,a,i,p,l\noak,2026-11-08,20,10,5,2\noak,2026-11-01,19,9,4,1\n";
const RELATIONS: &str = "brand,role,consumer,since\noak,member,1,2026-01-01\n";

fn files(list: &[(&str, &str)]) -> Input {
    let files = list
        .iter()
        .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
    Input::Memory(files.collect())
}

fn both() -> Input {
    files(&[
        ("dataset.toml", MANIFEST),
        ("events.csv", EVENTS),
        ("stock.csv", STOCK),
        ("relations.csv", RELATIONS),
    ])
}

fn look(input: &Input) -> Option<Dataset> {
    tables(input, &Options::default(), &|| true)
}

fn whole(input: &Input) -> Dataset {
    load(input, &Options::default(), &mut |_| true).unwrap()
}

fn engine(data: Dataset) -> Arc<Engine> {
    Arc::new(Engine::new(Arc::new(data)))
}

/// A session whose load has read the tables.
fn looked(input: &Input) -> State {
    let mut state = State {
        size: (120, 36),
        ..State::default()
    };
    assert_eq!(start(&mut state), [Effect::Load(1)]);
    let effects = update(&mut state, Action::Tables(1, engine(look(input).unwrap())));
    settle(&mut state, effects);
    state
}

fn finish(state: &mut State, input: &Input) {
    let effects = update(state, Action::Loaded(state.loads, engine(whole(input))));
    settle(state, effects);
}

fn f(board: &Board, brand: usize) -> Value {
    board
        .brand(brand)
        .unwrap()
        .get("fast.f", Part::Whole)
        .unwrap()
        .now
}

fn keys(state: &mut State, script: &str) {
    for key in Key::script(script).unwrap() {
        let effects = press(state, key);
        settle(state, effects);
    }
}

#[test]
fn a_look_holds_the_tables_and_nothing_of_the_log() {
    let data = look(&both()).unwrap();
    assert!(data.lacks_log);
    assert_eq!(data.tables.stock.len(), 2);
    assert!(data.log.spans.is_empty() && data.log.days.is_none());
    assert!(data.attributes.is_empty());
    let all = whole(&both());
    assert!(!all.lacks_log);
    assert_eq!(data.tables.stock[0].a, all.tables.stock[0].a);
}

#[test]
fn there_is_no_look_where_it_would_be_no_help() {
    let only = |kinds: &[&str]| {
        let table = |kind: &&str| format!("[[table]]\nkind = \"{kind}\"\nfile = \"{kind}.csv\"\n");
        let listed: Vec<String> = kinds.iter().map(table).collect();
        let manifest = format!("format = 1\n{}", listed.concat());
        let list = [
            ("dataset.toml", manifest.as_str()),
            ("events.csv", EVENTS),
            ("stock.csv", STOCK),
        ];
        look(&files(&list))
    };
    assert!(only(&["stock"]).is_none(), "without a log");
    assert!(only(&["events"]).is_none(), "without tables");
    assert!(only(&["events", "stock"]).is_some());
    assert!(
        only(&["events", "stock", "fast"]).is_none(),
        "a table that is not there is reported by the load"
    );
    let cancelled = tables(&both(), &Options::default(), &|| false);
    assert!(cancelled.is_none());
}

#[test]
fn what_the_log_will_tell_is_pending_and_never_a_number() {
    let state = looked(&both());
    let board = state.board.as_ref().unwrap();
    assert_eq!(board.extent, Extent::Tables);
    assert!(state.loading.is_some());
    // The day of the platform's last export; 37 people, as the platform counts them.
    assert_eq!(state.as_of, Day::parse_iso("2026-11-08").unwrap());
    assert_eq!(f(board, 0), Value::Known(37.0));
    let figures = board.brands.iter().flat_map(|b| &b.figures);
    for figure in figures {
        assert_eq!(figure.source, Source::Platform);
        if let Value::Missing(why) = figure.now {
            assert_eq!(why, Why::Pending, "{} {:?}", figure.metric.id, figure.part);
        }
    }
    assert_eq!(f(board, 1), Value::Missing(Why::Pending));
}

#[test]
fn the_end_is_that_of_a_load_in_one_step() {
    let mut steps = looked(&both());
    finish(&mut steps, &both());
    let mut once = State::default();
    open(&mut once, engine(whole(&both())));
    assert_eq!(steps.as_of, once.as_of);
    assert_eq!(steps.brand, once.brand);
    assert_eq!(steps.board, once.board);
    assert_eq!(steps.notice, None);
    assert!(!steps.stale && steps.loading.is_none());
}

#[test]
fn what_was_chosen_in_between_stays() {
    let mut state = looked(&both());
    keys(&mut state, "b1j[");
    assert_eq!((state.brand, state.pane), (1, Pane::Brands));
    let (day, row) = (state.as_of, state.cursors[0].row);
    assert_eq!(row, 1);
    finish(&mut state, &both());
    assert_eq!(
        (state.brand, state.pane, state.as_of),
        (1, Pane::Brands, day)
    );
    assert_eq!(state.cursors[0].row, row);
    assert_eq!(state.board.as_ref().unwrap().extent, Extent::Whole);
}

#[test]
fn old_numbers_never_stand_under_the_names_of_other_brands() {
    let head = MANIFEST.split("[[brand]]").next().unwrap().to_owned();
    let tables = MANIFEST.split_once("[[table]]").unwrap().1;
    let manifest = format!("{head}[[table]]{tables}");
    let events = "consumer,time,action,brand\n1,2026-11-14,browse,elm\n2,2026-11-13,browse,oak\n";
    let input = files(&[
        ("dataset.toml", &manifest),
        ("events.csv", events),
        ("stock.csv", STOCK),
        ("relations.csv", RELATIONS),
    ]);
    let mut state = looked(&input);
    assert_eq!(state.brand, 0);
    let effects = update(&mut state, Action::Loaded(1, engine(whole(&input))));
    assert!(
        state.board.is_none(),
        "oak was the first brand and is the second"
    );
    assert_eq!(state.brand, 1);
    settle(&mut state, effects);
    let mut once = State::default();
    open(&mut once, engine(whole(&input)));
    assert_eq!(
        f(state.board.as_ref().unwrap(), 1),
        f(once.board.as_ref().unwrap(), 1)
    );
}

#[test]
fn a_cancelled_log_leaves_the_tables_and_can_be_read_later() {
    let mut state = looked(&both());
    let mut effects = Vec::new();
    for key in Key::script("<Esc>").unwrap() {
        effects = press(&mut state, key);
    }
    assert_eq!(effects, [Effect::CancelLoad]);
    let shown = state.notice.as_ref().unwrap();
    assert!(shown.en.contains("platform tables only"), "{shown:?}");
    // What still comes of that load is dropped.
    update(&mut state, Action::Loaded(1, engine(whole(&both()))));
    assert!(state.lacks_log());
    assert_eq!(f(state.board.as_ref().unwrap(), 0), Value::Known(37.0));
    keys(&mut state, "r");
    assert!(state.loading.is_some());
    finish(&mut state, &both());
    assert!(!state.lacks_log());
}

#[test]
fn a_log_with_errors_is_told_instead_of_the_tables() {
    let mut state = looked(&both());
    update(&mut state, Action::LoadFailed(1, vec!["bad".into()]));
    assert!(matches!(&state.phase, Phase::Failed(lines) if lines == &["bad"]));
    assert!(state.board.is_none() && state.loading.is_none());
}

#[test]
fn a_look_never_takes_the_place_of_a_data_set() {
    let mut state = State::default();
    open(&mut state, engine(whole(&both())));
    let before = state.board.clone();
    keys(&mut state, "r");
    let load = state.loads;
    let effects = update(
        &mut state,
        Action::Tables(load, engine(look(&both()).unwrap())),
    );
    assert_eq!(effects, []);
    assert!(!state.lacks_log());
    assert_eq!(state.board, before);
}

#[test]
fn the_picker_stays_on_its_dimension_when_others_come() {
    let attribute = |id: &str| Attribute {
        id: id.to_owned(),
        values: vec!["x".to_owned()],
        offsets: vec![0, 1],
        entries: vec![0],
    };
    let with = |ids: &[&str]| {
        engine(Dataset {
            attributes: ids.iter().copied().map(attribute).collect(),
            ..whole(&both())
        })
    };
    let mut state = State::default();
    open(&mut state, with(&["age", "gender"]));
    keys(&mut state, "r/<Tab>");
    let dimension = |state: &State| {
        let Some(app::Overlay::Picker(picker)) = &state.overlay else {
            panic!("no picker")
        };
        let dimensions = &state.board.as_ref().unwrap().dimensions;
        dimensions[picker.dimension].id.clone()
    };
    assert_eq!(dimension(&state), "gender");
    let effects = update(
        &mut state,
        Action::Loaded(1, with(&["city", "age", "gender"])),
    );
    settle(&mut state, effects);
    assert_eq!(dimension(&state), "gender");
}

#[test]
fn the_demo_has_a_look_that_agrees_with_the_platform_figures_of_the_whole() {
    let data = look(&Input::Demo).unwrap();
    let all = whole(&Input::Demo);
    let input = Input::Memory(data::demo::embedded());
    assert_eq!(all.fingerprint, whole(&input).fingerprint);
    let ids = |d: &Dataset| d.brands.iter().map(|b| b.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&data), ids(&all));
    let board = |data: Dataset| {
        let mut state = State::default();
        open(&mut state, engine(data));
        state.board.unwrap()
    };
    let (first, last) = (board(data), board(all));
    let platform = |b: &Board| {
        let figures = b.brands[0].figures.iter();
        let known = figures.filter(|f| f.source == Source::Platform && f.now.is_known());
        known
            .map(|f| (f.metric.id, f.part, f.now))
            .collect::<Vec<_>>()
    };
    assert!(platform(&first).len() > 50);
    assert_eq!(platform(&first), platform(&last));
}

/// The board without histories that may come before the whole one.
fn figures_of(board: &Board) -> Arc<Board> {
    let mut board = board.clone();
    board.extent = Extent::Figures;
    for brand in &mut board.brands {
        std::sync::Arc::make_mut(brand).history.clear();
    }
    Arc::new(board)
}

/// Presses a key that asks one question; gives its number and its answer.
fn asked(state: &mut State, key: &str) -> (u64, Board) {
    let key = Key::script(key).unwrap()[0];
    let effects = press(state, key);
    let [Effect::Compute(generation, query, focus)] = &effects[..] else {
        panic!("{effects:?}")
    };
    let Phase::Ready(engine) = &state.phase else {
        panic!("no data")
    };
    (*generation, fastdeck::board::compute(engine, query, focus))
}

#[test]
fn figures_come_before_their_history_and_the_old_history_stays_meanwhile() {
    let mut state = State::default();
    open(&mut state, engine(whole(&both())));
    let old = state.board.clone().unwrap();
    let (generation, new) = asked(&mut state, "[");
    assert!(state.stale);
    update(&mut state, Action::Counting(10));
    update(&mut state, Action::Computed(generation, figures_of(&new)));
    let shown = state.board.clone().unwrap();
    assert!(!state.stale && state.awaits_history());
    assert_eq!(state.counting, Some(10));
    assert_eq!(f(&shown, 0), f(&new, 0));
    assert_ne!(f(&shown, 0), f(&old, 0));
    assert_eq!(shown.brands[0].history, old.brands[0].history);
    assert_eq!(shown.dates, old.dates, "the old history keeps its days");
    update(&mut state, Action::Counting(60));
    assert_eq!(state.counting, Some(60));
    update(
        &mut state,
        Action::Computed(generation, Arc::new(new.clone())),
    );
    assert!(!state.awaits_history());
    assert_eq!(state.counting, None);
    assert_eq!(**state.board.as_ref().unwrap(), new);
}

#[test]
fn both_steps_of_an_older_question_are_dropped() {
    let mut state = State::default();
    open(&mut state, engine(whole(&both())));
    let (first, one) = asked(&mut state, "[");
    update(&mut state, Action::Computed(first, figures_of(&one)));
    let (second, two) = asked(&mut state, "[");
    let before = state.board.clone();
    update(&mut state, Action::Computed(first, Arc::new(one.clone())));
    assert_eq!(state.board, before, "the history of an older question");
    assert!(state.stale && state.awaits_history());
    update(&mut state, Action::Computed(second, figures_of(&two)));
    update(&mut state, Action::Computed(first, figures_of(&one)));
    assert_eq!(f(state.board.as_ref().unwrap(), 0), f(&two, 0));
    update(&mut state, Action::Computed(second, Arc::new(two.clone())));
    assert_eq!(**state.board.as_ref().unwrap(), two);
}
