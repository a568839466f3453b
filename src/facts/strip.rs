//! Consumers copied out of a census into parts of their own, those with the same key together: a
//! condition on keys takes them by the run.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::count::Crowds;
use super::moment::FACETS;
use super::pack::packed;
use super::part::{Part, Segment, mark, ones};
use super::store::CHUNK;
use super::totals::Totals;
use super::trades::{Trade, Trades};

/// Consumers of a census in an order of their own, in parts of [`CHUNK`].
#[derive(Debug, Default)]
pub(super) struct Strip {
    parts: Vec<Part>,
}

packed!(Strip { parts });

/// Fewer consumers of a group than this are counted without tables.
const HANDFUL: u32 = 64;

/// Consumers of a strip who follow each other and have one entry, by their places in the strip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Run {
    pub(super) entry: u32,
    pub(super) first: u32,
    pub(super) end: u32,
}

packed!(Run { entry, first, end });

impl Run {
    /// Its consumers within a part.
    pub(super) fn within(self, part: usize) -> Range<usize> {
        let of = |place: u32| (place as usize).saturating_sub(part * CHUNK).min(CHUNK);
        of(self.first)..of(self.end)
    }

    /// The parts that it lies in.
    fn parts(self) -> Range<usize> {
        self.first as usize / CHUNK..(self.end as usize).div_ceil(CHUNK)
    }
}

/// A consumer of a census, to be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wanted {
    /// The group of his crowds.
    pub(super) group: u32,
    /// The entry of his key.
    pub(super) entry: u32,
    pub(super) part: u32,
    pub(super) position: u16,
    /// A cell of his group.
    pub(super) cell: u32,
}

impl Strip {
    /// Copies consumers of these parts. The result are their runs too.
    pub(super) fn new(parts: &[Part], mut wanted: Vec<Wanted>) -> (Self, Vec<Run>) {
        wanted.sort_unstable();
        let copies = wanted.chunks(CHUNK).map(|wanted| copy(parts, wanted));
        let strip = Self {
            parts: copies.collect(),
        };
        let mut end = 0;
        let run = |same: &[Wanted]| {
            let first = end;
            end += same.len() as u32;
            let entry = same.first().map_or(0, |one| one.entry);
            Run { entry, first, end }
        };
        let runs = wanted.chunk_by(|a, b| a.entry == b.entry).map(run);
        let runs = runs.collect();
        (strip, runs)
    }

    /// How many consumers there are.
    pub(super) fn len(&self) -> usize {
        self.parts.iter().map(Part::len).sum()
    }

    /// The consumers.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Adds the consumers of runs whose side is 1, and takes those away whose side is −1.
    pub(super) fn add(&self, totals: &mut Totals, crowds: &Crowds, chosen: &[(Run, i8)]) {
        let mut sides = vec![[Vec::new(), Vec::new()]; self.parts.len()];
        for (run, side) in chosen {
            for k in run.parts() {
                if let (Some(part), Some(bits)) = (self.parts.get(k), sides.get_mut(k)) {
                    let bits = &mut bits[usize::from(*side < 0)];
                    bits.resize(part.len().div_ceil(64), 0);
                    mark(bits, run.within(k));
                }
            }
        }
        for (part, [added, left]) in self.parts.iter().zip(&sides) {
            if added.is_empty() && left.is_empty() {
                continue;
            }
            for segment in &part.segments {
                for (bits, by) in [(added, 1), (left, -1)] {
                    let people = ones(bits, segment);
                    if people == 0 {
                        continue;
                    }
                    totals.enter(crowds.group(segment.cell), crowds);
                    if people < HANDFUL {
                        totals.take_few(part, segment, bits, by);
                    } else {
                        totals.take(part, segment, bits, by);
                    }
                }
            }
            totals.leave(part, added, left);
        }
        totals.settle(crowds);
    }

    /// Bytes that it holds.
    pub(super) fn bytes(&self) -> usize {
        self.parts.iter().map(Part::bytes).sum()
    }
}

/// Copies consumers of these parts into one.
fn copy(parts: &[Part], wanted: &[Wanted]) -> Part {
    let mut part = Part::with_capacity(wanted.len());
    let mut moments: FxHashMap<[u32; FACETS], u32> = FxHashMap::default();
    let mut items = Vec::new();
    let mut trades: Vec<Trade> = Vec::new();
    let mut group = None;
    for (at, one) in wanted.iter().enumerate() {
        let Some(from) = parts.get(one.part as usize) else {
            continue;
        };
        let position = usize::from(one.position);
        items.clear();
        from.records.each_item(position, |item| items.push(item));
        let facets = from.facets(position);
        let next = part.moments.len() as u32;
        let moment = *moments.entry(facets).or_insert(next);
        if moment == next {
            part.moments.push(facets);
        }
        part.records.push(moment, &items);
        if let Some(mut sale) = from.sold.of(position) {
            sale.position = at as u16;
            part.sold.push(sale);
        }
        if let Some(mut trade) = from.trades.of(position) {
            trade.position = at as u16;
            trades.push(trade);
        }
        let end = at as u32 + 1;
        match part.segments.last_mut() {
            Some(last) if group == Some(one.group) => last.end = end,
            _ => part.segments.push(Segment {
                cell: one.cell,
                first: at as u32,
                end,
            }),
        }
        group = Some(one.group);
    }
    part.trades = Trades::new(&trades);
    part.shrink();
    part
}
