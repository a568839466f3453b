//! Boards → bytes: JSON, CSV, aligned text and Excel workbooks.
//!
//! All forms are written from the same [`Row`]s, one board at a time, so that a data set of
//! 100,000 brands never has to be in memory as text; only a workbook, which a million rows fill,
//! is kept whole until its end. Nothing here computes a metric, opens a file or rounds a number:
//! JSON and CSV carry the shortest text that reads back to the same double, workbooks the double.

mod csv;
mod figures;
mod json;
mod paste;
mod row;
mod table;
mod xlsx;

use std::io::{self, Write};

use crate::app::Language;
use crate::board::Board;
use crate::facts::Dataset;
use figures::Figures;

pub use figures::fields;
pub(crate) use json::harmless;
pub use paste::{markdown, tsv};
pub use row::{COLUMNS, Cell, Row, rows};
pub use xlsx::{Field, Form, Sheet, Unwritable, xlsx};

/// The forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// One JSON document.
    #[default]
    Json,
    /// Comma-separated values with a header.
    Csv,
    /// Aligned columns for people.
    Table,
    /// An Excel workbook (not text).
    Xlsx,
}

/// An export that is being written: [`Export::begin`], a [`Export::board`] for each part of the
/// data set, [`Export::end`].
///
/// Rows stand in the order of the boards given; inside a board: brands in the order of the data
/// set, figures in the order of `METRICS`, then parts, then sources (events before platform).
pub struct Export<'a, W: Write> {
    out: W,
    format: Format,
    language: Language,
    dataset: &'a Dataset,
    started: bool,
    /// The workbook, where one is written.
    figures: Option<Figures>,
}

impl<'a, W: Write> Export<'a, W> {
    /// Starts an export; JSON, CSV and workbooks are the same in every language.
    pub fn begin(
        mut out: W,
        format: Format,
        dataset: &'a Dataset,
        language: Language,
    ) -> io::Result<Self> {
        let mut figures = None;
        match format {
            Format::Json => json::begin(&mut out, dataset)?,
            Format::Csv => csv::header(&mut out)?,
            Format::Table => {}
            Format::Xlsx => figures = Some(Figures::new().map_err(io::Error::other)?),
        }
        Ok(Self {
            out,
            format,
            language,
            dataset,
            started: false,
            figures,
        })
    }

    /// Writes every row of a board; fails also where a workbook is full.
    pub fn board(&mut self, board: &Board) -> io::Result<()> {
        if self.format == Format::Table {
            return table::write(&mut self.out, board, self.dataset, self.language);
        }
        if let Some(figures) = &mut self.figures {
            let added = figures.board(board, self.dataset);
            return added.map_err(io::Error::other);
        }
        for row in rows(board, self.dataset) {
            match self.format {
                Format::Json => json::row(&mut self.out, &row, self.started)?,
                _ => csv::row(&mut self.out, &row)?,
            }
            self.started = true;
        }
        Ok(())
    }

    /// Ends the export and gives the writer back.
    pub fn end(mut self) -> io::Result<W> {
        if self.format == Format::Json {
            json::end(&mut self.out)?;
        }
        if let Some(figures) = self.figures {
            let bytes = figures.end(self.dataset).map_err(io::Error::other)?;
            self.out.write_all(&bytes)?;
        }
        self.out.flush()?;
        Ok(self.out)
    }
}

/// A whole board as JSON.
pub fn json(board: &Board, dataset: &Dataset) -> String {
    whole(board, dataset, Format::Json, Language::En)
}

/// A whole board as CSV.
pub fn csv(board: &Board, dataset: &Dataset) -> String {
    whole(board, dataset, Format::Csv, Language::En)
}

/// A whole board as an aligned table.
pub fn table(board: &Board, dataset: &Dataset, language: Language) -> String {
    whole(board, dataset, Format::Table, language)
}

/// Writing into memory cannot fail, so an error leaves the text empty.
fn whole(board: &Board, dataset: &Dataset, format: Format, language: Language) -> String {
    let written = Export::begin(Vec::new(), format, dataset, language).and_then(|mut export| {
        export.board(board)?;
        export.end()
    });
    String::from_utf8(written.unwrap_or_default()).unwrap_or_default()
}

/// The shortest text that reads back to the same double; whole numbers without a fraction.
pub(crate) fn number(x: f64) -> String {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if x.fract() == 0.0 && x.abs() < EXACT {
        (x as i64).to_string()
    } else {
        let (plain, scientific) = (x.to_string(), format!("{x:e}"));
        if scientific.len() < plain.len() {
            scientific
        } else {
            plain
        }
    }
}

#[cfg(test)]
mod fixture;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_read_back() {
        assert_eq!(number(1234.0), "1234");
        assert_eq!(number(-0.0), "0");
        assert_eq!(number(0.1018), "0.1018");
        for x in [0.1 + 0.2, -1e-9, 1e300, 9.007_199_254_740_993e15, 2.5] {
            assert_eq!(number(x).parse::<f64>().unwrap(), x);
        }
    }

    #[test]
    fn every_form_is_the_same_in_two_steps_as_in_one() {
        let (dataset, board) = fixture::two_brands();
        for format in [Format::Json, Format::Csv, Format::Table] {
            let mut export = Export::begin(Vec::new(), format, &dataset, Language::Zh).unwrap();
            for brand in &board.brands {
                let mut part = board.clone();
                part.brands = vec![brand.clone()];
                export.board(&part).unwrap();
            }
            let parts = String::from_utf8(export.end().unwrap()).unwrap();
            let at_once = whole(&board, &dataset, format, Language::Zh);
            assert_eq!(parts, at_once, "{format:?}");
        }
    }
}
