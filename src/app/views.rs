//! Saved views: named scenes of the data set, on the keys 1 to 9.

use super::scene::Scene;
use super::state::{Field, State};
use crate::scenario::View;

/// How many views can be saved: one for every digit.
pub const VIEWS: usize = 9;

/// The list of views, and the name of a new one while it is typed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Views {
    /// The row of the cursor.
    pub row: usize,
    /// The name of a view that is being saved.
    pub naming: Option<Field>,
}

/// What is shown, as a view with this name.
pub(super) fn view(state: &State, name: &str) -> View {
    View {
        name: name.to_owned(),
        shows: Scene::of(state)
            .without(|f| ["lang", "theme"].contains(&f.key))
            .to_string(),
    }
}
