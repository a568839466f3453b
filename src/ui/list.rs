//! Draws the metric list of a tiny terminal: name, value, change; the change goes first, then the
//! name is cut, the value stays whole.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::draw;
use super::table::mood;
use super::theme::Theme;
use crate::view::list::{ListLine, ListModel};
use crate::view::text::width;

/// Where the lines stand; the first one shown is given, too.
fn body(model: &ListModel, area: Rect) -> (Rect, usize) {
    let titled = area.height > model.lines.len().min(4) as u16;
    let body = draw::rows(area, u16::from(titled), area.height);
    let selected = model.lines.iter().position(|l| l.selected).unwrap_or(0);
    (
        body,
        (selected + 1).saturating_sub(usize::from(body.height)),
    )
}

/// Where the lines stand, each with how many rows it is below the cursor; none without a cursor.
pub fn row_places(model: &ListModel, area: Rect) -> Vec<(Rect, isize)> {
    let Some(selected) = model.lines.iter().position(|l| l.selected) else {
        return Vec::new();
    };
    let (body, top) = body(model, area);
    let lines = (0..body.height).zip(top..model.lines.len());
    lines
        .map(|(y, at)| (draw::row(body, y), at as isize - selected as isize))
        .collect()
}

/// Draws the list.
pub fn render(model: &ListModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let (body, top) = body(model, area);
    if body.height < area.height {
        draw::put(buf, area, &model.title, theme.strong);
    }
    let ghosts = model.lines.iter().filter_map(|l| l.ghost.as_ref());
    let words = ghosts.map(|g| width(&g.label) as u16).max();
    let change = match (words, area.width) {
        (_, 0..=29) => 0,
        (Some(words), 60..) => words + 28,
        (Some(words), _) => (words + 11).min(area.width / 2),
        (None, _) => 13,
    };
    for (y, line) in (0..body.height).zip(model.lines.iter().skip(top)) {
        put_line(line, change, theme, draw::row(body, y), buf);
    }
}

/// One line with so many columns for its change.
fn put_line(line: &ListLine, change: u16, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if line.selected {
        draw::fill(buf, area, theme.selection);
    }
    let value = line.value.fit(usize::from(area.width));
    let value_width = (width(&value) as u16).min(area.width);
    let name = area.width.saturating_sub(change + value_width + 1);
    draw::put(buf, draw::columns(area, 0, name), &line.name, theme.text);
    let left = draw::columns(area, 0, area.width - change);
    draw::put_right(buf, left, &value, theme.strong);
    let room = draw::columns(area, area.width - change, change);
    if let Some(ghost) = &line.ghost {
        draw::put_ghost_right(buf, draw::columns(room, 2, change), ghost, theme);
    } else if change > 0 {
        let style = mood(line.change.mood, theme);
        let digits = draw::columns(room, 0, change - 2);
        draw::put_number(buf, digits, &line.change.number, style);
        draw::put_right(buf, room, line.change.number.arrow(), style);
    }
}
