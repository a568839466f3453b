//! Sums of the consumers who are alike in one family of conditions: who meets conditions of that
//! family alone is counted by adding up a few thousand sheets, however many consumers there are.
//!
//! Consumers of a family with the same key (see [`keys`]) are alike. Keys that many consumers have
//! get a sheet each; the others, of whom there are few, are copied side by side and counted one by one.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::census::Census;
use super::count::{Count, Crowds, Sales};
use super::pack::packed;
use super::part::Part;
use super::select::{FAMILIES, Filter, keys};
use super::sheet::{Effects, Form, Sheet};
use super::strip::{Strip, Wanted};
use super::timeline::Roles;
use super::touched::Touched;
use crate::metrics::fast_plus::Role;

/// So many consumers pay for a sheet: to look at them takes longer than to add it up.
const PAYS: u32 = 128;
/// Fewer consumers than this are counted in a moment in any case.
const WORTH: usize = 1 << 16;
/// Sheets that one thread adds up in a row.
const RUN: usize = 256;
/// Bytes per consumer that all families may hold together; the largest go first.
const MOST: usize = 28;
/// A consumer of no sheet.
const NONE: u32 = u32::MAX;

/// The sums of one census by family.
#[derive(Debug)]
pub(super) struct Margins {
    form: Form,
    /// Everybody.
    all: Sheet,
    families: Vec<Family>,
}

/// The sums of one family.
#[derive(Debug)]
pub(super) struct Family {
    /// Which one.
    id: usize,
    /// Keys that have a sheet, ascending.
    keys: Vec<u64>,
    people: Vec<u32>,
    money: Vec<i64>,
    /// All sheets together.
    heavy: Sheet,
    /// The consumers without a sheet.
    light: Strip,
}

packed!(Family {
    id,
    keys,
    people,
    money,
    heavy,
    light
});

impl Margins {
    /// Whether a census is large enough to be summed up by family.
    pub(super) fn pay(census: &Census) -> bool {
        census.parts.iter().map(Part::len).sum::<usize>() >= WORTH
    }

    /// The sums of a census; `None` when they are not wanted any more.
    pub(super) fn new(
        census: &Census,
        touched: &Touched,
        crowds: &Crowds,
        wanted: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let mut found = Self::with(census, touched, crowds, PAYS, wanted)?;
        let consumers: usize = census.parts.iter().map(Part::len).sum();
        found.trim(MOST * consumers);
        Some(found)
    }

    /// Drops the largest families until the others hold no more than so many bytes.
    fn trim(&mut self, most: usize) {
        self.families.sort_by_key(Family::bytes);
        while self.bytes() > most && self.families.pop().is_some() {}
    }

    fn with(
        census: &Census,
        touched: &Touched,
        crowds: &Crowds,
        pays: u32,
        wanted: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let form = Form::new(census.weekly, crowds.len());
        let maker = Maker {
            census,
            touched,
            crowds,
            form,
            effects: Effects::new(form),
            pays,
            wanted,
        };
        let filter = Filter::open(census);
        let count = Count {
            census,
            filter: &filter,
            crowds,
            margins: None,
        };
        let families = (0..FAMILIES).into_par_iter();
        let families = families.filter_map(|family| maker.family(family));
        let found = Self {
            form,
            all: count.sheet(form),
            families: families.collect(),
        };
        wanted().then_some(found)
    }

    /// Sums that were kept; `None` when they do not belong together.
    pub(super) fn kept(form: Form, all: Sheet, families: Vec<Family>) -> Option<Self> {
        let fits = families.iter().all(|family| family.fits(form)) && all.fits(form);
        fits.then_some(Self {
            form,
            all,
            families,
        })
    }

    /// The families that have sums.
    pub(super) fn families(&self) -> &[Family] {
        &self.families
    }

    /// The form of the sheets.
    pub(super) fn form(&self) -> Form {
        self.form
    }

    /// Everybody.
    pub(super) fn all(&self) -> &Sheet {
        &self.all
    }

    /// The sums of a family, if it has some.
    pub(super) fn family(&self, family: usize) -> Option<&Family> {
        self.families.iter().find(|f| f.id == family)
    }

    /// Bytes that the sums hold.
    pub(super) fn bytes(&self) -> usize {
        self.families.iter().map(Family::bytes).sum()
    }
}

impl Family {
    fn fits(&self, form: Form) -> bool {
        self.people.len() == self.keys.len() * form.people()
            && self.money.len() == self.keys.len() * form.money()
            && self.heavy.fits(form)
    }

    /// The sum of the sheets whose keys are taken.
    pub(super) fn sum(&self, form: Form, takes: impl Fn(u64) -> bool) -> Sheet {
        let (chosen, others): (Vec<usize>, Vec<usize>) =
            (0..self.keys.len()).partition(|k| takes(self.keys[*k]));
        if chosen.len() <= others.len() {
            return self.add_up(form, &chosen);
        }
        let mut sum = self.heavy.clone();
        sum.less(&self.add_up(form, &others));
        sum
    }

    fn add_up(&self, form: Form, sheets: &[usize]) -> Sheet {
        let (people, money) = (form.people(), form.money());
        let run = |sheets: &[usize]| {
            let mut sum = form.sheet();
            for k in sheets {
                let people = self.people.get(k * people..(k + 1) * people);
                let money = self.money.get(k * money..(k + 1) * money);
                sum.plus(people.unwrap_or(&[]), money.unwrap_or(&[]));
            }
            sum
        };
        if sheets.len() <= 2 * RUN {
            return run(sheets);
        }
        let sums = sheets.par_chunks(RUN).map(run);
        let add = |mut a: Sheet, b: Sheet| {
            a.plus(&b.people, &b.money);
            a
        };
        sums.reduce_with(add).unwrap_or_else(|| form.sheet())
    }

    /// All sheets together.
    pub(super) fn heavy(&self) -> &Sheet {
        &self.heavy
    }

    /// The consumers without a sheet.
    pub(super) fn light(&self) -> &Strip {
        &self.light
    }

    /// How many sheets there are.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    fn bytes(&self) -> usize {
        8 * (self.keys.len() + self.money.len()) + 4 * self.people.len() + self.light.bytes()
    }
}

/// Sums up families.
struct Maker<'a> {
    census: &'a Census,
    touched: &'a Touched,
    crowds: &'a Crowds,
    form: Form,
    effects: Effects,
    pays: u32,
    wanted: &'a (dyn Fn() -> bool + Sync),
}

impl Maker<'_> {
    /// `None` when no key has enough consumers, or when all have the same.
    fn family(&self, family: usize) -> Option<Family> {
        let parts = &self.census.parts;
        let of = self.counts(family);
        if of.len() < 2 || !(self.wanted)() {
            return None;
        }
        let mut heavy: Vec<u64> = of
            .iter()
            .filter(|(_, n)| **n >= self.pays)
            .map(|(k, _)| *k)
            .collect();
        heavy.sort_unstable();
        if heavy.is_empty() {
            return None;
        }
        let sheets: FxHashMap<u64, u32> = heavy.iter().copied().zip(0..).collect();
        let mut found = Family {
            id: family,
            people: vec![0; heavy.len() * self.form.people()],
            money: vec![0; heavy.len() * self.form.money()],
            keys: heavy,
            heavy: self.form.sheet(),
            light: Strip::default(),
        };
        let mut light = Vec::new();
        for (k, part) in parts.iter().enumerate() {
            if !(self.wanted)() {
                return None;
            }
            let keys = keys(self.census, self.touched, family, k);
            let rows: Vec<u32> = keys
                .iter()
                .map(|key| sheets.get(key).copied().unwrap_or(NONE))
                .collect();
            self.add(&mut found, part, &rows);
            for segment in &part.segments {
                let group = self.crowds.group(segment.cell);
                let own = segment.first as usize..segment.end as usize;
                let each = own.filter(|at| rows.get(*at) == Some(&NONE));
                light.extend(each.map(|position| Wanted {
                    group,
                    key: keys.get(position).copied().unwrap_or(0),
                    part: k as u32,
                    position: position as u16,
                    cell: segment.cell,
                }));
            }
        }
        found.light = Strip::new(parts, light);
        let all: Vec<usize> = (0..found.len()).collect();
        found.heavy = found.add_up(self.form, &all);
        Some(found)
    }

    /// How many consumers have each key.
    fn counts(&self, family: usize) -> FxHashMap<u64, u32> {
        let mut found = FxHashMap::default();
        for part in 0..self.census.parts.len() {
            if !(self.wanted)() {
                break;
            }
            for key in keys(self.census, self.touched, family, part) {
                *found.entry(key).or_insert(0) += 1;
            }
        }
        found
    }

    /// Adds the consumers of a part to their sheets.
    fn add(&self, to: &mut Family, part: &Part, rows: &[u32]) {
        let size = self.form.people();
        let crowds = self.crowds_of(part);
        let row = |position: usize| {
            rows.get(position)
                .filter(|row| **row != NONE)
                .map(|r| *r as usize)
        };
        for position in 0..part.len() {
            let Some(row) = row(position) else { continue };
            let Some(sheet) = to.people.get_mut(row * size..(row + 1) * size) else {
                continue;
            };
            part.each_item(position, |item| {
                let [lines, asset] = self.effects.of(item);
                add_all(sheet, 0, lines);
                for crowd in crowds.at(position) {
                    add_all(sheet, self.form.crowd_at(*crowd as usize), asset);
                }
            });
        }
        let points: Vec<Vec<u16>> = part
            .moments
            .iter()
            .map(|m| self.census.points_of(m))
            .collect();
        part.each_moment(|position, moment| {
            let Some(row) = row(position) else { return };
            let points_of = points.get(moment).map_or(&[][..], |p| p);
            for point in points_of {
                if let Some(n) = to
                    .people
                    .get_mut(row * size + self.form.points_at() + usize::from(*point))
                {
                    *n = n.wrapping_add(1);
                }
            }
        });
        self.add_money(to, part, &crowds, row);
    }

    fn add_money(
        &self,
        to: &mut Family,
        part: &Part,
        crowds: &CrowdsOf,
        row: impl Fn(usize) -> Option<usize>,
    ) {
        let size = self.form.money();
        for sale in part.sales() {
            let position = usize::from(sale.position);
            let Some(row) = row(position) else { continue };
            let mut sales = Sales::default();
            sales.take(sale, 1);
            let numbers = sales.numbers();
            let crowds = crowds.at(position).iter().map(|k| Some(*k as usize));
            for crowd in crowds.chain([None]) {
                let at = row * size + Form::sales_at(crowd);
                let sums = to.money.iter_mut().skip(at).zip(numbers);
                sums.for_each(|(sum, n)| *sum = sum.wrapping_add(n));
            }
        }
        part.trades.each(|trade| {
            let Some(row) = row(usize::from(trade.position)) else {
                return;
            };
            for (side, held) in trade.roles.into_iter().enumerate() {
                for role in roles_of(held) {
                    let at = row * size + self.form.trade_at(role) + side;
                    let mut add = |at: usize, n: i64| {
                        if let Some(sum) = to.money.get_mut(at) {
                            *sum = sum.wrapping_add(n);
                        }
                    };
                    add(at, trade.fen[side]);
                    add(at + 2, trade.unpriced[side].into());
                }
            }
        });
    }

    /// The crowds of the consumers of a part, all together as one more.
    fn crowds_of(&self, part: &Part) -> CrowdsOf {
        let mut found = CrowdsOf {
            segments: vec![0; part.len()],
            lists: Vec::new(),
        };
        for (k, segment) in part.segments.iter().enumerate() {
            let own = segment.first as usize..segment.end as usize;
            let own = found.segments.get_mut(own);
            own.unwrap_or(&mut []).fill(k as u16);
            let (members, counted) = self.crowds.of(segment.cell);
            let all = counted.then_some(self.form.crowds() as u32);
            found
                .lists
                .push(members.iter().copied().chain(all).collect());
        }
        found
    }
}

/// The crowds of the consumers of a part.
struct CrowdsOf {
    /// The segment of each consumer.
    segments: Vec<u16>,
    /// The crowds of each segment.
    lists: Vec<Vec<u32>>,
}

impl CrowdsOf {
    #[inline]
    fn at(&self, position: usize) -> &[u32] {
        let list = self
            .segments
            .get(position)
            .and_then(|k| self.lists.get(usize::from(*k)));
        list.map_or(&[], |list| list)
    }
}

/// Adds to the numbers of a sheet from one on.
#[inline]
fn add_all(sheet: &mut [u32], from: usize, effects: &[(u16, i16)]) {
    for (at, by) in effects {
        if let Some(n) = sheet.get_mut(from + usize::from(*at)) {
            *n = n.wrapping_add(i32::from(*by) as u32);
        }
    }
}

/// The roles that are held, and their union.
fn roles_of(held: Roles) -> impl Iterator<Item = usize> {
    let each = (0..Role::ALL.len()).filter(move |k| held >> k & 1 == 1);
    each.chain((held != 0).then_some(Role::ALL.len()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::facts::depot::tests::kept;
    use crate::facts::frame::{DeepeningPeriod, Frame};
    use crate::facts::pack::{of_bytes, to_bytes};
    use crate::facts::{
        Action, Attribute, Brand, Condition, Crowd, Dataset, Engine, Event, Events, NO_VALUE,
        RoleSpan, Rules, Slice,
    };
    use crate::metrics::{Day, Definitions};

    const FEW: u32 = 700;

    /// Numbers that look like chance.
    fn chance(seed: u64) -> impl FnMut(u64) -> u64 {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        move |below| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) % below
        }
    }

    fn attribute(
        id: &str,
        values: usize,
        people: u32,
        of: &mut impl FnMut(u64) -> u64,
    ) -> Attribute {
        let (mut offsets, mut entries) = (vec![0], Vec::new());
        for _ in 0..people {
            // Some have no value, some have two.
            let first = of(values as u64 + 1) as u32;
            let all = [first, first + 1 + of(2) as u32];
            let count = [0, 1, 1, 2][of(4) as usize];
            entries.extend(all.iter().take(count).filter(|v| **v < values as u32));
            offsets.push(entries.len() as u32);
        }
        Attribute {
            id: id.into(),
            values: (0..values).map(|v| format!("v{v}")).collect(),
            offsets,
            entries,
        }
    }

    fn dataset(seed: u64, people: u32, events: usize) -> Dataset {
        let mut of = chance(seed);
        let mut data = Dataset {
            brands: vec![Brand::default()],
            attributes: vec![
                attribute("tier", 3, people, &mut of),
                attribute("crowd", 4, people, &mut of),
            ],
            ..Dataset::default()
        };
        let crowd = |k: usize| Crowd {
            id: format!("v{k}"),
            ..Crowd::default()
        };
        data.crowds = (0..4).map(crowd).collect();
        let events = (0..events).map(|_| {
            let consumer = of(people.into()).min(of(people.into())) as u32;
            let place = |n: u64, of: &mut dyn FnMut(u64) -> u64| match of(n + 1) {
                value if value == n => NO_VALUE,
                value => value as u32,
            };
            Event {
                consumer,
                brand: 0,
                day: Day(19_700 + of(390) as i32),
                second: of(86_400) as u32,
                action: Action::ALL[of(Action::ALL.len() as u64) as usize],
                touch: [
                    place(5, &mut of),
                    place(3, &mut of),
                    NO_VALUE,
                    place(80, &mut of),
                ],
                amount: (of(3) > 0).then(|| of(90_000) as i64),
                order: of(500) as u32,
                score: None,
            }
        });
        data.log.events = events.collect::<Events>();
        let values = |n: usize| (0..n).map(|k| format!("v{k}")).collect::<Vec<_>>();
        data.log.touch_values = [values(5), values(3), Vec::new(), values(80)];
        data.log.consumers = (0..people)
            .map(|k| format!("c{k}").into_boxed_str())
            .collect();
        data.log.orders = (0..500).map(|k| format!("o{k}").into_boxed_str()).collect();
        let span = |k: u32| RoleSpan {
            brand: 0,
            consumer: k * 3 % people,
            role: Role::ALL[k as usize % Role::ALL.len()],
            since: Some(Day(19_900 + k as i32 % 200)),
            until: k.is_multiple_of(2).then(|| Day(20_000 + k as i32 % 150)),
        };
        data.log.spans = (0..90).map(span).collect();
        data.fingerprint = "same".into();
        data
    }

    fn engine(seed: u64) -> Engine {
        Engine::new(Arc::new(dataset(seed, FEW, 9000)))
    }

    fn conditions() -> impl Strategy<Value = Vec<Condition>> {
        let dimension = prop::sample::select(vec![
            ("tier", 3),
            ("crowd", 4),
            ("channel", 5),
            ("category", 3),
            ("item", 80),
            ("role", 0),
            ("nowhere", 2),
        ]);
        let condition = (
            dimension,
            prop::collection::vec(0..80_usize, 1..4),
            any::<bool>(),
        );
        let condition = condition.prop_map(|((id, values), picks, negated)| Condition {
            dimension: id.into(),
            values: picks
                .into_iter()
                .map(|pick| match values {
                    0 => Role::ALL[pick % Role::ALL.len()].id().to_owned(),
                    n => format!("v{}", pick % n),
                })
                .collect(),
            negated,
        });
        prop::collection::vec(condition, 0..5)
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 60,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        /// Whoever gets a sheet, the counts are those of looking at everybody.
        #[test]
        fn margins_give_the_counts_of_looking_at_everybody(
            seed in 0..1000_u64,
            pays in 1..60_u32,
            weekly in any::<bool>(),
            slices in prop::collection::vec(conditions(), 8),
        ) {
            let engine = engine(seed);
            let period = DeepeningPeriod::Days(if weekly { 7 } else { 3 });
            let frame = Frame::new(Day(20_080), Day(20_073 - seed as i32 % 3), period, 7);
            let rules = Rules::of(&Definitions::default());
            let kept = engine.take_census(0, &frame, &rules, &[], engine.pace());
            let touched = engine.touched(0, frame.as_of);
            let made = Margins::with(&kept.census, &touched, &engine.crowds, pays, &|| true);
            let made = made.unwrap();
            // The cache gives them back as they are.
            let families: Vec<Family> = of_bytes(&to_bytes(&made.families)).unwrap();
            prop_assert!(Margins::kept(made.form, made.all.clone(), families).is_some());
            for conditions in slices {
                let slice = Slice { filter: conditions, ..Slice::default() };
                let touched = || Arc::clone(&touched);
                let filter = Filter::new(&engine, 0, &kept.census, &slice.filter, touched);
                let count = |margins| Count {
                    census: &kept.census,
                    filter: &filter,
                    crowds: &engine.crowds,
                    margins,
                };
                let (with, without) = (count(Some(&made)).take(), count(None).take());
                prop_assert_eq!(with, without, "{:?}", slice);
            }
        }
    }

    #[test]
    fn margins_have_families_that_differ_in_sheets_and_in_single_consumers() {
        let engine = engine(5);
        let frame = Frame::new(Day(20_080), Day(20_073), DeepeningPeriod::Days(7), 7);
        let rules = Rules::of(&Definitions::default());
        let kept = engine.take_census(0, &frame, &rules, &[], engine.pace());
        let touched = engine.touched(0, frame.as_of);
        let made = Margins::with(&kept.census, &touched, &engine.crowds, 8, &|| true).unwrap();
        let found: Vec<usize> = made.families.iter().map(|family| family.id).collect();
        // The fourth touch dimension has too many values to be looked up in a moment.
        assert_eq!(found, [0, 1, 2]);
        let light: Vec<usize> = made.families.iter().map(|f| f.light().len()).collect();
        assert!(
            made.families.iter().all(|family| family.len() > 1),
            "{light:?}"
        );
        assert!(light[0] > 100 && light[0] < FEW as usize, "{light:?}");
        assert!(Margins::with(&kept.census, &touched, &engine.crowds, 8, &|| false).is_none());
        let mut made = made;
        let (bytes, largest) = (made.bytes(), made.families.iter().map(Family::bytes).max());
        made.trim(bytes - 1);
        assert_eq!(Some(bytes - made.bytes()), largest);
        made.trim(0);
        assert!(made.families.is_empty());
    }

    #[test]
    fn a_prepared_engine_counts_the_same_and_its_cache_brings_the_sums_back() {
        let engine = Engine::new(Arc::new(dataset(3, 2 * WORTH as u32, 5 * WORTH)));
        let definitions = Definitions::default();
        let frame = Engine::frame(Day(20_080), Day(20_073), &definitions);
        let rules = Rules::of(&definitions);
        let slices = [
            "",
            "role=member,fan",
            "channel!=v1",
            "tier=v1; channel=v0,v3; category=v2",
        ];
        let counts = |engine: &Engine| {
            let count = |text: &str| {
                let filter = Slice::parse_conditions(text).unwrap();
                let slice = Slice {
                    filter,
                    ..Slice::default()
                };
                engine.count(0, &frame, &rules, &slice)
            };
            slices.map(count)
        };
        let prepare = |engine: &Engine, wanted: bool| {
            engine.prepare(0, &frame, &rules, &[], &|| wanted);
            engine.memory().censuses
        };
        // Nothing was counted yet, so there is nothing to prepare.
        assert_eq!(prepare(&engine, true), 0);
        let expected = counts(&engine);
        let before = engine.memory().censuses;
        assert_eq!(prepare(&engine, false), before);
        let after = prepare(&engine, true);
        assert!(after > before);
        assert_eq!(prepare(&engine, true), after);
        assert_eq!(counts(&engine), expected);
        let cached = Engine::unpack(Arc::new(kept(&engine, &frame, &rules))).unwrap();
        assert_eq!(counts(&cached), expected);
        assert_eq!(prepare(&cached, true), after);
        assert_eq!(counts(&cached), expected);
    }
}
