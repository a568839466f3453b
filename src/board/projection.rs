//! Weekly flows of a brand → what A, I, P, L and FAST will be, and how well that would have worked.
//!
//! Flows come from the event log where the brand has one, else from the platform's flow table. Weeks
//! that begin before the log does are left out: their flows would be arrivals only.

use super::compute::compute;
use super::events::Facts;
use super::platform::{self, Tables};
use super::{BrandBoard, Focus, Part, Query, Source};
use crate::facts::{Engine, Rules};
use crate::metrics::Day;
use crate::metrics::aipl::Flow;
use crate::metrics::fast::Denominator;
use crate::metrics::projection::{
    Estimate, LONGEST, Miss, Start, Week, backtest, backtest_weekly, ends, project,
};
use crate::scenario::{Bounded, Scenario};

/// What is to be projected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// The day that the projection is for; the week that holds it is the last.
    pub until: Day,
    /// How many weeks up to as-of the rates are taken from.
    pub observed: usize,
}

/// An estimate that assumes that the transition rates hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// Where the flows come from.
    pub source: Source,
    /// The last day that is known: as-of.
    pub from: Day,
    /// Weeks that the rates were taken from; fewer than asked for where the data begin later.
    pub observed: usize,
    /// Where it starts.
    pub start: Start,
    /// The mean week, under the scenario.
    pub week: Week,
    /// The end of every week with its estimate, under the scenario.
    pub estimates: Vec<(Day, Estimate)>,
    /// The same without the scenario, where that moves the flow; else empty.
    pub baseline: Vec<(Day, Estimate)>,
    /// Where the scenario asked for more than the bounds allow.
    pub bounded: Vec<Bounded>,
}

/// How projections of the last weeks would have done.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// Weeks that the rates were taken from, before each forecast.
    pub trained: usize,
    /// One forecast over all held weeks, from the data before them.
    pub ahead: Vec<Miss>,
    /// One forecast of each held week, from the week before.
    pub weekly: Vec<Miss>,
}

/// What the last weeks of a brand tell: all that a projection needs, under any scenario and up to
/// any day.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// Where the flows come from.
    pub source: Source,
    /// The last day that is known: as-of.
    pub from: Day,
    /// Where a projection starts.
    pub start: Start,
    /// The mean week.
    pub week: Week,
    /// The weeks that the mean was taken of, the latest first.
    pub weeks: Vec<Week>,
    /// What the deepening rate divides by.
    pub denominator: Denominator,
}

impl Past {
    /// The end of every week up to the one that holds a day, under a scenario.
    pub fn path(&self, scenario: &Scenario, until: Day) -> Vec<(Day, Estimate)> {
        let weeks: Vec<Week> = self.weeks.iter().map(|w| scenario.week(w).0).collect();
        let (mean, _) = scenario.week(&self.week);
        let count = weeks_until(self.from, until);
        let estimates = project(&self.start, &mean, &weeks, count, self.denominator);
        let day = |e: &Estimate| self.from.plus(7 * e.week as i32);
        estimates.into_iter().map(|e| (day(&e), e)).collect()
    }

    /// The projection up to a day under a scenario.
    pub fn ahead(&self, scenario: &Scenario, until: Day) -> Projection {
        let plain = self.path(&Scenario::default(), until);
        self.beside(scenario, until, plain)
    }

    /// The same, where the path without a scenario is known.
    pub fn beside(
        &self,
        scenario: &Scenario,
        until: Day,
        plain: Vec<(Day, Estimate)>,
    ) -> Projection {
        let (week, bounded) = scenario.week(&self.week);
        let (estimates, baseline) = if scenario.moves_flow() {
            (self.path(scenario, until), plain)
        } else {
            (plain, Vec::new())
        };
        Projection {
            source: self.source,
            from: self.from,
            observed: self.weeks.len(),
            start: self.start,
            week,
            estimates,
            baseline,
            bounded,
        }
    }
}

/// Weeks from a day to the one that holds another.
fn weeks_until(from: Day, until: Day) -> usize {
    let days = i64::from(until.0) - i64::from(from.0);
    usize::try_from((days + 6) / 7).unwrap_or(0).min(LONGEST)
}

/// What a board knows for projections of a brand ([`Focus::Ahead`]).
#[derive(Debug, Clone, PartialEq)]
pub struct Ahead {
    /// The brand.
    pub brand: usize,
    /// How many weeks the rates were to be taken from.
    pub observed: usize,
    /// What they tell; `None` when no week has a flow that can be used.
    pub past: Option<Past>,
    /// How projections of the last [`HELD`] weeks would have done; empty where the weeks do not
    /// reach back far enough.
    pub backtest: Backtest,
}

/// Weeks of the backtest of a board.
pub const HELD: usize = 8;

/// Projects a brand. `None` when no week has a flow that can be used.
pub fn projection(
    engine: &Engine,
    query: &Query,
    brand: usize,
    horizon: Horizon,
) -> Option<Projection> {
    let flows = weekly_flows(engine, query, brand, horizon.observed);
    let plain = Query {
        scenario: Scenario::default(),
        ..query.clone()
    };
    let board = compute(engine, &plain, &Focus::Full(vec![brand]));
    let past = past(engine, query, board.brand(brand)?, &flows)?;
    Some(past.ahead(&query.scenario, horizon.until))
}

/// What a board without a scenario shall know for projections of a brand.
pub(super) fn ahead(engine: &Engine, query: &Query, board: &BrandBoard, observed: usize) -> Ahead {
    let brand = board.brand;
    let flows = weekly_flows(engine, query, brand, observed.saturating_add(HELD));
    let recent = flows.len().saturating_sub(observed);
    Ahead {
        brand,
        observed,
        past: past(
            engine,
            query,
            board,
            flows.get(recent..).unwrap_or_default(),
        ),
        backtest: tested(&flows, observed, HELD),
    }
}

/// What these weeks tell, oldest first, beside the figures of the brand.
fn past(engine: &Engine, query: &Query, board: &BrandBoard, flows: &[Flow]) -> Option<Past> {
    let changes = changes(board);
    let weeks: Vec<Week> = flows
        .iter()
        .rev()
        .enumerate()
        .filter_map(|(back, flow)| {
            let (members, activity) = changes.get(back).copied().unwrap_or_default();
            Some(Week {
                members,
                activity,
                ..Week::of(flow)?
            })
        })
        .collect();
    Some(Past {
        source: source(engine, board.brand),
        from: query.as_of,
        start: start(board, flows.last()?)?,
        week: mean(flows, &weeks)?,
        weeks,
        denominator: Denominator::from_id(query.definitions.text("fast.a_denominator")),
    })
}

/// Forecasts of the last `held` weeks up to as-of, with rates of the `trained` weeks before.
pub fn projection_backtest(
    engine: &Engine,
    query: &Query,
    brand: usize,
    (trained, held): (usize, usize),
) -> Backtest {
    let flows = weekly_flows(engine, query, brand, trained + held);
    tested(&flows, trained, held)
}

fn tested(flows: &[Flow], trained: usize, held: usize) -> Backtest {
    Backtest {
        trained,
        ahead: backtest(flows, trained, held),
        weekly: backtest_weekly(flows, trained, held),
    }
}

fn source(engine: &Engine, brand: usize) -> Source {
    if engine.has_events(brand) {
        Source::Events
    } else {
        Source::Platform
    }
}

/// The pooled week, with the mean changes of members and activity.
fn mean(flows: &[Flow], weeks: &[Week]) -> Option<Week> {
    let n = weeks.len().max(1) as f64;
    Some(Week {
        members: weeks.iter().map(|w| w.members).sum::<f64>() / n,
        activity: weeks.iter().map(|w| w.activity).sum::<f64>() / n,
        ..Week::pooled(flows)?
    })
}

/// Changes of members and of their activity in each week, the latest first.
fn changes(board: &BrandBoard) -> Vec<(f64, f64)> {
    let steps = |metric: &str| -> Vec<Option<f64>> {
        let values = board.series(metric, Part::Whole).map(|s| &s.values[..]);
        let pairs = values.unwrap_or_default().windows(2).rev();
        pairs
            .map(|pair| Some(pair[1].get()? - pair[0].get()?))
            .collect()
    };
    let known = |x: Option<f64>| x.unwrap_or(0.0);
    let (members, activity) = (steps("fast.s"), steps("fast.t"));
    let each = members.into_iter().zip(activity);
    each.map(|(s, t)| (known(s), known(t))).collect()
}

/// The figures on as-of; A, I, P, L of the last flow where the board has none.
fn start(board: &BrandBoard, last: &Flow) -> Option<Start> {
    let now = |metric: &str| board.get(metric, Part::Whole).and_then(|f| f.now.get());
    let layers = ["aipl.a", "aipl.i", "aipl.p", "aipl.l"].map(now);
    let stock = match layers {
        [Some(a), Some(i), Some(p), Some(l)] => [a, i, p, l],
        _ => ends(last)?[1],
    };
    Some(Start {
        stock,
        members: now("fast.s"),
        activity: now("fast.t"),
    })
}

/// The flows of the last weeks up to as-of, oldest first; weeks that begin before the log, and
/// platform weeks without rows, are left out with all before them.
fn weekly_flows(engine: &Engine, query: &Query, brand: usize, weeks: usize) -> Vec<Flow> {
    let logged = engine.has_events(brand);
    let first = engine.dataset().log.days.map(|(first, _)| first);
    let mut found = Vec::new();
    let pairs = weeks.min(LONGEST).div_ceil(2);
    for pair in 0..pairs {
        if engine.pace().is_stopped() {
            break;
        }
        engine.pace().announce(pairs - pair - 1);
        let end = query.as_of.plus(-14 * pair as i32);
        let both = if logged {
            of_log(engine, query, brand, end)
        } else {
            of_tables(engine, query, brand, end)
        };
        for (start, flow) in both {
            let early = logged && first.is_some_and(|first| start < first);
            if early || ends(&flow).is_none() {
                found.truncate(weeks);
                found.reverse();
                return found;
            }
            found.push(flow);
        }
    }
    found.truncate(weeks);
    found.reverse();
    found
}

/// Two weeks that end on a day, the later one first, each with its first day.
fn of_log(engine: &Engine, query: &Query, brand: usize, end: Day) -> [(Day, Flow); 2] {
    let against = end.plus(-7);
    let frame = Engine::frame(end, against, &query.definitions);
    let rules = Rules::of(&query.definitions);
    let counts = engine.count(brand, &frame, &rules, &query.slice);
    let facts = Facts {
        engine,
        brand,
        counts: &counts,
        frame: &frame,
        definitions: &query.definitions,
        slice: &query.slice,
    };
    let flows = [&counts.flow_now, &counts.flow_before].map(|m| facts.matrix(m));
    [(against, flows[0]), (against.plus(-7), flows[1])]
}

fn of_tables(engine: &Engine, query: &Query, brand: usize, end: Day) -> [(Day, Flow); 2] {
    let against = end.plus(-7);
    let frame = Engine::frame(end, against, &query.definitions);
    let tables = Tables {
        engine,
        brand,
        frame: &frame,
        definitions: &query.definitions,
        crowd: platform::crowd_of(engine.dataset(), &query.slice),
        slice: &query.slice,
        alone: true,
    };
    let before = against.plus(-7);
    [
        (against, tables.flow(against, end)),
        (before, tables.flow(before, against)),
    ]
}
