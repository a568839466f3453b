//! The real logs that come with the specification load with the row counts of their expected values.
//! They are read where they are; a test whose file is absent says that it was skipped.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::PathBuf;

use fastdeck::data::{Input, Options, load};
use fastdeck::facts::{Action, Dataset};

fn shared(test: &str, path: &str) -> Option<PathBuf> {
    let full = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")).join(path);
    if full.exists() {
        return Some(full);
    }
    println!("skipped: {test}: {} is not there", full.display());
    None
}

fn open(path: PathBuf) -> Dataset {
    let dataset = load(&Input::Path(path), &Options::default(), &mut |_| true).unwrap();
    for source in &dataset.sources {
        assert_eq!(source.rows, source.used + source.rejected + source.excluded);
        assert_eq!(source.used as usize, dataset.log.events.len());
    }
    dataset
}

fn count(dataset: &Dataset, action: Action) -> usize {
    dataset
        .log
        .events
        .iter()
        .filter(|e| e.action == action)
        .count()
}

fn brand_events(dataset: &Dataset, id: &str) -> usize {
    let index = dataset.brands.iter().position(|b| b.id == id).unwrap() as u32;
    dataset
        .log
        .events
        .iter()
        .filter(|e| e.brand == index)
        .count()
}

#[test]
fn taobao_43_users() {
    let Some(path) = shared("taobao_43_users", "taobao_43users/UserBehavior.csv") else {
        return;
    };
    let dataset = open(path);
    assert_eq!(dataset.log.events.len(), 4321);
    assert_eq!(dataset.log.consumers.len(), 43);
    let by = [
        Action::Browse,
        Action::Favorite,
        Action::Cart,
        Action::Order,
    ];
    assert_eq!(by.map(|a| count(&dataset, a)), [3926, 128, 190, 77]);
    let (first, last) = dataset.log.days.unwrap();
    assert_eq!(
        (first.to_string(), last.to_string()),
        ("2017-09-11".into(), "2017-12-03".into())
    );
    assert_eq!(dataset.log.last_complete, Some(last));
    assert!(dataset.proxy.is_some());
    assert_eq!(dataset.brands[0].id, "all");
}

#[test]
fn a_cut_last_line_is_one_rejected_row() {
    let Some(path) = shared("taobao_morning", "taobao_morning/UserBehavior.csv.gz") else {
        return;
    };
    let dataset = open(path);
    assert_eq!(dataset.log.events.len(), 96_168);
    assert_eq!(dataset.log.consumers.len(), 58_732);
    assert_eq!(dataset.sources[0].rejected, 1);
    let problem = &dataset.problems[0];
    assert_eq!((problem.place.line, problem.place.column), (96_169, 5));
    assert!(problem.message.contains("implausible time"), "{problem}");
    assert_eq!(problem.found, "15");
}

#[test]
fn rees46_has_brands_and_amounts() {
    let Some(path) = shared("rees46", "rees46_head6000/2019-Oct.csv.gz") else {
        return;
    };
    let dataset = open(path);
    assert_eq!(dataset.sources[0].rows, 6000);
    assert_eq!(dataset.sources[0].excluded, 792);
    assert_eq!(brand_events(&dataset, "apple"), 659 + 16 + 16);
    let fen: i64 = dataset.log.events.iter().filter_map(|e| e.amount).sum();
    assert!(fen > 0 && fen <= 1_740_503, "{fen}");
    let note = &dataset.problems[0];
    assert_eq!((note.code.id(), note.count), ("no_brand", 792));
}

#[test]
fn tmall_2014_has_brands() {
    let Some(path) = shared("tmall2014", "tmall2014_148users/events.csv.gz") else {
        return;
    };
    let dataset = open(path);
    assert_eq!(dataset.log.events.len(), 26_940);
    assert_eq!(dataset.log.consumers.len(), 148);
    assert!(dataset.problems.is_empty());
}

#[test]
fn a_chinese_header_opens_as_events() {
    let Some(path) = shared("synthetic_cn", "synthetic_cn/UserBehavior.csv.gz") else {
        return;
    };
    let dataset = open(path);
    assert_eq!(dataset.log.events.len(), 40_000);
    assert_eq!(dataset.log.consumers.len(), 3990);
    assert_eq!(count(&dataset, Action::Order), 32_000);
    assert_eq!(brand_events(&dataset, "小米"), 696);
    let fen: i64 = dataset.log.events.iter().filter_map(|e| e.amount).sum();
    assert_eq!(fen, 7_879_908_691);
}

#[test]
fn an_order_report_opens_alone() {
    let Some(path) = shared("tmall_orders", "tmall_orders/tmall_order_report.csv.gz") else {
        return;
    };
    let dataset = load(&Input::Path(path), &Options::default(), &mut |_| true).unwrap();
    assert_eq!(dataset.sources[0].kind, "orders");
    assert_eq!(
        (dataset.sources[0].rows, dataset.sources[0].used),
        (28_010, 28_010)
    );
    assert!(dataset.problems.is_empty(), "{:?}", dataset.problems);
    let days = &dataset.tables.order_days;
    assert_eq!(days.len(), 27, "no orders on the 8th and the 16th");
    assert_eq!(days.iter().map(|d| d.orders).sum::<u64>(), 28_010);
}
