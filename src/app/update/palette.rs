//! Keys of the palette: looking, going along the list, doing what the cursor is on.
//!
//! What is chosen is done where the palette was opened, as its own key would do it, so that undo and
//! the trail see the same step.

use super::{cursor, definitions, pane, picker, scenario, tell, views};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::explain::{self, Explain, Subject};
use crate::app::gmv::Half;
use crate::app::order;
use crate::app::palette::{Access, Palette, Target, chosen, pane_of};
use crate::app::state::{Overlay, Pane, State};
use crate::board::Part;
use crate::facts::CrowdKey;
use crate::scenario::Edit;

fn form(state: &mut State) -> Option<&mut Palette> {
    match &mut state.overlay {
        Some(Overlay::Palette(form)) => Some(form),
        _ => None,
    }
}

/// Opens it over whatever listens to general keys; that comes back when it closes.
pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    let beneath = state.overlay.take().map(Box::new);
    state.overlay = Some(Overlay::Palette(Palette {
        beneath,
        ..Palette::default()
    }));
    Vec::new()
}

/// Back from a text to the list, and from the list to what lay beneath.
pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    match form(state) {
        Some(form) if form.reading => form.reading = false,
        _ => leave(state),
    }
    Vec::new()
}

fn leave(state: &mut State) {
    state.overlay = match state.overlay.take() {
        Some(Overlay::Palette(form)) => form.beneath.map(|o| *o),
        other => other,
    };
}

fn step(state: &mut State, by: isize) -> Vec<Effect> {
    let rows = state.palette.finds.as_ref().map_or(0, |f| f.len());
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

pub(in crate::app) fn page_down(state: &mut State) -> Vec<Effect> {
    step(state, cursor::page(state))
}

pub(in crate::app) fn page_up(state: &mut State) -> Vec<Effect> {
    step(state, -cursor::page(state))
}

/// Whether the cursor is on anything.
pub(in crate::app) fn has_find(state: &State) -> Enabled {
    match chosen(state) {
        Some(_) => Ok(()),
        None => Err(["没有找到", "nothing was found"]),
    }
}

/// Does what the cursor is on. What cannot be done says why, and the palette stays.
pub(in crate::app) fn run(state: &mut State) -> Vec<Effect> {
    let Some(target) = chosen(state).map(|e| e.target.clone()) else {
        return Vec::new();
    };
    if refused(state, &target) {
        return Vec::new();
    }
    state.palette.choose(&target);
    if let (Target::Term(_), Some(form)) = (&target, form(state)) {
        form.reading = !form.reading;
        return Vec::new();
    }
    leave(state);
    act(state, &target)
}

fn refused(state: &mut State, target: &Target) -> bool {
    match state.palette.access(target) {
        Access::Here => return false,
        Access::Refused([zh, en]) => tell(state, zh, en),
        Access::Elsewhere(context) => {
            let [zh, en] = context.title();
            tell(state, format!("在“{zh}”中可用"), format!("works in: {en}"));
        }
    }
    true
}

fn act(state: &mut State, target: &Target) -> Vec<Effect> {
    match target {
        Target::Command(id) | Target::Pane(_, id) => return super::command(state, id),
        Target::Against(against) => state.against = *against,
        Target::Theme(theme) if !state.look.is_colourless() => {
            state.look.follows = false;
            state.theme = *theme;
        }
        Target::Theme(_) => tell(
            state,
            "NO_COLOR 已设置，只用单色",
            "NO_COLOR is set: mono only",
        ),
        Target::Speak(language) => {
            let language = *language;
            cursor::keep_item(state, |state| state.language = language);
        }
        Target::View(name) => return views::show_named(state, name),
        Target::Scenario(name) => return open_scenario(state, name),
        Target::Crowd(crowd) => show_crowd(state, *crowd),
        Target::Brand(brand) => focus(state, *brand),
        Target::Value {
            dimension, value, ..
        } => picker::toggle_value(state, dimension, value),
        Target::Metric(id) => show_metric(state, id, Part::Whole),
        Target::Figure(id, part, _) => show_metric(state, id, *part),
        Target::Definition(at) => definitions::open_at(state, *at),
        Target::Term(_) => {}
    }
    Vec::new()
}

fn open_scenario(state: &mut State, name: &str) -> Vec<Effect> {
    let brand = state.brand_id().to_owned();
    let open = state.book.desk().open(&brand);
    if open.is_some_and(|s| s.name == name) {
        tell(state, "这个情景已经打开", "this scenario is open already");
        return Vec::new();
    }
    let name = name.to_owned();
    scenario::edit(state, Edit::Open { brand, name })
}

/// Shows the brand; the pane of all brands has its cursor on it, the others its figures.
fn focus(state: &mut State, brand: usize) {
    state.brand = brand;
    let row = order::brand_order(state).iter().position(|&b| b == brand);
    if let Some(row) = row {
        state.cursors[Pane::Brands as usize].row = row;
    }
}

fn show_crowd(state: &mut State, crowd: usize) {
    pane::show(state, Pane::Crowds);
    let row = order::crowd_order(state).iter().position(|&c| c == crowd);
    if let Some(row) = row {
        state.cursors[Pane::Crowds as usize].row = row;
        state.open_crowd = Some(crowd);
    }
}

/// Shows a metric where it stands, with the cursor on its row, and tells what it is.
fn show_metric(state: &mut State, id: &'static str, part: Part) {
    match part {
        Part::Crowd(CrowdKey::Crowd(crowd)) => show_crowd(state, crowd as usize),
        Part::Layer(_) => {
            pane::show(state, Pane::Gmv);
            state.gmv.half = Half::Double11;
        }
        _ => pane::show(state, pane_of(id, part)),
    }
    let subjects = explain::subjects(state);
    let row = subjects.iter().position(|s| is_about(s, id, part));
    if row.is_some() {
        state.overlay = Some(Overlay::Explain(Explain { row, top: 0 }));
    }
}

/// Whether a number of a pane is this figure; a metric that has no whole is told by all crowds.
fn is_about(subject: &Subject, id: &str, wanted: Part) -> bool {
    let Subject::Figure { metric, part, .. } = subject else {
        return false;
    };
    let all = wanted == Part::Whole && *part == Part::Crowd(CrowdKey::All);
    *metric == id && (*part == wanted || all)
}
