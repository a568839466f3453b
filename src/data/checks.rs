//! Checks of a loaded data set: what the tables say about each other (`domain.md` §2.2, §3, §6.3).
//!
//! They only warn. Figures are shown as they were given; nothing here repairs them.

use crate::facts::{Dataset, Problem};

/// Everything that does not fit.
pub(super) fn check(dataset: &Dataset) -> Vec<Problem> {
    let _ = dataset;
    Vec::new()
}
