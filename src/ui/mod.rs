//! View models → ratatui `Buffer`. Drawing reads models and a theme, and nothing else.

pub mod aipl;
pub mod beside;
pub mod brands;
pub mod chart;
pub mod choices;
pub mod columns;
pub mod crowds;
pub mod depth;
pub mod digits;
pub mod draw;
pub mod explain;
pub mod fast;
pub mod fast_plus;
pub mod frame;
pub mod glyphs;
pub mod gmv;
mod hits;
pub mod levers;
pub mod list;
pub mod notes;
pub mod outlook;
pub mod overlay;
pub mod palette;
#[cfg(test)]
mod panes_test;
pub mod picker;
pub mod presenter;
pub mod scenarios;
pub mod seek;
pub mod table;
pub mod theme;
pub mod tour;
pub mod views;
pub mod which_key;
pub mod why;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

pub use hits::{hit, hits};
pub use theme::Theme;

use crate::view::overlay::OverlayModel;
use crate::view::{Look, PaneModel, Screen};

/// Draws the screen; gives the place of the text cursor, when a text field is open.
pub fn render(screen: &Screen, theme: &Theme, area: Rect, buf: &mut Buffer) -> Option<(u16, u16)> {
    let area = area.intersection(buf.area);
    draw::fill(buf, area, theme.base);
    let places = frame::places(screen, area);
    frame::render(screen, theme, &places, buf);
    let (under, over) = layers(screen, &places, area);
    let left = match &screen.beside {
        Some(model) => beside::render(model, theme, under, buf),
        None => under,
    };
    if !left.is_empty() {
        pane(&screen.pane, theme, left, buf);
    }
    if screen.stale {
        draw::fade(buf, under, theme);
    }
    let overlay = screen.overlay.as_ref();
    let caret = overlay.and_then(|model| overlay::render(model, theme, over, buf));
    if let Some(model) = &screen.which_key {
        which_key::render(model, theme, places.pane, buf);
    }
    caret
}

/// Brings a finished frame to what a terminal can show: its glyphs and its colours. The theme was
/// that of the same depth.
pub fn finish(buf: &mut Buffer, look: &Look) {
    glyphs::replace(buf, look.glyphs, look.ambiguous);
    depth::reduce(buf, look.depth);
}

/// Below this many rows what is open takes the whole screen but the footer.
const LOW: u16 = 14;

/// What is left for the pane, and where what lies over it stands.
fn layers(screen: &Screen, places: &frame::Places, whole: Rect) -> (Rect, Rect) {
    let area = places.pane;
    if screen.overlay.is_some() && whole.height < LOW {
        let over = draw::rows(whole, 0, whole.height - places.footer.height);
        return (area, over);
    }
    match &screen.overlay {
        // The drawer stands beside the pane, so that its numbers can be seen to follow.
        Some(OverlayModel::Levers(_)) => levers::places(area),
        Some(OverlayModel::Picker(_)) => picker::places(area),
        _ => (area, area),
    }
}

/// Draws the pane alone, as large as it can be, with its notes and the caption of a picture.
pub fn render_pane(screen: &Screen, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let area = area.intersection(buf.area);
    draw::fill(buf, area, theme.base);
    let below = frame::footer_rows(screen, area.height);
    let notes = (screen.notes.len() as u16).min(area.height / 6);
    let high = area.height.saturating_sub(below + notes);
    pane(&screen.pane, theme, draw::rows(area, 0, high), buf);
    frame::notes(&screen.notes, theme, draw::rows(area, high, notes), buf);
    let foot = draw::rows(area, high + notes, below);
    frame::caption(&screen.caption, theme, foot, buf);
}

fn pane(model: &PaneModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    match model {
        PaneModel::Fast(model) => fast::render(model, theme, area, buf),
        PaneModel::FastPlus(model) => fast_plus::render(model, theme, area, buf),
        PaneModel::Empty(text) => empty(text, theme, area, buf),
        PaneModel::Brands(model) => brands::render(model, theme, area, buf),
        PaneModel::Crowds(model) => crowds::render(model, theme, area, buf),
        PaneModel::Aipl(model) => aipl::render(model, theme, area, buf),
        PaneModel::Gmv(model) => {
            gmv::render(model, theme, area, buf);
        }
        PaneModel::Scenarios(model) => {
            scenarios::render(model, theme, area, buf);
        }
        PaneModel::Why(model) => why::render(model, theme, area, buf),
        PaneModel::Outlook(model) => outlook::render(model, theme, area, buf),
        PaneModel::Presenter(model) => presenter::render(model, theme, area, buf),
        PaneModel::List(model) => list::render(model, theme, area, buf),
    }
}

fn empty(text: &str, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let middle = draw::row(area, area.height / 2);
    draw::put_center(buf, middle, text, theme.muted);
}
