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

/// Numbers that look random and are always the same.
fn next(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

const MANY: u32 = 24_000;

/// Thousands of consumers of one brand in crowds that overlap, with few attributes and many venues.
fn many(crowd_sets: u64) -> Dataset {
    let mut seed = 0x9e37_79b9_7f4a_7c15;
    let mut pick = |n: u64| next(&mut seed) % n;
    let mut events = Vec::new();
    let (mut crowd, mut tier) = ((vec![0], vec![]), (vec![0], vec![]));
    for consumer in 0..MANY {
        for _ in 0..pick(4) * pick(3) {
            let action = ACTIONS[pick(ACTIONS.len() as u64) as usize];
            let age = if pick(4) == 0 { pick(900) } else { pick(60) } as i32;
            events.push(Event {
                consumer,
                brand: 0,
                day: Day(DAY - age),
                second: pick(86_400) as u32,
                action,
                touch: [
                    pick(6).min(pick(6)) as u32,
                    pick(250) as u32,
                    NO_VALUE,
                    NO_VALUE,
                ],
                amount: (action == Action::Order).then(|| pick(50_000) as i64),
                order: NO_VALUE,
                score: None,
            });
        }
        let set = pick(crowd_sets) as u32;
        crowd.1.extend((0..8).filter(|k| set >> k & 1 == 1));
        crowd.0.push(crowd.1.len() as u32);
        tier.1.push(pick(2) as u32);
        tier.0.push(tier.1.len() as u32);
    }
    let texts = |n: usize, letter: &str| (0..n).map(|k| format!("{letter}{k}")).collect();
    let attribute = |id: &str, letter: &str, n, (offsets, entries)| Attribute {
        id: id.into(),
        values: texts(n, letter),
        offsets,
        entries,
    };
    Dataset {
        brands: vec![Brand::default()],
        crowds: (0..8)
            .map(|k| Crowd {
                id: format!("g{k}"),
                ..Crowd::default()
            })
            .collect(),
        attributes: vec![
            attribute("tier", "t", 2, tier),
            attribute("crowd", "g", 8, crowd),
        ],
        log: EventLog {
            consumers: (0..MANY).map(|c| c.to_string().into()).collect(),
            events: events.into_iter().collect(),
            touch_values: [texts(6, "c"), texts(250, "k"), vec![], vec![]],
            ..EventLog::default()
        },
        ..Dataset::default()
    }
}

/// One consumer as the slow implementation sees him.
struct Known {
    states: [State; 4],
    /// Whether he was seen by as-of.
    seen: bool,
    crowds: Vec<u32>,
    tier: u32,
    channels: BTreeSet<u32>,
    categories: BTreeSet<u32>,
    /// Amounts of the orders of the last seven days.
    orders: Vec<i64>,
}

fn known(data: &Dataset, days: [i32; 4], d: &Definitions) -> Vec<Known> {
    let of = by_consumer(data, 0);
    (0..MANY)
        .map(|consumer| {
            let events = of.get(&consumer).map_or(&[][..], |e| e);
            let until = || events.iter().filter(|e| e.day.0 <= days[0]);
            let recent = until().filter(|e| e.action == Action::Order && days[0] - e.day.0 < 7);
            Known {
                states: days.map(|day| slow_state(events, Day(day), d)),
                seen: until().count() > 0,
                crowds: data.attributes[1].of(consumer).to_vec(),
                tier: data.attributes[0].of(consumer)[0],
                channels: until().map(|e| e.touch[0]).collect(),
                categories: until().map(|e| e.touch[1]).collect(),
                orders: recent.map(|e| e.amount.unwrap()).collect(),
            }
        })
        .collect()
}

/// A random slice: its text and whether it keeps a consumer.
fn random_slice(pick: &mut dyn FnMut(u64) -> u64) -> (String, impl Fn(&Known) -> bool + use<>) {
    let bits = |n: u64, pick: &mut dyn FnMut(u64) -> u64| -> Vec<u32> {
        (0..n).filter(|_| pick(3) == 0).map(|k| k as u32).collect()
    };
    let wanted = [bits(8, pick), bits(2, pick), bits(6, pick), bits(250, pick)];
    let asked: [bool; 4] = std::array::from_fn(|k| pick(2) == 0 && !wanted[k].is_empty());
    let negated: [bool; 4] = std::array::from_fn(|_| pick(3) == 0);
    let names = [
        ("crowd", "g"),
        ("tier", "t"),
        ("channel", "c"),
        ("category", "k"),
    ];
    let each = (0..4).filter(|k| asked[*k]).map(|k| {
        let values = wanted[k].iter().map(|v| format!("{}{v}", names[k].1));
        let sign = if negated[k] { "!=" } else { "=" };
        format!(
            "{}{sign}{}",
            names[k].0,
            values.collect::<Vec<_>>().join(",")
        )
    });
    let text = each.collect::<Vec<_>>().join("; ");
    let keeps = move |known: &Known| {
        let has = [
            wanted[0].iter().any(|v| known.crowds.contains(v)),
            wanted[1].contains(&known.tier),
            wanted[2].iter().any(|v| known.channels.contains(v)),
            wanted[3].iter().any(|v| known.categories.contains(v)),
        ];
        (0..4).all(|k| !asked[k] || has[k] != negated[k])
    };
    (text, keeps)
}

/// Chunks of one group of crowds with kept sums (four sets), and of many groups (all 256).
#[test]
fn many_consumers_are_counted_as_one_by_one_under_random_slices() {
    let d = Definitions::default();
    for crowd_sets in [4, 256] {
        let data = many(crowd_sets);
        let engine = Engine::new(Arc::new(data.clone()));
        for (as_of, against) in [(DAY, DAY - 7), (DAY - 3, DAY - 33)] {
            let weeks = [as_of - 7, as_of - 70];
            let all = known(&data, [as_of, against, weeks[0], weeks[1]], &d);
            let frame = Engine::frame(Day(as_of), Day(against), &d);
            let rules = fastdeck::facts::Rules::of(&d);
            let mut seed = 7 + crowd_sets;
            for _ in 0..25 {
                let (text, keeps) = random_slice(&mut |n| next(&mut seed) % n);
                let slice = Slice {
                    filter: Slice::parse_conditions(&text).unwrap(),
                    scope: vec![],
                };
                let counts = engine.count(0, &frame, &rules, &slice);
                let kept: Vec<&Known> = all.iter().filter(|k| keeps(k)).collect();
                let mut flow = [[0; 6]; 6];
                for k in kept.iter().filter(|k| k.seen) {
                    flow[k.states[1] as usize][k.states[0] as usize] += 1;
                }
                assert_eq!(counts.flow_now, flow, "{text}");
                let asset = |date: usize| move |k: &&&Known| k.states[date] > State::O;
                let people = |date: usize| kept.iter().filter(asset(date)).count() as u64;
                assert_eq!(counts.layers.asset, [people(0), people(1)], "{text}");
                let told = [counts.weeks.asset[51], counts.weeks.asset[42]];
                assert_eq!(told, [people(2), people(3)], "{text}");
                for (crowd, counts) in counts.crowds.iter().enumerate() {
                    let of = || kept.iter().filter(|k| k.crowds.contains(&(crowd as u32)));
                    let people = |date: usize| of().filter(asset(date)).count() as u64;
                    assert_eq!(counts.consumers, [people(0), people(1)], "{text}");
                    assert_eq!([counts.weeks[51], counts.weeks[42]], [people(2), people(3)]);
                    let buyers = of().filter(|k| !k.orders.is_empty()).count();
                    assert_eq!(counts.sales.buyers[0], buyers as u64, "{text}");
                    let fen: i64 = of().flat_map(|k| &k.orders).sum();
                    assert_eq!(counts.sales.fen[0], fen, "{text}");
                }
            }
        }
    }
}

#[test]
fn a_count_that_was_stopped_is_not_kept() {
    let data = many(4);
    let engine = Engine::new(Arc::new(data));
    let d = Definitions::default();
    let (frame, rules) = (
        Engine::frame(Day(DAY), Day(DAY - 7), &d),
        fastdeck::facts::Rules::of(&d),
    );
    engine.pace().begin();
    assert_eq!(engine.pace().percent(), None);
    engine.pace().stop();
    engine.count(0, &frame, &rules, &Slice::default());
    engine.pace().begin();
    let asset = engine
        .count(0, &frame, &rules, &Slice::default())
        .layers
        .asset;
    assert_eq!(engine.pace().percent(), Some(100));
    let again = engine.count(0, &frame, &rules, &Slice::default());
    assert!(asset[0] > 1000);
    assert_eq!(again.layers.asset, asset);
}

/// Two orders without an id on one day are two orders; a review that praises counts after one that
/// does not, on the same day.
#[test]
fn orders_and_reviews_of_one_day_count_one_by_one() {
    let event = |consumer, second, action, score| Event {
        consumer,
        brand: 0,
        day: Day(DAY),
        second,
        action,
        touch: [NO_VALUE; 4],
        amount: None,
        order: NO_VALUE,
        score,
    };
    let data = dataset(vec![
        event(0, 1, Action::Order, None),
        event(0, 2, Action::Order, None),
        event(1, 1, Action::Review, Some(1.0)),
        event(1, 2, Action::Review, None),
    ]);
    let mut d = Definitions::default();
    let board = compute(&data, DAY, DAY - 7, "", &d);
    assert_eq!(people(board.brand(0).unwrap(), "aipl.l"), 1.0);
    assert_eq!(people(board.brand(0).unwrap(), "aipl.p"), 1.0);
    d.set("aipl.l_count", "order").unwrap();
    let board = compute(&data, DAY, DAY - 7, "", &d);
    assert_eq!(people(board.brand(0).unwrap(), "aipl.l"), 2.0);
}
