//! The events of one brand, four bytes each, in the order in which they are counted: by cell, then
//! by where the consumer was touched, in chunks that stay in the fast caches.
//!
//! A store is built once (`stores`); afterwards only later events come to it (`grow`).

use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::buckets::Packed;
use super::pack::{Pack, Unpacker, pack_words, packed, unpack_words};
use super::rows::Row;
use super::runs::{PackedRun, Width};
use super::{Action, Detail, NO_VALUE, RoleSpan, Touch, Venue};

/// Consumers of a chunk; numbers of them fit 16 bits, with their sign.
pub(super) const CHUNK: usize = (1 << 15) - 64;

const DAY_BITS: u32 = 16;
const ACTION_BITS: u32 = 5;
const DETAIL_AT: u32 = DAY_BITS + ACTION_BITS;
const VENUE_AT: u32 = DETAIL_AT + 1;
/// Distinct venues that fit beside the day and the action.
pub(super) const NEAR_VENUES: usize = 1 << (32 - VENUE_AT);

/// One event: day and action, whether it has a detail, and the venue where it fits; where it does not,
/// whether the event is in the brand's own category.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head(u32);

impl Head {
    /// The head of a row at a venue of the brand.
    pub(super) fn new(row: &Row, venue: u32) -> Self {
        let day = row.day().0 as u32 & ((1 << DAY_BITS) - 1);
        let detail = u32::from(row.detail != NO_VALUE);
        let venue = if venue < NEAR_VENUES as u32 { venue } else { 0 };
        let action = (row.action() as u32) << DAY_BITS;
        Self(day | action | detail << DETAIL_AT | venue << VENUE_AT)
    }

    /// The bytes, lowest first.
    pub(super) fn to_bytes(self) -> [u8; 4] {
        self.0.to_le_bytes()
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

    /// Whether it is more than a contact.
    #[inline]
    pub(super) fn is_deed(self) -> bool {
        DEEDS >> self.action_index() & 1 == 1
    }

    /// Whether it is an order or a refund.
    pub(super) fn is_payment(self) -> bool {
        let index = self.action_index();
        index == Action::Order as usize || index == Action::Refund as usize
    }

    fn venue(self) -> u32 {
        self.0 >> VENUE_AT
    }

    /// Whether the event is in the brand's own category, where heads tell that.
    #[inline]
    pub(super) fn is_in_category(self) -> bool {
        self.0 >> VENUE_AT & 1 == 1
    }

    /// Says whether the event is in the brand's own category, in place of the venue.
    fn tell_category(&mut self, inside: bool) {
        self.0 = self.0 & ((1 << VENUE_AT) - 1) | u32::from(inside) << VENUE_AT;
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
        pack_words(list, out, |head| head.to_bytes());
    }

    fn unpack_list(count: usize, from: &mut Unpacker<'_>) -> Option<Vec<Self>> {
        unpack_words(count, from, |word| Self(u32::from_le_bytes(word)))
    }
}

/// Actions that are more than a contact, one bit each.
const DEEDS: u32 = {
    let (mut all, mut k) = (0, 0);
    while k < Action::ALL.len() {
        all |= (Action::ALL[k].is_deed() as u32) << Action::ALL[k] as u32;
        k += 1;
    }
    all
};

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
    details: Vec<Packed>,
    /// Relations from tables: position and span, ascending.
    spans: Vec<(u16, RoleSpan)>,
    /// Days of activity in the brand's category in any log, by position; empty when the brand's own
    /// events tell them.
    activity: Vec<u16>,
    activity_starts: Vec<u32>,
    /// Runs of positions with one cell: cell, first, end.
    pub(super) cells: Vec<(u32, u32, u32)>,
    /// Whether only deeds have details; found when first asked for.
    only_deeds: OnceLock<bool>,
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
    /// Room for the venues of so many events.
    fn with_room(width: Width, events: usize) -> Self {
        match width {
            Width::Near => Self::Near,
            Width::Narrow => Self::Narrow(vec![0; events]),
            Width::Wide => Self::Wide(vec![0; events]),
        }
    }

    /// Takes the venues of a run whose first event is this one.
    fn write(&mut self, from: usize, bytes: &[u8]) {
        match self {
            Self::Near => {}
            Self::Narrow(list) => fill(list, from, bytes.as_chunks().0, u16::from_le_bytes),
            Self::Wide(list) => fill(list, from, bytes.as_chunks().0, u32::from_le_bytes),
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
} elsewhere { only_deeds });

/// Writes numbers that are given as bytes into a list, from this place on.
fn fill<T, const N: usize>(list: &mut [T], from: usize, bytes: &[[u8; N]], read: fn([u8; N]) -> T) {
    if let Some(room) = list.get_mut(from..from + bytes.len()) {
        for (to, number) in room.iter_mut().zip(bytes) {
            *to = read(*number);
        }
    }
}

/// What a consumer has: first how many of each, then where the first one is in a chunk.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Slot {
    pub(super) chunk: u32,
    pub(super) event: u32,
    pub(super) detail: u32,
    /// Days of activity in the category.
    pub(super) day: u32,
}

impl Slot {
    /// What both have together.
    #[must_use]
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            chunk: self.chunk,
            event: self.event + other.event,
            detail: self.detail + other.detail,
            day: self.day + other.day,
        }
    }
}

/// A consumer who gets room in a chunk.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guest {
    pub(super) cell: u32,
    pub(super) consumer: u32,
    /// How many of each he has.
    pub(super) has: Slot,
}

/// How many of the events of a consumer are deeds, and how many of those have a detail.
#[inline]
fn deeds(heads: &[Head]) -> (usize, usize) {
    let deeds = heads.iter().take_while(|head| head.is_deed());
    deeds.fold((0, 0), |(deeds, details), head| {
        (deeds + 1, details + usize::from(head.has_detail()))
    })
}

/// The events of one consumer: deeds, then contacts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'a> {
    pub(super) heads: &'a [Head],
    /// How many deeds there are: they come before the contacts, each in the order of time.
    pub(super) deeds: usize,
    venues: &'a VenueList,
    /// Index of the first event in the chunk.
    first: usize,
    /// Details from the first event of the run on.
    details: &'a [Packed],
}

impl<'a> Run<'a> {
    /// Index of the venue of the k-th event.
    pub(super) fn venue(&self, k: usize) -> u32 {
        match self.venues.get(self.first + k) {
            Some(venue) => venue,
            None => self.heads.get(k).map_or(0, |h| h.venue()),
        }
    }

    /// The events up to a day.
    #[inline]
    pub(super) fn until(self, day: i32) -> impl Iterator<Item = usize> + 'a {
        let events = self.heads.iter().enumerate();
        events.filter_map(move |(k, head)| (head.day() <= day).then_some(k))
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
    left: &'a [Packed],
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
                first.detail()
            }
            None => Detail::NONE,
        }
    }
}

impl Chunk {
    /// Room for the events of consumers, who stay in this order. `days`: their activity in the
    /// category is kept.
    pub(super) fn with_room(
        guests: impl ExactSizeIterator<Item = Guest>,
        width: Width,
        days: bool,
    ) -> Self {
        let mut chunk = Self::default();
        let mut all = Slot::default();
        chunk.consumers.reserve_exact(guests.len());
        chunk.starts.reserve_exact(guests.len() + 1);
        chunk.starts.push(0);
        if days {
            chunk.activity_starts.reserve_exact(guests.len() + 1);
            chunk.activity_starts.push(0);
        }
        for (position, guest) in guests.enumerate() {
            all = all.plus(guest.has);
            chunk.consumers.push(guest.consumer);
            chunk.starts.push(all.event);
            if days {
                chunk.activity_starts.push(all.day);
            }
            let end = position as u32 + 1;
            match chunk.cells.last_mut() {
                Some((cell, _, last)) if *cell == guest.cell => *last = end,
                _ => chunk.cells.push((guest.cell, end - 1, end)),
            }
        }
        chunk.heads = vec![Head(0); all.event as usize];
        chunk.venues = VenueList::with_room(width, all.event as usize);
        chunk.details = vec![Packed::NONE; all.detail as usize];
        chunk.activity = vec![0; all.day as usize];
        chunk
    }

    /// Adds the relations of its consumers; they are given by consumer, ascending.
    pub(super) fn add_spans(&mut self, spans: &[RoleSpan]) {
        for (position, consumer) in self.consumers.iter().enumerate() {
            let from = spans.partition_point(|s| s.consumer < *consumer);
            let own = spans.get(from..).unwrap_or(&[]).iter();
            let own = own.take_while(|s| s.consumer == *consumer);
            self.spans.extend(own.map(|s| (position as u16, *s)));
        }
    }

    /// Takes the events of a consumer, who has room here.
    pub(super) fn write(&mut self, slot: &Slot, run: &PackedRun<'_>) {
        let event = slot.event as usize;
        let head = |bytes| Head(u32::from_le_bytes(bytes));
        fill(&mut self.heads, event, run.heads, head);
        self.venues.write(event, run.venues);
        let detail = slot.detail as usize;
        fill(&mut self.details, detail, run.details, Packed::from_bytes);
        let day = slot.day as usize;
        fill(&mut self.activity, day, run.days, u16::from_le_bytes);
    }

    /// Lets the heads tell whether the venue of each event is among these.
    fn tell_category(&mut self, inside: &[bool]) {
        for (event, head) in self.heads.iter_mut().enumerate() {
            if let Some(venue) = self.venues.get(event) {
                head.tell_category(inside.get(venue as usize) == Some(&true));
            }
        }
    }

    /// How many consumers it holds.
    pub(super) fn len(&self) -> usize {
        self.consumers.len()
    }

    /// The events of all consumers in turn.
    pub(super) fn runs(&self) -> impl Iterator<Item = Run<'_>> {
        let mut details: &[Packed] = &self.details;
        let only_deeds = details.is_empty() || self.only_deeds();
        self.starts.windows(2).map(move |pair| {
            let range = pair[0] as usize..pair[1] as usize;
            let first = range.start;
            let heads = self.heads.get(range).unwrap_or(&[]);
            let (deeds, in_deeds) = deeds(heads);
            let run = Run {
                heads,
                deeds,
                venues: &self.venues,
                first,
                details,
            };
            let contacts = heads.get(deeds..).filter(|_| !only_deeds);
            let in_contacts = contacts.unwrap_or(&[]).iter().filter(|h| h.has_detail());
            let used = in_deeds + in_contacts.count();
            details = details.get(used..).unwrap_or(&[]);
            run
        })
    }

    /// Whether no contact has a detail.
    fn only_deeds(&self) -> bool {
        let tells = |head: &Head| head.has_detail() && !head.is_deed();
        *self
            .only_deeds
            .get_or_init(|| !self.heads.iter().any(tells))
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
            + self.details.len() * size_of::<Packed>()
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

    /// Whether the heads tell which events are in the brand's own category.
    pub(super) fn heads_tell_category(&self) -> bool {
        self.own_category.is_some() && Width::of(&self.venues) != Width::Near
    }

    /// Lets the heads tell it, where they have no room for venues.
    pub(super) fn tell_category(&mut self) {
        if self.heads_tell_category() {
            let own = self.own_category;
            let inside = |venue: &Venue| Some(venue.touch[Touch::Category as usize]) == own;
            let inside: Vec<bool> = self.venues.iter().map(inside).collect();
            let chunks = self.chunks.par_iter_mut();
            chunks.for_each(|chunk| chunk.tell_category(&inside));
        }
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

/// A later event of a brand, at one of its venues.
#[derive(Debug, Clone, Copy)]
pub(super) struct Late {
    pub(super) row: Row,
    pub(super) venue: u32,
    pub(super) detail: Option<Packed>,
}

impl Late {
    fn head(&self) -> Head {
        let detail = if self.detail.is_some() { 0 } else { NO_VALUE };
        let row = self.row.moved(self.row.consumer, 0, detail);
        Head::new(&row, self.venue)
    }
}

/// Later events of a brand, by consumer.
#[derive(Debug)]
pub(super) struct Later {
    list: Vec<Late>,
    /// The first event and the number of events of each consumer.
    of: FxHashMap<u32, (u32, u32)>,
}

impl Later {
    /// Puts the events of every consumer in order.
    pub(super) fn new(mut list: Vec<Late>) -> Self {
        list.par_sort_by_key(|l| (l.row.consumer, !l.row.action().is_deed(), l.row.order()));
        let mut of = FxHashMap::default();
        let mut first = 0;
        for run in list.chunk_by(|a, b| a.row.consumer == b.row.consumer) {
            let len = run.len() as u32;
            of.extend(run.first().map(|late| (late.row.consumer, (first, len))));
            first += len;
        }
        Self { list, of }
    }

    fn of(&self, consumer: u32) -> Option<&[Late]> {
        let (first, len) = *self.of.get(&consumer)?;
        self.list.get(first as usize..(first + len) as usize)
    }

    /// Takes the events of these consumers away; the others are left.
    pub(super) fn without(mut self, known: &[u32]) -> Vec<Late> {
        for consumer in known {
            self.of.remove(consumer);
        }
        self.list
            .retain(|late| self.of.contains_key(&late.row.consumer));
        self.list
    }
}

impl Store {
    /// Adds later events to the consumers that have some already. The venues of the store are those
    /// of the later events too. Gives these consumers.
    pub(super) fn join(&mut self, later: &Later) -> Vec<u32> {
        let width = Width::of(&self.venues);
        let chunks = self.chunks.par_iter_mut();
        let known: Vec<Vec<u32>> = chunks.map(|chunk| chunk.join(later, width)).collect();
        self.events += later.list.len();
        let actions = later.list.iter().map(|late| 1 << late.row.action() as u32);
        self.actions = actions.fold(self.actions, |all, bit| all | bit);
        self.tell_category();
        known.into_iter().flatten().collect()
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

    /// Puts items behind so many old ones.
    fn put(&mut self, behind: usize, items: impl Iterator<Item = T>) {
        self.items.extend(items);
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
    /// Adds later events behind those of each consumer, deeds behind deeds and contacts behind contacts.
    /// Gives the consumers who have some.
    fn join(&mut self, later: &Later, width: Width) -> Vec<u32> {
        self.widen(width);
        let mut known = Vec::new();
        let (mut heads, mut venues) = (Inserts::new(), Inserts::new());
        let mut details = Inserts::new();
        let (mut counted, mut with_detail) = (0, 0);
        let mut starts = self.starts.clone();
        let mut first = 0;
        for (start, consumer) in starts.iter_mut().skip(1).zip(&self.consumers) {
            let end = *start as usize;
            if let Some(list) = later.of(*consumer) {
                let deeds = first + deeds(self.heads.get(first..end).unwrap_or(&[])).0;
                let late = list.partition_point(|late| late.row.action().is_deed());
                let (late, contacts) = list.split_at(late);
                for (behind, list) in [(deeds, late), (end, contacts)] {
                    let before = self.heads.get(counted..behind).unwrap_or(&[]);
                    with_detail += before.iter().filter(|h| h.has_detail()).count();
                    counted = behind;
                    heads.put(behind, list.iter().map(Late::head));
                    venues.put(behind, list.iter().map(|late| late.venue));
                    details.put(with_detail, list.iter().filter_map(|late| late.detail));
                }
                known.push(*consumer);
            }
            *start += heads.items.len() as u32;
            first = end;
        }
        if !known.is_empty() {
            self.starts = starts;
            self.heads = heads.into(&self.heads);
            self.only_deeds = OnceLock::new();
            self.details = details.into(&self.details);
            self.venues.insert(venues);
        }
        known
    }

    /// Makes room for the venues that the brand has now.
    fn widen(&mut self, width: Width) {
        let mut wide = VenueList::with_room(width, self.heads.len());
        if std::mem::discriminant(&wide) == std::mem::discriminant(&self.venues) {
            return;
        }
        for (event, head) in self.heads.iter().enumerate() {
            wide.set(event, self.venues.get(event).unwrap_or(head.venue()));
        }
        self.venues = wide;
    }
}

impl VenueList {
    fn set(&mut self, event: usize, venue: u32) {
        match self {
            Self::Near => {}
            Self::Narrow(list) => list
                .iter_mut()
                .skip(event)
                .take(1)
                .for_each(|v| *v = venue as u16),
            Self::Wide(list) => list.iter_mut().skip(event).take(1).for_each(|v| *v = venue),
        }
    }

    fn insert(&mut self, venues: Inserts<u32>) {
        match self {
            Self::Near => {}
            Self::Narrow(list) => {
                let items = venues.items.iter().map(|v| *v as u16).collect();
                let cuts = venues.cuts;
                *list = Inserts { items, cuts }.into(list);
            }
            Self::Wide(list) => *list = venues.into(list),
        }
    }
}
