//! Events as the loader hands them over: 16 bytes each, in parts that are filled side by side.
//!
//! What many events share (brand, channel, category, shop, item) is a [`Venue`] that is kept once;
//! what few events have (amount, order id, score) is a detail beside them. Nothing is sorted here:
//! the engine orders the events of every consumer.

use rustc_hash::FxHashMap;

use super::pack::packed;
use super::{Action, Event, NO_VALUE};
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

packed!(Detail {
    amount,
    order,
    score
});

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
    pub fn detail(&self, row: &Row) -> Detail {
        let found = self.details.get(row.detail as usize);
        found.copied().unwrap_or(Detail::NONE)
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

/// All events of a log, in the order of the files.
#[derive(Debug, Clone, Default)]
pub struct Events {
    /// The rows; joining two logs moves no row.
    pub parts: Vec<EventPart>,
    /// Where the events of all parts happen.
    pub venues: Venues,
}

/// Rows of one part when events are added one by one.
const PART: usize = 1 << 16;

impl Events {
    /// Adds an event. Events beyond [`Venues::MAX`] distinct venues are refused with `false`.
    pub fn push(&mut self, event: &Event) -> bool {
        let venue = Venue {
            brand: event.brand,
            touch: event.touch,
        };
        let Some(venue) = self.venues.id(venue) else {
            return false;
        };
        if self.parts.last().is_none_or(|p| p.rows.len() >= PART) {
            self.parts.push(EventPart::default());
        }
        if let Some(part) = self.parts.last_mut() {
            let detail = part.keep(Detail {
                amount: event.amount,
                order: event.order,
                score: event.score,
            });
            let moment = (event.day, event.second);
            part.rows.push(Row::new(
                event.consumer,
                moment,
                event.action,
                venue,
                detail,
            ));
        }
        true
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.parts.iter().map(|p| p.rows.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.parts.iter().all(|p| p.rows.is_empty())
    }

    /// The events one by one.
    pub fn iter(&self) -> impl Iterator<Item = Event> + '_ {
        let each = |part: &'_ EventPart, row: &Row| {
            let venue = self.venues.list().get(row.venue() as usize);
            let detail = part.detail(row);
            Event {
                consumer: row.consumer,
                brand: venue.map_or(0, |p| p.brand),
                day: row.day(),
                second: row.second(),
                action: row.action(),
                touch: venue.map_or([NO_VALUE; 4], |p| p.touch),
                amount: detail.amount,
                order: detail.order,
                score: detail.score,
            }
        };
        self.parts
            .iter()
            .flat_map(move |part| part.rows.iter().map(move |row| each(part, row)))
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
        assert!(events.parts.len() > 1);
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
