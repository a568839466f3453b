//! Draws the slice picker: at the bottom of the screen, so that the pane above it can be seen to follow.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw;
use super::overlay::{caption, field, most_rows, steps};
use super::theme::Theme;
use crate::view::Pointed;
use crate::view::picker::{Effect, Means, Outcome, PickerDimension, PickerModel, PickerValue};
use crate::view::text::width;

/// Below this many columns the picker shows the open dimension in its title, and no list of them.
const WITH_DIMENSIONS: u16 = 36;
/// Below this many rows the picker lies over the pane; else the pane keeps what is above it.
const DOCKED: u16 = 16;
/// Values are no wider, so that names and numbers stay together.
const WIDEST: u16 = 110;
/// Columns of a value that is looked at, and of its change.
const THEN: u16 = 11;
const MOVED: u16 = 10;

/// What is left for the pane, and where the picker stands.
pub fn places(area: Rect) -> (Rect, Rect) {
    if area.height < DOCKED {
        return (area, draw::centered(area, 96, most_rows(area)));
    }
    let high = (area.height * 9 / 20).clamp(10, 24);
    let under = area.height - high;
    (
        draw::rows(area, 0, under),
        draw::rows(area, under, area.height),
    )
}

/// Frame, dimensions and the values with their field.
fn parts(m: &PickerModel, place: Rect) -> [Rect; 3] {
    let inner = draw::framed(place);
    let foot = u16::from(inner.height >= 6);
    let body = draw::rows(inner, 0, inner.height - foot);
    if inner.width < WITH_DIMENSIONS {
        return [place, draw::columns(body, 0, 0), body];
    }
    let left = dimension_width(m, inner.width);
    [
        place,
        draw::columns(body, 0, left),
        draw::columns(body, left + 3, body.width),
    ]
}

/// Where the values of the picker stand below their field: a low one has no header of counts.
fn values_place(right: Rect) -> Rect {
    let head = if right.height < 5 { 1 } else { 2 };
    draw::rows(right, head, right.height)
}

/// What the picker is called: where dimensions are not listed, the open one is named.
fn title_of(m: &PickerModel, listed: bool) -> String {
    match m.dimensions.get(m.open) {
        Some(open) if !listed => format!("{} {}", open.name, dimension_mark(open)),
        _ => m.title.clone(),
    }
}

/// The first of the dimensions that is shown.
fn dimensions_top(m: &PickerModel, height: u16) -> usize {
    (m.open + 1).saturating_sub(usize::from(height))
}

/// The first of the values that is shown.
fn values_top(m: &PickerModel, height: u16) -> usize {
    let height = usize::from(height);
    (m.cursor + 1)
        .saturating_sub(height.div_ceil(2))
        .min(m.len.saturating_sub(height))
}

/// What can be clicked in the picker.
pub fn hits(m: &PickerModel, area: Rect) -> Vec<(Rect, Pointed)> {
    let [_, left, right] = parts(m, area);
    let shown = m.dimensions.iter().skip(dimensions_top(m, left.height));
    let dimensions = (0..left.height).zip(shown);
    let mut hits: Vec<(Rect, Pointed)> = dimensions
        .map(|(y, d)| (draw::row(left, y), Pointed::Dimension(d.id.clone())))
        .collect();
    let list = values_place(right);
    hits.extend(steps(list, values_top(m, list.height), m.len, m.cursor));
    hits
}

/// Draws the picker; gives the place of the caret.
pub fn render(m: &PickerModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Option<(u16, u16)> {
    let [place, dimension_list, right] = parts(m, area);
    let listed = !dimension_list.is_empty();
    let title = title_of(m, listed);
    let inner = draw::overlay(buf, place, caption(&title, &m.meaning), theme);
    let foot = inner.height - dimension_list.height;
    let body = draw::rows(inner, 0, inner.height - foot);
    if foot > 0 {
        outcome(m, theme, draw::row(inner, body.height), buf);
    }
    if listed {
        dimensions(m, theme, dimension_list, buf);
        let edge = draw::columns(body, dimension_list.width + 1, 1);
        for y in 0..body.height {
            draw::dot(buf, edge, (0, y), '│', theme.line);
        }
    }
    let caret = field(&m.field, theme, right, buf);
    values(m, theme, right, buf);
    caret
}

fn dimension_width(m: &PickerModel, room: u16) -> u16 {
    let longest = m.dimensions.iter().map(|d| width(&d.name)).max();
    (longest.unwrap_or(0) as u16 + 9).min(room / 3)
}

fn dimensions(m: &PickerModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let top = dimensions_top(m, area.height);
    let shown = m.dimensions.iter().enumerate().skip(top);
    for (y, (i, d)) in (0..area.height).zip(shown) {
        let line = draw::row(area, y);
        if i == m.open {
            draw::fill(buf, line, theme.selection);
        }
        let mark = dimension_mark(d);
        let style = if d.chosen > 0 {
            theme.accent
        } else {
            theme.text
        };
        let room = area.width.saturating_sub(width(&mark) as u16 + 2);
        draw::put(buf, draw::columns(line, 1, room), &d.name, style);
        draw::put_right(buf, line, &mark, theme.accent);
    }
}

/// `= 2` keeps two values, `≠ 2` leaves them out; `⟳` where states are recomputed.
fn dimension_mark(d: &PickerDimension) -> String {
    let sign = if d.negated { '≠' } else { '=' };
    match d.means {
        Some(Means::Filter) => format!("{sign} {} ", d.chosen),
        Some(Means::Scope) => format!("⟳{sign} {} ", d.chosen),
        None => String::new(),
    }
}

fn values(m: &PickerModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let body = values_place(area);
    let list = draw::columns(body, 0, body.width.saturating_sub(1).min(WIDEST));
    let shape = Shape::of(list.width, m);
    if body.y > area.y + 1 {
        heads(
            m,
            &shape,
            theme,
            draw::columns(draw::row(area, 1), 0, list.width),
            buf,
        );
    }
    if m.len == 0 {
        draw::put(buf, body, &m.empty, theme.muted);
        return;
    }
    let height = usize::from(body.height);
    let top = values_top(m, body.height);
    let shown = m.values.iter().skip(top.saturating_sub(m.first));
    for (y, value) in (0..body.height).zip(shown) {
        let here = top + usize::from(y) == m.cursor;
        put_value(value, here, &shape, (theme, draw::row(list, y)), buf);
    }
    let window = draw::Window {
        top,
        shown: height.min(m.len),
        total: m.len,
    };
    draw::scroll_marks(buf, body, window, theme.muted);
}

/// Columns of a value, from the right; those without room have none.
struct Shape {
    moved: u16,
    then: u16,
    people: u16,
    bar: u16,
}

impl Shape {
    fn of(width: u16, m: &PickerModel) -> Self {
        let told = !m.figure.is_empty();
        Self {
            moved: if told && width >= 36 { MOVED } else { 0 },
            then: if told && width >= 50 { THEN } else { 0 },
            people: if width < 24 { 0 } else { 12 },
            bar: match width {
                96.. => 24,
                72..=95 => 12,
                48..=71 if !told => 12,
                _ => 0,
            },
        }
    }

    /// Name, bar, people, value then, and its change.
    fn places(&self, area: Rect) -> [Rect; 5] {
        let widths = [self.moved, self.then, self.people, self.bar];
        let mut right = area.width;
        let [moved, then, people, bar] = widths.map(|w| {
            right = right.saturating_sub(w);
            draw::columns(area, right, w.saturating_sub(1))
        });
        let name = draw::columns(area, 1, right.saturating_sub(2));
        [name, bar, people, then, moved]
    }
}

fn heads(m: &PickerModel, shape: &Shape, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let [_, _, people, then, moved] = shape.places(area);
    draw::put_right(buf, people, &m.counted, theme.muted);
    let first = if then.is_empty() { moved } else { then };
    if !first.is_empty() {
        let both = draw::columns(area, first.x - area.x, moved.right() - first.x);
        draw::put_right(buf, both, &m.figure, theme.muted);
    }
}

fn put_value(
    v: &PickerValue,
    here: bool,
    shape: &Shape,
    (theme, area): (&Theme, Rect),
    buf: &mut Buffer,
) {
    if here {
        draw::fill(buf, area, theme.selection);
    }
    let (mark, style) = if v.chosen {
        ("[x] ", theme.accent)
    } else {
        ("[ ] ", theme.muted)
    };
    let name_style: Style = if v.chosen { theme.strong } else { theme.text };
    let [name, bar, people, then, moved] = shape.places(area);
    draw::put_spans(buf, name, &[(mark, style), (&v.name, name_style)]);
    if let (Some(length), false) = (v.length, bar.is_empty()) {
        draw::meter(buf, bar, Some(length), theme.accent, theme);
    }
    draw::put_number(buf, people, &v.people, theme.text);
    match &v.effect {
        Some(effect) => {
            draw::put_number(buf, then, &effect.then, theme.text);
            put_moved(effect, theme, moved, buf);
        }
        None => drop(draw::put_right(buf, moved, "…", theme.muted)),
    }
}

fn put_moved(effect: &Effect, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let number = &effect.moved.number;
    let room = usize::from(area.width.saturating_sub(2));
    if !number.value.is_known() {
        // The value beside it says so.
        return;
    }
    let text = format!("{} {}", number.fit(room), number.arrow());
    draw::put_right(buf, area, &text, draw::mood(effect.moved.mood, theme));
}

/// What a key would do, on the line between the values and the keys.
fn outcome(m: &PickerModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    draw::rule(buf, area, theme.line);
    let Some(Outcome { key, slice, effect }) = &m.outcome else {
        return;
    };
    let area = draw::columns(area, 1, area.width.saturating_sub(2));
    let (slice, figure) = (format!(" {slice} "), format!("▸ {} ", m.figure));
    let mut spans = vec![(" ", theme.text), (key, theme.key), (&slice, theme.strong)];
    let (then, moved);
    if let Some(effect) = effect {
        then = format!("{} ", effect.then.exact());
        let number = &effect.moved.number;
        moved = if number.value.is_known() {
            format!("{} {} ", number.exact(), number.arrow())
        } else {
            String::new()
        };
        spans.push((&figure, theme.muted));
        spans.push((&then, theme.text));
        spans.push((&moved, draw::mood(effect.moved.mood, theme)));
    }
    draw::put_spans(buf, area, &spans);
}
