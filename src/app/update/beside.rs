//! Two panes at once: what stands at the right, and bringing it up to date.
//!
//! The right half is made anew from the left one after every action; findings that take a while are
//! taken over from the half before, where they still hold. A board of its own is asked for only
//! where another brand or day stands there, with a count of its own: the left half never waits.

use std::sync::Arc;

use super::{gmv, outlook, scenario, tell, why};
use crate::app::action::Effect;
use crate::app::beside::{Asked, Beside, Other};
use crate::app::command::Enabled;
use crate::app::history::Journey;
use crate::app::layout::{Layout, Split, half, split};
use crate::app::state::{Pane, Phase, State};
use crate::app::{order, side};
use crate::board::Board;
use crate::scenario::Edit;

// -- keys -------------------------------------------------------------------------------------

/// Puts something beside the pane.
pub(super) fn put(state: &mut State, other: Other) {
    let beside = &mut state.layout.beside;
    beside.other = Some(other);
    beside.on = true;
    // What was asked for just now is what the user wants to see.
    beside.turned = split(state.size) == Split::Turns;
}

/// One pane only.
pub(super) fn off(state: &mut State) {
    let beside = &mut state.layout.beside;
    beside.on = false;
    beside.turned = false;
}

/// Shows what stood beside the pane last, or takes it away; where there is room for one half only,
/// shows the other half.
pub(in crate::app) fn cycle(state: &mut State) -> Vec<Effect> {
    let beside = &mut state.layout.beside;
    if !beside.on {
        let last = beside.other.clone().filter(|o| fits(state, o));
        let other = last.unwrap_or_else(|| Other::Pane(partner(state.pane)));
        put(state, other);
    } else if split(state.size) == Split::Turns {
        beside.turned = !beside.turned;
    } else {
        off(state);
    }
    Vec::new()
}

/// The pane that is most often wanted beside another one.
fn partner(pane: Pane) -> Pane {
    match pane {
        Pane::Brands | Pane::Crowds | Pane::Aipl | Pane::FastPlus => Pane::Fast,
        Pane::Fast | Pane::Gmv => Pane::Crowds,
        Pane::Scenarios => Pane::Why,
        Pane::Why => Pane::Scenarios,
        Pane::Outlook => Pane::Aipl,
    }
}

/// Whether something can stand beside what is shown.
fn fits(state: &State, other: &Other) -> bool {
    derived(state, other).is_some()
}

pub(in crate::app) fn can_cycle(state: &State) -> Enabled {
    match state.phase {
        Phase::Ready(_) => Ok(()),
        Phase::Empty | Phase::Failed(_) => Err(["还没有数据", "there is no data yet"]),
    }
}

// -- the right half ---------------------------------------------------------------------------

/// Brings the right half up to date, and asks for its board where it needs one of its own.
pub(super) fn refresh(state: &mut State) -> Vec<Effect> {
    let right = state.layout.beside.right.take();
    if !state.layout.beside.on {
        return Vec::new();
    }
    let Some(other) = state.layout.beside.other.clone() else {
        return Vec::new();
    };
    let Some(mut now) = derived(state, &other) else {
        lost(state, &other);
        return Vec::new();
    };
    let effects = board(state, &mut now);
    if let Some(before) = right {
        take_over(&mut now, &before);
    }
    scenario::lay(&mut now);
    follow_crowd(state, &mut now);
    gmv::refresh(&mut now);
    why::refresh(&mut now);
    outlook::refresh(&mut now);
    side::refresh(&mut now);
    state.layout.beside.right = Some(Arc::new(now));
    effects
}

/// What stood at the right is not there any more.
fn lost(state: &mut State, other: &Other) {
    if state.board.is_none() {
        return;
    }
    off(state);
    match other {
        // The same pane twice says nothing: the user went over to the right one.
        Other::Pane(_) => {}
        _ => tell(
            state,
            "并排的一侧已不存在",
            "what stood at the right is not there any more",
        ),
    }
}

/// The state of the right half, still with the boards of the left one; `None` where it would be the
/// left half once more, or does not exist.
fn derived(state: &State, other: &Other) -> Option<State> {
    let mut right = State {
        overlay: None,
        notice: None,
        layout: Layout::default(),
        size: half(state.size),
        journey: Journey::default(),
        ..state.clone()
    };
    match other {
        Other::Pane(pane) => right.pane = *pane,
        Other::Brand(id) => {
            right.brand = state.dataset()?.brands.iter().position(|b| b.id == *id)?;
        }
        Other::Day(against) => right.as_of = against.resolve(state.as_of),
        Other::Scenario(name) => open(&mut right, name.as_deref())?,
    }
    let same = right.pane == state.pane
        && right.brand == state.brand
        && right.as_of == state.as_of
        && !matches!(other, Other::Scenario(_));
    (!same).then_some(right)
}

/// Opens a scenario, or none, in a book that nobody keeps.
fn open(right: &mut State, name: Option<&str>) -> Option<()> {
    let brand = right.brand_id().to_owned();
    let edit = match name {
        Some(name) => {
            right.book.desk().get(&brand, name)?;
            let name = name.to_owned();
            Edit::Open { brand, name }
        }
        None => Edit::Close { brand },
    };
    right.book.edit(edit).ok().map(|_| ())
}

/// Gives the right half its board; what it shows until then is old.
fn board(state: &mut State, right: &mut State) -> Vec<Effect> {
    let Phase::Ready(engine) = &state.phase else {
        return Vec::new();
    };
    let asked = Asked {
        query: right.plain_query(),
        focus: super::focus(right),
        engine: Arc::as_ptr(engine).addr(),
    };
    let same = asked.query == state.plain_query();
    if same && right.brand == state.brand {
        // The board of the left half holds it, or the one that is on its way.
        right.board.take_if(|_| state.plain.is_none());
        return Vec::new();
    }
    let beside = &mut state.layout.beside;
    let known = beside.asked.as_ref();
    if known.is_some_and(|k| k.engine != asked.engine) {
        beside.board = None;
    }
    let fits = |b: &&Arc<Board>| b.query == asked.query && b.holds(&asked.focus);
    right.stale = !beside.board.as_ref().is_some_and(|b| fits(&b));
    right.plain = beside
        .board
        .clone()
        .filter(|b| b.brand(right.brand).is_some_and(|b| b.full));
    right.board = None;
    right.counting = None;
    if !right.stale || known == Some(&asked) {
        return Vec::new();
    }
    beside.generation += 1;
    beside.asked = Some(asked.clone());
    vec![Effect::ComputeBeside(
        beside.generation,
        asked.query,
        asked.focus,
    )]
}

/// A board of the right half is there.
pub(super) fn computed(state: &mut State, generation: u64, board: Arc<Board>) {
    let beside = &mut state.layout.beside;
    if generation == beside.generation {
        beside.board = Some(board);
    }
}

/// Findings that the half before made, where they still hold.
fn take_over(now: &mut State, before: &State) {
    let same = |a: &Option<Arc<Board>>, b: &Option<Arc<Board>>| match (a, b) {
        (Some(a), Some(b)) => Arc::ptr_eq(a, b),
        _ => false,
    };
    if same(&now.plain, &before.plain) && now.brand == before.brand {
        let fits = |b: &Option<Arc<Board>>| {
            b.as_ref()
                .is_some_and(|b| b.query.scenario == *now.scenario())
        };
        if !fits(&now.board) && fits(&before.board) {
            now.board.clone_from(&before.board);
        }
        now.side.clone_from(&before.side);
        now.why.found.clone_from(&before.why.found);
        now.gmv.told.clone_from(&before.gmv.told);
        now.outlook.found.clone_from(&before.outlook.found);
    }
}

/// The cursor of the right half stands on the crowd of the left one, whatever its row.
fn follow_crowd(left: &State, right: &mut State) {
    let row = left.cursors[Pane::Crowds as usize].row;
    let crowd = order::crowd_order(left).get(row).copied();
    let rows = order::crowd_order(right);
    if let Some(row) = rows.iter().position(|c| Some(*c) == crowd) {
        right.cursors[Pane::Crowds as usize].row = row;
    }
}

/// What the board of the left half has to hold beside its own pane.
pub(super) fn shows(state: &State, pane: Pane) -> bool {
    let Beside { on, other, .. } = &state.layout.beside;
    *on && *other == Some(Other::Pane(pane))
}
