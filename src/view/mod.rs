//! State → text and plain numbers, in both languages; the only place where numbers become text.

pub mod aipl;
pub mod beside;
pub mod brands;
pub mod caption;
pub mod choices;
pub mod columns;
pub mod compare;
pub mod crowds;
pub mod definitions;
pub mod explain;
pub mod fast;
pub mod fast_plus;
#[cfg(test)]
pub(crate) mod fixture;
pub mod ghost;
pub mod gmv;
pub mod header;
pub mod headline;
pub mod levers;
pub mod list;
pub mod menu;
pub mod notes;
pub mod number;
pub mod outlook;
pub mod overlay;
pub mod palette;
pub mod picker;
pub mod presenter;
pub mod scenarios;
pub mod screen;
pub mod seek;
pub mod table;
pub mod text;
pub mod tour;
pub mod views;
pub mod which_key;
pub mod why;

pub use crate::app::{
    Ambiguous, Colours, Depth, GlyphSet, Heat, Language, Look, Pointed, Rgb, Shot, ThemeName,
    contrast,
};
pub use screen::{PaneModel, Screen, picture, screen};
