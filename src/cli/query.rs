//! Options → a query: brands, dates, slice and definitions, each checked against the data set.
//!
//! A word that the data set does not know is wrong usage, never an empty result.

use std::collections::HashSet;

use super::args::Shared;
use super::failure::Failure;
use super::suggest;
use crate::board::{self, Dimension, DimensionValue, Query};
use crate::facts::{Condition, Crowd, Dataset, Engine, Slice};
use crate::metrics::Definitions;
use crate::metrics::definitions::{DEFINITIONS, RESERVED};
use crate::scenario::{Item, Items, Lever, Scenario};

/// The query that the options ask for.
pub(super) fn query(shared: &Shared, engine: &Engine) -> Result<Query, Failure> {
    let dataset = engine.dataset();
    let as_of = shared.as_of.unwrap_or_else(|| board::default_as_of(engine));
    Ok(Query {
        as_of,
        against: shared.against.resolve(as_of),
        slice: slice(shared, engine)?,
        definitions: definitions(shared, dataset)?,
        scenario: scenario(shared, dataset)?,
    })
}

/// The brands asked for, in the order of the data set; all when none is named.
pub(super) fn brands(shared: &Shared, dataset: &Dataset) -> Result<Vec<usize>, Failure> {
    if shared.brands.is_empty() {
        return Ok((0..dataset.brands.len()).collect());
    }
    let asked = shared.brands.iter().map(|name| brand(name, dataset));
    let mut found = asked.collect::<Result<Vec<usize>, Failure>>()?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The one brand that a screen focuses on.
pub(super) fn focused_brand(shared: &Shared, engine: &Engine) -> Result<usize, Failure> {
    match shared.brands.as_slice() {
        [] => Ok(engine.first_brand()),
        [one] => brand(one, engine.dataset()),
        _ => Err(Failure::Usage(
            "a screen shows one brand: give --brand once".to_owned(),
        )),
    }
}

fn brand(name: &str, dataset: &Dataset) -> Result<usize, Failure> {
    let brands = &dataset.brands;
    brands
        .iter()
        .position(|b| b.id == name)
        .or_else(|| {
            brands
                .iter()
                .position(|b| b.name_zh == name || b.name_en.eq_ignore_ascii_case(name))
        })
        .ok_or_else(|| {
            let known: Vec<&str> = brands.iter().map(|b| b.id.as_str()).collect();
            suggest::unknown("brand", name, &known)
        })
}

/// The definitions of the data set with the changes of `--set`.
pub(super) fn definitions(shared: &Shared, dataset: &Dataset) -> Result<Definitions, Failure> {
    changed(shared, dataset.definitions.clone())
}

/// Definitions with the changes of `--set`.
pub(super) fn changed(
    shared: &Shared,
    mut definitions: Definitions,
) -> Result<Definitions, Failure> {
    for (id, value) in pairs(shared)? {
        let is_known = DEFINITIONS.iter().any(|d| d.id == id) || RESERVED.contains(&id.as_str());
        if !is_known {
            let known: Vec<&str> = DEFINITIONS.iter().map(|d| d.id).collect();
            return Err(suggest::unknown("definition", &id, &known));
        }
        definitions
            .set(&id, &value)
            .map_err(|refused| Failure::Usage(refused.to_string()))?;
    }
    Ok(definitions)
}

/// Ids and values of `--set`.
pub(super) fn pairs(shared: &Shared) -> Result<Vec<(String, String)>, Failure> {
    let split = |text: &String| match text.split_once('=') {
        Some((id, value)) => Ok((id.trim().to_owned(), value.trim().to_owned())),
        None => Err(Failure::Usage(format!(
            "--set: expected ID=VALUE, found `{text}`"
        ))),
    };
    shared.set.iter().map(split).collect()
}

/// The scenario of `--what-if`, with the crowds of the data set by id.
pub(super) fn scenario(shared: &Shared, dataset: &Dataset) -> Result<Scenario, Failure> {
    let mut scenario = Scenario::default();
    for text in &shared.what_if {
        let read = Scenario::parse(text).map_err(|error| Failure::Usage(error.to_string()))?;
        scenario.changes.extend(read.changes);
    }
    for change in &mut scenario.changes {
        resolve(change.lever, &mut change.item, dataset)?;
    }
    Ok(scenario)
}

/// Gives a crowd that is named its id.
pub(super) fn resolve(lever: &Lever, item: &mut Item, dataset: &Dataset) -> Result<(), Failure> {
    if let (Items::Crowds, Item::One(name)) = (lever.items, item) {
        *name = crowd(name, dataset)?;
    }
    Ok(())
}

/// The id of a crowd that is given by id or name.
pub(super) fn crowd(name: &str, dataset: &Dataset) -> Result<String, Failure> {
    let crowds = &dataset.crowds;
    let named = |c: &&Crowd| c.name_zh == name || c.name_en.eq_ignore_ascii_case(name);
    let found = crowds
        .iter()
        .find(|c| c.id == name)
        .or_else(|| crowds.iter().find(named));
    found.map(|c| c.id.clone()).ok_or_else(|| {
        let known: Vec<&str> = crowds.iter().map(|c| c.id.as_str()).collect();
        suggest::unknown("crowd", name, &known)
    })
}

/// The slice of `--where` and `--scope`, in the words of the data set.
pub(super) fn slice(shared: &Shared, engine: &Engine) -> Result<Slice, Failure> {
    if shared.filter.is_empty() && shared.scope.is_empty() {
        return Ok(Slice::default());
    }
    let known = dimensions(engine);
    let touches: Vec<Dimension> = known.iter().filter(|d| d.touch).cloned().collect();
    Ok(Slice {
        filter: conditions("--where", &shared.filter, &known)?,
        scope: conditions("--scope", &shared.scope, &touches)?,
    })
}

/// Whether the data set knows every word of a slice.
pub(super) fn check_slice(slice: &Slice, engine: &Engine) -> Result<(), Failure> {
    if slice.is_empty() {
        return Ok(());
    }
    let known = dimensions(engine);
    for condition in slice.filter.iter().chain(&slice.scope) {
        resolved("--state", condition.clone(), &known)?;
    }
    Ok(())
}

/// The dimensions of the data set; `crowd` knows the crowds of the manifest too.
fn dimensions(engine: &Engine) -> Vec<Dimension> {
    let mut known = board::dimensions(engine);
    if let Some(crowds) = known.iter_mut().find(|d| d.id == "crowd") {
        for crowd in &engine.dataset().crowds {
            if !crowds.values.iter().any(|v| v.value == crowd.id) {
                crowds.values.push(DimensionValue {
                    value: crowd.id.clone(),
                    name_zh: crowd.name_zh.clone(),
                    name_en: crowd.name_en.clone(),
                    people: None,
                });
            }
        }
    }
    known
}

fn conditions(
    option: &str,
    texts: &[String],
    known: &[Dimension],
) -> Result<Vec<Condition>, Failure> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for text in texts {
        let read = Slice::parse_conditions(text)
            .map_err(|error| Failure::Usage(format!("{option}: {error}")))?;
        for condition in read {
            let condition = resolved(option, condition, known)?;
            if seen.insert(condition.clone()) {
                found.push(condition);
            }
        }
    }
    Ok(found)
}

/// The condition with its values as they stand in the data.
fn resolved(
    option: &str,
    mut condition: Condition,
    known: &[Dimension],
) -> Result<Condition, Failure> {
    let Some(dimension) = known.iter().find(|d| d.id == condition.dimension) else {
        let ids: Vec<&str> = known.iter().map(|d| d.id.as_str()).collect();
        let what = format!("dimension of {option}");
        return Err(suggest::unknown(&what, &condition.dimension, &ids));
    };
    for value in &mut condition.values {
        value_of(dimension, value)?.clone_into(value);
    }
    let mut seen = HashSet::new();
    condition.values.retain(|value| seen.insert(value.clone()));
    Ok(condition)
}

/// The value that a text means: the value itself, else one of its names.
fn value_of<'a>(dimension: &'a Dimension, text: &str) -> Result<&'a str, Failure> {
    let values = &dimension.values;
    let named = |v: &&DimensionValue| v.name_zh == text || v.name_en.eq_ignore_ascii_case(text);
    values
        .iter()
        .find(|v| v.value == text)
        .or_else(|| values.iter().find(named))
        .map(|v| v.value.as_str())
        .ok_or_else(|| {
            let known: Vec<&str> = values.iter().map(|v| v.value.as_str()).collect();
            suggest::unknown(&format!("value of `{}`", dimension.id), text, &known)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Attribute, Brand, Crowd};
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Words {
        #[command(flatten)]
        shared: Shared,
    }

    fn shared(words: &[&str]) -> Shared {
        let all = ["x"].iter().chain(words);
        Words::try_parse_from(all).unwrap().shared
    }

    fn dataset() -> Dataset {
        let brand = |id: &str, zh: &str| Brand {
            id: id.into(),
            name_zh: zh.into(),
            name_en: id.to_uppercase(),
            ..Brand::default()
        };
        let mut dataset = Dataset {
            brands: vec![brand("oak", "橡木"), brand("pine", "松木")],
            crowds: vec![Crowd {
                id: "genz".into(),
                name_zh: "Z世代".into(),
                name_en: "Gen Z".into(),
                ..Crowd::default()
            }],
            attributes: vec![Attribute {
                id: "gender".into(),
                values: vec!["女".into(), "男".into()],
                ..Attribute::default()
            }],
            ..Dataset::default()
        };
        dataset.log.touch_values[0] = vec!["douyin".into(), "search_ads".into()];
        dataset
    }

    fn engine(dataset: Dataset) -> Engine {
        Engine::new(std::sync::Arc::new(dataset))
    }

    fn usage<T: std::fmt::Debug>(result: Result<T, Failure>) -> String {
        match result {
            Err(Failure::Usage(text)) => text,
            other => panic!("not a usage error: {other:?}"),
        }
    }

    #[test]
    fn brands_are_found_by_id_and_name_in_the_order_of_the_data_set() {
        let data = dataset();
        let found = |words: &[&str]| brands(&shared(words), &data);
        assert_eq!(found(&[]).unwrap(), [0, 1]);
        assert_eq!(
            found(&["--brand", "松木", "--brand", "oak", "--brand", "OAK"]).unwrap(),
            [0, 1]
        );
        let error = usage(found(&["--brand", "pin"]));
        assert!(error.contains("did you mean `pine`?") && error.contains("oak, pine"));
        let two = shared(&["--brand", "oak", "--brand", "pine"]);
        assert!(usage(focused_brand(&two, &engine(data.clone()))).contains("once"));
    }

    #[test]
    fn values_of_a_slice_are_those_of_the_data() {
        let data = dataset();
        let words = [
            "--where",
            "crowd=Z世代; gender!=男",
            "--where",
            "channel=douyin",
            "--scope",
            "channel=search_ads",
        ];
        let found = slice(&shared(&words), &engine(data)).unwrap();
        assert_eq!(
            found.to_string(),
            "crowd=genz; gender!=男; channel=douyin | scope: channel=search_ads"
        );
    }

    #[test]
    fn a_condition_that_is_given_twice_counts_once() {
        let data = engine(dataset());
        let words = [
            "--where",
            "crowd=genz,Z世代; crowd=genz",
            "--where",
            "crowd=Gen Z",
        ];
        let found = slice(&shared(&words), &data).unwrap();
        assert_eq!(found.to_string(), "crowd=genz");
    }

    #[test]
    fn unknown_words_of_a_slice_are_refused_with_a_suggestion() {
        let data = dataset();
        let data = engine(data);
        let error = |words: &[&str]| usage(slice(&shared(words), &data));
        assert!(error(&["--where", "chanel=douyin"]).contains("did you mean `channel`?"));
        assert!(error(&["--where", "channel=duoyin"]).contains("did you mean `douyin`?"));
        assert!(error(&["--scope", "gender=女"]).contains("unknown dimension of --scope"));
        assert!(error(&["--where", "channel"]).contains("--where: expected"));
        assert!(error(&["--where", "shop=1"]).contains("unknown dimension"));
    }

    #[test]
    fn definitions_are_changed_one_by_one() {
        let data = dataset();
        let set = |text: &str| definitions(&shared(&["--set", text]), &data);
        assert_eq!(
            set("aipl.l_days=180").unwrap().changes(),
            ["aipl.l_days=180"]
        );
        assert!(usage(set("aipl.ldays=180")).contains("did you mean `aipl.l_days`?"));
        assert!(usage(set("aipl.l_days=0")).contains("a whole number from 1"));
        assert!(usage(set("aipl.l_days")).contains("ID=VALUE"));
    }
}
