//! The real binary: exit codes, what goes to stdout and what to stderr, files, and the contract of
//! `metrics`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use fastdeck::app::COMMANDS;
use serde_json::Value;
use tempfile::TempDir;

/// The program with an empty home, in a folder of its own.
fn fastdeck(home: &TempDir, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fastdeck"));
    command
        .args(words)
        .current_dir(home.path())
        .env_clear()
        .env("FASTDECK_HOME", home.path().join("home"))
        .env("LANG", "en_US.UTF-8")
        .stdin(Stdio::null());
    command
}

fn run(home: &TempDir, words: &[&str]) -> Output {
    fastdeck(home, words).output().unwrap()
}

fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("ended by a signal")
}

/// A small data set: one brand, five consumers, orders with amounts.
fn small(folder: &Path) -> String {
    let set = folder.join("set");
    fs::create_dir(&set).unwrap();
    let manifest = "format = 1\nname = \"Small\"\n[[brand]]\nid = \"=oak\"\nname_zh = \"橡木\"\n[[table]]\nkind = \"events\"\nfile = \"events.csv\"\n[[table]]\nkind = \"consumers\"\nfile = \"people.csv\"\n";
    let events = "consumer,time,action,brand,channel,amount\n\
        c1,2026-03-01 10:00:00,click,=oak,feed_ads,\n\
        c2,2026-03-02 10:00:00,cart,=oak,search_ads,\n\
        c3,2026-03-03 10:00:00,order,=oak,search_ads,99.50\n\
        c4,2026-03-04 10:00:00,order,=oak,feed_ads,10.00\n\
        c4,2026-03-10 10:00:00,order,=oak,feed_ads,20.00\n\
        c5,2026-03-10 11:00:00,click,=oak,feed_ads,\n";
    let people = "consumer,gender\nc1,female\nc2,male\nc3,female\nc4,male\nc5,female\n";
    fs::write(set.join("dataset.toml"), manifest).unwrap();
    fs::write(set.join("events.csv"), events).unwrap();
    fs::write(set.join("people.csv"), people).unwrap();
    set.to_str().unwrap().to_owned()
}

/// The guidebook example of the repository.
fn guidebook() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/guidebook")
}

fn rows(output: &Output) -> Vec<Value> {
    let document: Value = serde_json::from_str(&out(output)).unwrap();
    document["rows"].as_array().unwrap().clone()
}

fn value(rows: &[Value], metric: &str) -> Value {
    let row = rows
        .iter()
        .find(|r| r["metric"] == metric && r["source"] == "events");
    row.unwrap_or_else(|| panic!("no row {metric}"))["value"].clone()
}

// -- metrics ----------------------------------------------------------------------------------

#[test]
fn metrics_are_the_counts_of_the_log() {
    let home = home();
    let set = small(home.path());
    let output = run(&home, &["metrics", &set]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let rows = rows(&output);
    for (metric, expected) in [
        ("aipl.a", 2),
        ("aipl.i", 1),
        ("aipl.p", 1),
        ("aipl.l", 1),
        ("aipl.total", 5),
        ("fast.f", 5),
    ] {
        assert_eq!(value(&rows, metric), expected, "{metric}");
    }
    assert!(
        rows.iter()
            .all(|r| r["as_of"] == "2026-03-10" && r["against"] == "2026-03-03")
    );
}

#[test]
fn every_row_has_the_keys_of_the_contract() {
    let home = home();
    let set = small(home.path());
    let output = run(&home, &["metrics", &set]);
    let document: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(document["format"], 1);
    assert_eq!(document["dataset"]["name"], "Small");
    assert_eq!(document["dataset"]["simulated"], false);
    assert_eq!(
        document["dataset"]["fingerprint"].as_str().unwrap().len(),
        16
    );
    for row in document["rows"].as_array().unwrap() {
        for key in [
            "metric",
            "brand",
            "as_of",
            "against",
            "slice",
            "value",
            "against_value",
            "delta",
            "unit",
            "missing",
            "numerator",
            "denominator",
            "variant",
            "definition",
        ] {
            assert!(row.get(key).is_some(), "{key} is not in {row}");
        }
        assert_eq!(row["value"].is_null(), row["missing"].is_string(), "{row}");
    }
}

#[test]
fn options_change_the_question() {
    let home = home();
    let set = small(home.path());
    let ask = |words: &[&str]| {
        let all: Vec<&str> = ["metrics", &set].iter().chain(words).copied().collect();
        let output = run(&home, &all);
        assert_eq!(code(&output), 0, "{}", err(&output));
        rows(&output)
    };
    assert_eq!(value(&ask(&["--where", "gender=female"]), "fast.f"), 3);
    assert_eq!(value(&ask(&["--where", "gender!=female"]), "fast.f"), 2);
    assert_eq!(value(&ask(&["--as-of", "2026-03-03"]), "fast.f"), 3);
    assert_eq!(value(&ask(&["--scope", "channel=feed_ads"]), "aipl.l"), 1);
    assert_eq!(value(&ask(&["--scope", "channel=search_ads"]), "fast.f"), 2);
    let alone = ask(&["--set", "aipl.l_min_purchase_days=3"]);
    assert_eq!(value(&alone, "aipl.l"), 0);
    let row = alone.iter().find(|r| r["metric"] == "aipl.l").unwrap();
    assert!(
        row["definition"]
            .as_str()
            .unwrap()
            .contains("l_min_purchase_days=3")
    );
    let sliced = ask(&["--where", "gender=female"]);
    assert!(sliced.iter().all(|r| r["slice"] == "gender=female"));
}

#[test]
fn csv_is_inert_and_as_wide_as_its_header() {
    let home = home();
    let set = small(home.path());
    let output = run(&home, &["metrics", &set, "--format", "csv"]);
    let text = out(&output);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().unwrap().clone();
    let brand = header.iter().position(|h| h == "brand").unwrap();
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert!(!records.is_empty());
    assert!(records.iter().all(|r| &r[brand] == "'=oak"));
}

#[test]
fn the_table_speaks_both_languages() {
    let home = home();
    let set = small(home.path());
    let table = |lang: &str| {
        out(&run(
            &home,
            &["metrics", &set, "--format", "table", "--lang", lang],
        ))
    };
    assert!(table("zh").contains("橡木") && table("zh").contains("可运营人群总量"));
    assert!(table("en").contains("Fertility"));
}

#[test]
fn the_demo_needs_no_file() {
    let home = home();
    let output = run(&home, &["metrics"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let document: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(document["dataset"]["simulated"], true);
    assert!(document["rows"].as_array().unwrap().len() > 100);
}

// -- exit codes and streams ---------------------------------------------------------------------

#[test]
fn wrong_usage_is_2_with_a_suggestion_and_an_empty_stdout() {
    let home = home();
    let set = small(home.path());
    for (words, said) in [
        (vec!["--brand", "oka"], "did you mean"),
        (vec!["--where", "gendr=female"], "did you mean `gender`?"),
        (vec!["--where", "gender=femal"], "did you mean `female`?"),
        (vec!["--where", "gender"], "expected `dimension=value"),
        (
            vec!["--scope", "gender=female"],
            "unknown dimension of --scope",
        ),
        (vec!["--set", "aipl.adays=3"], "did you mean `aipl.a_days`?"),
        (vec!["--set", "aipl.a_days=x"], "a whole number"),
        (vec!["--as-of", "2026-02-30"], "YYYY-MM-DD"),
        (vec!["--against", "yesterday"], "previous-week"),
        (vec!["--size", "0x0"], "COLSxROWS"),
        (vec!["--lang", "fr"], "possible values"),
        (vec!["--no-such"], "--no-such"),
    ] {
        let all: Vec<&str> = ["metrics", &set].iter().chain(&words).copied().collect();
        let output = run(&home, &all);
        assert_eq!(code(&output), 2, "{words:?}: {}", err(&output));
        assert!(err(&output).contains(said), "{words:?}: {}", err(&output));
        assert_eq!(out(&output), "", "{words:?}");
    }
}

#[test]
fn a_data_set_with_errors_is_1_and_says_where() {
    let home = home();
    let set = small(home.path());
    let manifest = Path::new(&set).join("dataset.toml");
    let text = fs::read_to_string(&manifest)
        .unwrap()
        .replace("name = \"Small\"", "nmae = \"Small\"");
    fs::write(&manifest, text).unwrap();
    for command in ["metrics", "check"] {
        let output = run(&home, &[command, &set]);
        assert_eq!(code(&output), 1, "{command}");
        let said = out(&output) + &err(&output);
        assert!(
            said.contains("dataset.toml:2:") && said.contains("name"),
            "{said}"
        );
        assert_eq!(command == "metrics", out(&output).is_empty());
    }
    let gone = run(&home, &["metrics", "no/such/place"]);
    assert_eq!(code(&gone), 1);
    assert!(err(&gone).contains("no/such/place"));
}

#[test]
fn a_mistyped_command_is_wrong_usage_and_a_missing_folder_is_not() {
    let home = home();
    for words in [&["metrcs"][..], &["--lang", "en", "metrics"]] {
        let output = run(&home, words);
        assert_eq!(code(&output), 2, "{words:?}: {}", err(&output));
        assert!(
            err(&output).contains("fastdeck metrics [OPTIONS]"),
            "{}",
            err(&output)
        );
    }
    let output = run(&home, &["my-brand-2026"]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("my-brand-2026: there is no such file"));
}

#[test]
fn the_guidebook_has_its_two_warnings() {
    let home = home();
    let set = guidebook();
    let output = run(&home, &["check", set, "--format", "json"]);
    assert_eq!(code(&output), 0);
    let document: Value = serde_json::from_str(&out(&output)).unwrap();
    let problems = document["problems"].as_array().unwrap();
    let target = problems.iter().filter(|p| p["code"] == "target");
    assert_eq!(target.count(), 2, "{problems:?}");
    assert_eq!(document["warnings"], 2);
}

#[test]
fn check_lists_problems_and_warnings_alone_are_0() {
    let home = home();
    let set = small(home.path());
    let events = Path::new(&set).join("events.csv");
    let mut text = fs::read_to_string(&events).unwrap();
    text.push_str("c6,2026-03-05 10:00:00,teleport,=oak,feed_ads,\n");
    fs::write(&events, text).unwrap();
    let output = run(&home, &["check", &set, "--format", "json"]);
    assert_eq!(code(&output), 0, "{}", out(&output));
    let document: Value = serde_json::from_str(&out(&output)).unwrap();
    assert_eq!(document["errors"], 0);
    let problems = document["problems"].as_array().unwrap();
    let unknown = problems
        .iter()
        .find(|p| p["code"] == "unknown_action")
        .unwrap();
    assert_eq!(unknown["line"], 8);
    let file = &document["files"][0];
    assert_eq!(file["rows"], 7);
    let parts = ["used", "rejected", "excluded"].map(|k| file[k].as_u64().unwrap());
    assert_eq!(parts.iter().sum::<u64>(), 7);
    let text = out(&run(&home, &["check", &set]));
    assert!(
        text.contains("events.csv:8") && text.contains("teleport"),
        "{text}"
    );
}

#[test]
fn hostile_names_are_harmless_on_stderr() {
    let home = home();
    let output = run(&home, &["metrics", "no\u{1b}[2Jsuch\u{202e}"]);
    assert_eq!(code(&output), 1);
    assert!(!err(&output).contains('\u{1b}') && !err(&output).contains('\u{202e}'));
}

#[test]
fn help_and_version_are_0_on_stdout() {
    let home = home();
    for words in [
        &["--help"][..],
        &["-h"],
        &["--version"],
        &["metrics", "--help"],
    ] {
        let output = run(&home, words);
        assert_eq!(code(&output), 0, "{words:?}");
        assert!(
            !out(&output).is_empty() && err(&output).is_empty(),
            "{words:?}"
        );
        assert!(!out(&output).contains('\u{1b}'), "{words:?}");
    }
    assert!(out(&run(&home, &["--help"])).contains("Exit codes:"));
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let home = home();
    let set = small(home.path());
    for words in [
        &["metrics", &set][..],
        &["--help"],
        &["keys"],
        &["check", &set],
    ] {
        let mut child = fastdeck(&home, words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{words:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_3() {
    let home = home();
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let set = small(home.path());
    let mut command = fastdeck(&home, &["metrics", &set]);
    let output = command.stdout(full).output().unwrap();
    assert_eq!(code(&output), 3);
    assert!(err(&output).contains("stdout"), "{}", err(&output));
}

#[test]
fn a_dashboard_without_a_terminal_says_so() {
    let home = home();
    let set = small(home.path());
    for words in [&[][..], &[set.as_str()]] {
        let output = run(&home, words);
        assert_eq!(code(&output), 1, "{words:?}");
        assert!(err(&output).contains("terminal"), "{}", err(&output));
        assert_eq!(out(&output), "");
    }
}

// -- files ----------------------------------------------------------------------------------------

#[test]
fn files_are_written_whole_and_never_over_others() {
    let home = home();
    let set = small(home.path());
    let file = home.path().join("out.json");
    let name = file.to_str().unwrap();
    let first = run(&home, &["metrics", &set, "-o", name]);
    assert_eq!(
        (code(&first), out(&first)),
        (0, String::new()),
        "{}",
        err(&first)
    );
    let written = fs::read(&file).unwrap();
    assert_eq!(written, run(&home, &["metrics", &set]).stdout);
    let again = run(
        &home,
        &["metrics", &set, "-o", name, "--as-of", "2026-03-05"],
    );
    assert_eq!(code(&again), 3);
    assert!(err(&again).contains("--force"), "{}", err(&again));
    assert_eq!(fs::read(&file).unwrap(), written);
    let forced = run(
        &home,
        &[
            "metrics",
            &set,
            "-o",
            name,
            "--as-of",
            "2026-03-05",
            "--force",
        ],
    );
    assert_eq!(code(&forced), 0);
    assert_ne!(fs::read(&file).unwrap(), written);
    let nowhere = run(&home, &["metrics", &set, "-o", "no/such/folder/x.json"]);
    assert_eq!(code(&nowhere), 3);
    let left: Vec<_> = fs::read_dir(home.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert!(
        left.iter()
            .all(|n| n == "set" || n == "out.json" || n == "home"),
        "{left:?}"
    );
}

#[test]
fn a_capture_says_what_the_screen_says() {
    let home = home();
    let set = small(home.path());
    for pane in ["brands", "fast", "fast-plus", "crowds", "aipl"] {
        for extension in ["txt", "svg"] {
            let name = format!("{pane}.{extension}");
            let words = [
                "capture", &set, "--pane", pane, "-o", &name, "--size", "120x36",
            ];
            let output = run(&home, &words);
            assert_eq!(code(&output), 0, "{name}: {}", err(&output));
            assert_eq!(out(&output), "");
            let text = fs::read_to_string(home.path().join(&name)).unwrap();
            if extension == "txt" {
                assert_eq!(text.lines().count(), 36, "{name}");
                assert!(text.contains("橡木") || text.contains("=oak"), "{text}");
            } else {
                assert!(
                    text.starts_with("<svg") || text.starts_with("<?xml"),
                    "{name}"
                );
            }
        }
    }
    let again = run(&home, &["capture", &set, "-o", "fast.svg"]);
    assert_eq!(code(&again), 3);
    let gif = run(&home, &["capture", &set, "-o", "x.gif"]);
    assert_eq!(code(&gif), 2);
    assert!(err(&gif).contains(".svg, .png, .html, .txt or .ans"));
}

#[test]
fn captures_are_the_same_bytes_every_time() {
    let home = home();
    let set = guidebook();
    let capture = |name: &str| {
        let words = [
            "capture", set, "--pane", "crowds", "-o", name, "--lang", "zh", "--theme", "light",
        ];
        assert_eq!(code(&run(&home, &words)), 0);
        fs::read(home.path().join(name)).unwrap()
    };
    assert_eq!(capture("a.svg"), capture("b.svg"));
}

#[test]
fn the_demo_is_written_once() {
    let home = home();
    let words = ["demo", "--write", "demo", "--scale", "0.1"];
    let first = run(&home, &words);
    assert_eq!(code(&first), 0, "{}", err(&first));
    assert!(out(&first).contains("dataset.toml"));
    assert_eq!(code(&run(&home, &words)), 3);
    let check = run(&home, &["check", "demo"]);
    assert_eq!(code(&check), 0, "{}", out(&check));
}

// -- listings -------------------------------------------------------------------------------------

#[test]
fn listings_come_from_the_tables_of_the_program() {
    let home = home();
    let text = |words: &[&str]| {
        let output = run(&home, words);
        assert_eq!(
            (code(&output), err(&output)),
            (0, String::new()),
            "{words:?}"
        );
        out(&output)
    };
    assert_eq!(text(&["panes"]).lines().count(), 9);
    assert!(text(&["keys", "--lang", "zh"]).contains("退出"));
    assert!(text(&["keys"]).contains("Quit"));
    assert!(text(&["format"]).contains("| `consumer`★ |"));
    assert!(text(&["man"]).contains(".TH fastdeck"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(text(&["completions", shell]).contains("capture"), "{shell}");
    }
}

/// Keys are told from the one table: each command with its help, in the list and in the manual.
#[test]
fn every_command_stands_in_the_manual_and_in_the_list_of_keys() {
    let home = home();
    let text = |words: &[&str]| out(&run(&home, words));
    let manual = text(&["man"]).replace("\\-", "-").replace("\\(aq", "'");
    let manual = manual.replace("\\'", "'").replace('\n', " ");
    let keys = text(&["keys", "--lang", "en"]);
    for command in COMMANDS {
        let [_, help] = command.help;
        assert!(manual.contains(help), "the manual lacks `{help}`");
        assert!(keys.contains(help), "the keys lack `{help}`");
    }
    assert!(COMMANDS.len() > 200);
}
