//! From the rows of a log to the store of every brand, in two rounds over the buckets of consumers.
//!
//! | round | takes | leaves |
//! |---|---|---|
//! | 1 | the rows of a bucket, wherever they lie | the events of each of its consumers in order (`runs`), and what is to be known of him |
//! | between | what is known of the consumers of a brand | their order, and room for each in a chunk |
//! | 2 | the runs of a bucket, wherever they lie | every event at its place |
//!
//! Beside the stores stand the buckets in hand and about 36 bytes a consumer. The runs of a log whose
//! rows were sent to an annex go there too.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::buckets::{Annex, Buckets, Packed, SHIFT, Ticket};
use super::cells::Cells;
use super::rows::Row;
use super::runs::{self, PackedRun, Width};
use super::store::{CHUNK, Chunk, Guest, Slot, Store};
use super::{Action, Dataset, Events, NO_VALUE, Problem, RoleSpan, Touch, Venue};

/// A group of crowds with so many consumers has chunks of its own.
const ENOUGH: usize = 1 << 12;

/// A bucket with more bytes than this is ordered part by part.
pub(super) const PIECE: usize = 1 << 24;

/// Consumers whose touches tell how common each value is.
const SAMPLE: usize = 1 << 16;

/// Is told the percent done, by any thread, and answers whether to go on.
pub type Watch<'w> = &'w (dyn Fn(u8) -> bool + Sync);

/// Why there is no engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unbuilt {
    /// The watch said stop.
    Stopped,
    /// The rows of the log could not be had.
    Problem(Box<Problem>),
}

impl From<Box<Problem>> for Unbuilt {
    fn from(problem: Box<Problem>) -> Self {
        Self::Problem(problem)
    }
}

/// What the stores are built from, besides the events.
pub(super) struct Sources<'a> {
    pub(super) dataset: &'a Dataset,
    pub(super) cells: &'a Cells,
    /// The group of crowds of each cell.
    pub(super) group_of_cell: &'a [u32],
    /// Bytes of rows that are ordered together, [`PIECE`].
    pub(super) piece: usize,
}

impl Sources<'_> {
    /// Distributes the rows to their brands and builds the stores.
    pub(super) fn stores(&self, events: Events, watch: Watch<'_>) -> Result<Vec<Store>, Unbuilt> {
        let scene = Scene::new(self.dataset, events.venues.list());
        let pieces = pieces(events.buckets(), self.piece);
        let steps = Steps::new(2 * pieces.len(), watch);
        let annex = events.buckets().annex_in_use().cloned();
        let annex = annex.as_deref();
        let sorted = pieces.par_iter().map_init(Hand::default, |hand, piece| {
            steps.step()?;
            hand.take(events.buckets(), piece, &scene)?;
            let (sheaves, bytes) = scene.pack(hand, piece);
            Ok((sheaves, Waiting::new(bytes, annex)?))
        });
        let sorted = sorted.collect::<Result<Vec<_>, Unbuilt>>()?;
        drop(events);
        let (brands, parcels) = gather(&scene, sorted);
        let mut laid: Vec<Laid> = brands
            .into_par_iter()
            .enumerate()
            .map(|(brand, known)| self.lay(&scene, brand, known))
            .collect();
        parcels.into_par_iter().try_for_each(|parcel| {
            steps.step()?;
            parcel.deliver(&scene, &laid, annex)
        })?;
        let stores = laid.drain(..).zip(scene.brands);
        Ok(stores.map(|(laid, brand)| laid.store(brand)).collect())
    }

    /// Puts the consumers of a brand in order and makes room for their events.
    fn lay(&self, scene: &Scene, brand: usize, mut known: Known) -> Laid {
        let spans = spans_of(&self.dataset.log.spans, brand);
        known.add_others(spans);
        let Known {
            consumers,
            mut signatures,
            mut slots,
            ..
        } = known;
        let touches = scene.brands.get(brand).map_or(&[][..], |b| &b.touches);
        reorder(&mut signatures, touches);
        let place = |(ordinal, (consumer, signature)): (usize, (&u32, &u64))| Place {
            cell: self.cells.of(*consumer),
            signature: *signature,
            ordinal: ordinal as u32,
        };
        let each = consumers.par_iter().zip(&signatures).enumerate();
        let mut places: Vec<u128> = each.map(|each| place(each).rank()).collect();
        drop(signatures);
        places.par_sort_unstable();
        let cuts = self.cuts(&places);
        let width = scene.width(brand);
        let days = scene.shares(brand);
        let room = |cut: &&[u128]| {
            let guests = cut.iter().map(|rank| {
                let place = Place::of(*rank);
                let ordinal = place.ordinal as usize;
                Guest {
                    cell: place.cell,
                    consumer: consumers.get(ordinal).copied().unwrap_or(0),
                    has: slots.get(ordinal).copied().unwrap_or_default(),
                }
            });
            let mut chunk = Chunk::with_room(guests, width, days);
            if !spans.is_empty() {
                chunk.add_spans(spans);
            }
            Mutex::new(chunk)
        };
        let chunks: Vec<_> = cuts.par_iter().map(room).collect();
        for (chunk, cut) in cuts.iter().enumerate() {
            let mut next = Slot {
                chunk: chunk as u32,
                ..Slot::default()
            };
            for rank in *cut {
                if let Some(slot) = slots.get_mut(Place::of(*rank).ordinal as usize) {
                    let after = next.plus(*slot);
                    *slot = std::mem::replace(&mut next, after);
                }
            }
        }
        Laid {
            chunks,
            slots,
            actions: known.actions,
            events: known.events,
            has_spans: !spans.is_empty(),
        }
    }

    /// The consumers of each chunk: a group of crowds is cut into even chunks of its own, and small
    /// groups that follow each other share one.
    fn cuts<'p>(&self, places: &'p [u128]) -> Vec<&'p [u128]> {
        let group = |rank: &u128| self.group_of_cell.get(Place::of(*rank).cell as usize);
        let mut found = Vec::new();
        let (mut small, mut end) = (0, 0);
        for run in places.chunk_by(|a, b| group(a) == group(b)) {
            let (first, small_ends) = (end, run.len() >= ENOUGH || end - small >= ENOUGH);
            end += run.len();
            if small_ends {
                found.extend(places.get(small..first));
                small = first;
            }
            if run.len() >= ENOUGH {
                let chunks = run.len().div_ceil(CHUNK);
                found.extend(run.chunks(run.len().div_ceil(chunks)));
                small = end;
            }
        }
        found.extend(places.get(small..));
        found.retain(|chunk| !chunk.is_empty());
        found
    }
}

fn spans_of(spans: &[RoleSpan], brand: usize) -> &[RoleSpan] {
    let brand = brand as u32;
    let from = spans.partition_point(|s| s.brand < brand);
    let to = spans.partition_point(|s| s.brand <= brand);
    spans.get(from..to).unwrap_or(&[])
}

/// Counts steps and asks the watch after each.
struct Steps<'w> {
    done: AtomicUsize,
    total: usize,
    watch: Watch<'w>,
}

impl<'w> Steps<'w> {
    fn new(total: usize, watch: Watch<'w>) -> Self {
        Self {
            done: AtomicUsize::new(0),
            total: total.max(1),
            watch,
        }
    }

    fn step(&self) -> Result<(), Unbuilt> {
        let done = self.done.fetch_add(1, Ordering::Relaxed);
        let percent = (done * 100 / self.total).min(100);
        if (self.watch)(percent as u8) {
            Ok(())
        } else {
            Err(Unbuilt::Stopped)
        }
    }
}

/// Consumers whose rows are ordered together: some of one bucket.
#[derive(Debug, Clone, Copy)]
struct Piece {
    bucket: usize,
    /// The first consumer, counted from the first of the bucket.
    first: u32,
    consumers: u32,
}

impl Piece {
    /// Index of the first consumer.
    fn start(&self) -> u32 {
        ((self.bucket as u32) << SHIFT) + self.first
    }
}

fn pieces(buckets: &Buckets, most: usize) -> Vec<Piece> {
    let mut found = Vec::new();
    for bucket in 0..buckets.len() {
        let parts = (buckets.bytes(bucket) / most + 1).next_power_of_two() as u32;
        let consumers = (1 << SHIFT) / parts.min(1 << SHIFT);
        let firsts = (0..1 << SHIFT).step_by(consumers as usize);
        found.extend(firsts.map(|first| Piece {
            bucket,
            first,
            consumers,
        }));
    }
    found
}

/// A row in hand.
#[derive(Debug, Clone, Copy)]
struct Loose {
    key: u64,
    local: u32,
    detail: u32,
}

/// The rows of one brand and consumer in hand.
#[derive(Debug, Clone, Copy)]
struct Span {
    brand: u32,
    local: u32,
    from: u32,
    to: u32,
}

/// The rows of a piece; the memory serves one piece after the other.
#[derive(Debug, Default)]
struct Hand {
    loose: Vec<Loose>,
    details: Vec<Packed>,
    /// For each consumer, the end of his rows.
    ends: Vec<u32>,
    /// Brand, order and detail of each row, from the highest bits to the lowest: consumer by
    /// consumer, and ordered.
    rows: Vec<u128>,
    /// By brand, then by consumer.
    spans: Vec<Span>,
    /// Category, consumer and day of activity in the categories that several brands share.
    active: Vec<(u32, u32, u16)>,
}

impl Hand {
    /// Takes the rows of a piece and puts them in order.
    fn take(
        &mut self,
        buckets: &Buckets,
        piece: &Piece,
        scene: &Scene,
    ) -> Result<(), Box<Problem>> {
        self.read(buckets, piece, scene)?;
        self.distribute(scene);
        self.order(scene);
        self.find_active(scene);
        Ok(())
    }

    fn read(
        &mut self,
        buckets: &Buckets,
        piece: &Piece,
        scene: &Scene,
    ) -> Result<(), Box<Problem>> {
        self.loose.clear();
        self.details.clear();
        self.ends.clear();
        self.ends.resize(piece.consumers as usize, 0);
        buckets.each(piece.bucket, &mut |block| {
            for row in block {
                let local = row.local.wrapping_sub(piece.first);
                let Some(count) = self.ends.get_mut(local as usize) else {
                    continue;
                };
                if scene.place(row.key).is_none() {
                    continue;
                }
                *count += 1;
                let detail = match row.detail {
                    None => NO_VALUE,
                    Some(detail) => {
                        self.details.push(detail);
                        self.details.len() as u32 - 1
                    }
                };
                self.loose.push(Loose {
                    key: row.key,
                    local,
                    detail,
                });
            }
        })
    }

    /// Puts the rows of each consumer together.
    fn distribute(&mut self, scene: &Scene) {
        let mut sum = 0;
        for end in &mut self.ends {
            sum += std::mem::replace(end, sum);
        }
        self.rows.clear();
        self.rows.resize(self.loose.len(), 0);
        for row in &self.loose {
            let brand = scene.place(row.key).map_or(0, |p| p.brand);
            if let Some(next) = self.ends.get_mut(row.local as usize)
                && let Some(place) = self.rows.get_mut(*next as usize)
            {
                *next += 1;
                *place = rank(brand, row);
            }
        }
    }

    /// Puts the rows of each consumer in order.
    fn order(&mut self, scene: &Scene) {
        self.spans.clear();
        let mut from = 0;
        for (local, end) in self.ends.iter().enumerate() {
            let rows = self.rows.get_mut(from as usize..*end as usize);
            let rows = rows.unwrap_or(&mut []);
            rows.sort_unstable();
            for same in rows.chunk_by(|a, b| brand(*a) == brand(*b)) {
                let to = from + same.len() as u32;
                let brand = same.first().map_or(0, |row| brand(*row));
                self.spans.push(Span {
                    brand,
                    local: local as u32,
                    from,
                    to,
                });
                from = to;
            }
        }
        if scene.brands.len() > 1 {
            self.spans.sort_by_key(|span| span.brand);
        }
    }

    fn find_active(&mut self, scene: &Scene) {
        self.active.clear();
        if scene.shared.is_empty() {
            return;
        }
        for span in &self.spans {
            let rows = self.rows.get(span.from as usize..span.to as usize);
            for row in rows.unwrap_or(&[]).iter().map(|r| row(*r)) {
                let category = scene.place(row.order()).and_then(|p| p.category);
                if let Some(category) = category {
                    let day = row.day().0 as u16;
                    self.active.push((category, span.local, day));
                }
            }
        }
        self.active.sort_unstable();
        self.active.dedup();
    }
}

/// Orders the rows of a consumer: by brand, deeds before contacts, by time, action and venue, then as
/// they came.
fn rank(brand: u32, row: &Loose) -> u128 {
    let is_contact = !Row::of(0, row.key).action().is_deed();
    let first = u128::from(brand) << BRAND_AT | u128::from(is_contact) << 96;
    first | u128::from(row.key) << 32 | u128::from(row.detail)
}

const BRAND_AT: u32 = 97;

fn brand(rank: u128) -> u32 {
    (rank >> BRAND_AT) as u32
}

fn detail(rank: u128) -> u32 {
    rank as u32
}

fn row(rank: u128) -> Row {
    let mut row = Row::of(0, (rank >> 32) as u64);
    row.detail = detail(rank);
    row
}

/// One venue of the log.
#[derive(Debug, Clone, Copy)]
struct Spot {
    brand: u32,
    /// Its index among the venues of the brand.
    local: u32,
    /// Its touch values, by their places in [`BrandScene::touches`], the first one highest.
    bits: u64,
    /// The category, when it is one that several brands share.
    category: Option<u32>,
}

/// One brand.
#[derive(Debug, Default)]
struct BrandScene {
    venues: Vec<Venue>,
    /// Touch values that tell consumers apart: dimension and value.
    touches: Vec<(usize, u32)>,
    /// The category of the brand, when only its own events tell who is active there.
    own_category: Option<u32>,
    /// The category of the brand, when others have events there.
    shared: Option<u32>,
}

/// Where everything happened.
struct Scene {
    spots: Vec<Spot>,
    brands: Vec<BrandScene>,
    /// The brands of each category that is shared.
    shared: Vec<Vec<u32>>,
}

/// Touch values with a bit.
const BITS: usize = 64;

impl Scene {
    fn new(dataset: &Dataset, venues: &[Venue]) -> Self {
        let mut brands: Vec<BrandScene> = Vec::new();
        brands.resize_with(dataset.brands.len(), BrandScene::default);
        let mut spots: Vec<Spot> = Vec::with_capacity(venues.len());
        for venue in venues {
            let mut spot = Spot {
                brand: venue.brand,
                local: NO_VALUE,
                bits: 0,
                category: None,
            };
            if let Some(brand) = brands.get_mut(venue.brand as usize) {
                spot.local = brand.venues.len() as u32;
                brand.venues.push(*venue);
            }
            spots.push(spot);
        }
        let mut scene = Self {
            spots,
            brands,
            shared: Vec::new(),
        };
        let values = scene.find_categories(dataset);
        for brand in &mut scene.brands {
            brand.touches = touches(&brand.venues);
        }
        for (spot, venue) in scene.spots.iter_mut().zip(venues) {
            if let Some(brand) = scene.brands.get(venue.brand as usize) {
                spot.bits = bits(venue, &brand.touches);
            }
            spot.category = values.get(&category(venue)).copied();
        }
        scene
    }

    /// Finds the category of every brand; gives the categories that are shared by their values.
    fn find_categories(&mut self, dataset: &Dataset) -> FxHashMap<u32, u32> {
        let values = &dataset.log.touch_values[Touch::Category as usize];
        let mut known: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
        for (k, brand) in dataset.brands.iter().enumerate() {
            if let Some(name) = &brand.category {
                known.entry(name).or_default().push(k as u32);
            }
        }
        let mut visitors: FxHashMap<u32, Option<u32>> = FxHashMap::default();
        for venue in self.brands.iter().flat_map(|b| &b.venues) {
            let only = visitors.entry(category(venue)).or_insert(Some(venue.brand));
            *only = only.filter(|brand| *brand == venue.brand);
        }
        let mut shared = FxHashMap::default();
        for (value, name) in values.iter().enumerate() {
            let Some(brands) = known.remove(name.as_str()) else {
                continue;
            };
            let value = value as u32;
            let visitor = visitors.get(&value).copied().flatten();
            if let ([only], Some(visitor)) = (&brands[..], visitor)
                && *only == visitor
            {
                if let Some(brand) = self.brands.get_mut(visitor as usize) {
                    brand.own_category = Some(value);
                }
                continue;
            }
            let index = self.shared.len() as u32;
            for brand in &brands {
                if let Some(brand) = self.brands.get_mut(*brand as usize) {
                    brand.shared = Some(index);
                }
            }
            shared.insert(value, index);
            self.shared.push(brands);
        }
        shared
    }

    /// Where a row happened; `None` when it happened to no known brand.
    #[inline]
    fn place(&self, key: u64) -> Option<&Spot> {
        let spot = self.spots.get(Row::of(0, key).venue() as usize);
        spot.filter(|s| s.local != NO_VALUE)
    }

    fn width(&self, brand: usize) -> Width {
        let venues = self.brands.get(brand).map_or(&[][..], |b| &b.venues);
        Width::of(venues)
    }

    /// Whether others have events in the category of a brand.
    fn shares(&self, brand: usize) -> bool {
        self.brands.get(brand).is_some_and(|b| b.shared.is_some())
    }

    /// Packs the rows in hand: what is to be known of the consumers of each brand, and their runs in
    /// the same order.
    fn pack(&self, hand: &Hand, piece: &Piece) -> (Vec<Sheaf>, Vec<u8>) {
        let numbers = 12 * (hand.spans.len() + hand.active.len());
        let room = numbers + 4 * hand.rows.len() + 16 * hand.details.len();
        let mut bytes = Vec::with_capacity(room);
        let own = hand.spans.chunk_by(|a, b| a.brand == b.brand);
        let own = own.filter_map(|s| s.first().map(|s| s.brand));
        let mut brands: Vec<u32> = own.collect();
        for same in hand.active.chunk_by(|a, b| a.0 == b.0) {
            let category = same.first().map_or(0, |a| a.0);
            brands.extend(self.shared.get(category as usize).into_iter().flatten());
        }
        if !hand.active.is_empty() {
            brands.sort_unstable();
            brands.dedup();
        }
        let pack = |brand: u32| self.pack_brand(hand, piece, brand, &mut bytes);
        let sheaves = brands.into_iter().map(pack).collect();
        (sheaves, bytes)
    }

    fn pack_brand(&self, hand: &Hand, piece: &Piece, brand: u32, bytes: &mut Vec<u8>) -> Sheaf {
        let width = self.width(brand as usize);
        let own = self.brands.get(brand as usize);
        let mut spans = equal(&hand.spans, |s| s.brand.cmp(&brand))
            .iter()
            .peekable();
        let shared = own.and_then(|b| b.shared);
        let days = shared.map_or(&[][..], |c| equal(&hand.active, |a| a.0.cmp(&c)));
        let mut days = days.chunk_by(|a, b| a.1 == b.1).peekable();
        let mut sheaf = Sheaf::new(brand, spans.len());
        loop {
            let ahead = [
                spans.peek().map(|s| s.local),
                days.peek().and_then(|d| d.first()).map(|d| d.1),
            ];
            let Some(local) = ahead.into_iter().flatten().min() else {
                return sheaf;
            };
            let span = spans.next_if(|s| s.local == local);
            let days = days.next_if(|d| d.first().is_some_and(|d| d.1 == local));
            let rows = span.and_then(|s| hand.rows.get(s.from as usize..s.to as usize));
            let rows = rows.unwrap_or(&[]);
            let each = rows.iter().map(|rank| {
                let row = row(*rank);
                let spot = self.place(row.order());
                let detail = hand.details.get(row.detail as usize).copied();
                (row, spot.map_or(0, |s| s.local), detail)
            });
            let days = days.unwrap_or(&[]).iter().map(|d| d.2);
            let size = runs::write(&each, days, width, bytes);
            let (mut signature, mut actions) = (0, 0);
            for row in rows.iter().map(|rank| row(*rank)) {
                signature |= self.place(row.order()).map_or(0, |s| s.bits);
                actions |= 1 << row.action() as u32;
            }
            sheaf.actions |= actions;
            if actions & RELATING != 0 {
                signature |= RELATED;
            }
            sheaf.add(piece.start() + local, signature, size);
        }
    }
}

/// The part of a sorted list that is equal to something.
fn equal<T>(list: &[T], to: impl Fn(&T) -> std::cmp::Ordering) -> &[T] {
    let from = list.partition_point(|x| to(x).is_lt());
    let end = list.partition_point(|x| to(x).is_le());
    list.get(from..end).unwrap_or(&[])
}

fn category(venue: &Venue) -> u32 {
    venue.touch[Touch::Category as usize]
}

/// The bit of a signature that tells a relation: conditions on roles, and all that is counted of
/// relations, find those who have some side by side.
const RELATED: u64 = 1;

/// Actions that begin a relation, one bit each.
const RELATING: u32 = {
    let (mut all, mut k) = (0, 0);
    while k < Action::ALL.len() {
        if Action::ALL[k].role().is_some() {
            all |= 1 << Action::ALL[k] as u32;
        }
        k += 1;
    }
    all
};

/// Up to 63 touch values. Of many the lowest ones, which files name first, stand for all.
fn touches(venues: &[Venue]) -> Vec<(usize, u32)> {
    let each = venues
        .iter()
        .flat_map(|v| v.touch.into_iter().enumerate())
        .filter(|(_, value)| *value != NO_VALUE);
    let mut values: Vec<(usize, u32)> = each.collect();
    values.sort_unstable_by_key(|(touch, value)| (*value, *touch));
    values.dedup();
    values.truncate(BITS - 1);
    values
}

fn bits(venue: &Venue, touches: &[(usize, u32)]) -> u64 {
    let each = touches.iter().enumerate();
    each.filter(|(_, (touch, value))| venue.touch.get(*touch) == Some(value))
        .fold(0, |all, (k, _)| all | 1 << (BITS - 1 - k))
}

/// Moves the bit of relations to the front, then the bits of the values that split the consumers most
/// evenly: consumers sorted by them make long runs of all or nothing in every condition.
fn reorder(signatures: &mut [u64], touches: &[(usize, u32)]) {
    let step = signatures.len().div_ceil(SAMPLE).max(1);
    let (mut people, mut counts) = (0_u64, [0_u64; BITS]);
    for signature in signatures.iter().step_by(step) {
        people += 1;
        for (k, count) in counts.iter_mut().enumerate() {
            *count += signature >> (BITS - 1 - k) & 1;
        }
    }
    let shares = counts.iter().map(|n| (2 * n).abs_diff(people));
    let mut order: Vec<(u64, (usize, u32), usize)> = shares
        .zip(touches)
        .enumerate()
        .map(|(k, (share, touch))| (share, *touch, k))
        .collect();
    order.sort_unstable();
    let mut moved = [0; BITS];
    moved[RELATED.trailing_zeros() as usize] = 1 << (BITS - 1);
    for (to, (_, _, from)) in order.into_iter().enumerate() {
        if let Some(bit) = moved.get_mut(BITS - 1 - from) {
            *bit = 1_u64 << (BITS - 2 - to);
        }
    }
    signatures
        .par_iter_mut()
        .with_min_len(1 << 12)
        .for_each(|signature| {
            let mut left = *signature;
            *signature = 0;
            while left != 0 {
                *signature |= moved.get(left.trailing_zeros() as usize).unwrap_or(&0);
                left &= left - 1;
            }
        });
}

/// What is to be known of the consumers of a brand in a piece, ascending.
#[derive(Debug)]
struct Sheaf {
    brand: u32,
    actions: u32,
    consumers: Vec<u32>,
    signatures: Vec<u64>,
    sizes: Vec<Slot>,
}

impl Sheaf {
    fn new(brand: u32, consumers: usize) -> Self {
        Self {
            brand,
            actions: 0,
            consumers: Vec::with_capacity(consumers),
            signatures: Vec::with_capacity(consumers),
            sizes: Vec::with_capacity(consumers),
        }
    }

    fn add(&mut self, consumer: u32, signature: u64, size: Slot) {
        self.consumers.push(consumer);
        self.signatures.push(signature);
        self.sizes.push(size);
    }
}

/// Bytes that wait for the second round.
#[derive(Debug)]
enum Waiting {
    Here(Vec<u8>),
    Stowed(Ticket),
}

impl Waiting {
    fn new(bytes: Vec<u8>, annex: Option<&dyn Annex>) -> Result<Self, Box<Problem>> {
        match annex {
            Some(annex) => annex.put(&bytes).map(Self::Stowed),
            None => Ok(Self::Here(bytes)),
        }
    }

    fn bytes(self, annex: Option<&dyn Annex>) -> Result<Vec<u8>, Box<Problem>> {
        let mut bytes = Vec::new();
        match (self, annex) {
            (Self::Here(bytes), _) => return Ok(bytes),
            (Self::Stowed(ticket), Some(annex)) => annex.get(&ticket, &mut bytes)?,
            (Self::Stowed(_), None) => {}
        }
        Ok(bytes)
    }
}

/// What is known of the consumers of a brand. Their numbers here are their ordinals.
#[derive(Debug, Default)]
struct Known {
    consumers: Vec<u32>,
    signatures: Vec<u64>,
    slots: Vec<Slot>,
    actions: u32,
    events: usize,
}

impl Known {
    fn add(&mut self, sheaf: Sheaf) {
        self.actions |= sheaf.actions;
        self.events += sheaf.sizes.iter().map(|s| s.event as usize).sum::<usize>();
        self.consumers.extend(sheaf.consumers);
        self.signatures.extend(sheaf.signatures);
        self.slots.extend(sheaf.sizes);
    }

    /// Adds consumers who are known by a relation alone.
    fn add_others(&mut self, spans: &[RoleSpan]) {
        let is_known = |s: &&RoleSpan| self.consumers.binary_search(&s.consumer).is_err();
        let mut others: Vec<u32> = spans.iter().filter(is_known).map(|s| s.consumer).collect();
        others.dedup();
        let known = self.consumers.len();
        for span in spans {
            let own = self.consumers.get(..known).unwrap_or(&[]);
            if let Ok(at) = own.binary_search(&span.consumer)
                && let Some(signature) = self.signatures.get_mut(at)
            {
                *signature |= RELATED;
            }
        }
        for consumer in others {
            self.consumers.push(consumer);
            self.signatures.push(RELATED);
            self.slots.push(Slot::default());
        }
    }
}

/// The runs of a piece on their way into the chunks.
#[derive(Debug)]
struct Parcel {
    /// Brand, ordinal of the first consumer, and how many there are.
    parts: Vec<(u32, u32, u32)>,
    runs: Waiting,
}

/// Joins what is known of the consumers of each brand.
fn gather(scene: &Scene, sorted: Vec<(Vec<Sheaf>, Waiting)>) -> (Vec<Known>, Vec<Parcel>) {
    let mut brands: Vec<Known> = Vec::new();
    brands.resize_with(scene.brands.len(), Known::default);
    let mut totals = vec![0; brands.len()];
    for sheaf in sorted.iter().flat_map(|(sheaves, _)| sheaves) {
        if let Some(total) = totals.get_mut(sheaf.brand as usize) {
            *total += sheaf.consumers.len();
        }
    }
    for (known, total) in brands.iter_mut().zip(totals) {
        known.consumers.reserve_exact(total);
        known.signatures.reserve_exact(total);
        known.slots.reserve_exact(total);
    }
    let mut parcels = Vec::with_capacity(sorted.len());
    for (sheaves, runs) in sorted {
        let mut parts = Vec::with_capacity(sheaves.len());
        for sheaf in sheaves {
            if let Some(known) = brands.get_mut(sheaf.brand as usize) {
                let first = known.consumers.len() as u32;
                parts.push((sheaf.brand, first, sheaf.consumers.len() as u32));
                known.add(sheaf);
            }
        }
        parcels.push(Parcel { parts, runs });
    }
    (brands, parcels)
}

impl Parcel {
    /// Writes every event to its place.
    fn deliver(
        self,
        scene: &Scene,
        laid: &[Laid],
        annex: Option<&dyn Annex>,
    ) -> Result<(), Unbuilt> {
        let bytes = self.runs.bytes(annex)?;
        let mut rest = &bytes[..];
        for (brand, first, consumers) in self.parts {
            let Some(laid) = laid.get(brand as usize) else {
                continue;
            };
            let range = first as usize..(first + consumers) as usize;
            let slots = laid.slots.get(range).unwrap_or(&[]);
            rest = laid.take(slots, rest, scene.width(brand as usize));
        }
        Ok(())
    }
}

/// The chunks of a brand, and where the events of each of its consumers belong.
#[derive(Debug)]
struct Laid {
    chunks: Vec<Mutex<Chunk>>,
    /// By ordinal.
    slots: Vec<Slot>,
    actions: u32,
    events: usize,
    has_spans: bool,
}

impl Laid {
    /// Takes the runs of consumers with these slots; gives what lies behind them. A chunk is locked
    /// once for all the runs that belong there.
    fn take<'b>(&self, slots: &[Slot], bytes: &'b [u8], width: Width) -> &'b [u8] {
        let mut rest = bytes;
        let mut runs = Vec::with_capacity(slots.len());
        for slot in slots {
            let Some((run, behind)) = PackedRun::read(rest, width) else {
                break;
            };
            runs.push((*slot, run));
            rest = behind;
        }
        runs.sort_unstable_by_key(|(slot, _)| slot.chunk);
        for same in runs.chunk_by(|a, b| a.0.chunk == b.0.chunk) {
            let chunk = same.first().map_or(0, |(slot, _)| slot.chunk as usize);
            let Some(chunk) = self.chunks.get(chunk) else {
                continue;
            };
            let mut chunk = chunk.lock().unwrap_or_else(PoisonError::into_inner);
            for (slot, run) in same {
                chunk.write(slot, run);
            }
        }
        rest
    }

    fn store(self, brand: BrandScene) -> Store {
        let chunks = self.chunks.into_iter();
        let open = |chunk: Mutex<Chunk>| chunk.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut store = Store {
            events: self.events,
            chunks: chunks.map(open).collect(),
            venues: brand.venues,
            actions: self.actions,
            has_spans: self.has_spans,
            knows_category: brand.own_category.is_some() || brand.shared.is_some(),
            own_category: brand.own_category,
        };
        store.tell_category();
        store
    }
}

/// The place of a consumer in the order of a store.
#[derive(Debug, Clone, Copy)]
struct Place {
    cell: u32,
    signature: u64,
    ordinal: u32,
}

impl Place {
    fn rank(self) -> u128 {
        u128::from(self.cell) << 96 | u128::from(self.signature) << 32 | u128::from(self.ordinal)
    }

    fn of(rank: u128) -> Self {
        Self {
            cell: (rank >> 96) as u32,
            signature: (rank >> 32) as u64,
            ordinal: rank as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::super::buckets::tests::Wall;
    use super::super::{Action, Brand, Event, Names};
    use super::*;
    use crate::metrics::Day;
    use crate::metrics::fast_plus::Role;

    const CATEGORIES: [Option<&str>; 4] = [Some("cream"), Some("cream"), Some("toner"), None];

    fn dataset(spans: &[(u32, u32)]) -> Dataset {
        let brand = |category: Option<&str>| Brand {
            category: category.map(str::to_owned),
            ..Brand::default()
        };
        let mut data = Dataset {
            brands: CATEGORIES.map(brand).to_vec(),
            ..Dataset::default()
        };
        let span = |(brand, consumer): &(u32, u32)| RoleSpan {
            consumer: *consumer,
            brand: *brand,
            role: Role::Member,
            since: None,
            until: None,
        };
        data.log.touch_values[1] = vec!["toner".into(), "mask".into(), "cream".into()];
        data.log.consumers = (0..9000).map(|c| c.to_string().into()).collect::<Names>();
        data.log.spans = spans.iter().map(span).collect();
        data.log.spans.sort_by_key(|s| (s.brand, s.consumer));
        data
    }

    fn event() -> impl Strategy<Value = Event> {
        let consumer = prop_oneof![0..30_u32, 0..9000_u32];
        let category = prop_oneof![0..3_u32, Just(NO_VALUE)];
        let what = (0..Action::ALL.len(), 0..1500_u32);
        let detail = (any::<Option<i32>>(), prop_oneof![0..9_u32, Just(NO_VALUE)]);
        (
            consumer,
            0..5_u32,
            0..40_i32,
            0..4_u32,
            what,
            category,
            detail,
        )
            .prop_map(
                |(consumer, brand, day, second, (action, item), category, (amount, order))| Event {
                    consumer,
                    brand,
                    day: Day(20_000 + day),
                    second,
                    action: Action::ALL[action],
                    touch: [NO_VALUE, category, NO_VALUE, item],
                    amount: amount.map(i64::from),
                    order,
                    score: (item == 7).then_some(4.5),
                },
            )
    }

    /// What a store says of a consumer: events, days of activity, relations.
    type Told = (Vec<String>, Option<Vec<u16>>, usize);

    fn said(event: &Event) -> String {
        format!(
            "{:?}",
            Event {
                second: 0,
                ..*event
            }
        )
    }

    fn told(store: &Store, brand: u32) -> BTreeMap<u32, Told> {
        let mut found = BTreeMap::new();
        for chunk in &store.chunks {
            for (position, (run, consumer)) in chunk.runs().zip(&chunk.consumers).enumerate() {
                let events = run.each().map(|(head, venue, detail)| Event {
                    consumer: *consumer,
                    brand,
                    day: Day(head.day()),
                    second: 0,
                    action: head.action(),
                    touch: store.touch(venue),
                    amount: detail.amount,
                    order: detail.order,
                    score: detail.score,
                });
                let days = chunk.activity(position).map(<[u16]>::to_vec);
                let spans = chunk.spans().iter();
                let spans = spans.filter(|(p, _)| *p as usize == position).count();
                let told = (events.map(|e| said(&e)).collect(), days, spans);
                assert!(found.insert(*consumer, told).is_none(), "twice: {consumer}");
            }
        }
        found
    }

    /// The same, worked out in the obvious way.
    fn expected(data: &Dataset, events: &Events, brand: u32) -> BTreeMap<u32, Told> {
        let mut venues = events.venues.clone();
        let mut all: Vec<Event> = events.iter().collect();
        all.sort_by_cached_key(|e| {
            let (brand, touch) = (e.brand, e.touch);
            let venue = venues.id(Venue { brand, touch });
            let is_contact = !e.action.is_deed();
            (e.consumer, is_contact, e.day, e.second, e.action, venue)
        });
        let category = CATEGORIES[brand as usize];
        let value = data.log.touch_values[1]
            .iter()
            .position(|v| Some(v.as_str()) == category);
        let active: Vec<&Event> = all
            .iter()
            .filter(|e| (e.brand as usize) < CATEGORIES.len())
            .filter(|e| value.is_some_and(|v| v as u32 == e.touch[1]))
            .collect();
        let sharers = CATEGORIES.iter().filter(|c| **c == category).count();
        let own = sharers == 1 && !active.is_empty() && active.iter().all(|e| e.brand == brand);
        let is_shared = category.is_some() && !own;
        let mut found: BTreeMap<u32, Told> = BTreeMap::new();
        let none = || (Vec::new(), is_shared.then(Vec::new), 0);
        for event in all.iter().filter(|e| e.brand == brand) {
            found
                .entry(event.consumer)
                .or_insert_with(none)
                .0
                .push(said(event));
        }
        for span in data.log.spans.iter().filter(|s| s.brand == brand) {
            found.entry(span.consumer).or_insert_with(none).2 += 1;
        }
        let days: BTreeSet<(u32, u16)> = active
            .iter()
            .map(|e| (e.consumer, e.day.0 as u16))
            .collect();
        for (consumer, day) in days.into_iter().filter(|_| is_shared) {
            let (_, days, _) = found.entry(consumer).or_insert_with(none);
            days.get_or_insert_default().push(day);
        }
        found
    }

    fn stores(data: &Dataset, events: Events, piece: usize) -> Result<Vec<Store>, Unbuilt> {
        let cells = Cells::new(data);
        let sources = Sources {
            dataset: data,
            cells: &cells,
            group_of_cell: &[0],
            piece,
        };
        sources.stores(events, &|_| true)
    }

    fn filled(events: &[Event], budget: usize, annex: Wall) -> Result<Events, Box<Problem>> {
        let mut filled = Events::with_annex(budget, Arc::new(annex));
        for event in events {
            filled.push(event);
            filled.settle()?;
        }
        Ok(filled)
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

        #[test]
        fn every_event_comes_to_its_consumer_in_order(
            events in prop::collection::vec(event(), 0..1500),
            spans in prop::collection::vec((0..4_u32, 0..9000_u32), 0..20),
            budget in 1..100_000_usize,
            piece in 1..20_000_usize,
        ) {
            let data = dataset(&spans);
            let filled = filled(&events, budget, Wall::default()).unwrap();
            let built = stores(&data, filled.clone(), piece).unwrap();
            for (brand, store) in built.iter().enumerate() {
                let brand = brand as u32;
                prop_assert_eq!(told(store, brand), expected(&data, &filled, brand));
                let own = events.iter().filter(|e| e.brand == brand);
                prop_assert_eq!(store.events, own.clone().count());
                let actions = own.fold(0, |all, e| all | 1 << e.action as u32);
                prop_assert_eq!(store.actions, actions);
            }
        }
    }

    fn visit(consumer: u32, item: u32) -> Event {
        Event {
            consumer,
            brand: 0,
            day: Day(20_000),
            second: 0,
            action: Action::Browse,
            touch: [NO_VALUE, NO_VALUE, NO_VALUE, item],
            amount: None,
            order: NO_VALUE,
            score: None,
        }
    }

    #[test]
    fn many_venues_keep_apart() {
        for items in [1024, 1025, 65_536, 65_537] {
            let visits = (0..items).map(|item| visit(item % 7, item));
            let (data, events) = (dataset(&[]), visits.collect::<Events>());
            let built = stores(&data, events.clone(), PIECE).unwrap();
            assert!(told(&built[0], 0) == expected(&data, &events, 0), "{items}");
        }
    }

    #[test]
    fn an_annex_that_fails_gives_no_stores() {
        let events: Vec<Event> = (0..9000).map(|c| visit(c, NO_VALUE)).collect();
        let calls = Wall::default();
        let count = calls.calls();
        let data = dataset(&[]);
        let built = stores(&data, filled(&events, 5000, calls).unwrap(), PIECE);
        assert_eq!(built.unwrap().iter().map(|s| s.events).sum::<usize>(), 9000);
        let all = count.load(Ordering::Relaxed);
        assert!(all > 20);
        for fails_at in 0..all {
            let built = filled(&events, 5000, Wall::that_fails_at(fails_at));
            let built = built.map_err(Unbuilt::from);
            let built = built.and_then(|events| stores(&data, events, PIECE));
            assert!(matches!(built, Err(Unbuilt::Problem(_))), "{fails_at}");
        }
    }
}
