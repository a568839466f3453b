//! The platform tables by brand, date and crowd.

use rustc_hash::FxHashMap;

use super::{CrowdKey, FastRow, FieldRow, FlowRow, RelationRow, SalesRow, StockRow, Tables};
use crate::metrics::Day;
use crate::metrics::aipl::State;
use crate::metrics::fast_plus::{Field, Role};

type Key = (u32, Day, CrowdKey);

/// Positions of rows in [`Tables`]. Where a table repeats a key, the later row wins; `data` warns.
#[derive(Debug, Default)]
pub struct Lookup {
    stock: FxHashMap<Key, u32>,
    /// Rows of a shop; `None` where several shops have one.
    shop_stock: FxHashMap<Key, Option<u32>>,
    fast: FxHashMap<Key, u32>,
    sales: FxHashMap<(Key, Option<State>), u32>,
    flow: FxHashMap<(u32, Day, Day, CrowdKey), Vec<u32>>,
    relations: FxHashMap<(u32, Day, Option<Role>), u32>,
    fields: FxHashMap<(u32, Day, Field), u32>,
    kinds: FxHashMap<u32, u16>,
}

impl Lookup {
    pub(super) fn new(tables: &Tables) -> Self {
        let mut found = Self {
            kinds: kinds(tables),
            ..Self::default()
        };
        found.add_stock(tables);
        let scopes = Scopes::of(tables.fast.iter().map(|r| (r.brand, r.scope.as_deref())));
        for (i, row) in tables
            .fast
            .iter()
            .enumerate()
            .filter(|(_, r)| scopes.shows(r.brand, r.scope.as_deref()))
        {
            found
                .fast
                .insert((row.brand, row.date, row.crowd), i as u32);
        }
        for (i, row) in tables
            .sales
            .iter()
            .enumerate()
            .filter(|(_, r)| r.category.is_none())
        {
            found
                .sales
                .insert(((row.brand, row.date, row.crowd), row.layer), i as u32);
        }
        for (i, row) in tables.flow.iter().enumerate() {
            let key = (row.brand, row.from_date, row.to_date, row.crowd);
            found.flow.entry(key).or_default().push(i as u32);
        }
        for (i, row) in tables.relations.iter().enumerate() {
            found
                .relations
                .insert((row.brand, row.date, row.role), i as u32);
        }
        for (i, row) in tables.fields.iter().enumerate() {
            found
                .fields
                .insert((row.brand, row.date, row.field), i as u32);
        }
        found
    }

    /// Takes the stock: the rows of the brand, and those of its shops where one shop tells.
    fn add_stock(&mut self, tables: &Tables) {
        let scopes = Scopes::of(tables.stock.iter().map(|r| (r.brand, r.scope.as_deref())));
        for (i, row) in tables
            .stock
            .iter()
            .enumerate()
            .filter(|(_, r)| scopes.shows(r.brand, r.scope.as_deref()))
        {
            self.stock
                .insert((row.brand, row.date, row.crowd), i as u32);
        }
        for (i, row) in tables
            .stock
            .iter()
            .enumerate()
            .filter(|(_, r)| level(r.scope.as_deref()) != BRAND)
        {
            let key = (row.brand, row.date, row.crowd);
            let same = |at: &u32| {
                tables
                    .stock
                    .get(*at as usize)
                    .is_some_and(|r| r.scope == row.scope)
            };
            self.shop_stock
                .entry(key)
                .and_modify(|at| *at = at.filter(same).map(|_| i as u32))
                .or_insert(Some(i as u32));
        }
    }

    /// Whether a brand has rows in any table.
    pub fn has_any(&self, brand: usize) -> bool {
        self.kinds.contains_key(&(brand as u32))
    }

    /// Whether a brand has rows in tables of a kind.
    pub fn has(&self, brand: usize, kind: Kind) -> bool {
        self.kinds
            .get(&(brand as u32))
            .is_some_and(|kinds| kinds >> kind as u16 & 1 == 1)
    }

    /// The brand-level stock of a crowd (or the whole brand) on a day.
    pub fn stock<'t>(
        &self,
        tables: &'t Tables,
        brand: usize,
        day: Day,
        crowd: CrowdKey,
    ) -> Option<&'t StockRow> {
        tables
            .stock
            .get(*self.stock.get(&(brand as u32, day, crowd))? as usize)
    }

    /// The brand-level FAST row of a crowd (or the whole brand) on a day.
    pub fn fast<'t>(
        &self,
        tables: &'t Tables,
        brand: usize,
        day: Day,
        crowd: CrowdKey,
    ) -> Option<&'t FastRow> {
        tables
            .fast
            .get(*self.fast.get(&(brand as u32, day, crowd))? as usize)
    }

    /// What a crowd (or the whole brand) bought in the period that ends on a day.
    pub fn sales<'t>(
        &self,
        tables: &'t Tables,
        brand: usize,
        day: Day,
        crowd: CrowdKey,
    ) -> Option<&'t SalesRow> {
        let at = self.sales.get(&((brand as u32, day, crowd), None))?;
        tables.sales.get(*at as usize)
    }

    /// What a layer of a crowd (or of the whole brand) did in the period that ends on a day.
    pub fn layer_sales<'t>(
        &self,
        tables: &'t Tables,
        brand: usize,
        day: Day,
        crowd: CrowdKey,
        layer: State,
    ) -> Option<&'t SalesRow> {
        let at = self.sales.get(&((brand as u32, day, crowd), Some(layer)))?;
        tables.sales.get(*at as usize)
    }

    /// The stock of the one shop of a brand on a day; `None` when several shops have a row, because
    /// people of two shops cannot be added.
    pub fn shop_stock<'t>(
        &self,
        tables: &'t Tables,
        brand: usize,
        day: Day,
        crowd: CrowdKey,
    ) -> Option<&'t StockRow> {
        let at = self.shop_stock.get(&(brand as u32, day, crowd))?;
        tables.stock.get((*at)? as usize)
    }

    /// The people of a role on a day; `None` is the de-duplicated total.
    pub fn relation<'t>(
        &self,
        tables: &'t Tables,
        brand: usize,
        day: Day,
        role: Option<Role>,
    ) -> Option<&'t RelationRow> {
        tables
            .relations
            .get(*self.relations.get(&(brand as u32, day, role))? as usize)
    }

    /// What a private field did in the period that ends on a day.
    pub fn field<'t>(
        &self,
        tables: &'t Tables,
        brand: usize,
        day: Day,
        field: Field,
    ) -> Option<&'t FieldRow> {
        tables
            .fields
            .get(*self.fields.get(&(brand as u32, day, field))? as usize)
    }

    /// The flow rows between two days.
    pub fn flow<'t>(
        &self,
        tables: &'t Tables,
        brand: usize,
        days: (Day, Day),
        crowd: CrowdKey,
    ) -> impl Iterator<Item = &'t FlowRow> {
        let rows = self.flow.get(&(brand as u32, days.0, days.1, crowd));
        rows.into_iter()
            .flatten()
            .filter_map(|i| tables.flow.get(*i as usize))
    }
}

/// Which scope of a table stands for each brand: brand level where it has such rows, else its only
/// other scope; several shops and no brand level cannot be added up, so none of them.
struct Scopes<'t>(FxHashMap<u32, Option<&'t str>>);

impl<'t> Scopes<'t> {
    fn of(rows: impl Iterator<Item = (u32, Option<&'t str>)>) -> Self {
        let mut found: FxHashMap<u32, Option<&str>> = FxHashMap::default();
        for (brand, scope) in rows {
            let scope = level(scope);
            let shown = found.entry(brand).or_insert(Some(scope));
            if scope == BRAND {
                *shown = Some(BRAND);
            } else if shown.is_some_and(|s| s != BRAND && s != scope) {
                *shown = None;
            }
        }
        Self(found)
    }

    fn shows(&self, brand: u32, scope: Option<&str>) -> bool {
        self.0.get(&brand) == Some(&Some(level(scope)))
    }
}

const BRAND: &str = "brand";

/// Rows without a scope are brand level.
fn level(scope: Option<&str>) -> &str {
    match scope {
        None | Some("品牌") => BRAND,
        Some(scope) => scope,
    }
}

/// The kinds of platform tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "one per table kind of the contract")]
pub enum Kind {
    Stock,
    Flow,
    Fast,
    Sales,
    Targets,
    Relations,
    RoleFlow,
    Fields,
    Orders,
    /// Stock or sales rows of crowds.
    Crowds,
    /// Sales rows of layers.
    Layers,
}

impl Kind {
    /// The name of the table kind.
    pub fn id(self) -> &'static str {
        match self {
            Self::Stock | Self::Crowds => "stock",
            Self::Flow => "flow",
            Self::Fast => "fast",
            Self::Sales | Self::Layers => "sales",
            Self::Targets => "targets",
            Self::Relations => "relations",
            Self::RoleFlow => "role_flow",
            Self::Fields => "fields",
            Self::Orders => "orders",
        }
    }
}

fn kinds(tables: &Tables) -> FxHashMap<u32, u16> {
    let mut found: FxHashMap<u32, u16> = FxHashMap::default();
    let mut add = |brand: u32, kind: Kind| *found.entry(brand).or_default() |= 1 << kind as u16;
    for row in &tables.stock {
        add(row.brand, Kind::Stock);
        if row.crowd != CrowdKey::Brand {
            add(row.brand, Kind::Crowds);
        }
    }
    for row in &tables.sales {
        add(row.brand, Kind::Sales);
        if row.layer.is_some() {
            add(row.brand, Kind::Layers);
        }
        if row.crowd != CrowdKey::Brand {
            add(row.brand, Kind::Crowds);
        }
    }
    tables.flow.iter().for_each(|r| add(r.brand, Kind::Flow));
    tables.fast.iter().for_each(|r| add(r.brand, Kind::Fast));
    tables
        .targets
        .iter()
        .for_each(|r| add(r.brand, Kind::Targets));
    tables
        .relations
        .iter()
        .for_each(|r| add(r.brand, Kind::Relations));
    tables
        .role_flow
        .iter()
        .for_each(|r| add(r.brand, Kind::RoleFlow));
    tables
        .fields
        .iter()
        .for_each(|r| add(r.brand, Kind::Fields));
    tables
        .order_days
        .iter()
        .for_each(|r| add(r.brand, Kind::Orders));
    found
}
