//! Key scripts: `(before, keys, after)`, on the same `press` that the terminal uses.
//!
//! A state is written in one line: pane, brand, as-of, comparison, language; then whatever differs
//! from an untouched session. `before` is read, `after` is printed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    clippy::too_many_lines,
    missing_docs
)]

use std::fmt::Write;
use std::sync::Arc;

use fastdeck::app::columns;
use fastdeck::app::order::{BrandColumn, CrowdColumn, brand_order, crowd_order};
use fastdeck::app::{
    Action, COMMANDS, Code, Depth, Effect, Key, Language, Loading, Overlay, Pane, Phase, SortOrder,
    State, ThemeName, open, press, settle, start, update,
};
use fastdeck::board::Against;
use fastdeck::facts::{
    Action as Did, Attribute, Brand, Crowd, Dataset, Engine, Event, EventLog, NO_VALUE, Slice,
};
use fastdeck::metrics::Day;
use proptest::prelude::*;

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

fn brand(id: &str, zh: &str, en: &str) -> Brand {
    Brand {
        id: id.into(),
        name_zh: zh.into(),
        name_en: en.into(),
        category: Some("wood".into()),
        tier: None,
    }
}

fn crowd(id: &str, zh: &str, en: &str) -> Crowd {
    Crowd {
        id: id.into(),
        name_zh: zh.into(),
        name_en: en.into(),
        population: Some(1000.0),
        declared: true,
        exclusive: true,
        owner: None,
        rule: None,
    }
}

fn attribute(id: &str, values: &[&str], consumers: u32) -> Attribute {
    let count = values.len() as u32;
    Attribute {
        id: id.into(),
        values: values.iter().map(|v| (*v).to_owned()).collect(),
        offsets: (0..=consumers).collect(),
        entries: (0..consumers).map(|c| c % count).collect(),
    }
}

fn texts(values: &[&str]) -> Vec<String> {
    values.iter().map(|v| (*v).to_owned()).collect()
}

/// Three brands, 24 consumers, eight weeks that end on 2026-11-15; the more a brand comes first,
/// the fewer consumers it has.
fn dataset() -> Dataset {
    let consumers = 24;
    let last = day("2026-11-15");
    let mut events = Vec::new();
    for brand in 0..3_u32 {
        for consumer in 0..(8 * (brand + 1)) {
            for week in 0..8 {
                events.push(Event {
                    consumer,
                    brand,
                    day: last.plus(-7 * week - (consumer % 7) as i32),
                    second: 0,
                    action: [Did::Browse, Did::Cart, Did::Order][(consumer % 3) as usize],
                    touch: [consumer % 2, NO_VALUE, NO_VALUE, NO_VALUE],
                    amount: Some(9900),
                    order: NO_VALUE,
                    score: None,
                });
            }
        }
    }
    Dataset {
        name: "fixture".into(),
        fingerprint: "0123456789abcdef".into(),
        time_zone: "Asia/Shanghai".into(),
        currency: "CNY".into(),
        brands: vec![
            brand("oak", "橡木", "Oak"),
            brand("pine", "松木", "Pine"),
            brand("elm", "榆木", "Elm"),
        ],
        crowds: vec![
            crowd("genz", "Z世代", "Gen Z"),
            crowd("mom", "精致妈妈", "Moms"),
            crowd("silver", "都市银发", "Silver"),
        ],
        attributes: vec![
            attribute("crowd", &["genz", "mom", "silver"], consumers),
            attribute("city_tier", &["一线", "二线"], consumers),
        ],
        log: EventLog {
            consumers: (0..consumers).map(|c| format!("u{c}").into()).collect(),
            events: events.into_iter().collect(),
            spans: Vec::new(),
            touch_values: [texts(&["search", "live"]), vec![], vec![], vec![]],
            days: Some((last.plus(-55), last)),
            last_complete: Some(last),
            ..EventLog::default()
        },
        ..Dataset::default()
    }
}

fn opened() -> State {
    let mut state = State {
        size: (120, 36),
        ..State::default()
    };
    open(&mut state, Arc::new(Engine::new(Arc::new(dataset()))));
    state
}

fn data(state: &State) -> &Dataset {
    match &state.phase {
        Phase::Ready(engine) => engine.dataset(),
        other => panic!("no data: {other:?}"),
    }
}

fn against(text: &str) -> Against {
    match text {
        "week" => Against::PreviousWeek,
        "month" => Against::PreviousMonth,
        "year" => Against::YearAgo,
        date => Against::On(day(date)),
    }
}

/// Reads a state line: `fast oak 2026-11-15 week zh`, then `slice=…`, `scope=…`, `sort=2-`, `row=1`,
/// `card=mom`, `filter=o`.
fn read(line: &str) -> State {
    let mut state = opened();
    let mut words = line.split_whitespace();
    let pane = words.next().unwrap();
    state.pane = Pane::ALL.into_iter().find(|p| p.id() == pane).unwrap();
    let id = words.next().unwrap();
    state.brand = data(&state).brands.iter().position(|b| b.id == id).unwrap();
    state.as_of = day(words.next().unwrap());
    state.against = against(words.next().unwrap());
    if words.next() == Some("en") {
        state.language = Language::En;
    }
    for word in words {
        let (name, text) = word.split_once('=').unwrap();
        let pane = state.pane as usize;
        match name {
            "slice" => state.slice.filter = Slice::parse_conditions(text).unwrap(),
            "scope" => state.slice.scope = Slice::parse_conditions(text).unwrap(),
            "filter" => state.brand_filter = text.into(),
            "row" => state.cursors[pane].row = text.parse().unwrap(),
            "card" => state.open_crowd = data(&state).crowds.iter().position(|c| c.id == text),
            "sort" => {
                let (column, order) = text.split_at(text.len() - 1);
                state.sorting[pane].column = Some(column.parse().unwrap());
                state.sorting[pane].order = match order {
                    "+" => SortOrder::Ascending,
                    _ => SortOrder::Descending,
                };
            }
            other => panic!("{other}"),
        }
    }
    recompute(&mut state);
    assert_eq!(print(&state), line, "the line `before` prints differently");
    state
}

/// Brings the board up to date with a state that was written by hand.
fn recompute(state: &mut State) {
    let Phase::Ready(engine) = &state.phase else {
        return;
    };
    let focus = fastdeck::board::Focus::One(state.brand);
    let board = fastdeck::board::compute(engine, &state.query(), &focus);
    update(state, Action::Computed(state.generation, Arc::new(board)));
}

fn print(state: &State) -> String {
    let data = data(state);
    let mut line = String::new();
    let brand = &data.brands[state.brand].id;
    let against = match state.against {
        Against::PreviousWeek => "week".to_owned(),
        Against::PreviousMonth => "month".to_owned(),
        Against::YearAgo => "year".to_owned(),
        Against::On(day) => day.to_string(),
    };
    let language = ["zh", "en"][state.language as usize];
    let pane = state.pane.id();
    write!(line, "{pane} {brand} {} {against} {language}", state.as_of).unwrap();
    for (name, list) in [
        ("slice", &state.slice.filter),
        ("scope", &state.slice.scope),
    ] {
        if !list.is_empty() {
            let list: Vec<_> = list.iter().map(ToString::to_string).collect();
            write!(line, " {name}={}", list.join(";")).unwrap();
        }
    }
    let sorting = state.sorting[state.pane as usize];
    if let Some(column) = sorting.column {
        let order = if sorting.order == SortOrder::Ascending {
            '+'
        } else {
            '-'
        };
        write!(line, " sort={column}{order}").unwrap();
    }
    let columns = columns::text(state.pane, &state.plans[state.pane as usize]);
    if !columns.is_empty() {
        write!(line, " columns={columns}").unwrap();
    }
    let scrolled = state.cursors[state.pane as usize].column;
    if scrolled > 0 {
        write!(line, " scrolled={scrolled}").unwrap();
    }
    let row = state.cursors[state.pane as usize].row;
    if row > 0 {
        write!(line, " row={row}").unwrap();
    }
    if let Some(crowd) = state.open_crowd {
        write!(line, " card={}", data.crowds[crowd].id).unwrap();
    }
    if !state.brand_filter.is_empty() {
        write!(line, " filter={}", state.brand_filter).unwrap();
    }
    if let Some(open) = state.book.desk().open(state.brand_id()) {
        write!(line, " what-if={}", open.scenario).unwrap();
    }
    line.push_str(&print_overlay(state));
    line
}

fn print_overlay(state: &State) -> String {
    let dimensions = state.board.as_ref().map_or(&[][..], |b| &b.dimensions);
    match &state.overlay {
        None => String::new(),
        Some(Overlay::Palette(form)) => format!(" palette({})", form.row),
        Some(Overlay::Explain(form)) => format!(" explain({:?})", form.row),
        Some(Overlay::Compare(form)) => format!(" compare({})", form.row),
        Some(Overlay::Definitions(form)) => {
            format!(" definitions({} {})", form.row, form.field.text)
        }
        Some(Overlay::Views(form)) => format!(" views({})", form.row),
        Some(Overlay::Columns(form)) => format!(" columns({})", form.row),
        Some(Overlay::Tour(form)) => format!(" tour({})", form.step),
        Some(Overlay::Help(top)) => format!(" help({top})"),
        Some(Overlay::Problems(top)) => format!(" problems({top})"),
        Some(Overlay::Filter { text, caret }) => format!(" typing({text}@{caret})"),
        Some(Overlay::Levers(drawer)) => match &drawer.entry {
            Some(entry) => format!(" lever({} {}@{})", drawer.row, entry.text, entry.caret),
            None => format!(" lever({})", drawer.row),
        },
        Some(Overlay::Note(editor)) => {
            format!(" note({} {})", editor.note.on, editor.field.text)
        }
        Some(Overlay::Copy(row)) => format!(" copy({row})"),
        Some(Overlay::Notes(row)) => format!(" notes({row})"),
        Some(Overlay::Seek(form)) => format!(" seek({:?} {})", form.section, form.value.text),
        Some(Overlay::Naming(naming)) => format!(" naming({})", naming.field.text),
        Some(Overlay::Picker(p)) => {
            let kind = if p.scope { " scope" } else { "" };
            let dimension = &dimensions[p.dimension].id;
            format!(
                " picker({dimension} {} {}@{}{kind})",
                p.row, p.text, p.caret
            )
        }
    }
}

/// Presses keys; boards are computed on the spot.
fn type_keys(state: &mut State, keys: &str) {
    for key in Key::script(keys).unwrap_or_else(|| panic!("not a key script: {keys}")) {
        let effects = press(state, key);
        settle(state, effects);
        assert!(!state.stale, "a question was left without its board");
    }
}

fn check(cases: &[(&str, &str, &str)]) {
    for (before, keys, after) in cases {
        let mut state = read(before);
        type_keys(&mut state, keys);
        assert_eq!(print(&state), *after, "{before} | {keys}");
    }
}

const HOME: &str = "fast oak 2026-11-15 week zh";
const BRANDS: &str = "brands oak 2026-11-15 week zh";
const CROWDS: &str = "crowds oak 2026-11-15 week zh";

#[test]
fn panes_by_number_and_tab() {
    check(&[
        (HOME, "1", BRANDS),
        (HOME, "3", "fast-plus oak 2026-11-15 week zh"),
        (HOME, "4", CROWDS),
        (HOME, "5", "aipl oak 2026-11-15 week zh"),
        (HOME, "52", HOME),
        (HOME, "<Tab>", "fast-plus oak 2026-11-15 week zh"),
        (HOME, "<S-Tab><S-Tab>", "outlook oak 2026-11-15 week zh"),
        (HOME, "<Tab><Tab><Tab><Tab><Tab><Tab><Tab><Tab><Tab>", HOME),
        (HOME, "6789", "outlook oak 2026-11-15 week zh"),
    ]);
}

#[test]
fn dates_and_comparison() {
    check(&[
        (HOME, "[", "fast oak 2026-11-08 week zh"),
        (HOME, "[[]", "fast oak 2026-11-08 week zh"),
        (HOME, "{", "fast oak 2026-11-14 week zh"),
        (HOME, "{{}", "fast oak 2026-11-14 week zh"),
        // Not beyond the days that the data covers.
        (HOME, "]", HOME),
        (HOME, "}", HOME),
        (
            "fast oak 2026-11-12 week zh",
            "]",
            "fast oak 2026-11-12 week zh",
        ),
        (HOME, "[[[[[[[[[[", "fast oak 2026-09-27 week zh"),
        // From outside it may come nearer.
        (
            "fast oak 2027-01-01 week zh",
            "[",
            "fast oak 2026-12-25 week zh",
        ),
        (HOME, "c", "fast oak 2026-11-15 month zh"),
        (HOME, "cc", "fast oak 2026-11-15 year zh"),
        (HOME, "ccc", HOME),
        ("fast oak 2026-11-15 2026-10-01 zh", "c", HOME),
    ]);
}

#[test]
fn brands_cursor_and_opening() {
    check(&[
        (HOME, "b", "fast pine 2026-11-15 week zh"),
        (HOME, "bb", "fast elm 2026-11-15 week zh"),
        (HOME, "bbb", HOME),
        (HOME, "B", "fast elm 2026-11-15 week zh"),
        (BRANDS, "b", "brands pine 2026-11-15 week zh row=1"),
        (BRANDS, "j", "brands oak 2026-11-15 week zh row=1"),
        (
            BRANDS,
            "<Down><Down><Down><Down>",
            "brands oak 2026-11-15 week zh row=2",
        ),
        (BRANDS, "Gk", "brands oak 2026-11-15 week zh row=1"),
        (BRANDS, "<End><Home>", BRANDS),
        (BRANDS, "G<Home>k", BRANDS),
        (BRANDS, "<PgDn>", "brands oak 2026-11-15 week zh row=2"),
        (BRANDS, "<PgDn><PgUp>", BRANDS),
        (BRANDS, "jj<Enter>", "fast elm 2026-11-15 week zh"),
        // Back to the same row, and only once.
        (
            BRANDS,
            "jj<Enter><Esc>",
            "brands oak 2026-11-15 week zh row=2",
        ),
        (BRANDS, "j<Enter>5<Esc>", "aipl pine 2026-11-15 week zh"),
        (HOME, "j", HOME),
        (HOME, "<Enter>", "crowds oak 2026-11-15 week zh"),
    ]);
}

#[test]
fn crowds_and_their_cards() {
    check(&[
        (CROWDS, "j", "crowds oak 2026-11-15 week zh row=1"),
        (
            CROWDS,
            "j<Enter>",
            "crowds oak 2026-11-15 week zh row=1 card=mom",
        ),
        (
            CROWDS,
            "<Enter>jj",
            "crowds oak 2026-11-15 week zh row=2 card=silver",
        ),
        (CROWDS, "<Enter><Esc>", CROWDS),
        (CROWDS, "<Enter>2", HOME),
        (CROWDS, "<Enter>24", CROWDS),
        (
            CROWDS,
            "<Enter>b",
            "crowds pine 2026-11-15 week zh card=genz",
        ),
    ]);
}

#[test]
fn sorting() {
    check(&[
        (CROWDS, "o", "crowds oak 2026-11-15 week zh sort=0+"),
        (CROWDS, "oO", "crowds oak 2026-11-15 week zh sort=0- row=2"),
        (CROWDS, "O", CROWDS),
        // The cursor stays on its brand: oak has the fewest consumers.
        (BRANDS, "ooo", "brands oak 2026-11-15 week zh sort=2- row=2"),
        (BRANDS, "oooO", "brands oak 2026-11-15 week zh sort=2+"),
        (BRANDS, "oooO2", HOME),
        (HOME, "o", HOME),
        (
            "brands oak 2026-11-15 week zh sort=2- row=2",
            "b",
            "brands elm 2026-11-15 week zh sort=2-",
        ),
    ]);
    let mut state = read(BRANDS);
    type_keys(&mut state, &"o".repeat(BrandColumn::ALL.len() + 1));
    assert_eq!(print(&state), BRANDS);
    let mut state = read(CROWDS);
    type_keys(&mut state, &"o".repeat(CrowdColumn::ALL.len() + 1));
    assert_eq!(print(&state), CROWDS);
}

#[test]
fn arranging_columns() {
    let brands = |rest: &str| format!("{BRANDS} {rest}");
    let cases: [(&str, &str, String); 13] = [
        (BRANDS, "|", brands("columns(0)")),
        (BRANDS, "|<Esc>", BRANDS.into()),
        // The name can be neither hidden nor moved.
        (BRANDS, "| JK", brands("columns(0)")),
        (BRANDS, "|j ", brands("columns=brand,-category columns(2)")),
        (BRANDS, "|j k ", brands("columns(2)")),
        (BRANDS, "|jjKK|", brands("columns=brand,fast.f")),
        (BRANDS, "|jJK<Esc>", BRANDS.into()),
        (BRANDS, "|jf<Esc>", brands("columns=brand,category|")),
        (BRANDS, "|jff<Esc>", BRANDS.into()),
        (BRANDS, "|j 0<Esc>", BRANDS.into()),
        (BRANDS, "ll", brands("scrolled=2")),
        (BRANDS, "hllh<Left>", BRANDS.into()),
        (
            "fast oak 2026-11-15 week zh",
            "|",
            "fast oak 2026-11-15 week zh".into(),
        ),
    ];
    for (before, keys, after) in &cases {
        check(&[(before, keys, after)]);
    }
    check(&[
        (
            BRANDS,
            "|o",
            "brands oak 2026-11-15 week zh sort=0+ row=2 columns(0)",
        ),
        (BRANDS, "|oo<Esc>", "brands oak 2026-11-15 week zh sort=0-"),
        // A picture has no order.
        (BRANDS, "|jjjjjo<Esc>", BRANDS),
    ]);
}

#[test]
fn filtering_brands() {
    check(&[
        (BRANDS, "f", "brands oak 2026-11-15 week zh typing(@0)"),
        (BRANDS, "fpi", "brands oak 2026-11-15 week zh typing(pi@2)"),
        (
            BRANDS,
            "fpi<Enter>",
            "brands oak 2026-11-15 week zh filter=pi",
        ),
        (
            BRANDS,
            "fpi<Enter><Enter>",
            "fast pine 2026-11-15 week zh filter=pi",
        ),
        // The filter goes, the cursor stays on what was found.
        (BRANDS, "fpi<Esc>", "brands oak 2026-11-15 week zh row=1"),
        (
            BRANDS,
            "fpi<Enter><Esc>",
            "brands oak 2026-11-15 week zh row=1",
        ),
        (BRANDS, "jfx<Esc>", BRANDS),
        (
            "brands oak 2026-11-15 week zh filter=pi",
            "f<Ctrl-u>木<Enter>",
            "brands oak 2026-11-15 week zh filter=木",
        ),
        (
            "brands oak 2026-11-15 week zh filter=pi",
            "fne<Esc>",
            "brands oak 2026-11-15 week zh filter=pi",
        ),
        // In a text field letters are letters, full-width too.
        (
            BRANDS,
            "fqL？",
            "brands oak 2026-11-15 week zh typing(qL？@3)",
        ),
        (
            BRANDS,
            "fab<Left>c",
            "brands oak 2026-11-15 week zh typing(acb@2)",
        ),
        (
            BRANDS,
            "fab<Home><Delete>",
            "brands oak 2026-11-15 week zh typing(b@0)",
        ),
        (
            BRANDS,
            "f松木<Backspace>",
            "brands oak 2026-11-15 week zh typing(松@1)",
        ),
        (
            BRANDS,
            "fone two<Ctrl-w>",
            "brands oak 2026-11-15 week zh typing(one @4)",
        ),
        (
            BRANDS,
            "fae\u{301}<Backspace>",
            "brands oak 2026-11-15 week zh typing(a@1)",
        ),
        (HOME, "f", HOME),
    ]);
}

#[test]
fn the_slice_picker() {
    check(&[
        (HOME, "/", "fast oak 2026-11-15 week zh picker(crowd 0 @0)"),
        (
            HOME,
            "/<Space>",
            "fast oak 2026-11-15 week zh slice=crowd=genz picker(crowd 0 @0)",
        ),
        (
            HOME,
            "/<Space><Enter>",
            "fast oak 2026-11-15 week zh slice=crowd=genz",
        ),
        (
            HOME,
            "/<Space><Down><Space><Enter>",
            "fast oak 2026-11-15 week zh slice=crowd=genz,mom",
        ),
        (HOME, "/<Space><Space><Enter>", HOME),
        (HOME, "/<Space><Esc>", HOME),
        (
            HOME,
            "/mom<Space><Enter>",
            "fast oak 2026-11-15 week zh slice=crowd=mom",
        ),
        (
            HOME,
            "/妈妈<Space><Enter>",
            "fast oak 2026-11-15 week zh slice=crowd=mom",
        ),
        (
            HOME,
            "/GEN<Space><Enter>",
            "fast oak 2026-11-15 week zh slice=crowd=genz",
        ),
        (
            HOME,
            "/nobody<Space>",
            "fast oak 2026-11-15 week zh picker(crowd 0 nobody@6)",
        ),
        (
            HOME,
            "/<Space>!<Enter>",
            "fast oak 2026-11-15 week zh slice=crowd!=genz",
        ),
        (
            HOME,
            "/!<Enter>",
            "fast oak 2026-11-15 week zh slice=crowd!=genz",
        ),
        (
            HOME,
            "/<Space>!!<Enter>",
            "fast oak 2026-11-15 week zh slice=crowd=genz",
        ),
        (HOME, "/！　<Enter>", HOME),
        (
            HOME,
            "/<Tab>",
            "fast oak 2026-11-15 week zh picker(city_tier 0 @0)",
        ),
        (
            HOME,
            "/x<Right>",
            "fast oak 2026-11-15 week zh picker(city_tier 0 @0)",
        ),
        (
            HOME,
            "/<Left>",
            "fast oak 2026-11-15 week zh picker(channel 0 @0)",
        ),
        (
            HOME,
            "/<S-Tab><Tab>",
            "fast oak 2026-11-15 week zh picker(crowd 0 @0)",
        ),
        (
            HOME,
            "/<Space><Tab><Down><Space><Enter>",
            "fast oak 2026-11-15 week zh slice=crowd=genz;city_tier=二线",
        ),
        (
            HOME,
            "/<PgDn>",
            "fast oak 2026-11-15 week zh picker(crowd 2 @0)",
        ),
        (
            HOME,
            "/<PgDn><Up>",
            "fast oak 2026-11-15 week zh picker(crowd 1 @0)",
        ),
        // Touch dimensions are a filter of consumers or a scope of events.
        (
            HOME,
            "/<Left><Space><Ctrl-s>",
            "fast oak 2026-11-15 week zh scope=channel=live picker(channel 0 @0 scope)",
        ),
        (
            HOME,
            "/<Left><Ctrl-s><Space><Enter>",
            "fast oak 2026-11-15 week zh scope=channel=live",
        ),
        (
            HOME,
            "/<Left><Space><Ctrl-s><Ctrl-s><Enter>",
            "fast oak 2026-11-15 week zh slice=channel=live",
        ),
        (
            HOME,
            "/<Space><Ctrl-s><Enter>",
            "fast oak 2026-11-15 week zh slice=crowd=genz",
        ),
        (
            "fast oak 2026-11-15 week zh scope=channel=live",
            "/<Left><Space><Enter>",
            HOME,
        ),
        (
            "fast oak 2026-11-15 week zh slice=crowd=mom",
            "/<Space><Esc>",
            "fast oak 2026-11-15 week zh slice=crowd=mom",
        ),
        ("fast oak 2026-11-15 week zh slice=crowd=mom", "x", HOME),
        (HOME, "x", HOME),
        (CROWDS, "<Enter>/<Esc>", CROWDS),
    ]);
}

#[test]
fn every_toggle_recalculates_at_once() {
    let mut state = read(HOME);
    let people = |state: &State| {
        let board = state.board.as_ref().unwrap().brand(0).unwrap();
        let total = board.get("aipl.total", fastdeck::board::Part::Whole);
        total.unwrap().now.get().unwrap()
    };
    let all = people(&state);
    type_keys(&mut state, "/<Space>");
    let some = people(&state);
    assert!(some > 0.0 && some < all, "{some} of {all}");
    type_keys(&mut state, "!");
    assert_eq!(some + people(&state), all);
    type_keys(&mut state, "<Esc>");
    assert_eq!(people(&state), all);
}

#[test]
fn language_help_and_problems() {
    check(&[
        (HOME, "L", "fast oak 2026-11-15 week en"),
        (HOME, "LL", HOME),
        (HOME, "?", "fast oak 2026-11-15 week zh help(0)"),
        (HOME, "?jjk", "fast oak 2026-11-15 week zh help(1)"),
        (HOME, "??", HOME),
        (HOME, "?q", HOME),
        (HOME, "?<Esc>", HOME),
        (HOME, "?L", "fast oak 2026-11-15 week en help(0)"),
        (HOME, "?4", CROWDS),
        (HOME, "w", "fast oak 2026-11-15 week zh problems(0)"),
        (HOME, "wjjj", "fast oak 2026-11-15 week zh problems(0)"),
        (HOME, "w?", "fast oak 2026-11-15 week zh help(0)"),
    ]);
}

#[test]
fn full_width_keys_are_their_ascii_keys() {
    check(&[
        (HOME, "４", CROWDS),
        (HOME, "【", "fast oak 2026-11-08 week zh"),
        (HOME, "【】", HOME),
        (HOME, "「", "fast oak 2026-11-14 week zh"),
        (HOME, "？", "fast oak 2026-11-15 week zh help(0)"),
        (HOME, "、", "fast oak 2026-11-15 week zh picker(crowd 0 @0)"),
        (HOME, "／", "fast oak 2026-11-15 week zh picker(crowd 0 @0)"),
        (HOME, "Ｌ", "fast oak 2026-11-15 week en"),
        (
            HOME,
            "/　！",
            "fast oak 2026-11-15 week zh slice=crowd!=genz picker(crowd 0 @0)",
        ),
    ]);
}

#[test]
fn quitting_suspending_and_themes() {
    let mut state = read(HOME);
    assert_eq!(press(&mut state, Key::ctrl('z')), [Effect::Suspend]);
    let themes = ThemeName::BUILT_IN;
    for theme in themes[1..].iter().chain([&ThemeName::Dark]) {
        type_keys(&mut state, "t");
        assert_eq!(state.theme, *theme);
    }
    for theme in themes.iter().rev() {
        type_keys(&mut state, "T");
        assert_eq!(state.theme, *theme);
    }
    state.look.depth = Depth::None;
    type_keys(&mut state, "t");
    assert_eq!(state.theme, ThemeName::Dark);
    assert!(state.notice.as_ref().unwrap().en.contains("NO_COLOR"));
    for keys in ["q", "ｑ", "<Ctrl-c>", "/<Ctrl-c>"] {
        let mut state = read(HOME);
        let keys = Key::script(keys).unwrap();
        let last = keys.into_iter().map(|k| press(&mut state, k)).last();
        assert_eq!(last.unwrap(), [Effect::Quit]);
        assert!(state.quitting);
    }
}

#[test]
fn a_disabled_command_says_why_in_both_languages() {
    let mut state = read(HOME);
    type_keys(&mut state, "x");
    let notice = state.notice.clone().unwrap();
    assert!(!notice.zh.is_empty() && !notice.en.is_empty() && !notice.error);
    type_keys(&mut state, "c");
    assert_eq!(state.notice, None, "the next command clears it");
}

#[test]
fn a_paste_is_text_and_never_a_key() {
    let mut state = read(HOME);
    update(&mut state, Action::Paste("q1\n".into()));
    assert_eq!(print(&state), HOME);
    type_keys(&mut state, "1f");
    let pasted = "橡\u{1b}[2J木\r\nq\t";
    update(&mut state, Action::Paste(pasted.into()));
    let expected = format!("{BRANDS} typing(橡[2J木 q@7)");
    assert_eq!(print(&state), expected);
    update(&mut state, Action::Paste("x".repeat(1 << 20)));
    assert!(matches!(&state.overlay, Some(Overlay::Filter { text, .. }) if text.len() < 1000));
}

#[test]
fn a_late_board_is_dropped() {
    let mut state = read(HOME);
    let first = press(&mut state, Key::plain(Code::Char('[')));
    let second = press(&mut state, Key::plain(Code::Char('[')));
    settle(&mut state, first);
    assert!(state.stale, "the board of the first key is old");
    assert_eq!(state.board.as_ref().unwrap().query.as_of, day("2026-11-15"));
    settle(&mut state, second);
    assert!(!state.stale);
    assert_eq!(state.board.as_ref().unwrap().query.as_of, day("2026-11-01"));
}

#[test]
fn what_does_not_change_the_question_computes_nothing() {
    let mut state = read(BRANDS);
    for keys in [
        "j", "k", "o", "O", "L", "t", "?", "<Esc>", "3", "1", "w", "<Esc>", "f", "<Esc>",
    ] {
        for key in Key::script(keys).unwrap() {
            assert_eq!(press(&mut state, key), [], "{keys}");
        }
    }
    update(&mut state, Action::Resize(20, 6));
    assert_eq!(state.size, (20, 6));
}

#[test]
fn a_reload_keeps_brand_by_id_date_slice_and_cursor() {
    let mut state = read("brands elm 2026-11-08 month en slice=crowd=mom sort=0+ row=1");
    let effects = press(&mut state, Key::plain(Code::Char('r')));
    let [Effect::Load(load)] = effects[..] else {
        panic!("{effects:?}");
    };
    assert!(state.loading.is_some());
    let mut changed = dataset();
    changed.brands.swap(0, 2);
    let engine = Arc::new(Engine::new(Arc::new(changed)));
    // News of an older load is dropped.
    assert_eq!(
        update(&mut state, Action::Loaded(load - 1, Arc::clone(&engine))),
        []
    );
    let effects = update(&mut state, Action::Loaded(load, engine));
    assert!(matches!(effects[..], [Effect::Compute(..)]));
    settle(&mut state, effects);
    assert_eq!(
        print(&state),
        "brands elm 2026-11-08 month en slice=crowd=mom sort=0+ row=1"
    );
    assert_eq!(state.brand, 0);
}

#[test]
fn a_load_can_be_cancelled_and_a_failed_reload_keeps_the_data() {
    let mut state = State::default();
    let effects = start(&mut state);
    assert_eq!(effects, [Effect::Load(1)]);
    let loading = Loading {
        done: 1,
        total: 2,
        ..Loading::default()
    };
    update(&mut state, Action::Progress(1, loading));
    assert_eq!(state.loading.map(|l| l.done), Some(1));
    assert_eq!(
        press(&mut state, Key::plain(Code::Esc)),
        [Effect::CancelLoad]
    );
    assert!(matches!(&state.phase, Phase::Failed(lines) if lines.len() == 1));
    let engine = Arc::new(Engine::new(Arc::new(dataset())));
    assert_eq!(update(&mut state, Action::Loaded(1, engine)), []);
    assert!(matches!(state.phase, Phase::Failed(_)));

    let mut state = read(HOME);
    press(&mut state, Key::plain(Code::Char('r')));
    let load = state.loads;
    update(&mut state, Action::LoadFailed(load, vec!["gone".into()]));
    assert_eq!(print(&state), HOME);
    assert!(state.notice.as_ref().unwrap().error);
    assert_eq!(state.loading, None);
}

#[test]
fn what_was_wanted_is_applied_when_the_data_is_there() {
    let mut state = State::default();
    state.wanted.brand = Some("elm".into());
    state.wanted.as_of = Some(day("2026-10-01"));
    state.wanted.definitions = vec![("aipl.a_days".into(), "3".into())];
    open(&mut state, Arc::new(Engine::new(Arc::new(dataset()))));
    assert_eq!(print(&state), "fast elm 2026-10-01 week zh");
    let board = state.board.as_ref().unwrap();
    assert_eq!(board.query.definitions.changes(), ["aipl.a_days=3"]);
}

#[test]
fn an_empty_data_set_answers_every_key() {
    let mut state = State::default();
    open(&mut state, Arc::new(Engine::new(Arc::default())));
    for command in COMMANDS {
        for key in command.keys {
            let effects = press(&mut state, Key::parse(key).unwrap());
            settle(&mut state, effects);
        }
    }
}

fn any_key() -> impl Strategy<Value = Key> {
    let keys: Vec<Key> = COMMANDS
        .iter()
        .flat_map(|c| c.keys)
        .filter(|k| !matches!(**k, "Ctrl-c" | "q"))
        .map(|k| Key::parse(k).unwrap())
        .collect();
    let typed = prop::char::any().prop_map(|c| Key::plain(Code::Char(c)));
    prop_oneof![9 => prop::sample::select(keys), 1 => typed]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    /// 2,000 keys in any order: no panic, cursors inside their rows, the caret inside its text, and
    /// the board belongs to the question.
    #[test]
    fn a_random_walk_never_panics(keys in prop::collection::vec(any_key(), 2000)) {
        let mut state = opened();
        for (n, key) in keys.into_iter().enumerate() {
            let effects = press(&mut state, key);
            settle(&mut state, effects);
            if n % 97 == 0 {
                update(&mut state, Action::Paste("木\u{301}\u{202e}x".into()));
                update(&mut state, Action::Resize((n % 50) as u16, (n % 30) as u16));
            }
            prop_assert!(!state.stale);
            prop_assert_eq!(&state.board.as_ref().unwrap().query, &state.query());
            prop_assert!(state.cursors[0].row < brand_order(&state).len().max(1));
            prop_assert!(state.cursors[3].row < crowd_order(&state).len().max(1));
            if let Some(Overlay::Filter { text, caret }) = &state.overlay {
                prop_assert!(*caret <= text.chars().count());
            }
        }
    }
}
