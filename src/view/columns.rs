//! State → text of the columns of a table: which are shown, in which order.
//!
//! Names are those of the table itself; a column without a header is named after what it draws.

use super::header::footer;
use super::table::Column;
use super::text::pick;
use super::{brands, crowds};
use crate::app::columns::{Columns, catalogue};
use crate::app::{Pane, State};

/// What is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ColumnsModel {
    /// Title.
    pub title: String,
    /// How many of how many are shown.
    pub side: String,
    /// The columns, left to right.
    pub rows: Vec<ColumnRow>,
    /// The row of the cursor.
    pub cursor: usize,
    /// The keys, with what they do.
    pub hints: Vec<(String, String)>,
}

/// A column in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRow {
    /// The metric that it is about; empty for none.
    pub group: String,
    /// What of it.
    pub title: String,
    /// It is shown.
    pub shown: bool,
    /// It stays when the table scrolls sideways.
    pub frozen: bool,
    /// `▼` or `▲` when the table is sorted by it.
    pub sort: Option<char>,
}

/// The model of a state.
pub fn model(state: &State, form: &Columns) -> ColumnsModel {
    let columns = match state.pane {
        Pane::Brands => brands::columns(state),
        Pane::Crowds => crowds::columns(state, [false; 4]),
        _ => Vec::new(),
    };
    let (plan, l) = (&state.plans[state.pane as usize], state.language);
    let order = plan.order(catalogue(state.pane).len());
    let rows = order.iter().enumerate().filter_map(|(at, &place)| {
        let column = columns.get(place)?;
        Some(ColumnRow {
            group: column.group.clone(),
            title: title(state, column),
            shown: !plan.hides(place),
            frozen: at < plan.frozen(),
            sort: column.sort,
        })
    });
    let rows: Vec<ColumnRow> = rows.collect();
    let shown = rows.iter().filter(|r| r.shown).count();
    ColumnsModel {
        title: pick(l, "列", "Columns").to_owned(),
        side: format!("{shown} / {}", rows.len()),
        cursor: form.row.min(rows.len().saturating_sub(1)),
        rows,
        hints: footer(state).hints,
    }
}

/// The header of a column; one without is named after what it draws.
fn title(state: &State, column: &Column) -> String {
    match column.title.as_str() {
        "" => pick(state.language, "差距条", "gap bar").to_owned(),
        title => title.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Language;
    use crate::view::fixture::{Situation, shown};

    #[test]
    fn the_columns_of_the_tables_are_those_of_the_catalogue() {
        for pane in [Pane::Brands, Pane::Crowds] {
            let state = shown(Situation::Normal, pane, Language::Zh, (120, 36));
            let columns = match pane {
                Pane::Brands => brands::columns(&state),
                _ => crowds::columns(&state, [false; 4]),
            };
            let own: Vec<&str> = columns.iter().map(|c| c.id.as_str()).collect();
            let all: Vec<&str> = catalogue(pane).iter().map(|e| e.id.as_str()).collect();
            assert_eq!(own, all);
        }
    }

    #[test]
    fn the_columns_of_a_what_if_go_with_their_value() {
        let state = shown(Situation::Normal, Pane::Crowds, Language::Zh, (120, 36));
        let ids: Vec<&str> = catalogue(Pane::Crowds)
            .iter()
            .map(|e| e.id.as_str())
            .collect();
        for column in crowds::columns(&state, [true; 4]) {
            assert!(ids.contains(&column.id.as_str()), "{}", column.title);
        }
    }
}
