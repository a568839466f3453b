//! Where finished files go: a folder, or memory. Each file appears whole or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::data::save::write_atomic_with;

/// Writes the content of a file.
pub(super) type Fill<'a> = &'a mut dyn FnMut(&mut dyn Write) -> io::Result<()>;

/// Takes files.
pub(super) trait Shelf {
    /// Adds a file.
    fn put(&mut self, name: &str, fill: Fill<'_>) -> io::Result<()>;
}

/// Files in memory, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Memory(pub(super) Vec<(String, Vec<u8>)>);

impl Shelf for Memory {
    fn put(&mut self, name: &str, fill: Fill<'_>) -> io::Result<()> {
        let mut content = Vec::new();
        fill(&mut content)?;
        self.0.push((name.to_owned(), content));
        Ok(())
    }
}

/// Files in a folder that is there.
#[derive(Debug)]
pub(super) struct Folder<'a> {
    path: &'a Path,
    pub(super) written: Vec<PathBuf>,
}

impl<'a> Folder<'a> {
    pub(super) fn new(path: &'a Path) -> Self {
        Self {
            path,
            written: Vec::new(),
        }
    }
}

impl Shelf for Folder<'_> {
    fn put(&mut self, name: &str, fill: Fill<'_>) -> io::Result<()> {
        let path = self.path.join(name);
        write_atomic_with(&path, true, fill)?;
        self.written.push(path);
        Ok(())
    }
}
