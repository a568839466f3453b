//! A cached data set answers as a loaded one; damage, changed files, several programs and sudden
//! ends never give a wrong number.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use fastdeck::app::Language;
use fastdeck::board::{self, Against, Focus, Query};
use fastdeck::data::cache::{Cache, Opened, Saved, Source};
use fastdeck::data::{self, Input, Options};
use fastdeck::export::{Export, Format};
use fastdeck::facts::{Engine, Slice};
use fastdeck::scenario::Scenario;
use fastdeck::shell;
use proptest::prelude::*;

fn options() -> Options {
    Options::default()
}

/// A folder with a data set and a folder for caches.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("set")).unwrap();
        Self { folder }
    }

    /// A log with two brands, attributes, a platform table, and a row that is not understood.
    fn with_log(days: std::ops::Range<u32>) -> Self {
        let place = Self::new();
        fs::write(place.set().join("dataset.toml"), MANIFEST).unwrap();
        fs::write(place.set().join("events.csv"), log(days)).unwrap();
        let mut people = "consumer,crowd,tier\n".to_owned();
        for c in 0..70 {
            writeln!(
                people,
                "c{c},{},t{}",
                ["genz", "mom", "genz|mom"][c % 3],
                c % 4
            )
            .unwrap();
        }
        fs::write(place.set().join("people.csv"), people).unwrap();
        let stock = "brand,date,a,i,p,l\noak,2026-03-20,5,4,3,2\noak,2026-03-13,5,4,3,1\n";
        fs::write(place.set().join("stock.csv"), stock).unwrap();
        place
    }

    fn set(&self) -> PathBuf {
        self.folder.path().join("set")
    }

    fn input(&self) -> Input {
        Input::Path(self.set())
    }

    fn caches(&self) -> PathBuf {
        self.folder.path().join("home/cache")
    }

    fn cache(&self) -> Cache {
        Cache::new(self.caches()).for_any_size()
    }

    fn open(&self) -> Opened {
        let opened = self.cache().open(&self.input(), &options(), &mut |_| true);
        opened.unwrap()
    }

    /// Loads and writes the cache; gives its file.
    fn save(&self) -> PathBuf {
        let opened = self.open();
        let saver = opened.saver.expect("something to save");
        let engine = opened.source.into_engine(&|_| true).unwrap();
        let done = shell::save(&engine, &saver, Duration::ZERO);
        assert!(matches!(done, Saved::Written(_)), "{done:?}");
        self.files("cache").pop().expect("a cache")
    }

    fn files(&self, ending: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.caches()).into_iter().flatten();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths
            .filter(|path| path.extension().is_some_and(|e| e == ending))
            .collect()
    }

    fn fresh(&self) -> String {
        let data = data::load(&self.input(), &options(), &mut |_| true).unwrap();
        answers(&Engine::new(data.into()))
    }

    fn program(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fastdeck"));
        command
            .args(words)
            .current_dir(self.folder.path())
            .env_clear()
            .env("FASTDECK_HOME", self.folder.path().join("home"))
            .env("LANG", "en_US.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, words: &[&str]) -> String {
        let output = self.program(words).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{words:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }
}

const MANIFEST: &str = r#"
format = 1
name = "Cache"
[definitions]
"aipl.a_days" = 12
[[brand]]
id = "oak"
category = "tea"
[[crowd]]
id = "genz"
population = 3000
[[table]]
kind = "events"
file = "events.csv"
[[table]]
kind = "consumers"
file = "people.csv"
[[table]]
kind = "stock"
file = "stock.csv"
"#;

fn log(days: std::ops::Range<u32>) -> String {
    let mut text = "consumer,time,action,brand,category,channel,amount,order\n".to_owned();
    for day in days {
        text += &rows(day);
    }
    text
}

/// The rows of a day.
fn rows(day: u32) -> String {
    let mut text = String::new();
    for k in 0..40 {
        let seed = day * 40 + k;
        let who = seed.wrapping_mul(2_654_435_761) >> 20;
        let date = 1 + day % 28;
        let month = 1 + day / 28;
        let action = [
            "click",
            "cart",
            "order",
            "join_member",
            "leave_member",
            "share",
        ];
        let action = action[(who % 6) as usize];
        let brand = if who.is_multiple_of(5) { "elm" } else { "oak" };
        writeln!(
            text,
            "c{},2026-{month:02}-{date:02} {:02}:00:00,{action},{brand},{},ch{},{},o{}",
            who % 90,
            k % 24,
            ["tea", "cups", "tea"][(who % 3) as usize],
            who % 7,
            who % 50,
            seed / 3,
        )
        .unwrap();
    }
    text
}

/// What an engine answers to several queries, with all that is said about the data set.
fn answers(engine: &Engine) -> String {
    let data = engine.dataset();
    let mut told = format!(
        "{} {:?} {:?} {:?}\n",
        data.fingerprint, data.sources, data.problems, data.log.days
    );
    let brands: Vec<usize> = (0..data.brands.len()).collect();
    let as_of = board::default_as_of(engine);
    let slice = |filter: &str, scope: &str| Slice {
        filter: Slice::parse_conditions(filter).unwrap(),
        scope: Slice::parse_conditions(scope).unwrap(),
    };
    let queries = [
        (0, slice("", "")),
        (0, slice("crowd=genz; channel=ch1,ch2", "")),
        (0, slice("tier!=t1", "category=cups")),
        (9, slice("", "")),
    ];
    for (back, slice) in queries {
        let as_of = as_of.plus(-back);
        let query = Query {
            as_of,
            against: Against::default().resolve(as_of),
            slice,
            definitions: data.definitions.clone(),
            scenario: Scenario::default(),
        };
        let board = board::compute(engine, &query, &Focus::Full(brands.clone()));
        let mut export = Export::begin(Vec::new(), Format::Json, data, Language::En).unwrap();
        export.board(&board).unwrap();
        told += &String::from_utf8(export.end().unwrap()).unwrap();
        let screen = board::compute(engine, &query, &Focus::One(0));
        write!(told, "{:?}", screen.dimensions).unwrap();
    }
    assert!(!engine.is_lost());
    told
}

fn is_cached(opened: &Opened) -> bool {
    matches!(opened.source, Source::Cache(_))
}

#[test]
fn a_cached_log_answers_as_a_loaded_one() {
    let place = Place::with_log(0..60);
    place.save();
    let opened = place.open();
    assert!(is_cached(&opened) && opened.saver.is_none());
    let engine = opened.source.into_engine(&|_| true).unwrap();
    assert_eq!(answers(&engine), place.fresh());
    engine.warm();
    assert_eq!(answers(&engine), place.fresh());
    let data = data::load(&place.input(), &options(), &mut |_| true).unwrap();
    assert!(engine.consumers().iter().eq(data.log.consumers.iter()));
    let dataset = place.cache().entries().pop().unwrap().dataset;
    assert_eq!(dataset, place.set().canonicalize().unwrap());
}

#[test]
fn a_cached_demo_answers_as_a_loaded_one() {
    let place = Place::new();
    let plan = data::demo::Plan {
        scale: 0.02,
        brands: 6,
        log_only: false,
    };
    data::demo::write(&place.set(), &plan).unwrap();
    place.save();
    let opened = place.open();
    assert!(is_cached(&opened));
    assert_eq!(
        answers(&opened.source.into_engine(&|_| true).unwrap()),
        place.fresh()
    );
}

#[test]
fn small_logs_are_not_cached_and_their_orders_are_forgotten() {
    let place = Place::with_log(0..20);
    let cache = Cache::new(place.caches());
    let opened = cache
        .open(&place.input(), &options(), &mut |_| true)
        .unwrap();
    assert!(opened.saver.is_none() && !is_cached(&opened));
    let Source::Files(data) = opened.source else {
        panic!()
    };
    assert!(data.log.orders.is_empty());
    assert!(place.files("cache").is_empty());
    let demo = Input::Demo;
    let opened = place
        .cache()
        .open(&demo, &options(), &mut |_| true)
        .unwrap();
    assert!(opened.saver.is_none());
}

/// Changes a file of a data set.
type Change = fn(&Path);

#[test]
fn any_change_of_a_file_is_noticed() {
    let changes: [Change; 6] = [
        |set| {
            // The same length and the same time of writing.
            let path = set.join("events.csv");
            let time = path.metadata().unwrap().modified().unwrap();
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, text.replacen(",click,", ",share,", 1)).unwrap();
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(time).unwrap();
        },
        |set| {
            let path = set.join("people.csv");
            let text = fs::read_to_string(&path).unwrap();
            fs::write(path, text.replacen("t1", "t2", 1)).unwrap();
        },
        |set| {
            let path = set.join("dataset.toml");
            let text = fs::read_to_string(&path).unwrap();
            fs::write(path, text.replace("3000", "3001")).unwrap();
        },
        |set| {
            // Another file of the same content.
            let path = set.join("stock.csv");
            let text = fs::read(&path).unwrap();
            fs::remove_file(&path).unwrap();
            fs::write(path, text).unwrap();
        },
        |set| {
            let file = fs::File::options().write(true).open(set.join("stock.csv"));
            let time = SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, 1);
            file.unwrap().set_modified(time).unwrap();
        },
        |set| {
            let file = fs::File::options()
                .append(true)
                .open(set.join("people.csv"));
            std::io::Write::write_all(&mut file.unwrap(), b"c71,mom,t1\n").unwrap();
        },
    ];
    for (k, change) in changes.into_iter().enumerate() {
        let place = Place::with_log(0..30);
        place.save();
        assert!(is_cached(&place.open()));
        change(&place.set());
        let opened = place.open();
        assert!(!is_cached(&opened), "{k}");
        assert_eq!(
            answers(&opened.source.into_engine(&|_| true).unwrap()),
            place.fresh(),
            "{k}"
        );
    }
    let place = Place::with_log(0..30);
    place.save();
    let lenient = Options {
        lenient: true,
        ..Options::default()
    };
    let opened = place.cache().open(&place.input(), &lenient, &mut |_| true);
    assert!(!is_cached(&opened.unwrap()));
}

#[test]
fn a_file_that_changes_before_the_cache_is_written_has_none() {
    let place = Place::with_log(0..30);
    let opened = place.open();
    let path = place.set().join("events.csv");
    let text = fs::read(&path).unwrap();
    fs::write(&path, text).unwrap();
    let saver = opened.saver.unwrap();
    let done = shell::save(
        &opened.source.into_engine(&|_| true).unwrap(),
        &saver,
        Duration::ZERO,
    );
    assert!(matches!(done, Saved::Changed), "{done:?}");
    assert!(place.files("cache").is_empty() && place.files("part").is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    /// A byte that is another, wherever it is; a file that ends early; any other content.
    #[test]
    fn a_damaged_cache_gives_the_right_numbers(
        spots in proptest::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..4),
        kind in 0..4,
    ) {
        let place = Place::with_log(0..25);
        let path = place.save();
        let mut bytes = fs::read(&path).unwrap();
        match kind {
            0 => bytes.truncate(spots[0].0.index(bytes.len())),
            1 => bytes = bytes.iter().map(|b| b ^ spots[0].1).collect(),
            _ => for (at, flip) in &spots {
                let at = at.index(bytes.len());
                bytes[at] ^= flip;
            },
        }
        fs::write(&path, bytes).unwrap();
        let engine = place.open().source.into_engine(&|_| true).unwrap();
        prop_assert_eq!(answers(&engine), place.fresh());
        engine.warm();
        prop_assert!(!engine.consumers().is_empty());
        prop_assert!(!engine.is_lost());
    }
}

#[test]
fn a_cache_that_cannot_be_written_is_no_error() {
    let place = Place::with_log(0..20);
    fs::create_dir_all(place.folder.path().join("home")).unwrap();
    fs::write(place.caches(), "a file in the place of the folder").unwrap();
    let opened = place.open();
    let saver = opened.saver.unwrap();
    let engine = opened.source.into_engine(&|_| true).unwrap();
    let done = shell::save(&engine, &saver, Duration::ZERO);
    assert!(matches!(done, Saved::Failed(_)), "{done:?}");
    assert_eq!(answers(&engine), place.fresh());
}

#[test]
fn the_caches_used_longest_ago_go_and_foreign_files_stay() {
    let places: Vec<Place> = (0..3).map(|k| Place::with_log(0..20 + k)).collect();
    let home = &places[0];
    let save = |place: &Place, room: u64| {
        let cache = home.cache().with_limits(0, room);
        let opened = cache
            .open(&place.input(), &options(), &mut |_| true)
            .unwrap();
        let saver = opened.saver.unwrap();
        shell::save(
            &opened.source.into_engine(&|_| true).unwrap(),
            &saver,
            Duration::ZERO,
        );
        std::thread::sleep(Duration::from_millis(30));
    };
    save(&places[0], u64::MAX);
    save(&places[1], u64::MAX);
    let foreign = [
        "0123456789abcdef.txt",
        "notes.cache",
        "0123456789abcdeg.cache",
    ];
    for name in foreign {
        fs::write(home.caches().join(name), vec![0; 1 << 20]).unwrap();
    }
    let cache = home.cache();
    let is_kept = |place: &Place| {
        is_cached(
            &cache
                .open(&place.input(), &options(), &mut |_| true)
                .unwrap(),
        )
    };
    std::thread::sleep(Duration::from_millis(30));
    assert!(is_kept(&places[0]));
    let size: u64 = cache.entries().iter().map(|e| e.size).sum();
    save(&places[2], size + size / 4);
    let kept = [0, 1, 2].map(|k: usize| is_kept(&places[k]));
    assert_eq!(kept, [true, false, true]);
    assert!(cache.clear(None).unwrap() > 0);
    assert!(cache.entries().is_empty());
    assert!(foreign.iter().all(|name| home.caches().join(name).exists()));
}

#[test]
fn the_command_lists_writes_and_clears() {
    let place = Place::with_log(0..40);
    assert_eq!(place.run(&["cache"]), "");
    let fresh = place.run(&["metrics", "set", "--no-cache"]);
    assert!(place.run(&["cache", "set"]).starts_with("cache written"));
    assert_eq!(place.run(&["cache", "set"]), "the cache is up to date\n");
    assert!(place.run(&["cache"]).trim_end().ends_with("set"));
    assert_eq!(place.run(&["metrics", "set"]), fresh);
    let slice = [
        "metrics",
        "set",
        "--where",
        "channel=ch1",
        "--scope",
        "category=tea",
    ];
    let without = [slice.as_slice(), &["--no-cache"]].concat();
    assert_eq!(place.run(&slice), place.run(&without));
    assert!(
        place
            .run(&["cache", "set", "--clear"])
            .ends_with("set free\n")
    );
    assert_eq!(place.run(&["cache"]), "");
}

#[test]
fn programs_at_once_do_not_hurt_each_other() {
    let place = Place::with_log(0..80);
    let fresh = place.run(&["metrics", "set", "--no-cache"]);
    let start = |words: &[&str]| place.program(words).spawn().unwrap();
    let running: Vec<_> = (0..8)
        .map(|k| match k % 2 {
            0 => start(&["cache", "set"]),
            _ => start(&["metrics", "set"]),
        })
        .collect();
    for (k, child) in running.into_iter().enumerate() {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        if k % 2 == 1 {
            assert_eq!(String::from_utf8(output.stdout).unwrap(), fresh);
        }
    }
    assert_eq!(place.files("cache").len(), 1);
    assert!(place.files("part").is_empty());
    assert!(is_cached_by(&place));
}

/// Whether the program itself finds its cache: this test is another program.
fn is_cached_by(place: &Place) -> bool {
    place.run(&["cache", "set"]) == "the cache is up to date\n"
}

#[test]
fn a_writer_that_is_killed_leaves_nothing_wrong() {
    let place = Place::with_log(0..300);
    let fresh = place.run(&["metrics", "set", "--no-cache"]);
    let begin = std::time::Instant::now();
    place.run(&["cache", "set"]);
    let whole = begin.elapsed().as_micros() as u64;
    let mut seed = 7_u64;
    let mut unfinished = 0;
    for round in 0..50 {
        place.cache().clear(None).unwrap();
        let mut child = place.program(&["cache", "set"]).spawn().unwrap();
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        // The second half of the time is the one of writing.
        let wait = whole / 4 + (seed >> 33) % (whole * 3 / 4);
        std::thread::sleep(Duration::from_micros(wait));
        child.kill().unwrap();
        child.wait().unwrap();
        unfinished += usize::from(place.files("cache").is_empty());
        assert!(place.files("part").len() <= 1);
        if round % 10 == 0 {
            assert_eq!(place.run(&["metrics", "set"]), fresh);
            assert!(place.files("part").is_empty());
        }
    }
    assert!(unfinished > 0);
    assert_eq!(place.run(&["metrics", "set"]), fresh);
    assert!(place.files("part").is_empty());
}
