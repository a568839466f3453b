//! What is this number: every number of every pane answers, and its parts give it back to the last
//! bit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod seat;

use std::collections::BTreeSet;
use std::sync::Arc;

use fastdeck::app::explain::{Explain, Subject, explanation, subjects};
use fastdeck::app::{Action, Language, Overlay, Pane, State, propose, settle, start, update};
use fastdeck::board::Part;
use fastdeck::board::explain::{Rule, same};
use fastdeck::facts::{Engine, Slice};
use fastdeck::metrics::Value;
use fastdeck::scenario::Scenario;
use fastdeck::view::explain::{SheetLine, answers, model};
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

/// The state with a board for what was changed in it by hand.
fn asked_again(state: &mut State) {
    state.board = None;
    let effects = start(state);
    settle(state, effects);
}

fn sliced(engine: &Arc<Engine>, pane: Pane) -> State {
    let mut state = seated(Arc::clone(engine), pane);
    state.slice.filter = Slice::parse_conditions("crowd=genz").unwrap();
    asked_again(&mut state);
    assert_eq!(state.board.as_ref().unwrap().query.slice, state.slice);
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
    let is_body = |l: &&&str| l.starts_with(['╭', '│', '╰']) || l.starts_with("  ");
    let body = lines.iter().filter(is_body);
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
            if apart && (!suffix.is_empty() || number.len() > 1) {
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
            for columns in [24, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3] {
                for text in [number.fit(columns), number.brief(columns)] {
                    all.insert(bare(&text));
                }
            }
            let exact = bare(&number.exact());
            // A column of a table shares its decimals.
            if exact.chars().all(|c| c.is_ascii_digit() || c == ',') {
                all.extend([format!("{exact}.0"), format!("{exact}.00")]);
            }
            all.insert(exact);
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
    // How many weeks a chart or a column shows.
    if printed.text == "53" && has(&["53 周", "53 weeks", "53 wk"]) {
        return true;
    }
    match state.pane {
        // An example of a scenario, where there is none; how many rows find no room.
        Pane::Scenarios => has(&["例：", "Example:", "行 ·", "more rows"]),
        // Double 11 and Double 12 are names.
        Pane::Outlook => has(&["双 1", "Double 1"]) && printed.text.len() == 2,
        // The rule of a crowd is a text of the data set.
        Pane::Crowds => has(&["规则", "rule "]) && printed.text.len() <= 4,
        // Money at the ends of the axis of the waterfall.
        Pane::Why => has(&["横轴起于", "axis from"]),
        _ => false,
    }
}

/// Numbers in the words of the explanations: windows of definitions.
fn in_words(state: &State) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for row in 0..subjects(state).len() {
        let form = Explain {
            row: Some(row),
            top: 0,
        };
        for line in model(state, &form).sheet {
            if let SheetLine::Words { text, .. } = line {
                let line = format!("│ {text}");
                all.extend(printed(&line).into_iter().map(|p| p.text));
            }
        }
    }
    all
}

/// Amounts of the waterfall are written so that their cents add up: one may be a cent off.
fn a_cent_off(known: &BTreeSet<String>, text: &str) -> bool {
    let digits = text.replace(',', "");
    let Some(x) = digits.parse::<f64>().ok().filter(|_| text.contains('.')) else {
        return false;
    };
    let near = |k: &String| {
        let other: Option<f64> = k.replace(',', "").parse().ok();
        other.is_some_and(|other| (other - x).abs() < 0.0101)
    };
    known.iter().any(near)
}

fn unanswered(state: &State) -> Vec<String> {
    let mut known = answered(state);
    if state.pane == Pane::Fast {
        known.extend(in_words(state));
    }
    let shown = printed(&frame(state));
    assert!(!shown.is_empty(), "{:?} shows no number", state.pane);
    let cent = |p: &Printed| state.pane == Pane::Why && a_cent_off(&known, &p.text);
    let open = shown
        .into_iter()
        .filter(|p| !known.contains(&p.text) && !is_named(state, p) && !cent(p));
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
            for (language, size) in [
                (Language::Zh, (140, 40)),
                (Language::En, (200, 60)),
                (Language::En, (80, 24)),
            ] {
                state.language = language;
                state.size = size;
                open.extend(unanswered(&state));
            }
        }
        open.extend(unanswered(&sliced(&engine, pane)));
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

/// Figures that a scenario moves follow from other figures or from levers, not from nowhere.
#[test]
fn what_a_scenario_moves_is_told() {
    let engine = demo();
    let mut untold = BTreeSet::new();
    let mut moved = 0;
    for what_if in WHAT_IFS {
        for pane in [Pane::Fast, Pane::Crowds, Pane::Aipl] {
            let state = at(&engine, pane, what_if);
            for subject in subjects(&state) {
                let told = explanation(&state, subject).unwrap();
                let figure = told.figure.unwrap();
                if figure.before().is_some() {
                    moved += 1;
                    if told.lines[0].rule == Rule::Given {
                        untold.insert(format!("{} {:?}", figure.metric.id, figure.part));
                    }
                }
            }
        }
    }
    assert!(moved > 50, "{moved}");
    assert_eq!(untold, BTreeSet::new());
}

/// What levers do to GMV follows from the GMV of the crowds or layers.
#[test]
fn turned_levers_are_told_by_what_gmv_is_made_of() {
    let mut told = [0; 2];
    for engine in [demo(), sample("guidebook"), sample("double11")] {
        let mut state = seated(engine, Pane::Why);
        for view in ["", "v", "v"] {
            keys(&mut state, view);
            for subject in subjects(&state) {
                let (kind, rule) = match subject {
                    Subject::Turn(_) => (0, Rule::Difference),
                    Subject::Heat(..) => (1, Rule::Sum),
                    _ => continue,
                };
                let explained = explanation(&state, subject).unwrap();
                let first = &explained.lines[0];
                if first.value.is_known() {
                    assert_eq!(first.rule, rule, "{subject:?}: {first:?}");
                    told[kind] += 1;
                }
            }
        }
    }
    assert!(told[0] >= 10 && told[1] >= 100, "{told:?}");
}

#[test]
fn enter_goes_where_the_number_lives_and_escape_comes_back() {
    let mut state = seated(demo(), Pane::Brands);
    keys(&mut state, "jij");
    let before = frame(&state);
    keys(&mut state, "<Enter>");
    assert_eq!((state.pane, state.brand), (Pane::Fast, 1));
    assert!(state.overlay.is_none());
    keys(&mut state, "<Esc>");
    assert_eq!(frame(&state), before);
    keys(&mut state, "<Esc>4ji<Enter>");
    assert_eq!(state.pane, Pane::Crowds);
    assert_eq!(state.open_crowd, Some(1));
    keys(&mut state, "<Esc><Esc>");
    assert_eq!(state.open_crowd, None);
}

#[test]
fn files_rows_and_windows_are_told() {
    let mut state = seated(demo(), Pane::Fast);
    let text = |state: &State, row| {
        let form = Explain {
            row: Some(row),
            top: 0,
        };
        format!("{:?}", model(state, &form).sheet)
    };
    let zh = text(&state, 0);
    for part in [
        "可运营人群总量 · Fertility",
        "A + I + P + L",
        "aipl.a_days = 15",
        "events",
        "行，用",
        "2026-11-08",
        "§3 W2 W4",
    ] {
        assert!(zh.contains(part), "{part} in {zh}");
    }
    state.language = Language::En;
    state.definitions.set("aipl.a_days", "20").unwrap();
    asked_again(&mut state);
    let en = text(&state, 0);
    for part in ["aipl.a_days = 20", "default 15", "rows", "used"] {
        assert!(en.contains(part), "{part} in {en}");
    }
}

#[test]
fn the_key_opens_at_the_cursor_and_escape_gives_the_same_frame() {
    let engine = demo();
    for pane in Pane::ALL {
        let mut state = seated(Arc::clone(&engine), pane);
        keys(&mut state, "ji<Esc>");
        let before = frame(&state);
        keys(&mut state, "i");
        let open = frame(&state);
        assert!(open.contains("这个数是什么"), "{open}");
        keys(&mut state, "j<PgDn><End>lk<Home>h<Esc>");
        assert_eq!(frame(&state), before, "{pane:?}");
        keys(&mut state, "ii");
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
