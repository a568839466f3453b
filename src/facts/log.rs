//! The event log: who did what, when and where, per brand.

use super::pack::packed;
use super::{Events, Names};
use crate::metrics::Day;
use crate::metrics::fast_plus::Role;

/// "No value" in a touch column.
pub const NO_VALUE: u32 = u32::MAX;

/// What a consumer did. `data` maps raw actions to these; an unknown raw action is never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the ids of the contract say what they are")]
#[repr(u8)]
pub enum Action {
    Exposure,
    Click,
    ViewContent,
    Browse,
    SearchBrand,
    Search,
    Favorite,
    Cart,
    Interact,
    Sample,
    Order,
    Refund,
    Review,
    Share,
    JoinMember,
    LeaveMember,
    Follow,
    Unfollow,
    Benefit,
    Points,
    LiveFollow,
    GroupJoin,
    ServiceContact,
    MiniProgram,
    Subscribe,
}

impl Action {
    /// Every action, in the order of the contract.
    pub const ALL: [Self; 25] = [
        Self::Exposure,
        Self::Click,
        Self::ViewContent,
        Self::Browse,
        Self::SearchBrand,
        Self::Search,
        Self::Favorite,
        Self::Cart,
        Self::Interact,
        Self::Sample,
        Self::Order,
        Self::Refund,
        Self::Review,
        Self::Share,
        Self::JoinMember,
        Self::LeaveMember,
        Self::Follow,
        Self::Unfollow,
        Self::Benefit,
        Self::Points,
        Self::LiveFollow,
        Self::GroupJoin,
        Self::ServiceContact,
        Self::MiniProgram,
        Self::Subscribe,
    ];

    /// The id in files.
    pub fn id(self) -> &'static str {
        [
            "exposure",
            "click",
            "view_content",
            "browse",
            "search_brand",
            "search",
            "favorite",
            "cart",
            "interact",
            "sample",
            "order",
            "refund",
            "review",
            "share",
            "join_member",
            "leave_member",
            "follow",
            "unfollow",
            "benefit",
            "points",
            "live_follow",
            "group_join",
            "service_contact",
            "mini_program",
            "subscribe",
        ][self as usize]
    }

    /// The private-domain relation that the action makes.
    pub const fn role(self) -> Option<Role> {
        Some(match self {
            Self::JoinMember => Role::Member,
            Self::Follow => Role::Fan,
            Self::LiveFollow => Role::LiveFollower,
            Self::GroupJoin => Role::GroupMember,
            Self::ServiceContact => Role::Service,
            Self::MiniProgram => Role::MiniProgram,
            Self::Subscribe => Role::Subscriber,
            _ => return None,
        })
    }

    /// Whether it is more than a contact: money that changes hands, a review, a share, a change of a
    /// relation.
    pub const fn is_deed(self) -> bool {
        matches!(
            self,
            Self::Order
                | Self::Refund
                | Self::Review
                | Self::Share
                | Self::LeaveMember
                | Self::Unfollow
        ) || self.role().is_some()
    }

    /// The action with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|a| a.id() == id)
    }
}

/// The columns of an event that can be a condition of a slice or a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Touch {
    /// 触点, where it happened.
    Channel,
    /// 类目, the category of the goods.
    Category,
    /// 店铺, the shop.
    Shop,
    /// 商品, the item.
    Item,
}

/// All touch dimensions with their ids.
pub const TOUCH_DIMENSIONS: [(Touch, &str); 4] = [
    (Touch::Channel, "channel"),
    (Touch::Category, "category"),
    (Touch::Shop, "shop"),
    (Touch::Item, "item"),
];

/// One event as the loader hands it over.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Event {
    /// Index into [`EventLog::consumers`].
    pub consumer: u32,
    /// Index into `Dataset::brands`.
    pub brand: u32,
    /// The day in the time zone of the data set.
    pub day: Day,
    /// Second of that day; 0 when the log has dates only. Orders joining and leaving on one day.
    pub second: u32,
    /// What was done.
    pub action: Action,
    /// Values by [`Touch`], indices into [`EventLog::touch_values`], or [`NO_VALUE`].
    pub touch: [u32; 4],
    /// Paid amount in fen, for orders and refunds.
    pub amount: Option<i64>,
    /// Index of the order id of an order line, or [`NO_VALUE`] without one.
    pub order: u32,
    /// Review score, where the log has one.
    pub score: Option<f32>,
}

/// A relation that a `relations` table gives for one consumer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoleSpan {
    /// Index into [`EventLog::consumers`].
    pub consumer: u32,
    /// Index into `Dataset::brands`.
    pub brand: u32,
    /// The relation.
    pub role: Role,
    /// First day on which it held; `None` = before all data.
    pub since: Option<Day>,
    /// First day on which it no longer held.
    pub until: Option<Day>,
}

packed!(RoleSpan {
    consumer,
    brand,
    role,
    since,
    until
});

/// All events of a data set, in the order of the files.
#[derive(Debug, Clone, Default)]
pub struct EventLog {
    /// Ids of consumers (from logs, attribute tables and relations).
    pub consumers: Names,
    /// The events.
    pub events: Events,
    /// Relations given as a table for single consumers.
    pub spans: Vec<RoleSpan>,
    /// Ids of orders, by the index that details of events have. Only what joins later events asks
    /// for them.
    pub orders: Names,
    /// The distinct values of each touch dimension, by [`Touch`]; empty when the log lacks it.
    pub touch_values: [Vec<String>; 4],
    /// First and last day that hold an event.
    pub days: Option<(Day, Day)>,
    /// Last day that is complete: the latest whose row count reaches 1 % of the median day.
    pub last_complete: Option<Day>,
}
