//! What-if as a value: levers, goal seek, comparison, attribution.
//!
//! A scenario never edits data; it is a value beside an immutable baseline.
