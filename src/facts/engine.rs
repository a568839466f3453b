//! The engine: a data set, sorted so that every consumer of a brand is one run of events.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::count::field_of_channel;
use super::frame::{DeepeningPeriod, Frame};
use super::lookup::Lookup;
use super::rules::Rules;
use super::timeline::{Lens, Timeline};
use super::{Action, Condition, Dataset, Event, RoleSpan, TOUCH_DIMENSIONS, Touch};
use crate::metrics::fast_plus::Role;
use crate::metrics::{Day, Definitions};

/// A data set with the indexes that make its answers quick.
#[derive(Debug)]
pub struct Engine {
    dataset: Arc<Dataset>,
    /// All events by brand, consumer and time.
    events: Vec<Event>,
    lookup: Lookup,
    brands: Vec<BrandIndex>,
    /// Whether any membership is known.
    has_members: bool,
    /// Whether any private-domain relation is known.
    has_relations: bool,
    /// Timelines of the last few keys.
    cache: Mutex<Cache>,
}

/// The consumers of one brand and where their events lie.
#[derive(Debug, Default)]
pub(super) struct BrandIndex {
    /// Consumers with events or relations of the brand, or active in its category; ascending.
    pub(super) consumers: Vec<u32>,
    /// Run of events of each consumer, a range of `EventLog::events`.
    pub(super) runs: Vec<(u32, u32)>,
    /// Run of relations of each consumer, a range of `EventLog::spans`.
    pub(super) spans: Vec<(u32, u32)>,
    /// Days on which each consumer was active in the category; empty without a category.
    category_days: Vec<Vec<Day>>,
    /// Whether opportunity consumers can be known.
    pub(super) knows_category: bool,
}

/// What the timelines of all brands depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    as_of: Day,
    against: Day,
    deepening: i32,
    rules: Rules,
    scope: Vec<Condition>,
}

/// Timelines by key and brand, the newest key first.
#[derive(Debug, Default)]
struct Cache {
    kept: VecDeque<(Key, FxHashMap<usize, Arc<Timeline>>)>,
    /// Lives in all kept timelines.
    lives: usize,
}

/// How many lives the kept timelines may hold together (about 300 bytes each).
const KEPT_LIVES: usize = 2_000_000;

/// How many keys are kept.
const KEPT_KEYS: usize = 12;

impl Cache {
    fn get(&self, key: &Key, brand: usize) -> Option<Arc<Timeline>> {
        let (_, brands) = self.kept.iter().find(|(k, _)| k == key)?;
        brands.get(&brand).map(Arc::clone)
    }

    /// Keeps a timeline; the oldest keys go when too much is kept, the newest stays.
    fn keep(&mut self, key: &Key, brand: usize, timeline: &Arc<Timeline>) {
        if !self.kept.iter().any(|(k, _)| k == key) {
            self.kept.push_front((key.clone(), FxHashMap::default()));
        }
        if let Some((_, brands)) = self.kept.iter_mut().find(|(k, _)| k == key)
            && brands.insert(brand, Arc::clone(timeline)).is_none()
        {
            self.lives += timeline.lives.len();
        }
        while self.kept.len() > 1 && (self.lives > KEPT_LIVES || self.kept.len() > KEPT_KEYS) {
            let gone = self.kept.pop_back().map(|(_, brands)| brands);
            let lives = gone
                .iter()
                .flat_map(FxHashMap::values)
                .map(|t| t.lives.len());
            self.lives -= lives.sum::<usize>();
        }
    }
}

impl Engine {
    /// Sorts the log and builds the indexes. The order of the rows in the files does not matter.
    pub fn new(dataset: Arc<Dataset>) -> Self {
        let mut dataset = Arc::unwrap_or_clone(dataset);
        let mut events: Vec<Event> = dataset.log.events.iter().collect();
        events.par_sort_unstable_by_key(|e| {
            (
                e.brand, e.consumer, e.day, e.second, e.action, e.touch, e.amount,
            )
        });
        dataset
            .log
            .spans
            .sort_unstable_by_key(|s| (s.brand, s.consumer, s.role, s.since, s.until));
        let brands = index_brands(&dataset, &events);
        let lookup = Lookup::new(&dataset.tables);
        let has_members = dataset.log.spans.iter().any(|s| s.role == Role::Member)
            || events.iter().any(|e| e.action == Action::JoinMember);
        let has_relations =
            !dataset.log.spans.is_empty() || events.iter().any(|e| e.action.role().is_some());
        Self {
            dataset: Arc::new(dataset),
            events,
            lookup,
            brands,
            has_members,
            has_relations,
            cache: Mutex::default(),
        }
    }

    /// The data set.
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    /// The platform tables, by brand, date and crowd.
    pub fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    /// Whether the log holds events or relations of a brand.
    pub fn has_events(&self, brand: usize) -> bool {
        self.brands
            .get(brand)
            .is_some_and(|b| b.runs.iter().chain(&b.spans).any(|(from, to)| from < to))
    }

    /// The first brand that any event or table row is about; 0 when there is none.
    pub fn first_brand(&self) -> usize {
        let mut brands = 0..self.dataset.brands.len();
        let told = |b: &usize| self.has_events(*b) || self.lookup.has_any(*b);
        brands.find(told).unwrap_or(0)
    }

    /// Whether the log knows members at all.
    pub fn has_members(&self) -> bool {
        self.has_members
    }

    /// Whether the log knows any private-domain relation.
    pub fn has_relations(&self) -> bool {
        self.has_relations
    }

    /// Whether any event happened in a private field.
    pub fn knows_fields(&self) -> bool {
        let channels = &self.dataset.log.touch_values[Touch::Channel as usize];
        channels.iter().any(|c| field_of_channel(c).is_some())
    }

    /// Whether opportunity consumers of a brand can be known from the log.
    pub fn knows_category(&self, brand: usize) -> bool {
        self.brands.get(brand).is_some_and(|b| b.knows_category)
    }

    pub(super) fn index(&self, brand: usize) -> &BrandIndex {
        static EMPTY: BrandIndex = BrandIndex {
            consumers: Vec::new(),
            runs: Vec::new(),
            spans: Vec::new(),
            category_days: Vec::new(),
            knows_category: false,
        };
        self.brands.get(brand).unwrap_or(&EMPTY)
    }

    /// The events of a consumer (by position in the brand index).
    pub(super) fn events(&self, index: &BrandIndex, position: usize) -> &[Event] {
        let (from, to) = index.runs[position];
        &self.events[from as usize..to as usize]
    }

    /// The sample days for two dates under some definitions.
    pub fn frame(as_of: Day, against: Day, definitions: &Definitions) -> Frame {
        let period = match definitions.text("fast.a_period") {
            "day" => DeepeningPeriod::Days(1),
            "custom" => DeepeningPeriod::Comparison,
            _ => DeepeningPeriod::Days(7),
        };
        Frame::new(
            as_of,
            against,
            period,
            definitions.count("crowd.period_days"),
        )
    }

    /// The timeline of a brand; the last few are kept, so a changed filter costs counting only.
    pub(super) fn timeline(
        &self,
        brand: usize,
        frame: &Frame,
        rules: &Rules,
        scope: &[Condition],
    ) -> Arc<Timeline> {
        let key = Key {
            as_of: frame.as_of,
            against: frame.against,
            deepening: frame.deepening,
            rules: rules.clone(),
            scope: scope.to_vec(),
        };
        let found = self
            .cache
            .lock()
            .ok()
            .and_then(|cache| cache.get(&key, brand));
        found.unwrap_or_else(|| {
            let timeline = Arc::new(self.build(brand, frame, rules, scope));
            if let Ok(mut cache) = self.cache.lock() {
                cache.keep(&key, brand, &timeline);
            }
            timeline
        })
    }

    fn build(&self, brand: usize, frame: &Frame, rules: &Rules, scope: &[Condition]) -> Timeline {
        let index = self.index(brand);
        let lens = Lens { frame, rules };
        let scope = EventScope::new(&self.dataset, scope);
        let lives = (0..index.consumers.len())
            .into_par_iter()
            .with_min_len(1024)
            .map(|position| {
                let events = self.events(index, position).iter();
                let spans = if scope.is_open() {
                    let (from, to) = index.spans[position];
                    &self.dataset.log.spans[from as usize..to as usize]
                } else {
                    &[]
                };
                let category = index
                    .category_days
                    .get(position)
                    .filter(|_| scope.is_open());
                let days = category.into_iter().flatten().copied();
                lens.life(events.filter(|e| scope.holds(e)).copied(), spans, days)
            })
            .collect();
        Timeline {
            lives,
            values: OnceLock::new(),
        }
    }
}

/// Conditions on events, with their values looked up once.
pub(super) struct EventScope {
    conditions: Vec<(usize, bool, Vec<u32>)>,
}

impl EventScope {
    /// Conditions on dimensions that are not touch dimensions are ignored.
    pub(super) fn new(dataset: &Dataset, conditions: &[Condition]) -> Self {
        let conditions = conditions
            .iter()
            .filter_map(|c| {
                let touch = touch_of(&c.dimension)? as usize;
                Some((touch, c.negated, touch_values(dataset, touch, &c.values)))
            })
            .collect();
        Self { conditions }
    }

    pub(super) fn is_open(&self) -> bool {
        self.conditions.is_empty()
    }

    pub(super) fn holds(&self, event: &Event) -> bool {
        self.conditions
            .iter()
            .all(|(touch, negated, values)| values.contains(&event.touch[*touch]) != *negated)
    }
}

/// The touch dimension with this id.
pub(super) fn touch_of(id: &str) -> Option<Touch> {
    TOUCH_DIMENSIONS
        .iter()
        .find(|(_, name)| *name == id)
        .map(|(touch, _)| *touch)
}

/// The indices of touch values; values that the data do not have are left out.
pub(super) fn touch_values(dataset: &Dataset, touch: usize, values: &[String]) -> Vec<u32> {
    let known = &dataset.log.touch_values[touch];
    values
        .iter()
        .filter_map(|v| known.iter().position(|k| k == v))
        .map(|position| position as u32)
        .collect()
}

fn index_brands(dataset: &Dataset, log: &[Event]) -> Vec<BrandIndex> {
    let events = runs(log, |e| (e.brand, e.consumer));
    let spans = runs(&dataset.log.spans, |s: &RoleSpan| (s.brand, s.consumer));
    let active = category_activity(dataset, log);
    (0..dataset.brands.len())
        .into_par_iter()
        .map(|brand| {
            let category = dataset.brands[brand]
                .category
                .as_deref()
                .and_then(|c| active.get(c));
            BrandIndex::new(of_brand(&events, brand), of_brand(&spans, brand), category)
        })
        .collect()
}

type Run = ((u32, u32), (u32, u32));

/// Runs of equal keys in a sorted list: key and range.
fn runs<T>(sorted: &[T], key: impl Fn(&T) -> (u32, u32)) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    for (i, item) in sorted.iter().enumerate() {
        let (k, i) = (key(item), i as u32);
        match found.last_mut() {
            Some((last, range)) if *last == k => range.1 = i + 1,
            _ => found.push((k, (i, i + 1))),
        }
    }
    found
}

fn of_brand(runs: &[Run], brand: usize) -> &[Run] {
    let brand = brand as u32;
    let from = runs.partition_point(|((b, _), _)| *b < brand);
    let to = runs.partition_point(|((b, _), _)| *b <= brand);
    &runs[from..to]
}

/// Days of activity per category value and consumer, over all brands; days ascend and are distinct.
fn category_activity<'d>(
    dataset: &'d Dataset,
    log: &[Event],
) -> FxHashMap<&'d str, FxHashMap<u32, Vec<Day>>> {
    let wanted: FxHashMap<u32, &str> = dataset.log.touch_values[Touch::Category as usize]
        .iter()
        .enumerate()
        .filter(|(_, value)| {
            dataset
                .brands
                .iter()
                .any(|b| b.category.as_ref() == Some(value))
        })
        .map(|(i, value)| (i as u32, value.as_str()))
        .collect();
    let mut activity: FxHashMap<&str, FxHashMap<u32, Vec<Day>>> = FxHashMap::default();
    if wanted.is_empty() {
        return activity;
    }
    for event in log {
        if let Some(category) = wanted.get(&event.touch[Touch::Category as usize]) {
            let days = activity
                .entry(category)
                .or_default()
                .entry(event.consumer)
                .or_default();
            if days.last() != Some(&event.day) {
                days.push(event.day);
            }
        }
    }
    activity
}

impl BrandIndex {
    fn new(events: &[Run], spans: &[Run], category: Option<&FxHashMap<u32, Vec<Day>>>) -> Self {
        let ids = |runs: &[Run]| runs.iter().map(|((_, c), _)| *c).collect::<Vec<_>>();
        let mut consumers = ids(events);
        consumers.extend(ids(spans));
        consumers.extend(category.into_iter().flat_map(FxHashMap::keys));
        consumers.sort_unstable();
        consumers.dedup();
        let ranges = |runs: &[Run]| {
            let find = |c: &u32| runs.binary_search_by_key(c, |((_, consumer), _)| *consumer);
            consumers
                .iter()
                .map(|c| find(c).map_or((0, 0), |at| runs[at].1))
                .collect()
        };
        let days = |c: &u32| {
            category
                .and_then(|days| days.get(c))
                .cloned()
                .unwrap_or_default()
        };
        Self {
            runs: ranges(events),
            spans: ranges(spans),
            category_days: match category {
                Some(_) => consumers.iter().map(days).collect(),
                None => Vec::new(),
            },
            knows_category: category.is_some(),
            consumers,
        }
    }
}
