//! View models → ratatui `Buffer`. Drawing reads models and a theme, and nothing else.

pub mod aipl;
pub mod brands;
pub mod chart;
pub mod crowds;
pub mod draw;
pub mod list;
pub mod overlay;
#[cfg(test)]
mod panes_test;
pub mod table;
pub mod theme;

pub use theme::Theme;
