//! Tables → an Excel workbook: numbers that can be calculated with, shown by their unit.
//!
//! A workbook is a pure function of its sheets: it carries no clock and no user name, so the same
//! input gives the same bytes. It refuses to hold a formula, an external link or a control
//! character, whatever the data says; a value that is missing is an empty cell, never a zero.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::metrics::{Day, Unit};
use crate::view::number::currency_symbol;
use crate::view::text;

/// Rows of a worksheet below its header.
const MAX_ROWS: u32 = 1_048_575;
/// UTF-16 units that a cell holds.
const MAX_TEXT: usize = 32_767;
/// UTF-16 units that the name of a sheet may have.
const MAX_NAME: usize = 31;
/// Widths of columns, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 6..=60;
/// What the button of the filter covers beside a heading, in characters.
const FILTER_BUTTON: usize = 3;

/// How a number is shown; the cell holds the exact double in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// People and things: `1,234`.
    Whole,
    /// A fraction as a percentage: 0.1018 as `10.18%`.
    Share,
    /// An amount with the symbol of its currency: `¥99.50`.
    Money(&'static str),
    /// An index, 100 = par: `200.0`.
    Index,
    /// As many digits as the cell has room for.
    Plain,
}

impl Form {
    /// The form of a unit; money is in a currency (ISO 4217 code).
    pub fn of(unit: Unit, currency: &str) -> Self {
        match unit {
            Unit::People | Unit::Count => Self::Whole,
            Unit::Ratio => Self::Share,
            Unit::Money | Unit::MoneyPerPerson => Self::Money(currency_symbol(currency)),
            Unit::Index => Self::Index,
        }
    }

    /// The number format of a value.
    fn pattern(self) -> String {
        match self {
            Self::Whole => "#,##0".to_owned(),
            Self::Share => "0.00%".to_owned(),
            Self::Money("¤") => "\"¤\"#,##0.00".to_owned(),
            Self::Money(symbol) => format!("{symbol}#,##0.00"),
            Self::Index => "0.0".to_owned(),
            Self::Plain => "General".to_owned(),
        }
    }

    /// The number format of a difference: a rise has its plus sign.
    fn signed(self) -> String {
        let pattern = self.pattern();
        format!("+{pattern};-{pattern};{pattern}")
    }

    /// Characters that a number takes in this form, without its sign.
    fn width(self, x: f64) -> usize {
        let grouped = |x: f64| {
            let digits = format!("{:.0}", x.abs().trunc()).len();
            digits + (digits - 1) / 3
        };
        match self {
            Self::Whole => grouped(x),
            Self::Share => grouped(x * 100.0) + ".00%".len(),
            Self::Money(symbol) => grouped(x) + ".00".len() + text::width(symbol),
            Self::Index => grouped(x) + ".0".len(),
            Self::Plain => super::number(x.abs()).len().min(12),
        }
    }
}

/// One cell of a sheet.
#[derive(Debug, Clone, PartialEq)]
pub enum Field<'a> {
    /// Text, whatever it starts with.
    Text(Cow<'a, str>),
    /// A value; one that is not finite is an empty cell.
    Number(f64, Form),
    /// A difference of two values, with its sign.
    Change(f64, Form),
    /// A civil day.
    Date(Day),
    /// Nothing: not applicable, or missing for a reason that stands in a cell of its own.
    Empty,
}

impl<'a> Field<'a> {
    /// A cell of text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }
}

/// A table that is to become a worksheet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet<'a> {
    /// The name wanted for the sheet; what Excel does not allow in it is replaced.
    pub name: &'a str,
    /// The headings.
    pub columns: Vec<&'a str>,
    /// The cells below the headings; a short row is filled up with empty cells.
    pub rows: Vec<Vec<Field<'a>>>,
}

/// Why there is no workbook.
#[derive(Debug, thiserror::Error)]
pub enum Unwritable {
    /// A worksheet ends at row 1,048,576.
    #[error(
        "more than {MAX_ROWS} rows do not fit on a worksheet; choose fewer brands, or write CSV"
    )]
    TooManyRows,
    /// Another limit of the format: 16,384 columns, or the size of an archive.
    #[error("not a workbook: {0}")]
    Format(#[from] XlsxError),
}

/// The sheets as the bytes of a workbook.
pub fn xlsx(sheets: &[Sheet]) -> Result<Vec<u8>, Unwritable> {
    let mut book = Book::new()?;
    for sheet in sheets {
        let mut page = Page::new(sheet.name, &sheet.columns)?;
        for row in &sheet.rows {
            page.row(row)?;
        }
        book.add(page)?;
    }
    book.bytes()
}

/// A workbook that is being filled.
pub(super) struct Book {
    workbook: Workbook,
    /// Names of its sheets, in lower case: Excel does not tell `A` from `a`.
    names: BTreeSet<String>,
}

impl Book {
    pub(super) fn new() -> Result<Self, Unwritable> {
        let written = ExcelDateTime::from_ymd(2000, 1, 1)?;
        let properties = DocProperties::new().set_creation_datetime(&written);
        let mut workbook = Workbook::new();
        workbook.set_properties(&properties);
        Ok(Self {
            workbook,
            names: BTreeSet::new(),
        })
    }

    /// Adds a page under its name, or under one that no other sheet has.
    pub(super) fn add(&mut self, page: Page) -> Result<(), Unwritable> {
        let name = self.free(&sheet_name(&page.name));
        let worksheet = page.finish(&name)?;
        self.workbook.push_worksheet(worksheet);
        Ok(())
    }

    /// The whole workbook; one without sheets gets an empty one, as Excel asks for.
    pub(super) fn bytes(mut self) -> Result<Vec<u8>, Unwritable> {
        Ok(self.workbook.save_to_buffer()?)
    }

    fn free(&mut self, name: &str) -> String {
        let mut found = name.to_owned();
        let mut next = 2;
        while !self.names.insert(found.to_lowercase()) {
            let suffix = format!(" ({next})");
            found = format!("{}{suffix}", cut(name, MAX_NAME - suffix.len()));
            next += 1;
        }
        found
    }
}

/// What a cell looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Style {
    Value(Form),
    Change(Form),
    Date,
    /// Text that stays text when somebody edits the cell.
    Literal,
}

impl Style {
    fn format(self) -> Format {
        let format = Format::new();
        match self {
            Self::Value(form) => format.set_num_format(form.pattern()),
            Self::Change(form) => format.set_num_format(form.signed()),
            Self::Date => format.set_num_format("yyyy-mm-dd"),
            Self::Literal => format.set_quote_prefix(),
        }
    }
}

/// A worksheet that is being filled, a row at a time.
pub(super) struct Page {
    name: String,
    worksheet: Worksheet,
    rows: u32,
    /// Characters that each column needs so far.
    widths: Vec<usize>,
    formats: BTreeMap<Style, Format>,
}

impl Page {
    pub(super) fn new(name: &str, columns: &[&str]) -> Result<Self, Unwritable> {
        let mut page = Self {
            name: name.to_owned(),
            worksheet: Worksheet::new(),
            rows: 0,
            widths: Vec::new(),
            formats: BTreeMap::new(),
        };
        let heading = heading();
        for (column, name) in (0u16..=u16::MAX).zip(columns) {
            let name = harmless(name);
            page.widen(column, text::width(&name) + FILTER_BUTTON);
            page.worksheet
                .write_string_with_format(0, column, name, &heading)?;
        }
        Ok(page)
    }

    /// Adds a row.
    pub(super) fn row(&mut self, fields: &[Field]) -> Result<(), Unwritable> {
        if self.rows == MAX_ROWS {
            return Err(Unwritable::TooManyRows);
        }
        self.rows += 1;
        for (column, field) in (0u16..=u16::MAX).zip(fields) {
            self.cell(column, field)?;
        }
        Ok(())
    }

    fn cell(&mut self, column: u16, field: &Field) -> Result<(), Unwritable> {
        match field {
            Field::Empty => Ok(()),
            Field::Text(text) => self.text(column, text),
            Field::Number(x, form) => self.number(column, *x, *form, Style::Value(*form)),
            Field::Change(x, form) => self.number(column, *x, *form, Style::Change(*form)),
            Field::Date(day) => self.date(column, *day),
        }
    }

    fn text(&mut self, column: u16, text: &str) -> Result<(), Unwritable> {
        let text = harmless(text);
        self.widen(column, text::width(&text));
        if super::csv::is_run(&text) {
            let format = style(&mut self.formats, Style::Literal);
            self.worksheet
                .write_string_with_format(self.rows, column, text, format)?;
        } else {
            self.worksheet.write_string(self.rows, column, text)?;
        }
        Ok(())
    }

    fn number(&mut self, column: u16, x: f64, form: Form, look: Style) -> Result<(), Unwritable> {
        if !x.is_finite() {
            return Ok(());
        }
        let signed = x < 0.0 || matches!(look, Style::Change(_));
        self.widen(column, form.width(x) + usize::from(signed));
        let format = style(&mut self.formats, look);
        // A zero without a sign, as in the other forms of an export.
        self.worksheet
            .write_number_with_format(self.rows, column, x + 0.0, format)?;
        Ok(())
    }

    /// A date; one before 1900, which Excel does not know, as text.
    fn date(&mut self, column: u16, day: Day) -> Result<(), Unwritable> {
        let (year, month, of_month) = day.ymd();
        let date = u16::try_from(year)
            .ok()
            .and_then(|y| ExcelDateTime::from_ymd(y, month as u8, of_month as u8).ok());
        let Some(date) = date else {
            return self.text(column, &day.to_string());
        };
        self.widen(column, "2026-11-22".len());
        let format = style(&mut self.formats, Style::Date);
        self.worksheet
            .write_datetime_with_format(self.rows, column, &date, format)?;
        Ok(())
    }

    fn widen(&mut self, column: u16, width: usize) {
        let column = usize::from(column);
        if self.widths.len() <= column {
            self.widths.resize(column + 1, 0);
        }
        if let Some(known) = self.widths.get_mut(column) {
            *known = width.max(*known);
        }
    }

    /// The worksheet with its name, widths, frozen header and filter.
    fn finish(mut self, name: &str) -> Result<Worksheet, Unwritable> {
        let sheet = &mut self.worksheet;
        sheet.set_name(name)?;
        for (column, width) in (0u16..=u16::MAX).zip(&self.widths) {
            let width = (*width).clamp(*WIDTHS.start(), *WIDTHS.end());
            sheet.set_column_width(column, width as f64 + 1.0)?;
        }
        sheet.set_freeze_panes(1, 0)?;
        if let Some(last) = self.widths.len().checked_sub(1) {
            sheet.autofilter(0, 0, self.rows, last as u16)?;
        }
        Ok(self.worksheet)
    }
}

fn style(formats: &mut BTreeMap<Style, Format>, style: Style) -> &Format {
    formats.entry(style).or_insert_with(|| style.format())
}

fn heading() -> Format {
    Format::new()
        .set_bold()
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(0x00DD_E6F0)
        .set_border_bottom(FormatBorder::Thin)
}

/// The text as it may stand in a cell: nothing that a program would obey, and not too long.
fn harmless(text: &str) -> String {
    let kept = text.chars().filter_map(|c| match c {
        '\t' | '\n' | '\r' => Some(' '),
        '\u{fffe}' | '\u{ffff}' => None,
        c if c.is_control() || super::json::turns_text(c) => None,
        c => Some(c),
    });
    cut(&kept.collect::<String>(), MAX_TEXT)
}

/// The text in at most so many UTF-16 units; a cut text ends in `…`.
fn cut(text: &str, units: usize) -> String {
    if text.len() <= units || text.encode_utf16().count() <= units {
        return text.to_owned();
    }
    let mut left = units.saturating_sub(1);
    let fits = |c: &char| {
        let enough = c.len_utf16() <= left;
        left = left.saturating_sub(c.len_utf16());
        enough
    };
    let mut out: String = text.chars().take_while(fits).collect();
    out.push('…');
    out
}

/// A name that Excel takes for a sheet.
fn sheet_name(name: &str) -> String {
    let allowed: String = harmless(name)
        .chars()
        .map(|c| match c {
            '[' | ']' | ':' | '*' | '?' | '/' | '\\' => '_',
            c => c,
        })
        .collect();
    let bare = |text: &str| {
        text.trim_matches(|c: char| c == '\'' || c.is_whitespace())
            .to_owned()
    };
    // A cut can bring another apostrophe to the end, the ellipsis keeps it inside.
    let found = cut(&bare(&allowed), MAX_NAME);
    match found.to_lowercase().as_str() {
        "" => "Sheet".to_owned(),
        // Excel keeps this name for itself.
        "history" => format!("{found}_"),
        _ => found,
    }
}
