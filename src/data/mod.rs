//! Bytes → validated `Dataset`, with errors that say file, line and column.

pub mod demo;
