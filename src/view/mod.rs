//! State → text and plain numbers, in both languages; the only place where numbers become text.

pub mod aipl;
pub mod brands;
pub mod crowds;
#[cfg(test)]
pub(crate) mod fixture;
pub mod list;
pub mod number;
pub mod overlay;
pub mod table;
pub mod text;

pub use crate::app::{Language, ThemeName};
