//! The state of one consumer on all sample days, from one pass over his events.

use rustc_hash::FxHashSet;

use super::frame::{Frame, Mask};
use super::rules::Rules;
use super::{Action, NO_VALUE, RoleSpan};
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

/// What an event says about the state of a consumer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Deed {
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
    /// More than a contact: an order, a review, a share, a change of a relation.
    pub(super) const SPECIAL: u8 = 8;
}

fn class_of(action: Action, rules: &Rules) -> u8 {
    let is_special = action.role().is_some()
        || matches!(
            action,
            Action::Browse
                | Action::Order
                | Action::Review
                | Action::Share
                | Action::LeaveMember
                | Action::Unfollow
        );
    let bit = |is: bool, bit: u8| if is { bit } else { 0 };
    bit(Rules::is_awareness(action), class::AWARENESS)
        | bit(rules.is_interest(action), class::INTEREST)
        | bit(rules.is_active(action), class::ACTIVE)
        | bit(is_special, class::SPECIAL)
}

/// Everything that decides a life besides the events.
#[derive(Debug, Clone, Copy)]
pub struct Lens<'a> {
    /// The sample days.
    frame: &'a Frame,
    /// The rules.
    rules: &'a Rules,
    classes: [u8; Action::ALL.len()],
}

impl<'a> Lens<'a> {
    /// Looks at these sample days by these rules.
    pub fn new(frame: &'a Frame, rules: &'a Rules) -> Self {
        Self {
            frame,
            rules,
            classes: Action::ALL.map(|action| class_of(action, rules)),
        }
    }

    /// The sample days on which a relation of a table holds.
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

/// What the events of one consumer have told so far. One value serves many consumers in turn.
#[derive(Debug, Default)]
pub struct Signals {
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
    /// Takes the next event; they come in the order of time.
    pub fn take(&mut self, lens: &Lens<'_>, deed: &Deed) {
        let (frame, rules, day) = (lens.frame, lens.rules, deed.day);
        let class = lens.classes[deed.action as usize];
        self.first.get_or_insert(day);
        self.lively |= frame.lasting(day, 7);
        if class & class::AWARENESS != 0 {
            self.a |= frame.lasting(day, rules.a_days);
        }
        if class & class::INTEREST != 0 {
            self.i |= frame.lasting(day, rules.i_days);
        }
        if class & class::ACTIVE != 0 {
            self.active |= frame.lasting(day, rules.t_days);
        }
        if class & class::SPECIAL != 0 {
            self.take_special(lens, deed);
        }
    }

    fn take_special(&mut self, lens: &Lens<'_>, deed: &Deed) {
        let (frame, rules, day, action) = (lens.frame, lens.rules, deed.day, deed.action);
        if rules.is_praise(action, deed.score) {
            self.l |= frame.lasting(day, rules.l_days);
        }
        match action {
            Action::Browse => {
                if self.browse_days.last() != Some(&day) {
                    let days = &mut self.browse_days;
                    self.i |= lens.repeated(days, day, rules.browse_days, rules.i_days);
                }
            }
            Action::Order => {
                self.p |= frame.lasting(day, rules.p_days);
                if self.is_another_order(rules, deed) {
                    self.l |= lens.repeated(&mut self.order_days, day, rules.l_min, rules.l_days);
                }
            }
            _ => self.relate(frame, day, action),
        }
    }

    /// Takes a relation that a table gives.
    pub fn take_span(&mut self, lens: &Lens<'_>, span: &RoleSpan) {
        self.roles[span.role as usize] |= lens.span(span);
    }

    /// Whether an order counts on its own for L: a new day, or, when orders are counted, a new order.
    /// Lines of one order are one; a line without an id is an order.
    fn is_another_order(&mut self, rules: &Rules, deed: &Deed) -> bool {
        if rules.l_by_order {
            deed.order == NO_VALUE || self.order_ids.insert(deed.order)
        } else {
            self.order_days.last() != Some(&deed.day)
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

    /// The life that was told; `o` are the days of activity in the category. Ready for the next
    /// consumer.
    pub fn finish(&mut self, lens: &Lens<'_>, o: Mask) -> Life {
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
        let life = Life {
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
        };
        self.clear();
        life
    }

    /// Forgets the consumer, but keeps the room of the lists.
    fn clear(&mut self) {
        let mut lists = (
            std::mem::take(&mut self.browse_days),
            std::mem::take(&mut self.order_days),
            std::mem::take(&mut self.order_ids),
        );
        lists.0.clear();
        lists.1.clear();
        lists.2.clear();
        *self = Self {
            browse_days: lists.0,
            order_days: lists.1,
            order_ids: lists.2,
            ..Self::default()
        };
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
        let lens = Lens::new(&frame, &rules);
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
        signals.finish(&lens, 0).state(NOW)
    }

    #[test]
    fn lines_of_one_order_are_one_purchase() {
        assert_eq!(state(&[7, 7], "order"), State::P);
        assert_eq!(state(&[7, 8], "order"), State::L);
        assert_eq!(state(&[NO_VALUE, NO_VALUE], "order"), State::L);
        assert_eq!(state(&[7, 8], "day"), State::P);
    }
}
