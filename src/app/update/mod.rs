//! `update`: what every action does to the state, and what the outside world shall do about it.
//!
//! Pure: no clock, no file, no terminal. Whatever changes the question (brand, dates, slice,
//! definitions, data) asks for exactly one new board, here and nowhere else.

pub(super) mod beside;
pub(super) mod brand;
pub(super) mod columns;
pub(super) mod compare;
pub(super) mod crowd;
pub(super) mod cursor;
pub(super) mod date;
pub(super) mod definitions;
pub(super) mod explain;
pub(super) mod field;
pub(super) mod gmv;
pub(super) mod history;
pub(super) mod layout;
pub(super) mod levers;
pub(super) mod load;
pub(super) mod look;
pub(super) mod notes;
pub(super) mod outlook;
pub(super) mod palette;
pub(super) mod pane;
pub(super) mod picker;
pub(super) mod picture;
pub(super) mod pointer;
pub(super) mod preview;
pub(super) mod reader;
pub(super) mod review;
pub(super) mod scenario;
pub(super) mod seek;
pub(super) mod tour;
pub(super) mod views;
pub(super) mod why;

use std::sync::Arc;

use self::history::By;
use super::action::{Action, Effect};
use super::command::Command;
use super::key::Key;
use super::keymap::{self, Heard};
use super::scene::{self, Refusal, Scene};
use super::side;
use super::state::{Notice, Pane, Phase, State};
use crate::board::{self, Board, Extent, Focus, Query};
use crate::facts::Engine;

pub use preview::foresee;
pub use scenario::{open_named, propose};

/// Carries an action out on the state; the effects are for the shell (or [`settle`]).
pub fn update(state: &mut State, action: Action) -> Vec<Effect> {
    let by = by(&action);
    remember(state, &action);
    if by == By::User {
        state.pending.clear();
    }
    change(state, by, |state| route(state, action))
}

/// Shows a scene, and what follows from it. Gives what the data do not know beside the effects.
pub fn restore(state: &mut State, scene: &Scene) -> (Vec<Effect>, Vec<Refusal>) {
    let mut refused = Vec::new();
    let effects = change(state, By::World, |state| {
        refused = scene.add_to(state);
        Vec::new()
    });
    (effects, refused)
}

/// Changes the state; asks for what it needs then, and sees what was done.
fn change(state: &mut State, by: By, doing: impl FnOnce(&mut State) -> Vec<Effect>) -> Vec<Effect> {
    let before = question(state);
    preview::lift(state);
    let mut effects = doing(state);
    let after = question(state);
    if after != before && !is_answered(state, before.as_ref(), after.as_ref()) {
        effects.extend(after.map(|question| ask(state, question)));
    }
    scenario::lay(state);
    if let Some(scene) = state.landing.take_if(|_| !state.stale) {
        scene::land(state, &scene);
    }
    effects.extend(seek::refresh(state));
    gmv::refresh(state);
    why::refresh(state);
    outlook::refresh(state);
    side::refresh(state);
    effects.extend(beside::refresh(state));
    effects.extend(preview::refresh(state));
    super::palette::refresh(state);
    review::visit(state);
    effects.extend(history::record(state, by));
    for effect in &mut effects {
        if let Effect::SaveBook(book) = effect {
            book.clone_from(&state.book);
        }
    }
    effects
}

/// How many actions are remembered.
const RECENT: usize = 50;

/// Remembers what was done, without anything that was typed.
fn remember(state: &mut State, action: &Action) {
    let word = match action {
        Action::Command(id) => Command::by_id(id).map_or("unknown", |c| c.id),
        Action::Type(_) => "type",
        Action::Paste(_) => "paste",
        Action::Resize(..) => "resize",
        Action::Loaded(..) => "loaded",
        Action::LoadFailed(..) => "load-failed",
        Action::FilesChanged(_) => "files-changed",
        _ => return,
    };
    if state.recent.len() == RECENT {
        state.recent.pop_front();
    }
    state.recent.push_back(word);
}

/// Who does an action.
fn by(action: &Action) -> By {
    match action {
        Action::Command(_)
        | Action::Type(_)
        | Action::Paste(_)
        | Action::Show(_)
        | Action::Speak(_)
        | Action::Paint(_) => By::User,
        _ => By::World,
    }
}

/// Whether the board that is there answers a question already: it may hold more than is asked.
fn is_answered(state: &State, before: Option<&Question>, asked: Option<&Question>) -> bool {
    let (Some(before), Some(asked), Some(board)) = (before, asked, &state.plain) else {
        return false;
    };
    let same = before.engine == asked.engine && !state.stale;
    same && board.query == asked.query && board.holds(&asked.focus)
}

/// Wants the board that answers a question; what is shown until it is there is stale.
fn ask(state: &mut State, question: Question) -> Effect {
    state.generation += 1;
    state.stale = true;
    Effect::Compute(state.generation, question.query, question.focus)
}

/// A key press: the keymap, then [`update`]. A key that means nothing changes nothing, but one that
/// a sequence does not go on with ends it.
pub fn press(state: &mut State, key: Key) -> Vec<Effect> {
    tour::step_aside(state, key);
    match keymap::heard(state, key) {
        Heard::Act(action) => return update(state, action),
        Heard::Begin(keys) => {
            state.notice = None;
            state.pending = keys;
        }
        Heard::Leave => state.pending.clear(),
        Heard::Lost(keys) => {
            let keys = keymap::spelled(&keys);
            state.pending.clear();
            tell(
                state,
                format!("没有按键 {keys}"),
                format!("no command has the keys {keys}"),
            );
        }
        Heard::Nothing => {}
    }
    Vec::new()
}

/// The first effects of a session: load, unless the state has a data set already; then compute,
/// unless it has a board too.
pub fn start(state: &mut State) -> Vec<Effect> {
    match question(state) {
        Some(question) if state.board.is_none() => vec![ask(state, question)],
        Some(_) => Vec::new(),
        None => load::begin(state),
    }
}

/// Carries out the computing and seeking among the effects on the spot, for headless use; the others
/// need a shell and are dropped.
pub fn settle(state: &mut State, mut effects: Vec<Effect>) {
    let last = effects.iter().rev().find_map(|e| match e {
        Effect::Compute(generation, query, focus) => {
            Some((*generation, query.clone(), focus.clone()))
        }
        _ => None,
    });
    if let (Some((generation, query, focus)), Phase::Ready(engine)) = (last, &state.phase) {
        let board = board::compute(engine, &query, &focus);
        effects.extend(update(state, Action::Computed(generation, Arc::new(board))));
    }
    settle_beside(state, &effects);
    let last = effects.into_iter().rev().find_map(|e| match e {
        Effect::Seek(generation, quest) => Some((generation, quest)),
        _ => None,
    });
    if let Some((generation, Some(quest))) = last {
        let mut found = quest.solve(&|| true);
        found.frontier = Some(quest.frontier(&|| true));
        update(state, Action::Sought(generation, Arc::new(found)));
    }
}

/// Computes the board of the right half on the spot.
fn settle_beside(state: &mut State, effects: &[Effect]) {
    let asked = effects.iter().rev().find_map(|e| match e {
        Effect::ComputeBeside(generation, query, focus) => Some((*generation, query, focus)),
        _ => None,
    });
    if let (Some((generation, query, focus)), Phase::Ready(engine)) = (asked, &state.phase) {
        let board = Arc::new(board::compute(engine, query, focus));
        update(state, Action::ComputedBeside(generation, board));
    }
}

/// Opens a data set in a state without a shell: loaded, computed, ready to be drawn.
pub fn open(state: &mut State, engine: Arc<Engine>) {
    let effects = update(state, Action::Loaded(state.loads, engine));
    settle(state, effects);
}

fn route(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Command(id) => return command(state, id),
        Action::Type(c) => field::insert(state, c),
        Action::Paste(text) => field::paste(state, &text),
        Action::Point(pointed) => return pointer::point(state, pointed),
        Action::Wheel(by) => return pointer::wheel(state, by),
        Action::Across(by) => return pointer::across(state, by),
        Action::Resize(columns, rows) => state.size = (columns, rows),
        Action::Progress(load, loading) => load::progress(state, load, loading),
        Action::Tables(load, engine) => return load::tables(state, load, engine),
        Action::Loaded(load, engine) => return load::loaded(state, load, engine),
        Action::LoadFailed(load, lines) => load::failed(state, load, lines),
        Action::FilesChanged(torn) => return load::changed(state, torn),
        Action::Counting(percent) => {
            state.counting = (state.stale || state.awaits_history()).then_some(percent);
        }
        Action::Computed(generation, board) => computed(state, generation, board),
        Action::ComputedBeside(generation, board) => beside::computed(state, generation, board),
        Action::Previewed(generation, board) => preview::found(state, generation, board),
        Action::Sought(generation, found) => return seek::found(state, generation, found),
        Action::Show(pane) => pane::show(state, pane),
        Action::Speak(language) => state.language = language,
        Action::Paint(theme) => state.theme = theme,
        Action::Answered(answer) => look::answered(state, answer),
        Action::Tell(notice) => state.notice = Some(notice),
        Action::Reviewing(done, all) => review::progress(state, done, all),
        Action::Reviewed(notice) => review::done(state, notice),
        Action::Pictured {
            path,
            formats,
            missing,
        } => picture::taken(state, &path, &formats, missing),
        Action::Books(fingerprint, books) => return scenario::read(state, &fingerprint, books),
    }
    Vec::new()
}

fn command(state: &mut State, id: &str) -> Vec<Effect> {
    let Some(command) = Command::by_id(id) else {
        return Vec::new();
    };
    state.notice = None;
    state.landing = None;
    match (command.enabled)(state) {
        Ok(()) => (command.run)(state),
        Err([zh, en]) => {
            tell(state, zh, en);
            Vec::new()
        }
    }
}

fn computed(state: &mut State, generation: u64, board: Arc<Board>) {
    if generation != state.generation {
        return;
    }
    let partial = board.extent == Extent::Figures;
    let board = match &state.plain {
        Some(old) if partial => Arc::new(with_histories(board, old)),
        _ => board,
    };
    let dimension = picker::open_dimension(state);
    cursor::keep_item(state, |state| {
        state.plain = Some(board);
        state.board = None;
        scenario::lay(state);
        state.stale = false;
        if !partial {
            state.counting = None;
        }
    });
    load::let_go(state);
    picker::keep_dimension(state, dimension);
}

/// A board without histories, with those of the board before it.
fn with_histories(board: Arc<Board>, old: &Board) -> Board {
    let mut board = Arc::unwrap_or_clone(board);
    board.dates.clone_from(&old.dates);
    for brand in &mut board.brands {
        if let Some(old) = old.brand(brand.brand) {
            Arc::make_mut(brand).history.clone_from(&old.history);
        }
    }
    board
}

/// Shows a message; `{id}` in it stands for the key of a command.
fn tell(state: &mut State, zh: impl Into<String>, en: impl Into<String>) {
    let zh = state.keymap.spell(&zh.into(), 0);
    let en = state.keymap.spell(&en.into(), 1);
    state.notice = Some(Notice {
        zh,
        en,
        error: false,
    });
}

/// What a board is computed for. The engine counts too: a reloaded data set asks again.
#[derive(PartialEq)]
struct Question {
    query: Query,
    focus: Focus,
    engine: *const Engine,
}

fn question(state: &State) -> Option<Question> {
    let Phase::Ready(engine) = &state.phase else {
        return None;
    };
    Some(Question {
        query: state.plain_query(),
        focus: focus(state),
        engine: Arc::as_ptr(engine),
    })
}

/// For which brand, and how deep, the board of a state is computed; a pane beside the own one may
/// need more.
fn focus(state: &State) -> Focus {
    if state.pane == Pane::Outlook || beside::shows(state, Pane::Outlook) {
        Focus::Ahead(state.brand, state.outlook.observed)
    } else {
        Focus::One(state.brand)
    }
}
