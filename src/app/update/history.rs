//! Undo and redo of everything, back and forward, deeper and up again.

use super::{cursor, levers, scenario, tell};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::history::{self, Level, Settled};
use crate::app::scene::{Refusal, Scene};
use crate::app::state::{Keeping, Notice, Overlay, State};
use crate::scenario::{Look, Walked};

/// Whether an action is a step of the user, or news from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The user.
    User,
    /// The outside world.
    World,
}

/// Sees what an action did: a step for undo, a place for the trail, or nothing.
pub(super) fn record(state: &mut State, by: By) -> Vec<Effect> {
    if state.board.is_none() || !history::is_settled(state) {
        return Vec::new();
    }
    let walked = std::mem::take(&mut state.journey.walked);
    let now = Settled {
        scene: Scene::of(state),
        desk: state.book.shared_desk(),
    };
    let Some(before) = state.journey.settled.replace(now.clone()) else {
        let fresh = state.book.steps() == (0, 0);
        state.journey.opening = fresh.then_some(now.scene);
        return Vec::new();
    };
    if by == By::World || walked {
        return Vec::new();
    }
    let edited = !std::sync::Arc::ptr_eq(&before.desk, &now.desk);
    if history::is_elsewhere(&before.scene, &now.scene) {
        state.journey.trail.leave(before.scene.clone());
    }
    let look = look(&before.scene, &now.scene);
    if edited {
        state.book.shown(look);
    } else if before.scene.is_change(&now.scene) {
        state.book.look(look);
        return keep(state);
    }
    Vec::new()
}

fn look(from: &Scene, to: &Scene) -> Look {
    let (from, to) = (history::text(from), history::text(to));
    let to = if from == to { String::new() } else { to };
    Look { from, to }
}

/// The book as it is shall be kept, with what is shown.
pub(super) fn keep(state: &mut State) -> Vec<Effect> {
    if state.keeping == Keeping::Awaited {
        return Vec::new();
    }
    state.book.last = history::text(&Scene::of(state));
    vec![Effect::SaveBook(state.book.clone())]
}

/// What is shown at the end is kept, where the user did anything.
pub(super) fn keep_last(state: &mut State) -> Vec<Effect> {
    let now = history::text(&Scene::of(state));
    let opened = state.journey.opening.as_ref().map(history::text);
    if state.board.is_none() || opened.is_some_and(|o| o == now) || state.book.last == now {
        return Vec::new();
    }
    keep(state)
}

/// Shows what was shown at the end of the last session, unless something else was asked for or the
/// user did anything yet.
pub(super) fn resume(state: &mut State, last: &str) {
    let untouched = match (&state.journey.settled, &state.journey.opening) {
        (Some(settled), Some(opening)) => settled.scene == *opening,
        _ => state.journey.settled.is_none(),
    };
    if state.journey.resumes && untouched && !last.is_empty() && state.overlay.is_none() {
        let (theme, language) = (state.theme, state.language);
        let shown = Scene::parse(last).map(|scene| scene.show(state));
        if state.look.follows || state.look.keeps_theme {
            state.theme = theme;
        }
        if state.look.keeps_language {
            state.language = language;
        }
        // What these data do not know any more is left as usual.
        drop(shown);
        state.journey.settled = None;
    }
}

/// Whether the user has gone about without a step, and can be brought back to the beginning.
fn strayed(state: &State) -> bool {
    let fresh = state.book.steps().0 == 0;
    let opening = state.journey.opening.as_ref();
    fresh && opening.is_some_and(|o| *o != Scene::of(state))
}

pub(in crate::app) fn can_undo(state: &State) -> Enabled {
    if state.book.steps().0 > 0 || strayed(state) {
        return Ok(());
    }
    Err(["没有可以撤销的步骤", "there is nothing to undo"])
}

pub(in crate::app) fn can_redo(state: &State) -> Enabled {
    match state.book.steps() {
        (_, 0) => Err(["没有可以重做的步骤", "there is nothing to redo"]),
        _ => Ok(()),
    }
}

pub(in crate::app) fn undo(state: &mut State) -> Vec<Effect> {
    if let Some(opening) = state.journey.opening.clone().filter(|_| strayed(state)) {
        let now = Scene::of(state);
        // A line that begins here would lose what can be done again.
        if state.book.steps().1 == 0 {
            state.book.look(look(&opening, &now));
            state.book.undo();
        }
        show(state, &opening);
        tell(state, "已回到开始时的画面", "back to where it began");
        return scenario::keep(state);
    }
    let Some(Walked { edit, look }) = state.book.undo() else {
        return Vec::new();
    };
    if let Some(look) = &look {
        show_text(state, &look.from);
    }
    let [zh, en] = said(edit.as_deref(), look.as_deref());
    tell(state, format!("已撤销：{zh}"), format!("undone: {en}"));
    scenario::keep(state)
}

pub(in crate::app) fn redo(state: &mut State) -> Vec<Effect> {
    let Some(Walked { edit, look }) = state.book.redo() else {
        return Vec::new();
    };
    if let Some(look) = &look {
        let to = if look.to.is_empty() {
            &look.from
        } else {
            &look.to
        };
        show_text(state, to);
    }
    let [zh, en] = said(edit.as_deref(), look.as_deref());
    tell(state, format!("已重做：{zh}"), format!("done again: {en}"));
    scenario::keep(state)
}

fn said(edit: Option<&crate::scenario::Edit>, look: Option<&Look>) -> [String; 2] {
    match (edit, look) {
        (Some(edit), _) => scenario::said(edit),
        (None, Some(look)) => history::said(&look.from, &look.to),
        (None, None) => ["一步".into(), "a step".into()],
    }
}

fn show_text(state: &mut State, text: &str) {
    match Scene::parse(text) {
        Ok(scene) => show(state, &scene),
        Err(refusal) => complain(state, &[refusal]),
    }
}

/// Makes the state show a scene; the drawer of levers stays where the pane has levers.
fn show(state: &mut State, scene: &Scene) {
    let drawer = matches!(state.overlay, Some(Overlay::Levers(_)));
    let pane = state.pane;
    state.overlay = state.overlay.take().filter(|_| drawer);
    state.deeper.clear();
    state.journey.walked = true;
    let refused = scene.show(state);
    if drawer && pane != state.pane {
        state.overlay = None;
        if levers::can_open(state).is_ok() {
            levers::open(state);
        }
    }
    complain(state, &refused);
}

/// Makes the state show a scene with its scenario.
pub(super) fn open(state: &mut State, scene: &Scene) {
    let refused = scene.restore(state);
    complain(state, &refused);
}

/// Says what a scene asks for that these data do not have.
pub(super) fn complain(state: &mut State, refused: &[Refusal]) {
    if let Some([zh, en]) = refused.first() {
        state.notice = Some(Notice {
            zh: zh.clone(),
            en: en.clone(),
            error: true,
        });
    }
}

// -- back and forward -----------------------------------------------------------------------------

pub(in crate::app) fn can_go_back(state: &State) -> Enabled {
    match state.journey.trail.past.last() {
        Some(_) => Ok(()),
        None => Err(["没有更早的位置", "there is no earlier place"]),
    }
}

pub(in crate::app) fn can_go_forward(state: &State) -> Enabled {
    match state.journey.trail.future.last() {
        Some(_) => Ok(()),
        None => Err(["没有更晚的位置", "there is no later place"]),
    }
}

pub(in crate::app) fn go_back(state: &mut State) -> Vec<Effect> {
    if let Some(place) = state.journey.trail.past.pop() {
        state.journey.trail.future.push(Scene::of(state));
        go(state, &place);
    }
    Vec::new()
}

pub(in crate::app) fn go_forward(state: &mut State) -> Vec<Effect> {
    if let Some(place) = state.journey.trail.future.pop() {
        state.journey.trail.past.push(Scene::of(state));
        go(state, &place);
    }
    Vec::new()
}

fn go(state: &mut State, place: &Scene) {
    state.overlay = None;
    state.deeper.clear();
    state.journey.walked = true;
    let refused = place.go(state);
    complain(state, &refused);
}

// -- deeper and up again --------------------------------------------------------------------------

/// Remembers where the user is, before something below it is shown.
pub(super) fn deepen(state: &mut State) {
    let scene = Scene::of(state);
    let overlay = state.overlay.clone();
    state.deeper.push(Level { scene, overlay });
}

/// Comes back to where the user went deeper, to the same cursor.
pub(super) fn rise(state: &mut State) -> bool {
    let Some(Level { scene, overlay }) = state.deeper.pop() else {
        return false;
    };
    scene.show(state);
    state.overlay = overlay;
    cursor::limit(state);
    true
}
