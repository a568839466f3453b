//! The demo is the same everywhere: regenerated, in `sample-data` and inside the program; and it is
//! believable.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use fastdeck::data::demo::{self, Plan};
use fastdeck::metrics::Day;

fn made() -> &'static [(String, Vec<u8>)] {
    static MADE: OnceLock<Vec<(String, Vec<u8>)>> = OnceLock::new();
    MADE.get_or_init(|| demo::files(&Plan::default()))
}

fn text(name: &str) -> &'static str {
    let file = made().iter().find(|(n, _)| n == name).expect(name);
    std::str::from_utf8(&file.1).unwrap()
}

/// The rows of a table by header; the demo has no quoted cells.
fn rows(name: &str) -> Vec<BTreeMap<&'static str, &'static str>> {
    let mut lines = text(name).lines();
    let header: Vec<&str> = lines.next().unwrap().split(',').collect();
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            assert_eq!(cells.len(), header.len(), "{name}: {line}");
            header.iter().copied().zip(cells).collect()
        })
        .collect()
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("{text:?}"))
}

fn day(text: &str) -> Day {
    Day::parse_iso(&text[..10]).unwrap()
}

/// A path inside the project.
fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
#[ignore = "writes sample-data/demo and assets/demo.pack; run it after a change of the generator"]
fn refresh_the_copies() {
    demo::write(&project("sample-data/demo"), &Plan::default()).unwrap();
    std::fs::write(project("assets/demo.pack"), demo::pack(made())).unwrap();
}

#[test]
fn sample_data_holds_exactly_what_the_generator_makes() {
    let dir = project("sample-data/demo");
    let there: BTreeSet<String> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(there, made().iter().map(|(name, _)| name.clone()).collect());
    for (name, content) in made() {
        let on_disk = std::fs::read(dir.join(name)).unwrap();
        assert!(
            on_disk == *content,
            "{name} differs: run refresh_the_copies"
        );
    }
}

#[test]
fn the_embedded_copy_is_the_same() {
    let embedded = demo::embedded();
    assert_eq!(embedded.len(), made().len());
    for (made, embedded) in made().iter().zip(&embedded) {
        assert!(
            made == embedded,
            "{} differs: run refresh_the_copies",
            made.0
        );
    }
}

#[test]
fn written_files_are_the_made_files() {
    let dir = tempfile::tempdir().unwrap();
    let paths = demo::write(&dir.path().join("new"), &Plan::of_scale(0.02)).unwrap();
    let made = demo::files(&Plan::of_scale(0.02));
    assert_eq!(paths.len(), made.len());
    for (path, (name, content)) in paths.iter().zip(&made) {
        assert!(path.ends_with(name));
        assert_eq!(&std::fs::read(path).unwrap(), content);
    }
    let left = std::fs::read_dir(dir.path().join("new")).unwrap().count();
    assert_eq!(left, paths.len(), "no drafts are left behind");
}

#[test]
fn a_larger_world_has_more_people_and_the_same_names() {
    let rows = |files: &[(String, Vec<u8>)]| {
        let events = files.iter().find(|(n, _)| n == "events.csv").unwrap();
        String::from_utf8_lossy(&events.1).lines().count()
    };
    let (small, large) = (
        demo::files(&Plan::of_scale(0.02)),
        demo::files(&Plan::of_scale(0.08)),
    );
    let ratio = rows(&large) as f64 / rows(&small) as f64;
    assert!((3.0..5.2).contains(&ratio), "{ratio}");
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&small), names(&large));
    for odd in [f64::NEG_INFINITY, -1.0, 0.0] {
        assert!(!demo::files(&Plan::of_scale(odd)).is_empty());
    }
}

#[test]
fn sixty_sundays_of_six_brands_in_three_categories() {
    let stock = rows("stock.csv");
    let days: BTreeSet<Day> = stock.iter().map(|r| day(r["date"])).collect();
    assert_eq!(days.len(), 60);
    assert!(days.iter().all(|d| d.weekday() == 6));
    assert_eq!(days.last().unwrap().to_string(), "2026-11-15");
    let brands: BTreeSet<&str> = stock.iter().map(|r| r["brand"]).collect();
    assert_eq!(brands.len(), 6);
    assert_eq!(stock.len(), 60 * 6 * 9);
    assert_eq!(rows("flow.csv").len(), 60 * 6 * 32);
    let categories: BTreeSet<&str> = rows("events.csv").iter().map(|r| r["category"]).collect();
    assert_eq!(categories.len(), 3);
    let channels: BTreeSet<&str> = rows("events.csv").iter().map(|r| r["channel"]).collect();
    assert_eq!(channels.len(), 12);
}

#[test]
fn the_log_is_sorted_and_its_consumers_are_known() {
    let events = rows("events.csv");
    assert!(
        (80_000..110_000).contains(&events.len()),
        "{}",
        events.len()
    );
    assert!(events.windows(2).all(|w| w[0]["time"] <= w[1]["time"]));
    let known: BTreeSet<&str> = rows("consumers.csv")
        .iter()
        .map(|r| r["consumer"])
        .collect();
    let seen: BTreeSet<&str> = events.iter().map(|r| r["consumer"]).collect();
    assert_eq!(known, seen);
    let orders: Vec<&str> = events
        .iter()
        .filter(|r| r["action"] == "order")
        .map(|r| r["order"])
        .collect();
    let distinct: BTreeSet<&str> = orders.iter().copied().collect();
    assert_eq!(orders.len(), distinct.len(), "an order is one row");
}

#[test]
fn most_consumers_are_light() {
    let mut per_consumer: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows("events.csv") {
        *per_consumer.entry(row["consumer"]).or_default() += 1;
    }
    let mut counts: Vec<usize> = per_consumer.into_values().collect();
    counts.sort_unstable();
    let total: usize = counts.iter().sum();
    let top_tenth: usize = counts[counts.len() * 9 / 10..].iter().sum();
    assert!(counts[counts.len() / 2] < 10);
    assert!(top_tenth * 3 > total, "{top_tenth} of {total}");
}

/// A figure of the whole brand, summed over brands, by Sunday.
fn weekly(file: &str, column: &str) -> BTreeMap<Day, f64> {
    let mut sums = BTreeMap::new();
    for row in rows(file) {
        if row.get("crowd").is_none_or(|c| c.is_empty()) {
            *sums.entry(day(row["date"])).or_default() += number(row[column]);
        }
    }
    sums
}

#[test]
fn promotions_lift_awareness_then_interest_then_purchase() {
    let d = |text| Day::parse_iso(text).unwrap();
    let (a, i) = (weekly("stock.csv", "a"), weekly("stock.csv", "i"));
    let buyers = weekly("sales.csv", "buyers");
    for (calm, warm, presale, burst) in [
        ("2025-10-05", "2025-10-19", "2025-11-09", "2025-11-16"),
        ("2026-05-10", "2026-05-24", "2026-06-14", "2026-06-21"),
        ("2026-10-04", "2026-10-18", "2026-11-08", "2026-11-15"),
    ] {
        let (calm, warm, presale, burst) = (d(calm), d(warm), d(presale), d(burst));
        assert!(a[&warm] > a[&calm] * 1.3, "A before {burst}");
        assert!(i[&presale] > i[&calm] * 1.2, "I before {burst}");
        assert!(buyers[&burst] > buyers[&warm] * 2.0, "orders at {burst}");
        assert!(buyers[&burst] > buyers[&calm] * 3.0, "orders at {burst}");
    }
    let lull = d("2026-02-22");
    assert!(a[&lull] < a[&d("2026-02-01")] && buyers[&lull] < buyers[&d("2026-02-01")]);
}

#[test]
fn fast_figures_look_like_those_of_brands() {
    let stock = rows("stock.csv");
    let asset: BTreeMap<(&str, &str), f64> = stock
        .iter()
        .filter(|r| r["crowd"].is_empty())
        .map(|r| ((r["brand"], r["date"]), number(r["total"])))
        .collect();
    for row in rows("fast.csv") {
        let total = asset[&(row["brand"], row["date"])];
        let members = number(row["members"]);
        let lively = number(row["active_members"]) / members;
        assert!(number(row["deepen_ratio"]) < 0.15, "{row:?}");
        assert!(members <= total, "{row:?}");
        assert!((0.2..0.8).contains(&lively), "{row:?}");
    }
}

#[test]
fn parts_add_up() {
    for r in rows("stock.csv") {
        let parts: f64 = ["a", "i", "p", "l"].iter().map(|c| number(r[*c])).sum();
        assert_eq!(parts as u64, number(r["total"]) as u64, "{r:?}");
        assert!(number(r["active"]) <= number(r["total"]), "{r:?}");
    }
}

#[test]
fn flows_join_the_stocks_of_two_sundays() {
    let stock = rows("stock.csv");
    let whole = stock.iter().filter(|r| r["crowd"].is_empty());
    let people: BTreeMap<(&str, &str, &str), u64> = whole
        .flat_map(|r| ["a", "i", "p", "l"].map(|s| ((r["brand"], r["date"], s), r[s])))
        .map(|(key, people)| (key, people.parse().unwrap()))
        .collect();
    let mut margins: BTreeMap<(&str, &str, &str, bool), u64> = BTreeMap::new();
    for r in rows("flow.csv") {
        let n: u64 = r["people"].parse().unwrap();
        *margins
            .entry((r["brand"], r["from_date"], r["from"], true))
            .or_default() += n;
        *margins
            .entry((r["brand"], r["to_date"], r["to"], false))
            .or_default() += n;
    }
    let mut compared = 0;
    for ((brand, date, state, _), n) in margins {
        if let Some(stock) = people.get(&(brand, date, state)) {
            assert_eq!(n, *stock, "{brand} {date} {state}");
            compared += 1;
        }
    }
    assert_eq!(compared, 6 * 4 * (60 + 59));
}

/// The rows of a table of the guidebook example.
fn guidebook(name: &str) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(project("sample-data/guidebook").join(name)).unwrap();
    let mut lines = text.lines().map(|l| l.split(',').map(str::to_owned));
    let header: Vec<String> = lines.next().unwrap().collect();
    lines
        .map(|l| header.iter().cloned().zip(l).collect())
        .collect()
}

#[test]
fn the_guidebook_tree_is_as_printed() {
    let targets = guidebook("targets.csv");
    let of = |metric: &str, crowd: &str| -> Vec<String> {
        let all = targets.iter().filter(|r| r["metric"] == metric);
        all.filter(|r| (r["crowd"] == "*") == (crowd == "*"))
            .map(|r| r["target"].clone())
            .collect()
    };
    let sum: f64 = of("crowd.consumers", "each")
        .iter()
        .map(|t| number(t))
        .sum();
    assert_eq!(sum as u64, 10_000_000);
    assert_eq!(of("crowd.consumers", "*"), ["10000000"]);
    assert_eq!(
        of("crowd.penetration", "each"),
        ["25%", "25%", "20%", "20%", "15%", "25%"]
    );
    for (metric, printed) in [
        ("crowd.gmv", "100000000"),
        ("crowd.aov", "200"),
        ("crowd.buyers", "500000"),
        ("crowd.conversion", "5%"),
        ("crowd.penetration", "22%"),
        ("crowd.consumption", "50000000"),
    ] {
        assert_eq!(of(metric, "*"), [printed], "{metric}");
    }
}

#[test]
fn the_flow_example_closes() {
    let mut margins: BTreeMap<(String, String), u64> = BTreeMap::new();
    for r in guidebook("flow.csv") {
        let people: u64 = r["people"].parse().unwrap();
        for (date, state) in [("from_date", "from"), ("to_date", "to")] {
            let key = (r[date].clone(), r[state].clone());
            *margins.entry(key).or_default() += people;
        }
    }
    let stock = guidebook("stock.csv");
    for r in stock.iter().filter(|r| r["brand"] == "flow_example") {
        for state in ["a", "i", "p", "l"] {
            let margin = margins[&(r["date"].clone(), state.to_owned())];
            assert_eq!(margin.to_string(), r[state], "{} {state}", r["date"]);
        }
    }
}

/// Cells of a column of a table that is no longer than a test can hold.
fn column<'t>(table: &'t str, name: &str) -> Vec<&'t str> {
    let mut lines = table.lines();
    let header = lines.next().unwrap().split(',');
    let at = header.clone().position(|h| h == name).expect(name);
    lines.map(|l| l.split(',').nth(at).unwrap()).collect()
}

#[test]
fn a_log_alone_has_one_brand_ten_events_a_consumer_and_many_values() {
    let plan = Plan {
        scale: 0.5,
        brands: 1,
        log_only: true,
    };
    let files: BTreeMap<String, String> = demo::files(&plan)
        .into_iter()
        .map(|(name, content)| (name, String::from_utf8(content).unwrap()))
        .collect();
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["README.md", "consumers.csv", "dataset.toml", "events.csv"]
    );
    let (events, consumers) = (&files["events.csv"], &files["consumers.csv"]);
    let distinct = |name| column(events, name).into_iter().collect::<BTreeSet<_>>();
    assert_eq!(distinct("brand").len(), 1);
    assert_eq!(distinct("category").len(), 16);
    assert_eq!(distinct("channel").len(), 12);
    let people = column(consumers, "consumer").len();
    assert_eq!(people, 5_000, "everyone is in the log");
    let each = column(events, "action").len() as f64 / people as f64;
    assert!((9.0..12.0).contains(&each), "{each}");
    let crowds = column(consumers, "crowd");
    let two = crowds.iter().filter(|c| c.contains('|')).count();
    assert!(two * 20 > people && two * 5 < people, "{two}");
    assert!(files["dataset.toml"].contains("exclusive = false"));
}
