//! Two states of a model side by side: why GMV differs, which lever moves it most, and what two
//! levers do together.
//!
//! Everything here is data for a picture; nothing is drawn and nothing is rounded.

use super::model::{Cell, CrowdCell, Knob, LayerCell, Model, Place};
use super::roots::roots;
use crate::metrics::Value;
use crate::metrics::attribution::{Change, Method, split};
use crate::metrics::double11::{LAYERS, Layer};
use crate::metrics::target_tree::Line;

/// What GMV is a sum over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Crowds: population × penetration × conversion × AOV.
    Crowds,
    /// Layers of Double 11: pool × cart rate × order rate × AOV.
    Layers,
}

impl Family {
    /// The cell of the GMV of all items.
    pub fn total(self) -> Cell {
        match self {
            Self::Crowds => Cell::Crowd(Place::All, CrowdCell::Gmv),
            Self::Layers => Cell::Layer(Place::All, LayerCell::Gmv),
        }
    }
}

/// One step of a waterfall: what a factor of an item adds to GMV.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// The lever that is the factor; `None` where an item changed as a whole, because one of its
    /// factors is not known in one of the states.
    pub factor: Option<&'static str>,
    /// The crowd or layer.
    pub item: String,
    /// Money.
    pub amount: f64,
}

/// Why GMV differs between two states.
#[derive(Debug, Clone, PartialEq)]
pub struct Waterfall {
    /// GMV of the first state.
    pub from: Value,
    /// GMV of the second state.
    pub to: Value,
    /// The pieces, largest first; equal ones in the order of items and factors.
    pub pieces: Vec<Piece>,
    /// Items of which GMV is not known in one of the states.
    pub unknown: Vec<String>,
    /// What the totals differ by beyond the pieces: the part of a total that no item holds. Missing
    /// while a total is, or an item is unknown.
    pub residual: Value,
}

impl Waterfall {
    /// Σ of the pieces of a factor over its items; money.
    pub fn of_factor(&self, factor: &str) -> f64 {
        let own = self.pieces.iter().filter(|p| p.factor == Some(factor));
        own.map(|p| p.amount).sum()
    }

    /// Σ of the pieces of an item over its factors; money.
    pub fn of_item(&self, item: &str) -> f64 {
        let own = self.pieces.iter().filter(|p| p.item == item);
        own.map(|p| p.amount).sum()
    }
}

/// What became of one item between the states.
enum Explained {
    Pieces(Vec<(&'static str, f64)>),
    Whole(f64),
    Unknown,
}

/// Splits the change of GMV from one state to another by factors and items. Items are matched by
/// id; one that only one state has is unknown.
pub fn waterfall(method: Method, family: Family, from: &Model, to: &Model) -> Waterfall {
    let (before, after) = (from.value(family.total()), to.value(family.total()));
    let mut pieces = Vec::new();
    let mut unknown = Vec::new();
    for (item, explained) in explain(method, family, from, to) {
        let mut push = |factor, amount| {
            pieces.push(Piece {
                factor,
                item: item.clone(),
                amount,
            });
        };
        match explained {
            Explained::Pieces(all) => all.into_iter().for_each(|(f, x)| push(Some(f), x)),
            Explained::Whole(amount) => push(None, amount),
            Explained::Unknown => unknown.push(item),
        }
    }
    pieces.sort_by(|a, b| b.amount.abs().total_cmp(&a.amount.abs()));
    let explained: f64 = pieces.iter().map(|p| p.amount).sum();
    let residual = match (before, after) {
        (Value::Known(a), Value::Known(b)) if unknown.is_empty() => Value::Known(b - a - explained),
        (Value::Known(_), Value::Known(_)) => Value::Missing(crate::metrics::Why::NotGiven),
        (Value::Known(_), missing) | (missing, _) => missing,
    };
    Waterfall {
        from: before,
        to: after,
        pieces,
        unknown,
        residual,
    }
}

fn explain(method: Method, family: Family, from: &Model, to: &Model) -> Vec<(String, Explained)> {
    match family {
        Family::Crowds => {
            let by_buyers = from.counts_buyers() && to.counts_buyers();
            let counted = from.counted().into_iter();
            counted
                .map(|k| {
                    let id = from.crowds().get(k).cloned().unwrap_or_default();
                    let other = to.crowds().iter().position(|o| *o == id);
                    let lines = from.crowd(k).zip(other.and_then(|k| to.crowd(k)));
                    let explained =
                        lines.map_or(Explained::Unknown, |(a, b)| crowd(method, by_buyers, a, b));
                    (id, explained)
                })
                .collect()
        }
        Family::Layers => {
            let both = LAYERS.iter().zip(from.layers()).zip(to.layers());
            both.filter_map(|((state, a), b)| {
                let explained = match (a, b) {
                    (Some(a), Some(b)) => layer(method, a, b),
                    (None, None) => return None,
                    _ => Explained::Unknown,
                };
                Some((state.id().to_owned(), explained))
            })
            .collect()
        }
    }
}

fn crowd(method: Method, by_buyers: bool, a: &Line, b: &Line) -> Explained {
    // Where penetration counts buyers, conversion is no factor of GMV.
    let conversion = |line: &Line| {
        if by_buyers {
            Value::Known(1.0)
        } else {
            line.conversion
        }
    };
    let factors = |l: &Line| [l.population, l.penetration, conversion(l), l.aov];
    let Some(change) = Change::known(factors(a), factors(b)) else {
        return whole(a.gmv, b.gmv);
    };
    let pieces = split(method, &change);
    let names = [
        "crowd.population",
        "crowd.penetration",
        "crowd.conversion",
        "crowd.aov",
    ];
    Explained::Pieces(names.into_iter().zip(pieces).collect())
}

/// pool × cart rate × order rate × AOV + pool × direct rate × AOV: the value of a sum is the sum of
/// the values, so each product is split alone.
fn layer(method: Method, a: &Layer, b: &Layer) -> Explained {
    let carted = |l: &Layer| [l.pool, l.cart_rate, l.order_rate, l.aov];
    let direct = |l: &Layer| [l.pool, l.direct_rate, l.aov];
    let none = Value::Known(0.0);
    let Some(by_cart) = Change::known(carted(a), carted(b)) else {
        return whole(a.gmv, b.gmv);
    };
    let [pool, cart, order, aov] = split(method, &by_cart);
    let mut pieces = vec![
        ("gmv.pool", pool),
        ("gmv.cart_rate", cart),
        ("gmv.order_rate", order),
        ("gmv.aov", aov),
    ];
    if a.direct_rate != none || b.direct_rate != none {
        let Some(change) = Change::known(direct(a), direct(b)) else {
            return whole(a.gmv, b.gmv);
        };
        let [pool, rate, aov] = split(method, &change);
        pieces[0].1 += pool;
        pieces[3].1 += aov;
        pieces.push(("gmv.direct_rate", rate));
    }
    Explained::Pieces(pieces)
}

fn whole(a: Value, b: Value) -> Explained {
    match (a, b) {
        (Value::Known(a), Value::Known(b)) => Explained::Whole(b - a),
        _ => Explained::Unknown,
    }
}

/// What one step of a lever does, in both directions.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// The lever.
    pub knob: Knob,
    /// Change of the value when the lever goes one step down, as far as its bounds allow.
    pub down: f64,
    /// Change of the value when it goes one step up.
    pub up: f64,
}

impl Bar {
    fn length(&self) -> f64 {
        self.down.abs().max(self.up.abs())
    }
}

/// The levers by what one step of each does to a cell, largest effect first; equal ones in the order
/// given. A lever that makes the value missing is left out.
pub fn tornado(model: &Model, cell: Cell, knobs: Vec<Knob>) -> Vec<Bar> {
    let now = model.value(cell);
    let mut bars: Vec<Bar> = knobs
        .into_iter()
        .filter_map(|knob| {
            let at = |x: f64| {
                let mut turned = model.clone();
                knob.turn(&mut turned, x.clamp(knob.bounds.0, knob.bounds.1));
                turned.value(cell).minus(now).get()
            };
            let (down, up) = (at(knob.rest - knob.step)?, at(knob.rest + knob.step)?);
            Some(Bar { knob, down, up })
        })
        .collect();
    bars.sort_by(|a, b| b.length().total_cmp(&a.length()));
    bars
}

/// What two levers do together: `values[y][x]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Positions of the first lever, ascending.
    pub xs: Vec<f64>,
    /// Positions of the second lever, ascending.
    pub ys: Vec<f64>,
    /// The value for every pair.
    pub values: Vec<Vec<Value>>,
}

/// A cell over two levers, `steps` steps to each side of where they rest, cut at their bounds.
pub fn grid(model: &Model, cell: Cell, [x, y]: [&Knob; 2], steps: usize) -> Grid {
    let (xs, ys) = (around(x, steps), around(y, steps));
    let row = |at_y: &f64| {
        let value = |at_x: &f64| {
            let mut turned = model.clone();
            x.turn(&mut turned, *at_x);
            y.turn(&mut turned, *at_y);
            turned.value(cell)
        };
        xs.iter().map(value).collect()
    };
    Grid {
        values: ys.iter().map(row).collect(),
        xs,
        ys,
    }
}

fn around(knob: &Knob, steps: usize) -> Vec<f64> {
    let steps = steps as i32;
    let mut all: Vec<f64> = (-steps..=steps)
        .map(|n| (knob.rest + f64::from(n) * knob.step).clamp(knob.bounds.0, knob.bounds.1))
        .collect();
    all.dedup();
    all
}

/// The line on which two levers reach a goal: for every position of the first, all of the second.
pub fn iso_line(
    model: &Model,
    cell: Cell,
    [x, y]: [&Knob; 2],
    goal: f64,
    xs: &[f64],
) -> Vec<(f64, Vec<f64>)> {
    let of = |at: f64| {
        let mut turned = model.clone();
        x.turn(&mut turned, at);
        let value = |up: f64| {
            let mut both = turned.clone();
            y.turn(&mut both, up);
            both.value(cell).get()
        };
        roots(value, goal, y.bounds, y.rest).roots
    };
    xs.iter().map(|at| (*at, of(*at))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::{double11, line, model_of};
    use super::super::{Item, Scenario, lever};
    use super::*;

    fn under(model: &Model, text: &str) -> Model {
        model.under(&Scenario::parse(text).unwrap()).0
    }

    fn close(found: f64, wanted: f64) {
        let apart = (found - wanted).abs();
        assert!(apart <= 1e-9 * wanted.abs(), "{found} is not {wanted}");
    }

    #[test]
    fn the_pieces_of_a_waterfall_add_up_to_the_gap() {
        let from = model_of(&[line(3e6, 0.25, 0.05, 200.0), line(1e7, 0.1, 0.07, 150.0)]);
        let to = under(
            &from,
            "crowd.penetration[c0]=30%; crowd.conversion[*]+=-1pp; crowd.aov[c1]*=1.3",
        );
        for method in Method::ALL {
            let found = waterfall(method, Family::Crowds, &from, &to);
            let gap = found.to.get().unwrap() - found.from.get().unwrap();
            close(found.pieces.iter().map(|p| p.amount).sum(), gap);
            assert!(found.residual.get().unwrap().abs() < 1e-6);
            let factors = ["crowd.penetration", "crowd.conversion", "crowd.aov"];
            close(factors.iter().map(|f| found.of_factor(f)).sum(), gap);
            close(found.of_item("c0") + found.of_item("c1"), gap);
            assert_eq!(found.of_factor("crowd.population"), 0.0);
            let back = waterfall(Method::Shapley, Family::Crowds, &to, &from);
            close(back.of_item("c1"), -found.of_item("c1"));
        }
    }

    #[test]
    fn layers_with_direct_buyers_add_up_too() {
        let from = double11();
        let mut to = under(
            &from,
            "gmv.pool[o]*=1.5; gmv.cart_rate[i]+=2pp; gmv.aov[l]=240",
        );
        let direct = to.cell("gmv.direct_rate", "p").unwrap();
        to.set(direct, 0.01);
        let found = waterfall(Method::Shapley, Family::Layers, &from, &to);
        let gap = found.to.get().unwrap() - found.from.get().unwrap();
        close(found.pieces.iter().map(|p| p.amount).sum(), gap);
        close(found.of_factor("gmv.direct_rate"), 4e5 * 0.01 * 230.0);
        close(found.of_item("l"), -20.0 * 12_000.0);
        assert_eq!(found.of_item("a"), 0.0);
        assert!(
            found
                .pieces
                .windows(2)
                .all(|p| p[0].amount.abs() >= p[1].amount.abs())
        );
    }

    #[test]
    fn what_is_not_known_is_told() {
        let missing = Value::Missing(crate::metrics::Why::NotGiven);
        let known = line(3e6, 0.25, 0.05, 200.0);
        let unsplit = Line {
            population: missing,
            penetration: missing,
            ..known
        };
        let dark = Line::missing(crate::metrics::Why::NotGiven);
        let found = waterfall(
            Method::Shapley,
            Family::Crowds,
            &model_of(&[known, unsplit, known]),
            &model_of(&[
                known,
                Line {
                    gmv: Value::Known(1.0),
                    ..unsplit
                },
                dark,
            ]),
        );
        assert_eq!(found.unknown, ["c2"]);
        let whole: Vec<_> = found.pieces.iter().filter(|p| p.factor.is_none()).collect();
        assert_eq!((whole.len(), whole[0].amount), (1, 1.0 - 7_500_000.0));
        assert!(!found.residual.is_known());
    }

    fn knobs(model: &Model, levers: &[(&str, &str)]) -> Vec<Knob> {
        let knob = |(id, item): &(&str, &str)| {
            Knob::new(model, lever(id).unwrap(), &Item::One((*item).to_owned())).unwrap()
        };
        levers.iter().map(knob).collect()
    }

    #[test]
    fn the_tornado_is_sorted_by_effect_and_stays_inside_the_bounds() {
        let model = model_of(&[line(3e6, 0.25, 0.05, 200.0), line(1e7, 1.0, 0.07, 150.0)]);
        let levers = [
            ("crowd.aov", "c0"),
            ("crowd.penetration", "c0"),
            ("crowd.penetration", "c1"),
            ("crowd.conversion", "c1"),
        ];
        let cell = Family::Crowds.total();
        let bars = tornado(&model, cell, knobs(&model, &levers));
        let ids: Vec<_> = bars
            .iter()
            .map(|b| b.knob.change(0.0).to_string())
            .collect();
        assert_eq!(
            ids,
            [
                "crowd.conversion[c1]=0",
                "crowd.penetration[c1]=0",
                "crowd.aov[c0]=0",
                "crowd.penetration[c0]=0"
            ]
        );
        close(bars[0].up, 1e7 * 0.005 * 150.0);
        close(bars[1].down, -1e7 * 0.01 * 0.07 * 150.0);
        assert_eq!(bars[1].up, 0.0);
    }

    #[test]
    fn the_iso_line_lies_where_the_grid_crosses_the_goal() {
        let model = double11();
        let levers = [("gmv.cart_rate", "i"), ("gmv.aov", "p")];
        let pair = knobs(&model, &levers);
        let (x, y) = (&pair[0], &pair[1]);
        let cell = Family::Layers.total();
        let found = grid(&model, cell, [x, y], 20);
        assert_eq!((found.xs.len(), found.ys.len()), (37, 41));
        let (at_x, at_y) = (found.xs.iter().position(|v| x.rests(*v)), 20);
        assert_eq!(found.values[at_y][at_x.unwrap()], model.value(cell));
        let goal = 1.15e7;
        for (at, ups) in iso_line(&model, cell, [x, y], goal, &found.xs) {
            for up in ups {
                let mut turned = model.clone();
                x.turn(&mut turned, at);
                y.turn(&mut turned, up);
                close(turned.value(cell).get().unwrap(), goal);
            }
        }
    }
}
