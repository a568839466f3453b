//! Built-in column mappings for logs that are known well, so that they open without a manifest.

use super::columns::Kind;
use crate::facts::Action;

/// Where a profile finds a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Under this heading.
    Heading(&'static str),
    /// At this position, from 1.
    Position(usize),
}

/// One built-in mapping.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profile {
    /// The name in the manifest.
    pub(super) id: &'static str,
    /// The kind of table, where the profile knows it.
    pub(super) kind: Option<Kind>,
    /// Canonical column and where it is.
    pub(super) columns: &'static [(&'static str, Source)],
    /// Raw actions.
    pub(super) actions: &'static [(&'static str, Action)],
    /// How times are written.
    pub(super) time_format: Option<&'static str>,
    /// What makes the AIPL a proxy.
    pub(super) proxy: Option<&'static str>,
}

use Source::{Heading, Position};

/// All profiles. `databank` and `sycm` rely on the headings of `COLUMNS` alone.
pub(super) const PROFILES: &[Profile] = &[
    Profile {
        id: "userbehavior",
        kind: Some(Kind::Events),
        columns: &[
            ("consumer", Position(1)),
            ("item", Position(2)),
            ("category", Position(3)),
            ("action", Position(4)),
            ("time", Position(5)),
        ],
        actions: &[
            ("pv", Action::Browse),
            ("fav", Action::Favorite),
            ("cart", Action::Cart),
            ("buy", Action::Order),
        ],
        time_format: Some("unix_s"),
        proxy: Some(
            "UserBehavior: pv → A (one day) or I (two days), fav and cart → I, buy → P or L; no brand, exposure, review or member data",
        ),
    },
    Profile {
        id: "rees46",
        kind: Some(Kind::Events),
        columns: &[
            ("consumer", Heading("user_id")),
            ("time", Heading("event_time")),
            ("action", Heading("event_type")),
            ("item", Heading("product_id")),
            ("category", Heading("category_id")),
            ("brand", Heading("brand")),
            ("amount", Heading("price")),
        ],
        actions: &[
            ("view", Action::Browse),
            ("cart", Action::Cart),
            ("purchase", Action::Order),
        ],
        time_format: None,
        proxy: None,
    },
    Profile {
        id: "tmall2014",
        kind: Some(Kind::Events),
        columns: &[
            ("consumer", Heading("user_id")),
            ("brand", Heading("brand_id")),
            ("action", Heading("type")),
            ("time", Heading("visit_datetime")),
        ],
        actions: &[
            ("0", Action::Browse),
            ("1", Action::Order),
            ("2", Action::Favorite),
            ("3", Action::Cart),
        ],
        time_format: None,
        proxy: None,
    },
    Profile {
        id: "databank",
        kind: None,
        columns: &[],
        actions: &[],
        time_format: None,
        proxy: None,
    },
    Profile {
        id: "sycm",
        kind: None,
        columns: &[],
        actions: &[],
        time_format: None,
        proxy: None,
    },
];

/// The profile with this name.
pub(super) fn named(id: &str) -> Option<&'static Profile> {
    PROFILES.iter().find(|p| p.id == id)
}

/// The profile that fits a file without a manifest, from its first records.
pub(super) fn recognise(rows: &[Vec<String>]) -> Option<&'static Profile> {
    PROFILES
        .iter()
        .find(|p| !p.columns.is_empty() && fits(p, rows))
}

fn fits(profile: &Profile, rows: &[Vec<String>]) -> bool {
    let Some(first) = rows.first() else {
        return false;
    };
    let headless = profile
        .columns
        .iter()
        .any(|(_, source)| matches!(source, Position(_)));
    if headless {
        let heading = first
            .iter()
            .all(|cell| !cell.starts_with(|c: char| c.is_ascii_digit()));
        let data = rows.get(usize::from(heading)..).unwrap_or(&[]);
        return !data.is_empty()
            && data
                .iter()
                .take(5)
                .all(|row| is_behaviour_row(profile, row));
    }
    profile.columns.iter().all(|(_, source)| match source {
        Heading(name) => first.iter().any(|cell| cell.trim() == *name),
        Position(_) => false,
    })
}

fn is_behaviour_row(profile: &Profile, row: &[String]) -> bool {
    let action = row.get(3).map_or("", |cell| cell.trim());
    let time = row.get(4).map_or("", |cell| cell.trim());
    row.len() == profile.columns.len()
        && profile.actions.iter().any(|(raw, _)| *raw == action)
        && !time.is_empty()
        && time.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        text.lines()
            .map(|l| l.split(',').map(str::to_owned).collect())
            .collect()
    }

    #[test]
    fn known_logs_are_recognised_and_others_are_not() {
        let id = |text| recognise(&rows(text)).map(|p| p.id);
        assert_eq!(id("1,2268318,2520377,pv,1511544070"), Some("userbehavior"));
        assert_eq!(
            id("user_id,brand_id,type,visit_datetime\n1,2,0,2014-06-03"),
            Some("tmall2014")
        );
        let headed = "user_id,item_id,category_id,behavior_type,timestamp\n1,2,3,pv,1511544070";
        assert_eq!(id(headed), Some("userbehavior"));
        assert_eq!(id("a,b,c,d,e"), None);
        assert_eq!(id(""), None);
    }

    #[test]
    fn profiles_name_real_columns() {
        for profile in PROFILES {
            let Some(kind) = profile.kind else { continue };
            for (name, _) in profile.columns {
                assert!(kind.columns().any(|c| c.name == *name), "{name}");
            }
        }
    }
}
