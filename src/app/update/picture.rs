//! Pictures of the screen or the pane, and what goes to the clipboard.

use super::tell;
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::state::{Shot, State};

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

/// Copies the path of the last picture.
pub(in crate::app) fn copy_path(state: &mut State) -> Vec<Effect> {
    let Some(path) = state.pictured.clone() else {
        return Vec::new();
    };
    tell(state, format!("已复制 {path}"), format!("copied {path}"));
    vec![Effect::Copy(path)]
}

pub(in crate::app) fn has_picture(state: &State) -> Enabled {
    match state.pictured {
        Some(_) => Ok(()),
        None => Err([
            "还没有截图：S 截屏幕，Z 截看板",
            "no picture yet: S takes the screen, Z the pane",
        ]),
    }
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
        format!("已截图（{formats}）：{path}{zh} · y 复制路径"),
        format!("picture ({formats}): {path}{en} · y copies the path"),
    );
}
