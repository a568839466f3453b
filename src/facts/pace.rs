//! How far a long count is, and whether it is still wanted.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Progress of the censuses that are being taken; shared by all threads.
#[derive(Debug, Default)]
pub struct Pace {
    total: AtomicUsize,
    done: AtomicUsize,
    stopped: AtomicBool,
    /// How often a count was stopped.
    stops: AtomicUsize,
    /// Censuses that will follow, and the steps of the last one.
    later: AtomicUsize,
    size: AtomicUsize,
}

impl Pace {
    /// Before a count: nothing is done, and it is wanted.
    pub fn begin(&self) {
        self.total.store(0, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        self.later.store(0, Ordering::Relaxed);
        self.size.store(0, Ordering::Relaxed);
        self.stopped.store(false, Ordering::Relaxed);
    }

    /// So many censuses will follow, each about as long as the last one.
    pub fn announce(&self, censuses: usize) {
        self.later.store(censuses, Ordering::Relaxed);
    }

    /// The count is not wanted any more. What it gives has no meaning.
    pub fn stop(&self) {
        self.stops.fetch_add(1, Ordering::SeqCst);
        self.stopped.store(true, Ordering::SeqCst);
    }

    /// How often a count was stopped so far: what was counted while this changed has no meaning, even
    /// where another count has begun since.
    pub fn stops(&self) -> usize {
        self.stops.load(Ordering::SeqCst)
    }

    /// Percent done, when there is something long to do.
    pub fn percent(&self) -> Option<u8> {
        let later = self.later.load(Ordering::Relaxed) * self.size.load(Ordering::Relaxed);
        let total = self.total.load(Ordering::Relaxed) + later;
        let done = self.done.load(Ordering::Relaxed).min(total);
        (done * 100).checked_div(total).map(|p| p as u8)
    }

    /// Whether the count is not wanted any more.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Adds steps to do.
    pub(super) fn expect(&self, steps: usize) {
        self.total.fetch_add(steps, Ordering::Relaxed);
        self.size.store(steps, Ordering::Relaxed);
    }

    /// A step is done.
    pub(super) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_announced_counts_as_much_as_the_last_census() {
        let pace = Pace::default();
        pace.begin();
        pace.announce(3);
        assert_eq!(pace.percent(), None);
        pace.expect(10);
        (0..10).for_each(|_| pace.step());
        assert_eq!(pace.percent(), Some(25));
        pace.announce(0);
        assert_eq!(pace.percent(), Some(100));
        pace.stop();
        assert!(pace.is_stopped());
        pace.begin();
        assert!(!pace.is_stopped() && pace.percent().is_none());
        assert_eq!(pace.stops(), 1);
    }
}
