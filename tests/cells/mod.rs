//! Numbers of a text capture, read back, and random states of the demo to read them from.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a part of each test file, which uses some of it"
)]

use std::sync::{Arc, OnceLock};

use fastdeck::app::{Language, Pane, State, open, settle, start};
use fastdeck::board::Against;
use fastdeck::data::{self, Input, Options};
use fastdeck::facts::{Condition, Engine};
use proptest::prelude::*;
use serde_json::Value;

/// A number cell: its value, and half a unit of its last place.
pub fn number(cell: &str) -> Option<(f64, f64)> {
    let cell = cell.trim_end_matches(['▲', '▼', '·', ' ']);
    let (text, scale) = match (cell.strip_suffix(" pp"), cell.strip_suffix('%')) {
        (Some(text), _) | (_, Some(text)) => (text, 0.01),
        _ => (cell, 1.0),
    };
    let plain: String = text
        .replace('−', "-")
        .chars()
        .filter(|c| !matches!(c, '¥' | ',' | '+'))
        .collect();
    // `<0.01` is less than that, either way.
    if let Some(bound) = plain.trim_start_matches('-').strip_prefix('<') {
        return Some((0.0, bound.parse::<f64>().ok()? * scale));
    }
    let decimals = plain.split_once('.').map_or(0, |(_, d)| d.len() as i32);
    let value: f64 = plain.parse().ok()?;
    Some((value * scale, 0.5 * scale * 10f64.powi(-decimals)))
}

pub fn agrees(cell: &str, json: &Value, place: &str) {
    match (number(cell), json.as_f64()) {
        (Some((shown, half)), Some(exact)) => {
            let off = (shown - exact).abs();
            assert!(off <= half * 1.000_001 + 1e-9, "{place}: {cell}, {exact}");
        }
        (None, None) => assert_eq!(cell, "—", "{place}"),
        _ => panic!("{place}: the screen says {cell}, the JSON {json}"),
    }
}

/// A state of the demo: brand, days before the newest one, comparison, dimension and value of a
/// condition, whether it excludes, language.
pub type Random = (usize, i32, usize, usize, usize, bool, bool);

pub fn any_state() -> impl Strategy<Value = Random> {
    (
        0..6_usize,
        0..280_i32,
        0..3_usize,
        0..9_usize,
        0..40_usize,
        any::<bool>(),
        any::<bool>(),
    )
}

pub fn demo() -> &'static Arc<Engine> {
    static DEMO: OnceLock<Arc<Engine>> = OnceLock::new();
    DEMO.get_or_init(|| {
        let loaded = data::load(&Input::Demo, &Options::default(), &mut |_| true);
        let Ok(data) = loaded else {
            panic!("the demo does not load")
        };
        Arc::new(Engine::new(Arc::new(data)))
    })
}

/// The demo in such a state; a condition on a dimension that is not there is none.
pub fn state_of((brand, back, against, dimension, value, negated, zh): Random) -> State {
    static OPENED: OnceLock<State> = OnceLock::new();
    let opened = OPENED.get_or_init(|| {
        let mut state = State {
            size: (200, 60),
            pane: Pane::Crowds,
            ..State::default()
        };
        open(&mut state, Arc::clone(demo()));
        state
    });
    let mut state = opened.clone();
    state.language = if zh { Language::Zh } else { Language::En };
    state.against = [
        Against::PreviousWeek,
        Against::PreviousMonth,
        Against::YearAgo,
    ][against];
    state.brand = brand;
    state.as_of = state.as_of.plus(-back);
    let board = state.board.clone().unwrap();
    if let Some(dimension) = board.dimensions.get(dimension) {
        let value = &dimension.values[value % dimension.values.len()];
        state.slice.filter.push(Condition {
            dimension: dimension.id.clone(),
            negated,
            values: vec![value.value.clone()],
        });
    }
    let effects = start(&mut State {
        board: None,
        ..state.clone()
    });
    state.generation += 1;
    settle(&mut state, effects);
    state
}
