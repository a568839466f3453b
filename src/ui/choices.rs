//! Draws a list with a field above it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::Theme;
use super::{draw, overlay};
use crate::view::choices::{ChoiceRow, ChoicesModel};
use crate::view::text::width;

/// A line of the list: the heading of a group, or a row with its place in the whole list.
enum Line<'a> {
    Heading(&'a str),
    Row(usize, &'a ChoiceRow),
}

/// Draws it; gives the place of the caret.
pub fn render(
    model: &ChoicesModel,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let caption = draw::Caption {
        title: &model.title,
        side: "",
        accent: None,
    };
    let lines = lines(model);
    let high = (lines.len() as u16).saturating_add(6).clamp(12, 40);
    let place = draw::centered(area, 84, high);
    let inner = draw::inset(draw::overlay(buf, place, caption, theme), 1, 0);
    let caret = overlay::field(&model.field, theme, inner, buf);
    let foot = u16::from(inner.height >= 5);
    let gap = u16::from(inner.height >= 8);
    let list = draw::rows(
        inner,
        1 + gap,
        inner.height.saturating_sub(1 + gap + foot + gap),
    );
    if lines.is_empty() {
        draw::put(buf, list, &model.empty, theme.muted);
    }
    put_list(model, &lines, theme, list, buf);
    let bottom = draw::rows(inner, inner.height - foot, foot);
    draw::put(buf, bottom, &model.foot, theme.muted);
    caret
}

fn lines(model: &ChoicesModel) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    for (i, row) in model.rows.iter().enumerate() {
        if let Some(heading) = &row.heading {
            lines.push(Line::Heading(heading));
        }
        lines.push(Line::Row(model.first + i, row));
    }
    lines
}

fn put_list(model: &ChoicesModel, lines: &[Line], theme: &Theme, area: Rect, buf: &mut Buffer) {
    let shown = usize::from(area.height);
    let at = |line: &Line| matches!(line, Line::Row(i, _) if *i == model.cursor);
    let cursor = lines.iter().position(at).unwrap_or(0);
    let most = lines.len().saturating_sub(shown);
    let top = cursor.saturating_sub(shown * 2 / 3).min(most);
    let names = model.rows.iter().map(|r| width(&r.name));
    let name = names.max().unwrap_or(0).min(30) as u16 + 2;
    let room = draw::columns(area, 0, area.width.saturating_sub(2));
    for (y, line) in (0..area.height).zip(lines.iter().skip(top)) {
        let place = draw::row(room, y);
        match line {
            Line::Heading(text) => {
                draw::put(buf, place, text, theme.title);
            }
            Line::Row(i, row) => {
                put_row(row, name, theme, place, buf);
                if *i == model.cursor {
                    draw::restyle(buf, place, theme.selection);
                }
            }
        }
    }
    let window = draw::Window {
        top: model.first + top,
        shown,
        total: model.len + (lines.len() - model.rows.len()),
    };
    draw::scroll_marks(buf, area, window, theme.muted);
}

fn put_row(row: &ChoiceRow, name: u16, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let mark = if row.on { "●" } else { " " };
    draw::put(buf, draw::columns(area, 1, 2), mark, theme.accent);
    let first = draw::columns(area, 3, name.min(area.width.saturating_sub(3)));
    draw::put(buf, first, &row.name, theme.text);
    let rest = draw::columns(area, 3 + name, area.width);
    draw::put(buf, rest, &row.about, theme.muted);
}
