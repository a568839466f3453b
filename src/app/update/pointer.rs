//! The mouse: what a click or the wheel does, by the commands that keys run.

use super::{columns, command, cursor, pane, picker, route};
use crate::app::action::Effect;
use crate::app::command::{COMMANDS, Command, contexts};
use crate::app::key::{Code, Key};
use crate::app::keymap::{self, Heard, Sequence};
use crate::app::pointer::Pointed;
use crate::app::state::{Mouse, Overlay, Pane, State};

/// Leaves the mouse to the terminal, or takes it back.
pub(in crate::app) fn toggle(state: &mut State) -> Vec<Effect> {
    let (mouse, zh, en) = match state.mouse {
        Mouse::On => (
            Mouse::Off,
            "鼠标已交还终端，可选中文字；再按一次收回",
            "the mouse is the terminal's: select text with it; once more takes it back",
        ),
        Mouse::Off => (
            Mouse::On,
            "鼠标可点击标签、行、表头、底部按键与切片栏",
            "click tabs, rows, headers, keys of the footer and the slice bar",
        ),
    };
    state.mouse = mouse;
    super::tell(state, zh, en);
    vec![Effect::Mouse(mouse)]
}

/// A click.
pub(super) fn point(state: &mut State, pointed: Pointed) -> Vec<Effect> {
    state.notice = None;
    state.pending.clear();
    match pointed {
        Pointed::Tab(place) => {
            if let Some(there) = Pane::ALL.get(place) {
                pane::show(state, *there);
            }
            Vec::new()
        }
        Pointed::Row(row) if cursor::is_at(state, row) => enter(state),
        Pointed::Row(row) => cursor::put(state, row),
        Pointed::Step(0) => act(state),
        Pointed::Step(by) => step(state, by),
        Pointed::Column(id) => {
            columns::sort_by(state, &id);
            Vec::new()
        }
        Pointed::Dimension(id) => {
            if !matches!(state.overlay, Some(Overlay::Picker(_))) {
                command(state, "slice");
            }
            picker::show_dimension(state, &id);
            Vec::new()
        }
        Pointed::Key(keys) => type_keys(state, &keys),
        Pointed::Command(id) => command(state, id),
    }
}

/// The command that the keys of a hint come to.
fn type_keys(state: &mut State, keys: &str) -> Vec<Effect> {
    let sequence = Sequence::parse(keys);
    let reached = sequence.and_then(|s| state.keymap.reached(contexts(state), &s));
    reached.map_or_else(Vec::new, |id| command(state, id))
}

fn hear(state: &mut State, key: Key) -> Vec<Effect> {
    match keymap::heard(state, key) {
        Heard::Act(action) => route(state, action),
        _ => Vec::new(),
    }
}

fn enter(state: &mut State) -> Vec<Effect> {
    hear(state, Key::plain(Code::Enter))
}

/// A click on the row of the cursor: a list of marks gets one, any other list is entered.
fn act(state: &mut State) -> Vec<Effect> {
    match &state.overlay {
        Some(Overlay::Picker(_)) => command(state, "picker-toggle"),
        Some(Overlay::Columns(_)) => command(state, "columns-toggle"),
        _ => enter(state),
    }
}

/// The wheel: so many rows or lines down.
pub(super) fn wheel(state: &mut State, by: isize) -> Vec<Effect> {
    let read = matches!(state.overlay, Some(Overlay::Help(_) | Overlay::Problems(_)));
    step(state, by.saturating_mul(if read { LINES } else { 1 }))
}

/// Lines of text that one notch of the wheel moves.
const LINES: isize = 3;
/// Rows that one event moves at most; no screen is higher.
const MOST: usize = 500;

/// Goes down, or up, in what listens: the commands say by their ids which of them does that.
fn step(state: &mut State, by: isize) -> Vec<Effect> {
    let Some(id) = goes(state, if by < 0 { "up" } else { "down" }) else {
        return Vec::new();
    };
    let times = by.unsigned_abs().min(MOST);
    (0..times).flat_map(|_| command(state, id)).collect()
}

/// The command that goes a row `up` or `down` in the nearest context that has one.
fn goes(state: &State, way: &str) -> Option<&'static str> {
    let is_way = |c: &&Command| {
        let before = c.id.strip_suffix(way);
        before.is_some_and(|b| b.is_empty() || b.ends_with('-') && !b.ends_with("page-"))
    };
    let found = |context| COMMANDS.iter().filter(move |c| c.context == context);
    contexts(state)
        .iter()
        .find_map(|context| found(*context).find(is_way).map(|c| c.id))
}

/// The wheel to the side: the columns of a table.
pub(super) fn across(state: &mut State, by: isize) -> Vec<Effect> {
    let id = if by < 0 {
        "columns-left"
    } else {
        "columns-right"
    };
    let listens = Command::by_id(id).is_some_and(|c| contexts(state).contains(&c.context));
    if listens {
        command(state, id)
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::columns::Columns;
    use crate::app::state::{Drawer, Picker};

    #[test]
    fn every_list_can_be_gone_through_by_the_wheel() {
        let mut state = State::default();
        for (pane, down) in [
            (Pane::Brands, Some("down")),
            (Pane::Crowds, Some("down")),
            (Pane::Scenarios, Some("down")),
            (Pane::Gmv, Some("gmv-down")),
            (Pane::Fast, None),
        ] {
            state.pane = pane;
            assert_eq!(goes(&state, "down"), down, "{pane:?}");
        }
        for (overlay, up) in [
            (Overlay::Help(0), "reader-up"),
            (Overlay::Picker(Picker::default()), "picker-up"),
            (Overlay::Levers(Drawer::default()), "lever-up"),
            (Overlay::Columns(Columns::default()), "columns-up"),
            (Overlay::Copy(0), "copy-up"),
            (Overlay::Notes(0), "notes-up"),
        ] {
            state.overlay = Some(overlay);
            assert_eq!(goes(&state, "up"), Some(up));
        }
    }

    #[test]
    fn the_mouse_is_left_and_taken_back() {
        let mut state = State::default();
        assert_eq!(toggle(&mut state), [Effect::Mouse(Mouse::Off)]);
        assert_eq!(toggle(&mut state), [Effect::Mouse(Mouse::On)]);
        assert!(state.notice.is_some_and(|n| !n.error));
    }
}
