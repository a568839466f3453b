//! Loading: beginning, progress, success, failure, cancelling.
//!
//! Every load has a number; news of an older load is dropped. A reload that fails or is cancelled
//! leaves the data set that is shown, and so does one that nobody asked for and that would show
//! less: a table that is still being written has a row that breaks off. A first load may come in two steps, the platform tables and
//! then everything; what was chosen in between stays chosen.

use std::sync::Arc;

use super::{cursor, scenario, tell};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::state::{Language, Loading, Notice, Phase, State, Watching};
use crate::board;
use crate::facts::{Dataset, Engine, Problem, Severity, SourceFile, Wording};

pub(super) fn begin(state: &mut State) -> Vec<Effect> {
    state.loads += 1;
    state.loading = Some(Loading::default());
    vec![Effect::Load(state.loads)]
}

pub(in crate::app) fn reload(state: &mut State) -> Vec<Effect> {
    state.unasked = false;
    begin(state)
}

/// The files have changed: they are loaded, in place of a load that is running. A table that is
/// still being written waits, where there are numbers to show meanwhile.
pub(super) fn changed(state: &mut State, torn: Option<String>) -> Vec<Effect> {
    state.unasked = matches!(state.phase, Phase::Ready(_)) && !state.lacks_log();
    match torn {
        Some(place) if state.unasked => {
            let why = [
                format!("{place} 末行没有结束"),
                format!("{place}: the last line breaks off"),
            ];
            half_written(state, &why);
            Vec::new()
        }
        _ => begin(state),
    }
}

fn half_written(state: &mut State, why: &[String; 2]) {
    fall_behind(state);
    let zh = "可能没写完，仍显示原来的数据，按 {reload} 照样载入：";
    let en = "half-written? the old data stays, {reload} loads anyway: ";
    state.notice = Some(Notice {
        zh: state.keymap.spell(zh, 0) + &why[0],
        en: state.keymap.spell(en, 1) + &why[1],
        error: true,
    });
}

pub(in crate::app) fn can_reload(state: &State) -> Enabled {
    match state.loading {
        None => Ok(()),
        Some(_) => Err([
            "正在载入，按 {back} 取消",
            "a load is running; {back} cancels it",
        ]),
    }
}

/// Stops the running load; what it still sends is dropped.
pub(super) fn cancel(state: &mut State) -> Vec<Effect> {
    state.loads += 1;
    state.loading = None;
    if state.lacks_log() {
        tell(
            state,
            "已取消载入，仅有平台报表；按 {reload} 读取事件日志",
            "loading was cancelled; platform tables only, press {reload} to read the event log",
        );
    } else if matches!(state.phase, Phase::Ready(_)) {
        tell(
            state,
            "已取消载入，仍显示原来的数据",
            "loading was cancelled; the old data stays",
        );
    } else {
        let text = match state.language {
            Language::Zh => state.keymap.spell("已取消载入，按 {reload} 重新载入", 0),
            Language::En => {
                let text = "loading was cancelled; press {reload} to load again";
                state.keymap.spell(text, 1)
            }
        };
        state.phase = Phase::Failed(vec![text]);
    }
    vec![Effect::CancelLoad]
}

pub(super) fn progress(state: &mut State, load: u64, loading: Loading) {
    if load == state.loads && state.loading.is_some() {
        state.loading = Some(loading);
    }
}

pub(super) fn failed(state: &mut State, load: u64, lines: Vec<String>) {
    if load != state.loads {
        return;
    }
    state.loading = None;
    fall_behind(state);
    if matches!(state.phase, Phase::Ready(_)) && !state.lacks_log() {
        let first = lines.into_iter().next().unwrap_or_default();
        let [zh, en] = if state.unasked {
            ["文件不能用", "files unusable"]
        } else {
            ["重新载入失败", "reload failed"]
        };
        refuse(state, [zh, en], [&first, &first]);
    } else {
        state.phase = Phase::Failed(lines);
        state.board = None;
        state.plain = None;
        state.stale = false;
    }
}

fn fall_behind(state: &mut State) {
    if state.watching == Watching::Current {
        state.watching = Watching::Behind;
    }
}

/// Says why the old data set stays.
fn refuse(state: &mut State, [zh, en]: [&str; 2], why: [&str; 2]) {
    state.notice = Some(Notice {
        zh: format!("{zh}，仍显示原来的数据：{}", why[0]),
        en: format!("{en}, the old data stays: {}", why[1]),
        error: true,
    });
}

/// The platform tables of a data set are there, and its log is still being read: a first look, for
/// which nothing that is shown already makes way.
pub(super) fn tables(state: &mut State, load: u64, engine: Arc<Engine>) -> Vec<Effect> {
    if load == state.loads && state.loading.is_some() && !matches!(state.phase, Phase::Ready(_)) {
        return show(state, engine);
    }
    Vec::new()
}

/// A data set is there. The first one brings its own as-of and definitions; a reloaded one keeps
/// brand (by id), as-of, slice, panes and cursors.
pub(super) fn loaded(state: &mut State, load: u64, engine: Arc<Engine>) -> Vec<Effect> {
    if load != state.loads {
        return Vec::new();
    }
    state.loading = None;
    if let Some(why) = less(state, &engine) {
        half_written(state, &why);
        return Vec::new();
    }
    if state.watching == Watching::Behind {
        state.watching = Watching::Current;
    }
    show(state, engine)
}

/// Where a load that nobody asked for would show less than what is shown: a file with a kind of
/// problem that it did not have before, or with twice the share of wrong rows; in Chinese and
/// English. Old problems that grow with their file are none.
fn less(state: &State, new: &Engine) -> Option<[String; 2]> {
    let old = state.dataset().filter(|_| state.unasked)?;
    let new = new.dataset();
    let worse = new.problems.iter().find(|p| is_new(old, p));
    let worse = worse.or_else(|| {
        let file = new.sources.iter().find(|file| is_worse(old, file))?;
        new.problems.iter().find(|p| p.place.file == file.path)
    })?;
    Some([Wording::Chinese, Wording::English].map(|wording| worse.line(wording)))
}

/// Whether a problem of a row is of a kind that its file did not have before.
fn is_new(old: &Dataset, problem: &Problem) -> bool {
    let same = |p: &&Problem| p.place.file == problem.place.file && p.code == problem.code;
    problem.severity >= Severity::Warning
        && problem.place.line > 0
        && !old.problems.iter().any(|p| same(&p))
}

/// Whether more than twice the share of the rows of a file is wrong than before.
fn is_worse(old: &Dataset, file: &SourceFile) -> bool {
    let before = old.sources.iter().find(|f| f.path == file.path);
    let (rejected, rows) = before.map_or((0, 1), |f| (f.rejected, f.rows.max(1)));
    let [rejected, rows] = [rejected, rows].map(u128::from);
    u128::from(file.rejected) * rows > 2 * rejected * u128::from(file.rows)
}

fn show(state: &mut State, engine: Arc<Engine>) -> Vec<Effect> {
    match &state.phase {
        Phase::Ready(old) => {
            let old = Arc::clone(old);
            replace(state, &old, &engine);
        }
        Phase::Empty | Phase::Failed(_) => {
            let wanted = state.wanted.brand.clone();
            state.brand = find(&engine, wanted.as_deref()).unwrap_or_else(|| engine.first_brand());
            let default = || board::default_as_of(&engine);
            state.as_of = state.wanted.as_of.unwrap_or_else(default);
        }
    }
    define(state, &engine);
    let (fingerprint, name) = {
        let data = engine.dataset();
        (data.fingerprint.clone(), data.name.clone())
    };
    state.phase = Phase::Ready(engine);
    cursor::limit(state);
    scenario::turn_to(state, &fingerprint, &name)
}

/// Another data set in the place of one that is shown: the brand stays. After a first look the day
/// stays only where it was chosen.
fn replace(state: &mut State, old: &Engine, new: &Engine) {
    let id = old.dataset().brands.get(state.brand).map(|b| b.id.clone());
    let kept = find(new, id.as_deref());
    hold(state, old.dataset());
    let crowd = |c: usize| old.dataset().crowds.get(c).map(|c| c.id.clone());
    let open = state.open_crowd.and_then(crowd);
    state.open_crowd = open.and_then(|id| new.dataset().crowds.iter().position(|c| c.id == id));
    if old.dataset().lacks_log {
        state.brand = kept.unwrap_or_else(|| new.first_brand());
        if state.wanted.as_of.is_none() && state.as_of == board::default_as_of(old) {
            state.as_of = board::default_as_of(new);
        }
    } else {
        state.brand = kept.unwrap_or(0);
        tell_again(state, old, new);
    }
    if !same_places(old, new) {
        // The old numbers would stand under other names.
        state.board = None;
        state.plain = None;
    }
}

/// Says that the data was loaded again. Where nobody asked for that, the last day of the old data
/// gives way to the last day of the new.
fn tell_again(state: &mut State, old: &Engine, new: &Engine) {
    let last = board::default_as_of(new);
    if !state.unasked {
        tell(state, "已重新载入", "loaded again");
    } else if state.as_of == board::default_as_of(old) && last > state.as_of {
        state.as_of = last;
        let zh = format!("文件有变，已重新载入，日期到 {last}");
        tell(
            state,
            zh,
            format!("the files changed: loaded again, up to {last}"),
        );
    } else {
        let en = "the files changed: loaded again";
        tell(state, "文件有变，已重新载入", en);
    }
}

/// Remembers by id what the cursors are on: the places in another data set are others.
fn hold(state: &mut State, old: &Dataset) {
    if state.board.is_none() {
        return;
    }
    let [brand, crowd] = cursor::items(state);
    let brand = brand.and_then(|b| old.brands.get(b)).map(|b| b.id.clone());
    let crowd = crowd.and_then(|c| old.crowds.get(c)).map(|c| c.id.clone());
    state.held = Some([brand, crowd]);
}

/// The board of the data set that was loaded again is there: the cursors go where they were.
pub(super) fn let_go(state: &mut State) {
    let Some([brand, crowd]) = state.held.take() else {
        return;
    };
    let Some(data) = state.dataset() else { return };
    let brand = brand.and_then(|id| data.brands.iter().position(|b| b.id == id));
    let crowd = crowd.and_then(|id| data.crowds.iter().position(|c| c.id == id));
    cursor::to_items(state, [brand, crowd]);
}

/// Whether the brands and crowds of a data set stand in the same places in another one.
fn same_places(old: &Engine, new: &Engine) -> bool {
    let (old, new) = (old.dataset(), new.dataset());
    let brands = |d: &Dataset| d.brands.iter().map(|b| b.id.clone()).collect::<Vec<_>>();
    let crowds = |d: &Dataset| d.crowds.iter().map(|c| c.id.clone()).collect::<Vec<_>>();
    brands(new).starts_with(&brands(old)) && crowds(new).starts_with(&crowds(old))
}

/// The definitions of the data set with those that the user set on top.
pub(super) fn define(state: &mut State, engine: &Engine) {
    state.definitions = engine.dataset().definitions.clone();
    for (id, text) in state.wanted.definitions.clone() {
        if let Err(refused) = state.definitions.set(&id, &text) {
            let text = refused.to_string();
            state.notice = Some(Notice {
                zh: text.clone(),
                en: text,
                error: true,
            });
        }
    }
}

fn find(engine: &Engine, id: Option<&str>) -> Option<usize> {
    let id = id?;
    engine.dataset().brands.iter().position(|b| b.id == id)
}
