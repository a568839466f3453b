//! Sheets of many groups, one upon the other. The numbers of a small group are kept in 16 bits: half
//! the memory, and half the time to add them up.

use super::pack::packed;
use super::sheet::{Form, Sheet};

/// Groups of fewer consumers than this have no number that 16 bits do not hold.
const SMALL: u32 = 1 << 14;
/// Marks the place of a sheet among the wide ones.
const WIDE: u32 = 1 << 31;

/// Sheets of one form.
#[derive(Debug, Default)]
pub(super) struct Stack {
    form: Form,
    /// Where the numbers of people of each sheet are.
    places: Vec<u32>,
    narrow: Vec<u16>,
    wide: Vec<u32>,
    money: Vec<i64>,
}

packed!(Stack {
    form,
    places,
    narrow,
    wide,
    money
});

/// A number of people that wraps.
pub(super) trait Number: Copy {
    /// The number more, or, negative, less.
    #[must_use]
    fn plus(self, by: i32) -> Self;
}

impl Number for u16 {
    #[inline]
    fn plus(self, by: i32) -> Self {
        self.wrapping_add(by as Self)
    }
}

impl Number for u32 {
    #[inline]
    fn plus(self, by: i32) -> Self {
        self.wrapping_add(by as Self)
    }
}

/// The numbers of people of a sheet.
pub(super) enum People<'a> {
    Narrow(&'a mut [u16]),
    Wide(&'a mut [u32]),
}

/// A number of 16 bits, which has a sign.
#[inline]
fn widen(number: u16) -> u32 {
    i32::from(number as i16) as u32
}

impl Stack {
    /// Sheets of zeros for groups of so many consumers each.
    pub(super) fn new(form: Form, people: impl Iterator<Item = u32>) -> Self {
        let (mut narrow, mut wide) = (0, 0);
        let place = |people: u32| {
            let (mark, next) = if people < SMALL {
                (0, &mut narrow)
            } else {
                (WIDE, &mut wide)
            };
            *next += 1;
            mark | (*next - 1)
        };
        let places: Vec<u32> = people.map(place).collect();
        Self {
            narrow: vec![0; narrow as usize * form.people()],
            wide: vec![0; wide as usize * form.people()],
            money: vec![0; places.len() * form.money()],
            places,
            form,
        }
    }

    /// The form of the sheets.
    pub(super) fn form(&self) -> Form {
        self.form
    }

    /// Whether everything that the places speak of is there.
    pub(super) fn fits(&self, form: Form) -> bool {
        let wide = self.places.iter().filter(|place| **place & WIDE != 0);
        let wide = wide.count();
        self.form == form
            && self.wide.len() == wide * form.people()
            && self.narrow.len() == (self.places.len() - wide) * form.people()
            && self.money.len() == self.places.len() * form.money()
    }

    /// Bytes that the sheets hold.
    pub(super) fn bytes(&self) -> usize {
        4 * (self.places.len() + self.wide.len()) + 2 * self.narrow.len() + 8 * self.money.len()
    }

    fn place(&self, row: u32) -> (bool, std::ops::Range<usize>) {
        let place = self.places.get(row as usize).copied().unwrap_or(!WIDE);
        let (at, size) = ((place & !WIDE) as usize, self.form.people());
        (place & WIDE != 0, at * size..(at + 1) * size)
    }

    fn money_at(&self, row: u32) -> std::ops::Range<usize> {
        let (at, size) = (row as usize, self.form.money());
        at * size..(at + 1) * size
    }

    /// Adds a sheet of the stack to one that stands alone.
    pub(super) fn add_to(&self, sheet: &mut Sheet, row: u32) {
        self.give(sheet, row, u32::wrapping_add, i64::wrapping_add);
    }

    /// Takes a sheet of the stack away from one that stands alone.
    pub(super) fn take_from(&self, sheet: &mut Sheet, row: u32) {
        self.give(sheet, row, u32::wrapping_sub, i64::wrapping_sub);
    }

    #[inline]
    fn give(
        &self,
        sheet: &mut Sheet,
        row: u32,
        people: impl Fn(u32, u32) -> u32,
        money: impl Fn(i64, i64) -> i64,
    ) {
        let (is_wide, range) = self.place(row);
        if is_wide {
            let from = self.wide.get(range).unwrap_or(&[]);
            let each = sheet.people.iter_mut().zip(from);
            each.for_each(|(a, b)| *a = people(*a, *b));
        } else {
            let from = self.narrow.get(range).unwrap_or(&[]);
            let each = sheet.people.iter_mut().zip(from);
            each.for_each(|(a, b)| *a = people(*a, widen(*b)));
        }
        let from = self.money.get(self.money_at(row)).unwrap_or(&[]);
        let each = sheet.money.iter_mut().zip(from);
        each.for_each(|(a, b)| *a = money(*a, *b));
    }

    /// How many sheets there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Puts the sheet of so many consumers upon the others.
    pub(super) fn push(&mut self, people: u32, sheet: &Sheet) {
        let size = self.form.people().max(1);
        if people < SMALL {
            self.places.push((self.narrow.len() / size) as u32);
            self.narrow.extend(sheet.people.iter().map(|n| *n as u16));
        } else {
            self.places.push((self.wide.len() / size) as u32 | WIDE);
            self.wide.extend(&sheet.people);
        }
        self.money.extend(&sheet.money);
    }

    /// Bytes that sheets of so many consumers each would hold.
    pub(super) fn bytes_of(form: Form, people: impl Iterator<Item = u32>) -> usize {
        let size = |people: u32| if people < SMALL { 2 } else { 4 };
        let of_sheet = |people: u32| 4 + size(people) * form.people() + 8 * form.money();
        people.map(of_sheet).sum()
    }

    /// Gives back memory that is not needed.
    pub(super) fn shrink(&mut self) {
        self.places.shrink_to_fit();
        self.narrow.shrink_to_fit();
        self.wide.shrink_to_fit();
        self.money.shrink_to_fit();
    }

    /// Adds a sheet that stands alone to one of the stack.
    pub(super) fn add(&mut self, row: u32, sheet: &Sheet) {
        match self.people(row) {
            People::Narrow(to) => add_all(to, &sheet.people),
            People::Wide(to) => add_all(to, &sheet.people),
        }
        let each = self.money(row).iter_mut().zip(&sheet.money);
        each.for_each(|(a, b)| *a = a.wrapping_add(*b));
    }

    /// The numbers of people of a sheet, to be changed.
    #[inline]
    pub(super) fn people(&mut self, row: u32) -> People<'_> {
        let (is_wide, range) = self.place(row);
        if is_wide {
            People::Wide(self.wide.get_mut(range).unwrap_or(&mut []))
        } else {
            People::Narrow(self.narrow.get_mut(range).unwrap_or(&mut []))
        }
    }

    /// The numbers of money of a sheet, to be changed.
    pub(super) fn money(&mut self, row: u32) -> &mut [i64] {
        let range = self.money_at(row);
        self.money.get_mut(range).unwrap_or(&mut [])
    }
}

fn add_all<T: Number>(to: &mut [T], numbers: &[u32]) {
    let each = to.iter_mut().zip(numbers);
    each.for_each(|(a, b)| *a = a.plus(*b as i32));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_and_large_groups_give_back_what_they_were_given() {
        let form = Form::new(true, 2);
        let people = [5, SMALL - 1, SMALL, 3_000_000_000];
        let mut stack = Stack::new(form, people.into_iter());
        let sheet = |n: i64| {
            let mut sheet = form.sheet();
            let numbers = sheet.people.iter_mut().zip(0..);
            numbers.for_each(|(p, k)| *p = ((n - 1) * k % (n + 1)) as u32);
            let numbers = sheet.money.iter_mut().zip(0..);
            numbers.for_each(|(m, k)| *m = -n * k);
            sheet
        };
        let mut pushed = Stack::new(form, [].into_iter());
        for (row, n) in people.into_iter().enumerate() {
            assert_eq!(pushed.len(), row);
            stack.add(row as u32, &sheet(n.into()));
            pushed.push(n, &sheet(n.into()));
        }
        assert_eq!(stack.bytes(), Stack::bytes_of(form, people.into_iter()));
        assert!(stack.fits(form) && !stack.fits(Form::new(true, 3)));
        for (row, n) in people.into_iter().enumerate() {
            let mut found = form.sheet();
            pushed.add_to(&mut found, row as u32);
            assert_eq!(found, sheet(n.into()), "{n}");
            found.clear();
            stack.add_to(&mut found, row as u32);
            assert_eq!(found, sheet(n.into()), "{n}");
            stack.take_from(&mut found, row as u32);
            assert_eq!(found, form.sheet(), "{n}");
        }
        let numbers = form.people() * (2 * 2 + 2 * 4) + 4 * (8 * form.money() + 4);
        assert_eq!(stack.bytes(), numbers);
    }
}
