//! A `Buffer` → SVG, PNG, HTML, ANSI and plain text, from one walk over its cells.
//!
//! A capture is the frame itself, not a second drawing of it: it reads cells, and no model. The
//! second cell of a wide character is skipped; every glyph stands at its own place, so Chinese and
//! Latin text line up whatever the viewer is. Lines and blocks are drawn from their code points, so
//! that they join; letters come from the embedded fonts. Bytes depend on the buffer, the ground and
//! added fonts only.

mod ansi;
mod colour;
mod fonts;
mod frame;
mod html;
mod outline;
mod page;
mod pixels;
pub mod report;
mod shapes;
#[cfg(test)]
mod snapshots;
mod svg;
#[cfg(test)]
mod tests;
mod text;
mod unifont;

pub use ansi::ansi;
pub use colour::Ground;
pub use fonts::Fonts;
pub use frame::frame;
pub use html::html;
pub use pixels::png;
pub use svg::{svg, svg_text};
pub use text::text;

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use ratatui::layout::Position;

use crate::view::text::{clean, width};

/// A picture, and what could not be drawn in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture<T> {
    /// The document or image.
    pub data: T,
    /// Characters that no font has; each is drawn as a frame.
    pub missing: BTreeSet<char>,
}

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
