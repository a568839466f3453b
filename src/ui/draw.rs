//! Drawing primitives, the only code that writes cells.
//!
//! Every primitive takes a rectangle and stays inside it and inside the buffer; an empty rectangle
//! draws nothing. Text is cleaned here once more, is cut with `…` and never leaves half a wide
//! character behind. Nothing here knows what a number means.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};

use super::theme::Theme;
use crate::view::ghost::Ghost;
use crate::view::number::{Number, TOO_NARROW};
use crate::view::table::Mood;
use crate::view::text::{clean, fit, glyphs, simple, truncate, width};

// -- rectangles -----------------------------------------------------------------------------------

/// Row `y` of an area, one high; empty when the area has no such row.
pub fn row(area: Rect, y: u16) -> Rect {
    rows(area, y, 1)
}

/// `height` rows of an area from row `y`.
pub fn rows(area: Rect, y: u16, height: u16) -> Rect {
    let y = y.min(area.height);
    Rect {
        y: area.y.saturating_add(y),
        height: height.min(area.height - y),
        ..area
    }
}

/// `width` columns of an area from column `x`.
pub fn columns(area: Rect, x: u16, width: u16) -> Rect {
    let x = x.min(area.width);
    Rect {
        x: area.x.saturating_add(x),
        width: width.min(area.width - x),
        ..area
    }
}

/// The area without `x` columns on both sides and `y` rows above and below.
pub fn inset(area: Rect, x: u16, y: u16) -> Rect {
    let inner = columns(area, x, area.width.saturating_sub(x.saturating_mul(2)));
    rows(inner, y, inner.height.saturating_sub(y.saturating_mul(2)))
}

/// `count` areas side by side with `gap` columns between them; widths differ by one at most.
pub fn side_by_side(area: Rect, count: u16, gap: u16) -> Vec<Rect> {
    let free = area
        .width
        .saturating_sub(gap.saturating_mul(count.saturating_sub(1)));
    let edge = |i: u16| (u32::from(free) * u32::from(i) / u32::from(count.max(1))) as u16;
    (0..count)
        .map(|i| {
            columns(
                area,
                edge(i).saturating_add(gap.saturating_mul(i)),
                edge(i + 1) - edge(i),
            )
        })
        .collect()
}

/// `count` areas one below the other with `gap` rows between them; heights differ by one at most.
pub fn stack(area: Rect, count: u16, gap: u16) -> Vec<Rect> {
    let free = area
        .height
        .saturating_sub(gap.saturating_mul(count.saturating_sub(1)));
    let edge = |i: u16| (u32::from(free) * u32::from(i) / u32::from(count.max(1))) as u16;
    (0..count)
        .map(|i| {
            rows(
                area,
                edge(i).saturating_add(gap.saturating_mul(i)),
                edge(i + 1) - edge(i),
            )
        })
        .collect()
}

// -- text -----------------------------------------------------------------------------------------

/// Text at the left of the first row; the rest of the row stays. Gives the columns used.
pub fn put(buf: &mut Buffer, area: Rect, text: &str, style: impl Into<Style>) -> u16 {
    if area.is_empty() {
        return 0;
    }
    let text = fit(text, usize::from(area.width));
    write_run(buf, area, &text, style.into())
}

/// Text at the right of the first row.
pub fn put_right(buf: &mut Buffer, area: Rect, text: &str, style: impl Into<Style>) -> u16 {
    let text = fit(text, usize::from(area.width));
    let used = width(&text) as u16;
    put(
        buf,
        columns(area, area.width.saturating_sub(used), used),
        &text,
        style,
    )
}

/// Text in the middle of the first row.
pub fn put_center(buf: &mut Buffer, area: Rect, text: &str, style: impl Into<Style>) -> u16 {
    let text = fit(text, usize::from(area.width));
    let used = width(&text) as u16;
    put(
        buf,
        columns(area, area.width.saturating_sub(used) / 2, used),
        &text,
        style,
    )
}

/// Pieces of different styles one after the other; the last that fits is cut. Gives the columns
/// used.
pub fn put_spans(buf: &mut Buffer, area: Rect, spans: &[(&str, Style)]) -> u16 {
    let mut used = 0;
    for (text, style) in spans {
        used += put(buf, columns(area, used, area.width), text, *style);
    }
    used
}

/// A number in its best form at the right of the first row.
pub fn put_number(buf: &mut Buffer, area: Rect, number: &Number, style: impl Into<Style>) -> u16 {
    put_right(buf, area, &number.fit(usize::from(area.width)), style)
}

/// Lines below each other, as many as there are rows.
pub fn put_lines(buf: &mut Buffer, area: Rect, lines: &[String], style: impl Into<Style>) {
    let style = style.into();
    for (y, line) in (0..area.height).zip(lines) {
        put(buf, row(area, y), line, style);
    }
}

/// Writes clean text that is known to fit; cells outside the buffer are left out.
fn write_run(buf: &mut Buffer, area: Rect, text: &str, style: Style) -> u16 {
    let mut x = area.x;
    heal(buf, x, area.y);
    for (glyph, w) in glyphs(text) {
        let end = x.saturating_add(w as u16);
        if end > area.right() || !inside(buf, x, area.y) || !inside(buf, end - 1, area.y) {
            break;
        }
        symbol(buf, x, area.y, glyph, style);
        if w == 2 {
            symbol(buf, x + 1, area.y, " ", style);
        }
        x = end;
    }
    x - area.x
}

/// Blanks a wide character whose second half is about to be overwritten.
fn heal(buf: &mut Buffer, x: u16, y: u16) {
    let Some(left) = x.checked_sub(1) else { return };
    if let Some(cell) = buf.cell_mut(Position::new(left, y))
        && width(cell.symbol()) > 1
    {
        cell.set_symbol(" ");
    }
}

fn inside(buf: &Buffer, x: u16, y: u16) -> bool {
    buf.area.contains(Position::new(x, y))
}

/// Puts another glyph of one column in the place of a glyph of one column.
pub fn exchange(cell: &mut Cell, glyph: char) {
    if simple(glyph) == Some(1) {
        cell.set_char(glyph);
    }
}

fn symbol(buf: &mut Buffer, x: u16, y: u16, symbol: &str, style: Style) {
    if let Some(cell) = buf.cell_mut(Position::new(x, y)) {
        // A quiet frame must not quieten what is written into it.
        cell.modifier.remove(Modifier::DIM);
        cell.set_symbol(symbol).set_style(style);
    }
}

/// One narrow character at a place relative to the area; outside it nothing happens.
pub fn dot(buf: &mut Buffer, area: Rect, at: (u16, u16), glyph: char, style: impl Into<Style>) {
    if at.0 >= area.width || at.1 >= area.height {
        return;
    }
    let mut bytes = [0; 4];
    let text: &str = glyph.encode_utf8(&mut bytes);
    let place = Rect::new(area.x + at.0, area.y + at.1, 1, 1);
    if simple(glyph) == Some(1) {
        heal(buf, place.x, place.y);
        symbol(buf, place.x, place.y, text, style.into());
    } else {
        put(buf, place, &clean(text), style);
    }
}

// -- surfaces -------------------------------------------------------------------------------------

/// Blanks an area and paints its ground.
pub fn fill(buf: &mut Buffer, area: Rect, style: impl Into<Style>) {
    let style = style.into();
    let area = area.intersection(buf.area);
    for y in area.top()..area.bottom() {
        heal(buf, area.x, y);
        for x in area.left()..area.right() {
            if let Some(cell) = buf.cell_mut(Position::new(x, y)) {
                cell.reset();
                cell.set_style(style);
            }
        }
    }
}

/// Changes the style of an area and leaves its text.
pub fn restyle(buf: &mut Buffer, area: Rect, style: impl Into<Style>) {
    let area = area.intersection(buf.area);
    buf.set_style(area, style.into());
}

/// Fades an area into its ground: old numbers, to be replaced soon.
pub fn fade(buf: &mut Buffer, area: Rect, theme: &Theme) {
    let area = area.intersection(buf.area);
    let (Some(ground), Some(text)) = (theme.base.bg, theme.base.fg) else {
        buf.set_style(area, Style::new().add_modifier(Modifier::DIM));
        return;
    };
    for place in area.positions() {
        if let Some(cell) = buf.cell_mut(place) {
            let own = if cell.fg == Color::Reset {
                text
            } else {
                cell.fg
            };
            cell.fg = mix(own, ground);
            cell.bg = mix(cell.bg, ground);
        }
    }
}

/// A colour half way to another.
fn mix(a: Color, b: Color) -> Color {
    match (a, b) {
        (Color::Rgb(r, g, b), Color::Rgb(x, y, z)) => {
            let half = |p: u8, q: u8| u8::midpoint(p, q);
            Color::Rgb(half(r, x), half(g, y), half(b, z))
        }
        _ => a,
    }
}

/// A line across the first row.
pub fn rule(buf: &mut Buffer, area: Rect, style: impl Into<Style>) {
    put(buf, area, &"─".repeat(usize::from(area.width)), style);
}

/// What is written in the top border of a panel.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caption<'a> {
    /// At the left, in the title style (or the given one).
    pub title: &'a str,
    /// At the right, muted.
    pub side: &'a str,
    /// Colour of the title, where it is not the plain title colour.
    pub accent: Option<Style>,
}

/// A rounded frame with a caption; gives the area inside (one blank column at both sides). An area
/// that is too small for a frame gets none.
pub fn panel(buf: &mut Buffer, area: Rect, caption: Caption<'_>, theme: &Theme) -> Rect {
    if !has_frame(area) {
        return area;
    }
    border(buf, area, theme.line);
    let top = columns(row(area, 0), 2, area.width - 4);
    let title_style = caption.accent.map_or(theme.title, |a| theme.title.patch(a));
    let title = truncate(caption.title, usize::from(top.width.saturating_sub(2)));
    let used = if title.is_empty() {
        0
    } else {
        put(buf, top, &format!(" {title} "), title_style)
    };
    let side_room = top.width.saturating_sub(used + 1);
    let side = clean(caption.side);
    if !side.is_empty() && width(&side) + 2 <= usize::from(side_room) {
        put_right(buf, top, &format!(" {side} "), theme.muted);
    }
    framed(area)
}

fn has_frame(area: Rect) -> bool {
    area.width >= 4 && area.height >= 3
}

/// The area inside the frame of a panel.
pub fn framed(area: Rect) -> Rect {
    if has_frame(area) {
        inset(area, 2, 1)
    } else {
        area
    }
}

/// Words in the bottom border of a panel, at its left and at its right end; the right ones go first
/// where there is no room for both.
pub fn foot(buf: &mut Buffer, area: Rect, [left, right]: [&str; 2], theme: &Theme) {
    if !has_frame(area) {
        return;
    }
    let bottom = columns(row(area, area.height - 1), 2, area.width - 4);
    let mut free = bottom.width;
    for (text, at_right) in [(left, false), (right, true)] {
        let need = width(text) as u16 + 2;
        if text.is_empty() || need > free {
            continue;
        }
        let text = format!(" {text} ");
        if at_right {
            put_right(buf, bottom, &text, theme.accent);
        } else {
            put(buf, bottom, &text, theme.accent);
        }
        free -= need;
    }
}

fn border(buf: &mut Buffer, area: Rect, style: Style) {
    let across = "─".repeat(usize::from(area.width - 2));
    put(buf, row(area, 0), &format!("╭{across}╮"), style);
    put(
        buf,
        row(area, area.height - 1),
        &format!("╰{across}╯"),
        style,
    );
    for y in 1..area.height - 1 {
        dot(buf, area, (0, y), '│', style);
        dot(buf, area, (area.width - 1, y), '│', style);
    }
}

/// Ground and frame of a pop-up, over whatever is there: half a wide character at its left edge is
/// blanked. Every pop-up uses this.
pub fn overlay(buf: &mut Buffer, area: Rect, caption: Caption<'_>, theme: &Theme) -> Rect {
    let area = area.intersection(buf.area);
    fill(buf, area, theme.base.patch(theme.popup));
    panel(buf, area, caption, theme)
}

/// A rectangle of the wanted size in the middle of an area, as large as it can be.
pub fn centered(area: Rect, width: u16, height: u16) -> Rect {
    let (w, h) = (width.min(area.width), height.min(area.height));
    let across = columns(area, (area.width - w) / 2, w);
    rows(across, (area.height - h) / 2, h)
}

/// Marks at the right edge that tell that there is more above or below, and where the window is.
pub fn scroll_marks(buf: &mut Buffer, area: Rect, window: Window, style: impl Into<Style>) {
    if window.total <= window.shown || area.height < 2 {
        return;
    }
    let style = style.into();
    let edge = columns(area, area.width.saturating_sub(1), 1);
    let track = usize::from(area.height);
    let length = (track * window.shown / window.total).clamp(1, track);
    let room = track - length;
    let hidden = window.total - window.shown;
    let start = (room * window.top.min(hidden)).div_ceil(hidden.max(1));
    for y in 0..length {
        dot(buf, edge, (0, (start + y) as u16), '▐', style);
    }
}

/// What a scrolled list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// First line shown.
    pub top: usize,
    /// Lines shown.
    pub shown: usize,
    /// Lines there are.
    pub total: usize,
}

/// Keys with what they do, as many as fit, in one row; gives the columns used.
pub fn key_hints(buf: &mut Buffer, area: Rect, hints: &[(String, String)], theme: &Theme) -> u16 {
    let places = hint_places(area, hints);
    for (place, (key, help)) in places.iter().zip(hints) {
        let used = put(buf, *place, key, theme.key) + 1;
        put(buf, columns(*place, used, place.width), help, theme.muted);
    }
    places.last().map_or(0, |p| p.right() - area.x)
}

/// Where the keys stand that fit in one row.
pub fn hint_places(area: Rect, hints: &[(String, String)]) -> Vec<Rect> {
    let mut places = Vec::new();
    let mut used = 0;
    for (key, help) in hints {
        let gap = if places.is_empty() { 0 } else { 2 };
        let need = (width(key) + 1 + width(help)).min(usize::from(u16::MAX / 4)) as u16;
        if used + gap + need > area.width || area.is_empty() {
            break;
        }
        places.push(columns(row(area, 0), used + gap, need));
        used += gap + need;
    }
    places
}

// -- charts ---------------------------------------------------------------------------------------

/// One series of a line chart: evenly spaced values, `None` is a gap.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Oldest first.
    pub values: &'a [Option<f64>],
    /// Its colour.
    pub style: Style,
}

/// A range through time, from a low to a high value at every step; `None` is a gap.
#[derive(Debug, Clone, Copy)]
pub struct Band<'a> {
    /// Lower ends, oldest first.
    pub low: &'a [Option<f64>],
    /// Upper ends.
    pub high: &'a [Option<f64>],
    /// Its colour.
    pub style: Style,
}

/// Lowest and highest value of a chart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scale {
    /// At the bottom.
    pub low: f64,
    /// At the top.
    pub high: f64,
}

impl Scale {
    /// From the lowest to the highest of all known values; never empty, so nothing divides by 0.
    pub fn around(values: impl IntoIterator<Item = f64>) -> Self {
        let finite = values.into_iter().filter(|v| v.is_finite());
        let (low, high) = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| {
            (l.min(v), h.max(v))
        });
        if low > high {
            return Self {
                low: 0.0,
                high: 1.0,
            };
        }
        let room = (high - low)
            .max(high.abs().max(low.abs()) * 0.02)
            .max(1e-12);
        Self {
            low: low - room * 0.06,
            high: high + room * 0.06,
        }
    }

    /// Where a value stands between bottom (0) and top (1).
    pub fn place(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.0
        }
    }
}

/// Dots of a chart: two by four in every cell.
struct Dots {
    area: Rect,
    masks: Vec<u8>,
    styles: Vec<Style>,
}

impl Dots {
    fn new(area: Rect) -> Self {
        let cells = usize::from(area.width) * usize::from(area.height);
        Self {
            area,
            masks: vec![0; cells],
            styles: vec![Style::new(); cells],
        }
    }

    fn across(&self) -> usize {
        usize::from(self.area.width) * 2
    }

    fn down(&self) -> usize {
        usize::from(self.area.height) * 4
    }

    fn set(&mut self, x: usize, y: usize, style: Style) {
        const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
        if x >= self.across() || y >= self.down() {
            return;
        }
        let cell = (y / 4) * usize::from(self.area.width) + x / 2;
        self.masks[cell] |= BITS[x % 2][y % 4];
        self.styles[cell] = style;
    }

    fn height_of(&self, scale: Scale, value: f64) -> usize {
        let top = self.down().saturating_sub(1);
        top - (scale.place(value) * top as f64).round() as usize
    }

    fn line(&mut self, line: Line<'_>, scale: Scale) {
        let steps = line.values.len().saturating_sub(1).max(1);
        let right = self.across().saturating_sub(1);
        let mut before: Option<(usize, usize)> = None;
        for (i, value) in line.values.iter().enumerate() {
            let here = value.filter(|v| v.is_finite()).map(|v| {
                let x = (i * right + steps / 2) / steps;
                (x, self.height_of(scale, v))
            });
            if let Some((x, y)) = here {
                self.segment(before.unwrap_or((x, y)), (x, y), line.style);
            }
            before = here;
        }
    }

    /// Fills a range with every second dot, so that lines can be seen in it.
    fn band(&mut self, band: Band<'_>, scale: Scale) {
        let steps = band.low.len().saturating_sub(1).max(1);
        let right = self.across().saturating_sub(1);
        let place = |i: usize| (i * right + steps / 2) / steps;
        let known = |i: usize| {
            let ends = (band.low.get(i).copied()?, band.high.get(i).copied()?);
            let (low, high) = (ends.0?, ends.1?);
            (low.is_finite() && high.is_finite() && low < high).then_some((low, high))
        };
        for i in 1..band.low.len() {
            let (Some(from), Some(to)) = (known(i - 1).or(known(i)), known(i)) else {
                continue;
            };
            let (left, end) = (place(i - 1), place(i));
            for x in left..=end {
                let part = (x - left) as f64 / (end - left).max(1) as f64;
                let at = |a: f64, b: f64| self.height_of(scale, a + (b - a) * part);
                let (bottom, top) = (at(from.0, to.0), at(from.1, to.1));
                for y in (top..=bottom).filter(|y| (x + y) % 2 == 0) {
                    self.set(x, y, band.style);
                }
            }
        }
    }

    fn segment(&mut self, from: (usize, usize), to: (usize, usize), style: Style) {
        let (across, down) = (to.0.abs_diff(from.0), to.1.abs_diff(from.1));
        let steps = across.max(down).max(1);
        let between = |a: usize, b: usize, i: usize| {
            if b >= a {
                a + ((b - a) * i + steps / 2) / steps
            } else {
                a - ((a - b) * i + steps / 2) / steps
            }
        };
        for i in 0..=steps {
            self.set(between(from.0, to.0, i), between(from.1, to.1, i), style);
        }
    }

    fn paint(&self, buf: &mut Buffer) {
        for (i, mask) in self.masks.iter().enumerate().filter(|(_, m)| **m != 0) {
            let wide = usize::from(self.area.width).max(1);
            let glyph = char::from_u32(0x2800 + u32::from(*mask)).unwrap_or(' ');
            let at = ((i % wide) as u16, (i / wide) as u16);
            dot(buf, self.area, at, glyph, self.styles[i]);
        }
    }
}

/// A braille line chart. A benchmark is a dashed line under the series.
pub fn chart(
    buf: &mut Buffer,
    area: Rect,
    lines: &[Line<'_>],
    scale: Scale,
    benchmark: Option<(f64, Style)>,
) {
    banded(buf, area, None, lines, scale, benchmark);
}

/// The same over a range.
pub fn banded(
    buf: &mut Buffer,
    area: Rect,
    band: Option<Band<'_>>,
    lines: &[Line<'_>],
    scale: Scale,
    benchmark: Option<(f64, Style)>,
) {
    let area = area.intersection(buf.area);
    if let Some(band) = band {
        // Dots of a range and of a line have no cell together: it would have one colour for both.
        let mut dots = Dots::new(area);
        dots.band(band, scale);
        dots.paint(buf);
    }
    let mut dots = Dots::new(area);
    if let Some((value, style)) = benchmark.filter(|_| !area.is_empty()) {
        let y = dots.height_of(scale, value);
        for x in (0..dots.across()).filter(|x| x % 4 < 2) {
            dots.set(x, y, style);
        }
    }
    for line in lines {
        dots.line(*line, scale);
    }
    dots.paint(buf);
}

/// A braille line in one row, scaled to itself.
pub fn sparkline(buf: &mut Buffer, area: Rect, values: &[Option<f64>], style: impl Into<Style>) {
    let scale = Scale::around(values.iter().flatten().copied());
    let line = Line {
        values,
        style: style.into(),
    };
    chart(buf, row(area, 0), &[line], scale, None);
}

/// Columns of stacked layers through time, bottom layer first; `None` is a gap. Every column of
/// cells shows the period that it stands for.
pub fn stacked(buf: &mut Buffer, area: Rect, periods: &[Option<[f64; 4]>], theme: &Theme) {
    let area = area.intersection(buf.area);
    let most = periods
        .iter()
        .flatten()
        .map(|p| p.iter().sum::<f64>())
        .fold(0.0, f64::max);
    if area.is_empty() || most <= 0.0 || !most.is_finite() {
        return;
    }
    for x in 0..area.width {
        let i = usize::from(x) * periods.len() / usize::from(area.width);
        if let Some(Some(layers)) = periods.get(i) {
            let heights = layers.map(|n| n.max(0.0) / most * f64::from(area.height) * 8.0);
            stacked_column(buf, columns(area, x, 1), heights, theme);
        }
    }
}

/// One column of cells of a stacked chart; heights in eighths of a cell.
fn stacked_column(buf: &mut Buffer, area: Rect, heights: [f64; 4], theme: &Theme) {
    let mut edges = [0usize; 5];
    let mut sum = 0.0;
    for (edge, height) in edges.iter_mut().skip(1).zip(heights) {
        sum += height;
        *edge = sum.round() as usize;
    }
    for y in 0..area.height {
        let bottom = usize::from(area.height - 1 - y) * 8;
        let parts: Vec<(usize, usize)> = (0..4)
            .filter_map(|layer| {
                let low = edges[layer].clamp(bottom, bottom + 8);
                let high = edges[layer + 1].clamp(bottom, bottom + 8);
                (high > low).then(|| (layer, high - low))
            })
            .collect();
        stacked_cell(buf, area, y, &parts, theme);
    }
}

/// One cell of a stacked chart from its layers, bottom first, in eighths. A cell has two colours:
/// the two largest layers show, in their order.
fn stacked_cell(buf: &mut Buffer, area: Rect, y: u16, parts: &[(usize, usize)], theme: &Theme) {
    let filled: usize = parts.iter().map(|p| p.1).sum();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(parts[*i].1));
    let Some(&largest) = order.first() else {
        return;
    };
    if theme.mono {
        let layer = parts[largest].0;
        if filled >= 4 {
            dot(
                buf,
                area,
                (0, y),
                theme.layer_fill(layer),
                theme.layer(layer),
            );
        }
        return;
    }
    let Some(second) = order.get(1).copied() else {
        dot(
            buf,
            area,
            (0, y),
            block_below(filled),
            theme.layer(parts[largest].0),
        );
        return;
    };
    let (low, high) = (largest.min(second), largest.max(second));
    let colour = |i: usize| theme.layer(parts[i].0);
    if filled < 4 {
        dot(buf, area, (0, y), block_below(filled), colour(high));
        return;
    }
    // Two colours fill a cell; at the top of the stack it is rounded up to a whole one.
    let below: usize = parts[..=low].iter().map(|p| p.1).sum();
    let share = (below * 8 + filled / 2) / filled;
    let ground = colour(high).fg.unwrap_or_default();
    dot(
        buf,
        area,
        (0, y),
        block_below(share.clamp(1, 7)),
        colour(low).bg(ground),
    );
}

/// A cell that is filled from below by so many eighths.
pub fn block_below(eighths: usize) -> char {
    ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'][eighths.clamp(1, 8) - 1]
}

/// A cell that is filled from the left by so many eighths.
pub fn block_left(eighths: usize) -> char {
    ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'][eighths.clamp(1, 8) - 1]
}

/// A bar from the left over `share` (0..=1) of the first row.
pub fn bar(buf: &mut Buffer, area: Rect, share: f64, style: impl Into<Style>) {
    let style = style.into();
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let mut eighths = (share * f64::from(area.width) * 8.0).round() as usize;
    if share > 0.0 {
        eighths = eighths.max(1);
    }
    for x in 0..area.width {
        let here = eighths.saturating_sub(usize::from(x) * 8).min(8);
        if here > 0 {
            dot(buf, area, (x, 0), block_left(here), style);
        }
    }
}

/// A bar on a track with a tick where the target is; both are shares of the track, 0..=1.
pub fn bullet(
    buf: &mut Buffer,
    area: Rect,
    share: Option<f64>,
    target: Option<f64>,
    style: Style,
    theme: &Theme,
) {
    let area = row(area, 0);
    let glyph = if theme.mono { "·" } else { " " };
    put(
        buf,
        area,
        &glyph.repeat(usize::from(area.width)),
        theme.track,
    );
    if let Some(share) = share {
        bar(buf, area, share, style);
    }
    target_tick(buf, area, [share, target], style, theme);
}

/// The tick of a bullet bar: share and target, of the track.
pub fn target_tick(
    buf: &mut Buffer,
    area: Rect,
    [share, target]: [Option<f64>; 2],
    style: Style,
    theme: &Theme,
) {
    if let Some(target) = target.filter(|t| t.is_finite()) {
        let x = (target.clamp(0.0, 1.0) * f64::from(area.width)).round() as u16;
        let x = x.min(area.width.saturating_sub(1));
        let filled = share.is_some_and(|s| s * f64::from(area.width) > f64::from(x));
        let tick = if filled && !theme.mono {
            theme
                .strong
                .patch(Style::new().bg(style.fg.unwrap_or_default()))
        } else {
            theme.strong
        };
        dot(buf, area, (x, 0), '┃', tick);
    }
}

/// The ghost of a bar that had another length: a thin tick where it ended, and a faint fill up to
/// there where the bar is shorter now. Drawn over the bar; both are shares of the row, 0..=1.
pub fn ghost_bar(
    buf: &mut Buffer,
    area: Rect,
    share: Option<f64>,
    ghost: Option<f64>,
    style: Style,
    theme: &Theme,
) {
    let area = row(area, 0);
    let place = |share: f64| share.clamp(0.0, 1.0) * f64::from(area.width);
    let Some(ghost) = ghost.filter(|g| g.is_finite()).map(place) else {
        return;
    };
    let end = share.filter(|s| s.is_finite()).map_or(0.0, place);
    let tick = (ghost.round() as u16).min(area.width.saturating_sub(1));
    for x in end.ceil() as u16..tick {
        dot(buf, area, (x, 0), '░', style);
    }
    let filled = end > f64::from(tick) && !theme.mono;
    let ground = if filled {
        theme.strong.bg(style.fg.unwrap_or_default())
    } else {
        theme.strong
    };
    dot(buf, area, (tick, 0), '│', ground);
}

/// The baseline of a number at the left of a row, as much as fits whole: `基线 1.23亿 +5.0% ▲`, then
/// without the value. Gives the columns used.
pub fn put_ghost(buf: &mut Buffer, area: Rect, ghost: &Ghost, theme: &Theme) -> u16 {
    let words = ghost_words(ghost, usize::from(area.width));
    words.map_or(0, |[label, moved]| {
        let style = mood(ghost.moved.mood, theme);
        put_spans(buf, area, &[(&label, theme.muted), (&moved, style)])
    })
}

/// The same at the right of a row, so that differences stand below each other.
pub fn put_ghost_right(buf: &mut Buffer, area: Rect, ghost: &Ghost, theme: &Theme) -> u16 {
    let words = ghost_words(ghost, usize::from(area.width));
    let used = words.map_or(0, |[a, b]| width(&a) + width(&b)) as u16;
    put_ghost(buf, columns(area, area.width - used, used), ghost, theme)
}

/// Columns of the baseline of a number in its longest form.
pub fn ghost_width(ghost: &Ghost) -> usize {
    let words = ghost_words(ghost, usize::MAX);
    words.map_or(0, |[a, b]| width(&a) + width(&b))
}

/// Baseline and difference in the best form that fits.
fn ghost_words(ghost: &Ghost, room: usize) -> Option<[String; 2]> {
    let arrow = ghost.moved.number.arrow();
    let words = |baseline: &str, digits: usize| {
        let gap = if baseline.is_empty() { "" } else { " " };
        let number = ghost.moved.number.fit(digits);
        // A value that is missing says so once.
        let moved = if ghost.moved.number.value.is_known() {
            format!("{number} {arrow}")
        } else {
            String::new()
        };
        [format!("{} {baseline}{gap}", ghost.label), moved]
    };
    let forms = [
        words(&ghost.baseline.exact(), 9),
        words(&ghost.baseline.fit(8), 9),
        words(&ghost.baseline.fit(7), 6),
        words("", 9),
        words("", 6),
    ];
    let whole = |text: &str| !text.contains(TOO_NARROW);
    let fits = |[a, b]: &[String; 2]| width(a) + width(b) <= room && whole(a) && whole(b);
    forms.into_iter().find(fits)
}

/// The style of a difference.
pub fn mood(mood: Mood, theme: &Theme) -> Style {
    match mood {
        Mood::Good => theme.good,
        Mood::Bad => theme.bad,
        Mood::Plain => theme.muted,
    }
}

/// A heavy line over `share` (0..=1) of a thin one, for lists whose rows touch; half a cell fine.
pub fn meter(buf: &mut Buffer, area: Rect, share: Option<f64>, style: Style, theme: &Theme) {
    let area = row(area, 0);
    rule(buf, area, theme.line);
    let Some(share) = share.filter(|s| s.is_finite() && *s > 0.0) else {
        return;
    };
    let halves = ((share.min(1.0) * f64::from(area.width) * 2.0).round() as u16).max(1);
    for x in 0..halves.div_ceil(2) {
        let whole = halves >= (x + 1) * 2;
        dot(buf, area, (x, 0), if whole { '━' } else { '╸' }, style);
    }
}

/// A bar that leaves the middle of the first row to the left (below 0) or to the right; `share` in
/// −1..=1.
pub fn gap_bar(buf: &mut Buffer, area: Rect, share: Option<f64>, theme: &Theme) {
    let half = area.width.saturating_sub(1) / 2;
    let left = columns(area, 0, half);
    let right = columns(area, half + 1, half);
    dot(buf, area, (half, 0), '│', theme.line);
    let Some(share) = share.filter(|s| s.is_finite() && *s != 0.0) else {
        return;
    };
    let halves = ((share.abs().min(1.0) * f64::from(half) * 2.0).round() as u16).max(1);
    for x in 0..halves.div_ceil(2).min(half) {
        let whole = halves >= (x + 1) * 2;
        if share > 0.0 {
            dot(
                buf,
                right,
                (x, 0),
                if whole { '█' } else { '▌' },
                theme.good,
            );
        } else {
            dot(
                buf,
                left,
                (half - 1 - x, 0),
                if whole { '█' } else { '▐' },
                theme.bad,
            );
        }
    }
}

/// A cell of a heat table: ground by `share` 0..=1, text at the right.
pub fn heat(buf: &mut Buffer, area: Rect, text: &str, share: f64, theme: &Theme) {
    let style = theme.heat(share);
    let area = row(area, 0);
    put(buf, area, &" ".repeat(usize::from(area.width)), style);
    put_right(
        buf,
        columns(area, 0, area.width.saturating_sub(1)),
        text,
        style,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::ThemeName;
    use proptest::prelude::*;

    #[test]
    fn a_range_is_dotted_between_its_ends_and_gives_way_to_lines() {
        let area = Rect::new(1, 1, 6, 4);
        let mut buf = Buffer::empty(Rect::new(0, 0, 8, 6));
        let (low, high) = ([None, Some(2.0), Some(0.0)], [None, Some(2.0), Some(4.0)]);
        let line = Line {
            values: &[None, Some(2.0), Some(2.0)],
            style: Style::new().fg(Color::Red),
        };
        let band = Band {
            low: &low,
            high: &high,
            style: Style::new().fg(Color::Blue),
        };
        let scale = Scale {
            low: 0.0,
            high: 4.0,
        };
        banded(&mut buf, area, Some(band), &[line], scale, None);
        let mut colours = Vec::new();
        for place in buf.area.positions() {
            let cell = &buf[place];
            if cell.symbol() != " " {
                assert!(area.contains(place), "{place:?} is outside");
                assert!(place.x >= 3, "{place:?} lies before the range begins");
                colours.push(cell.fg);
            }
        }
        assert!(colours.contains(&Color::Red) && colours.contains(&Color::Blue));
        // At the right end the range is as high as the chart; a gap draws nothing.
        assert_eq!(buf[(6, 1)].fg, Color::Blue);
        assert_eq!(buf[(6, 4)].fg, Color::Blue);
    }

    fn text_of(buf: &Buffer, y: u16) -> String {
        let mut out = String::new();
        let mut skip = 0;
        for x in buf.area.left()..buf.area.right() {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buf[(x, y)].symbol();
            skip = width(symbol).saturating_sub(1);
            out.push_str(symbol);
        }
        out
    }

    #[test]
    fn text_is_cut_cleaned_and_aligned() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 10, 3));
        let area = buf.area;
        put(&mut buf, row(area, 0), "全面性能精英", Style::new());
        put_right(&mut buf, row(area, 1), "a\u{1b}[0m", Style::new());
        put_center(&mut buf, row(area, 2), "橡木", Style::new());
        assert_eq!(text_of(&buf, 0), "全面性能… ");
        assert_eq!(text_of(&buf, 1), "     a␛[0m");
        assert_eq!(text_of(&buf, 2), "   橡木   ");
    }

    #[test]
    fn a_pop_up_leaves_no_half_character_at_its_left_edge() {
        let theme = Theme::named(ThemeName::Dark);
        let mut buf = Buffer::empty(Rect::new(0, 0, 12, 3));
        let area = buf.area;
        for y in 0..3 {
            put(&mut buf, row(area, y), "全面性能精英", Style::new());
        }
        overlay(&mut buf, Rect::new(3, 0, 6, 3), Caption::default(), &theme);
        assert_eq!(text_of(&buf, 0), "全 ╭────╮ 英");
        assert_eq!(text_of(&buf, 1), "全 │    │ 英");
    }

    #[test]
    fn a_line_chart_rises_and_leaves_gaps() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 4, 1));
        let values = [Some(0.0), Some(1.0), None, Some(1.0)];
        let area = buf.area;
        sparkline(&mut buf, area, &values, Style::new());
        assert_eq!(text_of(&buf, 0).chars().count(), 4);
        assert_eq!(buf[(2, 0)].symbol(), " ");
        assert_ne!(buf[(3, 0)].symbol(), " ");
    }

    #[test]
    fn bars_fill_in_eighths_and_a_gap_leaves_the_middle() {
        let theme = Theme::named(ThemeName::Mono);
        let mut buf = Buffer::empty(Rect::new(0, 0, 9, 2));
        let area = buf.area;
        bullet(
            &mut buf,
            row(area, 0),
            Some(0.5),
            Some(0.8),
            theme.text,
            &theme,
        );
        gap_bar(&mut buf, row(area, 1), Some(-0.5), &theme);
        assert_eq!(text_of(&buf, 0), "████▌··┃·");
        assert_eq!(text_of(&buf, 1), "  ██│    ");
    }

    #[test]
    fn a_meter_is_half_a_cell_fine_and_old_numbers_move_half_way_to_the_ground() {
        let theme = Theme::named(ThemeName::Dark);
        let mut buf = Buffer::empty(Rect::new(0, 0, 6, 1));
        let area = buf.area;
        fill(&mut buf, area, theme.base);
        meter(&mut buf, area, Some(0.41), theme.accent, &theme);
        assert_eq!(text_of(&buf, 0), "━━╸───");
        let before = buf[(0, 0)].fg;
        fade(&mut buf, area, &theme);
        let ground = theme.base.bg.unwrap();
        assert_eq!(buf[(0, 0)].fg, mix(before, ground));
        assert_eq!(buf[(0, 0)].bg, ground);
    }

    #[test]
    fn stacked_columns_reach_the_top_where_the_sum_is_largest() {
        let theme = Theme::named(ThemeName::Mono);
        let mut buf = Buffer::empty(Rect::new(0, 0, 3, 4));
        let area = buf.area;
        let periods = [Some([1.0, 1.0, 1.0, 1.0]), None, Some([1.0, 0.0, 0.0, 1.0])];
        stacked(&mut buf, area, &periods, &theme);
        let lines: Vec<_> = (0..4).map(|y| text_of(&buf, y)).collect();
        assert_eq!(lines, ["█  ", "▓  ", "▒ █", "░ ░"]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_is_drawn_outside_its_area(
            text in "\\PC{0,20}|[\u{0}-\u{ff}橡👍🏽]{0,20}",
            area in (0u16..30, 0u16..8, 0u16..30, 0u16..8),
            name in prop::sample::select(vec![ThemeName::Dark, ThemeName::Mono]),
            share in prop_oneof![any::<f64>(), -1.0..2.0],
        ) {
            let theme = Theme::named(name);
            let mut buf = Buffer::empty(Rect::new(2, 1, 20, 5));
            let area = Rect::new(area.0, area.1, area.2, area.3);
            let caption = Caption { title: &text, side: &text, accent: None };
            let inner = panel(&mut buf, area, caption, &theme);
            put_right(&mut buf, inner, &text, theme.text);
            bullet(&mut buf, inner, Some(share), Some(share), theme.good, &theme);
            gap_bar(&mut buf, row(inner, 1), Some(share), &theme);
            chart(&mut buf, inner, &[Line { values: &[Some(share), None, Some(1.0)], style: theme.text }], Scale::around([share, 1.0]), Some((share, theme.benchmark)));
            stacked(&mut buf, inner, &[Some([share, 1.0, 2.0, 3.0])], &theme);
            scroll_marks(&mut buf, inner, Window { top: 3, shown: 2, total: 9 }, theme.line);
            for y in buf.area.top()..buf.area.bottom() {
                prop_assert_eq!(width(&text_of(&buf, y)), 20);
                for x in buf.area.left()..buf.area.right() {
                    let symbol = buf[(x, y)].symbol();
                    prop_assert!(!symbol.chars().any(char::is_control));
                    prop_assert!(area.contains(Position::new(x, y)) || symbol == " ");
                }
            }
        }
    }
}
