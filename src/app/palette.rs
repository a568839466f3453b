//! State of the palette: one field that finds everything by name.

/// What is chosen in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Palette {
    /// The row of the cursor.
    pub row: usize,
}
