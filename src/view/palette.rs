//! State → text of the palette: one field that finds everything by name.

use super::text::pick;
use crate::app::State;
use crate::app::palette::Palette;

/// What is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PaletteModel {
    /// Title.
    pub title: String,
    /// The row of the cursor.
    pub cursor: usize,
}

/// The model of a state.
pub fn model(state: &State, form: &Palette) -> PaletteModel {
    PaletteModel {
        title: pick(state.language, "命令面板", "Palette").to_owned(),
        cursor: form.row,
    }
}
