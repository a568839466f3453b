//! [`COLUMNS`]: one row for every column of every table kind. The importer, its messages and the
//! documentation of the format read it; no column name is typed anywhere else as a heading.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::text::normal_name;

/// A kind of table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Consumer log.
    Events,
    /// Attributes of consumers.
    Consumers,
    /// Platform AIPL.
    Stock,
    /// Platform flows.
    Flow,
    /// Platform FAST.
    Fast,
    /// Peer values.
    Benchmarks,
    /// What crowds and layers bought.
    Sales,
    /// Targets.
    Targets,
    /// Private-domain relations.
    Relations,
    /// Flows between roles.
    RoleFlow,
    /// Private fields.
    Fields,
    /// Orders of a shop, one a row.
    Orders,
}

impl Kind {
    /// All kinds, in the order of the documentation.
    pub const ALL: [Self; 12] = [
        Self::Events,
        Self::Consumers,
        Self::Stock,
        Self::Flow,
        Self::Fast,
        Self::Benchmarks,
        Self::Sales,
        Self::Targets,
        Self::Relations,
        Self::RoleFlow,
        Self::Fields,
        Self::Orders,
    ];

    /// The id in the manifest.
    pub fn id(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Consumers => "consumers",
            Self::Stock => "stock",
            Self::Flow => "flow",
            Self::Fast => "fast",
            Self::Benchmarks => "benchmarks",
            Self::Sales => "sales",
            Self::Targets => "targets",
            Self::Relations => "relations",
            Self::RoleFlow => "role_flow",
            Self::Fields => "fields",
            Self::Orders => "orders",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.id() == id)
    }

    /// The columns of this kind, in table order.
    pub fn columns(self) -> impl Iterator<Item = &'static Column> {
        COLUMNS.iter().filter(move |c| c.table == self)
    }
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnUnit {
    /// An id; text, never a number.
    Id,
    /// Free text.
    Text,
    /// A time or a date.
    Time,
    /// A date.
    Date,
    /// A date, year, quarter, month, week or range.
    Period,
    /// A stage: n o a i p l.
    Stage,
    /// A word of a fixed list.
    Word,
    /// People.
    People,
    /// A fraction, or a percentage with `%`.
    Ratio,
    /// An amount in the currency of the data set.
    Money,
    /// A plain number.
    Number,
}

impl ColumnUnit {
    /// The name in the documentation.
    pub fn id(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Text => "text",
            Self::Time => "time",
            Self::Date => "date",
            Self::Period => "period",
            Self::Stage => "stage",
            Self::Word => "word",
            Self::People => "people",
            Self::Ratio => "ratio",
            Self::Money => "money",
            Self::Number => "number",
        }
    }
}

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The kind of table it belongs to.
    pub table: Kind,
    /// Canonical name.
    pub name: &'static str,
    /// Chinese headings that are understood, preferred first.
    pub aliases_zh: &'static [&'static str],
    /// English headings that are understood, preferred first.
    pub aliases_en: &'static [&'static str],
    /// What its cells hold.
    pub unit: ColumnUnit,
    /// Whether a table without it cannot be read (`brand` may come from the manifest).
    pub required: bool,
    /// What it means, in English.
    pub doc: &'static str,
    /// What it means, in Chinese.
    pub doc_zh: &'static str,
}

impl Column {
    /// How well a heading names this column: 0 is its canonical name; `None`: not at all.
    pub(super) fn rank(&self, heading: &str) -> Option<usize> {
        std::iter::once(&self.name)
            .chain(self.aliases_zh)
            .chain(self.aliases_en)
            .position(|alias| *alias == heading)
    }
}

/// Every name that some column goes by.
static MEANINGS: LazyLock<FxHashMap<&'static str, Vec<(&'static Column, usize)>>> =
    LazyLock::new(|| {
        let mut map: FxHashMap<&str, Vec<(&Column, usize)>> = FxHashMap::default();
        for column in COLUMNS {
            let names = std::iter::once(&column.name)
                .chain(column.aliases_zh)
                .chain(column.aliases_en);
            for (rank, name) in names.enumerate() {
                map.entry(name).or_default().push((column, rank));
            }
        }
        map
    });

/// The column of a kind that a heading names, with the rank of the alias (0: the canonical name).
pub(super) fn recognise(kind: Kind, heading: &str) -> Option<(&'static Column, usize)> {
    if heading.is_empty()
        || heading.len() > 120
        || heading.starts_with(|c: char| c.is_ascii_digit())
    {
        return None;
    }
    let name = normal_name(heading);
    let bare = without_unit(&name);
    [name.as_str(), bare].into_iter().find_map(|name| {
        let meanings = MEANINGS.get(name)?;
        meanings
            .iter()
            .find(|(column, _)| column.table == kind)
            .copied()
    })
}

/// A heading without a unit in brackets at its end: `客单价(元)` → `客单价`.
fn without_unit(name: &str) -> &str {
    match name.strip_suffix(')').and_then(|inner| inner.rfind('(')) {
        Some(open) if open > 0 => name.get(..open).unwrap_or(name),
        _ => name,
    }
}

use ColumnUnit::{Date, Id, Money, Number, People, Period, Ratio, Stage, Text, Time, Word};

type Names = &'static [&'static str];

const fn must(
    table: Kind,
    name: &'static str,
    unit: ColumnUnit,
    zh: Names,
    en: Names,
    doc: [&'static str; 2],
) -> Column {
    Column {
        table,
        name,
        aliases_zh: zh,
        aliases_en: en,
        unit,
        required: true,
        doc: doc[0],
        doc_zh: doc[1],
    }
}

const fn may(
    table: Kind,
    name: &'static str,
    unit: ColumnUnit,
    zh: Names,
    en: Names,
    doc: [&'static str; 2],
) -> Column {
    Column {
        table,
        name,
        aliases_zh: zh,
        aliases_en: en,
        unit,
        required: false,
        doc: doc[0],
        doc_zh: doc[1],
    }
}

const BRAND_ZH: Names = &["品牌", "品牌名称", "品牌id"];
const BRAND_EN: Names = &["brand_id", "brand_name", "brandid"];
const BRAND_DOC: [&str; 2] = [
    "the brand: id or name; left out when the data set has one brand",
    "品牌的 ID 或名称；数据集只有一个品牌时可省略",
];
const DATE_ZH: Names = &["日期", "统计日期", "数据日期", "时间"];
const DATE_EN: Names = &["stat_date", "statdate", "ds", "day"];
const DATE_DOC: [&str; 2] = ["the day that the row is about", "数据所属日期"];
const PERIOD_END_DOC: [&str; 2] = [
    "last day of the period that the row is about",
    "统计周期的最后一天",
];
const CROWD_ZH: Names = &["人群", "策略人群", "人群名称"];
const CROWD_EN: Names = &["crowd_id", "crowd_name", "segment"];
const CROWD_DOC: [&str; 2] = [
    "crowd: id or name; empty = the whole brand, * = all crowds",
    "人群的 ID 或名称；空为全品牌，* 为全部人群",
];
const SCOPE_DOC: [&str; 2] = [
    "scope of the figures (brand, shop …)",
    "口径（品牌、店铺等）",
];
const FROM_DATE_ZH: Names = &["开始日期", "期初日期", "起始日期"];
const TO_DATE_ZH: Names = &["结束日期", "期末日期", "截止日期"];
const PEOPLE_DOC: [&str; 2] = ["people", "人数"];

/// Every column of every kind.
#[rustfmt::skip]
pub const COLUMNS: &[Column] = &[
    must(Kind::Events, "consumer", Id, &["用户id", "消费者id", "买家id", "会员id", "用户"], &["consumer_id", "user_id", "userid", "user", "uid", "buyer_id"], ["id of the consumer", "消费者 ID"]),
    must(Kind::Events, "time", Time, &["时间戳", "行为时间", "时间", "日期", "发生时间"], &["timestamp", "event_time", "visit_datetime", "datetime", "date", "ts"], ["when it happened", "行为发生时间"]),
    must(Kind::Events, "action", Word, &["行为类型", "行为", "动作"], &["behavior_type", "behaviour_type", "event_type", "behavior", "event", "type"], ["what was done", "行为类型"]),
    may(Kind::Events, "brand", Id, BRAND_ZH, BRAND_EN, BRAND_DOC),
    may(Kind::Events, "shop", Id, &["店铺", "店铺名称", "店铺id"], &["shop_id", "shop_name", "store"], ["the shop", "店铺"]),
    may(Kind::Events, "category", Id, &["类目", "商品类目", "商品类别", "商品类目id", "类目id"], &["category_id", "categoryid", "cate", "cat_id"], ["category of the goods", "商品类目"]),
    may(Kind::Events, "item", Id, &["商品", "商品id", "宝贝id"], &["item_id", "itemid", "product_id", "sku", "goods_id"], ["the item", "商品"]),
    may(Kind::Events, "channel", Text, &["渠道", "触点", "行为渠道"], &["touchpoint", "source"], ["where it happened", "触点"]),
    may(Kind::Events, "amount", Money, &["金额", "支付金额", "实付金额", "成交金额", "售价", "价格"], &["paid_amount", "payment", "price", "gmv"], ["paid amount of an order or refund", "订单或退款的实付金额"]),
    may(Kind::Events, "quantity", Number, &["数量", "件数", "购买数量"], &["qty", "units"], ["pieces", "件数"]),
    may(Kind::Events, "order", Id, &["订单编号", "订单号", "订单id"], &["order_id", "order_no"], ["id of the order", "订单号"]),
    may(Kind::Events, "review_score", Number, &["评分", "评价分", "评价得分"], &["score", "rating"], ["score of a review", "评价分"]),

    must(Kind::Consumers, "consumer", Id, &["用户id", "消费者id", "买家id", "会员id", "用户"], &["consumer_id", "user_id", "userid", "user", "uid", "buyer_id"], ["id of the consumer; every other column is an attribute", "消费者 ID；其余各列均为属性"]),
    may(Kind::Consumers, "crowd", Id, CROWD_ZH, CROWD_EN, ["crowds of the consumer, joined by |", "所属人群，以 | 分隔"]),
    may(Kind::Consumers, "city_tier", Text, &["城市等级", "城市线级", "城市级别"], &["citytier"], ["tier of the city", "城市等级"]),
    may(Kind::Consumers, "gender", Text, &["性别"], &["sex"], ["gender", "性别"]),
    may(Kind::Consumers, "age_band", Text, &["年龄段", "年龄"], &["age_group", "age"], ["age band", "年龄段"]),

    must(Kind::Stock, "brand", Id, BRAND_ZH, BRAND_EN, BRAND_DOC),
    must(Kind::Stock, "date", Date, DATE_ZH, DATE_EN, DATE_DOC),
    may(Kind::Stock, "crowd", Id, CROWD_ZH, CROWD_EN, CROWD_DOC),
    may(Kind::Stock, "scope", Text, &["口径", "范围"], &[], SCOPE_DOC),
    may(Kind::Stock, "o", People, &["机会人群", "o人数", "机会人数"], &["opportunity", "opportunityvolume"], ["people in opportunity", "机会人数"]),
    may(Kind::Stock, "a", People, &["认知人数", "a人数", "认知人群", "认知"], &["awareness", "awarenessvolume"], ["people in awareness", "认知人数"]),
    may(Kind::Stock, "i", People, &["兴趣人数", "i人数", "兴趣人群", "兴趣"], &["interest", "interestvolume"], ["people in interest", "兴趣人数"]),
    may(Kind::Stock, "p", People, &["购买人数", "p人数", "购买人群", "购买"], &["purchase", "purchasevolume"], ["people in purchase", "购买人数"]),
    may(Kind::Stock, "l", People, &["忠诚人数", "l人数", "忠诚人群", "忠诚"], &["loyalty", "loyalvolume"], ["people in loyalty", "忠诚人数"]),
    may(Kind::Stock, "total", People, &["消费者资产", "消费者总量", "可运营人群", "可运营人群总量", "资产人数"], &["customervolume", "aiplcnt", "assets"], ["A + I + P + L as exported", "导出的 A+I+P+L"]),
    may(Kind::Stock, "active", People, &["活跃人数", "活跃消费者"], &["activecnt"], ["active people; not the asset", "活跃人数（不等于资产）"]),

    must(Kind::Flow, "brand", Id, BRAND_ZH, BRAND_EN, BRAND_DOC),
    must(Kind::Flow, "from_date", Date, FROM_DATE_ZH, &["start_date"], ["first day", "期初日期"]),
    must(Kind::Flow, "to_date", Date, TO_DATE_ZH, &["end_date"], ["last day", "期末日期"]),
    must(Kind::Flow, "from", Stage, &["来源阶段", "起始阶段", "期初阶段"], &["from_stage", "source_stage"], ["state on the first day", "期初阶段"]),
    must(Kind::Flow, "to", Stage, &["目标阶段", "期末阶段"], &["to_stage", "target_stage"], ["state on the last day", "期末阶段"]),
    must(Kind::Flow, "people", People, &["流转人数", "人数"], &["count", "uv"], PEOPLE_DOC),
    may(Kind::Flow, "crowd", Id, CROWD_ZH, CROWD_EN, CROWD_DOC),

    must(Kind::Fast, "brand", Id, BRAND_ZH, BRAND_EN, BRAND_DOC),
    must(Kind::Fast, "date", Date, DATE_ZH, DATE_EN, DATE_DOC),
    may(Kind::Fast, "crowd", Id, CROWD_ZH, CROWD_EN, CROWD_DOC),
    may(Kind::Fast, "scope", Text, &["口径", "范围"], &[], SCOPE_DOC),
    may(Kind::Fast, "deepen_people", People, &["关系加深人数", "加深人数"], &["deepenuv"], ["people who moved to a deeper state", "关系加深人数"]),
    may(Kind::Fast, "deepen_ratio", Ratio, &["关系加深率", "加深率", "关系周加深率"], &["deepenratio"], ["deepening rate as exported", "导出的关系加深率"]),
    may(Kind::Fast, "members", People, &["会员总数", "会员总量", "会员人数", "会员数"], &["totalmbrcnt"], ["members", "会员总数"]),
    may(Kind::Fast, "active_members", People, &["活跃会员数", "活跃会员人数"], &["activembrcnt"], ["active members, window as exported", "活跃会员数（窗口以导出为准）"]),
    may(Kind::Fast, "fans", People, &["粉丝数", "粉丝总数", "粉丝人数", "关注店铺人数"], &["followers"], ["fans", "粉丝数"]),

    must(Kind::Benchmarks, "category", Text, &["类目", "行业", "行业类目", "行业/类目"], &["industry", "catename"], ["the category", "类目"]),
    must(Kind::Benchmarks, "metric", Word, &["指标", "指标名称"], &["metric_id"], ["metric: id or name", "指标的 ID 或名称"]),
    must(Kind::Benchmarks, "kind", Word, &["类型", "基准类型", "取值方式"], &["benchmark", "benchmark_kind"], ["mean, median, excellent or rank", "均值、中位值、优秀值或排名"]),
    must(Kind::Benchmarks, "value", Number, &["值", "数值", "基准值"], &["benchmark_value"], ["the value", "数值"]),
    may(Kind::Benchmarks, "date", Date, DATE_ZH, DATE_EN, ["day; empty = for any day", "日期；空为任意日期"]),
    may(Kind::Benchmarks, "sample", Number, &["样本量", "样本数"], &["sample_size", "n"], ["number of peers", "样本量"]),

    must(Kind::Sales, "brand", Id, BRAND_ZH, BRAND_EN, BRAND_DOC),
    must(Kind::Sales, "date", Date, DATE_ZH, DATE_EN, PERIOD_END_DOC),
    may(Kind::Sales, "crowd", Id, CROWD_ZH, CROWD_EN, CROWD_DOC),
    may(Kind::Sales, "layer", Stage, &["阶段", "链路", "层级"], &["stage", "aiplstatus"], ["stage of the people", "所在阶段"]),
    may(Kind::Sales, "category", Text, &["类目", "行业", "行业/类目"], &["catename"], ["category of the goods", "商品类目"]),
    may(Kind::Sales, "buyers", People, &["购买人数", "支付买家数", "成交人数", "支付人数"], &["brandpayuv", "pay_uv"], ["people who paid", "支付人数"]),
    may(Kind::Sales, "orders", Number, &["订单数", "支付订单数", "总成交笔数"], &["order_count"], ["paid orders", "支付订单数"]),
    may(Kind::Sales, "gmv", Money, &["成交金额", "支付金额", "品牌成交金额", "总成交金额"], &["brandpayamt", "amount", "pay_amount"], ["paid amount", "支付金额"]),
    may(Kind::Sales, "visitors", People, &["访客数", "访问人数"], &["viewuv", "uv"], ["visitors", "访客数"]),
    may(Kind::Sales, "cart_people", People, &["加购人数", "收藏加购人数"], &["cartcltuv", "cart_uv"], ["people who put goods in the cart", "加购人数"]),
    may(Kind::Sales, "cart_buyers", People, &["加购购买人数", "加购支付人数"], &["cart_pay_uv"], ["people of the cart who paid", "加购后支付人数"]),
    may(Kind::Sales, "new_buyers", People, &["新买家数", "支付新买家数", "成交新客数"], &["new_customers"], ["people who paid for the first time", "支付新买家数"]),

    must(Kind::Targets, "brand", Id, BRAND_ZH, BRAND_EN, BRAND_DOC),
    must(Kind::Targets, "metric", Word, &["指标", "指标名称"], &["metric_id"], ["metric: id or name", "指标的 ID 或名称"]),
    must(Kind::Targets, "target", Number, &["目标", "目标值"], &["goal", "target_value"], ["the target, in the unit of the metric", "目标值，单位同指标"]),
    may(Kind::Targets, "crowd", Id, CROWD_ZH, CROWD_EN, CROWD_DOC),
    may(Kind::Targets, "layer", Stage, &["阶段", "链路", "层级"], &["stage"], ["stage of the people", "所在阶段"]),
    may(Kind::Targets, "period", Period, &["周期", "目标周期", "期间"], &["for_period"], ["when it holds: 2026, 2026-Q4, 2026-11, 2026-W46, a date, A..B", "适用周期：2026、2026-Q4、2026-11、2026-W46、日期或 A..B"]),
    may(Kind::Targets, "owner", Text, &["负责人", "负责部门", "责任部门"], &["owner_name"], ["who answers for it", "负责人"]),

    must(Kind::Relations, "brand", Id, BRAND_ZH, BRAND_EN, BRAND_DOC),
    must(Kind::Relations, "role", Word, &["角色", "关系", "关系类型"], &["relation"], ["role; * = de-duplicated total", "角色；* 为去重总数"]),
    may(Kind::Relations, "consumer", Id, &["用户id", "消费者id", "买家id", "会员id"], &["consumer_id", "user_id"], ["the consumer, for rows about one person", "消费者 ID（逐人记录时）"]),
    may(Kind::Relations, "since", Date, &["开始日期", "建立日期", "加入日期"], &["start_date", "joined"], ["first day of the relation", "关系建立日期"]),
    may(Kind::Relations, "until", Date, &["结束日期", "解除日期", "退出日期"], &["end_date", "left"], ["first day without the relation", "关系解除日期"]),
    may(Kind::Relations, "date", Date, DATE_ZH, DATE_EN, ["day, for rows with totals", "日期（汇总记录时）"]),
    may(Kind::Relations, "people", People, &["人数", "关系数", "关系人数"], &["count"], ["people, for rows with totals", "人数（汇总记录时）"]),
    may(Kind::Relations, "trade", Money, &["成交金额", "累计成交", "交易价值"], &["gmv", "trade_value"], ["paid amount of these people so far", "累计成交金额"]),
    may(Kind::Relations, "spread", Money, &["传播价值", "传播"], &["spread_value"], ["value of what they spread so far", "累计传播价值"]),

    must(Kind::RoleFlow, "brand", Id, BRAND_ZH, BRAND_EN, BRAND_DOC),
    must(Kind::RoleFlow, "from_date", Date, FROM_DATE_ZH, &["start_date"], ["first day", "期初日期"]),
    must(Kind::RoleFlow, "to_date", Date, TO_DATE_ZH, &["end_date"], ["last day", "期末日期"]),
    must(Kind::RoleFlow, "from", Word, &["来源角色", "期初角色", "起始角色"], &["from_role"], ["role on the first day; n = none", "期初角色；n 为无"]),
    must(Kind::RoleFlow, "to", Word, &["目标角色", "期末角色"], &["to_role"], ["role on the last day; n = none", "期末角色；n 为无"]),
    must(Kind::RoleFlow, "people", People, &["流转人数", "人数"], &["count", "uv"], PEOPLE_DOC),

    must(Kind::Fields, "brand", Id, BRAND_ZH, BRAND_EN, BRAND_DOC),
    must(Kind::Fields, "date", Date, DATE_ZH, DATE_EN, PERIOD_END_DOC),
    must(Kind::Fields, "field", Word, &["场域", "私域场域"], &["private_field"], ["the private field", "私域场域"]),
    may(Kind::Fields, "visitors", People, &["访客数", "访问人数", "公域访客数"], &["uv"], ["visitors", "访客数"]),
    may(Kind::Fields, "new_relations", People, &["新增关系数", "新增关系", "新增关系人数"], &["new_links"], ["new relations", "新增关系数"]),
    may(Kind::Fields, "deepened", People, &["加深人数", "关系加深人数"], &["deepened_people"], ["people whose relation got deeper", "关系加深人数"]),
    may(Kind::Fields, "buyers", People, &["购买人数", "支付买家数", "成交人数"], &["pay_uv"], ["people who paid", "支付人数"]),

    must(Kind::Orders, "created", Time, &["订单创建时间", "下单时间", "创建时间", "订单提交时间"], &["create_time", "created_at", "order_time"], ["when the order was made; its day counts", "订单创建时间，按当日计"]),
    may(Kind::Orders, "brand", Id, BRAND_ZH, BRAND_EN, BRAND_DOC),
    may(Kind::Orders, "order", Id, &["订单编号", "订单号", "订单id"], &["order_id", "order_no"], ["id of the order", "订单号"]),
    may(Kind::Orders, "paid_time", Time, &["订单付款时间", "付款时间", "支付时间"], &["pay_time", "payment_time"], ["when it was paid; empty = not paid", "付款时间；空为未付款"]),
    may(Kind::Orders, "total", Money, &["总金额", "订单金额", "订单总金额"], &["total_amount", "order_amount"], ["amount of the order", "订单金额"]),
    may(Kind::Orders, "paid", Money, &["买家实际支付金额", "实际支付金额", "实付金额"], &["paid_amount", "payment"], ["paid and not given back: net of refunds", "实付金额（已扣除退款）"]),
    may(Kind::Orders, "refund", Money, &["退款金额", "退款总金额"], &["refund_amount"], ["given back; empty = nothing", "退款金额；空为无退款"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_normal_form_and_unambiguous() {
        for kind in Kind::ALL {
            let mut seen = Vec::new();
            for column in kind.columns() {
                assert!(
                    !column.doc.is_empty() && !column.doc_zh.is_empty(),
                    "{}",
                    column.name
                );
                let aliases = column.aliases_zh.iter().chain(column.aliases_en);
                for alias in std::iter::once(&column.name).chain(aliases) {
                    assert_eq!(&normal_name(alias), alias, "{}", kind.id());
                    assert!(!seen.contains(alias), "{} of {} twice", alias, kind.id());
                    seen.push(alias);
                }
            }
            assert!(!seen.is_empty(), "{} has no columns", kind.id());
        }
    }

    #[test]
    fn headings_are_recognised_with_space_case_and_unit() {
        let name = |kind, heading| recognise(kind, heading).map(|(c, _)| c.name);
        assert_eq!(name(Kind::Events, " 用户 ID\t"), Some("consumer"));
        assert_eq!(name(Kind::Sales, "支付金额（元）"), Some("gmv"));
        assert_eq!(name(Kind::Stock, "A人数"), Some("a"));
        assert_eq!(name(Kind::Stock, "价格"), None);
    }
}
