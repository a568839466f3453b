//! Themes of the user: `themes/NAME.toml` beside the configuration.
//!
//! What a file does not set is taken from its `base`. A theme whose text cannot be read on its
//! ground is refused with both colours and their contrast; the dashboard opens without it.

use std::fs;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::config::{self, Source};
use super::failure::Failure;
use super::suggest;
use crate::app::{Colours, Heat, OwnTheme, READABLE, Rgb, ThemeName};

/// More themes than this are not read.
const MOST: usize = 64;

/// The themes of the user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Themes {
    /// Those that can be used, by name.
    pub(super) own: Vec<ThemeName>,
    /// Those that cannot: the name, and why.
    refused: Vec<(String, Vec<String>)>,
}

impl Themes {
    /// Reads the themes of a folder, which need not exist.
    pub(super) fn load(folder: Option<&Path>) -> Self {
        let mut themes = Self::default();
        for (name, path) in folder.map(files).unwrap_or_default() {
            match open(&name, &path) {
                // A theme lives as long as the program, so that its name is as cheap to copy as
                // that of a built-in one.
                Ok(theme) => themes.own.push(ThemeName::Own(Box::leak(Box::new(theme)))),
                Err(problems) => themes.refused.push((name, problems)),
            }
        }
        themes
    }

    /// The theme with this name.
    ///
    /// # Errors
    ///
    /// When there is none, or it was refused.
    pub(super) fn named(&self, name: &str) -> Result<ThemeName, Failure> {
        let mut own = self.own.iter().copied();
        let found = ThemeName::built_in(&name.replace("colour", "color"));
        if let Some(theme) = found.or_else(|| own.find(|t| t.id() == name)) {
            return Ok(theme);
        }
        if let Some((_, problems)) = self.refused.iter().find(|(n, _)| n == name) {
            return Err(Failure::Usage(problems.join("\n")));
        }
        let known = ThemeName::BUILT_IN
            .into_iter()
            .chain(self.own.iter().copied());
        let known: Vec<&str> = known.map(ThemeName::id).collect();
        Err(suggest::unknown("theme", name, &known))
    }

    /// Why themes were refused.
    pub(super) fn problems(&self) -> impl Iterator<Item = &String> {
        self.refused.iter().flat_map(|(_, problems)| problems)
    }
}

/// The files of themes with their names, in the order of the names.
fn files(folder: &Path) -> Vec<(String, std::path::PathBuf)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<_> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .filter_map(|path| Some((path.file_stem()?.to_string_lossy().into_owned(), path)))
        .collect();
    files.sort();
    files.truncate(MOST);
    files
}

fn open(name: &str, path: &Path) -> Result<OwnTheme, Vec<String>> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 40 || !name.chars().all(plain) {
        let text = "the name of a theme is made of a-z, 0-9, - and _, at most 40";
        return Err(vec![format!("{}: {text}", path.display())]);
    }
    if name == "auto" || ThemeName::built_in(name).is_some() {
        return Err(vec![format!(
            "{}: there is a built-in theme of that name",
            path.display()
        )]);
    }
    let text = config::read(path).map_err(|e| vec![format!("{}: {e}", path.display())])?;
    let colours = colours(&Source { path, text: &text })?;
    Ok(OwnTheme {
        name: name.to_owned(),
        colours,
    })
}

/// A key with one colour.
struct Key {
    name: &'static str,
    of: fn(&mut Colours) -> &mut Rgb,
}

const KEYS: [Key; 12] = [
    Key {
        name: "ground",
        of: |c| &mut c.ground,
    },
    Key {
        name: "raised",
        of: |c| &mut c.raised,
    },
    Key {
        name: "track",
        of: |c| &mut c.track,
    },
    Key {
        name: "text",
        of: |c| &mut c.text,
    },
    Key {
        name: "strong",
        of: |c| &mut c.strong,
    },
    Key {
        name: "muted",
        of: |c| &mut c.muted,
    },
    Key {
        name: "line",
        of: |c| &mut c.line,
    },
    Key {
        name: "accent",
        of: |c| &mut c.accent,
    },
    Key {
        name: "good",
        of: |c| &mut c.good,
    },
    Key {
        name: "bad",
        of: |c| &mut c.bad,
    },
    Key {
        name: "warn",
        of: |c| &mut c.warn,
    },
    Key {
        name: "selection",
        of: |c| &mut c.selection,
    },
];

/// The keys that are not one colour.
const OTHERS: [&str; 4] = ["base", "layers", "heat", "hatched"];

fn colours(source: &Source<'_>) -> Result<Colours, Vec<String>> {
    let (table, mut problems) = source.table();
    let table = table.get_ref();
    let mut colours = match base(source, table) {
        Ok(colours) => colours,
        Err(problem) => {
            problems.push(problem);
            return Err(problems);
        }
    };
    let mut places: Vec<(String, Range<usize>)> = Vec::new();
    for (key, value) in table {
        let name: &str = key.get_ref().as_ref();
        places.push((name.to_owned(), value.span()));
        problems.extend(take(&mut colours, source, (name, key), value));
    }
    if problems.is_empty() {
        problems = unreadable(&colours, source, &places);
    }
    if problems.is_empty() {
        Ok(colours)
    } else {
        Err(problems)
    }
}

fn base(source: &Source<'_>, table: &DeTable<'_>) -> Result<Colours, String> {
    let Some(value) = table.get("base") else {
        return Ok(of(ThemeName::Dark));
    };
    let theme = value.get_ref().as_str().and_then(ThemeName::built_in);
    theme.filter(|t| t.colours().is_some()).map(of).ok_or_else(|| {
        let found = source.found(&value.span());
        let text = format!("`base`: expected \"dark\", \"light\", \"high-contrast\" or \"color-blind\", found {found}");
        source.problem(&value.span(), &text)
    })
}

fn of(theme: ThemeName) -> Colours {
    theme.colours().cloned().unwrap_or_default()
}

/// Takes one value; the problem that it has.
fn take(
    colours: &mut Colours,
    source: &Source<'_>,
    (name, key): (&str, &Spanned<impl AsRef<str>>),
    value: &Spanned<DeValue<'_>>,
) -> Option<String> {
    let wrong = |expected: &str| {
        let found = source.found(&value.span());
        let text = format!("`{name}`: expected {expected}, found {found}");
        Some(source.problem(&value.span(), &text))
    };
    let inner = value.get_ref();
    match name {
        "base" => None,
        "hatched" => match inner.as_bool() {
            Some(yes) => {
                colours.hatched = yes;
                None
            }
            None => wrong("true or false"),
        },
        "layers" => match list(inner, rgb) {
            Some(layers) => {
                colours.layers = layers;
                None
            }
            None => wrong("four colours as [\"#rrggbb\", …] for A, I, P and L"),
        },
        "heat" => match list(inner, heat) {
            Some(steps) => {
                colours.heat = steps;
                None
            }
            None => wrong("six pairs [\"#ground\", \"#text\"], from low to high"),
        },
        _ => match (KEYS.iter().find(|k| k.name == name), rgb(inner)) {
            (None, _) => {
                let known: Vec<&str> = KEYS.iter().map(|k| k.name).chain(OTHERS).collect();
                Some(source.unknown(key, name, &known))
            }
            (Some(_), None) => wrong("a colour as \"#rrggbb\""),
            (Some(key), Some(colour)) => {
                *(key.of)(colours) = colour;
                None
            }
        },
    }
}

/// Exactly so many values.
fn list<T, const N: usize>(
    value: &DeValue<'_>,
    one: fn(&DeValue<'_>) -> Option<T>,
) -> Option<[T; N]> {
    let all: Option<Vec<T>> = value.as_array()?.iter().map(|v| one(v.get_ref())).collect();
    all?.try_into().ok()
}

fn heat(value: &DeValue<'_>) -> Option<Heat> {
    let [ground, text] = list(value, rgb)?;
    Some(Heat { ground, text })
}

fn rgb(value: &DeValue<'_>) -> Option<Rgb> {
    let digits = value.as_str()?.strip_prefix('#')?;
    let hex = digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit());
    hex.then(|| Rgb::from_str_radix(digits, 16).ok())?
}

/// The texts that cannot be read, at the place of the colour that the file sets.
fn unreadable(
    colours: &Colours,
    source: &Source<'_>,
    places: &[(String, Range<usize>)],
) -> Vec<String> {
    let place = |name: &str| {
        places
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, at)| at.clone())
    };
    let problems = colours.faults().into_iter().map(|pair| {
        let at = place(pair.text)
            .or_else(|| place(pair.ground))
            .unwrap_or(0..0);
        let text = format!(
            "`{}` on `{}` has a contrast of {:.2}:1; text needs {READABLE}:1",
            pair.text, pair.ground, pair.ratio
        );
        source.problem(&at, &text)
    });
    problems.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Colours, Vec<String>> {
        let path = Path::new("themes/dusk.toml");
        colours(&Source { path, text })
    }

    #[test]
    fn what_is_not_set_is_that_of_the_base() {
        let dusk = read("ground = '#000000'\naccent = '#FFcc00'").unwrap();
        let dark = of(ThemeName::Dark);
        assert_eq!((dusk.ground, dusk.accent), (0, 0x00ff_cc00));
        assert_eq!((dusk.text, dusk.layers), (dark.text, dark.layers));
        let light = read("base = 'light'\nhatched = true").unwrap();
        assert!(light.is_light() && light.hatched);
        let layers = read("layers = ['#ffffff', '#eeeeee', '#dddddd', '#cccccc']").unwrap();
        assert_eq!(layers.layers[3], 0x00cc_cccc);
        let pair = "['#000000', '#ffffff'],";
        let heat = read(&format!("heat = [{}]", pair.repeat(6))).unwrap();
        assert_eq!(heat.heat[5].text, 0x00ff_ffff);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, place, word) in [
            (
                "text = 'red'",
                ":1:8:",
                "expected a colour as \"#rrggbb\", found 'red'",
            ),
            ("text = '#12345'", ":1:8:", "#12345"),
            ("text = '#+12345'", ":1:8:", "#rrggbb"),
            ("\nacent = '#ffffff'", ":2:1:", "did you mean `accent`?"),
            ("base = 'mono'", ":1:8:", "high-contrast"),
            ("layers = ['#ffffff']", ":1:10:", "four colours"),
            ("heat = ['#ffffff']", ":1:8:", "six pairs"),
            ("hatched = 1", ":1:11:", "true or false"),
            ("ground", ":1:", ""),
        ] {
            let problems = read(text).unwrap_err();
            let said = &problems[0];
            assert!(said.contains(place) && said.contains(word), "{said}");
            assert!(said.starts_with("themes/dusk.toml:"), "{said}");
        }
    }

    #[test]
    fn a_theme_that_cannot_be_read_names_line_pair_and_ratio() {
        let problems = read("# mine\nmuted = '#333333'\n").unwrap_err();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(
            problems[0]
                .starts_with("themes/dusk.toml:2:9: `muted` on `ground` has a contrast of 1.")
        );
        assert!(problems[0].ends_with("text needs 4.5:1"));
        let white = read("ground = '#ffffff'").unwrap_err();
        assert!(white.iter().all(|p| p.contains(":1:10:")), "{white:?}");
    }

    #[test]
    fn themes_are_found_by_name_and_a_slip_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("dusk.toml", "ground = '#000000'");
        write("pale.toml", "text = '#222222'");
        write("dark.toml", "");
        write("Not A Name.toml", "");
        write("notes.txt", "");
        let themes = Themes::load(Some(folder.path()));
        assert_eq!(themes.named("dusk").unwrap().id(), "dusk");
        assert_eq!(
            themes.named("colour-blind").unwrap(),
            ThemeName::ColourBlind
        );
        let said = |name: &str| match themes.named(name) {
            Err(Failure::Usage(text)) => text,
            other => panic!("{other:?}"),
        };
        assert!(said("pale").contains("pale.toml:1:8: `text` on"));
        assert!(said("dust").contains("did you mean `dusk`?"));
        assert_eq!(themes.own.len(), 1);
        let problems: Vec<&String> = themes.problems().collect();
        assert!(problems.iter().any(|p| p.contains("built-in theme")));
        assert!(problems.iter().any(|p| p.contains("made of a-z")));
        assert_eq!(Themes::load(None), Themes::default());
    }
}
