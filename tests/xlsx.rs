//! Workbooks, read back by another program: every cell of `metrics --format xlsx` is the value of
//! the JSON, and nothing that stands in data becomes a formula, a broken sheet or other bytes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::float_cmp,
    missing_docs
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _};
use std::process::{Command, Output};

use calamine::{DataRef, Reader as _, Xlsx};
use fastdeck::export::{COLUMNS, Field, Form, Sheet, xlsx};
use fastdeck::metrics::Day;
use proptest::prelude::*;
use serde_json::Value as Json;
use tempfile::TempDir;

const GUIDEBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/guidebook");

/// What a reader finds in a cell.
#[derive(Debug, Clone, PartialEq)]
enum Found {
    Text(String),
    Number(f64),
    Date(String),
}

type Cells = BTreeMap<(u32, u32), Found>;

fn open(bytes: &[u8]) -> Xlsx<Cursor<&[u8]>> {
    Xlsx::new(Cursor::new(bytes)).unwrap()
}

/// The cells of a sheet, one by one: a range would be as large as the file says.
fn cells(bytes: &[u8], sheet: &str) -> Cells {
    let mut book = open(bytes);
    let mut reader = book.worksheet_cells_reader(sheet).unwrap();
    let mut found = Cells::new();
    while let Some(cell) = reader.next_cell().unwrap() {
        assert!(found.len() < 1_000_000, "more cells than this test expects");
        let value = match cell.get_value() {
            DataRef::String(text) => Found::Text(text.clone()),
            DataRef::SharedString(text) => Found::Text((*text).to_owned()),
            DataRef::Float(x) => Found::Number(*x),
            DataRef::Int(n) => Found::Number(*n as f64),
            DataRef::DateTime(moment) => {
                let (y, m, d, ..) = moment.to_ymd_hms_milli();
                Found::Date(format!("{y:04}-{m:02}-{d:02}"))
            }
            DataRef::Empty => continue,
            other => panic!("a cell of another kind: {other:?}"),
        };
        found.insert(cell.get_position(), value);
    }
    found
}

fn formulas(bytes: &[u8], sheet: &str) -> usize {
    let mut book = open(bytes);
    let mut reader = book.worksheet_cells_reader(sheet).unwrap();
    let mut found = 0;
    while let Some(cell) = reader.next_formula().unwrap() {
        found += usize::from(!cell.get_value().is_empty());
    }
    found
}

/// One file of the archive, as text.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive
        .by_name(name)
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text
}

fn fastdeck(home: &TempDir, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fastdeck"))
        .args(words)
        .current_dir(home.path())
        .env_clear()
        .env("FASTDECK_HOME", home.path().join("home"))
        .output()
        .unwrap()
}

fn done(output: &Output) {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
}

/// The workbook and the JSON of the same question.
fn both(home: &TempDir, words: &[&str]) -> (Vec<u8>, String) {
    let mut asked = vec!["metrics"];
    asked.extend(words);
    let json = fastdeck(home, &asked);
    done(&json);
    asked.extend(["--format", "xlsx", "-o", "figures.xlsx", "--force"]);
    let output = fastdeck(home, &asked);
    done(&output);
    assert!(output.stdout.is_empty());
    let bytes = fs::read(home.path().join("figures.xlsx")).unwrap();
    (bytes, String::from_utf8(json.stdout).unwrap())
}

fn parsed(json: &str) -> Json {
    serde_json::from_str(json).unwrap()
}

/// A number of a row as it is written: `serde_json` may read the last bit of a double differently.
fn number(line: &str, name: &str) -> f64 {
    let (_, rest) = line.split_once(&format!("\"{name}\":")).unwrap();
    let end = rest.find([',', '}']).unwrap();
    rest[..end].parse().unwrap()
}

/// Checks every cell against the JSON, and that there is none beside them; gives the rows.
fn agree(bytes: &[u8], json: &str) -> usize {
    let document = parsed(json);
    let lines: Vec<&str> = json
        .lines()
        .filter(|l| l.starts_with("{\"metric\""))
        .collect();
    let rows = document["rows"].as_array().unwrap();
    assert_eq!(lines.len(), rows.len());
    let mut wanted = Cells::new();
    for (column, name) in (0..).zip(COLUMNS) {
        wanted.insert((0, column), Found::Text(name.to_owned()));
        for ((row, values), line) in (1..).zip(rows).zip(&lines) {
            let found = match &values[name] {
                Json::Null => continue,
                Json::String(text) if text.is_empty() => continue,
                Json::String(text) if name == "as_of" || name == "against" => {
                    Found::Date(text.clone())
                }
                Json::String(text) => Found::Text(text.clone()),
                _ => Found::Number(number(line, name)),
            };
            wanted.insert((row, column), found);
        }
    }
    let found = cells(bytes, "metrics");
    for (at, value) in &wanted {
        assert_eq!(found.get(at), Some(value), "cell {at:?}");
    }
    assert_eq!(found.len(), wanted.len());
    rows.len()
}

// -- the command --------------------------------------------------------------------------------

#[test]
fn the_workbook_of_the_guidebook_holds_what_the_json_says() {
    let home = tempfile::tempdir().unwrap();
    let (bytes, document) = both(&home, &[GUIDEBOOK]);
    assert!(agree(&bytes, &document) > 50);
    let document = parsed(&document);
    let rows = document["rows"].as_array().unwrap();
    assert!(rows.iter().any(|r| r["value"].is_null()), "nothing missing");
    let about = cells(&bytes, "dataset");
    let fingerprint = document["dataset"]["fingerprint"].as_str().unwrap();
    assert_eq!(about[&(2, 1)], Found::Text(fingerprint.to_owned()));
    assert_eq!(about[&(3, 1)], Found::Text("true".to_owned()));
}

#[test]
fn the_workbook_of_the_demo_holds_what_the_json_says() {
    let home = tempfile::tempdir().unwrap();
    let (bytes, document) = both(&home, &[]);
    assert!(agree(&bytes, &document) > 300);
    assert_eq!(formulas(&bytes, "metrics"), 0);
}

#[test]
fn a_slice_with_a_scenario_agrees_too() {
    let home = tempfile::tempdir().unwrap();
    let words = [
        GUIDEBOOK,
        "--brand",
        "guidebook",
        "--against",
        "previous-month",
        "--what-if",
        "crowd.aov[*]*=1.137",
    ];
    let (bytes, document) = both(&home, &words);
    agree(&bytes, &document);
}

#[test]
fn a_workbook_never_goes_to_a_terminal_and_never_over_a_file() {
    let home = tempfile::tempdir().unwrap();
    let refused = fastdeck(&home, &["metrics", GUIDEBOOK, "--format", "xlsx"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(refused.stdout.is_empty());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("-o FILE"));
    let there = home.path().join("there.xlsx");
    fs::write(&there, "mine").unwrap();
    let words = ["metrics", GUIDEBOOK, "--format", "xlsx", "-o", "there.xlsx"];
    assert_eq!(fastdeck(&home, &words).status.code(), Some(3));
    assert_eq!(fs::read_to_string(&there).unwrap(), "mine");
}

#[test]
fn the_same_question_gives_the_same_bytes() {
    let home = tempfile::tempdir().unwrap();
    let (first, _) = both(&home, &[GUIDEBOOK]);
    let (second, _) = both(&home, &[GUIDEBOOK]);
    assert!(first == second, "the workbooks differ");
}

#[test]
fn the_header_is_frozen_and_filtered_and_numbers_have_the_format_of_their_unit() {
    let home = tempfile::tempdir().unwrap();
    let (bytes, _) = both(&home, &[GUIDEBOOK]);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains("ySplit=\"1\""), "{}", &sheet[..600]);
    assert!(sheet.contains("state=\"frozen\""));
    assert!(sheet.contains("<autoFilter ref=\"A1:AE"));
    assert!(!sheet.contains("<f>"));
    let styles = part(&bytes, "xl/styles.xml");
    for format in [
        "#,##0",
        "0.00%",
        "¥#,##0.00",
        "+#,##0;-#,##0;#,##0",
        "yyyy-mm-dd",
    ] {
        assert!(
            styles.contains(&format!("formatCode=\"{format}\"")),
            "{styles}"
        );
    }
}

#[test]
fn a_brand_that_looks_like_a_formula_stays_text() {
    let home = tempfile::tempdir().unwrap();
    let manifest = "format = 1\nname = \"=1+1\"\n[[brand]]\nid = \"=HYPERLINK(\\\"http://x\\\")\"\n[[brand]]\nid = \"@SUM(A1)\"\n[[brand]]\nid = \"-1\"\n[[brand]]\nid = \"_x001B_\"\n[[table]]\nkind = \"fast\"\nfile = \"fast.csv\"\n";
    let table = "brand,date,deepen_people,deepen_ratio,members,active_members\n\
        \"=HYPERLINK(\"\"http://x\"\")\",2026-03-01,10,0.1,100,5\n\
        @SUM(A1),2026-03-01,10,0.1,100,5\n-1,2026-03-01,10,0.1,100,5\n_x001B_,2026-03-01,7,0.1,100,5\n";
    let set = home.path().join("set");
    fs::create_dir(&set).unwrap();
    fs::write(set.join("dataset.toml"), manifest).unwrap();
    fs::write(set.join("fast.csv"), table).unwrap();
    let (bytes, document) = both(&home, &["set"]);
    agree(&bytes, &document);
    assert_eq!(formulas(&bytes, "metrics") + formulas(&bytes, "dataset"), 0);
    assert_eq!(
        cells(&bytes, "dataset")[&(1, 1)],
        Found::Text("=1+1".to_owned())
    );
    assert!(part(&bytes, "xl/styles.xml").contains("quotePrefix=\"1\""));
    let csv = fastdeck(&home, &["metrics", "set", "--format", "csv"]);
    let mut reader = csv::Reader::from_reader(csv.stdout.as_slice());
    for record in reader.records() {
        let record = record.unwrap();
        assert!(record[1].starts_with('\'') || &record[1] == "_x001B_");
    }
}

// -- workbooks of any sheets --------------------------------------------------------------------

fn sheet<'a>(name: &'a str, rows: Vec<Vec<Field<'a>>>) -> Sheet<'a> {
    Sheet {
        name,
        columns: vec!["a", "b"],
        rows,
    }
}

#[test]
fn names_that_excel_refuses_are_made_fit() {
    let long = "很".repeat(40);
    let names = [
        "a/b:c*d?[e]\\",
        "A_B_C_D__E__",
        "",
        "'quoted'",
        "history",
        long.as_str(),
        long.as_str(),
        "\u{1b}]0;x\u{7}",
        "<script>alert(1)</script>",
    ];
    let sheets: Vec<Sheet> = names.iter().map(|n| sheet(n, Vec::new())).collect();
    let bytes = xlsx(&sheets).unwrap();
    let cut = format!("{}…", "很".repeat(30));
    let second = format!("{}… (2)", "很".repeat(26));
    assert_eq!(
        open(&bytes).sheet_names(),
        [
            "a_b_c_d__e__",
            "A_B_C_D__E__ (2)",
            "Sheet",
            "quoted",
            "history_",
            cut.as_str(),
            second.as_str(),
            "_0;x",
            "<script>alert(1)<_script>",
        ]
    );
}

#[test]
fn text_is_text_whatever_it_starts_with_and_controls_are_dropped() {
    let texts = [
        ("=1+1", "=1+1"),
        ("+1", "+1"),
        ("-1", "-1"),
        ("@x", "@x"),
        ("\t=1", " =1"),
        ("\r=1", " =1"),
        ("a\u{1b}[2J\u{7}b", "a[2Jb"),
        ("\u{202e}abc\u{ffff}", "abc"),
        ("_x0041_", "_x0041_"),
        ("<b>&amp;\"'", "<b>&amp;\"'"),
        ("http://example.com", "http://example.com"),
        (" 两个品牌 ", " 两个品牌 "),
        ("1234", "1234"),
    ];
    let rows = texts.iter().map(|(t, _)| vec![Field::text(*t)]).collect();
    let bytes = xlsx(&[sheet("text", rows)]).unwrap();
    let found = cells(&bytes, "text");
    for (row, (_, wanted)) in (1..).zip(texts) {
        assert_eq!(found[&(row, 0)], Found::Text(wanted.to_owned()));
    }
    assert_eq!(formulas(&bytes, "text"), 0);
}

#[test]
fn a_cell_of_a_megabyte_is_cut_where_excel_ends() {
    let long = "😀".repeat(250_000);
    let bytes = xlsx(&[sheet("long", vec![vec![Field::text(long.as_str())]])]).unwrap();
    let Found::Text(found) = &cells(&bytes, "long")[&(1, 0)] else {
        panic!("no text");
    };
    assert_eq!(found.encode_utf16().count(), 32_767);
    assert!(found.ends_with("😀…"));
}

#[test]
fn what_is_not_a_number_is_an_empty_cell() {
    let values = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    let rows = values
        .map(|x| vec![Field::Number(x, Form::Share), Field::Change(x, Form::Whole)])
        .to_vec();
    let bytes = xlsx(&[sheet("numbers", rows)]).unwrap();
    assert_eq!(cells(&bytes, "numbers").len(), 2);
}

#[test]
fn columns_are_as_wide_as_their_content_and_chinese_counts_twice() {
    let width = |text: &'static str| {
        let bytes = xlsx(&[sheet("w", vec![vec![Field::text(text)]])]).unwrap();
        let xml = part(&bytes, "xl/worksheets/sheet1.xml");
        let (_, rest) = xml.split_once("<col min=\"1\" ").unwrap();
        let (_, width) = rest.split_once("width=\"").unwrap();
        width.split_once('"').unwrap().0.parse::<f64>().unwrap()
    };
    assert_eq!(width("橡木家居旗舰店专营"), width("oak furniture shop"));
    assert!(width("橡木家居旗舰店专营") > width("橡木家居旗舰店"));
    assert!(width("x") < 8.0);
}

#[test]
fn dates_are_dates_and_those_before_excel_are_text() {
    let day = |y, m, d| vec![Field::Date(Day::from_ymd(y, m, d).unwrap())];
    let rows = vec![
        day(2017, 12, 3),
        day(2024, 2, 29),
        day(9999, 12, 31),
        day(1066, 10, 14),
    ];
    let found = cells(&xlsx(&[sheet("days", rows)]).unwrap(), "days");
    let date = |text: &str| Found::Date(text.to_owned());
    assert_eq!(found[&(1, 0)], date("2017-12-03"));
    assert_eq!(found[&(2, 0)], date("2024-02-29"));
    assert_eq!(found[&(3, 0)], date("9999-12-31"));
    assert_eq!(found[&(4, 0)], Found::Text("1066-10-14".to_owned()));
}

#[test]
fn no_sheets_and_no_columns_are_still_a_workbook() {
    assert!(!open(&xlsx(&[]).unwrap()).sheet_names().is_empty());
    let bare = Sheet::default();
    assert_eq!(cells(&xlsx(&[bare]).unwrap(), "Sheet").len(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_double_reads_back(numbers in prop::collection::vec(prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL | prop::num::f64::ZERO, 1..20)) {
        let rows = numbers.iter().map(|x| vec![Field::Number(*x, Form::Plain)]).collect();
        let found = cells(&xlsx(&[sheet("n", rows)]).unwrap(), "n");
        for (row, x) in (1..).zip(&numbers) {
            prop_assert_eq!(&found[&(row, 0)], &Found::Number(*x));
        }
    }

    #[test]
    fn any_name_and_any_text_make_a_workbook_that_opens(name in any::<String>(), text in any::<String>()) {
        let sheets = [sheet(&name, vec![vec![Field::text(text.as_str())]]), sheet(&name, Vec::new())];
        let bytes = xlsx(&sheets).unwrap();
        prop_assert!(bytes == xlsx(&sheets).unwrap());
        let names = open(&bytes).sheet_names();
        prop_assert_eq!(names.len(), 2);
        for name in &names {
            prop_assert!(name.encode_utf16().count() <= 31);
            prop_assert_eq!(formulas(&bytes, name), 0);
        }
        prop_assert!(cells(&bytes, &names[0]).len() <= 3);
    }
}
