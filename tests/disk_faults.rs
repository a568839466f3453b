//! Disks that are full, folders that cannot be written and names that are taken: whatever writes
//! files says so in one line, ends with 3 and leaves nothing half-written behind.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const PROGRAM: &str = env!("CARGO_BIN_EXE_fastdeck");

/// What writes files, with the name that it writes.
const WRITERS: [(&[&str], &str); 5] = [
    (&["capture", "--pane", "crowds"], "pane.svg"),
    (&["capture", "--pane", "crowds"], "pane.png"),
    (&["capture", "--pane", "crowds"], "pane.html"),
    (&["metrics", "--format", "json"], "metrics.json"),
    (&["report"], "deck"),
];

fn command(program: &str, home: &TempDir) -> Command {
    let mut command = Command::new(program);
    command
        .current_dir(home.path())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("FASTDECK_HOME", home.path().join("home"))
        .stdin(Stdio::null());
    command
}

fn words(writer: (&'static [&'static str], &str), folder: &str) -> Vec<String> {
    let mut words: Vec<String> = writer.0.iter().map(|w| (*w).to_owned()).collect();
    words.extend(["-o".to_owned(), format!("{folder}/{}", writer.1)]);
    words
}

/// Every file and folder below a folder, files with their bytes.
fn below(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(below(&path));
            found.insert(name, Vec::new());
        } else {
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

/// The program refused to write: exit code 3 and one line that names the file.
fn refused(output: &Output, name: &str) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{name}: {output:?}");
    let last = told.lines().last().unwrap_or_default();
    assert!(last.contains(name), "{name}: {told}");
    assert!(output.stdout.is_empty(), "{name}: {output:?}");
}

fn folder(home: &TempDir) -> std::path::PathBuf {
    let out = home.path().join("out");
    fs::create_dir_all(&out).unwrap();
    out
}

#[test]
fn where_a_file_cannot_grow_nothing_is_left() {
    for writer in WRITERS {
        let home = tempfile::tempdir().unwrap();
        let out = folder(&home);
        // A file may hold two blocks, and more is an error instead of a signal.
        let limited = "trap '' XFSZ; ulimit -f 2; exec \"$0\" \"$@\"";
        let output = command("bash", &home)
            .args(["-c", limited, PROGRAM])
            .args(words(writer, "out"))
            .output()
            .unwrap();
        refused(&output, writer.1);
        assert_eq!(below(&out), BTreeMap::new(), "{}", writer.1);
    }
}

#[test]
fn a_name_that_is_taken_stays_as_it_is() {
    for writer in WRITERS {
        let home = tempfile::tempdir().unwrap();
        let out = folder(&home);
        fs::write(out.join(writer.1), "precious").unwrap();
        let before = below(&out);
        let output = command(PROGRAM, &home)
            .args(words(writer, "out"))
            .output()
            .unwrap();
        refused(&output, writer.1);
        assert_eq!(below(&out), before, "{}", writer.1);
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let home = tempfile::tempdir().unwrap();
    let out = folder(&home);
    fs::set_permissions(&out, fs::Permissions::from_mode(0o555)).unwrap();
    // Who may write everywhere meets the same fault where a folder is a file.
    let closed = fs::write(out.join("probe"), "").is_err();
    let place = if closed { "out" } else { "plain" };
    fs::write(home.path().join("plain"), "").unwrap();
    for writer in WRITERS {
        let output = command(PROGRAM, &home)
            .args(words(writer, place))
            .output()
            .unwrap();
        refused(&output, writer.1);
    }
    fs::remove_file(out.join("probe")).ok();
    assert_eq!(below(&out), BTreeMap::new());
    assert_eq!(fs::read(home.path().join("plain")).unwrap(), b"");
}

#[test]
fn an_interrupted_report_leaves_all_or_nothing() {
    for wait in [0, 40, 120, 300, 700] {
        let home = tempfile::tempdir().unwrap();
        let out = folder(&home);
        let mut child = command(PROGRAM, &home)
            .args(["report", "-o", "out/deck"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(wait) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let id = child.id().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(sent.success());
        let ended = child.wait().unwrap();
        if ended.success() {
            assert!(out.join("deck/review.html").is_file(), "after {wait} ms");
        } else {
            assert_eq!(below(&out), BTreeMap::new(), "after {wait} ms: {ended:?}");
        }
    }
}
