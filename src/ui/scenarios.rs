//! Draws the pane of [`ScenariosModel`].

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::draw;
use super::theme::Theme;
use crate::view::scenarios::ScenariosModel;

/// Draws the pane.
pub fn render(model: &ScenariosModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let caption = draw::Caption {
        title: &model.title,
        side: "",
        accent: None,
    };
    draw::panel(buf, area, caption, theme);
}
