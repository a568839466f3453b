//! The sums of the consumers who are alike in one family of conditions: who meets conditions of that
//! family alone is counted by adding up sheets, however many consumers there are.
//!
//! Consumers of a family with the same key (see [`super::select::keys`]) are alike. Keys that many
//! consumers have get a sheet each; the others, of whom there are few, are copied side by side and
//! counted one by one: families of fewer attributes find them in the copy of that of all. Keys of the
//! same attributes make a block with a sheet of its own, for conditions that leave out few of them;
//! large blocks have sheets of the consumers without some roles, or without some touches, too, so that
//! a condition on those takes a sheet or two of each (see [`super::without`]).

use std::ops::Range;

use rayon::prelude::*;

use super::count::Crowds;
use super::pack::packed;
use super::select::{Filter, STANDING};
use super::sheet::{Form, Sheet};
use super::stack::Stack;
use super::strip::{Run, Strip};
use super::timeline::Roles;
use super::totals::Totals;
use super::without::Sets;

/// Sheets that one thread adds up in a row.
const RUN: usize = 256;
/// Consumers that can be looked at while a sheet is added up.
const SHEET: u32 = 4;
/// The family that tells all attributes.
pub(super) const ALL_ATTRIBUTES: u64 = u64::MAX;
/// No sheet.
pub(super) const NONE: u32 = u32::MAX;

/// Consumers with one key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) key: u64,
    pub(super) people: u32,
    /// Their sheet, or [`NONE`].
    pub(super) row: u32,
}

/// Keys that are alike in their attributes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// The end of its entries.
    pub(super) end: u32,
    /// The end of its runs.
    pub(super) runs: u32,
    /// The crowds of its consumers, where they share them.
    pub(super) group: u32,
    /// The sheet of all of them, or [`NONE`].
    pub(super) whole: u32,
    /// The first of the sheets of those without some roles or touches, in the order of [`Sets`], or
    /// [`NONE`].
    pub(super) without: u32,
}

/// The sums of one family.
#[derive(Debug)]
pub(super) struct Family {
    /// Which one.
    pub(super) id: usize,
    /// Attributes that its keys tell, one bit each.
    pub(super) attributes: u64,
    /// Ascending by key.
    pub(super) entries: Vec<Entry>,
    pub(super) blocks: Vec<Block>,
    /// The sets of roles, or of touches, without which large blocks have sheets.
    pub(super) sets: Sets,
    /// Sheets of keys, then of blocks, then of those without some roles or touches.
    pub(super) stack: Stack,
    /// Where the consumers without a sheet are in the strip, by entry.
    pub(super) runs: Vec<Run>,
    /// The consumers without a sheet, if this is the family of all attributes.
    pub(super) strip: Strip,
}

packed!(Entry { key, people, row });
packed!(Block {
    end,
    runs,
    group,
    whole,
    without
});
packed!(Family {
    id,
    attributes,
    entries,
    blocks,
    sets,
    stack,
    runs,
    strip
});

/// A sheet to be added or taken away, and the crowds that its consumers share.
type Chosen = (u32, i8, u32);

impl Family {
    /// Whether it tells which consumers meet the conditions of a family on these attributes.
    pub(super) fn tells(&self, id: usize, attributes: u64) -> bool {
        self.id == id && self.attributes & attributes == attributes
    }

    /// Whether its parts belong together; `form` is that of all crowds.
    pub(super) fn fits(&self, form: Form) -> bool {
        let own = self.stack.form();
        let last = self.blocks.last().map_or(0, |block| block.end as usize);
        (own == form || own == form.of_one_group())
            && self.stack.fits(own)
            && last == self.entries.len()
    }

    /// The sheet of an entry, or [`NONE`].
    pub(super) fn row(&self, entry: u32) -> u32 {
        self.entries.get(entry as usize).map_or(NONE, |e| e.row)
    }

    /// The entries of every block.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (&Block, Range<usize>)> {
        let mut first = 0;
        self.blocks.iter().map(move |block| {
            let own = first..block.end as usize;
            first = own.end;
            (block, own)
        })
    }

    /// Takes the runs of the consumers without a sheet.
    pub(super) fn set_runs(&mut self, mut runs: Vec<Run>) {
        runs.sort_unstable();
        for block in &mut self.blocks {
            block.runs = runs.partition_point(|run| run.entry < block.end) as u32;
        }
        self.runs = runs;
    }

    /// Adds the consumers that a filter takes: of each block these, or, where that is less work, all
    /// without the others.
    pub(super) fn add(
        &self,
        strip: &Strip,
        totals: &mut Totals,
        crowds: &Crowds,
        filter: &Filter<'_>,
    ) {
        let mut sheets: Vec<Chosen> = Vec::new();
        let mut runs: Vec<(Run, i8)> = Vec::new();
        let test = filter.test(self.id);
        let without = self.without(filter);
        let mut sides = Vec::new();
        let mut first_run = 0;
        for (block, own) in self.blocks() {
            let own_runs = first_run..block.runs as usize;
            first_run = own_runs.end;
            let first = own.start;
            let entries = self.entries.get(own).unwrap_or(&[]);
            let kept = entries.first();
            if !kept.is_some_and(|entry| filter.may_take(self.id, entry.key)) {
                continue;
            }
            if let (false, Some(without)) = (block.without == NONE, &without) {
                let row = |(set, side)| (block.without.saturating_add(set), side, block.group);
                sheets.extend(without.iter().copied().map(row));
                continue;
            }
            sides.clear();
            let (mut work, mut others) = (0, SHEET);
            for entry in entries {
                let taken = test.takes(entry.key);
                sides.push(i8::from(taken));
                *(if taken { &mut work } else { &mut others }) += entry.work();
            }
            if others < work && block.whole != NONE {
                sheets.push((block.whole, 1, block.group));
                for side in &mut sides {
                    *side -= 1;
                }
            }
            let known = entries.iter().zip(&sides);
            let known = known.filter(|(entry, side)| entry.row != NONE && **side != 0);
            sheets.extend(known.map(|(entry, side)| (entry.row, *side, block.group)));
            let side = |run: &Run| sides.get((run.entry as usize).wrapping_sub(first));
            let own_runs = self.runs.get(own_runs).unwrap_or(&[]).iter();
            let own_runs = own_runs.map(|run| (*run, side(run).copied().unwrap_or(0)));
            runs.extend(own_runs.filter(|(_, side)| *side != 0));
        }
        let form = self.stack.form();
        for (group, sheet) in self.sums(&sheets) {
            if form.tells_crowds() {
                totals.add_sheet(form, &sheet, 1);
            } else {
                totals.enter(group, crowds);
                totals.take_sheet(form, &sheet);
            }
        }
        totals.settle(crowds);
        strip.add(totals, crowds, &runs);
    }

    /// The sums of sheets, of those of the same crowds in a row.
    fn sums(&self, chosen: &[Chosen]) -> Vec<(u32, Sheet)> {
        let sum = |run: &[Chosen]| {
            let mut sum = self.stack.form().sheet();
            for (row, by, _) in run {
                if *by > 0 {
                    self.stack.add_to(&mut sum, *row);
                } else {
                    self.stack.take_from(&mut sum, *row);
                }
            }
            let group = run.first().map_or(0, |(_, _, group)| *group);
            (group, sum)
        };
        let runs = chosen.chunk_by(|a, b| a.2 == b.2);
        let runs: Vec<&[Chosen]> = runs.flat_map(|run| run.chunks(RUN)).collect();
        if chosen.len() <= 2 * RUN {
            return runs.into_iter().map(sum).collect();
        }
        runs.into_par_iter().map(sum).collect()
    }

    /// The sheets of consumers without some roles or touches who make up whoever meets the conditions on
    /// them, each as it stands among those of a block, and whether it is added or taken away; `None`
    /// where that takes a set of many.
    fn without(&self, filter: &Filter<'_>) -> Option<Vec<(u32, i8)>> {
        let mut found = Vec::new();
        for (times, set) in filter.without(self.id) {
            let rank = self.sets.rank(set)? as u32;
            let side = (rank, times.signum() as i8);
            found.extend(std::iter::repeat_n(side, times.unsigned_abs() as usize));
        }
        Some(found)
    }

    /// What of a key may be in a set: the roles, or the touches.
    pub(super) fn values(&self, entry: &Entry) -> u64 {
        if self.id == STANDING {
            u64::from(entry.key as Roles)
        } else {
            entry.key
        }
    }

    /// What it costs, in consumers that could be looked at instead, to add up who meets conditions.
    pub(super) fn work(&self, filter: &Filter<'_>) -> usize {
        let without = self
            .without(filter)
            .map(|sheets| sheets.len() * SHEET as usize);
        let work = |(block, own): (&Block, Range<usize>)| match without {
            Some(work) if block.without != NONE => work,
            _ => {
                let entries = self.entries.get(own).unwrap_or(&[]).iter();
                entries.map(|entry| entry.work() as usize).sum()
            }
        };
        self.blocks().map(work).sum::<usize>() / 4
    }

    /// Bytes that it holds.
    pub(super) fn bytes(&self) -> usize {
        self.stack.bytes()
            + self.entries.len() * size_of::<Entry>()
            + self.blocks.len() * size_of::<Block>()
            + self.runs.len() * size_of::<Run>()
            + self.strip.bytes()
    }
}

impl Entry {
    /// What it costs to add its consumers.
    pub(super) fn work(&self) -> u32 {
        if self.row == NONE { self.people } else { SHEET }
    }
}
