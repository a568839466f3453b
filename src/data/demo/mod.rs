//! The demo: a deterministic world of six fictional brands, as a log and as the platform tables that
//! agree with it.
//!
//! [`files`] makes it, [`embedded`] unpacks the copy inside the program, [`write()`] puts it on disk.
//! It knows no clock and draws integers only, so that the same scale is the same bytes everywhere.

mod calendar;
mod goals;
mod life;
mod pack;
mod plan;
mod press;
mod reckon;
mod rng;
mod shelf;
mod spool;
mod tables;
mod world;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use pack::pack;
pub use plan::Plan;

use shelf::{Folder, Memory};
use spool::Spool;

/// The copy inside the program.
const PACK: &[u8] = include_bytes!("../../../assets/demo.pack");
/// The files that a first look at the demo does without.
const LOG: [&str; 2] = ["events.csv", "consumers.csv"];

/// The demo as files: the manifest first, then the tables and a README.
pub fn files(plan: &Plan) -> Vec<(String, Vec<u8>)> {
    let mut made = Memory::default();
    let spool = Spool::new(None);
    // Writing to memory cannot fail.
    let _ = spool.and_then(|spool| press::make(plan, spool, &mut made));
    let names = press::names(plan);
    made.0
        .sort_by_key(|(name, _)| names.iter().position(|n| n == name));
    made.0
}

/// The demo at scale 1, from the copy inside the program.
pub fn embedded() -> Vec<(String, Vec<u8>)> {
    pack::unpack(PACK, |_| true)
}

/// The same without the log and its consumers: the manifest and the platform tables.
pub(super) fn embedded_tables() -> Vec<(String, Vec<u8>)> {
    pack::unpack(PACK, |name| !LOG.contains(&name))
}

/// Writes the demo into a folder, which is made if it is not there, over files of the same names,
/// and gives the paths of the files. Each file appears whole or not at all, the manifest after the
/// tables; memory stays small however large the plan is.
pub fn write(dir: &Path, plan: &Plan) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(dir)?;
    let mut folder = Folder::new(dir);
    press::make(plan, Spool::new(Some(dir))?, &mut folder)?;
    let names = press::names(plan);
    let place = |path: &PathBuf| names.iter().position(|n| path.ends_with(n));
    folder.written.sort_by_key(place);
    Ok(folder.written)
}
