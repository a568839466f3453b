//! Every definition that a user may change, with its default (`domain.md` §15).
//!
//! One table, [`DEFINITIONS`], holds id, kind, default and explanation; the manifest, `--set` and the
//! "definition" text beside a value all read it.

use std::fmt;

/// What a definition may hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// A whole number in these bounds.
    Count(u32, u32),
    /// `true` or `false`.
    Flag,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list drawn from these words.
    Words(&'static [&'static str]),
    /// A number in these bounds.
    Number(f64, f64),
}

/// One row of [`DEFINITIONS`].
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Dotted id, as in the manifest and `--set`.
    pub id: &'static str,
    /// What it may hold.
    pub kind: Kind,
    /// The default, as text.
    pub default: &'static str,
    /// What it means, in English.
    pub help: &'static str,
    /// What it means, in Chinese.
    pub help_zh: &'static str,
}

const fn row(
    id: &'static str,
    kind: Kind,
    default: &'static str,
    help: &'static str,
    help_zh: &'static str,
) -> Definition {
    Definition {
        id,
        kind,
        default,
        help,
        help_zh,
    }
}

/// Actions that may count as "active" for a member.
const BEHAVIOURS: &[&str] = &["cart", "fav", "benefit", "points", "interact", "buy"];
const DAYS: Kind = Kind::Count(1, 36_500);

/// The definitions that users may change, in the order in which they are printed.
pub const DEFINITIONS: &[Definition] = &[
    row(
        "aipl.a_days",
        DAYS,
        "15",
        "days an awareness contact keeps a consumer in A",
        "认知触点的有效天数",
    ),
    row(
        "aipl.i_days",
        DAYS,
        "15",
        "days an active contact keeps a consumer in I",
        "兴趣行为的有效天数",
    ),
    row(
        "aipl.p_days",
        Kind::Count(0, 36_500),
        "913",
        "days a purchase keeps a consumer in P (0 = for ever)",
        "购买的有效天数（0 为永久）",
    ),
    row(
        "aipl.l_days",
        DAYS,
        "365",
        "days in which repeated purchases make a consumer loyal",
        "复购进入忠诚的统计天数",
    ),
    row(
        "aipl.l_min_purchase_days",
        Kind::Count(1, 1000),
        "2",
        "purchases inside l_days that make a consumer loyal",
        "进入忠诚所需的购买次数",
    ),
    row(
        "aipl.l_count",
        Kind::Word(&["day", "order"]),
        "day",
        "count purchase days or single orders for L",
        "忠诚按购买天数或订单数计",
    ),
    row(
        "aipl.l_review",
        Kind::Word(&["auto", "on", "off"]),
        "auto",
        "a positive review or a share makes a consumer loyal",
        "好评或分享计入忠诚",
    ),
    row(
        "aipl.member_is_i",
        Kind::Flag,
        "true",
        "current members and fans are at least I",
        "现有会员与粉丝至少为兴趣",
    ),
    row(
        "aipl.browse_days_for_i",
        Kind::Count(1, 1000),
        "2",
        "distinct browse days that make a consumer interested",
        "进入兴趣所需的浏览天数",
    ),
    row(
        "aipl.o_days",
        DAYS,
        "30",
        "days of category activity that make a consumer an opportunity",
        "机会人群的类目活跃天数",
    ),
    row(
        "fast.a_denominator",
        Kind::Word(&["aipl_start", "aip_start", "aipl_end"]),
        "aipl_start",
        "what the deepening rate divides by",
        "关系加深率的分母",
    ),
    row(
        "fast.a_period",
        Kind::Word(&["week", "day", "custom"]),
        "week",
        "period of the deepening rate (custom: the comparison period)",
        "关系加深率的周期（custom 为对比周期）",
    ),
    row(
        "fast.s_roles",
        Kind::Words(&["member", "fan"]),
        "member",
        "roles that count as high-value crowd",
        "计入高价值人群的角色",
    ),
    row(
        "fast.t_days",
        DAYS,
        "180",
        "days in which a member must act to be active",
        "会员活跃的统计天数",
    ),
    row(
        "fast.t_behaviours",
        Kind::Words(BEHAVIOURS),
        "cart,fav,benefit,points,interact,buy",
        "actions that make a member active",
        "计为会员活跃的行为",
    ),
    row(
        "bench.kinds",
        Kind::Words(&["mean", "median", "excellent"]),
        "mean,median,excellent",
        "benchmark kinds, preferred first",
        "基准类型，按优先顺序",
    ),
    row(
        "crowd.penetration_numerator",
        Kind::Word(&["assets", "buyers"]),
        "assets",
        "what penetration divides by the size of the crowd",
        "渗透率的分子",
    ),
    row(
        "crowd.period_days",
        DAYS,
        "7",
        "days up to as-of in which buyers and GMV are counted",
        "人群成交的统计天数",
    ),
    row(
        "gmv.scope",
        Kind::Word(&["brand", "shop"]),
        "brand",
        "whose AIPL is the pool of the Double 11 model",
        "双 11 模型的蓄水口径（品牌或店铺）",
    ),
    row(
        "gmv.direct",
        Kind::Word(&["off", "on"]),
        "off",
        "count buyers who never carted in the Double 11 model",
        "双 11 模型是否计入未加购直接购买者",
    ),
    row(
        "clv.spread_weight",
        Kind::Number(0.0, 1000.0),
        "1",
        "weight of the spreading part of the role value",
        "传播价值的权重",
    ),
];

/// Definitions that no metric uses yet: a data set may give them, and they change nothing.
pub const RESERVED: &[&str] = &[
    "aipl.tz",
    "fast.f",
    "bench.excellent_pct",
    "bench.index_base",
    "crowd.gap",
    "grow.method",
    "grow.w_mode",
    "path.freq_unit",
    "path.windows",
    "path.window_days",
    "path.min_cell",
    "rate_card.mode",
    "rate_card.gamma",
    "clv.min_repeat",
    "clv.discount_month",
    "clv.months",
    "tgi.strong",
    "tgi.weak",
    "tgi.min_sample",
    "neo.weights",
    "import.missing",
];

/// The definitions in force: the defaults with the changes of a data set and of the user.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Definitions {
    values: Vec<String>,
    /// Whether the data set or the user set the value, even to the default.
    given: Vec<bool>,
}

impl Default for Definitions {
    fn default() -> Self {
        Self {
            values: DEFINITIONS.iter().map(|d| d.default.to_owned()).collect(),
            given: vec![false; DEFINITIONS.len()],
        }
    }
}

/// Why a definition could not be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The id that was given.
    pub id: String,
    /// What would have been accepted.
    pub expected: String,
    /// What was given.
    pub found: String,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "definition `{}`: expected {}, found `{}`",
            self.id, self.expected, self.found
        )
    }
}

impl std::error::Error for Refused {}

impl Definitions {
    /// Sets one definition from text (`15`, `true`, `day`, `cart,buy` or `[cart, buy]`). A
    /// [`RESERVED`] one is accepted without effect.
    pub fn set(&mut self, id: &str, text: &str) -> Result<(), Refused> {
        if RESERVED.contains(&id) {
            return Ok(());
        }
        let refuse = |expected: String| {
            Err(Refused {
                id: id.to_owned(),
                expected,
                found: text.to_owned(),
            })
        };
        let Some(i) = DEFINITIONS.iter().position(|d| d.id == id) else {
            return refuse(format!(
                "one of {}",
                DEFINITIONS
                    .iter()
                    .map(|d| d.id)
                    .collect::<Vec<_>>()
                    .join(", ")
            ));
        };
        match normal_form(DEFINITIONS[i].kind, text.trim()) {
            Ok(value) => {
                self.values[i] = value;
                self.given[i] = true;
                Ok(())
            }
            Err(expected) => refuse(expected),
        }
    }

    /// The text of a definition; empty for an unknown id.
    pub fn text(&self, id: &str) -> &str {
        DEFINITIONS
            .iter()
            .position(|d| d.id == id)
            .map_or("", |i| &self.values[i])
    }

    /// A whole number (0 for an unknown id).
    pub fn count(&self, id: &str) -> i32 {
        self.text(id).parse().unwrap_or(0)
    }

    /// A number (0 for an unknown id).
    pub fn number(&self, id: &str) -> f64 {
        self.text(id).parse().unwrap_or(0.0)
    }

    /// A flag (false for an unknown id).
    pub fn flag(&self, id: &str) -> bool {
        self.text(id) == "true"
    }

    /// The words of a list.
    pub fn words(&self, id: &str) -> impl Iterator<Item = &str> {
        self.text(id).split(',').filter(|w| !w.is_empty())
    }

    /// Whether the data set or the user asked for this value, even when it is the default.
    pub fn is_given(&self, id: &str) -> bool {
        let row = DEFINITIONS.iter().position(|d| d.id == id);
        row.is_some_and(|i| self.given[i])
    }

    /// Whether this definition differs from the built-in default.
    pub fn is_changed(&self, id: &str) -> bool {
        DEFINITIONS
            .iter()
            .any(|d| d.id == id && d.default != self.text(id))
    }

    /// `id=value` of every definition that differs from the default, in table order.
    pub fn changes(&self) -> Vec<String> {
        DEFINITIONS
            .iter()
            .zip(&self.values)
            .filter(|(d, v)| d.default != *v)
            .map(|(d, v)| format!("{}={v}", d.id))
            .collect()
    }

    /// `id=value` of the given definitions, joined by `; `.
    pub fn describe(&self, ids: &[&str]) -> String {
        ids.iter()
            .map(|id| format!("{id}={}", self.text(id)))
            .collect::<Vec<_>>()
            .join("; ")
    }
}

fn normal_form(kind: Kind, text: &str) -> Result<String, String> {
    match kind {
        Kind::Count(low, high) => match text.parse::<u32>() {
            Ok(n) if (low..=high).contains(&n) => Ok(n.to_string()),
            _ => Err(format!("a whole number from {low} to {high}")),
        },
        Kind::Number(low, high) => match text.parse::<f64>() {
            Ok(x) if (low..=high).contains(&x) => Ok(x.to_string()),
            _ => Err(format!("a number from {low} to {high}")),
        },
        Kind::Flag => match text {
            "true" | "on" | "yes" => Ok("true".into()),
            "false" | "off" | "no" => Ok("false".into()),
            _ => Err("true or false".into()),
        },
        Kind::Word(words) => one_of(words, switched(words, text)).map(str::to_owned),
        Kind::Words(words) => {
            let inner = text.trim_start_matches('[').trim_end_matches(']');
            let chosen: Result<Vec<_>, _> = inner
                .split(',')
                .map(|w| w.trim().trim_matches('"'))
                .filter(|w| !w.is_empty())
                .map(|w| one_of(words, w))
                .collect();
            match chosen {
                Ok(list) if !list.is_empty() => Ok(list.join(",")),
                _ => Err(format!("a list of {}", words.join(", "))),
            }
        }
    }
}

/// `true` and `false` as words of a list that has `on` and `off`.
fn switched<'a>(words: &[&str], text: &'a str) -> &'a str {
    match text {
        "true" if words.contains(&"on") => "on",
        "false" if words.contains(&"off") => "off",
        _ => text,
    }
}

fn one_of<'a>(words: &[&'a str], text: &str) -> Result<&'a str, String> {
    words
        .iter()
        .find(|w| **w == text)
        .copied()
        .ok_or_else(|| format!("one of {}", words.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_in_its_own_normal_form() {
        for d in DEFINITIONS {
            assert_eq!(
                normal_form(d.kind, d.default).as_deref(),
                Ok(d.default),
                "{}",
                d.id
            );
        }
    }

    #[test]
    fn a_refused_value_changes_nothing_and_says_what_was_expected() {
        let mut d = Definitions::default();
        let error = d.set("aipl.a_days", "0").unwrap_err();
        assert_eq!(
            error.to_string(),
            "definition `aipl.a_days`: expected a whole number from 1 to 36500, found `0`"
        );
        assert_eq!(d, Definitions::default());
        d.set("fast.s_roles", "[member, fan]").unwrap();
        assert_eq!(d.changes(), ["fast.s_roles=member,fan"]);
    }

    #[test]
    fn reserved_definitions_change_nothing_and_flags_are_words() {
        let mut d = Definitions::default();
        for id in RESERVED {
            assert!(DEFINITIONS.iter().all(|known| known.id != *id), "{id}");
            d.set(id, "shapley").unwrap();
        }
        assert_eq!(d, Definitions::default());
        d.set("aipl.l_review", "false").unwrap();
        assert_eq!(d.text("aipl.l_review"), "off");
        assert!(d.set("aipl.l_count", "true").is_err());
    }
}
