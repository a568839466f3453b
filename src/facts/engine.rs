//! The engine: a data set, with the events of every brand packed and ordered for counting.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use rustc_hash::FxHashMap;

use super::cells::Cells;
use super::census::{Census, Survey};
use super::count::{Count, Counts, Crowds};
use super::depot::{Depot, Digest, People};
use super::frame::{DeepeningPeriod, Frame};
use super::lookup::Lookup;
use super::margins::Margins;
use super::pack::packed;
use super::recall::Recall;
use super::rules::Rules;
use super::select::Filter;
use super::sheet::Form;
use super::store::Store;
use super::stores::{PIECE, Sources, Unbuilt, Watch};
use super::touched::{Touched, sizes};
use super::values::ValueCounts;
use super::{
    Action, Condition, Dataset, Event, Names, Pace, Slice, TOUCH_DIMENSIONS, Touch, Venue,
};
use crate::metrics::fast_plus::{Field, Role};
use crate::metrics::{Day, Definitions};

/// A data set with the indexes that make its answers quick.
#[derive(Debug)]
pub struct Engine {
    pub(super) dataset: Arc<Dataset>,
    lookup: Lookup,
    pub(super) cells: Cells,
    pub(super) crowds: Crowds,
    pub(super) holds: Vec<Hold>,
    /// What only later events are joined by.
    pub(super) people: OnceLock<People>,
    /// Whether any membership is known.
    has_members: bool,
    /// Whether any private-domain relation is known.
    has_relations: bool,
    /// Where what is not in memory comes from.
    pub(super) depot: Option<Arc<dyn Depot>>,
    /// Whether something could not be had any more.
    pub(super) lost: AtomicBool,
    /// Censuses of the last few keys.
    censuses: Mutex<Cache>,
    /// The last census without histories.
    ends: Mutex<Option<Ends>>,
    /// How far the censuses being taken are.
    pace: Pace,
    /// The last touches of each brand.
    touched: Mutex<FxHashMap<usize, Arc<Touched>>>,
}

/// The events of a brand, or what is to know without them.
#[derive(Debug)]
pub(super) struct Hold {
    pub(super) digest: Digest,
    pub(super) store: OnceLock<Store>,
}

impl Hold {
    /// What is in memory.
    pub(super) fn of(store: Store) -> Self {
        Self {
            digest: Digest::of(&store),
            store: OnceLock::from(store),
        }
    }
}

/// What the censuses of all brands depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    as_of: Day,
    against: Day,
    deepening: i32,
    rules: Rules,
    scope: Vec<Condition>,
}

packed!(Key {
    as_of,
    against,
    deepening,
    rules,
    scope
});

impl Key {
    /// The key of a frame, some rules and a scope.
    pub(super) fn new(frame: &Frame, rules: &Rules, scope: &[Condition]) -> Self {
        Self {
            as_of: frame.as_of,
            against: frame.against,
            deepening: frame.deepening,
            rules: rules.clone(),
            scope: scope.to_vec(),
        }
    }
}

/// A census with the people per value that are counted when first asked for.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) census: Census,
    pub(super) values: OnceLock<Arc<ValueCounts>>,
    pub(super) margins: OnceLock<Margins>,
    pub(super) recall: Recall,
}

impl Kept {
    fn bytes(&self) -> usize {
        self.census.bytes() + self.margins.get().map_or(0, Margins::bytes) + self.recall.bytes()
    }
}

/// A census without histories, with what it was taken for.
type Ends = ((Key, usize), Arc<Kept>);

/// Events of a brand that take long enough to go through for figures to come before histories.
const LONG: usize = 5_000_000;

/// Censuses by key and brand, the newest key first.
#[derive(Debug, Default)]
struct Cache {
    kept: VecDeque<(Key, FxHashMap<usize, Arc<Kept>>)>,
}

/// Bytes that the kept censuses may hold together; the newest key stays whatever it holds.
const KEPT_BYTES: usize = 1 << 30;

/// How many keys are kept.
const KEPT_KEYS: usize = 12;

impl Cache {
    fn get(&self, key: &Key, brand: usize) -> Option<Arc<Kept>> {
        let (_, brands) = self.kept.iter().find(|(k, _)| k == key)?;
        brands.get(&brand).map(Arc::clone)
    }

    /// Keeps a census; the oldest keys go when too much is kept.
    fn keep(&mut self, key: &Key, brand: usize, census: &Arc<Kept>) {
        if !self.kept.iter().any(|(k, _)| k == key) {
            self.kept.push_front((key.clone(), FxHashMap::default()));
        }
        if let Some((_, brands)) = self.kept.iter_mut().find(|(k, _)| k == key) {
            brands.insert(brand, Arc::clone(census));
        }
        while self.kept.len() > 1 && (self.kept.len() > KEPT_KEYS || self.bytes() > KEPT_BYTES) {
            self.kept.pop_back();
        }
    }

    fn bytes(&self) -> usize {
        let brands = self.kept.iter().flat_map(|(_, brands)| brands.values());
        brands.map(|kept| kept.bytes()).sum()
    }
}

/// Bytes that parts of an engine hold.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Memory {
    /// Consumers, summed over the brands.
    pub consumers: usize,
    /// Packed events.
    pub events: usize,
    /// Censuses that are kept.
    pub censuses: usize,
    /// Touches that are kept.
    pub touched: usize,
}

impl Engine {
    /// Packs and orders the events. The order of the rows in the files does not matter. A log whose
    /// rows cannot be had any more is an error among the problems of the data set and leaves the
    /// engine without events; [`Engine::build`] gives no engine then.
    pub fn new(dataset: Arc<Dataset>) -> Self {
        let (mut engine, fault) = Self::try_build(dataset, &|_| true);
        if let Some(Unbuilt::Problem(problem)) = fault {
            Arc::make_mut(&mut engine.dataset).problems.push(*problem);
        }
        engine
    }

    /// The same; `watch` is told the percent done and stops the work by answering `false`.
    pub fn build(dataset: Arc<Dataset>, watch: Watch<'_>) -> Result<Self, Unbuilt> {
        match Self::try_build(dataset, watch) {
            (engine, None) => Ok(engine),
            (_, Some(fault)) => Err(fault),
        }
    }

    fn try_build(dataset: Arc<Dataset>, watch: Watch<'_>) -> (Self, Option<Unbuilt>) {
        let mut dataset = Arc::unwrap_or_clone(dataset);
        let events = std::mem::take(&mut dataset.log.events);
        let spans = &mut dataset.log.spans;
        spans.sort_unstable_by_key(|s| (s.brand, s.consumer, s.role, s.since, s.until));
        let mut cells = Cells::new(&dataset);
        for attribute in &mut dataset.attributes {
            (attribute.offsets, attribute.entries) = (Vec::new(), Vec::new());
        }
        let crowds = Crowds::new(&dataset, &cells);
        let sources = Sources {
            dataset: &dataset,
            cells: &cells,
            group_of_cell: crowds.of_cells(),
            piece: PIECE,
        };
        let (stores, fault) = match sources.stores(events, watch) {
            Ok(stores) => (stores, None),
            Err(fault) => (Vec::new(), Some(fault)),
        };
        let people = People {
            names: std::mem::take(&mut dataset.log.consumers),
            cells: cells.release(),
            orders: std::mem::take(&mut dataset.log.orders),
        };
        let holds = stores.into_iter().map(Hold::of).collect();
        let engine = Self::with(dataset, cells, holds, OnceLock::from(people));
        (engine, fault)
    }

    /// An engine of these parts.
    pub(super) fn with(
        dataset: Dataset,
        cells: Cells,
        holds: Vec<Hold>,
        people: OnceLock<People>,
    ) -> Self {
        let actions = holds.iter().fold(0, |all, s| all | s.digest.actions);
        let has = |action: Action| actions >> action as u32 & 1 == 1;
        let spans = &dataset.log.spans;
        let related = Action::ALL.into_iter().filter(|a| a.role().is_some());
        Self {
            lookup: Lookup::new(&dataset.tables),
            crowds: Crowds::new(&dataset, &cells),
            has_members: spans.iter().any(|s| s.role == Role::Member) || has(Action::JoinMember),
            has_relations: !spans.is_empty() || related.into_iter().any(has),
            cells,
            holds,
            people,
            dataset: Arc::new(dataset),
            depot: None,
            lost: AtomicBool::new(false),
            censuses: Mutex::default(),
            ends: Mutex::default(),
            pace: Pace::default(),
            touched: Mutex::default(),
        }
    }

    /// The data set; its events, the ids of consumers and the values of each consumer have moved into
    /// the engine.
    pub fn dataset(&self) -> &Arc<Dataset> {
        &self.dataset
    }

    /// The platform tables, by brand, date and crowd.
    pub fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    /// How many events the log holds.
    pub fn event_count(&self) -> usize {
        self.holds.iter().map(|s| s.digest.events).sum()
    }

    /// Ids of consumers, by their index; empty when they cannot be had any more.
    pub fn consumers(&self) -> &Names {
        &self.people().names
    }

    /// Whether a part of the data could not be had any more when it was needed: what was answered
    /// since then has no meaning, and the data set has to be loaded again.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// The events of a brand, consumer by consumer: deeds (see [`Action::is_deed`]), then contacts, each
    /// in the order of time. The second of the day has done its work and is 0.
    pub fn events(&self, brand: usize) -> impl Iterator<Item = Event> + '_ {
        let store = self.store(brand);
        store.chunks.iter().flat_map(move |chunk| {
            let runs = chunk.runs().zip(&chunk.consumers);
            runs.flat_map(move |(run, consumer)| {
                run.each().map(move |(head, venue, detail)| Event {
                    consumer: *consumer,
                    brand: brand as u32,
                    day: Day(head.day()),
                    second: 0,
                    action: head.action(),
                    touch: store.touch(venue),
                    amount: detail.amount,
                    order: detail.order,
                    score: detail.score,
                })
            })
        })
    }

    /// Whether the log holds events or relations of a brand.
    pub fn has_events(&self, brand: usize) -> bool {
        let hold = self.holds.get(brand);
        hold.is_some_and(|s| s.digest.events > 0 || s.digest.has_spans)
    }

    /// The first brand that any event or table row is about; 0 when there is none. While the log is
    /// not read it may be about any brand.
    pub fn first_brand(&self) -> usize {
        let mut brands = 0..self.dataset.brands.len();
        let unread = self.dataset.lacks_log;
        let told = |b: &usize| unread || self.has_events(*b) || self.lookup.has_any(*b);
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
        self.holds
            .get(brand)
            .is_some_and(|s| s.digest.knows_category)
    }

    /// How far a running count is, and the way to stop it.
    pub fn pace(&self) -> &Pace {
        &self.pace
    }

    /// Bytes held now.
    pub fn memory(&self) -> Memory {
        let touched = self.touched.lock();
        let in_memory = self.holds.iter().filter_map(|s| s.store.get());
        Memory {
            consumers: self.holds.iter().map(|s| s.digest.consumers).sum(),
            events: in_memory.map(Store::bytes).sum(),
            censuses: self.censuses.lock().map_or(0, |c| c.bytes()),
            touched: touched.map_or(0, |t| t.values().map(|t| t.bytes()).sum()),
        }
    }

    pub(super) fn store(&self, brand: usize) -> &Store {
        static EMPTY: Store = Store::EMPTY;
        let hold = self.holds.get(brand);
        hold.map_or(&EMPTY, |s| s.store.get_or_init(|| self.fetch_store(brand)))
    }

    /// The group of crowds of each cell.
    pub(super) fn groups(&self) -> &[u32] {
        self.crowds.of_cells()
    }

    pub(super) fn cells(&self) -> &Cells {
        &self.cells
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

    /// Counts one brand.
    pub fn count(&self, brand: usize, frame: &Frame, rules: &Rules, slice: &Slice) -> Counts {
        let kept = self.census(brand, frame, rules, &slice.scope);
        let touched = || self.touched(brand, frame.as_of);
        let filter = Filter::new(self, brand, &kept.census, &slice.filter, touched);
        let count = Count {
            census: &kept.census,
            filter: &filter,
            crowds: &self.crowds,
            margins: kept.margins.get(),
            recall: Some(&kept.recall),
        };
        count.take()
    }

    /// Sums up the consumers by what conditions can ask of them, so that the next slices are counted
    /// without looking at them: a second of work for ten million consumers, which nobody has to wait
    /// for. Does nothing for dates, rules and scopes that nothing was counted for, or when it is not
    /// `wanted` any more.
    pub fn prepare(
        &self,
        brand: usize,
        frame: &Frame,
        rules: &Rules,
        scope: &[Condition],
        wanted: &(dyn Fn() -> bool + Sync),
    ) {
        let key = Key::new(frame, rules, scope);
        let cache = self.censuses.lock().ok();
        let kept = cache.and_then(|cache| cache.get(&key, brand));
        let Some(kept) = kept.filter(|kept| kept.margins.get().is_none()) else {
            return;
        };
        if !Margins::pay(&kept.census) {
            return;
        }
        let form = Form::new(kept.census.weekly, self.crowds.len());
        let margins = self.fetch_margins(&key, brand, form).or_else(|| {
            let touched = self.touched(brand, frame.as_of);
            Margins::new(&self.cells, &kept.census, &touched, &self.crowds, wanted)
        });
        if let Some(margins) = margins {
            // Somebody else may have been quicker.
            let _ = kept.margins.set(margins);
        }
    }

    /// People of the asset on as-of for every value of a dimension: attributes in the order of the
    /// data set, then touch dimensions, then roles. The slice plays no part.
    pub fn values(&self, brand: usize, frame: &Frame, rules: &Rules) -> Arc<ValueCounts> {
        let kept = self.census(brand, frame, rules, &[]);
        let count = || {
            let touched = self.touched(brand, frame.as_of);
            Arc::new(ValueCounts::new(self, brand, &kept.census, &touched))
        };
        Arc::clone(kept.values.get_or_init(count))
    }

    /// The census of a brand; the last few are kept, so a changed filter costs counting only.
    fn census(&self, brand: usize, frame: &Frame, rules: &Rules, scope: &[Condition]) -> Arc<Kept> {
        if frame.is_ends() {
            return self.census_of_ends(brand, frame, rules, scope);
        }
        let key = Key::new(frame, rules, scope);
        self.known_census(&key, brand).unwrap_or_else(|| {
            let stops = self.pace.stops();
            let kept = Arc::new(self.take_census(brand, frame, rules, scope, &self.pace));
            if self.pace.stops() == stops && !self.pace.is_stopped() {
                self.keep_census(&key, brand, &kept);
            }
            kept
        })
    }

    /// Whether a count would have to go through all events of a brand, and these are many.
    pub fn is_long(&self, brand: usize, frame: &Frame, rules: &Rules, slice: &Slice) -> bool {
        let events = self.holds.get(brand).map_or(0, |h| h.digest.events);
        let key = Key::new(frame, rules, &slice.scope);
        events >= LONG && self.known_census(&key, brand).is_none()
    }

    /// The census of two days without histories. It serves one board; only the last one is kept.
    fn census_of_ends(
        &self,
        brand: usize,
        frame: &Frame,
        rules: &Rules,
        scope: &[Condition],
    ) -> Arc<Kept> {
        let key = (Key::new(frame, rules, scope), brand);
        let last = self.ends.lock().ok().and_then(|last| last.clone());
        if let Some((of, kept)) = last
            && of == key
        {
            return kept;
        }
        let stops = self.pace.stops();
        let kept = Arc::new(self.take_census(brand, frame, rules, scope, &self.pace));
        if let Ok(mut last) = self.ends.lock() {
            let whole = self.pace.stops() == stops && !self.pace.is_stopped();
            *last = whole.then(|| (key, Arc::clone(&kept)));
        }
        kept
    }

    /// Forgets the last census without histories.
    pub fn forget_ends(&self) {
        if let Ok(mut last) = self.ends.lock() {
            *last = None;
        }
    }

    /// A census that is in memory or in the depot.
    pub(super) fn known_census(&self, key: &Key, brand: usize) -> Option<Arc<Kept>> {
        let cache = self.censuses.lock().ok();
        let found = cache.and_then(|cache| cache.get(key, brand));
        found.or_else(|| {
            let kept = Arc::new(self.fetch_census(key, brand)?);
            self.keep_census(key, brand, &kept);
            Some(kept)
        })
    }

    fn keep_census(&self, key: &Key, brand: usize, kept: &Arc<Kept>) {
        if let Ok(mut cache) = self.censuses.lock() {
            cache.keep(key, brand, kept);
        }
    }

    pub(super) fn take_census(
        &self,
        brand: usize,
        frame: &Frame,
        rules: &Rules,
        scope: &[Condition],
        pace: &Pace,
    ) -> Kept {
        let store = self.store(brand);
        let conditions = EventScope::new(&self.dataset, scope);
        let holds = || store.venues.iter().map(|v| conditions.holds(v)).collect();
        let channels = &self.dataset.log.touch_values[Touch::Channel as usize];
        let fields: Vec<Option<Field>> = channels.iter().map(|c| field_of_channel(c)).collect();
        let field = |v: &Venue| {
            let channel = v.touch[Touch::Channel as usize] as usize;
            fields.get(channel).copied().flatten()
        };
        let survey = Survey {
            store,
            frame,
            rules,
            scope: (!conditions.is_open()).then(holds),
            fields: store.venues.iter().map(field).collect(),
            cells: self.cells.len(),
            pace,
        };
        Kept {
            census: survey.take(),
            values: OnceLock::new(),
            margins: OnceLock::new(),
            recall: Recall::default(),
        }
    }

    pub(super) fn touched(&self, brand: usize, as_of: Day) -> Arc<Touched> {
        let cache = self.touched.lock().ok();
        let found = cache.and_then(|c| c.get(&brand).map(Arc::clone));
        found.filter(|t| t.until() == as_of).unwrap_or_else(|| {
            let sizes = sizes(&self.dataset.log.touch_values);
            let kept = self.fetch_touched(brand, as_of);
            let take = || Touched::new(self.store(brand), as_of, sizes);
            let touched = Arc::new(kept.unwrap_or_else(take));
            if let Ok(mut cache) = self.touched.lock() {
                cache.insert(brand, Arc::clone(&touched));
            }
            touched
        })
    }
}

/// Conditions on events, with their values looked up once.
struct EventScope {
    conditions: Vec<(usize, bool, Vec<u32>)>,
}

impl EventScope {
    /// Conditions on dimensions that are not touch dimensions are ignored.
    fn new(dataset: &Dataset, conditions: &[Condition]) -> Self {
        let conditions = conditions
            .iter()
            .filter_map(|c| {
                let touch = touch_of(&c.dimension)? as usize;
                Some((touch, c.negated, touch_values(dataset, touch, &c.values)))
            })
            .collect();
        Self { conditions }
    }

    fn is_open(&self) -> bool {
        self.conditions.is_empty()
    }

    fn holds(&self, venue: &Venue) -> bool {
        self.conditions
            .iter()
            .all(|(touch, negated, values)| values.contains(&venue.touch[*touch]) != *negated)
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

/// The private field that a channel names: its id, or its usual Chinese name.
pub fn field_of_channel(channel: &str) -> Option<Field> {
    Field::from_id(channel).or(match channel {
        "店铺" => Some(Field::Shop),
        "群聊" | "店铺群聊" => Some(Field::Group),
        "自播" | "自播间" | "店铺自播" => Some(Field::Live),
        "专属客服" | "客服" => Some(Field::Service),
        "小程序" => Some(Field::MiniProgram),
        "订阅" => Some(Field::Subscription),
        _ => None,
    })
}
