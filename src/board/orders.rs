//! The order report of a shop → order figures of the period that ends on a day.

use super::platform::Tables;
use super::sheet::Sheet;
use super::{Figure, Part, Source};
use crate::facts::{Kind, OrderDay};
use crate::metrics::orders::OrderFigures;
use crate::metrics::{Day, Value, Why};

impl Tables<'_> {
    /// Adds the order figures of a brand that has an order report.
    pub(super) fn push_orders(&self, figures: &mut Vec<Figure>) {
        let mut sheet = Sheet::new(figures, Source::Platform);
        let [now, against] = self.days().map(|day| self.orders(day));
        for (id, figure) in [
            (
                "orders.orders",
                (|f| f.orders) as fn(&OrderFigures) -> Value,
            ),
            ("orders.paid", |f| f.paid),
            ("orders.amount", |f| f.amount),
            ("orders.paid_amount", |f| f.paid_amount),
            ("orders.refunds", |f| f.refunds),
            ("orders.refund_amount", |f| f.refund_amount),
        ] {
            sheet.value(id, Part::Whole, figure(&now), figure(&against));
        }
        let rates = [now.pay_rate(), against.pay_rate()];
        sheet.ratio("orders.pay_rate", Part::Whole, rates[0], rates[1]);
        let rates = [now.refund_rate(), against.refund_rate()];
        sheet.ratio("orders.refund_rate", Part::Whole, rates[0], rates[1]);
    }

    /// The sums over the period that ends on a day. A day inside the report without a row had no
    /// orders; a day before its first or after its last row is not known.
    fn orders(&self, day: Day) -> OrderFigures {
        let rows = self.dataset().tables.order_days.iter();
        let own: Vec<&OrderDay> = rows.filter(|r| r.brand as usize == self.brand).collect();
        let first = own.iter().map(|r| r.date).min();
        let last = own.iter().map(|r| r.date).max();
        let covered = first.is_some_and(|d| d <= day) && last.is_some_and(|d| d >= day);
        if self.whole().is_none() || !covered {
            return OrderFigures::missing(self.why_whole(Kind::Orders, day));
        }
        let start = day.plus(-self.frame.sales);
        let mut sum = OrderDay::none(self.brand as u32, day);
        for row in own.iter().filter(|r| r.date > start && r.date <= day) {
            sum.add(row);
        }
        figures(&sum)
    }
}

fn figures(sum: &OrderDay) -> OrderFigures {
    let count =
        |n: Option<u64>, column| Value::or_missing(n.map(|n| n as f64), Why::EmptyCell(column));
    let money = |fen: Option<i64>, column| {
        Value::or_missing(fen.map(|f| f as f64 / 100.0), Why::EmptyCell(column))
    };
    OrderFigures {
        orders: count(Some(sum.orders), "created"),
        paid: count(sum.paid_orders, "paid_time"),
        amount: money(sum.order_fen, "total"),
        paid_amount: money(sum.paid_fen, "paid"),
        refunds: count(sum.refund_orders, "refund"),
        refund_amount: money(sum.refund_fen, "refund"),
    }
}
