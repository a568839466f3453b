//! View models → ratatui `Buffer`. Drawing reads models and a theme, and nothing else.

pub mod draw;
pub mod theme;

pub use theme::Theme;
