//! Strategy crowds: consumers, penetration, conversion, AOV, GMV, gap and completion
//! (`domain.md` §6.2).

use super::Value;
use super::aipl::Ratio;

/// The five counts of one crowd in one period.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CrowdFigures {
    /// 策略人群量级, people in the market.
    pub population: Value,
    /// 消费者总量, people of the crowd inside the brand's A + I + P + L.
    pub consumers: Value,
    /// People of the crowd who ordered in the period.
    pub buyers: Value,
    /// Paid amount of the crowd in the period.
    pub gmv: Value,
}

impl CrowdFigures {
    /// All four missing for one reason.
    pub fn missing(why: super::Why) -> Self {
        let m = Value::Missing(why);
        Self {
            population: m,
            consumers: m,
            buyers: m,
            gmv: m,
        }
    }

    /// 渗透率: consumers (or buyers, by `crowd.penetration_numerator`) ÷ population; a fraction,
    /// missing when the population is zero or unknown (S2).
    pub fn penetration(&self, by_buyers: bool) -> Ratio {
        let numerator = if by_buyers {
            self.buyers
        } else {
            self.consumers
        };
        Ratio {
            numerator,
            denominator: self.population,
        }
    }

    /// 转化率: buyers in the period ÷ consumers; a fraction, missing when there are no consumers (S2).
    pub fn conversion(&self) -> Ratio {
        Ratio {
            numerator: self.buyers,
            denominator: self.consumers,
        }
    }

    /// 客单价: paid amount ÷ paying people; money per person, missing when nobody bought
    /// (`payPbt`, `domain.md` §7).
    pub fn aov(&self) -> Ratio {
        Ratio {
            numerator: self.gmv,
            denominator: self.buyers,
        }
    }
}

/// GAP = current − target; the unit of the metric, percentage points for ratios (S2 p.9).
pub fn gap(current: Value, target: Value) -> Value {
    current.minus(target)
}

/// Completion = current ÷ target; missing when the target is zero or missing (S2 p.9).
pub fn completion(current: Value, target: Value) -> Value {
    current.over(target)
}

/// Implied GMV = consumers × conversion × AOV; money (`domain.md` §6.2).
pub fn implied_gmv(consumers: Value, conversion: Value, aov: Value) -> Value {
    consumers.times(conversion).times(aov)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_dashboard_row() {
        let k = Value::Known;
        assert_eq!(gap(k(2_000_000.0), k(2_500_000.0)), k(-500_000.0));
        assert_eq!(completion(k(2_000_000.0), k(2_500_000.0)), k(0.8));
        assert_eq!(
            implied_gmv(k(2_500_000.0), k(0.05), k(200.0)),
            k(25_000_000.0)
        );
        assert_eq!(
            implied_gmv(k(2_000_000.0), k(0.06), k(200.0)),
            k(24_000_000.0)
        );
    }
}
