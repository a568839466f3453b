//! State of the tour of the first run.

/// What is chosen in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Tour {
    /// The row of the cursor.
    pub row: usize,
}
