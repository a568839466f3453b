//! The pages of one column chunk, checked before anything is decoded.
//!
//! A page must lie inside its chunk and inflate to what it declares; all pages in memory together
//! stay below a limit; counts and lengths that the decoders trust are compared with the bytes there
//! are. What does not hold is an error, never an allocation.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, Type};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;

use super::delta;
use super::inflate::inflate;
use super::source::Source;
use super::thrift::{PageHead, page_head};

/// Bytes of pages and decoded values in memory at a time.
const LIMIT: u64 = 1 << 30;
/// Bytes that a decoded value takes, its text aside.
const VALUE: u64 = 48;

const DATA: u32 = 0;
const INDEX: u32 = 1;
const DICTIONARY: u32 = 2;

fn fault(what: &str) -> ParquetError {
    ParquetError::General(what.to_owned())
}

/// Memory that the columns of a file share.
#[derive(Debug, Default)]
pub(super) struct Budget {
    /// Pages that are being read, and dictionaries.
    current: AtomicU64,
    /// Pages that are read but whose values are still held.
    past: AtomicU64,
}

impl Budget {
    /// The values read so far were given back.
    pub(super) fn forget(&self) {
        self.past.store(0, Ordering::Relaxed);
    }

    /// Makes room for a page in the place of another.
    fn replace(&self, old: u64, new: u64) -> Result<()> {
        self.past.fetch_add(old, Ordering::Relaxed);
        self.current.fetch_sub(old, Ordering::Relaxed);
        let current = self.current.fetch_add(new, Ordering::Relaxed) + new;
        if current + self.past.load(Ordering::Relaxed) > LIMIT {
            return Err(fault("its pages need more than 1 GiB at a time"));
        }
        Ok(())
    }
}

/// What must be known of a column to check its pages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) kind: Type,
    /// Whether values can be missing.
    pub(super) has_nulls: bool,
    /// Whether a row can hold several values.
    pub(super) has_lists: bool,
}

/// Reads the pages of a column chunk.
#[derive(Debug)]
pub(super) struct Pages {
    source: Arc<Source>,
    budget: Arc<Budget>,
    codec: Compression,
    shape: Shape,
    at: u64,
    end: u64,
    has_dictionary: bool,
    /// What the dictionary takes of the budget, and what the page does.
    held: [u64; 2],
}

impl Drop for Pages {
    fn drop(&mut self) {
        let held = self.held.iter().sum();
        self.budget.current.fetch_sub(held, Ordering::Relaxed);
    }
}

impl Pages {
    /// The pages of a chunk, which must lie inside the file.
    pub(super) fn new(
        source: Arc<Source>,
        budget: Arc<Budget>,
        chunk: &ColumnChunkMetaData,
        shape: Shape,
    ) -> Result<Self> {
        let start = chunk
            .dictionary_page_offset()
            .filter(|offset| *offset > 0)
            .unwrap_or(chunk.data_page_offset());
        let range = u64::try_from(start)
            .ok()
            .zip(u64::try_from(chunk.compressed_size()).ok());
        let range = range.and_then(|(start, length)| Some((start, start.checked_add(length)?)));
        let (at, end) = range
            .filter(|(_, end)| *end <= source.size())
            .ok_or_else(|| fault("a column lies outside the file"))?;
        Ok(Self {
            source,
            budget,
            codec: chunk.compression(),
            shape,
            at,
            end,
            has_dictionary: false,
            held: [0; 2],
        })
    }

    /// The next header that is not one of an index.
    fn head(&self) -> Result<Option<(u64, PageHead)>> {
        let mut at = self.at;
        while at < self.end {
            let head = self.source.header(at, self.end, page_head)?;
            let body = at + head.length;
            if body + u64::from(head.compressed) > self.end {
                return Err(fault("a page goes on behind its column"));
            }
            if head.kind != INDEX {
                return Ok(Some((body, head)));
            }
            at = body + u64::from(head.compressed);
        }
        Ok(None)
    }

    /// Takes the memory of a page out of the budget.
    fn reserve(&mut self, head: &PageHead) -> Result<()> {
        let values = u64::from(head.fields[1].unwrap_or(0));
        let inflated = u64::from(head.inflated);
        let is_dictionary = head.kind == DICTIONARY;
        if is_dictionary && values > inflated.saturating_mul(8) {
            return Err(fault("a dictionary declares more values than it has bytes"));
        }
        // A row of a list is read whole, however many values it has.
        let expands = is_dictionary || self.shape.has_lists;
        let needed = inflated + u64::from(expands) * values * VALUE;
        let slot = usize::from(!is_dictionary);
        let old = std::mem::replace(&mut self.held[slot], needed);
        self.budget.replace(old, needed)
    }

    fn body(&mut self, at: u64, head: &PageHead) -> Result<Bytes> {
        let bytes = self.source.take(at, head.compressed as usize)?;
        if head.crc.is_some_and(|crc| crc != crc_of(&bytes)) {
            return Err(fault("the checksum of a page is wrong"));
        }
        let levels = match head.kind {
            DATA | DICTIONARY => 0,
            _ => level_bytes(head)?,
        };
        let is_plain = head.kind > DICTIONARY && head.fields[7] == Some(0);
        if is_plain || self.codec == Compression::UNCOMPRESSED {
            let fits = bytes.len() == head.inflated as usize && levels <= bytes.len();
            return fits
                .then_some(bytes)
                .ok_or_else(|| fault("a page has not its declared size"));
        }
        let size = (head.inflated as usize).checked_sub(levels);
        let (Some(size), Some((levels, packed))) = (size, bytes.split_at_checked(levels)) else {
            return Err(fault("the levels of a page are longer than the page"));
        };
        let mut page = Vec::with_capacity(levels.len());
        page.extend_from_slice(levels);
        if size > 0 {
            inflate(self.codec, packed, size, &mut page)?;
        }
        Ok(page.into())
    }

    fn page(&mut self, at: u64, head: &PageHead) -> Result<Page> {
        self.reserve(head)?;
        let buf = self.body(at, head)?;
        let field = |id: usize| head.fields.get(id).copied().flatten();
        let needed = |id: usize| field(id).ok_or_else(|| fault("a page header is not complete"));
        let num_values = needed(1)?;
        let page = match head.kind {
            DICTIONARY => Page::DictionaryPage {
                buf,
                num_values,
                encoding: encoding(needed(2)?)?,
                is_sorted: false,
            },
            DATA => Page::DataPage {
                buf,
                num_values,
                encoding: encoding(needed(2)?)?,
                def_level_encoding: level_encoding(needed(3)?, self.shape.has_nulls)?,
                rep_level_encoding: level_encoding(needed(4)?, self.shape.has_lists)?,
                statistics: None,
            },
            _ => Page::DataPageV2 {
                buf,
                num_values,
                encoding: encoding(needed(4)?)?,
                num_nulls: needed(2)?,
                num_rows: needed(3)?,
                def_levels_byte_len: needed(5)?,
                rep_levels_byte_len: needed(6)?,
                is_compressed: field(7) != Some(0),
                statistics: None,
            },
        };
        self.check(&page)?;
        Ok(page)
    }

    /// Refuses what the decoders would trust.
    fn check(&mut self, page: &Page) -> Result<()> {
        let data = match page {
            Page::DictionaryPage { .. } => {
                self.has_dictionary = true;
                return Ok(());
            }
            Page::DataPage { buf, .. } => {
                let levels = [self.shape.has_lists, self.shape.has_nulls];
                levels
                    .into_iter()
                    .filter(|there| *there)
                    .try_fold(buf.as_ref(), behind_level)
            }
            Page::DataPageV2 {
                buf,
                def_levels_byte_len,
                rep_levels_byte_len,
                ..
            } => buf.get((def_levels_byte_len + rep_levels_byte_len) as usize..),
        };
        let data = data.ok_or_else(|| fault("the levels of a page are longer than the page"))?;
        let values = page.num_values() as usize;
        let is_text = matches!(
            self.shape.kind,
            Type::BYTE_ARRAY | Type::FIXED_LEN_BYTE_ARRAY
        );
        let is_sound = match page.encoding() {
            Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY => self.has_dictionary,
            Encoding::DELTA_LENGTH_BYTE_ARRAY => delta::are_sound_texts(data, values),
            Encoding::DELTA_BYTE_ARRAY if is_text => match delta::shared(data, values) {
                Some(bytes) => {
                    self.held[1] += bytes;
                    self.budget.replace(0, bytes)?;
                    true
                }
                None => false,
            },
            _ => true,
        };
        if is_sound {
            Ok(())
        } else {
            Err(fault("a page does not hold what its header says"))
        }
    }
}

/// What follows the levels at the beginning of a page of the first version.
fn behind_level(bytes: &[u8], _: bool) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.get(u32::from_le_bytes(*length) as usize..)
}

/// Bytes of the levels that stand before the values of a page of the second version.
fn level_bytes(head: &PageHead) -> Result<usize> {
    let [Some(definition), Some(repetition)] = [head.fields[5], head.fields[6]] else {
        return Err(fault("a page header is not complete"));
    };
    Ok(definition as usize + repetition as usize)
}

fn crc_of(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// The encoding of levels. Where there are none, writers name one that nobody reads.
fn level_encoding(raw: u32, is_used: bool) -> Result<Encoding> {
    match encoding(raw) {
        Ok(Encoding::RLE) => Ok(Encoding::RLE),
        _ if !is_used => Ok(Encoding::RLE),
        _ => Err(ParquetError::NYI(
            "levels that are not in the encoding RLE".into(),
        )),
    }
}

fn encoding(raw: u32) -> Result<Encoding> {
    Ok(match raw {
        0 => Encoding::PLAIN,
        2 => Encoding::PLAIN_DICTIONARY,
        3 => Encoding::RLE,
        5 => Encoding::DELTA_BINARY_PACKED,
        6 => Encoding::DELTA_LENGTH_BYTE_ARRAY,
        7 => Encoding::DELTA_BYTE_ARRAY,
        8 => Encoding::RLE_DICTIONARY,
        9 => Encoding::BYTE_STREAM_SPLIT,
        _ => {
            let what = format!("the encoding number {raw} is not supported");
            return Err(ParquetError::NYI(what));
        }
    })
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        while let Some((body, head)) = self.head()? {
            self.at = body + u64::from(head.compressed);
            let is_empty = head.kind != DICTIONARY && head.fields[1] == Some(0);
            if !is_empty {
                return self.page(body, &head).map(Some);
            }
        }
        Ok(None)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        let head = self.head()?;
        Ok(head.map(|(_, head)| PageMetadata {
            num_rows: (head.kind > DICTIONARY)
                .then_some(head.fields[3])
                .flatten()
                .map(|n| n as usize),
            num_levels: head.fields[1].map(|n| n as usize),
            is_dict: head.kind == DICTIONARY,
        }))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        if let Some((body, head)) = self.head()? {
            self.at = body + u64::from(head.compressed);
        }
        Ok(())
    }
}
