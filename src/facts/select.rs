//! Which consumers of a brand a filter keeps: whole cells by their attributes, single consumers by
//! where they were touched and which roles they hold.

use std::sync::Arc;

use super::cells::attribute_bit;
use super::census::Census;
use super::engine::{touch_of, touch_values};
use super::part::mark;
use super::timeline::Roles;
use super::touched::{Bits, Touched};
use super::without::{Term, terms};
use super::{Condition, Engine, TOUCH_DIMENSIONS};
use crate::metrics::fast_plus::Role;

/// The id of the dimension that tells the private-domain roles held on as-of.
pub const ROLE_DIMENSION: &str = "role";

/// Families of conditions: those on attributes and roles, then those on each touch dimension. What
/// meets the conditions of one family can be known without looking at single consumers
/// (see [`super::margins`]).
pub(super) const FAMILIES: usize = 1 + TOUCH_DIMENSIONS.len();
/// The family of attributes and roles.
pub(super) const STANDING: usize = 0;

/// The conditions of a filter, with names looked up once.
pub(super) struct Filter<'a> {
    census: &'a Census,
    /// Which cells are kept; `None`: all.
    cells: Option<Vec<bool>>,
    /// Attributes that have conditions, one bit each.
    attributes: u64,
    /// Conditions on roles: whether negated, and the roles.
    roles: Vec<(bool, Roles)>,
    /// Conditions on each touch dimension.
    touches: [Vec<Touching>; TOUCH_DIMENSIONS.len()],
    /// A condition that nobody meets.
    nobody: bool,
}

/// A condition on a touch dimension.
pub(super) struct Touching {
    negated: bool,
    /// The values, one bit each, as far as they fit.
    values: u64,
    who: Who,
}

/// Who was touched at one of the values of a condition.
enum Who {
    /// They are found part by part, from the values of a dimension.
    Few(Arc<Touched>, usize, Vec<u32>),
    Many(Arc<Bits>),
}

impl<'a> Filter<'a> {
    /// A filter that keeps everybody.
    pub(super) fn open(census: &'a Census) -> Self {
        Self {
            census,
            cells: None,
            attributes: 0,
            roles: Vec::new(),
            touches: std::array::from_fn(|_| Vec::new()),
            nobody: false,
        }
    }

    /// Looks up the conditions. `touched` is asked for when a condition is about touches.
    pub(super) fn new(
        engine: &Engine,
        brand: usize,
        census: &'a Census,
        conditions: &[Condition],
        touched: impl Fn() -> Arc<Touched>,
    ) -> Self {
        let mut filter = Self::open(census);
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
        let negated = condition.negated;
        let mut attributes = data.attributes.iter();
        if let Some(k) = attributes.position(|a| a.id == condition.dimension) {
            let values = data.attributes[k].values.iter();
            let wanted: Vec<bool> = values.map(|v| condition.values.contains(v)).collect();
            self.attributes |= attribute_bit(k);
            self.keep_cells(&engine.cells().with(k, &wanted), negated);
        } else if let Some(touch) = touch_of(&condition.dimension) {
            let touch = touch as usize;
            let values = touch_values(data, touch, &condition.values);
            let touched = touched();
            let many = touched.among_many(|| engine.store(brand), touch, &values);
            self.touches[touch].push(Touching {
                negated,
                values: values.iter().fold(0, |all, v| all | bit_of(*v)),
                who: many.map_or_else(|| Who::Few(touched, touch, values), Who::Many),
            });
        } else if condition.dimension == ROLE_DIMENSION {
            let held = Role::ALL.iter().enumerate();
            let wanted = held.filter(|(_, r)| condition.values.iter().any(|v| v == r.id()));
            let roles = wanted.map(|(k, _)| 1 << k).sum();
            self.roles.push((negated, roles));
        } else if !negated {
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

    /// Whether nobody can be kept.
    pub(super) fn keeps_nobody(&self) -> bool {
        self.nobody
    }

    /// Whether every consumer of a cell is kept or none.
    pub(super) fn is_by_cell(&self) -> bool {
        self.roles.is_empty() && self.touches.iter().all(Vec::is_empty)
    }

    /// The families that have conditions.
    pub(super) fn families(&self) -> Vec<usize> {
        let has = |family: &usize| match family.checked_sub(1) {
            None => self.cells.is_some() || !self.roles.is_empty(),
            Some(touch) => !self.touches[touch].is_empty(),
        };
        (0..FAMILIES).filter(has).collect()
    }

    /// The attributes that have conditions which a family has to tell, one bit each.
    pub(super) fn attributes(&self, family: usize) -> u64 {
        if family == STANDING {
            self.attributes
        } else {
            0
        }
    }

    /// Whether consumers with a key like this one, whatever their roles, can meet the conditions of a
    /// family.
    pub(super) fn may_take(&self, family: usize, key: u64) -> bool {
        family != STANDING || self.keeps_cell((key >> ROLE_BITS) as u32)
    }

    /// The conditions of a family besides those on attributes.
    pub(super) fn test(&self, family: usize) -> Test<'_> {
        let meets = |held: usize| {
            let mut tests = self.roles.iter();
            tests.all(|(negated, wanted)| (held & usize::from(*wanted) != 0) != *negated)
        };
        match family.checked_sub(1) {
            None => Test::Roles(Box::new(std::array::from_fn(meets))),
            Some(touch) => Test::Touches(&self.touches[touch]),
        }
    }

    /// The consumers without some roles, or without some touches, who make up whoever meets the
    /// conditions of a family on them.
    pub(super) fn without(&self, family: usize) -> Vec<Term> {
        match family.checked_sub(1) {
            None => terms(
                self.roles
                    .iter()
                    .map(|(not, roles)| (*not, u64::from(*roles))),
            ),
            Some(touch) => terms(self.touches[touch].iter().map(|t| (t.negated, t.values))),
        }
    }

    /// Whether the attributes of a cell meet their conditions.
    pub(super) fn keeps_cell(&self, cell: u32) -> bool {
        let cells = self.cells.as_ref();
        cells.is_none_or(|c| c.get(cell as usize) == Some(&true))
    }

    /// The consumers of a part that meet the conditions of a family, one bit each.
    pub(super) fn bits(&self, family: usize, part: usize) -> Vec<u64> {
        let Some(part_of) = self.census.parts.get(part) else {
            return Vec::new();
        };
        let mut kept = vec![0; part_of.asset.len()];
        mark(&mut kept, 0..part_of.len());
        match family.checked_sub(1) {
            None => {
                if self.cells.is_some() {
                    kept.fill(0);
                    let segments = part_of.segments.iter();
                    for segment in segments.filter(|s| self.keeps_cell(s.cell)) {
                        mark(&mut kept, segment.first as usize..segment.end as usize);
                    }
                }
                for (negated, wanted) in &self.roles {
                    let planes = part_of.roles.iter().enumerate();
                    let planes = planes.filter(|(k, _)| wanted >> k & 1 == 1);
                    let planes: Vec<&[u64]> = planes.map(|(_, plane)| &plane[..]).collect();
                    keep(&mut kept, &planes, *negated);
                }
            }
            Some(touch) => {
                for test in &self.touches[touch] {
                    keep(&mut kept, &test.who.planes(part), test.negated);
                }
            }
        }
        kept
    }
}

/// What consumers with one key are tested by.
pub(super) enum Test<'a> {
    /// Whether roles meet the conditions, by all that are held.
    Roles(Box<[bool; 1 << ROLE_BITS]>),
    Touches(&'a [Touching]),
}

impl Test<'_> {
    /// Whether consumers with a key (see [`keys`]) pass.
    #[inline]
    pub(super) fn takes(&self, key: u64) -> bool {
        match self {
            Self::Roles(meet) => meet[usize::from(key as Roles)],
            Self::Touches(tests) => {
                let mut tests = tests.iter();
                tests.all(|t| (key & t.values != 0) != t.negated)
            }
        }
    }
}

impl Who {
    /// The consumers of a part, of each value.
    fn planes(&self, part: usize) -> Vec<&[u64]> {
        match self {
            Self::Few(touched, touch, values) => {
                let each = values
                    .iter()
                    .filter_map(|v| touched.of(*touch, *v as usize));
                each.filter_map(|bits| bits.get(part).map(|b| &b[..]))
                    .collect()
            }
            Self::Many(bits) => bits.get(part).map(|b| &b[..]).into_iter().collect(),
        }
    }
}

/// Bits of a key that are roles; the others are a cell.
pub(super) const ROLE_BITS: u32 = Roles::BITS;

/// The keys of the consumers of a part in a family: all that the conditions of the family ask for.
/// Cell and roles, or the touch values, one bit each.
pub(super) fn keys(census: &Census, touched: &Touched, family: usize, part: usize) -> Vec<u64> {
    let Some(part_of) = census.parts.get(part) else {
        return Vec::new();
    };
    let mut keys = vec![0; part_of.len()];
    let mut mark = |plane: &[u64], bit: u64| {
        for (word, keys) in plane.iter().zip(keys.chunks_mut(64)) {
            let mut left = *word;
            while left != 0 {
                if let Some(key) = keys.get_mut(left.trailing_zeros() as usize) {
                    *key |= bit;
                }
                left &= left - 1;
            }
        }
    };
    match family.checked_sub(1) {
        None => {
            let planes = part_of.roles.iter().enumerate();
            planes.for_each(|(role, plane)| mark(plane, 1 << role));
            for segment in &part_of.segments {
                let own = keys.get_mut(segment.first as usize..segment.end as usize);
                let cell = u64::from(segment.cell) << ROLE_BITS;
                own.unwrap_or(&mut []).iter_mut().for_each(|k| *k |= cell);
            }
        }
        Some(touch) => {
            let planes = (0..).map_while(|value| touched.of(touch, value));
            for (value, plane) in planes.enumerate() {
                mark(plane.get(part).map_or(&[], |p| p), bit_of(value as u32));
            }
        }
    }
    keys
}

/// The bit of a touch value in a key; none where it does not fit.
fn bit_of(value: u32) -> u64 {
    1_u64.checked_shl(value).unwrap_or(0)
}

/// Words of a cache line.
const LINE: usize = 8;

/// Keeps the bits that are set in one of these planes, or, negated, in none of them. The planes are
/// read side by side: each alone is over before the memory runs at its full speed.
fn keep(kept: &mut [u64], planes: &[&[u64]], negated: bool) {
    let flip = if negated { u64::MAX } else { 0 };
    let (lines, rest) = kept.as_chunks_mut::<LINE>();
    let first = lines.len() * LINE;
    for (k, line) in lines.iter_mut().enumerate() {
        let mut any = [0; LINE];
        for plane in planes.iter().filter_map(|p| p.as_chunks::<LINE>().0.get(k)) {
            any.iter_mut().zip(plane).for_each(|(a, p)| *a |= p);
        }
        line.iter_mut().zip(any).for_each(|(w, a)| *w &= a ^ flip);
    }
    for (k, word) in (first..).zip(rest) {
        let each = planes.iter().filter_map(|p| p.get(k));
        *word &= each.fold(0, |any, p| any | p) ^ flip;
    }
}
