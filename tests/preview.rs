//! The slice picker tells what each of its values would do: those are the numbers that are there once
//! the value is chosen, Enter does what is said, and what is only looked at leaves no trace.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod seat;

use std::sync::Arc;

use fastdeck::app::preview::{effect, looked_at};
use fastdeck::app::{
    Action, Effect, Overlay, Pane, Picker, State, foresee, picker_takes, press, settle,
    slice_switches, update,
};
use fastdeck::board::{self, Board, Figure, Focus};
use fastdeck::metrics::Value;

use seat::{demo, frame, keys, sample, seated};

fn picker(state: &State) -> &Picker {
    match &state.overlay {
        Some(Overlay::Picker(picker)) => picker,
        other => panic!("no picker but {other:?}"),
    }
}

/// The state with the value under the cursor switched.
fn toggled(state: &State) -> State {
    let mut then = state.clone();
    keys(&mut then, "<Space>");
    then
}

fn figures(state: &State) -> &[Figure] {
    &state
        .board
        .as_deref()
        .unwrap()
        .brand(state.brand)
        .unwrap()
        .figures
}

fn is_same(a: &Figure, b: &Figure) -> bool {
    a.metric.id == b.metric.id && a.part == b.part && a.source == b.source
}

/// Compares every figure of the picker's preview with the one that is there after Space; gives how
/// many there were, and how many of them change.
fn compare(state: &State) -> (usize, usize) {
    let then = toggled(state);
    let (mut all, mut moved) = (0, 0);
    for figure in figures(state) {
        let Some(after) = figures(&then).iter().find(|f| is_same(f, figure)) else {
            assert_eq!(figure.preview, None, "{figure:?}");
            continue;
        };
        let previewed = figure.preview.unwrap_or(figure.now);
        assert_eq!(
            previewed, after.now,
            "{} {:?} with {:?}",
            figure.metric.id, figure.part, then.slice
        );
        all += 1;
        moved += usize::from(after.now != figure.now);
    }
    (all, moved)
}

/// Opens the picker, looks at every value of every dimension, and compares.
fn walk(state: &mut State, all_dimensions: bool) -> (usize, usize) {
    let dimensions = state.board.as_deref().unwrap().dimensions.clone();
    let (mut all, mut moved) = (0, 0);
    for (at, dimension) in dimensions.iter().enumerate() {
        assert_eq!(picker(state).dimension, at);
        for row in 0..dimension.values.len() {
            foresee(state);
            assert_eq!(picker(state).row, row);
            let (a, m) = compare(state);
            (all, moved) = (all + a, moved + m);
            keys(state, "<Down>");
        }
        if !all_dimensions {
            break;
        }
        keys(state, "<Tab>");
    }
    (all, moved)
}

#[test]
fn what_is_looked_at_is_what_is_there_after_space() {
    for pane in [Pane::Fast, Pane::Brands] {
        let mut state = seated(demo(), pane);
        keys(&mut state, "/");
        let (all, moved) = walk(&mut state, pane == Pane::Fast);
        assert!(all > 1_000 && moved > 500, "{all} figures, {moved} moved");
    }
}

#[test]
fn scopes_negations_and_values_that_are_taken_out_are_foreseen() {
    let mut state = seated(demo(), Pane::Aipl);
    keys(&mut state, "/<Tab><Tab><Tab><Tab><Ctrl-s>");
    assert!(picker(&state).scope);
    for script in [
        "",
        "<Space>",
        "<Down><Space>",
        "!",
        "<Down>",
        "<Up><Up>",
        "<Ctrl-s>",
    ] {
        keys(&mut state, script);
        foresee(&mut state);
        let (all, _) = compare(&state);
        assert!(all > 100);
    }
}

#[test]
fn a_scenario_lies_over_both() {
    let mut state = seated(demo(), Pane::Crowds);
    keys(&mut state, "js<Enter>25%<Enter><Esc>");
    assert!(!state.scenario().is_empty());
    assert!(figures(&state).iter().any(|f| f.before().is_some()));
    keys(&mut state, "/");
    foresee(&mut state);
    let (all, changed) = compare(&state);
    assert!(all > 100 && changed > 50);
}

#[test]
fn every_value_tells_its_effect_on_the_figure_of_the_pane() {
    let mut state = seated(demo(), Pane::Fast);
    keys(&mut state, "/");
    foresee(&mut state);
    let rows = state.board.as_deref().unwrap().dimensions[0].values.len();
    for id in [
        "fast.f",
        "fast.a",
        "fast.s",
        "fast.t",
        "fast.active_members",
    ] {
        let figure = effect(&state, picker(&state)).unwrap();
        assert_eq!(figure.metric, id);
        let slices = slice_switches(&state, picker(&state));
        for row in 0..rows {
            let slice = slices(row).unwrap();
            let found = figure.on(state.preview.of(&slice).unwrap()).unwrap().now;
            let engine = demo();
            let query = board::Query {
                slice,
                ..state.query()
            };
            let told = board::compute(&engine, &query, &Focus::Full(vec![state.brand]));
            assert_eq!(found, figure.on(&told).unwrap().now, "{id} {row}");
        }
        drop(slices);
        keys(&mut state, "<Ctrl-o>");
    }
}

#[test]
fn the_frame_shows_ghosts_effects_and_what_enter_does() {
    let mut state = seated(demo(), Pane::Fast);
    keys(&mut state, "/");
    assert!(!frame(&state).contains("选后"));
    assert!(frame(&state).contains('…'), "effects are on their way");
    foresee(&mut state);
    let seen = frame(&state);
    let f = figures(&state)
        .iter()
        .find(|f| f.metric.id == "fast.f")
        .unwrap();
    let Some(Value::Known(then)) = f.preview else {
        panic!("{f:?}")
    };
    assert!(seen.contains("选后"), "{seen}");
    let line = seen.lines().find(|l| l.contains(" Enter ")).unwrap();
    assert!(line.contains("人群 = Z世代 ▸ F 人群总量"), "{line}");
    assert!(line.contains(&format!(" {then} ")), "{line}");
    assert_eq!(picker(&state).row, 0);
    let slice = looked_at(&state).unwrap();
    keys(&mut state, "<Enter>");
    assert_eq!(state.slice, slice);
    assert!(state.overlay.is_none());
    let f = figures(&state)
        .iter()
        .find(|f| f.metric.id == "fast.f")
        .unwrap();
    assert_eq!(f.now, Value::Known(then));
    assert_eq!(f.preview, None);
}

#[test]
fn enter_takes_the_value_only_while_nothing_was_chosen() {
    let slices = |script: &str| {
        let mut state = seated(demo(), Pane::Fast);
        keys(&mut state, script);
        assert!(state.overlay.is_none());
        state.slice.to_string()
    };
    assert_eq!(slices("/<Enter>"), "crowd=genz");
    assert_eq!(slices("/<Down><Enter>"), "crowd=supermom");
    assert_eq!(slices("/<Space><Down><Enter>"), "crowd=genz");
    assert_eq!(slices("/<Space><Space><Enter>"), "");
    assert_eq!(slices("/<Down><Enter>/<Down><Enter>"), "crowd=supermom");
    assert_eq!(slices("/<Down><Enter>/<Enter>"), "crowd=supermom,genz");
    assert_eq!(slices("/!<Down><Enter>"), "crowd!=genz");
    assert_eq!(slices("/<Down><Esc>"), "");
    let mut state = seated(demo(), Pane::Fast);
    keys(&mut state, "/zzzz");
    assert!(!picker_takes(&state) && looked_at(&state).is_none());
    keys(&mut state, "<Enter>");
    assert!(state.slice.is_empty());
}

#[test]
fn what_is_looked_at_leaves_no_trace() {
    let mut state = seated(demo(), Pane::Crowds);
    let before = state.board.clone().unwrap();
    let seen = frame(&state);
    keys(&mut state, "/");
    foresee(&mut state);
    assert_ne!(state.board.as_deref(), Some(&*before), "a preview is laid");
    keys(&mut state, "<Down>");
    foresee(&mut state);
    let asked = state.preview.generation;
    keys(&mut state, "<Esc>");
    assert!(Arc::ptr_eq(state.board.as_ref().unwrap(), &before));
    assert!(state.preview.found.is_empty() && state.preview.below.is_none());
    assert_eq!(frame(&state), seen);
    // What comes late is dropped.
    let late = Arc::new(Board {
        brands: Vec::new(),
        ..(*before).clone()
    });
    update(&mut state, Action::Previewed(asked, late));
    assert!(state.preview.found.is_empty());
    assert_eq!(frame(&state), seen);
}

/// The slices that the effects ask to look at; `None` where one asks for nothing any more.
fn asked(effects: &[Effect]) -> Vec<Option<String>> {
    let slice = |e: &Effect| match e {
        Effect::Preview(_, asked) => Some(asked.as_ref().map(|(q, _)| q.slice.to_string())),
        _ => None,
    };
    effects.iter().filter_map(slice).collect()
}

#[test]
fn one_preview_at_a_time_is_asked_for_and_the_cursors_own_comes_first() {
    let mut state = seated(demo(), Pane::Fast);
    let text = |t: &str| vec![Some(t.to_owned())];
    assert_eq!(asked(&keys(&mut state, "/")), text("crowd=genz"));
    // Its answer asks for the next one below.
    let answer = |state: &mut State| {
        let (slice, base) = (state.preview.asked.clone(), state.preview.base.clone());
        let (slice, base) = (slice.unwrap(), base.unwrap());
        let query = board::Query {
            slice,
            ..base.query
        };
        let board = board::glimpse(&demo(), &query, &base.focus);
        update(
            state,
            Action::Previewed(state.preview.generation, Arc::new(board)),
        )
    };
    assert_eq!(asked(&answer(&mut state)), text("crowd=supermom"));
    // A move onto what is being computed asks for nothing; one to another value leaves it.
    assert_eq!(asked(&keys(&mut state, "<Down>")), []);
    assert_eq!(
        asked(&keys(&mut state, "<Down>")),
        text("crowd=rookie_white_collar")
    );
    assert_eq!(asked(&answer(&mut state)), text("crowd=wealthy_middle"));
    assert_eq!(asked(&answer(&mut state)), text("crowd=supermom"));
    // A toggle wants a board: until that is there nothing is looked at.
    let key = fastdeck::app::Key::script("<Space>").unwrap()[0];
    let effects = press(&mut state, key);
    assert!(state.stale && state.preview.asked.is_none());
    assert_eq!(asked(&effects), []);
    settle(&mut state, effects);
    assert!(state.preview.asked.is_some());
    assert_eq!(asked(&keys(&mut state, "<Esc>")), vec![None]);
}

#[test]
fn a_data_set_without_people_is_looked_at_too() {
    // Only platform tables: what they cannot tell of a slice is said to be missing, not 0.
    let mut state = seated(sample("guidebook"), Pane::Fast);
    keys(&mut state, "/");
    foresee(&mut state);
    let (all, _) = compare(&state);
    assert!(all > 0);
}
