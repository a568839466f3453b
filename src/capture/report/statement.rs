//! Statements about figures: `crowd.gap[genz] < 0`, `fast.t.delta >= 2pp`, `fast.s > 300万`.
//!
//! A statement names a figure of the board, what is looked at of it, and a bound; it is true, false,
//! or cannot be told because the figure is missing. It never says why something is so.
//!
//! ```text
//! statement  = metric [ "." aspect ] [ "[" item "]" ] [ "." aspect ] comparison number
//! aspect     = "gap" | "delta" | "change" | "completion" | "target"
//! comparison = "<" | "<=" | ">" | ">=" | "=" | "!="
//! ```
//!
//! `crowd` alone means `crowd.consumers`, `gmv` means `gmv.gmv`. The item is the id of a crowd, a
//! layer, a role, a field, or `a>i` for a flow; `*` is the total.

use std::fmt;

use super::names::item;
use crate::app::Language;
use crate::board::{BrandBoard, Figure};
use crate::facts::Dataset;
use crate::metrics::{Metric, Unit, Value, Why, metric};
use crate::scenario::parse_number;
use crate::view::number::Number;

/// What is looked at of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Aspect {
    /// The value.
    Now,
    /// now − target.
    Gap,
    /// now − against.
    Delta,
    /// (now − against) ÷ against.
    Change,
    /// now ÷ target.
    Completion,
    /// The target.
    Target,
}

const ASPECTS: [(&str, Aspect); 5] = [
    ("gap", Aspect::Gap),
    ("delta", Aspect::Delta),
    ("change", Aspect::Change),
    ("completion", Aspect::Completion),
    ("target", Aspect::Target),
];

/// How a value is compared with the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `=`
    Equal,
    /// `!=`
    Unequal,
}

/// Longest first, so that `<=` is not read as `<`.
const COMPARISONS: [(&str, Comparison); 15] = [
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("==", Comparison::Equal),
    ("!=", Comparison::Unequal),
    ("<>", Comparison::Unequal),
    ("≤", Comparison::AtMost),
    ("≥", Comparison::AtLeast),
    ("≠", Comparison::Unequal),
    ("！=", Comparison::Unequal),
    ("<", Comparison::Less),
    (">", Comparison::More),
    ("=", Comparison::Equal),
    ("＜", Comparison::Less),
    ("＞", Comparison::More),
    ("＝", Comparison::Equal),
];

/// A statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// As it was written.
    text: String,
    /// The metric.
    pub metric: &'static Metric,
    /// The item; `None`: the whole brand, or the total.
    pub item: Option<String>,
    /// What is looked at.
    pub aspect: Aspect,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what, in the unit of [`Statement::unit`].
    pub bound: f64,
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Text that is no statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementError {
    expected: String,
    found: String,
}

impl fmt::Display for StatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found `{}`", self.expected, self.found)
    }
}

impl std::error::Error for StatementError {}

/// The parts of a statement, not looked up yet.
struct Parts<'t> {
    name: &'t str,
    item: Option<&'t str>,
    aspect: Option<&'t str>,
    comparison: Comparison,
    bound: &'t str,
}

fn parts(text: &str) -> Option<Parts<'_>> {
    let end = text.find(|c: char| "[<>=!≤≥≠＜＞＝！".contains(c))?;
    let (name, rest) = text.split_at(end);
    let (item, rest) = match rest.strip_prefix('[') {
        None => (None, rest),
        Some(inside) => {
            let (item, rest) = inside.split_once(']')?;
            (Some(item.trim().trim_matches('"')), rest.trim_start())
        }
    };
    let (aspect, rest) = match rest.strip_prefix('.') {
        None => (None, rest),
        Some(rest) => {
            let end = rest.find(|c: char| !c.is_ascii_alphabetic())?;
            let (aspect, rest) = rest.split_at(end);
            (Some(aspect), rest.trim_start())
        }
    };
    let signs = COMPARISONS.iter();
    let mut found = signs.filter_map(|(sign, c)| Some((*c, rest.strip_prefix(sign)?)));
    let (comparison, bound) = found.next()?;
    Some(Parts {
        name: name.trim(),
        item,
        aspect,
        comparison,
        bound: bound.trim(),
    })
}

/// The metric of a name, and the aspect that the name ends in.
fn named(name: &str) -> Option<(&'static Metric, Option<Aspect>)> {
    let of = |name: &str| match name {
        "crowd" => metric("crowd.consumers"),
        "gmv" => metric("gmv.gmv"),
        id => metric(id),
    };
    if let Some(found) = of(name) {
        return Some((found, None));
    }
    let (id, aspect) = name.rsplit_once('.')?;
    Some((of(id)?, Some(aspect_of(aspect)?)))
}

fn aspect_of(word: &str) -> Option<Aspect> {
    let mut each = ASPECTS.iter();
    each.find(|(w, _)| *w == word).map(|(_, a)| *a)
}

impl Statement {
    /// Reads a statement.
    ///
    /// # Errors
    ///
    /// What was expected in the place of what was found.
    pub fn parse(text: &str) -> Result<Self, StatementError> {
        let refuse = |expected: &str, found: &str| StatementError {
            expected: expected.to_owned(),
            found: found.to_owned(),
        };
        let shape = "a comparison such as `crowd.gap[genz] < 0` or `fast.t >= 45%`";
        let parts = parts(text).ok_or_else(|| refuse(shape, text))?;
        let (metric, own) = named(parts.name).ok_or_else(|| {
            let what = "a metric such as `fast.s`, with `.gap`, `.delta`, `.change`, `.completion` or `.target` where wanted";
            refuse(what, parts.name)
        })?;
        let aspect = match (own, parts.aspect) {
            (own, None) => own.unwrap_or(Aspect::Now),
            (None, Some(word)) => aspect_of(word).ok_or_else(|| {
                refuse("`gap`, `delta`, `change`, `completion` or `target`", word)
            })?,
            (Some(_), Some(word)) => return Err(refuse("one aspect", word)),
        };
        let mut read = Self {
            text: text.trim().to_owned(),
            metric,
            item: parts.item.map(str::to_owned),
            aspect,
            comparison: parts.comparison,
            bound: 0.0,
        };
        let fits = |share: Option<bool>| share.is_none_or(|s| s == (read.unit() == Unit::Ratio));
        let bound = parse_number(parts.bound).filter(|(x, share)| *x == 0.0 || fits(*share));
        let what = match read.unit() {
            Unit::Ratio => "a share such as `25%`, `2pp` or `0.25`",
            _ => "a number such as `0`, `3000000` or `1.2亿`",
        };
        read.bound = bound.ok_or_else(|| refuse(what, parts.bound))?.0;
        Ok(read)
    }

    /// The unit of what is compared.
    pub fn unit(&self) -> Unit {
        match self.aspect {
            Aspect::Change | Aspect::Completion => Unit::Ratio,
            _ => self.metric.unit,
        }
    }

    /// The figure that it is about.
    pub fn figure<'b>(&self, board: &'b BrandBoard, data: &Dataset) -> Option<&'b Figure> {
        let own = board.figures.iter().filter(|f| f.metric == self.metric);
        let meant = own.into_iter().find(|f| self.means(f, data))?;
        board.get(self.metric.id, meant.part)
    }

    /// Whether the data set can have such an item.
    pub fn fits(&self, data: &Dataset) -> bool {
        let Some(item) = &self.item else { return true };
        let known = |c: &crate::facts::Crowd| {
            c.id == *item || c.name_zh == *item || c.name_en.eq_ignore_ascii_case(item)
        };
        !self.metric.id.starts_with("crowd.") || item == "*" || data.crowds.iter().any(known)
    }

    fn means(&self, figure: &Figure, data: &Dataset) -> bool {
        let own = item(figure.part, data);
        let Some(wanted) = self.item.as_deref() else {
            return own.is_none() || own.as_deref() == Some("*");
        };
        let Some(own) = own else { return false };
        let names = |c: &crate::facts::Crowd| {
            c.id == own && (c.name_zh == wanted || c.name_en.eq_ignore_ascii_case(wanted))
        };
        let plain = wanted.replace('→', ">").replace(' ', "");
        own == wanted || own.eq_ignore_ascii_case(&plain) || data.crowds.iter().any(names)
    }

    /// What is compared, as a number.
    pub fn number(&self, figure: Option<&Figure>, language: Language) -> Number {
        let none = Value::Missing(Why::NotGiven);
        let value = figure.map_or(none, |f| match self.aspect {
            Aspect::Now => f.now,
            Aspect::Gap => f.gap().unwrap_or(none),
            Aspect::Delta => f.delta(),
            Aspect::Change => f.change(),
            Aspect::Completion => f.completion().unwrap_or(none),
            Aspect::Target => f.target.unwrap_or(none),
        });
        match self.aspect {
            Aspect::Gap | Aspect::Delta => Number::difference(value, self.unit(), language),
            Aspect::Change => Number::change(value, language),
            _ => Number::of(value, self.unit(), language),
        }
    }

    /// Whether it holds for a value.
    pub fn holds(&self, value: f64) -> bool {
        let near = (value - self.bound).abs() <= 1e-12 * value.abs().max(self.bound.abs());
        match self.comparison {
            Comparison::Less => value < self.bound && !near,
            Comparison::AtMost => value <= self.bound || near,
            Comparison::More => value > self.bound && !near,
            Comparison::AtLeast => value >= self.bound || near,
            Comparison::Equal => near,
            Comparison::Unequal => !near,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read() {
        let read = |text: &str| {
            let s = Statement::parse(text).unwrap();
            (s.metric.id, s.item, s.aspect, s.comparison, s.bound)
        };
        let genz = || Some("genz".to_owned());
        let gap = (
            "crowd.consumers",
            genz(),
            Aspect::Gap,
            Comparison::Less,
            0.0,
        );
        assert_eq!(read("crowd.gap[genz] < 0"), gap);
        assert_eq!(read("crowd.consumers[genz].gap<0%"), gap);
        assert_eq!(read("crowd.consumers.gap [ \"genz\" ]＜0").2, Aspect::Gap);
        let (id, item, aspect, comparison, bound) = read("fast.t.delta ≥ 2pp");
        assert_eq!((id, item, aspect), ("fast.t", None, Aspect::Delta));
        assert_eq!((comparison, bound), (Comparison::AtLeast, 0.02));
        assert_eq!(read("fast.s > 300万").4, 3e6);
        assert_eq!(read("flow[a>i] != 5").1.as_deref(), Some("a>i"));
        assert_eq!(read("fast.s.change <= -5%").4, -0.05);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, found) in [
            ("fast.x > 1", "fast.x"),
            ("fast.s", "fast.s"),
            ("fast.s > 5%", "5%"),
            ("fast.t > x", "x"),
            ("fast.t.gap[x].delta > 1", "delta"),
            ("fast.s.gab > 1", "fast.s.gab"),
            ("", ""),
        ] {
            let error = Statement::parse(text).unwrap_err().to_string();
            assert!(error.ends_with(&format!("found `{found}`")), "{error}");
        }
    }

    #[test]
    fn bounds_hold_as_written() {
        let holds = |text: &str, x| Statement::parse(text).unwrap().holds(x);
        assert!(holds("fast.t <= 10%", 0.1) && !holds("fast.t < 10%", 0.1));
        assert!(holds("fast.t = 30%", 0.1 + 0.2) && holds("fast.s != 1", 2.0));
        assert!(holds("fast.s > 1", 1.5) && !holds("fast.s >= 2", 1.5));
    }
}
