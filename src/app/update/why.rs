//! The why pane: what is compared, opened and stepped.
//!
//! Levers that are moved here move the open scenario, one undo step for each press.

use super::{cursor, scenario};
use crate::app::action::Effect;
use crate::app::command::Enabled;
use crate::app::state::{Pane, State};
use crate::app::why::{Found, Opened, WhyView, case, found};
use crate::board::why::{Key, Level, Order, Reach, Span, Turned};
use crate::metrics::attribution::Method;
use crate::scenario::Scenario;
use crate::scenario::compare::Family;

/// Keeps what the pane shows, while it is shown. The cursors stay on their step and their lever
/// when the order changes, and the levers of the heat map stay what they are.
pub(super) fn refresh(state: &mut State) {
    if state.pane != Pane::Why {
        return;
    }
    let before = state.why.found.clone();
    let under = before.as_ref().map(|f| {
        let step = f.steps(&state.why).into_iter().nth(state.why.row);
        (step.map(|s| s.key), f.lever(state.why.lever))
    });
    state.why.found = found(state);
    let Some(now) = state.why.found.clone() else {
        return;
    };
    if let (Some((step, lever)), Some(before)) = (under, before)
        && !std::sync::Arc::ptr_eq(&before, &now)
    {
        follow(state, &now, step.as_ref(), lever.as_ref());
    }
    limit(state, &now);
    if let Some([x, y]) = now.axes()
        && state.why.view == WhyView::Heat
    {
        state.why.axes = [Some(x), Some(y)];
        state.why.found = found(state);
    }
}

fn follow(state: &mut State, now: &Found, step: Option<&Key>, lever: Option<&Turned>) {
    let steps = now.steps(&state.why);
    if let Some(at) = steps.iter().position(|s| Some(&s.key) == step) {
        state.why.row = at;
    }
    let levers = now.sensitivity.as_ref().map_or(0, |s| s.bars.len());
    if let Some(at) = (0..levers).find(|i| now.lever(*i).as_ref() == lever) {
        state.why.lever = at;
    }
}

fn limit(state: &mut State, now: &Found) {
    if state.why.opened.is_some() && now.steps(&state.why).is_empty() {
        close(state);
    }
    state.why.row = cursor::moved(state.why.row, 0, now.steps(&state.why).len());
    let levers = now.sensitivity.as_ref().map_or(0, |s| s.bars.len());
    state.why.lever = cursor::moved(state.why.lever, 0, levers);
}

/// Rows under the cursor of the picture that listens.
fn rows(state: &State) -> usize {
    let Some(found) = found(state) else {
        return 0;
    };
    match state.why.view {
        WhyView::Waterfall => found.steps(&state.why).len(),
        WhyView::Tornado => found.sensitivity.as_ref().map_or(0, |s| s.bars.len()),
        WhyView::Heat => 0,
    }
}

pub(in crate::app) fn has_rows(state: &State) -> Enabled {
    let heat = || found(state).is_some_and(|f| f.heat.is_some());
    match state.why.view {
        WhyView::Heat if heat() => Ok(()),
        WhyView::Heat => Err(["没有两个可调的杠杆", "there are no two levers to move"]),
        _ if rows(state) > 0 => Ok(()),
        _ => Err(["这里没有可选的行", "there is no row here"]),
    }
}

fn go(state: &mut State, by: isize) -> Vec<Effect> {
    let rows = rows(state);
    match state.why.view {
        WhyView::Waterfall => state.why.row = cursor::moved(state.why.row, by, rows),
        WhyView::Tornado => state.why.lever = cursor::moved(state.why.lever, by, rows),
        WhyView::Heat => return turn(state, 1, if by < 0 { 1 } else { -1 }),
    }
    Vec::new()
}

pub(in crate::app) fn down(state: &mut State) -> Vec<Effect> {
    go(state, 1)
}

pub(in crate::app) fn up(state: &mut State) -> Vec<Effect> {
    go(state, -1)
}

pub(in crate::app) fn first(state: &mut State) -> Vec<Effect> {
    go(state, isize::MIN)
}

pub(in crate::app) fn last(state: &mut State) -> Vec<Effect> {
    go(state, isize::MAX)
}

/// Whether the picture that listens is a list.
pub(in crate::app) fn is_list(state: &State) -> Enabled {
    match state.why.view {
        WhyView::Heat => Err(["热图没有首行与末行", "a heat map has no first and last row"]),
        _ => has_rows(state),
    }
}

/// The lever that the left and right keys move.
fn lever(state: &State) -> Option<Turned> {
    let found = found(state)?;
    match state.why.view {
        WhyView::Waterfall => None,
        WhyView::Tornado => found.lever(state.why.lever),
        WhyView::Heat => found.axes().map(|[x, _]| x),
    }
}

fn family(state: &State) -> Family {
    let found = found(state);
    let gap = found.as_ref().and_then(|f| f.gap.as_ref());
    gap.map_or(Family::Crowds, |g| g.family)
}

fn stepped(state: &State, turned: &Turned, by: i32) -> Option<Scenario> {
    case(state, |case| case.stepped(family(state), turned, by))?
}

fn moved(state: &mut State, turned: &Turned, by: i32) -> Vec<Effect> {
    if let Some(next) = stepped(state, turned, by) {
        return scenario::change(state, next);
    }
    super::tell(state, "杠杆已到边界", "the lever is at its bound");
    Vec::new()
}

/// Moves the cross along an axis of the heat map.
fn turn(state: &mut State, axis: usize, by: i32) -> Vec<Effect> {
    let both = found(state).and_then(|f| f.axes());
    let turned = both.and_then(|both| both.get(axis).cloned());
    turned.map_or_else(Vec::new, |turned| moved(state, &turned, by))
}

pub(in crate::app) fn more(state: &mut State) -> Vec<Effect> {
    lever(state).map_or_else(Vec::new, |turned| moved(state, &turned, 1))
}

pub(in crate::app) fn less(state: &mut State) -> Vec<Effect> {
    lever(state).map_or_else(Vec::new, |turned| moved(state, &turned, -1))
}

pub(in crate::app) fn has_lever(state: &State) -> Enabled {
    match lever(state) {
        Some(_) => Ok(()),
        None if state.why.view == WhyView::Waterfall => Err([
            "瀑布图没有杠杆，按 {why-view} 切换到敏感度",
            "a waterfall has no levers; {why-view} turns to the tornado",
        ]),
        None => Err(["没有可调的杠杆", "there is no lever to move"]),
    }
}

/// The next picture.
pub(in crate::app) fn view(state: &mut State) -> Vec<Effect> {
    let at = state.why.view as usize + 1;
    state.why.view = WhyView::ALL[at % WhyView::ALL.len()];
    Vec::new()
}

/// The step under the cursor, where it opens.
fn step(state: &State) -> Option<Key> {
    if state.why.view != WhyView::Waterfall || state.why.opened.is_some() {
        return None;
    }
    let found = found(state)?;
    let step = found.steps(&state.why).into_iter().nth(state.why.row)?;
    Some(step.key).filter(|k| *k != Key::Rest)
}

pub(in crate::app) fn can_open(state: &State) -> Enabled {
    match step(state) {
        Some(_) => Ok(()),
        None if state.why.opened.is_some() => Err([
            "已是最细一层，Esc 返回",
            "this is the finest level; Esc goes back",
        ]),
        None => Err([
            "只有瀑布图的因素与人群可以展开",
            "only factors and items of the waterfall open",
        ]),
    }
}

pub(in crate::app) fn open(state: &mut State) -> Vec<Effect> {
    if let Some(key) = step(state) {
        let row = std::mem::take(&mut state.why.row);
        state.why.opened = Some(Opened { key, row });
    }
    Vec::new()
}

/// Closes the step that is open; tells whether there was one.
pub(super) fn close(state: &mut State) -> bool {
    let opened = state.why.opened.take();
    if let Some(opened) = &opened {
        state.why.row = opened.row;
    }
    opened.is_some()
}

/// Another waterfall: the cursor begins at its first step.
fn anew(state: &mut State) -> Vec<Effect> {
    state.why.opened = None;
    state.why.row = 0;
    Vec::new()
}

/// Compares the next two states that can be told.
pub(in crate::app) fn span(state: &mut State) -> Vec<Effect> {
    let shown = found(state).and_then(|f| f.gap.as_ref().map(|g| g.span));
    let spans = spans(state);
    let at = spans.iter().position(|s| Some(*s) == shown);
    let next = at.map_or(0, |at| at + 1) % spans.len().max(1);
    state.why.wish.span = spans.get(next).copied();
    state.why.view = WhyView::Waterfall;
    anew(state)
}

fn spans(state: &State) -> Vec<Span> {
    case(state, |case| case.can_tell(family(state))).unwrap_or_default()
}

pub(in crate::app) fn can_span(state: &State) -> Enabled {
    match spans(state).len() {
        0 => Err([
            "目标、现状、对比期与情景都不足以比较",
            "targets, figures, comparison and scenario give no two states to compare",
        ]),
        1 => Err([
            "只有这一组可以比较",
            "only these two states can be compared",
        ]),
        _ => Ok(()),
    }
}

/// Crowds or layers.
pub(in crate::app) fn family_next(state: &mut State) -> Vec<Effect> {
    let other = other(family(state));
    state.why.wish.family = Some(other);
    state.why.axes = [None, None];
    state.why.lever = 0;
    anew(state)
}

fn other(family: Family) -> Family {
    match family {
        Family::Crowds => Family::Layers,
        Family::Layers => Family::Crowds,
    }
}

pub(in crate::app) fn can_family(state: &State) -> Enabled {
    let other = other(family(state));
    let there = case(state, |case| {
        case.sensitivity(other, Reach::All)
            .is_some_and(|s| !s.bars.is_empty())
    });
    match (there, other) {
        (Some(true), _) => Ok(()),
        (_, Family::Layers) => Err([
            "没有双 11 各层数据",
            "there are no figures of Double 11 layers",
        ]),
        (_, Family::Crowds) => Err(["没有策略人群", "there are no strategy crowds"]),
    }
}

/// The next method of attribution.
pub(in crate::app) fn method(state: &mut State) -> Vec<Effect> {
    let methods = Method::ALL;
    let at = methods.iter().position(|m| *m == state.why.wish.method);
    state.why.wish.method = methods[(at.unwrap_or(0) + 1) % methods.len()];
    state.why.view = WhyView::Waterfall;
    Vec::new()
}

/// Factors first, or items first.
pub(in crate::app) fn level(state: &mut State) -> Vec<Effect> {
    state.why.level = match state.why.level {
        Level::Factors => Level::Items,
        Level::Items => Level::Factors,
    };
    state.why.view = WhyView::Waterfall;
    anew(state)
}

/// By size, or as in the data set; the cursor stays on its step.
pub(in crate::app) fn order(state: &mut State) -> Vec<Effect> {
    let Some(found) = found(state) else {
        return Vec::new();
    };
    let under = found.steps(&state.why).into_iter().nth(state.why.row);
    state.why.order = match state.why.order {
        Order::Size => Order::Dataset,
        Order::Dataset => Order::Size,
    };
    state.why.view = WhyView::Waterfall;
    follow(state, &found, under.map(|s| s.key).as_ref(), None);
    Vec::new()
}

/// Levers of all items, or of each.
pub(in crate::app) fn reach(state: &mut State) -> Vec<Effect> {
    state.why.reach = match state.why.reach {
        Reach::All => Reach::Each,
        Reach::Each => Reach::All,
    };
    state.why.lever = 0;
    state.why.view = WhyView::Tornado;
    Vec::new()
}

pub(in crate::app) fn on_lever(state: &State) -> Enabled {
    let lever = found(state).and_then(|f| f.lever(state.why.lever));
    match (state.why.view, lever) {
        (WhyView::Tornado, Some(_)) => Ok(()),
        (WhyView::Tornado, None) => Err(["没有可调的杠杆", "there is no lever to move"]),
        _ => Err([
            "先按 {why-view} 在敏感度图中选杠杆",
            "press {why-view} and choose a lever in the tornado first",
        ]),
    }
}

/// Makes the lever under the cursor an axis of the heat map; one that is the other axis already
/// changes places with it.
fn make_axis(state: &mut State, this: usize) -> Vec<Effect> {
    let Some(found) = found(state) else {
        return Vec::new();
    };
    let Some(lever) = found.lever(state.why.lever) else {
        return Vec::new();
    };
    let mut both = found.axes().map_or([None, None], |both| both.map(Some));
    if both[1 - this].as_ref() == Some(&lever) {
        both.swap(0, 1);
    } else {
        both[this] = Some(lever);
    }
    state.why.axes = both;
    Vec::new()
}

pub(in crate::app) fn axis_x(state: &mut State) -> Vec<Effect> {
    make_axis(state, 0)
}

pub(in crate::app) fn axis_y(state: &mut State) -> Vec<Effect> {
    make_axis(state, 1)
}
