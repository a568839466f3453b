//! Scenarios: changed, named, opened, removed, put side by side; every step can be taken back.
//!
//! A change while none is open makes a new one. Whatever happens here is a step of the book, and
//! whoever changes the book asks the shell to keep it.

use std::sync::Arc;

use super::{cursor, history, tell};
use crate::app::action::{Books, Effect};
use crate::app::command::Enabled;
use crate::app::side::{self, Row};
use crate::app::state::{Field, Keeping, Language, Naming, Overlay, Pane, SIDE_BY_SIDE, State};
use crate::facts::Dataset;
use crate::scenario::{Book, Change, Edit, Item, Items, Named, Refused, Scenario};

/// Does a step of the book.
pub(super) fn edit(state: &mut State, edit: Edit) -> Vec<Effect> {
    match state.book.edit(edit) {
        Ok(true) => return keep(state),
        Ok(false) => {}
        Err(Refused::Blank) => tell(state, "名称不能为空", "a name must not be blank"),
        Err(Refused::Taken) => tell(
            state,
            "已有同名情景，请换一个名称",
            "another scenario has this name; choose a different one",
        ),
        Err(Refused::Unknown) => tell(state, "没有这个情景", "there is no such scenario"),
    }
    Vec::new()
}

/// The book as it is shall be kept.
pub(super) fn keep(state: &mut State) -> Vec<Effect> {
    let desk = state.book.desk();
    let brand = state.brand_id();
    let names: Vec<String> = desk.of(brand).map(|s| s.name.clone()).collect();
    state.chosen.retain(|name| names.contains(name));
    history::keep(state)
}

/// Gives the open scenario these changes; without an open one, a new one is made.
pub(super) fn change(state: &mut State, scenario: Scenario) -> Vec<Effect> {
    let brand = state.brand_id().to_owned();
    let open = state.book.desk().open(&brand).map(|s| s.name.clone());
    let name = open.unwrap_or_else(|| free_name(state));
    edit(
        state,
        Edit::Set(Named {
            brand,
            name,
            scenario,
        }),
    )
}

fn free_name(state: &State) -> String {
    let word = match state.language {
        Language::Zh => "情景",
        Language::En => "Scenario",
    };
    let taken = state.book.desk().of(state.brand_id()).count();
    let name = format!("{word} {}", taken + 1);
    state.book.free_name(state.brand_id(), &name)
}

/// A step in words.
pub(super) fn said(edit: &Edit) -> [String; 2] {
    match edit {
        Edit::Set(named) => {
            let last = named.scenario.changes.last();
            let what = last.map_or_else(String::new, ToString::to_string);
            let Named { name, .. } = named;
            if what.is_empty() {
                [format!("{name} 无改动"), format!("{name} without changes")]
            } else {
                [format!("{name} · {what}"), format!("{name} · {what}")]
            }
        }
        Edit::Open { name, .. } => [format!("打开 {name}"), format!("open {name}")],
        Edit::Close { .. } => ["回到基线".into(), "back to the baseline".into()],
        Edit::Remove { name, .. } => [format!("删除 {name}"), format!("delete {name}")],
        Edit::View(view) => [format!("视图 {}", view.name), format!("view {}", view.name)],
        Edit::Note(note) => [format!("批注 {}", note.on), format!("note on {}", note.on)],
        Edit::Rename { name, to, .. } => [format!("{name} 改名为 {to}"), format!("{name} → {to}")],
    }
}

/// Baseline, first scenario, second one … and around again.
fn turn(state: &mut State, by: isize) -> Vec<Effect> {
    let brand = state.brand_id().to_owned();
    let desk = state.book.desk();
    let names: Vec<String> = desk.of(&brand).map(|s| s.name.clone()).collect();
    let open = desk.open(&brand).map(|s| s.name.clone());
    let at = open.and_then(|open| names.iter().position(|n| *n == open));
    let places = names.len() as isize + 1;
    let next = (at.map_or(0, |at| at as isize + 1) + by).rem_euclid(places);
    match names.into_iter().nth((next - 1).max(0) as usize) {
        Some(name) if next > 0 => edit(state, Edit::Open { brand, name }),
        _ => edit(state, Edit::Close { brand }),
    }
}

pub(in crate::app) fn next(state: &mut State) -> Vec<Effect> {
    turn(state, 1)
}

pub(in crate::app) fn previous(state: &mut State) -> Vec<Effect> {
    turn(state, -1)
}

pub(in crate::app) fn can_turn(state: &State) -> Enabled {
    match state.book.desk().of(state.brand_id()).next() {
        Some(_) => Ok(()),
        None => Err([
            "还没有情景：按 {levers} 打开杠杆",
            "there is no scenario yet: {levers} opens the levers",
        ]),
    }
}

/// The scenario of the brand under the cursor of the scenarios pane.
fn under_cursor(state: &State) -> Option<String> {
    match side::under_cursor(state)? {
        Row::Own(named) => Some(named.name.clone()),
        Row::Baseline | Row::Other(..) => None,
    }
}

/// Opens the scenario under the cursor; the open one, or the baseline, closes it.
pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    let brand = state.brand_id().to_owned();
    let open = state.book.desk().open(&brand).map(|s| s.name.clone());
    match under_cursor(state) {
        Some(name) if open.as_ref() != Some(&name) => edit(state, Edit::Open { brand, name }),
        _ if open.is_some() => edit(state, Edit::Close { brand }),
        _ => Vec::new(),
    }
}

/// Whether Enter on the row would change what is open.
pub(in crate::app) fn can_open(state: &State) -> Enabled {
    let open = state.book.desk().open(state.brand_id());
    match (side::under_cursor(state), open) {
        (Some(Row::Other(..)), _) => Err([
            "这个情景基于其他数据，按 {scenario-take-over} 取用",
            "it was made on other data; {scenario-take-over} takes it over",
        ]),
        (Some(Row::Own(_)), _) | (_, Some(_)) => Ok(()),
        _ => Err(["已经是基线", "this is the baseline already"]),
    }
}

/// Whether the cursor is on a scenario that was made on other data.
pub(in crate::app) fn on_other(state: &State) -> Enabled {
    match side::under_cursor(state) {
        Some(Row::Other(..)) => Ok(()),
        _ => Err([
            "光标不在基于其他数据的情景上",
            "the cursor is on no scenario of other data",
        ]),
    }
}

/// Copies the scenario of other data under the cursor into the book and opens it. Changes for what
/// these data do not have could never do anything: they are left out, and named.
pub(in crate::app) fn take_over(state: &mut State) -> Vec<Effect> {
    let (Some(Row::Other(book, named)), Some(data)) = (side::under_cursor(state), state.dataset())
    else {
        return Vec::new();
    };
    let from = text_of(one_side(state.language, &book.dataset), 24);
    let (known, unknown): (Vec<Change>, Vec<Change>) = named
        .scenario
        .changes
        .iter()
        .cloned()
        .partition(|change| exists(data, change));
    let brand = state.brand_id().to_owned();
    let name = state
        .book
        .free_name(&brand, &format!("{} · {from}", named.name));
    let left_out: Vec<String> = unknown.iter().map(ToString::to_string).collect();
    if known.is_empty() && !left_out.is_empty() {
        let list = left_out.join(", ");
        tell(
            state,
            format!("没有取用：这份数据没有其中任何杠杆（{list}）"),
            format!("not taken over: these data have none of its levers ({list})"),
        );
        return Vec::new();
    }
    let copy = Named {
        brand,
        name: name.clone(),
        scenario: Scenario { changes: known },
    };
    let effects = edit(state, Edit::Set(copy));
    let at = side::rows(state).position(|r| matches!(r, Row::Own(own) if own.name == name));
    if let Some(at) = at {
        state.cursors[Pane::Scenarios as usize].row = at;
    }
    said_of_copy(state, &from, &left_out);
    effects
}

fn said_of_copy(state: &mut State, from: &str, left_out: &[String]) {
    let list = left_out.join(", ");
    let (zh, en) = match left_out {
        [] => (String::new(), String::new()),
        _ => (
            format!("；这份数据没有的杠杆已略去：{list}"),
            format!("; left out, these data do not have it: {list}"),
        ),
    };
    tell(
        state,
        format!("已取用为副本，原情景基于其他数据“{from}”{zh}"),
        format!("taken over as a copy; it was made on other data, \"{from}\"{en}"),
    );
}

/// The half of a name in two languages (`旧数据 / Old data`) that the language reads.
fn one_side(language: Language, text: &str) -> &str {
    let chinese = |s: &str| s.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let Some((left, right)) = text.split_once(" / ") else {
        return text;
    };
    match (chinese(left), chinese(right), language) {
        (true, false, Language::Zh) | (false, true, Language::En) => left,
        (true, false, Language::En) | (false, true, Language::Zh) => right,
        _ => text,
    }
}

/// The beginning of a text, in characters.
fn text_of(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Whether the data have what a change is for; only crowds differ from data set to data set.
fn exists(data: &Dataset, change: &Change) -> bool {
    match (&change.item, change.lever.items) {
        (Item::One(id), Items::Crowds) => data.crowds.iter().any(|c| c.id == *id),
        _ => true,
    }
}

pub(in crate::app) fn on_scenario(state: &State) -> Enabled {
    match under_cursor(state) {
        Some(_) => Ok(()),
        None => Err(["光标不在情景上", "the cursor is on no scenario"]),
    }
}

/// Puts the scenario under the cursor side by side with the others, or takes it away.
pub(in crate::app) fn choose(state: &mut State) -> Vec<Effect> {
    let Some(name) = under_cursor(state) else {
        return Vec::new();
    };
    match state.chosen.iter().position(|n| *n == name) {
        Some(at) => drop(state.chosen.remove(at)),
        None if state.chosen.len() < SIDE_BY_SIDE => state.chosen.push(name),
        None => tell(
            state,
            "最多并排四个情景",
            "at most four scenarios stand side by side",
        ),
    }
    Vec::new()
}

pub(in crate::app) fn remove(state: &mut State) -> Vec<Effect> {
    let brand = state.brand_id().to_owned();
    let Some(name) = under_cursor(state) else {
        return Vec::new();
    };
    let effects = edit(state, Edit::Remove { brand, name });
    cursor::limit(state);
    effects
}

/// Asks for the name of a copy of the open scenario (or of an empty one).
pub(in crate::app) fn add(state: &mut State) -> Vec<Effect> {
    let text = free_name(state);
    ask(state, None, text);
    Vec::new()
}

/// Asks for another name of the scenario under the cursor.
pub(in crate::app) fn rename(state: &mut State) -> Vec<Effect> {
    if let Some(old) = under_cursor(state) {
        ask(state, Some(old.clone()), old);
    }
    Vec::new()
}

fn ask(state: &mut State, old: Option<String>, text: String) {
    let caret = text.chars().count();
    state.overlay = Some(Overlay::Naming(Naming {
        old,
        field: Field { text, caret },
    }));
}

pub(in crate::app) fn name_cancel(state: &mut State) -> Vec<Effect> {
    state.overlay = None;
    Vec::new()
}

/// Takes the name; one that cannot be taken stays in the field.
pub(in crate::app) fn name_apply(state: &mut State) -> Vec<Effect> {
    let Some(Overlay::Naming(naming)) = state.overlay.clone() else {
        return Vec::new();
    };
    let brand = state.brand_id().to_owned();
    let to = naming.field.text.trim().to_owned();
    let effects = match naming.old {
        Some(name) => edit(state, Edit::Rename { brand, name, to }),
        None if state.book.desk().get(&brand, &to).is_some() => {
            tell(
                state,
                "已有同名情景，请换一个名称",
                "another scenario has this name; choose a different one",
            );
            return Vec::new();
        }
        None => {
            let scenario = state.scenario().clone();
            edit(
                state,
                Edit::Set(Named {
                    brand,
                    name: to,
                    scenario,
                }),
            )
        }
    };
    if state.notice.is_none() {
        state.overlay = None;
    }
    effects
}

/// Lays the open scenario over the plain board, where what is shown has another one.
pub(super) fn lay(state: &mut State) {
    let Some(plain) = state.plain.clone() else {
        return;
    };
    let laid = state.board.as_ref();
    if laid.is_some_and(|b| b.query.scenario == *state.scenario()) {
        return;
    }
    cursor::keep_item(state, |state| state.board = Some(under(state, plain)));
}

fn under(state: &State, plain: Arc<crate::board::Board>) -> Arc<crate::board::Board> {
    match state.dataset() {
        Some(data) if !state.scenario().is_empty() => {
            let board = Arc::unwrap_or_clone(plain);
            Arc::new(board.under(data, state.scenario()))
        }
        _ => plain,
    }
}

/// A data set is shown whose book is another one: its scenarios are asked for. Until they are
/// there, those of a data set that was loaded again stay. A data set that is not read to its end
/// has no fingerprint yet, and nothing is kept for it.
pub(super) fn turn_to(state: &mut State, fingerprint: &str, name: &str) -> Vec<Effect> {
    if fingerprint.is_empty() {
        state.keeping = Keeping::Awaited;
    }
    if state.book.is_for(fingerprint) {
        return Vec::new();
    }
    fingerprint.clone_into(&mut state.book.fingerprint);
    name.clone_into(&mut state.book.dataset);
    state.keeping = Keeping::Awaited;
    if fingerprint.is_empty() {
        return Vec::new();
    }
    vec![Effect::ReadBooks(fingerprint.to_owned())]
}

/// What was kept is there. A scenario of this session that is not among it is one step more.
pub(super) fn read(state: &mut State, fingerprint: &str, books: Books) -> Vec<Effect> {
    if !state.book.is_for(fingerprint) {
        return Vec::new();
    }
    state.keeping = Keeping::EveryStep;
    state.others = books.others;
    let kept = books.own.clone().unwrap_or_default();
    if let Some(mut own) = books.own {
        let brand = state.brand_id().to_owned();
        if let Some(open) = state.book.desk().open(&brand) {
            adopt(&mut own, open);
        }
        history::resume(state, &own.last);
        state.book = own;
    }
    let others = state.others.iter().map(|b| b.desk().scenarios.len());
    let count: usize = others.sum();
    if state.book.desk().scenarios.is_empty() && count > 0 {
        tell(
            state,
            format!("这份数据还没有情景；另有 {count} 个情景基于其他数据，按 7 查看"),
            format!("no scenario of these data; {count} of other data, press 7 to see them"),
        );
    }
    if state.book.desk() == kept.desk() {
        return Vec::new();
    }
    keep(state)
}

/// Opens a scenario in a book that may have one like it.
fn adopt(book: &mut Book, named: &Named) {
    let alike = || {
        let own = book.desk().of(&named.brand);
        own.filter(|s| s.scenario == named.scenario)
    };
    let named_so = alike().find(|s| s.name == named.name);
    let same = named_so.or_else(|| alike().next()).map(|s| s.name.clone());
    let edit = match same {
        Some(name) => Edit::Open {
            brand: named.brand.clone(),
            name,
        },
        None => Edit::Set(Named {
            name: book.free_name(&named.brand, &named.name),
            ..named.clone()
        }),
    };
    // A free name and a scenario that is there cannot be refused.
    book.edit(edit).ok();
}

/// Opens the scenario of the focused brand with this name; without one, or where there is none of
/// it, the baseline.
pub fn open_named(state: &mut State, name: Option<&str>) {
    let brand = state.brand_id().to_owned();
    let edit = match name {
        Some(name) => Edit::Open {
            brand,
            name: name.to_owned(),
        },
        None => Edit::Close { brand },
    };
    // Refused where it is so already.
    state.book.edit(edit).ok();
}

/// Lays a scenario over the data of the focused brand, as one of this session.
pub fn propose(state: &mut State, name: &str, scenario: Scenario) {
    let named = Named {
        brand: state.brand_id().to_owned(),
        name: name.to_owned(),
        scenario,
    };
    adopt(&mut state.book, &named);
    lay(state);
    super::outlook::refresh(state);
    side::refresh(state);
}
