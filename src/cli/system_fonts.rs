//! Fonts of the machine, for what the embedded ones lack: rare characters in names of brands.
//!
//! Files are looked at in the order of their paths until every character is found, so that the same
//! machine gives the same picture. Links are not followed and very large files are left alone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::capture::Fonts;

/// Files that are looked at, at most.
const FILES: usize = 5_000;
/// Bytes of a font file, at most.
const BYTES: u64 = 64 << 20;
/// How deep folders may be nested.
const DEPTH: u8 = 6;

/// The embedded fonts, and those of the machine that draw the missing characters.
pub(super) fn with(missing: &BTreeSet<char>) -> Fonts {
    fill(&folders(), missing)
}

fn fill(folders: &[PathBuf], missing: &BTreeSet<char>) -> Fonts {
    let (mut fonts, mut wanted) = (Fonts::embedded(), missing.clone());
    let mut files = Vec::new();
    for folder in folders {
        list(folder, DEPTH, &mut files);
    }
    for file in files {
        if wanted.is_empty() {
            break;
        }
        if let Ok(bytes) = fs::read(&file) {
            fonts.add(bytes, &mut wanted);
        }
    }
    fonts
}

/// The font files below a folder, sorted.
fn list(folder: &Path, depth: u8, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, Ok(kind)) = (entry.path(), entry.file_type()) else {
            continue;
        };
        if kind.is_dir() && depth > 0 {
            list(&path, depth - 1, files);
        } else if kind.is_file()
            && is_font(&path)
            && entry.metadata().is_ok_and(|m| m.len() <= BYTES)
            && files.len() < FILES
        {
            files.push(path);
        }
    }
}

fn is_font(path: &Path) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    ["ttf", "otf", "ttc", "otc"]
        .iter()
        .any(|known| extension.eq_ignore_ascii_case(known))
}

/// Where fonts usually lie, own ones last.
fn folders() -> Vec<PathBuf> {
    let home = directories::UserDirs::new();
    let home = home.as_ref().map(directories::UserDirs::home_dir);
    let (shared, own): (&[&str], &[&str]) = if cfg!(target_os = "macos") {
        (
            &["/System/Library/Fonts", "/Library/Fonts"],
            &["Library/Fonts"],
        )
    } else if cfg!(windows) {
        (
            &["C:\\Windows\\Fonts"],
            &["AppData\\Local\\Microsoft\\Windows\\Fonts"],
        )
    } else {
        (
            &["/usr/share/fonts", "/usr/local/share/fonts"],
            &[".fonts", ".local/share/fonts"],
        )
    };
    let shared = shared.iter().map(PathBuf::from);
    let own = own.iter().filter_map(|folder| Some(home?.join(folder)));
    shared.chain(own).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_font_files_are_listed_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("b/c");
        fs::create_dir_all(&deep).unwrap();
        for name in ["z.ttf", "a.TTC", "readme.txt", "b/c/m.otf"] {
            fs::write(folder.path().join(name), b"no font").unwrap();
        }
        let mut files = Vec::new();
        list(folder.path(), 3, &mut files);
        let names: Vec<_> = files.iter().map(|f| f.file_name().unwrap()).collect();
        assert_eq!(names, ["a.TTC", "m.otf", "z.ttf"]);
        // Files that are no fonts do no harm, and what is missing stays missing.
        let missing = BTreeSet::from(['\u{20000}']);
        let mut wanted = missing.clone();
        let mut fonts = fill(&[folder.path().to_owned()], &missing);
        assert!(!fonts.add(b"no font".to_vec(), &mut wanted));
        assert_eq!(wanted, missing);
    }
}
