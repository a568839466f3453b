//! The data set in memory, and the engine that answers counts for a slice.
//!
//! `data` fills these types; `board` asks them. Nothing here reads files or knows a terminal.

mod cells;
mod census;
mod changes;
pub mod count;
mod dataset;
mod engine;
pub mod frame;
mod log;
mod lookup;
mod moment;
mod names;
mod problem;
mod rows;
mod rules;
mod select;
mod slice;
mod store;
pub mod timeline;
mod touched;
mod values;

pub use dataset::{
    Attribute, BenchmarkRow, Brand, Crowd, CrowdKey, Dataset, FastRow, FieldRow, FlowRow, OrderDay,
    RelationRow, RoleFlowRow, SalesRow, SourceFile, StockRow, Tables, TargetKey, TargetRow,
    UNKNOWN_CONSUMER,
};
pub use engine::{Engine, Memory, field_of_channel};
pub use log::{Action, Event, EventLog, NO_VALUE, RoleSpan, TOUCH_DIMENSIONS, Touch};
pub use lookup::{Kind, Lookup};
pub use names::Names;
pub use problem::{Code, Place, Problem, Severity, Wording};
pub use rows::{Detail, EventPart, Events, Row, Venue, Venues};
pub use rules::Rules;
pub use select::ROLE_DIMENSION;
pub use slice::{Condition, Slice, SliceError};
pub use values::ValueCounts;
