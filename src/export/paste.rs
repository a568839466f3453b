//! The figures of a pane for the clipboard: tab-separated for spreadsheets, or a Markdown table.
//!
//! Numbers go as they are, so that a spreadsheet can count with them; text that a spreadsheet would
//! take for a formula gets a quote before it, and nothing can break a row or a cell.

use super::csv::inert;
use super::row::{COLUMNS, Cell, rows};
use crate::app::Pane;
use crate::board::Board;
use crate::facts::Dataset;
use crate::view::text::clean;

/// The columns that are pasted, of [`super::COLUMNS`].
const PASTED: [&str; 12] = [
    "metric",
    "brand",
    "crowd",
    "as_of",
    "against",
    "value",
    "against_value",
    "delta",
    "target",
    "gap",
    "unit",
    "missing",
];

/// Whether a pane shows a metric.
fn shows(pane: Pane, metric: &str) -> bool {
    let families: &[&str] = match pane {
        Pane::Brands | Pane::Fast => &["fast."],
        Pane::FastPlus => &["fast_plus."],
        Pane::Crowds => &["crowd."],
        Pane::Aipl | Pane::Outlook => &["aipl.", "flow", "step."],
        Pane::Gmv | Pane::Why | Pane::Scenarios => &["gmv.", "crowd."],
    };
    families.iter().any(|f| metric.starts_with(f))
}

/// What a cell holds, on one line.
fn text(cell: &Cell) -> String {
    match cell {
        Cell::Absent | Cell::Null => String::new(),
        Cell::Number(x) => super::number(*x),
        Cell::Text(text) => {
            let line: String = clean(text).chars().filter(|c| !c.is_control()).collect();
            inert(&line).into_owned()
        }
    }
}

/// The rows of the focused brand's figures on a pane: a header, then one row for every figure.
fn cells(board: &Board, dataset: &Dataset, pane: Pane, brand: &str) -> Vec<Vec<String>> {
    let place = |name: &str| COLUMNS.iter().position(|c| *c == name);
    let places: Vec<usize> = PASTED.iter().filter_map(|name| place(name)).collect();
    let (metric, owner) = (place("metric").unwrap_or(0), place("brand").unwrap_or(1));
    let is = |cell: Option<&Cell>, wanted: &dyn Fn(&str) -> bool| matches!(cell, Some(Cell::Text(text)) if wanted(text));
    let figures = rows(board, dataset)
        .filter(|row| is(row.get(metric), &|m| shows(pane, m)))
        .filter(|row| pane == Pane::Brands || is(row.get(owner), &|b| b == brand))
        .map(|row| {
            let cells = places.iter().filter_map(|i| row.get(*i));
            cells.map(text).collect()
        });
    let header = PASTED.map(str::to_owned).to_vec();
    std::iter::once(header).chain(figures).collect()
}

/// The figures of a pane, tab-separated.
pub fn tsv(board: &Board, dataset: &Dataset, pane: Pane, brand: &str) -> String {
    let lines = cells(board, dataset, pane, brand).into_iter();
    lines.map(|line| line.join("\t") + "\n").collect()
}

/// The figures of a pane as a Markdown table.
pub fn markdown(board: &Board, dataset: &Dataset, pane: Pane, brand: &str) -> String {
    let safe = |cell: &String| cell.replace('\\', "\\\\").replace('|', "\\|");
    let row = |line: &Vec<String>| {
        let cells: Vec<String> = line.iter().map(safe).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut lines = cells(board, dataset, pane, brand).into_iter();
    let header = lines.next().unwrap_or_default();
    let rule = format!("|{}\n", " --- |".repeat(header.len()));
    let rows: String = lines.map(|line| row(&line)).collect();
    format!("{}{rule}{rows}", row(&header))
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    #[test]
    fn every_line_has_every_column_and_only_the_brand() {
        let (dataset, board) = fixture::two_brands();
        let brand = dataset.brands[0].id.clone();
        let text = tsv(&board, &dataset, Pane::Fast, &brand);
        let lines: Vec<Vec<&str>> = text.lines().map(|l| l.split('\t').collect()).collect();
        assert!(lines.len() > 1, "{text}");
        assert_eq!(lines[0], PASTED);
        for line in &lines[1..] {
            assert_eq!(line.len(), PASTED.len(), "{line:?}");
            assert!(line[0].starts_with("fast.") && line[1] == brand, "{line:?}");
        }
        let markdown = markdown(&board, &dataset, Pane::Fast, &brand);
        let table: Vec<&str> = markdown.lines().collect();
        assert_eq!(table.len(), lines.len() + 1);
        assert!(table[1].starts_with("| --- |"));
    }
}
