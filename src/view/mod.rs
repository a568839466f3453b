//! State → text and plain numbers, in both languages; the only place where numbers become text.

pub mod number;
pub mod text;

pub use crate::app::{Language, ThemeName};
