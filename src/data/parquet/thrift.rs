//! What a footer and a page header declare, looked at before the library acts on it.
//!
//! The library reserves memory for what they declare and follows them recursively. A few bytes could
//! ask for gigabytes or for a nesting without end; both are found here, where nothing is reserved.

/// Elements of a list in a footer: columns, row groups, encodings, keys.
const MAX_LIST: u64 = 100_000;
/// How deep structures nest in a footer.
const MAX_DEPTH: u32 = 32;
/// How deep a schema nests.
const MAX_NESTING: usize = 16;

const BOOL_TRUE: u8 = 1;
const BOOL_FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I32: u8 = 5;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const STRUCT: u8 = 12;
const UUID: u8 = 13;

/// A place in bytes of the compact protocol.
#[derive(Debug)]
struct Walk<'b> {
    rest: &'b [u8],
}

impl Walk<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn over(&mut self, bytes: u64) -> Option<()> {
        self.rest = self.rest.get(usize::try_from(bytes).ok()?..)?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn number(&mut self) -> Option<i64> {
        let raw = self.varint()?;
        Some((raw >> 1) as i64 ^ -((raw & 1) as i64))
    }

    /// A number that is not negative and fits 32 bits with a sign.
    fn count(&mut self) -> Option<u32> {
        let number = i32::try_from(self.number()?).ok()?;
        u32::try_from(number).ok()
    }

    /// Type and number of the elements of a list.
    fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let size = match head >> 4 {
            15 => self.varint()?,
            size => u64::from(size),
        };
        (size <= MAX_LIST).then_some((head & 15, size))
    }

    /// Calls `each` with id and type of every field; it walks over the value.
    fn fields(&mut self, each: &mut dyn FnMut(&mut Self, i64, u8) -> Option<()>) -> Option<()> {
        let mut id = 0;
        loop {
            let head = self.byte()?;
            if head.trailing_zeros() >= 4 {
                return Some(());
            }
            id = match head >> 4 {
                0 => self.number()?,
                delta => id + i64::from(delta),
            };
            each(self, id, head & 15)?;
        }
    }

    fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            BOOL_TRUE | BOOL_FALSE => Some(()),
            BYTE => self.over(1),
            I16 | I32 | I64 => self.varint().map(|_| ()),
            DOUBLE => self.over(8),
            UUID => self.over(16),
            BINARY => {
                let length = self.varint()?;
                self.over(length)
            }
            LIST | SET => {
                let (kind, size) = self.list()?;
                (0..size).try_for_each(|_| match kind {
                    BOOL_TRUE | BOOL_FALSE => self.over(1),
                    _ => self.skip(kind, depth),
                })
            }
            STRUCT => self.fields(&mut |walk, _, kind| walk.skip(kind, depth)),
            _ => None,
        }
    }
}

/// Whether a footer declares nothing but what stands in it.
pub(super) fn is_sound_footer(bytes: &[u8]) -> bool {
    let mut walk = Walk { rest: bytes };
    let found = walk.fields(&mut |walk, id, kind| match (id, kind) {
        (2, LIST) => schema(walk),
        _ => walk.skip(kind, MAX_DEPTH),
    });
    found.is_some()
}

/// The elements of a schema stand in the order of a walk through its tree.
fn schema(walk: &mut Walk<'_>) -> Option<()> {
    let (kind, size) = walk.list()?;
    let mut open: Vec<u64> = Vec::new();
    for i in 0..size {
        if kind != STRUCT {
            return None;
        }
        let children = children(walk)?;
        if i > 0 {
            let last = open.last_mut()?;
            *last -= 1;
        }
        open.push(children);
        while open.last() == Some(&0) {
            open.pop();
        }
        if open.len() > MAX_NESTING || children > size {
            return None;
        }
    }
    open.is_empty().then_some(())
}

/// How many children one element of a schema declares.
fn children(walk: &mut Walk<'_>) -> Option<u64> {
    let mut children = 0;
    walk.fields(&mut |walk, id, kind| match (id, kind) {
        (5, I32) => {
            children = u64::try_from(walk.number()?).ok()?;
            Some(())
        }
        _ => walk.skip(kind, MAX_DEPTH),
    })?;
    Some(children)
}

/// What the header of a page says; the numbers have the meaning of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PageHead {
    /// 0 data, 1 index, 2 dictionary, 3 data of the second version.
    pub(super) kind: u32,
    /// Bytes of the header itself.
    pub(super) length: u64,
    /// Bytes of the page in memory.
    pub(super) inflated: u32,
    /// Bytes of the page in the file.
    pub(super) compressed: u32,
    /// Checksum of the page in the file.
    pub(super) crc: Option<u32>,
    /// The fields 1 to 7 of the header of its kind; flags are 0 and 1.
    pub(super) fields: [Option<u32>; 8],
}

/// Reads a page header; `None` when it is damaged or goes on behind the bytes.
pub(super) fn page_head(bytes: &[u8]) -> Option<PageHead> {
    let mut walk = Walk { rest: bytes };
    let (mut kind, mut inflated, mut compressed, mut crc) = (None, None, None, None);
    let mut own = [[None; 8]; 4];
    walk.fields(&mut |walk, id, found| {
        match (id, found) {
            (1, I32) => kind = Some(walk.count()?),
            (2, I32) => inflated = Some(walk.count()?),
            (3, I32) => compressed = Some(walk.count()?),
            (4, I32) => crc = Some(walk.number()? as u32),
            (5, STRUCT) => own[0] = numbers(walk)?,
            (7, STRUCT) => own[2] = numbers(walk)?,
            (8, STRUCT) => own[3] = numbers(walk)?,
            _ => walk.skip(found, MAX_DEPTH)?,
        }
        Some(())
    })?;
    let kind = kind?;
    Some(PageHead {
        kind,
        length: (bytes.len() - walk.rest.len()) as u64,
        inflated: inflated?,
        compressed: compressed?,
        crc,
        fields: *own.get(kind as usize)?,
    })
}

/// The numbers and flags of a structure, by field.
fn numbers(walk: &mut Walk<'_>) -> Option<[Option<u32>; 8]> {
    let mut found = [None; 8];
    walk.fields(&mut |walk, id, kind| {
        let value = match kind {
            BOOL_TRUE => 1,
            BOOL_FALSE => 0,
            I32 => walk.count()?,
            _ => return walk.skip(kind, MAX_DEPTH),
        };
        if let Some(slot) = usize::try_from(id).ok().and_then(|id| found.get_mut(id)) {
            *slot = Some(value);
        }
        Some(())
    })?;
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An element of a schema with so many children.
    fn element(children: u8) -> Vec<u8> {
        vec![0x48, 1, b'a', 0x15, children * 2, 0]
    }

    fn footer(children: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x29, 0xfc, children.len() as u8];
        bytes.extend(children.iter().flat_map(|n| element(*n)));
        bytes.push(0);
        bytes
    }

    #[test]
    fn a_schema_is_a_tree_that_is_not_too_deep() {
        assert!(is_sound_footer(&footer(&[2, 0, 0])));
        assert!(is_sound_footer(&footer(&[1, 1, 2, 0, 0])));
        for wrong in [&[2, 0][..], &[1, 0, 0], &[60, 0], &[1; 30]] {
            assert!(!is_sound_footer(&footer(wrong)), "{wrong:?}");
        }
        let mut deep = vec![1; 40];
        deep.push(0);
        assert!(!is_sound_footer(&footer(&deep)));
    }

    #[test]
    fn lists_and_texts_stay_within_the_bytes() {
        let huge = [0x49, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x07, 0];
        assert!(!is_sound_footer(&huge));
        let text = [0x68, 0xff, 0xff, 0xff, 0x7f, 0];
        assert!(!is_sound_footer(&text));
        let nested = [0x1c].repeat(100_000);
        assert!(!is_sound_footer(&nested));
        assert!(!is_sound_footer(&[]));
    }

    #[test]
    fn the_header_of_a_page_says_what_it_is() {
        // A dictionary of 3 values, 20 bytes that are 10 in the file.
        let bytes = [
            0x15, 4, 0x15, 40, 0x15, 20, 0x4c, 0x15, 6, 0x15, 0, 0, 0, 9, 9,
        ];
        let head = page_head(&bytes).unwrap();
        assert_eq!((head.kind, head.inflated, head.compressed), (2, 20, 10));
        assert_eq!(
            (head.fields[1], head.fields[2], head.length),
            (Some(3), Some(0), 13)
        );
        for end in 0..13 {
            assert_eq!(page_head(&bytes[..end]), None);
        }
        let negative = [0x15, 4, 0x15, 1, 0x15, 20, 0];
        assert_eq!(page_head(&negative), None);
    }
}
