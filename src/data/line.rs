//! One data row: typed cells, and what becomes of the row when a cell is wrong.
//!
//! A wrong cell in a required column costs the row. A wrong cell in an optional column is missing,
//! with a warning that names file, line and field; the row stays.

use std::borrow::Cow;

use super::layout::Slot;
use super::number::{self, Cell, Decimal};
use super::records::Record;
use super::report::{Draft, Report, Words, warning};
use super::text::{MAX_NAME_CHARS, excerpt, is_too_long};
use super::time::{Clock, TimeFault, TimeFormat};
use crate::facts::Code;
use crate::metrics::Day;

/// Why a row is left out on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Excluded {
    /// A row of totals.
    Totals,
    /// Nothing in it.
    Blank,
    /// Its brand cell is empty.
    NoBrand,
    /// An action that is not in the list.
    UnknownAction(String),
    /// A metric that is not in the list.
    UnknownMetric(String),
}

/// Why a row is not in the data set.
#[derive(Debug)]
pub(super) enum Left {
    /// Something is wrong with it.
    Rejected(Box<Draft>),
    /// Left out on purpose.
    Excluded(Excluded),
}

/// What became of a row.
pub(super) type Verdict = Result<(), Left>;

impl From<Draft> for Left {
    fn from(draft: Draft) -> Self {
        Self::Rejected(Box::new(draft))
    }
}

/// A data row and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'t> {
    pub(super) text: &'t str,
    pub(super) record: &'t Record,
    pub(super) path: &'t str,
    /// Index of the file among the sources.
    pub(super) source: u32,
    pub(super) format: &'t TimeFormat,
}

/// What a number may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// Not negative, no percentage.
    People,
    /// A fraction of one, or a percentage.
    Ratio,
    /// Anything but a percentage.
    Amount,
}

impl<'t> Line<'t> {
    /// Source and line, for rows that keep them.
    pub(super) fn at(&self) -> (u32, u64) {
        (self.source, self.record.line)
    }

    /// A cell as text; empty when it is not there.
    pub(super) fn cell(&self, slot: &'t Slot) -> Cow<'t, str> {
        slot.text(self.text, self.record)
    }

    /// A cell as text, if it holds any.
    pub(super) fn optional(&self, slot: &'t Slot) -> Option<Cow<'t, str>> {
        Some(self.cell(slot)).filter(|cell| !number::is_missing(cell))
    }

    /// Whether a trimmed cell stands for "no value".
    pub(super) fn is_missing(cell: &str) -> bool {
        number::is_missing(cell)
    }

    /// A problem at a cell of this row.
    pub(super) fn problem(&self, slot: &Slot, code: Code, message: [String; 2]) -> Draft {
        let [en, zh] = message;
        warning(code, en, zh).at(self.path, self.record.line, slot.number())
    }

    /// A row problem that names the column and shows the cell.
    pub(super) fn wrong(&self, slot: &Slot, cell: &str, expected: impl Into<Words>) -> Draft {
        self.problem(
            slot,
            Code::Row,
            [
                format!("wrong `{}`", slot.name),
                format!("`{}` 的值不正确", slot.name),
            ],
        )
        .expected(expected)
        .found(if cell.is_empty() { "(empty)" } else { cell })
    }

    /// A required cell as text.
    pub(super) fn required(
        &self,
        slot: &'t Slot,
        expected: [&str; 2],
    ) -> Result<Cow<'t, str>, Left> {
        self.optional(slot)
            .ok_or_else(|| self.wrong(slot, &self.cell(slot), expected).into())
    }

    /// A required id. `1.23E+11` is what is left of an id that a spreadsheet took for a number.
    pub(super) fn id(&self, slot: &'t Slot) -> Result<Cow<'t, str>, Left> {
        let cell = self.required(slot, ["an id", "ID"])?;
        self.check_id(slot, &cell)?;
        Ok(cell)
    }

    /// An optional id; a lossy one still costs the row.
    pub(super) fn optional_id(&self, slot: &'t Slot) -> Result<Option<Cow<'t, str>>, Left> {
        let Some(cell) = self.optional(slot) else {
            return Ok(None);
        };
        self.check_id(slot, &cell)?;
        Ok(Some(cell))
    }

    /// An optional name of people, crowds or categories.
    pub(super) fn optional_name(&self, slot: &'t Slot) -> Result<Option<Cow<'t, str>>, Left> {
        let cell = self.optional(slot);
        self.check_length(slot, cell.as_deref().unwrap_or(""))?;
        Ok(cell)
    }

    /// A text without end is no name: it would fill lists, keys and every message.
    pub(super) fn check_length(&self, slot: &Slot, text: &str) -> Verdict {
        if !is_too_long(text) {
            return Ok(());
        }
        let message = match slot.name {
            "" => ["a value is too long".to_owned(), "值过长".to_owned()],
            name => [format!("`{name}` is too long"), format!("`{name}` 过长")],
        };
        let draft = self.problem(slot, Code::Row, message).expected([
            format!("at most {MAX_NAME_CHARS} characters"),
            format!("至多 {MAX_NAME_CHARS} 个字符"),
        ]);
        Err(draft.found(&Self::shown(text)).into())
    }

    fn check_id(&self, slot: &Slot, cell: &str) -> Verdict {
        self.check_length(slot, cell)?;
        if !is_lossy_id(cell) {
            return Ok(());
        }
        let message = [
            format!("`{}` has lost digits", slot.name),
            format!("`{}` 已丢失位数", slot.name),
        ];
        let draft = self.problem(slot, Code::Row, message);
        Err(draft
            .expected(["an id as text", "文本形式的 ID"])
            .found(cell)
            .help([
                "export ids as text, not as numbers",
                "请以文本而非数字导出 ID",
            ])
            .into())
    }

    /// A required day.
    pub(super) fn day(&self, slot: &Slot, clock: &mut Clock) -> Result<Day, Left> {
        let cell = slot.text(self.text, self.record);
        clock
            .day(&cell, self.format)
            .map_err(|fault| self.wrong_time(slot, &cell, fault).into())
    }

    /// An optional day; a wrong one is missing, with a warning.
    pub(super) fn optional_day(
        &self,
        slot: &Slot,
        clock: &mut Clock,
        report: &mut Report,
    ) -> Option<Day> {
        let cell = slot.text(self.text, self.record);
        if number::is_missing(&cell) {
            return None;
        }
        match clock.day(&cell, self.format) {
            Ok(day) => Some(day),
            Err(fault) => {
                report.row(self.wrong_time(slot, &cell, fault));
                None
            }
        }
    }

    /// What is wrong with a time.
    pub(super) fn wrong_time(&self, slot: &Slot, cell: &str, fault: TimeFault) -> Draft {
        match fault {
            TimeFault::Form => self.wrong(slot, cell, ["a date or time", "日期或时间"]),
            TimeFault::Implausible => self
                .problem(
                    slot,
                    Code::Row,
                    [
                        format!("implausible time in `{}`", slot.name),
                        format!("`{}` 的时间不合理", slot.name),
                    ],
                )
                .expected(["a time from 2000 to 2100", "2000 至 2100 年的时间"])
                .found(cell),
        }
    }

    /// A required number: a missing one stays missing, a wrong one costs the row.
    pub(super) fn must_number(
        &self,
        slot: &Slot,
        measure: Measure,
        report: &mut Report,
    ) -> Result<Option<f64>, Left> {
        let cell = slot.text(self.text, self.record);
        match number::parse(&cell) {
            Cell::Missing => Ok(None),
            Cell::Number(n) if fits(n, measure) => Ok(Some(n.to_f64())),
            Cell::Number(n) if is_bare_percentage(n, measure) => {
                report.row(self.out_of_range(slot, &cell));
                Ok(None)
            }
            _ => Err(self.wrong(slot, &cell, expectation(measure)).into()),
        }
    }

    /// An optional number: a wrong one is missing, with a warning.
    pub(super) fn number(&self, slot: &Slot, measure: Measure, report: &mut Report) -> Option<f64> {
        match self.must_number(slot, measure, report) {
            Ok(value) => value,
            Err(Left::Rejected(draft)) => {
                report.row(draft.help(["the cell is taken as missing", "该单元格按缺失处理"]));
                None
            }
            Err(Left::Excluded(_)) => None,
        }
    }

    /// An amount in fen; a wrong one is missing, with a warning.
    pub(super) fn fen(&self, slot: &'t Slot, report: &mut Report) -> Option<i64> {
        let cell = self.cell(slot);
        match number::parse(&cell) {
            Cell::Missing => None,
            Cell::Number(n) if !n.percent && n.to_fen().is_some() => n.to_fen(),
            _ => {
                let draft = self.wrong(slot, &cell, ["an amount", "金额"]);
                report.row(draft.help(["the cell is taken as missing", "该单元格按缺失处理"]));
                None
            }
        }
    }

    fn out_of_range(&self, slot: &Slot, cell: &str) -> Draft {
        self.problem(
            slot,
            Code::Range,
            [
                format!("`{}` is above 1 and has no %", slot.name),
                format!("`{}` 大于 1 且没有 %", slot.name),
            ],
        )
        .expected([
            "a fraction from 0 to 1, or a percentage with %",
            "0 至 1 的小数，或带 % 的百分数",
        ])
        .found(cell)
        .help(["the cell is taken as missing", "该单元格按缺失处理"])
    }

    /// The cell shortened for a message.
    pub(super) fn shown(cell: &str) -> String {
        excerpt(cell, 40)
    }
}

fn fits(n: Decimal, measure: Measure) -> bool {
    match measure {
        Measure::People => !n.percent && n.to_f64() >= 0.0,
        Measure::Ratio => n.percent || n.to_f64().abs() <= 1.0,
        Measure::Amount => !n.percent,
    }
}

fn is_bare_percentage(n: Decimal, measure: Measure) -> bool {
    measure == Measure::Ratio && !n.percent
}

fn expectation(measure: Measure) -> [&'static str; 2] {
    match measure {
        Measure::People => ["a number of people", "人数"],
        Measure::Ratio => [
            "a fraction from 0 to 1, or a percentage with %",
            "0 至 1 的小数，或带 % 的百分数",
        ],
        Measure::Amount => ["a number", "数字"],
    }
}

/// `1.23E+11`: digits, perhaps a point, and a power with a plus sign.
fn is_lossy_id(cell: &str) -> bool {
    if !cell.bytes().any(|b| b == b'+') {
        return false;
    }
    let Some((mantissa, power)) = cell.split_once("E+").or_else(|| cell.split_once("e+")) else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    digits(whole) && digits(fraction) && digits(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_spreadsheets_are_lossy_and_others_are_not() {
        assert!(is_lossy_id("1.23E+11") && is_lossy_id("1E+15"));
        assert!(
            !is_lossy_id("1E5")
                && !is_lossy_id("A+1")
                && !is_lossy_id("E+5")
                && !is_lossy_id("123")
        );
    }
}
