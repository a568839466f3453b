//! State → text of what a number is: name, formula, parts, windows and where it comes from.

use super::text::pick;
use crate::app::State;
use crate::app::explain::Explain;

/// What is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExplainModel {
    /// Title.
    pub title: String,
    /// The row of the cursor.
    pub cursor: usize,
}

/// The model of a state.
pub fn model(state: &State, form: &Explain) -> ExplainModel {
    ExplainModel {
        title: pick(state.language, "指标说明", "What a number is").to_owned(),
        cursor: form.row,
    }
}
