//! The GMV workbench read back from its view model: the worked examples of `domain.md` §14.1, §14.2
//! and §14.7, the one unknown, scenarios, halves, and every size.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    missing_docs
)]

use std::path::Path;
use std::sync::Arc;

use fastdeck::app::{Key, Language, Pane, State, open, press, settle};
use fastdeck::data::{self, Input, Options};
use fastdeck::facts::Engine;
use fastdeck::scenario::Scenario;
use fastdeck::view::gmv::{Double11Model, GmvModel, Half, TreeModel, model};
use fastdeck::view::table::{Cell, Row, Table};
use fastdeck::view::text::width;

const GUIDEBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/guidebook");
const DOUBLE_11: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/double11");
const ELITE: &str = "All-round performance elite";

/// The pane of a data set, in English, on a screen where all branches are open.
fn shown(folder: impl AsRef<Path>) -> State {
    let input = Input::Path(folder.as_ref().to_owned());
    let data = data::load(&input, &Options::default(), &mut |_| true).unwrap();
    let mut state = State {
        pane: Pane::Gmv,
        language: Language::En,
        size: (200, 150),
        ..State::default()
    };
    open(&mut state, Arc::new(Engine::new(Arc::new(data))));
    state
}

fn keys(state: &mut State, script: &str) {
    for key in script.split_whitespace() {
        let key = Key::parse(key).unwrap_or_else(|| panic!("`{key}`"));
        let effects = press(state, key);
        settle(state, effects);
    }
}

fn what_if(state: &mut State, text: &str) {
    fastdeck::app::propose(state, "what-if", Scenario::parse(text).unwrap());
}

fn tree(state: &State) -> TreeModel {
    *model(state).tree.unwrap()
}

fn double11(state: &State) -> Double11Model {
    *model(state).double11.unwrap()
}

/// The position of a column.
fn column(table: &Table, title: &str) -> usize {
    let found = table.columns.iter().position(|c| c.title == title);
    found.unwrap_or_else(|| panic!("no column `{title}`"))
}

/// The first cell of a row, without branches.
fn name(row: &Row) -> String {
    let Cell::Text(text) = &row.cells[0] else {
        panic!("a row begins with its name")
    };
    let marks = [' ', '├', '└', '│', '+', '−', '*'];
    text.trim_matches(marks).to_owned()
}

fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Number(n) | Cell::Bullet(n) => n.value.get(),
        Cell::Change(c) => c.number.value.get(),
        _ => None,
    }
}

/// The number in a column of the n-th row of that name.
fn nth(table: &Table, row: &str, n: usize, title: &str) -> Option<f64> {
    let at = column(table, title);
    let mut rows = table.rows.iter().filter(|r| name(r) == row);
    let found = rows.nth(n).unwrap_or_else(|| panic!("no row `{row}`"));
    number(&found.cells[at])
}

fn close(found: Option<f64>, wanted: f64) {
    let found = found.unwrap_or_else(|| panic!("missing, wanted {wanted}"));
    let apart = (found - wanted).abs();
    assert!(
        apart <= 1e-9 * wanted.abs().max(1e-3),
        "{found} is not {wanted}"
    );
}

const CROWDS: [(&str, f64, f64, f64, f64, f64); 6] = [
    ("Heavy gamer boys", 3e6, 75e4, 0.25, 37_500.0, 750e4),
    (ELITE, 10e6, 250e4, 0.25, 125_000.0, 2500e4),
    ("Premium brand lovers", 14e6, 280e4, 0.20, 140_000.0, 2800e4),
    (
        "Ultimate e-sports players",
        4e6,
        80e4,
        0.20,
        40_000.0,
        800e4,
    ),
    (
        "Game experience seekers",
        8e6,
        120e4,
        0.15,
        60_000.0,
        1200e4,
    ),
    ("Family pastime players", 8e6, 195e4, 0.25, 97_500.0, 1950e4),
];

#[test]
fn every_cell_of_the_target_tree_of_the_guidebook() {
    let tree = tree(&shown(GUIDEBOOK));
    let target = |row: &str, n| nth(&tree.table, row, n, "target");
    for (row, wanted) in [
        ("GMV", 1e8),
        ("AOV", 200.0),
        ("Buyers", 500_000.0),
        ("Conversion", 0.05),
        ("Consumers", 1e7),
        ("Population", 47e6),
        ("Penetration", 0.22),
    ] {
        close(target(row, 0), wanted);
    }
    for (k, (crowd, population, consumers, penetration, buyers, gmv)) in
        CROWDS.into_iter().enumerate()
    {
        close(target(crowd, 0), consumers);
        for (row, wanted) in [
            ("GMV", gmv),
            ("AOV", 200.0),
            ("Buyers", buyers),
            ("Conversion", 0.05),
            ("Population", population),
            ("Penetration", penetration),
        ] {
            close(target(row, k + 1), wanted);
        }
    }
    assert_eq!(tree.table.len, 7 * 7);
    // What is printed, and what follows from it.
    let mark = |row: &str, n| {
        let mut rows = tree.table.rows.iter().filter(|r| name(r) == row);
        rows.nth(n).unwrap().cells[2].clone()
    };
    assert_eq!(mark("Penetration", 0), Cell::Text("given".into()));
    assert_eq!(mark("Penetration", 1), Cell::Text("given".into()));
    assert_eq!(mark("GMV", 0), Cell::Text("given".into()));
    assert_eq!(mark("GMV", 1), Cell::Text("derived".into()));
    assert_eq!(mark("Buyers", 1), Cell::Text("derived".into()));
}

#[test]
fn the_crowds_add_up_to_the_top_line_but_for_the_printed_penetration() {
    let tree = tree(&shown(GUIDEBOOK));
    let sums = &tree.sums;
    for (title, sum, top, left) in [
        ("GMV", 1e8, 1e8, 0.0),
        ("Buyers", 500_000.0, 500_000.0, 0.0),
        ("Consumers", 1e7, 1e7, 0.0),
        ("Population", 47e6, 47e6, 0.0),
        ("AOV", 200.0, 200.0, 0.0),
        ("Conversion", 0.05, 0.05, 0.0),
        ("Penetration", 10.0 / 47.0, 0.22, 0.22 - 10.0 / 47.0),
    ] {
        close(nth(sums, "Σ crowds", 0, title), sum);
        close(nth(sums, "Top line", 0, title), top);
        close(nth(sums, "Residual", 0, title), left);
    }
    assert_eq!(tree.crowds.len(), CROWDS.len());
    for (row, (crowd, ..)) in tree.crowds.iter().zip(CROWDS) {
        assert_eq!(name(row), crowd);
    }
    let [consumption, penetration] = &tree.findings[..] else {
        panic!("{:?}", tree.findings)
    };
    for text in ["50,000,000", "500,000"] {
        assert!(consumption.contains(text), "{consumption}");
    }
    for text in ["22.00%", "21.28%", "21.56%"] {
        assert!(penetration.contains(text), "{penetration}");
    }
}

#[test]
fn the_dashboard_of_the_elite_and_the_targets_that_stand_in() {
    let tree = tree(&shown(GUIDEBOOK));
    let elite = 2;
    for (row, n, current, gap, done) in [
        (ELITE, 0, 2e6, -5e5, 0.8),
        ("Penetration", elite, 0.20, -0.05, 0.8),
        ("Conversion", elite, 0.06, 0.01, 1.2),
        ("GMV", elite, 24e6, -1e6, 0.96),
        ("Buyers", elite, 120_000.0, -5_000.0, 0.96),
    ] {
        close(nth(&tree.table, row, n, "current"), current);
        close(nth(&tree.table, row, n, "plan"), current);
        close(nth(&tree.table, row, n, "vs target"), gap);
        close(nth(&tree.table, row, n, "done"), done);
    }
    // 100 − 25 + 24 million: the other crowds stand at their targets.
    close(nth(&tree.table, "GMV", 0, "plan"), 99e6);
    assert_eq!(nth(&tree.table, "GMV", 0, "current"), None);
    assert!(tree.notes.iter().any(|n| n.starts_with("* 5 crowds")));
}

#[test]
fn penetration_of_the_elite_at_25_percent() {
    let mut state = shown(GUIDEBOOK);
    what_if(&mut state, "crowd.penetration[performance_elite]=25%");
    let tree = tree(&state);
    // 10 million × 25 % × 6 % × ¥200 = ¥30 million, in the place of 24.
    for (row, n, baseline, scenario, gap) in [
        ("GMV", 0, 99e6, 105e6, 5e6),
        ("Buyers", 0, 495_000.0, 525_000.0, 25_000.0),
        ("Consumers", 0, 9.5e6, 1e7, 0.0),
        ("GMV", 2, 24e6, 30e6, 5e6),
        ("GMV", 1, 7.5e6, 7.5e6, 0.0),
    ] {
        close(nth(&tree.table, row, n, "baseline"), baseline);
        close(nth(&tree.table, row, n, "scenario"), scenario);
        close(nth(&tree.table, row, n, "vs target"), gap);
    }
    close(nth(&tree.table, "GMV", 0, "done"), 1.05);
}

#[test]
fn the_same_through_the_drawer_and_back() {
    let mut state = shown(GUIDEBOOK);
    // The elite is the second crowd: seven rows of the top line, seven of the first crowd.
    keys(&mut state, &"Down ".repeat(14));
    keys(&mut state, "s Enter 2 5 % Enter Esc");
    close(nth(&tree(&state).table, "GMV", 0, "scenario"), 105e6);
    keys(&mut state, "u");
    close(nth(&tree(&state).table, "GMV", 0, "plan"), 99e6);
}

#[test]
fn any_target_can_be_the_unknown() {
    let mut state = shown(GUIDEBOOK);
    keys(&mut state, &"Down ".repeat(6));
    assert!(tree(&state).told[0].starts_with("Penetration: given 22.00%; by the others"));
    keys(&mut state, "Enter");
    let solved = tree(&state);
    close(nth(&solved.table, "Penetration", 0, "target"), 10.0 / 47.0);
    close(nth(&solved.sums, "Residual", 0, "Penetration"), 0.0);
    assert!(solved.told[0].contains("Consumers 10,000,000 ÷ Population 47,000,000 = 21.28%"));
    let at = solved.table.rows.iter().position(|r| r.focused);
    assert_eq!(at, Some(6));
    // It stays the unknown while the cursor goes on, and Esc gives it back.
    keys(&mut state, "Down");
    let away = tree(&state);
    assert_eq!(away.told.len(), 2);
    assert!(away.told[1].starts_with("Penetration: solved"));
    keys(&mut state, "Esc");
    let back = tree(&state);
    close(nth(&back.table, "Penetration", 0, "target"), 0.22);
    assert_eq!(back.told.len(), 1);
    // Enter once more does too.
    keys(&mut state, "Up Enter Enter");
    close(nth(&tree(&state).table, "Penetration", 0, "target"), 0.22);
}

#[test]
fn a_crowd_that_is_the_unknown_moves_the_residual() {
    let mut state = shown(GUIDEBOOK);
    // The consumers of the last crowd: by its population and its printed penetration 2,000,000.
    keys(&mut state, &"Down ".repeat(7 * 6));
    keys(&mut state, "Enter");
    let tree = tree(&state);
    close(
        nth(&tree.table, "Family pastime players", 0, "target"),
        2_000_000.0,
    );
    close(nth(&tree.sums, "Σ crowds", 0, "Consumers"), 10_050_000.0);
    close(nth(&tree.sums, "Residual", 0, "Consumers"), -50_000.0);
    close(nth(&tree.sums, "Residual", 0, "GMV"), -500_000.0);
}

#[test]
fn crowds_open_and_close() {
    let mut state = shown(GUIDEBOOK);
    let rows = |state: &State| tree(state).table.len;
    keys(&mut state, "Left");
    assert!(state.notice.is_some(), "GMV of all crowds cannot be closed");
    keys(&mut state, &"Down ".repeat(9));
    keys(&mut state, "Left");
    assert_eq!(rows(&state), 43);
    assert_eq!(state.cursors[Pane::Gmv as usize].row, 7);
    keys(&mut state, "Right");
    assert_eq!(rows(&state), 49);
    // On a low screen they are closed to begin with.
    state.size = (120, 36);
    assert_eq!(rows(&state), 19, "one was opened by hand");
}

#[test]
fn the_worked_example_of_double_11() {
    let state = shown(DOUBLE_11);
    assert!(model(&state).tree.is_none());
    let model = double11(&state);
    let layers = &model.table;
    for (layer, pool, cart, order, aov, buyers, gmv, lacking) in [
        ("O Opportunity", 5e6, 0.004, 0.1, 180.0, 2e3, 36e4, 9e6),
        ("A Awareness", 3e6, 0.012, 0.15, 200.0, 5.4e3, 108e4, 18e5),
        (
            "I Interest",
            1.2e6,
            0.08,
            0.2,
            210.0,
            19.2e3,
            4_032e3,
            648e3 / 3.36,
        ),
        ("P Purchase", 4e5, 0.1, 0.3, 230.0, 12e3, 276e4, 648e3 / 6.9),
        (
            "L Loyalty",
            1.5e5,
            0.2,
            0.4,
            260.0,
            12e3,
            312e4,
            648e3 / 20.8,
        ),
    ] {
        for (title, wanted) in [
            ("Pool", pool),
            ("Cart rate", cart),
            ("Order rate", order),
            ("AOV", aov),
            ("Buyers", buyers),
            ("Model GMV", gmv),
            ("Actual GMV", gmv),
            ("Residual", 0.0),
            ("pool lacking", lacking),
        ] {
            close(nth(layers, layer, 0, title), wanted);
        }
    }
    let all = |title| nth(layers, "Σ all layers", 0, title);
    close(all("Buyers"), 50_600.0);
    close(all("Model GMV"), 11_352_000.0);
    close(all("Pool"), 9_750_000.0);
    let fact = |label: &str| {
        let found = model.facts.iter().find(|(l, _)| l == label);
        found.and_then(|(_, n)| n.value.get())
    };
    close(fact("GMV target"), 12e6);
    close(fact("model"), 11_352_000.0);
    close(fact("done"), 0.946);
    close(fact("due by now"), 1.0);
    // Sums of twelve days tell no single day: that is said.
    assert_eq!(fact("against pace"), None);
    assert!(model.notes.iter().any(|n| n.contains("sums of 12 days")));
    assert_eq!(model.waves.len, 4);
}

#[test]
fn targets_and_years_stand_below_the_layer() {
    let model = double11(&shown(DOUBLE_11));
    // I: 1.3 million × 8 % × 21 % × ¥210.
    close(nth(&model.table, "target", 2, "Model GMV"), 4_586_400.0);
    close(
        nth(&model.table, "done", 2, "Model GMV"),
        4_032_000.0 / 4_586_400.0,
    );
    close(nth(&model.table, "done", 2, "Pool"), 1.2 / 1.3);
    close(nth(&model.table, "2025", 2, "Pool"), 1e6);
    close(nth(&model.table, "2025", 2, "Actual GMV"), 3_030_000.0);
    close(nth(&model.table, "2024", 2, "Cart rate"), 0.07);
    // The last of each is of all layers; the GMV target is the one that is given.
    close(nth(&model.table, "target", 5, "Model GMV"), 12e6);
    close(nth(&model.table, "2025", 5, "Pool"), 8_270_000.0);
    close(nth(&model.years, "I Interest", 0, "2026"), 4_032_000.0);
}

#[test]
fn a_scenario_stands_beside_its_baseline_in_every_layer_that_it_changes() {
    let mut state = shown(DOUBLE_11);
    what_if(&mut state, "gmv.cart_rate[i]=10%");
    let model = double11(&state);
    let table = &model.table;
    // 1.2 million × 10 % × 20 % × ¥210.
    close(nth(table, "I Interest", 0, "Model GMV"), 5_040_000.0);
    close(nth(table, "I Interest", 0, "Residual"), -1_008_000.0);
    close(nth(table, "baseline", 0, "Model GMV"), 4_032_000.0);
    close(nth(table, "vs baseline", 0, "Model GMV"), 1_008_000.0);
    close(nth(table, "vs baseline", 0, "Cart rate"), 0.02);
    close(nth(table, "Σ all layers", 0, "Model GMV"), 12_360_000.0);
    close(nth(table, "baseline", 1, "Model GMV"), 11_352_000.0);
    // The target is passed: no pool is lacking. 360,000 at ¥6.9 a person.
    close(
        nth(table, "P Purchase", 0, "pool lacking"),
        -360_000.0 / 6.9,
    );
    let changed = table.rows.iter().filter(|r| name(r) == "vs baseline");
    assert_eq!(changed.count(), 2, "one layer, and all together");
    // They stay in sight when the layer is closed.
    state.size = (120, 36);
    let low = double11(&state);
    close(nth(&low.table, "vs baseline", 0, "Buyers"), 4_800.0);
}

#[test]
fn the_shop_and_direct_buyers_are_named() {
    let mut state = shown(DOUBLE_11);
    state.definitions.set("gmv.scope", "shop").unwrap();
    state.definitions.set("gmv.direct", "on").unwrap();
    keys(&mut state, "[ ]");
    let model = double11(&state);
    assert!(
        model
            .side
            .contains("pools of the shop · with direct buyers")
    );
    close(nth(&model.table, "I Interest", 0, "Pool"), 1_050_000.0);
    // 2025, I: 15,000 buyers, of whom 14,250 carted, of 890,000 in the shop.
    close(
        nth(&model.table, "2025", 2, "Direct rate"),
        750.0 / 890_000.0,
    );
    assert!(model.notes[0].contains("sales are not told by shop"));
}

/// The Guidebook's crowds with the layers of Double 11.
fn both(folder: &Path) {
    let read = |file: &str| std::fs::read_to_string(Path::new(GUIDEBOOK).join(file)).unwrap();
    let manifest = read("dataset.toml");
    let manifest = manifest.replace("as_of = \"2022-06-01\"", "as_of = \"2026-11-11\"");
    std::fs::write(folder.join("dataset.toml"), manifest).unwrap();
    for file in ["fast.csv", "flow.csv", "stock.csv", "targets.csv"] {
        std::fs::write(folder.join(file), read(file)).unwrap();
    }
    let sales = "brand,date,layer,cart_people,cart_buyers,buyers,gmv\n\
                 guidebook,2026-11-11,i,100,20,25,5000\n";
    std::fs::write(folder.join("sales.csv"), sales).unwrap();
}

#[test]
fn halves_are_switched_and_keep_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    both(folder.path());
    let mut state = shown(folder.path());
    let there = |state: &State| {
        let GmvModel {
            tree,
            double11,
            half,
            ..
        } = model(state);
        (
            tree.unwrap().table.cursor,
            double11.unwrap().table.cursor,
            half,
        )
    };
    keys(&mut state, "Down Down");
    assert_eq!(there(&state), (Some(2), None, Half::Tree));
    keys(&mut state, "v Down");
    assert_eq!(there(&state), (None, Some(1), Half::Double11));
    assert!(tree(&state).told.is_empty());
    keys(&mut state, "v");
    assert_eq!(there(&state), (Some(2), None, Half::Tree));
    let mut alone = shown(GUIDEBOOK);
    keys(&mut alone, "v");
    assert!(alone.notice.is_some());
    assert_eq!(model(&alone).half, Half::Tree);
}

#[test]
fn words_of_both_languages_fit_the_question() {
    let mut state = shown(GUIDEBOOK);
    state.language = Language::Zh;
    let tree = tree(&state);
    assert_eq!(
        tree.told[0],
        "GMV：给定 ¥100,000,000；由其余目标 购买人数 500,000 × 客单价 ¥200 = ¥100,000,000"
    );
    assert!(tree.findings[1].contains("21.28%（简单平均 21.56%）"));
    assert!(tree.table.columns.iter().all(|c| width(&c.title) <= 10));
}

#[test]
fn a_data_set_without_crowds_and_layers_says_so() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("dataset.toml"),
        "format = 1\nname = \"bare\"\n[[brand]]\nid = \"b\"\n[[table]]\nkind = \"stock\"\nfile = \"stock.csv\"\n",
    )
    .unwrap();
    let stock = "brand,date,a,i,p,l\nb,2026-11-11,1,2,3,4\n";
    std::fs::write(folder.path().join("stock.csv"), stock).unwrap();
    let mut state = shown(folder.path());
    let model = model(&state);
    assert!(model.tree.is_none() && model.double11.is_none());
    assert!(model.empty.contains("neither crowds nor sales of layers"));
    keys(&mut state, "Enter Right Left v Down End");
    assert_eq!(state.cursors[Pane::Gmv as usize].row, 0);
}
