//! The folder of the caches: names, the lock, what was left behind, and which cache has to go.
//!
//! Only files whose names are ours are ever touched: 16 hex digits with `.cache` or `.part`.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use twox_hash::XxHash3_64;

use super::super::save::sync_folder;
use super::Entry;
use super::file::Reader;
use super::identity::Identity;

const CACHE: &str = "cache";
const PART: &str = "part";
const LOCK: &str = "lock";
/// How often a lock is tried again.
const AGAIN: Duration = Duration::from_millis(50);

/// The cache of a data set.
pub(super) fn path_of(folder: &Path, dataset: &str) -> PathBuf {
    let name = XxHash3_64::oneshot(dataset.as_bytes());
    folder.join(format!("{name:016x}.{CACHE}"))
}

/// The right to write; given back when it is dropped, or when the process ends.
pub(super) struct Lock {
    folder: PathBuf,
    _file: File,
}

/// Takes the lock; `None` when somebody else holds it for longer.
pub(super) fn lock(folder: &Path, wait: Duration) -> io::Result<Option<Lock>> {
    fs::create_dir_all(folder)?;
    let file = private().open(folder.join(LOCK))?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if start.elapsed() >= wait => return Ok(None),
            Err(TryLockError::WouldBlock) => thread::sleep(AGAIN),
        }
    }
    let lock = Lock {
        folder: folder.to_owned(),
        _file: file,
    };
    lock.sweep();
    Ok(Some(lock))
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

impl Lock {
    /// Removes what killed writers left: whoever holds the lock is the only one alive.
    fn sweep(&self) {
        for path in ours(&self.folder, PART) {
            fs::remove_file(path).ok();
        }
    }

    /// Writes a file beside its place and moves it there when it is whole; nothing is left of one
    /// that failed. `None` of the content means that there is nothing to keep.
    pub(super) fn write<T>(
        &self,
        path: &Path,
        content: impl FnOnce(File) -> io::Result<Option<T>>,
    ) -> io::Result<Option<T>> {
        let part = path.with_extension(PART);
        let written = private().open(&part).and_then(content);
        let moved = match &written {
            Ok(Some(_)) => fs::rename(&part, path).and_then(|()| sync_folder(&self.folder)),
            Ok(None) | Err(_) => fs::remove_file(&part),
        };
        let written = written?;
        moved.map(|()| written)
    }
}

/// Removes what killed writers left, unless somebody writes.
pub(super) fn sweep(folder: &Path) {
    if ours(folder, PART).next().is_some() {
        lock(folder, Duration::ZERO).ok();
    }
}

/// Files of ours with this ending.
fn ours(folder: &Path, ending: &'static str) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    paths.filter(move |path| {
        let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or("");
        let digits = stem.len() == 16 && stem.bytes().all(|b| b.is_ascii_hexdigit());
        digits && path.extension().is_some_and(|e| e == ending)
    })
}

/// Remembers that a cache was used.
pub(super) fn touch(file: &File) {
    file.set_modified(SystemTime::now()).ok();
}

/// The caches, the last used first. One that is damaged names no data set.
pub(super) fn entries(folder: &Path) -> Vec<Entry> {
    let entry = |file: PathBuf| {
        let data = fs::symlink_metadata(&file)
            .ok()
            .filter(fs::Metadata::is_file)?;
        let reader = Reader::open(&file);
        let dataset = reader.and_then(|reader| Identity::path_of(reader.key()));
        let age = data.modified().ok().and_then(|time| time.elapsed().ok());
        Some(Entry {
            dataset: dataset.unwrap_or_default(),
            size: data.len(),
            age: age.unwrap_or_default(),
            file,
        })
    };
    let mut found: Vec<Entry> = ours(folder, CACHE).filter_map(entry).collect();
    found.sort_by(|a, b| (a.age, &a.file).cmp(&(b.age, &b.file)));
    found
}

/// Removes the caches that were used longest ago until all together fit; the one just written stays.
pub(super) fn prune(folder: &Path, new: &Path, room: u64) {
    let mut total = 0_u64;
    let mut all = entries(folder);
    all.sort_by_key(|entry| entry.file != new);
    for entry in all {
        total = total.saturating_add(entry.size);
        if total > room && entry.file != new {
            fs::remove_file(&entry.file).ok();
            total -= entry.size;
        }
    }
}
