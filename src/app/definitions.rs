//! The definitions that can be changed while the program runs: which there are, what each may hold,
//! and the next value of one.

use super::state::Field;
use crate::metrics::definitions::{DEFINITIONS, Definition, Kind};

/// What is chosen in the list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct DefinitionsForm {
    /// The row of the cursor, an index into [`DEFINITIONS`].
    pub row: usize,
    /// A value that is being typed.
    pub field: Field,
}

impl DefinitionsForm {
    /// The definition under the cursor.
    pub fn under(&self) -> &'static Definition {
        &DEFINITIONS[self.row.min(DEFINITIONS.len() - 1)]
    }
}

/// What a definition may hold, in Chinese and English.
pub fn allowed(kind: Kind) -> [String; 2] {
    match kind {
        Kind::Count(low, high) => [
            format!("{low}–{high} 的整数"),
            format!("a whole number from {low} to {high}"),
        ],
        Kind::Number(low, high) => [
            format!("{low}–{high} 的数"),
            format!("a number from {low} to {high}"),
        ],
        Kind::Flag => ["true · false".to_owned(), "true · false".to_owned()],
        Kind::Word(words) => [words.join(" · "), words.join(" · ")],
        Kind::Words(words) => [
            format!("其中若干个，逗号分隔：{}", words.join("、")),
            format!("some of these, with commas: {}", words.join(", ")),
        ],
    }
}

/// The value after (or before) one: the next whole number, a tenth more, the next word round. `None`
/// for lists, which are typed.
pub fn step(kind: Kind, text: &str, by: i32) -> Option<String> {
    let round = |words: &[&str]| {
        let at = words.iter().position(|w| *w == text)? as i32;
        let next = (at + by).rem_euclid(words.len() as i32) as usize;
        words.get(next).map(|w| (*w).to_owned())
    };
    match kind {
        Kind::Count(low, high) => {
            let n: i64 = text.parse().ok()?;
            let n = (n + i64::from(by)).clamp(low.into(), high.into());
            Some(n.to_string())
        }
        Kind::Number(low, high) => {
            let x: f64 = text.parse().ok()?;
            let tenths = (x * 10.0).round() + f64::from(by);
            Some((tenths / 10.0).clamp(low, high).to_string())
        }
        Kind::Flag => round(&["true", "false"]),
        Kind::Word(words) => round(words),
        Kind::Words(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stay_within_what_is_allowed() {
        let count = Kind::Count(1, 3);
        assert_eq!(step(count, "3", 1).as_deref(), Some("3"));
        assert_eq!(step(count, "1", -1).as_deref(), Some("1"));
        assert_eq!(step(count, "1", 1).as_deref(), Some("2"));
        assert_eq!(
            step(Kind::Number(0.0, 1.0), "0.3", 1).as_deref(),
            Some("0.4")
        );
        assert_eq!(step(Kind::Number(0.0, 1.0), "1", 1).as_deref(), Some("1"));
        assert_eq!(step(Kind::Flag, "true", 1).as_deref(), Some("false"));
        let words = Kind::Word(&["a", "b", "c"]);
        assert_eq!(step(words, "c", 1).as_deref(), Some("a"));
        assert_eq!(step(words, "a", -1).as_deref(), Some("c"));
        assert_eq!(step(words, "z", 1), None);
        assert_eq!(step(Kind::Words(&["a"]), "a", 1), None);
    }
}
