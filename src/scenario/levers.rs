//! [`LEVERS`]: what a user can change, with unit, bounds and step.

use crate::metrics::Unit;

/// One lever.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lever {
    /// Id in scenario texts; the metric it moves.
    pub id: &'static str,
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

/// Every lever, in the order of the scenario.
pub const LEVERS: &[Lever] = &[
    Lever {
        id: "crowd.population",
        unit: Unit::People,
        bounds: (0.0, 2e9),
        step: 0.05,
        help: ["策略人群量级", "size of the crowd in the market"],
    },
    Lever {
        id: "crowd.penetration",
        unit: Unit::Ratio,
        bounds: (0.0, 1.0),
        step: 0.01,
        help: [
            "渗透率：消费者总量 = 量级 × 渗透率",
            "consumers = population × penetration",
        ],
    },
    Lever {
        id: "crowd.conversion",
        unit: Unit::Ratio,
        bounds: (0.0, 1.0),
        step: 0.005,
        help: [
            "转化率：购买人数 = 消费者总量 × 转化率",
            "buyers = consumers × conversion",
        ],
    },
    Lever {
        id: "crowd.aov",
        unit: Unit::MoneyPerPerson,
        bounds: (0.0, 1e9),
        step: 0.05,
        help: ["客单价：GMV = 购买人数 × 客单价", "GMV = buyers × AOV"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::metric;

    #[test]
    fn every_lever_moves_a_metric_of_its_unit_inside_its_bounds() {
        for (i, l) in LEVERS.iter().enumerate() {
            assert!(LEVERS[..i].iter().all(|o| o.id != l.id), "{} twice", l.id);
            assert_eq!(metric(l.id).map(|m| m.unit), Some(l.unit), "{}", l.id);
            assert!(l.bounds.0 < l.bounds.1 && l.step > 0.0, "{}", l.id);
            assert!(l.help.iter().all(|h| !h.is_empty()), "{}", l.id);
        }
    }
}
