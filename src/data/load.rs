//! From input to data set: finds the files, reads table after table, counts every row.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;
use rustc_hash::FxHashSet;

use super::blocks::{Blocks, FileBlocks};
use super::build::{Builder, Refused};
use super::columns::Kind;
use super::decode::{self, NotText, Start, Traces, Wanted, decode};
use super::event::EventPortion;
use super::feed::Feed;
use super::fingerprint::Fingerprint;
use super::layout;
use super::left_out::LeftOut;
use super::line::{Left, Line};
use super::manifest::{self, Manifest, TableSpec};
use super::plain::Plan;
use super::portion::{Entries, Portion, Slots, Table, checked};
use super::profile::{self, Profile};
use super::records::{Read, Record, Records};
use super::report::{Draft, Report, error, warning};
use super::rows::Rows;
use super::spill::SpillFile;
use super::store::{MAX_FILES, Store, StoreFault, inflate, stays_inside};
use super::stream::{self, Halt, Step};
use super::text::clean;
use super::time::{Clock, TimeFormat};
use super::{Input, LoadError, Options, Progress, checks, demo};
use crate::facts::{Code, Dataset, Events, Severity, SourceFile, Venues};

#[cfg(feature = "parquet")]
mod columnar;
mod later;
mod look;

pub(super) use later::{Growth, Known, later};
pub(super) use look::tables;

/// Rows between two looks at the watch.
const ROWS_PER_LOOK: u64 = 8192;
pub(super) const MANIFEST: &str = "dataset.toml";

/// Asked from time to time whether to go on.
pub(super) type Watch<'w> = &'w mut dyn FnMut(Progress) -> bool;

/// From which sizes on a table is read in pieces.
#[derive(Debug, Clone, Copy)]
pub(in crate::data) struct Pieces {
    /// Bytes of a block.
    pub(super) block: usize,
    /// Bytes up to which a file is read as a whole.
    pub(super) whole: u64,
    /// Whether rows of the common forms are read without detours.
    pub(super) plain: bool,
}

pub(super) const PIECES: Pieces = Pieces {
    block: 1 << 20,
    whole: 4 << 20,
    plain: true,
};

/// Loads a data set; see [`super::load`].
pub(super) fn load(
    input: &Input,
    options: &Options,
    watch: Watch<'_>,
) -> Result<Dataset, LoadError> {
    load_in(input, options, PIECES, watch)
}

/// Loads a data set. A file that turns out not to be the UTF-8 that it began as is read as a whole
/// in a second attempt.
pub(super) fn load_in(
    input: &Input,
    options: &Options,
    pieces: Pieces,
    watch: Watch<'_>,
) -> Result<Dataset, LoadError> {
    let mut whole = FxHashSet::default();
    if let Input::Demo = input {
        let demo = Input::Memory(demo::embedded());
        return load_in(&demo, options, pieces, watch);
    }
    loop {
        match attempt(input, options, pieces, &whole, &mut *watch) {
            Ok(dataset) => return Ok(dataset),
            Err(Stop::Load(fault)) => return Err(fault),
            Err(Stop::Whole(path)) => {
                whole.insert(path);
            }
        }
    }
}

/// Why an attempt ended.
#[derive(Debug)]
enum Stop {
    /// For good.
    Load(LoadError),
    /// This file has to be read as a whole.
    Whole(String),
}

impl From<LoadError> for Stop {
    fn from(fault: LoadError) -> Self {
        Self::Load(fault)
    }
}

fn attempt(
    input: &Input,
    options: &Options,
    pieces: Pieces,
    whole: &FxHashSet<String>,
    watch: Watch<'_>,
) -> Result<Dataset, Stop> {
    let mut report = Report::default();
    let Some(opened) = open(input, &mut report) else {
        return Err(LoadError::Problems(report.errors_first()).into());
    };
    let mut loader = Loader::new(&opened, options, pieces, whole, report, watch);
    let files = loader.files(&opened.manifest.tables);
    for (spec, path, size) in &files {
        loader.file(spec, path, *size)?;
    }
    Ok(loader.finish(&opened.manifest)?)
}

/// A data set that was found but not read yet.
struct Opened<'i> {
    store: Store<'i>,
    manifest: Manifest,
    /// Name of the manifest; empty for a single table.
    name: String,
    bytes: Vec<u8>,
}

/// Finds the manifest, or makes one for a single table.
fn open<'i>(input: &'i Input, report: &mut Report) -> Option<Opened<'i>> {
    match input {
        Input::Memory(files) => {
            let store = Store::Memory(files);
            with_manifest(store, MANIFEST, report)
        }
        Input::Path(path) => open_path(path, report),
        // Unpacked before it is opened.
        Input::Demo => None,
    }
}

/// The files of a data set, without reading them.
pub(super) struct Survey {
    /// The name of the data set.
    pub(super) name: String,
    /// Name and bytes of the manifest; empty for a single table.
    pub(super) manifest: (String, Vec<u8>),
    /// Every file with its full path, in the order in which they are read.
    pub(super) files: Vec<(String, PathBuf)>,
}

/// Looks which files a load would read; `None` when one of them cannot be had.
pub(super) fn survey(input: &Input) -> Option<Survey> {
    let opened = open(input, &mut Report::default())?;
    let mut files = Vec::new();
    for spec in &opened.manifest.tables {
        let names = match spec.kind {
            Some(_) => opened.store.matching(&spec.file).ok()?,
            None => vec![spec.file.clone()],
        };
        for name in names {
            let full = opened.store.full(&name)?;
            files.push((name, full));
        }
    }
    Some(Survey {
        name: opened.manifest.name,
        manifest: (opened.name, opened.bytes),
        files,
    })
}

/// A pattern of a table, and the files that fit it.
type Fitting = (String, Vec<String>);

/// The folder of a data set, with the pattern of every table and the files that fit it; `None`
/// when there is no manifest that can be read.
pub(super) fn patterns(input: &Input) -> Option<(PathBuf, Vec<Fitting>)> {
    let opened = open(input, &mut Report::default())?;
    let Store::Folder(root) = &opened.store else {
        return None;
    };
    let fitting = |spec: &TableSpec| {
        let names = opened.store.matching(&spec.file).unwrap_or_default();
        (spec.file.clone(), names)
    };
    let tables = opened.manifest.tables.iter().map(fitting).collect();
    Some((root.clone(), tables))
}

fn open_path<'i>(path: &Path, report: &mut Report) -> Option<Opened<'i>> {
    let shown = path.display().to_string();
    let data = match fs::metadata(path) {
        Ok(data) => data,
        Err(fault) => {
            report.push(store_problem(&StoreFault::from(fault), &shown).at(&shown, 0, 0));
            return None;
        }
    };
    if data.is_dir() {
        let store = Store::Folder(canonical(path));
        return with_manifest(store, MANIFEST, report);
    }
    if !data.is_file() {
        report.push(store_problem(&StoreFault::NotRegular, &shown).at(&shown, 0, 0));
        return None;
    }
    let full = canonical(path);
    let folder = full.parent().map(Path::to_path_buf).unwrap_or_default();
    let name = full
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let store = Store::Folder(folder);
    if full
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("toml"))
    {
        return with_manifest(store, &name, report);
    }
    let given = path
        .file_name()
        .map_or_else(|| name.clone(), |n| n.to_string_lossy().into_owned());
    let mut manifest = Manifest::unnamed(&given);
    manifest.tables.push(TableSpec::of_file(&name));
    Some(Opened {
        store,
        manifest,
        name: String::new(),
        bytes: Vec::new(),
    })
}

fn canonical(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

fn with_manifest<'i>(store: Store<'i>, name: &str, report: &mut Report) -> Option<Opened<'i>> {
    let bytes = match store.read(name, &mut |size| size < 64 << 20) {
        Ok(bytes) => bytes.into_owned(),
        Err(fault) => {
            let help = [
                "a data set is a folder with dataset.toml (`fastdeck new` makes one), or one table file",
                "数据集是含 dataset.toml 的文件夹（可用 `fastdeck new` 新建），或单个表文件",
            ];
            report.push(store_problem(&fault, name).at(name, 0, 0).help(help));
            return None;
        }
    };
    let Ok(text) = std::str::from_utf8(&bytes) else {
        report.push(
            error(
                Code::Manifest,
                "the manifest is not UTF-8",
                "清单不是 UTF-8 编码",
            )
            .at(name, 0, 0),
        );
        return None;
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut manifest = manifest::parse(name, text, report);
    if manifest.name.is_empty() {
        manifest.name = folder_name(&store).unwrap_or_else(|| name.to_owned());
    }
    Some(Opened {
        store,
        manifest,
        name: name.to_owned(),
        bytes,
    })
}

fn folder_name(store: &Store<'_>) -> Option<String> {
    match store {
        Store::Folder(root) => root
            .file_name()
            .map(|n| clean(&n.to_string_lossy()).into_owned()),
        Store::Memory(_) => None,
    }
}

/// What is said when a file cannot be had.
fn store_problem(fault: &StoreFault, path: &str) -> Draft {
    let [en, zh]: [Cow<'_, str>; 2] = match fault {
        StoreFault::NotFound => ["there is no such file".into(), "文件不存在".into()],
        StoreFault::Outside => [
            "the path leaves the folder of the data set".into(),
            "路径超出数据集文件夹".into(),
        ],
        StoreFault::NotRegular => ["not a regular file".into(), "不是普通文件".into()],
        StoreFault::TooLarge => [
            "the file is too large, or inflates beyond the limit".into(),
            "文件过大，或解压后超出上限".into(),
        ],
        StoreFault::TooMany => [
            format!("the pattern fits more than {MAX_FILES} files").into(),
            format!("通配符匹配的文件超过 {MAX_FILES} 个").into(),
        ],
        StoreFault::Cancelled => ["the file is too large".into(), "文件过大".into()],
        StoreFault::Changed => [
            "the file changed while it was read".into(),
            "读取期间文件被改动".into(),
        ],
        StoreFault::Io(fault) => [
            format!("the file cannot be read: {fault}").into(),
            format!("无法读取文件：{fault}").into(),
        ],
    };
    let help = match fault {
        StoreFault::Changed => [
            "open the data set again when the file is complete",
            "请在文件写完后重新打开数据集",
        ],
        _ => ["", ""],
    };
    error(Code::File, en, zh).found(path).help(help)
}

fn not_text(fault: NotText) -> Draft {
    match fault {
        NotText::Workbook => error(
            Code::File,
            "this is an Excel workbook, not text",
            "这是 Excel 工作簿，不是文本",
        )
        .help(["save the sheet as CSV UTF-8", "请将工作表另存为 CSV UTF-8"]),
        NotText::Parquet if cfg!(feature = "parquet") => error(
            Code::File,
            "this is a Parquet file that was compressed as a whole",
            "这是被整体压缩的 Parquet 文件",
        )
        .help(["decompress it first", "请先解压"]),
        NotText::Parquet => error(
            Code::File,
            "this is a Parquet file, and this build reads none",
            "这是 Parquet 文件，此构建不支持读取",
        )
        .help([
            "build with the feature `parquet`, or save the table as CSV",
            "请启用 `parquet` 特性构建，或将表另存为 CSV",
        ]),
        NotText::Binary => error(Code::File, "this is not text", "这不是文本文件")
            .expected(["CSV, TSV or Parquet", "CSV、TSV 或 Parquet"]),
        NotText::Encoding(byte, line) => error(
            Code::Encoding,
            "the encoding is not supported",
            "不支持此编码",
        )
        .expected([
            "UTF-8, UTF-16 with a byte order mark, or GB18030",
            "UTF-8、带 BOM 的 UTF-16，或 GB18030",
        ])
        .found(&format!("{byte:#04x} (line {line})"))
        .help([
            "save the file as UTF-8, or set `encoding` in the manifest",
            "请将文件另存为 UTF-8，或在清单中设置 `encoding`",
        ]),
    }
}

struct Loader<'l, 'w> {
    store: &'l Store<'l>,
    manifest_name: String,
    lenient: bool,
    pieces: Pieces,
    /// Files that cannot be read in pieces.
    whole: &'l FxHashSet<String>,
    watch: Watch<'w>,
    report: Report,
    builder: Builder,
    fingerprint: Fingerprint,
    progress: Progress,
    sources: Vec<SourceFile>,
    /// Crowds that the manifest does not name: file and line of the first row, and how many rows.
    strangers: BTreeMap<u32, (u32, u64, u64)>,
    proxy: Option<String>,
    /// How much of the file is known; asked for once, and answered with whether it is still there.
    known: Option<later::Start>,
}

impl<'l, 'w> Loader<'l, 'w> {
    fn new(
        opened: &'l Opened<'l>,
        options: &Options,
        pieces: Pieces,
        whole: &'l FxHashSet<String>,
        report: Report,
        watch: Watch<'w>,
    ) -> Self {
        let manifest = &opened.manifest;
        let zone = TimeZone::get(&manifest.time_zone).unwrap_or(TimeZone::UTC);
        let mut fingerprint = Fingerprint::new();
        fingerprint.add(&opened.bytes);
        let mut builder = Builder::new(
            Clock::new(zone),
            manifest.brands.clone(),
            manifest.crowds.clone(),
        );
        let spill = &options.spill;
        let file = Arc::new(SpillFile::new(spill.folder.clone()));
        builder.log.events = Events::with_annex(spill.memory, file);
        Self {
            store: &opened.store,
            manifest_name: opened.name.clone(),
            lenient: options.lenient,
            pieces,
            whole,
            watch,
            report,
            builder,
            fingerprint,
            progress: Progress::default(),
            sources: Vec::new(),
            strangers: BTreeMap::new(),
            proxy: None,
            known: None,
        }
    }
}

impl Loader<'_, '_> {
    /// The files of all tables with their sizes; what cannot be had is reported.
    fn files<'s>(&mut self, tables: &'s [TableSpec]) -> Vec<(&'s TableSpec, String, u64)> {
        let mut files = Vec::new();
        for spec in tables {
            let found = match spec.kind {
                Some(_) => self.store.matching(&spec.file),
                None => Ok(vec![spec.file.clone()]),
            };
            match found {
                Ok(paths) => {
                    for path in paths {
                        match self.store.size(&path) {
                            Ok(size) => files.push((spec, path, size)),
                            Err(fault) => self.no_file(spec, &fault, &path),
                        }
                    }
                }
                Err(fault) => self.no_file(spec, &fault, &spec.file),
            }
        }
        self.progress.total = files.iter().map(|(_, _, size)| size).sum();
        files
    }

    fn no_file(&mut self, spec: &TableSpec, fault: &StoreFault, path: &str) {
        let (line, column) = spec.place;
        let place = if line > 0 {
            self.manifest_name.clone()
        } else {
            path.to_owned()
        };
        let outside = !stays_inside(path) || matches!(fault, StoreFault::Outside);
        let help = if outside {
            [
                "paths are relative to the manifest and stay inside its folder",
                "路径相对于清单，且不得超出其文件夹",
            ]
        } else {
            ["", ""]
        };
        self.report.push(
            store_problem(fault, path)
                .at(&place, line, column)
                .help(help),
        );
    }

    /// Asks whether to go on, with this many bytes of the current file done.
    fn look(&mut self, bytes: u64) -> Result<(), LoadError> {
        let progress = Progress {
            done: (self.progress.done + bytes).min(self.progress.total),
            ..self.progress
        };
        if (self.watch)(progress) {
            Ok(())
        } else {
            Err(LoadError::Cancelled)
        }
    }

    fn file(&mut self, spec: &TableSpec, path: &str, size: u64) -> Result<(), Stop> {
        self.report.begin_file();
        self.look(0)?;
        #[cfg(feature = "parquet")]
        if let Ok(Some(source)) = self.store.parquet(path) {
            self.columnar(spec, (path, size), source)?;
            self.progress.done += size;
            return Ok(());
        }
        if self.may_stream(spec, path) {
            match self.store.feed(path) {
                Ok(Some(feed)) if feed.is_compressed() || feed.size() > self.pieces.whole => {
                    if self.in_pieces(spec, path, feed, size)? {
                        self.progress.done += size;
                        return Ok(());
                    }
                }
                // What is wrong is said when it is read as a whole.
                Ok(_) | Err(_) => {}
            }
        }
        self.whole_file(spec, path, size)?;
        self.progress.done += size;
        Ok(())
    }

    fn may_stream(&self, spec: &TableSpec, path: &str) -> bool {
        let long = matches!(spec.kind, None | Some(Kind::Events | Kind::Consumers));
        long && !self.whole.contains(path)
    }

    fn whole_file(&mut self, spec: &TableSpec, path: &str, size: u64) -> Result<(), LoadError> {
        let progress = self.progress;
        let watch = &mut *self.watch;
        let bytes = self
            .store
            .read(path, &mut |_| watch(progress))
            .and_then(|bytes| {
                self.fingerprint.add(path.as_bytes());
                self.fingerprint.add(&bytes);
                inflate(bytes, &mut |_| watch(progress))
            });
        match bytes {
            Ok(bytes) => self.bytes(spec, path, &bytes, size),
            Err(fault) => self.no_bytes(&fault, path),
        }
    }

    fn no_bytes(&mut self, fault: &StoreFault, path: &str) -> Result<(), LoadError> {
        if matches!(fault, StoreFault::Cancelled) {
            return Err(LoadError::Cancelled);
        }
        self.report.push(store_problem(fault, path).at(path, 0, 0));
        Ok(())
    }

    /// Reads a long table block by block; `false` when it has to be read as a whole.
    fn in_pieces(
        &mut self,
        spec: &TableSpec,
        path: &str,
        feed: Feed,
        size: u64,
    ) -> Result<bool, Stop> {
        let mut file = FileBlocks::new(feed, self.pieces.block);
        let Some(beginning) = Beginning::of(&mut file, spec) else {
            return Ok(false);
        };
        let mut blocks = Blocks::File(Box::new(file));
        blocks.drop_first(beginning.mark);
        let mark = self.report.mark();
        self.encoding_problems(path, 0, beginning.doubled);
        let origin = Origin {
            path,
            size,
            encoding: "utf-8",
            text: &beginning.text,
        };
        let traces = match self.table(spec, &origin, &mut blocks) {
            Ok(Some(traces)) => traces,
            Ok(None) => return Ok(true),
            Err(Halt::Load(fault)) => return Err(fault.into()),
            Err(Halt::Store(fault)) => {
                self.no_bytes(&fault, path)?;
                return Ok(true);
            }
        };
        if beginning.open && traces.is_other_encoding() {
            return Err(Stop::Whole(path.to_owned()));
        }
        if let Some(draft) = replaced(traces.replaced()) {
            self.report.insert(mark, draft.at(path, 0, 0));
        }
        if let Blocks::File(file) = blocks {
            self.all_read(*file, path)?;
        }
        Ok(true)
    }

    /// A file was read to its end, and is still the one that was opened.
    fn all_read(&mut self, file: FileBlocks, path: &str) -> Result<(), LoadError> {
        match file.into_feed().finish() {
            Ok(sum) => {
                self.fingerprint.add(path.as_bytes());
                self.fingerprint.add_sum(sum);
                Ok(())
            }
            Err(fault) => self.no_bytes(&fault, path),
        }
    }

    fn bytes(
        &mut self,
        spec: &TableSpec,
        path: &str,
        bytes: &[u8],
        size: u64,
    ) -> Result<(), LoadError> {
        let wanted = if bytes.is_empty() {
            Wanted::Utf8
        } else {
            spec.encoding
        };
        let decoded = match decode(bytes, wanted) {
            Ok(decoded) => decoded,
            Err(fault) => {
                self.report.push(not_text(fault).at(path, 0, 0));
                return Ok(());
            }
        };
        self.encoding_problems(path, decoded.replaced, decoded.doubled);
        let mut blocks = Blocks::Text {
            rest: &decoded.text,
            size: self.pieces.block,
        };
        let origin = Origin {
            path,
            size,
            encoding: decoded.encoding,
            text: &decoded.text,
        };
        match self.table(spec, &origin, &mut blocks) {
            Ok(_) => Ok(()),
            Err(Halt::Load(fault)) => Err(fault),
            Err(Halt::Store(fault)) => self.no_bytes(&fault, path),
        }
    }

    /// Reads a table. Gives what the blocks show about the encoding; `None` when the table could not
    /// be understood, which is reported.
    fn table(
        &mut self,
        spec: &TableSpec,
        origin: &Origin<'_>,
        blocks: &mut Blocks<'_>,
    ) -> Result<Option<Traces>, Halt> {
        let (path, text) = (origin.path, origin.text);
        let Some((spec, kind)) = self.identify(spec, path, text) else {
            return Ok(None);
        };
        let Some(layout) = layout::resolve(&spec, kind, path, text, &mut self.report) else {
            return Ok(None);
        };
        self.laid_out(&spec, &layout, origin, blocks)
    }

    /// Reads the rows of a table whose layout is known.
    fn laid_out(
        &mut self,
        spec: &TableSpec,
        layout: &layout::Layout,
        origin: &Origin<'_>,
        blocks: &mut Blocks<'_>,
    ) -> Result<Option<Traces>, Halt> {
        let path = origin.path;
        if !self.brand_is_known(layout, path) {
            return Ok(None);
        }
        self.proxy = self
            .proxy
            .take()
            .or_else(|| spec.profile.and_then(|p| p.proxy).map(str::to_owned));
        let source = SourceFile {
            path: clean(path).into_owned(),
            kind: layout.kind.id().to_owned(),
            encoding: origin.encoding.to_owned(),
            ..SourceFile::default()
        };
        let mut done = Joined::new(source);
        match Slots::new(layout, self.builder.default_brand()) {
            Some(slots) => {
                if !self.slotted(spec, layout, slots, origin, blocks, &mut done)? {
                    return Ok(None);
                }
            }
            None => match blocks {
                #[cfg(feature = "parquet")]
                Blocks::Parquet(lines) => self.lines(spec, layout, (origin, lines), &mut done)?,
                _ => self.rows(spec, layout, origin, &mut done)?,
            },
        }
        let traces = done.traces;
        self.source_done(done, path);
        Ok(Some(traces))
    }

    /// Reads a table whose rows go to slots, block by block; `false` when it was not to be read.
    fn slotted(
        &mut self,
        spec: &TableSpec,
        layout: &layout::Layout,
        mut slots: Slots,
        origin: &Origin<'_>,
        blocks: &mut Blocks<'_>,
        done: &mut Joined,
    ) -> Result<bool, Halt> {
        if let Slots::People(people) = &mut slots
            && !self.pieces.plain
        {
            people.forget_plan();
        }
        let plan = match &slots {
            Slots::Events(slots) if self.pieces.plain => {
                Plan::new(layout, slots, &spec.time_format)
            }
            _ => None,
        };
        let table = Table {
            layout,
            slots: &slots,
            plan,
            path: origin.path,
            source: self.sources.len() as u32,
            format: &spec.time_format,
            clock: self.builder.clock.clone(),
        };
        let (bytes, lines) = layout::before_rows(origin.text, layout);
        blocks.drop_first(bytes);
        (done.bytes, done.lines) = (bytes as u64, lines);
        if !self.pass_known(blocks, layout.delimiter)? {
            return Ok(false);
        }
        self.blocks(&table, origin, blocks, done)?;
        Ok(true)
    }

    /// Reads the rows of a table in blocks and joins what they give.
    fn blocks(
        &mut self,
        table: &Table<'_>,
        origin: &Origin<'_>,
        blocks: &mut Blocks<'_>,
        done: &mut Joined,
    ) -> Result<(), Halt> {
        let attributes = table.layout.attributes.iter();
        let attributes: Vec<usize> = attributes
            .map(|(id, _)| self.builder.attribute(id))
            .collect();
        let in_memory = matches!(blocks, Blocks::Text { .. });
        let mut position = 0;
        stream::read(blocks, table, &mut |step| match step {
            Step::Idle => self.look(position),
            Step::Next(portion, bytes) => {
                done.bytes += portion.bytes;
                position = if in_memory {
                    origin.share(done.bytes)
                } else {
                    bytes
                };
                self.join(*portion, &attributes, done, position)
            }
        })
    }

    /// Joins a portion. The watch is asked as often as if its rows came one by one.
    fn join(
        &mut self,
        portion: Portion,
        attributes: &[usize],
        done: &mut Joined,
        position: u64,
    ) -> Result<(), LoadError> {
        let counts = portion.counts;
        let index = self.sources.len() as u32;
        let strangers = match portion.entries {
            Entries::Events(events) => {
                self.add_events(&events, &done.source.path)?;
                Vec::new()
            }
            Entries::People(people) => self.builder.add_people(&people, attributes),
        };
        for (crowd, line, count) in strangers {
            let first = (index, done.lines + line, 0);
            self.strangers.entry(crowd).or_insert(first).2 += count;
        }
        self.report.absorb(portion.report, done.lines);
        done.left_out.absorb(portion.left_out, done.lines);
        done.traces.absorb(portion.traces);
        done.lines += portion.lines;
        done.source.rows += counts.rows;
        done.source.used += counts.used;
        done.source.rejected += counts.rejected;
        done.source.excluded += counts.excluded;
        let end = self.progress.rows + counts.rows;
        while self.progress.rows + ROWS_PER_LOOK <= end {
            self.progress.rows += ROWS_PER_LOOK;
            self.look(position)?;
        }
        self.progress.rows = end;
        self.look(position)
    }

    fn add_events(&mut self, events: &EventPortion, path: &str) -> Result<(), LoadError> {
        let problem = match self.builder.add_events(events) {
            Ok(()) => return Ok(()),
            Err(Refused::Venues) => too_many_venues().at(path, 0, 0).finish(),
            Err(Refused::Annex(problem)) => *problem,
        };
        let mut problems = std::mem::take(&mut self.report).errors_first();
        problems.insert(0, problem);
        Err(LoadError::Problems(problems))
    }

    /// What is said about a table when all its rows are read.
    fn source_done(&mut self, done: Joined, path: &str) {
        for (line, draft) in done.left_out.problems() {
            self.report.push(draft.at(path, line, 0));
        }
        self.too_many_rejected(&done.source);
        self.sources.push(done.source);
    }

    fn encoding_problems(&mut self, path: &str, replaced: usize, doubled: bool) {
        if let Some(draft) = self::replaced(replaced) {
            self.report.push(draft.at(path, 0, 0));
        }
        if doubled {
            let draft = warning(
                Code::Encoding,
                "the text looks like Chinese that was encoded twice",
                "文本疑似被重复编码的中文",
            );
            self.report.push(
                draft
                    .at(path, 0, 0)
                    .help(["export the file again as UTF-8", "请重新以 UTF-8 导出"]),
            );
        }
    }

    /// The kind of a table, from the manifest, a profile, or its headings.
    fn identify<'s>(
        &mut self,
        spec: &'s TableSpec,
        path: &str,
        text: &str,
    ) -> Option<(Cow<'s, TableSpec>, Kind)> {
        let sample = match spec.kind {
            Some(_) => Vec::new(),
            None => layout::sample(text),
        };
        self.identify_rows(spec, path, &sample)
    }

    /// The same from the first rows of a table.
    fn identify_rows<'s>(
        &mut self,
        spec: &'s TableSpec,
        path: &str,
        sample: &[Vec<String>],
    ) -> Option<(Cow<'s, TableSpec>, Kind)> {
        if let Some(kind) = spec.kind {
            return Some((with_profile(spec, spec.profile), kind));
        }
        let known = profile::recognise(sample);
        let kind = known
            .and_then(|p| p.kind)
            .or_else(|| layout::recognise_kind(sample));
        let Some(kind) = kind else {
            let first = sample.first().map(|r| r.join(" ")).unwrap_or_default();
            let kinds = Kind::ALL.map(Kind::id).join(", ");
            let draft = error(
                Code::Header,
                "the columns fit no kind of table",
                "无法识别表的类型",
            )
            .at(path, 1, 0)
            .expected([
                format!("the columns of one of {kinds}"),
                format!("以下之一的列：{kinds}"),
            ])
            .found(&first)
            .help([
                "describe the file in a dataset.toml",
                "请用 dataset.toml 说明该文件",
            ]);
            self.report.push(draft);
            return None;
        };
        Some((with_profile(spec, known), kind))
    }

    /// Whether rows without a brand column can be given a brand.
    fn brand_is_known(&mut self, layout: &layout::Layout, path: &str) -> bool {
        let free = matches!(
            layout.kind,
            Kind::Events | Kind::Consumers | Kind::Benchmarks
        );
        if free || layout.slot("brand").is_there() || self.builder.given_brands() <= 1 {
            return true;
        }
        let draft = error(
            Code::Header,
            format!("the {} table has no column `brand`", layout.kind.id()),
            format!("{} 表缺少列 `brand`", layout.kind.id()),
        );
        let help = [
            "add the column, or `constants = { brand = \"…\" }` in the manifest",
            "请添加该列，或在清单中写 `constants = { brand = \"…\" }`",
        ];
        self.report.push(draft.at(path, 1, 0).help(help));
        false
    }

    /// Reads all rows of a platform table, one by one.
    fn rows(
        &mut self,
        spec: &TableSpec,
        layout: &layout::Layout,
        origin: &Origin<'_>,
        done: &mut Joined,
    ) -> Result<(), LoadError> {
        let text = origin.text;
        let mut records = Records::new(text, layout.delimiter);
        let mut record = Record::default();
        for _ in 0..layout.skip {
            records.read(&mut record);
        }
        records.set_width(layout.width);
        records.take(0, done.lines);
        let mut rows = Rows::new(layout, &self.builder);
        let source = &mut done.source;
        let index = self.sources.len() as u32;
        loop {
            let read = records.read(&mut record);
            if read == Read::End {
                done.lines = records.lines();
                return Ok(());
            }
            let line = Line {
                text,
                record: &record,
                path: origin.path,
                source: index,
                format: &spec.time_format,
            };
            let verdict = checked(read, layout, &line, || {
                rows.read(&line, &mut self.builder, &mut self.report)
            });
            for crowd in self.builder.take_strangers() {
                let first = (index, line.record.line, 0);
                self.strangers.entry(crowd).or_insert(first).2 += 1;
            }
            source.rows += 1;
            match verdict {
                Ok(()) => source.used += 1,
                Err(Left::Rejected(draft)) => {
                    source.rejected += 1;
                    self.report.row(*draft);
                }
                Err(Left::Excluded(why)) => {
                    source.excluded += 1;
                    done.left_out.add(why, line.record.line);
                }
            }
            self.progress.rows += 1;
            if source.rows.is_multiple_of(ROWS_PER_LOOK) {
                self.look(origin.share(records.position() as u64))?;
            }
        }
    }

    fn too_many_rejected(&mut self, source: &SourceFile) {
        if source.rejected * 5 <= source.rows {
            return;
        }
        let (rejected, rows) = (source.rejected, source.rows);
        let message = format!("{rejected} of {rows} rows were rejected");
        let zh = format!("{rows} 行中有 {rejected} 行被拒绝");
        let draft = if self.lenient {
            warning(Code::Rejected, message, zh)
        } else {
            error(Code::Rejected, message, zh)
        };
        let help = if self.lenient {
            ["", ""]
        } else {
            ["--lenient loads the rest", "加 --lenient 可载入其余行"]
        };
        self.report.push(
            draft
                .at(&source.path, 0, 0)
                .expected(["at most 20 %", "至多 20 %"])
                .help(help),
        );
    }

    fn unknown_crowds(&mut self) {
        self.report.begin_file();
        for (crowd, (source, line, count)) in std::mem::take(&mut self.strangers) {
            let file = self.sources.get(source as usize);
            let draft = warning(
                Code::UnknownName,
                "a crowd that the manifest does not name",
                "清单未列出的人群",
            )
            .at(file.map_or("", |f| f.path.as_str()), line, 0)
            .found(self.builder.crowd_id(crowd))
            .help([
                "add a [[crowd]], or correct the name",
                "请添加 [[crowd]]，或更正名称",
            ]);
            self.report.row(draft.count(count));
        }
    }

    /// A log in which no row could be used, or a data set without any usable row.
    fn nothing_used(&mut self) {
        let none =
            |draft_at: &str| warning(Code::Row, "no usable row", "没有可用的行").at(draft_at, 0, 0);
        if !self.sources.is_empty() && self.sources.iter().all(|s| s.used == 0) {
            let path = match self.sources.as_slice() {
                [one] => one.path.clone(),
                _ => String::new(),
            };
            return self.report.push(none(&path));
        }
        let empty = |s: &&SourceFile| s.used == 0 && s.kind == Kind::Events.id();
        let found: Vec<Draft> = self
            .sources
            .iter()
            .filter(empty)
            .map(|s| none(&s.path))
            .collect();
        for draft in found {
            self.report.push(draft);
        }
    }

    fn finish(mut self, manifest: &Manifest) -> Result<Dataset, LoadError> {
        self.look(0)?;
        self.unknown_crowds();
        self.nothing_used();
        if self.report.has_errors() {
            return Err(LoadError::Problems(self.report.errors_first()));
        }
        let built = self.builder.finish();
        let mut dataset = Dataset {
            name: manifest.name.clone(),
            fingerprint: self.fingerprint.hex(),
            sums: self.fingerprint.into_sums(),
            simulated: manifest.simulated,
            time_zone: manifest.time_zone.clone(),
            currency: manifest.currency.clone(),
            as_of: manifest.as_of,
            definitions: manifest.definitions.clone(),
            brands: built.brands,
            crowds: built.crowds,
            attributes: built.attributes,
            log: built.log,
            tables: built.tables,
            proxy: self.proxy,
            sources: self.sources,
            problems: self.report.into_problems(),
            lacks_log: false,
        };
        let found = checks::check(&dataset);
        dataset.problems.extend(found);
        debug_assert!(
            dataset
                .problems
                .iter()
                .all(|p| p.severity < Severity::Error)
        );
        Ok(dataset)
    }
}

/// A table with its profile, whose time format holds when the manifest gives none.
fn with_profile<'s>(spec: &'s TableSpec, profile: Option<&'static Profile>) -> Cow<'s, TableSpec> {
    let Some(profile) = profile else {
        return Cow::Borrowed(spec);
    };
    let mut spec = spec.clone();
    spec.profile = Some(profile);
    if let (TimeFormat::Auto, Some(format)) = (&spec.time_format, profile.time_format) {
        spec.time_format = TimeFormat::of(format).unwrap_or_default();
    }
    Cow::Owned(spec)
}

fn replaced(characters: usize) -> Option<Draft> {
    let draft = warning(
        Code::Encoding,
        "some characters could not be read",
        "部分字符无法解码",
    );
    (characters > 0).then(|| draft.found(&characters.to_string()))
}

fn too_many_venues() -> Draft {
    let most = Venues::MAX;
    error(
        Code::Row,
        "too many combinations of brand, channel, category, shop and item",
        "品牌、触点、类目、店铺与商品的组合过多",
    )
    .expected([format!("at most {most}"), format!("至多 {most} 种")])
}

fn is_long(kind: Kind) -> bool {
    matches!(kind, Kind::Events | Kind::Consumers)
}

/// How a file begins that can be read in pieces.
#[derive(Debug)]
struct Beginning {
    /// Bytes of the mark of the encoding.
    mark: usize,
    /// Whether the encoding is still to be seen.
    open: bool,
    /// Whether it looks like text that was encoded twice.
    doubled: bool,
    text: String,
}

impl Beginning {
    /// The beginning of a long table that has more than that; what is wrong with others is said by
    /// the reader of the whole.
    fn of(file: &mut FileBlocks, spec: &TableSpec) -> Option<Self> {
        let head = file.head().ok()?;
        let Start::Blocks {
            mark,
            open,
            doubled,
        } = decode::start(head, spec.encoding)
        else {
            return None;
        };
        let text = decode::valid_start(head.get(mark..).unwrap_or(&[])).to_owned();
        let known = || layout::recognise_kind(&layout::sample(&text)).is_some_and(is_long);
        let is_long = spec.kind.is_some() || known();
        let beginning = Self {
            mark,
            open,
            doubled,
            text,
        };
        (is_long && !file.is_whole()).then_some(beginning)
    }
}

/// Where the rows of a table come from.
#[derive(Debug, Clone, Copy)]
struct Origin<'o> {
    path: &'o str,
    /// Bytes of the file.
    size: u64,
    encoding: &'static str,
    /// The text, or the beginning of one that is read in pieces.
    text: &'o str,
}

impl Origin<'_> {
    /// Bytes of the file that this part of the text stands for.
    fn share(&self, position: u64) -> u64 {
        let share = position as f64 / self.text.len().max(1) as f64;
        (self.size as f64 * share) as u64
    }
}

/// What the rows of a table gave so far.
#[derive(Debug)]
struct Joined {
    source: SourceFile,
    left_out: LeftOut,
    traces: Traces,
    /// Line ends, and bytes of text.
    lines: u64,
    bytes: u64,
}

impl Joined {
    fn new(source: SourceFile) -> Self {
        Self {
            source,
            left_out: LeftOut::default(),
            traces: Traces::default(),
            lines: 0,
            bytes: 0,
        }
    }
}
