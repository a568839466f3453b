//! Orders of a shop's order report in one period: counts, amounts, rates.
//!
//! The paid amount of the report is already net of refunds (`domain.md` §13.6); nothing here
//! subtracts a refund again.

use super::aipl::Ratio;
use super::{Value, Why};

/// The sums of an order report over a period, by the day of creation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OrderFigures {
    /// 总订单数, orders created.
    pub orders: Value,
    /// 付款订单数, orders with a time of payment.
    pub paid: Value,
    /// 订单金额, money of all orders created.
    pub amount: Value,
    /// 买家实际支付金额, money paid and not given back.
    pub paid_amount: Value,
    /// 退款订单数, orders of which money was given back.
    pub refunds: Value,
    /// 退款金额, money given back.
    pub refund_amount: Value,
}

impl OrderFigures {
    /// All six missing for one reason.
    pub fn missing(why: Why) -> Self {
        let m = Value::Missing(why);
        Self {
            orders: m,
            paid: m,
            amount: m,
            paid_amount: m,
            refunds: m,
            refund_amount: m,
        }
    }

    /// 成交率: paid orders ÷ orders; a fraction, missing when there are no orders.
    pub fn pay_rate(&self) -> Ratio {
        Ratio {
            numerator: self.paid,
            denominator: self.orders,
        }
    }

    /// 退款率: orders with a refund ÷ orders (not ÷ paid orders); a fraction, missing when there are
    /// no orders.
    pub fn refund_rate(&self) -> Ratio {
        Ratio {
            numerator: self.refunds,
            denominator: self.orders,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_rates_and_no_orders() {
        let mut figures = OrderFigures::missing(Why::NotGiven);
        assert_eq!(figures.pay_rate().value(), Value::Missing(Why::NotGiven));
        figures.orders = Value::people(28_010);
        figures.paid = Value::people(24_087);
        figures.refunds = Value::people(5_646);
        let percent = |ratio: Ratio| format!("{:.2}%", ratio.value().get().unwrap() * 100.0);
        assert_eq!(percent(figures.pay_rate()), "85.99%");
        assert_eq!(percent(figures.refund_rate()), "20.16%");
        figures.orders = Value::people(0);
        assert_eq!(
            figures.refund_rate().value(),
            Value::Missing(Why::ZeroDenominator)
        );
    }
}
