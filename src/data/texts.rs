//! Distinct texts with their indices, in the order in which they came.
//!
//! Looking a text up is the work of almost every cell of a log, so the first eight bytes (or a hash
//! of all) stand beside the index, and most look-ups touch no text.

/// Marks a free slot.
const FREE: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct Entry {
    key: u64,
    start: u64,
    len: u32,
}

/// Distinct texts.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// Indices of entries, found by hash.
    slots: Vec<u32>,
    entries: Vec<Entry>,
    blob: Vec<u8>,
}

/// Up to eight bytes as they are, a hash of more.
fn key(text: &[u8]) -> u64 {
    if text.len() <= 8 {
        return word(text);
    }
    let (words, rest) = text.as_chunks::<8>();
    let start = mix(word(rest) ^ text.len() as u64);
    words
        .iter()
        .fold(start, |hash, w| mix(hash ^ u64::from_le_bytes(*w)))
}

/// Up to eight bytes as a number, without a loop over them.
fn word(text: &[u8]) -> u64 {
    match text {
        [] => 0,
        [a] => u64::from(*a),
        [a, b] => u64::from(u16::from_le_bytes([*a, *b])),
        [a, b, c] => u64::from(u32::from_le_bytes([*a, *b, *c, 0])),
        _ => match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
            (Some(first), Some(last)) => {
                let last = u64::from(u32::from_le_bytes(*last));
                u64::from(u32::from_le_bytes(*first)) | last << (8 * (text.len() - 4).min(4))
            }
            _ => 0,
        },
    }
}

fn mix(word: u64) -> u64 {
    let product = u128::from(word) * 0x9e37_79b9_7f4a_7c15;
    (product >> 64) as u64 ^ product as u64
}

impl Texts {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The text at an index.
    pub(super) fn get(&self, index: usize) -> &str {
        let entry = self.entries.get(index);
        let bytes = entry.and_then(|e| self.bytes(e)).unwrap_or(&[]);
        std::str::from_utf8(bytes).unwrap_or("")
    }

    /// The texts in the order of their indices.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    /// The texts in the order of their indices.
    pub(super) fn into_list(self) -> Vec<String> {
        self.iter().map(str::to_owned).collect()
    }

    fn bytes(&self, entry: &Entry) -> Option<&[u8]> {
        let start = entry.start as usize;
        self.blob.get(start..start + entry.len as usize)
    }

    /// The index of a text that is there.
    #[inline]
    pub(super) fn find(&self, text: &[u8]) -> Option<u32> {
        self.look(text, key(text)).ok()
    }

    /// The index of a text, or the slot where it belongs.
    #[inline]
    fn look(&self, text: &[u8], key: u64) -> Result<u32, usize> {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = (mix(key) >> 20) as usize & mask;
        loop {
            match self.slots.get(at) {
                Some(&index) if index != FREE => {
                    if self.is(index, text, key) {
                        return Ok(index);
                    }
                }
                _ => return Err(at),
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn is(&self, index: u32, text: &[u8], key: u64) -> bool {
        self.entries.get(index as usize).is_some_and(|e| {
            e.key == key
                && e.len as usize == text.len()
                && (text.len() <= 8 || self.bytes(e) == Some(text))
        })
    }

    /// The index of a text; a new one is added.
    pub(super) fn id(&mut self, text: &str) -> u32 {
        self.add(text.as_bytes())
    }

    /// The same for bytes that need not be text, which [`Texts::get`] does not give back then.
    pub(super) fn add(&mut self, text: &[u8]) -> u32 {
        if self.entries.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let key = key(text);
        match self.look(text, key) {
            Ok(index) => index,
            Err(at) => {
                let index = self.entries.len() as u32;
                let (start, len) = (self.blob.len() as u64, text.len() as u32);
                self.blob.extend_from_slice(text);
                self.entries.push(Entry { key, start, len });
                if let Some(slot) = self.slots.get_mut(at) {
                    *slot = index;
                }
                index
            }
        }
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(16);
        self.slots = vec![FREE; size];
        for (index, entry) in self.entries.iter().enumerate() {
            let mut at = (mix(entry.key) >> 20) as usize & (size - 1);
            while self.slots.get(at).is_some_and(|s| *s != FREE) {
                at = (at + 1) & (size - 1);
            }
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = index as u32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nothing_is_found_in_nothing() {
        assert_eq!(Texts::default().find(b""), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_text_has_one_index(list in proptest::collection::vec("[ab]{0,12}", 0..200)) {
            let mut texts = Texts::default();
            let mut seen: Vec<&str> = Vec::new();
            for text in &list {
                let index = seen.iter().position(|s| s == text).unwrap_or(seen.len());
                prop_assert_eq!(texts.find(text.as_bytes()).is_some(), index < seen.len());
                if index == seen.len() {
                    seen.push(text);
                }
                prop_assert_eq!(texts.id(text) as usize, index);
            }
            prop_assert!(texts.iter().eq(seen));
        }
    }
}
