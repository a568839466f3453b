//! The data set that was open last, so that the next start without arguments opens it again.
//!
//! Remembering is a courtesy: when it fails, nothing else does.

use std::fs;
use std::path::{Path, PathBuf};

use crate::data;

/// Name of the file below the program's data folder.
const FILE: &str = "last-data-set";
/// Name of the file that says that the tour was given.
const TOUR: &str = "tour-given";

/// The data set that was open last, if it is still there.
pub(super) fn last(home: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(home.join(FILE)).ok()?;
    let path = PathBuf::from(text.trim_end_matches('\n'));
    (path.is_absolute() && path.exists()).then_some(path)
}

/// Remembers a data set. A path that is not UTF-8 is not remembered.
pub(super) fn remember(home: &Path, dataset: &Path) {
    let Ok(absolute) = dataset.canonicalize() else {
        return;
    };
    if let Some(text) = absolute.to_str()
        && fs::create_dir_all(home).is_ok()
    {
        data::write_atomic(&home.join(FILE), text.as_bytes(), true).ok();
    }
}

/// Whether nothing was ever opened here, and the tour was not given. Without a home
/// nothing can be remembered, and the tour would come every time.
pub(super) fn is_first_run(home: Option<&Path>) -> bool {
    let new = |home: &Path| !home.join(FILE).exists() && !home.join(TOUR).exists();
    home.is_some_and(new)
}

/// Remembers that the tour was given.
pub(super) fn tour_was_given(home: &Path) {
    if fs::create_dir_all(home).is_ok() {
        data::write_atomic(&home.join(TOUR), b"", true).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_open_is_found_again_while_it_exists() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("not/yet/there");
        let dataset = folder.path().join("数据 集");
        fs::create_dir(&dataset).unwrap();
        assert_eq!(last(&home), None);
        remember(&home, &dataset);
        assert_eq!(last(&home), Some(dataset.canonicalize().unwrap()));
        fs::remove_dir(&dataset).unwrap();
        assert_eq!(last(&home), None);
    }

    #[test]
    fn the_tour_is_given_once_and_not_to_those_who_opened_something() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("home");
        assert!(is_first_run(Some(&home)) && !is_first_run(None));
        tour_was_given(&home);
        assert!(!is_first_run(Some(&home)));
        let other = folder.path().join("other");
        remember(&other, folder.path());
        assert!(!is_first_run(Some(&other)));
    }

    #[test]
    fn nothing_breaks_where_nothing_can_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "x").unwrap();
        remember(&file, folder.path());
        assert_eq!(last(&file), None);
    }
}
