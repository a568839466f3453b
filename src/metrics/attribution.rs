//! Why a sum of products changed: exact attribution to the factors of every item.
//!
//! GMV is Σ over items (crowds, layers, or the brand as one item) of the product of the item's
//! factors. Three methods split the change of GMV between two states into one piece per item and
//! factor; the pieces always add up to the change. A missing factor is refused: a split of an
//! unknown change would be invented.

use super::Value;

/// How a change is split (`domain.md` §5 \[own\]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Method {
    /// Shapley value: the mean marginal change over all orders in which the factors may change.
    /// Symmetric, exact, works with zeros; the default.
    #[default]
    Shapley,
    /// Logarithmic mean Divisia index: L · ln(x₁ ÷ x₀) with L = (V₁ − V₀) ÷ ln(V₁ ÷ V₀). Needs
    /// factors above 0 in both states; an item without them is split by Shapley.
    Lmdi,
    /// The factors change one after the other, in the order given.
    Sequential,
}

impl Method {
    /// All three, default first.
    pub const ALL: [Self; 3] = [Self::Shapley, Self::Lmdi, Self::Sequential];

    /// The id in definitions and JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Shapley => "shapley",
            Self::Lmdi => "lmdi",
            Self::Sequential => "sequential",
        }
    }

    /// The method with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.id() == id)
    }
}

/// The factors of one item in two states; the value of a state is their product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change<const F: usize> {
    /// The factors before.
    pub from: [f64; F],
    /// The factors after.
    pub to: [f64; F],
}

impl<const F: usize> Change<F> {
    /// A change of known factors; `None` as soon as one is missing.
    pub fn known(from: [Value; F], to: [Value; F]) -> Option<Self> {
        let all = |values: [Value; F]| {
            let mut found = [0.0; F];
            for (slot, value) in found.iter_mut().zip(values) {
                *slot = value.get()?;
            }
            Some(found)
        };
        Some(Self {
            from: all(from)?,
            to: all(to)?,
        })
    }

    /// Value after − value before.
    pub fn total(&self) -> f64 {
        self.to.iter().product::<f64>() - self.from.iter().product::<f64>()
    }
}

/// The piece of every factor, in the unit of the value: for an item alone. The pieces add up to
/// [`Change::total`]; a factor that did not change has 0; the two states swapped give the same
/// pieces with the other sign.
pub fn split<const F: usize>(method: Method, change: &Change<F>) -> [f64; F] {
    match method {
        Method::Shapley => shapley(change),
        Method::Lmdi => lmdi(change).unwrap_or_else(|| shapley(change)),
        Method::Sequential => sequential(change),
    }
}

/// The pieces of every item: `pieces[item][factor]`. The value is a sum over items, so a factor of
/// one item says nothing about another: the Shapley value of the whole game is that of each item.
pub fn attribute<const F: usize>(method: Method, items: &[Change<F>]) -> Vec<[f64; F]> {
    items.iter().map(|item| split(method, item)).collect()
}

/// The piece of factor f is Δf · Σ over sets S without f of |S|! (F − |S| − 1)! ÷ F! · Π(S after) ·
/// Π(others before). Every summand has the sign of Δf when factors are not negative, so nothing
/// cancels.
fn shapley<const F: usize>(change: &Change<F>) -> [f64; F] {
    std::array::from_fn(|f| {
        let delta = change.to[f] - change.from[f];
        if delta == 0.0 {
            return 0.0;
        }
        let sums = by_size(change, f);
        let weighted = sums.iter().enumerate().map(|(k, sum)| sum * weight(k, F));
        delta * weighted.sum::<f64>()
    })
}

/// `sums[k]`: over all sets of k factors other than `f`, the sum of the products in which these
/// factors have changed already and the rest has not.
fn by_size<const F: usize>(change: &Change<F>, f: usize) -> [f64; F] {
    let mut sums = [0.0; F];
    sums[0] = 1.0;
    for g in (0..F).filter(|g| *g != f) {
        for k in (0..F).rev() {
            let with = if k > 0 {
                sums[k - 1] * change.to[g]
            } else {
                0.0
            };
            sums[k] = sums[k] * change.from[g] + with;
        }
    }
    sums
}

/// k! (n − k − 1)! ÷ n! = 1 ÷ (n · C(n − 1, k)).
fn weight(k: usize, n: usize) -> f64 {
    let choose = (0..k).fold(1.0, |c, i| c * (n - 1 - i) as f64 / (i + 1) as f64);
    1.0 / (n as f64 * choose)
}

fn lmdi<const F: usize>(change: &Change<F>) -> Option<[f64; F]> {
    let positive = change.from.iter().chain(&change.to).all(|x| *x > 0.0);
    if !positive {
        return None;
    }
    let logs: [f64; F] = std::array::from_fn(|f| (change.to[f] / change.from[f]).ln());
    let sum: f64 = logs.iter().sum();
    let before: f64 = change.from.iter().product();
    // (V₁ − V₀) ÷ ln(V₁ ÷ V₀) with V₁ = V₀ · eˢ; at s = 0 it is V₀.
    let mean = if sum == 0.0 {
        before
    } else {
        before * sum.exp_m1() / sum
    };
    let pieces = logs.map(|log| mean * log);
    pieces.iter().all(|p| p.is_finite()).then_some(pieces)
}

fn sequential<const F: usize>(change: &Change<F>) -> [f64; F] {
    std::array::from_fn(|f| {
        let after: f64 = change.to[..f].iter().product();
        let before: f64 = change.from[f + 1..].iter().product();
        after * (change.to[f] - change.from[f]) * before
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROW: Change<3> = Change {
        from: [100_000.0, 1.5, 200.0],
        to: [120_000.0, 1.6, 210.0],
    };

    fn close(found: &[f64], wanted: &[f64], tolerance: f64) {
        for (found, wanted) in found.iter().zip(wanted) {
            assert!(
                (found - wanted).abs() <= tolerance,
                "{found} is not {wanted}"
            );
        }
    }

    #[test]
    fn the_worked_example_in_all_three_methods() {
        assert!((GROW.total() - 10_320_000.0).abs() < 1e-6);
        for (method, printed) in [
            (Method::Sequential, [6_000_000.0, 2_400_000.0, 1_920_000.0]),
            (Method::Shapley, [6_356_667.0, 2_256_667.0, 1_706_667.0]),
            (Method::Lmdi, [6_364_136.0, 2_252_789.0, 1_703_075.0]),
        ] {
            let pieces = split(method, &GROW);
            close(&pieces, &printed, 0.5);
            close(&[pieces.iter().sum()], &[GROW.total()], 1e-6);
            assert_eq!(Method::from_id(method.id()), Some(method));
        }
    }

    /// The definition itself: the mean of the marginal changes over every order.
    fn brute<const F: usize>(change: &Change<F>) -> [f64; F] {
        fn orders(left: &[usize]) -> Vec<Vec<usize>> {
            if left.is_empty() {
                return vec![Vec::new()];
            }
            let mut all = Vec::new();
            for (i, first) in left.iter().enumerate() {
                let mut rest = left.to_vec();
                rest.remove(i);
                for mut order in orders(&rest) {
                    order.insert(0, *first);
                    all.push(order);
                }
            }
            all
        }
        let orders = orders(&(0..F).collect::<Vec<_>>());
        let mut pieces = [0.0; F];
        for order in &orders {
            let mut state = change.from;
            for f in order {
                let before: f64 = state.iter().product();
                state[*f] = change.to[*f];
                pieces[*f] += state.iter().product::<f64>() - before;
            }
        }
        pieces.map(|p| p / orders.len() as f64)
    }

    #[test]
    fn shapley_is_the_mean_over_all_orders() {
        close(&split(Method::Shapley, &GROW), &brute(&GROW), 1e-6);
        let five = Change {
            from: [3.0, 0.0, 2.0, 5.0, 1.5],
            to: [4.0, 2.0, 2.0, -1.0, 0.0],
        };
        close(&split(Method::Shapley, &five), &brute(&five), 1e-12);
        assert_eq!(split(Method::Shapley, &five)[2], 0.0);
        let one = Change {
            from: [3.0],
            to: [5.0],
        };
        assert_eq!(split(Method::Shapley, &one), [2.0]);
    }

    #[test]
    fn lmdi_with_a_zero_is_shapley() {
        let change = Change {
            from: [0.0, 2.0],
            to: [3.0, 5.0],
        };
        assert_eq!(
            split(Method::Lmdi, &change),
            split(Method::Shapley, &change)
        );
        let still = Change {
            from: [2.0, 3.0],
            to: [3.0, 2.0],
        };
        close(&[split(Method::Lmdi, &still).iter().sum()], &[0.0], 1e-15);
    }

    #[test]
    fn nothing_before_is_all_gain() {
        let change = Change {
            from: [0.0, 1.5, 200.0],
            to: [100.0, 1.5, 200.0],
        };
        for method in Method::ALL {
            assert_eq!(split(method, &change), [30_000.0, 0.0, 0.0], "{method:?}");
        }
    }

    #[test]
    fn a_missing_factor_is_refused() {
        let k = Value::Known;
        let missing = Value::Missing(crate::metrics::Why::NotGiven);
        assert_eq!(Change::known([k(1.0), missing], [k(1.0), k(2.0)]), None);
        let known = Change::known([k(1.0)], [k(2.0)]).unwrap();
        assert_eq!(known.total(), 1.0);
    }
}
