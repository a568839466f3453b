//! State of the columns of a table: which are shown, in which order.

/// What is chosen in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Columns {
    /// The row of the cursor.
    pub row: usize,
}
