//! What a deck says, before it is HTML or Markdown: sections of sentences, tables and pictures.
//!
//! Both documents are written from the same sections, so their numbers cannot part; every number is
//! still a [`Number`] here and becomes text in the one place that does that.

use crate::view::Language;
use crate::view::number::Number;
use crate::view::text;

/// How a text or number is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Tone {
    #[default]
    Plain,
    Good,
    Bad,
    /// Asks for attention.
    Warn,
    /// Stands back.
    Quiet,
}

/// A page of the deck.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Section {
    /// Unique in the deck: number and topic.
    pub(super) id: String,
    pub(super) title: String,
    /// Brand, days, slice, what-if.
    pub(super) about: String,
    pub(super) blocks: Vec<Block>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Block {
    /// A heading inside the page.
    Heading(String),
    /// Sentences, one below the other.
    Lines(Vec<Line>),
    /// A text that somebody wrote.
    Quote(String),
    Table(Table),
    /// The picture of the page.
    Frame,
}

/// A sentence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) tone: Tone,
    /// A word in front of it.
    pub(super) mark: String,
}

impl Line {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    pub(super) fn quiet(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            tone: Tone::Quiet,
            ..Self::default()
        }
    }
}

/// A table; numbers are aligned right.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Table {
    pub(super) heads: Vec<Head>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) title: String,
    pub(super) number: bool,
}

impl Head {
    pub(super) fn text(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            number: false,
        }
    }

    pub(super) fn number(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            number: true,
        }
    }
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    Text(String),
    Number {
        number: Number,
        tone: Tone,
        /// Its sign is not the one of the last run.
        flipped: bool,
    },
    Blank,
}

impl Cell {
    pub(super) fn number(number: Number) -> Self {
        Self::Number {
            number,
            tone: Tone::Plain,
            flipped: false,
        }
    }

    /// The text of the cell.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number { number, .. } => number.exact(),
            Self::Blank => String::new(),
        }
    }

    /// Why there is no number, where that is so.
    pub(super) fn why(&self, language: Language) -> Option<String> {
        match self {
            Self::Number { number, .. } => number.value.why().map(|why| text::why(language, why)),
            _ => None,
        }
    }
}
