//! An engine in items that can be kept and had back one by one.
//!
//! The first numbers need the tables and one census, so the rest stays where it is until somebody
//! asks for it. Where that is, and whether an item is what was kept, a [`Depot`] knows; an item that
//! is not to be had is made anew from the source, never guessed. Items are read on threads of their
//! own: whoever waits for one may be a thread of the pool.

use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;

use super::cells::Cells;
use super::census::Census;
use super::engine::{Hold, Kept, Key};
use super::frame::Frame;
use super::margins::Margins;
use super::pack::{Pack, of_bytes, packed, packed_enum};
use super::part::Part;
use super::recall::Recall;
use super::sheet::{Form, Sheet};
use super::store::{Chunk, Store};
use super::touched::{Bits, Touched};
use super::{Dataset, Engine, Names, Pace, Rules, ValueCounts};
use crate::metrics::Day;

/// What an item is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// The data set without events and consumers, and what is to know of each brand.
    Base,
    /// The store of a brand, without its chunks.
    Store,
    /// The chunks of a store.
    Chunks,
    /// Census and people per value of the frame that is asked for first.
    Census,
    /// The parts of that census.
    Parts,
    /// The day up to which touches count, and the dimensions.
    Touched,
    /// The bits of each touch value.
    Bits,
    /// Sums by family of conditions of that census, without the families.
    Margins,
    /// The families of these sums.
    Families,
    /// Ids of consumers, the cell of each, and ids of orders.
    People,
}

packed_enum!(Section {
    Base,
    Store,
    Chunks,
    Census,
    Parts,
    Touched,
    Bits,
    Margins,
    Families,
    People,
});

/// The name of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// What it is of.
    pub section: Section,
    /// Index of the brand; 0 where it is of all.
    pub brand: u32,
    /// Counts the items of the section and the brand.
    pub index: u32,
}

packed!(Label {
    section,
    brand,
    index
});

/// Where the items of an engine are kept.
pub trait Depot: Debug + Send + Sync {
    /// How many items there are of a section and a brand.
    fn count(&self, section: Section, brand: u32) -> usize;

    /// Puts the bytes of an item into the room; `false` when they are not to be had as they were
    /// kept.
    fn read(&self, label: Label, room: &mut Vec<u8>) -> bool;

    /// The same engine made from the source; `None` when that is not to be had any more.
    fn rebuild(&self) -> Option<Engine>;
}

/// What is to know of a store without it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digest {
    pub(super) events: usize,
    pub(super) consumers: usize,
    pub(super) actions: u32,
    pub(super) has_spans: bool,
    pub(super) knows_category: bool,
}

packed!(Digest {
    events,
    consumers,
    actions,
    has_spans,
    knows_category
});

impl Digest {
    pub(super) fn of(store: &Store) -> Self {
        Self {
            events: store.events,
            consumers: store.consumers(),
            actions: store.actions,
            has_spans: store.has_spans,
            knows_category: store.knows_category,
        }
    }
}

/// What only later events are joined by.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Ids of consumers.
    pub(super) names: Names,
    /// The cell of each consumer.
    pub(super) cells: Vec<u32>,
    /// Ids of orders.
    pub(super) orders: Names,
}

/// The items of people.
const PEOPLE: [Label; 3] = [people(0), people(1), people(2)];

const fn people(index: u32) -> Label {
    Label {
        section: Section::People,
        brand: 0,
        index,
    }
}

/// What an engine begins with.
struct Base {
    dataset: Dataset,
    cells: Cells,
    digests: Vec<Digest>,
}

packed!(Base {
    dataset,
    cells,
    digests
});

/// A census without its parts.
struct CensusHead {
    key: Key,
    census: Census,
    values: ValueCounts,
}

packed!(CensusHead {
    key,
    census,
    values
});

/// Touches without their bits.
struct TouchedHead {
    until: Day,
    sizes: [usize; 4],
}

packed!(TouchedHead { until, sizes });

/// Sums by family of conditions without the families.
struct MarginsHead {
    key: Key,
    form: Form,
    all: Sheet,
}

packed!(MarginsHead { key, form, all });

/// Takes the items of an engine; `false` stops.
pub type Taker<'t> = &'t mut dyn FnMut(Label, &[u8]) -> bool;

/// Hands out items one after the other.
struct Packer<'t> {
    to: Taker<'t>,
    room: Vec<u8>,
}

impl Packer<'_> {
    fn item(&mut self, label: Label, pack: impl FnOnce(&mut Vec<u8>)) -> bool {
        self.room.clear();
        pack(&mut self.room);
        (self.to)(label, &self.room)
    }

    fn each<'i, T: Pack + 'i>(
        &mut self,
        section: Section,
        brand: u32,
        items: impl Iterator<Item = &'i T>,
    ) -> bool {
        (0..).zip(items).all(|(index, item)| {
            let label = Label {
                section,
                brand,
                index,
            };
            self.item(label, |out| item.pack(out))
        })
    }
}

fn one(section: Section, brand: usize) -> Label {
    Label {
        section,
        brand: brand as u32,
        index: 0,
    }
}

impl Engine {
    /// Hands out everything that this engine can be made from again, with the censuses of all brands
    /// for one frame. The result is `false` when it was stopped, or when something is lost.
    pub fn pack(&self, frame: &Frame, rules: &Rules, to: Taker<'_>) -> bool {
        let mut packer = Packer {
            to,
            room: Vec::new(),
        };
        let mut brands = 0..self.holds.len();
        brands.all(|brand| self.pack_store(brand, &mut packer))
            && self.pack_people(&mut packer)
            && (0..self.holds.len())
                .filter(|brand| self.has_events(*brand))
                .all(|brand| self.pack_frame(brand, (frame, rules), &mut packer))
            && packer.item(one(Section::Base, 0), |out| self.pack_base(out))
            && !self.is_lost()
    }

    fn pack_people(&self, packer: &mut Packer<'_>) -> bool {
        let People {
            names,
            cells,
            orders,
        } = self.people();
        let [of_names, of_cells, of_orders] = PEOPLE;
        packer.item(of_names, |out| names.pack(out))
            && packer.item(of_cells, |out| cells.pack(out))
            && packer.item(of_orders, |out| orders.pack(out))
    }

    fn pack_base(&self, out: &mut Vec<u8>) {
        self.dataset.pack(out);
        self.cells.pack(out);
        let digests: Vec<Digest> = self.holds.iter().map(|s| s.digest).collect();
        digests.pack(out);
    }

    fn pack_store(&self, brand: usize, packer: &mut Packer<'_>) -> bool {
        let store = self.store(brand);
        packer.item(one(Section::Store, brand), |out| store.pack(out))
            && packer.each(Section::Chunks, brand as u32, store.chunks.iter())
    }

    /// Packs census and touches; what is not at hand is counted at a pace of its own, which nobody
    /// stops. Margins are packed when they are at hand.
    fn pack_frame(
        &self,
        brand: usize,
        (frame, rules): (&Frame, &Rules),
        packer: &mut Packer<'_>,
    ) -> bool {
        let key = Key::new(frame, rules, &[]);
        let known = self.known_census(&key, brand);
        let pace = Pace::default();
        let kept =
            known.unwrap_or_else(|| Arc::new(self.take_census(brand, frame, rules, &[], &pace)));
        let touched = self.touched(brand, frame.as_of);
        let values = kept
            .values
            .get_or_init(|| Arc::new(ValueCounts::new(self, brand, &kept.census, &touched)));
        let head = |out: &mut Vec<u8>| {
            key.pack(out);
            kept.census.pack(out);
            values.pack(out);
        };
        let of_margins = kept.margins.get().into_iter();
        let mut margins = of_margins.clone().map(|margins| {
            let (form, all) = (margins.form(), margins.all().clone());
            MarginsHead {
                key: key.clone(),
                form,
                all,
            }
        });
        let families = of_margins.flat_map(Margins::families);
        let (sizes, bits) = touched.keep();
        let until = frame.as_of;
        let touched = |out: &mut Vec<u8>| TouchedHead { until, sizes }.pack(out);
        packer.item(one(Section::Census, brand), head)
            && packer.each(Section::Parts, brand as u32, kept.census.parts.iter())
            && packer.item(one(Section::Touched, brand), touched)
            && packer.each(Section::Bits, brand as u32, bits)
            && margins.all(|head| packer.item(one(Section::Margins, brand), |out| head.pack(out)))
            && packer.each(Section::Families, brand as u32, families)
    }

    /// An engine that has its items in a depot; `None` when the depot lacks the first one.
    pub fn unpack(depot: Arc<dyn Depot>) -> Option<Self> {
        let base: Base = fetch(&*depot, one(Section::Base, 0))?;
        let hold = |digest: Digest| Hold {
            digest,
            store: OnceLock::new(),
        };
        let holds: Vec<Hold> = base.digests.into_iter().map(hold).collect();
        let is_whole = (0..holds.len()).all(|brand| depot.count(Section::Store, brand as u32) == 1);
        if !is_whole || holds.len() != base.dataset.brands.len() {
            return None;
        }
        let mut engine = Self::with(base.dataset, base.cells, holds, OnceLock::new());
        engine.depot = Some(depot);
        Some(engine)
    }

    /// Brings the events of all brands into memory that are still elsewhere.
    pub fn warm(&self) {
        (0..self.holds.len()).for_each(|brand| {
            self.store(brand);
        });
    }

    pub(super) fn people(&self) -> &People {
        self.people.get_or_init(|| {
            let kept = self.depot.as_deref().and_then(|depot| {
                let [names, cells, orders] = PEOPLE;
                Some(People {
                    names: fetch(depot, names)?,
                    cells: fetch(depot, cells)?,
                    orders: fetch(depot, orders)?,
                })
            });
            kept.unwrap_or_else(|| {
                let rebuilt = self.rebuilt();
                let people = rebuilt.and_then(|mut engine| engine.people.take());
                people.unwrap_or_else(|| self.lose())
            })
        })
    }

    pub(super) fn fetch_store(&self, brand: usize) -> Store {
        let kept = self.depot.as_deref().and_then(|depot| {
            let mut store: Store = fetch(depot, one(Section::Store, brand))?;
            store.chunks = fetch_all::<Chunk>(depot, Section::Chunks, brand as u32)?;
            let digest = self.holds.get(brand).map(|s| s.digest);
            (digest == Some(Digest::of(&store))).then_some(store)
        });
        kept.unwrap_or_else(|| {
            let hold = self.rebuilt().and_then(|mut engine| {
                (brand < engine.holds.len()).then(|| engine.holds.swap_remove(brand))
            });
            let store = hold.and_then(|hold| hold.store.into_inner());
            store.unwrap_or_else(|| self.lose())
        })
    }

    /// The census of a brand, if the depot has it for this key.
    pub(super) fn fetch_census(&self, key: &Key, brand: usize) -> Option<Kept> {
        let depot = self.depot.as_deref()?;
        let head: CensusHead = fetch(depot, one(Section::Census, brand))?;
        if head.key != *key {
            return None;
        }
        let mut census = head.census;
        census.parts = fetch_all::<Part>(depot, Section::Parts, brand as u32)?;
        Some(Kept {
            census,
            values: OnceLock::from(Arc::new(head.values)),
            margins: OnceLock::new(),
            recall: Recall::default(),
        })
    }

    /// The touches of a brand, if the depot has them up to this day.
    pub(super) fn fetch_touched(&self, brand: usize, until: Day) -> Option<Touched> {
        let depot = self.depot.as_deref()?;
        let head: TouchedHead = fetch(depot, one(Section::Touched, brand))?;
        if head.until != until {
            return None;
        }
        let bits = fetch_all::<Bits>(depot, Section::Bits, brand as u32)?;
        Touched::kept(until, head.sizes, bits)
    }

    /// The sums by family of conditions of a census, if the depot has them.
    pub(super) fn fetch_margins(&self, key: &Key, brand: usize, form: Form) -> Option<Margins> {
        let depot = self.depot.as_deref()?;
        let head: MarginsHead = fetch(depot, one(Section::Margins, brand))?;
        if head.key != *key || head.form != form {
            return None;
        }
        let families = fetch_all(depot, Section::Families, brand as u32)?;
        Margins::kept(form, head.all, families)
    }

    /// The engine made from the source, if that still gives the same.
    fn rebuilt(&self) -> Option<Self> {
        let engine = self.depot.as_deref()?.rebuild()?;
        (engine.dataset.fingerprint == self.dataset.fingerprint).then_some(engine)
    }

    fn lose<T: Default>(&self) -> T {
        self.lost.store(true, Ordering::Relaxed);
        T::default()
    }
}

/// One item.
fn fetch<T: Pack>(depot: &dyn Depot, label: Label) -> Option<T> {
    let mut room = Vec::new();
    depot.read(label, &mut room).then(|| of_bytes(&room))?
}

/// All items of a section and a brand, read side by side.
fn fetch_all<T: Pack + Send>(depot: &dyn Depot, section: Section, brand: u32) -> Option<Vec<T>> {
    let count = depot.count(section, brand);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let found: Mutex<Vec<(usize, T)>> = Mutex::new(Vec::with_capacity(count));
    let work = || {
        let (mut room, mut own) = (Vec::new(), Vec::new());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let label = Label {
                section,
                brand,
                index: at as u32,
            };
            if at >= count || !depot.read(label, &mut room) {
                break;
            }
            match of_bytes(&room) {
                Some(item) => own.push((at, item)),
                None => break,
            }
        }
        if let Ok(mut found) = found.lock() {
            found.append(&mut own);
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.min(count) {
            scope.spawn(work);
        }
        work();
    });
    let mut found = found.into_inner().ok()?;
    found.sort_unstable_by_key(|(at, _)| *at);
    (found.len() == count).then(|| found.into_iter().map(|(_, item)| item).collect())
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::super::{Action, Event, Events, Slice};
    use super::*;
    use crate::facts::pack::{Unpacker, to_bytes};

    /// Items in memory; some are gone.
    #[derive(Debug, Default)]
    pub(crate) struct Memory {
        items: BTreeMap<Label, Vec<u8>>,
        gone: Mutex<Option<Section>>,
        source: Option<Dataset>,
    }

    impl Depot for Memory {
        fn count(&self, section: Section, brand: u32) -> usize {
            let of = |l: &&Label| l.section == section && l.brand == brand;
            self.items.keys().filter(of).count()
        }

        fn read(&self, label: Label, room: &mut Vec<u8>) -> bool {
            room.clear();
            let gone = *self.gone.lock().unwrap() == Some(label.section);
            match self.items.get(&label).filter(|_| !gone) {
                Some(bytes) => {
                    room.extend_from_slice(bytes);
                    true
                }
                None => false,
            }
        }

        fn rebuild(&self) -> Option<Engine> {
            let source = self.source.clone()?;
            Some(Engine::new(Arc::new(source)))
        }
    }

    fn dataset() -> Dataset {
        let events = (0..4000_u32).map(|k| Event {
            consumer: k * 7 % 900,
            brand: 0,
            day: Day(20_000 + (k % 90) as i32),
            second: k % 86_400,
            action: Action::ALL[k as usize % Action::ALL.len()],
            touch: [k % 5, k % 3, super::super::NO_VALUE, k % 80],
            amount: (k % 3 == 0).then_some(i64::from(k)),
            order: k % 40,
            score: None,
        });
        let values = |n: usize| (0..n).map(|k| format!("v{k}")).collect::<Vec<_>>();
        let mut data = Dataset {
            fingerprint: "same".into(),
            brands: vec![super::super::Brand::default()],
            ..Dataset::default()
        };
        data.log.events = events.collect::<Events>();
        data.log.touch_values = [values(5), values(3), Vec::new(), values(80)];
        let names = (0..900).map(|k| format!("c{k}").into_boxed_str());
        data.log.consumers = names.collect();
        data
    }

    fn frame() -> (Frame, Rules) {
        let definitions = crate::metrics::Definitions::default();
        let frame = Engine::frame(Day(20_089), Day(20_082), &definitions);
        (frame, Rules::of(&definitions))
    }

    fn kept_first(engine: &Engine) -> Memory {
        let (frame, rules) = frame();
        kept(engine, &frame, &rules)
    }

    /// What is kept of an engine.
    pub(crate) fn kept(engine: &Engine, frame: &Frame, rules: &Rules) -> Memory {
        let mut memory = Memory::default();
        let taken = engine.pack(frame, rules, &mut |label, bytes| {
            assert!(memory.items.insert(label, bytes.to_vec()).is_none());
            true
        });
        assert!(taken);
        memory
    }

    /// What an engine answers, with and without its store.
    fn answers(engine: &Engine) -> String {
        let (frame, rules) = frame();
        let touched = Slice {
            filter: Slice::parse_conditions("channel=v1,v2; item!=v3").unwrap(),
            ..Slice::default()
        };
        let other = Frame::new(
            Day(20_070),
            Day(20_050),
            super::super::frame::DeepeningPeriod::Days(3),
            7,
        );
        let counts = vec![
            engine.count(0, &frame, &rules, &Slice::default()),
            engine.count(0, &frame, &rules, &touched),
            engine.count(0, &other, &rules, &Slice::default()),
        ];
        let values = engine.values(0, &frame, &rules);
        let names: Vec<_> = engine.consumers().iter().collect();
        let events: Vec<Event> = engine.events(0).collect();
        format!("{counts:?} {values:?} {names:?} {events:?}")
    }

    #[test]
    fn an_engine_comes_back_from_its_items() {
        let fresh = Engine::new(Arc::new(dataset()));
        let memory = kept_first(&fresh);
        let cached = Engine::unpack(Arc::new(memory)).unwrap();
        assert_eq!(answers(&cached), answers(&fresh));
        assert_eq!(cached.event_count(), fresh.event_count());
        assert!(!cached.is_lost());
        let again = kept_first(&cached);
        assert_eq!(again.items, kept_first(&fresh).items);
    }

    #[test]
    fn what_is_gone_is_made_anew_from_the_source() {
        let fresh = Engine::new(Arc::new(dataset()));
        for section in [
            Section::Store,
            Section::Chunks,
            Section::Census,
            Section::Parts,
            Section::Touched,
            Section::Bits,
            Section::People,
        ] {
            let memory = Memory {
                source: Some(dataset()),
                ..kept_first(&fresh)
            };
            *memory.gone.lock().unwrap() = Some(section);
            let cached = Engine::unpack(Arc::new(memory)).unwrap();
            assert_eq!(answers(&cached), answers(&fresh), "{section:?}");
            assert!(!cached.is_lost());
        }
    }

    #[test]
    fn without_its_source_an_engine_says_that_it_is_lost() {
        let memory = kept_first(&Engine::new(Arc::new(dataset())));
        *memory.gone.lock().unwrap() = Some(Section::Chunks);
        let cached = Engine::unpack(Arc::new(memory)).unwrap();
        let (frame, rules) = frame();
        cached.count(0, &frame, &rules, &Slice::default());
        assert!(!cached.is_lost());
        cached.warm();
        assert!(cached.is_lost());
        let mut other = dataset();
        other.fingerprint = "other".into();
        let memory = Memory {
            source: Some(other),
            ..kept_first(&Engine::new(Arc::new(dataset())))
        };
        *memory.gone.lock().unwrap() = Some(Section::Store);
        let cached = Engine::unpack(Arc::new(memory)).unwrap();
        cached.warm();
        assert!(cached.is_lost());
    }

    #[test]
    fn without_the_first_item_there_is_no_engine() {
        let memory = kept_first(&Engine::new(Arc::new(dataset())));
        *memory.gone.lock().unwrap() = Some(Section::Base);
        assert!(Engine::unpack(Arc::new(memory)).is_none());
        let mut unpacker = Unpacker::new(&[]);
        assert!(Label::unpack(&mut unpacker).is_none());
        let label = one(Section::Bits, 3);
        assert_eq!(of_bytes(&to_bytes(&label)), Some(label));
    }
}
