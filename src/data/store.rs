//! Where the bytes of a data set come from: a folder or memory. Paths never leave the folder,
//! symbolic links included; only regular files are opened; inflating has a limit.

use std::borrow::Cow;
#[cfg(feature = "parquet")]
use std::fs::File;
use std::fs::{self};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use rustc_hash::FxHashSet;

use super::feed::{Feed, Watched, is_change};
#[cfg(feature = "parquet")]
use super::parquet::{MAGIC, Source};

/// Bytes read between two looks at the watch.
const CHUNK: usize = 1 << 20;
/// A compressed file may grow to this many times its size …
const INFLATE_RATIO: u64 = 200;
/// … plus this many bytes.
const INFLATE_BASE: u64 = 64 << 20;
/// Bytes that a compressed file may grow to in memory.
const MAX_INFLATED: u64 = 1 << 30;
/// Files that one glob may name.
pub(super) const MAX_FILES: usize = 10_000;
/// Where files are no data but windows into the system; reading one may never end.
const SYSTEM: [&str; 3] = ["/proc", "/sys", "/dev"];
/// The one folder among them that holds ordinary files.
const SHARED_MEMORY: &str = "/dev/shm";
/// Bytes of one file in memory.
const MAX_BYTES: u64 = 8 << 30;

/// Why a file could not be had.
#[derive(Debug)]
pub(super) enum StoreFault {
    /// There is none.
    NotFound,
    /// The path leads out of the folder.
    Outside,
    /// A FIFO, device, socket or folder.
    NotRegular,
    /// It inflates beyond the limit.
    TooLarge,
    /// A glob names too many files.
    TooMany,
    /// The load was cancelled.
    Cancelled,
    /// It changed while it was read.
    Changed,
    /// The system said no.
    Io(io::Error),
}

impl From<io::Error> for StoreFault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::NotFound,
            _ if is_change(&error) => Self::Changed,
            _ => Self::Io(error),
        }
    }
}

/// Files by relative path.
#[derive(Debug)]
pub(super) enum Store<'a> {
    /// Below this folder, which is canonical.
    Folder(PathBuf),
    /// In memory.
    Memory(&'a [(String, Vec<u8>)]),
}

/// Whether a path names something below the folder it is relative to.
pub(super) fn stays_inside(path: &str) -> bool {
    let mut components = Path::new(path).components();
    !path.is_empty() && components.all(|c| matches!(c, Component::Normal(_) | Component::CurDir))
}

impl Store<'_> {
    /// The files that a path or glob names, sorted; each as a path relative to the folder.
    pub(super) fn matching(&self, pattern: &str) -> Result<Vec<String>, StoreFault> {
        if !stays_inside(pattern) {
            return Err(StoreFault::Outside);
        }
        if !pattern.contains(['*', '?']) {
            return Ok(vec![pattern.to_owned()]);
        }
        let mut found: Vec<String> = match self {
            Self::Memory(files) => files
                .iter()
                .filter(|(path, _)| glob_path(pattern, path))
                .map(|(path, _)| path.clone())
                .collect(),
            Self::Folder(root) => walk(root, pattern)?,
        };
        found.sort();
        if found.is_empty() {
            return Err(StoreFault::NotFound);
        }
        Ok(found)
    }

    /// The size of a file in bytes.
    pub(super) fn size(&self, path: &str) -> Result<u64, StoreFault> {
        match self {
            Self::Memory(files) => find(files, path).map(|bytes| bytes.len() as u64),
            Self::Folder(root) => regular(root, path).map(|(_, size)| size),
        }
    }

    /// The full path of a regular file; `None` in memory, or where there is none.
    pub(super) fn full(&self, path: &str) -> Option<PathBuf> {
        match self {
            Self::Memory(_) => None,
            Self::Folder(root) => regular(root, path).ok().map(|(full, _)| full),
        }
    }

    /// A file that begins like a Parquet file, opened; `None` for any other.
    #[cfg(feature = "parquet")]
    pub(super) fn parquet(&self, path: &str) -> Result<Option<Source>, StoreFault> {
        match self {
            Self::Memory(files) => {
                let bytes = find(files, path)?;
                Ok(bytes.starts_with(MAGIC).then(|| Source::memory(bytes)))
            }
            Self::Folder(root) => {
                let mut file = File::open(regular(root, path)?.0)?;
                let mut start = Vec::new();
                Read::take(&mut file, MAGIC.len() as u64).read_to_end(&mut start)?;
                let is_parquet = start == MAGIC;
                Ok(is_parquet.then(|| Source::disk(file)).transpose()?)
            }
        }
    }

    /// The bytes of a file; `go_on` is asked after every chunk.
    pub(super) fn read(
        &self,
        path: &str,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Cow<'_, [u8]>, StoreFault> {
        match self {
            Self::Memory(files) => find(files, path).map(Cow::Borrowed),
            Self::Folder(root) => {
                let mut file = Watched::open(&regular(root, path)?.0)?;
                let bytes = drain(&mut file, MAX_BYTES, go_on)?;
                file.finish()?;
                Ok(Cow::Owned(bytes))
            }
        }
    }

    /// A file that is read piece by piece; `None` for one in memory.
    pub(super) fn feed(&self, path: &str) -> Result<Option<Feed>, StoreFault> {
        match self {
            Self::Memory(_) => Ok(None),
            Self::Folder(root) => Feed::open(&regular(root, path)?.0).map(Some),
        }
    }
}

fn find<'f>(files: &'f [(String, Vec<u8>)], path: &str) -> Result<&'f [u8], StoreFault> {
    let entry = files.iter().find(|(name, _)| name == path);
    entry
        .map(|(_, bytes)| bytes.as_slice())
        .ok_or(StoreFault::NotFound)
}

/// The canonical path of a regular file below the folder, and its size.
fn regular(root: &Path, path: &str) -> Result<(PathBuf, u64), StoreFault> {
    let full = fs::canonicalize(root.join(path))?;
    if !full.starts_with(root) {
        return Err(StoreFault::Outside);
    }
    let data = fs::metadata(&full)?;
    if data.is_file() && !is_system(&full) {
        Ok((full, data.len()))
    } else {
        Err(StoreFault::NotRegular)
    }
}

/// Whether a canonical path leads to a file that the system makes up.
fn is_system(path: &Path) -> bool {
    SYSTEM.iter().any(|folder| path.starts_with(folder)) && !path.starts_with(SHARED_MEMORY)
}

/// Makes room for the next chunk; never for much more than the limit.
fn make_room(bytes: &mut Vec<u8>, limit: u64) -> Result<u64, StoreFault> {
    if bytes.capacity() == bytes.len() {
        let left = limit.saturating_sub(bytes.len() as u64).saturating_add(1);
        let more = bytes.len().max(CHUNK).min(left as usize);
        let done = bytes.try_reserve_exact(more);
        done.map_err(|_| StoreFault::TooLarge)?;
    }
    Ok((bytes.capacity() - bytes.len()).min(CHUNK) as u64)
}

fn drain(
    source: &mut dyn Read,
    limit: u64,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<Vec<u8>, StoreFault> {
    let mut bytes = Vec::new();
    loop {
        let before = bytes.len();
        let room = make_room(&mut bytes, limit)?;
        source.take(room).read_to_end(&mut bytes)?;
        if bytes.len() == before {
            return Ok(bytes);
        }
        if bytes.len() as u64 > limit {
            return Err(StoreFault::TooLarge);
        }
        if !go_on(bytes.len() as u64) {
            return Err(StoreFault::Cancelled);
        }
    }
}

/// Bytes that a compressed file of this size may grow to.
pub(super) fn most_inflated(size: u64) -> u64 {
    size.saturating_mul(INFLATE_RATIO)
        .saturating_add(INFLATE_BASE)
}

/// Inflates gzip bytes; other bytes come back as they are.
pub(super) fn inflate<'b>(
    bytes: Cow<'b, [u8]>,
    go_on: &mut dyn FnMut(u64) -> bool,
) -> Result<Cow<'b, [u8]>, StoreFault> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let limit = most_inflated(bytes.len() as u64).min(MAX_INFLATED);
    let mut decoder = flate2::read::MultiGzDecoder::new(bytes.as_ref());
    drain(&mut decoder, limit, go_on).map(Cow::Owned)
}

/// Files below the folder that fit the pattern. Links that lead to the same place count once, so
/// that a loop of links neither multiplies the work nor loads a file twice.
fn walk(root: &Path, pattern: &str) -> Result<Vec<String>, StoreFault> {
    let mut found = vec![String::new()];
    for part in pattern.split('/').filter(|p| !p.is_empty() && *p != ".") {
        let mut next = Vec::new();
        let mut seen = FxHashSet::default();
        for base in &found {
            for path in children(root, base, part)? {
                let full = root.join(&path);
                if seen.insert(fs::canonicalize(&full).unwrap_or(full)) {
                    next.push(path);
                }
            }
            if next.len() > MAX_FILES {
                return Err(StoreFault::TooMany);
            }
        }
        found = next;
    }
    Ok(found)
}

fn children(root: &Path, base: &str, part: &str) -> Result<Vec<String>, StoreFault> {
    let join = |name: &str| {
        if base.is_empty() {
            name.to_owned()
        } else {
            format!("{base}/{name}")
        }
    };
    if !part.contains(['*', '?']) {
        let path = join(part);
        return Ok(if root.join(&path).exists() {
            vec![path]
        } else {
            Vec::new()
        });
    }
    let folder = fs::canonicalize(root.join(base))?;
    if !folder.starts_with(root) {
        return Err(StoreFault::Outside);
    }
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if let Some(name) = name.to_str()
            && glob(part.as_bytes(), name.as_bytes())
        {
            names.push(join(name));
        }
    }
    names.sort();
    Ok(names)
}

fn glob_path(pattern: &str, path: &str) -> bool {
    let clean = |text: &str| -> Vec<String> {
        text.split('/')
            .filter(|p| !p.is_empty() && *p != ".")
            .map(str::to_owned)
            .collect()
    };
    let (pattern, path) = (clean(pattern), clean(path));
    pattern.len() == path.len()
        && pattern
            .iter()
            .zip(&path)
            .all(|(p, n)| glob(p.as_bytes(), n.as_bytes()))
}

/// `*` stands for any bytes, `?` for one; names that begin with a dot must be written out.
fn glob(pattern: &[u8], name: &[u8]) -> bool {
    if name.first() == Some(&b'.') && pattern.first() != Some(&b'.') {
        return false;
    }
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, n));
                p += 1;
            }
            Some(c) if *c == b'?' || Some(c) == name.get(n) => {
                p += 1;
                n += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    p = at + 1;
                    n = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or(&[]).iter().all(|c| *c == b'*')
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::*;

    #[test]
    fn globs_match_names() {
        assert!(glob(b"2017-11-*.csv", b"2017-11-25.csv"));
        assert!(glob(b"*", b"a") && glob(b"a?c", b"abc") && glob(b"*b*b", b"abab"));
        assert!(!glob(b"*.csv", b".hidden.csv") && !glob(b"a?c", b"ac"));
        assert!(glob_path("events/*.csv", "./events/a.csv"));
        assert!(!glob_path("*.csv", "events/a.csv"));
    }

    #[test]
    fn paths_that_leave_the_folder_are_known() {
        for path in ["../x.csv", "/etc/passwd", "a/../../x", ""] {
            assert!(!stays_inside(path), "{path}");
        }
        assert!(stays_inside("./events/a.csv"));
    }

    #[cfg(unix)]
    #[test]
    fn a_loop_of_links_is_walked_once() {
        let folder = tempfile::tempdir().unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        for link in ["a", "b", "c", "d"] {
            std::os::unix::fs::symlink(".", root.join(link)).unwrap();
        }
        fs::write(root.join("x.csv"), "1").unwrap();
        std::os::unix::fs::symlink("x.csv", root.join("y.csv")).unwrap();
        let store = Store::Folder(root);
        let deep = "*/".repeat(30) + "*.csv";
        assert_eq!(store.matching(&deep).unwrap().len(), 1);
        assert_eq!(store.matching("*.csv").unwrap(), ["x.csv"]);
    }

    #[test]
    fn a_glob_has_a_limit() {
        let folder = tempfile::tempdir().unwrap();
        for i in 0..=MAX_FILES {
            File::create(folder.path().join(format!("{i}.csv"))).unwrap();
        }
        let store = Store::Folder(fs::canonicalize(folder.path()).unwrap());
        assert!(matches!(store.matching("*.csv"), Err(StoreFault::TooMany)));
        assert_eq!(store.matching("1.csv").unwrap(), ["1.csv"]);
    }

    #[test]
    fn files_of_the_system_are_no_data() {
        for path in ["/proc/kmsg", "/sys/kernel/notes", "/dev/null"] {
            assert!(is_system(Path::new(path)), "{path}");
        }
        for path in ["/dev/shm/x.csv", "/process/x.csv", "/home/dev/x.csv"] {
            assert!(!is_system(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn the_buffer_stops_at_the_limit() {
        let limit = (3 * CHUNK) as u64;
        let read = |size: u64| drain(&mut io::repeat(1).take(size), limit, &mut |_| true);
        let whole = read(limit).unwrap();
        assert_eq!(whole.len() as u64, limit);
        assert!(whole.capacity() as u64 <= limit + 1);
        assert!(matches!(read(limit + 1), Err(StoreFault::TooLarge)));
    }

    #[test]
    fn inflating_has_a_limit() {
        use std::io::Write as _;
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let zeros = vec![0u8; 1 << 20];
        for _ in 0..200 {
            encoder.write_all(&zeros).unwrap();
        }
        let bomb = encoder.finish().unwrap();
        let result = inflate(Cow::Owned(bomb), &mut |_| true);
        assert!(matches!(result, Err(StoreFault::TooLarge)));
    }
}
