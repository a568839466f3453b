//! What surrounds every pane.
//!
//! ```text
//! ▌brand  about                                data set · SIMULATED
//!  1 Brands  2 FAST  3 FAST+  4 Crowds  5 AIPL           computing…
//!  brand x ▸ as of … ▸ vs … ▸ crowd all ▸ …
//!  (pane)
//!  / slice  c compare  ? help  q quit
//! ```
//!
//! Rows are given up from the least needed one when the terminal is low: header, tabs, footer,
//! slice bar.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw::{
    columns, fill, hint_places, inset, key_hints, put, put_right, put_spans, row, rows,
};
use super::theme::Theme;
use crate::view::Pointed;
use crate::view::header::{Footer, Header, SliceItem, Tab, Weight};
use crate::view::screen::Screen;
use crate::view::text::width;

/// Where the parts of the screen are; a part without room is empty.
#[derive(Debug, Clone, Copy)]
pub struct Places {
    /// Brand and data set.
    pub header: Rect,
    /// Tabs.
    pub tabs: Rect,
    /// Slice bar, one or two rows.
    pub slice: Rect,
    /// The pane.
    pub pane: Rect,
    /// Notes.
    pub notes: Rect,
    /// Keys and messages.
    pub footer: Rect,
}

/// Cuts the screen into its parts.
pub fn places(screen: &Screen, area: Rect) -> Places {
    let lines = slice_lines(&screen.slice_bar, area.width.saturating_sub(2)).len() as u16;
    let slice_rows = match area.height {
        0..=2 => 0,
        3..=29 => 1,
        _ => lines.clamp(1, 2),
    };
    let header_rows = u16::from(area.height >= 8);
    let tab_rows = u16::from(area.height >= 6);
    let footer_rows = footer_rows(screen, area.height);
    let top = header_rows + tab_rows;
    let most_notes = match area.height {
        0..=19 => 0,
        20..=35 => 1,
        36..=49 => 2,
        _ => 4,
    };
    let note_rows = (screen.notes.len() as u16).min(most_notes);
    if screen.alone {
        return alone(screen, area);
    }
    let used = top + slice_rows + note_rows + footer_rows;
    Places {
        header: rows(area, 0, header_rows),
        tabs: rows(area, header_rows, tab_rows),
        slice: rows(area, top, slice_rows),
        pane: rows(area, top + slice_rows, area.height.saturating_sub(used)),
        notes: rows(
            area,
            area.height.saturating_sub(footer_rows + note_rows),
            note_rows,
        ),
        footer: rows(area, area.height.saturating_sub(footer_rows), footer_rows),
    }
}

/// The pane has everything but the footer.
fn alone(screen: &Screen, area: Rect) -> Places {
    let footer = footer_rows(screen, area.height);
    let high = area.height.saturating_sub(footer);
    let none = rows(area, 0, 0);
    Places {
        header: none,
        tabs: none,
        slice: none,
        pane: rows(area, 0, high),
        notes: none,
        footer: rows(area, high, footer),
    }
}

/// Rows of keys and messages, or of the caption of a picture, which a low picture shows in part.
pub fn footer_rows(screen: &Screen, height: u16) -> u16 {
    let wanted = (screen.caption.len() as u16).max(1);
    match height {
        0 | 1 => 0,
        2..=7 => 1,
        _ => wanted.min(height / 3),
    }
}

/// Draws everything but the pane and what lies over it.
pub fn render(screen: &Screen, theme: &Theme, places: &Places, buf: &mut Buffer) {
    header(&screen.header, theme, places.header, buf);
    tabs(screen, theme, places.tabs, buf);
    slice_bar(&screen.slice_bar, theme, places.slice, buf);
    notes(&screen.notes, theme, places.notes, buf);
    let badge = small_badges(screen, theme, places, buf);
    let room = places.footer.width.saturating_sub(badge);
    if screen.caption.is_empty() {
        footer(&screen.footer, theme, columns(places.footer, 0, room), buf);
    } else {
        caption(&screen.caption, theme, places.footer, buf);
    }
}

/// Where there is no room for the header, the footer says that the data is simulated, and where the
/// slice bar has none, that a what-if is on: every frame of such numbers does. Gives the columns
/// used.
fn small_badges(screen: &Screen, theme: &Theme, places: &Places, buf: &mut Buffer) -> u16 {
    let header = &screen.header;
    let simulated = header.simulated.as_deref();
    let simulated = simulated.filter(|_| places.header.height == 0);
    let used = simulated.map_or(0, |badge| put_right(buf, places.footer, badge, theme.badge));
    let Some(badge) = header.what_if.as_deref() else {
        return used;
    };
    if tells_what_if(&screen.slice_bar, places.slice) {
        return used;
    }
    let gap = u16::from(used > 0);
    let free = places.footer.width.saturating_sub(used + gap);
    let most = match places.footer.width {
        0..=39 => free,
        _ => free.min(30),
    };
    let room = columns(places.footer, free - most, most);
    used + gap + put_right(buf, room, badge, theme.badge)
}

/// Whether the slice bar shows the what-if.
fn tells_what_if(items: &[SliceItem], area: Rect) -> bool {
    let lines = slice_lines(items, inset(area, 1, 0).width);
    let shown = usize::from(area.height);
    let hidden: usize = lines.iter().skip(shown).map(Vec::len).sum();
    lines.iter().take(shown).enumerate().any(|(y, line)| {
        let left = if y + 1 == shown { hidden } else { 0 };
        let (items, _) = beside_count(line, left, inset(area, 1, 0).width);
        items.iter().any(|item| item.weight == Weight::WhatIf)
    })
}

fn header(model: &Header, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let right = header_right(model, theme, area, buf);
    let left = columns(area, 0, area.width.saturating_sub(right + 1));
    let about = if model.about.is_empty() {
        String::new()
    } else {
        format!("  {}", model.about)
    };
    put_spans(
        buf,
        left,
        &[
            ("▌", theme.accent),
            (&model.brand, theme.strong),
            (&about, theme.muted),
        ],
    );
}

/// Badge, problems and data set from the right; gives the columns used.
fn header_right(model: &Header, theme: &Theme, area: Rect, buf: &mut Buffer) -> u16 {
    let mut used = 0;
    let mut push = |text: &str, style: Style, most: u16| {
        if text.is_empty() || used + 4 > most {
            return;
        }
        let room = columns(area, 0, area.width.saturating_sub(used));
        let room = columns(room, room.width.saturating_sub(most - used), most - used);
        used += put_right(buf, room, text, style) + 1;
    };
    if let Some(badge) = &model.simulated {
        push(&format!(" {badge} "), theme.badge, area.width * 2 / 3);
    }
    push(
        model.problems.as_deref().unwrap_or_default(),
        theme.warn,
        area.width / 2,
    );
    push(&model.dataset, theme.muted, area.width / 2);
    used
}

fn tabs(screen: &Screen, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let working = screen.working.as_deref().unwrap_or_default();
    put_right(buf, inset(area, 1, 0), working, theme.warn);
    for ((place, text), tab) in tab_places(screen, area).iter().zip(&screen.tabs) {
        let style = if tab.active { theme.tab } else { theme.muted };
        put(buf, *place, text, style);
    }
}

/// Where the tabs stand, with their texts: the names of those that are not open give way first.
pub fn tab_places(screen: &Screen, area: Rect) -> Vec<(Rect, String)> {
    let working = screen.working.as_deref().unwrap_or_default();
    let side = width(working).min(usize::from(inset(area, 1, 0).width)) as u16;
    let side = if side > 0 { side + 2 } else { 0 };
    let area = columns(area, 0, area.width.saturating_sub(side));
    let full: usize = screen.tabs.iter().map(|t| width(&t.name) + 5).sum();
    let slim = full > usize::from(area.width);
    let texts: Vec<String> = screen.tabs.iter().map(|t| tab_text(t, slim)).collect();
    let first = first_tab(screen, &texts, area.width);
    let mut x = 0;
    let place = |(at, text): (usize, String)| {
        let need = if at < first { 0 } else { width(&text) as u16 };
        let place = columns(area, x, need);
        x += place.width + u16::from(!slim);
        (place, text)
    };
    texts.into_iter().enumerate().map(place).collect()
}

/// The first tab that is shown, so that the open one is there as a whole.
fn first_tab(screen: &Screen, texts: &[String], room: u16) -> usize {
    let open = screen.tabs.iter().position(|t| t.active).unwrap_or(0);
    let fits = |from: &usize| {
        let shown = texts.get(*from..=open).unwrap_or_default();
        shown.iter().map(|t| width(t)).sum::<usize>() <= usize::from(room)
    };
    (0..=open).find(fits).unwrap_or(open)
}

fn tab_text(tab: &Tab, slim: bool) -> String {
    if slim && !tab.active {
        return format!(" {} ", tab.key);
    }
    format!(" {} {} ", tab.key, tab.name)
}

/// Which items stand on which line, and their widths; every line is at most `room` wide.
fn slice_lines(items: &[SliceItem], room: u16) -> Vec<Vec<&SliceItem>> {
    let mut lines: Vec<Vec<&SliceItem>> = vec![Vec::new()];
    let mut used = 0;
    for item in items {
        let before = lines.last().and_then(|line| line.last().copied());
        let mut need = item_width(before, item);
        if used + need > usize::from(room) && used > 0 {
            lines.push(Vec::new());
            used = 0;
            need = item_width(None, item);
        }
        used += need;
        if let Some(line) = lines.last_mut() {
            line.push(item);
        }
    }
    lines
}

/// The texts of an item behind another one: mark, first and second word. Dimensions that are open
/// share one word for it: `▸ all crowd · city tier`.
fn words<'a>(before: Option<&SliceItem>, item: &'a SliceItem) -> [&'a str; 3] {
    let mark = if before.is_some() { " ▸ " } else { "" };
    match (item.weight, before.map(|b| b.weight)) {
        (Weight::Open, Some(Weight::Open)) => ["·", &item.label, ""],
        (Weight::Open, _) => [mark, &item.value, &item.label],
        _ => [mark, &item.label, &item.value],
    }
}

/// Columns that items take on one line.
fn line_width(items: &[&SliceItem]) -> usize {
    let before = std::iter::once(None).chain(items.iter().map(|i| Some(*i)));
    before.zip(items).map(|(b, i)| item_width(b, i)).sum()
}

fn item_width(before: Option<&SliceItem>, item: &SliceItem) -> usize {
    let [mark, first, second] = words(before, item);
    let gap = usize::from(!second.is_empty());
    width(mark) + width(first) + gap + width(second)
}

fn slice_bar(items: &[SliceItem], theme: &Theme, area: Rect, buf: &mut Buffer) {
    fill(buf, area, theme.base.patch(theme.popup));
    let inner = inset(area, 1, 0);
    let lines = slice_lines(items, inner.width);
    let shown = usize::from(area.height);
    for (y, line) in lines.iter().take(shown).enumerate() {
        let hidden: usize = lines.iter().skip(shown).map(Vec::len).sum();
        let last = y + 1 == shown && hidden > 0;
        slice_line(
            line,
            if last { hidden } else { 0 },
            theme,
            row(inner, y as u16),
            buf,
        );
    }
}

/// The items that fit beside the count of hidden ones, and that count: what it pushes out is
/// counted, too.
fn beside_count<'a, 'b>(
    mut items: &'b [&'a SliceItem],
    mut hidden: usize,
    columns: u16,
) -> (&'b [&'a SliceItem], usize) {
    while let (true, [rest @ .., _]) = (hidden > 0 && items.len() > 1, items) {
        let room = usize::from(columns).saturating_sub(format!(" +{hidden}").len());
        if line_width(items) <= room {
            break;
        }
        items = rest;
        hidden += 1;
    }
    (items, hidden)
}

/// Where the items of the slice bar stand that can be clicked.
pub fn slice_places(items: &[SliceItem], area: Rect) -> Vec<(Rect, &Pointed)> {
    let inner = inset(area, 1, 0);
    let (lines, shown) = (slice_lines(items, inner.width), usize::from(area.height));
    let hidden: usize = lines.iter().skip(shown).map(Vec::len).sum();
    let mut places = Vec::new();
    for (y, line) in lines.iter().take(shown).enumerate() {
        let left = if y + 1 == shown { hidden } else { 0 };
        let (items, _) = beside_count(line, left, inner.width);
        let (mut x, mut before) = (0, None);
        for item in items {
            let need = item_width(before, item) as u16;
            let place = columns(row(inner, y as u16), x, need);
            places.extend(item.click.as_ref().map(|click| (place, click)));
            x += need;
            before = Some(*item);
        }
    }
    places
}

/// Where the keys of the footer stand.
pub fn key_places(screen: &Screen, theme: &Theme, places: &Places) -> Vec<Rect> {
    if screen.footer.notice.is_some() || !screen.caption.is_empty() {
        return Vec::new();
    }
    // The badges are words of their own; what they leave is known when they are written.
    let badge = small_badges(screen, theme, places, &mut Buffer::empty(places.footer));
    let room = columns(places.footer, 0, places.footer.width.saturating_sub(badge));
    hint_places(inset(room, 1, 0), &screen.footer.hints)
}

/// One line of the slice bar; `hidden` items are only counted.
fn slice_line(items: &[&SliceItem], hidden: usize, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let (items, hidden) = beside_count(items, hidden, area.width);
    let more = if hidden > 0 {
        format!(" +{hidden}")
    } else {
        String::new()
    };
    let used = put_right(buf, area, &more, theme.muted);
    let area = columns(area, 0, area.width.saturating_sub(used));
    let mut x = 0;
    let mut before: Option<&SliceItem> = None;
    for item in items {
        let (label, value) = match item.weight {
            Weight::Open => (theme.muted, theme.muted),
            Weight::Set => (theme.muted, theme.text),
            Weight::Filter => (theme.accent, theme.key),
            Weight::Source => (theme.muted, theme.warn),
            Weight::Scope => (theme.warn, theme.badge),
            Weight::WhatIf => (theme.bad, theme.badge),
        };
        let [mark, first, second] = words(before, item);
        let gap = if second.is_empty() { "" } else { " " };
        let spans = [
            (mark, theme.muted),
            (first, label),
            (gap, label),
            (second, value),
        ];
        x += put_spans(buf, columns(area, x, area.width), &spans);
        before = Some(item);
    }
}

/// The caption of a picture.
pub fn caption(lines: &[String], theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inner = inset(area, 1, 0);
    for (y, line) in (0..inner.height).zip(lines) {
        put(buf, row(inner, y), line, theme.muted);
    }
}

/// One note on a line; what has no line is counted on the last one.
pub fn notes(texts: &[String], theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inner = inset(area, 1, 0);
    for (y, text) in (0..inner.height).zip(texts) {
        let line = row(inner, y);
        let hidden = texts.len() - usize::from(inner.height).min(texts.len());
        let more = if hidden > 0 && y + 1 == inner.height {
            format!(" +{hidden}")
        } else {
            String::new()
        };
        let used = put_right(buf, line, &more, theme.muted);
        put(
            buf,
            columns(line, 0, line.width.saturating_sub(used)),
            text,
            theme.accent,
        );
    }
}

fn footer(model: &Footer, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inner = inset(area, 1, 0);
    match &model.notice {
        Some(notice) => {
            let style = if notice.error {
                theme.bad
            } else {
                theme.accent
            };
            put(buf, inner, &notice.text, style);
        }
        None => {
            key_hints(buf, inner, &model.hints, theme);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(label: &str, weight: Weight) -> SliceItem {
        let value = if weight == Weight::Open { "all" } else { "x" };
        SliceItem {
            label: label.to_owned(),
            value: value.to_owned(),
            weight,
            click: None,
        }
    }

    fn drawn(items: &[SliceItem], columns: u16) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, columns, 1));
        let area = buf.area;
        slice_bar(
            items,
            &Theme::named(crate::view::ThemeName::Dark),
            area,
            &mut buf,
        );
        buf.content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect()
    }

    #[test]
    fn open_dimensions_share_one_word_and_hidden_ones_are_counted() {
        let items = [
            item("brand", Weight::Set),
            item("crowd", Weight::Open),
            item("city", Weight::Open),
            item("age", Weight::Open),
        ];
        assert_eq!(drawn(&items, 40).trim(), "brand x ▸ all crowd·city·age");
        assert_eq!(drawn(&items, 29).trim(), "brand x ▸ all crowd·city +1");
        assert_eq!(drawn(&items, 22).trim(), "brand x           +3");
    }
}
