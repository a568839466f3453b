//! [`GLOSSARY`]: the words of the field, each in two or three lines of both languages, with the
//! section of the domain specification and the sources that it comes from.
//!
//! What nobody has published is said to be our own or unknown; names alone are named as such.

/// One word of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// Stable id, unique in the table.
    pub id: &'static str,
    /// Its name in Chinese and English.
    pub name: [&'static str; 2],
    /// Other names by which people look for it.
    pub also: &'static [&'static str],
    /// What it means, in Chinese and English.
    pub text: [&'static str; 2],
    /// Section of the domain specification (§) and source tags, with the confidence where one is
    /// given: H, M, L, or `[own]`.
    pub source: &'static str,
}

/// Every word, related ones beside each other.
#[rustfmt::skip]
pub const GLOSSARY: &[Term] = &[
    Term {
        id: "fast", name: ["FAST 指标体系", "FAST framework"], also: &["FAST", "fast"],
        text: ["从人群总量 F、加深率 A、会员总量 S、会员活跃率 T 四项衡量消费者运营：F、S 看数量，A、T 看质量。", "Four figures of consumer operation: F and S count people, A and T tell their quality; F and A are about everyone, S and T about high-value people."],
        source: "§3 S0 S1 W10 – H",
    },
    Term {
        id: "fast.f", name: ["F 可运营人群总量", "Fertility"], also: &["F", "活跃消费者"],
        text: ["当日 A+I+P+L 去重人数。平台的“活跃人数”是另一个数，单独成列。", "Distinct people in A, I, P or L on the day. The platform's active consumers are another number and stay a series of their own."],
        source: "§3.1 W4 – H",
    },
    Term {
        id: "fast.a", name: ["A 关系加深率", "Advancing"], also: &["A", "关系周加深率"],
        text: ["期初已在 AIPL 中、状态变深的人数 ÷ 期初 AIPL 总量；新进来的人不算加深。分母有几种口径，旁边注明。", "People of the start who moved to a deeper state ÷ the AIPL total at the start; newcomers do not deepen. Denominators differ, so the variant stands beside it."],
        source: "§3.2 W4 – M",
    },
    Term {
        id: "fast.s", name: ["S 会员人群总量", "Superiority"], also: &["S", "高价值人群"],
        text: ["当日会员去重人数；多店授权时按人去重。可设为会员加粉丝。", "Distinct members on the day, over all authorised shops. Members with fans is a choice."],
        source: "§3.3 W4 S0 – H",
    },
    Term {
        id: "fast.t", name: ["T 会员活跃率", "Thriving"], also: &["T", "超级用户活跃度"],
        text: ["近 180 天有加购、收藏、领权益或积分、互动、购买的会员 ÷ 会员。另有 30 天口径。", "Members who carted, favourited, claimed, interacted or bought in 180 days ÷ members. Another reading takes 30 days."],
        source: "§3.4 W5 – M",
    },
    Term {
        id: "fast_plus", name: ["FAST+ 指标体系", "FAST+ framework"], also: &["FAST+", "四大驱动力"],
        text: ["私域四项：Capital 关系数、Conversion 加深效率、Connection 场域引力、CLV 关系价值（天猫×德勤 2021）。", "Four figures of the private domain: Capital, Conversion, Connection, CLV (Tmall and Deloitte 2021)."],
        source: "§4 S1 S3 W20",
    },
    Term {
        id: "capital", name: ["Capital 可持续运营关系数", "Capital"], also: &["私域关系数"],
        text: ["至少有一种私域关系（会员、粉丝、群聊等）的去重人数。没有个人数据时只知道范围。", "Distinct people with any durable relation: member, fan, group and so on. Without data of single people only a range is known."],
        source: "§4 S1 S3 – M",
    },
    Term {
        id: "conversion_role", name: ["Conversion 角色关系加深效率", "Conversion of roles"], also: &[],
        text: ["周期内关系等级上升的人数 ÷ 期初关系数。公式为自定。", "People whose role level rose in the period ÷ Capital at the start. The formula is our own."],
        source: "§4 [own] – M",
    },
    Term {
        id: "connection", name: ["Connection 场域引力", "Connection"], also: &["场效", "承接率"],
        text: ["私域场的新增关系 ÷ 到访人数，逐场比较。公式为自定。", "New relations of a private field ÷ its visitors, field by field. The formula is our own."],
        source: "§4 [own] – M",
    },
    Term {
        id: "role_clv", name: ["CLV 角色关系价值", "Relation value"], also: &[],
        text: ["每种角色的人均成交价值加传播价值。权重默认 1，公式为自定。", "Trade and spreading value per person of a role; weight 1 by default. The formula is our own."],
        source: "§4 [own]",
    },
    Term {
        id: "aipl", name: ["AIPL 链路", "AIPL model"], also: &["AIPL", "认知兴趣购买忠诚"],
        text: ["每人每天在每个品牌只有一个状态，优先级 L > P > I > A。四者之和是消费者资产。", "Everyone has one state per brand and day, in the order L, P, I, A. Their sum is the consumer asset."],
        source: "§2 W7 W8 – H",
    },
    Term {
        id: "oaipl", name: ["OAIPL", "OAIPL model"], also: &["O-A-I-P-L"],
        text: ["在 AIPL 之前加上机会人群 O；双 11 拆解按这五层。", "AIPL with the opportunity crowd O before it; Double 11 is split into these five layers."],
        source: "§2.1 S0 S2 – L",
    },
    Term {
        id: "o", name: ["O 机会人群", "Opportunity"], also: &["O"],
        text: ["在本类目或目标人群中、尚未进入品牌 AIPL 的人。规则未公开，默认近 30 天类目活跃。", "People of the category or the target crowd who are not in the brand's AIPL yet. The rule is unpublished; default: active in the category in 30 days."],
        source: "§2.1 G1 – L [own]",
    },
    Term {
        id: "a", name: ["A 认知", "Awareness"], also: &["A", "认知人群"],
        text: ["15 天内被动接触：广告曝光或点击、内容曝光、无品牌词搜索点击、只在一天内浏览。", "Passive contact in 15 days: an ad, content, an unbranded search, browsing on one day only."],
        source: "§2.1 W1 W2 W3 W4 – H",
    },
    Term {
        id: "i", name: ["I 兴趣", "Interest"], also: &["I", "兴趣人群"],
        text: ["15 天内主动接触：互动、搜品牌词、收藏加购、领试用、两天以上浏览；现为会员或粉丝也算。", "Active contact in 15 days: interaction, brand search, favourite or cart, sample, browsing on two days; members and fans count as long as they are."],
        source: "§2.1 W1 W3 – H",
    },
    Term {
        id: "p", name: ["P 购买", "Purchase"], also: &["P", "购买人群"],
        text: ["2.5 年（913 天）内买过、且不属于 L。", "Bought in 2.5 years (913 days) and not in L."],
        source: "§2.1 W2 W4 – H",
    },
    Term {
        id: "l", name: ["L 忠诚", "Loyalty"], also: &["L", "忠诚人群"],
        text: ["365 天内有两个以上购买日，或有好评、分享。", "At least two purchase days in 365 days, or a good review or a share."],
        source: "§2.1 W2 W4 W8 – H",
    },
    Term {
        id: "asset", name: ["消费者资产", "Consumer asset"], also: &["customerVolume", "可运营人群"],
        text: ["A、I、P、L 人数之和。人数不能跨天、跨店、跨触点相加。", "A, I, P and L together. People never add up over days, shops or touchpoints."],
        source: "§1 §2.1 G1 – H",
    },
    Term {
        id: "flow", name: ["链路流转", "Flow"], also: &["流转矩阵"],
        text: ["两个日期之间各状态之间的人数。两个周矩阵相加不等于两周的矩阵。", "People between the states of two days. Two weekly matrices do not add up to one of two weeks."],
        source: "§2.2 W9 – H",
    },
    Term {
        id: "deepening", name: ["关系加深", "Deepening"], also: &["加深", "deepenUv"],
        text: ["期初在 A、I、P 中，期末到更深状态的人：A→I/P/L、I→P/L、P→L。", "People of A, I or P who are in a deeper state at the end: A→I/P/L, I→P/L, P→L."],
        source: "§2.2 G1 – H",
    },
    Term {
        id: "shallower", name: ["关系变浅", "Shallower"], also: &["变浅"],
        text: ["状态变浅但仍在 AIPL 中；L、P、I 的窗口到期所致。", "A shallower state inside AIPL, because the window of L, P or I ran out."],
        source: "§2.2 G1 – H",
    },
    Term {
        id: "lost", name: ["流失", "Lost"], also: &["流失人数"],
        text: ["从 AIPL 到无状态或机会。A 的窗口只有 15 天，流失多是常态。", "From AIPL to no state or opportunity. A ends after 15 days, so a large loss from A is normal."],
        source: "§2.2 W9 – H",
    },
    Term {
        id: "step", name: ["链路转化率", "Step rate"], also: &["转化率"],
        text: ["(A→I+A→P+A→L) ÷ 期初 A；I、P 同理。", "(A→I + A→P + A→L) ÷ A at the start; the same for I and P."],
        source: "§2.2 W9 – H",
    },
    Term {
        id: "pool_ratio", name: ["蓄水购买比", "Pool to buyers"], also: &["aiPlRate"],
        text: ["(A+I) ÷ (P+L)，按字段名理解。", "(A+I) ÷ (P+L), as the name of the field reads."],
        source: "§7 G1 – L",
    },
    Term {
        id: "crowds", name: ["策略人群", "Strategy crowds"], also: &["八大人群", "八大策略人群"],
        text: ["天猫与贝恩的八大人群：小镇青年、Z 世代、精致妈妈、新锐白领、资深中产、都市蓝领、都市银发、小镇中老年；品牌也可自定。", "Eight crowds of Tmall and Bain, from small-town youth to urban grey hairs; brands define their own too. Membership is a label of the platform."],
        source: "§6.1 W16",
    },
    Term {
        id: "genz", name: ["Z 世代", "GenZ"], also: &["Z世代", "GENZ"],
        text: ["95 后，高线城市，约 18–24 岁。各来源年龄不一。", "Born after 1995, tiers 1–3, about 18–24. Sources differ on the ages."],
        source: "§6.1 W16",
    },
    Term {
        id: "population", name: ["策略人群量级", "Population of a crowd"], also: &["量级", "人群规模"],
        text: ["人群在市场中的规模；人群互斥时才能相加。", "Size of the crowd in the market; sizes add up only when crowds exclude each other."],
        source: "§6.2 S2",
    },
    Term {
        id: "penetration", name: ["渗透率", "Penetration"], also: &["渗透", "TA渗透率"],
        text: ["人群中属于品牌资产的人数 ÷ 人群量级。快消面板多以购买人数为分子，可切换。", "People of the crowd in the brand's asset ÷ the size of the crowd. Panels often count buyers instead; that is a choice."],
        source: "§6.2 S2",
    },
    Term {
        id: "conversion", name: ["转化率", "Conversion rate"], also: &["成交转化"],
        text: ["周期内购买人数 ÷ 消费者总量。", "Buyers of the period ÷ consumers."],
        source: "§6.2 S2",
    },
    Term {
        id: "aov", name: ["客单价", "AOV"], also: &["average order value", "payPbt"],
        text: ["支付金额 ÷ 支付人数。", "Paid amount ÷ paying people."],
        source: "§7 G1 payPbt",
    },
    Term {
        id: "gmv", name: ["GMV 成交金额", "GMV"], also: &["gross merchandise value"],
        text: ["周期内支付金额；金额可按天、按店相加。", "Paid amount of the period; amounts add up over days and shops."],
        source: "§1 §7",
    },
    Term {
        id: "gap", name: ["GAP 差距", "Gap"], also: &["GAP"],
        text: ["现状 − 目标；比率的差距以百分点计。", "Current − target; of ratios in percentage points."],
        source: "§6.2 S2",
    },
    Term {
        id: "completion", name: ["达成率", "Completion"], also: &["完成率"],
        text: ["现状 ÷ 目标。", "Current ÷ target."],
        source: "§6.2 S2",
    },
    Term {
        id: "tgi", name: ["TGI 目标群体指数", "TGI"], also: &["target group index", "偏好度"],
        text: ["某特征在人群中的占比 ÷ 在基准人群中的占比 × 100。100 为持平；样本少于 30 不可信。", "Share in the crowd ÷ share in the base × 100; 100 is par. Fewer than 30 people tell nothing. It says nothing on size."],
        source: "§9 W21 – H",
    },
    Term {
        id: "benchmark", name: ["行业基准", "Benchmarks"], also: &["行业均值", "行业中位值", "行业优秀值"],
        text: ["均值、中位值、优秀值与排名；优秀值的分位未公开。", "Mean, median, excellent value and rank of the category. Which percentile is excellent is unpublished."],
        source: "§3.5 G1",
    },
    Term {
        id: "index", name: ["指数", "Index"], also: &["index"],
        text: ["品牌 ÷ 基准 × 100。平台公布的指数没有公式，不换算为人数。", "Brand ÷ benchmark × 100. Indexes of the platform have no formula and are never turned into people."],
        source: "§3.5 W5 [own]",
    },
    Term {
        id: "pp", name: ["百分点", "Percentage point"], also: &["pp"],
        text: ["两个比率之差的单位：20% 到 25% 是 +5 pp。", "The unit of a difference of ratios: from 20 % to 25 % is +5 pp."],
        source: "§1",
    },
    Term {
        id: "grow", name: ["GROW 增长因子", "GROW"], also: &["渗透力", "复购力", "价格力", "延展力"],
        text: ["GMV 增量拆为渗透力 G、复购力 R、价格力 O，另有延展力或新品力 W。代数未公开，默认 Shapley。", "GMV growth split into gain G, retain R, boost O, with widen W. The algebra is unpublished; Shapley is the default."],
        source: "§5 W11 W12 – H",
    },
    Term {
        id: "rfm", name: ["RFM 模型", "RFM"], also: &["recency frequency monetary"],
        text: ["按最近购买、频次、金额高低分八类，如重要价值、重要发展、重要保持、重要挽留。", "Eight types of buyers by recency, frequency and money."],
        source: "§8.2 W23 – H",
    },
    Term {
        id: "aipl_rfm", name: ["AIPL-RFM", "AIPL by RFM"], also: &[],
        text: ["AIPL 状态与 RFM 类型的交叉表。无公开公式，为自定。", "A table of AIPL states by RFM types. No formula is published; ours."],
        source: "§8.3 S3 [own]",
    },
    Term {
        id: "rate_card", name: ["AIPL 汇率卡", "Exchange-rate card"], also: &["汇率卡"],
        text: ["一个 I、P 或 L 抵多少个 A：默认按转化率 × 客单价。无公开公式，为自定。", "How many A one I, P or L is worth: conversion × AOV by default. Nothing is published; ours."],
        source: "§8.4 S3 [own] – L",
    },
    Term {
        id: "clv", name: ["CLV 消费者生命周期价值", "Customer lifetime value"], also: &["LTV", "BG/NBD"],
        text: ["历史价值是支付金额之和；预测用 BG/NBD 与 Gamma-Gamma，复购者不足 100 人则不预测。", "Historic: the sum of what was paid. Predicted: BG/NBD with Gamma-Gamma, refused below 100 repeat buyers."],
        source: "§8.5 G4",
    },
    Term {
        id: "double11", name: ["双 11 拆解", "Double 11 decomposition"], also: &["双十一", "GTA", "GMV-To-AIPL"],
        text: ["GMV = Σ 各层 蓄水规模 × 收藏加购率 × 收藏加购下单率 × 客单价；不加购就购买的人留在残差中。", "GMV = sum over layers of pool × cart rate × order rate × AOV; buyers who never cart stay in the residual."],
        source: "§7 S0 W19 – H",
    },
    Term {
        id: "pool", name: ["蓄水规模", "Pool"], also: &["蓄水"],
        text: ["活动开始时该层的人数。", "People of the layer when the event begins."],
        source: "§7 S0 – M",
    },
    Term {
        id: "cart_rate", name: ["收藏加购率", "Cart rate"], also: &["cartCltRate"],
        text: ["活动期内收藏或加购的人数 ÷ 蓄水规模。", "People who favourite or cart in the event ÷ pool."],
        source: "§7 G1 – M",
    },
    Term {
        id: "order_rate", name: ["收藏加购下单率", "Order rate"], also: &[],
        text: ["收藏加购的人中支付的人数 ÷ 收藏加购人数。", "Payers among the cart people ÷ cart people."],
        source: "§7 S0 – M",
    },
    Term {
        id: "target_tree", name: ["生意与人群目标拆解", "Target tree"], also: &["GMV 拆解"],
        text: ["购买人数 = GMV ÷ 客单价；消费者 = 购买人数 ÷ 转化率；渗透率 = 消费者 ÷ 量级。", "Buyers = GMV ÷ AOV; consumers = buyers ÷ conversion; penetration = consumers ÷ population."],
        source: "§6.3 S2",
    },
    Term {
        id: "path", name: ["消费者购买链路预测", "Purchase path"], also: &["认知频次", "近度"],
        text: ["A 人群按最近一次认知与认知次数分格，看各格转化率。人数过少不显示。", "Conversion of people in A by how long ago and how often they were reached. Small cells are hidden."],
        source: "§8.1 S2 – M",
    },
    Term {
        id: "diagnosis", name: ["全域人群经营诊断卡", "Diagnosis card"], also: &["诊断卡"],
        text: ["四块：价值、触点、洞察、工具；触点之间人群重叠，不能相加。", "Four blocks: value, touchpoints, insight, tools. People of touchpoints overlap and never add up."],
        source: "§9 S2",
    },
    Term {
        id: "calibrator", name: ["人群×场域校准器", "Crowd by field calibrator"], also: &["人货校准器", "人货场"],
        text: ["人群在各场域（或货品）的 TGI 与转化率的热图。", "Heat map of TGI and conversion of crowds by field or goods."],
        source: "§9 S2 S3",
    },
    Term {
        id: "opportunity_metric", name: ["FAST 机会指标", "FAST opportunity"], also: &["机会指标"],
        text: ["从与行业的差距和空间中挑出最值得做的两项；评分为自定，缺基准的不推荐。", "The two figures most worth working on, from gap and headroom; the score is ours, and no metric without a benchmark is named."],
        source: "§10 S0 [own]",
    },
    Term {
        id: "ranking", name: ["FAST 榜单", "FAST leaderboard"], also: &["双11蓄水榜"],
        text: ["按类目与指标的品牌排名，只有名次，没有数值。", "Brands by category and metric; ranks only, no values."],
        source: "§10 S0 S4",
    },
    Term {
        id: "scenes", name: ["20 种落地场景", "Twenty scenes"], also: &["落地场景"],
        text: ["S0 提到 20 种；完整名单只在图片中，能还原的只有 F1–F8 的一部分。", "S0 names twenty; the list is in pictures only, and parts of F1–F8 could be recovered."],
        source: "§10 S0 W10",
    },
    Term {
        id: "battles", name: ["四大微型战役", "Four micro-battles"], also: &["战役"],
        text: ["FAST+ 四项各一场：蓄水、沉淀关系、提升引力、提升价值。名称原文未找到。", "One for each FAST+ figure: fill, deepen, pull, value. The paper's own titles were not found."],
        source: "§4 S1 – M",
    },
    Term {
        id: "subscenes", name: ["八个子场景", "Eight sub-scenarios"], also: &["行动及检验清单"],
        text: ["白皮书确有八个，标题只在图片中；这里给可编辑的空位，标为自定。", "The paper has eight, titled in pictures only; they are editable slots marked as our own."],
        source: "§4 S1 [own]",
    },
    Term {
        id: "neo", name: ["NEO 心智指标", "NEO"], also: &["创新", "沟通", "价值", "心智人群"],
        text: ["品牌人群心智：创新 N、沟通 E、价值 O 共八项，相对竞品而言；权重未公开。", "Mind share of a brand's people: innovation, communication, value; eight items, relative to rivals. Weights are unpublished."],
        source: "§11 W15 – H",
    },
    Term {
        id: "neo_fast", name: ["NEO × FAST 心智运营", "NEO by FAST"], also: &["心智偏好度"],
        text: ["用心智偏好度把 NEO 与媒介目标连起来的两轴视图。", "A view of two axes: mind preference links NEO with media targets."],
        source: "§11 S3",
    },
    Term {
        id: "super", name: ["SUPER 模型", "SUPER model"], also: &["货品全生命周期"],
        text: ["货品从趋势、新品、上市到清仓的模型；字母含义未找到。", "A model of goods from trend and launch to clearance; what the letters mean was not found."],
        source: "§11 S3",
    },
    Term {
        id: "clvm", name: ["CLVM 消费者生命周期价值管理", "CLVM"], also: &[],
        text: ["天猫生态的管理框架之一，管消费者；这里只作分组，不是指标。", "A management framework about consumers; a group here, no metric."],
        source: "§11 S3",
    },
    Term {
        id: "plvm", name: ["PLVM 货品生命周期价值管理", "PLVM"], also: &[],
        text: ["天猫生态的管理框架之一，管货品；这里只作分组，不是指标。", "A management framework about goods; a group here, no metric."],
        source: "§11 S3",
    },
    Term {
        id: "stars", name: ["天猫生态星级评估", "Service provider stars"], also: &["六星服务商", "TP"],
        text: ["服务商评级，2021-07 起含消费者运营指标；评分方法未公开。", "Rating of service providers, with consumer operation since July 2021; how it is scored is unpublished."],
        source: "§11 S3",
    },
    Term {
        id: "gain", name: ["GAIN 2025", "GAIN"], also: &[],
        text: ["天猫快消 2025 的框架：需求驱动、人群策略、参与互动、长期增长，共 12 项。", "Tmall FMCG framework of 2025: demand, crowds, interaction, long growth; twelve items."],
        source: "§11 W26",
    },
    Term {
        id: "deeplink", name: ["DEEPLINK", "DEEPLINK"], also: &["达摩盘"],
        text: ["达摩盘的七个阶段：Discover 到 Keen。", "Seven stages of the DMP, from Discover to Keen."],
        source: "§11 W25",
    },
    Term {
        id: "databank", name: ["品牌数据银行", "Brand Data Bank"], also: &["数据银行", "御膳房", "databank"],
        text: ["阿里的品牌消费者资产平台，前身御膳房；AIPL、FAST 多在此读取。", "Alibaba's platform of brand consumer assets, once called Yushanfang; most AIPL and FAST figures are read there."],
        source: "§13.1 G1",
    },
    Term {
        id: "strategy_center", name: ["品牌策略中心", "Brand Strategy Center"], also: &["策略中心"],
        text: ["平台产品：人群规模、渗透率、GROW 等的来源。", "Product of the platform: source of crowd sizes, penetration and GROW."],
        source: "S0 S2",
    },
    Term {
        id: "sycm", name: ["生意参谋", "Shengyi Canmou"], also: &["sycm", "经营参谋"],
        text: ["店铺经营数据产品；导出表前有 4 行说明，表头在第 5 行。", "Shop analytics of Taobao and Tmall; its exports have four lines before the header."],
        source: "§13.2 G2 G3",
    },
    Term {
        id: "dmp", name: ["达摩盘", "DMP"], also: &["dmp", "TA浓度"],
        text: ["阿里妈妈人群平台。TA 浓度 = TA∩品牌 ÷ 品牌；TA 渗透 = TA∩品牌 ÷ TA。", "Alimama's audience platform. TA concentration is TA∩brand ÷ brand, TA penetration TA∩brand ÷ TA."],
        source: "§13.3 G2 – L",
    },
    Term {
        id: "unidesk", name: ["UniDesk", "UniDesk"], also: &["uni-desk", "全域媒介采买"],
        text: ["全域投放平台，站外触点的来源；落地路径 C。", "Media buying over the whole domain, source of off-site touchpoints; route C."],
        source: "§12 S0 S2",
    },
    Term {
        id: "quick_audience", name: ["Quick Audience", "Quick Audience"], also: &["瓴羊", "CDP"],
        text: ["瓴羊的 CDP；AIPL 规则可按行为、次数、金额自设。", "Lingyang's CDP; its AIPL rules can be set by behaviour, count and amount."],
        source: "§2.1 §13.7 W8 W22",
    },
    Term {
        id: "quick_products", name: ["QuickBI、Quick Tracking、QuickStock、QuickService", "Quick products"], also: &["Dataphin", "Bizphin"],
        text: ["瓴羊的数据产品名，本程序只作为数据来源名。", "Names of Lingyang data products; for this program they name data sources only."],
        source: "S2",
    },
    Term {
        id: "routes", name: ["实施路径 A–D", "Routes A to D"], also: &["私有化部署", "公有化部署", "人群翻译"],
        text: ["A 一方 CDP、B 公有 DMP、C 全域媒介采买（各阶段都适用）、D 人群翻译（初创适用）。", "A own CDP, B public DMP, C media buying (for everyone), D crowd translation (for start-ups)."],
        source: "§12 S2 – H",
    },
    Term {
        id: "evolution", name: ["FAST 进化过程", "How FAST came about"], also: &["进化"],
        text: ["经营目光从 GMV 到会员，再到兴趣与认知人群，最后到消费者资产。", "The view went from GMV to members, to interest and awareness, to the whole consumer asset."],
        source: "S0",
    },
    Term {
        id: "maturity", name: ["V.0／V.1／V.2 经营阶段", "Stages V.0 to V.2"], also: &["经营阶段"],
        text: ["流量运营、消费者运营、全域人群价值经营三个阶段；用于自检，不是指标。", "Three stages: traffic, consumers, value of people over the whole domain. For self-checks; no metric."],
        source: "S2",
    },
    Term {
        id: "pains", name: ["五大痛点与五大升级", "Five pains, five upgrades"], also: &["痛点"],
        text: ["指南中的章节结构：五个痛点与对应的五项升级；没有可计算的公式。", "How the guidebook is organised: five pains and an upgrade for each; nothing to compute."],
        source: "S2",
    },
    Term {
        id: "handbook", name: ["FAST 运营宝典", "FAST handbook"], also: &["宝典"],
        text: ["FAST 的运营手册，给出场景与打法；没有新增公式。", "The handbook of FAST with scenes and plays; it adds no formula."],
        source: "S0",
    },
    Term {
        id: "flagship2", name: ["旗舰店 2.0", "Flagship store 2.0"], also: &["千人千权"],
        text: ["店铺按人展示不同内容与权益的升级。", "Shops that show people different content and benefits."],
        source: "S0",
    },
    Term {
        id: "thousand", name: ["千人千程", "A journey for each"], also: &["千人千程"],
        text: ["按人安排不同的旅程；原文只给名称。", "A journey for each consumer; the source gives the name only."],
        source: "S3",
    },
    Term {
        id: "other_fast", name: ["其他 FAST 与 DTC", "Other FASTs, DTC"], also: &["OPPO", "腾讯私域", "DTC"],
        text: ["OPPO 的 FAST 融合营销、腾讯私域增长指南、DTC 与本 FAST 无关，只是同名或相邻概念。", "OPPO's FAST, Tencent's private-domain guide and DTC are other things with a like name."],
        source: "S1",
    },
    Term {
        id: "api_return", name: ["API 回流与埋点", "Data return"], also: &["媒体API回流", "订单回流", "埋点"],
        text: ["媒体、订单、平台数据经接口回到品牌，埋点须合规；在此只作为数据来源的标记。", "Data of media, orders and platforms that come back to the brand, and tracking; here a mark of where data come from."],
        source: "S2",
    },
    Term {
        id: "super_flagship", name: ["超级旗舰项目", "Super flagship project"], also: &["新品趋势引爆", "会员公私域激活"],
        text: ["生态项目名，用作计划的标签。", "Name of a project, used as a tag on plans."],
        source: "S3",
    },
    Term {
        id: "captain", name: ["数字化舰长项目", "Digital captain project"], also: &["深度合作伙伴"],
        text: ["2020 年服饰手册中的合作项目名，用作标签。", "Partner project of the 2020 fashion handbook; a tag."],
        source: "S4",
    },
    Term {
        id: "vendors", name: ["ERP／WMS／CRM／ECshop", "Vendor systems"], also: &["兴长信达"],
        text: ["服务商兴长信达的产品名；与指标无关。", "Products of the provider Xingchang Xinda; no metric depends on them."],
        source: "S3",
    },
    Term {
        id: "vip88", name: ["88VIP 与校园计划", "88VIP, campus plan"], also: &["88VIP", "校园计划"],
        text: ["平台付费会员与校园项目，在此只作人群或权益的标签。", "Paid membership of the platform and a campus project; tags of crowds and benefits here."],
        source: "S4",
    },
    Term {
        id: "member_pass", name: ["会员通 2.0", "Member pass 2.0"], also: &["会员通"],
        text: ["品牌会员打通的产品；手册称使用店铺客单价高 25%。", "Product that links brand members; the handbook tells of shops with a 25 % higher AOV."],
        source: "S4",
    },
    Term {
        id: "arpu", name: ["ARPU 人均消费", "ARPU"], also: &["人均消费"],
        text: ["人均支付金额，常以对大盘的倍数表示。", "Amount paid per person, often told as a multiple of the average."],
        source: "S4",
    },
    Term {
        id: "roi", name: ["投入产出比", "ROI"], also: &["投产比"],
        text: ["成交金额 ÷ 花费；曝光的资产价值另看加深人数 × 汇率。", "Amount sold ÷ cost; what exposure is worth besides is people deepened × exchange rate."],
        source: "§8.4 S0",
    },
    Term {
        id: "lookback", name: ["未购召回", "Recall of non-buyers"], also: &["30/60/180"],
        text: ["按 30、60、180 天未购买分段的召回人群。", "People to win back, by 30, 60 or 180 days without a purchase."],
        source: "§10 S4",
    },
    Term {
        id: "waves", name: ["双波峰节奏", "Two waves"], also: &["预售", "第一波", "第二波"],
        text: ["双 11 的预售、第一波、第二波，分波看达成。", "Presale, first and second wave of Double 11, each with its completion."],
        source: "§7 S4",
    },
    Term {
        id: "proxy", name: ["代理口径", "Proxy"], also: &["proxy"],
        text: ["公开日志没有品牌、曝光、会员时的近似 AIPL；始终标明。", "AIPL from a public log without brand, exposure or members; always marked."],
        source: "§13.7 G5 [own]",
    },
    Term {
        id: "slice", name: ["切片与重算", "Slice and scope"], also: &["where", "scope"],
        text: ["切片只留下部分人，状态不变；重算只用部分行为重新判定状态（类目 AIPL）。", "A filter keeps some people and their states; a scope recomputes states from some events, as category AIPL does."],
        source: "§1 W1",
    },
    Term {
        id: "missing", name: ["缺失值", "Missing value"], also: &["—", "n/a"],
        text: ["缺失不是 0：无数据、被脱敏或分母为 0 时显示“—”，并说明原因。", "Missing is never 0: no data, masked, or a zero denominator; the reason is told."],
        source: "§1",
    },
    Term {
        id: "shapley", name: ["Shapley 归因", "Shapley attribution"], also: &["归因"],
        text: ["把差距分给各因素：所有次序的边际变化取平均，合计恰好等于差距。", "Gives each factor its mean marginal change over all orders; the parts add up to the gap exactly."],
        source: "§5 §7 [own]",
    },
];

#[cfg(test)]
mod tests {
    use super::super::METRICS;
    use super::*;

    fn is_chinese(c: char) -> bool {
        ('\u{4e00}'..='\u{9fff}').contains(&c)
    }

    #[test]
    fn every_word_is_complete_unique_and_sourced() {
        for (at, term) in GLOSSARY.iter().enumerate() {
            let before = &GLOSSARY[..at];
            assert!(before.iter().all(|t| t.id != term.id), "{} twice", term.id);
            assert!(
                before.iter().all(|t| t.name != term.name),
                "{} twice",
                term.id
            );
            assert!(term.name.iter().all(|n| !n.is_empty()), "{}", term.id);
            assert!(term.text[0].chars().any(is_chinese), "{}", term.id);
            assert!(!term.text[1].chars().any(is_chinese), "{}", term.id);
            assert!(term.name[1].is_ascii(), "{}", term.id);
            let known = |c: char| c == '§' || "SWG".contains(c);
            assert!(
                term.source.starts_with(known),
                "{}: {}",
                term.id,
                term.source
            );
        }
    }

    #[test]
    fn what_it_means_fits_two_or_three_lines() {
        for term in GLOSSARY {
            assert!(term.text[0].chars().count() <= 90, "{}", term.id);
            assert!(term.text[1].len() <= 200, "{}", term.id);
        }
    }

    #[test]
    fn the_words_of_the_metrics_are_there() {
        let all: String = GLOSSARY
            .iter()
            .flat_map(|t| t.name.iter().chain(t.also))
            .copied()
            .collect();
        for word in [
            "FAST",
            "FAST+",
            "AIPL",
            "O",
            "deepen",
            "渗透率",
            "转化率",
            "AOV",
            "GMV",
            "TGI",
            "GROW",
            "RFM",
            "CLV",
            "NEO",
            "SUPER",
            "CLVM",
            "PLVM",
            "旗舰店 2.0",
            "运营宝典",
            "千人千程",
            "88VIP",
        ] {
            assert!(all.contains(word), "{word}");
        }
        for metric in METRICS.iter().filter(|m| m.id.starts_with("fast.")).take(4) {
            assert!(GLOSSARY.iter().any(|t| t.id == metric.id), "{}", metric.id);
        }
    }
}
