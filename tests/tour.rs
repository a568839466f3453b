//! The tour of the first run, key by key and drawn at many sizes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use fastdeck::app::tour::{STEPS, Tour};
use fastdeck::app::{Command, Language, Overlay, Pane, State};

mod seat;

use seat::{demo, frame, keys, seated};

/// The demo with the tour at its first step.
fn touring() -> State {
    let mut state = seated(demo(), Pane::Fast);
    state.overlay = Some(Overlay::Tour(Tour::default()));
    state
}

fn step(state: &State) -> Option<usize> {
    match &state.overlay {
        Some(Overlay::Tour(tour)) => Some(tour.step),
        _ => None,
    }
}

#[test]
fn four_steps_forward_and_it_is_over() {
    let mut state = touring();
    let mut seen = vec![step(&state)];
    for key in [
        "<Enter>", "<Right>", "<Left>", "<Enter>", "<Enter>", "<Enter>",
    ] {
        keys(&mut state, key);
        seen.push(step(&state));
    }
    let expected = [Some(0), Some(1), Some(2), Some(1), Some(2), Some(3), None];
    assert_eq!(seen, expected);
}

#[test]
fn another_key_leaves_the_tour_and_does_what_it_always_does() {
    let mut state = touring();
    keys(&mut state, "/");
    assert!(matches!(state.overlay, Some(Overlay::Picker(_))));
    let mut state = touring();
    keys(&mut state, "4");
    assert_eq!((state.pane, step(&state)), (Pane::Crowds, None));
    let mut state = touring();
    keys(&mut state, "<Esc>");
    assert_eq!(step(&state), None);
    // A key without meaning leaves it too.
    let mut state = touring();
    keys(&mut state, "%");
    assert_eq!(step(&state), None);
    // The same frame as without a tour.
    let plain = seated(demo(), Pane::Fast);
    assert_eq!(frame(&state), frame(&plain));
}

#[test]
fn every_step_names_its_keys_in_both_languages() {
    let mut state = touring();
    for (at, one) in STEPS.iter().enumerate() {
        state.overlay = Some(Overlay::Tour(Tour { step: at }));
        for (side, language) in [Language::Zh, Language::En].into_iter().enumerate() {
            state.language = language;
            let shown = frame(&state);
            assert!(shown.contains(one.title[side]), "{shown}");
            assert!(shown.contains(&format!("{}/4", at + 1)), "{shown}");
            let known: Vec<_> = one
                .commands
                .iter()
                .filter_map(|id| Command::by_id(id))
                .collect();
            assert!(known.len() > 2, "step {at} names too few commands");
            for command in known {
                let start: String = command.help[side].chars().take(16).collect();
                let found = shown.lines().find(|l| l.contains(&start));
                let found = found.unwrap_or_else(|| panic!("no {} in\n{shown}", command.id));
                assert!(found.contains(command.keys[0]), "{found}");
            }
        }
    }
}

#[test]
fn it_is_drawn_at_every_size() {
    let mut state = touring();
    for step in 0..=STEPS.len() {
        state.overlay = Some(Overlay::Tour(Tour { step }));
        for size in [(1, 1), (3, 2), (20, 6), (40, 10), (80, 24), (200, 60)] {
            state.size = size;
            let shown = frame(&state);
            assert_eq!(shown.lines().count(), usize::from(size.1), "{size:?}");
        }
    }
}
