//! `fastdeck new`: a folder with a manifest that explains itself and empty tables.
//!
//! A new folder appears whole or not at all. Into a folder that holds something it writes only with
//! `--force`, and even then only what is not there yet: nobody loses a table.

use std::fs;
use std::io;
use std::path::Path;

use super::args::New;
use super::environment::Environment;
use super::failure::Failure;
use super::output;
use crate::app::Language;
use crate::data::{self, Entry, Tongue};

pub(super) fn run(args: &New, environment: &Environment) -> Result<(), Failure> {
    let tongue = match args.spoken.language(environment) {
        Language::Zh => Tongue::Chinese,
        Language::En => Tongue::English,
    };
    let folder = &args.folder;
    let named = folder.file_name().map(|n| n.to_string_lossy().into_owned());
    let files = data::starter(named.as_deref().unwrap_or("fastdeck"), tongue);
    let files: Vec<Entry> = files.iter().map(|(n, b)| (n.as_str(), &b[..])).collect();
    let written = write(folder, &files, args.force);
    let written = written.map_err(|error| Failure::File(folder.clone(), error))?;
    let lines: String = written
        .iter()
        .map(|name| output::visible(&folder.join(name).to_string_lossy()) + "\n")
        .collect();
    output::print(&lines)
}

/// Writes what is not there yet; gives the names of the files written.
fn write<'f>(folder: &Path, files: &[Entry<'f>], force: bool) -> io::Result<Vec<&'f str>> {
    let holds = fs::read_dir(folder).map(|mut entries| entries.next().is_some());
    match holds {
        Ok(true) if force => add(folder, files),
        Ok(true) => Err(io::Error::new(
            io::ErrorKind::AlreadyExists,
            "the folder is not empty; --force adds the files that are missing",
        )),
        there => {
            // An empty folder gives way to the full one.
            data::write_folder(folder, files, there.is_ok(), &|_| false, &|| true)?;
            Ok(files.iter().map(|(name, _)| *name).collect())
        }
    }
}

fn add<'f>(folder: &Path, files: &[Entry<'f>]) -> io::Result<Vec<&'f str>> {
    let mut written = Vec::new();
    for (name, bytes) in files {
        match data::write_atomic(&folder.join(name), bytes, false) {
            Ok(()) => written.push(*name),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Ok(written)
}
