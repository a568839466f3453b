//! Splits delimited text into records, and recovers from broken quotes.
//!
//! A stray quote must not swallow the rows after it: a quoted cell may span a few lines, no more, and
//! a record of several lines must have the width of the table. What does not is given back as one
//! broken line, and reading goes on at the next. Cells are slices of the text; nothing is copied
//! except cells with doubled quotes. Lines are counted from the text, whatever ends them.

use std::borrow::Cow;

/// Lines that one record may span.
const MAX_LINES: u64 = 5;

/// What [`Records::read`] found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// A record.
    Whole,
    /// A line whose quotes do not fit.
    Broken,
    /// Nothing more.
    End,
}

/// A cell as a slice of the text.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
    doubled: bool,
}

/// One record; reused for all.
#[derive(Debug, Default)]
pub(super) struct Record {
    spans: Vec<Span>,
    /// Line of its beginning, from 1.
    pub(super) line: u64,
}

impl Record {
    /// How many cells it has.
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// A cell without white space around it; empty when there is no such cell.
    pub(super) fn cell<'t>(&self, text: &'t str, index: usize) -> Cow<'t, str> {
        let Some(span) = self.spans.get(index) else {
            return Cow::Borrowed("");
        };
        let raw = text.get(span.start..span.end).unwrap_or("").trim();
        if span.doubled {
            Cow::Owned(raw.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(raw)
        }
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
}

/// Reads records one after the other.
#[derive(Debug, Clone)]
pub(super) struct Records<'t> {
    text: &'t str,
    delimiter: u8,
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
            at: 0,
            line: 1,
            width: None,
        }
    }

    /// From now on, records of several lines must have this width.
    pub(super) fn set_width(&mut self, width: usize) {
        self.width = Some(width);
    }

    /// Bytes read so far.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Reads the next record; empty lines are no records.
    pub(super) fn read(&mut self, record: &mut Record) -> Read {
        self.skip_empty_lines();
        record.spans.clear();
        record.line = self.line;
        if self.at >= self.text.len() {
            return Read::End;
        }
        match self.split(record) {
            Some((end, lines)) if lines == 1 || self.width.is_none_or(|w| w == record.len()) => {
                self.at = end;
                self.line += lines;
                Read::Whole
            }
            _ => {
                let rest = self.bytes().get(self.at..).unwrap_or(&[]);
                let len = rest.iter().position(|b| *b == b'\n');
                record.spans.clear();
                record.spans.push(Span {
                    start: self.at,
                    end: len.map_or(self.text.len(), |n| self.at + n),
                    doubled: false,
                });
                self.at = len.map_or(self.text.len(), |n| self.at + n + 1);
                self.line += 1;
                Read::Broken
            }
        }
    }

    fn bytes(&self) -> &'t [u8] {
        self.text.as_bytes()
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes().get(at).copied()
    }

    fn skip_empty_lines(&mut self) {
        loop {
            let step = match (self.byte(self.at), self.byte(self.at + 1)) {
                (Some(b'\n'), _) => 1,
                (Some(b'\r'), Some(b'\n')) => 2,
                _ => return,
            };
            self.at += step;
            self.line += 1;
        }
    }

    /// The cells from the current position: where the next record begins, and how many lines this
    /// one took; `None` when a quote is not closed.
    fn split(&self, record: &mut Record) -> Option<(usize, u64)> {
        let mut at = self.at;
        let mut lines = 1;
        loop {
            let (span, stop) = match self.byte(at) {
                Some(b'"') => self.quoted(at, &mut lines)?,
                _ => self.bare(at),
            };
            record.spans.push(span);
            match self.byte(stop) {
                Some(b) if b == self.delimiter => at = stop + 1,
                Some(_) => return Some((stop + 1, lines)),
                None => return Some((stop, lines)),
            }
        }
    }

    /// A cell without quotes: up to the delimiter, the end of the line or of the text.
    fn bare(&self, start: usize) -> (Span, usize) {
        let rest = self.bytes().get(start..).unwrap_or(&[]);
        let len = rest
            .iter()
            .position(|b| *b == self.delimiter || *b == b'\n')
            .unwrap_or(rest.len());
        let span = Span {
            start,
            end: start + len,
            doubled: false,
        };
        (span, start + len)
    }

    /// A cell in quotes. When something follows the closing quote, the quotes are part of the text
    /// (`"爆款"手机`) and the cell is a bare one.
    fn quoted(&self, start: usize, lines: &mut u64) -> Option<(Span, usize)> {
        let (mut at, mut doubled, mut breaks) = (start + 1, false, 0);
        loop {
            match (self.byte(at)?, self.byte(at + 1)) {
                (b'"', Some(b'"')) => {
                    doubled = true;
                    at += 2;
                }
                (b'"', _) => break,
                (b'\n', _) => {
                    breaks += 1;
                    if *lines + breaks > MAX_LINES {
                        return None;
                    }
                    at += 1;
                }
                _ => at += 1,
            }
        }
        let stop = match (self.byte(at + 1), self.byte(at + 2)) {
            (None | Some(b'\n'), _) => at + 1,
            (Some(b'\r'), Some(b'\n') | None) => at + 2,
            (Some(b), _) if b == self.delimiter => at + 1,
            _ => return Some(self.bare(start)),
        };
        *lines += breaks;
        let span = Span {
            start: start + 1,
            end: at,
            doubled,
        };
        Some((span, stop))
    }
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
        assert_eq!(read_all("\"爆款\"手机,2", 2)[0].2[0], "\"爆款\"手机");
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

    proptest! {
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
