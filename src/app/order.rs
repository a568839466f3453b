//! The order in which tables show their rows.
//!
//! Keys, cursors and screens must agree on which brand stands in row 7, so the order is decided
//! here, once, from plain numbers; nothing is formatted for it. A missing value sorts last in either
//! direction, and ties keep the order of the data set.

use std::cmp::Ordering;

use super::state::{Overlay, Pane, Phase, SortOrder, Sorting, State};
use crate::board::{Board, BrandBoard, Figure, Part};
use crate::facts::{Brand, Crowd, CrowdKey, Dataset};

/// A column of the brands table; its place in [`BrandColumn::ALL`] is what [`Sorting`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BrandColumn {
    /// The name.
    Brand,
    /// The category.
    Category,
    /// A metric of FAST.
    Value(Fast),
    /// Its change against the comparison: relative for people, a difference for rates.
    Change(Fast),
    /// Its index against the benchmark of the category.
    Index(Fast),
}

/// The four metrics of FAST.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fast {
    /// Fertility, people.
    F,
    /// Advancing, a rate.
    A,
    /// Superiority, people.
    S,
    /// Thriving, a rate.
    T,
}

impl Fast {
    /// All four.
    pub const ALL: [Self; 4] = [Self::F, Self::A, Self::S, Self::T];

    /// The metric id.
    pub fn metric(self) -> &'static str {
        ["fast.f", "fast.a", "fast.s", "fast.t"][self as usize]
    }
}

impl BrandColumn {
    /// All columns, in the order shown.
    pub const ALL: [Self; 14] = [
        Self::Brand,
        Self::Category,
        Self::Value(Fast::F),
        Self::Change(Fast::F),
        Self::Index(Fast::F),
        Self::Value(Fast::A),
        Self::Change(Fast::A),
        Self::Index(Fast::A),
        Self::Value(Fast::S),
        Self::Change(Fast::S),
        Self::Index(Fast::S),
        Self::Value(Fast::T),
        Self::Change(Fast::T),
        Self::Index(Fast::T),
    ];

    /// A stable id.
    pub fn id(self) -> String {
        match self {
            Self::Brand => "brand".into(),
            Self::Category => "category".into(),
            Self::Value(m) => m.metric().into(),
            Self::Change(m) => format!("{}.change", m.metric()),
            Self::Index(m) => format!("{}.index", m.metric()),
        }
    }

    /// The place in [`Self::ALL`].
    pub fn place(self) -> Option<usize> {
        Self::ALL.iter().position(|c| *c == self)
    }
}

/// The figures of crowds that have a current value, a target and a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CrowdMetric {
    /// 消费者总量, people.
    Consumers,
    /// 渗透率, a rate.
    Penetration,
    /// 转化率, a rate.
    Conversion,
    /// 成交金额, money.
    Gmv,
}

impl CrowdMetric {
    /// All four.
    pub const ALL: [Self; 4] = [
        Self::Consumers,
        Self::Penetration,
        Self::Conversion,
        Self::Gmv,
    ];

    /// The metric id.
    pub fn metric(self) -> &'static str {
        [
            "crowd.consumers",
            "crowd.penetration",
            "crowd.conversion",
            "crowd.gmv",
        ][self as usize]
    }
}

/// A column of the crowds table; its place in [`CrowdColumn::ALL`] is what [`Sorting`] holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CrowdColumn {
    /// The name.
    Crowd,
    /// Who answers for it.
    Owner,
    /// Current value.
    Value(CrowdMetric),
    /// Target.
    Target(CrowdMetric),
    /// Current − target.
    Gap(CrowdMetric),
    /// Current ÷ target.
    Completion(CrowdMetric),
}

impl CrowdColumn {
    /// All columns, in the order shown.
    pub const ALL: [Self; 18] = {
        use CrowdMetric::{Consumers, Conversion, Gmv, Penetration};
        [
            Self::Crowd,
            Self::Owner,
            Self::Value(Consumers),
            Self::Target(Consumers),
            Self::Gap(Consumers),
            Self::Completion(Consumers),
            Self::Value(Penetration),
            Self::Target(Penetration),
            Self::Gap(Penetration),
            Self::Completion(Penetration),
            Self::Value(Conversion),
            Self::Target(Conversion),
            Self::Gap(Conversion),
            Self::Completion(Conversion),
            Self::Value(Gmv),
            Self::Target(Gmv),
            Self::Gap(Gmv),
            Self::Completion(Gmv),
        ]
    };

    /// A stable id.
    pub fn id(self) -> String {
        match self {
            Self::Crowd => "crowd".into(),
            Self::Owner => "owner".into(),
            Self::Value(m) => m.metric().into(),
            Self::Target(m) => format!("{}.target", m.metric()),
            Self::Gap(m) => format!("{}.gap", m.metric()),
            Self::Completion(m) => format!("{}.completion", m.metric()),
        }
    }

    /// The place in [`Self::ALL`].
    pub fn place(self) -> Option<usize> {
        Self::ALL.iter().position(|c| *c == self)
    }

    /// The metric that the column is about.
    pub fn metric(self) -> Option<CrowdMetric> {
        match self {
            Self::Crowd | Self::Owner => None,
            Self::Value(m) | Self::Target(m) | Self::Gap(m) | Self::Completion(m) => Some(m),
        }
    }
}

/// The board of every brand, by index into `Dataset::brands`; one pass for any number of brands.
pub fn boards_by_brand(board: &Board, brands: usize) -> Vec<Option<&BrandBoard>> {
    let mut found = vec![None; brands];
    for b in &board.brands {
        if let Some(slot) = found.get_mut(b.brand) {
            *slot = Some(b);
        }
    }
    found
}

/// Brands in the order shown (indices into `Dataset::brands`): those that match the filter text,
/// sorted as the brands pane is.
pub fn brand_order(state: &State) -> Vec<usize> {
    let Phase::Ready(engine) = &state.phase else {
        return Vec::new();
    };
    let data = engine.dataset();
    let order = matching_brands(&data.brands, brand_filter(state));
    let sorting = state.sorting[Pane::Brands as usize];
    let column = sorting.column.and_then(|c| BrandColumn::ALL.get(c));
    match (column, &state.board) {
        (Some(BrandColumn::Brand), _) => by_text(order, sorting, |i| brand_text(data, i, state)),
        (Some(BrandColumn::Category), _) => by_text(order, sorting, |i| {
            data.brands.get(i).and_then(|b| b.category.as_deref())
        }),
        (Some(&column), Some(board)) => {
            let boards = boards_by_brand(board, data.brands.len());
            by_number(order, sorting, |i| {
                boards
                    .get(i)
                    .copied()
                    .flatten()
                    .and_then(|b| brand_number(b, column))
            })
        }
        _ => order,
    }
}

/// The text that narrows the brands: what is being typed, else what was typed last.
pub fn brand_filter(state: &State) -> &str {
    match &state.overlay {
        Some(Overlay::Filter { text, .. }) => text,
        _ => &state.brand_filter,
    }
}

/// Crowds in the order shown (indices into `Dataset::crowds`). The row of all crowds together is
/// not part of it: it always stands apart.
pub fn crowd_order(state: &State) -> Vec<usize> {
    let Phase::Ready(engine) = &state.phase else {
        return Vec::new();
    };
    let crowds = &engine.dataset().crowds;
    let order: Vec<usize> = (0..crowds.len()).collect();
    let sorting = state.sorting[Pane::Crowds as usize];
    let column = sorting.column.and_then(|c| CrowdColumn::ALL.get(c));
    let board = state.board.as_ref().and_then(|b| b.brand(state.brand));
    match (column, board) {
        (Some(CrowdColumn::Crowd), _) => by_text(order, sorting, |i| crowd_text(crowds, i, state)),
        (Some(CrowdColumn::Owner), _) => by_text(order, sorting, |i| {
            crowds.get(i).and_then(|c| c.owner.as_deref())
        }),
        (Some(&column), Some(board)) => {
            by_number(order, sorting, |i| crowd_number(board, i, column))
        }
        _ => order,
    }
}

fn matching_brands(brands: &[Brand], text: &str) -> Vec<usize> {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let fits = |b: &Brand| {
        words.iter().all(|w| {
            [&b.id, &b.name_zh, &b.name_en]
                .iter()
                .any(|n| contains(n, w))
        })
    };
    (0..brands.len())
        .filter(|&i| words.is_empty() || fits(&brands[i]))
        .collect()
}

/// Whether `text` holds `word` (lower case) in any case.
fn contains(text: &str, word: &str) -> bool {
    text.contains(word) || text.to_lowercase().contains(word)
}

fn brand_text<'a>(data: &'a Dataset, i: usize, state: &State) -> Option<&'a str> {
    let names = data.brands.get(i).map(|b| [&b.name_zh, &b.name_en]);
    names.map(|n| n[state.language as usize].as_str())
}

fn crowd_text<'a>(crowds: &'a [Crowd], i: usize, state: &State) -> Option<&'a str> {
    let names = crowds.get(i).map(|c| [&c.name_zh, &c.name_en]);
    names.map(|n| n[state.language as usize].as_str())
}

fn brand_number(board: &BrandBoard, column: BrandColumn) -> Option<f64> {
    let figure = |m: Fast| board.get(m.metric(), Part::Whole);
    match column {
        BrandColumn::Brand | BrandColumn::Category => None,
        BrandColumn::Value(m) => figure(m)?.now.get(),
        BrandColumn::Change(m) => change(figure(m)?),
        BrandColumn::Index(m) => figure(m)?.index().get(),
    }
}

/// The change as it is shown: relative for counts, a difference for rates.
fn change(figure: &Figure) -> Option<f64> {
    match figure.unit() {
        crate::metrics::Unit::Ratio => figure.delta().get(),
        _ => figure.change().get(),
    }
}

fn crowd_number(board: &BrandBoard, crowd: usize, column: CrowdColumn) -> Option<f64> {
    let part = Part::Crowd(CrowdKey::Crowd(crowd as u32));
    let figure = board.get(column.metric()?.metric(), part)?;
    match column {
        CrowdColumn::Crowd | CrowdColumn::Owner => None,
        CrowdColumn::Value(_) => figure.now.get(),
        CrowdColumn::Target(_) => figure.target?.get(),
        CrowdColumn::Gap(_) => figure.gap()?.get(),
        CrowdColumn::Completion(_) => figure.completion()?.get(),
    }
}

fn by_number(
    order: Vec<usize>,
    sorting: Sorting,
    key: impl Fn(usize) -> Option<f64>,
) -> Vec<usize> {
    sorted(order, sorting, key, f64::total_cmp)
}

fn by_text<'a>(
    order: Vec<usize>,
    sorting: Sorting,
    key: impl Fn(usize) -> Option<&'a str>,
) -> Vec<usize> {
    sorted(order, sorting, key, Ord::cmp)
}

fn sorted<K>(
    order: Vec<usize>,
    sorting: Sorting,
    key: impl Fn(usize) -> Option<K>,
    compare: impl Fn(&K, &K) -> Ordering,
) -> Vec<usize> {
    let mut keyed: Vec<(usize, Option<K>)> = order.into_iter().map(|i| (i, key(i))).collect();
    keyed.sort_by(|(_, a), (_, b)| match (a, b) {
        (Some(a), Some(b)) if sorting.order == SortOrder::Descending => compare(b, a),
        (Some(a), Some(b)) => compare(a, b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
    keyed.into_iter().map(|(i, _)| i).collect()
}
