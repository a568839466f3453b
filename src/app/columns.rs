//! Columns of a table: which are shown, in which order, and which stay when it scrolls sideways.
//!
//! The catalogue names every column that can be arranged; keys, screen and the one-line text read it
//! and nothing else. What fits on a screen is not known here, and the sort stays in
//! [`Sorting`](super::state::Sorting): there is one truth for it.

use std::fmt::Write;
use std::sync::LazyLock;

use super::order::{BrandColumn, CrowdColumn, CrowdMetric, Fast};
use super::state::Pane;

/// What is chosen in the list of columns.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Columns {
    /// The row of the cursor, counted in the order of the plan.
    pub row: usize,
}

/// A column that can be arranged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its id, as the table of the pane has it.
    pub id: String,
    /// What [`Sorting::column`](super::state::Sorting::column) is when the table is sorted by it; `None` for pictures.
    pub sort: Option<usize>,
}

static BRANDS: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let mut all = vec![brand(BrandColumn::Brand), brand(BrandColumn::Category)];
    for m in Fast::ALL {
        all.extend([
            brand(BrandColumn::Value(m)),
            brand(BrandColumn::Change(m)),
            brand(BrandColumn::Index(m)),
            picture(trend_id(m)),
        ]);
    }
    all
});

static CROWDS: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    let mut all = vec![crowd(CrowdColumn::Crowd), crowd(CrowdColumn::Owner)];
    for m in CrowdMetric::ALL {
        all.extend([
            crowd(CrowdColumn::Value(m)),
            crowd(CrowdColumn::Target(m)),
            crowd(CrowdColumn::Completion(m)),
            crowd(CrowdColumn::Gap(m)),
            picture(bar_id(m)),
        ]);
    }
    all
});

fn brand(column: BrandColumn) -> Entry {
    Entry {
        id: column.id(),
        sort: column.place(),
    }
}

fn crowd(column: CrowdColumn) -> Entry {
    Entry {
        id: column.id(),
        sort: column.place(),
    }
}

fn picture(id: String) -> Entry {
    Entry { id, sort: None }
}

/// The id of the column with the trend of a metric.
pub fn trend_id(metric: Fast) -> String {
    format!("{}.trend", metric.metric())
}

/// The id of the column with the gap bar of a metric.
pub fn bar_id(metric: CrowdMetric) -> String {
    format!("{}.bar", metric.metric())
}

/// The columns of the table of a pane in their own order, the name first; none where the columns
/// are fixed.
pub fn catalogue(pane: Pane) -> &'static [Entry] {
    match pane {
        Pane::Brands => &BRANDS,
        Pane::Crowds => &CROWDS,
        _ => &[],
    }
}

/// How the columns of a table are arranged. The name always stands first and never goes away.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ColumnPlan {
    /// Places in the catalogue, left to right; empty for its own order.
    order: Vec<usize>,
    /// Places in the catalogue that are not shown, in ascending order.
    hidden: Vec<usize>,
    /// So many columns at the left stay when the table scrolls sideways, hidden ones counted.
    frozen: usize,
}

impl Default for ColumnPlan {
    fn default() -> Self {
        Self {
            order: Vec::new(),
            hidden: Vec::new(),
            frozen: 1,
        }
    }
}

impl ColumnPlan {
    /// Places in a catalogue of so many columns, left to right, hidden ones too.
    pub fn order(&self, columns: usize) -> Vec<usize> {
        if self.order.len() == columns {
            self.order.clone()
        } else {
            (0..columns).collect()
        }
    }

    /// Whether the columns stand in another order than their own.
    pub fn is_reordered(&self) -> bool {
        !self.order.is_empty()
    }

    /// Whether the column at this place in the catalogue is not shown.
    pub fn hides(&self, place: usize) -> bool {
        self.hidden.contains(&place)
    }

    /// How many columns are not shown.
    pub fn hidden(&self) -> usize {
        self.hidden.len()
    }

    /// How many columns at the left stay, hidden ones counted; the name always does.
    pub fn frozen(&self) -> usize {
        self.frozen.max(1)
    }

    /// Shows a column, or hides it; never the name.
    pub(in crate::app) fn toggle(&mut self, place: usize) {
        match self.hidden.binary_search(&place) {
            Ok(at) => drop(self.hidden.remove(at)),
            Err(at) if place > 0 => self.hidden.insert(at, place),
            Err(_) => {}
        }
    }

    /// Changes places with the row before or behind; gives the row where the column is then.
    pub(in crate::app) fn shift(&mut self, row: usize, by: isize, columns: usize) -> usize {
        let to = row.saturating_add_signed(by).min(columns.saturating_sub(1));
        if row == 0 || to == 0 || row >= columns {
            return row;
        }
        let mut order = self.order(columns);
        order.swap(row, to);
        let own = order.iter().copied().eq(0..columns);
        self.order = if own { Vec::new() } else { order };
        to
    }

    /// Freezes the columns up to this row; once more, up to the one before.
    pub(in crate::app) fn freeze(&mut self, row: usize) {
        self.frozen = if self.frozen() == row + 1 {
            row.max(1)
        } else {
            row + 1
        };
    }
}

// -- one line of text -------------------------------------------------------------------------

/// Why a text is no arrangement of columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnFault {
    /// The table has no such column.
    #[error("unknown column `{0}`")]
    Unknown(String),
    /// A column stands twice.
    #[error("column `{0}` stands twice")]
    Twice(String),
    /// The name has to be the first column, and shown.
    #[error("column `{0}` has to be the first one, and shown")]
    Name(String),
    /// More than one `|`.
    #[error("more than one `|`")]
    Bars,
}

/// The columns of a table in one line: `brand,category|fast.f,-fast.f.change`.
///
/// Ids stand left to right, `-` before a hidden one; those before `|` are frozen; the columns that
/// are not named follow in their own order. The default is the empty text.
pub fn text(pane: Pane, plan: &ColumnPlan) -> String {
    let all = catalogue(pane);
    let order = plan.order(all.len());
    let frozen = plan.frozen();
    let mut out = String::new();
    for (i, &place) in order.iter().enumerate().take(named(plan, &order)) {
        let mark = if plan.hides(place) { "-" } else { "" };
        let end = if i + 1 == frozen && frozen > 1 {
            "|"
        } else {
            ","
        };
        if let Some(entry) = all.get(place) {
            let _ = write!(out, "{mark}{}{end}", entry.id);
        }
    }
    let used = out.trim_end_matches(',').len();
    out.truncate(used);
    out
}

/// How many columns have to be named; the others follow by themselves.
fn named(plan: &ColumnPlan, order: &[usize]) -> usize {
    let follows = |i: &usize| {
        let place = order[*i];
        !plan.hides(place) && order.get(i + 1).is_none_or(|next| *next > place)
    };
    let tail = (0..order.len()).rev().take_while(follows).count();
    let at = order.len() - tail;
    match plan.frozen() {
        1 if at <= 1 => 0,
        1 => at,
        frozen => at.max(frozen).min(order.len()),
    }
}

/// The other way round.
pub fn read(pane: Pane, text: &str) -> Result<ColumnPlan, ColumnFault> {
    read_plan(catalogue(pane), text)
}

fn read_plan(all: &[Entry], text: &str) -> Result<ColumnPlan, ColumnFault> {
    let mut plan = ColumnPlan::default();
    let mut order: Vec<usize> = Vec::new();
    let mut parts = text.split('|');
    let (first, second) = (parts.next().unwrap_or_default(), parts.next());
    if parts.next().is_some() {
        return Err(ColumnFault::Bars);
    }
    for (i, part) in [Some(first), second].into_iter().flatten().enumerate() {
        for item in part.split(',').filter(|item| !item.is_empty()) {
            let place = read_column(all, item, &order)?;
            order.push(place);
            if item.starts_with('-') {
                plan.toggle(place);
            }
        }
        if i == 0 && second.is_some() {
            plan.frozen = order.len().max(1);
        }
    }
    let rest: Vec<usize> = (0..all.len()).filter(|p| !order.contains(p)).collect();
    order.extend(rest);
    if !order.iter().copied().eq(0..all.len()) {
        plan.order = order;
    }
    Ok(plan)
}

/// The place of a column that stands behind those of `before`.
fn read_column(all: &[Entry], item: &str, before: &[usize]) -> Result<usize, ColumnFault> {
    let id = item.strip_prefix('-').unwrap_or(item);
    let place = all.iter().position(|e| e.id == id);
    let place = place.ok_or_else(|| ColumnFault::Unknown(id.to_owned()))?;
    if before.contains(&place) {
        return Err(ColumnFault::Twice(id.to_owned()));
    }
    let name = (place == 0) == before.is_empty() && !(place == 0 && item.starts_with('-'));
    name.then_some(place)
        .ok_or_else(|| ColumnFault::Name(all[0].id.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TABLES: [Pane; 2] = [Pane::Brands, Pane::Crowds];

    #[test]
    fn every_sort_has_one_column_and_ids_are_plain() {
        for (pane, sorts) in TABLES
            .into_iter()
            .zip([BrandColumn::ALL.len(), CrowdColumn::ALL.len()])
        {
            let all = catalogue(pane);
            let mut found: Vec<usize> = all.iter().filter_map(|e| e.sort).collect();
            found.sort_unstable();
            assert!(found.into_iter().eq(0..sorts), "{pane:?}");
            for (i, e) in all.iter().enumerate() {
                assert!(all.iter().skip(i + 1).all(|other| other.id != e.id));
                assert!(!e.id.contains([',', ';', '|', '<', '>', ' ']), "{}", e.id);
                assert!(!e.id.starts_with('-'));
            }
        }
        assert!(catalogue(Pane::Fast).is_empty());
    }

    #[test]
    fn the_text_names_no_more_than_it_must() {
        let count = catalogue(Pane::Brands).len();
        let mut plan = ColumnPlan::default();
        assert_eq!(text(Pane::Brands, &plan), "");
        plan.toggle(1);
        assert_eq!(text(Pane::Brands, &plan), "brand,-category");
        plan.toggle(1);
        plan.freeze(2);
        assert_eq!(text(Pane::Brands, &plan), "brand,category,fast.f|");
        plan.freeze(2);
        assert_eq!(plan.shift(1, 1, count), 2);
        assert_eq!(text(Pane::Brands, &plan), "brand,fast.f|");
    }

    #[test]
    fn what_is_no_arrangement_is_refused() {
        let read = |text| read(Pane::Brands, text).map(|_| ()).unwrap_err();
        assert_eq!(read("brand,fasst"), ColumnFault::Unknown("fasst".into()));
        assert_eq!(read("brand,brand"), ColumnFault::Twice("brand".into()));
        assert_eq!(read("category"), ColumnFault::Name("brand".into()));
        assert_eq!(read("-brand"), ColumnFault::Name("brand".into()));
        assert_eq!(read("brand||"), ColumnFault::Bars);
    }

    #[test]
    fn the_name_stays_first_and_shown() {
        let mut plan = ColumnPlan::default();
        plan.toggle(0);
        assert!(!plan.hides(0));
        assert_eq!(plan.shift(0, 1, 18), 0);
        assert_eq!(plan.shift(1, -1, 18), 1);
        plan.freeze(0);
        assert_eq!(plan.frozen(), 1);
        assert_eq!(plan, ColumnPlan::default());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_text_reads_back(
            steps in proptest::collection::vec((0..4_usize, 0..22_usize, -9..9_isize), 0..30),
            crowds in any::<bool>(),
        ) {
            let pane = TABLES[usize::from(crowds)];
            let count = catalogue(pane).len();
            let mut plan = ColumnPlan::default();
            for (what, row, by) in steps {
                let row = row % count;
                match what {
                    0 => plan.toggle(row),
                    1 => drop(plan.shift(row, by, count)),
                    2 => plan.freeze(row),
                    _ => drop(plan.shift(row, by.signum(), count)),
                }
            }
            let line = text(pane, &plan);
            prop_assert_eq!(read(pane, &line), Ok(plan), "{}", line);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[a-z.,;|<>-]{0,40}|\\PC*") {
            for pane in TABLES {
                if let Ok(plan) = read(pane, &text) {
                    let again = super::text(pane, &plan);
                    prop_assert_eq!(read(pane, &again), Ok(plan));
                }
            }
        }
    }
}
