//! People of the asset per value of each dimension: what the slice picker shows beside the values.

use super::Engine;
use super::census::Census;
use super::pack::packed;
use super::touched::{Touched, sizes};
use crate::metrics::fast_plus::Role;

/// People of the asset on as-of per value of each dimension.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValueCounts {
    /// By attribute, by value.
    pub attributes: Vec<Vec<u64>>,
    /// By [`super::Touch`], by value; empty for a dimension with very many values.
    pub touches: [Vec<u64>; 4],
    /// By [`Role`].
    pub roles: [u64; Role::ALL.len()],
}

packed!(ValueCounts {
    attributes,
    touches,
    roles
});

impl ValueCounts {
    pub(super) fn new(engine: &Engine, brand: usize, census: &Census, touched: &Touched) -> Self {
        let data = engine.dataset();
        let asset: Vec<&[u64]> = census.parts.iter().map(|p| p.asset.as_slice()).collect();
        let sizes = sizes(&data.log.touch_values);
        let people = cell_people(engine, census);
        Self {
            attributes: (0..data.attributes.len())
                .map(|k| attribute(engine, k, &people))
                .collect(),
            touches: touched.people(engine.store(brand), sizes, &asset),
            roles: std::array::from_fn(|role| {
                let both = |part: &super::part::Part| -> u64 {
                    let words = part.roles[role].iter().zip(&part.asset);
                    words.map(|(a, b)| u64::from((a & b).count_ones())).sum()
                };
                census.parts.iter().map(both).sum()
            }),
        }
    }
}

/// People of the asset in each cell.
fn cell_people(engine: &Engine, census: &Census) -> Vec<u64> {
    let mut people = vec![0; engine.cells().len()];
    for part in &census.parts {
        for segment in &part.segments {
            let positions = segment.first as usize..segment.end as usize;
            let on = |p: usize| part.asset.get(p / 64).map_or(0, |w| w >> (p % 64) & 1);
            if let Some(n) = people.get_mut(segment.cell as usize) {
                *n += positions.map(on).sum::<u64>();
            }
        }
    }
    people
}

fn attribute(engine: &Engine, attribute: usize, people: &[u64]) -> Vec<u64> {
    let values = engine.dataset().attributes[attribute].values.len();
    let mut found = vec![0; values];
    for (cell, n) in people.iter().enumerate().filter(|(_, n)| **n > 0) {
        for value in engine.cells().values(cell as u32, attribute) {
            if let Some(sum) = found.get_mut(*value as usize) {
                *sum += n;
            }
        }
    }
    found
}
