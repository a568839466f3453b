//! Every consumer of a brand on all sample days, ready to be counted under any filter.
//!
//! A census depends on the dates, the rules and the scope, but not on the filter. Of each chunk of
//! consumers it keeps who has which [`Moment`] and who changes how in which week, as lists of
//! positions: a filter is a mask over the chunk, and counting is looking up the mask of each list.
//! Of each run of consumers with one cell it keeps the sums, so that whole runs are never looked
//! into. What few consumers have (purchases of the period, relations that paid) stands beside them.

use rayon::prelude::*;

use super::changes::{ASIDE, Changes, SLOTS, Tracks, kind};
use super::count::{RoleCounts, Sales};
use super::frame::{AGAINST, Days, Frame, NOW, WEEKS};
use super::moment::{Counters, Moment, Moments, SIDES, Visits, point};
use super::pack::packed;
use super::rules::Rules;
use super::store::{Chunk, Head, Run, Store};
use super::timeline::{Deed, Lens, Life, Roles, Signals};
use super::{Action, Detail, Pace};
use crate::metrics::Day;
use crate::metrics::fast_plus::{Field, Role};

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

impl Trade {
    /// Adds what was paid to the roles that the consumer holds.
    pub(super) fn add_to(&self, roles: &mut [RoleCounts; Role::ALL.len() + 1]) {
        for side in 0..2 {
            let mut held = self.roles[side];
            let mut add = |role: usize| {
                let role = &mut roles[role];
                role.fen[side] = role.fen[side].saturating_add(self.fen[side]);
                role.unpriced[side] += u64::from(self.unpriced[side]);
            };
            if held != 0 {
                add(Role::ALL.len());
            }
            while held != 0 {
                add(held.trailing_zeros() as usize);
                held &= held - 1;
            }
        }
    }
}

/// The sum over a run of consumers.
#[derive(Debug)]
pub(super) struct Sums {
    pub(super) changes: Box<Changes<u16>>,
    pub(super) asset: [i32; WEEKS + 1],
    pub(super) points: [u16; point::ALL],
    pub(super) sales: Sales,
    pub(super) trades: [RoleCounts; Role::ALL.len() + 1],
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

/// Positions by what is true of them: for every key the positions that have it.
#[derive(Debug, Default)]
pub(super) struct Lists {
    keys: Vec<u32>,
    /// Where the list of each key ends.
    ends: Vec<u32>,
    positions: Vec<u16>,
    /// Keys that few positions have, one entry per position: a list of its own would cost more to
    /// begin than to read.
    rare: Vec<(u32, u16)>,
}

/// Keys with fewer positions are rare.
const RARE: u32 = 24;

impl Lists {
    /// Sorts pairs of key and position by key; the keys are below a limit, and are told as `name`
    /// has them.
    fn new(pairs: &[(u16, u16)], limit: usize, name: impl Fn(u32) -> u32) -> Self {
        let mut counts = vec![0_u32; limit];
        for (key, _) in pairs {
            counts[usize::from(*key)] += 1;
        }
        let mut next = vec![0; limit];
        let mut found = Self::default();
        let mut end = 0;
        for (key, count) in counts.iter().enumerate().filter(|(_, n)| **n >= RARE) {
            next[key] = end;
            end += count;
            found.keys.push(name(key as u32));
            found.ends.push(end);
        }
        found.positions = vec![0; end as usize];
        found.rare.reserve_exact(pairs.len() - end as usize);
        for (key, position) in pairs {
            let key = usize::from(*key);
            if counts[key] < RARE {
                found.rare.push((name(key as u32), *position));
            } else {
                found.positions[next[key] as usize] = *position;
                next[key] += 1;
            }
        }
        found
    }

    /// Keys that many positions have.
    pub(super) fn each(&self) -> impl Iterator<Item = (u32, &[u16])> {
        let mut from = 0;
        self.keys.iter().zip(&self.ends).map(move |(key, end)| {
            let list = self.positions.get(from..*end as usize).unwrap_or(&[]);
            from = *end as usize;
            (*key, list)
        })
    }

    /// The other keys, one position at a time.
    pub(super) fn rare(&self) -> &[(u32, u16)] {
        &self.rare
    }

    fn bytes(&self) -> usize {
        let lists = self.keys.len() * 4 + self.ends.len() * 4 + self.positions.len() * 2;
        lists + self.rare.len() * size_of::<(u32, u16)>()
    }
}

/// The consumers of one chunk of the store.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Consumers by moment.
    pub(super) moments: Lists,
    /// Consumers by change; a key is an item of [`Tracks`].
    pub(super) changes: Lists,
    /// Consumers of the asset on as-of, one bit each.
    pub(super) asset: Vec<u64>,
    /// Consumers with each role on as-of; empty where nobody has it.
    pub(super) roles: [Vec<u64>; Role::ALL.len()],
    pub(super) sales: Vec<Sale>,
    pub(super) trades: Vec<Trade>,
    pub(super) segments: Vec<Segment>,
    /// The sums over all consumers of the part, where they pay and one group of crowds has them.
    pub(super) whole: Option<Sums>,
}

/// A chunk of so many consumers has sums of its own.
const WHOLE: usize = 1024;
/// So many consumers per run, on average, pay for the sums of the runs.
const PAYS: usize = 128;

/// A part in the making: consumer by consumer.
struct Draft {
    part: Part,
    list: Moments,
    /// Moment of each consumer.
    moments: Vec<u32>,
    /// Changes of all consumers in turn, with their positions.
    changes: Vec<(u16, u16)>,
}

impl Part {
    fn bytes(&self) -> usize {
        let bits = self.roles.iter().map(Vec::len).sum::<usize>() + self.asset.len();
        let sums = self.segments.iter().filter(|s| s.sums.is_some()).count()
            + usize::from(self.whole.is_some());
        self.moments.bytes()
            + self.changes.bytes()
            + bits * 8
            + self.sales.len() * size_of::<Sale>()
            + self.trades.len() * size_of::<Trade>()
            + self.segments.len() * size_of::<Segment>()
            + sums * (size_of::<Sums>() + size_of::<Changes<u16>>())
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

packed!(Sale {
    position,
    orders,
    unpriced,
    fen
});
packed!(Trade {
    position,
    roles,
    unpriced,
    fen
});
packed!(Sums {
    changes,
    asset,
    points,
    sales,
    trades
});
packed!(Segment {
    cell,
    first,
    end,
    sums
});
packed!(Lists {
    keys,
    ends,
    positions,
    rare
});
packed!(Part {
    moments,
    changes,
    asset,
    roles,
    sales,
    trades,
    segments,
    whole
});
packed!(Census { counters, weekly, against } elsewhere { parts });

/// What a census is taken of.
pub(super) struct Survey<'a> {
    pub(super) store: &'a Store,
    pub(super) frame: &'a Frame,
    pub(super) rules: &'a Rules,
    /// Which venues count; `None`: all.
    pub(super) scope: Option<Vec<bool>>,
    /// The private field of each venue.
    pub(super) fields: Vec<Option<Field>>,
    /// The group of crowds of each cell, ascending.
    pub(super) group_of_cell: &'a [u32],
    /// Told of every chunk; when it is stopped the census has no meaning.
    pub(super) pace: &'a Pace,
}

impl Survey<'_> {
    /// Takes the census.
    pub(super) fn take(&self) -> Census {
        if self.frame.is_weekly() {
            self.take_as::<u64>()
        } else {
            self.take_as::<u128>()
        }
    }

    fn take_as<D: Days>(&self) -> Census {
        let lens = Lens::<D>::new(self.frame, self.rules);
        self.pace.expect(2 * self.store.chunks.len());
        let drafts: Vec<Draft> = self
            .store
            .chunks
            .par_iter()
            .map(|chunk| self.draft(chunk, &lens))
            .collect();
        let mut moments = Moments::default();
        let joined: Vec<(Draft, Vec<u32>)> = drafts
            .into_iter()
            .map(|draft| {
                let index = moments.join(&draft.list);
                (draft, index)
            })
            .collect();
        let counters = moments.counters();
        let parts = joined
            .into_par_iter()
            .zip(&self.store.chunks)
            .map(|((draft, index), chunk)| {
                self.pace.step();
                if self.pace.is_stopped() {
                    return Part::default();
                }
                let one_group = self.is_of_one_group(chunk);
                draft.finish(chunk, &index, &counters, one_group)
            })
            .collect();
        Census {
            parts,
            counters,
            weekly: self.frame.is_weekly(),
            against: self.frame.against_week().map_or(ASIDE, |w| w as usize),
        }
    }

    fn is_of_one_group(&self, chunk: &Chunk) -> bool {
        let ends = (chunk.cells.first(), chunk.cells.last());
        let group = |cell: &(u32, u32, u32)| self.group_of_cell.get(cell.0 as usize);
        matches!(ends, (Some(first), Some(last)) if group(first) == group(last))
    }

    fn draft<D: Days>(&self, chunk: &Chunk, lens: &Lens<'_, D>) -> Draft {
        let mut draft = Draft {
            part: Part {
                asset: vec![0; chunk.len().div_ceil(64)],
                ..Part::default()
            },
            list: Moments::default(),
            moments: Vec::with_capacity(chunk.len()),
            changes: Vec::with_capacity(4 * chunk.len()),
        };
        self.pace.step();
        if self.pace.is_stopped() {
            return draft;
        }
        let starts = SIDES.map(|bit| self.frame.start_of(bit));
        let mut reader = Reader::new(self, lens);
        let mut spans = chunk.spans().iter().peekable();
        for (position, run) in chunk.runs().enumerate() {
            let mut own = reader.read(run);
            if self.scope.is_none() {
                while let Some((_, span)) = spans.next_if(|(p, _)| usize::from(*p) <= position) {
                    reader.signals.take_span(lens, span);
                }
                if let Some(days) = chunk.activity(position) {
                    own = self.opportunity(lens, days);
                }
            }
            let life = reader.signals.finish(lens, own);
            let account = reader.settle();
            let moment = Moment::of(&life, starts, &account.visits);
            draft.moments.push(draft.list.id(moment));
            self.changes(&life, position as u16, &mut draft.changes);
            draft.part.keep(position, &life, &account);
        }
        draft
    }

    fn opportunity<D: Days>(&self, lens: &Lens<'_, D>, days: &[u16]) -> D {
        let day = |day: &u16| lens.lasting(Day(i32::from(*day)), self.rules.o_days);
        days.iter().fold(D::default(), |o, d| o | day(d))
    }

    /// What is to know of each venue; nothing when all count and none makes opportunities.
    fn venues(&self) -> Vec<u8> {
        let category = self.store.own_category.filter(|_| self.scope.is_none());
        if self.scope.is_none() && category.is_none() {
            return Vec::new();
        }
        let known = |venue: usize| {
            let scope = self.scope.as_ref();
            let out = scope.is_some_and(|s| s.get(venue) != Some(&true));
            let inside = category == Some(self.store.category_of(venue as u32));
            (u8::from(out) * OUT) | (u8::from(inside) * CATEGORY)
        };
        (0..self.store.venues.len()).map(known).collect()
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

    /// The changes of a life over the weeks.
    fn changes<D: Days>(&self, life: &Life<D>, position: u16, items: &mut Vec<(u16, u16)>) {
        let mut tracks = Tracks { items, position };
        tracks.states([life.a, life.i, life.p, life.l].map(Days::weeks));
        if life.capital.any() {
            tracks.toggles(life.member.weeks(), kind::MEMBER);
            tracks.toggles(life.active.weeks(), kind::ACTIVE);
            tracks.toggles(life.capital.weeks(), kind::CAPITAL);
        }
        if !self.frame.is_weekly() {
            deepening(life, &mut tracks);
        }
        if self.frame.against_week().is_none() {
            tracks.aside(life.state(AGAINST));
        }
    }
}

impl Part {
    /// Keeps what few consumers have.
    fn keep<D: Days>(&mut self, position: usize, life: &Life<D>, account: &Account) {
        let (word, bit) = (position / 64, position % 64);
        self.asset[word] |= u64::from(life.asset().has(NOW)) << bit;
        if account.sale.orders != [0; 2] {
            self.sales.push(Sale {
                position: position as u16,
                ..account.sale
            });
        }
        if !life.capital.any() {
            return;
        }
        let roles = SIDES.map(|side| life.roles_on(side));
        for (k, plane) in self.roles.iter_mut().enumerate() {
            if roles[0] >> k & 1 == 1 {
                plane.resize(self.asset.len(), 0);
                plane[word] |= 1 << bit;
            }
        }
        let paid = account.trade.fen != [0; 2] || account.trade.unpriced != [0; 2];
        if paid && roles != [0; 2] {
            self.trades.push(Trade {
                position: position as u16,
                roles,
                ..account.trade
            });
        }
    }
}

impl Draft {
    /// The part, with moments by their index among those of all parts.
    fn finish(self, chunk: &Chunk, index: &[u32], counters: &Counters, one_group: bool) -> Part {
        let segments = self.segments(chunk, index, counters);
        let pays = one_group && chunk.len() >= WHOLE && segments.len() > 1;
        let all = 0..chunk.len() as u32;
        let sums = || self.sums(&self.changes, &self.moments, index, counters, all);
        let whole = pays.then(sums);
        let mut part = self.part;
        (part.segments, part.whole) = (segments, whole);
        part.changes = Lists::new(&self.changes, (WEEKS + 1) * SLOTS, |item| item);
        // A chunk has no more moments than consumers, so they fit a key.
        let each = self.moments.iter().enumerate();
        let pairs: Vec<(u16, u16)> = each.map(|(p, m)| (*m as u16, p as u16)).collect();
        let name = |moment: u32| index.get(moment as usize).copied().unwrap_or(0);
        part.moments = Lists::new(&pairs, index.len(), name);
        part
    }

    /// The runs of the chunk. Sums are kept where runs are long enough to pay for them.
    fn segments(&self, chunk: &Chunk, index: &[u32], counters: &Counters) -> Vec<Segment> {
        let pays = chunk.len() >= chunk.cells.len() * PAYS;
        let mut changes = self.changes.as_slice();
        let mut found = Vec::with_capacity(chunk.cells.len());
        for (cell, first, end) in chunk.cells.iter().copied() {
            let here = changes.partition_point(|(_, p)| u32::from(*p) < end);
            let (own, rest) = changes.split_at(here);
            changes = rest;
            let moments = self.moments.get(first as usize..end as usize);
            let moments = moments.unwrap_or(&[]);
            let sums = || self.sums(own, moments, index, counters, first..end);
            found.push(Segment {
                cell,
                first,
                end,
                sums: pays.then(sums),
            });
        }
        found
    }

    fn sums(
        &self,
        items: &[(u16, u16)],
        moments: &[u32],
        index: &[u32],
        counters: &Counters,
        positions: std::ops::Range<u32>,
    ) -> Sums {
        let mut table = vec![0_u32; (WEEKS + 1) * SLOTS];
        for (item, _) in items {
            table[usize::from(*item)] += 1;
        }
        let mut changes = Changes::default();
        changes.add_table(&table);
        let mut histogram = vec![0_u32; index.len()];
        for moment in moments {
            histogram[*moment as usize] += 1;
        }
        let mut points = [0; point::ALL];
        for (moment, people) in index.iter().zip(histogram).filter(|(_, n)| *n > 0) {
            counters.add(*moment as usize, people, &mut points);
        }
        let inside = |position: u16| positions.contains(&u32::from(position));
        let mut sums = Sums {
            asset: changes.asset(),
            changes: Box::new(changes.narrowed()),
            points: points.map(|n| n as u16),
            sales: Sales::default(),
            trades: [RoleCounts::default(); Role::ALL.len() + 1],
        };
        for sale in self.part.sales.iter().filter(|s| inside(s.position)) {
            sums.sales.take(sale);
        }
        for trade in self.part.trades.iter().filter(|t| inside(t.position)) {
            trade.add_to(&mut sums.trades);
        }
        sums
    }
}

/// Deepening over a period that is not a week.
fn deepening<D: Days>(life: &Life<D>, tracks: &mut Tracks<'_>) {
    let deepened = life.a.started() & (life.i | life.p | life.l)
        | life.i.started() & (life.p | life.l)
        | life.p.started() & life.l;
    tracks.each(deepened.weeks(), kind::DEEPENED);
    let asset = life.asset();
    tracks.toggles(asset.started().weeks(), kind::START);
    tracks.toggles((asset & !life.l).started().weeks(), kind::START_AIP);
}

/// Reads consumer after consumer.
struct Reader<'a, D> {
    survey: &'a Survey<'a>,
    lens: &'a Lens<'a, D>,
    signals: Signals<D>,
    account: Account,
    /// Whether the account holds anything.
    paid: bool,
    last: i32,
    /// The first day of which visits of private fields matter.
    recent: i32,
    /// What is to know of each venue: whether it is left out, whether it is in the category.
    /// Empty when no venue matters.
    venues: Vec<u8>,
}

/// A venue whose events do not count.
const OUT: u8 = 1;
/// A venue whose events make opportunities.
const CATEGORY: u8 = 2;

impl<'a, D: Days> Reader<'a, D> {
    fn new(survey: &'a Survey<'a>, lens: &'a Lens<'a, D>) -> Self {
        let fields = survey.fields.iter().any(Option::is_some);
        Self {
            survey,
            lens,
            signals: Signals::default(),
            account: Account::default(),
            paid: false,
            last: survey.frame.last().0,
            recent: if fields { survey.recent() } else { i32::MAX },
            venues: survey.venues(),
        }
    }

    /// Reads the events of a consumer; the result are his days of activity in the category as far
    /// as they tell.
    fn read(&mut self, run: Run<'_>) -> D {
        let (mut o, mut before) = (D::default(), None);
        let mut details = run.details();
        for (k, head) in run.heads.iter().copied().enumerate() {
            let day = head.day();
            if day > self.last {
                break;
            }
            let detail = details.of(head);
            if !self.venues.is_empty() {
                let venue = self.venues.get(run.venue(k) as usize);
                let venue = venue.copied().unwrap_or(OUT);
                if venue & OUT != 0 {
                    continue;
                }
                if venue & CATEGORY != 0 {
                    o |= self.lens.lasting(Day(day), self.survey.rules.o_days);
                }
            }
            let once = head.once();
            if once.is_none() || once != before {
                self.signals.take(self.lens, &deed(head, &detail));
            }
            before = once;
            if head.is_payment() || day >= self.recent {
                self.paid = true;
                let (venue, action) = (run.venue(k), head.action());
                self.account
                    .take(self.survey, Day(day), action, venue, &detail);
            }
        }
        o
    }

    /// What the consumer bought and visited; ready for the next one.
    fn settle(&mut self) -> Account {
        if !self.paid {
            return Account::default();
        }
        self.paid = false;
        std::mem::take(&mut self.account)
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
