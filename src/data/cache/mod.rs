//! Loaded data sets kept on the disk, so that opening one again takes a moment.
//!
//! A cache is a courtesy: where it cannot be written or read the data set is loaded as ever. It is
//! never trusted beyond its checksums, and never used for files that are not exactly those that it
//! was made of. Several programs may use one folder: writing takes a lock, reading needs none, since
//! a cache appears whole under its name and never changes.

mod file;
mod folder;
mod identity;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use self::file::{Reader, Writer};
use self::identity::Identity;
use super::load::{Growth, Pieces};
use super::{Input, LoadError, Options, Progress, load};
use crate::facts::frame::Frame;
use crate::facts::pack::{of_bytes, to_bytes};
use crate::facts::{Dataset, Depot, Engine, Label, Rules, Section};

/// Events below which loading anew is as quick as anything.
const LEAST: usize = 1_000_000;
/// Bytes that all caches together may take.
const ROOM: u64 = 8 << 30;

/// The folder of the caches.
#[derive(Debug, Clone)]
pub struct Cache {
    folder: PathBuf,
    least: usize,
    room: u64,
    pieces: Pieces,
}

/// A cache in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The data set that it is of.
    pub dataset: PathBuf,
    /// Bytes.
    pub size: u64,
    /// How long ago it was last used.
    pub age: Duration,
    /// The file.
    file: PathBuf,
}

/// A data set that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The data set, read or from its cache.
    pub source: Source,
    /// Writes the cache, when that is worth it.
    pub saver: Option<Saver>,
}

/// Where an opened data set came from.
#[derive(Debug)]
pub enum Source {
    /// Its files; the events are still to be put in order.
    Files(Box<Dataset>),
    /// Its cache.
    Cache(Box<Engine>),
}

impl From<Dataset> for Opened {
    fn from(dataset: Dataset) -> Self {
        Self {
            source: Source::Files(Box::new(dataset)),
            saver: None,
        }
    }
}

impl Source {
    /// Rows whose events are still to be put in order; `None` when nothing is.
    pub fn rows(&self) -> Option<u64> {
        match self {
            Self::Files(dataset) => Some(dataset.sources.iter().map(|s| s.rows).sum()),
            Self::Cache(_) => None,
        }
    }

    /// The engine; `watch` as in [`Engine::build`].
    pub fn into_engine(
        self,
        watch: &(dyn Fn(u8) -> bool + Sync),
    ) -> Result<Arc<Engine>, LoadError> {
        Ok(Arc::new(match self {
            Self::Files(dataset) => Engine::build(Arc::new(*dataset), watch)?,
            Self::Cache(engine) => *engine,
        }))
    }
}

/// What became of writing a cache.
#[derive(Debug)]
pub enum Saved {
    /// It is there, with so many bytes.
    Written(u64),
    /// Somebody else is writing one, or has written it meanwhile.
    Elsewhere,
    /// The files are not those any more that were read.
    Changed,
    /// The system said no: a full disk, no folder, no right.
    Failed(io::Error),
}

/// Writes the cache of a data set that was loaded.
#[derive(Debug)]
pub struct Saver {
    cache: Cache,
    identity: Identity,
    input: Input,
    options: Options,
}

impl Cache {
    /// Caches in this folder, which need not exist yet.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            least: LEAST,
            room: ROOM,
            pieces: load::PIECES,
        }
    }

    /// The same for data sets of so many events, and for so many bytes together.
    #[must_use]
    pub fn with_limits(self, least: usize, room: u64) -> Self {
        Self {
            least,
            room,
            ..self
        }
    }

    /// The same for data sets of any size.
    #[must_use]
    pub fn for_any_size(self) -> Self {
        Self { least: 0, ..self }
    }

    /// Opens a data set: from its cache, or from its files. `watch` as in [`super::load`].
    pub fn open(
        &self,
        input: &Input,
        options: &Options,
        watch: &mut dyn FnMut(Progress) -> bool,
    ) -> Result<Opened, LoadError> {
        let saver = self.saver(input, options);
        if let Some(engine) = saver.as_ref().and_then(Saver::find) {
            let source = Source::Cache(Box::new(engine));
            return Ok(Opened {
                source,
                saver: None,
            });
        }
        if let Some(engine) = saver.as_ref().map(|s| s.grow(watch)).transpose()?.flatten() {
            let source = Source::Cache(Box::new(engine));
            return Ok(Opened { source, saver });
        }
        folder::sweep(&self.folder);
        let mut dataset = load::load_in(input, options, self.pieces, watch)?;
        let saver = saver.filter(|_| dataset.log.events.len() >= self.least);
        if saver.is_none() {
            // Nobody will ask for them.
            dataset.log.orders = crate::facts::Names::default();
        }
        Ok(Opened {
            saver,
            ..Opened::from(dataset)
        })
    }

    fn saver(&self, input: &Input, options: &Options) -> Option<Saver> {
        Some(Saver {
            cache: self.clone(),
            identity: Identity::of(input, options)?,
            input: input.clone(),
            options: options.clone(),
        })
    }

    /// Whether the cache of a data set is there.
    pub fn holds(&self, input: &Input, options: &Options) -> bool {
        let saver = self.saver(input, options);
        saver.is_some_and(|saver| saver.reader().is_some())
    }

    /// The caches that are there, the last used first.
    pub fn entries(&self) -> Vec<Entry> {
        folder::entries(&self.folder)
    }

    /// Removes the cache of a data set, or all of them. Gives the bytes that were set free.
    pub fn clear(&self, dataset: Option<&Path>) -> io::Result<u64> {
        folder::sweep(&self.folder);
        let mut freed = 0;
        for entry in self.entries() {
            if dataset.is_none_or(|path| path == entry.dataset) {
                std::fs::remove_file(&entry.file)?;
                freed += entry.size;
            }
        }
        Ok(freed)
    }
}

impl Saver {
    fn path(&self) -> PathBuf {
        folder::path_of(&self.cache.folder, &self.identity.path)
    }

    /// The engine in the cache, if that is of just these files.
    fn find(&self) -> Option<Engine> {
        let reader = self.reader()?;
        folder::touch(reader.file());
        Engine::unpack(Arc::new(Kept {
            reader,
            path: self.path(),
            input: self.input.clone(),
            options: self.options.clone(),
        }))
    }

    /// The engine of an older cache and what was added to the log since; `None` when all has to be
    /// read.
    fn grow(&self, watch: &mut dyn FnMut(Progress) -> bool) -> Result<Option<Engine>, LoadError> {
        let Some((engine, growth)) = self.older() else {
            return Ok(None);
        };
        let known = load::Known {
            engine: &engine,
            growth,
            pieces: self.cache.pieces,
        };
        let later = load::later(&self.input, &self.options, &known, watch)?;
        Ok(later.and_then(|later| engine.grown(later)))
    }

    /// The engine of a cache of the same files, before something was added to them.
    fn older(&self) -> Option<(Engine, Growth)> {
        let reader = Reader::open(&self.path())?;
        let before: Identity = of_bytes(reader.key())?;
        let growth = self.identity.grown_since(&before)?;
        let engine = Engine::unpack(Arc::new(Old(reader)))?;
        Some((engine, growth))
    }

    fn reader(&self) -> Option<Reader> {
        let key = to_bytes(&self.identity);
        Reader::open(&self.path()).filter(|reader| reader.key() == key)
    }

    /// Writes the cache of the engine, with the censuses of a frame. Waits so long for others that
    /// write; where somebody has written it meanwhile there is nothing left to do.
    pub fn save(&self, engine: &Engine, frame: &Frame, rules: &Rules, wait: Duration) -> Saved {
        match self.try_save(engine, (frame, rules), wait) {
            Ok(saved) => saved,
            Err(error) => Saved::Failed(error),
        }
    }

    fn try_save(
        &self,
        engine: &Engine,
        (frame, rules): (&Frame, &Rules),
        wait: Duration,
    ) -> io::Result<Saved> {
        let Some(lock) = folder::lock(&self.cache.folder, wait)? else {
            return Ok(Saved::Elsewhere);
        };
        if self.reader().is_some() {
            return Ok(Saved::Elsewhere);
        }
        let path = self.path();
        let written = lock.write(&path, |file| {
            let mut writer = Writer::new(file)?;
            let mut fault = None;
            let whole = engine.pack(frame, rules, &mut |label, bytes| {
                fault = writer.item(label, bytes).err();
                fault.is_none()
            });
            match fault {
                Some(fault) => return Err(fault),
                None if !whole => return Err(io::Error::other("the data set is lost")),
                None => {}
            }
            // What was read must be what is there now, or the cache would be of neither.
            if Identity::of(&self.input, &self.options).as_ref() != Some(&self.identity) {
                return Ok(None);
            }
            writer.finish(&to_bytes(&self.identity)).map(Some)
        })?;
        folder::prune(&self.cache.folder, &path, self.cache.room);
        Ok(written.map_or(Saved::Changed, Saved::Written))
    }
}

/// A cache of files that are not those any more.
#[derive(Debug)]
struct Old(Reader);

impl Depot for Old {
    fn count(&self, section: Section, brand: u32) -> usize {
        self.0.count(section, brand)
    }

    fn read(&self, label: Label, room: &mut Vec<u8>) -> bool {
        self.0.read(label, room)
    }

    fn rebuild(&self) -> Option<Engine> {
        None
    }
}

/// A cache that an engine reads from as it needs it.
#[derive(Debug)]
struct Kept {
    reader: Reader,
    path: PathBuf,
    input: Input,
    options: Options,
}

impl Depot for Kept {
    fn count(&self, section: Section, brand: u32) -> usize {
        self.reader.count(section, brand)
    }

    fn read(&self, label: Label, room: &mut Vec<u8>) -> bool {
        self.reader.read(label, room)
    }

    /// Loads the files on threads of their own: those of the pool may be waiting for this.
    fn rebuild(&self) -> Option<Engine> {
        // The next start must not find it again.
        std::fs::remove_file(&self.path).ok();
        let load = || {
            let dataset = load::load(&self.input, &self.options, &mut |_| true).ok()?;
            Engine::build(Arc::new(dataset), &|_| true).ok()
        };
        std::thread::scope(|scope| {
            let apart = scope.spawn(|| {
                let pool = rayon::ThreadPoolBuilder::new().build().ok()?;
                pool.install(load)
            });
            apart.join().ok().flatten()
        })
    }
}
