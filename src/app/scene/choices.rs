//! What was chosen inside the panes, as text: cursors, order, and the choices of the workbench, the
//! why pane and the outlook.

use super::text::{item, unescaped};
use super::{Refusal, pane_of, refuse};
use crate::app::beside::Other;
use crate::app::columns;
use crate::app::gmv::{Desk, Half, Spot};
use crate::app::layout::Frame;
use crate::app::state::{Cursor, OBSERVED, Outlook, Pane, SIDE_BY_SIDE, SortOrder, Sorting, State};
use crate::app::why::{Opened, WhyPane, WhyView};
use crate::board::why::{Key, Level, Order, Reach, Span, Turned};
use crate::metrics::Day;
use crate::metrics::attribution::Method;
use crate::metrics::target_tree::Cell;
use crate::scenario::compare::Family;
use crate::scenario::{Item, LEVERS};

/// `fast:1,crowds:3/2>4`: the row of the cursor, the row at the top where a pane scrolls, and how
/// far its columns are scrolled.
pub(super) fn rows(state: &State) -> String {
    let one = |pane: Pane| {
        let at = cursor(state, pane);
        let marked = |mark: char, n: usize| match n {
            0 => String::new(),
            n => format!("{mark}{n}"),
        };
        let (top, column) = (marked('/', at.top), marked('>', at.column));
        (at != Cursor::default()).then(|| format!("{}:{}{top}{column}", pane.id(), at.row))
    };
    let all: Vec<String> = Pane::ALL.into_iter().filter_map(one).collect();
    all.join(",")
}

pub(super) fn put_rows(state: &mut State, text: &str) -> Result<(), Refusal> {
    let one = |part: &str| {
        let (pane, at) = part.split_once(':')?;
        let (at, column) = at.split_once('>').unwrap_or((at, "0"));
        let (row, top) = at.split_once('/').unwrap_or((at, "0"));
        let cursor = Cursor {
            row: row.parse().ok()?,
            top: top.parse().ok()?,
            column: column.parse().ok()?,
        };
        Some((pane_of(pane)?, cursor))
    };
    let parts = text.split(',').filter(|p| !p.is_empty());
    let read: Option<Vec<_>> = parts.map(one).collect();
    let read = read.ok_or_else(|| refuse("rows", text, "看板:行", "pane:row"))?;
    for pane in Pane::ALL {
        let there = read.iter().find(|(p, _)| *p == pane);
        put_cursor(state, pane, there.map_or_else(Cursor::default, |(_, c)| *c));
    }
    Ok(())
}

/// Where a pane is; panes with two cursors have the second one in `top`.
fn cursor(state: &State, pane: Pane) -> Cursor {
    let own = state.cursors[pane as usize];
    match pane {
        Pane::Gmv => Cursor {
            top: state.gmv.parked,
            ..own
        },
        Pane::Why => Cursor {
            row: state.why.row,
            top: state.why.lever,
            column: 0,
        },
        Pane::Outlook => Cursor {
            row: state.outlook.row,
            top: 0,
            column: 0,
        },
        _ => own,
    }
}

fn put_cursor(state: &mut State, pane: Pane, cursor: Cursor) {
    match pane {
        Pane::Why => (state.why.row, state.why.lever) = (cursor.row, cursor.top),
        Pane::Outlook => state.outlook.row = cursor.row,
        Pane::Gmv => {
            state.gmv.parked = cursor.top;
            state.cursors[pane as usize].row = cursor.row;
        }
        _ => state.cursors[pane as usize] = cursor,
    }
}

/// What stands beside the pane; `>` where the halves take turns and that one is shown.
pub(super) fn beside(state: &State) -> String {
    let beside = &state.layout.beside;
    let turned = if beside.turned { ">" } else { "" };
    let other = beside.other.as_ref().filter(|_| beside.on);
    other.map_or_else(String::new, |other| format!("{turned}{other}"))
}

pub(super) fn put_beside(state: &mut State, text: &str) -> Result<(), Refusal> {
    let beside = &mut state.layout.beside;
    let (turned, name) = match text.strip_prefix('>') {
        Some(name) => (true, name),
        None => (false, text),
    };
    (beside.on, beside.turned) = (!name.is_empty(), turned);
    if beside.on {
        let other = Other::parse(name);
        beside.on = other.is_some();
        beside.other = Some(other.ok_or_else(|| {
            refuse(
                "beside",
                text,
                "看板、品牌、日期或情景",
                "a pane, brand, day or scenario",
            )
        })?);
    }
    Ok(())
}

/// Zoom or presenter.
pub(super) fn frame(state: &State) -> String {
    state.layout.frame.id().to_owned()
}

pub(super) fn put_frame(state: &mut State, text: &str) -> Result<(), Refusal> {
    let frame = Frame::named(text);
    state.layout.frame =
        frame.ok_or_else(|| refuse("frame", text, " zoom 或 presenter", "zoom or presenter"))?;
    Ok(())
}

/// The step of the waterfall that is open, with the row that Esc goes back to: `factor/crowd.aov@2`.
pub(super) fn opened(state: &State) -> String {
    let opened = state.why.opened.as_ref();
    opened.map_or_else(String::new, |o| format!("{}@{}", key(&o.key), o.row))
}

pub(super) fn put_opened(state: &mut State, text: &str) -> Result<(), Refusal> {
    state.why.opened = None;
    if !text.is_empty() {
        let opened = text.rsplit_once('@').and_then(|(key, row)| {
            Some(Opened {
                key: key_of(key)?,
                row: row.parse().ok()?,
            })
        });
        let wrong = || refuse("opened", text, "归因中的一步", "a step of the waterfall");
        state.why.opened = Some(opened.ok_or_else(wrong)?);
    }
    Ok(())
}

/// `brands:2d,crowds:1a`: the column that a table is sorted by, and which way.
pub(super) fn sorting(state: &State) -> String {
    let one = |pane: Pane| {
        let Sorting { column, order } = state.sorting[pane as usize];
        let way = match order {
            SortOrder::Ascending => 'a',
            SortOrder::Descending => 'd',
        };
        column.map(|column| format!("{}:{column}{way}", pane.id()))
    };
    let all: Vec<String> = Pane::ALL.into_iter().filter_map(one).collect();
    all.join(",")
}

pub(super) fn put_sorting(state: &mut State, text: &str) -> Result<(), Refusal> {
    let one = |part: &str| {
        let (pane, by) = part.split_once(':')?;
        let (column, order) = match by.strip_suffix('a') {
            Some(column) => (column, SortOrder::Ascending),
            None => (by.strip_suffix('d')?, SortOrder::Descending),
        };
        let column = Some(column.parse().ok()?);
        Some((pane_of(pane)?, Sorting { column, order }))
    };
    let parts = text.split(',').filter(|p| !p.is_empty());
    let read: Option<Vec<_>> = parts.map(one).collect();
    let read = read.ok_or_else(|| refuse("sort", text, "看板:列序", "pane:column and a or d"))?;
    state.sorting = Default::default();
    for (pane, sorting) in read {
        state.sorting[pane as usize] = sorting;
    }
    Ok(())
}

/// `brands:brand,category|fast.f;crowds:crowd,-owner`: the columns of the tables.
pub(super) fn columns(state: &State) -> String {
    let one = |pane: Pane| {
        let text = columns::text(pane, &state.plans[pane as usize]);
        (!text.is_empty()).then(|| format!("{}:{text}", pane.id()))
    };
    let all: Vec<String> = Pane::ALL.into_iter().filter_map(one).collect();
    all.join(";")
}

pub(super) fn put_columns(state: &mut State, text: &str) -> Result<(), Refusal> {
    let one = |part: &str| {
        let (pane, text) = part.split_once(':')?;
        let pane = pane_of(pane)?;
        Some((pane, columns::read(pane, text).ok()?))
    };
    let parts = text.split(';').filter(|p| !p.is_empty());
    let read: Option<Vec<_>> = parts.map(one).collect();
    let read = read.ok_or_else(|| refuse("columns", text, "看板:列", "pane:columns"))?;
    state.plans = Default::default();
    for (pane, plan) in read {
        state.plans[pane as usize] = plan;
    }
    Ok(())
}

/// Names of the scenarios that stand side by side.
pub(super) fn side(state: &State) -> String {
    let names: Vec<String> = state.chosen.iter().map(|name| item(name)).collect();
    names.join(",")
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of every row")]
pub(super) fn put_side(state: &mut State, text: &str) -> Result<(), Refusal> {
    let names = text.split(',').filter(|p| !p.is_empty()).map(unescaped);
    let desk = state.book.desk();
    let there = names.filter(|name| desk.get(state.brand_id(), name).is_some());
    state.chosen = there.take(SIDE_BY_SIDE).collect();
    Ok(())
}

/// The parts of a value that are there, with `;` between them.
fn joined(parts: &[(&str, String)]) -> String {
    let said = parts.iter().filter(|(_, value)| !value.is_empty());
    let texts: Vec<String> = said.map(|(key, value)| format!("{key}:{value}")).collect();
    texts.join(";")
}

/// The part of a value with this key; empty without one.
fn part<'a>(text: &'a str, key: &str) -> &'a str {
    let mut parts = text.split(';').filter_map(|p| p.split_once(':'));
    parts
        .find(|(k, _)| *k == key)
        .map_or("", |(_, value)| value)
}

/// Whether all parts of a value have one of these keys.
fn has_only(text: &str, keys: &[&str]) -> bool {
    let mut parts = text.split(';').filter(|p| !p.is_empty());
    parts.all(|p| p.split_once(':').is_some_and(|(k, _)| keys.contains(&k)))
}

fn number(text: &str) -> Option<usize> {
    if text.is_empty() {
        return Some(0);
    }
    text.parse().ok()
}

fn shown(number: usize) -> String {
    if number == 0 {
        String::new()
    } else {
        number.to_string()
    }
}

/// The text of a choice; empty for the usual one.
fn choice<T: PartialEq + Default>(value: &T, names: &[(T, &str)]) -> String {
    if *value == T::default() {
        return String::new();
    }
    let found = names.iter().find(|(v, _)| v == value);
    found.map_or_else(String::new, |(_, name)| (*name).to_owned())
}

fn chosen<T: Copy + Default>(text: &str, names: &[(T, &str)]) -> Option<T> {
    if text.is_empty() {
        return Some(T::default());
    }
    let found = names.iter().find(|(_, name)| *name == text);
    found.map(|(value, _)| *value)
}

// -- GMV workbench ------------------------------------------------------------------------------

const HALVES: [(Half, &str); 2] = [(Half::Tree, "tree"), (Half::Double11, "double11")];
const CELLS: [(Cell, &str); 7] = [
    (Cell::Gmv, "gmv"),
    (Cell::Aov, "aov"),
    (Cell::Buyers, "buyers"),
    (Cell::Conversion, "conversion"),
    (Cell::Consumers, "consumers"),
    (Cell::Population, "population"),
    (Cell::Penetration, "penetration"),
];

pub(super) fn gmv(state: &State) -> String {
    let desk = &state.gmv;
    let opened = desk.opened.iter().map(|((half, at), open)| {
        let letter = if *half == Half::Tree { 't' } else { 'd' };
        format!("{letter}{at}{}", if *open { 'o' } else { 'c' })
    });
    let unknown = desk.unknown.and_then(|spot| {
        let name = CELLS.iter().find(|(cell, _)| *cell == spot.cell)?.1;
        let crowd = spot.crowd.map_or_else(String::new, |k| k.to_string());
        Some(format!("{name}{crowd}"))
    });
    joined(&[
        ("half", choice(&desk.half, &HALVES)),
        ("opened", opened.collect::<Vec<_>>().join(",")),
        ("unknown", unknown.unwrap_or_default()),
    ])
}

pub(super) fn put_gmv(state: &mut State, text: &str) -> Result<(), Refusal> {
    let parked = state.gmv.parked;
    let desk = has_only(text, &["half", "opened", "unknown"])
        .then(|| desk_of(text))
        .flatten();
    let wrong = || refuse("gmv", text, "工作台的选择", "choices of the workbench");
    state.gmv = Desk {
        parked,
        ..desk.ok_or_else(wrong)?
    };
    Ok(())
}

fn desk_of(text: &str) -> Option<Desk> {
    let one = |part: &str| {
        let (half, rest) = match part.strip_prefix('t') {
            Some(rest) => (Half::Tree, rest),
            None => (Half::Double11, part.strip_prefix('d')?),
        };
        let (at, open) = match rest.strip_suffix('o') {
            Some(at) => (at, true),
            None => (rest.strip_suffix('c')?, false),
        };
        Some(((half, at.parse().ok()?), open))
    };
    let opened = part(text, "opened").split(',').filter(|p| !p.is_empty());
    let unknown = match part(text, "unknown") {
        "" => None,
        text => Some(spot_of(text)?),
    };
    Some(Desk {
        half: chosen(part(text, "half"), &HALVES)?,
        parked: 0,
        opened: opened.map(one).collect::<Option<_>>()?,
        unknown,
        told: None,
    })
}

fn spot_of(text: &str) -> Option<Spot> {
    let (cell, name) = CELLS.iter().find(|(_, name)| text.starts_with(name))?;
    let crowd = match text.strip_prefix(name)? {
        "" => None,
        crowd => Some(crowd.parse().ok()?),
    };
    Some(Spot { crowd, cell: *cell })
}

// -- why ----------------------------------------------------------------------------------------

const VIEWS: [(WhyView, &str); 3] = [
    (WhyView::Waterfall, "waterfall"),
    (WhyView::Tornado, "tornado"),
    (WhyView::Heat, "heat"),
];
const SPANS: [(Option<Span>, &str); 4] = [
    (Some(Span::TargetToNow), "target-now"),
    (Some(Span::AgainstToNow), "against-now"),
    (Some(Span::TargetToScenario), "target-scenario"),
    (Some(Span::BaselineToScenario), "baseline-scenario"),
];
const FAMILIES: [(Option<Family>, &str); 2] = [
    (Some(Family::Crowds), "crowds"),
    (Some(Family::Layers), "layers"),
];
const METHODS: [(Method, &str); 3] = [
    (Method::Shapley, "shapley"),
    (Method::Lmdi, "lmdi"),
    (Method::Sequential, "sequential"),
];
const LEVELS: [(Level, &str); 2] = [(Level::Factors, "factors"), (Level::Items, "items")];
const ORDERS: [(Order, &str); 2] = [(Order::Size, "size"), (Order::Dataset, "dataset")];
const REACHES: [(Reach, &str); 2] = [(Reach::All, "all"), (Reach::Each, "each")];
/// A factor of layers that is no lever.
const DIRECT: &str = "gmv.direct_rate";

pub(super) fn why(state: &State) -> String {
    let why = &state.why;
    let axis = |axis: &Option<Turned>| {
        axis.as_ref()
            .map_or_else(String::new, |(lever, of)| match of {
                Item::All => lever.id.to_owned(),
                Item::One(id) => format!("{}/{}", lever.id, item(id)),
            })
    };
    let [x, y] = &why.axes;
    joined(&[
        ("view", choice(&why.view, &VIEWS)),
        ("span", choice(&why.wish.span, &SPANS)),
        ("family", choice(&why.wish.family, &FAMILIES)),
        ("method", choice(&why.wish.method, &METHODS)),
        ("level", choice(&why.level, &LEVELS)),
        ("order", choice(&why.order, &ORDERS)),
        ("reach", choice(&why.reach, &REACHES)),
        ("x", axis(x)),
        ("y", axis(y)),
    ])
}

fn key(key: &Key) -> String {
    match key {
        Key::Factor(id) => format!("factor/{id}"),
        Key::Whole => "whole".into(),
        Key::Item(id) => format!("item/{}", item(id)),
        Key::Rest => "rest".into(),
    }
}

fn key_of(text: &str) -> Option<Key> {
    match text.split_once('/') {
        None if text == "whole" => Some(Key::Whole),
        None if text == "rest" => Some(Key::Rest),
        Some(("factor", DIRECT)) => Some(Key::Factor(DIRECT)),
        Some(("factor", id)) => LEVERS
            .iter()
            .find(|l| l.id == id)
            .map(|l| Key::Factor(l.id)),
        Some(("item", id)) => Some(Key::Item(unescaped(id))),
        _ => None,
    }
}

pub(super) fn put_why(state: &mut State, text: &str) -> Result<(), Refusal> {
    const KEYS: [&str; 9] = [
        "view", "span", "family", "method", "level", "order", "reach", "x", "y",
    ];
    let why = has_only(text, &KEYS).then(|| why_of(text)).flatten();
    let wrong = || refuse("why", text, "归因的选择", "choices of the why pane");
    state.why = WhyPane {
        opened: state.why.opened.take(),
        row: state.why.row,
        lever: state.why.lever,
        ..why.ok_or_else(wrong)?
    };
    Ok(())
}

fn why_of(text: &str) -> Option<WhyPane> {
    let axis = |key: &str| match part(text, key) {
        "" => Some(None),
        text => {
            let (lever, of) = match text.split_once('/') {
                Some((lever, id)) => (lever, Item::One(unescaped(id))),
                None => (text, Item::All),
            };
            let lever = LEVERS.iter().find(|l| l.id == lever)?;
            Some(Some((lever, of)))
        }
    };
    let mut why = WhyPane {
        view: chosen(part(text, "view"), &VIEWS)?,
        level: chosen(part(text, "level"), &LEVELS)?,
        order: chosen(part(text, "order"), &ORDERS)?,
        reach: chosen(part(text, "reach"), &REACHES)?,
        axes: [axis("x")?, axis("y")?],
        ..WhyPane::default()
    };
    why.wish.span = chosen(part(text, "span"), &SPANS)?;
    why.wish.family = chosen(part(text, "family"), &FAMILIES)?;
    why.wish.method = chosen(part(text, "method"), &METHODS)?;
    Some(why)
}

// -- outlook ------------------------------------------------------------------------------------

pub(super) fn outlook(state: &State) -> String {
    let Outlook {
        until, observed, ..
    } = state.outlook;
    let weeks = if observed == OBSERVED[1] { 0 } else { observed };
    joined(&[
        ("until", until.map_or_else(String::new, |d| d.to_string())),
        ("weeks", shown(weeks)),
    ])
}

pub(super) fn put_outlook(state: &mut State, text: &str) -> Result<(), Refusal> {
    let outlook = has_only(text, &["until", "weeks"])
        .then(|| outlook_of(text))
        .flatten();
    let wrong = || refuse("outlook", text, "展望的选择", "choices of the outlook");
    state.outlook = Outlook {
        row: state.outlook.row,
        ..outlook.ok_or_else(wrong)?
    };
    Ok(())
}

fn outlook_of(text: &str) -> Option<Outlook> {
    let until = match part(text, "until") {
        "" => None,
        day => Some(Day::parse_iso(day)?),
    };
    let observed = match number(part(text, "weeks"))? {
        0 => OBSERVED[1],
        weeks => OBSERVED.into_iter().find(|n| *n == weeks)?,
    };
    Some(Outlook {
        until,
        observed,
        ..Outlook::default()
    })
}
