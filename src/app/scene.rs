//! A scene: everything that decides a frame beside the data, the terminal and what lies over the
//! pane, as one line of text.
//!
//! ```text
//! brand=oak&pane=crowds&as-of=2026-11-15&where=crowd=genz&sort=crowds:2d&rows=crowds:3
//! ```
//!
//! [`FIELDS`] is the table: one row for every choice of the user, with how it is read from the state
//! and put back. Undo, going back, saved views, the next start and `--state` all use it. A choice
//! that stands as usual is left out; a scene of other data keeps what these data know and says
//! what they do not.

mod choices;
mod text;

use std::fmt;

use super::state::{Language, Pane, State};
use super::update::cursor;
use crate::board::Against;
use crate::facts::Slice;
use crate::metrics::Day;
use crate::scenario::Scenario;

/// What a choice is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Where the user is: brand, pane, cursors, what is open.
    Place,
    /// What the user changed: slice, days, order, looks.
    Choice,
    /// The open scenario; its steps are those of the book.
    Scenario,
}

/// What a text was refused for, in Chinese and English.
pub type Refusal = [String; 2];

/// One choice of the user.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its key in the text.
    pub key: &'static str,
    /// What it is called, in Chinese and English.
    pub name: [&'static str; 2],
    /// What it is about.
    pub kind: Kind,
    /// Its text in a state; empty as usual.
    read: fn(&State) -> String,
    /// Puts a text into a state; the empty one as usual.
    put: fn(&mut State, &str) -> Result<(), Refusal>,
}

const fn field(
    key: &'static str,
    name: [&'static str; 2],
    kind: Kind,
    read: fn(&State) -> String,
    put: fn(&mut State, &str) -> Result<(), Refusal>,
) -> Field {
    Field {
        key,
        name,
        kind,
        read,
        put,
    }
}

/// Every choice, in the order in which they are put back.
#[rustfmt::skip]
pub const FIELDS: &[Field] = &[
    field("brand", ["品牌", "brand"], Kind::Place, brand, put_brand),
    field("pane", ["看板", "pane"], Kind::Place, |s| s.pane.id().into(), put_pane),
    field("as-of", ["截至", "as of"], Kind::Choice, |s| s.as_of.to_string(), put_as_of),
    field("against", ["对比", "compare"], Kind::Choice, against, put_against),
    field("where", ["切片", "slice"], Kind::Choice, |s| text::conditions(&s.slice.filter), put_filter),
    field("scope", ["行为口径", "scope"], Kind::Choice, |s| text::conditions(&s.slice.scope), put_scope),
    field("set", ["口径", "definitions"], Kind::Choice, definitions, put_definitions),
    field("what-if-name", ["情景", "scenario"], Kind::Scenario, what_if_name, |s, name| put_scenario(s, name, "")),
    field("what-if", ["假设", "what-if"], Kind::Scenario, what_if, |s, text| put_scenario(s, "", text)),
    field("filter", ["品牌过滤", "brand filter"], Kind::Choice, |s| s.brand_filter.clone(), put_brand_filter),
    field("sort", ["排序", "sort"], Kind::Choice, choices::sorting, choices::put_sorting),
    field("columns", ["列", "columns"], Kind::Choice, choices::columns, choices::put_columns),
    field("side", ["并排情景", "side by side"], Kind::Choice, choices::side, choices::put_side),
    field("gmv", ["GMV 工作台", "GMV workbench"], Kind::Choice, choices::gmv, choices::put_gmv),
    field("why", ["归因", "why"], Kind::Choice, choices::why, choices::put_why),
    field("outlook", ["展望", "outlook"], Kind::Choice, choices::outlook, choices::put_outlook),
    field("crowd", ["人群卡片", "crowd card"], Kind::Place, crowd, put_crowd),
    field("opened", ["已展开", "opened"], Kind::Place, choices::opened, choices::put_opened),
    field("rows", ["光标", "cursor"], Kind::Place, choices::rows, choices::put_rows),
    field("beside", ["并排", "two panes"], Kind::Choice, choices::beside, choices::put_beside),
    field("frame", ["画面", "frame"], Kind::Choice, choices::frame, choices::put_frame),
    field("lang", ["语言", "language"], Kind::Choice, language, put_language),
    field("theme", ["主题", "theme"], Kind::Choice, theme, put_theme),
];

/// The text of every field, in the order of [`FIELDS`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Scene {
    values: Vec<String>,
    /// Columns and rows of the screen, where they are part of it.
    pub size: Option<(u16, u16)>,
}

impl Scene {
    /// The scene of a state.
    pub fn of(state: &State) -> Self {
        Self {
            values: FIELDS.iter().map(|f| (f.read)(state)).collect(),
            size: None,
        }
    }

    /// The scene of a state with the size of its screen: all that a frame needs elsewhere.
    pub fn portable(state: &State) -> Self {
        Self {
            size: Some(state.size),
            ..Self::of(state)
        }
    }

    /// Reads the text of a scene.
    ///
    /// # Errors
    ///
    /// The first part that is not `key=value` with a key of the table.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let mut values = vec![String::new(); FIELDS.len()];
        let mut size = None;
        for part in text.trim().split('&').filter(|p| !p.is_empty()) {
            let (key, value) = part.split_once('=').unwrap_or((part, ""));
            if key == "size" {
                size = Some(size_of(value)?);
                continue;
            }
            let at = FIELDS.iter().position(|f| f.key == key);
            match at.and_then(|at| values.get_mut(at)) {
                Some(place) => *place = text::unescaped(value),
                None => return Err(unknown_key(key)),
            }
        }
        Ok(Self { values, size })
    }

    /// Whether it says nothing about any field.
    pub fn is_blank(&self) -> bool {
        self.values.iter().all(String::is_empty)
    }

    /// The text of a field.
    pub fn get(&self, key: &str) -> &str {
        let at = FIELDS.iter().position(|f| f.key == key);
        at.and_then(|at| self.values.get(at))
            .map_or("", String::as_str)
    }

    /// Without the fields that `drop` says.
    #[must_use]
    pub fn without(mut self, drop: impl Fn(&Field) -> bool) -> Self {
        for (field, value) in FIELDS.iter().zip(&mut self.values) {
            if drop(field) {
                value.clear();
            }
        }
        self
    }

    /// Fields in which two scenes differ.
    pub fn differences<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'static Field> {
        let pairs = self.values.iter().zip(&other.values);
        let differ = FIELDS.iter().zip(pairs);
        differ.filter(|(_, (a, b))| a != b).map(|(field, _)| field)
    }

    /// Whether the user changed something between two scenes, beside going about.
    pub fn is_change(&self, after: &Self) -> bool {
        self.differences(after).any(|f| f.kind == Kind::Choice)
    }

    /// Makes a state show this scene, but not the scenario, which belongs to the book. Gives what
    /// the data do not know.
    pub(super) fn show(&self, state: &mut State) -> Vec<Refusal> {
        self.put(state, |f, _| f.kind != Kind::Scenario)
    }

    /// Makes a state show this place; what was changed stays.
    pub(super) fn go(&self, state: &mut State) -> Vec<Refusal> {
        self.put(state, |f, _| f.kind == Kind::Place)
    }

    /// Makes a state show this scene with its scenario. Gives what the data do not know.
    pub(super) fn restore(&self, state: &mut State) -> Vec<Refusal> {
        self.put(state, |_, _| true)
    }

    /// Puts what this scene says, and leaves alone what it does not.
    pub(super) fn add_to(&self, state: &mut State) -> Vec<Refusal> {
        self.put(state, |_, value| !value.is_empty())
    }

    fn put(&self, state: &mut State, takes: impl Fn(&Field, &str) -> bool) -> Vec<Refusal> {
        let mut refused = Vec::new();
        for (field, value) in FIELDS.iter().zip(&self.values) {
            if !takes(field, value) || (field.read)(state) == *value {
                continue;
            }
            if field.kind == Kind::Scenario {
                let [name, changes] = ["what-if-name", "what-if"].map(|key| self.get(key));
                refused.extend(put_scenario(state, name, changes).err());
            } else if let Err(refusal) = (field.put)(state, value) {
                refused.push(refusal);
            }
        }
        if state.board.is_some() {
            cursor::limit(state);
            // Another question brings another board, and with it perhaps another order of rows.
            state.landing = Some(self.clone());
        }
        refused
    }
}

impl fmt::Display for Scene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said = FIELDS.iter().zip(&self.values);
        for (n, (field, value)) in said.filter(|(_, v)| !v.is_empty()).enumerate() {
            let gap = if n == 0 { "" } else { "&" };
            write!(f, "{gap}{}={}", field.key, text::escaped(value))?;
        }
        if let Some((columns, rows)) = self.size {
            let gap = if self.is_blank() { "" } else { "&" };
            write!(f, "{gap}size={columns}x{rows}")?;
        }
        Ok(())
    }
}

/// Puts cursors and what is opened as a scene had them, now that the board of the scene is there.
pub(super) fn land(state: &mut State, scene: &Scene) {
    // What was taken once is taken again.
    choices::put_opened(state, scene.get("opened")).ok();
    choices::put_rows(state, scene.get("rows")).ok();
    cursor::limit(state);
}

fn size_of(text: &str) -> Result<(u16, u16), Refusal> {
    let number = |t: &str| t.parse().ok().filter(|n| (1..=1000).contains(n));
    let read = text
        .split_once('x')
        .and_then(|(columns, rows)| Some((number(columns)?, number(rows)?)));
    read.ok_or_else(|| refuse("size", text, "列x行", "COLUMNSxROWS, each from 1 to 1000"))
}

fn unknown_key(key: &str) -> Refusal {
    let known: Vec<&str> = FIELDS.iter().map(|f| f.key).collect();
    let known = known.join(", ");
    let key = text::escaped(key);
    [
        format!("状态串：不认识 `{key}`，应为 {known} 之一"),
        format!("state: expected one of {known}; found `{key}`"),
    ]
}

/// A text that a field does not take.
fn refuse(key: &str, found: &str, zh: &str, en: &str) -> Refusal {
    let found = text::escaped(found);
    [
        format!("状态串 {key}：应为{zh}，实为 `{found}`"),
        format!("state {key}: expected {en}, found `{found}`"),
    ]
}

fn brand(state: &State) -> String {
    state.brand_id().to_owned()
}

fn put_brand(state: &mut State, id: &str) -> Result<(), Refusal> {
    if id.is_empty() {
        return Ok(());
    }
    let found = state
        .dataset()
        .and_then(|d| d.brands.iter().position(|b| b.id == id));
    let brand = found.ok_or_else(|| refuse("brand", id, "数据中的品牌", "a brand of the data"))?;
    state.brand = brand;
    Ok(())
}

fn pane_of(id: &str) -> Option<Pane> {
    Pane::ALL.into_iter().find(|p| p.id() == id)
}

fn put_pane(state: &mut State, id: &str) -> Result<(), Refusal> {
    let id = if id.is_empty() { "fast" } else { id };
    let pane = pane_of(id);
    state.pane = pane.ok_or_else(|| refuse("pane", id, "看板", "a pane"))?;
    Ok(())
}

fn put_as_of(state: &mut State, text: &str) -> Result<(), Refusal> {
    if !text.is_empty() {
        let day = Day::parse_iso(text);
        state.as_of = day.ok_or_else(|| refuse("as-of", text, "日期", "a day YYYY-MM-DD"))?;
    }
    Ok(())
}

fn against(state: &State) -> String {
    match state.against {
        Against::PreviousWeek => String::new(),
        other => other.to_string(),
    }
}

fn put_against(state: &mut State, text: &str) -> Result<(), Refusal> {
    state.against = if text.is_empty() {
        Against::PreviousWeek
    } else {
        Against::parse(text).ok_or_else(|| refuse("against", text, "对比", "a comparison"))?
    };
    Ok(())
}

fn put_filter(state: &mut State, text: &str) -> Result<(), Refusal> {
    let read = text::read_conditions(text);
    let filter = read.ok_or_else(|| refuse("where", text, "切片", "a slice"))?;
    let scope = std::mem::take(&mut state.slice.scope);
    state.slice = Slice { filter, scope };
    Ok(())
}

fn put_scope(state: &mut State, text: &str) -> Result<(), Refusal> {
    let read = text::read_conditions(text);
    state.slice.scope = read.ok_or_else(|| refuse("scope", text, "行为口径", "a scope"))?;
    Ok(())
}

fn definitions(state: &State) -> String {
    let pairs = state.wanted.definitions.iter();
    let texts: Vec<String> = pairs
        .map(|(id, value)| format!("{}={}", text::escaped(id), text::escaped(value)))
        .collect();
    texts.join(";")
}

fn put_definitions(state: &mut State, text: &str) -> Result<(), Refusal> {
    let pair = |part: &str| {
        let (id, value) = part.split_once('=')?;
        Some((text::unescaped(id), text::unescaped(value)))
    };
    let parts = text.split(';').filter(|p| !p.is_empty());
    let pairs: Option<Vec<_>> = parts.map(pair).collect();
    let pairs = pairs.ok_or_else(|| refuse("set", text, "口径", "definitions"))?;
    let Some(data) = state.dataset() else {
        state.wanted.definitions = pairs;
        return Ok(());
    };
    let mut definitions = data.definitions.clone();
    for (id, value) in &pairs {
        let set = definitions.set(id, value);
        set.map_err(|refused| [refused.to_string(), refused.to_string()])?;
    }
    state.wanted.definitions = pairs;
    state.definitions = definitions;
    Ok(())
}

fn what_if_name(state: &State) -> String {
    let open = state.book.desk().open(state.brand_id());
    open.map_or_else(String::new, |s| s.name.clone())
}

fn what_if(state: &State) -> String {
    state.scenario().to_string()
}

/// Opens a scenario with these changes, made now where there is none of its name and changes;
/// without either, the baseline.
fn put_scenario(state: &mut State, name: &str, changes: &str) -> Result<(), Refusal> {
    let scenario = Scenario::parse(changes).map_err(|e| [e.to_string(), e.to_string()])?;
    if scenario.is_empty() && name.is_empty() {
        super::open_named(state, None);
        return Ok(());
    }
    let name = match (name, state.language) {
        ("", Language::Zh) => "状态串假设",
        ("", Language::En) => "From a state",
        (name, _) => name,
    };
    super::propose(state, name, scenario);
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "the signature of every row")]
fn put_brand_filter(state: &mut State, text: &str) -> Result<(), Refusal> {
    cursor::keep_item(state, |state| text.clone_into(&mut state.brand_filter));
    Ok(())
}

fn crowd(state: &State) -> String {
    let crowds = state.dataset().map_or(&[][..], |d| &d.crowds);
    let open = state.open_crowd.and_then(|k| crowds.get(k));
    open.map_or_else(String::new, |c| c.id.clone())
}

fn put_crowd(state: &mut State, id: &str) -> Result<(), Refusal> {
    state.open_crowd = None;
    if !id.is_empty() {
        let crowds = state.dataset().map_or(&[][..], |d| &d.crowds);
        let found = crowds.iter().position(|c| c.id == id);
        state.open_crowd =
            Some(found.ok_or_else(|| refuse("crowd", id, "数据中的人群", "a crowd of the data"))?);
    }
    Ok(())
}

fn language(state: &State) -> String {
    match state.language {
        Language::Zh => "zh".into(),
        Language::En => "en".into(),
    }
}

fn put_language(state: &mut State, text: &str) -> Result<(), Refusal> {
    state.language = match text {
        "zh" => Language::Zh,
        "en" => Language::En,
        "" => return Ok(()),
        _ => return Err(refuse("lang", text, " zh 或 en", "zh or en")),
    };
    Ok(())
}

fn theme(state: &State) -> String {
    state.theme.id().to_owned()
}

fn put_theme(state: &mut State, text: &str) -> Result<(), Refusal> {
    if text.is_empty() {
        return Ok(());
    }
    let mut known = state.look.themes().into_iter();
    let Some(theme) = known.find(|theme| theme.id() == text) else {
        return Err(refuse("theme", text, "主题", "a theme"));
    };
    if !state.look.is_colourless() {
        state.theme = theme;
    }
    Ok(())
}
