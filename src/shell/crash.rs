//! The crash report: what is kept of a session that an internal error ended.
//!
//! Version, the last commands by their ids, the command that shows the same state, and what the
//! error said. No value of the data, no text that was typed. A report that cannot be written is no
//! reason for a second error.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt::Write as _;
use std::fs;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::app::{Shot, State};
use crate::data;
use crate::view::caption;

/// Reports that are kept; older ones go.
const KEPT: usize = 10;
const PREFIX: &str = "crash-";
const ENDING: &str = ".txt";

/// What is known of the crash so far.
#[derive(Debug, Default)]
struct Crash {
    /// What the first panic said, and where it came from.
    said: Option<String>,
    /// What was on the screen, and what was done before.
    session: Option<String>,
}

static CRASH: Mutex<Crash> = Mutex::new(Crash {
    said: None,
    session: None,
});

fn crash() -> MutexGuard<'static, Crash> {
    CRASH.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A thread panicked: what it said is kept, unless another one was first.
pub(super) fn note(info: &PanicHookInfo) {
    let backtrace = Backtrace::capture();
    let mut text = info.to_string();
    if backtrace.status() == BacktraceStatus::Captured {
        let _ = write!(text, "\n\n{backtrace}");
    }
    crash().said.get_or_insert(text);
}

/// The session is over. Does nothing unless a thread panicked.
pub(super) fn leave(state: &State) {
    if crash().said.is_none() {
        return;
    }
    // The state may be what broke.
    let told = catch_unwind(AssertUnwindSafe(|| session(state)));
    crash().session = told.ok();
}

fn session(state: &State) -> String {
    let (columns, rows) = state.size;
    let actions: Vec<&str> = state.recent.iter().copied().collect();
    format!(
        "screen: {columns}x{rows}\nstate: {}\nlast actions: {}\n",
        caption::command(state, Shot::Screen),
        actions.join(" ")
    )
}

/// Writes the report and gives its path; `None` where nobody panicked, without a home, and where
/// it cannot be written.
pub(super) fn write(home: Option<&Path>) -> Option<PathBuf> {
    let mut crash = crash();
    let said = crash.said.take()?;
    let session = crash.session.take().unwrap_or_default();
    drop(crash);
    let home = home?;
    let now = Timestamp::now();
    let text = format!(
        "fastdeck {} on {} {}\ntime: {now}\n{session}\n{said}\n",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH,
    );
    let time = now.strftime("%Y%m%d-%H%M%S").to_string();
    let name = format!("{PREFIX}{time}-{}{ENDING}", std::process::id());
    fs::create_dir_all(home).ok()?;
    let path = home.join(name);
    let text: Vec<_> = text.lines().map(data::clean).collect();
    data::write_atomic(&path, (text.join("\n") + "\n").as_bytes(), true).ok()?;
    remove_old(home);
    Some(path)
}

/// Removes the oldest reports; their names are in the order of time.
fn remove_old(home: &Path) {
    let entries = fs::read_dir(home).into_iter().flatten().flatten();
    let is_report = |name: &str| name.starts_with(PREFIX) && name.ends_with(ENDING);
    let mut names: Vec<_> = entries
        .filter_map(|e| e.file_name().into_string().ok())
        .filter(|name| is_report(name))
        .collect();
    names.sort();
    for name in names.iter().rev().skip(KEPT) {
        fs::remove_file(home.join(name)).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_reports_stay_and_other_files_are_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let put = |name: &str| fs::write(home.path().join(name), "").unwrap();
        (10..30).for_each(|n| put(&format!("crash-202611{n}-120000-7.txt")));
        put("crash-course.md");
        remove_old(home.path());
        let names = fs::read_dir(home.path()).unwrap().flatten();
        let mut names: Vec<_> = names.map(|e| e.file_name()).collect();
        names.sort();
        assert_eq!(names.len(), KEPT + 1);
        assert_eq!(names[0], "crash-20261120-120000-7.txt");
    }

    #[test]
    fn what_was_typed_is_not_in_the_report() {
        let mut state = State::default();
        crate::app::update(&mut state, crate::app::Action::Command("help"));
        crate::app::update(&mut state, crate::app::Action::Paste("secret".into()));
        let told = session(&state);
        assert!(told.contains("last actions: help paste"), "{told}");
        assert!(told.contains("state: fastdeck capture") && !told.contains("secret"));
    }
}
