//! Sums of a group of consumers as plain numbers, one after the other: thousands of sheets are added
//! up in a moment. Numbers wrap, as in [`super::sums`].

use super::changes::{LINES, Line, Lines};
use super::count::{RoleCounts, Sales};
use super::frame::WEEKS;
use super::moment::point;
use super::pack::packed;
use super::sums::{CrowdSum, Sums};
use crate::metrics::fast_plus::Role;

/// Sample days, and the day aside.
const DAYS: usize = WEEKS + 1;
/// Numbers that tell purchases.
const SALES: usize = 8;
/// Numbers that tell what a role paid.
const TRADES: usize = 4;
/// Roles and their union.
const ROLES: usize = Role::ALL.len() + 1;

/// Where the numbers of a sheet are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Form {
    lines: usize,
    /// Crowds, and all of them together; none when the crowds of whoever is counted are known.
    crowds: usize,
}

packed!(Form { lines, crowds });

/// Numbers of people, then of money.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sheet {
    pub(super) people: Vec<u32>,
    pub(super) money: Vec<i64>,
}

packed!(Sheet { people, money });

impl Form {
    /// The form for so many crowds; only where the deepening period is a week do the first lines tell
    /// everything.
    pub(super) fn new(weekly: bool, crowds: usize) -> Self {
        let lines = if weekly {
            Line::Deeper as usize + 1
        } else {
            LINES
        };
        Self {
            lines,
            crowds: crowds + 1,
        }
    }

    /// The form for consumers of the same crowds: without crowds.
    pub(super) fn of_one_group(self) -> Self {
        Self { crowds: 0, ..self }
    }

    /// Whether a sheet tells what each crowd adds.
    pub(super) fn tells_crowds(self) -> bool {
        self.crowds > 0
    }

    /// How many numbers of people there are.
    pub(super) fn people(self) -> usize {
        self.crowd_at(self.crowds)
    }

    /// How many numbers of money there are.
    pub(super) fn money(self) -> usize {
        self.trades_at() + TRADES * ROLES
    }

    /// How many numbers the lines have.
    pub(super) fn in_lines(self) -> usize {
        self.lines * DAYS
    }

    /// Where the counters of people begin.
    pub(super) fn points_at(self) -> usize {
        self.in_lines()
    }

    /// Where the sample days of a crowd begin; all crowds together stand behind the last one.
    pub(super) fn crowd_at(self, crowd: usize) -> usize {
        self.points_at() + point::ALL + crowd * DAYS
    }

    /// Where all crowds together stand among the crowds.
    pub(super) fn all_crowds(self) -> usize {
        self.crowds.saturating_sub(1)
    }

    /// Where purchases begin: of everybody, then as in [`Form::crowd_at`].
    pub(super) fn sales_at(crowd: Option<usize>) -> usize {
        crowd.map_or(0, |k| SALES * (k + 1))
    }

    fn trades_at(self) -> usize {
        Self::sales_at(Some(self.crowds))
    }

    /// Where the payments of a role begin.
    pub(super) fn trade_at(self, role: usize) -> usize {
        self.trades_at() + TRADES * role
    }

    /// A sheet of zeros.
    pub(super) fn sheet(self) -> Sheet {
        Sheet {
            people: vec![0; self.people()],
            money: vec![0; self.money()],
        }
    }

    /// The sheet of some sums, with those of each crowd and of all crowds.
    pub(super) fn fill(self, sums: &Sums, crowds: &[CrowdSum], all: &CrowdSum) -> Sheet {
        let mut sheet = self.sheet();
        let Sheet { people, money } = &mut sheet;
        let lines = sums.lines.flat().iter().take(self.in_lines());
        people
            .iter_mut()
            .zip(lines)
            .for_each(|(n, l)| *n = *l as u32);
        let points = people.iter_mut().skip(self.points_at());
        points.zip(sums.points).for_each(|(n, p)| *n = p);
        let put = |money: &mut [i64], at: usize, numbers: &[i64]| {
            money
                .iter_mut()
                .skip(at)
                .zip(numbers)
                .for_each(|(m, n)| *m = *n);
        };
        put(money, 0, &sums.sales.numbers());
        for (k, crowd) in crowds.iter().chain([all]).enumerate().take(self.crowds) {
            let days = people.iter_mut().skip(self.crowd_at(k));
            days.zip(crowd.days()).for_each(|(n, d)| *n = *d as u32);
            put(money, Self::sales_at(Some(k)), &crowd.sales().numbers());
        }
        for (k, trade) in sums.trades.iter().enumerate() {
            put(money, self.trade_at(k), &trade.numbers());
        }
        sheet
    }

    /// Adds a sheet, or, `by` −1, takes it away.
    pub(super) fn add(
        self,
        sheet: &Sheet,
        by: i64,
        sums: &mut Sums,
        crowds: &mut [CrowdSum],
        all: &mut CrowdSum,
    ) {
        let times = |n: &u32| n.wrapping_mul(by as u32);
        let people = |at: usize| sheet.people.get(at..).unwrap_or(&[]);
        let lines = people(0).iter().take(self.in_lines());
        let each = sums.lines.flat_mut().iter_mut().zip(lines);
        each.for_each(|(l, n)| *l = l.wrapping_add(times(n) as i32));
        let points = sums.points.iter_mut().zip(people(self.points_at()));
        points.for_each(|(p, n)| *p = p.wrapping_add(times(n)));
        let money = |at: usize| {
            let numbers = sheet.money.get(at..).unwrap_or(&[]);
            numbers.iter().map(move |n| n.wrapping_mul(by))
        };
        sums.sales.add_numbers(money(0));
        for (k, crowd) in crowds.iter_mut().chain([all]).enumerate().take(self.crowds) {
            let days = people(self.crowd_at(k)).iter();
            crowd.add_days(days.map(|n| i64::from(times(n) as i32)));
            crowd
                .sales_mut()
                .add_numbers(money(Self::sales_at(Some(k))));
        }
        for (k, trade) in sums.trades.iter_mut().enumerate() {
            trade.add_numbers(money(self.trade_at(k)));
        }
    }
}

impl Sheet {
    /// Whether it has this form.
    pub(super) fn fits(&self, form: Form) -> bool {
        self.people.len() == form.people() && self.money.len() == form.money()
    }

    /// Adds all of another.
    pub(super) fn join(&mut self, other: &Self) {
        let each = self.people.iter_mut().zip(&other.people);
        each.for_each(|(a, b)| *a = a.wrapping_add(*b));
        let each = self.money.iter_mut().zip(&other.money);
        each.for_each(|(a, b)| *a = a.wrapping_add(*b));
    }

    /// Takes all of another away.
    pub(super) fn leave(&mut self, other: &Self) {
        let each = self.people.iter_mut().zip(&other.people);
        each.for_each(|(a, b)| *a = a.wrapping_sub(*b));
        let each = self.money.iter_mut().zip(&other.money);
        each.for_each(|(a, b)| *a = a.wrapping_sub(*b));
    }

    /// Everything back to zero.
    pub(super) fn clear(&mut self) {
        self.people.fill(0);
        self.money.fill(0);
    }

    /// Consumers of the same crowds in a form that tells what each crowd adds.
    pub(super) fn with_crowds(&self, form: Form, crowds: impl Iterator<Item = usize>) -> Self {
        let mut found = form.sheet();
        let own = self.people.iter().take(form.crowd_at(0));
        found.people.iter_mut().zip(own).for_each(|(a, b)| *a = *b);
        let mut put = |from: usize, at: usize, count: usize| {
            let numbers = self.money.iter().skip(from).take(count);
            let to = found.money.iter_mut().skip(at);
            to.zip(numbers).for_each(|(a, b)| *a = *b);
        };
        put(0, 0, SALES);
        let trades = form.of_one_group().trades_at();
        put(trades, form.trades_at(), TRADES * ROLES);
        let state = |line: Line| self.people.iter().skip(line as usize * DAYS).take(DAYS);
        for crowd in crowds {
            put(0, Form::sales_at(Some(crowd)), SALES);
            for line in [Line::A, Line::I, Line::P, Line::L] {
                let days = found.people.iter_mut().skip(form.crowd_at(crowd));
                days.zip(state(line))
                    .for_each(|(a, b)| *a = a.wrapping_add(*b));
            }
        }
        found
    }
}

impl Sales {
    /// All numbers, in an order of their own.
    pub(super) fn numbers(&self) -> [i64; SALES] {
        let [buyers, orders, unpriced] =
            [self.buyers, self.orders, self.unpriced].map(|both| both.map(|n| n as i64));
        let [a, b, c, d] = [buyers, orders, unpriced, self.fen];
        [a[0], a[1], b[0], b[1], c[0], c[1], d[0], d[1]]
    }

    fn add_numbers(&mut self, mut numbers: impl Iterator<Item = i64>) {
        for both in [&mut self.buyers, &mut self.orders, &mut self.unpriced] {
            for n in both {
                *n = n.wrapping_add(numbers.next().unwrap_or(0) as u64);
            }
        }
        for fen in &mut self.fen {
            *fen = fen.wrapping_add(numbers.next().unwrap_or(0));
        }
    }
}

impl RoleCounts {
    /// What was paid and how often nobody knows how much, in an order of their own.
    fn numbers(&self) -> [i64; TRADES] {
        let [a, b] = self.unpriced.map(|n| n as i64);
        [self.fen[0], self.fen[1], a, b]
    }

    fn add_numbers(&mut self, mut numbers: impl Iterator<Item = i64>) {
        for fen in &mut self.fen {
            *fen = fen.wrapping_add(numbers.next().unwrap_or(0));
        }
        for n in &mut self.unpriced {
            *n = n.wrapping_add(numbers.next().unwrap_or(0) as u64);
        }
    }
}

/// What every item adds to a sheet.
pub(super) struct Effects {
    /// Of each item: its last one in the lists, by lines and by days of the asset.
    ends: Vec<[u32; 2]>,
    lines: Vec<(u16, i16)>,
    asset: Vec<(u16, i16)>,
}

impl Effects {
    /// The effects of all items.
    pub(super) fn new(form: Form) -> Self {
        let mut found = Self {
            ends: vec![[0; 2]],
            lines: Vec::new(),
            asset: Vec::new(),
        };
        let told = |numbers: &[i32]| {
            let each = numbers.iter().enumerate().filter(|(_, n)| **n != 0);
            each.map(|(k, n)| (k as u16, *n as i16)).collect::<Vec<_>>()
        };
        for item in 0..super::changes::ITEMS {
            let mut lines = Lines::default();
            lines.add_item(item, 1);
            let flat = lines.flat().get(..form.in_lines()).unwrap_or(&[]);
            found.lines.extend(told(flat));
            found.asset.extend(told(&lines.asset()));
            let ends = [&found.lines, &found.asset].map(|l| l.len() as u32);
            found.ends.push(ends);
        }
        found
    }

    /// What an item adds to the lines, and to the days of the asset: where, and how many.
    #[inline]
    pub(super) fn of(&self, item: u16) -> [&[(u16, i16)]; 2] {
        let item = usize::from(item);
        let (Some(from), Some(to)) = (self.ends.get(item), self.ends.get(item + 1)) else {
            return [&[], &[]];
        };
        let list =
            |list: &'_ [(u16, i16)], k: usize| from[k] as usize..(to[k] as usize).min(list.len());
        [
            self.lines.get(list(&self.lines, 0)).unwrap_or(&[]),
            self.asset.get(list(&self.asset, 1)).unwrap_or(&[]),
        ]
    }
}
