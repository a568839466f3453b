//! Consumers added up part by part: by moment, which each part has its own of, and by change.
//!
//! The consumers of a slice are written down as positions first, so that the adding itself has no
//! branch that nobody can foresee: records are fetched far ahead of their use.

use super::changes::{ITEMS, Lines};
use super::moment::FACETS;
use super::part::{Part, Segment, words};
use super::places::Places;
use super::records::{Record, TABLE, has_next, number, of_first};
use super::store::CHUNK;

/// Moments of one part: it has no more than consumers.
const MOMENTS: usize = 1 << 15;

const _: () = assert!(CHUNK <= MOMENTS && CHUNK <= i16::MAX as usize);

/// Consumers of a part, added up by moment and by change. Consumers can be taken away as well as
/// added, each once: 16 bits hold every sum of as many as a part can have, and the tables stay in the
/// fastest cache.
pub(super) struct Tally {
    moments: Box<[u16; MOMENTS]>,
    items: Box<[u16; TABLE]>,
    /// Items that were moved here, because more consumers came than 16 bits hold. Numbers wrap.
    wide: Box<[u32; ITEMS]>,
    /// Consumers that were added since the items were last moved to the wide table.
    held: usize,
    /// Whether the wide table holds anything.
    is_wide: bool,
    /// Whether anybody was added since the moments were last emptied.
    has_moments: bool,
    /// Where the records are that are being added: the first ones, and further ones.
    places: Places,
    further: Places,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            moments: zeros(),
            items: zeros(),
            wide: zeros(),
            held: 0,
            is_wide: false,
            has_moments: false,
            places: Places::default(),
            further: Places::default(),
        }
    }
}

/// A sum of 16 bits, which has a sign.
#[inline]
fn widen(sum: u16) -> u32 {
    i32::from(sum as i16) as u32
}

#[expect(
    clippy::unnecessary_box_returns,
    reason = "the tables are too large for the stack"
)]
fn zeros<T: Copy + Default, const N: usize>() -> Box<[T; N]> {
    let zeros = vec![T::default(); N].into_boxed_slice();
    zeros
        .try_into()
        .unwrap_or_else(|_| Box::new([T::default(); N]))
}

impl Tally {
    /// Adds the consumers of a segment whose bit is set, or, `by` −1, takes them away. Where they are
    /// few, their facets are counted at once.
    pub(super) fn add(
        &mut self,
        part: &Part,
        segment: &Segment,
        bits: &[u64],
        by: i16,
        facets: &mut [Vec<u32>; FACETS],
    ) {
        let Self {
            places, further, ..
        } = self;
        places.clear();
        further.clear();
        for (k, inside) in words(segment.first as usize, segment.end as usize) {
            places.push_bits(k, bits.get(k).copied().unwrap_or(0) & inside);
        }
        let people = places.all().len();
        if people == 0 {
            return;
        }
        if self.held + people > i16::MAX as usize {
            self.spill();
        }
        self.held += people;
        self.add_first(part, by, facets);
        self.add_further(part, by as u16);
    }

    /// Adds the first records that are written down, and writes down where the next ones are.
    fn add_first(&mut self, part: &Part, by: i16, facets: &mut [Vec<u32>; FACETS]) {
        let (people, by) = (i32::from(by) as u32, by as u16);
        let Self {
            moments,
            items: table,
            places,
            further,
            ..
        } = self;
        let (records, places) = (part.records.first(), places.all());
        fetch(records, places);
        let few = places.len() * FEW < part.moments.len();
        self.has_moments |= !few;
        for place in places {
            let position = *place as usize;
            let Some(record) = records.get(position) else {
                continue;
            };
            let moment = usize::from(record[0]);
            if few {
                if let Some(ids) = part.moments.get(moment) {
                    add_facets(facets, ids, people);
                }
            } else {
                let n = &mut moments[moment % MOMENTS];
                *n = n.wrapping_add(by);
            }
            let (items, has_next, behind) = of_first(position, *record);
            take(table, &items, by);
            further.push_if(has_next, part.records.place(position, behind));
        }
    }

    /// Adds the further records that are written down, and those behind them.
    fn add_further(&mut self, part: &Part, by: u16) {
        let records = part.records.further();
        fetch(records, self.further.all());
        loop {
            let places = self.further.all_mut();
            if places.is_empty() {
                break;
            }
            let mut len = 0;
            for k in 0..places.len() {
                let place = places[k];
                if let Some(record) = records.get(place as usize) {
                    take(&mut self.items, record, by);
                    places[len] = place + 1;
                    len += usize::from(has_next(*record));
                }
            }
            self.further.truncate(len);
        }
    }

    /// Moves the changes to the wide table.
    fn spill(&mut self) {
        if std::mem::take(&mut self.held) > 0 {
            self.is_wide = true;
            for (wide, item) in self.wide.iter_mut().zip(self.items.iter_mut()) {
                *wide = wide.wrapping_add(widen(*item));
                *item = 0;
            }
        }
    }

    /// Gives the changes to a sum and forgets them.
    pub(super) fn settle_items(&mut self, sums: &mut Lines) {
        self.spill();
        if std::mem::take(&mut self.is_wide) {
            sums.add_items(&self.wide[..]);
            self.wide.fill(0);
        }
    }

    /// Gives the moments of a part to the numbers by facet and forgets them.
    pub(super) fn settle_moments(&mut self, part: &Part, facets: &mut [Vec<u32>; FACETS]) {
        if !std::mem::take(&mut self.has_moments) {
            return;
        }
        for (n, ids) in self.moments.iter_mut().zip(&part.moments) {
            let people = widen(std::mem::take(n));
            if people != 0 {
                add_facets(facets, ids, people);
            }
        }
    }
}

#[inline]
fn take(table: &mut [u16; TABLE], items: &[u16], by: u16) {
    for item in items {
        let n = &mut table[number(*item)];
        *n = n.wrapping_add(by);
    }
}

/// A moment is not summed up where so many times as many consumers would be fewer than all moments.
const FEW: usize = 3;

/// Adds people to the facets of a moment.
#[inline]
pub(super) fn add_facets(facets: &mut [Vec<u32>; FACETS], ids: &[u32; FACETS], people: u32) {
    for (facet, id) in facets.iter_mut().zip(ids) {
        if let Some(n) = facet.get_mut(*id as usize) {
            *n = n.wrapping_add(people);
        }
    }
}

/// Records of a cache line.
const LINE: usize = 64 / size_of::<Record>();
/// Records that are looked at must be as near as this to be fetched with all between them.
const NEAR: usize = 16;

/// Reads records in the order of memory, which is much quicker than to wait for each when it is
/// needed.
fn fetch(records: &[Record], places: &[u32]) {
    if let (Some(first), Some(last)) = (places.first(), places.last()) {
        let range = *first as usize..=*last as usize;
        if places.len() * NEAR >= range.clone().count()
            && let Some(records) = records.get(range)
        {
            let lines = records.iter().step_by(LINE);
            std::hint::black_box(lines.fold(0, |sum, record| sum ^ record[0]));
        } else {
            let of = |place: &u32| records.get(*place as usize).map_or(0, |record| record[0]);
            std::hint::black_box(places.iter().fold(0, |sum, place| sum ^ of(place)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            part.records.push(k as u32 % 5, &changes(k));
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
        let none = || [Vec::new(), Vec::new(), Vec::new()];
        let told = |tally: &mut Tally| {
            tally.spill();
            let moments: Vec<u32> = tally.moments.iter().map(|n| widen(*n)).collect();
            (tally.wide.to_vec(), moments)
        };
        let mut tally = Tally::default();
        tally.add(&part, &segment, &bits, 1, &mut none());
        let (items, moments) = told(&mut tally);
        assert_eq!(items, expected);
        let mut by_rest = Tally::default();
        by_rest.add(&part, &segment, &[u64::MAX; 5], 1, &mut none());
        by_rest.add(&part, &segment, &rest, -1, &mut none());
        assert_eq!(told(&mut by_rest), (items, moments));
    }

    /// Everybody alike, in parts as large as they can be, added and taken away.
    #[test]
    fn sums_of_16_bits_hold_a_whole_part() {
        let mut part = Part::with_capacity(CHUNK);
        (0..CHUNK).for_each(|_| part.records.push(0, &[7, 8, 9, 10, 11]));
        let segment = Segment {
            cell: 0,
            first: 0,
            end: CHUNK as u32,
        };
        let mut tally = Tally::default();
        for (by, sum) in [(1, CHUNK as i32), (-1, 0), (-1, -(CHUNK as i32))] {
            let all = vec![u64::MAX; CHUNK.div_ceil(64)];
            tally.add(&part, &segment, &all, by, &mut Default::default());
            tally.spill();
            assert!(
                [7, 8, 9, 10, 11]
                    .iter()
                    .all(|item| tally.wide[*item] as i32 == sum)
            );
            assert_eq!(widen(tally.moments[0]) as i32, sum);
        }
        // One part after the other makes more than 16 bits hold.
        let mut tally = Tally::default();
        for _ in 0..5 {
            let all = vec![u64::MAX; CHUNK.div_ceil(64)];
            tally.add(&part, &segment, &all, 1, &mut Default::default());
        }
        tally.spill();
        assert_eq!(tally.wide[7], 5 * CHUNK as u32);
    }
}
