//! State → text of the columns of a table: which are shown, in which order.

use super::text::pick;
use crate::app::State;
use crate::app::columns::Columns;

/// What is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ColumnsModel {
    /// Title.
    pub title: String,
    /// The row of the cursor.
    pub cursor: usize,
}

/// The model of a state.
pub fn model(state: &State, form: &Columns) -> ColumnsModel {
    ColumnsModel {
        title: pick(state.language, "列", "Columns").to_owned(),
        cursor: form.row,
    }
}
