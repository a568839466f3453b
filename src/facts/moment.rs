//! What is counted of one consumer besides his history: the cells of the flows, the layers, roles
//! and private fields at as-of and at the comparison. Consumers with the same moment add the same
//! counters, so a slice is a histogram of moments.

use rustc_hash::FxHashMap;

use super::frame::{AGAINST, AGAINST_PERIOD, BEFORE, Days, NOW, NOW_PERIOD};
use super::pack::packed;
use super::timeline::{Life, Roles, Ties};
use crate::metrics::aipl::State;
use crate::metrics::fast_plus::{Field, Role};

/// Counters of people; each is a number of consumers of the slice.
pub(super) mod point {
    use super::{Field, Role};

    /// `[from][to]` of six states.
    const MATRIX: usize = 36;
    pub(in crate::facts) const FLOW_NOW: usize = 0;
    pub(in crate::facts) const FLOW_BEFORE: usize = MATRIX;
    pub(in crate::facts) const DEEPENING_NOW: usize = 2 * MATRIX;
    pub(in crate::facts) const DEEPENING_AGAINST: usize = 3 * MATRIX;
    /// O, A, I, P, L now, then at the comparison; the same for what follows.
    pub(in crate::facts) const STATES: usize = 4 * MATRIX;
    pub(in crate::facts) const LIVELY: usize = STATES + 10;
    pub(in crate::facts) const MEMBERS: usize = LIVELY + 2;
    pub(in crate::facts) const ACTIVE: usize = MEMBERS + 2;
    pub(in crate::facts) const ROLES: usize = ACTIVE + 2;
    /// Roles and their union.
    pub(in crate::facts) const ROLES_EACH: usize = Role::ALL.len() + 1;
    pub(in crate::facts) const RISEN: usize = ROLES + 2 * ROLES_EACH;
    pub(in crate::facts) const RISEN_BASE: usize = RISEN + 2;
    /// Visitors, new relations and buyers of each field.
    pub(in crate::facts) const FIELDS: usize = RISEN_BASE + 2;
    pub(in crate::facts) const FIELDS_EACH: usize = 3 * Field::ALL.len();
    /// How many counters there are.
    pub(in crate::facts) const ALL: usize = FIELDS + 2 * FIELDS_EACH;
}

/// Bits of as-of and of the comparison day.
pub(super) const SIDES: [u32; 2] = [NOW, AGAINST];
/// Bits of the starts of the sales periods that end there.
const PERIODS: [u32; 2] = [NOW_PERIOD, AGAINST_PERIOD];

/// What a consumer did in the private fields in the period that ends on as-of, or on the comparison
/// day; one bit per [`Field`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Visits {
    pub(super) visited: u8,
    pub(super) bought: u8,
    /// Roles that an event in the field makes, by field; one bit per [`Role`].
    pub(super) related: [Roles; Field::ALL.len()],
}

/// Everything that decides which counters a consumer adds to, packed into facets that are counted
/// apart from each other: few distinct numbers each, where together they would be many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Moment {
    /// States at as-of, comparison, before, and at the starts of the two deepening periods, three
    /// bits each; then seen and lively at both sides.
    standing: u64,
    /// Member and active at both sides; relation levels at as-of, comparison and before, three bits
    /// each; roles at both sides, eight bits each.
    ties: u64,
    /// Fields visited, fields that gained a relation, fields with an order, eight bits each, at both
    /// sides.
    fields: u64,
}

/// How many facets a moment has.
pub(super) const FACETS: usize = 3;

/// The bits of the days whose states a moment tells.
fn dates(starts: [u32; 2]) -> [u32; 5] {
    [NOW, AGAINST, BEFORE, starts[0], starts[1]]
}

const SEEN_AT: usize = 15;
const LEVELS_AT: usize = 4;
const ROLES_AT: usize = LEVELS_AT + 9;

impl Moment {
    /// The days whose states a moment tells; `starts` are the bits of the starts of the deepening
    /// periods.
    pub(super) fn dates<D: Days>(starts: [u32; 2]) -> D {
        let bits = dates(starts).into_iter();
        D::of(bits.fold(0, |all, bit| all | 1 << bit))
    }

    /// The moment of a consumer; `starts` and `days` are as in [`Moment::dates`].
    pub(super) fn of<D: Days>(
        life: &Life<D>,
        starts: [u32; 2],
        days: D,
        visits: Option<&[Visits; 2]>,
    ) -> Self {
        let mut moment = Self::default();
        let asset = life.asset();
        if ((asset | life.o) & days).any() {
            for (k, bit) in dates(starts).into_iter().enumerate() {
                moment.standing |= (life.state(bit) as u64) << (3 * k);
            }
        }
        let lively = life.lively & asset;
        for (side, bit) in SIDES.into_iter().enumerate() {
            let flags = u64::from(life.seen.has(bit)) | u64::from(lively.has(bit)) << 1;
            moment.standing |= flags << (SEEN_AT + 2 * side);
        }
        if let Some(held) = &life.ties {
            moment.ties = ties(life, held);
        }
        let visits = visits.into_iter().flatten().enumerate();
        for (side, visits) in visits.filter(|(_, v)| v.visited != 0) {
            let gained = moment.roles(side) & !life.roles_on(PERIODS[side]);
            let here = visits.related.iter().enumerate();
            let new = here.filter(|(_, roles)| *roles & gained != 0);
            let new = new.fold(0_u8, |all, (field, _)| all | 1 << field);
            let kinds = [visits.visited, new, visits.bought & visits.visited];
            for (kind, fields) in kinds.into_iter().enumerate() {
                moment.fields |= u64::from(fields) << (24 * side + 8 * kind);
            }
        }
        moment
    }

    /// The moment of a consumer who is in no state on any day, but was seen on these sides.
    pub(super) fn silent(seen: [bool; 2]) -> Self {
        let flag = |side: usize| u64::from(seen[side]) << (SEEN_AT + 2 * side);
        Self {
            standing: flag(0) | flag(1),
            ..Self::default()
        }
    }

    /// Each facet alone.
    fn facets(self) -> [Self; FACETS] {
        let Self {
            standing,
            ties,
            fields,
        } = self;
        let none = Self::default();
        [
            Self { standing, ..none },
            Self { ties, ..none },
            Self { fields, ..none },
        ]
    }

    /// The state at one of the five dates.
    fn state(self, date: usize) -> usize {
        (self.standing >> (3 * date)) as usize & 7
    }

    fn is_seen(self, side: usize) -> bool {
        self.standing >> (SEEN_AT + 2 * side) & 1 == 1
    }

    fn is_lively(self, side: usize) -> bool {
        self.standing >> (SEEN_AT + 2 * side + 1) & 1 == 1
    }

    fn is_member(self, side: usize) -> bool {
        self.ties >> (2 * side) & 1 == 1
    }

    fn is_active(self, side: usize) -> bool {
        self.ties >> (2 * side + 1) & 1 == 1
    }

    fn level(self, date: usize) -> u64 {
        self.ties >> (LEVELS_AT + 3 * date) & 7
    }

    fn roles(self, side: usize) -> Roles {
        (self.ties >> (ROLES_AT + 8 * side)) as Roles
    }

    /// The counters that a consumer with this moment adds one to.
    fn counters(self) -> Vec<u16> {
        let mut found = Vec::new();
        let [now, against, before, now_start, against_start] =
            [0, 1, 2, 3, 4].map(|date| self.state(date));
        let flows = [
            (point::FLOW_NOW, against, now, 0),
            (point::FLOW_BEFORE, before, against, 1),
            (point::DEEPENING_NOW, now_start, now, 0),
            (point::DEEPENING_AGAINST, against_start, against, 1),
        ];
        for (first, from, to, side) in flows {
            // A person counts in a flow once the brand has seen him, or when he is in a state at
            // either end.
            if from != State::N as usize || to != State::N as usize || self.is_seen(side) {
                found.push(first + 6 * from + to);
            }
        }
        for (side, state) in [now, against].into_iter().enumerate() {
            if state != State::N as usize {
                found.push(point::STATES + 5 * side + state - 1);
            }
            let flags = [
                (self.is_lively(side), point::LIVELY),
                (self.is_member(side), point::MEMBERS),
                (self.is_active(side), point::ACTIVE),
            ];
            let held = flags.into_iter().filter(|(is, _)| *is);
            found.extend(held.map(|(_, counter)| counter + side));
            self.relations(side, &mut found);
        }
        found.into_iter().map(|c| c as u16).collect()
    }

    fn relations(self, side: usize, found: &mut Vec<usize>) {
        let roles = self.roles(side);
        let union = Role::ALL.len();
        let first = point::ROLES + side * point::ROLES_EACH;
        let held = (0..union).filter(|k| roles >> k & 1 == 1);
        found.extend(held.chain((roles != 0).then_some(union)).map(|k| first + k));
        if self.level(side + 1) > 0 {
            found.push(point::RISEN_BASE + side);
            if self.level(side) > self.level(side + 1) {
                found.push(point::RISEN + side);
            }
        }
        let first = point::FIELDS + side * point::FIELDS_EACH;
        for kind in 0..3 {
            let fields = self.fields >> (24 * side + 8 * kind);
            let each = (0..Field::ALL.len()).filter(|f| fields >> f & 1 == 1);
            found.extend(each.map(|f| first + 3 * f + kind));
        }
    }
}

/// The relations of a consumer at both sides.
fn ties<D: Days>(life: &Life<D>, held: &Ties<D>) -> u64 {
    let mut ties = 0;
    for (side, bit) in SIDES.into_iter().enumerate() {
        let flags = u64::from(held.member.has(bit)) | u64::from(held.active.has(bit)) << 1;
        ties |= flags << (2 * side) | u64::from(held.roles_on(bit)) << (ROLES_AT + 8 * side);
    }
    for (k, bit) in [NOW, AGAINST, BEFORE].into_iter().enumerate() {
        ties |= u64::from(life.level(bit)) << (LEVELS_AT + 3 * k);
    }
    ties
}

/// Distinct moments with their indices.
#[derive(Debug, Default)]
pub(super) struct Moments {
    ids: FxHashMap<Moment, u32>,
    list: Vec<Moment>,
    /// The last one asked for: neighbours are alike.
    last: Option<(Moment, u32)>,
}

impl Moments {
    /// The index of a moment; a new one is added.
    pub(super) fn id(&mut self, moment: Moment) -> u32 {
        if let Some((last, id)) = self.last
            && last == moment
        {
            return id;
        }
        let next = self.list.len() as u32;
        let id = *self.ids.entry(moment).or_insert(next);
        if id == next {
            self.list.push(moment);
        }
        self.last = Some((moment, id));
        id
    }

    /// The counters of every moment.
    fn counters(&self) -> Counters {
        let mut all = Counters {
            starts: vec![0],
            list: Vec::new(),
        };
        for moment in &self.list {
            all.list.extend(moment.counters());
            all.starts.push(all.list.len() as u32);
        }
        all
    }
}

/// The distinct facets of all parts of a census.
#[derive(Debug, Default)]
pub(super) struct Facets([Moments; FACETS]);

impl Facets {
    /// Where the facets of each moment are found among all.
    pub(super) fn join(&mut self, moments: &Moments) -> Vec<[u32; FACETS]> {
        let mut ids = |moment: &Moment| {
            let facets = moment.facets();
            std::array::from_fn(|k| self.0[k].id(facets[k]))
        };
        moments.list.iter().map(&mut ids).collect()
    }

    /// The counters of every facet.
    pub(super) fn counters(&self) -> [Counters; FACETS] {
        [0, 1, 2].map(|k| self.0[k].counters())
    }
}

/// The counters of every facet of one kind, by its index.
#[derive(Debug, Clone, Default)]
pub(super) struct Counters {
    starts: Vec<u32>,
    list: Vec<u16>,
}

packed!(Counters { starts, list });

impl Counters {
    /// How many facets there are.
    pub(super) fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// The counters of a facet.
    pub(super) fn of(&self, facet: u32) -> &[u16] {
        let at = |k: usize| self.starts.get(k).map_or(0, |at| *at as usize);
        let facet = facet as usize;
        self.list.get(at(facet)..at(facet + 1)).unwrap_or(&[])
    }

    /// Adds numbers of consumers, by facet. Numbers wrap: sums of differences come out right.
    pub(super) fn add(&self, people: &[u32], points: &mut [u32; point::ALL]) {
        for (range, n) in self.starts.windows(2).zip(people).filter(|(_, n)| **n != 0) {
            let counters = self.list.get(range[0] as usize..range[1] as usize);
            for counter in counters.unwrap_or(&[]) {
                let sum = &mut points[usize::from(*counter) % point::ALL];
                *sum = sum.wrapping_add(*n);
            }
        }
    }

    /// Bytes that the table holds.
    pub(super) fn bytes(&self) -> usize {
        self.starts.len() * 4 + self.list.len() * 2
    }
}
