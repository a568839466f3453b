//! The weekly review deck: states → documents as bytes.
//!
//! A deck is made of the states of its pages, as the dashboard would show them, and of a [`Recipe`].
//! It computes no metric and opens no file: figures come from the boards of the states, numbers
//! become text in `view`, and whoever asked for the deck writes it. The same states and recipe give
//! the same bytes.

mod chapters;
mod desk;
mod headline;
mod html;
mod markdown;
mod names;
mod recipe;
mod section;
mod statement;
mod workbook;

pub use recipe::{Choice, Claim, Old, Page, Recipe, RecipeError, Text, Then, Topic, Was};
pub use statement::{Aspect, Comparison, Statement, StatementError};

use std::collections::BTreeSet;
use std::io;

use ratatui::buffer::Buffer;

use self::chapters::Story;
use self::desk::Desk;
use self::section::{Block, Section};
use super::svg::document;
use super::{Fonts, Ground, page};
use crate::app::{Language, Shot, State, ThemeName};
use crate::ui::Theme;
use crate::view::text::{clean, of, pick, side};

/// Pixels of the PNG frames for each of the SVG.
const SCALE: u8 = 2;

/// Words of both documents.
struct Titles {
    contents: [&'static str; 2],
    flipped: [&'static str; 2],
    review: [&'static str; 2],
}

const TITLES: Titles = Titles {
    contents: ["目录", "Contents"],
    flipped: ["变号", "sign changed"],
    review: ["周度复盘", "Weekly review"],
};

/// A page of the recipe with the state that it shows, computed.
#[derive(Debug, Clone)]
pub struct Leaf {
    /// What the recipe says.
    pub page: Page,
    /// What it shows.
    pub state: State,
}

/// A file of a deck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Its name below the folder of the deck, with `/`.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A deck.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deck {
    /// Its files.
    pub documents: Vec<Document>,
    /// Characters of the pictures that no font has.
    pub missing: BTreeSet<char>,
}

/// What a deck is made with.
pub struct Tools<'a> {
    /// Fonts for characters that the embedded ones lack.
    pub fonts: &'a dyn Fn(&BTreeSet<char>) -> Fonts,
    /// Hears of every page before it is drawn: its number from 1, how many there are, its title.
    /// `false` gives up.
    pub progress: &'a mut dyn FnMut(usize, usize, &str) -> bool,
}

/// The pictures of a page.
struct Frame {
    id: String,
    light: String,
    dark: String,
}

/// Everything that both documents say.
struct Paper {
    language: Language,
    title: String,
    sections: Vec<Section>,
    frames: Vec<Frame>,
    foot: String,
}

/// Makes a deck; `None` when it was given up.
///
/// # Errors
///
/// When a picture is too large to be encoded.
pub fn deck(recipe: &Recipe, leaves: &[Leaf], tools: &mut Tools) -> io::Result<Option<Deck>> {
    let Some(base) = leaves.iter().find(|l| l.page.topic == Topic::Headline) else {
        return Ok(None);
    };
    let story = Story {
        claims: &recipe.claims,
        was: recipe.was.as_ref(),
        families: families(leaves),
    };
    let mut made = Deck::default();
    let mut paper = Paper {
        language: base.state.language,
        title: title(recipe, &base.state),
        sections: Vec::new(),
        frames: Vec::new(),
        foot: foot(&base.state),
    };
    for (at, leaf) in leaves.iter().enumerate() {
        let Some(desk) = Desk::new(&leaf.state, story.was) else {
            continue;
        };
        if !(tools.progress)(
            at + 1,
            leaves.len(),
            &chapters::title(&desk, leaf.page.topic),
        ) {
            return Ok(None);
        }
        let section = chapters::section(&desk, &leaf.page, at + 1, &story);
        if section.blocks.contains(&Block::Frame) {
            let frame = frames(&section.id, &leaf.state, tools, &mut made)?;
            paper.frames.push(frame);
        }
        paper.sections.push(section);
    }
    let written = Recipe {
        was: Some(found(recipe, leaves)),
        ..recipe.clone()
    };
    let own = [
        ("review.html", html::html(&paper)),
        ("review.md", markdown::markdown(&paper)),
        ("review.toml", written.write()),
    ];
    let mut own: Vec<Document> = own
        .into_iter()
        .map(|(name, text)| Document {
            name: name.to_owned(),
            bytes: text.into_bytes(),
        })
        .collect();
    if let Some(desk) = Desk::new(&base.state, None) {
        own.push(Document {
            name: "review.xlsx".to_owned(),
            bytes: workbook::workbook(&paper.sections, &desk).map_err(io::Error::other)?,
        });
    }
    made.documents.splice(0..0, own);
    Ok(Some(made))
}

fn families(leaves: &[Leaf]) -> Vec<&'static str> {
    let all = leaves.iter().flat_map(|l| chapters::families(l.page.topic));
    let mut families: Vec<&str> = all.copied().collect();
    families.sort_unstable();
    families.dedup();
    families
}

fn title(recipe: &Recipe, state: &State) -> String {
    if let Some(title) = &recipe.title {
        return clean(title).into_owned();
    }
    let l = state.language;
    let brand = state.dataset().and_then(|d| d.brands.get(state.brand));
    let name = brand.map_or("", |b| pick(l, &b.name_zh, &b.name_en));
    format!("{} {} {}", clean(name), of(l, &TITLES.review), state.as_of)
}

/// Which data the deck is made of.
fn foot(state: &State) -> String {
    let l = state.language;
    let Some(data) = state.dataset() else {
        return String::new();
    };
    let mut parts = vec![
        "fastdeck".to_owned(),
        clean(side(l, &data.name)).into_owned(),
        data.fingerprint.clone(),
    ];
    if data.simulated {
        parts.push(pick(l, "模拟数据", "SIMULATED").to_owned());
    }
    let changes = state.definitions.changes();
    if !changes.is_empty() {
        let what = pick(l, "口径", "definitions");
        parts.push(format!("{what} {}", clean(&changes.join("; "))));
    }
    parts.join(" · ")
}

// -- pictures ---------------------------------------------------------------------------------

/// Draws the page in the theme of its state for the folder, and in light and dark for the document.
fn frames(id: &str, state: &State, tools: &Tools, deck: &mut Deck) -> io::Result<Frame> {
    let drawn = |theme: ThemeName| {
        let state = State {
            theme,
            ..state.clone()
        };
        let buffer = super::frame(&state, Shot::Pane);
        (buffer, Ground::of(&Theme::named(theme)))
    };
    let (buffer, ground) = drawn(state.theme);
    let mut fonts = Fonts::embedded();
    let mut picture = super::svg(&buffer, ground, &fonts);
    if !picture.missing.is_empty() {
        fonts = (tools.fonts)(&picture.missing);
        picture = super::svg(&buffer, ground, &fonts);
    }
    let png = super::png(&buffer, ground, SCALE, &fonts)?;
    deck.missing.extend(picture.missing);
    let files = [("svg", picture.data.into_bytes()), ("png", png.data)];
    deck.documents.extend(files.map(|(ending, bytes)| Document {
        name: format!("frames/{id}.{ending}"),
        bytes,
    }));
    let inline = |(buffer, ground): (Buffer, Ground)| {
        let page = page::Page::of(&buffer, ground, &fonts);
        let mut out = String::with_capacity(1 << 18);
        document(&mut out, &page, "aria-hidden=\"true\"", "");
        out
    };
    Ok(Frame {
        id: id.to_owned(),
        light: inline(drawn(ThemeName::Light)),
        dark: inline(drawn(ThemeName::Dark)),
    })
}

// -- what the next run needs ------------------------------------------------------------------

/// What this run found: every figure with a change or a gap, and the statements.
fn found(recipe: &Recipe, leaves: &[Leaf]) -> Was {
    let mut was = Was::default();
    for leaf in leaves {
        let Some(desk) = Desk::new(&leaf.state, None) else {
            continue;
        };
        let view = names::view(&leaf.state);
        if was.figures.contains_key(&view) {
            continue;
        }
        let each = desk.figures().filter_map(|figure| {
            let old = Old {
                now: figure.now.get(),
                delta: figure.delta().get(),
                gap: figure.gap().and_then(crate::metrics::Value::get),
            };
            let told = old.delta.is_some() || old.gap.is_some();
            told.then(|| (names::key(figure, desk.data), old))
        });
        was.figures.insert(view, each.collect());
    }
    let base = leaves.iter().find(|l| l.page.topic == Topic::Headline);
    if let Some(desk) = base.and_then(|l| Desk::new(&l.state, None)) {
        was.as_of = desk.board.query.as_of.to_string();
        for claim in &recipe.claims {
            let statement = &claim.statement;
            let figure = statement.figure(desk.brand, desk.data);
            let value = statement.number(figure, desk.l).value.get();
            if let Some(value) = value {
                let then = Then {
                    holds: statement.holds(value),
                    value,
                };
                was.statements.insert(statement.to_string(), then);
            }
        }
    }
    was
}
