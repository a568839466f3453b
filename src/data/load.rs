//! From input to data set: finds the files, reads table after table, counts every row.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use rustc_hash::FxHashMap;

use super::build::Builder;
use super::columns::Kind;
use super::decode::{NotText, Wanted, decode};
use super::layout;
use super::line::{Excluded, Left, Line, Verdict};
use super::manifest::{self, Manifest, TableSpec};
use super::profile::{self, Profile};
use super::records::{MAX_CELLS, Read, Record, Records};
use super::report::{Draft, Report, error, note, warning};
use super::rows::Rows;
use super::store::{Fingerprint, MAX_FILES, Store, StoreFault, inflate, stays_inside};
use super::text::clean;
use super::time::{Clock, TimeFormat};
use super::{Input, LoadError, Options, Progress, checks, names};
use crate::facts::{Code, Dataset, Severity, SourceFile};

#[cfg(feature = "parquet")]
mod columnar;

/// Rows between two looks at the watch.
const ROWS_PER_LOOK: u64 = 8192;
const MANIFEST: &str = "dataset.toml";

/// Asked from time to time whether to go on.
pub(super) type Watch<'w> = &'w mut dyn FnMut(Progress) -> bool;

/// Loads a data set; see [`super::load`].
pub(super) fn load(
    input: &Input,
    options: Options,
    watch: Watch<'_>,
) -> Result<Dataset, LoadError> {
    let mut report = Report::default();
    let opened = open(input, &mut report);
    let Some(Opened {
        store,
        manifest,
        name,
        bytes,
    }) = opened
    else {
        return Err(LoadError::Problems(report.errors_first()));
    };
    let zone = TimeZone::get(&manifest.time_zone).unwrap_or(TimeZone::UTC);
    let mut fingerprint = Fingerprint::new();
    fingerprint.add(&bytes);
    let builder = Builder::new(
        Clock::new(zone),
        manifest.brands.clone(),
        manifest.crowds.clone(),
    );
    let mut loader = Loader {
        store: &store,
        manifest_name: name,
        lenient: options.lenient,
        watch,
        report,
        builder,
        fingerprint,
        progress: Progress {
            done: 0,
            total: 0,
            rows: 0,
        },
        sources: Vec::new(),
        strangers: BTreeMap::new(),
        proxy: None,
    };
    let files = loader.files(&manifest.tables);
    for (spec, path, size) in &files {
        loader.file(spec, path, *size)?;
    }
    loader.finish(manifest)
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
    }
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
                "a data set is a folder with dataset.toml, or one table file",
                "数据集是含 dataset.toml 的文件夹，或单个表文件",
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
        StoreFault::Io(fault) => [
            format!("the file cannot be read: {fault}").into(),
            format!("无法读取文件：{fault}").into(),
        ],
    };
    error(Code::File, en, zh).found(path)
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
    watch: Watch<'w>,
    report: Report,
    builder: Builder,
    fingerprint: Fingerprint,
    progress: Progress,
    sources: Vec<SourceFile>,
    /// Crowds that the manifest does not name: file and line of the first row, and how many rows.
    strangers: BTreeMap<u32, (u32, u64, u64)>,
    proxy: Option<String>,
}

/// Rows left out on purpose, with the line of the first.
#[derive(Debug, Default)]
struct LeftOut {
    totals: (u64, u64),
    blank: (u64, u64),
    no_brand: (u64, u64),
    actions: FxHashMap<String, (u64, u64)>,
    metrics: FxHashMap<String, (u64, u64)>,
}

/// The entry of a raw text; beyond a hundred texts, that of all others.
fn named(map: &mut FxHashMap<String, (u64, u64)>, raw: String) -> &mut (u64, u64) {
    let full = map.len() >= 100 && !map.contains_key(&raw);
    map.entry(if full { "…".to_owned() } else { raw })
        .or_default()
}

impl LeftOut {
    fn add(&mut self, why: Excluded, line: u64) {
        let (count, first) = match why {
            Excluded::Totals => &mut self.totals,
            Excluded::Blank => &mut self.blank,
            Excluded::NoBrand => &mut self.no_brand,
            Excluded::UnknownAction(raw) => named(&mut self.actions, raw),
            Excluded::UnknownMetric(raw) => named(&mut self.metrics, raw),
        };
        if *count == 0 {
            *first = line;
        }
        *count += 1;
    }

    /// One problem for each reason, in the order of the lines.
    fn problems(self) -> Vec<(u64, Draft)> {
        let mut found: Vec<(u64, Draft)> = [
            (
                self.totals,
                Code::Totals,
                ["rows of totals are left out", "已排除合计行"],
            ),
            (
                self.blank,
                Code::Row,
                ["blank rows are left out", "已排除空行"],
            ),
            (
                self.no_brand,
                Code::NoBrand,
                ["rows without a brand are left out", "已排除没有品牌的行"],
            ),
        ]
        .into_iter()
        .filter(|((count, _), _, _)| *count > 0)
        .map(|((count, line), code, [en, zh])| (line, note(code, en, zh).count(count)))
        .collect();
        for (raw, (count, line)) in self.actions {
            let draft = warning(
                Code::UnknownAction,
                "an unknown action is left out",
                "已排除未知行为",
            )
            .found(&raw)
            .help([
                "map it with `values.action` in the manifest",
                "请在清单的 `values.action` 中映射",
            ]);
            found.push((line, draft.count(count)));
        }
        for (raw, (count, line)) in self.metrics {
            let known = crate::metrics::METRICS.iter().map(|m| m.id);
            let draft = warning(
                Code::UnknownName,
                "an unknown metric is left out",
                "已排除未知指标",
            )
            .found(&raw)
            .help(super::text::suggestion(&raw, known));
            found.push((line, draft.count(count)));
        }
        found.sort_by_key(|(line, _)| *line);
        found
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

    fn file(&mut self, spec: &TableSpec, path: &str, size: u64) -> Result<(), LoadError> {
        self.report.begin_file();
        self.look(0)?;
        #[cfg(feature = "parquet")]
        if let Ok(Some(source)) = self.store.parquet(path) {
            self.columnar(spec, (path, size), source)?;
            self.progress.done += size;
            return Ok(());
        }
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
            Ok(bytes) => self.bytes(spec, path, &bytes, size)?,
            Err(StoreFault::Cancelled) => return Err(LoadError::Cancelled),
            Err(fault) => self.report.push(store_problem(&fault, path).at(path, 0, 0)),
        }
        self.progress.done += size;
        Ok(())
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
        let Some((spec, kind)) = self.identify(spec, path, &decoded.text) else {
            return Ok(());
        };
        let Some(layout) = layout::resolve(&spec, kind, path, &decoded.text, &mut self.report)
        else {
            return Ok(());
        };
        if !self.brand_is_known(&layout, path) {
            return Ok(());
        }
        self.proxy = self
            .proxy
            .take()
            .or_else(|| spec.profile.and_then(|p| p.proxy).map(str::to_owned));
        let source = SourceFile {
            path: clean(path).into_owned(),
            kind: kind.id().to_owned(),
            encoding: decoded.encoding.to_owned(),
            ..SourceFile::default()
        };
        self.rows(&spec, &layout, &decoded.text, source, (path, size))
    }

    fn encoding_problems(&mut self, path: &str, replaced: usize, doubled: bool) {
        if replaced > 0 {
            let draft = warning(
                Code::Encoding,
                "some characters could not be read",
                "部分字符无法解码",
            );
            self.report
                .push(draft.at(path, 0, 0).found(&replaced.to_string()));
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

    /// Reads all rows of a table. Every row ends in exactly one of used, rejected, excluded.
    fn rows(
        &mut self,
        spec: &TableSpec,
        layout: &layout::Layout,
        text: &str,
        mut source: SourceFile,
        (path, size): (&str, u64),
    ) -> Result<(), LoadError> {
        let mut records = Records::new(text, layout.delimiter);
        let mut record = Record::default();
        for _ in 0..layout.skip {
            records.read(&mut record);
        }
        records.set_width(layout.width);
        let mut rows = Rows::new(layout, &mut self.builder);
        let mut left_out = LeftOut::default();
        let index = self.sources.len() as u32;
        loop {
            let read = records.read(&mut record);
            if read == Read::End {
                break;
            }
            let line = Line {
                text,
                record: &record,
                path,
                source: index,
                format: &spec.time_format,
            };
            let verdict = match read {
                Read::Broken => Err(broken_quote(&line).into()),
                Read::Wide => Err(too_wide(&line).into()),
                _ => self.row(layout, &mut rows, &line),
            };
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
                    left_out.add(why, line.record.line);
                }
            }
            self.progress.rows += 1;
            if source.rows.is_multiple_of(ROWS_PER_LOOK) {
                let share = records.position() as f64 / text.len().max(1) as f64;
                self.look((size as f64 * share) as u64)?;
            }
        }
        for (line, draft) in left_out.problems() {
            self.report.push(draft.at(path, line, 0));
        }
        self.too_many_rejected(&source);
        self.sources.push(source);
        Ok(())
    }

    fn row<'r>(&mut self, layout: &layout::Layout, rows: &'r mut Rows, line: &Line<'r>) -> Verdict {
        let (text, record) = (line.text, line.record);
        let is_totals = |i: &usize| names::is_totals(&record.cell(text, *i));
        // The words for totals are Chinese: no line of plain ASCII holds one.
        if !record.is_plain() && layout.totals.iter().any(is_totals) {
            return Err(Left::Excluded(Excluded::Totals));
        }
        if record.len() < layout.needed || record.len() > layout.width {
            if record.is_blank(text) {
                return Err(Left::Excluded(Excluded::Blank));
            }
            let extra = (layout.width..record.len()).any(|i| !record.cell(text, i).is_empty());
            if extra || record.len() < layout.needed {
                return Err(wrong_width(line, layout.width).into());
            }
        }
        let verdict = rows.read(line, &mut self.builder, &mut self.report);
        match verdict {
            Err(_) if record.is_blank(text) => Err(Left::Excluded(Excluded::Blank)),
            other => other,
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

    fn finish(mut self, manifest: Manifest) -> Result<Dataset, LoadError> {
        self.look(0)?;
        self.unknown_crowds();
        self.nothing_used();
        if self.report.has_errors() {
            return Err(LoadError::Problems(self.report.errors_first()));
        }
        let built = self.builder.finish();
        let mut dataset = Dataset {
            name: manifest.name,
            fingerprint: self.fingerprint.hex(),
            simulated: manifest.simulated,
            time_zone: manifest.time_zone,
            currency: manifest.currency,
            as_of: manifest.as_of,
            definitions: manifest.definitions,
            brands: built.brands,
            crowds: built.crowds,
            attributes: built.attributes,
            log: built.log,
            tables: built.tables,
            proxy: self.proxy,
            sources: self.sources,
            problems: self.report.into_problems(),
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

fn broken_quote(line: &Line<'_>) -> Draft {
    warning(Code::Row, "a quote is not closed", "引号没有闭合")
        .at(line.path, line.record.line, 0)
        .expected([
            "a closing quote within five lines, and as many cells as the header",
            "五行内闭合的引号，且单元格数与表头一致",
        ])
        .found(&line.record.cell(line.text, 0))
}

fn too_wide(line: &Line<'_>) -> Draft {
    warning(Code::Row, "too many columns", "列数过多")
        .at(line.path, line.record.line, 0)
        .expected([
            format!("at most {MAX_CELLS} columns"),
            format!("至多 {MAX_CELLS} 列"),
        ])
        .found(&line.record.cell(line.text, 0))
}

fn wrong_width(line: &Line<'_>, width: usize) -> Draft {
    warning(Code::Row, "wrong number of cells", "单元格数量不正确")
        .at(line.path, line.record.line, 0)
        .expected([format!("{width} cells"), format!("{width} 个单元格")])
        .found(&line.record.len().to_string())
}
