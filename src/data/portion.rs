//! Reads one block of an event log or a table of consumers; blocks are read side by side.
//!
//! Everything in a portion counts from the beginning of its block: lines from one, indices from
//! zero. Nothing here touches the data set, so blocks may be read in any order and by any thread.

use std::sync::atomic::{AtomicBool, Ordering};

use super::blocks::Block;
use super::cells;
use super::columns::Kind;
use super::decode::{self, Traces};
use super::event::{EventPortion, EventRows, EventSlots};
use super::layout::Layout;
use super::left_out::LeftOut;
use super::line::{Excluded, Left, Line, Verdict};
use super::names;
use super::people::{PeoplePortion, PeopleSlots, PlainPeople};
use super::plain::{Plain, Plan};
use super::records::{MAX_CELLS, Read, Record, Records};
use super::report::{Draft, Report, warning};
use super::time::{Clock, TimeFormat};
use crate::facts::Code;

/// The columns of a table that is read in blocks.
#[derive(Debug)]
pub(super) enum Slots {
    Events(Box<EventSlots>),
    People(PeopleSlots),
}

impl Slots {
    /// The columns of a table; `None` for a kind that is not read in blocks.
    pub(super) fn new(layout: &Layout, default_brand: String) -> Option<Self> {
        match layout.kind {
            Kind::Events => Some(Self::Events(Box::new(EventSlots::new(
                layout,
                default_brand,
            )))),
            Kind::Consumers => Some(Self::People(PeopleSlots::new(layout))),
            _ => None,
        }
    }
}

/// What holds for all blocks of a table.
#[derive(Debug)]
pub(super) struct Table<'l> {
    pub(super) layout: &'l Layout,
    pub(super) slots: &'l Slots,
    /// How plain rows are read, if they may be.
    pub(super) plan: Option<Plan<'l>>,
    pub(super) path: &'l str,
    /// Index of the file among the sources.
    pub(super) source: u32,
    pub(super) format: &'l TimeFormat,
    pub(super) clock: Clock,
}

/// Rows by what became of them.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) rows: u64,
    pub(super) used: u64,
    pub(super) rejected: u64,
    pub(super) excluded: u64,
}

/// The entries of a block.
#[derive(Debug)]
pub(super) enum Entries {
    Events(Box<EventPortion>),
    People(PeoplePortion),
}

/// What one block gives.
#[derive(Debug)]
pub(super) struct Portion {
    pub(super) entries: Entries,
    pub(super) counts: Counts,
    /// Line ends of the block, and bytes of its text.
    pub(super) lines: u64,
    pub(super) bytes: u64,
    pub(super) report: Report,
    pub(super) left_out: LeftOut,
    pub(super) traces: Traces,
}

/// Reads rows one by one.
enum Reader<'l> {
    Events(Box<EventRows<'l>>, Option<Box<Plain<'l>>>),
    People(&'l PeopleSlots, PlainPeople),
}

impl<'l> Table<'l> {
    /// Reads a block. What is read when `stop` is set has no meaning.
    pub(super) fn read(&'l self, block: &Block<'_>, stop: &AtomicBool) -> Portion {
        match block {
            #[cfg(feature = "parquet")]
            Block::Lines(text) => self.text(text, Traces::default(), stop),
            Block::Text(text) => self.text(text, Traces::default(), stop),
            Block::Bytes(..) => {
                let (text, traces) = decode::block(block.bytes());
                self.text(&text, traces, stop)
            }
        }
    }

    fn text(&'l self, text: &str, traces: Traces, stop: &AtomicBool) -> Portion {
        let (entries, mut reader) = self.begin();
        let mut portion = Portion {
            entries,
            counts: Counts::default(),
            lines: 0,
            bytes: text.len() as u64,
            report: Report::default(),
            left_out: LeftOut::default(),
            traces,
        };
        let mut records = Records::new(text, self.layout.delimiter);
        let mut record = Record::default();
        records.set_width(self.layout.width);
        while !stop.load(Ordering::Relaxed) {
            if portion.plain(text, &mut records, &mut reader) {
                continue;
            }
            let read = records.read(&mut record);
            if read == Read::End {
                break;
            }
            let line = Line {
                text,
                record: &record,
                path: self.path,
                source: self.source,
                format: self.format,
            };
            portion.row(read, self.layout, &line, &mut reader);
        }
        portion.lines = records.lines();
        portion
    }

    fn begin(&'l self) -> (Entries, Reader<'l>) {
        match self.slots {
            Slots::Events(slots) => {
                let clock = || self.clock.clone();
                let plain = self.plan.as_ref().map(|plan| Plain::new(plan, clock()));
                let rows = Box::new(EventRows::new(slots, clock()));
                (
                    Entries::Events(Box::default()),
                    Reader::Events(rows, plain.map(Box::new)),
                )
            }
            Slots::People(slots) => {
                let entries = Entries::People(PeoplePortion::default());
                (entries, Reader::People(slots, PlainPeople::default()))
            }
        }
    }
}

impl Portion {
    /// Reads plain rows; `false` when the next row is not plain, or there is none.
    fn plain(&mut self, text: &str, records: &mut Records<'_>, reader: &mut Reader<'_>) -> bool {
        let (text, at) = (text.as_bytes(), records.position());
        let (bytes, rows) = match (reader, &mut self.entries) {
            (Reader::Events(_, Some(plain)), Entries::Events(to)) => plain.read(text, at, to),
            (Reader::People(slots, plain), Entries::People(to)) => {
                plain.read((text, at), slots, to)
            }
            _ => (0, 0),
        };
        records.take(bytes, rows);
        self.counts.rows += rows;
        self.counts.used += rows;
        rows == cells::ROWS
    }

    /// Reads a row of any form. Every row ends in exactly one of used, rejected, excluded.
    fn row<'t, 'l: 't>(
        &mut self,
        read: Read,
        layout: &Layout,
        line: &Line<'t>,
        reader: &mut Reader<'l>,
    ) {
        let (entries, report) = (&mut self.entries, &mut self.report);
        let verdict = checked(read, layout, line, || match (reader, entries) {
            (Reader::Events(rows, _), Entries::Events(to)) => rows.read(line, to, report),
            (Reader::People(slots, _), Entries::People(to)) => to.read(line, slots),
            _ => Ok(()),
        });
        let counts = &mut self.counts;
        counts.rows += 1;
        match verdict {
            Ok(()) => counts.used += 1,
            Err(Left::Rejected(draft)) => {
                counts.rejected += 1;
                self.report.row(*draft);
            }
            Err(Left::Excluded(why)) => {
                counts.excluded += 1;
                self.left_out.add(why, line.record.line);
            }
        }
    }
}

/// What becomes of a record: the rules that hold for every kind of table, and those of the kind.
pub(super) fn checked(
    read: Read,
    layout: &Layout,
    line: &Line<'_>,
    kind: impl FnOnce() -> Verdict,
) -> Verdict {
    let (text, record) = (line.text, line.record);
    match read {
        Read::Broken => return Err(broken_quote(line).into()),
        Read::Wide => return Err(too_wide(line).into()),
        Read::Whole | Read::End => {}
    }
    let is_totals = |i: &usize| names::is_totals(&record.cell(text, *i));
    // The words for totals are Chinese: no line of plain ASCII holds one.
    if !record.is_plain() && layout.totals.iter().any(is_totals) {
        return Err(Left::Excluded(Excluded::Totals));
    }
    if record.len() < layout.needed || record.len() > layout.width {
        if record.is_blank(text) {
            return Err(Left::Excluded(Excluded::Blank));
        }
        let extra = (layout.width..record.len()).any(|i| !record.cell(text, i).is_empty());
        if extra || record.len() < layout.needed {
            return Err(wrong_width(line, layout.width).into());
        }
    }
    match kind() {
        Err(_) if record.is_blank(text) => Err(Left::Excluded(Excluded::Blank)),
        other => other,
    }
}

fn broken_quote(line: &Line<'_>) -> Draft {
    warning(Code::Row, "a quote is not closed", "引号没有闭合")
        .at(line.path, line.record.line, 0)
        .expected([
            "a closing quote within five lines, and as many cells as the header",
            "五行内闭合的引号，且单元格数与表头一致",
        ])
        .found(&line.record.cell(line.text, 0))
}

fn too_wide(line: &Line<'_>) -> Draft {
    warning(Code::Row, "too many columns", "列数过多")
        .at(line.path, line.record.line, 0)
        .expected([
            format!("at most {MAX_CELLS} columns"),
            format!("至多 {MAX_CELLS} 列"),
        ])
        .found(&line.record.cell(line.text, 0))
}

fn wrong_width(line: &Line<'_>, width: usize) -> Draft {
    warning(Code::Row, "wrong number of cells", "单元格数量不正确")
        .at(line.path, line.record.line, 0)
        .expected([format!("{width} cells"), format!("{width} 个单元格")])
        .found(&line.record.len().to_string())
}
