//! The clipboard of the desktop, beside that of the terminal: some terminals know no OSC 52.
//!
//! A program of the desktop is asked where there is one, and never over ssh, where it would fill the
//! clipboard of another machine. Nobody waits for it.

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

/// A program that puts its input on the clipboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Desktop {
    name: &'static str,
    program: PathBuf,
    words: &'static [&'static str],
}

/// What has to be set, the program, and its arguments; the first that is there is taken.
const KNOWN: [(&str, &str, &[&str]); 4] = [
    ("WAYLAND_DISPLAY", "wl-copy", &[]),
    ("DISPLAY", "xclip", &["-selection", "clipboard"]),
    ("DISPLAY", "xsel", &["--clipboard", "--input"]),
    ("HOME", "pbcopy", &[]),
];

/// Set where the terminal is on another machine.
const REMOTE: [&str; 3] = ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"];

impl Desktop {
    /// The program of this desktop.
    pub(super) fn find() -> Option<Self> {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|v| !v.is_empty());
        Self::find_in(&std::env::var_os("PATH")?, is_set)
    }

    fn find_in(path: &OsStr, is_set: impl Fn(&str) -> bool) -> Option<Self> {
        if REMOTE.into_iter().any(&is_set) {
            return None;
        }
        let program = |name: &str| {
            let places = std::env::split_paths(path).filter(|p| p.is_absolute());
            places.map(|p| p.join(name)).find(|p| Path::is_file(p))
        };
        let known = KNOWN.into_iter().filter(|(needs, ..)| is_set(needs));
        known
            .map(|(_, name, words)| (name, program(name), words))
            .find_map(|(name, program, words)| {
                let program = program?;
                Some(Self {
                    name,
                    program,
                    words,
                })
            })
    }

    /// Its name.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Has it put a text on the clipboard. What goes wrong with it goes unsaid: the terminal was
    /// given the text too.
    pub(super) fn copy(&self, text: String) {
        let mut command = Command::new(&self.program);
        command.args(self.words).stdin(Stdio::piped());
        command.stdout(Stdio::null()).stderr(Stdio::null());
        thread::spawn(move || {
            let Ok(mut child) = command.spawn() else {
                return;
            };
            if let Some(mut input) = child.stdin.take() {
                input.write_all(text.as_bytes()).ok();
            }
            child.wait().ok();
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_of_the_desktop_is_found_and_not_over_ssh() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().as_os_str();
        let with = |set: &[&str]| {
            let found = Desktop::find_in(path, |name| set.contains(&name));
            found.map(|d| d.name())
        };
        assert_eq!(with(&["WAYLAND_DISPLAY", "DISPLAY", "HOME"]), None);
        for name in ["xsel", "xclip", "wl-copy"] {
            std::fs::write(home.path().join(name), "").unwrap();
        }
        assert_eq!(with(&["WAYLAND_DISPLAY", "DISPLAY"]), Some("wl-copy"));
        assert_eq!(with(&["DISPLAY", "HOME"]), Some("xclip"));
        assert_eq!(with(&["HOME"]), None);
        assert_eq!(with(&["DISPLAY", "SSH_CONNECTION"]), None);
        // A folder that is not whole is whatever the current one makes of it.
        assert_eq!(Desktop::find_in(OsStr::new("."), |_| true), None);
    }
}
