//! `fastdeck new`: the folder it makes can be checked, filled and read back.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn fastdeck(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fastdeck"));
    command.args(arguments).current_dir(folder);
    command.env("FASTDECK_HOME", folder.join("home"));
    command.output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The example of every table, as the comments of the manifest give it, put into its table.
fn fill_with_examples(folder: &Path) {
    let manifest = fs::read_to_string(folder.join("dataset.toml")).unwrap();
    let mut example = None;
    for line in manifest.lines() {
        let commented = line.strip_prefix("# ").and_then(|l| l.split_once(": "));
        if let Some(("例" | "example", row)) = commented {
            example = Some(row.to_owned());
        }
        let file = line
            .strip_prefix("file = \"")
            .and_then(|l| l.strip_suffix('"'));
        if let (Some(file), Some(row)) = (file, example.take_if(|_| file.is_some())) {
            let table = fs::read_to_string(folder.join(file)).unwrap();
            fs::write(folder.join(file), table + &row + "\r\n").unwrap();
        }
    }
}

#[test]
fn a_new_folder_passes_the_check_and_gives_back_what_is_filled_in() {
    for lang in ["zh", "en"] {
        let home = tempfile::tempdir().unwrap();
        let made = fastdeck(home.path(), &["new", "mine", "--lang", lang]);
        assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
        let names = text(&made.stdout);
        assert!(
            names.lines().all(|name| home.path().join(name).is_file()),
            "{names}"
        );
        assert!(
            names.lines().count() > 6 && names.contains("dataset.toml"),
            "{names}"
        );
        let check = fastdeck(home.path(), &["check", "mine", "--lang", lang]);
        assert_eq!(check.status.code(), Some(0), "{}", text(&check.stdout));
        fill_with_examples(&home.path().join("mine"));
        let check = fastdeck(home.path(), &["check", "mine", "--lang", lang]);
        assert_eq!(check.status.code(), Some(0), "{}", text(&check.stdout));
        let metrics = fastdeck(home.path(), &["metrics", "mine", "--as-of", "2026-11-15"]);
        let json: serde_json::Value = serde_json::from_slice(&metrics.stdout).unwrap();
        let rows = json["rows"].as_array().unwrap();
        let value = |metric: &str, variant: &str| {
            let row = rows
                .iter()
                .find(|r| r["metric"] == metric && r["variant"] == variant);
            let row = row.unwrap_or_else(|| panic!("{lang}: no {metric} of {variant}"));
            row["value"].as_f64()
        };
        assert_eq!(value("aipl.i", "platform"), Some(300_000.0));
        assert_eq!(value("fast.f", "platform"), Some(1_600_000.0));
        assert_eq!(value("fast.s", "platform"), Some(260_000.0));
    }
}

#[test]
fn what_is_there_is_never_written_over() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("mine");
    fs::create_dir(&folder).unwrap();
    // An empty folder is as good as none.
    assert_eq!(
        fastdeck(home.path(), &["new", "mine"]).status.code(),
        Some(0)
    );
    fs::write(folder.join("stock.csv"), "mine").unwrap();
    fs::remove_file(folder.join("flow.csv")).unwrap();
    let refused = fastdeck(home.path(), &["new", "mine"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(
        text(&refused.stderr).contains("not empty"),
        "{}",
        text(&refused.stderr)
    );
    assert!(!folder.join("flow.csv").exists());
    let added = fastdeck(home.path(), &["new", "mine", "--force"]);
    assert_eq!(
        text(&added.stdout).lines().count(),
        1,
        "{}",
        text(&added.stdout)
    );
    assert_eq!(fs::read(folder.join("stock.csv")).unwrap(), b"mine");
    assert!(folder.join("flow.csv").is_file());
    let file = fastdeck(home.path(), &["new", "mine/stock.csv"]);
    assert_eq!(file.status.code(), Some(3));
    assert_eq!(
        fs::read_dir(home.path()).unwrap().count(),
        1,
        "something is left behind"
    );
}
