//! The days of the Tmall year that brands plan towards.
//!
//! Only the peak day of an event that comes back on the same date every year stands here; how an
//! event is cut into waves is told where it is counted ([`super::double11::waves`]).

use super::Day;

/// The peak day of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Name, in Chinese and English.
    pub name: [&'static str; 2],
    /// Its day.
    pub day: Day,
}

/// Name, month and day of every event of a year, in their order.
const EVENTS: [([&str; 2], u32, u32); 5] = [
    (["3·8", "3.8"], 3, 8),
    (["6·18", "6.18"], 6, 18),
    (["9·9", "9.9"], 9, 9),
    (["双 11", "Double 11"], 11, 11),
    (["双 12", "Double 12"], 12, 12),
];

/// The events of a year.
fn of_year(year: i32) -> impl Iterator<Item = Event> {
    EVENTS.into_iter().filter_map(move |(name, month, day)| {
        let day = Day::from_ymd(year, month, day)?;
        Some(Event { name, day })
    })
}

/// The events around a day: of its year, the year before and the year after, oldest first.
fn around(day: Day) -> impl DoubleEndedIterator<Item = Event> {
    let year = day.ymd().0;
    let all: Vec<Event> = (year - 1..=year + 1).flat_map(of_year).collect();
    all.into_iter()
}

/// The first event after a day.
pub fn next_event(day: Day) -> Option<Event> {
    around(day).find(|e| e.day > day)
}

/// The last event before a day.
pub fn previous_event(day: Day) -> Option<Event> {
    around(day).rev().find(|e| e.day < day)
}

/// The first event in a range of days, both included.
pub fn event_within(first: Day, last: Day) -> Option<Event> {
    next_event(first.plus(-1)).filter(|e| e.day <= last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse_iso(text).unwrap()
    }

    #[test]
    fn events_follow_each_other_over_the_turn_of_the_year() {
        let mut at = day("2026-06-18");
        let mut names = Vec::new();
        for _ in 0..6 {
            let event = next_event(at).unwrap();
            assert_eq!(previous_event(event.day.plus(1)), Some(event));
            names.push(format!("{} {}", event.name[1], event.day));
            at = event.day;
        }
        assert_eq!(
            names,
            [
                "9.9 2026-09-09",
                "Double 11 2026-11-11",
                "Double 12 2026-12-12",
                "3.8 2027-03-08",
                "6.18 2027-06-18",
                "9.9 2027-09-09",
            ]
        );
    }

    #[test]
    fn a_range_of_days_holds_its_ends() {
        let found = |a: &str, b: &str| event_within(day(a), day(b)).map(|e| e.day);
        assert_eq!(found("2026-11-11", "2026-11-11"), Some(day("2026-11-11")));
        assert_eq!(found("2026-11-12", "2026-12-11"), None);
        assert_eq!(found("2026-11-12", "2026-12-12"), Some(day("2026-12-12")));
    }
}
