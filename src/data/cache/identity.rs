//! What a cache was made of: the program, the options, the manifest, and every file with its size,
//! its times and its place on the disk. A cache is used only when all of it is the same.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::super::load::{self, Growth};
use super::super::{Input, Options};
use crate::facts::pack::Pack as _;
use crate::facts::pack::Unpacker;

/// Two changes of a file within this time may leave the same time behind.
const TICK: Duration = Duration::from_millis(20);

/// A moment of a file: seconds and nanoseconds since 1970.
type Moment = (i64, u32);

/// A file of a data set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FileIdentity {
    /// Path in the data set.
    pub(super) name: String,
    /// Bytes.
    pub(super) size: u64,
    /// When it was written, and when anything about it changed.
    times: (Moment, Moment),
    /// Device and number of the file there.
    place: (u64, u64),
}

/// What a cache is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// The data set: its folder, or its file.
    pub(super) path: String,
    /// The program that wrote it.
    program: (String, u64, Moment),
    lenient: bool,
    /// The name of the data set, as it follows from how it was named.
    name: String,
    /// Name and bytes of the manifest.
    manifest: (String, Vec<u8>),
    /// Every file that is read, in this order.
    pub(super) files: Vec<FileIdentity>,
}

crate::facts::pack::packed!(FileIdentity {
    name,
    size,
    times,
    place
});
crate::facts::pack::packed!(Identity {
    path,
    program,
    lenient,
    name,
    manifest,
    files
});

impl Identity {
    /// Looks at the files of a data set; `None` for one in memory, or one whose files cannot be had.
    /// A file that was changed just now is waited for, so that every later change shows.
    pub(super) fn of(input: &Input, options: &Options) -> Option<Self> {
        let Input::Path(path) = input else {
            return None;
        };
        let path = fs::canonicalize(path).ok()?.to_str()?.to_owned();
        let survey = load::survey(input)?;
        let look = || -> Option<Vec<FileIdentity>> {
            let each = survey.files.iter();
            each.map(|(name, full)| FileIdentity::of(name, full))
                .collect()
        };
        let mut files = look()?;
        if files.iter().any(FileIdentity::is_fresh) {
            std::thread::sleep(TICK);
            files = look()?;
        }
        let settled = !files.iter().any(FileIdentity::is_fresh);
        settled.then(|| Self {
            path,
            program: program(),
            lenient: options.lenient,
            name: survey.name,
            manifest: survey.manifest,
            files,
        })
    }

    /// What was added since another look, when nothing else has changed.
    pub(super) fn grown_since(&self, before: &Self) -> Option<Growth> {
        let rest = |identity: &Self| Self {
            files: Vec::new(),
            ..identity.clone()
        };
        if rest(self) != rest(before) {
            return None;
        }
        let mut growth = Growth::default();
        let mut then = before.files.iter().peekable();
        for (index, now) in self.files.iter().enumerate() {
            match then.next_if(|then| then.name == now.name) {
                None => growth.new.push(index),
                Some(then) if then == now => {}
                Some(then) if then.size < now.size && growth.longer.is_none() => {
                    growth.longer = Some((index, then.size));
                }
                Some(_) => return None,
            }
        }
        then.next().is_none().then_some(growth)
    }

    /// The data set that the bytes of an identity are about.
    pub(super) fn path_of(bytes: &[u8]) -> Option<PathBuf> {
        String::unpack(&mut Unpacker::new(bytes)).map(PathBuf::from)
    }
}

impl FileIdentity {
    fn of(name: &str, full: &Path) -> Option<Self> {
        let data = fs::metadata(full).ok()?;
        let changed = changed(&data)?;
        Some(Self {
            name: name.to_owned(),
            size: data.len(),
            times: (moment(data.modified().ok()?), changed),
            place: place(&data),
        })
    }

    /// Whether it was changed so lately that another change could have the same time.
    fn is_fresh(&self) -> bool {
        let now = SystemTime::now();
        self.times.1 > moment(now.checked_sub(TICK).unwrap_or(UNIX_EPOCH))
    }
}

fn moment(time: SystemTime) -> Moment {
    match time.duration_since(UNIX_EPOCH) {
        Ok(since) => (since.as_secs() as i64, since.subsec_nanos()),
        Err(before) => {
            let before = before.duration();
            (-(before.as_secs() as i64) - 1, before.subsec_nanos())
        }
    }
}

/// The program as a file: another build may read files another way.
fn program() -> (String, u64, Moment) {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let data = std::env::current_exe().and_then(fs::metadata).ok();
    let modified = data.as_ref().and_then(|d| d.modified().ok());
    let size = data.map_or(0, |d| d.len());
    (version, size, moment(modified.unwrap_or(UNIX_EPOCH)))
}

#[cfg(unix)]
fn changed(data: &Metadata) -> Option<Moment> {
    use std::os::unix::fs::MetadataExt as _;
    Some((data.ctime(), u32::try_from(data.ctime_nsec()).ok()?))
}

#[cfg(not(unix))]
fn changed(data: &Metadata) -> Option<Moment> {
    data.modified().ok().map(moment)
}

#[cfg(unix)]
fn place(data: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (data.dev(), data.ino())
}

#[cfg(not(unix))]
fn place(_: &Metadata) -> (u64, u64) {
    (0, 0)
}
