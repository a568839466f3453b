//! The file of a cache: items one after the other, and a table that says where each lies.
//!
//! ```text
//! magic, format, length of the file, place and length of the table, checksum of the table,
//! checksum of all this                                                            56 bytes
//! items
//! table: key, then label, place, length and checksum of each item
//! ```
//!
//! The beginning is written last, so that half a file is none. Nothing is believed that its checksum
//! does not confirm, and no room is made for more than the file holds.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use twox_hash::XxHash3_64;

use crate::facts::pack::{Pack as _, Unpacker, of_bytes};
use crate::facts::{Label, Section};

const MAGIC: &[u8; 8] = b"fastdeck";
/// Changes with every change of what is packed how.
const FORMAT: u64 = 1;
/// Bytes before the items.
const HEAD: usize = 56;
/// Bytes that are collected before they are written.
const BUFFER: usize = 1 << 20;

/// Where an item lies.
type Place = (u64, u64, u64);

/// A cache in the making.
pub(super) struct Writer {
    file: BufWriter<File>,
    at: u64,
    table: Vec<(Label, Place)>,
}

impl Writer {
    /// Begins an empty file.
    pub(super) fn new(file: File) -> io::Result<Self> {
        let mut file = BufWriter::with_capacity(BUFFER, file);
        file.write_all(&[0; HEAD])?;
        Ok(Self {
            file,
            at: HEAD as u64,
            table: Vec::new(),
        })
    }

    /// Adds an item.
    pub(super) fn item(&mut self, label: Label, bytes: &[u8]) -> io::Result<()> {
        let place = (self.at, bytes.len() as u64, checksum(bytes));
        self.table.push((label, place));
        self.at += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    /// Writes the table and the beginning, and waits until all of it is on the disk. Gives the bytes
    /// of the file.
    pub(super) fn finish(mut self, key: &[u8]) -> io::Result<u64> {
        let mut table = Vec::new();
        key.to_vec().pack(&mut table);
        self.table.pack(&mut table);
        self.file.write_all(&table)?;
        let length = self.at + table.len() as u64;
        let mut head = MAGIC.to_vec();
        for number in [
            FORMAT,
            length,
            self.at,
            table.len() as u64,
            checksum(&table),
        ] {
            number.pack(&mut head);
        }
        checksum(&head).pack(&mut head);
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&head)?;
        let file = self.file.into_inner().map_err(io::Error::from)?;
        file.sync_all()?;
        Ok(length)
    }
}

/// A cache that was found; nothing but its table has been read.
#[derive(Debug)]
pub(super) struct Reader {
    file: File,
    key: Vec<u8>,
    /// Items by label, ascending.
    table: Vec<(Label, Place)>,
}

impl Reader {
    /// Reads beginning and table; `None` when the file is not a whole cache of this format.
    pub(super) fn open(path: &Path) -> Option<Self> {
        let file = File::open(path).ok()?;
        let length = file
            .metadata()
            .ok()
            .filter(std::fs::Metadata::is_file)?
            .len();
        let mut head = [0; HEAD];
        read_at(&file, &mut head, 0).ok()?;
        let (rest, sum) = head.split_last_chunk::<8>()?;
        if u64::from_le_bytes(*sum) != checksum(rest) {
            return None;
        }
        let mut head = Unpacker::new(rest.strip_prefix(MAGIC)?);
        let [format, whole, at, size, sum] = <[u64; 5]>::unpack(&mut head)?;
        if format != FORMAT || whole != length || at.checked_add(size) != Some(length) {
            return None;
        }
        let mut bytes = Vec::new();
        if !checked_at(&file, &mut bytes, (at, size, sum)) {
            return None;
        }
        let (key, mut table): (Vec<u8>, Vec<(Label, Place)>) = of_bytes(&bytes)?;
        let fits = |(_, (from, size, _)): &(Label, Place)| {
            *from >= HEAD as u64 && from.checked_add(*size).is_some_and(|end| end <= at)
        };
        table.sort_unstable();
        table.iter().all(fits).then_some(Self { file, key, table })
    }

    /// What the cache was made of.
    pub(super) fn key(&self) -> &[u8] {
        &self.key
    }

    /// The file, to tell when it was last used.
    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// How many items there are of a section and a brand.
    pub(super) fn count(&self, section: Section, brand: u32) -> usize {
        let first = |brand: (Section, u32)| {
            let before = |(label, _): &(Label, Place)| (label.section, label.brand) < brand;
            self.table.partition_point(before)
        };
        first((section, brand.saturating_add(1))).saturating_sub(first((section, brand)))
    }

    /// Puts an item into the room; `false` when it is not what was written.
    pub(super) fn read(&self, label: Label, room: &mut Vec<u8>) -> bool {
        let at = self.table.binary_search_by_key(&label, |(l, _)| *l).ok();
        let place = at.and_then(|at| self.table.get(at));
        place.is_some_and(|(_, place)| checked_at(&self.file, room, *place))
    }
}

fn checksum(bytes: &[u8]) -> u64 {
    XxHash3_64::oneshot(bytes)
}

/// Reads bytes whose place lies inside the file and compares their checksum.
fn checked_at(file: &File, room: &mut Vec<u8>, (at, size, sum): Place) -> bool {
    let Ok(size) = usize::try_from(size) else {
        return false;
    };
    room.truncate(size);
    if room.try_reserve_exact(size - room.len()).is_err() {
        return false;
    }
    room.resize(size, 0);
    read_at(file, room, at).is_ok() && checksum(room) == sum
}

#[cfg(unix)]
fn read_at(file: &File, room: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, room, at)
}

#[cfg(windows)]
fn read_at(file: &File, mut room: &mut [u8], mut at: u64) -> io::Result<()> {
    while !room.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, room, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            n => {
                room = room.get_mut(n..).unwrap_or(&mut []);
                at += n as u64;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels() -> Vec<Label> {
        let label = |section, brand, index| Label {
            section,
            brand,
            index,
        };
        vec![
            label(Section::Chunks, 0, 0),
            label(Section::Chunks, 0, 1),
            label(Section::Chunks, 1, 0),
            label(Section::Base, 0, 0),
        ]
    }

    fn written(path: &Path) -> Vec<Vec<u8>> {
        let mut writer = Writer::new(File::create(path).unwrap()).unwrap();
        let items: Vec<Vec<u8>> = (0..4_u8).map(|k| vec![k; 40 * usize::from(k)]).collect();
        for (label, item) in labels().into_iter().zip(&items) {
            writer.item(label, item).unwrap();
        }
        let length = writer.finish(b"key").unwrap();
        assert_eq!(length, path.metadata().unwrap().len());
        items
    }

    #[test]
    fn items_come_back_by_label() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x");
        let items = written(&path);
        let reader = Reader::open(&path).unwrap();
        assert_eq!(reader.key(), b"key");
        let mut room = vec![9; 500];
        for (label, item) in labels().into_iter().zip(items) {
            assert!(reader.read(label, &mut room));
            assert_eq!(room, item);
        }
        let counts = [
            (Section::Chunks, 0),
            (Section::Chunks, 1),
            (Section::Bits, 0),
        ];
        assert_eq!(counts.map(|(s, b)| reader.count(s, b)), [2, 1, 0]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

        /// Whatever happens to a byte or the end of the file: an item is what it was or is refused.
        #[test]
        fn damage_is_noticed(at in any::<prop::sample::Index>(), flip in 1_u8.., cut in any::<bool>()) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("x");
            let items = written(&path);
            let mut bytes = std::fs::read(&path).unwrap();
            let at = at.index(bytes.len());
            if cut {
                bytes.truncate(at);
            } else {
                bytes[at] ^= flip;
            }
            std::fs::write(&path, &bytes).unwrap();
            let Some(reader) = Reader::open(&path) else {
                return Ok(());
            };
            prop_assert!(!cut && at >= HEAD);
            let mut room = Vec::new();
            let mut refused = 0;
            for (label, item) in labels().into_iter().zip(items) {
                if reader.read(label, &mut room) {
                    prop_assert_eq!(&room, &item);
                } else {
                    refused += 1;
                }
            }
            prop_assert_eq!(refused, 1);
        }
    }
}
