//! Bytes → validated `Dataset`, with errors that say file, line and column.
//!
//! Reads folders with a `dataset.toml`, single tables and sets in memory. It refuses what it cannot
//! understand and says so: no row disappears (rows = used + rejected + excluded), no unknown action
//! or key is guessed, no path leaves the folder, and text is made harmless on entry.

mod blocks;
mod build;
pub mod cache;
mod cells;
mod checks;
mod columns;
mod decode;
pub mod demo;
mod event;
mod feed;
mod fingerprint;
mod folder;
mod footprint;
mod ids;
mod layout;
mod left_out;
mod line;
mod load;
mod manifest;
mod names;
mod number;
#[cfg(feature = "parquet")]
mod parquet;
mod people;
#[cfg(test)]
mod pieces_test;
mod plain;
mod portion;
mod profile;
mod records;
mod report;
mod rows;
mod save;
mod shelf;
mod spill;
mod starter;
mod store;
mod stream;
mod text;
mod texts;
mod time;

use std::fmt;
use std::path::PathBuf;

use crate::facts::{Dataset, Problem, Unbuilt};

pub use columns::{COLUMNS, Column, ColumnUnit, Kind};
pub use folder::{Entry, refuse_folder, write_folder};
pub use footprint::Footprint;
pub use save::write_atomic;
pub use shelf::{Found, Shelf};
pub use spill::Spill;
pub use starter::{Tongue, starter};
pub use text::clean;

/// What is loaded.
#[derive(Debug, Clone)]
pub enum Input {
    /// A folder with `dataset.toml`, the manifest itself, or one table file.
    Path(PathBuf),
    /// Files in memory, by relative path; one of them is `dataset.toml`.
    Memory(Vec<(String, Vec<u8>)>),
    /// The demo inside the program; it is unpacked when it is loaded.
    Demo,
}

/// How it is loaded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    /// Load the rest even when more than 20 % of the rows of a table are rejected.
    pub lenient: bool,
    /// Where the rows of event logs go.
    pub spill: Spill,
}

/// How far a load is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Bytes of files read so far.
    pub done: u64,
    /// Bytes of all files.
    pub total: u64,
    /// Rows read so far.
    pub rows: u64,
}

/// Why there is no data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadError {
    /// The watch said stop.
    Cancelled,
    /// The data set has errors; everything found, errors first.
    Problems(Vec<Problem>),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => write!(f, "the load was cancelled"),
            Self::Problems(problems) => match problems.first() {
                Some(first) => write!(f, "{first}"),
                None => write!(f, "the data set cannot be used"),
            },
        }
    }
}

impl std::error::Error for LoadError {}

impl From<Unbuilt> for LoadError {
    fn from(unbuilt: Unbuilt) -> Self {
        match unbuilt {
            Unbuilt::Stopped => Self::Cancelled,
            Unbuilt::Problem(problem) => Self::Problems(vec![*problem]),
        }
    }
}

/// Loads a data set. `watch` is told the progress at least every few thousand rows and stops the
/// load by returning `false`.
pub fn load(
    input: &Input,
    options: &Options,
    watch: &mut dyn FnMut(Progress) -> bool,
) -> Result<Dataset, LoadError> {
    load::load(input, options, watch)
}

/// Loads the manifest and the platform tables of a data set that has an event log too: a first look
/// while [`load`] reads the log. Nothing of the log is in it, neither problems nor files, and it
/// says so ([`Dataset::lacks_log`]). `wanted` is asked from time to time whether to go on.
///
/// `None` where this would be no help: without a log or without tables, where the tables are about
/// as long as the log, and with errors, which [`load`] reports.
pub fn tables(
    input: &Input,
    options: &Options,
    wanted: &(dyn Fn() -> bool + Sync),
) -> Option<Dataset> {
    load::tables(input, options, wanted)
}
