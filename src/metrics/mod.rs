//! Formulas over small inputs: AIPL, FAST, FAST+, crowds, GMV, orders, benchmarks.
//!
//! Every number that fastdeck shows is defined here, with its unit, its range and its source. This
//! layer knows the standard library only: no files, no clock, no terminal.

pub mod aipl;
pub mod attribution;
pub mod benchmark;
pub mod calendar;
pub mod crowd;
pub mod day;
pub mod definitions;
pub mod double11;
pub mod fast;
pub mod fast_plus;
pub mod glossary;
pub mod orders;
pub mod projection;
mod table;
pub mod target_tree;
mod value;

pub use day::Day;
pub use definitions::Definitions;
pub use table::{Direction, METRICS, Metric, metric};
pub use value::{Unit, Value, Why};
