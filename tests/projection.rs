//! Projections on the demo and on the worked example of a flow (`domain.md` §14.6).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::process::{Command, Output};

use serde_json::Value as Json;

const GUIDEBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/guidebook");
const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/demo");

fn fastdeck(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fastdeck"));
    command
        .args(arguments)
        .env("FASTDECK_HOME", std::env::temp_dir());
    command.output().unwrap()
}

fn project(arguments: &[&str]) -> Json {
    let mut words = vec!["project"];
    words.extend(arguments);
    let output = fastdeck(&words);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn number(json: &Json) -> f64 {
    json.as_f64().unwrap_or_else(|| panic!("no number: {json}"))
}

fn close(found: &Json, wanted: f64) {
    let found = number(found);
    let apart = (found - wanted).abs();
    assert!(apart <= 1e-9 * wanted.abs(), "{found} is not {wanted}");
}

#[test]
fn the_worked_flow_goes_on() {
    let words = [
        GUIDEBOOK,
        "--brand",
        "flow_example",
        "--until",
        "2022-06-08",
    ];
    let document = project(&words);
    assert_eq!(document["estimate"], true);
    assert_eq!(document["observed_weeks"], 1);
    let weeks = document["weeks"].as_array().unwrap();
    assert_eq!((weeks.len(), &weeks[0]["date"]), (1, &"2022-06-08".into()));
    // A = 9402 × 0.55 + 4105 × 0.075 + 2410 × 0.001 + 3600 arrivals.
    let a = 9402.0 * 0.55 + 4105.0 * 0.075 + 2410.0 * 0.001 + 3600.0;
    close(&weeks[0]["expected"]["aipl.a"], a);
    let f = |key: &str| weeks[0][key]["fast.f"].clone();
    assert_eq!((f("low"), f("high")), (f("expected"), f("expected")));
    assert_eq!(weeks[0]["expected"]["fast.s"], Json::Null);
}

#[test]
fn the_flow_levers_move_the_projection_beside_its_baseline() {
    let words = [
        GUIDEBOOK,
        "--brand",
        "flow_example",
        "--until",
        "2022-06-22",
    ];
    let plain = project(&words);
    assert_eq!(plain["baseline"].as_array().unwrap().len(), 0);
    let mut changed = words.to_vec();
    changed.extend(["--what-if", "flow.inflow[a]=5000; flow.rate[a>i]=99%"]);
    let changed = project(&changed);
    assert_eq!(changed["baseline"], plain["weeks"]);
    assert_eq!(changed["arrivals"]["a"], 5000);
    let bounded = &changed["bounded"][0];
    assert_eq!(bounded["item"], "a>i");
    close(&bounded["kept"], 1.0 - 0.015 - 0.001 - 0.314);
    let i = |d: &Json, week: usize| number(&d["weeks"][week]["expected"]["aipl.i"]);
    assert!((0..3).all(|w| i(&changed, w) > i(&plain, w)));
}

/// Ordinary weeks, and the weeks of Double 11: neither forecast is better everywhere, so the errors
/// are printed side by side (`cargo test --test projection -- --nocapture`); the whole asset one week
/// ahead must not be far worse than "the same as last week".
#[test]
fn the_backtest_on_the_demo_stands_beside_the_naive_forecast() {
    for (brand, as_of) in [("jichuan", "2026-09-27"), ("jichuan", "2026-11-15")] {
        let words = [DEMO, "--brand", brand, "--as-of", as_of, "--backtest", "8"];
        let document = project(&words);
        let test = &document["backtest"];
        assert_eq!(test["ahead"].as_array().unwrap().len(), 8);
        for (kind, forecasts) in [("ahead_mean", 8), ("weekly_mean", 8)] {
            assert_eq!(test[kind]["forecasts"], forecasts);
            for method in ["projected", "naive"] {
                let errors = ["aipl.a", "aipl.i", "aipl.p", "aipl.l", "fast.f"]
                    .map(|metric| number(&test[kind][method][metric]));
                assert!(errors.iter().all(|e| (0.0..2.0).contains(e)), "{errors:?}");
                let shown = errors.map(|e| format!("{:5.1} %", e * 100.0));
                println!(
                    "{brand} {as_of} {kind:11} {method:9} A I P L F: {}",
                    shown.join(" ")
                );
            }
        }
        let f = |method: &str| number(&test["weekly_mean"][method]["fast.f"]);
        assert!(f("projected") < 1.25 * f("naive"));
        let last = document["weeks"]
            .as_array()
            .unwrap()
            .last()
            .unwrap()
            .clone();
        let f = |key: &str| number(&last[key]["fast.f"]);
        assert!(f("low") < f("expected") && f("expected") < f("high"));
        assert!(number(&last["expected"]["fast.s"]) <= f("expected"));
    }
}

#[test]
fn without_flows_or_with_a_day_that_has_passed_there_is_no_projection() {
    let none = fastdeck(&["project", GUIDEBOOK, "--brand", "guidebook"]);
    assert_eq!(none.status.code(), Some(1));
    let passed = fastdeck(&[
        "project",
        GUIDEBOOK,
        "--brand",
        "flow_example",
        "--until",
        "2022-06-01",
    ]);
    assert_eq!(passed.status.code(), Some(2));
}
