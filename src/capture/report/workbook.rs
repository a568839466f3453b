//! A deck as a workbook: its tables as sheets of real numbers, and every figure of the brand.

use super::desk::Desk;
use super::section::{Block, Cell, Section, Table};
use crate::board::Board;
use crate::export::{self, COLUMNS, Field, Form, Sheet, Unwritable};

/// A table with the name of its sheet.
struct Named<'a> {
    name: String,
    table: &'a Table,
}

/// The workbook of these pages, with the figures of the first one.
pub(super) fn workbook(sections: &[Section], desk: &Desk) -> Result<Vec<u8>, Unwritable> {
    let named: Vec<Named> = sections.iter().flat_map(tables).collect();
    let currency = &desk.data.currency;
    let mut sheets: Vec<Sheet> = named
        .iter()
        .map(|named| Sheet {
            name: &named.name,
            columns: named.table.heads.iter().map(|h| h.title.as_str()).collect(),
            rows: rows(named.table, currency),
        })
        .collect();
    let own = Board {
        brands: vec![std::sync::Arc::new(desk.brand.clone())],
        ..desk.board.clone()
    };
    let figures = own.brands.iter().flat_map(|b| &b.figures);
    let each = figures.zip(export::rows(&own, desk.data));
    sheets.push(Sheet {
        name: "metrics",
        columns: COLUMNS.to_vec(),
        rows: each
            .map(|(figure, row)| export::fields(row, figure, currency).into())
            .collect(),
    });
    export::xlsx(&sheets)
}

/// The tables of a page, each under the title of the page and its heading.
fn tables(section: &Section) -> Vec<Named<'_>> {
    let mut found = Vec::new();
    let mut heading = "";
    for block in &section.blocks {
        match block {
            Block::Heading(title) => heading = title,
            Block::Table(table) => found.push(Named {
                name: format!("{} {heading}", section.title).trim().to_owned(),
                table,
            }),
            Block::Lines(_) | Block::Quote(_) | Block::Frame => {}
        }
    }
    found
}

fn rows<'a>(table: &'a Table, currency: &str) -> Vec<Vec<Field<'a>>> {
    let field = |cell: &'a Cell| match cell {
        Cell::Text(text) => Field::text(text),
        Cell::Blank => Field::Empty,
        Cell::Number { number, .. } => {
            let form = Form::of(number.unit(), currency);
            match number.value.get() {
                None => Field::Empty,
                Some(x) if number.is_signed() => Field::Change(x, form),
                Some(x) => Field::Number(x, form),
            }
        }
    };
    let rows = table.rows.iter();
    rows.map(|row| row.iter().map(field).collect()).collect()
}
