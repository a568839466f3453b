//! Where a count takes long, figures come before histories: they are the same figures.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod seat;

use fastdeck::board::{Extent, Focus, Query, compute, figures};
use fastdeck::facts::{Engine, Slice};
use fastdeck::metrics::{Day, Definitions};
use fastdeck::scenario::Scenario;
use proptest::prelude::*;
use seat::demo;
use std::sync::{Arc, OnceLock};

fn engine() -> &'static Arc<Engine> {
    static DEMO: OnceLock<Arc<Engine>> = OnceLock::new();
    DEMO.get_or_init(demo)
}

fn definitions() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    prop::sample::subsequence(
        vec![
            ("aipl.a_days", "30"),
            ("aipl.i_days", "3"),
            ("aipl.l_days", "180"),
            ("aipl.p_days", "400"),
            ("fast.a_period", "day"),
            ("fast.a_period", "custom"),
            ("fast.t_days", "90"),
            ("crowd.period_days", "30"),
        ],
        0..4,
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn figures_without_histories_are_those_of_the_whole_board(
        back in 0_i32..420,
        length in prop::sample::select(vec![7, 1, 8, 14, 30, 371, 400]),
        brand in 0_usize..6,
        filter in prop::sample::select(vec!["", "crowd=genz", "channel=feed_ads; gender=f", "role=member", "crowd!=genz,supermom"]),
        scope in prop::sample::select(vec!["", "", "channel=feed_ads"]),
        changed in definitions(),
    ) {
        let engine = engine();
        let as_of = Day::parse_iso("2026-11-15").unwrap().plus(-back);
        let mut definitions = Definitions::default();
        for (id, value) in changed {
            definitions.set(id, value).unwrap();
        }
        let query = Query {
            as_of,
            against: as_of.plus(-length),
            slice: Slice {
                filter: Slice::parse_conditions(filter).unwrap(),
                scope: Slice::parse_conditions(scope).unwrap(),
            },
            definitions,
            scenario: Scenario::default(),
        };
        let focus = Focus::One(brand);
        let (whole, first) = (compute(engine, &query, &focus), figures(engine, &query, &focus));
        prop_assert_eq!(first.extent, Extent::Figures);
        prop_assert!(first.dates.is_empty());
        for (a, b) in whole.brands.iter().zip(&first.brands) {
            prop_assert!(b.history.is_empty());
            prop_assert_eq!(a.figures.len(), b.figures.len());
            for (a, b) in a.figures.iter().zip(&b.figures) {
                prop_assert_eq!(a, b);
            }
            prop_assert_eq!(&a.workbench, &b.workbench);
        }
        prop_assert_eq!(&whole.dimensions, &first.dimensions);
    }
}
