//! The events of one brand, four bytes each, in the order in which they are counted: by cell, then
//! by where the consumer was touched, in chunks that stay in the fast caches.
//!
//! A store is built once from the rows of the loader and never changes.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::cells::Cells;
use super::pack::{Pack, Unpacker, pack_words, packed, unpack_words};
use super::rows::Row;
use super::{Action, Detail, NO_VALUE, RoleSpan, Touch, Venue};

/// Consumers of a chunk; positions inside one fit 16 bits.
pub(super) const CHUNK: usize = 1 << 15;

/// A group of crowds with so many consumers has chunks of its own.
const ENOUGH: usize = 1 << 12;

/// Rows that are sorted together; they fit a second-level cache.
const BUCKET: usize = 1 << 14;

const DAY_BITS: u32 = 16;
const ACTION_BITS: u32 = 5;
const DETAIL_AT: u32 = DAY_BITS + ACTION_BITS;
const VENUE_AT: u32 = DETAIL_AT + 1;
/// Distinct venues that fit beside the day and the action.
const NEAR_VENUES: usize = 1 << (32 - VENUE_AT);

/// One event: day and action, whether it has a detail, and the venue where it fits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head(u32);

impl Head {
    fn new(row: &Row, venue: u32) -> Self {
        let day = row.day().0 as u32 & ((1 << DAY_BITS) - 1);
        let detail = u32::from(row.detail != NO_VALUE);
        let venue = if venue < NEAR_VENUES as u32 { venue } else { 0 };
        let action = (row.action() as u32) << DAY_BITS;
        Self(day | action | detail << DETAIL_AT | venue << VENUE_AT)
    }

    /// The day, as in [`Day`].
    pub(super) fn day(self) -> i32 {
        (self.0 & ((1 << DAY_BITS) - 1)) as i32
    }

    /// Index into [`Action::ALL`].
    pub(super) fn action_index(self) -> usize {
        (self.0 >> DAY_BITS) as usize & ((1 << ACTION_BITS) - 1)
    }

    /// What was done.
    pub(super) fn action(self) -> Action {
        let found = Action::ALL.get(self.action_index());
        found.copied().unwrap_or(Action::Exposure)
    }

    /// Whether the event has an entry among the details.
    pub(super) fn has_detail(self) -> bool {
        self.0 >> DETAIL_AT & 1 == 1
    }

    /// Whether it is an order or a refund.
    pub(super) fn is_payment(self) -> bool {
        let index = self.action_index();
        index == Action::Order as usize || index == Action::Refund as usize
    }

    fn venue(self) -> u32 {
        self.0 >> VENUE_AT
    }
}

impl Pack for Head {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        u32::unpack(from).map(Self)
    }

    fn pack_all(list: &[Self], out: &mut Vec<u8>) {
        pack_words(list, out, |head| head.0.to_le_bytes());
    }

    fn unpack_list(count: usize, from: &mut Unpacker<'_>) -> Option<Vec<Self>> {
        unpack_words(count, from, |word| Self(u32::from_le_bytes(word)))
    }
}

/// Up to [`CHUNK`] consumers with their events.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// Index of each consumer in the log.
    pub(super) consumers: Vec<u32>,
    /// `starts[k]..starts[k + 1]` are the events of consumer `k`.
    starts: Vec<u32>,
    heads: Vec<Head>,
    /// Venue of each event, when the brand has too many for the heads.
    venues: VenueList,
    /// Details of the events that have one, in their order.
    details: Vec<Detail>,
    /// Relations from tables: position and span, ascending.
    spans: Vec<(u16, RoleSpan)>,
    /// Days of activity in the brand's category in any log, by position; empty when the brand's own
    /// events tell them.
    activity: Vec<u16>,
    activity_starts: Vec<u32>,
    /// Runs of positions with one cell: cell, first, end.
    pub(super) cells: Vec<(u32, u32, u32)>,
}

/// The venue of each event, as narrow as the number of venues allows.
#[derive(Debug, Default)]
enum VenueList {
    /// In the heads.
    #[default]
    Near,
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

impl VenueList {
    /// An empty list for events at so many venues.
    fn new(venues: usize, events: usize) -> Self {
        if venues <= NEAR_VENUES {
            Self::Near
        } else if venues <= 1 << 16 {
            Self::Narrow(Vec::with_capacity(events))
        } else {
            Self::Wide(Vec::with_capacity(events))
        }
    }

    fn push(&mut self, venue: u32) {
        match self {
            Self::Near => {}
            Self::Narrow(list) => list.push(venue as u16),
            Self::Wide(list) => list.push(venue),
        }
    }

    fn get(&self, event: usize) -> Option<u32> {
        match self {
            Self::Near => None,
            Self::Narrow(list) => list.get(event).map(|v| u32::from(*v)),
            Self::Wide(list) => list.get(event).copied(),
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Near => 0,
            Self::Narrow(list) => list.len() * 2,
            Self::Wide(list) => list.len() * 4,
        }
    }
}

impl Pack for VenueList {
    fn pack(&self, out: &mut Vec<u8>) {
        match self {
            Self::Near => out.push(0),
            Self::Narrow(list) => {
                out.push(1);
                list.pack(out);
            }
            Self::Wide(list) => {
                out.push(2);
                list.pack(out);
            }
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        match u8::unpack(from)? {
            0 => Some(Self::Near),
            1 => Vec::unpack(from).map(Self::Narrow),
            2 => Vec::unpack(from).map(Self::Wide),
            _ => None,
        }
    }
}

packed!(Chunk {
    consumers,
    starts,
    heads,
    venues,
    details,
    spans,
    activity,
    activity_starts,
    cells
});

/// The events of one consumer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'a> {
    pub(super) heads: &'a [Head],
    venues: &'a VenueList,
    /// Index of the first event in the chunk.
    first: usize,
    /// Details from the first event of the run on.
    details: &'a [Detail],
}

impl<'a> Run<'a> {
    /// Index of the venue of the k-th event.
    pub(super) fn venue(&self, k: usize) -> u32 {
        match self.venues.get(self.first + k) {
            Some(venue) => venue,
            None => self.heads.get(k).map_or(0, |h| h.venue()),
        }
    }

    /// Hands out the details in the order of the events.
    pub(super) fn details(&self) -> Details<'a> {
        Details { left: self.details }
    }

    /// The events with their details, one by one.
    pub(super) fn each(self) -> impl Iterator<Item = (Head, u32, Detail)> + 'a {
        let mut details = self.details();
        let heads = self.heads.iter().enumerate();
        heads.map(move |(k, head)| (*head, self.venue(k), details.of(*head)))
    }
}

/// Details that are handed out event by event.
pub(super) struct Details<'a> {
    left: &'a [Detail],
}

impl Details<'_> {
    /// The detail of the next event.
    #[inline]
    pub(super) fn of(&mut self, head: Head) -> Detail {
        if !head.has_detail() {
            return Detail::NONE;
        }
        match self.left.split_first() {
            Some((first, rest)) => {
                self.left = rest;
                *first
            }
            None => Detail::NONE,
        }
    }
}

impl Chunk {
    /// How many consumers it holds.
    pub(super) fn len(&self) -> usize {
        self.consumers.len()
    }

    /// The events of all consumers in turn.
    pub(super) fn runs(&self) -> impl Iterator<Item = Run<'_>> {
        let mut details: &[Detail] = &self.details;
        self.starts.windows(2).map(move |pair| {
            let range = pair[0] as usize..pair[1] as usize;
            let first = range.start;
            let heads = self.heads.get(range).unwrap_or(&[]);
            let run = Run {
                heads,
                venues: &self.venues,
                first,
                details,
            };
            if !details.is_empty() {
                let used = heads.iter().filter(|h| h.has_detail()).count();
                details = details.get(used..).unwrap_or(&[]);
            }
            run
        })
    }

    /// Relations of consumers, by position.
    pub(super) fn spans(&self) -> &[(u16, RoleSpan)] {
        &self.spans
    }

    /// Days on which the consumer at a position was active in the category; `None` when only the
    /// brand's own events tell.
    pub(super) fn activity(&self, position: usize) -> Option<&[u16]> {
        let from = *self.activity_starts.get(position)?;
        let to = *self.activity_starts.get(position + 1)?;
        self.activity.get(from as usize..to as usize)
    }

    fn bytes(&self) -> usize {
        self.consumers.len() * 4
            + self.starts.len() * 4
            + self.heads.len() * 4
            + self.venues.bytes()
            + self.details.len() * size_of::<Detail>()
            + self.spans.len() * size_of::<(u16, RoleSpan)>()
            + self.activity.len() * 2
            + self.activity_starts.len() * 4
            + self.cells.len() * 12
    }
}

/// The consumers of one brand and their events.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) chunks: Vec<Chunk>,
    /// Where events of the brand happen.
    pub(super) venues: Vec<Venue>,
    /// Actions that occur, one bit per [`Action`].
    pub(super) actions: u32,
    /// Whether any consumer has a relation from a table.
    pub(super) has_spans: bool,
    /// How many events there are.
    pub(super) events: usize,
    /// Whether opportunity consumers can be known.
    pub(super) knows_category: bool,
    /// The touch value that is the brand's category, when its own events tell who is active there.
    pub(super) own_category: Option<u32>,
}

impl Store {
    /// A brand without consumers.
    pub(super) const EMPTY: Self = Self {
        chunks: Vec::new(),
        venues: Vec::new(),
        actions: 0,
        has_spans: false,
        events: 0,
        knows_category: false,
        own_category: None,
    };

    /// The touch values of a venue.
    pub(super) fn touch(&self, venue: u32) -> [u32; 4] {
        let venue = self.venues.get(venue as usize);
        venue.map_or([NO_VALUE; 4], |v| v.touch)
    }

    /// The category of a venue, or [`NO_VALUE`].
    pub(super) fn category_of(&self, venue: u32) -> u32 {
        self.touch(venue)[Touch::Category as usize]
    }

    /// How many consumers the brand has.
    pub(super) fn consumers(&self) -> usize {
        self.chunks.iter().map(Chunk::len).sum()
    }

    /// Bytes that the store holds.
    pub(super) fn bytes(&self) -> usize {
        self.chunks.iter().map(Chunk::bytes).sum()
    }
}

packed!(Store { venues, actions, has_spans, events, knows_category, own_category } elsewhere { chunks });

/// Rows of one brand, sorted by consumer and time in buckets of ascending consumers.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) buckets: Vec<Vec<Row>>,
    pub(super) details: Vec<Detail>,
}

/// Rows of one brand on their way into buckets.
#[derive(Debug)]
pub(super) struct Sorter {
    sorted: Sorted,
    /// Consumers per bucket, as a power of two.
    shift: u32,
}

impl Sorter {
    /// Room for so many rows of consumers below a limit.
    pub(super) fn new(rows: usize, details: usize, consumers: usize) -> Self {
        let wanted = rows.div_ceil(BUCKET).max(1);
        let per_bucket = consumers.div_ceil(wanted).max(1).next_power_of_two();
        let count = consumers.div_ceil(per_bucket).max(1);
        let mut buckets = Vec::with_capacity(count);
        // Half as much again as the average: a bucket that grows would be copied and stand twice, and
        // room that is never written to takes no memory.
        let room = (rows / count * 3 / 2).min(2 * BUCKET);
        buckets.resize_with(count, || Vec::with_capacity(room));
        Self {
            sorted: Sorted {
                buckets,
                details: Vec::with_capacity(details),
            },
            shift: per_bucket.trailing_zeros(),
        }
    }

    /// Takes a row with its detail; `venue` is its index among the venues of the brand.
    pub(super) fn push(&mut self, row: &Row, venue: u32, detail: Option<&Detail>) {
        let index = match detail {
            Some(detail) => {
                self.sorted.details.push(*detail);
                self.sorted.details.len() as u32 - 1
            }
            None => NO_VALUE,
        };
        let last = self.sorted.buckets.len() - 1;
        let bucket = (row.consumer as usize >> self.shift).min(last);
        if let Some(bucket) = self.sorted.buckets.get_mut(bucket) {
            bucket.push(row.moved(row.consumer, venue, index));
        }
    }

    /// Sorts the buckets.
    pub(super) fn finish(mut self) -> Sorted {
        let buckets = self.sorted.buckets.par_iter_mut().with_min_len(4);
        buckets.for_each(|rows| rows.sort_unstable_by_key(rank));
        self.sorted
    }
}

/// Later rows of a brand, by consumer.
pub(super) struct Later {
    sorted: Sorted,
    /// First row and number of rows of each consumer.
    of: FxHashMap<u32, (u32, u32)>,
}

impl Later {
    /// Sorts the rows, which stand in one bucket.
    pub(super) fn new(mut sorted: Sorted) -> Self {
        let mut of = FxHashMap::default();
        if let Some(rows) = sorted.buckets.first_mut() {
            rows.par_sort_unstable_by_key(rank);
            let mut first = 0;
            for run in rows.chunk_by(|a, b| a.consumer == b.consumer) {
                let len = run.len() as u32;
                of.insert(run[0].consumer, (first, len));
                first += len;
            }
        }
        Self { sorted, of }
    }

    fn rows(&self) -> &[Row] {
        self.sorted.buckets.first().map_or(&[], |rows| rows)
    }

    fn of(&self, consumer: u32) -> Option<&[Row]> {
        let (first, len) = *self.of.get(&consumer)?;
        self.rows().get(first as usize..(first + len) as usize)
    }

    fn detail(&self, row: &Row) -> Option<Detail> {
        self.sorted.details.get(row.detail as usize).copied()
    }

    /// The rows of consumers that are not among these.
    fn without(&self, known: &FxHashSet<u32>) -> Sorted {
        let others = self.rows().iter().filter(|r| !known.contains(&r.consumer));
        Sorted {
            buckets: vec![others.copied().collect()],
            details: self.sorted.details.clone(),
        }
    }
}

impl Store {
    /// Adds later events of known consumers; its venues are those of the later events too. Gives the
    /// rows of the others.
    pub(super) fn join(&mut self, later: &Later) -> Sorted {
        let venues = self.venues.len();
        let chunks = self.chunks.par_iter_mut();
        let known: Vec<Vec<u32>> = chunks.map(|chunk| chunk.join(later, venues)).collect();
        self.events += later.rows().len();
        let actions = later.rows().iter().map(|r| 1 << r.action() as u32);
        self.actions = actions.fold(self.actions, |all, bit| all | bit);
        later.without(&known.into_iter().flatten().collect())
    }
}

/// What is put into a list: the new items, and behind which old ones how many of them come.
struct Inserts<T> {
    items: Vec<T>,
    cuts: Vec<(usize, usize)>,
}

impl<T: Copy> Inserts<T> {
    fn new() -> Self {
        Self {
            items: Vec::new(),
            cuts: Vec::new(),
        }
    }

    /// Ends the items that come behind so many old ones.
    fn cut(&mut self, behind: usize) {
        self.cuts.push((behind, self.items.len()));
    }

    fn into(self, old: &[T]) -> Vec<T> {
        let mut all = Vec::with_capacity(old.len() + self.items.len());
        let (mut from, mut first) = (0, 0);
        for (behind, end) in self.cuts {
            all.extend_from_slice(old.get(from..behind).unwrap_or(&[]));
            all.extend_from_slice(self.items.get(first..end).unwrap_or(&[]));
            (from, first) = (behind, end);
        }
        all.extend_from_slice(old.get(from..).unwrap_or(&[]));
        all
    }
}

impl Chunk {
    /// Adds later events behind those of each consumer, at venues of which there are so many. Gives
    /// the consumers who have some.
    fn join(&mut self, later: &Later, venues: usize) -> Vec<u32> {
        self.widen(venues);
        let mut known = Vec::new();
        let (mut heads, mut places) = (Inserts::new(), Inserts::new());
        let mut details = Inserts::new();
        let (mut counted, mut with_detail) = (0, 0);
        let mut starts = self.starts.clone();
        for (position, consumer) in self.consumers.iter().enumerate() {
            let Some(start) = starts.get_mut(position + 1) else {
                break;
            };
            let end = *start as usize;
            if let Some(rows) = later.of(*consumer) {
                known.push(*consumer);
                let before = self.heads.get(counted..end).unwrap_or(&[]);
                with_detail += before.iter().filter(|h| h.has_detail()).count();
                counted = end;
                heads
                    .items
                    .extend(rows.iter().map(|r| Head::new(r, r.venue())));
                places.items.extend(rows.iter().map(Row::venue));
                details
                    .items
                    .extend(rows.iter().filter_map(|r| later.detail(r)));
                heads.cut(end);
                places.cut(end);
                details.cut(with_detail);
            }
            *start += heads.items.len() as u32;
        }
        if known.is_empty() {
            return known;
        }
        self.starts = starts;
        self.heads = heads.into(&self.heads);
        self.details = details.into(&self.details);
        self.venues = match std::mem::take(&mut self.venues) {
            VenueList::Near => VenueList::Near,
            VenueList::Narrow(old) => {
                let items = places.items.iter().map(|v| *v as u16).collect();
                let cuts = places.cuts;
                VenueList::Narrow(Inserts { items, cuts }.into(&old))
            }
            VenueList::Wide(old) => VenueList::Wide(places.into(&old)),
        };
        known
    }

    /// Makes room for venues of which there are so many.
    fn widen(&mut self, venues: usize) {
        let mut wide = VenueList::new(venues, 0);
        if std::mem::discriminant(&wide) == std::mem::discriminant(&self.venues) {
            return;
        }
        for (event, head) in self.heads.iter().enumerate() {
            wide.push(self.venues.get(event).unwrap_or(head.venue()));
        }
        self.venues = wide;
    }
}

/// Orders rows by consumer, time, action and venue; one wide number is compared without a branch.
fn rank(row: &Row) -> u128 {
    u128::from(row.consumer) << 96 | u128::from(row.order()) << 32 | u128::from(row.detail)
}

/// One consumer of the brand: where he stands and where his rows are.
#[derive(Debug, Clone, Copy)]
struct Place {
    cell: u32,
    consumer: u32,
    signature: u64,
    /// Bucket, first row and number of rows.
    rows: (u32, u32, u32),
}

impl Place {
    fn rank(&self) -> u128 {
        u128::from(self.cell) << 96 | u128::from(self.signature) << 32 | u128::from(self.consumer)
    }
}

/// What a store is built from.
pub(super) struct Sources<'a> {
    pub(super) sorted: Sorted,
    /// The venues of the brand.
    pub(super) venues: Vec<Venue>,
    pub(super) cells: &'a Cells,
    /// The group of crowds of each cell.
    pub(super) group_of_cell: &'a [u32],
    /// Relations of the brand, by consumer.
    pub(super) spans: &'a [RoleSpan],
    /// Consumers active in the category and their days, both ascending; `None` when the brand's own
    /// events tell.
    pub(super) activity: Option<&'a [(u32, u16)]>,
    pub(super) own_category: Option<u32>,
    pub(super) knows_category: bool,
}

impl Sources<'_> {
    /// Builds the store.
    pub(super) fn store(self) -> Store {
        let places = self.places();
        let chunks: Vec<Chunk> = self
            .cuts(&places)
            .par_iter()
            .map(|places| self.chunk(places))
            .collect();
        let rows = self.sorted.buckets.par_iter().with_min_len(16);
        let actions = rows
            .map(|rows| rows.iter().fold(0, |all, r| all | 1 << r.action() as u32))
            .reduce(|| 0, |a, b| a | b);
        Store {
            events: self.sorted.buckets.iter().map(Vec::len).sum(),
            chunks,
            venues: self.venues,
            actions,
            has_spans: !self.spans.is_empty(),
            knows_category: self.knows_category,
            own_category: self.own_category,
        }
    }

    /// The consumers of each chunk: a group of crowds is cut into even chunks of its own, and small
    /// groups that follow each other share one.
    fn cuts<'p>(&self, places: &'p [Place]) -> Vec<&'p [Place]> {
        let group = |place: &Place| self.group_of_cell.get(place.cell as usize);
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

    /// The consumers in the order of the store.
    fn places(&self) -> Vec<Place> {
        let signatures = Signatures::new(&self.venues, &self.sorted);
        let mut places: Vec<Place> = (0..self.sorted.buckets.len())
            .into_par_iter()
            .with_min_len(4)
            .flat_map_iter(|bucket| self.bucket_places(bucket, &signatures))
            .collect();
        let others = self.others(&places);
        places.extend(others);
        places.par_sort_unstable_by_key(Place::rank);
        places
    }

    fn bucket_places(&self, bucket: usize, signatures: &Signatures) -> Vec<Place> {
        let rows = self.sorted.buckets.get(bucket).map_or(&[][..], |b| b);
        let mut first = 0;
        rows.chunk_by(|a, b| a.consumer == b.consumer)
            .map(|run| {
                let place = Place {
                    cell: self.cells.of(run[0].consumer),
                    consumer: run[0].consumer,
                    signature: signatures.of(run),
                    rows: (bucket as u32, first, run.len() as u32),
                };
                first += run.len() as u32;
                place
            })
            .collect()
    }

    /// Consumers without events of the brand: known by a relation or by activity in the category.
    fn others(&self, places: &[Place]) -> Vec<Place> {
        let mut found: Vec<u32> = self.spans.iter().map(|s| s.consumer).collect();
        found.extend(self.activity.unwrap_or(&[]).iter().map(|(c, _)| *c));
        found.sort_unstable();
        found.dedup();
        let known = |c: &u32| places.binary_search_by_key(c, |p| p.consumer).is_ok();
        let none = |consumer: u32| Place {
            cell: self.cells.of(consumer),
            consumer,
            signature: 0,
            rows: (0, 0, 0),
        };
        found.retain(|c| !known(c));
        found.into_iter().map(none).collect()
    }

    fn chunk(&self, places: &[Place]) -> Chunk {
        let mut chunk = Chunk::default();
        let events = places.iter().map(|p| p.rows.2 as usize).sum();
        chunk.consumers.reserve_exact(places.len());
        chunk.starts.reserve_exact(places.len() + 1);
        chunk.heads.reserve_exact(events);
        chunk.venues = VenueList::new(self.venues.len(), events);
        chunk.starts.push(0);
        for (position, place) in places.iter().enumerate() {
            self.add(&mut chunk, place);
            self.add_others(&mut chunk, position, place.consumer);
            let position = position as u32;
            match chunk.cells.last_mut() {
                Some((cell, _, end)) if *cell == place.cell => *end = position + 1,
                _ => chunk.cells.push((place.cell, position, position + 1)),
            }
        }
        chunk
    }

    fn add(&self, chunk: &mut Chunk, place: &Place) {
        let (bucket, first, len) = place.rows;
        let rows = self.sorted.buckets.get(bucket as usize);
        let rows = rows.and_then(|b| b.get(first as usize..(first + len) as usize));
        for row in rows.unwrap_or(&[]) {
            chunk.heads.push(Head::new(row, row.venue()));
            chunk.venues.push(row.venue());
            if let Some(detail) = self.sorted.details.get(row.detail as usize) {
                chunk.details.push(*detail);
            }
        }
        chunk.consumers.push(place.consumer);
        chunk.starts.push(chunk.heads.len() as u32);
    }

    fn add_others(&self, chunk: &mut Chunk, position: usize, consumer: u32) {
        let from = self.spans.partition_point(|s| s.consumer < consumer);
        let spans = self.spans.get(from..).unwrap_or(&[]).iter();
        let spans = spans.take_while(|s| s.consumer == consumer);
        chunk.spans.extend(spans.map(|s| (position as u16, *s)));
        if let Some(activity) = self.activity {
            if chunk.activity_starts.is_empty() {
                chunk.activity_starts.push(0);
            }
            let from = activity.partition_point(|(c, _)| *c < consumer);
            let days = activity.get(from..).unwrap_or(&[]).iter();
            let days = days.take_while(|(c, _)| *c == consumer);
            chunk.activity.extend(days.map(|(_, day)| *day));
            chunk.activity_starts.push(chunk.activity.len() as u32);
        }
    }
}

/// Up to 64 touch values, the ones that split the consumers most evenly first: consumers sorted by
/// them make long runs of all or nothing in every touch condition.
struct Signatures {
    /// Bits of each venue.
    of_venue: Vec<u64>,
}

impl Signatures {
    /// Touch values with a bit.
    const BITS: usize = 64;

    fn new(venues: &[Venue], sorted: &Sorted) -> Self {
        let mut values: Vec<(usize, u32)> = venues
            .iter()
            .flat_map(|v| v.touch.into_iter().enumerate())
            .filter(|(_, value)| *value != NO_VALUE)
            .collect();
        values.sort_unstable();
        values.dedup();
        // Many values: the lowest ones, which files name first, stand for all.
        values.sort_by_key(|(_, value)| *value);
        values.truncate(Self::BITS);
        let bits = |order: &[(usize, u32)]| -> Vec<u64> {
            let bit = |v: &Venue| {
                let each = order.iter().enumerate();
                each.filter(|(_, (touch, value))| v.touch[*touch] == *value)
                    .fold(0, |all, (k, _)| all | 1 << (Self::BITS - 1 - k))
            };
            venues.iter().map(bit).collect()
        };
        let plain = Self {
            of_venue: bits(&values),
        };
        let shares = plain.shares(sorted, values.len());
        let mut order: Vec<(u64, (usize, u32))> = shares.into_iter().zip(values).collect();
        order.sort_unstable();
        let values: Vec<(usize, u32)> = order.into_iter().map(|(_, value)| value).collect();
        Self {
            of_venue: bits(&values),
        }
    }

    /// How far each value is from splitting a sample of consumers in halves.
    fn shares(&self, sorted: &Sorted, values: usize) -> Vec<u64> {
        let step = (sorted.buckets.len() / 64).max(1);
        let (mut people, mut touched) = (0_u64, vec![0_u64; values]);
        for rows in sorted.buckets.iter().step_by(step) {
            for run in rows.chunk_by(|a, b| a.consumer == b.consumer) {
                let signature = self.of(run);
                people += 1;
                for (k, n) in touched.iter_mut().enumerate() {
                    *n += signature >> (Self::BITS - 1 - k) & 1;
                }
            }
        }
        touched.iter().map(|n| (2 * n).abs_diff(people)).collect()
    }

    fn of(&self, run: &[Row]) -> u64 {
        let bits = |row: &Row| self.of_venue.get(row.venue() as usize).copied();
        run.iter().fold(0, |all, row| all | bits(row).unwrap_or(0))
    }
}
