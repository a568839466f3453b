//! The only place where a number becomes text: 万 and 亿, K and M, %, pp, ¥ and signs.
//!
//! A number is shown in the best form that fits its width and is never clipped: what does not fit
//! is `…` like what is still to come, what is not known is `—`. Shares that must add up use the largest remainder; a gap is
//! the exact gap, not the gap of rounded ends.

use crate::app::Language;
use crate::metrics::{Unit, Value, Why};

use super::text::width;

/// Shown for a number that is not known.
pub const MISSING: &str = "—";
/// Shown for a number that does not fit.
pub const TOO_NARROW: &str = "…";
/// Shown for a number that is still to come.
pub const PENDING: &str = "…";

/// What a number says about its metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    /// The figure itself.
    Plain,
    /// A difference of two figures: signed; pp for ratios.
    Difference,
    /// A relative change: signed per cent, whatever the unit.
    Change,
}

/// A number that knows its unit and its language, but not yet its width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Number {
    /// The number, or why there is none.
    pub value: Value,
    unit: Unit,
    kind: Kind,
    language: Language,
    symbol: &'static str,
}

/// How a number is written: divided by `scale`, with so many decimals.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Form {
    scale: f64,
    suffix: &'static str,
    decimals: usize,
    grouped: bool,
}

impl Form {
    const fn plain(decimals: usize) -> Self {
        Self {
            scale: 1.0,
            suffix: "",
            decimals,
            grouped: true,
        }
    }

    const fn scaled(scale: f64, suffix: &'static str, decimals: usize) -> Self {
        Self {
            scale,
            suffix,
            decimals,
            grouped: false,
        }
    }
}

/// The symbol of a currency (ISO 4217 code); `¤` for one without a symbol of its own here.
pub fn currency_symbol(code: &str) -> &'static str {
    match code {
        "" | "CNY" | "RMB" | "JPY" => "¥",
        "USD" | "HKD" | "SGD" | "TWD" | "AUD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        _ => "¤",
    }
}

impl Number {
    /// A figure.
    pub fn of(value: Value, unit: Unit, language: Language) -> Self {
        Self {
            value,
            unit,
            kind: Kind::Plain,
            language,
            symbol: "¥",
        }
    }

    /// A difference of two figures: `+1,234`, `−1.3 pp`.
    pub fn difference(value: Value, unit: Unit, language: Language) -> Self {
        Self {
            kind: Kind::Difference,
            ..Self::of(value, unit, language)
        }
    }

    /// A relative change as a fraction: `+12.3%`.
    pub fn change(value: Value, language: Language) -> Self {
        Self {
            kind: Kind::Change,
            ..Self::of(value, Unit::Ratio, language)
        }
    }

    /// A range, where only its ends are known: `118–132万`.
    pub fn range(low: f64, high: f64, unit: Unit, language: Language) -> Self {
        Self::of(Value::Missing(Why::UnionBetween(low, high)), unit, language)
    }

    /// Another number of the same kind and unit.
    #[must_use]
    pub fn with(mut self, x: f64) -> Self {
        self.value = Value::known(x);
        self
    }

    /// The same number in another currency (ISO 4217 code).
    #[must_use]
    pub fn currency(mut self, code: &str) -> Self {
        self.symbol = currency_symbol(code);
        self
    }

    /// The unit that it is written in.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// Whether it is a difference or a change, which carry their sign.
    pub fn is_signed(&self) -> bool {
        self.kind != Kind::Plain
    }

    /// −1, 0 or 1; `None` when missing. A difference of rates that shows as 0.00 is 0.
    pub fn sign(&self) -> Option<i8> {
        let x = self.value.get()?;
        let shown = match self.kind {
            Kind::Difference | Kind::Change if self.is_percent() => round(x * 100.0, 2),
            _ => x,
        };
        Some(i8::from(shown > 0.0) - i8::from(shown < 0.0))
    }

    /// `▲`, `▼` or `·` for a difference or a change; empty when missing.
    pub fn arrow(&self) -> &'static str {
        match self.sign() {
            Some(1) => "▲",
            Some(-1) => "▼",
            Some(_) => "·",
            None => "",
        }
    }

    /// The best form, without a limit on its width.
    pub fn exact(&self) -> String {
        self.fit(usize::MAX)
    }

    /// The best form in at most `columns` columns.
    pub fn fit(&self, columns: usize) -> String {
        match self.value {
            Value::Known(x) => self
                .forms(x)
                .into_iter()
                .map(|form| self.write(x, form))
                .find(|text| width(text) <= columns)
                .unwrap_or_else(|| narrow(columns)),
            Value::Missing(Why::UnionBetween(low, high)) if self.kind == Kind::Plain => {
                self.fit_range(low, high, columns)
            }
            Value::Missing(_) if columns == 0 => String::new(),
            Value::Missing(Why::Pending) => PENDING.to_owned(),
            Value::Missing(_) => MISSING.to_owned(),
        }
    }

    /// The best form that is rounded for the eye: big numbers in 万, 亿, K or M.
    pub fn brief(&self, columns: usize) -> String {
        let Value::Known(x) = self.value else {
            return self.fit(columns);
        };
        self.forms(x)
            .into_iter()
            .filter(|form| form.scale > 1.0)
            .map(|form| self.write(x, form))
            .find(|text| width(text) <= columns)
            .unwrap_or_else(|| self.fit(columns))
    }

    fn fit_range(&self, low: f64, high: f64, columns: usize) -> String {
        let forms = self.forms(high);
        forms
            .into_iter()
            .map(|form| {
                let ends = (self.write(low, form), self.write(high, form));
                let low = ends.0.strip_suffix(form.suffix).unwrap_or(&ends.0);
                format!("{low}–{}", ends.1)
            })
            .find(|text| width(text) <= columns)
            .unwrap_or_else(|| narrow(columns))
    }

    fn is_percent(&self) -> bool {
        self.unit == Unit::Ratio
    }

    /// The forms that say `x` well, best first.
    fn forms(&self, x: f64) -> Vec<Form> {
        let size = x.abs();
        if self.is_percent() {
            return percent_forms(size * 100.0, self.kind);
        }
        let mut forms = match self.unit {
            Unit::Index => vec![Form::plain(1), Form::plain(0)],
            Unit::Money | Unit::MoneyPerPerson if is_whole(x) => vec![Form::plain(0)],
            Unit::Money | Unit::MoneyPerPerson if size < 1000.0 => {
                vec![Form::plain(2), Form::plain(1), Form::plain(0)]
            }
            Unit::Money | Unit::MoneyPerPerson => vec![Form::plain(2), Form::plain(0)],
            _ if is_whole(x) => vec![Form::plain(0)],
            // People are whole; only less than half a person needs decimals not to vanish.
            Unit::People if size >= 0.5 => vec![Form::plain(0)],
            _ => vec![Form::plain(2), Form::plain(1)],
        };
        for &(scale, suffix) in self.scales() {
            // 9910万 is not 1.0亿: a multiple is written where two decimals reach it.
            if round(size / scale, 2) < 1.0 {
                continue;
            }
            for decimals in [2, 1, 0] {
                let shown = round(size / scale, decimals);
                let enough = decimals > 0 || shown >= 10.0;
                if shown >= 1.0 && enough {
                    forms.push(Form::scaled(scale, suffix, decimals));
                }
            }
        }
        forms
    }

    /// Multiples of the language, largest first.
    fn scales(&self) -> &'static [(f64, &'static str)] {
        match self.language {
            Language::Zh => &[(1e8, "亿"), (1e4, "万")],
            Language::En => &[(1e9, "B"), (1e6, "M"), (1e3, "K")],
        }
    }

    fn write(&self, x: f64, form: Form) -> String {
        let size = if self.is_percent() { x * 100.0 } else { x } / form.scale;
        let digits = if size.abs() < 1e15 {
            fixed(size.abs(), form.decimals, form.grouped)
        } else {
            format!("{:.1e}", size.abs())
        };
        let (sign, symbol) = (self.sign_text(x), self.symbol_text());
        let unit = match (self.unit, self.kind) {
            (Unit::Ratio, Kind::Difference) => " pp",
            (Unit::Ratio, _) => "%",
            _ => "",
        };
        format!("{sign}{symbol}{digits}{}{unit}", form.suffix)
    }

    fn sign_text(&self, x: f64) -> &'static str {
        match self.kind {
            Kind::Difference | Kind::Change if self.sign() == Some(0) => "",
            _ if x < 0.0 => "−",
            Kind::Difference | Kind::Change if x > 0.0 => "+",
            _ => "",
        }
    }

    fn symbol_text(&self) -> &'static str {
        match (self.unit, self.kind) {
            (Unit::Money | Unit::MoneyPerPerson, Kind::Plain | Kind::Difference) => self.symbol,
            _ => "",
        }
    }

    /// The number in a given form; a number that would vanish says that it is smaller.
    fn in_form(&self, form: Form) -> Option<String> {
        let x = self.value.get()?;
        let size = if self.is_percent() { x * 100.0 } else { x }.abs() / form.scale;
        if x != 0.0 && round(size, form.decimals) == 0.0 {
            let least = 10f64.powi(-(form.decimals as i32)) * form.scale;
            let least = if self.is_percent() {
                least / 100.0
            } else {
                least
            };
            let signed = if x < 0.0 { -least } else { least };
            return Some(format!("<{}", self.write(signed, form)));
        }
        Some(self.write(x, form))
    }
}

fn narrow(columns: usize) -> String {
    if columns == 0 {
        String::new()
    } else {
        TOO_NARROW.to_owned()
    }
}

fn is_whole(x: f64) -> bool {
    (x - x.round()).abs() < 1e-9 * x.abs().max(1.0)
}

fn round(x: f64, decimals: usize) -> f64 {
    let by = 10f64.powi(decimals as i32);
    (x * by).round() / by
}

/// Two decimals, then one, then none where two digits remain; more where a rate (not a difference
/// of rates) is tiny.
fn percent_forms(percent: f64, kind: Kind) -> Vec<Form> {
    let tiny = percent > 0.0 && round(percent, 2) < 0.1 && kind == Kind::Plain;
    let more = if tiny {
        (-percent.log10()).ceil().clamp(1.0, 5.0) as usize + 1
    } else {
        2
    };
    let mut forms = vec![Form::plain(more)];
    if !tiny {
        forms.push(Form::plain(1));
    }
    if percent >= 9.5 {
        forms.push(Form::plain(0));
    }
    forms
}

/// Digits with thousands separators where asked.
fn fixed(x: f64, decimals: usize, grouped: bool) -> String {
    // Half away from zero: what people expect of 12.345, and what spreadsheets do.
    let text = format!("{:.*}", decimals, round(x, decimals));
    if !grouped {
        return text;
    }
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut out = String::with_capacity(text.len() + text.len() / 3);
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

/// One way of writing for all numbers of a column: one unit, one number of decimals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    form: Option<Form>,
    columns: usize,
}

impl Column {
    /// The best form in which every one of these numbers fits in `columns` columns.
    pub fn new(numbers: &[Number], columns: usize) -> Self {
        let known = || numbers.iter().filter(|n| n.value.is_known());
        let mut forms: Vec<Form> = Vec::new();
        let by_size = |a: &&Number, b: &&Number| {
            let size = |n: &Number| n.value.get().unwrap_or(0.0).abs();
            size(a).total_cmp(&size(b))
        };
        // Decimals: those that the number which needs most asks for; multiples: of the largest.
        if let Some(finest) = known().find(|n| !is_whole_number(n)) {
            forms.extend(finest.forms(finest.value.get().unwrap_or(0.0)));
        }
        if let Some(largest) = known().max_by(by_size) {
            forms.extend(largest.forms(largest.value.get().unwrap_or(0.0)));
        }
        forms.sort_by(|a, b| a.scale.total_cmp(&b.scale));
        let (plain, mut scaled): (Vec<_>, Vec<_>) = forms.into_iter().partition(|f| f.scale <= 1.0);
        let mut plain: Vec<Form> = plain;
        plain.sort_by_key(|f| std::cmp::Reverse(f.decimals.min(2)));
        scaled.sort_by(|a, b| {
            (b.decimals.min(1), a.scale)
                .partial_cmp(&(a.decimals.min(1), b.scale))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        let fits =
            |form: &Form| known().all(|n| n.in_form(*form).is_none_or(|t| width(&t) <= columns));
        let form = plain.into_iter().chain(scaled).find(fits);
        Self { form, columns }
    }

    /// The number as this column writes it; not padded.
    pub fn text(&self, number: &Number) -> String {
        match self.form {
            Some(form) => number
                .in_form(form)
                .filter(|t| width(t) <= self.columns)
                .unwrap_or_else(|| number.fit(self.columns)),
            None => number.fit(self.columns),
        }
    }
}

fn is_whole_number(number: &Number) -> bool {
    let whole = |x: f64| is_whole(x) || number.unit == Unit::People && x.abs() >= 0.5;
    !number.is_percent() && number.value.get().is_none_or(whole)
}

/// Shares of a whole in units of `10^-decimals` per cent that add up to exactly 100 %, by largest
/// remainder; zeros when there is nothing to share.
pub fn shares(parts: &[f64], decimals: usize) -> Vec<f64> {
    let whole: f64 = parts.iter().sum();
    if whole <= 0.0 || !whole.is_finite() {
        return vec![0.0; parts.len()];
    }
    let by = 10f64.powi(decimals as i32);
    let exact: Vec<f64> = parts.iter().map(|p| p / whole * 100.0 * by).collect();
    let mut units: Vec<f64> = exact.iter().map(|x| x.floor()).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|&a, &b| (exact[b] - units[b]).total_cmp(&(exact[a] - units[a])));
    let rest = (100.0 * by - units.iter().sum::<f64>()).round().max(0.0) as usize;
    for &i in order.iter().take(rest) {
        units[i] += 1.0;
    }
    units.into_iter().map(|u| u / by).collect()
}

/// A share that [`shares`] gave, with as many decimals.
pub fn share_text(percent: f64, decimals: usize) -> String {
    format!("{percent:.decimals$}%")
}

/// A rate of work: rows per second, in at most four digits and a unit.
pub fn speed(per_second: f64, language: Language) -> String {
    let value = Value::known(per_second.max(0.0).round());
    Number::of(value, Unit::People, language).brief(8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::Day;
    use proptest::prelude::*;

    fn people(x: f64, language: Language) -> Number {
        Number::of(Value::Known(x), Unit::People, language)
    }

    #[test]
    fn people_are_whole_unless_they_would_vanish() {
        let people = |x| Number::of(Value::Known(x), Unit::People, Language::Zh).exact();
        assert_eq!(people(8.998), "9");
        assert_eq!(people(0.25), "0.25");
        let gap = Number::difference(Value::Known(-0.998), Unit::People, Language::Zh);
        assert_eq!(gap.exact(), "−1");
    }

    #[test]
    fn people_step_down_through_the_forms_of_the_language() {
        use Language::{En, Zh};
        let table = [
            (1_234.0, Zh, 9, "1,234"),
            (12_345.0, Zh, 6, "12,345"),
            (12_345.0, Zh, 5, "1.2万"),
            (1_234_567.0, Zh, 9, "1,234,567"),
            (1_234_567.0, Zh, 8, "123.46万"),
            (1_234_567.0, Zh, 7, "123.5万"),
            (1_234_567.0, Zh, 6, "123万"),
            (1_234_567.0, Zh, 4, "…"),
            (123_456_789.0, Zh, 6, "1.23亿"),
            (123_456_789.0, Zh, 5, "1.2亿"),
            (99_999_999.0, Zh, 6, "1.00亿"),
            (1_234_567.0, En, 5, "1.23M"),
            (1_234_567.0, En, 4, "1.2M"),
            (999_999.0, En, 5, "1.00M"),
            (12_345.0, En, 3, "12K"),
            (0.0, En, 1, "0"),
            (7.0, En, 0, ""),
            (-1_234.0, En, 6, "−1,234"),
        ];
        for (x, language, columns, text) in table {
            assert_eq!(people(x, language).fit(columns), text, "{x} in {columns}");
        }
    }

    #[test]
    fn ratios_differences_changes_and_money() {
        let ratio = |x| Number::of(Value::Known(x), Unit::Ratio, Language::Zh);
        assert_eq!(ratio(0.101_765).exact(), "10.18%");
        assert_eq!(ratio(0.101_765).fit(5), "10.2%");
        assert_eq!(ratio(0.101_765).fit(3), "10%");
        assert_eq!(ratio(0.000_123).exact(), "0.012%");
        assert_eq!(ratio(0.0).exact(), "0.00%");
        let pp = Number::difference(Value::Known(0.0131), Unit::Ratio, Language::Zh);
        assert_eq!((pp.exact().as_str(), pp.arrow()), ("+1.31 pp", "▲"));
        assert_eq!(pp.fit(7), "+1.3 pp");
        let none = Number::difference(Value::Known(-0.000_04), Unit::Ratio, Language::Zh);
        assert_eq!((none.exact().as_str(), none.arrow()), ("0.00 pp", "·"));
        let change = Number::change(Value::Known(-0.0234), Language::Zh);
        assert_eq!((change.exact().as_str(), change.arrow()), ("−2.34%", "▼"));
        let money = |x| Number::of(Value::Known(x), Unit::Money, Language::Zh);
        assert_eq!(money(1234.5).exact(), "¥1,234.50");
        assert_eq!(money(1_234_567.0).fit(8), "¥123.5万");
        assert_eq!(money(-3.0).currency("USD").exact(), "−$3");
        assert_eq!(people(12_345_678.0, Language::Zh).brief(20), "1234.57万");
        assert_eq!(people(99_100_000.0, Language::Zh).brief(6), "9910万");
        assert_eq!(people(99_600_000.0, Language::Zh).brief(6), "1.00亿");
    }

    #[test]
    fn what_is_missing_is_a_dash_and_a_union_is_a_range() {
        let why = Why::NoRow("stock", Day(0));
        let n = Number::of(Value::Missing(why), Unit::People, Language::Zh);
        assert_eq!((n.fit(1).as_str(), n.fit(0).as_str()), ("—", ""));
        let union = Value::Missing(Why::UnionBetween(50.0, 80.0));
        assert_eq!(
            Number::of(union, Unit::People, Language::Zh).fit(9),
            "50–80"
        );
        let union = Value::Missing(Why::UnionBetween(500_000.0, 812_345.0));
        let n = Number::of(union, Unit::People, Language::Zh);
        assert_eq!(n.fit(13), "50.00–81.23万");
    }

    #[test]
    fn a_column_has_one_unit() {
        let numbers: Vec<_> = [12.0, 1_234.0, 1_234_567.0]
            .map(|x| people(x, Language::Zh))
            .to_vec();
        let wide = Column::new(&numbers, 10);
        assert_eq!(wide.text(&numbers[2]), "1,234,567");
        let narrow = Column::new(&numbers, 7);
        let texts: Vec<_> = numbers.iter().map(|n| narrow.text(n)).collect();
        assert_eq!(texts, ["<0.1万", "0.1万", "123.5万"]);
        let rates: Vec<_> = [0.1, 0.123]
            .map(|x| Number::of(Value::Known(x), Unit::Ratio, Language::Zh))
            .to_vec();
        let column = Column::new(&rates, 6);
        assert_eq!(column.text(&rates[0]), "10.00%");
        assert_eq!(column.text(&rates[1]), "12.30%");
    }

    #[test]
    fn shares_add_up_by_largest_remainder() {
        assert_eq!(shares(&[1.0, 1.0, 1.0], 1), [33.4, 33.3, 33.3]);
        assert_eq!(shares(&[0.0, 0.0], 1), [0.0, 0.0]);
        assert_eq!(share_text(33.4, 1), "33.4%");
    }

    fn units() -> impl Strategy<Value = Unit> {
        prop::sample::select(vec![
            Unit::People,
            Unit::Count,
            Unit::Ratio,
            Unit::Money,
            Unit::MoneyPerPerson,
            Unit::Index,
        ])
    }

    fn sizes() -> impl Strategy<Value = f64> {
        prop_oneof![
            any::<f64>(),
            -1e10..1e10,
            (-1_000_000i32..1_000_000).prop_map(f64::from),
            -2.0..2.0
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_number_never_exceeds_its_width_and_keeps_its_unit(
            x in sizes(), unit in units(), zh in any::<bool>(), kind in 0..3, columns in 0usize..30
        ) {
            let language = if zh { Language::Zh } else { Language::En };
            let value = Value::known(x);
            let number = match kind {
                0 => Number::of(value, unit, language),
                1 => Number::difference(value, unit, language),
                _ => Number::change(value, language),
            };
            let text = number.fit(columns);
            prop_assert!(width(&text) <= columns, "{text}");
            if text != TOO_NARROW && !text.is_empty() && value.is_known() {
                let percent = kind == 2 || unit == Unit::Ratio;
                prop_assert_eq!(text.ends_with('%') || text.ends_with("pp"), percent);
                let money = kind != 2 && matches!(unit, Unit::Money | Unit::MoneyPerPerson);
                prop_assert_eq!(text.contains('¥'), money);
                prop_assert_eq!(text.starts_with('−'), number.sign() == Some(-1));
            }
        }

        #[test]
        fn whole_people_read_back_exactly(n in 0u32..10_000_000) {
            let text = people(f64::from(n), Language::Zh).fit(9);
            prop_assert_eq!(text.replace(',', "").parse::<u32>().ok(), Some(n));
        }

        #[test]
        fn a_column_never_exceeds_its_width(list in prop::collection::vec(-1e9..1e9, 0..8), unit in units(), columns in 1usize..14) {
            let numbers: Vec<_> = list.iter().map(|x| Number::of(Value::Known(*x), unit, Language::Zh)).collect();
            let column = Column::new(&numbers, columns);
            for n in &numbers {
                prop_assert!(width(&column.text(n)) <= columns);
            }
        }

        #[test]
        fn shares_always_add_up_to_the_whole(parts in prop::collection::vec(0u32..1_000_000, 1..8), decimals in 0usize..3) {
            prop_assume!(parts.iter().any(|p| *p > 0));
            let parts: Vec<f64> = parts.into_iter().map(f64::from).collect();
            let sum: f64 = shares(&parts, decimals).iter().sum();
            prop_assert!((sum - 100.0).abs() < 1e-6);
        }
    }
}
