//! Draws headline figures in big digits, as big as the smallest of them allows.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::Theme;
use super::{digits, draw, table};
use crate::view::headline::Headline;
use crate::view::presenter::PresenterModel;
use crate::view::text::{width, wrap};

/// Columns that the text of a value may take.
const LARGE: usize = 7;
/// The largest digits, in multiples of those of a card.
const LARGEST: u16 = 6;
/// Rows under the digits: change, target.
const BELOW: u16 = 2;

/// Draws the pane.
pub fn render(model: &PresenterModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let airy = area.height >= 20;
    let edge = if area.width >= 60 { 3 } else { 1 };
    let inner = draw::inset(area, edge, 0);
    let top = u16::from(airy);
    title(model, theme, draw::rows(inner, top, 1), buf);
    let caption = caption(model, inner.width);
    let foot = (caption.len() as u16).min(area.height / 6);
    let used = top + 1 + foot + 2 * u16::from(airy);
    let body = draw::rows(
        inner,
        top + 1 + u16::from(airy),
        area.height.saturating_sub(used),
    );
    figures(model, theme, body, buf);
    let below = draw::rows(inner, area.height.saturating_sub(foot), foot);
    draw::put_lines(buf, below, &caption, theme.text);
}

fn title(model: &PresenterModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let spans = [
        ("▌", theme.accent),
        (model.brand.as_str(), theme.strong),
        ("  ", theme.muted),
        (model.pane.as_str(), theme.title),
    ];
    draw::put_spans(buf, area, &spans);
}

/// The parts of the caption in lines; no part is torn where it fits.
fn caption(model: &PresenterModel, columns: u16) -> Vec<String> {
    let room = usize::from(columns);
    let mut lines: Vec<String> = Vec::new();
    for part in &model.caption {
        match lines.last_mut() {
            Some(line) if width(line) + 5 + width(part) <= room => {
                line.push_str("  ·  ");
                line.push_str(part);
            }
            _ => lines.extend(wrap(part, room.max(8))),
        }
    }
    lines
}

fn figures(model: &PresenterModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if model.figures.is_empty() {
        let middle = draw::row(area, area.height / 2);
        draw::put_center(buf, middle, &model.empty, theme.muted);
        return;
    }
    let places = grid(model.figures.len() as u16, area);
    let size = size(&model.figures, &places);
    for (figure, place) in model.figures.iter().zip(places) {
        put(figure, size, theme, place, buf);
    }
}

/// Places for so many figures: in a row, two by two, or one below the other.
fn grid(count: u16, area: Rect) -> Vec<Rect> {
    let across = match (count, area.width, area.height) {
        (0 | 1, ..) | (_, 0..=47, _) => 1,
        (3.., 120.., 0..=15) => count,
        _ => 2,
    };
    draw::stack(area, count.div_ceil(across).max(1), 1)
        .into_iter()
        .flat_map(|line| draw::side_by_side(line, across, 3))
        .collect()
}

/// How large values and changes are, in multiples of the digits of a card; all figures alike.
#[derive(Debug, Clone, Copy)]
struct Size {
    value: u16,
    change: u16,
}

/// The largest that every figure has room for. Changes are large too where that takes nothing from
/// the values.
fn size(figures: &[Headline], places: &[Rect]) -> Size {
    let value = scale(figures, places);
    let fits = |change: u16| {
        figures.iter().zip(places).all(|(figure, place)| {
            let high = 2 + digits::HEIGHT * (value + change) + BELOW;
            digits::width_scaled(&change_text(figure), change) <= place.width
                && high <= place.height
        })
    };
    let change = (1..=value / 2).rev().find(|s| fits(*s)).unwrap_or(0);
    Size { value, change }
}

/// The relative change, or that of a rate, with its glyph.
fn change_text(figure: &Headline) -> String {
    figure.changes.last().map_or_else(String::new, |change| {
        let number = &change.number;
        format!("{} {}", number.arrow(), number.fit(8))
            .trim_start()
            .to_owned()
    })
}

/// The largest digits that every figure has room for; 0 where none has.
fn scale(figures: &[Headline], places: &[Rect]) -> u16 {
    let fits = |scale: u16| {
        figures.iter().zip(places).all(|(figure, place)| {
            let wide = digits::width_scaled(&text(figure), scale);
            wide <= place.width && digits::HEIGHT * scale + 1 + BELOW <= place.height
        })
    };
    (1..=LARGEST).rev().find(|s| fits(*s)).unwrap_or(0)
}

/// The value, short.
fn text(figure: &Headline) -> String {
    figure.value.fit(LARGE)
}

/// Name, digits, change, target; in the middle of its place from top to bottom.
fn put(figure: &Headline, size: Size, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let value = (digits::HEIGHT * size.value).max(1);
    let change = digits::HEIGHT * size.change;
    let lines = 1 + u16::from(change > 0);
    let spare = area.height.saturating_sub(value + change + lines + BELOW);
    let gap = u16::from(spare >= 2);
    let mut y = spare.saturating_sub(2 * gap) / 2;
    let mut place = |high: u16, gap: u16| {
        let place = draw::rows(area, y, high);
        y += high + gap;
        place
    };
    draw::put(buf, place(1, gap), &figure.name, theme.text);
    put_value(figure, size.value, theme, place(value, gap), buf);
    if change > 0 {
        let place = place(change, 1);
        put_large_change(figure, size.change, theme, place, buf);
    }
    put_change(figure, theme, place(1, 0), buf);
    put_target(figure, theme, place(1, 0), buf);
}

fn put_large_change(figure: &Headline, scale: u16, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if let Some(change) = figure.changes.last() {
        let style = table::mood(change.mood, theme);
        digits::put_scaled(buf, area, &change_text(figure), scale, style);
    }
}

fn put_value(figure: &Headline, scale: u16, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if figure.value.value.is_known() && scale > 0 {
        digits::put_scaled(buf, area, &text(figure), scale, theme.strong);
        return;
    }
    let middle = draw::row(area, area.height / 2);
    let used = draw::put(buf, middle, &text(figure), theme.strong);
    if let Some(reason) = &figure.reason {
        let rest = draw::columns(middle, used + 2, middle.width);
        draw::put(buf, rest, reason, theme.muted);
    }
}

/// The exact value, how it changed, and what it was without the what-if.
fn put_change(figure: &Headline, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let mut x = 0;
    let mut say = |text: &str, style| {
        let room = draw::columns(area, x, area.width);
        if width(text) <= usize::from(room.width) {
            x += draw::put(buf, room, text, style) + 2;
        }
    };
    for change in &figure.changes {
        let number = &change.number;
        let text = format!("{} {}", number.arrow(), number.exact());
        say(text.trim_start(), table::mood(change.mood, theme));
    }
    if !figure.changes.is_empty() {
        say(&figure.against, theme.muted);
    }
    if let Some((word, number)) = &figure.baseline {
        say(&format!("{word} {}", number.exact()), theme.muted);
    }
}

/// The target, and a bar of how much of it is reached.
fn put_target(figure: &Headline, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let Some((target, done)) = &figure.target else {
        return;
    };
    let word = format!("{} ", figure.target_name);
    let (target, percent) = (target.exact(), format!("  {}  ", done.exact()));
    let spans = [
        (word.as_str(), theme.muted),
        (target.as_str(), theme.text),
        (percent.as_str(), theme.strong),
    ];
    let used = draw::put_spans(buf, area, &spans);
    let room = area.width.saturating_sub(used).min(24);
    if room >= 8 {
        let bar = draw::columns(area, used, room);
        let share = done.value.get().map(|x| x.clamp(0.0, 1.0));
        draw::bullet(buf, bar, share, None, theme.accent, theme);
    }
}
