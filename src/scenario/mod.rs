//! What-if as a value: levers and the changes that a user makes with them.
//!
//! A scenario never edits data; it is a value beside an immutable baseline. Its text form is one
//! line, the same on the command line and in files: `crowd.penetration[genz]=25%;
//! crowd.aov[*]*=1.1`.

mod levers;
mod text;

pub use levers::{LEVERS, Lever, lever};
pub use text::ScenarioError;

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
    /// `[*]`: every item.
    All,
    /// One crowd, by id.
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

/// Changes, applied in order. The empty scenario changes nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scenario {
    /// The changes.
    pub changes: Vec<Change>,
}

impl Scenario {
    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The value of a lever for an item under this scenario, kept inside the lever's bounds.
    pub fn apply(&self, lever: &str, item: &str, value: f64) -> f64 {
        self.changes
            .iter()
            .filter(|c| c.lever.id == lever && c.concerns(item))
            .fold(value, |value, change| change.apply(value))
    }

    /// Whether any change is for this lever and item.
    pub fn touches(&self, lever: &str, item: &str) -> bool {
        self.changes
            .iter()
            .any(|c| c.lever.id == lever && c.concerns(item))
    }
}

impl Change {
    fn concerns(&self, item: &str) -> bool {
        match &self.item {
            Item::All => true,
            Item::One(id) => id == item,
        }
    }

    fn apply(&self, value: f64) -> f64 {
        let changed = match self.operator {
            Operator::Set => self.operand,
            Operator::Add => value + self.operand,
            Operator::Multiply => value * self.operand,
        };
        changed.clamp(self.lever.bounds.0, self.lever.bounds.1)
    }
}
