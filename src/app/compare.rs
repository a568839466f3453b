//! What the numbers can be compared with, as one list: days, brands, scenarios, pairs of panes.
//!
//! One field does for all of it: a date that can be read stands at the top, and any other text
//! narrows the list by name, in both languages. Keys and screen read the same rows from here.

use super::beside::Other;
use super::command::Command;
use super::state::{Field, Pane, State};
use crate::board::Against;
use crate::metrics::Day;

/// What is chosen in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Compare {
    /// The row of the cursor.
    pub row: usize,
    /// A date, or text that narrows the list.
    pub field: Field,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Choice {
    /// One pane only, while there are two.
    Single,
    /// Another day: the comparison of the numbers, or another as-of day beside the pane.
    Day(Against),
    /// Another brand, an index into `Dataset::brands`.
    Brand(usize),
    /// Another scenario of the brand; `None` for the numbers of the data.
    Scenario(Option<String>),
    /// Two panes of the same numbers, left and right.
    Pair(Pane, Pane),
}

/// The groups of the list, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// [`Choice::Single`] and [`Choice::Day`].
    Day,
    /// [`Choice::Pair`].
    Pair,
    /// [`Choice::Scenario`].
    Scenario,
    /// [`Choice::Brand`].
    Brand,
}

impl Choice {
    /// The group that it stands in.
    pub fn group(&self) -> Group {
        match self {
            Self::Single | Self::Day(_) => Group::Day,
            Self::Pair(..) => Group::Pair,
            Self::Scenario(_) => Group::Scenario,
            Self::Brand(_) => Group::Brand,
        }
    }

    /// What stands beside the pane when it is taken; `None` for [`Self::Single`].
    pub fn other(&self, state: &State) -> Option<Other> {
        match self {
            Self::Single => None,
            Self::Day(against) => Some(Other::Day(*against)),
            Self::Brand(brand) => {
                let brand = state.dataset()?.brands.get(*brand)?;
                Some(Other::Brand(brand.id.clone()))
            }
            Self::Scenario(name) => Some(Other::Scenario(name.clone())),
            Self::Pair(_, right) => Some(Other::Pane(*right)),
        }
    }
}

/// Pairs of panes that belong together.
pub const PAIRS: [(Pane, Pane); 6] = [
    (Pane::Fast, Pane::Crowds),
    (Pane::Fast, Pane::Aipl),
    (Pane::Fast, Pane::FastPlus),
    (Pane::Crowds, Pane::Gmv),
    (Pane::Why, Pane::Scenarios),
    (Pane::Aipl, Pane::Outlook),
];

/// The rows that the text leaves.
pub fn rows(state: &State, form: &Compare) -> Vec<Choice> {
    let text = folded(&form.field.text);
    let date = read_date(&form.field.text, state.as_of).map(|day| Choice::Day(Against::On(day)));
    let named = all(state).filter(|choice| text.is_empty() || is_named(state, choice, &text));
    date.into_iter().chain(named).collect()
}

/// Every row, without a text.
fn all(state: &State) -> impl Iterator<Item = Choice> {
    let single = state.layout.beside.on.then_some(Choice::Single);
    let mut days = vec![
        Against::PreviousWeek,
        Against::PreviousMonth,
        Against::YearAgo,
    ];
    days.extend(Some(state.against).filter(|a| matches!(a, Against::On(_))));
    let pairs = PAIRS.map(|(left, right)| Choice::Pair(left, right));
    let desk = state.book.desk();
    let open = desk.open(state.brand_id());
    let baseline = open.map(|_| Choice::Scenario(None));
    let others = desk
        .of(state.brand_id())
        .filter(move |named| open.is_none_or(|o| o.name != named.name))
        .map(|named| Choice::Scenario(Some(named.name.clone())));
    let brands = state.dataset().map_or(0, |d| d.brands.len());
    let brands = (0..brands).filter(|b| *b != state.brand);
    single
        .into_iter()
        .chain(days.into_iter().map(Choice::Day))
        .chain(pairs)
        .chain(baseline)
        .chain(others)
        .chain(brands.map(Choice::Brand))
}

/// Whether one of the names of a row holds the text.
fn is_named(state: &State, choice: &Choice, text: &str) -> bool {
    let holds = |name: &str| folded(name).contains(text);
    match choice {
        Choice::Single => SINGLE.iter().any(|n| holds(n)),
        Choice::Day(against) => day_name(*against).iter().any(|n| holds(n)),
        Choice::Brand(brand) => state
            .dataset()
            .and_then(|d| d.brands.get(*brand))
            .is_some_and(|b| holds(&b.id) || holds(&b.name_zh) || holds(&b.name_en)),
        Choice::Scenario(None) => BASELINE.iter().any(|n| holds(n)),
        Choice::Scenario(Some(name)) => holds(name),
        Choice::Pair(a, b) => [a, b]
            .into_iter()
            .any(|p| holds(p.id()) || pane_name(*p).iter().any(|n| holds(n))),
    }
}

/// The name of [`Choice::Single`], in Chinese and English.
pub const SINGLE: [&str; 2] = ["只看一个看板", "One pane only"];
/// The name of the numbers of the data, in Chinese and English.
pub const BASELINE: [&str; 2] = ["基线", "Baseline"];

/// The name of a comparison, in Chinese and English.
pub fn day_name(against: Against) -> [&'static str; 2] {
    match against {
        Against::PreviousWeek => ["上周同日", "A week before"],
        Against::PreviousMonth => ["上月同日", "A month before"],
        Against::YearAgo => ["去年同日", "A year before"],
        Against::On(_) => ["指定日期", "A date"],
    }
}

/// What the key of a pane says, in Chinese and English.
fn pane_name(pane: Pane) -> [&'static str; 2] {
    Command::by_id(&format!("pane-{}", pane.id())).map_or([""; 2], |c| c.title)
}

/// Without spaces, in small letters, narrow.
fn folded(text: &str) -> String {
    text.chars()
        .map(narrow)
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The ASCII character of a full-width one.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '−' | '–' | '—' => '-',
        '。' => '.',
        other => other,
    }
}

/// Reads a date as people type it: `2026-10-01`, `2026/10/1`, `20261001`, `10-01` and `10月1日` (the
/// last such day up to as-of), `-30d`, `-4w`, `-3m`, `-1y` (before as-of); full-width too.
pub fn read_date(text: &str, as_of: Day) -> Option<Day> {
    let text = folded(text);
    back(&text, as_of).or_else(|| on_calendar(&text, as_of))
}

/// So many days, weeks, months or years before as-of.
fn back(text: &str, as_of: Day) -> Option<Day> {
    let rest = text.strip_prefix('-')?;
    let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let count = rest.strip_suffix(unit)?;
    let count: i32 = count.parse().ok().filter(|n| (1..=36_500).contains(n))?;
    match unit {
        "" | "d" | "天" => Some(as_of.plus(-count)),
        "w" | "周" => Some(as_of.plus(-count.checked_mul(7)?)),
        "m" | "月" | "个月" => Some(as_of.plus_months(-count.min(1200))),
        "y" | "年" => Some(as_of.plus_months(-count.min(100) * 12)),
        _ => None,
    }
}

fn on_calendar(text: &str, as_of: Day) -> Option<Day> {
    let text = text.trim_end_matches(['日', '号']);
    let parts: Vec<&str> = text.split(['-', '/', '.', '年', '月']).collect();
    let digits = |t: &&str| !t.is_empty() && t.len() <= 8 && t.bytes().all(|b| b.is_ascii_digit());
    if !parts.iter().all(digits) {
        return None;
    }
    match parts.as_slice() {
        [year, month, day] if year.len() == 4 => {
            Day::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
        }
        [month, day] if month.len() <= 2 => {
            last_such(month.parse().ok()?, day.parse().ok()?, as_of)
        }
        [whole] if whole.len() == 8 => {
            let whole: u32 = whole.parse().ok()?;
            let year = i32::try_from(whole / 10_000).ok()?;
            Day::from_ymd(year, whole / 100 % 100, whole % 100)
        }
        _ => None,
    }
}

/// The last day of that month and number up to as-of; 29 February waits for its year.
fn last_such(month: u32, day: u32, as_of: Day) -> Option<Day> {
    let (year, ..) = as_of.ymd();
    (0..9)
        .filter_map(|back| Day::from_ymd(year - back, month, day))
        .find(|d| *d <= as_of)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<String> {
        let as_of = Day::from_ymd(2026, 11, 15).unwrap();
        read_date(text, as_of).map(|d| d.to_string())
    }

    #[test]
    fn dates_are_read_as_people_type_them() {
        for (text, read) in [
            ("2026-10-01", "2026-10-01"),
            ("2026/10/1", "2026-10-01"),
            ("20261001", "2026-10-01"),
            ("10-01", "2026-10-01"),
            ("11-15", "2026-11-15"),
            ("11-16", "2025-11-16"),
            ("02-29", "2024-02-29"),
            ("10月1日", "2026-10-01"),
            ("2025年11月11日", "2025-11-11"),
            ("-30d", "2026-10-16"),
            ("-30", "2026-10-16"),
            ("-2w", "2026-11-01"),
            ("-1m", "2026-10-15"),
            ("-1y", "2025-11-15"),
            ("２０２６－１０－０１", "2026-10-01"),
            ("－３０ｄ", "2026-10-16"),
            (" 10.01 ", "2026-10-01"),
        ] {
            assert_eq!(day(text).as_deref(), Some(read), "{text}");
        }
        for text in [
            "",
            "-",
            "-0",
            "oak",
            "2026",
            "2026-13-01",
            "2026-02-30",
            "1-2-3",
            "99-99",
            "-99999999d",
            "--3",
            "2026-10-01-1",
            "123456789012345678901234567890",
            "-3x",
            "20261301",
            "1é-2",
        ] {
            assert_eq!(day(text), None, "{text}");
        }
    }
}
