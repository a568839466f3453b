//! Pictures are drawn and written on a thread of their own; the interface goes on meanwhile.
//!
//! A picture never takes the place of a file, and where one of its formats cannot be written none
//! is left behind.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc::UnboundedSender;

use super::session::News;
use crate::app::scene::Scene;
use crate::app::{Action, Ambiguous, Copied, GlyphSet, Notice, Shot, State};
use crate::capture::{self, Fonts, Ground};
use crate::data::write_atomic;
use crate::ui::Theme;
use crate::{export, view};

/// Fonts of the machine that draw characters which the embedded ones lack.
pub type FontFinder = fn(&BTreeSet<char>) -> Fonts;

/// A form in which a picture is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PictureForm {
    /// Outlines that look the same everywhere.
    Svg,
    /// Pixels.
    Png,
    /// One page that needs no other file.
    Html,
    /// Plain text.
    Text,
    /// Text with the colours of a terminal.
    Ansi,
}

impl PictureForm {
    /// All forms.
    pub const ALL: [Self; 5] = [Self::Svg, Self::Png, Self::Html, Self::Text, Self::Ansi];

    /// The ending of its files, which is its name in the configuration too.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Html => "html",
            Self::Text => "txt",
            Self::Ansi => "ans",
        }
    }
}

/// Where pictures go and what they are written as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pictures {
    /// The folder; `None` without a home.
    pub folder: Option<PathBuf>,
    /// The forms, each a file.
    pub forms: Vec<PictureForm>,
    /// Pixels of a PNG for every one of the SVG.
    pub scale: u8,
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            folder: None,
            forms: vec![PictureForm::Svg, PictureForm::Png],
            scale: 2,
        }
    }
}

/// Pictures of one pane on one day, at most.
const MOST: u32 = 10_000;

/// Where pictures go, and how rare characters are drawn.
#[derive(Clone)]
pub(super) struct Studio {
    pub(super) pictures: Pictures,
    pub(super) fonts: FontFinder,
}

impl Studio {
    /// Makes a picture of a state and tells what came of it.
    pub(super) fn take(&self, state: &State, shot: Shot, news: UnboundedSender<News>) {
        let (studio, state) = (self.clone(), state.clone());
        tokio::task::spawn_blocking(move || {
            let action = match studio.make(&state, shot) {
                Ok(action) => action,
                Err(error) => Action::Tell(Notice {
                    zh: format!("截图未保存：{error}"),
                    en: format!("the picture was not saved: {error}"),
                    error: true,
                }),
            };
            news.send(News::Action(action)).ok();
        });
    }

    fn make(&self, state: &State, shot: Shot) -> io::Result<Action> {
        let no_home = || io::Error::other("there is no folder for pictures");
        let folder = self.pictures.folder.as_deref().ok_or_else(no_home)?;
        let mut state = state.clone();
        // A picture shows all glyphs, whatever the terminal can.
        state.look.glyphs = GlyphSet::Unicode;
        state.look.ambiguous = Ambiguous::Narrow;
        let state = &state;
        let buffer = capture::frame(state, shot);
        let ground = Ground::of(&Theme::named(state.theme));
        let mut fonts = Fonts::embedded();
        let mut missing = capture::svg(&buffer, ground, &fonts).missing;
        if !missing.is_empty() {
            fonts = (self.fonts)(&missing);
            missing = capture::svg(&buffer, ground, &fonts).missing;
        }
        let encode = |form: PictureForm| -> io::Result<(&'static str, Vec<u8>)> {
            let bytes = match form {
                PictureForm::Svg => capture::svg(&buffer, ground, &fonts).data.into_bytes(),
                PictureForm::Png => {
                    capture::png(&buffer, ground, self.pictures.scale, &fonts)?.data
                }
                PictureForm::Html => {
                    let page = capture::html(&buffer, ground, &fonts, &stem(state), state.language);
                    page.data.into_bytes()
                }
                PictureForm::Text => capture::text(&buffer).into_bytes(),
                PictureForm::Ansi => capture::ansi(&buffer).into_bytes(),
            };
            Ok((form.ending(), bytes))
        };
        let forms = self.pictures.forms.iter();
        let files = forms.map(|f| encode(*f)).collect::<io::Result<Vec<_>>>()?;
        fs::create_dir_all(folder)?;
        let path = write(folder, &stem(state), &files)?;
        let endings: Vec<&str> = files.iter().map(|(ending, _)| *ending).collect();
        Ok(Action::Pictured {
            path: path.display().to_string(),
            formats: endings.join(", "),
            missing: missing.len(),
        })
    }
}

/// What goes to the clipboard, and what that is called in Chinese and English.
pub(super) fn copied(state: &State, what: Copied) -> Option<(String, [&'static str; 2])> {
    let board = state.board.as_deref()?;
    let data = state.dataset()?;
    let (pane, brand) = (state.pane, state.brand_id());
    Some(match what {
        Copied::Path => (
            state.pictured.clone()?,
            ["截图路径", "the path of the picture"],
        ),
        Copied::Text => (
            capture::text(&capture::frame(state, Shot::Pane)),
            ["看板文本", "the pane as text"],
        ),
        Copied::Tsv => (
            export::tsv(board, data, pane, brand),
            ["看板指标（TSV）", "the figures as TSV"],
        ),
        Copied::Markdown => (
            export::markdown(board, data, pane, brand),
            ["看板指标（Markdown）", "the figures as Markdown"],
        ),
        Copied::State => (Scene::portable(state).to_string(), ["状态串", "the state"]),
        Copied::Command => (
            view::caption::command(state, Shot::Screen),
            ["截图命令", "the command"],
        ),
    })
}

/// `brand_date_pane`.
fn stem(state: &State) -> String {
    format!("{}_{}", brand_and_day(state), state.pane.id())
}

/// `brand_date`, as a file name.
pub(super) fn brand_and_day(state: &State) -> String {
    let brand: String = state
        .brand_id()
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { '-' })
        .take(60)
        .collect();
    format!("{brand}_{}", state.as_of)
}

/// Writes all formats under the first free name; gives the path of the last one.
fn write(folder: &Path, stem: &str, files: &[(&str, Vec<u8>)]) -> io::Result<PathBuf> {
    for n in 1..=MOST {
        let name = match n {
            1 => stem.to_owned(),
            n => format!("{stem}_{n}"),
        };
        let path = |ending: &str| folder.join(format!("{name}.{ending}"));
        let taken = files
            .iter()
            .any(|(ending, _)| fs::symlink_metadata(path(ending)).is_ok());
        if taken {
            continue;
        }
        let mut written: Vec<PathBuf> = Vec::new();
        for (ending, bytes) in files {
            if let Err(error) = write_atomic(&path(ending), bytes, false) {
                for file in &written {
                    fs::remove_file(file).ok();
                }
                return Err(error);
            }
            written.push(path(ending));
        }
        return Ok(written.pop().unwrap_or_default());
    }
    Err(io::Error::other("too many pictures of one name"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Language, Pane};
    use crate::view::fixture::{Situation, shown};

    fn studio(folder: &Path) -> Studio {
        Studio {
            pictures: Pictures {
                folder: Some(folder.to_owned()),
                ..Pictures::default()
            },
            fonts: |_| Fonts::embedded(),
        }
    }

    #[test]
    fn a_picture_never_takes_the_place_of_another() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("pictures");
        let state = shown(Situation::Normal, Pane::Crowds, Language::Zh, (100, 30));
        for n in 1..=3 {
            let action = studio(&folder).make(&state, Shot::Screen).unwrap();
            let Action::Pictured { path, formats, .. } = action else {
                panic!("no picture")
            };
            let number = if n > 1 {
                format!("_{n}")
            } else {
                String::new()
            };
            let name = format!("_2026-11-15_crowds{number}.png");
            assert!(path.ends_with(&name), "{path}");
            assert_eq!(formats, "svg, png");
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 6);
    }

    #[test]
    fn every_form_of_the_configuration_is_written() {
        let home = tempfile::tempdir().unwrap();
        let mut studio = studio(home.path());
        studio.pictures.forms = PictureForm::ALL.to_vec();
        let state = shown(Situation::Hostile, Pane::Brands, Language::Zh, (100, 30));
        studio.make(&state, Shot::Pane).unwrap();
        let mut endings: Vec<String> = fs::read_dir(home.path())
            .unwrap()
            .map(|e| {
                e.unwrap()
                    .path()
                    .extension()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        endings.sort();
        assert_eq!(endings, ["ans", "html", "png", "svg", "txt"]);
    }

    #[test]
    fn what_cannot_be_written_leaves_nothing_behind() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "x").unwrap();
        let state = shown(Situation::Normal, Pane::Fast, Language::En, (80, 24));
        assert!(studio(&file).make(&state, Shot::Pane).is_err());
        let files = [("a", vec![1]), ("no/such", vec![2])];
        assert!(write(home.path(), "x", &files).is_err());
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
