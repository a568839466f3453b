//! Numbers that were typed, and which figures are shown as such a number.
//!
//! A figure can be written in several ways: whole, in 万, 亿, K or M, in per cent with or without
//! decimals. What was typed must stand in one of them; separators and currency signs do not count.

use crate::metrics::Unit;

/// What was typed, without separators; `None` when it is no number.
pub(super) fn typed(query: &[char]) -> Option<String> {
    let known = |c: &char| c.is_ascii_digit() || " .,%+-¥$€£万亿kmbp".contains(*c);
    if !query.iter().any(char::is_ascii_digit) || !query.iter().all(known) {
        return None;
    }
    let kept = |c: &&char| !" ,+¥$€£p".contains(**c);
    Some(query.iter().filter(kept).collect())
}

/// How a figure fits what was typed: 0 is the number, 1 begins with it, 2 holds it.
pub(super) fn fit(value: f64, unit: Unit, typed: &str) -> Option<u8> {
    forms(value, unit)
        .iter()
        .filter_map(|form| fits(form, typed))
        .min()
}

fn fits(form: &str, typed: &str) -> Option<u8> {
    let bare = form.trim_end_matches(['%', '万', '亿', 'k', 'm', 'b']);
    if form == typed || bare == typed {
        return Some(0);
    }
    if form.starts_with(typed) {
        return Some(1);
    }
    // Two digits stand somewhere in any list of figures.
    (typed.len() > 3 && form.contains(typed)).then_some(2)
}

/// The ways in which a value is written.
fn forms(value: f64, unit: Unit) -> Vec<String> {
    let scaled = |scale: f64, decimals: &[usize], suffix: &'static str| {
        decimals
            .iter()
            .map(|d| format!("{:.d$}{suffix}", round(value / scale, *d)))
            .collect::<Vec<String>>()
    };
    let mut forms = match unit {
        Unit::Ratio => return scaled(0.01, &[2, 1, 0], "%"),
        Unit::People | Unit::Count => scaled(1.0, &[0], ""),
        Unit::Money | Unit::MoneyPerPerson | Unit::Index => scaled(1.0, &[0, 1, 2], ""),
    };
    for (scale, suffix) in [(1e3, "k"), (1e4, "万"), (1e6, "m"), (1e8, "亿"), (1e9, "b")] {
        if value.abs() >= scale {
            forms.extend(scaled(scale, &[0, 1, 2], suffix));
        }
    }
    forms
}

/// Rounded half away from zero, as people do.
fn round(value: f64, decimals: usize) -> f64 {
    let scale = 10f64.powi(decimals as i32);
    let rounded = (value * scale).round() / scale;
    if rounded.is_finite() { rounded } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<String> {
        typed(&super::super::text::folded(text))
    }

    #[test]
    fn only_numbers_are_numbers() {
        assert_eq!(number("10.2%").as_deref(), Some("10.2%"));
        assert_eq!(number("¥1,234").as_deref(), Some("1234"));
        assert_eq!(number("４１２．８万").as_deref(), Some("412.8万"));
        assert_eq!(number("clrq"), None);
        assert_eq!(number("万"), None);
        assert_eq!(number("z世代 95"), None);
    }

    #[test]
    fn a_figure_is_found_by_every_way_to_write_it() {
        for typed in [
            "4128000",
            "412.8万",
            "412.80万",
            "412.8",
            "413万",
            "4.1m",
            "4128k",
        ] {
            assert_eq!(fit(4_128_000.0, Unit::People, typed), Some(0), "{typed}");
        }
        assert_eq!(fit(4_128_000.0, Unit::People, "412"), Some(1));
        assert_eq!(fit(4_128_000.0, Unit::People, "999"), None);
        assert_eq!(fit(0.1018, Unit::Ratio, "10.2%"), Some(0));
        assert_eq!(fit(0.1018, Unit::Ratio, "10.18%"), Some(0));
        assert_eq!(fit(0.1018, Unit::Ratio, "10.3%"), None);
        assert_eq!(fit(212.5, Unit::MoneyPerPerson, "213"), Some(0));
        assert_eq!(fit(f64::NAN, Unit::Money, "1"), None);
    }
}
