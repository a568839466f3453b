//! What stays visible of a number that a what-if changes: its value in the data, and the difference.
//! While the slice picker is open, what it would be with the value under the cursor stands there.
//!
//! It always has its label, so that nobody takes it for the difference to the comparison day.

use super::number::Number;
use super::table::Change;
use super::text::pick;
use crate::app::Language;
use crate::board::Figure;
use crate::metrics::{Unit, Value};

/// The baseline of a number, or what it would be.
#[derive(Debug, Clone, PartialEq)]
pub struct Ghost {
    /// The word for it.
    pub label: String,
    /// The value without the what-if, or the one that is looked at.
    pub baseline: Number,
    /// What the what-if adds, or what the slice that is looked at would: points for rates, relative for the rest.
    pub moved: Change,
}

impl Ghost {
    /// What stands beside a figure: its preview, else its baseline; `None` where nothing does.
    pub fn of(l: Language, figure: &Figure, currency: &str) -> Option<Self> {
        let (word, other, difference) = beside(l, figure)?;
        let number = if figure.unit() == Unit::Ratio {
            Number::difference(difference, Unit::Ratio, l)
        } else {
            let from = figure.preview.map_or(other, |_| figure.now);
            Number::change(difference.over(from), l)
        };
        Some(Self {
            label: word.to_owned(),
            baseline: Number::of(other, figure.unit(), l).currency(currency),
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

/// The value beside a figure with its word, and the difference that is told: the preview less the
/// value, or the value less its baseline.
pub fn beside(l: Language, figure: &Figure) -> Option<(&'static str, Value, Value)> {
    if let Some(preview) = figure.preview {
        return Some((preview_label(l), preview, preview.minus(figure.now)));
    }
    let baseline = figure.before()?;
    Some((label(l), baseline, figure.now.minus(baseline)))
}

/// The word for what a slice would show that is only looked at.
pub fn preview_label(l: Language) -> &'static str {
    pick(l, "选后", "then")
}

/// The word for the values of the data.
pub fn label(l: Language) -> &'static str {
    pick(l, "基线", "baseline")
}

/// The word for a what-if.
pub fn what_if(l: Language) -> &'static str {
    pick(l, "假设", "what-if")
}
