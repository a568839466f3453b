//! The rules of loading, through the public call: encodings, preambles, paths, cancelling, and that
//! every row of every table is used, rejected or excluded.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    missing_docs
)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use fastdeck::data::{Input, Kind, LoadError, Options, load};
use fastdeck::facts::{CrowdKey, Dataset, Problem};
use proptest::prelude::*;

fn memory(files: &[(&str, &[u8])]) -> Input {
    let files = files
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()));
    Input::Memory(files.collect())
}

fn one(kind: &str, bytes: &[u8]) -> Input {
    let manifest = format!("format = 1\n[[table]]\nkind = \"{kind}\"\nfile = \"t.csv\"\n");
    memory(&[("dataset.toml", manifest.as_bytes()), ("t.csv", bytes)])
}

fn read(input: &Input) -> Result<Dataset, LoadError> {
    load(input, &Options::default(), &mut |_| true)
}

fn problems(result: Result<Dataset, LoadError>) -> Vec<Problem> {
    match result {
        Ok(dataset) => dataset.problems,
        Err(LoadError::Problems(problems)) => problems,
        Err(LoadError::Cancelled) => panic!("cancelled"),
    }
}

fn codes(problems: &[Problem]) -> Vec<(&'static str, u64, u64)> {
    problems
        .iter()
        .map(|p| (p.code.id(), p.place.line, p.place.column))
        .collect()
}

#[test]
fn a_gb18030_copy_loads_like_the_original() {
    let text = "统计日期,认知人数,兴趣人数,购买人数,忠诚人数,人群\n\
                2026年4月17日,1.2万,\"1,234\",３０,--,Z世代\n2026/4/18,1,2,3,4,*\n";
    let (gbk, _, _) = encoding_rs::GB18030.encode(text);
    let (a, b) = (
        read(&one("stock", text.as_bytes())).unwrap(),
        read(&one("stock", &gbk)).unwrap(),
    );
    assert_eq!(a.tables.stock, b.tables.stock);
    assert_eq!(a.crowds, b.crowds);
    assert_eq!(
        (
            a.sources[0].encoding.as_str(),
            b.sources[0].encoding.as_str()
        ),
        ("utf-8", "gb18030")
    );
    let row = &a.tables.stock[0];
    assert_eq!(
        (row.a, row.i, row.p, row.l),
        (Some(12_000.0), Some(1234.0), Some(30.0), None)
    );
    assert_eq!(
        (row.crowd, a.tables.stock[1].crowd),
        (CrowdKey::Crowd(0), CrowdKey::All)
    );
    assert_eq!(a.brands[0].id, "all");
}

#[test]
fn a_shop_report_with_preamble_and_totals_opens_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("【生意参谋平台】店铺_2026-06-18.csv");
    let text = "\u{feff}生意参谋\n统计周期,2026-06-18\n\n导出时间,2026-06-19\n店铺,橡木\n\
                统计日期,访客数,支付买家数, 支付金额 ,支付金额\r\n\
                2026-06-18,\"1,000\",50,\"¥1,234.50\",9\r\n2026-06-19,1.2万,-,1.5万,9\r\n合计,13000,50,16234.5,18\r\n";
    fs::write(&path, text).unwrap();
    let dataset = read(&Input::Path(path)).unwrap();
    let gmv: Vec<_> = dataset
        .tables
        .sales
        .iter()
        .map(|r| (r.gmv, r.buyers, r.at.1))
        .collect();
    assert_eq!(
        gmv,
        [(Some(1234.5), Some(50.0), 7), (Some(15_000.0), None, 8)]
    );
    let source = &dataset.sources[0];
    assert_eq!((source.rows, source.used, source.excluded), (3, 2, 1));
    assert_eq!(
        codes(&dataset.problems),
        [("header", 6, 0), ("totals", 9, 0)]
    );
}

#[test]
fn bad_rows_are_named_and_the_rest_loads() {
    let text = "consumer,time,action,brand,amount\n\
                u1,2026-01-01,browse,oak,\nu2,2026-13-01,browse,oak,\n1.23E+11,2026-01-01,browse,oak,\n\
                u3,2026-01-01,login,oak,\nu4,2026-01-01,buy,,5\nu5,2026-01-01,buy,oak,abc\n\
                u6,2026-01-01,buy,oak,6329.2\nu7,2026-01-01,buy,oak,1,2\n合计,,,,\n\n,,,,\n\
                u8,2026-01-01,browse,oak\nu9\n\"u10,2026-01-01,browse,oak,\n";
    let result = load(
        &one("events", text.as_bytes()),
        &Options {
            lenient: true,
            ..Options::default()
        },
        &mut |_| true,
    );
    let dataset = result.unwrap();
    let source = &dataset.sources[0];
    assert_eq!(
        (source.rows, source.used, source.rejected, source.excluded),
        (13, 4, 5, 4)
    );
    assert_eq!(
        codes(&dataset.problems),
        [
            ("row", 3, 2),
            ("row", 4, 1),
            ("row", 7, 5),
            ("row", 9, 0),
            ("row", 14, 0),
            ("row", 15, 0),
            ("unknown_action", 5, 0),
            ("no_brand", 6, 0),
            ("totals", 10, 0),
            ("row", 12, 0),
            ("rejected", 0, 0),
        ]
    );
    let amounts: Vec<_> = dataset.log.events.iter().filter_map(|e| e.amount).collect();
    assert_eq!(amounts, [632_920]);
    assert_eq!(dataset.log.consumers.len(), 4);
    let strict = problems(read(&one("events", text.as_bytes())));
    assert_eq!(strict[0].code.id(), "rejected");
}

#[test]
fn a_stray_quote_does_not_swallow_the_rows_after_it() {
    let mut text = String::from("consumer,time,action\n\"u0,2026-01-01,browse\n");
    text.push_str(&"u1,2026-01-01,browse\n".repeat(1000));
    let dataset = read(&one("events", text.as_bytes())).unwrap();
    assert_eq!(dataset.log.events.len(), 1000);
    assert_eq!(dataset.sources[0].rejected, 1);
}

#[test]
fn targets_read_names_units_and_periods() {
    let text = "metric,target,crowd,period\n渗透率,25%,genz,2026-Q4\n渗透率,25,genz,2026\nGMV,1亿,,大促\n心情,1,,\n";
    let dataset = read(&one("targets", text.as_bytes())).unwrap();
    let rows: Vec<_> = dataset
        .tables
        .targets
        .iter()
        .map(|t| (t.metric.as_str(), t.target))
        .collect();
    assert_eq!(
        rows,
        [
            ("crowd.penetration", Some(0.25)),
            ("crowd.penetration", None),
            ("crowd.gmv", Some(1e8))
        ]
    );
    assert_eq!(dataset.tables.targets[2].key.crowd, CrowdKey::Brand);
    assert_eq!(
        codes(&dataset.problems),
        [("range", 3, 2), ("row", 4, 4), ("unknown_name", 5, 0)]
    );
}

#[test]
fn relations_hold_totals_and_single_consumers() {
    let totals =
        "brand,date,role,people,trade\noak,2026-01-01,会员,100,1.5万\noak,2026-01-01,合计,150,\n";
    let dataset = read(&one("relations", totals.as_bytes())).unwrap();
    assert_eq!(dataset.tables.relations.len(), 2);
    assert_eq!(dataset.tables.relations[1].role, None);
    let single =
        "brand,role,consumer,since,until\noak,粉丝,u1,2026-01-01,\noak,偶像,u1,2026-01-01,\n";
    let dataset = load(
        &one("relations", single.as_bytes()),
        &Options {
            lenient: true,
            ..Options::default()
        },
        &mut |_| true,
    )
    .unwrap();
    assert_eq!(dataset.log.spans.len(), 1);
    assert_eq!(dataset.sources[0].rejected, 1);
    let neither = problems(read(&one("relations", b"brand,role\noak,member\n")));
    assert_eq!(neither.len(), 2, "{neither:#?}");
}

#[test]
fn a_wrong_manifest_key_asks_what_was_meant() {
    let manifest = b"format = 1\ntime_zoen = \"Asia/Shanghai\"\n[[table]]\nkind = \"stock\"\nfile = \"t.csv\"\n";
    let found = problems(read(&memory(&[
        ("dataset.toml", manifest),
        ("t.csv", b"date,a\n"),
    ])));
    assert_eq!((found[0].place.line, found[0].place.column), (2, 1));
    assert_eq!(found[0].help, "did you mean \"time_zone\"?");
}

#[test]
fn every_problem_is_said_in_both_languages() {
    let manifest = "format = 1\nas_of = \"soon\"\ntime_zoen = \"x\"\n";
    let sets = [
        memory(&[("dataset.toml", manifest.as_bytes())]),
        one("stock", b"name\nx\n"),
        one("stock", b"date,a\nx,1\n2026-04-17,x\n2026-04-17,0,1,2\n"),
        one(
            "fast",
            "date,deepen_ratio,members\n2026-04-17,101,1,,\n合计,1,2\n".as_bytes(),
        ),
        one(
            "events",
            b"consumer,time,action\n1.2E+11,2026-04-17,browse\nu,15,browse\nu,2026-04-17,wink\n",
        ),
        one(
            "targets",
            b"metric,target,period\ncrowd.gmw,1,\ncrowd.gmv,1,soon\n",
        ),
        one("relations", b"role,date,people\nboss,2026-04-17,1\n"),
    ];
    let found: Vec<Problem> = sets.iter().flat_map(|set| problems(read(set))).collect();
    assert!(found.len() >= 14, "{found:#?}");
    let chinese = |text: &str| text.chars().any(|c| ('一'..='龥').contains(&c));
    for problem in found {
        assert!(chinese(&problem.message_zh), "{problem}");
        for (en, zh) in [
            (&problem.expected, &problem.expected_zh),
            (&problem.help, &problem.help_zh),
        ] {
            assert_eq!(en.is_empty(), zh.is_empty(), "{problem}");
            assert!(
                !en.contains(' ') || en.contains(", ") || chinese(zh),
                "{problem}"
            );
        }
    }
}

fn folder_with(manifest: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("dataset.toml"), manifest).unwrap();
    folder
}

fn file_problem(folder: &Path) -> String {
    let found = problems(read(&Input::Path(folder.to_path_buf())));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].code.id(), "file");
    found[0].to_string()
}

const EVENTS: &str = "[[table]]\nkind = \"events\"\nfile = ";

#[test]
fn paths_stay_inside_the_folder() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret.csv"), "consumer,time,action\n").unwrap();
    let dots = folder_with(&format!("{EVENTS}\"../secret.csv\"\n"));
    assert!(file_problem(dots.path()).contains("leaves the folder"));
    let absolute = folder_with(&format!(
        "{EVENTS}\"{}\"\n",
        outside.path().join("secret.csv").display()
    ));
    assert!(file_problem(absolute.path()).contains("leaves the folder"));
    #[cfg(unix)]
    {
        let link = folder_with(&format!("{EVENTS}\"in/secret.csv\"\n"));
        std::os::unix::fs::symlink(outside.path(), link.path().join("in")).unwrap();
        assert!(file_problem(link.path()).contains("leaves the folder"));
        let glob = folder_with(&format!("{EVENTS}\"in/*.csv\"\n"));
        std::os::unix::fs::symlink(outside.path(), glob.path().join("in")).unwrap();
        assert!(file_problem(glob.path()).contains("leaves the folder"));
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_at_once() {
    let folder = folder_with(&format!("{EVENTS}\"pipe.csv\"\n"));
    let pipe = folder.path().join("pipe.csv");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    let start = Instant::now();
    assert!(file_problem(folder.path()).contains("not a regular file"));
    let alone = problems(read(&Input::Path(pipe)));
    assert!(alone[0].message.contains("not a regular file"));
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn globs_read_every_file_and_the_fingerprint_knows_them() {
    let folder = folder_with(&format!("{EVENTS}\"events/2026-*.csv\"\n"));
    fs::create_dir(folder.path().join("events")).unwrap();
    for day in ["2026-01-02", "2026-01-01", "other"] {
        let text = format!(
            "consumer,time,action\nu,{},pv\n",
            day.replace("other", "2026-01-03")
        );
        fs::write(folder.path().join(format!("events/{day}.csv")), text).unwrap();
    }
    let dataset = read(&Input::Path(folder.path().join("dataset.toml"))).unwrap();
    let paths: Vec<_> = dataset.sources.iter().map(|s| s.path.as_str()).collect();
    assert_eq!(paths, ["events/2026-01-01.csv", "events/2026-01-02.csv"]);
    fs::write(
        folder.path().join("events/2026-01-01.csv"),
        "consumer,time,action\n",
    )
    .unwrap();
    let changed = read(&Input::Path(folder.path().to_path_buf())).unwrap();
    assert_eq!(changed.fingerprint.len(), 16);
    assert_ne!(changed.fingerprint, dataset.fingerprint);
}

#[test]
fn a_workbook_is_refused_with_advice() {
    let found = problems(read(&one("events", b"PK\x03\x04workbook")));
    assert!(found[0].help.contains("CSV"));
}

#[test]
fn cancelling_stops_within_the_next_rows() {
    let mut text = String::from("consumer,time,action\n");
    text.push_str(&"u1,2026-01-01,browse\n".repeat(300_000));
    let mut seen = 0;
    let mut cancelled = Instant::now();
    let result = load(
        &one("events", text.as_bytes()),
        &Options::default(),
        &mut |p| {
            seen = p.rows;
            cancelled = Instant::now();
            p.rows < 50_000
        },
    );
    assert_eq!(result.unwrap_err(), LoadError::Cancelled);
    assert!((50_000..60_000).contains(&seen), "{seen}");
    assert!(cancelled.elapsed() < Duration::from_millis(100));
}

#[test]
fn dangerous_text_is_clean_in_data_and_problems() {
    let text =
        "consumer,time,action,brand\nu1,2026-01-01,pv,oa\u{1b}[31mk\nu2,20\u{202e}26,pv,oak\n";
    let dataset = load(
        &one("events", text.as_bytes()),
        &Options {
            lenient: true,
            ..Options::default()
        },
        &mut |_| true,
    )
    .unwrap();
    assert_eq!(dataset.brands[0].id, "oa␛[31mk");
    assert_eq!(dataset.problems[0].found, "20␛26");
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[0-9]{0,4}",
        2 => "20[12][0-9]-(0[1-9]|1[0-3])-[0-3][0-9]",
        2 => "(a|i|p|l|n|pv|buy|member|粉丝|shop|mean|crowd.gmv|渗透率|合计|-|--|null|oak)",
        1 => "[\",\n\r\t a]{0,5}",
        1 => "\\PC{0,6}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Conservation, for every kind: rows = used + rejected + excluded, whatever the rows hold.
    #[test]
    fn every_row_is_used_rejected_or_excluded(
        kind in 0..Kind::ALL.len(),
        rows in proptest::collection::vec(proptest::collection::vec(cell(), 0..9), 0..30),
    ) {
        let kind = Kind::ALL[kind];
        let mut text = kind.columns().map(|c| c.name).collect::<Vec<_>>().join(",");
        for row in &rows {
            text.push('\n');
            text.push_str(&row.join(","));
        }
        let dataset = load(&one(kind.id(), text.as_bytes()), &Options { lenient: true, ..Options::default() }, &mut |_| true);
        let dataset = dataset.map_err(|e| TestCaseError::fail(e.to_string()))?;
        let source = &dataset.sources[0];
        prop_assert_eq!(source.rows, source.used + source.rejected + source.excluded);
        let t = &dataset.tables;
        let kept = match kind {
            Kind::Events => dataset.log.events.len(),
            Kind::Consumers => source.used as usize,
            Kind::Stock => t.stock.len(),
            Kind::Flow => t.flow.len(),
            Kind::Fast => t.fast.len(),
            Kind::Benchmarks => t.benchmarks.len(),
            Kind::Sales => t.sales.len(),
            Kind::Targets => t.targets.len(),
            Kind::Relations => t.relations.len() + dataset.log.spans.len(),
            Kind::RoleFlow => t.role_flow.len(),
            Kind::Fields => t.fields.len(),
            Kind::Orders => t.order_days.iter().map(|d| d.orders).sum::<u64>() as usize,
        };
        prop_assert_eq!(kept as u64, source.used);
        let reported: u64 = dataset.problems.iter().filter(|p| p.code.id() == "row").map(|p| p.count).sum();
        prop_assert!(reported >= source.rejected);
        let lines = text.lines().skip(1).filter(|l| !l.is_empty()).count() as u64;
        prop_assert!(source.rows <= lines && source.rows * 5 >= lines);
    }

    /// Any bytes: an answer, never a panic.
    #[test]
    fn any_bytes_get_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..400), kind in 0..Kind::ALL.len()) {
        let kind = Kind::ALL[kind].id();
        let _ = read(&one(kind, &bytes));
        let _ = read(&memory(&[("dataset.toml", &bytes)]));
    }
}
