//! What the consumers with relations paid, by the roles they hold.

use super::count::RoleCounts;
use super::pack::packed;
use super::ranks::{Ranks, halves, whole};
use super::timeline::Roles;
use crate::metrics::fast_plus::Role;

/// What a consumer with a relation paid up to as-of, and up to the comparison day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Trade {
    pub(super) position: u16,
    pub(super) roles: [Roles; 2],
    pub(super) unpriced: [u32; 2],
    pub(super) fen: [i64; 2],
}

/// Roles, as an index, and fen in two halves: side by side, because nobody asks for one of them alone.
type Paid = [u16; 3];

fn paid(kind: usize, fen: i32) -> Paid {
    let [low, high] = halves(fen);
    [kind as u16, low, high]
}

fn kind_and_fen([kind, low, high]: Paid) -> (usize, i64) {
    (kind.into(), whole([low, high]).into())
}

/// What the consumers with relations paid. Most paid the same up to both days: of those, fen and the
/// roles they hold are enough.
#[derive(Debug, Default)]
pub(super) struct Trades {
    /// Who paid the same up to both days.
    steady: Ranks,
    paid: Vec<Paid>,
    /// Distinct roles at both sides.
    kinds: Vec<[Roles; 2]>,
    /// Who did not.
    unsteady: Ranks,
    others: Vec<Trade>,
}

packed!(Trade {
    position,
    roles,
    unpriced,
    fen
});
packed!(Trades {
    steady,
    paid,
    kinds,
    unsteady,
    others
});

/// Sums by role, and of their union.
type ByRole = [RoleCounts; Role::ALL.len() + 1];

impl Trades {
    /// Trades in the order of their positions.
    pub(super) fn new(trades: &[Trade]) -> Self {
        let steady = |t: &Trade| {
            let same = t.fen[0] == t.fen[1] && t.unpriced == [0; 2];
            same && i32::try_from(t.fen[0]).is_ok()
        };
        let mut found = Self::default();
        for trade in trades {
            if !steady(trade) {
                found.unsteady.push(trade.position.into());
                found.others.push(*trade);
                continue;
            }
            let known = found.kinds.iter().position(|roles| *roles == trade.roles);
            let kind = known.unwrap_or_else(|| {
                found.kinds.push(trade.roles);
                found.kinds.len() - 1
            });
            found.steady.push(trade.position.into());
            found.paid.push(paid(kind, trade.fen[0] as i32));
        }
        found.others.shrink_to_fit();
        found.unsteady.shrink();
        found.steady.shrink();
        found.paid.shrink_to_fit();
        found
    }

    /// Adds what the marked consumers paid, or, `by` −1, takes it away.
    pub(super) fn add(&self, marked: &[u64], by: i64, roles: &mut ByRole) {
        if marked.is_empty() {
            return;
        }
        let mut sums = vec![0_i64; self.kinds.len()];
        self.steady.each(marked, |at| {
            let (kind, fen) = kind_and_fen(self.paid.get(at).copied().unwrap_or_default());
            if let Some(sum) = sums.get_mut(kind) {
                *sum = sum.wrapping_add(fen);
            }
        });
        for (held, sum) in self.kinds.iter().zip(sums).filter(|(_, sum)| *sum != 0) {
            for (side, held) in held.iter().enumerate() {
                pay(roles, *held, side, sum.wrapping_mul(by), 0);
            }
        }
        self.unsteady.each(marked, |trade| {
            let Some(trade) = self.others.get(trade) else {
                return;
            };
            for side in 0..2 {
                let unpriced = i64::from(trade.unpriced[side]) * by;
                let fen = trade.fen[side].wrapping_mul(by);
                pay(roles, trade.roles[side], side, fen, unpriced);
            }
        });
    }

    /// What the consumer at a position paid.
    pub(super) fn of(&self, position: usize) -> Option<Trade> {
        if let (true, at) = self.steady.find(position) {
            return Some(self.steady_one(position, at));
        }
        let (has, at) = self.unsteady.find(position);
        self.others.get(at).filter(|_| has).copied()
    }

    fn steady_one(&self, position: usize, at: usize) -> Trade {
        let (kind, fen) = kind_and_fen(self.paid.get(at).copied().unwrap_or_default());
        let roles = self.kinds.get(kind);
        Trade {
            position: position as u16,
            roles: roles.copied().unwrap_or_default(),
            unpriced: [0; 2],
            fen: [fen; 2],
        }
    }

    /// Hands out what each consumer paid.
    pub(super) fn each(&self, mut on: impl FnMut(Trade)) {
        for (at, position) in self.steady.positions().enumerate() {
            on(self.steady_one(position, at));
        }
        self.others.iter().for_each(|trade| on(*trade));
    }

    /// Bytes that the trades hold.
    pub(super) fn bytes(&self) -> usize {
        self.steady.bytes()
            + self.unsteady.bytes()
            + self.paid.len() * size_of::<Paid>()
            + self.kinds.len() * 2
            + self.others.len() * size_of::<Trade>()
    }
}

/// Adds a payment to roles and to their union.
fn pay(roles: &mut ByRole, mut held: Roles, side: usize, fen: i64, unpriced: i64) {
    let mut add = |role: usize| {
        let role = &mut roles[role];
        role.fen[side] = role.fen[side].wrapping_add(fen);
        role.unpriced[side] = role.unpriced[side].wrapping_add(unpriced as u64);
    };
    if held != 0 {
        add(Role::ALL.len());
    }
    while held != 0 {
        add(held.trailing_zeros() as usize);
        held &= held - 1;
    }
}
