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
    load(
        input,
        &Options {
            lenient: true,
            ..Options::default()
        },
        &mut |_| true,
    )
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

/// The forms in which a log may write one moment, 2017-11-25 01:21:10 in Shanghai.
#[test]
fn moments_of_every_type_are_read_in_the_right_zone() {
    let (utc, local) = (1_511_544_070_i64, 1_511_544_070_i64 + 8 * 3600);
    let one = |n: i64| Column::Int64(vec![Some(n), None]);
    let days = 2_440_588 + local.div_euclid(86_400) as u32;
    let nanos = 62_470 * 1_000_000_000_u64;
    let old = [nanos as u32, (nanos >> 32) as u32, days - 1];
    let cases = [
        ("int64 time (TIMESTAMP(MILLIS,true))", one(utc * 1000 + 999)),
        ("int64 time (TIMESTAMP(MICROS,true))", one(utc * 1_000_000)),
        (
            "int64 time (TIMESTAMP(NANOS,true))",
            one(utc * 1_000_000_000),
        ),
        ("int64 time (TIMESTAMP(MILLIS,false))", one(local * 1000)),
        (
            "int64 time (TIMESTAMP(MICROS,false))",
            one(local * 1_000_000 + 1),
        ),
        (
            "int64 time (TIMESTAMP(NANOS,false))",
            one(local * 1_000_000_000),
        ),
        ("int64 time (TIMESTAMP_MILLIS)", one(utc * 1000)),
        ("int64 time (TIMESTAMP_MICROS)", one(utc * 1_000_000)),
        ("int96 time", Column::Int96(vec![Some(old), None])),
        ("int64 time", one(utc)),
        ("int64 time (INTEGER(64,false))", one(utc * 1000)),
        ("int32 time", Column::Int32(vec![Some(utc as i32), None])),
        ("double time", Column::Double(vec![Some(utc as f64), None])),
        ("binary time (STRING)", text(&["2017-11-25 01:21:10", ""])),
        ("binary time", text(&["2017-11-24T17:21:10Z", ""])),
    ];
    for (field, column) in cases {
        // A form for written times does not hold for moments as such.
        for format in ["", "time_format = \"unix_s\"\n"] {
            let is_written = field.starts_with("binary") || field.ends_with("(INTEGER(64,false))");
            if is_written && !format.is_empty() {
                continue;
            }
            let fields = [
                ("binary consumer (STRING)", text(&["1", "2"])),
                (field, column.clone()),
                ("binary action (STRING)", text(&["click", "click"])),
            ];
            let found = table("events", format, &file(&fields, plain(), 10)).unwrap();
            let event = found.log.events.iter().next().unwrap();
            assert_eq!(event.day.to_string(), "2017-11-25", "{field}");
            assert_eq!(event.second, 4870, "{field}");
            let source = &found.sources[0];
            assert_eq!(
                (source.rows, source.used, source.rejected),
                (2, 1, 1),
                "{field}"
            );
            assert!(
                found
                    .problems
                    .iter()
                    .any(|p| p.place.line == 2 && p.place.column == 2)
            );
        }
    }
}

#[test]
fn numbers_and_dates_of_every_type_are_cells() {
    let fixed = |values: &[&[u8]]| Column::Fixed(values.iter().map(|v| Some(v.to_vec())).collect());
    let bytes = |values: [&[u8]; 2]| {
        let raw = values.map(|v| Some(utf8(v)));
        Column::Text(raw.to_vec())
    };
    let fields = [
        (
            "int32 date (DATE)",
            Column::Int32(vec![Some(20_000), Some(20_001)]),
        ),
        (
            "int32 buyers (INTEGER(8,true))",
            Column::Int32(vec![Some(100), None]),
        ),
        (
            "int32 visitors (INTEGER(32,false))",
            Column::Int32(vec![Some(-1), Some(7)]),
        ),
        (
            "int64 orders (INTEGER(64,false))",
            Column::Int64(vec![Some(5), Some(6)]),
        ),
        (
            "int32 gmv (DECIMAL(9,2))",
            Column::Int32(vec![Some(123_450), Some(-5)]),
        ),
        (
            "int64 cart_people (DECIMAL(18,1))",
            Column::Int64(vec![Some(31), Some(40)]),
        ),
        (
            "fixed_len_byte_array(5) cart_buyers (DECIMAL(10,3))",
            fixed(&[&[0, 0, 0, 4, 210], &[0; 5]]),
        ),
        (
            "float new_buyers",
            Column::Float(vec![Some(0.1), Some(3.0)]),
        ),
        ("binary category (ENUM)", bytes([b"sofa", b"table"])),
        ("binary layer (STRING)", text(&["i", ""])),
        ("binary crowd (STRING)", text(&["genz", "*"])),
    ];
    let csv = "date,buyers,visitors,orders,gmv,cart_people,cart_buyers,new_buyers,category,layer,crowd\n\
               2024-10-04,100,4294967295,5,1234.50,3.1,1.234,0.1,sofa,i,genz\n\
               2024-10-05,,7,6,-0.05,4.0,0.000,3,table,,*\n";
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        let bytes = file(&fields, plain().set_writer_version(version), 10);
        let found = compare("sales", "", csv, &bytes);
        assert_eq!(found.tables.sales[1].gmv, Some(-0.05));
        assert_eq!(found.tables.sales[0].buyers, Some(100.0));
    }
}

fn utf8(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn attributes_are_flags_numbers_dates_and_lists() {
    let lists = vec![
        vec!["genz", "mom"],
        vec![],
        vec!["null", "mom", "null"],
        vec!["一"],
        vec!["null"],
    ];
    let ids = [1, 2, 3, 4, 5]
        .map(|n| Some(n + 9_000_000_000_000_000_000))
        .to_vec();
    let fields = [
        ("int64 consumer", Column::Int64(ids)),
        ("list crowd", Column::List(lists)),
        (
            "boolean member",
            Column::Flag(vec![Some(true), Some(false), None, Some(true), None]),
        ),
        (
            "int32 age",
            Column::Int32([18, 25, 31, 44, 50].map(Some).to_vec()),
        ),
        (
            "int32 since (DATE)",
            Column::Int32([0, 1, 2, 3, 20_000].map(Some).to_vec()),
        ),
        (
            "binary city (STRING)",
            text(&["上海", " 杭州 ", "null", "a\nb", "x,\"y\""]),
        ),
    ];
    let csv = "consumer,crowd,member,age,since,city\n\
               9000000000000000001,genz|mom,true,18,1970-01-01,上海\n\
               9000000000000000002,,false,25,1970-01-02, 杭州 \n\
               9000000000000000003,mom,,31,1970-01-03,null\n\
               9000000000000000004,一,true,44,1970-01-04,\"a\nb\"\n\
               9000000000000000005,,,50,2024-10-04,\"x,\"\"y\"\"\"\n";
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for group in [1, 2, 5] {
            let bytes = file(&fields, plain().set_writer_version(version), group);
            let found = compare("consumers", "", csv, &bytes);
            let crowd = found.attributes.iter().find(|a| a.id == "crowd").unwrap();
            assert_eq!(
                (crowd.of(0).len(), crowd.of(1).len(), crowd.of(2).len()),
                (2, 0, 1)
            );
        }
    }
}

#[test]
fn every_encoding_of_a_column_gives_the_same_table() {
    let days: Vec<Option<i32>> = (0..5000).map(|i| Some(18_000 + i % 90)).collect();
    let people: Vec<Option<i64>> = (0..5000).map(|i| (i % 7 > 0).then_some(i * i)).collect();
    let names: Vec<Option<String>> = (0..5000)
        .map(|i| Some(format!("brand-{}", i / 50)))
        .collect();
    let mut csv = String::from("date,brand,a\n");
    for i in 0..5000 {
        let date = fastdeck::metrics::Day(18_000 + i % 90);
        let people = people[i as usize].map_or(String::new(), |n| n.to_string());
        writeln!(csv, "{date},brand-{},{people}", i / 50).unwrap();
    }
    let fields = [
        ("int32 date (DATE)", Column::Int32(days)),
        ("binary brand (STRING)", Column::Text(names)),
        ("int64 a", Column::Int64(people)),
    ];
    let encodings = [
        (Encoding::PLAIN, Encoding::PLAIN),
        (
            Encoding::DELTA_BINARY_PACKED,
            Encoding::DELTA_LENGTH_BYTE_ARRAY,
        ),
        (Encoding::BYTE_STREAM_SPLIT, Encoding::DELTA_BYTE_ARRAY),
    ];
    for (numbers, texts) in encodings {
        let properties = plain()
            .set_dictionary_enabled(false)
            .set_data_page_row_count_limit(700)
            .set_column_encoding("date".into(), numbers)
            .set_column_encoding("a".into(), numbers)
            .set_column_encoding("brand".into(), texts);
        compare("stock", "", &csv, &file(&fields, properties, 3000));
    }
}

#[test]
fn a_single_file_is_recognised_and_wrong_rows_are_named_by_row_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("targets.parquet");
    let fields = [
        ("binary 品牌 (STRING)", text(&["oak", "oak", "合计", "oak"])),
        (
            "binary metric (STRING)",
            text(&["aipl.a", "aipl.b", "aipl.a", "aipl.a"]),
        ),
        (
            "double target",
            Column::Double(vec![Some(1e6), Some(1.0), None, Some(f64::INFINITY)]),
        ),
    ];
    fs::write(&path, file(&fields, plain(), 2)).unwrap();
    let found = read(&Input::Path(path)).unwrap();
    let source = &found.sources[0];
    assert_eq!(source.kind, "targets");
    let counts = (source.rows, source.used, source.rejected, source.excluded);
    assert_eq!(counts, (4, 1, 1, 2));
    let rejected = found.problems.iter().find(|p| p.found == "inf").unwrap();
    assert_eq!((rejected.place.line, rejected.place.column), (4, 3));
    assert_eq!(rejected.place.file, "targets.parquet");
}

/// A log without the headings of any kind is recognised by what its columns hold.
#[test]
fn a_profile_without_headings_is_recognised() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("UserBehavior.parquet");
    let ints = |values: [i64; 3]| Column::Int64(values.map(Some).to_vec());
    let fields = [
        ("int64 column0", ints([1, 1, 2])),
        ("int64 column1", ints([2_268_318, 5, 6])),
        ("int64 column2", ints([2_520_377, 7, 8])),
        ("binary column3 (STRING)", text(&["pv", "buy", "cart"])),
        (
            "int64 column4",
            ints([1_511_544_070, 1_511_561_733, 1_512_000_000]),
        ),
    ];
    fs::write(&path, file(&fields, plain(), 10)).unwrap();
    let found = read(&Input::Path(path)).unwrap();
    assert_eq!(
        (found.sources[0].kind.as_str(), found.sources[0].used),
        ("events", 3)
    );
    assert!(found.proxy.is_some());
}

#[test]
fn columns_are_found_by_position_and_name_and_constants_hold() {
    let fields = [
        ("int64 who", Column::Int64(vec![Some(1), Some(2)])),
        ("binary what (STRING)", text(&["pv", "click"])),
        (
            "int64 when (TIMESTAMP(MICROS,false))",
            Column::Int64(vec![Some(1_511_544_070_000_000); 2]),
        ),
    ];
    let bytes = file(&fields, plain(), 10);
    for header in ["", "header = false\n"] {
        let more = "columns = { consumer = 1, action = 2, time = \"when\" }\n\
                    constants = { brand = \"oak\" }\nvalues.action = { pv = \"browse\" }\n";
        let found = table("events", &format!("{header}{more}"), &bytes).unwrap();
        assert_eq!(
            (found.log.events.len(), found.brands[0].id.as_str()),
            (2, "oak")
        );
    }
    let missing = table("events", "columns = { consumer = \"whom\" }\n", &bytes).unwrap_err();
    assert!(format!("{missing}").contains("whom"), "{missing}");
}

#[test]
fn ids_that_lost_digits_are_rejected() {
    let fields = [
        (
            "double consumer",
            Column::Double(vec![Some(123.0), Some(1.234_567_890_123_456_7e18)]),
        ),
        ("int64 time", Column::Int64(vec![Some(1_511_544_070); 2])),
        ("binary action (STRING)", text(&["click", "click"])),
    ];
    let found = table("events", "", &file(&fields, plain(), 10)).unwrap();
    assert_eq!((found.sources[0].used, found.sources[0].rejected), (1, 1));
    assert_eq!(found.log.consumers.get(0).as_deref(), Some("123"));
    assert!(
        found
            .problems
            .iter()
            .any(|p| p.message.contains("lost digits"))
    );
}

#[test]
fn what_no_cell_can_hold_is_left_out_and_said() {
    let message = "message t { optional binary consumer (STRING); \
                   required group m (MAP) { repeated group key_value { required int32 key; optional int32 value; } } \
                   optional group place { optional binary city (STRING); optional int32 tier; } }";
    let schema = Arc::new(parse_message_type(message).unwrap());
    let mut writer =
        SerializedFileWriter::new(Vec::new(), schema, Arc::new(plain().build())).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut i = 0;
    while let Some(mut column) = group.next_column().unwrap() {
        match i {
            0 => text(&["1"]).write(&mut column),
            1 | 2 => {
                let levels: (&[i16], &[i16]) = (&[0], &[0]);
                let typed = column.typed::<Int32Type>();
                typed
                    .write_batch(&[], Some(levels.0), Some(levels.1))
                    .unwrap();
            }
            3 => {
                let city = [ByteArray::from("上海")];
                column
                    .typed::<ByteArrayType>()
                    .write_batch(&city, Some(&[2]), None)
                    .unwrap();
            }
            _ => {
                column
                    .typed::<Int32Type>()
                    .write_batch(&[2], Some(&[2]), None)
                    .unwrap();
            }
        }
        column.close().unwrap();
        i += 1;
    }
    group.close().unwrap();
    let found = table("consumers", "", &writer.into_inner().unwrap()).unwrap();
    let ids: Vec<&str> = found.attributes.iter().map(|a| a.id.as_str()).collect();
    assert_eq!(
        ids.iter().filter(|id| id.starts_with("place")).count(),
        2,
        "{ids:?}"
    );
    let attribute = |id: &str| found.attributes.iter().find(|a| a.id == id).unwrap();
    assert_eq!(attribute("place.city").values, ["上海"]);
    assert_eq!(attribute("place.tier").values, ["2"]);
    assert!(
        found
            .problems
            .iter()
            .any(|p| p.message.contains("type that no cell")),
        "{:?}",
        found.problems
    );
}

fn small_file(codec: Compression, version: WriterVersion, is_packed: bool) -> Vec<u8> {
    let (_, mut fields) = log(60);
    let lists = (0..60).map(|i| [vec!["a", "b"], vec![], vec!["c"]][i % 3].clone());
    fields.push(("list item", Column::List(lists.collect())));
    let mut properties = plain()
        .set_compression(codec)
        .set_writer_version(version)
        .set_data_page_row_count_limit(25);
    if is_packed {
        properties = properties
            .set_dictionary_enabled(false)
            .set_column_encoding("action".into(), Encoding::DELTA_LENGTH_BYTE_ARRAY)
            .set_column_encoding("channel".into(), Encoding::DELTA_BYTE_ARRAY)
            .set_column_encoding("user_id".into(), Encoding::DELTA_BINARY_PACKED);
    }
    file(&fields, properties, 40)
}

fn samples() -> Vec<Vec<u8>> {
    let zstd = Compression::ZSTD(ZstdLevel::default());
    let gzip = Compression::GZIP(GzipLevel::default());
    vec![
        small_file(Compression::UNCOMPRESSED, WriterVersion::PARQUET_1_0, false),
        small_file(Compression::UNCOMPRESSED, WriterVersion::PARQUET_2_0, false),
        small_file(Compression::UNCOMPRESSED, WriterVersion::PARQUET_1_0, true),
        small_file(Compression::UNCOMPRESSED, WriterVersion::PARQUET_2_0, true),
        small_file(Compression::SNAPPY, WriterVersion::PARQUET_1_0, false),
        small_file(Compression::LZ4, WriterVersion::PARQUET_2_0, true),
        small_file(Compression::LZ4_RAW, WriterVersion::PARQUET_1_0, true),
        small_file(zstd, WriterVersion::PARQUET_2_0, false),
        small_file(gzip, WriterVersion::PARQUET_1_0, false),
    ]
}

/// Whatever the bytes are: an answer in which every row is accounted for, or problems.
fn is_accounted_for(bytes: &[u8]) {
    match table("events", ACTIONS, bytes) {
        Ok(found) => {
            for source in &found.sources {
                let ends = source.used + source.rejected + source.excluded;
                assert_eq!(source.rows, ends);
            }
        }
        Err(LoadError::Problems(problems)) => assert!(!problems.is_empty()),
        Err(LoadError::Cancelled) => panic!("cancelled"),
    }
}

#[test]
fn a_truncated_file_is_an_error_at_every_length() {
    let whole = small_file(Compression::SNAPPY, WriterVersion::PARQUET_1_0, false);
    assert!(table("events", ACTIONS, &whole).is_ok());
    for length in (4..whole.len()).step_by(7) {
        let fault = table("events", ACTIONS, &whole[..length]).unwrap_err();
        let LoadError::Problems(problems) = fault else {
            panic!("cancelled");
        };
        let first = &problems[0];
        assert!(first.message.contains("not complete"), "{length}: {first}");
        assert_eq!(first.place.file, "t");
    }
}

#[test]
fn a_file_packed_as_a_whole_is_named() {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&samples()[0]).unwrap();
    let fault = table("events", ACTIONS, &encoder.finish().unwrap()).unwrap_err();
    assert!(
        fault
            .to_string()
            .contains("Parquet file that was compressed"),
        "{fault}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        cases: 1500,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_file_with_wrong_bytes_ends_in_an_answer(
        which in 0..9usize,
        changes in proptest::collection::vec((0.0..1.0f64, any::<u8>()), 1..6),
    ) {
        thread_local! {
            static SAMPLES: Vec<Vec<u8>> = samples();
        }
        SAMPLES.with(|samples| {
            let mut bytes = samples[which].clone();
            for (place, byte) in changes {
                let at = 4 + ((bytes.len() - 8) as f64 * place) as usize;
                bytes[at] = byte;
            }
            is_accounted_for(&bytes);
        });
    }
}

#[test]
fn a_row_of_nothing_is_told_from_one_in_which_something_is_missing() {
    let (rows, group) = (9000, 6000);
    let cells = |of: fn(usize) -> &'static str| -> Column {
        let cell = |i| Some(of(i)).filter(|t| !t.is_empty()).map(str::to_owned);
        Column::Text((0..rows).map(cell).collect())
    };
    let there = |i: usize| i % 10 > 1;
    let who: fn(usize) -> &'static str = |i| if i % 10 > 1 { "ann" } else { "" };
    let what: fn(usize) -> &'static str = |i| if i % 10 > 1 { "click" } else { "" };
    let note: fn(usize) -> &'static str = |i| if i % 10 == 1 { "x, \"y\"" } else { "" };
    let mut csv = String::from("a,b,c,consumer,time,action,note\n");
    for i in 0..rows {
        let time = if there(i) { "2026-04-17" } else { "" };
        let noted = note(i).replace('"', "\"\"");
        writeln!(csv, ",,,{},{time},{},\"{noted}\"", who(i), what(i)).unwrap();
    }
    let day = |i| there(i).then_some(20_560);
    let fields = [
        ("int32 a", Column::Int32(vec![None; rows])),
        ("int32 b", Column::Int32(vec![None; rows])),
        ("int32 c", Column::Int32(vec![None; rows])),
        ("binary consumer (STRING)", cells(who)),
        (
            "int32 time (DATE)",
            Column::Int32((0..rows).map(day).collect()),
        ),
        ("binary action (STRING)", cells(what)),
        ("binary note (STRING)", cells(note)),
    ];
    let small = plain().set_data_page_row_count_limit(1000);
    let found = compare("events", "", &csv, &file(&fields, small, group));
    let source = &found.sources[0];
    let counts = (source.rows, source.used, source.rejected, source.excluded);
    assert_eq!(counts, (9000, 7200, 900, 900));
}

#[test]
fn a_table_of_one_column_keeps_its_empty_rows() {
    let fields = [("binary consumer (STRING)", text(&["1", "", "3", ""]))];
    let found = table("consumers", "", &file(&fields, plain(), 10)).unwrap();
    let source = &found.sources[0];
    assert_eq!((source.rows, source.used, source.excluded), (4, 2, 2));
}

/// What stands in a cell of text must not change where cells and rows end.
#[test]
fn texts_with_marks_of_csv_stay_in_their_cells() {
    let hostile = [
        "a,b",
        "\"",
        "\"\"",
        "x\ny",
        "\r\n",
        " , ",
        "\n\"q\"\n",
        "'",
        "\u{feff}z",
        "\t",
    ];
    let ids: Vec<Option<String>> = (0..10).map(|i| Some(format!("u{i}"))).collect();
    let fields = [
        ("binary consumer (STRING)", Column::Text(ids)),
        ("binary a (STRING)", text(&hostile)),
        ("binary b (STRING)", text(&hostile)),
    ];
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["consumer", "a", "b"]).unwrap();
    for (i, cell) in hostile.iter().enumerate() {
        writer
            .write_record([format!("u{i}").as_str(), cell, cell])
            .unwrap();
    }
    let csv = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    let csv = table("consumers", "", csv.as_bytes()).unwrap();
    let own = table("consumers", "", &file(&fields, plain(), 4)).unwrap();
    assert_eq!(csv.attributes, own.attributes);
    assert_eq!((own.sources[0].rows, own.sources[0].used), (10, 10));
}

#[test]
fn bytes_that_are_no_text_are_marked_and_counted() {
    let raw = [b"1".to_vec(), b"\xff\xfe2".to_vec()];
    let schema = "message t { required binary consumer; }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer =
        SerializedFileWriter::new(Vec::new(), schema, Arc::new(plain().build())).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let values = raw.map(ByteArray::from);
    column
        .typed::<ByteArrayType>()
        .write_batch(&values, None, None)
        .unwrap();
    column.close().unwrap();
    group.close().unwrap();
    let found = table("consumers", "", &writer.into_inner().unwrap()).unwrap();
    let problem = found
        .problems
        .iter()
        .find(|p| p.message.contains("could not be read"));
    assert_eq!(problem.unwrap().found, "2");
    assert_eq!(found.sources[0].used, 2);
}

/// A column of a group may hold fewer or more values than the group has rows: none may vanish.
#[test]
fn a_footer_that_counts_wrong_is_an_error() {
    let fields = [("binary consumer (STRING)", text(&["1", "2", "3"]))];
    let whole = file(&fields, plain().set_dictionary_enabled(false), 10);
    assert!(table("consumers", "", &whole).is_ok());
    let length = u32::from_le_bytes(whole[whole.len() - 8..whole.len() - 4].try_into().unwrap());
    let footer = whole.len() - 8 - length as usize..whole.len() - 8;
    // Three is written as six; rows of the file and of the group are among these places.
    let places: Vec<usize> = footer.filter(|at| whole[*at] == 6).collect();
    let mut wrong = 0;
    for (a, b) in places
        .iter()
        .flat_map(|a| places.iter().map(move |b| (a, b)))
    {
        for count in [4, 8] {
            let mut bytes = whole.clone();
            (bytes[*a], bytes[*b]) = (count, count);
            match table("consumers", "", &bytes) {
                Ok(found) => assert_eq!(found.sources[0].rows, 3, "{a} {b} {count}"),
                Err(fault) => wrong += usize::from(fault.to_string().contains("as many rows")),
            }
        }
    }
    assert!(wrong > 0);
}

/// A file that shrinks or grows while it is read is named as such.
#[test]
fn a_file_that_changes_while_it_is_read_is_an_error() {
    let (_, fields) = log(30_000);
    let bytes = file(&fields, plain(), 4096);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.parquet");
    for keep in [bytes.len() / 2, bytes.len() + 10] {
        fs::write(&path, &bytes).unwrap();
        let mut is_done = false;
        let mut watch = |progress: fastdeck::data::Progress| {
            if progress.rows > 0 && !is_done {
                is_done = true;
                let changed = fs::OpenOptions::new().write(true).open(&path).unwrap();
                changed.set_len(keep as u64).unwrap();
            }
            true
        };
        let options = Options {
            lenient: true,
            ..Options::default()
        };
        let fault = load(&Input::Path(path.clone()), &options, &mut watch).unwrap_err();
        assert!(
            fault.to_string().contains("changed while it was read"),
            "{fault}"
        );
    }
}

#[test]
fn a_load_is_cancelled_between_two_blocks() {
    let (_, fields) = log(30_000);
    let manifest = b"format = 1\n[[table]]\nkind = \"events\"\nfile = \"t\"\n";
    let bytes = file(&fields, plain(), 4096);
    let input = memory(&[("dataset.toml", manifest), ("t", &bytes)]);
    let mut last = 0;
    let cancelled = load(&input, &Options::default(), &mut |progress| {
        assert!(progress.rows >= last && progress.done <= progress.total);
        last = progress.rows;
        progress.rows < 10_000
    });
    assert_eq!(cancelled.unwrap_err(), LoadError::Cancelled);
    assert!(last < 30_000);
}
