//! The pages of a deck: which sentences and tables each of them holds.

use std::sync::Arc;

use super::desk::Desk;
use super::headline;
use super::recipe::{Claim, Page, Topic, Was};
use super::section::{Block, Cell, Head, Line, Section, Table, Tone};
use crate::app::{Language, Pane, notes};
use crate::board::{Figure, Part};
use crate::facts::{Problem, Severity};
use crate::metrics::aipl::State as Layer;
use crate::metrics::definitions::DEFINITIONS;
use crate::metrics::{METRICS, Metric, Unit, Value};
use crate::scenario::Named;
use crate::view::number::Number;
use crate::view::text::{self, clean, pick};
use crate::view::{header, notes::about};

/// Problems that are told one by one.
const PROBLEMS: usize = 30;

/// What all pages share.
pub(super) struct Story<'a> {
    pub(super) claims: &'a [Claim],
    pub(super) was: Option<&'a Was>,
    /// Prefixes of the metrics that the deck shows.
    pub(super) families: Vec<&'static str>,
}

impl Story<'_> {
    /// Whether the deck shows a metric.
    pub(super) fn tells(&self, metric: &Metric) -> bool {
        self.families.iter().any(|f| metric.id.starts_with(f))
    }
}

/// Prefixes of the ids of the metrics of a pane.
pub(super) fn families(topic: Topic) -> &'static [&'static str] {
    match topic {
        Topic::Headline => &["fast.", "aipl."],
        Topic::Pane(Pane::Brands | Pane::Fast) => &["fast."],
        Topic::Pane(Pane::FastPlus) => &["fast_plus."],
        Topic::Pane(Pane::Crowds) => &["crowd."],
        Topic::Pane(Pane::Aipl) => &["aipl.", "flow", "step."],
        Topic::Pane(Pane::Gmv) => &["gmv.", "crowd.gmv"],
        _ => &[],
    }
}

/// The name of a topic.
pub(super) fn title(desk: &Desk, topic: Topic) -> String {
    let named = match topic {
        Topic::Headline => ("本期要点", "Headline"),
        Topic::Notes => ("批注", "Notes"),
        Topic::Quality => ("数据质量", "Data quality"),
        Topic::Definitions => ("口径", "Definitions"),
        Topic::Pane(pane) => return header::pane_name(desk.state, pane).to_owned(),
    };
    pick(desk.l, named.0, named.1).to_owned()
}

/// The page; its picture is wanted where it has a [`Block::Frame`].
pub(super) fn section(desk: &Desk, page: &Page, at: usize, story: &Story) -> Section {
    let mut blocks = Vec::new();
    if let Some(note) = &page.note {
        blocks.push(Block::Quote(note.clone()));
    }
    blocks.extend(match page.topic {
        Topic::Headline => headline::blocks(desk, story),
        Topic::Notes => own_notes(desk),
        Topic::Quality => quality(desk),
        Topic::Definitions => definitions(desk, story),
        Topic::Pane(shown) => with_frame(desk, shown),
    });
    Section {
        id: format!("{at:02}-{}", page.topic.id()),
        title: title(desk, page.topic),
        about: desk.about(),
        blocks,
    }
}

/// The picture of a pane and its tables; one sentence where it has no value at all.
fn with_frame(desk: &Desk, pane: Pane) -> Vec<Block> {
    let families = families(Topic::Pane(pane));
    let own: Vec<&Figure> = of(desk, families);
    let tables = match pane {
        Pane::Brands => brands(desk),
        Pane::Fast => whole(desk, &own),
        Pane::FastPlus => fast_plus(desk, &own),
        Pane::Crowds => crowds(desk),
        Pane::Aipl => aipl(desk, &own),
        Pane::Gmv => gmv(desk, &own),
        Pane::Scenarios => return scenarios(desk),
        Pane::Why | Pane::Outlook => Vec::new(),
    };
    if !families.is_empty() && pane != Pane::Brands && !own.iter().any(|f| f.now.is_known()) {
        return vec![Block::Lines(vec![desk.nothing(&own)])];
    }
    std::iter::once(Block::Frame).chain(tables).collect()
}

fn of<'a>(desk: &Desk<'a>, families: &[&str]) -> Vec<&'a Figure> {
    let own = |f: &&Figure| {
        families
            .iter()
            .any(|family| f.metric.id.starts_with(family))
    };
    desk.figures().filter(own).collect()
}

fn titled(title: &str, table: Table) -> Vec<Block> {
    if table.rows.is_empty() {
        return Vec::new();
    }
    vec![Block::Heading(title.to_owned()), Block::Table(table)]
}

// -- panes ------------------------------------------------------------------------------------

fn whole(desk: &Desk, own: &[&Figure]) -> Vec<Block> {
    let own: Vec<&Figure> = own
        .iter()
        .copied()
        .filter(|f| f.part == Part::Whole)
        .collect();
    vec![Block::Table(desk.table(&own))]
}

/// One table for each of the four metrics: all together first, then roles or fields.
fn fast_plus(desk: &Desk, own: &[&Figure]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for of_metric in own.chunk_by(|a, b| a.metric == b.metric) {
        let Some(first) = of_metric.first() else {
            continue;
        };
        let shown = |f: &&&Figure| f.now.is_known() || f.part == Part::Whole;
        let shown: Vec<&Figure> = of_metric.iter().filter(shown).copied().collect();
        let mut table = desk.table(&shown);
        for (row, figure) in table.rows.iter_mut().zip(&shown) {
            let part = super::names::part(figure.part, desk.data, desk.l);
            if let Some(name) = row.first_mut().filter(|_| !part.is_empty()) {
                *name = Cell::Text(part);
            }
        }
        blocks.extend(titled(text::short(desk.l, first.metric), table));
    }
    blocks
}

const CROWD: [&str; 7] = [
    "crowd.population",
    "crowd.consumers",
    "crowd.penetration",
    "crowd.buyers",
    "crowd.conversion",
    "crowd.aov",
    "crowd.gmv",
];

fn crowds(desk: &Desk) -> Vec<Block> {
    let parts = desk.crowds();
    let corner = desk.pick("人群", "Crowd");
    let now = desk.matrix(corner, &CROWD, &parts, &|f| Cell::number(desk.now(f)));
    let change = desk.matrix(corner, &CROWD, &parts, &|f| desk.delta_cell(f));
    let has_target = |id: &&&str| {
        let target = |p: &Part| desk.brand.get(id, *p).is_some_and(|f| f.target.is_some());
        parts.iter().any(target)
    };
    let aimed: Vec<&str> = CROWD.iter().filter(has_target).copied().collect();
    let mut blocks = titled(desk.pick("现值", "Now"), now);
    if !aimed.is_empty() {
        let gap = desk.matrix(corner, &aimed, &parts, &|f| desk.gap_cell(f));
        let done = desk.matrix(corner, &aimed, &parts, &|f| {
            let share = |v| Cell::number(Number::of(v, Unit::Ratio, desk.l));
            f.completion().map_or(Cell::Blank, share)
        });
        blocks.extend(titled(desk.pick("与目标的差距", "Gap to target"), gap));
        blocks.extend(titled(desk.pick("完成率", "Completion"), done));
    }
    let query = &desk.board.query;
    if has_number(&change) {
        let title = match desk.l {
            Language::Zh => format!("较 {} 的变化", query.against),
            Language::En => format!("Change since {}", query.against),
        };
        blocks.extend(titled(&title, change));
    }
    blocks
}

fn has_number(table: &Table) -> bool {
    let known = |c: &Cell| matches!(c, Cell::Number { number, .. } if number.value.is_known());
    table.rows.iter().flatten().any(known)
}

fn aipl(desk: &Desk, own: &[&Figure]) -> Vec<Block> {
    let of = |prefix: &str| -> Vec<&Figure> {
        let fits = |f: &&Figure| f.metric.id.starts_with(prefix) && f.part == Part::Whole;
        own.iter().copied().filter(fits).collect()
    };
    let mut blocks = titled(desk.pick("存量", "Stock"), desk.table(&of("aipl.")));
    let flow = flow(desk);
    if has_number(&flow) {
        let query = &desk.board.query;
        let title = match desk.l {
            Language::Zh => format!("流转：{} 至 {}，人", query.against, query.as_of),
            Language::En => format!("Flow from {} to {}, people", query.against, query.as_of),
        };
        blocks.extend(titled(&title, flow));
    }
    let mut moved = of("flow.");
    moved.extend(of("step."));
    moved.retain(|f| f.now.is_known());
    let title = desk.pick("流转小计与转化率", "Flow totals and step rates");
    blocks.extend(titled(title, desk.table(&moved)));
    blocks
}

/// From states in rows, to states in columns.
fn flow(desk: &Desk) -> Table {
    let name = |state: Layer| text::state(desk.l, state);
    let corner = desk.pick("期初 ＼ 期末", "from ＼ to");
    let heads = Layer::ALL.map(|to| Head::number(name(to)));
    let row = |from: Layer| {
        let cell = |to: Layer| {
            let figure = desk.brand.get("flow", Part::Flow(from, to));
            figure.map_or(Cell::Blank, |f| Cell::number(desk.now(f)))
        };
        let cells = Layer::ALL.map(cell);
        std::iter::once(Cell::Text(name(from).to_owned()))
            .chain(cells)
            .collect()
    };
    Table {
        heads: std::iter::once(Head::text(corner)).chain(heads).collect(),
        rows: Layer::ALL.into_iter().map(row).collect(),
    }
}

fn gmv(desk: &Desk, own: &[&Figure]) -> Vec<Block> {
    let mut parts: Vec<Part> = Vec::new();
    let mut metrics: Vec<&str> = Vec::new();
    for figure in own {
        if matches!(figure.part, Part::Layer(_)) && !parts.contains(&figure.part) {
            parts.push(figure.part);
        }
        if matches!(figure.part, Part::Layer(_)) && !metrics.contains(&figure.metric.id) {
            metrics.push(figure.metric.id);
        }
    }
    let corner = desk.pick("分层", "Layer");
    let now = desk.matrix(corner, &metrics, &parts, &|f| Cell::number(desk.now(f)));
    let change = desk.matrix(corner, &metrics, &parts, &|f| desk.delta_cell(f));
    let mut blocks = titled(desk.pick("各层现值", "Layers now"), now);
    if has_number(&change) {
        blocks.extend(titled(desk.pick("变化", "Change"), change));
    }
    let of_crowds = |f: &&Figure| f.metric.id == "crowd.gmv";
    let crowds: Vec<&Figure> = own.iter().copied().filter(of_crowds).collect();
    let title = desk.pick("各人群成交金额", "GMV of the crowds");
    blocks.extend(titled(title, desk.table(&crowds)));
    blocks
}

fn brands(desk: &Desk) -> Vec<Block> {
    let metrics = ["fast.f", "fast.a", "fast.s", "fast.t"];
    let mut heads = vec![Head::text(desk.pick("品牌", "Brand"))];
    for id in metrics {
        let name = crate::metrics::metric(id).map_or("", |m| text::short(desk.l, m));
        heads.extend([Head::number(name), Head::number("Δ")]);
    }
    let row = |brand: &Arc<crate::board::BrandBoard>| {
        let named = desk.data.brands.get(brand.brand);
        let name = named.map_or("", |b| pick(desk.l, &b.name_zh, &b.name_en));
        let cells = metrics.iter().flat_map(|id| {
            let figure = brand.get(id, Part::Whole);
            let now = figure.map_or(Cell::Blank, |f| Cell::number(desk.now(f)));
            let delta = figure.map_or(Cell::Blank, |f| Cell::number(desk.delta(f)));
            [now, delta]
        });
        std::iter::once(Cell::Text(clean(name).into_owned()))
            .chain(cells)
            .collect()
    };
    let rows = desk.board.brands.iter().take(100).map(row).collect();
    vec![Block::Table(Table { heads, rows })]
}

// -- scenarios and notes ----------------------------------------------------------------------

fn scenarios(desk: &Desk) -> Vec<Block> {
    let desks = desk.state.book.desk();
    let own: Vec<&Arc<Named>> = desks.of(desk.state.brand_id()).collect();
    if own.is_empty() {
        let none = desk.pick(
            "没有使用情景：各页均为数据本身。",
            "No scenario is in use: every page shows the data as they are.",
        );
        return vec![Block::Lines(vec![Line::new(none)])];
    }
    let heads = vec![
        Head::text(desk.pick("情景", "Scenario")),
        Head::text(desk.pick("改动", "Changes")),
        Head::text(desk.pick("主要结果", "Main result")),
        Head::number(desk.pick("基线", "Baseline")),
        Head::number(desk.pick("情景值", "Under it")),
        Head::number("Δ"),
    ];
    let rows = own.into_iter().map(|named| scenario(desk, named)).collect();
    vec![Block::Frame, Block::Table(Table { heads, rows })]
}

fn scenario(desk: &Desk, named: &Arc<Named>) -> Vec<Cell> {
    let told = desk.state.side.as_deref().and_then(|side| {
        let outcome = side.outcome(named)?;
        let at = side.keys.main_effect(outcome)?;
        Some((side.keys.rows.get(at)?, *outcome.values.get(at)?))
    });
    let mut row = vec![
        Cell::Text(clean(&named.name).into_owned()),
        Cell::Text(clean(&named.scenario.to_string()).into_owned()),
    ];
    let Some((key, value)) = told else {
        row.resize(6, Cell::Blank);
        return row;
    };
    let unit = key.metric.unit;
    let part = super::names::part(key.part, desk.data, desk.l);
    let name = format!("{part} {}", text::metric(desk.l, key.metric));
    row.push(Cell::Text(name.trim().to_owned()));
    row.push(Cell::number(desk.number(key.baseline, unit)));
    row.push(Cell::number(desk.number(value, unit)));
    let delta = desk.difference(value.minus(key.baseline), unit);
    row.push(Cell::number(delta));
    row
}

fn own_notes(desk: &Desk) -> Vec<Block> {
    let shown = notes::shown(desk.state);
    if shown.is_empty() {
        let none = desk.pick(
            "当日与当前切片没有批注。",
            "There is no note on this day and slice.",
        );
        return vec![Block::Lines(vec![Line::quiet(none)])];
    }
    let each = shown.into_iter().flat_map(|note| {
        [
            Block::Heading(about(desk.state, &note.on)),
            Block::Quote(note.text.clone()),
        ]
    });
    each.collect()
}

// -- data quality -----------------------------------------------------------------------------

fn quality(desk: &Desk) -> Vec<Block> {
    let data = desk.data;
    let name = clean(text::side(desk.l, &data.name)).into_owned();
    let source = match desk.l {
        Language::Zh => format!(
            "数据集 {name}，指纹 {}，时区 {}。",
            data.fingerprint,
            clean(&data.time_zone)
        ),
        Language::En => format!(
            "Data set {name}, fingerprint {}, time zone {}.",
            data.fingerprint,
            clean(&data.time_zone)
        ),
    };
    let mut lines = vec![Line::new(source)];
    if data.simulated {
        let said = desk.pick(
            "这是模拟数据，不是真实经营数据。",
            "These are simulated data, not those of a real business.",
        );
        lines.push(Line {
            text: said.to_owned(),
            tone: Tone::Warn,
            mark: desk.pick("模拟数据", "SIMULATED").to_owned(),
        });
    }
    if let Some(proxy) = &data.proxy {
        lines.push(Line::new(clean(proxy)));
    }
    let mut blocks = vec![Block::Lines(lines)];
    blocks.extend(titled(desk.pick("文件", "Files"), files(desk)));
    blocks.extend(problems(desk));
    blocks
}

fn files(desk: &Desk) -> Table {
    let titles = [
        ("行数", "Rows"),
        ("已用", "Used"),
        ("拒绝", "Rejected"),
        ("排除", "Left out"),
    ];
    let mut heads = vec![
        Head::text(desk.pick("文件", "File")),
        Head::text(desk.pick("类型", "Kind")),
    ];
    heads.extend(titles.map(|(zh, en)| Head::number(desk.pick(zh, en))));
    let count = |n: u64| Cell::number(Number::of(Value::people(n), Unit::Count, desk.l));
    let rows = desk.data.sources.iter().map(|file| {
        let rejected = Cell::Number {
            number: Number::of(Value::people(file.rejected), Unit::Count, desk.l),
            tone: if file.rejected > 0 {
                Tone::Bad
            } else {
                Tone::Plain
            },
            flipped: false,
        };
        vec![
            Cell::Text(clean(&file.path).into_owned()),
            Cell::Text(file.kind.clone()),
            count(file.rows),
            count(file.used),
            rejected,
            count(file.excluded),
        ]
    });
    Table {
        heads,
        rows: rows.collect(),
    }
}

fn problems(desk: &Desk) -> Vec<Block> {
    let wording = desk.l.wording();
    let heavy = |p: &&Problem| p.severity >= Severity::Warning;
    let warnings: Vec<&Problem> = desk.data.problems.iter().filter(heavy).collect();
    let notes = desk.data.problems.len() - warnings.len();
    let mut lines: Vec<Line> = warnings
        .iter()
        .take(PROBLEMS)
        .map(|p| Line {
            text: clean(&p.line(wording)).into_owned(),
            tone: Tone::Warn,
            mark: String::new(),
        })
        .collect();
    let more = warnings.len().saturating_sub(PROBLEMS);
    if more > 0 {
        lines.push(Line::quiet(match desk.l {
            Language::Zh => format!("另有 {more} 条警告，`fastdeck check` 逐条列出"),
            Language::En => format!("{more} more warnings; `fastdeck check` lists them"),
        }));
    }
    if warnings.is_empty() {
        lines.push(Line::new(desk.pick("没有警告。", "There is no warning.")));
    }
    if notes > 0 {
        lines.push(Line::quiet(match desk.l {
            Language::Zh => format!("另有 {notes} 条提示（排除的合计行等）"),
            Language::En => format!("{notes} remarks besides, such as totals rows left out"),
        }));
    }
    let title = desk.pick("警告", "Warnings").to_owned();
    vec![Block::Heading(title), Block::Lines(lines)]
}

// -- definitions ------------------------------------------------------------------------------

fn definitions(desk: &Desk, story: &Story) -> Vec<Block> {
    let changed: Vec<Vec<Cell>> = DEFINITIONS
        .iter()
        .filter(|d| desk.state.definitions.is_changed(d.id))
        .map(|d| {
            let now = desk.state.definitions.text(d.id);
            [d.id, now, d.default]
                .map(|t| Cell::Text(clean(t).into_owned()))
                .into()
        })
        .collect();
    let mut blocks = Vec::new();
    if changed.is_empty() {
        let none = desk.pick("所有口径均为默认值。", "Every definition is the default.");
        blocks.push(Block::Lines(vec![Line::new(none)]));
    } else {
        let titles = [
            ("口径", "Definition"),
            ("本数据集", "Here"),
            ("默认", "Default"),
        ];
        let heads = titles.map(|(zh, en)| Head::text(desk.pick(zh, en)));
        let table = Table {
            heads: heads.into(),
            rows: changed,
        };
        blocks.extend(titled(
            desk.pick("与默认不同的口径", "Definitions that differ"),
            table,
        ));
    }
    blocks.extend(titled(
        desk.pick("所用指标", "Metrics used"),
        used(desk, story),
    ));
    blocks
}

fn used(desk: &Desk, story: &Story) -> Table {
    let shown = |m: &&Metric| story.tells(m) && desk.brand.figures.iter().any(|f| f.metric == *m);
    let titles = [
        ("指标", "Metric"),
        ("公式", "Formula"),
        ("口径", "Definitions"),
        ("出处", "Source"),
    ];
    let rows = METRICS.iter().filter(shown).map(|m| {
        let in_force = desk.state.definitions.describe(m.definitions);
        vec![
            Cell::Text(text::metric(desk.l, m).to_owned()),
            Cell::Text(text::of(desk.l, &m.formula).to_owned()),
            Cell::Text(clean(&in_force).into_owned()),
            Cell::Text(m.source.to_owned()),
        ]
    });
    Table {
        heads: titles.map(|(zh, en)| Head::text(desk.pick(zh, en))).into(),
        rows: rows.collect(),
    }
}
