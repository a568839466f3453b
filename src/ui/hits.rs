//! What can be clicked, and where it stands.
//!
//! The places come from the same layout functions as the drawing, so that a click means what is
//! seen under it. Nothing here draws, and nothing knows what a click does.

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use super::theme::Theme;
use super::{brands, crowds, frame, gmv, layers, list, overlay, scenarios, table};
use crate::view::overlay::OverlayModel;
use crate::view::table::Table;
use crate::view::{PaneModel, Pointed, Screen};

/// Everything on a screen that can be clicked. Behind what lies over the pane nothing can, but the
/// keys of the footer.
pub fn hits(screen: &Screen, theme: &Theme, area: Rect) -> Vec<(Rect, Pointed)> {
    let places = frame::places(screen, area);
    let (under, over) = layers(screen, &places, area);
    let mut hits = keys(screen, theme, &places);
    let behind = match &screen.overlay {
        None | Some(OverlayModel::Levers(_)) => true,
        Some(model) => {
            hits.extend(overlay::hits(model, over));
            false
        }
    };
    if behind {
        hits.extend(surroundings(screen, &places));
    }
    if screen.overlay.is_none() {
        hits.extend(pane(&screen.pane, theme, under));
    }
    hits
}

/// What stands at a place of the screen.
pub fn hit(screen: &Screen, theme: &Theme, area: Rect, at: (u16, u16)) -> Option<Pointed> {
    let place = Position::from(at);
    let mut all = hits(screen, theme, area).into_iter();
    all.find(|(rect, _)| rect.contains(place))
        .map(|(_, pointed)| pointed)
}

fn keys(screen: &Screen, theme: &Theme, places: &frame::Places) -> Vec<(Rect, Pointed)> {
    let hints = screen.footer.hints.iter();
    frame::key_places(screen, theme, places)
        .into_iter()
        .zip(hints)
        .map(|(place, (key, _))| (place, Pointed::Key(key.clone())))
        .collect()
}

/// Tabs and slice bar.
fn surroundings(screen: &Screen, places: &frame::Places) -> Vec<(Rect, Pointed)> {
    let tabs = frame::tab_places(screen, places.tabs).into_iter();
    let tabs = tabs
        .enumerate()
        .map(|(i, (place, _))| (place, Pointed::Tab(i)));
    let slice = frame::slice_places(&screen.slice_bar, places.slice);
    let slice = slice.into_iter().map(|(place, p)| (place, p.clone()));
    tabs.chain(slice).collect()
}

fn pane(model: &PaneModel, theme: &Theme, area: Rect) -> Vec<(Rect, Pointed)> {
    // Where a table stands depends on the words around it; a frame that nobody sees tells.
    let unseen = || Buffer::empty(area);
    match model {
        PaneModel::Brands(m) => rows(Some(&m.table), brands::table_place(m, area)),
        PaneModel::Crowds(m) => rows(Some(&m.table), crowds::table_place(m, area)),
        PaneModel::Gmv(m) => rows(gmv::table_of(m), gmv::render(m, theme, area, &mut unseen())),
        PaneModel::Scenarios(m) => {
            let place = scenarios::render(m, theme, area, &mut unseen());
            rows(Some(&m.list), place)
        }
        PaneModel::List(m) => {
            let places = list::row_places(m, area).into_iter();
            places
                .map(|(place, by)| (place, Pointed::Step(by)))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Rows and headers of a table.
fn rows(table: Option<&Table>, place: Rect) -> Vec<(Rect, Pointed)> {
    let Some(table) = table.filter(|_| !place.is_empty()) else {
        return Vec::new();
    };
    let heads = table::header_places(table, place).into_iter();
    let heads = heads.map(|(place, id)| (place, Pointed::Column(id.to_owned())));
    let rows = table::row_places(table, place).into_iter();
    let rows = rows.map(|(place, at)| (place, Pointed::Row(at)));
    heads.chain(rows).collect()
}
