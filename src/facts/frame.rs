//! The days that one board looks at, as bits of a mask.
//!
//! Every window of a rule becomes a range of days, and every range of days becomes a mask of sample
//! days, so one pass over the events of a consumer gives his state on all sample days at once.
//!
//! ```text
//! bit 0 … 53    week ends: as-of − 7 × (53 − bit); bit 53 is as-of
//! bit 54        the comparison day
//! bit 55        start of the period before the comparison: against − (as-of − against)
//! bit 56, 57    as-of and comparison, one sales period earlier
//! bit 58        a week before the comparison, when the deepening period is a week
//! bit 64 … 118  start of the deepening period that ends on bit − 64, when it is no week
//! ```
//!
//! When the deepening period is a week, the start of one that ends on a week end is the week end
//! before, and all sample days fit into 64 bits.

use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

use crate::metrics::Day;

/// A set of sample days, of any frame.
pub type Mask = u128;

/// Week ends in a frame; the first one only starts the first week.
pub const WEEKS: usize = 54;
/// Bit of as-of.
pub const NOW: u32 = 53;
/// Bit of the comparison day.
pub const AGAINST: u32 = 54;
/// Bit of the start of the period before the comparison.
pub const BEFORE: u32 = 55;
/// Bit of as-of one sales period earlier.
pub const NOW_PERIOD: u32 = 56;
/// Bit of the comparison day one sales period earlier.
pub const AGAINST_PERIOD: u32 = 57;
/// Bit of the week before the comparison.
const AGAINST_WEEK: u32 = 58;
/// Distance from the end of a deepening period that is no week to its start.
const START: u32 = 64;

/// How long the deepening rate looks back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeepeningPeriod {
    /// So many days.
    Days(i32),
    /// From the comparison day to as-of.
    Comparison,
}

/// A set of sample days, as wide as the frame needs.
pub trait Days:
    Copy
    + Default
    + Eq
    + Send
    + Sync
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitAndAssign
    + BitOrAssign
    + Not<Output = Self>
{
    /// The days of a mask of any frame, as far as they fit.
    fn of(mask: Mask) -> Self;
    /// The week ends.
    fn weeks(self) -> u64;
    /// Whether the day of a bit is among them; a bit that does not fit is not.
    fn has(self, bit: u32) -> bool;
    /// Ends of deepening periods that start on these days.
    #[must_use]
    fn started(self) -> Self;

    /// These days, or none when it is not so.
    #[must_use]
    fn when(self, so: bool) -> Self;

    /// Whether there is any day.
    fn any(self) -> bool {
        self != Self::default()
    }
}

const ALL_WEEKS: u64 = (1 << WEEKS) - 1;

/// Frames with a deepening period of a week.
impl Days for u64 {
    fn of(mask: Mask) -> Self {
        mask as Self
    }

    fn weeks(self) -> u64 {
        self & ALL_WEEKS
    }

    fn has(self, bit: u32) -> bool {
        bit < 64 && self >> bit & 1 == 1
    }

    fn started(self) -> Self {
        (self << 1).weeks() | (self >> AGAINST_WEEK & 1) << AGAINST
    }

    #[inline]
    fn when(self, so: bool) -> Self {
        self & Self::from(so).wrapping_neg()
    }
}

/// Frames with any other deepening period.
impl Days for u128 {
    fn of(mask: Mask) -> Self {
        mask
    }

    fn weeks(self) -> u64 {
        self as u64 & ALL_WEEKS
    }

    fn has(self, bit: u32) -> bool {
        self >> bit & 1 == 1
    }

    fn started(self) -> Self {
        self >> START
    }

    #[inline]
    fn when(self, so: bool) -> Self {
        self & Self::from(so).wrapping_neg()
    }
}

/// The sample days of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The day shown.
    pub as_of: Day,
    /// The day it is compared with.
    pub against: Day,
    /// Length of the deepening period in days.
    pub deepening: i32,
    /// Length of the sales period in days.
    pub sales: i32,
    /// Which week ends are sample days.
    reach: Reach,
    /// Distinct sample days, ascending, each with the mask of all sample days up to it.
    prefixes: Vec<(Day, Mask)>,
}

/// Which week ends a frame looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Reach {
    /// All: figures and histories.
    Year,
    /// Those that the figures of as-of and the comparison need: a count that is quicker, and has no
    /// histories.
    Ends,
}

impl Frame {
    /// The frame of two days.
    pub fn new(as_of: Day, against: Day, period: DeepeningPeriod, sales: i32) -> Self {
        let deepening = match period {
            DeepeningPeriod::Days(n) => n,
            DeepeningPeriod::Comparison => as_of.0.saturating_sub(against.0),
        };
        Self::reaching(Reach::Year, [as_of, against], deepening, sales)
    }

    /// The frame of the same figures without histories.
    #[must_use]
    pub fn ends(&self) -> Self {
        let days = [self.as_of, self.against];
        Self::reaching(Reach::Ends, days, self.deepening, self.sales)
    }

    /// Whether histories are left out.
    pub fn is_ends(&self) -> bool {
        self.reach == Reach::Ends
    }

    fn reaching(reach: Reach, [as_of, against]: [Day; 2], deepening: i32, sales: i32) -> Self {
        let length = as_of.0.saturating_sub(against.0);
        let week = week_of(as_of, against);
        let needed = |bit: &u32| match reach {
            Reach::Year => true,
            // A week end that is the comparison day is told by its changes from the week before.
            Reach::Ends => *bit + 1 >= NOW || week.is_some_and(|w| *bit == w || *bit + 1 == w),
        };
        let mut days: Vec<(Day, u32)> = (0..WEEKS as u32)
            .filter(needed)
            .map(|bit| (as_of.plus(-7 * (NOW - bit) as i32), bit))
            .collect();
        days.push((against, AGAINST));
        if deepening == 7 {
            days.push((against.plus(-7), AGAINST_WEEK));
        } else {
            for i in 0..days.len() {
                let (day, bit) = days[i];
                days.push((day.plus(deepening.saturating_neg()), bit + START));
            }
        }
        days.push((against.plus(length.saturating_neg()), BEFORE));
        days.push((as_of.plus(-sales), NOW_PERIOD));
        days.push((against.plus(-sales), AGAINST_PERIOD));
        days.sort_unstable();
        let mut prefixes: Vec<(Day, Mask)> = Vec::with_capacity(days.len());
        let mut seen: Mask = 0;
        for (day, bit) in days {
            seen |= 1 << bit;
            match prefixes.last_mut() {
                Some(last) if last.0 == day => last.1 = seen,
                _ => prefixes.push((day, seen)),
            }
        }
        Self {
            as_of,
            against,
            deepening,
            sales,
            reach,
            prefixes,
        }
    }

    /// Whether the deepening period is a week, so that all sample days fit into 64 bits.
    pub fn is_weekly(&self) -> bool {
        self.deepening == 7
    }

    /// The sample days on or before a day.
    pub fn until(&self, day: Day) -> Mask {
        match self.prefixes.partition_point(|(d, _)| *d <= day) {
            0 => 0,
            n => self.prefixes[n - 1].1,
        }
    }

    /// The sample days in `first..=last`; none when the range is empty.
    pub fn between(&self, first: Day, last: Day) -> Mask {
        if last < first {
            0
        } else {
            self.until(last) & !self.until(first.plus(-1))
        }
    }

    /// The bit of the start of the deepening period that ends on as-of or on the comparison day.
    pub fn start_of(&self, end: u32) -> u32 {
        match (self.is_weekly(), end) {
            (true, AGAINST) => AGAINST_WEEK,
            (true, _) => end - 1,
            (false, _) => end + START,
        }
    }

    /// The first sample day.
    pub fn first(&self) -> Day {
        self.prefixes.first().map_or(self.as_of, |(d, _)| *d)
    }

    /// The bit of the week end that is the comparison day, if it is one.
    pub fn against_week(&self) -> Option<u32> {
        week_of(self.as_of, self.against)
    }

    /// The last sample day.
    pub fn last(&self) -> Day {
        self.prefixes.last().map_or(self.as_of, |(d, _)| *d)
    }

    /// The 53 week ends of a history, oldest first.
    pub fn history(&self) -> Vec<Day> {
        (1..WEEKS as i32)
            .map(|bit| self.as_of.plus(-7 * (NOW as i32 - bit)))
            .collect()
    }
}

/// The bit of the week end that is the comparison day, if it is one.
fn week_of(as_of: Day, against: Day) -> Option<u32> {
    let back = as_of.0.saturating_sub(against.0);
    let weeks = u32::try_from(back / 7).ok()?;
    (back >= 0 && back % 7 == 0 && weeks <= NOW).then(|| NOW - weeks)
}

/// The sample days up to each day, for ranges that are looked up instead of searched.
#[derive(Debug)]
pub(super) struct Calendar<D> {
    /// `masks[k]` holds the sample days up to `base − 1 + k`.
    masks: Vec<D>,
    base: i32,
}

/// Days of events: a day of the packed log fits 16 bits.
const DAYS: std::ops::Range<i32> = 0..1 << 16;

impl<D: Days> Calendar<D> {
    /// The calendar of a frame, for the days that events can have.
    pub(super) fn new(frame: &Frame) -> Self {
        let base = frame.first().0.clamp(DAYS.start, DAYS.end);
        let last = frame.last().0.clamp(base, DAYS.end);
        let until = |day: i32| D::of(frame.until(Day(day)));
        Self {
            masks: (base - 1..=last).map(until).collect(),
            base,
        }
    }

    /// The sample days on or before the eve of a day that lies so many days after the base.
    #[inline]
    fn before(&self, days: i32) -> D {
        let index = (days.max(0) as usize).min(self.masks.len() - 1);
        self.masks[index]
    }

    /// What a contact on a day is looked up by.
    #[inline]
    pub(super) fn from(&self, day: i32) -> Since<'_, D> {
        let days = day - self.base;
        Since {
            calendar: self,
            days,
            after: !self.before(days),
        }
    }

    /// The sample days in `first..=last`; none when the range is empty.
    #[inline]
    pub(super) fn between(&self, first: Day, last: Day) -> D {
        let since = |day: Day| day.0.saturating_sub(self.base);
        self.before(since(last).saturating_add(1)) & !self.before(since(first))
    }
}

/// The sample days from one day on.
#[derive(Clone, Copy)]
pub(super) struct Since<'a, D> {
    calendar: &'a Calendar<D>,
    days: i32,
    after: D,
}

impl<D: Days> Since<'_, D> {
    /// The sample days on which a contact that lasts `n` days counts.
    #[inline]
    pub(super) fn lasting(self, n: i32) -> D {
        self.calendar.before(self.days.saturating_add(n)) & self.after
    }

    /// The sample days from the day on, to the end.
    pub(super) fn on(self) -> D {
        self.after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_exactly_the_sample_days_inside() {
        let as_of = Day(20_000);
        let frame = Frame::new(as_of, as_of.plus(-30), DeepeningPeriod::Days(6), 7);
        let day_of = |bit: u32| match bit {
            0..=53 => Some(as_of.plus(-7 * (53 - bit as i32))),
            54 => Some(as_of.plus(-30)),
            55 => Some(as_of.plus(-60)),
            56 => Some(as_of.plus(-7)),
            64..=117 => Some(as_of.plus(-7 * (117 - bit as i32) - 6)),
            57 => Some(as_of.plus(-37)),
            118 => Some(as_of.plus(-36)),
            _ => None,
        };
        for first in (-400..10).step_by(13) {
            for length in [0, 1, 6, 7, 15, 365] {
                let (first, last) = (as_of.plus(first), as_of.plus(first + length - 1));
                let mask = frame.between(first, last);
                for bit in 0..128 {
                    let inside = day_of(bit).is_some_and(|d| first <= d && d <= last);
                    assert_eq!(mask >> bit & 1 == 1, inside, "bit {bit}, {first}..{last}");
                }
            }
        }
        let calendar = Calendar::<u128>::new(&frame);
        for first in (-1000..10).map(|d| as_of.plus(d)) {
            for n in [1, 7, 15, 180, 913, i32::MAX] {
                let last = first.plus(n - 1);
                let expected = frame.between(first, last);
                assert_eq!(calendar.from(first.0).lasting(n), expected);
                assert_eq!(calendar.between(first, last), expected);
            }
        }
        assert_eq!(frame.against_week(), None);
        let week = |back: i32| {
            let against = as_of.plus(-back);
            Frame::new(as_of, against, DeepeningPeriod::Days(7), 7).against_week()
        };
        assert_eq!([week(0), week(7), week(371)], [Some(53), Some(52), Some(0)]);
        assert_eq!([week(-7), week(378), week(8)], [None; 3]);
        assert_eq!(frame.history().len(), 53);
        assert_eq!(frame.history().last(), Some(&as_of));
    }
}
