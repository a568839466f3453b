//! Pictures of the screen or the pane, and what goes to the clipboard.

use super::{cursor, tell};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::state::{Copied, Overlay, Shot, State};

pub(in crate::app) fn screen(_: &mut State) -> Vec<Effect> {
    vec![Effect::Capture(Shot::Screen)]
}

pub(in crate::app) fn pane(_: &mut State) -> Vec<Effect> {
    vec![Effect::Capture(Shot::Pane)]
}

pub(in crate::app) fn has_board(state: &State) -> Enabled {
    if state.board.is_some() {
        Ok(())
    } else {
        Err(["还没有可以截图的内容", "there is nothing to picture yet"])
    }
}

/// Asks what shall be copied.
pub(in crate::app) fn copy(state: &mut State) -> Vec<Effect> {
    state.overlay = Some(Overlay::Copy(0));
    Vec::new()
}

fn step(state: &mut State, by: isize) -> Vec<Effect> {
    if let Some(Overlay::Copy(row)) = &mut state.overlay {
        *row = cursor::moved(*row, by, Copied::ALL.len());
    }
    Vec::new()
}

pub(in crate::app) fn down(state: &mut State) -> Vec<Effect> {
    step(state, 1)
}

pub(in crate::app) fn up(state: &mut State) -> Vec<Effect> {
    step(state, -1)
}

pub(in crate::app) fn cancel(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}

fn chosen(state: &State) -> Option<Copied> {
    match state.overlay {
        Some(Overlay::Copy(row)) => Copied::ALL.get(row).copied(),
        _ => None,
    }
}

pub(in crate::app) fn can_take(state: &State) -> Enabled {
    match (chosen(state), &state.pictured) {
        (Some(Copied::Path), None) => Err([
            "还没有截图：S 截屏幕，Z 截看板",
            "no picture yet: S takes the screen, Z the pane",
        ]),
        _ => Ok(()),
    }
}

/// Copies what the cursor is on; the shell says what went.
pub(in crate::app) fn take(state: &mut State) -> Vec<Effect> {
    let copied = chosen(state);
    state.overlay = None;
    copied.map(Effect::Copy).into_iter().collect()
}

/// Copies the state at once.
pub(in crate::app) fn take_state(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    vec![Effect::Copy(Copied::State)]
}

/// A picture is there.
pub(super) fn taken(state: &mut State, path: &str, formats: &str, missing: usize) {
    state.pictured = Some(path.to_owned());
    let (zh, en) = match missing {
        0 => (String::new(), String::new()),
        n => (
            format!("；{n} 个字符没有字体"),
            format!("; {n} characters are in no font"),
        ),
    };
    tell(
        state,
        format!("已截图（{formats}）：{path}{zh} · y 复制"),
        format!("picture ({formats}): {path}{en} · y copies"),
    );
}
