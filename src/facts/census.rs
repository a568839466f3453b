//! Every consumer of a brand on all sample days, ready to be counted under any filter.
//!
//! A census depends on the dates, the rules and the scope, but not on the filter. Of each consumer it
//! keeps a record (see [`super::part`]), of each cell of consumers the sums, so that cells that a
//! filter keeps whole are never looked into.

use rayon::prelude::*;

use super::changes::{ASIDE, Tracks, kind};
use super::frame::{AGAINST, Days, Frame, NOW};
use super::moment::{Counters, FACETS, Facets, Moment, Moments, SIDES, Visits};
use super::pack::packed;
use super::part::{Part, Segment, inside};
use super::rules::Rules;
use super::sales::Sale;
use super::store::{Chunk, Head, Run, Store};
use super::sums::Sums;
use super::tally::Tally;
use super::timeline::{Deed, Heard, Lens, Life, Signals};
use super::trades::{Trade, Trades};
use super::{Action, Detail, Pace};
use crate::metrics::Day;
use crate::metrics::fast_plus::Field;

/// A part in the making, with its distinct moments.
struct Draft {
    part: Part,
    moments: Moments,
    trades: Vec<Trade>,
}

/// Every consumer of a brand on all sample days.
#[derive(Debug, Default)]
pub(super) struct Census {
    pub(super) parts: Vec<Part>,
    pub(super) counters: [Counters; FACETS],
    /// Consumers of each cell.
    pub(super) people: Vec<u32>,
    /// Sums of each cell; empty when cells are too small to pay for them.
    pub(super) cells: Vec<Option<Box<Sums>>>,
    /// Whether the deepening period is a week: then the changes of state tell it.
    pub(super) weekly: bool,
    /// The week that is the comparison day; otherwise [`ASIDE`].
    pub(super) against: usize,
}

packed!(Census { counters, people, cells, weekly, against } elsewhere { parts });

/// So many consumers per cell, on average, pay for the sums of the cells.
const PAYS: usize = 128;

impl Census {
    /// Bytes that the census holds.
    pub(super) fn bytes(&self) -> usize {
        let sums = self.cells.iter().flatten().count() * size_of::<Sums>();
        self.parts.iter().map(Part::bytes).sum::<usize>()
            + self.counters.iter().map(Counters::bytes).sum::<usize>()
            + (self.people.len() + 2 * self.cells.len()) * 4
            + sums
    }

    /// Counts the people of the cells, and sums them up where that pays: not for a count that serves
    /// once.
    fn sum_up(&mut self, cells: usize, ends: bool, pace: &Pace) {
        self.people = vec![0; cells];
        for segment in self.parts.iter().flat_map(|p| &p.segments) {
            if let Some(n) = self.people.get_mut(segment.cell as usize) {
                *n += segment.end - segment.first;
            }
        }
        if ends {
            return self.parts.iter().for_each(|_| pace.step());
        }
        let consumers: usize = self.parts.iter().map(Part::len).sum();
        let used = self.people.iter().filter(|n| **n > 0).count();
        if consumers < PAYS * used {
            return self.parts.iter().for_each(|_| pace.step());
        }
        let sums: Vec<Vec<(u32, Sums)>> = self
            .parts
            .par_iter()
            .map_init(Adder::default, |adder, part| {
                pace.step();
                adder.sums(self, part)
            })
            .collect();
        self.cells.resize_with(cells, || None);
        for (cell, sums) in sums.into_iter().flatten() {
            match self.cells.get_mut(cell as usize) {
                Some(Some(sum)) => sum.join(&sums),
                Some(none) => *none = Some(Box::new(sums)),
                None => {}
            }
        }
    }

    /// The counters that a consumer with these facets adds one to.
    pub(super) fn points_of(&self, facets: &[u32; FACETS]) -> Vec<u16> {
        let each = self.counters.iter().zip(facets);
        each.flat_map(|(counters, facet)| counters.of(*facet))
            .copied()
            .collect()
    }

    /// People of no facet.
    pub(super) fn no_facets(&self) -> [Vec<u32>; FACETS] {
        std::array::from_fn(|k| vec![0; self.counters[k].len()])
    }
}

/// Adds up whole segments.
#[derive(Default)]
struct Adder {
    tally: Tally,
    facets: [Vec<u32>; FACETS],
}

impl Adder {
    /// The sums of every segment of a part.
    fn sums(&mut self, census: &Census, part: &Part) -> Vec<(u32, Sums)> {
        let all = vec![u64::MAX; part.asset.len()];
        let sums = |segment: &Segment| {
            let mut sums = Sums::default();
            self.facets = census.no_facets();
            self.tally.add(part, segment, &all, 1, &mut self.facets);
            self.tally.settle_items(&mut sums.lines);
            self.tally.settle_moments(part, &mut self.facets);
            for (counters, people) in census.counters.iter().zip(&self.facets) {
                counters.add(people, &mut sums.points);
            }
            sums.add_sales(part, segment, &all, 1);
            part.trades.add(&inside(segment, &all), 1, &mut sums.trades);
            (segment.cell, sums)
        };
        part.segments.iter().map(sums).collect()
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
    /// How many cells the data set has.
    pub(super) cells: usize,
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
        let chunks = &self.store.chunks;
        self.pace.expect(2 * chunks.len());
        let venues = self.venues();
        let draft = |chunk: &Chunk| self.draft(chunk, Reader::new(self, &lens, &venues));
        let drafts: Vec<Draft> = chunks.par_iter().map(draft).collect();
        let mut facets = Facets::default();
        let join = |mut draft: Draft| {
            draft.part.moments = facets.join(&draft.moments);
            draft.part
        };
        let parts = drafts.into_iter().map(join).collect();
        let mut census = Census {
            parts,
            counters: facets.counters(),
            weekly: self.frame.is_weekly(),
            against: self.frame.against_week().map_or(ASIDE, |w| w as usize),
            ..Census::default()
        };
        if !self.pace.is_stopped() {
            census.sum_up(self.cells, self.frame.is_ends(), self.pace);
        }
        census
    }

    fn draft<D: Days>(&self, chunk: &Chunk, mut reader: Reader<'_, D>) -> Draft {
        let mut draft = Draft {
            part: Part::with_capacity(chunk.len()),
            moments: Moments::default(),
            trades: Vec::new(),
        };
        self.pace.step();
        if self.pace.is_stopped() {
            return draft;
        }
        let segment = |(cell, first, end): &(u32, u32, u32)| Segment {
            cell: *cell,
            first: *first,
            end: *end,
        };
        draft.part.segments = chunk.cells.iter().map(segment).collect();
        let starts = SIDES.map(|bit| self.frame.start_of(bit));
        let dates = Moment::dates(starts);
        let told = Told::of(self.frame);
        // The moments of those who are in no state on any day, by when they were seen.
        let mut silent = [None; 4];
        let mut tracks = Tracks::default();
        let mut spans = chunk.spans().iter().peekable();
        for (position, run) in chunk.runs().enumerate() {
            while let Some((_, span)) = spans.next_if(|(p, _)| usize::from(*p) <= position) {
                if self.scope.is_none() {
                    reader.signals.take_span(reader.lens, span);
                }
            }
            let heard = reader.read(run);
            let mut own = heard.opportunities();
            if let Some(days) = chunk.activity(position).filter(|_| self.scope.is_none()) {
                let each = days.iter().map(|d| reader.lens.opportunity(i32::from(*d)));
                own = each.fold(D::default(), |o, days| o | days);
            }
            let account = reader.paid.then_some(&reader.account);
            if heard.is_silent() && !reader.signals.is_told() && account.is_none() && !own.any() {
                let seen = heard.seen(reader.lens);
                let on = SIDES.map(|side| seen.has(side));
                let known = &mut silent[usize::from(on[0]) * 2 + usize::from(on[1])];
                let moment = known.get_or_insert_with(|| draft.moments.id(Moment::silent(on)));
                draft.part.records.push(*moment, &[]);
                continue;
            }
            let life = reader.signals.finish(reader.lens, &heard, own);
            let moment = Moment::of(&life, starts, dates, account.map(|a| &a.visits));
            told.changes(&life, &mut tracks);
            draft
                .part
                .records
                .push(draft.moments.id(moment), &tracks.items);
            draft.keep(position, &life, account);
            reader.forget();
        }
        draft.part.trades = Trades::new(&draft.trades);
        draft.trades = Vec::new();
        draft.part.shrink();
        draft
    }

    /// What is to know of each venue; nothing when all are alike.
    fn venues(&self) -> Vec<u8> {
        let category = self.store.own_category.filter(|_| self.scope.is_none());
        let has_fields = self.fields.iter().any(Option::is_some);
        if self.scope.is_none() && category.is_none() && !has_fields {
            return Vec::new();
        }
        let known = |venue: usize| {
            let scope = self.scope.as_ref();
            let out = scope.is_some_and(|s| s.get(venue) != Some(&true));
            let inside = category == Some(self.store.category_of(venue as u32));
            let private = matches!(self.fields.get(venue), Some(Some(_)));
            (u8::from(out) * OUT) | (u8::from(inside) * CATEGORY) | (u8::from(private) * PRIVATE)
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
}

/// Which changes of a life are told.
struct Told {
    /// Whether the deepening period is a week: then the changes of state tell it.
    weekly: bool,
    /// Whether the comparison day is no week end.
    aside: bool,
}

impl Told {
    fn of(frame: &Frame) -> Self {
        Self {
            weekly: frame.is_weekly(),
            aside: frame.against_week().is_none(),
        }
    }

    /// The changes of a life over the weeks.
    fn changes<D: Days>(&self, life: &Life<D>, tracks: &mut Tracks) {
        tracks.items.clear();
        tracks.states([life.a, life.i, life.p, life.l].map(Days::weeks));
        if let Some(ties) = &life.ties {
            tracks.toggles(ties.member.weeks(), kind::MEMBER);
            tracks.toggles(ties.active.weeks(), kind::ACTIVE);
            tracks.toggles(ties.capital.weeks(), kind::CAPITAL);
        }
        if !self.weekly {
            deepening(life, tracks);
        }
        if self.aside {
            tracks.aside(life.state(AGAINST));
        }
    }
}

impl Draft {
    /// Keeps what few consumers have.
    fn keep<D: Days>(&mut self, position: usize, life: &Life<D>, account: Option<&Account>) {
        let (word, bit) = (position / 64, position % 64);
        self.part.asset[word] |= u64::from(life.asset().has(NOW)) << bit;
        if let Some(account) = account.filter(|a| a.sale.orders != [0; 2]) {
            self.part.sold.push(Sale {
                position: position as u16,
                ..account.sale
            });
        }
        let Some(ties) = &life.ties else { return };
        let roles = SIDES.map(|side| ties.roles_on(side));
        for (k, plane) in self.part.roles.iter_mut().enumerate() {
            if roles[0] >> k & 1 == 1 {
                plane.resize(self.part.asset.len(), 0);
                plane[word] |= 1 << bit;
            }
        }
        let paid = |trade: &Trade| trade.fen != [0; 2] || trade.unpriced != [0; 2];
        if let Some(account) = account.filter(|a| paid(&a.trade) && roles != [0; 2]) {
            self.trades.push(Trade {
                position: position as u16,
                roles,
                ..account.trade
            });
        }
    }
}

/// Deepening over a period that is not a week.
fn deepening<D: Days>(life: &Life<D>, tracks: &mut Tracks) {
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
    /// Contacts up to this day tell nothing but that there was one: of a consumer without a relation,
    /// and with one.
    past: [i32; 2],
    /// What is to know of each venue; empty when no venue matters.
    venues: &'a [u8],
    /// Whether the events of some venues do not count.
    is_scoped: bool,
    /// Before this day heads tell all that is to know of a venue.
    told_before: i32,
}

/// A venue whose events do not count.
const OUT: u8 = 1;
/// A venue whose events make opportunities.
const CATEGORY: u8 = 2;
/// A venue of a private field, whose visits are counted.
const PRIVATE: u8 = 4;

impl<'a, D: Days> Reader<'a, D> {
    fn new(survey: &'a Survey<'a>, lens: &'a Lens<'a, D>, venues: &'a [u8]) -> Self {
        let fields = survey.fields.iter().any(Option::is_some);
        let recent = if fields { survey.recent() } else { i32::MAX };
        Self {
            survey,
            lens,
            signals: Signals::default(),
            account: Account::default(),
            paid: false,
            last: survey.frame.last().0,
            recent,
            past: lens.past().map(|day| day.min(recent.saturating_sub(1))),
            venues,
            is_scoped: survey.scope.is_some(),
            told_before: if survey.scope.is_none() && survey.store.heads_tell_category() {
                recent
            } else {
                i32::MIN
            },
        }
    }

    /// Reads the events of a consumer; the result is what the contacts told.
    #[inline]
    fn read(&mut self, run: Run<'_>) -> Heard<D> {
        let mut heard = Heard::default();
        if run.deeds > 0 {
            self.read_deeds(&run, &mut heard);
        }
        self.read_contacts(&run, &mut heard);
        heard
    }

    /// Reads the first events, which are deeds, in the order of time.
    fn read_deeds(&mut self, run: &Run<'_>, heard: &mut Heard<D>) {
        let mut details = run.details();
        for (k, head) in run.heads.iter().copied().enumerate().take(run.deeds) {
            let day = head.day();
            if day > self.last {
                break;
            }
            let detail = details.of(head);
            let venue = self.venue(run, k, head);
            if venue & OUT == 0 {
                heard.begin(day);
                if day > self.past[1] {
                    heard.take(self.lens, day, head.action_index(), venue & CATEGORY != 0);
                }
                self.signals.take(self.lens, &deed(head, &detail));
                if head.is_payment() || day >= self.recent {
                    self.account(head, run.venue(k), &detail);
                }
            }
        }
    }

    /// Reads the other events back from the last one, as far as they tell more than that there was
    /// one.
    fn read_contacts(&mut self, run: &Run<'_>, heard: &mut Heard<D>) {
        let contacts = || run.heads.iter().copied().enumerate().skip(run.deeds);
        let mut early = contacts().take_while(|(_, head)| head.day() <= self.last);
        if let Some((_, head)) =
            early.find(|(k, head)| !self.is_scoped || self.venue(run, *k, *head) & OUT == 0)
        {
            heard.begin(head.day());
        }
        let past = self.past[usize::from(self.signals.is_related())];
        for (k, head) in contacts().rev() {
            let day = head.day();
            if day > self.last {
                continue;
            }
            if day <= past {
                break;
            }
            let venue = self.venue(run, k, head);
            if venue & OUT == 0 {
                heard.take(self.lens, day, head.action_index(), venue & CATEGORY != 0);
                if venue & PRIVATE != 0 && day >= self.recent {
                    self.account(head, run.venue(k), &Detail::NONE);
                }
            }
        }
        if self.lens.remembers_browses() {
            let is_browse = |head: &Head| head.action_index() == Action::Browse as usize;
            for (k, head) in contacts().filter(|(_, head)| is_browse(head)) {
                let counts = past < head.day() && head.day() <= self.last;
                if counts && self.venue(run, k, head) & OUT == 0 {
                    self.signals.browse(self.lens, head.day());
                }
            }
        }
    }

    /// What is to know of the venue of an event.
    #[inline]
    fn venue(&self, run: &Run<'_>, k: usize, head: Head) -> u8 {
        if self.venues.is_empty() {
            return 0;
        }
        if head.day() < self.told_before {
            return CATEGORY * u8::from(head.is_in_category());
        }
        let venue = self.venues.get(run.venue(k) as usize);
        venue.copied().unwrap_or(OUT)
    }

    /// Takes a payment, or a visit of a private field.
    fn account(&mut self, head: Head, venue: u32, detail: &Detail) {
        self.paid = true;
        let (day, action) = (Day(head.day()), head.action());
        self.account.take(self.survey, day, action, venue, detail);
    }

    /// Forgets what the consumer bought and visited.
    fn forget(&mut self) {
        if std::mem::take(&mut self.paid) {
            self.account = Account::default();
        }
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
