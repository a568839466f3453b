//! How the screen is shared out: the whole frame, one pane alone, big digits, or two panes at once.
//!
//! Keys, screen and tests must agree on whether two panes stand side by side, one above the other,
//! or take turns, so that is decided here, from the size of the screen alone.

use super::beside::Beside;

/// What is drawn around the pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Frame {
    /// Title, tabs, slice bar and footer.
    #[default]
    Whole,
    /// Nothing but the footer: the pane has the screen.
    Zoomed,
    /// Nothing either, and the pane makes way for its headline figures in big digits.
    Presenter,
}

impl Frame {
    /// Its name in a scene; empty as usual.
    pub fn id(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Zoomed => "zoom",
            Self::Presenter => "presenter",
        }
    }

    /// The frame of that name.
    pub fn named(id: &str) -> Option<Self> {
        [Self::Whole, Self::Zoomed, Self::Presenter]
            .into_iter()
            .find(|f| f.id() == id)
    }
}

/// How two panes share the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Split {
    /// Left and right.
    Columns,
    /// Above and below.
    Rows,
    /// One at a time.
    Turns,
}

/// Columns from which two panes stand side by side.
const WIDE: u16 = 160;
/// Rows from which one stands above the other.
const HIGH: u16 = 50;
/// Rows of the screen that are not the pane.
const CHROME: u16 = 5;

/// How two panes share a screen of so many columns and rows.
pub fn split((columns, rows): (u16, u16)) -> Split {
    match (columns, rows) {
        (WIDE.., _) => Split::Columns,
        (_, HIGH..) => Split::Rows,
        _ => Split::Turns,
    }
}

/// Columns and rows of a screen whose pane would be as large as one of two.
pub fn half((columns, rows): (u16, u16)) -> (u16, u16) {
    match split((columns, rows)) {
        Split::Columns => (columns / 2, rows),
        Split::Rows => (columns, (rows - CHROME) / 2 + CHROME),
        Split::Turns => (columns, rows),
    }
}

/// What the user chose of it.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// What is drawn around the pane.
    pub frame: Frame,
    /// What stands beside the pane.
    pub beside: Beside,
}
