//! Event rows of the common forms, read without detours.
//!
//! A row is taken here when it has no quote, the right number of cells, a time in one of the usual
//! forms and cells that need no cleaning. Whatever is unusual is left to `event`, which is the
//! authority: nothing is rejected, left out or reported here, and nothing is kept of a row that is
//! not taken.

use super::cells::{Cells, Ends, Frame, ROWS, is_name, is_printable};
use super::event::{EventPortion, EventSlots, Found};
use super::layout::{Layout, Slot};
use super::line::Line;
use super::names;
use super::texts::Texts;
use super::time::{Clock, FIRST, LAST, Moment, TimeFormat};
use crate::facts::{Action, Detail, NO_VALUE, Venue};
use crate::metrics::Day;

/// Places that are remembered by the text of their cells.
const SPANS: usize = 1 << 12;
/// Where the text of a column comes from.
#[derive(Debug, Clone, Copy)]
enum Place<'l> {
    Nowhere,
    Field(usize),
    Fixed(&'l str),
}

/// The forms of time that are read here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Any,
    Seconds,
    Millis,
    /// `2026-04-17`, and behind it the time of day after this byte, if any.
    Written(Option<u8>),
}

/// What is read where, for a table whose plain rows can be read here.
#[derive(Debug)]
pub(super) struct Plan<'l> {
    frame: Frame,
    time: usize,
    action: usize,
    brand: Place<'l>,
    touches: [Place<'l>; 4],
    amount: Place<'l>,
    order: Place<'l>,
    score: Place<'l>,
    slots: &'l EventSlots,
    form: Form,
    /// First and last of the fields that say where a row happened.
    span: Option<(usize, usize)>,
}

impl<'l> Plan<'l> {
    /// The plan of a table; `None` when its columns are given in an unusual way.
    pub(super) fn new(layout: &Layout, slots: &'l EventSlots, time: &TimeFormat) -> Option<Self> {
        let width = layout.width;
        let place = |slot: &'l Slot| match (slot.index(), slot.constant()) {
            (Some(index), _) if index < width && !slot.replaces() => Some(Place::Field(index)),
            (None, Some(text)) => Some(Place::Fixed(text)),
            (None, None) => Some(Place::Nowhere),
            _ => None,
        };
        let cell = |slot: &'l Slot| match place(slot) {
            Some(Place::Field(index)) => Some(index),
            _ => None,
        };
        let number = |slot: &'l Slot| place(slot).filter(|p| !matches!(p, Place::Fixed(_)));
        let [a, b, c, d] = &slots.touches;
        let places = || std::iter::once(&slots.brand).chain(&slots.touches);
        let fields = || places().filter_map(Slot::index);
        // These cells are read as numbers, times, actions, or as a place: none is a word for totals.
        let read = [&slots.consumer, &slots.time, &slots.action];
        let read = || read.into_iter().filter_map(Slot::index).chain(fields());
        let others = layout.totals.iter().copied();
        Some(Self {
            frame: Frame {
                delimiter: layout.delimiter,
                width,
                consumer: cell(&slots.consumer)?,
                totals: others.filter(|i| read().all(|f| f != *i)).collect(),
            },
            time: cell(&slots.time)?,
            action: slots.action.index().filter(|index| *index < width)?,
            brand: match place(&slots.brand)? {
                Place::Nowhere => Place::Fixed(&slots.default_brand),
                found => found,
            },
            touches: [place(a)?, place(b)?, place(c)?, place(d)?],
            amount: number(&slots.amount)?,
            order: number(&slots.order)?,
            score: number(&slots.score)?,
            slots,
            form: form(time)?,
            span: fields().min().zip(fields().max()),
        })
    }
}

fn form(time: &TimeFormat) -> Option<Form> {
    Some(match time {
        TimeFormat::Auto => Form::Any,
        TimeFormat::UnixSeconds => Form::Seconds,
        TimeFormat::UnixMillis => Form::Millis,
        TimeFormat::Pattern(pattern) => Form::Written(match pattern.as_str() {
            "%Y-%m-%d" => None,
            "%Y-%m-%d %H:%M:%S" => Some(b' '),
            "%Y-%m-%dT%H:%M:%S" => Some(b'T'),
            _ => return None,
        }),
    })
}

/// Reads plain rows of one block.
#[derive(Debug)]
pub(super) struct Plain<'l> {
    plan: &'l Plan<'l>,
    actions: Texts,
    meanings: Vec<Action>,
    clock: Clock,
    /// Where rows happened, by the text of all the cells that say it, and its entry.
    spans: Texts,
    venues: Vec<u32>,
    /// The date that was read last.
    date: ([u8; 10], Day),
    ends: Ends,
}

impl<'l> Plain<'l> {
    /// Prepares for a block of a table.
    pub(super) fn new(plan: &'l Plan<'l>, clock: Clock) -> Self {
        Self {
            plan,
            actions: Texts::default(),
            meanings: Vec::new(),
            spans: Texts::default(),
            venues: Vec::new(),
            clock,
            date: ([0; 10], FIRST),
            ends: Ends::default(),
        }
    }

    /// Reads some rows from here on, until one is not plain. Gives the bytes and rows that were read.
    pub(super) fn read(&mut self, text: &[u8], from: usize, to: &mut EventPortion) -> (usize, u64) {
        let Frame {
            width, delimiter, ..
        } = self.plan.frame;
        let mut ends = std::mem::take(&mut self.ends);
        let (mut at, mut rows) = (from, 0);
        while let Some(row) = ends.row(text, at, width, delimiter) {
            let row = Cells {
                text,
                start: at,
                ends: row,
            };
            let Some(end) = self.row(&row, to) else { break };
            ends.take(width);
            at = end;
            rows += 1;
            if rows == ROWS {
                break;
            }
        }
        self.ends = ends;
        (at - from, rows)
    }

    /// Keeps a row if it is plain; gives where it ends.
    #[inline]
    fn row(&mut self, row: &Cells<'_>, to: &mut EventPortion) -> Option<usize> {
        let plan = self.plan;
        let (end, who) = row.open(&plan.frame)?;
        let action = self.action(row.cell(plan.action))?;
        let moment = self.moment(row.cell(plan.time))?;
        let span = plan
            .span
            .map_or(&[][..], |(first, last)| row.cells(first, last));
        let venue = self.spans.find(span);
        let venue = venue.and_then(|venue| self.venues.get(venue as usize).copied());
        let place = match venue {
            Some(_) => None,
            None => Some(row.place(plan, to)?),
        };
        let order = match action {
            Action::Order => row.name(plan.order, &Texts::default())?,
            _ => Name::None,
        };
        let amount = match action {
            Action::Order | Action::Refund => row.optional(plan.amount, fen)?,
            _ => None,
        };
        let score = row.optional(plan.score, score)?;
        let venue = match (venue, place) {
            (Some(venue), _) => venue,
            (None, place) => self.new_venue(span, place?, to),
        };
        let found = Found {
            consumer: match who.code {
                Some(code) => to.packed_consumer(code),
                None => to.consumer(who.text().unwrap_or("")),
            },
            venue,
            moment,
            action,
            detail: Detail {
                amount,
                order: match order {
                    Name::New(id) => to.order(id),
                    _ => NO_VALUE,
                },
                score,
            },
        };
        to.push(&found);
        Some(end)
    }

    fn new_venue(&mut self, span: &[u8], place: Naming<'_>, to: &mut EventPortion) -> u32 {
        let (brand, touches) = place;
        let mut touch = [NO_VALUE; 4];
        for ((id, name), texts) in touch.iter_mut().zip(touches).zip(&mut to.touches) {
            *id = name.keep(texts);
        }
        let brand = brand.keep(&mut to.brands);
        let venue = to.venue_id(Venue { brand, touch });
        if self.venues.len() < SPANS {
            self.spans.add(span);
            self.venues.push(venue);
        }
        venue
    }

    #[inline]
    fn action(&mut self, cell: &[u8]) -> Option<Action> {
        if let Some(known) = self.actions.find(cell) {
            return self.meanings.get(known as usize).copied();
        }
        let cell = is_printable(cell).then(|| std::str::from_utf8(cell).ok())??;
        let meaning = self.plan.slots.action.plain(cell);
        let action = names::action(meaning).filter(|_| !Line::is_missing(meaning))?;
        self.actions.id(cell);
        self.meanings.push(action);
        Some(action)
    }

    #[inline]
    fn moment(&mut self, cell: &[u8]) -> Option<Moment> {
        let moment = match (self.plan.form, cell.len()) {
            (Form::Any | Form::Seconds, 10) if cell.iter().all(u8::is_ascii_digit) => {
                self.clock.local(digits(cell)? as i64)
            }
            (Form::Any | Form::Millis, 13) => {
                let millis = digits(cell).filter(|n| *n >= 100_000_000_000)?;
                self.clock.local(millis as i64 / 1000)
            }
            (Form::Any, 10 | 19) | (Form::Written(None), 10) => self.written(cell)?,
            (Form::Written(Some(byte)), 19) if cell.get(10) == Some(&byte) => self.written(cell)?,
            _ => return None,
        };
        (FIRST..=LAST).contains(&moment.day).then_some(moment)
    }

    /// `2026-04-17`, perhaps with ` 01:02:03`.
    #[inline]
    fn written(&mut self, cell: &[u8]) -> Option<Moment> {
        let (date, rest) = cell.split_first_chunk::<10>()?;
        if self.date.0 != *date {
            self.date = (*date, self.day(date)?);
        }
        let second = match rest {
            [] => 0,
            [b' ' | b'T' | b't', h1, h0, b':', m1, m0, b':', s1, s0] => {
                let (hour, minute) = (two(*h1, *h0)?, two(*m1, *m0)?);
                let second = two(*s1, *s0)?;
                if hour > 23 || minute > 59 || second > 59 {
                    return None;
                }
                hour * 3600 + minute * 60 + second
            }
            _ => return None,
        };
        let day = self.date.1;
        Some(Moment { day, second })
    }

    fn day(&self, date: &[u8; 10]) -> Option<Day> {
        let [y3, y2, y1, y0, mark, m1, m0, other, d1, d0] = *date;
        let is_known = mark == b'-' || (self.plan.form == Form::Any && mark == b'/');
        if !is_known || mark != other {
            return None;
        }
        let year = two(y3, y2)? * 100 + two(y1, y0)?;
        Day::from_ymd(year as i32, two(m1, m0)?, two(d1, d0)?)
    }
}

/// A name of a row: known by its index, new, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Name<'t> {
    None,
    Known(u32),
    New(&'t str),
}

/// The names of a brand and of the touches.
type Naming<'t> = (Name<'t>, [Name<'t>; 4]);

impl Name<'_> {
    #[inline]
    fn keep(self, texts: &mut Texts) -> u32 {
        match self {
            Self::None => NO_VALUE,
            Self::Known(id) => id,
            Self::New(text) => texts.id(text),
        }
    }
}

impl<'t> Cells<'t> {
    /// The brand and the touches of the row.
    fn place(&self, plan: &Plan<'t>, to: &EventPortion) -> Option<Naming<'t>> {
        let brand = self.name(plan.brand, &to.brands)?;
        let mut touches = [Name::None; 4];
        for ((name, place), known) in touches.iter_mut().zip(plan.touches).zip(&to.touches) {
            *name = self.name(place, known)?;
        }
        (brand != Name::None).then_some((brand, touches))
    }

    #[inline]
    fn name(&self, place: Place<'t>, known: &Texts) -> Option<Name<'t>> {
        let cell = match place {
            Place::Nowhere => return Some(Name::None),
            Place::Field(index) => self.cell(index),
            Place::Fixed(text) => text.as_bytes(),
        };
        if cell.is_empty() {
            return Some(Name::None);
        }
        if let Some(id) = known.find(cell) {
            return Some(Name::Known(id));
        }
        let name = is_name(cell).then(|| std::str::from_utf8(cell).ok())??;
        Some(Name::New(name))
    }

    /// What a cell holds, if it holds anything; `None` when it cannot be read here.
    #[inline]
    #[expect(
        clippy::option_option,
        reason = "a cell may be empty, and it may be unusual"
    )]
    fn optional<T>(&self, place: Place<'_>, read: fn(&[u8]) -> Option<T>) -> Option<Option<T>> {
        match place {
            Place::Field(index) if !self.cell(index).is_empty() => read(self.cell(index)).map(Some),
            _ => Some(None),
        }
    }
}

fn two(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| u32::from(tens) * 10 + u32::from(ones))
}

/// Up to 15 digits.
#[inline]
fn digits(cell: &[u8]) -> Option<u64> {
    let mut number = 0;
    let mut fits = !cell.is_empty() && cell.len() <= 15;
    for byte in cell {
        let digit = byte.wrapping_sub(b'0');
        fits &= digit < 10;
        number = u64::wrapping_add(u64::wrapping_mul(number, 10), u64::from(digit));
    }
    fits.then_some(number)
}

/// `299`, `299.5` or `299.50` in fen.
fn fen(cell: &[u8]) -> Option<i64> {
    let point = cell.iter().position(|b| *b == b'.').unwrap_or(cell.len());
    let (whole, fraction) = cell.split_at_checked(point)?;
    let whole = digits(whole)?.checked_mul(100)?;
    let cents = match fraction {
        [] => 0,
        [_, tens] => two(*tens, b'0')?,
        [_, tens, ones] => two(*tens, *ones)?,
        _ => return None,
    };
    Some(i64::try_from(whole).ok()? + i64::from(cents))
}

/// `5` or `4.5`.
fn score(cell: &[u8]) -> Option<f32> {
    match cell {
        [ones] => Some(two(b'0', *ones)? as f32),
        [ones, b'.', tenths] => Some((f64::from(two(*ones, *tenths)?) / 10.0) as f32),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::number::{self, Cell, Decimal};
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

        #[test]
        fn numbers_read_here_are_those_of_the_general_reader(cell in "[0-9]{0,16}(\\.[0-9]{0,3})?") {
            let general = match number::parse(&cell) {
                Cell::Number(n) => Some(n),
                _ => None,
            };
            if let Some(found) = fen(cell.as_bytes()) {
                prop_assert_eq!(Some(found), general.and_then(Decimal::to_fen));
            }
            if let Some(found) = score(cell.as_bytes()) {
                prop_assert_eq!(Some(found), general.map(|n| n.to_f64() as f32));
            }
        }
    }
}
