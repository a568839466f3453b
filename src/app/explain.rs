//! State of what a number is: name, formula, parts, windows and where it comes from.

/// What is chosen in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Explain {
    /// The row of the cursor.
    pub row: usize,
}
