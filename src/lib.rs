//! fastdeck: a terminal dashboard for people who run brands on Tmall and Taobao.
//!
//! # Architecture
//!
//! Data flows one way:
//!
//! ```text
//! files ─data▶ Dataset ─┐
//! Slice, Definitions ───┼─facts▶ counts ─metrics▶ values ─board▶ Board ─view▶ Screen ─ui▶ Buffer ─▶ terminal
//! Scenario ─────────────┘                                            │                └capture▶ SVG PNG HTML ANSI text
//!                                                                    └export▶ JSON CSV table
//! key ─▶ Command ─▶ Action ─update▶ State + Effects ─shell▶ the outside world
//! ```
//!
//! Folders have levels, and an import points to a lower level only; `tests/architecture.rs` reads
//! the `use` lines and enforces it:
//!
//! | level | folder | is |
//! |---|---|---|
//! | 0 | [`metrics`] | formulas over small inputs, units, definitions |
//! | 1 | [`facts`] | the data set in memory and the engine that answers counts for a slice |
//! | 1 | [`scenario`] | what-if as a value: levers, model, goal seek, comparison, named scenarios |
//! | 2 | [`data`] | bytes → validated `Dataset` |
//! | 2 | [`board`] | one call: every value that any pane, export or command shows |
//! | 3 | [`app`] | state, actions, commands, keymap, update, effects |
//! | 4 | [`view`] | state → text and plain numbers, both languages |
//! | 5 | [`ui`] | view models → ratatui `Buffer` |
//! | 5 | [`export`] | tables → bytes |
//! | 6 | [`capture`] | a `Buffer` → SVG, PNG, HTML, ANSI, text; the review deck |
//! | 7 | [`shell`] | terminal, event loop, effects |
//! | 8 | [`cli`] | arguments, subcommands, exit codes |
//!
//! Four tables are the spine: `COMMANDS` (app), [`metrics::METRICS`], `LEVERS` (scenario) and
//! `COLUMNS` (data). What they hold is typed nowhere else.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::float_cmp
    )
)]

pub mod app;
pub mod board;
pub mod capture;
pub mod cli;
pub mod data;
pub mod export;
pub mod facts;
pub mod metrics;
pub mod scenario;
pub mod shell;
pub mod ui;
pub mod view;
