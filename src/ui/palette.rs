//! Draws the palette: one field that finds everything by name.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::draw;
use super::theme::Theme;
use crate::view::palette::PaletteModel;

/// Draws it; gives the place of the caret, if a field is open.
pub fn render(
    model: &PaletteModel,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Option<(u16, u16)> {
    let caption = draw::Caption {
        title: &model.title,
        side: "",
        accent: None,
    };
    draw::overlay(buf, draw::centered(area, 76, 20), caption, theme);
    None
}
