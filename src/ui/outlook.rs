//! Draws the outlook pane: chart of the asset with its band, small charts, the coming weeks, the
//! mean week and the backtest.
//!
//! The notes (assumption, source, backtest in a sentence) stand above everything and are the last to
//! go; charts give way to the table of weeks, tables to the chart of the asset.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw;
use super::table::{self, accent, mood};
use super::theme::Theme;
use crate::view::number;
use crate::view::outlook::{
    BacktestTable, Forecast, Mark, OutlookModel, RateCell, WeekTable, Weeks,
};
use crate::view::table::Change;
use crate::view::text::{width, wrap};

/// Rows of the panel of the mean week: names, four states, arrivals, frame.
const WEEK: u16 = 8;
/// Rows of the backtest: names, two methods at two distances, frame.
const BACKTEST: u16 = 7;
/// Rows of the table of weeks that are worth a panel.
const WEEKS: u16 = 7;
/// Weeks of history beside which a short projection can still be seen in a small chart.
const RECENT: usize = 26;

/// Draws the pane.
pub fn render(model: &OutlookModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if let Some(reason) = &model.reason {
        return without(model, reason, theme, area, buf);
    }
    let used = notes(model, theme, area, buf);
    let main = draw::rows(area, used, area.height);
    if main.width >= 100 {
        wide(model, theme, main, buf);
    } else {
        narrow(model, theme, main, buf);
    }
}

/// Why there is no estimate, below the history where there is one.
fn without(model: &OutlookModel, reason: &str, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let known = model.total.past.iter().flatten().next().is_some();
    let lines = wrap(reason, usize::from(area.width.saturating_sub(4)));
    let below = if known { lines.len() as u16 } else { 0 };
    let panel = draw::rows(area, 0, area.height.saturating_sub(below));
    let inner = frame(&model.title, &model.side, theme, panel, buf);
    if known {
        chart(model, &model.total, theme, inner, buf);
        let foot = draw::rows(area, panel.height, below);
        draw::put_lines(buf, draw::inset(foot, 2, 0), &lines, theme.warn);
    } else {
        let y = inner.height.saturating_sub(lines.len() as u16) / 2;
        for (y, line) in (y..).zip(&lines) {
            draw::put_center(buf, draw::row(inner, y), line, theme.muted);
        }
    }
}

fn frame(title: &str, side: &str, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
    let caption = draw::Caption {
        title,
        side,
        accent: None,
    };
    draw::panel(buf, area, caption, theme)
}

/// The notes, wrapped; gives the rows used.
fn notes(model: &OutlookModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let inner = draw::inset(area, 2, 0);
    let most = if area.height >= 14 {
        4
    } else {
        area.height / 4
    };
    let lines = model.notes.iter().flat_map(|note| {
        let style = if note.warn { theme.warn } else { theme.muted };
        let wrapped = wrap(&note.text, usize::from(inner.width)).into_iter();
        wrapped.map(move |line| (line, style))
    });
    let mut used = 0;
    for (line, style) in lines.take(usize::from(most)) {
        draw::put(buf, draw::row(inner, used), &line, style);
        used += 1;
    }
    used
}

// -- where things are -------------------------------------------------------------------------

/// Charts at the left, mean week and backtest at the right, weeks below.
fn wide(model: &OutlookModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let side = WEEK + BACKTEST;
    let table = (model.weeks.table.len as u16).saturating_add(5);
    let below = if area.height >= side + WEEKS {
        (area.height - side)
            .min(table.max(WEEKS))
            .min(area.height / 2)
    } else {
        0
    };
    let upper = draw::rows(area, 0, area.height - below);
    let left = if area.width >= 150 {
        area.width * 3 / 5
    } else {
        area.width * 11 / 20
    };
    charts(model, theme, draw::columns(upper, 0, left), buf);
    tables(model, theme, draw::columns(upper, left, upper.width), buf);
    weeks(
        &model.weeks,
        theme,
        draw::rows(area, upper.height, below),
        buf,
    );
}

/// The chart of the asset, and the others below it where there is room for them.
fn charts(model: &OutlookModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let others = match area.height {
        0..=14 => 0,
        15..=16 => 6,
        17..=20 => 8,
        21..=27 => 10,
        h => h * 9 / 20 / 2 * 2,
    };
    let upper = draw::rows(area, 0, area.height - others);
    total(model, theme, upper, buf);
    smalls(model, theme, draw::rows(area, upper.height, others), buf);
}

/// Mean week above backtest; where only one fits, the coming weeks are shown instead of both.
fn tables(model: &OutlookModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if area.height < WEEK + BACKTEST {
        return weeks(&model.weeks, theme, area, buf);
    }
    let week_rows = (area.height - BACKTEST).clamp(WEEK, WEEK + 4);
    let upper = draw::rows(area, 0, week_rows);
    week(&model.week, theme, upper, buf);
    let lower = draw::rows(area, week_rows, area.height);
    backtest(&model.backtest, theme, lower, buf);
}

/// Chart, others, weeks and tables below each other, as many as fit.
fn narrow(model: &OutlookModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let below = if area.height >= 13 {
        (area.height / 2).clamp(WEEKS, 12)
    } else {
        0
    };
    let mut rest = draw::rows(area, 0, area.height - below);
    let tall = rest.height >= WEEK + BACKTEST + 16;
    let panels = if tall { WEEK + BACKTEST } else { 0 };
    let chart = draw::rows(rest, 0, rest.height - panels);
    charts(model, theme, chart, buf);
    rest = draw::rows(rest, chart.height, panels);
    if tall {
        tables(model, theme, rest, buf);
    }
    let foot = draw::rows(area, area.height - below, below);
    weeks(&model.weeks, theme, foot, buf);
}

// -- charts -----------------------------------------------------------------------------------

fn total(model: &OutlookModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inner = frame(&model.title, &model.side, theme, area, buf);
    headline(model, theme, draw::row(inner, 0), buf);
    chart(
        model,
        &model.total,
        theme,
        draw::rows(inner, 1, inner.height),
        buf,
    );
}

/// The value on the last day with range and changes, then the names of the marks.
fn headline(model: &OutlookModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let f = &model.total;
    let Some(end) = &f.end else { return };
    let mut used = draw::put(buf, area, &end.fit(usize::from(area.width)), theme.strong);
    let put = |buf: &mut Buffer, used: u16, text: &str, style: Style| -> u16 {
        let need = width(text) as u16 + 2;
        if used + need > area.width {
            return used;
        }
        draw::put(buf, draw::columns(area, used + 2, area.width), text, style);
        used + need
    };
    if let Some(range) = &f.range {
        used = put(buf, used, &range.fit(21), theme.muted);
    }
    for (label, change) in model.labels.iter().zip([&f.change, &f.moved]) {
        let Some(change) = change else { continue };
        let text = arrowed(change);
        let whole = width(label) + 1 + width(&text) + 2;
        if usize::from(used) + whole <= usize::from(area.width) {
            used = put(buf, used, label, theme.muted);
            draw::put(
                buf,
                draw::columns(area, used + 1, area.width),
                &text,
                mood(change.mood, theme),
            );
            used += 1 + width(&text) as u16;
        }
    }
    let room = draw::columns(area, used + 3, area.width);
    legend(model, theme, room, buf);
}

/// `▲ +3.2%`.
fn arrowed(change: &Change) -> String {
    format!("{} {}", change.number.arrow(), change.number.exact())
}

/// The names of the marks at the right, all of them or none.
fn legend(model: &OutlookModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let need: usize = model.legend.iter().map(|(_, n)| width(n) + 4).sum();
    if need > usize::from(area.width) + 2 {
        return;
    }
    let mut place = draw::columns(
        area,
        (usize::from(area.width) + 2 - need) as u16,
        area.width,
    );
    for (mark, name) in &model.legend {
        let (glyph, style) = match mark {
            Mark::Past => ("─ ", theme.text),
            Mark::Expected => ("─ ", theme.accent),
            Mark::Band => ("░ ", theme.muted),
            Mark::Ghost => ("─ ", theme.warn),
        };
        let used = draw::put_spans(buf, place, &[(glyph, style), (name, theme.muted)]);
        place = draw::columns(place, used + 2, place.width);
    }
}

/// The part of the lists that a chart so wide shows: little history beside a short projection.
fn from(model: &OutlookModel, columns: u16) -> usize {
    let shown = if columns >= 70 { usize::MAX } else { RECENT };
    model.today.saturating_sub(shown)
}

/// A chart with levels at the left and days below.
fn chart(model: &OutlookModel, f: &Forecast, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let days = u16::from(area.height >= 3 && area.width >= 24);
    let from = from(model, area.width);
    let middle = draw::rows(area, 0, area.height - days);
    let scale = scale(f, from);
    let used = if area.width >= 30 && middle.height >= 2 {
        levels(f, scale, from, theme, middle, buf)
    } else {
        0
    };
    let plot = draw::columns(middle, used, middle.width);
    today(model, from, theme, plot, buf);
    plot_forecast(f, from, scale, theme, plot, buf);
    if days > 0 {
        let line = draw::columns(draw::row(area, area.height - 1), used, area.width);
        axis(model, from, theme, line, buf);
    }
}

fn plot_forecast(
    f: &Forecast,
    from: usize,
    scale: draw::Scale,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) {
    let tail = |values: &'_ [Option<f64>]| values.get(from..).unwrap_or_default().to_vec();
    let (low, high) = (tail(&f.low), tail(&f.high));
    let [past, expected, ghost] = [&f.past, &f.expected, &f.ghost].map(|v| tail(v));
    let tint = accent(f.accent, theme);
    let lines = [(&past, theme.text), (&ghost, theme.warn), (&expected, tint)]
        .map(|(values, style)| draw::Line { values, style });
    let band = draw::Band {
        low: &low,
        high: &high,
        style: theme.muted,
    };
    draw::banded(buf, area, Some(band), &lines, scale, None);
}

/// A thin line where the estimate begins.
fn today(model: &OutlookModel, from: usize, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if let Some(x) = column_of(model, from, area.width).filter(|_| area.width >= 16) {
        for y in 0..area.height {
            draw::dot(buf, area, (x, y), '┊', theme.line);
        }
    }
}

/// The column of as-of.
fn column_of(model: &OutlookModel, from: usize, columns: u16) -> Option<u16> {
    let steps = model.dates.len().checked_sub(from + 1).filter(|n| *n > 0)?;
    let at = model.today.checked_sub(from)?;
    let right = usize::from(columns.checked_sub(1)?);
    Some((at * right / steps) as u16)
}

fn scale(f: &Forecast, from: usize) -> draw::Scale {
    let lists = [&f.past, &f.expected, &f.low, &f.high, &f.ghost];
    let known = lists.into_iter().flat_map(|v| v.iter().skip(from));
    draw::Scale::around(known.flatten().copied())
}

/// Lowest and highest value beside their rows; gives the columns used.
fn levels(
    f: &Forecast,
    scale: draw::Scale,
    from: usize,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> u16 {
    let lists = [&f.past, &f.expected, &f.low, &f.high, &f.ghost];
    let known = || {
        lists
            .into_iter()
            .flat_map(|v| v.iter().skip(from))
            .flatten()
    };
    let low = known().copied().fold(f64::INFINITY, f64::min);
    let high = known().copied().fold(f64::NEG_INFINITY, f64::max);
    let Some(unit) = f.unit.filter(|_| low <= high) else {
        return 0;
    };
    let texts = [low, high].map(|x| unit.with(x).brief(8));
    let wide = texts.iter().map(|t| width(t)).max().unwrap_or(0) as u16;
    let labels = draw::columns(area, 0, wide);
    let bottom = area.height.saturating_sub(1);
    let place = |x: f64| ((1.0 - scale.place(x)) * f64::from(bottom)).round() as u16;
    let rows = [low, high].map(place);
    for (text, y) in texts.iter().zip(rows).skip(usize::from(rows[0] == rows[1])) {
        draw::put_right(buf, draw::row(labels, y), text, theme.muted);
    }
    wide + 1
}

/// First day, as-of where there is room, last day.
fn axis(model: &OutlookModel, from: usize, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let text = |i: usize| {
        model
            .dates
            .get(i)
            .map_or_else(String::new, ToString::to_string)
    };
    let (first, today) = (text(from), text(model.today));
    let last = text(model.dates.len().saturating_sub(1));
    let left = draw::put(buf, area, &first, theme.muted);
    if area.width < left + 12 {
        return;
    }
    let mut right = area.width;
    if model.today + 1 < model.dates.len() {
        right -= draw::put_right(buf, area, &last, theme.text);
    }
    let wide = width(&today) as u16;
    let place = column_of(model, from, area.width).map(|x| x.saturating_sub(wide / 2));
    if let Some(x) = place.map(|x| x.min(right.saturating_sub(wide + 1)))
        && x > left
    {
        draw::put(buf, draw::columns(area, x, wide), &today, theme.muted);
    }
}

/// Layers in the first row, rates in the second.
fn smalls(model: &OutlookModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if area.height < 5 {
        return;
    }
    let inner = frame(&model.others_title, &model.side, theme, area, buf);
    let lines = if inner.height >= 6 { 2 } else { 1 };
    let rows = draw::stack(inner, lines, u16::from(inner.height >= 9));
    let (layers, rates) = model.others.split_at(model.others.len().min(4));
    for (list, line) in [layers, rates].into_iter().zip(rows) {
        let places = draw::side_by_side(line, 4, 2);
        for (forecast, place) in list.iter().zip(places) {
            small(model, forecast, theme, place, buf);
        }
    }
}

/// Name and value of the last day, the change, and the lines.
fn small(model: &OutlookModel, f: &Forecast, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let head = draw::row(area, 0);
    let room = usize::from(area.width) * 3 / 5;
    let end = f.end.map_or_else(String::new, |n| n.brief(room));
    let used = draw::put_right(buf, head, &end, theme.strong);
    let name = draw::columns(head, 0, head.width.saturating_sub(used + 1));
    draw::put(
        buf,
        name,
        short(&f.name, name.width),
        accent(f.accent, theme),
    );
    let mut y = 1;
    let change = f.moved.as_ref().or(f.change.as_ref());
    if let Some(change) = change.filter(|_| area.height >= 4) {
        let text = arrowed(change);
        draw::put_right(buf, draw::row(area, y), &text, mood(change.mood, theme));
        if let Some(range) = &f.range {
            let room = area.width.saturating_sub(width(&text) as u16 + 1);
            let range = range.fit(usize::from(room));
            if range != number::TOO_NARROW {
                draw::put(buf, draw::row(area, y), &range, theme.muted);
            }
        }
        y += 1;
    }
    let plot = draw::rows(area, y, area.height);
    let from = from(model, 0);
    today(model, from, theme, plot, buf);
    plot_forecast(f, from, scale(f, from), theme, plot, buf);
}

/// A name such as `F 人群总量` is `F` where the whole does not fit.
fn short(name: &str, columns: u16) -> &str {
    match name.split_once(' ') {
        Some((first, _)) if width(name) > usize::from(columns) => first,
        _ => name,
    }
}

// -- tables -----------------------------------------------------------------------------------

fn weeks(model: &Weeks, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if area.height < 4 {
        return;
    }
    let inner = frame(&model.title, &model.side, theme, area, buf);
    table::render(&model.table, theme, inner, buf);
}

fn week(model: &WeekTable, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inner = frame(&model.title, &model.side, theme, area, buf);
    let count = model.columns.len() as u16;
    let names = model.rows.iter().map(|(_, n, _)| width(n) + 2);
    let label = names
        .chain([width(&model.arrivals_name)])
        .max()
        .unwrap_or(0) as u16;
    let label = label.max(width(&model.corner) as u16).min(inner.width / 4);
    let cell = inner
        .width
        .saturating_sub(label + 1)
        .checked_div(count)
        .unwrap_or(0);
    if cell < 4 || inner.height < 2 {
        return;
    }
    let cell = cell.min(16);
    let tall = if inner.height >= 10 { 2 } else { 1 };
    let place = |line: Rect, x: u16| draw::columns(line, label + 1 + x * cell, cell);
    let top = draw::row(inner, 0);
    draw::put(
        buf,
        draw::columns(top, 0, label),
        &model.corner,
        theme.muted,
    );
    for (x, (letter, name)) in (0..).zip(&model.columns) {
        let spot = place(top, x);
        let spot = draw::columns(spot, 0, spot.width.saturating_sub(1));
        let full = format!("{letter} {name}");
        draw::put_right(
            buf,
            spot,
            short(&full, spot.width),
            layer_style(*letter, theme),
        );
    }
    for (y, (letter, name, cells)) in (0u16..).zip(&model.rows) {
        let line = draw::rows(inner, 1 + y * tall, tall);
        let mark = format!("{letter} ");
        let spans = [
            (mark.as_str(), layer_style(*letter, theme)),
            (name, theme.text),
        ];
        draw::put_spans(buf, draw::columns(line, 0, label), &spans);
        for (x, c) in (0..).zip(cells) {
            rate(c, theme, place(line, x), buf);
        }
    }
    let line = draw::rows(inner, 1 + 4 * tall, tall);
    draw::put(
        buf,
        draw::columns(line, 0, label),
        &model.arrivals_name,
        theme.good,
    );
    for (x, c) in (0..).zip(&model.arrivals) {
        if let Some(c) = c {
            arrival(c, theme, place(line, x), buf);
        }
    }
}

fn layer_style(letter: char, theme: &Theme) -> Style {
    "AIPL".find(letter).map_or(theme.muted, |i| theme.layer(i))
}

/// A rate on its ground; one that the scenario changes is marked, and its old value stands below
/// where there is a second row.
fn rate(c: &RateCell, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let room = usize::from(area.width.saturating_sub(1));
    if c.never {
        let spot = draw::columns(area, 0, area.width.saturating_sub(1));
        draw::put_right(buf, spot, "·", theme.line);
        return;
    }
    let text = marked(c, room);
    let below = c.base.map_or_else(String::new, |b| b.fit(room));
    for (y, words) in (0..area.height).zip([&text, &below]) {
        draw::heat(buf, draw::row(area, y), words, c.heat, theme);
    }
    if c.base.is_some() {
        let spot = draw::columns(draw::row(area, 0), 0, area.width.saturating_sub(1));
        draw::restyle(buf, spot, theme.badge);
    }
}

fn arrival(c: &RateCell, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let room = area.width.saturating_sub(1);
    let spot = draw::columns(area, 0, room);
    let style = if c.base.is_some() {
        theme.badge
    } else {
        theme.text
    };
    draw::put_right(buf, spot, &marked(c, usize::from(room)), style);
    if let Some(base) = c.base.filter(|_| area.height > 1) {
        draw::put_number(buf, draw::row(spot, 1), &base, theme.muted);
    }
}

/// The number, with a mark where the scenario changes it.
fn marked(c: &RateCell, room: usize) -> String {
    let mark = if c.base.is_some() && room >= 6 {
        "●"
    } else {
        ""
    };
    let text = c.now.fit(room - width(mark));
    match c.tiny {
        Some(tiny) if text == number::TOO_NARROW => format!("{mark}{tiny}"),
        _ => format!("{mark}{text}"),
    }
}

fn backtest(model: &BacktestTable, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inner = frame(&model.title, &model.side, theme, area, buf);
    if model.rows.is_empty() {
        let lines = wrap(&model.empty, usize::from(inner.width));
        return draw::put_lines(buf, inner, &lines, theme.muted);
    }
    let label = model.rows.iter().map(|(n, ..)| width(n)).max().unwrap_or(0) as u16;
    let label = label.min(inner.width / 2);
    let count = model.headers.len() as u16;
    let cell = inner
        .width
        .saturating_sub(label)
        .checked_div(count)
        .unwrap_or(0)
        .min(11);
    let place = |line: Rect, x: u16| {
        let spot = draw::columns(line, label + x * cell, cell);
        draw::columns(spot, 1, spot.width)
    };
    for (x, name) in (0..).zip(&model.headers) {
        draw::put_right(buf, place(draw::row(inner, 0), x), name, theme.muted);
    }
    for (y, (name, errors, better)) in (1..).zip(&model.rows) {
        let line = draw::row(inner, y);
        draw::put(buf, draw::columns(line, 0, label), name, theme.text);
        for (x, (error, better)) in (0..).zip(errors.iter().zip(better)) {
            let style = if *better { theme.strong } else { theme.muted };
            draw::put_number(buf, place(line, x), error, style);
        }
    }
    let used = model.rows.len() as u16 + 1;
    let gap = u16::from(inner.height >= used + 6);
    let rest = draw::rows(inner, used + gap, inner.height);
    curves(model, theme, rest, buf);
}

/// The errors of the asset by weeks ahead, where there is room for a chart.
fn curves(model: &BacktestTable, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let Some(unit) = model.unit.filter(|_| area.height >= 4) else {
        return;
    };
    let styles = [theme.accent, theme.muted];
    let mut used = draw::put(buf, area, &model.curves_title, theme.muted) + 3;
    for (name, style) in model.methods.iter().zip(styles) {
        let rest = draw::columns(area, used, area.width);
        used += draw::put_spans(buf, rest, &[("● ", style), (name, theme.muted)]) + 2;
    }
    let [estimate, naive] = &model.curves;
    let known = || model.curves.iter().flatten().flatten().copied();
    let most = known().fold(0.0, f64::max);
    let scale = draw::Scale::around(known().chain([0.0]));
    let top = unit.with(most).brief(8);
    let gutter = width(&top) as u16 + 1;
    let body = draw::rows(area, 1, area.height);
    draw::put(buf, body, &top, theme.muted);
    let bottom = draw::row(body, body.height.saturating_sub(1));
    let zero = unit.with(0.0).fit(usize::from(gutter - 1));
    draw::put_right(
        buf,
        draw::columns(bottom, 0, gutter - 1),
        &zero,
        theme.muted,
    );
    let lines = [(naive, styles[1]), (estimate, styles[0])]
        .map(|(values, style)| draw::Line { values, style });
    draw::chart(
        buf,
        draw::columns(body, gutter, body.width),
        &lines,
        scale,
        None,
    );
}
