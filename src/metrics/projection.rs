//! What A, I, P, L and FAST will be if people go on moving between the states as in the last weeks.
//!
//! An estimate, and always shown as one: it assumes that the transition rates hold and that weeks do
//! not depend on each other (`domain.md` §2.2: chaining weekly matrices assumes Markov). The band
//! shows how far apart the observed weeks are; it does not know of a promotion that they do not hold.

use super::Value;
use super::aipl::{Flow, State};
use super::fast::Denominator;

/// A, I, P, L in this order.
pub type Stock = [f64; 4];

/// What happened in one week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Week {
    /// `rates[from][to]`: shares of the people in A, I, P, L at the start who are in N, O, A, I, P, L
    /// at the end; every row adds up to 1, a row of nobody is all staying.
    pub rates: [[f64; 6]; 4],
    /// People who came from N or O into A, I, P, L.
    pub arrivals: Stock,
    /// Change of the members, people; 0 where they are not known.
    pub members: f64,
    /// Change of the member activity rate; 0 where it is not known.
    pub activity: f64,
}

/// People of a flow as counts: `people[from][to]`. A row or column of O that is not known holds
/// nobody, because then N holds these people.
type Counts = [[f64; 6]; 6];

impl Week {
    /// The week of a flow; `None` as soon as a count between known states is missing.
    pub fn of(flow: &Flow) -> Option<Self> {
        Self::pooled(&[*flow])
    }

    /// The mean week of several: people who moved ÷ people who were there, over all weeks together
    /// (large weeks count more), and the mean arrivals per week. `None` without a usable flow.
    pub fn pooled(flows: &[Flow]) -> Option<Self> {
        let mut sum: Counts = [[0.0; 6]; 6];
        let mut weeks = 0.0;
        for flow in flows {
            let Some(counts) = counts(flow) else { continue };
            for (to, from) in sum.as_flattened_mut().iter_mut().zip(counts.as_flattened()) {
                *to += from;
            }
            weeks += 1.0;
        }
        (weeks > 0.0).then(|| Self::of_counts(&sum, weeks))
    }

    fn of_counts(sum: &Counts, weeks: f64) -> Self {
        let rates = State::ASSET.map(|from| {
            let row = sum[from as usize];
            let people: f64 = row.iter().sum();
            if people > 0.0 {
                row.map(|n| n / people)
            } else {
                std::array::from_fn(|to| f64::from(u8::from(to == from as usize)))
            }
        });
        let arrived =
            |to: State| sum[State::N as usize][to as usize] + sum[State::O as usize][to as usize];
        Self {
            rates,
            arrivals: State::ASSET.map(|to| arrived(to) / weeks),
            members: 0.0,
            activity: 0.0,
        }
    }

    /// Rate from one of A, I, P, L to any state; 0 from the others.
    pub fn rate(&self, from: State, to: State) -> f64 {
        let row = State::ASSET.iter().position(|s| *s == from);
        row.map_or(0.0, |row| self.rates[row][to as usize])
    }

    /// Sets a rate to another state; staying is what is left. The rate is kept at most at what the
    /// other ways out leave over; gives the rate kept.
    pub fn set_rate(&mut self, from: State, to: State, rate: f64) -> f64 {
        let Some(row) = State::ASSET.iter().position(|s| *s == from) else {
            return 0.0;
        };
        let stay = from as usize;
        let row = &mut self.rates[row];
        let others: f64 = (0..6)
            .filter(|k| *k != stay && *k != to as usize)
            .map(|k| row[k])
            .sum();
        let kept = rate.clamp(0.0, (1.0 - others).max(0.0));
        row[to as usize] = kept;
        row[stay] = (1.0 - others - kept).max(0.0);
        kept
    }

    /// One week on: the people at its end, and the share who moved deeper.
    pub fn step(&self, start: &Stock, denominator: Denominator) -> (Stock, f64) {
        let mut end = self.arrivals;
        let mut deepened = 0.0;
        for (row, (from, people)) in State::ASSET.into_iter().zip(start).enumerate() {
            for (column, to) in State::ASSET.into_iter().enumerate() {
                let moved = people * self.rates[row][to as usize];
                end[column] += moved;
                if to > from {
                    deepened += moved;
                }
            }
        }
        let base: f64 = match denominator {
            Denominator::AiplStart => start.iter().sum(),
            Denominator::AipStart => start[..3].iter().sum(),
            Denominator::AiplEnd => end.iter().sum(),
        };
        (end, if base > 0.0 { deepened / base } else { 0.0 })
    }
}

fn counts(flow: &Flow) -> Option<Counts> {
    let mut counts: Counts = [[0.0; 6]; 6];
    for from in State::ALL {
        for to in State::ALL {
            let cell = flow.get(from, to);
            let optional = from == State::O || to == State::O || (from, to) == (State::N, State::N);
            counts[from as usize][to as usize] = match cell {
                Value::Known(people) => people.max(0.0),
                Value::Missing(_) if optional => 0.0,
                Value::Missing(_) => return None,
            };
        }
    }
    Some(counts)
}

/// People in A, I, P, L at the start and at the end of a flow; `None` where [`Week::of`] is.
pub fn ends(flow: &Flow) -> Option<[Stock; 2]> {
    let counts = counts(flow)?;
    let start = State::ASSET.map(|s| counts[s as usize].iter().sum());
    let end = State::ASSET.map(|s| counts.iter().map(|row| row[s as usize]).sum());
    Some([start, end])
}

/// Where a projection starts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Start {
    /// A, I, P, L, people.
    pub stock: Stock,
    /// Members, people; `None` where they are not known.
    pub members: Option<f64>,
    /// Member activity, a fraction; `None` where it is not known.
    pub activity: Option<f64>,
}

/// Everything that is projected for the end of one week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// A, I, P, L, people.
    pub stock: Stock,
    /// F, people.
    pub f: f64,
    /// A, the share that moved deeper in the week.
    pub a: f64,
    /// S, people; at most F.
    pub s: Option<f64>,
    /// T, a fraction.
    pub t: Option<f64>,
}

/// An estimate for the end of one week.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Weeks after the start, from 1.
    pub week: usize,
    /// With the mean week.
    pub expected: Outlook,
    /// Each number on its own: one path in ten lies below.
    pub low: Outlook,
    /// Each number on its own: one path in ten lies above.
    pub high: Outlook,
}

/// Paths behind a band.
const PATHS: usize = 500;
/// Where the draw of weeks begins: the same for every call, so that equal data give equal bands.
const SEED: u64 = 0x9E37_79B9_7F4A_7C15;
/// The longest projection, weeks.
pub const LONGEST: usize = 104;

/// Projects so many weeks: expected with the mean week, the band from paths whose weeks are drawn
/// from the observed ones. Without observed weeks the band is as narrow as the expectation.
pub fn project(
    start: &Start,
    mean: &Week,
    observed: &[Week],
    weeks: usize,
    denominator: Denominator,
) -> Vec<Estimate> {
    let weeks = weeks.min(LONGEST);
    let expected = walk(start, weeks, denominator, |_| *mean);
    let mut random = SEED;
    let paths: Vec<Vec<Outlook>> = (0..if observed.is_empty() { 0 } else { PATHS })
        .map(|_| {
            walk(start, weeks, denominator, |_| {
                random = next(random);
                let at = (random >> 33) as usize % observed.len();
                observed.get(at).copied().unwrap_or(*mean)
            })
        })
        .collect();
    expected
        .into_iter()
        .enumerate()
        .map(|(w, expected)| {
            let all: Vec<Outlook> = paths.iter().filter_map(|p| p.get(w).copied()).collect();
            let [low, high] = band(&all, &expected);
            Estimate {
                week: w + 1,
                expected,
                low,
                high,
            }
        })
        .collect()
}

/// One step of a 64-bit linear congruential generator (D. Knuth, MMIX).
fn next(state: u64) -> u64 {
    state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407)
}

fn walk(
    start: &Start,
    weeks: usize,
    denominator: Denominator,
    mut week: impl FnMut(usize) -> Week,
) -> Vec<Outlook> {
    let (mut stock, mut members, mut activity) = (start.stock, start.members, start.activity);
    (0..weeks)
        .map(|w| {
            let week = week(w);
            let (end, a) = week.step(&stock, denominator);
            stock = end;
            let f = stock.iter().sum();
            members = members.map(|s| (s + week.members).clamp(0.0, f64::max(f, 0.0)));
            activity = activity.map(|t| (t + week.activity).clamp(0.0, 1.0));
            Outlook {
                stock,
                f,
                a,
                s: members,
                t: activity,
            }
        })
        .collect()
}

/// Where one path in ten lies below and above, every number on its own (nearest rank); the
/// expectation where there is no path.
fn band(paths: &[Outlook], expected: &Outlook) -> [Outlook; 2] {
    let mut low = *expected;
    let mut high = *expected;
    let mut all = Vec::with_capacity(paths.len());
    let mut of = |number: &dyn Fn(&Outlook) -> f64| {
        all.clear();
        all.extend(paths.iter().map(number));
        [0.1, 0.9].map(|q| quantile(&mut all, q).unwrap_or_else(|| number(expected)))
    };
    for layer in 0..expected.stock.len() {
        [low.stock[layer], high.stock[layer]] = of(&|o| o.stock[layer]);
    }
    [low.f, high.f] = of(&|o| o.f);
    [low.a, high.a] = of(&|o| o.a);
    if expected.s.is_some() {
        [low.s, high.s] = of(&|o| o.s.unwrap_or(0.0)).map(Some);
    }
    if expected.t.is_some() {
        [low.t, high.t] = of(&|o| o.t.unwrap_or(0.0)).map(Some);
    }
    [low, high]
}

/// The number of this rank (nearest); the order of the numbers changes.
fn quantile(numbers: &mut [f64], q: f64) -> Option<f64> {
    let rank = ((numbers.len() as f64 - 1.0) * q).round().max(0.0) as usize;
    let there = rank < numbers.len();
    there.then(|| *numbers.select_nth_unstable_by(rank, f64::total_cmp).1)
}

/// How far a forecast was from what came, beside "the same as last week".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Miss {
    /// Weeks ahead.
    pub ahead: usize,
    /// Relative errors of A, I, P, L and F of the projection: |forecast − actual| ÷ actual; `None`
    /// where nobody was there.
    pub projected: [Option<f64>; 5],
    /// The same for a forecast of no change.
    pub naive: [Option<f64>; 5],
}

/// Projects the last `held` weeks of a series from the `trained` weeks before them, and compares:
/// one miss per week ahead. Empty when the series is too short.
pub fn backtest(flows: &[Flow], trained: usize, held: usize) -> Vec<Miss> {
    let Some(cut) = flows.len().checked_sub(held).filter(|cut| *cut >= trained) else {
        return Vec::new();
    };
    let (before, after) = flows.split_at(cut);
    let train = before.get(cut - trained..).unwrap_or_default();
    let (Some(mean), Some(first)) = (Week::pooled(train), after.first().and_then(ends)) else {
        return Vec::new();
    };
    let start = Start {
        stock: first[0],
        members: None,
        activity: None,
    };
    let forecast = project(&start, &mean, &[], held, Denominator::AiplStart);
    forecast
        .iter()
        .zip(after)
        .filter_map(|(forecast, flow)| {
            let actual = with_total(ends(flow)?[1]);
            Some(Miss {
                ahead: forecast.week,
                projected: errors(with_total(forecast.expected.stock), actual),
                naive: errors(with_total(start.stock), actual),
            })
        })
        .collect()
}

/// Projects each of the last `held` weeks from the one before it, with the mean of the `trained`
/// weeks before: every miss is one week ahead.
pub fn backtest_weekly(flows: &[Flow], trained: usize, held: usize) -> Vec<Miss> {
    let first = flows.len().saturating_sub(held).max(trained);
    (first..flows.len())
        .filter_map(|w| {
            let until = flows.get(..=w)?;
            backtest(until, trained, 1).into_iter().next()
        })
        .collect()
}

/// Mean of each error over several misses.
pub fn mean_errors(misses: &[Miss], of: fn(&Miss) -> &[Option<f64>; 5]) -> [Option<f64>; 5] {
    std::array::from_fn(|i| {
        let all: Vec<f64> = misses.iter().filter_map(|m| of(m)[i]).collect();
        (!all.is_empty()).then(|| all.iter().sum::<f64>() / all.len() as f64)
    })
}

fn with_total(stock: Stock) -> [f64; 5] {
    let [a, i, p, l] = stock;
    [a, i, p, l, a + i + p + l]
}

fn errors(forecast: [f64; 5], actual: [f64; 5]) -> [Option<f64>; 5] {
    std::array::from_fn(|k| (actual[k] > 0.0).then(|| (forecast[k] - actual[k]).abs() / actual[k]))
}

#[cfg(test)]
mod tests {
    use super::super::Why;
    use super::super::aipl::example_flow;
    use super::*;

    fn start(stock: Stock) -> Start {
        Start {
            stock,
            members: Some(500.0),
            activity: Some(0.5),
        }
    }

    #[test]
    fn the_week_itself_is_projected_exactly() {
        let flow = example_flow();
        let week = Week::of(&flow).unwrap();
        let [from, to] = ends(&flow).unwrap();
        assert_eq!(from, [10_000.0, 4000.0, 2000.0, 1000.0]);
        let (end, a) = week.step(&from, Denominator::AiplStart);
        for (end, to) in end.iter().zip(to) {
            assert!((end - to).abs() < 1e-9, "{end} is not {to}");
        }
        assert!((a - 0.101_765).abs() < 5e-7);
        assert!((week.step(&from, Denominator::AipStart).1 - 0.108_125).abs() < 5e-7);
        assert!((week.step(&from, Denominator::AiplEnd).1 - 0.101_981).abs() < 5e-7);
        assert_eq!(week.arrivals, [3600.0, 700.0, 80.0, 2.0]);
    }

    #[test]
    fn rows_keep_adding_up_to_one() {
        let mut week = Week::of(&example_flow()).unwrap();
        assert_eq!(week.set_rate(State::A, State::I, 0.2), 0.2);
        let row: f64 = week.rates[0].iter().sum();
        assert!((row - 1.0).abs() < 1e-12);
        let kept = week.set_rate(State::A, State::P, 5.0);
        assert!(kept < 1.0 && week.rate(State::A, State::A) == 0.0);
        let row: f64 = week.rates[0].iter().sum();
        assert!((row - 1.0).abs() < 1e-12);
        assert_eq!(week.set_rate(State::N, State::A, 0.5), 0.0);
    }

    #[test]
    fn a_steady_world_is_projected_without_a_band_and_without_error() {
        let mut flow = Flow {
            cells: [[Value::Known(0.0); 6]; 6],
        };
        let mut put = |from: State, to: State, n: f64| {
            flow.cells[from as usize][to as usize] = Value::Known(n);
        };
        put(State::N, State::A, 100.0);
        put(State::A, State::N, 60.0);
        put(State::A, State::A, 400.0);
        put(State::A, State::P, 40.0);
        put(State::P, State::P, 360.0);
        put(State::P, State::N, 40.0);
        let week = Week::of(&flow).unwrap();
        let [from, to] = ends(&flow).unwrap();
        assert_eq!(from, to);
        let path = project(&start(from), &week, &[week; 3], 30, Denominator::AiplStart);
        assert_eq!(path.len(), 30);
        for at in &path {
            for (stayed, from) in at.expected.stock.iter().zip(from) {
                assert!((stayed - from).abs() < 1e-9);
            }
            assert!((at.low.f - at.high.f).abs() < 1e-9);
            assert_eq!((at.expected.s, at.expected.t), (Some(500.0), Some(0.5)));
        }
        for misses in [
            backtest(&[flow; 16], 8, 8),
            backtest_weekly(&[flow; 16], 8, 8),
        ] {
            assert_eq!(misses.len(), 8);
            let [a, i, ..] = mean_errors(&misses, |m| &m.projected);
            assert!(a.unwrap() < 1e-12 && i.is_none());
        }
    }

    #[test]
    fn the_band_holds_the_expectation_and_widens() {
        let flow = example_flow();
        let busy = Week::of(&flow).unwrap();
        let quiet = Week {
            arrivals: busy.arrivals.map(|n| n * 0.7),
            members: -10.0,
            ..busy
        };
        let mean = Week {
            arrivals: busy.arrivals.map(|n| n * 0.85),
            ..busy
        };
        let [from, _] = ends(&flow).unwrap();
        let path = project(
            &start(from),
            &mean,
            &[busy, quiet],
            8,
            Denominator::AiplStart,
        );
        let width = |e: &Estimate| e.high.f - e.low.f;
        for at in &path {
            assert!(at.low.f <= at.expected.f && at.expected.f <= at.high.f);
            assert!(at.low.s < at.high.s);
        }
        assert!(width(&path[0]) > 0.0 && width(&path[7]) > width(&path[0]));
        let again = project(
            &start(from),
            &mean,
            &[busy, quiet],
            8,
            Denominator::AiplStart,
        );
        assert_eq!(path, again);
    }

    #[test]
    fn a_flow_with_gaps_is_not_used_and_unknown_o_is_nobody() {
        let mut flow = example_flow();
        flow.cells[State::O as usize] = [Value::Missing(Why::NoCategory); 6];
        assert!(Week::of(&flow).is_some());
        let mut gap = flow;
        gap.cells[State::A as usize][State::I as usize] = Value::Missing(Why::NotGiven);
        assert!(Week::of(&gap).is_none());
        assert_eq!(Week::pooled(&[gap, flow]), Week::of(&flow));
        assert!(Week::pooled(&[]).is_none());
        assert!(backtest(&[flow; 5], 8, 8).is_empty());
    }
}
