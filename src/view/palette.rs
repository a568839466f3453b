//! State → text of the palette: the field, the finds around the cursor, what Enter would do.
//!
//! Only rows that can be on the screen are written; names come from files and are made harmless.

use super::number::Number;
use super::overlay::TextField;
use super::text::{self, clean, pick, wrap};
use crate::app::names;
use crate::app::palette::{Access, Entry, Finds, Palette, Target};
use crate::app::{Command, Context, Language, Pane, State};
use crate::board::{BrandBoard, Figure, Part, Source};
use crate::facts::CrowdKey;
use crate::metrics::glossary::GLOSSARY;
use crate::metrics::{METRICS, Metric, Unit, Value};

/// What is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PaletteModel {
    /// Title.
    pub title: String,
    /// How many things were found.
    pub side: String,
    /// What is looked for.
    pub field: TextField,
    /// Finds around the cursor.
    pub rows: Vec<PaletteRow>,
    /// The place of `rows[0]` among all finds.
    pub first: usize,
    /// All finds.
    pub len: usize,
    /// The row of the cursor, counted among all finds.
    pub cursor: usize,
    /// Said instead of rows when nothing was found.
    pub empty: String,
    /// What Enter would do, or why it would not.
    pub enter: String,
    /// Whether Enter would do anything.
    pub enabled: bool,
    /// More about the row of the cursor.
    pub detail: Option<PaletteDetail>,
    /// The detail has the room, and the list little.
    pub reading: bool,
    /// The key that does it.
    pub key: String,
}

/// One find.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PaletteRow {
    /// What kind of thing it is, in a word.
    pub kind: String,
    /// Its name in pieces; `true` where it is what was looked for.
    pub name: Vec<(String, bool)>,
    /// The name in the other language, or what it belongs to.
    pub other: String,
    /// Its keys, value, or count.
    pub right: String,
    /// Whether Enter would do anything.
    pub enabled: bool,
}

/// More about a find.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PaletteDetail {
    /// Its name.
    pub title: String,
    /// Paragraphs.
    pub text: Vec<String>,
    /// Where it is defined.
    pub source: String,
}

impl PaletteDetail {
    /// The paragraphs in lines of at most so many columns.
    pub fn lines(&self, columns: usize) -> Vec<String> {
        self.text.iter().flat_map(|t| wrap(t, columns)).collect()
    }
}

/// The model of a state.
pub fn model(state: &State, form: &Palette) -> PaletteModel {
    let l = state.language;
    let words = |zh, en| pick(l, zh, en).to_owned();
    let blank = PaletteModel {
        title: words("查找", "Find"),
        field: TextField {
            label: ":".to_owned(),
            text: form.field.text.clone(),
            placeholder: words(
                "命令、看板、品牌、指标、人群、切片值、术语，或一个数字；拼音首字母也行",
                "command, pane, brand, metric, crowd, value, term, or a number",
            ),
            caret: form.field.caret,
        },
        empty: words(
            "没有找到；少打几个字试试",
            "nothing was found; try fewer letters",
        ),
        key: state.keymap.first("palette-run").unwrap_or_default(),
        reading: form.reading,
        ..PaletteModel::default()
    };
    match &state.palette.finds {
        Some(finds) => listed(state, form, finds, blank),
        None => blank,
    }
}

fn listed(state: &State, form: &Palette, finds: &Finds, blank: PaletteModel) -> PaletteModel {
    let height = usize::from(state.size.1).max(1);
    let cursor = form.row.min(finds.len().saturating_sub(1));
    let first = cursor.saturating_sub(height);
    let shown = (first..finds.len()).take(2 * height);
    let rows = shown.filter_map(|row| Some(find(state, finds, finds.get(row)?)));
    let chosen = finds.get(cursor);
    let (enter, enabled) = chosen.map_or_else(Default::default, |e| enter(state, e));
    PaletteModel {
        side: match state.language {
            Language::Zh => format!("{} 项", finds.len()),
            Language::En => format!("{} found", finds.len()),
        },
        rows: rows.collect(),
        first,
        len: finds.len(),
        cursor,
        enter,
        enabled,
        detail: chosen.map(|e| detail(state, e)),
        ..blank
    }
}

// -- one find -------------------------------------------------------------------------------------

fn find(state: &State, finds: &Finds, entry: &Entry) -> PaletteRow {
    let l = state.language;
    PaletteRow {
        kind: kind(l, &entry.target).to_owned(),
        name: spans(l, finds, entry),
        other: other(l, entry),
        right: right(state, &entry.target),
        enabled: state.palette.access(&entry.target) == Access::Here,
    }
}

fn kind(l: Language, target: &Target) -> &'static str {
    let (zh, en) = match target {
        Target::Figure(..) => ("数值", "figure"),
        Target::Pane(..) => ("看板", "pane"),
        Target::Command(_) => ("命令", "command"),
        Target::Against(_) => ("对比", "compare"),
        Target::Theme(_) => ("主题", "theme"),
        Target::Speak(_) => ("语言", "language"),
        Target::View(_) => ("视图", "view"),
        Target::Scenario(_) => ("情景", "scenario"),
        Target::Metric(_) => ("指标", "metric"),
        Target::Crowd(_) => ("人群", "crowd"),
        Target::Brand(_) => ("品牌", "brand"),
        Target::Value { .. } => ("切片", "slice"),
        Target::Term(_) => ("术语", "term"),
        Target::Definition(_) => ("口径", "definition"),
    };
    pick(l, zh, en)
}

fn name(l: Language, entry: &Entry) -> &str {
    pick(l, &entry.name[0], &entry.name[1])
}

/// The name in pieces. A name that had to be cleaned has other characters than were looked in.
fn spans(l: Language, finds: &Finds, entry: &Entry) -> Vec<(String, bool)> {
    let name = name(l, entry);
    let shown = clean(name);
    let folds = name.chars().all(|c| c.to_lowercase().count() == 1);
    let marks = if shown == name && folds {
        finds.marks(entry, l)
    } else {
        Vec::new()
    };
    let mut spans: Vec<(String, bool)> = Vec::new();
    for (at, c) in shown.chars().enumerate() {
        let marked = marks.contains(&at);
        match spans.last_mut() {
            Some((text, last)) if *last == marked => text.push(c),
            _ => spans.push((c.to_string(), marked)),
        }
    }
    spans
}

/// What it belongs to, then its name in the other language.
fn other(l: Language, entry: &Entry) -> String {
    let lead = pick(l, &entry.lead[0], &entry.lead[1]);
    let own = name(l, entry);
    let foreign = pick(l, &entry.name[1], &entry.name[0]);
    let foreign = if foreign == own { "" } else { foreign };
    let context = match &entry.target {
        Target::Command(id) => Command::by_id(id).map(|c| c.context),
        _ => None,
    };
    let context = context.filter(|c| !matches!(c, Context::Global | Context::Always));
    let context = context.map_or("", |c| text::of(l, &c.title()));
    // Those that are told by their own kind need no lead.
    let lead = match entry.target {
        Target::Against(_) | Target::Theme(_) | Target::Speak(_) => "",
        _ => lead,
    };
    let parts = [lead, context, foreign].map(clean);
    let parts: Vec<&str> = parts
        .iter()
        .map(AsRef::as_ref)
        .filter(|p| !p.is_empty())
        .collect();
    parts.join(" · ")
}

fn right(state: &State, target: &Target) -> String {
    match target {
        Target::Command(_) | Target::Pane(..) => {
            let command = target.command();
            command.map_or_else(String::new, |c| state.keymap.all(c.id, "  "))
        }
        Target::Metric(id) => whole(state, id).map_or_else(String::new, |f| shown(state, f)),
        Target::Figure(id, part, source) => {
            let figure = board(state).and_then(|b| b.from(*source, id, *part));
            figure.map_or_else(String::new, |f| shown(state, f))
        }
        Target::Crowd(k) => {
            let part = Part::Crowd(CrowdKey::Crowd(*k as u32));
            let figure = board(state).and_then(|b| b.get("crowd.consumers", part));
            figure.map_or_else(String::new, |f| shown(state, f))
        }
        Target::Brand(b) => {
            let board = state.board.as_deref().and_then(|all| all.brand(*b));
            let figure = board.and_then(|b| b.get("fast.f", Part::Whole));
            figure.map_or_else(String::new, |f| shown(state, f))
        }
        Target::Value {
            dimension,
            value,
            at,
        } => count(state, dimension, value, *at),
        _ => String::new(),
    }
}

fn board(state: &State) -> Option<&BrandBoard> {
    state.board.as_deref()?.brand(state.brand)
}

/// The figure of a metric for the focused brand, whole or of all its parts.
fn whole<'a>(state: &'a State, id: &str) -> Option<&'a Figure> {
    let board = board(state)?;
    let parts = [
        Part::Whole,
        Part::Crowd(CrowdKey::All),
        Part::Crowd(CrowdKey::Brand),
        Part::Layer(None),
    ];
    parts.into_iter().find_map(|p| board.get(id, p))
}

fn shown(state: &State, figure: &Figure) -> String {
    let currency = state.dataset().map_or("", |d| d.currency.as_str());
    Number::of(figure.now, figure.unit(), state.language)
        .currency(currency)
        .fit(14)
}

fn count(state: &State, dimension: &str, value: &str, at: usize) -> String {
    let dimensions = state.board.as_deref().map_or(&[][..], |b| &b.dimensions);
    let found = dimensions.iter().find(|d| d.id == dimension);
    let found = found.and_then(|d| {
        let there = d.values.get(at).filter(|v| v.value == value);
        there.or_else(|| d.values.iter().find(|v| v.value == value))
    });
    let mark = if chosen(state, dimension, value) {
        "✓ "
    } else {
        ""
    };
    match found.and_then(|v| v.people) {
        Some(people) => {
            let number = Number::of(Value::people(people), Unit::People, state.language);
            format!("{mark}{}", number.fit(14))
        }
        None => mark.trim_end().to_owned(),
    }
}

/// Whether a value is in the slice.
fn chosen(state: &State, dimension: &str, value: &str) -> bool {
    let mut all = state.slice.filter.iter().chain(&state.slice.scope);
    all.any(|c| c.dimension == dimension && c.values.iter().any(|v| v == value))
}

// -- what Enter does ------------------------------------------------------------------------------

/// What Enter would do, or why it would not.
fn enter(state: &State, entry: &Entry) -> (String, bool) {
    let l = state.language;
    match state.palette.access(&entry.target) {
        Access::Here => (deed(state, entry), true),
        Access::Refused(why) => {
            let why = state.keymap.spell(text::of(l, &why), l as usize);
            (
                format!("{}{why}", pick(l, "现在不行：", "not now: ")),
                false,
            )
        }
        Access::Elsewhere(context) => {
            let place = context.title();
            let place = text::of(l, &place);
            let said = match l {
                Language::Zh => format!("在“{place}”中可用"),
                Language::En => format!("works in: {place}"),
            };
            (said, false)
        }
    }
}

fn deed(state: &State, entry: &Entry) -> String {
    let l = state.language;
    let name = clean(name(l, entry));
    let said = |zh: &str, en: &str| format!("{}{name}", pick(l, zh, en));
    match &entry.target {
        Target::Command(_) | Target::Pane(..) => {
            let command = entry.target.command();
            command.map_or_else(String::new, |c| text::of(l, &c.help).to_owned())
        }
        Target::Figure(id, part, _) => to_pane(l, pane_of(id, *part)),
        Target::Metric(id) => to_pane(l, pane_of(id, Part::Whole)),
        Target::Against(_) => said("对比改为：", "compare with: "),
        Target::Theme(_) => said("主题改为：", "theme: "),
        Target::Speak(_) => said("界面语言改为：", "language: "),
        Target::View(_) => said("打开视图：", "open the view: "),
        Target::Scenario(_) => said("打开情景：", "open the scenario: "),
        Target::Crowd(_) => said("打开人群卡片：", "open the card of "),
        Target::Brand(_) => said("换到品牌：", "show the brand "),
        Target::Value {
            dimension, value, ..
        } if chosen(state, dimension, value) => said("移出切片：", "take out of the slice: "),
        Target::Value { .. } => said("加入切片：", "add to the slice: "),
        Target::Definition(_) => said("查看或修改口径：", "see or change: "),
        Target::Term(_) => pick(
            l,
            "展开释义，Esc 回到列表",
            "read it at full width; Esc comes back",
        )
        .to_owned(),
    }
}

fn to_pane(l: Language, pane: Pane) -> String {
    let name = names::pane(pane);
    let name = text::of(l, &name);
    match l {
        Language::Zh => format!("到看板“{name}”中它所在的位置"),
        Language::En => format!("to its place in the pane {name}"),
    }
}

fn pane_of(id: &str, part: Part) -> Pane {
    crate::app::palette::pane_of(id, part)
}

// -- more about it --------------------------------------------------------------------------------

fn detail(state: &State, entry: &Entry) -> PaletteDetail {
    let l = state.language;
    let title = clean(name(l, entry)).into_owned();
    match &entry.target {
        Target::Term(at) => GLOSSARY
            .get(*at)
            .map_or_else(PaletteDetail::default, |term| PaletteDetail {
                title: both(l, &term.name),
                text: vec![text::of(l, &term.text).to_owned()],
                source: term.source.to_owned(),
            }),
        Target::Metric(id) => metric(id).map_or_else(PaletteDetail::default, |m| {
            explained(state, m, whole(state, id))
        }),
        Target::Figure(id, part, source) => {
            let figure = board(state).and_then(|b| b.from(*source, id, *part));
            metric(id).map_or_else(PaletteDetail::default, |m| explained(state, m, figure))
        }
        Target::Command(_) | Target::Pane(..) => PaletteDetail {
            title,
            text: entry.target.command().map_or_else(Vec::new, |c| {
                let context = c.context.title();
                let heard = pick(l, "按键所在：", "its keys are heard in: ");
                vec![
                    text::of(l, &c.help).to_owned(),
                    format!("{heard}{}", text::of(l, &context)),
                ]
            }),
            source: String::new(),
        },
        Target::Crowd(k) => PaletteDetail {
            title,
            text: state
                .dataset()
                .and_then(|d| d.crowds.get(*k)?.rule.as_deref())
                .map_or_else(Vec::new, |rule| {
                    vec![clean(text::side(l, rule)).into_owned()]
                }),
            source: String::new(),
        },
        _ => PaletteDetail {
            title,
            text: vec![other(l, entry)],
            source: String::new(),
        },
    }
}

/// The name in the language of the interface, with the other one.
fn both(l: Language, name: &[&str; 2]) -> String {
    let (own, foreign) = (pick(l, name[0], name[1]), pick(l, name[1], name[0]));
    if own == foreign {
        own.to_owned()
    } else {
        format!("{own} · {foreign}")
    }
}

fn metric(id: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|m| m.id == id)
}

fn explained(state: &State, metric: &Metric, figure: Option<&Figure>) -> PaletteDetail {
    let l = state.language;
    let mut text = vec![text::of(l, &metric.formula).to_owned()];
    if let Some(figure) = figure {
        let from = match figure.source {
            Source::Events | Source::Platform => text::source(l, figure.source),
        };
        text.push(format!("= {} · {from}", shown(state, figure)));
    }
    PaletteDetail {
        title: both(l, &metric.name),
        text,
        source: metric.source.to_owned(),
    }
}
