//! Sums of the consumers who are alike in one family of conditions (see [`super::family`]), for every
//! family: those on each touch dimension, and those on roles and attributes, of which any two, and all
//! together, have sums of their own, because a slice seldom has conditions on more.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::cells::{Cells, attribute_bit};
use super::census::Census;
use super::count::{Count, Crowds, Sales};
use super::family::{Block, Entry, Family, NONE};
use super::part::Part;
use super::select::{FAMILIES, Filter, ROLE_BITS, STANDING, keys};
use super::sheet::{Effects, Form, Sheet};
use super::stack::{Number, People, Stack};
use super::strip::{Run, Strip, Wanted};
use super::timeline::Roles;
use super::touched::Touched;
use crate::metrics::fast_plus::Role;

/// So many consumers pay for a sheet: they need more memory one by one. Where there are more consumers
/// than [`MANY`] fewer pay: then a sheet is little of the whole, and quicker to add.
const PAYS: usize = 128;
const MANY: usize = 1 << 21;
/// Fewer consumers than this are counted in a moment in any case.
const WORTH: usize = 1 << 16;
/// Bytes per consumer that all families may hold together.
const MOST: usize = 28;
/// Bytes, about, of a consumer who stands alone.
const COPY: usize = 36;
/// The family of all attributes.
const ALL_ATTRIBUTES: u64 = u64::MAX;
/// How often, on average, a consumer may be looked at to sum up fewer attributes than all.
const LOOKS: usize = 8;

/// The sums of one census by family.
#[derive(Debug)]
pub(super) struct Margins {
    form: Form,
    /// Everybody.
    all: Sheet,
    /// The smallest first.
    families: Vec<Family>,
}

impl Margins {
    /// Whether a census is large enough to be summed up by family.
    pub(super) fn pay(census: &Census) -> bool {
        census.parts.iter().map(Part::len).sum::<usize>() >= WORTH
    }

    /// The sums of a census; `None` when they are not wanted any more.
    pub(super) fn new(
        cells: &Cells,
        census: &Census,
        touched: &Touched,
        crowds: &Crowds,
        wanted: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let consumers: usize = census.parts.iter().map(Part::len).sum();
        let limits = Limits {
            pays: (PAYS * MANY / consumers.max(MANY)) as u32,
            bytes: MOST * consumers,
        };
        Self::with(cells, census, touched, crowds, limits, wanted)
    }

    /// Drops families until the others hold no more than so many bytes: the largest of few attributes,
    /// then those of which there is only one for each kind of condition.
    fn trim(&mut self, most: usize) {
        while self.bytes() > most {
            let few = |family: &Family| family.attributes != ALL_ATTRIBUTES;
            let largest = self.families.iter().rposition(few);
            match largest.or(self.families.len().checked_sub(1)) {
                Some(largest) => _ = self.families.remove(largest),
                None => break,
            }
        }
    }

    fn with(
        cells: &Cells,
        census: &Census,
        touched: &Touched,
        crowds: &Crowds,
        limits: Limits,
        wanted: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let form = Form::new(census.weekly, crowds.len());
        let maker = Maker {
            cells,
            census,
            touched,
            crowds,
            form,
            effects: Effects::new(form),
            limits,
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
        let families = families.flat_map(|family| maker.families(family));
        let mut found = Self {
            form,
            all: count.sheet(form),
            families: families.collect(),
        };
        found.families.sort_by_cached_key(Family::bytes);
        found.trim(limits.bytes);
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

    /// The smallest sums of a family that tell these attributes, one bit each.
    pub(super) fn family(&self, id: usize, attributes: u64) -> Option<&Family> {
        self.families.iter().find(|f| f.tells(id, attributes))
    }

    /// The consumers without a sheet of a family.
    pub(super) fn strip(&self, id: usize) -> Option<&Strip> {
        self.family(id, ALL_ATTRIBUTES).map(|family| &family.strip)
    }

    /// Bytes that the sums hold.
    pub(super) fn bytes(&self) -> usize {
        self.families.iter().map(Family::bytes).sum()
    }
}

/// When sums are worth their memory.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// So many consumers get a sheet.
    pays: u32,
    /// Bytes of all families together.
    bytes: usize,
}

/// Sums up families.
struct Maker<'a> {
    cells: &'a Cells,
    census: &'a Census,
    touched: &'a Touched,
    crowds: &'a Crowds,
    form: Form,
    effects: Effects,
    limits: Limits,
    wanted: &'a (dyn Fn() -> bool + Sync),
}

impl Maker<'_> {
    /// All sums of a family that have a sheet.
    fn families(&self, id: usize) -> Vec<Family> {
        let Some(whole) = self.family(id) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        if id == STANDING {
            let few = self.few_attributes(whole.strip.len());
            let few = few.into_par_iter();
            found = few.filter_map(|a| self.fewer(&whole, a)).collect();
        }
        found.push(whole);
        found
    }

    /// The sets of up to two attributes, but not of all; no more of them than can be made in a while
    /// when so many consumers have to be looked at for each.
    fn few_attributes(&self, looked_at: usize) -> Vec<u64> {
        let attributes = self.cells.attributes();
        let one = |k: usize| attribute_bit(k);
        let pairs = (0..attributes).flat_map(|k| (0..k).map(move |j| one(j) | one(k)));
        let all = [0].into_iter().chain((0..attributes).map(one)).chain(pairs);
        let fewer = all.filter(|set| (set.count_ones() as usize) < attributes);
        let consumers: usize = self.census.parts.iter().map(Part::len).sum();
        fewer.take(LOOKS * consumers / looked_at.max(1)).collect()
    }

    /// The sums of a family by all that its conditions ask for; `None` when all consumers are alike, or
    /// so different that there is no room for them.
    fn family(&self, id: usize) -> Option<Family> {
        let parts = &self.census.parts;
        let mut found = self.empty(id, ALL_ATTRIBUTES, self.counts(id));
        let light = found.entries.iter().filter(|entry| entry.row == NONE);
        let light: usize = light.map(|entry| entry.people as usize).sum();
        let fits = light.saturating_mul(COPY) <= self.limits.bytes;
        if found.entries.len() < 2 || !fits || !(self.wanted)() {
            return None;
        }
        let known = found.entries.iter().zip(0..);
        let known: FxHashMap<u64, u32> = known.map(|(e, at)| (e.key, at)).collect();
        let mut light = Vec::new();
        for (k, part) in parts.iter().enumerate() {
            if !(self.wanted)() {
                return None;
            }
            let keys = keys(self.census, self.touched, id, k);
            let places = keys
                .iter()
                .map(|key| known.get(key).copied().unwrap_or(NONE));
            let places: Vec<u32> = places.collect();
            self.take(&mut found, k, part, &places, &mut light);
        }
        let (strip, runs) = Strip::new(parts, light);
        found.set_runs(runs);
        self.sum_up(&mut found, &strip);
        found.strip = strip;
        Some(found)
    }

    /// The same sums by fewer attributes, from those by all.
    fn fewer(&self, whole: &Family, attributes: u64) -> Option<Family> {
        let alike = self.cells.alike(attributes);
        let key_of = |entry: &Entry| {
            let cell = (entry.key >> ROLE_BITS) as usize;
            let like = alike.get(cell).copied().unwrap_or(0);
            u64::from(like) << ROLE_BITS | entry.key & ((1 << ROLE_BITS) - 1)
        };
        let mut people = FxHashMap::default();
        for entry in &whole.entries {
            *people.entry(key_of(entry)).or_insert(0) += entry.people;
        }
        let mut found = self.empty(STANDING, attributes, people);
        let place = |entry: &Entry| {
            let key = key_of(entry);
            let at = found.entries.binary_search_by_key(&key, |e| e.key);
            at.map_or(NONE, |at| at as u32)
        };
        let places: Vec<u32> = whole.entries.iter().map(place).collect();
        let form = found.stack.form();
        for (block, own) in whole.blocks() {
            for k in own {
                let (Some(entry), Some(at)) = (whole.entries.get(k), places.get(k)) else {
                    continue;
                };
                let Some(to) = found.entries.get(*at as usize) else {
                    continue;
                };
                if entry.row == NONE || to.row == NONE {
                    continue;
                }
                let mut sheet = whole.stack.form().sheet();
                whole.stack.add_to(&mut sheet, entry.row);
                if form.tells_crowds() {
                    sheet = sheet.with_crowds(form, self.slots(block.group));
                }
                found.stack.add(to.row, &sheet);
            }
        }
        for (k, part) in whole.strip.parts().iter().enumerate() {
            if !(self.wanted)() {
                return None;
            }
            let row = |run: &Run| {
                let at = places.get(run.entry as usize);
                let entry = at.and_then(|at| found.entries.get(*at as usize));
                entry.map_or(NONE, |entry| entry.row)
            };
            let rows = rows_of(part, k, &whole.runs, row);
            self.add(&mut found.stack, part, &rows);
        }
        let place = |run: &Run| {
            let entry = *places.get(run.entry as usize)?;
            let is_light = found.entries.get(entry as usize)?.row == NONE;
            is_light.then_some(Run { entry, ..*run })
        };
        let runs = whole.runs.iter().filter_map(place).collect();
        found.set_runs(runs);
        self.sum_up(&mut found, &whole.strip);
        Some(found)
    }

    /// A family of so many consumers per key, with sheets of zeros.
    fn empty(&self, id: usize, attributes: u64, people: FxHashMap<u64, u32>) -> Family {
        let mut rows = Vec::new();
        let mut row = |people: u32| {
            if people < self.limits.pays {
                return NONE;
            }
            rows.push(people);
            rows.len() as u32 - 1
        };
        let mut people: Vec<(u64, u32)> = people.into_iter().collect();
        people.sort_unstable();
        let entry = |(key, people): &(u64, u32)| Entry {
            key: *key,
            people: *people,
            row: row(*people),
        };
        let entries: Vec<Entry> = people.iter().map(entry).collect();
        let block_of = |entry: &Entry| match id {
            STANDING => entry.key >> ROLE_BITS,
            _ => 0,
        };
        let mut end = 0;
        let blocks = entries.chunk_by(|a, b| block_of(a) == block_of(b));
        let block = |own: &[Entry]| {
            end += own.len() as u32;
            Block {
                end,
                runs: 0,
                group: own
                    .first()
                    .map_or(0, |e| self.crowds.group(block_of(e) as u32)),
                // A block of one key is that key.
                whole: row(own
                    .iter()
                    .skip(usize::from(own.len() == 1))
                    .map(|e| e.people)
                    .sum()),
            }
        };
        let blocks = blocks.map(block).collect();
        let form = if id == STANDING && self.cells.tell_crowds(attributes) {
            self.form.of_one_group()
        } else {
            self.form
        };
        Family {
            id,
            attributes,
            entries,
            blocks,
            stack: Stack::new(form, rows.into_iter()),
            runs: Vec::new(),
            strip: Strip::default(),
        }
    }

    /// How many consumers have each key.
    fn counts(&self, id: usize) -> FxHashMap<u64, u32> {
        let mut found = FxHashMap::default();
        for part in 0..self.census.parts.len() {
            if !(self.wanted)() {
                break;
            }
            for key in keys(self.census, self.touched, id, part) {
                *found.entry(key).or_insert(0) += 1;
            }
        }
        found
    }

    /// Adds the consumers of a part, who have these entries, to their sheets; those of entries without
    /// a sheet are written down.
    fn take(
        &self,
        to: &mut Family,
        index: usize,
        part: &Part,
        entries: &[u32],
        light: &mut Vec<Wanted>,
    ) {
        let row = |entry: &u32| to.entries.get(*entry as usize).map_or(NONE, |e| e.row);
        let rows: Vec<u32> = entries.iter().map(row).collect();
        self.add(&mut to.stack, part, &rows);
        for segment in &part.segments {
            let group = self.crowds.group(segment.cell);
            for position in segment.first as usize..segment.end as usize {
                if let (Some(&NONE), Some(entry)) = (rows.get(position), entries.get(position)) {
                    light.push(Wanted {
                        group,
                        entry: *entry,
                        part: index as u32,
                        position: position as u16,
                        cell: segment.cell,
                    });
                }
            }
        }
    }

    /// Makes the sheets of the blocks from those of their keys and from the consumers without one.
    fn sum_up(&self, family: &mut Family, strip: &Strip) {
        let mut wholes = vec![NONE; family.entries.len()];
        let mut sheets = Vec::new();
        for (block, own) in family.blocks().filter(|(block, _)| block.whole != NONE) {
            let mut sum = family.stack.form().sheet();
            for entry in family.entries.get(own.clone()).unwrap_or(&[]) {
                if entry.row != NONE {
                    family.stack.add_to(&mut sum, entry.row);
                }
            }
            wholes.get_mut(own).unwrap_or(&mut []).fill(block.whole);
            sheets.push((block.whole, sum));
        }
        for (whole, sheet) in sheets {
            family.stack.add(whole, &sheet);
        }
        let Family { runs, stack, .. } = family;
        let whole = |run: &Run| wholes.get(run.entry as usize).copied().unwrap_or(NONE);
        for (k, part) in strip.parts().iter().enumerate() {
            let rows = rows_of(part, k, runs, whole);
            self.add(stack, part, &rows);
        }
    }

    /// Where a group of crowds stands among the crowds of a sheet.
    fn slots(&self, group: u32) -> impl Iterator<Item = usize> {
        let (crowds, counted) = self.crowds.of_group(group);
        let all = counted.then_some(self.form.all_crowds());
        crowds.iter().map(|k| *k as usize).chain(all)
    }

    /// Adds the consumers of a part to sheets.
    fn add(&self, stack: &mut Stack, part: &Part, rows: &[u32]) {
        let crowds = self.crowds_of(part, stack.form());
        let points = part.moments.iter().map(|m| self.census.points_of(m));
        let points: Vec<Vec<u16>> = points.collect();
        let row = |position: usize| rows.get(position).copied().filter(|row| *row != NONE);
        part.each_moment(|position, moment| {
            let Some(row) = row(position) else { return };
            let points = points.get(moment).map_or(&[][..], |points| points);
            let crowds = crowds.at(position);
            match stack.people(row) {
                People::Narrow(to) => self.put(to, part, position, points, crowds),
                People::Wide(to) => self.put(to, part, position, points, crowds),
            }
        });
        Self::add_money(stack, part, &crowds, row);
    }

    /// Adds a consumer to the numbers of people of a sheet.
    fn put<T: Number>(
        &self,
        to: &mut [T],
        part: &Part,
        position: usize,
        points: &[u16],
        crowds: &[u32],
    ) {
        part.each_item(position, |item| {
            let [lines, asset] = self.effects.of(item);
            add_all(to, 0, lines);
            for crowd in crowds {
                add_all(to, self.form.crowd_at(*crowd as usize), asset);
            }
        });
        for point in points {
            if let Some(n) = to.get_mut(self.form.points_at() + usize::from(*point)) {
                *n = n.plus(1);
            }
        }
    }

    fn add_money(
        to: &mut Stack,
        part: &Part,
        crowds: &CrowdsOf,
        row: impl Fn(usize) -> Option<u32>,
    ) {
        let form = to.form();
        for sale in part.sales() {
            let position = usize::from(sale.position);
            let Some(row) = row(position) else { continue };
            let mut sales = Sales::default();
            sales.take(sale, 1);
            let numbers = sales.numbers();
            let money = to.money(row);
            let crowds = crowds.at(position).iter().map(|k| Some(*k as usize));
            for crowd in crowds.chain([None]) {
                let sums = money.iter_mut().skip(Form::sales_at(crowd)).zip(numbers);
                sums.for_each(|(sum, n)| *sum = sum.wrapping_add(n));
            }
        }
        part.trades.each(|trade| {
            let Some(row) = row(usize::from(trade.position)) else {
                return;
            };
            let money = to.money(row);
            for (side, held) in trade.roles.into_iter().enumerate() {
                for role in roles_of(held) {
                    let at = form.trade_at(role) + side;
                    let mut add = |at: usize, n: i64| {
                        if let Some(sum) = money.get_mut(at) {
                            *sum = sum.wrapping_add(n);
                        }
                    };
                    add(at, trade.fen[side]);
                    add(at + 2, trade.unpriced[side].into());
                }
            }
        });
    }

    /// The crowds of the consumers of a part, all together as one more; none where a sheet does not
    /// tell them.
    fn crowds_of(&self, part: &Part, form: Form) -> CrowdsOf {
        let mut found = CrowdsOf {
            segments: vec![0; part.len()],
            lists: Vec::new(),
        };
        if !form.tells_crowds() {
            return found;
        }
        for (k, segment) in part.segments.iter().enumerate() {
            let own = segment.first as usize..segment.end as usize;
            let own = found.segments.get_mut(own);
            own.unwrap_or(&mut []).fill(k as u16);
            let slots = self.slots(self.crowds.group(segment.cell));
            found.lists.push(slots.map(|slot| slot as u32).collect());
        }
        found
    }
}

/// The sheet of each consumer of a part of a strip, from that of each run.
fn rows_of(part: &Part, index: usize, runs: &[Run], row: impl Fn(&Run) -> u32) -> Vec<u32> {
    let mut rows = vec![NONE; part.len()];
    for run in runs {
        if let Some(own) = rows.get_mut(run.within(index)) {
            own.fill(row(run));
        }
    }
    rows
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
fn add_all<T: Number>(sheet: &mut [T], from: usize, effects: &[(u16, i16)]) {
    for (at, by) in effects {
        if let Some(n) = sheet.get_mut(from + usize::from(*at)) {
            *n = n.plus((*by).into());
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
                attribute("age", 2, people, &mut of),
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
            ("age", 2),
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
            let limits = Limits { pays, bytes: usize::MAX };
            let (cells, crowds) = (engine.cells(), &engine.crowds);
            let made = Margins::with(cells, &kept.census, &touched, crowds, limits, &|| true);
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
        let with = |pays, wanted: bool| {
            let wanted = || wanted;
            let cells = engine.cells();
            let limits = Limits {
                pays,
                bytes: usize::MAX,
            };
            Margins::with(
                cells,
                &kept.census,
                &touched,
                &engine.crowds,
                limits,
                &wanted,
            )
        };
        let mut made = with(8, true).unwrap();
        let mut found: Vec<(usize, u64)> =
            made.families.iter().map(|f| (f.id, f.attributes)).collect();
        found.sort_unstable();
        // Nothing, each of three attributes, each pair, all. The fourth touch dimension has too many
        // values to be looked up in a moment.
        let sets = [0, 1, 2, 3, 4, 5, 6, ALL_ATTRIBUTES].map(|set| (0, set));
        assert_eq!(
            found,
            [&sets[..], &[(1, ALL_ATTRIBUTES), (2, ALL_ATTRIBUTES)]].concat()
        );
        let light: Vec<usize> = made.families.iter().map(|f| f.strip.len()).collect();
        assert!(
            light.iter().any(|n| (100..FEW as usize).contains(n)),
            "{light:?}"
        );
        assert!(light.contains(&0), "{light:?}");
        assert!(made.families.is_sorted_by_key(Family::bytes));
        let told = |attributes: u64| made.family(STANDING, attributes).map(|f| f.attributes);
        let tells = |set: u64| told(set).is_some_and(|found| found & set == set);
        assert!((0..8).all(tells));
        assert_eq!(told(7), Some(ALL_ATTRIBUTES));
        assert!(with(8, false).is_none());
        // What only one family can tell is dropped last.
        while let Some(family) = made
            .families
            .iter()
            .rfind(|f| f.attributes != ALL_ATTRIBUTES)
        {
            let bytes = made.bytes() - family.bytes();
            made.trim(made.bytes() - 1);
            assert_eq!(made.bytes(), bytes);
        }
        assert_eq!(made.families.len(), 3);
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
