//! A table as a Parquet file is the same table as its CSV: same data, counts and problems. Files are
//! written here in every type, encoding and codec; damaged ones end in an error, never in a panic.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;

use fastdeck::data::{Input, LoadError, Options, load};
use fastdeck::facts::{Dataset, Problem, Tables};
use parquet::basic::{Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType,
    FloatType, Int32Type, Int64Type, Int96, Int96Type,
};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;

/// The values of a column; `None` is a missing one.
#[derive(Debug, Clone)]
enum Column {
    Text(Vec<Option<String>>),
    Fixed(Vec<Option<Vec<u8>>>),
    Flag(Vec<Option<bool>>),
    Int32(Vec<Option<i32>>),
    Int64(Vec<Option<i64>>),
    Int96(Vec<Option<[u32; 3]>>),
    Float(Vec<Option<f32>>),
    Double(Vec<Option<f64>>),
    /// Lists; an empty one is missing.
    List(Vec<Vec<&'static str>>),
}

fn text(values: &[&str]) -> Column {
    let cell = |v: &&str| (!v.is_empty()).then(|| (*v).to_owned());
    Column::Text(values.iter().map(cell).collect())
}

/// Levels and values of a flat column, which is optional.
fn flat<T: Clone, U>(values: &[Option<T>], to: impl Fn(T) -> U) -> (Vec<i16>, Vec<U>) {
    let levels = values.iter().map(|v| i16::from(v.is_some())).collect();
    (levels, values.iter().flatten().cloned().map(to).collect())
}

impl Column {
    fn part(&self, from: usize, to: usize) -> Self {
        match self {
            Self::Text(v) => Self::Text(v[from..to].to_vec()),
            Self::Fixed(v) => Self::Fixed(v[from..to].to_vec()),
            Self::Flag(v) => Self::Flag(v[from..to].to_vec()),
            Self::Int32(v) => Self::Int32(v[from..to].to_vec()),
            Self::Int64(v) => Self::Int64(v[from..to].to_vec()),
            Self::Int96(v) => Self::Int96(v[from..to].to_vec()),
            Self::Float(v) => Self::Float(v[from..to].to_vec()),
            Self::Double(v) => Self::Double(v[from..to].to_vec()),
            Self::List(v) => Self::List(v[from..to].to_vec()),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Text(v) => v.len(),
            Self::Fixed(v) => v.len(),
            Self::Flag(v) => v.len(),
            Self::Int32(v) => v.len(),
            Self::Int64(v) => v.len(),
            Self::Int96(v) => v.len(),
            Self::Float(v) => v.len(),
            Self::Double(v) => v.len(),
            Self::List(v) => v.len(),
        }
    }

    fn write(&self, writer: &mut SerializedColumnWriter<'_>) {
        macro_rules! write {
            ($kind:ty, $values:expr, $to:expr) => {{
                let (levels, values) = flat($values, $to);
                let typed = writer.typed::<$kind>();
                typed.write_batch(&values, Some(&levels), None).unwrap();
            }};
        }
        match self {
            Self::Text(v) => write!(ByteArrayType, v, |t: String| ByteArray::from(
                t.into_bytes()
            )),
            Self::Fixed(v) => write!(FixedLenByteArrayType, v, |b: Vec<u8>| {
                FixedLenByteArray::from(b)
            }),
            Self::Flag(v) => write!(BoolType, v, |b| b),
            Self::Int32(v) => write!(Int32Type, v, |n| n),
            Self::Int64(v) => write!(Int64Type, v, |n| n),
            Self::Int96(v) => write!(Int96Type, v, |[a, b, c]: [u32; 3]| {
                let mut value = Int96::new();
                value.set_data(a, b, c);
                value
            }),
            Self::Float(v) => write!(FloatType, v, |n| n),
            Self::Double(v) => write!(DoubleType, v, |n| n),
            Self::List(lists) => {
                let (mut levels, mut starts, mut values) = (Vec::new(), Vec::new(), Vec::new());
                for list in lists {
                    if list.is_empty() {
                        levels.push(0);
                        starts.push(0);
                    }
                    for (i, value) in list.iter().enumerate() {
                        starts.push(i16::from(i > 0));
                        levels.push(if *value == "null" { 2 } else { 3 });
                        if *value != "null" {
                            values.push(ByteArray::from(*value));
                        }
                    }
                }
                let typed = writer.typed::<ByteArrayType>();
                typed
                    .write_batch(&values, Some(&levels), Some(&starts))
                    .unwrap();
            }
        }
    }
}

/// A Parquet file with row groups of so many rows.
fn file(fields: &[(&str, Column)], properties: WriterPropertiesBuilder, group: usize) -> Vec<u8> {
    let mut message = String::from("message table {\n");
    for (field, _) in fields {
        match field.strip_prefix("list ") {
            Some(name) => writeln!(
                message,
                "optional group {name} (LIST) {{ repeated group list {{ optional binary element (STRING); }} }}"
            )
            .unwrap(),
            None => writeln!(message, "optional {field};").unwrap(),
        }
    }
    message.push('}');
    let schema = Arc::new(parse_message_type(&message).unwrap());
    let mut writer =
        SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build())).unwrap();
    let rows = fields[0].1.len();
    let mut from = 0;
    while from < rows {
        let to = (from + group).min(rows);
        let mut own = writer.next_row_group().unwrap();
        for (_, column) in fields {
            let mut each = own.next_column().unwrap().unwrap();
            column.part(from, to).write(&mut each);
            each.close().unwrap();
        }
        own.close().unwrap();
        from = to;
    }
    writer.into_inner().unwrap()
}

fn plain() -> WriterPropertiesBuilder {
    WriterProperties::builder()
}

fn memory(files: &[(&str, &[u8])]) -> Input {
    let files = files
        .iter()
        .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()));
    Input::Memory(files.collect())
}

fn read(input: &Input) -> Result<Dataset, LoadError> {
    load(input, &Options { lenient: true }, &mut |_| true)
}

/// Loads one table of a kind, with more lines for its entry in the manifest.
fn table(kind: &str, more: &str, bytes: &[u8]) -> Result<Dataset, LoadError> {
    let head = "format = 1\ntime_zone = \"Asia/Shanghai\"\n[[table]]";
    let manifest = format!("{head}\nkind = \"{kind}\"\nfile = \"t\"\n{more}");
    read(&memory(&[
        ("dataset.toml", manifest.as_bytes()),
        ("t", bytes),
    ]))
}

/// What a problem says, with the row in the place of the line.
fn words(problem: &Problem, before: u64) -> String {
    let line = problem.place.line.saturating_sub(before);
    let (column, found) = (problem.place.column, &problem.found);
    format!(
        "{line}:{column} {} {found} {}",
        problem.message, problem.count
    )
}

fn without_lines(mut tables: Tables) -> Tables {
    tables.stock.iter_mut().for_each(|r| r.at.1 = 0);
    tables.sales.iter_mut().for_each(|r| r.at.1 = 0);
    tables.targets.iter_mut().for_each(|r| r.at.1 = 0);
    tables.order_days.iter_mut().for_each(|r| r.at.1 = 0);
    tables
}

fn assert_same(csv: &Dataset, own: &Dataset) {
    let counts = |d: &Dataset| -> Vec<_> {
        let each = d.sources.iter();
        each.map(|s| (s.rows, s.used, s.rejected, s.excluded))
            .collect()
    };
    assert_eq!(counts(csv), counts(own));
    let said = |d: &Dataset, before| -> Vec<String> {
        d.problems.iter().map(|p| words(p, before)).collect()
    };
    assert_eq!(said(csv, 1), said(own, 0));
    assert_eq!(csv.brands, own.brands);
    assert_eq!(csv.crowds, own.crowds);
    assert_eq!(csv.attributes, own.attributes);
    assert_eq!(format!("{:?}", csv.log), format!("{:?}", own.log));
    let tables = |d: &Dataset| format!("{:?}", without_lines(d.tables.clone()));
    assert_eq!(tables(csv), tables(own));
}

/// Loads the same table from both files and compares.
fn compare(kind: &str, more: &str, csv: &str, own: &[u8]) -> Dataset {
    let csv = table(kind, more, csv.as_bytes()).unwrap();
    let own = table(kind, more, own).unwrap();
    assert_same(&csv, &own);
    own
}

/// A log with what logs hold: repetitions, gaps, texts with marks, and rows that are wrong.
fn log(rows: usize) -> (String, Vec<(&'static str, Column)>) {
    let mut csv = String::from("user_id,time,action,amount,channel,品牌\n");
    let (mut ids, mut times, mut actions) = (Vec::new(), Vec::new(), Vec::new());
    let (mut amounts, mut channels, mut brands) = (Vec::new(), Vec::new(), Vec::new());
    for i in 0..rows {
        let id = (i * 7919 % 257) as i64 + 10_000_000_000;
        let second = 1_511_539_200 + (i as i64 * 613) % 600_000;
        let action = ["pv", "buy", "cart", "fav", "dance"][i % 5];
        let amount = (i % 5 == 1).then(|| i as f64 / 8.0 + 0.25);
        let channel = [
            Some("douyin"),
            Some("小红书, \"live\""),
            None,
            Some(" search "),
        ][i % 4];
        let brand = ["oak", "橡木", ""][usize::from(i % 11 == 0) + usize::from(i % 33 == 0)];
        let shown = channel.unwrap_or("").replace('"', "\"\"");
        let paid = amount.map_or_else(String::new, |a| a.to_string());
        writeln!(csv, "{id},{second},{action},{paid},\"{shown}\",{brand}").unwrap();
        ids.push(Some(id));
        times.push(Some(second * 1000));
        actions.push(Some(action.to_owned()));
        amounts.push(amount);
        channels.push(channel.map(str::to_owned));
        brands.push(Some(brand.to_owned()));
    }
    let fields = vec![
        ("int64 user_id", Column::Int64(ids)),
        ("int64 time (TIMESTAMP(MILLIS,true))", Column::Int64(times)),
        ("binary action (STRING)", Column::Text(actions)),
        ("double amount", Column::Double(amounts)),
        ("binary channel (STRING)", Column::Text(channels)),
        ("binary 品牌 (STRING)", Column::Text(brands)),
    ];
    (csv, fields)
}

const ACTIONS: &str = "values.action = { pv = \"browse\", buy = \"order\", fav = \"favorite\" }\n";

#[test]
fn every_codec_and_page_version_gives_the_same_log() {
    let (csv, fields) = log(10_000);
    let codecs = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ];
    for codec in codecs {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            let small = plain().set_compression(codec).set_writer_version(version);
            let bytes = file(&fields, small.set_data_page_row_count_limit(1000), 6000);
            let found = compare("events", ACTIONS, &csv, &bytes);
            assert_eq!(found.log.events.len(), 7757, "{codec} {version:?}");
            assert!(found.problems.iter().any(|p| p.found == "dance"));
        }
    }
}
