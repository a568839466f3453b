//! What stands beside the pane: another pane, or the same one for another brand, day or scenario.
//!
//! The right half is a state of its own, derived from the one that the user drives: whatever is
//! chosen there (slice, definitions, cursors) holds on both sides, and only what the halves are
//! about differs. It never changes the left half.

use std::fmt;
use std::sync::Arc;

use super::state::{Pane, State};
use crate::board::{Against, Board, Focus, Query};

/// What differs at the right.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Other {
    /// Another pane.
    Pane(Pane),
    /// Another brand, by its id.
    Brand(String),
    /// Another as-of day, counted from the left one.
    Day(Against),
    /// Another scenario of the brand; `None` for the numbers of the data.
    Scenario(Option<String>),
}

impl Other {
    /// Reads what its text says.
    pub fn parse(text: &str) -> Option<Self> {
        if text == "baseline" {
            return Some(Self::Scenario(None));
        }
        let (kind, value) = text.split_once(':')?;
        match kind {
            "pane" => Pane::ALL
                .into_iter()
                .find(|p| p.id() == value)
                .map(Self::Pane),
            "brand" => Some(Self::Brand(value.to_owned())),
            "day" => Against::parse(value).map(Self::Day),
            "scenario" => Some(Self::Scenario(Some(value.to_owned()))),
            _ => None,
        }
    }
}

/// The text that [`Other::parse`] reads back.
impl fmt::Display for Other {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pane(pane) => write!(f, "pane:{}", pane.id()),
            Self::Brand(id) => write!(f, "brand:{id}"),
            Self::Day(against) => write!(f, "day:{against}"),
            Self::Scenario(Some(name)) => write!(f, "scenario:{name}"),
            Self::Scenario(None) => f.write_str("baseline"),
        }
    }
}

/// What a board of the right half is computed for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The question.
    pub query: Query,
    /// For which brand, and how deep.
    pub focus: Focus,
    /// Where the data set that it is asked of stands, only to tell it from another one.
    pub engine: usize,
}

/// What stands beside the pane.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// What differs there, or what did when it was there last.
    pub other: Option<Other>,
    /// It is there.
    pub on: bool,
    /// Where the halves take turns: the right one is shown.
    pub turned: bool,
    /// Counts the boards that were asked for, so that late ones are dropped.
    pub generation: u64,
    /// What was asked for last.
    pub asked: Option<Asked>,
    /// The last board that was computed for the right half alone, without a scenario.
    pub board: Option<Arc<Board>>,
    /// The right half, while it is there.
    pub right: Option<Arc<State>>,
}
