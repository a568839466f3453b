//! What the files of a data set look like from outside, so that a change can be told from a look.
//!
//! A file that is written, replaced, deleted or made again gets another stamp; reading it changes
//! nothing. Of the tables only the last byte is read: a table whose lines all had an end and that
//! breaks off now is still being written. What a notice of the system says is no proof of a
//! change, and a file on a network drive may change without one: the footprint decides.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, Metadata};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::Input;
use super::load::{MANIFEST, patterns};

/// Endings of tables that are lines of text.
const LINES: [&str; 3] = ["csv", "tsv", "txt"];
/// The line at which a larger file breaks off is not looked for.
const COUNTED: u64 = 256 << 20;

/// The files of a data set at one moment.
#[derive(Debug, Clone, Default)]
pub struct Footprint {
    /// Every file that decides the data set.
    files: BTreeMap<PathBuf, Seen>,
    /// The folders in which they are or will be.
    folders: BTreeSet<PathBuf>,
}

/// A file as it was seen.
#[derive(Debug, Clone)]
struct Seen {
    /// `None` where it is not there.
    stamp: Option<Stamp>,
    /// It is text, and at some time its last line had an end.
    ended: bool,
    /// It did, and now it does not.
    torn: bool,
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
        print.add(&main_file(path), before);
        if let Some((root, patterns)) = patterns(input) {
            print.folders.insert(root.clone());
            for (pattern, names) in patterns {
                print.folders.extend(folder_of(&root, &pattern));
                let files = names.iter().map(|name| root.join(name));
                files.for_each(|file| print.add(&file, before));
            }
        } else {
            let known = before.into_iter().flat_map(|b| b.files.keys());
            known.for_each(|file| print.add(file, before));
        }
        print
    }

    /// Whether every file is as it was then.
    pub fn is(&self, then: &Self) -> bool {
        let stamps = |print: &Self| -> Vec<(PathBuf, Option<Stamp>)> {
            let files = print.files.iter();
            files.map(|(p, s)| (p.clone(), s.stamp.clone())).collect()
        };
        stamps(self) == stamps(then)
    }

    /// Name and line of a table that is still being written, as far as that can be told: its last
    /// line breaks off, which it did not before.
    pub fn torn(&self) -> Option<String> {
        let (file, _) = self.files.iter().find(|(_, seen)| seen.torn)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let name = super::clean(&name).into_owned();
        Some(match last_line(file) {
            Some(line) => format!("{name}:{line}"),
            None => name,
        })
    }

    /// The folders in which something may change.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        self.folders.iter().map(PathBuf::as_path)
    }

    fn add(&mut self, file: &Path, before: Option<&Self>) {
        let parents = [file.parent().map(Path::to_path_buf), real_folder(file)];
        let parents = parents.into_iter().flatten();
        self.folders.extend(parents.filter(|p| p.is_dir()));
        let stamp = fs::metadata(file).ok().map(|data| stamp(&data));
        let known = before.and_then(|b| b.files.get(file));
        if let Some(known) = known.filter(|known| known.stamp == stamp) {
            self.files.insert(file.to_path_buf(), known.clone());
            return;
        }
        let ends = has_lines(file) && ends_with_line(file).unwrap_or(false);
        let ended = known.is_some_and(|known| known.ended);
        let seen = Seen {
            torn: ended && !ends && stamp.is_some(),
            ended: ended || ends,
            stamp,
        };
        self.files.insert(file.to_path_buf(), seen);
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

fn has_lines(file: &Path) -> bool {
    let ending = file.extension().unwrap_or_default();
    LINES.iter().any(|line| ending.eq_ignore_ascii_case(line))
}

/// Whether the last line has an end.
fn ends_with_line(path: &Path) -> io::Result<bool> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(matches!(last, [b'\n' | b'\r']))
}

/// The number of the last line.
fn last_line(path: &Path) -> Option<usize> {
    if fs::metadata(path).ok()?.len() > COUNTED {
        return None;
    }
    let mut reader = BufReader::with_capacity(1 << 16, File::open(path).ok()?);
    let mut lines = 1;
    loop {
        let piece = reader.fill_buf().ok()?;
        let size = piece.len();
        if size == 0 {
            return Some(lines);
        }
        lines += memchr::memchr_iter(b'\n', piece).count();
        reader.consume(size);
    }
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
        assert!(Footprint::of(&input, Some(&before)).is(&before));
        let steps: [(&str, &dyn Fn()); 6] = [
            ("written", &|| fs::write(&table, "brand,date,a\n").unwrap()),
            ("replaced", &|| {
                let fresh = home.path().join("fresh");
                fs::write(&fresh, "brand,date,a\n").unwrap();
                fs::rename(&fresh, &table).unwrap();
            }),
            ("added", &|| {
                fs::write(home.path().join("week/2.csv"), TABLE).unwrap();
            }),
            ("deleted", &|| fs::remove_file(&table).unwrap()),
            ("made again", &|| fs::write(&table, TABLE).unwrap()),
            ("manifest", &|| {
                fs::write(home.path().join("dataset.toml"), "format = 1\n").unwrap();
            }),
        ];
        for (what, step) in steps {
            step();
            let after = Footprint::of(&input, Some(&before));
            assert!(!after.is(&before), "{what}");
            before = after;
        }
    }

    #[test]
    fn a_broken_manifest_keeps_the_tables_under_watch() {
        let (home, input) = folder(GLOB);
        let whole = Footprint::of(&input, None);
        fs::remove_file(home.path().join("dataset.toml")).unwrap();
        let broken = Footprint::of(&input, Some(&whole));
        assert!(!broken.is(&whole));
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
        assert!(!away.is(&there));
        assert!(away.folders().any(|f| f == home.path()));
        assert!(Footprint::of(&Input::Demo, None).is(&Footprint::default()));
    }

    #[test]
    fn a_table_that_breaks_off_is_torn_until_its_last_line_has_an_end() {
        let (home, input) = folder(GLOB);
        let table = home.path().join("week/1.csv");
        let mut print = Footprint::of(&input, None);
        let mut torn = Vec::new();
        for text in [&TABLE[..20], &TABLE[..25], "", TABLE, "other\n"] {
            fs::write(&table, text).unwrap();
            print = Footprint::of(&input, Some(&print));
            torn.push(print.torn());
        }
        let at = |line| Some(format!("1.csv:{line}"));
        assert_eq!(torn, [at(2), at(2), at(1), None, None]);
        // A table that never had an end to its last line is as whole as it gets.
        let other = home.path().join("week/2.csv");
        for text in ["brand", "brand,date"] {
            fs::write(&other, text).unwrap();
            print = Footprint::of(&input, Some(&print));
            assert_eq!(print.torn(), None);
        }
    }
}
