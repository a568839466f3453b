//! What a picture says about itself: which numbers these are, and the command that makes it again.
//!
//! A picture leaves the dashboard and is looked at without it; so everything that decides its numbers
//! stands on it.

use std::path::Path;

use super::header::{dataset, pane_name};
use super::text::{self, clean, pick, wrap};
use crate::app::columns::ColumnPlan;
use crate::app::scene::Scene;
use crate::app::{Against, Cursor, Language, Pane, Shot, Sorting, State};

/// The caption of a picture of so many columns, in lines that fit.
pub fn caption(state: &State, shot: Shot, columns: usize) -> Vec<String> {
    let parts = [facts(state), source(state)];
    let mut lines: Vec<String> = parts
        .iter()
        .flat_map(|part| wrap(part, columns.max(8)))
        .collect();
    let command = command_for(state, shot, &name_of(&state.origin));
    lines.extend(torn(&format!("$ {command}"), columns.max(8)));
    lines
}

/// A command in pieces that fit; torn at spaces where there are some, and nowhere cut.
fn torn(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_inclusive(' ') {
        for (glyph, wide) in text::glyphs(word) {
            let line = lines.last().map_or(0, |l| text::width(l));
            if line + wide > columns {
                lines.push(String::new());
                if glyph == " " {
                    continue;
                }
            }
            if let Some(line) = lines.last_mut() {
                line.push_str(glyph);
            }
        }
        let full = lines.last().map_or(0, |l| text::width(l));
        if full + 12 > columns {
            lines.push(String::new());
        }
    }
    lines.retain(|l| !l.trim().is_empty());
    lines
}

/// Brand, days, slice, scenario.
fn facts(state: &State) -> String {
    let l = state.language;
    let brand = dataset(state).and_then(|d| d.brands.get(state.brand));
    let name = brand.map_or("fastdeck", |b| pick(l, &b.name_zh, &b.name_en));
    let query = state.query();
    let mut parts = Vec::new();
    if dataset(state).is_some_and(|d| d.simulated) {
        parts.push(pick(l, "模拟数据", "SIMULATED").to_owned());
    }
    parts.push(clean(name).into_owned());
    parts.push(pane_name(state, state.pane).to_owned());
    parts.push(format!("{} {}", pick(l, "截至", "as of"), query.as_of));
    let against = text::against(l, state.against);
    parts.push(format!(
        "{} {against} {}",
        pick(l, "对比", "vs"),
        query.against
    ));
    let slice = state.slice.to_string();
    let all = pick(l, "全部", "all");
    let slice = if slice.is_empty() { all } else { &slice };
    parts.push(format!("{} {}", pick(l, "切片", "slice"), clean(slice)));
    if let Some(open) = state.book.desk().open(state.brand_id()) {
        let label = pick(l, "假设", "what-if");
        parts.push(format!("{label} {}", clean(&open.name)));
        parts.push(clean(&open.scenario.to_string()).into_owned());
    }
    parts.retain(|p| !p.trim().is_empty());
    parts.join(" · ")
}

/// Data set, fingerprint, definitions that are not the defaults.
fn source(state: &State) -> String {
    let l = state.language;
    let Some(data) = dataset(state) else {
        return String::new();
    };
    let changes = state.definitions.changes();
    let definitions = if changes.is_empty() {
        pick(l, "默认", "default").to_owned()
    } else {
        changes.join("; ")
    };
    let name = text::side(l, &data.name);
    [
        format!("{} {}", pick(l, "数据", "data"), clean(name)),
        data.fingerprint.clone(),
        format!("{} {}", pick(l, "口径", "definitions"), clean(&definitions)),
    ]
    .join(" · ")
}

/// How a data set is named in a picture: without the folders above it, which differ from machine to
/// machine and are nobody's business. The fingerprint tells whether it is the same.
fn name_of(origin: &str) -> String {
    let name = Path::new(origin).file_name();
    name.map_or_else(|| origin.to_owned(), |n| n.to_string_lossy().into_owned())
}

/// The command that makes the picture again, from where the program was started.
pub fn command(state: &State, shot: Shot) -> String {
    command_for(state, shot, &state.origin)
}

/// The command that makes the picture again from a data set of this name.
fn command_for(state: &State, shot: Shot, origin: &str) -> String {
    let mut words = vec!["fastdeck".to_owned(), "capture".to_owned()];
    if !origin.is_empty() {
        words.push(quoted(origin));
    }
    let mut option = |name: &str, value: &str| words.push(format!("--{name} {}", quoted(value)));
    option("pane", state.pane.id());
    if !state.brand_id().is_empty() {
        option("brand", state.brand_id());
    }
    option("as-of", &state.as_of.to_string());
    match state.against {
        Against::PreviousWeek => {}
        other => option("against", &other.to_string()),
    }
    let conditions = |list: &[crate::facts::Condition]| {
        let texts: Vec<String> = list.iter().map(ToString::to_string).collect();
        texts.join("; ")
    };
    if !state.slice.filter.is_empty() {
        option("where", &conditions(&state.slice.filter));
    }
    if !state.slice.scope.is_empty() {
        option("scope", &conditions(&state.slice.scope));
    }
    for (id, value) in &state.wanted.definitions {
        option("set", &format!("{id}={value}"));
    }
    if let Some(open) = state.book.desk().open(state.brand_id()) {
        option("what-if", &open.scenario.to_string());
        option("what-if-name", &open.name);
    }
    option(
        "lang",
        match state.language {
            Language::Zh => "zh",
            Language::En => "en",
        },
    );
    option("theme", state.theme.id());
    option("size", &format!("{}x{}", state.size.0, state.size.1));
    let rest = rest(state);
    if !rest.is_blank() {
        option("state", &rest.to_string());
    }
    if shot == Shot::Pane {
        words.push("--pane-only".to_owned());
    }
    words.push("-o fastdeck.svg".to_owned());
    words.join(" ")
}

/// What decides the frame beside the options: choices inside the pane, its order and its cursor.
fn rest(state: &State) -> Scene {
    const OPTIONS: [&str; 10] = [
        "brand",
        "pane",
        "as-of",
        "against",
        "where",
        "scope",
        "set",
        "what-if-name",
        "what-if",
        "lang",
    ];
    let right = state.layout.beside.right.as_ref().map(|right| right.pane);
    let shown: Vec<Pane> = std::iter::once(state.pane).chain(right).collect();
    let is_elsewhere = |key: &str| shown.iter().all(|pane| elsewhere(*pane).contains(&key));
    let mut bare = state.clone();
    for pane in Pane::ALL.into_iter().filter(|p| !shown.contains(p)) {
        bare.cursors[pane as usize] = Cursor::default();
        bare.sorting[pane as usize] = Sorting::default();
        bare.plans[pane as usize] = ColumnPlan::default();
    }
    Scene::of(&bare)
        .without(|f| f.key == "theme" || OPTIONS.contains(&f.key) || is_elsewhere(f.key))
}

/// Choices that do not show in a pane.
fn elsewhere(pane: Pane) -> &'static [&'static str] {
    match pane {
        Pane::Brands => &["gmv", "why", "opened", "outlook", "side", "crowd"],
        Pane::Crowds => &["filter", "gmv", "why", "opened", "outlook", "side"],
        Pane::Gmv => &["filter", "why", "opened", "outlook", "side", "crowd"],
        Pane::Scenarios => &["filter", "gmv", "why", "opened", "outlook", "crowd"],
        Pane::Why => &["filter", "gmv", "outlook", "side", "crowd"],
        Pane::Outlook => &["filter", "gmv", "why", "opened", "side", "crowd"],
        Pane::Fast | Pane::FastPlus | Pane::Aipl => {
            &["filter", "gmv", "why", "opened", "outlook", "side", "crowd"]
        }
    }
}

/// A word as a shell reads it back; control characters have no place in a caption.
fn quoted(word: &str) -> String {
    let word = clean(word);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:,=@+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.into_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Slice;
    use crate::scenario::Scenario;
    use crate::view::fixture::{Situation, state};

    #[test]
    fn a_caption_says_everything_that_decides_the_numbers() {
        let mut state = state(Situation::Normal);
        state.origin = "reviews/week 46/it's".into();
        state.slice.filter = Slice::parse_conditions("crowd=genz").unwrap();
        let changes = Scenario::parse("fast.f*=1.1").unwrap();
        crate::app::propose(&mut state, "冲刺", changes);
        let text = caption(&state, Shot::Screen, 118).join("\n");
        for part in [
            "模拟数据 · 橡木之家 · FAST · 截至 2026-11-15 · 对比 上周 2026-11-08 · 切片 crowd=genz",
            "假设 冲刺 · fast.f*=1.1",
            "0123456789abcdef · 口径 默认",
        ] {
            assert!(text.contains(part), "{text}");
        }
        let command = command(&state, Shot::Screen);
        for part in [
            "fastdeck capture 'reviews/week 46/it'\\''s' --pane fast --brand",
            "--where crowd=genz",
            "--what-if 'fast.f*=1.1' --what-if-name '冲刺'",
            "--lang zh --theme dark --size 120x36",
        ] {
            assert!(command.contains(part), "{command}");
        }
        for columns in [8, 20, 60, 118] {
            let lines = caption(&state, Shot::Screen, columns);
            assert!(lines.iter().all(|l| text::width(l) <= columns), "{lines:?}");
            let whole: String = lines.concat().split_whitespace().collect();
            let wanted = command.replace("'reviews/week 46/it'\\''s'", "'it'\\''s'");
            let wanted: String = wanted.split_whitespace().collect();
            assert!(whole.ends_with(&wanted), "{columns}: {lines:?}");
        }
    }
}
