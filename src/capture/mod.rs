//! A `Buffer` → SVG and text, from one walk over its cells.
//!
//! A capture is the frame itself, not a second drawing of it: it reads cells, and no model. The
//! second cell of a wide character is skipped; every glyph stands at its own place, so Chinese and
//! Latin text line up whatever font the viewer has. Bytes depend on the buffer only.

mod glyph;
#[cfg(test)]
mod snapshots;
mod svg;
#[cfg(test)]
mod tests;
mod text;

pub use svg::{Ground, svg};
pub use text::text;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::view::text::{clean, width};

/// A cell as a capture sees it.
pub(crate) struct Spot<'a> {
    /// Column and row from the top left of the buffer.
    pub(crate) at: (u16, u16),
    /// Columns that it takes, 1 or 2.
    pub(crate) wide: u16,
    /// What it holds, clean.
    pub(crate) symbol: std::borrow::Cow<'a, str>,
    /// How it looks.
    pub(crate) cell: &'a ratatui::buffer::Cell,
}

/// The cells of a row, without the second halves of wide characters.
pub(crate) fn spots(buf: &Buffer, y: u16) -> Vec<Spot<'_>> {
    let mut out = Vec::new();
    let mut x = 0;
    while x < buf.area.width {
        let place = Position::new(buf.area.x + x, buf.area.y + y);
        let Some(cell) = buf.cell(place) else { break };
        let symbol = clean(cell.symbol());
        let wide = (width(&symbol) as u16).clamp(1, 2).min(buf.area.width - x);
        let symbol = if width(&symbol) == 0 {
            " ".into()
        } else {
            symbol
        };
        out.push(Spot {
            at: (x, y),
            wide,
            symbol,
            cell,
        });
        x += wide;
    }
    out
}
