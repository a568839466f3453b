//! State → text of the tour of the first run.

use super::text::pick;
use crate::app::State;
use crate::app::tour::Tour;

/// What is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TourModel {
    /// Title.
    pub title: String,
    /// The row of the cursor.
    pub cursor: usize,
}

/// The model of a state.
pub fn model(state: &State, form: &Tour) -> TourModel {
    TourModel {
        title: pick(state.language, "导览", "Tour").to_owned(),
        cursor: form.row,
    }
}
