//! Counts how many masks have each bit set, with bit-sliced counters: adding a mask costs about two
//! word operations however many bits it has.

use super::frame::Mask;

/// People per sample day.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// `planes[k]` holds bit k of every counter.
    planes: Vec<Mask>,
}

impl Tally {
    /// Adds one person who counts on the days of the mask.
    pub fn add(&mut self, mask: Mask) {
        let mut carry = mask;
        for plane in &mut self.planes {
            if carry == 0 {
                return;
            }
            let both = *plane & carry;
            *plane ^= carry;
            carry = both;
        }
        if carry != 0 {
            self.planes.push(carry);
        }
    }

    /// People on the sample day of a bit.
    pub fn get(&self, bit: u32) -> u64 {
        self.planes
            .iter()
            .enumerate()
            .map(|(k, plane)| ((plane >> bit & 1) as u64) << k)
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_a_loop_over_bits_would() {
        let mut tally = Tally::default();
        let mut slow = [0_u64; 128];
        let mut mask: Mask = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834;
        for _ in 0..1000 {
            mask = mask.rotate_left(13).wrapping_mul(0x2545_f491_4f6c_dd1d) ^ mask;
            tally.add(mask);
            for (bit, n) in slow.iter_mut().enumerate() {
                *n += (mask >> bit & 1) as u64;
            }
        }
        for (bit, n) in slow.iter().enumerate() {
            assert_eq!(tally.get(bit as u32), *n);
        }
    }
}
