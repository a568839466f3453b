//! Which consumers of a part have an entry in a list that few have, and where it is.

use super::pack::packed;

/// Positions of a part with an entry, one bit each; the entries are in the order of the positions.
#[derive(Debug, Default)]
pub(super) struct Ranks {
    have: Vec<u64>,
    /// Entries before each word.
    before: Vec<u16>,
    len: usize,
}

packed!(Ranks { have, before, len });

impl Ranks {
    /// Gives the next position an entry; positions come in ascending order.
    pub(super) fn push(&mut self, position: usize) {
        while self.have.len() <= position / 64 {
            self.have.push(0);
            self.before.push(self.len as u16);
        }
        if let Some(word) = self.have.last_mut() {
            *word |= 1 << (position % 64);
        }
        self.len += 1;
    }

    /// The bits of 64 positions.
    #[inline]
    pub(super) fn word(&self, word: usize) -> u64 {
        self.have.get(word).copied().unwrap_or(0)
    }

    /// Whether a position has an entry, and where it is if it has one.
    #[inline]
    pub(super) fn find(&self, position: usize) -> (bool, usize) {
        let (word, bit) = (self.word(position / 64), position % 64);
        let below = (word & ((1 << bit) - 1)).count_ones() as usize;
        let before = self.before.get(position / 64).copied().unwrap_or(0);
        (word >> bit & 1 == 1, usize::from(before) + below)
    }

    /// Hands out the entries of the positions that are marked.
    #[inline]
    pub(super) fn each(&self, marked: &[u64], on: impl FnMut(usize)) {
        self.each_from(0, marked.iter().copied(), on);
    }

    /// Hands out the entries of the positions that are marked in the words from one on.
    #[inline]
    pub(super) fn each_from(
        &self,
        word: usize,
        marked: impl Iterator<Item = u64>,
        mut on: impl FnMut(usize),
    ) {
        let have = self.have.iter().zip(&self.before).skip(word);
        for ((have, before), marked) in have.zip(marked) {
            let mut left = have & marked;
            while left != 0 {
                let lowest = left & left.wrapping_neg();
                left &= left - 1;
                let below = (have & (lowest - 1)).count_ones() as usize;
                on(usize::from(*before) + below);
            }
        }
    }

    /// All positions with an entry, ascending.
    pub(super) fn positions(&self) -> impl Iterator<Item = usize> {
        let words = self.have.iter().enumerate();
        words.flat_map(|(k, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros() as usize;
                left &= left.wrapping_sub(1);
                (bit < 64).then_some(64 * k + bit)
            })
        })
    }

    /// Gives back memory that is not needed.
    pub(super) fn shrink(&mut self) {
        self.have.shrink_to_fit();
        self.before.shrink_to_fit();
    }

    /// Bytes that the index holds.
    pub(super) fn bytes(&self) -> usize {
        self.have.len() * 10
    }
}

/// A number in two halves, for entries of 16-bit numbers: they take no more room than they need.
pub(super) fn halves(number: i32) -> [u16; 2] {
    [number as u16, (number >> 16) as u16]
}

/// The number that has these halves.
pub(super) fn whole([low, high]: [u16; 2]) -> i32 {
    (u32::from(high) << 16 | u32::from(low)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_by_their_positions() {
        let positions: Vec<usize> = (0..2000).filter(|p| p % 7 == 0 || p % 64 == 63).collect();
        let mut ranks = Ranks::default();
        for position in &positions {
            ranks.push(*position);
        }
        assert!(ranks.positions().eq(positions.iter().copied()));
        for position in 0..2100 {
            let place = positions.binary_search(&position);
            let (has, at) = ranks.find(position);
            assert_eq!(has, place.is_ok());
            if let Ok(place) = place {
                assert_eq!(at, place);
            }
        }
        let odd = 0xAAAA_AAAA_AAAA_AAAA_u64;
        let each = positions.iter().enumerate().filter(|(_, p)| *p % 2 == 1);
        let (mut all, mut late) = (Vec::new(), Vec::new());
        ranks.each(&[odd; 40], |entry| all.push(entry));
        assert!(each.clone().map(|(k, _)| k).eq(all));
        ranks.each_from(3, [odd; 40].into_iter(), |entry| late.push(entry));
        let each = each.filter(|(_, p)| **p >= 3 * 64);
        assert!(each.map(|(k, _)| k).eq(late));
    }
}
