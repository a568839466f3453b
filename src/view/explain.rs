//! State → text of what a number is: name, formula, parts, windows and where it comes from.
//!
//! Every number that stands here was handed over with the parts that give it back; nothing is
//! computed, and what is only given says so.

mod context;
mod words;

use super::header;
use super::number::Number;
use super::text::{self, clean, pick};
use crate::app::explain::{self, Explain, Subject};
use crate::app::{COMMANDS, Context, Pane, State};
use crate::board::explain::{Explanation, Form, Line, Name, Part, Rule};
use words::Speaker;

/// What is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExplainModel {
    /// Title.
    pub title: String,
    /// The place in the list.
    pub side: String,
    /// The numbers around the cursor: name and value.
    pub items: Vec<(String, Number)>,
    /// The place of `items[0]` in the whole list.
    pub first: usize,
    /// Numbers in the whole list.
    pub len: usize,
    /// The cursor, counted in the whole list.
    pub cursor: usize,
    /// The explanation.
    pub sheet: Vec<SheetLine>,
    /// Its lines that are scrolled past.
    pub top: usize,
    /// Keys, and what they do.
    pub hints: Vec<(String, String)>,
    /// Said when there is no number.
    pub empty: String,
}

/// A line of the explanation.
#[derive(Debug, Clone, PartialEq)]
pub enum SheetLine {
    /// What the number is called, in both languages, and the number.
    Head(String, String),
    /// A group of lines.
    Group(String),
    /// A number and, below it, how it comes about.
    Number {
        /// What it is.
        label: String,
        /// The number.
        text: String,
        /// How it comes about; may be empty.
        formula: String,
    },
    /// A label and words.
    Words {
        /// What they are about.
        label: String,
        /// The words.
        text: String,
        /// They deserve attention.
        warn: bool,
    },
}

/// Numbers to each side of the cursor that are put into words.
const AROUND: usize = 64;

/// The model of a state.
pub fn model(state: &State, form: &Explain) -> ExplainModel {
    let l = state.language;
    let subjects = explain::subjects(state);
    let cursor = explain::row(state, form, &subjects);
    let title = pick(l, "这个数是什么", "What is this number?").to_owned();
    let pane = header::pane_name(state, state.pane);
    let Some(chosen) = subjects.get(cursor) else {
        return ExplainModel {
            title,
            hints: hints(state),
            empty: pick(l, "这个看板没有数字", "this pane shows no number").to_owned(),
            ..ExplainModel::default()
        };
    };
    let first = cursor.saturating_sub(AROUND);
    let shown = subjects.iter().skip(first).take(2 * AROUND + 1);
    ExplainModel {
        title,
        side: format!("{pane} · {} / {}", cursor + 1, subjects.len()),
        items: shown.filter_map(|s| item(state, *s)).collect(),
        first,
        len: subjects.len(),
        cursor,
        sheet: explain::explanation(state, *chosen)
            .map_or_else(Vec::new, |e| sheet(state, *chosen, &e)),
        top: form.top,
        hints: hints(state),
        empty: String::new(),
    }
}

fn hints(state: &State) -> Vec<(String, String)> {
    let own = COMMANDS
        .iter()
        .filter(|c| c.context == Context::Explain && c.footer && (c.enabled)(state).is_ok());
    own.filter_map(|c| {
        let title = text::of(state.language, &c.title);
        Some((state.keymap.first(c.id)?, title.to_owned()))
    })
    .collect()
}

/// A line of the list.
fn item(state: &State, subject: Subject) -> Option<(String, Number)> {
    let explanation = explain::explanation(state, subject)?;
    let speaker = Speaker::of(state);
    let line = explanation.value()?;
    let name = speaker.path(&explanation.path);
    Some((
        format!("{}{name}", of_brand(state, subject)),
        speaker.number(line.value, line.unit, line.form),
    ))
}

/// The brand, where numbers of several brands stand in the list.
fn of_brand(state: &State, subject: Subject) -> String {
    let Subject::Figure { brand, .. } = subject else {
        return String::new();
    };
    let brand = state.dataset().and_then(|d| d.brands.get(brand));
    match brand {
        Some(brand) if state.pane == Pane::Brands => {
            let name = pick(state.language, &brand.name_zh, &brand.name_en);
            format!("{} · ", clean(name))
        }
        _ => String::new(),
    }
}

fn sheet(state: &State, subject: Subject, explanation: &Explanation) -> Vec<SheetLine> {
    let speaker = Speaker::of(state);
    let l = state.language;
    let mut sheet = Vec::new();
    if let Some(line) = explanation.value() {
        let value = speaker.number(line.value, line.unit, line.form).exact();
        let name = format!("{}{}", of_brand(state, subject), speaker.title(explanation));
        sheet.push(SheetLine::Head(name, value));
    }
    sheet.extend(context::meaning(&speaker, explanation));
    if let Some(line) = explanation.value() {
        sheet.push(SheetLine::Words {
            label: pick(l, "代入", "values").to_owned(),
            text: speaker.formula(line),
            warn: false,
        });
        sheet.push(SheetLine::Words {
            label: pick(l, "精确值", "exact").to_owned(),
            text: raw(&speaker, line),
            warn: false,
        });
    }
    let lines = explanation.lines.iter().skip(1);
    let own = explanation.value().map(|line| &line.name);
    let numbers: Vec<SheetLine> = lines.map(|line| number_line(&speaker, line, own)).collect();
    if !numbers.is_empty() {
        let title = pick(l, "由此可见", "measured from it");
        sheet.push(SheetLine::Group(title.to_owned()));
        sheet.extend(numbers);
    }
    sheet.extend(context::definitions(&speaker, explanation));
    sheet.extend(context::place(&speaker, explanation));
    sheet.extend(context::files(&speaker, explanation));
    sheet
}

/// The number to its last digit, with the reason where there is none.
fn raw(speaker: &Speaker<'_>, line: &Line) -> String {
    match (line.value.get(), line.value.why()) {
        (Some(x), _) => format!("{x}"),
        (None, Some(why)) => format!("— {}", text::why(speaker.language, why)),
        (None, None) => String::new(),
    }
}

fn number_line(speaker: &Speaker<'_>, line: &Line, own: Option<&Name>) -> SheetLine {
    let measured = line.parts.first().map(|p| &p.name) == own;
    let formula = match line.rule {
        Rule::Given => String::new(),
        _ if measured && line.parts.len() == 2 => speaker.bare(line),
        _ => speaker.formula(line),
    };
    let formula = match line.value.why() {
        Some(why) if formula.is_empty() => text::why(speaker.language, why),
        _ => formula,
    };
    SheetLine::Number {
        label: speaker.name(&line.name),
        text: speaker.number(line.value, line.unit, line.form).exact(),
        formula,
    }
}

/// Every number that an explanation answers: the number itself, what is measured from it, and the
/// parts of all of them. A change of the scenario that is a factor is told as the share it adds.
pub fn answers(state: &State, subject: Subject) -> Vec<Number> {
    let speaker = Speaker::of(state);
    let Some(explanation) = explain::explanation(state, subject) else {
        return Vec::new();
    };
    let part = |p: &Part| speaker.number(p.value, p.unit, p.form);
    let line = |line: &Line| {
        let own = speaker.number(line.value, line.unit, line.form);
        let parts: Vec<Number> = line.parts.iter().map(part).collect();
        std::iter::once(own).chain(parts).collect::<Vec<_>>()
    };
    explanation.lines.iter().flat_map(line).collect()
}

/// A form that a number can be written in.
fn written(speaker: &Speaker<'_>, part: &Part) -> String {
    match (part.form, part.value.get()) {
        (Form::Factor, Some(x)) => format!("×{x}"),
        _ => speaker.number(part.value, part.unit, part.form).exact(),
    }
}

/// Whether a name says the same as the number that it stands beside.
fn is_own(name: &Name, line: &Line) -> bool {
    *name == line.name
}
