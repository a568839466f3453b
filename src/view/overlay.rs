//! What lies over the pane: help, the slice picker, problems of the data set, the brand filter,
//! and what stands there while there is no data.
//!
//! Help is the table of commands, so it cannot drift from the keys. Long lists are handed over from
//! the line that stands at the top; nothing below the screen is formatted.

use super::choices;
use super::columns;
use super::compare;
use super::definitions;
use super::explain;
use super::levers::{self, LeversModel};
use super::menu::{self, MenuModel};
use super::notes::{self, NoteModel, NotesModel};
use super::number::{Number, speed};
use super::palette;
use super::picker::{self, PickerModel};
use super::seek::{self, SeekModel};
use super::text::{self, pick};
use super::tour;
use super::views;
use crate::app::{COMMANDS, Command, Context, Language, Loading, Overlay, Phase, State, contexts};
use crate::facts::{Problem, Severity};
use crate::metrics::{Unit, Value};

/// An overlay.
#[derive(Debug, Clone, PartialEq)]
pub enum OverlayModel {
    /// The palette.
    Palette(Box<palette::PaletteModel>),
    /// What a number is.
    Explain(Box<explain::ExplainModel>),
    /// A list with a field above it: the comparison, definitions.
    Choices(Box<choices::ChoicesModel>),
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
    Picker(Box<PickerModel>),
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
        Some(Overlay::Picker(picker)) => {
            Some(OverlayModel::Picker(Box::new(picker::model(state, picker))))
        }
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
            Some(OverlayModel::Choices(Box::new(compare::model(state, form))))
        }
        Some(Overlay::Definitions(form)) => Some(OverlayModel::Choices(Box::new(
            definitions::model(state, form),
        ))),
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
            Some(OverlayModel::Loading(loading(state, progress)))
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
    let wording = l.wording();
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

fn loading(state: &State, progress: &Loading) -> LoadingModel {
    let l = state.language;
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
        hint: match l {
            Language::Zh => state.keymap.spell("{back} 取消", 0),
            Language::En => state.keymap.spell("{back} cancels", 1),
        },
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
