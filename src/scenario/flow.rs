//! The levers of the weekly flow: transition rates and new consumers.

use super::{Bounded, Scenario, transition_id};
use crate::metrics::aipl::State;
use crate::metrics::projection::Week;

impl Scenario {
    /// Whether any change moves the projection.
    pub fn moves_flow(&self) -> bool {
        self.changes.iter().any(|c| c.lever.id.starts_with("flow."))
    }

    /// A week under this scenario. A rate never takes more than the other ways out of its state
    /// leave over; what was cut is told.
    pub fn week(&self, week: &Week) -> (Week, Vec<Bounded>) {
        let (mut week, mut bounded) = (*week, Vec::new());
        for change in &self.changes {
            match change.lever.id {
                "flow.rate" => {
                    for (from, to, item) in transitions() {
                        let asked = change.asked(Some(week.rate(from, to)));
                        if let Some(asked) = asked.filter(|_| change.concerns(&item)) {
                            let kept = week.set_rate(from, to, change.lever.keep(asked));
                            bounded.extend(cut(change, item, asked, kept));
                        }
                    }
                }
                "flow.inflow" => {
                    for (people, state) in week.arrivals.iter_mut().zip(State::ASSET) {
                        if change.concerns(state.id()) {
                            let asked = change.asked(Some(*people)).unwrap_or(*people);
                            *people = change.lever.keep(asked);
                            bounded.extend(cut(change, state.id().to_owned(), asked, *people));
                        }
                    }
                }
                _ => {}
            }
        }
        (week, bounded)
    }
}

/// Every transition that is a lever, with its item.
fn transitions() -> impl Iterator<Item = (State, State, String)> {
    let pairs = State::ASSET
        .into_iter()
        .flat_map(|from| State::ALL.map(|to| (from, to)));
    pairs.filter_map(|(from, to)| Some((from, to, transition_id(from, to)?)))
}

fn cut(change: &super::Change, item: String, asked: f64, kept: f64) -> Option<Bounded> {
    let apart = (asked - kept).abs() > 1e-12 * asked.abs();
    apart.then_some(Bounded {
        lever: change.lever,
        item,
        asked,
        kept,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::aipl::example_flow;

    fn under(text: &str) -> (Week, Vec<Bounded>) {
        let week = Week::of(&example_flow()).unwrap();
        Scenario::parse(text).unwrap().week(&week)
    }

    #[test]
    fn rates_and_arrivals_move_and_staying_is_what_is_left() {
        let (week, bounded) = under("flow.rate[a>i]+=5pp; flow.inflow[*]*=2; fast.f*=2");
        assert!(bounded.is_empty());
        assert!((week.rate(State::A, State::I) - 0.17).abs() < 1e-12);
        assert!((week.rate(State::A, State::A) - 0.50).abs() < 1e-12);
        assert_eq!(week.arrivals, [7200.0, 1400.0, 160.0, 4.0]);
        let untouched = Week::of(&example_flow()).unwrap();
        assert_eq!(under("fast.f*=2").0, untouched);
        assert!(!Scenario::parse("fast.f*=2").unwrap().moves_flow());
    }

    #[test]
    fn a_rate_that_asks_for_too_many_is_cut() {
        let (week, bounded) = under("flow.rate[a>p]=90%");
        assert_eq!(bounded.len(), 1);
        assert_eq!((&*bounded[0].item, bounded[0].asked), ("a>p", 0.9));
        let row: f64 = week.rates[0].iter().sum();
        assert!((row - 1.0).abs() < 1e-12 && bounded[0].kept < 0.9);
    }
}
