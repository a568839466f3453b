//! Numbers as operators' exports write them (`domain.md` §13.6).
//!
//! A cell is a number, missing, or wrong; it is never quietly 0. Amounts keep their decimal digits
//! until they are fen, so no sum depends on binary fractions.

use super::text::half_width;

/// A decimal number: `±digits × 10^exponent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    digits: u64,
    exponent: i32,
    /// Whether it was written with `%` (already divided by 100).
    pub(super) percent: bool,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// A number.
    Number(Decimal),
    /// Empty, a dash, `null`, `N/A` or masked.
    Missing,
    /// Something else.
    Wrong,
}

/// Whether a trimmed cell stands for "no value".
pub(super) fn is_missing(cell: &str) -> bool {
    const WORDS: [&str; 11] = [
        "-", "--", "---", "—", "——", "–", "－", "null", "n/a", "na", "nan",
    ];
    match cell.bytes().next() {
        None => true,
        // A dash, an n, or the first byte of the wide dashes: all others are values.
        Some(b'-' | b'n' | b'N' | 0xe2 | 0xef) => {
            cell.len() <= 6 && WORDS.iter().any(|w| w.eq_ignore_ascii_case(cell))
        }
        Some(_) => false,
    }
}

/// Reads a trimmed cell as a number.
pub(super) fn parse(cell: &str) -> Cell {
    if !cell.is_empty() && cell.len() <= 15 && cell.bytes().all(|b| b.is_ascii_digit()) {
        return plain(cell);
    }
    if let Some(number) = pointed(cell) {
        return Cell::Number(number);
    }
    if is_missing(cell) {
        return Cell::Missing;
    }
    if cell.len() > 120 {
        return Cell::Wrong;
    }
    let text: String = cell
        .chars()
        .map(half_width)
        .filter(|c| !c.is_whitespace())
        .map(|c| {
            if matches!(c, '−' | '–' | '—') {
                '-'
            } else {
                c
            }
        })
        .collect();
    if is_masked(&text) {
        return Cell::Missing;
    }
    decimal(&text).map_or(Cell::Wrong, Cell::Number)
}

fn plain(digits: &str) -> Cell {
    digits.parse().map_or(Cell::Wrong, |digits| {
        Cell::Number(Decimal {
            negative: false,
            digits,
            exponent: 0,
            percent: false,
        })
    })
}

/// `1234.50`: digits on both sides of one point, few enough for 64 bits.
fn pointed(cell: &str) -> Option<Decimal> {
    if cell.len() > 16 {
        return None;
    }
    let (whole, fraction) = cell.split_once('.')?;
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !is_digits(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let digit = |n: u64, b: u8| n * 10 + u64::from(b - b'0');
    Some(Decimal {
        negative: false,
        digits: whole.bytes().chain(fraction.bytes()).fold(0, digit),
        exponent: -(fraction.len() as i32),
        percent: false,
    })
}

/// `X00,000`, `3X%`, `*,***`: digits hidden by whoever published the number.
fn is_masked(text: &str) -> bool {
    let hidden = |c| matches!(c, 'X' | 'x' | '*');
    text.chars().any(hidden)
        && text.chars().all(|c| {
            hidden(c)
                || c.is_ascii_digit()
                || matches!(c, ',' | '.' | '%' | '+' | '-' | '¥' | '万' | '千' | '亿')
        })
}

fn decimal(text: &str) -> Option<Decimal> {
    let (negative, rest) = sign(text);
    let rest = rest
        .strip_prefix(['¥', '￥'])
        .or_else(|| rest.strip_prefix("CNY"))
        .or_else(|| rest.strip_prefix("RMB"))
        .unwrap_or(rest);
    let (inner_negative, rest) = sign(rest);
    let rest = rest.strip_suffix(['元', '人']).unwrap_or(rest);
    let (rest, percent) = match rest.strip_suffix('%') {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let (rest, unit) = unit(rest);
    let (mantissa, written) = scientific(rest)?;
    let (digits, fraction) = mantissa_digits(mantissa)?;
    Some(Decimal {
        negative: negative != inner_negative,
        digits,
        exponent: written + unit - fraction - if percent { 2 } else { 0 },
        percent,
    })
}

fn sign(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Splits off 万, 千万, 亿 … and gives the power of ten.
fn unit(text: &str) -> (&str, i32) {
    const UNITS: [(&str, i32); 12] = [
        ("万亿", 12),
        ("千亿", 11),
        ("百亿", 10),
        ("十亿", 9),
        ("千万", 7),
        ("百万", 6),
        ("十万", 5),
        ("亿", 8),
        ("万", 4),
        ("千", 3),
        ("w", 4),
        ("W", 4),
    ];
    UNITS
        .into_iter()
        .find_map(|(name, power)| text.strip_suffix(name).map(|rest| (rest, power)))
        .unwrap_or((text, 0))
}

fn scientific(text: &str) -> Option<(&str, i32)> {
    match text.split_once(['e', 'E']) {
        None => Some((text, 0)),
        Some((mantissa, power)) => {
            let power: i32 = power.parse().ok()?;
            (-30..=30).contains(&power).then_some((mantissa, power))
        }
    }
}

/// The digits without point and grouping commas, and how many stood after the point.
fn mantissa_digits(text: &str) -> Option<(u64, i32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = ungroup(whole)?;
    let fraction = fraction.trim_end_matches('0');
    if (whole.is_empty() && fraction.is_empty() && !text.contains('0'))
        || !fraction.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let all = format!("0{whole}{fraction}");
    let trimmed = all.trim_start_matches('0');
    let digits = if trimmed.is_empty() {
        0
    } else {
        trimmed.parse().ok()?
    };
    Some((digits, fraction.len() as i32))
}

fn ungroup(whole: &str) -> Option<String> {
    if !whole.contains(',') {
        return whole
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| whole.to_owned());
    }
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let digits = |g: &str| g.bytes().all(|b| b.is_ascii_digit());
    let fits = (1..=3).contains(&first.len())
        && digits(first)
        && groups.all(|g| g.len() == 3 && digits(g));
    fits.then(|| whole.replace(',', ""))
}

impl Decimal {
    /// The nearest double.
    pub(super) fn to_f64(self) -> f64 {
        const EXACT: u64 = 1 << 53;
        let size = if self.digits < EXACT && self.exponent == 0 {
            self.digits as f64
        } else if self.digits < EXACT && (-22..=22).contains(&self.exponent) {
            let power = 10f64.powi(self.exponent.abs());
            if self.exponent < 0 {
                self.digits as f64 / power
            } else {
                self.digits as f64 * power
            }
        } else {
            format!("{}e{}", self.digits, self.exponent)
                .parse()
                .unwrap_or(f64::MAX)
        };
        if self.negative && size != 0.0 {
            -size
        } else {
            size
        }
    }

    /// The amount in fen, rounded half away from zero; `None` when it does not fit.
    pub(super) fn to_fen(self) -> Option<i64> {
        let power = self.exponent + 2;
        let digits = i128::from(self.digits);
        let fen = if power >= 0 {
            digits.checked_mul(10i128.checked_pow(power as u32)?)?
        } else {
            let by = 10i128.checked_pow(power.unsigned_abs())?;
            (digits + by / 2) / by
        };
        let fen = i64::try_from(fen).ok()?;
        Some(if self.negative { -fen } else { fen })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(text: &str) -> Option<f64> {
        match parse(text) {
            Cell::Number(d) => Some(d.to_f64()),
            Cell::Missing => None,
            Cell::Wrong => panic!("{text} was not understood"),
        }
    }

    #[test]
    fn published_forms() {
        for (text, expected) in [
            ("1,234", 1234.0),
            ("12.3%", 0.123),
            ("1.2万", 12_000.0),
            ("3千万", 3e7),
            ("1亿", 1e8),
            ("1.2w", 12_000.0),
            ("¥1,234.50", 1234.5),
            ("￥200", 200.0),
            ("１２３", 123.0),
            ("-50万", -500_000.0),
            ("−5", -5.0),
            ("4.35百万", 4_350_000.0),
            ("0.24375", 0.24375),
            ("0", 0.0),
            ("0.0", 0.0),
            ("1.5E+3", 1500.0),
            ("2103807459595387724", 2_103_807_459_595_387_724.0),
        ] {
            assert_eq!(value(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn missing_is_not_zero() {
        for text in [
            "",
            "-",
            "--",
            "—",
            "null",
            "N/A",
            "NULL",
            "X00,000",
            "3X%",
            "X,000,000",
            "***",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn wrong_is_neither() {
        for text in [
            "abc", "12,34", "1.2.3", "1e999", ".", "%", "万", "+", "1-2", "12人人",
        ] {
            assert_eq!(parse(text), Cell::Wrong, "{text}");
        }
    }

    #[test]
    fn money_is_exact() {
        let fen = |text| match parse(text) {
            Cell::Number(d) => d.to_fen(),
            _ => None,
        };
        assert_eq!(fen("6329.2"), Some(632_920));
        assert_eq!(fen("0.1"), Some(10));
        assert_eq!(fen("1.005"), Some(101));
        assert_eq!(fen("-1.15万"), Some(-1_150_000));
        assert_eq!(fen("99999999999999999999"), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn digits_around_a_point_read_the_same_without_detours(
            text in "[0-9]{0,8}[.][0-9]{0,8}|[0-9.,]{1,17}"
        ) {
            if let Some(quick) = pointed(&text) {
                prop_assert_eq!(Some(quick), decimal(&text));
            }
        }
    }
}
