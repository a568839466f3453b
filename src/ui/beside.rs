//! Draws two panes at once: a title line over each half, a rule between them, and under the right one
//! how it differs.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::theme::Theme;
use super::{draw, pane, table};
use crate::view::beside::{BesideModel, Delta, Split};
use crate::view::text::width;

/// Draws titles, rule and the right half; gives the place of the left one, which is empty while the
/// right one has its turn.
pub fn render(model: &BesideModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
    match model.split {
        Split::Columns => {
            let [left, right] = columns(area);
            for y in 0..area.height {
                let at = (left.width.saturating_add(1), y);
                if area.width > 3 {
                    draw::dot(buf, area, at, '│', theme.line);
                }
            }
            right_half(model, theme, right, buf);
            left_half(model, theme, left, buf)
        }
        Split::Rows => {
            let high = area.height / 2;
            let [above, below] = [
                draw::rows(area, 0, high),
                draw::rows(area, high, area.height),
            ];
            right_half(model, theme, below, buf);
            left_half(model, theme, above, buf)
        }
        Split::Turns if model.turned => {
            right_half(model, theme, area, buf);
            draw::rows(area, 0, 0)
        }
        Split::Turns => left_half(model, theme, area, buf),
    }
}

/// The halves, with three columns for the rule.
fn columns(area: Rect) -> [Rect; 2] {
    let left = area.width.saturating_sub(3) / 2;
    [
        draw::columns(area, 0, left),
        draw::columns(area, left + 3, area.width),
    ]
}

/// The title of the left half; gives the place of its pane.
fn left_half(model: &BesideModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
    let [title, _] = &model.titles;
    put_title(model, title, "", theme, draw::row(area, 0), buf);
    draw::rows(area, 1, area.height)
}

fn right_half(model: &BesideModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let [_, title] = &model.titles;
    put_title(model, title, &model.working, theme, draw::row(area, 0), buf);
    let lines = delta_lines(model, theme, usize::from(area.width.saturating_sub(2)));
    let most = match area.height {
        0..=9 => 0,
        10..=19 => 1,
        _ => 2,
    };
    let foot = (lines.len() as u16).min(most);
    let high = area.height.saturating_sub(1 + foot);
    let place = draw::rows(area, 1, high);
    pane(&model.pane, theme, place, buf);
    if model.stale {
        draw::fade(buf, place, theme);
    }
    let below = draw::inset(draw::rows(area, 1 + high, foot), 1, 0);
    for (y, line) in (0..below.height).zip(&lines) {
        let spans: Vec<(&str, Style)> = line.iter().map(|(t, s)| (t.as_str(), *s)).collect();
        draw::put_spans(buf, draw::row(below, y), &spans);
    }
}

/// What a half is about; what differs stands out.
fn put_title(
    model: &BesideModel,
    parts: &[(String, bool)],
    working: &str,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) {
    draw::fill(buf, area, theme.base.patch(theme.popup));
    let inner = draw::inset(area, 1, 0);
    let side = match (model.split, working) {
        (Split::Turns, "") => model.turn.as_str(),
        (_, working) => working,
    };
    let used = draw::put_right(buf, inner, side, theme.warn);
    let room = draw::columns(inner, 0, inner.width.saturating_sub(used + 1));
    let mut spans: Vec<(&str, Style)> = Vec::new();
    for (text, differs) in parts {
        if !spans.is_empty() {
            spans.push((" · ", theme.muted));
        }
        let style = if *differs { theme.accent } else { theme.text };
        let style = if *differs { style.patch(bold()) } else { style };
        spans.push((text, style));
    }
    draw::put_spans(buf, room, &spans);
}

fn bold() -> Style {
    Style::new().add_modifier(ratatui::style::Modifier::BOLD)
}

/// The differences, each whole, in as many lines as they need.
fn delta_lines(model: &BesideModel, theme: &Theme, room: usize) -> Vec<Vec<(String, Style)>> {
    if model.deltas.is_empty() {
        return Vec::new();
    }
    let mut used = width(&model.deltas_title);
    let mut lines = vec![vec![(model.deltas_title.clone(), theme.muted)]];
    for delta in &model.deltas {
        let spans = delta_spans(delta, theme);
        let need: usize = spans.iter().map(|(text, _)| width(text)).sum();
        if used + need > room && used > 0 {
            lines.push(Vec::new());
            used = 0;
        }
        used += need;
        if let Some(line) = lines.last_mut() {
            line.extend(spans);
        }
    }
    lines
}

fn delta_spans(delta: &Delta, theme: &Theme) -> [(String, Style); 2] {
    let number = &delta.change.number;
    [
        (format!("  {} ", delta.name), theme.muted),
        (
            format!("{} {}", number.arrow(), number.exact()),
            table::mood(delta.change.mood, theme),
        ),
    ]
}
