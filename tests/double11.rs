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
