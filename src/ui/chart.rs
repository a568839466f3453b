//! A line chart in a panel: levels at the left, dates below, names of the lines.
//!
//! It takes what room there is: labels go first, the line goes last.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw;
use super::table::accent;
use super::theme::Theme;
use crate::view::number::{MISSING, Number};
use crate::view::table::Chart;
use crate::view::text::width;

/// Draws a chart with its frame; too small an area shows the line alone.
pub fn render(chart: &Chart, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let caption = draw::Caption {
        title: &chart.title,
        side: &chart.side,
        accent: None,
    };
    let inner = draw::panel(buf, area, caption, theme);
    body(chart, theme, inner, buf);
}

/// Draws a chart without a frame.
pub fn body(chart: &Chart, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let named = chart.lines.iter().any(|l| !l.name.is_empty());
    let legend = u16::from(named && area.height >= 4);
    let dates = u16::from(area.height >= 3 && area.width >= 24);
    if legend > 0 {
        names(chart, theme, draw::row(area, 0), buf);
    }
    let middle = draw::rows(area, legend, area.height.saturating_sub(legend + dates));
    let scale = scale(chart);
    let used = if area.height >= 3 && area.width >= 24 {
        levels(chart, scale, theme, middle, buf)
    } else {
        0
    };
    let ends = if named { 2 } else { 0 };
    let plot = draw::columns(middle, used, middle.width.saturating_sub(used + ends));
    if chart
        .lines
        .iter()
        .all(|l| l.values.iter().all(Option::is_none))
    {
        let middle = draw::row(plot, plot.height / 2);
        let text = if chart.empty.is_empty() {
            MISSING
        } else {
            &chart.empty
        };
        draw::put_center(buf, middle, text, theme.muted);
        return;
    }
    if named {
        let edge = draw::columns(middle, middle.width.saturating_sub(1), 1);
        letters(chart, scale, theme, edge, buf);
    }
    if dates > 0 {
        let line = draw::columns(draw::row(area, area.height - 1), used, area.width);
        draw::put(buf, line, &chart.ends[0], theme.muted);
        if usize::from(line.width) > width(&chart.ends[0]) + width(&chart.ends[1]) + 2 {
            draw::put_right(buf, line, &chart.ends[1], theme.muted);
        }
    }
    lines(chart, scale, theme, plot, buf);
    if chart.old {
        draw::fade(buf, area, theme);
    }
}

/// Draws a chart under its name and value: the line and the target, nothing else.
pub fn small(chart: &Chart, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let head = draw::row(area, 0);
    let used = draw::put_right(buf, head, &chart.side, theme.text);
    let name = draw::columns(head, 0, head.width.saturating_sub(used + 1));
    draw::put(buf, name, &chart.title, theme.muted);
    let plot = draw::rows(area, 1, area.height);
    lines(chart, scale(chart), theme, plot, buf);
    if chart.old {
        draw::fade(buf, plot, theme);
    }
}

/// The names of the lines; their first words where the names do not fit.
fn names(chart: &Chart, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let full: usize = chart.lines.iter().map(|l| width(&l.name) + 5).sum();
    let short = full > usize::from(area.width) + 3;
    let mut used = 0;
    for line in &chart.lines {
        let rest = draw::columns(area, used, area.width);
        let name = match line.name.split_once(' ') {
            Some((first, _)) if short => first,
            _ => &line.name,
        };
        let spans = [("● ", accent(line.accent, theme)), (name, theme.muted)];
        used += draw::put_spans(buf, rest, &spans) + 3;
    }
}

/// Writes the first letter of every line where it ends, so that lines can be told without colours.
fn letters(chart: &Chart, scale: draw::Scale, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let mut taken: Vec<u16> = Vec::new();
    for line in &chart.lines {
        let last = line.values.last().copied().flatten();
        let (Some(last), Some(letter)) = (last, line.name.chars().next()) else {
            continue;
        };
        let wanted = level(scale, last, area.height);
        let near = [0, 1, -1, 2, -2].map(|d| wanted.saturating_add_signed(d));
        let free = |y: &u16| *y < area.height && !taken.contains(y);
        let Some(y) = near.into_iter().find(free) else {
            continue;
        };
        taken.push(y);
        draw::dot(buf, area, (0, y), letter, accent(line.accent, theme));
    }
}

/// The row of a value among so many.
fn level(scale: draw::Scale, value: f64, height: u16) -> u16 {
    let bottom = f64::from(height.saturating_sub(1));
    (bottom - scale.place(value) * bottom).round() as u16
}

/// Writes the lowest and the highest value beside the row where they stand; gives the columns used.
fn levels(chart: &Chart, scale: draw::Scale, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let texts = chart
        .levels
        .map(|n| n.map_or_else(String::new, |n| n.brief(8)));
    let wide = texts.iter().map(|t| width(t)).max().unwrap_or(0) as u16;
    if wide == 0 || area.is_empty() {
        return 0;
    }
    let labels = draw::columns(area, 0, wide);
    let place = |n: Option<Number>| {
        let value = n.and_then(|n| n.value.get()).unwrap_or(0.0);
        level(scale, value, area.height)
    };
    let [low, high] = chart.levels.map(place);
    draw::put_right(buf, draw::row(labels, high), &texts[1], theme.muted);
    if low != high {
        draw::put_right(buf, draw::row(labels, low), &texts[0], theme.muted);
    }
    wide + 1
}

fn scale(chart: &Chart) -> draw::Scale {
    let known = chart
        .lines
        .iter()
        .flat_map(|l| &l.values)
        .flatten()
        .copied();
    draw::Scale::around(known.chain(near_benchmark(chart)))
}

fn lines(chart: &Chart, scale: draw::Scale, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let lines: Vec<draw::Line> = chart
        .lines
        .iter()
        .map(|l| draw::Line {
            values: &l.values,
            style: accent(l.accent, theme),
        })
        .collect();
    let benchmark: Option<(f64, Style)> = near_benchmark(chart).map(|b| (b, theme.benchmark));
    draw::chart(buf, area, &lines, scale, benchmark);
}

/// The benchmark, unless it is so far away that the line would become flat.
fn near_benchmark(chart: &Chart) -> Option<f64> {
    let known = || {
        chart
            .lines
            .iter()
            .flat_map(|l| &l.values)
            .flatten()
            .copied()
    };
    let (low, high) = known().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| {
        (l.min(x), h.max(x))
    });
    let room = (high - low).max(high.abs() * 0.05) * 3.0;
    chart
        .benchmark
        .filter(|b| (low - room..=high + room).contains(b))
}
