//! The why pane: exact attribution, the tornado and the heat map, on the same `press` and the same
//! view model as the terminal.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    missing_docs
)]

use std::path::Path;
use std::sync::Arc;

use fastdeck::app::{Action, Books, Key, Language, Pane, State, ThemeName};
use fastdeck::app::{open, press, settle, update};
use fastdeck::board::Part;
use fastdeck::board::why::Span;
use fastdeck::data::{self, Input, Options, demo};
use fastdeck::facts::{CrowdKey, Engine};
use fastdeck::ui::{Theme, render};
use fastdeck::view::screen;
use fastdeck::view::text::width;
use fastdeck::view::why::{LineKind, WhyView, model};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

fn sample(name: &str) -> Input {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    match name {
        "demo" => Input::Memory(demo::embedded()),
        name => Input::Path(root.join("sample-data").join(name)),
    }
}

fn state_of(input: &Input) -> State {
    let Ok(data) = data::load(input, &Options::default(), &mut |_| true) else {
        panic!("{input:?} does not load")
    };
    let mut state = State {
        size: (140, 40),
        pane: Pane::Why,
        ..State::default()
    };
    open(&mut state, Arc::new(Engine::new(Arc::new(data))));
    let fingerprint = state.dataset().unwrap().fingerprint.clone();
    update(&mut state, Action::Books(fingerprint, Books::default()));
    state
}

fn keys(state: &mut State, script: &str) {
    for key in Key::script(script).unwrap_or_else(|| panic!("not a script: {script}")) {
        let effects = press(state, key);
        settle(state, effects);
    }
}

/// One crowd that goes from (N, f, p) = (100,000, 1.5, 200) to (120,000, 1.6, 210): population N,
/// penetration f ÷ 2, AOV 2p; its product and its ratios are those of the worked example.
fn worked_example() -> State {
    let file = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let manifest = r#"format = 1
name = "worked example"
time_zone = "Asia/Shanghai"
currency = "CNY"
as_of = "2026-11-15"
[[brand]]
id = "oak"
name_zh = "橡木"
name_en = "Oak"
[[crowd]]
id = "genz"
name_zh = "Z世代"
name_en = "Gen Z"
population = 120000
exclusive = true
[[table]]
kind = "targets"
file = "targets.csv"
[[table]]
kind = "stock"
file = "stock.csv"
[[table]]
kind = "sales"
file = "sales.csv"
"#;
    let targets = "brand,metric,target,crowd\n\
        oak,crowd.population,100000,genz\n\
        oak,crowd.penetration,75%,genz\n\
        oak,crowd.conversion,100%,genz\n\
        oak,crowd.aov,400,genz\n\
        oak,crowd.gmv,30000000,*\n";
    let stock = "brand,date,crowd,total\noak,2026-11-15,genz,96000\noak,2026-11-15,*,96000\n";
    let sales = "brand,date,crowd,buyers,gmv\n\
        oak,2026-11-15,genz,96000,40320000\noak,2026-11-15,*,96000,40320000\n";
    state_of(&Input::Memory(vec![
        file("dataset.toml", manifest),
        file("targets.csv", targets),
        file("stock.csv", stock),
        file("sales.csv", sales),
    ]))
}

/// The steps of the waterfall by name, as they are written.
fn steps(state: &State) -> Vec<(String, String)> {
    let lines = model(state).waterfall.lines;
    let steps = lines.iter().filter(|l| l.kind != LineKind::End);
    steps.map(|l| (l.name.clone(), l.number.exact())).collect()
}

fn amount(state: &State, name: &str) -> String {
    let steps = steps(state);
    let found = steps.iter().find(|(n, _)| n == name);
    found
        .unwrap_or_else(|| panic!("{name}: {steps:?}"))
        .1
        .clone()
}

#[test]
fn the_worked_example_reads_as_it_is_printed_by_all_three_methods() {
    let mut state = worked_example();
    for (method, printed) in [
        ("Shapley 值", [6.356_667, 2.256_667, 1.706_667]),
        ("LMDI", [6.364_136, 2.252_789, 1.703_075]),
        ("逐项替换", [6.0, 2.4, 1.92]),
    ] {
        let shown = model(&state).waterfall;
        assert!(
            shown.sides.iter().all(|s| s.starts_with(method)),
            "{shown:?}"
        );
        let names = ["策略人群量级", "渗透率", "客单价"];
        let mut cents = 0.0;
        for (name, millions) in names.into_iter().zip(printed) {
            let text = amount(&state, name).replace(['¥', '+', ','], "");
            let read: f64 = text.parse().unwrap();
            assert!(
                (read - millions * 1e6).abs() <= 0.5,
                "{method} {name} {text}"
            );
            cents += (read * 100.0).round();
        }
        assert_eq!(cents, 1_032_000_000.0, "{method}");
        assert_eq!(amount(&state, "转化率"), "¥0");
        let ends: Vec<_> = shown
            .lines
            .iter()
            .filter(|l| l.kind == LineKind::End)
            .collect();
        let ends: Vec<String> = ends.iter().map(|l| l.number.exact()).collect();
        assert_eq!(ends, ["¥30,000,000", "¥40,320,000"]);
        keys(&mut state, "d");
    }
    assert_eq!(
        model(&state).waterfall.sides[0].split(' ').next(),
        Some("Shapley")
    );
}

#[test]
fn the_other_direction_has_the_other_signs() {
    let mut state = worked_example();
    let there: Vec<f64> = pieces(&state);
    update(&mut state, Action::Show(Pane::Why));
    type_levers(&mut state);
    state.why.wish.span = Some(Span::BaselineToScenario);
    let shown = model(&state).waterfall;
    assert!(shown.title.contains("基线"), "{}", shown.title);
    let back: Vec<f64> = pieces(&state);
    assert_eq!(there.len(), back.len());
    for (a, b) in there.iter().zip(&back) {
        assert!((a + b).abs() <= 1e-9 * 1e7, "{a} {b}");
    }
}

/// The levers go from the current figures to the targets.
fn type_levers(state: &mut State) {
    for change in ["population=100000", "penetration=75%", "aov=400"] {
        let (lever, value) = change.split_once('=').unwrap();
        let rows = fastdeck::app::levers::lever_rows(state);
        let at = rows
            .iter()
            .position(|r| r.lever.id == format!("crowd.{lever}"));
        keys(state, "s<Home>");
        keys(state, &"j".repeat(at.unwrap()));
        keys(state, &format!("={value}<Enter><Esc>"));
    }
}

/// The amounts of the steps, unrounded, in the order of the data set.
fn pieces(state: &State) -> Vec<f64> {
    let lines = model(state).waterfall.lines;
    let mut steps: Vec<_> = lines
        .into_iter()
        .filter(|l| l.kind != LineKind::End)
        .collect();
    steps.sort_by(|a, b| a.name.cmp(&b.name));
    let amount = |reach: Option<(f64, f64)>| reach.map(|(a, b)| b - a);
    steps.into_iter().filter_map(|l| amount(l.reach)).collect()
}

fn known(number: &fastdeck::view::number::Number) -> f64 {
    number.value.get().unwrap()
}

/// What the lines say adds up: start + steps = end, and every open step is the sum of its own.
fn adds_up(state: &State) {
    let shown = model(state).waterfall;
    let cents = |x: f64| (x * 100.0).round();
    let ends: Vec<f64> = shown
        .lines
        .iter()
        .filter(|l| l.kind == LineKind::End)
        .filter_map(|l| l.number.value.get())
        .collect();
    let steps = shown.lines.iter().filter(|l| l.kind != LineKind::End);
    let written: f64 = steps.clone().map(|l| cents(known(&l.number))).sum();
    let exact: f64 = steps.filter_map(|l| l.reach).map(|(a, b)| b - a).sum();
    let (from, to) = match ends[..] {
        [sum] => (0.0, sum),
        [from, to] => (from, to),
        _ => panic!("{shown:?}"),
    };
    assert!(
        (to - from - exact).abs() <= 1e-9 * from.abs().max(to.abs()),
        "{shown:?}"
    );
    assert!(
        (written - (to - from) * 100.0).abs() <= 0.5 + 1e-3,
        "{shown:?}"
    );
}

#[test]
fn every_waterfall_of_the_samples_adds_up_to_the_cent() {
    for name in ["demo", "guidebook", "double11"] {
        let mut state = state_of(&sample(name));
        let mut told = 0;
        for span in Span::ALL {
            state.why.wish.span = Some(span);
            if model(&state).waterfall.cursor.is_none() {
                continue;
            }
            for script in ["d", "d", "d", "<Enter>", "<Esc>p", "<Enter>", "<Esc>p"] {
                keys(&mut state, script);
                adds_up(&state);
            }
            told += 1;
        }
        assert!(told >= 2, "{name}: {told}");
    }
}

#[test]
fn a_factor_opens_to_its_crowds_and_esc_goes_back_to_the_cursor() {
    let mut state = state_of(&sample("demo"));
    keys(&mut state, "j");
    let before = model(&state).waterfall;
    let chosen = before.lines[before.cursor.unwrap()].clone();
    keys(&mut state, "<Enter>");
    let opened = model(&state).waterfall;
    assert!(
        opened.title.ends_with(&format!("› {}", chosen.name)),
        "{}",
        opened.title
    );
    let sum = opened.lines.last().unwrap();
    assert_eq!(sum.number.exact(), chosen.number.exact());
    assert!(opened.lines.len() > 5);
    keys(&mut state, "jj");
    keys(&mut state, "<Esc>");
    assert_eq!(model(&state).waterfall, before);
    keys(&mut state, "p");
    let items = model(&state).waterfall;
    assert!(items.lines.iter().any(|l| l.name == "精致妈妈"));
    keys(&mut state, "<Enter>");
    let factors = model(&state).waterfall;
    assert!(factors.lines.iter().any(|l| l.name == "渗透率"));
}

#[test]
fn the_order_turns_and_the_cursor_stays_on_its_step() {
    let mut state = state_of(&sample("demo"));
    let named = |state: &State| {
        let shown = model(state).waterfall;
        shown.lines[shown.cursor.unwrap()].name.clone()
    };
    keys(&mut state, "jj");
    let chosen = named(&state);
    keys(&mut state, "o");
    assert_eq!(named(&state), chosen);
    let all: Vec<_> = steps(&state).into_iter().map(|(n, _)| n).collect();
    assert_eq!(all[..4], ["策略人群量级", "渗透率", "转化率", "客单价"]);
    keys(&mut state, "o");
    assert_eq!(named(&state), chosen);
    let sizes: Vec<f64> = {
        let lines = model(&state).waterfall.lines;
        let steps = lines
            .iter()
            .filter(|l| !matches!(l.kind, LineKind::End | LineKind::Rest));
        steps.map(|l| known(&l.number).abs()).collect()
    };
    assert!(sizes.windows(2).all(|w| w[0] >= w[1]), "{sizes:?}");
}

/// The one crowd of the Guidebook with current figures stands at 20 % and 6 % against 25 % and 5 %
/// of 10,000,000 people at 200 (`domain.md` §14.2): −0.05 × 0.055 and +0.01 × 0.225 of 2·10⁹.
#[test]
fn the_guidebook_goes_from_the_target_to_the_plan() {
    let mut state = state_of(&sample("guidebook"));
    let shown = model(&state).waterfall;
    assert!(shown.title.contains("目标 → 计划"), "{}", shown.title);
    assert_eq!(amount(&state, "渗透率"), "−¥5,500,000");
    assert_eq!(amount(&state, "转化率"), "+¥4,500,000");
    assert_eq!(shown.lines.last().unwrap().number.exact(), "¥99,000,000");
    assert!(shown.notes.iter().any(|n| n.text.contains("目标代替")));
    keys(&mut state, "<Enter>");
    assert_eq!(amount(&state, "全面性能精英"), "−¥5,500,000");
    // The targets come true: nothing is left of the gap.
    fastdeck::app::propose(
        &mut state,
        "真",
        fastdeck::scenario::Scenario::parse(
            "crowd.penetration[performance_elite]=25%; crowd.conversion[performance_elite]=5%",
        )
        .unwrap(),
    );
    keys(&mut state, "<Esc>");
    assert!(
        steps(&state).iter().all(|(_, amount)| amount == "¥0"),
        "{:?}",
        steps(&state)
    );
    assert!(model(&state).waterfall.title.ends_with("真"));
}

fn gmv(state: &State) -> f64 {
    let board = state.board.as_ref().unwrap().brand(state.brand).unwrap();
    let double11 = board
        .get("gmv.gmv", Part::Layer(None))
        .and_then(|f| f.now.get());
    let crowds = board.get("crowd.gmv", Part::Crowd(CrowdKey::All));
    double11
        .or_else(|| crowds.and_then(|f| f.now.get()))
        .unwrap()
}

#[test]
fn the_lever_under_the_cursor_moves_as_the_tornado_says() {
    let mut state = state_of(&sample("double11"));
    keys(&mut state, "va");
    assert_eq!(state.why.view, WhyView::Tornado);
    keys(&mut state, "jjj");
    let shown = model(&state).tornado;
    let chosen = shown.lines[shown.cursor].clone();
    let before = gmv(&state);
    keys(&mut state, "<Right>");
    let up = gmv(&state) - before;
    assert!(
        (up - known(&chosen.up)).abs() <= 1e-6 * up.abs(),
        "{up} {chosen:?}"
    );
    let now = model(&state).tornado;
    assert_eq!(now.lines[now.cursor].name, chosen.name);
    keys(&mut state, "u");
    assert_eq!(gmv(&state), before);
    assert!(state.scenario().is_empty());
    keys(&mut state, "-");
    let down = gmv(&state) - before;
    assert!((down - known(&chosen.down)).abs() <= 1e-6 * down.abs());
}

#[test]
fn the_tornado_is_sorted_and_its_levers_become_axes() {
    let mut state = state_of(&sample("double11"));
    keys(&mut state, "va");
    let shown = model(&state).tornado;
    assert_eq!(shown.lines.len(), 20);
    let size = |l: &fastdeck::view::why::TornadoLine| known(&l.up).abs().max(known(&l.down).abs());
    assert!(shown.lines.windows(2).all(|w| size(&w[0]) >= size(&w[1])));
    keys(&mut state, "jjjjX");
    let marks = |state: &State| -> Vec<(String, &'static str)> {
        let lines = model(state).tornado.lines.into_iter();
        lines
            .filter(|l| !l.mark.is_empty())
            .map(|l| (l.name, l.mark))
            .collect()
    };
    let chosen = shown.lines[4].name.clone();
    assert!(
        marks(&state).contains(&(chosen.clone(), "X")),
        "{:?}",
        marks(&state)
    );
    // The same lever as y: both axes change places.
    keys(&mut state, "Y");
    assert!(
        marks(&state).contains(&(chosen.clone(), "Y")),
        "{:?}",
        marks(&state)
    );
    assert_eq!(marks(&state).len(), 2);
    assert_eq!(model(&state).heat.names[1], chosen);
}

#[test]
fn the_cross_moves_the_levers_one_undo_step_for_each_press() {
    let mut state = state_of(&sample("double11"));
    keys(&mut state, "vv");
    let start = model(&state).heat;
    assert_eq!(start.rest, [Some(start.cross[0]), Some(start.cross[1])]);
    for key in [
        "<Right>", "<Up>", "<Right>", "<Down>", "<Left>", "<Left>", "<Up>",
    ] {
        let before = model(&state).heat;
        keys(&mut state, key);
        let now = model(&state).heat;
        let moved: [i64; 2] = std::array::from_fn(|i| {
            let from_rest =
                |m: &fastdeck::view::why::HeatModel| m.cross[i] as i64 - m.rest[i].unwrap() as i64;
            from_rest(&now) - from_rest(&before)
        });
        let wanted = match key {
            "<Right>" => [1, 0],
            "<Left>" => [-1, 0],
            "<Up>" => [0, 1],
            _ => [0, -1],
        };
        assert_eq!(moved, wanted, "{key}");
        let under = known(&now.cells[now.cross[1]][now.cross[0]].number);
        assert!(
            (under - gmv(&state)).abs() <= 1e-9 * under,
            "{key}: {under}"
        );
    }
    keys(&mut state, "uuuuuuu");
    assert!(state.scenario().is_empty());
    assert_eq!(model(&state).heat, start);
}

#[test]
fn what_one_lever_alone_needs_reaches_the_target() {
    let mut state = state_of(&sample("double11"));
    keys(&mut state, "vv");
    let found = fastdeck::app::why::found(&state).unwrap();
    let heat = found.heat.as_ref().unwrap();
    assert_eq!(heat.goal.get(), Some(12_000_000.0));
    for (axis, needed) in heat.axes.iter().zip(&heat.needed) {
        let at = needed.unwrap();
        let scenario = fastdeck::board::why::placed(state.scenario(), &axis.knob, at);
        let mut there = state.clone();
        fastdeck::app::propose(&mut there, "达标", scenario);
        assert!(
            (gmv(&there) - 12_000_000.0).abs() <= 1e-9 * 1.2e7,
            "{}",
            gmv(&there)
        );
    }
    let reached = model(&state).heat.cells;
    for row in &reached {
        for cell in row {
            assert_eq!(cell.reaches, Some(known(&cell.number) >= 12_000_000.0));
        }
    }
}

#[test]
fn a_brand_without_figures_says_why() {
    let mut state = state_of(&sample("guidebook"));
    keys(&mut state, "b");
    let shown = model(&state).waterfall;
    assert!(steps(&state).is_empty() && shown.cursor.is_none());
    assert!(shown.empty.starts_with("目标 —: "), "{}", shown.empty);
    for key in [
        "<Enter>", "<Right>", "v", "<Right>", "X", "v", "<Up>", "e", "f", "a", "o", "p",
    ] {
        keys(&mut state, key);
        model(&state);
    }
}

fn draw(state: &State) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, state.size.0, state.size.1));
    let area = buf.area;
    render(&screen(state), &Theme::named(state.theme), area, &mut buf);
    buf
}

fn lines(buf: &Buffer) -> Vec<String> {
    let row = |y| {
        let mut out = String::new();
        let mut skip = 0;
        for x in buf.area.left()..buf.area.right() {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buf[(x, y)].symbol();
            skip = width(symbol).saturating_sub(1);
            out.push_str(symbol);
        }
        out
    };
    (buf.area.top()..buf.area.bottom()).map(row).collect()
}

#[test]
fn every_picture_fits_every_size() {
    for name in ["demo", "guidebook", "double11"] {
        let mut state = state_of(&sample(name));
        for script in ["", "<Enter><Esc>p", "<Enter>", "va", "v<Right><Up>"] {
            keys(&mut state, script);
            for (i, size) in [
                (20, 6),
                (40, 10),
                (41, 11),
                (60, 14),
                (80, 24),
                (103, 17),
                (120, 36),
                (160, 52),
                (200, 60),
                (300, 100),
            ]
            .into_iter()
            .enumerate()
            {
                state.size = size;
                state.language = [Language::Zh, Language::En][i % 2];
                state.theme = [ThemeName::Dark, ThemeName::Light, ThemeName::Mono][i % 3];
                for line in lines(&draw(&state)) {
                    assert_eq!(width(&line), usize::from(size.0), "{line:?}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn no_keys_break_the_pane(script in proptest::collection::vec(0usize..24, 1..40)) {
        const KEYS: [&str; 24] = [
            "v", "<Enter>", "<Esc>", "<Right>", "<Left>", "<Up>", "<Down>", "e", "p", "d", "f", "o",
            "a", "X", "Y", "u", "<Ctrl-r>", "c", "j", "k", "<End>", "<Home>", ")", "b",
        ];
        let mut state = state_of(&sample("double11"));
        for key in script {
            keys(&mut state, KEYS[key]);
            let shown = model(&state);
            if let Some(cursor) = shown.waterfall.cursor {
                prop_assert!(cursor < shown.waterfall.lines.len());
                adds_up(&state);
            }
            draw(&state);
        }
    }
}
