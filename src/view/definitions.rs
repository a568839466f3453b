//! State → text of the definitions that can be changed.

use super::choices::{ChoiceRow, ChoicesModel};
use super::overlay::TextField;
use super::text::{clean, pick};
use crate::app::definitions::{DefinitionsForm, allowed};
use crate::app::{Language, State};
use crate::metrics::definitions::{DEFINITIONS, Definition};

/// The model of a state.
pub(super) fn model(state: &State, form: &DefinitionsForm) -> ChoicesModel {
    let l = state.language;
    let under = form.under();
    let [zh, en] = allowed(under.kind);
    ChoicesModel {
        title: pick(l, "口径", "Definitions").to_owned(),
        field: TextField {
            label: pick(l, "新值", "New value").to_owned(),
            text: form.field.text.clone(),
            placeholder: pick(l, &zh, &en).to_owned(),
            caret: form.field.caret,
        },
        rows: DEFINITIONS
            .iter()
            .enumerate()
            .map(|(i, d)| row(state, i, d))
            .collect(),
        first: 0,
        len: DEFINITIONS.len(),
        cursor: form.row.min(DEFINITIONS.len() - 1),
        foot: format!(
            "{} · {}",
            pick(l, under.help_zh, under.help),
            foot(state, under)
        ),
        empty: String::new(),
    }
}

fn row(state: &State, at: usize, d: &Definition) -> ChoiceRow {
    let l = state.language;
    let now = state.definitions.text(d.id);
    let changed = now != d.default;
    let value = match (changed, l) {
        (false, _) => clean(now).into_owned(),
        (true, Language::Zh) => format!("{}（默认 {}）", clean(now), d.default),
        (true, Language::En) => format!("{} (default {})", clean(now), d.default),
    };
    let before = at.checked_sub(1).and_then(|i| DEFINITIONS.get(i));
    let first = before.is_none_or(|b| group(b.id) != group(d.id));
    ChoiceRow {
        heading: first.then(|| heading(l, group(d.id)).to_owned()),
        name: d.id.to_owned(),
        about: format!("{value} · {}", pick(l, d.help_zh, d.help)),
        on: changed,
    }
}

fn group(id: &str) -> &str {
    id.split('.').next().unwrap_or_default()
}

fn heading(l: Language, group: &str) -> &str {
    let (zh, en) = match group {
        "aipl" => ("AIPL 状态", "AIPL states"),
        "fast" => ("FAST", "FAST"),
        "bench" => ("基准", "Benchmarks"),
        "crowd" => ("策略人群", "Strategy crowds"),
        "gmv" => ("双 11 模型", "Double 11 model"),
        "clv" => ("FAST+ 会员价值", "FAST+ member value"),
        _ => return group,
    };
    pick(l, zh, en)
}

/// Where the value under the cursor comes from.
fn foot(state: &State, d: &Definition) -> String {
    let l = state.language;
    let own = |pair: &&(String, String)| pair.0 == d.id;
    let data = state.dataset().map(|data| data.definitions.text(d.id));
    if state.wanted.definitions.iter().any(|p| own(&p)) {
        let data = clean(data.unwrap_or(d.default)).into_owned();
        return match l {
            Language::Zh => format!("● 改动过：数据集为 {data}"),
            Language::En => format!("● changed: the data set says {data}"),
        };
    }
    if data.is_some_and(|text| text != d.default) {
        return pick(l, "● 来自数据集", "● as the data set says").to_owned();
    }
    pick(l, "默认值", "the default").to_owned()
}
