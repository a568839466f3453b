//! State of what the numbers are compared with.

/// What is chosen in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Compare {
    /// The row of the cursor.
    pub row: usize,
}
