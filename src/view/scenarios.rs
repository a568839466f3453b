//! Scenarios side by side with the baseline.

use super::text::pick;
use crate::app::State;

/// The pane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScenariosModel {
    /// Title of the panel.
    pub title: String,
}

/// The pane for a state.
pub fn model(state: &State) -> ScenariosModel {
    ScenariosModel {
        title: pick(state.language, "情景", "Scenarios").to_owned(),
    }
}
