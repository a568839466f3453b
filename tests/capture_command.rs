//! `fastdeck capture`: formats, names from data that try to become markup or escape sequences, and
//! fonts of the machine for what the embedded ones lack.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

const FORMATS: [&str; 5] = ["svg", "png", "html", "ans", "txt"];

fn run(home: &TempDir, words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fastdeck"))
        .arg("capture")
        .args(words)
        .current_dir(home.path())
        .env_clear()
        .env("HOME", home.path())
        .env("FASTDECK_HOME", home.path().join("home"))
        .env("LANG", "en_US.UTF-8")
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

/// A data set of one brand with this name, as TOML writes it.
fn named(folder: &Path, name: &str) -> String {
    let set = folder.join("set");
    fs::create_dir(&set).unwrap();
    let manifest = format!(
        "format = 1\nname = \"{name}\"\n[[brand]]\nid = \"oak\"\nname_zh = \"{name}\"\nname_en = \"{name}\"\n\
         [[table]]\nkind = \"stock\"\nfile = \"stock.csv\"\n"
    );
    let stock = "brand,date,a,i,p,l\noak,2026-03-01,10,8,6,4\noak,2026-03-08,11,9,7,5\n";
    fs::write(set.join("dataset.toml"), manifest).unwrap();
    fs::write(set.join("stock.csv"), stock).unwrap();
    set.to_str().unwrap().to_owned()
}

fn capture(home: &TempDir, set: &str, file: &str, more: &[&str]) -> Vec<u8> {
    let words = [&[set, "-o", file, "--pane", "aipl", "--lang", "en"], more].concat();
    let output = run(home, &words);
    assert_eq!(code(&output), 0, "{file}: {}", err(&output));
    assert!(output.stdout.is_empty());
    fs::read(home.path().join(file)).unwrap()
}

#[test]
fn names_from_data_are_inert_in_every_format() {
    let home = tempfile::tempdir().unwrap();
    let name = "<script>alert(1)</script>\\u001B]0;x\\u0007\\\"'&橡木";
    let set = named(home.path(), name);
    for format in FORMATS {
        let bytes = capture(&home, &set, &format!("x.{format}"), &[]);
        if format == "png" {
            assert_eq!(&bytes[..4], b"\x89PNG");
            continue;
        }
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            !text.contains('\u{7}') && !text.contains("\u{1b}]"),
            "{format}"
        );
        if matches!(format, "svg" | "html") {
            assert!(!text.contains('\u{1b}'), "{format}");
            assert!(!text.contains("<script") && text.contains("&lt;script&gt;"));
        } else {
            assert!(text.contains("<script>alert(1)"), "{format}");
        }
        if format == "ans" {
            let styles = text.split('\u{1b}').skip(1);
            for style in styles {
                let end = style.find('m').unwrap();
                let inner = style[1..end]
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b == b';');
                assert!(style.starts_with('[') && inner, "{style}");
            }
        }
    }
    let real = capture(&home, &set, "real.svg", &["--text"]);
    let real = String::from_utf8(real).unwrap();
    assert!(!real.contains("<script") && real.contains(">&lt;</text>"));
}

#[test]
fn every_format_gives_the_same_bytes_again() {
    let home = tempfile::tempdir().unwrap();
    let set = named(home.path(), "橡木之家");
    for format in FORMATS {
        let (a, b) = (format!("a.{format}"), format!("b.{format}"));
        let once = capture(&home, &set, &a, &[]);
        assert_eq!(once, capture(&home, &set, &b, &[]), "{format}");
    }
}

#[test]
fn the_scale_multiplies_the_pixels() {
    let home = tempfile::tempdir().unwrap();
    let set = named(home.path(), "橡木");
    let size = |file: &str, scale: &str| {
        let more = ["--size", "40x10", "--scale", scale];
        let bytes = capture(&home, &set, file, &more);
        let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
        (number(16), number(20))
    };
    assert_eq!(size("1.png", "1"), (384, 224));
    assert_eq!(size("3.png", "3"), (1152, 672));
    let format = capture(&home, &set, "frame.picture", &["--format", "png"]);
    assert_eq!(&format[1..4], b"PNG");
    for bad in [
        ["-o", "x.svg", "--scale", "2"],
        ["-o", "x.png", "--scale", "4"],
    ] {
        assert_eq!(code(&run(&home, &[&[set.as_str()], &bad[..]].concat())), 2);
    }
    assert_eq!(code(&run(&home, &[&set, "-o", "x.png", "--text"])), 2);
}

#[test]
#[cfg(target_os = "linux")]
fn rare_characters_come_from_fonts_of_the_machine_or_are_told() {
    let home = tempfile::tempdir().unwrap();
    // A character for private use, which the small font beside this test has as an A.
    let set = named(home.path(), "x\\U0010FFFDy");
    let output = run(&home, &[&set, "-o", "boxes.png"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert!(err(&output).contains("U+10FFFD"), "{}", err(&output));
    let fonts = home.path().join(".local/share/fonts");
    fs::create_dir_all(&fonts).unwrap();
    let rare = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fonts/rare.ttf");
    fs::copy(rare, fonts.join("rare.ttf")).unwrap();
    let output = run(&home, &[&set, "-o", "drawn.png"]);
    assert_eq!(code(&output), 0);
    assert!(!err(&output).contains("U+10FFFD"), "{}", err(&output));
    let read = |name: &str| fs::read(home.path().join(name)).unwrap();
    assert_ne!(read("boxes.png"), read("drawn.png"));
}

/// The whole frame travels as one line: on a copy of the data in another folder, it gives the same
/// bytes, caption and all.
#[test]
fn a_state_gives_the_same_bytes_from_another_folder() {
    let home = tempfile::tempdir().unwrap();
    let set = named(home.path(), "橡木");
    let moved = home.path().join("elsewhere/deep/set");
    fs::create_dir_all(&moved).unwrap();
    for file in ["dataset.toml", "stock.csv"] {
        fs::copy(home.path().join("set").join(file), moved.join(file)).unwrap();
    }
    let states = [
        "brand=oak&pane=aipl&as-of=2026-03-08&lang=en&theme=light&size=100x30",
        "brand=oak&pane=outlook&as-of=2026-03-08&against=2026-03-01&outlook=weeks:12&rows=outlook:2&lang=zh",
        "brand=oak&pane=why&as-of=2026-03-08&what-if-name=Q4&what-if=fast.f*=1.1&why=view:tornado;reach:each",
    ];
    for (n, state) in states.into_iter().enumerate() {
        for format in ["svg", "txt", "png"] {
            let capture = |set: &str, folder: &str| {
                let file = format!("{folder}-{n}.{format}");
                let output = run(&home, &[set, "-o", &file, "--state", state]);
                assert_eq!(code(&output), 0, "{}", err(&output));
                fs::read(home.path().join(file)).unwrap()
            };
            let here = capture(&set, "here");
            assert!(
                here == capture(moved.to_str().unwrap(), "there"),
                "{state} as {format}"
            );
        }
    }
    for (state, said) in [
        ("pane=moon", "a pane, found `moon`"),
        ("colour=red", "expected one of brand"),
        ("where=city=nowhere", "city"),
        ("size=0x9", "COLUMNSxROWS"),
    ] {
        let output = run(
            &home,
            &[&set, "-o", "no.svg", "--state", state, "--lang", "en"],
        );
        assert_eq!(code(&output), 2, "{state}");
        assert!(err(&output).contains(said), "{}", err(&output));
        assert!(!home.path().join("no.svg").exists());
    }
}
