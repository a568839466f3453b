//! The Double 11 decomposition of GMV over the layers O, A, I, P and L, and how a target is tracked
//! through the event (`domain.md` §7).
//!
//! GMV = Σ over layers of 蓄水规模 × 收藏加购率 × 收藏加购下单率 × 客单价 (S0 – H). What the model does
//! not explain is a residual that stays visible; nothing is scaled to make it vanish.

use super::aipl::{Ratio, State};
use super::{Day, Value, Why};

/// The layers of the model, opportunity first.
pub const LAYERS: [State; 5] = [State::O, State::A, State::I, State::P, State::L];

/// What was counted of one layer in the period of the event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LayerCounts {
    /// People of the layer when the event begins.
    pub pool: Value,
    /// Of these, people who favourited or carted.
    pub cart_people: Value,
    /// Of these, people who paid.
    pub cart_buyers: Value,
    /// All paying people of the layer, with or without cart.
    pub buyers: Value,
    /// Paid amount of the layer, money.
    pub gmv: Value,
}

/// The factors and results of one layer, or of all layers together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layer {
    /// 蓄水规模, people.
    pub pool: Value,
    /// 收藏加购率, a fraction of the pool.
    pub cart_rate: Value,
    /// 收藏加购下单率, a fraction of the cart people.
    pub order_rate: Value,
    /// 客单价, money per paying person.
    pub aov: Value,
    /// 直接购买率: buyers who never carted, a fraction of the pool; they have the AOV of the layer.
    /// Known 0 while the model leaves them out.
    pub direct_rate: Value,
    /// pool × cart rate, people.
    pub carts: Value,
    /// pool × (cart rate × order rate + direct rate), people.
    pub buyers: Value,
    /// buyers × AOV, money.
    pub gmv: Value,
}

impl Layer {
    /// A factor or a result by the id of its metric; `None` for another id.
    pub fn get(&self, id: &str) -> Option<Value> {
        Some(match id {
            "gmv.pool" => self.pool,
            "gmv.cart_rate" => self.cart_rate,
            "gmv.order_rate" => self.order_rate,
            "gmv.aov" => self.aov,
            "gmv.direct_rate" => self.direct_rate,
            "gmv.buyers" => self.buyers,
            "gmv.gmv" => self.gmv,
            _ => return None,
        })
    }
}

impl LayerCounts {
    /// All counts missing for one reason.
    pub fn missing(why: Why) -> Self {
        let m = Value::Missing(why);
        Self {
            pool: m,
            cart_people: m,
            cart_buyers: m,
            buyers: m,
            gmv: m,
        }
    }

    /// The sum over layers; a part that one layer lacks is missing.
    pub fn sum(layers: &[Self]) -> Self {
        let part = |f: fn(&Self) -> Value| layers.iter().map(f).sum();
        Self {
            pool: part(|l| l.pool),
            cart_people: part(|l| l.cart_people),
            cart_buyers: part(|l| l.cart_buyers),
            buyers: part(|l| l.buyers),
            gmv: part(|l| l.gmv),
        }
    }

    /// 收藏加购率: cart people ÷ pool; missing when the pool is empty or unknown (G1 – M).
    pub fn cart_rate(&self) -> Ratio {
        ratio(self.cart_people, self.pool)
    }

    /// 收藏加购下单率: payers among the cart people ÷ cart people (S0 – M).
    pub fn order_rate(&self) -> Ratio {
        ratio(self.cart_buyers, self.cart_people)
    }

    /// 客单价: paid amount ÷ paying people, money per person; missing when nobody paid (`payPbt`).
    pub fn aov(&self) -> Ratio {
        ratio(self.gmv, self.buyers)
    }

    /// Buyers who never carted ÷ pool \[own\].
    pub fn direct_rate(&self) -> Ratio {
        ratio(self.buyers.minus(self.cart_buyers), self.pool)
    }

    /// The factors, and the results that follow from the counts: buyers of the model are the cart
    /// buyers (all buyers with direct ones), its GMV is their share of the paid amount.
    pub fn layer(&self, with_direct: bool) -> Layer {
        let buyers = if with_direct {
            self.buyers
        } else {
            self.cart_buyers
        };
        let gmv = match buyers {
            Value::Known(0.0) => Value::Known(0.0),
            _ if buyers == self.buyers => self.gmv,
            _ => self.gmv.times(buyers.over(self.buyers)),
        };
        Layer {
            pool: self.pool,
            cart_rate: self.cart_rate().value(),
            order_rate: self.order_rate().value(),
            aov: self.aov().value(),
            direct_rate: if with_direct {
                self.direct_rate().value()
            } else {
                Value::Known(0.0)
            },
            carts: self.cart_people,
            buyers,
            gmv,
        }
    }
}

fn ratio(numerator: Value, denominator: Value) -> Ratio {
    Ratio {
        numerator,
        denominator,
    }
}

impl Layer {
    /// A layer from its factors: carts = pool × cart rate, buyers = carts × order rate + pool ×
    /// direct rate, GMV = buyers × AOV (S0 – H).
    pub fn of(pool: Value, cart_rate: Value, order_rate: Value, aov: Value) -> Self {
        Self {
            pool,
            cart_rate,
            order_rate,
            aov,
            direct_rate: Value::Known(0.0),
            carts: pool,
            buyers: pool,
            gmv: pool,
        }
        .derived()
    }

    /// A layer of which nothing is known, for one reason.
    pub fn of_missing(why: Why) -> Self {
        let m = Value::Missing(why);
        Self {
            direct_rate: m,
            ..Self::of(m, m, m, m)
        }
    }

    /// The same factors with the results that follow from them.
    #[must_use]
    pub fn derived(mut self) -> Self {
        self.carts = self.pool.times(self.cart_rate);
        self.buyers = self.carts.times(self.order_rate);
        if self.direct_rate != Value::Known(0.0) {
            self.buyers = self.buyers.plus(self.pool.times(self.direct_rate));
        }
        self.gmv = if self.buyers == Value::Known(0.0) {
            self.buyers
        } else {
            self.buyers.times(self.aov)
        };
        self
    }

    /// All layers together: people and money are sums, rates follow from the sums.
    pub fn sum(layers: &[Self]) -> Self {
        let part = |f: fn(&Self) -> Value| -> Value { layers.iter().map(f).sum() };
        let (pool, carts, buyers, gmv) = (
            part(|l| l.pool),
            part(|l| l.carts),
            part(|l| l.buyers),
            part(|l| l.gmv),
        );
        let direct = part(|l| l.pool.times(l.direct_rate));
        Self {
            pool,
            cart_rate: carts.over(pool),
            order_rate: part(|l| l.carts.times(l.order_rate)).over(carts),
            aov: gmv.over(buyers),
            direct_rate: direct.over(pool),
            carts,
            buyers,
            gmv,
        }
    }

    /// Money that one more person in the pool brings at these rates: cart rate × order rate × AOV,
    /// with direct buyers (cart rate × order rate + direct rate) × AOV.
    pub fn worth(&self) -> Value {
        let carted = self.cart_rate.times(self.order_rate);
        let rate = match self.direct_rate {
            Value::Known(0.0) => carted,
            direct => carted.plus(direct),
        };
        rate.times(self.aov)
    }
}

/// Residual = actual GMV − GMV of the model; money. What buyers without cart and a changed mix leave
/// unexplained (`domain.md` §7).
pub fn residual(actual: Value, model: Value) -> Value {
    actual.minus(model)
}

/// People that a layer lacks to close a gap at today's rates: (target − projected GMV) ÷ (cart rate
/// × order rate × AOV); negative when the target is exceeded, missing when a person brings nothing.
pub fn required_pool(target: Value, projected: Value, layer: &Layer) -> Value {
    target.minus(projected).over(layer.worth())
}

/// How the GMV of an event gathers over its days, as a share of the whole.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    first: Day,
    /// `shares[d]`: the share at the end of day d; the last is 1.
    shares: Vec<f64>,
}

impl Curve {
    /// The same amount every day \[own\]; `None` when the last day lies before the first.
    pub fn linear(first: Day, last: Day) -> Option<Self> {
        let days = days(first, last)?;
        let share = |d: usize| (d + 1) as f64 / days as f64;
        Some(Self {
            first,
            shares: (0..days).map(share).collect(),
        })
    }

    /// As the amounts of each day gathered in another year; `None` when one is missing or negative,
    /// or they are all 0.
    pub fn like(first: Day, amounts: &[Value]) -> Option<Self> {
        let amounts: Option<Vec<f64>> = amounts.iter().map(|v| v.get()).collect();
        let amounts = amounts.filter(|all| all.iter().all(|x| *x >= 0.0))?;
        let total: f64 = amounts.iter().sum();
        if total <= 0.0 {
            return None;
        }
        let mut sum = 0.0;
        let mut shares: Vec<f64> = amounts
            .iter()
            .map(|x| {
                sum += x;
                (sum / total).min(1.0)
            })
            .collect();
        *shares.last_mut()? = 1.0;
        Some(Self { first, shares })
    }

    /// The share that has gathered by the end of a day: 0 before the event, 1 after it.
    pub fn at(&self, day: Day) -> f64 {
        let passed = i64::from(day.0) - i64::from(self.first.0);
        match usize::try_from(passed) {
            Err(_) => 0.0,
            Ok(d) => self.shares.get(d).copied().unwrap_or(1.0),
        }
    }
}

/// Number of days from the first to the last, both included; events last at most a year and a day.
fn days(first: Day, last: Day) -> Option<usize> {
    let days = i64::from(last.0) - i64::from(first.0) + 1;
    usize::try_from(days).ok().filter(|n| (1..=367).contains(n))
}

/// Time-adjusted completion = actual ÷ (target × curve(t)); 1 = on schedule, missing on the days
/// when nothing is due yet (`domain.md` §7 \[own\]).
pub fn paced_completion(actual: Value, target: Value, curve: &Curve, day: Day) -> Value {
    actual.over(target.times(Value::known(curve.at(day))))
}

/// What the event will bring if it goes on as the curve: actual ÷ curve(t) \[own\].
pub fn projected(actual: Value, curve: &Curve, day: Day) -> Value {
    actual.over(Value::known(curve.at(day)))
}

/// A wave of a promotion, both days included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wave {
    /// Name in Chinese and English.
    pub name: [&'static str; 2],
    /// First day.
    pub first: Day,
    /// Last day.
    pub last: Day,
}

/// One row of [`WAVES`]: name and days as month × 100 + day.
type Row = ([&'static str; 2], u32, u32);

/// The double-peak rhythm of Double 11 (S4: pre-sale, first wave, second wave), with the days of
/// water-storage before it. The days move a little every year: these are the usual ones \[own\].
const WAVES: [Row; 4] = [
    (["蓄水期", "Water storage"], 1001, 1019),
    (["预售期", "Pre-sale"], 1020, 1030),
    (["第一波", "First wave"], 1031, 1103),
    (["第二波", "Second wave"], 1104, 1111),
];

/// The waves of Double 11 in a year.
pub fn waves(year: i32) -> Vec<Wave> {
    let day = |date: u32| Day::from_ymd(year, date / 100, date % 100);
    let wave = |(name, first, last): Row| {
        Some(Wave {
            name,
            first: day(first)?,
            last: day(last)?,
        })
    };
    WAVES.into_iter().filter_map(wave).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn k(x: f64) -> Value {
        Value::Known(x)
    }

    fn example() -> [Layer; 5] {
        let layer = |pool, cart, order, aov| Layer::of(k(pool), k(cart), k(order), k(aov));
        [
            layer(5e6, 0.004, 0.10, 180.0),
            layer(3e6, 0.012, 0.15, 200.0),
            layer(1.2e6, 0.08, 0.20, 210.0),
            layer(4e5, 0.10, 0.30, 230.0),
            layer(1.5e5, 0.20, 0.40, 260.0),
        ]
    }

    fn close(found: Value, wanted: f64) {
        let found = found.get().unwrap();
        assert!(
            (found - wanted).abs() <= 1e-12 * wanted.abs(),
            "{found} is not {wanted}"
        );
    }

    #[test]
    fn the_worked_example() {
        let layers = example();
        for (layer, gmv) in layers.iter().zip([
            360_000.0,
            1_080_000.0,
            4_032_000.0,
            2_760_000.0,
            3_120_000.0,
        ]) {
            close(layer.gmv, gmv);
        }
        let all = Layer::sum(&layers);
        close(all.buyers, 50_600.0);
        close(all.gmv, 11_352_000.0);
        close(all.pool, 9_750_000.0);
        close(all.aov, 11_352_000.0 / 50_600.0);
        close(all.pool.times(all.worth()), 11_352_000.0);
    }

    #[test]
    fn direct_buyers_close_the_residual() {
        let counts = LayerCounts {
            pool: k(1000.0),
            cart_people: k(100.0),
            cart_buyers: k(20.0),
            buyers: k(25.0),
            gmv: k(5000.0),
        };
        let model = counts.layer(false);
        close(model.gmv, 4000.0);
        close(residual(counts.gmv, model.gmv), 1000.0);
        close(model.derived().gmv, 4000.0);
        let with = counts.layer(true);
        assert_eq!(residual(counts.gmv, with.gmv), k(0.0));
        close(with.derived().gmv, 5000.0);
        close(Layer::sum(&[with]).order_rate, 0.2);
    }

    #[test]
    fn an_empty_layer_brings_nothing_and_a_missing_one_is_missing() {
        let empty = LayerCounts {
            pool: k(0.0),
            cart_people: k(0.0),
            cart_buyers: k(0.0),
            buyers: k(0.0),
            gmv: k(0.0),
        };
        assert_eq!(empty.layer(false).gmv, k(0.0));
        assert!(!empty.layer(false).cart_rate.is_known());
        let missing = LayerCounts::missing(Why::NotGiven);
        assert!(
            !LayerCounts::sum(&[empty, missing])
                .layer(false)
                .gmv
                .is_known()
        );
    }

    #[test]
    fn the_required_pool_at_these_rates_reaches_the_target() {
        let mut layers = example();
        let target = k(12_000_000.0);
        let now = Layer::sum(&layers).gmv;
        let lacking = required_pool(target, now, &layers[3]);
        layers[3].pool = layers[3].pool.plus(lacking);
        layers[3] = layers[3].derived();
        close(Layer::sum(&layers).gmv, 12_000_000.0);
        let idle = Layer::of(k(5.0), k(0.0), k(0.1), k(9.0));
        assert!(!required_pool(target, now, &idle).is_known());
    }

    #[test]
    fn pace_follows_the_curve() {
        let first = Day::from_ymd(2026, 11, 1).unwrap();
        let linear = Curve::linear(first, first.plus(9)).unwrap();
        assert_eq!(linear.at(first.plus(-1)), 0.0);
        assert_eq!(linear.at(first.plus(4)), 0.5);
        assert_eq!(linear.at(first.plus(400)), 1.0);
        assert_eq!(
            paced_completion(k(40.0), k(100.0), &linear, first.plus(4)),
            k(0.8)
        );
        assert_eq!(projected(k(40.0), &linear, first.plus(4)), k(80.0));
        assert!(!paced_completion(k(1.0), k(9.0), &linear, first.plus(-1)).is_known());
        let last_year = Curve::like(first, &[k(10.0), k(0.0), k(30.0)]).unwrap();
        assert_eq!(
            [0, 1, 2].map(|d| last_year.at(first.plus(d))),
            [0.25, 0.25, 1.0]
        );
        assert_eq!(Curve::like(first, &[k(0.0)]), None);
        assert_eq!(
            Curve::like(first, &[k(1.0), Value::Missing(Why::NotGiven)]),
            None
        );
        assert_eq!(Curve::like(first, &[]), None);
        assert_eq!(Curve::linear(first, first.plus(-1)), None);
    }

    #[test]
    fn waves_follow_each_other() {
        let all = waves(2026);
        assert_eq!(all.len(), 4);
        for pair in all.windows(2) {
            assert_eq!(pair[0].last.plus(1), pair[1].first);
        }
        assert_eq!(all[3].last.to_string(), "2026-11-11");
    }
}
