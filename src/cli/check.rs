//! `fastdeck check`: everything that does not fit in a data set, at once.
//!
//! Warnings and notes alone are no failure; an error is.

use std::sync::Arc;

use serde::Serialize;

use super::args::{Check, CheckFormat};
use super::environment::Environment;
use super::failure::Failure;
use super::{open, output};
use crate::app::Language;
use crate::board::{self, Against, Focus, Query};
use crate::data::{self, LoadError};
use crate::facts::{Dataset, Engine, Problem, Severity, Slice, SourceFile};
use crate::scenario::Scenario;
use crate::view::text;

/// What a check found.
struct Findings {
    dataset: Option<Arc<Dataset>>,
    problems: Vec<Problem>,
}

impl Findings {
    fn count(&self, severity: Severity) -> usize {
        let same = self.problems.iter().filter(|p| p.severity == severity);
        same.count()
    }

    fn files(&self) -> &[SourceFile] {
        self.dataset.as_ref().map_or(&[], |d| &d.sources)
    }
}

pub(super) fn run(args: &Check, environment: &Environment) -> Result<(), Failure> {
    let findings = find(args)?;
    let text = match args.format {
        CheckFormat::Json => json(&findings),
        CheckFormat::Text => lines(&findings, args.shared.language(environment)),
    };
    output::print(&text)?;
    match findings.count(Severity::Error) {
        0 => Ok(()),
        _ => Err(Failure::Checked),
    }
}

fn find(args: &Check) -> Result<Findings, Failure> {
    let options = data::Options {
        lenient: args.shared.lenient,
        ..data::Options::default()
    };
    let input = open::input(args.dataset.as_deref());
    match data::load(&input, &options, &mut |_| true) {
        Ok(dataset) => {
            let engine = Engine::new(Arc::new(dataset));
            let mut problems = engine.dataset().problems.clone();
            problems.extend(differences(&engine));
            let dataset = Some(Arc::clone(engine.dataset()));
            Ok(Findings { dataset, problems })
        }
        Err(LoadError::Problems(problems)) => Ok(Findings {
            dataset: None,
            problems,
        }),
        Err(LoadError::Cancelled) => Err(open::cancelled()),
    }
}

/// Where the log and the tables disagree on the default day.
fn differences(engine: &Engine) -> Vec<Problem> {
    let as_of = board::default_as_of(engine);
    let query = Query {
        as_of,
        against: Against::default().resolve(as_of),
        slice: Slice::default(),
        definitions: engine.dataset().definitions.clone(),
        scenario: Scenario::default(),
    };
    let logged = (0..engine.dataset().brands.len()).filter(|b| engine.has_events(*b));
    let mut found = Vec::new();
    for brand in logged {
        let board = board::compute(engine, &query, &Focus::Full(vec![brand]));
        found.extend(board::differences(&board, engine.dataset()));
    }
    found
}

/// The word for a severity.
fn word(severity: Severity, language: Language) -> &'static str {
    match severity {
        Severity::Error => text::pick(language, "错误", "error"),
        Severity::Warning => text::pick(language, "警告", "warning"),
        Severity::Note => text::pick(language, "提示", "note"),
    }
}

/// One line per problem, one per file, one for the whole.
fn lines(findings: &Findings, language: Language) -> String {
    let mut lines: Vec<String> = Vec::new();
    for problem in &findings.problems {
        lines.push(line(problem, language));
    }
    lines.extend(findings.files().iter().map(|f| file_line(f, language)));
    lines.push(summary(findings, language));
    lines.iter().map(|l| output::visible(l) + "\n").collect()
}

fn line(problem: &Problem, language: Language) -> String {
    let wording = language.wording();
    let (severity, code) = (word(problem.severity, language), problem.code.id());
    format!("{severity}[{code}] {}", problem.line(wording))
}

fn file_line(file: &SourceFile, language: Language) -> String {
    let SourceFile {
        path,
        kind,
        encoding,
        rows,
        used,
        rejected,
        excluded,
    } = file;
    match language {
        Language::Zh => format!(
            "{path}: {kind} {encoding} 共 {rows} 行 = 采用 {used} + 拒绝 {rejected} + 排除 {excluded}"
        ),
        Language::En => format!(
            "{path}: {kind} {encoding} {rows} rows = {used} used + {rejected} rejected + {excluded} excluded"
        ),
    }
}

fn summary(findings: &Findings, language: Language) -> String {
    let [errors, warnings, notes] =
        [Severity::Error, Severity::Warning, Severity::Note].map(|s| findings.count(s));
    match language {
        Language::Zh => format!("{errors} 个错误，{warnings} 个警告，{notes} 条提示"),
        Language::En => [
            counted(errors, "error"),
            counted(warnings, "warning"),
            counted(notes, "note"),
        ]
        .join(", "),
    }
}

/// `1 error`, `2 errors`.
pub(super) fn counted(n: usize, one: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {one}{plural}")
}

#[derive(Serialize)]
struct Document<'a> {
    format: u32,
    dataset: Option<DatasetName<'a>>,
    errors: usize,
    warnings: usize,
    notes: usize,
    files: Vec<FileRow<'a>>,
    problems: Vec<ProblemRow<'a>>,
}

#[derive(Serialize)]
struct DatasetName<'a> {
    name: &'a str,
    fingerprint: &'a str,
    simulated: bool,
}

#[derive(Serialize)]
struct FileRow<'a> {
    path: &'a str,
    kind: &'a str,
    encoding: &'a str,
    rows: u64,
    used: u64,
    rejected: u64,
    excluded: u64,
}

#[derive(Serialize)]
struct ProblemRow<'a> {
    severity: &'static str,
    code: &'static str,
    file: &'a str,
    line: u64,
    column: u64,
    message: &'a str,
    message_zh: &'a str,
    expected: &'a str,
    expected_zh: &'a str,
    found: &'a str,
    help: &'a str,
    help_zh: &'a str,
    count: u64,
}

/// The findings as one document; line and column 0 = not known.
fn json(findings: &Findings) -> String {
    let document = Document {
        format: 1,
        dataset: findings.dataset.as_ref().map(|d| DatasetName {
            name: &d.name,
            fingerprint: &d.fingerprint,
            simulated: d.simulated,
        }),
        errors: findings.count(Severity::Error),
        warnings: findings.count(Severity::Warning),
        notes: findings.count(Severity::Note),
        files: findings.files().iter().map(file_row).collect(),
        problems: findings.problems.iter().map(problem_row).collect(),
    };
    let text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text + "\n"
}

fn file_row(file: &SourceFile) -> FileRow<'_> {
    FileRow {
        path: &file.path,
        kind: &file.kind,
        encoding: &file.encoding,
        rows: file.rows,
        used: file.used,
        rejected: file.rejected,
        excluded: file.excluded,
    }
}

fn problem_row(problem: &Problem) -> ProblemRow<'_> {
    ProblemRow {
        severity: word(problem.severity, Language::En),
        code: problem.code.id(),
        file: &problem.place.file,
        line: problem.place.line,
        column: problem.place.column,
        message: &problem.message,
        message_zh: &problem.message_zh,
        expected: &problem.expected,
        expected_zh: &problem.expected_zh,
        found: &problem.found,
        help: &problem.help,
        help_zh: &problem.help_zh,
        count: problem.count,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Code, Place};

    fn findings() -> Findings {
        let problem = |severity, message: &str| Problem {
            severity,
            code: Code::Row,
            place: Place {
                file: "a.csv".into(),
                line: 3,
                column: 2,
            },
            message: message.into(),
            message_zh: "时间无法识别".into(),
            expected: "a date".into(),
            expected_zh: "日期".into(),
            found: "x".into(),
            help: String::new(),
            help_zh: String::new(),
            count: 1,
        };
        Findings {
            dataset: None,
            problems: vec![
                problem(Severity::Error, "bad time"),
                problem(Severity::Note, "left out\u{1b}[2J"),
            ],
        }
    }

    #[test]
    fn every_problem_has_its_line_in_either_language() {
        let text = lines(&findings(), Language::En);
        assert!(text.starts_with("error[row] a.csv:3:2: bad time: expected a date, found `x`\n"));
        assert!(text.ends_with("1 error, 0 warnings, 1 note\n"));
        assert!(!text.contains('\u{1b}'));
        assert!(lines(&findings(), Language::Zh).starts_with("错误[row] a.csv:3:2: 时间无法识别"));
    }

    #[test]
    fn the_document_counts_and_places() {
        let document: serde_json::Value = serde_json::from_str(&json(&findings())).unwrap();
        assert_eq!(document["errors"], 1);
        assert_eq!(document["dataset"], serde_json::Value::Null);
        assert_eq!(document["problems"][0]["line"], 3);
        assert_eq!(document["problems"][1]["severity"], "note");
    }
}
