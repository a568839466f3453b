//! Cursors and sorting of the panes that have rows.
//!
//! The cursor stays on its brand or crowd when the order changes under it, and never leaves the
//! rows that are there.

use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::gmv;
use crate::app::order::{self, BrandColumn, CrowdColumn};
use crate::app::side;
use crate::app::state::{Pane, SortOrder, State};

/// Lines of the screen that are not rows of the table: header, slice bar, tabs, footer, frame.
const CHROME: u16 = 9;

/// Rows that a page key moves.
pub(super) fn page(state: &State) -> isize {
    state.size.1.saturating_sub(CHROME).max(1) as isize
}

fn shown(state: &State, pane: Pane) -> Vec<usize> {
    match pane {
        Pane::Brands => order::brand_order(state),
        Pane::Crowds => order::crowd_order(state),
        Pane::Gmv => (0..gmv::rows(state)).collect(),
        Pane::Scenarios => (0..side::rows(state).count()).collect(),
        _ => Vec::new(),
    }
}

/// `row` moved by so many rows inside `0..rows`.
pub(super) fn moved(row: usize, by: isize, rows: usize) -> usize {
    row.saturating_add_signed(by).min(rows.saturating_sub(1))
}

fn step(state: &mut State, by: isize) -> Vec<Effect> {
    let rows = shown(state, state.pane);
    let cursor = &mut state.cursors[state.pane as usize];
    cursor.row = moved(cursor.row, by, rows.len());
    if state.open_crowd.is_some() {
        state.open_crowd = rows.get(cursor.row).copied();
    }
    Vec::new()
}

pub(in crate::app) fn down(state: &mut State) -> Vec<Effect> {
    step(state, 1)
}

pub(in crate::app) fn up(state: &mut State) -> Vec<Effect> {
    step(state, -1)
}

pub(in crate::app) fn page_down(state: &mut State) -> Vec<Effect> {
    turn(state, 1)
}

pub(in crate::app) fn page_up(state: &mut State) -> Vec<Effect> {
    turn(state, -1)
}

/// A page of rows; where scenarios are compared, a page of the comparison, which is the longer one.
fn turn(state: &mut State, by: isize) -> Vec<Effect> {
    if state.pane != Pane::Scenarios || side::lines(state) == 0 {
        return step(state, by * page(state));
    }
    let most = side::lines(state);
    let page = isize::from(state.size.1.cast_signed() / 3).max(2);
    let top = &mut state.cursors[Pane::Scenarios as usize].top;
    *top = match (*top, by > 0) {
        // The first page is not left out: what had given way to more important rows is in it.
        (0, true) => 1,
        (top, _) => top.saturating_add_signed(by * page).min(most),
    };
    Vec::new()
}

pub(in crate::app) fn first(state: &mut State) -> Vec<Effect> {
    step(state, isize::MIN)
}

pub(in crate::app) fn last(state: &mut State) -> Vec<Effect> {
    step(state, isize::MAX)
}

/// Whether the cursor of the pane stands on this row.
pub(super) fn is_at(state: &State, row: usize) -> bool {
    state.cursors[state.pane as usize].row == row
}

/// Puts the cursor of the pane on a row.
pub(super) fn put(state: &mut State, row: usize) -> Vec<Effect> {
    let here = state.cursors[state.pane as usize].row;
    step(state, row as isize - here as isize)
}

/// Brings every cursor back inside the rows that are there.
pub(in crate::app) fn limit(state: &mut State) {
    for pane in [Pane::Brands, Pane::Crowds, Pane::Scenarios, Pane::Gmv] {
        let rows = shown(state, pane).len();
        let cursor = &mut state.cursors[pane as usize];
        cursor.row = cursor.row.min(rows.saturating_sub(1));
    }
}

/// The tables whose rows are brands or crowds.
const TABLES: [Pane; 2] = [Pane::Brands, Pane::Crowds];

/// What the cursors of the brands and the crowds are on: places in the data set.
pub(super) fn items(state: &State) -> [Option<usize>; 2] {
    TABLES.map(|pane| {
        let row = state.cursors[pane as usize].row;
        shown(state, pane).get(row).copied()
    })
}

/// Puts the cursors on these brands and crowds, as far as they are shown.
pub(super) fn to_items(state: &mut State, items: [Option<usize>; 2]) {
    for (pane, item) in TABLES.into_iter().zip(items) {
        let rows = shown(state, pane);
        let place = item.and_then(|item| rows.iter().position(|&i| i == item));
        let row = &mut state.cursors[pane as usize].row;
        *row = place.unwrap_or(*row).min(rows.len().saturating_sub(1));
    }
}

/// Makes a change and puts the cursors back on the brand and the crowd they were on, as far as
/// these are still shown.
pub(in crate::app) fn keep_item(state: &mut State, change: impl FnOnce(&mut State)) {
    let before = items(state);
    change(state);
    to_items(state, before);
}

/// Whether the rows of the pane have another order than their own.
pub(in crate::app) fn can_sort(state: &State) -> Enabled {
    match state.pane {
        Pane::Brands | Pane::Crowds => Ok(()),
        _ => Err(["这里的次序固定", "the order is fixed here"]),
    }
}

/// Sorts by the next column; after the last one the order of the data set comes back.
pub(in crate::app) fn sort(state: &mut State) -> Vec<Effect> {
    let columns = match state.pane {
        Pane::Brands => BrandColumn::ALL.len(),
        Pane::Crowds => CrowdColumn::ALL.len(),
        _ => 0,
    };
    keep_item(state, |state| {
        let sorting = &mut state.sorting[state.pane as usize];
        let next = sorting.column.map_or(0, |c| c + 1);
        sorting.column = (next < columns).then_some(next);
        // Names read from A to Z, figures from the largest.
        sorting.order = match (state.pane, sorting.column) {
            (_, Some(0 | 1)) => SortOrder::Ascending,
            _ => SortOrder::Descending,
        };
    });
    Vec::new()
}

pub(in crate::app) fn reverse(state: &mut State) -> Vec<Effect> {
    keep_item(state, |state| {
        let sorting = &mut state.sorting[state.pane as usize];
        sorting.order = match sorting.order {
            SortOrder::Descending => SortOrder::Ascending,
            SortOrder::Ascending => SortOrder::Descending,
        };
    });
    Vec::new()
}

pub(in crate::app) fn can_reverse(state: &State) -> Enabled {
    match state.sorting[state.pane as usize].column {
        Some(_) => Ok(()),
        None => Err([
            "还没有排序，先按 {sort}",
            "nothing is sorted yet; press {sort} first",
        ]),
    }
}

/// Whether there is anything under the cursor of the pane.
pub(in crate::app) fn has_rows(state: &State) -> Enabled {
    match shown(state, state.pane).first() {
        Some(_) => Ok(()),
        None => Err(["表格是空的", "the table is empty"]),
    }
}
