//! A short list to choose from.

use super::text::pick;
use crate::app::{Copied, State};

/// A list with one line for every choice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MenuModel {
    /// Its title.
    pub title: String,
    /// The choices; what cannot be chosen now says why.
    pub rows: Vec<(String, bool)>,
    /// The row of the cursor.
    pub cursor: usize,
}

/// What can go to the clipboard.
pub fn copies(state: &State, row: usize) -> MenuModel {
    let l = state.language;
    let line = |copied: Copied| {
        let (zh, en) = match copied {
            Copied::Text => ("看板 · 文本", "pane · text"),
            Copied::Tsv => (
                "看板指标 · TSV（可粘贴到 Excel）",
                "figures · TSV, for a spreadsheet",
            ),
            Copied::Markdown => ("看板指标 · Markdown", "figures · Markdown"),
            Copied::Command => ("复现这张图的命令", "the command that makes this picture"),
            Copied::State => (
                "状态串：在别处还原同一画面",
                "the state: the same frame elsewhere",
            ),
            Copied::Path => ("上一张截图的路径", "path of the last picture"),
        };
        let there = copied != Copied::Path || state.pictured.is_some();
        (pick(l, zh, en).to_owned(), there)
    };
    MenuModel {
        title: pick(l, "复制", "Copy").to_owned(),
        rows: Copied::ALL.map(line).to_vec(),
        cursor: row.min(Copied::ALL.len() - 1),
    }
}
