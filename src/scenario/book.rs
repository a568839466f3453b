//! Named scenarios, notes, and every step that led to them: what is kept on disk between sessions.
//!
//! A [`Desk`] holds the scenarios of all brands, which one is open, and the notes; an [`Edit`] turns one desk
//! into the next; a [`Book`] is the line of desks that undo and redo walk. The text of a book holds
//! its oldest desk and the edits since then, so both live through a restart:
//!
//! ```text
//! fastdeck scenarios 1
//! dataset 5234807c49fbf3f3 全域人群价值经营指南示例
//! brand guidebook
//! scenario Q4 push
//! is crowd.penetration[genz]=0.25
//! open Q4 push
//! edits
//! set Q4 push
//! is crowd.penetration[genz]=0.25; crowd.aov[*]*=1.1
//! now
//! close
//! ```
//!
//! A step may carry a [`Look`]: what was shown before and after it, as texts that this module does not
//! read. A step without an edit is a look alone: the user changed what is shown, not the desk.
//!
//! The fingerprint ties the book to the data that it was written for: levers of other data may not
//! exist. What cannot be read is told with its line, and nothing is guessed.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use super::{History, Scenario};
use crate::metrics::Day;

/// A scenario with its name.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// Id of the brand that it is about.
    pub brand: String,
    /// One line of text, unique among the scenarios of the brand.
    pub name: String,
    /// What it changes.
    pub scenario: Scenario,
}

/// A note that is pinned to a number, a crowd or a pane, for a day and a slice.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Note {
    /// Id of the brand.
    pub brand: String,
    /// What it is about: a metric (`fast.f`), a crowd (`crowd:genz`), a pane (`pane:aipl`).
    pub on: String,
    /// The day that it is about.
    pub as_of: Day,
    /// The slice that it is about, as `--where` and `--scope` write it; empty for none.
    pub slice: String,
    /// What it says; may have several lines.
    pub text: String,
}

impl Note {
    /// Whether another note stands in the same place.
    fn is_at(&self, other: &Self) -> bool {
        (&self.brand, &self.on, self.as_of, &self.slice)
            == (&other.brand, &other.on, other.as_of, &other.slice)
    }
}

/// What was shown before a step, and after it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Look {
    /// Before.
    pub from: String,
    /// After; empty when it is the same.
    pub to: String,
}

/// A saved view.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct View {
    /// Its name, unique among the views.
    pub name: String,
    /// What it shows; a view that shows nothing is none.
    pub shows: String,
}

/// A step that was taken back or done again.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Walked {
    /// What it did to the desk.
    pub edit: Option<Arc<Edit>>,
    /// What was shown.
    pub look: Option<Arc<Look>>,
}

/// The scenarios, in the order in which they were made, which of them are open, the notes and the
/// saved views.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Desk {
    /// All scenarios.
    pub scenarios: Vec<Arc<Named>>,
    /// All notes, in the order in which they were pinned; one for every place.
    pub notes: Vec<Arc<Note>>,
    /// Saved views, in the order of their numbers.
    pub views: Vec<Arc<View>>,
    /// Positions of the open ones: at most one for every brand.
    open: Vec<usize>,
}

/// One step of the user.
#[derive(Debug, Clone, PartialEq)]
pub enum Edit {
    /// Gives a scenario its changes, makes it where there is none of this name, and opens it.
    Set(Named),
    /// Opens a scenario of a brand.
    Open {
        /// Id of the brand.
        brand: String,
        /// Name of the scenario.
        name: String,
    },
    /// Closes the open scenario of a brand: the numbers are those of the data again.
    Close {
        /// Id of the brand.
        brand: String,
    },
    /// Removes a scenario.
    Remove {
        /// Id of the brand.
        brand: String,
        /// Name of the scenario.
        name: String,
    },
    /// Pins a note in the place of the one that is there; a blank text takes it away.
    Note(Note),
    /// Saves a view in the place of the one of this name; one that shows nothing takes it away.
    View(View),
    /// Gives a scenario another name.
    Rename {
        /// Id of the brand.
        brand: String,
        /// Name of the scenario.
        name: String,
        /// The new name.
        to: String,
    },
}

impl Edit {
    /// The brand that the step is about; empty for what belongs to no brand.
    pub fn brand(&self) -> &str {
        match self {
            Self::Set(named) => &named.brand,
            Self::Note(note) => &note.brand,
            Self::View(_) => "",
            Self::Open { brand, .. }
            | Self::Close { brand }
            | Self::Remove { brand, .. }
            | Self::Rename { brand, .. } => brand,
        }
    }
}

/// Why a step cannot be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refused {
    /// A name is blank.
    Blank,
    /// Another scenario of the brand has the name.
    Taken,
    /// The brand has no scenario of this name, or none is open.
    Unknown,
}

impl Desk {
    /// The open scenario of a brand.
    pub fn open(&self, brand: &str) -> Option<&Arc<Named>> {
        let mut open = self.open.iter().filter_map(|at| self.scenarios.get(*at));
        open.find(|s| s.brand == brand)
    }

    /// The scenario of a brand with this name.
    pub fn get(&self, brand: &str, name: &str) -> Option<&Arc<Named>> {
        self.scenarios.get(self.position(brand, name)?)
    }

    /// The scenarios of a brand, in the order in which they were made.
    pub fn of<'a>(&'a self, brand: &'a str) -> impl Iterator<Item = &'a Arc<Named>> {
        self.scenarios.iter().filter(move |s| s.brand == brand)
    }

    fn position(&self, brand: &str, name: &str) -> Option<usize> {
        let mut each = self.scenarios.iter();
        each.position(|s| s.brand == brand && s.name == name)
    }

    fn close(&mut self, brand: &str) {
        let of_brand = |at: &usize| self.scenarios.get(*at).is_some_and(|s| s.brand == brand);
        self.open.retain(|at| !of_brand(at));
    }

    fn open_at(&mut self, at: usize, brand: &str) {
        self.close(brand);
        self.open.push(at);
        self.open.sort_unstable();
    }

    /// The desk after a step.
    ///
    /// # Errors
    ///
    /// Why the step cannot be done.
    pub fn after(&self, edit: &Edit) -> Result<Self, Refused> {
        let mut desk = self.clone();
        let find = |brand: &str, name: &str| self.position(brand, name).ok_or(Refused::Unknown);
        match edit {
            Edit::Set(named) => desk.set(named)?,
            Edit::Open { brand, name } => desk.open_at(find(brand, name)?, brand),
            Edit::Close { brand } => {
                self.open(brand).ok_or(Refused::Unknown)?;
                desk.close(brand);
            }
            Edit::Remove { brand, name } => desk.remove(find(brand, name)?),
            Edit::Note(note) => desk.pin(note),
            Edit::View(view) => desk.keep(view)?,
            Edit::Rename { brand, name, to } => {
                let at = find(brand, name)?;
                check(to)?;
                if self.position(brand, to).is_some_and(|other| other != at) {
                    return Err(Refused::Taken);
                }
                Arc::make_mut(&mut desk.scenarios[at]).name.clone_from(to);
            }
        }
        Ok(desk)
    }

    fn set(&mut self, named: &Named) -> Result<(), Refused> {
        check(&named.name)?;
        let new = self.scenarios.len();
        let at = self.position(&named.brand, &named.name).unwrap_or(new);
        if at == new {
            self.scenarios.push(Arc::new(named.clone()));
        } else {
            self.scenarios[at] = Arc::new(named.clone());
        }
        self.open_at(at, &named.brand);
        Ok(())
    }

    fn pin(&mut self, note: &Note) {
        let at = self.notes.iter().position(|n| n.is_at(note));
        match (at, note.text.trim().is_empty()) {
            (Some(at), true) => drop(self.notes.remove(at)),
            (Some(at), false) => self.notes[at] = Arc::new(note.clone()),
            (None, true) => {}
            (None, false) => self.notes.push(Arc::new(note.clone())),
        }
    }

    fn keep(&mut self, view: &View) -> Result<(), Refused> {
        check(&view.name)?;
        let at = self.views.iter().position(|v| v.name == view.name);
        match (at, view.shows.is_empty()) {
            (Some(at), true) => drop(self.views.remove(at)),
            (Some(at), false) => self.views[at] = Arc::new(view.clone()),
            (None, true) => {}
            (None, false) => self.views.push(Arc::new(view.clone())),
        }
        Ok(())
    }

    fn remove(&mut self, at: usize) {
        self.scenarios.remove(at);
        self.open.retain(|open| *open != at);
        for open in &mut self.open {
            if *open > at {
                *open -= 1;
            }
        }
    }
}

fn check(name: &str) -> Result<(), Refused> {
    if name.trim().is_empty() {
        return Err(Refused::Blank);
    }
    Ok(())
}

/// A desk with the step that led to it; the oldest one has none.
#[derive(Debug, Clone, Default)]
struct Step {
    desk: Arc<Desk>,
    edit: Option<Arc<Edit>>,
    look: Option<Arc<Look>>,
}

/// What counts is what is on the desk and what was shown; the edit only names how it got there.
impl PartialEq for Step {
    fn eq(&self, other: &Self) -> bool {
        (&self.desk, &self.look) == (&other.desk, &other.look)
    }
}

/// Scenarios and the steps that led to them, tied to a data set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Book {
    /// Fingerprint of the data set.
    pub fingerprint: String,
    /// Name of the data set, for people.
    pub dataset: String,
    /// What was shown last; the next session begins with it.
    pub last: String,
    line: History<Step>,
}

/// A line of a book that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookError {
    /// Line, from 1.
    pub line: usize,
    /// What would have been accepted.
    pub expected: String,
    /// What stands there.
    pub found: String,
}

impl fmt::Display for BookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            expected,
            found,
        } = self;
        write!(f, "line {line}: expected {expected}, found `{found}`")
    }
}

impl std::error::Error for BookError {}

const HEADING: &str = "fastdeck scenarios 1";

impl Book {
    /// An empty book for a data set.
    pub fn new(fingerprint: &str, dataset: &str) -> Self {
        Self {
            fingerprint: fingerprint.to_owned(),
            dataset: dataset.to_owned(),
            ..Self::default()
        }
    }

    /// Whether the book was written for the data set with this fingerprint.
    pub fn is_for(&self, fingerprint: &str) -> bool {
        self.fingerprint == fingerprint
    }

    /// The desk as it is now.
    pub fn desk(&self) -> &Desk {
        &self.line.present().desk
    }

    /// The desk as it is now, to see later whether it is another one.
    pub fn shared_desk(&self) -> Arc<Desk> {
        Arc::clone(&self.line.present().desk)
    }

    /// What the open scenario of a brand changes; nothing when none is open.
    pub fn scenario(&self, brand: &str) -> &Scenario {
        static NOTHING: Scenario = Scenario {
            changes: Vec::new(),
        };
        let open = self.desk().open(brand);
        open.map_or(&NOTHING, |named| &named.scenario)
    }

    /// Does a step; one that changes nothing leaves no trace. Gives whether anything changed.
    ///
    /// # Errors
    ///
    /// Why the step cannot be done.
    pub fn edit(&mut self, edit: Edit) -> Result<bool, Refused> {
        let desk = self.desk().after(&edit)?;
        if desk == *self.desk() {
            return Ok(false);
        }
        self.line.change(Step {
            desk: Arc::new(desk),
            edit: Some(Arc::new(edit)),
            look: None,
        });
        Ok(true)
    }

    /// Says what was shown before and after the step that was done last.
    pub fn shown(&mut self, look: Look) {
        self.line.present_mut().look = Some(Arc::new(look));
    }

    /// A step that changes nothing but what is shown.
    pub fn look(&mut self, look: Look) {
        self.line.change(Step {
            desk: Arc::clone(&self.line.present().desk),
            edit: None,
            look: Some(Arc::new(look)),
        });
    }

    /// Takes the last step back; gives it, or `None` when there is none.
    pub fn undo(&mut self) -> Option<Walked> {
        let undone = self.walked();
        self.line.undo().then_some(undone)
    }

    /// Does the step again that was taken back last; gives it.
    pub fn redo(&mut self) -> Option<Walked> {
        self.line.redo().then(|| self.walked())
    }

    fn walked(&self) -> Walked {
        let Step { edit, look, .. } = self.line.present().clone();
        Walked { edit, look }
    }

    /// Steps that can be taken back, and steps that can be done again.
    pub fn steps(&self) -> (usize, usize) {
        (self.line.undos(), self.line.redos())
    }

    /// The first of `name`, `name 2`, `name 3` … that no scenario of the brand has.
    pub fn free_name(&self, brand: &str, name: &str) -> String {
        let numbered = |n: usize| match n {
            1 => name.to_owned(),
            n => format!("{name} {n}"),
        };
        let is_free = |name: &String| self.desk().get(brand, name).is_none();
        // One of so many names is free: the brand has fewer scenarios.
        let names = self.desk().scenarios.len() + 1;
        (1..=names).map(numbered).find(is_free).unwrap_or_default()
    }

    /// The text that [`Book::parse`] reads back.
    pub fn text(&self) -> String {
        let (states, present) = self.line.states();
        let mut writer = Writer {
            text: format!("{HEADING}\n"),
            brand: String::new(),
        };
        let name = [&self.fingerprint, &self.dataset].map(|t| escaped(t));
        writer.line("dataset", &name.join(" "));
        if !self.last.is_empty() {
            writer.line("last", &escaped(&self.last));
        }
        for (at, step) in states.enumerate() {
            match &step.edit {
                Some(edit) if at > 0 => {
                    writer.edit(edit);
                    if let Some(look) = &step.look {
                        writer.look("seen", look);
                    }
                }
                None if at > 0 => {
                    if let Some(look) = &step.look {
                        writer.look("look", look);
                    }
                }
                _ => {
                    writer.desk(&step.desk);
                    writer.line("edits", "");
                }
            }
            if at == present {
                writer.line("now", "");
            }
        }
        writer.text
    }

    /// Reads a book.
    ///
    /// # Errors
    ///
    /// The first line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, BookError> {
        let mut lines = Lines {
            rest: text,
            line: 0,
        };
        let first = lines.next().unwrap_or((1, ""));
        if first.1 != HEADING {
            return Err(refuse(first, &format!("`{HEADING}`")));
        }
        let second = lines.next().unwrap_or((2, ""));
        let (verb, rest) = verb(second.1);
        if verb != "dataset" {
            return Err(refuse(second, "`dataset FINGERPRINT NAME`"));
        }
        let (fingerprint, name) = rest.split_once(' ').unwrap_or((rest, ""));
        let mut reader = Reader {
            book: Self::new(&unescaped(fingerprint), &unescaped(name)),
            lines,
            brand: String::new(),
        };
        reader.desk()?;
        reader.edits()?;
        Ok(reader.book)
    }
}

struct Writer {
    text: String,
    brand: String,
}

impl Writer {
    fn line(&mut self, verb: &str, rest: &str) {
        let gap = if rest.is_empty() { "" } else { " " };
        writeln!(self.text, "{verb}{gap}{rest}").ok();
    }

    fn named(&mut self, verb: &str, brand: &str, name: &str) {
        if self.brand != brand {
            brand.clone_into(&mut self.brand);
            self.line("brand", &escaped(brand));
        }
        self.line(verb, &escaped(name));
    }

    fn scenario(&mut self, verb: &str, named: &Named) {
        self.named(verb, &named.brand, &named.name);
        self.line("is", &named.scenario.to_string());
    }

    fn note(&mut self, note: &Note) {
        self.named("note", &note.brand, &note.on);
        self.line("at", &note.as_of.to_string());
        self.line("slice", &escaped(&note.slice));
        self.line("says", &escaped(&note.text));
    }

    fn look(&mut self, verb: &str, look: &Look) {
        self.line(verb, &escaped(&look.from));
        self.line("to", &escaped(&look.to));
    }

    fn view(&mut self, view: &View) {
        self.line("view", &escaped(&view.name));
        self.line("shows", &escaped(&view.shows));
    }

    fn desk(&mut self, desk: &Desk) {
        for view in &desk.views {
            self.view(view);
        }
        for note in &desk.notes {
            self.note(note);
        }
        for named in &desk.scenarios {
            self.scenario("scenario", named);
        }
        for open in desk.open.iter().filter_map(|at| desk.scenarios.get(*at)) {
            self.named("open", &open.brand, &open.name);
        }
    }

    fn edit(&mut self, edit: &Edit) {
        match edit {
            Edit::Set(named) => self.scenario("set", named),
            Edit::Note(note) => self.note(note),
            Edit::View(view) => self.view(view),
            Edit::Open { brand, name } => self.named("open", brand, name),
            Edit::Close { brand } => self.named("close", brand, ""),
            Edit::Remove { brand, name } => self.named("remove", brand, name),
            Edit::Rename { brand, name, to } => {
                self.named("rename", brand, name);
                self.line("to", &escaped(to));
            }
        }
    }
}

/// A line with its number, from 1.
type Line<'a> = (usize, &'a str);

fn refuse((line, found): Line<'_>, expected: &str) -> BookError {
    BookError {
        line,
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}

/// The first word of a line and the rest.
fn verb(line: &str) -> (&str, &str) {
    line.split_once(' ').unwrap_or((line, ""))
}

/// The lines of a book that are left; empty ones do not count.
struct Lines<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<Line<'a>> {
        while !self.rest.is_empty() {
            let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
            self.rest = rest;
            self.line += 1;
            let line = line.trim_end();
            if !line.is_empty() {
                return Some((self.line, line));
            }
        }
        None
    }

    /// The next line, which must begin with this word; gives what follows it.
    fn expect(&mut self, word: &str, expected: &str) -> Result<Line<'a>, BookError> {
        let line = self.next().unwrap_or((self.line + 1, ""));
        match verb(line.1) {
            (first, rest) if first == word => Ok((line.0, rest)),
            _ => Err(refuse(line, expected)),
        }
    }
}

struct Reader<'a> {
    book: Book,
    lines: Lines<'a>,
    brand: String,
}

impl Reader<'_> {
    /// The oldest desk, up to `edits`.
    fn desk(&mut self) -> Result<(), BookError> {
        let mut desk = Desk::default();
        loop {
            let line = self.lines.next().unwrap_or((self.lines.line + 1, ""));
            let (word, rest) = verb(line.1);
            match word {
                "edits" => break,
                "brand" => self.brand = unescaped(rest),
                "last" => self.book.last = unescaped(rest),
                "view" => {
                    let view = self.view(rest)?;
                    let kept = desk.keep(&view);
                    kept.map_err(|_| refuse(line, "`view` and a name"))?;
                }
                "scenario" => {
                    let named = self.named(rest)?;
                    let new = desk.get(&named.brand, &named.name).is_none();
                    let after = desk.after(&Edit::Set(named));
                    desk = after
                        .ok()
                        .filter(|_| new)
                        .ok_or_else(|| refuse(line, "`scenario NAME` with a new name"))?;
                    desk.close(&self.brand);
                }
                "note" => desk.pin(&self.note(rest)?),
                "open" => {
                    let edit = self.open(rest);
                    desk = desk
                        .after(&edit)
                        .map_err(|_| refuse(line, "`open` and the name of one of the scenarios"))?;
                }
                _ => {
                    return Err(refuse(
                        line,
                        "`brand`, `note`, `scenario`, `open` or `edits`",
                    ));
                }
            }
        }
        self.book.line = History::new(Step {
            desk: Arc::new(desk),
            edit: None,
            look: None,
        });
        Ok(())
    }

    /// The steps since then, and where the present is.
    fn edits(&mut self) -> Result<(), BookError> {
        let mut back = None;
        while let Some(line) = self.lines.next() {
            let (word, rest) = verb(line.1);
            let edit = match word {
                "brand" => {
                    self.brand = unescaped(rest);
                    continue;
                }
                "now" if back.is_none() => {
                    back = Some(0);
                    continue;
                }
                "seen" if self.book.steps().0 > 0 => {
                    let look = self.look(rest)?;
                    self.book.shown(look);
                    continue;
                }
                "look" => {
                    let look = self.look(rest)?;
                    self.book.look(look);
                    back = back.map(|n| n + 1);
                    continue;
                }
                "set" => Edit::Set(self.named(rest)?),
                "view" => Edit::View(self.view(rest)?),
                "note" => Edit::Note(self.note(rest)?),
                "open" => self.open(rest),
                "close" => Edit::Close {
                    brand: self.brand.clone(),
                },
                "remove" => Edit::Remove {
                    brand: self.brand.clone(),
                    name: unescaped(rest),
                },
                "rename" => Edit::Rename {
                    brand: self.brand.clone(),
                    name: unescaped(rest),
                    to: unescaped(self.lines.expect("to", "`to NAME`")?.1),
                },
                _ => return Err(refuse(line, "a step, or `now` once")),
            };
            match self.book.edit(edit) {
                Ok(true) => back = back.map(|n| n + 1),
                Ok(false) | Err(_) => return Err(refuse(line, "a step that can be done")),
            }
        }
        let back = back.ok_or_else(|| {
            refuse(
                (self.lines.line + 1, ""),
                "`now` after the step that was done last",
            )
        })?;
        for _ in 0..back {
            self.book.undo();
        }
        Ok(())
    }

    fn open(&self, name: &str) -> Edit {
        Edit::Open {
            brand: self.brand.clone(),
            name: unescaped(name),
        }
    }

    fn look(&mut self, from: &str) -> Result<Look, BookError> {
        let to = self.lines.expect("to", "`to` and what was shown")?;
        Ok(Look {
            from: unescaped(from),
            to: unescaped(to.1),
        })
    }

    fn view(&mut self, name: &str) -> Result<View, BookError> {
        let shows = self.lines.expect("shows", "`shows` and a view")?;
        Ok(View {
            name: unescaped(name),
            shows: unescaped(shows.1),
        })
    }

    /// A note of which it was read what it is about.
    fn note(&mut self, on: &str) -> Result<Note, BookError> {
        let at = self.lines.expect("at", "`at YYYY-MM-DD`")?;
        let as_of = Day::parse_iso(at.1).ok_or_else(|| refuse(at, "a day"))?;
        let slice = self.lines.expect("slice", "`slice` and the conditions")?;
        let says = self.lines.expect("says", "`says` and the text")?;
        Ok(Note {
            brand: self.brand.clone(),
            on: unescaped(on),
            as_of,
            slice: unescaped(slice.1),
            text: unescaped(says.1),
        })
    }

    /// A scenario whose name was read; its changes stand on the next line.
    fn named(&mut self, name: &str) -> Result<Named, BookError> {
        let is = self.lines.expect("is", "`is` and the changes")?;
        let scenario = Scenario::parse(is.1).map_err(|e| refuse(is, &e.expected))?;
        Ok(Named {
            brand: self.brand.clone(),
            name: unescaped(name),
            scenario,
        })
    }
}
/// Text on one line: no line break, no space at an end.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let last = text.chars().count().saturating_sub(1);
    for (at, c) in text.chars().enumerate() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            c if c.is_whitespace() && (at == 0 || at == last || c != ' ') => {
                write!(out, "\\u{{{:x}}}", u32::from(c)).ok();
            }
            c => out.push(c),
        }
    }
    out
}

fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut chars = after.chars();
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('u') => {
                let code = chars
                    .as_str()
                    .strip_prefix('{')
                    .and_then(|s| s.split_once('}'));
                let read = code.and_then(|(code, tail)| {
                    let c = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
                    Some((c, tail))
                });
                if let Some((c, tail)) = read {
                    out.push(c);
                    rest = tail;
                    continue;
                }
                out.push('u');
            }
            Some(c) => out.push(c),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(text: &str) -> Scenario {
        Scenario::parse(text).unwrap()
    }

    fn set(brand: &str, name: &str, text: &str) -> Edit {
        Edit::Set(Named {
            brand: brand.into(),
            name: name.into(),
            scenario: scenario(text),
        })
    }

    fn open(brand: &str, name: &str) -> Edit {
        Edit::Open {
            brand: brand.into(),
            name: name.into(),
        }
    }

    fn note(text: &str) -> Edit {
        Edit::Note(Note {
            brand: "oak".into(),
            on: "crowd:genz".into(),
            as_of: Day::parse_iso("2026-11-15").unwrap(),
            slice: "crowd=genz".into(),
            text: text.into(),
        })
    }

    fn book() -> Book {
        let mut book = Book::new("5234807c49fbf3f3", "Demo 演示 ");
        for edit in [
            set("oak", "Q4 push", "crowd.penetration[genz]=25%"),
            set("oak", " 保守 \\ scenario x ", ""),
            set("elm", "Q4 push", "fast.f*=2"),
            open("oak", "Q4 push"),
            set(
                "oak",
                "Q4 push",
                "crowd.penetration[genz]=25%; crowd.aov[*]*=1.1",
            ),
            Edit::Rename {
                brand: "elm".into(),
                name: "Q4 push".into(),
                to: "now".into(),
            },
            Edit::Close {
                brand: "elm".into(),
            },
            note("双 11 预热\n第二行"),
            note("更正"),
            note(" "),
            note(" again "),
        ] {
            assert_eq!(book.edit(edit), Ok(true));
        }
        book
    }

    #[test]
    fn a_place_has_one_note_and_a_blank_one_is_none() {
        let mut book = book();
        let texts = |book: &Book| -> Vec<String> {
            let notes = book.desk().notes.iter();
            notes.map(|n| n.text.clone()).collect()
        };
        assert_eq!(texts(&book), [" again "]);
        book.undo();
        assert_eq!(texts(&book), Vec::<String>::new());
        book.undo();
        assert_eq!(texts(&book), ["更正"]);
    }

    #[test]
    fn every_brand_has_its_own_open_scenario() {
        let book = book();
        let open = book.desk().open("oak").unwrap();
        assert_eq!(open.name, "Q4 push");
        assert_eq!(book.scenario("oak").changes.len(), 2);
        assert!(book.scenario("elm").is_empty() && book.scenario("fir").is_empty());
        assert_eq!(book.desk().of("oak").count(), 2);
        assert_eq!(book.free_name("oak", "Q4 push"), "Q4 push 2");
    }

    #[test]
    fn a_book_reads_back_with_its_steps() {
        let mut book = book();
        for undone in 0..8 {
            let text = book.text();
            assert_eq!(Book::parse(&text), Ok(book.clone()), "{undone}: {text}");
            assert!(book.undo().is_some());
        }
        assert_eq!(book.steps(), (3, 8));
        assert_eq!(Book::parse(&book.text().replace('\n', "\r\n")), Ok(book));
        assert_eq!(Book::parse(&Book::default().text()), Ok(Book::default()));
    }

    #[test]
    fn what_is_forgotten_stays_in_the_oldest_desk() {
        let mut book = book();
        for n in 0..1200 {
            let text = format!("fast.f={n}");
            assert_eq!(book.edit(set("oak", "long", &text)), Ok(true));
        }
        let again = Book::parse(&book.text()).unwrap();
        assert_eq!(again, book);
        while book.undo().is_some() {}
        assert!(book.desk().get("elm", "now").is_some());
    }

    #[test]
    fn steps_that_cannot_be_done_change_nothing() {
        let mut book = book();
        let before = book.clone();
        assert_eq!(book.edit(set("oak", " ", "")), Err(Refused::Blank));
        assert_eq!(book.edit(open("elm", "Q4 push")), Err(Refused::Unknown));
        let rename = |to: &str| Edit::Rename {
            brand: "oak".into(),
            name: "Q4 push".into(),
            to: to.into(),
        };
        let taken = rename(" 保守 \\ scenario x ");
        assert_eq!(book.edit(taken), Err(Refused::Taken));
        assert_eq!(book.edit(rename("Q4 push")), Ok(false));
        assert_eq!(book, before);
    }

    #[test]
    fn removing_keeps_what_is_open() {
        let mut book = book();
        let remove = |brand: &str, name: &str| Edit::Remove {
            brand: brand.into(),
            name: name.into(),
        };
        book.edit(open("elm", "now")).unwrap();
        book.edit(remove("oak", "Q4 push")).unwrap();
        assert!(book.desk().open("oak").is_none());
        assert_eq!(book.desk().open("elm").unwrap().name, "now");
        book.edit(remove("elm", "now")).unwrap();
        assert!(book.desk().open("elm").is_none());
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let line = |text: &str| Book::parse(text).unwrap_err().line;
        assert_eq!(line(""), 1);
        assert_eq!(line("fastdeck scenarios 2\n"), 1);
        assert_eq!(line("fastdeck scenarios 1\n"), 2);
        let head = "fastdeck scenarios 1\ndataset 00 x\nbrand b\n";
        for (tail, at) in [
            ("scenario a\n", 5),
            ("scenario a\nis nothing=1\n", 5),
            ("scenario a\nis\nscenario a\nis\nedits\nnow\n", 6),
            ("open b\n", 4),
            ("edits\n", 5),
            ("edits\nnow\nnow\n", 6),
            ("edits\nclose\nnow\n", 5),
            ("edits\nnow\nset a\nis\nrename a\n", 9),
            ("what\n", 4),
        ] {
            assert_eq!(line(&format!("{head}{tail}")), at, "{tail}");
        }
    }

    #[test]
    fn any_name_stays_one_line() {
        for name in [
            "a\nb",
            "\\",
            "\u{85}x",
            "a\u{2028}y",
            "tab\there",
            "open x",
            "\\u{zz}",
        ] {
            let mut book = Book::new("00", name);
            book.edit(set(name, name, "")).unwrap();
            let text = book.text();
            assert_eq!(Book::parse(&text), Ok(book), "{text:?}");
        }
    }
}
