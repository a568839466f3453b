//! The headline figures of a pane, to be read from the back of a room.
//!
//! Few figures, large; what they are measured against below them; one line that says which brand,
//! day and slice they are about. Whatever else the pane knows stays in the pane.

use super::header::{self, Weight, pane_name};
use super::headline::{self, Headline};
use super::outlook;
use super::text::pick;
use crate::app::{Pane, State};

/// What is shown.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PresenterModel {
    /// The brand.
    pub brand: String,
    /// The pane.
    pub pane: String,
    /// The figures, four at most.
    pub figures: Vec<Headline>,
    /// Day, comparison, slice, what-if.
    pub caption: Vec<String>,
    /// Said instead of figures when there are none.
    pub empty: String,
}

/// The model of a state.
pub fn model(state: &State) -> PresenterModel {
    let brand = header::dataset(state).and_then(|d| d.brands.get(state.brand));
    PresenterModel {
        brand: brand.map_or_else(String::new, |b| header::brand_name(state, b)),
        pane: title(state),
        figures: headline::figures(state),
        caption: caption(state),
        empty: pick(
            state.language,
            "这个看板没有可以大字显示的数字",
            "this pane has no figure for big digits",
        )
        .to_owned(),
    }
}

/// The pane; of the outlook also the day that its figures are expected for.
fn title(state: &State) -> String {
    let name = pane_name(state, state.pane);
    match state.pane {
        Pane::Outlook => format!("{name} · {}", outlook::model(state).side),
        _ => name.to_owned(),
    }
}

/// What restricts or changes the numbers, in the words of the slice bar; the brand stands above.
fn caption(state: &State) -> Vec<String> {
    let items = header::slice_bar(state);
    let said = items
        .into_iter()
        .skip(1)
        .filter(|i| i.weight != Weight::Open);
    said.map(|i| format!("{} {}", i.label, i.value)).collect()
}
