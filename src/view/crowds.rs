//! The crowds pane: target, current and gap of every strategy crowd, and the card of one of them.
//!
//! A gap is the exact gap of exact ends, never of shown ones. A crowd without a figure keeps its
//! row, and the reasons for what is missing stand under the table.

use super::brands::{change, ends, levels, no_history};
use super::ghost::{self, Ghost};
use super::notes;
use super::number::Number;
use super::table::{Accent, Cell, Change, Chart, Column, Line, Mood, Row, Table, why_missing};
use super::text::{self, pick};
use crate::app::columns::bar_id;
use crate::app::order::{self, CrowdColumn, CrowdFigures, CrowdMetric};
use crate::app::{Language, Pane, Phase, State};
use crate::board::{Board, BrandBoard, Extent, Figure, Part};
use crate::facts::{Crowd, CrowdKey, Dataset};
use crate::metrics::{Unit, Value, Why, metric};

/// The crowds pane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CrowdsModel {
    /// Title of the panel.
    pub title: String,
    /// How many crowds there are.
    pub side: String,
    /// The table; its total is all crowds together.
    pub table: Table,
    /// Why cells of the cursor row, then of the total, are missing.
    pub reasons: Vec<String>,
    /// Said instead of rows when there are none.
    pub empty: String,
    /// The crowd under the cursor, or the open one.
    pub card: Option<Box<Card>>,
    /// The card takes the whole pane.
    pub open: bool,
}

/// One crowd.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Card {
    /// The crowd.
    pub title: String,
    /// What it is: population, owner, rule, as label and text.
    pub facts: Vec<(String, String)>,
    /// Headers of `figures`: name, current, change, target, gap, completion, baseline, what the
    /// what-if adds.
    pub headers: [String; 8],
    /// Its figures.
    pub figures: Vec<CardFigure>,
    /// Why current values are missing.
    pub reason: Option<String>,
    /// Its consumers through the weeks.
    pub trend: Chart,
    /// Consumers of the crowds at the top of the table, to compare it with.
    pub others: Vec<Chart>,
    /// Heading of `others`.
    pub others_title: String,
}

/// One figure of a card.
#[derive(Debug, Clone, PartialEq)]
pub struct CardFigure {
    /// Name.
    pub name: String,
    /// Current value.
    pub now: Number,
    /// The value without the what-if, where one changes it.
    pub baseline: Option<Number>,
    /// What the what-if adds.
    pub moved: Option<Change>,
    /// Change against the comparison.
    pub change: Change,
    /// Target.
    pub target: Option<Number>,
    /// Current − target.
    pub gap: Option<Change>,
    /// Current ÷ target, a bullet bar.
    pub completion: Option<Cell>,
}

/// Everything that rows are made from.
struct Source<'a> {
    language: Language,
    data: &'a Dataset,
    board: Option<&'a BrandBoard>,
    figures: CrowdFigures<'a>,
    /// The largest gap of each metric, which fills half a gap bar.
    widest: [f64; 4],
    /// Whether a what-if changes anything of each metric.
    moved: [bool; 4],
    state: &'a State,
}

/// The pane for a state.
pub fn model(state: &State) -> CrowdsModel {
    let Phase::Ready(engine) = &state.phase else {
        return CrowdsModel::default();
    };
    let l = state.language;
    let board = state.board.as_deref().and_then(|b| b.brand(state.brand));
    let order = order::crowd_order(state);
    let figures = CrowdFigures::of(board, engine.dataset().crowds.len());
    let source = Source {
        language: l,
        data: engine.dataset(),
        board,
        widest: CrowdMetric::ALL.map(|m| figures.widest_gap(m)),
        moved: moved(board),
        figures,
        state,
    };
    let cursor = state.cursors[Pane::Crowds as usize].row;
    let under = order
        .get(cursor.min(order.len().saturating_sub(1)))
        .copied();
    let shown = state
        .open_crowd
        .filter(|c| *c < source.data.crowds.len())
        .or(under);
    CrowdsModel {
        title: pick(l, "策略人群", "Strategy crowds").to_owned(),
        side: side(l, &source.data.crowds),
        table: table(state, &source, &order),
        reasons: reasons(&source, under),
        empty: pick(l, "数据集中没有策略人群", "the data set holds no crowds").to_owned(),
        card: shown.and_then(|c| card(state, &source, c)).map(|card| {
            Box::new(Card {
                others: others(state, &source, &order),
                ..card
            })
        }),
        open: state.open_crowd.is_some(),
    }
}

/// Of which metrics a what-if changes anything.
fn moved(board: Option<&BrandBoard>) -> [bool; 4] {
    let figures = board.map_or(&[][..], |b| &b.figures);
    let moved = |f: &&Figure| f.preview.is_some() || f.before().is_some();
    let crowd = |f: &&Figure| matches!(f.part, Part::Crowd(_));
    let ids: Vec<&str> = figures
        .iter()
        .filter(crowd)
        .filter(moved)
        .map(|f| f.metric.id)
        .collect();
    CrowdMetric::ALL.map(|m| ids.contains(&m.metric()))
}

fn side(l: Language, crowds: &[Crowd]) -> String {
    if crowds.is_empty() {
        return String::new();
    }
    let exclusive = crowds.iter().all(|c| c.exclusive);
    let overlap = if exclusive {
        pick(l, "互斥", "exclusive")
    } else {
        pick(l, "可能重叠", "may overlap")
    };
    match l {
        Language::Zh => format!("{} 个人群 · {overlap}", crowds.len()),
        Language::En if crowds.len() == 1 => format!("1 crowd · {overlap}"),
        Language::En => format!("{} crowds · {overlap}", crowds.len()),
    }
}

fn table(state: &State, source: &Source, order: &[usize]) -> Table {
    let cursor = state.cursors[Pane::Crowds as usize];
    let range = Table::window(cursor, order.len(), usize::from(state.size.1));
    let first = range.start;
    let key = |c: usize| CrowdKey::Crowd(c as u32);
    let rows = order.get(range).unwrap_or(&[]);
    Table {
        columns: columns(state, source.moved),
        rows: rows.iter().map(|&c| row(source, key(c))).collect(),
        total: (!order.is_empty()).then(|| row(source, CrowdKey::All)),
        first,
        len: order.len(),
        cursor: Some(cursor.row.min(order.len().saturating_sub(1))),
        ..Table::default()
    }
    .arranged(state, Pane::Crowds)
}

/// Every column, in the order of the catalogue; those of a what-if only where one moves the metric.
pub(super) fn columns(state: &State, moved: [bool; 4]) -> Vec<Column> {
    let (l, sorting) = (state.language, state.sorting[Pane::Crowds as usize]);
    let by = |c: Column, column| c.by_crowd(column, sorting);
    let mut columns = vec![
        by(
            Column::text(pick(l, "人群", "Crowd"), 0, (8, 26)),
            CrowdColumn::Crowd,
        ),
        by(
            Column::text(pick(l, "负责人", "Owner"), 7, (10, 22)),
            CrowdColumn::Owner,
        ),
    ];
    let chosen = chosen_metric(state);
    for m in CrowdMetric::ALL {
        let ranks = ranks(m, chosen);
        let [value, rest @ ..] = metric_columns(l, m, ranks).map(|(c, column)| match column {
            Some(column) => by(c, column),
            None => c.named(bar_id(m)),
        });
        columns.push(value);
        if moved[m as usize] {
            columns.extend(ghost_columns(state, m, ranks));
        }
        columns.extend(rest);
    }
    columns
}

/// The metric that keeps its columns longest: the one that the table is sorted by.
fn chosen_metric(state: &State) -> CrowdMetric {
    let sorting = state.sorting[Pane::Crowds as usize];
    sorting
        .column
        .and_then(|c| CrowdColumn::ALL.get(c))
        .and_then(|c| c.metric())
        .unwrap_or(CrowdMetric::Consumers)
}

/// Ranks of current, target, gap, bullet bar and gap bar.
fn ranks(m: CrowdMetric, chosen: CrowdMetric) -> [u8; 5] {
    if m == chosen {
        [0, 1, 0, 2, 6]
    } else if m == CrowdMetric::Gmv {
        [4, 6, 5, 8, 9]
    } else {
        [3, 5, 3, 8, 9]
    }
}

fn metric_columns(
    l: Language,
    m: CrowdMetric,
    ranks: [u8; 5],
) -> [(Column, Option<CrowdColumn>); 5] {
    let group = metric(m.metric()).map_or("", |m| text::metric(l, m));
    [
        (
            Column::number(group, pick(l, "当前", "current"), ranks[0]),
            Some(CrowdColumn::Value(m)),
        ),
        (
            Column::number(group, pick(l, "目标", "target"), ranks[1]),
            Some(CrowdColumn::Target(m)),
        ),
        (
            Column::graph(group, pick(l, "完成", "done"), ranks[3], (8, 16)),
            Some(CrowdColumn::Completion(m)),
        ),
        (
            Column::change(group, pick(l, "差距", "gap"), ranks[2]),
            Some(CrowdColumn::Gap(m)),
        ),
        (Column::graph(group, "", ranks[4], (7, 13)), None),
    ]
}

/// The value without the what-if, or the one that is looked at, and the difference; they stay as long
/// as the gap does.
fn ghost_columns(state: &State, m: CrowdMetric, ranks: [u8; 5]) -> [Column; 2] {
    let l = state.language;
    let group = metric(m.metric()).map_or("", |m| text::metric(l, m));
    let (word, delta) = if state.preview.below.is_some() {
        (ghost::preview_label(l), pick(l, "选后变化", "Δ then"))
    } else {
        (ghost::label(l), pick(l, "对基线", "Δ base"))
    };
    // They are arranged with the value that they belong to.
    [
        Column::number(group, word, ranks[2] + 1),
        Column::change(group, delta, ranks[2]),
    ]
    .map(|c| c.named(CrowdColumn::Value(m).id()))
}

fn ghost_cells(source: &Source, figure: Option<&Figure>) -> [Cell; 2] {
    let ghost = figure.and_then(|f| Ghost::of(source.language, f, &source.data.currency));
    if let Some(ghost) = ghost {
        return [Cell::Number(ghost.baseline), Cell::Change(ghost.moved)];
    }
    // A crowd that the what-if leaves alone stays as it was.
    [Cell::Text(String::new()), Cell::Text(String::new())]
}

fn row(source: &Source, key: CrowdKey) -> Row {
    let l = source.language;
    let record = match key {
        CrowdKey::Crowd(c) => source.data.crowds.get(c as usize),
        _ => None,
    };
    let title = match key {
        CrowdKey::All => pick(l, "合计", "All crowds").to_owned(),
        _ => record.map_or_else(String::new, |c| marked(source.state, c)),
    };
    let mut cells = vec![Cell::Text(title), Cell::Text(owner(source, key, record))];
    for m in CrowdMetric::ALL {
        let mut numbers = numbers(source, m, figure(source, m, key));
        // Gap bars compare crowds with each other; the sum would dwarf them.
        if let (CrowdKey::All, Cell::Gap(share, _)) = (key, &mut numbers[4]) {
            *share = None;
        }
        let [value, rest @ ..] = numbers;
        cells.push(value);
        if source.moved[m as usize] {
            cells.extend(ghost_cells(source, figure(source, m, key)));
        }
        cells.extend(rest);
    }
    Row {
        cells,
        focused: false,
    }
}

fn owner(source: &Source, key: CrowdKey, record: Option<&Crowd>) -> String {
    let own = record.and_then(|c| c.owner.clone());
    let of_target = || {
        CrowdMetric::ALL
            .into_iter()
            .find_map(|m| figure(source, m, key)?.owner.clone())
    };
    let owner = own.or_else(of_target).unwrap_or_default();
    text::side(source.language, &owner).to_owned()
}

fn figure<'a>(source: &Source<'a>, m: CrowdMetric, key: CrowdKey) -> Option<&'a Figure> {
    source.figures.get(key, m)
}

/// Current, target, bullet bar, gap, gap bar.
fn numbers(source: &Source, m: CrowdMetric, figure: Option<&Figure>) -> [Cell; 5] {
    let l = source.language;
    let unit = metric(m.metric()).map_or(Unit::People, |m| m.unit);
    let number = |v| currency(source, Number::of(v, unit, l));
    let missing = Value::Missing(Why::NotGiven);
    let target = figure.and_then(|f| f.target).unwrap_or(missing);
    let gap_value = figure.and_then(Figure::gap).unwrap_or(missing);
    let completion = figure.and_then(Figure::completion).unwrap_or(missing);
    let gap = gap(source, figure, gap_value, unit);
    let part = gap_value
        .get()
        .map(|x| x / source.widest[m as usize].max(f64::MIN_POSITIVE));
    let mood = gap.mood;
    [
        Cell::Number(number(figure.map_or(missing, |f| f.now))),
        Cell::Number(number(target)),
        bullet(l, figure, completion),
        Cell::Change(gap),
        Cell::Gap(part.map(|x| x.clamp(-1.0, 1.0)), mood),
    ]
}

/// Current ÷ target, with the ghost of the baseline.
fn bullet(l: Language, figure: Option<&Figure>, completion: Value) -> Cell {
    let number = Number::of(completion, Unit::Ratio, l);
    let before = figure.and_then(|f| f.completion_before()?.get());
    before.map_or(Cell::Bullet(number), |x| Cell::GhostBullet(number, x))
}

fn gap(source: &Source, figure: Option<&Figure>, value: Value, unit: Unit) -> Change {
    let number = currency(source, Number::difference(value, unit, source.language));
    figure.map_or(
        Change {
            number,
            mood: Mood::Plain,
        },
        |f| Change::new(number, f.metric.direction),
    )
}

fn currency(source: &Source, number: Number) -> Number {
    number.currency(&source.data.currency)
}

/// The name of a crowd, with the mark of its note.
fn marked(state: &State, crowd: &Crowd) -> String {
    let mark = notes::mark(state, &format!("crowd:{}", crowd.id));
    format!("{}{mark}", name(state.language, crowd))
}

/// The name of a crowd in a language.
pub fn name(l: Language, crowd: &Crowd) -> &str {
    pick(l, crowd.name_zh.as_str(), crowd.name_en.as_str())
}

fn reasons(source: &Source, under: Option<usize>) -> Vec<String> {
    let l = source.language;
    let crowd = under.and_then(|c| {
        let record = source.data.crowds.get(c)?;
        reason(source, CrowdKey::Crowd(c as u32), name(l, record))
    });
    let all = reason(source, CrowdKey::All, pick(l, "合计", "All crowds"));
    crowd.into_iter().chain(all).collect()
}

fn reason(source: &Source, key: CrowdKey, name: &str) -> Option<String> {
    let figures = CrowdMetric::ALL
        .into_iter()
        .filter_map(|m| figure(source, m, key));
    why_missing(source.language, name, figures)
}

/// Metrics of a crowd's card.
const CARD: [&str; 6] = [
    "crowd.consumers",
    "crowd.penetration",
    "crowd.buyers",
    "crowd.conversion",
    "crowd.aov",
    "crowd.gmv",
];

fn card(state: &State, source: &Source, crowd: usize) -> Option<Card> {
    let l = source.language;
    let record = source.data.crowds.get(crowd)?;
    let part = Part::Crowd(CrowdKey::Crowd(crowd as u32));
    let figures: Vec<&Figure> = CARD
        .into_iter()
        .filter_map(|id| source.board?.get(id, part))
        .collect();
    Some(Card {
        title: both_names(l, record),
        facts: facts(source, record, part),
        headers: [
            ("指标", "metric"),
            ("当前", "current"),
            ("变化", "change"),
            ("目标", "target"),
            ("差距", "gap"),
            ("完成", "done"),
            ("基线", "baseline"),
            ("对基线", "to baseline"),
        ]
        .map(|(zh, en)| pick(l, zh, en).to_owned()),
        reason: why_missing(l, "", figures.iter().copied()),
        figures: figures
            .into_iter()
            .map(|f| card_figure(source, f))
            .collect(),
        trend: trend(l, state.board.as_deref(), source.board, part),
        others: Vec::new(),
        others_title: pick(
            l,
            "各人群消费者总量与目标 · 53 周",
            "Consumers and target of every crowd · 53 weeks",
        )
        .to_owned(),
    })
}

/// Crowds whose trends stand side by side.
const OTHERS: usize = 12;

/// Small trends of the crowds at the top of the table, each named and with its value.
fn others(state: &State, source: &Source, order: &[usize]) -> Vec<Chart> {
    let l = source.language;
    let one = |&c: &usize| -> Option<Chart> {
        let record = source.data.crowds.get(c)?;
        let key = CrowdKey::Crowd(c as u32);
        let figure = figure(source, CrowdMetric::Consumers, key)?;
        let chart = trend(l, state.board.as_deref(), source.board, Part::Crowd(key));
        let known = chart
            .lines
            .iter()
            .any(|l| l.values.iter().any(Option::is_some));
        known.then(|| Chart {
            title: name(l, record).to_owned(),
            side: Number::of(figure.now, Unit::People, l).exact(),
            ..chart
        })
    };
    order.iter().take(OTHERS).filter_map(one).collect()
}

/// The name in the language of the screen, with the other one where it differs.
fn both_names(l: Language, crowd: &Crowd) -> String {
    let (first, second) = match l {
        Language::Zh => (&crowd.name_zh, &crowd.name_en),
        Language::En => (&crowd.name_en, &crowd.name_zh),
    };
    if first == second {
        first.clone()
    } else {
        format!("{first} · {second}")
    }
}

fn facts(source: &Source, record: &Crowd, part: Part) -> Vec<(String, String)> {
    let l = source.language;
    let population = source
        .board
        .and_then(|b| b.get("crowd.population", part))
        .map_or_else(
            || Value::or_missing(record.population, Why::NoPopulation),
            |f| f.now,
        );
    let exclusive = if record.exclusive {
        pick(l, "互斥", "exclusive")
    } else {
        pick(l, "可能与其他人群重叠", "may overlap others")
    };
    let size = Number::of(population, Unit::People, l).exact();
    let facts = [
        (("量级", "population"), Some(size)),
        (
            ("负责人", "owner"),
            record.owner.as_deref().map(|o| text::side(l, o).to_owned()),
        ),
        (("归属", "members"), Some(exclusive.to_owned())),
        (
            ("规则", "rule"),
            record.rule.as_deref().map(|r| text::side(l, r).to_owned()),
        ),
    ];
    facts
        .into_iter()
        .filter_map(|((zh, en), text)| Some((pick(l, zh, en).to_owned(), text?)))
        .collect()
}

fn card_figure(source: &Source, f: &Figure) -> CardFigure {
    let (l, unit) = (source.language, f.unit());
    let number = |v| currency(source, Number::of(v, unit, l));
    let ghost = Ghost::of(l, f, &source.data.currency);
    CardFigure {
        name: text::metric(l, f.metric).to_owned(),
        now: number(f.now),
        baseline: ghost.as_ref().map(|g| g.baseline),
        moved: ghost.map(|g| g.moved),
        change: change(l, f),
        target: f.target.map(number),
        gap: f.gap().map(|v| gap(source, Some(f), v, unit)),
        completion: f.completion().map(|v| bullet(l, Some(f), v)),
    }
}

fn trend(l: Language, board: Option<&Board>, brand: Option<&BrandBoard>, part: Part) -> Chart {
    let series = brand.and_then(|b| b.series("crowd.consumers", part));
    let values: Vec<Option<f64>> =
        series.map_or_else(Vec::new, |s| s.values.iter().map(|v| v.get()).collect());
    let target = brand
        .and_then(|b| b.get("crowd.consumers", part)?.target)
        .and_then(Value::get);
    let extent = board.map_or(Extent::Whole, |b| b.extent);
    let label = target.map(|t| Number::of(Value::known(t), Unit::People, l).brief(9));
    Chart {
        title: pick(l, "消费者总量 · 53 周", "Consumers · 53 weeks").to_owned(),
        side: label.map_or_else(String::new, |t| {
            format!("{} {t}", pick(l, "目标", "target"))
        }),
        levels: levels(l, Unit::People, [&values]),
        empty: no_history(l, extent),
        old: extent == Extent::Figures,
        lines: vec![Line {
            name: String::new(),
            values,
            accent: Accent::Main,
        }],
        benchmark: target,
        ends: board.map(ends).unwrap_or_default(),
    }
}
