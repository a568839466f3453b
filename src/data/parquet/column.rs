//! One column of a row group: decoded some thousand rows at a time, written cell by cell.

use std::sync::Arc;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArrayType, FloatType,
    Int32Type, Int64Type, Int96Type,
};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::RowGroupMetaData;
use parquet::schema::types::{ColumnDescPtr, SchemaDescriptor};

use super::DELIMITER;
use super::form::{self, Form, Style};
use super::pages::{Budget, Pages, Shape};
use super::source::Source;

/// Between the values of a list in one cell.
const BETWEEN: char = '|';
/// Bytes of a cell that are looked at: more than any number, name or list of values needs.
const MAX_CELL: usize = 1 << 16;
/// From here on a double does not hold every whole number.
const EXACT_DOUBLE: f64 = 9_007_199_254_740_992.0;
/// The same for a number of four bytes.
const EXACT_FLOAT: f64 = 16_777_216.0;

/// What a column is, in every row group.
#[derive(Debug, Clone)]
pub(super) struct Heading {
    /// Its name; that of the list where it is one.
    pub(super) name: String,
    /// How its values are written; `None` when no cell can hold them.
    pub(super) form: Option<Form>,
    index: usize,
    shape: Shape,
    descriptor: ColumnDescPtr,
}

impl Heading {
    /// The columns of a schema.
    pub(super) fn all(schema: &SchemaDescriptor) -> Vec<Self> {
        let each = schema.columns().iter().enumerate();
        each.map(|(index, column)| Self::new(index, column, schema))
            .collect()
    }

    fn new(index: usize, column: &ColumnDescPtr, schema: &SchemaDescriptor) -> Self {
        let parts = column.path().parts();
        let leaves = schema.columns().iter();
        let siblings = leaves
            .filter(|c| c.path().parts().first() == parts.first())
            .count();
        let has_lists = column.max_rep_level() > 0;
        let is_simple = match column.max_rep_level() {
            0 => true,
            1 => siblings == 1,
            _ => false,
        };
        let name = if has_lists {
            parts.first().cloned().unwrap_or_default()
        } else {
            parts.join(".")
        };
        Self {
            name,
            form: Form::of(column).filter(|_| is_simple),
            index,
            shape: Shape {
                kind: column.physical_type(),
                has_nulls: column.max_def_level() > 0,
                has_lists,
            },
            descriptor: Arc::clone(column),
        }
    }
}

/// Decoded values of one type.
struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    values: Vec<T::T>,
}

impl<T: DataType> Typed<T> {
    fn new(reader: ColumnReaderImpl<T>) -> Self {
        Self {
            reader,
            values: Vec::new(),
        }
    }

    fn read(&mut self, rows: usize, levels: &mut Levels) -> Result<usize> {
        self.values.clear();
        levels.clear();
        let (definition, repetition) = (&mut levels.definition, &mut levels.repetition);
        let mut done = 0;
        while done < rows {
            let (records, _, _) = self.reader.read_records(
                rows - done,
                Some(&mut *definition),
                Some(&mut *repetition),
                &mut self.values,
            )?;
            if records == 0 {
                break;
            }
            done += records;
        }
        Ok(done)
    }
}

enum Values {
    Flag(Typed<BoolType>),
    Int32(Typed<Int32Type>),
    Int64(Typed<Int64Type>),
    Int96(Typed<Int96Type>),
    Float(Typed<FloatType>),
    Double(Typed<DoubleType>),
    Bytes(Typed<ByteArrayType>),
    Fixed(Typed<FixedLenByteArrayType>),
}

impl From<ColumnReader> for Values {
    fn from(reader: ColumnReader) -> Self {
        match reader {
            ColumnReader::BoolColumnReader(r) => Self::Flag(Typed::new(r)),
            ColumnReader::Int32ColumnReader(r) => Self::Int32(Typed::new(r)),
            ColumnReader::Int64ColumnReader(r) => Self::Int64(Typed::new(r)),
            ColumnReader::Int96ColumnReader(r) => Self::Int96(Typed::new(r)),
            ColumnReader::FloatColumnReader(r) => Self::Float(Typed::new(r)),
            ColumnReader::DoubleColumnReader(r) => Self::Double(Typed::new(r)),
            ColumnReader::ByteArrayColumnReader(r) => Self::Bytes(Typed::new(r)),
            ColumnReader::FixedLenByteArrayColumnReader(r) => Self::Fixed(Typed::new(r)),
        }
    }
}

impl Values {
    fn read(&mut self, rows: usize, levels: &mut Levels) -> Result<usize> {
        match self {
            Self::Flag(typed) => typed.read(rows, levels),
            Self::Int32(typed) => typed.read(rows, levels),
            Self::Int64(typed) => typed.read(rows, levels),
            Self::Int96(typed) => typed.read(rows, levels),
            Self::Float(typed) => typed.read(rows, levels),
            Self::Double(typed) => typed.read(rows, levels),
            Self::Bytes(typed) => typed.read(rows, levels),
            Self::Fixed(typed) => typed.read(rows, levels),
        }
    }

    fn skip(&mut self, rows: usize) -> Result<usize> {
        match self {
            Self::Flag(typed) => typed.reader.skip_records(rows),
            Self::Int32(typed) => typed.reader.skip_records(rows),
            Self::Int64(typed) => typed.reader.skip_records(rows),
            Self::Int96(typed) => typed.reader.skip_records(rows),
            Self::Float(typed) => typed.reader.skip_records(rows),
            Self::Double(typed) => typed.reader.skip_records(rows),
            Self::Bytes(typed) => typed.reader.skip_records(rows),
            Self::Fixed(typed) => typed.reader.skip_records(rows),
        }
    }

    /// Writes a value; what there is none of stays empty.
    fn write(&self, index: usize, (form, style): (Form, Style), out: &mut Row<'_>) -> Option<()> {
        match self {
            Self::Flag(typed) => out.text.push_str(match typed.values.get(index)? {
                true => "true",
                false => "false",
            }),
            Self::Int32(typed) => {
                let value = *typed.values.get(index)?;
                match form {
                    Form::Unsigned => form::unsigned(u64::from(value as u32), out.text),
                    _ => form::integer(form, style, i64::from(value), out.text),
                }
            }
            Self::Int64(typed) => {
                let value = *typed.values.get(index)?;
                match form {
                    Form::Unsigned => form::unsigned(value as u64, out.text),
                    _ => form::integer(form, style, value, out.text),
                }
            }
            Self::Int96(typed) => form::int96(typed.values.get(index)?, style, out.text),
            Self::Float(typed) => {
                let value = *typed.values.get(index)?;
                form::float(f64::from(value), value, EXACT_FLOAT, out.text);
            }
            Self::Double(typed) => {
                let value = *typed.values.get(index)?;
                form::float(value, value, EXACT_DOUBLE, out.text);
            }
            Self::Bytes(typed) => out.bytes(typed.values.get(index)?, form),
            Self::Fixed(typed) => out.bytes(typed.values.get(index)?, form),
        }
        Some(())
    }
}

#[derive(Debug, Default)]
struct Levels {
    definition: Vec<i16>,
    repetition: Vec<i16>,
}

impl Levels {
    fn clear(&mut self) {
        self.definition.clear();
        self.repetition.clear();
    }
}

/// A line while it is written.
pub(super) struct Row<'o> {
    text: &'o mut String,
    /// Whether the cell holds something that a line of text must not.
    is_special: bool,
    /// Characters that are no UTF-8.
    pub(super) replaced: usize,
}

impl<'o> Row<'o> {
    /// Goes on behind this text.
    pub(super) fn new(text: &'o mut String) -> Self {
        Self {
            text,
            is_special: false,
            replaced: 0,
        }
    }

    /// Writes the next cells of all columns.
    pub(super) fn cells(&mut self, columns: &mut [Option<Column>]) {
        for (i, column) in columns.iter_mut().enumerate() {
            if i > 0 {
                self.text.push(char::from(DELIMITER));
            }
            if let Some(column) = column {
                let start = self.text.len();
                column.write(self);
                if self.is_special {
                    self.quote(start);
                }
            }
        }
    }

    /// Puts the cell into quotes. Ends of lines become the marks that they would become later.
    fn quote(&mut self, start: usize) {
        self.is_special = false;
        let raw = self.text.split_off(start);
        let cell = raw.trim();
        if cell.is_empty() {
            return;
        }
        self.text.push('"');
        for c in cell.chars() {
            match c {
                '"' => self.text.push_str("\"\""),
                '\n' => self.text.push('␊'),
                '\r' => self.text.push('␍'),
                c => self.text.push(c),
            }
        }
        self.text.push('"');
    }

    fn bytes(&mut self, bytes: &ByteArray, form: Form) {
        let bytes = bytes.data();
        match form {
            Form::Uuid => form::uuid(bytes, self.text),
            Form::Decimal(scale) => {
                if !form::wide_decimal(bytes, scale, self.text) {
                    self.text.push('?');
                }
            }
            _ => self.string(start_of(bytes)),
        }
    }

    fn string(&mut self, bytes: &[u8]) {
        self.is_special |= bytes
            .iter()
            .any(|b| matches!(b, b'"' | b',' | b'\n' | b'\r'));
        if let Ok(text) = std::str::from_utf8(bytes) {
            self.text.push_str(text);
            return;
        }
        for chunk in bytes.utf8_chunks() {
            self.text.push_str(chunk.valid());
            if !chunk.invalid().is_empty() {
                self.text.push('\u{fffd}');
                self.replaced += 1;
            }
        }
    }
}

/// The bytes of a text that are looked at, without a part of a character at the end.
fn start_of(bytes: &[u8]) -> &[u8] {
    if bytes.len() <= MAX_CELL {
        return bytes;
    }
    let is_start = |at: &usize| bytes.get(*at).is_none_or(|b| b & 0xc0 != 0x80);
    let end = (MAX_CELL - 3..=MAX_CELL).rev().find(is_start);
    bytes.get(..end.unwrap_or(MAX_CELL)).unwrap_or(bytes)
}

/// A column of a row group while it is read.
pub(super) struct Column {
    form: (Form, Style),
    values: Values,
    levels: Levels,
    /// The level of a value that is there.
    whole: i16,
    next_level: usize,
    next_value: usize,
}

impl Column {
    /// Begins to read a column.
    pub(super) fn open(
        heading: &Heading,
        form: (Form, Style),
        group: &RowGroupMetaData,
        (source, budget): (&Arc<Source>, &Arc<Budget>),
    ) -> Result<Self> {
        let outside = || ParquetError::IndexOutOfBound(heading.index, group.columns().len());
        let chunk = group.columns().get(heading.index).ok_or_else(outside)?;
        let (source, budget) = (Arc::clone(source), Arc::clone(budget));
        let pages = Pages::new(source, budget, chunk, heading.shape)?;
        let reader = get_column_reader(Arc::clone(&heading.descriptor), Box::new(pages));
        Ok(Self {
            form,
            values: reader.into(),
            levels: Levels::default(),
            whole: heading.descriptor.max_def_level(),
            next_level: 0,
            next_value: 0,
        })
    }

    /// Decodes the next rows; gives their number.
    pub(super) fn read(&mut self, rows: usize) -> Result<usize> {
        (self.next_level, self.next_value) = (0, 0);
        self.values.read(rows, &mut self.levels)
    }

    /// Whether there are no more rows.
    pub(super) fn is_at_end(&mut self) -> Result<bool> {
        Ok(self.values.skip(1)? == 0)
    }

    /// Leaves out rows.
    pub(super) fn skip(&mut self, rows: usize) -> Result<usize> {
        self.values.skip(rows)
    }

    /// Writes the cell of the next row.
    pub(super) fn write(&mut self, out: &mut Row<'_>) {
        let start = out.text.len();
        self.value(out);
        while self.is_inside() {
            let end = out.text.len();
            if end > start {
                out.text.push(BETWEEN);
            }
            let before = out.text.len();
            self.value(out);
            if out.text.len() == before || end - start > MAX_CELL {
                out.text.truncate(end);
            }
        }
    }

    /// Whether the next value belongs to the same row as the one before.
    fn is_inside(&self) -> bool {
        let level = self.levels.repetition.get(self.next_level);
        level.is_some_and(|level| *level > 0)
    }

    /// Writes the next value, if it is there.
    fn value(&mut self, out: &mut Row<'_>) {
        if self.whole > 0 {
            let level = self.levels.definition.get(self.next_level);
            self.next_level += 1;
            if level != Some(&self.whole) {
                return;
            }
        }
        let _ = self.values.write(self.next_value, self.form, out);
        self.next_value += 1;
    }
}
