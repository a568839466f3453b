//! Draws the GMV workbench: target tree and Double 11 beside each other, or the one with the cursor.
//!
//! Tables keep whole columns; pairs of a label and a number are there whole or not at all.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw;
use super::table::{self, mood};
use super::theme::Theme;
use crate::view::gmv::{Double11Model, GmvModel, Half, Meter, TreeModel};
use crate::view::table::Table;
use crate::view::text::{width, wrap};

/// Columns from which both halves stand side by side.
const WIDE: u16 = 176;
/// Rows from which both halves stand one below the other.
const HIGH: u16 = 50;
/// Columns from which the targets of all crowds stand beside the tree.
const BESIDE: u16 = 150;
/// Rows of the tree that are never given away.
const LEAST: u16 = 8;

/// Draws the pane.
pub fn render(model: &GmvModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    match (&model.tree, &model.double11) {
        (Some(tree), Some(double11)) if area.width >= WIDE => {
            let left = area.width * 9 / 20;
            let [a, b] = [
                draw::columns(area, 0, left),
                draw::columns(area, left, area.width),
            ];
            halves(model.half, (tree, a), (double11, b), theme, buf);
        }
        (Some(tree), Some(double11)) if area.height >= HIGH => {
            let upper = area.height / 2;
            let [a, b] = [
                draw::rows(area, 0, upper),
                draw::rows(area, upper, area.height),
            ];
            halves(model.half, (tree, a), (double11, b), theme, buf);
        }
        (Some(tree), Some(_)) if model.half == Half::Tree => put_tree(tree, true, theme, area, buf),
        (Some(_) | None, Some(double11)) => put_double11(double11, true, theme, area, buf),
        (Some(tree), None) => put_tree(tree, true, theme, area, buf),
        (None, None) => {
            let inner = draw::panel(buf, area, caption(&model.title, "", None), theme);
            let middle = draw::row(inner, inner.height / 2);
            draw::put_center(buf, middle, &model.empty, theme.muted);
        }
    }
}

fn halves(
    half: Half,
    (tree, a): (&TreeModel, Rect),
    (double11, b): (&Double11Model, Rect),
    theme: &Theme,
    buf: &mut Buffer,
) {
    put_tree(tree, half == Half::Tree, theme, a, buf);
    put_double11(double11, half == Half::Double11, theme, b, buf);
}

fn caption<'a>(title: &'a str, side: &'a str, accent: Option<Style>) -> draw::Caption<'a> {
    draw::Caption {
        title,
        side,
        accent,
    }
}

// -- target tree ------------------------------------------------------------------------------

fn put_tree(model: &TreeModel, focused: bool, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let accent = focused.then_some(theme.accent);
    let inner = draw::panel(buf, area, caption(&model.title, &model.side, accent), theme);
    let foot = tree_words(model, inner, theme, buf);
    let main = draw::rows(inner, 0, inner.height - foot);
    if main.width >= BESIDE {
        let left = main.width * 11 / 20;
        table::render(&model.table, theme, draw::columns(main, 0, left), buf);
        let right = draw::columns(main, left + 3, main.width);
        table::render(&matrix(model), theme, right, buf);
        return;
    }
    let tree = table::height(&model.table);
    let below = sums_below(model, tree, main.height);
    let high = main.height - below.map_or(0, |t| table::height(&t) + 1);
    match sums_below(model, tree, main.height) {
        Some(sums) => {
            table::render(&model.table, theme, draw::rows(main, 0, high), buf);
            let y = high.min(tree) + 1;
            table::render(&sums, theme, draw::rows(main, y, main.height), buf);
        }
        None => {
            let line = u16::from(main.height >= 4);
            let rows = main.height - line;
            table::render(&model.table, theme, draw::rows(main, 0, rows), buf);
            residuals(model, theme, draw::rows(main, rows, line), buf);
        }
    }
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

/// Lines at the bottom of an area, below a rule; never more than a third of it. Gives the rows used.
fn put_foot(lines: &[(String, Style)], area: Rect, theme: &Theme, buf: &mut Buffer) -> u16 {
    let shown = (lines.len() as u16).min((area.height / 3).saturating_sub(1));
    if shown == 0 {
        return 0;
    }
    let foot = draw::rows(area, area.height - shown - 1, shown + 1);
    draw::rule(buf, foot, theme.line);
    for (y, (text, style)) in (1..=shown).zip(lines) {
        draw::put(buf, draw::row(foot, y), text, *style);
    }
    shown + 1
}

// -- Double 11 --------------------------------------------------------------------------------

fn put_double11(model: &Double11Model, focused: bool, theme: &Theme, area: Rect, buf: &mut Buffer) {
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
    let below = if body.height > waves + layers.min(LEAST + 2) {
        waves
    } else {
        0
    };
    let high = body.height.saturating_sub(below + 1).min(layers);
    if below == 0 {
        table::render(&model.table, theme, body, buf);
        return;
    }
    table::render(&model.table, theme, draw::rows(body, 0, high), buf);
    table::render(&model.waves, theme, draw::rows(body, high + 1, below), buf);
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
