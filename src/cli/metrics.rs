//! `fastdeck metrics`: every value of a board, on the same call as the screen.
//!
//! Brands are computed and written a few at a time, so that the memory needed does not grow with
//! their number.

use std::io::{self, Write};

use super::args::Metrics;
use super::environment::Environment;
use super::failure::{self, Failure};
use super::{open, output, query};
use crate::app::Language;
use crate::board::{self, Board, Focus, Query};
use crate::export::{self, Export, Format};
use crate::facts::Engine;

/// Brands per call of `board`.
const BATCH: usize = 64;

/// What is to be written.
struct Work<'a> {
    engine: &'a Engine,
    query: Query,
    brands: Vec<usize>,
    format: Format,
    language: Language,
}

pub(super) fn run(args: &Metrics, environment: &Environment) -> Result<(), Failure> {
    let format = Format::from(args.format);
    if format == Format::Xlsx && args.output.is_none() {
        let refused = "a workbook is not text: name its file with -o FILE";
        return Err(Failure::Usage(refused.to_owned()));
    }
    if let Some(path) = &args.output {
        output::refuse_existing(path, args.force)?;
    }
    let language = args.shared.language(environment);
    let loaded = open::engine(args.dataset.as_deref(), &args.shared, environment)?;
    let engine = &*loaded.engine;
    let work = Work {
        engine,
        query: query::query(&args.shared, engine)?,
        brands: query::brands(&args.shared, engine.dataset())?,
        format,
        language,
    };
    if let Some(path) = &args.output {
        let bytes = write(Vec::new(), &work).map_err(|e| Failure::File(path.clone(), e))?;
        output::write_file(path, &bytes, args.force)?;
    } else {
        let mut out = write(output::stdout(), &work).map_err(Failure::Stdout)?;
        out.flush().map_err(Failure::Stdout)?;
    }
    loaded.keep(language);
    Ok(())
}

fn write<W: Write>(out: W, work: &Work) -> io::Result<W> {
    let dataset = work.engine.dataset();
    let mut export = Export::begin(out, work.format, dataset, work.language)?;
    for brands in work.brands.chunks(BATCH) {
        let focus = Focus::Full(brands.to_vec());
        let board = board::compute(work.engine, &work.query, &focus);
        if work.engine.is_lost() {
            return Err(io::Error::other("the data set changed while it was read"));
        }
        tell_bounds(&board, work);
        export.board(&board)?;
    }
    export.end()
}

/// Says where the what-if asked for more than the bounds of a lever allow.
fn tell_bounds(board: &Board, work: &Work) {
    for brand in &board.brands {
        let data = work.engine.dataset();
        let id = data.brands.get(brand.brand).map_or("", |b| b.id.as_str());
        for told in &brand.bounded {
            let (lever, item) = (told.lever.id, &told.item);
            let (asked, kept) = (export::number(told.asked), export::number(told.kept));
            failure::tell(&match work.language {
                Language::Zh => format!("{id}：{lever}[{item}] 要求 {asked}，超出范围，取 {kept}"),
                Language::En => {
                    format!("{id}: {lever}[{item}] was to be {asked}; the bound {kept} holds")
                }
            });
        }
    }
}
