//! What the program takes from its environment: the language, colours, the folder it remembers in.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::config::{self, Settings};
use super::failure::Failure;
use super::themes::Themes;
use crate::app::{Depth, Language};

/// The environment of the process, read once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Environment {
    /// Language of the interface.
    pub(super) language: Language,
    /// `NO_COLOR` is set.
    pub(super) no_color: bool,
    /// Where the program may remember things; `None` without a home.
    pub(super) home: Option<PathBuf>,
    /// Where pictures go; `None` without a home.
    pub(super) pictures: Option<PathBuf>,
    /// The file of the configuration, which need not exist.
    pub(super) config: Option<PathBuf>,
    /// Where it may keep what it can make again.
    pub(super) caches: Option<PathBuf>,
    /// What the configuration sets.
    pub(super) settings: Settings,
    /// What is wrong with the configuration.
    pub(super) problems: Vec<String>,
    /// The themes of the user.
    pub(super) themes: Themes,
    /// The colours that the variables promise.
    pub(super) depth: Depth,
    /// Whether the ground of the terminal is light, as far as a variable tells.
    pub(super) light: Option<bool>,
}

impl Environment {
    /// Refuses to work with a configuration that is wrong.
    pub(super) fn refuse_problems(&self) -> Result<(), Failure> {
        if self.problems.is_empty() {
            return Ok(());
        }
        Err(Failure::Usage(self.problems.join("\n")))
    }

    /// Reads the environment of the process.
    pub(super) fn of_process() -> Self {
        let folders = directories::ProjectDirs::from("", "", "fastdeck");
        let own = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
        let home = own("FASTDECK_HOME").map(PathBuf::from);
        let users = directories::UserDirs::new();
        let public = users.as_ref().map(|u| {
            let folder = u.picture_dir().map(std::path::Path::to_owned);
            let folder = folder.unwrap_or_else(|| u.home_dir().join("Pictures"));
            folder.join("fastdeck")
        });
        let pictures = own("FASTDECK_PICTURES").map(PathBuf::from);
        let in_home = home.as_ref().map(|home| home.join("pictures"));
        let config = match &home {
            Some(home) => Some(home.clone()),
            None => folders.as_ref().map(|f| f.config_dir().to_owned()),
        };
        let caches = home.as_ref().map(|home| home.join("cache"));
        let config = config.map(|folder| folder.join("config.toml"));
        let (settings, problems) = config::load(config.as_deref());
        let themes = config.as_deref().and_then(themes_beside);
        Self {
            language: settings.language.unwrap_or_else(|| language(&own)),
            themes: Themes::load(themes.as_deref()),
            depth: depth(&own),
            light: own("COLORFGBG").and_then(|v| light(&v.to_string_lossy())),
            settings,
            problems,
            pictures: pictures.or(in_home).or(public),
            config,
            no_color: own("NO_COLOR").is_some(),
            caches: caches.or_else(|| folders.as_ref().map(|f| f.cache_dir().to_owned())),
            home: home.or_else(|| folders.map(|f| f.data_dir().to_owned())),
        }
    }
}

/// The folder of themes beside a configuration.
pub(super) fn themes_beside(config: &Path) -> Option<PathBuf> {
    config.parent().map(|folder| folder.join("themes"))
}

/// The colours that a terminal promises by its variables. One that promises nothing has sixteen.
fn depth(variable: &dyn Fn(&str) -> Option<OsString>) -> Depth {
    let value = |name: &str| {
        variable(name)
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned()
    };
    let term = value("TERM");
    let full = ["truecolor", "24bit"].contains(&value("COLORTERM").as_str());
    let known = ["iTerm.app", "WezTerm", "ghostty"].contains(&value("TERM_PROGRAM").as_str());
    if full || known || variable("WT_SESSION").is_some() || term.ends_with("-direct") {
        Depth::True
    } else if term.contains("256color") {
        Depth::Indexed
    } else if term.is_empty() && cfg!(windows) {
        Depth::True
    } else if term == "dumb" {
        Depth::None
    } else {
        Depth::Sixteen
    }
}

/// Whether `COLORFGBG` (`text;ground`, numbers of the sixteen colours) names a light ground.
fn light(value: &str) -> Option<bool> {
    let ground: u8 = value.rsplit(';').next()?.parse().ok()?;
    (ground < 16).then_some(ground == 7 || ground > 8)
}

/// Chinese, unless the first locale variable that is set names another language. `C` and `POSIX`
/// name none.
fn language(variable: &dyn Fn(&str) -> Option<OsString>) -> Language {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(variable)
        .unwrap_or_default();
    let locale = locale.to_string_lossy().to_ascii_lowercase();
    match locale.split(['.', '_', '@', '-']).next().unwrap_or("") {
        "" | "c" | "posix" | "zh" => Language::Zh,
        _ => Language::En,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Language {
        language(&|name| {
            let found = variables.iter().find(|(n, v)| *n == name && !v.is_empty());
            found.map(|(_, v)| OsString::from(v))
        })
    }

    fn variables(set: &[(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
        move |name| {
            let found = set.iter().find(|(n, _)| *n == name);
            found.map(|(_, v)| OsString::from(v))
        }
    }

    #[test]
    fn colours_are_those_that_the_variables_promise() {
        for (set, expected) in [
            (
                vec![("COLORTERM", "truecolor"), ("TERM", "xterm")],
                Depth::True,
            ),
            (vec![("TERM", "xterm-256color")], Depth::Indexed),
            (
                vec![("TERM", "screen-256color"), ("COLORTERM", "24bit")],
                Depth::True,
            ),
            (vec![("TERM", "xterm-direct")], Depth::True),
            (vec![("TERM", "linux")], Depth::Sixteen),
            (vec![("TERM", "dumb")], Depth::None),
        ] {
            assert_eq!(depth(&variables(&set)), expected, "{set:?}");
        }
    }

    #[test]
    fn the_ground_is_the_last_number() {
        assert_eq!(light("0;15"), Some(true));
        assert_eq!(light("15;default;0"), Some(false));
        assert_eq!((light("7;8"), light("0;7")), (Some(false), Some(true)));
        assert_eq!(
            (light(""), light("0;default"), light("0;99")),
            (None, None, None)
        );
    }

    #[test]
    fn chinese_unless_another_language_is_named() {
        assert_eq!(with(&[]), Language::Zh);
        assert_eq!(with(&[("LANG", "C.UTF-8")]), Language::Zh);
        assert_eq!(with(&[("LANG", "POSIX")]), Language::Zh);
        assert_eq!(with(&[("LANG", "zh_CN.UTF-8")]), Language::Zh);
        assert_eq!(with(&[("LANG", "en_US.UTF-8")]), Language::En);
        assert_eq!(with(&[("LANG", "de")]), Language::En);
        assert_eq!(
            with(&[("LC_ALL", "zh_CN"), ("LANG", "en_US.UTF-8")]),
            Language::Zh
        );
        assert_eq!(with(&[("LC_ALL", ""), ("LANG", "en_GB")]), Language::En);
    }
}
