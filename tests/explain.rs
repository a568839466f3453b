//! What is this number: every number of every pane answers, and its parts give it back to the last
//! bit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod seat;

use std::sync::Arc;

use fastdeck::app::explain::{Subject, explanation, subjects};
use fastdeck::app::{Language, Overlay, Pane, State};
use fastdeck::board::Part;
use fastdeck::board::explain::{Rule, same};
use fastdeck::facts::Engine;
use seat::{demo, frame, keys, run, sample, seated};

const PANES: [Pane; 5] = [
    Pane::Fast,
    Pane::FastPlus,
    Pane::Crowds,
    Pane::Aipl,
    Pane::Brands,
];

/// Every line of every number gives itself back from its parts; gives how many lines there are.
fn recomputes(state: &State) -> usize {
    let mut lines = 0;
    for subject in subjects(state) {
        let told = explanation(state, subject).unwrap();
        for line in &told.lines {
            let value = line.evaluate();
            assert!(
                same(value, line.value),
                "{subject:?} {:?}: {value:?}",
                line.name
            );
            lines += 1;
        }
        let Subject::Figure {
            brand,
            metric,
            part,
        } = subject;
        let board = state.board.as_ref().unwrap();
        let figure = board.brand(brand).unwrap().get(metric, part).unwrap();
        assert!(same(told.lines[0].value, figure.now), "{metric} {part:?}");
    }
    lines
}

fn in_all_panes(engine: &Arc<Engine>, change: impl Fn(&mut State)) -> usize {
    let each = PANES.into_iter();
    each.map(|pane| {
        let mut state = seated(Arc::clone(engine), pane);
        change(&mut state);
        recomputes(&state)
    })
    .sum()
}

#[test]
fn parts_give_every_number_back_to_the_last_bit() {
    let engine = demo();
    assert!(in_all_panes(&engine, |_| {}) > 500);
}

#[test]
fn figures_that_follow_from_others_are_not_only_given() {
    let state = seated(demo(), Pane::Aipl);
    let rule = |metric, part| {
        let subject = Subject::Figure {
            brand: 0,
            metric,
            part,
        };
        let told = explanation(&state, subject).unwrap();
        told.lines[0].rule.clone()
    };
    for id in ["fast.a", "fast.t", "step.a", "step.i", "step.p"] {
        assert_eq!(rule(id, Part::Whole), Rule::Ratio, "{id}");
    }
    for id in [
        "fast.f",
        "aipl.total",
        "flow.new",
        "flow.lost",
        "flow.deepened",
    ] {
        assert_eq!(rule(id, Part::Whole), Rule::Sum, "{id}");
    }
}

#[test]
fn the_key_opens_at_the_cursor_and_escape_gives_the_same_frame() {
    let engine = demo();
    for pane in PANES {
        let mut state = seated(Arc::clone(&engine), pane);
        keys(&mut state, "j");
        let before = frame(&state);
        keys(&mut state, "i");
        let open = frame(&state);
        assert!(open.contains("这个数是什么"), "{open}");
        keys(&mut state, "j PgDn End l k Home h Esc");
        assert_eq!(frame(&state), before, "{pane:?}");
        keys(&mut state, "i i");
        assert_eq!(frame(&state), before, "{pane:?}");
    }
}

#[test]
#[ignore = "pictures to look at"]
fn pictures() {
    let folder = std::env::var("PICTURES").unwrap();
    let engine = demo();
    for (pane, size) in [
        (Pane::Fast, (80, 24)),
        (Pane::Crowds, (120, 36)),
        (Pane::Aipl, (200, 60)),
    ] {
        for language in [Language::Zh, Language::En] {
            let mut state = seated(Arc::clone(&engine), pane);
            state.size = size;
            state.language = language;
            run(&mut state, "explain");
            assert!(matches!(state.overlay, Some(Overlay::Explain(_))));
            let name = format!("{folder}/{}-{language:?}.txt", pane.id());
            std::fs::write(name, frame(&state)).unwrap();
        }
    }
    let _ = sample;
}
