//! Histories as lists of changes: what happens to a consumer over the weeks is a handful of numbers,
//! and the histories of a million consumers are how often each number occurs.
//!
//! A change is the sample day × [`SLOTS`] + a slot. The first [`KINDS`] slots are single changes; the
//! others are visits: a state that was entered and left again for the one before within three weeks,
//! which is most of what happens in A and I.

use super::frame::WEEKS;
use super::pack::{Pack, Unpacker};
use crate::metrics::aipl::State;

/// Kinds of single changes on one sample day.
pub(super) const KINDS: usize = 32;
/// Numbers per sample day.
pub(super) const SLOTS: usize = 96;
/// The sample day behind the weeks: the comparison day, when it is no week end.
pub(super) const ASIDE: usize = WEEKS;
/// Weeks of the longest visit.
const VISIT: usize = 3;

/// Kinds of changes. A change of state is `5 × before + after` over none, A, I, P, L; what does not
/// change needs no entry, so those five numbers and the last ones are free for the rest.
pub(super) mod kind {
    pub(in crate::facts) const MEMBER: [u16; 2] = [25, 26];
    pub(in crate::facts) const ACTIVE: [u16; 2] = [27, 28];
    pub(in crate::facts) const CAPITAL: [u16; 2] = [29, 30];
    /// Deepened in a period that is not a week.
    pub(in crate::facts) const DEEPENED: u16 = 31;
    /// In the asset at the start of such a period: begins, ends.
    pub(in crate::facts) const START: [u16; 2] = [0, 6];
    /// The same for A, I and P alone.
    pub(in crate::facts) const START_AIP: [u16; 2] = [12, 18];
}

/// The kinds of entering and leaving of every visit, and its weeks, by slot behind [`KINDS`].
const VISITS: [(usize, usize, usize); SLOTS - KINDS] = {
    let mut all = [(0, 0, 0); SLOTS - KINDS];
    let mut before = 0;
    while before < 5 {
        let mut state = 0;
        while state < 5 {
            let mut weeks = 1;
            while weeks <= VISIT && state != before {
                let slot = visit(before as u16, state as u16, weeks as u16) as usize - KINDS;
                all[slot] = (5 * before + state, 5 * state + before, weeks);
                weeks += 1;
            }
            state += 1;
        }
        before += 1;
    }
    all
};

/// The slot of a visit to a state.
const fn visit(before: u16, state: u16, weeks: u16) -> u16 {
    let others = if state > before { state - 1 } else { state };
    KINDS as u16 + (4 * before + others) * VISIT as u16 + weeks - 1
}

/// By how much a kind of change moves the asset.
const ASSET: [i32; KINDS] = {
    let mut by = [0; KINDS];
    let mut state = 1;
    while state < 5 {
        by[state] = 1;
        by[5 * state] = -1;
        state += 1;
    }
    by
};

/// By how much an item moves the asset, and when.
pub(super) fn asset_of(item: u16) -> [(usize, i32); 2] {
    let (day, slot) = (usize::from(item) / SLOTS, usize::from(item) % SLOTS);
    match slot.checked_sub(KINDS).and_then(|k| VISITS.get(k)) {
        Some((enter, leave, weeks)) => [(day, ASSET[*enter]), (day + weeks, ASSET[*leave])],
        None => [(day, ASSET[slot % KINDS]), (day, 0)],
    }
}

/// The changes of one consumer in the making.
pub(super) struct Tracks<'a> {
    /// Items with the position of their consumer.
    pub(super) items: &'a mut Vec<(u16, u16)>,
    pub(super) position: u16,
}

impl Tracks<'_> {
    fn push(&mut self, week: u32, slot: u16) {
        let item = week as u16 * SLOTS as u16 + slot;
        self.items.push((item, self.position));
    }

    /// The changes of state, from the weeks in A, I, P and L.
    pub(super) fn states(&mut self, [a, i, p, l]: [u64; 4]) {
        let weeks = (1 << WEEKS) - 1;
        let edges = |mask: u64| mask ^ mask << 1;
        let mut changed = (edges(a) | edges(i) | edges(p) | edges(l)) & weeks;
        let mut before = 0;
        // The last change and the state before it, as long as it may turn out to be a visit.
        let mut open: Option<(u32, u16)> = None;
        while changed != 0 {
            let week = changed.trailing_zeros();
            let on = |mask: u64, state: u16| (mask >> week & 1) as u16 * state;
            let after = on(a, 1) + on(i, 2) + on(p, 3) + on(l, 4);
            match open.take() {
                Some((since, origin)) if origin == after && week - since <= VISIT as u32 => {
                    self.push(since, visit(origin, before, (week - since) as u16));
                }
                Some((since, origin)) => {
                    self.push(since, 5 * origin + before);
                    open = Some((week, before));
                }
                None => open = Some((week, before)),
            }
            before = after;
            changed &= changed - 1;
        }
        if let Some((since, origin)) = open {
            self.push(since, 5 * origin + before);
        }
    }

    /// The weeks on which a mask begins and ends.
    pub(super) fn toggles(&mut self, mask: u64, kinds: [u16; 2]) {
        let mut edges = (mask ^ mask << 1) & ((1 << WEEKS) - 1);
        while edges != 0 {
            let week = edges.trailing_zeros();
            let ends = mask >> week & 1 == 0;
            self.push(week, kinds[usize::from(ends)]);
            edges &= edges - 1;
        }
    }

    /// Every week of a mask.
    pub(super) fn each(&mut self, mut mask: u64, kind: u16) {
        while mask != 0 {
            self.push(mask.trailing_zeros(), kind);
            mask &= mask - 1;
        }
    }

    /// The state on the comparison day, when it is no week end.
    pub(super) fn aside(&mut self, state: State) {
        if state > State::O {
            self.push(ASIDE as u32, state as u16 - 1);
        }
    }
}

/// How often each single change occurs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Changes<T>([[T; KINDS]; WEEKS + 1]);

impl Pack for Changes<u16> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        Pack::unpack(from).map(Self)
    }
}

impl Default for Changes<u32> {
    fn default() -> Self {
        Self([[0; KINDS]; WEEKS + 1])
    }
}

impl Changes<u32> {
    /// Adds numbers by day and slot: a visit is an entry and a leave. Numbers wrap.
    pub(super) fn add_table(&mut self, table: &[u32]) {
        for (day, slots) in table.chunks_exact(SLOTS).enumerate().take(WEEKS + 1) {
            let (single, visits) = slots.split_at(KINDS);
            for (n, by) in self.0[day].iter_mut().zip(single) {
                *n = n.wrapping_add(*by);
            }
            for (by, (enter, leave, weeks)) in visits.iter().zip(VISITS) {
                if *by != 0 {
                    self.add(day, enter, *by);
                    self.add(day + weeks, leave, *by);
                }
            }
        }
    }

    fn add(&mut self, day: usize, kind: usize, by: u32) {
        if let Some(n) = self.0.get_mut(day).and_then(|kinds| kinds.get_mut(kind)) {
            *n = n.wrapping_add(by);
        }
    }

    /// Adds all of another.
    pub(super) fn join(&mut self, other: &Self) {
        for (a, b) in self
            .0
            .as_flattened_mut()
            .iter_mut()
            .zip(other.0.as_flattened())
        {
            *a = a.wrapping_add(*b);
        }
    }

    /// Adds the sums of a run.
    pub(super) fn join_narrow(&mut self, other: &Changes<u16>) {
        for (a, b) in self
            .0
            .as_flattened_mut()
            .iter_mut()
            .zip(other.0.as_flattened())
        {
            *a = a.wrapping_add(u32::from(*b));
        }
    }

    /// The same numbers in half the room, for runs of fewer than 65,536 consumers.
    pub(super) fn narrowed(&self) -> Changes<u16> {
        Changes(self.0.map(|kinds| kinds.map(|n| n as u16)))
    }

    /// By how much the asset moves on each sample day.
    pub(super) fn asset(&self) -> [i32; WEEKS + 1] {
        let day = |kinds: &[u32; KINDS]| {
            let moved = kinds.iter().zip(ASSET);
            moved.fold(0_i32, |sum, (n, by)| sum.wrapping_add(*n as i32 * by))
        };
        std::array::from_fn(|k| day(&self.0[k]))
    }

    /// How often a kind of change occurs on a sample day.
    pub(super) fn get(&self, day: usize, kind: usize) -> i64 {
        i64::from(self.0[day][kind] as i32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The changes of state told week by week.
    fn slow(states: &[u8; WEEKS]) -> Changes<u32> {
        let mut found = Changes::default();
        let mut before = 0;
        for (week, state) in states.iter().enumerate() {
            if *state != before {
                found.add(week, 5 * usize::from(before) + usize::from(*state), 1);
            }
            before = *state;
        }
        found
    }

    #[test]
    fn visits_tell_the_same_as_single_changes() {
        let mut seed = 1_u64;
        for _ in 0..2000 {
            let states: [u8; WEEKS] = std::array::from_fn(|k| {
                seed ^= seed << 13;
                seed ^= seed >> 7;
                seed ^= seed << 17;
                // Long stays and quick turns.
                let pick = if seed % 16 < 8 { k as u64 / 5 } else { seed };
                (pick % 5) as u8
            });
            let mask = |s: u8| {
                let each = states.iter().enumerate().filter(|(_, x)| **x == s);
                each.fold(0, |m, (k, _)| m | 1_u64 << k)
            };
            let mut items = Vec::new();
            let mut tracks = Tracks {
                items: &mut items,
                position: 7,
            };
            tracks.states([mask(1), mask(2), mask(3), mask(4)]);
            let mut table = vec![0; (WEEKS + 1) * SLOTS];
            let mut moved = [0; WEEKS + 1];
            for (item, position) in &items {
                assert_eq!(*position, 7);
                table[usize::from(*item)] += 1;
                for (day, by) in asset_of(*item) {
                    moved[day] += by;
                }
            }
            let mut together = Changes::default();
            together.add_table(&table);
            assert_eq!(together, slow(&states));
            let asset = together.asset();
            assert_eq!(asset, moved);
            let mut sum = 0;
            for (week, state) in states.iter().enumerate() {
                sum += asset[week];
                assert_eq!(sum, i32::from(*state > 0));
            }
        }
    }
}
