//! What can be pointed at on a screen, as plain data.
//!
//! The screen says where each of these stands; what pointing at it does is decided in `update`, by
//! the same commands that keys run. Without a mouse nothing is lost.

/// Something on the screen that can be clicked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Pointed {
    /// The tab of a pane, counted from 0.
    Tab(usize),
    /// A row of the table of the pane, by its place in the whole list.
    Row(usize),
    /// A row of what is open, so many below its cursor.
    Step(isize),
    /// The header of a column, by its id.
    Column(String),
    /// A dimension of the slice, by its id.
    Dimension(String),
    /// A key of the footer, as it is written there.
    Key(String),
    /// A command, by its id.
    Command(&'static str),
}
