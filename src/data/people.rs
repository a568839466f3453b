//! One row of a table of consumers, and what a block of such rows gives.
//!
//! All cells are read before anything is kept: a row that is rejected leaves nothing behind. What
//! a cell means is remembered by its text, so rows without quotes whose cells were all seen before
//! are read without detours.

use std::borrow::Cow;

use super::cells::{Cells, Ends, Frame, ROWS};
use super::layout::{Layout, Slot};
use super::line::{Line, Verdict};
use super::number;
use super::texts::Texts;
use crate::facts::Names;

/// Cells of a column that are remembered in a block.
const MEANINGS: usize = 1 << 12;

/// Where the columns of a table of consumers are.
#[derive(Debug)]
pub(super) struct PeopleSlots {
    consumer: Slot,
    attributes: Vec<Slot>,
    /// Where the cells of plain rows are, when all of them are cells.
    plan: Option<Plan>,
}

impl PeopleSlots {
    /// From now on, every row is read as if it were unusual.
    pub(super) fn forget_plan(&mut self) {
        self.plan = None;
    }
}

#[derive(Debug)]
struct Plan {
    frame: Frame,
    attributes: Vec<usize>,
}

impl Plan {
    fn new(layout: &Layout) -> Option<Self> {
        let field = |slot: &Slot| slot.index().filter(|index| *index < layout.width);
        let consumer = layout.slot("consumer");
        let attributes = layout.attributes.iter();
        let attributes: Option<Vec<usize>> = attributes.map(|(_, slot)| field(slot)).collect();
        let (consumer, attributes) = (
            field(&consumer).filter(|_| !consumer.replaces())?,
            attributes?,
        );
        let is_read = |i: &usize| *i == consumer || attributes.contains(i);
        let totals = layout.totals.iter().copied().filter(|i| !is_read(i));
        Some(Self {
            frame: Frame {
                delimiter: layout.delimiter,
                width: layout.width,
                consumer,
                totals: totals.collect(),
            },
            attributes,
        })
    }
}

impl PeopleSlots {
    /// The columns of a table.
    pub(super) fn new(layout: &Layout) -> Self {
        Self {
            consumer: layout.slot("consumer"),
            attributes: layout.attributes.iter().map(|(_, s)| s.clone()).collect(),
            plan: Plan::new(layout),
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
    /// Cells that were read, and the values that each gives.
    cells: Texts,
    meanings: Vec<Vec<u32>>,
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

impl Column {
    /// Remembers what a cell means.
    fn learn(&mut self, cell: &str) {
        if self.meanings.len() < MEANINGS && self.cells.find(cell.as_bytes()).is_none() {
            let values = values_of(cell).map(|value| self.values.id(value)).collect();
            self.cells.id(cell);
            self.meanings.push(values);
        }
    }

    /// Gives a consumer what a cell means that was seen before.
    fn repeat(&mut self, consumer: u32, cell: u32) {
        for value in self.meanings.get(cell as usize).into_iter().flatten() {
            self.pairs.push((consumer, *value));
            if let Some((count, _)) = self.seen.get_mut(*value as usize) {
                *count += 1;
            }
        }
    }
}

/// Reads plain rows of one block.
#[derive(Debug, Default)]
pub(super) struct PlainPeople {
    ends: Ends,
    /// The cells of a row, as what they were when they were seen before.
    found: Vec<u32>,
}

impl PlainPeople {
    /// Reads some rows from here on, until one is not plain. Gives the bytes and rows that were read.
    pub(super) fn read(
        &mut self,
        (text, from): (&[u8], usize),
        slots: &PeopleSlots,
        to: &mut PeoplePortion,
    ) -> (usize, u64) {
        let Some(plan) = &slots.plan else {
            return (0, 0);
        };
        let (mut at, mut rows) = (from, 0);
        while rows < ROWS
            && let Some(ends) = self
                .ends
                .row(text, at, plan.frame.width, plan.frame.delimiter)
        {
            let row = Cells {
                text,
                start: at,
                ends,
            };
            let Some(end) = to.plain(&row, plan, &mut self.found) else {
                break;
            };
            self.ends.take(plan.frame.width);
            at = end;
            rows += 1;
        }
        (at - from, rows)
    }
}

impl PeoplePortion {
    /// Keeps a row if it is plain and all its cells were seen before; gives where it ends.
    fn plain(&mut self, row: &Cells<'_>, plan: &Plan, found: &mut Vec<u32>) -> Option<usize> {
        let (end, who) = row.open(&plan.frame)?;
        found.clear();
        for (column, field) in self.traits.iter().zip(&plan.attributes) {
            found.push(column.cells.find(row.cell(*field))?);
        }
        if found.len() < plan.attributes.len() {
            return None;
        }
        let index = self.consumers.len() as u32;
        match who.code {
            Some(code) => self.consumers.push_packed(code),
            None => self.consumers.push(who.text()?),
        }
        for (column, cell) in self.traits.iter_mut().zip(found) {
            column.repeat(index, *cell);
        }
        Some(end)
    }

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
        self.learn(line, slots, &cells);
        Ok(())
    }
}

impl PeoplePortion {
    /// Remembers the cells of a row that was read. Where raw texts are replaced it does not: what
    /// stands in the file is not what was read.
    fn learn(&mut self, line: &Line<'_>, slots: &PeopleSlots, cells: &[Cow<'_, str>]) {
        let each = self.traits.iter_mut().zip(&slots.attributes).zip(cells);
        for ((column, slot), cell) in each {
            let raw = slot.index().map(|index| line.record.cell(line.text, index));
            if !slot.replaces() && raw.as_deref() == Some(cell.as_ref()) {
                column.learn(cell);
            }
        }
    }
}

/// The values of an attribute cell, with `|` between several.
fn values_of(cell: &str) -> impl Iterator<Item = &str> {
    let values = cell.split(['|', '｜']).map(str::trim);
    values.filter(|value| !number::is_missing(value))
}
