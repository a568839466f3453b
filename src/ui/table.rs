//! Draws a table: which columns fit, how wide they are, and the rows around the cursor.
//!
//! Columns are chosen by rank with integer arithmetic; the constraint solver of the terminal library
//! is never asked. A column is whole or it is not there: no number is clipped.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw;
pub use super::draw::mood;
use super::theme::Theme;
use crate::view::number::{self, Number};
use crate::view::table::{Accent, Across, Cell, Change, Column, Kind, Row, Table};
use crate::view::text::width;

/// Columns at the left that show the cursor.
const GUTTER: u16 = 2;
/// Blank columns between two columns of one group, at least.
const GAP: u16 = 2;
/// A bullet bar ends at this multiple of its target.
const BULLET_END: f64 = 1.25;

/// A column that is drawn.
struct Placed<'a> {
    column: &'a Column,
    index: usize,
    x: u16,
    width: u16,
    /// How its numbers are written.
    numbers: Option<number::Column>,
}

/// Rows that a table needs to show everything: headers, rules, rows, total.
pub fn height(table: &Table) -> u16 {
    let rows = table.len.min(usize::from(u16::MAX / 2)) as u16;
    rows + header_rows(table) + if table.total.is_some() { 2 } else { 0 }
}

/// Header, group header where there are groups, and the rule below.
fn header_rows(table: &Table) -> u16 {
    2 + u16::from(table.columns.iter().any(|c| !c.group.is_empty()))
}

/// Columns that found no room beside the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LeftOut {
    /// Scrolled away at the left.
    pub left: usize,
    /// At the right, or given way to more important ones.
    pub right: usize,
}

/// Where the parts of a table are.
struct Layout<'a> {
    /// Rows of headers.
    head: u16,
    /// Rows of the total with its rule.
    tail: u16,
    /// The rows of the list.
    body: Rect,
    /// Everything but the gutter.
    inner: Rect,
    /// The first row shown.
    top: usize,
    shown: &'a [Row],
    placed: Vec<Placed<'a>>,
    left_out: LeftOut,
}

impl<'a> Layout<'a> {
    fn of(table: &'a Table, area: Rect) -> Self {
        let (head, tail) = frame_rows(table, area.height);
        let body = draw::rows(area, head, area.height.saturating_sub(head + tail));
        let top = table.top_for(usize::from(body.height));
        let shown = visible(table, top, usize::from(body.height));
        // The marks of a scrolled table have their own columns: they must not hide a digit.
        let marks = if table.len > shown.len() { 2 } else { 0 };
        let (placed, left_out) = place(table, shown, area.width.saturating_sub(GUTTER + marks));
        Self {
            head,
            tail,
            body,
            inner: draw::columns(area, GUTTER, area.width),
            top,
            shown,
            placed,
            left_out,
        }
    }
}

/// Draws the table into the area; tells which columns found no room.
pub fn render(table: &Table, theme: &Theme, area: Rect, buf: &mut Buffer) -> LeftOut {
    if area.is_empty() {
        return LeftOut::default();
    }
    let layout = Layout::of(table, area);
    let (inner, placed) = (layout.inner, &layout.placed);
    headers(placed, theme, draw::rows(inner, 0, layout.head), buf);
    for (y, row) in (0..layout.body.height).zip(layout.shown) {
        let at = layout.top + usize::from(y);
        let line = draw::row(layout.body, y);
        cursor(row, Some(at) == table.cursor, theme, line, buf);
        cells(placed, row, theme, draw::row(inner, layout.head + y), buf);
    }
    if let (Some(total), true) = (&table.total, layout.tail > 0) {
        let y = layout.head + (layout.shown.len() as u16).min(layout.body.height);
        if layout.tail > 1 {
            draw::rule(buf, draw::row(inner, y), theme.line);
        }
        let line = draw::row(inner, y + layout.tail - 1);
        cells(placed, total, theme, line, buf);
    }
    let window = draw::Window {
        top: layout.top,
        shown: layout.shown.len(),
        total: table.len,
    };
    draw::scroll_marks(buf, layout.body, window, theme.line);
    layout.left_out
}

/// Says in the bottom border of a panel how many columns are not shown, and on which side.
pub fn tell_left_out(
    table: &Table,
    left_out: LeftOut,
    theme: &Theme,
    panel: Rect,
    buf: &mut Buffer,
) {
    let word = table.columns_word;
    let count = |n: usize, text: String| if n > 0 { text } else { String::new() };
    let left = count(left_out.left, format!("‹ {} {word}", left_out.left));
    let right = count(left_out.right, format!("{} {word} ›", left_out.right));
    let dot = if right.is_empty() || table.hidden.is_empty() {
        ""
    } else {
        " · "
    };
    let right = format!("{}{dot}{right}", table.hidden);
    draw::foot(buf, panel, [&left, &right], theme);
}

/// Where the header of every column stands that can be sorted, with its id.
pub fn header_places(table: &Table, area: Rect) -> Vec<(Rect, &str)> {
    let layout = Layout::of(table, area);
    let high = layout.head.min(1 + u16::from(is_grouped(&layout.placed)));
    let head = draw::rows(layout.inner, 0, high);
    let titled = layout
        .placed
        .iter()
        .filter(|p| !p.column.id.is_empty() && high > 0);
    titled
        .map(|p| {
            (
                draw::columns(head, p.x, p.width + GAP),
                p.column.id.as_str(),
            )
        })
        .collect()
}

/// Where the rows stand, with their places in the whole list.
pub fn row_places(table: &Table, area: Rect) -> Vec<(Rect, usize)> {
    let layout = Layout::of(table, area);
    let rows = (0..layout.body.height).zip(layout.shown);
    rows.map(|(y, _)| (draw::row(layout.body, y), layout.top + usize::from(y)))
        .collect()
}

/// Rows for the headers and for the total; a low area gives up rules, then groups, then the total.
fn frame_rows(table: &Table, height: u16) -> (u16, u16) {
    let groups = header_rows(table) - 1;
    let total = u16::from(table.total.is_some());
    if height >= self::height(table) {
        return (groups + 1, total * 2);
    }
    match height {
        0..=1 => (0, 0),
        2..=3 => (1, 0),
        4..=7 => (1, total),
        8..=11 => (groups, total),
        _ => (groups + 1, total * 2),
    }
}

fn visible(table: &Table, top: usize, height: usize) -> &[Row] {
    let from = top.saturating_sub(table.first).min(table.rows.len());
    let to = (from + height).min(table.rows.len());
    table.rows.get(from..to).unwrap_or(&[])
}

// -- columns that fit -------------------------------------------------------------------------

/// What a column needs, in its long and in its short form.
struct Need {
    long: u16,
    short: u16,
    most: u16,
}

fn place<'a>(table: &'a Table, shown: &[Row], room: u16) -> (Vec<Placed<'a>>, LeftOut) {
    let rows: Vec<&Row> = shown.iter().chain(&table.total).collect();
    let needs: Vec<Need> = table
        .columns
        .iter()
        .enumerate()
        .map(|(i, c)| need(c, &column_cells(&rows, i)))
        .collect();
    let (widths, left) = choose(table, &needs, room);
    let mut placed: Vec<Placed> = Vec::new();
    for (index, column) in table.columns.iter().enumerate() {
        let Some(width) = widths.get(index).copied().flatten() else {
            continue;
        };
        let numbers = number_form(column, &column_cells(&rows, index), width);
        placed.push(Placed {
            column,
            index,
            x: 0,
            width,
            numbers,
        });
    }
    spread(&mut placed, &needs, room);
    let right = table.columns.len() - left - placed.len();
    (placed, LeftOut { left, right })
}

fn column_cells<'a>(rows: &[&'a Row], index: usize) -> Vec<&'a Cell> {
    rows.iter().filter_map(|r| r.cells.get(index)).collect()
}

fn title_width(column: &Column) -> u16 {
    width(&column.title) as u16 + u16::from(column.sort.is_some())
}

/// The widths of the columns that are shown, and how many are scrolled away at the left.
fn choose(table: &Table, needs: &[Need], room: u16) -> (Vec<Option<u16>>, usize) {
    let best = best(&table.columns, needs, room);
    match table.across {
        Across::From(first) if best.iter().any(Option::is_none) => {
            from(&table.columns, needs, first, room)
        }
        _ => (best, 0),
    }
}

/// The frozen columns, and the others one after the other from the given one; the first that does
/// not fit ends the row.
fn from(columns: &[Column], needs: &[Need], first: usize, room: u16) -> (Vec<Option<u16>>, usize) {
    let mut widths: Vec<Option<u16>> = vec![None; columns.len()];
    let mut left = i32::from(room);
    let of = |frozen: bool| move |i: &usize| columns[*i].frozen == frozen;
    let loose = (0..columns.len()).filter(of(false));
    let skipped = first.min(loose.clone().count().saturating_sub(1));
    for i in (0..columns.len())
        .filter(of(true))
        .chain(loose.skip(skipped))
    {
        let forms = [needs[i].long, needs[i].short];
        let Some(w) = forms.into_iter().find(|w| i32::from(w + GAP) <= left) else {
            break;
        };
        left -= i32::from(w + GAP);
        widths[i] = Some(w);
    }
    (widths, skipped)
}

/// The widths at which every rank from 0 up fits; a column that does not fit is `None`. A frozen
/// column counts as one that stays to the last.
fn best(columns: &[Column], needs: &[Need], room: u16) -> Vec<Option<u16>> {
    let mut widths: Vec<Option<u16>> = vec![None; columns.len()];
    let mut left = i32::from(room);
    let rank = |i: usize| {
        if columns[i].frozen {
            0
        } else {
            columns[i].rank
        }
    };
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|&i| rank(i));
    let vital: i32 = order
        .iter()
        .filter(|&&i| rank(i) == 0)
        .map(|&i| i32::from(needs[i].long + GAP))
        .sum();
    for i in order {
        let need = &needs[i];
        let tight = rank(i) == 0 && vital > i32::from(room);
        let forms = if tight {
            [need.short, need.short]
        } else {
            [need.long, need.short]
        };
        let fits = forms.into_iter().find(|w| i32::from(w + GAP) <= left);
        if let Some(w) = fits {
            left -= i32::from(w + GAP);
            widths[i] = Some(w);
        }
    }
    widths
}

fn need(column: &Column, cells: &[&Cell]) -> Need {
    let title = title_width(column);
    let (least, most) = column.width;
    match column.kind {
        Kind::Number | Kind::Change => {
            let mark = if column.kind == Kind::Change { 2 } else { 0 };
            let of = |columns| number_width(cells, columns) + mark;
            Need {
                long: of(usize::from(column.width.1)).max(title),
                short: (shortest(cells) + mark).max(title).max(least),
                most: 0,
            }
        }
        Kind::Mixed => Need {
            long: cells
                .iter()
                .map(|c| own_width(c))
                .max()
                .unwrap_or(1)
                .max(title),
            short: least.max(title),
            most,
        },
        Kind::Text => {
            let longest = cells.iter().map(|c| text_width(c)).max().unwrap_or(0);
            let wanted = longest.max(title).min(most);
            Need {
                long: wanted.min(least.max(14)),
                short: wanted.min(least),
                most: wanted,
            }
        }
        Kind::Graph => Need {
            long: least.max(title),
            short: least,
            most,
        },
    }
}

fn text_width(cell: &Cell) -> u16 {
    match cell {
        Cell::Text(text) => width(text).min(200) as u16,
        _ => 0,
    }
}

/// The width of a number in its own best form, with the glyph of a change.
fn own_width(cell: &Cell) -> u16 {
    match cell {
        Cell::Number(n) => width(&n.fit(24)) as u16,
        Cell::Change(c) => width(&c.number.fit(24)) as u16 + 2,
        _ => 1,
    }
}

fn numbers_of(cells: &[&Cell]) -> Vec<Number> {
    cells
        .iter()
        .filter_map(|c| match c {
            Cell::Number(n) | Cell::Change(Change { number: n, .. }) => Some(*n),
            _ => None,
        })
        .collect()
}

/// The least width in which no number of the column is too wide.
fn shortest(cells: &[&Cell]) -> u16 {
    let numbers = numbers_of(cells);
    let whole = |columns: &usize| {
        let form = number::Column::new(&numbers, *columns);
        numbers
            .iter()
            .all(|n| n.value.is_pending() || form.text(n) != number::TOO_NARROW)
    };
    (1..24).find(whole).unwrap_or(24) as u16
}

fn number_width(cells: &[&Cell], columns: usize) -> u16 {
    let numbers = numbers_of(cells);
    let form = number::Column::new(&numbers, columns);
    let widths = numbers.iter().map(|n| width(&form.text(n)));
    widths.max().unwrap_or(1) as u16
}

fn number_form(column: &Column, cells: &[&Cell], width: u16) -> Option<number::Column> {
    let width = match column.kind {
        Kind::Number => width,
        Kind::Change => width.saturating_sub(2),
        Kind::Mixed | Kind::Text | Kind::Graph => return None,
    };
    Some(number::Column::new(&numbers_of(cells), usize::from(width)))
}

/// Gives what is left to names, then to graphs, then to the gaps between groups, and sets where each
/// column begins.
fn spread(placed: &mut [Placed], needs: &[Need], room: u16) {
    let used: u16 = placed.iter().map(|p| p.width + GAP).sum();
    let mut left = (room + GAP).saturating_sub(used);
    left -= widen_lonely(placed, left);
    for kind in [Kind::Text, Kind::Graph] {
        for p in placed.iter_mut().filter(|p| p.column.kind == kind) {
            let wish = needs.get(p.index).map_or(0, |n| n.most);
            let more = wish.saturating_sub(p.width).min(left);
            p.width += more;
            left -= more;
        }
    }
    let groups = placed
        .windows(2)
        .filter(|w| w[0].column.group != w[1].column.group)
        .count() as u16;
    let between = left.checked_div(groups).unwrap_or(0).min(3);
    left -= between * groups;
    let columns = (placed.len() as u16).saturating_sub(1);
    let inside = left.checked_div(columns).unwrap_or(0).min(2);
    let mut x = 0;
    let mut before: Option<&str> = None;
    for p in placed {
        if before.is_some_and(|g| g != p.column.group) {
            x += between;
        }
        before = Some(&p.column.group);
        p.x = x;
        x += p.width + GAP + inside;
    }
}

/// Gives the only column of a group the room that the name of the group needs; gives what it took.
fn widen_lonely(placed: &mut [Placed], room: u16) -> u16 {
    let groups: Vec<&str> = placed.iter().map(|p| p.column.group.as_str()).collect();
    let mut taken = 0;
    for p in placed {
        let name = p.column.group.as_str();
        if groups.iter().filter(|g| **g == name).count() == 1 {
            let more = (width(name) as u16)
                .saturating_sub(p.width)
                .min(room - taken);
            p.width += more;
            taken += more;
        }
    }
    taken
}

// -- drawing ----------------------------------------------------------------------------------

fn is_grouped(placed: &[Placed]) -> bool {
    placed.iter().any(|p| !p.column.group.is_empty())
}

fn headers(placed: &[Placed], theme: &Theme, area: Rect, buf: &mut Buffer) {
    let with_groups = is_grouped(placed) && area.height > 1;
    let y = u16::from(with_groups);
    if with_groups {
        groups(placed, theme, draw::row(area, 0), buf);
    }
    for p in placed {
        let cell = draw::columns(draw::row(area, y), p.x, p.width);
        header(p.column, theme, cell, buf);
    }
    if area.height > y + 1 {
        draw::rule(buf, draw::row(area, y + 1), theme.line);
    }
}

fn header(column: &Column, theme: &Theme, cell: Rect, buf: &mut Buffer) {
    let style = if column.sort.is_some() {
        theme.accent
    } else {
        theme.muted
    };
    let mark = column.sort.map(String::from).unwrap_or_default();
    let title = format!("{}{mark}", column.title);
    match column.kind {
        Kind::Text | Kind::Graph => draw::put(buf, cell, &title, style),
        Kind::Number | Kind::Mixed => draw::put_right(buf, cell, &title, style),
        // The glyph of a change stands right of its number.
        Kind::Change => {
            let fits = width(&title) + 2 <= usize::from(cell.width);
            let cut = if fits { 2 } else { 0 };
            draw::put_right(buf, draw::columns(cell, 0, cell.width - cut), &title, style)
        }
    };
}

/// The names of groups, each with a line as long as its columns.
fn groups(placed: &[Placed], theme: &Theme, area: Rect, buf: &mut Buffer) {
    let mut from = 0;
    while let Some(first) = placed.get(from) {
        let name = &first.column.group;
        let count = placed[from..]
            .iter()
            .take_while(|p| p.column.group == *name)
            .count();
        let last = &placed[from + count - 1];
        let span = (last.x + last.width).saturating_sub(first.x);
        if !name.is_empty() {
            let cell = draw::columns(area, first.x, span);
            let used = draw::put(buf, cell, short_of(name, span), theme.strong);
            let rest = draw::columns(cell, used + 1, span);
            draw::rule(buf, rest, theme.line);
        }
        from += count;
    }
}

/// A name such as `S Superiority` is `S` where the whole does not fit.
fn short_of(name: &str, columns: u16) -> &str {
    match name.split_once(' ') {
        Some((first, _)) if width(name) > usize::from(columns) => first,
        _ => name,
    }
}

fn cursor(row: &Row, here: bool, theme: &Theme, line: Rect, buf: &mut Buffer) {
    if here {
        draw::fill(buf, line, theme.selection);
    }
    let (glyph, style) = match (here, row.focused) {
        (true, _) => ('▸', theme.accent),
        (false, true) => ('•', theme.accent),
        _ => return,
    };
    draw::dot(buf, line, (0, 0), glyph, style);
}

fn cells(placed: &[Placed], row: &Row, theme: &Theme, line: Rect, buf: &mut Buffer) {
    for p in placed {
        let Some(cell) = row.cells.get(p.index) else {
            continue;
        };
        let area = draw::columns(line, p.x, p.width);
        let strong = p.index == 0;
        match cell {
            Cell::Text(text) => {
                let style = if strong { theme.strong } else { theme.muted };
                draw::put(buf, area, text, style);
            }
            Cell::Number(number) => put_number(p, number, theme, area, buf),
            Cell::Change(change) => put_change(p, change, theme, area, buf),
            Cell::Bullet(number) => bullet(number, None, theme, area, buf),
            Cell::GhostBullet(number, ghost) => bullet(number, Some(*ghost), theme, area, buf),
            Cell::Gap(share, tone) => gap_line(*share, mood(*tone, theme), theme, area, buf),
            Cell::Trend(values, tone) => draw::sparkline(buf, area, values, accent(*tone, theme)),
        }
    }
}

fn put_number(p: &Placed, number: &Number, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let text = written(p, number, area.width);
    let style = if number.value.is_known() {
        theme.text
    } else {
        theme.muted
    };
    draw::put_right(buf, area, &text, style);
}

/// The number as its column writes it, or in its own form where units are mixed.
fn written(p: &Placed, number: &Number, columns: u16) -> String {
    p.numbers.map_or_else(
        || number.fit(usize::from(columns)),
        |form| form.text(number),
    )
}

fn put_change(p: &Placed, change: &Change, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let style = mood(change.mood, theme);
    let digits = area.width.saturating_sub(2);
    let text = written(p, &change.number, digits);
    draw::put_right(buf, draw::columns(area, 0, digits), &text, style);
    draw::put_right(buf, area, change.number.arrow(), style);
}

/// A bullet bar with its per cent where there is room for both.
fn bullet(number: &Number, ghost: Option<f64>, theme: &Theme, area: Rect, buf: &mut Buffer) {
    // The dashes stand in the cells of the numbers; a bar of nothing would be one more number.
    let Some(completion) = number.value.get() else {
        return;
    };
    let style = if completion >= 1.0 {
        theme.good
    } else {
        theme.accent
    };
    let words = if area.width >= 13 { 7 } else { 0 };
    let bar = draw::columns(area, 0, area.width - words);
    draw::meter(buf, bar, Some(completion / BULLET_END), style, theme);
    if let Some(ghost) = ghost {
        ghost_meter([completion, ghost], style, theme, bar, buf);
    }
    let tick = (f64::from(bar.width) / BULLET_END).round() as u16;
    draw::dot(buf, bar, (tick, 0), '┃', theme.benchmark);
    if words > 0 {
        let text = number.fit(usize::from(words - 2));
        draw::put_right(buf, area, &text, theme.muted);
    }
}

/// A thin tick where a bullet bar ended without the what-if, and a broken line up to there where it
/// is shorter now.
fn ghost_meter(shares: [f64; 2], style: Style, theme: &Theme, bar: Rect, buf: &mut Buffer) {
    let place = |share: f64| (share / BULLET_END).clamp(0.0, 1.0) * f64::from(bar.width);
    let [end, ghost] = shares.map(place);
    let tick = (ghost.round() as u16).min(bar.width.saturating_sub(1));
    for x in end.ceil() as u16..tick {
        draw::dot(buf, bar, (x, 0), '╌', style);
    }
    draw::dot(buf, bar, (tick, 0), '│', theme.strong);
}

/// A heavy line that leaves the middle to the right (over) or to the left (under).
fn gap_line(share: Option<f64>, style: Style, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let Some(share) = share.filter(|s| s.is_finite()) else {
        return;
    };
    let half = area.width.saturating_sub(1) / 2;
    draw::rule(buf, draw::columns(area, 0, half * 2 + 1), theme.line);
    let cells = (share.abs().min(1.0) * f64::from(half)).ceil() as u16;
    let from = if share < 0.0 { half - cells } else { half + 1 };
    let line = "━".repeat(usize::from(cells));
    draw::put(buf, draw::columns(area, from, cells), &line, style);
    draw::dot(buf, area, (half, 0), '┃', theme.muted);
}

/// The style of a graph.
pub fn accent(accent: Accent, theme: &Theme) -> Style {
    match accent {
        Accent::Main => theme.accent,
        Accent::Layer(layer) => theme.layer(layer),
        Accent::Quiet => theme.muted,
    }
}
