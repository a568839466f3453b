//! The published worked example (`domain.md` §14.1, §14.2, §14.6) through the command line: every
//! cell, the cells that the source does not give, and the two warnings.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    missing_docs
)]

use std::process::{Command, Output};

use serde_json::Value as Json;

const GUIDEBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/guidebook");

fn fastdeck(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fastdeck"));
    command
        .args(arguments)
        .env("FASTDECK_HOME", std::env::temp_dir());
    command.output().unwrap()
}

fn rows(brand: &str, more: &[&str]) -> Vec<Json> {
    let mut arguments = vec!["metrics", GUIDEBOOK, "--brand", brand];
    arguments.extend(more);
    let output = fastdeck(&arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let document: Json = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["dataset"]["simulated"], true);
    document["rows"].as_array().unwrap().clone()
}

fn row<'a>(rows: &'a [Json], metric: &str, crowd: &str) -> &'a Json {
    rows.iter()
        .find(|r| r["metric"] == metric && r["crowd"] == crowd)
        .unwrap_or_else(|| panic!("no {metric} of {crowd}"))
}

fn close(found: &Json, wanted: f64) {
    let found = found
        .as_f64()
        .unwrap_or_else(|| panic!("missing, wanted {wanted}"));
    assert!(
        (found - wanted).abs() <= 1e-12 * wanted.abs().max(1.0),
        "{found} is not {wanted}"
    );
}

#[test]
fn the_dashboard_row_of_the_performance_elite() {
    let rows = rows("guidebook", &[]);
    for (metric, value, target, gap, completion) in [
        ("crowd.consumers", 2_000_000.0, 2_500_000.0, -500_000.0, 0.8),
        ("crowd.penetration", 0.20, 0.25, -0.05, 0.8),
        ("crowd.conversion", 0.06, 0.05, 0.01, 1.2),
        ("crowd.buyers", 120_000.0, 125_000.0, -5_000.0, 0.96),
        ("crowd.gmv", 24_000_000.0, 25_000_000.0, -1_000_000.0, 0.96),
        ("crowd.aov", 200.0, 200.0, 0.0, 1.0),
    ] {
        let row = row(&rows, metric, "performance_elite");
        close(&row["value"], value);
        close(&row["target"], target);
        close(&row["gap"], gap);
        close(&row["completion"], completion);
        assert_eq!(row["missing"], Json::Null, "{metric}");
    }
}

#[test]
fn every_cell_of_the_target_tree() {
    let rows = rows("guidebook", &[]);
    for (crowd, population, consumers, penetration, gmv) in [
        ("heavy_gamer", 3e6, 75e4, 0.25, 750e4),
        ("performance_elite", 10e6, 250e4, 0.25, 2500e4),
        ("premium_brand", 14e6, 280e4, 0.20, 2800e4),
        ("esports_elite", 4e6, 80e4, 0.20, 800e4),
        ("experience_gamer", 8e6, 120e4, 0.15, 1200e4),
        ("family_pastime", 8e6, 195e4, 0.24375, 1950e4),
    ] {
        close(&row(&rows, "crowd.population", crowd)["value"], population);
        close(&row(&rows, "crowd.consumers", crowd)["target"], consumers);
        close(
            &row(&rows, "crowd.penetration", crowd)["target_derived"],
            penetration,
        );
        close(&row(&rows, "crowd.conversion", crowd)["target"], 0.05);
        close(
            &row(&rows, "crowd.buyers", crowd)["target"],
            consumers * 0.05,
        );
        close(&row(&rows, "crowd.gmv", crowd)["target"], gmv);
    }
    close(&row(&rows, "crowd.population", "*")["value"], 47e6);
    close(&row(&rows, "crowd.consumers", "*")["target"], 10e6);
    close(&row(&rows, "crowd.consumers", "*")["target_derived"], 10e6);
    close(&row(&rows, "crowd.buyers", "*")["target"], 500_000.0);
    close(&row(&rows, "crowd.gmv", "*")["target_derived"], 1e8);
    close(&row(&rows, "crowd.penetration", "*")["target"], 0.22);
    let weighted = row(&rows, "crowd.penetration", "*")["target_derived"]
        .as_f64()
        .unwrap();
    assert!((weighted - 0.212_766).abs() < 5e-7);
    close(&row(&rows, "crowd.consumption", "*")["target"], 5e7);
}

#[test]
fn what_the_source_does_not_give_is_missing_with_a_reason() {
    let rows = rows("guidebook", &[]);
    for crowd in [
        "heavy_gamer",
        "premium_brand",
        "esports_elite",
        "experience_gamer",
        "family_pastime",
    ] {
        for metric in [
            "crowd.consumers",
            "crowd.penetration",
            "crowd.buyers",
            "crowd.conversion",
            "crowd.gmv",
        ] {
            let row = row(&rows, metric, crowd);
            assert_eq!(row["value"], Json::Null, "{metric} of {crowd}");
            assert!(row["missing"].as_str().is_some_and(|why| !why.is_empty()));
            assert!(row["target"].is_number(), "{metric} of {crowd}");
        }
    }
}

#[test]
fn check_gives_the_two_warnings_of_the_audit() {
    let output = fastdeck(&["check", GUIDEBOOK, "--lang", "en"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let warnings: Vec<_> = text
        .lines()
        .filter(|l| l.starts_with("warning[target]"))
        .collect();
    assert_eq!(warnings.len(), 2, "{text}");
    assert!(
        warnings[0].contains("50000000") && warnings[0].contains("500000"),
        "{text}"
    );
    assert!(
        warnings[1].contains("22") && warnings[1].contains("21.28"),
        "{text}"
    );
    assert!(text.contains("0 errors, 2 warnings"), "{text}");
}

#[test]
fn the_flow_example_in_three_variants() {
    for (denominator, printed) in [
        ("aipl_start", 0.101_765),
        ("aip_start", 0.108_125),
        ("aipl_end", 0.101_981),
    ] {
        let set = format!("fast.a_denominator={denominator}");
        let rows = rows("flow_example", &["--set", &set]);
        let whole = |metric: &str| rows.iter().find(|r| r["metric"] == metric).unwrap();
        let a = whole("fast.a");
        assert!(
            (a["value"].as_f64().unwrap() - printed).abs() < 5e-7,
            "{denominator}"
        );
        assert_eq!(a["variant"], denominator);
        assert_eq!(a["numerator"], 1730);
        for (metric, people) in [
            ("flow.new", 4382),
            ("flow.deepened", 1730),
            ("flow.unchanged", 10475),
            ("flow.shallower", 377),
            ("flow.lost", 4418),
        ] {
            assert_eq!(whole(metric)["value"], people, "{metric}");
        }
    }
}

#[test]
fn a_what_if_stands_beside_its_baseline() {
    let rows = rows(
        "guidebook",
        &["--what-if", "crowd.penetration[performance_elite]=25%"],
    );
    let elite = |metric: &str| row(&rows, metric, "performance_elite");
    close(&elite("crowd.penetration")["value"], 0.25);
    close(&elite("crowd.penetration")["baseline"], 0.20);
    close(&elite("crowd.consumers")["value"], 2_500_000.0);
    close(&elite("crowd.gmv")["value"], 30_000_000.0);
    assert!(
        elite("crowd.aov").get("baseline").is_none(),
        "the AOV did not change"
    );
    let refused = fastdeck(&[
        "metrics",
        GUIDEBOOK,
        "--what-if",
        "crowd.penetration[nobody]=1",
    ]);
    assert_eq!(refused.status.code(), Some(2));
}
