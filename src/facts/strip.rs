//! Consumers copied out of a census into parts of their own, those with the same key together: a
//! condition on keys takes them by the run.

use std::ops::Range;

use rustc_hash::FxHashMap;

use super::count::Crowds;
use super::moment::FACETS;
use super::pack::packed;
use super::part::{Part, Segment};
use super::store::CHUNK;
use super::totals::Totals;
use super::trades::{Trade, Trades};

/// Consumers of a census in an order of their own.
#[derive(Debug, Default)]
pub(super) struct Strip {
    pieces: Vec<Piece>,
}

packed!(Strip { pieces });

/// Some consumers of a strip.
#[derive(Debug, Default)]
struct Piece {
    part: Part,
    /// Keys, each with the end of its run of consumers.
    runs: Vec<(u64, u32)>,
}

packed!(Piece { part, runs });

/// A consumer of a census, to be copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wanted {
    /// The group of his crowds.
    pub(super) group: u32,
    pub(super) key: u64,
    pub(super) part: u32,
    pub(super) position: u16,
    /// A cell of his group.
    pub(super) cell: u32,
}

impl Strip {
    /// Copies consumers of these parts.
    pub(super) fn new(parts: &[Part], mut wanted: Vec<Wanted>) -> Self {
        wanted.sort_unstable();
        let pieces = wanted.chunks(CHUNK).map(|wanted| Piece::new(parts, wanted));
        Self {
            pieces: pieces.collect(),
        }
    }

    /// How many consumers there are.
    pub(super) fn len(&self) -> usize {
        self.pieces.iter().map(|piece| piece.part.len()).sum()
    }

    /// Adds the consumers whose keys are taken, or, where these are fewer, all others: then the result
    /// is `false`.
    pub(super) fn add(
        &self,
        totals: &mut Totals,
        crowds: &Crowds,
        takes: impl Fn(u64) -> bool,
    ) -> bool {
        let of = |piece: &Piece| piece.runs(&takes).map(|run| run.len()).sum::<usize>();
        let chosen: usize = self.pieces.iter().map(of).sum();
        let others = 2 * chosen > self.len();
        for piece in &self.pieces {
            piece.add(totals, crowds, &|key| takes(key) != others);
        }
        totals.settle(crowds);
        !others
    }

    /// Bytes that the strip holds.
    pub(super) fn bytes(&self) -> usize {
        let of = |piece: &Piece| piece.part.bytes() + piece.runs.len() * 16;
        self.pieces.iter().map(of).sum()
    }
}

impl Piece {
    fn new(parts: &[Part], wanted: &[Wanted]) -> Self {
        let mut found = Self {
            part: Part::with_capacity(wanted.len()),
            runs: Vec::new(),
        };
        let mut moments: FxHashMap<[u32; FACETS], u32> = FxHashMap::default();
        let mut items = Vec::new();
        let mut trades: Vec<Trade> = Vec::new();
        let mut group = None;
        for (at, one) in wanted.iter().enumerate() {
            let Some(from) = parts.get(one.part as usize) else {
                continue;
            };
            let position = usize::from(one.position);
            let part = &mut found.part;
            items.clear();
            from.each_item(position, |item| items.push(item));
            let facets = from.facets(position);
            let next = part.moments.len() as u32;
            let moment = *moments.entry(facets).or_insert(next);
            if moment == next {
                part.moments.push(facets);
            }
            part.push(moment, &items);
            if let Some(sale) = from.sale(position) {
                let mut sale = *sale;
                sale.position = at as u16;
                part.sell(sale);
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
            match found.runs.last_mut() {
                Some((key, last)) if *key == one.key => *last = end,
                _ => found.runs.push((one.key, end)),
            }
        }
        found.part.trades = Trades::new(&trades);
        found.part.shrink();
        found
    }

    /// The runs whose keys are taken.
    fn runs<'p>(&'p self, takes: &'p impl Fn(u64) -> bool) -> impl Iterator<Item = Range<usize>> {
        let mut first = 0;
        self.runs.iter().filter_map(move |(key, end)| {
            let run = first..*end as usize;
            first = run.end;
            takes(*key).then_some(run)
        })
    }

    fn add(&self, totals: &mut Totals, crowds: &Crowds, takes: &impl Fn(u64) -> bool) {
        let mut bits = vec![0; self.part.len().div_ceil(64)];
        for run in self.runs(takes) {
            super::part::mark(&mut bits, run);
        }
        for segment in &self.part.segments {
            totals.enter(crowds.group(segment.cell), crowds);
            totals.take(&self.part, segment, &bits, 1);
        }
        totals.leave(&self.part, &bits, &[]);
    }
}
