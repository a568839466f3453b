//! Tables as Apache Parquet files.
//!
//! A file is read through an open handle, row group by row group, a few thousand rows at a time, and
//! given out as lines of text in the forms that the readers of cells know; so every rule for rows and
//! cells is the same as for CSV, and blocks of lines are read on all cores. Columns that nobody reads
//! are not decoded. Whatever a file declares is compared with its size before memory is reserved.
//! Nested structures, encrypted files and codecs without a decoder here are refused by name.

mod column;
mod delta;
mod form;
mod inflate;
mod pages;
mod source;
mod thrift;

use std::cell::Cell;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Once};

use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use column::{Column, Heading, Row};
use form::Form;
pub(super) use form::Style;
use pages::Budget;
pub(super) use source::Source;

use super::fingerprint::Sum;
use super::records::{MAX_CELLS, Read, Record, Records};

/// What every file begins and ends with.
pub(super) const MAGIC: &[u8; 4] = b"PAR1";
/// Between the cells of a line.
pub(super) const DELIMITER: u8 = b',';
/// Rows that are decoded at a time.
const BATCH: usize = 4096;
/// Bytes of text after which a block ends.
const BLOCK: usize = 1 << 20;
/// Bytes of the largest footer that is read.
const MAX_FOOTER: usize = 256 << 20;
/// What is said of a column whose rows do not fit those of its row group.
const WRONG_ROWS: &str = "a column has not as many rows as its row group";
/// Length and mark behind the footer.
const TAIL: usize = 8;

/// Why a file, or the rest of it, cannot be read.
#[derive(Debug)]
pub(super) enum Fault {
    /// The end is missing, or not what it must be.
    Cut,
    /// It changed while it was read.
    Changed,
    /// It has more columns than a table may have.
    Wide,
    /// Something in it is wrong or not supported, in the words of the library.
    Damaged(String),
}

impl From<ParquetError> for Fault {
    fn from(fault: ParquetError) -> Self {
        let text = match fault {
            ParquetError::General(text) | ParquetError::NYI(text) | ParquetError::EOF(text) => text,
            other => other.to_string(),
        };
        Self::Damaged(text)
    }
}

/// A table that is read block by block.
pub(super) struct Table {
    source: Arc<Source>,
    budget: Arc<Budget>,
    data: ParquetMetaData,
    headings: Vec<Heading>,
    /// Columns that somebody reads.
    wanted: Vec<bool>,
    /// Whether moments are written for a clock only, not for people.
    style: Style,
    /// The row group that comes next.
    next_group: usize,
    /// Readers of the columns; `None` where nothing is read.
    columns: Vec<Option<Column>>,
    /// The columns that nobody reads, opened for a row without anything else.
    rest: Option<Rest>,
    /// Rows of the row group that are decoded.
    group_done: u64,
    /// Rows of the row group that are not decoded yet.
    group_left: u64,
    /// Rows that are decoded and not given out yet.
    batch_left: usize,
    /// Rows given out.
    row: u64,
    replaced: usize,
    fault: Option<Fault>,
    spare: Vec<String>,
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Table");
        shown.field("headings", &self.headings);
        shown.field("row", &self.row).finish_non_exhaustive()
    }
}

impl Table {
    /// Reads the footer.
    pub(super) fn open(source: Source) -> Result<Self, Fault> {
        let source = Arc::new(source);
        let data = guarded(|| footer(&source))?;
        let schema = data.file_metadata().schema_descr();
        if schema.num_columns() > MAX_CELLS {
            return Err(Fault::Wide);
        }
        let headings = Heading::all(schema);
        if headings.iter().all(|h| h.form.is_none()) {
            return Err(damaged("it has no column that can be read"));
        }
        Ok(Self {
            source,
            budget: Arc::default(),
            data,
            wanted: vec![true; headings.len()],
            style: Style::Full,
            headings,
            next_group: 0,
            columns: Vec::new(),
            rest: None,
            group_done: 0,
            group_left: 0,
            batch_left: 0,
            row: 0,
            replaced: 0,
            fault: None,
            spare: Vec::new(),
        })
    }

    /// The names of the columns; none for those that cannot be read.
    pub(super) fn names(&self) -> Vec<String> {
        let name = |h: &Heading| h.form.map(|_| h.name.clone()).unwrap_or_default();
        self.headings.iter().map(name).collect()
    }

    /// Columns whose type no cell can hold.
    pub(super) fn unreadable(&self) -> Vec<String> {
        let without = self.headings.iter().filter(|h| h.form.is_none());
        let mut names: Vec<String> = without.map(|h| h.name.clone()).collect();
        names.dedup();
        names
    }

    /// Whether a column holds days or moments as such.
    pub(super) fn is_dated(&self, column: usize) -> bool {
        let form = self.headings.get(column).and_then(|h| h.form);
        form.is_some_and(Form::is_dated)
    }

    /// Begins again, and from now on leaves out the columns that nobody reads.
    pub(super) fn restart(&mut self, wanted: Vec<bool>, style: Style) {
        (self.wanted, self.style) = (wanted, style);
        self.columns.clear();
        self.rest = None;
        (self.next_group, self.group_left, self.batch_left) = (0, 0, 0);
        (self.row, self.replaced) = (0, 0);
    }

    /// The first rows as cells.
    pub(super) fn sample(&mut self, rows: usize) -> Result<Vec<Vec<String>>, Fault> {
        let mut text = String::new();
        for _ in 0..rows {
            if !self.line(&mut text)? {
                break;
            }
        }
        let mut records = Records::new(&text, DELIMITER);
        let mut record = Record::default();
        let mut found = Vec::new();
        while records.read(&mut record) != Read::End {
            found.push(record.cells(&text));
        }
        Ok(found)
    }

    /// The next rows as lines of text; `None` behind the last, or when the rest cannot be read.
    pub(super) fn block(&mut self) -> Option<String> {
        let mut text = self.spare.pop().unwrap_or_default();
        text.clear();
        while self.fault.is_none() && text.len() < BLOCK {
            match self.line(&mut text) {
                Ok(true) => {}
                Ok(false) => break,
                Err(fault) => self.fault = Some(fault),
            }
        }
        (!text.is_empty()).then_some(text)
    }

    /// Takes the memory of a block back.
    pub(super) fn give_back(&mut self, block: String) {
        if block.capacity() <= 2 * BLOCK {
            self.spare.push(block);
        }
    }

    /// Bytes of the file that the rows given out stand for.
    pub(super) fn position(&self) -> u64 {
        let groups = self.data.row_groups().iter();
        let rows: u64 = groups.map(|g| g.num_rows().unsigned_abs()).sum();
        (self.source.size() as f64 * (self.row as f64 / rows.max(1) as f64)) as u64
    }

    /// How the reading ended: the hash of what was read and the number of characters that were no
    /// UTF-8, or the row behind the last good one and what is wrong.
    pub(super) fn finish(self) -> Result<(Sum, usize), (u64, Fault)> {
        let sum = self.source.finish().ok_or((0, Fault::Changed))?;
        match self.fault {
            Some(fault) => Err((self.row + 1, fault)),
            None => Ok((sum, self.replaced)),
        }
    }

    /// Writes the next row as a line; `false` behind the last.
    fn line(&mut self, out: &mut String) -> Result<bool, Fault> {
        while self.batch_left == 0 {
            if self.group_left == 0 && !self.open_group()? {
                return Ok(false);
            }
            self.decode()?;
        }
        let start = out.len();
        let mut row = Row::new(out);
        row.cells(&mut self.columns);
        self.replaced += row.replaced;
        if is_blank(out.get(start..).unwrap_or("")) {
            out.truncate(start);
            self.unread(out)?;
        }
        self.batch_left -= 1;
        self.row += 1;
        out.push('\n');
        Ok(true)
    }

    /// Writes what a row holds in the columns that nobody reads: it tells a row of nothing from one
    /// in which something is missing.
    fn unread(&mut self, out: &mut String) -> Result<(), Fault> {
        let start = out.len();
        if self.wanted.contains(&false) {
            let at = self.group_done - self.batch_left as u64;
            let mut rest = match self.rest.take() {
                Some(rest) => rest,
                None => Rest {
                    columns: self.open_columns(self.next_group.saturating_sub(1), false)?,
                    row: 0,
                },
            };
            let skip = at.saturating_sub(rest.row) as usize;
            guarded(|| rest.read(skip))?;
            rest.row = at + 1;
            Row::new(out).cells(&mut rest.columns);
            self.rest = Some(rest);
        } else {
            out.extend(std::iter::repeat_n(
                ',',
                self.headings.len().saturating_sub(1),
            ));
        }
        // An empty line is no row.
        if out.len() == start {
            out.push_str("\"\"");
        }
        Ok(())
    }

    /// Begins the next row group that has rows.
    fn open_group(&mut self) -> Result<bool, Fault> {
        while let Some(group) = self.data.row_groups().get(self.next_group) {
            let rows = u64::try_from(group.num_rows());
            let rows = rows.map_err(|_| damaged("a row group has less than no rows"))?;
            self.next_group += 1;
            if rows > 0 {
                self.columns.clear();
                self.rest = None;
                self.columns = self.open_columns(self.next_group - 1, true)?;
                (self.group_done, self.group_left) = (0, rows);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The columns of a row group that somebody reads, or the others.
    fn open_columns(&self, group: usize, wanted: bool) -> Result<Vec<Option<Column>>, Fault> {
        let groups = self.data.row_groups();
        let group = groups
            .get(group)
            .ok_or_else(|| damaged("a row group is missing"))?;
        let shared = (&self.source, &self.budget);
        let open = |(heading, is_wanted): (&Heading, &bool)| {
            let form = heading.form.filter(|_| *is_wanted == wanted);
            form.map(|form| Column::open(heading, (form, self.style), group, shared))
                .transpose()
        };
        guarded(|| {
            self.headings
                .iter()
                .zip(&self.wanted)
                .map(open)
                .collect::<Result<_>>()
        })
    }

    /// Decodes the next rows of every column.
    fn decode(&mut self) -> Result<(), Fault> {
        let rows = self.group_left.min(BATCH as u64) as usize;
        self.budget.forget();
        let is_last = rows as u64 == self.group_left;
        for column in self.columns.iter_mut().flatten() {
            let (found, ends) = guarded(|| {
                let found = column.read(rows)?;
                Ok::<_, ParquetError>((found, !is_last || column.is_at_end()?))
            })?;
            if found != rows || !ends {
                return Err(damaged(WRONG_ROWS));
            }
        }
        self.group_left -= rows as u64;
        self.group_done += rows as u64;
        self.batch_left = rows;
        Ok(())
    }
}

/// The columns that nobody reads, some rows into their row group.
struct Rest {
    columns: Vec<Option<Column>>,
    row: u64,
}

impl Rest {
    /// Goes on to a row and decodes it.
    fn read(&mut self, skip: usize) -> Result<()> {
        for column in self.columns.iter_mut().flatten() {
            if column.skip(skip)? != skip || column.read(1)? != 1 {
                return Err(ParquetError::General(WRONG_ROWS.to_owned()));
            }
        }
        Ok(())
    }
}

/// Whether a line has no cell with anything in it.
fn is_blank(line: &str) -> bool {
    line.chars().all(|c| c == ',' || c.is_whitespace())
}

fn damaged(what: &str) -> Fault {
    Fault::Damaged(what.to_owned())
}

fn footer(source: &Source) -> Result<ParquetMetaData, Fault> {
    let size = source.size();
    let start = size.checked_sub(TAIL as u64).ok_or(Fault::Cut)?;
    let tail = source.take(start, TAIL)?;
    let (length, mark) = tail.split_first_chunk::<4>().ok_or(Fault::Cut)?;
    if mark == b"PARE" {
        return Err(damaged("it is encrypted"));
    }
    if mark != MAGIC {
        return Err(Fault::Cut);
    }
    let length = u32::from_le_bytes(*length) as usize;
    let start = start.checked_sub(length as u64).ok_or(Fault::Cut)?;
    if length > MAX_FOOTER {
        return Err(damaged("its footer is too large"));
    }
    let bytes = source.take(start, length)?;
    if !thrift::is_sound_footer(&bytes) {
        return Err(damaged("its footer is damaged"));
    }
    let data = ParquetMetaDataReader::decode_metadata(&bytes)?;
    let mut groups = data.row_groups().iter();
    let rows = groups.try_fold(0i64, |sum, group| sum.checked_add(group.num_rows()));
    if rows != Some(data.file_metadata().num_rows()) {
        return Err(damaged(
            "its row groups have not the declared number of rows",
        ));
    }
    Ok(data)
}

thread_local! {
    /// Whether a panic on this thread is caught and told as a fault of the file.
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs the library. Its decoders trust what they are given in places that no check beforehand can
/// see; where one of them panics, the file is damaged, and no more is said on the terminal.
fn guarded<T, F: Into<Fault>>(run: impl FnOnce() -> Result<T, F>) -> Result<T, Fault> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_GUARDED.get() {
                before(info);
            }
        }));
    });
    IS_GUARDED.set(true);
    let done = panic::catch_unwind(AssertUnwindSafe(run));
    IS_GUARDED.set(false);
    match done {
        Ok(found) => found.map_err(Into::into),
        Err(_) => Err(damaged("its pages are damaged")),
    }
}
