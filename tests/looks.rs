//! Settings, themes of the user, the doctor and the licences, through the real program.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the program with a home and a configuration folder of its own.
fn run(home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fastdeck"));
    command.args(arguments).current_dir(home);
    command
        .env("FASTDECK_HOME", home)
        .env("LANG", "en_US.UTF-8");
    command
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env_remove("NO_COLOR");
    command.output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn the_printed_default_is_accepted_and_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    let before = out(&run(home.path(), &["config"]));
    let printed = run(home.path(), &["config", "--print"]);
    assert_eq!(printed.status.code(), Some(0));
    fs::write(home.path().join("config.toml"), printed.stdout).unwrap();
    let after = run(home.path(), &["config"]);
    assert_eq!(after.status.code(), Some(0), "{}", said(&after));
    let bare = |text: &str| {
        let lines = text.lines().skip(1);
        let values = lines.map(|l| l.split("  # line").next().unwrap().to_owned());
        values.collect::<Vec<_>>()
    };
    assert_eq!(bare(&before), bare(&out(&after)));
    assert!(bare(&before).len() >= 10);
}

#[test]
fn a_wrong_configuration_stops_what_is_headless_with_all_its_problems() {
    let home = tempfile::tempdir().unwrap();
    let text = "lang = 'en'\ncolors = 'many'\n";
    fs::write(home.path().join("config.toml"), text).unwrap();
    for command in [&["panes"][..], &["metrics"], &["config"]] {
        let output = run(home.path(), command);
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        let said = said(&output);
        assert!(
            said.contains("config.toml:1:1: unknown key `lang`"),
            "{said}"
        );
        assert!(
            said.contains("config.toml:2:10: `colors`: expected"),
            "{said}"
        );
    }
    // What explains it works.
    for command in [&["doctor"][..], &["config", "--print"], &["man"]] {
        assert_eq!(run(home.path(), command).status.code(), Some(0));
    }
}

#[test]
fn a_theme_of_the_user_colours_a_picture_and_a_wrong_one_is_refused_by_name() {
    let home = tempfile::tempdir().unwrap();
    let themes = home.path().join("themes");
    fs::create_dir(&themes).unwrap();
    fs::write(themes.join("dusk.toml"), "ground = '#0a0b0c'\n").unwrap();
    fs::write(themes.join("fog.toml"), "\ntext = '#303030'\n").unwrap();
    let capture = |theme: &str| {
        let file = [
            "capture", "--size", "80x24", "--force", "-o", "x.svg", "--theme",
        ];
        let arguments: Vec<&str> = file.into_iter().chain([theme]).collect();
        run(home.path(), &arguments)
    };
    let good = capture("dusk");
    assert_eq!(good.status.code(), Some(0), "{}", said(&good));
    let picture = fs::read_to_string(home.path().join("x.svg")).unwrap();
    assert!(picture.contains("#0a0b0c"));
    let bad = capture("fog");
    assert_eq!(bad.status.code(), Some(2));
    assert!(said(&bad).contains("fog.toml:2:8: `text` on `ground` has a contrast of"));
    let slip = capture("drak");
    assert_eq!(slip.status.code(), Some(2));
    assert!(
        said(&slip).contains("did you mean `dark`?"),
        "{}",
        said(&slip)
    );
}

#[test]
fn an_ascii_picture_is_ascii() {
    let home = tempfile::tempdir().unwrap();
    let arguments = [
        "capture", "--pane", "aipl", "--ascii", "--lang", "en", "-o", "x.txt",
    ];
    assert_eq!(run(home.path(), &arguments).status.code(), Some(0));
    let text = fs::read_to_string(home.path().join("x.txt")).unwrap();
    let chinese = |c: char| ('\u{3000}'..='\u{ffef}').contains(&c);
    assert!(text.chars().all(|c| c.is_ascii() || chinese(c)), "{text}");
    assert!(text.contains("+-") && text.contains("###"));
}

#[test]
fn the_doctor_needs_no_terminal() {
    let home = tempfile::tempdir().unwrap();
    let output = run(home.path(), &["doctor", "--format", "json"]);
    assert_eq!(output.status.code(), Some(0));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["terminal"]["ambiguous"], "not a terminal");
    assert_eq!(found["variables"]["LANG"], "en_US.UTF-8");
    let config = found["paths"]["config"]["path"].as_str().unwrap();
    assert!(config.ends_with("config.toml"));
    assert_eq!(found["paths"]["config"]["there"], false);
    let keys = run(home.path(), &["doctor", "--keys"]);
    assert_eq!(keys.status.code(), Some(1));
    assert!(said(&keys).contains("no terminal"));
}

#[test]
fn the_licences_of_the_fonts_are_printed() {
    let home = tempfile::tempdir().unwrap();
    let text = out(&run(home.path(), &["licenses"]));
    for part in [
        "SIL OPEN FONT LICENSE",
        "Apache License",
        "JetBrains",
        "Unifont",
    ] {
        assert!(text.contains(part), "{part}");
    }
}
