//! The one-line text of a scenario, both ways.

use std::fmt;

use super::{Change, Item, LEVERS, Lever, Operator, Scenario, lever};
use crate::metrics::Unit;

/// Text that is not a scenario.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioError {
    /// What would have been accepted.
    pub expected: String,
    /// The part that could not be read.
    pub found: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "what-if: expected {}, found `{}`",
            self.expected, self.found
        )
    }
}

impl std::error::Error for ScenarioError {}

impl Scenario {
    /// Reads `crowd.penetration[genz]=25%; crowd.aov[*]*=1.1; crowd.penetration[*]+=2pp`.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let parts = text
            .split([';', '；'])
            .map(str::trim)
            .filter(|part| !part.is_empty());
        Ok(Self {
            changes: parts.map(parse_change).collect::<Result<_, _>>()?,
        })
    }
}

fn parse_change(part: &str) -> Result<Change, ScenarioError> {
    let refuse = |expected: &str| ScenarioError {
        expected: expected.to_owned(),
        found: part.to_owned(),
    };
    let shape = "`lever[item]=value`, `+=` or `*=`";
    let (left, operand) = part.split_once('=').ok_or_else(|| refuse(shape))?;
    let (left, operator) = match left.trim_end() {
        l if l.ends_with('+') => (&l[..l.len() - 1], Operator::Add),
        l if l.ends_with('*') => (&l[..l.len() - 1], Operator::Multiply),
        l => (l, Operator::Set),
    };
    let (id, item) = left.trim().split_once('[').ok_or_else(|| refuse(shape))?;
    let item = item.strip_suffix(']').ok_or_else(|| refuse(shape))?.trim();
    let Some(lever) = lever(id.trim()) else {
        let ids: Vec<_> = LEVERS.iter().map(|l| l.id).collect();
        return Err(refuse(&format!("one of the levers {}", ids.join(", "))));
    };
    let operand = parse_operand(operand.trim(), lever, operator)
        .ok_or_else(|| refuse(operands(lever, operator)))?;
    let item = if item == "*" {
        Item::All
    } else {
        Item::One(item.to_owned())
    };
    Ok(Change {
        lever,
        item,
        operator,
        operand,
    })
}

/// What may stand after the operator of a lever.
fn operands(lever: &Lever, operator: Operator) -> &'static str {
    match (operator, lever.unit) {
        (Operator::Multiply, _) => "a factor such as `1.1` or `110%`",
        (_, Unit::Ratio) => "a share such as `25%`, `2pp` or `0.25`",
        (_, Unit::People) => "people such as `3000000` or `300万`, or `*=1.1` for a factor",
        _ => "an amount such as `260` or `1.2万`, or `*=1.1` for a factor",
    }
}

/// A number with its unit; a ratio may be a percentage or points, people and money may be in 万/亿.
fn parse_operand(text: &str, lever: &Lever, operator: Operator) -> Option<f64> {
    const SCALES: [(&str, f64); 8] = [
        ("千万", 1e7),
        ("百万", 1e6),
        ("亿", 1e8),
        ("万", 1e4),
        ("pp", 0.01),
        ("%", 0.01),
        ("M", 1e6),
        ("K", 1e3),
    ];
    let plain = text.replace([',', '，', '¥', '￥', '_'], "");
    let (digits, scale) = SCALES
        .iter()
        .find_map(|(unit, scale)| Some((plain.strip_suffix(unit)?, *scale)))
        .unwrap_or((&plain, 1.0));
    let is_share = scale < 1.0;
    let fits = match operator {
        Operator::Multiply => true,
        _ => is_share == (lever.unit == Unit::Ratio) || digits.len() == plain.len(),
    };
    let number: f64 = digits.trim().parse().ok()?;
    (fits && number.is_finite()).then_some(number * scale)
}

/// The text that [`Scenario::parse`] reads back.
impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, change) in self.changes.iter().enumerate() {
            let item = match &change.item {
                Item::All => "*",
                Item::One(id) => id,
            };
            let operator = match change.operator {
                Operator::Set => "=",
                Operator::Add => "+=",
                Operator::Multiply => "*=",
            };
            let gap = if i == 0 { "" } else { "; " };
            write!(
                f,
                "{gap}{}[{item}]{operator}{}",
                change.lever.id, change.operand
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_round_trips() {
        let text = "crowd.penetration[genz]=25%; crowd.aov[*]*=1.1; crowd.penetration[*]+=2pp";
        let scenario = Scenario::parse(text).unwrap();
        assert_eq!(scenario.changes.len(), 3);
        assert_eq!(Scenario::parse(&scenario.to_string()).unwrap(), scenario);
        assert_eq!(scenario.apply("crowd.penetration", "genz", 0.1), 0.27);
        assert_eq!(scenario.apply("crowd.penetration", "mom", 0.99), 1.0);
    }

    #[test]
    fn bad_text_says_what_was_expected() {
        for text in [
            "crowd.penetration=1",
            "nothing[*]=1",
            "crowd.aov[*]=abc",
            "crowd.aov[*]=5%",
        ] {
            let error = Scenario::parse(text).unwrap_err();
            assert!(error.to_string().contains("expected"), "{error}");
        }
        let error = Scenario::parse("crowd.aov[*]=25%").unwrap_err();
        assert!(error.expected.starts_with("an amount"), "{error}");
    }
}
