//! Splits delimited text into records, and recovers from broken quotes.
//!
//! A line without a quote is cut here, cell by cell, without copying; everything with quotes is read
//! by `csv-core`. A stray quote must not swallow the rows after it: a record may span a few lines, no
//! more, and one of several lines must have the width of the table. What does not is given back as
//! one broken line, and reading goes on at the next. Lines end at `\n`, whatever stands before it.

use std::borrow::Cow;

use csv_core::{ReadRecordResult, Reader, ReaderBuilder, Terminator};

/// Lines that one record may span.
pub(super) const MAX_LINES: u64 = 5;

/// Cells that a record may have.
pub(super) const MAX_CELLS: usize = 2000;

/// What [`Records::read`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// A record.
    Whole,
    /// A line whose quotes do not fit.
    Broken,
    /// A line with too many cells; those beyond the limit are not kept.
    Wide,
    /// Nothing more.
    End,
}

/// One record; its buffers are reused for all. Cells lie in the text, or in `own` where quotes were
/// taken away.
#[derive(Debug, Default)]
pub(super) struct Record {
    own: Vec<u8>,
    is_own: bool,
    /// Whether the line is printable ASCII with nothing to clean.
    is_plain: bool,
    /// Where the first cell begins.
    start: usize,
    /// Where each cell ends.
    ends: Vec<usize>,
    /// Line of its beginning, from 1.
    pub(super) line: u64,
}

impl Record {
    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A cell without white space around it; empty when there is no such cell.
    pub(super) fn cell<'t>(&self, text: &'t str, index: usize) -> Cow<'t, str> {
        let Some(end) = self.ends.get(index) else {
            return Cow::Borrowed("");
        };
        let before = index.checked_sub(1).and_then(|i| self.ends.get(i));
        if self.is_own {
            let bytes = self.own.get(before.map_or(0, |b| *b)..*end).unwrap_or(&[]);
            let cell = std::str::from_utf8(bytes).unwrap_or("");
            Cow::Owned(cell.trim().to_owned())
        } else {
            let start = before.map_or(self.start, |b| b + 1);
            let raw = text.get(start..*end).unwrap_or("");
            Cow::Borrowed(if self.is_plain {
                raw.trim_ascii()
            } else {
                raw.trim()
            })
        }
    }

    /// Whether all cells are printable ASCII.
    pub(super) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// All cells.
    pub(super) fn cells(&self, text: &str) -> Vec<String> {
        (0..self.len())
            .map(|i| self.cell(text, i).into_owned())
            .collect()
    }

    /// Whether no cell holds anything.
    pub(super) fn is_blank(&self, text: &str) -> bool {
        (0..self.len()).all(|i| self.cell(text, i).is_empty())
    }

    /// The line as it stands, cut at the delimiter where there is one; one cell beyond the limit
    /// shows that there are too many.
    fn cut(&mut self, line: &str, start: usize, delimiter: Option<u8>) {
        let mut is_plain = true;
        self.ends.clear();
        for (i, byte) in line.bytes().enumerate() {
            if Some(byte) == delimiter {
                self.ends.push(start + i);
                if self.is_wide() {
                    break;
                }
            } else {
                is_plain &= matches!(byte, b' '..=b'~');
            }
        }
        if !self.is_wide() {
            self.ends.push(start + line.len());
        }
        self.start = start;
        self.is_own = false;
        self.is_plain = is_plain;
    }

    fn is_wide(&self) -> bool {
        self.ends.len() > MAX_CELLS
    }
}

/// Reads records one after the other.
#[derive(Debug, Clone)]
pub(super) struct Records<'t> {
    text: &'t str,
    delimiter: u8,
    /// Made for the first line with a quote.
    quoted: Option<Box<Reader>>,
    at: usize,
    line: u64,
    /// Cells that a record of several lines must have.
    width: Option<usize>,
}

impl<'t> Records<'t> {
    /// Reads from the beginning of the text.
    pub(super) fn new(text: &'t str, delimiter: u8) -> Self {
        Self {
            text,
            delimiter,
            quoted: None,
            at: 0,
            line: 1,
            width: None,
        }
    }

    /// From now on, records of several lines must have this width.
    pub(super) fn set_width(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// Line ends read so far.
    pub(super) fn lines(&self) -> u64 {
        self.line - 1
    }

    /// Bytes read so far.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Reads the next record; empty lines are no records.
    pub(super) fn read(&mut self, record: &mut Record) -> Read {
        let mut line = self.line_at(self.at);
        while matches!(line, "\n" | "\r\n") {
            self.take(line.len(), 1);
            line = self.line_at(self.at);
        }
        record.line = self.line;
        if line.is_empty() {
            return Read::End;
        }
        let bare = line.strip_suffix('\n').unwrap_or(line);
        let bare = bare.strip_suffix('\r').unwrap_or(bare);
        if !bare.contains('"') {
            record.cut(bare, self.at, Some(self.delimiter));
            self.take(line.len(), 1);
            return if record.is_wide() {
                Read::Wide
            } else {
                Read::Whole
            };
        }
        let read = self.quoted(record);
        if record.is_wide() {
            record.cut(bare, self.at, Some(self.delimiter));
            self.take(line.len(), 1);
            return Read::Wide;
        }
        match read {
            Some((bytes, lines)) if lines == 1 || self.width.is_none_or(|w| w == record.len()) => {
                self.take(bytes, lines);
                Read::Whole
            }
            _ => {
                record.cut(bare, self.at, None);
                self.take(line.len(), 1);
                Read::Broken
            }
        }
    }

    /// Goes on behind this many bytes and lines, which another reader has read.
    pub(super) fn take(&mut self, bytes: usize, lines: u64) {
        self.at += bytes;
        self.line += lines;
    }

    /// The line that begins here, with its end; empty behind the last.
    fn line_at(&self, at: usize) -> &'t str {
        let rest = self.text.get(at..).unwrap_or("");
        let len = rest.find('\n').map_or(rest.len(), |n| n + 1);
        rest.get(..len).unwrap_or("")
    }

    /// The record with quotes that begins here: its bytes and lines; `None` when a quote is not
    /// closed in time.
    fn quoted(&mut self, record: &mut Record) -> Option<(usize, u64)> {
        let mut reader = self.quoted.take().unwrap_or_else(|| self.reader());
        reader.reset();
        let read = self.quoted_by(&mut reader, record);
        self.quoted = Some(reader);
        read
    }

    fn reader(&self) -> Box<Reader> {
        let mut builder = ReaderBuilder::new();
        builder
            .delimiter(self.delimiter)
            .terminator(Terminator::Any(b'\n'));
        Box::new(builder.build())
    }

    fn quoted_by(&self, reader: &mut Reader, record: &mut Record) -> Option<(usize, u64)> {
        record.is_own = true;
        record.is_plain = false;
        record.ends.clear();
        let (mut bytes, mut written, mut cells) = (0, 0, 0);
        for lines in 1..=MAX_LINES {
            let line = self.line_at(self.at + bytes);
            bytes += line.len();
            if lines > 1 && !closes_well(line, self.delimiter) {
                return None;
            }
            // The last line may have no end; a quote that is open swallows the one given here.
            let end = if line.ends_with('\n') { "" } else { "\n" };
            for part in [line, end].into_iter().filter(|part| !part.is_empty()) {
                let more = part.matches(char::from(self.delimiter)).count() + 2;
                record.own.resize(written + part.len() + 1, 0);
                record.ends.resize((cells + more).min(MAX_CELLS + 2), 0);
                let (own, ends) = (
                    record.own.get_mut(written..)?,
                    record.ends.get_mut(cells..)?,
                );
                let (result, _, out, ended) = reader.read_record(part.as_bytes(), own, ends);
                written += out;
                cells += ended;
                record.ends.truncate(cells);
                if result == ReadRecordResult::OutputEndsFull {
                    return None;
                }
                if result == ReadRecordResult::Record {
                    return Some((bytes, lines));
                }
            }
            if !end.is_empty() {
                return None;
            }
        }
        None
    }
}

/// Whether a line that begins inside quotes leaves them, if at all, at the end of a cell. Else the
/// quote is the stray one of a later record.
fn closes_well(line: &str, delimiter: u8) -> bool {
    let single = line.replace("\"\"", "");
    single.split_once('"').is_none_or(|(_, after)| {
        let next = after.trim_start_matches([' ', '\r']).bytes().next();
        next.is_none_or(|b| b == delimiter || b == b'\n')
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_all(text: &str, width: usize) -> Vec<(Read, u64, Vec<String>)> {
        let mut records = Records::new(text, b',');
        records.set_width(width);
        let mut record = Record::default();
        let mut all = Vec::new();
        loop {
            match records.read(&mut record) {
                Read::End => return all,
                read => all.push((read, record.line, record.cells(text))),
            }
        }
    }

    #[test]
    fn quotes_lines_and_empty_cells() {
        let all = read_all("a,\"b,\"\"c\"\"\",\r\n\r\n\"x\ny\",2,3\r\n1,2,3", 3);
        assert_eq!(all[0].2, ["a", "b,\"c\"", ""]);
        assert_eq!((all[1].1, all[1].2[0].as_str()), (3, "x\ny"));
        assert_eq!((all[2].1, all[2].0), (5, Read::Whole));
        assert_eq!(read_all("\"爆款\"手机,2", 2)[0].2, ["爆款手机", "2"]);
        assert_eq!(read_all("15\" 屏,\"2\" ", 2)[0].2, ["15\" 屏", "2"]);
    }

    #[test]
    fn an_unclosed_quote_costs_one_line() {
        let mut text = String::from("1,2\n\"3,4\n");
        text.push_str(&"7,x\n".repeat(1000));
        let all = read_all(&text, 2);
        assert_eq!(all.len(), 1002);
        assert_eq!(all.iter().filter(|r| r.0 == Read::Broken).count(), 1);
        let two_quotes = read_all("1,2\n\"3,4\n5,6\n\"7,8\n9,0\n", 2);
        assert_eq!(two_quotes.len(), 5);
        assert_eq!(read_all("1,\"2", 2)[0].0, Read::Broken);
    }

    #[test]
    fn a_line_of_many_cells_costs_one_line_and_little_memory() {
        let commas = ",".repeat(1_000_000);
        for wide in [commas.clone(), format!("\"a\"{commas}")] {
            let text = format!("1,2\n{wide}\n\"3\",4\n");
            let all = read_all(&text, 2);
            let found: Vec<_> = all.iter().map(|r| (r.0, r.1, r.2.len())).collect();
            let wide = (Read::Wide, 2, MAX_CELLS + 1);
            assert_eq!(found, [(Read::Whole, 1, 2), wide, (Read::Whole, 3, 2)]);
        }
        let full = format!("\"a\"{}", ",".repeat(MAX_CELLS - 1));
        assert_eq!(read_all(&full, 2)[0].0, Read::Whole);
        assert_eq!(read_all(&full.replace('"', ""), 2)[0].0, Read::Whole);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn well_formed_text_reads_as_the_csv_crate_reads_it(
            rows in proptest::collection::vec(
                proptest::collection::vec("[a-z0-9 \",\n]{0,6}[a-z]", 3), 1..20)
        ) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let ours: Vec<_> = read_all(&text, 3);
            prop_assume!(ours.iter().all(|r| r.0 == Read::Whole));
            let trimmed: Vec<Vec<String>> = rows
                .iter()
                .map(|r| r.iter().map(|c| c.trim().to_owned()).collect())
                .collect();
            prop_assert_eq!(ours.into_iter().map(|r| r.2).collect::<Vec<_>>(), trimmed);
        }

        #[test]
        fn every_line_with_text_is_in_some_record(text in "[a\",\r\n]{0,200}") {
            let all = read_all(&text, 2);
            prop_assert!(all.windows(2).all(|w| w[0].1 < w[1].1));
            let letters = text.matches('a').count();
            let kept: usize = all.iter().flat_map(|r| &r.2).map(|c| c.matches('a').count()).sum();
            prop_assert_eq!(kept, letters);
        }
    }
}
