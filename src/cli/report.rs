//! `fastdeck report`: the weekly review deck, and the same story again on new numbers.
//!
//! Words of a recipe that only the data can check are checked here, each with its place. Everything
//! is made in memory and then written in one step, so an interrupted run leaves nothing behind.

use std::fs;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use super::args::{Report as Arguments, Shared};
use super::environment::Environment;
use super::failure::{self, Failure};
use super::{open, output, query, system_fonts};
use crate::app::{self, Action, Against, Language, Pane, State, ThemeName};
use crate::capture::report::{Choice, Deck, Leaf, Page, Recipe, Text, Tools, Topic, deck};
use crate::data::{self, Shelf};
use crate::facts::{Engine, Slice};
use crate::scenario::{Edit, Scenario};

/// Cells of a picture when no size is given: as wide as a pane needs, and flat enough for a slide.
const SIZE: (u16, u16) = (120, 34);

/// A larger file is no recipe.
const LARGEST: u64 = 4 << 20;

pub(super) fn run(args: &Arguments, environment: &Environment) -> Result<(), Failure> {
    let refused = |error| Failure::File(args.output.clone(), error);
    data::refuse_folder(&args.output, args.force).map_err(refused)?;
    let recipe = recipe(args.recipe.as_deref())?;
    let language = args.shared.language(environment);
    let loaded = open::engine(args.dataset.as_deref(), &args.shared, environment)?;
    let task = Task {
        args,
        environment,
        engine: &loaded.engine,
        shared: laid(&args.shared, &recipe.choice),
        file: args.recipe.as_deref(),
    };
    let leaves = task.leaves(&recipe);
    tell_progress("");
    let leaves = leaves?;
    let recipe = task.resolved(recipe, &leaves);
    let Some(deck) = task.deck(&recipe, &leaves)? else {
        return Err(open::cancelled());
    };
    loaded.check()?;
    task.write(&deck)?;
    tell_missing(&deck, language);
    let names = deck.documents.iter();
    let lines: Vec<String> = names
        .map(|d| format!("{}\n", args.output.join(&d.name).display()))
        .collect();
    output::print(&lines.concat())?;
    loaded.keep(language);
    Ok(())
}

/// The recipe in a file; without one, the usual review.
fn recipe(path: Option<&Path>) -> Result<Recipe, Failure> {
    let Some(path) = path else {
        return Ok(Recipe::default());
    };
    let wrong = |text: String| Failure::Usage(format!("{}: {text}", path.display()));
    let mut text = String::new();
    let read = fs::File::open(path).and_then(|f| f.take(LARGEST + 1).read_to_string(&mut text));
    read.map_err(|error| wrong(error.to_string()))?;
    if text.len() as u64 > LARGEST {
        return Err(wrong("the file is too large for a recipe".to_owned()));
    }
    Recipe::parse(&text).map_err(|error| Failure::Usage(format!("{}:{error}", path.display())))
}

/// The options of the command line where they are given, else those of a recipe.
fn laid(shared: &Shared, choice: &Choice) -> Shared {
    let mut laid = shared.clone();
    let add = |to: &mut Vec<String>, text: &Option<Text>| {
        if to.is_empty() {
            to.extend(text.as_ref().map(|t| t.text.clone()));
        }
    };
    add(&mut laid.brands, &choice.brand);
    add(&mut laid.filter, &choice.filter);
    add(&mut laid.scope, &choice.scope);
    if laid.what_if.is_empty() {
        laid.what_if_name.clone_from(&choice.what_if_name);
        add(&mut laid.what_if, &choice.what_if);
    }
    if laid.against == Against::default() {
        laid.against = choice.against.unwrap_or_default();
    }
    laid.size = laid.size.or(choice.size);
    laid
}

/// The options of a page: its own, else those of the deck.
fn of_page(shared: &Shared, choice: &Choice) -> Shared {
    let mut own = shared.clone();
    let put = |to: &mut Vec<String>, text: &Option<Text>| {
        if let Some(text) = text {
            *to = vec![text.text.clone()];
        }
    };
    put(&mut own.brands, &choice.brand);
    put(&mut own.filter, &choice.filter);
    put(&mut own.scope, &choice.scope);
    put(&mut own.what_if, &choice.what_if);
    if choice.what_if.is_some() || choice.what_if_name.is_some() {
        own.what_if_name.clone_from(&choice.what_if_name);
    }
    own.against = choice.against.unwrap_or(own.against);
    own.size = choice.size.or(own.size);
    own
}

/// What the numbers of a page are of.
#[derive(Debug, Clone, PartialEq)]
struct View {
    brand: usize,
    slice: Slice,
    against: Against,
    scenario: Scenario,
    name: Option<String>,
}

/// A deck in the making.
struct Task<'a> {
    args: &'a Arguments,
    environment: &'a Environment,
    engine: &'a Arc<Engine>,
    /// The options of the deck.
    shared: Shared,
    /// The file of the recipe.
    file: Option<&'a Path>,
}

impl Task<'_> {
    /// The pages with their states. A view that several pages show is computed once.
    fn leaves(&self, recipe: &Recipe) -> Result<Vec<Leaf>, Failure> {
        self.check_claims(recipe)?;
        let base = self.blank()?;
        let mut known: Vec<(View, State)> = Vec::new();
        let mut leaves = Vec::new();
        for page in recipe.pages() {
            let shared = of_page(&self.shared, &page.choice);
            let view = self.view(&shared, &page)?;
            tell_progress(page.topic.id());
            let at = known.iter().position(|(v, _)| *v == view);
            let mut state = if let Some(at) = at {
                known[at].1.clone()
            } else {
                let state = self.computed(&base, &view)?;
                known.push((view, state.clone()));
                state
            };
            state.size = shared.size.unwrap_or(SIZE);
            if let Topic::Pane(pane) = page.topic {
                let effects = app::update(&mut state, Action::Show(pane));
                app::settle(&mut state, effects);
            }
            leaves.push(Leaf { page, state });
        }
        Ok(leaves)
    }

    /// The state before there are data.
    fn blank(&self) -> Result<State, Failure> {
        query::definitions(&self.shared, self.engine.dataset())?;
        let mut state = open::state(&self.shared, Some(Pane::Fast), self.environment)?;
        let asked = self.shared.theme(self.environment)?;
        state.theme = asked.unwrap_or(ThemeName::Light);
        state.origin = open::origin(self.args.dataset.as_deref());
        Ok(state)
    }

    /// What a page shows, in the words of the data set.
    fn view(&self, shared: &Shared, page: &Page) -> Result<View, Failure> {
        let placed = |text: &Option<Text>| {
            let place = text.as_ref().map(|t| (t.line, t.column));
            move |failure| self.placed(failure, place)
        };
        let choice = &page.choice;
        let conditions = if choice.filter.is_some() {
            &choice.filter
        } else {
            &choice.scope
        };
        Ok(View {
            brand: query::focused_brand(shared, self.engine).map_err(placed(&choice.brand))?,
            slice: query::slice(shared, self.engine).map_err(placed(conditions))?,
            against: shared.against,
            scenario: query::scenario(shared, self.engine.dataset())
                .map_err(placed(&choice.what_if))?,
            name: shared.what_if_name.clone(),
        })
    }

    /// A failure about a text of the recipe, with its place.
    fn placed(&self, failure: Failure, place: Option<(usize, usize)>) -> Failure {
        match (failure, place, self.file) {
            (Failure::Usage(text), Some((line, column)), Some(file)) => {
                Failure::Usage(format!("{}:{line}:{column}: {text}", file.display()))
            }
            (failure, ..) => failure,
        }
    }

    /// The state of a view, computed, with the notes and scenarios that are kept for the data set.
    fn computed(&self, base: &State, view: &View) -> Result<State, Failure> {
        let mut state = base.clone();
        let data = self.engine.dataset();
        state.slice = view.slice.clone();
        state.against = view.against;
        state.wanted.brand = data.brands.get(view.brand).map(|b| b.id.clone());
        app::open(&mut state, Arc::clone(self.engine));
        self.read_book(&mut state);
        let mut shared = self.shared.clone();
        shared.what_if_name.clone_from(&view.name);
        open::propose(&mut state, &shared, view.scenario.clone());
        if self.engine.is_lost() {
            let text = "the data set changed while it was read; run the command again";
            return Err(Failure::Dashboard(text.to_owned()));
        }
        Ok(state)
    }

    /// Scenarios and notes as they are kept. None is open: the deck tells the data as they are.
    fn read_book(&self, state: &mut State) {
        let fingerprint = &self.engine.dataset().fingerprint;
        let Some(home) = &self.environment.home else {
            return;
        };
        let Some(mut book) = Shelf::new(home).read(fingerprint).own else {
            return;
        };
        for brand in &self.engine.dataset().brands {
            // Refused where none is open, which is as wanted.
            book.edit(Edit::Close {
                brand: brand.id.clone(),
            })
            .ok();
        }
        state.book = book;
    }

    /// A crowd that the data set does not have is wrong usage, not a statement that cannot be told.
    fn check_claims(&self, recipe: &Recipe) -> Result<(), Failure> {
        let data = self.engine.dataset();
        for claim in &recipe.claims {
            if let Some(item) = claim.statement.item.as_deref().filter(|i| *i != "*")
                && claim.statement.metric.id.starts_with("crowd.")
            {
                query::crowd(item, data).map_err(|f| self.placed(f, Some(claim.place)))?;
            }
        }
        Ok(())
    }

    /// The recipe with what it was used with, so that it makes the same deck without options.
    fn resolved(&self, mut recipe: Recipe, leaves: &[Leaf]) -> Recipe {
        let text = |texts: &[String]| {
            let text = texts.join("; ");
            (!text.is_empty()).then(|| Text {
                text,
                ..Text::default()
            })
        };
        let base = leaves.iter().find(|l| l.page.topic == Topic::Headline);
        let brand = base.map(|l| l.state.brand_id().to_owned());
        recipe.choice = Choice {
            brand: text(&match self.shared.brands.as_slice() {
                [] => brand.into_iter().collect::<Vec<_>>(),
                given => given.to_vec(),
            }),
            filter: text(&self.shared.filter),
            scope: text(&self.shared.scope),
            against: Some(self.shared.against).filter(|a| *a != Against::default()),
            what_if: text(&self.shared.what_if),
            what_if_name: self.shared.what_if_name.clone(),
            size: self.shared.size,
        };
        recipe
    }

    fn deck(&self, recipe: &Recipe, leaves: &[Leaf]) -> Result<Option<Deck>, Failure> {
        let mut progress = |at: usize, of: usize, title: &str| {
            tell_progress(&format!("{at}/{of} {title}"));
            true
        };
        let mut tools = Tools {
            fonts: &system_fonts::with,
            progress: &mut progress,
        };
        let made = deck(recipe, leaves, &mut tools);
        tell_progress("");
        made.map_err(|error| Failure::File(self.args.output.clone(), error))
    }

    /// Writes the folder. Until now there is nothing to clean up; from here on an interrupt is
    /// heard between two files.
    fn write(&self, deck: &Deck) -> Result<(), Failure> {
        let documents = deck.documents.iter();
        let files: Vec<data::Entry> = documents
            .map(|d| (d.name.as_str(), d.bytes.as_slice()))
            .collect();
        let stop = Stop::listen();
        let path = &self.args.output;
        let whole = data::write_folder(path, &files, self.args.force, &is_ours, &|| !stop.heard());
        match whole {
            Ok(true) => Ok(()),
            Ok(false) => Err(Failure::Ended(stop.code())),
            Err(error) => Err(Failure::File(path.clone(), error)),
        }
    }
}

/// Says on a terminal what is being done, in the place of what was said before.
fn tell_progress(text: &str) {
    let mut out = io::stderr();
    if out.is_terminal() {
        let text = output::visible(text);
        write!(out, "\r\u{1b}[K{text}")
            .and_then(|()| out.flush())
            .ok();
    }
}

/// Whether a file may be part of a deck.
fn is_ours(name: &str) -> bool {
    const OWN: [&str; 4] = ["review.html", "review.md", "review.toml", "review.xlsx"];
    let frame = |rest: &str| {
        let (stem, ending) = rest.rsplit_once('.').unwrap_or_default();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !stem.is_empty() && stem.chars().all(plain) && matches!(ending, "svg" | "png")
    };
    OWN.contains(&name) || name.strip_prefix("frames/").is_some_and(frame)
}

/// Interrupts while the folder is written.
struct Stop {
    #[cfg(unix)]
    heard: Arc<std::sync::atomic::AtomicU8>,
    #[cfg(unix)]
    _runtime: Option<tokio::runtime::Runtime>,
}

#[cfg(unix)]
impl Stop {
    /// Hangup, interrupt, terminate.
    const ENDING: [u8; 3] = [1, 2, 15];

    /// Hears the signals that would end the program. Where that is not possible they end it.
    fn listen() -> Self {
        use std::sync::atomic::{AtomicU8, Ordering};
        use tokio::signal::unix::{SignalKind, signal};
        let heard = Arc::new(AtomicU8::new(0));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .ok();
        if let Some(runtime) = &runtime {
            let _inside = runtime.enter();
            for number in Self::ENDING {
                if let Ok(mut signals) = signal(SignalKind::from_raw(i32::from(number))) {
                    let heard = Arc::clone(&heard);
                    runtime.spawn(async move {
                        signals.recv().await;
                        heard.store(number, Ordering::Relaxed);
                    });
                }
            }
        }
        Self {
            heard,
            _runtime: runtime,
        }
    }

    fn number(&self) -> u8 {
        self.heard.load(std::sync::atomic::Ordering::Relaxed)
    }

    fn heard(&self) -> bool {
        self.number() > 0
    }

    fn code(&self) -> u8 {
        128 + self.number()
    }
}

#[cfg(not(unix))]
impl Stop {
    fn listen() -> Self {
        Self {}
    }

    fn heard(&self) -> bool {
        false
    }

    fn code(&self) -> u8 {
        1
    }
}

/// Says which characters are boxes.
fn tell_missing(deck: &Deck, language: Language) {
    if deck.missing.is_empty() {
        return;
    }
    let list: String = deck.missing.iter().take(10).collect();
    let n = deck.missing.len();
    failure::tell(&match language {
        Language::Zh => format!("{n} 个字符没有可用字体，画成了方框：{list}"),
        Language::En => format!("{n} characters are in no font and drawn as boxes: {list}"),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_a_deck_are_ours() {
        for own in ["review.html", "review.xlsx", "frames/02-fast-plus.png"] {
            assert!(is_ours(own), "{own}");
        }
        for other in [
            "notes.txt",
            "frames/a.jpg",
            "frames/A.png",
            "frames/x/",
            "frames/.png",
        ] {
            assert!(!is_ours(other), "{other}");
        }
    }
}
