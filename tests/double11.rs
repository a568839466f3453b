//! The worked example of Double 11 (`domain.md` §7, §14.7) through the command line.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::process::{Command, Output};

use serde_json::Value as Json;

const DOUBLE_11: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/double11");

fn fastdeck(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fastdeck"));
    command
        .args(arguments)
        .env("FASTDECK_HOME", std::env::temp_dir());
    command.output().unwrap()
}

fn rows(more: &[&str]) -> Vec<Json> {
    let mut arguments = vec!["metrics", DOUBLE_11];
    if !more.contains(&"--against") {
        arguments.extend(["--against", "year-ago"]);
    }
    arguments.extend(more);
    let output = fastdeck(&arguments);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{told}");
    let document: Json = serde_json::from_slice(&output.stdout).unwrap();
    document["rows"].as_array().unwrap().clone()
}

fn row<'a>(rows: &'a [Json], metric: &str, layer: &str) -> &'a Json {
    rows.iter()
        .find(|r| r["metric"] == metric && r["layer"] == layer)
        .unwrap_or_else(|| panic!("no {metric} of {layer}"))
}

fn close(found: &Json, wanted: f64) {
    let found = found
        .as_f64()
        .unwrap_or_else(|| panic!("missing, wanted {wanted}"));
    let apart = (found - wanted).abs();
    assert!(apart <= 1e-12 * wanted.abs(), "{found} is not {wanted}");
}

#[test]
fn every_cell_of_the_worked_example() {
    let rows = rows(&[]);
    for (layer, pool, cart, order, aov, buyers, gmv) in [
        ("o", 5e6, 0.004, 0.10, 180.0, 2000.0, 360_000.0),
        ("a", 3e6, 0.012, 0.15, 200.0, 5400.0, 1_080_000.0),
        ("i", 1.2e6, 0.08, 0.20, 210.0, 19_200.0, 4_032_000.0),
        ("p", 4e5, 0.10, 0.30, 230.0, 12_000.0, 2_760_000.0),
        ("l", 1.5e5, 0.20, 0.40, 260.0, 12_000.0, 3_120_000.0),
    ] {
        close(&row(&rows, "gmv.pool", layer)["value"], pool);
        close(&row(&rows, "gmv.cart_rate", layer)["value"], cart);
        close(&row(&rows, "gmv.order_rate", layer)["value"], order);
        close(&row(&rows, "gmv.aov", layer)["value"], aov);
        close(&row(&rows, "gmv.buyers", layer)["value"], buyers);
        close(&row(&rows, "gmv.gmv", layer)["value"], gmv);
        close(&row(&rows, "gmv.residual", layer)["value"], 0.0);
    }
    close(&row(&rows, "gmv.buyers", "*")["value"], 50_600.0);
    let gmv = row(&rows, "gmv.gmv", "*");
    close(&gmv["value"], 11_352_000.0);
    close(&gmv["target"], 12_000_000.0);
    close(&gmv["gap"], -648_000.0);
    close(&gmv["completion"], 0.946);
    assert_eq!(gmv["unit"], "CNY");
    assert_eq!(gmv["variant"], "platform");
    close(
        &row(&rows, "gmv.gmv", "i")["target"],
        1.3e6 * 0.08 * 0.21 * 210.0,
    );
}

#[test]
fn buyers_who_never_carted_are_the_residual_until_they_are_counted() {
    let off = rows(&[]);
    for layer in ["o", "a", "i", "p", "l", "*"] {
        let cell = |metric| row(&off, metric, layer)["against_value"].as_f64().unwrap();
        let apart = cell("gmv.actual") - cell("gmv.gmv") - cell("gmv.residual");
        assert!(apart.abs() < 1e-6, "{layer}");
        assert!(cell("gmv.residual") > 0.0, "{layer}");
    }
    let on = rows(&["--set", "gmv.direct=on"]);
    close(&row(&on, "gmv.residual", "*")["against_value"], 0.0);
    close(&row(&on, "gmv.gmv", "*")["against_value"], 8_577_000.0);
    close(&row(&on, "gmv.gmv", "*")["value"], 11_352_000.0);
}

#[test]
fn the_pool_may_be_that_of_the_shop_and_of_another_year() {
    let shop = rows(&["--set", "gmv.scope=shop"]);
    close(&row(&shop, "gmv.pool", "i")["value"], 1_050_000.0);
    close(&row(&shop, "gmv.gmv", "*")["value"], 11_352_000.0);
    let older = rows(&["--against", "2024-11-11"]);
    close(&row(&older, "gmv.pool", "*")["against_value"], 7_368_000.0);
}

#[test]
fn levers_move_the_layers_and_bounds_hold() {
    let rows = rows(&["--what-if", "gmv.cart_rate[i]=10%; gmv.aov[*]*=1.1"]);
    let of = |metric, layer| row(&rows, metric, layer);
    close(&of("gmv.gmv", "i")["value"], 1.2e6 * 0.1 * 0.2 * 231.0);
    close(&of("gmv.gmv", "i")["baseline"], 4_032_000.0);
    close(&of("gmv.cart_rate", "i")["numerator"], 120_000.0);
    close(
        &of("gmv.gmv", "*")["value"],
        1.1 * (11_352_000.0 - 4_032_000.0) + 5_544_000.0,
    );
    assert!(of("gmv.pool", "i").get("baseline").is_none());
    let layer = fastdeck(&["metrics", DOUBLE_11, "--what-if", "gmv.pool[x]=1"]);
    assert_eq!(layer.status.code(), Some(2));
}

// -- the workbench ----------------------------------------------------------------------------

mod workbench {
    use std::fmt::Write as _;
    use std::path::PathBuf;
    use std::sync::Arc;

    use fastdeck::board::{self, Board, Figures, Focus, Query};
    use fastdeck::data::{self, Input, Options};
    use fastdeck::facts::{Engine, Slice};
    use fastdeck::metrics::Day;
    use fastdeck::metrics::target_tree::Finding;
    use fastdeck::scenario::Scenario;

    fn open(folder: PathBuf) -> (Engine, Query, Board) {
        let data = data::load(&Input::Path(folder), &Options::default(), &mut |_| true).unwrap();
        let engine = Engine::new(Arc::new(data));
        let as_of = board::default_as_of(&engine);
        let query = Query {
            as_of,
            against: as_of.plus_months(-12),
            slice: Slice::default(),
            definitions: engine.dataset().definitions.clone(),
            scenario: Scenario::default(),
        };
        let board = board::compute(&engine, &query, &Focus::Full(vec![0]));
        (engine, query, board)
    }

    fn close(found: fastdeck::metrics::Value, wanted: f64) {
        let found = found.get().unwrap();
        let apart = (found - wanted).abs();
        assert!(apart <= 1e-9 * wanted.abs(), "{found} is not {wanted}");
    }

    #[test]
    fn three_years_and_the_pools_that_are_missing() {
        let (engine, query, board) = open(super::DOUBLE_11.into());
        let found = board::double11(&engine, &query, &board.brands[0]);
        let totals = [11_352_000.0, 8_149_438.0, 5_962_736.0];
        for (year, gmv) in found.years.iter().zip(totals) {
            assert_eq!(year.layers.len(), 6);
            let all = year.layers.last().unwrap();
            assert!(all.layer.is_none());
            assert!(
                (all.model.gmv.get().unwrap() - gmv).abs() < 1.0,
                "{:?}",
                all.model.gmv
            );
            close(
                all.model.gmv.plus(all.residual),
                all.counts.gmv.get().unwrap(),
            );
        }
        // 648,000 are lacking: of P, 0.1 × 0.3 × 230 = 6.9 a person.
        close(found.required[3].1, 648_000.0 / 6.9);
        assert_eq!(found.waves.len(), 4);
        // A period table cannot tell single days.
        assert!(!found.pace.unwrap().actual.is_known());
    }

    #[test]
    fn the_event_is_paced_by_last_years_days() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = "format = 1\nname = \"Daily\"\nas_of = \"2026-11-01\"\n[definitions]\n\"crowd.period_days\" = 1\n[[brand]]\nid = \"b\"\n[[table]]\nkind = \"sales\"\nfile = \"sales.csv\"\n[[table]]\nkind = \"targets\"\nfile = \"targets.csv\"\n";
        let mut sales = "brand,date,gmv\n".to_owned();
        for (year, first) in [(2025, 100.0), (2026, 150.0)] {
            let from = Day::from_ymd(year, 10, 20).unwrap();
            let days = if year == 2025 { 23 } else { 13 };
            for day in 0..days {
                // The last day brings as much as all before it.
                let amount = if day == 22 { first * 22.0 } else { first };
                writeln!(sales, "b,{},{amount}", from.plus(day)).unwrap();
            }
        }
        std::fs::write(folder.path().join("dataset.toml"), manifest).unwrap();
        std::fs::write(folder.path().join("sales.csv"), sales).unwrap();
        let targets = "brand,metric,target\nb,gmv.gmv,6000\n";
        std::fs::write(folder.path().join("targets.csv"), targets).unwrap();
        let (engine, query, board) = open(folder.path().into());
        let found = board::double11(&engine, &query, &board.brands[0]);
        let pace = found.pace.unwrap();
        assert!(pace.like_last_year);
        assert!((pace.due - 13.0 / 44.0).abs() < 1e-12);
        close(pace.actual, 1950.0);
        close(pace.completion, 0.325);
        close(pace.paced, 1950.0 / (6000.0 * 13.0 / 44.0));
        close(pace.projected, 6600.0);
        close(found.waves[1].actual, 11.0 * 150.0);
        close(found.waves[2].actual, 2.0 * 150.0);
        assert!(!found.waves[3].actual.is_known());
        close(found.waves[3].last_year, 7.0 * 100.0 + 2200.0);
    }

    #[test]
    fn the_tree_of_the_guidebook_with_its_two_warnings() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/guidebook");
        let (engine, query, board) = open(folder.into());
        let figures = Figures {
            board: &board.brands[0],
            data: engine.dataset(),
            definitions: &query.definitions,
        };
        let tree = figures.target_tree(query.as_of).unwrap();
        close(tree.wanted.top.buyers, 500_000.0);
        close(tree.wanted.sum().gmv, 1e8);
        close(tree.wanted.sum().population, 47e6);
        assert_eq!(tree.wanted.residual().gmv.get(), Some(0.0));
        close(tree.wanted.crowds[5].penetration, 0.25);
        close(tree.now.crowds[1].consumers, 2_000_000.0);
        let [
            Finding::Consumption { printed, buyers },
            Finding::Penetration { weighted, .. },
        ] = tree.findings[..]
        else {
            panic!("{:?}", tree.findings)
        };
        assert_eq!(
            (printed.round() as u64, buyers.round() as u64),
            (50_000_000, 500_000)
        );
        assert!((weighted - 0.212_766).abs() < 5e-7);
    }
}
