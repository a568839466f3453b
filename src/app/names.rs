//! Names of the field that the data do not bring along: panes, dimensions, roles and ids that are
//! common in exports, in Chinese and English.
//!
//! They stand here, below the screen, because the palette finds things by them; `view` shows the same.

use super::state::Pane;
use crate::facts::ROLE_DIMENSION;
use crate::metrics::fast_plus::Role;

/// A name in Chinese and English.
pub type Pair = [&'static str; 2];

/// Name of a pane.
pub const fn pane(pane: Pane) -> Pair {
    match pane {
        Pane::Brands => ["品牌", "Brands"],
        Pane::Fast => ["FAST", "FAST"],
        Pane::FastPlus => ["FAST+", "FAST+"],
        Pane::Crowds => ["策略人群", "Crowds"],
        Pane::Aipl => ["AIPL", "AIPL"],
        Pane::Gmv => ["GMV", "GMV"],
        Pane::Scenarios => ["情景", "Scenarios"],
        Pane::Why => ["归因", "Why"],
        Pane::Outlook => ["展望", "Outlook"],
    }
}

/// Name of a private-domain role.
pub const fn role(role: Role) -> Pair {
    match role {
        Role::Subscriber => ["订阅", "Subscribers"],
        Role::MiniProgram => ["小程序", "Mini program"],
        Role::Fan => ["粉丝", "Fans"],
        Role::LiveFollower => ["自播间关注", "Live followers"],
        Role::GroupMember => ["店铺群聊", "Group members"],
        Role::Service => ["专属客服", "Service contacts"],
        Role::Member => ["会员", "Members"],
        Role::Koc => ["KOC", "KOC"],
    }
}

/// Name of a slice dimension; `None` for an id that nobody knows.
pub fn dimension(id: &str) -> Option<Pair> {
    Some(match id {
        "crowd" => ["人群", "crowd"],
        "channel" => ["触点", "touchpoint"],
        "category" => ["类目", "category"],
        "shop" => ["店铺", "shop"],
        "item" => ["商品", "item"],
        "role" => ["角色", "role"],
        "city_tier" => ["城市线级", "city tier"],
        "gender" => ["性别", "gender"],
        "age_band" | "age" => ["年龄", "age"],
        "province" => ["省份", "province"],
        "city" => ["城市", "city"],
        _ => return None,
    })
}

/// Name of a value of a dimension that the data do not name themselves.
pub fn value(dimension: &str, value: &str) -> Option<Pair> {
    match Role::from_id(value) {
        Some(found) if dimension == ROLE_DIMENSION => Some(role(found)),
        _ => term(value),
    }
}

/// Ids of categories, tiers, touchpoints and attributes that are common in exports, with their
/// names.
const TERMS: &[(&str, Pair)] = &[
    ("skincare", ["美妆护肤", "Skincare"]),
    ("beauty", ["美妆", "Beauty"]),
    ("pet_food", ["宠物食品", "Pet food"]),
    ("kitchen", ["厨房小电", "Kitchen"]),
    ("head", ["头部", "Leading"]),
    ("rising", ["成长", "Rising"]),
    ("mid", ["腰部", "Mid-tier"]),
    ("tail", ["尾部", "Long tail"]),
    ("female", ["女", "Female"]),
    ("male", ["男", "Male"]),
    ("tier1", ["一线", "Tier 1"]),
    ("tier2", ["二线", "Tier 2"]),
    ("tier3", ["三线", "Tier 3"]),
    ("tier4", ["四线及以下", "Tier 4 and below"]),
    ("search_ads", ["搜索推广", "Search ads"]),
    ("feed_ads", ["信息流推广", "Feed ads"]),
    ("xiaohongshu", ["小红书", "Xiaohongshu"]),
    ("douyin", ["抖音", "Douyin"]),
    ("influencer", ["达人", "Influencers"]),
    ("live", ["直播", "Live"]),
    ("brand_show", ["品牌展示", "Brand display"]),
    ("mini_program", ["小程序", "Mini program"]),
    ("group", ["群聊", "Groups"]),
    ("subscription", ["订阅", "Subscription"]),
    ("service", ["客服", "Service"]),
    ("shop", ["店铺", "Shop"]),
];

/// Name of an id that is common in exports.
pub fn term(id: &str) -> Option<Pair> {
    let found = TERMS.iter().find(|(known, _)| *known == id)?;
    Some(found.1)
}
