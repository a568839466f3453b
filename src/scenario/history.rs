//! Undo and redo: every state of a value that was there, in order.
//!
//! Undo is a step back on a line of states, so it is exact whatever a change did. A change after an
//! undo begins a new line from there, as in every editor.

use std::collections::VecDeque;

/// A value with its past and future.
#[derive(Debug, Clone, PartialEq)]
pub struct History<T> {
    past: VecDeque<T>,
    present: T,
    /// The next redo is the last.
    future: Vec<T>,
}

/// How many steps can be undone; the oldest is forgotten beyond that.
pub const STEPS: usize = 1000;

impl<T: Default> Default for History<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T> History<T> {
    /// A value without a past.
    pub fn new(present: T) -> Self {
        Self {
            past: VecDeque::new(),
            present,
            future: Vec::new(),
        }
    }

    /// The value as it is.
    pub fn present(&self) -> &T {
        &self.present
    }

    /// The value as it is, to be told more about; no step.
    pub fn present_mut(&mut self) -> &mut T {
        &mut self.present
    }

    /// How many steps can be undone.
    pub fn undos(&self) -> usize {
        self.past.len()
    }

    /// How many steps can be redone.
    pub fn redos(&self) -> usize {
        self.future.len()
    }

    /// Goes back one step; `false` at the first state.
    pub fn undo(&mut self) -> bool {
        let Some(before) = self.past.pop_back() else {
            return false;
        };
        self.future
            .push(std::mem::replace(&mut self.present, before));
        true
    }

    /// Goes forward one step; `false` at the last state.
    pub fn redo(&mut self) -> bool {
        let Some(after) = self.future.pop() else {
            return false;
        };
        self.past
            .push_back(std::mem::replace(&mut self.present, after));
        true
    }

    /// All states from the oldest to the newest, and the position of the present one.
    pub fn states(&self) -> (impl Iterator<Item = &T>, usize) {
        let line = self
            .past
            .iter()
            .chain(std::iter::once(&self.present))
            .chain(self.future.iter().rev());
        (line, self.past.len())
    }
}

impl<T: PartialEq> History<T> {
    /// A new state; one that equals the present is no step. What could be redone is gone.
    pub fn change(&mut self, next: T) {
        if next == self.present {
            return;
        }
        self.future.clear();
        self.past
            .push_back(std::mem::replace(&mut self.present, next));
        if self.past.len() > STEPS {
            self.past.pop_front();
        }
    }

    /// A history from all its states, oldest first, and the position of the present one; `None`
    /// when there is no such state. States beyond [`STEPS`] in the past are left out.
    pub fn of(states: Vec<T>, present: usize) -> Option<Self> {
        let mut future = states;
        if present >= future.len() {
            return None;
        }
        let mut past: VecDeque<T> = future.drain(..present).collect();
        past.drain(..past.len().saturating_sub(STEPS));
        future.reverse();
        let present = future.pop()?;
        Some(Self {
            past,
            present,
            future,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undo_and_redo_walk_the_line() {
        let mut history = History::new(0);
        for n in 1..=3 {
            history.change(n);
        }
        history.change(3);
        assert_eq!(history.undos(), 3);
        assert!(history.undo() && history.undo());
        assert_eq!((*history.present(), history.redos()), (1, 2));
        assert!(history.redo());
        assert_eq!(*history.present(), 2);
        history.change(9);
        assert!(!history.redo());
        let (states, at) = history.states();
        assert_eq!(
            (states.copied().collect::<Vec<_>>(), at),
            (vec![0, 1, 2, 9], 3)
        );
    }

    #[test]
    fn the_oldest_step_is_forgotten() {
        let mut history = History::default();
        for n in 1..=STEPS + 50 {
            history.change(n);
        }
        assert_eq!(history.undos(), STEPS);
        while history.undo() {}
        assert_eq!(*history.present(), 50);
        assert_eq!(history.redos(), STEPS);
    }

    #[test]
    fn a_history_is_made_of_its_states_again() {
        let mut history = History::new("a");
        for next in ["b", "c", "d"] {
            history.change(next);
        }
        history.undo();
        let (states, at) = history.states();
        let states: Vec<&str> = states.copied().collect();
        assert_eq!(History::of(states, at), Some(history));
        assert_eq!(History::of(vec![1], 1), None);
        assert_eq!(History::<u8>::of(vec![], 0), None);
    }
}
