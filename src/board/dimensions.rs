//! The dimensions that a slice can use.

use super::{Dimension, DimensionValue};
use crate::facts::{Engine, ROLE_DIMENSION, TOUCH_DIMENSIONS, ValueCounts};
use crate::metrics::fast_plus::Role;

/// Touch dimensions with more values than this are offered on the command line only.
const PICKABLE: usize = 20_000;

/// The dimensions of a data set: attributes, touch dimensions, then roles; the people are left
/// open. Crowds that only platform tables know make a dimension too.
pub fn dimensions(engine: &Engine) -> Vec<Dimension> {
    with_people(engine, None)
}

pub(super) fn with_people(engine: &Engine, people: Option<&ValueCounts>) -> Vec<Dimension> {
    let data = engine.dataset();
    let mut found: Vec<Dimension> = Vec::new();
    for (k, attribute) in data.attributes.iter().enumerate() {
        let count = |v: usize| people.and_then(|p| p.attributes.get(k)?.get(v).copied());
        let values = values(engine, &attribute.id, &attribute.values, count);
        found.push(Dimension {
            id: attribute.id.clone(),
            touch: false,
            values,
        });
    }
    if !found.iter().any(|d| d.id == "crowd") && !data.crowds.is_empty() {
        let values = data
            .crowds
            .iter()
            .map(|c| named(engine, "crowd", &c.id, None))
            .collect();
        found.insert(
            0,
            Dimension {
                id: "crowd".to_owned(),
                touch: false,
                values,
            },
        );
    }
    for (touch, id) in TOUCH_DIMENSIONS {
        let texts = &data.log.touch_values[touch as usize];
        if texts.is_empty() || texts.len() > PICKABLE && people.is_some() {
            continue;
        }
        let count = |v: usize| people.and_then(|p| p.touches[touch as usize].get(v).copied());
        let values = values(engine, id, texts, count);
        found.push(Dimension {
            id: id.to_owned(),
            touch: true,
            values,
        });
    }
    if engine.has_relations() {
        let count = |k: usize| people.map(|p| p.roles[k]);
        let values = Role::ALL.iter().enumerate();
        let values = values
            .map(|(k, role)| named(engine, ROLE_DIMENSION, role.id(), count(k)))
            .collect();
        found.push(Dimension {
            id: ROLE_DIMENSION.to_owned(),
            touch: false,
            values,
        });
    }
    found
}

/// The values of a dimension: crowds in the order of the data set, others by their text.
fn values(
    engine: &Engine,
    dimension: &str,
    texts: &[String],
    people: impl Fn(usize) -> Option<u64>,
) -> Vec<DimensionValue> {
    let each = texts.iter().enumerate();
    let mut found: Vec<_> = each
        .map(|(v, text)| named(engine, dimension, text, people(v)))
        .collect();
    let crowds = &engine.dataset().crowds;
    if dimension == "crowd" {
        found.sort_by_cached_key(|v| crowds.iter().position(|c| c.id == v.value));
    } else {
        found.sort_by(|a, b| a.value.cmp(&b.value));
    }
    found
}

fn named(engine: &Engine, dimension: &str, value: &str, people: Option<u64>) -> DimensionValue {
    let crowd = engine
        .dataset()
        .crowds
        .iter()
        .find(|c| dimension == "crowd" && c.id == value);
    let name = |name: Option<&String>| name.map_or_else(|| value.to_owned(), Clone::clone);
    DimensionValue {
        value: value.to_owned(),
        name_zh: name(crowd.map(|c| &c.name_zh)),
        name_en: name(crowd.map(|c| &c.name_en)),
        people,
    }
}
