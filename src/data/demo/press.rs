//! Makes the files of a plan, a few thousand consumers at a time, on all cores.
//!
//! The order of consumers decides everything, never the number of threads: parts are made side by
//! side and joined in order.

use std::io::{self, Write};

use rayon::prelude::*;

use super::calendar::Season;
use super::goals;
use super::life::{self, Consumer, Event};
use super::plan::{Market, Plan};
use super::reckon::{self, Week};
use super::shelf::Shelf;
use super::spool::{Record, Spool};
use super::tables::{self, Csv};
use super::world::CROWDS;

/// Consumers of a part.
const PART: u32 = 2_048;
/// Parts that are made side by side.
const SIDE_BY_SIDE: u32 = 16;
/// Rows of the log that are put into words together.
const ROWS: usize = 1 << 15;

/// Makes all files of a plan: consumers first, the manifest last.
pub(super) fn make(plan: &Plan, mut spool: Spool, shelf: &mut dyn Shelf) -> io::Result<()> {
    let mut books: Vec<Vec<Week>> = Vec::new();
    shelf.put("consumers.csv", &mut |out| {
        books = lives(plan, &mut spool, out)?;
        Ok(())
    })?;
    let mut spool = Some(spool);
    shelf.put("events.csv", &mut |out| match spool.take() {
        Some(spool) => log(spool, out),
        None => Ok(()),
    })?;
    let populations = CROWDS.map(|c| plan.population(c.population));
    if !plan.log_only {
        for (kind, csv) in reports(&books, &populations) {
            let bytes = csv.into_bytes();
            shelf.put(&format!("{kind}.csv"), &mut |out| out.write_all(&bytes))?;
        }
    }
    let manifest = tables::manifest(&populations, plan);
    shelf.put("dataset.toml", &mut |out| out.write_all(&manifest))?;
    shelf.put("README.md", &mut |out| {
        out.write_all(include_bytes!("readme.md"))
    })
}

/// The names of the files of a plan, in the order in which they are listed.
pub(super) fn names(plan: &Plan) -> Vec<String> {
    let kinds = tables::kinds(plan).iter().map(|k| format!("{k}.csv"));
    let first = std::iter::once("dataset.toml".to_owned());
    first
        .chain(kinds)
        .chain(std::iter::once("README.md".to_owned()))
        .collect()
}

fn reports(books: &[Vec<Week>], populations: &[u64]) -> [(&'static str, Csv); 8] {
    [
        ("stock", tables::stock(books)),
        ("flow", tables::flow(books)),
        ("fast", tables::fast(books)),
        ("sales", tables::sales(books)),
        ("relations", tables::relations(books)),
        ("fields", tables::fields(books)),
        ("benchmarks", goals::benchmarks(books)),
        ("targets", goals::targets(books, populations)),
    ]
}

/// Some consumers, lived.
struct Part {
    events: Vec<Event>,
    orders: u32,
    /// Rows of the table of consumers.
    consumers: Csv,
    /// The weeks of each brand; empty when only the log is wanted.
    books: Vec<Vec<Week>>,
}

/// Lets everyone live: events go to the spool, attributes to the table of consumers. Gives the weeks
/// of each brand.
fn lives(plan: &Plan, spool: &mut Spool, out: &mut dyn Write) -> io::Result<Vec<Vec<Week>>> {
    let (people, market, seasons) = (plan.people(), plan.market(), life::seasons());
    let counted = if plan.log_only { 0 } else { market.brands };
    let mut books = vec![reckon::no_weeks(); counted];
    out.write_all(&tables::consumers_header().into_bytes())?;
    let parts: Vec<u32> = (0..people.div_ceil(PART)).collect();
    for batch in parts.chunks(SIDE_BY_SIDE as usize) {
        let made: Vec<Part> = batch
            .par_iter()
            .map(|k| {
                let ids = k * PART..people.min((k + 1) * PART);
                part(ids, &market, &seasons, counted)
            })
            .collect();
        for part in made {
            spool.add(&part.events, part.orders)?;
            out.write_all(&part.consumers.into_bytes())?;
            for (weeks, more) in books.iter_mut().zip(&part.books) {
                weeks.iter_mut().zip(more).for_each(|(a, b)| a.merge(b));
            }
        }
    }
    Ok(books)
}

fn part(ids: std::ops::Range<u32>, market: &Market, seasons: &[Season], counted: usize) -> Part {
    let mut part = Part {
        events: Vec::new(),
        orders: 0,
        consumers: Csv::default(),
        books: vec![reckon::no_weeks(); counted],
    };
    for id in ids {
        let who = life::person(id, market);
        let (events, orders) = life::live(id, &who, market, seasons);
        part.add(id, &who, events, orders);
    }
    part
}

impl Part {
    fn add(&mut self, id: u32, who: &Consumer, mut events: Vec<Event>, orders: u32) {
        for sale in events.iter_mut().filter_map(|e| e.sale.as_mut()) {
            sale.order += self.orders;
        }
        self.orders += orders;
        if events.is_empty() {
            return;
        }
        tables::consumer(&mut self.consumers, id, who);
        self.events.extend_from_slice(&events);
        if !self.books.is_empty() {
            events.sort_by_key(|e| (e.day, e.second));
        }
        for (brand, weeks) in self.books.iter_mut().enumerate() {
            reckon::add(weeks, brand, who, &events);
        }
    }
}

/// Writes the log in order of time.
fn log(spool: Spool, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(&tables::events_header().into_bytes())?;
    for week in spool.weeks() {
        for rows in week?.chunks(ROWS * 8) {
            let text = |rows: &[Record]| tables::events(rows).into_bytes();
            let texts: Vec<Vec<u8>> = rows.par_chunks(ROWS).map(text).collect();
            texts.iter().try_for_each(|t| out.write_all(t))?;
        }
    }
    Ok(())
}
