//! The bytes of a Parquet file, read piece by piece.
//!
//! Every piece lies inside the file as it was when it was opened, so no declared size asks for more
//! memory than the file is long; a file that shrinks meanwhile gives an error.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};

use crate::data::fingerprint::Sum;

/// Bytes that are enough for most page headers.
const HEADER: usize = 1 << 10;
/// Bytes that a page header may have: it may hold the least and the greatest text of the page.
const MAX_HEADER: usize = 16 << 20;

/// Where the bytes are.
#[derive(Debug)]
enum Place {
    Disk(Mutex<File>),
    Memory(Bytes),
}

/// A Parquet file.
#[derive(Debug)]
pub(in crate::data) struct Source {
    place: Place,
    size: u64,
    /// When the file was changed last, as it was opened.
    modified: Option<SystemTime>,
    sum: Mutex<Sum>,
}

impl Source {
    /// A file that is open.
    pub(in crate::data) fn disk(file: File) -> std::io::Result<Self> {
        let data = file.metadata()?;
        let place = Place::Disk(Mutex::new(file));
        Ok(Self::new(place, data.len(), data.modified().ok()))
    }

    /// A file in memory.
    pub(in crate::data) fn memory(bytes: &[u8]) -> Self {
        let size = bytes.len() as u64;
        Self::new(Place::Memory(Bytes::copy_from_slice(bytes)), size, None)
    }

    fn new(place: Place, size: u64, modified: Option<SystemTime>) -> Self {
        Self {
            place,
            size,
            modified,
            sum: Mutex::new(Sum::new()),
        }
    }

    /// The hash of all pages that were read; `None` when the file changed meanwhile.
    pub(super) fn finish(&self) -> Option<Sum> {
        if let Place::Disk(file) = &self.place {
            let file = file.lock().unwrap_or_else(PoisonError::into_inner);
            let data = file.metadata().ok()?;
            if data.len() != self.size || data.modified().ok() != self.modified {
                return None;
            }
        }
        Some(
            self.sum
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        )
    }

    /// Bytes in the file.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Bytes of the file, as they enter the hash.
    pub(super) fn take(&self, start: u64, length: usize) -> Result<Bytes> {
        let bytes = self.bytes(start, length)?;
        let mut sum = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        sum.add(&bytes);
        Ok(bytes)
    }

    /// Bytes of the file, without a trace in the hash.
    fn bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let end = start.checked_add(length as u64);
        if end.is_none_or(|end| end > self.size) {
            let what = format!("{length} bytes at {start} of {}", self.size);
            return Err(ParquetError::EOF(what));
        }
        match &self.place {
            Place::Memory(bytes) => Ok(bytes.slice(start as usize..start as usize + length)),
            Place::Disk(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(start))?;
                let mut bytes = vec![0; length];
                file.read_exact(&mut bytes)?;
                Ok(bytes.into())
            }
        }
    }

    /// What `read` makes of the bytes at a place, given more and more of them until they suffice.
    pub(super) fn header<T>(
        &self,
        start: u64,
        end: u64,
        read: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<T> {
        let left = end.min(self.size).saturating_sub(start) as usize;
        let mut length = HEADER.min(left);
        loop {
            let bytes = self.bytes(start, length)?;
            if let Some(found) = read(&bytes) {
                return Ok(found);
            }
            if length >= left.min(MAX_HEADER) {
                return Err(ParquetError::General("a page header is damaged".into()));
            }
            length = length.saturating_mul(8).min(left);
        }
    }
}
