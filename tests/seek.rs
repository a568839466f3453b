//! `fastdeck seek`: what it tells is put back through `fastdeck metrics --what-if`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::process::{Command, Output};

use serde_json::Value as Json;

const GUIDEBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/guidebook");
const DOUBLE_11: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/double11");

fn fastdeck(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fastdeck"));
    command
        .args(arguments)
        .env("FASTDECK_HOME", std::env::temp_dir());
    command.output().unwrap()
}

fn seek(arguments: &[&str]) -> (Json, Option<i32>, String) {
    let mut words = vec!["seek"];
    words.extend(arguments);
    words.extend(["--lang", "en"]);
    let output = fastdeck(&words);
    let document = serde_json::from_slice(&output.stdout).unwrap_or(Json::Null);
    let told = String::from_utf8(output.stderr).unwrap();
    (document, output.status.code(), told)
}

/// The value of a metric under a what-if.
fn value(dataset: &str, what_if: &str, metric: &str, key: &str) -> f64 {
    let output = fastdeck(&["metrics", dataset, "--what-if", what_if]);
    let document: Json = serde_json::from_slice(&output.stdout).unwrap();
    let rows = document["rows"].as_array().unwrap();
    let row = rows.iter().find(|r| r["metric"] == metric && r[key] == "*");
    row.unwrap()["value"].as_f64().unwrap()
}

fn close(found: f64, wanted: f64) {
    let apart = (found - wanted).abs();
    assert!(apart <= 1e-9 * wanted.abs(), "{found} is not {wanted}");
}

#[test]
fn the_guidebook_reaches_its_hundred_million() {
    let lever = "crowd.penetration[全面性能精英]";
    let (document, code, _) = seek(&[GUIDEBOOK, "--goal", "gmv=1亿", "--by", lever]);
    assert_eq!(code, Some(0));
    assert_eq!(document["reachable"], true);
    close(document["baseline"].as_f64().unwrap(), 9.9e7);
    let solutions = document["solutions"].as_array().unwrap();
    assert_eq!(solutions.len(), 1);
    close(solutions[0]["value"].as_f64().unwrap(), 1e8);
    close(
        solutions[0]["changes"][0]["to"].as_f64().unwrap(),
        0.25 / 1.2,
    );
    assert_eq!(document["planned"].as_array().unwrap().len(), 5);
}

#[test]
fn a_goal_out_of_reach_is_code_4_with_the_best_and_its_bound() {
    let lever = "crowd.penetration[performance_elite]";
    let (document, code, told) = seek(&[GUIDEBOOK, "--goal", "gmv=10亿", "--by", lever]);
    assert_eq!(code, Some(4));
    assert_eq!(document["reachable"], false);
    assert_eq!(document["solutions"], serde_json::json!([]));
    close(document["best"]["value"].as_f64().unwrap(), 1.95e8);
    let binding = &document["best"]["binding"][0];
    assert_eq!(
        (&binding["side"], &binding["bound"]),
        (&"upper".into(), &1.into())
    );
    assert!(
        told.contains("not reachable") && told.contains("195000000"),
        "{told}"
    );
}

#[test]
fn plans_of_several_levers_put_back_bring_the_goal() {
    let goal = "gmv=1300万";
    let by = ["gmv.pool[i]", "gmv.order_rate[i]", "gmv.cart_rate[p]"];
    let mut words = vec![DOUBLE_11, "--goal", goal, "--frontier", "4"];
    words.extend(by.iter().flat_map(|lever| ["--by", lever]));
    let (document, code, told) = seek(&words);
    assert_eq!(code, Some(0), "{told}");
    let solutions = document["solutions"].as_array().unwrap();
    assert_eq!(solutions.len(), 3);
    let efforts: Vec<f64> = solutions
        .iter()
        .map(|s| s["effort"].as_f64().unwrap())
        .collect();
    assert!(efforts.is_sorted());
    for solution in solutions {
        let what_if = solution["what_if"].as_str().unwrap();
        close(value(DOUBLE_11, what_if, "gmv.gmv", "layer"), 1.3e7);
    }
    let frontier = document["frontier"].as_array().unwrap();
    assert_eq!(frontier.len(), 7);
    close(frontier[4]["value"].as_f64().unwrap(), 1.3e7);
}

#[test]
fn a_what_if_is_where_the_search_starts() {
    let given = "gmv.aov[*]*=1.1";
    let words = [
        DOUBLE_11,
        "--goal",
        "gmv.gmv*=1.2",
        "--by",
        "gmv.pool",
        "--what-if",
        given,
    ];
    let (document, code, _) = seek(&words);
    assert_eq!(code, Some(0));
    close(document["baseline"].as_f64().unwrap(), 1.1 * 11_352_000.0);
    let what_if = document["solutions"][0]["what_if"].as_str().unwrap();
    assert!(what_if.starts_with(given), "{what_if}");
    close(
        value(DOUBLE_11, what_if, "gmv.gmv", "layer"),
        1.2 * 1.1 * 11_352_000.0,
    );
}

#[test]
fn a_dearer_lever_is_used_less() {
    let plan = |cost: &str| {
        let words = [
            DOUBLE_11,
            "--goal",
            "gmv=1200万",
            "--by",
            "gmv.aov",
            "--by",
            "gmv.pool",
            "--cost",
            cost,
        ];
        let (document, ..) = seek(&words);
        document["solutions"][0]["changes"][0]["lever"].clone()
    };
    assert_eq!(plan("gmv.aov=50"), "gmv.pool");
    assert_eq!(plan("gmv.pool=50"), "gmv.aov");
}

#[test]
fn a_crowd_without_an_aov_is_named_and_may_be_given_one() {
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/demo");
    let words = [demo, "--goal", "gmv*=1.5", "--by", "crowd.conversion"];
    let (_, code, told) = seek(&words);
    assert_eq!(code, Some(2), "{told}");
    assert!(
        told.contains("crowd.aov[urban_grey] is not known"),
        "{told}"
    );
    let mut given = words.to_vec();
    given.extend(["--what-if", "crowd.aov[urban_grey]=200"]);
    let (document, code, told) = seek(&given);
    assert_eq!(code, Some(0), "{told}");
    close(
        document["solutions"][0]["value"].as_f64().unwrap(),
        15_070.05,
    );
}

#[test]
fn wrong_words_are_usage_errors() {
    for (goal, by) in [
        ("gmv=1亿", "gmv.nothing"),
        ("nothing=1", "crowd.aov"),
        ("gmv=5%", "crowd.aov"),
        ("gmv=1亿", "crowd.aov[nobody]"),
        ("gmv=1亿", "flow.rate[a>i]"),
        ("gmv=1亿", "gmv.pool[i]"),
        ("step.a=5%", "crowd.aov"),
    ] {
        let (document, code, told) = seek(&[GUIDEBOOK, "--goal", goal, "--by", by]);
        assert_eq!(code, Some(2), "{goal} {by}: {told}");
        assert_eq!(document, Json::Null);
        assert!(told.contains("error: "), "{told}");
    }
    let (_, code, _) = seek(&[
        GUIDEBOOK,
        "--goal",
        "gmv=1",
        "--by",
        "crowd.aov",
        "--cost",
        "x",
    ]);
    assert_eq!(code, Some(2));
}
