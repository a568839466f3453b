//! Draws the AIPL pane: funnel with steps, flow matrix as a heat table, the four layers through time.
//!
//! Wide areas put funnel and matrix side by side; narrow ones stack them; low ones keep the funnel.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::table::{accent, mood};
use super::theme::Theme;
use super::{chart, draw};
use crate::view::aipl::{AiplModel, FlowCell, FlowTable, Funnel, Layer, Step, Term, Way};
use crate::view::number::{self, Number};
use crate::view::table::Change;
use crate::view::text::{first_lines, width, wrap};

/// Rows of the funnel: four layers, three steps, what stands apart, a frame.
const FUNNEL: u16 = 12;
/// Rows of the funnel without what stands apart.
const LOW_FUNNEL: u16 = 9;

/// Draws the pane.
pub fn render(model: &AiplModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let reasons = reason_lines(model, area);
    let foot = reasons.len() as u16;
    let main = draw::rows(area, 0, area.height - foot);
    let below = draw::rows(area, main.height, foot);
    draw::put_lines(buf, draw::inset(below, 2, 0), &reasons, theme.muted);
    match main.width {
        0..=89 => stacked(model, theme, main, buf),
        90..=149 => funnel_on_top(model, theme, main, buf),
        _ => trend_below(model, theme, main, buf),
    }
}

/// Funnel, matrix, trend below each other; what does not fit whole is left out.
fn stacked(model: &AiplModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let matrix = flow_height(&model.flow);
    let least = model.flow.states.len() as u16 + 3;
    let (high, rest) = match area.height {
        h if h >= FUNNEL + matrix => (FUNNEL, matrix),
        h if h >= LOW_FUNNEL + least => (LOW_FUNNEL, h - LOW_FUNNEL),
        h => (h.min(FUNNEL), 0),
    };
    let (upper, lower) = split(area, high);
    funnel(&model.funnel, theme, upper, buf);
    let middle = draw::rows(lower, 0, rest);
    if rest > 0 {
        flow(&model.flow, theme, middle, buf);
    }
    trend(model, theme, draw::rows(lower, rest, lower.height), buf);
}

/// The funnel over the whole width; matrix and trend side by side.
fn funnel_on_top(model: &AiplModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let least = model.flow.states.len() as u16 + 3;
    let high = if area.height >= FUNNEL + least {
        FUNNEL
    } else {
        LOW_FUNNEL
    };
    if area.height < high + least {
        let (upper, lower) = split(area, high.min(area.height));
        funnel(&model.funnel, theme, upper, buf);
        trend(model, theme, lower, buf);
        return;
    }
    let (upper, lower) = split(area, high);
    funnel(&model.funnel, theme, upper, buf);
    let left = lower.width * 11 / 20;
    flow(&model.flow, theme, draw::columns(lower, 0, left), buf);
    trend(model, theme, draw::columns(lower, left, lower.width), buf);
}

/// Funnel and matrix side by side; the trend over the whole width.
fn trend_below(model: &AiplModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let matrix = flow_height(&model.flow);
    let tall = matrix + model.flow.states.len() as u16;
    let wanted = if area.height >= tall + 18 {
        tall
    } else {
        matrix
    };
    let (upper, lower) = split(area, wanted.max(FUNNEL).min(area.height));
    let left = (upper.width / 2).max(upper.width.saturating_sub(110));
    funnel(&model.funnel, theme, draw::columns(upper, 0, left), buf);
    flow(
        &model.flow,
        theme,
        draw::columns(upper, left, upper.width),
        buf,
    );
    trend(model, theme, lower, buf);
}

/// The upper `height` rows and the rest; a rest that is too low for a chart joins the upper part.
fn split(area: Rect, height: u16) -> (Rect, Rect) {
    let rest = area.height.saturating_sub(height);
    let height = if rest < 4 { area.height } else { height };
    (
        draw::rows(area, 0, height),
        draw::rows(area, height, area.height),
    )
}

fn reason_lines(model: &AiplModel, area: Rect) -> Vec<String> {
    if area.height < 16 {
        return Vec::new();
    }
    let columns = usize::from(area.width.saturating_sub(4));
    let reasons = model.reasons.iter();
    let lines = reasons.flat_map(|r| wrap(&format!("— {r}"), columns));
    first_lines(lines.collect(), 3, columns)
}

fn trend(model: &AiplModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if area.height >= 4 {
        chart::render(&model.trend, theme, area, buf);
    }
}

// -- funnel -----------------------------------------------------------------------------------

/// Columns of the funnel, left to right.
struct Columns {
    name: u16,
    bar: u16,
    people: u16,
    share: u16,
    change: u16,
    before: u16,
    ghost: u16,
}

impl Columns {
    /// Columns for this width: the comparison goes first, then the share, then the bar. The baseline
    /// of a what-if stays to the last.
    fn of(funnel: &Funnel, room: u16) -> Self {
        let all = || funnel.layers.iter().chain(&funnel.apart);
        let longest = |f: &dyn Fn(&Layer) -> usize| all().map(f).max().unwrap_or(0) as u16;
        let name = longest(&|l| width(&l.name) + 2).min(room);
        let people = longest(&|l| width(&l.people.exact())).max(7);
        let changes = all()
            .map(|l| &l.change)
            .chain(funnel.steps.iter().map(|s| &s.change));
        let change = changes.map(|c| width(&c.number.exact())).max();
        let change = change.unwrap_or(0) as u16 + 4;
        let before = longest(&|l| width(&l.against.exact())).max(8);
        let ghosts = || all().filter_map(|l| l.ghost.as_ref());
        let ghost = ghosts().map(|g| {
            let words = width(&g.label) + width(&g.baseline.exact()) + 1;
            words + width(&g.moved.number.exact()) + 5
        });
        let ghost = ghost.max().unwrap_or(0) as u16;
        let mut columns = Self {
            name,
            bar: 0,
            people,
            share: 7,
            change,
            before,
            ghost,
        };
        let fixed = |c: &Self| c.name + 1 + c.people + c.share + c.change + c.before + c.ghost + 4;
        let bar = if ghost > 0 { 16 } else { 8 };
        if fixed(&columns) + bar > room {
            columns.before = 0;
        }
        if fixed(&columns) + 6 > room {
            columns.share = 0;
        }
        if fixed(&columns) + 4 > room {
            columns.change = 0;
        }
        if fixed(&columns) > room {
            let rest = room.saturating_sub(fixed(&columns) - columns.ghost);
            columns.ghost = if rest < 16 { 0 } else { rest };
        }
        columns.bar = room.saturating_sub(fixed(&columns));
        columns.people = columns.people.min(room.saturating_sub(name + 1));
        columns
    }
}

fn funnel(model: &Funnel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let caption = draw::Caption {
        title: &model.title,
        side: &model.side,
        accent: None,
    };
    let inner = draw::panel(buf, area, caption, theme);
    let columns = Columns::of(model, inner.width);
    let mut y = 0;
    let thick = u16::from(inner.height >= FUNNEL + 2);
    for (i, layer) in model.layers.iter().enumerate() {
        put_layer(layer, &columns, theme, draw::rows(inner, y, 1 + thick), buf);
        y += 1 + thick;
        if let Some(step) = model.steps.get(i).filter(|_| inner.height >= 7) {
            put_step(step, &columns, theme, draw::row(inner, y), buf);
            y += 1;
        }
    }
    if inner.height < y + 1 + model.apart.len() as u16 {
        return;
    }
    draw::rule(buf, draw::row(inner, y), theme.line);
    for layer in &model.apart {
        y += 1;
        put_layer(layer, &columns, theme, draw::row(inner, y), buf);
    }
}

fn put_layer(layer: &Layer, c: &Columns, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let tint = accent(layer.accent, theme);
    let letter = layer.letter.to_string();
    let name = draw::columns(area, 0, c.name);
    draw::put_spans(
        buf,
        name,
        &[
            (&letter, tint),
            (" ", theme.text),
            (&layer.name, theme.text),
        ],
    );
    let mut x = c.name + 1;
    let bar = draw::columns(area, x, c.bar);
    for y in 0..area.height {
        put_bar(layer, theme, draw::row(bar, y), buf);
    }
    x += c.bar + 2;
    let people = draw::columns(area, x, c.people);
    draw::put_number(buf, people, &layer.people, theme.strong);
    x += c.people;
    draw::put_right(
        buf,
        draw::columns(area, x, c.share),
        &layer.share,
        theme.muted,
    );
    x += c.share;
    put_change(&layer.change, theme, draw::columns(area, x, c.change), buf);
    x += c.change + 2;
    let before = draw::columns(area, x, c.before);
    draw::put_number(buf, before, &layer.against, theme.muted);
    x += c.before + 2;
    if let Some(ghost) = &layer.ghost {
        let place = draw::columns(area, x, c.ghost.saturating_sub(2));
        draw::put_ghost_right(buf, place, ghost, theme);
    }
}

/// The bar of a layer with a tick where it ended at the comparison, and the ghost of the baseline.
fn put_bar(layer: &Layer, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let (Some(length), false) = (layer.length, area.is_empty()) else {
        return;
    };
    let tint = accent(layer.accent, theme);
    let before = layer.length_before;
    draw::bullet(buf, area, Some(length), None, tint, theme);
    draw::ghost_bar(buf, area, layer.length, layer.length_ghost, tint, theme);
    draw::target_tick(buf, area, [Some(length), before], tint, theme);
}

fn put_change(change: &Change, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if area.width < 4 {
        return;
    }
    let style = mood(change.mood, theme);
    let digits = draw::columns(area, 0, area.width - 2);
    draw::put_number(buf, digits, &change.number, style);
    draw::put_right(buf, area, change.number.arrow(), style);
}

/// A step between two layers: the rate, its change in points, the rate at the comparison.
fn put_step(step: &Step, c: &Columns, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let line = draw::columns(area, c.name + 1, area.width);
    let room = c.bar.max(14);
    let name = draw::columns(line, 0, room);
    draw::put_spans(buf, name, &[("↓ ", theme.line), (&step.name, theme.muted)]);
    let mut x = c.name + 1 + c.bar + 2;
    let rate = draw::columns(area, x, c.people);
    draw::put_number(buf, rate, &step.rate, theme.accent);
    x += c.people + c.share;
    put_change(&step.change, theme, draw::columns(area, x, c.change), buf);
    x += c.change + 2;
    let before = draw::columns(area, x, c.before);
    draw::put_number(buf, before, &step.against, theme.muted);
}

// -- flow -------------------------------------------------------------------------------------

/// Rows that the matrix needs with its frame, header and terms.
fn flow_height(model: &FlowTable) -> u16 {
    model.states.len() as u16 + 1 + 3 + 2
}

fn flow(model: &FlowTable, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if area.height < 4 {
        return;
    }
    let caption = draw::Caption {
        title: &model.title,
        side: &model.side,
        accent: None,
    };
    let inner = draw::panel(buf, area, caption, theme);
    let rows = model.states.len() as u16 + 1;
    let terms = u16::from(!model.terms.is_empty()) * inner.height.saturating_sub(rows).min(3);
    let strip = draw::rows(inner, inner.height - terms, terms);
    let space = draw::rows(inner, 0, inner.height - terms);
    matrix(model, theme, space, buf);
    put_terms(&model.terms, theme, strip, buf);
}

/// Where the cells of the matrix are.
struct Grid {
    area: Rect,
    label: u16,
    cell: u16,
    rows: u16,
}

impl Grid {
    /// Cells of one size for so many states; `None` where they do not fit.
    fn of(model: &FlowTable, area: Rect) -> Option<Self> {
        let count = model.states.len() as u16;
        let names = model.states.iter().map(|(_, n)| width(n) + 2);
        let label = names.chain([width(&model.corner)]).max()? as u16;
        let label = label.min(area.width / 4);
        let cell = area.width.saturating_sub(label + 1).checked_div(count)?;
        let rows = area.height.saturating_sub(1).checked_div(count)?;
        (cell >= 4 && rows >= 1).then_some(Self {
            area,
            label,
            cell: cell.min(16),
            rows: rows.min(2),
        })
    }

    /// The rows of a state.
    fn line(&self, y: u16) -> Rect {
        draw::rows(self.area, 1 + y * self.rows, self.rows)
    }

    /// The columns of a state, in some rows.
    fn column(&self, line: Rect, x: u16) -> Rect {
        draw::columns(line, self.label + 1 + x * self.cell, self.cell)
    }
}

fn matrix(model: &FlowTable, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let Some(grid) = Grid::of(model, area) else {
        return;
    };
    matrix_names(model, &grid, theme, buf);
    let all: Vec<Number> = model.cells.iter().flatten().map(|c| c.people).collect();
    let form = number::Column::new(&all, usize::from(grid.cell - 1));
    for (y, row) in (0..).zip(&model.cells) {
        for (x, c) in (0..).zip(row) {
            let place = grid.column(grid.line(y), x);
            put_cell(c, &form.text(&c.people), theme, place, buf);
        }
    }
}

fn matrix_names(model: &FlowTable, grid: &Grid, theme: &Theme, buf: &mut Buffer) {
    let top = draw::row(grid.area, 0);
    let corner = draw::columns(top, 0, grid.label);
    draw::put(buf, corner, &model.corner, theme.muted);
    let room = usize::from(grid.cell);
    let named = model.states.iter().all(|(_, n)| width(n) + 2 < room);
    for (i, (letter, name)) in (0..).zip(&model.states) {
        let tint = state_style(*letter, theme);
        let title = if named {
            format!("{letter} {name}")
        } else {
            letter.to_string()
        };
        let head = grid.column(top, i);
        let head = draw::columns(head, 0, head.width.saturating_sub(1));
        draw::put_right(buf, head, &title, tint);
        let start = draw::columns(grid.line(i), 0, grid.label);
        let mark = format!("{letter} ");
        draw::put_spans(buf, start, &[(&mark, tint), (name, theme.text)]);
    }
}

fn state_style(letter: char, theme: &Theme) -> ratatui::style::Style {
    "AIPL".find(letter).map_or(theme.muted, |i| theme.layer(i))
}

/// One cell: people on a ground that is warmer the larger the share of the row.
fn put_cell(c: &FlowCell, text: &str, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let Some(heat) = c.heat.filter(|_| c.way != Way::Outside) else {
        draw::put_right(
            buf,
            draw::columns(area, 0, area.width.saturating_sub(1)),
            text,
            theme.muted,
        );
        return;
    };
    // Most of a row stays where it is; the root keeps the small flows apart from none.
    let share = heat.max(0.0).sqrt();
    let part = c.share.fit(usize::from(area.width.saturating_sub(1)));
    for (y, words) in (0..area.height).zip([text, &part]) {
        draw::heat(buf, draw::row(area, y), words, share, theme);
    }
}

/// New, deepened, unchanged, shallower, lost: names above numbers, or in one line each.
fn put_terms(terms: &[Term], theme: &Theme, area: Rect, buf: &mut Buffer) {
    let count = terms.len() as u16;
    if area.is_empty() || count == 0 {
        return;
    }
    let area = if area.height > 2 {
        draw::rule(buf, area, theme.line);
        draw::rows(area, 1, 2)
    } else {
        area
    };
    for (term, place) in terms.iter().zip(term_places(terms, area)) {
        let tint = way_style(term.way, theme);
        let glyph = format!("{} ", term.way.glyph());
        let people = term.people.fit(usize::from(place.width.saturating_sub(2)));
        if place.height < 2 {
            draw::put_spans(buf, place, &[(&glyph, tint), (&people, theme.strong)]);
        } else {
            draw::put_spans(buf, place, &[(&glyph, tint), (&term.name, theme.muted)]);
            let line = draw::columns(draw::row(place, 1), 2, place.width);
            draw::put(
                buf,
                line,
                &term.people.fit(usize::from(line.width)),
                theme.strong,
            );
        }
    }
}

/// Columns of one width where every name fits, else columns as wide as their names.
fn term_places(terms: &[Term], area: Rect) -> Vec<Rect> {
    let count = terms.len() as u16;
    let need = |t: &Term| width(&t.name).max(width(&t.people.exact())) as u16 + 2;
    let widest = terms.iter().map(need).max().unwrap_or(0);
    let own: u16 = terms.iter().map(|t| need(t) + 1).sum();
    if widest * count + count <= area.width || own > area.width + 1 {
        return draw::side_by_side(area, count, 1);
    }
    let gap = 1 + (area.width + 1 - own) / count.max(1);
    let mut x = 0;
    let place = |t: &Term| {
        let place = draw::columns(area, x, need(t));
        x += need(t) + gap;
        place
    };
    terms.iter().map(place).collect()
}

fn way_style(way: Way, theme: &Theme) -> ratatui::style::Style {
    match way {
        Way::New | Way::Deeper => theme.good,
        Way::Shallower | Way::Lost => theme.bad,
        Way::Same | Way::Outside => theme.muted,
    }
}
