//! What surrounds every pane: the title, the tabs, the slice bar and the footer.
//!
//! The slice bar is the answer to "which numbers are these?": brand, day, comparison and every
//! dimension that the data has, whether it is restricted or not. Key hints come from the table of
//! commands and are typed nowhere else.

use super::text::{self, clean, pick};
use super::{ghost, number};
use crate::app::layout::Frame;
use crate::app::scene::Scene;
use crate::app::{
    COMMANDS, Command, Context, Language, Loading, Overlay, Pane, Phase, Pointed, State, Watching,
    contexts, names, spelled,
};
use crate::board::{Board, Dimension, Source};
use crate::facts::{Brand, Condition, Dataset, Severity};

/// Values of one condition that are named; more are counted.
const NAMED: usize = 2;

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// Name of the brand, or of the program while there is none.
    pub brand: String,
    /// What else is known of the brand: its other name, category, tier.
    pub about: String,
    /// Name of the data set.
    pub dataset: String,
    /// Says that the data is simulated, when it is.
    pub simulated: Option<String>,
    /// The open scenario, when there is one: the numbers are not those of the data.
    pub what_if: Option<String>,
    /// How many problems the data set has and the key that shows them, when there are any.
    pub problems: Option<String>,
}

/// A pane in the tab strip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// Its key.
    pub key: char,
    /// Its name.
    pub name: String,
    /// It is the pane shown.
    pub active: bool,
}

/// How much an item of the slice bar matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Weight {
    /// Not restricted.
    #[default]
    Open,
    /// Always set: brand, day, comparison.
    Set,
    /// A condition on consumers.
    Filter,
    /// A condition on events: states are recomputed from these only.
    Scope,
    /// Only one of the sources has been read.
    Source,
    /// A what-if: the numbers are not those of the data.
    WhatIf,
}

/// An item of the slice bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SliceItem {
    /// What it is.
    pub label: String,
    /// Its value.
    pub value: String,
    /// How much it matters.
    pub weight: Weight,
    /// What a click on it does.
    pub click: Option<Pointed>,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Footer {
    /// Keys and what they do.
    pub hints: Vec<(String, String)>,
    /// A short message instead of the hints.
    pub notice: Option<Notice>,
}

/// A message in the footer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What it says.
    pub text: String,
    /// Whether something went wrong.
    pub error: bool,
}

/// The data set of a state, when there is one.
pub fn dataset(state: &State) -> Option<&Dataset> {
    match &state.phase {
        Phase::Ready(engine) => Some(engine.dataset()),
        Phase::Empty | Phase::Failed(_) => None,
    }
}

/// The first line of a state.
pub fn header(state: &State) -> Header {
    let Some(data) = dataset(state) else {
        return Header {
            brand: "fastdeck".to_owned(),
            ..Header::default()
        };
    };
    let brand = data.brands.get(state.brand);
    Header {
        brand: brand.map_or_else(|| "fastdeck".to_owned(), |b| brand_name(state, b)),
        about: crumbs(state)
            .or_else(|| brand.map(|b| about(state, b)))
            .unwrap_or_default(),
        dataset: data_name(state, data),
        simulated: data
            .simulated
            .then(|| pick(state.language, "模拟数据", "SIMULATED").to_owned()),
        what_if: badge(state),
        problems: problems(state, data),
    }
}

/// The name of the open scenario, for where the slice bar has no room for it.
fn badge(state: &State) -> Option<String> {
    let named = state.book.desk().open(state.brand_id())?;
    let word = ghost::what_if(state.language);
    Some(format!("{word} · {}", clean(&named.name)))
}

/// The name of the data set, with a word where its AIPL stands in for the real one.
fn data_name(state: &State, data: &Dataset) -> String {
    let name = clean(text::side(state.language, &data.name)).into_owned();
    match data.proxy {
        Some(_) => format!(
            "{name} · {}",
            pick(state.language, "代理口径", "proxy AIPL")
        ),
        None => name,
    }
}

pub(super) fn brand_name(state: &State, brand: &Brand) -> String {
    clean(pick(state.language, &brand.name_zh, &brand.name_en)).into_owned()
}

fn reviewing(state: &State) -> String {
    let word = pick(state.language, "生成复盘", "making the review");
    match state.reviewing {
        Some((done, all)) if all > 0 => format!("{word} {done}/{all}"),
        _ => format!("{word}…"),
    }
}

/// The way that the user went deeper, down to what is shown: `品牌 › FAST › 策略人群 › Z世代 › 触点`.
fn crumbs(state: &State) -> Option<String> {
    let levels = state.deeper.iter();
    let mut way: Vec<String> = levels
        .map(|level| crumb(state, &level.scene, level.overlay.as_ref()))
        .collect();
    way.first()?;
    way.push(crumb(state, &Scene::of(state), state.overlay.as_ref()));
    way.dedup();
    Some(way.join(" › "))
}

/// A place in a word: the dimension that is being chosen from, the open crowd, or the pane.
fn crumb(state: &State, scene: &Scene, overlay: Option<&Overlay>) -> String {
    let l = state.language;
    if let (Some(Overlay::Picker(picker)), Some((board, _))) = (overlay, board(state)) {
        let dimension = board.dimensions.get(picker.dimension);
        return dimension.map_or_else(String::new, |d| text::dimension(l, &d.id));
    }
    let crowds = dataset(state).map_or(&[][..], |d| &d.crowds);
    let open = crowds.iter().find(|c| c.id == scene.get("crowd"));
    let inside = state.slice.filter.iter().find(|c| c.dimension != "crowd");
    let inside = inside.filter(|_| scene.get("where").contains(';'));
    match (open, inside, board(state)) {
        (Some(crowd), Some(condition), Some((board, _))) => {
            let name = pick(l, &crowd.name_zh, &crowd.name_en);
            let value = values(state, &board.dimensions, condition);
            format!("{} · {value}", clean(name))
        }
        (Some(crowd), ..) => clean(pick(l, &crowd.name_zh, &crowd.name_en)).into_owned(),
        (None, ..) => {
            let pane = Pane::ALL.into_iter().find(|p| p.id() == scene.get("pane"));
            pane.map_or_else(String::new, |p| pane_name(state, p).to_owned())
        }
    }
}

pub(super) fn about<'b>(state: &State, brand: &'b Brand) -> String {
    let other = pick(state.language, &brand.name_en, &brand.name_zh);
    let own = pick(state.language, &brand.name_zh, &brand.name_en);
    let term = |id: &'b Option<String>| id.as_deref().map(|id| text::term(state.language, id));
    let parts = [
        (other != own).then(|| clean(other)),
        term(&brand.category),
        term(&brand.tier),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    parts.join(" · ")
}

fn problems(state: &State, data: &Dataset) -> Option<String> {
    let count = |severity| {
        data.problems
            .iter()
            .filter(|p| p.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let text = match (errors, warnings) {
        (0, 0) => return None,
        (0, n) => format!(
            "{n} {}",
            pick(state.language, "项警告", plural(n, "warning"))
        ),
        (n, _) => format!("{n} {}", pick(state.language, "项错误", plural(n, "error"))),
    };
    Some(match key_of(state, "problems") {
        Some(key) => format!("! {text} ({key})"),
        None => format!("! {text}"),
    })
}

fn plural(n: usize, word: &'static str) -> &'static str {
    match (word, n) {
        ("warning", 1) => "warning",
        ("warning", _) => "warnings",
        ("error", 1) => "error",
        _ => "errors",
    }
}

/// The key of a command that a hint shows.
pub(super) fn key_of(state: &State, command: &str) -> Option<String> {
    state.keymap.first(command)
}

/// What the program is doing while numbers are old or a load runs, and which numbers are still to
/// come.
pub fn working(state: &State) -> Option<String> {
    match &state.loading {
        Some(loading) if state.lacks_log() => Some(log_progress(state, loading)),
        Some(loading) => Some(progress(state, loading)),
        None if state.lacks_log() => Some(no_log(state)),
        None if state.stale || state.awaits_history() => Some(computing(state)),
        None if state.reviewing.is_some() => Some(reviewing(state)),
        None => watching(state).map(str::to_owned),
    }
}

/// Whether the files are watched, and whether their numbers are those shown.
fn watching(state: &State) -> Option<&'static str> {
    match state.watching {
        Watching::Off => None,
        Watching::Current => Some(pick(state.language, "监视文件", "watching")),
        Watching::Behind => Some(pick(
            state.language,
            "! 文件不能用，显示旧数据",
            "! files unusable, old data shown",
        )),
    }
}

/// The numbers are those of the platform, and the log is on its way.
fn log_progress(state: &State, loading: &Loading) -> String {
    let word = pick(state.language, "读取事件日志", "reading the event log");
    if loading.ordering {
        return progress(state, loading);
    }
    match (loading.done * 100).checked_div(loading.total) {
        Some(percent) => format!("{word} {}%", percent.min(100)),
        None => format!("{word}…"),
    }
}

fn no_log(state: &State) -> String {
    let text = pick(state.language, "事件日志未读入", "event log not read");
    match key_of(state, "reload") {
        Some(key) => format!("! {text} ({key})"),
        None => format!("! {text}"),
    }
}

fn computing(state: &State) -> String {
    let word = if state.stale {
        pick(state.language, "计算中", "computing")
    } else {
        pick(state.language, "计算历史", "computing the history")
    };
    match state.counting {
        Some(percent) => format!("{word} {}%", percent.min(100)),
        None => format!("{word}…"),
    }
}

fn progress(state: &State, loading: &Loading) -> String {
    if loading.ordering {
        let word = pick(state.language, "整理事件", "ordering the events");
        return match (loading.done * 100).checked_div(loading.total) {
            Some(percent) => format!("{word} {}%", percent.min(100)),
            None => format!("{word}…"),
        };
    }
    let word = pick(state.language, "载入", "loading");
    let rows = pick(state.language, "行/秒", "rows/s");
    let speed = number::speed(loading.rows_per_second, state.language);
    match (loading.done * 100).checked_div(loading.total) {
        Some(percent) => format!("{word} {}% · {speed} {rows}", percent.min(100)),
        None => format!("{word} · {speed} {rows}"),
    }
}

/// The tab strip.
pub fn tabs(state: &State) -> Vec<Tab> {
    let tab = |(i, pane): (usize, Pane)| Tab {
        key: char::from_digit(i as u32 + 1, 10).unwrap_or(' '),
        name: pane_name(state, pane).to_owned(),
        active: pane == state.pane,
    };
    Pane::ALL.into_iter().enumerate().map(tab).collect()
}

/// The name of a pane.
pub fn pane_name(state: &State, pane: Pane) -> &'static str {
    text::of(state.language, &names::pane(pane))
}

/// The slice bar.
pub fn slice_bar(state: &State) -> Vec<SliceItem> {
    let Some(data) = dataset(state) else {
        return Vec::new();
    };
    let l = state.language;
    let query = state.query();
    let set = |zh, en, value, click| SliceItem {
        label: pick(l, zh, en).to_owned(),
        value,
        weight: Weight::Set,
        click,
    };
    let brand = data.brands.get(state.brand);
    let as_of = format!("{} {}", query.as_of, text::weekday(l, query.as_of));
    let against = format!("{} {}", text::against(l, state.against), query.against);
    let mut items = vec![
        set(
            "品牌",
            "brand",
            brand.map_or_else(
                || "—".to_owned(),
                |b| text::truncate(&brand_name(state, b), 20),
            ),
            Some(Pointed::Tab(Pane::Brands as usize)),
        ),
        set("截至", "as of", as_of, None),
        set("对比", "vs", against, Some(Pointed::Command("against"))),
    ];
    if state.lacks_log() {
        items.push(SliceItem {
            label: pick(l, "来源", "source").to_owned(),
            value: text::source(l, Source::Platform).to_owned(),
            weight: Weight::Source,
            click: None,
        });
    }
    items.extend(definitions(state));
    items.extend(what_if(state));
    let dimensions = state.board.as_deref().map_or(&[][..], |b| &b.dimensions);
    items.extend(conditions(state, dimensions));
    items
}

/// The definitions that differ from the defaults.
fn definitions(state: &State) -> Option<SliceItem> {
    let changes = state.definitions.changes();
    (!changes.is_empty()).then(|| SliceItem {
        label: pick(state.language, "口径", "definitions").to_owned(),
        value: text::truncate(&clean(&changes.join("; ")), 44),
        weight: Weight::Set,
        click: Some(Pointed::Command("definitions")),
    })
}

/// The open scenario: its name and what it changes.
fn what_if(state: &State) -> Option<SliceItem> {
    let named = state.book.desk().open(state.brand_id())?;
    let changes = named.scenario.to_string();
    let name = clean(&named.name);
    let value = if changes.is_empty() {
        name.into_owned()
    } else {
        text::truncate(&format!("{name} · {}", clean(&changes)), 44)
    };
    Some(SliceItem {
        label: ghost::what_if(state.language).to_owned(),
        value,
        weight: Weight::WhatIf,
        click: Some(Pointed::Command("levers")),
    })
}

/// Conditions first, then the dimensions that are open.
fn conditions(state: &State, dimensions: &[Dimension]) -> Vec<SliceItem> {
    let named = |c: &Condition, weight| SliceItem {
        label: label(state, &c.dimension, weight),
        value: values(state, dimensions, c) + &moment(state, &c.dimension, weight),
        weight,
        click: Some(Pointed::Dimension(c.dimension.clone())),
    };
    let filter = state.slice.filter.iter().map(|c| named(c, Weight::Filter));
    let scope = state.slice.scope.iter().map(|c| named(c, Weight::Scope));
    let both = state.slice.filter.iter().chain(&state.slice.scope);
    let taken: Vec<&str> = both.map(|c| c.dimension.as_str()).collect();
    let open = dimensions
        .iter()
        .filter(|d| !taken.contains(&d.id.as_str()))
        .map(|d| SliceItem {
            label: label(state, &d.id, Weight::Open),
            value: pick(state.language, "全部", "all").to_owned(),
            weight: Weight::Open,
            click: Some(Pointed::Dimension(d.id.clone())),
        });
    filter.chain(scope).chain(open).collect()
}

/// The name of a dimension, with the word for how a condition on it works.
fn label(state: &State, id: &str, weight: Weight) -> String {
    let name = text::dimension(state.language, id);
    let word = match weight {
        Weight::Scope => pick(state.language, "重算", "recomputed"),
        Weight::Filter if text::is_touch(id) => pick(state.language, "触达过", "touched"),
        _ => return name,
    };
    format!("{word}·{name}")
}

/// As of when the consumers of a filter have what it asks for, where that changes from day to day.
fn moment(state: &State, id: &str, weight: Weight) -> String {
    if weight != Weight::Filter || !text::changes(id) {
        return String::new();
    }
    let (_, month, day) = state.as_of.ymd();
    match state.language {
        Language::Zh => format!("（截至 {month:02}-{day:02}）"),
        Language::En => format!(" (as of {month:02}-{day:02})"),
    }
}

fn values(state: &State, dimensions: &[Dimension], condition: &Condition) -> String {
    let dimension = dimensions.iter().find(|d| d.id == condition.dimension);
    let name = |value: &String| {
        let known = dimension.and_then(|d| d.values.iter().find(|v| v.value == *value));
        let text = known.map_or(value.as_str(), |v| {
            pick(state.language, v.name_zh.as_str(), v.name_en.as_str())
        });
        text::truncate(&text::value(state.language, &condition.dimension, text), 24)
    };
    let names: Vec<String> = condition.values.iter().take(NAMED).map(name).collect();
    let more = condition.values.len().saturating_sub(NAMED);
    let sign = if condition.negated { "≠ " } else { "" };
    let rest = if more > 0 {
        format!(" +{more}")
    } else {
        String::new()
    };
    format!(
        "{sign}{}{rest}",
        names.join(pick(state.language, "、", ", "))
    )
}

/// The last line.
pub fn footer(state: &State) -> Footer {
    let notice = state.notice.as_ref().map(|n| Notice {
        text: clean(pick(state.language, &n.zh, &n.en)).into_owned(),
        error: n.error,
    });
    Footer {
        hints: hints(state),
        notice,
    }
}

/// Commands by which all others can be found.
const LEADING: [&str; 2] = ["help", "palette"];

/// Footer commands that can run now, the nearest context first.
fn hints(state: &State) -> Vec<(String, String)> {
    if !state.pending.is_empty() {
        return vec![begun(state)];
    }
    // What leads to everything else stands first: on a narrow screen the last ones are not shown.
    let first = COMMANDS.iter().filter(|c| LEADING.contains(&c.id));
    let first = first.filter(|c| contexts(state).contains(&c.context));
    let others = contexts(state).iter().flat_map(|context| {
        let own = COMMANDS.iter().filter(move |c| c.context == *context);
        own.filter(|c| !LEADING.contains(&c.id))
    });
    first
        .chain(others)
        .filter(|c| c.footer || is_presenter(c) && presents(state))
        .filter(|c| !presents(state) || is_presenter(c))
        .filter(|c| (c.enabled)(state).is_ok())
        .filter_map(|c| {
            let title = text::of(state.language, &c.title);
            Some((key_of(state, c.id)?, title.to_owned()))
        })
        .collect()
}

/// What the footer says while a sequence has begun.
fn begun(state: &State) -> (String, String) {
    let text = pick(
        state.language,
        "再按一键；Esc 取消",
        "one more key; Esc leaves",
    );
    (format!("{} …", spelled(&state.pending)), text.to_owned())
}

fn presents(state: &State) -> bool {
    state.layout.frame == Frame::Presenter && state.overlay.is_none()
}

/// What the footer of the presenter says, and nothing else.
fn is_presenter(command: &Command) -> bool {
    command.context == Context::Presenter || ["back", "help"].contains(&command.id)
}

/// A board of a state, when there is one with the focused brand.
pub fn board(state: &State) -> Option<(&Board, &crate::board::BrandBoard)> {
    let board = state.board.as_deref()?;
    Some((board, board.brand(state.brand)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Language;
    use crate::facts::Slice;
    use crate::view::fixture::{Situation, state};

    fn bar(filter: &str, scope: &str) -> Vec<(String, Weight)> {
        let mut state = state(Situation::Normal);
        state.slice = Slice {
            filter: Slice::parse_conditions(filter).unwrap(),
            scope: Slice::parse_conditions(scope).unwrap(),
        };
        let item = |i: SliceItem| (format!("{} {}", i.label, i.value), i.weight);
        slice_bar(&state).into_iter().map(item).collect()
    }

    #[test]
    fn the_slice_bar_names_brand_days_and_every_dimension() {
        let open = bar("", "");
        let texts: Vec<&str> = open.iter().map(|(t, _)| t.as_str()).collect();
        assert_eq!(
            texts[..3],
            [
                "品牌 橡木之家",
                "截至 2026-11-15 周日",
                "对比 上周 2026-11-08"
            ]
        );
        assert!(texts.contains(&"人群 全部"));
    }

    #[test]
    fn conditions_come_first_and_a_scope_has_another_name_than_a_filter() {
        let set = bar("crowd!=genz,supermom,rookie", "channel=live");
        let filter = ("人群 ≠ Z世代、精致妈妈 +1".to_owned(), Weight::Filter);
        let scope = ("重算·触点 直播".to_owned(), Weight::Scope);
        assert_eq!(set[3..5], [filter, scope]);
        assert!(set[5..].iter().all(|(t, _)| !t.starts_with("人群")));
    }

    #[test]
    fn what_changes_from_day_to_day_says_as_of_when_and_a_scope_does_not() {
        let conditions = |language| {
            let mut state = state(Situation::Normal);
            state.language = language;
            state.slice = Slice {
                filter: Slice::parse_conditions("channel!=live; role=member; gender=female")
                    .unwrap(),
                scope: Slice::parse_conditions("channel=live").unwrap(),
            };
            let items = slice_bar(&state).into_iter();
            let items = items.filter(|i| matches!(i.weight, Weight::Filter | Weight::Scope));
            items
                .map(|i| format!("{} {}", i.label, i.value))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            conditions(Language::Zh),
            [
                "触达过·触点 ≠ 直播（截至 11-15）",
                "角色 会员（截至 11-15）",
                "性别 女",
                "重算·触点 直播",
            ]
        );
        assert_eq!(
            conditions(Language::En),
            [
                "touched·touchpoint ≠ Live (as of 11-15)",
                "role Members (as of 11-15)",
                "gender Female",
                "recomputed·touchpoint Live",
            ]
        );
    }

    #[test]
    fn a_load_tells_percent_and_speed_and_old_numbers_say_so() {
        let mut state = state(Situation::Normal);
        assert_eq!(working(&state), None);
        state.stale = true;
        assert_eq!(working(&state).as_deref(), Some("计算中…"));
        state.counting = Some(42);
        assert_eq!(working(&state).as_deref(), Some("计算中 42%"));
        state.loading = Some(Loading {
            done: 42,
            total: 100,
            rows: 5,
            rows_per_second: 1_234_567.0,
            ordering: false,
        });
        state.language = Language::En;
        assert_eq!(
            working(&state).as_deref(),
            Some("loading 42% · 1.23M rows/s")
        );
        if let Some(loading) = &mut state.loading {
            loading.ordering = true;
        }
        assert_eq!(working(&state).as_deref(), Some("ordering the events 42%"));
    }

    #[test]
    fn hints_are_commands_that_can_run() {
        let mut state = state(Situation::Normal);
        let keys: Vec<String> = footer(&state).hints.into_iter().map(|h| h.0).collect();
        assert!(keys.contains(&"/".to_owned()) && keys.contains(&"?".to_owned()));
        state.overlay = Some(crate::app::Overlay::Picker(crate::app::Picker::default()));
        let keys: Vec<String> = footer(&state).hints.into_iter().map(|h| h.0).collect();
        assert!(keys.contains(&"Esc".to_owned()) && !keys.contains(&"?".to_owned()));
    }
}
