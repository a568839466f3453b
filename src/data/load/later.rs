//! A log that got longer: only the rows behind those that are known are read, and files that came
//! behind the last one.
//!
//! The bytes before new rows are hashed on the way, so that a file that was changed anywhere is
//! noticed. New rows that say anything but events (a problem, a row that is left out, a new brand)
//! are not joined here: what is said about a file is said about the whole of it, so all of it is read
//! again.

use rustc_hash::FxHashSet;

use super::super::blocks::Blocks;
use super::super::fingerprint::Fingerprint;
use super::super::report::Report;
use super::super::stream::Halt;
use super::super::{Input, LoadError, Options};
use super::{Kind, Loader, Opened, Pieces, Stop, Watch, open};
use crate::facts::{Dataset, Engine, EventLog, SourceFile, Tables};

/// What was added to the files of a data set; files are counted as they are now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::data) struct Growth {
    /// The file that got longer, and the bytes that it had before.
    pub(in crate::data) longer: Option<(usize, u64)>,
    /// Files that are new.
    pub(in crate::data) new: Vec<usize>,
}

/// What is known of a data set to which something was added.
pub(in crate::data) struct Known<'k> {
    /// All that is known.
    pub(in crate::data) engine: &'k Engine,
    /// What was added.
    pub(in crate::data) growth: Growth,
    /// How long tables are read.
    pub(in crate::data) pieces: Pieces,
}

/// The known part of a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Start {
    bytes: u64,
    hash: u64,
    /// Whether it was found as it was known.
    found: bool,
}

/// Where the hash of a file stands among those of the data set; that of its path stands before it.
fn sum_of(file: usize) -> usize {
    2 + 2 * file
}

impl Known<'_> {
    fn dataset(&self) -> &Dataset {
        self.engine.dataset()
    }

    /// Whether what was added can be read alone: it lies behind all known events, in a file of which
    /// not too many rows were rejected.
    fn is_behind(&self) -> bool {
        let data = self.dataset();
        let is_log = |s: &SourceFile| s.kind == Kind::Events.id();
        let Some(last) = data.sources.iter().rposition(is_log) else {
            return false;
        };
        let fits = |s: &SourceFile| s.used > 0 && s.rejected * 5 <= s.rows;
        let longer = self.growth.longer.is_none_or(|(file, _)| file == last);
        longer
            && data.sources.get(last).is_some_and(fits)
            && self.growth.new.iter().all(|file| *file > last)
            && data.sums.len() == 1 + 2 * data.sources.len()
    }

    /// The known part of the file that got longer.
    fn start(&self, (file, bytes): (usize, u64)) -> Option<Start> {
        let hash = *self.dataset().sums.get(sum_of(file))?;
        let found = false;
        Some(Start { bytes, hash, found })
    }
}

/// Reads what is new. The result is the whole data set with the new events only, or `None` when all
/// has to be read.
pub(in crate::data) fn later(
    input: &Input,
    options: &Options,
    known: &Known<'_>,
    watch: Watch<'_>,
) -> Result<Option<Dataset>, LoadError> {
    let mut report = Report::default();
    let Some(opened) = open(input, &mut report).filter(|_| known.is_behind()) else {
        return Ok(None);
    };
    let whole = FxHashSet::default();
    let mut loader = loader(&opened, options, known, (&whole, watch));
    match loader.read_new(&opened, known) {
        Ok(true) => Ok(loader.joined(known)),
        Err(Stop::Load(LoadError::Cancelled)) => Err(LoadError::Cancelled),
        Ok(false) | Err(Stop::Whole(_) | Stop::Load(LoadError::Problems(_))) => Ok(None),
    }
}

/// A loader that goes on from what is known.
fn loader<'l, 'w>(
    opened: &'l Opened<'l>,
    options: &Options,
    known: &Known<'_>,
    (whole, watch): (&'l FxHashSet<String>, Watch<'w>),
) -> Loader<'l, 'w> {
    let report = Report::default();
    let mut loader = Loader::new(opened, options, known.pieces, whole, report, watch);
    loader.fingerprint = Fingerprint::new();
    let engine = known.engine;
    let names = [engine.consumers().clone(), engine.orders().clone()];
    let builder = &mut loader.builder;
    builder.go_on(engine.dataset(), names, &engine.days());
    loader
}

impl Loader<'_, '_> {
    /// Reads the new rows of the file that got longer, then the new files; `false` when they cannot
    /// be read alone.
    fn read_new(&mut self, opened: &Opened<'_>, known: &Known<'_>) -> Result<bool, Stop> {
        let files = self.files(&opened.manifest.tables);
        let Growth { longer, new } = &known.growth;
        if files.len() != known.dataset().sources.len() + new.len() {
            return Ok(false);
        }
        let added = longer.iter().map(|(file, _)| file).chain(new);
        let sizes = added.filter_map(|file| files.get(*file));
        self.progress.total = sizes.map(|(_, _, size)| size).sum();
        if let Some(longer) = longer {
            self.known = known.start(*longer);
            let Some((spec, path, size)) = files.get(longer.0).filter(|_| self.known.is_some())
            else {
                return Ok(false);
            };
            self.file(spec, path, *size)?;
            if !self.known.take().is_some_and(|start| start.found) {
                return Ok(false);
            }
        }
        for (spec, path, size) in new.iter().filter_map(|file| files.get(*file)) {
            self.file(spec, path, *size)?;
        }
        Ok(true)
    }

    /// Leaves out the part of a file that is known; `false` when it is not as it was.
    pub(super) fn pass_known(
        &mut self,
        blocks: &mut Blocks<'_>,
        delimiter: u8,
    ) -> Result<bool, Halt> {
        let Some(start) = self.known else {
            return Ok(true);
        };
        let Blocks::File(file) = blocks else {
            return Ok(false);
        };
        let mut on = |done: u64| self.look(done).map_err(Halt::from);
        let found = file.pass((start.bytes, start.hash), delimiter, &mut on)?;
        self.known = Some(Start { found, ..start });
        Ok(found)
    }

    /// The known data set with the new events, if they say nothing else.
    fn joined(self, known: &Known<'_>) -> Option<Dataset> {
        let old = known.dataset();
        let Growth { longer, new } = &known.growth;
        let is_events =
            |s: &SourceFile| s.kind == Kind::Events.id() && s.rejected == 0 && s.excluded == 0;
        let silent = self.report.mark() == 0 && self.sources.iter().all(is_events);
        let added = usize::from(longer.is_some()) + new.len();
        let read = self.fingerprint.into_sums();
        let built = self.builder.finish();
        let same_brands = built.brands.len() == old.brands.len();
        if !silent || !same_brands || self.sources.len() != added || read.len() != 2 * added {
            return None;
        }
        let mut data = Dataset {
            log: EventLog {
                spans: old.log.spans.clone(),
                ..built.log
            },
            ..Dataset::clone(old)
        };
        let mut read = self.sources.into_iter().zip(read.chunks_exact(2));
        if let Some((file, _)) = longer {
            let (more, sums) = read.next()?;
            let source = data.sources.get_mut(*file)?;
            source.rows += more.rows;
            source.used += more.used;
            *data.sums.get_mut(sum_of(*file))? = *sums.last()?;
        }
        for (file, (source, sums)) in new.iter().zip(read) {
            insert(&mut data, *file, source, sums)?;
        }
        let mut fingerprint = Fingerprint::new();
        for sum in &data.sums {
            fingerprint.add_hash(*sum);
        }
        data.fingerprint = fingerprint.hex();
        Some(data)
    }
}

/// Adds a file with the hashes of its path and its bytes. `None` when nothing was used of it: that
/// would have to be said.
fn insert(data: &mut Dataset, file: usize, source: SourceFile, sums: &[u64]) -> Option<()> {
    let at = sum_of(file) - 1;
    if file > data.sources.len() || at > data.sums.len() || source.used == 0 {
        return None;
    }
    data.sources.insert(file, source);
    data.sums.splice(at..at, sums.iter().copied());
    move_sources(&mut data.tables, file as u32);
    Some(())
}

/// Rows of files from an index on are now of the next one.
fn move_sources(tables: &mut Tables, from: u32) {
    let Tables {
        stock,
        flow,
        fast,
        benchmarks,
        sales,
        targets,
        relations,
        role_flow,
        fields,
        order_days,
    } = tables;
    let places = stock.iter_mut().map(|row| &mut row.at);
    let places = places.chain(flow.iter_mut().map(|row| &mut row.at));
    let places = places.chain(fast.iter_mut().map(|row| &mut row.at));
    let places = places.chain(benchmarks.iter_mut().map(|row| &mut row.at));
    let places = places.chain(sales.iter_mut().map(|row| &mut row.at));
    let places = places.chain(targets.iter_mut().map(|row| &mut row.at));
    let places = places.chain(relations.iter_mut().map(|row| &mut row.at));
    let places = places.chain(role_flow.iter_mut().map(|row| &mut row.at));
    let places = places.chain(fields.iter_mut().map(|row| &mut row.at));
    let places = places.chain(order_days.iter_mut().map(|row| &mut row.at));
    for (source, _) in places.filter(|(source, _)| (from..u32::MAX).contains(source)) {
        *source += 1;
    }
}
