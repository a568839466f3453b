//! The GMV workbench: the target tree and Double 11.

use super::text::pick;
use crate::app::State;

/// The pane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GmvModel {
    /// Title of the panel.
    pub title: String,
}

/// The pane for a state.
pub fn model(state: &State) -> GmvModel {
    GmvModel {
        title: pick(state.language, "GMV 工作台", "GMV workbench").to_owned(),
    }
}
