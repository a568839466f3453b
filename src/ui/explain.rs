//! Draws what a number is: the numbers of the pane at the left, the explanation at the right; in a
//! narrow terminal one below the other.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw;
use super::theme::Theme;
use crate::view::explain::{ExplainModel, SheetLine};
use crate::view::text::{width, wrap};

/// Columns and rows at most.
const LARGEST: (u16, u16) = (168, 54);
/// From this many columns on list and explanation stand side by side.
const BESIDE: u16 = 74;
/// Columns of labels at most.
const LABELS: u16 = 20;

/// Draws it; gives the place of the caret, if a field is open.
pub fn render(
    model: &ExplainModel,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let height = area.height.saturating_sub(u16::from(area.height > 20) * 2);
    let place = draw::centered(area, LARGEST.0, height.min(LARGEST.1));
    let caption = draw::Caption {
        title: &model.title,
        side: &model.side,
        accent: Some(theme.accent),
    };
    let inner = draw::overlay(buf, place, caption, theme);
    if model.items.is_empty() {
        draw::put_center(
            buf,
            draw::row(inner, inner.height / 2),
            &model.empty,
            theme.muted,
        );
        return None;
    }
    let (list_area, sheet_area) = split(inner);
    list(model, theme, list_area, buf);
    sheet(model, theme, sheet_area, buf);
    None
}

/// List and explanation.
fn split(area: Rect) -> (Rect, Rect) {
    if area.width >= BESIDE {
        let left = (area.width / 3).clamp(28, 48);
        let right = draw::columns(area, left + 2, area.width);
        return (draw::columns(area, 0, left), right);
    }
    let top = (area.height / 4).clamp(1, 7);
    let below = (top + 1).min(area.height);
    (
        draw::rows(area, 0, top),
        draw::rows(area, below, area.height),
    )
}

fn list(model: &ExplainModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let shown = usize::from(area.height);
    let last = model.len.saturating_sub(shown);
    let top = model.cursor.saturating_sub(shown / 2).min(last);
    let room = draw::columns(area, 0, area.width.saturating_sub(1));
    let skip = top.saturating_sub(model.first);
    for (y, (name, number)) in (0..area.height).zip(model.items.iter().skip(skip)) {
        let line = draw::row(room, y);
        let value = number.fit(usize::from(line.width / 2));
        let own = width(&value) as u16;
        draw::put_right(buf, line, &value, theme.strong);
        let left = draw::columns(line, 0, line.width.saturating_sub(own + 1));
        draw::put(buf, left, name, theme.text);
        if top + usize::from(y) == model.cursor {
            draw::restyle(buf, line, theme.selection);
        }
    }
    let window = draw::Window {
        top,
        shown,
        total: model.len,
    };
    draw::scroll_marks(buf, area, window, theme.muted);
}

/// A line of the explanation as it is drawn: pieces from the left, and one at the right.
struct Drawn {
    label: String,
    text: String,
    indent: u16,
    style: Style,
    right: Option<String>,
}

fn sheet(model: &ExplainModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let room = draw::columns(area, 0, area.width.saturating_sub(2));
    let lines = drawn(model, theme, room.width);
    let shown = usize::from(area.height);
    let top = model.top.min(lines.len().saturating_sub(shown));
    for (y, line) in (0..area.height).zip(lines.iter().skip(top)) {
        let row = draw::row(room, y);
        if !line.label.is_empty() {
            let label = draw::columns(row, 0, line.indent.saturating_sub(1));
            draw::put(buf, label, &line.label, theme.muted);
        }
        let used = line.right.as_ref().map_or(0, |text| {
            draw::put_right(buf, row, text, theme.strong);
            width(text) as u16 + 1
        });
        let end = row.width.saturating_sub(used + line.indent);
        let text = draw::columns(row, line.indent, end);
        draw::put(buf, text, &line.text, line.style);
    }
    let window = draw::Window {
        top,
        shown,
        total: lines.len(),
    };
    draw::scroll_marks(buf, area, window, theme.muted);
}

fn drawn(model: &ExplainModel, theme: &Theme, room: u16) -> Vec<Drawn> {
    let labels = |line: &SheetLine| match line {
        SheetLine::Words { label, .. } => width(label) as u16,
        _ => 0,
    };
    let longest = model.sheet.iter().map(labels).max().unwrap_or(0);
    let indent = (longest + 2).min(LABELS).min(room / 3);
    let lines = model.sheet.iter();
    lines
        .flat_map(|line| one(line, theme, room, indent))
        .collect()
}

fn one(line: &SheetLine, theme: &Theme, room: u16, indent: u16) -> Vec<Drawn> {
    let plain = |text: String, indent: u16, style: Style| Drawn {
        label: String::new(),
        text,
        indent,
        style,
        right: None,
    };
    match line {
        SheetLine::Head(name, value) => {
            let mut lines: Vec<Drawn> = wrapped(name, room)
                .into_iter()
                .map(|text| plain(text, 0, theme.title))
                .collect();
            lines.push(plain(value.clone(), 0, theme.strong));
            lines
        }
        SheetLine::Group(title) => vec![
            plain(String::new(), 0, theme.text),
            plain(title.clone(), 0, theme.accent),
        ],
        SheetLine::Number {
            label,
            text,
            formula,
        } => {
            let mut lines = vec![Drawn {
                right: Some(text.clone()),
                ..plain(label.clone(), 0, theme.text)
            }];
            let below = wrapped(formula, room.saturating_sub(2));
            lines.extend(below.into_iter().map(|t| plain(t, 2, theme.muted)));
            lines
        }
        SheetLine::Words { label, text, warn } => {
            let style = if *warn { theme.warn } else { theme.text };
            let fits = width(label) < usize::from(indent);
            let texts = wrapped(text, room.saturating_sub(indent));
            let mut lines: Vec<Drawn> = texts
                .into_iter()
                .map(|text| plain(text, indent, style))
                .collect();
            match lines.first_mut().filter(|_| fits) {
                Some(first) => first.label.clone_from(label),
                None => lines.insert(0, plain(label.clone(), 0, theme.muted)),
            }
            lines
        }
    }
}

/// Lines of a text; none of an empty one.
fn wrapped(text: &str, room: u16) -> Vec<String> {
    if text.is_empty() || room == 0 {
        return Vec::new();
    }
    wrap(text, usize::from(room))
}
