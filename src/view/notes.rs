//! Notes: the mark beside what a note is about, the strip below a pane, the editor and the list.

use super::text::{self, clean, pick};
use crate::app::notes::{all, shown};
use crate::app::{NoteEditor, Pane, State};
use crate::metrics::metric;

/// Marks of the first notes; all further ones share the last.
const MARKS: [&str; 10] = ["¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹", "⁺"];

/// The note that is being written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NoteModel {
    /// What it is about, the day and the slice.
    pub title: String,
    /// Its lines.
    pub lines: Vec<String>,
    /// Line and character in the line of the caret.
    pub caret: (usize, usize),
    /// Said while it is blank.
    pub placeholder: String,
}

/// The list of notes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NotesModel {
    /// Its title.
    pub title: String,
    /// Day, what it is about, the slice, and the text on one line.
    pub rows: Vec<[String; 4]>,
    /// The row of the cursor.
    pub cursor: usize,
    /// Said when there is none.
    pub empty: String,
}

fn mark_of(at: usize) -> &'static str {
    MARKS[at.min(MARKS.len() - 1)]
}

/// The mark of what has a note on the day and slice shown; empty without one.
pub fn mark(state: &State, on: &str) -> &'static str {
    let at = shown(state).iter().position(|n| n.on == on);
    at.map_or("", mark_of)
}

/// The notes of what is shown, each with its mark, on one line.
pub fn strip(state: &State) -> Vec<String> {
    let each = shown(state).into_iter().enumerate();
    each.map(|(at, note)| {
        let on = about(state, &note.on);
        format!("{} {on}：{}", mark_of(at), one_line(&note.text))
    })
    .collect()
}

fn one_line(text: &str) -> String {
    let joined = text.lines().collect::<Vec<_>>().join(" / ");
    clean(&joined).into_owned()
}

/// What a note is about, in words.
pub fn about(state: &State, on: &str) -> String {
    let l = state.language;
    if let Some(id) = on.strip_prefix("pane:") {
        let pane = Pane::ALL.into_iter().find(|p| p.id() == id);
        let name = pane.map_or(id, |p| super::header::pane_name(state, p));
        return format!("{} {}", pick(l, "看板", "pane"), clean(name));
    }
    if let Some(id) = on.strip_prefix("crowd:") {
        let crowds = state.dataset().map_or(&[][..], |d| &d.crowds);
        let crowd = crowds.iter().find(|c| c.id == id);
        let name = crowd.map_or(id, |c| pick(l, &c.name_zh, &c.name_en));
        return clean(name).into_owned();
    }
    metric(on).map_or_else(|| clean(on).into_owned(), |m| text::metric(l, m).to_owned())
}

/// The editor of a state.
pub fn editor(state: &State, editor: &NoteEditor) -> NoteModel {
    let note = &editor.note;
    let l = state.language;
    let slice = clean(&note.slice);
    let gap = if slice.is_empty() { "" } else { " · " };
    let caret = editor.field.caret;
    let before: String = editor.field.text.chars().take(caret).collect();
    let line = before.matches('\n').count();
    let column = before.chars().rev().take_while(|c| *c != '\n').count();
    NoteModel {
        title: format!(
            "{} · {} · {}{gap}{slice}",
            pick(l, "批注", "Note"),
            about(state, &note.on),
            note.as_of
        ),
        lines: editor
            .field
            .text
            .split('\n')
            .map(|line| clean(line).into_owned())
            .collect(),
        caret: (line, column),
        placeholder: pick(l, "写下这个数字的来由…", "why the number is what it is…").to_owned(),
    }
}

/// The list of a state.
pub fn list(state: &State, row: usize) -> NotesModel {
    let l = state.language;
    let notes = all(state);
    NotesModel {
        title: pick(l, "批注", "Notes").to_owned(),
        cursor: row.min(notes.len().saturating_sub(1)),
        rows: notes
            .iter()
            .map(|n| {
                [
                    n.as_of.to_string(),
                    about(state, &n.on),
                    clean(&n.slice).into_owned(),
                    one_line(&n.text),
                ]
            })
            .collect(),
        empty: pick(l, "还没有批注", "there are no notes yet").to_owned(),
    }
}
