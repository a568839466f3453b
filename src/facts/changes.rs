//! Histories as lists of changes: what happens to a consumer over the weeks is a handful of numbers,
//! and the histories of a million consumers are how often each number occurs.
//!
//! A change is a slot × [`DAYS`] + the sample day. The first [`KINDS`] slots are single changes; the
//! others are visits: a state that was entered and left again for the one before within three weeks,
//! which is most of what happens in A and I.

use super::frame::WEEKS;
use super::pack::{Pack, Unpacker};
use crate::metrics::aipl::State;

/// Kinds of single changes on one sample day.
pub(super) const KINDS: usize = 32;
/// What can happen on a sample day.
const SLOTS: usize = 96;
/// The sample day behind the weeks: the comparison day, when it is no week end.
pub(super) const ASIDE: usize = WEEKS;
/// Sample days of changes.
const DAYS: usize = WEEKS + 1;
/// How many items there are.
pub(super) const ITEMS: usize = SLOTS * DAYS;
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

/// The changes of one consumer in the making.
#[derive(Debug, Default)]
pub(super) struct Tracks {
    pub(super) items: Vec<u16>,
}

impl Tracks {
    fn push(&mut self, week: u32, slot: u16) {
        self.items.push(slot * DAYS as u16 + week as u16);
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

/// What a history tells of every sample day: people in a state or role as differences from day to
/// day, people who deepened as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    A,
    I,
    P,
    L,
    Members,
    Active,
    Capital,
    /// Deeper than the week before.
    Deeper,
    /// Deepened in a period that is not a week.
    Deepened,
    /// In the asset at the start of such a period.
    Start,
    /// The same for A, I and P alone.
    StartAip,
}

/// How many lines there are.
pub(super) const LINES: usize = Line::StartAip as usize + 1;

/// The lines of a group of consumers. Numbers wrap: sums of differences come out right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lines([[i32; WEEKS + 1]; LINES]);

impl Pack for Lines {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        Pack::unpack(from).map(Self)
    }
}

impl Default for Lines {
    fn default() -> Self {
        Self([[0; WEEKS + 1]; LINES])
    }
}

impl Lines {
    /// Adds numbers of items.
    pub(super) fn add_items(&mut self, table: &[u32]) {
        for (slot, people) in table.chunks_exact(DAYS).enumerate() {
            if people.iter().fold(0, |any, n| any | n) != 0 {
                self.add_slot(slot, 0, people);
            }
        }
    }

    /// Adds so many of one item.
    pub(super) fn add_item(&mut self, item: usize, n: i32) {
        self.add_slot(item / DAYS, item % DAYS, &[n as u32]);
    }

    /// Adds what happened to people from a sample day on.
    fn add_slot(&mut self, slot: usize, day: usize, people: &[u32]) {
        match slot.checked_sub(KINDS) {
            None => self.add(slot, day, people),
            Some(visit) => {
                let (enter, leave, weeks) = VISITS[visit];
                self.add(enter, day, people);
                self.add(leave, day + weeks, people);
            }
        }
    }

    /// All numbers, line by line.
    pub(super) fn flat(&self) -> &[i32] {
        self.0.as_flattened()
    }

    /// The same, to be changed.
    pub(super) fn flat_mut(&mut self) -> &mut [i32] {
        self.0.as_flattened_mut()
    }

    /// Adds single changes from a sample day on.
    fn add(&mut self, kind: usize, day: usize, people: &[u32]) {
        for (line, by) in EFFECTS[kind % KINDS] {
            let sums = self.0[*line as usize].get_mut(day..).unwrap_or(&mut []);
            let each = sums.iter_mut().zip(people);
            match by.signum() {
                0 => {}
                1 => each.for_each(|(sum, n)| *sum = sum.wrapping_add_unsigned(*n)),
                _ => each.for_each(|(sum, n)| *sum = sum.wrapping_sub_unsigned(*n)),
            }
        }
    }

    /// Adds all of another.
    pub(super) fn join(&mut self, other: &Self) {
        let both = self.0.as_flattened_mut().iter_mut();
        for (a, b) in both.zip(other.0.as_flattened()) {
            *a = a.wrapping_add(*b);
        }
    }

    /// A line by sample day.
    pub(super) fn get(&self, line: Line) -> &[i32; WEEKS + 1] {
        &self.0[line as usize]
    }

    /// By how much the asset moves on each sample day.
    pub(super) fn asset(&self) -> [i32; WEEKS + 1] {
        let states = [Line::A, Line::I, Line::P, Line::L].map(|line| self.get(line));
        std::array::from_fn(|day| states.iter().fold(0, |sum, s| s[day].wrapping_add(sum)))
    }
}

/// What a kind of change does to the lines.
const EFFECTS: [&[(Line, i32)]; KINDS] = {
    const STATES: [Line; 4] = [Line::A, Line::I, Line::P, Line::L];
    const fn effects(before: usize, after: usize) -> [(Line, i32); 3] {
        let mut all = [(Line::Deeper, 0); 3];
        if before > 0 {
            all[0] = (STATES[before - 1], -1);
        }
        if after > 0 {
            all[1] = (STATES[after - 1], 1);
        }
        if before > 0 && after > before {
            all[2] = (Line::Deeper, 1);
        }
        all
    }
    const MOVES: [[(Line, i32); 3]; 25] = {
        let mut all = [[(Line::Deeper, 0); 3]; 25];
        let mut kind = 0;
        while kind < 25 {
            if kind / 5 != kind % 5 {
                all[kind] = effects(kind / 5, kind % 5);
            }
            kind += 1;
        }
        all
    };
    let mut all: [&[(Line, i32)]; KINDS] = [&[]; KINDS];
    let mut kind = 0;
    while kind < 25 {
        all[kind] = &MOVES[kind];
        kind += 1;
    }
    all[kind::MEMBER[0] as usize] = &[(Line::Members, 1)];
    all[kind::MEMBER[1] as usize] = &[(Line::Members, -1)];
    all[kind::ACTIVE[0] as usize] = &[(Line::Active, 1)];
    all[kind::ACTIVE[1] as usize] = &[(Line::Active, -1)];
    all[kind::CAPITAL[0] as usize] = &[(Line::Capital, 1)];
    all[kind::CAPITAL[1] as usize] = &[(Line::Capital, -1)];
    all[kind::DEEPENED as usize] = &[(Line::Deepened, 1)];
    all[kind::START[0] as usize] = &[(Line::Start, 1)];
    all[kind::START[1] as usize] = &[(Line::Start, -1)];
    all[kind::START_AIP[0] as usize] = &[(Line::StartAip, 1)];
    all[kind::START_AIP[1] as usize] = &[(Line::StartAip, -1)];
    all
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_tell_the_same_as_the_weeks_one_by_one() {
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
            let mut tracks = Tracks::default();
            tracks.states([mask(1), mask(2), mask(3), mask(4)]);
            let mut table = vec![0; ITEMS];
            for item in &tracks.items {
                table[usize::from(*item)] += 1;
            }
            let mut lines = Lines::default();
            lines.add_items(&table);
            let mut people = [0; 5];
            let (asset, mut in_asset) = (lines.asset(), 0);
            let mut before = 0;
            for (week, state) in states.iter().enumerate() {
                for (s, line) in [Line::A, Line::I, Line::P, Line::L].into_iter().enumerate() {
                    people[s + 1] += lines.get(line)[week];
                    assert_eq!(people[s + 1], i32::from(usize::from(*state) == s + 1));
                }
                in_asset += asset[week];
                assert_eq!(in_asset, i32::from(*state > 0));
                let deeper = before > 0 && *state > before;
                assert_eq!(lines.get(Line::Deeper)[week], i32::from(deeper));
                before = *state;
            }
        }
    }
}
