//! Draws what lies over the pane, and tells where the caret of a text field is.
//!
//! Every pop-up goes through one primitive that blanks half a wide character at its left edge.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::theme::Theme;
use super::{choices, columns, draw, explain, levers, notes, palette, picker, seek, tour, views};
use crate::view::Pointed;
use crate::view::menu::MenuModel;
use crate::view::overlay::{
    FailedModel, FilterModel, HelpModel, HelpSection, LoadingModel, OverlayModel, ProblemRow,
    ProblemsModel, Severeness, TextField,
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
        OverlayModel::Picker(m) => return picker::render(m, theme, area, buf),
        OverlayModel::Problems(m) => problems(m, theme, area, buf),
        OverlayModel::Filter(m) => return filter(m, theme, area, buf),
        OverlayModel::Loading(m) => loading(m, theme, area, buf),
        OverlayModel::Failed(m) => failed(m, theme, area, buf),
        OverlayModel::Palette(m) => return palette::render(m, theme, area, buf),
        OverlayModel::Explain(m) => return explain::render(m, theme, area, buf),
        OverlayModel::Choices(m) => return choices::render(m, theme, area, buf),
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

pub(super) fn caption<'a>(title: &'a str, side: &'a str) -> draw::Caption<'a> {
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

/// The rows of a list from the first one shown on, each as a step from the cursor.
pub(super) fn steps(list: Rect, top: usize, len: usize, cursor: usize) -> Vec<(Rect, Pointed)> {
    let rows = (0..list.height).zip(top..len);
    rows.map(|(y, at)| {
        let by = at as isize - cursor as isize;
        (draw::row(list, y), Pointed::Step(by))
    })
    .collect()
}

/// Rows that a large overlay takes: a row of what is below it stays visible, unless rows are few.
pub(super) fn most_rows(area: Rect) -> u16 {
    match area.height {
        0..=13 => area.height,
        height => height - 2,
    }
}

/// What can be clicked in an overlay; nothing where it is only read.
pub fn hits(model: &OverlayModel, area: Rect) -> Vec<(Rect, Pointed)> {
    match model {
        OverlayModel::Picker(m) => picker::hits(m, area),
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
