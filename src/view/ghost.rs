//! What stays visible of a number that a what-if changes: its value in the data, and the difference.
//!
//! It always has its label, so that nobody takes it for the difference to the comparison day.

use super::number::Number;
use super::table::Change;
use super::text::pick;
use crate::app::Language;
use crate::board::Figure;
use crate::metrics::Unit;

/// The baseline of a number.
#[derive(Debug, Clone, PartialEq)]
pub struct Ghost {
    /// The word for it.
    pub label: String,
    /// The value without the what-if.
    pub baseline: Number,
    /// What the what-if adds: points for rates, relative for the rest.
    pub moved: Change,
}

impl Ghost {
    /// The baseline of a figure; `None` where no what-if changes it.
    pub fn of(l: Language, figure: &Figure, currency: &str) -> Option<Self> {
        let baseline = figure.before()?;
        let difference = figure.now.minus(baseline);
        let number = match figure.unit() {
            Unit::Ratio => Number::difference(difference, Unit::Ratio, l),
            _ => Number::change(difference.over(baseline), l),
        };
        Some(Self {
            label: label(l).to_owned(),
            baseline: Number::of(baseline, figure.unit(), l).currency(currency),
            moved: Change {
                mood: Change::new(
                    Number::difference(difference, figure.unit(), l),
                    figure.metric.direction,
                )
                .mood,
                number,
            },
        })
    }
}

/// The word for the values of the data.
pub fn label(l: Language) -> &'static str {
    pick(l, "基线", "baseline")
}

/// The word for a what-if.
pub fn what_if(l: Language) -> &'static str {
    pick(l, "假设", "what-if")
}
