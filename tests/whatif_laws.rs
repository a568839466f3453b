//! The laws of what-if: scenarios, attribution and goal seek on models drawn at random.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    missing_docs
)]

use fastdeck::metrics::attribution::{Change as Factors, Method, attribute, split};
use fastdeck::metrics::double11::Layer;
use fastdeck::metrics::target_tree::Line;
use fastdeck::metrics::{Day, Value, Why};
use fastdeck::scenario::compare::{Family, waterfall};
use fastdeck::scenario::model::{Fast, Inputs};
use fastdeck::scenario::plan::{Outcome, Search};
use fastdeck::scenario::roots::{EXACT, distance};
use fastdeck::scenario::seek::Seek;
use fastdeck::scenario::{
    Book, Change, Desk, Edit, Item, Items, Knob, LEVERS, Model, Named, Note, Operator, Scenario,
    lever, transition_id,
};
use proptest::prelude::*;

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

// -- models drawn at random -------------------------------------------------------------------

fn line() -> impl Strategy<Value = Line> {
    let factors = (
        1e3..1e8_f64,
        0.001..1.0_f64,
        0.001..0.5_f64,
        1.0..5000.0_f64,
    );
    factors.prop_map(|(population, penetration, conversion, aov)| {
        Line {
            population: Value::Known(population.round()),
            penetration: Value::Known(penetration),
            conversion: Value::Known(conversion),
            aov: Value::Known(aov),
            ..Line::missing(Why::NotGiven)
        }
        .solved()
    })
}

fn layer() -> impl Strategy<Value = Layer> {
    let factors = (
        1e3..1e7_f64,
        0.001..0.5_f64,
        0.01..0.9_f64,
        10.0..1000.0_f64,
    );
    factors.prop_map(|(pool, cart, order, aov)| {
        let k = Value::Known;
        Layer::of(k(pool.round()), k(cart), k(order), k(aov))
    })
}

fn model_of(crowds: Vec<Line>, layers: &[Option<Layer>; 5]) -> Model {
    Model::new(Inputs {
        total: Line::sum(&crowds),
        crowds: crowds
            .into_iter()
            .enumerate()
            .map(|(i, line)| (format!("c{i}"), line, true))
            .collect(),
        additive: true,
        by_buyers: false,
        layers: *layers,
        fast: Fast {
            f: Value::Known(10_000.0),
            stock: [5000.0, 3000.0, 1500.0, 500.0].map(Value::Known),
            a: Value::Known(0.1),
            s: Value::Known(2000.0),
            t: Value::Known(0.4),
            active: Value::Known(800.0),
        },
    })
}

/// What every model starts from.
fn inputs(none: Value) -> Inputs {
    Inputs {
        crowds: Vec::new(),
        total: Line::missing(Why::NotGiven),
        additive: true,
        by_buyers: false,
        layers: [None; 5],
        fast: Fast {
            f: none,
            stock: [none; 4],
            a: none,
            s: none,
            t: none,
            active: none,
        },
    }
}

fn model() -> impl Strategy<Value = Model> {
    let layers = prop::array::uniform5(prop::option::of(layer()));
    (prop::collection::vec(line(), 1..6), layers).prop_map(|(c, l)| model_of(c, &l))
}

/// A change of any lever; crowds may have any name.
fn change(names: impl Strategy<Value = String>) -> impl Strategy<Value = Change> {
    let states = ["a", "i", "p", "l", "n", "o"];
    let parts = (0..LEVERS.len(), names, 0..4_usize, 0..6_usize, 0..3_usize);
    (parts, any::<bool>(), -1e6..1e6_f64).prop_map(
        move |((lever, name, from, to, operator), all, operand)| {
            let lever = &LEVERS[lever];
            let state = |s: usize| fastdeck::metrics::aipl::State::from_id(states[s]).unwrap();
            let item = match lever.items {
                Items::Whole => None,
                Items::Crowds => Some(name),
                Items::Layers => Some(["o", "a", "i", "p", "l"][to % 5].to_owned()),
                Items::Arrivals => Some(states[from].to_owned()),
                Items::Transitions => transition_id(state(from), state(to)),
            };
            Change {
                lever,
                item: item.filter(|_| !all).map_or(Item::All, Item::One),
                operator: [Operator::Set, Operator::Add, Operator::Multiply][operator],
                operand,
            }
        },
    )
}

fn crowd_names() -> impl Strategy<Value = String> {
    (0..6_usize).prop_map(|k| format!("c{k}"))
}

// -- scenarios --------------------------------------------------------------------------------

proptest! {
    #![proptest_config(config(500))]

    #[test]
    fn the_text_of_a_scenario_reads_back(changes in prop::collection::vec(change(".{0,12}".prop_map(String::from)), 0..6)) {
        let scenario = Scenario { changes };
        let text = scenario.to_string();
        prop_assert_eq!(text.lines().count().max(1), 1);
        prop_assert_eq!(Scenario::parse(&text).unwrap(), scenario);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,60}") {
        let _ = Scenario::parse(&text);
        let _ = Scenario::parse(&format!("crowd.aov[{text}"));
        let _ = Scenario::parse(&format!("gmv.pool[a]={text}"));
    }

    #[test]
    fn levers_never_leave_their_bounds(model in model(), changes in prop::collection::vec(change(crowd_names()), 1..6)) {
        let scenario = Scenario { changes };
        let (changed, bounded) = model.under(&scenario);
        for lever in LEVERS {
            for (cell, item) in changed.cells(lever, &Item::All) {
                if let Some(x) = changed.value(cell).get() {
                    prop_assert!((lever.bounds.0..=lever.bounds.1).contains(&x), "{} {item} {x}", lever.id);
                }
            }
        }
        for told in bounded {
            prop_assert!(told.asked != told.kept);
        }
        let fast = |id: &str| changed.get(id, "").unwrap().get().unwrap();
        prop_assert!(fast("fast.s") <= fast("fast.f"));
        prop_assert!(fast("fast.active_members") <= fast("fast.s") * (1.0 + 1e-12));
    }

    #[test]
    fn setting_what_is_there_changes_nothing_and_items_commute(model in model(), a in change(crowd_names()), b in change(crowd_names())) {
        prop_assert_eq!(model.under(&Scenario::default()).0, model.clone());
        for (cell, item) in model.cells(a.lever, &a.item) {
            let Some(now) = model.value(cell).get() else { continue };
            let same = Change { item: if item.is_empty() { Item::All } else { Item::One(item) }, operator: Operator::Set, operand: now, ..a.clone() };
            let put = model.under(&Scenario { changes: vec![a.clone(), same] }).0;
            for (cell, _) in model.cells(a.lever, &Item::All) {
                let (x, y) = (put.value(cell).get(), model.value(cell).get());
                if a.item != Item::All { prop_assert_eq!(x, y); }
            }
        }
        let whole = |c: &Change| c.lever.items == Items::Whole;
        let apart = a.lever.items != b.lever.items || (a.item != b.item && a.item != Item::All && b.item != Item::All);
        if apart && !(whole(&a) && whole(&b)) {
            let ab = model.under(&Scenario { changes: vec![a.clone(), b.clone()] }).0;
            let ba = model.under(&Scenario { changes: vec![b, a] }).0;
            prop_assert_eq!(ab, ba);
        }
    }
}

/// What a hand at the keyboard does.
#[derive(Debug, Clone)]
enum Act {
    Change(String, Change),
    Reset(String),
    Open(String),
    Close,
    Remove(String),
    Rename(String, String),
    Note(String),
    Undo,
    Redo,
    Restart,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => (name(), change(crowd_names())).prop_map(|(n, c)| Act::Change(n, c)),
        1 => name().prop_map(Act::Reset),
        2 => name().prop_map(Act::Open),
        1 => Just(Act::Close),
        1 => name().prop_map(Act::Remove),
        1 => (name(), name()).prop_map(|(a, b)| Act::Rename(a, b)),
        2 => "(\\PC|\n){0,12}".prop_map(Act::Note),
        4 => Just(Act::Undo),
        2 => Just(Act::Redo),
        1 => Just(Act::Restart),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![Just("walk"), Just("Q4 冲刺"), Just(" a\nb ")].prop_map(str::to_owned)
}

fn set(name: String, scenario: Scenario) -> Edit {
    Edit::Set(Named {
        brand: "oak".into(),
        name,
        scenario,
    })
}

/// The same book, written and read again.
fn restarted(book: &Book) -> Book {
    let again = Book::parse(&book.text()).unwrap();
    assert_eq!(&again, book);
    again
}

proptest! {
    #![proptest_config(config(8))]

    #[test]
    fn a_thousand_actions_are_undone_and_redone(acts in prop::collection::vec(act(), 1000)) {
        let mut book = Book::new("00ff00ff00ff00ff", "walk");
        for act in acts {
            match act {
                Act::Change(name, change) => {
                    let mut next = book.scenario("oak").clone();
                    next.changes.push(change);
                    // A long scenario starts over, so that the book stays small.
                    if next.changes.len() > 12 {
                        next.changes.drain(..8);
                    }
                    book.edit(set(name, next)).unwrap();
                }
                Act::Reset(name) => { let _ = book.edit(set(name, Scenario::default())); }
                Act::Open(name) => { let _ = book.edit(Edit::Open { brand: "oak".into(), name }); }
                Act::Close => { let _ = book.edit(Edit::Close { brand: "oak".into() }); }
                Act::Remove(name) => { let _ = book.edit(Edit::Remove { brand: "oak".into(), name }); }
                Act::Rename(name, to) => {
                    let _ = book.edit(Edit::Rename { brand: "oak".into(), name, to });
                }
                Act::Note(text) => {
                    let _ = book.edit(Edit::Note(Note {
                        brand: "oak".into(),
                        on: "fast.f".into(),
                        as_of: Day(20_000),
                        slice: String::new(),
                        text,
                    }));
                }
                Act::Undo => drop(book.undo()),
                Act::Redo => drop(book.redo()),
                Act::Restart => book = restarted(&book),
            }
        }
        let walked = book.clone();
        let (_, at) = walked.steps();
        while book.redo().is_some() {}
        let last = book.desk().clone();
        let steps = book.steps().0;
        while book.undo().is_some() {}
        if steps < 1000 {
            prop_assert_eq!(book.desk(), &Desk::default());
        }
        book = restarted(&book);
        while book.redo().is_some() {}
        prop_assert_eq!(book.desk(), &last);
        for _ in 0..at {
            book.undo();
        }
        prop_assert_eq!(book, walked);
    }

    #[test]
    fn no_text_makes_the_book_panic(text in "(\\PC|\n){0,200}") {
        let _ = Book::parse(&text);
        let _ = Book::parse(&format!("fastdeck scenarios 1\ndataset 0 x\nscenario {text}"));
        let _ = Book::parse(&format!("fastdeck scenarios 1\ndataset 0 x\nedits\nnow\n{text}"));
    }
}

// -- attribution ------------------------------------------------------------------------------

fn factors() -> impl Strategy<Value = Factors<4>> {
    let factor = || prop_oneof![8 => 1e-3..1e6_f64, 1 => Just(0.0)];
    let states = (
        prop::array::uniform4(factor()),
        prop::array::uniform4(factor()),
    );
    (states, prop::array::uniform4(any::<bool>())).prop_map(|((from, mut to), keep)| {
        for f in 0..4 {
            if keep[f] && f != 0 {
                to[f] = from[f];
            }
        }
        Factors { from, to }
    })
}

/// The definition: the mean of marginal changes over all 24 orders.
fn brute(change: &Factors<4>) -> [f64; 4] {
    let mut pieces = [0.0; 4];
    for code in 0..256_usize {
        let order = [code % 4, code / 4 % 4, code / 16 % 4, code / 64];
        if (0..4).any(|f| !order.contains(&f)) {
            continue;
        }
        let mut state = change.from;
        for f in order {
            let before: f64 = state.iter().product();
            state[f] = change.to[f];
            pieces[f] += (state.iter().product::<f64>() - before) / 24.0;
        }
    }
    pieces
}

proptest! {
    #![proptest_config(config(2000))]

    #[test]
    fn pieces_add_up_and_unchanged_factors_have_none(changes in prop::collection::vec(factors(), 1..8)) {
        for method in Method::ALL {
            let pieces = attribute(method, &changes);
            for (change, own) in changes.iter().zip(&pieces) {
                // On the way factors may pass through values far larger than both ends.
                let size: f64 = own.iter().map(|x| x.abs()).sum();
                let ends = change.from.iter().product::<f64>() + change.to.iter().product::<f64>();
                let sum: f64 = own.iter().sum();
                let apart = (sum - change.total()).abs();
                prop_assert!(apart <= 1e-12 * size.max(ends), "{method:?} {change:?}");
                if change.total().abs() > 1e-3 * size.max(ends) {
                    prop_assert!(distance(sum, change.total()) <= 1e-9);
                }
                for ((from, to), own) in change.from.iter().zip(&change.to).zip(own) {
                    prop_assert!(from != to || *own == 0.0);
                }
            }
        }
    }

    #[test]
    fn shapley_is_the_mean_over_all_orders_and_has_no_direction(change in factors()) {
        let size = change.from.iter().product::<f64>().max(change.to.iter().product()).max(1.0);
        let largest: f64 = change.from.iter().zip(&change.to).map(|(a, b)| a.max(*b)).product();
        let pieces = split(Method::Shapley, &change);
        for (a, b) in pieces.iter().zip(brute(&change)) {
            prop_assert!((a - b).abs() <= 1e-12 * largest.max(size), "{a} {b}");
        }
        for method in [Method::Shapley, Method::Lmdi] {
            let ahead = split(method, &change);
            let back = split(method, &Factors { from: change.to, to: change.from });
            for (a, b) in ahead.iter().zip(back) {
                prop_assert!((a + b).abs() <= 1e-12 * largest.max(size), "{method:?} {a} {b}");
            }
        }
    }

    #[test]
    fn the_order_of_crowds_does_not_matter(crowds in prop::collection::vec((line(), line()), 2..6), turn in 1..5_usize) {
        let sides = |crowds: &[(Line, Line)]| {
            let side = |of: fn(&(Line, Line)) -> Line| -> Vec<Line> { crowds.iter().map(of).collect() };
            (side(|c| c.0), side(|c| c.1))
        };
        let pieces = |crowds: &[(Line, Line)], shift: usize| -> Vec<(String, Option<&'static str>, f64)> {
            let (from, to) = sides(crowds);
            let n = crowds.len();
            let none = Value::Missing(Why::NotGiven);
            let named = |lines: Vec<Line>| Model::new(Inputs {
                total: Line::sum(&lines),
                crowds: lines.into_iter().enumerate().map(|(i, l)| (format!("c{}", (i + shift) % n), l, true)).collect(),
                ..inputs(none)
            });
            let found = waterfall(Method::Shapley, Family::Crowds, &named(from), &named(to));
            let mut all: Vec<_> = found.pieces.into_iter().map(|p| (p.item, p.factor, p.amount)).collect();
            all.sort_by(|a, b| (&a.0, a.1).cmp(&(&b.0, b.1)));
            all
        };
        let mut turned = crowds.clone();
        let turn = turn % crowds.len();
        turned.rotate_left(turn);
        prop_assert_eq!(pieces(&crowds, 0), pieces(&turned, turn));
    }
}

// -- goal seek --------------------------------------------------------------------------------

fn knob(model: &Model, id: &str, item: &str) -> Option<Knob> {
    let item = match item {
        "*" => Item::All,
        one => Item::One(one.to_owned()),
    };
    Knob::new(model, lever(id).unwrap(), &item)
}

const OF_CROWDS: [&str; 4] = [
    "crowd.population",
    "crowd.penetration",
    "crowd.conversion",
    "crowd.aov",
];
const OF_LAYERS: [&str; 4] = ["gmv.pool", "gmv.cart_rate", "gmv.order_rate", "gmv.aov"];

proptest! {
    #![proptest_config(config(1000))]

    #[test]
    fn one_lever_of_a_random_tree_hits_the_goal(crowds in prop::collection::vec(line(), 1..6), which in 0..4_usize, at in 0..6_usize, share in 0.0..1.0_f64) {
        let n = crowds.len();
        let model = model_of(crowds, &[None; 5]);
        let item = format!("c{}", at % n);
        let knobs = [knob(&model, OF_CROWDS[which], if at == 5 { "*" } else { &item }).unwrap()];
        let seek = Seek { model: &model, cell: Family::Crowds.total(), knobs: &knobs };
        // A goal that some position inside three times the resting value reaches.
        let reach = if at == 5 && which % 3 != 0 { 0.2 } else { knobs[0].rest * 3.0 };
        let goal = seek.value(&[(reach * share).clamp(knobs[0].bounds.0, knobs[0].bounds.1)]).unwrap();
        let answer = seek.answer(goal).unwrap();
        prop_assert!(!answer.reached.is_empty(), "{goal} {answer:?}");
        for plan in &answer.reached {
            let text = seek.scenario(plan).to_string();
            let again = model.under(&Scenario::parse(&text).unwrap()).0;
            let value = again.value(Family::Crowds.total()).get().unwrap();
            prop_assert!(distance(value, goal) <= EXACT, "{text}: {value} is not {goal}");
        }
    }

    #[test]
    fn one_lever_of_double_11_hits_the_goal(layers in prop::array::uniform5(layer()), which in 0..4_usize, at in 0..6_usize, factor in 0.3..3.0_f64) {
        let model = model_of(Vec::new(), &layers.map(Some));
        let item = ["o", "a", "i", "p", "l", "*"][at];
        let knobs = [knob(&model, OF_LAYERS[which], item).unwrap()];
        let seek = Seek { model: &model, cell: Family::Layers.total(), knobs: &knobs };
        let now = seek.value(&[knobs[0].rest]).unwrap();
        let answer = seek.answer(now * factor).unwrap();
        let ends = [knobs[0].bounds.0, knobs[0].bounds.1].map(|x| seek.value(&[x]).unwrap());
        let inside = (ends[0]..=ends[1]).contains(&(now * factor));
        prop_assert_eq!(!answer.reached.is_empty(), inside);
        for plan in &answer.reached {
            prop_assert!(distance(plan.value, now * factor) <= EXACT);
        }
        if let Some((best, _)) = answer.best {
            let end = if factor > 1.0 { ends[1] } else { ends[0] };
            prop_assert!(distance(best.value, end) <= 1e-12, "{} is not {end}", best.value);
        }
    }
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn plans_of_several_levers_hit_the_goal_and_no_random_plan_is_cheaper(
        crowds in prop::collection::vec(line(), 2..4),
        factor in prop_oneof![0.5..0.95_f64, 1.05..1.6_f64],
        tries in prop::collection::vec(prop::array::uniform2(0.0..1.0_f64), 40),
    ) {
        let model = model_of(crowds, &[None; 5]);
        let knobs = [("crowd.penetration", "c0"), ("crowd.aov", "c1"), ("crowd.conversion", "c0")]
            .map(|(id, item)| knob(&model, id, item).unwrap());
        let seek = Seek { model: &model, cell: Family::Crowds.total(), knobs: &knobs };
        let now = seek.value(&knobs.each_ref().map(|k| k.rest)).unwrap();
        let goal = now * factor;
        let answer = seek.answer(goal).unwrap();
        // AOV alone may reach any larger goal; down to 0 the other crowds may stay in the way.
        prop_assert!(factor < 1.0 || !answer.reached.is_empty());
        for plan in &answer.reached {
            prop_assert!(distance(plan.value, goal) <= EXACT);
        }
        let Some(first) = answer.reached.first() else { return Ok(()) };
        prop_assert!(answer.reached.is_sorted_by(|a, b| a.effort <= b.effort));
        for shares in tries {
            // Two levers somewhere between rest and twice as far, the third makes up for it.
            let mut positions = knobs.each_ref().map(|k| k.rest);
            for (k, share) in shares.into_iter().enumerate() {
                let far = (knobs[k].rest * (1.0 + (factor - 1.0) * 2.0)).clamp(knobs[k].bounds.0, knobs[k].bounds.1);
                positions[k] += (far - positions[k]) * share;
            }
            let last = &knobs[2];
            let at = |x: f64| seek.value(&[positions[0], positions[1], x]);
            for x in fastdeck::scenario::roots::roots(at, goal, last.bounds, last.rest).roots {
                let spent = knobs[0].effort(positions[0]) + knobs[1].effort(positions[1]) + last.effort(x);
                prop_assert!(first.effort <= spent * (1.0 + 1e-6), "{} > {spent}", first.effort);
            }
        }
    }

    #[test]
    fn what_is_out_of_reach_has_the_true_optimum(crowds in prop::collection::vec(line(), 2..4), up in any::<bool>()) {
        let model = model_of(crowds, &[None; 5]);
        let knobs = [("crowd.penetration", "c0"), ("crowd.conversion", "c1"), ("crowd.conversion", "*")]
            .map(|(id, item)| knob(&model, id, item).unwrap());
        let seek = Seek { model: &model, cell: Family::Crowds.total(), knobs: &knobs };
        let f = |p: &[f64]| seek.value(p);
        let goal = if up { 1e30 } else { -1.0 };
        let Some(Outcome::Unreachable { best, .. }) = Search::new(&f, &knobs).plans(goal) else {
            panic!("reached");
        };
        let mut brute = if up { f64::NEG_INFINITY } else { f64::INFINITY };
        for code in 0..1000_usize {
            let share = |n: usize| (code / 10_usize.pow(n as u32) % 10) as f64 / 9.0;
            let at = |n: usize| knobs[n].bounds.0 + (knobs[n].bounds.1 - knobs[n].bounds.0) * share(n);
            let value = seek.value(&[at(0), at(1), at(2)]).unwrap();
            brute = if up { brute.max(value) } else { brute.min(value) };
        }
        prop_assert!(distance(best.value, brute) <= 1e-9 || (brute == 0.0 && best.value == 0.0), "{} {brute}", best.value);
    }
}
