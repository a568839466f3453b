//! [`LEVERS`]: what a user can change, with items, unit, bounds and step.
//!
//! A lever is an input of a model, never one of its results: GMV has no lever, its factors have.

use crate::metrics::Unit;
use crate::metrics::aipl::State;

/// What a lever has one value for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Items {
    /// The whole brand: the lever is written without an item.
    Whole,
    /// Every strategy crowd, by id.
    Crowds,
    /// The layers `o a i p l` of Double 11.
    Layers,
    /// The transitions `a>i`, `p>n` … of the weekly flow, from A, I, P or L to any other state. The
    /// rate of staying is what they leave over.
    Transitions,
    /// The states `a i p l` that new consumers arrive in.
    Arrivals,
}

/// One lever.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lever {
    /// Id in scenario texts; the metric it moves, where the board has one.
    pub id: &'static str,
    /// What it has values for.
    pub items: Items,
    /// Unit of its value.
    pub unit: Unit,
    /// Smallest and largest value.
    pub bounds: (f64, f64),
    /// One press of `+`; a share of the value for people and money, points for ratios.
    pub step: f64,
    /// What it does, in Chinese and English.
    pub help: [&'static str; 2],
}

/// The lever with this id.
pub fn lever(id: &str) -> Option<&'static Lever> {
    LEVERS.iter().find(|l| l.id == id)
}

impl Lever {
    /// Size of one step from a value, in the unit of the lever: `step` points for ratios, a share
    /// of the value for people and money (at least one person or one unit of money, so that a lever
    /// that stands at 0 can be moved).
    pub fn step_from(&self, value: f64) -> f64 {
        match self.unit {
            Unit::Ratio => self.step,
            _ => (value.abs() * self.step).max(1.0),
        }
    }

    /// The nearest value inside the bounds.
    pub fn keep(&self, value: f64) -> f64 {
        value.clamp(self.bounds.0, self.bounds.1)
    }

    /// The item in its normal form, or `None` when the lever has no such item. Crowds are known to
    /// the data set only, so any name may be one.
    pub fn item(&self, text: &str) -> Option<String> {
        let state = |text: &str| State::from_id(text.trim());
        match self.items {
            Items::Whole => None,
            Items::Crowds => Some(text.to_owned()),
            Items::Layers => state(text)
                .filter(|s| *s != State::N)
                .map(|s| s.id().to_owned()),
            Items::Arrivals => state(text)
                .filter(|s| s.is_asset())
                .map(|s| s.id().to_owned()),
            Items::Transitions => {
                let (from, to) = text.split_once(['>', '→'])?;
                transition_id(state(from)?, state(to)?)
            }
        }
    }
}

/// The item of a transition; `None` when it is none of the levers.
pub fn transition_id(from: State, to: State) -> Option<String> {
    (from.is_asset() && from != to).then(|| format!("{}>{}", from.id(), to.id()))
}

const PEOPLE: (f64, f64) = (0.0, 2e9);
const SHARE: (f64, f64) = (0.0, 1.0);
const PRICE: (f64, f64) = (0.0, 1e9);

const fn row(
    id: &'static str,
    items: Items,
    unit: Unit,
    step: f64,
    help: [&'static str; 2],
) -> Lever {
    let bounds = match unit {
        Unit::Ratio => SHARE,
        Unit::People | Unit::Count => PEOPLE,
        _ => PRICE,
    };
    Lever {
        id,
        items,
        unit,
        bounds,
        step,
        help,
    }
}

use Items::{Arrivals, Crowds, Layers, Transitions, Whole};
use Unit::{MoneyPerPerson, People, Ratio};

/// Every lever, in the order of the scenario.
#[rustfmt::skip]
pub const LEVERS: &[Lever] = &[
    row("fast.f", Whole, People, 0.05, [
        "可运营人群总量；A、I、P、L 按原有结构同比变化",
        "the asset; A, I, P and L keep their mix",
    ]),
    row("fast.a", Whole, Ratio, 0.005, [
        "关系加深率",
        "deepening rate",
    ]),
    row("fast.s", Whole, People, 0.05, [
        "会员总量，不超过可运营人群总量；活跃率不变，活跃会员随之变化",
        "members, at most the asset; T stays and active members follow",
    ]),
    row("fast.t", Whole, Ratio, 0.01, [
        "会员活跃率：活跃会员 = 会员总量 × 活跃率",
        "active members = members × T",
    ]),
    row("fast.active_members", Whole, People, 0.05, [
        "活跃会员，不超过会员总量；活跃率 = 活跃会员 ÷ 会员总量",
        "active members, at most the members; T = active members ÷ members",
    ]),
    row("crowd.population", Crowds, People, 0.05, [
        "策略人群量级",
        "size of the crowd in the market",
    ]),
    row("crowd.penetration", Crowds, Ratio, 0.01, [
        "渗透率：消费者总量 = 量级 × 渗透率",
        "consumers = population × penetration",
    ]),
    row("crowd.conversion", Crowds, Ratio, 0.005, [
        "转化率：购买人数 = 消费者总量 × 转化率",
        "buyers = consumers × conversion",
    ]),
    row("crowd.aov", Crowds, MoneyPerPerson, 0.05, [
        "客单价：GMV = 购买人数 × 客单价",
        "GMV = buyers × AOV",
    ]),
    row("gmv.pool", Layers, People, 0.05, [
        "蓄水规模：活动开始时该层人数",
        "people of the layer when the event begins",
    ]),
    row("gmv.cart_rate", Layers, Ratio, 0.005, [
        "收藏加购率：加购人数 = 蓄水规模 × 收藏加购率",
        "cart people = pool × cart rate",
    ]),
    row("gmv.order_rate", Layers, Ratio, 0.01, [
        "收藏加购下单率：购买人数 = 加购人数 × 下单率",
        "buyers = cart people × order rate",
    ]),
    row("gmv.aov", Layers, MoneyPerPerson, 0.05, [
        "客单价：GMV = 购买人数 × 客单价",
        "GMV = buyers × AOV",
    ]),
    row("flow.rate", Transitions, Ratio, 0.005, [
        "每周流转率，如 a>i；只用于预测，维持率为剩余部分",
        "weekly transition rate, such as a>i; moves the projection only, staying is what is left",
    ]),
    row("flow.inflow", Arrivals, People, 0.05, [
        "每周新增人数；只用于预测",
        "new consumers per week; moves the projection only",
    ]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::metric;

    #[test]
    fn every_lever_is_complete_and_has_the_unit_of_its_metric() {
        for (i, l) in LEVERS.iter().enumerate() {
            assert!(LEVERS[..i].iter().all(|o| o.id != l.id), "{} twice", l.id);
            assert!(l.bounds.0 < l.bounds.1 && l.step > 0.0, "{}", l.id);
            assert!(l.help.iter().all(|h| !h.is_empty()), "{}", l.id);
            let projected = matches!(l.items, Items::Transitions | Items::Arrivals);
            match metric(l.id) {
                Some(m) => assert_eq!(m.unit, l.unit, "{}", l.id),
                None => assert!(projected, "{} moves nothing", l.id),
            }
        }
    }

    #[test]
    fn items_have_one_form() {
        let item = |id: &str, text: &str| lever(id).unwrap().item(text);
        assert_eq!(item("gmv.pool", "A").as_deref(), Some("a"));
        assert_eq!(item("gmv.pool", "n"), None);
        assert_eq!(item("flow.rate", "A→P").as_deref(), Some("a>p"));
        assert_eq!(item("flow.rate", "l > n").as_deref(), Some("l>n"));
        for bad in ["a>a", "n>a", "o>a", "a", "a>x"] {
            assert_eq!(item("flow.rate", bad), None, "{bad}");
        }
        assert_eq!(item("flow.inflow", "o"), None);
        assert_eq!(item("fast.f", "a"), None);
        assert_eq!(item("crowd.aov", " x]").as_deref(), Some(" x]"));
    }

    #[test]
    fn a_step_from_nothing_is_a_step() {
        let step = |id: &str, value: f64| lever(id).unwrap().step_from(value);
        assert_eq!(step("crowd.aov", 200.0), 10.0);
        assert_eq!(step("crowd.population", 0.0), 1.0);
        assert_eq!(step("crowd.penetration", 0.5), 0.01);
    }
}
