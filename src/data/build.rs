//! The data set in the making: names become indices, rows become entries of the right table.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::event::{Days, EventPortion};
use super::ids::Ids;
use super::names::{self, MetricNames};
use super::people::PeoplePortion;
use super::text::{normal, normal_name};
use super::texts::Texts;
use super::time::Clock;
use crate::facts::{
    Attribute, Brand, Crowd, CrowdKey, Dataset, Detail, EventLog, NO_VALUE, Names, OrderDay,
    Problem, Tables, Venue,
};
use crate::metrics::Day;

/// One attribute in the making.
#[derive(Debug, Default)]
struct Trait {
    id: String,
    values: Texts,
    pairs: Vec<(u32, u32)>,
}

/// The data set in the making.
#[derive(Debug)]
pub(super) struct Builder {
    pub(super) clock: Clock,
    pub(super) metrics: MetricNames,
    pub(super) log: EventLog,
    pub(super) tables: Tables,
    pub(super) consumers: Ids,
    touches: [Texts; 4],
    brands: Vec<Brand>,
    brand_ids: FxHashMap<String, u32>,
    /// Brands of the manifest.
    given_brands: usize,
    crowds: Vec<Crowd>,
    crowd_ids: FxHashMap<String, u32>,
    /// Crowds of the manifest.
    given_crowds: usize,
    /// Crowds of the row being read that the manifest does not name, when it names any.
    strangers: Vec<u32>,
    traits: Vec<Trait>,
    days: Days,
    order_days: FxHashMap<(u32, Day), OrderDay>,
    order_ids: Ids,
}

impl Builder {
    /// Starts from the brands and crowds of a manifest.
    pub(super) fn new(clock: Clock, brands: Vec<Brand>, crowds: Vec<Crowd>) -> Self {
        let mut brand_ids = FxHashMap::default();
        for (i, b) in brands.iter().enumerate() {
            brand_ids.insert(b.id.clone(), i as u32);
        }
        for (i, b) in brands.iter().enumerate() {
            for name in [&b.name_zh, &b.name_en] {
                brand_ids.entry(name.clone()).or_insert(i as u32);
            }
        }
        let mut crowd_ids = FxHashMap::default();
        for (i, c) in crowds.iter().enumerate() {
            crowd_ids.insert(c.id.clone(), i as u32);
        }
        for (i, c) in crowds.iter().enumerate() {
            for name in [&c.id, &c.name_zh, &c.name_en] {
                crowd_ids.entry(normal_name(name)).or_insert(i as u32);
            }
        }
        Self {
            clock,
            metrics: MetricNames::new(),
            log: EventLog::default(),
            tables: Tables::default(),
            consumers: Ids::default(),
            touches: Default::default(),
            given_brands: brands.len(),
            brands,
            brand_ids,
            given_crowds: crowds.len(),
            strangers: Vec::new(),
            crowds,
            crowd_ids,
            traits: Vec::new(),
            days: Days::default(),
            order_days: FxHashMap::default(),
            order_ids: Ids::default(),
        }
    }

    /// Goes on from what is known: brands, touch values, ids of consumers and of orders, days.
    pub(super) fn go_on(&mut self, known: &Dataset, names: [Names; 2], days: &[(Day, u64)]) {
        for brand in &known.brands {
            self.brand(&brand.id);
        }
        for (texts, values) in self.touches.iter_mut().zip(&known.log.touch_values) {
            for value in values {
                texts.id(value);
            }
        }
        [self.consumers, self.order_ids] = names.map(Ids::of);
        for (day, events) in days {
            self.days.count(*day, *events);
        }
    }

    /// How many brands the manifest names.
    pub(super) fn given_brands(&self) -> usize {
        self.given_brands
    }

    /// The brand of rows without a brand column: the only brand of the manifest, else `all`.
    pub(super) fn default_brand(&self) -> String {
        match (self.given_brands, self.brands.first()) {
            (1, Some(brand)) => brand.id.clone(),
            _ => "all".to_owned(),
        }
    }

    /// The index of a brand by id or name; a new one is added.
    pub(super) fn brand(&mut self, text: &str) -> u32 {
        if let Some(id) = self.brand_ids.get(text) {
            return *id;
        }
        let id = self.brands.len() as u32;
        self.brands.push(Brand {
            id: text.to_owned(),
            name_zh: text.to_owned(),
            name_en: text.to_owned(),
            category: None,
            tier: None,
        });
        self.brand_ids.insert(text.to_owned(), id);
        id
    }

    /// What a crowd cell means; a new crowd is added.
    pub(super) fn crowd(&mut self, text: &str) -> CrowdKey {
        if text.is_empty() {
            CrowdKey::Brand
        } else if names::is_all_crowds(text) {
            CrowdKey::All
        } else {
            CrowdKey::Crowd(self.named_crowd(text))
        }
    }

    fn named_crowd(&mut self, text: &str) -> u32 {
        let id = self.crowd_index(text);
        if self.given_crowds > 0 && id as usize >= self.given_crowds {
            self.strangers.push(id);
        }
        id
    }

    /// Takes the crowds of the row just read that the manifest does not name.
    pub(super) fn take_strangers(&mut self) -> impl Iterator<Item = u32> {
        self.strangers.drain(..)
    }

    /// The id of a crowd by index.
    pub(super) fn crowd_id(&self, crowd: u32) -> &str {
        self.crowds
            .get(crowd as usize)
            .map_or("", |c| c.id.as_str())
    }

    fn crowd_index(&mut self, text: &str) -> u32 {
        let known = self
            .crowd_ids
            .get(text)
            .or_else(|| self.crowd_ids.get(normal(text).as_ref()));
        if let Some(id) = known {
            return *id;
        }
        let id = self.crowds.len() as u32;
        self.crowds.push(Crowd {
            id: text.to_owned(),
            name_zh: text.to_owned(),
            name_en: text.to_owned(),
            ..Crowd::default()
        });
        self.crowd_ids.insert(text.to_owned(), id);
        self.crowd_ids.entry(normal_name(text)).or_insert(id);
        id
    }

    /// The index of an attribute; a new one is added.
    pub(super) fn attribute(&mut self, id: &str) -> usize {
        if let Some(index) = self.traits.iter().position(|t| t.id == id) {
            return index;
        }
        self.traits.push(Trait {
            id: id.to_owned(),
            ..Trait::default()
        });
        self.traits.len() - 1
    }

    /// The index of a value of an attribute. Values of `crowd` are crowds, by their ids.
    fn value(&mut self, attribute: usize, value: &str) -> u32 {
        let is_crowd = self.traits.get(attribute).is_some_and(|t| t.id == "crowd");
        let crowd = is_crowd.then(|| self.named_crowd(value) as usize);
        let crowd = crowd
            .and_then(|c| self.crowds.get(c))
            .map(|c| c.id.as_str());
        let found = self.traits.get_mut(attribute);
        found.map_or(0, |t| t.values.id(crowd.unwrap_or(value)))
    }

    /// Adds a block of a table of consumers; its columns are these attributes. Gives the crowds that
    /// the manifest does not name, with the line of the first row and how many there are.
    pub(super) fn add_people(
        &mut self,
        people: &PeoplePortion,
        attributes: &[usize],
    ) -> Vec<(u32, u64, u64)> {
        let consumers = self.consumers.all(&people.consumers);
        let mut strangers = Vec::new();
        for (column, attribute) in people.traits.iter().zip(attributes) {
            let mut values = Vec::with_capacity(column.values.len());
            for (text, (count, line)) in column.values.iter().zip(&column.seen) {
                values.push(self.value(*attribute, text));
                let met = self.strangers.drain(..);
                strangers.extend(met.map(|crowd| (crowd, *line, *count)));
            }
            if let Some(to) = self.traits.get_mut(*attribute) {
                let pair = |(consumer, value): &(u32, u32)| {
                    let consumer = consumers.get(*consumer as usize)?;
                    Some((*consumer, *values.get(*value as usize)?))
                };
                to.pairs.extend(column.pairs.iter().filter_map(pair));
            }
        }
        strangers
    }

    /// Adds a block of an event log.
    pub(super) fn add_events(&mut self, events: &EventPortion) -> Result<(), Refused> {
        let consumers = self.consumers.all(&events.consumers);
        let orders = self.order_ids.all(&events.orders);
        let brands: Vec<u32> = events.brands.iter().map(|b| self.brand(b)).collect();
        let touches: [Vec<u32>; 4] = std::array::from_fn(|k| match self.touches.get_mut(k) {
            Some(known) => {
                let texts = events.touches.get(k).into_iter().flat_map(Texts::iter);
                texts.map(|text| known.id(text)).collect()
            }
            None => Vec::new(),
        });
        let moved = |map: &[u32], at: u32| map.get(at as usize).copied().unwrap_or(NO_VALUE);
        let mut venues = Vec::with_capacity(events.venues.list().len());
        for venue in events.venues.list() {
            let mut touch = venue.touch;
            for (value, map) in touch.iter_mut().zip(&touches) {
                *value = moved(map, *value);
            }
            let brand = moved(&brands, venue.brand);
            let Some(id) = self.log.events.venues.id(Venue { brand, touch }) else {
                return Err(Refused::Venues);
            };
            venues.push(id);
        }
        for row in &events.part.rows {
            let consumer = moved(&consumers, row.consumer);
            let row_there = row.moved(consumer, moved(&venues, row.venue()), NO_VALUE);
            let detail = events.part.detail(row).map(|detail| Detail {
                order: moved(&orders, detail.order),
                ..*detail
            });
            self.log.events.add(&row_there, detail.as_ref());
        }
        self.days.absorb(&events.days);
        self.log.events.settle().map_err(Refused::Annex)
    }

    /// Adds an order to its day.
    pub(super) fn add_order(&mut self, order: &OrderDay) {
        let none = || OrderDay {
            at: order.at,
            ..OrderDay::none(order.brand, order.date)
        };
        let key = (order.brand, order.date);
        self.order_days.entry(key).or_insert_with(none).add(order);
    }

    /// Takes everything out: log, tables, brands, crowds, attributes.
    pub(super) fn finish(self) -> Built {
        let mut log = self.log;
        let mut tables = self.tables;
        tables.order_days = self.order_days.into_values().collect();
        tables.order_days.sort_by_key(|d| (d.brand, d.date));
        log.events.shrink();
        log.consumers = self.consumers.into_names();
        log.orders = self.order_ids.into_names();
        log.touch_values = self.touches.map(Texts::into_list);
        log.days = self.days.span();
        log.last_complete = self.days.last_complete();
        let consumers = log.consumers.len();
        Built {
            log,
            tables,
            brands: self.brands,
            crowds: self.crowds,
            attributes: self
                .traits
                .into_par_iter()
                .map(|t| t.finish(consumers))
                .collect(),
        }
    }
}

/// Why events were not added.
#[derive(Debug)]
pub(super) enum Refused {
    /// There are too many venues.
    Venues,
    /// The annex for rows that do not fit in memory said no.
    Annex(Box<Problem>),
}

/// What a builder gives.
#[derive(Debug)]
pub(super) struct Built {
    pub(super) log: EventLog,
    pub(super) tables: Tables,
    pub(super) brands: Vec<Brand>,
    pub(super) crowds: Vec<Crowd>,
    pub(super) attributes: Vec<Attribute>,
}

impl Trait {
    /// The values of every consumer, in the order of their indices and each once.
    fn finish(self, consumers: usize) -> Attribute {
        let mut starts = vec![0u32; consumers + 1];
        for (consumer, _) in &self.pairs {
            if let Some(count) = starts.get_mut(*consumer as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut all = vec![0; self.pairs.len()];
        let mut next = starts.clone();
        for (consumer, value) in self.pairs {
            if let Some(at) = next.get_mut(consumer as usize) {
                if let Some(place) = all.get_mut(*at as usize) {
                    *place = value;
                }
                *at += 1;
            }
        }
        let (offsets, entries) = without_doubles(&starts, all);
        Attribute {
            id: self.id,
            values: self.values.into_list(),
            offsets,
            entries,
        }
    }
}

/// Sorts the values of every consumer and drops what stands there twice.
fn without_doubles(starts: &[u32], mut all: Vec<u32>) -> (Vec<u32>, Vec<u32>) {
    let mut offsets = Vec::with_capacity(starts.len());
    let mut kept = 0;
    for bounds in starts.windows(2) {
        let &[from, to] = bounds else { break };
        offsets.push(kept as u32);
        if let Some(values) = all.get_mut(from as usize..to as usize) {
            values.sort_unstable();
        }
        let mut last = None;
        for at in from as usize..to as usize {
            let value = all.get(at).copied();
            if value != last
                && let (Some(value), Some(place)) = (value, all.get_mut(kept))
            {
                *place = value;
                kept += 1;
                last = Some(value);
            }
        }
    }
    offsets.push(kept as u32);
    all.truncate(kept);
    (offsets, all)
}

#[cfg(test)]
mod tests {
    use super::super::people::Column;
    use super::*;

    #[test]
    fn attributes_keep_several_values_and_no_value() {
        let zone = jiff::tz::TimeZone::UTC;
        let crowd = Crowd {
            id: "genz".into(),
            name_zh: "Z世代".into(),
            ..Crowd::default()
        };
        let mut builder = Builder::new(Clock::new(zone), Vec::new(), vec![crowd]);
        let attribute = builder.attribute("crowd");
        let mut block = PeoplePortion::default();
        let mut column = Column::default();
        for name in ["u1", "u2", "u3"] {
            block.consumers.push(name);
        }
        for (line, (consumer, value)) in [(2, "mom"), (0, "Z世代"), (2, "genz"), (2, "mom")]
            .into_iter()
            .enumerate()
        {
            column.give(consumer, value, line as u64);
        }
        block.traits.push(column);
        let strangers = builder.add_people(&block, &[attribute]);
        assert_eq!(strangers, [(1, 0, 2)]);
        let built = builder.finish();
        let found = &built.attributes[0];
        let of = |c| {
            found
                .of(c)
                .iter()
                .map(|v| found.values[*v as usize].as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(of(0), ["genz"]);
        assert_eq!(of(1), Vec::<&str>::new());
        assert_eq!(of(2), ["mom", "genz"]);
        assert_eq!(built.crowds.len(), 2);
    }
}
