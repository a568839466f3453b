//! The README says what the program says: generated parts are compared, commands are run.
//!
//! `UPDATE_README=1 cargo test --test cli_readme` rewrites the generated parts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::PathBuf;

use fastdeck::app::Language;
use fastdeck::cli;

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md")
}

/// The part of the README between two marks, as byte positions.
fn part(text: &str, name: &str) -> std::ops::Range<usize> {
    let begin = format!("<!-- begin {name} -->\n");
    let start = text.find(&begin).expect(name) + begin.len();
    let end = start
        + text[start..]
            .find(&format!("<!-- end {name} -->"))
            .expect(name);
    start..end
}

fn is_up_to_date(name: &str, generated: &str) {
    let mut text = fs::read_to_string(path()).unwrap();
    let place = part(&text, name);
    if std::env::var_os("UPDATE_README").is_some() {
        text.replace_range(place, generated);
        fs::write(path(), text).unwrap();
        return;
    }
    assert_eq!(
        &text[place], generated,
        "the part `{name}` of README.md is old: UPDATE_README=1 cargo test --test cli_readme"
    );
}

/// One test, because both parts live in one file that it may rewrite.
#[test]
fn generated_parts_are_up_to_date() {
    is_up_to_date("format", &format!("\n{}\n", cli::format_page(Language::En)));
    let keys = cli::keys_page(Language::En);
    is_up_to_date("keys", &format!("```text\n{keys}```\n"));
}

#[test]
fn every_command_in_the_readme_is_understood() {
    let text = fs::read_to_string(path()).unwrap();
    let commands: Vec<&str> = shell_lines(&text)
        .filter(|line| line.starts_with("fastdeck "))
        .collect();
    assert!(commands.len() >= 5, "{commands:?}");
    for line in commands {
        let line = line
            .split(" # ")
            .next()
            .unwrap()
            .split(" > ")
            .next()
            .unwrap();
        let words = words(line);
        if let Err(error) = cli::command().try_get_matches_from(&words) {
            panic!("{line}: {error}");
        }
    }
}

/// The lines inside blocks that a reader would type into a shell.
fn shell_lines(text: &str) -> impl Iterator<Item = &str> {
    text.split("```")
        .filter_map(|block| block.strip_prefix("sh\n"))
        .flat_map(str::lines)
}

/// The words of a command line; single quotes hold one word together.
fn words(line: &str) -> Vec<String> {
    let pieces = line.split('\'').enumerate();
    pieces
        .flat_map(|(i, piece)| match i % 2 {
            1 => vec![piece.to_owned()],
            _ => piece.split_whitespace().map(str::to_owned).collect(),
        })
        .collect()
}
