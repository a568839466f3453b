//! Expected values of real logs, cell by cell. The logs stand beside the project, not in it; a log
//! that is not there is reported as skipped.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    missing_docs
)]

use std::fmt::Write;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use fastdeck::board::{self, BrandBoard, Focus, Part, Query, Source};
use fastdeck::data::{self, Input, Options};
use fastdeck::facts::{CrowdKey, Engine, Slice};
use fastdeck::metrics::aipl::State;
use fastdeck::metrics::{Day, Definitions};
use fastdeck::scenario::Scenario;
use serde_json::Value as Json;

fn shared(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(name)
}

fn expected(folder: &str) -> Option<Json> {
    let path = shared(folder).join("expected.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {folder} is not beside the project");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

fn bytes(file: &str) -> Vec<u8> {
    let raw = std::fs::read(shared(file)).unwrap();
    if !raw.starts_with(&[0x1f, 0x8b]) {
        return raw;
    }
    let mut out = Vec::new();
    flate2::read::GzDecoder::new(&raw[..])
        .read_to_end(&mut out)
        .unwrap();
    out
}

fn engine(input: &Input) -> Engine {
    let loaded = data::load(input, &Options::default(), &mut |_| true);
    Engine::new(Arc::new(loaded.unwrap_or_else(|e| panic!("{e:?}"))))
}

/// A file opened without a manifest.
fn bare(file: &str) -> Engine {
    engine(&Input::Path(shared(file)))
}

/// A file opened with a manifest whose table entry holds these lines.
fn with_manifest(head: &str, table: &str, file: &str) -> Engine {
    let manifest = format!(
        "format = 1\nname = \"log\"\n{head}\n[[table]]\nkind = \"events\"\nfile = \"log.csv\"\n{table}\n"
    );
    engine(&Input::Memory(vec![
        ("dataset.toml".to_owned(), manifest.into_bytes()),
        ("log.csv".to_owned(), bytes(file)),
    ]))
}

fn day(text: &str) -> Day {
    Day::parse_iso(text).unwrap()
}

/// The definitions of an expected block: P lasts 730 days unless it says otherwise.
fn definitions(parameters: Option<&Json>) -> Definitions {
    let mut d = Definitions::default();
    let Some(parameters) = parameters else {
        return d;
    };
    for (key, ids) in [
        ("ai_window_days", &["aipl.a_days", "aipl.i_days"][..]),
        ("i_min_pv_days", &["aipl.browse_days_for_i"]),
        ("p_window_days", &["aipl.p_days"]),
        ("l_window_days", &["aipl.l_days"]),
        ("l_min_order_days", &["aipl.l_min_purchase_days"]),
    ] {
        let n = parameters[key].as_u64().unwrap().to_string();
        for id in ids {
            d.set(id, &n).unwrap();
        }
    }
    d
}

struct View<'a> {
    engine: &'a Engine,
    brand: usize,
    scope: &'a str,
    definitions: Definitions,
}

impl View<'_> {
    fn on(&self, as_of: &str, against: &str) -> BrandBoard {
        let slice = Slice {
            filter: vec![],
            scope: Slice::parse_conditions(self.scope).unwrap(),
        };
        let query = Query {
            as_of: day(as_of),
            against: day(against),
            slice,
            definitions: self.definitions.clone(),
            scenario: Scenario::default(),
        };
        let mut board = board::compute(self.engine, &query, &Focus::Full(vec![self.brand]));
        std::sync::Arc::unwrap_or_clone(board.brands.remove(0))
    }

    fn counts(&self, dates: &Json) {
        for (date, wanted) in dates.as_object().unwrap() {
            let board = self.on(date, date);
            for (metric, keys) in [
                ("aipl.a", ["A", "a"]),
                ("aipl.i", ["I", "i"]),
                ("aipl.p", ["P", "p"]),
                ("aipl.l", ["L", "l"]),
            ] {
                let wanted = keys.iter().find_map(|k| wanted[*k].as_f64()).unwrap();
                assert_eq!(
                    now(&board, metric, Part::Whole),
                    wanted,
                    "{metric} on {date}"
                );
            }
            if let Some(total) = wanted["AIPL_total"].as_f64() {
                assert_eq!(
                    now(&board, "aipl.total", Part::Whole),
                    total,
                    "total on {date}"
                );
                assert_eq!(now(&board, "fast.f", Part::Whole), total, "F on {date}");
            }
            // Seen but in no state: the people who stay in N from this day to this day.
            let none = ["none", "n"]
                .iter()
                .find_map(|k| wanted[*k].as_f64())
                .unwrap();
            let stay = now(&board, "flow", Part::Flow(State::N, State::N));
            assert_eq!(stay, none, "none on {date}");
        }
    }

    fn flows(&self, flows: &Json) {
        for (dates, wanted) in flows.as_object().unwrap() {
            let (from, to) = dates
                .split_once("->")
                .or_else(|| dates.split_once(".."))
                .unwrap();
            let board = self.on(to, from);
            let matrix = ["matrix_5x5_N_is_none_or_unseen", "matrix"]
                .iter()
                .find_map(|k| wanted.get(*k))
                .unwrap();
            for (f, row) in matrix.as_object().unwrap() {
                for (t, people) in row.as_object().unwrap() {
                    let part = Part::Flow(State::from_id(f).unwrap(), State::from_id(t).unwrap());
                    let people = people.as_f64().unwrap();
                    assert_eq!(now(&board, "flow", part), people, "{f} → {t}, {dates}");
                }
            }
            for (keys, metric) in [
                (["deepened_users", "deepened"], "flow.deepened"),
                (["shallowed_users", "shallower"], "flow.shallower"),
                (["lost_users", "lost"], "flow.lost"),
                (["new_users_total", "new"], "flow.new"),
            ] {
                let people = keys.iter().find_map(|k| wanted[*k].as_f64()).unwrap();
                assert_eq!(
                    now(&board, metric, Part::Whole),
                    people,
                    "{metric}, {dates}"
                );
            }
            let rate = ["deepening_rate_over_AIPL", "fast_a_aipl_start"]
                .iter()
                .find_map(|k| wanted[*k].as_f64());
            if let Some(rate) = rate {
                let weekly = day(to).0 - day(from).0 == 7;
                if weekly {
                    let off = now(&board, "fast.a", Part::Whole) - rate;
                    assert!(off.abs() < 1e-12, "A, {dates}");
                }
            }
        }
    }

    fn block(&self, block: &Json) {
        self.counts(&block["counts"]);
        self.flows(&block["flows"]);
    }
}

fn now(board: &BrandBoard, metric: &str, part: Part) -> f64 {
    let figure = board.from(Source::Events, metric, part);
    figure
        .and_then(|f| f.now.get())
        .unwrap_or_else(|| panic!("{metric} {part:?} is missing"))
}

fn view<'a>(engine: &'a Engine, brand: &str, block: &Json) -> View<'a> {
    let position = engine.dataset().brands.iter().position(|b| b.id == brand);
    View {
        engine,
        brand: position.unwrap_or_else(|| panic!("no brand {brand}")),
        scope: "",
        definitions: definitions(block.get("parameters")),
    }
}

#[test]
fn taobao_43_users() {
    let Some(wanted) = expected("taobao_43users") else {
        return;
    };
    let engine = bare("taobao_43users/UserBehavior.csv");
    assert_eq!(engine.event_count(), 4321);
    assert!(
        engine.dataset().proxy.is_some(),
        "AIPL of this log is a proxy"
    );
    for key in ["aipl_default", "aipl_short_windows"] {
        view(&engine, "all", &wanted[key]).block(&wanted[key]);
    }
    for (category, block) in wanted["aipl_per_category_as_brand_proxy"]
        .as_object()
        .unwrap()
    {
        let scope = format!("category={category}");
        View {
            scope: &scope,
            ..view(&engine, "all", block)
        }
        .block(block);
    }
}

#[test]
fn taobao_43_users_in_utc_days() {
    let Some(wanted) = expected("taobao_43users") else {
        return;
    };
    let engine = with_manifest(
        "time_zone = \"UTC\"",
        "profile = \"userbehavior\"",
        "taobao_43users/UserBehavior.csv",
    );
    let block = &wanted["diagnostics_not_expected"]["counts_if_UTC_days_were_used"];
    view(&engine, "all", &wanted["aipl_default"]).counts(block);
}

#[test]
fn taobao_morning_with_a_cut_last_line() {
    let Some(wanted) = expected("taobao_morning") else {
        return;
    };
    let engine = bare("taobao_morning/UserBehavior.csv.gz");
    let source = &engine.dataset().sources[0];
    assert_eq!(
        (source.rows, source.used, source.rejected),
        (96_169, 96_168, 1)
    );
    view(&engine, "all", &wanted["aipl_default"]).block(&wanted["aipl_default"]);
}

#[test]
fn tmall_2014() {
    let Some(wanted) = expected("tmall2014_148users") else {
        return;
    };
    let one = with_manifest(
        "",
        "profile = \"tmall2014\"\nconstants = { brand = \"all\" }",
        "tmall2014_148users/events.csv.gz",
    );
    view(&one, "all", &Json::Null).block(&wanted["all_brands_as_one"]);
    let each = bare("tmall2014_148users/events.csv.gz");
    assert_eq!(each.event_count(), 26_940);
    for (brand, block) in wanted["brands"].as_object().unwrap() {
        view(&each, brand, block).block(block);
    }
}

#[test]
fn rees46() {
    let Some(wanted) = expected("rees46_head6000") else {
        return;
    };
    let one = with_manifest(
        "",
        "profile = \"rees46\"\nconstants = { brand = \"all\" }",
        "rees46_head6000/2019-Oct.csv.gz",
    );
    assert_eq!(one.event_count(), 6000);
    view(&one, "all", &Json::Null).engine.dataset();
    let block = &wanted["aipl_all_brands_as_one"];
    view(&one, "all", block).block(block);
    let each = bare("rees46_head6000/2019-Oct.csv.gz");
    assert_eq!(each.event_count(), 6000 - 792);
    for (brand, block) in wanted["aipl_per_brand"].as_object().unwrap() {
        view(&each, brand, block).block(block);
    }
    brand_sales(&each, &wanted["brand_table_top15_by_purchases"]);
}

/// Buyers and amounts of one day, from the loaded orders.
fn brand_sales(engine: &Engine, table: &Json) {
    for (brand, wanted) in table.as_object().unwrap() {
        let data = engine.dataset();
        let id = data.brands.iter().position(|b| b.id == *brand).unwrap();
        let is_order = |e: &fastdeck::facts::Event| e.action == fastdeck::facts::Action::Order;
        let orders = || engine.events(id).filter(is_order);
        let buyers: std::collections::BTreeSet<_> = orders().map(|e| e.consumer).collect();
        let fen: i64 = orders().map(|e| e.amount.unwrap()).sum();
        assert_eq!(
            buyers.len() as u64,
            wanted["buyers"].as_u64().unwrap(),
            "{brand}"
        );
        assert_eq!(
            fen as f64 / 100.0,
            wanted["revenue"].as_f64().unwrap(),
            "{brand}"
        );
    }
}

#[test]
fn a_log_with_a_chinese_header() {
    let Some(wanted) = expected("synthetic_cn") else {
        return;
    };
    let one = with_manifest(
        "",
        "constants = { brand = \"all\" }",
        "synthetic_cn/UserBehavior.csv.gz",
    );
    view(&one, "all", &wanted["aipl_all"]).block(&wanted["aipl_all"]);
    let each = bare("synthetic_cn/UserBehavior.csv.gz");
    for (brand, block) in wanted["aipl_per_brand"].as_object().unwrap() {
        view(&each, brand, block).block(block);
    }
    let fen: i64 = one
        .events(0)
        .filter(|e| e.action == fastdeck::facts::Action::Order)
        .map(|e| e.amount.unwrap())
        .sum();
    assert_eq!(
        fen as f64 / 100.0,
        wanted["gmv_sum_of_buy_prices"].as_f64().unwrap()
    );
}

/// The order figures of the period that ends on a day.
fn order_figures(engine: &Engine, last: &str, days: &str) -> BrandBoard {
    let mut definitions = Definitions::default();
    definitions.set("crowd.period_days", days).unwrap();
    let view = View {
        definitions,
        ..view(engine, "all", &Json::Null)
    };
    view.on(last, last)
}

fn order_figure(board: &BrandBoard, metric: &str) -> f64 {
    let figure = board.from(Source::Platform, metric, Part::Whole).unwrap();
    figure.now.get().unwrap_or_else(|| panic!("{metric}"))
}

/// Metric and key of the expected values.
fn order_figures_are(board: &BrandBoard, wanted: &Json, keys: &[(&str, &str)]) {
    for (metric, key) in keys {
        let value = wanted[*key].as_f64().unwrap_or_else(|| panic!("{key}"));
        assert_eq!(order_figure(board, metric), value, "{metric}");
    }
}

#[test]
fn tmall_orders() {
    let Some(wanted) = expected("tmall_orders") else {
        return;
    };
    let engine = bare("tmall_orders/tmall_order_report.csv.gz");
    assert_eq!(board::default_as_of(&engine), day("2020-02-29"));
    let daily = wanted["daily"].as_object().unwrap();
    assert_eq!(daily.len(), engine.dataset().tables.order_days.len());
    for (date, wanted) in daily {
        order_figures_are(
            &order_figures(&engine, date, "1"),
            wanted,
            &[
                ("orders.orders", "orders"),
                ("orders.paid", "paid_orders"),
                ("orders.amount", "order_amount"),
                ("orders.paid_amount", "paid_amount"),
                ("orders.refunds", "refund_orders"),
                ("orders.refund_amount", "refund_amount"),
            ],
        );
    }
    let month = order_figures(&engine, "2020-02-29", "29");
    order_figures_are(
        &month,
        &wanted["recomputed"],
        &[
            ("orders.orders", "orders"),
            ("orders.paid", "paid_orders"),
            ("orders.amount", "sum_total_amount"),
            ("orders.paid_amount", "sum_paid_amount"),
            ("orders.refunds", "refund_orders"),
            ("orders.refund_amount", "sum_refund"),
            ("orders.pay_rate", "pay_rate"),
            ("orders.refund_rate", "refund_rate_over_orders"),
        ],
    );
    let published = &wanted["published_table_result_pic_table.JPG"];
    for (metric, key) in [
        ("orders.pay_rate", "成交率"),
        ("orders.refund_rate", "退款率"),
    ] {
        let percent = format!("{:.2}%", order_figure(&month, metric) * 100.0);
        assert_eq!(published[key], percent.as_str(), "{key}");
    }
    let quiet = order_figures(&engine, "2020-02-08", "1");
    assert_eq!(
        order_figure(&quiet, "orders.orders"),
        0.0,
        "a day without orders"
    );
    let after = order_figures(&engine, "2020-03-01", "29");
    let figure = after.from(Source::Platform, "orders.orders", Part::Whole);
    assert!(
        figure.unwrap().now.why().is_some(),
        "a day after the report"
    );
}

/// The first ten rows of the public Taobao log (`domain.md` §14.9).
const TEN_ROWS: &str = "\
1,2268318,2520377,pv,1511544070
1,2333346,2520771,pv,1511561733
1,2576651,149192,pv,1511572885
1,3830808,4181361,pv,1511593493
1,4365585,2520377,pv,1511596146
1,4606018,2735466,pv,1511616481
1,230380,411153,pv,1511644942
1,3827899,2920476,pv,1511713473
1,3745169,2891509,pv,1511725471
1,1531036,2920476,pv,1511733732
";

fn ten_rows(time_zone: &str) -> Engine {
    let manifest = format!(
        "format = 1\nname = \"ten\"\ntime_zone = \"{time_zone}\"\n\
         [[table]]\nkind = \"events\"\nfile = \"log.csv\"\nprofile = \"userbehavior\"\n"
    );
    engine(&Input::Memory(vec![
        ("dataset.toml".to_owned(), manifest.into_bytes()),
        ("log.csv".to_owned(), TEN_ROWS.into()),
    ]))
}

#[test]
fn ten_public_rows_in_shanghai_days() {
    let state = |engine: &Engine, scope: &str| {
        let view = View {
            scope,
            ..view(engine, "all", &Json::Null)
        };
        let board = view.on("2017-11-27", "2017-11-20");
        let held = State::ASSET
            .into_iter()
            .find(|s| now(&board, &format!("aipl.{}", s.id()), Part::Whole) == 1.0);
        held.unwrap()
    };
    let shanghai = ten_rows("Asia/Shanghai");
    assert_eq!(state(&shanghai, ""), State::I);
    assert_eq!(state(&shanghai, "category=2520377"), State::A);
    assert_eq!(state(&shanghai, "category=2920476"), State::A);
    let utc = ten_rows("UTC");
    assert_eq!(
        state(&utc, "category=2520377"),
        State::I,
        "UTC days would differ"
    );
}

#[test]
fn the_published_flow_as_a_platform_table() {
    let mut flow = String::from("brand,from_date,to_date,from,to,people\n");
    for (from, row) in [
        ("a", [5500, 1200, 150, 10, 3140]),
        ("i", [300, 2200, 260, 20, 1220]),
        ("p", [2, 5, 1850, 90, 53]),
        ("l", [0, 0, 70, 925, 5]),
        ("n", [3600, 700, 80, 2, -1]),
    ] {
        for (to, people) in ["a", "i", "p", "l", "n"].iter().zip(row) {
            let people = if people < 0 {
                "-".to_owned()
            } else {
                people.to_string()
            };
            writeln!(flow, "oak,2026-11-08,2026-11-15,{from},{to},{people}").unwrap();
        }
    }
    let manifest = "format = 1\nname = \"flow\"\nas_of = \"2026-11-15\"\n\
                    [[table]]\nkind = \"flow\"\nfile = \"flow.csv\"\n";
    let engine = engine(&Input::Memory(vec![
        ("dataset.toml".to_owned(), manifest.into()),
        ("flow.csv".to_owned(), flow.into()),
    ]));
    let figure = |denominator: &str, metric: &str| {
        let mut definitions = Definitions::default();
        definitions.set("fast.a_denominator", denominator).unwrap();
        let view = View {
            engine: &engine,
            brand: 0,
            scope: "",
            definitions,
        };
        let board = view.on("2026-11-15", "2026-11-08");
        board
            .from(Source::Platform, metric, Part::Whole)
            .unwrap()
            .now
            .get()
            .unwrap()
    };
    let of = |metric: &str| figure("aipl_start", metric);
    assert_eq!(of("flow.deepened"), 1730.0);
    assert_eq!(of("flow.unchanged"), 10475.0);
    assert_eq!(of("flow.shallower"), 377.0);
    assert_eq!(of("flow.lost"), 4418.0);
    assert_eq!(of("flow.new"), 4382.0);
    for (metric, printed) in [("step.a", 0.1360), ("step.i", 0.0700), ("step.p", 0.0450)] {
        assert!((of(metric) - printed).abs() < 5e-5, "{metric}");
    }
    for (id, printed) in [
        ("aipl_start", 0.101_765),
        ("aip_start", 0.108_125),
        ("aipl_end", 0.101_981),
    ] {
        assert!((figure(id, "fast.a") - printed).abs() < 5e-7, "{id}");
    }
}

#[test]
fn crowds_are_cut_from_the_consumers_table() {
    let manifest = "format = 1\nname = \"crowds\"\n[[brand]]\nid = \"oak\"\n\
        [[crowd]]\nid = \"genz\"\nname_zh = \"Z世代\"\npopulation = 40\n\
        [[crowd]]\nid = \"mom\"\npopulation = 10\n\
        [[table]]\nkind = \"events\"\nfile = \"events.csv\"\n\
        [[table]]\nkind = \"consumers\"\nfile = \"consumers.csv\"\n";
    let events = "consumer,time,action,amount\n\
        u1,2026-11-10,order,100.10\nu2,2026-11-11,browse,\nu3,2026-11-12,order,50\n\
        u1,2026-11-14,order,0.20\nu4,2026-10-01,order,70\n";
    let consumers = "consumer,crowd\nu1,genz|mom\nu2,genz\nu3,Z世代\nu4,mom\n";
    let engine = engine(&Input::Memory(vec![
        ("dataset.toml".to_owned(), manifest.into()),
        ("events.csv".to_owned(), events.into()),
        ("consumers.csv".to_owned(), consumers.into()),
    ]));
    let view = view(&engine, "oak", &Json::Null);
    let board = view.on("2026-11-15", "2026-11-08");
    let crowd = |metric: &str, key| now(&board, metric, Part::Crowd(key));
    let (genz, mom) = (CrowdKey::Crowd(0), CrowdKey::Crowd(1));
    assert_eq!(crowd("crowd.consumers", genz), 3.0);
    assert_eq!(crowd("crowd.consumers", mom), 2.0);
    assert_eq!(crowd("crowd.consumers", CrowdKey::All), 4.0);
    assert_eq!(crowd("crowd.penetration", genz), 3.0 / 40.0);
    assert_eq!(crowd("crowd.buyers", genz), 2.0);
    assert_eq!(crowd("crowd.gmv", genz), 150.30);
    assert_eq!(crowd("crowd.aov", mom), 100.30);
    assert_eq!(crowd("crowd.conversion", mom), 0.5);
    let total = board.from(
        Source::Events,
        "crowd.population",
        Part::Crowd(CrowdKey::All),
    );
    assert!(
        total.unwrap().now.why().is_some(),
        "overlapping sizes do not add up"
    );
}
