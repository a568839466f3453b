//! Tables as Apache Parquet files.
//!
//! A file is read through an open handle, row group by row group, a few thousand rows at a time, and
//! given out as rows of text in the forms that the readers of cells know; so every rule for cells is
//! the same as for CSV. Whatever a file declares is compared with its size before memory is reserved.
//! Nested structures, encrypted files and codecs without a decoder here are refused by name.

mod column;
mod delta;
mod form;
mod inflate;
mod pages;
mod source;
mod thrift;

use std::cell::Cell as Flag;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Once};

use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use column::{Cell, Column, Heading};
use pages::Budget;
pub(super) use source::Source;

use super::records::{MAX_CELLS, Record};

/// What every file begins and ends with.
pub(super) const MAGIC: &[u8; 4] = b"PAR1";
/// Rows that are decoded at a time.
const BATCH: usize = 4096;
/// Bytes of the largest footer that is read.
const MAX_FOOTER: usize = 256 << 20;
/// Length and mark behind the footer.
const TAIL: usize = 8;

/// Why a file, or the rest of it, cannot be read.
#[derive(Debug)]
pub(super) enum Fault {
    /// The end is missing, or not what it must be.
    Cut,
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

/// A table that is read row by row.
pub(super) struct Table {
    source: Arc<Source>,
    budget: Arc<Budget>,
    data: ParquetMetaData,
    headings: Vec<Heading>,
    /// The row group that comes next.
    next_group: usize,
    /// Readers of the columns; `None` where nothing can be read.
    columns: Vec<Option<Column>>,
    /// Rows of the row group that are not decoded yet.
    group_left: u64,
    /// Rows that are decoded and not given out yet.
    batch_left: usize,
    /// Rows given out.
    row: u64,
    text: String,
    /// Characters that were no UTF-8.
    pub(super) replaced: usize,
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
        Ok(Self {
            source,
            budget: Arc::default(),
            data,
            headings,
            next_group: 0,
            columns: Vec::new(),
            group_left: 0,
            batch_left: 0,
            row: 0,
            text: String::new(),
            replaced: 0,
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
        form.is_some_and(form::Form::is_dated)
    }

    /// The rows that the file declares.
    pub(super) fn rows(&self) -> u64 {
        let groups = self.data.row_groups().iter();
        groups.map(|g| g.num_rows().unsigned_abs()).sum()
    }

    /// The first rows as cells; they are given out again later.
    pub(super) fn sample(&mut self, rows: usize) -> Result<Vec<Vec<String>>, Fault> {
        let mut record = Record::default();
        let mut found = Vec::new();
        while found.len() < rows && (self.batch_left > 0 || found.is_empty()) {
            let Some(text) = self.next(&mut record)? else {
                break;
            };
            found.push(record.cells(text));
        }
        self.columns.iter_mut().flatten().for_each(Column::rewind);
        self.batch_left += found.len();
        self.row -= found.len() as u64;
        self.replaced = 0;
        Ok(found)
    }

    /// The text of the next row, laid out in the record; `None` behind the last.
    pub(super) fn next(&mut self, record: &mut Record) -> Result<Option<&str>, Fault> {
        while self.batch_left == 0 {
            if self.group_left == 0 && !self.open_group()? {
                return Ok(None);
            }
            self.decode()?;
        }
        self.batch_left -= 1;
        self.row += 1;
        self.text.clear();
        let mut cell = Cell {
            text: &mut self.text,
            is_plain: true,
            replaced: 0,
        };
        let ends = record.lay_out(self.row);
        for (i, column) in self.columns.iter_mut().enumerate() {
            if i > 0 {
                cell.text.push(' ');
            }
            if let Some(column) = column {
                column.write(&mut cell);
            }
            ends.push(cell.text.len());
        }
        self.replaced += cell.replaced;
        record.set_plain(cell.is_plain);
        Ok(Some(&self.text))
    }

    /// Begins the next row group that has rows.
    fn open_group(&mut self) -> Result<bool, Fault> {
        while let Some(group) = self.data.row_groups().get(self.next_group) {
            self.next_group += 1;
            let rows = u64::try_from(group.num_rows());
            let rows = rows.map_err(|_| damaged("a row group has less than no rows"))?;
            if rows == 0 {
                continue;
            }
            self.columns.clear();
            self.budget.forget();
            let shared = (&self.source, &self.budget);
            let each = self.headings.iter();
            self.columns = guarded(|| {
                each.map(|h| {
                    h.form
                        .map(|form| Column::open(h, form, group, shared))
                        .transpose()
                })
                .collect::<Result<_>>()
            })?;
            self.group_left = rows;
            return Ok(true);
        }
        Ok(false)
    }

    /// Decodes the next rows of every column.
    fn decode(&mut self) -> Result<(), Fault> {
        let rows = self.group_left.min(BATCH as u64) as usize;
        self.budget.forget();
        for column in self.columns.iter_mut().flatten() {
            let found = guarded(|| column.read(rows))?;
            if found != rows {
                return Err(damaged("a column has fewer rows than its row group"));
            }
        }
        self.group_left -= rows as u64;
        self.batch_left = rows;
        Ok(())
    }

    /// The source, for its digest.
    pub(super) fn source(&self) -> &Source {
        &self.source
    }
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
    static IS_GUARDED: Flag<bool> = const { Flag::new(false) };
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
