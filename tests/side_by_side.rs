//! Scenarios side by side, and the ghost of the baseline in the other panes, on the same `press` that
//! the terminal uses. Golden values are those of the worked examples.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    missing_docs
)]

use std::path::Path;
use std::sync::Arc;

use fastdeck::app::{Action, Books, Key, Language, Pane, State, open, press, settle, update};
use fastdeck::board::Part;
use fastdeck::data::{self, Input, Options};
use fastdeck::facts::{CrowdKey, Engine};
use fastdeck::scenario::{Book, Edit, Named, Scenario};
use fastdeck::view::ghost::Ghost;
use fastdeck::view::scenarios::{CompareCell, CompareRow, ScenariosModel, model};
use fastdeck::view::table::Cell;
use fastdeck::view::{self, aipl, brands, crowds, fast};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

fn engine(sample: &str) -> Arc<Engine> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("sample-data")
        .join(sample);
    let loaded = data::load(&Input::Path(folder), &Options::default(), &mut |_| true);
    let Ok(data) = loaded else {
        panic!("{sample} does not load")
    };
    Arc::new(Engine::new(Arc::new(data)))
}

/// A session with a data set, and scenarios that were made on other data.
fn opened(sample: &str, pane: Pane, others: Vec<Book>) -> State {
    let mut state = State {
        size: (160, 50),
        pane,
        ..State::default()
    };
    open(&mut state, engine(sample));
    let fingerprint = state.dataset().unwrap().fingerprint.clone();
    let books = Books { own: None, others };
    update(&mut state, Action::Books(fingerprint, books));
    state
}

/// A session with scenarios, the last of which is open.
fn with(sample: &str, scenarios: &[(&str, &str)]) -> State {
    let mut state = opened(sample, Pane::Scenarios, Vec::new());
    let brand = state.brand_id().to_owned();
    for (name, text) in scenarios {
        state.book.edit(set(&brand, name, text)).unwrap();
    }
    update(&mut state, Action::Show(Pane::Scenarios));
    state
}

fn set(brand: &str, name: &str, text: &str) -> Edit {
    Edit::Set(Named {
        brand: brand.into(),
        name: name.into(),
        scenario: Scenario::parse(text).unwrap(),
    })
}

fn keys(state: &mut State, script: &str) {
    for key in Key::script(script).unwrap_or_else(|| panic!("not a script: {script}")) {
        let effects = press(state, key);
        settle(state, effects);
    }
}

fn row<'a>(model: &'a ScenariosModel, section: &str, name: &str) -> &'a CompareRow {
    let sections = model.compare.sections.iter();
    let mut rows = sections
        .filter(|s| s.title == section)
        .flat_map(|s| &s.rows);
    rows.find(|r| r.name == name)
        .unwrap_or_else(|| panic!("no {name} in {:#?}", model.compare))
}

/// Value, difference and whether it is the best, as shown.
fn cell(row: &CompareRow, at: usize) -> (String, String, bool) {
    match &row.cells[at] {
        CompareCell::Value { value, delta, best } => {
            let delta = delta.map_or_else(String::new, |d| d.number.exact());
            (value.exact(), delta, *best)
        }
        CompareCell::Lever(number, _) => {
            let text = number.map_or_else(String::new, |n| n.exact());
            (text, String::new(), false)
        }
    }
}

/// The screen as text, one line per row.
fn screen(state: &State) -> Vec<String> {
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let mut buf = Buffer::empty(area);
    let theme = fastdeck::ui::Theme::named(state.theme);
    fastdeck::ui::render(&view::screen(state), &theme, area, &mut buf);
    let text = fastdeck::capture::text(&buf);
    text.lines().map(str::to_owned).collect()
}

/// Of the Guidebook one crowd is counted (24 million instead of the 25 that are planned); the others
/// stand as planned, and together that is 99 million.
#[test]
fn the_guidebook_is_compared_on_its_plan_and_says_so() {
    let state = with(
        "guidebook",
        &[
            ("more", "crowd.penetration[performance_elite]=25%"),
            ("less", "crowd.aov[*]*=0.9"),
        ],
    );
    let mut state = state;
    keys(&mut state, "j<Space>j<Space>");
    assert_eq!(state.chosen, ["more", "less"]);
    let shown = model(&state);
    let gmv = row(&shown, "全部人群", "GMV *");
    assert_eq!(gmv.baseline.unwrap().exact(), "¥99,000,000");
    assert_eq!(
        cell(gmv, 0),
        ("¥105,000,000".to_owned(), "+6.06%".to_owned(), true)
    );
    assert_eq!(
        cell(gmv, 1),
        ("¥89,100,000".to_owned(), "−10.00%".to_owned(), false)
    );
    assert_eq!(gmv.target.unwrap().exact(), "¥100,000,000");
    assert!(shown.compare.notes[0].starts_with('*'));
}

#[test]
fn the_open_scenario_stands_alone_and_without_one_the_first_do() {
    let mut state = with("guidebook", &[("more", "fast.f*=2"), ("less", "fast.f=1")]);
    let names = |state: &State| -> Vec<String> {
        let columns = model(state).compare.columns;
        columns.into_iter().map(|c| c.name).collect()
    };
    assert_eq!(names(&state), ["less"]);
    keys(&mut state, "(");
    assert_eq!(names(&state), ["more"]);
    keys(&mut state, "(");
    assert_eq!(names(&state), ["more", "less"]);
}

#[test]
fn double_11_has_rows_of_its_own() {
    let state = with("double11", &[("pool", "gmv.pool[i]*=1.1")]);
    let shown = model(&state);
    let gmv = row(&shown, "双 11", "模型 GMV");
    assert_eq!(gmv.baseline.unwrap().exact(), "¥11,352,000");
    assert_eq!(cell(gmv, 0).0, "¥11,755,200");
    let buyers = row(&shown, "双 11", "购买人数");
    assert_eq!(buyers.baseline.unwrap().exact(), "50,600");
    assert_eq!(cell(buyers, 0).0, "52,520");
    let lever = row(&shown, "改动", "双 11 · I 蓄水规模");
    assert_eq!(lever.baseline.unwrap().exact(), "1,200,000");
    assert_eq!(cell(lever, 0).0, "+10.00%");
}

/// What is compared is what every other pane shows under the scenario.
#[test]
fn the_columns_agree_with_the_board_under_each_scenario() {
    let texts = [
        "fast.f*=1.2; fast.t+=3pp",
        "crowd.penetration[*]+=5pp; crowd.aov[*]*=1.3",
        "gmv.pool[*]*=2; fast.s=1000",
    ];
    for sample in ["demo", "guidebook", "double11"] {
        let named = texts.map(|t| (t, t));
        let mut state = with(sample, &named);
        let side = state.side.clone().unwrap();
        let plain = state.plain.clone().unwrap();
        for _ in 0..texts.len() {
            let desk = state.book.desk();
            let open = desk.open(state.brand_id()).unwrap();
            let outcome = side.outcome(open).unwrap();
            let board = state.board.as_ref().unwrap().brand(state.brand).unwrap();
            let base = plain.brand(state.brand).unwrap();
            for (row, value) in side.keys.rows.iter().zip(&outcome.values) {
                let now =
                    |of: &fastdeck::board::BrandBoard| of.get(row.metric.id, row.part).unwrap().now;
                if row.planned {
                    assert!(!now(base).is_known(), "{} is known", row.metric.id);
                } else {
                    assert_eq!(row.baseline, now(base), "{sample} {}", row.metric.id);
                    assert_eq!(*value, now(board), "{sample} {}", row.metric.id);
                }
            }
            keys(&mut state, "(");
        }
    }
}

#[test]
fn at_most_four_stand_side_by_side_and_a_removed_one_leaves() {
    let named: Vec<(String, String)> = (1..=6)
        .map(|n| (format!("n{n}"), format!("crowd.aov[*]*=1.{n}")))
        .collect();
    let named: Vec<(&str, &str)> = named.iter().map(|(a, b)| (&**a, &**b)).collect();
    let mut state = with("guidebook", &named);
    keys(&mut state, "j<Space>j<Space>j<Space>j<Space>j<Space>");
    assert_eq!(state.chosen, ["n1", "n2", "n3", "n4"]);
    assert!(state.notice.is_some());
    keys(&mut state, "kd");
    assert_eq!(state.chosen, ["n1", "n2", "n3"]);
    assert_eq!(model(&state).compare.columns.len(), 3);
}

#[test]
fn without_a_scenario_the_pane_says_how_to_begin() {
    let mut state = opened("guidebook", Pane::Scenarios, Vec::new());
    let told = model(&state).empty;
    assert!(told[1].contains("按 s "), "{told:?}");
    let example = told[2].strip_prefix("例：").unwrap();
    assert!(Scenario::parse(example).is_ok(), "{example}");
    state.language = Language::En;
    assert!(model(&state).empty[1].starts_with("s opens"));
}

/// Scenarios that were kept for other data.
fn other() -> Book {
    let mut book = Book::new("ffff", "旧数据 / Old data");
    book.edit(set("elm", "mixed", "crowd.aov[nobody]=5; crowd.aov[*]*=2"))
        .unwrap();
    book.edit(set("elm", "strange", "crowd.aov[nobody]=5"))
        .unwrap();
    book
}

#[test]
fn a_scenario_of_other_data_is_copied_without_what_these_data_do_not_have() {
    let mut state = opened("guidebook", Pane::Scenarios, vec![other()]);
    let listed = model(&state).list;
    assert_eq!(listed.len, 3);
    let Cell::Text(from) = &listed.rows[1].cells[2] else {
        panic!("{:?}", listed.rows[1])
    };
    assert!(from.contains("旧数据"), "{from}");
    keys(&mut state, "j<Enter>");
    assert!(state.book.desk().scenarios.is_empty(), "Enter opened it");
    keys(&mut state, "p");
    let open = state.book.desk().open(state.brand_id()).unwrap();
    assert_eq!(open.scenario.to_string(), "crowd.aov[*]*=2");
    assert!(open.name.starts_with("mixed · 旧数据"), "{}", open.name);
    let told = state.notice.clone().unwrap();
    assert!(told.zh.contains("其他数据") && told.zh.contains("crowd.aov[nobody]=5"));
    assert!(told.en.contains("other data"), "{}", told.en);
    keys(&mut state, "u");
    assert!(state.book.desk().scenarios.is_empty());
    keys(&mut state, "Gp");
    assert!(state.book.desk().scenarios.is_empty(), "nothing to copy");
    assert!(state.notice.unwrap().en.starts_with("not taken over"));
}

#[test]
fn every_size_draws_whole_lines() {
    let mut state = with(
        "guidebook",
        &[
            ("更多渗透", "crowd.penetration[*]+=2pp; fast.f*=1.1"),
            ("高客单 with a long English name", "crowd.aov[*]*=1.25"),
            ("三", "crowd.conversion[*]+=1pp"),
            ("四", "fast.s*=1.5; fast.t=1"),
        ],
    );
    state.others = vec![other()];
    keys(&mut state, "j<Space>j<Space>j<Space>j<Space>");
    for columns in (20..=200).step_by(9) {
        for rows in [6, 9, 10, 14, 24, 36, 60] {
            for language in [Language::Zh, Language::En] {
                state.language = language;
                update(&mut state, Action::Resize(columns, rows));
                assert_eq!(screen(&state).len(), usize::from(rows));
            }
        }
    }
}

/// The value and the baseline of Σ GMV of crowds on the board.
fn gmv(state: &State) -> Option<f64> {
    let board = state.board.as_ref()?.brand(state.brand)?;
    let part = Part::Crowd(CrowdKey::All);
    board.get("crowd.gmv", part)?.now.get()
}

#[test]
fn figures_are_kept_while_nothing_changed_and_only_while_they_are_shown() {
    let mut state = with("double11", &[("a", "gmv.aov[*]*=2"), ("b", "fast.f*=2")]);
    let before = state.side.clone().unwrap();
    keys(&mut state, "jk<Space>L");
    assert!(Arc::ptr_eq(&before, state.side.as_ref().unwrap()));
    keys(&mut state, "2");
    assert!(state.side.is_none());
    keys(&mut state, "7");
    assert!(state.side.is_some());
    assert_eq!(gmv(&state), None);
}

// -- ghosts -----------------------------------------------------------------------------------

/// The brand of the published flow: F 16,964 at its end, of these A 9,402.
fn flow_example(pane: Pane, scenario: &str) -> State {
    let mut state = opened("guidebook", pane, Vec::new());
    keys(&mut state, "b");
    assert_eq!(state.brand_id(), "flow_example");
    let brand = state.brand_id().to_owned();
    if !scenario.is_empty() {
        state.book.edit(set(&brand, "试算", scenario)).unwrap();
    }
    update(&mut state, Action::Show(pane));
    state
}

fn told(ghost: &Ghost) -> String {
    let (baseline, moved) = (ghost.baseline.exact(), ghost.moved.number.exact());
    format!("{} {baseline} {moved}", ghost.label)
}

#[test]
fn a_fast_card_shows_value_baseline_and_difference() {
    let cards = |scenario| {
        let state = flow_example(Pane::Fast, scenario);
        fast::model(&state).unwrap()
    };
    let (plain, under) = (cards(""), cards("fast.f*=1.5"));
    let f = &under.cards[0];
    assert_eq!(f.value.unwrap().exact(), "25,446");
    assert_eq!(told(f.ghost.as_ref().unwrap()), "基线 16,964 +50.00%");
    assert_eq!(f.facts[0].label, "基线");
    assert!(f.source.starts_with("假设 · "), "{}", f.source);
    let a = &under.composition.layers[0];
    assert_eq!(a.people.exact(), "14,103");
    assert_eq!(told(a.ghost.as_ref().unwrap()), "基线 9,402 +50.00%");
    // What the scenario does not change looks as before, to the last field.
    assert_eq!(plain.cards[1..], under.cards[1..]);
    assert!(plain.cards.iter().all(|c| c.ghost.is_none()));
}

#[test]
fn the_funnel_has_a_tick_where_the_baseline_ended() {
    let state = flow_example(Pane::Aipl, "fast.f*=0.5");
    let funnel = aipl::model(&state).funnel;
    let a = &funnel.layers[0];
    assert_eq!(a.people.exact(), "4,701");
    assert_eq!(told(a.ghost.as_ref().unwrap()), "基线 9,402 −50.00%");
    let (now, ghost) = (a.length.unwrap(), a.length_ghost.unwrap());
    assert!((ghost - 2.0 * now).abs() < 1e-12, "{ghost} {now}");
    assert!(funnel.side.ends_with("│ 基线"), "{}", funnel.side);
    let text = screen(&state).join("\n");
    assert!(
        text.contains('░') && text.contains("基线 9,402 −50.00% ▼"),
        "{text}"
    );
    let plain = aipl::model(&flow_example(Pane::Aipl, "")).funnel;
    assert!(!plain.side.contains("基线"));
}

/// The crowd of `domain.md` §14.2: 2,000,000 of 2,500,000 wanted, 80 %.
#[test]
fn a_crowd_keeps_its_baseline_beside_the_gap_to_its_target() {
    let mut state = opened("guidebook", Pane::Crowds, Vec::new());
    let brand = state.brand_id().to_owned();
    let text = "crowd.penetration[performance_elite]=25%";
    state.book.edit(set(&brand, "25", text)).unwrap();
    update(&mut state, Action::Show(Pane::Crowds));
    let shown = crowds::model(&state);
    let titles = shown.table.columns.iter().map(|c| c.title.as_str());
    let at = titles.clone().position(|t| t == "对基线").unwrap();
    let elite = &shown.table.rows[1].cells;
    let numbers = match &elite[at - 2..=at] {
        [Cell::Number(now), Cell::Number(base), Cell::Change(moved)] => {
            [now.exact(), base.exact(), moved.number.exact()]
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(numbers, ["2,500,000", "2,000,000", "+25.00%"]);
    let bullets = elite.iter().filter_map(|cell| match cell {
        Cell::GhostBullet(number, before) => Some((number.exact(), *before)),
        _ => None,
    });
    assert_eq!(bullets.clone().next(), Some(("100.00%".to_owned(), 0.8)));
    // Another crowd has no ghost.
    let blank = |cell: &Cell| *cell == Cell::Text(String::new());
    assert!(blank(&shown.table.rows[0].cells[at]));
    // Without a scenario there are no such columns.
    keys(&mut state, "(");
    let shown = crowds::model(&state);
    assert!(shown.table.columns.iter().all(|c| c.title != "对基线"));
}

#[test]
fn the_row_of_the_brand_in_focus_has_its_baseline_below_the_table() {
    let state = flow_example(Pane::Brands, "fast.f*=1.5");
    let what_if = brands::model(&state).what_if.unwrap();
    assert_eq!(what_if.title, "假设 · 链路流转示例");
    let (_, value, ghost) = &what_if.figures[0];
    assert_eq!(value.exact(), "25,446");
    assert_eq!(told(ghost), "基线 16,964 +50.00%");
    assert!(
        brands::model(&flow_example(Pane::Brands, ""))
            .what_if
            .is_none()
    );
}

#[test]
fn every_frame_says_that_a_what_if_is_on() {
    for pane in Pane::ALL {
        let mut state = flow_example(pane, "fast.f*=1.5");
        for (columns, rows) in [
            (20, 6),
            (30, 8),
            (39, 9),
            (40, 10),
            (60, 16),
            (80, 24),
            (120, 36),
            (200, 60),
            (300, 100),
            (300, 6),
            (20, 100),
        ] {
            update(&mut state, Action::Resize(columns, rows));
            for language in [Language::Zh, Language::En] {
                state.language = language;
                let text = screen(&state).join("\n");
                let word = ["假设", "what-if"][language as usize];
                assert!(text.contains(word), "{pane:?} {columns}×{rows}\n{text}");
            }
        }
    }
}

#[test]
fn a_small_terminal_lists_the_scenarios_and_keeps_the_baseline() {
    let mut state = flow_example(Pane::Fast, "fast.f*=1.5");
    update(&mut state, Action::Resize(38, 9));
    let text = screen(&state).join("\n");
    assert!(
        text.contains("25,446") && text.contains("基线 +50.0% ▲"),
        "{text}"
    );
    keys(&mut state, "7");
    let text = screen(&state).join("\n");
    assert!(
        text.contains("试算") && text.contains("+50.00% ▲"),
        "{text}"
    );
}
