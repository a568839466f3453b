//! Sums of the consumers of one cell who hold the same roles on as-of, so that conditions on roles
//! cost as little as conditions on attributes. They are made when a condition on roles is first
//! counted, and kept only where enough consumers are alike.

use rayon::prelude::*;

use super::census::{Adder, Census, PAYS};
use super::part::{Part, Segment, words};
use super::sums::Sums;
use super::timeline::Roles;

/// Consumers who are alike.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) cell: u32,
    pub(super) roles: Roles,
    pub(super) sums: Sums,
}

/// The kinds of a census.
#[derive(Debug, Default)]
pub(super) struct Kinds {
    pub(super) list: Vec<Kind>,
    /// By part, who is of no kind, one bit each.
    pub(super) others: Vec<Vec<u64>>,
}

/// One cell: its kinds, and by part who is in one of them.
type Found = (Vec<Kind>, Vec<(usize, Vec<u64>)>);

impl Kinds {
    /// Finds the kinds of a census whose cells have sums.
    pub(super) fn new(census: &Census) -> Self {
        let mut segments: Vec<(usize, Segment)> = Vec::new();
        for (k, part) in census.parts.iter().enumerate() {
            segments.extend(part.segments.iter().map(|s| (k, *s)));
        }
        segments.sort_by_key(|(_, segment)| segment.cell);
        let cells: Vec<&[(usize, Segment)]> = segments
            .chunk_by(|(_, a), (_, b)| a.cell == b.cell)
            .collect();
        let each = cells
            .into_par_iter()
            .map_init(Adder::default, |adder, cell| kinds(adder, census, cell));
        let found: Vec<Found> = each.collect();
        let all = |part: &Part| vec![u64::MAX; part.asset.len()];
        let mut kinds = Self {
            list: Vec::new(),
            others: census.parts.iter().map(all).collect(),
        };
        for (list, inside) in found {
            kinds.list.extend(list);
            for (part, bits) in inside {
                if let Some(others) = kinds.others.get_mut(part) {
                    others.iter_mut().zip(bits).for_each(|(o, b)| *o &= !b);
                }
            }
        }
        kinds
    }

    /// Bytes that the kinds hold.
    pub(super) fn bytes(&self) -> usize {
        let words: usize = self.others.iter().map(Vec::len).sum();
        self.list.len() * size_of::<Kind>() + words * 8
    }
}

/// The kinds of one cell.
fn kinds(adder: &mut Adder, census: &Census, cell: &[(usize, Segment)]) -> Found {
    let mut people = [0_u32; 256];
    for (part, segment) in cell {
        for roles in roles_of(&census.parts[*part], segment) {
            people[usize::from(roles)] += 1;
        }
    }
    let mut inside: Vec<(usize, Vec<u64>)> = cell
        .iter()
        .map(|(part, _)| (*part, vec![0; census.parts[*part].asset.len()]))
        .collect();
    let mut list = Vec::new();
    for roles in 0..=Roles::MAX {
        if (people[usize::from(roles)] as usize) < PAYS {
            continue;
        }
        let mut sums = Sums::default();
        for ((part, segment), (_, inside)) in cell.iter().zip(&mut inside) {
            let part = &census.parts[*part];
            let bits = holding(part, segment, roles);
            adder.add(census, part, segment, &bits, &mut sums);
            inside.iter_mut().zip(bits).for_each(|(i, b)| *i |= b);
        }
        let cell = cell.first().map_or(0, |(_, segment)| segment.cell);
        list.push(Kind { cell, roles, sums });
    }
    (list, inside)
}

/// The roles of every consumer of a segment.
fn roles_of(part: &Part, segment: &Segment) -> impl Iterator<Item = Roles> {
    let bit =
        |plane: &Vec<u64>, p: usize| plane.get(p / 64).map_or(0, |w| (w >> (p % 64)) as u8 & 1);
    (segment.first as usize..segment.end as usize).map(move |p| {
        let planes = part.roles.iter().enumerate();
        planes.fold(0, |roles, (k, plane)| roles | bit(plane, p) << k)
    })
}

/// The consumers of a segment with exactly these roles.
fn holding(part: &Part, segment: &Segment, roles: Roles) -> Vec<u64> {
    let mut bits = vec![0; part.asset.len()];
    for (k, inside) in words(segment.first as usize, segment.end as usize) {
        let planes = part.roles.iter().enumerate();
        let held = planes.fold(inside, |held, (role, plane)| {
            let plane = plane.get(k).copied().unwrap_or(0);
            held & if roles >> role & 1 == 1 {
                plane
            } else {
                !plane
            }
        });
        if let Some(word) = bits.get_mut(k) {
            *word = held;
        }
    }
    bits
}
