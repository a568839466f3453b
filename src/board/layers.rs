//! Platform tables → the Double 11 decomposition over O, A, I, P and L (`domain.md` §7).
//!
//! Pools come from the `stock` table, everything else from the rows of `sales` that name a layer.
//! A layer of which `sales` never has a row is left out of the total; a layer that has rows, but
//! none for the period, makes the total missing.

use super::Part;
use super::platform::Tables;
use super::sheet::Sheet;
use crate::facts::{CrowdKey, Kind, SalesRow, StockRow};
use crate::metrics::aipl::{Ratio, State};
use crate::metrics::double11::{LAYERS, Layer, LayerCounts, residual};
use crate::metrics::{Day, Value, Why};

/// How many days before the event a pool may have been counted.
const BEFORE: i32 = 30;

/// The variant of a figure that was found as defined.
const PLATFORM: &str = "platform";

/// One layer, or all of them, on one side of the comparison.
#[derive(Clone, Copy)]
pub(super) struct Counted {
    pub(super) counts: LayerCounts,
    pub(super) layer: Layer,
    variants: Variants,
}

/// How the figures were found.
#[derive(Clone, Copy)]
struct Variants {
    /// `platform` when the pool was counted on the day before the period; else `pool_before` or
    /// `pool_after` that day.
    pool: &'static str,
    /// `platform`, or `all_buyers` where the table does not tell buyers who carted.
    buyers: &'static str,
}

impl Tables<'_> {
    /// Adds the figures of the layers to a brand whose sales name layers.
    pub(super) fn push_layers(&self, sheet: &mut Sheet<'_>) {
        if !self.has(Kind::Layers) {
            return;
        }
        let sides = self.days().map(|day| self.layers(day));
        for state in self.layered() {
            let of = |side: &[(State, Counted)]| {
                let found = side.iter().find(|(s, _)| *s == state);
                found.map(|(_, c)| *c)
            };
            if let (Some(now), Some(against)) = (of(&sides[0]), of(&sides[1])) {
                push(sheet, Part::Layer(Some(state)), &now, &against);
            }
        }
        let [now, against] = sides.map(|side| total(&side));
        push(sheet, Part::Layer(None), &now, &against);
    }

    /// The layers that sales rows of the brand ever name.
    fn layered(&self) -> Vec<State> {
        let rows = &self.dataset().tables.sales;
        let named = |state: State| {
            rows.iter()
                .any(|r| r.brand as usize == self.brand && r.layer == Some(state))
        };
        LAYERS.into_iter().filter(|s| named(*s)).collect()
    }

    /// The layers in the period that ends on a day.
    pub(super) fn layers(&self, day: Day) -> Vec<(State, Counted)> {
        let direct = self.definitions.text("gmv.direct") == "on";
        let layers = self.layered().into_iter();
        layers
            .map(|state| (state, self.counted(state, day, direct)))
            .collect()
    }

    fn counted(&self, state: State, day: Day, direct: bool) -> Counted {
        let (pool, when) = self.pool(state, day);
        let (mut counts, buyers) = self.bought(state, day);
        counts.pool = pool;
        Counted {
            counts,
            layer: counts.layer(direct),
            variants: Variants { pool: when, buyers },
        }
    }

    /// What a layer did in the period that ends on a day.
    fn bought(&self, state: State, day: Day) -> (LayerCounts, &'static str) {
        let row = self.crowd.and_then(|crowd| {
            let tables = &self.dataset().tables;
            self.engine
                .lookup()
                .layer_sales(tables, self.brand, day, crowd, state)
        });
        let Some(row) = row else {
            let why = self.why(Kind::Sales, day);
            return (LayerCounts::missing(why), PLATFORM);
        };
        let cell = |x, column| Value::or_missing(x, Why::EmptyCell(column));
        let (cart_buyers, variant) = cart_buyers(row);
        let counts = LayerCounts {
            pool: Value::Missing(Why::NotGiven),
            cart_people: cell(row.cart_people, "cart_people"),
            cart_buyers: cell(cart_buyers, "cart_buyers"),
            buyers: cell(row.buyers.or(row.cart_buyers), "buyers"),
            gmv: cell(row.gmv, "gmv"),
        };
        (counts, variant)
    }

    /// People of a layer when the period that ends on a day began: on the day before its first, or
    /// the nearest day that has a row (up to a month before, else inside the period).
    fn pool(&self, state: State, day: Day) -> (Value, &'static str) {
        let Some(crowd) = self.crowd else {
            return (Value::Missing(self.why(Kind::Stock, day)), PLATFORM);
        };
        let start = day.plus(-self.frame.sales);
        let before = (0..=BEFORE).map(|back| start.plus(-back));
        let after = (1..=self.frame.sales).map(|on| start.plus(on));
        let found = before
            .chain(after)
            .find_map(|d| Some((d, self.pool_row(d, crowd)?)));
        let Some((on, row)) = found else {
            return (Value::Missing(self.why(Kind::Stock, start)), PLATFORM);
        };
        let when = match on.cmp(&start) {
            std::cmp::Ordering::Equal => PLATFORM,
            std::cmp::Ordering::Less => "pool_before",
            std::cmp::Ordering::Greater => "pool_after",
        };
        let (people, column) = match state {
            State::O => (row.o, "o"),
            State::A => (row.a, "a"),
            State::I => (row.i, "i"),
            State::P => (row.p, "p"),
            _ => (row.l, "l"),
        };
        (Value::or_missing(people, Why::EmptyCell(column)), when)
    }

    /// The stock row of the brand, or of its one shop, as `gmv.scope` asks.
    fn pool_row(&self, day: Day, crowd: CrowdKey) -> Option<&StockRow> {
        let (lookup, tables) = (self.engine.lookup(), &self.dataset().tables);
        if self.definitions.text("gmv.scope") == "shop" {
            lookup.shop_stock(tables, self.brand, day, crowd)
        } else {
            lookup.stock(tables, self.brand, day, crowd)
        }
    }
}

/// Buyers among the cart people. A table that only knows all buyers says so; they are taken where
/// they can all have carted.
fn cart_buyers(row: &SalesRow) -> (Option<f64>, &'static str) {
    match (row.cart_buyers, row.buyers, row.cart_people) {
        (None, Some(buyers), Some(carts)) if buyers <= carts => (Some(buyers), "all_buyers"),
        (cart_buyers, ..) => (cart_buyers, PLATFORM),
    }
}

/// All layers together.
pub(super) fn total(side: &[(State, Counted)]) -> Counted {
    let counts: Vec<LayerCounts> = side.iter().map(|(_, c)| c.counts).collect();
    let layers: Vec<Layer> = side.iter().map(|(_, c)| c.layer).collect();
    let first = |f: fn(&Variants) -> &'static str| {
        let mut all = side.iter().map(|(_, c)| f(&c.variants));
        all.find(|v| *v != PLATFORM).unwrap_or(PLATFORM)
    };
    Counted {
        counts: LayerCounts::sum(&counts),
        layer: Layer::sum(&layers),
        variants: Variants {
            pool: first(|v| v.pool),
            buyers: first(|v| v.buyers),
        },
    }
}

fn push(sheet: &mut Sheet<'_>, part: Part, now: &Counted, against: &Counted) {
    let sides = [now, against];
    let pool = sides.map(|s| s.layer.pool);
    sheet.variant("gmv.pool", part, pool, None, now.variants.pool);
    let mut ratio =
        |id: &str, value: fn(&Layer) -> Value, parts: fn(&Counted) -> Ratio, variant| {
            let values = sides.map(|s| value(&s.layer));
            sheet.variant(id, part, values, Some(parts(now)), variant);
        };
    ratio(
        "gmv.cart_rate",
        |l| l.cart_rate,
        |c| c.counts.cart_rate(),
        PLATFORM,
    );
    ratio(
        "gmv.order_rate",
        |l| l.order_rate,
        |c| c.counts.order_rate(),
        now.variants.buyers,
    );
    ratio("gmv.aov", |l| l.aov, aov_parts, PLATFORM);
    let direct = sides.map(|s| s.counts.direct_rate());
    sheet.ratio("gmv.direct_rate", part, direct[0], direct[1]);
    let mut value = |id: &str, of: fn(&Counted) -> Value, variant| {
        sheet.variant(id, part, sides.map(of), None, variant);
    };
    value("gmv.buyers", |c| c.layer.buyers, now.variants.buyers);
    value("gmv.gmv", |c| c.layer.gmv, now.variants.buyers);
    value("gmv.actual", |c| c.counts.gmv, PLATFORM);
    value(
        "gmv.residual",
        |c| residual(c.counts.gmv, c.layer.gmv),
        now.variants.buyers,
    );
}

/// Of one layer the paid amount over all payers; of all layers the model's own.
fn aov_parts(counted: &Counted) -> Ratio {
    let counts = counted.counts.aov();
    if counts.value() == counted.layer.aov {
        return counts;
    }
    Ratio {
        numerator: counted.layer.gmv,
        denominator: counted.layer.buyers,
    }
}
