//! The order in which tables show their rows.
//!
//! Keys, cursors and screens must agree on which brand stands in row 7, so the order is decided
//! here, once, from plain numbers; nothing is formatted for it. A missing value sorts last in either
//! direction, and ties keep the order of the data set.

use std::cmp::Ordering;

use super::state::{Overlay, Pane, Phase, SortOrder, Sorting, State};
use crate::board::{Board, BrandBoard, Figure, Part, Source};
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
            *slot = Some(&**b);
        }
    }
    found
}

/// The figures of every crowd, found in one pass for any number of crowds.
#[derive(Debug, Clone)]
pub struct CrowdFigures<'a> {
    /// By index into `Dataset::crowds`, then by [`CrowdMetric`].
    crowds: Vec<[Option<&'a Figure>; 4]>,
    /// All crowds together.
    all: [Option<&'a Figure>; 4],
}

impl<'a> CrowdFigures<'a> {
    /// Sorts the figures of a brand by crowd and metric; the figure that the screen prefers wins
    /// ([`BrandBoard::get`]).
    pub fn of(board: Option<&'a BrandBoard>, crowds: usize) -> Self {
        let mut found = Self {
            crowds: vec![[None; 4]; crowds],
            all: [None; 4],
        };
        for figure in board.map_or(&[][..], |b| &b.figures) {
            found.take(figure);
        }
        found
    }

    fn take(&mut self, figure: &'a Figure) {
        let row = match figure.part {
            Part::Crowd(CrowdKey::All) => Some(&mut self.all),
            Part::Crowd(CrowdKey::Crowd(c)) => self.crowds.get_mut(c as usize),
            _ => None,
        };
        let metric = CrowdMetric::ALL
            .into_iter()
            .find(|m| m.metric() == figure.metric.id);
        let (Some(row), Some(metric)) = (row, metric) else {
            return;
        };
        let slot = &mut row[metric as usize];
        let better = slot.is_none_or(|old| match (old.source, figure.source) {
            (Source::Events, Source::Platform) => !old.now.is_known() && figure.now.is_known(),
            (Source::Platform, Source::Events) => old.now.is_known() <= figure.now.is_known(),
            _ => false,
        });
        if better {
            *slot = Some(figure);
        }
    }

    /// The figure of a crowd, or of all together.
    pub fn get(&self, key: CrowdKey, metric: CrowdMetric) -> Option<&'a Figure> {
        let row = match key {
            CrowdKey::Crowd(c) => self.crowds.get(c as usize)?,
            CrowdKey::All => &self.all,
            CrowdKey::Brand => return None,
        };
        row[metric as usize]
    }

    /// The largest gap of a crowd, without its sign.
    pub fn widest_gap(&self, metric: CrowdMetric) -> f64 {
        self.crowds
            .iter()
            .filter_map(|row| row[metric as usize]?.gap()?.get())
            .fold(0.0, |widest, gap| gap.abs().max(widest))
    }
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
            let figures = CrowdFigures::of(Some(board), crowds.len());
            by_number(order, sorting, |i| crowd_number(&figures, i, column))
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

fn crowd_number(figures: &CrowdFigures, crowd: usize, column: CrowdColumn) -> Option<f64> {
    let figure = figures.get(CrowdKey::Crowd(crowd as u32), column.metric()?)?;
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::board::Query;
    use crate::facts::{Engine, Slice};
    use crate::metrics::{Day, Definitions, Value, Why, metric};

    fn figure(id: &str, part: Part, now: Value, target: Option<f64>) -> Figure {
        Figure {
            metric: metric(id).unwrap(),
            part,
            source: Source::Platform,
            now,
            against: Value::Known(100.0),
            numerator: None,
            denominator: None,
            variant: "platform".into(),
            baseline: None,
            preview: None,
            target: target.map(Value::Known),
            target_derived: None,
            owner: None,
            benchmarks: Vec::new(),
        }
    }

    fn brand(brand: usize, figures: Vec<Figure>) -> BrandBoard {
        BrandBoard {
            brand,
            full: true,
            figures,
            history: Vec::new(),
            bounded: Vec::new(),
            workbench: None,
            detected: None,
        }
    }

    /// Brands with these values of F and crowds with these consumers against a target of 10.
    fn state(f: &[Option<f64>], consumers: &[Option<f64>]) -> State {
        let value = |x: &Option<f64>| Value::or_missing(*x, Why::NotGiven);
        let crowds = consumers.iter().enumerate().map(|(i, x)| {
            let part = Part::Crowd(CrowdKey::Crowd(i as u32));
            figure("crowd.consumers", part, value(x), Some(10.0))
        });
        let mut brands: Vec<BrandBoard> = f
            .iter()
            .enumerate()
            .map(|(i, x)| brand(i, vec![figure("fast.f", Part::Whole, value(x), None)]))
            .collect();
        brands[0].figures.extend(crowds);
        // A board need not hold the brands in the order of the data set.
        brands.reverse();
        let names = ["Oak", "青禾", "coast", "Acorn"];
        let data = Dataset {
            brands: (0..f.len())
                .map(|i| Brand {
                    id: format!("b{i}"),
                    name_zh: names[i % 4].into(),
                    name_en: names[i % 4].into(),
                    ..Brand::default()
                })
                .collect(),
            crowds: vec![Crowd::default(); consumers.len()],
            ..Dataset::default()
        };
        State {
            phase: Phase::Ready(Arc::new(Engine::new(Arc::new(data)))),
            board: Some(Arc::new(Board {
                ahead: None,
                query: Query {
                    as_of: Day(0),
                    against: Day(-7),
                    slice: Slice::default(),
                    definitions: Definitions::default(),
                    scenario: crate::scenario::Scenario::default(),
                },
                dates: Vec::new(),
                brands: brands.into_iter().map(Arc::new).collect(),
                dimensions: Vec::new(),
                extent: crate::board::Extent::Whole,
            })),
            ..State::default()
        }
    }

    fn by(state: &mut State, pane: Pane, column: Option<usize>, order: SortOrder) {
        state.sorting[pane as usize] = Sorting { column, order };
    }

    #[test]
    fn brands_sort_by_a_figure_and_missing_ones_stay_last() {
        let mut s = state(&[Some(5.0), None, Some(9.0), Some(5.0)], &[]);
        assert_eq!(brand_order(&s), [0, 1, 2, 3]);
        let f = BrandColumn::Value(Fast::F).place();
        by(&mut s, Pane::Brands, f, SortOrder::Descending);
        assert_eq!(brand_order(&s), [2, 0, 3, 1]);
        by(&mut s, Pane::Brands, f, SortOrder::Ascending);
        assert_eq!(brand_order(&s), [0, 3, 2, 1]);
        let change = BrandColumn::Change(Fast::F).place();
        by(&mut s, Pane::Brands, change, SortOrder::Descending);
        assert_eq!(brand_order(&s), [2, 0, 3, 1]);
        by(&mut s, Pane::Brands, Some(999), SortOrder::Descending);
        assert_eq!(brand_order(&s), [0, 1, 2, 3]);
    }

    #[test]
    fn names_sort_and_filter_in_any_case() {
        let mut s = state(&[Some(1.0); 4], &[]);
        by(
            &mut s,
            Pane::Brands,
            BrandColumn::Brand.place(),
            SortOrder::Ascending,
        );
        assert_eq!(brand_order(&s), [3, 0, 2, 1]);
        s.brand_filter = "OA".into();
        assert_eq!(brand_order(&s), [0, 2]);
        s.overlay = Some(Overlay::Filter {
            text: "禾 B1".into(),
            caret: 0,
        });
        assert_eq!(brand_order(&s), [1]);
    }

    #[test]
    fn crowds_sort_by_gap_and_completion() {
        let mut s = state(&[Some(1.0)], &[Some(12.0), Some(3.0), None]);
        let gap = CrowdColumn::Gap(CrowdMetric::Consumers).place();
        by(&mut s, Pane::Crowds, gap, SortOrder::Ascending);
        assert_eq!(crowd_order(&s), [1, 0, 2]);
        let done = CrowdColumn::Completion(CrowdMetric::Consumers).place();
        by(&mut s, Pane::Crowds, done, SortOrder::Descending);
        assert_eq!(crowd_order(&s), [0, 1, 2]);
    }

    #[test]
    fn the_figure_of_a_crowd_is_the_one_that_the_board_prefers() {
        let part = Part::Crowd(CrowdKey::Crowd(0));
        let known = figure("crowd.gmv", part, Value::Known(3.0), None);
        let missing = figure("crowd.gmv", part, Value::Missing(Why::NoAmount), None);
        let events = |f: &Figure| Figure {
            source: Source::Events,
            ..f.clone()
        };
        let pairs = [
            (events(&missing), known.clone()),
            (events(&known), missing.clone()),
            (events(&missing), missing.clone()),
            (events(&known), known.clone()),
        ];
        for (first, second) in pairs {
            for figures in [vec![first.clone(), second.clone()], vec![second, first]] {
                let board = brand(0, figures);
                let found = CrowdFigures::of(Some(&board), 1);
                assert_eq!(
                    found.get(CrowdKey::Crowd(0), CrowdMetric::Gmv),
                    board.get("crowd.gmv", part)
                );
            }
        }
    }

    #[test]
    fn columns_have_one_place_and_one_id_each() {
        let mut ids: Vec<String> = BrandColumn::ALL.iter().map(|c| c.id()).collect();
        ids.extend(CrowdColumn::ALL.iter().map(|c| c.id()));
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count);
        for (i, c) in CrowdColumn::ALL.iter().enumerate() {
            assert_eq!(c.place(), Some(i));
        }
    }

    #[test]
    fn a_state_without_data_has_no_rows() {
        assert!(brand_order(&State::default()).is_empty());
        assert!(crowd_order(&State::default()).is_empty());
    }
}
