//! Files read piece by piece, plain or gzip, with a hash of what was read.
//!
//! A file that has another length or time than when it was opened is refused: half of an old log and
//! half of a new one is neither.

use std::error::Error;
use std::fs::{File, Metadata};
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::time::SystemTime;

use flate2::bufread::MultiGzDecoder;

use super::fingerprint::Sum;
use super::store::{StoreFault, most_inflated};

/// The first bytes of gzip.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// Bytes of gzip that are read at once.
const PIECE: usize = 1 << 18;

/// The file is not what it was when it was opened.
#[derive(Debug, thiserror::Error)]
#[error("the file changed while it was read")]
struct Change;

/// Whether a read failed because the file changed.
pub(super) fn is_change(error: &io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(<dyn Error + Send + Sync>::is::<Change>)
}

/// A file whose reads fail when it grows, shrinks or is written to meanwhile.
#[derive(Debug)]
pub(super) struct Watched {
    file: File,
    size: u64,
    modified: Option<SystemTime>,
    done: u64,
    sum: Sum,
}

impl Watched {
    /// Opens a file.
    pub(super) fn open(path: &Path) -> Result<Self, StoreFault> {
        let file = File::open(path)?;
        let data = file.metadata()?;
        Ok(Self {
            file,
            size: data.len(),
            modified: modified(&data),
            done: 0,
            sum: Sum::new(),
        })
    }

    /// The hash of the file; an error when it is not the one that was opened.
    pub(super) fn finish(self) -> Result<Sum, StoreFault> {
        let data = self.file.metadata()?;
        let same = data.len() == self.size && modified(&data) == self.modified;
        if same && self.done == self.size {
            Ok(self.sum)
        } else {
            Err(StoreFault::Changed)
        }
    }
}

fn modified(data: &Metadata) -> Option<SystemTime> {
    data.modified().ok()
}

impl Read for Watched {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(room)?;
        self.done += read as u64;
        self.sum.add(room.get(..read).unwrap_or(&[]));
        let is_short = read == 0 && !room.is_empty() && self.done < self.size;
        if is_short || self.done > self.size {
            return Err(io::Error::other(Change));
        }
        Ok(read)
    }
}

/// The content of a file, inflated where it is compressed.
#[derive(Debug)]
pub(super) enum Feed {
    /// As it is.
    Plain(Box<Watched>),
    /// Inflated on the way.
    Gzip {
        /// The decoder over the file.
        decoder: Box<MultiGzDecoder<BufReader<Watched>>>,
        /// Bytes that may still come.
        left: u64,
    },
}

impl Feed {
    /// Opens a file.
    pub(super) fn open(path: &Path) -> Result<Self, StoreFault> {
        let mut first = Vec::new();
        File::open(path)?.take(2).read_to_end(&mut first)?;
        let watched = Watched::open(path)?;
        if first != GZIP {
            return Ok(Self::Plain(Box::new(watched)));
        }
        let left = most_inflated(watched.size);
        let reader = BufReader::with_capacity(PIECE, watched);
        let decoder = Box::new(MultiGzDecoder::new(reader));
        Ok(Self::Gzip { decoder, left })
    }

    fn file(&self) -> &Watched {
        match self {
            Self::Plain(file) => file,
            Self::Gzip { decoder, .. } => decoder.get_ref().get_ref(),
        }
    }

    /// Bytes of the file, before inflating.
    pub(super) fn size(&self) -> u64 {
        self.file().size
    }

    /// Whether it is compressed.
    pub(super) fn is_compressed(&self) -> bool {
        matches!(self, Self::Gzip { .. })
    }

    /// Bytes of the file read so far, before inflating.
    pub(super) fn done(&self) -> u64 {
        self.file().done
    }

    /// The hash of the first bytes of a file that is not compressed, when just these were read.
    pub(super) fn sum_at(&self, offset: u64) -> Option<u64> {
        match self {
            Self::Plain(file) if file.done == offset => Some(file.sum.clone().finish()),
            _ => None,
        }
    }

    /// Reads some bytes; 0 at the end.
    pub(super) fn read(&mut self, room: &mut [u8]) -> Result<usize, StoreFault> {
        loop {
            let read = match self {
                Self::Plain(file) => file.read(room),
                Self::Gzip { decoder, .. } => decoder.read(room),
            };
            match read {
                Err(fault) if fault.kind() == io::ErrorKind::Interrupted => {}
                Err(fault) => return Err(fault.into()),
                Ok(read) => return self.count(read),
            }
        }
    }

    fn count(&mut self, read: usize) -> Result<usize, StoreFault> {
        if let Self::Gzip { left, .. } = self {
            *left = left.checked_sub(read as u64).ok_or(StoreFault::TooLarge)?;
        }
        Ok(read)
    }

    /// The hash of the file; an error when it changed.
    pub(super) fn finish(self) -> Result<Sum, StoreFault> {
        let mut file = match self {
            Self::Plain(file) => *file,
            Self::Gzip { decoder, .. } => decoder.into_inner().into_inner(),
        };
        io::copy(&mut file, &mut io::sink())?;
        file.finish()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use super::*;

    fn file(bytes: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    fn read_all(mut feed: Feed) -> Result<Vec<u8>, StoreFault> {
        let mut all = Vec::new();
        let mut room = vec![0; 1000];
        loop {
            match feed.read(&mut room)? {
                0 => return feed.finish().map(|_| all),
                n => all.extend_from_slice(&room[..n]),
            }
        }
    }

    #[test]
    fn plain_and_compressed_files_give_their_content() {
        let content = b"consumer,time\n".repeat(1000);
        assert_eq!(
            read_all(Feed::open(file(&content).path()).unwrap()).unwrap(),
            content
        );
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&content).unwrap();
        let packed = gzip.finish().unwrap();
        let twice = [packed.as_slice(), &packed].concat();
        let feed = Feed::open(file(&twice).path()).unwrap();
        assert_eq!(read_all(feed).unwrap(), content.repeat(2));
        let cut = file(&packed[..packed.len() / 2]);
        assert!(read_all(Feed::open(cut.path()).unwrap()).is_err());
    }

    #[test]
    fn a_bomb_is_refused() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        gzip.write_all(&vec![0; 200 << 20]).unwrap();
        let bomb = file(&gzip.finish().unwrap());
        let result = read_all(Feed::open(bomb.path()).unwrap());
        assert!(matches!(result, Err(StoreFault::TooLarge)));
    }

    #[test]
    fn a_file_that_changes_is_refused() {
        let changes: [fn(&Path); 3] = [
            |path| {
                let file = fs::OpenOptions::new().write(true).open(path).unwrap();
                file.set_len(1500).unwrap();
            },
            |path| {
                let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
                file.write_all(b"more").unwrap();
            },
            |path| {
                std::thread::sleep(std::time::Duration::from_millis(20));
                fs::write(path, [b'y'; 3000]).unwrap();
            },
        ];
        for change in changes {
            let file = file(&[b'x'; 3000]);
            let mut feed = Feed::open(file.path()).unwrap();
            assert_eq!(feed.read(&mut [0; 1000]).unwrap(), 1000);
            change(file.path());
            assert!(matches!(read_all(feed), Err(StoreFault::Changed)));
        }
    }
}
