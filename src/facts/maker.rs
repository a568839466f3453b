//! Makes the sums of every family of conditions (see [`super::family`]) of a census. Those by fewer
//! attributes come from those by all: few consumers have to be looked at for them.

use std::ops::Range;

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::cells::{Cells, attribute_bit};
use super::census::Census;
use super::count::{Crowds, Sales};
use super::family::{ALL_ATTRIBUTES, Block, Entry, Family, NONE};
use super::part::Part;
use super::select::{ROLE_BITS, STANDING, keys};
use super::sheet::{Effects, Form, Sheet};
use super::stack::{Number, People, Stack};
use super::strip::{Run, Strip, Wanted};
use super::timeline::Roles;
use super::touched::Touched;
use super::without::Sets;
use crate::metrics::fast_plus::Role;

/// Bytes, about, of a consumer who stands alone.
const COPY: usize = 36;
/// So much work of adding up a block pays for sheets of its consumers without some roles or touches.
const MUCH: u32 = 100;
/// Keys whose sheets one thread adds to those without some values.
const KEYS: usize = 1 << 13;
/// Sets of touches have no more values than this.
const MOST_TOUCHES: u32 = 4;
/// Values by which consumers are added up first.
const LOWEST: u32 = 8;
/// How often, on average, a consumer may be looked at to sum up fewer attributes than all.
const LOOKS: usize = 8;

/// When sums are worth their memory.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// So many consumers get a sheet.
    pub(super) pays: u32,
    /// Bytes of all families together, but for those of consumers without some touches.
    pub(super) bytes: usize,
    /// Bytes of these.
    pub(super) touches: usize,
}

/// Sums up families.
pub(super) struct Maker<'a> {
    cells: &'a Cells,
    census: &'a Census,
    touched: &'a Touched,
    crowds: &'a Crowds,
    form: Form,
    effects: Effects,
    limits: Limits,
    wanted: &'a (dyn Fn() -> bool + Sync),
}

impl<'a> Maker<'a> {
    /// Sums up a census as long as that is wanted.
    pub(super) fn new(
        cells: &'a Cells,
        census: &'a Census,
        touched: &'a Touched,
        crowds: &'a Crowds,
        limits: Limits,
        wanted: &'a (dyn Fn() -> bool + Sync),
    ) -> Self {
        let form = Form::new(census.weekly, crowds.len());
        Self {
            cells,
            census,
            touched,
            crowds,
            form,
            effects: Effects::new(form),
            limits,
            wanted,
        }
    }

    /// All sums of a family; none when they are not wanted any more.
    pub(super) fn families(&self, id: usize) -> Vec<Family> {
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
        self.merge(whole, &places, &mut found);
        for (k, part) in whole.strip.parts().iter().enumerate() {
            if !(self.wanted)() {
                return None;
            }
            let row = |run: &Run| {
                places
                    .get(run.entry as usize)
                    .map_or(NONE, |at| found.row(*at))
            };
            let rows = rows_of(part, k, &whole.runs, row);
            self.add(&mut found.stack, part, &rows);
        }
        let light = |run: &Run| {
            let entry = *places.get(run.entry as usize)?;
            (found.row(entry) == NONE).then_some(Run { entry, ..*run })
        };
        let runs = whole.runs.iter().filter_map(light).collect();
        found.set_runs(runs);
        self.sum_up(&mut found, &whole.strip);
        Some(found)
    }

    /// Adds the sheets of a family to those of one of fewer attributes, where the entries have these
    /// places.
    fn merge(&self, whole: &Family, places: &[u32], to: &mut Family) {
        let form = to.stack.form();
        for (block, own) in whole.blocks() {
            let entries = whole.entries.get(own.clone()).unwrap_or(&[]).iter();
            let places = places.get(own).unwrap_or(&[]);
            for (entry, at) in entries.zip(places).filter(|(e, _)| e.row != NONE) {
                let mut sheet = whole.stack.form().sheet();
                whole.stack.add_to(&mut sheet, entry.row);
                if form.tells_crowds() {
                    sheet = sheet.with_crowds(form, self.slots(block.group));
                }
                to.stack.add(to.row(*at), &sheet);
            }
        }
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
                without: NONE,
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
            sets: Sets::default(),
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
        let rows: Vec<u32> = entries.iter().map(|entry| to.row(*entry)).collect();
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

    /// Bytes that sheets of the consumers without some values would take.
    pub(super) fn bytes_without(family: &Family, sets: Sets) -> usize {
        let people = large_blocks(family).map(|(_, own)| {
            let entries = family.entries.get(own).unwrap_or(&[]);
            entries.iter().map(|entry| entry.people).sum()
        });
        let each = people.flat_map(|people| std::iter::repeat_n(people, sets.len()));
        Stack::bytes_of(family.stack.form(), each)
    }

    /// Sets of the touches that each of some families tells, of which all sheets together take no more
    /// than so many bytes: of all families of one value more, as long as there is room, and as long as
    /// no more sheets have to be added up than there are consumers.
    pub(super) fn sets_of_touches(&self, families: &[&mut Family], bytes: usize) -> Vec<Sets> {
        let consumers: usize = self.census.parts.iter().map(Part::len).sum();
        let mut found = vec![(Sets::default(), 0); families.len()];
        let mut room = bytes;
        for most in 1..=MOST_TOUCHES {
            for (family, (sets, held)) in families.iter().zip(&mut found) {
                let touch = family.id.checked_sub(1);
                let values = touch.map_or(0, |touch| self.touched.values(touch));
                let more = Sets::new(values, most);
                let bytes = Self::bytes_without(family, more);
                let parts = |entry: &Entry| {
                    let values = family.values(entry).count_ones();
                    Sets::new(values, most).len()
                };
                let work: usize = family.entries.iter().map(parts).sum();
                if let Some(left) = (room + *held).checked_sub(bytes)
                    && work <= consumers
                {
                    (room, *sets, *held) = (left, more, bytes);
                }
            }
        }
        found.into_iter().map(|(sets, _)| sets).collect()
    }

    /// Gives large blocks of a family sheets of their consumers without some values; `strip` is where
    /// the consumers are who have no sheet.
    pub(super) fn add_without(&self, family: &mut Family, strip: &Strip, sets: Sets) {
        let large: Vec<(usize, Range<usize>)> = large_blocks(family).collect();
        if large.is_empty() || sets == Sets::default() {
            return;
        }
        family.sets = sets;
        let light = self.light(family, strip);
        for (block, own) in large {
            if !(self.wanted)() {
                return;
            }
            let own: Vec<usize> = own.collect();
            let keys = own.par_chunks(KEYS).map(|own| with(family, own, &light));
            let joined = keys.reduce_with(|groups, others| join_all(groups, &others));
            let Some(with) = joined else {
                continue;
            };
            if let Some(block) = family.blocks.get_mut(block) {
                block.without = family.stack.len() as u32;
            }
            for set in sets.each() {
                let (mut people, mut sheet) = (0_u32, family.stack.form().sheet());
                for (part, values) in sets.within(set) {
                    let Some((n, with)) = with.get(part) else {
                        continue;
                    };
                    if values % 2 == 0 {
                        people = people.wrapping_add(*n);
                        sheet.join(with);
                    } else {
                        people = people.wrapping_sub(*n);
                        sheet.leave(with);
                    }
                }
                family.stack.push(people, &sheet);
            }
        }
        family.stack.shrink();
    }

    /// Sheets of the entries that have none, and where they are, by entry.
    fn light(&self, family: &Family, strip: &Strip) -> (Stack, Vec<u32>) {
        let mut people = Vec::new();
        let row = |entry: &Entry| match entry.row {
            NONE => {
                people.push(entry.people);
                people.len() as u32 - 1
            }
            _ => NONE,
        };
        let rows: Vec<u32> = family.entries.iter().map(row).collect();
        let mut stack = Stack::new(family.stack.form(), people.into_iter());
        let row = |run: &Run| rows.get(run.entry as usize).copied().unwrap_or(NONE);
        for (k, part) in strip.parts().iter().enumerate() {
            self.add(&mut stack, part, &rows_of(part, k, &family.runs, row));
        }
        (stack, rows)
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
        for position in 0..part.len() {
            let (Some(row), Some(moment)) = (row(position), part.records.moment(position)) else {
                continue;
            };
            let points = points.get(moment).map_or(&[][..], |points| points);
            let crowds = crowds.at(position);
            match stack.people(row) {
                People::Narrow(to) => self.put(to, part, position, points, crowds),
                People::Wide(to) => self.put(to, part, position, points, crowds),
            }
        }
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
        part.records.each_item(position, |item| {
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
        for sale in part.sold.each() {
            let position = usize::from(sale.position);
            let Some(row) = row(position) else { continue };
            let mut sales = Sales::default();
            sales.take(&sale, 1);
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

/// Consumers, and their sheet.
type Group = (u32, Sheet);

/// The consumers of some entries of a family who have all values of a set, by set; `light` are the
/// sheets of the entries that have none in the family, and where they are. Entries that are alike in
/// all but the lowest values are added up by those first.
fn with(family: &Family, own: &[usize], light: &(Stack, Vec<u32>)) -> Vec<Group> {
    let none = (0, family.stack.form().sheet());
    let low = family.sets.lowest(LOWEST);
    let mut of_low = vec![none.clone(); low.len()];
    let mut found = vec![none; family.sets.len()];
    let values = |at: &usize| family.entries.get(*at).map_or(0, |e| family.values(e));
    let high = |at: &usize| values(at) >> LOWEST << LOWEST;
    let (light, rows) = light;
    for alike in own.chunk_by(|a, b| high(a) == high(b)) {
        for (people, sheet) in of_low.iter_mut().filter(|(people, _)| *people > 0) {
            *people = 0;
            sheet.clear();
        }
        for at in alike {
            let (Some(entry), Some(row)) = (family.entries.get(*at), rows.get(*at)) else {
                continue;
            };
            for (set, _) in low.within(values(at) ^ high(at)) {
                if let Some((people, sheet)) = of_low.get_mut(set) {
                    *people += entry.people;
                    match entry.row {
                        NONE => light.add_to(sheet, *row),
                        row => family.stack.add_to(sheet, row),
                    }
                }
            }
        }
        let high = alike.first().map_or(0, high);
        for (set, group) in low
            .each()
            .zip(&of_low)
            .filter(|(_, (people, _))| *people > 0)
        {
            for (set, _) in family.sets.around(set, high) {
                if let Some(sum) = found.get_mut(set) {
                    join(sum, group);
                }
            }
        }
    }
    found
}

/// Adds a group to another.
fn join((people, sheet): &mut Group, (more, other): &Group) {
    *people += more;
    sheet.join(other);
}

/// Adds groups to others, one by one.
fn join_all(mut groups: Vec<Group>, others: &[Group]) -> Vec<Group> {
    let each = groups.iter_mut().zip(others);
    each.for_each(|(group, other)| join(group, other));
    groups
}

/// The blocks, with their entries, that have so many keys that sheets of the consumers without some
/// values are worth their memory.
fn large_blocks(family: &Family) -> impl Iterator<Item = (usize, Range<usize>)> {
    let owns = family.blocks().map(|(_, own)| own).enumerate();
    owns.filter(|(_, own)| {
        let entries = family.entries.get(own.clone()).unwrap_or(&[]);
        entries.iter().map(Entry::work).sum::<u32>() > MUCH
    })
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
