//! Draws the pane of [`GmvModel`].

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::draw;
use super::theme::Theme;
use crate::view::gmv::GmvModel;

/// Draws the pane.
pub fn render(model: &GmvModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let caption = draw::Caption {
        title: &model.title,
        side: "",
        accent: None,
    };
    draw::panel(buf, area, caption, theme);
}
