//! One row of a table of consumers, and what a block of such rows gives.
//!
//! All cells are read before anything is kept: a row that is rejected leaves nothing behind.

use std::borrow::Cow;

use super::layout::{Layout, Slot};
use super::line::{Line, Verdict};
use super::number;
use super::texts::Texts;
use crate::facts::Names;

/// Where the columns of a table of consumers are.
#[derive(Debug)]
pub(super) struct PeopleSlots {
    consumer: Slot,
    attributes: Vec<Slot>,
}

impl PeopleSlots {
    /// The columns of a table.
    pub(super) fn new(layout: &Layout) -> Self {
        Self {
            consumer: layout.slot("consumer"),
            attributes: layout.attributes.iter().map(|(_, s)| s.clone()).collect(),
        }
    }
}

/// The values of one attribute in a block.
#[derive(Debug, Default)]
pub(super) struct Column {
    /// The texts of the values.
    pub(super) values: Texts,
    /// How often each was given, and the line of the first.
    pub(super) seen: Vec<(u64, u64)>,
    /// Consumer and value.
    pub(super) pairs: Vec<(u32, u32)>,
}

impl Column {
    /// Gives a consumer a value.
    pub(super) fn give(&mut self, consumer: u32, value: &str, line: u64) {
        let id = self.values.id(value);
        self.pairs.push((consumer, id));
        match self.seen.get_mut(id as usize) {
            Some((count, _)) => *count += 1,
            None => self.seen.push((1, line)),
        }
    }
}

/// What a block of a table of consumers gives; all indices are its own.
#[derive(Debug, Default)]
pub(super) struct PeoplePortion {
    /// One entry for every row.
    pub(super) consumers: Names,
    /// By column.
    pub(super) traits: Vec<Column>,
}

impl PeoplePortion {
    /// Reads one row.
    pub(super) fn read<'t>(&mut self, line: &Line<'t>, slots: &'t PeopleSlots) -> Verdict {
        let id = line.id(&slots.consumer)?;
        let cells: Vec<Cow<'t, str>> = slots.attributes.iter().map(|s| line.cell(s)).collect();
        for (slot, cell) in slots.attributes.iter().zip(&cells) {
            for value in values_of(cell) {
                line.check_length(slot, value)?;
            }
        }
        self.traits.resize_with(cells.len(), Column::default);
        let consumer = self.consumers.len() as u32;
        self.consumers.push(&id);
        for (found, cell) in self.traits.iter_mut().zip(&cells) {
            for value in values_of(cell) {
                found.give(consumer, value, line.record.line);
            }
        }
        Ok(())
    }
}

/// The values of an attribute cell, with `|` between several.
fn values_of(cell: &str) -> impl Iterator<Item = &str> {
    let values = cell.split(['|', '｜']).map(str::trim);
    values.filter(|value| !number::is_missing(value))
}
