//! Consumers without some values: roles that they do not hold, places where they were not touched.
//! Whoever has one of these values is everybody but those who have none of them: any condition on them
//! asks for a few such groups, to be added and taken away, however many values there are to have
//! together.

use super::pack::packed;
use super::timeline::Roles;

/// Sets of few values: of each there is a group of consumers who have none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sets {
    /// How many values there are.
    values: u32,
    /// How many of them a set has at most.
    most: u32,
}

packed!(Sets { values, most });

/// In how many ways so many of these can be chosen.
fn choose(values: u32, chosen: u32) -> usize {
    (0..chosen).fold(1, |ways, k| {
        ways * values.saturating_sub(k) as usize / (k as usize + 1)
    })
}

/// The values of a set, ascending.
fn values_of(set: u64) -> impl Iterator<Item = u32> {
    let mut left = set;
    std::iter::from_fn(move || {
        let value = left.trailing_zeros();
        left &= left.wrapping_sub(1);
        (value < u64::BITS).then_some(value)
    })
}

impl Sets {
    /// Sets of roles.
    pub(super) const ROLES: Self = Self {
        values: Roles::BITS,
        most: 3,
    };

    /// The sets of at most so many of these values.
    pub(super) fn new(values: u32, most: u32) -> Self {
        Self { values, most }
    }

    /// How many sets there are.
    pub(super) fn len(self) -> usize {
        (0..=self.most).map(|n| choose(self.values, n)).sum()
    }

    /// Where a set stands among them, if it is one: behind all that have fewer values.
    pub(super) fn rank(self, set: u64) -> Option<usize> {
        let size = set.count_ones();
        let fits = size <= self.most && u64::BITS - set.leading_zeros() <= self.values;
        let smaller: usize = (0..size).map(|n| choose(self.values, n)).sum();
        let before = values_of(set).zip(1..).map(|(value, n)| choose(value, n));
        fits.then(|| smaller + before.sum::<usize>())
    }

    /// All sets in their order.
    pub(super) fn each(self) -> impl Iterator<Item = u64> {
        let last = self
            .values
            .checked_sub(1)
            .map_or(0, |top| u64::MAX >> (63 - top));
        (0..=self.most.min(self.values)).flat_map(move |size| {
            let first = if size == 0 {
                0
            } else {
                u64::MAX >> (64 - size)
            };
            // The next number with as many bits.
            let next = move |set: &u64| {
                let lowest = set & set.wrapping_neg();
                let rest = set.checked_add(lowest).filter(|_| *set != 0)?;
                Some(rest | (rest ^ set) >> 2 >> lowest.trailing_zeros())
            };
            std::iter::successors(Some(first), next).take_while(move |set| *set <= last)
        })
    }

    /// The sets of the lowest of these values.
    pub(super) fn lowest(self, values: u32) -> Self {
        Self::new(self.values.min(values), self.most)
    }

    /// Where those of them stand that are part of a set, and how many values each has.
    pub(super) fn within(self, set: u64) -> impl Iterator<Item = (usize, u32)> {
        self.around(0, set)
    }

    /// Where those of them stand that are a set and some other values, and how many values each has.
    pub(super) fn around(self, set: u64, others: u64) -> impl Iterator<Item = (usize, u32)> {
        let values: Vec<u32> = values_of(others).collect();
        let most = self.most.saturating_sub(set.count_ones());
        let parts = Self::new(values.len() as u32, most).each();
        parts.filter_map(move |part| {
            let more = values_of(part).filter_map(|k| values.get(k as usize));
            let own = more.fold(set, |own, value| own | 1 << value);
            self.rank(own).map(|rank| (rank, own.count_ones()))
        })
    }
}

/// Consumers without these values, to be added so many times.
pub(super) type Term = (i32, u64);

/// The groups that make up who meets all conditions; each is whether it is negated, and of which values
/// one is to be had.
pub(super) fn terms(conditions: impl Iterator<Item = (bool, u64)>) -> Vec<Term> {
    let mut found: Vec<Term> = vec![(1, 0)];
    for (negated, wanted) in conditions {
        let without = found.iter().map(|(n, set)| (*n, set | wanted));
        found = if negated {
            without.collect()
        } else {
            let without: Vec<Term> = without.map(|(n, set)| (-n, set)).collect();
            [found, without].concat()
        };
        found.sort_unstable_by_key(|(_, set)| *set);
        let same = found.chunk_by(|a, b| a.1 == b.1);
        let sum = |same: &[Term]| (same.iter().map(|(n, _)| n).sum(), same[0].1);
        found = same.map(sum).filter(|(n, _)| *n != 0).collect();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sets_stand_in_their_order() {
        for (values, most, all) in [
            (8, 3, 1 + 8 + 28 + 56),
            (16, 4, 2517),
            (64, 2, 1 + 64 + 32 * 63),
            (2, 4, 4),
            (0, 4, 1),
        ] {
            let sets = Sets::new(values, most);
            assert_eq!(sets.len(), all);
            assert!(sets.each().map(|set| sets.rank(set)).eq((0..all).map(Some)));
        }
        assert_eq!(Sets::ROLES.rank(0b1111), None);
        assert_eq!(Sets::ROLES.rank(1 << 8), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn parts_of_a_set_are_found(set in 0..1_u64 << 12, most in 0..5_u32) {
            let sets = Sets::new(12, most);
            let mut found: Vec<_> = sets.within(set).collect();
            found.sort_unstable();
            let all = sets.each().enumerate().filter(|(_, part)| part & !set == 0);
            prop_assert!(found.into_iter().eq(all.map(|(rank, part)| (rank, part.count_ones()))));
            // Those of the lowest values, each with some of the others, are all of them.
            let around = |low: u64| sets.around(low, set & !0xFF);
            let low = sets.lowest(8).each().filter(|low| low & !set == 0);
            let mut found: Vec<_> = low.flat_map(around).collect();
            found.sort_unstable();
            let mut expected: Vec<_> = sets.within(set).collect();
            expected.sort_unstable();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn terms_take_whoever_meets_all_conditions(
            conditions in prop::collection::vec(any::<(bool, Roles)>(), 0..5),
        ) {
            let terms = terms(conditions.iter().map(|(not, wanted)| (*not, u64::from(*wanted))));
            for held in 0..=Roles::MAX {
                let meets = conditions.iter().all(|(not, wanted)| (held & wanted != 0) != *not);
                let without = terms.iter().filter(|(_, set)| u64::from(held) & set == 0);
                prop_assert_eq!(without.map(|(n, _)| n).sum::<i32>(), i32::from(meets));
            }
        }
    }
}
