//! Draws the brands pane: the table, and the brand under the cursor in four charts where the table
//! leaves room.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::Theme;
use super::{chart, draw, table};
use crate::view::brands::{BrandsModel, Preview, WhatIf};
use crate::view::ghost::Ghost;
use crate::view::number::Number;
use crate::view::text::{first_lines, width, wrap};

/// Rows that the preview needs.
const PREVIEW: u16 = 7;
/// Rows that a chart with its title needs.
const CHART: u16 = 5;

/// Where the panel of the table is, and the table in it.
fn places(model: &BrandsModel, area: Rect) -> [Rect; 2] {
    let foot = reason_lines(model, area).len() as u16 + what_if_rows(model, area);
    let wanted = table::height(&model.table).max(4).saturating_add(2 + foot);
    let rest = area.height.saturating_sub(wanted);
    let charts = model.preview.as_ref().is_some_and(|p| !p.charts.is_empty());
    let below = if charts && rest >= PREVIEW && area.width >= 60 {
        rest
    } else {
        0
    };
    let upper = draw::rows(area, 0, area.height - below);
    let inner = draw::framed(upper);
    let body = draw::rows(inner, 0, inner.height.saturating_sub(foot));
    [upper, body]
}

/// Where the table is; empty where there is none.
pub fn table_place(model: &BrandsModel, area: Rect) -> Rect {
    match model.table.len {
        0 => Rect::default(),
        _ => places(model, area)[1],
    }
}

/// Draws the pane.
pub fn render(model: &BrandsModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let caption = draw::Caption {
        title: &model.title,
        side: &model.side,
        accent: None,
    };
    let reasons = reason_lines(model, area);
    let changed = what_if_rows(model, area);
    let [upper, body] = places(model, area);
    let below = area.height - upper.height;
    let inner = draw::panel(buf, upper, caption, theme);
    if model.table.len == 0 {
        draw::put_center(
            buf,
            draw::row(inner, inner.height / 2),
            &model.empty,
            theme.muted,
        );
    } else {
        let rows = body.height;
        let left_out = table::render(&model.table, theme, body, buf);
        table::tell_left_out(&model.table, left_out, theme, upper, buf);
        if let Some(changes) = &model.what_if {
            what_if(changes, theme, draw::rows(inner, rows, changed), buf);
        }
        let foot = draw::rows(inner, rows + changed, reasons.len() as u16);
        draw::put_lines(buf, foot, &reasons, theme.muted);
    }
    if let (Some(preview), true) = (&model.preview, below > 0) {
        charts(
            preview,
            theme,
            draw::rows(area, area.height - below, below),
            buf,
        );
    }
}

/// Rows for what a what-if changes.
fn what_if_rows(model: &BrandsModel, area: Rect) -> u16 {
    let Some(changes) = &model.what_if else {
        return 0;
    };
    let room = area.width.saturating_sub(4);
    let need: usize = changes.figures.iter().map(what_if_width).sum();
    let one = width(&changes.title) + 2 + need <= usize::from(room);
    match area.height {
        0..=6 => 0,
        _ if one => 1,
        7..=9 => 1,
        _ => 2,
    }
}

/// Columns that one changed figure needs.
fn what_if_width((name, value, ghost): &(String, Number, Ghost)) -> usize {
    let baseline = width(&ghost.label) + width(&ghost.baseline.exact());
    let moved = width(&ghost.moved.number.exact()) + 2;
    width(name) + width(&value.exact()) + baseline + moved + 7
}

/// The brand, then figure after figure, each with its baseline, as many as fit whole.
fn what_if(changes: &WhatIf, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let mut x = draw::put(buf, area, &changes.title, theme.accent) + 2;
    let mut y = 0;
    for figure in &changes.figures {
        let (name, value, ghost) = figure;
        if usize::from(x) + what_if_width(figure) > usize::from(area.width) + 3 {
            (x, y) = (2, y + 1);
        }
        let line = draw::columns(draw::row(area, y), x, area.width);
        let name = format!("{name} ");
        let value = format!("{} ", value.exact());
        if width(&name) + width(&value) >= usize::from(line.width) {
            return;
        }
        let spans = [(name.as_str(), theme.muted), (&value, theme.strong)];
        let used = draw::put_spans(buf, line, &spans);
        let rest = draw::columns(line, used, line.width);
        x += used + draw::put_ghost(buf, rest, ghost, theme) + 3;
    }
}

/// Why figures of the brand under the cursor are missing, in at most two lines.
fn reason_lines(model: &BrandsModel, area: Rect) -> Vec<String> {
    if area.height < 10 {
        return Vec::new();
    }
    let columns = usize::from(area.width.saturating_sub(4));
    let lines = model
        .reason
        .iter()
        .flat_map(|r| wrap(&format!("— {r}"), columns));
    first_lines(lines.collect(), 2, columns)
}

/// Four charts in one row or two by two; two charts where only one row of them fits.
fn charts(preview: &Preview, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let caption = draw::Caption {
        title: &preview.title,
        side: "",
        accent: Some(theme.accent),
    };
    let inner = draw::panel(buf, area, caption, theme);
    let count = preview.charts.len().clamp(1, 8) as u16;
    let wide = inner.width >= 30 * count;
    let tall = inner.height > 2 * CHART;
    let (rows, per_row) = match (wide, tall) {
        (true, _) if inner.height < 3 * CHART => (1, count),
        (_, true) => (2, count.div_ceil(2)),
        (true, false) => (1, count),
        (false, false) => (1, count.min(2)),
    };
    let mut cells = draw::stack(inner, rows, 1)
        .into_iter()
        .flat_map(|line| draw::side_by_side(line, per_row, 3));
    for one in &preview.charts {
        let Some(cell) = cells.next() else { return };
        titled(one, theme, cell, buf);
    }
}

/// A chart under its title, without a frame.
fn titled(one: &crate::view::table::Chart, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let used = draw::put(buf, area, &one.title, theme.strong);
    let side = draw::columns(area, used + 2, area.width);
    // The words behind the value give way before they would be cut.
    let value = one.side.split(" · ").next().unwrap_or_default();
    let fits = |text: &&str| width(text) <= usize::from(side.width);
    let text = [one.side.as_str(), value].into_iter().find(fits);
    draw::put_right(
        buf,
        draw::row(side, 0),
        text.unwrap_or_default(),
        theme.muted,
    );
    chart::body(one, theme, draw::rows(area, 1, area.height), buf);
}
