//! Ids of consumers, eight bytes each.
//!
//! Logs name people by numbers, by a few letters with a number behind them, or by short texts: these
//! fit into 62 bits and come back exactly as they were written. A longer text lies in one blob, and
//! the eight bytes say where. Two texts have the same eight bytes only if they are the same text, or
//! long ones at the same place.

use std::borrow::Cow;

use super::pack::packed;

/// The two highest bits say what the others are.
const KIND: u64 = 3 << 62;
/// A number without leading zeros, below 10^18.
const NUMBER: u64 = 0;
/// Three bytes of letters, the width of the number, the number.
const NUMBERED: u64 = 1 << 62;
/// Where a text begins in the blob, and its length.
const TEXT: u64 = 2 << 62;
/// Up to seven bytes and their number.
const SHORT: u64 = 3 << 62;

const MAX_DIGITS: usize = 18;
const MAX_SHORT: usize = 7;
const MAX_LETTERS: usize = 3;
const MAX_WIDTH: usize = 15;
const WIDTH_AT: u32 = 34;
const LETTERS_AT: u32 = 38;
const LENGTH_BITS: u32 = 16;
const MAX_TEXT: usize = (1 << LENGTH_BITS) - 1;

/// A list of ids, by index.
#[derive(Debug, Clone, Default)]
pub struct Names {
    codes: Vec<u64>,
    texts: String,
}

packed!(Names { codes, texts });

/// The eight bytes of an id that needs no blob.
fn packed(id: &[u8]) -> Option<u64> {
    if let Some(number) = number(id) {
        return Some(NUMBER | number);
    }
    if id.len() <= MAX_SHORT {
        return Some(SHORT | (id.len() as u64) << 56 | bytes(id));
    }
    numbered(id)
}

/// Up to seven bytes, the first one lowest.
fn bytes(text: &[u8]) -> u64 {
    match (text.first_chunk::<4>(), text.last_chunk::<4>()) {
        (Some(first), Some(last)) => {
            let last = u64::from(u32::from_le_bytes(*last));
            u64::from(u32::from_le_bytes(*first)) | last << (8 * (text.len() - 4))
        }
        _ => text
            .iter()
            .rev()
            .fold(0, |code, b| code << 8 | u64::from(*b)),
    }
}

/// Digits that are written as a number is.
fn number(id: &[u8]) -> Option<u64> {
    match id {
        [b'0'] => Some(0),
        [b'1'..=b'9', ..] if id.len() <= MAX_DIGITS => digits(id),
        _ => None,
    }
}

fn digits(text: &[u8]) -> Option<u64> {
    let mut number = 0u64;
    let mut fits = true;
    for byte in text {
        let digit = byte.wrapping_sub(b'0');
        fits &= digit < 10;
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
    }
    fits.then_some(number)
}

/// Up to three ASCII characters and a number with its leading zeros: `c283557`, `u_0000042`.
fn numbered(id: &[u8]) -> Option<u64> {
    let letters = id
        .iter()
        .take(MAX_LETTERS)
        .rposition(|b| !b.is_ascii_digit())?
        + 1;
    let (letters, rest) = id.split_at_checked(letters)?;
    if rest.is_empty() || rest.len() > MAX_WIDTH || !letters.is_ascii() || letters.contains(&0) {
        return None;
    }
    let number = digits(rest).filter(|n| *n < 1 << WIDTH_AT)?;
    Some(NUMBERED | bytes(letters) << LETTERS_AT | (rest.len() as u64) << WIDTH_AT | number)
}

/// The text of a code that needs no blob.
fn unpacked(code: u64) -> String {
    let value = code & !KIND;
    let bytes = |value: u64, count: usize| -> String {
        let bytes: Vec<u8> = value.to_le_bytes().into_iter().take(count).collect();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    match code & KIND {
        NUMBER => value.to_string(),
        SHORT => bytes(value, (value >> 56) as usize & MAX_SHORT),
        _ => {
            let letters = bytes(value >> LETTERS_AT, MAX_LETTERS);
            let width = (value >> WIDTH_AT) as usize & MAX_WIDTH;
            let number = value & ((1 << WIDTH_AT) - 1);
            format!("{}{number:0width$}", letters.trim_end_matches('\0'))
        }
    }
}

impl Names {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The id at an index.
    pub fn get(&self, index: usize) -> Option<Cow<'_, str>> {
        let code = *self.codes.get(index)?;
        Some(match self.text(code) {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(unpacked(code)),
        })
    }

    /// All ids.
    pub fn iter(&self) -> impl Iterator<Item = Cow<'_, str>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }

    /// The eight bytes of every id.
    pub fn codes(&self) -> &[u64] {
        &self.codes
    }

    /// The text that a code points to; `None` when the code is the id itself.
    pub fn text(&self, code: u64) -> Option<&str> {
        if code & KIND != TEXT {
            return None;
        }
        let start = (code & !KIND) as usize >> LENGTH_BITS;
        let length = code as usize & MAX_TEXT;
        Some(self.texts.get(start..start + length).unwrap_or(""))
    }

    /// The eight bytes of an id that needs no blob.
    pub fn packed(id: &[u8]) -> Option<u64> {
        packed(id)
    }

    /// Whether the eight bytes are those of a number, written without leading zeros.
    pub fn is_number(code: u64) -> bool {
        code & KIND == NUMBER
    }

    /// Adds an id. What is longer than 65,535 bytes is cut: no table lets such an id in.
    pub fn push(&mut self, id: &str) {
        match packed(id.as_bytes()) {
            Some(code) => self.codes.push(code),
            None => self.push_text(id),
        }
    }

    /// Adds an id by its code, see [`Names::packed`].
    pub fn push_packed(&mut self, code: u64) {
        self.codes.push(code);
    }

    fn push_text(&mut self, id: &str) {
        let end = (0..=MAX_TEXT.min(id.len()))
            .rev()
            .find(|n| id.is_char_boundary(*n));
        let id = id.get(..end.unwrap_or(0)).unwrap_or("");
        let start = (self.texts.len() as u64) << LENGTH_BITS;
        self.texts.push_str(id);
        self.codes.push(TEXT | start | id.len() as u64);
    }

    /// Gives back memory that is not needed.
    pub fn shrink(&mut self) {
        self.codes.shrink_to_fit();
        self.texts.shrink_to_fit();
    }
}

impl FromIterator<Box<str>> for Names {
    fn from_iter<I: IntoIterator<Item = Box<str>>>(ids: I) -> Self {
        let mut names = Self::default();
        for id in ids {
            names.push(&id);
        }
        names
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn common_ids_need_no_blob() {
        for id in [
            "0",
            "768933",
            "999999999999999999",
            "c283557",
            "u_0000042",
            "",
            "007",
            "消费",
        ] {
            let mut names = Names::default();
            names.push(id);
            assert!(names.texts.is_empty(), "{id}");
            assert_eq!(names.get(0).as_deref(), Some(id));
        }
        for id in [
            "9f86d081884c7d65",
            "c99999999999",
            "消费者一",
            "1000000000000000000",
        ] {
            assert_eq!(packed(id.as_bytes()), None, "{id}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn ids_come_back_and_differ(
            ids in proptest::collection::vec("([a-z0]{0,4}[0-9]{0,20}|\\PC{0,12})", 0..40)
        ) {
            let names: Names = ids.iter().map(|id| id.as_str().into()).collect();
            prop_assert!(names.iter().eq(ids.iter().map(String::as_str)));
            for (i, a) in ids.iter().enumerate() {
                for (j, b) in ids.iter().enumerate() {
                    let same = names.codes()[i] == names.codes()[j];
                    let is_text = names.text(names.codes()[i]).is_some();
                    prop_assert!(same == (a == b) || (is_text && a == b));
                }
            }
        }
    }
}
