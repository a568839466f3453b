//! Where a function of one lever takes a wanted value: all places inside the bounds.
//!
//! The function is sampled on a grid, every change of sign and every touching extreme is a bracket,
//! and each bracket is narrowed by bisection and the secant (Illinois) rule to the last bit. A jump
//! over the wanted value is no root. Roots closer together than the grid may hide each other.

/// Samples of an even grid over the bounds.
const EVEN: usize = 256;
/// Samples per decade on both sides of the resting position, for bounds that span many.
const PER_DECADE: usize = 16;
/// Decades covered on each side.
const DECADES: i32 = 12;
/// How far from the wanted value a root may lie, as a share of it.
pub const EXACT: f64 = 1e-9;

/// What the search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The positions, ascending; at most [`LIMIT`].
    pub roots: Vec<f64>,
    /// Position and value that come nearest to the wanted value; `None` when the function has no
    /// value anywhere.
    pub nearest: Option<(f64, f64)>,
}

/// More roots than this are not told one by one.
pub const LIMIT: usize = 16;

/// How near a value is to the goal, as a share of the goal (of 1 when the goal is 0).
pub fn distance(value: f64, goal: f64) -> f64 {
    (value - goal).abs() / if goal == 0.0 { 1.0 } else { goal.abs() }
}

/// All positions in `bounds` at which `f` is `goal`, found from the position `rest`.
pub fn roots(
    f: impl Fn(f64) -> Option<f64>,
    goal: f64,
    (low, high): (f64, f64),
    rest: f64,
) -> Found {
    let off = |x: f64| f(x).filter(|y| y.is_finite()).map(|y| y - goal);
    let samples: Vec<(f64, f64)> = grid(low, high, rest)
        .into_iter()
        .filter_map(|x| Some((x, off(x)?)))
        .collect();
    let mut roots = Vec::new();
    for (x, y) in &samples {
        if *y == 0.0 {
            roots.push(*x);
        }
    }
    for pair in samples.windows(2) {
        if pair[0].1 * pair[1].1 < 0.0 {
            roots.extend(bracketed(&off, pair[0], pair[1]));
        }
    }
    for three in samples.windows(3) {
        roots.extend(touching(&off, three));
    }
    let exact = |x: &f64| off(*x).is_some_and(|y| distance(goal + y, goal) <= EXACT);
    roots.retain(exact);
    roots.sort_by(f64::total_cmp);
    roots.dedup_by(|a, b| same(*a, *b));
    roots.truncate(LIMIT);
    let nearest = nearest(&off, &samples).map(|(x, y)| (x, goal + y));
    Found { roots, nearest }
}

/// Where the function comes nearest to 0: the best sample, refined between its neighbours.
fn nearest(off: &impl Fn(f64) -> Option<f64>, samples: &[(f64, f64)]) -> Option<(f64, f64)> {
    let by_size = |a: &(f64, f64), b: &(f64, f64)| a.1.abs().total_cmp(&b.1.abs());
    let at = (0..samples.len()).min_by(|a, b| by_size(&samples[*a], &samples[*b]))?;
    let best = *samples.get(at)?;
    let left = samples.get(at.saturating_sub(1)).unwrap_or(&best).0;
    let right = samples.get(at + 1).unwrap_or(&best).0;
    let refined = lowest(&|x| off(x).map(f64::abs), left, right)
        .and_then(|(x, _)| Some((x, off(x)?)))
        .filter(|r| by_size(r, &best).is_lt());
    Some(refined.unwrap_or(best))
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs())
}

/// An even grid, and one that grows from the resting position in both directions.
fn grid(low: f64, high: f64, rest: f64) -> Vec<f64> {
    let span = high - low;
    let mut all: Vec<f64> = (0..=EVEN)
        .map(|i| low + span * (i as f64 / EVEN as f64))
        .collect();
    all.push(high);
    all.push(rest.clamp(low, high));
    for i in 0..=(DECADES as usize * PER_DECADE) {
        let reach = span * 10f64.powf(-(i as f64) / PER_DECADE as f64);
        all.extend([rest - reach, rest + reach, low + reach]);
    }
    all.retain(|x| (low..=high).contains(x));
    all.sort_by(f64::total_cmp);
    all.dedup();
    all
}

/// The root between two samples of different sign: secant with halved weights (Illinois), every
/// third step bisection; ends when no double lies between.
fn bracketed(f: &impl Fn(f64) -> Option<f64>, a: (f64, f64), b: (f64, f64)) -> Option<f64> {
    let (mut a, mut b) = (a, b);
    let mut weights = (a.1, b.1);
    let mut best = if a.1.abs() < b.1.abs() { a } else { b };
    for step in 0..240 {
        let middle = a.0 + (b.0 - a.0) / 2.0;
        let secant = b.0 - weights.1 * (b.0 - a.0) / (weights.1 - weights.0);
        let usable = step % 3 != 2 && secant > a.0 && secant < b.0;
        let x = if usable { secant } else { middle };
        if x <= a.0 || x >= b.0 {
            break;
        }
        let y = f(x)?;
        if y.abs() < best.1.abs() {
            best = (x, y);
        }
        if y == 0.0 {
            break;
        }
        if (y > 0.0) == (a.1 > 0.0) {
            a = (x, y);
            weights = (y, weights.1 / 2.0);
        } else {
            b = (x, y);
            weights = (weights.0 / 2.0, y);
        }
    }
    Some(best.0)
}

/// Where a function that never turns takes a value: the one position inside the bounds, `None`
/// where both bounds lie on one side of it. A jump over the value is no root.
pub fn crossing(f: impl Fn(f64) -> Option<f64>, goal: f64, (low, high): (f64, f64)) -> Option<f64> {
    let off = |x: f64| f(x).filter(|y| y.is_finite()).map(|y| y - goal);
    let ends = [(low, off(low)?), (high, off(high)?)];
    if let Some(end) = ends.iter().find(|e| e.1 == 0.0) {
        return Some(end.0);
    }
    if ends[0].1 * ends[1].1 > 0.0 {
        return None;
    }
    let found = bracketed(&off, ends[0], ends[1])?;
    let exact = |y: f64| distance(goal + y, goal) <= EXACT;
    off(found).is_some_and(exact).then_some(found)
}

/// Roots at the extreme among three samples that lie on one side of the goal: where it touches the
/// goal, or the two where it crosses and comes back.
fn touching(f: &impl Fn(f64) -> Option<f64>, three: &[(f64, f64)]) -> Vec<f64> {
    let [left, middle, right] = three else {
        return Vec::new();
    };
    let side = middle.1.signum();
    let toward = |y: f64| y * side;
    let valley = toward(middle.1) <= toward(left.1) && toward(middle.1) <= toward(right.1);
    if !valley || left.1 * side <= 0.0 || right.1 * side <= 0.0 {
        return Vec::new();
    }
    let Some((x, y)) = lowest(&|x| f(x).map(toward), left.0, right.0) else {
        return Vec::new();
    };
    if y < 0.0 {
        let extreme = (x, y * side);
        let both = [bracketed(f, *left, extreme), bracketed(f, extreme, *right)];
        return both.into_iter().flatten().collect();
    }
    vec![x]
}

/// The lowest point of a function with one valley between two positions (golden section).
pub fn lowest(f: &impl Fn(f64) -> Option<f64>, low: f64, high: f64) -> Option<(f64, f64)> {
    lowest_within(f, (low, high), 1e-13)
}

/// As [`lowest`], to a share of the position.
pub fn lowest_within(
    f: &impl Fn(f64) -> Option<f64>,
    (low, high): (f64, f64),
    share: f64,
) -> Option<(f64, f64)> {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let (mut a, mut b) = (low, high);
    let (mut c, mut d) = (b - GOLDEN * (b - a), a + GOLDEN * (b - a));
    let (mut fc, mut fd) = (f(c)?, f(d)?);
    for _ in 0..100 {
        if (b - a).abs() <= share * a.abs().max(b.abs()) {
            break;
        }
        if fc <= fd {
            (b, d, fd) = (d, c, fc);
            c = b - GOLDEN * (b - a);
            fc = f(c)?;
        } else {
            (a, c, fc) = (c, d, fd);
            d = a + GOLDEN * (b - a);
            fd = f(d)?;
        }
    }
    Some(if fc <= fd { (c, fc) } else { (d, fd) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_that_never_turns_crosses_once_or_never() {
        let found = crossing(|x| Some(x * x * x), 27.0, (0.0, 1e9)).unwrap();
        assert!((found - 3.0).abs() < 1e-9);
        assert_eq!(crossing(Some, 7.0, (0.0, 1.0)), None);
        assert_eq!(crossing(Some, 1.0, (0.0, 1.0)), Some(1.0));
        let jump = |x: f64| Some(if x < 0.5 { 0.0 } else { 2.0 });
        assert_eq!(crossing(jump, 1.0, (0.0, 1.0)), None);
        assert_eq!(crossing(|_| None, 1.0, (0.0, 1.0)), None);
    }

    fn of(f: impl Fn(f64) -> f64, goal: f64, bounds: (f64, f64), rest: f64) -> Vec<f64> {
        roots(|x| Some(f(x)), goal, bounds, rest).roots
    }

    fn close(found: &[f64], wanted: &[f64]) {
        assert_eq!(found.len(), wanted.len(), "{found:?} is not {wanted:?}");
        for (found, wanted) in found.iter().zip(wanted) {
            let apart = (found - wanted).abs();
            assert!(
                apart <= 1e-7 * wanted.abs().max(1e-9),
                "{found} is not {wanted}"
            );
        }
    }

    #[test]
    fn every_root_inside_the_bounds() {
        close(
            &of(|x| x * x, 2.0, (-3.0, 3.0), 0.0),
            &[-2f64.sqrt(), 2f64.sqrt()],
        );
        close(&of(|x| x * x, 2.0, (0.0, 3.0), 1.0), &[2f64.sqrt()]);
        let pi = std::f64::consts::PI;
        close(
            &of(f64::sin, 0.0, (1.0, 10.0), 1.0),
            &[pi, 2.0 * pi, 3.0 * pi],
        );
        close(&of(|x| x, 0.0, (0.0, 1.0), 0.5), &[0.0]);
        close(&of(|x| 3.0 * x, 3.0, (0.0, 1.0), 0.5), &[1.0]);
    }

    #[test]
    fn an_extreme_that_touches_is_a_root_and_one_that_crosses_is_two() {
        close(&of(|x| (x - 0.311).powi(2), 0.0, (0.0, 1.0), 0.5), &[0.311]);
        let deep = |x: f64| (x - 0.311).powi(2) - 1e-8;
        close(&of(deep, 0.0, (0.0, 1.0), 0.5), &[0.3109, 0.3111]);
        let peak = |x: f64| 5.0 - (x - 0.77).abs();
        close(&of(peak, 5.0, (0.0, 1.0), 0.5), &[0.77]);
    }

    #[test]
    fn bounds_over_many_decades() {
        close(&of(|x| 1e-3 * x, 2e-3, (0.0, 2e9), 1e6), &[2.0]);
        close(&of(|x| x / 7.0, 1e8, (0.0, 2e9), 350.0), &[7e8]);
        close(&of(|x| x * 123.0, 246.0, (0.0, 1e6), 1.0), &[2.0]);
    }

    #[test]
    fn a_jump_is_no_root_and_the_nearest_value_is_told() {
        let step = |x: f64| if x < 0.4 { 0.0 } else { 1.0 };
        assert!(of(step, 0.5, (0.0, 1.0), 0.0).is_empty());
        let found = roots(|x| Some(1.0 - (x - 0.3).powi(2)), 2.0, (0.0, 1.0), 0.9);
        assert!(found.roots.is_empty());
        let (at, value) = found.nearest.unwrap();
        assert!((at - 0.3).abs() < 1e-6 && (value - 1.0).abs() < 1e-12);
        let nowhere = roots(|_| None, 2.0, (0.0, 1.0), 0.9);
        assert_eq!(
            nowhere,
            Found {
                roots: vec![],
                nearest: None
            }
        );
    }

    #[test]
    fn a_function_that_is_the_goal_everywhere_ends() {
        assert_eq!(of(|_| 1.0, 1.0, (0.0, 1.0), 0.5).len(), LIMIT);
    }
}
