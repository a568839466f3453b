//! Draws the editor of a note and the list of notes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::draw;
use super::theme::Theme;
use crate::view::notes::{NoteModel, NotesModel};
use crate::view::text::{glyphs, width};

/// Columns and rows of the editor.
const EDITOR: (u16, u16) = (76, 9);

/// A line of a note, torn into pieces that fit.
struct Piece<'a> {
    text: &'a str,
    /// The line of the note, and the characters before the piece in it.
    from: (usize, usize),
}

/// Tears lines at any character, so that the caret has a place in one of the pieces.
fn pieces(lines: &[String], columns: usize) -> Vec<Piece<'_>> {
    let mut all = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        let (mut start, mut chars, mut used, mut at, mut count) = (0, 0, 0, 0, 0);
        for (glyph, wide) in glyphs(line) {
            if used + wide > columns.max(2) {
                all.push(Piece {
                    text: line.get(start..at).unwrap_or_default(),
                    from: (number, chars),
                });
                (start, chars, used) = (at, count, 0);
            }
            at += glyph.len();
            count += glyph.chars().count();
            used += wide;
        }
        all.push(Piece {
            text: line.get(start..).unwrap_or_default(),
            from: (number, chars),
        });
    }
    all
}

/// Draws the editor; gives the place of the caret.
pub fn editor(
    model: &NoteModel,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let place = draw::centered(area, EDITOR.0, EDITOR.1);
    let caption = draw::Caption {
        title: &model.title,
        side: "",
        accent: Some(theme.accent),
    };
    let inner = draw::overlay(buf, place, caption, theme);
    if inner.is_empty() {
        return None;
    }
    if model.lines.iter().all(String::is_empty) && model.lines.len() < 2 {
        draw::put(buf, draw::row(inner, 0), &model.placeholder, theme.muted);
    }
    let columns = usize::from(inner.width.saturating_sub(1));
    let pieces = pieces(&model.lines, columns);
    let holds = |p: &Piece| p.from.0 == model.caret.0 && p.from.1 <= model.caret.1;
    let at = pieces.iter().rposition(holds).unwrap_or(0);
    let top = at.saturating_sub(usize::from(inner.height.saturating_sub(1)));
    for (y, piece) in (0..inner.height).zip(pieces.iter().skip(top)) {
        draw::put(buf, draw::row(inner, y), piece.text, theme.text);
    }
    let piece = pieces.get(at)?;
    let before: String = piece
        .text
        .chars()
        .take(model.caret.1.saturating_sub(piece.from.1))
        .collect();
    let x = (width(&before) as u16).min(inner.width - 1);
    let y = (at - top) as u16;
    Some((inner.x + x, inner.y + y.min(inner.height - 1)))
}

fn list_frame(model: &NotesModel, area: Rect) -> Rect {
    let high = (model.rows.len() as u16).saturating_add(2).clamp(5, 24);
    draw::centered(area, 112, high)
}

/// Where the rows of the list are, and the first one shown.
pub fn list_place(model: &NotesModel, area: Rect) -> (Rect, usize) {
    let inner = draw::framed(list_frame(model, area));
    let height = usize::from(inner.height);
    let last = model.rows.len().saturating_sub(height);
    (inner, model.cursor.saturating_sub(height / 2).min(last))
}

/// Draws the list.
pub fn list(model: &NotesModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let place = list_frame(model, area);
    let caption = draw::Caption {
        title: &model.title,
        side: "",
        accent: None,
    };
    let inner = draw::overlay(buf, place, caption, theme);
    if model.rows.is_empty() {
        draw::put_center(
            buf,
            draw::row(inner, inner.height / 2),
            &model.empty,
            theme.muted,
        );
        return;
    }
    let height = usize::from(inner.height);
    let (_, top) = list_place(model, area);
    for (y, (at, [day, about, slice, text])) in
        (0..inner.height).zip(model.rows.iter().enumerate().skip(top))
    {
        let row = draw::row(inner, y);
        let gap = if slice.is_empty() { "" } else { "  " };
        let spans = [
            (day.as_str(), theme.muted),
            ("  ", theme.muted),
            (about.as_str(), theme.accent),
            (gap, theme.muted),
            (slice.as_str(), theme.muted),
            ("  ", theme.muted),
            (text.as_str(), theme.text),
        ];
        draw::put_spans(buf, row, &spans);
        if at == model.cursor {
            draw::restyle(buf, row, theme.selection);
        }
    }
    let window = draw::Window {
        top,
        shown: height,
        total: model.rows.len(),
    };
    draw::scroll_marks(buf, inner, window, theme.muted);
}
