//! What happened to each consumer of a part, in records of 8 bytes.
//!
//! A consumer's first record holds his moment and three changes. Who has more changes has two there,
//! and where the others are: further records of four changes, one behind the other, so that reading
//! them is reading on.

use super::changes::ITEMS;
use super::pack::packed;

/// Numbers in a record.
const LANES: usize = 4;

/// The index of a moment in the part and three changes; or the index, two changes, and where further
/// records are; or, further on, four changes. Lanes without a change hold a number behind the items,
/// so that filling needs no branch.
pub(super) type Record = [u16; LANES];

/// Numbers that an item or an empty lane can be.
pub(super) const TABLE: usize = 1 << 13;
/// Numbers behind the items that lanes without a change hold in turn: one that was added to a moment
/// ago is slow to be added to again.
const BLANKS: usize = 32 * LANES;
/// Marks the first change of a record that has a next one.
const MORE: u16 = 1 << 15;
/// Consumers whose further records are found from one base.
const BLOCK: usize = 64;

const _: () = assert!(ITEMS + BLANKS <= TABLE && TABLE <= MORE as usize);

/// The records of the consumers of a part.
#[derive(Debug, Default)]
pub(super) struct Records {
    first: Vec<Record>,
    further: Vec<Record>,
    /// Where the further records of each block of consumers begin.
    bases: Vec<u32>,
}

packed!(Records {
    first,
    further,
    bases
});

/// A number that lanes without a change hold; the `turn` is any number that neighbours do not share.
#[inline]
fn blank(turn: usize) -> u16 {
    (ITEMS + turn * LANES % BLANKS) as u16
}

fn record(turn: usize, numbers: impl Iterator<Item = u16>) -> Record {
    let mut record: Record = std::array::from_fn(|lane| blank(turn) + lane as u16);
    record.iter_mut().zip(numbers).for_each(|(l, n)| *l = n);
    record
}

/// The changes of a first record, and where, behind the base of its block, the next record is if it
/// has one.
#[inline]
pub(super) fn of_first(position: usize, [_, a, b, last]: Record) -> ([u16; LANES - 1], bool, u16) {
    let has_next = a & MORE != 0;
    let third = if has_next { blank(position) } else { last };
    ([a, b, third], has_next, last)
}

/// Whether a further record has a next one, which stands behind it.
#[inline]
pub(super) fn has_next([first, ..]: Record) -> bool {
    first & MORE != 0
}

/// The number in a lane.
#[inline]
pub(super) fn number(lane: u16) -> usize {
    usize::from(lane) % TABLE
}

impl Records {
    /// Records for so many consumers.
    pub(super) fn with_capacity(consumers: usize) -> Self {
        Self {
            first: Vec::with_capacity(consumers),
            ..Self::default()
        }
    }

    /// Adds the next consumer.
    pub(super) fn push(&mut self, moment: u32, changes: &[u16]) {
        let turn = self.first.len();
        if turn.is_multiple_of(BLOCK) {
            self.bases.push(self.further.len() as u32);
        }
        let moment = moment as u16;
        let [a, b, rest @ ..] = changes else {
            let numbers = [moment].into_iter().chain(changes.iter().copied());
            return self.first.push(record(turn, numbers));
        };
        if let [] | [_] = rest {
            let numbers = [moment, *a, *b].into_iter().chain(rest.iter().copied());
            return self.first.push(record(turn, numbers));
        }
        let next = self.further.len() as u32 - self.bases.last().copied().unwrap_or(0);
        self.first.push([moment, *a | MORE, *b, next as u16]);
        for changes in rest.chunks(LANES) {
            let mut record = record(self.further.len(), changes.iter().copied());
            record[0] |= MORE;
            self.further.push(record);
        }
        if let Some([first, ..]) = self.further.last_mut() {
            *first &= !MORE;
        }
    }

    /// How many consumers there are.
    pub(super) fn len(&self) -> usize {
        self.first.len()
    }

    /// The first record of every consumer, by position.
    #[inline]
    pub(super) fn first(&self) -> &[Record] {
        &self.first
    }

    /// All further records.
    #[inline]
    pub(super) fn further(&self) -> &[Record] {
        &self.further
    }

    /// Where a further record is that stands so far behind the base of a consumer's block.
    #[inline]
    pub(super) fn place(&self, position: usize, behind: u16) -> u32 {
        let base = self.bases.get(position / BLOCK).copied().unwrap_or(0);
        base + u32::from(behind)
    }

    /// The index of the moment of the consumer at a position.
    pub(super) fn moment(&self, position: usize) -> Option<usize> {
        let [moment, ..] = self.first.get(position)?;
        Some((*moment).into())
    }

    /// Hands out every change of the consumer at a position.
    #[inline]
    pub(super) fn each_item(&self, position: usize, mut on: impl FnMut(u16)) {
        let mut tell = |lanes: &[u16]| {
            let items = lanes.iter().map(|lane| number(*lane));
            let items = items.filter(|item| *item < ITEMS);
            items.for_each(|item| on(item as u16));
        };
        let Some(first) = self.first.get(position) else {
            return;
        };
        let (changes, mut has, behind) = of_first(position, *first);
        tell(&changes);
        let further = self
            .further
            .iter()
            .skip(self.place(position, behind) as usize);
        for record in further {
            if !has {
                break;
            }
            tell(record);
            has = has_next(*record);
        }
    }

    /// Gives back memory that is not needed.
    pub(super) fn shrink(&mut self) {
        self.first.shrink_to_fit();
        self.further.shrink_to_fit();
        self.bases.shrink_to_fit();
    }

    /// Bytes that the records hold.
    pub(super) fn bytes(&self) -> usize {
        (self.first.len() + self.further.len()) * size_of::<Record>() + self.bases.len() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_consumer_gives_back_his_changes() {
        let changes = |k: usize| -> Vec<u16> {
            let item = |c: usize| ((1237 * k + 311 * c) % ITEMS) as u16;
            (0..k % 23 + 350 * usize::from(k.is_multiple_of(67)))
                .map(item)
                .collect()
        };
        let mut records = Records::with_capacity(500);
        (0..500).for_each(|k| records.push(7 * k as u32, &changes(k)));
        records.shrink();
        assert_eq!(records.len(), 500);
        for k in 0..500 {
            let mut found = Vec::new();
            records.each_item(k, |item| found.push(item));
            assert_eq!(found, changes(k));
            assert_eq!(records.moment(k), Some(7 * k));
        }
        assert_eq!(records.moment(500), None);
        records.each_item(500, |_| panic!("nobody is there"));
    }
}
