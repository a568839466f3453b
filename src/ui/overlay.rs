//! Draws what lies over the pane, and tells where the caret of a text field is.
//!
//! Every pop-up goes through one primitive that blanks half a wide character at its left edge.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::theme::Theme;
use super::{columns, compare, draw, explain, levers, notes, palette, seek, tour, views};
use crate::view::Pointed;
use crate::view::menu::MenuModel;
use crate::view::overlay::{
    FailedModel, FilterModel, HelpModel, HelpSection, LoadingModel, Means, OverlayModel,
    PickerDimension, PickerModel, PickerValue, ProblemRow, ProblemsModel, Severeness, TextField,
};
use crate::view::text::{glyphs, width, wrap};

/// Draws the overlay; gives the place of the caret, if a field is open.
pub fn render(
    model: &OverlayModel,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    if area.is_empty() {
        return None;
    }
    match model {
        OverlayModel::Help(m) => help(m, theme, area, buf),
        OverlayModel::Picker(m) => return picker(m, theme, area, buf),
        OverlayModel::Problems(m) => problems(m, theme, area, buf),
        OverlayModel::Filter(m) => return filter(m, theme, area, buf),
        OverlayModel::Loading(m) => loading(m, theme, area, buf),
        OverlayModel::Failed(m) => failed(m, theme, area, buf),
        OverlayModel::Palette(m) => return palette::render(m, theme, area, buf),
        OverlayModel::Explain(m) => return explain::render(m, theme, area, buf),
        OverlayModel::Compare(m) => return compare::render(m, theme, area, buf),
        OverlayModel::Views(m) => return views::render(m, theme, area, buf),
        OverlayModel::Columns(m) => return columns::render(m, theme, area, buf),
        OverlayModel::Tour(m) => return tour::render(m, theme, area, buf),
        OverlayModel::Menu(m) => menu(m, theme, area, buf),
        OverlayModel::Note(m) => return notes::editor(m, theme, area, buf),
        OverlayModel::Notes(m) => notes::list(m, theme, area, buf),
        OverlayModel::Seek(m) => return seek::render(m, theme, area, buf),
        OverlayModel::Levers(m) => return levers::render(m, theme, area, buf),
    }
    None
}

fn caption<'a>(title: &'a str, side: &'a str) -> draw::Caption<'a> {
    draw::Caption {
        title,
        side,
        accent: None,
    }
}

// -- help -------------------------------------------------------------------------------------

/// A line of the help: a heading, or keys with what they do (the keys stand on the first line).
enum HelpLine<'a> {
    Title(&'a str),
    Text {
        keys: &'a str,
        key_width: u16,
        text: String,
    },
}

fn help(model: &HelpModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let wide = if area.width >= 180 { 176 } else { 116 };
    let place = draw::centered(area, wide, most_rows(area));
    let inner = draw::overlay(buf, place, caption(&model.title, &model.hint), theme);
    let count = match inner.width {
        0..=79 => 1,
        80..=159 => 2,
        _ => 3,
    };
    let room = draw::columns(inner, 0, inner.width.saturating_sub(2));
    let sheets = draw::side_by_side(room, count, 4);
    let Some(first) = sheets.first() else { return };
    let columns = help_columns(model, usize::from(count), first.width);
    let longest = columns.iter().map(Vec::len).max().unwrap_or(0);
    let height = usize::from(inner.height);
    let top = model.top.min(longest.saturating_sub(height));
    for (lines, sheet) in columns.iter().zip(&sheets) {
        for (y, line) in (0..sheet.height).zip(lines.iter().skip(top)) {
            help_line(line, theme, draw::row(*sheet, y), buf);
        }
    }
    let window = draw::Window {
        top,
        shown: height,
        total: longest,
    };
    draw::scroll_marks(buf, inner, window, theme.muted);
}

/// Sections in so many columns of about one height; a section is never torn apart.
fn help_columns(model: &HelpModel, count: usize, room: u16) -> Vec<Vec<HelpLine<'_>>> {
    let blocks: Vec<Vec<HelpLine>> = model.sections.iter().map(|s| section(s, room)).collect();
    let all: usize = blocks.iter().map(Vec::len).sum();
    let mut columns: Vec<Vec<HelpLine>> = Vec::new();
    let mut open: Vec<HelpLine> = Vec::new();
    for block in blocks {
        let full = open.len() + block.len() / 2 > all.div_ceil(count);
        if full && !open.is_empty() && columns.len() + 1 < count {
            columns.push(std::mem::take(&mut open));
        }
        open.extend(block);
    }
    columns.push(open);
    columns
}

/// The lines of one section, with a blank one at the end.
fn section(section: &HelpSection, room: u16) -> Vec<HelpLine<'_>> {
    let longest = section.rows.iter().map(|(keys, _)| width(keys)).max();
    let key_width = (longest.unwrap_or(0) as u16).max(6).min(room / 2);
    let columns = usize::from(room.saturating_sub(key_width + 2));
    let mut lines = vec![HelpLine::Title(&section.title)];
    for (keys, text) in &section.rows {
        let mut keys = keys.as_str();
        for text in wrap(text, columns) {
            lines.push(HelpLine::Text {
                keys,
                key_width,
                text,
            });
            keys = "";
        }
    }
    lines.push(HelpLine::Title(""));
    lines
}

fn help_line(line: &HelpLine, theme: &Theme, area: Rect, buf: &mut Buffer) {
    match line {
        HelpLine::Title(title) => {
            draw::put(buf, area, title, theme.title);
        }
        HelpLine::Text {
            keys,
            key_width,
            text,
        } => {
            draw::put(buf, draw::columns(area, 0, *key_width), keys, theme.key);
            let rest = draw::columns(area, key_width + 2, area.width);
            draw::put(buf, rest, text, theme.text);
        }
    }
}

// -- text fields ------------------------------------------------------------------------------

/// Draws a field in the first row and gives the place of its caret. A text that is longer than its
/// room is shown from where the caret is visible.
pub(super) fn field(
    f: &TextField,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    if area.is_empty() {
        return None;
    }
    let label = format!("{} ", f.label);
    let used = draw::put(buf, area, &label, theme.muted);
    let room = draw::columns(area, used, area.width);
    if room.is_empty() {
        return None;
    }
    draw::put(buf, room, &"_".repeat(usize::from(room.width)), theme.line);
    if f.text.is_empty() {
        draw::put(
            buf,
            draw::columns(room, 1, room.width),
            &f.placeholder,
            theme.muted,
        );
        return Some((room.x, room.y));
    }
    let before: String = f.text.chars().take(f.caret).collect();
    let start = first_visible(&before, usize::from(room.width.saturating_sub(1)));
    let shown: String = f.text.chars().skip(start).collect();
    draw::put(buf, room, &shown, theme.strong);
    let at: String = before.chars().skip(start).collect();
    let x = room.x + (width(&at) as u16).min(room.width.saturating_sub(1));
    Some((x, room.y))
}

/// How many characters to leave out so that the rest, up to the caret, fits.
fn first_visible(before: &str, room: usize) -> usize {
    let mut left = width(before);
    let mut skipped = 0;
    for (glyph, w) in glyphs(before) {
        if left <= room {
            break;
        }
        left -= w;
        skipped += glyph.chars().count();
    }
    skipped
}

// -- the slice picker -------------------------------------------------------------------------

/// Below this many columns the picker shows the open dimension in its title, and no list of them.
const WITH_DIMENSIONS: u16 = 36;

/// Frame, dimensions and the values with their field of the picker.
fn picker_places(m: &PickerModel, area: Rect) -> [Rect; 3] {
    let place = draw::centered(area, 96, most_rows(area).min(26));
    let inner = draw::framed(place);
    let foot = u16::from(inner.height >= 8) * 2;
    let body = draw::rows(inner, 0, inner.height - foot);
    if inner.width < WITH_DIMENSIONS {
        return [place, draw::columns(body, 0, 0), body];
    }
    let left = dimension_width(m, inner.width);
    [
        place,
        draw::columns(body, 0, left),
        draw::columns(body, left + 3, body.width),
    ]
}

/// Where the values of the picker stand below their field: a low one has no header of counts.
fn values_place(right: Rect) -> Rect {
    let head = if right.height < 5 { 1 } else { 2 };
    draw::rows(right, head, right.height)
}

/// What the picker is called: where dimensions are not listed, the open one is named.
fn picker_title(m: &PickerModel, listed: bool) -> String {
    match m.dimensions.get(m.open) {
        Some(open) if !listed => format!("{} {}", open.name, dimension_mark(open)),
        _ => m.title.clone(),
    }
}

/// The first of the dimensions that is shown.
fn dimensions_top(m: &PickerModel, height: u16) -> usize {
    (m.open + 1).saturating_sub(usize::from(height))
}

/// The first of the values that is shown.
fn values_top(m: &PickerModel, height: u16) -> usize {
    let height = usize::from(height);
    (m.cursor + 1)
        .saturating_sub(height.div_ceil(2))
        .min(m.len.saturating_sub(height))
}

/// What can be clicked in the picker.
fn picker_hits(m: &PickerModel, area: Rect) -> Vec<(Rect, Pointed)> {
    let [_, left, right] = picker_places(m, area);
    let shown = m.dimensions.iter().skip(dimensions_top(m, left.height));
    let dimensions = (0..left.height).zip(shown);
    let mut hits: Vec<(Rect, Pointed)> = dimensions
        .map(|(y, d)| (draw::row(left, y), Pointed::Dimension(d.id.clone())))
        .collect();
    let list = values_place(right);
    hits.extend(steps(list, values_top(m, list.height), m.len, m.cursor));
    hits
}

/// The rows of a list from the first one shown on, each as a step from the cursor.
fn steps(list: Rect, top: usize, len: usize, cursor: usize) -> Vec<(Rect, Pointed)> {
    let rows = (0..list.height).zip(top..len);
    rows.map(|(y, at)| {
        let by = at as isize - cursor as isize;
        (draw::row(list, y), Pointed::Step(by))
    })
    .collect()
}

/// Rows that a large overlay takes: a row of what is below it stays visible, unless rows are few.
fn most_rows(area: Rect) -> u16 {
    match area.height {
        0..=13 => area.height,
        height => height - 2,
    }
}

/// What can be clicked in an overlay; nothing where it is only read.
pub fn hits(model: &OverlayModel, area: Rect) -> Vec<(Rect, Pointed)> {
    match model {
        OverlayModel::Picker(m) => picker_hits(m, area),
        OverlayModel::Menu(m) => {
            let list = draw::framed(menu_place(m, area));
            steps(list, menu_top(m, list.height), m.rows.len(), m.cursor)
        }
        OverlayModel::Columns(m) => {
            let places = columns::places(m, area);
            steps(places.list, places.top, m.rows.len(), m.cursor)
        }
        OverlayModel::Notes(m) => {
            let (list, top) = notes::list_place(m, area);
            steps(list, top, m.rows.len(), m.cursor)
        }
        OverlayModel::Palette(m) => {
            let (list, top) = palette::list_place(m, area);
            steps(list, top, m.len, m.cursor)
        }
        _ => Vec::new(),
    }
}

fn picker(m: &PickerModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Option<(u16, u16)> {
    let [place, dimension_list, right] = picker_places(m, area);
    let listed = !dimension_list.is_empty();
    let title = picker_title(m, listed);
    let inner = draw::overlay(buf, place, caption(&title, &m.meaning), theme);
    let foot = inner.height - dimension_list.height;
    let body = draw::rows(inner, 0, inner.height - foot);
    if foot > 0 {
        draw::rule(buf, draw::row(inner, body.height), theme.line);
        draw::key_hints(buf, draw::row(inner, body.height + 1), &m.hints, theme);
    }
    if listed {
        dimensions(m, theme, dimension_list, buf);
        let edge = draw::columns(body, dimension_list.width + 1, 1);
        for y in 0..body.height {
            draw::dot(buf, edge, (0, y), '│', theme.line);
        }
    }
    let caret = field(&m.field, theme, right, buf);
    values(m, theme, right, buf);
    caret
}

fn dimension_width(m: &PickerModel, room: u16) -> u16 {
    let longest = m.dimensions.iter().map(|d| width(&d.name)).max();
    (longest.unwrap_or(0) as u16 + 9).min(room / 3)
}

fn dimensions(m: &PickerModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let top = dimensions_top(m, area.height);
    let shown = m.dimensions.iter().enumerate().skip(top);
    for (y, (i, d)) in (0..area.height).zip(shown) {
        let line = draw::row(area, y);
        if i == m.open {
            draw::fill(buf, line, theme.selection);
        }
        let mark = dimension_mark(d);
        let style = if d.chosen > 0 {
            theme.accent
        } else {
            theme.text
        };
        let room = area.width.saturating_sub(width(&mark) as u16 + 2);
        draw::put(buf, draw::columns(line, 1, room), &d.name, style);
        draw::put_right(buf, line, &mark, theme.accent);
    }
}

/// `= 2` keeps two values, `≠ 2` leaves them out; `⟳` where states are recomputed.
fn dimension_mark(d: &PickerDimension) -> String {
    let sign = if d.negated { '≠' } else { '=' };
    match d.means {
        Some(Means::Filter) => format!("{sign} {} ", d.chosen),
        Some(Means::Scope) => format!("⟳{sign} {} ", d.chosen),
        None => String::new(),
    }
}

fn values(m: &PickerModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let body = values_place(area);
    if body.y > area.y + 1 {
        draw::put_right(buf, draw::row(area, 1), &m.counted, theme.muted);
    }
    if m.len == 0 {
        draw::put(buf, body, &m.empty, theme.muted);
        return;
    }
    let height = usize::from(body.height);
    let top = values_top(m, body.height);
    let shown = m.values.iter().skip(top.saturating_sub(m.first));
    let list = draw::columns(body, 0, body.width.saturating_sub(1));
    for (y, value) in (0..body.height).zip(shown) {
        let here = top + usize::from(y) == m.cursor;
        put_value(value, here, theme, draw::row(list, y), buf);
    }
    let window = draw::Window {
        top,
        shown: height.min(m.len),
        total: m.len,
    };
    draw::scroll_marks(buf, body, window, theme.muted);
}

fn put_value(v: &PickerValue, here: bool, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if here {
        draw::fill(buf, area, theme.selection);
    }
    let (mark, style) = if v.chosen {
        ("[x] ", theme.accent)
    } else {
        ("[ ] ", theme.muted)
    };
    let name_style: Style = if v.chosen { theme.strong } else { theme.text };
    let count = if area.width < 24 { 0 } else { 12 };
    let bar = if area.width >= 48 { 12 } else { 0 };
    let name = draw::columns(area, 1, area.width.saturating_sub(count + bar + 3));
    draw::put_spans(buf, name, &[(mark, style), (&v.name, name_style)]);
    if let (Some(length), true) = (v.length, bar > 0) {
        let place = draw::columns(area, area.width - count - bar, bar);
        draw::meter(buf, place, Some(length), theme.accent, theme);
    }
    let place = draw::columns(area, area.width - count, count.saturating_sub(1));
    draw::put_number(buf, place, &v.people, theme.text);
}

// -- problems ---------------------------------------------------------------------------------

fn problems(m: &ProblemsModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let size = if m.len == 0 {
        (60, 7)
    } else {
        (120, area.height.saturating_sub(2).max(3))
    };
    let place = draw::centered(area, size.0, size.1);
    let inner = draw::overlay(buf, place, caption(&m.title, &m.hint), theme);
    if m.len == 0 {
        draw::put_center(
            buf,
            draw::row(inner, inner.height / 2),
            &m.empty,
            theme.good,
        );
        return;
    }
    let mut x = 0;
    for (severity, words) in &m.counts {
        let glyph = format!("{} ", severity.glyph());
        let spans = [
            (glyph.as_str(), severity_style(*severity, theme)),
            (words.as_str(), theme.text),
        ];
        x += draw::put_spans(
            buf,
            draw::columns(draw::row(inner, 0), x, inner.width),
            &spans,
        ) + 3;
    }
    let body = draw::rows(inner, 2, inner.height);
    let mut y = 0;
    let mut shown = 0;
    for row in &m.rows {
        if y >= body.height {
            break;
        }
        y += put_problem(row, theme, draw::rows(body, y, body.height), buf);
        shown += 1;
    }
    let window = draw::Window {
        top: m.top,
        shown,
        total: m.len,
    };
    draw::scroll_marks(buf, draw::columns(body, 1, body.width), window, theme.muted);
}

/// Draws one problem; gives the rows used, with a blank one below.
fn put_problem(p: &ProblemRow, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let style = severity_style(p.severity, theme);
    draw::dot(buf, area, (0, 0), p.severity.glyph(), style);
    let text = draw::columns(area, 2, area.width.saturating_sub(3));
    let columns = usize::from(text.width);
    let place = (!p.place.is_empty()).then(|| (p.place.clone(), theme.accent));
    let message = wrap(&p.message, columns)
        .into_iter()
        .map(|l| (l, theme.text));
    let help = (!p.help.is_empty()).then(|| wrap(&format!("→ {}", p.help), columns));
    let help = help.into_iter().flatten().map(|l| (l, theme.muted));
    let lines = place.into_iter().chain(message).chain(help);
    let mut used = 0;
    for (y, (line, style)) in (0..area.height).zip(lines) {
        draw::put(buf, draw::row(text, y), &line, style);
        used = y + 1;
    }
    used + 1
}

fn severity_style(severity: Severeness, theme: &Theme) -> Style {
    match severity {
        Severeness::Error => theme.bad,
        Severeness::Warning => theme.warn,
        Severeness::Note => theme.muted,
    }
}

// -- filter, loading, failed ------------------------------------------------------------------

/// The field stands at the bottom, so that the rows it narrows stay visible.
fn filter(m: &FilterModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Option<(u16, u16)> {
    let high = area.height.min(3);
    let bottom = draw::rows(area, area.height - high, high);
    let inner = draw::overlay(buf, bottom, caption("", ""), theme);
    let side = width(&m.side) as u16 + 2;
    let room = inner.width.saturating_sub(side);
    draw::put_right(buf, draw::row(inner, 0), &m.side, theme.muted);
    field(
        &m.field,
        theme,
        draw::columns(draw::row(inner, 0), 0, room),
        buf,
    )
}

fn menu_place(m: &MenuModel, area: Rect) -> Rect {
    let longest = m.rows.iter().map(|(text, _)| width(text)).max();
    let wide = (longest.unwrap_or(0) as u16).saturating_add(8).max(30);
    draw::centered(area, wide, m.rows.len() as u16 + 2)
}

/// The first row of a menu that is shown.
fn menu_top(m: &MenuModel, height: u16) -> usize {
    (m.cursor + 1).saturating_sub(usize::from(height).max(1))
}

fn menu(m: &MenuModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let place = menu_place(m, area);
    let inner = draw::overlay(buf, place, caption(&m.title, ""), theme);
    let top = menu_top(m, inner.height);
    for (y, (at, (text, there))) in (0..inner.height).zip(m.rows.iter().enumerate().skip(top)) {
        let row = draw::row(inner, y);
        let style = if *there { theme.text } else { theme.muted };
        draw::put(buf, draw::columns(row, 1, row.width), text, style);
        if at == m.cursor {
            draw::restyle(buf, row, theme.selection);
        }
    }
}

fn loading(m: &LoadingModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let place = draw::centered(area, 60, 7);
    let inner = draw::overlay(buf, place, caption(&m.title, ""), theme);
    let middle = inner.height.saturating_sub(3) / 2;
    let line = draw::row(inner, middle);
    draw::bullet(
        buf,
        line,
        Some(m.part.unwrap_or(0.0)),
        None,
        theme.accent,
        theme,
    );
    draw::put(buf, draw::row(inner, middle + 1), &m.words, theme.text);
    draw::put(buf, draw::row(inner, middle + 2), &m.hint, theme.muted);
}

fn failed(m: &FailedModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let columns = usize::from(area.width.min(100).saturating_sub(6));
    let lines: Vec<String> = m
        .lines
        .iter()
        .take(usize::from(area.height))
        .flat_map(|l| wrap(l, columns))
        .collect();
    let hint = wrap(&m.hint, columns);
    let wanted = (lines.len() + hint.len() + 3).min(usize::from(u16::MAX)) as u16;
    let place = draw::centered(area, 100, wanted.max(7));
    let inner = draw::overlay(
        buf,
        place,
        draw::Caption {
            title: &m.title,
            side: "",
            accent: Some(theme.bad),
        },
        theme,
    );
    let foot = (hint.len() as u16).min(inner.height);
    let body = draw::rows(inner, 0, inner.height.saturating_sub(foot + 1));
    draw::put_lines(buf, body, &lines, theme.text);
    let below = draw::rows(inner, inner.height - foot, foot);
    draw::put_lines(buf, below, &hint, theme.muted);
}
