//! The slice that was counted last. A key adds a value to it or takes one away, so the next one often
//! differs from it in fewer consumers than it has, and is counted from them.

use std::sync::{Arc, Mutex};

use super::sheet::Sheet;

/// The slice of a census that was counted last.
#[derive(Debug, Default)]
pub(super) struct Recall(Mutex<Option<Arc<Last>>>);

/// A slice and its counts.
#[derive(Debug)]
pub(super) struct Last {
    /// Its consumers, one bit each, by part.
    kept: Vec<Vec<u64>>,
    pub(super) sheet: Sheet,
}

impl Recall {
    /// What was counted last, if anything.
    pub(super) fn last(&self) -> Option<Arc<Last>> {
        self.0.lock().ok()?.clone()
    }

    /// Takes what was counted now.
    pub(super) fn set(&self, kept: Vec<Vec<u64>>, sheet: Sheet) {
        if let Ok(mut last) = self.0.lock() {
            *last = Some(Arc::new(Last { kept, sheet }));
        }
    }

    /// Bytes that it holds, but for the sheet.
    pub(super) fn bytes(&self) -> usize {
        let last = self.last();
        let words = last.iter().flat_map(|last| &last.kept).map(Vec::len);
        8 * words.sum::<usize>()
    }
}

impl Last {
    /// In how many consumers of a part, of whom these are kept now, the slices differ.
    pub(super) fn changed(&self, kept: &[u64], part: usize) -> usize {
        let before = self.kept.get(part).map_or(&[][..], |bits| bits);
        let changed = kept
            .iter()
            .zip(before)
            .map(|(now, b)| (now ^ b).count_ones());
        changed.sum::<u32>() as usize
    }

    /// The consumers of a part that came, and that went, given those there are now.
    pub(super) fn sides(&self, kept: &[u64], part: usize) -> [Vec<u64>; 2] {
        let before = self.kept.get(part).map_or(&[][..], |bits| bits);
        let each = || kept.iter().zip(before);
        [
            each().map(|(now, before)| now & !before).collect(),
            each().map(|(now, before)| before & !now).collect(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::sheet::Form;

    #[test]
    fn a_slice_differs_from_the_last_one_in_who_came_and_who_went() {
        let recall = Recall::default();
        assert!(recall.last().is_none());
        recall.set(vec![vec![0b1100], vec![7, 1]], Form::new(true, 1).sheet());
        assert_eq!(recall.bytes(), 24);
        let last = recall.last().unwrap();
        assert_eq!(last.changed(&[0b1010], 0), 2);
        assert_eq!(last.sides(&[0b1010], 0), [vec![0b0010], vec![0b0100]]);
        assert_eq!(last.changed(&[7, 1], 1), 0);
        assert_eq!(last.sides(&[0, 3], 1), [vec![0, 2], vec![7, 0]]);
    }
}
