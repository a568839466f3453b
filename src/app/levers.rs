//! The levers of a pane, with the value of each in the data and under the open scenario.
//!
//! Keys, the drawer on the screen and key scripts must agree on which lever stands in row 7, so the
//! list is made here, once. A value comes from the event log where that knows it, else from the
//! platform tables, else from the targets of the plan.

use super::order;
use super::state::{Pane, Phase, State};
use crate::board::{Basis, Figures, Side, Source};
use crate::metrics::Value;
use crate::metrics::aipl::State as Layer;
use crate::metrics::projection::Week;
use crate::scenario::model::Model;
use crate::scenario::{
    Bounded, Change, Item, Items, LEVERS, Lever, Operator, Scenario, transition_id,
};

/// Where the value of a lever comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The current figures.
    Current,
    /// There is no current figure; the target stands in its place.
    Target,
}

/// A lever of the drawer.
#[derive(Debug, Clone, PartialEq)]
pub struct LeverRow {
    /// The lever.
    pub lever: &'static Lever,
    /// For which items.
    pub item: Item,
    /// Its value without the scenario, in the unit of the lever; of all items together for
    /// [`Item::All`].
    pub base: Option<f64>,
    /// Its value under the scenario.
    pub now: Option<f64>,
    /// Where the value comes from.
    pub origin: Origin,
    /// The scenario asked for more than the bounds allow.
    pub bounded: bool,
}

impl LeverRow {
    /// Whether the row itself is changed by the scenario.
    pub fn is_changed(&self, scenario: &Scenario) -> bool {
        scenario
            .changes
            .iter()
            .any(|c| c.lever.id == self.lever.id && c.item == self.item)
    }
}

/// The families of levers that a pane shows.
fn families(pane: Pane) -> &'static [&'static str] {
    match pane {
        Pane::Brands | Pane::Fast | Pane::FastPlus | Pane::Aipl => &["fast."],
        Pane::Crowds => &["crowd."],
        Pane::Gmv => &["gmv.", "crowd."],
        Pane::Scenarios | Pane::Why => &["crowd.", "gmv.", "fast."],
        Pane::Outlook => &["flow.inflow", "flow.rate"],
    }
}

/// Where people of a state can go, in the order of the drawer.
const OUT: [Layer; 6] = [Layer::A, Layer::I, Layer::P, Layer::L, Layer::O, Layer::N];

/// The models that values are read from, each with what the scenario makes of it.
struct Sources {
    /// Events, then platform tables.
    current: [[Model; 2]; 2],
    /// Targets in the place of figures that are missing.
    plan: Option<[Model; 2]>,
    /// The mean week, where the board looks ahead.
    week: Option<[Week; 2]>,
}

impl Sources {
    fn of(state: &State) -> Option<Self> {
        let Phase::Ready(engine) = &state.phase else {
            return None;
        };
        let board = state.plain.as_deref()?;
        let figures = Figures {
            board: board.brand(state.brand)?,
            data: engine.dataset(),
            definitions: &state.definitions,
        };
        let scenario = state.scenario();
        let pair = |model: Model| {
            let under = model.under(scenario).0;
            [model, under]
        };
        let current = [Source::Events, Source::Platform].map(|s| pair(figures.model(s, Side::Now)));
        let plan = figures.basis("crowd.gmv", "*");
        let past = board.ahead.as_ref().and_then(|a| a.past.as_ref());
        let week = past.filter(|_| state.pane == Pane::Outlook).map(|p| p.week);
        Some(Self {
            current,
            plan: plan
                .filter(|b: &Basis| !b.planned.is_empty())
                .map(|b| pair(b.model)),
            week: week.map(|week| [week, scenario.week(&week).0]),
        })
    }

    /// The value of a lever without and with the scenario.
    fn values(&self, lever: &Lever, item: &str) -> (Option<f64>, Option<f64>, Origin) {
        let read = |[base, now]: &[Model; 2]| {
            let value = |m: &Model| m.get(lever.id, item).and_then(Value::get);
            (value(base), value(now))
        };
        for pair in &self.current {
            if let (Some(base), now) = read(pair) {
                return (Some(base), now, Origin::Current);
            }
        }
        let (base, now) = self.plan.as_ref().map_or((None, None), read);
        let set = || self.current.iter().find_map(|pair| read(pair).1);
        let origin = match base {
            Some(_) => Origin::Target,
            None => Origin::Current,
        };
        (base, now.or_else(set), origin)
    }

    /// The value of a lever of the weekly flow without and with the scenario; the arrivals of all
    /// states together are their sum, rates have none.
    fn weekly(&self, lever: &Lever, item: &Item) -> (Option<f64>, Option<f64>, Origin) {
        let read = |week: &Week| match (lever.items, item) {
            (Items::Arrivals, Item::All) => Some(week.arrivals.iter().sum()),
            (Items::Arrivals, Item::One(id)) => {
                let at = Layer::ASSET.iter().position(|s| s.id() == id)?;
                week.arrivals.get(at).copied()
            }
            (_, Item::All) => None,
            (_, Item::One(id)) => {
                let (from, to) = id.split_once('>')?;
                Some(week.rate(Layer::from_id(from)?, Layer::from_id(to)?))
            }
        };
        let values = self.week.as_ref().map(|pair| pair.each_ref().map(read));
        let [base, now] = values.unwrap_or_default();
        (base, now, Origin::Current)
    }

    /// The states that new consumers arrive in, or the transitions that occur, and those that the
    /// scenario changes.
    fn weekly_items(&self, lever: &Lever, scenario: &Scenario) -> Vec<Item> {
        let Some([week, _]) = &self.week else {
            return Vec::new();
        };
        let all = || Some(Item::All);
        if lever.items == Items::Arrivals {
            let each = Layer::ASSET.map(|s| Some(Item::One(s.id().to_owned())));
            return std::iter::once(all()).chain(each).flatten().collect();
        }
        let changed = |id: &str| {
            let mut own = scenario.changes.iter().filter(|c| c.lever.id == lever.id);
            own.any(|c| c.item == Item::One(id.to_owned()))
        };
        let every = scenario
            .changes
            .iter()
            .any(|c| c.lever.id == lever.id && c.item == Item::All);
        let ways = |from: Layer| OUT.map(|to| (from, to));
        let found = Layer::ASSET
            .into_iter()
            .flat_map(ways)
            .filter_map(|(from, to)| {
                let id = transition_id(from, to)?;
                (week.rate(from, to) > 0.0 || changed(&id)).then_some(Item::One(id))
            });
        all().filter(|_| every).into_iter().chain(found).collect()
    }

    fn layers(&self) -> Vec<Item> {
        let has = |l: usize| {
            let there = |pair: &[Model; 2]| pair[0].layers()[l].is_some();
            self.current.iter().any(there)
        };
        let layers = crate::metrics::double11::LAYERS.into_iter().enumerate();
        let found = layers.filter(|(l, _)| has(*l));
        found
            .map(|(_, state)| Item::One(state.id().to_owned()))
            .collect()
    }
}

/// The levers of the pane that is shown, in the order shown: of every family first all items
/// together, then each item.
pub fn lever_rows(state: &State) -> Vec<LeverRow> {
    let Some(sources) = Sources::of(state) else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    for family in families(state.pane) {
        let levers: Vec<&'static Lever> =
            LEVERS.iter().filter(|l| l.id.starts_with(family)).collect();
        for item in items(state, &sources, &levers) {
            rows.extend(
                levers
                    .iter()
                    .map(|lever| row(state, &sources, lever, &item)),
            );
        }
    }
    rows.retain(|row| row.lever.id != "gmv.direct_rate" || row.base.is_some());
    rows
}

/// The items of a family; all together only where there are several.
fn items(state: &State, sources: &Sources, levers: &[&'static Lever]) -> Vec<Item> {
    let each: Vec<Item> = match levers.first().map(|l| l.items) {
        Some(Items::Whole) => return vec![Item::All],
        Some(Items::Crowds) => {
            let crowds = state.dataset().map_or(&[][..], |d| &d.crowds);
            order::crowd_order(state)
                .into_iter()
                .filter_map(|c| Some(Item::One(crowds.get(c)?.id.clone())))
                .collect()
        }
        Some(Items::Layers) => sources.layers(),
        Some(Items::Transitions | Items::Arrivals) => {
            let lists = levers
                .iter()
                .map(|l| sources.weekly_items(l, state.scenario()));
            return lists.flatten().collect();
        }
        None => Vec::new(),
    };
    let all = (each.len() > 1).then_some(Item::All);
    all.into_iter().chain(each).collect()
}

/// Where the open scenario asked for more than the bounds of a lever allow, as far as the pane shows
/// what the levers move.
pub fn bounded(state: &State) -> impl Iterator<Item = &Bounded> {
    let board = state.board.as_deref().and_then(|b| b.brand(state.brand));
    let found = state.outlook.found.as_ref();
    let ahead = found
        .filter(|_| state.pane == Pane::Outlook)
        .and_then(|f| f.projection.as_ref());
    let figures = board.into_iter().flat_map(|b| &b.bounded);
    figures.chain(ahead.into_iter().flat_map(|p| &p.bounded))
}

fn row(state: &State, sources: &Sources, lever: &'static Lever, item: &Item) -> LeverRow {
    let id = match (item, lever.items) {
        (Item::One(id), _) => id.as_str(),
        (Item::All, Items::Whole) => "",
        (Item::All, _) => "*",
    };
    let (base, now, origin) = match lever.items {
        Items::Transitions | Items::Arrivals => sources.weekly(lever, item),
        _ => sources.values(lever, id),
    };
    let bounded = bounded(state)
        .any(|told| told.lever.id == lever.id && (*item == Item::All || told.item == id));
    LeverRow {
        lever,
        item: item.clone(),
        base,
        now,
        origin,
        bounded,
    }
}

/// The scenario after a lever was moved by so many steps; `None` where there is nothing to step
/// from.
pub fn stepped(scenario: &Scenario, row: &LeverRow, steps: f64) -> Option<Scenario> {
    let lever = row.lever;
    let single = row.item != Item::All || lever.items == Items::Whole;
    if single {
        let value = row.now?;
        let wanted = value + steps * lever.step_from(value);
        return Some(with(scenario, row, Operator::Set, lever.keep(wanted)));
    }
    let own = |operator| {
        let found = scenario.changes.iter().rev();
        found
            .filter(|c| c.lever.id == lever.id && c.item == row.item && c.operator == operator)
            .map(|c| c.operand)
            .next()
    };
    row.base.or(row.now)?;
    Some(if lever.unit == crate::metrics::Unit::Ratio {
        let points = own(Operator::Add).unwrap_or(0.0) + steps * lever.step;
        with(scenario, row, Operator::Add, points)
    } else {
        let factor = own(Operator::Multiply).unwrap_or(1.0) + steps * lever.step;
        with(scenario, row, Operator::Multiply, factor.max(0.0))
    })
}

/// The scenario in which the changes of a row are replaced by this one; a change that changes
/// nothing is left out.
fn with(scenario: &Scenario, row: &LeverRow, operator: Operator, operand: f64) -> Scenario {
    let mut next = without(scenario, row);
    let rest = match operator {
        Operator::Set => base_of(&next, row),
        Operator::Add => Some(0.0),
        Operator::Multiply => Some(1.0),
    };
    let moved = rest.is_none_or(|rest| (operand - rest).abs() > 1e-9 * rest.abs().max(1e-3));
    if moved {
        next.changes.push(Change {
            lever: row.lever,
            item: row.item.clone(),
            operator,
            operand,
        });
    }
    next
}

/// The value that a row has under the other changes of a scenario. A target that stands in for a
/// missing figure is no such value: to set a lever to its target is a change.
fn base_of(others: &Scenario, row: &LeverRow) -> Option<f64> {
    if row.origin == Origin::Target {
        return None;
    }
    let item = match &row.item {
        Item::One(id) => id.as_str(),
        Item::All => "",
    };
    others.resolve(row.lever.id, item, row.base).0
}

/// The scenario without the changes of a row.
pub fn without(scenario: &Scenario, row: &LeverRow) -> Scenario {
    let own = |c: &Change| c.lever.id == row.lever.id && c.item == row.item;
    Scenario {
        changes: scenario
            .changes
            .iter()
            .filter(|c| !own(c))
            .cloned()
            .collect(),
    }
}

/// The scenario after a value was typed for a lever. What is typed for one item counts from what it
/// shows now; what is typed for all items is one change more, or takes the place of all others where
/// it sets them.
pub fn typed(scenario: &Scenario, row: &LeverRow, change: &Change) -> Scenario {
    let single = row.item != Item::All || row.lever.items == Items::Whole;
    match (single, change.asked(row.now)) {
        (true, Some(value)) => with(scenario, row, Operator::Set, row.lever.keep(value)),
        (true, None) => scenario.clone(),
        (false, _) => {
            let mut next = scenario.clone();
            if change.operator == Operator::Set {
                next.changes.retain(|c| c.lever.id != row.lever.id);
            }
            next.changes.push(change.clone());
            next
        }
    }
}
