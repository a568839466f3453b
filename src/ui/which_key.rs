//! A low pop-up at the foot of the pane with the keys that can follow; it is there at once and
//! moves nothing.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::draw;
use super::theme::Theme;
use crate::view::text::width;
use crate::view::which_key::{WhichKey, WhichKeyModel};

/// Columns between two entries.
const GAP: u16 = 3;

/// Draws the pop-up; an area without room for it stays as it is.
pub fn render(model: &WhichKeyModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inside = area.width.saturating_sub(4);
    let keys = widest(&model.rows, |r| &r.keys);
    let entry = keys + 2 + widest(&model.rows, |r| &r.title);
    let fit = (inside + GAP) / (entry + GAP).max(1);
    let count = fit.clamp(1, 3).min((model.rows.len() as u16).max(1));
    let lines = (model.rows.len() as u16).div_ceil(count).max(1);
    let head = (width(&model.title) + width(&model.hint)) as u16 + 8;
    let wide = (count * entry + (count - 1) * GAP + 4)
        .max(head)
        .min(area.width);
    let high = (lines + 2).min(area.height);
    if high < 3 || wide < 8 {
        return;
    }
    let place = draw::rows(area, area.height - high, high);
    let place = draw::columns(place, area.width - wide, wide);
    let caption = draw::Caption {
        title: &model.title,
        side: &model.hint,
        accent: None,
    };
    let inner = draw::inset(draw::overlay(buf, place, caption, theme), 1, 0);
    for (sheet, x) in model.rows.chunks(usize::from(lines)).zip(0..) {
        let area = draw::columns(inner, x * (entry + GAP), entry);
        for (row, y) in sheet.iter().zip(0..inner.height) {
            line(row, keys, theme, draw::row(area, y), buf);
        }
    }
}

fn line(row: &WhichKey, keys: u16, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let (key, title) = if row.enabled {
        (theme.key, theme.text)
    } else {
        (theme.muted, theme.muted)
    };
    draw::put(buf, draw::columns(area, 0, keys), &row.keys, key);
    draw::put(
        buf,
        draw::columns(area, keys + 2, area.width),
        &row.title,
        title,
    );
}

fn widest(rows: &[WhichKey], of: impl Fn(&WhichKey) -> &String) -> u16 {
    rows.iter().map(|r| width(of(r))).max().unwrap_or(0) as u16
}
