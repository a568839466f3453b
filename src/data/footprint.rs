//! What the files of a data set look like from outside, so that a change can be told from a look.
//!
//! A file that is written, replaced, deleted or made again gets another stamp; reading it changes
//! nothing. Nothing is opened but the manifest. What a notice of the system says is no proof of a
//! change, and a file on a network drive may change without one: the footprint decides.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Input;
use super::load::{MANIFEST, patterns};

/// The files of a data set at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Footprint {
    /// Every file that decides the data set; `None` where it is not there.
    files: BTreeMap<PathBuf, Option<Stamp>>,
    /// The folders in which they are or will be.
    folders: BTreeSet<PathBuf>,
}

/// Whether a file is still the same.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    /// Number of the file and time of its last change, which a copied time of writing does not hide.
    own: (u64, i64, i64),
}

impl Footprint {
    /// Looks at the files now. A manifest that cannot be read names no tables: those of `before`
    /// stay under watch then.
    pub fn of(input: &Input, before: Option<&Self>) -> Self {
        let Input::Path(path) = input else {
            return Self::default();
        };
        let mut print = Self::default();
        print.add(&main_file(path));
        match patterns(input) {
            Some((root, patterns)) => {
                print.folders.insert(root.clone());
                for (pattern, names) in patterns {
                    print.folders.extend(folder_of(&root, &pattern));
                    names.iter().for_each(|name| print.add(&root.join(name)));
                }
            }
            None => {
                let known = before.into_iter().flat_map(|b| b.files.keys());
                known.for_each(|file| print.add(file));
            }
        }
        print
    }

    /// The folders in which something may change.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        self.folders.iter().map(PathBuf::as_path)
    }

    fn add(&mut self, file: &Path) {
        let parents = [file.parent().map(Path::to_path_buf), real_folder(file)];
        let parents = parents.into_iter().flatten();
        self.folders.extend(parents.filter(|p| p.is_dir()));
        let stamp = fs::metadata(file).ok().map(|data| stamp(&data));
        self.files.insert(file.to_path_buf(), stamp);
    }
}

/// The manifest of a folder, or the file itself.
fn main_file(path: &Path) -> PathBuf {
    let file = if path.is_dir() {
        path.join(MANIFEST)
    } else {
        path.to_path_buf()
    };
    // Relative to nothing a file has no folder.
    std::path::absolute(&file).unwrap_or(file)
}

/// Where a linked file really is.
fn real_folder(file: &Path) -> Option<PathBuf> {
    let real = fs::canonicalize(file).ok()?;
    real.parent().map(Path::to_path_buf)
}

/// The folder before the first wildcard of a pattern.
fn folder_of(root: &Path, pattern: &str) -> Option<PathBuf> {
    let plain = pattern.split(['*', '?']).next().unwrap_or_default();
    let folder = root.join(plain.rsplit_once('/').map_or("", |(folder, _)| folder));
    folder.is_dir().then_some(folder)
}

fn stamp(data: &Metadata) -> Stamp {
    Stamp {
        size: data.len(),
        modified: data.modified().ok(),
        own: own(data),
    }
}

#[cfg(unix)]
fn own(data: &Metadata) -> (u64, i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (data.ino(), data.ctime(), data.ctime_nsec())
}

#[cfg(not(unix))]
fn own(_: &Metadata) -> (u64, i64, i64) {
    (0, 0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "brand,date,a\noak,2026-11-15,5\n";

    fn folder(manifest: &str) -> (tempfile::TempDir, Input) {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("dataset.toml"), manifest).unwrap();
        fs::create_dir(home.path().join("week")).unwrap();
        fs::write(home.path().join("week/1.csv"), TABLE).unwrap();
        let input = Input::Path(home.path().to_owned());
        (home, input)
    }

    const GLOB: &str = "format = 1\n[[table]]\nkind = \"stock\"\nfile = \"week/*.csv\"\n";

    #[test]
    fn every_way_of_changing_a_file_is_seen_and_reading_is_not() {
        let (home, input) = folder(GLOB);
        let table = home.path().join("week/1.csv");
        let mut before = Footprint::of(&input, None);
        fs::read(&table).unwrap();
        assert_eq!(Footprint::of(&input, Some(&before)), before);
        let steps: [(&str, &dyn Fn()); 6] = [
            ("written", &|| fs::write(&table, "brand,date,a\n").unwrap()),
            ("replaced", &|| {
                let fresh = home.path().join("fresh");
                fs::write(&fresh, "brand,date,a\n").unwrap();
                fs::rename(&fresh, &table).unwrap();
            }),
            ("added", &|| {
                fs::write(home.path().join("week/2.csv"), TABLE).unwrap()
            }),
            ("deleted", &|| fs::remove_file(&table).unwrap()),
            ("made again", &|| fs::write(&table, TABLE).unwrap()),
            ("manifest", &|| {
                fs::write(home.path().join("dataset.toml"), "format = 1\n").unwrap()
            }),
        ];
        for (what, step) in steps {
            step();
            let after = Footprint::of(&input, Some(&before));
            assert_ne!(after, before, "{what}");
            before = after;
        }
    }

    #[test]
    fn a_broken_manifest_keeps_the_tables_under_watch() {
        let (home, input) = folder(GLOB);
        let whole = Footprint::of(&input, None);
        fs::remove_file(home.path().join("dataset.toml")).unwrap();
        let broken = Footprint::of(&input, Some(&whole));
        assert_ne!(broken, whole);
        let week = home.path().canonicalize().unwrap().join("week");
        assert!(broken.folders().any(|f| f == week), "{broken:?}");
    }

    #[test]
    fn a_single_table_is_watched_also_while_it_is_away() {
        let home = tempfile::tempdir().unwrap();
        let table = home.path().join("stock.csv");
        fs::write(&table, TABLE).unwrap();
        let input = Input::Path(table.clone());
        let there = Footprint::of(&input, None);
        fs::remove_file(&table).unwrap();
        let away = Footprint::of(&input, Some(&there));
        assert_ne!(away, there);
        assert!(away.folders().any(|f| f == home.path()));
        assert_eq!(Footprint::of(&Input::Demo, None), Footprint::default());
    }
}
