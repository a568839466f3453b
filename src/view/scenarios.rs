//! The scenarios pane: which scenarios there are, what each changes and what it comes to, and some
//! of them side by side with the baseline.
//!
//! A difference here is always one to the baseline, never to the comparison day.

use std::sync::Arc;

use super::levers::{bound, heading, lever_name};
use super::list::ListLine;
use super::number::Number;
use super::table::{Cell, Change as Delta, Column, Mood, Row as Line, Table};
use super::text::{self, clean, pick};
use crate::app::side::{self, Row, SideBySide};
use crate::app::{Language, Pane, State};
use crate::board::{KeyFigure, Outcome, Part};
use crate::facts::CrowdKey;
use crate::metrics::{Direction, Unit, Value, Why};
use crate::scenario::{Change, Item, Items, Lever, Named, Operator};

/// The pane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ScenariosModel {
    /// Title of the list.
    pub title: String,
    /// How many scenarios there are.
    pub side: String,
    /// The baseline, the scenarios of the brand, those of other data.
    pub list: Table,
    /// What the marks of the list mean, where it needs to be said.
    pub notes: Vec<String>,
    /// The baseline with some scenarios beside it.
    pub compare: Compare,
    /// Said in the place of the comparison when there is no scenario.
    pub empty: Vec<String>,
}

/// The baseline and up to four scenarios in columns.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Compare {
    /// Title.
    pub title: String,
    /// What the marks mean.
    pub side: String,
    /// Headings of the names, the baseline and the targets.
    pub headings: [String; 3],
    /// The scenarios.
    pub columns: Vec<Contender>,
    /// Rows, in sections.
    pub sections: Vec<Section>,
    /// What must be known to read it: values of the plan, bounds that were hit.
    pub notes: Vec<String>,
    /// Said of rows that find no room, with `#` in the place of their number.
    pub hidden: String,
    /// 0 shows the most important rows that fit; else all rows, from this line counted from 1.
    pub top: usize,
}

/// A scenario that is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contender {
    /// Its name.
    pub name: String,
    /// It is the open one.
    pub open: bool,
}

/// Rows under one heading.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// The rows.
    pub rows: Vec<CompareRow>,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct CompareRow {
    /// What it is.
    pub name: String,
    /// 0 stays to the last where there are too few rows.
    pub rank: u8,
    /// Its value without a scenario.
    pub baseline: Option<Number>,
    /// The baseline is the best of the row.
    pub best: bool,
    /// One for every scenario.
    pub cells: Vec<CompareCell>,
    /// Its target.
    pub target: Option<Number>,
}

/// What a scenario has in a row.
#[derive(Debug, Clone, PartialEq)]
pub enum CompareCell {
    /// A value with its difference to the baseline.
    Value {
        /// The value.
        value: Number,
        /// The difference; none where the scenario leaves the row alone.
        delta: Option<Delta>,
        /// It is the best of the row.
        best: bool,
    },
    /// What the scenario does with a lever; how many changes, where there are several.
    Lever(Option<Number>, usize),
}

/// Marks of the list.
const OPEN: char = '●';
const CLOSED: char = '◦';
const CHOSEN: char = '■';
const NOT_CHOSEN: char = '□';
const OTHER: char = '◇';

/// Mark of a value that rests on a target.
const PLANNED: char = '*';

/// The pane for a state.
pub fn model(state: &State) -> ScenariosModel {
    let l = state.language;
    let own = state.book.desk().of(state.brand_id()).count();
    let others = side::rows(state).count() - 1 - own;
    let count = match (l, own) {
        (Language::Zh, n) => format!("{n} 个"),
        (Language::En, 1) => "1 scenario".to_owned(),
        (Language::En, n) => format!("{n} scenarios"),
    };
    let compare = if own == 0 {
        Compare::default()
    } else {
        state.side.as_deref().map_or_else(Compare::default, |side| {
            compare(&Source { state, side }, &side::shown(state))
        })
    };
    ScenariosModel {
        title: pick(l, "情景", "Scenarios").to_owned(),
        side: count,
        list: list(state),
        notes: list_notes(state, own, others),
        compare,
        empty: if own == 0 { nothing(state) } else { Vec::new() },
    }
}

/// What to do where there is no scenario.
fn nothing(state: &State) -> Vec<String> {
    let l = state.language;
    let key = |id| state.keymap.first(id).unwrap_or_default();
    let (levers, undo) = (key("levers"), key("undo"));
    let crowd = state.dataset().and_then(|d| d.crowds.first());
    let example = crowd.map_or_else(
        || "fast.f*=1.1; fast.t+=2pp".to_owned(),
        |c| format!("crowd.penetration[{}]=25%; crowd.aov[*]*=1.1", clean(&c.id)),
    );
    match l {
        Language::Zh => vec![
            "还没有情景".to_owned(),
            format!("按 {levers} 打开杠杆，改动任何一个数即建立一个情景；{undo} 撤销"),
            format!("例：{example}"),
        ],
        Language::En => vec![
            "There is no scenario yet".to_owned(),
            format!("{levers} opens the levers; the first change makes a scenario, {undo} undoes"),
            format!("Example: {example}"),
        ],
    }
}

// -- the list ---------------------------------------------------------------------------------

fn list(state: &State) -> Table {
    let l = state.language;
    let cursor = state.cursors[Pane::Scenarios as usize];
    let len = side::rows(state).count();
    let range = Table::window(cursor, len, usize::from(state.size.1));
    let first = range.start;
    let mixed = |title: &str, rank, width| Column {
        kind: super::table::Kind::Mixed,
        ..Column::text(title, rank, width)
    };
    let rows = side::rows(state).skip(first).take(range.len());
    Table {
        columns: vec![
            Column::text(pick(l, "情景", "Scenario"), 0, (10, 34)),
            Column::number("", pick(l, "改动", "changes"), 4),
            Column::text(pick(l, "主要结果", "Main result"), 2, (8, 24)),
            mixed(pick(l, "数值", "value"), 1, (7, 16)),
            mixed(pick(l, "对基线", "to baseline"), 0, (8, 12)),
            Column::text(pick(l, "改了什么", "What it changes"), 3, (12, 120)),
        ],
        rows: rows.map(|row| list_row(state, row)).collect(),
        first,
        len,
        cursor: Some(cursor.row.min(len.saturating_sub(1))),
        ..Table::default()
    }
}

fn list_row(state: &State, row: Row) -> Line {
    let l = state.language;
    let open = state.book.desk().open(state.brand_id());
    match row {
        Row::Baseline => Line {
            cells: baseline_cells(state, open.is_none()),
            focused: false,
        },
        Row::Own(named) => {
            let is_open = open.is_some_and(|o| Arc::ptr_eq(o, named));
            let chosen = state.chosen.contains(&named.name);
            let marks = [
                if is_open { OPEN } else { CLOSED },
                if chosen { CHOSEN } else { NOT_CHOSEN },
            ];
            Line {
                cells: own_cells(state, named, marks),
                focused: is_open,
            }
        }
        Row::Other(book, named) => {
            let count = count(l, named.scenario.changes.len());
            let from = clean(text::side(l, &book.dataset)).into_owned();
            Line {
                cells: vec![
                    Cell::Text(format!("{OTHER}   {}", clean(&named.name))),
                    Cell::Number(count),
                    Cell::Text(format!("{} {from}", pick(l, "数据", "from"))),
                    Cell::Text(String::new()),
                    Cell::Text(String::new()),
                    Cell::Text(clean(&named.scenario.to_string()).into_owned()),
                ],
                focused: false,
            }
        }
    }
}

fn count(l: Language, n: usize) -> Number {
    Number::of(Value::known(n as f64), Unit::Count, l)
}

fn baseline_cells(state: &State, open: bool) -> Vec<Cell> {
    let l = state.language;
    let mark = if open { OPEN } else { CLOSED };
    let main = state.side.as_deref().and_then(|side| {
        let at = side.keys.main_effect(&Outcome {
            values: side.keys.rows.iter().map(|r| r.baseline).collect(),
            bounded: Vec::new(),
        })?;
        side.keys.rows.get(at)
    });
    let blank = || Cell::Text(String::new());
    vec![
        Cell::Text(format!("{mark}   {}", pick(l, "基线", "Baseline"))),
        blank(),
        main.map_or_else(blank, |r| Cell::Text(main_name(state, r))),
        main.map_or_else(blank, |r| Cell::Number(number(state, r, r.baseline))),
        blank(),
        Cell::Text(pick(l, "数据本身，没有改动", "the data as they are").to_owned()),
    ]
}

fn own_cells(state: &State, named: &Arc<Named>, marks: [char; 2]) -> Vec<Cell> {
    let l = state.language;
    let blank = || Cell::Text(String::new());
    let told = state.side.as_deref().and_then(|side| {
        let outcome = side.outcome(named)?;
        let at = side.keys.main_effect(outcome)?;
        Some((side.keys.rows.get(at)?, *outcome.values.get(at)?))
    });
    let [name, value, delta] = match told {
        Some((row, value)) => [
            Cell::Text(main_name(state, row)),
            Cell::Number(number(state, row, value)),
            delta(l, row, value).map_or_else(blank, Cell::Change),
        ],
        None => [blank(), blank(), blank()],
    };
    let changes = named.scenario.changes.iter();
    let changes: Vec<String> = changes.map(|c| said(state, c)).collect();
    vec![
        Cell::Text(format!("{} {} {}", marks[0], marks[1], clean(&named.name))),
        Cell::Number(count(l, changes.len())),
        name,
        value,
        delta,
        Cell::Text(if changes.is_empty() {
            pick(l, "没有改动", "no change").to_owned()
        } else {
            changes.join(pick(l, "；", "; "))
        }),
    ]
}

/// Name of the figure that a scenario is told by; all crowds and Double 11 have the same words.
fn main_name(state: &State, row: &KeyFigure) -> String {
    let l = state.language;
    let name = text::short(l, row.metric);
    let place = match row.part {
        Part::Crowd(CrowdKey::All) => pick(l, "人群", "crowds"),
        Part::Layer(None) => pick(l, "双 11", "Double 11"),
        _ => "",
    };
    let mark = if row.planned { "*" } else { "" };
    format!("{name} {place}{mark}").trim().to_owned()
}

/// A change in words: `精致妈妈 渗透率 25.00%`.
fn said(state: &State, change: &Change) -> String {
    let place = match change.lever.items {
        Items::Whole => String::new(),
        _ => format!("{} ", heading(state, change.lever, &change.item)),
    };
    let operand = operand(state.language, change).exact();
    format!(
        "{place}{} {operand}",
        lever_name(state.language, change.lever)
    )
}

/// What a change does: the new value, the difference, or the relative change.
fn operand(l: Language, change: &Change) -> Number {
    let value = Value::known(change.operand);
    match change.operator {
        Operator::Set => Number::of(value, change.lever.unit, l),
        Operator::Add => Number::difference(value, change.lever.unit, l),
        Operator::Multiply => Number::change(value.minus(Value::known(1.0)), l),
    }
}

fn list_notes(state: &State, own: usize, others: usize) -> Vec<String> {
    let l = state.language;
    let key = |id| state.keymap.first(id);
    let mut notes = Vec::new();
    if own > 0 {
        notes.push(
            pick(
                l,
                "● 打开 · ■ 并排 · 差异均对基线，不是对比期",
                "● open · ■ side by side · differences are to the baseline, not to the comparison day",
            )
            .to_owned(),
        );
    }
    if let (Some(key), true) = (key("scenario-take-over"), others > 0) {
        notes.push(match l {
            Language::Zh => format!("◇ 基于其他数据，按 {key} 取用为副本"),
            Language::En => format!("◇ made on other data; {key} takes a copy over"),
        });
    }
    notes
}

/// The scenarios in a terminal that is too small for the pane: what each comes to, and the
/// difference to the baseline.
pub(super) fn lines(state: &State) -> Vec<ListLine> {
    let l = state.language;
    let cursor = state.cursors[Pane::Scenarios as usize].row;
    let number = |cell: Option<&Cell>| match cell {
        Some(Cell::Number(number)) => *number,
        _ => Number::of(Value::Missing(Why::NotGiven), Unit::People, l),
    };
    let rows = side::rows(state).enumerate().map(|(at, row)| {
        let cells = list_row(state, row).cells;
        let name = match cells.first() {
            Some(Cell::Text(name)) => name.clone(),
            _ => String::new(),
        };
        let value = number(cells.get(3));
        let change = match cells.get(4) {
            Some(Cell::Change(change)) => *change,
            // It is the baseline, or comes to the same; what has no value has no difference.
            _ => Delta::new(
                Number::change(value.value.minus(value.value), l),
                Direction::Neutral,
            ),
        };
        ListLine {
            name,
            value,
            change,
            ghost: None,
            selected: at == cursor,
        }
    });
    rows.collect()
}

// -- side by side -----------------------------------------------------------------------------

/// What the comparison is made from.
struct Source<'a> {
    state: &'a State,
    side: &'a SideBySide,
}

fn compare(source: &Source, shown: &[&Arc<Named>]) -> Compare {
    let (state, l) = (source.state, source.state.language);
    let outcomes: Vec<&Outcome> = shown
        .iter()
        .filter_map(|named| source.side.outcome(named).map(Arc::as_ref))
        .collect();
    if outcomes.len() != shown.len() {
        return Compare::default();
    }
    let open = state.book.desk().open(state.brand_id());
    let columns = shown.iter().map(|named| Contender {
        name: clean(&named.name).into_owned(),
        open: open.is_some_and(|o| Arc::ptr_eq(o, named)),
    });
    let mut sections = vec![levers(source, shown)];
    sections.extend(figures(source, &outcomes));
    sections.retain(|s| !s.rows.is_empty());
    Compare {
        title: pick(l, "并排比较", "Side by side").to_owned(),
        side: pick(
            l,
            "差异对基线 · ✓ 本行最优",
            "difference to the baseline · ✓ best",
        )
        .to_owned(),
        headings: [("", ""), ("基线", "Baseline"), ("目标", "Target")]
            .map(|(zh, en)| pick(l, zh, en).to_owned()),
        columns: columns.collect(),
        notes: compare_notes(source, shown, &outcomes),
        sections,
        hidden: pick(
            l,
            "另有 # 行 · PgDn 翻看全部",
            "# more rows · PgDn shows all of them",
        )
        .to_owned(),
        top: state.cursors[Pane::Scenarios as usize].top,
    }
}

/// The levers that the scenarios differ by: from the baseline, and from each other.
fn levers(source: &Source, shown: &[&Arc<Named>]) -> Section {
    let mut all: Vec<(&'static Lever, &Item)> = Vec::new();
    for change in shown.iter().flat_map(|s| &s.scenario.changes) {
        if !all.contains(&(change.lever, &change.item)) {
            all.push((change.lever, &change.item));
        }
    }
    let l = source.state.language;
    let rows = all.into_iter().enumerate().map(|(i, (lever, item))| {
        let place = match lever.items {
            Items::Whole => String::new(),
            _ => format!("{} ", heading(source.state, lever, item)),
        };
        let cells = shown.iter().map(|named| {
            let own = |c: &&Change| c.lever.id == lever.id && c.item == *item;
            let own: Vec<_> = named.scenario.changes.iter().filter(own).collect();
            CompareCell::Lever(own.first().map(|c| operand(l, c)), own.len())
        });
        CompareRow {
            name: format!("{place}{}", lever_name(l, lever)),
            rank: [1, 2, 2, 4][(i / 3).min(3)],
            baseline: rest(source, lever, item),
            best: false,
            cells: cells.collect(),
            target: None,
        }
    });
    Section {
        title: pick(l, "改动", "Changes").to_owned(),
        rows: rows.collect(),
    }
}

/// Where a lever rests; the levers of all items together rest nowhere.
fn rest(source: &Source, lever: &'static Lever, item: &Item) -> Option<Number> {
    let item = match (item, lever.items) {
        (Item::One(id), _) => id.as_str(),
        (Item::All, Items::Whole) => "",
        (Item::All, _) => return None,
    };
    let value = source.side.keys.lever(lever, item);
    let number = Number::of(value, lever.unit, source.state.language);
    value.is_known().then(|| money(source.state, number))
}

/// The key figures in sections.
fn figures(source: &Source, outcomes: &[&Outcome]) -> Vec<Section> {
    let l = source.state.language;
    let titles = [
        ("FAST", "FAST"),
        ("全部人群", "All crowds"),
        ("双 11", "Double 11"),
        ("各人群", "Each crowd"),
    ];
    let mut sections = titles.map(|(zh, en)| Section {
        title: pick(l, zh, en).to_owned(),
        rows: Vec::new(),
    });
    for (at, figure) in source.side.keys.rows.iter().enumerate() {
        let place = match figure.part {
            Part::Crowd(CrowdKey::All) => 1,
            Part::Layer(_) => 2,
            Part::Crowd(_) => 3,
            _ => 0,
        };
        sections[place]
            .rows
            .extend(row(source, at, figure, outcomes));
    }
    sections.into()
}

/// One figure; `None` when nobody knows it, or it is of one crowd that no scenario moves.
fn row(
    source: &Source,
    at: usize,
    figure: &KeyFigure,
    outcomes: &[&Outcome],
) -> Option<CompareRow> {
    let state = source.state;
    let values = side::values(figure, at, outcomes);
    if !side::is_told(figure, &values) {
        return None;
    }
    let best = best(figure, &values);
    let cells = values.iter().map(|value| CompareCell::Value {
        value: number(state, figure, *value),
        delta: delta(state.language, figure, *value),
        best: best.is_some() && value.get() == best,
    });
    Some(CompareRow {
        name: row_name(state, figure),
        rank: rank(figure),
        baseline: Some(number(state, figure, figure.baseline)),
        best: best.is_some() && figure.baseline.get() == best,
        cells: cells.collect(),
        target: figure
            .target
            .filter(|t| t.is_known())
            .map(|t| number(state, figure, t)),
    })
}

fn row_name(state: &State, figure: &KeyFigure) -> String {
    let l = state.language;
    let mark = if figure.planned {
        format!(" {PLANNED}")
    } else {
        String::new()
    };
    let name = match figure.part {
        Part::Crowd(CrowdKey::Crowd(k)) => {
            let crowds = state.dataset().map_or(&[][..], |d| &d.crowds);
            let crowd = crowds.get(k as usize);
            let crowd = crowd.map_or("", |c| pick(l, &c.name_zh, &c.name_en));
            format!("{} {}", clean(crowd), text::short(l, figure.metric))
        }
        Part::Whole => text::metric(l, figure.metric).to_owned(),
        _ => text::short(l, figure.metric).to_owned(),
    };
    format!("{name}{mark}")
}

/// How long a row stays where there are too few.
fn rank(figure: &KeyFigure) -> u8 {
    match (figure.metric.id, figure.part) {
        (_, Part::Crowd(CrowdKey::Crowd(_))) => 5,
        ("crowd.gmv" | "fast.f", _) => 0,
        ("gmv.gmv" | "crowd.consumers", _) => 1,
        ("fast.a" | "fast.s" | "fast.t" | "crowd.buyers", _) => 2,
        ("fast.active_members" | "crowd.population", _) => 4,
        _ => 3,
    }
}

/// The best value of a row, where its metric has a better end and the values differ.
fn best(figure: &KeyFigure, values: &[Value]) -> Option<f64> {
    let known = || {
        std::iter::once(figure.baseline)
            .chain(values.iter().copied())
            .filter_map(Value::get)
    };
    let most = known().fold(f64::NEG_INFINITY, f64::max);
    let least = known().fold(f64::INFINITY, f64::min);
    match figure.metric.direction {
        _ if most <= least => None,
        Direction::Up => Some(most),
        Direction::Down => Some(least),
        Direction::Neutral => None,
    }
}

fn number(state: &State, figure: &KeyFigure, value: Value) -> Number {
    money(state, Number::of(value, figure.metric.unit, state.language))
}

fn money(state: &State, number: Number) -> Number {
    number.currency(state.dataset().map_or("", |d| d.currency.as_str()))
}

/// The difference to the baseline: points for rates, relative for the rest; `None` where there is
/// none.
fn delta(l: Language, figure: &KeyFigure, value: Value) -> Option<Delta> {
    if value == figure.baseline {
        return None;
    }
    let difference = value.minus(figure.baseline);
    let number = match figure.metric.unit {
        Unit::Ratio => Number::difference(difference, Unit::Ratio, l),
        _ => Number::change(difference.over(figure.baseline), l),
    };
    let mood = Mood::of(difference, figure.metric.direction);
    Some(Delta { number, mood })
}

/// Why a scenario has no value where the baseline has one: the most important such figure.
fn lost(source: &Source, named: &Named, outcome: &Outcome) -> Option<String> {
    let l = source.state.language;
    let rows = source.side.keys.rows.iter().zip(&outcome.values);
    let lost = rows.filter(|(row, value)| row.baseline.is_known() && !value.is_known());
    let (row, value) = lost.min_by_key(|(row, _)| rank(row))?;
    let why = text::why(l, value.why()?);
    let name = row_name(source.state, row);
    Some(format!(
        "— {} · {name}{}{why}",
        clean(&named.name),
        pick(l, "：", ": ")
    ))
}

fn compare_notes(source: &Source, shown: &[&Arc<Named>], outcomes: &[&Outcome]) -> Vec<String> {
    let (state, l) = (source.state, source.state.language);
    let mut notes = Vec::new();
    if source.side.keys.rows.iter().any(|r| r.planned) {
        notes.push(
            pick(
                l,
                "* 没有当前值，以目标代替缺少的因子",
                "* no current value: targets stand in for the factors that are missing",
            )
            .to_owned(),
        );
    }
    for (named, outcome) in shown.iter().zip(outcomes) {
        notes.extend(lost(source, named, outcome));
        for told in &outcome.bounded {
            notes.push(format!("! {} · {}", clean(&named.name), bound(state, told)));
        }
    }
    notes
}
