//! Draws the crowds pane: the table with the reasons for what is missing, and the card of a crowd.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::Theme;
use super::{chart, draw, table};
use crate::view::crowds::{Card, CardFigure, CrowdsModel};
use crate::view::table::{Cell, Column, Kind, Row, Table};
use crate::view::text::{first_lines, width, wrap};

/// Rows that a card needs beside the table.
const CARD: u16 = 9;

/// Where the panel of the table is, and the table in it.
fn places(model: &CrowdsModel, area: Rect) -> [Rect; 2] {
    let reasons = reason_lines(model, area.width.saturating_sub(4));
    let lines = (reasons.len() as u16).min(area.height / 5);
    let wanted = table::height(&model.table).saturating_add(2 + lines).max(5);
    let rest = area.height.saturating_sub(wanted);
    let below = if rest >= CARD && area.width >= 60 && model.card.is_some() {
        rest
    } else {
        0
    };
    let upper = draw::rows(area, 0, area.height - below);
    let inner = draw::framed(upper);
    let body = draw::rows(inner, 0, inner.height.saturating_sub(lines));
    [upper, body]
}

/// Where the table is; empty where there is none, or a card stands over it.
pub fn table_place(model: &CrowdsModel, area: Rect) -> Rect {
    if model.table.len == 0 || model.open && model.card.is_some() {
        Rect::default()
    } else {
        places(model, area)[1]
    }
}

/// Draws the pane.
pub fn render(model: &CrowdsModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if let (true, Some(card)) = (model.open, &model.card) {
        open_card(card, theme, area, buf);
        return;
    }
    let reasons = reason_lines(model, area.width.saturating_sub(4));
    let [upper, body] = places(model, area);
    let below = area.height - upper.height;
    let caption = draw::Caption {
        title: &model.title,
        side: &model.side,
        accent: None,
    };
    let inner = draw::panel(buf, upper, caption, theme);
    if model.table.len == 0 {
        let middle = draw::row(inner, inner.height / 2);
        draw::put_center(buf, middle, &model.empty, theme.muted);
    } else {
        let left_out = table::render(&model.table, theme, body, buf);
        table::tell_left_out(&model.table, left_out, theme, upper, buf);
        let foot = draw::rows(inner, body.height, inner.height);
        draw::put_lines(buf, foot, &reasons, theme.muted);
    }
    if let (Some(card), true) = (&model.card, below > 0) {
        open_card(
            card,
            theme,
            draw::rows(area, area.height - below, below),
            buf,
        );
    }
}

fn reason_lines(model: &CrowdsModel, columns: u16) -> Vec<String> {
    let columns = usize::from(columns);
    let reasons = model.reasons.iter();
    let lines = reasons.flat_map(|r| wrap(&format!("— {r}"), columns));
    first_lines(lines.collect(), 8, columns)
}

/// A card: what the crowd is, its figures, its trend; side by side where there is room.
fn open_card(card: &Card, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let caption = draw::Caption {
        title: &card.title,
        side: "",
        accent: Some(theme.accent),
    };
    let inner = draw::panel(buf, area, caption, theme);
    if inner.width >= 110 {
        let left = (inner.width * 13 / 20).min(108);
        let left_area = draw::columns(inner, 0, left);
        let used = facts_and_figures(card, theme, left_area, buf);
        let below = draw::rows(left_area, used + 1, inner.height);
        small_trends(card, theme, below, buf);
        let right = draw::columns(inner, left + 3, inner.width);
        trend(card, theme, right, buf);
        return;
    }
    let used = facts_and_figures(card, theme, inner, buf);
    let below = draw::rows(inner, used + 1, inner.height);
    trend(card, theme, below, buf);
}

/// Facts above figures; gives the rows used.
fn facts_and_figures(card: &Card, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let figures = figure_table(card);
    let need = table::height(&figures);
    let spare = area.height.saturating_sub(need);
    let mut y = facts(card, theme, draw::rows(area, 0, spare.max(1)), buf);
    if y > 0 && spare > y {
        y += 1;
    }
    let rest = draw::rows(area, y, area.height);
    table::render(&figures, theme, rest, buf);
    y += need.min(rest.height);
    let columns = usize::from(area.width);
    let reason = card.reason.iter();
    let lines = reason.flat_map(|r| wrap(&format!("— {r}"), columns));
    let reasons = first_lines(lines.collect(), 4, columns);
    let room = draw::rows(area, y, reasons.len() as u16);
    draw::put_lines(buf, room, &reasons, theme.muted);
    y + room.height
}

/// `label text` pairs in as few rows as possible; gives the rows used.
fn facts(card: &Card, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let (mut x, mut y) = (0u16, 0u16);
    for (label, text) in &card.facts {
        let need = (width(label) + 1 + width(text)).min(usize::from(area.width)) as u16;
        if x > 0 && x + need > area.width {
            x = 0;
            y += 1;
        }
        if y >= area.height {
            return area.height;
        }
        let line = draw::columns(draw::row(area, y), x, area.width);
        let label = format!("{label} ");
        x += draw::put_spans(buf, line, &[(&label, theme.muted), (text, theme.text)]) + 3;
    }
    if card.facts.is_empty() { 0 } else { y + 1 }
}

fn figure_table(card: &Card) -> Table {
    let title = |i: usize| card.headers[i].as_str();
    let column = |i, kind, rank, width| Column {
        kind,
        ..Column::text(title(i), rank, width)
    };
    let rows: Vec<Row> = card.figures.iter().map(figure_row).collect();
    let mut table = Table {
        columns: vec![
            column(0, Kind::Text, 0, (8, 18)),
            column(1, Kind::Mixed, 0, (7, 16)),
            column(6, Kind::Mixed, 1, (7, 16)),
            column(7, Kind::Mixed, 1, (8, 12)),
            column(2, Kind::Mixed, 2, (8, 12)),
            column(3, Kind::Mixed, 1, (7, 16)),
            column(4, Kind::Mixed, 1, (8, 16)),
            column(5, Kind::Graph, 3, (13, 20)),
        ],
        len: rows.len(),
        rows,
        ..Table::default()
    };
    if card.figures.iter().all(|f| f.baseline.is_none()) {
        without_baseline(&mut table);
    }
    table
}

/// Place of the column of values without the what-if.
const BASELINE: usize = 2;

/// Where no what-if changes a figure, the columns of baselines and differences would be empty.
fn without_baseline(table: &mut Table) {
    table.columns.drain(BASELINE..BASELINE + 2);
    for row in &mut table.rows {
        row.cells.drain(BASELINE..BASELINE + 2);
    }
}

fn figure_row(f: &CardFigure) -> Row {
    let blank = || Cell::Text(String::new());
    Row {
        cells: vec![
            Cell::Text(f.name.clone()),
            Cell::Number(f.now),
            f.baseline.map_or_else(blank, Cell::Number),
            f.moved.map_or_else(blank, Cell::Change),
            Cell::Change(f.change),
            f.target.map_or_else(blank, Cell::Number),
            f.gap.map_or_else(blank, Cell::Change),
            f.completion.clone().unwrap_or_else(blank),
        ],
        focused: false,
    }
}

/// Rows of a small trend: its name and value, the line, and a gap.
const SMALL: u16 = 5;

/// Small trends in a grid, as many whole lines of them as there is room for.
fn small_trends(card: &Card, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let charts = &card.others;
    let body = draw::rows(area, 2, area.height);
    let per_row = (area.width / 24).clamp(1, 4);
    let lines = (charts.len() as u16).div_ceil(per_row);
    let shown = lines.min(body.height / SMALL);
    if charts.len() < 2 || shown == 0 {
        return;
    }
    draw::put(buf, area, &card.others_title, theme.strong);
    let high = (body.height / shown).min(12);
    let cells = (0..shown).flat_map(|y| {
        let line = draw::rows(body, y * high, high - 1);
        draw::side_by_side(line, per_row, 3)
    });
    for (one, cell) in charts.iter().zip(cells) {
        chart::small(one, theme, cell, buf);
    }
}

fn trend(card: &Card, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if area.height < 3 {
        return;
    }
    let used = draw::put(buf, area, &card.trend.title, theme.strong);
    let side = draw::columns(area, used + 2, area.width);
    draw::put_right(buf, draw::row(side, 0), &card.trend.side, theme.benchmark);
    chart::body(&card.trend, theme, draw::rows(area, 1, area.height), buf);
}
