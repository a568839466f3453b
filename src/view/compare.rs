//! State → text of what the numbers are compared with.

use super::text::pick;
use crate::app::State;
use crate::app::compare::Compare;

/// What is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CompareModel {
    /// Title.
    pub title: String,
    /// The row of the cursor.
    pub cursor: usize,
}

/// The model of a state.
pub fn model(state: &State, form: &Compare) -> CompareModel {
    CompareModel {
        title: pick(state.language, "对比", "Comparison").to_owned(),
        cursor: form.row,
    }
}
