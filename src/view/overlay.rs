//! What lies over the pane: help, the slice picker, problems of the data set, the brand filter,
//! and what stands there while there is no data.
//!
//! Help is the table of commands, so it cannot drift from the keys. Long lists are handed over from
//! the line that stands at the top; nothing below the screen is formatted.

use super::columns;
use super::compare;
use super::explain;
use super::levers::{self, LeversModel};
use super::menu::{self, MenuModel};
use super::notes::{self, NoteModel, NotesModel};
use super::number::{Number, speed};
use super::palette;
use super::seek::{self, SeekModel};
use super::text::{self, pick};
use super::tour;
use super::views;
use crate::app::{
    COMMANDS, Command, Context, Language, Loading, Overlay, Phase, Picker, State, contexts,
    matching_values,
};
use crate::board::{Board, Dimension, DimensionValue};
use crate::facts::{Condition, Problem, Severity, Wording};
use crate::metrics::{Day, Unit, Value, Why};

/// An overlay.
#[derive(Debug, Clone, PartialEq)]
pub enum OverlayModel {
    /// The palette.
    Palette(Box<palette::PaletteModel>),
    /// What a number is.
    Explain(Box<explain::ExplainModel>),
    /// The comparison.
    Compare(Box<compare::CompareModel>),
    /// Saved views.
    Views(Box<views::ViewsModel>),
    /// The columns of a table.
    Columns(Box<columns::ColumnsModel>),
    /// The tour.
    Tour(Box<tour::TourModel>),
    /// A short list to choose from.
    Menu(MenuModel),
    /// A note that is being written.
    Note(NoteModel),
    /// The list of notes.
    Notes(NotesModel),
    /// The levers of the pane.
    Levers(Box<LeversModel>),
    /// The goal seek.
    Seek(Box<SeekModel>),
    /// The keys.
    Help(HelpModel),
    /// The slice picker.
    Picker(PickerModel),
    /// Problems of the data set.
    Problems(ProblemsModel),
    /// The field that narrows the brands.
    Filter(FilterModel),
    /// A load that is running while there is nothing to show.
    Loading(LoadingModel),
    /// A load that failed.
    Failed(FailedModel),
}

/// The keys, grouped by where they are heard.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HelpModel {
    /// Title.
    pub title: String,
    /// How to leave.
    pub hint: String,
    /// Groups of keys.
    pub sections: Vec<HelpSection>,
    /// Lines scrolled past.
    pub top: usize,
}

/// One group of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpSection {
    /// Where they are heard.
    pub title: String,
    /// Keys and what they do.
    pub rows: Vec<(String, String)>,
}

/// A text field.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TextField {
    /// What stands before it.
    pub label: String,
    /// What was typed.
    pub text: String,
    /// Shown while nothing was typed.
    pub placeholder: String,
    /// The caret, counted in characters of the text.
    pub caret: usize,
}

/// The slice picker.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PickerModel {
    /// Title.
    pub title: String,
    /// Keys, and what they do.
    pub hints: Vec<(String, String)>,
    /// The dimensions.
    pub dimensions: Vec<PickerDimension>,
    /// The open dimension.
    pub open: usize,
    /// What a condition on the open dimension means.
    pub meaning: String,
    /// Text that narrows the values.
    pub field: TextField,
    /// Header of the counts.
    pub counted: String,
    /// Values around the cursor.
    pub values: Vec<PickerValue>,
    /// The place of `values[0]` in the whole list.
    pub first: usize,
    /// Values in the whole list.
    pub len: usize,
    /// The cursor, counted in the whole list.
    pub cursor: usize,
    /// Said instead of values when there are none.
    pub empty: String,
}

/// How a condition works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// It keeps consumers (`--where`).
    Filter,
    /// It recomputes states from the events that meet it (`--scope`).
    Scope,
}

/// One dimension of the picker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PickerDimension {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Chosen values.
    pub chosen: usize,
    /// They are left out instead of kept.
    pub negated: bool,
    /// How the condition works; `None` without a condition.
    pub means: Option<Means>,
}

/// One value of the picker.
#[derive(Debug, Clone, PartialEq)]
pub struct PickerValue {
    /// Its name.
    pub name: String,
    /// It is chosen.
    pub chosen: bool,
    /// People of the asset who have it.
    pub people: Number,
    /// Share of the largest value, 0..=1.
    pub length: Option<f64>,
}

/// Problems of the data set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProblemsModel {
    /// Title.
    pub title: String,
    /// How many of each severity.
    pub counts: Vec<(Severeness, String)>,
    /// How to leave.
    pub hint: String,
    /// The problems from the top of the list.
    pub rows: Vec<ProblemRow>,
    /// Problems scrolled past.
    pub top: usize,
    /// All problems.
    pub len: usize,
    /// Said when there are none.
    pub empty: String,
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severeness {
    /// Worth knowing.
    Note,
    /// Something does not fit.
    Warning,
    /// Cannot be used.
    Error,
}

impl Severeness {
    /// The glyph that stands for it.
    pub fn glyph(self) -> char {
        match self {
            Self::Note => '·',
            Self::Warning => '!',
            Self::Error => '×',
        }
    }
}

/// One problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemRow {
    /// How bad it is.
    pub severity: Severeness,
    /// `file:line:column`; may be empty.
    pub place: String,
    /// What is wrong, what was expected and found.
    pub message: String,
    /// What to do; may be empty.
    pub help: String,
}

/// The field that narrows the brands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilterModel {
    /// The field.
    pub field: TextField,
    /// How many brands match.
    pub side: String,
}

/// A load that is running.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LoadingModel {
    /// What happens.
    pub title: String,
    /// 0..=1; `None` when the size is not known.
    pub part: Option<f64>,
    /// Per cent, rows and rows per second.
    pub words: String,
    /// How to stop it.
    pub hint: String,
}

/// A load that failed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FailedModel {
    /// What happened.
    pub title: String,
    /// The problems.
    pub lines: Vec<String>,
    /// What to do.
    pub hint: String,
}

/// The overlay of a state, if there is one.
pub fn model(state: &State) -> Option<OverlayModel> {
    match &state.overlay {
        Some(Overlay::Help(top)) => Some(OverlayModel::Help(help(state, *top))),
        Some(Overlay::Picker(picker)) => Some(OverlayModel::Picker(slice_picker(state, picker))),
        Some(Overlay::Problems(top)) => Some(OverlayModel::Problems(problems(state, *top))),
        Some(Overlay::Filter { text, caret }) => {
            Some(OverlayModel::Filter(filter(state, text, *caret)))
        }
        Some(Overlay::Palette(form)) => {
            Some(OverlayModel::Palette(Box::new(palette::model(state, form))))
        }
        Some(Overlay::Explain(form)) => {
            Some(OverlayModel::Explain(Box::new(explain::model(state, form))))
        }
        Some(Overlay::Compare(form)) => {
            Some(OverlayModel::Compare(Box::new(compare::model(state, form))))
        }
        Some(Overlay::Views(form)) => {
            Some(OverlayModel::Views(Box::new(views::model(state, form))))
        }
        Some(Overlay::Columns(form)) => {
            Some(OverlayModel::Columns(Box::new(columns::model(state, form))))
        }
        Some(Overlay::Tour(form)) => Some(OverlayModel::Tour(Box::new(tour::model(state, form)))),
        Some(Overlay::Copy(row)) => Some(OverlayModel::Menu(menu::copies(state, *row))),
        Some(Overlay::Note(editor)) => Some(OverlayModel::Note(notes::editor(state, editor))),
        Some(Overlay::Notes(row)) => Some(OverlayModel::Notes(notes::list(state, *row))),
        Some(Overlay::Levers(drawer)) => {
            Some(OverlayModel::Levers(Box::new(levers::model(state, drawer))))
        }
        Some(Overlay::Seek(form)) => Some(OverlayModel::Seek(Box::new(seek::model(state, form)))),
        Some(Overlay::Naming(naming)) => Some(OverlayModel::Filter(FilterModel {
            field: levers::naming(state, naming),
            side: String::new(),
        })),
        None => phase(state),
    }
}

/// What stands in the place of panes while there is no data.
fn phase(state: &State) -> Option<OverlayModel> {
    match (&state.phase, &state.loading) {
        (Phase::Failed(lines), None) => Some(OverlayModel::Failed(failed(state, lines))),
        (Phase::Empty | Phase::Failed(_), Some(progress)) => {
            Some(OverlayModel::Loading(loading(state.language, progress)))
        }
        _ => None,
    }
}

// -- help -------------------------------------------------------------------------------------

fn help(state: &State, top: usize) -> HelpModel {
    let l = state.language;
    let section = |context: Context| HelpSection {
        title: text::of(l, &context.title()).to_owned(),
        rows: COMMANDS
            .iter()
            .filter(|c| c.context == context)
            .map(|c| {
                (
                    state.keymap.all(c.id, "  "),
                    text::of(l, &c.help).to_owned(),
                )
            })
            .collect(),
    };
    HelpModel {
        title: pick(l, "帮助", "Help").to_owned(),
        hint: reader_hint(state),
        sections: nearest_first(state).into_iter().map(section).collect(),
        top,
    }
}

/// All contexts, those of the pane before the others.
fn nearest_first(state: &State) -> Vec<Context> {
    let below = State {
        overlay: None,
        ..state.clone()
    };
    let near = contexts(&below);
    let own = near.iter().filter(|c| **c != Context::Always).copied();
    let rest = Context::ALL
        .into_iter()
        .filter(|c| *c == Context::Always || !near.contains(c));
    own.chain(rest).collect()
}

/// The keys of the overlays that are only read.
fn reader_hint(state: &State) -> String {
    let hints = footer_keys(state, Context::Reader);
    hints
        .iter()
        .map(|(key, title)| format!("{key} {title}"))
        .collect::<Vec<_>>()
        .join(" · ")
}

/// The keys of a context that can be pressed now, with what they do.
fn footer_keys(state: &State, context: Context) -> Vec<(String, String)> {
    let l = state.language;
    let text = |c: &Command| {
        let title = text::of(l, &c.title).to_owned();
        Some((state.keymap.first(c.id)?, title))
    };
    COMMANDS
        .iter()
        .filter(|c| c.context == context && c.footer && (c.enabled)(state).is_ok())
        .filter_map(text)
        .collect()
}

// -- the slice picker -------------------------------------------------------------------------

fn slice_picker(state: &State, picker: &Picker) -> PickerModel {
    let l = state.language;
    let Some(board) = state.board.as_deref() else {
        return PickerModel {
            title: pick(l, "切片", "Slice").to_owned(),
            ..PickerModel::default()
        };
    };
    let open = picker
        .dimension
        .min(board.dimensions.len().saturating_sub(1));
    let dimension = board.dimensions.get(open);
    PickerModel {
        title: pick(l, "切片", "Slice").to_owned(),
        hints: footer_keys(state, Context::Picker),
        dimensions: dimensions(state, board, picker.scope),
        open,
        meaning: dimension.map_or_else(String::new, |d| meaning(state, d, picker.scope)),
        field: TextField {
            label: pick(l, "查找", "Find").to_owned(),
            text: picker.text.clone(),
            placeholder: pick(l, "输入以缩小范围", "type to narrow").to_owned(),
            caret: picker.caret,
        },
        counted: pick(l, "资产人数", "people").to_owned(),
        empty: pick(l, "没有符合的值", "no value matches").to_owned(),
        ..values(state, dimension, picker)
    }
}

/// The condition on a dimension, and how it works. The open dimension shows the side that is being
/// edited.
fn condition<'a>(state: &'a State, id: &str, scope: bool) -> Option<(&'a Condition, Means)> {
    let find = |list: &'a [Condition]| list.iter().find(|c| c.dimension == id);
    let filter = find(&state.slice.filter).map(|c| (c, Means::Filter));
    let scoped = find(&state.slice.scope).map(|c| (c, Means::Scope));
    if scope {
        scoped.or(filter)
    } else {
        filter.or(scoped)
    }
}

fn dimensions(state: &State, board: &Board, scope: bool) -> Vec<PickerDimension> {
    board
        .dimensions
        .iter()
        .map(|d| {
            let found = condition(state, &d.id, scope);
            PickerDimension {
                id: d.id.clone(),
                name: text::dimension(state.language, &d.id),
                chosen: found.map_or(0, |(c, _)| c.values.len()),
                negated: found.is_some_and(|(c, _)| c.negated),
                means: found.map(|(_, m)| m),
            }
        })
        .collect()
}

/// What a condition on the dimension does, in one sentence. What changes from day to day is told as
/// of the day shown.
fn meaning(state: &State, d: &Dimension, scope: bool) -> String {
    let (l, day) = (state.language, state.as_of);
    let negated = condition(state, &d.id, scope).is_some_and(|(c, _)| c.negated);
    let (zh, en) = match (scope, negated) {
        (true, false) => (
            "重算：只用这些事件重新判定 AIPL",
            "scope: states are recomputed from these events only",
        ),
        (true, true) => (
            "重算：去掉这些事件后重新判定 AIPL",
            "scope: states are recomputed without these events",
        ),
        (false, _) if d.touch => return touched(l, day, negated),
        (false, _) if text::changes(&d.id) => return in_role(l, day, negated),
        (false, false) => (
            "筛选：有其中任一值的人",
            "filter: people who have any of these values",
        ),
        (false, true) => (
            "筛选：没有这些值的人",
            "filter: people who have none of these values",
        ),
    };
    pick(l, zh, en).to_owned()
}

fn touched(l: Language, day: Day, negated: bool) -> String {
    match (l, negated) {
        (Language::Zh, false) => format!("筛选：截至 {day} 被其触达过的人，状态不变"),
        (Language::Zh, true) => format!("筛选：截至 {day} 没有被其触达过的人，状态不变"),
        (Language::En, false) => {
            format!("filter: people touched there as of {day}, their state unchanged")
        }
        (Language::En, true) => {
            format!("filter: people never touched there as of {day}, their state unchanged")
        }
    }
}

fn in_role(l: Language, day: Day, negated: bool) -> String {
    match (l, negated) {
        (Language::Zh, false) => format!("筛选：截至 {day} 有其中任一角色的人"),
        (Language::Zh, true) => format!("筛选：截至 {day} 没有这些角色的人"),
        (Language::En, false) => format!("filter: people with any of these roles as of {day}"),
        (Language::En, true) => format!("filter: people with none of these roles as of {day}"),
    }
}

fn values(state: &State, dimension: Option<&Dimension>, picker: &Picker) -> PickerModel {
    let Some(d) = dimension else {
        return PickerModel::default();
    };
    let l = state.language;
    let matching = matching_values(d, &picker.text);
    let cursor = picker.row.min(matching.len().saturating_sub(1));
    let height = usize::from(state.size.1);
    let range = cursor.saturating_sub(height)..(cursor + height + 1).min(matching.len());
    let largest = d.values.iter().filter_map(|v| v.people).max().unwrap_or(0);
    let chosen = condition(state, &d.id, picker.scope).map_or(&[][..], |(c, _)| &c.values);
    let shown = matching.get(range.clone()).unwrap_or(&[]);
    PickerModel {
        values: shown
            .iter()
            .filter_map(|&i| d.values.get(i))
            .map(|v| value(l, &d.id, v, (chosen, largest)))
            .collect(),
        first: range.start,
        len: matching.len(),
        cursor,
        ..PickerModel::default()
    }
}

fn value(
    l: Language,
    dimension: &str,
    v: &DimensionValue,
    (chosen, largest): (&[String], u64),
) -> PickerValue {
    let name = text::value(l, dimension, pick(l, &v.name_zh, &v.name_en));
    // `Feed ads · feed_ads` would say the same twice.
    let same = name.to_lowercase().replace(' ', "_") == v.value.to_lowercase();
    let name = if same || v.value.is_empty() {
        name.into_owned()
    } else {
        format!("{name} · {}", v.value)
    };
    let people = v.people.map(|n| n as f64);
    PickerValue {
        name,
        chosen: chosen.contains(&v.value),
        people: Number::of(Value::or_missing(people, Why::NotGiven), Unit::People, l),
        length: people
            .filter(|_| largest > 0)
            .map(|n| (n / largest as f64).clamp(0.0, 1.0)),
    }
}

// -- problems ---------------------------------------------------------------------------------

fn problems(state: &State, top: usize) -> ProblemsModel {
    let l = state.language;
    let none = ProblemsModel {
        title: pick(l, "数据问题", "Problems of the data set").to_owned(),
        hint: reader_hint(state),
        empty: pick(l, "没有问题", "no problems").to_owned(),
        ..ProblemsModel::default()
    };
    let Phase::Ready(engine) = &state.phase else {
        return none;
    };
    let all = &engine.dataset().problems;
    let mut order: Vec<&Problem> = all.iter().collect();
    order.sort_by_key(|p| std::cmp::Reverse(p.severity));
    let top = top.min(order.len().saturating_sub(1));
    let height = usize::from(state.size.1).max(1);
    ProblemsModel {
        counts: severities(l, all),
        rows: order
            .iter()
            .skip(top)
            .take(height)
            .map(|p| problem(l, p))
            .collect(),
        top,
        len: order.len(),
        ..none
    }
}

fn severeness(severity: Severity) -> Severeness {
    match severity {
        Severity::Note => Severeness::Note,
        Severity::Warning => Severeness::Warning,
        Severity::Error => Severeness::Error,
    }
}

fn severities(l: Language, all: &[Problem]) -> Vec<(Severeness, String)> {
    let words = [
        (Severity::Error, "错误", "errors"),
        (Severity::Warning, "警告", "warnings"),
        (Severity::Note, "提示", "notes"),
    ];
    words
        .into_iter()
        .filter_map(|(severity, zh, en)| {
            let n = all.iter().filter(|p| p.severity == severity).count();
            (n > 0).then(|| (severeness(severity), format!("{n} {}", pick(l, zh, en))))
        })
        .collect()
}

fn problem(l: Language, p: &Problem) -> ProblemRow {
    let wording = match l {
        Language::Zh => Wording::Chinese,
        Language::En => Wording::English,
    };
    ProblemRow {
        severity: severeness(p.severity),
        place: p.place.to_string(),
        message: p.said(wording),
        help: p.advice(wording).to_owned(),
    }
}

// -- filter, loading, failed ------------------------------------------------------------------

fn filter(state: &State, text: &str, caret: usize) -> FilterModel {
    let l = state.language;
    let n = crate::app::order::brand_order(state).len();
    FilterModel {
        field: TextField {
            label: pick(l, "筛选品牌", "Filter brands").to_owned(),
            text: text.to_owned(),
            placeholder: pick(l, "id、中文名或英文名", "id, Chinese or English name").to_owned(),
            caret,
        },
        side: match l {
            Language::Zh => format!("{n} 个"),
            Language::En => format!("{n} match"),
        },
    }
}

fn loading(l: Language, progress: &Loading) -> LoadingModel {
    let part = (progress.total > 0)
        .then(|| (progress.done as f64 / progress.total as f64).clamp(0.0, 1.0));
    let rows = Number::of(Value::people(progress.rows), Unit::People, l).exact();
    let speed = speed(progress.rows_per_second, l);
    let percent = part.map_or_else(String::new, |p| format!("{:.0}% · ", (p * 100.0).floor()));
    LoadingModel {
        title: pick(l, "正在载入数据集", "Loading the data set").to_owned(),
        part,
        words: match l {
            Language::Zh if progress.ordering => format!("{percent}{rows} 行 · 整理事件…"),
            Language::En if progress.ordering => {
                format!("{percent}{rows} rows · ordering the events…")
            }
            Language::Zh => format!("{percent}{rows} 行 · {speed} 行/秒"),
            Language::En => format!("{percent}{rows} rows · {speed} rows/s"),
        },
        hint: pick(l, "Esc 取消", "Esc cancels").to_owned(),
    }
}

fn failed(state: &State, lines: &[String]) -> FailedModel {
    let l = state.language;
    FailedModel {
        title: pick(l, "数据集无法打开", "The data set cannot be opened").to_owned(),
        lines: lines.to_vec(),
        hint: state.keymap.spell(
            pick(
                l,
                "修正文件后按 {reload} 重新载入，按 {quit} 退出；fastdeck check 列出全部问题",
                "correct the files, then {reload} loads again, {quit} quits; fastdeck check lists all problems",
            ),
            l as usize,
        ),
    }
}
