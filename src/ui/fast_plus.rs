//! The FAST+ pane: four cards with their parts by role and field.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::digits;
use super::draw::{columns, meter, put, put_number, put_right, row, rows};
use super::fast::{
    SLIM, Size, arrowed, facts_and_notes, frame, head, note_rows, size_of, slim, two_by_two,
};
use super::theme::Theme;
use crate::view::fast::{Card, PartRow};
use crate::view::fast_plus::{FastPlusModel, PlusCard};
use crate::view::number::{Column, Number};
use crate::view::text::width;

/// Draws the pane.
pub fn render(model: &FastPlusModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let places = two_by_two(area);
    let cards: Vec<Card> = model.cards.iter().map(|c| c.card.clone()).collect();
    let roomy = model
        .cards
        .iter()
        .zip(&places)
        .all(|(m, place)| has_room(m, *place));
    let size = if roomy {
        size_of(&cards, &places)
    } else {
        Size::Normal
    };
    for (model, area) in model.cards.iter().zip(places) {
        card(model, size, theme, area, buf);
    }
}

/// Whether a card has room for a large value and all of its parts.
fn has_room(model: &PlusCard, place: Rect) -> bool {
    let rows = model.card.facts.len() + model.card.parts.len() + 1;
    usize::from(place.height) >= rows + 2 + usize::from(digits::HEIGHT)
}

fn card(model: &PlusCard, size: Size, theme: &Theme, area: Rect, buf: &mut Buffer) {
    if area.height < SLIM {
        return slim(&model.card, theme, area, buf);
    }
    let inner = frame(&model.card, theme, area, buf);
    let used = head(&model.card, size, theme, inner, buf);
    let rest = rows(inner, used, inner.height);
    let facts = model.card.facts.len() as u16;
    let all = facts + note_rows(&model.card, rest.width) + 1;
    let pitch = pitch(model, rest.height.saturating_sub(all));
    let table = match model.card.parts.len() as u16 {
        0 => 0,
        parts => (parts * pitch + 1).min(rest.height.saturating_sub(facts)),
    };
    let words = all.min(rest.height - table);
    facts_and_notes(&model.card, theme, rows(rest, 0, words), buf);
    if table > 1 {
        parts(model, pitch, theme, rows(rest, words, table), buf);
    }
}

/// Rows from one part to the next: two where all of them have room to breathe.
fn pitch(model: &PlusCard, free: u16) -> u16 {
    let parts = model.card.parts.len() as u16;
    if free > parts * 2 { 2 } else { 1 }
}

/// Columns of the table of parts.
struct Layout {
    name: u16,
    bar: u16,
    value: u16,
    change: u16,
    behind: Vec<u16>,
}

impl Layout {
    /// Where the values begin: a bar without room needs no gap.
    fn values_at(&self) -> u16 {
        self.name + 2 + if self.bar > 0 { self.bar + 2 } else { 0 }
    }

    /// Numbers take what they need; the bar takes what remains, and the numbers behind a part give
    /// way first, then the change: no number is cut.
    fn new(model: &PlusCard, room: u16) -> Self {
        let rows = &model.card.parts;
        let most = |of: &dyn Fn(&PartRow) -> usize| rows.iter().map(of).max().unwrap_or(0) as u16;
        let name = most(&|r| width(&r.name)).max(width(&model.heading) as u16);
        let value = most(&|r| width(&r.value.exact())).min(12);
        let change = most(&|r| arrowed(&r.change, 12).map_or(1, |t| width(&t)));
        let mut behind: Vec<u16> = model
            .behind
            .iter()
            .enumerate()
            .map(|(i, title)| {
                let cells = most(&|r| r.behind.get(i).map_or(0, |n| width(&n.exact()))).min(10);
                cells.max(width(title) as u16)
            })
            .collect();
        let used =
            |behind: &[u16]| name + value + change + 4 + behind.iter().map(|w| w + 2).sum::<u16>();
        while !behind.is_empty() && used(&behind) + 6 > room {
            behind.pop();
        }
        let bar = room.saturating_sub(used(&behind) + 2).min(60);
        let change = if used(&behind) > room { 0 } else { change };
        let name = match bar {
            0 => name + room.saturating_sub(used(&behind)),
            _ => name,
        };
        Self {
            name,
            bar,
            value,
            change,
            behind,
        }
    }
}

fn parts(model: &PlusCard, pitch: u16, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let layout = Layout::new(model, area.width);
    headings(model, &layout, theme, area, buf);
    let values: Vec<Number> = model.card.parts.iter().map(|p| p.value).collect();
    let column = Column::new(&values, usize::from(layout.value));
    for (i, part) in (0u16..).zip(&model.card.parts) {
        let line = row(area, pitch * (i + 1));
        if line.is_empty() {
            break;
        }
        put(buf, columns(line, 0, layout.name), &part.name, theme.text);
        let bar = columns(line, layout.name + 2, layout.bar);
        meter(buf, bar, part.length, theme.accent, theme);
        let mut x = layout.values_at();
        put_right(
            buf,
            columns(line, x, layout.value),
            &column.text(&part.value),
            theme.strong,
        );
        x += layout.value + 2;
        let change = arrowed(&part.change, usize::from(layout.change));
        let change = change.unwrap_or_default();
        let style = theme.trend(part.change.sign());
        put_right(buf, columns(line, x, layout.change), &change, style);
        x += layout.change + 2;
        for (number, wide) in part.behind.iter().zip(&layout.behind) {
            put_number(buf, columns(line, x, *wide), number, theme.muted);
            x += wide + 2;
        }
    }
}

/// Headings; the first says how many parts are shown when not all are.
fn headings(model: &PlusCard, layout: &Layout, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let shown = usize::from(area.height.saturating_sub(1));
    let all = model.card.parts.len();
    let heading = if shown < all {
        format!("{} {shown}/{all}", model.heading)
    } else {
        model.heading.clone()
    };
    put(buf, area, &heading, theme.muted);
    let mut x = layout.values_at() + layout.value + layout.change + 4;
    for (title, wide) in model.behind.iter().zip(&layout.behind) {
        put_right(buf, columns(area, x, *wide), title, theme.muted);
        x += wide + 2;
    }
}
