//! A table as plain data: columns with a rank, rows of typed cells, a cursor.
//!
//! `view` decides what is in a table and how important each column is; `ui` decides what fits. A
//! table holds only the rows around its cursor, so that a hundred thousand brands cost as much as
//! what is on the screen. It formats nothing and drops no number to make it fit.

use super::number::Number;
use super::text::{self, pick};
use crate::app::columns::catalogue;
use crate::app::order::{BrandColumn, CrowdColumn};
use crate::app::{Cursor, Language, Pane, SortOrder, Sorting, State};
use crate::board::Figure;
use crate::metrics::{Direction, Value};

/// Whether a difference is welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    /// It moves the right way.
    Good,
    /// It moves the wrong way.
    Bad,
    /// Neither, or nothing to judge.
    #[default]
    Plain,
}

impl Mood {
    /// The mood of a difference of a metric that should go in this direction.
    pub fn of(difference: Value, direction: Direction) -> Self {
        let Some(x) = difference.get().filter(|x| *x != 0.0) else {
            return Self::Plain;
        };
        match (direction, x > 0.0) {
            (Direction::Neutral, _) => Self::Plain,
            (Direction::Up, true) | (Direction::Down, false) => Self::Good,
            _ => Self::Bad,
        }
    }
}

/// A signed number and how welcome it is; its glyph tells the sign without colour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// The signed number.
    pub number: Number,
    /// Whether it is welcome.
    pub mood: Mood,
}

impl Change {
    /// A change of a metric that should go in this direction.
    pub fn new(number: Number, direction: Direction) -> Self {
        Self {
            number,
            mood: Mood::of(number.value, direction),
        }
    }
}

/// Which accent a graph takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Accent {
    /// The accent of the product.
    #[default]
    Main,
    /// A layer of AIPL: 0 = A … 3 = L.
    Layer(usize),
    /// Quiet, for what is only context.
    Quiet,
}

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Text, left-aligned, cut with `…`.
    Text(String),
    /// A number, right-aligned, in the unit of its column.
    Number(Number),
    /// A signed number with its glyph.
    Change(Change),
    /// A bullet bar: current ÷ target, with a tick at 1; the number stands beside it.
    Bullet(Number),
    /// A bullet bar of a value that a what-if changes, with current ÷ target without it.
    GhostBullet(Number, f64),
    /// A bar that leaves the middle to the right (over) or the left (under), −1..=1.
    Gap(Option<f64>, Mood),
    /// A small trend, oldest first.
    Trend(Vec<Option<f64>>, Accent),
}

/// What kind of cells a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// [`Cell::Text`].
    Text,
    /// [`Cell::Number`].
    Number,
    /// [`Cell::Change`].
    Change,
    /// Numbers of different units, each in its own form.
    Mixed,
    /// Bars and trends.
    Graph,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    /// Its id in the catalogue of columns; empty where columns are fixed. Columns of one id are
    /// arranged together.
    pub id: String,
    /// It stays when the table scrolls sideways.
    pub frozen: bool,
    /// Header over several columns; empty for none.
    pub group: String,
    /// Header.
    pub title: String,
    /// What its cells are.
    pub kind: Kind,
    /// 0 stays to the last; higher ranks give way first.
    pub rank: u8,
    /// Least and greatest width of text and graphs; numbers take what they need.
    pub width: (u16, u16),
    /// `▼` or `▲` when the table is sorted by it.
    pub sort: Option<char>,
}

impl Column {
    /// A column of numbers.
    pub fn number(group: &str, title: &str, rank: u8) -> Self {
        Self::new(group, title, Kind::Number, rank, (4, 24))
    }

    /// A column of signed numbers.
    pub fn change(group: &str, title: &str, rank: u8) -> Self {
        Self::new(group, title, Kind::Change, rank, (6, 24))
    }

    /// A column of text.
    pub fn text(title: &str, rank: u8, width: (u16, u16)) -> Self {
        Self::new("", title, Kind::Text, rank, width)
    }

    /// A column of numbers of different units.
    pub fn mixed(title: &str, rank: u8, width: (u16, u16)) -> Self {
        Self::new("", title, Kind::Mixed, rank, width)
    }

    /// A column of bars or trends.
    pub fn graph(group: &str, title: &str, rank: u8, width: (u16, u16)) -> Self {
        Self::new(group, title, Kind::Graph, rank, width)
    }

    /// The same column, marked when the table is sorted by it. A sorted column never gives way.
    #[must_use]
    pub fn sorted(self, place: Option<usize>, sorting: Sorting) -> Self {
        if place.is_none() || sorting.column != place {
            return self;
        }
        let mark = match sorting.order {
            SortOrder::Descending => '▼',
            SortOrder::Ascending => '▲',
        };
        Self {
            sort: Some(mark),
            rank: 0,
            ..self
        }
    }

    /// The same column, marked when brands are sorted by `column`.
    #[must_use]
    pub fn by_brand(self, column: BrandColumn, sorting: Sorting) -> Self {
        self.named(column.id()).sorted(column.place(), sorting)
    }

    /// The same column, marked when crowds are sorted by `column`.
    #[must_use]
    pub fn by_crowd(self, column: CrowdColumn, sorting: Sorting) -> Self {
        self.named(column.id()).sorted(column.place(), sorting)
    }

    /// The same column with an id of the catalogue.
    #[must_use]
    pub fn named(self, id: String) -> Self {
        Self { id, ..self }
    }

    fn new(group: &str, title: &str, kind: Kind, rank: u8, width: (u16, u16)) -> Self {
        Self {
            id: String::new(),
            frozen: false,
            group: group.to_owned(),
            title: title.to_owned(),
            kind,
            rank,
            width,
            sort: None,
        }
    }
}

/// A row: one cell for every column.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// The cells.
    pub cells: Vec<Cell>,
    /// The row is the one that the rest of the screen is about.
    pub focused: bool,
}

/// Which columns are shown where not all of them fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Across {
    /// Those of the lowest ranks.
    #[default]
    Best,
    /// The frozen ones, and the others one after the other from this one.
    From(usize),
}

/// A table around its cursor.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The columns, left to right.
    pub columns: Vec<Column>,
    /// The rows around the cursor.
    pub rows: Vec<Row>,
    /// A row that always stands below the others.
    pub total: Option<Row>,
    /// The place of `rows[0]` in the whole list.
    pub first: usize,
    /// Rows in the whole list.
    pub len: usize,
    /// Place of the cursor in the whole list, where the table has one.
    pub cursor: Option<usize>,
    /// Which columns are shown where not all of them fit.
    pub across: Across,
    /// Columns that the user has hidden, in words; empty for none.
    pub hidden: String,
    /// The word behind a number of columns.
    pub columns_word: &'static str,
}

impl Table {
    /// The table with its columns as the plan of the pane has them.
    #[must_use]
    pub fn arranged(mut self, state: &State, pane: Pane) -> Self {
        let (plan, all) = (&state.plans[pane as usize], catalogue(pane));
        let (l, scrolled) = (state.language, state.cursors[pane as usize].column);
        let mut picks = Vec::new();
        for (at, place) in plan.order(all.len()).into_iter().enumerate() {
            for (i, column) in self.columns.iter_mut().enumerate() {
                if !plan.hides(place) && all.get(place).is_some_and(|e| e.id == column.id) {
                    column.frozen = at < plan.frozen();
                    picks.push(i);
                }
            }
        }
        self.across = match (plan.is_reordered(), scrolled) {
            (false, 0) => Across::Best,
            (false, n) => Across::From(n - 1),
            (true, n) => Across::From(n),
        };
        self.columns_word = pick(l, "列", "columns");
        self.hidden = match (l, plan.hidden()) {
            (_, 0) => String::new(),
            (Language::Zh, n) => format!("已隐藏 {n} 列"),
            (Language::En, n) => format!("{n} hidden"),
        };
        if !picks.iter().copied().eq(0..self.columns.len()) {
            self.columns = taken(self.columns, &picks);
            for row in self.rows.iter_mut().chain(&mut self.total) {
                row.cells = taken(std::mem::take(&mut row.cells), &picks);
            }
        }
        self
    }

    /// The part of a list of `len` rows that can be on a screen of `height` rows.
    pub fn window(cursor: Cursor, len: usize, height: usize) -> std::ops::Range<usize> {
        let row = cursor.row.min(len.saturating_sub(1));
        row.saturating_sub(height)..row.saturating_add(height + 1).min(len)
    }

    /// The first row to show where `height` rows fit: the cursor stands in the middle, and no room
    /// is wasted at either end.
    pub fn top_for(&self, height: usize) -> usize {
        let last_top = self.len.saturating_sub(height);
        let cursor = self.cursor.unwrap_or(0);
        cursor.saturating_sub(height / 2).min(last_top)
    }
}

/// The picked ones, in the order of the picks.
fn taken<T>(all: Vec<T>, picks: &[usize]) -> Vec<T> {
    let mut all: Vec<Option<T>> = all.into_iter().map(Some).collect();
    let one = |i: &usize| all.get_mut(*i).and_then(Option::take);
    picks.iter().filter_map(one).collect()
}

/// `name · metric, metric: reason; metric: reason` of the figures that are missing; `None` when none
/// is.
pub fn why_missing<'a>(
    l: Language,
    name: &str,
    figures: impl IntoIterator<Item = &'a Figure>,
) -> Option<String> {
    let mut found: Vec<(String, Vec<&str>)> = Vec::new();
    for f in figures {
        let Some(why) = f.now.why().map(|w| text::why(l, w)) else {
            continue;
        };
        let short = text::short(l, f.metric);
        match found.iter_mut().find(|(w, _)| *w == why) {
            Some((_, metrics)) => metrics.push(short),
            None => found.push((why, vec![short])),
        }
    }
    let parts: Vec<String> = found
        .into_iter()
        .map(|(why, metrics)| {
            let metrics = metrics.join(pick(l, "、", ", "));
            format!("{metrics}{}{why}", pick(l, "：", ": "))
        })
        .collect();
    let dot = if name.is_empty() { "" } else { " · " };
    (!parts.is_empty()).then(|| format!("{name}{dot}{}", parts.join(pick(l, "；", "; "))))
}

/// A line chart with its words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// The newest value, in words.
    pub side: String,
    /// Lines, oldest value first; missing values are gaps.
    pub lines: Vec<Line>,
    /// A level to compare with.
    pub benchmark: Option<f64>,
    /// Labels of the first and the last value.
    pub ends: [String; 2],
    /// Labels of the lowest and the highest value drawn.
    pub levels: [Option<Number>; 2],
    /// Said when there is no value at all.
    pub empty: String,
    /// The lines belong to an older query; newer ones are still to come.
    pub old: bool,
}

/// One line of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Oldest first.
    pub values: Vec<Option<f64>>,
    /// Its colour.
    pub accent: Accent,
}
