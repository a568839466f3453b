//! The rows of a log by bucket of consumers, ten bytes each, in the pages of one pool.
//!
//! Consumers are numbered in the order of first appearance, and a bucket holds the rows of 2048 that
//! follow each other, in the order in which they came. When the pages reach the budget their bytes go
//! to an [`Annex`]: a place outside of memory that somebody else keeps, for nothing here reads or
//! writes files.

use std::fmt;
use std::sync::Arc;

use super::pack::{Pack, Unpacker, pack_words, unpack_words};
use super::{Detail, Problem};

/// Consumers of a bucket, as a power of two.
pub(super) const SHIFT: u32 = 11;
const LOCAL: u32 = (1 << SHIFT) - 1;
const HAS_DETAIL: u16 = 1 << 15;

/// Bytes of a page.
const PAGE: usize = 1 << 12;
/// Pages that are allocated together: so much that the system takes all of it back at once.
const SLAB: usize = 1 << 14;
const NO_PAGE: u32 = u32::MAX;

/// Bytes of a row; one with a detail has those of the detail behind it.
const ROW: usize = 10;
const DETAIL: usize = 16;

/// Where bytes lie in an annex.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// The first byte.
    pub at: u64,
    /// How many there are.
    pub len: u64,
    /// What tells whether they are still the same.
    pub sum: u64,
}

/// A place for bytes that do not fit in memory.
pub trait Annex: fmt::Debug + Send + Sync {
    /// Puts bytes there. The error says what to do about it.
    fn put(&self, bytes: &[u8]) -> Result<Ticket, Box<Problem>>;

    /// Reads them back; `to` holds them alone afterwards. Bytes that changed are an error.
    fn get(&self, ticket: &Ticket, to: &mut Vec<u8>) -> Result<(), Box<Problem>>;
}

/// A detail in 16 bytes. An amount of `i64::MIN` and a score of this one NaN stand for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Packed {
    amount: i64,
    order: u32,
    score: u32,
}

const NO_SCORE: u32 = u32::MAX;

impl Packed {
    /// The detail of an event that has none.
    pub(super) const NONE: Self = Self {
        amount: i64::MIN,
        order: super::NO_VALUE,
        score: NO_SCORE,
    };

    /// Packs a detail.
    pub(super) fn new(detail: &Detail) -> Self {
        Self {
            amount: detail.amount.unwrap_or(i64::MIN),
            order: detail.order,
            score: detail.score.map_or(NO_SCORE, f32::to_bits),
        }
    }

    /// The detail.
    pub(super) fn detail(self) -> Detail {
        Detail {
            amount: (self.amount != i64::MIN).then_some(self.amount),
            order: self.order,
            score: (self.score != NO_SCORE).then_some(f32::from_bits(self.score)),
        }
    }

    /// The bytes, lowest first.
    pub(super) fn to_bytes(self) -> [u8; DETAIL] {
        let mut bytes = [0; DETAIL];
        let (amount, rest) = bytes.split_at_mut(8);
        let (order, score) = rest.split_at_mut(4);
        amount.copy_from_slice(&self.amount.to_le_bytes());
        order.copy_from_slice(&self.order.to_le_bytes());
        score.copy_from_slice(&self.score.to_le_bytes());
        bytes
    }

    /// The detail of these bytes.
    pub(super) fn from_bytes(bytes: [u8; DETAIL]) -> Self {
        let both = u128::from_le_bytes(bytes);
        Self {
            amount: both as i64,
            order: (both >> 64) as u32,
            score: (both >> 96) as u32,
        }
    }
}

impl Pack for Packed {
    fn pack(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_bytes());
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        from.take(DETAIL)?
            .first_chunk()
            .copied()
            .map(Self::from_bytes)
    }

    fn pack_all(list: &[Self], out: &mut Vec<u8>) {
        pack_words(list, out, |detail| detail.to_bytes());
    }

    fn unpack_list(count: usize, from: &mut Unpacker<'_>) -> Option<Vec<Self>> {
        unpack_words(count, from, Self::from_bytes)
    }
}

/// A row as it lies in a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lying {
    /// Its consumer among those of the bucket.
    pub(super) local: u32,
    /// Orders the rows of a consumer, see [`super::Row::order`].
    pub(super) key: u64,
    pub(super) detail: Option<Packed>,
}

/// Rows that lie one after the other.
#[derive(Debug)]
pub(super) struct Block<'b>(&'b [u8]);

impl Iterator for Block<'_> {
    type Item = Lying;

    #[inline]
    fn next(&mut self) -> Option<Lying> {
        let (row, rest) = self.0.split_first_chunk::<ROW>()?;
        let [k0, k1, k2, k3, k4, k5, k6, k7, l0, l1] = *row;
        let local = u16::from_le_bytes([l0, l1]);
        let mut detail = None;
        self.0 = rest;
        if local & HAS_DETAIL != 0 {
            let (bytes, rest) = self.0.split_first_chunk::<DETAIL>()?;
            detail = Some(Packed::from_bytes(*bytes));
            self.0 = rest;
        }
        Some(Lying {
            local: u32::from(local & !HAS_DETAIL),
            key: u64::from_le_bytes([k0, k1, k2, k3, k4, k5, k6, k7]),
            detail,
        })
    }
}

/// The page that a bucket is written to, and the bytes that are used of it.
#[derive(Debug, Clone, Copy)]
struct Tail {
    page: u32,
    used: u32,
}

impl Tail {
    const NONE: Self = Self {
        page: NO_PAGE,
        used: PAGE as u32,
    };
}

/// What a bucket holds besides its last page.
#[derive(Debug, Clone, Default)]
struct Chain {
    /// Full pages, with the bytes that are used of each.
    pages: Vec<(u32, u32)>,
    /// Older rows, in the annex.
    tickets: Vec<Ticket>,
}

/// The rows of a log by bucket of consumers.
#[derive(Clone, Default)]
pub(super) struct Buckets {
    tails: Vec<Tail>,
    chains: Vec<Chain>,
    slabs: Vec<Vec<u8>>,
    /// Pages in use: the first ones of the slabs.
    used: usize,
    rows: usize,
    annex: Option<Arc<dyn Annex>>,
    /// Bytes of pages that send the rows to the annex.
    budget: usize,
}

impl fmt::Debug for Buckets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows in {} pages", self.rows, self.used)
    }
}

impl Buckets {
    /// No rows; those beyond so many bytes will go to the annex.
    pub(super) fn with_annex(budget: usize, annex: Arc<dyn Annex>) -> Self {
        Self {
            annex: Some(annex),
            budget,
            ..Self::default()
        }
    }

    /// How many rows there are.
    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// How many buckets there are.
    pub(super) fn len(&self) -> usize {
        self.tails.len()
    }

    /// The annex, when rows lie there.
    pub(super) fn annex_in_use(&self) -> Option<&Arc<dyn Annex>> {
        let used = self.chains.iter().any(|c| !c.tickets.is_empty());
        self.annex.as_ref().filter(|_| used)
    }

    /// Adds a row.
    #[inline]
    pub(super) fn push(&mut self, consumer: u32, key: u64, detail: Option<&Detail>) {
        self.rows += 1;
        let bucket = (consumer >> SHIFT) as usize;
        let local = (consumer & LOCAL) as u16;
        let Some(detail) = detail else {
            return self.write(bucket, key, local, &[]);
        };
        let detail = Packed::new(detail).to_bytes();
        self.write(bucket, key, local | HAS_DETAIL, &detail);
    }

    #[inline]
    fn write(&mut self, bucket: usize, key: u64, local: u16, detail: &[u8]) {
        let size = ROW + detail.len();
        let tail = match self.tails.get_mut(bucket) {
            Some(tail) if tail.used as usize + size <= PAGE => tail,
            _ => self.turn(bucket),
        };
        let (page, used) = (tail.page as usize, tail.used as usize);
        tail.used += size as u32;
        let from = page % SLAB * PAGE + used;
        let slab = self.slabs.get_mut(page / SLAB);
        let Some(room) = slab.and_then(|s| s.get_mut(from..from + size)) else {
            return;
        };
        if let Some((row, rest)) = room.split_first_chunk_mut::<ROW>() {
            let [k0, k1, k2, k3, k4, k5, k6, k7] = key.to_le_bytes();
            let [l0, l1] = local.to_le_bytes();
            *row = [k0, k1, k2, k3, k4, k5, k6, k7, l0, l1];
            rest.copy_from_slice(detail);
        }
    }

    /// Gives a bucket a new page.
    #[cold]
    fn turn(&mut self, bucket: usize) -> &mut Tail {
        if bucket >= self.tails.len() {
            self.tails.resize(bucket + 1, Tail::NONE);
            self.chains.resize_with(bucket + 1, Chain::default);
        }
        let page = self.used;
        self.used += 1;
        self.open(page);
        let tail = &mut self.tails[bucket];
        if tail.page != NO_PAGE {
            self.chains[bucket].pages.push((tail.page, tail.used));
        }
        *tail = Tail {
            page: page as u32,
            used: 0,
        };
        tail
    }

    /// Makes room for a page. The first slab grows, so that a small log needs little.
    fn open(&mut self, page: usize) {
        if page / SLAB == self.slabs.len() {
            let room = if page == 0 { PAGE } else { SLAB * PAGE };
            self.slabs.push(Vec::with_capacity(room));
        }
        let end = (page % SLAB + 1) * PAGE;
        if let Some(slab) = self.slabs.get_mut(page / SLAB)
            && slab.len() < end
        {
            slab.resize(end, 0);
        }
    }

    /// Sends the rows to the annex when they fill the budget.
    pub(super) fn settle(&mut self) -> Result<(), Box<Problem>> {
        match &self.annex {
            Some(annex) if self.used > 0 && self.used * PAGE >= self.budget => {
                let annex = Arc::clone(annex);
                self.stow(&*annex)
            }
            _ => Ok(()),
        }
    }

    fn stow(&mut self, annex: &dyn Annex) -> Result<(), Box<Problem>> {
        let mut bytes = Vec::new();
        for bucket in 0..self.tails.len() {
            bytes.clear();
            self.pages(bucket).for_each(|p| bytes.extend_from_slice(p));
            if !bytes.is_empty() {
                let ticket = annex.put(&bytes)?;
                self.chains[bucket].tickets.push(ticket);
            }
            self.chains[bucket].pages = Vec::new();
            self.tails[bucket] = Tail::NONE;
        }
        self.used = 0;
        Ok(())
    }

    /// Gives back memory that is not needed, when all rows are there.
    pub(super) fn shrink(&mut self) {
        self.slabs.truncate(self.used.div_ceil(SLAB));
    }

    /// The pages of a bucket in memory.
    fn pages(&self, bucket: usize) -> impl Iterator<Item = &[u8]> {
        let chain = self.chains.get(bucket).map_or(&[][..], |c| &c.pages);
        let tail = self.tails.get(bucket).filter(|t| t.page != NO_PAGE);
        let tail = tail.map(|t| (t.page, t.used));
        chain
            .iter()
            .copied()
            .chain(tail)
            .filter_map(|(page, used)| {
                let page = page as usize;
                let from = page % SLAB * PAGE;
                let slab = self.slabs.get(page / SLAB)?;
                slab.get(from..from + used as usize)
            })
    }

    /// About how many bytes a bucket has.
    pub(super) fn bytes(&self, bucket: usize) -> usize {
        let chain = self.chains.get(bucket);
        let tickets = chain.into_iter().flat_map(|c| &c.tickets);
        let stowed: u64 = tickets.map(|t| t.len).sum();
        stowed as usize + self.pages(bucket).map(<[u8]>::len).sum::<usize>()
    }

    /// Hands out the rows of a bucket, in the order in which they came.
    pub(super) fn each(
        &self,
        bucket: usize,
        on: &mut dyn FnMut(Block<'_>),
    ) -> Result<(), Box<Problem>> {
        let tickets = self.chains.get(bucket).map_or(&[][..], |c| &c.tickets);
        if let (Some(annex), [_, ..]) = (&self.annex, tickets) {
            let mut bytes = Vec::new();
            for ticket in tickets {
                annex.get(ticket, &mut bytes)?;
                on(Block(&bytes));
            }
        }
        self.pages(bucket).for_each(|page| on(Block(page)));
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use proptest::prelude::*;

    use super::super::{Code, Place, Severity};
    use super::*;

    /// An annex in memory.
    #[derive(Debug, Default)]
    pub(crate) struct Wall {
        bytes: Mutex<Vec<u8>>,
        calls: Arc<AtomicUsize>,
        fails_at: Option<usize>,
    }

    impl Wall {
        /// One that fails when it is asked for the n-th time, from 0.
        pub(crate) fn that_fails_at(call: usize) -> Self {
            Self {
                fails_at: Some(call),
                ..Self::default()
            }
        }

        /// How often it was asked.
        pub(crate) fn calls(&self) -> Arc<AtomicUsize> {
            Arc::clone(&self.calls)
        }

        fn call(&self) -> Result<(), Box<Problem>> {
            let call = self.calls.fetch_add(1, Ordering::Relaxed);
            if self.fails_at != Some(call) {
                return Ok(());
            }
            Err(Box::new(Problem {
                severity: Severity::Error,
                code: Code::File,
                place: Place::default(),
                message: "the wall is full".into(),
                message_zh: String::new(),
                expected: String::new(),
                expected_zh: String::new(),
                found: String::new(),
                help: String::new(),
                help_zh: String::new(),
                count: 1,
            }))
        }
    }

    impl Annex for Wall {
        fn put(&self, bytes: &[u8]) -> Result<Ticket, Box<Problem>> {
            self.call()?;
            let mut all = self.bytes.lock().unwrap();
            let at = all.len() as u64;
            all.extend_from_slice(bytes);
            let len = bytes.len() as u64;
            Ok(Ticket { at, len, sum: 0 })
        }

        fn get(&self, ticket: &Ticket, to: &mut Vec<u8>) -> Result<(), Box<Problem>> {
            self.call()?;
            to.clear();
            let from = ticket.at as usize;
            let all = self.bytes.lock().unwrap();
            to.extend_from_slice(&all[from..from + ticket.len as usize]);
            Ok(())
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn rows_come_back_by_bucket_in_their_order(
            rows in proptest::collection::vec((0..9000_u32, any::<u64>(), any::<bool>()), 0..3000),
            budget in 1..60_000_usize,
        ) {
            let mut buckets = Buckets::with_annex(budget, Arc::new(Wall::default()));
            let detail = |key: u64| Detail {
                amount: (!key.is_multiple_of(3)).then_some(key as i64 >> 1),
                order: key as u32,
                score: key.is_multiple_of(2).then_some(4.5),
            };
            for (consumer, key, detailed) in &rows {
                buckets.push(*consumer, *key, detailed.then(|| detail(*key)).as_ref());
                buckets.settle().unwrap();
            }
            prop_assert_eq!(buckets.rows(), rows.len());
            for bucket in 0..=buckets.len() {
                let mut found = Vec::new();
                buckets.each(bucket, &mut |block| found.extend(block)).unwrap();
                let here = rows.iter().filter(|(c, ..)| *c as usize >> SHIFT == bucket);
                let expected: Vec<Lying> = here.map(|(c, key, detailed)| Lying {
                    local: *c & LOCAL,
                    key: *key,
                    detail: detailed.then(|| Packed::new(&detail(*key))),
                }).collect();
                prop_assert!(found.iter().all(|r| r.detail.is_none_or(|d| d.detail() == detail(r.key))));
                prop_assert_eq!(found, expected);
            }
        }
    }
}
