//! Benchmarks and targets of the demo: invented, but derived from the reckoned weeks, so that brands
//! stand on both sides of them.

use std::fmt::{self, Display, Formatter};

use super::calendar::{WEEKS, week_end};
use super::reckon::{GROUPS, Week};
use super::tables::{Books, Csv};
use super::world::{BRANDS, CATEGORIES, CROWDS};

/// A rate is held in millionths until it is printed.
const MILLION: u64 = 1_000_000;

/// A figure of FAST.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Figure {
    F,
    A,
    S,
    T,
}

impl Figure {
    const ALL: [Self; 4] = [Self::F, Self::A, Self::S, Self::T];

    fn id(self) -> &'static str {
        match self {
            Self::F => "fast.f",
            Self::A => "fast.a",
            Self::S => "fast.s",
            Self::T => "fast.t",
        }
    }

    fn is_rate(self) -> bool {
        matches!(self, Self::A | Self::T)
    }

    /// People, or a rate in millionths.
    fn of(self, week: &Week) -> u64 {
        match self {
            Self::F => week.asset(0),
            Self::A => week.deepened() * MILLION / week.start().max(1),
            Self::S => week.members,
            Self::T => week.active_members * MILLION / week.members.max(1),
        }
    }

    /// Kinds of benchmarks in per cent of the mean of the demo brands: their peers are smaller, and
    /// a few are much better.
    fn benchmarks(self) -> [(&'static str, u64); 3] {
        if self.is_rate() {
            [("mean", 97), ("median", 92), ("excellent", 124)]
        } else {
            [("mean", 95), ("median", 78), ("excellent", 134)]
        }
    }
}

/// Category benchmarks of every Sunday, so that promotions lift brand and peers alike.
pub(super) fn benchmarks(books: &Books) -> Csv {
    let mut csv = Csv::new("category,metric,kind,value,date,sample");
    for (category, id) in CATEGORIES.iter().enumerate() {
        for week in 0..WEEKS {
            let (date, sample) = (week_end(week), 36 + 14 * category as i32 + week / 12);
            for figure in Figure::ALL {
                let mean = category_mean(books, category, week as usize, figure);
                for (kind, per_cent) in figure.benchmarks() {
                    let value = Printed(figure, mean * per_cent / 100);
                    csv.row(&[id, &figure.id(), &kind, &value, &date, &sample]);
                }
            }
        }
    }
    csv
}

/// Mean of a figure over the brands of the category.
fn category_mean(books: &Books, category: usize, week: usize, figure: Figure) -> u64 {
    let of_category = BRANDS
        .iter()
        .zip(books)
        .filter(|(b, _)| b.category == category);
    let values: Vec<u64> = of_category
        .filter_map(|(_, weeks)| weeks.get(week))
        .map(|w| figure.of(w))
        .collect();
    values.iter().sum::<u64>() / (values.len() as u64).max(1)
}

/// A figure as printed: people as they are, rates as fractions with four digits.
struct Printed(Figure, u64);

impl Display for Printed {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.is_rate() {
            Rate(self.1).fmt(f)
        } else {
            self.1.fmt(f)
        }
    }
}

/// A fraction with four digits, from millionths.
struct Rate(u64);

impl Display for Rate {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let digits = (self.0 + 50) / 100;
        write!(f, "{}.{:04}", digits / 10_000, digits % 10_000)
    }
}

/// The targets of one crowd of one brand, for the week of Double 11.
#[derive(Clone, Copy, Default)]
struct Goal {
    population: u64,
    consumers: u64,
    buyers: u64,
    yuan: u64,
}

/// Targets of every brand for the Double 11 week: FAST, and the crowd tree.
pub(super) fn targets(books: &Books, populations: &[u64]) -> Csv {
    let mut csv = Csv::new("brand,metric,target,crowd,owner");
    for (b, (brand, weeks)) in BRANDS.iter().zip(books).enumerate() {
        let Some(last) = weeks.last() else { continue };
        for figure in [Figure::F, Figure::S] {
            let target = round_to(figure.of(last) * ambition(b, 8) / 100, 10);
            csv.row(&[
                &brand.id,
                &figure.id(),
                &target,
                &"",
                &"总经理 / Management",
            ]);
        }
        let mut total = Goal::default();
        for (c, population) in populations.iter().enumerate() {
            let goal = goal(last, b, c, *population);
            total.population += goal.population;
            total.consumers += goal.consumers;
            total.buyers += goal.buyers;
            total.yuan += goal.yuan;
            goal_rows(&mut csv, brand.id, CROWDS[c].id, CROWDS[c].owner, goal);
        }
        goal_rows(&mut csv, brand.id, "*", "总经理 / Management", total);
    }
    csv
}

/// What is asked for, in per cent of what there is: between 86 and 124, fixed by brand and crowd.
fn ambition(brand: usize, crowd: usize) -> u64 {
    const STEPS: [u64; 9] = [108, 92, 118, 104, 97, 124, 86, 112, 106];
    STEPS[(brand * 4 + crowd * 7) % STEPS.len()]
}

fn goal(week: &Week, brand: usize, crowd: usize, population: u64) -> Goal {
    let group = (1 + crowd).min(GROUPS - 1);
    let (consumers, sales) = (week.asset(group), week.sales[group]);
    let consumers = round_to(consumers * ambition(brand, crowd) / 100, 5);
    let rate = (sales.buyers * MILLION / week.asset(group).max(1)).max(20_000);
    let rate = rate * ambition(brand, crowd + 5) / 100;
    let buyers = (consumers * rate / MILLION).max(1);
    let aov = (sales.fen / 100 / sales.buyers.max(1)).max(50) * ambition(brand, crowd + 3) / 100;
    Goal {
        population,
        consumers,
        buyers,
        yuan: round_to(buyers * aov, 10),
    }
}

fn goal_rows(csv: &mut Csv, brand: &str, crowd: &str, owner: &str, goal: Goal) {
    let penetration = Rate(goal.consumers * MILLION / goal.population.max(1));
    let conversion = Rate(goal.buyers * MILLION / goal.consumers.max(1));
    let aov = goal.yuan / goal.buyers.max(1);
    csv.row(&[&brand, &"crowd.consumers", &goal.consumers, &crowd, &owner]);
    csv.row(&[&brand, &"crowd.penetration", &penetration, &crowd, &owner]);
    csv.row(&[&brand, &"crowd.conversion", &conversion, &crowd, &owner]);
    csv.row(&[&brand, &"crowd.aov", &aov, &crowd, &owner]);
    csv.row(&[&brand, &"crowd.gmv", &goal.yuan, &crowd, &owner]);
}

fn round_to(n: u64, step: u64) -> u64 {
    ((n + step / 2) / step * step).max(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_print_with_four_digits() {
        assert_eq!(Rate(123_456).to_string(), "0.1235");
        assert_eq!(Rate(1_000_000).to_string(), "1.0000");
        assert_eq!(Rate(9).to_string(), "0.0000");
    }
}
