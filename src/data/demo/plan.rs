//! How large a world is, and how much of it is written.

use super::world::{BRANDS, CATEGORIES, FINE};

/// Consumers at scale 1; about nine tenths of them appear in the log of six brands.
const CONSUMERS: f64 = 10_000.0;
/// Scales beyond these bounds are brought back to them.
const SCALES: (f64, f64) = (0.001, 1_000.0);
/// How much livelier consumers are when only so many brands share them, in per cent: with one brand
/// or with six, a consumer has about ten events.
const PULL: [u64; BRANDS.len()] = [225, 130, 130, 115, 120, 100];

/// What is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    /// Multiplies consumers and crowds; 1 is the embedded demo. What is no number counts as 1.
    pub scale: f64,
    /// The first so many brands share all consumers; 6 is the embedded demo.
    pub brands: usize,
    /// Only the log and the consumers, without platform tables, and richer: goods in second-level
    /// categories, some consumers in two crowds.
    pub log_only: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            scale: 1.0,
            brands: BRANDS.len(),
            log_only: false,
        }
    }
}

impl Plan {
    /// The embedded demo, so many times as large.
    pub fn of_scale(scale: f64) -> Self {
        Self {
            scale,
            ..Self::default()
        }
    }

    fn factor(&self) -> f64 {
        if self.scale.is_nan() {
            1.0
        } else {
            self.scale.clamp(SCALES.0, SCALES.1)
        }
    }

    /// How many people there are.
    pub(super) fn people(&self) -> u32 {
        (CONSUMERS * self.factor()).max(1.0) as u32
    }

    /// The size of a crowd in the market.
    pub(super) fn population(&self, at_scale_1: u64) -> u64 {
        ((at_scale_1 as f64 * self.factor()) as u64).max(1)
    }

    /// What the lives depend on.
    pub(super) fn market(&self) -> Market {
        let brands = self.brands.clamp(1, BRANDS.len());
        Market {
            brands,
            pull: PULL[brands - 1],
            rich: self.log_only,
        }
    }
}

/// What the lives of consumers depend on besides themselves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Market {
    /// The first so many of [`BRANDS`].
    pub(super) brands: usize,
    /// How often consumers come, in per cent.
    pub(super) pull: u64,
    /// Whether goods have second-level categories, and consumers several crowds.
    pub(super) rich: bool,
}

/// The id of a category of goods: first those of the brands, then [`FINE`] ones of each.
pub(super) fn category_id(category: usize) -> &'static str {
    let fine = || {
        let k = category.checked_sub(CATEGORIES.len())?;
        FINE.get(k / FINE[0].len())?.get(k % FINE[0].len()).copied()
    };
    CATEGORIES
        .get(category)
        .copied()
        .or_else(fine)
        .unwrap_or("")
}

/// The index of a second-level category of a category of brands.
pub(super) fn fine_category(category: usize, k: usize) -> usize {
    CATEGORIES.len() + category * FINE[0].len() + k
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_have_distinct_ids() {
        let mut ids: Vec<&str> = (0..CATEGORIES.len()).map(category_id).collect();
        for category in 0..CATEGORIES.len() {
            ids.extend((0..FINE[0].len()).map(|k| category_id(fine_category(category, k))));
        }
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!((ids.len(), all), (48, 48));
        assert_eq!(category_id(1000), "");
    }
}
