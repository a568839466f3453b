//! Counts of a brand for a slice: how many people were in which state, moved where, bought what.
//!
//! A slice is the sum of cells that it keeps whole, whose sums are known, and of single consumers of
//! other cells: of those it keeps, or, where it keeps most, of those it leaves out, taken away.

use std::sync::OnceLock;

use rayon::prelude::*;

use super::Dataset;
use super::cells::Cells;
use super::census::Census;
use super::changes::{Line, Lines};
use super::frame::WEEKS;
use super::kinds::Kinds;
use super::moment::{FACETS, point};
use super::pack::packed;
use super::part::{Segment, Tally, add_inside, words};
use super::select::Filter;
use super::sums::{CrowdSum, Sums, history, running};
use crate::metrics::fast_plus::{Field, Role};

/// Week ends of a history.
pub const HISTORY: usize = WEEKS - 1;

/// People by state at the start and at the end: `[from][to]`.
pub type Matrix = [[u64; 6]; 6];

/// People at as-of, and at the comparison day.
pub type Both = [u64; 2];

/// People in each layer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "one counter per state and role, named in Life")]
pub struct Layers {
    pub o: Both,
    pub a: Both,
    pub i: Both,
    pub p: Both,
    pub l: Both,
    /// A, I, P and L together.
    pub asset: Both,
    pub lively: Both,
    pub members: Both,
    pub active: Both,
}

/// People on each of the 53 week ends up to as-of, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "one series per state and role, named in Life")]
pub struct Weeks {
    pub a: [u64; HISTORY],
    pub i: [u64; HISTORY],
    pub p: [u64; HISTORY],
    pub l: [u64; HISTORY],
    pub asset: [u64; HISTORY],
    pub members: [u64; HISTORY],
    pub active: [u64; HISTORY],
    pub capital: [u64; HISTORY],
    /// People who moved deeper in the period that ends on the day.
    pub deepened: [u64; HISTORY],
    /// People of A, I, P, L at the start of that period.
    pub start: [u64; HISTORY],
    /// People of A, I, P at the start of that period.
    pub start_aip: [u64; HISTORY],
}

/// What a group of people bought in the period that ends on as-of, and on the comparison day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sales {
    /// Distinct people with an order.
    pub buyers: Both,
    /// Orders.
    pub orders: Both,
    /// Paid amount in fen of the orders that have one.
    pub fen: [i64; 2],
    /// Orders without an amount.
    pub unpriced: Both,
}

/// Counts of one crowd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrowdCounts {
    /// People of the crowd in the asset.
    pub consumers: Both,
    /// The same on every week end.
    pub weeks: [u64; HISTORY],
    /// What they bought.
    pub sales: Sales,
}

/// What happened in a private field in the period that ends on as-of, and on the comparison day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FieldCounts {
    /// Distinct people with an event there.
    pub visitors: Both,
    /// Of these, people who gained a role there that they did not have before the period.
    pub new_relations: Both,
    /// Of these, people with an order there.
    pub buyers: Both,
}

/// People of a role and what they paid up to the day (net of refunds), now and at the comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoleCounts {
    /// Distinct people.
    pub people: Both,
    /// Paid amount less refunds up to the day, fen.
    pub fen: [i64; 2],
    /// Orders without an amount.
    pub unpriced: Both,
}

packed!(Sales {
    buyers,
    orders,
    fen,
    unpriced
});
packed!(RoleCounts {
    people,
    fen,
    unpriced
});

/// Everything that is counted for one brand and one slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// People per state and role at both days.
    pub layers: Layers,
    /// People per state and role over the weeks.
    pub weeks: Weeks,
    /// From the comparison day to as-of.
    pub flow_now: Matrix,
    /// From the period before to the comparison day.
    pub flow_before: Matrix,
    /// Over the deepening period that ends on as-of.
    pub deepening_now: Matrix,
    /// Over the deepening period that ends on the comparison day.
    pub deepening_against: Matrix,
    /// By position in `Dataset::crowds`.
    pub crowds: Vec<CrowdCounts>,
    /// People of any crowd that a total counts.
    pub all_crowds: CrowdCounts,
    /// By [`Role`]; the last entry is the union.
    pub roles: [RoleCounts; Role::ALL.len() + 1],
    /// People whose relation level rose: comparison → as-of, period before → comparison.
    pub risen: Both,
    /// Capital at the start of these two periods.
    pub risen_base: Both,
    /// By [`Field`].
    pub fields: [FieldCounts; Field::ALL.len()],
}

/// The crowds of each cell.
#[derive(Debug, Default)]
pub(super) struct Crowds {
    /// Group of each cell; cells of the same crowds share one.
    of_cell: Vec<u32>,
    /// Crowds of each group, and whether a total counts one of them.
    groups: Vec<(Vec<u32>, bool)>,
    /// How many crowds there are.
    count: usize,
}

impl Crowds {
    /// Looks up the crowds of every cell.
    pub(super) fn new(data: &Dataset, cells: &Cells) -> Self {
        let attribute = data.attributes.iter().find(|a| a.id == super::cells::CROWD);
        let crowd = |value: &String| data.crowds.iter().position(|c| c.id == *value);
        let values = attribute.map_or(&[][..], |a| &a.values);
        let of_value: Vec<Option<usize>> = values.iter().map(crowd).collect();
        let mut counted = vec![false; data.crowds.len()];
        data.counted_crowds().for_each(|k| counted[k] = true);
        let mut found = Self {
            count: data.crowds.len(),
            ..Self::default()
        };
        let mut before = None;
        for cell in 0..cells.len() as u32 {
            let values = cells.crowds(cell);
            if before != Some(values) {
                before = Some(values);
                let of_value = |v: &u32| of_value.get(*v as usize).copied().flatten();
                let crowds: Vec<usize> = values.iter().filter_map(of_value).collect();
                let any = crowds.iter().any(|k| counted[*k]);
                let crowds = crowds.into_iter().map(|k| k as u32).collect();
                found.groups.push((crowds, any));
            }
            found.of_cell.push(found.groups.len() as u32 - 1);
        }
        found
    }

    /// The group of crowds of each cell.
    pub(super) fn of_cells(&self) -> &[u32] {
        &self.of_cell
    }

    fn group(&self, cell: u32) -> u32 {
        self.of_cell.get(cell as usize).copied().unwrap_or(0)
    }
}

/// How the consumers of a cell are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Nobody is kept.
    Nobody,
    /// All are kept: their sums are known.
    Sums,
    /// The kept ones are added.
    Kept,
    /// Most are kept: the others are taken away from the sums.
    Rest,
}

/// The sums of a slice in the making.
struct Totals {
    tally: Tally,
    /// The group of crowds that is being counted, and its sums so far.
    group: Option<u32>,
    run: Sums,
    /// Sums of what was settled.
    all: Sums,
    /// People per facet.
    facets: [Vec<u32>; FACETS],
    crowds: Vec<CrowdSum>,
    all_crowds: CrowdSum,
}

impl Totals {
    fn new(census: &Census, crowds: usize) -> Self {
        Self {
            tally: Tally::default(),
            group: None,
            run: Sums::default(),
            all: Sums::default(),
            facets: census.no_facets(),
            crowds: vec![CrowdSum::default(); crowds],
            all_crowds: CrowdSum::default(),
        }
    }

    /// Both must be settled.
    fn join(mut self, other: &Self) -> Self {
        self.all.join(&other.all);
        for (a, b) in self.facets.iter_mut().zip(&other.facets) {
            a.iter_mut()
                .zip(b)
                .for_each(|(a, b)| *a = a.wrapping_add(*b));
        }
        for (a, b) in self.crowds.iter_mut().zip(&other.crowds) {
            a.join(b);
        }
        self.all_crowds.join(&other.all_crowds);
        self
    }

    /// Begins to count a group.
    fn enter(&mut self, group: u32, crowds: &Crowds) {
        if self.group != Some(group) {
            self.settle(crowds);
            self.group = Some(group);
        }
    }

    /// Gives what was counted of the group to the total and to its crowds.
    fn settle(&mut self, crowds: &Crowds) {
        let Some(group) = self.group.take() else {
            return;
        };
        self.tally.settle_items(&mut self.run.lines);
        let run = std::mem::take(&mut self.run);
        self.all.join(&run);
        let Some((members, counted)) = crowds.groups.get(group as usize) else {
            return;
        };
        for crowd in members {
            if let Some(sum) = self.crowds.get_mut(*crowd as usize) {
                sum.add(&run.lines, &run.sales);
            }
        }
        if *counted {
            self.all_crowds.add(&run.lines, &run.sales);
        }
    }
}

/// What a slice is counted from.
pub(super) struct Count<'a> {
    pub(super) census: &'a Census,
    /// Its kinds, when they were asked for.
    pub(super) kinds: &'a OnceLock<Kinds>,
    pub(super) filter: &'a Filter<'a>,
    pub(super) crowds: &'a Crowds,
}

/// Parts that one thread counts in a row.
const PARTS: usize = 8;

impl Count<'_> {
    /// Counts.
    pub(super) fn take(&self) -> Counts {
        let by_kind = !self.filter.is_by_cell()
            && !self.census.cells.is_empty()
            && self.filter.keeps_roles(0).is_some();
        let mut totals = if by_kind {
            self.by_kind(self.kinds.get_or_init(|| Kinds::new(self.census)))
        } else {
            self.by_cell()
        };
        totals.settle(self.crowds);
        let facets = self.census.counters.iter().zip(&totals.facets);
        facets.for_each(|(counters, people)| counters.add(people, &mut totals.all.points));
        self.counts(&totals)
    }

    /// Adds up the cells that are kept whole, and single consumers of others.
    fn by_cell(&self) -> Totals {
        let bits = self.bits();
        let ways = self.ways(bits.as_deref());
        let mut totals = self.walk(&ways, bits.as_deref());
        for (cell, way) in ways.iter().enumerate() {
            if let (Way::Sums | Way::Rest, Some(Some(sums))) = (way, self.census.cells.get(cell)) {
                totals.enter(self.crowds.group(cell as u32), self.crowds);
                totals.run.join(sums);
            }
        }
        totals
    }

    /// Adds up the kinds that are kept, and the consumers who are of none.
    fn by_kind(&self, kinds: &Kinds) -> Totals {
        let mut bits = self.bits().unwrap_or_default();
        for (bits, others) in bits.iter_mut().zip(&kinds.others) {
            bits.iter_mut().zip(others).for_each(|(b, o)| *b &= o);
        }
        let way = |cell| match self.filter.keeps_cell(cell) {
            true => Way::Kept,
            false => Way::Nobody,
        };
        let ways: Vec<Way> = (0..self.census.people.len() as u32).map(way).collect();
        let mut totals = self.walk(&ways, Some(&bits));
        for kind in &kinds.list {
            if self.filter.keeps_cell(kind.cell)
                && self.filter.keeps_roles(kind.roles) == Some(true)
            {
                totals.enter(self.crowds.group(kind.cell), self.crowds);
                totals.run.join(&kind.sums);
            }
        }
        totals
    }

    /// Who meets the conditions on single consumers, by part; `None` when there are none.
    fn bits(&self) -> Option<Vec<Vec<u64>>> {
        let parts = 0..self.census.parts.len();
        let bits = |part: usize| self.filter.bits(part);
        let all = || {
            parts
                .into_par_iter()
                .with_min_len(PARTS)
                .map(bits)
                .collect()
        };
        (!self.filter.is_by_cell()).then(all)
    }

    /// How each cell is counted.
    fn ways(&self, bits: Option<&[Vec<u64>]>) -> Vec<Way> {
        let census = self.census;
        let mut kept = vec![0; census.people.len()];
        match bits {
            None => kept.clone_from(&census.people),
            Some(bits) => {
                for (part, bits) in census.parts.iter().zip(bits) {
                    for segment in &part.segments {
                        if let Some(n) = kept.get_mut(segment.cell as usize) {
                            *n += ones(bits, segment);
                        }
                    }
                }
            }
        }
        let way = |(cell, (kept, people)): (usize, (&u32, &u32))| {
            let sums = matches!(census.cells.get(cell), Some(Some(_)));
            if *kept == 0 || !self.filter.keeps_cell(cell as u32) {
                Way::Nobody
            } else if sums && kept == people {
                Way::Sums
            } else if sums && *kept > people / 2 {
                Way::Rest
            } else {
                Way::Kept
            }
        };
        kept.iter()
            .zip(&census.people)
            .enumerate()
            .map(way)
            .collect()
    }

    /// Counts the cells that are not known as a whole.
    fn walk(&self, ways: &[Way], bits: Option<&[Vec<u64>]>) -> Totals {
        let fresh = || Totals::new(self.census, self.crowds.count);
        if !ways.iter().any(|w| matches!(w, Way::Kept | Way::Rest)) {
            return fresh();
        }
        let add = |mut totals: Totals, part: usize| {
            let all = || vec![u64::MAX; self.census.parts[part].asset.len()];
            match bits.and_then(|b| b.get(part)) {
                Some(bits) => self.part(&mut totals, part, bits, ways),
                None => self.part(&mut totals, part, &all(), ways),
            }
            totals
        };
        let settled = |mut totals: Totals| {
            totals.settle(self.crowds);
            totals
        };
        let parts = 0..self.census.parts.len();
        if parts.len() <= PARTS {
            return settled(parts.fold(fresh(), add));
        }
        let sums = parts.into_par_iter().with_min_len(PARTS).fold(fresh, add);
        let sums = sums.map(settled).reduce_with(|a, b| a.join(&b));
        sums.unwrap_or_else(fresh)
    }

    fn part(&self, totals: &mut Totals, index: usize, bits: &[u64], ways: &[Way]) {
        let part = &self.census.parts[index];
        let others: Vec<u64> = bits.iter().map(|w| !w).collect();
        let mut sides = [vec![0; bits.len()], vec![0; bits.len()]];
        for segment in &part.segments {
            let (side, bits, by) = match ways.get(segment.cell as usize) {
                Some(Way::Kept) => (0, bits, 1),
                Some(Way::Rest) => (1, others.as_slice(), -1),
                _ => continue,
            };
            add_inside(&mut sides[side], segment, bits);
            totals.enter(self.crowds.group(segment.cell), self.crowds);
            totals.tally.add(part, segment, bits, by as u32);
            totals.run.add_sales(part, segment, bits, i64::from(by));
        }
        let [kept, left] = sides;
        if kept.iter().chain(&left).all(|w| *w == 0) {
            return;
        }
        totals.all.add_trades(part, &kept, &left);
        totals.tally.settle_moments(part, &mut totals.facets);
    }

    fn counts(&self, totals: &Totals) -> Counts {
        let people = |n: u32| u64::from((n as i32).max(0).unsigned_abs());
        let points = totals.all.points.map(people);
        let side = |first: usize| [points[first], points[first + 1]];
        let matrix = |first: usize| -> Matrix {
            std::array::from_fn(|from| std::array::from_fn(|to| points[first + 6 * from + to]))
        };
        let against = self.census.against;
        Counts {
            layers: layers(&points),
            weeks: weeks(&totals.all.lines, self.census.weekly),
            flow_now: matrix(point::FLOW_NOW),
            flow_before: matrix(point::FLOW_BEFORE),
            deepening_now: matrix(point::DEEPENING_NOW),
            deepening_against: matrix(point::DEEPENING_AGAINST),
            crowds: totals.crowds.iter().map(|c| c.counts(against)).collect(),
            all_crowds: totals.all_crowds.counts(against),
            roles: std::array::from_fn(|k| RoleCounts {
                people: [0, 1].map(|s| points[point::ROLES + s * point::ROLES_EACH + k]),
                ..totals.all.trades[k]
            }),
            risen: side(point::RISEN),
            risen_base: side(point::RISEN_BASE),
            fields: std::array::from_fn(|f| {
                let first = point::FIELDS + 3 * f;
                let kind = |k: usize| [0, 1].map(|s| points[first + s * point::FIELDS_EACH + k]);
                FieldCounts {
                    visitors: kind(0),
                    new_relations: kind(1),
                    buyers: kind(2),
                }
            }),
        }
    }
}

/// Bits that are set in a segment.
fn ones(bits: &[u64], segment: &Segment) -> u32 {
    words(segment.first as usize, segment.end as usize)
        .map(|(k, inside)| (bits.get(k).copied().unwrap_or(0) & inside).count_ones())
        .sum()
}

fn layers(points: &[u64; point::ALL]) -> Layers {
    let state = |k: usize| [0, 1].map(|side| points[point::STATES + 5 * side + k]);
    let side = |first: usize| [points[first], points[first + 1]];
    let [o, a, i, p, l] = [0, 1, 2, 3, 4].map(state);
    Layers {
        o,
        a,
        i,
        p,
        l,
        asset: [0, 1].map(|s| a[s] + i[s] + p[s] + l[s]),
        lively: side(point::LIVELY),
        members: side(point::MEMBERS),
        active: side(point::ACTIVE),
    }
}

/// The histories that the lines tell.
fn weeks(lines: &Lines, weekly: bool) -> Weeks {
    let series = |line: Line| running(&lines.get(line).map(i64::from));
    let [a, i, p, l] = [Line::A, Line::I, Line::P, Line::L].map(series);
    let asset: [u64; WEEKS + 1] = std::array::from_fn(|d| a[d] + i[d] + p[d] + l[d]);
    let before = |all: &[u64; WEEKS + 1]| -> [u64; HISTORY] { std::array::from_fn(|k| all[k]) };
    let deeper = lines.get(if weekly { Line::Deeper } else { Line::Deepened });
    let aip = std::array::from_fn(|d| asset[d] - l[d]);
    Weeks {
        a: history(&a),
        i: history(&i),
        p: history(&p),
        l: history(&l),
        asset: history(&asset),
        members: history(&series(Line::Members)),
        active: history(&series(Line::Active)),
        capital: history(&series(Line::Capital)),
        deepened: std::array::from_fn(|k| deeper[k + 1].max(0).unsigned_abs().into()),
        start: if weekly {
            before(&asset)
        } else {
            history(&series(Line::Start))
        },
        start_aip: if weekly {
            before(&aip)
        } else {
            history(&series(Line::StartAip))
        },
    }
}
