//! Named scenarios as text: what is kept on disk between two sessions.
//!
//! ```text
//! fastdeck scenarios 1
//! dataset 5234807c49fbf3f3 全域人群价值经营指南示例
//! scenario Q4 push
//! crowd.penetration[genz]=0.25
//! @ crowd.penetration[genz]=0.25; crowd.aov[*]*=1.1
//! crowd.aov[*]*=1.1
//! open Q4 push
//! ```
//!
//! One line per state of a scenario's history, the present one marked by `@`; so undo and redo live
//! through a restart. The fingerprint ties the book to the data that it was written for: levers of
//! other data may not exist. What cannot be read is told with its line, and nothing is guessed.

use std::fmt::{self, Write as _};

use super::{History, Scenario};

/// Scenarios by name, tied to a data set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Book {
    /// Fingerprint of the data set.
    pub fingerprint: String,
    /// Name of the data set, for people.
    pub dataset: String,
    /// The scenarios, in the order in which they were made. Names are unique and not empty.
    pub scenarios: Vec<Named>,
    /// Position of the scenario that is open.
    pub open: Option<usize>,
}

/// A scenario with its name and history.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// One line of text.
    pub name: String,
    /// Its states.
    pub history: History<Scenario>,
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

    /// The scenario of a name.
    pub fn get(&self, name: &str) -> Option<&Named> {
        self.scenarios.iter().find(|s| s.name == name)
    }

    /// Adds a scenario and opens it; `false` when the name is taken or blank.
    pub fn add(&mut self, name: &str, scenario: Scenario) -> bool {
        let name = name.trim();
        if name.is_empty() || self.get(name).is_some() {
            return false;
        }
        self.open = Some(self.scenarios.len());
        self.scenarios.push(Named {
            name: name.to_owned(),
            history: History::new(scenario),
        });
        true
    }

    /// Removes a scenario; what was open stays open unless it was this one. `false` when there is
    /// none of this name.
    pub fn remove(&mut self, name: &str) -> bool {
        let Some(at) = self.position(name) else {
            return false;
        };
        self.scenarios.remove(at);
        self.open = match self.open {
            Some(open) if open == at => None,
            Some(open) if open > at => Some(open - 1),
            other => other,
        };
        true
    }

    /// The text that [`Book::parse`] reads back.
    pub fn text(&self) -> String {
        let mut text = format!("{HEADING}\n");
        writeln!(
            text,
            "dataset {} {}",
            escaped(&self.fingerprint),
            escaped(&self.dataset)
        )
        .ok();
        for named in &self.scenarios {
            writeln!(text, "scenario {}", escaped(&named.name)).ok();
            let (states, present) = named.history.states();
            for (at, state) in states.enumerate() {
                let mark = if at == present { "@ " } else { "" };
                let state = state.to_string();
                let state = if state.is_empty() { "-" } else { &state };
                writeln!(text, "{mark}{state}").ok();
            }
        }
        if let Some(open) = self.open.and_then(|at| self.scenarios.get(at)) {
            writeln!(text, "open {}", escaped(&open.name)).ok();
        }
        text
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
        let mut book = second
            .1
            .strip_prefix("dataset")
            .map(|rest| rest.strip_prefix(' ').unwrap_or(rest))
            .map(|rest| rest.split_once(' ').unwrap_or((rest, "")))
            .map(|(fingerprint, name)| Self::new(&unescaped(fingerprint), &unescaped(name)))
            .ok_or_else(|| refuse(second, "`dataset FINGERPRINT NAME`"))?;
        while let Some(line) = lines.next() {
            if let Some(name) = line.1.strip_prefix("open ") {
                book.open = Some(
                    book.position(&unescaped(name))
                        .ok_or_else(|| refuse(line, "the name of one of the scenarios"))?,
                );
                continue;
            }
            let name = line.1.strip_prefix("scenario ").map(unescaped);
            let name = name.filter(|n| !n.trim().is_empty() && book.get(n).is_none());
            let name = name.ok_or_else(|| refuse(line, "`scenario NAME` with a new name"))?;
            let history = lines.history(line)?;
            book.scenarios.push(Named { name, history });
        }
        Ok(book)
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.scenarios.iter().position(|s| s.name == name)
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

    /// The next line, unless it begins something new.
    fn next_state(&mut self) -> Option<Line<'a>> {
        let (rest, line) = (self.rest, self.line);
        let next = self.next()?;
        if is_heading(next.1) {
            (self.rest, self.line) = (rest, line);
            return None;
        }
        Some(next)
    }

    /// The states under the heading of a scenario.
    fn history(&mut self, heading: Line<'_>) -> Result<History<Scenario>, BookError> {
        let (mut states, mut present) = (Vec::new(), None);
        while let Some(state) = self.next_state() {
            let (marked, text) = match state.1.strip_prefix("@ ") {
                Some(rest) => (true, rest),
                None => (false, state.1),
            };
            if marked && present.replace(states.len()).is_some() {
                return Err(refuse(state, "one state marked by `@`"));
            }
            let text = if text == "-" { "" } else { text };
            states.push(Scenario::parse(text).map_err(|e| refuse(state, &e.expected))?);
        }
        let history = present.and_then(|at| History::of(states, at));
        history.ok_or_else(|| refuse(heading, "a state marked by `@` below"))
    }
}

fn is_heading(line: &str) -> bool {
    line.starts_with("scenario ") || line.starts_with("open ")
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

    fn book() -> Book {
        let mut book = Book::new("5234807c49fbf3f3", "Demo 演示 ");
        assert!(book.add("Q4 push", scenario("crowd.penetration[genz]=25%")));
        assert!(book.add(" 保守 \\ scenario x ", Scenario::default()));
        assert!(!book.add("Q4 push", Scenario::default()) && !book.add(" ", Scenario::default()));
        let first = &mut book.scenarios[0].history;
        first.change(scenario("crowd.penetration[genz]=25%; crowd.aov[*]*=1.1"));
        first.change(scenario("fast.f*=2"));
        first.undo();
        book
    }

    #[test]
    fn a_book_reads_back_with_its_histories() {
        let book = book();
        let text = book.text();
        assert_eq!(Book::parse(&text), Ok(book.clone()), "{text}");
        assert!(book.is_for("5234807c49fbf3f3") && !book.is_for("0"));
        assert_eq!(Book::parse(&Book::default().text()), Ok(Book::default()));
        let mut crlf = Book::parse(&text.replace('\n', "\r\n")).unwrap();
        assert!(crlf.scenarios[0].history.redo());
    }

    #[test]
    fn removing_keeps_what_is_open() {
        let mut book = book();
        assert_eq!(book.open, Some(1));
        assert!(book.remove("Q4 push") && !book.remove("Q4 push"));
        assert_eq!(book.open, Some(0));
        let name = book.scenarios[0].name.clone();
        assert!(book.remove(&name));
        assert_eq!(book.open, None);
    }

    #[test]
    fn what_cannot_be_read_is_told_with_its_line() {
        let line = |text: &str| Book::parse(text).unwrap_err().line;
        assert_eq!(line(""), 1);
        assert_eq!(line("fastdeck scenarios 2\n"), 1);
        assert_eq!(line("fastdeck scenarios 1\n"), 2);
        let head = "fastdeck scenarios 1\ndataset 00 x\n";
        for (tail, at) in [
            ("scenario a\n", 3),
            ("scenario a\n-\n", 3),
            ("scenario a\n@ -\n@ -\n", 5),
            ("scenario a\n@ nothing=1\n", 4),
            ("scenario a\n@ -\nscenario a\n@ -\n", 5),
            ("open b\n", 3),
            ("what\n", 3),
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
            "\u{2028}",
            "tab\there",
            "open x",
            "\\u{zz}",
        ] {
            let mut book = Book::new("00", name);
            book.add(name, Scenario::default());
            let text = book.text();
            assert_eq!(Book::parse(&text), Ok(book), "{text:?}");
        }
    }
}
