//! Writing files so that nobody ever finds half of one.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::time::Duration;

/// Characters of the name of the target in the name of its temporary file.
const NAME: usize = 50;
/// Random letters and digits in the name of a temporary file.
const RANDOM: usize = 6;
const TEMPORARY: &str = ".tmp";
/// A temporary file of this age belongs to nobody any more.
const ORPHAN: Duration = Duration::from_secs(60);

/// Writes a file in one step: a temporary file beside the target, fsync, rename, fsync of the
/// folder. Without `force` an existing target is left alone and an error is returned. Temporary
/// files that a killed process left for this target are removed.
pub fn write_atomic(path: &Path, bytes: &[u8], force: bool) -> io::Result<()> {
    write_atomic_with(path, force, &mut |out| out.write_all(bytes))
}

/// As [`write_atomic`], for what is too large for memory: `content` writes it.
pub(super) fn write_atomic_with(
    path: &Path,
    force: bool,
    content: &mut dyn FnMut(&mut dyn io::Write) -> io::Result<()>,
) -> io::Result<()> {
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if !force && fs::symlink_metadata(path).is_ok() {
        return Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "the file exists; use --force to replace it",
        ));
    }
    let prefix = prefix_of(path);
    remove_orphans(folder, &prefix);
    let mut file = tempfile::Builder::new()
        .prefix(&prefix)
        .rand_bytes(RANDOM)
        .suffix(TEMPORARY)
        .tempfile_in(folder)
        .map_err(|error| about_folder(folder, &error))?;
    content(&mut file)?;
    set_usual_permissions(file.as_file())?;
    file.as_file().sync_all()?;
    if force {
        file.persist(path)?;
    } else {
        file.persist_noclobber(path)?;
    }
    sync_folder(folder)
}

/// The error of a temporary file, about its folder: nobody knows the name of the file.
fn about_folder(folder: &Path, error: &io::Error) -> io::Error {
    let (kind, shown) = (error.kind(), folder.display());
    let text = match kind {
        io::ErrorKind::NotFound => format!("there is no folder `{shown}`"),
        _ => format!("the folder `{shown}` cannot be written: {kind}"),
    };
    io::Error::new(kind, text)
}

/// How the names of the temporary files of a target begin.
pub(super) fn prefix_of(path: &Path) -> String {
    let name = path.file_name().map(OsStr::to_string_lossy);
    let short: String = name.iter().flat_map(|n| n.chars()).take(NAME).collect();
    format!(".fastdeck-{short}-")
}

/// Removes old temporary files with this prefix. What cannot be removed is no reason not to save.
fn remove_orphans(folder: &Path, prefix: &str) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        if is_temporary(&name.to_string_lossy(), prefix) && is_old(&entry) {
            fs::remove_file(entry.path()).ok();
        }
    }
}

fn is_temporary(name: &str, prefix: &str) -> bool {
    let random = name
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_suffix(TEMPORARY));
    random.is_some_and(|r| r.len() == RANDOM && r.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn is_old(entry: &fs::DirEntry) -> bool {
    let modified = entry.metadata().and_then(|data| data.modified());
    let age = modified.ok().and_then(|time| time.elapsed().ok());
    age.is_some_and(|age| age > ORPHAN)
}

/// Temporary files are private; a saved file is readable like any other.
#[cfg(unix)]
fn set_usual_permissions(file: &File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_usual_permissions(_: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_existing_file_stays_unless_forced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.txt");
        write_atomic(&path, b"one", false).unwrap();
        let error = write_atomic(&path, b"two", false).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write_atomic(&path, b"two", true).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn old_temporary_files_of_the_target_go_and_all_others_stay() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, age: u64| {
            let file = File::create(folder.path().join(name)).unwrap();
            let then = std::time::SystemTime::now() - Duration::from_secs(age);
            file.set_modified(then).unwrap();
        };
        put(".fastdeck-out.txt-aB3xYz.tmp", 120);
        let others = [
            (".fastdeck-out.txt-cD4xYz.tmp", 5),
            (".fastdeck-other.txt-aB3xYz.tmp", 120),
            (".fastdeck-out.txt-2-aB3xYz.tmp", 120),
            ("out.txt.tmp", 120),
        ];
        for (name, age) in others {
            put(name, age);
        }
        write_atomic(&folder.path().join("out.txt"), b"one", false).unwrap();
        let left = |name: &str| folder.path().join(name).exists();
        assert!(!left(".fastdeck-out.txt-aB3xYz.tmp") && left("out.txt"));
        assert!(others.iter().all(|(name, _)| left(name)));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 5);
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_atomic(&folder.path().join("no/out.txt"), b"", false).unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("there is no folder `") && text.ends_with("no`"),
            "{text}"
        );
    }
}
