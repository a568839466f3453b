//! Counts of a brand for a slice: how many people were in which state, moved where, bought what.
//!
//! A slice is the sum of cells that it keeps whole, whose sums are known, and of single consumers of
//! other cells: of those it keeps, or, where it keeps most, of those it leaves out, taken away. Where
//! the sums of everybody who meets the conditions of one family are known (`margins`), a
//! slice of that family is one of them, and a slice of several is found from them and from whoever
//! makes the difference, if these are fewer; or from the slice that was counted last (`recall`).

use rayon::prelude::*;

use super::Dataset;
use super::cells::Cells;
use super::census::Census;
use super::family::Family;
use super::frame::WEEKS;
use super::margins::Margins;
use super::pack::packed;
use super::part::{Part, Segment, add_inside, ones};
use super::recall::{Last, Recall};
use super::select::{Filter, STANDING};
use super::sheet::{Form, Sheet};
use super::totals::Totals;
use crate::metrics::fast_plus::{Field, Role};

/// Week ends of a history.
pub const HISTORY: usize = WEEKS - 1;

/// People by state at the start and at the end: `[from][to]`.
pub type Matrix = [[u64; 6]; 6];

/// People at as-of, and at the comparison day.
pub type Both = [u64; 2];

/// People in each layer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "one counter per state and role, named in Life")]
pub struct Layers {
    pub o: Both,
    pub a: Both,
    pub i: Both,
    pub p: Both,
    pub l: Both,
    /// A, I, P and L together.
    pub asset: Both,
    pub lively: Both,
    pub members: Both,
    pub active: Both,
}

/// People on each of the 53 week ends up to as-of, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "one series per state and role, named in Life")]
pub struct Weeks {
    pub a: [u64; HISTORY],
    pub i: [u64; HISTORY],
    pub p: [u64; HISTORY],
    pub l: [u64; HISTORY],
    pub asset: [u64; HISTORY],
    pub members: [u64; HISTORY],
    pub active: [u64; HISTORY],
    pub capital: [u64; HISTORY],
    /// People who moved deeper in the period that ends on the day.
    pub deepened: [u64; HISTORY],
    /// People of A, I, P, L at the start of that period.
    pub start: [u64; HISTORY],
    /// People of A, I, P at the start of that period.
    pub start_aip: [u64; HISTORY],
}

/// What a group of people bought in the period that ends on as-of, and on the comparison day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sales {
    /// Distinct people with an order.
    pub buyers: Both,
    /// Orders.
    pub orders: Both,
    /// Paid amount in fen of the orders that have one.
    pub fen: [i64; 2],
    /// Orders without an amount.
    pub unpriced: Both,
}

/// Counts of one crowd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrowdCounts {
    /// People of the crowd in the asset.
    pub consumers: Both,
    /// The same on every week end.
    pub weeks: [u64; HISTORY],
    /// What they bought.
    pub sales: Sales,
}

/// What happened in a private field in the period that ends on as-of, and on the comparison day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FieldCounts {
    /// Distinct people with an event there.
    pub visitors: Both,
    /// Of these, people who gained a role there that they did not have before the period.
    pub new_relations: Both,
    /// Of these, people with an order there.
    pub buyers: Both,
}

/// People of a role and what they paid up to the day (net of refunds), now and at the comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RoleCounts {
    /// Distinct people.
    pub people: Both,
    /// Paid amount less refunds up to the day, fen.
    pub fen: [i64; 2],
    /// Orders without an amount.
    pub unpriced: Both,
}

packed!(Sales {
    buyers,
    orders,
    fen,
    unpriced
});
packed!(RoleCounts {
    people,
    fen,
    unpriced
});

/// Everything that is counted for one brand and one slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counts {
    /// People per state and role at both days.
    pub layers: Layers,
    /// People per state and role over the weeks.
    pub weeks: Weeks,
    /// From the comparison day to as-of.
    pub flow_now: Matrix,
    /// From the period before to the comparison day.
    pub flow_before: Matrix,
    /// Over the deepening period that ends on as-of.
    pub deepening_now: Matrix,
    /// Over the deepening period that ends on the comparison day.
    pub deepening_against: Matrix,
    /// By position in `Dataset::crowds`.
    pub crowds: Vec<CrowdCounts>,
    /// People of any crowd that a total counts.
    pub all_crowds: CrowdCounts,
    /// By [`Role`]; the last entry is the union.
    pub roles: [RoleCounts; Role::ALL.len() + 1],
    /// People whose relation level rose: comparison → as-of, period before → comparison.
    pub risen: Both,
    /// Capital at the start of these two periods.
    pub risen_base: Both,
    /// By [`Field`].
    pub fields: [FieldCounts; Field::ALL.len()],
}

/// The crowds of each cell.
#[derive(Debug, Default)]
pub(super) struct Crowds {
    /// Group of each cell; cells of the same crowds share one.
    of_cell: Vec<u32>,
    /// Crowds of each group, and whether a total counts one of them.
    groups: Vec<(Vec<u32>, bool)>,
    /// How many crowds there are.
    count: usize,
}

impl Crowds {
    /// Looks up the crowds of every cell.
    pub(super) fn new(data: &Dataset, cells: &Cells) -> Self {
        let attribute = data.attributes.iter().find(|a| a.id == super::cells::CROWD);
        let crowd = |value: &String| data.crowds.iter().position(|c| c.id == *value);
        let values = attribute.map_or(&[][..], |a| &a.values);
        let of_value: Vec<Option<usize>> = values.iter().map(crowd).collect();
        let mut counted = vec![false; data.crowds.len()];
        data.counted_crowds().for_each(|k| counted[k] = true);
        let mut found = Self {
            count: data.crowds.len(),
            ..Self::default()
        };
        let mut before = None;
        for cell in 0..cells.len() as u32 {
            let values = cells.crowds(cell);
            if before != Some(values) {
                before = Some(values);
                let of_value = |v: &u32| of_value.get(*v as usize).copied().flatten();
                let crowds: Vec<usize> = values.iter().filter_map(of_value).collect();
                let any = crowds.iter().any(|k| counted[*k]);
                let crowds = crowds.into_iter().map(|k| k as u32).collect();
                found.groups.push((crowds, any));
            }
            found.of_cell.push(found.groups.len() as u32 - 1);
        }
        found
    }

    /// The group of crowds of each cell.
    pub(super) fn of_cells(&self) -> &[u32] {
        &self.of_cell
    }

    /// How many crowds there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    /// The crowds of a group, and whether a total counts one of them.
    pub(super) fn of_group(&self, group: u32) -> (&[u32], bool) {
        let group = self.groups.get(group as usize);
        group.map_or((&[], false), |(crowds, counted)| (crowds, *counted))
    }

    /// The group of crowds of a cell.
    pub(super) fn group(&self, cell: u32) -> u32 {
        self.of_cell.get(cell as usize).copied().unwrap_or(0)
    }
}

/// How the consumers of a cell are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Nobody is kept.
    Nobody,
    /// All are kept: their sums are known.
    Sums,
    /// The kept ones are added.
    Kept,
    /// Most are kept: the others are taken away from the sums.
    Rest,
}

/// What a slice is counted from.
pub(super) struct Count<'a> {
    pub(super) census: &'a Census,
    pub(super) filter: &'a Filter<'a>,
    pub(super) crowds: &'a Crowds,
    /// Sums by family of conditions, when they are known.
    pub(super) margins: Option<&'a Margins>,
    /// The slice that was counted last.
    pub(super) recall: Option<&'a Recall>,
}

/// Parts that one thread counts in a row.
const PARTS: usize = 8;

/// Consumers to look at, by which of the wanted families they meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Region {
    /// All of them.
    Kept,
    /// This one, but not all of the others.
    Only(usize),
    /// None of two.
    Neither,
}

/// The consumers that meet the conditions of each wanted family, by part and family.
struct Bits {
    of: Vec<Vec<Vec<u64>>>,
    /// Who meets all of them, by part.
    all: Vec<Vec<u64>>,
    /// How many of each cell meet each family, then all of them.
    people: Vec<Vec<u32>>,
    /// In how many consumers the slice differs from the last one.
    changed: usize,
}

impl Count<'_> {
    /// Counts.
    pub(super) fn take(&self) -> Counts {
        let totals = if self.filter.keeps_nobody() {
            self.nobody()
        } else {
            self.totals()
        };
        totals.counts(self.census)
    }

    /// Everything as a sheet.
    pub(super) fn sheet(&self, form: Form) -> Sheet {
        self.totals().sheet(self.census, form)
    }

    fn nobody(&self) -> Totals {
        Totals::new(self.census, self.crowds.count)
    }

    fn totals(&self) -> Totals {
        let families = self.filter.families();
        match (self.margins, &families[..]) {
            (Some(margins), []) => {
                let mut totals = self.nobody();
                totals.add_sheet(margins.form(), margins.all(), 1);
                totals
            }
            (Some(_), [family]) if self.known(*family).is_some() => self.margin(*family),
            (_, [STANDING]) if self.filter.is_by_cell() && !self.census.cells.is_empty() => {
                self.cells()
            }
            _ => self.shortest(&families),
        }
    }

    /// The sums that tell who meets the conditions of a family.
    fn known(&self, family: usize) -> Option<&Family> {
        let attributes = self.filter.attributes(family);
        self.margins.and_then(|m| m.family(family, attributes))
    }

    /// Counts cells that are kept as a whole.
    fn cells(&self) -> Totals {
        let people = self.census.people.iter().enumerate();
        let kept = |(cell, n): (usize, &u32)| {
            if self.filter.keeps_cell(cell as u32) {
                *n
            } else {
                0
            }
        };
        let kept: Vec<u32> = people.map(kept).collect();
        self.scan(&kept, &|part| self.filter.bits(STANDING, part))
    }

    /// Counts who meets all families, looking at as few consumers as possible: those who meet all, or,
    /// where the sums of a family are known, those who meet it but not the others, who are taken away
    /// from it, or, of two known families, those who meet neither; or those in whom the slice differs
    /// from the last one.
    fn shortest(&self, families: &[usize]) -> Totals {
        let last = self.recall.and_then(Recall::last);
        let bits = self.bits(families, last.as_deref());
        let (looked_at, region) = self.region(families, &bits);
        let totals = match last.filter(|_| bits.changed < looked_at) {
            Some(last) => self.changed(&bits, &last),
            None if region == Region::Kept => self.within(&bits, region),
            None => self.by_margins(families, &bits, region),
        };
        let Some(recall) = self.recall else {
            return totals;
        };
        let sheet = totals.sheet(self.census, self.form());
        let mut totals = self.nobody();
        totals.add_sheet(self.form(), &sheet, 1);
        recall.set(bits.all, sheet);
        totals
    }

    /// The region with the fewest consumers to look at, and how many they are.
    fn region(&self, families: &[usize], bits: &Bits) -> (usize, Region) {
        let known: Vec<Option<&Family>> = families.iter().map(|f| self.known(*f)).collect();
        let margin = |k: usize| known[k].map_or(usize::MAX, |family| family.work(self.filter));
        let mut ways = vec![(self.looked_at(bits, Region::Kept), Region::Kept)];
        let only = (0..families.len()).filter(|k| known[*k].is_some());
        ways.extend(only.map(|k| {
            let region = Region::Only(k);
            (self.looked_at(bits, region) + margin(k), region)
        }));
        if known.len() == 2 && known.iter().all(Option::is_some) {
            let looked_at = self.looked_at(bits, Region::Neither);
            ways.push((looked_at + margin(0) + margin(1), Region::Neither));
        }
        let best = ways.into_iter().min_by_key(|(looked_at, _)| *looked_at);
        best.unwrap_or((usize::MAX, Region::Kept))
    }

    /// Counts the consumers of a region.
    fn within(&self, bits: &Bits, region: Region) -> Totals {
        let kept = bits.kept(region, &self.census.people);
        self.scan(&kept, &|part| bits.within(region, part))
    }

    /// Counts who meets all families from the sums of some and from whoever makes the difference.
    fn by_margins(&self, families: &[usize], bits: &Bits, region: Region) -> Totals {
        let wanted = match region {
            Region::Only(k) => &families[k..=k],
            _ => families,
        };
        let margin = |family: &usize| self.margin(*family);
        let (looked_at, known) = rayon::join(
            || self.within(bits, region),
            || -> Vec<Totals> { wanted.par_iter().map(margin).collect() },
        );
        let mut totals = self.nobody();
        for margin in &known {
            totals.join(margin);
        }
        let looked_at = looked_at.sheet(self.census, self.form());
        if let (Region::Neither, Some(margins)) = (region, self.margins) {
            totals.add_sheet(self.form(), &looked_at, 1);
            totals.add_sheet(self.form(), margins.all(), -1);
        } else {
            totals.add_sheet(self.form(), &looked_at, -1);
        }
        totals
    }

    /// Counts who meets all families from the last slice and from those in whom they differ.
    fn changed(&self, bits: &Bits, last: &Last) -> Totals {
        let mut totals = self.over_parts(|totals, index| {
            let part = &self.census.parts[index];
            let [came, went] = last.sides(&bits.all[index], index);
            self.exchange(totals, part, &came, &went);
        });
        totals.add_sheet(self.form(), &last.sheet, 1);
        totals
    }

    /// The form of sheets that tell everything.
    fn form(&self) -> Form {
        Form::new(self.census.weekly, self.crowds.len())
    }

    /// How many consumers have to be looked at to count a region.
    fn looked_at(&self, bits: &Bits, region: Region) -> usize {
        let kept = bits.kept(region, &self.census.people);
        let each = kept.iter().zip(&self.census.people).enumerate();
        let looked_at = each.map(|(cell, (kept, people))| match self.census.cells.get(cell) {
            Some(Some(_)) => (*kept).min(people - kept),
            _ => *kept,
        });
        looked_at.map(|n| n as usize).sum()
    }

    /// Everybody who meets the conditions of a family.
    fn margin(&self, family: usize) -> Totals {
        let mut totals = self.nobody();
        let strip = self.margins.and_then(|m| m.strip(family));
        if let (Some(sums), Some(strip)) = (self.known(family), strip) {
            sums.add(strip, &mut totals, self.crowds, self.filter);
        }
        totals
    }

    /// Who meets which of the families, and how far that is from the last slice.
    fn bits(&self, families: &[usize], last: Option<&Last>) -> Bits {
        let several = families.len() > 1;
        let of_part = |index: usize| {
            let part = &self.census.parts[index];
            let each = families.iter().map(|f| self.filter.bits(*f, index));
            let of: Vec<Vec<u64>> = each.collect();
            let all = all_of(&of, part.asset.len());
            let mut counts = Vec::with_capacity(part.segments.len() * (of.len() + 1));
            for segment in &part.segments {
                let all = ones(&all, segment);
                let each = of.iter();
                counts.extend(each.map(|bits| if several { ones(bits, segment) } else { all }));
                counts.push(all);
            }
            let changed = last.map_or(0, |last| last.changed(&all, index));
            (of, all, counts, changed)
        };
        let parts = (0..self.census.parts.len()).into_par_iter();
        let found: Vec<_> = parts.with_min_len(PARTS).map(of_part).collect();
        let mut people = vec![vec![0; self.census.people.len()]; families.len() + 1];
        let (mut of, mut all) = (Vec::with_capacity(found.len()), Vec::new());
        let mut changed = 0;
        for (part, (bits, both, counts, changed_here)) in self.census.parts.iter().zip(found) {
            let counts = counts.chunks_exact(families.len() + 1);
            for (segment, counts) in part.segments.iter().zip(counts) {
                for (people, n) in people.iter_mut().zip(counts) {
                    people[segment.cell as usize] += n;
                }
            }
            of.push(bits);
            all.push(both);
            changed += changed_here;
        }
        Bits {
            of,
            all,
            people,
            changed,
        }
    }

    /// Counts the consumers of a region, of whom so many are in each cell.
    fn scan(&self, kept: &[u32], bits: &(dyn Fn(usize) -> Vec<u64> + Sync)) -> Totals {
        let ways = self.ways(kept);
        let mut totals = if ways.iter().any(|w| matches!(w, Way::Kept | Way::Rest)) {
            self.walk(&ways, bits)
        } else {
            self.nobody()
        };
        for (cell, way) in ways.iter().enumerate() {
            if let (Way::Sums | Way::Rest, Some(Some(sums))) = (way, self.census.cells.get(cell)) {
                totals.enter(self.crowds.group(cell as u32), self.crowds);
                totals.take_all(sums);
            }
        }
        totals.settle(self.crowds);
        totals
    }

    /// How each cell is counted.
    fn ways(&self, kept: &[u32]) -> Vec<Way> {
        let way = |(cell, (kept, people)): (usize, (&u32, &u32))| {
            let sums = matches!(self.census.cells.get(cell), Some(Some(_)));
            if *kept == 0 {
                Way::Nobody
            } else if sums && kept == people {
                Way::Sums
            } else if sums && *kept > people / 2 {
                Way::Rest
            } else {
                Way::Kept
            }
        };
        let cells = kept.iter().zip(&self.census.people).enumerate();
        cells.map(way).collect()
    }

    /// Counts the cells that are not known as a whole.
    fn walk(&self, ways: &[Way], bits: &(dyn Fn(usize) -> Vec<u64> + Sync)) -> Totals {
        self.over_parts(|totals, part| self.part(totals, part, bits, ways))
    }

    /// Counts part by part; the result is settled.
    fn over_parts(&self, part: impl Fn(&mut Totals, usize) + Sync) -> Totals {
        let fresh = || self.nobody();
        let add = |mut totals: Totals, index: usize| {
            part(&mut totals, index);
            totals
        };
        let settled = |mut totals: Totals| {
            totals.settle(self.crowds);
            totals
        };
        let parts = 0..self.census.parts.len();
        if parts.len() <= PARTS {
            return settled(parts.fold(fresh(), add));
        }
        let sums = parts.into_par_iter().with_min_len(PARTS).fold(fresh, add);
        let sums = sums.map(settled).reduce_with(|mut a, b| {
            a.join(&b);
            a
        });
        sums.unwrap_or_else(fresh)
    }

    fn part(
        &self,
        totals: &mut Totals,
        index: usize,
        bits: &(dyn Fn(usize) -> Vec<u64> + Sync),
        ways: &[Way],
    ) {
        let part = &self.census.parts[index];
        let way = |segment: &Segment| ways.get(segment.cell as usize).copied();
        let mut looked_at = part.segments.iter().map(way);
        if !looked_at.any(|way| matches!(way, Some(Way::Kept | Way::Rest))) {
            return;
        }
        let bits = bits(index);
        let mut others = Vec::new();
        // Who is added, and who is taken away.
        let mut sides = [Vec::new(), Vec::new()];
        for segment in &part.segments {
            let (side, bits) = match way(segment) {
                Some(Way::Kept) => (0, &bits),
                Some(Way::Rest) => {
                    if others.is_empty() {
                        others = bits.iter().map(|w| !w).collect();
                    }
                    (1, &others)
                }
                _ => continue,
            };
            sides[side].resize(bits.len(), 0);
            add_inside(&mut sides[side], segment, bits);
        }
        let [kept, left] = sides;
        self.exchange(totals, part, &kept, &left);
    }

    /// Adds consumers of a part, and takes others away.
    fn exchange(&self, totals: &mut Totals, part: &Part, kept: &[u64], left: &[u64]) {
        let group = |segment: &Segment| self.crowds.group(segment.cell);
        for same in part.segments.chunk_by(|a, b| group(a) == group(b)) {
            let [first, ..] = same else { continue };
            let run = Segment {
                end: same.last().map_or(first.end, |last| last.end),
                ..*first
            };
            for (bits, by) in [(kept, 1), (left, -1)] {
                if ones(bits, &run) > 0 {
                    totals.enter(group(first), self.crowds);
                    totals.take(part, &run, bits, by);
                }
            }
        }
        totals.leave(part, kept, left);
    }
}

impl Bits {
    /// How many of each cell are in a region.
    fn kept(&self, region: Region, people: &[u32]) -> Vec<u32> {
        let all = self.people.last().map_or(&[][..], |all| all);
        let of = |k: usize, cell: usize| self.people[k].get(cell).copied().unwrap_or(0);
        let kept = |(cell, (all, people)): (usize, (&u32, &u32))| match region {
            Region::Kept => *all,
            Region::Only(k) => of(k, cell) - all,
            Region::Neither => people + all - of(0, cell) - of(1, cell),
        };
        all.iter().zip(people).enumerate().map(kept).collect()
    }

    /// The consumers of a part who are in a region, one bit each.
    fn within(&self, region: Region, part: usize) -> Vec<u64> {
        let (of, all) = (&self.of[part], &self.all[part]);
        match region {
            Region::Kept => all.clone(),
            Region::Only(k) => {
                let only = of[k].iter().zip(all).map(|(one, all)| one & !all);
                only.collect()
            }
            Region::Neither => {
                let none = |word: usize| of.iter().fold(0, |any, bits| any | bits[word]);
                (0..all.len()).map(|word| !none(word)).collect()
            }
        }
    }
}

/// Who meets all families; without one everybody does.
fn all_of(families: &[Vec<u64>], words: usize) -> Vec<u64> {
    let mut all = vec![u64::MAX; words];
    for bits in families {
        all.iter_mut()
            .zip(bits)
            .for_each(|(all, bits)| *all &= bits);
    }
    all
}
