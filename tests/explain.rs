//! What is this number: every number of every pane answers, and its parts give it back to the last
//! bit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod seat;

use std::collections::BTreeSet;
use std::sync::Arc;

use fastdeck::app::explain::{Subject, explanation, subjects};
use fastdeck::app::{Action, Books, Language, Overlay, Pane, State, propose, settle, update};
use fastdeck::board::Part;
use fastdeck::board::explain::{Rule, same};
use fastdeck::facts::{Engine, Slice};
use fastdeck::metrics::Value;
use fastdeck::scenario::Scenario;
use fastdeck::view::explain::answers;
use seat::{demo, frame, keys, run, sample, seated};

const WHAT_IFS: [&str; 2] = [
    "crowd.penetration[*]*=1.1; crowd.aov[*]+=5; gmv.pool[*]*=1.2; gmv.order_rate[a]+=2pp",
    "fast.f*=1.2; fast.s+=50; fast.t+=3pp; fast.a*=1.1; crowd.conversion[*]+=1pp; flow.rate[a>i]+=1pp",
];

/// Every line of every number gives itself back from its parts; gives how many lines there are.
fn recomputes(state: &State) -> usize {
    let mut lines = 0;
    for subject in subjects(state) {
        let told = explanation(state, subject).unwrap_or_else(|| panic!("{subject:?}"));
        for line in &told.lines {
            let value = line.evaluate();
            assert!(
                same(value, line.value),
                "{subject:?} {:?}: {value:?}",
                line.name
            );
            lines += 1;
        }
        let Subject::Figure {
            brand,
            metric,
            part,
        } = subject
        else {
            continue;
        };
        let board = state.board.as_ref().unwrap();
        let figure = board.brand(brand).unwrap().get(metric, part).unwrap();
        assert!(same(told.lines[0].value, figure.now), "{metric} {part:?}");
        let again = |kind: &str, value: Option<Value>| {
            let there = |v| told.lines.iter().any(|l| same(l.value, v));
            assert!(value.is_none_or(there), "{kind} of {metric} {part:?}");
        };
        again("against", Some(figure.against));
        again("delta", Some(figure.delta()));
        again("target", figure.target);
        again("gap", figure.gap());
        again("completion", figure.completion());
        again("baseline", figure.before());
        if figure.benchmark().is_some() {
            again("index", Some(figure.index()));
        }
    }
    lines
}

/// The state of a pane, changed, with what it needs.
fn at(engine: &Arc<Engine>, pane: Pane, change: &str) -> State {
    let mut state = seated(Arc::clone(engine), pane);
    if !change.is_empty() {
        let scenario = Scenario::parse(change).unwrap();
        propose(&mut state, "试", scenario);
        let effects = update(&mut state, Action::Show(pane));
        settle(&mut state, effects);
    }
    state
}

fn sliced(engine: &Arc<Engine>, pane: Pane) -> State {
    let mut state = seated(Arc::clone(engine), pane);
    let fingerprint = state.dataset().unwrap().fingerprint.clone();
    state.slice.filter = Slice::parse_conditions("crowd=genz").unwrap();
    // Any action asks for the board of the new slice.
    let effects = update(&mut state, Action::Books(fingerprint, Books::default()));
    settle(&mut state, effects);
    let effects = update(&mut state, Action::Show(Pane::Brands));
    settle(&mut state, effects);
    let effects = update(&mut state, Action::Show(pane));
    settle(&mut state, effects);
    state
}

#[test]
fn parts_give_every_number_back_to_the_last_bit() {
    let engine = demo();
    let panes = |state: &dyn Fn(Pane) -> State| -> usize {
        Pane::ALL.into_iter().map(|p| recomputes(&state(p))).sum()
    };
    assert!(panes(&|pane| at(&engine, pane, "")) > 2000);
    assert!(panes(&|pane| sliced(&engine, pane)) > 1000);
    for what_if in WHAT_IFS {
        assert!(
            panes(&|pane| at(&engine, pane, what_if)) > 2000,
            "{what_if}"
        );
    }
}

#[test]
fn parts_give_every_number_of_the_samples_back() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|e| e.unwrap().file_name().into_string().ok())
        .collect();
    names.sort();
    let mut seen = 0;
    for name in names {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-data");
        if !folder.join(&name).join("dataset.toml").exists() {
            continue;
        }
        let engine = sample(&name);
        for pane in Pane::ALL {
            seen += recomputes(&at(&engine, pane, ""));
        }
    }
    assert!(seen > 1000, "{seen}");
}

// -- what is printed ------------------------------------------------------------------------------

/// A number with its sign, its unit and its scale, as the formatter of the program writes them.
#[derive(Debug)]
struct Printed {
    text: String,
    line: String,
}

/// Numbers of the frame below the header and above the footer that carry a unit or a group of
/// thousands: what looks like a figure.
fn printed(frame: &str) -> Vec<Printed> {
    let lines: Vec<&str> = frame.lines().collect();
    let body = lines.get(4..lines.len().saturating_sub(1)).unwrap_or(&[]);
    let mut found = Vec::new();
    for line in body {
        let chars: Vec<char> = line.chars().collect();
        let mut i = 0;
        while i < chars.len() {
            let before = i.checked_sub(1).map(|b| chars[b]);
            let starts = chars[i].is_ascii_digit()
                && !before.is_some_and(|c| c.is_ascii_alphanumeric() || "-.–,/_:#".contains(c));
            if !starts {
                i += 1;
                continue;
            }
            let mut end = i;
            while end < chars.len() && (chars[end].is_ascii_digit() || ",.".contains(chars[end])) {
                end += 1;
            }
            while end > i && ",.".contains(chars[end - 1]) {
                end -= 1;
            }
            let rest: String = chars[end..].iter().take(3).collect();
            let suffix = ["万", "亿", "K", "M", "B", "%", " pp"]
                .into_iter()
                .find(|s| rest.starts_with(s))
                .unwrap_or("");
            let number: String = chars[i..end].iter().collect();
            // Dates (11-15), ranges and ids are no figures.
            let apart = !rest.starts_with(['-', '–', '/', ':', '_']);
            if apart && (!suffix.is_empty() || number.contains(',')) {
                found.push(Printed {
                    text: format!("{number}{suffix}"),
                    line: (*line).to_owned(),
                });
            }
            i = end;
        }
    }
    found
}

/// Every text in which the numbers of a pane can be written, without sign and currency.
fn answered(state: &State) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for subject in subjects(state) {
        for number in answers(state, subject) {
            for columns in 3..=24 {
                for text in [number.fit(columns), number.brief(columns)] {
                    all.insert(bare(&text));
                }
            }
            all.insert(bare(&number.exact()));
        }
    }
    all
}

fn bare(text: &str) -> String {
    let text = text.trim_start_matches(['+', '−', '<', '¥', '$', '€', '£', '¤']);
    text.trim_start_matches(['+', '−', '<', '¥']).to_owned()
}

/// What the text of a pane may say besides its figures, each with its reason.
fn is_named(state: &State, printed: &Printed) -> bool {
    let line = &printed.line;
    let has = |words: &[&str]| words.iter().any(|w| line.contains(w));
    match state.pane {
        // Ticks and ends of axes of charts.
        _ if has(&["┤", "┼", "└", "┬"]) && !has(&["├"]) => true,
        // The band of four paths in five.
        Pane::Outlook => has(&["10–90%", "10%–90%"]),
        _ => false,
    }
}

fn unanswered(state: &State) -> Vec<String> {
    let known = answered(state);
    let shown = printed(&frame(state));
    assert!(!shown.is_empty(), "{:?} shows no number", state.pane);
    let open = shown
        .into_iter()
        .filter(|p| !known.contains(&p.text) && !is_named(state, p));
    open.map(|p| {
        format!(
            "{:?} {:?} {}  in  {}",
            state.pane,
            state.language,
            p.text,
            p.line.trim()
        )
    })
    .collect()
}

#[test]
fn every_number_that_a_pane_prints_is_answered() {
    let engine = demo();
    let mut open = Vec::new();
    for pane in Pane::ALL {
        for what_if in ["", WHAT_IFS[0]] {
            let mut state = at(&engine, pane, what_if);
            for (language, size) in [(Language::Zh, (140, 40)), (Language::En, (200, 60))] {
                state.language = language;
                state.size = size;
                open.extend(unanswered(&state));
            }
        }
    }
    assert!(open.is_empty(), "{}\n{}", open.len(), open.join("\n"));
}

#[test]
fn figures_that_follow_from_others_are_not_only_given() {
    let state = seated(demo(), Pane::Aipl);
    let rule = |metric, part| {
        let subject = Subject::Figure {
            brand: 0,
            metric,
            part,
        };
        let told = explanation(&state, subject).unwrap();
        told.lines[0].rule.clone()
    };
    for id in ["fast.a", "fast.t", "step.a", "step.i", "step.p"] {
        assert_eq!(rule(id, Part::Whole), Rule::Ratio, "{id}");
    }
    for id in [
        "fast.f",
        "aipl.total",
        "flow.new",
        "flow.lost",
        "flow.deepened",
    ] {
        assert_eq!(rule(id, Part::Whole), Rule::Sum, "{id}");
    }
}

#[test]
fn the_key_opens_at_the_cursor_and_escape_gives_the_same_frame() {
    let engine = demo();
    for pane in Pane::ALL {
        let mut state = seated(Arc::clone(&engine), pane);
        keys(&mut state, "j i Esc");
        let before = frame(&state);
        keys(&mut state, "i");
        let open = frame(&state);
        assert!(open.contains("这个数是什么"), "{open}");
        keys(&mut state, "j PgDn End l k Home h Esc");
        assert_eq!(frame(&state), before, "{pane:?}");
        keys(&mut state, "i i");
        assert_eq!(frame(&state), before, "{pane:?}");
    }
}

#[test]
#[ignore = "pictures to look at"]
fn pictures() {
    let folder = std::env::var("PICTURES").unwrap();
    let engine = demo();
    for (pane, size) in [
        (Pane::Fast, (80, 24)),
        (Pane::Crowds, (120, 36)),
        (Pane::Aipl, (200, 60)),
        (Pane::Gmv, (120, 36)),
        (Pane::Outlook, (120, 36)),
        (Pane::Why, (120, 36)),
        (Pane::Scenarios, (120, 36)),
        (Pane::Brands, (60, 20)),
    ] {
        for language in [Language::Zh, Language::En] {
            let what_if = if pane == Pane::Brands {
                ""
            } else {
                WHAT_IFS[0]
            };
            let mut state = at(&engine, pane, what_if);
            state.size = size;
            state.language = language;
            run(&mut state, "explain");
            assert!(matches!(state.overlay, Some(Overlay::Explain(_))));
            let name = format!("{folder}/{}-{language:?}.txt", pane.id());
            std::fs::write(name, frame(&state)).unwrap();
        }
    }
}
