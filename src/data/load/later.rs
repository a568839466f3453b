//! A log that got longer: only the rows behind those that are known are read.
//!
//! The bytes before them are hashed on the way, so that a file that was changed anywhere is noticed.
//! New rows that say anything but events (a problem, a row that is left out, a new brand) are not
//! joined here: what is said about a file is said about the whole of it, so all of it is read again.

use jiff::tz::TimeZone;
use rustc_hash::FxHashSet;

use super::super::blocks::Blocks;
use super::super::build::Builder;
use super::super::fingerprint::Fingerprint;
use super::super::report::Report;
use super::super::stream::Halt;
use super::super::time::Clock;
use super::super::{Input, LoadError, Options, Progress};
use super::{Kind, Loader, Opened, Pieces, Stop, Watch, open};
use crate::facts::{Dataset, Engine, EventLog, SourceFile};

/// What is known of a data set of which one file got longer.
pub(in crate::data) struct Known<'k> {
    /// All that is known.
    pub(in crate::data) engine: &'k Engine,
    /// The file, among all that are read.
    pub(in crate::data) file: usize,
    /// The bytes of it that are known.
    pub(in crate::data) bytes: u64,
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

impl Known<'_> {
    fn dataset(&self) -> &Dataset {
        self.engine.dataset()
    }

    /// The source that got longer, when its new rows can be read alone: a log of which not too many
    /// rows were rejected, behind which no other log is read.
    fn source(&self) -> Option<&SourceFile> {
        let sources = &self.dataset().sources;
        let (source, behind) = sources.get(self.file..)?.split_first()?;
        let is_log = |s: &SourceFile| s.kind == Kind::Events.id();
        let whole = self.dataset().sums.len() == 1 + 2 * sources.len();
        let fits = is_log(source) && source.used > 0 && source.rejected * 5 <= source.rows;
        (whole && fits && !behind.iter().any(is_log)).then_some(source)
    }

    /// Where the hash of the file stands among those of the data set.
    fn sum(&self) -> usize {
        2 + 2 * self.file
    }
}

/// Reads what is new. The result is the whole data set with the new events only, or `None` when all
/// has to be read.
pub(in crate::data) fn later(
    input: &Input,
    options: Options,
    known: &Known<'_>,
    watch: Watch<'_>,
) -> Result<Option<Dataset>, LoadError> {
    let mut report = Report::default();
    let (Some(opened), Some(source)) = (open(input, &mut report), known.source()) else {
        return Ok(None);
    };
    let Some(hash) = known.dataset().sums.get(known.sum()).copied() else {
        return Ok(None);
    };
    let start = Start {
        bytes: known.bytes,
        hash,
        found: false,
    };
    let whole = FxHashSet::default();
    let mut loader = loader(&opened, options, known, (&whole, watch));
    loader.known = Some(start);
    let files = loader.files(&opened.manifest.tables);
    let Some((spec, path, size)) = files.get(known.file) else {
        return Ok(None);
    };
    if path != &source.path || files.len() != known.dataset().sources.len() {
        return Ok(None);
    }
    loader.progress.total = *size;
    match loader.file(spec, path, *size) {
        Ok(()) => Ok(loader.joined(known)),
        Err(Stop::Load(LoadError::Cancelled)) => Err(LoadError::Cancelled),
        Err(Stop::Whole(_) | Stop::Load(LoadError::Problems(_))) => Ok(None),
    }
}

/// A loader that goes on from what is known.
fn loader<'l, 'w>(
    opened: &'l Opened<'l>,
    options: Options,
    known: &Known<'_>,
    (whole, watch): (&'l FxHashSet<String>, Watch<'w>),
) -> Loader<'l, 'w> {
    let manifest = &opened.manifest;
    let zone = TimeZone::get(&manifest.time_zone).unwrap_or(TimeZone::UTC);
    let clock = Clock::new(zone);
    let mut builder = Builder::new(clock, manifest.brands.clone(), manifest.crowds.clone());
    let engine = known.engine;
    let names = [engine.consumers().clone(), engine.orders().clone()];
    builder.go_on(engine.dataset(), names, &engine.days());
    Loader {
        store: &opened.store,
        manifest_name: opened.name.clone(),
        lenient: options.lenient,
        pieces: known.pieces,
        whole,
        watch,
        report: Report::default(),
        builder,
        fingerprint: Fingerprint::new(),
        progress: Progress::default(),
        sources: Vec::new(),
        strangers: std::collections::BTreeMap::new(),
        proxy: None,
        known: None,
    }
}

impl Loader<'_, '_> {
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
        let found = self.known.is_some_and(|start| start.found);
        let [new] = self.sources.as_slice() else {
            return None;
        };
        let silent = self.report.mark() == 0 && new.rejected == 0 && new.excluded == 0;
        let sums = self.fingerprint.into_sums();
        let [_, sum] = sums.as_slice() else {
            return None;
        };
        let old = known.dataset();
        let built = self.builder.finish();
        let same_brands = built.brands.len() == old.brands.len();
        if !found || !silent || !same_brands {
            return None;
        }
        let mut sources = old.sources.clone();
        let source = sources.get_mut(known.file)?;
        source.rows += new.rows;
        source.used += new.used;
        let mut sums = old.sums.clone();
        *sums.get_mut(known.sum())? = *sum;
        let mut fingerprint = Fingerprint::new();
        for sum in &sums {
            fingerprint.add_hash(*sum);
        }
        Some(Dataset {
            fingerprint: fingerprint.hex(),
            sums,
            sources,
            log: EventLog {
                spans: old.log.spans.clone(),
                ..built.log
            },
            ..Dataset::clone(old)
        })
    }
}
