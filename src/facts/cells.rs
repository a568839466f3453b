//! Consumers with the same values of all attributes are one cell: an attribute condition is decided
//! once per cell, and crowds are counted per run of equal crowds.

use rustc_hash::FxHashMap;

use super::pack::packed;
use super::{Attribute, Dataset};

/// The id of the attribute that holds the strategy crowds.
pub(super) const CROWD: &str = "crowd";

/// Distinct value sets of one attribute.
#[derive(Debug, Default)]
struct Sets {
    list: Vec<Box<[u32]>>,
    ids: FxHashMap<Box<[u32]>, u32>,
    /// Sets of one value, by value: most consumers have one, and a look here costs no hash.
    single: Vec<u32>,
}

const UNSEEN: u32 = u32::MAX;

impl Sets {
    fn new(attribute: &Attribute) -> Self {
        Self {
            single: vec![UNSEEN; attribute.values.len()],
            ..Self::default()
        }
    }

    fn id(&mut self, values: &[u32]) -> u32 {
        if let [value] = values
            && let Some(id) = self.single.get(*value as usize).copied()
            && id != UNSEEN
        {
            return id;
        }
        let id = self.intern(values);
        if let [value] = values
            && let Some(place) = self.single.get_mut(*value as usize)
        {
            *place = id;
        }
        id
    }

    fn intern(&mut self, values: &[u32]) -> u32 {
        if let Some(id) = self.ids.get(values) {
            return *id;
        }
        let id = self.list.len() as u32;
        self.list.push(values.into());
        self.ids.insert(values.into(), id);
        id
    }
}

/// The cells of a data set. Cells with the same crowds follow each other.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// Position of the crowd attribute.
    crowd: Option<usize>,
    /// Distinct value sets, by attribute.
    sets: Vec<Vec<Box<[u32]>>>,
    /// The set of each attribute, by cell.
    list: Vec<Box<[u32]>>,
    /// Cell of each consumer.
    of: Vec<u32>,
}

packed!(Cells { crowd, sets, list } elsewhere { of });

impl Cells {
    /// Finds the cells of all consumers of a data set.
    pub(super) fn new(data: &Dataset) -> Self {
        let crowd = data.attributes.iter().position(|a| a.id == CROWD);
        let mut sets: Vec<Sets> = data.attributes.iter().map(Sets::new).collect();
        let mut pairs: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        let mut parents: Vec<(u32, u32)> = vec![(0, 0)];
        // Consumers beyond the end of all attributes have no value: the last entry stands for them.
        let known = data.attributes.iter().map(|a| a.offsets.len());
        let consumers = known.max().unwrap_or(1).max(1) as u32;
        let of: Vec<u32> = (0..consumers)
            .map(|consumer| {
                let each = data.attributes.iter().zip(&mut sets);
                each.fold(0, |cell, (attribute, sets)| {
                    let set = sets.id(attribute.of(consumer));
                    *pairs.entry((cell, set)).or_insert_with(|| {
                        parents.push((cell, set));
                        parents.len() as u32 - 1
                    })
                })
            })
            .collect();
        let path = |mut cell: u32| {
            let mut found = Vec::new();
            while let Some((parent, set)) = parents.get(cell as usize).filter(|_| cell > 0) {
                found.push(*set);
                cell = *parent;
            }
            found.reverse();
            found.into_boxed_slice()
        };
        let mut used: Vec<u32> = of.clone();
        used.sort_unstable();
        used.dedup();
        let mut cells: Vec<(Box<[u32]>, u32)> = used.into_iter().map(|c| (path(c), c)).collect();
        cells.sort_by_key(|(sets, _)| (crowd.and_then(|k| sets.get(k).copied()), sets.clone()));
        let mut rank = vec![0; parents.len()];
        for (k, (_, cell)) in cells.iter().enumerate() {
            rank[*cell as usize] = k as u32;
        }
        Self {
            crowd,
            sets: sets.into_iter().map(|s| s.list).collect(),
            list: cells.into_iter().map(|(sets, _)| sets).collect(),
            of: of.into_iter().map(|cell| rank[cell as usize]).collect(),
        }
    }

    /// Takes the cell of each consumer out, when all events have found theirs.
    pub(super) fn release(&mut self) -> Vec<u32> {
        std::mem::take(&mut self.of)
    }

    /// Gives back what was taken, with more consumers.
    pub(super) fn give(&mut self, of: Vec<u32>) {
        self.of = of;
    }

    /// How many cells there are.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// The cell of a consumer.
    pub(super) fn of(&self, consumer: u32) -> u32 {
        let last = self.of.last();
        let found = self.of.get(consumer as usize).or(last);
        found.copied().unwrap_or(0)
    }

    /// The values that the consumers of a cell have of an attribute.
    pub(super) fn values(&self, cell: u32, attribute: usize) -> &[u32] {
        let sets = self.sets.get(attribute);
        let set = self.list.get(cell as usize).and_then(|c| c.get(attribute));
        let found = sets
            .zip(set)
            .and_then(|(sets, set)| sets.get(*set as usize));
        found.map_or(&[], |set| set)
    }

    /// Of each cell the first one that is like it in some attributes, one bit each.
    pub(super) fn alike(&self, attributes: u64) -> Vec<u32> {
        let mut first: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
        let of = |cell: usize| {
            let own = self.list[cell].iter().enumerate();
            let own = own.filter(|(k, _)| has_attribute(attributes, *k));
            let own: Vec<u32> = own.map(|(_, set)| *set).collect();
            *first.entry(own).or_insert(cell as u32)
        };
        (0..self.len()).map(of).collect()
    }

    /// How many attributes there are.
    pub(super) fn attributes(&self) -> usize {
        self.sets.len()
    }

    /// Whether some attributes, one bit each, tell the crowds of a consumer.
    pub(super) fn tell_crowds(&self, attributes: u64) -> bool {
        self.crowd.is_none_or(|k| has_attribute(attributes, k))
    }

    /// The values of the crowd attribute of a cell.
    pub(super) fn crowds(&self, cell: u32) -> &[u32] {
        self.crowd.map_or(&[], |k| self.values(cell, k))
    }

    /// Which cells have one of the wanted values of an attribute.
    pub(super) fn with(&self, attribute: usize, wanted: &[bool]) -> Vec<bool> {
        let hit = |values: &[u32]| {
            let mut values = values.iter();
            values.any(|v| wanted.get(*v as usize) == Some(&true))
        };
        (0..self.len() as u32)
            .map(|cell| hit(self.values(cell, attribute)))
            .collect()
    }
}

/// One bit per attribute; those that are too many for bits of their own share one.
pub(super) fn attribute_bit(attribute: usize) -> u64 {
    1 << attribute.min(63)
}

fn has_attribute(attributes: u64, attribute: usize) -> bool {
    attributes & attribute_bit(attribute) != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(id: &str, of: &[&[u32]]) -> Attribute {
        let mut offsets = vec![0];
        let mut entries = Vec::new();
        for values in of {
            entries.extend(*values);
            offsets.push(entries.len() as u32);
        }
        Attribute {
            id: id.into(),
            values: ["x", "y", "z"].map(str::to_owned).to_vec(),
            offsets,
            entries,
        }
    }

    #[test]
    fn consumers_with_the_same_values_share_a_cell_and_crowds_stay_together() {
        let tier = attribute("tier", &[&[0], &[1], &[0], &[0], &[2]]);
        let crowd = attribute("crowd", &[&[0, 1], &[2], &[0, 1], &[], &[0, 1]]);
        let data = Dataset {
            attributes: vec![tier, crowd],
            ..Dataset::default()
        };
        let cells = Cells::new(&data);
        assert_eq!(cells.of(0), cells.of(2));
        assert_ne!(cells.of(0), cells.of(4));
        for consumer in 0..8 {
            for (k, attribute) in data.attributes.iter().enumerate() {
                let found = cells.values(cells.of(consumer), k);
                assert_eq!(found, attribute.of(consumer), "{consumer}");
            }
        }
        let crowds: Vec<_> = (0..cells.len() as u32).map(|c| cells.crowds(c)).collect();
        let mut runs = crowds.clone();
        runs.dedup();
        let mut distinct = runs.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(runs.len(), distinct.len());
        assert!(cells.with(0, &[true, false, false])[cells.of(3) as usize]);
    }

    #[test]
    fn without_attributes_all_share_one_cell() {
        let cells = Cells::new(&Dataset::default());
        assert_eq!((cells.len(), cells.of(5)), (1, 0));
        assert!(cells.crowds(0).is_empty());
    }
}
