//! Counts of the event log → figures and histories.

use super::sheet::{self, Sheet};
use super::{Figure, Part, Series, Source};
use crate::facts::count::{Both, Counts, CrowdCounts, HISTORY, Matrix, RoleCounts, Sales};
use crate::facts::frame::Frame;
use crate::facts::{CrowdKey, Dataset, Engine, Slice};
use crate::metrics::aipl::{Flow, Ratio, State, Stock};
use crate::metrics::crowd::CrowdFigures;
use crate::metrics::fast::{self, Denominator};
use crate::metrics::fast_plus::{self, Field, Role};
use crate::metrics::{Definitions, Value, Why};

/// What the figures of a brand are made from.
pub(super) struct Facts<'a> {
    pub(super) engine: &'a Engine,
    pub(super) brand: usize,
    pub(super) counts: &'a Counts,
    pub(super) frame: &'a Frame,
    pub(super) definitions: &'a Definitions,
    /// The slice that was counted.
    pub(super) slice: &'a Slice,
}

impl Facts<'_> {
    /// FAST.
    pub(super) fn summary(&self, figures: &mut Vec<Figure>) {
        self.fast(&mut Sheet::new(figures, Source::Events));
    }

    /// Stock, flow, crowds and FAST+.
    pub(super) fn detail(&self, figures: &mut Vec<Figure>) {
        let mut sheet = Sheet::new(figures, Source::Events);
        self.stock(&mut sheet);
        if self.engine.has_members() {
            let [now, against] = self.counts.layers.active.map(Value::people);
            sheet.value("fast.active_members", Part::Whole, now, against);
        }
        self.flow(&mut sheet);
        self.crowds(&mut sheet);
        self.fast_plus(&mut sheet);
    }

    fn dataset(&self) -> &Dataset {
        self.engine.dataset()
    }

    /// Whether states are recomputed from some events only.
    fn scoped(&self) -> bool {
        !self.slice.scope.is_empty()
    }

    fn knows_o(&self) -> bool {
        !self.scoped() && self.engine.knows_category(self.brand)
    }

    /// Why opportunity consumers are missing: a scope leaves no category to be active in.
    fn unknown_o(&self) -> Value {
        let brand = self.dataset().brands.get(self.brand);
        Value::Missing(match brand.and_then(|b| b.category.as_ref()) {
            _ if self.scoped() => Why::Undefined,
            Some(_) => Why::NoCategoryEvents,
            None => Why::NoCategory,
        })
    }

    fn stock_on(&self, side: usize) -> Stock {
        let s = &self.counts.layers;
        let n = |both: &Both| Value::people(both[side]);
        let o = if self.knows_o() {
            n(&s.o)
        } else {
            self.unknown_o()
        };
        Stock::of([
            Value::Missing(Why::Undefined),
            o,
            n(&s.a),
            n(&s.i),
            n(&s.p),
            n(&s.l),
        ])
    }

    fn stock(&self, sheet: &mut Sheet<'_>) {
        let [now, against] = [0, 1].map(|side| self.stock_on(side));
        for (id, state) in sheet::STOCK_METRICS {
            sheet.value(id, Part::Whole, now.get(state), against.get(state));
        }
        sheet.value("aipl.total", Part::Whole, now.total, against.total);
        let [now, against] = self.counts.layers.lively.map(Value::people);
        sheet.value("aipl.active", Part::Whole, now, against);
    }

    pub(super) fn matrix(&self, matrix: &Matrix) -> Flow {
        let mut cells = matrix.map(|row| row.map(Value::people));
        if !self.knows_o() {
            let unknown = self.unknown_o();
            cells[State::O as usize] = [unknown; 6];
            for row in &mut cells {
                row[State::O as usize] = unknown;
            }
        }
        Flow { cells }
    }

    fn flow(&self, sheet: &mut Sheet<'_>) {
        let now = self.matrix(&self.counts.flow_now);
        let before = self.matrix(&self.counts.flow_before);
        sheet::push_flow(sheet, &now, &before);
    }

    fn fast(&self, sheet: &mut Sheet<'_>) {
        let s = &self.counts.layers;
        let [now, against] = s.asset.map(Value::people);
        sheet.value("fast.f", Part::Whole, now, against);
        let denominator = Denominator::from_id(self.definitions.text("fast.a_denominator"));
        let [now, against] = [&self.counts.deepening_now, &self.counts.deepening_against]
            .map(|m| fast::advancing(&self.matrix(m), denominator));
        let values = [now.value(), against.value()];
        sheet.variant("fast.a", Part::Whole, values, Some(now), denominator.id());
        if !self.engine.has_members() {
            sheet.missing("fast.s", Part::Whole, Why::NoMembers);
            sheet.missing("fast.t", Part::Whole, Why::NoMembers);
            return;
        }
        let members = s.members.map(Value::people);
        sheet.value("fast.s", Part::Whole, members[0], members[1]);
        let [now, against] = [0, 1].map(|k| fast::thriving(Value::people(s.active[k]), members[k]));
        sheet.ratio("fast.t", Part::Whole, now, against);
    }

    fn crowds(&self, sheet: &mut Sheet<'_>) {
        let data = self.dataset();
        if !data.attributes.iter().any(|a| a.id == "crowd") {
            return;
        }
        for (k, (crowd, counts)) in data.crowds.iter().zip(&self.counts.crowds).enumerate() {
            let key = CrowdKey::Crowd(k as u32);
            let population = Value::or_missing(crowd.population, Why::NoPopulation);
            let part = Part::Crowd(key);
            let sides = [0, 1].map(|side| crowd_figures(counts, side, population));
            sheet::push_crowd(sheet, part, &sides, self.definitions);
        }
        if !data.crowds.is_empty() {
            let population = sheet::total_population(data, self.slice);
            let sides = [0, 1].map(|side| crowd_figures(&self.counts.all_crowds, side, population));
            sheet::push_crowd(sheet, Part::Crowd(CrowdKey::All), &sides, self.definitions);
        }
    }

    fn fast_plus(&self, sheet: &mut Sheet<'_>) {
        let roles = &self.counts.roles;
        let union = &roles[Role::ALL.len()];
        if !self.engine.has_relations() {
            for id in sheet::FAST_PLUS {
                sheet.missing(id, Part::Whole, Why::NoMembers);
            }
            return;
        }
        let people = |r: &RoleCounts| r.people.map(Value::people);
        let [now, against] = people(union);
        sheet.value("fast_plus.capital", Part::Whole, now, against);
        for (role, counts) in Role::ALL.iter().zip(roles) {
            let [now, against] = people(counts);
            sheet.value("fast_plus.capital", Part::Role(*role), now, against);
        }
        let [now, against] = [0, 1].map(|k| {
            let (risen, base) = (self.counts.risen[k], self.counts.risen_base[k]);
            fast_plus::conversion(Value::people(risen), Value::people(base))
        });
        sheet.ratio("fast_plus.conversion", Part::Whole, now, against);
        self.connection(sheet);
        let [now, against] = [0, 1].map(|k| self.role_value(union, k));
        let values = [now.value(), against.value()];
        sheet.variant(
            "fast_plus.clv",
            Part::Whole,
            values,
            Some(now),
            "trade_only",
        );
        for (role, counts) in Role::ALL.iter().zip(roles) {
            let [now, against] = [0, 1].map(|k| self.role_value(counts, k));
            let values = [now.value(), against.value()];
            sheet.variant(
                "fast_plus.clv",
                Part::Role(*role),
                values,
                Some(now),
                "trade_only",
            );
        }
    }

    fn connection(&self, sheet: &mut Sheet<'_>) {
        if !self.engine.knows_fields() {
            sheet.missing("fast_plus.connection", Part::Whole, Why::NotGiven);
            return;
        }
        let fields = Field::ALL.map(|f| (f, self.counts.fields[f as usize]));
        let landed = |visitors: u64, new: u64| {
            fast_plus::connection(Value::people(new), Value::people(visitors))
        };
        let [now, against] = [0, 1].map(|k| {
            let visitors = fields.iter().map(|(_, f)| f.visitors[k]).sum();
            landed(
                visitors,
                fields.iter().map(|(_, f)| f.new_relations[k]).sum(),
            )
        });
        let values = [now.value(), against.value()];
        sheet.variant(
            "fast_plus.connection",
            Part::Whole,
            values,
            Some(now),
            "visits",
        );
        for (field, counts) in fields {
            let [now, against] =
                [0, 1].map(|k| landed(counts.visitors[k], counts.new_relations[k]));
            sheet.ratio("fast_plus.connection", Part::Field(field), now, against);
        }
    }

    fn role_value(&self, counts: &RoleCounts, side: usize) -> Ratio {
        let trade = amount(counts.fen[side], counts.unpriced[side]);
        let weight = self.definitions.number("clv.spread_weight");
        let spread = Value::Missing(Why::NoSpread);
        fast_plus::role_value(trade, spread, weight, Value::people(counts.people[side]))
    }

    /// Weekly histories of FAST; in a full count also of the layers, Capital and the crowds.
    pub(super) fn history(&self, full: bool) -> Vec<Series> {
        let s = &self.counts.weeks;
        let base = match Denominator::from_id(self.definitions.text("fast.a_denominator")) {
            Denominator::AiplStart => &s.start,
            Denominator::AipStart => &s.start_aip,
            Denominator::AiplEnd => &s.asset,
        };
        let mut all = vec![
            ("fast.f", self.people(&s.asset)),
            ("fast.a", self.share(&s.deepened, base)),
        ];
        if self.engine.has_members() {
            all.push(("fast.s", self.people(&s.members)));
            all.push(("fast.t", self.share(&s.active, &s.members)));
        }
        if full {
            all.extend([
                ("aipl.a", self.people(&s.a)),
                ("aipl.i", self.people(&s.i)),
                ("aipl.p", self.people(&s.p)),
                ("aipl.l", self.people(&s.l)),
                ("fast_plus.capital", self.people(&s.capital)),
            ]);
        }
        let whole = all.into_iter();
        let mut found: Vec<Series> = whole
            .map(|(metric, values)| series(metric, Part::Whole, values))
            .collect();
        if full {
            let keys = (0..).map(CrowdKey::Crowd).zip(&self.counts.crowds);
            let total = (CrowdKey::All, &self.counts.all_crowds);
            found.extend(keys.chain([total]).map(|(key, crowd)| {
                series(
                    "crowd.consumers",
                    Part::Crowd(key),
                    self.people(&crowd.weeks),
                )
            }));
        }
        found
    }

    /// People of each week end; missing before the first day of the log.
    fn people(&self, weeks: &[u64; HISTORY]) -> Vec<Value> {
        self.told(|week| Value::people(weeks[week]))
    }

    fn share(&self, a: &[u64; HISTORY], b: &[u64; HISTORY]) -> Vec<Value> {
        self.told(|week| Value::people(a[week]).over(Value::people(b[week])))
    }

    fn told(&self, value: impl Fn(usize) -> Value) -> Vec<Value> {
        let days = self.frame.history().into_iter().enumerate();
        days.map(|(week, day)| match self.dataset().log.days {
            Some((first, last)) if day < first => Value::Missing(Why::OutsideLog(first, last)),
            _ => value(week),
        })
        .collect()
    }
}

fn series(metric: &'static str, part: Part, values: Vec<Value>) -> Series {
    Series {
        metric,
        part,
        source: Source::Events,
        values,
    }
}

fn crowd_figures(counts: &CrowdCounts, side: usize, population: Value) -> CrowdFigures {
    let Sales {
        buyers,
        fen,
        unpriced,
        ..
    } = counts.sales;
    CrowdFigures {
        population,
        consumers: Value::people(counts.consumers[side]),
        buyers: Value::people(buyers[side]),
        gmv: amount(fen[side], unpriced[side]),
    }
}

/// Money of orders; missing as soon as one of them has no amount.
fn amount(fen: i64, unpriced: u64) -> Value {
    if unpriced > 0 {
        Value::Missing(Why::NoAmount)
    } else {
        Value::Known(fen as f64 / 100.0)
    }
}
