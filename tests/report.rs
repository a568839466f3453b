//! `fastdeck report`: the deck of every sample in both languages, the same bytes again, names that
//! try to become markup, recipes that are wrong, and a story that is told again on new numbers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use calamine::{Data, Reader, Xlsx};
use fastdeck::app::Language;
use fastdeck::capture::report::{Recipe, Topic};
use fastdeck::data::Shelf;
use fastdeck::metrics::{Day, Value, metric};
use fastdeck::scenario::{Book, Edit, Named, Note, Scenario};
use fastdeck::view::number::Number;
use serde_json::Value as Json;
use tempfile::TempDir;

const GUIDEBOOK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/guidebook");

fn run(home: &TempDir, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fastdeck"))
        .args(words)
        .current_dir(home.path())
        .env_clear()
        .env("FASTDECK_HOME", home.path().join("home"))
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("ended by a signal")
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Makes a deck in a folder of the home; gives HTML and Markdown.
fn report(home: &TempDir, folder: &str, words: &[&str]) -> [String; 2] {
    let output = run(home, &[&["report", "-o", folder], words].concat());
    assert_eq!(code(&output), 0, "{}", err(&output));
    let told = String::from_utf8(output.stdout).unwrap();
    for line in told.lines() {
        assert!(home.path().join(line).is_file(), "{line}");
    }
    ["review.html", "review.md"]
        .map(|name| fs::read_to_string(home.path().join(folder).join(name)).unwrap())
}

/// Every file below a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let name = path.to_str().unwrap().to_owned();
            found.insert(name, fs::read(&path).unwrap());
        }
    }
    found
}

/// The page as a reader of HTML sees it: no scripts, nothing from elsewhere, tags that close.
fn check_html(html: &str) {
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\""));
    assert!(
        html.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"")
    );
    let lower = html.to_lowercase();
    for bad in [
        "<script",
        "<iframe",
        "<object",
        "<embed",
        "<link",
        "<base",
        "@import",
        "url(",
        "javascript:",
        "<form",
        "<img",
    ] {
        assert!(!lower.contains(bad), "{bad}");
    }
    let own = html
        .replace("http://www.w3.org/2000/svg", "")
        .replace("http://www.w3.org/1999/xlink", "")
        .replace("http-equiv", "");
    assert!(!own.contains("http"), "an address");
    assert!(!html.chars().any(|c| c.is_control() && c != '\n'));
    let mut open: Vec<&str> = Vec::new();
    for tag in html.split('<').skip(1) {
        let tag = &tag[..tag.find('>').expect("a tag without an end")];
        let name = tag.split([' ', '\n']).next().unwrap();
        if let Some(name) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') && !["!DOCTYPE", "meta", "br"].contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty());
    let mut ids: Vec<&str> = html
        .split(" id=\"")
        .skip(1)
        .map(|s| &s[..s.find('"').unwrap()])
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id stands twice");
    for link in html.split("href=\"#").skip(1) {
        let id = &link[..link.find('"').unwrap()];
        assert!(ids.binary_search(&id).is_ok(), "no #{id}");
    }
}

fn rows(home: &TempDir, words: &[&str]) -> Vec<Json> {
    let output = run(home, &[&["metrics"], words].concat());
    let document: Json = serde_json::from_slice(&output.stdout).unwrap();
    document["rows"].as_array().unwrap().clone()
}

/// The cells of the row of a Markdown table that begins with a name.
fn row<'m>(page: &'m str, name: &str) -> Vec<&'m str> {
    let begin = format!("| {name} |");
    let line = page.lines().find(|l| l.starts_with(&begin));
    let line = line.unwrap_or_else(|| panic!("no row {name}"));
    let inner = line.trim_start_matches("| ").trim_end_matches(" |");
    inner
        .split(" | ")
        .map(|c| c.trim_start_matches('\\'))
        .collect()
}

/// A page of the Markdown.
fn page<'m>(markdown: &'m str, title: &str) -> &'m str {
    let start = markdown.find(&format!("\n## {title}\n")).unwrap();
    let rest = &markdown[start + 1..];
    rest.find("\n## ").map_or(rest, |end| &rest[..end])
}

#[test]
fn the_usual_review_speaks_both_languages() {
    let home = tempfile::tempdir().unwrap();
    let pages = [
        (
            "zh",
            [
                "本期要点",
                "FAST",
                "FAST+",
                "策略人群",
                "AIPL",
                "GMV",
                "情景",
                "批注",
                "数据质量",
                "口径",
            ],
        ),
        (
            "en",
            [
                "Headline",
                "FAST",
                "FAST+",
                "Crowds",
                "AIPL",
                "GMV",
                "Scenarios",
                "Notes",
                "Data quality",
                "Definitions",
            ],
        ),
    ];
    for (lang, titles) in pages {
        for (name, set) in [("demo", None), ("guidebook", Some(GUIDEBOOK))] {
            let words: Vec<&str> = set.into_iter().chain(["--lang", lang]).collect();
            let [html, markdown] = report(&home, &format!("{name}-{lang}"), &words);
            check_html(&html);
            let found: Vec<&str> = markdown
                .lines()
                .filter_map(|l| l.strip_prefix("## "))
                .collect();
            assert_eq!(found, titles, "{name}");
            for title in titles {
                assert!(html.contains(&format!("<h2>{title}</h2>")), "{title}");
            }
            assert!(html.contains(["模拟数据", "SIMULATED"][usize::from(lang == "en")]));
            if lang == "en" {
                let chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
                assert!(!markdown.contains(chinese), "{name} speaks Chinese");
            }
        }
    }
}

#[test]
fn the_same_deck_has_the_same_bytes_and_is_only_replaced_by_force() {
    let home = tempfile::tempdir().unwrap();
    report(&home, "deck", &[]);
    let once = files(&home.path().join("deck"));
    assert!(once.keys().any(|n| n.ends_with("frames/02-fast.png")));
    let again = run(&home, &["report", "-o", "deck"]);
    assert_eq!(code(&again), 3);
    assert!(err(&again).contains("--force"), "{}", err(&again));
    report(&home, "deck", &["--force"]);
    assert!(once == files(&home.path().join("deck")));
    fs::write(home.path().join("deck/mine.txt"), "x").unwrap();
    let refused = run(&home, &["report", "-o", "deck", "--force"]);
    assert_eq!(code(&refused), 3);
    assert!(err(&refused).contains("mine.txt"), "{}", err(&refused));
    let left = fs::read_dir(home.path())
        .unwrap()
        .map(|e| e.unwrap().file_name());
    let left: Vec<_> = left.filter(|n| n != "home").collect();
    assert_eq!(left, ["deck"]);
}

#[test]
fn numbers_are_those_of_the_board() {
    let home = tempfile::tempdir().unwrap();
    let [html, markdown] = report(&home, "deck", &["--brand", "jichuan", "--lang", "zh"]);
    let rows = rows(&home, &["--brand", "jichuan"]);
    let l = Language::Zh;
    let (fast, crowds) = (page(&markdown, "FAST"), page(&markdown, "策略人群"));
    let now_table = &crowds[..crowds.find("### 与目标").unwrap()];
    let mut checked = 0;
    for json in rows.iter().filter(|r| r["source"] == "events") {
        let found = metric(json["metric"].as_str().unwrap()).unwrap();
        let value = |key: &str| Value::known(json[key].as_f64().unwrap_or(f64::NAN));
        let now = Number::of(value("value"), found.unit, l).exact();
        if found.id.starts_with("fast.") {
            let cells = row(fast, found.name[0]);
            let delta = Number::difference(value("delta"), found.unit, l).exact();
            assert_eq!((cells[1], cells[3]), (&*now, &*delta), "{}", found.id);
            assert!(html.contains(&format!(
                "<th scope=\"row\">{}</th><td class=\"n \">{now}</td>",
                found.name[0]
            )));
            checked += 1;
        }
        if json["crowd"] == "genz" && now_table.contains(&format!("| {} |", found.short[0])) {
            let head = row(now_table, "人群");
            let at = head.iter().position(|h| *h == found.short[0]).unwrap();
            assert_eq!(row(now_table, "Z世代")[at], now, "{}", found.id);
            checked += 1;
        }
    }
    assert!(checked >= 9, "{checked}");
}

/// A data set of one brand with this name, as TOML writes it.
fn named(folder: &Path, name: &str) -> String {
    let set = folder.join("set");
    fs::create_dir(&set).unwrap();
    let manifest = format!(
        "format = 1\nname = \"{name}\"\n[[brand]]\nid = \"oak\"\nname_zh = \"{name}\"\nname_en = \"{name}\"\n\
         [[crowd]]\nid = \"c\"\nname_zh = \"{name}\"\nname_en = \"{name}\"\npopulation = 100\n\
         [[table]]\nkind = \"stock\"\nfile = \"stock.csv\"\n[[table]]\nkind = \"targets\"\nfile = \"targets.csv\"\n"
    );
    let stock = "brand,date,crowd,a,i,p,l\noak,2026-03-01,,10,8,6,4\noak,2026-03-08,,11,9,7,5\noak,2026-03-01,c,3,2,2,1\noak,2026-03-08,c,4,2,2,1\n";
    let targets = "brand,metric,crowd,target\noak,crowd.consumers,c,12\n";
    fs::write(set.join("dataset.toml"), manifest).unwrap();
    fs::write(set.join("stock.csv"), stock).unwrap();
    fs::write(set.join("targets.csv"), targets).unwrap();
    set.to_str().unwrap().to_owned()
}

#[test]
fn names_from_data_and_recipes_are_inert() {
    let home = tempfile::tempdir().unwrap();
    let hostile = "<script>alert(1)</script>\\u001B]0;x\\u0007|`[x](javascript:y)";
    let set = named(home.path(), hostile);
    let recipe = format!(
        "title = \"{hostile}\"\n[[page]]\npane = \"crowds\"\nnote = \"{hostile}\"\n[[statement]]\nif = \"crowd.gap[c] < 0\"\ntext = \"{hostile}\"\n"
    );
    fs::write(home.path().join("r.toml"), recipe).unwrap();
    let [html, markdown] = report(&home, "deck", &[&set, "--recipe", "r.toml", "--lang", "en"]);
    check_html(&html.replace("javascript:y", ""));
    assert!(html.contains("&lt;script&gt;alert(1)"));
    assert!(!markdown.contains("<script") && !markdown.contains("[x]("));
    assert!(!markdown.chars().any(|c| c.is_control() && c != '\n'));
    let table = markdown.lines().filter(|l| l.starts_with("| "));
    for line in table {
        assert!(
            !line.replace("\\|", "").contains('`') || line.contains("\\`"),
            "{line}"
        );
    }
    for bytes in files(&home.path().join("deck/frames")).values() {
        let svg = String::from_utf8_lossy(bytes);
        assert!(!svg.contains("<script"));
    }
    // What was written reads back, hostile texts and all.
    report(
        &home,
        "again",
        &[&set, "--recipe", "deck/review.toml", "--lang", "en"],
    );
}

#[test]
fn a_wrong_recipe_is_told_with_its_place() {
    let home = tempfile::tempdir().unwrap();
    for (text, place, said) in [
        ("[[page]]\npane = \"fats\"\n", "2:8", "found `fats`"),
        (
            "[[page]]\npane = \"fast\"\nwhere = \"crowd=genx\"\n",
            "3:9",
            "did you mean `genz`",
        ),
        (
            "[[page]]\npane = \"fast\"\n\nbrand = \"jichaun\"\n",
            "4:9",
            "did you mean `jichuan`",
        ),
        (
            "[[statement]]\ntext = \"x\"\nif = \"crowd.gap[genx] < 0\"\n",
            "3:6",
            "genx",
        ),
        (
            "[[statement]]\ntext = \"x\"\nif = \"fast.f >\"\n",
            "3:6",
            "expected a number",
        ),
        ("titel = \"x\"\n", "1:1", "unknown field `titel`"),
    ] {
        fs::write(home.path().join("r.toml"), text).unwrap();
        let output = run(&home, &["report", "-o", "deck", "--recipe", "r.toml"]);
        assert_eq!(code(&output), 2, "{text}");
        let err = err(&output);
        assert!(
            err.contains(&format!("r.toml:{place}: ")) && err.contains(said),
            "{err}"
        );
        assert!(!home.path().join("deck").exists());
    }
}

#[test]
fn a_story_told_again_marks_what_is_no_longer_so() {
    let home = tempfile::tempdir().unwrap();
    let recipe = "[[page]]\npane = \"fast\"\n[[page]]\npane = \"aipl\"\n\
        [[statement]]\nif = \"fast.t.delta > 0\"\ntext = \"Members are more active\"\n\
        [[statement]]\nif = \"crowd.gap[genz] < 0\"\ntext = \"Gen Z is behind\"\n\
        [[statement]]\nif = \"fast.a.delta > 0\"\ntext = \"More deepen\"\n";
    fs::write(home.path().join("r.toml"), recipe).unwrap();
    let words = [
        "--recipe",
        "r.toml",
        "--brand",
        "jichuan",
        "--lang",
        "en",
        "--as-of",
        "2026-11-08",
    ];
    let [_, before] = report(&home, "one", &words);
    assert!(
        before.contains("- **true** Members are more active (fast.t.delta \\> 0; now +1.43 pp)")
    );
    assert!(
        before.contains("**no longer true** More deepen"),
        "{before}"
    );
    assert!(!before.contains("Signs that changed"));
    // The brand is part of the recipe now; only the day is new.
    let words = [
        "--recipe",
        "one/review.toml",
        "--lang",
        "en",
        "--as-of",
        "2026-11-15",
    ];
    let [html, after] = report(&home, "two", &words);
    assert!(after.contains("- **no longer true** Members are more active (fast.t.delta \\> 0; now −0.86 pp, +1.43 pp on 2026-11-08)"), "{after}");
    assert!(after.contains("- **true** Gen Z is behind"));
    assert!(after.contains("- **true again** More deepen"));
    let fast = page(&after, "FAST");
    assert_eq!(row(fast, "Thriving")[3], "−0.86 pp **sign changed**");
    assert!(!row(fast, "Fertility")[3].contains("sign"));
    assert!(html.contains("−0.86 pp <b class=\"mark\">sign changed</b></td>"));
    // The same day again: nothing changed since.
    let words = [
        "--recipe",
        "two/review.toml",
        "--lang",
        "en",
        "--as-of",
        "2026-11-15",
    ];
    let [_, same] = report(&home, "three", &words);
    assert!(!same.contains("sign changed") && same.contains("**still not true** Members"));
    let read = |folder: &str| fs::read_to_string(home.path().join(folder).join("review.toml"));
    assert_eq!(read("two").unwrap(), read("three").unwrap());
}

#[test]
fn pages_show_what_they_are_asked_for() {
    let home = tempfile::tempdir().unwrap();
    let recipe = "title = \"Two views\"\n[[page]]\npane = \"aipl\"\nwhere = \"crowd=genz\"\nsize = \"100x30\"\nnote = \"Ask the team\"\n\
        [[page]]\npane = \"fast\"\nbrand = \"jichuan\"\nagainst = \"previous-month\"\nwhat_if = \"fast.f*=1.1\"\nwhat_if_name = \"Push\"\n\
        [[page]]\npane = \"why\"\n[[page]]\npane = \"outlook\"\n[[page]]\npane = \"brands\"\n";
    fs::write(home.path().join("r.toml"), recipe).unwrap();
    let [html, markdown] = report(&home, "deck", &["--recipe", "r.toml", "--lang", "en"]);
    check_html(&html);
    assert!(markdown.starts_with("# Two views\n\n## Headline\n"));
    let aipl = page(&markdown, "AIPL");
    assert!(aipl.contains("slice crowd=genz") && aipl.contains("> Ask the team"));
    let fast = page(&markdown, "FAST");
    assert!(
        fast.contains("previous month 2026-10-15") && fast.contains("what-if Push: fast.f\\*=1.1")
    );
    let names = files(&home.path().join("deck/frames"));
    assert_eq!(names.len(), 10);
    let (_, svg) = names
        .iter()
        .find(|(n, _)| n.ends_with("02-aipl.svg"))
        .unwrap();
    assert!(String::from_utf8_lossy(svg).contains("width=\"924\""));
}

#[test]
fn the_workbook_holds_the_figures_and_the_tables() {
    let home = tempfile::tempdir().unwrap();
    report(&home, "deck", &["--brand", "jichuan", "--lang", "en"]);
    let bytes = fs::read(home.path().join("deck/review.xlsx")).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let sheet = book.worksheet_range("metrics").unwrap();
    let rows = rows(&home, &["--brand", "jichuan"]);
    assert_eq!(sheet.height(), rows.len() + 1);
    let head: Vec<String> = sheet
        .rows()
        .next()
        .unwrap()
        .iter()
        .map(ToString::to_string)
        .collect();
    let column = |name: &str| head.iter().position(|h| h == name).unwrap();
    for (cells, json) in sheet.rows().skip(1).zip(&rows) {
        assert_eq!(
            cells[column("metric")].to_string(),
            json["metric"].as_str().unwrap()
        );
        for name in ["value", "against_value", "delta", "gap", "target"] {
            match (&cells[column(name)], json[name].as_f64()) {
                (Data::Empty, None) => {}
                // The reader of JSON may be one place off in the last digit.
                (Data::Float(x), Some(y)) if (x - y).abs() <= f64::EPSILON * y.abs() => {}
                (cell, number) => panic!("{name} of {}: {cell:?}, {number:?}", json["metric"]),
            }
        }
    }
    let fast = book.worksheet_range("FAST").unwrap();
    let asset = rows.iter().find(|r| r["metric"] == "fast.f").unwrap();
    assert_eq!(
        fast.get((1, 1)),
        Some(&Data::Float(asset["value"].as_f64().unwrap()))
    );
}

#[test]
fn scenarios_and_notes_are_told_and_change_no_number() {
    let home = tempfile::tempdir().unwrap();
    let words = [
        "--brand",
        "jichuan",
        "--lang",
        "en",
        "--as-of",
        "2026-11-15",
    ];
    let [_, plain] = report(&home, "plain", &words);
    assert!(page(&plain, "Scenarios").contains("No scenario is in use"));
    assert!(page(&plain, "Notes").contains("There is no note"));
    let output = run(&home, &["metrics"]);
    let document: Json = serde_json::from_slice(&output.stdout).unwrap();
    let fingerprint = document["dataset"]["fingerprint"].as_str().unwrap();
    let mut book = Book::new(fingerprint, "demo");
    let scenario = Scenario::parse("fast.f*=1.1").unwrap();
    let (brand, name) = ("jichuan".to_owned(), "Push | <b>".to_owned());
    book.edit(Edit::Set(Named {
        brand,
        name,
        scenario,
    }))
    .unwrap();
    for (day, text) in [(15, "Ask <i>why</i>\nthen act"), (8, "last week")] {
        book.edit(Edit::Note(Note {
            brand: "jichuan".into(),
            on: "fast.t".into(),
            as_of: Day::from_ymd(2026, 11, day).unwrap(),
            slice: String::new(),
            text: text.into(),
        }))
        .unwrap();
    }
    Shelf::new(&home.path().join("home")).save(&book).unwrap();
    let [html, told] = report(&home, "told", &words);
    check_html(&html);
    assert_eq!(
        row(page(&plain, "FAST"), "Fertility"),
        row(page(&told, "FAST"), "Fertility")
    );
    let line = page(&told, "Scenarios")
        .lines()
        .find(|l| l.contains("Push"))
        .unwrap();
    assert!(
        line.contains("Push \\| &lt;b\\>") && line.contains("1,170 | 1,287 | \\+117"),
        "{line}"
    );
    let notes = page(&told, "Notes");
    assert!(
        notes.contains("> Ask &lt;i\\>why")
            && notes.contains("> then act")
            && !notes.contains("last week")
    );
    assert!(html.contains("<blockquote>Ask &lt;i&gt;why&lt;/i&gt;<br>then act</blockquote>"));
}

#[test]
fn the_recipe_of_the_readme_is_one() {
    let readme = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let blocks = readme.split("```toml\n").skip(1);
    let text = blocks.map(|b| &b[..b.find("```").unwrap()]);
    let text = text.into_iter().find(|b| b.contains("[[page]]")).unwrap();
    let recipe = Recipe::parse(text).unwrap();
    assert_eq!(recipe.claims.len(), 1);
    assert_eq!(recipe.pages()[0].topic, Topic::Headline);
}
