//! The engine against a second implementation, slow and obvious, and the laws of the field.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    missing_docs
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fastdeck::board::{self, Board, BrandBoard, Focus, Part, Query, Source};
use fastdeck::facts::{
    Action, Attribute, Brand, Crowd, CrowdKey, Dataset, Engine, Event, EventLog, NO_VALUE, Slice,
};
use fastdeck::metrics::aipl::State;
use fastdeck::metrics::{Day, Definitions, Value};
use fastdeck::scenario::Scenario;
use proptest::prelude::*;

/// The state of one consumer on a day by the rules of the specification, word for word.
fn slow_state(events: &[Event], day: Day, d: &Definitions) -> State {
    use Action::{Browse, Cart, Click, Exposure, Favorite, Interact, Order, Search, Share};
    let n = |id: &str| d.count(id);
    let within = |e: &Event, days: i32| e.day <= day && day.0 - e.day.0 < days;
    let acted = |actions: &[Action], days: i32| {
        events
            .iter()
            .any(|e| within(e, days) && actions.contains(&e.action))
    };
    let days_of = |action: Action, days: i32| {
        let hits = events
            .iter()
            .filter(|e| within(e, days) && e.action == action);
        hits.map(|e| e.day).collect::<BTreeSet<_>>().len() as i32
    };
    let toggled = |on: Action, off: Action| {
        let mut held = false;
        for e in events.iter().filter(|e| e.day <= day) {
            held = (held || e.action == on) && e.action != off;
        }
        held
    };
    let p_days = if n("aipl.p_days") == 0 {
        i32::MAX
    } else {
        n("aipl.p_days")
    };
    let member = toggled(Action::JoinMember, Action::LeaveMember)
        || toggled(Action::Follow, Action::Unfollow);
    if days_of(Order, n("aipl.l_days")) >= n("aipl.l_min_purchase_days")
        || acted(&[Share], n("aipl.l_days"))
    {
        State::L
    } else if acted(&[Order], p_days) {
        State::P
    } else if member
        || acted(&[Favorite, Cart, Interact, Share], n("aipl.i_days"))
        || days_of(Browse, n("aipl.i_days")) >= n("aipl.browse_days_for_i")
    {
        State::I
    } else if acted(&[Exposure, Click, Browse, Search], n("aipl.a_days")) {
        State::A
    } else {
        State::N
    }
}

const ACTIONS: [Action; 14] = [
    Action::Exposure,
    Action::Click,
    Action::Browse,
    Action::Browse,
    Action::Browse,
    Action::Search,
    Action::Favorite,
    Action::Cart,
    Action::Order,
    Action::Share,
    Action::JoinMember,
    Action::LeaveMember,
    Action::Follow,
    Action::Unfollow,
];

const CONSUMERS: u32 = 12;
const DAY: i32 = 20_000;

fn event() -> impl Strategy<Value = Event> {
    let action = (0..ACTIONS.len()).prop_map(|i| ACTIONS[i]);
    // Most events are recent; some are old enough to fall out of the long windows.
    let age = prop_oneof![3 => 0..45_i32, 1 => 0..1000_i32];
    let amount = prop_oneof![4 => (0..100_000_i64).prop_map(Some), 1 => Just(None)];
    (
        0..CONSUMERS,
        0..2_u32,
        age,
        0..86_400_u32,
        action,
        0..3_u32,
        amount,
    )
        .prop_map(
            |(consumer, brand, age, second, action, channel, amount)| Event {
                consumer,
                brand,
                day: Day(DAY - age),
                second,
                action,
                touch: [channel, NO_VALUE, NO_VALUE, NO_VALUE],
                amount,
                order: NO_VALUE,
                score: None,
            },
        )
}

fn dataset(events: Vec<Event>) -> Dataset {
    let brand = |id: &str| Brand {
        id: id.into(),
        ..Brand::default()
    };
    let crowd = |id: &str| Crowd {
        id: id.into(),
        population: Some(100.0),
        exclusive: false,
        ..Crowd::default()
    };
    // Consumer c is in crowd "even" or "odd"; every third one in both.
    let mut offsets = vec![0];
    let mut entries = Vec::new();
    for c in 0..CONSUMERS {
        entries.extend(if c % 3 == 0 { vec![0, 1] } else { vec![c % 2] });
        offsets.push(entries.len() as u32);
    }
    let log = EventLog {
        consumers: (0..CONSUMERS).map(|c| c.to_string().into()).collect(),
        events: events.into_iter().collect(),
        touch_values: [
            vec!["douyin".into(), "shop".into(), "search".into()],
            vec![],
            vec![],
            vec![],
        ],
        ..EventLog::default()
    };
    let values = vec!["even".into(), "odd".into()];
    Dataset {
        brands: vec![brand("oak"), brand("elm")],
        crowds: vec![crowd("even"), crowd("odd")],
        attributes: vec![Attribute {
            id: "crowd".into(),
            values,
            offsets,
            entries,
        }],
        log,
        ..Dataset::default()
    }
}

fn compute(data: &Dataset, day: i32, against: i32, filter: &str, d: &Definitions) -> Board {
    let engine = Engine::new(Arc::new(data.clone()));
    let slice = Slice {
        filter: Slice::parse_conditions(filter).unwrap(),
        scope: vec![],
    };
    let query = Query {
        as_of: Day(day),
        against: Day(against),
        slice,
        definitions: d.clone(),
        scenario: Scenario::default(),
    };
    board::compute(&engine, &query, &Focus::Full(vec![0, 1]))
}

fn value(brand: &BrandBoard, metric: &str, part: Part) -> Value {
    brand
        .from(Source::Events, metric, part)
        .unwrap_or_else(|| panic!("no {metric}"))
        .now
}

fn people(brand: &BrandBoard, metric: &str) -> f64 {
    value(brand, metric, Part::Whole).get().unwrap()
}

/// Events of one brand by consumer, in the order of time.
fn by_consumer(data: &Dataset, brand: u32) -> BTreeMap<u32, Vec<Event>> {
    let mut found: BTreeMap<u32, Vec<Event>> = BTreeMap::new();
    for e in data.log.events.iter().filter(|e| e.brand == brand) {
        found.entry(e.consumer).or_default().push(e);
    }
    for events in found.values_mut() {
        events.sort_by_key(|e| (e.day, e.second, e.action));
    }
    found
}

fn definitions() -> impl Strategy<Value = Definitions> {
    (
        1..40_u32,
        1..40_u32,
        0..950_u32,
        1..400_u32,
        1..4_u32,
        1..4_u32,
        any::<bool>(),
    )
        .prop_map(|(a, i, p, l, min, browse, default)| {
            let mut d = Definitions::default();
            if !default {
                for (id, n) in [
                    ("aipl.a_days", a),
                    ("aipl.i_days", i),
                    ("aipl.p_days", p),
                    ("aipl.l_days", l),
                    ("aipl.l_min_purchase_days", min),
                    ("aipl.browse_days_for_i", browse),
                ] {
                    d.set(id, &n.to_string()).unwrap();
                }
            }
            d
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    /// A thousand random logs: stock, flow and history agree with the slow implementation.
    #[test]
    fn the_engine_agrees_with_the_slow_implementation(
        events in prop::collection::vec(event(), 0..60),
        back in 0..40_i32,
        length in 1..40_i32,
        d in definitions(),
    ) {
        let data = dataset(events);
        let (day, against) = (DAY - back, DAY - back - length);
        let board = compute(&data, day, against, "", &d);
        for (k, brand) in board.brands.iter().enumerate() {
            let consumers = by_consumer(&data, k as u32);
            if consumers.is_empty() {
                continue;
            }
            let state = |events: &[Event], day: i32| slow_state(events, Day(day), &d);
            for (metric, wanted) in
                [("aipl.a", State::A), ("aipl.i", State::I), ("aipl.p", State::P), ("aipl.l", State::L)]
            {
                let slow = consumers.values().filter(|e| state(e, day) == wanted).count();
                prop_assert_eq!(people(brand, metric), slow as f64, "{} on {}", metric, day);
                let series = brand.series(metric, Part::Whole).unwrap();
                for (date, now) in board.dates.iter().zip(&series.values) {
                    let slow = consumers.values().filter(|e| state(e, date.0) == wanted).count();
                    prop_assert_eq!(*now, Value::Known(slow as f64), "{} history {}", metric, date);
                }
            }
            for from in State::ALL {
                for to in State::ALL {
                    if from == State::O || to == State::O {
                        continue;
                    }
                    let seen = |e: &&Vec<Event>| e.iter().any(|e| e.day.0 <= day);
                    let slow = consumers.values().filter(seen)
                        .filter(|e| state(e, against) == from && state(e, day) == to).count();
                    let now = value(brand, "flow", Part::Flow(from, to));
                    prop_assert_eq!(now, Value::Known(slow as f64), "{:?} → {:?}", from, to);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Start and end totals follow from the five terms; A divides by the start.
    #[test]
    fn flow_identities_close(events in prop::collection::vec(event(), 1..80), length in 1..30_i32) {
        let data = dataset(events);
        let d = Definitions::default();
        let board = compute(&data, DAY, DAY - length, "", &d);
        let before = compute(&data, DAY - length, DAY - 2 * length, "", &d);
        for (now, then) in board.brands.iter().zip(&before.brands) {
            if now.from(Source::Events, "aipl.total", Part::Whole).is_none() {
                continue;
            }
            let n = |id: &str| people(now, id);
            let (start, end) = (people(then, "aipl.total"), n("aipl.total"));
            let stayed = n("flow.deepened") + n("flow.unchanged") + n("flow.shallower");
            prop_assert_eq!(start, stayed + n("flow.lost"));
            prop_assert_eq!(end, stayed + n("flow.new"));
            prop_assert_eq!(end, n("aipl.a") + n("aipl.i") + n("aipl.p") + n("aipl.l"));
            let against = now.get("aipl.total", Part::Whole).unwrap().against;
            prop_assert_eq!(against, Value::Known(start));
        }
    }

    /// A consumer filter and its complement add up to the whole, in every count of people.
    #[test]
    fn a_filter_and_its_complement_add_up(events in prop::collection::vec(event(), 0..80)) {
        let data = dataset(events);
        let d = Definitions::default();
        let whole = compute(&data, DAY, DAY - 7, "", &d);
        for (yes, no) in [("crowd=odd", "crowd!=odd"), ("channel=shop", "channel!=shop"), ("role=member", "role!=member")] {
            let (yes, no) = (compute(&data, DAY, DAY - 7, yes, &d), compute(&data, DAY, DAY - 7, no, &d));
            for ((whole, yes), no) in whole.brands.iter().zip(&yes.brands).zip(&no.brands) {
                for figure in whole.figures.iter().filter(|f| f.unit().id() == "people" && f.source == Source::Events) {
                    if figure.metric.id == "crowd.population" {
                        continue;
                    }
                    let part = |b: &BrandBoard| b.from(figure.source, figure.metric.id, figure.part).unwrap().now;
                    prop_assert_eq!(part(yes).plus(part(no)), figure.now, "{} {:?}", figure.metric.id, figure.part);
                }
            }
        }
    }

    /// The order of conditions does not matter, and neither does the order of rows.
    #[test]
    fn filters_commute_and_row_order_does_not_matter(events in prop::collection::vec(event(), 0..80), seed in any::<u64>()) {
        let d = Definitions::default();
        let data = dataset(events.clone());
        let one = compute(&data, DAY, DAY - 7, "crowd=odd; channel!=douyin", &d);
        let other = compute(&data, DAY, DAY - 7, "channel!=douyin; crowd=odd", &d);
        prop_assert_eq!(&one.brands, &other.brands);
        let mut shuffled = events;
        let mut random = seed | 1;
        for i in (1..shuffled.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(i, (random >> 33) as usize % (i + 1));
        }
        let again = compute(&dataset(shuffled), DAY, DAY - 7, "crowd=odd; channel!=douyin", &d);
        prop_assert_eq!(&one.brands, &again.brands);
    }

    /// Exclusive crowds partition their people: crowds with shared consumers do not add up to more
    /// than the whole, and every state counts each consumer once.
    #[test]
    fn stages_partition_people(events in prop::collection::vec(event(), 0..80)) {
        let data = dataset(events);
        let board = compute(&data, DAY, DAY - 7, "", &Definitions::default());
        for (k, brand) in board.brands.iter().enumerate() {
            let seen = by_consumer(&data, k as u32).len() as f64;
            if seen == 0.0 {
                continue;
            }
            let sum: f64 = State::ALL.iter().flat_map(|f| State::ALL.map(|t| (*f, t)))
                .filter_map(|(f, t)| value(brand, "flow", Part::Flow(f, t)).get()).sum();
            prop_assert_eq!(sum, seen);
            let crowd = |k| value(brand, "crowd.consumers", Part::Crowd(fastdeck::facts::CrowdKey::Crowd(k))).get().unwrap();
            let all = value(brand, "crowd.consumers", Part::Crowd(fastdeck::facts::CrowdKey::All)).get().unwrap();
            prop_assert_eq!(all, people(brand, "aipl.total"));
            prop_assert!(crowd(0) <= all && crowd(1) <= all && crowd(0) + crowd(1) >= all);
        }
    }
}

/// A slice cuts the consumers of a crowd, not its size in the market; the total counts the crowds
/// that the slice keeps.
#[test]
fn the_size_of_a_crowd_is_the_markets() {
    let browse = |consumer| Event {
        consumer,
        brand: 0,
        day: Day(DAY),
        second: 0,
        action: Action::Browse,
        touch: [1, NO_VALUE, NO_VALUE, NO_VALUE],
        amount: None,
        order: NO_VALUE,
        score: None,
    };
    let mut data = dataset(vec![browse(1), browse(2)]);
    for crowd in &mut data.crowds {
        crowd.exclusive = true;
    }
    let size = |filter: &str, crowd: CrowdKey| {
        let board = compute(&data, DAY, DAY - 7, filter, &Definitions::default());
        value(&board.brands[0], "crowd.population", Part::Crowd(crowd))
    };
    for (filter, total) in [
        ("", 200.0),
        ("channel=shop", 200.0),
        ("crowd=odd", 100.0),
        ("crowd!=odd", 100.0),
    ] {
        assert_eq!(size(filter, CrowdKey::Crowd(0)), Value::Known(100.0));
        assert_eq!(size(filter, CrowdKey::All), Value::Known(total), "{filter}");
    }
}
