//! The data set in memory, and the engine that answers counts for a slice.
//!
//! `data` fills these types; `board` asks them. Nothing here reads files or knows a terminal.

mod dataset;
mod engine;
mod log;
mod problem;
mod slice;

pub use dataset::{
    Attribute, BenchmarkRow, Brand, Crowd, CrowdKey, Dataset, FastRow, FieldRow, FlowRow,
    RelationRow, RoleFlowRow, SalesRow, SourceFile, StockRow, Tables, TargetKey, TargetRow,
    UNKNOWN_CONSUMER,
};
pub use engine::Engine;
pub use log::{Action, Event, EventLog, NO_VALUE, Order, RoleSpan, TOUCH_DIMENSIONS, Touch};
pub use problem::{Code, Place, Problem, Severity};
pub use slice::{Condition, Slice, SliceError};
