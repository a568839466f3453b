//! Which consumers of a brand a filter keeps.

use super::engine::{BrandIndex, EventScope, touch_of};
use super::frame::NOW;
use super::timeline::Timeline;
use super::{Attribute, Condition, Engine};
use crate::metrics::Day;
use crate::metrics::fast_plus::Role;

/// The id of the dimension that tells the private-domain roles held on as-of.
pub const ROLE_DIMENSION: &str = "role";

/// The conditions of a filter, with names looked up once.
pub(super) struct Filter<'a> {
    engine: &'a Engine,
    index: &'a BrandIndex,
    timeline: &'a Timeline,
    as_of: Day,
    tests: Vec<(bool, Test<'a>)>,
}

enum Test<'a> {
    Attribute(&'a Attribute, Vec<bool>),
    Touched(EventScope),
    Roles(u8),
    /// A dimension that the data do not have: nobody has the value.
    Nobody,
}

impl<'a> Filter<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        brand: usize,
        timeline: &'a Timeline,
        conditions: &[Condition],
        as_of: Day,
    ) -> Self {
        let tests = conditions
            .iter()
            .map(|c| (c.negated, test(engine, c)))
            .collect();
        Self {
            engine,
            index: engine.index(brand),
            timeline,
            as_of,
            tests,
        }
    }

    /// Whether the consumer at this position of the brand index is kept.
    pub(super) fn keeps(&self, position: usize) -> bool {
        self.tests
            .iter()
            .all(|(negated, test)| self.meets(test, position) != *negated)
    }

    fn meets(&self, test: &Test<'_>, position: usize) -> bool {
        match test {
            Test::Nobody => false,
            Test::Roles(wanted) => self.timeline.lives[position].roles_on(NOW) & wanted != 0,
            Test::Attribute(attribute, wanted) => {
                let entries = attribute.of(self.index.consumers[position]);
                entries
                    .iter()
                    .any(|v| wanted.get(*v as usize) == Some(&true))
            }
            Test::Touched(scope) => {
                let events = self.engine.events(self.index, position);
                events
                    .iter()
                    .take_while(|e| e.day <= self.as_of)
                    .any(|e| scope.holds(e))
            }
        }
    }
}

fn test<'a>(engine: &'a Engine, condition: &Condition) -> Test<'a> {
    let dataset = engine.dataset();
    if let Some(attribute) = dataset
        .attributes
        .iter()
        .find(|a| a.id == condition.dimension)
    {
        let wanted = attribute
            .values
            .iter()
            .map(|v| condition.values.contains(v))
            .collect();
        return Test::Attribute(attribute, wanted);
    }
    if touch_of(&condition.dimension).is_some() {
        let positive = Condition {
            negated: false,
            ..condition.clone()
        };
        return Test::Touched(EventScope::new(dataset, &[positive]));
    }
    if condition.dimension == ROLE_DIMENSION {
        let held = Role::ALL.iter().enumerate();
        let wanted = held.filter(|(_, r)| condition.values.iter().any(|v| v == r.id()));
        return Test::Roles(wanted.map(|(k, _)| 1 << k).sum());
    }
    Test::Nobody
}
