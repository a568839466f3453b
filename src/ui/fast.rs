//! The FAST pane: four cards, and AIPL through time under them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw::{
    Caption, Line, Scale, chart, columns, panel, put, put_lines, put_number, put_right, put_spans,
    row, rows, side_by_side, stack, stacked,
};
use super::theme::Theme;
use super::{digits, draw};
use crate::view::fast::{Card, Composition, Fact, FastModel, LayerRow, Note, Trend};
use crate::view::number::Number;
use crate::view::text::{width, wrap};

/// Columns of the legend of the composition.
const LEGEND: u16 = 40;

/// Draws the pane.
pub fn render(model: &FastModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let (cards, below) = split(area);
    for (model, area) in model.cards.iter().zip(grid(cards)) {
        card(model, theme, area, buf);
    }
    composition(&model.composition, theme, below, buf);
}

/// Room for the cards and for the composition.
fn split(area: Rect) -> (Rect, Rect) {
    let below = match area.height {
        0..=17 => 0,
        18..=23 => 6,
        24..=39 => area.height / 3 + 1,
        _ => area.height * 9 / 20,
    };
    let below = if area.width < 60 && area.height < 30 {
        0
    } else {
        below
    };
    let above = area.height - below;
    (rows(area, 0, above), rows(area, above, below))
}

/// Four places: in a row, two by two, or one below the other.
pub(super) fn grid(area: Rect) -> Vec<Rect> {
    match area.width {
        0..=59 => stack(area, 4, 0),
        60..=159 => stack(area, 2, 0)
            .into_iter()
            .flat_map(|line| side_by_side(line, 2, 1))
            .collect(),
        _ => side_by_side(area, 4, 1),
    }
}

fn card(model: &Card, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inner = frame(model, theme, area, buf);
    if inner.width < 54 || inner.height < 4 {
        return upright(model, theme, inner, buf);
    }
    let left = (inner.width * 11 / 20).clamp(34, 46);
    let words = columns(inner, 0, left);
    let used = head(model, theme, words, buf);
    facts_and_notes(model, theme, rows(words, used, words.height), buf);
    let right = columns(inner, left + 2, inner.width);
    trend(&model.trend, theme, right, buf);
}

/// Frame of a card; gives the area inside.
pub(super) fn frame(model: &Card, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
    let title = format!("{}  {}", model.letter, model.name);
    let caption = Caption {
        title: &title,
        side: &model.source,
        accent: None,
    };
    panel(buf, area, caption, theme)
}

/// Value, words, and the trend in what remains below them.
fn upright(model: &Card, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let used = head(model, theme, area, buf);
    let rest = rows(area, used, area.height);
    let chart_rows = match rest.height {
        0..=2 => 0,
        3..=5 => 2,
        h => (h / 2).max(3),
    };
    let words = rows(rest, 0, rest.height - chart_rows);
    facts_and_notes(model, theme, words, buf);
    trend(
        &model.trend,
        theme,
        rows(rest, rest.height - chart_rows, chart_rows),
        buf,
    );
}

/// The value, large where there is room, with its changes; gives the rows used.
pub(super) fn head(model: &Card, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let Some(value) = &model.value else {
        reason(model, theme, area, buf);
        return area.height;
    };
    let large = value.brief(7);
    let wide = digits::width_of(&large);
    let needed = model.facts.len() as u16 + digits::HEIGHT;
    let known = value.value.is_known();
    if known && area.height > needed && wide + 14 <= area.width {
        let used = digits::put_large(buf, area, &large, theme.strong);
        let side = columns(area, used + 1, area.width);
        put_number(buf, row(side, 0), value, theme.strong);
        for (y, change) in (1u16..).zip(&model.changes) {
            signed(buf, row(side, y), change, theme);
        }
        return if area.height > needed + 2 {
            digits::HEIGHT + 1
        } else {
            digits::HEIGHT
        };
    }
    let used = put(buf, area, &value.fit(usize::from(area.width)), theme.strong) + 2;
    let mut x = used;
    for change in &model.changes {
        let text = arrowed(change, usize::from(area.width.saturating_sub(x)));
        if text.ends_with('…') {
            break;
        }
        x += put(
            buf,
            columns(area, x, area.width),
            &text,
            theme.trend(change.sign()),
        ) + 2;
    }
    if !known {
        return 1 + reason(model, theme, rows(area, 1, area.height), buf);
    }
    1
}

/// Why there is no value; gives the rows used.
fn reason(model: &Card, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let Some(text) = &model.reason else { return 0 };
    let lines = wrap(text, usize::from(area.width));
    put_lines(buf, area, &lines, theme.muted);
    area.height.min(lines.len() as u16)
}

/// A signed number with its arrow, in at most `room` columns.
pub(super) fn arrowed(change: &Number, room: usize) -> String {
    format!("{} {}", change.arrow(), change.fit(room.saturating_sub(2)))
}

fn signed(buf: &mut Buffer, area: Rect, change: &Number, theme: &Theme) {
    let text = arrowed(change, usize::from(area.width));
    put_right(buf, area, &text, theme.trend(change.sign()));
}

/// Comparison, benchmark and target in aligned columns, then the notes.
pub(super) fn facts_and_notes(model: &Card, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let shown = area.height.min(model.facts.len() as u16);
    facts(&model.facts, theme, rows(area, 0, shown), buf);
    notes(&model.notes, theme, rows(area, shown, area.height), buf);
}

fn facts(list: &[Fact], theme: &Theme, area: Rect, buf: &mut Buffer) {
    let most = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0) as u16;
    let label = most(&mut list.iter().map(|f| width(&f.label))).min(area.width / 2);
    let room = area.width.saturating_sub(label + 1);
    let value = most(&mut list.iter().map(|f| width(&f.value.exact()))).min(room);
    for (y, fact) in (0u16..).zip(list) {
        let line = row(area, y);
        put(buf, columns(line, 0, label), &fact.label, theme.muted);
        put_number(
            buf,
            columns(line, label + 1, value),
            &fact.value,
            theme.text,
        );
        more(
            fact,
            theme,
            columns(line, label + value + 3, line.width),
            buf,
        );
    }
}

/// What follows from a fact, as much as fits.
fn more(fact: &Fact, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let mut x = 0;
    for (name, number, signed) in &fact.more {
        let gap = if name.is_empty() { "" } else { " " };
        let room = area
            .width
            .saturating_sub(x + width(name) as u16 + gap.len() as u16);
        let text = if *signed {
            arrowed(number, usize::from(room))
        } else {
            number.fit(usize::from(room))
        };
        if text.ends_with('…') || width(&text) > usize::from(room) {
            break;
        }
        let style = if *signed {
            theme.trend(number.sign())
        } else {
            theme.text
        };
        let spans = [
            (name.as_str(), theme.muted),
            (gap, theme.muted),
            (&text, style),
        ];
        x += put_spans(buf, columns(area, x, area.width), &spans) + 2;
    }
}

fn notes(list: &[Note], theme: &Theme, area: Rect, buf: &mut Buffer) {
    let mut y = 0;
    for note in list {
        let style = if note.warn { theme.warn } else { theme.muted };
        for line in wrap(&note.text, usize::from(area.width)) {
            put(buf, row(area, y), &line, style);
            y += 1;
        }
    }
}

/// A braille trend with its bounds at the left and its days below.
pub(super) fn trend(model: &Trend, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let Some(bounds) = &model.bounds else { return };
    if area.width < 12 || area.height == 0 {
        return;
    }
    let with_axis = area.height >= 3;
    let height = area.height - u16::from(with_axis);
    let labels = bounds.each_ref().map(|b| b.brief(7));
    let gutter = if height >= 2 && area.width >= 24 {
        labels.iter().map(|l| width(l)).max().unwrap_or(0) as u16 + 1
    } else {
        0
    };
    let plot = rows(columns(area, gutter, area.width), 0, height);
    if gutter > 0 {
        put_right(
            buf,
            columns(row(area, 0), 0, gutter - 1),
            &labels[1],
            theme.muted,
        );
        put_right(
            buf,
            columns(row(area, height - 1), 0, gutter - 1),
            &labels[0],
            theme.muted,
        );
    }
    let (scale, shown) = scale_of(model);
    let line = Line {
        values: &model.values,
        style: theme.accent,
    };
    let benchmark = shown.map(|b| (b, theme.benchmark));
    chart(buf, plot, &[line], scale, benchmark);
    if with_axis {
        axis(
            model,
            theme,
            row(columns(area, gutter, area.width), height),
            buf,
        );
    }
}

/// The scale of a trend, and its benchmark where it lies near enough to be drawn.
fn scale_of(model: &Trend) -> (Scale, Option<f64>) {
    let values = || model.values.iter().flatten().copied();
    let own = Scale::around(values());
    let reach = (own.high - own.low) * 1.5;
    let near = |b: &f64| *b >= own.low - reach && *b <= own.high + reach;
    let shown = model.benchmark.filter(near);
    (Scale::around(values().chain(shown)), shown)
}

fn axis(model: &Trend, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let [first, last] = &model.ends;
    put_right(buf, area, last, theme.muted);
    if usize::from(area.width) >= width(first) + width(last) + 2 {
        put(buf, area, first, theme.muted);
    }
    let room = usize::from(area.width).saturating_sub(width(first) + width(last) + 2);
    let text = benchmark_mark(model);
    if !text.is_empty() && width(&text) <= room {
        let middle = columns(area, width(first) as u16 + 1, room as u16);
        draw::put_center(buf, middle, &text, theme.benchmark);
    }
}

/// Which line the benchmark is, or on which side of the chart it lies.
fn benchmark_mark(model: &Trend) -> String {
    let Some(level) = model.benchmark else {
        return String::new();
    };
    let (scale, shown) = scale_of(model);
    let mark = match shown {
        Some(_) => "┄┄",
        None if level > scale.high => "↑",
        None => "↓",
    };
    format!("{mark} {}", model.benchmark_name)
}

fn composition(model: &Composition, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if area.height < 4 {
        return;
    }
    let side = if model.ends[0].is_empty() {
        String::new()
    } else {
        format!("{} – {}", model.ends[0], model.ends[1])
    };
    let caption = Caption {
        title: &model.title,
        side: &side,
        accent: None,
    };
    let inner = panel(buf, area, caption, theme);
    if let Some(reason) = &model.reason {
        put_lines(
            buf,
            inner,
            &wrap(reason, usize::from(inner.width)),
            theme.muted,
        );
        return;
    }
    let legend_width = if inner.width >= 70 {
        LEGEND
    } else {
        inner.width
    };
    let legend_area = columns(inner, inner.width - legend_width, legend_width);
    legend(model, theme, legend_area, buf);
    let free = inner.width - legend_width;
    if free > 12 {
        history(model, theme, columns(inner, 0, free - 2), buf);
    }
}

/// Stacked layers through time with the highest sum at the left and the days below.
fn history(model: &Composition, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let with_axis = area.height >= 4;
    let height = area.height - u16::from(with_axis);
    let most = model.most.map_or_else(String::new, |n| n.brief(7));
    let gutter = width(&most) as u16 + 1;
    put(buf, row(area, 0), &most, theme.muted);
    put_right(
        buf,
        columns(row(area, height.saturating_sub(1)), 0, gutter - 1),
        "0",
        theme.muted,
    );
    stacked(
        buf,
        rows(columns(area, gutter, area.width), 0, height),
        &model.weeks,
        theme,
    );
    if with_axis {
        let line = row(columns(area, gutter, area.width), height);
        put(buf, line, &model.ends[0], theme.muted);
        put_right(buf, line, &model.ends[1], theme.muted);
    }
}

/// Layers from the top of the stack down, with people, share and change, and their sum.
fn legend(model: &Composition, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let widest =
        |of: &dyn Fn(&LayerRow) -> usize| model.layers.iter().map(of).max().unwrap_or(0) as u16;
    let total = model
        .total
        .as_ref()
        .map_or(0, |t| width(&t.value.exact()) as u16);
    let name = widest(&|l| width(l.name)).min(area.width / 4);
    let people = widest(&|l| width(&l.people.exact()))
        .max(total)
        .min(area.width / 3);
    let layers = model.layers.iter().enumerate().rev();
    for (y, (i, layer)) in (0u16..).zip(layers) {
        let line = row(area, y);
        let fill: String = std::iter::repeat_n(theme.layer_fill(i), 2).collect();
        put(buf, line, &fill, theme.layer(i));
        let letter = theme.layer(i).patch(theme_bold());
        put(buf, columns(line, 3, 1), layer.letter, letter);
        put(buf, columns(line, 5, name), layer.name, theme.text);
        put_number(
            buf,
            columns(line, 6 + name, people),
            &layer.people,
            theme.strong,
        );
        put_right(
            buf,
            columns(line, 7 + name + people, 6),
            &layer.share,
            theme.text,
        );
        signed(
            buf,
            columns(line, 14 + name + people, area.width),
            &layer.change,
            theme,
        );
    }
    let place = rows(area, model.layers.len() as u16, 2);
    if let Some(total) = model.total.as_ref().filter(|_| place.height > 0) {
        let line = row(place, place.height - 1);
        put(buf, columns(line, 5, name), &total.label, theme.muted);
        put_number(
            buf,
            columns(line, 6 + name, people),
            &total.value,
            theme.strong,
        );
        if let Some((_, change, _)) = total.more.first() {
            signed(
                buf,
                columns(line, 14 + name + people, area.width),
                change,
                theme,
            );
        }
    }
}

fn theme_bold() -> Style {
    Style::new().add_modifier(ratatui::style::Modifier::BOLD)
}
