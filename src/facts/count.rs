//! Counts of a brand for a slice: how many people were in which state, moved where, bought what.

use std::sync::Arc;

use super::engine::{BrandIndex, EventScope};
use super::frame::{AGAINST, AGAINST_PERIOD, BEFORE, Frame, Mask, NOW, NOW_PERIOD, START, WEEKS};
use super::rules::Rules;
use super::select::Filter;
use super::tally::Tally;
use super::timeline::{Life, Roles, Timeline};
use super::{Action, Engine, Event, Slice, Touch};
use crate::metrics::Day;
use crate::metrics::aipl::State;
use crate::metrics::fast_plus::{Field, Role};

/// People by state at the start and at the end: `[from][to]`.
pub type Matrix = [[u64; 6]; 6];

/// People per sample day (see [`super::frame`] for the bits).
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "one counter per state and role, named in Life")]
pub struct Stocks {
    pub o: Tally,
    pub a: Tally,
    pub i: Tally,
    pub p: Tally,
    pub l: Tally,
    pub asset: Tally,
    pub lively: Tally,
    pub members: Tally,
    pub active: Tally,
    pub capital: Tally,
    /// People who moved deeper in the period that ends on the day.
    pub deepened: Tally,
    /// People of A, I, P, L at the start of that period.
    pub start: Tally,
    /// People of A, I, P at the start of that period.
    pub start_aip: Tally,
}

/// What a group of people bought in the period that ends on as-of, and on the comparison day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sales {
    /// Distinct people with an order.
    pub buyers: [u64; 2],
    /// Orders.
    pub orders: [u64; 2],
    /// Paid amount in fen of the orders that have one.
    pub fen: [i64; 2],
    /// Orders without an amount.
    pub unpriced: [u64; 2],
}

/// Counts of one crowd.
#[derive(Debug, Clone, Default)]
pub struct CrowdCounts {
    /// People of the crowd in the asset, per sample day.
    pub consumers: Tally,
    /// What they bought.
    pub sales: Sales,
}

/// What happened in a private field in the period that ends on as-of, and on the comparison day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FieldCounts {
    /// Distinct people with an event there.
    pub visitors: [u64; 2],
    /// Of these, people who gained a role there that they did not have before the period.
    pub new_relations: [u64; 2],
    /// Of these, people with an order there.
    pub buyers: [u64; 2],
}

/// People of a role and what they paid up to the day (net of refunds), now and at the comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoleCounts {
    /// Distinct people.
    pub people: [u64; 2],
    /// Paid amount less refunds up to the day, fen.
    pub fen: [i64; 2],
    /// Orders without an amount.
    pub unpriced: [u64; 2],
}

/// Everything that is counted for one brand and one slice.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    /// People per state and role on all sample days.
    pub stocks: Stocks,
    /// From the comparison day to as-of.
    pub flow_now: Matrix,
    /// From the period before to the comparison day.
    pub flow_before: Matrix,
    /// Over the deepening period that ends on as-of.
    pub deepening_now: Matrix,
    /// Over the deepening period that ends on the comparison day.
    pub deepening_against: Matrix,
    /// By position in `Dataset::crowds`; empty in a summary.
    pub crowds: Vec<CrowdCounts>,
    /// People of any crowd.
    pub all_crowds: CrowdCounts,
    /// By [`Role`]; the last entry is the union.
    pub roles: [RoleCounts; Role::ALL.len() + 1],
    /// People whose relation level rose: comparison → as-of, period before → comparison.
    pub risen: [u64; 2],
    /// Capital at the start of these two periods.
    pub risen_base: [u64; 2],
    /// By [`Field`].
    pub fields: [FieldCounts; Field::ALL.len()],
}

/// How much is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// FAST, stocks and flows.
    Summary,
    /// Also crowds, roles, fields and sales.
    Full,
}

impl Engine {
    /// Counts one brand.
    pub fn count(
        &self,
        brand: usize,
        frame: &Frame,
        rules: &Rules,
        slice: &Slice,
        depth: Depth,
    ) -> Counts {
        let timeline = self.timeline(brand, frame, rules, &slice.scope);
        let filter = Filter::new(self, brand, &timeline, &slice.filter, frame.as_of);
        let mut counts = Counts::default();
        let detail = (depth == Depth::Full).then(|| Detail::new(self, brand, frame, rules, slice));
        if detail.is_some() {
            counts.crowds = vec![CrowdCounts::default(); self.dataset().crowds.len()];
        }
        for (position, life) in timeline.lives.iter().enumerate() {
            if filter.keeps(position) {
                counts.take(life);
                if let Some(detail) = &detail {
                    counts.take_layers(life);
                    detail.add(&mut counts, position, life);
                }
            }
        }
        counts
    }

    /// People of the asset on as-of for every value of a dimension: attributes in the order of the
    /// data set, then touch dimensions, then roles. The slice plays no part.
    pub fn values(&self, brand: usize, frame: &Frame, rules: &Rules) -> Arc<ValueCounts> {
        let timeline = self.timeline(brand, frame, rules, &[]);
        let count = || Arc::new(ValueCounts::new(self, brand, &timeline, frame.as_of));
        Arc::clone(timeline.values.get_or_init(count))
    }
}

impl Counts {
    /// What FAST needs.
    fn take(&mut self, life: &Life) {
        let asset = life.asset();
        let s = &mut self.stocks;
        add(&mut s.asset, asset);
        add(&mut s.members, life.member);
        add(&mut s.active, life.active);
        add(&mut s.deepened, deepened(life));
        add(&mut s.start, asset >> START);
        add(&mut s.start_aip, (asset & !life.l) >> START);
        step(&mut self.deepening_now, life, NOW + START, NOW);
        step(&mut self.deepening_against, life, AGAINST + START, AGAINST);
    }

    /// The layers, the flow and private-domain relations.
    fn take_layers(&mut self, life: &Life) {
        let s = &mut self.stocks;
        add(&mut s.o, life.o);
        add(&mut s.a, life.a);
        add(&mut s.i, life.i);
        add(&mut s.p, life.p);
        add(&mut s.l, life.l);
        add(&mut s.lively, life.asset() & life.lively);
        add(&mut s.capital, life.capital());
        step(&mut self.flow_now, life, AGAINST, NOW);
        step(&mut self.flow_before, life, BEFORE, AGAINST);
    }
}

fn add(tally: &mut Tally, mask: Mask) {
    if mask != 0 {
        tally.add(mask);
    }
}

/// Sample days at whose deepening period's end the consumer stands deeper than at its start.
fn deepened(life: &Life) -> Mask {
    let start = |mask: Mask| mask >> START;
    start(life.a) & (life.i | life.p | life.l)
        | start(life.i) & (life.p | life.l)
        | start(life.p) & life.l
}

/// A person counts in a flow once the brand has seen him, or when he is in a state at either end.
fn step(matrix: &mut Matrix, life: &Life, from: u32, to: u32) {
    let (start, end) = (life.state(from), life.state(to));
    if start != State::N || end != State::N || life.seen >> to & 1 == 1 {
        matrix[start as usize][end as usize] += 1;
    }
}

/// What is looked up once for a full count.
struct Detail<'a> {
    engine: &'a Engine,
    index: &'a BrandIndex,
    scope: EventScope,
    /// Ends of the two sales periods, with the bits of their starts.
    periods: [(Day, Day); 2],
    last: Day,
    /// Crowd index of each value of the crowd attribute.
    crowd_of_value: Vec<Option<u32>>,
    crowd_attribute: Option<usize>,
    /// Whether a total counts the crowd.
    counted: Vec<bool>,
    /// Private field of each channel value.
    field_of_channel: Vec<Option<Field>>,
}

impl<'a> Detail<'a> {
    fn new(engine: &'a Engine, brand: usize, frame: &Frame, rules: &Rules, slice: &Slice) -> Self {
        let data = engine.dataset();
        let crowd_attribute = data.attributes.iter().position(|a| a.id == "crowd");
        let crowd = |value: &String| data.crowds.iter().position(|c| c.id == *value);
        let values = crowd_attribute.map_or(&[][..], |a| &data.attributes[a].values);
        let period = |day: Day| (day.plus(1 - rules.period_days), day);
        Self {
            engine,
            index: engine.index(brand),
            scope: EventScope::new(data, &slice.scope),
            periods: [period(frame.as_of), period(frame.against)],
            last: frame.as_of.max(frame.against),
            crowd_of_value: values.iter().map(|v| crowd(v).map(|c| c as u32)).collect(),
            crowd_attribute,
            counted: counted(data),
            field_of_channel: data.log.touch_values[Touch::Channel as usize]
                .iter()
                .map(|v| field_of_channel(v))
                .collect(),
        }
    }

    fn add(&self, counts: &mut Counts, position: usize, life: &Life) {
        let events = self.engine.events(self.index, position);
        let events = events.iter().take_while(|e| e.day <= self.last);
        let purchases = self.purchases(events.filter(|e| self.scope.holds(e)));
        self.add_crowds(counts, position, life, &purchases);
        add_roles(counts, life, &purchases);
        add_fields(counts, life, &purchases);
    }

    fn purchases<'e>(&self, events: impl Iterator<Item = &'e Event>) -> Purchases {
        let mut found = Purchases::default();
        for event in events {
            let field = self
                .field_of_channel
                .get(event.touch[Touch::Channel as usize] as usize);

            for (side, (first, last)) in self.periods.iter().enumerate() {
                let inside = (*first..=*last).contains(&event.day);
                found.take(
                    side,
                    event,
                    inside,
                    event.day <= *last,
                    field.copied().flatten(),
                );
            }
        }
        found
    }

    fn add_crowds(&self, counts: &mut Counts, position: usize, life: &Life, bought: &Purchases) {
        let Some(attribute) = self.crowd_attribute else {
            return;
        };
        let consumer = self.index.consumers[position];
        let entries = self.engine.dataset().attributes[attribute].of(consumer);
        let mut any = false;
        for entry in entries {
            let crowd = self.crowd_of_value.get(*entry as usize).copied().flatten();
            if let Some((k, crowd)) =
                crowd.and_then(|k| Some((k, counts.crowds.get_mut(k as usize)?)))
            {
                any |= self.counted.get(k as usize) == Some(&true);
                crowd.take(life, bought);
            }
        }
        if any {
            counts.all_crowds.take(life, bought);
        }
    }
}

fn counted(data: &super::Dataset) -> Vec<bool> {
    let mut found = vec![false; data.crowds.len()];
    data.counted_crowds().for_each(|k| found[k] = true);
    found
}

/// What one consumer bought and visited in the two periods.
#[derive(Default)]
struct Purchases {
    orders: [u64; 2],
    fen: [i64; 2],
    unpriced: [u64; 2],
    /// Paid less refunds up to the end of the period.
    lifetime: [i64; 2],
    lifetime_unpriced: [u64; 2],
    /// Private fields visited, one bit per [`Field`].
    visited: [u8; 2],
    bought_in: [u8; 2],
    /// Roles that an event in the field makes, by [`Field`]; one bit per [`Role`].
    related_in: [[Roles; Field::ALL.len()]; 2],
}

impl Purchases {
    fn take(
        &mut self,
        side: usize,
        event: &Event,
        inside: bool,
        until: bool,
        field: Option<Field>,
    ) {
        let bit = field.map_or(0, |f| 1 << f as u8);
        if inside {
            self.visited[side] |= bit;
            if let (Some(field), Some(role)) = (field, event.action.role()) {
                self.related_in[side][field as usize] |= 1 << role as u8;
            }
        }
        match (event.action, event.amount) {
            (Action::Order, amount) => {
                if inside {
                    self.orders[side] += 1;
                    self.bought_in[side] |= bit;
                    self.fen[side] = self.fen[side].saturating_add(amount.unwrap_or(0));
                    self.unpriced[side] += u64::from(amount.is_none());
                }
                if until {
                    self.lifetime[side] = self.lifetime[side].saturating_add(amount.unwrap_or(0));
                    self.lifetime_unpriced[side] += u64::from(amount.is_none());
                }
            }
            (Action::Refund, Some(amount)) if until => {
                self.lifetime[side] = self.lifetime[side].saturating_sub(amount);
            }
            _ => {}
        }
    }
}

impl CrowdCounts {
    fn take(&mut self, life: &Life, bought: &Purchases) {
        let asset = life.asset();
        if asset != 0 {
            self.consumers.add(asset);
        }
        for side in 0..2 {
            if bought.orders[side] > 0 {
                self.sales.buyers[side] += 1;
                self.sales.orders[side] += bought.orders[side];
                self.sales.fen[side] = self.sales.fen[side].saturating_add(bought.fen[side]);
                self.sales.unpriced[side] += bought.unpriced[side];
            }
        }
    }
}

fn add_roles(counts: &mut Counts, life: &Life, bought: &Purchases) {
    let bits = [NOW, AGAINST, BEFORE];
    for side in 0..2 {
        let roles = life.roles_on(bits[side]);
        let union = Role::ALL.len();
        let held = (0..union).filter(|k| roles >> k & 1 == 1);
        for k in held.chain((roles != 0).then_some(union)) {
            let role = &mut counts.roles[k];
            role.people[side] += 1;
            role.fen[side] = role.fen[side].saturating_add(bought.lifetime[side]);
            role.unpriced[side] += bought.lifetime_unpriced[side];
        }
        let start = life.level(bits[side + 1]);
        if start > 0 {
            counts.risen_base[side] += 1;
            counts.risen[side] += u64::from(life.level(bits[side]) > start);
        }
    }
}

fn add_fields(counts: &mut Counts, life: &Life, bought: &Purchases) {
    for side in 0..2 {
        let (end, start) = [(NOW, NOW_PERIOD), (AGAINST, AGAINST_PERIOD)][side];
        let gained = life.roles_on(end) & !life.roles_on(start);
        for field in Field::ALL {
            let bit = 1_u8 << field as u8;
            let f = &mut counts.fields[field as usize];
            if bought.visited[side] & bit != 0 {
                f.visitors[side] += 1;
                let here = bought.related_in[side][field as usize];
                f.new_relations[side] += u64::from(gained & here != 0);
                f.buyers[side] += u64::from(bought.bought_in[side] & bit != 0);
            }
        }
    }
}

/// The private field that a channel names: its id, or its usual Chinese name.
pub fn field_of_channel(channel: &str) -> Option<Field> {
    Field::from_id(channel).or(match channel {
        "店铺" => Some(Field::Shop),
        "群聊" | "店铺群聊" => Some(Field::Group),
        "自播" | "自播间" | "店铺自播" => Some(Field::Live),
        "专属客服" | "客服" => Some(Field::Service),
        "小程序" => Some(Field::MiniProgram),
        "订阅" => Some(Field::Subscription),
        _ => None,
    })
}

/// People of the asset on as-of per value of each dimension.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValueCounts {
    /// By attribute, by value.
    pub attributes: Vec<Vec<u64>>,
    /// By [`Touch`], by value.
    pub touches: [Vec<u64>; 4],
    /// By [`Role`].
    pub roles: [u64; Role::ALL.len()],
}

impl ValueCounts {
    fn new(engine: &Engine, brand: usize, timeline: &Arc<Timeline>, as_of: Day) -> Self {
        let (data, index) = (engine.dataset(), engine.index(brand));
        let mut counts = Self {
            attributes: data
                .attributes
                .iter()
                .map(|a| vec![0; a.values.len()])
                .collect(),
            touches: std::array::from_fn(|t| vec![0; data.log.touch_values[t].len()]),
            roles: [0; Role::ALL.len()],
        };
        let mut touched: Vec<u32> = Vec::new();
        for (position, life) in timeline.lives.iter().enumerate() {
            if life.asset() >> NOW & 1 == 0 {
                continue;
            }
            for (attribute, people) in data.attributes.iter().zip(&mut counts.attributes) {
                for value in attribute.of(index.consumers[position]) {
                    count_one(people, *value);
                }
            }
            for (k, people) in counts.roles.iter_mut().enumerate() {
                *people += u64::from(life.roles_on(NOW) >> k & 1);
            }
            let events = engine.events(index, position);
            for (touch, people) in counts.touches.iter_mut().enumerate() {
                touched.clear();
                let until = events.iter().take_while(|e| e.day <= as_of);
                touched.extend(until.map(|e| e.touch[touch]));
                touched.sort_unstable();
                touched.dedup();
                for value in &touched {
                    count_one(people, *value);
                }
            }
        }
        counts
    }
}

fn count_one(people: &mut [u64], value: u32) {
    if let Some(n) = people.get_mut(value as usize) {
        *n += 1;
    }
}

/// Bits of the 53 week ends of a history, oldest first.
pub fn history_bits() -> std::ops::Range<u32> {
    1..WEEKS as u32
}
