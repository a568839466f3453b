//! Notes: written, listed, taken away. Each is a step of the book, so undo brings it back.

use super::{cursor, scenario, tell};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::notes::{all, places};
use crate::app::state::{Field, NoteEditor, Overlay, State};
use crate::facts::Slice;
use crate::scenario::{Edit, Note};

fn editor(state: &mut State) -> Option<&mut NoteEditor> {
    match &mut state.overlay {
        Some(Overlay::Note(editor)) => Some(editor),
        _ => None,
    }
}

/// The note of a place for the day and slice that are shown, blank where there is none.
fn note_at(state: &State, on: &str) -> Note {
    let blank = Note {
        brand: state.brand_id().to_owned(),
        on: on.to_owned(),
        as_of: state.as_of,
        slice: state.slice.to_string(),
        text: String::new(),
    };
    let notes = state.book.desk().notes.iter();
    let same = notes.filter(|n| n.brand == blank.brand && n.on == blank.on);
    let mut there = same.filter(|n| n.as_of == blank.as_of && n.slice == blank.slice);
    there.next().map_or(blank.clone(), |n| (**n).clone())
}

fn field_of(note: &Note) -> Field {
    Field {
        text: note.text.clone(),
        caret: note.text.chars().count(),
    }
}

fn edit(state: &mut State, places: Vec<String>, note: Note) {
    let field = field_of(&note);
    state.overlay = Some(Overlay::Note(NoteEditor {
        places,
        at: 0,
        note,
        field,
    }));
}

pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    let places = places(state);
    let first = places.first().cloned().unwrap_or_default();
    let note = note_at(state, &first);
    edit(state, places, note);
    Vec::new()
}

/// The next place of the pane; what was typed goes along, unless a note is there already.
pub(in crate::app) fn next_place(state: &mut State) -> Vec<Effect> {
    let Some(Overlay::Note(now)) = state.overlay.clone() else {
        return Vec::new();
    };
    let at = (now.at + 1) % now.places.len().max(1);
    let Some(on) = now.places.get(at) else {
        return Vec::new();
    };
    let note = note_at(state, on);
    let moved = now.field.text != now.note.text && note.text.is_empty();
    let field = if moved { now.field } else { field_of(&note) };
    state.overlay = Some(Overlay::Note(NoteEditor {
        at,
        places: now.places,
        note,
        field,
    }));
    Vec::new()
}

pub(in crate::app) fn new_line(state: &mut State) -> Vec<Effect> {
    super::field::break_line(state);
    Vec::new()
}

pub(in crate::app) fn cancel(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}

pub(in crate::app) fn apply(state: &mut State) -> Vec<Effect> {
    let Some(editor) = editor(state).map(|e| e.clone()) else {
        return Vec::new();
    };
    state.overlay = None;
    let text = editor.field.text.trim().to_owned();
    scenario::edit(
        state,
        Edit::Note(Note {
            text,
            ..editor.note
        }),
    )
}

// -- the list ---------------------------------------------------------------------------------

pub(in crate::app) fn list(state: &mut State) -> Vec<Effect> {
    state.overlay = Some(Overlay::Notes(0));
    Vec::new()
}

pub(in crate::app) fn has_any(state: &State) -> Enabled {
    if all(state).is_empty() {
        Err([
            "这个品牌还没有批注，按 {note} 添加",
            "this brand has no notes yet; {note} pins one",
        ])
    } else {
        Ok(())
    }
}

fn step(state: &mut State, by: isize) -> Vec<Effect> {
    let len = all(state).len();
    if let Some(Overlay::Notes(row)) = &mut state.overlay {
        *row = cursor::moved(*row, by, len);
    }
    Vec::new()
}

pub(in crate::app) fn down(state: &mut State) -> Vec<Effect> {
    step(state, 1)
}

pub(in crate::app) fn up(state: &mut State) -> Vec<Effect> {
    step(state, -1)
}

fn chosen(state: &State) -> Option<Note> {
    match state.overlay {
        Some(Overlay::Notes(row)) => all(state).get(row).map(|n| (***n).clone()),
        _ => None,
    }
}

/// Goes to the day and slice of the note and opens it there.
pub(in crate::app) fn open_chosen(state: &mut State) -> Vec<Effect> {
    let Some(note) = chosen(state) else {
        return Vec::new();
    };
    match slice_of(&note.slice) {
        Some(slice) => {
            state.slice = slice;
            state.as_of = note.as_of;
            edit(state, vec![note.on.clone()], note);
        }
        None => tell(
            state,
            "批注的切片在这份数据里无法读取",
            "the slice of the note cannot be read in these data",
        ),
    }
    Vec::new()
}

/// Reads what a slice prints.
fn slice_of(text: &str) -> Option<Slice> {
    let (filter, scope) = match text.split_once("scope: ") {
        Some((filter, scope)) => (filter.trim_end_matches([' ', '|']), scope),
        None => (text, ""),
    };
    Some(Slice {
        filter: Slice::parse_conditions(filter).ok()?,
        scope: Slice::parse_conditions(scope).ok()?,
    })
}

pub(in crate::app) fn remove_chosen(state: &mut State) -> Vec<Effect> {
    let Some(note) = chosen(state) else {
        return Vec::new();
    };
    let effects = scenario::edit(
        state,
        Edit::Note(Note {
            text: String::new(),
            ..note
        }),
    );
    step(state, 0);
    effects
}
