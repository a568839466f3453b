//! Days and times as logs and exports write them.
//!
//! Times without a zone are in the zone of the data set, which also cuts the days; a zone suffix is
//! honoured. Anything before 2000 or after 2100 is refused: it is a cut or shifted cell.

use jiff::Timestamp;
use jiff::fmt::strtime;
use jiff::tz::TimeZone;

use crate::metrics::Day;

/// A second of a day in the zone of the data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// The day.
    pub(super) day: Day,
    /// The second of the day.
    pub(super) second: u32,
}

/// Why a time could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TimeFault {
    /// It is not a time in any known form.
    Form,
    /// It is a time, but no possible one for a log.
    Implausible,
}

/// How times are written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum TimeFormat {
    /// Any of the known forms.
    #[default]
    Auto,
    /// Seconds since 1970.
    UnixSeconds,
    /// Milliseconds since 1970.
    UnixMillis,
    /// A strftime pattern.
    Pattern(String),
}

impl TimeFormat {
    /// The format of a manifest; `None` for text that is no format.
    pub(super) fn of(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            "unix_s" => Some(Self::UnixSeconds),
            "unix_ms" => Some(Self::UnixMillis),
            pattern if pattern.contains('%') => Some(Self::Pattern(pattern.to_owned())),
            _ => None,
        }
    }
}

const SECONDS_PER_DAY: i64 = 86_400;
/// 2000-01-01.
pub(super) const FIRST: Day = Day(10_957);
/// 2100-12-31.
pub(super) const LAST: Day = Day(47_846);

/// Reads times; remembers the offsets of the zone, which are asked for again and again.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    zone: TimeZone,
    spans: Vec<Span>,
    last: Span,
}

/// Seconds from the first up to the end, in which the zone has one offset.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: i64,
    end: i64,
    offset: i64,
}

impl Span {
    fn holds(&self, unix: i64) -> bool {
        self.first <= unix && unix < self.end
    }

    /// The span between the two changes of the zone that are next to a time.
    fn around(time: Timestamp, zone: &TimeZone) -> Self {
        let second = |change: jiff::tz::TimeZoneTransition<'_>| change.timestamp().as_second();
        let after = time.saturating_add(jiff::SignedDuration::from_secs(1));
        let after = after.unwrap_or(time);
        Self {
            first: zone.preceding(after).next().map_or(i64::MIN, second),
            end: zone.following(time).next().map_or(i64::MAX, second),
            offset: i64::from(zone.to_offset(time).seconds()),
        }
    }
}

impl Clock {
    /// A clock in a zone.
    pub(super) fn new(zone: TimeZone) -> Self {
        Self {
            zone,
            spans: Vec::new(),
            last: Span {
                first: 0,
                end: 0,
                offset: 0,
            },
        }
    }

    /// The moment that a trimmed cell gives.
    pub(super) fn moment(&mut self, cell: &str, format: &TimeFormat) -> Result<Moment, TimeFault> {
        let moment = match format {
            TimeFormat::Auto => self.any(cell),
            TimeFormat::UnixSeconds => integer(cell).map(|s| self.local(s)),
            TimeFormat::UnixMillis => integer(cell).map(|ms| self.local(ms.div_euclid(1000))),
            TimeFormat::Pattern(pattern) => self.pattern(cell, pattern),
        };
        let moment = moment.ok_or(TimeFault::Form)?;
        if moment.day < FIRST || moment.day > LAST {
            return Err(TimeFault::Implausible);
        }
        Ok(moment)
    }

    /// The day that a trimmed cell gives.
    pub(super) fn day(&mut self, cell: &str, format: &TimeFormat) -> Result<Day, TimeFault> {
        self.moment(cell, format).map(|m| m.day)
    }

    /// Local day and second of a unix time.
    pub(super) fn local(&mut self, unix: i64) -> Moment {
        let local = unix.saturating_add(self.offset(unix));
        let day = local.div_euclid(SECONDS_PER_DAY);
        Moment {
            day: Day(day.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32),
            second: local.rem_euclid(SECONDS_PER_DAY) as u32,
        }
    }

    fn offset(&mut self, unix: i64) -> i64 {
        if !self.last.holds(unix) {
            let known = self.spans.iter().find(|span| span.holds(unix)).copied();
            let Some(span) = known.or_else(|| self.look_up(unix)) else {
                return 0;
            };
            self.last = span;
        }
        self.last.offset
    }

    fn look_up(&mut self, unix: i64) -> Option<Span> {
        let time = Timestamp::from_second(unix).ok()?;
        let span = Span::around(time, &self.zone);
        self.spans.push(span);
        Some(span)
    }

    fn any(&mut self, cell: &str) -> Option<Moment> {
        if let Some(day) = iso(cell) {
            return Some(Moment { day, second: 0 });
        }
        let unsigned = cell.strip_prefix('-').unwrap_or(cell);
        if !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit()) {
            return self.digits(cell);
        }
        let text = half_width_digits(cell);
        let (day, rest) = date(&text)?;
        let rest = rest.trim_start_matches(['T', 't', ' ', '\t', '\u{3000}']);
        let (second, rest) = if rest.is_empty() {
            (0, "")
        } else {
            clock_time(rest)?
        };
        match zone_offset(rest.trim()).ok()? {
            None => Some(Moment { day, second }),
            Some(offset) => {
                Some(self.local(i64::from(day.0) * SECONDS_PER_DAY + i64::from(second) - offset))
            }
        }
    }

    /// Digits only: a compact date, a compact date-time, or unix time by its size.
    fn digits(&mut self, cell: &str) -> Option<Moment> {
        let part = |range: std::ops::Range<usize>| cell.get(range)?.parse::<u32>().ok();
        if let 8 | 14 = cell.len()
            && let Some(day) = Day::from_ymd(part(0..4)? as i32, part(4..6)?, part(6..8)?)
            && day >= FIRST
            && day <= LAST
        {
            let second = match cell.len() {
                8 => Some(0),
                _ => second_of(part(8..10)?, part(10..12)?, part(12..14)?),
            };
            return Some(Moment {
                day,
                second: second?,
            });
        }
        let number = integer(cell)?;
        let millis = number.unsigned_abs() >= 100_000_000_000;
        Some(self.local(if millis {
            number.div_euclid(1000)
        } else {
            number
        }))
    }

    fn pattern(&mut self, cell: &str, pattern: &str) -> Option<Moment> {
        if let Some((body, offset)) = zone_at_end(cell)
            && let Some(civil) = civil(body, without_zone(pattern))
        {
            let second = i64::from(civil.day.0) * SECONDS_PER_DAY + i64::from(civil.second);
            return Some(self.local(second - offset));
        }
        let parsed = strtime::parse(pattern, cell).ok()?;
        if parsed.offset().is_some() || parsed.timestamp().is_some() {
            return Some(self.local(parsed.to_timestamp().ok()?.as_second()));
        }
        written(&parsed)
    }
}

/// Day and time of day as written, for a pattern without a zone.
fn civil(cell: &str, pattern: &str) -> Option<Moment> {
    written(&strtime::parse(pattern, cell).ok()?)
}

fn written(parsed: &strtime::BrokenDownTime) -> Option<Moment> {
    let date = parsed.to_date().ok()?;
    let day = Day::from_ymd(
        i32::from(date.year()),
        date.month().unsigned_abs().into(),
        date.day().unsigned_abs().into(),
    )?;
    let second = parsed.to_datetime().map_or(0, |t| {
        i64::from(t.hour()) * 3600 + i64::from(t.minute()) * 60 + i64::from(t.second())
    });
    Some(Moment {
        day,
        second: second as u32,
    })
}

/// A pattern without the zone at its end, be it a directive or written out.
fn without_zone(pattern: &str) -> &str {
    let zones = ["%Z", "%z", "%:z", "UTC", "GMT", "Z"];
    let bare = zones.iter().find_map(|zone| pattern.strip_suffix(zone));
    bare.map_or(pattern, str::trim_end)
}

/// A cell that ends in `UTC`, `GMT`, `Z` or `UTC+8`: what stands before it, and the offset.
fn zone_at_end(cell: &str) -> Option<(&str, i64)> {
    let named = ["UTC", "GMT"].into_iter().find_map(|name| cell.rfind(name));
    let at = named.or_else(|| cell.strip_suffix('Z').map(str::len))?;
    let (body, zone) = cell.split_at_checked(at)?;
    Some((body.trim_end(), zone_offset(zone).ok()??))
}

/// A whole number; a fraction of zeros (`1511544070.0`) is tolerated.
fn integer(cell: &str) -> Option<i64> {
    let whole = match cell.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') => whole,
        _ => cell,
    };
    whole.parse().ok()
}

fn half_width_digits(cell: &str) -> std::borrow::Cow<'_, str> {
    if cell.is_ascii() {
        cell.into()
    } else {
        cell.chars()
            .map(super::text::half_width)
            .collect::<String>()
            .into()
    }
}

/// Reads a leading number of up to `max` digits.
fn leading(text: &str, max: usize) -> Option<(u32, &str)> {
    let len = text
        .bytes()
        .take(max)
        .take_while(u8::is_ascii_digit)
        .count();
    Some((text.get(..len)?.parse().ok()?, text.get(len..)?))
}

/// `2026-04-17`, `2026/4/17`, `2026.4.17`, `2026年4月17日`, `20260417`, and what follows.
fn date(text: &str) -> Option<(Day, &str)> {
    let (year, rest) = leading(text, 4)?;
    let (month, day, rest) = match rest.chars().next()? {
        mark @ ('-' | '/' | '.') => {
            let (month, rest) = leading(rest.strip_prefix(mark)?, 2)?;
            let (day, rest) = leading(rest.strip_prefix(mark)?, 2)?;
            (month, day, rest)
        }
        '年' => {
            let (month, rest) = leading(rest.strip_prefix('年')?, 2)?;
            let (day, rest) = leading(rest.strip_prefix('月')?, 2)?;
            (month, day, rest.strip_prefix('日').unwrap_or(rest))
        }
        _ => {
            let (month, rest) = leading(rest, 2)?;
            let (day, rest) = leading(rest, 2)?;
            (month, day, rest)
        }
    };
    let whole_year = text.bytes().take(4).all(|b| b.is_ascii_digit());
    Some((
        Day::from_ymd(year as i32, month, day).filter(|_| whole_year)?,
        rest,
    ))
}

/// `2026-11-15` and nothing else: how most tables write a day.
fn iso(cell: &str) -> Option<Day> {
    let &[y, e, a, r, b'-', m, n, b'-', d, k] = cell.as_bytes() else {
        return None;
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0, |n, digit| {
            digit
                .is_ascii_digit()
                .then(|| n * 10 + u32::from(digit - b'0'))
        })
    };
    Day::from_ymd(
        number(&[y, e, a, r])? as i32,
        number(&[m, n])?,
        number(&[d, k])?,
    )
}

/// `9:05`, `09:05:07`, `09:05:07.123`, and what follows.
fn clock_time(text: &str) -> Option<(u32, &str)> {
    let (hour, rest) = leading(text, 2)?;
    let (minute, rest) = leading(rest.strip_prefix(':')?, 2)?;
    let (second, rest) = match rest.strip_prefix(':') {
        Some(rest) => leading(rest, 2)?,
        None => (0, rest),
    };
    let rest = rest.strip_prefix('.').map_or(rest, |fraction| {
        fraction.trim_start_matches(|c: char| c.is_ascii_digit())
    });
    Some((second_of(hour, minute, second)?, rest))
}

fn second_of(hour: u32, minute: u32, second: u32) -> Option<u32> {
    (hour < 24 && minute < 60 && second <= 60).then(|| hour * 3600 + minute * 60 + second.min(59))
}

/// The offset of a zone suffix in seconds, if there is a suffix.
fn zone_offset(text: &str) -> Result<Option<i64>, TimeFault> {
    match text {
        "" => Ok(None),
        "Z" | "z" | "UTC" | "GMT" => Ok(Some(0)),
        _ => written_offset(text).map(Some).ok_or(TimeFault::Form),
    }
}

/// `+08:00`, `+0800`, `UTC+8`.
fn written_offset(text: &str) -> Option<i64> {
    let bare = text
        .strip_prefix("UTC")
        .or_else(|| text.strip_prefix("GMT"));
    let text = bare.unwrap_or(text);
    let (sign, rest) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let (hours, rest) = leading(rest, 2)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let (minutes, rest) = if rest.is_empty() {
        (0, rest)
    } else {
        leading(rest, 2)?
    };
    (rest.is_empty() && hours <= 14 && minutes < 60)
        .then(|| sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60))
}

/// First and last day of a period: a date, `2026`, `2026-11`, `2026-Q4`, `2026-W46`, or `A..B`.
pub(super) fn period(text: &str) -> Option<(Day, Day)> {
    let text = half_width_digits(text.trim());
    if let Some((from, to)) = text.split_once("..") {
        let (first, last) = (single_period(from.trim())?.0, single_period(to.trim())?.1);
        return (first <= last).then_some((first, last));
    }
    single_period(&text)
}

fn single_period(text: &str) -> Option<(Day, Day)> {
    if let Some((day, "")) = date(text) {
        return Some((day, day));
    }
    let (year, rest) = leading(text, 4)?;
    let year = year as i32;
    let start = Day::from_ymd(year, 1, 1)?;
    if start < FIRST || start > LAST {
        return None;
    }
    let rest = rest
        .trim_start_matches(['-', '/', '年'])
        .trim_end_matches('月');
    if rest.is_empty() {
        return Some((start, Day::from_ymd(year, 12, 31)?));
    }
    let (letter, number) = rest.split_at_checked(1)?;
    match letter {
        "Q" | "q" => {
            let quarter: u32 = number.parse().ok().filter(|q| (1..=4).contains(q))?;
            months(year, quarter * 3 - 2, 3)
        }
        "W" | "w" => iso_week(year, number.parse().ok()?),
        _ => months(year, rest.parse().ok()?, 1),
    }
}

fn months(year: i32, first: u32, count: i32) -> Option<(Day, Day)> {
    let from = Day::from_ymd(year, first, 1)?;
    Some((from, from.plus_months(count).plus(-1)))
}

fn iso_week(year: i32, week: i32) -> Option<(Day, Day)> {
    let fourth = Day::from_ymd(year, 1, 4)?;
    let monday = fourth.plus(-(fourth.weekday() as i32) + (week - 1) * 7);
    let thursday_year = monday.plus(3).ymd().0;
    (week >= 1 && thursday_year == year).then_some((monday, monday.plus(6)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shanghai() -> Clock {
        Clock::new(TimeZone::get("Asia/Shanghai").unwrap())
    }

    fn read(cell: &str) -> String {
        match shanghai().moment(cell, &TimeFormat::Auto) {
            Ok(m) => format!("{} {}", m.day, m.second),
            Err(fault) => format!("{fault:?}"),
        }
    }

    #[test]
    fn offsets_are_those_of_the_zone() {
        for name in [
            "Asia/Shanghai",
            "America/New_York",
            "Australia/Lord_Howe",
            "UTC",
        ] {
            let zone = TimeZone::get(name).unwrap();
            let mut clock = Clock::new(zone.clone());
            for step in 0..60_000 {
                let unix = 946_000_000 + (step * 7919 % 60_000) * 60_000;
                let time = Timestamp::from_second(unix).unwrap();
                let offset = i64::from(zone.to_offset(time).seconds());
                assert_eq!(clock.offset(unix), offset, "{name} {time}");
            }
            for change in zone.following(Timestamp::UNIX_EPOCH).take(200) {
                for unix in [-1, 0, 1].map(|n| change.timestamp().as_second() + n) {
                    let time = Timestamp::from_second(unix).unwrap();
                    let offset = i64::from(zone.to_offset(time).seconds());
                    assert_eq!(clock.offset(unix), offset, "{name} {time}");
                }
            }
        }
        assert_eq!(shanghai().offset(i64::MAX), 0);
    }

    #[test]
    fn written_days_and_times() {
        for cell in [
            "2026-04-17",
            "2026/4/17",
            "2026年4月17日",
            "20260417",
            "２０２６/4/17",
        ] {
            assert_eq!(read(cell), "2026-04-17 0", "{cell}");
        }
        assert_eq!(read("2026-04-17 01:02:03"), "2026-04-17 3723");
        assert_eq!(read("2026-04-17T01:02:03.5"), "2026-04-17 3723");
        assert_eq!(read("20260417010203"), "2026-04-17 3723");
        assert_eq!(read("2019-10-01 16:00:00 UTC"), "2019-10-02 0");
        assert_eq!(read("2019-10-01T16:00:00Z"), "2019-10-02 0");
        assert_eq!(read("2019-10-01 16:00:00+09:00"), "2019-10-01 54000");
        assert_eq!(read("1511544070"), "2017-11-25 4870");
        assert_eq!(read("1511544070000"), "2017-11-25 4870");
    }

    #[test]
    fn cut_and_senseless_times_are_refused() {
        assert_eq!(read("15"), "Implausible");
        assert_eq!(read("1999-12-31"), "Implausible");
        assert_eq!(read("-2134949234"), "Implausible");
        for cell in [
            "yesterday",
            "2026-13-01",
            "2026-02-30",
            "2026-04-17 25:00",
            "2026-04-17 10:00 CST",
            "",
        ] {
            assert_eq!(read(cell), "Form", "{cell}");
        }
    }

    #[test]
    fn a_pattern_reads_its_own_form() {
        let mut clock = shanghai();
        let format = TimeFormat::of("%d.%m.%Y %H:%M").unwrap();
        let moment = clock.moment("17.04.2026 01:02", &format).unwrap();
        assert_eq!(
            (moment.day.to_string().as_str(), moment.second),
            ("2026-04-17", 3720)
        );
        assert_eq!(TimeFormat::of("unix"), None);
    }

    #[test]
    fn a_zone_after_a_pattern_is_honoured() {
        let read = |pattern: &str, cell: &str| {
            let format = TimeFormat::of(pattern).unwrap();
            let moment = shanghai().moment(cell, &format);
            moment.map(|m| format!("{} {}", m.day, m.second))
        };
        let next = Ok("2026-11-10 14400".to_owned());
        for zone in ["", " UTC", " %Z", " %z"] {
            let pattern = format!("%Y-%m-%d %H:%M:%S{zone}");
            assert_eq!(read(&pattern, "2026-11-09 20:00:00 UTC"), next, "{pattern}");
        }
        assert_eq!(read("%Y-%m-%dT%H:%M:%SZ", "2026-11-09T20:00:00Z"), next);
        assert_eq!(read("%Y-%m-%d %H:%M %z", "2026-11-09 20:00 +0000"), next);
        assert_eq!(read("%Y-%m-%d %H:%M %Z", "2026-11-09 21:00 UTC+1"), next);
        let same = Ok("2026-11-09 72000".to_owned());
        assert_eq!(read("%Y-%m-%d %H:%M:%S", "2026-11-09 20:00:00"), same);
        let short = read("%Y-%m-%d %H:%M UTC", "2026-11-09 20:00");
        assert_eq!(short, Err(TimeFault::Form));
    }

    #[test]
    fn periods_have_a_first_and_a_last_day() {
        let show = |text| period(text).map(|(a, b)| format!("{a}..{b}"));
        assert_eq!(show("2026").as_deref(), Some("2026-01-01..2026-12-31"));
        assert_eq!(show("2026-02").as_deref(), Some("2026-02-01..2026-02-28"));
        assert_eq!(show("2026-Q4").as_deref(), Some("2026-10-01..2026-12-31"));
        assert_eq!(show("2026-W01").as_deref(), Some("2025-12-29..2026-01-04"));
        assert_eq!(
            show("2026-11-15").as_deref(),
            Some("2026-11-15..2026-11-15")
        );
        assert_eq!(
            show("2026-11-01..2026-11-11").as_deref(),
            Some("2026-11-01..2026-11-11")
        );
        assert_eq!(show("双11"), None);
        assert_eq!(show("2026-W54"), None);
    }

    #[test]
    fn a_plain_day_reads_the_same_without_detours() {
        let digits = [
            "00", "01", "02", "09", "11", "12", "13", "28", "29", "30", "31", "32", "4x",
        ];
        for year in ["1999", "2000", "2023", "2024", "20x4"] {
            for (month, day) in digits.iter().flat_map(|m| digits.map(|d| (*m, d))) {
                let text = format!("{year}-{month}-{day}");
                let detour = date(&text).filter(|(_, rest)| rest.is_empty());
                assert_eq!(iso(&text), detour.map(|(day, _)| day), "{text}");
            }
        }
        for other in [
            "2024-1-1",
            "2024/01/01",
            " 2024-01-01",
            "２０２４-01-01",
            "+024-01-01",
        ] {
            assert_eq!(iso(other), None, "{other}");
        }
    }
}
