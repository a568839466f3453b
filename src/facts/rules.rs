//! The AIPL rules of `domain.md` §2 as plain numbers, and what each action counts for.

use super::Action;
use super::pack::packed;
use crate::metrics::Definitions;

/// Windows and switches that decide the state of a consumer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one switch of the definitions"
)]
pub struct Rules {
    /// Days an awareness contact lasts.
    pub a_days: i32,
    /// Days an active contact lasts.
    pub i_days: i32,
    /// Days a purchase lasts; `i32::MAX` for ever.
    pub p_days: i32,
    /// Days in which repeated purchases make loyal.
    pub l_days: i32,
    /// Purchases that make loyal.
    pub l_min: usize,
    /// Whether several orders of one day count as several.
    pub l_by_order: bool,
    /// Whether a positive review or a share makes loyal.
    pub l_review: bool,
    /// Whether members and fans are at least interested.
    pub member_is_i: bool,
    /// Browse days that make interested.
    pub browse_days: usize,
    /// Days of category activity that make an opportunity.
    pub o_days: i32,
    /// Whether members count for S.
    pub s_members: bool,
    /// Whether fans count for S.
    pub s_fans: bool,
    /// Days in which a member must act.
    pub t_days: i32,
    /// Actions that make a member active, one bit per [`Action`].
    pub t_actions: u32,
    /// Days of the period in which buyers are counted.
    pub period_days: i32,
}

packed!(Rules {
    a_days,
    i_days,
    p_days,
    l_days,
    l_min,
    l_by_order,
    l_review,
    member_is_i,
    browse_days,
    o_days,
    s_members,
    s_fans,
    t_days,
    t_actions,
    period_days
});

impl Rules {
    /// The rules that the definitions spell out.
    pub fn of(d: &Definitions) -> Self {
        let p_days = d.count("aipl.p_days");
        Self {
            a_days: d.count("aipl.a_days"),
            i_days: d.count("aipl.i_days"),
            p_days: if p_days == 0 { i32::MAX } else { p_days },
            l_days: d.count("aipl.l_days"),
            l_min: d.count("aipl.l_min_purchase_days") as usize,
            l_by_order: d.text("aipl.l_count") == "order",
            l_review: d.text("aipl.l_review") != "off",
            member_is_i: d.flag("aipl.member_is_i"),
            browse_days: d.count("aipl.browse_days_for_i") as usize,
            o_days: d.count("aipl.o_days"),
            s_members: d.words("fast.s_roles").any(|r| r == "member"),
            s_fans: d.words("fast.s_roles").any(|r| r == "fan"),
            t_days: d.count("fast.t_days"),
            t_actions: d
                .words("fast.t_behaviours")
                .filter_map(behaviour)
                .map(bit)
                .sum(),
            period_days: d.count("crowd.period_days"),
        }
    }

    /// Whether an action is an active contact (I), besides membership as a state.
    pub fn is_interest(&self, action: Action) -> bool {
        use Action::{
            Benefit, Cart, Favorite, Follow, GroupJoin, Interact, JoinMember, LiveFollow,
            MiniProgram, Points, Review, Sample, SearchBrand, ServiceContact, Share, Subscribe,
        };
        match action {
            SearchBrand | Favorite | Cart | Interact | Sample | Share | Review | Benefit
            | Points | LiveFollow | GroupJoin | ServiceContact | MiniProgram | Subscribe => true,
            JoinMember | Follow => !self.member_is_i,
            _ => false,
        }
    }

    /// Whether an action is a passive contact (A).
    pub fn is_awareness(action: Action) -> bool {
        use Action::{Browse, Click, Exposure, Search, ViewContent};
        matches!(action, Exposure | Click | ViewContent | Browse | Search)
    }

    /// Whether an action makes a member active.
    pub fn is_active(&self, action: Action) -> bool {
        self.t_actions & bit(action) != 0
    }

    /// Whether a review or share counts as loyal: a score below 4 does not.
    pub fn is_praise(&self, action: Action, score: Option<f32>) -> bool {
        self.l_review
            && match action {
                Action::Share => true,
                Action::Review => score.is_none_or(|s| s >= 4.0),
                _ => false,
            }
    }
}

fn bit(action: Action) -> u32 {
    1 << action as u32
}

fn behaviour(word: &str) -> Option<Action> {
    match word {
        "fav" => Some(Action::Favorite),
        "buy" => Some(Action::Order),
        other => Action::from_id(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::definitions::{DEFINITIONS, Kind};

    #[test]
    fn every_behaviour_of_the_definitions_is_an_action() {
        let row = DEFINITIONS
            .iter()
            .find(|d| d.id == "fast.t_behaviours")
            .unwrap();
        let Kind::Words(words) = row.kind else {
            panic!()
        };
        assert!(words.iter().all(|w| behaviour(w).is_some()));
        assert_eq!(Rules::of(&Definitions::default()).t_actions.count_ones(), 6);
    }
}
