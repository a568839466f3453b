//! Draws the form of the goal seek: the question above, levers at the left, ways at the right.
//!
//! Where there is no room for both, the part that has the keys is shown, and what was found below
//! it; the wanted value and the first line of the answer go last.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::theme::Theme;
use super::{draw, overlay, table};
use crate::view::number::Number;
use crate::view::seek::{
    Frontier, MetricList, Outcome, Section, SeekLever, SeekLine, SeekModel, TurnItem, WayItem,
};
use crate::view::text::{pad_left, width, wrap};

/// Columns and rows of the form at most.
const LARGEST: (u16, u16) = (150, 46);
/// From this many columns on levers and ways stand side by side.
const BESIDE: u16 = 96;
/// Rows of a chart with its title and ends.
const CHART: (u16, u16) = (7, 18);

type Caret = Option<(u16, u16)>;

/// Draws the form; gives the place of the caret while text is typed.
pub fn render(model: &SeekModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Caret {
    let place = draw::centered(area, LARGEST.0, LARGEST.1.min(area.height));
    let caption = draw::Caption {
        title: &model.title,
        side: &model.side,
        accent: Some(theme.accent),
    };
    let inner = draw::overlay(buf, place, caption, theme);
    let asked = if inner.height >= 4 { 2 } else { 1 };
    let caret = question(model, theme, draw::rows(inner, 0, asked), buf);
    let ruled = u16::from(inner.height >= 12);
    if ruled > 0 {
        draw::rule(buf, draw::row(inner, 2), theme.line);
    }
    let body = draw::rows(inner, asked + ruled, inner.height);
    let inside = if body.width >= BESIDE {
        beside(model, theme, body, buf)
    } else {
        below(model, theme, body, buf)
    };
    inside.or(caret)
}

/// The metric with its value, and the wanted value; in one row the one that has the keys.
fn question(model: &SeekModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Caret {
    let label = model.labels[..2].iter().map(|t| width(t)).max();
    let label = label.unwrap_or(0) as u16 + 3;
    let lines = match (area.height, model.section) {
        (0, _) => return None,
        (1, Section::Metric) => [area, Rect::ZERO],
        (1, _) => [Rect::ZERO, area],
        _ => [draw::row(area, 0), draw::row(area, 1)],
    };
    for (line, section) in lines.into_iter().zip([Section::Metric, Section::Value]) {
        title(model, section, theme, draw::columns(line, 0, label), buf);
    }
    let right = area.width.saturating_sub(label);
    let [first, second] = lines.map(|line| draw::columns(line, label, right));
    let half = (right / 2).clamp(right.min(10), 44);
    draw::put(
        buf,
        draw::columns(first, 0, half),
        &model.metric,
        theme.strong,
    );
    if let Some(now) = &model.now {
        let side = draw::columns(first, half + 1, right);
        let used = draw::put(buf, side, &format!("{} ", model.now_label), theme.muted);
        let room = draw::columns(side, used, side.width);
        draw::put(buf, room, &now.fit(room.width.into()), theme.text);
    }
    answer_side(model, theme, draw::columns(second, half + 1, right), buf);
    let field = draw::columns(second, 0, half);
    let caret = overlay::field(&model.field, theme, field, buf);
    caret.filter(|_| model.section == Section::Value && model.cost.is_none())
}

/// What the wanted value is, beside the field: the value and its distance, or what is wrong.
fn answer_side(model: &SeekModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if !model.refused.is_empty() {
        draw::put(buf, area, &model.refused, theme.warn);
        return;
    }
    let Some((wanted, gap)) = &model.wanted else {
        return;
    };
    let shown = wanted.fit(area.width.into());
    let used = draw::put(buf, area, &shown, theme.strong) + 2;
    let rest = draw::columns(area, used, area.width);
    if rest.width >= 8 && gap.number.sign().is_some_and(|s| s != 0) {
        let room = usize::from(rest.width).saturating_sub(2);
        let text = format!("{} {}", gap.number.arrow(), gap.number.fit(room));
        draw::put(buf, rest, &text, theme.muted);
    }
}

/// The name of a part, marked where it has the keys.
fn title(model: &SeekModel, section: Section, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let here = model.section == section;
    let (mark, style) = if here {
        ("▸ ", theme.accent)
    } else {
        ("  ", theme.muted)
    };
    let name = &model.labels[section as usize];
    draw::put_spans(buf, area, &[(mark, theme.accent), (name, style)]);
}

fn beside(model: &SeekModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Caret {
    let left = (area.width * 12 / 25).clamp(46, 66);
    for y in 0..area.height {
        draw::dot(
            buf,
            draw::columns(area, left + 1, 1),
            (0, y),
            '│',
            theme.line,
        );
    }
    let right = draw::columns(area, left + 3, area.width);
    let caret = list(model, theme, draw::columns(area, 0, left), buf);
    answer(model, theme, right, buf);
    caret
}

fn below(model: &SeekModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Caret {
    let listed = matches!(model.section, Section::Metric | Section::Levers);
    let upper = match (listed, area.height) {
        (true, 0..=7) => area.height,
        (true, h) => h * 3 / 5,
        (false, 0..=11) => 0,
        (false, h) => h / 3,
    };
    let caret = list(model, theme, draw::rows(area, 0, upper), buf);
    let ruled = u16::from(upper > 0 && area.height >= 14);
    if ruled > 0 {
        draw::rule(buf, draw::row(area, upper), theme.line);
    }
    let lower = draw::rows(area, upper + ruled, area.height);
    answer(model, theme, lower, buf);
    caret
}

// -- lists ----------------------------------------------------------------------------------------

/// Metrics or levers.
fn list(model: &SeekModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Caret {
    match &model.metrics {
        Some(metrics) => metric_list(metrics, theme, area, buf),
        None => levers(model, theme, area, buf),
    }
}

/// The first line shown so that the cursor stands inside.
fn top_of(cursor: usize, height: u16, len: usize) -> usize {
    let height = usize::from(height);
    cursor
        .saturating_sub(height / 2)
        .min(len.saturating_sub(height))
}

fn marks(buf: &mut Buffer, area: Rect, top: usize, total: usize, theme: &Theme) {
    let window = draw::Window {
        top,
        shown: area.height.into(),
        total,
    };
    draw::scroll_marks(buf, draw::columns(area, 1, area.width), window, theme.muted);
}

fn metric_list(list: &MetricList, theme: &Theme, area: Rect, buf: &mut Buffer) -> Caret {
    let caret = overlay::field(&list.field, theme, draw::row(area, 0), buf);
    let body = draw::rows(area, 1, area.height);
    if list.rows.is_empty() {
        draw::put(buf, body, &list.empty, theme.muted);
        return caret;
    }
    let top = top_of(list.cursor, body.height, list.rows.len());
    let number = (body.width / 3).clamp(6, 16);
    let shown = list.rows.iter().enumerate().skip(top);
    for (y, (i, (name, value))) in (0..body.height).zip(shown) {
        let line = draw::columns(draw::row(body, y), 0, body.width.saturating_sub(1));
        let name_room = line.width.saturating_sub(number + 1);
        draw::put(buf, draw::columns(line, 1, name_room), name, theme.text);
        let place = draw::columns(line, line.width.saturating_sub(number), number);
        draw::put_number(buf, place, value, theme.muted);
        if i == list.cursor {
            draw::restyle(buf, line, theme.selection);
        }
    }
    marks(buf, body, top, list.rows.len(), theme);
    caret
}

/// Columns of value, step, cost and effect; those without room are empty.
fn cells(area: Rect) -> [Rect; 5] {
    let widths: [u16; 4] = match area.width {
        0..=27 => [0, 0, 0, 0],
        28..=43 => [9, 0, 0, 0],
        44..=61 => [9, 8, 4, 10],
        _ => [11, 9, 6, 13],
    };
    let used: u16 = widths.iter().filter(|w| **w > 0).map(|w| w + 1).sum();
    let name = area.width.saturating_sub(used + 1);
    let mut x = name;
    let mut take = |w: u16| {
        let gap = u16::from(w > 0);
        let cell = draw::columns(area, x + gap, w);
        x += w + gap;
        cell
    };
    let [value, step, cost, effect] = widths.map(&mut take);
    [draw::columns(area, 0, name), value, step, cost, effect]
}

fn levers(model: &SeekModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Caret {
    let [name, rest @ ..] = cells(draw::row(area, 0));
    title(model, Section::Levers, theme, name, buf);
    for (header, cell) in model.headers.iter().zip(rest) {
        if width(header) <= usize::from(cell.width) {
            draw::put_right(buf, cell, header, theme.muted);
        }
    }
    let foot = u16::from(model.cost.is_some());
    let body = draw::rows(area, 1, area.height.saturating_sub(1 + foot));
    let top = top_of(model.cursor, body.height, model.levers.len());
    let shown = model.levers.iter().enumerate().skip(top);
    for (y, (i, line)) in (0..body.height).zip(shown) {
        let place = draw::row(body, y);
        match line {
            SeekLine::Heading(text) => drop(draw::put(buf, place, text, theme.title)),
            SeekLine::Lever(lever) => {
                put_lever(lever, theme, place, buf);
                if i == model.cursor && model.section == Section::Levers {
                    let line = draw::columns(place, 0, place.width.saturating_sub(1));
                    draw::restyle(buf, line, theme.selection);
                }
            }
        }
    }
    marks(buf, body, top, model.levers.len(), theme);
    let below = draw::row(area, 1 + body.height);
    model
        .cost
        .as_ref()
        .and_then(|f| overlay::field(f, theme, below, buf))
}

fn put_lever(lever: &SeekLever, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let [name, value, step, cost, effect] = cells(area);
    let (mark, style, text) = if lever.chosen {
        ("[x] ", theme.accent, theme.strong)
    } else {
        ("[ ] ", theme.muted, theme.text)
    };
    draw::put_spans(buf, name, &[(mark, style), (&lever.name, text)]);
    number(&lever.value, value, theme.text, buf);
    number(&lever.step, step, theme.muted, buf);
    let own = if lever.own_cost {
        theme.key
    } else {
        theme.muted
    };
    number(&lever.cost, cost, own, buf);
    match &lever.effect {
        Some(change) => {
            number(&change.number, effect, theme.text, buf);
        }
        None => drop(draw::put_right(buf, effect, "—", theme.muted)),
    }
}

fn number(n: &Number, cell: Rect, style: Style, buf: &mut Buffer) {
    if !cell.is_empty() {
        draw::put_right(buf, cell, &n.fit(cell.width.into()), style);
    }
}

// -- the answer -----------------------------------------------------------------------------------

/// A line of the answer.
enum Line<'a> {
    Text(String, Style),
    Way(&'a WayItem),
    Turn(&'a TurnItem, bool),
}

/// What was found, with the frontier below it where there is room.
fn answer(model: &SeekModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let titled = u16::from(area.height >= 4);
    let head = draw::row(area, 0);
    if titled > 0 {
        title(model, Section::Plans, theme, head, buf);
    }
    let body = draw::rows(area, titled, area.height);
    let lines = answer_lines(model, theme, body.width.into());
    let spare = body.height.saturating_sub(lines.len() as u16 + 1);
    let chart = match &model.frontier {
        Some(frontier) if spare >= CHART.0 && body.width >= 30 => {
            let high = spare.min(CHART.1);
            let place = draw::rows(body, body.height - high, high);
            chart(frontier, theme, place, buf);
            high
        }
        _ => 0,
    };
    let text = draw::rows(body, 0, body.height - chart);
    let top = lines
        .iter()
        .position(|l| matches!(l, Line::Way(w) if w.selected))
        .filter(|_| lines.len() > usize::from(text.height))
        .unwrap_or(0)
        .min(lines.len().saturating_sub(text.height.into()));
    for (y, line) in (0..text.height).zip(lines.iter().skip(top)) {
        put_line(line, theme, draw::row(text, y), buf);
    }
    marks(buf, text, top, lines.len(), theme);
    if model.old {
        draw::fade(buf, body, theme);
    }
}

fn answer_lines<'a>(model: &'a SeekModel, theme: &Theme, columns: usize) -> Vec<Line<'a>> {
    let text = |text: &str, style: Style| {
        let lines = wrap(text, columns.saturating_sub(1)).into_iter();
        lines
            .filter(|l| !l.is_empty())
            .map(move |l| Line::Text(l, style))
            .collect::<Vec<_>>()
    };
    let mut lines = Vec::new();
    match &model.outcome {
        Outcome::Waiting(why) => lines.extend(text(why, theme.muted)),
        Outcome::Blind(why) => lines.extend(text(why, theme.warn)),
        Outcome::Ways(ways) => ways.iter().for_each(|w| lines.extend(way(w))),
        Outcome::Best { head, limits, way } => {
            lines.extend(text(head, theme.bad));
            for limit in limits {
                lines.extend(text(limit, theme.warn));
            }
            lines.extend(self::way(way));
        }
    }
    for note in &model.notes {
        lines.extend(text(note, theme.muted));
    }
    lines
}

fn way(way: &WayItem) -> Vec<Line<'_>> {
    let turns = way.turns.iter().map(|t| Line::Turn(t, way.selected));
    std::iter::once(Line::Way(way)).chain(turns).collect()
}

fn put_line(line: &Line, theme: &Theme, area: Rect, buf: &mut Buffer) {
    match line {
        Line::Text(text, style) => drop(draw::put(buf, area, text, *style)),
        Line::Way(way) => put_way(way, theme, area, buf),
        Line::Turn(turn, selected) => put_turn(turn, *selected, theme, area, buf),
    }
}

fn put_way(way: &WayItem, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let area = draw::columns(area, 0, area.width.saturating_sub(1));
    let (mark, style) = if way.selected {
        ("● ", theme.accent)
    } else {
        ("○ ", theme.muted)
    };
    let name = format!("{}  ", way.name);
    let used = draw::put_spans(buf, area, &[(mark, style), (&name, theme.strong)]);
    let rest = draw::columns(area, used, area.width);
    let effort = width(&way.effort) as u16 + 2;
    let number = rest.width.saturating_sub(effort);
    // The value is what counts.
    let both = number >= 10;
    if both {
        draw::put(buf, rest, &way.effort, theme.muted);
    }
    let room = if both { number } else { rest.width };
    let value = way.value.fit(room.into());
    draw::put_right(buf, rest, &value, theme.strong);
    if way.selected {
        draw::restyle(buf, area, theme.selection);
    }
}

/// `渗透率 · 全部人群   20.0% → 20.8%   ▲ +0.83 pp   +0.8 步`; what has no room goes from the right.
fn put_turn(turn: &TurnItem, selected: bool, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let area = draw::columns(area, 2, area.width.saturating_sub(3));
    let [number, change, steps] = match area.width {
        0..=33 => [0, 12, 0],
        34..=47 => [8, 0, 0],
        48..=61 => [8, 11, 0],
        _ => [10, 13, 11],
    };
    let used: u16 = [2 * number + 4, change + 1, steps + 1]
        .into_iter()
        .filter(|w| *w > 4)
        .sum();
    let name = area.width.saturating_sub(used + 1);
    let style = if selected { theme.text } else { theme.muted };
    draw::put(buf, draw::columns(area, 0, name), &turn.name, style);
    let mut x = name + 1;
    if number > 0 {
        let from = pad_left(&turn.from.fit(number.into()), number.into());
        let to = turn.to.fit(number.into());
        let place = draw::columns(area, x, 2 * number + 3);
        let spans = [
            (&*from, theme.muted),
            (" → ", theme.muted),
            (&*to, theme.strong),
        ];
        draw::put_spans(buf, place, &spans);
        x += 2 * number + 4;
    }
    if change > 0 {
        let cell = draw::columns(area, x, change);
        let text = turn
            .change
            .number
            .fit(usize::from(change).saturating_sub(2));
        let text = format!("{} {text}", turn.change.number.arrow());
        draw::put_right(buf, cell, &text, table::mood(turn.change.mood, theme));
        x += change + 1;
    }
    if steps > 0 {
        draw::put_right(buf, draw::columns(area, x, steps), &turn.steps, theme.muted);
    }
}

// -- the frontier ---------------------------------------------------------------------------------

/// Result over effort, with the goal as a dashed line.
fn chart(frontier: &Frontier, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let head = draw::row(area, 0);
    let used = draw::put_right(buf, head, &frontier.goal_label, theme.benchmark);
    let room = head.width.saturating_sub(used + 1);
    draw::put(
        buf,
        draw::columns(head, 0, room),
        &frontier.title,
        theme.muted,
    );
    let middle = draw::rows(area, 1, area.height.saturating_sub(2));
    let [low, high] = levels(frontier);
    let wide = width(&low).max(width(&high)) as u16;
    let labels = draw::columns(middle, 0, wide);
    draw::put_right(buf, draw::row(labels, 0), &high, theme.muted);
    let bottom = draw::row(labels, middle.height.saturating_sub(1));
    draw::put_right(buf, bottom, &low, theme.muted);
    let plot = draw::columns(middle, wide + 1, middle.width.saturating_sub(wide + 2));
    curve(frontier, theme, plot, buf);
    let foot = draw::columns(draw::row(area, area.height - 1), wide + 1, plot.width);
    draw::put(buf, foot, &frontier.ends[0], theme.muted);
    draw::put_right(buf, foot, &frontier.ends[1], theme.muted);
}

/// The lowest and the highest value in words that tell them apart.
fn levels(frontier: &Frontier) -> [String; 2] {
    let brief = frontier.levels.map(|n| n.brief(9));
    let decimals = |text: &str| text.split_once('.').map_or(0, |(_, rest)| rest.len());
    if decimals(&brief[0]) == decimals(&brief[1]) && brief[0] != brief[1] {
        brief
    } else {
        frontier.levels.map(|n| n.fit(13))
    }
}

fn curve(frontier: &Frontier, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let dots = usize::from(area.width) * 2;
    let most = frontier.points.last().map_or(0.0, |p| p.0);
    let values: Vec<Option<f64>> = (0..dots)
        .map(|x| {
            between(
                &frontier.points,
                most * x as f64 / dots.saturating_sub(1).max(1) as f64,
            )
        })
        .collect();
    let ends = frontier.points.iter().map(|p| p.1);
    let scale = draw::Scale::around(ends);
    let lines = [draw::Line {
        values: &values,
        style: theme.accent,
    }];
    let inside = (scale.low..=scale.high).contains(&frontier.goal);
    let goal = inside.then_some((frontier.goal, theme.benchmark));
    draw::chart(buf, area, &lines, scale, goal);
    if let (Some(effort), true) = (frontier.reached, most > 0.0) {
        let last = |n: u16| f64::from(n.saturating_sub(1));
        let x = (effort / most).clamp(0.0, 1.0) * last(area.width);
        let y = (1.0 - scale.place(frontier.goal)) * last(area.height);
        let at = (x.round() as u16, y.round() as u16);
        draw::dot(buf, area, at, '◆', theme.strong);
    }
}

/// The value of a curve of points at an effort.
fn between(points: &[(f64, f64)], effort: f64) -> Option<f64> {
    let pair = points
        .windows(2)
        .find(|p| p[0].0 <= effort && effort <= p[1].0)?;
    let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
    let share = if x1 > x0 {
        (effort - x0) / (x1 - x0)
    } else {
        1.0
    };
    Some(y0 + (y1 - y0) * share)
}
