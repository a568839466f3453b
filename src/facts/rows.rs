//! Events as the loader hands them over: 16 bytes each in parts that are filled side by side, then
//! ten in the buckets of [`Events`].
//!
//! What many events share (brand, channel, category, shop, item) is a [`Venue`] that is kept once;
//! what few events have (amount, order id, score) is a detail beside them. Nothing is sorted here:
//! the engine orders the events of every consumer.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::buckets::{Annex, Buckets, Lying, Packed, SHIFT};
use super::pack::packed;
use super::{Action, Event, NO_VALUE, Problem};
use crate::metrics::Day;

/// Bits of the index of a venue in [`Row::key`].
const VENUE_BITS: u32 = 26;
const ACTION_BITS: u32 = 5;
const SECOND_BITS: u32 = 17;
const ACTION_AT: u32 = VENUE_BITS;
const SECOND_AT: u32 = ACTION_AT + ACTION_BITS;
const DAY_AT: u32 = SECOND_AT + SECOND_BITS;

/// Where events happen: the brand and the values of the touch dimensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Venue {
    /// Index into `Dataset::brands`.
    pub brand: u32,
    /// Values by [`super::Touch`], or [`NO_VALUE`].
    pub touch: [u32; 4],
}

packed!(Venue { brand, touch });

/// The distinct venues of a log.
#[derive(Debug, Clone, Default)]
pub struct Venues {
    list: Vec<Venue>,
    ids: FxHashMap<Venue, u32>,
}

impl Venues {
    /// How many distinct venues a log can have.
    pub const MAX: usize = 1 << VENUE_BITS;

    /// The index of a venue; a new one is added. `None` when there are too many.
    pub fn id(&mut self, venue: Venue) -> Option<u32> {
        if let Some(id) = self.ids.get(&venue) {
            return Some(*id);
        }
        let id = self.list.len();
        if id == Self::MAX {
            return None;
        }
        self.list.push(venue);
        self.ids.insert(venue, id as u32);
        Some(id as u32)
    }

    /// All venues, by index.
    pub fn list(&self) -> &[Venue] {
        &self.list
    }
}

/// One event without its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Index of the consumer.
    pub consumer: u32,
    /// Index of the detail in the part of the row, or [`NO_VALUE`].
    pub detail: u32,
    /// Day, second, action and venue, from the highest bits to the lowest.
    key: u64,
}

impl Row {
    /// Packs a row. Days before 1970-01-01 or after 2149-06-06 do not fit: they become the nearest
    /// that does (the loader accepts the years 2000 to 2100).
    pub fn new(consumer: u32, moment: (Day, u32), action: Action, venue: u32, detail: u32) -> Self {
        let (day, second) = moment;
        let day = day.0.clamp(0, i32::from(u16::MAX)) as u64;
        let second = u64::from(second.min((1 << SECOND_BITS) - 1));
        let key = day << DAY_AT
            | second << SECOND_AT
            | (action as u64) << ACTION_AT
            | u64::from(venue) & (Venues::MAX as u64 - 1);
        Self {
            consumer,
            detail,
            key,
        }
    }

    /// The row of a consumer with this order, see [`Row::order`], without a detail.
    pub(super) fn of(consumer: u32, order: u64) -> Self {
        Self {
            consumer,
            detail: NO_VALUE,
            key: order,
        }
    }

    /// Orders the rows of a consumer: by day, second, action and venue.
    pub fn order(&self) -> u64 {
        self.key
    }

    /// The day.
    pub fn day(&self) -> Day {
        Day((self.key >> DAY_AT) as i32)
    }

    /// The second of the day.
    pub fn second(&self) -> u32 {
        (self.key >> SECOND_AT) as u32 & ((1 << SECOND_BITS) - 1)
    }

    /// What was done.
    pub fn action(&self) -> Action {
        let index = (self.key >> ACTION_AT) as usize & ((1 << ACTION_BITS) - 1);
        Action::ALL.get(index).copied().unwrap_or(Action::Exposure)
    }

    /// Index of the venue.
    pub fn venue(&self) -> u32 {
        self.key as u32 & (Venues::MAX as u32 - 1)
    }

    /// The same row of another consumer, venue and detail, as when parts of a log are joined.
    #[must_use]
    pub fn moved(&self, consumer: u32, venue: u32, detail: u32) -> Self {
        let rest = self.key & !(Venues::MAX as u64 - 1);
        Self {
            consumer,
            detail,
            key: rest | u64::from(venue),
        }
    }
}

/// What few events have.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detail {
    /// Paid amount in fen, for orders and refunds.
    pub amount: Option<i64>,
    /// Index of the order id of an order line, or [`NO_VALUE`].
    pub order: u32,
    /// Review score.
    pub score: Option<f32>,
}

impl Detail {
    /// The detail of an event that has none.
    pub const NONE: Self = Self {
        amount: None,
        order: NO_VALUE,
        score: None,
    };
}

/// Rows that were read together, with their details.
#[derive(Debug, Clone, Default)]
pub struct EventPart {
    /// The rows, in the order of the file.
    pub rows: Vec<Row>,
    /// Their details.
    pub details: Vec<Detail>,
}

impl EventPart {
    /// The detail of a row of this part.
    pub fn detail(&self, row: &Row) -> Option<&Detail> {
        self.details.get(row.detail as usize)
    }

    /// Keeps a detail; the result goes into the row.
    pub fn keep(&mut self, detail: Detail) -> u32 {
        if detail == Detail::NONE {
            return NO_VALUE;
        }
        self.details.push(detail);
        self.details.len() as u32 - 1
    }
}

/// All events of a log. Those of one consumer stay in the order of the files.
#[derive(Debug, Clone, Default)]
pub struct Events {
    /// Where the events happen.
    pub venues: Venues,
    buckets: Buckets,
}

impl Events {
    /// A log whose rows go to an annex when they fill so many bytes.
    pub fn with_annex(budget: usize, annex: Arc<dyn Annex>) -> Self {
        Self {
            venues: Venues::default(),
            buckets: Buckets::with_annex(budget, annex),
        }
    }

    /// Adds an event. Events beyond [`Venues::MAX`] distinct venues are refused with `false`.
    pub fn push(&mut self, event: &Event) -> bool {
        let venue = Venue {
            brand: event.brand,
            touch: event.touch,
        };
        let Some(venue) = self.venues.id(venue) else {
            return false;
        };
        let detail = Detail {
            amount: event.amount,
            order: event.order,
            score: event.score,
        };
        let moment = (event.day, event.second);
        let row = Row::new(event.consumer, moment, event.action, venue, NO_VALUE);
        self.add(&row, Some(&detail).filter(|d| **d != Detail::NONE));
        true
    }

    /// Adds a row whose venue is one of [`Events::venues`].
    #[inline]
    pub fn add(&mut self, row: &Row, detail: Option<&Detail>) {
        self.buckets.push(row.consumer, row.order(), detail);
    }

    /// Sends the rows to the annex when they fill the budget; to be called now and then. The error
    /// is that of the annex.
    pub fn settle(&mut self) -> Result<(), Box<Problem>> {
        self.buckets.settle()
    }

    /// Gives back memory that is not needed, when all rows are there.
    pub fn shrink(&mut self) {
        self.buckets.shrink();
    }

    /// Hands out all rows with their details, those of one consumer in the order of the files. `None`
    /// when an annex cannot give back what was put there.
    pub(super) fn each_row(&self, on: &mut dyn FnMut(Row, Option<Packed>)) -> Option<()> {
        for bucket in 0..self.buckets.len() {
            let first = (bucket << SHIFT) as u32;
            let each = &mut |block: super::buckets::Block<'_>| {
                for lying in block {
                    on(Row::of(first + lying.local, lying.key), lying.detail);
                }
            };
            self.buckets.each(bucket, each).ok()?;
        }
        Some(())
    }

    pub(super) fn buckets(&self) -> &Buckets {
        &self.buckets
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.buckets.rows()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The events one by one, by groups of consumers. Ends early when an annex cannot give back what
    /// was put there, see [`Events::in_bucket`].
    pub fn iter(&self) -> impl Iterator<Item = Event> + '_ {
        let each = (0..self.buckets.len()).map(|bucket| self.in_bucket(bucket));
        each.map_while(Result::ok).flatten()
    }

    /// The events of a group of consumers, in the order of the files; none beyond the last group.
    /// The error is that of the annex.
    pub fn in_bucket(&self, bucket: usize) -> Result<Vec<Event>, Box<Problem>> {
        let mut events = Vec::new();
        let first = (bucket << SHIFT) as u32;
        self.buckets.each(bucket, &mut |block| {
            events.extend(block.map(|lying| self.event(first, lying)));
        })?;
        Ok(events)
    }

    fn event(&self, first: u32, lying: Lying) -> Event {
        let row = Row::of(first + lying.local, lying.key);
        let venue = self.venues.list().get(row.venue() as usize);
        let detail = lying.detail.map_or(Detail::NONE, Packed::detail);
        Event {
            consumer: row.consumer,
            brand: venue.map_or(0, |v| v.brand),
            day: row.day(),
            second: row.second(),
            action: row.action(),
            touch: venue.map_or([NO_VALUE; 4], |v| v.touch),
            amount: detail.amount,
            order: detail.order,
            score: detail.score,
        }
    }
}

impl FromIterator<Event> for Events {
    fn from_iter<I: IntoIterator<Item = Event>>(events: I) -> Self {
        let mut found = Self::default();
        for event in events {
            found.push(&event);
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_back_as_they_went_in() {
        assert_eq!(size_of::<Row>(), 16);
        let event = |consumer, action, amount, order, score| Event {
            consumer,
            brand: consumer % 3,
            day: Day(20_000 + consumer as i32 % 5000),
            second: 86_399,
            action,
            touch: [consumer, NO_VALUE, 7, 4_000_000],
            amount,
            order,
            score,
        };
        let all: Vec<Event> = (0..100_000)
            .map(|c| match c % 4 {
                0 => event(c, Action::Order, Some(-5), c, None),
                1 => event(c, Action::Review, None, NO_VALUE, Some(4.5)),
                2 => event(c, Action::Subscribe, None, NO_VALUE, None),
                _ => event(c, Action::Exposure, None, NO_VALUE, None),
            })
            .collect();
        let events: Events = all.iter().copied().collect();
        assert_eq!(events.len(), all.len());
        assert!(events.buckets.len() > 1);
        assert!(events.iter().eq(all.iter().copied()));
    }

    #[test]
    fn rows_order_by_time_then_action() {
        let row = |day, second, action| Row::new(0, (Day(day), second), action, 3, 0).order();
        assert!(row(1, 86_399, Action::Subscribe) < row(2, 0, Action::Exposure));
        assert!(row(1, 5, Action::JoinMember) < row(1, 5, Action::LeaveMember));
        let moved = Row::new(1, (Day(9), 8), Action::Order, 3, 0).moved(2, 5, 6);
        assert_eq!(moved, Row::new(2, (Day(9), 8), Action::Order, 5, 6));
    }
}
