//! The sums of a slice in the making, and the counts that they tell.

use super::census::Census;
use super::changes::{Line, Lines};
use super::count::{Counts, Crowds, FieldCounts, HISTORY, Layers, Matrix, RoleCounts, Weeks};
use super::frame::WEEKS;
use super::moment::{FACETS, point};
use super::part::{Part, Segment, words};
use super::sheet::{Form, Sheet};
use super::sums::{CrowdSum, Sums, history, running};
use super::tally::{Tally, add_facets};

/// The sums of a slice in the making.
pub(super) struct Totals {
    tally: Tally,
    /// The group of crowds that is being counted, and its sums so far.
    group: Option<u32>,
    run: Sums,
    /// Sums of what was settled.
    all: Sums,
    /// People per facet.
    facets: [Vec<u32>; FACETS],
    crowds: Vec<CrowdSum>,
    all_crowds: CrowdSum,
}

impl Totals {
    /// Nobody.
    pub(super) fn new(census: &Census, crowds: usize) -> Self {
        Self {
            tally: Tally::default(),
            group: None,
            run: Sums::default(),
            all: Sums::default(),
            facets: census.no_facets(),
            crowds: vec![CrowdSum::default(); crowds],
            all_crowds: CrowdSum::default(),
        }
    }

    /// Begins to count a group.
    pub(super) fn enter(&mut self, group: u32, crowds: &Crowds) {
        if self.group != Some(group) {
            self.settle(crowds);
            self.group = Some(group);
        }
    }

    /// Adds the consumers of a segment whose bit is set, or, `by` −1, takes them away.
    pub(super) fn take(&mut self, part: &Part, segment: &Segment, bits: &[u64], by: i16) {
        self.tally.add(part, segment, bits, by, &mut self.facets);
        self.run.add_sales(part, segment, bits, by.into());
    }

    /// Does the same for a handful of consumers, which then leave nothing to settle.
    pub(super) fn take_few(&mut self, part: &Part, segment: &Segment, bits: &[u64], by: i16) {
        for (k, inside) in words(segment.first as usize, segment.end as usize) {
            let mut left = bits.get(k).copied().unwrap_or(0) & inside;
            while left != 0 {
                let position = 64 * k + left.trailing_zeros() as usize;
                left &= left - 1;
                let lines = &mut self.run.lines;
                part.records
                    .each_item(position, |item| lines.add_item(item.into(), by.into()));
                let people = i32::from(by) as u32;
                add_facets(&mut self.facets, &part.facets(position), people);
            }
        }
        self.run.add_sales(part, segment, bits, by.into());
    }

    /// Adds consumers of the group by their sums.
    pub(super) fn take_all(&mut self, sums: &Sums) {
        self.run.join(sums);
    }

    /// Adds a sheet of consumers of the group.
    pub(super) fn take_sheet(&mut self, form: Form, sheet: &Sheet) {
        let mut all = CrowdSum::default();
        form.add(sheet, 1, &mut self.run, &mut [], &mut all);
    }

    /// Ends a part of which these consumers were added, and these taken away.
    pub(super) fn leave(&mut self, part: &Part, kept: &[u64], left: &[u64]) {
        part.trades.add(kept, 1, &mut self.all.trades);
        part.trades.add(left, -1, &mut self.all.trades);
        self.tally.settle_moments(part, &mut self.facets);
    }

    /// Gives what was counted of the group to the total and to its crowds.
    pub(super) fn settle(&mut self, crowds: &Crowds) {
        let Some(group) = self.group.take() else {
            return;
        };
        self.tally.settle_items(&mut self.run.lines);
        let run = std::mem::take(&mut self.run);
        self.all.join(&run);
        let (members, counted) = crowds.of_group(group);
        for crowd in members {
            if let Some(sum) = self.crowds.get_mut(*crowd as usize) {
                sum.add(&run.lines, &run.sales);
            }
        }
        if counted {
            self.all_crowds.add(&run.lines, &run.sales);
        }
    }

    /// Adds another one; both must be settled.
    pub(super) fn join(&mut self, other: &Self) {
        self.all.join(&other.all);
        for (a, b) in self.facets.iter_mut().zip(&other.facets) {
            let each = a.iter_mut().zip(b);
            each.for_each(|(a, b)| *a = a.wrapping_add(*b));
        }
        for (a, b) in self.crowds.iter_mut().zip(&other.crowds) {
            a.join(b);
        }
        self.all_crowds.join(&other.all_crowds);
    }

    /// Everything as a sheet; it must be settled.
    pub(super) fn sheet(mut self, census: &Census, form: Form) -> Sheet {
        self.settle_facets(census);
        form.fill(&self.all, &self.crowds, &self.all_crowds)
    }

    /// Adds a sheet, or, `by` −1, takes it away.
    pub(super) fn add_sheet(&mut self, form: Form, sheet: &Sheet, by: i64) {
        let Self {
            all,
            crowds,
            all_crowds,
            ..
        } = self;
        form.add(sheet, by, all, crowds, all_crowds);
    }

    /// Gives people per facet to the counters.
    fn settle_facets(&mut self, census: &Census) {
        for (counters, people) in census.counters.iter().zip(&mut self.facets) {
            counters.add(people, &mut self.all.points);
            people.fill(0);
        }
    }

    /// The counts; it must be settled.
    pub(super) fn counts(mut self, census: &Census) -> Counts {
        self.settle_facets(census);
        let people = |n: u32| u64::from((n as i32).max(0).unsigned_abs());
        let points = self.all.points.map(people);
        let side = |first: usize| [points[first], points[first + 1]];
        let matrix = |first: usize| -> Matrix {
            std::array::from_fn(|from| std::array::from_fn(|to| points[first + 6 * from + to]))
        };
        let crowd = |sum: &CrowdSum| sum.counts(census.against);
        Counts {
            layers: layers(&points),
            weeks: weeks(&self.all.lines, census.weekly),
            flow_now: matrix(point::FLOW_NOW),
            flow_before: matrix(point::FLOW_BEFORE),
            deepening_now: matrix(point::DEEPENING_NOW),
            deepening_against: matrix(point::DEEPENING_AGAINST),
            crowds: self.crowds.iter().map(crowd).collect(),
            all_crowds: crowd(&self.all_crowds),
            roles: std::array::from_fn(|k| RoleCounts {
                people: [0, 1].map(|s| points[point::ROLES + s * point::ROLES_EACH + k]),
                ..self.all.trades[k]
            }),
            risen: side(point::RISEN),
            risen_base: side(point::RISEN_BASE),
            fields: std::array::from_fn(|f| {
                let first = point::FIELDS + 3 * f;
                let kind = |k: usize| [0, 1].map(|s| points[first + s * point::FIELDS_EACH + k]);
                FieldCounts {
                    visitors: kind(0),
                    new_relations: kind(1),
                    buyers: kind(2),
                }
            }),
        }
    }
}

fn layers(points: &[u64; point::ALL]) -> Layers {
    let state = |k: usize| [0, 1].map(|side| points[point::STATES + 5 * side + k]);
    let side = |first: usize| [points[first], points[first + 1]];
    let [o, a, i, p, l] = [0, 1, 2, 3, 4].map(state);
    Layers {
        o,
        a,
        i,
        p,
        l,
        asset: [0, 1].map(|s| a[s] + i[s] + p[s] + l[s]),
        lively: side(point::LIVELY),
        members: side(point::MEMBERS),
        active: side(point::ACTIVE),
    }
}

/// The histories that the lines tell.
fn weeks(lines: &Lines, weekly: bool) -> Weeks {
    let series = |line: Line| running(&lines.get(line).map(i64::from));
    let [a, i, p, l] = [Line::A, Line::I, Line::P, Line::L].map(series);
    let asset: [u64; WEEKS + 1] = std::array::from_fn(|d| a[d] + i[d] + p[d] + l[d]);
    let before = |all: &[u64; WEEKS + 1]| -> [u64; HISTORY] { std::array::from_fn(|k| all[k]) };
    let deeper = lines.get(if weekly { Line::Deeper } else { Line::Deepened });
    let aip = std::array::from_fn(|d| asset[d] - l[d]);
    Weeks {
        a: history(&a),
        i: history(&i),
        p: history(&p),
        l: history(&l),
        asset: history(&asset),
        members: history(&series(Line::Members)),
        active: history(&series(Line::Active)),
        capital: history(&series(Line::Capital)),
        deepened: std::array::from_fn(|k| deeper[k + 1].max(0).unsigned_abs().into()),
        start: if weekly {
            before(&asset)
        } else {
            history(&series(Line::Start))
        },
        start_aip: if weekly {
            before(&aip)
        } else {
            history(&series(Line::StartAip))
        },
    }
}
