//! Counts of a brand for a slice: how many people were in which state, moved where, bought what.
//!
//! A slice is the sum of runs of consumers that it keeps whole, whose sums are known, and of the
//! consumers of other runs, who are marked in a mask that every list of their chunk is looked up in.

use rayon::prelude::*;

use super::Dataset;
use super::cells::Cells;
use super::census::{Census, Lists, Part, Sale, Segment, Sums};
use super::changes::{ASIDE, Changes, SLOTS, asset_of, kind};
use super::frame::{NOW, WEEKS};
use super::moment::point;
use super::pack::packed;
use super::select::Filter;
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

/// Asset by sample day, and purchases, of one group of crowds, one crowd, or all crowds.
#[derive(Debug, Clone, Copy)]
struct CrowdSum {
    asset: [i64; WEEKS + 1],
    sales: Sales,
}

impl CrowdSum {
    const NONE: Self = Self {
        asset: [0; WEEKS + 1],
        sales: Sales {
            buyers: [0; 2],
            orders: [0; 2],
            fen: [0; 2],
            unpriced: [0; 2],
        },
    };

    fn add(&mut self, other: &Self) {
        for (a, b) in self.asset.iter_mut().zip(other.asset) {
            *a += b;
        }
        self.sales.add(&other.sales);
    }

    fn add_asset(&mut self, moved: &[i32; WEEKS + 1]) {
        for (a, b) in self.asset.iter_mut().zip(moved) {
            *a += i64::from(*b);
        }
    }

    fn add_item(&mut self, moved: [(usize, i32); 2]) {
        for (day, by) in moved {
            if let Some(asset) = self.asset.get_mut(day) {
                *asset += i64::from(by);
            }
        }
    }

    fn counts(&self, against: usize) -> CrowdCounts {
        let weeks = running(&self.asset);
        CrowdCounts {
            consumers: [weeks[NOW as usize], weeks[against]],
            weeks: history(&weeks),
            sales: self.sales,
        }
    }
}

impl Sales {
    fn add(&mut self, other: &Self) {
        for side in 0..2 {
            self.buyers[side] += other.buyers[side];
            self.orders[side] += other.orders[side];
            self.fen[side] = self.fen[side].saturating_add(other.fen[side]);
            self.unpriced[side] += other.unpriced[side];
        }
    }

    /// Adds what one consumer bought.
    pub(super) fn take(&mut self, sale: &Sale) {
        for side in 0..2 {
            if sale.orders[side] > 0 {
                self.buyers[side] += 1;
                self.orders[side] += u64::from(sale.orders[side]);
                self.fen[side] = self.fen[side].saturating_add(sale.fen[side]);
                self.unpriced[side] += u64::from(sale.unpriced[side]);
            }
        }
    }
}

/// Changes by sample day: people who entered less people who left, summed up. The day aside stands
/// alone.
fn running(changes: &[i64; WEEKS + 1]) -> [u64; WEEKS + 1] {
    let mut sum = 0;
    let mut found = [0; WEEKS + 1];
    for (week, by) in changes.iter().enumerate() {
        sum = if week == ASIDE { *by } else { sum + by };
        found[week] = sum.max(0) as u64;
    }
    found
}

fn history(weeks: &[u64; WEEKS + 1]) -> [u64; HISTORY] {
    std::array::from_fn(|k| weeks[k + 1])
}

/// One byte per position of a chunk: 1 for those who are counted. Every position has an entry, so
/// that none is checked.
type Mask = [u8; 1 << 16];

/// The sums of a slice in the making.
struct Totals {
    mask: Box<Mask>,
    /// The group of crowds that is being counted.
    group: Option<u32>,
    run: CrowdSum,
    /// Items of consumers of that group who were marked in the mask.
    table: Vec<u32>,
    /// Whether the table holds anything.
    filled: bool,
    /// Changes of what was settled.
    changes: Changes<u32>,
    points: [u32; point::ALL],
    /// People per moment.
    moments: Vec<u32>,
    crowds: Vec<CrowdSum>,
    all_crowds: CrowdSum,
    trades: [RoleCounts; Role::ALL.len() + 1],
}

impl Totals {
    fn new(moments: usize, crowds: usize) -> Self {
        Self {
            mask: vec![0; 1 << 16]
                .try_into()
                .unwrap_or_else(|_| unreachable!()),
            group: None,
            run: CrowdSum::NONE,
            table: vec![0; (WEEKS + 1) * SLOTS],
            filled: false,
            changes: Changes::default(),
            points: [0; point::ALL],
            moments: vec![0; moments],
            crowds: vec![CrowdSum::NONE; crowds],
            all_crowds: CrowdSum::NONE,
            trades: [RoleCounts::default(); Role::ALL.len() + 1],
        }
    }

    /// Both must be settled.
    fn join(mut self, other: &Self) -> Self {
        let add = |(a, b): (&mut u32, &u32)| *a += b;
        self.changes.join(&other.changes);
        self.points.iter_mut().zip(&other.points).for_each(add);
        self.moments.iter_mut().zip(&other.moments).for_each(add);
        for (a, b) in self.crowds.iter_mut().zip(&other.crowds) {
            a.add(b);
        }
        self.all_crowds.add(&other.all_crowds);
        self.add_trades(&other.trades);
        self
    }

    fn add_trades(&mut self, trades: &[RoleCounts]) {
        for (a, b) in self.trades.iter_mut().zip(trades) {
            for side in 0..2 {
                a.fen[side] = a.fen[side].saturating_add(b.fen[side]);
                a.unpriced[side] += b.unpriced[side];
            }
        }
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
        if self.filled {
            let mut changes = Changes::default();
            changes.add_table(&self.table);
            self.changes.join(&changes);
            self.run.add_asset(&changes.asset());
            self.table.fill(0);
            self.filled = false;
        }
        let run = std::mem::replace(&mut self.run, CrowdSum::NONE);
        if let Some(group) = self.group.take() {
            self.give(&run, group, crowds);
        }
    }

    /// Gives the sum of a group to its crowds.
    fn give(&mut self, run: &CrowdSum, group: u32, crowds: &Crowds) {
        let Some((members, counted)) = crowds.groups.get(group as usize) else {
            return;
        };
        for crowd in members {
            if let Some(sum) = self.crowds.get_mut(*crowd as usize) {
                sum.add(run);
            }
        }
        if *counted {
            self.all_crowds.add(run);
        }
    }

    fn add_sums(&mut self, sums: &Sums) {
        self.changes.join_narrow(&sums.changes);
        self.run.add_asset(&sums.asset);
        self.run.sales.add(&sums.sales);
        for (n, by) in self.points.iter_mut().zip(sums.points) {
            *n += u32::from(by);
        }
        self.add_trades(&sums.trades);
    }

    /// Counts the consumers of the mask as of the group that is being counted.
    fn add_masked(&mut self, part: &Part) {
        look_up(&self.mask, &part.moments, &mut self.moments);
        look_up(&self.mask, &part.changes, &mut self.table);
        self.filled = true;
        for sale in &part.sales {
            if self.mask[usize::from(sale.position)] != 0 {
                self.run.sales.take(sale);
            }
        }
        for trade in &part.trades {
            if self.mask[usize::from(trade.position)] != 0 {
                trade.add_to(&mut self.trades);
            }
        }
    }

    /// Gives each consumer of the mask to his group; `ends` are the ends of the runs of positions of
    /// one group, `runs` their sums.
    fn give_each(&self, part: &Part, ends: &[u32], runs: &mut [CrowdSum]) {
        let mask = &self.mask;
        let at = |position: u16| ends.partition_point(|end| *end <= u32::from(position));
        let mut add = |item: u32, position: u16| {
            if mask[usize::from(position)] != 0
                && let Some(run) = runs.get_mut(at(position))
            {
                run.add_item(asset_of(item as u16));
            }
        };
        for (item, positions) in part.changes.each() {
            if asset_of(item as u16).iter().any(|(_, by)| *by != 0) {
                for position in positions {
                    add(item, *position);
                }
            }
        }
        for (item, position) in part.changes.rare() {
            add(*item, *position);
        }
        let marked = |sale: &&Sale| mask[usize::from(sale.position)] != 0;
        for sale in part.sales.iter().filter(marked) {
            if let Some(run) = runs.get_mut(at(sale.position)) {
                run.sales.take(sale);
            }
        }
    }
}

/// Adds the people of the mask to the number of every key.
fn look_up(mask: &Mask, lists: &Lists, numbers: &mut [u32]) {
    for (key, positions) in lists.each() {
        if let Some(n) = numbers.get_mut(key as usize) {
            *n += masked(mask, positions);
        }
    }
    for (key, position) in lists.rare() {
        if let Some(n) = numbers.get_mut(*key as usize) {
            *n += u32::from(mask[usize::from(*position)]);
        }
    }
}

/// People of a list who are in the mask.
#[inline]
fn masked(mask: &Mask, positions: &[u16]) -> u32 {
    positions
        .iter()
        .map(|p| u32::from(mask[usize::from(*p)]))
        .sum()
}

/// What a slice is counted from.
pub(super) struct Count<'a> {
    pub(super) census: &'a Census,
    pub(super) filter: &'a Filter<'a>,
    pub(super) crowds: &'a Crowds,
}

/// Parts that one thread counts in a row.
const PARTS: usize = 8;

impl Count<'_> {
    /// Counts.
    pub(super) fn take(&self) -> Counts {
        let fresh = || Totals::new(self.census.counters.len(), self.crowds.count);
        let parts = self.census.parts.len();
        let add = |mut totals: Totals, part: usize| {
            self.part(&mut totals, part);
            totals
        };
        let settled = |mut totals: Totals| {
            totals.settle(self.crowds);
            totals
        };
        let mut totals = if parts <= PARTS {
            settled((0..parts).fold(fresh(), add))
        } else {
            let parts = (0..parts).into_par_iter().with_min_len(PARTS);
            let sums = parts.fold(fresh, add).map(settled);
            sums.reduce_with(|a, b| a.join(&b)).unwrap_or_else(fresh)
        };
        for (moment, people) in totals.moments.iter().enumerate() {
            if *people != 0 {
                let counters = &self.census.counters;
                counters.add(moment, *people, &mut totals.points);
            }
        }
        self.counts(&totals)
    }

    fn part(&self, totals: &mut Totals, index: usize) {
        let part = &self.census.parts[index];
        let bits = (!self.filter.is_by_cell()).then(|| self.filter.bits(index));
        let segments = part.segments.iter();
        let kept: Vec<u32> = segments.map(|s| self.keeps(s, bits.as_deref())).collect();
        let consumers = part.segments.last().map_or(0, |s| s.end);
        if let Some(sums) = &part.whole
            && kept.iter().sum::<u32>() == consumers
        {
            let cell = part.segments.first().map_or(0, |s| s.cell);
            totals.enter(self.crowds.group(cell), self.crowds);
            return totals.add_sums(sums);
        }
        let mut marked = false;
        for (segment, kept) in part.segments.iter().zip(kept) {
            match (kept, &segment.sums) {
                (0, _) => {}
                (_, Some(sums)) if kept == segment.end - segment.first => {
                    totals.enter(self.crowds.group(segment.cell), self.crowds);
                    totals.add_sums(sums);
                }
                _ => {
                    marked = true;
                    mark(&mut totals.mask, segment, bits.as_deref());
                }
            }
        }
        if marked {
            self.marked(totals, part);
            totals.mask[..consumers as usize].fill(0);
        }
    }

    /// Counts the consumers of the mask, each for his group.
    fn marked(&self, totals: &mut Totals, part: &Part) {
        let (mut groups, mut ends) = (Vec::new(), Vec::new());
        for segment in &part.segments {
            let group = self.crowds.group(segment.cell);
            if groups.last() == Some(&group) {
                ends.pop();
            } else {
                groups.push(group);
            }
            ends.push(segment.end);
        }
        if let [group] = groups.as_slice() {
            totals.enter(*group, self.crowds);
            return totals.add_masked(part);
        }
        totals.settle(self.crowds);
        totals.add_masked(part);
        let mut runs = vec![CrowdSum::NONE; groups.len()];
        totals.give_each(part, &ends, &mut runs);
        totals.settle(self.crowds);
        for (run, group) in runs.iter().zip(groups) {
            totals.give(run, group, self.crowds);
        }
    }

    /// How many consumers of a segment are kept.
    fn keeps(&self, segment: &Segment, bits: Option<&[u64]>) -> u32 {
        if !self.filter.keeps_cell(segment.cell) {
            return 0;
        }
        let Some(bits) = bits else {
            return segment.end - segment.first;
        };
        words(segment.first as usize, segment.end as usize)
            .map(|(k, mask)| (bits.get(k).copied().unwrap_or(0) & mask).count_ones())
            .sum()
    }

    fn counts(&self, totals: &Totals) -> Counts {
        let people = |n: u32| u64::from((n as i32).max(0).unsigned_abs());
        let points = totals.points.map(people);
        let side = |first: usize| [points[first], points[first + 1]];
        let matrix = |first: usize| -> Matrix {
            std::array::from_fn(|from| std::array::from_fn(|to| points[first + 6 * from + to]))
        };
        let against = self.census.against;
        Counts {
            layers: layers(&points),
            weeks: weeks(&totals.changes, self.census.weekly),
            flow_now: matrix(point::FLOW_NOW),
            flow_before: matrix(point::FLOW_BEFORE),
            deepening_now: matrix(point::DEEPENING_NOW),
            deepening_against: matrix(point::DEEPENING_AGAINST),
            crowds: totals.crowds.iter().map(|c| c.counts(against)).collect(),
            all_crowds: totals.all_crowds.counts(against),
            roles: std::array::from_fn(|k| RoleCounts {
                people: [0, 1].map(|s| points[point::ROLES + s * point::ROLES_EACH + k]),
                ..totals.trades[k]
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

/// Marks the consumers of a segment that are kept.
fn mark(mask: &mut Mask, segment: &Segment, bits: Option<&[u64]>) {
    let (first, end) = (segment.first as usize, segment.end as usize);
    let Some(bits) = bits else {
        return mask[first..end].fill(1);
    };
    for (k, inside) in words(first, end) {
        let word = bits.get(k).copied().unwrap_or(0) & inside;
        if inside == u64::MAX {
            for (bytes, eight) in mask[64 * k..64 * k + 64]
                .chunks_exact_mut(8)
                .zip(word.to_le_bytes())
            {
                bytes.copy_from_slice(&spread(eight).to_le_bytes());
            }
        } else {
            let own = first.max(64 * k)..end.min(64 * k + 64);
            for position in own {
                mask[position] = (word >> (position % 64) & 1) as u8;
            }
        }
    }
}

/// Eight bits as eight bytes of 0 or 1, the lowest first.
fn spread(bits: u8) -> u64 {
    let one_each = u64::from(bits).wrapping_mul(0x0101_0101_0101_0101) & 0x8040_2010_0804_0201;
    (one_each + 0x7f7f_7f7f_7f7f_7f7f) >> 7 & 0x0101_0101_0101_0101
}

/// The words of a range of bits, each with the bits that belong to the range.
fn words(first: usize, end: usize) -> impl Iterator<Item = (usize, u64)> {
    (first / 64..end.div_ceil(64)).map(move |k| {
        let low = first.saturating_sub(64 * k);
        let high = (end - 64 * k).min(64);
        let below = |n: usize| if n >= 64 { u64::MAX } else { (1 << n) - 1 };
        (k, below(high) & !below(low))
    })
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

/// The histories that the changes tell.
fn weeks(changes: &Changes<u32>, weekly: bool) -> Weeks {
    let n = |day: usize, kind: usize| changes.get(day, kind);
    let series = |by: &dyn Fn(usize) -> i64| running(&std::array::from_fn(by));
    let state = |s: usize| {
        series(&|day| {
            let others = (0..5).filter(|o| *o != s);
            others.map(|o| n(day, 5 * o + s) - n(day, 5 * s + o)).sum()
        })
    };
    let held = |kinds: [u16; 2]| {
        let [on, off] = kinds.map(usize::from);
        series(&|day| n(day, on) - n(day, off))
    };
    let [a, i, p, l] = [1, 2, 3, 4].map(state);
    let asset: [u64; WEEKS + 1] = std::array::from_fn(|d| a[d] + i[d] + p[d] + l[d]);
    let before = |all: &[u64; WEEKS + 1]| -> [u64; HISTORY] { std::array::from_fn(|k| all[k]) };
    let deeper = |day: usize| -> i64 {
        let from = 1..4;
        from.flat_map(|s| (s + 1..5).map(move |t| (s, t)))
            .map(|(s, t)| n(day, 5 * s + t))
            .sum()
    };
    let told = |day: usize| n(day, usize::from(kind::DEEPENED));
    let deepened = |day: usize| if weekly { deeper(day) } else { told(day) };
    let aip = std::array::from_fn(|d| asset[d] - l[d]);
    Weeks {
        a: history(&a),
        i: history(&i),
        p: history(&p),
        l: history(&l),
        asset: history(&asset),
        members: history(&held(kind::MEMBER)),
        active: history(&held(kind::ACTIVE)),
        capital: history(&held(kind::CAPITAL)),
        deepened: std::array::from_fn(|k| deepened(k + 1).max(0) as u64),
        start: if weekly {
            before(&asset)
        } else {
            history(&held(kind::START))
        },
        start_aip: if weekly {
            before(&aip)
        } else {
            history(&held(kind::START_AIP))
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_become_bytes() {
        for bits in 0..=u8::MAX {
            let bytes = spread(bits).to_le_bytes();
            for (k, byte) in bytes.into_iter().enumerate() {
                assert_eq!(byte, bits >> k & 1);
            }
        }
    }

    #[test]
    fn words_cover_a_range_of_bits_once() {
        for (first, end) in [
            (0, 1),
            (0, 64),
            (3, 70),
            (64, 128),
            (63, 65),
            (100, 300),
            (5, 5),
        ] {
            let found: Vec<usize> = words(first, end)
                .flat_map(|(k, mask)| {
                    (0..64)
                        .filter(move |b| mask >> b & 1 == 1)
                        .map(move |b| 64 * k + b)
                })
                .collect();
            assert!(found.iter().copied().eq(first..end), "{first}..{end}");
        }
    }
}
