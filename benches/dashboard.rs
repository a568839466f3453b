//! What an operator waits for on the demo: opening it, the first frame, a changed slice.
//!
//! `cargo bench` runs it; the README quotes medians.
#![allow(clippy::unwrap_used, missing_docs)]

use std::cell::RefCell;
use std::sync::Arc;

use fastdeck::app::{self, Pane, State};
use fastdeck::board::{self, Focus};
use fastdeck::data::{self, Input, Options};
use fastdeck::facts::{Engine, Slice};
use fastdeck::scenario::Scenario;
use fastdeck::ui::{self, Theme};
use fastdeck::view;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

fn main() {
    divan::main();
}

fn engine() -> Arc<Engine> {
    let data = data::load(&Input::Demo, &Options::default(), &mut |_| true).unwrap_or_default();
    Arc::new(Engine::new(Arc::new(data)))
}

/// The demo with its platform tables only, as it is shown while its log is read.
fn look() -> Arc<Engine> {
    let data = data::tables(&Input::Demo, &Options::default(), &|| true).unwrap_or_default();
    Arc::new(Engine::new(Arc::new(data)))
}

fn opened(engine: Arc<Engine>, pane: Pane) -> State {
    let mut state = State {
        size: (200, 60),
        pane,
        ..State::default()
    };
    app::open(&mut state, engine);
    state
}

fn frame(state: &State) -> Buffer {
    let area = Rect::new(0, 0, 200, 60);
    let mut buffer = Buffer::empty(area);
    let screen = view::screen(state);
    ui::render(&screen, &Theme::named(screen.theme), area, &mut buffer);
    buffer
}

/// From nothing to the first frame of the demo, with the platform's figures: inflate, load, index,
/// compute, draw.
#[divan::bench(sample_count = 30)]
fn start_to_first_frame() -> Buffer {
    frame(&opened(look(), Pane::Fast))
}

/// From nothing to the first frame with everything, where no first look comes before.
#[divan::bench(sample_count = 30)]
fn start_to_full_frame() -> Buffer {
    frame(&opened(engine(), Pane::Fast))
}

/// Reading the demo's tables and its event log from memory.
#[divan::bench(sample_count = 30)]
fn load_the_demo() -> Arc<Engine> {
    engine()
}

/// A changed filter: every value of the focused brand, FAST of the others, and the painted frame.
#[divan::bench(args = ["crowd=genz,supermom", "channel=douyin", "crowd!=genz; city_tier=tier1"])]
fn slice_change_to_frame(bencher: divan::Bencher<'_, '_>, filter: &str) {
    let state = opened(engine(), Pane::Crowds);
    let effects = |state: &mut State, filter: &str| {
        state.slice = Slice {
            filter: Slice::parse_conditions(filter).unwrap(),
            scope: vec![],
        };
        let engine = match &state.phase {
            app::Phase::Ready(engine) => Arc::clone(engine),
            _ => unreachable!("the demo is open"),
        };
        let board = board::compute(&engine, &state.query(), &Focus::One(state.brand));
        state.board = Some(Arc::new(board));
    };
    // From no slice each time: a slice that was counted last would be had for nothing.
    let state = RefCell::new(state);
    bencher
        .with_inputs(|| effects(&mut state.borrow_mut(), ""))
        .bench_local_values(|()| {
            effects(&mut state.borrow_mut(), filter);
            frame(&state.borrow())
        });
}

/// Another as-of day: states of all brands on 53 weeks are found again.
#[divan::bench]
fn date_change_to_frame(bencher: divan::Bencher<'_, '_>) {
    let mut state = opened(engine(), Pane::Aipl);
    let first = state.as_of;
    let mut back = 0;
    bencher.bench_local(|| {
        back = (back + 1) % 300;
        state.as_of = first.plus(-back);
        if let app::Phase::Ready(engine) = &state.phase {
            let board = board::compute(engine, &state.query(), &Focus::One(state.brand));
            state.board = Some(Arc::new(board));
        }
        frame(&state)
    });
}

/// One frame of each pane at 200×60.
#[divan::bench(args = Pane::ALL.map(Pane::id))]
fn paint(bencher: divan::Bencher<'_, '_>, pane: &str) {
    let pane = Pane::ALL.into_iter().find(|p| p.id() == pane).unwrap();
    let state = opened(engine(), pane);
    bencher.bench_local(|| frame(&state));
}

/// A key on a lever while a scenario with four changes is on: the scenario is laid over the board,
/// the pane is made again and painted, drawer and all.
#[divan::bench(args = ["crowds", "fast", "gmv", "scenarios", "why", "outlook", "brands"])]
fn lever_key_to_frame(bencher: divan::Bencher<'_, '_>, pane: &str) {
    let pane = Pane::ALL.into_iter().find(|p| p.id() == pane);
    let mut state = opened(engine(), pane.unwrap_or_default());
    let changes = "crowd.penetration[*]+=1pp; crowd.aov[genz]*=1.1; fast.f*=1.05; fast.t+=2pp";
    app::propose(&mut state, "bench", Scenario::parse(changes).unwrap());
    let press = |state: &mut State, key: &str| {
        for key in app::Key::script(key).unwrap() {
            let effects = app::press(state, key);
            app::settle(state, effects);
        }
    };
    press(&mut state, "s");
    let mut up = false;
    bencher.bench_local(move || {
        up = !up;
        press(&mut state, if up { "+" } else { "-" });
        frame(&state)
    });
}
