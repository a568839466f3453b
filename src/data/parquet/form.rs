//! How values of each type are written as the text that the readers of cells expect: dates and times
//! as ISO 8601, numbers as digits, decimals without rounding.

use std::fmt::Write as _;
use std::ops::Range;

use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type};
use parquet::data_type::Int96;
use parquet::schema::types::ColumnDescriptor;

use crate::metrics::Day;

const SECONDS_PER_DAY: i64 = 86_400;
const NANOS: i64 = 1_000_000_000;
/// Seconds that no reader takes for anything else, from 2001-09-09 to the end of 2099.
const QUICK: Range<i64> = 1_000_000_000..4_102_444_800;
/// The Julian day of 1970-01-01.
const JULIAN_EPOCH: i64 = 2_440_588;
/// Places after the point that a decimal may have.
const MAX_SCALE: i32 = 38;

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// UTF-8 text.
    Text,
    /// Whole numbers.
    Signed,
    /// Whole numbers without a sign.
    Unsigned,
    /// `true` or `false`.
    Flag,
    /// Binary fractions.
    Float,
    /// Whole numbers with a point before the last digits.
    Decimal(u32),
    /// Days since 1970.
    Date,
    /// Units since midnight; how many a second has.
    Time(i64),
    /// Units since 1970; how many a second has, and whether they are in UTC.
    Moment(i64, bool),
    /// Sixteen bytes as hexadecimal digits.
    Uuid,
}

/// For whom moments are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::data) enum Style {
    /// For people: every digit.
    Full,
    /// For the clock of the loader: whole seconds, as a number where that is quicker to read.
    Brief,
}

impl Form {
    /// The form of a column; `None` for a type that no cell can hold.
    pub(super) fn of(column: &ColumnDescriptor) -> Option<Self> {
        let logical = column.logical_type_ref();
        let by_logical = logical.map(|l| of_logical(l, column.physical_type()));
        match by_logical {
            Some(found) => found,
            None => of_converted(column),
        }
    }

    /// Whether the values are days or moments.
    pub(super) fn is_dated(self) -> bool {
        matches!(self, Self::Date | Self::Moment(..))
    }
}

fn of_logical(logical: &LogicalType, physical: Type) -> Option<Form> {
    let per_second = |unit: &TimeUnit| match unit {
        TimeUnit::MILLIS => 1_000,
        TimeUnit::MICROS => 1_000_000,
        TimeUnit::NANOS => NANOS,
    };
    Some(match logical {
        LogicalType::String | LogicalType::Enum | LogicalType::Json => Form::Text,
        LogicalType::Decimal(decimal) => decimal_of(decimal.scale)?,
        LogicalType::Date => Form::Date,
        LogicalType::Time(time) => Form::Time(per_second(&time.unit)),
        LogicalType::Timestamp(time) => {
            Form::Moment(per_second(&time.unit), time.is_adjusted_to_u_t_c)
        }
        LogicalType::Integer(int) if !int.is_signed => Form::Unsigned,
        LogicalType::Integer(_) => Form::Signed,
        LogicalType::Uuid => Form::Uuid,
        // A column without any value.
        LogicalType::Unknown => of_physical(physical)?,
        _ => return None,
    })
}

fn of_converted(column: &ColumnDescriptor) -> Option<Form> {
    Some(match column.converted_type() {
        ConvertedType::UTF8 | ConvertedType::ENUM | ConvertedType::JSON => Form::Text,
        ConvertedType::DECIMAL => decimal_of(column.type_scale())?,
        ConvertedType::DATE => Form::Date,
        ConvertedType::TIME_MILLIS => Form::Time(1_000),
        ConvertedType::TIME_MICROS => Form::Time(1_000_000),
        ConvertedType::TIMESTAMP_MILLIS => Form::Moment(1_000, true),
        ConvertedType::TIMESTAMP_MICROS => Form::Moment(1_000_000, true),
        ConvertedType::UINT_8
        | ConvertedType::UINT_16
        | ConvertedType::UINT_32
        | ConvertedType::UINT_64 => Form::Unsigned,
        ConvertedType::BSON | ConvertedType::INTERVAL => return None,
        _ => of_physical(column.physical_type())?,
    })
}

fn of_physical(physical: Type) -> Option<Form> {
    Some(match physical {
        Type::BOOLEAN => Form::Flag,
        Type::INT32 | Type::INT64 => Form::Signed,
        // The old time of Hive, Impala and Spark, which they keep in UTC.
        Type::INT96 => Form::Moment(NANOS, true),
        Type::FLOAT | Type::DOUBLE => Form::Float,
        Type::BYTE_ARRAY => Form::Text,
        Type::FIXED_LEN_BYTE_ARRAY => return None,
    })
}

fn decimal_of(scale: i32) -> Option<Form> {
    let scale = (0..=MAX_SCALE).contains(&scale).then_some(scale)?;
    Some(Form::Decimal(scale.unsigned_abs()))
}

/// Writes a whole number in its form.
pub(super) fn integer(form: Form, style: Style, value: i64, out: &mut String) {
    match form {
        Form::Decimal(scale) => decimal(i128::from(value), scale, out),
        Form::Date => match i32::try_from(value).ok().and_then(civil) {
            Some(date) => date_digits(date, out),
            None => number(value, out),
        },
        Form::Time(per_second) => clock(value.div_euclid(per_second), out),
        Form::Moment(per_second, is_utc) => {
            let second = value.div_euclid(per_second);
            let part = (value.rem_euclid(per_second), per_second);
            moment(second, part, (is_utc, style), out);
        }
        _ => number(value, out),
    }
}

/// Writes a whole number without sign.
pub(super) fn unsigned(value: u64, out: &mut String) {
    let (mut digits, mut at, mut left) = ([0; 20], 20, value);
    loop {
        at -= 1;
        digits[at] = b'0' + (left % 10) as u8;
        left /= 10;
        if left == 0 {
            break;
        }
    }
    out.push_str(std::str::from_utf8(&digits[at..]).unwrap_or(""));
}

fn number(value: i64, out: &mut String) {
    if value < 0 {
        out.push('-');
    }
    unsigned(value.unsigned_abs(), out);
}

/// Writes a time in the old form of twelve bytes.
pub(super) fn int96(value: &Int96, style: Style, out: &mut String) {
    let [low, high, day] = <[u32; 3]>::try_from(value.data()).unwrap_or_default();
    let nanos = (u64::from(high) << 32 | u64::from(low)) as i64;
    let day = i64::from(day as i32) - JULIAN_EPOCH;
    let second = day * SECONDS_PER_DAY + nanos.div_euclid(NANOS);
    moment(second, (nanos.rem_euclid(NANOS), NANOS), (true, style), out);
}

/// Writes the shortest text that reads back as the same number. Beyond `exact` not every whole
/// number has a double: such a number is written with its power, so that it is no id.
pub(super) fn float(value: f64, shortest: impl std::fmt::Display, exact: f64, out: &mut String) {
    let size = value.abs();
    if size >= exact && size.is_finite() {
        let text = format!("{value:e}");
        out.push_str(&text.replacen('e', "e+", 1));
    } else if size > 0.0 && size < 1e-5 {
        write!(out, "{value:e}").ok();
    } else {
        write!(out, "{shortest}").ok();
    }
}

/// Writes a decimal of any width as big-endian bytes; `false` when it has more than 38 digits.
pub(super) fn wide_decimal(bytes: &[u8], scale: u32, out: &mut String) -> bool {
    let negative = bytes.first().is_some_and(|b| *b >= 0x80);
    let fill = if negative { 0xff } else { 0 };
    let extra = bytes.len().saturating_sub(16);
    let (head, tail) = bytes.split_at(extra);
    let mut value = if negative { -1 } else { 0 };
    for byte in tail {
        value = value << 8 | i128::from(*byte);
    }
    if head.iter().any(|b| *b != fill) || (extra > 0 && (value < 0) != negative) {
        return false;
    }
    decimal(value, scale, out);
    true
}

fn decimal(value: i128, scale: u32, out: &mut String) {
    if scale == 0 {
        write!(out, "{value}").ok();
        return;
    }
    let (sign, size) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
    if let (Ok(size), 1..=18) = (u64::try_from(size), scale) {
        out.push_str(sign);
        return short_decimal(size, scale, out);
    }
    let (whole, fraction) = match 10u128.checked_pow(scale) {
        Some(unit) => (size / unit, size % unit),
        None => (0, size),
    };
    write!(
        out,
        "{sign}{whole}.{fraction:0width$}",
        width = scale as usize
    )
    .ok();
}

/// The same for amounts of the usual size.
fn short_decimal(size: u64, scale: u32, out: &mut String) {
    let unit = 10u64.pow(scale);
    unsigned(size / unit, out);
    out.push('.');
    let fraction = size % unit;
    let zeros = scale - fraction.checked_ilog10().map_or(1, |n| n + 1);
    out.extend(std::iter::repeat_n('0', zeros as usize));
    unsigned(fraction, out);
}

/// Writes sixteen bytes in the usual groups.
pub(super) fn uuid(bytes: &[u8], out: &mut String) {
    for (i, byte) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        write!(out, "{byte:02x}").ok();
    }
}

/// The date of a day, when it has four digits for its year.
fn civil(day: i32) -> Option<(i32, u32, u32)> {
    // Beyond this the year has five digits; the days themselves would overflow at the far end.
    let date = (-720_000..=2_932_896)
        .contains(&day)
        .then(|| Day(day).ymd())?;
    (1..=9999).contains(&date.0).then_some(date)
}

fn two(value: u32, out: &mut String) {
    for digit in [value / 10 % 10, value % 10] {
        out.push(char::from(b'0' + digit as u8));
    }
}

fn date_digits((year, month, day): (i32, u32, u32), out: &mut String) {
    two(year.unsigned_abs() / 100, out);
    two(year.unsigned_abs() % 100, out);
    out.push('-');
    two(month, out);
    out.push('-');
    two(day, out);
}

fn clock(second: i64, out: &mut String) {
    let second = second.rem_euclid(SECONDS_PER_DAY) as u32;
    two(second / 3600, out);
    out.push(':');
    two(second / 60 % 60, out);
    out.push(':');
    two(second % 60, out);
}

/// Writes a moment; one without a date in four digits is written as its number of seconds.
fn moment(
    second: i64,
    (part, per_second): (i64, i64),
    (is_utc, style): (bool, Style),
    out: &mut String,
) {
    let day = i32::try_from(second.div_euclid(SECONDS_PER_DAY)).ok();
    let is_quick = style == Style::Brief && is_utc && QUICK.contains(&second);
    let Some(date) = day.and_then(civil).filter(|_| !is_quick) else {
        return number(second, out);
    };
    date_digits(date, out);
    out.push('T');
    clock(second, out);
    if part > 0 && style == Style::Full {
        let digits = per_second.ilog10() as usize;
        write!(out, ".{part:0digits$}").ok();
        out.truncate(out.trim_end_matches('0').len());
    }
    if is_utc {
        out.push('Z');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn days_and_moments() {
        let of = |form, value| text(|out| integer(form, Style::Full, value, out));
        assert_eq!(of(Form::Date, 17_495), "2017-11-25");
        assert_eq!(of(Form::Date, -1), "1969-12-31");
        assert_eq!(of(Form::Date, i64::from(i32::MAX)), "2147483647");
        let utc = Form::Moment(1_000, true);
        assert_eq!(of(utc, 1_511_544_070_000), "2017-11-24T17:21:10Z");
        assert_eq!(of(utc, 1_511_544_070_120), "2017-11-24T17:21:10.12Z");
        assert_eq!(of(utc, -1), "1969-12-31T23:59:59.999Z");
        let local = Form::Moment(1_000_000_000, false);
        assert_eq!(of(local, 1_511_544_070_000_000_000), "2017-11-24T17:21:10");
        assert_eq!(of(local, i64::MIN), "1677-09-21T00:12:43.145224192");
        assert_eq!(of(Form::Moment(1_000, true), i64::MAX), "9223372036854775");
        assert_eq!(of(Form::Time(1_000_000), 3_723_000_000), "01:02:03");
        let old = text(|out| {
            let mut value = Int96::new();
            value.set_data(1_000_000_000, 0, 2_458_083);
            int96(&value, Style::Full, out);
        });
        assert_eq!(old, "2017-11-25T00:00:01Z");
        let brief = |form, value| text(|out| integer(form, Style::Brief, value, out));
        assert_eq!(brief(utc, 1_511_544_070_120), "1511544070");
        assert_eq!(brief(utc, 999_999_999_999), "2001-09-09T01:46:39Z");
        assert_eq!(
            brief(Form::Moment(1_000, false), 1_511_544_070_120),
            "2017-11-24T17:21:10"
        );
    }

    #[test]
    fn decimals_keep_every_digit() {
        let of = |value: i128, scale| text(|out| decimal(value, scale, out));
        assert_eq!(of(123_450, 2), "1234.50");
        assert_eq!((of(-5, 2), of(7, 0)), ("-0.05".into(), "7".into()));
        assert_eq!(
            of(i128::MIN, 38),
            "-1.70141183460469231731687303715884105728"
        );
        assert_eq!((of(100, 3), of(999, 3)), ("0.100".into(), "0.999".into()));
        assert_eq!(of(-100_000, 3), "-100.000");
        let wide = |bytes: &[u8]| {
            let mut out = String::new();
            wide_decimal(bytes, 2, &mut out).then_some(out)
        };
        assert_eq!(wide(&[0xff, 0x38]).as_deref(), Some("-2.00"));
        assert_eq!(wide(&[0, 0xc8]).as_deref(), Some("2.00"));
        let mut long = [0; 32];
        long[31] = 200;
        assert_eq!(wide(&long).as_deref(), Some("2.00"));
        long[0] = 1;
        assert_eq!(wide(&long), None);
        assert_eq!(wide(&[]).as_deref(), Some("0.00"));
    }

    #[test]
    fn floats_are_short_and_no_id_that_lost_digits() {
        let of = |value: f64| text(|out| float(value, value, 2f64.powi(53), out));
        assert_eq!((of(99.9), of(123.0)), ("99.9".into(), "123".into()));
        assert_eq!(of(1e18), "1e+18");
        assert_eq!((of(1e-7), of(-0.5)), ("1e-7".into(), "-0.5".into()));
        assert_eq!(
            (of(f64::NAN), of(f64::INFINITY)),
            ("NaN".into(), "inf".into())
        );
    }

    #[test]
    fn whole_numbers() {
        for value in [0, 7, -1, 10, i64::MIN, i64::MAX] {
            assert_eq!(text(|out| number(value, out)), value.to_string());
        }
        assert_eq!(text(|out| unsigned(u64::MAX, out)), u64::MAX.to_string());
    }

    #[test]
    fn ids_of_sixteen_bytes() {
        let bytes: Vec<u8> = (0..16).collect();
        let found = text(|out| uuid(&bytes, out));
        assert_eq!(found, "00010203-0405-0607-0809-0a0b0c0d0e0f");
    }
}
