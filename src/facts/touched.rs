//! Who was touched where, up to a day: one bit per consumer and value.
//!
//! Dimensions with few values have all their bits made in one pass; of the others a value gets its
//! bits when a condition first names it, and the last few are kept.

use std::sync::{Arc, Mutex};

use rayon::prelude::*;

use super::store::{Chunk, Store};
use super::{NO_VALUE, TOUCH_DIMENSIONS};
use crate::metrics::Day;

/// Dimensions with more values get their bits on demand.
const FEW: usize = 64;
/// Conditions on such dimensions that are kept.
const KEPT: usize = 16;
/// Dimensions with more values than this have no people counted per value.
pub(super) const COUNTED: usize = 20_000;

/// One bit per consumer of each chunk.
pub(super) type Bits = Vec<Vec<u64>>;

/// The touches of one brand up to a day.
#[derive(Debug)]
pub(super) struct Touched {
    until: i32,
    /// By dimension and value; empty where a dimension has too many values.
    few: [Vec<Bits>; 4],
    /// Conditions on the other dimensions, the newest first.
    many: Mutex<Vec<Named>>,
}

/// A condition on one dimension and who meets it.
#[derive(Debug)]
struct Named {
    touch: usize,
    values: Vec<u32>,
    bits: Arc<Bits>,
}

impl Touched {
    /// The touches that were kept: the bits of each value of the dimensions, one after the other.
    pub(super) fn kept(until: Day, sizes: [usize; 4], bits: Vec<Bits>) -> Option<Self> {
        if sizes.iter().sum::<usize>() != bits.len() {
            return None;
        }
        let mut bits = bits.into_iter();
        Some(Self {
            until: until.0,
            few: sizes.map(|n| bits.by_ref().take(n).collect()),
            many: Mutex::default(),
        })
    }

    /// How many values of each dimension have their bits, and the bits in this order.
    pub(super) fn keep(&self) -> ([usize; 4], impl Iterator<Item = &Bits>) {
        let sizes = [0, 1, 2, 3].map(|touch: usize| self.few[touch].len());
        (sizes, self.few.iter().flatten())
    }

    /// The touches up to a day; `sizes` are the numbers of values of the dimensions.
    pub(super) fn new(store: &Store, until: Day, sizes: [usize; 4]) -> Self {
        let sizes = sizes.map(|n| if n <= FEW { n } else { 0 });
        let masks: Vec<[u64; 4]> = store
            .venues
            .iter()
            .map(|venue| {
                let bit = |t: usize| match venue.touch[t] {
                    value if (value as usize) < sizes[t] => 1 << value,
                    _ => 0,
                };
                [bit(0), bit(1), bit(2), bit(3)]
            })
            .collect();
        let parts: Vec<[Vec<Vec<u64>>; 4]> = store
            .chunks
            .par_iter()
            .map(|chunk| planes(chunk, until, sizes, &masks))
            .collect();
        let mut few = sizes.map(|n| vec![Bits::with_capacity(parts.len()); n]);
        for part in parts {
            for (all, planes) in few.iter_mut().zip(part) {
                for (bits, plane) in all.iter_mut().zip(planes) {
                    bits.push(plane);
                }
            }
        }
        Self {
            until: until.0,
            few,
            many: Mutex::default(),
        }
    }

    /// The day up to which touches count.
    pub(super) fn until(&self) -> Day {
        Day(self.until)
    }

    /// Consumers touched at one of these values of a dimension with many values; `None` where the bits
    /// of each value are at hand.
    pub(super) fn among_many<'s>(
        &self,
        store: impl Fn() -> &'s Store,
        touch: usize,
        values: &[u32],
    ) -> Option<Arc<Bits>> {
        let is_many = self.few[touch].is_empty() && !values.is_empty();
        is_many.then(|| self.named(store(), touch, values))
    }

    /// How many values of a dimension have their bits.
    pub(super) fn values(&self, touch: usize) -> u32 {
        self.few[touch].len() as u32
    }

    /// The bits of one value of a dimension with few values.
    pub(super) fn of(&self, touch: usize, value: usize) -> Option<&Bits> {
        self.few[touch].get(value)
    }

    fn named(&self, store: &Store, touch: usize, values: &[u32]) -> Arc<Bits> {
        let found = self.many.lock().ok().and_then(|many| {
            let same = many.iter().find(|n| n.touch == touch && n.values == values);
            same.map(|named| Arc::clone(&named.bits))
        });
        found.unwrap_or_else(|| {
            let bits = Arc::new(self.search(store, touch, values));
            if let Ok(mut many) = self.many.lock() {
                many.truncate(KEPT - 1);
                let named = Named {
                    touch,
                    values: values.to_vec(),
                    bits: Arc::clone(&bits),
                };
                many.insert(0, named);
            }
            bits
        })
    }

    fn search(&self, store: &Store, touch: usize, values: &[u32]) -> Bits {
        let hits = |venue: &super::Venue| {
            venue.touch[touch] != NO_VALUE && values.contains(&venue.touch[touch])
        };
        let hit: Vec<bool> = store.venues.iter().map(hits).collect();
        let bits = |chunk: &Chunk| {
            let mut bits = vec![0; chunk.len().div_ceil(64)];
            for (position, run) in chunk.runs().enumerate() {
                let here = |k| hit.get(run.venue(k) as usize) == Some(&true);
                let touched = run.until(self.until).any(here);
                bits[position / 64] |= u64::from(touched) << (position % 64);
            }
            bits
        };
        store.chunks.par_iter().map(bits).collect()
    }

    /// Consumers of the asset per value of each dimension.
    pub(super) fn people(
        &self,
        store: &Store,
        sizes: [usize; 4],
        asset: &[&[u64]],
    ) -> [Vec<u64>; 4] {
        std::array::from_fn(|touch| match sizes[touch] {
            0 => Vec::new(),
            n if n <= FEW => (0..n)
                .map(|value| self.of(touch, value).map_or(0, |bits| shared(bits, asset)))
                .collect(),
            n if n <= COUNTED => self.among(store, touch, n, asset),
            _ => Vec::new(),
        })
    }

    /// Consumers of the asset per value, from the events.
    fn among(&self, store: &Store, touch: usize, values: usize, asset: &[&[u64]]) -> Vec<u64> {
        let count = |(chunk, asset): (&Chunk, &&[u64])| {
            let (mut people, mut last) = (vec![0_u64; values], vec![u32::MAX; values]);
            for (position, run) in chunk.runs().enumerate() {
                if asset
                    .get(position / 64)
                    .map_or(0, |w| w >> (position % 64) & 1)
                    == 0
                {
                    continue;
                }
                for k in run.until(self.until) {
                    let venue = store.venues.get(run.venue(k) as usize);
                    let value = venue.map_or(NO_VALUE, |v| v.touch[touch]) as usize;
                    if let (Some(last), Some(n)) = (last.get_mut(value), people.get_mut(value))
                        && *last != position as u32
                    {
                        *last = position as u32;
                        *n += 1;
                    }
                }
            }
            people
        };
        let add = |mut a: Vec<u64>, b: Vec<u64>| {
            a.iter_mut().zip(b).for_each(|(a, b)| *a += b);
            a
        };
        let chunks = store.chunks.par_iter().zip(asset).with_min_len(8);
        chunks.map(count).reduce(|| vec![0; values], add)
    }

    /// Bytes that the bits hold.
    pub(super) fn bytes(&self) -> usize {
        let few = self.few.iter().flatten().flatten().map(Vec::len);
        few.sum::<usize>() * 8
    }
}

/// Consumers with both bits.
fn shared(bits: &Bits, asset: &[&[u64]]) -> u64 {
    let words = |(a, b): (&Vec<u64>, &&[u64])| -> u64 {
        let both = a
            .iter()
            .zip(*b)
            .map(|(a, b)| u64::from((a & b).count_ones()));
        both.sum()
    };
    bits.iter().zip(asset).map(words).sum()
}

fn planes(chunk: &Chunk, until: Day, sizes: [usize; 4], masks: &[[u64; 4]]) -> [Vec<Vec<u64>>; 4] {
    let words = chunk.len().div_ceil(64);
    let mut planes = sizes.map(|n| vec![vec![0_u64; words]; n]);
    for (position, run) in chunk.runs().enumerate() {
        let mut all = [0_u64; 4];
        for k in run.until(until.0) {
            if let Some(masks) = masks.get(run.venue(k) as usize) {
                for (all, mask) in all.iter_mut().zip(masks) {
                    *all |= mask;
                }
            }
        }
        for (planes, mut values) in planes.iter_mut().zip(all) {
            while values != 0 {
                let plane = &mut planes[values.trailing_zeros() as usize];
                plane[position / 64] |= 1 << (position % 64);
                values &= values - 1;
            }
        }
    }
    planes
}

/// The dimensions in their order.
pub(super) fn sizes(values: &[Vec<String>; 4]) -> [usize; 4] {
    TOUCH_DIMENSIONS.map(|(touch, _)| values[touch as usize].len())
}
