//! The state of every consumer of a brand on all sample days, from one pass over his events.
//!
//! A [`Timeline`] depends on the dates, the definitions and the scope, but not on the filter: a
//! changed filter only counts again.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashSet;

use super::count::ValueCounts;
use super::frame::{Frame, Mask};
use super::rules::Rules;
use super::{Action, Event, NO_VALUE, RoleSpan};
use crate::metrics::Day;
use crate::metrics::aipl::State;
use crate::metrics::fast_plus::Role;

/// The roles of a consumer, one bit per [`Role`].
pub type Roles = u8;

/// One consumer of a brand on all sample days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Life {
    /// Days in L.
    pub l: Mask,
    /// Days in P.
    pub p: Mask,
    /// Days in I.
    pub i: Mask,
    /// Days in A.
    pub a: Mask,
    /// Days in O.
    pub o: Mask,
    /// Days on or after the first event of the brand.
    pub seen: Mask,
    /// Days with any event of the brand in the last seven days.
    pub lively: Mask,
    /// Days as a member (by `fast.s_roles`).
    pub member: Mask,
    /// Days as a member with an active behaviour in the window.
    pub active: Mask,
    /// Days with each role.
    pub roles: [Mask; Role::ALL.len()],
}

impl Life {
    /// The state on the sample day of a bit.
    pub fn state(&self, bit: u32) -> State {
        let on = |mask: Mask| mask >> bit & 1 == 1;
        match () {
            () if on(self.l) => State::L,
            () if on(self.p) => State::P,
            () if on(self.i) => State::I,
            () if on(self.a) => State::A,
            () if on(self.o) => State::O,
            () => State::N,
        }
    }

    /// Days in A, I, P or L.
    pub fn asset(&self) -> Mask {
        self.a | self.i | self.p | self.l
    }

    /// Days with at least one relation.
    pub fn capital(&self) -> Mask {
        self.roles.iter().fold(0, |all, role| all | role)
    }

    /// Relation level on the sample day of a bit: 0 without a relation (`domain.md` §4). Members
    /// with an active behaviour rise to 6, members who bought again to 7.
    pub fn level(&self, bit: u32) -> u8 {
        let on = |mask: Mask| mask >> bit & 1 == 1;
        let held = Role::ALL
            .iter()
            .zip(&self.roles)
            .filter(|(_, mask)| on(**mask));
        let base = held.map(|(role, _)| role.level()).max().unwrap_or(0);
        let is_member = on(self.roles[Role::Member as usize]);
        match base {
            5 if is_member && on(self.l) => 7,
            5 if is_member && on(self.active) => 6,
            level => level,
        }
    }

    /// The roles on the sample day of a bit.
    pub fn roles_on(&self, bit: u32) -> Roles {
        self.roles
            .iter()
            .enumerate()
            .map(|(k, mask)| ((mask >> bit & 1) as u8) << k)
            .sum()
    }
}

/// All consumers of a brand, in the order of its index.
#[derive(Debug, Clone, Default)]
pub struct Timeline {
    /// One life per consumer of the brand index.
    pub lives: Vec<Life>,
    /// People per value of each dimension, counted when first asked for.
    pub(super) values: OnceLock<Arc<ValueCounts>>,
}

/// Everything that decides a life besides the events.
#[derive(Debug, Clone, Copy)]
pub struct Lens<'a> {
    /// The sample days.
    pub frame: &'a Frame,
    /// The rules.
    pub rules: &'a Rules,
}

impl Lens<'_> {
    /// The life of one consumer from the events of one brand (ascending by day, second, action),
    /// his relations from tables, and the days on which he was active in the category.
    pub fn life(
        &self,
        events: impl Iterator<Item = Event>,
        spans: &[RoleSpan],
        category_days: impl Iterator<Item = Day>,
    ) -> Life {
        let mut signals = Signals::default();
        for event in events {
            if event.day > self.frame.last() {
                break;
            }
            signals.take(self, &event);
        }
        for span in spans {
            signals.roles[span.role as usize] |= self.span(span);
        }
        let o = category_days
            .map(|day| self.frame.lasting(day, self.rules.o_days))
            .fold(0, |all, mask| all | mask);
        signals.finish(self, o)
    }

    fn span(&self, span: &RoleSpan) -> Mask {
        let since = span.since.unwrap_or(Day(i32::MIN));
        let until = span.until.map_or(Day(i32::MAX), |d| d.plus(-1));
        self.frame.between(since, until)
    }

    /// Days on which the last `n` of these days lie inside a window: each n-th day opens a range
    /// that ends when the first of its n days leaves the window.
    fn repeated(&self, recent: &mut Vec<Day>, day: Day, n: usize, window: i32) -> Mask {
        recent.push(day);
        if recent.len() < n {
            return 0;
        }
        let first = recent[recent.len() - n];
        self.frame.between(day, first.plus(window - 1))
    }
}

#[derive(Default)]
struct Signals {
    a: Mask,
    i: Mask,
    p: Mask,
    l: Mask,
    active: Mask,
    lively: Mask,
    first: Option<Day>,
    browse_days: Vec<Day>,
    order_days: Vec<Day>,
    /// Ids of the orders seen; stays empty when days are counted.
    order_ids: FxHashSet<u32>,
    member_since: Option<Day>,
    fan_since: Option<Day>,
    roles: [Mask; Role::ALL.len()],
}

impl Signals {
    fn take(&mut self, lens: &Lens<'_>, event: &Event) {
        let (frame, rules, day, action) = (lens.frame, lens.rules, event.day, event.action);
        self.first.get_or_insert(day);
        self.lively |= frame.lasting(day, 7);
        if Rules::is_awareness(action) {
            self.a |= frame.lasting(day, rules.a_days);
        }
        if rules.is_interest(action) {
            self.i |= frame.lasting(day, rules.i_days);
        }
        if rules.is_active(action) {
            self.active |= frame.lasting(day, rules.t_days);
        }
        if rules.is_praise(action, event.score) {
            self.l |= frame.lasting(day, rules.l_days);
        }
        match action {
            Action::Browse if self.browse_days.last() != Some(&day) => {
                self.i |=
                    lens.repeated(&mut self.browse_days, day, rules.browse_days, rules.i_days);
            }
            Action::Order => {
                self.p |= frame.lasting(day, rules.p_days);
                if self.is_another_order(rules, event) {
                    self.l |= lens.repeated(&mut self.order_days, day, rules.l_min, rules.l_days);
                }
            }
            _ => self.relate(frame, day, action),
        }
    }

    /// Whether an order counts on its own for L: a new day, or, when orders are counted, a new order.
    /// Lines of one order are one; a line without an id is an order.
    fn is_another_order(&mut self, rules: &Rules, event: &Event) -> bool {
        if rules.l_by_order {
            event.order == NO_VALUE || self.order_ids.insert(event.order)
        } else {
            self.order_days.last() != Some(&event.day)
        }
    }

    fn relate(&mut self, frame: &Frame, day: Day, action: Action) {
        match action {
            Action::JoinMember => _ = self.member_since.get_or_insert(day),
            Action::Follow => _ = self.fan_since.get_or_insert(day),
            Action::LeaveMember => {
                self.roles[Role::Member as usize] |= until(frame, self.member_since.take(), day);
            }
            Action::Unfollow => {
                self.roles[Role::Fan as usize] |= until(frame, self.fan_since.take(), day);
            }
            _ => {
                if let Some(role) = action.role() {
                    self.roles[role as usize] |= frame.between(day, Day(i32::MAX));
                }
            }
        }
    }

    fn finish(mut self, lens: &Lens<'_>, o: Mask) -> Life {
        let forever = Day(i32::MAX);
        let open = |since: Option<Day>| since.map_or(0, |day| lens.frame.between(day, forever));
        self.roles[Role::Member as usize] |= open(self.member_since);
        self.roles[Role::Fan as usize] |= open(self.fan_since);
        let (members, fans) = (
            self.roles[Role::Member as usize],
            self.roles[Role::Fan as usize],
        );
        let held = if lens.rules.member_is_i {
            members | fans
        } else {
            0
        };
        let counts = |counts: bool, mask: Mask| if counts { mask } else { 0 };
        let member = counts(lens.rules.s_members, members) | counts(lens.rules.s_fans, fans);
        let l = self.l;
        let p = self.p & !l;
        let i = (self.i | held) & !(l | p);
        let a = self.a & !(l | p | i);
        Life {
            l,
            p,
            i,
            a,
            o: o & !(l | p | i | a),
            seen: open(self.first),
            lively: self.lively,
            member,
            active: self.active & member,
            roles: self.roles,
        }
    }
}

fn until(frame: &Frame, since: Option<Day>, day: Day) -> Mask {
    since.map_or(0, |from| frame.between(from, day.plus(-1)))
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
        let lens = Lens {
            frame: &frame,
            rules: &rules,
        };
        let line = |order: &u32| Event {
            consumer: 0,
            brand: 0,
            day: Day(19_999),
            second: 0,
            action: Action::Order,
            touch: [NO_VALUE; 4],
            amount: None,
            order: *order,
            score: None,
        };
        let lived = lens.life(orders.iter().map(line), &[], std::iter::empty());
        lived.state(NOW)
    }

    #[test]
    fn lines_of_one_order_are_one_purchase() {
        assert_eq!(state(&[7, 7], "order"), State::P);
        assert_eq!(state(&[7, 8], "order"), State::L);
        assert_eq!(state(&[NO_VALUE, NO_VALUE], "order"), State::L);
        assert_eq!(state(&[7, 8], "day"), State::P);
    }
}
