//! The layer rule of `src/lib.rs`, checked on the source itself.
//!
//! The level table is read from the crate documentation, so that the page and the rule cannot part.
//! Test modules (`#[cfg(test)]`) are left out: they may build fixtures from any layer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What a folder must not reach for, beyond the level rule.
struct Ban {
    folder: &'static str,
    /// Path prefixes that must not appear (`std::fs`, `ratatui`, `crate::app`).
    never: &'static [&'static str],
    /// The only dependencies of Cargo.toml that may appear; `None` = any that is not in `never`.
    only: Option<&'static [&'static str]>,
}

const TERMINAL: [&str; 2] = ["ratatui", "crossterm"];

const BANS: &[Ban] = &[
    Ban {
        folder: "metrics",
        never: &[
            "std::fs",
            "std::io",
            "std::env",
            "std::time",
            "std::process",
        ],
        only: Some(&[]),
    },
    Ban {
        folder: "facts",
        never: &[
            "std::fs",
            "std::io",
            "std::env",
            "std::time",
            "std::process",
        ],
        only: Some(&["rayon", "rustc_hash"]),
    },
    Ban {
        folder: "scenario",
        never: &["std::fs", "std::io", "std::env", "std::time"],
        only: Some(&[]),
    },
    Ban {
        folder: "data",
        never: &TERMINAL,
        only: None,
    },
    Ban {
        folder: "board",
        never: &[
            "std::fs",
            "std::io",
            "std::env",
            "std::time",
            "ratatui",
            "crossterm",
            "tokio",
        ],
        only: None,
    },
    Ban {
        folder: "app",
        never: &[
            "crate::data",
            "ratatui",
            "crossterm",
            "tokio",
            "std::fs",
            "std::io",
            "std::env",
            "std::time",
        ],
        only: None,
    },
    Ban {
        folder: "view",
        never: &[
            "crate::data",
            "ratatui",
            "crossterm",
            "tokio",
            "std::fs",
            "std::io",
            "std::env",
            "std::time",
        ],
        only: None,
    },
    Ban {
        folder: "ui",
        never: &[
            "crate::app",
            "crate::metrics",
            "crate::board",
            "crate::facts",
            "crate::data",
            "crossterm",
            "tokio",
            "std::fs",
            "std::io",
            "std::env",
            "std::time",
        ],
        only: None,
    },
    Ban {
        folder: "export",
        never: &[
            "ratatui",
            "crossterm",
            "tokio",
            "std::fs",
            "std::env",
            "std::time",
        ],
        only: None,
    },
    Ban {
        folder: "capture",
        never: &["crossterm", "tokio", "std::fs", "std::env", "std::time"],
        only: None,
    },
];

// -- reading code -----------------------------------------------------------------------------

/// The code with comments, strings and characters blanked; lines stay where they are.
fn code_only(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut i = 0;
    while i < chars.len() {
        let end = match (chars[i], chars.get(i + 1)) {
            ('/', Some('/')) => find(&chars, i, &['\n']).unwrap_or(chars.len()),
            ('/', Some('*')) => block_comment_end(&chars, i),
            ('"', _) => string_end(&chars, i),
            ('r', Some('"' | '#')) if !is_word_before(&chars, i) => raw_string_end(&chars, i),
            ('\'', _) => char_end(&chars, i),
            _ => i,
        };
        if end == i {
            out.push(chars[i]);
            i += 1;
        } else {
            out.extend(chars[i..end].iter().filter(|c| **c == '\n'));
            out.push(' ');
            i = end;
        }
    }
    out
}

fn find(chars: &[char], from: usize, what: &[char]) -> Option<usize> {
    (from..chars.len()).find(|&i| chars[i..].starts_with(what))
}

fn is_word_before(chars: &[char], i: usize) -> bool {
    i > 0 && (chars[i - 1].is_alphanumeric() || chars[i - 1] == '_')
}

fn block_comment_end(chars: &[char], from: usize) -> usize {
    let (mut depth, mut i) = (0, from);
    while i < chars.len() {
        if chars[i..].starts_with(&['/', '*']) {
            depth += 1;
            i += 2;
        } else if chars[i..].starts_with(&['*', '/']) {
            depth -= 1;
            i += 2;
            if depth == 0 {
                return i;
            }
        } else {
            i += 1;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], from: usize) -> usize {
    let mut i = from + 1;
    while i < chars.len() {
        match chars[i] {
            '\\' => i += 2,
            '"' => return i + 1,
            _ => i += 1,
        }
    }
    chars.len()
}

fn raw_string_end(chars: &[char], from: usize) -> usize {
    let hashes = chars[from + 1..].iter().take_while(|c| **c == '#').count();
    if chars.get(from + 1 + hashes) != Some(&'"') {
        return from;
    }
    let mut close = vec!['"'];
    close.extend(std::iter::repeat_n('#', hashes));
    find(chars, from + 2 + hashes, &close).map_or(chars.len(), |at| at + close.len())
}

/// The end of a character literal; a lifetime ends where it starts.
fn char_end(chars: &[char], from: usize) -> usize {
    match (chars.get(from + 1), chars.get(from + 2)) {
        (Some('\\'), _) => find(chars, from + 3, &['\'']).map_or(from, |at| at + 1),
        (Some(_), Some('\'')) => from + 3,
        _ => from,
    }
}

/// The code without items under `#[cfg(test)]`, and the names of modules declared that way.
fn without_tests(code: &str) -> (String, Vec<String>) {
    let (mut kept, mut modules) = (String::new(), Vec::new());
    let mut rest = code;
    while let Some(at) = rest.find("#[cfg(test)]") {
        kept.push_str(&rest[..at]);
        rest = &rest[at + "#[cfg(test)]".len()..];
        let (item, after) = rest.split_at(item_end(rest));
        if item.ends_with(';')
            && let Some((_, name)) = item.trim_end_matches(';').rsplit_once("mod ")
        {
            modules.push(name.trim().to_owned());
        }
        rest = after;
    }
    kept.push_str(rest);
    (kept, modules)
}

/// Where the first item of the code ends: at `;` or at the brace that closes its body.
fn item_end(code: &str) -> usize {
    let mut depth = 0usize;
    for (i, c) in code.char_indices() {
        match c {
            '{' | '[' | '(' => depth += 1,
            '}' | ']' | ')' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && c == '}' {
                    return i + 1;
                }
            }
            ';' if depth == 0 => return i + 1,
            _ => {}
        }
    }
    code.len()
}

// -- reading paths ----------------------------------------------------------------------------

fn tokens(code: &str) -> Vec<String> {
    let chars: Vec<char> = code.chars().collect();
    let mut out: Vec<String> = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let c = chars[i];
        if c.is_alphanumeric() || c == '_' {
            let end = (i..chars.len())
                .find(|&j| !(chars[j].is_alphanumeric() || chars[j] == '_'))
                .unwrap_or(chars.len());
            out.push(chars[i..end].iter().collect());
            i = end;
        } else if chars[i..].starts_with(&[':', ':']) {
            out.push("::".into());
            i += 2;
        } else {
            if !c.is_whitespace() {
                out.push(c.into());
            }
            i += 1;
        }
    }
    out
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Every path in the code with its braces opened: `use a::{b::c, d}` gives `a::b::c` and `a::d`.
/// A single name counts when a `use` brings it in.
fn paths(code: &str) -> Vec<String> {
    let tokens = tokens(code);
    let mut out = Vec::new();
    let mut i = 0;
    while i < tokens.len() {
        let inside = i > 0 && (tokens[i - 1] == "::" || tokens[i - 1] == ".");
        let leading =
            tokens[i] == "::" && !(i > 0 && (is_name(&tokens[i - 1]) || tokens[i - 1] == ">"));
        if leading {
            i += 1;
            continue;
        }
        let used = tokens[i] == "use";
        if used {
            let start = i + 1 + usize::from(tokens.get(i + 1).is_some_and(|t| t == "::"));
            i = tree(&tokens, start, "", &mut out);
        } else if is_name(&tokens[i])
            && tokens.get(i + 1).is_some_and(|t| t == "::")
            && (!inside
                || (i > 1
                    && !is_name(&tokens[i - 2])
                    && tokens[i - 2] != ">"
                    && tokens[i - 1] == "::"))
        {
            i = tree(&tokens, i, "", &mut out);
        } else {
            i += 1;
        }
    }
    out
}

/// Reads one tree of a path from token `i` and returns the token after it.
fn tree(tokens: &[String], mut i: usize, prefix: &str, out: &mut Vec<String>) -> usize {
    let mut path = prefix.to_owned();
    while let Some(token) = tokens.get(i) {
        match token.as_str() {
            "{" => return group(tokens, i + 1, &path, out),
            "*" => {
                out.push(format!("{path}::*"));
                return i + 1;
            }
            name if is_name(name) => {
                if !path.is_empty() {
                    path.push_str("::");
                }
                path.push_str(name);
                i += 1;
            }
            _ => break,
        }
        if tokens.get(i).is_some_and(|t| t == "::") {
            i += 1;
        } else {
            break;
        }
    }
    if path != prefix {
        out.push(path);
    }
    // `as name` brings in no other path.
    i + if tokens.get(i).is_some_and(|t| t == "as") {
        2
    } else {
        0
    }
}

fn group(tokens: &[String], mut i: usize, path: &str, out: &mut Vec<String>) -> usize {
    while let Some(token) = tokens.get(i) {
        match token.as_str() {
            "}" => return i + 1,
            name if is_name(name) || name == "{" || name == "*" => {
                i = tree(tokens, i, path, out);
            }
            _ => i += 1,
        }
    }
    i
}

// -- rules ------------------------------------------------------------------------------------

/// One file below `src`.
struct Source {
    /// Path below `src`, with `/`.
    path: String,
    text: String,
    /// Code without tests, comments and strings.
    code: String,
}

impl Source {
    fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: without_tests(&code_only(text)).0,
        }
    }

    /// The folder below `src`; `None` for `lib.rs` and `main.rs`.
    fn folder(&self) -> Option<&str> {
        self.path.split_once('/').map(|(folder, _)| folder)
    }

    /// How many modules lie between the crate root and this file, itself included.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        parts - usize::from(self.path.ends_with("/mod.rs"))
    }
}

type Levels = BTreeMap<String, u32>;

fn levels(lib: &str) -> Levels {
    lib.lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("//! |")?.split('|');
            let level = cells.next()?.trim().parse().ok()?;
            let folder = cells.next()?.trim().trim_start_matches("[`");
            Some((folder.trim_end_matches("`]").to_owned(), level))
        })
        .collect()
}

/// Every import that does not point to a lower level, in words.
fn level_faults(source: &Source, levels: &Levels) -> Vec<String> {
    let Some(folder) = source.folder() else {
        return Vec::new();
    };
    let Some(own) = levels.get(folder) else {
        return vec![format!("{}: `{folder}` is not in the table", source.path)];
    };
    let mut faults = Vec::new();
    for path in paths(&source.code) {
        let supers = path.split("::").take_while(|p| *p == "super").count();
        if supers >= source.depth() {
            faults.push(format!(
                "{}: `{path}` climbs out of its folder",
                source.path
            ));
        }
        let Some(rest) = path.strip_prefix("crate::") else {
            if path == "crate" {
                faults.push(format!("{}: imports the whole crate", source.path));
            }
            continue;
        };
        let target = rest.split("::").next().unwrap_or(rest);
        match levels.get(target) {
            _ if target == folder => {}
            Some(level) if level < own => {}
            Some(_) => faults.push(format!("{}: `{path}` is not below `{folder}`", source.path)),
            None => faults.push(format!("{}: `{path}` names no folder", source.path)),
        }
    }
    faults
}

/// Every path that the folder must not use, in words.
fn ban_faults(source: &Source, ban: &Ban, dependencies: &[String]) -> Vec<String> {
    let begins = |path: &str, with: &str| {
        path.strip_prefix(with)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    paths(&source.code)
        .into_iter()
        .filter(|path| {
            let root = path.split("::").next().unwrap_or(path);
            let foreign = ban.only.is_some_and(|only| {
                dependencies.iter().any(|d| d == root) && !only.contains(&root)
            });
            foreign || ban.never.iter().any(|never| begins(path, never))
        })
        .map(|path| format!("{}: `{path}` is not for `{}`", source.path, ban.folder))
        .collect()
}

/// What no file may hold, in words.
fn habit_faults(source: &Source) -> Vec<String> {
    let mut faults = Vec::new();
    let mut fault = |what: &str| faults.push(format!("{}: {what}", source.path));
    if !source.text.starts_with("//!") {
        fault("does not open with `//!`");
    }
    for word in ["TODO", "FIXME", "XXX"] {
        if source.text.contains(word) {
            fault(word);
        }
    }
    let tokens = tokens(&source.code);
    let has = |wanted: &[&str]| tokens.windows(wanted.len()).any(|w| w == wanted);
    if has(&[".", "unwrap", "(", ")"]) {
        fault("`unwrap()` outside tests");
    }
    for print in ["print", "println", "dbg", "todo", "unimplemented"] {
        if has(&[print, "!"]) {
            fault(&format!("`{print}!`"));
        }
    }
    for writes in ["set_symbol", "set_char"] {
        if has(&[".", writes, "("]) && source.path != "ui/draw.rs" {
            fault(&format!("`{writes}` outside `ui/draw.rs`"));
        }
    }
    faults
}

// -- the source of this crate -----------------------------------------------------------------

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn rust_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// All sources except files that are test modules of their own.
fn sources() -> Vec<Source> {
    let mut files = Vec::new();
    rust_files(&root(), &mut files);
    files.sort();
    let read = |file: &PathBuf| {
        let path = file.strip_prefix(root()).unwrap();
        let path = path.to_str().unwrap().replace('\\', "/");
        Source::new(&path, &fs::read_to_string(file).unwrap())
    };
    let all: Vec<Source> = files.iter().map(read).collect();
    let tests: Vec<String> = all.iter().flat_map(test_modules).collect();
    all.into_iter()
        .filter(|s| {
            !tests
                .iter()
                .any(|t| s.path == format!("{t}.rs") || s.path.starts_with(&format!("{t}/")))
        })
        .collect()
}

/// Where the `#[cfg(test)] mod name;` of a file live, without `.rs`.
fn test_modules(source: &Source) -> Vec<String> {
    let base = source.path.trim_end_matches(".rs");
    let base = base.strip_suffix("/mod").unwrap_or(base);
    without_tests(&code_only(&source.text))
        .1
        .into_iter()
        .map(|name| match base {
            "lib" => name,
            _ => format!("{base}/{name}"),
        })
        .collect()
}

fn dependencies() -> Vec<String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let text = fs::read_to_string(manifest).unwrap();
    text.lines()
        .skip_while(|l| *l != "[dependencies]")
        .skip(1)
        .take_while(|l| !l.starts_with('['))
        .filter_map(|l| l.split_once('='))
        .map(|(name, _)| name.trim().replace('-', "_"))
        .collect()
}

fn own_levels() -> Levels {
    levels(&fs::read_to_string(root().join("lib.rs")).unwrap())
}

fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn the_table_lists_every_folder_and_no_other() {
    let listed: Vec<String> = own_levels().into_keys().collect();
    let mut folders: Vec<String> = fs::read_dir(root())
        .unwrap()
        .map(|e| e.unwrap())
        .filter(|e| e.path().is_dir())
        .map(|e| e.file_name().into_string().unwrap())
        .collect();
    folders.sort();
    assert_eq!(listed, folders);
}

#[test]
fn imports_point_to_lower_levels() {
    let levels = own_levels();
    let all = sources();
    assert!(
        all.iter()
            .any(|s| paths(&s.code).iter().any(|p| p.starts_with("crate::")))
    );
    let faults: Vec<String> = all.iter().flat_map(|s| level_faults(s, &levels)).collect();
    assert_none(&faults);
}

#[test]
fn folders_use_only_what_they_may() {
    let dependencies = dependencies();
    assert!(dependencies.iter().any(|d| d == "ratatui"));
    let mut faults = Vec::new();
    for ban in BANS {
        let own: Vec<Source> = sources()
            .into_iter()
            .filter(|s| s.folder() == Some(ban.folder))
            .collect();
        assert!(!own.is_empty(), "no folder {}", ban.folder);
        faults.extend(own.iter().flat_map(|s| ban_faults(s, ban, &dependencies)));
    }
    assert_none(&faults);
}

#[test]
fn every_module_keeps_the_habits() {
    let faults: Vec<String> = sources().iter().flat_map(habit_faults).collect();
    assert_none(&faults);
}

#[test]
fn the_binary_only_calls_the_command_line() {
    let main = sources().into_iter().find(|s| s.path == "main.rs").unwrap();
    let foreign: Vec<String> = paths(&main.code)
        .into_iter()
        .filter(|p| p.starts_with("fastdeck::") && !p.starts_with("fastdeck::cli"))
        .collect();
    assert_none(&foreign);
}

// -- the checks themselves --------------------------------------------------------------------

#[cfg(test)]
mod on_samples {
    use super::*;

    fn table() -> Levels {
        levels(
            "//! | level | folder | is |\n//! |---|---|---|\n//! | 0 | [`metrics`] | x |\n//! | 1 | [`facts`] | x |\n//! | 1 | [`scenario`] | x |\n//! | 3 | [`app`] | x |",
        )
    }

    fn faults(path: &str, code: &str) -> Vec<String> {
        level_faults(&Source::new(path, code), &table())
    }

    #[test]
    fn braces_globs_and_inline_paths_are_opened() {
        let code = "pub use crate::{a::{b, c::*}, d as e, f};\nfn x() -> crate::g::H<i::J> { k::l::<m::N>() }\nuse std::fs;\nuse ::o::p;\nuse q;";
        assert_eq!(
            paths(code),
            [
                "crate::a::b",
                "crate::a::c::*",
                "crate::d",
                "crate::f",
                "crate::g::H",
                "i::J",
                "k::l",
                "m::N",
                "std::fs",
                "o::p",
                "q"
            ]
        );
    }

    #[test]
    fn an_import_of_the_same_or_a_higher_level_is_found() {
        for bad in [
            "use crate::app::State;",
            "use crate::{facts::Slice, app::{State}};",
            "fn f(s: &crate::app::State) {}",
            "use crate::scenario::*;",
            "use crate::*;",
            "use crate::{self as all};",
            "use crate::nowhere::X;",
            "use super::super::app;",
            "impl From<crate::app::State> for u8 {}",
            "pub(crate) use\n    crate::app\n    ::State;",
        ] {
            assert_eq!(faults("facts/log.rs", bad).len(), 1, "{bad}");
        }
        for good in [
            "use crate::metrics::{Day, aipl::State};",
            "use crate::facts::Slice;",
            "use super::Slice;",
            "// use crate::app::State;",
            "const X: &str = \"crate::app::State\";",
            "#[cfg(test)]\nmod tests { use crate::app::State; fn f() { if a {} } }",
        ] {
            assert_eq!(faults("facts/log.rs", good), [""; 0], "{good}");
        }
        assert_eq!(faults("facts/mod.rs", "use super::app;").len(), 1);
        assert_eq!(faults("unknown/mod.rs", "fn f() {}").len(), 1);
    }

    #[test]
    fn code_after_a_test_module_is_still_read() {
        let code = "#[cfg(test)]\nmod tests { fn f() { '}'; \"}\"; } }\nuse crate::app::X;";
        assert_eq!(faults("facts/log.rs", code).len(), 1);
        let (_, modules) = without_tests("#[cfg(test)]\nmod fixtures;\nuse a::b;");
        assert_eq!(modules, ["fixtures"]);
    }

    #[test]
    fn a_banned_crate_is_found_in_every_form() {
        let ban = Ban {
            folder: "metrics",
            never: &["std::fs"],
            only: Some(&["rayon"]),
        };
        let dependencies = ["rayon".to_owned(), "csv".to_owned()];
        let found =
            |code: &str| ban_faults(&Source::new("metrics/a.rs", code), &ban, &dependencies).len();
        assert_eq!(found("use std::{fs, io};"), 1);
        assert_eq!(found("use std::{fs::{self, File}, io};"), 2);
        assert_eq!(found("fn f() { let x = ::std::fs::read(p); }"), 1);
        assert_eq!(found("use csv as table;"), 1);
        assert_eq!(found("fn f(r: csv::Reader<u8>) {}"), 1);
        assert_eq!(found("use rayon::prelude::*; use std::fsx;"), 0);
    }

    #[test]
    fn bad_habits_are_found() {
        let count = |path: &str, text: &str| habit_faults(&Source::new(path, text)).len();
        assert_eq!(count("a/b.rs", "fn f() {}"), 1);
        assert_eq!(count("a/b.rs", "//! A.\nfn f() { x\n.unwrap(); }"), 1);
        assert_eq!(count("a/b.rs", "//! A.\n// TODO later"), 1);
        assert_eq!(count("a/b.rs", "//! A.\nfn f() { println!(); }"), 1);
        assert_eq!(
            count("ui/fast.rs", "//! A.\nfn f() { c.set_symbol(s); }"),
            1
        );
        assert_eq!(
            count("ui/draw.rs", "//! A.\nfn f() { c.set_symbol(s); }"),
            0
        );
        assert_eq!(
            count(
                "a/b.rs",
                "//! A.\nconst A: char = '\"'; // x.unwrap()\n#[cfg(test)]\nmod t { fn f() { x.unwrap() } }"
            ),
            0
        );
    }
}
