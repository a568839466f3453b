//! The state of one consumer on all sample days, from one pass over his events.

use rustc_hash::FxHashSet;

use super::frame::{Calendar, Days, Frame};
use super::rules::Rules;
use super::{Action, NO_VALUE, RoleSpan};
use crate::metrics::Day;
use crate::metrics::aipl::State;
use crate::metrics::fast_plus::Role;

/// The roles of a consumer, one bit per [`Role`].
pub type Roles = u8;

/// The highest level of some roles.
const LEVELS: [u8; 1 << Role::ALL.len()] = {
    let mut levels = [0; 1 << Role::ALL.len()];
    let mut roles = 1;
    while roles < levels.len() {
        let last = roles.ilog2();
        let (level, others) = (Role::ALL[last as usize].level(), levels[roles ^ 1 << last]);
        levels[roles] = if level > others { level } else { others };
        roles += 1;
    }
    levels
};

/// One consumer of a brand on all sample days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Life<D> {
    /// Days in L.
    pub l: D,
    /// Days in P.
    pub p: D,
    /// Days in I.
    pub i: D,
    /// Days in A.
    pub a: D,
    /// Days in O.
    pub o: D,
    /// Days on or after the first event of the brand.
    pub seen: D,
    /// Days with any event of the brand in the last seven days.
    pub lively: D,
    /// The relations; `None` without one on any sample day.
    pub ties: Option<Ties<D>>,
}

/// The relations of one consumer on all sample days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ties<D> {
    /// Days as a member (by `fast.s_roles`).
    pub member: D,
    /// Days as a member with an active behaviour in the window.
    pub active: D,
    /// Days with at least one relation.
    pub capital: D,
    /// Days with each role.
    pub roles: [D; Role::ALL.len()],
}

impl<D: Days> Life<D> {
    /// The state on the sample day of a bit.
    #[inline]
    pub fn state(&self, bit: u32) -> State {
        let on = |mask: D, state: State| usize::from(mask.has(bit)) * state as usize;
        let index = on(self.l, State::L)
            + on(self.p, State::P)
            + on(self.i, State::I)
            + on(self.a, State::A)
            + on(self.o, State::O);
        State::ALL[index % State::ALL.len()]
    }

    /// Days in A, I, P or L.
    pub fn asset(&self) -> D {
        self.a | self.i | self.p | self.l
    }

    /// Relation level on the sample day of a bit: 0 without a relation (`domain.md` §4). Members
    /// with an active behaviour rise to 6, members who bought again to 7.
    pub fn level(&self, bit: u32) -> u8 {
        let Some(ties) = &self.ties else { return 0 };
        let base = LEVELS[usize::from(ties.roles_on(bit))];
        let is_member = ties.roles[Role::Member as usize].has(bit);
        match base {
            5 if is_member && self.l.has(bit) => 7,
            5 if is_member && ties.active.has(bit) => 6,
            level => level,
        }
    }

    /// The roles on the sample day of a bit.
    pub fn roles_on(&self, bit: u32) -> Roles {
        self.ties.as_ref().map_or(0, |ties| ties.roles_on(bit))
    }
}

impl<D: Days> Ties<D> {
    /// The roles on the sample day of a bit.
    pub fn roles_on(&self, bit: u32) -> Roles {
        self.roles
            .iter()
            .enumerate()
            .map(|(k, mask)| u8::from(mask.has(bit)) << k)
            .sum()
    }
}

/// What an event says about the state of a consumer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Deed {
    /// When.
    pub day: Day,
    /// What.
    pub action: Action,
    /// Index of the order id, or [`NO_VALUE`].
    pub order: u32,
    /// Review score.
    pub score: Option<f32>,
}

/// What an action counts for, one bit each.
mod class {
    pub(super) const AWARENESS: u8 = 1;
    pub(super) const INTEREST: u8 = 2;
    pub(super) const ACTIVE: u8 = 4;
}

fn class_of(action: Action, rules: &Rules) -> u8 {
    let bit = |is: bool, bit: u8| if is { bit } else { 0 };
    bit(Rules::is_awareness(action), class::AWARENESS)
        | bit(rules.is_interest(action), class::INTEREST)
        | bit(rules.is_active(action), class::ACTIVE)
}

/// Sample days, or a window, by what a contact counts for.
#[derive(Debug, Clone, Copy, Default)]
struct Contact<D> {
    lively: D,
    a: D,
    i: D,
    active: D,
}

/// Behind all days on which there can be an event.
const NEVER: i32 = i32::MAX;

/// Days with a contact of each kind, while the events of one consumer are read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Heard<D> {
    days: Contact<D>,
    opportunities: D,
    first: i32,
    /// The day of the browse that was taken last.
    browsed: i32,
    /// The sample days from it on.
    since: D,
}

impl<D: Days> Default for Heard<D> {
    fn default() -> Self {
        Self {
            days: Contact::default(),
            opportunities: D::default(),
            first: NEVER,
            browsed: NEVER,
            since: D::default(),
        }
    }
}

impl<D: Days> Heard<D> {
    /// Takes the contact that any event is, and that with the category if it is one; browses come back
    /// from the last one. Whether a contact counts for something nobody can foresee: there is no branch
    /// on it.
    #[inline]
    pub(super) fn take(&mut self, lens: &Lens<'_, D>, day: i32, action: usize, in_category: bool) {
        let at = lens.place(day);
        let windows = &lens.windows;
        let counts = &lens.counts[action % 32];
        let from = !lens.before(at);
        let interest = lens.before(at + windows.i);
        self.days.lively |= lens.before(at + windows.lively) & from;
        self.days.a |= lens.before(at + windows.a) & from & counts.a;
        self.days.i |= interest & from & counts.i;
        self.days.active |= lens.before(at + windows.active) & from & counts.active;
        self.opportunities |= (lens.before(at + lens.opportunity) & from).when(in_category);
        if lens.browses == Browses::Pairs {
            let is_another = action == Action::Browse as usize && day != self.browsed;
            self.days.i |= (interest & self.since).when(is_another);
            self.since = if is_another { from } else { self.since };
            self.browsed = if is_another { day } else { self.browsed };
        }
    }

    /// Takes the day of an event: the first one is remembered.
    #[inline]
    pub(super) fn begin(&mut self, day: i32) {
        self.first = self.first.min(day);
    }

    /// Whether the contacts tell no state, and that nobody was lively.
    #[inline]
    pub(super) fn is_silent(&self) -> bool {
        !(self.days.lively | self.days.a | self.days.i).any()
    }

    /// The days on or after the first event.
    pub(super) fn seen(&self, lens: &Lens<'_, D>) -> D {
        if self.first == NEVER {
            return D::default();
        }
        lens.calendar.from(self.first).on()
    }

    /// The days on which the activities in the category make an opportunity.
    pub(super) fn opportunities(&self) -> D {
        self.opportunities
    }
}

/// How many days of browsing make interested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Browses {
    /// One: a browse is a contact like others.
    Each,
    /// Two.
    Pairs,
    /// More, which have to be remembered.
    Many,
}

/// Everything that decides a life besides the events.
#[derive(Debug)]
pub(super) struct Lens<'a, D> {
    calendar: Calendar<D>,
    rules: &'a Rules,
    browses: Browses,
    /// All days or none, by action.
    counts: [Contact<D>; 32],
    /// How many days a contact counts.
    windows: Contact<usize>,
    /// The same of an activity in the category.
    opportunity: usize,
    /// The sample days before each day; the first entry is for all days that are too long ago to
    /// count, the last for all behind the last sample day.
    before: Vec<D>,
    /// The day of the first entry.
    long_ago: i32,
    /// See [`Lens::past`].
    past: [i32; 2],
}

impl<'a, D: Days> Lens<'a, D> {
    /// Looks at these sample days by these rules.
    pub(super) fn new(frame: &Frame, rules: &'a Rules) -> Self {
        let mut classes = [0; 32];
        for action in Action::ALL {
            classes[action as usize] = class_of(action, rules);
        }
        let browses = match rules.browse_days {
            0 | 1 => Browses::Each,
            2 => Browses::Pairs,
            _ => Browses::Many,
        };
        if browses == Browses::Each {
            classes[Action::Browse as usize] |= class::INTEREST;
        }
        let counts = |class: u8| Contact {
            lively: !D::default(),
            a: (!D::default()).when(class & class::AWARENESS != 0),
            i: (!D::default()).when(class & class::INTEREST != 0),
            active: (!D::default()).when(class & class::ACTIVE != 0),
        };
        let calendar = Calendar::<D>::new(frame);
        let windows = [rules.a_days, rules.i_days, rules.o_days];
        let contact = windows.into_iter().fold(7, i32::max);
        let longest = contact.max(rules.t_days);
        let long_ago = frame.first().0.saturating_sub(longest).max(-1);
        let past = [contact, longest].map(|days| frame.first().0.saturating_sub(days));
        let last = frame.last().0.clamp(long_ago, 1 << 16);
        let days = long_ago..=last + 1;
        let window = |days: i32| days.max(0) as usize;
        Self {
            before: days.map(|day| !calendar.from(day).on()).collect(),
            windows: Contact {
                lively: 7,
                a: window(rules.a_days),
                i: window(rules.i_days),
                active: window(rules.t_days),
            },
            opportunity: window(rules.o_days),
            counts: classes.map(counts),
            browses,
            calendar,
            rules,
            long_ago,
            past,
        }
    }

    /// Where a day is among those that are looked up.
    #[inline]
    fn place(&self, day: i32) -> usize {
        (day - self.long_ago).max(0) as usize
    }

    /// The sample days before the day of a place.
    #[inline]
    fn before(&self, place: usize) -> D {
        self.before[place.min(self.before.len() - 1)]
    }

    /// The day up to which a contact tells no more than that there was one, in the brand or in its
    /// category: of a consumer without a relation, and of one who may be an active member.
    pub(super) fn past(&self) -> [i32; 2] {
        self.past
    }

    /// Whether browses have to be remembered one by one.
    pub(super) fn remembers_browses(&self) -> bool {
        self.browses == Browses::Many
    }

    /// The sample days on which an activity in the category on a day makes an opportunity.
    pub(super) fn opportunity(&self, day: i32) -> D {
        let at = self.place(day);
        self.before(at + self.opportunity) & !self.before(at)
    }

    /// The sample days on which a relation of a table holds.
    fn span(&self, span: &RoleSpan) -> D {
        let since = span.since.unwrap_or(Day(i32::MIN));
        let until = span.until.map_or(Day(i32::MAX), |d| d.plus(-1));
        self.calendar.between(since, until)
    }

    /// The sample days before a day, from another one on.
    fn until(&self, since: Option<Day>, day: Day) -> D {
        since.map_or_else(D::default, |from| self.calendar.between(from, day.plus(-1)))
    }
}

/// The last days of one kind of behaviour.
#[derive(Debug, Default)]
struct Recent {
    last: Option<Day>,
    /// All of them, when more than two count.
    days: Vec<Day>,
}

impl Recent {
    /// Days on which the last `n` of these days lie inside a window: each n-th day opens a range
    /// that ends when the first of its n days leaves the window.
    #[inline]
    fn take<D: Days>(&mut self, calendar: &Calendar<D>, day: Day, n: usize, window: i32) -> D {
        let before = self.last.replace(day);
        let first = match n {
            0 | 1 => Some(day),
            2 => before,
            _ => {
                self.days.push(day);
                let at = self.days.len().checked_sub(n);
                at.and_then(|k| self.days.get(k).copied())
            }
        };
        first.map_or_else(D::default, |first| {
            calendar.between(day, first.plus(window - 1))
        })
    }

    fn clear(&mut self) {
        self.last = None;
        self.days.clear();
    }
}

/// What the deeds of one consumer have told so far. One value serves many consumers in turn.
#[derive(Debug, Default)]
pub(super) struct Signals<D> {
    /// Whether anything was told.
    told: bool,
    i: D,
    p: D,
    l: D,
    browses: Recent,
    orders: Recent,
    /// Ids of the orders seen; stays empty when days are counted.
    order_ids: FxHashSet<u32>,
    member_since: Option<Day>,
    fan_since: Option<Day>,
    /// Whether any relation was told.
    related: bool,
    roles: [D; Role::ALL.len()],
}

impl<D: Days> Signals<D> {
    /// Takes a browse, when they are remembered one by one.
    pub(super) fn browse(&mut self, lens: &Lens<'_, D>, day: i32) {
        self.told = true;
        let day = Day(day);
        if self.browses.last != Some(day) {
            let (n, window) = (lens.rules.browse_days, lens.rules.i_days);
            self.i |= self.browses.take(&lens.calendar, day, n, window);
        }
    }

    /// Takes what the next event tells besides being a contact; events come in the order of time.
    pub(super) fn take(&mut self, lens: &Lens<'_, D>, deed: &Deed) {
        let (rules, day, action) = (lens.rules, deed.day, deed.action);
        let calendar = &lens.calendar;
        self.told = true;
        match action {
            Action::Order => {
                self.p |= calendar.from(day.0).lasting(rules.p_days);
                if self.is_another_order(rules, deed) {
                    let (n, window) = (rules.l_min, rules.l_days);
                    self.l |= self.orders.take(calendar, day, n, window);
                }
            }
            Action::Review | Action::Share => {
                if rules.is_praise(action, deed.score) {
                    self.l |= calendar.from(day.0).lasting(rules.l_days);
                }
            }
            _ => self.relate(lens, day, action),
        }
    }

    /// Whether anything was told so far.
    pub(super) fn is_told(&self) -> bool {
        self.told
    }

    /// Whether a relation was told so far.
    pub(super) fn is_related(&self) -> bool {
        self.related
    }

    /// Takes a relation that a table gives.
    pub(super) fn take_span(&mut self, lens: &Lens<'_, D>, span: &RoleSpan) {
        (self.told, self.related) = (true, true);
        self.roles[span.role as usize] |= lens.span(span);
    }

    /// Whether an order counts on its own for L: a new day, or, when orders are counted, a new order.
    /// Lines of one order are one; a line without an id is an order.
    fn is_another_order(&mut self, rules: &Rules, deed: &Deed) -> bool {
        if rules.l_by_order {
            deed.order == NO_VALUE || self.order_ids.insert(deed.order)
        } else {
            self.orders.last != Some(deed.day)
        }
    }

    fn relate(&mut self, lens: &Lens<'_, D>, day: Day, action: Action) {
        let is_change = matches!(action, Action::LeaveMember | Action::Unfollow);
        self.related |= is_change || action.role().is_some();
        match action {
            Action::JoinMember => _ = self.member_since.get_or_insert(day),
            Action::Follow => _ = self.fan_since.get_or_insert(day),
            Action::LeaveMember => {
                let since = self.member_since.take();
                self.roles[Role::Member as usize] |= lens.until(since, day);
            }
            Action::Unfollow => {
                let since = self.fan_since.take();
                self.roles[Role::Fan as usize] |= lens.until(since, day);
            }
            _ => {
                if let Some(role) = action.role() {
                    self.roles[role as usize] |= lens.calendar.from(day.0).on();
                }
            }
        }
    }

    /// The life that deeds and contacts told; `o` are the days of activity in the category. Ready for
    /// the next consumer.
    pub(super) fn finish(&mut self, lens: &Lens<'_, D>, heard: &Heard<D>, o: D) -> Life<D> {
        let (l, p) = (self.l, self.p & !self.l);
        let held = if self.related {
            self.hold(lens)
        } else {
            D::default()
        };
        let i = (heard.days.i | self.i | held) & !(l | p);
        let a = heard.days.a & !(l | p | i);
        let mut life = Life {
            l,
            p,
            i,
            a,
            o: o & !(l | p | i | a),
            seen: heard.seen(lens),
            lively: heard.days.lively,
            ties: None,
        };
        if self.related {
            life.ties = self.ties(lens.rules, heard.days.active);
        }
        if self.told {
            self.clear();
        }
        life
    }

    /// Closes the relations that still hold; the result are the days on which they make interested.
    fn hold(&mut self, lens: &Lens<'_, D>) -> D {
        let open = |since: Option<Day>| since.map(|day| lens.calendar.from(day.0).on());
        let (member, fan) = (Role::Member as usize, Role::Fan as usize);
        self.roles[member] |= open(self.member_since).unwrap_or_default();
        self.roles[fan] |= open(self.fan_since).unwrap_or_default();
        if lens.rules.member_is_i {
            self.roles[member] | self.roles[fan]
        } else {
            D::default()
        }
    }

    /// The relations, with active behaviours on these days.
    fn ties(&self, rules: &Rules, active: D) -> Option<Ties<D>> {
        let mut ties = Ties {
            roles: self.roles,
            ..Ties::default()
        };
        if rules.s_members {
            ties.member |= self.roles[Role::Member as usize];
        }
        if rules.s_fans {
            ties.member |= self.roles[Role::Fan as usize];
        }
        ties.active = active & ties.member;
        for role in self.roles {
            ties.capital |= role;
        }
        ties.capital.any().then_some(ties)
    }

    /// Forgets the consumer, but keeps the room of the lists.
    fn clear(&mut self) {
        let none = D::default();
        self.told = false;
        (self.i, self.p, self.l) = (none, none, none);
        self.browses.clear();
        self.orders.clear();
        if !self.order_ids.is_empty() {
            self.order_ids.clear();
        }
        if self.related {
            self.related = false;
            (self.member_since, self.fan_since) = (None, None);
            self.roles = [none; Role::ALL.len()];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::frame::{DeepeningPeriod, NOW};
    use crate::metrics::Definitions;

    fn state(orders: &[u32], count: &str) -> State {
        let mut definitions = Definitions::default();
        definitions.set("aipl.l_count", count).unwrap();
        let rules = Rules::of(&definitions);
        let frame = Frame::new(Day(20_000), Day(19_993), DeepeningPeriod::Days(7), 7);
        let lens = Lens::<u64>::new(&frame, &rules);
        let mut signals = Signals::default();
        for order in orders {
            let line = Deed {
                day: Day(19_999),
                action: Action::Order,
                order: *order,
                score: None,
            };
            signals.take(&lens, &line);
        }
        signals.finish(&lens, &Heard::default(), 0).state(NOW)
    }

    #[test]
    fn lines_of_one_order_are_one_purchase() {
        assert_eq!(state(&[7, 7], "order"), State::P);
        assert_eq!(state(&[7, 8], "order"), State::L);
        assert_eq!(state(&[NO_VALUE, NO_VALUE], "order"), State::L);
        assert_eq!(state(&[7, 8], "day"), State::P);
    }
}
