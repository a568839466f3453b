//! The one-line text of a scenario, both ways.
//!
//! ```text
//! scenario = change { ";" change }
//! change   = lever [ "[" item "]" ] ( "=" | "+=" | "*=" ) operand
//! item     = "*" | id | "\"" escaped id "\""
//! ```
//!
//! What is written reads back to the same changes, whatever the id of a crowd looks like.

use std::fmt;

use super::{Change, Item, Items, LEVERS, Lever, Operator, Scenario, lever};
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
        let parts = split(text)
            .into_iter()
            .map(str::trim)
            .filter(|part| !part.is_empty());
        Ok(Self {
            changes: parts.map(Change::parse).collect::<Result<_, _>>()?,
        })
    }
}

/// The parts between semicolons that stand outside of quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => quoted = !quoted,
            ';' | '；' if !quoted => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + c.len_utf8();
            }
            _ => {}
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    parts.push(text.get(start..).unwrap_or_default());
    parts
}

/// What a change has the shape of.
const SHAPE: &str = "`lever[item]=value`, `+=` or `*=`";

impl Change {
    /// Reads one change.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let refuse = |expected: &str| ScenarioError {
            expected: expected.to_owned(),
            found: text.to_owned(),
        };
        let (lever, item, rest) = address(text)?;
        let (operator, operand) =
            operation(rest, lever.unit).map_err(|expected| refuse(expected.unwrap_or(SHAPE)))?;
        Ok(Self {
            lever,
            item,
            operator,
            operand,
        })
    }
}

impl Change {
    /// Reads what was typed for a lever: a value (`25%`, `1.2亿`), points or people more or less
    /// (`+2pp`, `-500`), a factor (`*1.1`), or any of them with its `=`.
    ///
    /// # Errors
    ///
    /// When the text is none of these, or does not fit the unit of the lever.
    pub fn typed(lever: &'static Lever, item: &Item, text: &str) -> Result<Self, ScenarioError> {
        let (operator, operand) = typed(text, lever.unit)?;
        Ok(Self {
            lever,
            item: item.clone(),
            operator,
            operand,
        })
    }
}

/// Reads what was typed for a value with a unit: the value itself, or with an operator before it.
pub(super) fn typed(text: &str, unit: Unit) -> Result<(Operator, f64), ScenarioError> {
    let text: String = text.trim().chars().map(plain).collect();
    let with_operator = match text.chars().next() {
        Some('=') => text.clone(),
        Some('+' | '*') if text[1..].starts_with('=') => text.clone(),
        Some(c @ ('+' | '*')) => format!("{c}={}", &text[1..]),
        Some('-') => format!("+={text}"),
        _ => format!("={text}"),
    };
    operation(&with_operator, unit).map_err(|expected| ScenarioError {
        expected: expected.unwrap_or("a number").to_owned(),
        found: text,
    })
}

/// The operators as Chinese input methods write them.
fn plain(c: char) -> char {
    match c {
        '＋' => '+',
        '－' | '−' => '-',
        '＊' | '×' | '✕' => '*',
        '＝' => '=',
        other => other,
    }
}

/// Reads an operator and its operand; the error says what may stand in the place of the operand.
pub(super) fn operation(text: &str, unit: Unit) -> Result<(Operator, f64), Option<&'static str>> {
    let (operator, operand) = operator(text).ok_or(None)?;
    match parse_operand(operand.trim(), unit, operator) {
        Some(operand) => Ok((operator, operand)),
        None => Err(Some(operands(unit, operator))),
    }
}

/// A name with or without brackets, and what follows.
pub(super) fn named(text: &str) -> Option<(&str, Item, &str)> {
    let end = text.find(|c: char| "[=+*".contains(c))?;
    let (name, rest) = text.split_at(end);
    let Some(inside) = rest.strip_prefix('[') else {
        return Some((name.trim(), Item::All, rest));
    };
    let (item, rest) = bracketed(inside)?;
    let item = match item {
        Bracketed::All => Item::All,
        Bracketed::Id(id) => Item::One(id),
    };
    Some((name.trim(), item, rest))
}

/// Reads the lever and item that a text begins with, such as `crowd.aov[genz]` or `fast.f`, and
/// gives what is left.
///
/// # Errors
///
/// When there is no such lever, or the lever has no such item.
pub fn address(text: &str) -> Result<(&'static Lever, Item, &str), ScenarioError> {
    let refuse = |expected: &str| ScenarioError {
        expected: expected.to_owned(),
        found: text.to_owned(),
    };
    let end = text
        .find(|c: char| "[=+*".contains(c))
        .unwrap_or(text.len());
    let (id, rest) = text.split_at(end);
    let Some(lever) = lever(id.trim()) else {
        let ids: Vec<_> = LEVERS.iter().map(|l| l.id).collect();
        return Err(refuse(&format!("one of the levers {}", ids.join(", "))));
    };
    let Some(inside) = rest.strip_prefix('[') else {
        return match lever.items {
            Items::Whole => Ok((lever, Item::All, rest)),
            _ => Err(refuse(SHAPE)),
        };
    };
    let (item, rest) = bracketed(inside).ok_or_else(|| refuse(SHAPE))?;
    let item = match item {
        Bracketed::All => Item::All,
        Bracketed::Id(id) => {
            let normal = lever.item(&id).ok_or_else(|| refuse(items(lever.items)))?;
            Item::One(normal)
        }
    };
    Ok((lever, item, rest))
}

enum Bracketed {
    All,
    Id(String),
}

/// The item up to the closing bracket, and what follows it.
fn bracketed(text: &str) -> Option<(Bracketed, &str)> {
    if let Some(quoted) = text.trim_start().strip_prefix('"') {
        let (id, rest) = unquoted(quoted)?;
        return Some((Bracketed::Id(id), rest.trim_start().strip_prefix(']')?));
    }
    let (item, rest) = text.split_once(']')?;
    match item.trim() {
        "*" => Some((Bracketed::All, rest)),
        "" => None,
        id => Some((Bracketed::Id(id.to_owned()), rest)),
    }
}

/// Reads up to the closing quote.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut id = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((id, text.get(at + 1..)?)),
            '\\' => id.push(match chars.next()?.1 {
                'n' => '\n',
                'r' => '\r',
                other => other,
            }),
            c => id.push(c),
        }
    }
    None
}

fn operator(text: &str) -> Option<(Operator, &str)> {
    let text = text.trim_start();
    [
        ("+=", Operator::Add),
        ("*=", Operator::Multiply),
        ("=", Operator::Set),
    ]
    .into_iter()
    .find_map(|(sign, operator)| Some((operator, text.strip_prefix(sign)?)))
}

/// What may stand in the brackets of a lever.
fn items(items: Items) -> &'static str {
    match items {
        Items::Whole => "no item: the lever is for the whole brand",
        Items::Crowds => "a crowd or `*` in the brackets",
        Items::Layers => "a layer o, a, i, p or l, or `*` in the brackets",
        Items::Transitions => {
            "a transition such as `a>i` from a, i, p or l to another state, or `*`"
        }
        Items::Arrivals => "a state a, i, p or l, or `*` in the brackets",
    }
}

/// What may stand after the operator of a lever.
fn operands(unit: Unit, operator: Operator) -> &'static str {
    match (operator, unit) {
        (Operator::Multiply, _) => "a factor such as `1.1` or `110%`",
        (_, Unit::Ratio) => "a share such as `25%`, `2pp` or `0.25`",
        (_, Unit::People) => "people such as `3000000` or `300万`, or `*=1.1` for a factor",
        _ => "an amount such as `260` or `1.2万`, or `*=1.1` for a factor",
    }
}

fn parse_operand(text: &str, unit: Unit, operator: Operator) -> Option<f64> {
    let (number, share) = parse_number(text)?;
    let fits = match (operator, share) {
        (Operator::Multiply, _) | (_, None) => true,
        (_, Some(share)) => share == (unit == Unit::Ratio),
    };
    fits.then_some(number)
}

/// A finite number with its unit (`25%`, `2pp`, `300万`, `1.2亿`, `¥260`), and whether the unit says
/// that it is a share (`None` without a unit).
pub fn parse_number(text: &str) -> Option<(f64, Option<bool>)> {
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
    let plain = text.trim().replace([',', '，', '¥', '￥', '_'], "");
    let scaled = SCALES
        .iter()
        .find_map(|(unit, scale)| Some((plain.strip_suffix(unit)?, *scale)));
    let (digits, scale) = scaled.unwrap_or((&plain, 1.0));
    let digits: f64 = digits.trim().parse().ok()?;
    // 1 ÷ 100 and 7 × 0.01 differ in the last bit: a share is divided, as a reader would.
    let number = if scale < 1.0 {
        digits / 100.0
    } else {
        digits * scale
    };
    let share = scaled.map(|_| scale < 1.0);
    number.is_finite().then_some((number, share))
}

/// The text that [`Scenario::parse`] reads back.
impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, change) in self.changes.iter().enumerate() {
            let gap = if i == 0 { "" } else { "; " };
            write!(f, "{gap}{change}")?;
        }
        Ok(())
    }
}

/// The text that [`Change::parse`] reads back.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.lever.id)?;
        if self.lever.items != Items::Whole {
            write!(f, "[{}]", self.item)?;
        }
        let operator = match self.operator {
            Operator::Set => "=",
            Operator::Add => "+=",
            Operator::Multiply => "*=",
        };
        write!(f, "{operator}{}", self.operand)
    }
}

/// What stands in the brackets; in quotes where the id would not read back otherwise.
impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::One(id) = self else {
            return f.write_str("*");
        };
        let special = |c: char| "[]\"\\;；\n\r".contains(c);
        if !id.contains(special) && id.trim() == id && !id.is_empty() && id != "*" {
            return f.write_str(id);
        }
        f.write_str("\"")?;
        for c in id.chars() {
            match c {
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '"' | '\\' => write!(f, "\\{c}")?,
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("\"")
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
    fn levers_of_the_whole_brand_need_no_brackets() {
        let read = |text: &str| Scenario::parse(text).unwrap().to_string();
        assert_eq!(
            read("fast.f *= 1.1；fast.t=+45%"),
            "fast.f*=1.1; fast.t=0.45"
        );
        assert_eq!(read("fast.s[*]=1.2万"), "fast.s=12000");
        assert_eq!(read("gmv.pool[ A ]=1亿"), "gmv.pool[a]=100000000");
        assert_eq!(read("flow.rate[A→I]+=1pp"), "flow.rate[a>i]+=0.01");
    }

    #[test]
    fn ids_that_look_like_syntax_are_quoted() {
        for id in ["*", "a;b", "x]=1", " edge ", "q\"\\", "", "两；行\n"] {
            let scenario = Scenario {
                changes: vec![Change {
                    lever: lever("crowd.aov").unwrap(),
                    item: Item::One(id.to_owned()),
                    operator: Operator::Set,
                    operand: 1.5,
                }],
            };
            let text = scenario.to_string();
            assert!(!text.contains('\n'), "{text}");
            assert_eq!(Scenario::parse(&text).unwrap(), scenario, "{text}");
        }
    }

    #[test]
    fn bad_text_says_what_was_expected() {
        for text in [
            "crowd.penetration=1",
            "nothing[*]=1",
            "crowd.aov[*]=abc",
            "crowd.aov[*]=5%",
            "crowd.aov[]=5",
            "crowd.aov[\"x]=5",
            "gmv.pool[n]=5",
            "flow.rate[a>a]=5%",
            "fast.f[a]=5",
            "fast.f",
            "fast.f=inf",
            "=",
            "[",
        ] {
            let error = Scenario::parse(text).unwrap_err();
            assert!(error.to_string().contains("expected"), "{error}");
        }
        let error = Scenario::parse("crowd.aov[*]=25%").unwrap_err();
        assert!(error.expected.starts_with("an amount"), "{error}");
    }

    #[test]
    fn numbers_carry_their_unit() {
        assert_eq!(parse_number("25%"), Some((0.25, Some(true))));
        assert_eq!(parse_number("7%"), Some((0.07, Some(true))));
        assert_eq!(parse_number("1亿"), Some((1e8, Some(false))));
        assert_eq!(parse_number("-1.5"), Some((-1.5, None)));
        for bad in ["", "%", "万", "1e999", "NaN", "1 2"] {
            assert_eq!(parse_number(bad), None, "{bad}");
        }
    }
}
