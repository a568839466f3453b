//! Everything that the palette can find, made ready once per data set: names, readings, bits.
//!
//! Commands, panes, metrics, terms and choices are the same for every data set; brands, crowds and
//! slice values come from it. Scenarios, views and figures change all the time and are made anew
//! with every query ([`fresh`]): they are few.

use std::sync::Arc;

use super::text::Hay;
use super::{Kind, Target};
use crate::app::command::{COMMANDS, Command};
use crate::app::compare::day_name;
use crate::app::names;
use crate::app::state::{Language, Pane, State};
use crate::board::{Against, Dimension, Figure, Part};
use crate::facts::{CrowdKey, Dataset};
use crate::metrics::METRICS;
use crate::metrics::aipl::State as Stage;
use crate::metrics::definitions::DEFINITIONS;
use crate::metrics::glossary::GLOSSARY;

/// One thing that can be found.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// What it is.
    pub target: Target,
    /// What stands before its name in the list, in Chinese and English; may be empty.
    pub lead: [String; 2],
    /// Its name in Chinese and English.
    pub name: [String; 2],
    /// The names, to look in.
    pub(super) names: [Hay; 2],
    /// What else it is found by: help, id, context, dimension.
    pub(super) more: Vec<Arc<Hay>>,
    /// The bits of all of it.
    pub(super) mask: u64,
}

impl Entry {
    fn new(target: Target, name: [String; 2], more: Vec<Arc<Hay>>) -> Self {
        let names = match &name {
            [zh, en] if zh == en => [Hay::new(zh), Hay::default()],
            [zh, en] => [Hay::new(zh), Hay::new(en)],
        };
        let bits = names.iter().map(Hay::mask);
        let mask = bits
            .chain(more.iter().map(|h| h.mask()))
            .fold(0, |a, b| a | b);
        Self {
            target,
            lead: Default::default(),
            name,
            names,
            more,
            mask,
        }
    }

    fn led(mut self, lead: [String; 2]) -> Self {
        self.lead = lead;
        self
    }

    /// What kind of thing it is.
    pub fn kind(&self) -> Kind {
        self.target.kind()
    }
}

fn pair(texts: [&str; 2]) -> [String; 2] {
    texts.map(str::to_owned)
}

fn hays<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Arc<Hay>> {
    texts.into_iter().map(|t| Arc::new(Hay::new(t))).collect()
}

/// Which data set an index was made for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Of {
    fingerprint: String,
    brands: usize,
    crowds: usize,
    dimensions: Vec<(String, usize)>,
}

/// All entries that do not change while the data set stays.
#[derive(Debug, Clone, Default)]
pub struct Index {
    of: Of,
    pub(super) entries: Vec<Entry>,
}

impl Index {
    /// Whether it still tells what the state has.
    pub(super) fn holds(&self, state: &State) -> bool {
        self.of == of(state)
    }

    /// Finds names and readings for all that the state has.
    pub(super) fn new(state: &State) -> Self {
        let mut entries = constant();
        entries.extend(choices(state));
        if let Some(data) = state.dataset() {
            entries.extend(brands(data).chain(crowds(data)));
        }
        for dimension in dimensions(state) {
            entries.extend(values(dimension));
        }
        Self {
            of: of(state),
            entries,
        }
    }
}

fn dimensions(state: &State) -> &[Dimension] {
    state.board.as_ref().map_or(&[], |b| &b.dimensions)
}

fn of(state: &State) -> Of {
    let Some(data) = state.dataset() else {
        return Of::default();
    };
    Of {
        fingerprint: data.fingerprint.clone(),
        brands: data.brands.len(),
        crowds: data.crowds.len(),
        dimensions: dimensions(state)
            .iter()
            .map(|d| (d.id.clone(), d.values.len()))
            .collect(),
    }
}

/// What every data set has.
fn constant() -> Vec<Entry> {
    let mut entries: Vec<Entry> = COMMANDS.iter().map(command).collect();
    entries.extend(METRICS.iter().map(|m| {
        let more = m.short.into_iter().chain([m.id]).chain(m.formula);
        Entry::new(Target::Metric(m.id), pair(m.name), hays(more))
    }));
    entries.extend(GLOSSARY.iter().enumerate().map(|(at, term)| {
        let more = term.also.iter().copied().chain(term.text);
        Entry::new(Target::Term(at), pair(term.name), hays(more))
    }));
    entries.extend(DEFINITIONS.iter().enumerate().map(|(at, d)| {
        let lead = ["口径", "definition"];
        let more = hays([d.id].into_iter().chain(lead));
        Entry::new(Target::Definition(at), pair([d.help_zh, d.help]), more)
    }));
    entries
}

/// The pane that a command shows.
fn pane_of(command: &Command) -> Option<Pane> {
    let id = command.id.strip_prefix("pane-")?;
    Pane::ALL.into_iter().find(|p| p.id() == id)
}

fn command(command: &Command) -> Entry {
    let context = command.context.title();
    let texts = command.help.into_iter().chain(context).chain([command.id]);
    if let Some(pane) = pane_of(command) {
        let more = hays(command.title.into_iter().chain(texts));
        return Entry::new(
            Target::Pane(pane, command.id),
            pair(names::pane(pane)),
            more,
        );
    }
    Entry::new(
        Target::Command(command.id),
        pair(command.title),
        hays(texts),
    )
}

/// Comparisons, themes and languages.
fn choices(state: &State) -> Vec<Entry> {
    let against = [
        Against::PreviousWeek,
        Against::PreviousMonth,
        Against::YearAgo,
    ];
    let languages = [
        (Language::Zh, ["中文", "Chinese"]),
        (Language::En, ["英文", "English"]),
    ];
    let choice = |target, lead, name, more: &[&str]| {
        let more = more.iter().copied().chain(lead);
        Entry::new(target, pair(name), hays(more)).led(pair(lead))
    };
    let against = against.into_iter().map(|a| {
        let id = a.to_string().replace('-', " ");
        choice(Target::Against(a), ["对比", "compare"], day_name(a), &[&id])
    });
    let themes = state
        .look
        .themes()
        .into_iter()
        .map(|t| choice(Target::Theme(t), ["主题", "theme"], t.title(), &[t.id()]));
    let languages = languages
        .into_iter()
        .map(|(l, name)| choice(Target::Speak(l), ["语言", "language"], name, &[]));
    against.chain(themes).chain(languages).collect()
}

fn brands(data: &Dataset) -> impl Iterator<Item = Entry> + '_ {
    data.brands.iter().enumerate().map(|(at, b)| {
        let name = [b.name_zh.clone(), b.name_en.clone()];
        Entry::new(Target::Brand(at), name, hays([b.id.as_str()]))
    })
}

fn crowds(data: &Dataset) -> impl Iterator<Item = Entry> + '_ {
    data.crowds.iter().enumerate().map(|(at, c)| {
        let name = [c.name_zh.clone(), c.name_en.clone()];
        Entry::new(Target::Crowd(at), name, hays([c.id.as_str()]))
    })
}

/// The values of a dimension; the words of the dimension itself are kept once for all of them.
fn values(dimension: &Dimension) -> impl Iterator<Item = Entry> + '_ {
    let lead = match names::dimension(&dimension.id) {
        Some(known) => pair(known),
        None => pair([&dimension.id, &dimension.id]),
    };
    let words = hays([lead[0].as_str(), &lead[1], &dimension.id]);
    dimension.values.iter().enumerate().map(move |(at, v)| {
        let name = match names::value(&dimension.id, &v.value) {
            Some(known) if v.name_zh == v.value => pair(known),
            _ => [v.name_zh.clone(), v.name_en.clone()],
        };
        let mut more = words.clone();
        if name.iter().all(|n| *n != v.value) {
            more.push(Arc::new(Hay::new(&v.value)));
        }
        let target = Target::Value {
            dimension: dimension.id.clone(),
            value: v.value.clone(),
            at,
        };
        Entry::new(target, name, more).led(lead.clone())
    })
}

/// Scenarios and saved views, as they are now.
pub(super) fn fresh(state: &State) -> Vec<Entry> {
    let desk = state.book.desk();
    let scenarios = desk.of(state.brand_id()).map(|s| {
        let words = hays(["情景", "scenario"]);
        Entry::new(
            Target::Scenario(s.name.clone()),
            pair([&s.name, &s.name]),
            words,
        )
    });
    let views = desk.views.iter().map(|v| {
        let words = hays(["视图", "saved view"]);
        Entry::new(
            Target::View(v.name.clone()),
            pair([&v.name, &v.name]),
            words,
        )
    });
    scenarios.chain(views).collect()
}

/// An entry for a figure of the focused brand.
pub(super) fn figure(state: &State, figure: &Figure) -> Entry {
    let part = part(state, figure.part);
    let target = Target::Figure(figure.metric.id, figure.part, figure.source);
    Entry::new(target, pair(figure.metric.name), Vec::new()).led(part)
}

/// Which part of the brand a figure is about, in words; empty for the whole.
pub fn part(state: &State, part: Part) -> [String; 2] {
    let letter = |s: Stage| s.id().to_uppercase();
    match part {
        Part::Whole => Default::default(),
        Part::Flow(from, to) => {
            let text = format!("{}→{}", letter(from), letter(to));
            [text.clone(), text]
        }
        Part::Crowd(CrowdKey::Crowd(k)) => {
            let crowd = state.dataset().and_then(|d| d.crowds.get(k as usize));
            crowd.map_or_else(Default::default, |c| [c.name_zh.clone(), c.name_en.clone()])
        }
        Part::Crowd(_) => pair(["全部人群", "all crowds"]),
        Part::Role(role) => pair(names::role(role)),
        Part::Field(field) => pair([field.id(), field.id()]),
        Part::Layer(Some(layer)) => [letter(layer), letter(layer)],
        Part::Layer(None) => pair(["各层合计", "all layers"]),
    }
}
