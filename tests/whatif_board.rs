//! What-if on a whole board: what moves, what stays, and that the board and the model agree.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    missing_docs
)]

use std::sync::Arc;

use fastdeck::board::{self, BrandBoard, Figures, Focus, Part, Query, Side, Source};
use fastdeck::data::{self, Input, Options, demo};
use fastdeck::facts::{CrowdKey, Engine, Slice};
use fastdeck::metrics::Value;
use fastdeck::scenario::{Item, LEVERS, Scenario};

fn open() -> (Engine, Query) {
    let input = Input::Memory(demo::embedded());
    let data = data::load(&input, &Options::default(), &mut |_| true).unwrap();
    let engine = Engine::new(Arc::new(data));
    let as_of = board::default_as_of(&engine);
    let query = Query {
        as_of,
        against: as_of.plus(-7),
        slice: Slice::default(),
        definitions: engine.dataset().definitions.clone(),
        scenario: Scenario::default(),
    };
    (engine, query)
}

fn under(engine: &Engine, query: &Query, text: &str) -> BrandBoard {
    let query = Query {
        scenario: Scenario::parse(text).unwrap(),
        ..query.clone()
    };
    board::compute(engine, &query, &Focus::Full(vec![0])).brands[0]
        .as_ref()
        .clone()
}

#[test]
fn setting_what_is_there_changes_no_bit_of_any_figure() {
    let (engine, query) = open();
    let plain = under(&engine, &query, "");
    let figures = Figures {
        board: &plain,
        data: engine.dataset(),
        definitions: &query.definitions,
    };
    let model = figures.model(Source::Events, Side::Now);
    let mut tried = 0;
    for lever in LEVERS {
        for (cell, item) in model.cells(lever, &Item::All) {
            let Some(now) = model.value(cell).get() else {
                continue;
            };
            let item = if item.is_empty() { "*" } else { &item };
            let text = format!("{}[{item}]={now}", lever.id);
            let changed = under(&engine, &query, &text);
            // The tables may give another value: their figures move, those of the log do not.
            let log = |b: &BrandBoard| {
                let own = b.figures.iter().filter(|f| f.source == Source::Events);
                own.cloned().collect::<Vec<_>>()
            };
            assert_eq!(log(&changed), log(&plain), "{text}");
            tried += 1;
        }
    }
    assert!(tried > 25, "{tried}");
}

#[test]
fn a_lever_moves_what_it_should_and_nothing_else() {
    let (engine, query) = open();
    let plain = under(&engine, &query, "");
    for (text, moved) in [
        ("crowd.aov[*]*=1.1", &["crowd.aov", "crowd.gmv"][..]),
        ("fast.a+=1pp", &["fast.a"][..]),
        ("fast.t=99%", &["fast.t", "fast.active_members"][..]),
        (
            "fast.f*=1.5",
            &[
                "fast.f",
                "aipl.total",
                "aipl.a",
                "aipl.i",
                "aipl.p",
                "aipl.l",
            ][..],
        ),
        ("fast.s*=1.1", &["fast.s", "fast.active_members"][..]),
        ("flow.rate[a>i]=50%", &[][..]),
    ] {
        let changed = under(&engine, &query, text);
        for (a, b) in changed.figures.iter().zip(&plain.figures) {
            assert_eq!(
                (a.metric.id, a.part, a.source),
                (b.metric.id, b.part, b.source)
            );
            let known = b.now.get().is_some_and(|x| x != 0.0);
            let expected = moved.contains(&a.metric.id) && known;
            assert_eq!(
                a.now != b.now,
                expected,
                "{text}: {} {:?}",
                a.metric.id,
                a.part
            );
            assert_eq!(
                a.baseline,
                expected.then_some(b.now),
                "{text}: {}",
                a.metric.id
            );
            assert_eq!((a.against, &a.benchmarks), (b.against, &b.benchmarks));
        }
    }
}

#[test]
fn totals_and_parts_of_ratios_follow_the_crowds() {
    let (engine, query) = open();
    let changed = under(
        &engine,
        &query,
        "crowd.penetration[*]*=1.25; crowd.conversion[genz]+=1pp",
    );
    let all = Part::Crowd(CrowdKey::All);
    for source in [Source::Events, Source::Platform] {
        let get = |id: &str, part| changed.from(source, id, part).unwrap();
        for id in ["crowd.consumers", "crowd.buyers", "crowd.gmv"] {
            let parts = engine.dataset().counted_crowds();
            let sum: Value = parts
                .map(|k| get(id, Part::Crowd(CrowdKey::Crowd(k as u32))).now)
                .sum();
            let (sum, total) = (sum.get().unwrap(), get(id, all).now.get().unwrap());
            assert!((sum - total).abs() <= 1e-9 * total, "{id}: {sum} {total}");
        }
        for figure in changed.figures.iter().filter(|f| f.baseline.is_some()) {
            if let (Some(a), Some(b)) = (figure.numerator, figure.denominator) {
                let (ratio, now) = (a.over(b).get().unwrap(), figure.now.get().unwrap());
                assert!((ratio - now).abs() <= 1e-12 * now, "{}", figure.metric.id);
            }
        }
    }
}

#[test]
fn only_the_brand_in_focus_is_changed() {
    let (engine, query) = open();
    let query = Query {
        scenario: Scenario::parse("fast.f=1000; fast.s=10").unwrap(),
        ..query
    };
    let board = board::compute(&engine, &query, &Focus::One(1));
    for brand in &board.brands {
        let f = brand.get("fast.f", Part::Whole).unwrap();
        assert_eq!(f.baseline.is_some(), brand.full);
        assert_eq!(f.now == Value::Known(1000.0), brand.full);
    }
}

#[test]
fn bounds_that_are_hit_are_told_once() {
    let (engine, query) = open();
    let board = under(
        &engine,
        &query,
        "crowd.penetration[genz]=100%; crowd.penetration[genz]+=20%",
    );
    let [told] = &board.bounded[..] else {
        panic!("{:?}", board.bounded)
    };
    assert_eq!(
        (told.lever.id, &*told.item, told.asked, told.kept),
        ("crowd.penetration", "genz", 1.2, 1.0)
    );
}
