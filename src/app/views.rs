//! State of saved views.

/// What is chosen in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Views {
    /// The row of the cursor.
    pub row: usize,
}
