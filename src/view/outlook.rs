//! Where the brand goes if its weekly rates hold.

use super::text::pick;
use crate::app::State;

/// The pane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OutlookModel {
    /// Title of the panel.
    pub title: String,
}

/// The pane for a state.
pub fn model(state: &State) -> OutlookModel {
    OutlookModel {
        title: pick(state.language, "展望", "Outlook").to_owned(),
    }
}
