//! From a row of a platform table to its entry in the data set.
//!
//! Every function reads all cells before it touches the builder: a row that is rejected leaves
//! nothing behind, neither a brand nor a consumer.

use std::borrow::Cow;

use super::build::Builder;
use super::columns::Kind;
use super::event::brand_of;
use super::layout::{Layout, Slot};
use super::line::{Excluded, Left, Line, Measure, Verdict};
use super::names;
use super::report::Report;
use crate::facts::{
    BenchmarkRow, Code, CrowdKey, FastRow, FieldRow, FlowRow, OrderDay, RelationRow, RoleFlowRow,
    RoleSpan, SalesRow, StockRow, TargetKey, TargetRow,
};
use crate::metrics::aipl::State;
use crate::metrics::benchmark::BenchmarkKind;
use crate::metrics::fast_plus::{Field, Role};
use crate::metrics::{Day, Unit, metric};

/// Reads the rows of one table.
#[derive(Debug)]
pub(super) struct Rows {
    kind: Kind,
    brand: Slot,
    default_brand: String,
    slots: Slots,
}

#[derive(Debug)]
enum Slots {
    /// Read in blocks, by `event` and `people`.
    Elsewhere,
    Stock(Box<[Slot; 10]>),
    Flow(Box<[Slot; 6]>),
    Fast(Box<[Slot; 8]>),
    Benchmarks(Box<[Slot; 6]>),
    Sales(Box<[Slot; 11]>),
    Targets(Box<[Slot; 6]>),
    Relations(Box<[Slot; 8]>),
    RoleFlow(Box<[Slot; 5]>),
    Fields(Box<[Slot; 6]>),
    Orders(Box<[Slot; 6]>),
}

impl Rows {
    /// Prepares for a table.
    pub(super) fn new(layout: &Layout, builder: &Builder) -> Self {
        Self {
            kind: layout.kind,
            brand: layout.slot("brand"),
            default_brand: builder.default_brand(),
            slots: Slots::new(layout),
        }
    }

    /// Reads one row.
    pub(super) fn read<'r>(
        &'r mut self,
        line: &Line<'r>,
        builder: &mut Builder,
        report: &mut Report,
    ) -> Verdict {
        let Self {
            brand,
            default_brand,
            slots,
            kind,
        } = self;
        let brand = match kind {
            Kind::Benchmarks => Cow::Borrowed(""),
            _ => brand_of(line, brand, default_brand)?,
        };
        let mut to = Target {
            line,
            brand: &brand,
            builder,
            report,
        };
        match slots {
            Slots::Elsewhere => Ok(()),
            Slots::Stock(slots) => to.stock(slots),
            Slots::Flow(slots) => to.flow(slots),
            Slots::Fast(slots) => to.fast(slots),
            Slots::Benchmarks(slots) => to.benchmark(slots),
            Slots::Sales(slots) => to.sale(slots),
            Slots::Targets(slots) => to.target(slots),
            Slots::Relations(slots) => to.relation(slots),
            Slots::RoleFlow(slots) => to.role_flow(slots),
            Slots::Fields(slots) => to.field(slots),
            Slots::Orders(slots) => to.order(slots),
        }
    }
}

impl Slots {
    #[rustfmt::skip]
    fn new(layout: &Layout) -> Self {
        match layout.kind {
            Kind::Events | Kind::Consumers => Self::Elsewhere,
            Kind::Stock => Self::Stock(Box::new(layout.slots(["date", "crowd", "scope", "o", "a", "i", "p", "l", "total", "active"]))),
            Kind::Flow => Self::Flow(Box::new(layout.slots(["from_date", "to_date", "from", "to", "people", "crowd"]))),
            Kind::Fast => Self::Fast(Box::new(layout.slots(["date", "crowd", "scope", "deepen_people", "deepen_ratio", "members", "active_members", "fans"]))),
            Kind::Benchmarks => Self::Benchmarks(Box::new(layout.slots(["category", "metric", "kind", "value", "date", "sample"]))),
            Kind::Sales => Self::Sales(Box::new(layout.slots(["date", "crowd", "layer", "category", "buyers", "orders", "gmv", "visitors", "cart_people", "cart_buyers", "new_buyers"]))),
            Kind::Targets => Self::Targets(Box::new(layout.slots(["metric", "target", "crowd", "layer", "period", "owner"]))),
            Kind::Relations => Self::Relations(Box::new(layout.slots(["role", "consumer", "since", "until", "date", "people", "trade", "spread"]))),
            Kind::RoleFlow => Self::RoleFlow(Box::new(layout.slots(["from_date", "to_date", "from", "to", "people"]))),
            Kind::Fields => Self::Fields(Box::new(layout.slots(["date", "field", "visitors", "new_relations", "deepened", "buyers"]))),
            Kind::Orders => Self::Orders(Box::new(layout.slots(["created", "order", "paid_time", "total", "paid", "refund"]))),
        }
    }
}

/// One row on its way into the data set.
struct Target<'a, 't> {
    line: &'a Line<'t>,
    brand: &'a str,
    builder: &'a mut Builder,
    report: &'a mut Report,
}

impl<'t> Target<'_, 't> {
    fn people(&mut self, slot: &Slot) -> Option<f64> {
        self.line.number(slot, Measure::People, self.report)
    }

    fn amount(&mut self, slot: &Slot) -> Option<f64> {
        self.line.number(slot, Measure::Amount, self.report)
    }

    fn text(&self, slot: &'t Slot) -> Result<Option<String>, Left> {
        let cell = self.line.optional_name(slot)?;
        Ok(cell.map(Cow::into_owned))
    }

    fn stage(&self, slot: &'t Slot) -> Result<State, Left> {
        let cell = self.line.cell(slot);
        names::stage(&cell).ok_or_else(|| {
            self.line
                .wrong(slot, &cell, ["n, o, a, i, p or l", "n、o、a、i、p 或 l"])
                .into()
        })
    }

    fn layer(&self, slot: &'t Slot) -> Result<Option<State>, Left> {
        match self.line.optional(slot) {
            Some(cell) if cell != "*" => self.stage(slot).map(Some),
            _ => Ok(None),
        }
    }

    #[expect(
        clippy::many_single_char_names,
        reason = "the layers are called o, a, i, p, l"
    )]
    fn stock(&mut self, slots: &'t [Slot; 10]) -> Verdict {
        let [date, crowd, scope, layers @ .., total, active] = slots;
        let date = self.line.day(date, &mut self.builder.clock)?;
        let crowd = self.line.optional_name(crowd)?.unwrap_or_default();
        let [o, a, i, p, l]: [Option<f64>; 5] = std::array::from_fn(|n| self.people(&layers[n]));
        let mut row = StockRow {
            date,
            scope: self.text(scope)?,
            o,
            a,
            i,
            p,
            l,
            total: self.people(total),
            active: self.people(active),
            at: self.line.at(),
            brand: self.builder.brand(self.brand),
            crowd: self.builder.crowd(&crowd),
        };
        if is_all_zero(&row) {
            let message = [
                "all-zero figures are taken as no data".to_owned(),
                "全为 0 的数据视为无数据".to_owned(),
            ];
            self.report
                .row(self.line.problem(total, Code::Range, message));
            [row.a, row.i, row.p, row.l, row.total] = [None; 5];
        }
        self.builder.tables.stock.push(row);
        Ok(())
    }

    fn flow(&mut self, slots: &'t [Slot; 6]) -> Verdict {
        let [from_date, to_date, from, to, people, crowd] = slots;
        let (from_date, to_date) = self.dates(from_date, to_date)?;
        let (from, to) = (self.stage(from)?, self.stage(to)?);
        let people = self
            .line
            .must_number(people, Measure::People, self.report)?;
        let crowd = self.line.optional_name(crowd)?.unwrap_or_default();
        let row = FlowRow {
            brand: self.builder.brand(self.brand),
            from_date,
            to_date,
            from,
            to,
            crowd: self.builder.crowd(&crowd),
            people,
            at: self.line.at(),
        };
        self.builder.tables.flow.push(row);
        Ok(())
    }

    /// Both ends of a period, in order.
    fn dates(&mut self, from: &Slot, to: &Slot) -> Result<(Day, Day), Left> {
        let first = self.line.day(from, &mut self.builder.clock)?;
        let last = self.line.day(to, &mut self.builder.clock)?;
        if last <= first {
            let found = format!("{first} … {last}");
            return Err(self
                .line
                .wrong(
                    to,
                    &found,
                    ["a later day than from_date", "晚于 from_date 的日期"],
                )
                .into());
        }
        Ok((first, last))
    }

    fn fast(&mut self, slots: &'t [Slot; 8]) -> Verdict {
        let [
            date,
            crowd,
            scope,
            deepen_people,
            deepen_ratio,
            members,
            active,
            fans,
        ] = slots;
        let date = self.line.day(date, &mut self.builder.clock)?;
        let crowd = self.line.optional_name(crowd)?.unwrap_or_default();
        let row = FastRow {
            date,
            scope: self.text(scope)?,
            deepen_people: self.people(deepen_people),
            deepen_ratio: self.line.number(deepen_ratio, Measure::Ratio, self.report),
            members: self.people(members),
            active_members: self.people(active),
            fans: self.people(fans),
            at: self.line.at(),
            brand: self.builder.brand(self.brand),
            crowd: self.builder.crowd(&crowd),
        };
        self.builder.tables.fast.push(row);
        Ok(())
    }

    /// The id of a metric; rows of an unknown one are left out.
    fn metric(&self, slot: &'t Slot) -> Result<&'static str, Left> {
        let cell = self.line.required(slot, ["a metric", "指标"])?;
        let id = self.builder.metrics.id(&cell);
        id.ok_or_else(|| Left::Excluded(Excluded::UnknownMetric(Line::shown(&cell))))
    }

    fn benchmark(&mut self, slots: &'t [Slot; 6]) -> Verdict {
        let [category, metric, kind, value, date, sample] = slots;
        let name = self.line.required(category, ["a category", "类目"])?;
        self.line.check_length(category, &name)?;
        let category = name.into_owned();
        let metric = self.metric(metric)?;
        let cell = self.line.cell(kind);
        let kind = names::benchmark_kind(&cell).ok_or_else(|| {
            self.line.wrong(
                kind,
                &cell,
                [
                    "mean, median, excellent or rank",
                    "mean、median、excellent 或 rank",
                ],
            )
        })?;
        let measure = if kind == BenchmarkKind::Rank {
            Measure::Amount
        } else {
            measure_of(metric)
        };
        let row = BenchmarkRow {
            category,
            metric: metric.to_owned(),
            kind,
            value: self.line.must_number(value, measure, self.report)?,
            date: self
                .line
                .optional_day(date, &mut self.builder.clock, self.report),
            sample: self.amount(sample),
            at: self.line.at(),
        };
        self.builder.tables.benchmarks.push(row);
        Ok(())
    }

    fn sale(&mut self, slots: &'t [Slot; 11]) -> Verdict {
        let [
            date,
            crowd,
            layer,
            category,
            buyers,
            orders,
            gmv,
            visitors,
            cart,
            cart_buyers,
            new,
        ] = slots;
        let date = self.line.day(date, &mut self.builder.clock)?;
        let layer = self.layer(layer)?;
        let crowd = self.line.optional_name(crowd)?.unwrap_or_default();
        let row = SalesRow {
            date,
            layer,
            category: self.text(category)?,
            buyers: self.people(buyers),
            orders: self.people(orders),
            gmv: self.amount(gmv),
            visitors: self.people(visitors),
            cart_people: self.people(cart),
            cart_buyers: self.people(cart_buyers),
            new_buyers: self.people(new),
            at: self.line.at(),
            brand: self.builder.brand(self.brand),
            crowd: self.builder.crowd(&crowd),
        };
        self.builder.tables.sales.push(row);
        Ok(())
    }

    fn target(&mut self, slots: &'t [Slot; 6]) -> Verdict {
        let [metric, target, crowd, layer, period, owner] = slots;
        let metric = self.metric(metric)?;
        let target = self
            .line
            .must_number(target, measure_of(metric), self.report)?;
        let layer = self.layer(layer)?;
        let crowd = self.line.optional_name(crowd)?.unwrap_or_default();
        let row = TargetRow {
            metric: metric.to_owned(),
            target,
            period: self.period(period),
            period_text: self.text(period)?,
            owner: self.text(owner)?,
            at: self.line.at(),
            brand: self.builder.brand(self.brand),
            key: TargetKey {
                crowd: self.builder.crowd(&crowd),
                layer,
            },
        };
        self.builder.tables.targets.push(row);
        Ok(())
    }

    /// First and last day of a target; text that is no period holds always, with a warning.
    fn period(&mut self, slot: &'t Slot) -> Option<(Day, Day)> {
        let cell = self.line.optional(slot)?;
        let period = super::time::period(&cell);
        if period.is_none() {
            let expected = [
                "2026, 2026-Q4, 2026-11, 2026-W46, a date or A..B",
                "2026、2026-Q4、2026-11、2026-W46、日期或 A..B",
            ];
            let draft = self.line.wrong(slot, &cell, expected);
            self.report
                .row(draft.help(["the target is taken to hold always", "该目标视为始终有效"]));
        }
        period
    }

    fn relation(&mut self, slots: &'t [Slot; 8]) -> Verdict {
        let [role, consumer, since, until, date, people, trade, spread] = slots;
        let cell = self.line.required(role, ["a role", "角色"])?;
        let all = names::is_all_roles(&cell);
        let found = names::role(&cell);
        if found.is_none() && !all {
            return Err(self.line.wrong(role, &cell, roles()).into());
        }
        if let Some(id) = self.line.optional_id(consumer)? {
            let one = found.ok_or_else(|| self.line.wrong(role, &cell, roles()))?;
            return self.span(&id, one, since, until);
        }
        let date = self.line.day(date, &mut self.builder.clock)?;
        let row = RelationRow {
            date,
            role: found,
            people: self
                .line
                .must_number(people, Measure::People, self.report)?,
            trade: self.amount(trade),
            spread: self.amount(spread),
            at: self.line.at(),
            brand: self.builder.brand(self.brand),
        };
        self.builder.tables.relations.push(row);
        Ok(())
    }

    fn span(&mut self, consumer: &str, role: Role, since: &Slot, until: &Slot) -> Verdict {
        let clock = &mut self.builder.clock;
        let first = self.line.optional_day(since, clock, self.report);
        let end = self.line.optional_day(until, clock, self.report);
        if let (Some(first), Some(end)) = (first, end)
            && end < first
        {
            let found = format!("{first} … {end}");
            return Err(self
                .line
                .wrong(
                    until,
                    &found,
                    ["a day not before since", "不早于 since 的日期"],
                )
                .into());
        }
        let span = RoleSpan {
            consumer: self.builder.consumers.id(consumer),
            brand: self.builder.brand(self.brand),
            role,
            since: first,
            until: end,
        };
        self.builder.log.spans.push(span);
        Ok(())
    }

    fn role_or_none(&self, slot: &'t Slot) -> Result<Option<Role>, Left> {
        let cell = self.line.required(slot, ["a role, or n", "角色，或 n"])?;
        if names::is_no_role(&cell) {
            return Ok(None);
        }
        let role = names::role(&cell);
        role.map(Some)
            .ok_or_else(|| self.line.wrong(slot, &cell, roles()).into())
    }

    fn role_flow(&mut self, slots: &'t [Slot; 5]) -> Verdict {
        let [from_date, to_date, from, to, people] = slots;
        let (from_date, to_date) = self.dates(from_date, to_date)?;
        let (from, to) = (self.role_or_none(from)?, self.role_or_none(to)?);
        let people = self
            .line
            .must_number(people, Measure::People, self.report)?;
        let row = RoleFlowRow {
            brand: self.builder.brand(self.brand),
            from_date,
            to_date,
            from,
            to,
            people,
            at: self.line.at(),
        };
        self.builder.tables.role_flow.push(row);
        Ok(())
    }

    fn field(&mut self, slots: &'t [Slot; 6]) -> Verdict {
        let [date, field, visitors, new_relations, deepened, buyers] = slots;
        let date = self.line.day(date, &mut self.builder.clock)?;
        let cell = self.line.required(field, ["a private field", "私域场域"])?;
        let known = Field::ALL.map(Field::id).join(", ");
        let field = names::field(&cell).ok_or_else(|| self.line.wrong(field, &cell, known))?;
        let row = FieldRow {
            date,
            field,
            visitors: self.people(visitors),
            new_relations: self.people(new_relations),
            deepened: self.people(deepened),
            buyers: self.people(buyers),
            at: self.line.at(),
            brand: self.builder.brand(self.brand),
        };
        self.builder.tables.fields.push(row);
        Ok(())
    }

    /// An order counts on the day of its creation. An unpaid order has paid nothing, an order with an
    /// empty refund cell got nothing back; any other missing amount is unknown.
    fn order(&mut self, slots: &'t [Slot; 6]) -> Verdict {
        let [created, id, paid_time, total, paid, refund] = slots;
        let date = self.line.day(created, &mut self.builder.clock)?;
        self.line.optional_id(id)?;
        let time = self
            .line
            .optional_day(paid_time, &mut self.builder.clock, self.report);
        let is_paid = paid_time.is_there().then_some(time.is_some());
        let refund_fen = self.fen_or_none(refund, true);
        let row = OrderDay {
            date,
            orders: 1,
            paid_orders: is_paid.map(u64::from),
            order_fen: self.line.fen(total, self.report),
            paid_fen: self.fen_or_none(paid, is_paid == Some(false)),
            refund_orders: refund_fen.map(|fen| u64::from(fen > 0)),
            refund_fen,
            at: self.line.at(),
            brand: self.builder.brand(self.brand),
        };
        self.builder.add_order(&row);
        Ok(())
    }

    /// An amount in fen, 0 for an empty cell where nothing is what it means.
    fn fen_or_none(&mut self, slot: &'t Slot, empty_is_none: bool) -> Option<i64> {
        if empty_is_none && slot.is_there() && self.line.optional(slot).is_none() {
            return Some(0);
        }
        self.line.fen(slot, self.report)
    }
}

/// A platform gives zeros for a whole brand when it has no data (`domain.md` §13.1).
fn is_all_zero(row: &StockRow) -> bool {
    row.crowd == CrowdKey::Brand
        && [row.a, row.i, row.p, row.l].iter().all(|x| *x == Some(0.0))
        && row.total.is_none_or(|x| x == 0.0)
}

/// How values of a metric are written.
fn measure_of(id: &str) -> Measure {
    match metric(id).map(|m| m.unit) {
        Some(Unit::Ratio) => Measure::Ratio,
        Some(Unit::People | Unit::Count) => Measure::People,
        _ => Measure::Amount,
    }
}

fn roles() -> String {
    Role::ALL.map(Role::id).join(", ")
}
