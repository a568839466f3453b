//! Cuts a table into blocks that can be read side by side.
//!
//! A block ends where a record surely ends. A quoted cell may hold line ends, but a record spans few
//! lines: when none of the last lines opens a quote that it does not close, no record reaches beyond
//! them. Where no such place is found the records are read one by one to find it. Nothing is mapped
//! into memory: a file that changes while it is read is noticed and refused.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, ReaderBuilder, Terminator};
use memchr::{memchr, memchr_iter, memrchr};

use super::feed::Feed;
#[cfg(feature = "parquet")]
use super::parquet;
use super::records::{MAX_LINES, Read, Record, Records};
use super::store::StoreFault;

/// Lines before the end among which a sure record end is looked for.
const TRIES: usize = 400;
/// Bytes that a block may grow to when no record ends.
const MAX_BLOCK: usize = 1 << 30;
/// Bytes before an offset in which the last lines lie.
const WINDOW: usize = 1 << 16;
/// Lines in which the first records of a table lie.
const HEAD_LINES: usize = 200;

/// What tells records apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) delimiter: u8,
    /// Cells of a full row.
    pub(super) width: usize,
}

/// A part of a table that begins and ends between two records.
#[derive(Debug)]
pub(super) enum Block<'s> {
    /// Text in memory.
    Text(&'s str),
    /// Bytes of a file, and how many of them count.
    Bytes(Vec<u8>, usize),
    /// Lines written from the rows of a Parquet file.
    #[cfg(feature = "parquet")]
    Lines(String),
}

impl Block<'_> {
    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes, used) => bytes.get(..*used).unwrap_or(&[]),
            #[cfg(feature = "parquet")]
            Self::Lines(text) => text.as_bytes(),
        }
    }
}

/// Hands out the blocks of one table.
#[derive(Debug)]
pub(super) enum Blocks<'s> {
    /// Of a text in memory.
    Text {
        /// What is left of it.
        rest: &'s str,
        /// Bytes of a block.
        size: usize,
    },
    /// Of a file.
    File(Box<FileBlocks>),
    /// Of a Parquet file.
    #[cfg(feature = "parquet")]
    Parquet(Box<parquet::Table>),
}

/// The blocks of a file.
#[derive(Debug)]
pub(super) struct FileBlocks {
    feed: Feed,
    /// Bytes read; those from `used` on are room.
    next: Vec<u8>,
    used: usize,
    ended: bool,
    size: usize,
    spare: Vec<Vec<u8>>,
}

impl FileBlocks {
    /// The blocks of what the feed gives.
    pub(super) fn new(feed: Feed, size: usize) -> Self {
        Self {
            feed,
            next: Vec::new(),
            used: 0,
            ended: false,
            size,
            spare: Vec::new(),
        }
    }

    /// The beginning of the file: enough lines for the headings, if there are so many.
    pub(super) fn head(&mut self) -> Result<&[u8], StoreFault> {
        let mut size = self.size;
        self.fill(size)?;
        while !self.ended && !has_lines(self.seen()) && size < MAX_BLOCK {
            size *= 2;
            self.fill(size)?;
        }
        Ok(self.seen())
    }

    fn drop_first(&mut self, bytes: usize) {
        self.next.drain(..bytes.min(self.used));
        self.used = self.used.saturating_sub(bytes);
    }

    /// Leaves out the file up to an offset, before any block is taken. The result is `false` when the
    /// bytes before it are others than those of the hash, or when no record surely ends there; `on`
    /// is told how far it is.
    pub(super) fn pass<E: From<StoreFault>>(
        &mut self,
        (offset, hash): (u64, u64),
        delimiter: u8,
        on: &mut dyn FnMut(u64) -> Result<(), E>,
    ) -> Result<bool, E> {
        let mut end = self.seen().to_vec();
        let mut room = vec![0; self.size];
        while self.feed.done() < offset {
            let left = usize::try_from(offset - self.feed.done()).unwrap_or(usize::MAX);
            let want = room.len().min(left);
            let read = self.feed.read(room.get_mut(..want).unwrap_or(&mut []))?;
            if read == 0 {
                return Ok(false);
            }
            end.extend_from_slice(room.get(..read).unwrap_or(&[]));
            end.drain(..end.len().saturating_sub(WINDOW));
            on(self.feed.done())?;
        }
        self.used = 0;
        let ends = lines_end(&end, delimiter).is_ok_and(|at| at == Some(end.len()));
        Ok(ends && self.feed.sum_at(offset) == Some(hash))
    }

    /// Whether the file has been read to its end.
    pub(super) fn is_whole(&self) -> bool {
        self.ended
    }

    /// The feed, when all blocks are taken.
    pub(super) fn into_feed(self) -> Feed {
        self.feed
    }

    fn seen(&self) -> &[u8] {
        self.next.get(..self.used).unwrap_or(&[])
    }

    /// Reads until there are this many bytes, or no more.
    fn fill(&mut self, size: usize) -> Result<(), StoreFault> {
        if self.next.len() < size {
            self.next.resize(size, 0);
        }
        while !self.ended && self.used < size {
            let room = self.next.get_mut(self.used..size).unwrap_or(&mut []);
            let read = self.feed.read(room)?;
            self.used += read;
            self.ended = read == 0;
        }
        Ok(())
    }

    fn next(&mut self, shape: Shape) -> Result<Option<Block<'static>>, StoreFault> {
        let mut size = self.size;
        loop {
            self.fill(size)?;
            let end = if self.ended {
                self.used
            } else {
                sure_end(self.seen(), shape).unwrap_or(0)
            };
            if end > 0 || self.ended {
                return Ok((end > 0).then(|| self.take(end)));
            }
            if size >= MAX_BLOCK {
                return Err(StoreFault::TooLarge);
            }
            size *= 2;
        }
    }

    fn take(&mut self, end: usize) -> Block<'static> {
        let mut next = self.spare.pop().unwrap_or_default();
        let rest = self.next.get(end..self.used).unwrap_or(&[]);
        if next.len() < rest.len() {
            next.resize(rest.len(), 0);
        }
        if let Some(room) = next.get_mut(..rest.len()) {
            room.copy_from_slice(rest);
        }
        self.used = rest.len();
        Block::Bytes(std::mem::replace(&mut self.next, next), end)
    }
}

impl<'s> Blocks<'s> {
    /// The next block; `None` behind the last.
    pub(super) fn next(&mut self, shape: Shape) -> Result<Option<Block<'s>>, StoreFault> {
        match self {
            Self::File(file) => file.next(shape),
            #[cfg(feature = "parquet")]
            Self::Parquet(table) => Ok(table.block().map(Block::Lines)),
            Self::Text { rest, size } => {
                if rest.is_empty() {
                    return Ok(None);
                }
                let (block, more) = rest.split_at(text_end(rest, *size, shape));
                *rest = more;
                Ok(Some(Block::Text(block)))
            }
        }
    }

    /// Leaves out the first bytes, before any block is taken.
    pub(super) fn drop_first(&mut self, bytes: usize) {
        match self {
            Self::File(file) => file.drop_first(bytes),
            Self::Text { rest, .. } => *rest = rest.get(bytes..).unwrap_or(""),
            // Nothing stands before its rows.
            #[cfg(feature = "parquet")]
            Self::Parquet(_) => {}
        }
    }

    /// Bytes of the file that were read.
    pub(super) fn done(&self) -> u64 {
        match self {
            Self::File(file) => file.feed.done(),
            Self::Text { .. } => 0,
            #[cfg(feature = "parquet")]
            Self::Parquet(table) => table.position(),
        }
    }

    /// Takes the memory of a block back.
    pub(super) fn give_back(&mut self, block: Block<'_>) {
        match (self, block) {
            (Self::File(file), Block::Bytes(bytes, _)) if bytes.len() <= file.size => {
                file.spare.push(bytes);
            }
            #[cfg(feature = "parquet")]
            (Self::Parquet(table), Block::Lines(text)) => table.give_back(text),
            _ => {}
        }
    }
}

/// Where the first block of a text ends.
fn text_end(text: &str, size: usize, shape: Shape) -> usize {
    let mut size = size;
    while size < text.len() {
        let bytes = text.as_bytes().get(..size).unwrap_or(&[]);
        if let Some(end) = sure_end(bytes, shape) {
            return end;
        }
        size = size.saturating_mul(2);
    }
    text.len()
}

fn has_lines(bytes: &[u8]) -> bool {
    let full = |line: &&[u8]| !line.trim_ascii().is_empty();
    bytes
        .split(|b| *b == b'\n')
        .filter(full)
        .nth(HEAD_LINES)
        .is_some()
}

/// The last place where a record surely ends, in bytes that begin with a record.
fn sure_end(bytes: &[u8], shape: Shape) -> Option<usize> {
    match lines_end(bytes, shape.delimiter) {
        Ok(end) => end,
        Err(Unclear) => end_by_records(bytes, shape),
    }
}

/// The last lines do not tell where a record ends.
struct Unclear;

/// The same as far as the last lines tell it.
fn lines_end(bytes: &[u8], delimiter: u8) -> Result<Option<usize>, Unclear> {
    let Some(last) = memrchr(b'\n', bytes) else {
        return Ok(None);
    };
    let mut end = last + 1;
    let mut start = end;
    let mut closed = 0;
    for _ in 0..TRIES {
        let before = bytes.get(..start.saturating_sub(1)).unwrap_or(&[]);
        let line_start = memrchr(b'\n', before).map_or(0, |n| n + 1);
        if is_closed(bytes.get(line_start..start).unwrap_or(&[]), delimiter) {
            closed += 1;
        } else {
            closed = 0;
            end = line_start;
        }
        start = line_start;
        if start == 0 || closed + 1 == MAX_LINES {
            return Ok((end > 0).then_some(end));
        }
    }
    Err(Unclear)
}

/// Whether a record that begins with this line ends with it.
fn is_closed(line: &[u8], delimiter: u8) -> bool {
    if memchr(b'"', line).is_none() {
        return true;
    }
    let terminator = Terminator::Any(b'\n');
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .terminator(terminator)
        .build();
    let (mut text, mut ends) = (vec![0; line.len() + 1], vec![0; line.len() + 2]);
    let (result, _, _, _) = reader.read_record(line, &mut text, &mut ends);
    result == ReadRecordResult::Record
}

/// The same, by reading all records: every one that begins so early that all its lines are there.
fn end_by_records(bytes: &[u8], shape: Shape) -> Option<usize> {
    // Only quotes, delimiters and line ends matter, and they are ASCII.
    let ascii: Vec<u8> = bytes
        .iter()
        .map(|b| if b.is_ascii() { *b } else { b'?' })
        .collect();
    let text: Cow<'_, str> = String::from_utf8_lossy(&ascii);
    let lines = memchr_iter(b'\n', bytes).count() as u64;
    let mut records = Records::new(&text, shape.delimiter);
    let mut record = Record::default();
    let mut end = None;
    records.set_width(shape.width);
    loop {
        let read = records.read(&mut record);
        if read == Read::End || record.line + MAX_LINES > lines + 1 {
            return end;
        }
        end = Some(records.position());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SHAPE: Shape = Shape {
        delimiter: b',',
        width: 2,
    };

    fn ends(text: &str) -> Vec<usize> {
        let mut records = Records::new(text, b',');
        records.set_width(2);
        let mut record = Record::default();
        let mut ends = vec![0];
        while records.read(&mut record) != Read::End {
            ends.push(records.position());
        }
        ends
    }

    #[test]
    fn lines_without_quotes_can_be_cut_anywhere() {
        assert_eq!(sure_end(b"1,2\n3,4\n5,", SHAPE), Some(8));
        assert_eq!(sure_end(b"1,2", SHAPE), None);
        assert_eq!(sure_end(b"\"1,2\n3", SHAPE), None);
        let quoted = "\"a\nb\",1\n".repeat(1000);
        let end = sure_end(quoted.as_bytes(), SHAPE).unwrap();
        assert_eq!((end % 8, end > 7900), (0, true));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

        /// Every cut is the end of a record or blank line of the whole text.
        #[test]
        fn blocks_begin_and_end_with_records(
            lines in proptest::collection::vec("([a,]{0,4}|[a\",]{0,6}|\"a\",\"a\"|\"a|a\",a)", 1..60),
            size in 1usize..80,
        ) {
            let text = lines.join("\n");
            let ends = ends(&text);
            let mut blocks = Blocks::Text { rest: &text, size };
            let mut at = 0;
            while let Some(block) = blocks.next(SHAPE).unwrap() {
                let is_end = ends.contains(&at);
                let before = text[..at].trim_end_matches(['\n', '\r']).len();
                let after_blank = ends.iter().any(|e| text[..*e].trim_end_matches(['\n', '\r']).len() == before);
                prop_assert!(is_end || after_blank, "{at} {ends:?}");
                at += block.bytes().len();
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
