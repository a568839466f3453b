//! What can happen, and what the outside world is asked to do about it.

use std::sync::Arc;

use super::look::{Answer, ThemeName};
use super::pointer::Pointed;
use super::state::{Copied, Language, Loading, Mouse, Notice, Pane, Shot};
use crate::board::{Board, Focus, Query};
use crate::facts::Engine;
use crate::scenario::Book;
use crate::scenario::seek::{Found, Quest};

/// Something that happened: a command of the user, a text key, or news from outside.
#[derive(Debug, Clone)]
pub enum Action {
    /// The command with this id (a row of `COMMANDS`) was asked for.
    Command(&'static str),
    /// A character was typed into a text field.
    Type(char),
    /// Text was pasted into a text field; never keys.
    Paste(String),
    /// Something on the screen was clicked.
    Point(Pointed),
    /// The wheel was turned, so many notches towards the user.
    Wheel(isize),
    /// The wheel was turned to the side, so many notches to the right.
    Across(isize),
    /// The screen has a new size.
    Resize(u16, u16),
    /// A load made progress.
    Progress(u64, Loading),
    /// A load has read the platform tables; the event log follows.
    Tables(u64, Arc<Engine>),
    /// A load ended well.
    Loaded(u64, Arc<Engine>),
    /// A load ended with these problems.
    LoadFailed(u64, Vec<String>),
    /// The board that is being computed is done by so many percent.
    Counting(u8),
    /// The files of the data set have changed; a table that breaks off at this place is still being
    /// written.
    FilesChanged(Option<String>),
    /// A board was computed for this generation; one without histories
    /// ([`Extent::Figures`](crate::board::Extent::Figures)) is followed by the whole one.
    Computed(u64, Arc<Board>),
    /// A board was computed for the right half, for this count of its own.
    ComputedBeside(u64, Arc<Board>),
    /// What a slice would show that is only looked at, for this count of its own.
    Previewed(u64, Arc<Board>),
    /// Show this pane.
    Show(Pane),
    /// Use this language.
    Speak(Language),
    /// Use this theme.
    Paint(ThemeName),
    /// The terminal said something about itself.
    Answered(Answer),
    /// Show a message.
    Tell(Notice),
    /// The review that is being made has so many of so many pages.
    Reviewing(usize, usize),
    /// The review came to its end, well or not.
    Reviewed(Notice),
    /// A picture was made at this path, in these formats; so many characters are in no font.
    Pictured {
        /// The path of the first format.
        path: String,
        /// The endings of all formats.
        formats: String,
        /// Characters that are drawn as boxes.
        missing: usize,
    },
    /// What the goal seek of this generation found; without a frontier, which follows.
    Sought(u64, Arc<Found>),
    /// The scenarios that were kept for the data set with this fingerprint.
    Books(String, Books),
}

/// Scenarios that were kept.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Books {
    /// Those of the data set.
    pub own: Option<Book>,
    /// Those of other data, the newest first.
    pub others: Vec<Book>,
}

/// Something that the shell carries out.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Compute a board and send [`Action::Computed`] with this generation.
    Compute(u64, Query, Focus),
    /// Compute a board for the right half and send [`Action::ComputedBeside`] with this count; it makes
    /// way for [`Effect::Compute`].
    ComputeBeside(u64, Query, Focus),
    /// Compute a board of figures to be looked at, leave the one before, and send
    /// [`Action::Previewed`] with this count; `None` only leaves it. Everything else goes first.
    Preview(u64, Option<(Query, Focus)>),
    /// Load the data set that the program was started with and send progress and the result, with
    /// this number.
    Load(u64),
    /// Seek a goal, leave the one before, and send [`Action::Sought`] with this generation; `None`
    /// only leaves it.
    Seek(u64, Option<Arc<Quest>>),
    /// Stop the running load within 100 ms.
    CancelLoad,
    /// Read the scenarios that were kept and send [`Action::Books`] with this fingerprint.
    ReadBooks(String),
    /// Keep these scenarios.
    SaveBook(Book),
    /// Make a picture of this state and send [`Action::Pictured`] or a message.
    Capture(Shot),
    /// Make the review deck of the session and send progress and [`Action::Reviewed`].
    Review,
    /// Leave the review that is being made; nothing of it stays.
    CancelReview,
    /// Put this on the clipboard.
    Copy(Copied),
    /// Listen to the mouse, or leave it to the terminal.
    Mouse(Mouse),
    /// Suspend the process (Ctrl-Z).
    Suspend,
    /// Leave.
    Quit,
}
