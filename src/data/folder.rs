//! Writing a folder of files so that nobody ever finds half of one.
//!
//! The files go into a temporary folder beside the target, which takes its name at the end. A folder
//! that is there already is only replaced where it holds files of the same names and nothing else:
//! a wrong path must not cost anybody their files.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use super::save::{prefix_of, sync_folder};

/// A file below the folder: its name with `/`, and what it holds.
pub type Entry<'a> = (&'a str, &'a [u8]);

/// Refuses a folder that is there already, unless it may be replaced.
///
/// # Errors
///
/// `AlreadyExists` when the folder is there and `force` is not given, or it is no folder at all.
pub fn refuse_folder(path: &Path, force: bool) -> io::Result<()> {
    let refused = |text: &str| Err(io::Error::new(io::ErrorKind::AlreadyExists, text));
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_dir() => refused("exists already and is no folder"),
        Ok(_) if !force => refused("exists already; --force replaces it"),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Writes a folder in one step. `go_on` is asked before every file; when it says no, nothing is
/// left behind and the result is `false`.
///
/// # Errors
///
/// When the folder exists and `force` is not given, when it holds anything that is not written here
/// and that `ours` does not know, or when a file cannot be written; the old folder is as it was.
pub fn write_folder(
    path: &Path,
    files: &[Entry],
    force: bool,
    ours: &dyn Fn(&str) -> bool,
    go_on: &dyn Fn() -> bool,
) -> io::Result<bool> {
    refuse_folder(path, force)?;
    let there = fs::symlink_metadata(path).is_ok();
    if there {
        refuse_others(path, ours)?;
    }
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let prefix = prefix_of(path);
    let made = || {
        let mut builder = tempfile::Builder::new();
        builder.prefix(&prefix).suffix(".tmp").tempdir_in(parent)
    };
    let fresh = made()?;
    for (name, bytes) in files {
        if !go_on() {
            return Ok(false);
        }
        write(&fresh.path().join(name), bytes)?;
    }
    set_usual_permissions(fresh.path())?;
    if !go_on() {
        return Ok(false);
    }
    // The old folder stands aside until the new one is in its place.
    let aside = if there { Some(made()?) } else { None };
    let old = aside.as_ref().map(|a| a.path().join("old"));
    if let Some(old) = &old {
        fs::rename(path, old)?;
    }
    if let Err(error) = fs::rename(fresh.path(), path) {
        if let Some(old) = &old {
            fs::rename(old, path)?;
        }
        return Err(error);
    }
    drop(fresh.keep());
    sync_folder(parent)?;
    Ok(true)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = File::create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Refuses a folder with anything in it that is not one of ours.
fn refuse_others(path: &Path, ours: &dyn Fn(&str) -> bool) -> io::Result<()> {
    let mut names = BTreeSet::new();
    list(path, "", &mut names)?;
    match names.into_iter().find(|name| !ours(name)) {
        None => Ok(()),
        Some(other) => Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            format!("holds `{other}`, which is no part of a deck; it is not replaced"),
        )),
    }
}

/// The names of everything that is no folder, with `/`.
fn list(folder: &Path, before: &str, names: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{before}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            let inside = entry.path();
            // One level is enough to tell what is ours from anything else.
            if before.is_empty() {
                list(&inside, &format!("{name}/"), names)?;
            } else {
                names.insert(format!("{name}/"));
            }
        } else {
            names.insert(name);
        }
    }
    Ok(())
}

/// Temporary folders are private; a folder that was asked for is readable like any other.
#[cfg(unix)]
fn set_usual_permissions(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn set_usual_permissions(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(path: &Path, files: &[Entry], force: bool) -> io::Result<bool> {
        let ours = |name: &str| {
            ["a.md", "b.md"].contains(&name) || name.starts_with("frames/") && !name.ends_with('/')
        };
        write_folder(path, files, force, &ours, &|| true)
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names = BTreeSet::new();
        list(folder, "", &mut names).unwrap();
        names.into_iter().collect()
    }

    #[test]
    fn a_folder_is_written_whole_and_replaced_only_by_force() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("deck");
        assert!(put(&path, &[("a.md", b"1"), ("frames/x.png", b"2")], false).unwrap());
        assert_eq!(names(&path), ["a.md", "frames/x.png"]);
        let error = put(&path, &[("b.md", b"3")], false).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert!(put(&path, &[("b.md", b"3")], true).unwrap());
        assert_eq!(names(&path), ["b.md"]);
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    #[test]
    fn files_of_others_are_never_replaced() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("photos");
        fs::create_dir_all(path.join("frames/deep")).unwrap();
        fs::write(path.join("a.md"), "mine").unwrap();
        let error = put(&path, &[("a.md", b"1")], true).unwrap_err().to_string();
        assert!(error.starts_with("holds `frames/deep/`"), "{error}");
        fs::write(path.join("cat.jpg"), "mine").unwrap();
        assert!(put(&path, &[("a.md", b"1")], true).is_err());
        assert_eq!(fs::read(path.join("a.md")).unwrap(), b"mine");
        assert!(put(&path.join("a.md"), &[("a.md", b"1")], true).is_err());
    }

    #[test]
    fn nothing_is_left_of_what_was_given_up() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("deck");
        let asked = std::cell::Cell::new(0);
        let go_on = || {
            asked.set(asked.get() + 1);
            asked.get() < 2
        };
        let files: [Entry; 2] = [("a.md", b"1"), ("b.md", b"2")];
        assert!(!write_folder(&path, &files, false, &|_| true, &go_on).unwrap());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    }
}
