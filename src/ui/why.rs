//! Draws the pane of [`WhyModel`].

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::draw;
use super::theme::Theme;
use crate::view::why::WhyModel;

/// Draws the pane.
pub fn render(model: &WhyModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let caption = draw::Caption {
        title: &model.title,
        side: "",
        accent: None,
    };
    draw::panel(buf, area, caption, theme);
}
