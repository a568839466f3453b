//! Which consumers of a brand a filter keeps: whole cells by their attributes, single consumers by
//! where they were touched and which roles they hold.

use std::sync::Arc;

use super::census::Census;
use super::engine::{touch_of, touch_values};
use super::timeline::Roles;
use super::touched::{Bits, Touched};
use super::{Condition, Engine};
use crate::metrics::fast_plus::Role;

/// The id of the dimension that tells the private-domain roles held on as-of.
pub const ROLE_DIMENSION: &str = "role";

/// The conditions of a filter, with names looked up once.
pub(super) struct Filter<'a> {
    census: &'a Census,
    /// Which cells are kept; `None`: all.
    cells: Option<Vec<bool>>,
    /// Conditions on single consumers.
    tests: Vec<(bool, Test)>,
    /// A condition that nobody meets.
    nobody: bool,
}

enum Test {
    Touched(Arc<Bits>),
    Roles(u8),
}

impl<'a> Filter<'a> {
    /// Looks up the conditions. `touched` is asked for when a condition is about touches.
    pub(super) fn new(
        engine: &Engine,
        brand: usize,
        census: &'a Census,
        conditions: &[Condition],
        touched: impl Fn() -> Arc<Touched>,
    ) -> Self {
        let mut filter = Self {
            census,
            cells: None,
            tests: Vec::new(),
            nobody: false,
        };
        for condition in conditions {
            filter.add(engine, brand, condition, &touched);
        }
        filter
    }

    fn add(
        &mut self,
        engine: &Engine,
        brand: usize,
        condition: &Condition,
        touched: &impl Fn() -> Arc<Touched>,
    ) {
        let data = engine.dataset();
        let mut attributes = data.attributes.iter();
        if let Some(k) = attributes.position(|a| a.id == condition.dimension) {
            let values = data.attributes[k].values.iter();
            let wanted: Vec<bool> = values.map(|v| condition.values.contains(v)).collect();
            self.keep_cells(&engine.cells().with(k, &wanted), condition.negated);
        } else if let Some(touch) = touch_of(&condition.dimension) {
            let values = touch_values(data, touch as usize, &condition.values);
            let bits = touched().any(|| engine.store(brand), touch as usize, &values);
            self.tests.push((condition.negated, Test::Touched(bits)));
        } else if condition.dimension == ROLE_DIMENSION {
            let held = Role::ALL.iter().enumerate();
            let wanted = held.filter(|(_, r)| condition.values.iter().any(|v| v == r.id()));
            let roles = wanted.map(|(k, _)| 1 << k).sum();
            self.tests.push((condition.negated, Test::Roles(roles)));
        } else if !condition.negated {
            // A dimension that the data do not have: nobody has the value.
            self.nobody = true;
        }
    }

    fn keep_cells(&mut self, having: &[bool], negated: bool) {
        let all = vec![true; having.len()];
        let cells = self.cells.get_or_insert(all);
        for (kept, has) in cells.iter_mut().zip(having) {
            *kept &= *has != negated;
        }
    }

    /// Whether consumers of a cell can be kept.
    pub(super) fn keeps_cell(&self, cell: u32) -> bool {
        !self.nobody
            && self
                .cells
                .as_ref()
                .is_none_or(|c| c.get(cell as usize) == Some(&true))
    }

    /// Whether every consumer of a kept cell is kept.
    pub(super) fn is_by_cell(&self) -> bool {
        self.tests.is_empty()
    }

    /// Whether consumers with these roles meet the conditions; `None` when other things than cells and
    /// roles decide.
    pub(super) fn keeps_roles(&self, held: Roles) -> Option<bool> {
        let mut tests = self.tests.iter();
        tests.try_fold(true, |kept, (negated, test)| match test {
            Test::Roles(wanted) => Some(kept && (held & wanted != 0) != *negated),
            Test::Touched(_) => None,
        })
    }

    /// The consumers of a part that meet the conditions on single consumers, one bit each.
    pub(super) fn bits(&self, part: usize) -> Vec<u64> {
        let words = self.census.parts[part].asset.len();
        let mut kept = vec![u64::MAX; words];
        for (negated, test) in &self.tests {
            let flip = if *negated { u64::MAX } else { 0 };
            match test {
                Test::Touched(bits) => and(&mut kept, bits.get(part).map_or(&[], |b| b), flip),
                Test::Roles(wanted) => and(&mut kept, &self.holding(part, *wanted), flip),
            }
        }
        kept
    }

    /// Consumers with one of these roles on as-of.
    fn holding(&self, part: usize, wanted: u8) -> Vec<u64> {
        let part = &self.census.parts[part];
        let mut bits = vec![0; part.asset.len()];
        for (k, plane) in part.roles.iter().enumerate() {
            if wanted >> k & 1 == 1 {
                bits.iter_mut().zip(plane).for_each(|(b, p)| *b |= p);
            }
        }
        bits
    }
}

/// Keeps the bits that are set in the other list, or, flipped, that are not.
fn and(kept: &mut [u64], other: &[u64], flip: u64) {
    for (k, word) in kept.iter_mut().enumerate() {
        *word &= other.get(k).copied().unwrap_or(0) ^ flip;
    }
}
