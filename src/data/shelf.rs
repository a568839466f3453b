//! The folder in which scenarios are kept: one file for each data set.
//!
//! A book is written in one step, so a killed process leaves the old or the new one. A file that
//! cannot be read is put aside under another name, never overwritten; where another program has
//! written the same file in the meantime, this one goes on in a file of its own.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::write_atomic;
use crate::scenario::Book;

/// Name of the folder below the program's data folder.
const FOLDER: &str = "scenarios";
/// Name of the file for data that were never read to their end.
const UNREAD: &str = "unread";
/// Larger files are no books.
const LARGEST: u64 = 16 << 20;
/// Books of other data that are read at most.
const OTHERS: usize = 40;
/// Files that two programs at work on the same data may take.
const FILES: u32 = 20;

/// The kept scenarios.
#[derive(Debug)]
pub struct Shelf {
    folder: PathBuf,
    /// The file of the open data set, and what was last read from or written to it.
    own: Option<Own>,
}

#[derive(Debug)]
struct Own {
    fingerprint: String,
    path: PathBuf,
    known: Option<String>,
}

/// What was found for a data set.
#[derive(Debug, Default)]
pub struct Found {
    /// Its own book.
    pub own: Option<Book>,
    /// Books of other data, the newest first.
    pub others: Vec<Book>,
    /// Where its own file could not be read: what is wrong, and where it was put.
    pub aside: Option<String>,
}

impl Shelf {
    /// The scenarios below a folder, which need not exist yet.
    pub fn new(home: &Path) -> Self {
        Self {
            folder: home.join(FOLDER),
            own: None,
        }
    }

    /// Reads the book of a data set, which is the one saved to from then on, and those of others.
    pub fn read(&mut self, fingerprint: &str) -> Found {
        let path = self.path(fingerprint, 1);
        let mut found = Found::default();
        let mut known = None;
        match read(&path) {
            Ok(None) => {}
            Ok(Some(text)) => match Book::parse(&text) {
                Ok(book) => {
                    found.own = Some(book);
                    known = Some(text);
                }
                Err(error) => found.aside = Some(put_aside(&path, &error.to_string())),
            },
            Err(error) => found.aside = Some(put_aside(&path, &error.to_string())),
        }
        found.others = self.others(&path);
        self.own = Some(Own {
            fingerprint: fingerprint.to_owned(),
            path,
            known,
        });
        found
    }

    /// Writes a book.
    ///
    /// # Errors
    ///
    /// When the folder or the file cannot be written; what was kept before is still there.
    pub fn save(&mut self, book: &Book) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let text = book.text();
        let path = self.free_path(&book.fingerprint)?;
        write_atomic(&path, text.as_bytes(), true)?;
        self.own = Some(Own {
            fingerprint: book.fingerprint.clone(),
            path,
            known: Some(text),
        });
        Ok(())
    }

    /// The file to write: the one that was read, unless somebody else has written it since.
    fn free_path(&self, fingerprint: &str) -> io::Result<PathBuf> {
        if let Some(own) = self.own.as_ref().filter(|o| o.fingerprint == fingerprint) {
            let there = fs::read_to_string(&own.path).ok();
            if there.is_none() || there == own.known {
                return Ok(own.path.clone());
            }
        }
        let mut paths = (1..=FILES).map(|n| self.path(fingerprint, n));
        let free = |path: &PathBuf| fs::symlink_metadata(path).is_err();
        paths
            .find(free)
            .ok_or_else(|| io::Error::other("too many files for one data set"))
    }

    fn path(&self, fingerprint: &str, n: u32) -> PathBuf {
        let name: String = fingerprint
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let name = if name.is_empty() { UNREAD } else { &name };
        let number = if n > 1 {
            format!("-{n}")
        } else {
            String::new()
        };
        self.folder.join(format!("{name}{number}.txt"))
    }

    /// Books of other data, and of this one in another file; those that cannot be read are left
    /// alone.
    fn others(&self, own: &Path) -> Vec<Book> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut files: Vec<(SystemTime, PathBuf)> = entries
            .filter(|e| e.path().extension().is_some_and(|x| x == "txt") && e.path() != own)
            .filter_map(|e| Some((e.metadata().ok()?.modified().ok()?, e.path())))
            .collect();
        files.sort();
        let newest = files.iter().rev().take(OTHERS);
        newest
            .filter_map(|(_, path)| Book::parse(&read(path).ok()??).ok())
            .collect()
    }
}

/// The text of a file; `None` when there is none.
fn read(path: &Path) -> io::Result<Option<String>> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut text = String::new();
    file.take(LARGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(io::Error::other("the file is too large for scenarios"));
    }
    Ok(Some(text))
}

/// Gives a file that cannot be read a name under which it is kept; says what happened.
fn put_aside(path: &Path, why: &str) -> String {
    let mut names = (1..=FILES).map(|n| path.with_extension(format!("unreadable-{n}")));
    let moved = names
        .find(|to| fs::symlink_metadata(to).is_err())
        .filter(|to| fs::rename(path, to).is_ok());
    match moved {
        Some(to) => format!("{}: {why}", to.display()),
        None => format!("{}: {why}", path.display()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Edit, Named, Scenario};

    fn book(fingerprint: &str, name: &str) -> Book {
        let mut book = Book::new(fingerprint, "Demo");
        book.edit(Edit::Set(Named {
            brand: "oak".into(),
            name: name.into(),
            scenario: Scenario::default(),
        }))
        .unwrap();
        book
    }

    #[test]
    fn what_is_saved_is_found_again_and_other_data_see_it_as_others() {
        let home = tempfile::tempdir().unwrap();
        let mut shelf = Shelf::new(home.path());
        assert!(shelf.read("aa").own.is_none());
        shelf.save(&book("aa", "one")).unwrap();
        shelf.save(&book("aa", "two")).unwrap();
        let mut other = Shelf::new(home.path());
        let found = other.read("bb");
        assert!(found.own.is_none());
        assert_eq!(found.others, [book("aa", "two")]);
        let again = Shelf::new(home.path()).read("aa");
        assert_eq!(again.own, Some(book("aa", "two")));
        assert!(again.others.is_empty() && again.aside.is_none());
    }

    #[test]
    fn two_programs_do_not_overwrite_each_other() {
        let home = tempfile::tempdir().unwrap();
        let (mut a, mut b) = (Shelf::new(home.path()), Shelf::new(home.path()));
        a.read("aa");
        b.read("aa");
        a.save(&book("aa", "of a")).unwrap();
        b.save(&book("aa", "of b")).unwrap();
        a.save(&book("aa", "of a, later")).unwrap();
        b.save(&book("aa", "of b, later")).unwrap();
        let found = Shelf::new(home.path()).read("aa");
        assert_eq!(found.own, Some(book("aa", "of a, later")));
        assert_eq!(found.others, [book("aa", "of b, later")]);
    }

    #[test]
    fn what_cannot_be_read_is_kept_under_another_name() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(FOLDER);
        fs::create_dir(&folder).unwrap();
        for (n, bytes) in [(1, &b"something else"[..]), (2, b"\xff\xfe")] {
            fs::write(folder.join("aa.txt"), bytes).unwrap();
            let mut shelf = Shelf::new(home.path());
            let found = shelf.read("aa");
            assert!(found.own.is_none());
            assert!(found.aside.unwrap().contains(&format!("aa.unreadable-{n}")));
            shelf.save(&book("aa", "new")).unwrap();
            let kept = fs::read(folder.join(format!("aa.unreadable-{n}"))).unwrap();
            assert_eq!(kept, bytes);
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_an_error_and_no_more() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "x").unwrap();
        let mut shelf = Shelf::new(&file);
        assert!(shelf.read("aa").own.is_none());
        assert!(shelf.save(&book("aa", "one")).is_err());
    }
}
