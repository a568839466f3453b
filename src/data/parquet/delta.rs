//! Lengths in the delta encoding, checked before the library reserves memory for them.
//!
//! A text column may store lengths as differences, packed in bits; their number, the bytes that they
//! add up to, and shared beginnings that repeat one long text may all be lies.

/// Lengths that are packed with one width.
const MAX_MINI: usize = 1 << 20;

/// Whether the lengths before the texts fit the page: as many as values at most, none negative, and
/// all of them within the bytes.
pub(super) fn are_sound_texts(page: &[u8], values: usize) -> bool {
    let lengths = lengths(page, values);
    lengths.is_some_and(|(lengths, rest)| sum(&lengths).is_some_and(|sum| sum <= rest.len() as u64))
}

/// The same for texts that share beginnings with the one before: the bytes that they grow by.
pub(super) fn shared(page: &[u8], values: usize) -> Option<u64> {
    let (shared, rest) = lengths(page, values)?;
    let (own, rest) = lengths(rest, values)?;
    let is_sound = shared.len() == own.len() && sum(&own)? <= rest.len() as u64;
    sum(&shared).filter(|_| is_sound)
}

/// The sum of lengths; `None` when one is negative.
fn sum(lengths: &[i32]) -> Option<u64> {
    lengths
        .iter()
        .try_fold(0u64, |sum, n| Some(sum + u64::try_from(*n).ok()?))
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if *byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn signed(bytes: &mut &[u8]) -> Option<i64> {
    let raw = varint(bytes)?;
    Some((raw >> 1) as i64 ^ -((raw & 1) as i64))
}

/// The lengths, and the bytes behind them.
fn lengths(page: &[u8], values: usize) -> Option<(Vec<i32>, &[u8])> {
    let mut bytes = page;
    let block = usize::try_from(varint(&mut bytes)?).ok()?;
    let minis = usize::try_from(varint(&mut bytes)?).ok()?;
    let total = usize::try_from(varint(&mut bytes)?).ok()?;
    let first = signed(&mut bytes)?;
    let per_mini = block.checked_div(minis)?;
    if total > values || !(32..=MAX_MINI).contains(&per_mini) {
        return None;
    }
    let mut found = Vec::with_capacity(total);
    if total > 0 {
        found.push(first as i32);
    }
    while found.len() < total {
        let least = signed(&mut bytes)?;
        let (widths, rest) = bytes.split_at_checked(minis)?;
        bytes = rest;
        for width in widths {
            if found.len() == total {
                break;
            }
            let (packed, rest) = bytes.split_at_checked(usize::from(*width) * per_mini / 8)?;
            bytes = rest;
            unpack(packed, *width, (total, per_mini), least, &mut found)?;
        }
    }
    Some((found, bytes))
}

/// Adds the lengths of one small block.
fn unpack(
    packed: &[u8],
    width: u8,
    (total, per_mini): (usize, usize),
    least: i64,
    found: &mut Vec<i32>,
) -> Option<()> {
    if width > 32 {
        return None;
    }
    let mut length = *found.last()?;
    let (mut bits, mut held, mut bytes) = (0u64, 0u32, packed.iter());
    for _ in 0..per_mini.min(total - found.len()) {
        while held < u32::from(width) {
            bits |= u64::from(*bytes.next()?) << held;
            held += 8;
        }
        let delta = (bits & ((1u64 << width) - 1)) as i64;
        bits >>= width;
        held -= u32::from(width);
        length = length.wrapping_add(delta.wrapping_add(least) as i32);
        found.push(length);
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lengths 3, 1, 2 in one block of 128 with 4 small ones, and six bytes of text.
    fn page(total: u8) -> Vec<u8> {
        let mut bytes = vec![0x80, 0x01, 4, total, 6];
        // The least difference is −2; what is added to it has two bits: 0 and 3.
        bytes.extend([3, 2, 0, 0, 0]);
        bytes.extend([0b1100, 0, 0, 0, 0, 0, 0, 0]);
        bytes.extend(b"abcdef");
        bytes
    }

    #[test]
    fn lengths_are_added_up() {
        let page = page(3);
        let (found, rest) = lengths(&page, 3).unwrap();
        assert_eq!((found.as_slice(), rest), (&[3, 1, 2][..], &b"abcdef"[..]));
        assert!(are_sound_texts(&page, 3));
        assert!(!are_sound_texts(&page, 2));
        assert!(!are_sound_texts(&page[..page.len() - 1], 3));
    }

    #[test]
    fn lies_are_found() {
        // A fourth length would be 2 − 2 = 0, a fifth −2.
        assert!(are_sound_texts(&page(4), 4));
        assert!(!are_sound_texts(&page(5), 5));
        let many = [0x80, 0x01, 4, 0xff, 0xff, 0xff, 0xff, 0x0f, 0];
        assert!(!are_sound_texts(&many, 1000));
        let wide = [
            0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01, 1, 3, 0, 0, 0xff,
        ];
        assert!(!are_sound_texts(&wide, 1000));
        assert!(!are_sound_texts(&[], 0));
        assert_eq!(shared(&page(3), 3), None);
    }
}
