//! What tells data sets apart: a hash of all bytes. Not cryptographic.
//!
//! The same bytes give the same digits, whatever the pieces in which they come.

/// The bytes that are mixed at once.
const STRIPE: usize = 32;
const STARTS: [u64; 4] = [
    0xcbf2_9ce4_8422_2325,
    0x9ae1_6a3b_2f90_404f,
    0xc3a5_c85c_97cb_3127,
    0xb492_b66f_be98_f273,
];
const FACTORS: [u64; 2] = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f];

/// The hash of one file.
#[derive(Debug, Clone)]
pub(super) struct Sum {
    lanes: [u64; 4],
    /// Bytes that do not fill a stripe yet.
    rest: [u8; STRIPE],
    length: u64,
}

impl Sum {
    /// The hash of nothing.
    pub(super) fn new() -> Self {
        Self {
            lanes: STARTS,
            rest: [0; STRIPE],
            length: 0,
        }
    }

    /// The hash of these bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut sum = Self::new();
        sum.add(bytes);
        sum
    }

    /// Adds the next bytes.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        let used = (self.length % STRIPE as u64) as usize;
        self.length += bytes.len() as u64;
        let mut bytes = bytes;
        if used > 0 {
            let room = self.rest.get_mut(used..).unwrap_or(&mut []);
            let (now, later) = bytes.split_at(room.len().min(bytes.len()));
            for (to, from) in room.iter_mut().zip(now) {
                *to = *from;
            }
            if used + now.len() < STRIPE {
                return;
            }
            let stripe = self.rest;
            self.mix(&stripe);
            bytes = later;
        }
        let (stripes, rest) = bytes.as_chunks::<STRIPE>();
        for stripe in stripes {
            self.mix(stripe);
        }
        for (to, from) in self.rest.iter_mut().zip(rest) {
            *to = *from;
        }
    }

    fn mix(&mut self, stripe: &[u8; STRIPE]) {
        let (words, _) = stripe.as_chunks::<8>();
        for (lane, word) in self.lanes.iter_mut().zip(words) {
            *lane = step(*lane, u64::from_le_bytes(*word));
        }
    }

    /// The hash.
    pub(super) fn finish(mut self) -> u64 {
        let used = (self.length % STRIPE as u64) as usize;
        let empty = self.rest.iter_mut().skip(used);
        empty.for_each(|byte| *byte = 0);
        let stripe = self.rest;
        self.mix(&stripe);
        self.lanes.into_iter().fold(self.length, step)
    }
}

fn step(hash: u64, word: u64) -> u64 {
    let [first, second] = FACTORS;
    let hash = (hash ^ word.wrapping_mul(second)).wrapping_mul(first);
    hash ^ hash >> 29
}

/// The hash of a data set, with the hashes that it is made of.
#[derive(Debug, Clone)]
pub(super) struct Fingerprint {
    hash: u64,
    sums: Vec<u64>,
}

impl Fingerprint {
    /// The hash of nothing.
    pub(super) fn new() -> Self {
        Self {
            hash: STARTS[0],
            sums: Vec::new(),
        }
    }

    /// Adds bytes and their number.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.add_sum(Sum::of(bytes));
    }

    /// Adds a file.
    pub(super) fn add_sum(&mut self, sum: Sum) {
        self.add_hash(sum.finish());
    }

    /// Adds what is known by its hash.
    pub(super) fn add_hash(&mut self, hash: u64) {
        self.hash = step(self.hash, hash);
        self.sums.push(hash);
    }

    /// 16 hex digits.
    pub(super) fn hex(&self) -> String {
        format!("{:016x}", self.hash)
    }

    /// The hashes that were added.
    pub(super) fn into_sums(self) -> Vec<u64> {
        self.sums
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_depends_on_every_byte_and_boundary() {
        let hash = |parts: &[&[u8]]| {
            let mut f = Fingerprint::new();
            for part in parts {
                f.add(part);
            }
            f.hex()
        };
        assert_ne!(hash(&[b"ab", b"c"]), hash(&[b"a", b"bc"]));
        assert_ne!(hash(&[b"123456789"]), hash(&[b"123456780"]));
        assert_ne!(hash(&[b"a\0"]), hash(&[b"a"]));
        assert_eq!(hash(&[b"123456789"]).len(), 16);
        let text = [7u8; 100];
        for at in 0..100 {
            let mut other = text;
            other[at] ^= 1;
            assert_ne!(hash(&[&text]), hash(&[&other]), "{at}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn pieces_do_not_matter(bytes in proptest::collection::vec(any::<u8>(), 0..300), size in 1usize..99) {
            let mut sum = Sum::new();
            for piece in bytes.chunks(size) {
                sum.add(piece);
            }
            prop_assert_eq!(sum.finish(), Sum::of(&bytes).finish());
        }
    }
}
