//! Logs that get longer: the cache of the shorter one with the new rows gives what a fresh load of
//! the longer one gives, or all is read again.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;
use crate::board;
use crate::facts::frame::DeepeningPeriod;
use crate::facts::{Slice, TOUCH_DIMENSIONS};
use crate::metrics::{Day, Definitions};

const MANIFEST: &str = r#"
format = 1
[[brand]]
id = "oak"
category = "tea"
[[brand]]
id = "elm"
[[table]]
kind = "events"
file = "events*.csv"
[[table]]
kind = "consumers"
file = "people.csv"
[[table]]
kind = "relations"
file = "relations.csv"
[[table]]
kind = "stock"
file = "stock.csv"
"#;

const FIRST: &str = "events-00000.csv";
const HEADER: &str = "consumer,time,action,brand,category,channel,item,amount,order\n";

/// A log that is written day by day.
struct Growing {
    folder: tempfile::TempDir,
}

/// What is peculiar about the rows of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Twist {
    /// Known consumers, values and brands.
    Plain,
    /// New consumers.
    Strangers,
    /// New items, more than fit beside the day of an event.
    Items,
    /// Quoted cells with line ends.
    Quotes,
    /// A row of an unknown action.
    Unknown,
    /// A row of an earlier day.
    Early,
    /// A new brand.
    Brand,
    /// Another brand in the category of the first.
    Category,
}

impl Growing {
    fn new(days: u32, twist: Twist) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let growing = Self { folder };
        fs::write(growing.path("dataset.toml"), MANIFEST).unwrap();
        let mut people = "consumer,crowd,tier\n".to_owned();
        for c in 0..60 {
            let crowd = ["genz", "mom", "genz|mom"][c % 3];
            writeln!(people, "c{c},{crowd},t{}", c % 4).unwrap();
        }
        fs::write(growing.path("people.csv"), people).unwrap();
        let relations = "brand,role,consumer,since\noak,fan,c5,2026-01-03\noak,member,c800,\n";
        fs::write(growing.path("relations.csv"), relations).unwrap();
        let stock = "brand,date,a,i,p,l\noak,2026-01-20,5,4,3,2\noak,2026-01-20,5,4,3,1\n";
        fs::write(growing.path("stock.csv"), stock).unwrap();
        fs::write(growing.path(FIRST), HEADER).unwrap();
        growing.append(0..days, twist);
        growing
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn append(&self, days: std::ops::Range<u32>, twist: Twist) {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let logs = paths.filter(|p| p.to_string_lossy().contains("events-"));
        let mut options = fs::File::options();
        let mut file = options.append(true).open(logs.max().unwrap()).unwrap();
        for day in days {
            file.write_all(rows(day, twist).as_bytes()).unwrap();
        }
    }

    /// Days as a file behind the others.
    fn add(&self, days: std::ops::Range<u32>, twist: Twist) {
        let name = format!("events-{:05}.csv", days.start);
        let each = days.map(|day| rows(day, twist));
        let text = HEADER.to_owned() + &each.collect::<String>();
        fs::write(self.path(&name), text).unwrap();
    }

    fn cache(&self) -> Cache {
        let pieces = Pieces {
            block: 2000,
            whole: 0,
            plain: true,
        };
        Cache {
            pieces,
            ..Cache::new(self.path("home")).for_any_size()
        }
    }

    fn open(&self) -> Opened {
        let input = Input::Path(self.folder.path().to_owned());
        let opened = self
            .cache()
            .open(&input, &Options::default(), &mut |_| true);
        opened.unwrap()
    }

    /// Opens, tells whether only new rows were read, writes the cache, and gives the answers.
    fn step(&self) -> (bool, String) {
        let opened = self.open();
        let grown = matches!(opened.source, Source::Cache(_));
        let saver = opened.saver.expect("something to save");
        let engine = opened.source.into_engine(&|_| true).unwrap();
        let (frame, rules) = board::first_frame(&engine);
        let done = saver.save(&engine, &frame, &rules, Duration::ZERO);
        assert!(matches!(done, Saved::Written(_)), "{done:?}");
        (grown, answers(&engine))
    }

    fn fresh(&self) -> String {
        let input = Input::Path(self.folder.path().to_owned());
        let data = super::super::load(&input, &Options::default(), &mut |_| true).unwrap();
        answers(&Engine::new(Arc::new(data)))
    }
}

fn rows(day: u32, twist: Twist) -> String {
    let mut text = String::new();
    let date = |day: u32| {
        let (year, month, day) = Day::from_ymd(2026, 1, 1).unwrap().plus(day as i32).ymd();
        format!("{year}-{month:02}-{day:02}")
    };
    let actions = [
        "click",
        "cart",
        "order",
        "join_member",
        "leave_member",
        "share",
        "browse",
        "refund",
    ];
    for k in 0..25 {
        let seed = (day * 25 + k).wrapping_mul(2_654_435_761) >> 12;
        let who = seed % 70
            + if twist == Twist::Strangers {
                day * 9
            } else {
                0
            };
        let item = match twist {
            Twist::Items => seed % 3000,
            _ => seed % 20,
        };
        let brand = if seed.is_multiple_of(5) { "elm" } else { "oak" };
        let category = match brand {
            "elm" => "cups",
            _ => ["tea", "cups"][(seed % 2) as usize],
        };
        let second = seed % 4;
        let action = actions[(seed / 70 % 8) as usize];
        writeln!(
            text,
            "c{who},{} 10:00:0{second},{action},{brand},{category},ch{},i{item},{},o{}",
            date(day),
            seed % 6,
            seed % 90,
            seed % 200,
        )
        .unwrap();
    }
    let mut add = |row: &str| writeln!(text, "{row}").unwrap();
    let today = date(day);
    match twist {
        Twist::Quotes => add(&format!("c1,{today},click,oak,\"tea\",\"ch\n1\",i1,,")),
        Twist::Unknown => add(&format!("c1,{today},dance,oak,tea,ch1,i1,,")),
        Twist::Early => add(&format!(
            "c1,{},click,oak,tea,ch1,i1,,",
            date(day.max(4) - 3)
        )),
        Twist::Brand => add(&format!("c1,{today},click,ash,tea,ch1,i1,,")),
        Twist::Category => add(&format!("c3,{today},click,elm,tea,ch1,i1,,")),
        Twist::Plain | Twist::Strangers | Twist::Items => {}
    }
    text
}

/// Everything that is counted and said, and the events of every consumer by name.
fn answers(engine: &Engine) -> String {
    let data = engine.dataset();
    let log = &data.log;
    let mut told = format!(
        "{} {:?} {:?} {:?} {:?} {:?}\n",
        data.fingerprint, data.sums, data.sources, data.problems, log.days, log.last_complete
    );
    writeln!(told, "{:?}", data.tables).unwrap();
    let mut by_order = Definitions::default();
    by_order.set("aipl.l_count", "order").unwrap();
    let as_of = board::default_as_of(engine);
    let slices = [
        ("", ""),
        ("crowd=genz; channel=ch1,ch2", ""),
        ("item!=i3", "category=cups"),
    ];
    for brand in 0..data.brands.len() {
        for (filter, scope) in slices {
            let slice = Slice {
                filter: Slice::parse_conditions(filter).unwrap(),
                scope: Slice::parse_conditions(scope).unwrap(),
            };
            for (definitions, back) in [(&Definitions::default(), 0), (&by_order, 11)] {
                let as_of = as_of.plus(-back);
                let frame = Frame::new(as_of, as_of.plus(-7), DeepeningPeriod::Days(7), 7);
                let counts = engine.count(brand, &frame, &Rules::of(definitions), &slice);
                writeln!(told, "{counts:?}").unwrap();
            }
        }
        let names = engine.consumers();
        let value = |touch: [u32; 4]| {
            let each = TOUCH_DIMENSIONS.iter().zip(touch);
            let text = |(touch, v): (&(crate::facts::Touch, &str), u32)| {
                log.touch_values[touch.0 as usize].get(v as usize).cloned()
            };
            each.map(text).collect::<Vec<_>>()
        };
        let event = |e: crate::facts::Event| {
            let order = engine
                .orders()
                .get(e.order as usize)
                .map(std::borrow::Cow::into_owned);
            let touch = value(e.touch);
            let who = names.get(e.consumer as usize).unwrap();
            format!(
                "{who} {:?} {:?} {touch:?} {:?} {order:?}",
                e.day, e.action, e.amount
            )
        };
        let mut events: Vec<String> = engine.events(brand).map(event).collect();
        events.sort();
        writeln!(told, "{} {events:#?}", engine.knows_category(brand)).unwrap();
    }
    told
}

#[test]
fn plain_days_are_joined_and_others_are_read_again() {
    let joined = [Twist::Plain, Twist::Strangers, Twist::Items, Twist::Quotes];
    let again = [Twist::Unknown, Twist::Early, Twist::Brand, Twist::Category];
    for twist in joined.into_iter().chain(again) {
        let growing = Growing::new(30, Twist::Plain);
        assert!(!growing.step().0);
        growing.append(30..31, twist);
        let (grown, told) = growing.step();
        assert_eq!(told, growing.fresh(), "{twist:?}");
        assert_eq!(grown, joined.contains(&twist), "{twist:?}");
        assert!(growing.open().saver.is_none());
    }
}

#[test]
fn new_files_behind_the_others_are_joined() {
    let growing = Growing::new(30, Twist::Plain);
    growing.step();
    growing.append(30..31, Twist::Items);
    growing.add(31..33, Twist::Strangers);
    growing.add(33..34, Twist::Plain);
    let (grown, told) = growing.step();
    assert_eq!(told, growing.fresh());
    assert!(grown);
    // A file before the others, and one behind them that says nothing new.
    let add = |name: &str, text: &str| fs::write(growing.path(name), text).unwrap();
    add(
        "events-+.csv",
        &(HEADER.to_owned() + &rows(40, Twist::Plain)),
    );
    let (grown, told) = growing.step();
    assert_eq!(told, growing.fresh());
    assert!(!grown);
    add("events-99999.csv", HEADER);
    let (grown, told) = growing.step();
    assert_eq!(told, growing.fresh());
    assert!(!grown);
}

#[test]
fn a_log_that_changed_before_its_end_is_read_again() {
    let growing = Growing::new(30, Twist::Plain);
    growing.step();
    let path = growing.path(FIRST);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("click", "share", 1)).unwrap();
    growing.append(30..31, Twist::Plain);
    let (grown, told) = growing.step();
    assert!(!grown);
    assert_eq!(told, growing.fresh());
}

#[test]
fn a_log_without_a_last_line_end_is_read_again() {
    let growing = Growing::new(30, Twist::Plain);
    let path = growing.path(FIRST);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.trim_end()).unwrap();
    growing.step();
    fs::write(&path, format!("{}7\n", text.trim_end())).unwrap();
    growing.append(30..31, Twist::Plain);
    let (grown, told) = growing.step();
    assert!(!grown);
    assert_eq!(told, growing.fresh());
}

#[test]
fn a_log_that_grew_beside_another_change_is_read_again() {
    let growing = Growing::new(30, Twist::Plain);
    growing.step();
    growing.append(30..31, Twist::Plain);
    let mut people = fs::File::options();
    let mut people = people
        .append(true)
        .open(growing.path("people.csv"))
        .unwrap();
    people.write_all(b"c61,mom,t1\n").unwrap();
    let (grown, told) = growing.step();
    assert!(!grown);
    assert_eq!(told, growing.fresh());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn a_longer_log_answers_as_a_fresh_one(
        first in 12_u32..60,
        steps in proptest::collection::vec((1_u32..5, 0_usize..8, any::<bool>()), 1..4),
        start in 0_usize..5,
    ) {
        const ALL: [Twist; 8] = [
            Twist::Plain, Twist::Strangers, Twist::Items, Twist::Quotes, Twist::Unknown, Twist::Early,
            Twist::Brand, Twist::Category,
        ];
        let growing = Growing::new(first, ALL[start]);
        growing.step();
        let mut day = first;
        for (days, twist, new) in steps {
            if new {
                growing.add(day..day + days, ALL[twist]);
            } else {
                growing.append(day..day + days, ALL[twist]);
            }
            day += days;
            let (_, told) = growing.step();
            prop_assert_eq!(told, growing.fresh());
        }
    }
}
