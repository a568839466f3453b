//! The engine that answers counts for a slice.

use std::sync::Arc;

use super::Dataset;

/// A data set with the indexes that make its answers quick.
#[derive(Debug)]
pub struct Engine {
    dataset: Arc<Dataset>,
}

impl Engine {
    /// Builds the indexes.
    pub fn new(dataset: Arc<Dataset>) -> Self {
        Self { dataset }
    }

    /// The data set.
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }
}
