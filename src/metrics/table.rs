//! [`METRICS`]: one row for every metric; cards, JSON, explanations and docs read it.

use super::Unit;

/// Which way is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// More is better.
    Up,
    /// Less is better.
    Down,
    /// Neither.
    Neutral,
}

/// One metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metric {
    /// Id in JSON, targets and benchmarks.
    pub id: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// Which way is good.
    pub direction: Direction,
    /// Name in Chinese and English.
    pub name: [&'static str; 2],
    /// Short name for columns and cards, in Chinese and English.
    pub short: [&'static str; 2],
    /// Formula in words, in Chinese and English.
    pub formula: [&'static str; 2],
    /// Section of the domain specification, source tags and confidence.
    pub source: &'static str,
    /// Ids of the definitions it depends on.
    pub definitions: &'static [&'static str],
}

/// The row of a metric, by id.
pub fn metric(id: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|m| m.id == id)
}

/// Every metric that `board` computes, in the order of JSON rows.
#[rustfmt::skip]
pub const METRICS: &[Metric] = &[
    Metric {
        id: "aipl.o", unit: Unit::People, direction: Direction::Neutral,
        name: ["机会人群", "Opportunity"], short: ["机会", "O"],
        formula: ["近 o_days 天在本类目活跃、且不属于 A/I/P/L 的人数", "people active in the brand's category in the last o_days and in no state of A, I, P, L"],
        source: "§2.1 G1 – L [own]", definitions: &["aipl.o_days"],
    },
    Metric {
        id: "aipl.a", unit: Unit::People, direction: Direction::Up,
        name: ["认知人群", "Awareness"], short: ["认知", "A"],
        formula: ["近 a_days 天有被动触点、且不属于 I/P/L 的人数", "people with a passive contact in the last a_days who are not in I, P or L"],
        source: "§2.1 W1 W2 W3 W4 – H", definitions: &["aipl.a_days"],
    },
    Metric {
        id: "aipl.i", unit: Unit::People, direction: Direction::Up,
        name: ["兴趣人群", "Interest"], short: ["兴趣", "I"],
        formula: ["近 i_days 天有主动行为或现为会员、粉丝，且不属于 P/L 的人数", "people with an active contact in the last i_days, or member or fan, who are not in P or L"],
        source: "§2.1 W1 W3 – H", definitions: &["aipl.i_days", "aipl.browse_days_for_i", "aipl.member_is_i"],
    },
    Metric {
        id: "aipl.p", unit: Unit::People, direction: Direction::Up,
        name: ["购买人群", "Purchase"], short: ["购买", "P"],
        formula: ["近 p_days 天购买过、且不属于 L 的人数", "people who bought in the last p_days and are not in L"],
        source: "§2.1 W2 W4 – H", definitions: &["aipl.p_days"],
    },
    Metric {
        id: "aipl.l", unit: Unit::People, direction: Direction::Up,
        name: ["忠诚人群", "Loyalty"], short: ["忠诚", "L"],
        formula: ["近 l_days 天复购或好评、分享的人数", "people who bought again, or reviewed well or shared, in the last l_days"],
        source: "§2.1 W2 W4 W8 – H", definitions: &["aipl.l_days", "aipl.l_min_purchase_days", "aipl.l_count", "aipl.l_review"],
    },
    Metric {
        id: "aipl.total", unit: Unit::People, direction: Direction::Up,
        name: ["消费者资产", "Consumer asset"], short: ["资产", "AIPL"],
        formula: ["A + I + P + L", "A + I + P + L"],
        source: "§2.1 G1 – H", definitions: &["aipl.a_days", "aipl.i_days", "aipl.p_days", "aipl.l_days"],
    },
    Metric {
        id: "aipl.active", unit: Unit::People, direction: Direction::Up,
        name: ["活跃人数", "Active consumers"], short: ["活跃", "Active"],
        formula: ["资产中近 7 天有任一行为的人数；平台表按原值", "people of the asset with any event in the last 7 days; platform tables as given"],
        source: "§3.1 G1 – H; from events [own]", definitions: &[],
    },
    Metric {
        id: "flow", unit: Unit::People, direction: Direction::Neutral,
        name: ["链路流转", "Flow"], short: ["流转", "Flow"],
        formula: ["期初在起始状态、期末在目标状态的人数", "people in one state at the start and in another at the end"],
        source: "§2.2 W9 – H", definitions: &["aipl.a_days", "aipl.i_days", "aipl.p_days", "aipl.l_days"],
    },
    Metric {
        id: "flow.new", unit: Unit::People, direction: Direction::Up,
        name: ["新增", "New"], short: ["新增", "New"],
        formula: ["N 或 O → A/I/P/L", "from N or O into A, I, P or L"],
        source: "§2.2 G1 – H", definitions: &["aipl.a_days", "aipl.i_days", "aipl.p_days", "aipl.l_days"],
    },
    Metric {
        id: "flow.deepened", unit: Unit::People, direction: Direction::Up,
        name: ["加深", "Deepened"], short: ["加深", "Deepened"],
        formula: ["A<I<P<L 中向更深状态移动的人数", "people who moved to a deeper state of A < I < P < L"],
        source: "§2.2 G1 – H", definitions: &["aipl.a_days", "aipl.i_days", "aipl.p_days", "aipl.l_days"],
    },
    Metric {
        id: "flow.unchanged", unit: Unit::People, direction: Direction::Neutral,
        name: ["维持", "Unchanged"], short: ["维持", "Unchanged"],
        formula: ["状态不变的人数", "people whose state stayed the same"],
        source: "§2.2 G1 – H", definitions: &["aipl.a_days", "aipl.i_days", "aipl.p_days", "aipl.l_days"],
    },
    Metric {
        id: "flow.shallower", unit: Unit::People, direction: Direction::Down,
        name: ["变浅", "Shallower"], short: ["变浅", "Shallower"],
        formula: ["向更浅状态移动但仍在 A/I/P/L 的人数", "people who moved to a shallower state inside A, I, P, L"],
        source: "§2.2 G1 – H", definitions: &["aipl.a_days", "aipl.i_days", "aipl.p_days", "aipl.l_days"],
    },
    Metric {
        id: "flow.lost", unit: Unit::People, direction: Direction::Down,
        name: ["流失", "Lost"], short: ["流失", "Lost"],
        formula: ["A/I/P/L → N 或 O", "from A, I, P or L to N or O"],
        source: "§2.2 W9 – H", definitions: &["aipl.a_days", "aipl.i_days", "aipl.p_days", "aipl.l_days"],
    },
    Metric {
        id: "step.a", unit: Unit::Ratio, direction: Direction::Up,
        name: ["A 转化率", "Step rate of A"], short: ["A→", "A→"],
        formula: ["(A→I + A→P + A→L) ÷ 期初 A", "(A→I + A→P + A→L) ÷ A at the start"],
        source: "§2.2 W9 – H", definitions: &["aipl.a_days", "aipl.i_days", "aipl.p_days", "aipl.l_days"],
    },
    Metric {
        id: "step.i", unit: Unit::Ratio, direction: Direction::Up,
        name: ["I 转化率", "Step rate of I"], short: ["I→", "I→"],
        formula: ["(I→P + I→L) ÷ 期初 I", "(I→P + I→L) ÷ I at the start"],
        source: "§2.2 W9 – H", definitions: &["aipl.a_days", "aipl.i_days", "aipl.p_days", "aipl.l_days"],
    },
    Metric {
        id: "step.p", unit: Unit::Ratio, direction: Direction::Up,
        name: ["P 转化率", "Step rate of P"], short: ["P→", "P→"],
        formula: ["P→L ÷ 期初 P", "P→L ÷ P at the start"],
        source: "§2.2 W9 – H", definitions: &["aipl.a_days", "aipl.i_days", "aipl.p_days", "aipl.l_days"],
    },
    Metric {
        id: "fast.f", unit: Unit::People, direction: Direction::Up,
        name: ["可运营人群总量", "Fertility"], short: ["F 人群总量", "F Fertility"],
        formula: ["A + I + P + L", "A + I + P + L on the day"],
        source: "§3 W2 W4 – H", definitions: &["aipl.a_days", "aipl.i_days", "aipl.p_days", "aipl.l_days"],
    },
    Metric {
        id: "fast.a", unit: Unit::Ratio, direction: Direction::Up,
        name: ["关系加深率", "Advancing"], short: ["A 加深率", "A Advancing"],
        formula: ["加深人数 ÷ 期初 A+I+P+L（分母可选）", "deepened people ÷ A+I+P+L at the start (denominator by choice)"],
        source: "§3.2 W4 – M", definitions: &["fast.a_denominator", "fast.a_period"],
    },
    Metric {
        id: "fast.s", unit: Unit::People, direction: Direction::Up,
        name: ["会员人群总量", "Superiority"], short: ["S 会员总量", "S Superiority"],
        formula: ["当日会员去重人数", "distinct members on the day"],
        source: "§3.3 W4 S0 – H", definitions: &["fast.s_roles"],
    },
    Metric {
        id: "fast.t", unit: Unit::Ratio, direction: Direction::Up,
        name: ["会员活跃率", "Thriving"], short: ["T 活跃率", "T Thriving"],
        formula: ["近 t_days 天有活跃行为的会员 ÷ 会员", "members with an active behaviour in the last t_days ÷ members"],
        source: "§3.4 W5 – M", definitions: &["fast.t_days", "fast.t_behaviours"],
    },
    Metric {
        id: "fast.active_members", unit: Unit::People, direction: Direction::Up,
        name: ["活跃会员数", "Active members"], short: ["活跃会员", "Active members"],
        formula: ["近 t_days 天有活跃行为的会员", "members with an active behaviour in the last t_days"],
        source: "§3.4 W5 – M", definitions: &["fast.t_days", "fast.t_behaviours"],
    },
    Metric {
        id: "fast_plus.capital", unit: Unit::People, direction: Direction::Up,
        name: ["可持续运营关系数", "Capital"], short: ["Capital 关系数", "Capital"],
        formula: ["至少有一种私域关系的去重人数", "distinct people with at least one private-domain relation"],
        source: "§4 S1 S3 – H/M", definitions: &[],
    },
    Metric {
        id: "fast_plus.conversion", unit: Unit::Ratio, direction: Direction::Up,
        name: ["角色关系加深效率", "Conversion"], short: ["Conversion 加深", "Conversion"],
        formula: ["关系等级上升人数 ÷ 期初关系数", "people whose relation level rose ÷ Capital at the start"],
        source: "§4 [own] – M", definitions: &[],
    },
    Metric {
        id: "fast_plus.connection", unit: Unit::Ratio, direction: Direction::Up,
        name: ["场域引力", "Connection"], short: ["Connection 引力", "Connection"],
        formula: ["场域新增关系 ÷ 场域访客", "new relations in the field ÷ visitors to the field"],
        source: "§4 [own] – M", definitions: &[],
    },
    Metric {
        id: "fast_plus.clv", unit: Unit::MoneyPerPerson, direction: Direction::Up,
        name: ["角色关系价值", "CLV"], short: ["CLV 价值", "CLV"],
        formula: ["（成交 + 权重 × 传播）÷ 人数", "(trade + weight × spread) ÷ people"],
        source: "§4 [own]", definitions: &["clv.spread_weight"],
    },
    Metric {
        id: "crowd.population", unit: Unit::People, direction: Direction::Neutral,
        name: ["策略人群量级", "Population"], short: ["量级", "Population"],
        formula: ["策略人群规模", "size of the crowd in the market"],
        source: "§6.2 S2", definitions: &[],
    },
    Metric {
        id: "crowd.consumers", unit: Unit::People, direction: Direction::Up,
        name: ["消费者总量", "Consumers"], short: ["消费者", "Consumers"],
        formula: ["人群 ∩ 品牌 A/I/P/L", "people of the crowd inside the brand's A, I, P, L"],
        source: "§6.2 S2", definitions: &["aipl.a_days", "aipl.i_days", "aipl.p_days", "aipl.l_days"],
    },
    Metric {
        id: "crowd.penetration", unit: Unit::Ratio, direction: Direction::Up,
        name: ["渗透率", "Penetration"], short: ["渗透率", "Penetration"],
        formula: ["消费者总量 ÷ 策略人群量级", "consumers ÷ population"],
        source: "§6.2 S2", definitions: &["crowd.penetration_numerator"],
    },
    Metric {
        id: "crowd.buyers", unit: Unit::People, direction: Direction::Up,
        name: ["购买人数", "Buyers"], short: ["购买人数", "Buyers"],
        formula: ["周期内成交的去重人数", "distinct people who ordered in the period"],
        source: "§6.2 S2", definitions: &["crowd.period_days"],
    },
    Metric {
        id: "crowd.conversion", unit: Unit::Ratio, direction: Direction::Up,
        name: ["转化率", "Conversion rate"], short: ["转化率", "Conversion"],
        formula: ["购买人数 ÷ 消费者总量", "buyers in the period ÷ consumers"],
        source: "§6.2 S2", definitions: &["crowd.period_days"],
    },
    Metric {
        id: "crowd.aov", unit: Unit::MoneyPerPerson, direction: Direction::Up,
        name: ["客单价", "AOV"], short: ["客单价", "AOV"],
        formula: ["支付金额 ÷ 支付人数", "paid amount ÷ paying people"],
        source: "§7 payPbt", definitions: &["crowd.period_days"],
    },
    Metric {
        id: "crowd.gmv", unit: Unit::Money, direction: Direction::Up,
        name: ["成交金额", "GMV"], short: ["GMV", "GMV"],
        formula: ["周期内成交金额", "paid amount in the period"],
        source: "§6.2 §7", definitions: &["crowd.period_days"],
    },
    Metric {
        id: "crowd.consumption", unit: Unit::People, direction: Direction::Neutral,
        name: ["消费总量（原文）", "Total consumption as printed"], short: ["消费总量", "Consumption"],
        formula: ["原文所列，不进入任何公式", "as printed in the source; used in no formula"],
        source: "§6.3 S2", definitions: &[],
    },
    Metric {
        id: "gmv.pool", unit: Unit::People, direction: Direction::Up,
        name: ["蓄水规模", "Pool"], short: ["蓄水", "Pool"],
        formula: ["活动开始时该层人数（stock 表周期前一日）", "people of the layer when the event begins (stock on the day before the period)"],
        source: "§7 S0 G1 – M", definitions: &["crowd.period_days", "gmv.scope"],
    },
    Metric {
        id: "gmv.cart_rate", unit: Unit::Ratio, direction: Direction::Up,
        name: ["收藏加购率", "Cart rate"], short: ["加购率", "Cart rate"],
        formula: ["收藏加购人数 ÷ 蓄水规模", "people who favourite or cart ÷ pool"],
        source: "§7 S0 G1 – M", definitions: &["crowd.period_days", "gmv.scope"],
    },
    Metric {
        id: "gmv.order_rate", unit: Unit::Ratio, direction: Direction::Up,
        name: ["收藏加购下单率", "Order rate"], short: ["下单率", "Order rate"],
        formula: ["收藏加购者中的支付人数 ÷ 收藏加购人数", "payers among the cart people ÷ cart people"],
        source: "§7 S0 – M", definitions: &["crowd.period_days"],
    },
    Metric {
        id: "gmv.aov", unit: Unit::MoneyPerPerson, direction: Direction::Up,
        name: ["分层客单价", "AOV of the layer"], short: ["客单价", "AOV"],
        formula: ["支付金额 ÷ 支付人数", "paid amount ÷ paying people"],
        source: "§7 payPbt – M", definitions: &["crowd.period_days"],
    },
    Metric {
        id: "gmv.direct_rate", unit: Unit::Ratio, direction: Direction::Up,
        name: ["直接购买率", "Direct rate"], short: ["直购率", "Direct rate"],
        formula: ["未收藏加购的支付人数 ÷ 蓄水规模；默认不计入模型", "payers who never carted ÷ pool; in the model only by choice"],
        source: "§7 [own]", definitions: &["crowd.period_days", "gmv.direct", "gmv.scope"],
    },
    Metric {
        id: "gmv.buyers", unit: Unit::People, direction: Direction::Up,
        name: ["模型购买人数", "Buyers of the model"], short: ["购买人数", "Buyers"],
        formula: ["蓄水规模 ×（收藏加购率 × 下单率 + 直接购买率）", "pool × (cart rate × order rate + direct rate)"],
        source: "§7 S0 – H", definitions: &["crowd.period_days", "gmv.direct"],
    },
    Metric {
        id: "gmv.gmv", unit: Unit::Money, direction: Direction::Up,
        name: ["模型成交金额", "GMV of the model"], short: ["模型 GMV", "Model GMV"],
        formula: ["模型购买人数 × 客单价", "buyers of the model × AOV"],
        source: "§7 S0 – H", definitions: &["crowd.period_days", "gmv.direct"],
    },
    Metric {
        id: "gmv.actual", unit: Unit::Money, direction: Direction::Up,
        name: ["分层成交金额", "GMV of the layer"], short: ["实际 GMV", "Actual GMV"],
        formula: ["该层周期内支付金额", "paid amount of the layer in the period"],
        source: "§7 brandPayAmt – M", definitions: &["crowd.period_days"],
    },
    Metric {
        id: "gmv.residual", unit: Unit::Money, direction: Direction::Neutral,
        name: ["模型残差", "Residual"], short: ["残差", "Residual"],
        formula: ["实际成交金额 − 模型成交金额", "actual GMV − GMV of the model"],
        source: "§7 [own]", definitions: &["crowd.period_days", "gmv.direct"],
    },
    Metric {
        id: "orders.orders", unit: Unit::Count, direction: Direction::Up,
        name: ["订单数", "Orders"], short: ["订单数", "Orders"],
        formula: ["周期内创建的订单", "orders created in the period"],
        source: "§13.6 order report", definitions: &["crowd.period_days"],
    },
    Metric {
        id: "orders.paid", unit: Unit::Count, direction: Direction::Up,
        name: ["付款订单数", "Paid orders"], short: ["付款订单", "Paid"],
        formula: ["其中有付款时间的订单", "of these, orders with a time of payment"],
        source: "§13.6 order report", definitions: &["crowd.period_days"],
    },
    Metric {
        id: "orders.amount", unit: Unit::Money, direction: Direction::Up,
        name: ["订单金额", "Order amount"], short: ["订单金额", "Amount"],
        formula: ["周期内创建订单的总金额", "amount of the orders created in the period"],
        source: "§13.6 order report", definitions: &["crowd.period_days"],
    },
    Metric {
        id: "orders.paid_amount", unit: Unit::Money, direction: Direction::Up,
        name: ["实付金额（已扣退款）", "Paid amount net of refunds"], short: ["实付金额", "Net paid"],
        formula: ["买家实际支付金额，已扣除退款", "paid by the buyers and not given back"],
        source: "§13.6 order report", definitions: &["crowd.period_days"],
    },
    Metric {
        id: "orders.refunds", unit: Unit::Count, direction: Direction::Down,
        name: ["退款订单数", "Orders with a refund"], short: ["退款订单", "Refunds"],
        formula: ["退款金额大于 0 的订单", "orders of which money was given back"],
        source: "§13.6 order report", definitions: &["crowd.period_days"],
    },
    Metric {
        id: "orders.refund_amount", unit: Unit::Money, direction: Direction::Down,
        name: ["退款金额", "Refund amount"], short: ["退款金额", "Refunded"],
        formula: ["周期内创建订单的退款金额", "money given back for these orders"],
        source: "§13.6 order report", definitions: &["crowd.period_days"],
    },
    Metric {
        id: "orders.pay_rate", unit: Unit::Ratio, direction: Direction::Up,
        name: ["成交率", "Payment rate"], short: ["成交率", "Pay rate"],
        formula: ["付款订单数 ÷ 订单数", "paid orders ÷ orders"],
        source: "§13.6 order report", definitions: &["crowd.period_days"],
    },
    Metric {
        id: "orders.refund_rate", unit: Unit::Ratio, direction: Direction::Down,
        name: ["退款率", "Refund rate"], short: ["退款率", "Refund rate"],
        formula: ["退款订单数 ÷ 订单数", "orders with a refund ÷ orders"],
        source: "§13.6 order report", definitions: &["crowd.period_days"],
    },
];

#[cfg(test)]
mod tests {
    use super::super::definitions::DEFINITIONS;
    use super::*;

    #[test]
    fn every_row_is_complete_and_unique() {
        for (i, m) in METRICS.iter().enumerate() {
            assert!(METRICS[..i].iter().all(|o| o.id != m.id), "{} twice", m.id);
            for text in m.name.iter().chain(&m.short).chain(&m.formula) {
                assert!(!text.is_empty(), "{}", m.id);
            }
            assert!(m.source.contains('§'), "{}", m.id);
            for id in m.definitions {
                assert!(
                    DEFINITIONS.iter().any(|d| d.id == *id),
                    "{} needs unknown {id}",
                    m.id
                );
            }
        }
    }
}
