//! The recipe of a deck: which pages, which statements, and what the last run found.
//!
//! A recipe is TOML, written by hand or by the last run, and knows no data: brands, crowds and
//! slices are looked up by whoever opens them. What it cannot be read as is told with line, column,
//! what was expected and what was found; nothing is guessed and no key is ignored.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::statement::Statement;
use crate::app::{Against, Pane};

/// What a page of a deck shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Topic {
    /// What moved most, the statements, and what changed sign.
    Headline,
    /// A pane of the dashboard: its picture and its figures.
    Pane(Pane),
    /// The notes of the day and slice.
    Notes,
    /// Files, rows, rejected rows, warnings.
    Quality,
    /// Definitions that differ, and the formulas of the metrics used.
    Definitions,
}

impl Topic {
    /// The word in a recipe.
    pub fn id(self) -> &'static str {
        match self {
            Self::Headline => "headline",
            Self::Pane(pane) => pane.id(),
            Self::Notes => "notes",
            Self::Quality => "quality",
            Self::Definitions => "definitions",
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        let panes = Pane::ALL.into_iter().map(Self::Pane);
        let own = [
            Self::Headline,
            Self::Notes,
            Self::Quality,
            Self::Definitions,
        ];
        own.into_iter().chain(panes)
    }
}

/// A text of a recipe, and where it stands; line and column count from 1, 0 = nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Its line.
    pub line: usize,
    /// Its column, in characters.
    pub column: usize,
}

/// Which numbers are meant; what is left out is as for the whole deck.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Choice {
    /// Id or name of the brand.
    pub brand: Option<Text>,
    /// Conditions on consumers, as `--where` takes them.
    pub filter: Option<Text>,
    /// Conditions on events, as `--scope` takes them.
    pub scope: Option<Text>,
    /// What the numbers are compared with.
    pub against: Option<Against>,
    /// Changes over the data, as `--what-if` takes them.
    pub what_if: Option<Text>,
    /// How the what-if is called.
    pub what_if_name: Option<String>,
    /// Columns and rows of the picture.
    pub size: Option<(u16, u16)>,
}

/// A page of a deck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// What it shows.
    pub topic: Topic,
    /// Of which numbers.
    pub choice: Choice,
    /// Text that is carried over from deck to deck.
    pub note: Option<String>,
}

/// A statement with the words for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// When it holds.
    pub statement: Statement,
    /// Where the condition stands.
    pub place: (usize, usize),
    /// What is said.
    pub text: String,
}

/// A figure as the last run found it, in the unit of its metric.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Old {
    /// Its value.
    pub now: Option<f64>,
    /// now − against.
    pub delta: Option<f64>,
    /// now − target.
    pub gap: Option<f64>,
}

/// A statement as the last run found it.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Then {
    /// Whether it held.
    pub holds: bool,
    /// The value that decided.
    pub value: f64,
}

/// What the last run found.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Was {
    /// Its day.
    #[serde(default)]
    pub as_of: String,
    /// Statements by their condition.
    #[serde(default)]
    pub statements: BTreeMap<String, Then>,
    /// Figures by view (brand, comparison, slice, what-if), then by metric and item.
    #[serde(default)]
    pub figures: BTreeMap<String, BTreeMap<String, Old>>,
}

/// A recipe.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Recipe {
    /// Title of the deck.
    pub title: Option<String>,
    /// Which numbers, unless a page says otherwise.
    pub choice: Choice,
    /// The pages in order.
    pub pages: Vec<Page>,
    /// The statements in order.
    pub claims: Vec<Claim>,
    /// What the last run found.
    pub was: Option<Was>,
}

/// Text that is no recipe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipeError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong: what was expected and what was found.
    pub message: String,
}

impl fmt::Display for RecipeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for RecipeError {}

// -- reading ----------------------------------------------------------------------------------

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRecipe {
    title: Option<String>,
    brand: Option<Spanned<String>>,
    #[serde(rename = "where")]
    filter: Option<Spanned<String>>,
    scope: Option<Spanned<String>>,
    against: Option<Spanned<String>>,
    what_if: Option<Spanned<String>>,
    what_if_name: Option<String>,
    size: Option<Spanned<String>>,
    #[serde(default)]
    page: Vec<RawPage>,
    #[serde(default)]
    statement: Vec<RawStatement>,
    was: Option<Was>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPage {
    pane: Spanned<String>,
    brand: Option<Spanned<String>>,
    #[serde(rename = "where")]
    filter: Option<Spanned<String>>,
    scope: Option<Spanned<String>>,
    against: Option<Spanned<String>>,
    what_if: Option<Spanned<String>>,
    what_if_name: Option<String>,
    size: Option<Spanned<String>>,
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStatement {
    #[serde(rename = "if")]
    condition: Spanned<String>,
    text: String,
}

/// The text that is read, for places in it.
struct Reader<'t> {
    text: &'t str,
}

impl Reader<'_> {
    fn place(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        (line, before[start..].chars().count() + 1)
    }

    fn error(&self, span: &Range<usize>, message: String) -> RecipeError {
        let (line, column) = self.place(span.start);
        RecipeError {
            line,
            column,
            message,
        }
    }

    fn expected(&self, found: &Spanned<String>, expected: &str) -> RecipeError {
        let message = format!("expected {expected}, found `{}`", found.get_ref());
        self.error(&found.span(), message)
    }

    fn text(&self, found: Option<Spanned<String>>) -> Option<Text> {
        let found = found?;
        let (line, column) = self.place(found.span().start);
        Some(Text {
            text: found.into_inner(),
            line,
            column,
        })
    }

    fn against(&self, found: Option<Spanned<String>>) -> Result<Option<Against>, RecipeError> {
        const WORDS: &str =
            "`previous-week`, `previous-month`, `year-ago` or a date as `YYYY-MM-DD`";
        let read = |found: Spanned<String>| {
            Against::parse(found.get_ref()).ok_or_else(|| self.expected(&found, WORDS))
        };
        found.map(read).transpose()
    }

    fn size(&self, found: Option<Spanned<String>>) -> Result<Option<(u16, u16)>, RecipeError> {
        let read = |found: Spanned<String>| {
            let part = |t: &str| t.trim().parse().ok().filter(|n| (20..=400).contains(n));
            let split = found.get_ref().split_once(['x', 'X', '×']);
            let size = split.and_then(|(columns, rows)| Some((part(columns)?, part(rows)?)));
            size.ok_or_else(|| self.expected(&found, "columns and rows from 20 to 400 as `120x36`"))
        };
        found.map(read).transpose()
    }

    fn page(&self, raw: RawPage) -> Result<Page, RecipeError> {
        let topic = Topic::all().find(|t| t.id() == raw.pane.get_ref());
        let topic = topic.ok_or_else(|| {
            let ids: Vec<&str> = Topic::all().map(Topic::id).collect();
            self.expected(&raw.pane, &format!("one of {}", ids.join(", ")))
        })?;
        Ok(Page {
            topic,
            choice: Choice {
                brand: self.text(raw.brand),
                filter: self.text(raw.filter),
                scope: self.text(raw.scope),
                against: self.against(raw.against)?,
                what_if: self.text(raw.what_if),
                what_if_name: raw.what_if_name,
                size: self.size(raw.size)?,
            },
            note: raw.note.filter(|n| !n.trim().is_empty()),
        })
    }

    fn claim(&self, raw: RawStatement) -> Result<Claim, RecipeError> {
        let span = raw.condition.span();
        let statement = Statement::parse(raw.condition.get_ref())
            .map_err(|error| self.error(&span, error.to_string()))?;
        Ok(Claim {
            statement,
            place: self.place(span.start),
            text: raw.text,
        })
    }
}

impl Default for Page {
    fn default() -> Self {
        Self::of(Topic::Headline)
    }
}

impl Page {
    /// A page of the numbers of the deck.
    pub fn of(topic: Topic) -> Self {
        Self {
            topic,
            choice: Choice::default(),
            note: None,
        }
    }
}

impl Recipe {
    /// Reads a recipe.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, with its place.
    pub fn parse(text: &str) -> Result<Self, RecipeError> {
        let reader = Reader { text };
        let raw: RawRecipe = toml::from_str(text).map_err(|error| {
            let said = error.message().trim().replace('\n', "; ");
            reader.error(&error.span().unwrap_or_default(), said)
        })?;
        let pages = raw.page.into_iter().map(|page| reader.page(page));
        let claims = raw.statement.into_iter().map(|claim| reader.claim(claim));
        Ok(Self {
            title: raw.title.filter(|t| !t.trim().is_empty()),
            choice: Choice {
                brand: reader.text(raw.brand),
                filter: reader.text(raw.filter),
                scope: reader.text(raw.scope),
                against: reader.against(raw.against)?,
                what_if: reader.text(raw.what_if),
                what_if_name: raw.what_if_name,
                size: reader.size(raw.size)?,
            },
            pages: pages.collect::<Result<_, _>>()?,
            claims: claims.collect::<Result<_, _>>()?,
            was: raw.was,
        })
    }

    /// The pages, those of the usual review where the recipe names none; the headline comes first
    /// unless the recipe puts it elsewhere.
    pub fn pages(&self) -> Vec<Page> {
        let mut pages = self.pages.clone();
        if pages.is_empty() {
            let usual = [
                Pane::Fast,
                Pane::FastPlus,
                Pane::Crowds,
                Pane::Aipl,
                Pane::Gmv,
                Pane::Scenarios,
            ];
            pages.extend(usual.map(|pane| Page::of(Topic::Pane(pane))));
            pages.extend([Topic::Notes, Topic::Quality, Topic::Definitions].map(Page::of));
        }
        if pages.iter().all(|p| p.topic != Topic::Headline) {
            pages.insert(0, Page::of(Topic::Headline));
        }
        pages
    }
}

// -- writing ----------------------------------------------------------------------------------

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn line(out: &mut String, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        let _ = writeln!(out, "{key} = {}", quoted(value));
    }
}

/// A number that TOML reads back as the same double.
fn float(x: f64) -> String {
    let text = crate::export::number(x);
    if text.contains(['.', 'e']) {
        text
    } else {
        format!("{text}.0")
    }
}

impl Choice {
    fn write(&self, out: &mut String) {
        let text = |t: &Option<Text>| t.as_ref().map(|t| t.text.clone());
        let size = self.size.map(|(w, h)| format!("{w}x{h}"));
        line(out, "brand", text(&self.brand).as_deref());
        line(out, "where", text(&self.filter).as_deref());
        line(out, "scope", text(&self.scope).as_deref());
        line(
            out,
            "against",
            self.against.map(|a| a.to_string()).as_deref(),
        );
        line(out, "what_if", text(&self.what_if).as_deref());
        line(out, "what_if_name", self.what_if_name.as_deref());
        line(out, "size", size.as_deref());
    }
}

impl Recipe {
    /// The recipe as TOML, which reads back to the same recipe.
    pub fn write(&self) -> String {
        let mut out = String::new();
        line(&mut out, "title", self.title.as_deref());
        self.choice.write(&mut out);
        for page in self.pages() {
            let _ = writeln!(out, "\n[[page]]\npane = {}", quoted(page.topic.id()));
            page.choice.write(&mut out);
            line(&mut out, "note", page.note.as_deref());
        }
        for claim in &self.claims {
            let condition = quoted(&claim.statement.to_string());
            let _ = writeln!(out, "\n[[statement]]\nif = {condition}");
            line(&mut out, "text", Some(&claim.text));
        }
        if let Some(was) = &self.was {
            was.write(&mut out);
        }
        out
    }
}

impl Was {
    fn write(&self, out: &mut String) {
        let _ = writeln!(out, "\n[was]\nas_of = {}", quoted(&self.as_of));
        if !self.statements.is_empty() {
            out.push_str("\n[was.statements]\n");
        }
        for (condition, then) in &self.statements {
            let (holds, value) = (then.holds, float(then.value));
            let _ = writeln!(
                out,
                "{} = {{ holds = {holds}, value = {value} }}",
                quoted(condition)
            );
        }
        for (view, figures) in &self.figures {
            let _ = writeln!(out, "\n[was.figures.{}]", quoted(view));
            for (key, old) in figures {
                let parts = [("now", old.now), ("delta", old.delta), ("gap", old.gap)];
                let parts = parts.iter().filter_map(|(name, x)| Some((name, (*x)?)));
                let parts: Vec<String> = parts
                    .map(|(name, x)| format!("{name} = {}", float(x)))
                    .collect();
                let _ = writeln!(out, "{} = {{ {} }}", quoted(key), parts.join(", "));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECIPE: &str = "title = \"第 46 周\"\nbrand = \"oak\"\n\n[[page]]\npane = \"crowds\"\nwhere = \"crowd=genz\"\nagainst = \"year-ago\"\nsize = \"120x30\"\nnote = \"a\\n\\\"b\\\"\"\n\n[[statement]]\nif = \"crowd.gap[genz] < 0\"\ntext = \"Z世代未达标\"\n\n[was]\nas_of = \"2026-11-08\"\n[was.statements]\n\"crowd.gap[genz] < 0\" = { holds = true, value = -5 }\n[was.figures.\"oak | previous-week\"]\n\"fast.f\" = { now = 1e300, delta = -0.1 }\n";

    #[test]
    fn what_is_written_reads_back() {
        let recipe = Recipe::parse(RECIPE).unwrap();
        assert_eq!(recipe.pages.len(), 1);
        assert_eq!(recipe.pages().len(), 2);
        let text = recipe.write();
        let again = Recipe::parse(&text).unwrap();
        assert_eq!(again.write(), text);
        assert_eq!(again.was, recipe.was);
        assert_eq!(again.pages[1].note, recipe.pages[0].note);
        assert_eq!(again.pages[1].choice.against, Some(Against::YearAgo));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        for (text, place, said) in [
            ("titel = \"x\"", (1, 1), "unknown field `titel`"),
            ("[[page]]\npane = \"fats\"", (2, 8), "found `fats`"),
            ("[[page]]\npane = \"fast\"\nsize = \"12\"", (3, 8), "120x36"),
            ("[[page]]\npane = 3", (2, 8), "expected a string"),
            (
                "[[page]]\npane = \"fast\"\nagainst = \"monday\"",
                (3, 11),
                "previous-week",
            ),
            (
                "[[statement]]\ntext = \"x\"\nif = \"fast.x > 1\"",
                (3, 6),
                "fast.x",
            ),
            ("[[page]]\n", (1, 1), "missing field `pane`"),
            ("a = ", (1, 5), ""),
        ] {
            let error = Recipe::parse(text).unwrap_err();
            assert!(error.message.contains(said), "{text}: {error}");
            assert_eq!((error.line, error.column), place, "{text}: {error}");
        }
    }

    #[test]
    fn the_usual_review_opens_with_the_headline() {
        let topics: Vec<&str> = Recipe::default()
            .pages()
            .iter()
            .map(|p| p.topic.id())
            .collect();
        assert_eq!(topics[..3], ["headline", "fast", "fast-plus"]);
        assert_eq!(topics.last(), Some(&"definitions"));
    }
}
