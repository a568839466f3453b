//! `dataset.toml`: read with the place of every value, all problems at once.
//!
//! An unknown key is an error: a misspelled setting that is silently ignored gives wrong numbers.

use std::ops::Range;

use rustc_hash::FxHashSet;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::columns::Kind;
use super::decode::Wanted;
use super::names;
use super::number;
use super::profile::{self, PROFILES, Profile};
use super::report::{Draft, Report, Words, error, note};
use super::text::{MAX_NAME_CHARS, clean, is_too_long, suggestion};
use super::time::TimeFormat;
use crate::facts::{Action, Brand, Code, Crowd};
use crate::metrics::definitions::{DEFINITIONS, RESERVED};
use crate::metrics::{Day, Definitions};

/// Where a manifest says that a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ColumnRef {
    /// Under this heading.
    Heading(String),
    /// At this position, from 1.
    Position(usize),
}

/// One `[[table]]`.
#[derive(Debug, Clone)]
pub(super) struct TableSpec {
    /// The kind; `None` only for a single file whose headings decide.
    pub(super) kind: Option<Kind>,
    /// Path or glob.
    pub(super) file: String,
    /// Whether there is a header row; `None`: find out.
    pub(super) header: Option<bool>,
    /// The encoding.
    pub(super) encoding: Wanted,
    /// The built-in mapping.
    pub(super) profile: Option<&'static Profile>,
    /// Canonical column → place in the file.
    pub(super) columns: Vec<(String, ColumnRef)>,
    /// Canonical column → (raw text → text that is read instead).
    pub(super) values: Vec<(String, Vec<(String, String)>)>,
    /// Canonical column → text for every row.
    pub(super) constants: Vec<(String, String)>,
    /// How times are written.
    pub(super) time_format: TimeFormat,
    /// Line and column in the manifest.
    pub(super) place: (u64, u64),
}

impl TableSpec {
    /// A table that is described by its file alone.
    pub(super) fn of_file(file: &str) -> Self {
        Self {
            kind: None,
            file: file.to_owned(),
            header: None,
            encoding: Wanted::Auto,
            profile: None,
            columns: Vec::new(),
            values: Vec::new(),
            constants: Vec::new(),
            time_format: TimeFormat::Auto,
            place: (0, 0),
        }
    }
}

/// What a manifest says.
#[derive(Debug, Clone)]
pub(super) struct Manifest {
    pub(super) name: String,
    pub(super) time_zone: String,
    pub(super) currency: String,
    pub(super) simulated: bool,
    pub(super) as_of: Option<Day>,
    pub(super) definitions: Definitions,
    pub(super) brands: Vec<Brand>,
    pub(super) crowds: Vec<Crowd>,
    pub(super) tables: Vec<TableSpec>,
}

impl Manifest {
    /// What holds without a manifest.
    pub(super) fn unnamed(name: &str) -> Self {
        Self {
            name: clean(name).into_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            currency: "CNY".to_owned(),
            simulated: false,
            as_of: None,
            definitions: Definitions::default(),
            brands: Vec::new(),
            crowds: Vec::new(),
            tables: Vec::new(),
        }
    }
}

const TOP: &[&str] = &[
    "format",
    "name",
    "time_zone",
    "currency",
    "simulated",
    "as_of",
    "definitions",
    "brand",
    "crowd",
    "table",
];
const BRAND: &[&str] = &["id", "name_zh", "name_en", "category", "tier"];
const CROWD: &[&str] = &[
    "id",
    "name_zh",
    "name_en",
    "population",
    "exclusive",
    "owner",
    "rule",
];
const TABLE: &[&str] = &[
    "kind",
    "file",
    "header",
    "encoding",
    "profile",
    "columns",
    "values",
    "constants",
    "time_format",
];

type Value<'i> = Spanned<DeValue<'i>>;

/// Reads a manifest; problems go to the report.
pub(super) fn parse(file: &str, text: &str, report: &mut Report) -> Manifest {
    let (document, syntax) = DeTable::parse_recoverable(text);
    let mut reader = Reader {
        file,
        text,
        report,
        line_starts: line_starts(text),
        ids: FxHashSet::default(),
    };
    for fault in &syntax {
        let span = fault.span().unwrap_or(0..0);
        let message = fault.message().lines().next().unwrap_or("").to_owned();
        reader.push(
            &span,
            error(
                Code::Manifest,
                format!("not valid TOML: {message}"),
                format!("不是有效的 TOML：{message}"),
            ),
        );
    }
    let mut manifest = Manifest::unnamed("");
    if syntax.is_empty() {
        reader.top(document.get_ref(), &mut manifest);
    }
    manifest
}

struct Reader<'r> {
    file: &'r str,
    text: &'r str,
    report: &'r mut Report,
    /// Where each line begins.
    line_starts: Vec<usize>,
    /// What was named so far: brand or crowd, and its id.
    ids: FxHashSet<(&'static str, String)>,
}

fn line_starts(text: &str) -> Vec<usize> {
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(ends).collect()
}

impl Reader<'_> {
    /// Line and column (in characters) of a byte offset, from 1.
    fn place(&self, at: usize) -> (u64, u64) {
        let line = self.line_starts.partition_point(|start| *start <= at);
        let start = line.checked_sub(1).and_then(|i| self.line_starts.get(i));
        let before = self.text.get(start.copied().unwrap_or(0)..at);
        (line as u64, before.unwrap_or("").chars().count() as u64 + 1)
    }

    fn push(&mut self, span: &Range<usize>, draft: Draft) {
        let (line, column) = self.place(span.start);
        self.report.push(draft.at(self.file, line, column));
    }

    fn wrong(&mut self, value: &Value<'_>, key: &str, expected: impl Into<Words>) {
        let found = self.text.get(value.span()).unwrap_or("").to_owned();
        self.push(
            &value.span(),
            error(
                Code::Manifest,
                format!("`{key}` has a wrong value"),
                format!("`{key}` 的值不正确"),
            )
            .expected(expected)
            .found(&found),
        );
    }

    fn unknown(&mut self, span: &Range<usize>, what: [&str; 2], name: &str, known: &[&str]) {
        let help = suggestion(name, known.iter().copied());
        self.push(
            span,
            error(
                Code::Manifest,
                format!("unknown {} `{name}`", what[0]),
                format!("未知的{} `{name}`", what[1]),
            )
            .expected([
                format!("one of {}", known.join(", ")),
                format!("以下之一：{}", known.join("、")),
            ])
            .found(name)
            .help(help),
        );
    }

    fn check_keys(&mut self, table: &DeTable<'_>, known: &[&str]) {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                self.unknown(&key.span(), ["key", "键"], name, known);
            }
        }
    }

    fn text(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let value = table.get(key)?;
        if let Some(text) = value.get_ref().as_str() {
            return Some(clean(text.trim()).into_owned());
        }
        self.wrong(value, key, ["text in quotes", "带引号的文本"]);
        None
    }

    /// A text that is shown as a name or compared as an id.
    fn name(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let text = self.text(table, key)?;
        if let Some(value) = table.get(key).filter(|_| is_too_long(&text)) {
            let expected = [
                format!("at most {MAX_NAME_CHARS} characters"),
                format!("至多 {MAX_NAME_CHARS} 个字符"),
            ];
            self.wrong(value, key, expected);
            return None;
        }
        Some(text)
    }

    fn flag(&mut self, table: &DeTable<'_>, key: &str) -> Option<bool> {
        let value = table.get(key)?;
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong(value, key, ["true or false", "true 或 false"]);
        }
        flag
    }

    /// The tables of `[[key]]`.
    fn tables<'t, 'i>(
        &mut self,
        table: &'t DeTable<'i>,
        key: &str,
    ) -> Vec<(&'t DeTable<'i>, Range<usize>)> {
        let Some(value) = table.get(key) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        if let Some(array) = value.get_ref().as_array() {
            for entry in array {
                match entry.get_ref().as_table() {
                    Some(inner) => found.push((inner, entry.span())),
                    None => self.wrong(entry, key, format!("[[{key}]]")),
                }
            }
        } else {
            self.wrong(value, key, format!("[[{key}]]"));
        }
        found
    }

    fn top(&mut self, table: &DeTable<'_>, manifest: &mut Manifest) {
        self.check_keys(table, TOP);
        if let Some(value) = table.get("format")
            && scalar(value.get_ref()).as_deref() != Some("1")
        {
            self.wrong(value, "format", "1".to_owned());
        }
        manifest.name = self.name(table, "name").unwrap_or_default();
        if let Some(zone) = self.text(table, "time_zone") {
            self.zone(table, zone, manifest);
        }
        self.currency(table, manifest);
        manifest.simulated = self.flag(table, "simulated").unwrap_or(false);
        manifest.as_of = self.date(table, "as_of");
        if let Some(value) = table.get("definitions") {
            match value.get_ref().as_table() {
                Some(inner) => self.definitions("", inner, &mut manifest.definitions),
                None => self.wrong(
                    value,
                    "definitions",
                    ["a table [definitions]", "表 [definitions]"],
                ),
            }
        }
        for (inner, span) in self.tables(table, "brand") {
            self.brand(inner, &span, &mut manifest.brands);
        }
        for (inner, span) in self.tables(table, "crowd") {
            self.crowd(inner, &span, &mut manifest.crowds);
        }
        for (inner, span) in self.tables(table, "table") {
            manifest.tables.extend(self.table(inner, &span));
        }
        if manifest.tables.is_empty() && table.get("table").is_none() {
            self.push(
                &(0..0),
                error(
                    Code::Manifest,
                    "the manifest names no table",
                    "清单没有列出任何表",
                )
                .expected(["at least one [[table]]", "至少一个 [[table]]"]),
            );
        }
    }

    fn zone(&mut self, table: &DeTable<'_>, zone: String, manifest: &mut Manifest) {
        if jiff::tz::TimeZone::get(&zone).is_ok() {
            manifest.time_zone = zone;
        } else if let Some(value) = table.get("time_zone") {
            self.wrong(
                value,
                "time_zone",
                [
                    "an IANA time zone such as \"Asia/Shanghai\"",
                    "IANA 时区，如 \"Asia/Shanghai\"",
                ],
            );
        }
    }

    fn currency(&mut self, table: &DeTable<'_>, manifest: &mut Manifest) {
        let Some(code) = self.text(table, "currency") else {
            return;
        };
        if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) {
            manifest.currency = code;
        } else if let Some(value) = table.get("currency") {
            self.wrong(
                value,
                "currency",
                [
                    "an ISO 4217 code such as \"CNY\"",
                    "ISO 4217 代码，如 \"CNY\"",
                ],
            );
        }
    }

    fn date(&mut self, table: &DeTable<'_>, key: &str) -> Option<Day> {
        let value = table.get(key)?;
        let day = scalar(value.get_ref()).and_then(|text| Day::parse_iso(text.trim()));
        if day.is_none() {
            self.wrong(value, key, ["a date YYYY-MM-DD", "日期 YYYY-MM-DD"]);
        }
        day
    }

    /// Settings by dotted id, however the dots are written.
    fn definitions(&mut self, prefix: &str, table: &DeTable<'_>, into: &mut Definitions) {
        for (key, value) in table {
            let id = if prefix.is_empty() {
                key.get_ref().to_string()
            } else {
                format!("{prefix}.{}", key.get_ref())
            };
            if RESERVED.contains(&id.as_str()) {
                self.unused(&key.span(), &id);
            } else if let Some(inner) = value.get_ref().as_table() {
                self.definitions(&id, inner, into);
            } else if DEFINITIONS.iter().all(|d| d.id != id) {
                let known: Vec<&str> = DEFINITIONS.iter().map(|d| d.id).collect();
                self.unknown(&key.span(), ["definition", "口径"], &id, &known);
            } else if let Some(Err(refused)) =
                scalar(value.get_ref()).map(|text| into.set(&id, &text))
            {
                self.wrong(value, &id, refused.expected);
            }
        }
    }

    fn unused(&mut self, span: &Range<usize>, id: &str) {
        let draft = note(
            Code::Manifest,
            format!("definition `{id}`: no metric uses it yet"),
            format!("口径 `{id}`：尚无指标使用"),
        );
        self.push(span, draft);
    }

    fn required(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        span: &Range<usize>,
        of: &str,
    ) -> Option<String> {
        let text = self.text(table, key).filter(|t| !t.is_empty());
        if text.is_some() && of != "table" {
            return self.name(table, key);
        }
        if text.is_none() && table.get(key).is_none_or(|v| v.get_ref().is_str()) {
            self.push(
                span,
                error(
                    Code::Manifest,
                    format!("[[{of}]] has no `{key}`"),
                    format!("[[{of}]] 缺少 `{key}`"),
                )
                .expected(format!("{key} = \"…\"")),
            );
        }
        text
    }

    fn twice(&mut self, span: &Range<usize>, of: &str, id: &str) {
        self.push(
            span,
            error(
                Code::Manifest,
                format!("{of} `{id}` is given twice"),
                format!("{of} `{id}` 重复"),
            ),
        );
    }

    fn brand(&mut self, table: &DeTable<'_>, span: &Range<usize>, brands: &mut Vec<Brand>) {
        self.check_keys(table, BRAND);
        let id = self.required(table, "id", span, "brand");
        let is_named = id.is_some();
        let id = id.unwrap_or_default();
        let brand = Brand {
            name_zh: self.name(table, "name_zh").unwrap_or_else(|| id.clone()),
            name_en: self.name(table, "name_en").unwrap_or_else(|| id.clone()),
            category: self.name(table, "category"),
            tier: self.name(table, "tier"),
            id,
        };
        if !is_named {
            return;
        }
        if self.ids.insert(("brand", brand.id.clone())) {
            brands.push(brand);
        } else {
            self.twice(span, "brand", &brand.id);
        }
    }

    fn crowd(&mut self, table: &DeTable<'_>, span: &Range<usize>, crowds: &mut Vec<Crowd>) {
        self.check_keys(table, CROWD);
        let id = self.required(table, "id", span, "crowd");
        let is_named = id.is_some();
        let id = id.unwrap_or_default();
        let crowd = Crowd {
            name_zh: self.name(table, "name_zh").unwrap_or_else(|| id.clone()),
            name_en: self.name(table, "name_en").unwrap_or_else(|| id.clone()),
            population: self.population(table),
            exclusive: self.flag(table, "exclusive").unwrap_or(false),
            owner: self.name(table, "owner"),
            rule: self.text(table, "rule"),
            declared: true,
            id,
        };
        if !is_named {
            return;
        }
        if self.ids.insert(("crowd", crowd.id.clone())) {
            crowds.push(crowd);
        } else {
            self.twice(span, "crowd", &crowd.id);
        }
    }

    fn population(&mut self, table: &DeTable<'_>) -> Option<f64> {
        let value = table.get("population")?;
        let text = scalar(value.get_ref()).unwrap_or_default().replace('_', "");
        match number::parse(text.trim()) {
            number::Cell::Number(n) if n.to_f64() >= 0.0 && !n.percent => Some(n.to_f64()),
            number::Cell::Missing if value.get_ref().is_str() => None,
            _ => {
                self.wrong(
                    value,
                    "population",
                    [
                        "people, such as 3000000 or \"300万\"",
                        "人数，如 3000000 或 \"300万\"",
                    ],
                );
                None
            }
        }
    }

    fn table(&mut self, table: &DeTable<'_>, span: &Range<usize>) -> Option<TableSpec> {
        self.check_keys(table, TABLE);
        let profile = self.profile(table);
        let kind = self.kind(table, span, profile);
        let file = self.required(table, "file", span, "table");
        let encoding = self.encoding(table);
        let time_format = self.time_format(table);
        let header = self.flag(table, "header");
        let columns = kind.map_or_else(Vec::new, |kind| self.columns(table, kind));
        let constants = kind.map_or_else(Vec::new, |kind| self.constants(table, kind));
        let values = kind.map_or_else(Vec::new, |kind| self.values(table, kind));
        Some(TableSpec {
            kind: Some(kind?),
            file: file?,
            header,
            encoding,
            profile,
            columns,
            values,
            constants,
            time_format,
            place: self.place(table.get("file").map_or(span.start, |v| v.span().start)),
        })
    }

    fn profile(&mut self, table: &DeTable<'_>) -> Option<&'static Profile> {
        let id = self.text(table, "profile")?;
        let profile = profile::named(&id);
        if let (None, Some(value)) = (profile, table.get("profile")) {
            let known: Vec<&str> = PROFILES.iter().map(|p| p.id).collect();
            self.unknown(&value.span(), ["profile", "配置"], &id, &known);
        }
        profile
    }

    fn kind(
        &mut self,
        table: &DeTable<'_>,
        span: &Range<usize>,
        profile: Option<&Profile>,
    ) -> Option<Kind> {
        let implied = profile.and_then(|p| p.kind);
        if table.get("kind").is_none() && implied.is_some() {
            return implied;
        }
        let id = self.required(table, "kind", span, "table")?;
        let kind = Kind::from_id(&id);
        if let (None, Some(value)) = (kind, table.get("kind")) {
            self.unknown(
                &value.span(),
                ["table kind", "表类型"],
                &id,
                &Kind::ALL.map(Kind::id),
            );
        }
        kind
    }

    fn encoding(&mut self, table: &DeTable<'_>) -> Wanted {
        let Some(name) = self.text(table, "encoding") else {
            return Wanted::Auto;
        };
        match name.to_ascii_lowercase().as_str() {
            "auto" => Wanted::Auto,
            "utf-8" | "utf8" => Wanted::Utf8,
            "gb18030" | "gbk" | "gb2312" => Wanted::Gb18030,
            _ => {
                if let Some(value) = table.get("encoding") {
                    self.wrong(
                        value,
                        "encoding",
                        ["auto, utf-8 or gb18030", "auto、utf-8 或 gb18030"],
                    );
                }
                Wanted::Auto
            }
        }
    }

    fn time_format(&mut self, table: &DeTable<'_>) -> TimeFormat {
        let Some(text) = self.text(table, "time_format") else {
            return TimeFormat::Auto;
        };
        TimeFormat::of(&text).unwrap_or_else(|| {
            if let Some(value) = table.get("time_format") {
                self.wrong(
                    value,
                    "time_format",
                    [
                        "auto, unix_s, unix_ms or a strftime pattern",
                        "auto、unix_s、unix_ms 或 strftime 格式",
                    ],
                );
            }
            TimeFormat::Auto
        })
    }

    /// The entries of a table in a table, with the columns of the kind as the only keys.
    fn by_column<'t, 'i>(
        &mut self,
        table: &'t DeTable<'i>,
        key: &str,
        kind: Kind,
    ) -> Vec<(String, &'t Value<'i>)> {
        let Some(value) = table.get(key) else {
            return Vec::new();
        };
        let Some(inner) = value.get_ref().as_table() else {
            self.wrong(
                value,
                key,
                [
                    format!("a table {key} = {{ … }}"),
                    format!("表 {key} = {{ … }}"),
                ],
            );
            return Vec::new();
        };
        let known: Vec<&str> = kind.columns().map(|c| c.name).collect();
        let mut found = Vec::new();
        for (name, entry) in inner {
            let text = name.get_ref().as_ref();
            if known.contains(&text) || kind == Kind::Consumers {
                found.push((clean(text).into_owned(), entry));
            } else {
                let what = [
                    format!("column of {}", kind.id()),
                    format!("{} 列", kind.id()),
                ];
                self.unknown(&name.span(), [&what[0], &what[1]], text, &known);
            }
        }
        found
    }

    fn columns(&mut self, table: &DeTable<'_>, kind: Kind) -> Vec<(String, ColumnRef)> {
        let mut found = Vec::new();
        for (name, value) in self.by_column(table, "columns", kind) {
            let place = match value.get_ref() {
                DeValue::String(text) if !text.trim().is_empty() => {
                    Some(ColumnRef::Heading(text.to_string()))
                }
                DeValue::Integer(n) => n
                    .as_str()
                    .parse()
                    .ok()
                    .filter(|n| (1..=10_000).contains(n))
                    .map(ColumnRef::Position),
                _ => None,
            };
            match place {
                Some(place) => found.push((name, place)),
                None => self.wrong(
                    value,
                    &format!("columns.{name}"),
                    [
                        "a heading in quotes or a position from 1",
                        "带引号的表头或从 1 起的位置",
                    ],
                ),
            }
        }
        found
    }

    fn constants(&mut self, table: &DeTable<'_>, kind: Kind) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (name, value) in self.by_column(table, "constants", kind) {
            match scalar(value.get_ref()) {
                Some(text) => found.push((name, clean(text.trim()).into_owned())),
                None => self.wrong(
                    value,
                    &format!("constants.{name}"),
                    ["text, a number or a date", "文本、数字或日期"],
                ),
            }
        }
        found
    }

    fn values(&mut self, table: &DeTable<'_>, kind: Kind) -> Vec<(String, Vec<(String, String)>)> {
        let mut found = Vec::new();
        for (name, value) in self.by_column(table, "values", kind) {
            let Some(inner) = value.get_ref().as_table() else {
                self.wrong(
                    value,
                    &format!("values.{name}"),
                    ["a table raw = \"meaning\"", "表 原文 = \"含义\""],
                );
                continue;
            };
            let mut pairs = Vec::new();
            for (raw, meaning) in inner {
                let Some(text) = scalar(meaning.get_ref()) else {
                    self.wrong(meaning, &format!("values.{name}"), ["text", "文本"]);
                    continue;
                };
                if kind == Kind::Events && name == "action" && names::action(&text).is_none() {
                    self.unknown(
                        &meaning.span(),
                        ["action", "行为"],
                        &text,
                        &Action::ALL.map(Action::id),
                    );
                    continue;
                }
                pairs.push((
                    raw.get_ref().trim().to_owned(),
                    clean(text.trim()).into_owned(),
                ));
            }
            found.push((name, pairs));
        }
        found
    }
}

/// A single value, or a list of them, as text.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(n) if n.radix() == 10 => Some(n.as_str().to_owned()),
        DeValue::Float(x) => Some(x.as_str().to_owned()),
        DeValue::Boolean(b) => Some(b.to_string()),
        DeValue::Datetime(t) => Some(t.to_string()),
        DeValue::Array(list) => {
            let parts: Option<Vec<String>> = list.iter().map(|v| scalar(v.get_ref())).collect();
            parts.map(|p| p.join(","))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Problem, Severity};

    fn read(text: &str) -> (Manifest, Vec<Problem>) {
        let mut report = Report::default();
        let manifest = parse("dataset.toml", text, &mut report);
        (manifest, report.into_problems())
    }

    const GOOD: &str = r#"
format = 1
name = "橡木"
as_of = 2017-12-03
[definitions]
"aipl.a_days" = 30
aipl.i_days = 20
fast.s_roles = ["member", "fan"]
[definitions.clv]
spread_weight = 0.5
[[brand]]
id = "oak"
name_zh = "橡木"
[[crowd]]
id = "genz"
population = "300万"
[[crowd]]
id = "mom"
population = 3_000_000
[[table]]
kind = "events"
file = "UserBehavior.csv"
header = false
columns = { consumer = 1, item = 2, action = 4, time = "时间戳" }
values.action = { pv = "browse", 1 = "order" }
constants = { brand = "oak" }
time_format = "unix_s"
"#;

    #[test]
    fn every_form_of_the_contract_is_read() {
        let (m, problems) = read(GOOD);
        assert_eq!(problems, []);
        assert_eq!(m.definitions.count("aipl.a_days"), 30);
        assert_eq!(m.definitions.count("aipl.i_days"), 20);
        assert_eq!(m.definitions.text("fast.s_roles"), "member,fan");
        assert_eq!(m.definitions.text("clv.spread_weight"), "0.5");
        assert_eq!(m.crowds[0].population, m.crowds[1].population);
        assert_eq!(m.as_of.unwrap().to_string(), "2017-12-03");
        assert_eq!(m.brands[0].name_en, "oak");
        let table = &m.tables[0];
        assert_eq!(table.columns.len(), 4);
        assert_eq!(table.values[0].1.len(), 2);
        assert_eq!(table.time_format, TimeFormat::UnixSeconds);
    }

    #[test]
    fn all_problems_come_at_once_with_their_places() {
        let text = "format = 2\nnmae = \"x\"\ntime_zone = \"Mars\"\n[definitions]\naipl.a_dyas = 1\n\
                    [[brand]]\nname_zh = \"无名\"\n[[table]]\nkind = \"event\"\nfile = \"a.csv\"\n\
                    [[table]]\nkind = \"events\"\nfile = \"b.csv\"\ncolumns = { consumre = 1 }\n\
                    values.action = { a = \"brwose\" }\n";
        let (_, problems) = read(text);
        let lines: Vec<u64> = problems.iter().map(|p| p.place.line).collect();
        assert_eq!(lines, [2, 1, 3, 5, 6, 9, 14, 15], "{problems:#?}");
        let helps: Vec<&str> = problems
            .iter()
            .map(|p| p.help.as_str())
            .filter(|h| !h.is_empty())
            .collect();
        assert_eq!(
            helps,
            [
                "did you mean \"name\"?",
                "did you mean \"aipl.a_days\"?",
                "did you mean \"events\"?",
                "did you mean \"consumer\"?",
                "did you mean \"browse\"?",
            ]
        );
        assert_eq!(problems[3].place.column, 6);
    }

    #[test]
    fn a_definition_without_a_metric_is_a_note() {
        let (m, problems) = read(
            "[definitions]\ngrow.method = \"shapley\"\nimport.missing = [\"-\"]\naipl.l_review = false\n\
             [[table]]\nkind = \"events\"\nfile = \"a.csv\"\n",
        );
        let said: Vec<_> = problems
            .iter()
            .map(|p| (p.severity, p.place.line))
            .collect();
        assert_eq!(said, [(Severity::Note, 2), (Severity::Note, 3)]);
        assert!(problems[0].message.contains("no metric uses it yet"));
        assert_eq!(m.definitions.text("aipl.l_review"), "off");
    }

    #[test]
    fn many_brands_are_told_apart_and_a_repeated_one_is_named() {
        let brand = |i| format!("[[brand]]\nid = \"b{i}\"\n");
        let mut text = (0..50_000).map(brand).collect::<Vec<_>>().concat();
        text.push_str("[[brand]]\nid = \"b7\"\n[[crowd]]\nid = \"b7\"\n");
        let (m, problems) = read(&text);
        assert_eq!((m.brands.len(), m.crowds.len()), (50_000, 1));
        let twice: Vec<_> = problems.iter().filter(|p| p.place.line > 1).collect();
        assert_eq!(twice.len(), 1);
        assert_eq!(twice[0].message, "brand `b7` is given twice");
        assert_eq!((twice[0].place.line, twice[0].place.column), (100_001, 1));
    }

    #[test]
    fn a_name_without_end_is_refused() {
        let long = "长".repeat(301);
        let text =
            format!("[[brand]]\nid = \"oak\"\nname_zh = \"{long}\"\n[[brand]]\nid = \"{long}\"\n");
        let (m, problems) = read(&text);
        assert_eq!(m.brands.len(), 1);
        let lines: Vec<u64> = problems
            .iter()
            .filter(|p| p.expected.contains("300"))
            .map(|p| p.place.line)
            .collect();
        assert_eq!(lines, [3, 5]);
    }

    #[test]
    fn broken_toml_says_where() {
        let (_, problems) = read("format = 1\nname = \n");
        assert_eq!(problems[0].place.line, 2);
        assert!(problems[0].message.starts_with("not valid TOML"));
    }
}
