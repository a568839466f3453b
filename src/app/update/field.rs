//! Text fields: the filter of the brands and the text of the picker.
//!
//! Text is typed or pasted, never interpreted. Control characters do not get in, and the length is
//! limited: a paste of a megabyte is cut.

use unicode_segmentation::UnicodeSegmentation;

use super::cursor;
use crate::app::action::Effect;
use crate::app::seek::{Section, SeekForm};
use crate::app::state::{Field, Overlay, State};

/// Characters that a field holds at most, and a note.
const CAPACITY: [usize; 2] = [200, 2000];

/// The text and the caret (in characters) of the open field, if one is open.
fn field(state: &mut State) -> Option<(&mut String, &mut usize)> {
    match &mut state.overlay {
        Some(Overlay::Filter { text, caret }) => Some((text, caret)),
        Some(Overlay::Picker(p)) => Some((&mut p.text, &mut p.caret)),
        Some(Overlay::Levers(d)) => d.entry.as_mut().map(|f| (&mut f.text, &mut f.caret)),
        Some(Overlay::Note(n)) => Some((&mut n.field.text, &mut n.field.caret)),
        Some(Overlay::Seek(form)) => seek_field(form).map(|f| (&mut f.text, &mut f.caret)),
        Some(Overlay::Compare(form)) => Some((&mut form.field.text, &mut form.field.caret)),
        Some(Overlay::Definitions(form)) => Some((&mut form.field.text, &mut form.field.caret)),
        Some(Overlay::Views(v)) => v.naming.as_mut().map(|f| (&mut f.text, &mut f.caret)),
        Some(Overlay::Naming(n)) => Some((&mut n.field.text, &mut n.field.caret)),
        Some(Overlay::Palette(p)) => Some((&mut p.field.text, &mut p.field.caret)),
        _ => None,
    }
}

/// The field of the goal seek that has the keys.
fn seek_field(form: &mut SeekForm) -> Option<&mut Field> {
    match (&mut form.cost, form.section) {
        (Some(cost), _) => Some(cost),
        (None, Section::Metric) => Some(&mut form.search),
        (None, Section::Value) => Some(&mut form.value),
        (None, Section::Levers | Section::Plans) => None,
    }
}

/// Edits the open field; rows that depend on it start again from the first.
fn edit(state: &mut State, change: impl FnOnce(&mut String, &mut usize)) {
    let Some((text, caret)) = field(state) else {
        return;
    };
    let before = text.clone();
    *caret = (*caret).min(text.chars().count());
    change(text, caret);
    if *text == before {
        return;
    }
    match &mut state.overlay {
        Some(Overlay::Picker(p)) => p.row = 0,
        Some(Overlay::Compare(form)) => form.row = 0,
        Some(Overlay::Palette(p)) => (p.row, p.reading) = (0, false),
        Some(Overlay::Seek(form)) if form.section == Section::Metric => form.metric = 0,
        _ => cursor::limit(state),
    }
}

fn editing(state: &mut State, change: impl FnOnce(&mut String, &mut usize)) -> Vec<Effect> {
    edit(state, change);
    Vec::new()
}

pub(super) fn insert(state: &mut State, c: char) {
    state.notice = None;
    if c.is_control() {
        return;
    }
    let most = capacity(state);
    edit(state, |text, caret| {
        put(text, caret, std::iter::once(c), most);
    });
}

/// Pasted text is text: line ends and tabs become spaces, nothing is a key. A note keeps its lines.
pub(super) fn paste(state: &mut State, pasted: &str) {
    let lines = matches!(state.overlay, Some(Overlay::Note(_)));
    let pasted = pasted.trim().replace("\r\n", "\n");
    let text = pasted.chars().map(|c| match c {
        '\n' | '\r' if lines => '\n',
        '\n' | '\r' | '\t' => ' ',
        other => other,
    });
    let most = capacity(state);
    edit(state, |now, caret| put(now, caret, text, most));
}

/// Breaks the line of a note.
pub(super) fn break_line(state: &mut State) {
    let most = capacity(state);
    edit(state, |text, caret| {
        put(text, caret, std::iter::once('\n'), most);
    });
}

fn capacity(state: &State) -> usize {
    CAPACITY[usize::from(matches!(state.overlay, Some(Overlay::Note(_))))]
}

fn put(text: &mut String, caret: &mut usize, new: impl Iterator<Item = char>, most: usize) {
    let room = most.saturating_sub(text.chars().count());
    let kept = |c: &char| !c.is_control() || *c == '\n';
    let new: String = new.filter(kept).take(room).collect();
    text.insert_str(byte(text, *caret), &new);
    *caret += new.chars().count();
}

/// The byte at which the n-th character starts.
fn byte(text: &str, n: usize) -> usize {
    text.char_indices().nth(n).map_or(text.len(), |(i, _)| i)
}

/// Where the grapheme before the caret starts, in characters.
fn before(text: &str, caret: usize) -> usize {
    let head = text.get(..byte(text, caret)).unwrap_or("");
    let last = head.graphemes(true).next_back();
    caret - last.map_or(0, |g| g.chars().count())
}

/// Where the grapheme at the caret ends, in characters.
fn after(text: &str, caret: usize) -> usize {
    let tail = text.get(byte(text, caret)..).unwrap_or("");
    let next = tail.graphemes(true).next();
    caret + next.map_or(0, |g| g.chars().count())
}

fn remove(text: &mut String, from: usize, to: usize) {
    let range = byte(text, from)..byte(text, to);
    text.replace_range(range, "");
}

pub(in crate::app) fn backspace(state: &mut State) -> Vec<Effect> {
    editing(state, |text, caret| {
        let from = before(text, *caret);
        remove(text, from, *caret);
        *caret = from;
    })
}

pub(in crate::app) fn delete(state: &mut State) -> Vec<Effect> {
    editing(state, |text, caret| {
        let to = after(text, *caret);
        remove(text, *caret, to);
    })
}

pub(in crate::app) fn delete_word(state: &mut State) -> Vec<Effect> {
    editing(state, |text, caret| {
        let head = text.get(..byte(text, *caret)).unwrap_or("").trim_end();
        let word = head.rfind(char::is_whitespace).map_or(0, |i| {
            head.get(..i).map_or(0, |kept| kept.chars().count() + 1)
        });
        remove(text, word, *caret);
        *caret = word;
    })
}

pub(in crate::app) fn left(state: &mut State) -> Vec<Effect> {
    editing(state, |text, caret| *caret = before(text, *caret))
}

pub(in crate::app) fn right(state: &mut State) -> Vec<Effect> {
    editing(state, |text, caret| *caret = after(text, *caret))
}

pub(in crate::app) fn start(state: &mut State) -> Vec<Effect> {
    editing(state, |_, caret| *caret = 0)
}

pub(in crate::app) fn end(state: &mut State) -> Vec<Effect> {
    editing(state, |text, caret| *caret = text.chars().count())
}

pub(in crate::app) fn clear(state: &mut State) -> Vec<Effect> {
    editing(state, |text, caret| {
        text.clear();
        *caret = 0;
    })
}
