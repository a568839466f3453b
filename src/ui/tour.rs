//! Draws the tour of the first run: a card above the footer, so that what it speaks of stays in
//! sight.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::draw::{self, columns, put, put_lines, row, rows};
use super::theme::Theme;
use crate::view::text::{truncate, width, wrap};
use crate::view::tour::TourModel;

/// Columns of the card, at most.
const WIDTH: u16 = 78;

/// Draws it; a tour has no text field, so there is no caret.
pub fn render(
    model: &TourModel,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let room = usize::from(WIDTH.min(area.width).saturating_sub(4));
    let text = wrap(&model.text, room);
    let column = model.keys.iter().map(|(key, _)| width(key)).max();
    let column = column.unwrap_or(0) as u16;
    let keys = keys(model, room.saturating_sub(usize::from(column) + 2));
    // Frame, text, a blank line, keys, a blank line, how it goes on.
    let height = (text.len() + keys.len() + 5) as u16;
    let caption = draw::Caption {
        title: &model.title,
        side: &model.place,
        accent: None,
    };
    let inner = draw::overlay(buf, place(area, height), caption, theme);
    put_lines(buf, inner, &text, theme.text);
    for (y, (key, what)) in (text.len() as u16 + 1..).zip(&keys) {
        put(buf, columns(row(inner, y), 0, column), key, theme.key);
        let rest = inner.width.saturating_sub(column + 2);
        let rest = columns(row(inner, y), column + 2, rest);
        put(buf, rest, what, theme.text);
    }
    let last = row(inner, inner.height.saturating_sub(1));
    put(buf, last, &truncate(&model.hint, room), theme.muted);
    None
}

/// Lines of what keys do, each key on the first of its lines.
fn keys(model: &TourModel, room: usize) -> Vec<(String, String)> {
    let lines = |(key, what): &(String, String)| {
        let lines = wrap(what, room).into_iter().enumerate();
        lines
            .map(|(n, line)| (if n == 0 { key.clone() } else { String::new() }, line))
            .collect::<Vec<_>>()
    };
    model.keys.iter().flat_map(lines).collect()
}

/// In the middle at the bottom, above the footer where there is room for it.
fn place(area: Rect, height: u16) -> Rect {
    let above = if area.height > height + 2 { 2 } else { 0 };
    let height = height.min(area.height);
    let across = draw::centered(area, WIDTH, area.height);
    rows(across, area.height - height - above, height)
}
