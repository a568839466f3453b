//! Loading: beginning, progress, success, failure, cancelling.
//!
//! Every load has a number; news of an older load is dropped. A reload that fails or is cancelled
//! leaves the data set that is shown. A first load may come in two steps, the platform tables and
//! then everything; what was chosen in between stays chosen.

use std::sync::Arc;

use super::{cursor, scenario, tell};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::state::{Language, Loading, Notice, Phase, State};
use crate::board;
use crate::facts::{Dataset, Engine};

pub(super) fn begin(state: &mut State) -> Vec<Effect> {
    state.loads += 1;
    state.loading = Some(Loading::default());
    vec![Effect::Load(state.loads)]
}

pub(in crate::app) fn reload(state: &mut State) -> Vec<Effect> {
    begin(state)
}

pub(in crate::app) fn can_reload(state: &State) -> Enabled {
    match state.loading {
        None => Ok(()),
        Some(_) => Err(["正在载入，按 Esc 取消", "a load is running; Esc cancels it"]),
    }
}

/// Stops the running load; what it still sends is dropped.
pub(super) fn cancel(state: &mut State) -> Vec<Effect> {
    state.loads += 1;
    state.loading = None;
    if state.lacks_log() {
        tell(
            state,
            "已取消载入，仅有平台报表；按 r 读取事件日志",
            "loading was cancelled; platform tables only, press r to read the event log",
        );
    } else if matches!(state.phase, Phase::Ready(_)) {
        tell(
            state,
            "已取消载入，仍显示原来的数据",
            "loading was cancelled; the old data stays",
        );
    } else {
        let text = match state.language {
            Language::Zh => "已取消载入，按 r 重新载入",
            Language::En => "loading was cancelled; press r to load again",
        };
        state.phase = Phase::Failed(vec![text.into()]);
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
    if matches!(state.phase, Phase::Ready(_)) && !state.lacks_log() {
        let first = lines.into_iter().next().unwrap_or_default();
        state.notice = Some(Notice {
            zh: format!("重新载入失败，仍显示原来的数据：{first}"),
            en: format!("reload failed, the old data stays: {first}"),
            error: true,
        });
    } else {
        state.phase = Phase::Failed(lines);
        state.board = None;
        state.plain = None;
        state.stale = false;
    }
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
    show(state, engine)
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
    let crowds = engine.dataset().crowds.len();
    state.open_crowd = state.open_crowd.filter(|&c| c < crowds);
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
    if old.dataset().lacks_log {
        state.brand = kept.unwrap_or_else(|| new.first_brand());
        if state.wanted.as_of.is_none() && state.as_of == board::default_as_of(old) {
            state.as_of = board::default_as_of(new);
        }
    } else {
        state.brand = kept.unwrap_or(0);
        tell(state, "已重新载入", "loaded again");
    }
    if !same_places(old, new) {
        // The old numbers would stand under other names.
        state.board = None;
        state.plain = None;
    }
}

/// Whether the brands and crowds of a data set stand in the same places in another one.
fn same_places(old: &Engine, new: &Engine) -> bool {
    let (old, new) = (old.dataset(), new.dataset());
    let brands = |d: &Dataset| d.brands.iter().map(|b| b.id.clone()).collect::<Vec<_>>();
    let crowds = |d: &Dataset| d.crowds.iter().map(|c| c.id.clone()).collect::<Vec<_>>();
    brands(new).starts_with(&brands(old)) && crowds(new).starts_with(&crowds(old))
}

/// The definitions of the data set with those that the user set on top.
fn define(state: &mut State, engine: &Engine) {
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
