//! Why the brand is where it is, and what moves it most.

use super::text::pick;
use crate::app::State;

/// The pane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WhyModel {
    /// Title of the panel.
    pub title: String,
}

/// The pane for a state.
pub fn model(state: &State) -> WhyModel {
    WhyModel {
        title: pick(state.language, "归因", "Why").to_owned(),
    }
}
