//! The consumers of one chunk, ready to be counted: records of 8 bytes.
//!
//! A record holds the consumer's moment and three of his changes; who has more changes has a record
//! on the next level, and so on. So a slice costs what it selects: the records of the selected
//! consumers are added up in two tables, and nobody else is looked at. Records are small because
//! memory is what bounds the count. What few consumers have (purchases of the period, relations that
//! paid) stands beside the records.

use super::changes::ITEMS;
use super::count::{RoleCounts, Sales};
use super::moment::FACETS;
use super::pack::packed;
use super::sums::Sums;
use super::timeline::Roles;
use crate::metrics::fast_plus::Role;

/// Numbers in a record.
const LANES: usize = 4;

/// The index of a moment in the part and three changes, or four further changes. Lanes without a
/// change hold a number behind the items, each lane its own, so that filling needs no branch.
type Record = [u16; LANES];

/// Numbers that an item or an empty lane can be.
const TABLE: usize = 1 << 13;
/// Moments of one part: it has no more than consumers.
const MOMENTS: usize = 1 << 15;

const _: () = assert!(ITEMS + LANES <= TABLE);
const _: () = assert!(super::store::CHUNK <= MOMENTS);

fn record(first: Option<u16>, changes: &[u16]) -> Record {
    let mut record: Record = std::array::from_fn(|lane| (ITEMS + lane) as u16);
    let numbers = first.into_iter().chain(changes.iter().copied());
    record.iter_mut().zip(numbers).for_each(|(l, n)| *l = n);
    record
}

/// Further changes of the consumers who have some.
#[derive(Debug, Default)]
struct Level {
    words: Vec<Word>,
    records: Vec<Record>,
}

/// Which of 64 consumers have a record on a level, and where the first of these records is.
#[derive(Debug, Clone, Copy)]
struct Word {
    have: u64,
    at: u32,
    first: u32,
}

impl Level {
    fn push(&mut self, position: usize, changes: &[u16]) {
        let (at, bit) = ((position / 64) as u32, position % 64);
        let first = self.records.len() as u32;
        if self.words.last().is_none_or(|w| w.at != at) {
            self.words.push(Word { have: 0, at, first });
        }
        if let Some(word) = self.words.last_mut() {
            word.have |= 1 << bit;
        }
        self.records.push(record(None, changes));
    }

    /// The words that a segment touches.
    fn within(&self, segment: &Segment) -> &[Word] {
        let first = self.words.partition_point(|w| w.at < segment.first / 64);
        let end = segment.end.div_ceil(64);
        let end = self.words.partition_point(|w| w.at < end);
        self.words.get(first..end).unwrap_or(&[])
    }

    fn bytes(&self) -> usize {
        self.words.len() * size_of::<Word>() + self.records.len() * size_of::<Record>()
    }
}

/// What one consumer bought in the sales period that ends on as-of, and on the comparison day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sale {
    pub(super) position: u16,
    pub(super) orders: [u32; 2],
    pub(super) unpriced: [u32; 2],
    pub(super) fen: [i64; 2],
}

/// What a consumer with a relation paid up to as-of, and up to the comparison day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Trade {
    pub(super) position: u16,
    pub(super) roles: [Roles; 2],
    pub(super) unpriced: [u32; 2],
    pub(super) fen: [i64; 2],
}

/// What the consumers with relations paid. Most paid the same up to both days: of those, position
/// and fen are kept by the roles they hold, so that they are added up without a branch.
#[derive(Debug, Default)]
pub(super) struct Trades {
    /// Roles at both sides, and where the run of their consumers ends.
    runs: Vec<([Roles; 2], u32)>,
    positions: Vec<u16>,
    fen: Vec<i32>,
    others: Vec<Trade>,
}

impl Trades {
    /// Sorts trades by roles.
    pub(super) fn new(mut trades: Vec<Trade>) -> Self {
        let steady = |t: &Trade| {
            let same = t.fen[0] == t.fen[1] && t.unpriced == [0; 2];
            same && i32::try_from(t.fen[0]).is_ok()
        };
        let mut found = Self::default();
        trades.sort_unstable_by_key(|t| (t.roles, t.position));
        for trade in trades {
            if !steady(&trade) {
                found.others.push(trade);
                continue;
            }
            found.positions.push(trade.position);
            found.fen.push(trade.fen[0] as i32);
            let end = found.positions.len() as u32;
            match found.runs.last_mut() {
                Some((roles, last)) if *roles == trade.roles => *last = end,
                _ => found.runs.push((trade.roles, end)),
            }
        }
        found.others.shrink_to_fit();
        found.positions.shrink_to_fit();
        found.fen.shrink_to_fit();
        found
    }

    /// Adds what the consumers of `kept` paid, and takes away what those of `left` paid.
    fn add(&self, kept: &[u64], left: &[u64], roles: &mut [RoleCounts; Role::ALL.len() + 1]) {
        let bit = |bits: &[u64], position: u16| {
            let word = bits.get(usize::from(position) / 64).copied().unwrap_or(0);
            (word >> (position % 64) & 1) as i64
        };
        let by = |position: u16| bit(kept, position) - bit(left, position);
        let mut first = 0;
        for (held, end) in &self.runs {
            let run = first..*end as usize;
            first = run.end;
            let positions = self.positions.get(run.clone()).unwrap_or(&[]);
            let fen = self.fen.get(run).unwrap_or(&[]);
            let each = positions.iter().zip(fen);
            let sum = each.fold(0_i64, |sum, (p, fen)| {
                sum.wrapping_add(i64::from(*fen) * by(*p))
            });
            for (side, held) in held.iter().enumerate() {
                pay(roles, *held, side, sum, 0);
            }
        }
        for trade in &self.others {
            let by = by(trade.position);
            for side in 0..2 {
                let unpriced = i64::from(trade.unpriced[side]) * by;
                let fen = trade.fen[side].wrapping_mul(by);
                pay(roles, trade.roles[side], side, fen, unpriced);
            }
        }
    }

    fn bytes(&self) -> usize {
        self.positions.len() * 6 + self.runs.len() * 8 + self.others.len() * size_of::<Trade>()
    }
}

/// Adds a payment to roles and to their union.
fn pay(
    roles: &mut [RoleCounts; Role::ALL.len() + 1],
    mut held: Roles,
    side: usize,
    fen: i64,
    unpriced: i64,
) {
    let mut add = |role: usize| {
        let role = &mut roles[role];
        role.fen[side] = role.fen[side].wrapping_add(fen);
        role.unpriced[side] = role.unpriced[side].wrapping_add(unpriced as u64);
    };
    if held != 0 {
        add(Role::ALL.len());
    }
    while held != 0 {
        add(held.trailing_zeros() as usize);
        held &= held - 1;
    }
}

/// A run of positions with one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) cell: u32,
    pub(super) first: u32,
    pub(super) end: u32,
}

impl Segment {
    /// The bits of a word that belong to the segment.
    fn inside(&self, word: u32) -> u64 {
        mask_of(self.first as usize, self.end as usize, word as usize)
    }
}

/// The consumers of one chunk of the store.
#[derive(Debug, Default)]
pub(super) struct Part {
    records: Vec<Record>,
    levels: Vec<Level>,
    /// The facets of each moment of the part, as indices among those of the census.
    pub(super) moments: Vec<[u32; FACETS]>,
    /// Consumers of the asset on as-of, one bit each.
    pub(super) asset: Vec<u64>,
    /// Consumers with each role on as-of; empty where nobody has it.
    pub(super) roles: [Vec<u64>; Role::ALL.len()],
    pub(super) sales: Vec<Sale>,
    pub(super) trades: Trades,
    pub(super) segments: Vec<Segment>,
}

packed!(Word { have, at, first });
packed!(Level { words, records });
packed!(Sale {
    position,
    orders,
    unpriced,
    fen
});
packed!(Trade {
    position,
    roles,
    unpriced,
    fen
});
packed!(Trades {
    runs,
    positions,
    fen,
    others
});
packed!(Segment { cell, first, end });
packed!(Part {
    records,
    levels,
    moments,
    asset,
    roles,
    sales,
    trades,
    segments
});

impl Part {
    /// A part for so many consumers.
    pub(super) fn with_capacity(consumers: usize) -> Self {
        Self {
            records: Vec::with_capacity(consumers),
            asset: vec![0; consumers.div_ceil(64)],
            ..Self::default()
        }
    }

    /// Adds the next consumer.
    pub(super) fn push(&mut self, moment: u32, changes: &[u16]) {
        let position = self.records.len();
        let (first, rest) = changes.split_at(changes.len().min(LANES - 1));
        self.records.push(record(Some(moment as u16), first));
        for (k, changes) in rest.chunks(LANES).enumerate() {
            if k == self.levels.len() {
                self.levels.push(Level::default());
            }
            if let Some(level) = self.levels.get_mut(k) {
                level.push(position, changes);
            }
        }
    }

    /// How many consumers it holds.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn bytes(&self) -> usize {
        let bits = self.roles.iter().map(Vec::len).sum::<usize>() + self.asset.len();
        self.records.len() * size_of::<Record>()
            + self.levels.iter().map(Level::bytes).sum::<usize>()
            + self.moments.len() * size_of::<[u32; FACETS]>()
            + bits * 8
            + self.sales.len() * size_of::<Sale>()
            + self.trades.bytes()
            + self.segments.len() * size_of::<Segment>()
    }
}

/// Consumers of a part, added up by moment and by change. Numbers wrap, so that consumers can be
/// taken away as well as added.
pub(super) struct Tally {
    moments: Box<[u32; MOMENTS]>,
    items: Box<[u32; TABLE]>,
    /// Whether anybody was added since the items were last emptied.
    is_filled: bool,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            moments: zeros(),
            items: zeros(),
            is_filled: false,
        }
    }
}

#[expect(
    clippy::unnecessary_box_returns,
    reason = "the tables are too large for the stack"
)]
fn zeros<const N: usize>() -> Box<[u32; N]> {
    let zeros = vec![0; N].into_boxed_slice();
    zeros.try_into().unwrap_or_else(|_| Box::new([0; N]))
}

impl Tally {
    /// Adds the consumers of a segment whose bit is set, each `by` times.
    pub(super) fn add(&mut self, part: &Part, segment: &Segment, bits: &[u64], by: u32) {
        self.is_filled = true;
        for (k, inside) in words(segment.first as usize, segment.end as usize) {
            let mut left = bits.get(k).copied().unwrap_or(0) & inside;
            let Some(records) = part.records.get(64 * k..) else {
                return;
            };
            while left != 0 {
                if let Some([moment, items @ ..]) = records.get(left.trailing_zeros() as usize) {
                    let n = &mut self.moments[usize::from(*moment) % MOMENTS];
                    *n = n.wrapping_add(by);
                    self.take(items, by);
                }
                left &= left - 1;
            }
        }
        for level in &part.levels {
            self.add_level(level, segment, bits, by);
        }
    }

    fn add_level(&mut self, level: &Level, segment: &Segment, bits: &[u64], by: u32) {
        for word in level.within(segment) {
            let bits = bits.get(word.at as usize).copied().unwrap_or(0);
            let mut left = word.have & bits & segment.inside(word.at);
            let Some(records) = level.records.get(word.first as usize..) else {
                return;
            };
            while left != 0 {
                let below = (left & left.wrapping_neg()) - 1;
                if let Some(items) = records.get((word.have & below).count_ones() as usize) {
                    self.take(items, by);
                }
                left &= left - 1;
            }
        }
    }

    #[inline]
    fn take(&mut self, items: &[u16], by: u32) {
        for item in items {
            let n = &mut self.items[usize::from(*item) % TABLE];
            *n = n.wrapping_add(by);
        }
    }

    /// Gives the changes to a sum and forgets them.
    pub(super) fn settle_items(&mut self, sums: &mut super::changes::Lines) {
        if std::mem::take(&mut self.is_filled) {
            sums.add_items(&self.items[..ITEMS]);
            self.items.fill(0);
        }
    }

    /// Gives the moments of a part to the numbers by facet and forgets them.
    pub(super) fn settle_moments(&mut self, part: &Part, facets: &mut [Vec<u32>; FACETS]) {
        for (n, ids) in self.moments.iter_mut().zip(&part.moments) {
            let people = std::mem::take(n);
            if people != 0 {
                for (facet, id) in facets.iter_mut().zip(ids) {
                    if let Some(n) = facet.get_mut(*id as usize) {
                        *n = n.wrapping_add(people);
                    }
                }
            }
        }
    }
}

impl Sums {
    /// Adds what the consumers of a segment whose bit is set bought; `by` is 1, or −1 to take it
    /// away.
    pub(super) fn add_sales(&mut self, part: &Part, segment: &Segment, bits: &[u64], by: i64) {
        for sale in within(&part.sales, segment, |s| s.position) {
            let position = usize::from(sale.position);
            let word = bits.get(position / 64).copied().unwrap_or(0);
            if word >> (position % 64) & 1 == 1 {
                self.sales.take(sale, by);
            }
        }
    }

    /// Adds what the consumers of `kept` paid, and takes away what those of `left` paid.
    pub(super) fn add_trades(&mut self, part: &Part, kept: &[u64], left: &[u64]) {
        part.trades.add(kept, left, &mut self.trades);
    }
}

/// The entries of a list, ascending by position, that belong to a segment.
fn within<'a, T>(list: &'a [T], segment: &Segment, at: impl Fn(&T) -> u16) -> &'a [T] {
    let first = list.partition_point(|x| u32::from(at(x)) < segment.first);
    let end = list.partition_point(|x| u32::from(at(x)) < segment.end);
    list.get(first..end).unwrap_or(&[])
}

impl Sales {
    /// Adds what one consumer bought, or takes it away.
    fn take(&mut self, sale: &Sale, by: i64) {
        let times = |n: u32| (i64::from(n).wrapping_mul(by)) as u64;
        for side in 0..2 {
            if sale.orders[side] > 0 {
                let add = |sum: &mut u64, n: u32| *sum = sum.wrapping_add(times(n));
                add(&mut self.buyers[side], 1);
                add(&mut self.orders[side], sale.orders[side]);
                add(&mut self.unpriced[side], sale.unpriced[side]);
                let fen = sale.fen[side].wrapping_mul(by);
                self.fen[side] = self.fen[side].wrapping_add(fen);
            }
        }
    }
}

/// The bits of a segment, without all others.
pub(super) fn inside(segment: &Segment, bits: &[u64]) -> Vec<u64> {
    let mut found = vec![0; bits.len()];
    add_inside(&mut found, segment, bits);
    found
}

/// Adds the bits of a segment.
pub(super) fn add_inside(found: &mut [u64], segment: &Segment, bits: &[u64]) {
    for (k, inside) in words(segment.first as usize, segment.end as usize) {
        if let (Some(found), Some(bits)) = (found.get_mut(k), bits.get(k)) {
            *found |= bits & inside;
        }
    }
}

/// The words of a range of bits, each with the bits that belong to the range.
pub(super) fn words(first: usize, end: usize) -> impl Iterator<Item = (usize, u64)> {
    (first / 64..end.div_ceil(64)).map(move |k| (k, mask_of(first, end, k)))
}

/// The bits of a word that belong to a range which touches the word.
fn mask_of(first: usize, end: usize, word: usize) -> u64 {
    let low = first.saturating_sub(64 * word);
    let high = end.saturating_sub(64 * word).min(64);
    let below = |n: usize| if n >= 64 { u64::MAX } else { (1 << n) - 1 };
    below(high) & !below(low)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_cover_a_range_of_bits_once() {
        for (first, end) in [
            (0, 1),
            (0, 64),
            (3, 70),
            (64, 128),
            (63, 65),
            (100, 300),
            (5, 5),
        ] {
            let found: Vec<usize> = words(first, end)
                .flat_map(|(k, mask)| {
                    (0..64)
                        .filter(move |b| mask >> b & 1 == 1)
                        .map(move |b| 64 * k + b)
                })
                .collect();
            assert!(found.iter().copied().eq(first..end), "{first}..{end}");
        }
    }

    #[test]
    fn records_give_back_their_changes_and_add_up() {
        let mut part = Part::with_capacity(300);
        let changes = |k: usize| -> Vec<u16> {
            (0..k % 13)
                .map(|c| ((37 * k + 11 * c) % ITEMS) as u16)
                .collect()
        };
        let mut expected = vec![0_u32; ITEMS];
        for k in 0..300 {
            part.push(k as u32 % 5, &changes(k));
            if k >= 100 && k % 3 == 0 {
                for change in changes(k) {
                    expected[usize::from(change)] += 1;
                }
            }
        }
        let third =
            |k: usize| (0..64).fold(0, |m, b| m | u64::from((64 * k + b).is_multiple_of(3)) << b);
        let bits: Vec<u64> = (0..5).map(third).collect();
        let rest: Vec<u64> = bits.iter().map(|w| !w).collect();
        let segment = Segment {
            cell: 0,
            first: 100,
            end: 300,
        };
        let mut tally = Tally::default();
        tally.add(&part, &segment, &bits, 1);
        assert_eq!(tally.items[..ITEMS], expected);
        let mut by_rest = Tally::default();
        by_rest.add(&part, &segment, &[u64::MAX; 5], 1);
        by_rest.add(&part, &segment, &rest, 1_u32.wrapping_neg());
        assert_eq!(by_rest.items[..ITEMS], expected);
        assert_eq!(by_rest.moments, tally.moments);
    }
}
