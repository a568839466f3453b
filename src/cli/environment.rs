//! What the program takes from its environment: the language, colours, the folder it remembers in.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::app::Language;

/// The environment of the process, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

impl Environment {
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
        Self {
            language: language(&own),
            pictures: pictures.or(in_home).or(public),
            config: config.map(|folder| folder.join("config.toml")),
            no_color: own("NO_COLOR").is_some(),
            caches: caches.or_else(|| folders.as_ref().map(|f| f.cache_dir().to_owned())),
            home: home.or_else(|| folders.map(|f| f.data_dir().to_owned())),
        }
    }
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
