//! The brands pane: every brand with FAST, its change, its index and a small trend.
//!
//! It reads the order that `app` decided and formats the rows around the cursor only. It computes no
//! metric.

use super::ghost::{self, Ghost};
use super::number::Number;
use super::table::{Accent, Cell, Change, Chart, Column, Line, Mood, Row, Table, why_missing};
use super::text::{self, pick};
use crate::app::columns::trend_id;
use crate::app::order::{self, BrandColumn, Fast};
use crate::app::{Language, Pane, Phase, State};
use crate::board::{Board, BrandBoard, Extent, Figure, Part};
use crate::facts::{Brand, Dataset};
use crate::metrics::{Unit, Value, Why, metric};

/// The brands pane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BrandsModel {
    /// Title of the panel.
    pub title: String,
    /// How many of how many, and by what they are sorted.
    pub side: String,
    /// The table.
    pub table: Table,
    /// Why figures of the brand under the cursor are missing.
    pub reason: Option<String>,
    /// What the what-if changes of the brand that it is about.
    pub what_if: Option<WhatIf>,
    /// Said instead of rows when there are none.
    pub empty: String,
    /// What is under the cursor, larger; shown where there is room.
    pub preview: Option<Preview>,
}

/// The figures of one brand that a what-if changes.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIf {
    /// The brand.
    pub title: String,
    /// Name, value and baseline of each.
    pub figures: Vec<(String, Number, Ghost)>,
}

/// One brand in four charts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Preview {
    /// The brand.
    pub title: String,
    /// One chart for each metric that has a history.
    pub charts: Vec<Chart>,
}

/// Everything that rows are made from.
struct Source<'a> {
    language: Language,
    data: &'a Dataset,
    focus: usize,
    /// The colour of trends; those of an older query are quiet.
    trend: Accent,
}

/// The pane for a state.
pub fn model(state: &State) -> BrandsModel {
    let Phase::Ready(engine) = &state.phase else {
        return BrandsModel::default();
    };
    let source = Source {
        language: state.language,
        data: engine.dataset(),
        focus: state.brand,
        trend: if state.awaits_history() {
            Accent::Quiet
        } else {
            Accent::Main
        },
    };
    let order = order::brand_order(state);
    let board = state.board.as_deref();
    let under = cursor_brand(state, &order);
    let looked_at = under.filter(|_| state.preview.below.is_some());
    BrandsModel {
        title: pick(state.language, "品牌", "Brands").to_owned(),
        side: side(state, order.len(), source.data.brands.len()),
        table: table(state, &source, &order),
        reason: under.and_then(|b| reason(&source, board?, b)),
        what_if: board.and_then(|board| what_if(&source, board, looked_at)),
        empty: empty(state, source.data.brands.is_empty()),
        preview: under.and_then(|b| preview(&source, board?, b)),
    }
}

/// What a what-if changes of the brand in focus: the others are as they are.
/// A preview is about the brand that is looked at.
fn what_if(source: &Source, board: &Board, looked_at: Option<usize>) -> Option<WhatIf> {
    let l = source.language;
    let focus = looked_at.unwrap_or(source.focus);
    let found = board.brand(focus)?;
    let figure = |fast: Fast| {
        let figure = found.get(fast.metric(), Part::Whole)?;
        let ghost = Ghost::of(l, figure, &source.data.currency)?;
        let value = Number::of(figure.now, figure.unit(), l);
        Some((text::short(l, figure.metric).to_owned(), value, ghost))
    };
    let figures: Vec<_> = Fast::ALL.into_iter().filter_map(figure).collect();
    let brand = source.data.brands.get(focus)?;
    let word = if looked_at.is_some() {
        pick(l, "预览", "preview")
    } else {
        ghost::what_if(l)
    };
    (!figures.is_empty()).then(|| WhatIf {
        title: format!("{word} · {}", name(l, brand)),
        figures,
    })
}

fn cursor_brand(state: &State, order: &[usize]) -> Option<usize> {
    let row = state.cursors[Pane::Brands as usize].row;
    order.get(row.min(order.len().saturating_sub(1))).copied()
}

fn side(state: &State, shown: usize, all: usize) -> String {
    let filter = order::brand_filter(state);
    let count = match (state.language, shown == all) {
        (Language::Zh, true) => format!("{all} 个品牌"),
        (Language::En, true) if all == 1 => "1 brand".to_owned(),
        (Language::En, true) => format!("{all} brands"),
        (Language::Zh, false) => format!("{shown} / {all} 个品牌"),
        (Language::En, false) => format!("{shown} of {all} brands"),
    };
    if filter.trim().is_empty() {
        count
    } else {
        format!("{count} · “{}”", text::truncate(filter.trim(), 24))
    }
}

fn empty(state: &State, no_brands: bool) -> String {
    let (zh, en) = if no_brands {
        ("数据集中没有品牌", "the data set holds no brand")
    } else {
        (
            "没有符合筛选的品牌（f 修改筛选）",
            "no brand matches the filter (f changes it)",
        )
    };
    pick(state.language, zh, en).to_owned()
}

fn table(state: &State, source: &Source, order: &[usize]) -> Table {
    let cursor = state.cursors[Pane::Brands as usize];
    let range = Table::window(cursor, order.len(), usize::from(state.size.1));
    let boards = state
        .board
        .as_deref()
        .map(|b| order::boards_by_brand(b, source.data.brands.len()))
        .unwrap_or_default();
    let first = range.start;
    let rows = order
        .get(range)
        .unwrap_or(&[])
        .iter()
        .map(|&i| row(source, i, boards.get(i).copied().flatten()))
        .collect();
    Table {
        columns: columns(state),
        rows,
        total: None,
        first,
        len: order.len(),
        cursor: Some(cursor.row.min(order.len().saturating_sub(1))),
        ..Table::default()
    }
    .arranged(state, Pane::Brands)
}

/// Every column, in the order of the catalogue.
pub(super) fn columns(state: &State) -> Vec<Column> {
    let (l, sorting) = (state.language, state.sorting[Pane::Brands as usize]);
    let mut columns = vec![
        Column::text(pick(l, "品牌", "Brand"), 0, (8, 26)).by_brand(BrandColumn::Brand, sorting),
        Column::text(pick(l, "类目", "Category"), 6, (4, 16))
            .by_brand(BrandColumn::Category, sorting),
    ];
    for fast in Fast::ALL {
        columns.extend(metric_columns(l, fast).map(|(c, by)| match by {
            Some(by) => c.by_brand(by, sorting),
            None => c.named(trend_id(fast)),
        }));
    }
    columns
}

/// The columns of one metric: value, change, index, trend.
fn metric_columns(l: Language, fast: Fast) -> [(Column, Option<BrandColumn>); 4] {
    let group = metric(fast.metric()).map_or("", |m| text::short(l, m));
    let volume = matches!(fast, Fast::F | Fast::S);
    let change = if volume {
        pick(l, "变化", "Δ%")
    } else {
        pick(l, "变化", "Δ pp")
    };
    let trend_rank = [2, 5, 8, 7][fast as usize];
    [
        (
            Column::number(group, pick(l, "当前", "now"), 0),
            Some(BrandColumn::Value(fast)),
        ),
        (
            Column::change(group, change, [1, 1, 2, 2][fast as usize]),
            Some(BrandColumn::Change(fast)),
        ),
        (
            Column::number(group, pick(l, "指数", "index"), [3, 4, 4, 4][fast as usize]),
            Some(BrandColumn::Index(fast)),
        ),
        (
            Column::graph(group, pick(l, "53 周", "53 wk"), trend_rank, (9, 18)),
            None,
        ),
    ]
}

fn row(source: &Source, brand: usize, board: Option<&BrandBoard>) -> Row {
    let l = source.language;
    let record = source.data.brands.get(brand);
    let mut cells = vec![
        Cell::Text(record.map_or_else(String::new, |b| name(l, b).to_owned())),
        Cell::Text(
            record
                .and_then(|b| b.category.as_deref())
                .map_or_else(String::new, |c| text::term(l, c).into_owned()),
        ),
    ];
    for fast in Fast::ALL {
        let figure = board.and_then(|b| b.get(fast.metric(), Part::Whole));
        cells.extend(numbers(l, fast, figure));
        cells.push(Cell::Trend(history(board, fast), source.trend));
    }
    Row {
        cells,
        focused: brand == source.focus,
    }
}

fn numbers(l: Language, fast: Fast, figure: Option<&Figure>) -> [Cell; 3] {
    let unit = match fast {
        Fast::F | Fast::S => Unit::People,
        Fast::A | Fast::T => Unit::Ratio,
    };
    let missing = Value::Missing(Why::NotGiven);
    let now = figure.map_or(missing, |f| f.now);
    let index = figure.map_or(missing, Figure::index);
    let change = figure.map_or_else(
        || Change {
            number: Number::change(missing, l),
            mood: Mood::Plain,
        },
        |f| change(l, f),
    );
    [
        Cell::Number(Number::of(now, unit, l)),
        Cell::Change(change),
        Cell::Number(Number::of(index, Unit::Index, l)),
    ]
}

/// The change of a figure as people read it: relative for counts and money, pp for rates.
pub fn change(l: Language, figure: &Figure) -> Change {
    let number = if figure.unit() == Unit::Ratio {
        Number::difference(figure.delta(), Unit::Ratio, l)
    } else {
        Number::change(figure.change(), l)
    };
    Change::new(number, figure.metric.direction)
}

/// The name of a brand in a language.
pub fn name(l: Language, brand: &Brand) -> &str {
    pick(l, brand.name_zh.as_str(), brand.name_en.as_str())
}

fn history(board: Option<&BrandBoard>, fast: Fast) -> Vec<Option<f64>> {
    board
        .and_then(|b| b.series(fast.metric(), Part::Whole))
        .map(|s| s.values.iter().map(|v| v.get()).collect())
        .unwrap_or_default()
}

fn reason(source: &Source, board: &Board, brand: usize) -> Option<String> {
    let found = board.brand(brand)?;
    let title = name(source.language, source.data.brands.get(brand)?);
    let figures = Fast::ALL
        .into_iter()
        .filter_map(|fast| found.get(fast.metric(), Part::Whole));
    why_missing(source.language, title, figures)
}

fn preview(source: &Source, board: &Board, brand: usize) -> Option<Preview> {
    let found = board.brand(brand)?;
    let title = source
        .data
        .brands
        .get(brand)
        .map(|b| name(source.language, b).to_owned())?;
    let charts: Vec<Chart> = Fast::ALL
        .into_iter()
        .filter_map(|fast| chart(source.language, board, found, fast))
        .collect();
    (!charts.is_empty()).then_some(Preview { title, charts })
}

fn chart(l: Language, board: &Board, brand: &BrandBoard, fast: Fast) -> Option<Chart> {
    let figure = brand.get(fast.metric(), Part::Whole)?;
    let values = history(Some(brand), fast);
    if values.iter().all(Option::is_none) {
        return None;
    }
    let benchmark = figure.benchmark();
    let mut side = Number::of(figure.now, figure.unit(), l).exact();
    if let Some((kind, value)) = benchmark {
        let value = Number::of(Value::known(value), figure.unit(), l).brief(10);
        side = format!("{side} · {} {value}", text::benchmark(l, kind));
    }
    Some(Chart {
        title: text::short(l, figure.metric).to_owned(),
        side,
        levels: levels(l, figure.unit(), [&values]),
        empty: no_history(l, board.extent),
        old: board.extent == Extent::Figures,
        lines: vec![Line {
            name: String::new(),
            values,
            accent: Accent::Main,
        }],
        benchmark: benchmark.map(|(_, value)| value),
        ends: ends(board),
    })
}

/// Lowest and highest value of some histories, as labels.
pub fn levels<'a>(
    l: Language,
    unit: Unit,
    lines: impl IntoIterator<Item = &'a Vec<Option<f64>>>,
) -> [Option<Number>; 2] {
    let known = lines.into_iter().flatten().flatten().copied();
    let bounds = known.fold(None, |bounds: Option<(f64, f64)>, x| {
        Some(bounds.map_or((x, x), |(low, high)| (low.min(x), high.max(x))))
    });
    let label = |x: f64| Some(Number::of(Value::known(x), unit, l));
    bounds.map_or([None, None], |(low, high)| [label(low), label(high)])
}

/// Said in a chart whose metric has no value on any day, or none yet.
pub fn no_history(l: Language, extent: Extent) -> String {
    let (zh, en) = match extent {
        Extent::Whole => ("这 53 周没有数据", "no data in these 53 weeks"),
        Extent::Tables => ("… 等待事件日志", "… waiting for the event log"),
        Extent::Figures => ("… 正在计算历史", "… the history is being computed"),
    };
    pick(l, zh, en).to_owned()
}

/// First and last day of the histories.
pub fn ends(board: &Board) -> [String; 2] {
    let text = |d: Option<&crate::metrics::Day>| d.map_or_else(String::new, ToString::to_string);
    [text(board.dates.first()), text(board.dates.last())]
}
