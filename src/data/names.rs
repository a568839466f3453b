//! Words that cells use for stages, actions, roles, fields, metrics and benchmark kinds, in both
//! languages. A word that is not here is reported, never guessed.

use rustc_hash::FxHashMap;

use super::text::{normal, normal_name};
use crate::facts::Action;
use crate::metrics::METRICS;
use crate::metrics::aipl::State;
use crate::metrics::benchmark::BenchmarkKind;
use crate::metrics::fast_plus::{Field, Role};

/// Raw actions of common logs besides the ids themselves.
const ACTIONS: &[(&str, Action)] = &[
    ("pv", Action::Browse),
    ("view", Action::Browse),
    ("浏览", Action::Browse),
    ("fav", Action::Favorite),
    ("收藏", Action::Favorite),
    ("加购", Action::Cart),
    ("加购物车", Action::Cart),
    ("buy", Action::Order),
    ("purchase", Action::Order),
    ("购买", Action::Order),
    ("下单", Action::Order),
    ("支付", Action::Order),
    ("曝光", Action::Exposure),
    ("点击", Action::Click),
    ("内容浏览", Action::ViewContent),
    ("搜索", Action::Search),
    ("品牌词搜索", Action::SearchBrand),
    ("互动", Action::Interact),
    ("试用", Action::Sample),
    ("派样", Action::Sample),
    ("退款", Action::Refund),
    ("评价", Action::Review),
    ("分享", Action::Share),
    ("入会", Action::JoinMember),
    ("退会", Action::LeaveMember),
    ("关注", Action::Follow),
    ("取消关注", Action::Unfollow),
    ("领取权益", Action::Benefit),
    ("积分", Action::Points),
    ("关注直播间", Action::LiveFollow),
    ("入群", Action::GroupJoin),
    ("咨询客服", Action::ServiceContact),
    ("小程序", Action::MiniProgram),
    ("订阅", Action::Subscribe),
];

const STAGES: &[(&str, State)] = &[
    ("无", State::N),
    ("流失", State::N),
    ("none", State::N),
    ("机会", State::O),
    ("认知", State::A),
    ("兴趣", State::I),
    ("购买", State::P),
    ("忠诚", State::L),
];

const ROLES: &[(&str, Role)] = &[
    ("订阅", Role::Subscriber),
    ("订阅用户", Role::Subscriber),
    ("小程序", Role::MiniProgram),
    ("小程序用户", Role::MiniProgram),
    ("粉丝", Role::Fan),
    ("店铺粉丝", Role::Fan),
    ("直播间关注", Role::LiveFollower),
    ("自播间关注", Role::LiveFollower),
    ("群聊", Role::GroupMember),
    ("群聊成员", Role::GroupMember),
    ("店铺群聊成员", Role::GroupMember),
    ("专属客服", Role::Service),
    ("专属客服关系", Role::Service),
    ("会员", Role::Member),
    ("koc", Role::Koc),
];

const FIELDS: &[(&str, Field)] = &[
    ("店铺", Field::Shop),
    ("群聊", Field::Group),
    ("自播", Field::Live),
    ("自播间", Field::Live),
    ("专属客服", Field::Service),
    ("小程序", Field::MiniProgram),
    ("订阅", Field::Subscription),
];

const BENCHMARK_KINDS: &[(&str, BenchmarkKind)] = &[
    ("均值", BenchmarkKind::Mean),
    ("行业均值", BenchmarkKind::Mean),
    ("average", BenchmarkKind::Mean),
    ("中位值", BenchmarkKind::Median),
    ("中位数", BenchmarkKind::Median),
    ("行业中位值", BenchmarkKind::Median),
    ("优秀值", BenchmarkKind::Excellent),
    ("行业优秀值", BenchmarkKind::Excellent),
    ("排名", BenchmarkKind::Rank),
    ("行业排名", BenchmarkKind::Rank),
];

/// Names of metrics besides those of `METRICS`.
const METRIC_NAMES: &[(&str, &str)] = &[
    ("消费者总量", "crowd.consumers"),
    ("消费者数", "crowd.consumers"),
    ("策略人群量级", "crowd.population"),
    ("渗透率", "crowd.penetration"),
    ("购买人数", "crowd.buyers"),
    ("转化率", "crowd.conversion"),
    ("客单价", "crowd.aov"),
    ("aov", "crowd.aov"),
    ("gmv", "crowd.gmv"),
    ("成交金额", "crowd.gmv"),
    ("消费总量", "crowd.consumption"),
    ("可运营人群", "fast.f"),
    ("可运营人群总量", "fast.f"),
    ("活跃消费者", "fast.f"),
    ("关系加深率", "fast.a"),
    ("关系周加深率", "fast.a"),
    ("会员总量", "fast.s"),
    ("会员总数", "fast.s"),
    ("会员活跃率", "fast.t"),
    ("消费者资产", "aipl.total"),
];

fn among<T: Copy>(list: &[(&str, T)], name: &str) -> Option<T> {
    list.iter()
        .find(|(word, _)| *word == name)
        .map(|(_, value)| *value)
}

/// The action that a raw word means.
pub(super) fn action(cell: &str) -> Option<Action> {
    let name = normal(cell);
    Action::from_id(&name).or_else(|| among(ACTIONS, &name))
}

/// The stage that a cell names.
pub(super) fn stage(cell: &str) -> Option<State> {
    let name = normal(cell);
    let bare = name
        .strip_suffix("人群")
        .or_else(|| name.strip_suffix("人数"))
        .unwrap_or(&name);
    State::from_id(bare).or_else(|| among(STAGES, bare))
}

/// The role that a cell names.
pub(super) fn role(cell: &str) -> Option<Role> {
    let name = normal(cell);
    Role::from_id(&name).or_else(|| among(ROLES, &name))
}

/// Whether a role cell stands for all roles together, each person counted once.
pub(super) fn is_all_roles(cell: &str) -> bool {
    matches!(
        normal(cell).as_ref(),
        "*" | "合计" | "总计" | "去重" | "去重合计" | "total" | "all"
    )
}

/// Whether a role cell stands for no relation.
pub(super) fn is_no_role(cell: &str) -> bool {
    matches!(normal(cell).as_ref(), "n" | "none" | "无" | "流失")
}

/// Whether a crowd cell stands for all crowds together.
pub(super) fn is_all_crowds(cell: &str) -> bool {
    matches!(normal(cell).as_ref(), "*" | "全部" | "全部人群" | "all")
}

/// The private field that a cell names.
pub(super) fn field(cell: &str) -> Option<Field> {
    let name = normal(cell);
    Field::from_id(&name).or_else(|| among(FIELDS, &name))
}

/// The kind of benchmark that a cell names.
pub(super) fn benchmark_kind(cell: &str) -> Option<BenchmarkKind> {
    let name = normal(cell);
    BenchmarkKind::from_id(&name).or_else(|| among(BENCHMARK_KINDS, &name))
}

/// Whether a cell in the first columns marks a row of totals.
pub(super) fn is_totals(cell: &str) -> bool {
    let first = cell.bytes().next();
    matches!(first, Some(0xe5 | 0xe6))
        && matches!(
            normal(cell).trim_end_matches([':', '：']),
            "合计" | "总计" | "汇总"
        )
}

/// Metric ids by every name they go by.
#[derive(Debug)]
pub(super) struct MetricNames(FxHashMap<String, &'static str>);

impl MetricNames {
    /// The names of all metrics. Ids come first, then the names people use for crowds and FAST.
    pub(super) fn new() -> Self {
        let mut map = FxHashMap::default();
        let named = METRICS
            .iter()
            .flat_map(|m| m.name.iter().chain(&m.short).map(move |n| (*n, m.id)));
        let all = METRICS
            .iter()
            .map(|m| (m.id, m.id))
            .chain(METRIC_NAMES.iter().copied())
            .chain(named);
        for (name, id) in all {
            map.entry(normal_name(name)).or_insert(id);
        }
        Self(map)
    }

    /// The id of a metric.
    pub(super) fn id(&self, cell: &str) -> Option<&'static str> {
        self.0.get(normal(cell).as_ref()).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_both_languages_mean_the_same() {
        assert_eq!(stage("认知人群"), stage("A"));
        assert_eq!(stage("无"), Some(State::N));
        assert_eq!(action("pv"), action("浏览"));
        assert_eq!(action("登录"), None);
        assert_eq!(role("会员"), role("member"));
        assert_eq!(field("自播"), Some(Field::Live));
        assert_eq!(benchmark_kind("行业优秀值"), Some(BenchmarkKind::Excellent));
        assert!(is_totals("合计:") && is_totals("总 计") && !is_totals("合计店"));
    }

    #[test]
    fn every_metric_name_leads_to_a_metric() {
        let names = MetricNames::new();
        for (name, id) in METRIC_NAMES {
            assert!(crate::metrics::metric(id).is_some(), "{id}");
            assert_eq!(names.id(name), Some(*id), "{name}");
        }
        assert_eq!(names.id("crowd.gmv"), Some("crowd.gmv"));
        assert_eq!(names.id("Penetration"), Some("crowd.penetration"));
        assert_eq!(names.id("心情"), None);
    }
}
