//! Goal seek with several levers: the cheapest ways to a wanted value, and what more effort brings.
//!
//! Effort is the number of steps of every lever times its cost per step. The search works on the
//! surface where the model has the wanted value: it starts from every lever alone and from all
//! together, and then trades effort between two levers at a time, the pair that gains most first,
//! until no pair gains any more. On a surface given by one equation that is the condition of
//! Karush, Kuhn and Tucker; because products have more than one valley, every start is followed and
//! the cheapest end is kept. The model is asked as it is: nothing is linearised.

use std::cell::RefCell;
use std::collections::HashMap;

use super::model::Knob;
use super::roots::{EXACT, distance, lowest, lowest_within, roots};
use super::same;

/// A model of several levers: positions of the knobs → value.
pub type Function<'a> = dyn Fn(&[f64]) -> Option<f64> + 'a;

/// One way to a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Position of every knob.
    pub positions: Vec<f64>,
    /// The value of the model there.
    pub value: f64,
    /// Σ steps × cost per step.
    pub effort: f64,
}

/// A bound that keeps the best value from being better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// Position of the knob.
    pub knob: usize,
    /// Whether it stands at its largest position (else at its smallest).
    pub upper: bool,
}

/// The answer of a search with several levers.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The cheapest plans with different levers, at most three, cheapest first.
    Reached(Vec<Plan>),
    /// The value that comes nearest, and the bounds that bind there.
    Unreachable {
        /// The best that the levers can do.
        best: Plan,
        /// The bounds that bind.
        binding: Vec<Binding>,
    },
}

/// How many plans are told.
const PLANS: usize = 3;
/// How many sets of levers are tried for them.
const SETS: usize = 12;
/// Trades between two levers in one descent.
const TRADES: usize = 60;
/// Levers of which every corner of the bounds is tried.
const CORNERS: usize = 10;
/// A lever that has less than this share of the effort is put back to rest where that costs nothing.
const SNAP: f64 = 1e-6;

/// Starts that are followed, the cheapest ones, beside the straight way.
const FOLLOWED: usize = 6;
/// Knobs of a set that is small enough for more starts.
const FEW: usize = 6;
/// How finely a trade is weighed, as a share of its reach: effort is flat where it is least.
const WEIGHED: f64 = 1e-8;
/// Effort that a unit of effort must save for a trade to be tried.
const WORTH: f64 = 1e-9;

/// A search: the model and the knobs.
pub struct Search<'a> {
    function: &'a Function<'a>,
    knobs: &'a [Knob],
    memo: Memo,
}

/// Positions of the knobs, where there are any.
type Positions = Option<Vec<f64>>;

/// What was found before and is asked for again.
#[derive(Default)]
struct Memo {
    /// By goal (its bits) and knob.
    alone: RefCell<HashMap<(u64, usize), Positions>>,
    /// Where descents began and ended, by goal (its bits).
    descents: RefCell<HashMap<u64, Vec<[Vec<f64>; 2]>>>,
    /// By whether the largest is asked for, of all knobs.
    extremes: RefCell<HashMap<bool, Option<Plan>>>,
}

impl std::fmt::Debug for Search<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search")
            .field("knobs", &self.knobs)
            .finish_non_exhaustive()
    }
}

impl<'a> Search<'a> {
    /// A search with these knobs. Knobs with a cost or step that is not above 0 do not take part.
    pub fn new(function: &'a Function<'a>, knobs: &'a [Knob]) -> Self {
        Self {
            function,
            knobs,
            memo: Memo::default(),
        }
    }

    /// The cheapest plans to a value; `None` when the model has no value where all knobs rest.
    pub fn plans(&self, goal: f64) -> Option<Outcome> {
        let rest = self.rest();
        self.value(&rest)?;
        let all: Vec<usize> = self.usable();
        let mut tried: Vec<Vec<usize>> = Vec::new();
        let mut open = vec![all];
        let mut found: Vec<Plan> = Vec::new();
        while let Some(set) = open.pop() {
            if tried.contains(&set) || tried.len() == SETS {
                continue;
            }
            let plan = self.cheapest(goal, &set);
            tried.push(set.clone());
            let Some(plan) = plan else { continue };
            let used = self.used(&plan);
            for without in &used {
                open.insert(0, set.iter().copied().filter(|k| k != without).collect());
            }
            if found.iter().all(|p| self.used(p) != used) {
                found.push(plan);
            }
        }
        if found.is_empty() {
            return self.best(goal);
        }
        found.sort_by(|a, b| a.effort.total_cmp(&b.effort));
        found.truncate(PLANS);
        Some(Outcome::Reached(found))
    }

    /// What more effort brings: plans from rest to the wanted value and half as far again, cheapest
    /// for each value, as far as the levers reach. `points` counts the plans from rest to the goal.
    pub fn frontier(&self, goal: f64, points: usize) -> Vec<Plan> {
        let rest = self.rest();
        let Some(start) = self.value(&rest) else {
            return Vec::new();
        };
        let all = self.usable();
        let mut plans = vec![self.plan(rest, start)];
        let far = self.extreme(goal >= start);
        for point in 1..=points + points / 2 {
            let wanted = start + (goal - start) * (point as f64 / points.max(1) as f64);
            let beyond = far.as_ref().is_some_and(|f| {
                (goal >= start && wanted > f.value) || (goal < start && wanted < f.value)
            });
            if beyond {
                plans.extend(far);
                break;
            }
            let starts = self.near(wanted, &all, plans.last());
            let plan = self.follow(wanted, &all, starts);
            match plan.or_else(|| self.cheapest(wanted, &all)) {
                Some(plan) => plans.push(plan),
                None => break,
            }
        }
        plans
    }

    fn rest(&self) -> Vec<f64> {
        self.knobs.iter().map(|k| k.rest).collect()
    }

    fn usable(&self) -> Vec<usize> {
        let usable = |k: &Knob| k.cost > 0.0 && k.step > 0.0 && k.bounds.0 < k.bounds.1;
        (0..self.knobs.len())
            .filter(|k| usable(&self.knobs[*k]))
            .collect()
    }

    fn value(&self, positions: &[f64]) -> Option<f64> {
        (self.function)(positions).filter(|y| y.is_finite())
    }

    fn effort(&self, positions: &[f64]) -> f64 {
        let each = self.knobs.iter().zip(positions);
        each.map(|(knob, x)| knob.effort(*x)).sum()
    }

    fn plan(&self, positions: Vec<f64>, value: f64) -> Plan {
        let effort = self.effort(&positions);
        Plan {
            positions,
            value,
            effort,
        }
    }

    /// The knobs that a plan turns.
    pub fn used(&self, plan: &Plan) -> Vec<usize> {
        let each = self.knobs.iter().zip(&plan.positions).enumerate();
        each.filter(|(_, (knob, x))| !knob.rests(**x))
            .map(|(k, _)| k)
            .collect()
    }

    /// Positions with one knob at another place.
    fn with(positions: &[f64], knob: usize, x: f64) -> Vec<f64> {
        let mut moved = positions.to_vec();
        if let Some(place) = moved.get_mut(knob) {
            *place = x;
        }
        moved
    }

    /// The cheapest plan that turns only the knobs of a set.
    fn cheapest(&self, goal: f64, set: &[usize]) -> Option<Plan> {
        let alone = set.iter().filter_map(|k| self.alone(goal, *k));
        let mut starts = self.first_of(alone.collect());
        starts.extend(self.together(goal, set));
        if set.len() <= FEW {
            let far = self.one_far(goal, set);
            starts.extend(self.first_of(far));
        }
        self.follow(goal, set, starts)
    }

    /// The goal reached by two knobs: one as far as it helps, or half as far, the other makes up.
    fn one_far(&self, goal: f64, set: &[usize]) -> Vec<Vec<f64>> {
        let rest = self.rest();
        let up = self.value(&rest).is_some_and(|now| goal >= now);
        let Some(best) = self.extreme(up) else {
            return Vec::new();
        };
        let places = set.iter().flat_map(|k| {
            let ends = [rest.get(*k), best.positions.get(*k)];
            let [Some(from), Some(to)] = ends.map(Option::<&f64>::copied) else {
                return Vec::new();
            };
            let place = |t: f64| (*k, Self::with(&rest, *k, from + (to - from) * t));
            vec![place(1.0), place(0.5)]
        });
        let made_up = places.flat_map(|(k, at)| {
            let others = set.iter().filter(move |j| **j != k);
            let found = others.filter_map(|j| self.make_up(goal, &at, *j));
            found.collect::<Vec<_>>()
        });
        made_up.collect()
    }

    /// The cheapest of some starts.
    fn first_of(&self, mut starts: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
        starts.sort_by(|a, b| self.effort(a).total_cmp(&self.effort(b)));
        starts.truncate(FOLLOWED);
        starts
    }

    /// The cheapest plan that some starts lead to.
    fn follow(&self, goal: f64, set: &[usize], starts: Vec<Vec<f64>>) -> Option<Plan> {
        let descended = starts.into_iter().map(|s| self.end_of(goal, set, s));
        let exact = descended.filter_map(|positions| {
            let value = self.value(&positions)?;
            (distance(value, goal) <= EXACT).then(|| self.plan(positions, value))
        });
        exact.min_by(|a, b| a.effort.total_cmp(&b.effort))
    }

    /// The goal reached by one knob alone, from rest and from the plan before.
    fn near(&self, goal: f64, set: &[usize], before: Option<&Plan>) -> Vec<Vec<f64>> {
        let rest = self.rest();
        let from = std::iter::once(&rest).chain(before.map(|p| &p.positions));
        let near = from.flat_map(|at| set.iter().filter_map(|k| self.make_up(goal, at, *k)));
        self.first_of(near.collect())
    }

    /// The goal reached by one knob alone: the root with the least effort.
    fn alone(&self, goal: f64, k: usize) -> Option<Vec<f64>> {
        let key = (goal.to_bits(), k);
        if let Some(found) = self.memo.alone.borrow().get(&key) {
            return found.clone();
        }
        let found = self.root_of(goal, k);
        self.memo.alone.borrow_mut().insert(key, found.clone());
        found
    }

    fn root_of(&self, goal: f64, k: usize) -> Option<Vec<f64>> {
        let (knob, rest) = (self.knobs.get(k)?, self.rest());
        let f = |x| self.value(&Self::with(&rest, k, x));
        let found = roots(f, goal, knob.bounds, knob.rest).roots;
        let cheap = |a: &f64, b: &f64| knob.effort(*a).total_cmp(&knob.effort(*b));
        found
            .into_iter()
            .min_by(cheap)
            .map(|x| Self::with(&rest, k, x))
    }

    /// The goal reached on a straight way from rest: to the best of all knobs, as far as the set has
    /// them, else to the best that the set can do.
    fn together(&self, goal: f64, set: &[usize]) -> Option<Vec<f64>> {
        let rest = self.rest();
        let up = goal >= self.value(&rest)?;
        let mut far = self.extreme(up)?.positions;
        for (k, x) in far.iter_mut().enumerate() {
            if !set.contains(&k) {
                *x = *rest.get(k)?;
            }
        }
        self.on_the_way(goal, &far)
            .or_else(|| self.on_the_way(goal, &self.extreme_of(set, up)?.positions))
    }

    fn on_the_way(&self, goal: f64, far: &[f64]) -> Option<Vec<f64>> {
        let rest = self.rest();
        let way = |t: f64| -> Vec<f64> {
            rest.iter()
                .zip(far)
                .map(|(a, b)| if t < 1.0 { a + (b - a) * t } else { *b })
                .collect()
        };
        let found = roots(|t| self.value(&way(t)), goal, (0.0, 1.0), 0.0).roots;
        found.first().map(|t| way(*t))
    }

    /// Where a descent from a start ends. One with more knobs that ended without those that the set
    /// lacks would end there, too.
    fn end_of(&self, goal: f64, set: &[usize], start: Vec<f64>) -> Vec<f64> {
        let inside = |end: &Vec<f64>| {
            let each = self.knobs.iter().zip(end).enumerate();
            each.into_iter()
                .all(|(k, (knob, x))| knob.rests(*x) || set.contains(&k))
        };
        let known = |before: &&[Vec<f64>; 2]| before[0] == start && inside(&before[1]);
        let memo = self.memo.descents.borrow();
        let found = memo
            .get(&goal.to_bits())
            .and_then(|all| all.iter().find(known));
        if let Some([_, end]) = found {
            return end.clone();
        }
        drop(memo);
        let end = self.descend(goal, set, start.clone());
        let mut memo = self.memo.descents.borrow_mut();
        memo.entry(goal.to_bits())
            .or_default()
            .push([start, end.clone()]);
        end
    }

    /// Trades effort between two knobs at a time until no trade gains.
    fn descend(&self, goal: f64, set: &[usize], start: Vec<f64>) -> Vec<f64> {
        let mut at = start;
        for _ in 0..TRADES {
            let before = self.effort(&at);
            let pairs = self.promising(set, &at).into_iter().take(3);
            let traded = pairs
                .filter_map(|(k, j)| self.trade(goal, &at, k, j))
                .find(|next| self.effort(next) < before * (1.0 - 1e-10));
            match traded {
                Some(next) => at = next,
                None => break,
            }
        }
        self.snapped(goal, set, at)
    }

    /// Pairs of knobs (one moves, the other makes up for it), most gain per unit of effort first.
    fn promising(&self, set: &[usize], at: &[f64]) -> Vec<(usize, usize)> {
        let slopes: Vec<(usize, f64)> = set
            .iter()
            .filter_map(|k| Some((*k, self.slope(at, *k)?)))
            .filter(|(_, slope)| *slope != 0.0)
            .collect();
        let mut pairs: Vec<(f64, usize, usize)> = Vec::new();
        for (k, slope) in &slopes {
            for (j, other) in slopes.iter().filter(|(j, _)| j != k) {
                let gain = [1.0, -1.0].map(|way: f64| {
                    let back = -way * slope / other;
                    -(self.price(at, *k, way) + self.price(at, *j, back) * back.abs())
                        / (1.0 + back.abs())
                });
                let gain = gain[0].max(gain[1]);
                if gain > WORTH {
                    pairs.push((gain, *k, *j));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
        pairs.into_iter().map(|(_, k, j)| (k, j)).collect()
    }

    /// What a unit of effort in one direction costs: 1 away from rest, −1 back to it; infinite
    /// where a bound is in the way.
    fn price(&self, at: &[f64], k: usize, way: f64) -> f64 {
        let (Some(knob), Some(x)) = (self.knobs.get(k), at.get(k)) else {
            return f64::INFINITY;
        };
        let blocked = (way > 0.0 && *x >= knob.bounds.1) || (way < 0.0 && *x <= knob.bounds.0);
        if blocked {
            f64::INFINITY
        } else if (*x - knob.rest) * way < 0.0 {
            -1.0
        } else {
            1.0
        }
    }

    /// Change of the value per unit of effort of a knob, at some positions.
    fn slope(&self, at: &[f64], k: usize) -> Option<f64> {
        let (knob, x) = (self.knobs.get(k)?, *at.get(k)?);
        let unit = knob.step / knob.cost;
        let h = 1e-4 * unit;
        let (low, high) = ((x - h).max(knob.bounds.0), (x + h).min(knob.bounds.1));
        let rise = self.value(&Self::with(at, k, high))? - self.value(&Self::with(at, k, low))?;
        Some(rise / (high - low) * unit).filter(|s| s.is_finite())
    }

    /// Moves knob k, lets knob j make up for it, to where both together cost least.
    fn trade(&self, goal: f64, at: &[f64], k: usize, j: usize) -> Option<Vec<f64>> {
        let (knob, other) = (self.knobs.get(k)?, self.knobs.get(j)?);
        let (x, rest) = (*at.get(k)?, knob.rest);
        let made_up = |x: f64| self.make_up(goal, &Self::with(at, k, x), j);
        let cost = |x: f64| Some(made_up(x).map_or(f64::INFINITY, |p| self.effort(&p)));
        // Where j is at rest again, its whole effort is saved; k may not come that far.
        let alone = self.make_up(goal, &Self::with(at, j, other.rest), k);
        let mut ends = vec![rest];
        match alone.and_then(|p| p.get(k).copied()) {
            Some(end) => ends.push(end),
            None => ends.extend([knob.bounds.0, knob.bounds.1]),
        }
        let mut candidates: Vec<f64> = ends.clone();
        for end in ends {
            // Seen from where k stands, so that a far end without a way to the goal is left first.
            let way = |t: f64| cost(x + (end - x) * t);
            let least = lowest_within(&way, (0.0, 1.0), WEIGHED);
            candidates.extend(least.map(|(t, _)| x + (end - x) * t));
        }
        candidates
            .into_iter()
            .filter_map(made_up)
            .min_by(|a, b| self.effort(a).total_cmp(&self.effort(b)))
    }

    /// The place of knob j, near where it is, at which the value is the goal: the secant rule, which
    /// needs one step where the value is linear in each lever.
    fn make_up(&self, goal: f64, at: &[f64], j: usize) -> Option<Vec<f64>> {
        let knob = self.knobs.get(j)?;
        let (low, high) = knob.bounds;
        let off = |x: f64| Some(self.value(&Self::with(at, j, x))? - goal);
        let mut a = *at.get(j)?;
        let mut fa = off(a)?;
        let reach = knob.step.min((high - low) / 4.0);
        let mut b = if a + reach <= high {
            a + reach
        } else {
            a - reach
        };
        let mut fb = off(b)?;
        for _ in 0..24 {
            if fb.abs() <= 1e-13 * goal.abs() || same(fb, fa) {
                break;
            }
            let next = b - fb * (b - a) / (fb - fa);
            // A root just outside is the bound itself.
            let next = next.clamp(low - 1e-12 * low.abs(), high + 1e-12 * high.abs());
            let next = next.clamp(low, high);
            if !next.is_finite() || same(next, b) {
                break;
            }
            (a, fa) = (b, fb);
            b = next;
            fb = off(b)?;
        }
        let (x, y) = if fa.abs() < fb.abs() {
            (a, fa)
        } else {
            (b, fb)
        };
        (distance(goal + y, goal) <= EXACT / 10.0).then(|| Self::with(at, j, x))
    }

    /// Puts knobs that hardly move back to rest, where the others can make up at no cost.
    fn snapped(&self, goal: f64, set: &[usize], at: Vec<f64>) -> Vec<f64> {
        let mut at = at;
        let whole = self.effort(&at);
        for k in set {
            let (Some(knob), Some(x)) = (self.knobs.get(*k), at.get(*k).copied()) else {
                continue;
            };
            if knob.rests(x) || knob.effort(x) > SNAP * whole {
                continue;
            }
            let resting = Self::with(&at, *k, knob.rest);
            let others = set
                .iter()
                .filter(|j| *j != k && at.get(**j) != self.rest().get(**j));
            let kept = others
                .filter_map(|j| self.make_up(goal, &resting, *j))
                .min_by(|a, b| self.effort(a).total_cmp(&self.effort(b)));
            if let Some(kept) = kept.filter(|p| self.effort(p) <= whole * (1.0 + SNAP)) {
                at = kept;
            }
        }
        at
    }

    /// The largest (or smallest) value inside the bounds; `None` when there is none anywhere.
    pub fn extreme(&self, largest: bool) -> Option<Plan> {
        if let Some(found) = self.memo.extremes.borrow().get(&largest) {
            return found.clone();
        }
        let found = self.extreme_of(&self.usable(), largest);
        let mut memo = self.memo.extremes.borrow_mut();
        memo.insert(largest, found.clone());
        found
    }

    fn extreme_of(&self, set: &[usize], largest: bool) -> Option<Plan> {
        let sign = if largest { 1.0 } else { -1.0 };
        let height = |p: &Vec<f64>| self.value(p).map(|y| y * sign);
        let best = |all: Vec<Vec<f64>>| {
            let known = all.into_iter().filter_map(|p| Some((height(&p)?, p)));
            // The first of equals: positions at rest stand before those at a bound.
            known.reduce(|a, b| if b.0 > a.0 { b } else { a })
        };
        let mut starts = vec![self.rest()];
        starts.extend(self.corners(set));
        let mut at = best(starts)?;
        for _ in 0..40 {
            let before = at.0;
            for k in set {
                let moved = best(self.along(&at.1, *k, sign));
                at = moved.filter(|next| next.0 > at.0).unwrap_or(at);
            }
            if at.0 <= before {
                break;
            }
        }
        let positions = self.relaxed(set, at.1, at.0, sign);
        let value = self.value(&positions)?;
        Some(self.plan(positions, value))
    }

    /// Every corner of the bounds of a small set.
    fn corners(&self, set: &[usize]) -> Vec<Vec<f64>> {
        if set.len() > CORNERS {
            return Vec::new();
        }
        let mut all = vec![self.rest()];
        for k in set {
            let Some(knob) = self.knobs.get(*k) else {
                continue;
            };
            let ends = [knob.bounds.0, knob.bounds.1];
            all = all
                .iter()
                .flat_map(|p| ends.map(|x| Self::with(p, *k, x)))
                .collect();
        }
        all
    }

    /// Candidates on the line of one knob: both bounds, and the top between them.
    fn along(&self, at: &[f64], k: usize, sign: f64) -> Vec<Vec<f64>> {
        let Some(knob) = self.knobs.get(k) else {
            return Vec::new();
        };
        let (low, high) = knob.bounds;
        let f = |x: f64| {
            let y = self.value(&Self::with(at, k, x));
            Some(y.map_or(f64::INFINITY, |y| -y * sign))
        };
        let x = at.get(k).copied().unwrap_or(knob.rest);
        let tops = [(low, high), (low, x), (x, high)]
            .into_iter()
            .filter_map(|(a, b)| lowest(&f, a, b))
            .map(|(x, _)| x);
        let all = tops.chain([low, high]);
        all.map(|x| Self::with(at, k, x)).collect()
    }

    /// Puts knobs that do not matter back to rest.
    fn relaxed(&self, set: &[usize], at: Vec<f64>, height: f64, sign: f64) -> Vec<f64> {
        let mut at = at;
        for k in set {
            let Some(knob) = self.knobs.get(*k) else {
                continue;
            };
            let resting = Self::with(&at, *k, knob.rest);
            if self.value(&resting).is_some_and(|y| y * sign >= height) {
                at = resting;
            }
        }
        at
    }

    /// The nearest that the levers come to a goal that they cannot reach.
    fn best(&self, goal: f64) -> Option<Outcome> {
        let start = self.value(&self.rest())?;
        let best = self.extreme(goal >= start)?;
        let binding = self.binding(&best, goal >= start);
        Some(Outcome::Unreachable { best, binding })
    }

    /// The bounds at which a plan stands and that keep its value from being larger (or smaller).
    pub fn binding(&self, best: &Plan, larger: bool) -> Vec<Binding> {
        let sign = if larger { 1.0 } else { -1.0 };
        let knobs = self.usable().into_iter();
        knobs.filter_map(|k| self.binds(best, k, sign)).collect()
    }

    /// Whether a knob stands at a bound and the value falls when it is turned back.
    fn binds(&self, best: &Plan, k: usize, sign: f64) -> Option<Binding> {
        let (knob, x) = (self.knobs.get(k)?, *best.positions.get(k)?);
        let (low, high) = knob.bounds;
        let upper = x >= high;
        if !upper && x > low {
            return None;
        }
        let back = if upper { -1.0 } else { 1.0 } * 1e-3 * (high - low);
        let value = self.value(&Self::with(&best.positions, k, x + back))?;
        (value * sign < best.value * sign).then_some(Binding { knob: k, upper })
    }
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::{double11, line, model_of};
    use super::super::model::{Cell, Model};
    use super::super::{Item, lever};
    use super::*;

    /// A model with knobs on it, and the cell that is wanted.
    struct Case {
        model: Model,
        cell: Cell,
        knobs: Vec<Knob>,
    }

    impl Case {
        fn new(model: Model, goal: (&str, &str), levers: &[(&str, &str)]) -> Self {
            let knob = |(id, item): &(&str, &str)| {
                let item = match *item {
                    "*" | "" => Item::All,
                    one => Item::One(one.to_owned()),
                };
                Knob::new(&model, lever(id).unwrap(), &item).unwrap()
            };
            Self {
                cell: model.cell(goal.0, goal.1).unwrap(),
                knobs: levers.iter().map(knob).collect(),
                model,
            }
        }

        fn value(&self, positions: &[f64]) -> Option<f64> {
            let mut model = self.model.clone();
            for (knob, x) in self.knobs.iter().zip(positions) {
                knob.turn(&mut model, *x);
            }
            model.value(self.cell).get()
        }

        fn search<T>(&self, run: impl Fn(Search<'_>) -> T) -> T {
            let f = |p: &[f64]| self.value(p);
            run(Search::new(&f, &self.knobs))
        }

        fn plans(&self, goal: f64) -> Vec<Plan> {
            match self.search(|s| s.plans(goal)).unwrap() {
                Outcome::Reached(plans) => plans,
                Outcome::Unreachable { best, .. } => panic!("best is {best:?}"),
            }
        }

        /// The least effort over a fine grid of all levers but the last, which makes up the rest.
        fn brute(&self, goal: f64, points: usize) -> f64 {
            let rest: Vec<f64> = self.knobs.iter().map(|k| k.rest).collect();
            let (last, others) = self.knobs.split_last().unwrap();
            let mut cheapest = f64::INFINITY;
            for n in 0..(points + 1).pow(others.len() as u32) {
                let mut positions = rest.clone();
                let mut code = n;
                for (k, knob) in others.iter().enumerate() {
                    let share = (code % (points + 1)) as f64 / points as f64;
                    let high = knob.bounds.1.min(knob.rest.abs() * 3.0 + 0.2);
                    positions[k] = knob.rest + (high - knob.rest) * share;
                    code /= points + 1;
                }
                let f = |x: f64| {
                    let mut p = positions.clone();
                    *p.last_mut().unwrap() = x;
                    self.value(&p)
                };
                for x in roots(f, goal, last.bounds, last.rest).roots {
                    let spent: f64 = others
                        .iter()
                        .zip(&positions)
                        .map(|(k, x)| k.effort(*x))
                        .sum();
                    cheapest = cheapest.min(spent + last.effort(x));
                }
            }
            cheapest
        }
    }

    fn two_crowds() -> Model {
        model_of(&[line(3e6, 0.25, 0.05, 200.0), line(1e7, 0.10, 0.07, 150.0)])
    }

    #[test]
    fn the_cheapest_of_two_levers_is_that_of_a_fine_grid() {
        for levers in [
            [("crowd.penetration", "c0"), ("crowd.conversion", "c0")],
            [("crowd.penetration", "c1"), ("crowd.aov", "c0")],
            [("crowd.aov", "*"), ("crowd.conversion", "*")],
        ] {
            let case = Case::new(two_crowds(), ("crowd.gmv", "*"), &levers);
            let now = case
                .value(&[case.knobs[0].rest, case.knobs[1].rest])
                .unwrap();
            for factor in [1.02, 1.3, 1.9, 0.8] {
                let goal = now * factor;
                let plans = case.plans(goal);
                assert!(distance(plans[0].value, goal) <= EXACT);
                let brute = if factor > 1.0 {
                    case.brute(goal, 60)
                } else {
                    f64::INFINITY
                };
                let effort = plans[0].effort;
                assert!(
                    effort <= brute * 1.0001,
                    "{levers:?} {factor}: {effort} > {brute}"
                );
                assert!(plans.is_sorted_by(|a, b| a.effort <= b.effort));
            }
        }
    }

    #[test]
    fn three_levers_of_double_11() {
        let levers = [
            ("gmv.pool", "i"),
            ("gmv.cart_rate", "i"),
            ("gmv.order_rate", "p"),
        ];
        let case = Case::new(double11(), ("gmv.gmv", "*"), &levers);
        let goal = 13_000_000.0;
        let plans = case.plans(goal);
        let brute = case.brute(goal, 12);
        assert!(
            plans[0].effort <= brute * 1.0001,
            "{} > {brute}",
            plans[0].effort
        );
        assert_eq!(plans.len(), 3);
        let used: Vec<_> = plans.iter().map(|p| case.search(|s| s.used(p))).collect();
        assert!(
            used[0] != used[1] && used[1] != used[2] && used[0] != used[2],
            "{used:?}"
        );
        for plan in &plans {
            assert!(distance(plan.value, goal) <= EXACT);
            assert_eq!(case.value(&plan.positions), Some(plan.value));
        }
    }

    #[test]
    fn a_dear_lever_is_left_alone() {
        let levers = [("crowd.penetration", "c0"), ("crowd.conversion", "c0")];
        let mut case = Case::new(two_crowds(), ("crowd.gmv", "*"), &levers);
        case.knobs[1].cost = 1000.0;
        let goal = 1.1 * case.value(&[0.25, 0.05]).unwrap();
        let plans = case.plans(goal);
        assert_eq!(case.search(|s| s.used(&plans[0])), [0]);
    }

    #[test]
    fn what_cannot_be_reached_is_told_with_the_bounds_that_bind() {
        let levers = [("crowd.penetration", "c0"), ("crowd.conversion", "c0")];
        let case = Case::new(two_crowds(), ("crowd.gmv", "*"), &levers);
        let Outcome::Unreachable { best, binding } = case.search(|s| s.plans(1e12)).unwrap() else {
            panic!("reached");
        };
        assert_eq!(best.positions, [1.0, 1.0]);
        assert_eq!(best.value, 3e6 * 200.0 + 1e6 * 0.07 * 150.0);
        let upper = |knob| Binding { knob, upper: true };
        assert_eq!(binding, [upper(0), upper(1)]);
        let Outcome::Unreachable { best, binding } = case.search(|s| s.plans(-1.0)).unwrap() else {
            panic!("reached");
        };
        assert_eq!(best.value, 1e6 * 0.07 * 150.0);
        assert!(binding.iter().all(|b| !b.upper) && !binding.is_empty());
    }

    #[test]
    fn more_effort_brings_more() {
        let levers = [("crowd.penetration", "c0"), ("crowd.aov", "c1")];
        let case = Case::new(two_crowds(), ("crowd.gmv", "*"), &levers);
        let start = case.value(&[0.25, 150.0]).unwrap();
        let plans = case.search(|s| s.frontier(start * 1.5, 6));
        assert_eq!(plans.len(), 10);
        assert_eq!((plans[0].effort, plans[0].value), (0.0, start));
        assert!(
            plans
                .windows(2)
                .all(|p| p[0].effort < p[1].effort && p[0].value < p[1].value)
        );
        assert!(distance(plans[6].value, start * 1.5) <= EXACT);
        let lone = Case::new(
            two_crowds(),
            ("crowd.gmv", "*"),
            &[("crowd.penetration", "c0")],
        );
        let plans = lone.search(|s| s.frontier(start * 100.0, 6));
        assert_eq!(plans.last().unwrap().positions, [1.0]);
    }
}
