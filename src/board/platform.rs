//! Platform tables → figures and histories, as the platform gave them.

use std::collections::BTreeMap;

use super::sheet::{self, Sheet};
use super::{Figure, Part, Series, Source};
use crate::facts::frame::Frame;
use crate::facts::{
    Condition, CrowdKey, Dataset, Engine, FastRow, FieldRow, Kind, RelationRow, RoleFlowRow, Slice,
};
use crate::metrics::aipl::{Flow, Ratio, State, Stock};
use crate::metrics::crowd::CrowdFigures;
use crate::metrics::fast::{self, Denominator};
use crate::metrics::fast_plus::{self, Field, Role};
use crate::metrics::{Day, Definitions, Value, Why};

/// What the figures of a brand are taken from.
pub(super) struct Tables<'a> {
    pub(super) engine: &'a Engine,
    pub(super) brand: usize,
    pub(super) frame: &'a Frame,
    pub(super) definitions: &'a Definitions,
    /// The crowd that the slice asks for; `None` when the tables cannot answer the slice.
    pub(super) crowd: Option<CrowdKey>,
    /// The slice itself.
    pub(super) slice: &'a Slice,
    /// Whether missing tables are to be said (there is no event log for the brand).
    pub(super) alone: bool,
}

/// An exported deepening rate further than this from every known denominator is unexplained.
const DETECTED_WITHIN: f64 = 0.005;

/// The crowd that platform rows must be about to answer a slice.
pub(super) fn crowd_of(data: &Dataset, slice: &Slice) -> Option<CrowdKey> {
    match (&slice.filter[..], slice.scope.is_empty()) {
        ([], true) => Some(CrowdKey::Brand),
        (
            [
                Condition {
                    dimension,
                    negated: false,
                    values,
                },
            ],
            true,
        ) if dimension == "crowd" => {
            let [value] = &values[..] else { return None };
            let crowd = data.crowds.iter().position(|c| c.id == *value)?;
            Some(CrowdKey::Crowd(crowd as u32))
        }
        _ => None,
    }
}

impl Tables<'_> {
    /// FAST.
    pub(super) fn summary(&self, figures: &mut Vec<Figure>) {
        let mut sheet = Sheet::new(figures, Source::Platform);
        if self.says(Kind::Stock) {
            let [now, against] = self.days().map(|day| self.stock(day).total);
            sheet.value("fast.f", Part::Whole, now, against);
        }
        if self.says(Kind::Fast) || self.has(Kind::Flow) {
            let [now, against] = self.days().map(|day| self.advancing(day));
            let values = [now.value, against.value];
            sheet.variant("fast.a", Part::Whole, values, Some(now.parts), now.variant);
        }
        if self.says(Kind::Fast) {
            let [now, against] = self.days().map(|day| self.members(day));
            sheet.value("fast.s", Part::Whole, now, against);
            let [now, against] = self.days().map(|day| self.thriving(day));
            sheet.ratio("fast.t", Part::Whole, now, against);
        }
    }

    /// Stock, flow, crowds and FAST+.
    pub(super) fn detail(&self, figures: &mut Vec<Figure>) {
        let mut sheet = Sheet::new(figures, Source::Platform);
        if self.says(Kind::Stock) {
            self.push_stock(&mut sheet);
        }
        if self.says(Kind::Flow) {
            let flow = |from, to| self.flow(from, to);
            let (as_of, against) = (self.frame.as_of, self.frame.against);
            let before = against.plus(against.0.saturating_sub(as_of.0));
            sheet::push_flow(&mut sheet, &flow(against, as_of), &flow(before, against));
        }
        if self.says(Kind::Crowds) {
            self.push_crowds(&mut sheet);
        }
        if self.says(Kind::Fast) {
            let [now, against] = self.days().map(|day| self.thriving(day).numerator);
            sheet.value("fast.active_members", Part::Whole, now, against);
        }
        self.push_layers(&mut sheet);
        if self.says(Kind::Relations) {
            self.push_capital(&mut sheet);
        }
        if self.says(Kind::RoleFlow) {
            let [now, against] = self.days().map(|day| self.conversion(day));
            sheet.ratio("fast_plus.conversion", Part::Whole, now, against);
        }
        if self.says(Kind::Fields) {
            self.push_connection(&mut sheet);
        }
        if self.says(Kind::Relations) {
            self.push_clv(&mut sheet);
        }
        if self.has(Kind::Orders) {
            self.push_orders(figures);
        }
    }

    /// The denominator of the exported deepening rate, found from people, ratio and stocks.
    pub(super) fn detected(&self) -> Option<(Denominator, f64)> {
        self.detect(self.fast(self.frame.as_of)?, self.frame.as_of)
    }

    pub(super) fn has(&self, kind: Kind) -> bool {
        self.engine.lookup().has(self.brand, kind)
    }

    fn says(&self, kind: Kind) -> bool {
        self.alone || self.has(kind)
    }

    pub(super) fn days(&self) -> [Day; 2] {
        [self.frame.as_of, self.frame.against]
    }

    pub(super) fn dataset(&self) -> &Dataset {
        self.engine.dataset()
    }

    pub(super) fn why(&self, kind: Kind, day: Day) -> Why {
        let name = kind.id();
        match self.crowd {
            None if self.has(kind) => Why::NotSliced,
            _ if self.has(kind) => Why::NoRow(name, day),
            _ => Why::NoTable(name),
        }
    }

    fn fast(&self, day: Day) -> Option<&FastRow> {
        self.engine
            .lookup()
            .fast(&self.dataset().tables, self.brand, day, self.crowd?)
    }

    fn stock(&self, day: Day) -> Stock {
        match self.crowd {
            Some(crowd) => self.stock_of(day, crowd),
            None => Stock::missing(self.why(Kind::Stock, day)),
        }
    }

    fn stock_of(&self, day: Day, crowd: CrowdKey) -> Stock {
        let tables = &self.dataset().tables;
        let Some(row) = self.engine.lookup().stock(tables, self.brand, day, crowd) else {
            return Stock::missing(self.why(Kind::Stock, day));
        };
        let cell = |x, column| Value::or_missing(x, Why::EmptyCell(column));
        let mut stock = Stock::of([
            Value::Missing(Why::Undefined),
            cell(row.o, "o"),
            cell(row.a, "a"),
            cell(row.i, "i"),
            cell(row.p, "p"),
            cell(row.l, "l"),
        ]);
        if let Some(total) = row.total {
            stock.total = Value::known(total);
        }
        stock
    }

    fn push_stock(&self, sheet: &mut Sheet<'_>) {
        let [now, against] = self.days().map(|day| self.stock(day));
        for (id, state) in sheet::STOCK_METRICS {
            sheet.value(id, Part::Whole, now.get(state), against.get(state));
        }
        sheet.value("aipl.total", Part::Whole, now.total, against.total);
        let tables = &self.dataset().tables;
        let [now, against] = self.days().map(|day| {
            let row = self
                .crowd
                .and_then(|c| self.engine.lookup().stock(tables, self.brand, day, c));
            match row {
                Some(row) => Value::or_missing(row.active, Why::EmptyCell("active")),
                None => Value::Missing(self.why(Kind::Stock, day)),
            }
        });
        sheet.value("aipl.active", Part::Whole, now, against);
    }

    pub(super) fn flow(&self, from: Day, to: Day) -> Flow {
        let mut flow = Flow::missing(self.why_flow(from, to));
        let Some(crowd) = self.crowd else { return flow };
        let tables = &self.dataset().tables;
        for row in self
            .engine
            .lookup()
            .flow(tables, self.brand, (from, to), crowd)
        {
            flow.cells[row.from as usize][row.to as usize] =
                Value::or_missing(row.people, Why::EmptyCell("people"));
        }
        if flow.cells.as_flattened().iter().any(|cell| cell.is_known()) {
            name_gaps(&mut flow);
        }
        let none = &mut flow.cells[State::N as usize][State::N as usize];
        if !none.is_known() {
            *none = Value::Missing(Why::Undefined);
        }
        flow
    }

    fn why_flow(&self, from: Day, to: Day) -> Why {
        match self.why(Kind::Flow, to) {
            Why::NoRow(..) => Why::NoFlow(from, to),
            why => why,
        }
    }

    /// Stocks at the start and the end of the deepening period that ends on a day.
    fn ends(&self, day: Day) -> [Stock; 2] {
        [self.stock(day.plus(-self.frame.deepening)), self.stock(day)]
    }

    fn detect(&self, row: &FastRow, day: Day) -> Option<(Denominator, f64)> {
        let [start, end] = self.ends(day);
        fast::detect_denominator(row.deepen_people?, row.deepen_ratio?, &start, &end)
    }

    /// The exported rate where there is one; else exported people ÷ the chosen denominator; else
    /// from the flow table. A denominator that the user asked for is never overridden.
    fn advancing(&self, day: Day) -> Advancing {
        let chosen = Denominator::from_id(self.definitions.text("fast.a_denominator"));
        let asked = self.definitions.is_given("fast.a_denominator");
        let row = self.fast(day);
        let people = row.and_then(|r| r.deepen_people);
        let [start, end] = self.ends(day);
        if let Some(ratio) = row.and_then(|r| r.deepen_ratio) {
            let found = row
                .and_then(|r| self.detect(r, day))
                .filter(|f| f.1 <= DETECTED_WITHIN);
            if !asked || found.is_some_and(|(d, _)| d == chosen) {
                let why = Why::EmptyCell("deepen_people");
                let parts = Ratio {
                    numerator: Value::or_missing(people, why),
                    denominator: found.map_or(Value::Missing(Why::NotGiven), |f| {
                        f.0.of_stocks(&start, &end)
                    }),
                };
                let variant = found.map_or("as_exported", |(d, _)| d.id());
                return Advancing {
                    value: Value::known(ratio),
                    parts,
                    variant,
                };
            }
        }
        let flow = self.flow(day.plus(-self.frame.deepening), day);
        let from_people = people.map(|n| Ratio {
            numerator: Value::known(n),
            denominator: chosen.of_stocks(&start, &end),
        });
        let from_flow = fast::advancing(&flow, chosen);
        let parts = match from_people {
            Some(ratio) if ratio.value().is_known() || !from_flow.value().is_known() => ratio,
            _ => from_flow,
        };
        let value = match (parts.value(), row) {
            (Value::Missing(Why::NoTable(_)), Some(_)) => {
                Value::Missing(Why::EmptyCell("deepen_ratio"))
            }
            (Value::Missing(Why::NoTable(_)), None) => Value::Missing(self.why(Kind::Fast, day)),
            (value, _) => value,
        };
        Advancing {
            value,
            parts,
            variant: chosen.id(),
        }
    }

    fn members(&self, day: Day) -> Value {
        let Some(row) = self.fast(day) else {
            return Value::Missing(self.why(Kind::Fast, day));
        };
        let members = Value::or_missing(row.members, Why::EmptyCell("members"));
        let fans = Value::or_missing(row.fans, Why::EmptyCell("fans"));
        match self.definitions.text("fast.s_roles") {
            "member" => members,
            "fan" => fans,
            _ => match (members, fans) {
                (Value::Known(m), Value::Known(f)) => fast_plus::capital_from_totals(&[m, f]),
                (missing, Value::Known(_)) | (_, missing) => missing,
            },
        }
    }

    fn thriving(&self, day: Day) -> Ratio {
        let Some(row) = self.fast(day) else {
            let missing = Value::Missing(self.why(Kind::Fast, day));
            return fast::thriving(missing, missing);
        };
        let active = Value::or_missing(row.active_members, Why::EmptyCell("active_members"));
        fast::thriving(
            active,
            Value::or_missing(row.members, Why::EmptyCell("members")),
        )
    }

    fn push_crowds(&self, sheet: &mut Sheet<'_>) {
        let data = self.dataset();
        for k in 0..data.crowds.len() {
            let crowd = CrowdKey::Crowd(k as u32);
            let sides = self.days().map(|day| self.crowd_figures(day, crowd));
            sheet::push_crowd(sheet, Part::Crowd(crowd), &sides, self.definitions);
        }
        if !data.crowds.is_empty() {
            let sides = self.days().map(|day| self.all_crowds(day));
            sheet::push_crowd(sheet, Part::Crowd(CrowdKey::All), &sides, self.definitions);
        }
    }

    fn crowd_figures(&self, day: Day, crowd: CrowdKey) -> CrowdFigures {
        let data = self.dataset();
        let population = match crowd {
            CrowdKey::Crowd(k) => data.crowds.get(k as usize).and_then(|c| c.population),
            _ => None,
        };
        let population = Value::or_missing(population, Why::NoPopulation);
        if self.crowd != Some(CrowdKey::Brand) && self.crowd != Some(crowd) {
            return CrowdFigures {
                population,
                ..CrowdFigures::missing(Why::NotSliced)
            };
        }
        let sales = self
            .engine
            .lookup()
            .sales(&data.tables, self.brand, day, crowd);
        let cell = |x: Option<Option<f64>>, column| match x {
            Some(x) => Value::or_missing(x, Why::EmptyCell(column)),
            None => Value::Missing(self.why(Kind::Sales, day)),
        };
        CrowdFigures {
            population,
            consumers: self.stock_of(day, crowd).total,
            buyers: cell(sales.map(|r| r.buyers), "buyers"),
            gmv: cell(sales.map(|r| r.gmv), "gmv"),
        }
    }

    /// The row `*` where the tables have one; else the sum, when no consumer is in two crowds.
    fn all_crowds(&self, day: Day) -> CrowdFigures {
        let data = self.dataset();
        let given = self.crowd_figures(day, CrowdKey::All);
        let parts: Vec<_> = data
            .counted_crowds()
            .map(|k| self.crowd_figures(day, CrowdKey::Crowd(k as u32)))
            .collect();
        let exclusive = sheet::overlap_free(data);
        let total = |given: Value, part: fn(&CrowdFigures) -> Value| {
            if given.is_known() {
                given
            } else if exclusive {
                parts.iter().map(part).sum()
            } else {
                Value::Missing(Why::Overlap)
            }
        };
        CrowdFigures {
            population: sheet::total_population(data, self.slice),
            consumers: total(given.consumers, |c| c.consumers),
            buyers: total(given.buyers, |c| c.buyers),
            gmv: total(given.gmv, |c| c.gmv),
        }
    }

    fn relation(&self, day: Day, role: Option<Role>) -> Option<&RelationRow> {
        self.whole()?;
        self.engine
            .lookup()
            .relation(&self.dataset().tables, self.brand, day, role)
    }

    /// Tables that have no crowd column answer the whole brand only.
    pub(super) fn whole(&self) -> Option<()> {
        (self.crowd == Some(CrowdKey::Brand)).then_some(())
    }

    pub(super) fn why_whole(&self, kind: Kind, day: Day) -> Why {
        if self.has(kind) && self.whole().is_none() {
            Why::NotSliced
        } else {
            self.why(kind, day)
        }
    }

    fn capital(&self, day: Day) -> Value {
        if let Some(people) = self.relation(day, None).and_then(|r| r.people) {
            return Value::known(people);
        }
        let roles: Vec<f64> = Role::ALL
            .into_iter()
            .filter_map(|role| self.relation(day, Some(role))?.people)
            .collect();
        match roles[..] {
            [] => Value::Missing(self.why_whole(Kind::Relations, day)),
            _ => fast_plus::capital_from_totals(&roles),
        }
    }

    fn push_capital(&self, sheet: &mut Sheet<'_>) {
        let [now, against] = self.days().map(|day| self.capital(day));
        sheet.value("fast_plus.capital", Part::Whole, now, against);
        for role in self.roles() {
            let [now, against] = self.days().map(|day| match self.relation(day, Some(role)) {
                Some(row) => Value::or_missing(row.people, Why::EmptyCell("people")),
                None => Value::Missing(self.why_whole(Kind::Relations, day)),
            });
            sheet.value("fast_plus.capital", Part::Role(role), now, against);
        }
    }

    fn roles(&self) -> Vec<Role> {
        let rows = &self.dataset().tables.relations;
        let known = |role| {
            rows.iter()
                .any(|r| r.brand as usize == self.brand && r.role == Some(role))
        };
        Role::ALL.into_iter().filter(|role| known(*role)).collect()
    }

    fn conversion(&self, day: Day) -> Ratio {
        let from = day.plus(self.frame.against.0.saturating_sub(self.frame.as_of.0));
        // Of rows for the same two roles, the later one holds.
        let rows: BTreeMap<_, &RoleFlowRow> = self
            .dataset()
            .tables
            .role_flow
            .iter()
            .filter(|r| r.brand as usize == self.brand && r.from_date == from && r.to_date == day)
            .map(|r| ((r.from.map(Role::id), r.to.map(Role::id)), r))
            .collect();
        if rows.is_empty() || self.whole().is_none() {
            let missing = Value::Missing(self.why_whole(Kind::RoleFlow, day));
            return fast_plus::conversion(missing, missing);
        }
        let level = |role: Option<Role>| role.map_or(0, Role::level);
        let people = |keep: &dyn Fn(&RoleFlowRow) -> bool| -> Value {
            let kept = rows.values().filter(|r| r.from.is_some() && keep(r));
            kept.map(|r| Value::or_missing(r.people, Why::EmptyCell("people")))
                .sum()
        };
        fast_plus::conversion(people(&|r| level(r.to) > level(r.from)), people(&|_| true))
    }

    fn field(&self, day: Day, field: Field) -> Option<&FieldRow> {
        self.whole()?;
        self.engine
            .lookup()
            .field(&self.dataset().tables, self.brand, day, field)
    }

    fn connection(&self, day: Day, field: Field) -> Ratio {
        let Some(row) = self.field(day, field) else {
            let missing = Value::Missing(self.why_whole(Kind::Fields, day));
            return fast_plus::connection(missing, missing);
        };
        fast_plus::connection(
            Value::or_missing(row.new_relations, Why::EmptyCell("new_relations")),
            Value::or_missing(row.visitors, Why::EmptyCell("visitors")),
        )
    }

    fn push_connection(&self, sheet: &mut Sheet<'_>) {
        let rows = &self.dataset().tables.fields;
        let known = |f: Field| {
            rows.iter()
                .any(|r| r.brand as usize == self.brand && r.field == f)
        };
        let fields: Vec<Field> = Field::ALL.into_iter().filter(|f| known(*f)).collect();
        let [now, against] = self.days().map(|day| {
            let parts: Vec<Ratio> = fields.iter().map(|f| self.connection(day, *f)).collect();
            if parts.is_empty() {
                let missing = Value::Missing(self.why_whole(Kind::Fields, day));
                return fast_plus::connection(missing, missing);
            }
            Ratio {
                numerator: parts.iter().map(|r| r.numerator).sum(),
                denominator: parts.iter().map(|r| r.denominator).sum(),
            }
        });
        let values = [now.value(), against.value()];
        sheet.variant(
            "fast_plus.connection",
            Part::Whole,
            values,
            Some(now),
            "visits",
        );
        for field in fields {
            let [now, against] = self.days().map(|day| self.connection(day, field));
            sheet.ratio("fast_plus.connection", Part::Field(field), now, against);
        }
    }

    fn role_value(&self, day: Day, role: Option<Role>) -> (Ratio, &'static str) {
        let Some(row) = self.relation(day, role) else {
            let missing = Value::Missing(self.why_whole(Kind::Relations, day));
            return (
                fast_plus::role_value(missing, missing, 1.0, missing),
                "trade_only",
            );
        };
        let cell = |x, column| Value::or_missing(x, Why::EmptyCell(column));
        let spread = Value::or_missing(row.spread, Why::NoSpread);
        let variant = if spread.is_known() {
            "trade_and_spread"
        } else {
            "trade_only"
        };
        let weight = self.definitions.number("clv.spread_weight");
        let (trade, people) = (cell(row.trade, "trade"), cell(row.people, "people"));
        (
            fast_plus::role_value(trade, spread, weight, people),
            variant,
        )
    }

    fn push_clv(&self, sheet: &mut Sheet<'_>) {
        let parts = self.roles().into_iter().map(|r| (Some(r), Part::Role(r)));
        for (role, part) in std::iter::once((None, Part::Whole)).chain(parts) {
            let [now, against] = self.days().map(|day| self.role_value(day, role));
            let values = [now.0.value(), against.0.value()];
            sheet.variant("fast_plus.clv", part, values, Some(now.0), now.1);
        }
    }

    /// Weekly histories of FAST; in a full count also of the layers, Capital and the crowds.
    pub(super) fn history(&self, full: bool) -> Vec<Series> {
        let days = self.frame.history();
        let series = |metric, part, values| Series {
            metric,
            part,
            source: Source::Platform,
            values,
        };
        let each = |f: &dyn Fn(Day) -> Value| days.iter().map(|day| f(*day)).collect::<Vec<_>>();
        let mut found = vec![
            series("fast.f", Part::Whole, each(&|d| self.stock(d).total)),
            series("fast.a", Part::Whole, each(&|d| self.advancing(d).value)),
            series("fast.s", Part::Whole, each(&|d| self.members(d))),
            series("fast.t", Part::Whole, each(&|d| self.thriving(d).value())),
        ];
        if full {
            for (id, state) in sheet::STOCK_METRICS {
                found.push(series(id, Part::Whole, each(&|d| self.stock(d).get(state))));
            }
            found.push(series(
                "fast_plus.capital",
                Part::Whole,
                each(&|d| self.capital(d)),
            ));
            for k in 0..self.dataset().crowds.len() {
                let crowd = CrowdKey::Crowd(k as u32);
                let values = each(&|d| self.crowd_figures(d, crowd).consumers);
                found.push(series("crowd.consumers", Part::Crowd(crowd), values));
            }
            let values = each(&|d| self.all_crowds(d).consumers);
            found.push(series(
                "crowd.consumers",
                Part::Crowd(CrowdKey::All),
                values,
            ));
        }
        found
    }
}

/// Says which pairs a flow table leaves out.
fn name_gaps(flow: &mut Flow) {
    for from in State::ALL {
        for to in State::ALL {
            let cell = &mut flow.cells[from as usize][to as usize];
            if matches!(cell, Value::Missing(Why::NoFlow(..))) {
                *cell = Value::Missing(Why::NoPair(from, to));
            }
        }
    }
}

struct Advancing {
    value: Value,
    parts: Ratio,
    variant: &'static str,
}
