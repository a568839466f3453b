//! What-if as a value: levers, the changes that a user makes with them, and what follows.
//!
//! A scenario never edits data; it is a value beside an immutable baseline. Its text form is one
//! line, the same on the command line and in files: `crowd.penetration[genz]=25%;
//! crowd.aov[*]*=1.1`.

pub mod book;
pub mod compare;
mod flow;
mod history;
mod levers;
pub mod model;
pub mod plan;
pub mod roots;
pub mod seek;
mod text;

pub use book::{Book, Desk, Edit, Look, Named, Note, Refused, View, Walked};
pub use history::{History, STEPS};
pub use levers::{Items, LEVERS, Lever, lever, transition_id};
pub use model::{Knob, Model};
pub use text::{ScenarioError, address, parse_number};

/// How a change works on the value of a lever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `=`: the new value.
    Set,
    /// `+=`: added to the value (percentage points for ratios).
    Add,
    /// `*=`: the value times a factor.
    Multiply,
}

/// Which items a change is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Item {
    /// `[*]`: every item; the only item of a lever of the whole brand.
    All,
    /// One item: the id of a crowd, a layer, a transition.
    One(String),
}

/// One change of one lever.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The lever.
    pub lever: &'static Lever,
    /// For which items.
    pub item: Item,
    /// How.
    pub operator: Operator,
    /// The operand, in the unit of the lever (a factor for [`Operator::Multiply`]).
    pub operand: f64,
}

/// A change that asked for more than the bounds of its lever allow.
#[derive(Debug, Clone, PartialEq)]
pub struct Bounded {
    /// The lever.
    pub lever: &'static Lever,
    /// The item; empty for a lever of the whole brand.
    pub item: String,
    /// The value asked for, in the unit of the lever.
    pub asked: f64,
    /// The value kept: the bound.
    pub kept: f64,
}

/// Changes, applied in order. The empty scenario changes nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scenario {
    /// The changes.
    pub changes: Vec<Change>,
}

/// Whether two numbers are equal to the last bit: a lever that was not moved, a bound that was hit.
#[expect(
    clippy::float_cmp,
    reason = "what is kept or at rest is the same number"
)]
fn same(a: f64, b: f64) -> bool {
    a == b
}

impl Scenario {
    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The value of a lever for an item under this scenario, kept inside the lever's bounds.
    pub fn apply(&self, lever: &str, item: &str, value: f64) -> f64 {
        self.of(lever, item)
            .fold(value, |value, change| change.apply(value))
    }

    /// As [`Scenario::apply`] for a value that may be missing (only `=` gives it one), with the
    /// changes that hit a bound.
    pub fn resolve(
        &self,
        lever: &str,
        item: &str,
        value: Option<f64>,
    ) -> (Option<f64>, Vec<Bounded>) {
        let mut bounded = Vec::new();
        let value = self.of(lever, item).fold(value, |value, change| {
            let asked = change.asked(value)?;
            bounded.extend(change.bounded(item, asked));
            Some(change.lever.keep(asked))
        });
        (value, bounded)
    }

    /// Whether any change is for this lever and item.
    pub fn touches(&self, lever: &str, item: &str) -> bool {
        self.of(lever, item).next().is_some()
    }

    fn of<'a>(&'a self, lever: &'a str, item: &'a str) -> impl Iterator<Item = &'a Change> {
        self.changes
            .iter()
            .filter(move |c| c.lever.id == lever && c.concerns(item))
    }
}

impl Change {
    /// Whether the change is for this item.
    pub fn concerns(&self, item: &str) -> bool {
        match &self.item {
            Item::All => true,
            Item::One(id) => id == item,
        }
    }

    /// The new value, kept inside the bounds.
    pub fn apply(&self, value: f64) -> f64 {
        self.lever.keep(self.asked_of(value))
    }

    /// The value asked for, before the bounds; `None` when there is nothing to add to.
    pub fn asked(&self, value: Option<f64>) -> Option<f64> {
        match self.operator {
            Operator::Set => Some(self.operand),
            _ => value.map(|value| self.asked_of(value)),
        }
    }

    fn asked_of(&self, value: f64) -> f64 {
        match self.operator {
            Operator::Set => self.operand,
            Operator::Add => value + self.operand,
            Operator::Multiply => value * self.operand,
        }
    }

    /// What to tell when a value that was asked for lies outside the bounds.
    pub fn bounded(&self, item: &str, asked: f64) -> Option<Bounded> {
        let kept = self.lever.keep(asked);
        (!same(kept, asked)).then(|| Bounded {
            lever: self.lever,
            item: item.to_owned(),
            asked,
            kept,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_that_is_hit_is_told() {
        let scenario = Scenario::parse("crowd.penetration[*]+=50pp").unwrap();
        let (value, bounded) = scenario.resolve("crowd.penetration", "genz", Some(0.75));
        assert_eq!(value, Some(1.0));
        let [told] = &bounded[..] else {
            panic!("{bounded:?}")
        };
        assert_eq!((told.lever.id, &*told.item), ("crowd.penetration", "genz"));
        assert_eq!((told.asked, told.kept), (1.25, 1.0));
        assert!(
            scenario
                .resolve("crowd.penetration", "genz", Some(0.5))
                .1
                .is_empty()
        );
    }

    #[test]
    fn only_a_set_gives_a_missing_value_one() {
        let under = |text: &str| {
            let scenario = Scenario::parse(text).unwrap();
            scenario.resolve("crowd.aov", "genz", None).0
        };
        assert_eq!(under("crowd.aov[*]*=2"), None);
        assert_eq!(under("crowd.aov[genz]=5; crowd.aov[*]*=2"), Some(10.0));
        assert_eq!(under("crowd.aov[*]*=2; crowd.aov[genz]=5"), Some(5.0));
    }
}
