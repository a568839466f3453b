//! The demo holds an event log and platform tables that were counted separately: they agree in
//! every cell, at every one of the 60 weeks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    missing_docs
)]

use std::collections::BTreeMap;
use std::sync::Arc;

use fastdeck::board::{self, BrandBoard, Figure, Focus, Query, Source};
use fastdeck::data::{self, Input, Options, demo};
use fastdeck::facts::{Engine, Slice};
use fastdeck::metrics::{Day, Definitions};
use fastdeck::scenario::Scenario;

fn demo_engine() -> Engine {
    let input = Input::Memory(demo::embedded());
    let data = data::load(&input, &Options::default(), &mut |_| true).unwrap();
    assert!(data.simulated);
    assert_eq!(data.problems, [], "the demo has nothing to complain about");
    Engine::new(Arc::new(data))
}

/// Pairs of figures of the log and of the tables.
fn pairs(brand: &BrandBoard) -> impl Iterator<Item = (&Figure, &Figure)> {
    let platform = brand
        .figures
        .iter()
        .filter(|f| f.source == Source::Platform);
    platform.filter_map(|p| Some((brand.from(Source::Events, p.metric.id, p.part)?, p)))
}

#[test]
fn log_and_tables_agree_in_every_cell_of_sixty_weeks() {
    let engine = demo_engine();
    let brands: Vec<usize> = (0..engine.dataset().brands.len()).collect();
    assert_eq!(brands.len(), 6);
    let last = board::default_as_of(&engine);
    assert_eq!(last, Day::parse_iso("2026-11-15").unwrap());
    let mut compared: BTreeMap<&str, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for week in 0..60 {
        let as_of = last.plus(-7 * week);
        let query = Query {
            as_of,
            against: as_of.plus(-7),
            slice: Slice::default(),
            definitions: Definitions::default(),
            scenario: Scenario::default(),
        };
        let board = board::compute(&engine, &query, &Focus::Full(brands.clone()));
        for brand in &board.brands {
            for (log, table) in pairs(brand) {
                let (Some(a), Some(b)) = (log.now.get(), table.now.get()) else {
                    if log.now.is_known() != table.now.is_known() && !left_out(table) {
                        wrong.push(format!(
                            "{as_of} {:?} {:?}: {:?} / {:?}",
                            table.metric.id, table.part, log.now, table.now
                        ));
                    }
                    continue;
                };
                *compared.entry(log.metric.id).or_default() += 1;
                if a != b {
                    wrong.push(format!(
                        "{as_of} {} {} {:?}: log {a}, table {b}",
                        engine.dataset().brands[brand.brand].id,
                        log.metric.id,
                        log.part
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} cells differ, the first: {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(12)]
    );
    for metric in [
        "aipl.o",
        "aipl.a",
        "aipl.i",
        "aipl.p",
        "aipl.l",
        "aipl.total",
        "aipl.active",
        "flow",
        "flow.new",
        "flow.deepened",
        "flow.unchanged",
        "flow.shallower",
        "flow.lost",
        "step.a",
        "step.i",
        "step.p",
        "fast.f",
        "fast.a",
        "fast.s",
        "fast.t",
        "fast_plus.capital",
        "fast_plus.connection",
        "fast_plus.clv",
        "crowd.population",
        "crowd.consumers",
        "crowd.penetration",
        "crowd.buyers",
        "crowd.conversion",
        "crowd.aov",
        "crowd.gmv",
    ] {
        assert!(
            compared.get(metric).is_some_and(|n| *n >= 59 * 6),
            "{metric}: {:?}",
            compared.get(metric)
        );
    }
}

/// Flows between N and O are in no term; the tables leave them out.
fn left_out(table: &Figure) -> bool {
    use fastdeck::board::Part;
    matches!(table.part, Part::Flow(from, to) if !from.is_asset() && !to.is_asset())
}
