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
use crate::view::number::{Column, Number, TOO_NARROW};
use crate::view::text::{width, wrap};

/// Rows from which a card has a frame.
pub(super) const SLIM: u16 = 4;
/// Columns that the text of a large value may take.
const LARGE: usize = 6;
/// Columns of the legend of the composition.
const LEGEND: u16 = 40;

/// Draws the pane.
pub fn render(model: &FastModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let (cards, below) = split(area);
    let places = grid(cards);
    let size = size_of(&model.cards, &places);
    for (model, area) in model.cards.iter().zip(places) {
        card(model, size, theme, area, buf);
    }
    composition(&model.composition, theme, below, buf);
}

/// Room for the cards and for the composition.
fn split(area: Rect) -> (Rect, Rect) {
    let below = match area.height {
        0..=17 => 0,
        18..=23 => 6,
        24..=39 => area.height / 3 + 1,
        _ => (area.height * 2 / 5).min(18),
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
fn grid(area: Rect) -> Vec<Rect> {
    match area.width {
        0..=159 => two_by_two(area),
        _ => side_by_side(area, 4, 1),
    }
}

/// Four places, two by two where there is room.
pub(super) fn two_by_two(area: Rect) -> Vec<Rect> {
    if area.width < 60 {
        return stack(area, 4, 0);
    }
    stack(area, 2, 0)
        .into_iter()
        .flat_map(|line| side_by_side(line, 2, 1))
        .collect()
}

/// How large the values of the cards of a pane are; all alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Size {
    /// Digits of three rows.
    Large,
    /// Normal text.
    Normal,
}

/// Large values, when every card has room for one above its facts and one note.
pub(super) fn size_of(cards: &[Card], places: &[Rect]) -> Size {
    let room = |(card, place): (&Card, &Rect)| {
        let facts = card.facts.len() as u16;
        let (wide, high) = (
            place.width.saturating_sub(4),
            place.height.saturating_sub(2),
        );
        let value = card.value.map_or(0, |v| digits::width_of(&v.fit(LARGE)));
        let words = if is_wide(wide, high) {
            words_width(wide)
        } else {
            wide
        };
        high > digits::HEIGHT + facts && value + side_width(card) < words
    };
    if cards.iter().zip(places).all(room) {
        Size::Large
    } else {
        Size::Normal
    }
}

/// Columns of the exact value and the changes at the right of a large value.
fn side_width(card: &Card) -> u16 {
    let exact = card.value.map_or(0, |v| width(&v.exact()));
    let changes = card.changes.iter().map(|c| width(&c.exact()) + 2);
    changes.fold(exact, usize::max) as u16
}

/// Whether the trend stands beside the words.
fn is_wide(width: u16, height: u16) -> bool {
    width >= 54 && height >= 4
}

fn words_width(width: u16) -> u16 {
    (width * 11 / 20).clamp(34, 46)
}

fn card(model: &Card, size: Size, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if area.height < SLIM {
        return slim(model, theme, area, buf);
    }
    let inner = frame(model, theme, area, buf);
    if !is_wide(inner.width, inner.height) {
        return upright(model, size, theme, inner, buf);
    }
    let left = words_width(inner.width);
    let words = columns(inner, 0, left);
    let used = head(model, size, theme, words, buf);
    facts_and_notes(model, theme, rows(words, used, words.height), buf);
    let right = columns(inner, left + 2, inner.width);
    trend(&model.trend, theme, right, buf);
}

/// A card without a frame: name and value, then the changes below.
pub(super) fn slim(model: &Card, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let value = model
        .value
        .map_or_else(String::new, |v| v.fit(usize::from(area.width / 2)));
    let used = put_right(buf, row(area, 0), &value, theme.strong);
    let left = columns(row(area, 0), 0, area.width.saturating_sub(used + 1));
    put_spans(
        buf,
        left,
        &[
            (&model.letter, theme.title),
            (" ", theme.muted),
            (&model.name, theme.muted),
        ],
    );
    let below = columns(row(area, 1), 2, area.width);
    match &model.ghost {
        Some(ghost) => {
            draw::put_ghost(buf, below, ghost, theme);
        }
        None => put_changes(&model.changes, theme, below, buf),
    }
}

/// Frame of a card; gives the area inside.
pub(super) fn frame(model: &Card, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
    let title = if model.letter == model.name {
        model.name.clone()
    } else {
        format!("{}  {}", model.letter, model.name)
    };
    let caption = Caption {
        title: &title,
        side: &model.source,
        accent: None,
    };
    panel(buf, area, caption, theme)
}

/// Value, words, and the trend in what remains below them.
fn upright(model: &Card, size: Size, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let used = head(model, size, theme, area, buf);
    let rest = rows(area, used, area.height);
    let facts = model.facts.len() as u16;
    let notes = model
        .notes
        .iter()
        .map(|n| wrap(&n.text, usize::from(rest.width)).len());
    let notes = notes.sum::<usize>() as u16;
    let free = rest.height.saturating_sub(facts);
    let chart_rows = match free {
        _ if model.trend.bounds.is_none() => 0,
        0..=4 => free,
        _ => free.saturating_sub(notes + 1).max(4),
    };
    let words = rows(rest, 0, rest.height - chart_rows);
    facts_and_notes(model, theme, words, buf);
    let below = rows(rest, rest.height - chart_rows, chart_rows);
    trend(&model.trend, theme, below, buf);
}

/// The value, large where there is room, with its changes; gives the rows used.
pub(super) fn head(model: &Card, size: Size, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let Some(value) = &model.value else {
        reason(model, theme, area, buf);
        return area.height;
    };
    if !value.value.is_known() {
        put(buf, area, &value.fit(usize::from(area.width)), theme.strong);
        return 1 + reason(model, theme, rows(area, 1, area.height), buf);
    }
    match size {
        Size::Large => large_head(model, value, theme, area, buf),
        Size::Normal => {
            let used = put(buf, area, &value.fit(usize::from(area.width)), theme.strong);
            put_changes(
                &model.changes,
                theme,
                columns(area, used + 2, area.width),
                buf,
            );
            1
        }
    }
}

/// The large value with the exact one and the changes at its right.
fn large_head(model: &Card, value: &Number, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let large = value.fit(LARGE);
    let used = digits::put_large(buf, area, &large, theme.strong);
    let side = columns(area, used + 1, area.width);
    // A rounded value has the exact one beside it; an exact one needs no second telling.
    let rounded = large != value.exact();
    if rounded {
        put_number(buf, row(side, 0), value, theme.strong);
    }
    for (y, change) in (u16::from(rounded)..).zip(&model.changes) {
        signed(buf, row(side, y), change, theme);
    }
    let needed = digits::HEIGHT + model.facts.len() as u16 + model.notes.len() as u16;
    digits::HEIGHT + u16::from(area.height > needed)
}

/// Changes one after the other, as many as fit whole.
fn put_changes(list: &[Number], theme: &Theme, area: Rect, buf: &mut Buffer) {
    let mut x = 0;
    for change in list {
        let Some(text) = arrowed(change, usize::from(area.width.saturating_sub(x))) else {
            break;
        };
        x += put(
            buf,
            columns(area, x, area.width),
            &text,
            theme.trend(change.sign()),
        ) + 2;
    }
}

/// Why there is no value; gives the rows used.
fn reason(model: &Card, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let Some(text) = &model.reason else { return 0 };
    let lines = wrap(text, usize::from(area.width));
    put_lines(buf, area, &lines, theme.muted);
    area.height.min(lines.len() as u16)
}

/// A signed number with its arrow, in at most `room` columns; `None` when it does not fit.
pub(super) fn arrowed(change: &Number, room: usize) -> Option<String> {
    let text = change.fit(room.saturating_sub(2));
    if text.is_empty() || text == TOO_NARROW {
        return None;
    }
    Some(format!("{} {text}", change.arrow()).trim_start().to_owned())
}

fn signed(buf: &mut Buffer, area: Rect, change: &Number, theme: &Theme) {
    if let Some(text) = arrowed(change, usize::from(area.width)) {
        put_right(buf, area, &text, theme.trend(change.sign()));
    }
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

/// What follows from a fact, as much as fits whole.
fn more(fact: &Fact, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let mut x = 0;
    for (name, number, signed) in &fact.more {
        let gap = if name.is_empty() { "" } else { " " };
        let used = usize::from(x) + width(name) + gap.len();
        let room = usize::from(area.width).saturating_sub(used);
        let (text, style) = if *signed {
            (arrowed(number, room), theme.trend(number.sign()))
        } else {
            let text = number.fit(room);
            let whole = !text.is_empty() && text != TOO_NARROW;
            (whole.then_some(text), theme.text)
        };
        let Some(text) = text else { break };
        let label = format!("{name}{gap}");
        let spans = [(label.as_str(), theme.muted), (text.as_str(), style)];
        x += put_spans(buf, columns(area, x, area.width), &spans) + 2;
    }
}

/// Rows that the notes of a card take.
pub(super) fn note_rows(model: &Card, room: u16) -> u16 {
    let rows = |n: &Note| wrap(&n.text, usize::from(room)).len();
    model.notes.iter().map(rows).sum::<usize>() as u16
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
    if area.width < 8 || area.height == 0 {
        return;
    }
    let height = area.height - u16::from(area.height >= 3);
    let (scale, shown) = scale_of(model);
    let gutter = if height >= 2 && area.width >= 24 {
        levels(bounds, scale, theme, rows(area, 0, height), buf)
    } else {
        0
    };
    let right = columns(area, gutter, area.width);
    let line = Line {
        values: &model.values,
        style: theme.accent,
    };
    let benchmark = shown.map(|b| (b, theme.benchmark));
    chart(buf, rows(right, 0, height), &[line], scale, benchmark);
    let range = if gutter > 0 {
        None
    } else {
        model.range.map(|r| r.fit(usize::from(right.width)))
    };
    axis(model, range.as_deref(), theme, row(right, height), buf);
    if model.old {
        draw::fade(buf, area, theme);
    }
}

/// Lowest and highest value beside the rows on which they lie; gives the columns used.
fn levels(bounds: &[Number; 2], scale: Scale, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let unit = Column::new(bounds, 7);
    let labels = bounds.each_ref().map(|b| unit.text(b));
    let gutter = labels.iter().map(|l| width(l)).max().unwrap_or(0) as u16;
    let place = |n: &Number| {
        let share = 1.0 - scale.place(n.value.get().unwrap_or(0.0));
        (share * f64::from(area.height.saturating_sub(1))).round() as u16
    };
    let shown = if labels[0] == labels[1] { 1 } else { 2 };
    for (label, bound) in labels.iter().zip(bounds).take(shown) {
        put_right(
            buf,
            columns(row(area, place(bound)), 0, gutter),
            label,
            theme.muted,
        );
    }
    gutter + 1
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

/// Days, or the range of values where there was no room beside the chart, and the benchmark.
fn axis(model: &Trend, range: Option<&str>, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let left = range.unwrap_or(&model.ends[0]);
    let right = if range.is_some() { "" } else { &model.ends[1] };
    let ends = width(left) + width(right) + 2;
    put_right(buf, area, right, theme.muted);
    if right.is_empty() || usize::from(area.width) >= ends {
        put(buf, area, left, theme.muted);
    }
    let text = benchmark_mark(model);
    let room = usize::from(area.width).saturating_sub(ends);
    if !text.is_empty() && width(&text) <= room {
        let middle = columns(area, width(left) as u16 + 1, room as u16);
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
    let ghosts = model.layers.iter().any(|l| l.ghost.is_some());
    let legend_width = match inner.width {
        0..=69 => inner.width,
        100.. if ghosts => LEGEND + 18,
        _ => LEGEND,
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
    let most = model.most.map_or_else(String::new, |n| n.fit(7));
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
    if model.old {
        draw::fade(buf, area, theme);
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
    // Baselines stand near what they belong to; differences alone keep to the edge.
    let each = model.layers.iter().filter_map(|l| l.ghost.as_ref());
    let ghosts = each.chain(&model.ghost).map(draw::ghost_width).max();
    let ghosts = ghosts.map_or(area.width, |w| w as u16 + 1);
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
        let place = columns(line, 14 + name + people, ghosts);
        match &layer.ghost {
            Some(ghost) => {
                draw::put_ghost_right(buf, place, ghost, theme);
            }
            None => signed(buf, place, &layer.change, theme),
        }
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
        let place = columns(line, 14 + name + people, ghosts);
        if let Some(ghost) = &model.ghost {
            draw::put_ghost_right(buf, place, ghost, theme);
        } else if let Some((_, change, _)) = total.more.first() {
            signed(buf, place, change, theme);
        }
    }
}

fn theme_bold() -> Style {
    Style::new().add_modifier(ratatui::style::Modifier::BOLD)
}
