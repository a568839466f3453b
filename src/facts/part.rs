//! The consumers of one chunk, ready to be counted.
//!
//! A slice costs what it selects: the records of the selected consumers are added up in two tables,
//! and nobody else is looked at. Records are small: those of a part stay in the second cache while it
//! is counted. What few consumers have (purchases of the period, relations that paid) stands beside
//! the records.

use std::ops::Range;

use super::count::Sales;
use super::moment::FACETS;
use super::pack::packed;
use super::records::Records;
use super::sales::{Sale, Sold};
use super::sums::Sums;
use super::trades::Trades;
use crate::metrics::fast_plus::Role;

/// A run of positions with one cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) cell: u32,
    pub(super) first: u32,
    pub(super) end: u32,
}

/// The consumers of one chunk of the store.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) records: Records,
    /// The facets of each moment of the part, as indices among those of the census.
    pub(super) moments: Vec<[u32; FACETS]>,
    /// Consumers of the asset on as-of, one bit each.
    pub(super) asset: Vec<u64>,
    /// Consumers with each role on as-of; empty where nobody has it.
    pub(super) roles: [Vec<u64>; Role::ALL.len()],
    pub(super) sold: Sold,
    pub(super) trades: Trades,
    pub(super) segments: Vec<Segment>,
}

packed!(Segment { cell, first, end });
packed!(Part {
    records,
    moments,
    asset,
    roles,
    sold,
    trades,
    segments
});

impl Part {
    /// A part for so many consumers.
    pub(super) fn with_capacity(consumers: usize) -> Self {
        Self {
            records: Records::with_capacity(consumers),
            asset: vec![0; consumers.div_ceil(64)],
            ..Self::default()
        }
    }

    /// How many consumers it holds.
    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    /// The facets of the moment of the consumer at a position.
    pub(super) fn facets(&self, position: usize) -> [u32; FACETS] {
        let moment = self.records.moment(position);
        let facets = moment.and_then(|moment| self.moments.get(moment));
        facets.copied().unwrap_or_default()
    }

    /// Gives back memory that is not needed.
    pub(super) fn shrink(&mut self) {
        self.sold.shrink();
        self.records.shrink();
    }

    pub(super) fn bytes(&self) -> usize {
        let bits = self.roles.iter().map(Vec::len).sum::<usize>() + self.asset.len();
        self.records.bytes()
            + self.moments.len() * size_of::<[u32; FACETS]>()
            + bits * 8
            + self.sold.bytes()
            + self.trades.bytes()
            + self.segments.len() * size_of::<Segment>()
    }
}

impl Sums {
    /// Adds what the consumers of a segment whose bit is set bought; `by` is 1, or −1 to take it
    /// away.
    pub(super) fn add_sales(&mut self, part: &Part, segment: &Segment, bits: &[u64], by: i64) {
        let (first, end) = (segment.first as usize, segment.end as usize);
        let marked =
            words(first, end).map(|(k, inside)| bits.get(k).copied().unwrap_or(0) & inside);
        part.sold
            .each_from(first / 64, marked, |sale| self.sales.take(sale, by));
    }
}

impl Sales {
    /// Adds what one consumer bought, or takes it away.
    pub(super) fn take(&mut self, sale: &Sale, by: i64) {
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

/// Bits that are set in a segment.
pub(super) fn ones(bits: &[u64], segment: &Segment) -> u32 {
    let (first, end) = (segment.first as usize, segment.end as usize);
    let words = bits.get(first / 64..end.div_ceil(64)).unwrap_or(&[]);
    let mut sum: u32 = words.iter().map(|word| word.count_ones()).sum();
    if let ([head, ..], [.., tail]) = (words, words) {
        sum -= (head & !mask_of(first, usize::MAX, first / 64)).count_ones();
        sum -= (tail & !mask_of(0, end, end.div_ceil(64) - 1)).count_ones();
    }
    sum
}

/// Marks a range of bits.
pub(super) fn mark(bits: &mut [u64], range: Range<usize>) {
    let (first, end) = (range.start, range.end.min(64 * bits.len()));
    if first >= end {
        return;
    }
    let (head, tail) = (first / 64, (end - 1) / 64);
    if let Some(inner) = bits.get_mut(head + 1..tail) {
        inner.fill(u64::MAX);
    }
    for k in [head, tail] {
        if let Some(word) = bits.get_mut(k) {
            *word |= mask_of(first, end, k);
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
    fn bits_of_a_range_are_marked_and_counted() {
        for first in 0..200 {
            for end in first..200 {
                let mut bits = vec![0; 3];
                mark(&mut bits, first..end);
                let is_set = |bit: usize| bits[bit / 64] >> (bit % 64) & 1 == 1;
                let inside = |bit: &usize| (first..end).contains(bit);
                assert!(
                    (0..192).all(|bit| is_set(bit) == inside(&bit)),
                    "{first}..{end}"
                );
                let thirds = vec![0x9249_2492_4924_9249; 3];
                let (first, end) = (first as u32, end.min(192) as u32);
                let segment = Segment {
                    cell: 0,
                    first,
                    end,
                };
                let expected = words(first as usize, end as usize)
                    .filter_map(|(k, inside)| Some(thirds.get(k)? & inside))
                    .map(u64::count_ones);
                assert_eq!(
                    ones(&thirds, &segment),
                    expected.sum::<u32>(),
                    "{first}..{end}"
                );
            }
        }
    }

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
}
