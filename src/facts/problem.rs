//! What is wrong with a data set: where, what was expected, what was found, what to do.

use std::fmt;

use super::pack::{packed, packed_enum};

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing: excluded totals rows, rows without a brand.
    Note,
    /// Numbers are shown, but something does not fit.
    Warning,
    /// The data set cannot be used as it is.
    Error,
}

/// The kind of a problem; stable ids for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// The manifest cannot be read or holds something unknown.
    Manifest,
    /// A file cannot be opened or leaves the folder.
    File,
    /// No header row, or a required column is not there.
    Header,
    /// A row was rejected.
    Row,
    /// Too many rows of a table were rejected.
    Rejected,
    /// Totals rows were left out.
    Totals,
    /// An action that is not in the list of actions.
    UnknownAction,
    /// Rows that belong to no brand were left out.
    NoBrand,
    /// A name that no other table or the manifest knows (metric, crowd).
    UnknownName,
    /// Several rows for the same thing; the later one holds.
    Repeated,
    /// Rows of a scope that is not the one shown.
    Scope,
    /// Parts do not add up to their whole.
    Identity,
    /// A value is outside its possible range.
    Range,
    /// The denominator of an exported ratio fits none of the known ones.
    Denominator,
    /// A printed target does not follow from the others.
    Target,
    /// The event log and the platform tables give different figures.
    Differs,
    /// Text that looks like double-encoded Chinese.
    Encoding,
}

impl Code {
    /// The id in `check --format json`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Manifest => "manifest",
            Self::File => "file",
            Self::Header => "header",
            Self::Row => "row",
            Self::Rejected => "rejected",
            Self::Totals => "totals",
            Self::UnknownAction => "unknown_action",
            Self::NoBrand => "no_brand",
            Self::UnknownName => "unknown_name",
            Self::Repeated => "repeated",
            Self::Scope => "scope",
            Self::Identity => "identity",
            Self::Range => "range",
            Self::Denominator => "denominator",
            Self::Target => "target",
            Self::Differs => "differs",
            Self::Encoding => "encoding",
        }
    }
}

/// Where a problem is; line and column count from 1, 0 = not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Path relative to the manifest (or as given); empty when the whole data set is meant.
    pub file: String,
    /// Line in the file, from 1; 0 when not known.
    pub line: u64,
    /// Field number (tables) or character column (manifest), from 1; 0 when not known.
    pub column: u64,
}

/// One problem of a data set. All texts are cleaned: they hold no control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What kind it is.
    pub code: Code,
    /// Where it is.
    pub place: Place,
    /// What is wrong, one lower-case line; English.
    pub message: String,
    /// The same in Chinese.
    pub message_zh: String,
    /// What was expected; may be empty; English.
    pub expected: String,
    /// The same in Chinese.
    pub expected_zh: String,
    /// What was found; may be empty.
    pub found: String,
    /// What to do; may be empty; English.
    pub help: String,
    /// The same in Chinese.
    pub help_zh: String,
    /// How many rows it stands for (1 unless rows were folded together).
    pub count: u64,
}

packed_enum!(Severity {
    Note,
    Warning,
    Error
});
packed_enum!(Code {
    Manifest,
    File,
    Header,
    Row,
    Rejected,
    Totals,
    UnknownAction,
    NoBrand,
    UnknownName,
    Repeated,
    Scope,
    Identity,
    Range,
    Denominator,
    Target,
    Differs,
    Encoding,
});
packed!(Place { file, line, column });
packed!(Problem {
    severity,
    code,
    place,
    message,
    message_zh,
    expected,
    expected_zh,
    found,
    help,
    help_zh,
    count,
});

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        for n in [self.line, self.column] {
            if n == 0 {
                break;
            }
            write!(f, ":{n}")?;
        }
        Ok(())
    }
}

/// The language of a line about a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wording {
    /// Chinese, and English for what has no Chinese text.
    Chinese,
    /// English.
    #[default]
    English,
}

impl Wording {
    fn pick<'t>(self, zh: &'t str, en: &'t str) -> &'t str {
        match self {
            Self::Chinese if !zh.is_empty() => zh,
            _ => en,
        }
    }
}

impl Problem {
    /// What is wrong, what was expected and found, and for how many rows it stands.
    pub fn said(&self, wording: Wording) -> String {
        let [expected, found, rows] = match wording {
            Wording::Chinese => ["：应为 ", "，实为 ", "（共 # 行）"],
            Wording::English => [": expected ", ", found ", " (# rows)"],
        };
        let mut text = wording.pick(&self.message_zh, &self.message).to_owned();
        if !self.expected.is_empty() {
            text += expected;
            text += wording.pick(&self.expected_zh, &self.expected);
        }
        if !self.found.is_empty() {
            text.extend([found, "`", &self.found, "`"]);
        }
        if self.count > 1 {
            text += &rows.replace('#', &self.count.to_string());
        }
        text
    }

    /// What to do; may be empty.
    pub fn advice(&self, wording: Wording) -> &str {
        wording.pick(&self.help_zh, &self.help)
    }

    /// `file:line:column: message: expected …, found …; help`, on one line.
    pub fn line(&self, wording: Wording) -> String {
        let mut line = String::new();
        if !self.place.file.is_empty() {
            line = format!("{}: ", self.place);
        }
        line += &self.said(wording);
        let advice = self.advice(wording);
        if !advice.is_empty() {
            line += match wording {
                Wording::Chinese => "；",
                Wording::English => "; ",
            };
            line += advice;
        }
        line
    }
}

/// The line in English.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line(Wording::English))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_speaks_one_language() {
        let place = Place {
            file: "a.csv".into(),
            line: 3,
            column: 2,
        };
        let mut problem = Problem {
            severity: Severity::Warning,
            code: Code::Row,
            place,
            message: "wrong `people`".into(),
            message_zh: "`people` 的值不正确".into(),
            expected: "a number".into(),
            expected_zh: "数字".into(),
            found: "x".into(),
            help: "the cell is taken as missing".into(),
            help_zh: "该单元格按缺失处理".into(),
            count: 2,
        };
        assert_eq!(
            problem.to_string(),
            "a.csv:3:2: wrong `people`: expected a number, found `x` (2 rows); the cell is taken as missing"
        );
        assert_eq!(
            problem.line(Wording::Chinese),
            "a.csv:3:2: `people` 的值不正确：应为 数字，实为 `x`（共 2 行）；该单元格按缺失处理"
        );
        problem.help_zh.clear();
        assert_eq!(problem.advice(Wording::Chinese), problem.help);
    }
}
