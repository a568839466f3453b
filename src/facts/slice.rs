//! Which consumers (`--where`) and which events (`--scope`) a board is about.

use std::fmt;

use super::pack::packed;

/// One condition: a dimension, whether it is negated, and values joined by "or".
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Condition {
    /// Id of the dimension (`crowd`, `city_tier`, `channel`, …).
    pub dimension: String,
    /// `!=`: keep those that have none of the values.
    pub negated: bool,
    /// The values, as they stand in the data.
    pub values: Vec<String>,
}

packed!(Condition {
    dimension,
    negated,
    values
});

/// The conditions of a slice, joined by "and".
///
/// `filter` keeps consumers and leaves their state as it is; `scope` recomputes the state from the
/// events that meet it (what Data Bank calls category AIPL).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Slice {
    /// Conditions on consumers (`--where`).
    pub filter: Vec<Condition>,
    /// Conditions on events (`--scope`).
    pub scope: Vec<Condition>,
}

/// Text that is not a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SliceError {
    /// The part that could not be read.
    pub found: String,
}

impl fmt::Display for SliceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "expected `dimension=value,value; dimension!=value`, found `{}`",
            self.found
        )
    }
}

impl std::error::Error for SliceError {}

impl Slice {
    /// Whether there is no condition at all.
    pub fn is_empty(&self) -> bool {
        self.filter.is_empty() && self.scope.is_empty()
    }

    /// Reads `crowd=genz,mom; channel!=douyin`. Empty text is no condition.
    pub fn parse_conditions(text: &str) -> Result<Vec<Condition>, SliceError> {
        text.split([';', '；'])
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(parse_condition)
            .collect()
    }
}

fn parse_condition(part: &str) -> Result<Condition, SliceError> {
    let refuse = || SliceError {
        found: part.to_owned(),
    };
    let (left, right) = part.split_once('=').ok_or_else(refuse)?;
    let (dimension, negated) = match left.trim().strip_suffix('!') {
        Some(name) => (name.trim(), true),
        None => (left.trim(), false),
    };
    let values: Vec<String> = right
        .split([',', '，'])
        .map(str::trim)
        .filter(|v| !v.is_empty())
        .map(str::to_owned)
        .collect();
    if dimension.is_empty() || values.is_empty() {
        return Err(refuse());
    }
    Ok(Condition {
        dimension: dimension.to_owned(),
        negated,
        values,
    })
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}{}",
            self.dimension,
            if self.negated { "!=" } else { "=" },
            self.values.join(",")
        )
    }
}

/// `crowd=genz,mom; channel!=douyin | scope: category=1`; empty without conditions.
impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |list: &[Condition]| {
            list.iter()
                .map(Condition::to_string)
                .collect::<Vec<_>>()
                .join("; ")
        };
        write!(f, "{}", text(&self.filter))?;
        if !self.scope.is_empty() {
            let gap = if self.filter.is_empty() { "" } else { " | " };
            write!(f, "{gap}scope: {}", text(&self.scope))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_read_and_print_the_same() {
        let text = "crowd=genz,mom; channel!=douyin";
        let filter = Slice::parse_conditions(text).unwrap();
        assert_eq!(filter.len(), 2);
        assert!(filter[1].negated);
        assert_eq!(
            Slice {
                filter,
                scope: vec![]
            }
            .to_string(),
            text
        );
        assert!(Slice::parse_conditions("crowd").is_err());
        assert!(Slice::parse_conditions(" ; ").unwrap().is_empty());
    }
}
