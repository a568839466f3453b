//! `config.toml`: what a user sets once. What is wrong in it is told with its place, and nothing is
//! guessed.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::environment::Environment;
use super::failure::Failure;
use crate::shell::{PictureForm, Pictures};

/// A larger file is no configuration.
const LARGEST: u64 = 1 << 20;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    pictures: Section,
}

/// `[pictures]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Section {
    /// Folder; relative to that of the configuration.
    folder: Option<PathBuf>,
    /// `svg`, `png`, `html`, `txt`, `ans`.
    formats: Option<Vec<Form>>,
    /// Pixels of a PNG for each of the SVG.
    scale: Option<Scale>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Form {
    Svg,
    Png,
    Html,
    Txt,
    Ans,
}

/// 1, 2 or 3.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
struct Scale(u8);

impl TryFrom<i64> for Scale {
    type Error = String;

    fn try_from(n: i64) -> Result<Self, String> {
        let scale = u8::try_from(n).ok().filter(|n| (1..=3).contains(n));
        scale
            .map(Self)
            .ok_or_else(|| format!("expected 1, 2 or 3, found {n}"))
    }
}

/// Where pictures go and what they are written as: the configuration, else the defaults.
///
/// # Errors
///
/// When there is a configuration that cannot be read, with file, line and column.
pub(super) fn pictures(environment: &Environment) -> Result<Pictures, Failure> {
    let Some(path) = &environment.config else {
        return Ok(with(Section::default(), None, environment));
    };
    let wrong = |text: String| Failure::Usage(format!("{}{text}", path.display()));
    let text = match read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(wrong(format!(": {error}"))),
    };
    let file: File = toml::from_str(&text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        let before = text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let column = before.get(start..).unwrap_or_default().chars().count() + 1;
        wrong(format!(":{line}:{column}: {}", error.message()))
    })?;
    Ok(with(file.pictures, path.parent(), environment))
}

fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    fs::File::open(path)?
        .take(LARGEST)
        .read_to_string(&mut text)?;
    Ok(text)
}

fn with(section: Section, base: Option<&Path>, environment: &Environment) -> Pictures {
    let default = Pictures::default();
    let own = section
        .folder
        .map(|folder| base.map_or(folder.clone(), |base| base.join(folder)));
    let form = |form: Form| match form {
        Form::Svg => PictureForm::Svg,
        Form::Png => PictureForm::Png,
        Form::Html => PictureForm::Html,
        Form::Txt => PictureForm::Text,
        Form::Ans => PictureForm::Ansi,
    };
    let forms: Option<Vec<PictureForm>> = section.formats.map(|forms| {
        let mut chosen = Vec::new();
        for one in forms.into_iter().map(form) {
            if !chosen.contains(&one) {
                chosen.push(one);
            }
        }
        chosen
    });
    Pictures {
        folder: own.or_else(|| environment.pictures.clone()),
        forms: forms.filter(|f| !f.is_empty()).unwrap_or(default.forms),
        scale: section.scale.map_or(default.scale, |s| s.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Language;

    fn asked(text: Option<&str>) -> Result<Pictures, Failure> {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config.toml");
        if let Some(text) = text {
            fs::write(&path, text).unwrap();
        }
        let environment = Environment {
            language: Language::En,
            no_color: false,
            home: None,
            pictures: Some(PathBuf::from("/pictures")),
            caches: None,
            config: Some(path),
        };
        pictures(&environment)
    }

    #[test]
    fn what_is_not_set_is_as_usual() {
        for text in [None, Some(""), Some("[pictures]\nformats = []")] {
            let found = asked(text).unwrap();
            assert_eq!(found.folder, Some(PathBuf::from("/pictures")));
            assert_eq!(found.forms, Pictures::default().forms);
            assert_eq!(found.scale, 2);
        }
    }

    #[test]
    fn formats_folder_and_scale_are_taken() {
        let text =
            "[pictures]\nfolder = \"week\"\nformats = [\"html\", \"txt\", \"html\"]\nscale = 3";
        let found = asked(Some(text)).unwrap();
        assert!(found.folder.unwrap().ends_with("week"));
        assert_eq!(found.forms, [PictureForm::Html, PictureForm::Text]);
        assert_eq!(found.scale, 3);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, place, word) in [
            ("[pictures]\nformats = [\"gif\"]", ":2:12:", "gif"),
            ("[pictures]\nscale = 9", ":2:9:", "found 9"),
            ("[picture]", ":1:2:", "picture"),
            ("pictures", ":1:", ""),
        ] {
            let Err(Failure::Usage(said)) = asked(Some(text)) else {
                panic!("{text} was accepted")
            };
            assert!(said.contains(place) && said.contains(word), "{said}");
        }
    }
}
