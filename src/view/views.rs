//! State → text of saved views.

use super::text::pick;
use crate::app::State;
use crate::app::views::Views;

/// What is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ViewsModel {
    /// Title.
    pub title: String,
    /// The row of the cursor.
    pub cursor: usize,
}

/// The model of a state.
pub fn model(state: &State, form: &Views) -> ViewsModel {
    ViewsModel {
        title: pick(state.language, "视图", "Saved views").to_owned(),
        cursor: form.row,
    }
}
