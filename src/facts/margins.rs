//! Sums of the consumers who are alike in one family of conditions (see [`super::family`]), for every
//! family: those on each touch dimension, and those on roles and attributes, of which any two, and all
//! together, have sums of their own, because a slice seldom has conditions on more.

use rayon::prelude::*;

use super::cells::Cells;
use super::census::Census;
use super::count::{Count, Crowds};
use super::family::{ALL_ATTRIBUTES, Family};
use super::maker::{Limits, Maker};
use super::part::Part;
use super::select::{FAMILIES, Filter, STANDING};
use super::sheet::{Form, Sheet};
use super::strip::Strip;
use super::touched::Touched;
use super::without::Sets;

/// So many consumers pay for a sheet: they need more memory one by one. Where there are more consumers
/// than [`MANY`] fewer pay: then a sheet is little of the whole, and quicker to add.
const PAYS: usize = 128;
const MANY: usize = 1 << 21;
/// Fewer consumers than this are counted in a moment in any case.
const WORTH: usize = 1 << 16;
/// Bytes per consumer that all families may hold together, but for those of consumers without some
/// touches.
const MOST: usize = 28;
/// Bytes per consumer that these may hold.
const TOUCHES: usize = 6;

/// The sums of one census by family.
#[derive(Debug)]
pub(super) struct Margins {
    form: Form,
    /// Everybody.
    all: Sheet,
    /// Those of the fewest keys first.
    families: Vec<Family>,
}

impl Margins {
    /// Whether a census is large enough to be summed up by family.
    pub(super) fn pay(census: &Census) -> bool {
        census.parts.iter().map(Part::len).sum::<usize>() >= WORTH
    }

    /// The sums of a census; `None` when they are not wanted any more.
    pub(super) fn new(
        cells: &Cells,
        census: &Census,
        touched: &Touched,
        crowds: &Crowds,
        wanted: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let consumers: usize = census.parts.iter().map(Part::len).sum();
        let limits = Limits {
            pays: (PAYS * MANY / consumers.max(MANY)).max(1) as u32,
            bytes: MOST * consumers,
            touches: TOUCHES * consumers,
        };
        Self::with(cells, census, touched, crowds, limits, wanted)
    }

    /// Drops families until the others hold no more than so many bytes: the largest of few attributes,
    /// then those of which there is only one for each kind of condition.
    fn trim(&mut self, most: usize) {
        while self.bytes() > most {
            let few = |family: &Family| family.attributes != ALL_ATTRIBUTES;
            let largest = self.families.iter().rposition(few);
            match largest.or(self.families.len().checked_sub(1)) {
                Some(largest) => _ = self.families.remove(largest),
                None => break,
            }
        }
    }

    /// Gives families of touches sheets of the consumers without some of them, as long as there is room
    /// for them.
    fn add_without_touches(&mut self, maker: &Maker<'_>, most: usize) {
        let families = self.families.iter_mut().filter(|f| f.id != STANDING);
        let families: Vec<&mut Family> = families.collect();
        let sets = maker.sets_of_touches(&families, most);
        for (family, sets) in families.into_iter().zip(sets) {
            let strip = std::mem::take(&mut family.strip);
            maker.add_without(family, &strip, sets);
            family.strip = strip;
        }
    }

    /// Gives families of few attributes sheets of the consumers without some roles, as long as there
    /// is room for them.
    fn add_without_roles(&mut self, maker: &Maker<'_>, most: usize) {
        let mut room = most.saturating_sub(self.bytes());
        let standing = self.families.iter_mut().filter(|f| f.id == STANDING);
        let (all, few): (Vec<&mut Family>, Vec<&mut Family>) =
            standing.partition(|family| family.attributes == ALL_ATTRIBUTES);
        let [all] = &all[..] else { return };
        let fits = |family: &&mut Family| {
            let left = room.checked_sub(Maker::bytes_without(family, Sets::ROLES));
            room = left.unwrap_or(0);
            left.is_some()
        };
        let few: Vec<&mut Family> = few.into_iter().take_while(fits).collect();
        few.into_par_iter()
            .for_each(|family| maker.add_without(family, &all.strip, Sets::ROLES));
    }

    fn with(
        cells: &Cells,
        census: &Census,
        touched: &Touched,
        crowds: &Crowds,
        limits: Limits,
        wanted: &(dyn Fn() -> bool + Sync),
    ) -> Option<Self> {
        let form = Form::new(census.weekly, crowds.len());
        let maker = Maker::new(cells, census, touched, crowds, limits, wanted);
        let filter = Filter::open(census);
        let count = Count {
            census,
            filter: &filter,
            crowds,
            margins: None,
            recall: None,
        };
        let families = (0..FAMILIES).into_par_iter();
        let families = families.flat_map(|family| maker.families(family));
        let mut found = Self {
            form,
            all: count.sheet(form),
            families: families.collect(),
        };
        found.families.sort_by_key(|family| family.entries.len());
        found.trim(limits.bytes);
        found.add_without_roles(&maker, limits.bytes);
        found.add_without_touches(&maker, limits.touches);
        wanted().then_some(found)
    }

    /// Sums that were kept; `None` when they do not belong together.
    pub(super) fn kept(form: Form, all: Sheet, families: Vec<Family>) -> Option<Self> {
        let fits = families.iter().all(|family| family.fits(form)) && all.fits(form);
        fits.then_some(Self {
            form,
            all,
            families,
        })
    }

    /// The families that have sums.
    pub(super) fn families(&self) -> &[Family] {
        &self.families
    }

    /// The form of the sheets.
    pub(super) fn form(&self) -> Form {
        self.form
    }

    /// Everybody.
    pub(super) fn all(&self) -> &Sheet {
        &self.all
    }

    /// The smallest sums of a family that tell these attributes, one bit each.
    pub(super) fn family(&self, id: usize, attributes: u64) -> Option<&Family> {
        self.families.iter().find(|f| f.tells(id, attributes))
    }

    /// The consumers without a sheet of a family.
    pub(super) fn strip(&self, id: usize) -> Option<&Strip> {
        self.family(id, ALL_ATTRIBUTES).map(|family| &family.strip)
    }

    /// Bytes that the sums hold.
    pub(super) fn bytes(&self) -> usize {
        self.families.iter().map(Family::bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::facts::depot::tests::kept;
    use crate::facts::family::NONE;
    use crate::facts::frame::{DeepeningPeriod, Frame};
    use crate::facts::pack::{of_bytes, to_bytes};
    use crate::facts::recall::Recall;
    use crate::facts::{
        Action, Attribute, Brand, Condition, Crowd, Dataset, Engine, Event, Events, NO_VALUE,
        RoleSpan, Rules, Slice,
    };
    use crate::metrics::fast_plus::Role;
    use crate::metrics::{Day, Definitions};

    const FEW: u32 = 700;

    /// Numbers that look like chance.
    fn chance(seed: u64) -> impl FnMut(u64) -> u64 {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        move |below| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) % below
        }
    }

    fn attribute(
        id: &str,
        values: usize,
        people: u32,
        of: &mut impl FnMut(u64) -> u64,
    ) -> Attribute {
        let (mut offsets, mut entries) = (vec![0], Vec::new());
        for _ in 0..people {
            // Some have no value, some have two.
            let first = of(values as u64 + 1) as u32;
            let all = [first, first + 1 + of(2) as u32];
            let count = [0, 1, 1, 2][of(4) as usize];
            entries.extend(all.iter().take(count).filter(|v| **v < values as u32));
            offsets.push(entries.len() as u32);
        }
        Attribute {
            id: id.into(),
            values: (0..values).map(|v| format!("v{v}")).collect(),
            offsets,
            entries,
        }
    }

    fn dataset(seed: u64, people: u32, events: usize) -> Dataset {
        let mut of = chance(seed);
        let mut data = Dataset {
            brands: vec![Brand::default()],
            attributes: vec![
                attribute("tier", 3, people, &mut of),
                attribute("crowd", 4, people, &mut of),
                attribute("age", 2, people, &mut of),
            ],
            ..Dataset::default()
        };
        let crowd = |k: usize| Crowd {
            id: format!("v{k}"),
            ..Crowd::default()
        };
        data.crowds = (0..4).map(crowd).collect();
        let events = (0..events).map(|_| {
            let consumer = of(people.into()).min(of(people.into())) as u32;
            let place = |n: u64, of: &mut dyn FnMut(u64) -> u64| match of(n + 1) {
                value if value == n => NO_VALUE,
                value => value as u32,
            };
            Event {
                consumer,
                brand: 0,
                day: Day(19_700 + of(390) as i32),
                second: of(86_400) as u32,
                action: Action::ALL[of(Action::ALL.len() as u64) as usize],
                touch: [
                    place(5, &mut of),
                    place(3, &mut of),
                    NO_VALUE,
                    place(80, &mut of),
                ],
                amount: (of(3) > 0).then(|| of(90_000) as i64),
                order: of(500) as u32,
                score: None,
            }
        });
        data.log.events = events.collect::<Events>();
        let values = |n: usize| (0..n).map(|k| format!("v{k}")).collect::<Vec<_>>();
        data.log.touch_values = [values(5), values(3), Vec::new(), values(80)];
        data.log.consumers = (0..people)
            .map(|k| format!("c{k}").into_boxed_str())
            .collect();
        data.log.orders = (0..500).map(|k| format!("o{k}").into_boxed_str()).collect();
        let span = |k: u32| RoleSpan {
            brand: 0,
            consumer: k * 3 % people,
            role: Role::ALL[k as usize % Role::ALL.len()],
            since: Some(Day(19_900 + k as i32 % 200)),
            until: k.is_multiple_of(2).then(|| Day(20_000 + k as i32 % 150)),
        };
        data.log.spans = (0..90).map(span).collect();
        data.fingerprint = "same".into();
        data
    }

    fn engine(seed: u64) -> Engine {
        Engine::new(Arc::new(dataset(seed, FEW, 9000)))
    }

    fn conditions() -> impl Strategy<Value = Vec<Condition>> {
        let dimension = prop::sample::select(vec![
            ("tier", 3),
            ("crowd", 4),
            ("age", 2),
            ("channel", 5),
            ("category", 3),
            ("item", 80),
            ("role", 0),
            ("nowhere", 2),
        ]);
        let condition = (
            dimension,
            prop::collection::vec(0..80_usize, 1..4),
            any::<bool>(),
        );
        let condition = condition.prop_map(|((id, values), picks, negated)| Condition {
            dimension: id.into(),
            values: picks
                .into_iter()
                .map(|pick| match values {
                    0 => Role::ALL[pick % Role::ALL.len()].id().to_owned(),
                    n => format!("v{}", pick % n),
                })
                .collect(),
            negated,
        });
        prop::collection::vec(condition, 0..5)
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 60,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        /// Whoever gets a sheet, the counts are those of looking at everybody.
        #[test]
        fn margins_give_the_counts_of_looking_at_everybody(
            seed in 0..1000_u64,
            pays in 1..60_u32,
            weekly in any::<bool>(),
            touches in prop::sample::select(vec![0, 100_000, usize::MAX]),
            slices in prop::collection::vec(conditions(), 8),
        ) {
            let engine = engine(seed);
            let period = DeepeningPeriod::Days(if weekly { 7 } else { 3 });
            let frame = Frame::new(Day(20_080), Day(20_073 - seed as i32 % 3), period, 7);
            let rules = Rules::of(&Definitions::default());
            let kept = engine.take_census(0, &frame, &rules, &[], engine.pace());
            let touched = engine.touched(0, frame.as_of);
            let limits = Limits { pays, bytes: usize::MAX, touches };
            let (cells, crowds) = (engine.cells(), &engine.crowds);
            let made = Margins::with(cells, &kept.census, &touched, crowds, limits, &|| true);
            let made = made.unwrap();
            // The cache gives them back as they are.
            let families: Vec<Family> = of_bytes(&to_bytes(&made.families)).unwrap();
            prop_assert!(Margins::kept(made.form, made.all.clone(), families).is_some());
            // Each slice may be counted from the one before.
            let recall = Recall::default();
            for conditions in slices {
                let slice = Slice { filter: conditions, ..Slice::default() };
                let touched = || Arc::clone(&touched);
                let filter = Filter::new(&engine, 0, &kept.census, &slice.filter, touched);
                let count = |margins, recall| Count {
                    census: &kept.census,
                    filter: &filter,
                    crowds: &engine.crowds,
                    margins,
                    recall,
                };
                let with = count(Some(&made), Some(&recall)).take();
                let without = count(None, None).take();
                prop_assert_eq!(with, without, "{:?}", slice);
            }
        }
    }

    #[test]
    fn margins_have_families_that_differ_in_sheets_and_in_single_consumers() {
        let engine = engine(5);
        let frame = Frame::new(Day(20_080), Day(20_073), DeepeningPeriod::Days(7), 7);
        let rules = Rules::of(&Definitions::default());
        let kept = engine.take_census(0, &frame, &rules, &[], engine.pace());
        let touched = engine.touched(0, frame.as_of);
        let with = |pays, wanted: bool| {
            let wanted = || wanted;
            let cells = engine.cells();
            let limits = Limits {
                pays,
                bytes: usize::MAX,
                touches: usize::MAX,
            };
            Margins::with(
                cells,
                &kept.census,
                &touched,
                &engine.crowds,
                limits,
                &wanted,
            )
        };
        let mut made = with(8, true).unwrap();
        let mut found: Vec<(usize, u64)> =
            made.families.iter().map(|f| (f.id, f.attributes)).collect();
        found.sort_unstable();
        // Nothing, each of three attributes, each pair, all. The fourth touch dimension has too many
        // values to be looked up in a moment.
        let sets = [0, 1, 2, 3, 4, 5, 6, ALL_ATTRIBUTES].map(|set| (0, set));
        assert_eq!(
            found,
            [&sets[..], &[(1, ALL_ATTRIBUTES), (2, ALL_ATTRIBUTES)]].concat()
        );
        let light: Vec<usize> = made.families.iter().map(|f| f.strip.len()).collect();
        assert!(
            light.iter().any(|n| (100..FEW as usize).contains(n)),
            "{light:?}"
        );
        assert!(light.contains(&0), "{light:?}");
        assert!(made.families.is_sorted_by_key(|f| f.entries.len()));
        let in_sets = |f: &Family| f.blocks.iter().any(|block| block.without != NONE);
        let of_touches = |f: &&Family| f.id != STANDING;
        assert!(made.families.iter().filter(of_touches).any(in_sets));
        assert!(made.families.iter().any(|f| f.id == STANDING && in_sets(f)));
        assert!(!made.families.iter().all(in_sets));
        let told = |attributes: u64| made.family(STANDING, attributes).map(|f| f.attributes);
        let tells = |set: u64| told(set).is_some_and(|found| found & set == set);
        assert!((0..8).all(tells));
        assert_eq!(told(7), Some(ALL_ATTRIBUTES));
        assert!(with(8, false).is_none());
        // What only one family can tell is dropped last.
        while let Some(family) = made
            .families
            .iter()
            .rfind(|f| f.attributes != ALL_ATTRIBUTES)
        {
            let bytes = made.bytes() - family.bytes();
            made.trim(made.bytes() - 1);
            assert_eq!(made.bytes(), bytes);
        }
        assert_eq!(made.families.len(), 3);
        made.trim(0);
        assert!(made.families.is_empty());
    }

    #[test]
    fn a_prepared_engine_counts_the_same_and_its_cache_brings_the_sums_back() {
        let engine = Engine::new(Arc::new(dataset(3, 2 * WORTH as u32, 5 * WORTH)));
        let definitions = Definitions::default();
        let frame = Engine::frame(Day(20_080), Day(20_073), &definitions);
        let rules = Rules::of(&definitions);
        let slices = [
            "",
            "role=member,fan",
            "channel!=v1",
            "tier=v1; channel=v0,v3; category=v2",
        ];
        let counts = |engine: &Engine| {
            let count = |text: &str| {
                let filter = Slice::parse_conditions(text).unwrap();
                let slice = Slice {
                    filter,
                    ..Slice::default()
                };
                engine.count(0, &frame, &rules, &slice)
            };
            slices.map(count)
        };
        let prepare = |engine: &Engine, wanted: bool| {
            engine.prepare(0, &frame, &rules, &[], &|| wanted);
            engine.memory().censuses
        };
        // Nothing was counted yet, so there is nothing to prepare.
        assert_eq!(prepare(&engine, true), 0);
        let expected = counts(&engine);
        let before = engine.memory().censuses;
        assert_eq!(prepare(&engine, false), before);
        let after = prepare(&engine, true);
        assert!(after > before);
        assert_eq!(prepare(&engine, true), after);
        assert_eq!(counts(&engine), expected);
        let cached = Engine::unpack(Arc::new(kept(&engine, &frame, &rules))).unwrap();
        assert_eq!(counts(&cached), expected);
        assert_eq!(prepare(&cached, true), after);
        assert_eq!(counts(&cached), expected);
    }
}
