//! A state → the cells of its picture: the screen, or one pane of it, with the caption below.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::State;
use crate::ui::{self, Theme, glyphs};
use crate::view::{self, Shot};

/// The picture of a state, as large as its screen.
pub fn frame(state: &State, shot: Shot) -> Buffer {
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let mut buffer = Buffer::empty(area);
    let screen = view::picture(state, shot);
    let theme = Theme::named(screen.theme);
    match shot {
        Shot::Screen => {
            ui::render(&screen, &theme, area, &mut buffer);
        }
        Shot::Pane => ui::render_pane(&screen, &theme, area, &mut buffer),
    }
    glyphs::replace(&mut buffer, state.look.glyphs, state.look.ambiguous);
    buffer
}
