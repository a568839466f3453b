//! Draws the palette: the field above, finds below, at the bottom what Enter would do; wide screens
//! have room for more about the find at the right.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::theme::Theme;
use super::{draw, overlay};
use crate::view::palette::{PaletteDetail, PaletteModel, PaletteRow};
use crate::view::text::width;

/// From so many columns on, the detail stands beside the list.
const WIDE: u16 = 100;

/// Draws it; gives the place of the caret, if a field is open.
pub fn render(
    model: &PaletteModel,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let wide = area.width >= WIDE;
    let place = frame(area);
    let caption = draw::Caption {
        title: &model.title,
        side: &model.side,
        accent: None,
    };
    let inner = draw::overlay(buf, place, caption, theme);
    let caret = overlay::field(&model.field, theme, draw::row(inner, 0), buf);
    let foot = foot_height(inner.height);
    let body = draw::rows(inner, 1, inner.height.saturating_sub(1 + foot));
    foot_lines(model, theme, draw::rows(inner, 1 + body.height, foot), buf);
    match (&model.detail, wide) {
        (Some(d), true) => beside(model, d, theme, body, buf),
        (Some(d), false) if model.reading => detail(d, theme, body, buf),
        _ => list(model, theme, body, buf),
    }
    caret
}

fn frame(area: Rect) -> Rect {
    let size = if area.width >= WIDE {
        area.width.saturating_sub(8).min(140)
    } else {
        84
    };
    draw::centered(area, size, area.height.saturating_sub(2).clamp(6, 28))
}

/// Where the finds stand, and the first one shown; empty while a detail stands there.
pub fn list_place(model: &PaletteModel, area: Rect) -> (Rect, usize) {
    let inner = draw::framed(frame(area));
    let foot = foot_height(inner.height);
    let body = draw::rows(inner, 1, inner.height.saturating_sub(1 + foot));
    let list = match (&model.detail, area.width >= WIDE) {
        (Some(_), true) => draw::columns(body, 0, list_width(model, body.width)),
        (Some(_), false) if model.reading => Rect::default(),
        _ => body,
    };
    (list, top(model, list.height))
}

/// The first find that is shown.
fn top(model: &PaletteModel, height: u16) -> usize {
    let height = usize::from(height);
    (model.cursor + 1)
        .saturating_sub(height.div_ceil(2))
        .min(model.len.saturating_sub(height))
}

/// Columns of the list beside a detail; what is read has more than half.
fn list_width(model: &PaletteModel, room: u16) -> u16 {
    if model.reading {
        room * 2 / 5
    } else {
        room * 5 / 8
    }
}

/// A rule and what Enter does, as far as there is room.
fn foot_height(inner: u16) -> u16 {
    match inner {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

fn foot_lines(model: &PaletteModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let ruled = u16::from(area.height >= 2);
    if ruled > 0 {
        draw::rule(buf, area, theme.line);
    }
    let line = draw::row(area, ruled);
    let style = if model.enabled {
        theme.text
    } else {
        theme.warn
    };
    if !model.enter.is_empty() {
        let key = if model.enabled { &model.key } else { "×" };
        let key_style = if model.enabled { theme.key } else { theme.warn };
        draw::put_spans(
            buf,
            line,
            &[(key, key_style), (" ", style), (&model.enter, style)],
        );
    }
}

/// The list and the detail side by side.
fn beside(model: &PaletteModel, d: &PaletteDetail, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let left = list_width(model, area.width);
    list(model, theme, draw::columns(area, 0, left), buf);
    for y in 0..area.height {
        draw::dot(buf, area, (left + 1, y), '│', theme.line);
    }
    detail(d, theme, draw::columns(area, left + 3, area.width), buf);
}

fn detail(d: &PaletteDetail, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let lines = d.lines(usize::from(area.width));
    draw::put(buf, draw::row(area, 0), &d.title, theme.title);
    draw::put_lines(buf, draw::rows(area, 2, area.height), &lines, theme.text);
    let below = 3 + lines.len() as u16;
    if !d.source.is_empty() && below < area.height {
        draw::put(buf, draw::row(area, below), &d.source, theme.muted);
    }
}

fn list(model: &PaletteModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if model.len == 0 {
        draw::put(buf, draw::row(area, 1), &model.empty, theme.muted);
        return;
    }
    let height = usize::from(area.height);
    let top = top(model, area.height);
    let rows = model.rows.iter().skip(top.saturating_sub(model.first));
    let room = draw::columns(area, 0, area.width.saturating_sub(2));
    let kinds = model.rows.iter().map(|r| width(&r.kind) as u16).max();
    let kinds = kinds.unwrap_or(0) + 1;
    for (y, row) in (0..area.height).zip(rows) {
        let here = top + usize::from(y) == model.cursor;
        put_row(row, here, kinds, theme, draw::row(room, y), buf);
    }
    let window = draw::Window {
        top,
        shown: height.min(model.len),
        total: model.len,
    };
    draw::scroll_marks(buf, area, window, theme.muted);
}

/// Kind, name, the other name, and at the right the key or the value.
fn put_row(r: &PaletteRow, here: bool, kinds: u16, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if here {
        draw::fill(buf, area, theme.selection);
    }
    let kinds = if area.width < 40 { 0 } else { kinds };
    draw::put(buf, draw::columns(area, 0, kinds), &r.kind, theme.muted);
    let right = (width(&r.right) as u16).min(area.width / 3);
    let middle = area.width.saturating_sub(kinds + right + 2);
    let middle = draw::columns(area, kinds, middle);
    let used = put_name(r, here, theme, middle, buf);
    let rest = draw::columns(middle, used + 2, middle.width);
    if rest.width > 3 {
        draw::put(buf, rest, &r.other, theme.muted);
    }
    let style = if r.enabled { theme.key } else { theme.muted };
    let place = draw::columns(area, area.width.saturating_sub(right + 1), right);
    draw::put_right(buf, place, &r.right, style);
}

fn put_name(r: &PaletteRow, here: bool, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let plain = match (r.enabled, here) {
        (false, _) => theme.muted,
        (true, true) => theme.strong,
        (true, false) => theme.text,
    };
    let found: Style = plain
        .patch(theme.accent)
        .add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
    let pieces = r.name.iter().map(|(text, marked)| {
        let style = if *marked { found } else { plain };
        (text.as_str(), style)
    });
    draw::put_spans(buf, area, &pieces.collect::<Vec<_>>())
}
