//! Collects problems: every text is cleaned, repetitions are folded, nothing is lost in number.

use rustc_hash::FxHashMap;

use super::text::{clean, excerpt};
use crate::facts::{Code, Place, Problem, Severity};

/// Single places that are kept for one file; the rest is counted.
const SINGLES: u64 = 1000;
/// Characters of a found text that a problem repeats.
const FOUND: usize = 60;

/// A text in English and Chinese.
#[derive(Debug, Clone, Default)]
pub(super) struct Words([String; 2]);

impl<T: Into<String>> From<[T; 2]> for Words {
    fn from(both: [T; 2]) -> Self {
        Self(both.map(Into::into))
    }
}

/// Names that are the same in every language.
impl From<String> for Words {
    fn from(names: String) -> Self {
        Self([names.clone(), names])
    }
}

/// A problem in the making.
#[derive(Debug, Clone)]
pub(super) struct Draft(Problem);

/// An error with its texts in both languages.
pub(super) fn error(code: Code, message: impl Into<String>, zh: impl Into<String>) -> Draft {
    Draft::new(Severity::Error, code, message.into(), zh.into())
}

/// A warning with its texts in both languages.
pub(super) fn warning(code: Code, message: impl Into<String>, zh: impl Into<String>) -> Draft {
    Draft::new(Severity::Warning, code, message.into(), zh.into())
}

/// A note with its texts in both languages.
pub(super) fn note(code: Code, message: impl Into<String>, zh: impl Into<String>) -> Draft {
    Draft::new(Severity::Note, code, message.into(), zh.into())
}

impl Draft {
    fn new(severity: Severity, code: Code, message: String, zh: String) -> Self {
        Self(Problem {
            severity,
            code,
            place: Place::default(),
            message,
            message_zh: zh,
            expected: String::new(),
            expected_zh: String::new(),
            found: String::new(),
            help: String::new(),
            help_zh: String::new(),
            count: 1,
        })
    }

    /// Where it is.
    pub(super) fn at(mut self, file: &str, line: u64, column: u64) -> Self {
        self.0.place = Place {
            file: clean(file).into_owned(),
            line,
            column,
        };
        self
    }

    /// What was expected.
    pub(super) fn expected(mut self, words: impl Into<Words>) -> Self {
        [self.0.expected, self.0.expected_zh] = words.into().0;
        self
    }

    /// What was found.
    pub(super) fn found(mut self, text: &str) -> Self {
        self.0.found = excerpt(text, FOUND);
        self
    }

    /// What to do.
    pub(super) fn help(mut self, words: impl Into<Words>) -> Self {
        [self.0.help, self.0.help_zh] = words.into().0;
        self
    }

    /// How many rows it stands for.
    pub(super) fn count(mut self, rows: u64) -> Self {
        self.0.count = rows;
        self
    }

    /// The finished problem, cleaned.
    pub(super) fn finish(mut self) -> Problem {
        let texts = [
            &mut self.0.message,
            &mut self.0.message_zh,
            &mut self.0.expected,
            &mut self.0.expected_zh,
            &mut self.0.help,
            &mut self.0.help_zh,
        ];
        for text in texts {
            if let std::borrow::Cow::Owned(cleaned) = clean(text) {
                *text = cleaned;
            }
        }
        self.0
    }
}

/// All problems of a load, in the order of the files.
#[derive(Debug, Default)]
pub(super) struct Report {
    problems: Vec<Problem>,
    folds: FxHashMap<String, usize>,
    singles: u64,
}

impl Report {
    /// A new file begins: its places are counted from none.
    pub(super) fn begin_file(&mut self) {
        self.folds.clear();
        self.singles = 0;
    }

    /// Adds a problem.
    pub(super) fn push(&mut self, draft: Draft) {
        self.problems.push(draft.finish());
    }

    /// How many problems there are, as a place for [`Report::insert`].
    pub(super) fn mark(&self) -> usize {
        self.problems.len()
    }

    /// Adds a problem before others of a file that has been read.
    pub(super) fn insert(&mut self, mark: usize, draft: Draft) {
        self.folds.clear();
        let mark = mark.min(self.problems.len());
        self.problems.insert(mark, draft.finish());
    }

    /// Adds a problem of one row: on its own while there are few, then folded by message.
    pub(super) fn row(&mut self, draft: Draft) {
        self.row_problem(draft.finish());
    }

    fn row_problem(&mut self, problem: Problem) {
        if self.singles < SINGLES {
            self.singles += 1;
            self.problems.push(problem);
        } else {
            self.fold(problem);
        }
    }

    /// Adds a problem, or counts it when one with the same message is there for this file.
    fn fold(&mut self, problem: Problem) {
        let known = self.folds.get(&problem.message);
        if let Some(known) = known.and_then(|i| self.problems.get_mut(*i)) {
            known.count += problem.count;
            return;
        }
        self.folds
            .insert(problem.message.clone(), self.problems.len());
        self.problems.push(problem);
    }

    /// Adds the problems of the next rows of the file, which begin after this many lines.
    pub(super) fn absorb(&mut self, rows: Self, lines: u64) {
        for mut problem in rows.problems {
            problem.place.line += lines;
            self.row_problem(problem);
        }
    }

    /// Whether there is an error.
    pub(super) fn has_errors(&self) -> bool {
        self.problems.iter().any(|p| p.severity == Severity::Error)
    }

    /// The problems in the order in which they were found.
    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// The problems, errors first.
    pub(super) fn errors_first(self) -> Vec<Problem> {
        let mut problems = self.problems;
        problems.sort_by_key(|p| std::cmp::Reverse(p.severity));
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_in_parts_fold_like_rows_in_one() {
        let bad = |line: u64| {
            let message = if line.is_multiple_of(3) {
                "bad"
            } else {
                "worse"
            };
            warning(Code::Row, message, "坏").at("a.csv", line, 1)
        };
        let mut whole = Report::default();
        let mut joined = Report::default();
        for part in 0..5 {
            let mut rows = Report::default();
            for line in 1..=700 {
                whole.row(bad(part * 700 + line));
                rows.row(bad(part * 700 + line).at("a.csv", line, 1));
            }
            joined.absorb(rows, part * 700);
        }
        assert_eq!(whole.into_problems(), joined.into_problems());
    }

    #[test]
    fn many_rows_fold_and_their_number_stays() {
        let mut report = Report::default();
        report.begin_file();
        for line in 0..2500 {
            report.row(
                warning(Code::Row, "bad", "坏")
                    .at("a.csv", line, 1)
                    .found("\x1b"),
            );
        }
        let problems = report.into_problems();
        assert_eq!(problems.len() as u64, SINGLES + 1);
        assert_eq!(problems.iter().map(|p| p.count).sum::<u64>(), 2500);
        assert_eq!(problems[0].found, "␛");
    }
}
