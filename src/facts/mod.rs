//! The data set in memory, and the engine that answers counts for a slice.
//!
//! `data` fills these types; `board` asks them. Nothing here reads files or knows a terminal.
//!
//! An answer takes five steps, each kept until what it depends on changes:
//!
//! | step | depends on | is |
//! |---|---|---|
//! | `rows` → `buckets` → `stores` | the files | the `store` of every brand: its events, four bytes each, consumers of one cell (`cells`) together |
//! | `store` → `census` | dates, rules, scope | who is in which `moment` and who `changes` how in which week, from one pass over the events (`timeline`, `frame`) |
//! | `store` → `touched` | as-of | who was touched where |
//! | `census` → `margins` | the same | sums of the consumers who are alike in some attributes and roles, or in one touch dimension (`family`); made when there is nothing else to do |
//! | `census`, `margins` → `count` | the filter (`select`) | sums of whole cells and of margins, or the slice counted last (`recall`), and the fewest consumers that have to be looked at one by one |

mod buckets;
mod cells;
mod census;
mod changes;
pub mod count;
mod dataset;
mod depot;
mod engine;
mod family;
pub mod frame;
mod grow;
mod log;
mod lookup;
mod maker;
mod margins;
mod moment;
mod names;
mod pace;
pub mod pack;
mod part;
mod places;
mod problem;
mod ranks;
mod recall;
mod records;
mod rows;
mod rules;
mod runs;
mod sales;
mod select;
mod sheet;
mod slice;
mod stack;
mod store;
mod stores;
mod strip;
mod sums;
mod tally;
pub mod timeline;
mod totals;
mod touched;
mod trades;
mod values;
mod without;

pub use buckets::{Annex, Ticket};
pub use dataset::{
    Attribute, BenchmarkRow, Brand, Crowd, CrowdKey, Dataset, FastRow, FieldRow, FlowRow, OrderDay,
    RelationRow, RoleFlowRow, SalesRow, SourceFile, StockRow, Tables, TargetKey, TargetRow,
    UNKNOWN_CONSUMER,
};
pub use depot::{Depot, Label, Section, Taker};
pub use engine::{Engine, Memory, field_of_channel};
pub use log::{Action, Event, EventLog, NO_VALUE, RoleSpan, TOUCH_DIMENSIONS, Touch};
pub use lookup::{Kind, Lookup};
pub use names::Names;
pub use pace::Pace;
pub use problem::{Code, Place, Problem, Severity, Wording};
pub use rows::{Detail, EventPart, Events, Row, Venue, Venues};
pub use rules::Rules;
pub use select::ROLE_DIMENSION;
pub use slice::{Condition, Slice, SliceError};
pub use stores::{Unbuilt, Watch};
pub use values::ValueCounts;
