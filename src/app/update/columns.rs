//! Keys of the columns of a table: which are shown, in which order, which stay, and the sort.

use super::cursor;
use crate::app::action::Effect;
use crate::app::columns::{self, ColumnPlan, Columns};
use crate::app::command::Enabled;
use crate::app::state::{Overlay, Pane, Phase, SortOrder, State};

/// Whether the pane has a table whose columns can be arranged.
pub(in crate::app) fn can_arrange(state: &State) -> Enabled {
    match (&state.phase, state.pane, state.open_crowd) {
        (Phase::Ready(_), Pane::Brands, _) | (Phase::Ready(_), Pane::Crowds, None) => Ok(()),
        (Phase::Ready(_), ..) => Err(["这里的列固定", "the columns are fixed here"]),
        _ => Err(["还没有数据", "there is no data yet"]),
    }
}

pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    state.overlay = Some(Overlay::Columns(Columns::default()));
    Vec::new()
}

pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}

fn count(state: &State) -> usize {
    columns::catalogue(state.pane).len()
}

fn plan(state: &mut State) -> &mut ColumnPlan {
    &mut state.plans[state.pane as usize]
}

/// The row of the cursor in the list of columns.
fn row(state: &State) -> usize {
    match &state.overlay {
        Some(Overlay::Columns(form)) => form.row.min(count(state).saturating_sub(1)),
        _ => 0,
    }
}

/// The place in the catalogue of the column under the cursor.
fn place(state: &State) -> usize {
    let order = state.plans[state.pane as usize].order(count(state));
    order.get(row(state)).copied().unwrap_or(0)
}

fn go(state: &mut State, by: isize) -> Vec<Effect> {
    let to = cursor::moved(row(state), by, count(state));
    if let Some(Overlay::Columns(form)) = &mut state.overlay {
        form.row = to;
    }
    Vec::new()
}

pub(in crate::app) fn down(state: &mut State) -> Vec<Effect> {
    go(state, 1)
}

pub(in crate::app) fn up(state: &mut State) -> Vec<Effect> {
    go(state, -1)
}

pub(in crate::app) fn page_down(state: &mut State) -> Vec<Effect> {
    go(state, cursor::page(state))
}

pub(in crate::app) fn page_up(state: &mut State) -> Vec<Effect> {
    go(state, -cursor::page(state))
}

pub(in crate::app) fn first(state: &mut State) -> Vec<Effect> {
    go(state, isize::MIN)
}

pub(in crate::app) fn last(state: &mut State) -> Vec<Effect> {
    go(state, isize::MAX)
}

/// The name says which row it is: it stays first and shown.
pub(in crate::app) fn can_change(state: &State) -> Enabled {
    match place(state) {
        0 => Err(["名称列固定在最左", "the name stays first and shown"]),
        _ => Ok(()),
    }
}

pub(in crate::app) fn toggle(state: &mut State) -> Vec<Effect> {
    let place = place(state);
    plan(state).toggle(place);
    go(state, 1)
}

fn shift(state: &mut State, by: isize) -> Vec<Effect> {
    let (row, count) = (row(state), count(state));
    let to = plan(state).shift(row, by, count);
    go(state, to as isize - row as isize)
}

pub(in crate::app) fn later(state: &mut State) -> Vec<Effect> {
    shift(state, 1)
}

pub(in crate::app) fn earlier(state: &mut State) -> Vec<Effect> {
    shift(state, -1)
}

pub(in crate::app) fn freeze(state: &mut State) -> Vec<Effect> {
    let row = row(state);
    plan(state).freeze(row);
    Vec::new()
}

pub(in crate::app) fn can_sort(state: &State) -> Enabled {
    let entry = columns::catalogue(state.pane).get(place(state));
    match entry.and_then(|e| e.sort) {
        Some(_) => Ok(()),
        None => Err(["图形列不能排序", "pictures have no order"]),
    }
}

pub(in crate::app) fn sort(state: &mut State) -> Vec<Effect> {
    let place = place(state);
    if let Some(entry) = columns::catalogue(state.pane).get(place) {
        sort_by(state, &entry.id);
    }
    Vec::new()
}

/// Sorts the table of the pane by the column with this id, if it can be; once more reverses.
pub(super) fn sort_by(state: &mut State, id: &str) {
    let mut all = columns::catalogue(state.pane).iter();
    let Some(column) = all.find(|e| e.id == id).and_then(|e| e.sort) else {
        return;
    };
    cursor::keep_item(state, |state| {
        let sorting = &mut state.sorting[state.pane as usize];
        // Names read from A to Z, figures from the largest.
        let rises = match (sorting.column == Some(column), sorting.order) {
            (true, order) => order == SortOrder::Descending,
            (false, _) => column < 2,
        };
        sorting.order = if rises {
            SortOrder::Ascending
        } else {
            SortOrder::Descending
        };
        sorting.column = Some(column);
    });
}

/// Every column in its own place and shown; the sort stays.
pub(in crate::app) fn reset(state: &mut State) -> Vec<Effect> {
    *plan(state) = ColumnPlan::default();
    state.cursors[state.pane as usize].column = 0;
    Vec::new()
}

pub(in crate::app) fn can_reset(state: &State) -> Enabled {
    if state.plans[state.pane as usize] == ColumnPlan::default() {
        return Err(["列已是默认排列", "the columns are as they were"]);
    }
    Ok(())
}

// -- scrolling --------------------------------------------------------------------------------

/// The farthest that the columns scroll: until the last one stands alone beside the frozen ones.
fn farthest(state: &State) -> usize {
    let (plan, count) = (&state.plans[state.pane as usize], count(state));
    let order = plan.order(count);
    let loose = order.iter().skip(plan.frozen());
    let shown = loose.filter(|p| !plan.hides(**p)).count();
    // In its own order the first step only shows the columns that gave way to more important ones.
    if plan.is_reordered() {
        shown.saturating_sub(1)
    } else {
        shown
    }
}

fn scroll(state: &mut State, by: isize) -> Vec<Effect> {
    let most = farthest(state);
    let cursor = &mut state.cursors[state.pane as usize];
    cursor.column = cursor.column.min(most).saturating_add_signed(by).min(most);
    Vec::new()
}

pub(in crate::app) fn right(state: &mut State) -> Vec<Effect> {
    scroll(state, 1)
}

pub(in crate::app) fn left(state: &mut State) -> Vec<Effect> {
    scroll(state, -1)
}

pub(in crate::app) fn can_left(state: &State) -> Enabled {
    can_arrange(state)?;
    match state.cursors[state.pane as usize].column {
        0 => Err(["左边没有更多列", "there are no columns at the left"]),
        _ => Ok(()),
    }
}
