//! Places that are written down before they are looked up, several at once: a loop that does both has
//! branches that nobody can foresee.

use super::store::CHUNK;

/// A list of places with room for all of a part.
pub(super) struct Places {
    slots: Vec<u32>,
    len: usize,
}

/// Places that are written at once.
const STRIDE: usize = 8;

impl Default for Places {
    fn default() -> Self {
        Self {
            // Room for a word more than there can be.
            slots: vec![0; CHUNK + 64 + STRIDE],
            len: 0,
        }
    }
}

impl Places {
    /// Forgets all.
    pub(super) fn clear(&mut self) {
        self.len = 0;
    }

    /// What is written down.
    pub(super) fn all(&self) -> &[u32] {
        self.slots.get(..self.len).unwrap_or(&[])
    }

    /// The same, to be changed.
    pub(super) fn all_mut(&mut self) -> &mut [u32] {
        self.slots.get_mut(..self.len).unwrap_or(&mut [])
    }

    /// Forgets all but the first.
    pub(super) fn truncate(&mut self, len: usize) {
        self.len = len.min(self.len);
    }

    /// Writes a place down if it is wanted.
    #[inline]
    pub(super) fn push_if(&mut self, wanted: bool, place: u32) {
        if let Some(slot) = self.slots.get_mut(self.len) {
            *slot = place;
        }
        self.len += usize::from(wanted);
    }

    /// Writes down the positions of the bits of a word.
    #[inline]
    pub(super) fn push_bits(&mut self, word: usize, bits: u64) {
        let (base, count) = ((64 * word) as u32, bits.count_ones() as usize);
        let room = self.slots.get_mut(self.len..).unwrap_or(&mut []);
        let strides = room.as_chunks_mut::<STRIDE>().0.iter_mut();
        let mut left = bits;
        for stride in strides.take(count.div_ceil(STRIDE)) {
            for slot in stride {
                *slot = base + left.trailing_zeros();
                left &= left.wrapping_sub(1);
            }
        }
        self.len += count;
    }
}
