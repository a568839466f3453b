//! The GMV workbench: halves, branches that open and close, and the one unknown.

use std::sync::Arc;

use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::gmv::{self, Half, Spot, Told};
use crate::app::levers::{LeverRow, lever_rows};
use crate::app::state::{Pane, State};

/// Goes to the other half; each keeps its row.
pub(in crate::app) fn switch(state: &mut State) -> Vec<Effect> {
    let other = gmv::half(state).other();
    state.gmv.half = other;
    let row = &mut state.cursors[Pane::Gmv as usize].row;
    std::mem::swap(row, &mut state.gmv.parked);
    Vec::new()
}

pub(in crate::app) fn can_switch(state: &State) -> Enabled {
    match (gmv::both(state), gmv::half(state)) {
        (true, _) => Ok(()),
        (false, Half::Tree) => Err([
            "数据集没有双 11 的分层成交",
            "the data set has no sales of layers for Double 11",
        ]),
        (false, Half::Double11) => Err([
            "数据集没有策略人群，没有目标拆解",
            "the data set has no crowds, so there is no target tree",
        ]),
    }
}

/// Opens the crowd or the layer under the cursor.
pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    fold(state, true)
}

/// Closes it; the cursor goes to its first row.
pub(in crate::app) fn close(state: &mut State) -> Vec<Effect> {
    fold(state, false)
}

fn fold(state: &mut State, open: bool) -> Vec<Effect> {
    if let Some((half, at)) = gmv::branch(state) {
        state.gmv.opened.insert((half, at), open);
        if let (false, Some(row)) = (open, first_row(state, half, at)) {
            state.cursors[Pane::Gmv as usize].row = row;
        }
    }
    Vec::new()
}

fn first_row(state: &State, half: Half, at: usize) -> Option<usize> {
    match half {
        Half::Tree => gmv::tree_rows(state)
            .iter()
            .position(|r| r.crowd == Some(at)),
        Half::Double11 => gmv::layer_rows(state).iter().position(|r| r.layer == at),
    }
}

pub(in crate::app) fn can_open(state: &State) -> Enabled {
    can_fold(state, true)
}

pub(in crate::app) fn can_close(state: &State) -> Enabled {
    can_fold(state, false)
}

fn can_fold(state: &State, open: bool) -> Enabled {
    match (gmv::branch(state), open) {
        (None, _) => Err([
            "光标不在人群或层级上",
            "the cursor is on no crowd and on no layer",
        ]),
        (Some((half, at)), _) if gmv::is_open(state, half, at) != open => Ok(()),
        (_, true) => Err(["已经展开", "it is open"]),
        (_, false) => Err(["已经收起", "it is closed"]),
    }
}

/// Makes the target under the cursor the unknown; the unknown is given back.
pub(in crate::app) fn solve(state: &mut State) -> Vec<Effect> {
    let spot = gmv::spot(state);
    state.gmv.unknown = spot.filter(|s| state.gmv.unknown != Some(*s));
    Vec::new()
}

pub(in crate::app) fn can_solve(state: &State) -> Enabled {
    let Some(spot) = gmv::spot(state) else {
        return Err(["光标不在目标拆解上", "the cursor is not in the target tree"]);
    };
    let told = state.gmv.told.as_ref().and_then(|t| t.cursor.as_ref());
    let follows = told.is_some_and(|t| t.value.is_known());
    if state.gmv.unknown == Some(spot) || follows {
        Ok(())
    } else {
        Err([
            "其余目标推不出这个数",
            "it does not follow from the other targets",
        ])
    }
}

/// The lever of the crowd or layer under the cursor: of the figure itself where that is one.
pub(super) fn lever_row(state: &State) -> usize {
    let Some(item) = gmv::lever_item(state) else {
        return 0;
    };
    let figure = gmv::spot(state).map_or("crowd.penetration", |s| s.cell.metric());
    let family = match gmv::half(state) {
        Half::Tree => "crowd.",
        Half::Double11 => "gmv.",
    };
    let rows = lever_rows(state);
    let of_item = |r: &LeverRow| r.item == item && r.lever.id.starts_with(family);
    let named = |id: &str| rows.iter().position(|r| of_item(r) && r.lever.id == id);
    named(figure)
        .or_else(|| named("crowd.penetration"))
        .or_else(|| rows.iter().position(of_item))
        .unwrap_or(0)
}

/// Keeps what is told about the tree at the choices; quick, and nothing where the pane is hidden.
pub(super) fn refresh(state: &mut State) {
    if state.pane != Pane::Gmv {
        return;
    }
    let Some(bench) = gmv::bench(state).cloned() else {
        state.gmv.told = None;
        return;
    };
    let last = gmv::rows(state).saturating_sub(1);
    let row = &mut state.cursors[Pane::Gmv as usize].row;
    *row = (*row).min(last);
    let crowds = bench.tree.as_ref().map_or(0, |t| t.crowds.len());
    let there = |spot: &Spot| spot.crowd.is_none_or(|k| k < crowds);
    state.gmv.unknown = state.gmv.unknown.filter(there);
    let (cursor, unknown) = (gmv::spot(state), state.gmv.unknown);
    if state
        .gmv
        .told
        .as_deref()
        .is_some_and(|t| is_for(t, &bench, cursor, unknown))
    {
        return;
    }
    let solution = |spot: Option<Spot>| {
        let Spot { crowd, cell } = spot?;
        bench.tree.as_ref()?.solution(crowd, cell)
    };
    state.gmv.told = Some(Arc::new(Told {
        cursor: solution(cursor),
        unknown: solution(unknown),
        of: bench.clone(),
    }));
}

fn is_for(
    told: &Told,
    bench: &Arc<crate::board::Workbench>,
    cursor: Option<Spot>,
    unknown: Option<Spot>,
) -> bool {
    let spot = |s: &crate::board::Solution| Spot {
        crowd: s.crowd,
        cell: s.cell,
    };
    Arc::ptr_eq(&told.of, bench)
        && told.cursor.as_ref().map(spot) == cursor
        && told.unknown.as_ref().map(spot) == unknown
}
