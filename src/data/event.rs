//! One row of an event log, cell by cell, and what a block of such rows gives.
//!
//! This is the authority on what an event row means: `plain` takes over rows of the common forms
//! only, and a test holds both against each other. All cells are read before anything is kept: a
//! row that is rejected leaves nothing behind, neither a brand nor a consumer.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::layout::{Layout, Slot};
use super::line::{Excluded, Left, Line, Measure, Verdict};
use super::names;
use super::report::Report;
use super::texts::Texts;
use super::time::{Clock, FIRST, LAST, Moment};
use crate::facts::{Action, Detail, EventPart, NO_VALUE, Names, Row, Venue, Venues};
use crate::metrics::Day;

/// Where the columns of an event log are.
#[derive(Debug)]
pub(super) struct EventSlots {
    pub(super) brand: Slot,
    pub(super) consumer: Slot,
    pub(super) time: Slot,
    pub(super) action: Slot,
    pub(super) amount: Slot,
    pub(super) order: Slot,
    pub(super) score: Slot,
    pub(super) touches: [Slot; 4],
    /// The brand of rows when there is no column.
    pub(super) default_brand: String,
}

impl EventSlots {
    /// The columns of a table.
    pub(super) fn new(layout: &Layout, default_brand: String) -> Self {
        Self {
            brand: layout.slot("brand"),
            consumer: layout.slot("consumer"),
            time: layout.slot("time"),
            action: layout.slot("action"),
            amount: layout.slot("amount"),
            order: layout.slot("order"),
            score: layout.slot("review_score"),
            touches: layout.slots(["channel", "category", "shop", "item"]),
            default_brand,
        }
    }
}

/// The brand of a row: its cell, or the brand of the table. A row whose cell is empty has none.
pub(super) fn brand_of<'t>(
    line: &Line<'t>,
    slot: &'t Slot,
    default: &'t str,
) -> Result<Cow<'t, str>, Left> {
    if slot.is_there() {
        let brand = line.optional_id(slot)?;
        return brand.ok_or(Left::Excluded(Excluded::NoBrand));
    }
    Ok(Cow::Borrowed(default))
}

/// Events per day.
#[derive(Debug, Default)]
pub(super) struct Days(Vec<u64>);

impl Days {
    /// Counts an event.
    pub(super) fn add(&mut self, day: Day) {
        self.count(day, 1);
    }

    /// Counts events.
    pub(super) fn count(&mut self, day: Day, events: u64) {
        let at = day.0.clamp(FIRST.0, LAST.0).abs_diff(FIRST.0) as usize;
        if at >= self.0.len() {
            self.0.resize(at + 1, 0);
        }
        if let Some(count) = self.0.get_mut(at) {
            *count += events;
        }
    }

    fn all(&self) -> impl DoubleEndedIterator<Item = (Day, u64)> {
        let some = self.0.iter().enumerate().filter(|(_, n)| **n > 0);
        some.map(|(at, n)| (FIRST.plus(at as i32), *n))
    }

    /// Adds the events of another part.
    pub(super) fn absorb(&mut self, other: &Self) {
        for (day, events) in other.all() {
            self.count(day, events);
        }
    }

    /// First and last day that hold an event.
    pub(super) fn span(&self) -> Option<(Day, Day)> {
        Some((self.all().next()?.0, self.all().next_back()?.0))
    }

    /// The latest day whose count reaches 1 % of the median day: a few rows after the end (a cut or
    /// late export) do not make a complete day.
    pub(super) fn last_complete(&self) -> Option<Day> {
        let mut counts: Vec<u64> = self.all().map(|(_, n)| n).collect();
        counts.sort_unstable();
        let median = *counts.get(counts.len() / 2)?;
        let complete = |(_, n): &(Day, u64)| *n * 100 >= median;
        self.all().rev().find(complete).map(|(day, _)| day)
    }
}

/// An event whose consumer, brand and touches are indices into the lists of its block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) consumer: u32,
    pub(super) venue: u32,
    pub(super) moment: Moment,
    pub(super) action: Action,
    pub(super) detail: Detail,
}

/// What a block of an event log gives. All indices are its own; joining the blocks in the order of
/// the file gives everybody the index of the first appearance.
#[derive(Debug, Default)]
pub(super) struct EventPortion {
    /// Consumers; one again in the next row is the same entry, one that comes back later another.
    pub(super) consumers: Names,
    pub(super) brands: Texts,
    pub(super) touches: [Texts; 4],
    pub(super) venues: Venues,
    /// Order ids, one entry for every order row.
    pub(super) orders: Names,
    pub(super) part: EventPart,
    pub(super) days: Days,
}

impl EventPortion {
    /// The entry of a consumer that is given by eight bytes.
    #[inline]
    pub(super) fn packed_consumer(&mut self, code: u64) -> u32 {
        if self.consumers.codes().last() != Some(&code) {
            self.consumers.push_packed(code);
        }
        self.consumers.len() as u32 - 1
    }

    /// The entry of a consumer.
    pub(super) fn consumer(&mut self, id: &str) -> u32 {
        if let Some(code) = Names::packed(id.as_bytes()) {
            return self.packed_consumer(code);
        }
        let last = self.consumers.codes().last();
        if last.and_then(|code| self.consumers.text(*code)) != Some(id) {
            self.consumers.push(id);
        }
        self.consumers.len() as u32 - 1
    }

    /// The entry of an order.
    pub(super) fn order(&mut self, id: &str) -> u32 {
        self.orders.push(id);
        self.orders.len() as u32 - 1
    }

    /// The entry of a venue.
    pub(super) fn venue(&mut self, brand: &str, cells: &[Option<Cow<'_, str>>; 4]) -> u32 {
        let mut touch = [NO_VALUE; 4];
        for ((id, values), cell) in touch.iter_mut().zip(&mut self.touches).zip(cells) {
            if let Some(cell) = cell {
                *id = values.id(cell);
            }
        }
        let brand = self.brands.id(brand);
        self.venue_id(Venue { brand, touch })
    }

    /// The entry of a venue of known names.
    pub(super) fn venue_id(&mut self, venue: Venue) -> u32 {
        // A block holds far fewer rows than there may be venues.
        self.venues.id(venue).unwrap_or(0)
    }

    /// Adds an event.
    #[inline]
    pub(super) fn push(&mut self, event: &Found) {
        let Moment { day, second } = event.moment;
        self.days.add(day);
        let detail = self.part.keep(event.detail);
        let row = Row::new(
            event.consumer,
            (day, second),
            event.action,
            event.venue,
            detail,
        );
        self.part.rows.push(row);
    }
}

/// Reads event rows of any form.
#[derive(Debug)]
pub(super) struct EventRows<'l> {
    slots: &'l EventSlots,
    actions: FxHashMap<Box<str>, Option<Action>>,
    clock: Clock,
}

impl<'l> EventRows<'l> {
    /// Prepares for a block of a table.
    pub(super) fn new(slots: &'l EventSlots, clock: Clock) -> Self {
        Self {
            slots,
            actions: FxHashMap::default(),
            clock,
        }
    }

    /// Reads one row.
    pub(super) fn read<'t>(
        &mut self,
        line: &Line<'t>,
        to: &mut EventPortion,
        report: &mut Report,
    ) -> Verdict
    where
        'l: 't,
    {
        let slots: &'l EventSlots = self.slots;
        let brand = brand_of(line, &slots.brand, &slots.default_brand)?;
        let consumer = line.id(&slots.consumer)?;
        let raw = line.required(&slots.action, ["an action", "行为"])?;
        let Some(action) = self.action(&raw) else {
            return Err(Left::Excluded(Excluded::UnknownAction(Line::shown(&raw))));
        };
        let moment = self.moment(line)?;
        let [channel, category, shop, item] = &slots.touches;
        let cells = [
            line.optional_id(channel)?,
            line.optional_id(category)?,
            line.optional_id(shop)?,
            line.optional_id(item)?,
        ];
        let order = match action {
            Action::Order if slots.order.is_there() => line.optional_id(&slots.order)?,
            _ => None,
        };
        let amount = match action {
            Action::Order | Action::Refund => line.fen(&slots.amount, report),
            _ => None,
        };
        let score = line.number(&slots.score, Measure::Amount, report);
        let found = Found {
            consumer: to.consumer(&consumer),
            venue: to.venue(&brand, &cells),
            moment,
            action,
            detail: Detail {
                amount,
                order: order.map_or(NO_VALUE, |id| to.order(&id)),
                score: score.map(|x| x as f32),
            },
        };
        to.push(&found);
        Ok(())
    }

    fn moment(&mut self, line: &Line<'_>) -> Result<Moment, Left> {
        let slot = &self.slots.time;
        let cell = line.cell(slot);
        let moment = self.clock.moment(&cell, line.format);
        moment.map_err(|fault| line.wrong_time(slot, &cell, fault).into())
    }

    /// The action of a cell, remembered.
    pub(super) fn action(&mut self, cell: &str) -> Option<Action> {
        if let Some(action) = self.actions.get(cell) {
            return *action;
        }
        let action = names::action(cell);
        self.actions.insert(cell.into(), action);
        action
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straggler_does_not_make_a_complete_day() {
        let day = |n| FIRST.plus(n);
        let mut days = Days::default();
        let mut more = Days::default();
        for n in [1, 2, 1, 2] {
            for _ in 0..200 {
                days.add(day(n));
            }
        }
        more.add(day(9));
        days.absorb(&more);
        assert_eq!(days.span(), Some((day(1), day(9))));
        assert_eq!(days.last_complete(), Some(day(2)));
        assert_eq!(Days::default().last_complete(), None);
    }
}
