//! As-of and comparison.

use super::tell;
use crate::app::action::Effect;
use crate::app::state::{Phase, State};
use crate::board::Against;
use crate::facts::Dataset;
use crate::metrics::Day;

pub(in crate::app) fn week_back(state: &mut State) -> Vec<Effect> {
    step(state, -7)
}

pub(in crate::app) fn week_forward(state: &mut State) -> Vec<Effect> {
    step(state, 7)
}

pub(in crate::app) fn day_back(state: &mut State) -> Vec<Effect> {
    step(state, -1)
}

pub(in crate::app) fn day_forward(state: &mut State) -> Vec<Effect> {
    step(state, 1)
}

/// Moves as-of, but not out of the days that the data set covers; a day outside may come nearer.
fn step(state: &mut State, by: i32) -> Vec<Effect> {
    let day = state.as_of.plus(by);
    match covered(state) {
        Some((first, _)) if by < 0 && day < first => tell(
            state,
            format!("{first} 之前没有数据"),
            format!("there is no data before {first}"),
        ),
        Some((_, last)) if by > 0 && day > last => tell(
            state,
            format!("{last} 之后没有数据"),
            format!("there is no data after {last}"),
        ),
        _ => state.as_of = day,
    }
    Vec::new()
}

/// Whether the data set says anything about a day.
pub(super) fn is_covered(state: &State, day: Day) -> bool {
    covered(state).is_none_or(|(first, last)| (first..=last).contains(&day))
}

fn covered(state: &State) -> Option<(Day, Day)> {
    match &state.phase {
        Phase::Ready(engine) => days(engine.dataset()),
        Phase::Empty | Phase::Failed(_) => None,
    }
}

/// First and last day of which the data set says anything.
fn days(data: &Dataset) -> Option<(Day, Day)> {
    let t = &data.tables;
    let log = data.log.days.into_iter().flat_map(|(a, b)| [a, b]);
    let dates = log
        .chain(t.stock.iter().map(|r| r.date))
        .chain(t.flow.iter().map(|r| r.to_date))
        .chain(t.fast.iter().map(|r| r.date))
        .chain(t.sales.iter().map(|r| r.date))
        .chain(t.relations.iter().map(|r| r.date))
        .chain(t.fields.iter().map(|r| r.date));
    dates.fold(None, |range, day| {
        let (first, last) = range.unwrap_or((day, day));
        Some((first.min(day), last.max(day)))
    })
}

/// A week ago, a month ago, a year ago, and again.
pub(in crate::app) fn cycle_against(state: &mut State) -> Vec<Effect> {
    state.against = match state.against {
        Against::PreviousWeek => Against::PreviousMonth,
        Against::PreviousMonth => Against::YearAgo,
        Against::YearAgo | Against::On(_) => Against::PreviousWeek,
    };
    Vec::new()
}
