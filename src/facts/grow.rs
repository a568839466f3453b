//! Later events join those that an engine holds.
//!
//! Every later event lies on a later day than all that are known, so the events of a consumer only
//! get longer at their end. Who was unknown to a brand comes into chunks of his own. What would change
//! for the known ones (a brand, a category of a brand, what an attribute says) is refused: then all
//! is made from the start.

use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::depot::{Digest, People};
use super::engine::Slot;
use super::store::{CHUNK, Later, Sorted, Sources, Store};
use super::{Dataset, Engine, Events, NO_VALUE, Names, Touch, Venue};
use crate::metrics::Day;

/// Chunks that a brand may have for each full one, before its consumers are ordered anew.
const SCATTERED: usize = 16;

impl Engine {
    /// How many events each day has, in the order of the days.
    pub fn days(&self) -> Vec<(Day, u64)> {
        let chunks = (0..self.slots.len()).flat_map(|brand| &self.store(brand).chunks);
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
        let mut rows = events.parts.iter().flat_map(|part| &part.rows);
        if !rows.all(|row| is_later(row.day())) || later.brands.len() != self.slots.len() {
            return None;
        }
        for brand in 0..self.slots.len() {
            self.store(brand);
        }
        self.people();
        let mut people = self.people.take()?;
        if self.is_lost() {
            return None;
        }
        let stores = self.slots.iter_mut().map(|slot| slot.store.take());
        let mut stores: Vec<Store> = stores.collect::<Option<_>>()?;
        // Nobody knows an attribute of new consumers; the last entry stands for all of them.
        let names = std::mem::take(&mut later.log.consumers);
        let unknown = people.cells.last().copied().unwrap_or(0);
        people
            .cells
            .resize(people.cells.len().max(names.len() + 1), unknown);
        self.cells.give(people.cells);
        let rows = by_brand(&mut stores, &events);
        if !keeps_categories(&self.dataset, &later, &stores) {
            return None;
        }
        let stores = stores.into_iter().zip(rows);
        let stores = stores.map(|(store, rows)| self.joined(store, rows));
        let stores: Vec<Store> = stores.collect::<Option<_>>()?;
        let slot = |store: Store| Slot {
            digest: Digest::of(&store),
            store: OnceLock::from(store),
        };
        let people = People {
            names,
            cells: self.cells.release(),
            orders: std::mem::take(&mut later.log.orders),
        };
        let slots = stores.into_iter().map(slot).collect();
        Some(Self::with(later, self.cells, slots, OnceLock::from(people)))
    }

    fn joined(&self, mut store: Store, later: Sorted) -> Option<Store> {
        if later.buckets.iter().all(Vec::is_empty) {
            return Some(store);
        }
        let rows = Later::new(later);
        let strangers = store.join(&rows);
        let sources = Sources {
            sorted: strangers,
            venues: store.venues.clone(),
            cells: &self.cells,
            group_of_cell: self.groups(),
            spans: &[],
            activity: None,
            own_category: store.own_category,
            knows_category: store.knows_category,
        };
        store.chunks.extend(sources.store().chunks);
        let full = store.consumers().div_ceil(CHUNK);
        (store.chunks.len() <= SCATTERED * (full + 4)).then_some(store)
    }
}

/// The rows of each brand, with their venues among those of the brand; new ones are added.
fn by_brand(stores: &mut [Store], events: &Events) -> Vec<Sorted> {
    let known = |store: &Store| -> FxHashMap<Venue, u32> {
        let each = store.venues.iter().copied().zip(0..);
        each.collect()
    };
    let mut known: Vec<FxHashMap<Venue, u32>> = stores.iter().map(known).collect();
    let local = events.venues.list().iter().map(|venue| {
        let brand = venue.brand as usize;
        let (Some(store), Some(known)) = (stores.get_mut(brand), known.get_mut(brand)) else {
            return (usize::MAX, 0);
        };
        let id = *known.entry(*venue).or_insert_with(|| {
            store.venues.push(*venue);
            store.venues.len() as u32 - 1
        });
        (brand, id)
    });
    let local: Vec<(usize, u32)> = local.collect();
    let empty = || Sorted {
        buckets: vec![Vec::new()],
        details: Vec::new(),
    };
    let mut found: Vec<Sorted> = stores.iter().map(|_| empty()).collect();
    for part in &events.parts {
        for row in &part.rows {
            let (brand, venue) = local.get(row.venue() as usize).copied().unwrap_or_default();
            let Some(sorted) = found.get_mut(brand) else {
                continue;
            };
            let detail = part.details.get(row.detail as usize).map(|detail| {
                sorted.details.push(*detail);
                sorted.details.len() as u32 - 1
            });
            let row = row.moved(row.consumer, venue, detail.unwrap_or(NO_VALUE));
            sorted.buckets.iter_mut().for_each(|rows| rows.push(row));
        }
    }
    found
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
