//! Where output goes: stdout, or a file that is written whole or not at all.

use std::fmt::Write as _;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::Path;

use super::failure::Failure;
use crate::{data, export};

/// stdout behind a buffer.
pub(super) type Stdout = BufWriter<StdoutLock<'static>>;

/// Opens stdout for data.
pub(super) fn stdout() -> Stdout {
    BufWriter::with_capacity(1 << 16, io::stdout().lock())
}

/// Writes text to stdout.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut out = stdout();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(Failure::Stdout)
}

/// Refuses early when a file must not be overwritten, before any work is done.
pub(super) fn refuse_existing(path: &Path, force: bool) -> Result<(), Failure> {
    if force || path.symlink_metadata().is_err() {
        return Ok(());
    }
    let refused = io::Error::new(
        io::ErrorKind::AlreadyExists,
        "exists already; --force overwrites it",
    );
    Err(Failure::File(path.to_owned(), refused))
}

/// Writes a file atomically; an existing one only with `force`.
pub(super) fn write_file(path: &Path, bytes: &[u8], force: bool) -> Result<(), Failure> {
    data::write_atomic(path, bytes, force).map_err(|e| Failure::File(path.to_owned(), e))
}

/// Writes a document as JSON, to a file or to stdout.
pub(super) fn write_document(
    document: &serde_json::Value,
    file: Option<&Path>,
    force: bool,
) -> Result<(), Failure> {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    let text = export::harmless(text);
    match file {
        Some(path) => write_file(path, text.as_bytes(), force),
        None => print(&text),
    }
}

/// The text with every character that a terminal would obey shown as an escape.
pub(super) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let format = matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}');
        if c.is_control() || format {
            write!(out, "\\u{{{:x}}}", u32::from(c)).ok();
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_gets_through() {
        assert_eq!(
            visible("橡木 \u{1b}[2J\n\u{202e}"),
            "橡木 \\u{1b}[2J\\u{a}\\u{202e}"
        );
    }
}
