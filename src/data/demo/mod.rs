//! The demo: a deterministic world of six fictional brands, as a log and as the platform tables that
//! agree with it.
//!
//! [`files`] makes it, [`embedded`] unpacks the copy inside the program, [`write()`] puts it on disk.
//! It knows no clock and draws integers only, so that the same scale is the same bytes everywhere.

mod calendar;
mod goals;
mod life;
mod pack;
mod reckon;
mod rng;
mod tables;
mod world;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use pack::pack;

use super::write_atomic;
use tables::{Books, Csv};
use world::CROWDS;

/// Consumers at scale 1; about nine tenths of them appear in the log.
const CONSUMERS: f64 = 10_000.0;
/// Scales beyond these bounds are brought back to them.
const SCALES: (f64, f64) = (0.001, 1_000.0);

/// The demo as files: the manifest first, then the tables and a README. The scale multiplies
/// consumers and crowds (1 is the embedded demo); what is no number counts as 1.
pub fn files(scale: f64) -> Vec<(String, Vec<u8>)> {
    let scale = if scale.is_nan() {
        1.0
    } else {
        scale.clamp(SCALES.0, SCALES.1)
    };
    let people = life::people((CONSUMERS * scale).max(1.0) as u32);
    let populations = CROWDS.map(|c| ((c.population as f64 * scale) as u64).max(1));
    let log = life::live(&people);
    let events = tables::events(&log).into_bytes();
    let lives = reckon::by_consumer(people.len(), &log);
    drop(log);
    let books: Books = std::array::from_fn(|brand| reckon::weeks(brand, &people, &lives));
    let mut files = vec![
        ("dataset.toml".to_owned(), tables::manifest(&populations)),
        ("events.csv".to_owned(), events),
    ];
    let others: [(&str, Csv); 9] = [
        ("consumers", tables::consumers(&people, &lives)),
        ("stock", tables::stock(&books)),
        ("flow", tables::flow(&books)),
        ("fast", tables::fast(&books)),
        ("sales", tables::sales(&books)),
        ("relations", tables::relations(&books)),
        ("fields", tables::fields(&books)),
        ("benchmarks", goals::benchmarks(&books)),
        ("targets", goals::targets(&books, &populations)),
    ];
    files.extend(others.map(|(kind, csv)| (format!("{kind}.csv"), csv.into_bytes())));
    files.push(("README.md".to_owned(), include_bytes!("readme.md").to_vec()));
    files
}

/// The demo at scale 1, from the copy inside the program.
pub fn embedded() -> Vec<(String, Vec<u8>)> {
    pack::unpack(include_bytes!("../../../assets/demo.pack"))
}

/// Writes the demo into a folder, which is made if it is not there, over files of the same names,
/// and gives the paths of the files. Each file appears whole or not at all.
pub fn write(dir: &Path, scale: f64) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(dir)?;
    files(scale)
        .into_iter()
        .map(|(name, content)| {
            let path = dir.join(name);
            write_atomic(&path, &content, true)?;
            Ok(path)
        })
        .collect()
}
