//! What a platform would report about the log: AIPL, flows, FAST, sales and relations, reckoned for
//! each person and each Sunday by reading all events of that person again.
//!
//! It is slow and obvious on purpose, with the default definitions written out as numbers, and it
//! shares no code with the engine: that both agree in every cell is a test of both.

use super::calendar::{FIRST, WEEKS, week_end};
use super::life::{Consumer, Event};
use super::world::{BRANDS, CHANNELS, CROWDS, PUBLIC};
use crate::facts::Action;
use crate::metrics::Day;
use crate::metrics::aipl::State;
use crate::metrics::fast_plus::Role;

/// Private fields, in the order of the channels after the public ones.
pub(super) const FIELDS: usize = CHANNELS.len() - PUBLIC;
/// Groups of people in tables: the brand, each crowd, then all crowds together.
pub(super) const GROUPS: usize = CROWDS.len() + 2;

/// What a group bought in a week.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sales {
    pub(super) buyers: u64,
    pub(super) orders: u64,
    pub(super) fen: u64,
}

/// What a private field did in a week.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FieldWeek {
    pub(super) visitors: u64,
    pub(super) new_relations: u64,
    pub(super) buyers: u64,
}

/// People of a role and what they paid so far, less refunds.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RoleTotal {
    pub(super) people: u64,
    pub(super) fen: u64,
}

/// All figures of a brand in the week that ends on a Sunday.
#[derive(Debug, Clone, Default)]
pub(super) struct Week {
    /// People by group and state.
    pub(super) stock: [[u64; 6]; GROUPS],
    /// People of the asset with an event in the week, by group.
    pub(super) active: [u64; GROUPS],
    /// People by state a week before and now.
    pub(super) flow: [[u64; 6]; 6],
    pub(super) members: u64,
    pub(super) active_members: u64,
    pub(super) fans: u64,
    pub(super) sales: [Sales; GROUPS],
    /// By [`Role`]; the last entry is anyone with a relation.
    pub(super) roles: [RoleTotal; Role::ALL.len() + 1],
    pub(super) fields: [FieldWeek; FIELDS],
}

impl Week {
    /// Adds what was counted of other consumers.
    pub(super) fn merge(&mut self, other: &Self) {
        let sum = |to: &mut [u64], from: &[u64]| to.iter_mut().zip(from).for_each(|(a, b)| *a += b);
        sum(self.stock.as_flattened_mut(), other.stock.as_flattened());
        sum(self.flow.as_flattened_mut(), other.flow.as_flattened());
        sum(&mut self.active, &other.active);
        self.members += other.members;
        self.active_members += other.active_members;
        self.fans += other.fans;
        for (to, from) in self.sales.iter_mut().zip(&other.sales) {
            to.buyers += from.buyers;
            to.orders += from.orders;
            to.fen += from.fen;
        }
        for (to, from) in self.roles.iter_mut().zip(&other.roles) {
            to.people += from.people;
            to.fen += from.fen;
        }
        for (to, from) in self.fields.iter_mut().zip(&other.fields) {
            to.visitors += from.visitors;
            to.new_relations += from.new_relations;
            to.buyers += from.buyers;
        }
    }

    /// People in A, I, P and L of a group.
    pub(super) fn asset(&self, group: usize) -> u64 {
        State::ASSET
            .iter()
            .map(|s| self.stock[group][*s as usize])
            .sum()
    }

    /// People who moved to a deeper state of A < I < P < L.
    pub(super) fn deepened(&self) -> u64 {
        self.pairs(|from, to| from.is_asset() && to > from)
    }

    /// People in A, I, P and L a week before.
    pub(super) fn start(&self) -> u64 {
        self.pairs(|from, _| from.is_asset())
    }

    fn pairs(&self, keep: impl Fn(State, State) -> bool) -> u64 {
        let all = State::ALL
            .into_iter()
            .flat_map(|f| State::ALL.map(|t| (f, t)));
        all.filter(|&(f, t)| keep(f, t))
            .map(|(f, t)| self.flow[f as usize][t as usize])
            .sum()
    }
}

/// Adds one consumer to the 60 weeks of a brand; his events are in order of time.
pub(super) fn add(weeks: &mut [Week], brand: usize, who: &Consumer, life: &[Event]) {
    let person = Person::new(brand, life);
    if person.category.is_empty() {
        return;
    }
    let groups = groups_of(who);
    let mut before = person.state(FIRST.plus(-1));
    for (w, week) in weeks.iter_mut().enumerate() {
        let day = week_end(w as i32);
        let now = person.state(day);
        week.flow[before as usize][now as usize] += 1;
        person.count_stock(week, &groups, now, day);
        person.count_sales(week, &groups, day);
        person.count_relations(week, day);
        before = now;
    }
}

/// The weeks of a brand before anyone is counted.
pub(super) fn no_weeks() -> Vec<Week> {
    vec![Week::default(); WEEKS as usize]
}

/// The whole brand; and with a crowd, that crowd and all crowds together.
fn groups_of(who: &Consumer) -> Vec<usize> {
    match who.crowd {
        Some(crowd) => vec![0, 1 + crowd, GROUPS - 1],
        None => vec![0],
    }
}

/// One consumer as one brand sees him.
struct Person {
    /// His events with the brand.
    own: Vec<Event>,
    /// His events in the category of the brand, with any brand.
    category: Vec<Event>,
}

/// Whether an event lies in the n days that end with this day.
fn within(event: &Event, day: Day, n: i32) -> bool {
    event.day > day.plus(-n) && event.day <= day
}

impl Person {
    fn new(brand: usize, life: &[Event]) -> Self {
        let category = BRANDS[brand].category;
        Self {
            own: life.iter().filter(|e| e.brand == brand).copied().collect(),
            category: life
                .iter()
                .filter(|e| BRANDS[e.brand].category == category)
                .copied()
                .collect(),
        }
    }

    fn state(&self, day: Day) -> State {
        if self.is_loyal(day) {
            State::L
        } else if self
            .own
            .iter()
            .any(|e| e.action == Action::Order && within(e, day, 913))
        {
            State::P
        } else if self.is_interested(day) {
            State::I
        } else if self.is_aware(day) {
            State::A
        } else if self.category.iter().any(|e| within(e, day, 30)) {
            State::O
        } else {
            State::N
        }
    }

    fn is_loyal(&self, day: Day) -> bool {
        let year = || self.own.iter().filter(|e| within(e, day, 365));
        let praised = year().any(|e| match e.action {
            Action::Share => true,
            Action::Review => e.score.is_none_or(|s| s >= 4),
            _ => false,
        });
        praised || distinct_days(year().filter(|e| e.action == Action::Order)) >= 2
    }

    fn is_interested(&self, day: Day) -> bool {
        let recent = || self.own.iter().filter(|e| within(e, day, 15));
        let active = recent().any(|e| {
            matches!(
                e.action,
                Action::SearchBrand
                    | Action::Favorite
                    | Action::Cart
                    | Action::Interact
                    | Action::Sample
                    | Action::Share
                    | Action::Review
                    | Action::Benefit
                    | Action::Points
                    | Action::LiveFollow
                    | Action::GroupJoin
                    | Action::ServiceContact
                    | Action::MiniProgram
                    | Action::Subscribe
            )
        });
        let browsed = distinct_days(recent().filter(|e| e.action == Action::Browse));
        self.is_member(day) || self.is_fan(day) || active || browsed >= 2
    }

    fn is_aware(&self, day: Day) -> bool {
        self.own.iter().filter(|e| within(e, day, 15)).any(|e| {
            matches!(
                e.action,
                Action::Exposure
                    | Action::Click
                    | Action::ViewContent
                    | Action::Browse
                    | Action::Search
            )
        })
    }

    fn is_member(&self, day: Day) -> bool {
        self.last_is_on(day, Action::JoinMember, Action::LeaveMember)
    }

    fn is_fan(&self, day: Day) -> bool {
        self.last_is_on(day, Action::Follow, Action::Unfollow)
    }

    /// Whether the last of the two actions was the first one; on one second, the second one wins.
    fn last_is_on(&self, day: Day, on: Action, off: Action) -> bool {
        let last = |action| {
            let done = self
                .own
                .iter()
                .filter(|e| e.action == action && e.day <= day);
            done.map(|e| (e.day, e.second)).max()
        };
        last(on) > last(off)
    }

    fn is_active_member(&self, day: Day) -> bool {
        let active = self.own.iter().filter(|e| within(e, day, 180)).any(|e| {
            matches!(
                e.action,
                Action::Cart
                    | Action::Favorite
                    | Action::Benefit
                    | Action::Points
                    | Action::Interact
                    | Action::Order
            )
        });
        self.is_member(day) && active
    }

    fn has_role(&self, role: Role, day: Day) -> bool {
        let ever = |action| self.own.iter().any(|e| e.action == action && e.day <= day);
        match role {
            Role::Member => self.is_member(day),
            Role::Fan => self.is_fan(day),
            Role::LiveFollower => ever(Action::LiveFollow),
            Role::GroupMember => ever(Action::GroupJoin),
            Role::Service => ever(Action::ServiceContact),
            Role::MiniProgram => ever(Action::MiniProgram),
            Role::Subscriber => ever(Action::Subscribe),
            Role::Koc => false,
        }
    }

    /// What was paid up to the end of a day, less what was paid back.
    fn paid_until(&self, day: Day) -> u64 {
        let sum = |action| -> u64 {
            let done = self
                .own
                .iter()
                .filter(|e| e.action == action && e.day <= day);
            done.filter_map(|e| e.sale).map(|s| s.fen).sum()
        };
        sum(Action::Order).saturating_sub(sum(Action::Refund))
    }

    fn count_stock(&self, week: &mut Week, groups: &[usize], state: State, day: Day) {
        let active = state.is_asset() && self.own.iter().any(|e| within(e, day, 7));
        for &group in groups {
            week.stock[group][state as usize] += 1;
            week.active[group] += u64::from(active);
        }
        week.members += u64::from(self.is_member(day));
        week.active_members += u64::from(self.is_active_member(day));
        week.fans += u64::from(self.is_fan(day));
    }

    fn count_sales(&self, week: &mut Week, groups: &[usize], day: Day) {
        let orders = || {
            let in_week = self.own.iter().filter(|e| within(e, day, 7));
            in_week.filter(|e| e.action == Action::Order)
        };
        for &group in groups {
            let sales = &mut week.sales[group];
            sales.buyers += u64::from(orders().count() > 0);
            sales.orders += orders().count() as u64;
            sales.fen += orders().filter_map(|e| e.sale).map(|s| s.fen).sum::<u64>();
        }
    }

    fn count_relations(&self, week: &mut Week, day: Day) {
        let roles = |day| Role::ALL.map(|role| self.has_role(role, day));
        let (before, now) = (roles(day.plus(-7)), roles(day));
        let paid = self.paid_until(day);
        let anyone = now.contains(&true);
        for (total, has) in week.roles.iter_mut().zip(now.iter().chain([&anyone])) {
            total.people += u64::from(*has);
            total.fen += if *has { paid } else { 0 };
        }
        let gained: Vec<Action> = Role::ALL
            .into_iter()
            .zip(before.iter().zip(&now))
            .filter(|(_, (before, now))| !**before && **now)
            .filter_map(|(role, _)| made_by(role))
            .collect();
        for (field, total) in week.fields.iter_mut().enumerate() {
            self.count_field(total, field, &gained, day);
        }
    }

    fn count_field(&self, total: &mut FieldWeek, field: usize, gained: &[Action], day: Day) {
        let here = || {
            let in_week = self.own.iter().filter(|e| within(e, day, 7));
            in_week.filter(|e| e.channel == PUBLIC + field)
        };
        total.visitors += u64::from(here().count() > 0);
        total.new_relations += u64::from(here().any(|e| gained.contains(&e.action)));
        total.buyers += u64::from(here().any(|e| e.action == Action::Order));
    }
}

/// The action by which a relation begins.
fn made_by(role: Role) -> Option<Action> {
    Some(match role {
        Role::Member => Action::JoinMember,
        Role::Fan => Action::Follow,
        Role::LiveFollower => Action::LiveFollow,
        Role::GroupMember => Action::GroupJoin,
        Role::Service => Action::ServiceContact,
        Role::MiniProgram => Action::MiniProgram,
        Role::Subscriber => Action::Subscribe,
        Role::Koc => return None,
    })
}

fn distinct_days<'a>(events: impl Iterator<Item = &'a Event>) -> usize {
    let mut days: Vec<Day> = events.map(|e| e.day).collect();
    days.sort_unstable();
    days.dedup();
    days.len()
}
