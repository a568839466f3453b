//! `config.toml`: what a user sets once. What is wrong in it is told with its place, all of it at
//! once, and nothing is guessed; what is right is used all the same where somebody waits for a
//! screen.
//!
//! [`KEYS`] is the only place that knows the keys: reading, the commented default and the list of
//! what holds are made from it.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::args::Config;
use super::environment::Environment;
use super::failure::Failure;
use super::{output, suggest};
use crate::app::{Ambiguous, Depth, GlyphSet, Language, Pane};
use crate::shell::{PictureForm, Pictures};

/// A larger file is no configuration.
const LARGEST: u64 = 1 << 20;
/// Characters of a wrong value that are shown.
const SHOWN: usize = 40;

/// What is set; `None` where the program finds out itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Settings {
    /// Language of the interface.
    pub(super) language: Option<Language>,
    /// Name of the theme; `None`: dark or light, as the terminal is.
    pub(super) theme: Option<String>,
    /// Colours of the terminal.
    pub(super) depth: Option<Depth>,
    /// What frames and bars are made of.
    pub(super) glyphs: GlyphSet,
    /// Columns of ambiguous characters.
    pub(super) ambiguous: Option<Ambiguous>,
    /// The first pane; `None`: what was shown last.
    pub(super) pane: Option<Pane>,
    /// The data set that opens without a name; `None`: the last one.
    pub(super) dataset: Option<PathBuf>,
    /// Whether the dashboard listens to the mouse at first.
    pub(super) mouse: Option<bool>,
    /// Whether files are watched.
    pub(super) watch: Option<bool>,
    folder: Option<PathBuf>,
    formats: Vec<PictureForm>,
    scale: Option<u8>,
    /// What the file says: key, value as it is written, line.
    given: Vec<(&'static str, String, usize)>,
}

/// One setting.
struct Key {
    /// With its section: `pictures.scale`.
    name: &'static str,
    /// As it is written in the file.
    default: &'static str,
    /// What it may be.
    expected: &'static str,
    /// What it is for.
    says: &'static str,
    /// Takes a value; `false` for one that it may not be.
    set: fn(&mut Settings, &DeValue<'_>) -> bool,
}

const KEYS: [Key; 12] = [
    Key {
        name: "language",
        default: "\"auto\"",
        expected: "\"auto\", \"zh\" or \"en\"",
        says: "Language. auto: that of LC_ALL, LC_MESSAGES or LANG, Chinese unless they name another.",
        set: |settings, value| {
            let chosen = [("zh", Language::Zh), ("en", Language::En)];
            choose(value, &chosen, &mut settings.language)
        },
    },
    Key {
        name: "theme",
        default: "\"auto\"",
        expected: "\"auto\" or the name of a theme",
        says: "dark, light, high-contrast, color-blind, mono, or NAME for themes/NAME.toml beside this file.\n\
               auto: dark or light, as the ground of the terminal is.",
        set: |settings, value| {
            let name = value.as_str().filter(|n| !n.is_empty());
            settings.theme = name.filter(|n| *n != "auto").map(str::to_owned);
            name.is_some()
        },
    },
    Key {
        name: "colors",
        default: "\"auto\"",
        expected: "\"auto\", \"truecolor\", \"256\", \"16\" or \"none\"",
        says: "Colours of the terminal: truecolor, 256, 16 or none. auto: as COLORTERM and TERM say.",
        set: |settings, value| {
            let all = [Depth::True, Depth::Indexed, Depth::Sixteen, Depth::None];
            choose(value, &all.map(|d| (d.id(), d)), &mut settings.depth)
        },
    },
    Key {
        name: "glyphs",
        default: "\"unicode\"",
        expected: "\"unicode\" or \"ascii\"",
        says: "What frames, bars and charts are made of: unicode or ascii.",
        set: |settings, value| {
            let all = [GlyphSet::Unicode, GlyphSet::Ascii];
            let found = all.into_iter().find(|g| value.as_str() == Some(g.id()));
            settings.glyphs = found.unwrap_or_default();
            found.is_some()
        },
    },
    Key {
        name: "ambiguous",
        default: "\"auto\"",
        expected: "\"auto\", \"narrow\" or \"wide\"",
        says: "Columns that the terminal gives to characters such as ─ · → α: narrow (1) or wide (2).\n\
               auto: the terminal is asked.",
        set: |settings, value| {
            let all = [Ambiguous::Narrow, Ambiguous::Wide];
            choose(value, &all.map(|a| (a.id(), a)), &mut settings.ambiguous)
        },
    },
    Key {
        name: "mouse",
        default: "true",
        expected: "true or false",
        says: "Whether the dashboard listens to the mouse at first; m changes it.",
        set: |settings, value| {
            settings.mouse = value.as_bool();
            settings.mouse.is_some()
        },
    },
    Key {
        name: "start.pane",
        default: "\"last\"",
        expected: "\"last\" or the id of a pane (`fastdeck panes` lists them)",
        says: "The first pane. last: what was shown last, with its brand, slice and comparison.",
        set: |settings, value| {
            let found = Pane::ALL
                .into_iter()
                .find(|p| value.as_str() == Some(p.id()));
            settings.pane = found;
            found.is_some() || value.as_str() == Some("last")
        },
    },
    Key {
        name: "start.dataset",
        default: "\"last\"",
        expected: "\"last\" or a path",
        says: "What opens without a name: a folder with dataset.toml or one table, relative to this file.\n\
               last: the data set that was opened last, else the demo.",
        set: |settings, value| {
            let name = value.as_str().filter(|n| !n.is_empty());
            settings.dataset = name.filter(|n| *n != "last").map(PathBuf::from);
            name.is_some()
        },
    },
    Key {
        name: "start.watch",
        default: "false",
        expected: "true or false",
        says: "Whether files are loaded again when they change, as --watch does.",
        set: |settings, value| {
            settings.watch = value.as_bool();
            settings.watch.is_some()
        },
    },
    Key {
        name: "pictures.folder",
        default: "\"auto\"",
        expected: "\"auto\" or a path",
        says: "Where pictures of the screen go, relative to this file. auto: fastdeck in your pictures.",
        set: |settings, value| {
            let name = value.as_str().filter(|n| !n.is_empty());
            settings.folder = name.filter(|n| *n != "auto").map(PathBuf::from);
            name.is_some()
        },
    },
    Key {
        name: "pictures.formats",
        default: "[\"svg\", \"png\"]",
        expected: "a list of \"svg\", \"png\", \"html\", \"txt\" and \"ans\"",
        says: "What they are written as: svg, png, html, txt, ans; the path of the first is shown.",
        set: |settings, value| {
            let formats = formats(value);
            settings.formats = formats.clone().unwrap_or_default();
            formats.is_some()
        },
    },
    Key {
        name: "pictures.scale",
        default: "2",
        expected: "1, 2 or 3",
        says: "Pixels of a PNG for each of the SVG: 1, 2 or 3.",
        set: |settings, value| {
            let number = value.as_integer().and_then(|n| n.as_str().parse().ok());
            settings.scale = number.filter(|n| (1..=3).contains(n));
            settings.scale.is_some()
        },
    },
];

/// One of several words; `auto` is none of them.
fn choose<T: Copy>(value: &DeValue<'_>, words: &[(&str, T)], into: &mut Option<T>) -> bool {
    let found = words.iter().find(|(word, _)| value.as_str() == Some(word));
    *into = found.map(|(_, chosen)| *chosen);
    found.is_some() || value.as_str() == Some("auto")
}

fn formats(value: &DeValue<'_>) -> Option<Vec<PictureForm>> {
    let mut chosen = Vec::new();
    for one in value.as_array()? {
        let form = match one.get_ref().as_str()? {
            "svg" => PictureForm::Svg,
            "png" => PictureForm::Png,
            "html" => PictureForm::Html,
            "txt" => PictureForm::Text,
            "ans" => PictureForm::Ansi,
            _ => return None,
        };
        if !chosen.contains(&form) {
            chosen.push(form);
        }
    }
    Some(chosen)
}

// -- reading --------------------------------------------------------------------------------------

/// The settings of the file, and everything that is wrong with it; a file that is not there sets
/// nothing.
pub(super) fn load(path: Option<&Path>) -> (Settings, Vec<String>) {
    let Some(path) = path else {
        return (Settings::default(), Vec::new());
    };
    match read(path) {
        Ok(text) => settings(&text, path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (Settings::default(), Vec::new()),
        Err(error) => {
            let problem = format!("{}: {error}", path.display());
            (Settings::default(), vec![problem])
        }
    }
}

/// The text of a small file.
pub(super) fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?
        .take(LARGEST)
        .read_to_string(&mut text)?;
    Ok(text)
}

/// A text with the name of its file, for messages.
pub(super) struct Source<'t> {
    /// The file.
    pub(super) path: &'t Path,
    /// What it holds.
    pub(super) text: &'t str,
}

impl Source<'_> {
    /// The tables of the file, and why it is no TOML. What could be read of it stays.
    pub(super) fn table(&self) -> (Spanned<DeTable<'_>>, Vec<String>) {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        let errors = errors.iter().map(|error| {
            let at = error.span().unwrap_or(0..0);
            self.problem(&at, error.message())
        });
        let errors = errors.take(1).collect();
        (table, errors)
    }

    /// Line and column of a place, from 1.
    pub(super) fn place(&self, at: &Range<usize>) -> (usize, usize) {
        let before = self.text.get(..at.start).unwrap_or(self.text);
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let column = before.get(start..).unwrap_or_default().chars().count();
        (before.matches('\n').count() + 1, column + 1)
    }

    /// A problem at a place.
    pub(super) fn problem(&self, at: &Range<usize>, text: &str) -> String {
        let (line, column) = self.place(at);
        format!("{}:{line}:{column}: {text}", self.path.display())
    }

    /// What stands there, cut to what a message can show.
    pub(super) fn found(&self, at: &Range<usize>) -> String {
        let text = self.text.get(at.clone()).unwrap_or_default();
        let line = text.lines().next().unwrap_or_default();
        match line.char_indices().nth(SHOWN) {
            Some((cut, _)) => format!("{}…", &line[..cut]),
            None => line.to_owned(),
        }
    }

    /// The problem of a key that nobody knows.
    pub(super) fn unknown(
        &self,
        key: &Spanned<impl AsRef<str>>,
        name: &str,
        known: &[&str],
    ) -> String {
        let meant = suggest::nearest(name, known);
        let meant = meant.map_or(String::new(), |word| format!("; did you mean `{word}`?"));
        self.problem(&key.span(), &format!("unknown key `{name}`{meant}"))
    }
}

/// The settings that a text holds, and what is wrong with it.
fn settings(text: &str, path: &Path) -> (Settings, Vec<String>) {
    let source = Source { path, text };
    let (table, mut problems) = source.table();
    let mut settings = Settings::default();
    for (key, value) in table.get_ref() {
        let name: &str = key.get_ref().as_ref();
        let section = KEYS
            .iter()
            .any(|k| k.name.split('.').next() == Some(name) && k.name != name);
        match value.get_ref().as_table() {
            Some(inner) if section => {
                for (key, value) in inner {
                    let own: &str = key.get_ref().as_ref();
                    let name = format!("{name}.{own}");
                    problems.extend(take(&mut settings, &source, &name, key, value));
                }
            }
            _ => problems.extend(take(&mut settings, &source, name, key, value)),
        }
    }
    if let Some(folder) = path.parent() {
        for own in [&mut settings.dataset, &mut settings.folder] {
            *own = own.as_ref().map(|path| folder.join(path));
        }
    }
    (settings, problems)
}

/// Takes one value; the problem that it has.
fn take(
    settings: &mut Settings,
    source: &Source<'_>,
    name: &str,
    key: &Spanned<impl AsRef<str>>,
    value: &Spanned<DeValue<'_>>,
) -> Option<String> {
    let Some(known) = KEYS.iter().find(|k| k.name == name) else {
        return Some(source.unknown(key, name, &KEYS.map(|k| k.name)));
    };
    let mut changed = settings.clone();
    if !(known.set)(&mut changed, value.get_ref()) {
        let found = source.found(&value.span());
        let text = format!("`{name}`: expected {}, found {found}", known.expected);
        return Some(source.problem(&value.span(), &text));
    }
    let line = source.place(&value.span()).0;
    changed
        .given
        .push((known.name, source.found(&value.span()), line));
    *settings = changed;
    None
}

/// Where pictures go and what they are written as: the configuration, else the defaults.
pub(super) fn pictures(environment: &Environment) -> Pictures {
    let settings = &environment.settings;
    let default = Pictures::default();
    let formats = Some(settings.formats.clone()).filter(|f| !f.is_empty());
    Pictures {
        folder: settings
            .folder
            .clone()
            .or_else(|| environment.pictures.clone()),
        forms: formats.unwrap_or(default.forms),
        scale: settings.scale.unwrap_or(default.scale),
    }
}

// -- writing --------------------------------------------------------------------------------------

/// `fastdeck config`: the file and what holds, or the commented default.
pub(super) fn run(args: &Config, environment: &Environment) -> Result<(), Failure> {
    if args.print {
        return output::print(&commented());
    }
    output::print(&held(environment))?;
    environment.refuse_problems()
}

/// The default as a file that can be changed.
fn commented() -> String {
    let mut page = String::from(
        "# Settings of fastdeck. All values are the defaults; a key that is left out means the same.\n",
    );
    let mut section = "";
    for key in &KEYS {
        let (own, name) = key.name.split_once('.').unwrap_or(("", key.name));
        if own == section {
            page.push('\n');
        } else {
            section = own;
            write!(page, "\n[{section}]\n").ok();
        }
        for line in key.says.lines() {
            writeln!(page, "# {line}").ok();
        }
        writeln!(page, "{name} = {}", key.default).ok();
    }
    page
}

/// Where the file is and what holds, with the lines that say so.
fn held(environment: &Environment) -> String {
    let mut page = match &environment.config {
        Some(path) if path.exists() => format!("# {}\n", path.display()),
        Some(path) => format!(
            "# {} (not there; `fastdeck config --print` gives one)\n",
            path.display()
        ),
        None => "# no home, no configuration\n".to_owned(),
    };
    for key in &KEYS {
        let given = environment.settings.given.iter();
        match given.rev().find(|(name, ..)| *name == key.name) {
            Some((name, value, line)) => writeln!(page, "{name} = {value}  # line {line}").ok(),
            None => writeln!(page, "{} = {}", key.name, key.default).ok(),
        };
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(text: &str) -> (Settings, Vec<String>) {
        settings(text, Path::new("/etc/fastdeck/config.toml"))
    }

    fn pictures_of(text: &str) -> Pictures {
        let (settings, problems) = read_as(text);
        assert!(problems.is_empty(), "{problems:?}");
        pictures(&Environment {
            pictures: Some(PathBuf::from("/pictures")),
            settings,
            ..Environment::default()
        })
    }

    #[test]
    fn the_commented_default_is_the_default() {
        let page = commented();
        let (mut read, problems) = read_as(&page);
        assert_eq!(problems, Vec::<String>::new(), "{page}");
        assert_eq!(read.given.len(), KEYS.len());
        read.given.clear();
        let usual = Pictures::default();
        assert_eq!(std::mem::take(&mut read.formats), usual.forms);
        assert_eq!(read.scale.take(), Some(usual.scale));
        assert_eq!(
            (read.mouse.take(), read.watch.take()),
            (Some(true), Some(false))
        );
        assert_eq!(read, Settings::default());
        assert!(page.lines().all(|line| line.chars().count() <= 110));
    }

    #[test]
    fn what_is_not_set_is_as_usual() {
        for text in ["", "[pictures]\nformats = []"] {
            let found = pictures_of(text);
            assert_eq!(found.folder, Some(PathBuf::from("/pictures")));
            assert_eq!(found.forms, Pictures::default().forms);
            assert_eq!(found.scale, 2);
        }
    }

    #[test]
    fn formats_folder_and_scale_are_taken() {
        let text =
            "[pictures]\nfolder = \"week\"\nformats = [\"html\", \"txt\", \"html\"]\nscale = 3";
        let found = pictures_of(text);
        assert_eq!(found.folder, Some(PathBuf::from("/etc/fastdeck/week")));
        assert_eq!(found.forms, [PictureForm::Html, PictureForm::Text]);
        assert_eq!(found.scale, 3);
    }

    #[test]
    fn looks_and_start_are_taken() {
        let (found, problems) = read_as(
            "language = 'en'\ntheme = 'light'\ncolors = '256'\nglyphs = 'ascii'\n\
             ambiguous = 'wide'\n[start]\npane = 'gmv'\ndataset = 'weeks/46'\n",
        );
        assert_eq!(problems, Vec::<String>::new());
        assert_eq!(found.language, Some(Language::En));
        assert_eq!(found.theme.as_deref(), Some("light"));
        assert_eq!(found.depth, Some(Depth::Indexed));
        assert_eq!(found.glyphs, GlyphSet::Ascii);
        assert_eq!(found.ambiguous, Some(Ambiguous::Wide));
        assert_eq!(found.pane, Some(Pane::Gmv));
        assert_eq!(found.dataset, Some("/etc/fastdeck/weeks/46".into()));
    }

    #[test]
    fn all_that_is_wrong_is_told_with_its_place_and_the_rest_holds() {
        for (text, place, word) in [
            ("[pictures]\nformats = [\"gif\"]", ":2:11:", "[\"gif\"]"),
            ("[pictures]\nscale = 9", ":2:9:", "found 9"),
            ("[picture]", ":1:2:", "picture"),
            ("pictures", ":1:", ""),
            ("them = 'dark'", ":1:1:", "did you mean `theme`?"),
            (
                "[start]\npain = 'gmv'",
                ":2:1:",
                "did you mean `start.pane`?",
            ),
            ("colors = 16", ":1:10:", "found 16"),
            ("language = 'de'", ":1:12:", "\"zh\" or \"en\""),
            ("theme = ''", ":1:9:", "the name of a theme"),
        ] {
            let (_, problems) = read_as(text);
            let [said] = problems.as_slice() else {
                panic!("{text}: {problems:?}")
            };
            assert!(said.contains(place) && said.contains(word), "{said}");
        }
        let (found, problems) = read_as("glyph = 'ascii'\ntheme = 'mono'\nlanguage = 5\n");
        assert_eq!(problems.len(), 2);
        assert_eq!(found.theme.as_deref(), Some("mono"));
        assert_eq!(found.language, None);
    }
}
