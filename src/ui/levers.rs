//! Draws the drawer of levers, at the right of the pane or below it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::Theme;
use super::{draw, overlay, table};
use crate::view::levers::{LeverItem, LeverLine, LeversModel};
use crate::view::number::Number;
use crate::view::text::{first_lines, pad_left, wrap};

/// Columns of the drawer beside a pane, and the least that the pane keeps.
const BESIDE: (u16, u16) = (54, 76);
/// Rows of the drawer below a pane.
const BELOW: u16 = 12;

/// What is left for the pane, and where the drawer stands; where there is no room for both, the
/// drawer stands alone.
pub fn places(area: Rect) -> (Rect, Rect) {
    if area.width >= BESIDE.0 + BESIDE.1 {
        let pane = area.width - BESIDE.0;
        return (
            draw::columns(area, 0, pane),
            draw::columns(area, pane, BESIDE.0),
        );
    }
    let high = BELOW.max(area.height * 2 / 5).min(area.height);
    let pane = if area.height >= 2 * BELOW - 4 {
        area.height - high
    } else {
        0
    };
    (
        draw::rows(area, 0, pane),
        draw::rows(area, pane, area.height),
    )
}

/// Draws the drawer; gives the place of the caret while a value is typed.
pub fn render(
    model: &LeversModel,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let caption = draw::Caption {
        title: &model.title,
        side: &model.scenario,
        accent: Some(theme.accent),
    };
    let inner = draw::overlay(buf, area, caption, theme);
    if model.lines.is_empty() {
        let middle = draw::row(inner, inner.height / 2);
        draw::put_center(buf, middle, &model.empty, theme.muted);
        return None;
    }
    let field_rows = u16::from(model.field.is_some());
    let spare = inner.height.saturating_sub(5 + field_rows);
    let notes = notes(model, usize::from(spare), usize::from(inner.width));
    let below = notes.len() as u16;
    let list = draw::rows(
        inner,
        1,
        inner.height.saturating_sub(1 + below + field_rows),
    );
    header(model, theme, beside_marks(draw::row(inner, 0)), buf);
    lines(model, theme, list, buf);
    let foot = draw::rows(inner, 1 + list.height, inner.height);
    let caret = model
        .field
        .as_ref()
        .and_then(|f| overlay::field(f, theme, draw::row(foot, 0), buf));
    for (y, (note, warn)) in (field_rows..foot.height).zip(&notes) {
        let style = if *warn { theme.warn } else { theme.muted };
        draw::put(buf, draw::row(foot, y), note, style);
    }
    caret
}

/// What stands below the list, in so many lines at most, and whether it is a warning.
fn notes(model: &LeversModel, most: usize, columns: usize) -> Vec<(String, bool)> {
    let lines = |text: &str, warn: bool| -> Vec<(String, bool)> {
        let wrapped = wrap(text, columns).into_iter();
        wrapped
            .filter(|l| !l.is_empty())
            .map(|l| (l, warn))
            .collect()
    };
    let bounds = model.bounds.iter().take(3);
    let mut all: Vec<_> = bounds
        .flat_map(|b| lines(&format!("! {b}"), true))
        .collect();
    all.extend(lines(&model.help, false));
    all.extend(lines(&model.planned, false));
    let texts = all.iter().map(|(text, _)| text.clone()).collect();
    let texts = first_lines(texts, most, columns);
    texts
        .into_iter()
        .zip(all)
        .map(|(text, (_, warn))| (text, warn))
        .collect()
}

/// The columns that scroll marks leave free.
fn beside_marks(area: Rect) -> Rect {
    draw::columns(area, 0, area.width.saturating_sub(2))
}

/// The columns of name, baseline, scenario and change; where they are few, of name and scenario.
fn cells(area: Rect) -> [Rect; 4] {
    if area.width < 28 {
        let name = area.width.saturating_sub(8);
        let none = draw::columns(area, 0, 0);
        let now = draw::columns(area, name + 1, 7);
        return [draw::columns(area, 0, name), none, now, none];
    }
    let number = (area.width / 5).clamp(7, 12);
    let change = number + 1;
    let name = area.width.saturating_sub(2 * number + change + 3);
    let mut x = 0;
    [name, number, number, change].map(|w| {
        let cell = draw::columns(area, x, w);
        x += w + 1;
        cell
    })
}

fn header(model: &LeversModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    for (title, cell) in model.headers.iter().zip(&cells(area)[1..]) {
        draw::put_right(buf, *cell, title, theme.muted);
    }
}

fn lines(model: &LeversModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let height = usize::from(area.height);
    let last = model.lines.len().saturating_sub(height);
    let top = model.cursor.saturating_sub(height / 2).min(last);
    for (y, (at, line)) in (0..area.height).zip(model.lines.iter().enumerate().skip(top)) {
        let place = draw::row(area, y);
        match line {
            LeverLine::Heading(text) => {
                draw::put(buf, place, text, theme.title);
            }
            LeverLine::Lever(item) => {
                lever(item, theme, beside_marks(place), buf);
                if at == model.cursor {
                    draw::restyle(buf, beside_marks(place), theme.selection);
                }
            }
        }
    }
    let window = draw::Window {
        top,
        shown: height,
        total: model.lines.len(),
    };
    draw::scroll_marks(buf, area, window, theme.muted);
}

fn lever(item: &LeverItem, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let [name, base, now, change] = cells(area);
    let mark = match (item.bounded, item.changed) {
        (true, _) => "! ",
        (false, true) => "● ",
        (false, false) => "  ",
    };
    let style = if item.bounded {
        theme.warn
    } else {
        theme.accent
    };
    draw::put_spans(buf, name, &[(mark, style), (&item.name, theme.text)]);
    let text =
        |n: &Number, cell: Rect| pad_left(&n.fit(usize::from(cell.width)), cell.width.into());
    let star = if item.planned { "*" } else { " " };
    let shown = text(
        &item.base,
        draw::columns(base, 0, base.width.saturating_sub(1)),
    );
    draw::put_spans(buf, base, &[(&shown, theme.muted), (star, theme.muted)]);
    let moved = item.change.number.sign().is_some_and(|s| s != 0);
    let strong = if moved { theme.strong } else { theme.text };
    draw::put(buf, now, &text(&item.now, now), strong);
    if moved {
        let arrow = item.change.number.arrow();
        let room = change.width.saturating_sub(2);
        let shown = format!("{arrow} {}", item.change.number.fit(room.into()));
        draw::put_right(buf, change, &shown, table::mood(item.change.mood, theme));
    }
}
