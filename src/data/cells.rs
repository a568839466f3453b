//! The cells of rows without quotes, cut many bytes at a time.
//!
//! Delimiters and line ends are looked up in a window of the text, 64 bytes by 64, before any row is
//! read; a row is then as many of them as the table has columns. What is not so simple is left to
//! `records`.

use super::text::MAX_NAME_CHARS;
use crate::facts::Names;

/// Bytes whose delimiters and line ends are looked up at once; these stay in the nearest cache.
const WINDOW: usize = 1 << 14;
/// Rows after which a reader may look whether to go on.
pub(super) const ROWS: u64 = 1024;

/// The cells of a row: where it starts, and where each cell ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cells<'t> {
    pub(super) text: &'t [u8],
    pub(super) start: usize,
    pub(super) ends: &'t [u32],
}

/// Where the cells of plain rows are that every long table has.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) delimiter: u8,
    /// Cells of a row.
    pub(super) width: usize,
    pub(super) consumer: usize,
    /// Cells that nobody reads, in which a word for totals may stand.
    pub(super) totals: Vec<usize>,
}

/// Who a plain row is about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Who<'t> {
    /// The id as it stands.
    pub(super) id: &'t [u8],
    /// Its eight bytes, if it needs no more.
    pub(super) code: Option<u64>,
}

impl Who<'_> {
    /// The id, when it needs more than eight bytes.
    pub(super) fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.id).ok()
    }
}

impl<'t> Cells<'t> {
    /// Where the row ends and who it is about, if nothing about that is unusual.
    #[inline]
    pub(super) fn open(&self, frame: &Frame) -> Option<(usize, Who<'t>)> {
        let end = self.end(frame.delimiter)?;
        if frame.totals.iter().any(|i| may_be_totals(self.cell(*i))) {
            return None;
        }
        let id = self.cell(frame.consumer);
        let code = Names::packed(id);
        let is_plain = code.is_some_and(Names::is_number) || is_name(id);
        is_plain.then_some((end, Who { id, code }))
    }

    /// Where the row ends, if all its cells end at delimiters and the last at a line end.
    #[inline]
    pub(super) fn end(&self, delimiter: u8) -> Option<usize> {
        let (last, others) = self.ends.split_last()?;
        let is = |end: &u32, byte| self.text.get(*end as usize) == Some(&byte);
        let mut fits = is(last, b'\n');
        for end in others {
            fits &= is(end, delimiter);
        }
        fits.then_some(*last as usize + 1)
    }

    /// A cell as it stands; empty when there is no such cell.
    #[inline]
    pub(super) fn cell(&self, index: usize) -> &'t [u8] {
        let before = index.checked_sub(1).and_then(|i| self.ends.get(i));
        let start = before.map_or(self.start, |end| *end as usize + 1);
        let end = self.ends.get(index).map_or(start, |end| *end as usize);
        let cell = self.text.get(start..end).unwrap_or(&[]);
        if index + 1 == self.ends.len() {
            return cell.strip_suffix(b"\r").unwrap_or(cell);
        }
        cell
    }

    /// All bytes from one cell to another.
    #[inline]
    pub(super) fn cells(&self, first: usize, last: usize) -> &'t [u8] {
        let before = first.checked_sub(1).and_then(|i| self.ends.get(i));
        let start = before.map_or(self.start, |end| *end as usize + 1);
        let end = self.ends.get(last).map_or(start, |end| *end as usize);
        self.text.get(start..end).unwrap_or(&[])
    }
}

/// Whether a cell is printable ASCII without white space around it.
#[inline]
pub(super) fn is_printable(cell: &[u8]) -> bool {
    let inner = cell.iter().all(|b| matches!(b, b' '..=b'~'));
    inner && cell.first() != Some(&b' ') && cell.last() != Some(&b' ')
}

/// Whether a cell is surely a name: neither missing nor damaged nor too long.
#[inline]
pub(super) fn is_name(cell: &[u8]) -> bool {
    let may_be_missing = matches!(cell.first(), None | Some(b'-' | b'n' | b'N'));
    !may_be_missing && cell.len() <= MAX_NAME_CHARS && is_printable(cell) && !cell.contains(&b'+')
}

/// Whether a cell may be a word for totals, or hides its first letter behind white space.
#[inline]
pub(super) fn may_be_totals(cell: &[u8]) -> bool {
    match cell.first() {
        None | Some(b'!'..=b'~') => false,
        Some(0xe5 | 0xe6) => ["合", "总", "汇"]
            .iter()
            .any(|c| cell.starts_with(c.as_bytes())),
        Some(first) => !matches!(first, 0xe4 | 0xe7..=0xed),
    }
}

/// Where cells end in a window of the text.
#[derive(Debug, Default)]
pub(super) struct Ends {
    /// Delimiters, line ends and quotes; only the first `count` count.
    list: Vec<u32>,
    count: usize,
    /// The first that is not behind the reader.
    next: usize,
    /// Where the window ends.
    until: usize,
}

impl Ends {
    /// The ends of the next cells from here, as many as a row has.
    #[inline]
    pub(super) fn row(
        &mut self,
        text: &[u8],
        at: usize,
        width: usize,
        delimiter: u8,
    ) -> Option<&[u32]> {
        while self.next < self.count && self.list.get(self.next).is_some_and(|e| (*e as usize) < at)
        {
            self.next += 1;
        }
        if self.next + width > self.count {
            if self.until >= text.len() {
                return None;
            }
            self.look(text, at, delimiter);
        }
        let end = self.next + width;
        if end > self.count {
            return None;
        }
        self.list.get(self.next..end)
    }

    /// Goes on behind a row that was read.
    #[inline]
    pub(super) fn take(&mut self, width: usize) {
        self.next += width;
    }

    fn look(&mut self, text: &[u8], at: usize, delimiter: u8) {
        self.until = text.len().min(at + WINDOW);
        self.list.resize(WINDOW + 64, 0);
        (self.count, self.next) = (0, 0);
        let (chunks, rest) = text.get(at..self.until).unwrap_or(&[]).as_chunks::<64>();
        let mut base = at as u32;
        for chunk in chunks {
            self.note(marks(chunk, delimiter), base);
            base += 64;
        }
        let mut last = [0; 64];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        self.note(marks(&last, delimiter), base);
    }

    /// Notes the places that the bits of a mask stand for. More are written than there are, so that
    /// their number decides nothing.
    #[inline]
    fn note(&mut self, mask: u64, base: u32) {
        let Some(room) = self.list.get_mut(self.count..) else {
            return;
        };
        let Some(room) = room.first_chunk_mut::<64>() else {
            return;
        };
        let count = mask.count_ones() as usize;
        let mut left = mask;
        for group in room.as_chunks_mut::<8>().0 {
            for place in group {
                *place = base.wrapping_add(left.trailing_zeros());
                left &= left.wrapping_sub(1);
            }
            if left == 0 {
                break;
            }
        }
        self.count += count;
    }
}

/// A bit for every byte that is a delimiter, a line end or a quote.
#[inline]
fn marks(chunk: &[u8; 64], delimiter: u8) -> u64 {
    /// Gathers the lowest bits of eight bytes in the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let mut flags = [0u8; 64];
    for (flag, byte) in flags.iter_mut().zip(chunk) {
        *flag = u8::from(*byte == delimiter) | u8::from(*byte == b'\n') | u8::from(*byte == b'"');
    }
    let (words, _) = flags.as_chunks::<8>();
    let gather = |word: &[u8; 8]| u64::from_le_bytes(*word).wrapping_mul(GATHER) >> 56;
    let each = words.iter().enumerate();
    each.fold(0, |mask, (i, word)| mask | gather(word) << (8 * i))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

        #[test]
        fn marks_are_where_the_bytes_are(bytes in proptest::collection::vec("[a,\n\"]", 64)) {
            let text = bytes.concat();
            let mask = marks(text.as_bytes().first_chunk().unwrap(), b',');
            for (i, byte) in text.bytes().enumerate() {
                prop_assert_eq!(mask >> i & 1 == 1, byte != b'a');
            }
        }

        /// Rows come in step with the text, whatever stands between them.
        #[test]
        fn rows_are_cut_where_the_lines_are(lines in proptest::collection::vec("[ab]{0,3}(,[ab\"]{0,2}){0,4}", 1..60)) {
            let text = lines.join("\n") + "\n";
            let mut ends = Ends::default();
            let mut at = 0;
            for line in &lines {
                let cells: Vec<&str> = line.split(',').collect();
                let found = ends.row(text.as_bytes(), at, 3, b',').and_then(|ends| {
                    let row = Cells { text: text.as_bytes(), start: at, ends };
                    let cut = [0, 1, 2].map(|i| String::from_utf8_lossy(row.cell(i)).into_owned());
                    row.end(b',').map(|end| (end, cut))
                });
                let plain = cells.len() == 3 && !line.contains('"');
                let end = at + line.len() + 1;
                let expected = plain.then(|| (end, [cells[0], cells[1], cells[2]].map(str::to_owned)));
                if found.is_some() {
                    ends.take(3);
                }
                prop_assert_eq!(found, expected);
                at = end;
            }
        }
    }
}
