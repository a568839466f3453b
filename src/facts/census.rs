//! Every consumer of a brand on all sample days, ready to be counted under any filter.
//!
//! A census depends on the dates, the rules and the scope, but not on the filter. Of each consumer
//! it keeps the index of his [`Moment`] and the list of his changes over the weeks; of each run of
//! consumers with one cell the sum of both, so that whole runs are never looked into. What few
//! consumers have (purchases of the period, relations that paid) stands in short lists beside them.

use rayon::prelude::*;

use super::frame::{Frame, Mask, NOW, START, WEEKS};
use super::moment::{Counters, Moment, Moments, SIDES, Visits, point};
use super::rules::Rules;
use super::store::{Chunk, Head, Run, Store};
use super::timeline::{Deed, Lens, Life, Roles, Signals};
use super::{Action, Detail};
use crate::metrics::Day;
use crate::metrics::fast_plus::{Field, Role};

/// Kinds of changes on one sample day.
pub(super) const KINDS: usize = 32;
/// The sample day behind the weeks: the comparison day, when it is no week end.
pub(super) const ASIDE: usize = WEEKS;
/// Entries of a table of changes.
pub(super) const CHANGES: usize = (WEEKS + 1) * KINDS;

/// Kinds of changes. A change of state is `5 × before + after` over none, A, I, P, L; what does not
/// change needs no entry, so those five numbers and the last ones are free for the rest.
pub(super) mod kind {
    pub(in crate::facts) const MEMBER: [u16; 2] = [25, 26];
    pub(in crate::facts) const ACTIVE: [u16; 2] = [27, 28];
    pub(in crate::facts) const CAPITAL: [u16; 2] = [29, 30];
    /// Deepened in a period that is not a week.
    pub(in crate::facts) const DEEPENED: u16 = 31;
    /// In the asset at the start of such a period: begins, ends.
    pub(in crate::facts) const START: [u16; 2] = [0, 6];
    /// The same for A, I and P alone.
    pub(in crate::facts) const START_AIP: [u16; 2] = [12, 18];
}

/// By how much a kind of change moves the asset.
pub(super) const ASSET: [i32; KINDS] = {
    let mut by = [0; KINDS];
    let mut state = 1;
    while state < 5 {
        by[state] = 1;
        by[5 * state] = -1;
        state += 1;
    }
    by
};

const ALL_WEEKS: u64 = (1 << WEEKS) - 1;

/// What one consumer bought in the sales period that ends on as-of, and on the comparison day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sale {
    pub(super) position: u16,
    pub(super) orders: [u32; 2],
    pub(super) unpriced: [u32; 2],
    pub(super) fen: [i64; 2],
}

/// What a consumer with a relation paid up to as-of, and up to the comparison day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Trade {
    pub(super) position: u16,
    pub(super) roles: [Roles; 2],
    pub(super) unpriced: [u32; 2],
    pub(super) fen: [i64; 2],
}

/// The sum over a run of consumers.
#[derive(Debug)]
pub(super) struct Sums {
    pub(super) changes: Box<[u16; CHANGES]>,
    pub(super) points: [u16; point::ALL],
}

/// A run of positions with one cell.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) cell: u32,
    pub(super) first: u32,
    pub(super) end: u32,
    /// Left out where runs are short.
    pub(super) sums: Option<Sums>,
}

/// The consumers of one chunk of the store.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Index of the moment, by position.
    pub(super) moments: Vec<u32>,
    /// Changes of all consumers in turn: sample day × [`KINDS`] + kind.
    items: Vec<u16>,
    /// First item of every [`BLOCK`]-th consumer.
    bases: Vec<u32>,
    /// First item of each consumer, from the base of his block.
    offsets: Vec<u16>,
    /// Consumers of the asset on as-of, one bit each.
    pub(super) asset: Vec<u64>,
    /// Consumers with each role on as-of; empty where nobody has it.
    pub(super) roles: [Vec<u64>; Role::ALL.len()],
    pub(super) sales: Vec<Sale>,
    pub(super) trades: Vec<Trade>,
    pub(super) segments: Vec<Segment>,
}

/// Consumers whose items are told from one base. A consumer has at most six items a week.
const BLOCK: usize = 128;

impl Part {
    /// The changes of a consumer.
    #[inline]
    pub(super) fn items(&self, position: usize) -> &[u16] {
        let at = |p: usize| self.bases[p / BLOCK] as usize + usize::from(self.offsets[p]);
        self.items
            .get(at(position)..at(position + 1))
            .unwrap_or(&[])
    }

    fn add_items(&mut self, add: impl FnOnce(&mut Vec<u16>)) {
        if self.offsets.is_empty() {
            self.bases.push(0);
            self.offsets.push(0);
        }
        add(&mut self.items);
        if self.offsets.len().is_multiple_of(BLOCK) {
            self.bases.push(self.items.len() as u32);
        }
        let base = self.bases.last().copied().unwrap_or(0);
        self.offsets.push((self.items.len() as u32 - base) as u16);
    }

    fn bytes(&self) -> usize {
        let bits = self.roles.iter().map(Vec::len).sum::<usize>() + self.asset.len();
        let sums = self.segments.iter().filter(|s| s.sums.is_some()).count();
        self.moments.len() * 4
            + self.items.len() * 2
            + self.bases.len() * 4
            + self.offsets.len() * 2
            + bits * 8
            + self.sales.len() * size_of::<Sale>()
            + self.trades.len() * size_of::<Trade>()
            + self.segments.len() * size_of::<Segment>()
            + sums * CHANGES * 2
    }
}

/// Every consumer of a brand on all sample days.
#[derive(Debug, Default)]
pub(super) struct Census {
    pub(super) parts: Vec<Part>,
    pub(super) counters: Counters,
    /// Whether the deepening period is a week: then the changes of state tell it.
    pub(super) weekly: bool,
    /// The week that is the comparison day; otherwise [`ASIDE`].
    pub(super) against: usize,
}

impl Census {
    /// Bytes that the census holds.
    pub(super) fn bytes(&self) -> usize {
        self.parts.iter().map(Part::bytes).sum::<usize>() + self.counters.bytes()
    }
}

/// What a census is taken of.
pub(super) struct Survey<'a> {
    pub(super) store: &'a Store,
    pub(super) frame: &'a Frame,
    pub(super) rules: &'a Rules,
    /// Which venues count; `None`: all.
    pub(super) scope: Option<Vec<bool>>,
    /// The private field of each venue.
    pub(super) fields: Vec<Option<Field>>,
}

impl Survey<'_> {
    /// Takes the census.
    pub(super) fn take(&self) -> Census {
        let lens = Lens::new(self.frame, self.rules);
        let counted: Vec<(Part, Moments)> = self
            .store
            .chunks
            .par_iter()
            .map(|chunk| self.part(chunk, &lens))
            .collect();
        let mut moments = Moments::default();
        let joined: Vec<(Part, Vec<u32>)> = counted
            .into_iter()
            .map(|(part, list)| (part, moments.join(&list)))
            .collect();
        let counters = moments.counters();
        let parts = joined
            .into_par_iter()
            .zip(&self.store.chunks)
            .map(|((mut part, index), chunk)| {
                for moment in &mut part.moments {
                    *moment = index.get(*moment as usize).copied().unwrap_or(0);
                }
                part.segments = segments(&part, chunk, &counters);
                part
            })
            .collect();
        Census {
            parts,
            counters,
            weekly: self.frame.deepening == 7,
            against: self.frame.against_week().map_or(ASIDE, |w| w as usize),
        }
    }

    fn part(&self, chunk: &Chunk, lens: &Lens<'_>) -> (Part, Moments) {
        let mut moments = Moments::default();
        let mut part = Part {
            moments: Vec::with_capacity(chunk.len()),
            offsets: Vec::with_capacity(chunk.len() + 1),
            asset: vec![0; chunk.len().div_ceil(64)],
            ..Part::default()
        };
        let mut signals = Signals::default();
        let mut spans = chunk.spans().iter().peekable();
        for (position, run) in chunk.runs().enumerate() {
            let mut account = Account::default();
            let mut own = self.read(run, lens, &mut signals, &mut account);
            if self.scope.is_none() {
                while let Some((_, span)) = spans.next_if(|(p, _)| usize::from(*p) <= position) {
                    signals.take_span(lens, span);
                }
                if let Some(days) = chunk.activity(position) {
                    own = self.opportunity(days.iter().map(|d| Day(i32::from(*d))));
                }
            }
            let life = signals.finish(lens, own);
            part.moments
                .push(moments.id(Moment::of(&life, &account.visits)));
            self.keep(&mut part, position, &life, &account);
        }
        (part, moments)
    }

    /// Reads the events of a consumer; the result are his days of activity in the category as far
    /// as they tell.
    fn read(
        &self,
        run: Run<'_>,
        lens: &Lens<'_>,
        signals: &mut Signals,
        account: &mut Account,
    ) -> Mask {
        let (last, recent) = (self.frame.last().0, self.recent());
        let category = self.store.own_category.filter(|_| self.scope.is_none());
        let (mut o, mut before) = (0, u32::MAX);
        for (head, venue, detail) in run.each() {
            let day = head.day();
            if day > last {
                break;
            }
            if self.leaves_out(venue) {
                continue;
            }
            if head.what() != before || head.has_detail() {
                before = head.what();
                signals.take(lens, &deed(head, &detail));
            }
            if category.is_some_and(|c| self.store.category_of(venue) == c) {
                o |= self.frame.lasting(Day(day), self.rules.o_days);
            }
            let action = head.action();
            if day >= recent || matches!(action, Action::Order | Action::Refund) {
                account.take(self, Day(day), action, venue, &detail);
            }
        }
        o
    }

    fn leaves_out(&self, venue: u32) -> bool {
        let scope = self.scope.as_ref();
        scope.is_some_and(|s| s.get(venue as usize) != Some(&true))
    }

    fn opportunity(&self, days: impl Iterator<Item = Day>) -> Mask {
        days.fold(0, |o, day| o | self.frame.lasting(day, self.rules.o_days))
    }

    /// First days of the sales periods.
    fn period_starts(&self) -> [i32; 2] {
        [self.frame.as_of, self.frame.against].map(|d| d.plus(1 - self.rules.period_days).0)
    }

    /// The first day of which visits of private fields matter.
    fn recent(&self) -> i32 {
        let [now, against] = self.period_starts();
        now.min(against)
    }

    fn keep(&self, part: &mut Part, position: usize, life: &Life, account: &Account) {
        part.add_items(|items| self.changes(life, items));
        let (word, bit) = (position / 64, position % 64);
        part.asset[word] |= ((life.asset() >> NOW & 1) as u64) << bit;
        let roles = SIDES.map(|side| life.roles_on(side));
        for (k, plane) in part.roles.iter_mut().enumerate() {
            if roles[0] >> k & 1 == 1 {
                plane.resize(part.asset.len(), 0);
                plane[word] |= 1 << bit;
            }
        }
        if account.sale.orders != [0; 2] {
            part.sales.push(Sale {
                position: position as u16,
                ..account.sale
            });
        }
        let paid = account.trade.fen != [0; 2] || account.trade.unpriced != [0; 2];
        if paid && roles != [0; 2] {
            part.trades.push(Trade {
                position: position as u16,
                roles,
                ..account.trade
            });
        }
    }

    /// The changes of a life over the weeks.
    fn changes(&self, life: &Life, items: &mut Vec<u16>) {
        let [a, i, p, l] = [life.a, life.i, life.p, life.l].map(|m| m as u64 & ALL_WEEKS);
        let edges = |mask: u64| (mask ^ mask << 1) & ALL_WEEKS;
        let mut changed = edges(a) | edges(i) | edges(p) | edges(l);
        let mut before = 0;
        while changed != 0 {
            let week = changed.trailing_zeros();
            let on = |mask: u64, state: u16| (mask >> week & 1) as u16 * state;
            let after = on(a, 1) + on(i, 2) + on(p, 3) + on(l, 4);
            items.push(week as u16 * KINDS as u16 + 5 * before + after);
            before = after;
            changed &= changed - 1;
        }
        toggles(life.member, kind::MEMBER, items);
        toggles(life.active, kind::ACTIVE, items);
        toggles(life.capital(), kind::CAPITAL, items);
        if self.frame.deepening != 7 {
            Self::deepening(life, items);
        }
        if self.frame.against_week().is_none() {
            let state = life.state(super::frame::AGAINST) as u16;
            if state > 1 {
                items.push(ASIDE as u16 * KINDS as u16 + state - 1);
            }
        }
    }

    /// Deepening over a period that is not a week.
    fn deepening(life: &Life, items: &mut Vec<u16>) {
        let start = |mask: Mask| mask >> START;
        let deepened = start(life.a) & (life.i | life.p | life.l)
            | start(life.i) & (life.p | life.l)
            | start(life.p) & life.l;
        let mut deepened = deepened as u64 & ALL_WEEKS;
        while deepened != 0 {
            let week = deepened.trailing_zeros() as u16;
            items.push(week * KINDS as u16 + kind::DEEPENED);
            deepened &= deepened - 1;
        }
        toggles(start(life.asset()), kind::START, items);
        toggles(start(life.asset() & !life.l), kind::START_AIP, items);
    }
}

fn deed(head: Head, detail: &Detail) -> Deed {
    Deed {
        day: Day(head.day()),
        action: head.action(),
        order: detail.order,
        score: detail.score,
    }
}

/// The weeks on which a mask begins and ends.
fn toggles(mask: Mask, kinds: [u16; 2], items: &mut Vec<u16>) {
    let mask = mask as u64 & ALL_WEEKS;
    let mut edges = (mask ^ mask << 1) & ALL_WEEKS;
    while edges != 0 {
        let week = edges.trailing_zeros();
        let ends = mask >> week & 1 == 0;
        items.push(week as u16 * KINDS as u16 + kinds[usize::from(ends)]);
        edges &= edges - 1;
    }
}

/// What a consumer bought and visited.
#[derive(Debug, Default)]
struct Account {
    sale: Sale,
    trade: Trade,
    visits: [Visits; 2],
}

impl Account {
    fn take(&mut self, survey: &Survey<'_>, day: Day, action: Action, venue: u32, detail: &Detail) {
        let field = survey.fields.get(venue as usize).copied().flatten();
        let ends = [survey.frame.as_of, survey.frame.against];
        for (side, first) in survey.period_starts().into_iter().enumerate() {
            if day > ends[side] {
                continue;
            }
            self.pay(side, action, detail);
            if day.0 < first {
                continue;
            }
            if action == Action::Order {
                self.buy(side, detail);
            }
            if let Some(field) = field {
                self.visits[side].take(field, action);
            }
        }
    }

    /// Money up to the day.
    fn pay(&mut self, side: usize, action: Action, detail: &Detail) {
        let amount = detail.amount.unwrap_or(0);
        let fen = &mut self.trade.fen[side];
        match action {
            Action::Order => {
                *fen = fen.saturating_add(amount);
                self.trade.unpriced[side] += u32::from(detail.amount.is_none());
            }
            Action::Refund => *fen = fen.saturating_sub(amount),
            _ => {}
        }
    }

    fn buy(&mut self, side: usize, detail: &Detail) {
        let amount = detail.amount.unwrap_or(0);
        self.sale.orders[side] += 1;
        self.sale.fen[side] = self.sale.fen[side].saturating_add(amount);
        self.sale.unpriced[side] += u32::from(detail.amount.is_none());
    }
}

impl Visits {
    fn take(&mut self, field: Field, action: Action) {
        let bit = 1 << field as u8;
        self.visited |= bit;
        if action == Action::Order {
            self.bought |= bit;
        }
        if let Some(role) = action.role() {
            self.related[field as usize] |= 1 << role as u8;
        }
    }
}

/// The runs of a chunk. Sums are kept where runs are long enough to pay for them.
fn segments(part: &Part, chunk: &Chunk, counters: &Counters) -> Vec<Segment> {
    let pays = chunk.len() >= chunk.cells.len() * 256;
    let segment = |&(cell, first, end): &(u32, u32, u32)| Segment {
        cell,
        first,
        end,
        sums: pays.then(|| sums(part, first as usize..end as usize, counters)),
    };
    chunk.cells.iter().map(segment).collect()
}

fn sums(part: &Part, positions: std::ops::Range<usize>, counters: &Counters) -> Sums {
    let mut changes = Box::new([0_u16; CHANGES]);
    let mut histogram = vec![0_u32; counters.len()];
    for position in positions {
        for item in part.items(position) {
            changes[usize::from(*item)] += 1;
        }
        if let Some(n) = histogram.get_mut(part.moments[position] as usize) {
            *n += 1;
        }
    }
    let mut points = [0; point::ALL];
    for (moment, people) in histogram.iter().enumerate().filter(|(_, n)| **n > 0) {
        counters.add(moment, *people, &mut points);
    }
    Sums {
        changes,
        points: points.map(|n| n as u16),
    }
}
