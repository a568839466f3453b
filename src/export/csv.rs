//! Rows as CSV: a fixed header, numbers as numbers, missing cells blank.
//!
//! Text that a spreadsheet would take for a formula is made inert with a leading apostrophe.

use std::borrow::Cow;
use std::io::{self, Write};

use super::row::{COLUMNS, Cell, Row};

pub(super) fn header(out: &mut impl Write) -> io::Result<()> {
    record(out, &COLUMNS.map(Cow::Borrowed))
}

pub(super) fn row(out: &mut impl Write, row: &Row) -> io::Result<()> {
    record(out, &row.each_ref().map(field))
}

fn field<'a>(cell: &'a Cell) -> Cow<'a, str> {
    match cell {
        Cell::Absent | Cell::Null => Cow::Borrowed(""),
        Cell::Number(x) => Cow::Owned(super::number(*x)),
        Cell::Text(text) => inert(text),
    }
}

fn record(out: &mut impl Write, fields: &[Cow<str>]) -> io::Result<()> {
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            out.write_all(b",")?;
        }
        out.write_all(quoted(field).as_bytes())?;
    }
    out.write_all(b"\n")
}

/// The field in quotes where a reader would otherwise split it.
fn quoted(field: &str) -> Cow<'_, str> {
    if field.contains([',', '"', '\n', '\r']) {
        Cow::Owned(format!("\"{}\"", field.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(field)
    }
}

/// Whether a spreadsheet would take the text for a formula.
pub(super) fn is_run(text: &str) -> bool {
    text.trim_start_matches(' ').starts_with([
        '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠', '\u{2212}', '|',
    ])
}

/// The text with a leading apostrophe where a spreadsheet would run it.
pub(super) fn inert(text: &str) -> Cow<'_, str> {
    if is_run(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{csv, fixture};
    use super::*;

    #[test]
    fn formulas_are_inert_and_negative_numbers_are_numbers() {
        for bad in ["=1+1", "+1", "-1", "@a", "\tx", "\rx", " =x", "＝1", "－1"] {
            assert_eq!(inert(bad), format!("'{bad}"));
        }
        assert_eq!(inert("a=b"), "a=b");
        let (dataset, board) = fixture::two_brands();
        let text = csv(&board, &dataset);
        assert!(text.contains(",'=pine,"));
        assert!(text.contains(",-500,"));
    }

    #[test]
    fn every_record_has_every_column() {
        let (dataset, board) = fixture::two_brands();
        let text = csv(&board, &dataset);
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(Into::into).collect();
        assert_eq!(header, COLUMNS);
        let records: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), fixture::figures(&board));
        let missing = records
            .iter()
            .find(|r| &r[0] == "fast_plus.capital")
            .unwrap();
        assert_eq!(&missing[5], "");
        assert!(missing[9].contains("between 50 and 80"));
    }
}
