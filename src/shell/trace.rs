//! A log of times for `benches/input.rs`: when keys were taken, boards wanted and had, frames
//! painted.
//!
//! One line for each: nanoseconds since 1970, a word, a number. `key` counts keys; `want`, `drop`,
//! `board` and `late` have the generation of a board (`drop`: another one was wanted before it was
//! begun; `late`: another one was wanted before it was there); `loaded` comes once for each load;
//! `frame` (up to date) and `stale` (old numbers, dimmed) have the number of keys that the frame
//! knows of. Nothing is written unless `--trace` asks for it; what cannot be written is left out.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;
use std::time::SystemTime;

/// The log; without a file it does nothing.
#[derive(Debug, Default)]
pub(super) struct Trace {
    out: Option<BufWriter<File>>,
    keys: u64,
}

impl Trace {
    /// Writes to this file, which is made anew.
    ///
    /// # Errors
    ///
    /// When the file cannot be made.
    pub(super) fn to(path: Option<&Path>) -> io::Result<Self> {
        let out = path.map(File::create).transpose()?.map(BufWriter::new);
        Ok(Self { out, keys: 0 })
    }

    /// A key was taken.
    pub(super) fn key(&mut self) {
        self.keys += 1;
        self.note("key", self.keys);
    }

    /// A frame is on the screen.
    pub(super) fn frame(&mut self, stale: bool) {
        self.note(if stale { "stale" } else { "frame" }, self.keys);
        if let Some(out) = &mut self.out {
            out.flush().ok();
        }
    }

    /// Something happened.
    pub(super) fn note(&mut self, what: &str, number: u64) {
        let Some(out) = &mut self.out else { return };
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = now.map_or(0, |time| time.as_nanos());
        writeln!(out, "{now} {what} {number}").ok();
    }
}
