//! FAST+: Capital, Conversion, Connection, CLV of private-domain relations (`domain.md` §4).

use super::aipl::Ratio;
use super::{Value, Why};

/// A durable relation through which the brand can reach a consumer again. Ranks are `[own]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 订阅, subscribed.
    Subscriber,
    /// 小程序, uses the mini program.
    MiniProgram,
    /// 粉丝, follows the shop.
    Fan,
    /// 自播间关注, follows the live room.
    LiveFollower,
    /// 店铺群聊成员, member of a shop chat group.
    GroupMember,
    /// 专属客服关系, knows a personal service contact.
    Service,
    /// 会员, registered member.
    Member,
    /// KOC, known to bring others.
    Koc,
}

impl Role {
    /// All roles, lowest rank first.
    pub const ALL: [Self; 8] = [
        Self::Subscriber,
        Self::MiniProgram,
        Self::Fan,
        Self::LiveFollower,
        Self::GroupMember,
        Self::Service,
        Self::Member,
        Self::Koc,
    ];

    /// The id in files and JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Subscriber => "subscriber",
            Self::MiniProgram => "mini_program",
            Self::Fan => "fan",
            Self::LiveFollower => "live_follower",
            Self::GroupMember => "group_member",
            Self::Service => "service",
            Self::Member => "member",
            Self::Koc => "koc",
        }
    }

    /// The role with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.id() == id)
    }

    /// Relation level, 1 (weak) to 8 (KOC); members rise to 6 when active and to 7 when they
    /// bought again (`domain.md` §4, `[own]`).
    pub const fn level(self) -> u8 {
        match self {
            Self::Subscriber | Self::MiniProgram => 1,
            Self::Fan => 2,
            Self::LiveFollower => 3,
            Self::GroupMember | Self::Service => 4,
            Self::Member => 5,
            Self::Koc => 8,
        }
    }
}

/// A private field in which public traffic can land.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// 店铺, the shop.
    Shop,
    /// 群聊, chat groups.
    Group,
    /// 自播, the brand's own live room.
    Live,
    /// 专属客服, personal service.
    Service,
    /// 小程序, the mini program.
    MiniProgram,
    /// 订阅, subscriptions.
    Subscription,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 6] = [
        Self::Shop,
        Self::Group,
        Self::Live,
        Self::Service,
        Self::MiniProgram,
        Self::Subscription,
    ];

    /// The id in files and JSON; also the channel of an event that happened in the field.
    pub fn id(self) -> &'static str {
        match self {
            Self::Shop => "shop",
            Self::Group => "group",
            Self::Live => "live",
            Self::Service => "service",
            Self::MiniProgram => "mini_program",
            Self::Subscription => "subscription",
        }
    }

    /// The field with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.id() == id)
    }
}

/// Capital: distinct people with at least one relation. From role totals alone the union is
/// unknowable: max(role) ≤ Capital ≤ Σ(role), shown as a range (`domain.md` §4).
pub fn capital_from_totals(roles: &[f64]) -> Value {
    let high: f64 = roles.iter().sum();
    let low = roles.iter().copied().fold(0.0, f64::max);
    match roles.len() {
        0 => Value::Missing(Why::NotGiven),
        1 => Value::Known(high),
        _ => Value::Missing(Why::UnionBetween(low, high)),
    }
}

/// Conversion 角色关系加深效率: people whose relation level rose ÷ people in Capital at the start;
/// a fraction in 0..=1 (`domain.md` §4, `[own]`).
pub fn conversion(risen: Value, capital_at_start: Value) -> Ratio {
    Ratio {
        numerator: risen,
        denominator: capital_at_start,
    }
}

/// Connection 承接率 of a field: new relations in the field ÷ visitors to the field; a fraction
/// (`domain.md` §4, `[own]`).
pub fn connection(new_relations: Value, visitors: Value) -> Ratio {
    Ratio {
        numerator: new_relations,
        denominator: visitors,
    }
}

/// CLV of a role per person: (trade + weight × spread) ÷ people; money per person. Spread that is
/// unknown is left out and said so by the variant (`domain.md` §4, `[own]`).
pub fn role_value(trade: Value, spread: Value, weight: f64, people: Value) -> Ratio {
    let spread = if spread.is_known() {
        spread.times(Value::Known(weight))
    } else {
        Value::Known(0.0)
    };
    Ratio {
        numerator: trade.plus(spread),
        denominator: people,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capital_from_role_totals_is_a_range() {
        assert_eq!(
            capital_from_totals(&[30.0, 50.0]),
            Value::Missing(Why::UnionBetween(50.0, 80.0))
        );
        assert_eq!(capital_from_totals(&[30.0]), Value::Known(30.0));
    }

    #[test]
    fn ids_are_unique_and_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::from_id(role.id()), Some(role));
        }
        for field in Field::ALL {
            assert_eq!(Field::from_id(field.id()), Some(field));
        }
    }
}
