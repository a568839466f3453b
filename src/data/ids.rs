//! Ids of people and orders → indices, for tens of millions of them.
//!
//! A slot of four bytes leads to the eight bytes of an id, so ten million numbers cost about 150 MB.
//! Such a table lies in main memory, and waiting for it is most of the work: ids are looked up in
//! batches, every step for the whole batch, so that the waits overlap.

use crate::facts::Names;

/// Marks a free slot.
const FREE: u32 = u32::MAX;
/// Ids that are looked up side by side.
const BATCH: usize = 1024;

/// Distinct ids with their indices, in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Ids {
    names: Names,
    slots: Vec<u32>,
}

/// No id has this code.
const NOTHING: u64 = u64::MAX;

/// An id that is looked up: its code, its place in the batch, and the slot to look at next.
#[derive(Debug, Clone, Copy)]
struct Open {
    code: u64,
    place: usize,
    slot: usize,
}

fn mix(code: u64) -> usize {
    let code = (code ^ code >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    let code = (code ^ code >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    (code ^ code >> 32) as usize
}

fn hash_of_text(text: &str) -> usize {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let mut last = [0; 8];
    for (to, from) in last.iter_mut().zip(rest) {
        *to = *from;
    }
    let start = mix(u64::from_le_bytes(last) ^ text.len() as u64);
    let fold = |hash: usize, word: &[u8; 8]| mix(hash as u64 ^ u64::from_le_bytes(*word));
    words.iter().fold(start, fold)
}

impl Ids {
    /// The index of an id; a new one is added.
    pub(super) fn id(&mut self, text: &str) -> u32 {
        match Names::packed(text.as_bytes()) {
            Some(code) => self.packed(code),
            None => self.text(text),
        }
    }

    /// The ids of a list, which are all different, with their indices there.
    pub(super) fn of(names: Names) -> Self {
        let mut ids = Self {
            names,
            slots: Vec::new(),
        };
        let mut size = 64;
        while (ids.names.len() + 1) * 8 > size * 5 {
            size *= 2;
        }
        ids.spread(size);
        ids
    }

    /// The ids in the order of their indices.
    pub(super) fn into_names(mut self) -> Names {
        self.names.shrink();
        self.names
    }

    /// The indices of a list of ids; new ones are added in the order of the list.
    pub(super) fn all(&mut self, list: &Names) -> Vec<u32> {
        let mut found = vec![FREE; list.len()];
        for (codes, found) in list.codes().chunks(BATCH).zip(found.chunks_mut(BATCH)) {
            self.known(list, codes, found);
            for (code, found) in codes.iter().zip(found) {
                if *found == FREE {
                    *found = match list.text(*code) {
                        Some(text) => self.text(text),
                        None => self.packed(*code),
                    };
                }
            }
        }
        found
    }

    /// The indices of the codes that are known. The code of a text says where it lies in its own
    /// list: texts are left out here.
    fn known(&self, list: &Names, codes: &[u64], found: &mut [u32]) {
        let mask = self.slots.len().wrapping_sub(1);
        let start = |(place, code): (usize, &u64)| {
            let (code, slot) = (*code, mix(*code) & mask);
            list.text(code)
                .is_none()
                .then_some(Open { code, place, slot })
        };
        let mut open: Vec<Open> = codes.iter().enumerate().filter_map(start).collect();
        let mut indices: Vec<u32> = Vec::with_capacity(open.len());
        let mut there: Vec<u64> = Vec::with_capacity(open.len());
        while !open.is_empty() {
            let index = |o: &Open| self.slots.get(o.slot).copied().unwrap_or(FREE);
            indices.clear();
            indices.extend(open.iter().map(index));
            let known = self.names.codes();
            let code = |index: &u32| known.get(*index as usize).copied().unwrap_or(NOTHING);
            there.clear();
            there.extend(indices.iter().map(code));
            let seen = indices.iter().zip(&there);
            for (o, (index, code)) in open.iter_mut().zip(seen) {
                if o.code == *code
                    && let Some(found) = found.get_mut(o.place)
                {
                    *found = *index;
                }
                o.slot = if o.code == *code || *index == FREE {
                    usize::MAX
                } else {
                    (o.slot + 1) & mask
                };
            }
            open.retain(|o| o.slot != usize::MAX);
        }
    }

    fn packed(&mut self, code: u64) -> u32 {
        self.room();
        let known = self.names.codes();
        match self.find(mix(code), |index| known.get(index) == Some(&code)) {
            Ok(index) => index,
            Err(slot) => {
                self.names.push_packed(code);
                self.take(slot)
            }
        }
    }

    fn text(&mut self, text: &str) -> u32 {
        self.room();
        let names = &self.names;
        let is = |index| {
            let code = names.codes().get(index);
            code.and_then(|code| names.text(*code)) == Some(text)
        };
        match self.find(hash_of_text(text), is) {
            Ok(index) => index,
            Err(slot) => {
                self.names.push(text);
                self.take(slot)
            }
        }
    }

    /// The index that fits, or the free slot where it belongs.
    fn find(&self, hash: usize, is: impl Fn(usize) -> bool) -> Result<u32, usize> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut slot = hash & mask;
        loop {
            match self.slots.get(slot) {
                Some(&index) if index != FREE => {
                    if is(index as usize) {
                        return Ok(index);
                    }
                }
                _ => return Err(slot),
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Gives the id that was pushed last this slot.
    fn take(&mut self, slot: usize) -> u32 {
        let index = (self.names.len() - 1) as u32;
        if let Some(slot) = self.slots.get_mut(slot) {
            *slot = index;
        }
        index
    }

    /// Keeps three of eight slots free.
    fn room(&mut self) {
        if (self.names.len() + 1) * 8 <= self.slots.len() * 5 {
            return;
        }
        self.spread((self.slots.len() * 2).max(64));
    }

    /// Spreads the ids over so many slots, a power of two.
    fn spread(&mut self, size: usize) {
        self.slots = Vec::new();
        self.slots = vec![FREE; size];
        for (index, code) in self.names.codes().iter().enumerate() {
            let hash = self
                .names
                .text(*code)
                .map_or_else(|| mix(*code), hash_of_text);
            let mut slot = hash & (size - 1);
            while self.slots.get(slot).is_some_and(|s| *s != FREE) {
                slot = (slot + 1) & (size - 1);
            }
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = index as u32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rustc_hash::FxHashMap;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn lists_get_the_indices_that_single_ids_get(
            lists in proptest::collection::vec(
                proptest::collection::vec("(c[0-9]{1,2}|[0-9]{1,2}|long long text [0-9])", 0..100), 0..5)
        ) {
            let mut ids = Ids::default();
            let mut known: FxHashMap<String, u32> = FxHashMap::default();
            for list in &lists {
                let names: Names = list.iter().map(|id| id.as_str().into()).collect();
                let found = ids.all(&names);
                for (id, index) in list.iter().zip(found) {
                    let next = known.len() as u32;
                    prop_assert_eq!(index, *known.entry(id.clone()).or_insert(next));
                    prop_assert_eq!(ids.id(id), index);
                }
            }
            let names = ids.into_names();
            prop_assert_eq!(names.len(), known.len());
            prop_assert!(names.iter().enumerate().all(|(i, id)| known[id.as_ref()] == i as u32));
        }
    }
}
