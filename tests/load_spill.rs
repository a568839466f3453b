//! Event logs that do not fit in memory: the numbers are the same, and nothing is left behind, not
//! even by a process that is killed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use fastdeck::board::{self, Focus, Query};
use fastdeck::data::{Input, LoadError, Options, Spill, load};
use fastdeck::facts::{Dataset, Engine, Event, Slice, Unbuilt};
use fastdeck::metrics::Definitions;
use fastdeck::scenario::Scenario;
use proptest::prelude::*;

const BRANDS: [&str; 3] = ["oak", "elm", "ash"];

fn manifest() -> String {
    let mut text = String::from("format = 1\nas_of = \"2026-03-20\"\n");
    for (brand, category) in BRANDS.iter().zip(["cream", "cream", "toner"]) {
        writeln!(
            text,
            "[[brand]]\nid = \"{brand}\"\ncategory = \"{category}\""
        )
        .unwrap();
    }
    text.push_str("[[table]]\nkind = \"events\"\nfile = \"events*.csv\"\n");
    text.push_str("[[table]]\nkind = \"consumers\"\nfile = \"consumers.csv\"\n");
    text
}

/// A row from a few numbers.
fn row(consumer: u32, dice: u32) -> String {
    let pick = |list: &[&str], at: u32| list[(dice >> at) as usize % list.len()].to_owned();
    let action = pick(
        &["browse", "cart", "order", "share", "join_member", "review"],
        3,
    );
    let order = action == "order" && dice.is_multiple_of(2);
    let (amount, order, score) = match &*action {
        "order" => (
            format!("{}.5", dice % 999),
            order.then(|| format!("o{}", dice % 50)),
            "",
        ),
        "review" => (String::new(), None, "4.5"),
        _ => (String::new(), None, ""),
    };
    [
        format!("u{consumer}"),
        format!("2026-03-{:02} {:02}:00:00", dice % 20 + 1, dice / 20 % 24),
        action,
        pick(&BRANDS, 7),
        pick(&["cream", "toner", ""], 9),
        pick(&["douyin", "search", "live"], 11),
        amount,
        order.unwrap_or_default(),
        score.to_owned(),
    ]
    .join(",")
}

/// A data set whose log lies in several files.
fn files(parts: &[Vec<(u32, u32)>]) -> Vec<(String, Vec<u8>)> {
    let mut files = vec![("dataset.toml".to_owned(), manifest().into_bytes())];
    for (k, rows) in parts.iter().enumerate() {
        let mut text =
            String::from("consumer,time,action,brand,category,channel,amount,order,review_score\n");
        for (consumer, dice) in rows {
            text.push_str(&row(*consumer, *dice));
            text.push('\n');
        }
        files.push((format!("events{k:02}.csv"), text.into_bytes()));
    }
    let people = "consumer,crowd\nu1,genz\nu5,mom|genz\nu70000,mom\n";
    files.push(("consumers.csv".to_owned(), people.into()));
    files
}

fn options(memory: usize, folder: &Path) -> Options {
    Options {
        spill: Spill {
            memory,
            folder: folder.to_owned(),
        },
        ..Options::default()
    }
}

fn opened(input: &Input, options: &Options) -> Result<Dataset, LoadError> {
    load(input, options, &mut |_| true)
}

/// Everything that the engine says of a data set.
fn answers(data: Dataset) -> (Vec<Vec<Event>>, String) {
    let engine = Engine::build(Arc::new(data), &|_| true).unwrap();
    let brands = 0..BRANDS.len();
    let events = brands.clone().map(|b| engine.events(b).collect()).collect();
    let as_of = board::default_as_of(&engine);
    let query = Query {
        as_of,
        against: as_of.plus(-7),
        slice: Slice {
            filter: Slice::parse_conditions("channel!=live").unwrap(),
            scope: vec![],
        },
        definitions: Definitions::default(),
        scenario: Scenario::default(),
    };
    let board = board::compute(&engine, &query, &Focus::Full(brands.collect()));
    (events, format!("{board:?}"))
}

/// Whether this process holds a file of a folder, or the folder holds one.
fn is_clean(folder: &Path) -> bool {
    let links = fs::read_dir("/proc/self/fd").into_iter().flatten();
    let mut held = links.filter_map(|link| fs::read_link(link.ok()?.path()).ok());
    fs::read_dir(folder).unwrap().next().is_none() && !held.any(|file| file.starts_with(folder))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_log_that_does_not_fit_gives_the_same_answers(
        parts in prop::collection::vec(
            prop::collection::vec((prop_oneof![0..40_u32, 0..60_000_u32], any::<u32>()), 1..400), 1..12),
        memory in 1..30_000_usize,
    ) {
        let folder = tempfile::tempdir()?;
        let input = Input::Memory(files(&parts));
        let expected = opened(&input, &Options::default()).unwrap();
        let spilled = opened(&input, &options(memory, folder.path())).unwrap();
        prop_assert!(spilled.log.events.iter().eq(expected.log.events.iter()));
        prop_assert!(memory > 4000 || !is_clean(folder.path()));
        let (events, board) = answers(expected);
        let (found, same) = answers(spilled);
        prop_assert_eq!(events, found);
        prop_assert_eq!(board, same);
        prop_assert!(is_clean(folder.path()));
    }
}

/// Rows of many consumers, the same every time.
fn some_parts() -> Vec<Vec<(u32, u32)>> {
    let mut dice = 1_u32;
    let mut next = || {
        dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        dice >> 4
    };
    let mut rows = || (0..3000).map(|_| (next() % 20_000, next())).collect();
    (0..10).map(|_| rows()).collect()
}

#[test]
fn nothing_is_left_behind_by_a_load_that_stops() {
    let folder = tempfile::tempdir().unwrap();
    let input = Input::Memory(files(&some_parts()));
    let options = options(20_000, folder.path());
    for rows in [5_000, 28_000] {
        let stopped = load(&input, &options, &mut |p| p.rows < rows);
        assert!(matches!(stopped, Err(LoadError::Cancelled)));
        assert!(is_clean(folder.path()));
    }
    for percent in [0, 30, 70] {
        let data = opened(&input, &options).unwrap();
        assert!(!is_clean(folder.path()));
        let stopped = Engine::build(Arc::new(data), &|done| done < percent);
        assert!(matches!(stopped, Err(Unbuilt::Stopped)), "{percent}");
        assert!(is_clean(folder.path()));
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("gone");
    let input = Input::Memory(files(&some_parts()));
    let Err(LoadError::Problems(problems)) = opened(&input, &options(20_000, &gone)) else {
        panic!("loaded");
    };
    let first = &problems[0];
    assert!(first.message.contains(&*gone.to_string_lossy()), "{first}");
    assert!(first.help.contains("TMPDIR"), "{first}");
}

#[cfg(unix)]
mod killed {
    use std::process::{Command, Stdio};
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use super::*;

    const PLACE: &str = "FASTDECK_TEST_PLACE";

    /// Opens the data set of a folder; started by the test below.
    #[test]
    #[ignore = "the process that is killed"]
    fn victim() {
        let Some(place) = std::env::var_os(PLACE) else {
            return;
        };
        let place = Path::new(&place);
        let input = Input::Path(place.join("set"));
        let data = opened(&input, &options(20_000, &place.join("rows"))).unwrap();
        let (events, board) = answers(data);
        fs::write(place.join("answers"), format!("{events:?}{board}")).unwrap();
    }

    fn start(place: &Path) -> std::process::Child {
        Command::new(std::env::current_exe().unwrap())
            .args(["killed::victim", "--exact", "--ignored"])
            .env(PLACE, place)
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    }

    #[test]
    fn the_next_start_is_right() {
        let place = tempfile::tempdir().unwrap();
        let place = place.path();
        fs::create_dir(place.join("set")).unwrap();
        fs::create_dir(place.join("rows")).unwrap();
        for (name, bytes) in files(&some_parts()) {
            fs::write(place.join("set").join(name), bytes).unwrap();
        }
        let whole = Instant::now();
        assert!(start(place).wait().unwrap().success());
        let whole = whole.elapsed();
        let expected = fs::read(place.join("answers")).unwrap();
        let spread = |k: u32| whole * (k * 37 % 50) / 50;
        for k in 0..50 {
            let mut victim = start(place);
            sleep(spread(k).max(Duration::from_millis(1)));
            victim.kill().unwrap();
            victim.wait().unwrap();
            assert_eq!(fs::read_dir(place.join("rows")).unwrap().count(), 0);
        }
        fs::remove_file(place.join("answers")).unwrap();
        assert!(start(place).wait().unwrap().success());
        assert!(fs::read(place.join("answers")).unwrap() == expected);
    }
}
