//! Rows of event logs that do not fit in memory, in a file that has no name.
//!
//! The file is made when it is first needed. Where the system can do it the file never has a name,
//! elsewhere it loses it at once: however the program ends, nothing is left behind. What is read back
//! is checked: bytes that are not those that were written are an error, never numbers.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::fingerprint::Sum;
use super::report::error;
use crate::facts::{Annex, Code, Problem, Ticket};

/// Where the rows of event logs go while a data set is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spill {
    /// Bytes of rows that are kept in memory; a row has 10, or 26 with an amount, an order or a
    /// score. More go to a file.
    pub memory: usize,
    /// The folder of that file.
    pub folder: PathBuf,
}

impl Default for Spill {
    /// One and a half GiB in memory, which is a hundred million events, then a file in the folder of
    /// the system for temporary files: that of `TMPDIR`, else the one for large files where there is
    /// one, for the other may be a part of memory.
    fn default() -> Self {
        let large = Path::new("/var/tmp");
        let is_given = std::env::var_os("TMPDIR").is_some_and(|v| !v.is_empty());
        let folder = if !is_given && cfg!(unix) && large.is_dir() {
            large.to_owned()
        } else {
            std::env::temp_dir()
        };
        Self {
            memory: 3 << 29,
            folder,
        }
    }
}

/// The file.
#[derive(Debug)]
pub(super) struct SpillFile {
    folder: PathBuf,
    open: fn(&Path) -> io::Result<File>,
    /// The file once it is there, and its length.
    file: Mutex<Option<(File, u64)>>,
}

impl SpillFile {
    /// A file in a folder, not made yet.
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            open: |folder| tempfile::tempfile_in(folder),
            file: Mutex::default(),
        }
    }

    fn write(&self, bytes: &[u8]) -> io::Result<Ticket> {
        let mut file = self.file.lock().map_err(|_| io::ErrorKind::Other)?;
        let (file, end) = match &mut *file {
            Some(file) => file,
            none => none.insert(((self.open)(&self.folder)?, 0)),
        };
        file.seek(SeekFrom::Start(*end))?;
        file.write_all(bytes)?;
        let at = *end;
        let len = bytes.len() as u64;
        *end += len;
        let sum = Sum::of(bytes).finish();
        Ok(Ticket { at, len, sum })
    }

    fn read(&self, ticket: &Ticket, to: &mut Vec<u8>) -> io::Result<()> {
        let mut file = self.file.lock().map_err(|_| io::ErrorKind::Other)?;
        let Some((file, _)) = &mut *file else {
            return Err(io::ErrorKind::NotFound.into());
        };
        to.clear();
        to.reserve_exact(ticket.len as usize);
        file.seek(SeekFrom::Start(ticket.at))?;
        file.take(ticket.len).read_to_end(to)?;
        Ok(())
    }

    fn written(&self) -> u64 {
        let file = self.file.lock();
        file.map_or(0, |file| file.as_ref().map_or(0, |(_, end)| *end))
    }

    fn unwritable(&self, fault: &io::Error) -> Box<Problem> {
        let folder = self.folder.display();
        let mb = self.written() >> 20;
        let draft = error(
            Code::File,
            format!(
                "the rows that do not fit in memory cannot be written to {folder}, after {mb} MB: {fault}"
            ),
            format!("内存放不下的行无法写入 {folder}（已写 {mb} MB）：{fault}"),
        );
        let draft = draft.help([
            "free space there, or set TMPDIR to a folder with more",
            "请在该处释放空间，或将 TMPDIR 设为空间更大的文件夹",
        ]);
        Box::new(draft.finish())
    }

    fn unreadable(&self, fault: &str, fault_zh: &str) -> Box<Problem> {
        let folder = self.folder.display();
        let draft = error(
            Code::File,
            format!("the rows that were written to {folder} cannot be read back: {fault}"),
            format!("写入 {folder} 的行无法读回：{fault_zh}"),
        );
        let draft = draft.help([
            "open the data set again; if this repeats, set TMPDIR to a folder on another disk",
            "请重新打开数据集；若再次出现，请将 TMPDIR 设为其他磁盘上的文件夹",
        ]);
        Box::new(draft.finish())
    }
}

impl Annex for SpillFile {
    fn put(&self, bytes: &[u8]) -> Result<Ticket, Box<Problem>> {
        self.write(bytes).map_err(|fault| self.unwritable(&fault))
    }

    fn get(&self, ticket: &Ticket, to: &mut Vec<u8>) -> Result<(), Box<Problem>> {
        if let Err(fault) = self.read(ticket, to) {
            let fault = fault.to_string();
            return Err(self.unreadable(&fault, &fault));
        }
        if to.len() as u64 == ticket.len && Sum::of(to).finish() == ticket.sum {
            return Ok(());
        }
        Err(self.unreadable("they have changed", "内容已改变"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spilled(parts: &[&[u8]], folder: &Path) -> (SpillFile, Vec<Ticket>) {
        let file = SpillFile::new(folder.to_owned());
        let tickets = parts.iter().map(|part| file.put(part).unwrap());
        let tickets = tickets.collect();
        (file, tickets)
    }

    #[test]
    fn bytes_come_back_and_the_file_has_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let (file, tickets) = spilled(&[b"one", b"", b"three"], folder.path());
        let mut found = b"old".to_vec();
        for (ticket, expected) in tickets.iter().zip([&b"one"[..], b"", b"three"]).rev() {
            file.get(ticket, &mut found).unwrap();
            assert_eq!(found, expected);
        }
        assert_eq!(file.put(b"four").unwrap().at, 8);
        file.get(&tickets[0], &mut found).unwrap();
        assert_eq!(found, b"one");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn bytes_that_changed_are_an_error() {
        let folder = tempfile::tempdir().unwrap();
        for change in [0_u64, 4] {
            let (file, tickets) = spilled(&[b"one", b"three"], folder.path());
            if let Some((inner, _)) = &mut *file.file.lock().unwrap() {
                inner.set_len(4 + change).unwrap();
                inner.seek(SeekFrom::Start(change)).unwrap();
                inner.write_all(b"!").unwrap();
            }
            let fault = file.get(&tickets[change as usize / 4], &mut Vec::new());
            let fault = fault.unwrap_err();
            assert!(fault.message.ends_with("they have changed"), "{fault}");
            assert!(fault.message_zh.contains(&*folder.path().to_string_lossy()));
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_an_error_that_names_the_folder() {
        let file = SpillFile {
            open: |_| File::options().write(true).open("/dev/full"),
            ..SpillFile::new("/var/spool".into())
        };
        let fault = file.put(b"row").unwrap_err();
        assert!(
            fault.message.contains("/var/spool, after 0 MB: No space"),
            "{fault}"
        );
        assert!(fault.help.contains("TMPDIR") && fault.help_zh.contains("TMPDIR"));
        let nowhere = SpillFile::new("/nowhere/at/all".into());
        let fault = nowhere.put(b"row").unwrap_err();
        assert!(fault.message.contains("/nowhere/at/all"), "{fault}");
    }
}
