//! Later events join those that an engine holds.
//!
//! Every later event lies on a later day than all that are known, so the events of a consumer only
//! get longer at their end. Who was unknown to a brand comes into chunks of his own. What would change
//! for the known ones (a brand, a category of a brand, what an attribute says) is refused: then all
//! is made from the start.

use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::buckets::Packed;
use super::depot::People;
use super::engine::Hold;
use super::store::{CHUNK, Late, Later, Store};
use super::stores::{PIECE, Sources};
use super::{Dataset, Engine, Events, NO_VALUE, Names, Touch, Venue};
use crate::metrics::Day;

/// Chunks that a brand may have for each full one, before its consumers are ordered anew.
const SCATTERED: usize = 16;

impl Engine {
    /// How many events each day has, in the order of the days.
    pub fn days(&self) -> Vec<(Day, u64)> {
        let chunks = (0..self.holds.len()).flat_map(|brand| &self.store(brand).chunks);
        let chunks: Vec<_> = chunks.collect();
        let none = || vec![0_u64; 1 << 16];
        let add = |mut counts: Vec<u64>, other: Vec<u64>| {
            counts.iter_mut().zip(other).for_each(|(a, b)| *a += b);
            counts
        };
        let counts = chunks
            .par_iter()
            .with_min_len(16)
            .fold(none, |mut counts, chunk| {
                for head in chunk.runs().flat_map(|run| run.heads) {
                    if let Some(n) = counts.get_mut(head.day() as usize) {
                        *n += 1;
                    }
                }
                counts
            })
            .reduce(none, add);
        let each = (0..).map(Day).zip(counts);
        each.filter(|(_, n)| *n > 0).collect()
    }

    /// Ids of orders, by the index that details of events have.
    pub fn orders(&self) -> &Names {
        &self.people().orders
    }

    /// The engine of a data set that goes on from that of this one: the same brands, crowds and
    /// attributes, lists of consumers, orders and touch values that begin with those known, and later
    /// events only. `None` when that cannot be had from what is known.
    pub fn grown(mut self, mut later: Dataset) -> Option<Self> {
        let events = std::mem::take(&mut later.log.events);
        let last = self.dataset.log.days.map(|(_, last)| last);
        let is_later = |day: Day| last.is_some_and(|last| day > last);
        let mut all_later = later.brands.len() == self.holds.len();
        events.each_row(&mut |row, _| all_later &= is_later(row.day()))?;
        if !all_later {
            return None;
        }
        for brand in 0..self.holds.len() {
            self.store(brand);
        }
        self.people();
        let mut people = self.people.take()?;
        if self.is_lost() {
            return None;
        }
        let stores = self.holds.iter_mut().map(|hold| hold.store.take());
        let mut stores: Vec<Store> = stores.collect::<Option<_>>()?;
        // Nobody knows an attribute of new consumers; the last entry stands for all of them.
        let names = std::mem::take(&mut later.log.consumers);
        let unknown = people.cells.last().copied().unwrap_or(0);
        people
            .cells
            .resize(people.cells.len().max(names.len() + 1), unknown);
        self.cells.give(people.cells);
        let rows = by_brand(&mut stores, &events)?;
        if !keeps_categories(&self.dataset, &later, &stores) {
            return None;
        }
        let strangers = stores.iter_mut().zip(rows).map(|(store, rows)| {
            let rows = Later::new(rows);
            let known = store.join(&rows);
            rows.without(&known)
        });
        let strangers: Vec<Vec<Late>> = strangers.collect();
        self.add_strangers(&mut later, &mut stores, strangers)?;
        let people = People {
            names,
            cells: self.cells.release(),
            orders: std::mem::take(&mut later.log.orders),
        };
        let holds = stores.into_iter().map(Hold::of).collect();
        Some(Self::with(later, self.cells, holds, OnceLock::from(people)))
    }

    /// Adds consumers who are new to a brand, in chunks of their own.
    fn add_strangers(
        &self,
        later: &mut Dataset,
        stores: &mut [Store],
        strangers: Vec<Vec<Late>>,
    ) -> Option<()> {
        let events = events_of(stores, strangers)?;
        // Consumers with a relation are known: they are in the stores already.
        let spans = std::mem::take(&mut later.log.spans);
        let sources = Sources {
            dataset: later,
            cells: &self.cells,
            group_of_cell: self.groups(),
            piece: PIECE,
        };
        let new = sources.stores(events, &|_| true).ok()?;
        later.log.spans = spans;
        for (store, new) in stores.iter_mut().zip(new) {
            store.chunks.extend(new.chunks);
            let full = store.consumers().div_ceil(CHUNK);
            if store.chunks.len() > SCATTERED * (full + 4) {
                return None;
            }
        }
        Some(())
    }
}

/// The events of each brand, with their venues among those of the brand; new ones are added. `None`
/// when the events cannot be had any more.
fn by_brand(stores: &mut [Store], events: &Events) -> Option<Vec<Vec<Late>>> {
    let known = |store: &Store| -> FxHashMap<Venue, u32> {
        let each = store.venues.iter().copied().zip(0..);
        each.collect()
    };
    let mut known: Vec<FxHashMap<Venue, u32>> = stores.iter().map(known).collect();
    let local = events.venues.list().iter().map(|venue| {
        let brand = venue.brand as usize;
        let (store, known) = (stores.get_mut(brand)?, known.get_mut(brand)?);
        let id = *known.entry(*venue).or_insert_with(|| {
            store.venues.push(*venue);
            store.venues.len() as u32 - 1
        });
        Some((brand, id))
    });
    let local: Vec<Option<(usize, u32)>> = local.collect();
    let mut found = vec![Vec::new(); stores.len()];
    events.each_row(&mut |row, detail| {
        let place = local.get(row.venue() as usize).copied().flatten();
        if let Some((brand, venue)) = place
            && let Some(list) = found.get_mut(brand)
        {
            list.push(Late { row, venue, detail });
        }
    })?;
    Some(found)
}

/// Events whose venues are numbered for each brand as its store has them.
fn events_of(stores: &[Store], lists: Vec<Vec<Late>>) -> Option<Events> {
    let mut events = Events::default();
    for (store, list) in stores.iter().zip(lists) {
        let first = events.venues.list().len() as u32;
        for venue in &store.venues {
            events.venues.id(*venue)?;
        }
        for late in list {
            let row = late
                .row
                .moved(late.row.consumer, first + late.venue, NO_VALUE);
            let detail = late.detail.map(Packed::detail);
            events.add(&row, detail.as_ref());
        }
    }
    Some(events)
}

/// Whether what is known of the categories of the brands holds for the later data set too: days of
/// activity that several logs tell together are not made longer here.
fn keeps_categories(known: &Dataset, later: &Dataset, stores: &[Store]) -> bool {
    let values = |data: &Dataset| data.log.touch_values[Touch::Category as usize].len();
    let new = later.log.touch_values[Touch::Category as usize].get(values(known)..);
    later
        .brands
        .iter()
        .zip(stores)
        .enumerate()
        .all(|(k, (brand, store))| {
            let Some(category) = &brand.category else {
                return true;
            };
            if !store.knows_category {
                return !new.unwrap_or(&[]).contains(category);
            }
            store.own_category.is_some_and(|own| {
                let others = stores.iter().enumerate().filter(|(other, _)| *other != k);
                let mut venues = others.flat_map(|(_, store)| &store.venues);
                venues.all(|v| v.touch[Touch::Category as usize] != own)
            })
        })
}
