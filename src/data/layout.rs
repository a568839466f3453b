//! How one table file is laid out: delimiter, header row, and where each column is.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::columns::{Column, ColumnUnit, Kind, recognise};
use super::manifest::{ColumnRef, TableSpec};
use super::profile::Source;
use super::records::{MAX_CELLS, Read, Record, Records};
use super::report::{Draft, Report, error, warning};
use super::text::{clean, normal_name, suggestion};
use crate::facts::Code;

/// Rows among which the header is searched.
const HEADER_ROWS: usize = 30;
const DELIMITERS: [u8; 3] = [b',', b'\t', b';'];

/// Where the cells of one column come from.
#[derive(Debug, Clone, Default)]
enum Origin {
    /// The table does not have it.
    #[default]
    Absent,
    /// A field of the record, from 0, with replacements for raw texts.
    Field(usize, FxHashMap<String, String>),
    /// The same text for every row.
    Constant(String),
}

/// One column of a table file.
#[derive(Debug, Clone, Default)]
pub(super) struct Slot {
    /// Canonical name; empty for attributes.
    pub(super) name: &'static str,
    origin: Origin,
}

impl Slot {
    /// Whether there is anything to read.
    pub(super) fn is_there(&self) -> bool {
        !matches!(self.origin, Origin::Absent)
    }

    /// Field number from 1; 0 when it is not a field.
    pub(super) fn number(&self) -> u64 {
        self.index().map_or(0, |index| index as u64 + 1)
    }

    /// The same text for every row, if it is that.
    pub(super) fn constant(&self) -> Option<&str> {
        match &self.origin {
            Origin::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// Whether some raw texts stand for others.
    pub(super) fn replaces(&self) -> bool {
        matches!(&self.origin, Origin::Field(_, values) if !values.is_empty())
    }

    /// The text of a cell of printable ASCII without white space around it.
    pub(super) fn plain<'t>(&'t self, raw: &'t str) -> &'t str {
        match &self.origin {
            Origin::Field(_, values) => replaced(values, raw).unwrap_or(raw),
            _ => raw,
        }
    }

    /// The field of the record, from 0.
    pub(super) fn index(&self) -> Option<usize> {
        match self.origin {
            Origin::Field(index, _) => Some(index),
            _ => None,
        }
    }

    /// The text of the cell, trimmed and cleaned.
    pub(super) fn text<'t>(&'t self, text: &'t str, record: &Record) -> Cow<'t, str> {
        match &self.origin {
            Origin::Absent => Cow::Borrowed(""),
            Origin::Constant(value) => Cow::Borrowed(value),
            Origin::Field(index, values) => {
                let raw = record.cell(text, *index);
                if let Some(value) = replaced(values, &raw) {
                    return Cow::Borrowed(value);
                }
                match raw {
                    raw if record.is_plain() => raw,
                    Cow::Borrowed(raw) => clean(raw),
                    Cow::Owned(raw) => Cow::Owned(clean(&raw).into_owned()),
                }
            }
        }
    }
}

/// The text that is read instead of this one.
fn replaced<'v>(values: &'v FxHashMap<String, String>, raw: &str) -> Option<&'v str> {
    if values.is_empty() {
        return None;
    }
    values.get(raw).map(String::as_str)
}

/// The layout of a table file.
#[derive(Debug)]
pub(super) struct Layout {
    pub(super) kind: Kind,
    pub(super) delimiter: u8,
    /// Records before the first data row.
    pub(super) skip: usize,
    /// Cells in a full row.
    pub(super) width: usize,
    /// Cells that every row needs.
    pub(super) needed: usize,
    /// Fields in which a word such as 合计 marks a row of totals.
    pub(super) totals: Vec<usize>,
    slots: Vec<Slot>,
    /// Attribute columns of `consumers`: id and slot.
    pub(super) attributes: Vec<(String, Slot)>,
}

impl Layout {
    /// The slot of a column.
    pub(super) fn slot(&self, name: &str) -> Slot {
        let slot = self.slots.iter().find(|slot| slot.name == name);
        slot.cloned().unwrap_or_default()
    }

    /// The fields that are read.
    #[cfg(feature = "parquet")]
    pub(super) fn fields(&self) -> impl Iterator<Item = usize> {
        let attributes = self.attributes.iter().map(|(_, slot)| slot);
        self.slots.iter().chain(attributes).filter_map(Slot::index)
    }

    /// The slots of several columns.
    pub(super) fn slots<const N: usize>(&self, names: [&str; N]) -> [Slot; N] {
        names.map(|name| self.slot(name))
    }
}

/// The first records of a text of unknown kind.
pub(super) fn sample(text: &str) -> Vec<Vec<String>> {
    first_rows(text, find_delimiter(text, &Kind::ALL))
}

/// The first records of a text, as cells.
fn first_rows(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut records = Records::new(text, delimiter);
    let mut record = Record::default();
    let mut rows = Vec::new();
    while rows.len() < HEADER_ROWS && records.read(&mut record) != Read::End {
        rows.push(record.cells(text));
    }
    rows
}

/// The delimiter that gives the best header and the most regular rows.
fn find_delimiter(text: &str, kinds: &[Kind]) -> u8 {
    DELIMITERS
        .into_iter()
        .rev()
        .max_by_key(|delimiter| {
            let rows = first_rows(text, *delimiter);
            let known = kinds
                .iter()
                .filter_map(|kind| best_header(*kind, &rows, &[]))
                .map(|(_, score)| score)
                .max();
            (known.filter(|n| *n > 1), regular(&rows))
        })
        .unwrap_or(b',')
}

/// How many rows have the most frequent width above one.
fn regular(rows: &[Vec<String>]) -> usize {
    let mut counts: FxHashMap<usize, usize> = FxHashMap::default();
    for row in rows.iter().filter(|r| r.len() > 1) {
        *counts.entry(row.len()).or_default() += 1;
    }
    counts.into_values().max().unwrap_or(0)
}

/// The row that names most columns of a kind (or of the headings given), and how many.
fn best_header(kind: Kind, rows: &[Vec<String>], given: &[&str]) -> Option<(usize, usize)> {
    rows.iter()
        .enumerate()
        .map(|(i, row)| {
            let named = row.iter().filter(|cell| {
                recognise(kind, cell).is_some() || given.contains(&normal_name(cell).as_str())
            });
            (i, named.count())
        })
        .filter(|(_, score)| *score > 0)
        .max_by_key(|(i, score)| (*score, std::cmp::Reverse(*i)))
}

/// The kind whose required columns are all in one row; the one with most columns among several.
pub(super) fn recognise_kind(rows: &[Vec<String>]) -> Option<Kind> {
    Kind::ALL
        .into_iter()
        .filter_map(|kind| {
            let (at, score) = best_header(kind, rows, &[])?;
            let headings = headings(rows.get(at)?);
            (is_complete(kind, &headings) && (score > 1 || headings.len() == 1))
                .then_some((kind, score))
        })
        .max_by_key(|(kind, score)| (*score, std::cmp::Reverse(*kind)))
        .map(|(kind, _)| kind)
}

/// Whether the headings hold the required columns, and something to measure where only a date is
/// required.
fn is_complete(kind: Kind, headings: &[String]) -> bool {
    let there = |column: &Column| place_of(column, headings).is_some();
    let (required, optional): (Vec<&Column>, Vec<&Column>) = kind
        .columns()
        .filter(|c| c.name != "brand")
        .partition(|c| c.required);
    let measures = [ColumnUnit::People, ColumnUnit::Ratio, ColumnUnit::Money];
    let has_figures = || {
        optional
            .iter()
            .any(|c| measures.contains(&c.unit) && there(c))
    };
    let dated_only = required
        .iter()
        .all(|c| matches!(c.name, "date" | "created"));
    required.iter().all(|c| there(c)) && (!dated_only || has_figures())
}

/// Headings in normal form; repeated ones get `__2`, `__3` …
fn headings(row: &[String]) -> Vec<String> {
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    row.iter()
        .map(|cell| {
            let name = normal_name(cell);
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            if *count == 1 {
                name
            } else {
                format!("{name}__{count}")
            }
        })
        .collect()
}

/// One warning for all headings that stand there more than once.
fn report_repeated(row: &[String], (path, line): (&str, u64), report: &mut Report) {
    let mut seen = FxHashSet::default();
    let names = row.iter().map(|cell| normal_name(cell));
    let repeated: Vec<String> = names
        .filter(|name| !name.is_empty() && !seen.insert(name.clone()))
        .collect();
    if repeated.is_empty() {
        return;
    }
    let draft = warning(Code::Header, "a heading is repeated", "表头重复")
        .at(path, line, 0)
        .expected(["every heading once", "每个表头只出现一次"])
        .found(&repeated.join(", "))
        .help(["the first one is read", "以第一个为准"]);
    report.push(draft);
}

/// The heading that names a column best.
fn place_of(column: &Column, headings: &[String]) -> Option<usize> {
    headings
        .iter()
        .enumerate()
        .filter_map(|(i, heading)| {
            let (named, rank) = recognise(column.table, heading)?;
            (named.name == column.name).then_some((rank, i))
        })
        .min()
        .map(|(_, i)| i)
}

/// Works out the layout; `None` after an error was reported.
pub(super) fn resolve(
    spec: &TableSpec,
    kind: Kind,
    path: &str,
    text: &str,
    report: &mut Report,
) -> Option<Layout> {
    let delimiter = find_delimiter(text, &[kind]);
    let rows = first_rows(text, delimiter);
    if rows.iter().any(|row| row.len() > MAX_CELLS) {
        let draft = error(Code::Header, "too many columns", "列数过多");
        report.push(draft.at(path, 1, 0).expected([
            format!("at most {MAX_CELLS} columns"),
            format!("至多 {MAX_CELLS} 列"),
        ]));
        return None;
    }
    let plan = Plan {
        spec,
        kind,
        path,
        rows: &rows,
    };
    plan.layout(delimiter, &|row| line_of(text, delimiter, row), report)
}

/// Works out the layout of a file that names its columns itself; `None` after an error was reported.
#[cfg(feature = "parquet")]
pub(super) fn of_headings(
    spec: &TableSpec,
    kind: Kind,
    path: &str,
    (headings, delimiter): (Vec<String>, u8),
    report: &mut Report,
) -> Option<Layout> {
    let named = TableSpec {
        header: Some(true),
        ..spec.clone()
    };
    let plan = Plan {
        spec: &named,
        kind,
        path,
        rows: &[headings],
    };
    let mut found = plan.layout(delimiter, &|_| 0, report)?;
    found.skip = 0;
    Some(found)
}

/// Cells up to the last required one.
fn needed(kind: Kind, slots: &[Slot]) -> usize {
    let required = |slot: &&Slot| kind.columns().any(|c| c.required && c.name == slot.name);
    let last = slots.iter().filter(required).filter_map(Slot::index).max();
    last.map_or(1, |index| index + 1)
}

/// The first three fields, without those in which such a word has a meaning of its own.
fn totals_fields(slots: &[Slot]) -> Vec<usize> {
    let meaningful = |index: usize| {
        let own = |slot: &&Slot| slot.name == "role" && slot.index() == Some(index);
        slots.iter().any(|slot| own(&slot))
    };
    (0..3).filter(|index| !meaningful(*index)).collect()
}

struct Plan<'p> {
    spec: &'p TableSpec,
    kind: Kind,
    path: &'p str,
    rows: &'p [Vec<String>],
}

impl Plan<'_> {
    /// The layout, where `line_of` gives the line of a row.
    fn layout(
        &self,
        delimiter: u8,
        line_of: &dyn Fn(usize) -> u64,
        report: &mut Report,
    ) -> Option<Layout> {
        let header = match self.header_row() {
            Ok(header) => header,
            Err(draft) => {
                report.push(*draft);
                return None;
            }
        };
        let row = header.and_then(|at| self.rows.get(at));
        let headings = row.map(|row| headings(row));
        let width = headings
            .as_ref()
            .map(Vec::len)
            .or_else(|| self.rows.iter().map(Vec::len).max())
            .unwrap_or(0);
        let (places, problems) = self.places(headings.as_deref().unwrap_or(&[]));
        let line = header.map_or(0, line_of);
        let failed = !problems.is_empty();
        for problem in problems {
            report.push(problem.at(self.path, line, 0));
        }
        if failed {
            return None;
        }
        if let Some(row) = row {
            report_repeated(row, (self.path, line), report);
        }
        let slots = self.slots(&places);
        Some(Layout {
            kind: self.kind,
            delimiter,
            skip: header.map_or(0, |h| h + 1),
            width,
            needed: needed(self.kind, &slots),
            totals: totals_fields(&slots),
            slots,
            attributes: self.attributes(header, &places),
        })
    }

    /// Column places that manifest or profile give.
    fn given(&self) -> Vec<(&str, ColumnRef)> {
        let mut given: Vec<(&str, ColumnRef)> = self
            .spec
            .columns
            .iter()
            .map(|(name, place)| (name.as_str(), place.clone()))
            .collect();
        for (name, source) in self.spec.profile.map_or(&[][..], |p| p.columns) {
            if given.iter().all(|(n, _)| n != name) {
                let place = match source {
                    Source::Heading(heading) => ColumnRef::Heading((*heading).to_owned()),
                    Source::Position(n) => ColumnRef::Position(*n),
                };
                given.push((name, place));
            }
        }
        given
    }

    /// The index of the header row among the first rows; `Ok(None)`: there is none.
    fn header_row(&self) -> Result<Option<usize>, Box<Draft>> {
        if self.spec.header == Some(false) {
            return Ok(None);
        }
        let given = self.given();
        let named: Vec<String> = given
            .iter()
            .filter_map(|(_, place)| match place {
                ColumnRef::Heading(heading) => Some(normal_name(heading)),
                ColumnRef::Position(_) => None,
            })
            .collect();
        let named: Vec<&str> = named.iter().map(String::as_str).collect();
        let best = best_header(self.kind, self.rows, &named);
        let positions = given.len() > named.len();
        match best {
            Some((at, score)) if score > 1 || !positions => Ok(Some(at)),
            _ if self.spec.header == Some(true) && !self.rows.is_empty() => Ok(Some(0)),
            _ if positions => Ok(None),
            _ => Err(Box::new(self.no_header())),
        }
    }

    fn no_header(&self) -> Draft {
        let columns: Vec<&str> = self
            .kind
            .columns()
            .filter(|c| c.required)
            .map(|c| c.name)
            .collect();
        let first = self.rows.first().map(|r| r.join(" ")).unwrap_or_default();
        error(
            Code::Header,
            format!(
                "no header row of a {} table in the first {HEADER_ROWS} rows",
                self.kind.id()
            ),
            format!("前 {HEADER_ROWS} 行中没有 {} 表的表头", self.kind.id()),
        )
        .at(self.path, 1, 0)
        .expected(columns.join(", "))
        .found(&first)
        .help([
            "give `columns` in the manifest, by heading or position",
            "请在清单的 `columns` 中按表头或位置指定列",
        ])
    }

    /// Where every column is (field index), and the required ones that are nowhere.
    fn places(&self, headings: &[String]) -> (Vec<(String, usize)>, Vec<Draft>) {
        let mut places = Vec::new();
        let mut problems = Vec::new();
        for (name, place) in self.given() {
            let index = match &place {
                ColumnRef::Position(n) => Some(n - 1),
                ColumnRef::Heading(heading) => self.find_heading(name, heading, headings),
            };
            match (index, place) {
                (Some(index), _) => places.push((name.to_owned(), index)),
                (None, ColumnRef::Heading(heading)) => {
                    problems.push(missing_heading(name, &heading, headings));
                }
                (None, ColumnRef::Position(_)) => {}
            }
        }
        for column in self.kind.columns() {
            if places.iter().all(|(name, _)| name != column.name)
                && let Some(index) = place_of(column, headings)
                && places.iter().all(|(_, taken)| *taken != index)
            {
                places.push((column.name.to_owned(), index));
            }
        }
        problems.extend(self.missing_columns(&places, headings));
        (places, problems)
    }

    fn find_heading(&self, name: &str, heading: &str, headings: &[String]) -> Option<usize> {
        let wanted = normal_name(heading);
        headings.iter().position(|h| *h == wanted).or_else(|| {
            let column = self.kind.columns().find(|c| c.name == name)?;
            column
                .rank(&wanted)
                .and_then(|_| place_of(column, headings))
        })
    }

    fn has_constant(&self, name: &str) -> bool {
        self.spec.constants.iter().any(|(n, _)| n == name)
    }

    fn missing_columns(&self, places: &[(String, usize)], headings: &[String]) -> Vec<Draft> {
        let there = |name: &str| places.iter().any(|(n, _)| n == name) || self.has_constant(name);
        let mut missing: Vec<&str> = self
            .kind
            .columns()
            .filter(|c| c.required && c.name != "brand" && !there(c.name))
            .map(|c| c.name)
            .collect();
        if self.kind == Kind::Relations && !there("consumer") {
            missing.extend(["date", "people"].into_iter().filter(|n| !there(n)));
        }
        missing
            .into_iter()
            .map(|name| {
                let draft = error(
                    Code::Header,
                    format!("the {} table has no column `{name}`", self.kind.id()),
                    format!("{} 表缺少列 `{name}`", self.kind.id()),
                );
                if self.spec.header == Some(false) {
                    return draft.expected([
                        format!("its position, such as columns = {{ {name} = 1 }}"),
                        format!("其位置，如 columns = {{ {name} = 1 }}"),
                    ]);
                }
                draft
                    .expected(accepted(self.kind, name))
                    .found(&headings.join(" "))
                    .help(suggestion(name, headings.iter().map(String::as_str)))
            })
            .collect()
    }

    fn slots(&self, places: &[(String, usize)]) -> Vec<Slot> {
        self.kind
            .columns()
            .map(|column| Slot {
                name: column.name,
                origin: self.origin(column.name, places),
            })
            .collect()
    }

    /// Constants override a column.
    fn origin(&self, name: &str, places: &[(String, usize)]) -> Origin {
        if let Some((_, value)) = self.spec.constants.iter().find(|(n, _)| n == name) {
            return Origin::Constant(value.clone());
        }
        let place = places.iter().find(|(n, _)| n == name);
        place.map_or(Origin::Absent, |(_, index)| {
            Origin::Field(*index, self.values(name))
        })
    }

    fn values(&self, name: &str) -> FxHashMap<String, String> {
        let mut map: FxHashMap<String, String> = FxHashMap::default();
        if let Some(profile) = self.spec.profile.filter(|_| name == "action") {
            map.extend(
                profile
                    .actions
                    .iter()
                    .map(|(raw, a)| ((*raw).to_owned(), a.id().to_owned())),
            );
        }
        for (_, pairs) in self.spec.values.iter().filter(|(n, _)| n == name) {
            map.extend(pairs.iter().cloned());
        }
        map
    }

    /// Every column of a `consumers` table but the consumer is an attribute.
    fn attributes(&self, header: Option<usize>, places: &[(String, usize)]) -> Vec<(String, Slot)> {
        if self.kind != Kind::Consumers {
            return Vec::new();
        }
        let mut found: Vec<(String, Slot)> = places
            .iter()
            .filter(|(name, _)| name != "consumer")
            .map(|(name, index)| {
                (
                    name.clone(),
                    attribute(Origin::Field(*index, self.values(name))),
                )
            })
            .collect();
        let row = header.and_then(|at| self.rows.get(at));
        let names = row.map(|row| headings(row)).unwrap_or_default();
        for (index, name) in names.into_iter().enumerate() {
            let taken = places.iter().any(|(_, i)| *i == index);
            if !taken && !name.is_empty() && found.iter().all(|(n, _)| *n != name) {
                let id = clean(&name).into_owned();
                found.push((id, attribute(Origin::Field(index, self.values(&name)))));
            }
        }
        for (name, value) in self.spec.constants.iter().filter(|(n, _)| n != "consumer") {
            found.retain(|(n, _)| n != name);
            found.push((name.clone(), attribute(Origin::Constant(value.clone()))));
        }
        found
    }
}

/// Bytes and lines before the first row.
pub(super) fn before_rows(text: &str, layout: &Layout) -> (usize, u64) {
    let mut records = Records::new(text, layout.delimiter);
    let mut record = Record::default();
    for _ in 0..layout.skip {
        records.read(&mut record);
    }
    (records.position(), records.lines())
}

/// The line on which a record begins.
fn line_of(text: &str, delimiter: u8, row: usize) -> u64 {
    let mut records = Records::new(text, delimiter);
    let mut record = Record::default();
    for _ in 0..=row {
        records.read(&mut record);
    }
    record.line
}

fn attribute(origin: Origin) -> Slot {
    Slot { name: "", origin }
}

fn missing_heading(name: &str, heading: &str, headings: &[String]) -> Draft {
    error(
        Code::Header,
        format!("the heading `{heading}` for column `{name}` is not in the file"),
        format!("文件中没有列 `{name}` 对应的表头 `{heading}`"),
    )
    .expected(heading.to_owned())
    .found(&headings.join(" "))
    .help(suggestion(
        &normal_name(heading),
        headings.iter().map(String::as_str),
    ))
}

/// The names under which a column is found.
fn accepted(kind: Kind, name: &str) -> String {
    let column = kind.columns().find(|c| c.name == name);
    column.map_or_else(String::new, |c| {
        std::iter::once(&c.name)
            .chain(c.aliases_zh)
            .chain(c.aliases_en)
            .copied()
            .collect::<Vec<_>>()
            .join(" / ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(kind: Kind, text: &str) -> Layout {
        let mut report = Report::default();
        let found = resolve(
            &TableSpec::of_file("t.csv"),
            kind,
            "t.csv",
            text,
            &mut report,
        );
        found.unwrap_or_else(|| panic!("{:?}", report.into_problems()))
    }

    #[test]
    fn a_preamble_is_skipped_and_the_delimiter_found() {
        let text = "生意参谋\n统计周期: 2026-06-18\n\n说明,以下数据\n统计日期\t访客数\t支付金额\t支付买家数\n2026-06-18\t1\t2\t3\n";
        let found = layout(Kind::Sales, text);
        assert_eq!((found.delimiter, found.skip), (b'\t', 4));
        assert_eq!(found.slot("gmv").number(), 3);
        assert!(!found.slot("orders").is_there());
    }

    #[test]
    fn the_best_alias_of_several_headings_wins() {
        let text = "用户ID,商品ID,品牌,品牌ID,商品名称,商品类别,商品类目ID,行为类型,时间戳,售价\n1,2,a,3,x,y,4,buy,1512189107,1\n";
        let found = layout(Kind::Events, text);
        assert_eq!(found.slot("brand").number(), 3);
        assert_eq!(found.slot("category").number(), 6);
        assert_eq!(found.slot("amount").number(), 10);
        assert_eq!(recognise_kind(&sample(text)), Some(Kind::Events));
    }

    #[test]
    fn a_date_alone_makes_no_table() {
        let kind = |text: &str| recognise_kind(&sample(text));
        assert_eq!(kind("brand,date\noak,2026-01-01\n"), None);
        assert_eq!(
            kind("brand,date,members\noak,2026-01-01,5\n"),
            Some(Kind::Fast)
        );
        assert_eq!(
            kind("brand,date,a,i\noak,2026-01-01,5,6\n"),
            Some(Kind::Stock)
        );
    }

    #[test]
    fn repeated_headings_are_told_apart() {
        let row: Vec<String> = ["a", "A ", "b"].map(str::to_owned).to_vec();
        assert_eq!(headings(&row), ["a", "a__2", "b"]);
    }

    #[test]
    fn a_repeated_heading_is_one_warning() {
        let mut report = Report::default();
        let spec = TableSpec::of_file("t.csv");
        let text = "consumer,time,time,TIME,action,,\n1,2024-01-01,x,y,browse,,\n";
        assert!(resolve(&spec, Kind::Events, "t.csv", text, &mut report).is_some());
        let problems = report.into_problems();
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert_eq!(
            (problems[0].found.as_str(), problems[0].place.line),
            ("time, time", 1)
        );
    }

    #[test]
    fn a_missing_column_names_what_would_do() {
        let mut report = Report::default();
        let spec = TableSpec::of_file("t.csv");
        let text = "brand,date,frm,to\noak,2026-01-01,a,i\n";
        assert!(resolve(&spec, Kind::Flow, "t.csv", text, &mut report).is_none());
        let problems = report.into_problems();
        assert!(
            problems
                .iter()
                .any(|p| p.message.contains("`from`") && p.help.contains("frm")),
            "{problems:?}"
        );
    }
}
