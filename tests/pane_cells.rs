//! The screen and the JSON say the same: every number of the FAST, FAST+, AIPL and Brands panes, read
//! back from their cells for random states, is the number of the JSON.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod cells;

use fastdeck::app::order::brand_order;
use fastdeck::app::{Pane, Shot, State};
use fastdeck::board::{Focus, compute};
use fastdeck::{capture, export};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use cells::{Random, agrees, any_state, demo, number, state_of};

/// The same state on another pane.
fn on(random: Random, pane: Pane, size: (u16, u16)) -> State {
    let mut state = state_of(random);
    state.pane = pane;
    state.size = size;
    state
}

/// The rows of the JSON of some brands.
struct Told {
    rows: Vec<Value>,
}

impl Told {
    fn of(state: &State, brands: Vec<usize>) -> Self {
        let board = compute(demo(), &state.query(), &Focus::Full(brands));
        let text = export::json(&board, demo().dataset());
        let mut document: Value = serde_json::from_str(&text).unwrap();
        let Value::Array(rows) = document["rows"].take() else {
            panic!("no rows")
        };
        Self { rows }
    }

    /// The row that the screen shows: the events where they have a value, else the platform where it
    /// has one, else whichever is there.
    fn row(&self, brand: &str, wanted: &[(&str, &str)]) -> Option<&Value> {
        let fits = |r: &&Value| r["brand"] == brand && wanted.iter().all(|(k, v)| r[*k] == *v);
        let own: Vec<&Value> = self.rows.iter().filter(fits).collect();
        let from = |source: &str| own.iter().copied().find(|r| r["source"] == source);
        let (events, platform) = (from("events"), from("platform"));
        match (events, platform) {
            (Some(e), Some(p)) if e["value"].is_null() && !p["value"].is_null() => Some(p),
            (e, p) => e.or(p),
        }
    }

    fn metric(&self, brand: &str, id: &str) -> Value {
        let whole = |r: &&Value| {
            let parts = ["crowd", "role", "field", "from", "layer"];
            parts.iter().all(|k| r.get(*k).is_none_or(Value::is_null))
        };
        let row = self.row(brand, &[("metric", id)]).filter(whole);
        row.cloned().unwrap_or_else(|| panic!("no {id} of {brand}"))
    }
}

/// Δ ÷ the value before, as the screen writes it.
fn change(row: &Value) -> Value {
    match (row["delta"].as_f64(), row["against_value"].as_f64()) {
        (Some(delta), Some(before)) if before != 0.0 => json!(delta / before),
        _ => Value::Null,
    }
}

fn is_rate(row: &Value) -> bool {
    row["unit"] == "ratio"
}

/// The text of the cells of a row between two columns.
fn text(buf: &Buffer, y: u16, from: u16, to: u16) -> String {
    let (mut out, mut x) = (String::new(), from);
    while x < to {
        let symbol = buf[(x, y)].symbol();
        out.push_str(symbol);
        x += symbol.width().max(1) as u16;
    }
    out
}

/// The lines inside every frame, in reading order.
fn frames(buf: &Buffer) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for y in 0..buf.area.height {
        for x in 0..buf.area.width {
            if buf[(x, y)].symbol() != "╭" {
                continue;
            }
            let right = (x..buf.area.width).find(|x| buf[(*x, y)].symbol() == "╮");
            let low = (y..buf.area.height).find(|y| buf[(x, *y)].symbol() == "╰");
            if let (Some(right), Some(low)) = (right, low) {
                let line = |y| text(buf, y, x + 1, right).trim().to_owned();
                all.push((y + 1..low).map(line).collect());
            }
        }
    }
    all
}

/// Pieces with two spaces or more between them.
fn pieces(line: &str) -> Vec<String> {
    let all = line.split("  ").map(str::trim).filter(|p| !p.is_empty());
    all.map(str::to_owned).collect()
}

/// The numbers and dashes among the pieces; arrows may stand on either side.
fn numbers(line: &str) -> Vec<String> {
    let plain = |p: String| p.trim_matches(['▲', '▼', '·', ' ']).to_owned();
    let cells = pieces(line).into_iter().map(plain);
    cells.filter(|c| c == "—" || number(c).is_some()).collect()
}

/// The rest of a line after one of these labels.
fn after<'l>(line: &'l str, labels: &[&str]) -> Option<&'l str> {
    labels
        .iter()
        .find_map(|l| line.strip_prefix(l))
        .map(str::trim)
}

/// Compares a card of a figure; gives how many numbers were compared.
fn card(lines: &[String], row: &Value) -> usize {
    let id = row["metric"].as_str().unwrap();
    let mut compared = 1;
    let first = pieces(&lines[0]);
    agrees(&first[0], &row["value"], id);
    let changes: Vec<&str> = first
        .iter()
        .skip(1)
        .map(|c| c.trim_start_matches(['▲', '▼', '·', ' ']))
        .collect();
    if let Some(shown) = changes.first().filter(|c| number(c).is_some()) {
        agrees(shown, &row["delta"], &format!("{id} delta"));
        compared += 1;
    }
    if let Some(shown) = changes.get(1).filter(|c| number(c).is_some()) {
        assert!(!is_rate(row), "{id}: {first:?}");
        agrees(shown, &change(row), &format!("{id} change"));
        compared += 1;
    }
    for line in &lines[1..] {
        if let Some(rest) = after(line, &["vs ", "对比 "]) {
            let shown = rest.split_once(' ').map_or("", |(_, rest)| rest.trim());
            agrees(shown, &row["against_value"], &format!("{id} before"));
            compared += 1;
        }
        for (labels, keys) in [
            (["category mean", "行业均值"], ["benchmark", "index"]),
            (["target", "目标"], ["target", "gap"]),
        ] {
            let Some(rest) = after(line, &labels) else {
                continue;
            };
            // What a benchmark is about may stand between.
            let words = |c: &String| c.rsplit(' ').next().unwrap_or_default().to_owned();
            let cells = pieces(rest);
            let mut cells = cells.iter().skip_while(|c| numbers(&words(c)).is_empty());
            let shown = cells.next().map(words).unwrap_or_default();
            agrees(&shown, &row[keys[0]], &format!("{id} {}", keys[0]));
            compared += 1;
            let second = |c: &String| {
                let (_, shown) = c.split_once(' ')?;
                Some(shown.trim_start_matches(['▲', '▼', '·', ' ']).to_owned())
            };
            if let Some(second) = cells
                .next()
                .and_then(second)
                .filter(|c| number(c).is_some())
            {
                agrees(&second, &row[keys[1]], &format!("{id} {}", keys[1]));
                compared += 1;
            }
        }
    }
    compared
}

fn cards(state: &State, ids: [&str; 4]) -> usize {
    let told = Told::of(state, vec![state.brand]);
    let brand = &demo().dataset().brands[state.brand].id;
    let frames = frames(&capture::frame(state, Shot::Pane));
    let each = ids.iter().zip(&frames);
    each.map(|(id, lines)| card(lines, &told.metric(brand, id)))
        .sum()
}

fn funnel(state: &State) -> usize {
    let told = Told::of(state, vec![state.brand]);
    let brand = &demo().dataset().brands[state.brand].id;
    let frames = frames(&capture::frame(state, Shot::Pane));
    let lines: Vec<&String> = frames[0].iter().filter(|l| !l.starts_with('─')).collect();
    let ids = [
        "aipl.a",
        "step.a",
        "aipl.i",
        "step.i",
        "aipl.p",
        "step.p",
        "aipl.l",
        "aipl.total",
        "aipl.o",
    ];
    assert_eq!(lines.len(), ids.len(), "{lines:?}");
    let total = told.metric(brand, "aipl.total")["value"].as_f64();
    let mut compared = 0;
    for (line, id) in lines.iter().zip(ids) {
        let row = told.metric(brand, id);
        let moved = if is_rate(&row) {
            row["delta"].clone()
        } else {
            change(&row)
        };
        let mut wanted = vec![row["value"].clone(), moved, row["against_value"].clone()];
        let shown = numbers(line);
        if shown.len() == 4 {
            let share = row["value"].as_f64().zip(total).map(|(x, all)| x / all);
            wanted.insert(1, json!(share));
        }
        assert_eq!(shown.len(), wanted.len(), "{id}: {line}");
        for (at, (cell, json)) in shown.iter().zip(&wanted).enumerate() {
            // Shares are rounded so that they add up to 100 %.
            if at == 1 && wanted.len() == 4 {
                let (share, _) = number(cell).unwrap();
                assert!(
                    (share - json.as_f64().unwrap()).abs() <= 0.001,
                    "{id}: {line}"
                );
            } else {
                agrees(cell, json, &format!("{id} {at}: {line}"));
            }
            compared += 1;
        }
    }
    compared + flow(&frames[1], &told, brand)
}

fn flow(lines: &[String], told: &Told, brand: &str) -> usize {
    let states = ["n", "o", "a", "i", "p", "l"];
    let mut compared = 0;
    for (from, line) in states.iter().zip(&lines[1..]) {
        let words = line.split_whitespace().rev().take(6);
        let cells: Vec<&str> = words.collect();
        for (to, cell) in states.iter().rev().zip(cells) {
            let wanted = [("metric", "flow"), ("from", *from), ("to", *to)];
            let row = told.row(brand, &wanted);
            let json = row.map_or(&Value::Null, |r| &r["value"]);
            agrees(cell, json, &format!("flow {from} {to}: {line}"));
            compared += 1;
        }
    }
    let sums = lines.last().unwrap();
    let cells: Vec<&str> = sums.split_whitespace().collect();
    let ids = [
        "flow.new",
        "flow.deepened",
        "flow.unchanged",
        "flow.shallower",
        "flow.lost",
    ];
    for (cell, id) in cells.iter().zip(ids) {
        agrees(cell, &told.metric(brand, id)["value"], id);
        compared += 1;
    }
    compared
}

fn brands(state: &State) -> usize {
    let told = Told::of(state, brand_order(state));
    let frames = frames(&capture::frame(state, Shot::Pane));
    let rows = frames[0].iter().skip_while(|l| !l.starts_with('─')).skip(1);
    let mut compared = 0;
    for (at, line) in brand_order(state).into_iter().zip(rows) {
        let brand = &demo().dataset().brands[at].id;
        let mut shown = numbers(line).into_iter();
        for id in ["fast.f", "fast.a", "fast.s", "fast.t"] {
            let row = told.metric(brand, id);
            let moved = if is_rate(&row) {
                row["delta"].clone()
            } else {
                change(&row)
            };
            for json in [&row["value"], &moved, &row["index"]] {
                let cell = shown.next().unwrap_or_else(|| panic!("{line}"));
                agrees(&cell, json, &format!("{brand} {id}: {line}"));
                compared += 1;
            }
        }
        assert_eq!(shown.next(), None, "{line}");
    }
    compared
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_fast_cards_say_what_the_json_says(random in any_state()) {
        let state = on(random, Pane::Fast, (100, 17));
        let compared = cards(&state, ["fast.f", "fast.a", "fast.s", "fast.t"]);
        prop_assert!(compared >= 8, "{compared}");
    }

    #[test]
    fn the_fast_plus_cards_say_what_the_json_says(random in any_state()) {
        let ids = ["fast_plus.capital", "fast_plus.conversion", "fast_plus.connection", "fast_plus.clv"];
        let compared = cards(&on(random, Pane::FastPlus, (100, 17)), ids);
        prop_assert!(compared >= 4, "{compared}");
    }

    #[test]
    fn the_funnel_says_what_the_json_says(random in any_state()) {
        let compared = funnel(&on(random, Pane::Aipl, (100, 30)));
        prop_assert!(compared >= 27 + 36 + 5, "{compared}");
    }

    #[test]
    fn the_brands_table_says_what_the_json_says(random in any_state()) {
        prop_assert_eq!(brands(&on(random, Pane::Brands, (200, 40))), 6 * 12);
    }
}
