//! FAST: Fertility, Advancing, Superiority, Thriving (`domain.md` §3).

use super::Value;
use super::aipl::{Flow, Ratio, State, Stock};

/// What the deepening rate divides by (`domain.md` §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Denominator {
    /// a2: A + I + P + L at the start (W4; the default).
    AiplStart,
    /// a1: A + I + P at the start (L cannot deepen).
    AipStart,
    /// a3: A + I + P + L at the end.
    AiplEnd,
}

impl Denominator {
    /// All three, default first.
    pub const ALL: [Self; 3] = [Self::AiplStart, Self::AipStart, Self::AiplEnd];

    /// The id in definitions and JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::AiplStart => "aipl_start",
            Self::AipStart => "aip_start",
            Self::AiplEnd => "aipl_end",
        }
    }

    /// The denominator with this id; the default for any other text.
    pub fn from_id(id: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|d| d.id() == id)
            .unwrap_or(Self::AiplStart)
    }

    /// The people it counts, from the stocks at the start and the end of the period.
    pub fn of_stocks(self, start: &Stock, end: &Stock) -> Value {
        match self {
            Self::AiplStart => start.total,
            Self::AipStart => [State::A, State::I, State::P]
                .into_iter()
                .map(|s| start.get(s))
                .sum(),
            Self::AiplEnd => end.total,
        }
    }

    /// The people it counts, from the margins of a flow.
    pub fn of_flow(self, flow: &Flow) -> Value {
        match self {
            Self::AiplStart => flow.start(&State::ASSET),
            Self::AipStart => flow.start(&[State::A, State::I, State::P]),
            Self::AiplEnd => flow.end(&State::ASSET),
        }
    }
}

/// A 关系加深率: deepened people ÷ the chosen denominator; a fraction in 0..=1, missing when the
/// denominator is zero or a part is missing. New arrivals never count as deepened
/// (`domain.md` §3.2, W4 – M).
pub fn advancing(flow: &Flow, denominator: Denominator) -> Ratio {
    Ratio {
        numerator: flow.terms().deepened,
        denominator: denominator.of_flow(flow),
    }
}

/// The denominator that a platform export used, found from its people and its ratio: the one whose
/// count is closest to `people ÷ ratio`, and its relative distance. `None` when nothing can be
/// compared (`domain.md` §3.2: more than 0.5 % away deserves a warning).
pub fn detect_denominator(
    people: f64,
    ratio: f64,
    start: &Stock,
    end: &Stock,
) -> Option<(Denominator, f64)> {
    if ratio <= 0.0 || people <= 0.0 {
        return None;
    }
    let implied = people / ratio;
    Denominator::ALL
        .into_iter()
        .filter_map(|d| {
            d.of_stocks(start, end)
                .get()
                .map(|n| (d, (n - implied).abs() / implied))
        })
        .min_by(|a, b| a.1.total_cmp(&b.1))
}

/// T 会员活跃率: active members ÷ members; a fraction in 0..=1, missing when there are no members
/// (`domain.md` §3.4, W5 – M).
pub fn thriving(active: Value, members: Value) -> Ratio {
    Ratio {
        numerator: active,
        denominator: members,
    }
}

#[cfg(test)]
mod tests {
    use super::super::aipl::example_flow;
    use super::*;

    fn stocks() -> (Stock, Stock) {
        let stock = |a, i, p, l| {
            Stock::of([
                Value::Known(0.0),
                Value::Known(0.0),
                Value::Known(a),
                Value::Known(i),
                Value::Known(p),
                Value::Known(l),
            ])
        };
        (
            stock(10000.0, 4000.0, 2000.0, 1000.0),
            stock(9402.0, 4105.0, 2410.0, 1047.0),
        )
    }

    #[test]
    fn three_variants_of_the_published_deepening_rate() {
        let rate = |d| advancing(&example_flow(), d).value().get().unwrap();
        assert!((rate(Denominator::AiplStart) - 0.101_765).abs() < 5e-7);
        assert!((rate(Denominator::AipStart) - 0.108_125).abs() < 5e-7);
        assert!((rate(Denominator::AiplEnd) - 0.101_981).abs() < 5e-7);
    }

    #[test]
    fn the_denominator_of_an_export_is_found_from_people_and_ratio() {
        let (start, end) = stocks();
        let found = |ratio| detect_denominator(1730.0, ratio, &start, &end);
        assert_eq!(found(0.108_125).unwrap().0, Denominator::AipStart);
        assert_eq!(found(1730.0 / 17000.0).unwrap().0, Denominator::AiplStart);
        assert!(found(0.2).unwrap().1 > 0.005);
        assert_eq!(found(0.0), None);
    }
}
