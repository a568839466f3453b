//! Saved views: opened, saved, deleted. Saving and deleting are steps of the book.

use super::{cursor, history, scenario, tell};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::scene::Scene;
use crate::app::state::{Field, Language, Overlay, State};
use crate::app::views::{VIEWS, Views, view};
use crate::scenario::{Edit, View};

fn form(state: &mut State) -> Option<&mut Views> {
    match &mut state.overlay {
        Some(Overlay::Views(form)) => Some(form),
        _ => None,
    }
}

fn row(state: &State) -> usize {
    match &state.overlay {
        Some(Overlay::Views(form)) => form.row,
        _ => 0,
    }
}

pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    state.overlay = Some(Overlay::Views(Views::default()));
    Vec::new()
}

/// Asks for the name of a view of what is shown.
pub(in crate::app) fn save(state: &mut State) -> Vec<Effect> {
    let (row, text) = (row(state), suggestion(state));
    let caret = text.chars().count();
    let naming = Some(Field { text, caret });
    state.overlay = Some(Overlay::Views(Views { row, naming }));
    Vec::new()
}

/// A name that no view has yet.
fn suggestion(state: &State) -> String {
    let word = match state.language {
        Language::Zh => "视图",
        Language::En => "View",
    };
    let views = &state.book.desk().views;
    let numbered = |n: usize| format!("{word} {n}");
    let free = |name: &String| views.iter().all(|v| v.name != *name);
    (1..=VIEWS + 1).map(numbered).find(free).unwrap_or_default()
}

pub(in crate::app) fn can_save(state: &State) -> Enabled {
    match (&state.board, state.book.desk().views.len()) {
        (None, _) => Err(["还没有可以保存的画面", "there is nothing to save yet"]),
        (Some(_), n) if n >= VIEWS => Err([
            "已有 9 个视图，先在列表中用 d 删除一个",
            "there are 9 views; delete one first, with d in the list",
        ]),
        _ => Ok(()),
    }
}

/// Saves the view under the name that was typed; one of that name is replaced.
pub(in crate::app) fn name_apply(state: &mut State) -> Vec<Effect> {
    let Some(name) = form(state).and_then(|f| f.naming.take()) else {
        return Vec::new();
    };
    let name = name.text.trim().to_owned();
    state.overlay = None;
    let effects = scenario::edit(state, Edit::View(view(state, &name)));
    let views = &state.book.desk().views;
    if let Some(at) = views.iter().position(|v| v.name == name) {
        let n = at + 1;
        tell(
            state,
            format!("已保存视图 {n}：{name} · ' {n} 打开"),
            format!("saved as view {n}: {name} · ' {n} opens it"),
        );
    }
    effects
}

pub(in crate::app) fn name_cancel(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}

fn step(state: &mut State, by: isize) -> Vec<Effect> {
    let rows = state.book.desk().views.len();
    if let Some(form) = form(state) {
        form.row = cursor::moved(form.row, by, rows);
    }
    Vec::new()
}

pub(in crate::app) fn down(state: &mut State) -> Vec<Effect> {
    step(state, 1)
}

pub(in crate::app) fn up(state: &mut State) -> Vec<Effect> {
    step(state, -1)
}

fn show(state: &mut State, at: usize) -> Vec<Effect> {
    let Some(view) = state.book.desk().views.get(at).cloned() else {
        return Vec::new();
    };
    state.overlay = None;
    state.deeper.clear();
    match Scene::parse(&view.shows) {
        Ok(scene) => history::open(state, &scene),
        Err(refusal) => history::complain(state, &[refusal]),
    }
    if state.notice.is_none() {
        let name = &view.name;
        tell(state, format!("视图：{name}"), format!("view: {name}"));
    }
    scenario::keep(state)
}

/// Shows the view with this name.
pub(super) fn show_named(state: &mut State, name: &str) -> Vec<Effect> {
    let views = &state.book.desk().views;
    let at = views.iter().position(|v| v.name == name);
    at.map_or_else(Vec::new, |at| show(state, at))
}

pub(in crate::app) fn show_row(state: &mut State) -> Vec<Effect> {
    let at = row(state);
    show(state, at)
}

pub(in crate::app) fn has_row(state: &State) -> Enabled {
    has(state, row(state))
}

fn has(state: &State, at: usize) -> Enabled {
    match state.book.desk().views.get(at) {
        Some(_) => Ok(()),
        None => Err(["这里还没有视图", "there is no view here yet"]),
    }
}

/// Takes the view under the cursor away; undo brings it back.
pub(in crate::app) fn delete(state: &mut State) -> Vec<Effect> {
    let at = row(state);
    let Some(view) = state.book.desk().views.get(at).cloned() else {
        return Vec::new();
    };
    let effects = scenario::edit(
        state,
        Edit::View(View {
            name: view.name.clone(),
            shows: String::new(),
        }),
    );
    step(state, 0);
    effects
}

pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}

/// The commands of the digits: a function each, since a row of the table holds nothing more.
macro_rules! digits {
    ($($show:ident $there:ident $at:literal),*) => {$(
        pub(in crate::app) fn $show(state: &mut State) -> Vec<Effect> {
            show(state, $at)
        }

        pub(in crate::app) fn $there(state: &State) -> Enabled {
            has(state, $at)
        }
    )*};
}

digits!(
    show_1 there_1 0, show_2 there_2 1, show_3 there_3 2, show_4 there_4 3, show_5 there_5 4,
    show_6 there_6 5, show_7 there_7 6, show_8 there_8 7, show_9 there_9 8
);
