//! The year of a Tmall brand: promotions lift traffic first, then interest, then orders.
//!
//! All factors are per cent of an ordinary day.

use crate::metrics::Day;

/// How many weeks the platform tables cover.
pub(super) const WEEKS: i32 = 60;
/// Sunday 2026-11-15, the last day of the demo.
pub(super) const LAST: Day = Day(20_772);
/// First Monday of the 60 weeks, 2025-09-22.
pub(super) const FIRST: Day = Day(LAST.0 - WEEKS * 7 + 1);
/// From here on the log is complete: three weeks of run-in, so that the windows of A and I are
/// full on the first Sunday.
pub(super) const LOG_FROM: Day = Day(FIRST.0 - 21);
/// Orders and relations reach back two years.
pub(super) const HISTORY_FROM: Day = Day(FIRST.0 - 728);

/// The Sunday that ends a week, counted from 0.
pub(super) fn week_end(week: i32) -> Day {
    FIRST.plus(week * 7 + 6)
}

/// What kind of day it is in the rhythm of promotions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Calm,
    /// 蓄水: reach.
    Warm,
    /// 预售: carts fill, orders wait.
    Presale,
    /// 现货: orders.
    Burst,
    /// 11-11, 6-18, 3-8.
    Peak,
    /// The days after.
    After,
    /// Spring Festival.
    Lull,
}

/// The factors of a day, in per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Season {
    pub(super) phase: Phase,
    pub(super) traffic: u64,
    pub(super) interest: u64,
    pub(super) order: u64,
    pub(super) price: u64,
}

/// `(from, to, phase)` as month × 100 + day, every year.
const PROMOTIONS: [(u32, u32, Phase); 16] = [
    (225, 301, Phase::Warm),
    (302, 305, Phase::Presale),
    (306, 307, Phase::Burst),
    (308, 308, Phase::Peak),
    (309, 314, Phase::After),
    (510, 519, Phase::Warm),
    (520, 530, Phase::Presale),
    (531, 602, Phase::Burst),
    (603, 614, Phase::Presale),
    (615, 617, Phase::Burst),
    (618, 618, Phase::Peak),
    (619, 628, Phase::After),
    (1010, 1019, Phase::Warm),
    (1020, 1030, Phase::Presale),
    (1031, 1102, Phase::Burst),
    (1103, 1109, Phase::Presale),
];
/// The end of Double 11.
const DOUBLE_11: [(u32, u32, Phase); 3] = [
    (1110, 1110, Phase::Burst),
    (1111, 1111, Phase::Peak),
    (1112, 1122, Phase::After),
];
/// First days of the Spring Festivals 2024, 2025 and 2026.
const SPRING_FESTIVALS: [&str; 3] = ["2024-02-10", "2025-01-29", "2026-02-17"];

/// What kind of day this is.
pub(super) fn phase(day: Day) -> Phase {
    let near_festival =
        |text: &&str| Day::parse_iso(text).is_some_and(|f| (f.0 - 5..=f.0 + 7).contains(&day.0));
    if SPRING_FESTIVALS.iter().any(near_festival) {
        return Phase::Lull;
    }
    let (_, month, of_month) = day.ymd();
    let date = month * 100 + of_month;
    PROMOTIONS
        .iter()
        .chain(&DOUBLE_11)
        .find(|(from, to, _)| (*from..=*to).contains(&date))
        .map_or(Phase::Calm, |p| p.2)
}

/// The factors of a day.
pub(super) fn season(day: Day) -> Season {
    let phase = phase(day);
    let [traffic, interest, order, price] = match phase {
        Phase::Calm => [100, 100, 100, 100],
        Phase::Warm => [210, 105, 80, 100],
        Phase::Presale => [165, 165, 45, 100],
        Phase::Burst => [190, 145, 330, 88],
        Phase::Peak => [300, 160, 540, 82],
        Phase::After => [75, 75, 60, 100],
        Phase::Lull => [55, 80, 70, 100],
    };
    Season {
        phase,
        traffic,
        interest,
        order,
        price,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_weeks_from_monday_to_sunday() {
        let ends: Vec<Day> = (0..WEEKS).map(week_end).collect();
        assert_eq!(ends.len(), 60);
        assert_eq!(ends[0].to_string(), "2025-09-28");
        assert_eq!(ends[59].to_string(), "2026-11-15");
        assert!(ends.iter().all(|d| d.weekday() == 6));
        assert_eq!(FIRST.weekday(), 0);
    }

    #[test]
    fn the_weeks_hold_two_double_11_and_one_618() {
        let peaks: Vec<String> = (FIRST.0..=LAST.0)
            .map(Day)
            .filter(|d| phase(*d) == Phase::Peak)
            .map(|d| d.to_string())
            .collect();
        assert_eq!(
            peaks,
            ["2025-11-11", "2026-03-08", "2026-06-18", "2026-11-11"]
        );
    }
}
