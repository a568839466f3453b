//! The demo as files: manifest, log, consumers and platform tables.

use std::fmt::{Display, Write};

use super::calendar::{LAST, WEEKS, week_end};
use super::life::Consumer;
use super::plan::{Plan, category_id};
use super::reckon::{FIELDS, GROUPS, Week};
use super::spool::Record;
use super::world::{AGES, BRANDS, CATEGORIES, CHANNELS, CROWDS, GENDERS, PUBLIC, TIERS};
use crate::metrics::Day;
use crate::metrics::aipl::State;
use crate::metrics::fast_plus::Role;

/// A table as text. Cells of the demo never need quotes.
#[derive(Debug, Default)]
pub(super) struct Csv(String);

impl Csv {
    pub(super) fn new(header: &str) -> Self {
        Self(format!("{header}\n"))
    }

    pub(super) fn row(&mut self, cells: &[&dyn Display]) {
        for (i, cell) in cells.iter().enumerate() {
            let comma = if i == 0 { "" } else { "," };
            // Writing to a String cannot fail.
            let _ = write!(self.0, "{comma}{cell}");
        }
        self.0.push('\n');
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0.into_bytes()
    }
}

/// Money in yuan, without needless zeros.
struct Yuan(u64);

impl Display for Yuan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 % 100 {
            0 => write!(f, "{}", self.0 / 100),
            fen => write!(f, "{}.{fen:02}", self.0 / 100),
        }
    }
}

/// A cell that may be empty.
struct Cell<T>(Option<T>);

impl<T: Display> Display for Cell<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|value| value.fmt(f))
    }
}

/// A person of the demo.
struct ConsumerId(u32);

impl Display for ConsumerId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "c{}", self.0 + 1)
    }
}

/// The weeks of every brand.
pub(super) type Books = [Vec<Week>];

/// Every brand with each of its weeks and the Sunday that ends it.
fn each_week(books: &Books) -> impl Iterator<Item = (&'static str, Day, &Week)> {
    BRANDS.iter().zip(books).flat_map(|(brand, weeks)| {
        let dated = weeks.iter().zip(0..WEEKS);
        dated.map(|(week, w)| (brand.id, week_end(w), week))
    })
}

/// The id of a group of people in tables: empty for the brand, `*` for all crowds.
fn group_id(group: usize) -> &'static str {
    match group {
        0 => "",
        g => CROWDS.get(g - 1).map_or("*", |c| c.id),
    }
}

/// `dataset.toml`.
pub(super) fn manifest(populations: &[u64], plan: &Plan) -> Vec<u8> {
    let market = plan.market();
    let name = if *plan == Plan::of_scale(plan.scale) {
        "六品牌演示 / Six-brand demo"
    } else {
        "日志演示 / Log demo"
    };
    let exclusive = !market.rich;
    let mut text = format!(
        "format = 1\nname = \"{name}\"\ntime_zone = \"Asia/Shanghai\"\n\
         currency = \"CNY\"\nsimulated = true\nas_of = \"{LAST}\"\n"
    );
    for b in BRANDS.iter().take(market.brands) {
        let _ = write!(
            text,
            "\n[[brand]]\nid = \"{}\"\nname_zh = \"{}\"\nname_en = \"{}\"\ncategory = \"{}\"\ntier = \"{}\"\n",
            b.id, b.name_zh, b.name_en, CATEGORIES[b.category], b.tier
        );
    }
    for (c, population) in CROWDS.iter().zip(populations) {
        let _ = write!(
            text,
            "\n[[crowd]]\nid = \"{}\"\nname_zh = \"{}\"\nname_en = \"{}\"\npopulation = {population}\n\
             exclusive = {exclusive}\nowner = \"{}\"\nrule = \"{}\"\n",
            c.id, c.name_zh, c.name_en, c.owner, c.rule
        );
    }
    for kind in kinds(plan) {
        let _ = write!(
            text,
            "\n[[table]]\nkind = \"{kind}\"\nfile = \"{kind}.csv\"\n"
        );
    }
    text.into_bytes()
}

/// The kinds of tables of a plan, each in a file of its name.
pub(super) fn kinds(plan: &Plan) -> &'static [&'static str] {
    if plan.log_only { &TABLES[..2] } else { &TABLES }
}

/// All kinds: the log and its consumers first.
const TABLES: [&str; 10] = [
    "events",
    "consumers",
    "stock",
    "flow",
    "fast",
    "sales",
    "relations",
    "fields",
    "benchmarks",
    "targets",
];

/// The header of the log.
pub(super) fn events_header() -> Csv {
    Csv::new("consumer,time,action,brand,category,channel,item,amount,quantity,order,review_score")
}

/// Rows of the log.
pub(super) fn events(records: &[Record]) -> Csv {
    let mut csv = Csv(String::with_capacity(records.len() * 72));
    let mut date = (None, String::new());
    for e in records {
        if date.0 != Some(e.day()) {
            date = (Some(e.day()), e.day().to_string());
        }
        event(&mut csv.0, &date.1, e);
    }
    csv
}

/// One row. Large worlds have a hundred million of them, so digits are put down one by one.
fn event(row: &mut String, date: &str, e: &Record) {
    let brand = &BRANDS[usize::from(e.brand)];
    row.push('c');
    push_number(row, e.consumer + 1);
    row.push(',');
    row.push_str(date);
    push_time(row, e.second());
    let category = category_id(usize::from(e.category));
    let channel = CHANNELS[usize::from(e.channel)];
    for cell in [e.action().id(), brand.id, category, channel] {
        row.push(',');
        row.push_str(cell);
    }
    row.push(',');
    if let Some(item) = e.item() {
        row.push_str(brand.prefix);
        push_number(row, u32::from(item) + 1);
    }
    row.push(',');
    if e.order > 0 {
        push_yuan(row, e.fen);
        row.push(',');
        push_number(row, u32::from(e.quantity));
        row.push_str(",o");
        push_number(row, e.order);
    } else {
        row.push_str(",,");
    }
    row.push(',');
    if e.score > 0 {
        push_number(row, u32::from(e.score));
    }
    row.push('\n');
}

fn push_number(row: &mut String, number: u32) {
    let mut digits = [0; 10];
    let (mut rest, mut at) = (number, digits.len());
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    row.extend(digits[at..].iter().map(|d| char::from(*d)));
}

/// Exactly two digits.
fn push_pair(row: &mut String, number: u32) {
    if number < 10 {
        row.push('0');
    }
    push_number(row, number);
}

fn push_time(row: &mut String, second: u32) {
    row.push(' ');
    push_pair(row, second / 3600);
    row.push(':');
    push_pair(row, second / 60 % 60);
    row.push(':');
    push_pair(row, second % 60);
}

/// Money in yuan, without needless zeros.
fn push_yuan(row: &mut String, fen: u32) {
    push_number(row, fen / 100);
    if !fen.is_multiple_of(100) {
        row.push('.');
        push_pair(row, fen % 100);
    }
}

/// The header of the table of consumers.
pub(super) fn consumers_header() -> Csv {
    Csv::new("consumer,crowd,city_tier,gender,age_band")
}

/// Adds the attributes of someone who is in the log.
pub(super) fn consumer(csv: &mut Csv, id: u32, who: &Consumer) {
    csv.row(&[
        &ConsumerId(id),
        &Crowds(who),
        &TIERS[who.tier],
        &GENDERS[who.gender],
        &AGES[who.age],
    ]);
}

/// The crowds of a consumer.
struct Crowds<'a>(&'a Consumer);

impl Display for Crowds<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let all = [self.0.crowd, self.0.other_crowd];
        for (k, crowd) in all.into_iter().flatten().enumerate() {
            let gap = if k == 0 { "" } else { "|" };
            write!(f, "{gap}{}", CROWDS[crowd].id)?;
        }
        Ok(())
    }
}

/// AIPL of brands and crowds.
pub(super) fn stock(books: &Books) -> Csv {
    let mut csv = Csv::new("brand,date,crowd,o,a,i,p,l,total,active");
    for (brand, date, week) in each_week(books) {
        for group in 0..GROUPS - 1 {
            let people = |state| week.stock[group][state as usize];
            csv.row(&[
                &brand,
                &date,
                &group_id(group),
                &people(State::O),
                &people(State::A),
                &people(State::I),
                &people(State::P),
                &people(State::L),
                &week.asset(group),
                &week.active[group],
            ]);
        }
    }
    csv
}

/// The weekly flow matrix, zeros included; what happens between N and O is not counted.
pub(super) fn flow(books: &Books) -> Csv {
    let mut csv = Csv::new("brand,from_date,to_date,from,to,people");
    let pairs = || {
        State::ALL
            .into_iter()
            .flat_map(|f| State::ALL.map(|t| (f, t)))
    };
    for (brand, date, week) in each_week(books) {
        for (from, to) in pairs().filter(|(f, t)| f.is_asset() || t.is_asset()) {
            let people = week.flow[from as usize][to as usize];
            csv.row(&[&brand, &date.plus(-7), &date, &from.id(), &to.id(), &people]);
        }
    }
    csv
}

/// Deepening, members and fans.
pub(super) fn fast(books: &Books) -> Csv {
    let mut csv = Csv::new("brand,date,deepen_people,deepen_ratio,members,active_members,fans");
    for (brand, date, week) in each_week(books) {
        let (deepened, start) = (week.deepened(), week.start());
        let ratio = (start > 0).then(|| deepened as f64 / start as f64);
        csv.row(&[
            &brand,
            &date,
            &deepened,
            &Cell(ratio),
            &week.members,
            &week.active_members,
            &week.fans,
        ]);
    }
    csv
}

/// What brands and crowds sold in the week.
pub(super) fn sales(books: &Books) -> Csv {
    let mut csv = Csv::new("brand,date,crowd,buyers,orders,gmv");
    for (brand, date, week) in each_week(books) {
        for (group, s) in week.sales.iter().enumerate() {
            let gmv = Yuan(s.fen);
            csv.row(&[&brand, &date, &group_id(group), &s.buyers, &s.orders, &gmv]);
        }
    }
    csv
}

/// People by role, and what they paid so far, less refunds. The demo knows no KOC.
pub(super) fn relations(books: &Books) -> Csv {
    let mut csv = Csv::new("brand,date,role,people,trade");
    let ids = || Role::ALL.map(Role::id).into_iter().chain(["*"]);
    for (brand, date, week) in each_week(books) {
        let rows = ids()
            .zip(&week.roles)
            .filter(|(id, _)| *id != Role::Koc.id());
        for (role, total) in rows {
            csv.row(&[&brand, &date, &role, &total.people, &Yuan(total.fen)]);
        }
    }
    csv
}

/// What the private fields did in the week.
pub(super) fn fields(books: &Books) -> Csv {
    let mut csv = Csv::new("brand,date,field,visitors,new_relations,deepened,buyers");
    for (brand, date, week) in each_week(books) {
        for field in 0..FIELDS {
            let (id, f) = (CHANNELS[PUBLIC + field], week.fields[field]);
            csv.row(&[
                &brand,
                &date,
                &id,
                &f.visitors,
                &f.new_relations,
                &"",
                &f.buyers,
            ]);
        }
    }
    csv
}
