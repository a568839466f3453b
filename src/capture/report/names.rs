//! What figures are called in a deck: for people, and as keys that the next run finds again.

use crate::app::{Language, State};
use crate::board::{Figure, Part};
use crate::facts::{CrowdKey, Dataset};
use crate::view::text::{self, clean, pick};

/// The item of a part as a recipe writes it; `None` for the whole brand.
pub(super) fn item(part: Part, data: &Dataset) -> Option<String> {
    match part {
        Part::Whole | Part::Crowd(CrowdKey::Brand) => None,
        Part::Flow(from, to) => Some(format!("{}>{}", from.id(), to.id())),
        Part::Crowd(CrowdKey::All) | Part::Layer(None) => Some("*".to_owned()),
        Part::Crowd(CrowdKey::Crowd(k)) => data.crowds.get(k as usize).map(|c| c.id.clone()),
        Part::Role(role) => Some(role.id().to_owned()),
        Part::Field(field) => Some(field.id().to_owned()),
        Part::Layer(Some(state)) => Some(state.id().to_owned()),
    }
}

/// Metric and item: `crowd.consumers[genz]`.
pub(super) fn key(figure: &Figure, data: &Dataset) -> String {
    match item(figure.part, data) {
        Some(item) => format!("{}[{item}]", figure.metric.id),
        None => figure.metric.id.to_owned(),
    }
}

/// The part in words; empty for the whole brand.
pub(super) fn part(part: Part, data: &Dataset, l: Language) -> String {
    match part {
        Part::Whole | Part::Crowd(CrowdKey::Brand) => String::new(),
        Part::Flow(from, to) => format!("{}→{}", text::state(l, from), text::state(l, to)),
        Part::Crowd(CrowdKey::All) => pick(l, "全部人群", "all crowds").to_owned(),
        Part::Layer(None) => pick(l, "全部分层", "all layers").to_owned(),
        Part::Crowd(CrowdKey::Crowd(k)) => {
            let crowd = data.crowds.get(k as usize);
            crowd.map_or(String::new(), |c| {
                clean(pick(l, &c.name_zh, &c.name_en)).into_owned()
            })
        }
        Part::Role(role) => text::role(l, role).to_owned(),
        Part::Field(field) => text::field(l, field).to_owned(),
        Part::Layer(Some(state)) => text::state(l, state).to_owned(),
    }
}

/// The figure in words: `Z世代 消费者总量`.
pub(super) fn figure(figure: &Figure, data: &Dataset, l: Language) -> String {
    let name = text::metric(l, figure.metric);
    match part(figure.part, data, l) {
        part if part.is_empty() => name.to_owned(),
        part => format!("{part} {name}"),
    }
}

/// Which numbers a state shows, as a key: brand, comparison, slice, what-if.
pub(super) fn view(state: &State) -> String {
    let parts = [
        state.brand_id().to_owned(),
        state.against.to_string(),
        state.slice.to_string(),
        state.scenario().to_string(),
    ];
    let told: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    told.join(" | ")
}
