//! Saved views → text.

use super::overlay::TextField;
use super::text::{clean, pick};
use crate::app::State;
use crate::app::scene::{FIELDS, Scene};
use crate::app::views::Views;

/// The list of saved views.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ViewsModel {
    /// Title.
    pub title: String,
    /// The digit, the name, and what it shows.
    pub rows: Vec<[String; 3]>,
    /// The row of the cursor.
    pub cursor: usize,
    /// The name of a view that is being saved.
    pub field: Option<TextField>,
    /// Said when there is none.
    pub empty: String,
}

/// The model of a state.
pub fn model(state: &State, form: &Views) -> ViewsModel {
    let l = state.language;
    let views = &state.book.desk().views;
    let row = |(at, view): (usize, &std::sync::Arc<crate::scenario::View>)| {
        [
            (at + 1).to_string(),
            clean(&view.name).into_owned(),
            shows(state, &view.shows),
        ]
    };
    ViewsModel {
        title: pick(l, "视图", "Saved views").to_owned(),
        rows: views.iter().enumerate().map(row).collect(),
        cursor: form.row.min(views.len().saturating_sub(1)),
        field: form.naming.as_ref().map(|field| TextField {
            label: pick(l, "名称", "Name").to_owned(),
            text: field.text.clone(),
            placeholder: String::new(),
            caret: field.caret,
        }),
        empty: pick(
            l,
            "还没有视图：按 \" 把当前画面存为视图",
            "no view yet: \" saves what is shown",
        )
        .to_owned(),
    }
}

/// What a view shows beside the looks: brand, pane, days, slice …
fn shows(state: &State, text: &str) -> String {
    let Ok(scene) = Scene::parse(text) else {
        return String::new();
    };
    let told = FIELDS
        .iter()
        .filter(|f| !["lang", "theme", "rows", "what-if"].contains(&f.key));
    let values = told.map(|f| scene.get(f.key)).filter(|v| !v.is_empty());
    let brands = state.dataset().map_or(&[][..], |d| &d.brands);
    let named = values.map(|v| match brands.iter().find(|b| b.id == v) {
        Some(b) => clean(pick(state.language, &b.name_zh, &b.name_en)).into_owned(),
        None => clean(v).into_owned(),
    });
    named.collect::<Vec<_>>().join(" · ")
}
