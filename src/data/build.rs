//! The data set in the making: names become indices, rows become entries of the right table.

use rustc_hash::FxHashMap;

use super::names::{self, MetricNames};
use super::text::normal_name;
use super::time::Clock;
use crate::facts::{Attribute, Brand, Crowd, CrowdKey, EventLog, OrderDay, Tables};
use crate::metrics::Day;

/// Distinct texts with their indices.
#[derive(Debug, Default)]
pub(super) struct Interner {
    ids: FxHashMap<Box<str>, u32>,
}

impl Interner {
    /// The index of a text.
    pub(super) fn id(&mut self, text: &str) -> u32 {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = self.ids.len() as u32;
        self.ids.insert(text.into(), id);
        id
    }

    /// The texts in the order of their indices.
    fn into_texts<T: From<Box<str>> + Default + Clone>(self) -> Vec<T> {
        let mut texts = vec![T::default(); self.ids.len()];
        for (text, id) in self.ids {
            if let Some(place) = texts.get_mut(id as usize) {
                *place = text.into();
            }
        }
        texts
    }
}

/// One attribute in the making.
#[derive(Debug, Default)]
struct Trait {
    id: String,
    values: Interner,
    pairs: Vec<(u32, u32)>,
}

/// The data set in the making.
#[derive(Debug)]
pub(super) struct Builder {
    pub(super) clock: Clock,
    pub(super) metrics: MetricNames,
    pub(super) log: EventLog,
    pub(super) tables: Tables,
    pub(super) consumers: Interner,
    pub(super) touches: [Interner; 4],
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
    order_ids: FxHashMap<Box<str>, u32>,
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
            consumers: Interner::default(),
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
            order_ids: FxHashMap::default(),
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
            .or_else(|| self.crowd_ids.get(&normal_name(text)));
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

    /// Gives a consumer a value of an attribute. Values of `crowd` are crowds, by their ids.
    pub(super) fn give(&mut self, attribute: usize, consumer: u32, value: &str) {
        let is_crowd = self.traits.get(attribute).is_some_and(|t| t.id == "crowd");
        let crowd = is_crowd.then(|| self.named_crowd(value) as usize);
        let crowd = crowd
            .and_then(|c| self.crowds.get(c))
            .map(|c| c.id.as_str());
        if let Some(found) = self.traits.get_mut(attribute) {
            let value = found.values.id(crowd.unwrap_or(value));
            found.pairs.push((consumer, value));
        }
    }

    /// Counts an event on its day.
    pub(super) fn count_day(&mut self, day: Day) {
        self.days.add(day);
    }

    /// The index of an order id of the event log.
    pub(super) fn order(&mut self, id: &str) -> u32 {
        if let Some(index) = self.order_ids.get(id) {
            return *index;
        }
        let index = self.order_ids.len() as u32;
        self.order_ids.insert(id.into(), index);
        index
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
        log.consumers = self.consumers.into_texts();
        log.touch_values = self.touches.map(Interner::into_texts);
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
                .into_iter()
                .map(|t| t.finish(consumers))
                .collect(),
        }
    }
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
    fn finish(mut self, consumers: usize) -> Attribute {
        self.pairs.sort_unstable();
        self.pairs.dedup();
        let mut offsets = vec![0u32; consumers + 1];
        for (consumer, _) in &self.pairs {
            if let Some(count) = offsets.get_mut(*consumer as usize + 1) {
                *count += 1;
            }
        }
        let mut sum = 0;
        for offset in &mut offsets {
            sum += *offset;
            *offset = sum;
        }
        Attribute {
            id: self.id,
            values: self.values.into_texts(),
            offsets,
            entries: self.pairs.into_iter().map(|(_, value)| value).collect(),
        }
    }
}

/// Events per day.
#[derive(Debug, Default)]
struct Days {
    counts: FxHashMap<i32, u64>,
    current: Option<(Day, u64)>,
}

impl Days {
    fn add(&mut self, day: Day) {
        match &mut self.current {
            Some((current, count)) if *current == day => *count += 1,
            _ => {
                self.settle();
                self.current = Some((day, 1));
            }
        }
    }

    fn settle(&mut self) {
        if let Some((day, count)) = self.current.take() {
            *self.counts.entry(day.0).or_default() += count;
        }
    }

    fn all(&self) -> Vec<(Day, u64)> {
        let mut counts = self.counts.clone();
        if let Some((day, count)) = self.current {
            *counts.entry(day.0).or_default() += count;
        }
        let mut all: Vec<_> = counts.into_iter().map(|(day, n)| (Day(day), n)).collect();
        all.sort_unstable();
        all
    }

    fn span(&self) -> Option<(Day, Day)> {
        let all = self.all();
        Some((all.first()?.0, all.last()?.0))
    }

    /// The latest day whose count reaches 1 % of the median day: a few rows after the end (a cut or
    /// late export) do not make a complete day.
    fn last_complete(&self) -> Option<Day> {
        let all = self.all();
        let mut counts: Vec<u64> = all.iter().map(|(_, n)| *n).collect();
        counts.sort_unstable();
        let median = *counts.get(counts.len() / 2)?;
        all.iter()
            .rev()
            .find(|(_, n)| *n * 100 >= median)
            .map(|(day, _)| *day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_straggler_does_not_make_a_complete_day() {
        let mut days = Days::default();
        for day in [Day(1), Day(2), Day(1), Day(2)] {
            for _ in 0..200 {
                days.add(day);
            }
        }
        days.add(Day(9));
        assert_eq!(days.span(), Some((Day(1), Day(9))));
        assert_eq!(days.last_complete(), Some(Day(2)));
        assert_eq!(Days::default().last_complete(), None);
    }

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
        for name in ["u1", "u2", "u3"] {
            builder.consumers.id(name);
        }
        for (consumer, value) in [(2, "mom"), (0, "Z世代"), (2, "genz"), (2, "mom")] {
            builder.give(attribute, consumer, value);
        }
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
