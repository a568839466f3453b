//! A validated data set: brands, crowds, consumers, the event log and the platform tables.

use super::pack::{Pack, Unpacker, packed, packed_enum};
use super::{EventLog, Problem};
use crate::metrics::aipl::State;
use crate::metrics::benchmark::BenchmarkKind;
use crate::metrics::definitions::DEFINITIONS;
use crate::metrics::fast_plus::{Field, Role};
use crate::metrics::{Day, Definitions};

/// A consumer id that no table knows.
pub const UNKNOWN_CONSUMER: u32 = u32::MAX;

/// A brand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Brand {
    /// Id in tables, JSON and `--brand`.
    pub id: String,
    /// Chinese name; the id where none is given.
    pub name_zh: String,
    /// English name; the id where none is given.
    pub name_en: String,
    /// Category; needed for opportunity consumers and benchmarks.
    pub category: Option<String>,
    /// Tier among its peers.
    pub tier: Option<String>,
}

/// A strategy crowd.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Crowd {
    /// Id in tables, JSON and slices.
    pub id: String,
    /// Chinese name; the id where none is given.
    pub name_zh: String,
    /// English name; the id where none is given.
    pub name_en: String,
    /// 策略人群量级, people in the market.
    pub population: Option<f64>,
    /// Whether no consumer is in two such crowds; only then sizes add up.
    pub exclusive: bool,
    /// Whether the manifest lists it; otherwise it was met in a table.
    pub declared: bool,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The rule in words.
    pub rule: Option<String>,
}

/// Which crowd a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CrowdKey {
    /// The row is not about a crowd (empty cell): the whole brand.
    Brand,
    /// Index into `Dataset::crowds`.
    Crowd(u32),
    /// `*`: all crowds together.
    All,
}

/// One attribute of consumers, a slice dimension.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attribute {
    /// Id of the dimension, the normalised header (`crowd`, `city_tier`, `gender`, …).
    pub id: String,
    /// Distinct values.
    pub values: Vec<String>,
    /// `offsets[c]..offsets[c + 1]` are the entries of consumer `c` in `entries`. Consumers beyond
    /// the end have no value.
    pub offsets: Vec<u32>,
    /// Indices into `values`.
    pub entries: Vec<u32>,
}

impl Attribute {
    /// The values of a consumer, as indices into `values`.
    pub fn of(&self, consumer: u32) -> &[u32] {
        let c = consumer as usize;
        match (self.offsets.get(c), self.offsets.get(c + 1)) {
            (Some(&from), Some(&to)) => self.entries.get(from as usize..to as usize).unwrap_or(&[]),
            _ => &[],
        }
    }
}

/// A row of the `stock` table: AIPL of a brand on a day, people.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "columns of the contract, described in COLUMNS")]
pub struct StockRow {
    pub brand: u32,
    pub date: Day,
    pub crowd: CrowdKey,
    /// `None` or `brand`: brand level.
    pub scope: Option<String>,
    pub o: Option<f64>,
    pub a: Option<f64>,
    pub i: Option<f64>,
    pub p: Option<f64>,
    pub l: Option<f64>,
    pub total: Option<f64>,
    /// 活跃人数; not the same as the asset (`domain.md` §3.1).
    pub active: Option<f64>,
    /// Index into `Dataset::sources` and line.
    pub at: (u32, u64),
}

/// A row of the `flow` table: people who went from one state to another.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "columns of the contract, described in COLUMNS")]
pub struct FlowRow {
    pub brand: u32,
    pub from_date: Day,
    pub to_date: Day,
    pub from: State,
    pub to: State,
    pub crowd: CrowdKey,
    pub people: Option<f64>,
    pub at: (u32, u64),
}

/// A row of the `fast` table.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "columns of the contract, described in COLUMNS")]
pub struct FastRow {
    pub brand: u32,
    pub date: Day,
    pub crowd: CrowdKey,
    pub scope: Option<String>,
    pub deepen_people: Option<f64>,
    /// A fraction.
    pub deepen_ratio: Option<f64>,
    pub members: Option<f64>,
    pub active_members: Option<f64>,
    pub fans: Option<f64>,
    pub at: (u32, u64),
}

/// A row of the `benchmarks` table.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "columns of the contract, described in COLUMNS")]
pub struct BenchmarkRow {
    pub category: String,
    /// Metric id.
    pub metric: String,
    pub kind: BenchmarkKind,
    pub value: Option<f64>,
    /// `None`: for any date.
    pub date: Option<Day>,
    pub sample: Option<f64>,
    pub at: (u32, u64),
}

/// A row of the `sales` table: what a crowd or layer bought in the period that ends on `date`.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "columns of the contract, described in COLUMNS")]
pub struct SalesRow {
    pub brand: u32,
    pub date: Day,
    pub crowd: CrowdKey,
    pub layer: Option<State>,
    pub category: Option<String>,
    pub buyers: Option<f64>,
    pub orders: Option<f64>,
    pub gmv: Option<f64>,
    pub visitors: Option<f64>,
    pub cart_people: Option<f64>,
    pub cart_buyers: Option<f64>,
    pub new_buyers: Option<f64>,
    pub at: (u32, u64),
}

/// What a target is for besides its metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TargetKey {
    /// The crowd, the whole brand, or all crowds.
    pub crowd: CrowdKey,
    /// The layer, where the target is for one.
    pub layer: Option<State>,
}

/// A row of the `targets` table.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "columns of the contract, described in COLUMNS")]
pub struct TargetRow {
    pub brand: u32,
    /// Metric id.
    pub metric: String,
    pub key: TargetKey,
    /// In the unit of the metric.
    pub target: Option<f64>,
    /// First and last day for which it holds; `None`: always.
    pub period: Option<(Day, Day)>,
    /// The period as written.
    pub period_text: Option<String>,
    pub owner: Option<String>,
    pub at: (u32, u64),
}

/// A row of the `relations` table that gives totals (rows for single consumers become
/// [`super::RoleSpan`]).
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "columns of the contract, described in COLUMNS")]
pub struct RelationRow {
    pub brand: u32,
    pub date: Day,
    /// `None`: `*`, the de-duplicated total of all roles.
    pub role: Option<Role>,
    pub people: Option<f64>,
    /// Paid amount of these people up to the date.
    pub trade: Option<f64>,
    /// Value of what they spread up to the date.
    pub spread: Option<f64>,
    pub at: (u32, u64),
}

/// A row of the `role_flow` table: people who went from one role to another.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "columns of the contract, described in COLUMNS")]
pub struct RoleFlowRow {
    pub brand: u32,
    pub from_date: Day,
    pub to_date: Day,
    /// `None`: no relation.
    pub from: Option<Role>,
    pub to: Option<Role>,
    pub people: Option<f64>,
    pub at: (u32, u64),
}

/// A row of the `fields` table: what a private field did in the period that ends on `date`.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "columns of the contract, described in COLUMNS")]
pub struct FieldRow {
    pub brand: u32,
    pub date: Day,
    pub field: Field,
    pub visitors: Option<f64>,
    pub new_relations: Option<f64>,
    pub deepened: Option<f64>,
    pub buyers: Option<f64>,
    pub at: (u32, u64),
}

/// The orders of one day, from the rows of an `orders` table. A sum is `None` when the table lacks
/// the column, or a cell that the sum needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderDay {
    /// Index of the brand.
    pub brand: u32,
    /// Day of creation.
    pub date: Day,
    /// Orders created.
    pub orders: u64,
    /// Orders with a time of payment.
    pub paid_orders: Option<u64>,
    /// Amount of all orders.
    pub order_fen: Option<i64>,
    /// Amount paid, net of refunds.
    pub paid_fen: Option<i64>,
    /// Orders of which money was given back.
    pub refund_orders: Option<u64>,
    /// Amount given back.
    pub refund_fen: Option<i64>,
    /// Index into `Dataset::sources` and line of the first row.
    pub at: (u32, u64),
}

impl OrderDay {
    /// A day without orders.
    pub fn none(brand: u32, date: Day) -> Self {
        Self {
            brand,
            date,
            orders: 0,
            paid_orders: Some(0),
            order_fen: Some(0),
            paid_fen: Some(0),
            refund_orders: Some(0),
            refund_fen: Some(0),
            at: (u32::MAX, 0),
        }
    }

    /// Adds the orders of another row or day.
    pub fn add(&mut self, other: &Self) {
        let count = |a: Option<u64>, b: Option<u64>| a?.checked_add(b?);
        let money = |a: Option<i64>, b: Option<i64>| a?.checked_add(b?);
        self.orders = self.orders.saturating_add(other.orders);
        self.paid_orders = count(self.paid_orders, other.paid_orders);
        self.order_fen = money(self.order_fen, other.order_fen);
        self.paid_fen = money(self.paid_fen, other.paid_fen);
        self.refund_orders = count(self.refund_orders, other.refund_orders);
        self.refund_fen = money(self.refund_fen, other.refund_fen);
    }
}

/// A table file and what became of its rows: `rows = used + rejected + excluded`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceFile {
    /// Path relative to the manifest.
    pub path: String,
    /// Kind of the table.
    pub kind: String,
    /// Encoding that was used.
    pub encoding: String,
    /// Data rows in the file.
    pub rows: u64,
    /// Rows that are in the data set.
    pub used: u64,
    /// Rows that were reported as wrong.
    pub rejected: u64,
    /// Rows left out on purpose: totals rows, unknown actions, rows of no brand.
    pub excluded: u64,
}

/// The platform tables.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "one field per table kind of the contract")]
pub struct Tables {
    pub stock: Vec<StockRow>,
    pub flow: Vec<FlowRow>,
    pub fast: Vec<FastRow>,
    pub benchmarks: Vec<BenchmarkRow>,
    pub sales: Vec<SalesRow>,
    pub targets: Vec<TargetRow>,
    pub relations: Vec<RelationRow>,
    pub role_flow: Vec<RoleFlowRow>,
    pub fields: Vec<FieldRow>,
    pub order_days: Vec<OrderDay>,
}

/// A loaded data set. It never changes; what-ifs are values beside it.
#[derive(Debug, Clone, Default)]
pub struct Dataset {
    /// Name for people.
    pub name: String,
    /// Hash of manifest and tables, 16 hex digits.
    pub fingerprint: String,
    /// The hashes that it is made of: of the manifest, then of path and bytes of every file.
    pub sums: Vec<u64>,
    /// Whether every frame must say 模拟数据 / SIMULATED.
    pub simulated: bool,
    /// IANA name of the time zone that cuts days.
    pub time_zone: String,
    /// ISO 4217 code.
    pub currency: String,
    /// Default as-of of the manifest.
    pub as_of: Option<Day>,
    /// Built-in definitions with the overrides of the manifest.
    pub definitions: Definitions,
    /// Brands: those of the manifest first, then those met in tables.
    pub brands: Vec<Brand>,
    /// Crowds: those of the manifest first, then those met in tables.
    pub crowds: Vec<Crowd>,
    /// Attributes of consumers; their consumer indices are those of the log.
    pub attributes: Vec<Attribute>,
    /// Events and relations of single consumers.
    pub log: EventLog,
    /// Platform tables.
    pub tables: Tables,
    /// Which actions and columns make the AIPL a proxy, when a profile says so.
    pub proxy: Option<String>,
    /// The files.
    pub sources: Vec<SourceFile>,
    /// Everything that does not fit, in the order of the files.
    pub problems: Vec<Problem>,
    /// Events or attributes of consumers belong to it, but are not in it yet: only the platform
    /// tables have been read.
    pub lacks_log: bool,
}

impl Dataset {
    /// Positions of the crowds that a total counts: those of the manifest, or all when it lists
    /// none.
    pub fn counted_crowds(&self) -> impl Iterator<Item = usize> + '_ {
        let any = self.crowds.iter().any(|c| c.declared);
        let each = self.crowds.iter().enumerate();
        each.filter(move |(_, c)| c.declared || !any)
            .map(|(k, _)| k)
    }
}

packed!(Brand {
    id,
    name_zh,
    name_en,
    category,
    tier
});
packed!(Crowd {
    id,
    name_zh,
    name_en,
    population,
    exclusive,
    declared,
    owner,
    rule
});
packed!(Attribute {
    id,
    values,
    offsets,
    entries
});
packed!(StockRow {
    brand,
    date,
    crowd,
    scope,
    o,
    a,
    i,
    p,
    l,
    total,
    active,
    at
});
packed!(FlowRow {
    brand,
    from_date,
    to_date,
    from,
    to,
    crowd,
    people,
    at
});
packed!(FastRow {
    brand,
    date,
    crowd,
    scope,
    deepen_people,
    deepen_ratio,
    members,
    active_members,
    fans,
    at
});
packed!(BenchmarkRow {
    category,
    metric,
    kind,
    value,
    date,
    sample,
    at
});
packed!(SalesRow {
    brand,
    date,
    crowd,
    layer,
    category,
    buyers,
    orders,
    gmv,
    visitors,
    cart_people,
    cart_buyers,
    new_buyers,
    at,
});
packed!(TargetKey { crowd, layer });
packed!(TargetRow {
    brand,
    metric,
    key,
    target,
    period,
    period_text,
    owner,
    at
});
packed!(RelationRow {
    brand,
    date,
    role,
    people,
    trade,
    spread,
    at
});
packed!(RoleFlowRow {
    brand,
    from_date,
    to_date,
    from,
    to,
    people,
    at
});
packed!(FieldRow {
    brand,
    date,
    field,
    visitors,
    new_relations,
    deepened,
    buyers,
    at
});
packed!(OrderDay {
    brand,
    date,
    orders,
    paid_orders,
    order_fen,
    paid_fen,
    refund_orders,
    refund_fen,
    at,
});
packed!(SourceFile {
    path,
    kind,
    encoding,
    rows,
    used,
    rejected,
    excluded
});
packed!(Tables {
    stock,
    flow,
    fast,
    benchmarks,
    sales,
    targets,
    relations,
    role_flow,
    fields,
    order_days,
});
packed!(Dataset {
    name,
    fingerprint,
    sums,
    simulated,
    time_zone,
    currency,
    as_of,
    definitions,
    brands,
    crowds,
    attributes,
    log,
    tables,
    proxy,
    sources,
    problems,
    lacks_log,
});
packed_enum!(State { N, O, A, I, P, L });
packed_enum!(BenchmarkKind {
    Mean,
    Median,
    Excellent,
    Rank
});
packed_enum!(Role {
    Subscriber,
    MiniProgram,
    Fan,
    LiveFollower,
    GroupMember,
    Service,
    Member,
    Koc,
});
packed_enum!(Field {
    Shop,
    Group,
    Live,
    Service,
    MiniProgram,
    Subscription
});

impl Pack for CrowdKey {
    fn pack(&self, out: &mut Vec<u8>) {
        match self {
            Self::Brand => out.push(0),
            Self::Crowd(crowd) => {
                out.push(1);
                crowd.pack(out);
            }
            Self::All => out.push(2),
        }
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        match u8::unpack(from)? {
            0 => Some(Self::Brand),
            1 => u32::unpack(from).map(Self::Crowd),
            2 => Some(Self::All),
            _ => None,
        }
    }
}

impl Pack for Day {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        i32::unpack(from).map(Self)
    }
}

/// The definitions that were given, by id and text.
impl Pack for Definitions {
    fn pack(&self, out: &mut Vec<u8>) {
        let given = DEFINITIONS.iter().filter(|d| self.is_given(d.id));
        let given: Vec<(String, String)> = given
            .map(|d| (d.id.to_owned(), self.text(d.id).to_owned()))
            .collect();
        given.pack(out);
    }

    fn unpack(from: &mut Unpacker<'_>) -> Option<Self> {
        let mut found = Self::default();
        for (id, text) in Vec::<(String, String)>::unpack(from)? {
            found.set(&id, &text).ok()?;
        }
        Some(found)
    }
}

packed!(EventLog { spans, touch_values, days, last_complete } elsewhere { consumers, events, orders });
