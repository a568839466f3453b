//! Consumers without some roles. Whoever holds one of these roles is everybody but those who hold none
//! of them: any condition on roles asks for a few such groups, to be added and taken away, however
//! many roles there are to hold together.

use super::timeline::Roles;

/// Sets of so many roles at most are told apart: with each more there are many sets more.
const MOST: u32 = 3;
/// Sets of roles.
const ALL: usize = 1 << Roles::BITS;
/// Not among the sets of few roles.
const NONE: u8 = u8::MAX;

/// Where a set of few roles stands among them.
const RANKS: [u8; ALL] = {
    let mut ranks = [NONE; ALL];
    let (mut set, mut next) = (0, 0);
    while set < ALL {
        if (set as Roles).count_ones() <= MOST {
            ranks[set] = next;
            next += 1;
        }
        set += 1;
    }
    ranks
};

/// How many sets of few roles there are.
pub(super) const SETS: usize = {
    let (mut set, mut count) = (0, 0);
    while set < ALL {
        count += (RANKS[set] != NONE) as usize;
        set += 1;
    }
    count
};

/// Where a set stands among the sets of few roles, if it is one.
pub(super) fn rank(roles: Roles) -> Option<usize> {
    let rank = RANKS[usize::from(roles)];
    (rank != NONE).then_some(rank.into())
}

/// The sets of few roles, in order.
pub(super) fn sets() -> impl Iterator<Item = Roles> {
    (0..=Roles::MAX).filter(|roles| rank(*roles).is_some())
}

/// Consumers without these roles, to be added so many times.
pub(super) type Term = (i32, Roles);

/// The groups that make up who meets all conditions; each is whether it is negated, and of which roles
/// one is to be held.
pub(super) fn terms(conditions: &[(bool, Roles)]) -> Vec<Term> {
    let mut found: Vec<Term> = vec![(1, 0)];
    for (negated, wanted) in conditions {
        let without = found.iter().map(|(n, roles)| (*n, roles | wanted));
        found = if *negated {
            without.collect()
        } else {
            let without: Vec<Term> = without.map(|(n, roles)| (-n, roles)).collect();
            [found, without].concat()
        };
        found.sort_unstable_by_key(|(_, roles)| *roles);
        let same = found.chunk_by(|a, b| a.1 == b.1);
        let sum = |same: &[Term]| (same.iter().map(|(n, _)| n).sum(), same[0].1);
        found = same.map(sum).filter(|(n, _)| *n != 0).collect();
    }
    found
}

/// Adds to what belongs to each set of roles what belongs to all its subsets.
pub(super) fn add_subsets<T>(of_sets: &mut [T], add: impl Fn(&mut T, &T)) {
    for role in (0..Roles::BITS).map(|k| 1 << k) {
        for set in (0..of_sets.len()).filter(|set| set & role != 0) {
            let (smaller, larger) = of_sets.split_at_mut(set);
            if let (Some(without), Some(with)) = (smaller.get(set ^ role), larger.first_mut()) {
                add(with, without);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sets_of_few_roles_stand_in_their_order() {
        assert_eq!(SETS, 1 + 8 + 28 + 56);
        assert!(sets().map(rank).eq((0..SETS).map(Some)));
        assert_eq!(rank(0b1111), None);
    }

    #[test]
    fn subsets_are_added_once() {
        let mut sums: Vec<u64> = (0..ALL as u64).map(|n| n * n + 1).collect();
        let each = sums.clone();
        add_subsets(&mut sums, |with, without| *with += without);
        for (set, sum) in sums.into_iter().enumerate() {
            let subsets = (0..ALL).filter(|subset| subset & !set == 0);
            assert_eq!(sum, subsets.map(|subset| each[subset]).sum::<u64>());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn terms_take_whoever_meets_all_conditions(
            conditions in prop::collection::vec(any::<(bool, Roles)>(), 0..5),
        ) {
            let terms = terms(&conditions);
            for held in 0..=Roles::MAX {
                let meets = conditions.iter().all(|(not, wanted)| (held & wanted != 0) != *not);
                let without = terms.iter().filter(|(_, roles)| held & roles == 0);
                prop_assert_eq!(without.map(|(n, _)| n).sum::<i32>(), i32::from(meets));
            }
        }
    }
}
