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

    /// The entries of the positions of a word that are marked.
    #[inline]
    pub(super) fn within(&self, word: usize, marked: u64) -> impl Iterator<Item = usize> {
        let have = self.word(word);
        let before = usize::from(self.before.get(word).copied().unwrap_or(0));
        let mut left = have & marked;
        std::iter::from_fn(move || {
            let lowest = left & left.wrapping_neg();
            left &= left.wrapping_sub(1);
            let below = (have & lowest.wrapping_sub(1)).count_ones() as usize;
            (lowest != 0).then_some(before + below)
        })
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
        let marked: Vec<usize> = (0..40).flat_map(|w| ranks.within(w, odd)).collect();
        let each = positions.iter().enumerate().filter(|(_, p)| *p % 2 == 1);
        assert!(each.map(|(k, _)| k).eq(marked));
    }
}
