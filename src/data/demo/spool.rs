//! The log while it is being made: consumers come one after another, rows leave in order of time.
//!
//! A spool has one drawer for each week. Drawers of a large world are files without a name, so that
//! memory holds one week at a time and nothing is left behind when the program is killed.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

use super::calendar::{HISTORY_FROM, LAST};
use super::life::{Event, Sale};
use crate::facts::Action;
use crate::metrics::Day;

/// Days in a drawer.
const DRAWER_DAYS: i32 = 7;
/// Bytes of a drawer that are kept in memory when the drawer has a file.
const DRAWER_BYTES: usize = 1 << 18;
/// "No item" in a record.
const NO_ITEM: u8 = u8::MAX;

/// An event in 24 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) consumer: u32,
    /// Days since the first day, then seconds of the day.
    moment: u32,
    /// Id of the order; 0 without one.
    pub(super) order: u32,
    pub(super) fen: u32,
    action: u8,
    pub(super) brand: u8,
    pub(super) channel: u8,
    pub(super) category: u8,
    item: u8,
    pub(super) quantity: u8,
    /// 0 without one.
    pub(super) score: u8,
}

const RECORD: usize = 24;
const SECOND_BITS: u32 = 17;

impl Record {
    fn new(event: &Event, orders_before: u32) -> Self {
        let none = Sale {
            order: 0,
            fen: 0,
            quantity: 0,
        };
        let sale = event.sale.map_or(none, |s| Sale {
            order: s.order + orders_before,
            ..s
        });
        Self {
            consumer: event.consumer,
            moment: ((event.day.0 - HISTORY_FROM.0) as u32) << SECOND_BITS | event.second,
            order: sale.order,
            fen: sale.fen as u32,
            action: event.action as u8,
            brand: event.brand as u8,
            channel: event.channel as u8,
            category: event.category as u8,
            item: event.item.map_or(NO_ITEM, |i| i as u8),
            quantity: sale.quantity as u8,
            score: event.score.unwrap_or(0),
        }
    }

    pub(super) fn day(&self) -> Day {
        HISTORY_FROM.plus((self.moment >> SECOND_BITS) as i32)
    }

    pub(super) fn second(&self) -> u32 {
        self.moment & ((1 << SECOND_BITS) - 1)
    }

    pub(super) fn action(&self) -> Action {
        let known = Action::ALL.get(self.action as usize);
        known.copied().unwrap_or(Action::Exposure)
    }

    pub(super) fn item(&self) -> Option<u8> {
        (self.item != NO_ITEM).then_some(self.item)
    }

    /// Orders a log: by time, then by consumer; what one does in one second stays as it came.
    pub(super) fn place(&self) -> (u32, u32) {
        (self.moment, self.consumer)
    }

    fn to_bytes(self) -> [u8; RECORD] {
        let mut bytes = [0; RECORD];
        let numbers = [self.consumer, self.moment, self.order, self.fen];
        for (to, number) in bytes.chunks_exact_mut(4).zip(numbers) {
            to.copy_from_slice(&number.to_le_bytes());
        }
        let small = [
            self.action,
            self.brand,
            self.channel,
            self.category,
            self.item,
            self.quantity,
            self.score,
        ];
        bytes[16..23].copy_from_slice(&small);
        bytes
    }

    fn from_bytes(bytes: &[u8; RECORD]) -> Self {
        let number =
            |k: usize| u32::from_le_bytes([bytes[k], bytes[k + 1], bytes[k + 2], bytes[k + 3]]);
        let [action, brand, channel, category, item, quantity, score] =
            [16, 17, 18, 19, 20, 21, 22].map(|k: usize| bytes[k]);
        Self {
            consumer: number(0),
            moment: number(4),
            order: number(8),
            fen: number(12),
            action,
            brand,
            channel,
            category,
            item,
            quantity,
            score,
        }
    }
}

#[derive(Debug, Default)]
struct Drawer {
    recent: Vec<u8>,
    file: Option<File>,
}

impl Drawer {
    fn put(&mut self, record: Record) -> io::Result<()> {
        self.recent.extend(record.to_bytes());
        match &mut self.file {
            Some(file) if self.recent.len() >= DRAWER_BYTES => {
                file.write_all(&self.recent)?;
                self.recent.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn empty(self) -> io::Result<Vec<Record>> {
        let mut records = Vec::new();
        if let Some(mut file) = self.file {
            records.reserve_exact((file.stream_position()? as usize + self.recent.len()) / RECORD);
            file.rewind()?;
            let mut block = vec![0; RECORD << 12];
            loop {
                let filled = fill(&mut file, &mut block)?;
                take(&block[..filled], &mut records);
                if filled < block.len() {
                    break;
                }
            }
        }
        take(&self.recent, &mut records);
        Ok(records)
    }
}

/// Reads until the block is full or the file ends.
fn fill(file: &mut File, block: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < block.len() {
        match file.read(&mut block[filled..])? {
            0 => break,
            n => filled += n,
        }
    }
    Ok(filled)
}

fn take(bytes: &[u8], records: &mut Vec<Record>) {
    let (whole, _) = bytes.as_chunks::<RECORD>();
    records.extend(whole.iter().map(Record::from_bytes));
}

/// All events, in drawers by week.
#[derive(Debug)]
pub(super) struct Spool {
    drawers: Vec<Drawer>,
    orders: u32,
}

impl Spool {
    /// A spool in memory, or with files in a folder.
    pub(super) fn new(folder: Option<&Path>) -> io::Result<Self> {
        let drawers = (LAST.0 - HISTORY_FROM.0) / DRAWER_DAYS + 1;
        let drawer = |_| {
            let file = folder.map(tempfile::tempfile_in).transpose()?;
            Ok(Drawer {
                recent: Vec::new(),
                file,
            })
        };
        Ok(Self {
            drawers: (0..drawers).map(drawer).collect::<io::Result<_>>()?,
            orders: 0,
        })
    }

    /// Adds events whose order ids count up to `orders`.
    pub(super) fn add(&mut self, events: &[Event], orders: u32) -> io::Result<()> {
        for event in events {
            let week = (event.day.0 - HISTORY_FROM.0) / DRAWER_DAYS;
            if let Some(drawer) = self.drawers.get_mut(week as usize) {
                drawer.put(Record::new(event, self.orders))?;
            }
        }
        self.orders += orders;
        Ok(())
    }

    /// The records of one week after the other, each week in order.
    pub(super) fn weeks(self) -> impl Iterator<Item = io::Result<Vec<Record>>> {
        use rayon::slice::ParallelSliceMut as _;
        self.drawers.into_iter().map(|drawer| {
            let mut records = drawer.empty()?;
            records.par_sort_by_key(Record::place);
            Ok(records)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(consumer: u32, day: i32, order: Option<u32>) -> Event {
        Event {
            consumer,
            brand: 5,
            day: HISTORY_FROM.plus(day),
            second: 86_399,
            action: Action::Subscribe,
            channel: 11,
            category: 47,
            item: order.map(|_| 7),
            sale: order.map(|order| Sale {
                order,
                fen: 359_700,
                quantity: 3,
            }),
            score: order.map(|_| 5),
        }
    }

    #[test]
    fn memory_and_files_give_the_same_records_in_order() {
        let folder = tempfile::tempdir().unwrap();
        let weeks = |place: Option<&Path>| -> Vec<Record> {
            let mut spool = Spool::new(place).unwrap();
            for consumer in (0..30_000).rev() {
                let life = [
                    event(consumer, 1147, Some(1)),
                    event(consumer, 0, None),
                    event(consumer, 1147, Some(2)),
                ];
                spool.add(&life, 2).unwrap();
            }
            let all: io::Result<Vec<Vec<Record>>> = spool.weeks().collect();
            all.unwrap().concat()
        };
        let (memory, files) = (weeks(None), weeks(Some(folder.path())));
        assert_eq!(memory.len(), 90_000);
        assert!(memory == files);
        assert!(memory.is_sorted_by_key(Record::place));
        let last = memory.last().unwrap();
        assert_eq!((last.day(), last.second()), (LAST, 86_399));
        assert_eq!(
            (last.consumer, last.order, last.item()),
            (29_999, 2, Some(7))
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
