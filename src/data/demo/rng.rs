//! A small pseudo-random generator with integer draws only, so that the demo is the same bytes on
//! every machine. It refuses to be anything else: no seeds from the clock, no floating point.

/// `SplitMix64` (Steele, Lea, Flood 2014): one 64-bit state, full period.
#[derive(Debug, Clone)]
pub(super) struct Rng(u64);

impl Rng {
    /// A stream of its own for each pair of numbers.
    pub(super) fn new(stream: u64, part: u64) -> Self {
        let mut rng = Self(0x00FA_57DE_C400_2026 ^ stream.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        rng.0 = rng.next() ^ part.wrapping_mul(0xD1B5_4A32_D192_ED03);
        rng.next();
        rng
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number in `0..n` (0 when `n` is 0).
    pub(super) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// A number in `from..=to`.
    pub(super) fn between(&mut self, from: u64, to: u64) -> u64 {
        from + self.below(to.saturating_sub(from) + 1)
    }

    /// True with this many chances in a million.
    pub(super) fn chance(&mut self, ppm: u64) -> bool {
        self.below(1_000_000) < ppm
    }

    /// A position, drawn with these weights (0 when they are all zero).
    pub(super) fn pick(&mut self, weights: &[u64]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (i, &w) in weights.iter().enumerate() {
            if left < w {
                return i;
            }
            left -= w;
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_is_fixed_and_draws_keep_their_bounds() {
        let mut rng = Rng::new(1, 2);
        let first: Vec<u64> = (0..5).map(|_| rng.below(1000)).collect();
        let mut again = Rng::new(1, 2);
        assert_eq!(first, (0..5).map(|_| again.below(1000)).collect::<Vec<_>>());
        assert_ne!(
            first,
            (0..5)
                .map({
                    let mut other = Rng::new(2, 1);
                    move |_| other.below(1000)
                })
                .collect::<Vec<_>>()
        );
        assert!((0..1000).all(|_| (3..=5).contains(&rng.between(3, 5))));
        assert_eq!(rng.pick(&[0, 7, 0]), 1);
        let hits = (0..100_000).filter(|_| rng.chance(250_000)).count();
        assert!((24_000..26_000).contains(&hits), "{hits}");
    }
}
