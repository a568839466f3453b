//! State → text of what the numbers are compared with.

use super::choices::{ChoiceRow, ChoicesModel};
use super::header::{self, pane_name};
use super::overlay::TextField;
use super::text::{self, clean, pick};
use crate::app::compare::{BASELINE, Choice, Compare, Group, SINGLE, day_name, rows};
use crate::app::{Against, State};

/// The model of a state.
pub fn model(state: &State, form: &Compare) -> ChoicesModel {
    let l = state.language;
    let all = rows(state, form);
    let cursor = form.row.min(all.len().saturating_sub(1));
    let high = usize::from(state.size.1).max(1);
    let first = cursor.saturating_sub(high);
    let window = || all.iter().enumerate().skip(first).take(2 * high);
    let group = |i: usize| i.checked_sub(1).and_then(|i| all.get(i)).map(Choice::group);
    ChoicesModel {
        title: pick(l, "对比与并排", "Compare, side by side").to_owned(),
        field: TextField {
            label: pick(l, "日期或名称", "Date or name").to_owned(),
            text: form.field.text.clone(),
            placeholder: "2026-10-01 · 10-01 · -30d".to_owned(),
            caret: form.field.caret,
        },
        rows: window()
            .map(|(i, choice)| ChoiceRow {
                heading: (group(i) != Some(choice.group())).then(|| heading(state, choice)),
                ..row(state, choice)
            })
            .collect(),
        first,
        len: all.len(),
        cursor,
        foot: all.get(cursor).map_or_else(String::new, |c| foot(state, c)),
        empty: pick(
            l,
            "没有这个名称，也不是日期（2026-10-01、10-01、-30d）",
            "no such name, and no date (2026-10-01, 10-01, -30d)",
        )
        .to_owned(),
    }
}

fn heading(state: &State, choice: &Choice) -> String {
    let (zh, en) = match choice.group() {
        Group::Day => ("日期", "Days"),
        Group::Pair => ("两个看板", "Two panes"),
        Group::Scenario => ("情景", "Scenarios"),
        Group::Brand => ("品牌", "Brands"),
    };
    pick(state.language, zh, en).to_owned()
}

fn row(state: &State, choice: &Choice) -> ChoiceRow {
    let (name, about) = words(state, choice);
    let beside = &state.layout.beside;
    let there = beside.on && beside.other.is_some() && choice.other(state) == beside.other;
    let left = !matches!(choice, Choice::Pair(left, _) if *left != state.pane);
    ChoiceRow {
        heading: None,
        name,
        about,
        on: *choice == Choice::Day(state.against) || there && left,
    }
}

/// Name of a row, and what else is known of it.
fn words(state: &State, choice: &Choice) -> (String, String) {
    let l = state.language;
    match choice {
        Choice::Single => (text::of(l, &SINGLE).to_owned(), String::new()),
        Choice::Day(against) => (
            text::of(l, &day_name(*against)).to_owned(),
            day(state, *against),
        ),
        Choice::Pair(left, right) => {
            let names = [left, right].map(|p| pane_name(state, *p));
            (names.join(" | "), String::new())
        }
        Choice::Scenario(None) => (
            text::of(l, &BASELINE).to_owned(),
            pick(l, "数据本身", "the data as they are").to_owned(),
        ),
        Choice::Scenario(Some(name)) => {
            let named = state.book.desk().get(state.brand_id(), name);
            let changes = named.map_or_else(String::new, |n| n.scenario.to_string());
            (clean(name).into_owned(), clean(&changes).into_owned())
        }
        Choice::Brand(brand) => {
            let brand = header::dataset(state).and_then(|d| d.brands.get(*brand));
            brand.map_or_else(Default::default, |b| {
                (header::brand_name(state, b), header::about(state, b))
            })
        }
    }
}

/// `2026-11-08 Sun`.
fn day(state: &State, against: Against) -> String {
    let day = against.resolve(state.as_of);
    format!("{day} {}", text::weekday(state.language, day))
}

/// What the row under the cursor is for.
fn foot(state: &State, choice: &Choice) -> String {
    let l = state.language;
    if let Err(why) = crate::app::can_compare(state) {
        return text::of(l, &why).to_owned();
    }
    match choice {
        Choice::Single => pick(l, "收起并排的一侧", "takes the right half away").to_owned(),
        Choice::Day(against) => {
            let day = day(state, *against);
            match l {
                crate::app::Language::Zh => format!("变化量以 {day} 为准，或与那天的看板并排"),
                crate::app::Language::En => {
                    format!("changes since {day}, or the pane of that day beside this one")
                }
            }
        }
        _ => pick(
            l,
            "并排显示，右侧标出与左侧的差异",
            "side by side; the right half says how it differs",
        )
        .to_owned(),
    }
}
