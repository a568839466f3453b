//! The screen and the JSON say the same: every number cell of the Crowds pane, read back from the
//! text capture, is the number of `fastdeck metrics`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod cells;

use std::path::Path;
use std::process::Command;

use fastdeck::app::Shot;
use fastdeck::board::{Focus, compute};
use fastdeck::{capture, export};
use proptest::prelude::*;
use serde_json::Value;

use cells::{agrees, any_state, demo, number, state_of};

/// The metrics of the pane, in the order of its columns.
const METRICS: [&str; 4] = [
    "crowd.consumers",
    "crowd.penetration",
    "crowd.conversion",
    "crowd.gmv",
];

fn fastdeck(home: &Path, words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_fastdeck"))
        .args(words)
        .current_dir(home)
        .env_clear()
        .env("FASTDECK_HOME", home.join("home"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The number cells of the rows of the table: crowds in their order, then all together.
fn rows(screen: &str) -> Vec<Vec<String>> {
    let is_graph = |c: &str| c.chars().all(|c| "━╸─┃".contains(c));
    screen
        .lines()
        .skip_while(|l| !l.trim_matches(['│', ' ']).starts_with("──"))
        .take_while(|l| !l.starts_with('╰'))
        .map(|l| l.trim_matches(['│', ' ', '▸']))
        .filter(|l| !l.starts_with("──") && !l.starts_with('—') && !l.is_empty())
        .map(|l| {
            let cells = l.split("  ").map(str::trim);
            let cells = cells.filter(|c| !c.is_empty() && !is_graph(c));
            cells
                .filter(|c| number(c).is_some() || *c == "—")
                .map(str::to_owned)
                .collect()
        })
        .collect()
}

fn compare(home: &Path, data: &[&str], brand: &str, language: &str) -> usize {
    let with = |command: &str, more: &[&str]| {
        let words: Vec<&str> = [command].into_iter().chain(data.iter().copied()).collect();
        fastdeck(home, &[&words, more].concat())
    };
    let size = ["--size", "200x60", "--pane", "crowds", "--lang", language];
    with(
        "capture",
        &[
            &size[..],
            &["--brand", brand, "-o", "crowds.txt", "--force"],
        ]
        .concat(),
    );
    let screen = std::fs::read_to_string(home.join("crowds.txt")).unwrap();
    let json: Value =
        serde_json::from_str(&with("metrics", &["--brand", brand, "--format", "json"])).unwrap();
    check(&screen, &json, brand)
}

/// Compares the number cells of a screen with the rows of a JSON document; gives how many rows.
fn check(screen: &str, json: &Value, brand: &str) -> usize {
    let all = json["rows"].as_array().unwrap();
    let of = |metric: &str| -> Vec<&Value> {
        let source = |r: &Value| r["source"].as_str().map(str::to_owned);
        let rows: Vec<&Value> = all.iter().filter(|r| r["metric"] == metric).collect();
        // Where both sources speak, the screen shows the events.
        let events = rows.iter().any(|r| source(r).as_deref() == Some("events"));
        let wanted = if events { "events" } else { "platform" };
        let mut rows: Vec<&Value> = rows
            .into_iter()
            .filter(|r| source(r).as_deref() == Some(wanted))
            .collect();
        rows.sort_by_key(|r| r["crowd"] == "*");
        rows
    };
    let rows = rows(screen);
    let expected = METRICS.map(of);
    assert_eq!(rows.len(), expected[0].len(), "{screen}");
    for (i, cells) in rows.iter().enumerate() {
        // Where there is room, the share that is done stands beside its bar.
        let wanted = 3 * METRICS.len();
        assert!(cells.len() >= wanted, "{cells:?}\n{screen}");
        let mut shares = cells.len() - wanted;
        let mut cells = cells.iter();
        for (m, metric) in METRICS.into_iter().enumerate() {
            let json = expected[m][i];
            for key in ["value", "target", "gap"] {
                let mut cell = cells.next().unwrap();
                let share = json["value"].as_f64().zip(json["target"].as_f64());
                if let (true, "gap", Some((value, target))) = (shares > 0, key, share) {
                    agrees(cell, &Value::from(value / target), metric);
                    shares -= 1;
                    cell = cells.next().unwrap();
                }
                let place = format!("{brand} row {i} {metric} {key}");
                agrees(cell, &json[key], &place);
            }
        }
        assert_eq!((cells.next(), shares), (None, 0), "{screen}");
    }
    rows.len()
}

#[test]
fn every_number_of_the_crowds_pane_is_the_number_of_the_json() {
    let home = tempfile::tempdir().unwrap();
    assert_eq!(compare(home.path(), &[], "zhimian", "en"), 9);
    let guidebook = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/guidebook");
    for language in ["en", "zh"] {
        assert_eq!(compare(home.path(), &[guidebook], "guidebook", language), 7);
    }
}

#[test]
fn cells_are_read_at_their_printed_precision() {
    assert_eq!(number("−500,000 ▼"), Some((-500_000.0, 0.5)));
    assert_eq!(number("¥24,000,000"), Some((24_000_000.0, 0.5)));
    let (value, half) = number("+1.30 pp ▲").unwrap();
    assert!((value - 0.013).abs() < 1e-12 && (half - 0.000_05).abs() < 1e-12);
    assert_eq!(number("—"), None);
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_numbers_of_random_states_are_those_of_the_json(random in any_state()) {
        let state = state_of(random);
        let query = state.query();
        prop_assert_eq!(&state.board.as_ref().unwrap().query, &query);
        let board = compute(demo(), &query, &Focus::Full(vec![state.brand]));
        let json = export::json(&board, demo().dataset());
        let json: Value = serde_json::from_str(&json).unwrap();
        let screen = capture::text(&capture::frame(&state, Shot::Screen));
        let brand = &demo().dataset().brands[state.brand].id;
        prop_assert!(check(&screen, &json, brand) >= 2);
    }
}
