//! A seat at the dashboard, for tests: open a data set, press keys, see the frame.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "a part of each test file, which uses some of it"
)]

use std::path::Path;
use std::sync::Arc;

use fastdeck::app::{Action, Books, Effect, Key, Pane, State, open, press, settle, update};
use fastdeck::data::{self, Input, Options};
use fastdeck::facts::Engine;
use fastdeck::ui::{self, Theme};
use fastdeck::{capture, view};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The engine of the embedded demo.
pub fn demo() -> Arc<Engine> {
    loaded(&Input::Demo)
}

/// The engine of a folder of `sample-data`.
pub fn sample(name: &str) -> Arc<Engine> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    loaded(&Input::Path(folder.join(name)))
}

fn loaded(input: &Input) -> Arc<Engine> {
    match data::load(input, &Options::default(), &mut |_| true) {
        Ok(data) => Arc::new(Engine::new(Arc::new(data))),
        Err(error) => panic!("{input:?} does not load: {error:?}"),
    }
}

/// A state that shows a pane of a data set, with nothing kept from before.
pub fn seated(engine: Arc<Engine>, pane: Pane) -> State {
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

/// Presses the keys of a script; gives the effects for the shell.
pub fn keys(state: &mut State, script: &str) -> Vec<Effect> {
    let mut all = Vec::new();
    for key in Key::script(script).unwrap_or_else(|| panic!("not a script: {script}")) {
        let effects = press(state, key);
        all.extend(effects.iter().cloned());
        settle(state, effects);
    }
    all
}

/// Runs a command as its key would.
pub fn run(state: &mut State, id: &'static str) -> Vec<Effect> {
    let effects = update(state, Action::Command(id));
    settle(state, effects.clone());
    effects
}

/// The frame as text, without styles.
pub fn frame(state: &State) -> String {
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let mut buf = Buffer::empty(area);
    let screen = view::screen(state);
    ui::render(&screen, &Theme::named(screen.theme), area, &mut buf);
    capture::text(&buf)
}
