//! A first look at a data set: the platform tables, while the log is still to be read.
//!
//! It reads the tables as the loader does, side by side, and leaves everything out that only the log
//! can tell. It never replaces a load: problems, files and fingerprint are told by the load that
//! follows.

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::super::build::Built;
use super::{Input, Loader, Opened, Options, PIECES, Report, TableSpec, demo, is_long, open};
use crate::facts::{Dataset, Tables};

/// Tables of so many bytes are always worth a look …
const SMALL: u64 = 16 << 20;
/// … and larger ones when the log is so many times as long: they are read twice.
const SHARE: u64 = 8;

/// Whether a look is still wanted.
type Wanted<'w> = &'w (dyn Fn() -> bool + Sync);

/// The platform tables of a data set with a log; see [`super::super::tables`].
pub(in crate::data) fn tables(
    input: &Input,
    options: &Options,
    wanted: Wanted<'_>,
) -> Option<Dataset> {
    if let Input::Demo = input {
        let demo = Input::Memory(demo::embedded_tables());
        return tables(&demo, options, wanted);
    }
    let opened = open(input, &mut Report::default())?;
    let chosen = worth_a_look(&opened)?;
    let each: Vec<&[TableSpec]> = chosen.chunks(1).collect();
    let parts = read(&opened, &each, options, wanted)?;
    let parts = if parts.iter().all(|part| is_as_declared(part, &opened)) {
        parts
    } else {
        // A brand or crowd that the manifest does not name has its place from the order of reading.
        read(&opened, &[chosen.as_slice()], options, wanted)?
    };
    Some(joined(&opened, parts))
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

/// Reads groups of tables side by side; `None` when one of them has an error.
fn read(
    opened: &Opened<'_>,
    groups: &[&[TableSpec]],
    options: &Options,
    wanted: Wanted<'_>,
) -> Option<Vec<Part>> {
    let groups = groups.par_iter();
    groups
        .map(|group| part(opened, group, options, wanted))
        .collect()
}

/// What a group of tables gives.
struct Part {
    built: Built,
    proxy: Option<String>,
    files: u32,
}

fn part(
    opened: &Opened<'_>,
    group: &[TableSpec],
    options: &Options,
    wanted: Wanted<'_>,
) -> Option<Part> {
    let whole = FxHashSet::default();
    let mut watch = |_| wanted();
    let report = Report::default();
    let mut loader = Loader::new(opened, options, PIECES, &whole, report, &mut watch);
    let files = loader.files(group);
    for (spec, path, size) in &files {
        loader.file(spec, path, *size).ok()?;
    }
    (!loader.report.has_errors()).then(|| Part {
        proxy: loader.proxy,
        files: loader.sources.len() as u32,
        built: loader.builder.finish(),
    })
}

/// Whether a part knows the brands and crowds of the manifest only.
fn is_as_declared(part: &Part, opened: &Opened<'_>) -> bool {
    let (built, manifest) = (&part.built, &opened.manifest);
    built.brands.len() == manifest.brands.len() && built.crowds.len() == manifest.crowds.len()
}

fn joined(opened: &Opened<'_>, parts: Vec<Part>) -> Dataset {
    let manifest = &opened.manifest;
    let mut data = Dataset {
        name: manifest.name.clone(),
        simulated: manifest.simulated,
        time_zone: manifest.time_zone.clone(),
        currency: manifest.currency.clone(),
        as_of: manifest.as_of,
        definitions: manifest.definitions.clone(),
        lacks_log: true,
        ..Dataset::default()
    };
    let mut files = 0;
    for part in parts {
        data.proxy = data.proxy.or(part.proxy);
        data.brands = part.built.brands;
        data.crowds = part.built.crowds;
        append(&mut data.tables, part.built.tables, files);
        files += part.files;
    }
    data
}

/// Adds the rows of other tables. Among targets the order of the files decides.
fn append(to: &mut Tables, mut from: Tables, files: u32) {
    from.targets.iter_mut().for_each(|row| row.at.0 += files);
    add(&mut to.stock, from.stock);
    add(&mut to.flow, from.flow);
    add(&mut to.fast, from.fast);
    add(&mut to.benchmarks, from.benchmarks);
    add(&mut to.sales, from.sales);
    add(&mut to.targets, from.targets);
    add(&mut to.relations, from.relations);
    add(&mut to.role_flow, from.role_flow);
    add(&mut to.fields, from.fields);
    add(&mut to.order_days, from.order_days);
    to.order_days.sort_by_key(|d| (d.brand, d.date));
}

/// Adds rows; the first ones are not moved.
fn add<T>(to: &mut Vec<T>, from: Vec<T>) {
    if to.is_empty() {
        *to = from;
    } else {
        to.extend(from);
    }
}
