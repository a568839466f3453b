//! `fastdeck demo`: opens the built-in data set, or writes it to a folder.

use std::fs;
use std::io;
use std::path::Path;

use super::args::Demo;
use super::environment::Environment;
use super::failure::Failure;
use super::{open, output};
use crate::data;

pub(super) fn run(args: &Demo, environment: &Environment) -> Result<(), Failure> {
    match &args.write {
        Some(folder) => write(folder, args),
        None => open::dashboard(
            &open::Session {
                dataset: None,
                pane: args.pane,
                watch: false,
                trace: None,
                tour: false,
                scene: None,
                shared: &args.shared,
            },
            environment,
        ),
    }
}

fn write(folder: &Path, args: &Demo) -> Result<(), Failure> {
    refuse_full(folder, args.force)?;
    let plan = data::demo::Plan {
        scale: args.scale,
        brands: args.first_brands,
        log_only: args.log_only,
    };
    let files = data::demo::write(folder, &plan)
        .map_err(|error| Failure::File(folder.to_owned(), error))?;
    let names = files.iter().map(|f| output::visible(&f.to_string_lossy()));
    let lines: String = names.map(|name| name + "\n").collect();
    output::print(&lines)
}

/// A folder that holds something is written into only with `--force`.
fn refuse_full(folder: &Path, force: bool) -> Result<(), Failure> {
    let holds = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some());
    if holds && !force {
        let refused = io::Error::new(
            io::ErrorKind::AlreadyExists,
            "the folder is not empty; --force writes into it",
        );
        return Err(Failure::File(folder.to_owned(), refused));
    }
    Ok(())
}
