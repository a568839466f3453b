//! Sums over consumers: everything that a slice is counted as. All of it adds up, so a slice is the
//! sum of cells that it keeps whole and of the consumers it keeps of others, and consumers who are
//! left out can be taken away from a whole. Numbers wrap; what comes out is right whenever it fits.

use super::changes::{ASIDE, Lines};
use super::count::{CrowdCounts, HISTORY, RoleCounts, Sales};
use super::frame::{NOW, WEEKS};
use super::moment::point;
use super::pack::packed;
use crate::metrics::fast_plus::Role;

/// Everything about a group of consumers.
#[derive(Debug, Clone)]
pub(super) struct Sums {
    pub(super) lines: Lines,
    pub(super) points: [u32; point::ALL],
    pub(super) sales: Sales,
    pub(super) trades: [RoleCounts; Role::ALL.len() + 1],
}

packed!(Sums {
    lines,
    points,
    sales,
    trades
});

impl Default for Sums {
    fn default() -> Self {
        Self {
            lines: Lines::default(),
            points: [0; point::ALL],
            sales: Sales::default(),
            trades: [RoleCounts::default(); Role::ALL.len() + 1],
        }
    }
}

impl Sums {
    /// Adds all of another.
    pub(super) fn join(&mut self, other: &Self) {
        self.lines.join(&other.lines);
        for (a, b) in self.points.iter_mut().zip(other.points) {
            *a = a.wrapping_add(b);
        }
        self.sales.join(&other.sales);
        for (a, b) in self.trades.iter_mut().zip(&other.trades) {
            a.join(b);
        }
    }
}

impl Sales {
    /// Adds all of another.
    pub(super) fn join(&mut self, other: &Self) {
        for side in 0..2 {
            let add = |sum: &mut u64, n: u64| *sum = sum.wrapping_add(n);
            add(&mut self.buyers[side], other.buyers[side]);
            add(&mut self.orders[side], other.orders[side]);
            add(&mut self.unpriced[side], other.unpriced[side]);
            self.fen[side] = self.fen[side].wrapping_add(other.fen[side]);
        }
    }
}

impl RoleCounts {
    /// Adds what the others paid; people are counted elsewhere.
    fn join(&mut self, other: &Self) {
        for side in 0..2 {
            self.fen[side] = self.fen[side].wrapping_add(other.fen[side]);
            self.unpriced[side] = self.unpriced[side].wrapping_add(other.unpriced[side]);
        }
    }
}

/// Asset by sample day, and purchases, of one group of crowds, one crowd, or all crowds.
#[derive(Debug, Clone)]
pub(super) struct CrowdSum {
    asset: [i64; WEEKS + 1],
    sales: Sales,
}

impl Default for CrowdSum {
    fn default() -> Self {
        Self {
            asset: [0; WEEKS + 1],
            sales: Sales::default(),
        }
    }
}

impl CrowdSum {
    /// Adds all of another.
    pub(super) fn join(&mut self, other: &Self) {
        for (a, b) in self.asset.iter_mut().zip(other.asset) {
            *a += b;
        }
        self.sales.join(&other.sales);
    }

    /// By how much the asset moves on each sample day.
    pub(super) fn days(&self) -> &[i64] {
        &self.asset
    }

    /// Adds to what the asset moves by on each sample day.
    pub(super) fn add_days(&mut self, days: impl Iterator<Item = i64>) {
        self.asset.iter_mut().zip(days).for_each(|(a, b)| *a += b);
    }

    /// What was bought.
    pub(super) fn sales(&self) -> &Sales {
        &self.sales
    }

    /// The same, to be changed.
    pub(super) fn sales_mut(&mut self) -> &mut Sales {
        &mut self.sales
    }

    /// Adds consumers by their sums.
    pub(super) fn add(&mut self, lines: &Lines, sales: &Sales) {
        for (a, b) in self.asset.iter_mut().zip(lines.asset()) {
            *a += i64::from(b);
        }
        self.sales.join(sales);
    }

    /// The counts of a crowd; `against` is the week that is the comparison day.
    pub(super) fn counts(&self, against: usize) -> CrowdCounts {
        let weeks = running(&self.asset);
        CrowdCounts {
            consumers: [weeks[NOW as usize], weeks[against]],
            weeks: history(&weeks),
            sales: self.sales,
        }
    }
}

/// Changes by sample day: people who entered less people who left, summed up. The day aside stands
/// alone.
pub(super) fn running(changes: &[i64; WEEKS + 1]) -> [u64; WEEKS + 1] {
    let mut sum = 0;
    let mut found = [0; WEEKS + 1];
    for (week, by) in changes.iter().enumerate() {
        sum = if week == ASIDE { *by } else { sum + by };
        found[week] = sum.max(0) as u64;
    }
    found
}

/// The week ends of a history.
pub(super) fn history(weeks: &[u64; WEEKS + 1]) -> [u64; HISTORY] {
    std::array::from_fn(|k| weeks[k + 1])
}
