//! AIPL: stock, flow matrix, the five flow terms and the step rates (`domain.md` §2).

use super::Value;

/// The state of one consumer of a brand on one day; exactly one, L > P > I > A > O > none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// No relation (including expired ones).
    N,
    /// Opportunity: active in the brand's category, not in its AIPL.
    O,
    /// Awareness.
    A,
    /// Interest.
    I,
    /// Purchase.
    P,
    /// Loyalty.
    L,
}

impl State {
    /// All six states in rank order.
    pub const ALL: [Self; 6] = [Self::N, Self::O, Self::A, Self::I, Self::P, Self::L];
    /// The four states that make up the brand's asset.
    pub const ASSET: [Self; 4] = [Self::A, Self::I, Self::P, Self::L];

    /// The lower-case letter used in files and JSON.
    pub fn id(self) -> &'static str {
        ["n", "o", "a", "i", "p", "l"][self as usize]
    }

    /// The state with this letter, in either case.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|s| s.id().eq_ignore_ascii_case(id))
    }

    /// Whether the state belongs to the asset A + I + P + L.
    pub fn is_asset(self) -> bool {
        self >= Self::A
    }
}

/// People per state on one day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stock {
    /// People by [`State`]; the entry of N is the people seen before who are in no state.
    pub people: [Value; 6],
    /// The asset total as the source gives it, where it does; else A + I + P + L.
    pub total: Value,
}

impl Stock {
    /// A stock whose total is A + I + P + L.
    pub fn of(people: [Value; 6]) -> Self {
        let total = State::ASSET.into_iter().map(|s| people[s as usize]).sum();
        Self { people, total }
    }

    /// A stock that is missing altogether.
    pub fn missing(why: super::Why) -> Self {
        Self {
            people: [Value::Missing(why); 6],
            total: Value::Missing(why),
        }
    }

    /// People in a state.
    pub fn get(&self, state: State) -> Value {
        self.people[state as usize]
    }
}

/// People who went from a state at the start to a state at the end: `cells[from][to]`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flow {
    /// `cells[from as usize][to as usize]`, people.
    pub cells: [[Value; 6]; 6],
}

/// The five terms of a flow; people.
///
/// start total = deepened + unchanged + shallower + lost; end − start = new − lost
/// (`domain.md` §2.2; W9 – H, G1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlowTerms {
    /// 新增: from N or O into A, I, P or L.
    pub new: Value,
    /// 加深: to a higher state inside AIPL.
    pub deepened: Value,
    /// 维持: the same state.
    pub unchanged: Value,
    /// 变浅: to a lower state inside AIPL.
    pub shallower: Value,
    /// 流失: from AIPL to N or O.
    pub lost: Value,
}

impl Flow {
    /// A flow that is missing altogether.
    pub fn missing(why: super::Why) -> Self {
        Self {
            cells: [[Value::Missing(why); 6]; 6],
        }
    }

    /// People from one state to another.
    pub fn get(&self, from: State, to: State) -> Value {
        self.cells[from as usize][to as usize]
    }

    /// The five terms. A row or column of O that is missing altogether (the source does not know
    /// opportunity consumers) is left out: then N holds these people.
    pub fn terms(&self) -> FlowTerms {
        let sum = |keep: &dyn Fn(State, State) -> bool| self.sum(keep);
        FlowTerms {
            new: sum(&|f, t| !f.is_asset() && t.is_asset()),
            deepened: sum(&|f, t| f.is_asset() && t > f),
            unchanged: sum(&|f, t| f.is_asset() && t == f),
            shallower: sum(&|f, t| t.is_asset() && t < f),
            lost: sum(&|f, t| f.is_asset() && !t.is_asset()),
        }
    }

    /// People who were in one of the states at the start (A + I + P + L when given the asset states).
    pub fn start(&self, states: &[State]) -> Value {
        self.sum(&|f, _| states.contains(&f))
    }

    /// People who are in one of the states at the end.
    pub fn end(&self, states: &[State]) -> Value {
        self.sum(&|_, t| states.contains(&t))
    }

    /// Step rate of a state: people who moved from it to any deeper state ÷ people in it at the
    /// start; a fraction in 0..=1, missing when nobody was in it (`domain.md` §2.2).
    pub fn step_rate(&self, from: State) -> Ratio {
        Ratio {
            numerator: self.sum(&|f, t| f == from && t > f),
            denominator: self.start(&[from]),
        }
    }

    fn knows_opportunity(&self) -> bool {
        State::ALL
            .iter()
            .any(|s| self.get(State::O, *s).is_known() || self.get(*s, State::O).is_known())
    }

    fn sum(&self, keep: &dyn Fn(State, State) -> bool) -> Value {
        let with_o = self.knows_opportunity();
        let pairs = State::ALL
            .into_iter()
            .flat_map(|f| State::ALL.map(|t| (f, t)));
        pairs
            .filter(|&(f, t)| keep(f, t) && (with_o || (f != State::O && t != State::O)))
            .map(|(f, t)| self.get(f, t))
            .sum()
    }
}

/// A ratio with its parts, so that it can be explained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ratio {
    /// What is divided.
    pub numerator: Value,
    /// What it is divided by.
    pub denominator: Value,
}

impl Ratio {
    /// numerator ÷ denominator; missing when the denominator is zero or a part is missing.
    pub fn value(&self) -> Value {
        self.numerator.over(self.denominator)
    }
}

/// A flow with the published numbers of `domain.md` §14.6, for tests of every layer.
#[cfg(test)]
pub(crate) fn example_flow() -> Flow {
    let mut flow = Flow::missing(super::Why::Undefined);
    let rows = [
        (State::A, [5500, 1200, 150, 10, 3140]),
        (State::I, [300, 2200, 260, 20, 1220]),
        (State::P, [2, 5, 1850, 90, 53]),
        (State::L, [0, 0, 70, 925, 5]),
        (State::N, [3600, 700, 80, 2, -1]),
    ];
    for (from, people) in rows {
        for (to, n) in [State::A, State::I, State::P, State::L, State::N]
            .into_iter()
            .zip(people)
        {
            if n >= 0 {
                flow.cells[from as usize][to as usize] = Value::Known(f64::from(n));
            }
        }
    }
    flow
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_flow_closes_and_gives_its_terms() {
        let flow = example_flow();
        let terms = flow.terms();
        assert_eq!(terms.deepened, Value::Known(1730.0));
        assert_eq!(terms.unchanged, Value::Known(10475.0));
        assert_eq!(terms.shallower, Value::Known(377.0));
        assert_eq!(terms.lost, Value::Known(4418.0));
        assert_eq!(terms.new, Value::Known(4382.0));
        assert_eq!(flow.start(&State::ASSET), Value::Known(17000.0));
        assert_eq!(flow.end(&State::ASSET), Value::Known(16964.0));
        let ends: Vec<_> = State::ASSET
            .iter()
            .map(|s| flow.end(&[*s]).get().unwrap())
            .collect();
        assert_eq!(ends, [9402.0, 4105.0, 2410.0, 1047.0]);
        let step = |s| flow.step_rate(s).value().get().unwrap();
        assert!((step(State::A) - 0.1360).abs() < 5e-5);
        assert!((step(State::I) - 0.0700).abs() < 5e-5);
        assert!((step(State::P) - 0.0450).abs() < 5e-5);
    }

    #[test]
    fn states_rank_from_none_to_loyal() {
        assert!(State::ALL.windows(2).all(|w| w[0] < w[1]));
        assert_eq!(State::from_id("L"), Some(State::L));
        assert_eq!(State::from_id("x"), None);
    }
}
