//! A book of scenarios that is saved while the process is killed is the old or the new one.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use fastdeck::data::write_atomic;
use fastdeck::scenario::{Book, Edit, Named, Scenario};

/// The folder that a child saves into.
const FOLDER: &str = "FASTDECK_TEST_BOOK";

/// The file that a child makes when it begins to save.
const READY: &str = "ready";

/// Book number n: many states, so that it is written in more than one piece.
fn book(n: u64) -> Book {
    let mut book = Book::new("00ff00ff00ff00ff", "kill");
    for step in 0..400 {
        let text = format!("crowd.aov[*]*=1.{n:06}; crowd.penetration[c{step}]+=1pp");
        let edit = Edit::Set(Named {
            brand: "oak".into(),
            name: "walk".into(),
            scenario: Scenario::parse(&text).unwrap(),
        });
        book.edit(edit).unwrap();
    }
    book
}

/// Runs in a child only: saves one book after the other until it is killed.
#[test]
fn child_that_saves_for_ever() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let path = Path::new(&folder).join("scenarios.txt");
    let texts: Vec<String> = (0..7).map(|n| book(n).text()).collect();
    std::fs::write(Path::new(&folder).join(READY), "").unwrap();
    for text in texts.iter().cycle() {
        write_atomic(&path, text.as_bytes(), true).unwrap();
    }
}

#[test]
fn killed_at_200_moments_the_book_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scenarios.txt");
    write_atomic(&path, book(0).text().as_bytes(), false).unwrap();
    let ready = folder.path().join(READY);
    let known: Vec<String> = (0..7).map(|n| book(n).text()).collect();
    let mut seen = std::collections::BTreeSet::new();
    for moment in 0..200_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_saves_for_ever"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        while !ready.exists() {
            assert!(child.try_wait().unwrap().is_none(), "the child has ended");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::fs::remove_file(&ready).unwrap();
        std::thread::sleep(Duration::from_micros(moment * 733 % 20_000));
        child.kill().unwrap();
        child.wait().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let which = known.iter().position(|k| *k == text);
        seen.insert(which.unwrap_or_else(|| panic!("half a book after {moment} kills")));
        assert!(Book::parse(&text).is_ok());
    }
    assert!(seen.len() > 1, "no child had the time to save");
}
