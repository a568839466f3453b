//! The days that one board looks at, as bits of a `u128`.
//!
//! Every window of a rule becomes a range of days, and every range of days becomes a mask of sample
//! days, so one pass over the events of a consumer gives his state on all sample days at once.
//!
//! ```text
//! bit 0 … 53    week ends: as-of − 7 × (53 − bit); bit 53 is as-of
//! bit 54        the comparison day
//! bit 55        start of the period before the comparison: against − (as-of − against)
//! bit 56, 57    as-of and comparison, one sales period earlier
//! bit 64 … 117  start of the deepening period that ends on bit − 64
//! bit 118       start of the deepening period that ends on the comparison day
//! ```

use crate::metrics::Day;

/// A set of sample days.
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
/// Distance from the end of a deepening period to its start.
pub const START: u32 = 64;

/// How long the deepening rate looks back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeepeningPeriod {
    /// So many days.
    Days(i32),
    /// From the comparison day to as-of.
    Comparison,
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
    /// Distinct sample days, ascending, each with the mask of all sample days up to it.
    prefixes: Vec<(Day, Mask)>,
    /// The masks of the days from the one before the first sample day on, when these are not too
    /// many: a look instead of a search.
    table: Vec<Mask>,
}

/// Days that a table may span; a comparison farther away is searched.
const TABLE_DAYS: i32 = 4096;

impl Frame {
    /// The frame of two days.
    pub fn new(as_of: Day, against: Day, period: DeepeningPeriod, sales: i32) -> Self {
        let length = as_of.0.saturating_sub(against.0);
        let deepening = match period {
            DeepeningPeriod::Days(n) => n,
            DeepeningPeriod::Comparison => length,
        };
        let mut days: Vec<(Day, u32)> = (0..WEEKS as u32)
            .map(|bit| (as_of.plus(-7 * (NOW - bit) as i32), bit))
            .collect();
        days.push((against, AGAINST));
        for i in 0..days.len() {
            let (day, bit) = days[i];
            days.push((day.plus(-deepening), bit + START));
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
        let mut frame = Self {
            as_of,
            against,
            deepening,
            sales,
            prefixes,
            table: Vec::new(),
        };
        let (first, last) = (frame.first(), frame.last());
        if last.0.saturating_sub(first.0) <= TABLE_DAYS {
            frame.table = (first.0 - 1..=last.0)
                .map(|d| frame.search(Day(d)))
                .collect();
        }
        frame
    }

    /// The sample days on or before a day.
    pub fn until(&self, day: Day) -> Mask {
        let first = self.first().0 - 1;
        let index = day.0.saturating_sub(first).max(0) as usize;
        match self.table.get(index.min(self.table.len().wrapping_sub(1))) {
            Some(mask) => *mask,
            None => self.search(day),
        }
    }

    fn search(&self, day: Day) -> Mask {
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

    /// The sample days on which a contact on `day` that lasts `n` days counts.
    pub fn lasting(&self, day: Day, n: i32) -> Mask {
        self.between(day, day.plus(n - 1))
    }

    /// The first sample day.
    pub fn first(&self) -> Day {
        self.prefixes.first().map_or(self.as_of, |(d, _)| *d)
    }

    /// The bit of the week end that is the comparison day, if it is one.
    pub fn against_week(&self) -> Option<u32> {
        let back = self.as_of.0.saturating_sub(self.against.0);
        let weeks = u32::try_from(back / 7).ok()?;
        (back >= 0 && back % 7 == 0 && weeks <= NOW).then(|| NOW - weeks)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_exactly_the_sample_days_inside() {
        let as_of = Day(20_000);
        let frame = Frame::new(as_of, as_of.plus(-30), DeepeningPeriod::Days(7), 7);
        let day_of = |bit: u32| match bit {
            0..=53 => Some(as_of.plus(-7 * (53 - bit as i32))),
            54 => Some(as_of.plus(-30)),
            55 => Some(as_of.plus(-60)),
            56 => Some(as_of.plus(-7)),
            64..=117 => Some(as_of.plus(-7 * (117 - bit as i32) - 7)),
            57 | 118 => Some(as_of.plus(-37)),
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
        for day in (-9000..10).step_by(7).map(|d| as_of.plus(d)) {
            assert_eq!(frame.until(day), frame.search(day));
        }
        let far = Frame::new(as_of, Day(0), DeepeningPeriod::Comparison, 7);
        assert!(far.table.is_empty());
        assert_eq!(far.until(as_of), far.search(as_of));
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
