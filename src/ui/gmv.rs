//! Draws the GMV workbench: target tree and Double 11 beside each other, or the one with the cursor.
//!
//! Tables keep whole columns; pairs of a label and a number are there whole or not at all.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw;
use super::table::{self, mood};
use super::theme::Theme;
use crate::view::gmv::{Bar, Bars, Double11Model, GmvModel, Half, Meter, TreeModel};
use crate::view::table::Table;
use crate::view::text::{first_lines, width, wrap};

/// Columns from which both halves stand side by side.
const WIDE: u16 = 176;
/// Rows from which both halves stand one below the other.
const HIGH: u16 = 50;
/// Columns from which the targets of all crowds stand beside the tree.
const BESIDE: u16 = 150;
/// Rows of the tree that are never given away.
const LEAST: u16 = 8;

/// Draws the pane; tells where the table with the cursor is.
pub fn render(model: &GmvModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
    match (&model.tree, &model.double11) {
        (Some(tree), Some(double11)) if area.width >= WIDE => {
            let left = area.width * 9 / 20;
            let [a, b] = [
                draw::columns(area, 0, left),
                draw::columns(area, left, area.width),
            ];
            halves(model.half, (tree, a), (double11, b), theme, buf)
        }
        (Some(tree), Some(double11)) if area.height >= HIGH => {
            let upper = area.height / 2;
            let [a, b] = [
                draw::rows(area, 0, upper),
                draw::rows(area, upper, area.height),
            ];
            halves(model.half, (tree, a), (double11, b), theme, buf)
        }
        (Some(tree), Some(_)) if model.half == Half::Tree => put_tree(tree, true, theme, area, buf),
        (Some(_) | None, Some(double11)) => put_double11(double11, true, theme, area, buf),
        (Some(tree), None) => put_tree(tree, true, theme, area, buf),
        (None, None) => {
            let inner = draw::panel(buf, area, caption(&model.title, "", None), theme);
            let middle = draw::row(inner, inner.height / 2);
            draw::put_center(buf, middle, &model.empty, theme.muted);
            Rect::default()
        }
    }
}

/// The table with the cursor.
pub fn table_of(model: &GmvModel) -> Option<&Table> {
    match (&model.tree, &model.double11) {
        (Some(tree), Some(_)) if model.half == Half::Tree => Some(&tree.table),
        (_, Some(double11)) => Some(&double11.table),
        (Some(tree), None) => Some(&tree.table),
        (None, None) => None,
    }
}

fn halves(
    half: Half,
    (tree, a): (&TreeModel, Rect),
    (double11, b): (&Double11Model, Rect),
    theme: &Theme,
    buf: &mut Buffer,
) -> Rect {
    let tree = put_tree(tree, half == Half::Tree, theme, a, buf);
    let double11 = put_double11(double11, half == Half::Double11, theme, b, buf);
    match half {
        Half::Tree => tree,
        Half::Double11 => double11,
    }
}

fn caption<'a>(title: &'a str, side: &'a str, accent: Option<Style>) -> draw::Caption<'a> {
    draw::Caption {
        title,
        side,
        accent,
    }
}

// -- target tree ------------------------------------------------------------------------------

/// Draws the tree; tells where its table is.
fn put_tree(model: &TreeModel, focused: bool, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
    let accent = focused.then_some(theme.accent);
    let inner = draw::panel(buf, area, caption(&model.title, &model.side, accent), theme);
    let foot = tree_words(model, inner, theme, buf);
    let main = draw::rows(inner, 0, inner.height - foot);
    if main.width >= BESIDE {
        return beside(model, theme, main, buf);
    }
    let tree = table::height(&model.table);
    let Some(sums) = sums_below(model, tree, main.height) else {
        let line = u16::from(main.height >= 3);
        let place = draw::rows(main, 0, main.height - line);
        table::render(&model.table, theme, place, buf);
        residuals(model, theme, draw::rows(main, place.height, line), buf);
        return place;
    };
    let high = (main.height - table::height(&sums) - 1).min(tree);
    let place = draw::rows(main, 0, high);
    table::render(&model.table, theme, place, buf);
    table::render(&sums, theme, draw::rows(main, high + 1, main.height), buf);
    place
}

/// The tree with the targets of all crowds at its right, and bars below where there is room.
fn beside(model: &TreeModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
    let matrix = matrix(model);
    let tall = table::height(&model.table).max(table::height(&matrix));
    let rest = area.height.saturating_sub(tall + 1);
    let bars = bars_height(&model.bars[0], rest);
    let upper = draw::rows(area, 0, if bars > 0 { tall } else { area.height });
    let left = area.width / 2;
    let place = draw::columns(upper, 0, left);
    table::render(&model.table, theme, place, buf);
    let right = draw::columns(upper, left + 1, upper.width);
    table::render(&matrix, theme, right, buf);
    if bars > 0 {
        let lower = draw::rows(area, tall + 1, bars);
        let places = draw::side_by_side(draw::inset(lower, 2, 0), 2, 5);
        for (bars, place) in model.bars.iter().zip(places) {
            put_bars(bars, theme, place, buf);
        }
    }
    place
}

/// The sums as a table below the tree, with all crowds where the tree still fits; `None` where there
/// is room for a line only.
fn sums_below(model: &TreeModel, tree: u16, height: u16) -> Option<Table> {
    let (all, sums) = (matrix(model), &model.sums);
    let fits = |table: &Table, least: u16| height > table::height(table) + least;
    if fits(&all, tree) {
        Some(all)
    } else if fits(sums, tree.min(LEAST)) {
        Some(sums.clone())
    } else {
        None
    }
}

/// The targets of all crowds above their sums.
fn matrix(model: &TreeModel) -> Table {
    let mut table = model.sums.clone();
    table.rows.splice(0..0, model.crowds.iter().cloned());
    table.len = table.rows.len();
    table
}

fn residuals(model: &TreeModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let mut pairs = vec![(model.residual.as_str(), String::new(), theme.text)];
    pairs.extend(model.residuals.iter().map(|(name, change)| {
        let style = mood(change.mood, theme);
        (name.as_str(), change.number.exact(), style)
    }));
    flow(&pairs, theme, area, buf);
}

/// How the cursor's target follows, what contradicts, and what is missing, at the bottom; gives the
/// rows used.
fn tree_words(model: &TreeModel, area: Rect, theme: &Theme, buf: &mut Buffer) -> u16 {
    let columns = usize::from(area.width);
    let mut lines: Vec<(String, Style)> = Vec::new();
    let mut say = |text: &str, style: Style| {
        lines.extend(wrap(text, columns).into_iter().map(|line| (line, style)));
    };
    for text in &model.told {
        say(text, theme.accent);
    }
    for text in &model.findings {
        say(&format!("! {text}"), theme.warn);
    }
    for text in &model.notes {
        say(text, theme.muted);
    }
    put_foot(&lines, area, theme, buf)
}

/// Lines at the bottom of an area, below a rule; never more than two fifths of it. Gives the rows used.
fn put_foot(lines: &[(String, Style)], area: Rect, theme: &Theme, buf: &mut Buffer) -> u16 {
    // On a low screen the sums are worth more than words.
    let most = match area.height {
        0..10 => 0,
        10..14 => area.height / 4,
        height => height * 2 / 5 - 1,
    };
    let shown = (lines.len() as u16).min(most);
    if shown == 0 {
        return 0;
    }
    let foot = draw::rows(area, area.height - shown - 1, shown + 1);
    draw::rule(buf, foot, theme.line);
    let texts = lines.iter().map(|(text, _)| text.clone()).collect();
    let texts = first_lines(texts, usize::from(shown), usize::from(foot.width));
    for (y, (text, (_, style))) in (1..=shown).zip(texts.iter().zip(lines)) {
        draw::put(buf, draw::row(foot, y), text, *style);
    }
    shown + 1
}

// -- Double 11 --------------------------------------------------------------------------------

/// Draws Double 11; tells where the table of its layers is.
fn put_double11(
    model: &Double11Model,
    focused: bool,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Rect {
    let accent = focused.then_some(theme.accent);
    let inner = draw::panel(buf, area, caption(&model.title, &model.side, accent), theme);
    let columns = usize::from(inner.width);
    let notes: Vec<(String, Style)> = model
        .notes
        .iter()
        .flat_map(|note| wrap(note, columns))
        .map(|line| (line, theme.muted))
        .collect();
    let foot = put_foot(&notes, inner, theme, buf);
    let main = draw::rows(inner, 0, inner.height - foot);
    let top = head(model, theme, main, buf);
    let body = draw::rows(main, top, main.height);
    let (layers, waves) = (table::height(&model.table), table::height(&model.waves));
    if body.height <= waves + layers.min(LEAST + 2) {
        table::render(&model.table, theme, body, buf);
        return body;
    }
    let high = (body.height - waves - 1).min(layers);
    let place = draw::rows(body, 0, high);
    table::render(&model.table, theme, place, buf);
    let below = draw::rows(body, high + 1, body.height);
    let used = event(model, theme, below, buf);
    let rest = draw::rows(below, used + 1, below.height);
    let bars = bars_height(&model.bars, rest.height);
    put_bars(
        &model.bars,
        theme,
        draw::inset(draw::rows(rest, 0, bars), 2, 0),
        buf,
    );
    place
}

/// The waves, with the three years at their right where there is room; gives the rows used.
fn event(model: &Double11Model, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let (waves, years) = (table::height(&model.waves), table::height(&model.years));
    if area.width < BESIDE || area.height < years {
        table::render(&model.waves, theme, draw::rows(area, 0, waves), buf);
        return waves.min(area.height);
    }
    let left = area.width * 9 / 20;
    table::render(&model.waves, theme, draw::columns(area, 0, left), buf);
    let right = draw::columns(area, left + 3, area.width);
    table::render(&model.years, theme, draw::rows(right, 0, years), buf);
    waves.max(years)
}

/// Target, completion and pace; gives the rows used.
fn head(model: &Double11Model, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    if area.height < 10 {
        return 0;
    }
    let pairs: Vec<_> = model
        .facts
        .iter()
        .map(|(label, number)| (label.as_str(), number.exact(), theme.strong))
        .collect();
    let mut used = flow(&pairs, theme, draw::rows(area, 0, 3), buf);
    if let Some(m) = model.meter.as_ref().filter(|_| area.height >= 14) {
        meter(m, theme, draw::row(area, used), buf);
        used += 1;
    }
    used + 1
}

fn meter(meter: &Meter, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let label = draw::put(buf, area, &meter.label, theme.muted);
    let bar = draw::columns(area, label + 1, area.width.min(80));
    let style = if meter.share >= meter.due {
        theme.good
    } else {
        theme.accent
    };
    draw::bullet(buf, bar, Some(meter.share), Some(meter.due), style, theme);
}

// -- pairs ------------------------------------------------------------------------------------

/// `label text` pairs in as few rows as possible, each whole; gives the rows used.
fn flow(pairs: &[(&str, String, Style)], theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let (mut x, mut y) = (0u16, 0u16);
    for (label, text, style) in pairs {
        let need = (width(label) + 1 + width(text)) as u16;
        if x > 0 && x + need > area.width {
            x = 0;
            y += 1;
        }
        if y >= area.height || need > area.width {
            break;
        }
        let line = draw::columns(draw::row(area, y), x, area.width);
        let label = format!("{label} ");
        x += draw::put_spans(buf, line, &[(&label, theme.muted), (text, *style)]) + 3;
    }
    if pairs.is_empty() {
        0
    } else {
        (y + 1).min(area.height)
    }
}

// -- bars -------------------------------------------------------------------------------------

/// Rows from one bar to the next, at most.
const STEP: u16 = 3;

/// Rows that bars need, at most `room`; 0 where they do not fit whole or there is nothing to draw.
fn bars_height(bars: &Bars, room: u16) -> u16 {
    let items = bars.items.len() as u16;
    let need = items.saturating_mul(STEP).saturating_add(1);
    if items == 0 || bars.most <= 0.0 || room < items.saturating_add(2) {
        0
    } else {
        need.min(room)
    }
}

/// Bars below each other with a tick at their target; thicker, and with a blank row between them,
/// where there is room.
fn put_bars(bars: &Bars, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let items = bars.items.len() as u16;
    if area.height <= items || area.width < 40 {
        return;
    }
    draw::put(buf, area, &bars.title, theme.muted);
    let step = ((area.height - 1) / items).clamp(1, STEP);
    let (thick, first) = ((step - 1).max(1), 1 + u16::from(step > 1));
    let longest =
        |text: &dyn Fn(&Bar) -> usize| bars.items.iter().map(text).max().unwrap_or(0) as u16;
    let columns = BarColumns {
        name: longest(&|b| width(&b.name)).min(area.width / 3),
        value: longest(&|b| width(&b.value.fit(14))).max(4),
    };
    for (y, bar) in (0..items).zip(&bars.items) {
        let line = draw::rows(area, first + y * step, thick);
        put_bar(bar, bars.most, &columns, theme, line, buf);
    }
}

/// Columns of the names and of the numbers.
struct BarColumns {
    name: u16,
    value: u16,
}

fn put_bar(
    bar: &Bar,
    most: f64,
    columns: &BarColumns,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) {
    const DONE: u16 = 7;
    let name = draw::columns(area, 0, columns.name);
    draw::put(buf, name, &bar.name, theme.text);
    let numbers = columns.value + DONE + 3;
    let track = area.width.saturating_sub(columns.name + numbers + 2);
    let share = |x: Option<f64>| x.map(|x| x / most).filter(|x| x.is_finite());
    let done = bar.done.value.get();
    let style = match done {
        Some(done) if done >= 1.0 => theme.good,
        _ => theme.accent,
    };
    let place = draw::columns(area, columns.name + 2, track);
    let (value, target) = (bar.value.value.get(), bar.target.value.get());
    for y in 0..place.height {
        let row = draw::row(place, y);
        draw::bullet(buf, row, share(value), share(target), style, theme);
    }
    let right = draw::columns(area, area.width - numbers, numbers);
    let value = draw::columns(right, 0, columns.value + 2);
    draw::put_number(buf, value, &bar.value, theme.strong);
    let done = draw::columns(right, columns.value + 3, DONE);
    draw::put_number(buf, done, &bar.done, theme.muted);
}
