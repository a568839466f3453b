//! Draws the columns of a table: which are shown, in which order.
//!
//! The list stands at the right edge, so that most of the table can be seen to follow.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::draw;
use super::theme::Theme;
use crate::view::columns::{ColumnRow, ColumnsModel};
use crate::view::text::width;

/// Columns of the list, at least and at most.
const WIDE: (u16, u16) = (34, 46);

/// Where the list stands, and in it the rows from this one on.
pub struct Places {
    frame: Rect,
    /// One row for every column that is visible.
    pub list: Rect,
    /// The first of them.
    pub top: usize,
    hints: Rect,
}

/// The places of a model in an area.
pub fn places(model: &ColumnsModel, area: Rect) -> Places {
    let named = |r: &ColumnRow| width(&r.group) + width(&r.title);
    let longest = model.rows.iter().map(named).max().unwrap_or(0) as u16;
    let wide = (longest + 14).clamp(WIDE.0, WIDE.1).min(area.width);
    let rows = model.rows.len() as u16;
    let at_right = draw::columns(area, area.width - wide, wide);
    let high = (rows + 2 + hint_rows(model, wide, area.height)).min(area.height);
    let frame = draw::rows(at_right, 0, high);
    let inner = draw::framed(frame);
    let foot = (hint_rows(model, wide, area.height)).min(inner.height.saturating_sub(1));
    let list = draw::rows(inner, 0, inner.height - foot);
    let shown = usize::from(list.height);
    let most = model.rows.len().saturating_sub(shown);
    Places {
        frame,
        list,
        top: model.cursor.saturating_sub(shown / 2).min(most),
        hints: draw::rows(inner, list.height, foot),
    }
}

/// Rows for the keys: none where every row is needed for columns.
fn hint_rows(model: &ColumnsModel, wide: u16, height: u16) -> u16 {
    let room = usize::from(wide.saturating_sub(4)).max(1);
    let all: usize = model.hints.iter().map(hint_width).sum();
    let lines = (all.div_ceil(room) + 1).min(4) as u16;
    if height >= 12 { lines + 1 } else { 0 }
}

fn hint_width((key, text): &(String, String)) -> usize {
    width(key) + width(text) + 3
}

/// Draws it; no field is open.
pub fn render(
    model: &ColumnsModel,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let places = places(model, area);
    let caption = draw::Caption {
        title: &model.title,
        side: &model.side,
        accent: None,
    };
    draw::overlay(buf, places.frame, caption, theme);
    let rows = model.rows.iter().enumerate().skip(places.top);
    for (y, (at, row)) in (0..places.list.height).zip(rows) {
        let line = draw::row(places.list, y);
        one(row, at == model.cursor, theme, line, buf);
        let frozen_end = row.frozen && model.rows.get(at + 1).is_some_and(|next| !next.frozen);
        if frozen_end {
            let edge = draw::columns(line, line.width.saturating_sub(3), 1);
            draw::put(buf, edge, "┘", theme.accent);
        }
    }
    let window = draw::Window {
        top: places.top,
        shown: usize::from(places.list.height).min(model.rows.len()),
        total: model.rows.len(),
    };
    draw::scroll_marks(buf, places.list, window, theme.line);
    hints(model, theme, places.hints, buf);
    None
}

fn one(row: &ColumnRow, here: bool, theme: &Theme, line: Rect, buf: &mut Buffer) {
    if here {
        draw::fill(buf, line, theme.selection);
    }
    let slim = line.width < 24;
    let (mark, style) = match (row.shown, slim) {
        (true, false) => ("[x] ", theme.text),
        (false, false) => ("[ ] ", theme.muted),
        (true, true) => ("x ", theme.text),
        (false, true) => ("- ", theme.muted),
    };
    let sort = row.sort.map(String::from).unwrap_or_default();
    let room = draw::columns(line, u16::from(!slim), line.width.saturating_sub(4));
    // The metric is cut before what of it the column shows.
    let gap = u16::from(!row.group.is_empty());
    let fixed = (width(mark) + width(&row.title)) as u16 + 2 + gap;
    let from = width(mark) as u16;
    let group = draw::columns(room, from, room.width.saturating_sub(fixed));
    draw::put(buf, room, mark, style);
    let used = from + draw::put(buf, group, &row.group, style) + gap;
    let rest = draw::columns(room, used, room.width);
    let used = draw::put(buf, rest, &row.title, style) + 1;
    let rest = draw::columns(rest, used, rest.width);
    draw::put(buf, rest, &sort, theme.accent);
    if row.frozen {
        let edge = draw::columns(line, line.width.saturating_sub(3), 1);
        draw::put(buf, edge, "│", theme.accent);
    }
}

/// The keys below a rule, in as many rows as there are.
fn hints(model: &ColumnsModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    draw::rule(buf, draw::row(area, 0), theme.line);
    let mut rest = model.hints.as_slice();
    for y in 1..area.height {
        let line = draw::row(area, y);
        let fit = draw::hint_places(line, rest).len().max(1);
        let (now, later) = rest.split_at(fit.min(rest.len()));
        draw::key_hints(buf, line, now, theme);
        rest = later;
    }
}
