//! A list with a field above it: what the numbers are compared with, definitions.

use super::overlay::TextField;

/// What is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChoicesModel {
    /// Title.
    pub title: String,
    /// The field above the list.
    pub field: TextField,
    /// Rows around the cursor.
    pub rows: Vec<ChoiceRow>,
    /// The place of `rows[0]` in the whole list.
    pub first: usize,
    /// Rows in the whole list.
    pub len: usize,
    /// The row of the cursor, in the whole list.
    pub cursor: usize,
    /// What the row under the cursor is for.
    pub foot: String,
    /// Said instead of rows when there are none.
    pub empty: String,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceRow {
    /// Heading of its group, on its first row.
    pub heading: Option<String>,
    /// Its name.
    pub name: String,
    /// What else is known of it.
    pub about: String,
    /// It holds now.
    pub on: bool,
}
