//! The figures of `fastdeck metrics` as a workbook: the rows and columns of the CSV, with the
//! formats of their units, and a second sheet that says which data they are of.

use super::row::{COLUMNS, Cell, Row, rows};
use super::xlsx::{Book, Field, Form, Page, Unwritable};
use crate::board::{Board, Figure};
use crate::facts::Dataset;
use crate::metrics::Day;

/// A workbook of figures that is being filled.
pub(super) struct Figures(Page);

impl Figures {
    pub(super) fn new() -> Result<Self, Unwritable> {
        Page::new("metrics", &COLUMNS).map(Self)
    }

    /// Adds every row of a board.
    pub(super) fn board(&mut self, board: &Board, dataset: &Dataset) -> Result<(), Unwritable> {
        let figures = board.brands.iter().flat_map(|brand| &brand.figures);
        for (figure, row) in figures.zip(rows(board, dataset)) {
            self.0.row(&fields(row, figure, &dataset.currency))?;
        }
        Ok(())
    }

    /// The bytes of the workbook.
    pub(super) fn end(self, dataset: &Dataset) -> Result<Vec<u8>, Unwritable> {
        let mut book = Book::new()?;
        book.add(self.0)?;
        book.add(about(dataset)?)?;
        book.bytes()
    }
}

/// The cells of a row, each in the form of its column; money is in a currency (ISO 4217 code).
pub fn fields<'a>(row: Row<'a>, figure: &Figure, currency: &str) -> [Field<'a>; COLUMNS.len()] {
    let unit = Form::of(figure.unit(), currency);
    let rank = figure.benchmark().is_none() && figure.rank().is_some();
    let mut columns = COLUMNS.iter();
    row.map(|cell| {
        let column = columns.next().copied().unwrap_or_default();
        match cell {
            Cell::Absent | Cell::Null => Field::Empty,
            Cell::Text(text) => match Day::parse_iso(&text) {
                Some(day) if matches!(column, "as_of" | "against") => Field::Date(day),
                _ => Field::Text(text),
            },
            Cell::Number(x) => number(column, x, unit, rank),
        }
    })
}

/// A number in the form of its column: the unit of the figure, unless the column has its own.
fn number<'a>(column: &str, x: f64, unit: Form, rank: bool) -> Field<'a> {
    match column {
        "delta" | "gap" => Field::Change(x, unit),
        "completion" => Field::Number(x, Form::Share),
        "index" => Field::Number(x, Form::Index),
        // People, orders or money, as the metric has it.
        "numerator" | "denominator" if x.fract() == 0.0 => Field::Number(x, Form::Whole),
        "numerator" | "denominator" => Field::Number(x, Form::Plain),
        "benchmark" if rank => Field::Number(x, Form::Whole),
        _ => Field::Number(x, unit),
    }
}

/// What the JSON says of the data set.
fn about(dataset: &Dataset) -> Result<Page, Unwritable> {
    let mut page = Page::new("dataset", &["key", "value"])?;
    let simulated = if dataset.simulated { "true" } else { "false" };
    let facts = [
        ("name", Some(dataset.name.as_str())),
        ("fingerprint", Some(dataset.fingerprint.as_str())),
        ("simulated", Some(simulated)),
        ("currency", Some(dataset.currency.as_str())),
        ("proxy", dataset.proxy.as_deref()),
    ];
    for (key, value) in facts {
        if let Some(value) = value {
            page.row(&[Field::text(key), Field::text(value)])?;
        }
    }
    Ok(page)
}
