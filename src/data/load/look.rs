//! A first look at a data set: the platform tables, while the log is still to be read.
//!
//! It reads what the loader reads, in the same way, and leaves everything out that only the log can
//! tell. It never replaces a load: problems, fingerprint and the order of brands are those of the
//! load that follows.

use rustc_hash::FxHashSet;

use super::{
    Input, Loader, Opened, Options, PIECES, Report, TableSpec, Watch, demo, is_long, open,
};
use crate::facts::{Dataset, EventLog};

/// Tables of so many bytes are always worth a look …
const SMALL: u64 = 16 << 20;
/// … and larger ones when the log is so many times as long: they are read twice.
const SHARE: u64 = 8;

/// The platform tables of a data set with a log; see [`super::super::tables`].
pub(in crate::data) fn tables(
    input: &Input,
    options: Options,
    watch: Watch<'_>,
) -> Option<Dataset> {
    if let Input::Demo = input {
        let demo = Input::Memory(demo::embedded_tables());
        return tables(&demo, options, watch);
    }
    let mut report = Report::default();
    let opened = open(input, &mut report)?;
    let chosen = worth_a_look(&opened)?;
    let whole = FxHashSet::default();
    let mut loader = Loader::new(&opened, options, PIECES, &whole, report, watch);
    let files = loader.files(&chosen);
    for (spec, path, size) in &files {
        loader.file(spec, path, *size).ok()?;
    }
    let read = loader.finish(&opened.manifest).ok()?;
    Some(Dataset {
        log: EventLog::default(),
        attributes: Vec::new(),
        lacks_log: true,
        ..read
    })
}

/// The tables that are read for a look; `None` when it is not worth it.
fn worth_a_look(opened: &Opened<'_>) -> Option<Vec<TableSpec>> {
    let all = &opened.manifest.tables;
    let is_log = |spec: &&TableSpec| spec.kind.is_none_or(is_long);
    let (log, tables): (Vec<&TableSpec>, Vec<&TableSpec>) = all.iter().partition(is_log);
    if log.is_empty() || tables.is_empty() {
        return None;
    }
    let size = |list: &[&TableSpec]| list.iter().map(|spec| bytes(opened, spec)).sum::<u64>();
    let small = size(&tables);
    let worth = small <= SMALL || size(&log) / SHARE >= small;
    worth.then(|| tables.into_iter().cloned().collect())
}

/// Bytes of the files of a table; what is not there counts nothing.
fn bytes(opened: &Opened<'_>, spec: &TableSpec) -> u64 {
    let paths = opened.store.matching(&spec.file).unwrap_or_default();
    let sizes = paths.iter().filter_map(|path| opened.store.size(path).ok());
    sizes.sum()
}
