//! The ordered events of a consumer on their way into a chunk, as bytes: they may wait outside of
//! memory.
//!
//! A run is the numbers of events, details and days, then the heads, the venues where the heads have
//! no room for them, the details, and the days of activity in the category of the brand.

use super::Venue;
use super::buckets::Packed;
use super::rows::Row;
use super::store::{Head, NEAR_VENUES, Slot};

/// Bytes of a venue in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// None: it is in the head.
    Near,
    /// Two.
    Narrow,
    /// Four.
    Wide,
}

impl Width {
    /// What the venues of a brand need.
    pub(super) fn of(venues: &[Venue]) -> Self {
        match venues.len() {
            n if n <= NEAR_VENUES => Self::Near,
            n if n <= 1 << 16 => Self::Narrow,
            _ => Self::Wide,
        }
    }

    fn bytes(self) -> usize {
        match self {
            Self::Near => 0,
            Self::Narrow => 2,
            Self::Wide => 4,
        }
    }

    fn put(self, venue: u32, to: &mut Vec<u8>) {
        match self {
            Self::Near => {}
            Self::Narrow => to.extend_from_slice(&(venue as u16).to_le_bytes()),
            Self::Wide => to.extend_from_slice(&venue.to_le_bytes()),
        }
    }
}

/// Writes the run of a consumer: his rows with their venues among those of the brand and their
/// details, in order, and his days. Gives how many there are of each.
pub(super) fn write(
    rows: &(impl ExactSizeIterator<Item = (Row, u32, Option<Packed>)> + Clone),
    days: impl ExactSizeIterator<Item = u16>,
    width: Width,
    to: &mut Vec<u8>,
) -> Slot {
    let details = || rows.clone().filter_map(|(_, _, detail)| detail);
    let size = Slot {
        chunk: 0,
        event: rows.len() as u32,
        detail: details().count() as u32,
        day: days.len() as u32,
    };
    for number in [size.event, size.detail, size.day] {
        to.extend_from_slice(&number.to_le_bytes());
    }
    for (row, venue, _) in rows.clone() {
        to.extend_from_slice(&Head::new(&row, venue).to_bytes());
    }
    if width != Width::Near {
        rows.clone().for_each(|(_, venue, _)| width.put(venue, to));
    }
    if size.detail > 0 {
        details().for_each(|detail| to.extend_from_slice(&detail.to_bytes()));
    }
    for day in days {
        to.extend_from_slice(&day.to_le_bytes());
    }
    size
}

/// The events of a consumer as bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct PackedRun<'b> {
    pub(super) heads: &'b [[u8; 4]],
    pub(super) venues: &'b [u8],
    pub(super) details: &'b [[u8; 16]],
    pub(super) days: &'b [[u8; 2]],
}

impl<'b> PackedRun<'b> {
    /// Reads a run; gives what lies behind it. `None` when there is no whole one.
    pub(super) fn read(bytes: &'b [u8], width: Width) -> Option<(Self, &'b [u8])> {
        let (numbers, rest) = bytes.split_first_chunk::<12>()?;
        let (numbers, _) = numbers.as_chunks::<4>();
        let mut numbers = numbers.iter().map(|n| u32::from_le_bytes(*n) as usize);
        let (events, details, days) = (numbers.next()?, numbers.next()?, numbers.next()?);
        let (heads, rest) = rest.split_at_checked(events * 4)?;
        let (venues, rest) = rest.split_at_checked(events * width.bytes())?;
        let (details, rest) = rest.split_at_checked(details * 16)?;
        let (days, rest) = rest.split_at_checked(days * 2)?;
        let run = Self {
            heads: heads.as_chunks().0,
            venues,
            details: details.as_chunks().0,
            days: days.as_chunks().0,
        };
        Some((run, rest))
    }
}
