//! What the user did: steps that undo takes back, and places that back and forward go through.
//!
//! Steps stand in the book, beside those of scenarios and notes, so that one line holds everything
//! and outlives the session. A step remembers the scene before and after it: undo goes to where it
//! was done. Going about is no step; the places are a trail of their own.

use std::sync::Arc;

use super::scene::{Field, Kind, Scene};
use super::state::{Overlay, State};
use crate::scenario::Desk;

/// What was there when the last action came to its end.
#[derive(Debug, Clone)]
pub struct Settled {
    /// What was shown.
    pub(super) scene: Scene,
    /// Scenarios, notes and views.
    pub(super) desk: Arc<Desk>,
}

/// What is remembered of a session beside its steps.
#[derive(Debug, Clone, Default)]
pub struct Journey {
    /// What was there when the last action came to its end.
    pub(super) settled: Option<Settled>,
    /// What was shown first, while there is no step before it.
    pub(super) opening: Option<Scene>,
    /// Places to go back and forward to.
    pub(super) trail: Trail,
    /// The action went through steps or places that are remembered already.
    pub(super) walked: bool,
    /// What was shown at the end of the last session is shown again: nothing else was asked for.
    pub resumes: bool,
}

/// Places that were left, and those that were gone back from; the nearest last.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Trail {
    /// Behind.
    pub past: Vec<Scene>,
    /// Ahead.
    pub future: Vec<Scene>,
}

/// Places that are remembered.
const PLACES: usize = 100;

impl Trail {
    /// A place was left for another one.
    pub(super) fn leave(&mut self, place: Scene) {
        if self.past.len() == PLACES {
            self.past.remove(0);
        }
        self.past.push(place);
        self.future.clear();
    }
}

/// A place from which the user went deeper; Esc comes back to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Level {
    /// What was shown.
    pub scene: Scene,
    /// What lay over it.
    pub overlay: Option<Overlay>,
}

/// Whether what lies over the pane lets numbers stand as they are: a choice that is still being
/// made is no step yet.
pub(super) fn is_settled(state: &State) -> bool {
    matches!(
        state.overlay,
        None | Some(
            Overlay::Levers(_)
                | Overlay::Definitions(_)
                | Overlay::Explain(_)
                | Overlay::Help(_)
                | Overlay::Problems(_)
                | Overlay::Tour(_)
        )
    )
}

/// Whether two scenes are different places: another brand or pane, or something else is open.
pub(super) fn is_elsewhere(from: &Scene, to: &Scene) -> bool {
    from.differences(to)
        .any(|f| f.kind == Kind::Place && f.key != "rows")
}

/// What a step changed, in words: the choices that differ, with what they are afterwards.
pub(super) fn said(from: &str, to: &str) -> [String; 2] {
    let (Ok(from), Ok(to)) = (Scene::parse(from), Scene::parse(to)) else {
        return ["画面".into(), "what is shown".into()];
    };
    let differ: Vec<_> = from.differences(&to).collect();
    let choices = differ.iter().filter(|f| f.kind == Kind::Choice);
    let places = differ.iter().filter(|f| f.key != "rows");
    let mut told: Vec<_> = choices.collect();
    if told.is_empty() {
        told = places.collect();
    }
    let line = |side: usize, none: &str| {
        let one = |f: &&&Field| {
            let value = match to.get(f.key) {
                "" => none.to_owned(),
                value => value.chars().take(40).collect(),
            };
            format!("{} {value}", f.name[side])
        };
        told.iter().take(3).map(one).collect::<Vec<_>>().join(", ")
    };
    [line(0, "恢复默认"), line(1, "as usual")]
}

/// The scene as a line; the scenario belongs to the book.
pub(super) fn text(scene: &Scene) -> String {
    scene
        .clone()
        .without(|f| f.kind == Kind::Scenario)
        .to_string()
}
