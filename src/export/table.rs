//! Figures as aligned columns for people, one block per brand.
//!
//! Numbers are exact and written in full; columns are measured in terminal cells, so that Chinese
//! names line up.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::app::Language;
use crate::board::{Board, BrandBoard, Figure, Part};
use crate::facts::{CrowdKey, Dataset};
use crate::metrics::{Unit, Value};

const HEADER: [[&str; 7]; 2] = [
    ["指标", "名称", "当前", "对比", "变化", "目标差距", "来源"],
    [
        "metric", "name", "now", "against", "change", "gap", "source",
    ],
];

/// Whether a column is aligned right, as numbers are.
const RIGHT: [bool; 7] = [false, false, true, true, true, true, false];

type Line = [String; 7];

pub(super) fn write(
    out: &mut impl Write,
    board: &Board,
    dataset: &Dataset,
    language: Language,
) -> io::Result<()> {
    for brand in &board.brands {
        block(out, board, brand, dataset, language)?;
    }
    Ok(())
}

fn block(
    out: &mut impl Write,
    board: &Board,
    brand: &BrandBoard,
    dataset: &Dataset,
    language: Language,
) -> io::Result<()> {
    let mut lines: Vec<Line> = vec![HEADER[language as usize].map(str::to_owned)];
    lines.extend(brand.figures.iter().map(|f| line(f, dataset, language)));
    let widths: [usize; 7] = std::array::from_fn(|i| {
        let cells = lines.iter().map(|l| l[i].width());
        cells.max().unwrap_or(0)
    });
    writeln!(out, "{}", title(board, brand, dataset, language))?;
    for line in &lines {
        let cells = line.iter().zip(widths).zip(RIGHT);
        let cells: Vec<String> = cells.map(|((c, w), right)| pad(c, w, right)).collect();
        writeln!(out, "  {}", cells.join("  ").trim_end())?;
    }
    writeln!(out)
}

fn title(board: &Board, brand: &BrandBoard, dataset: &Dataset, language: Language) -> String {
    let name = dataset
        .brands
        .get(brand.brand)
        .map_or("", |b| match language {
            Language::Zh => b.name_zh.as_str(),
            Language::En => b.name_en.as_str(),
        });
    let (simulated, versus) = match language {
        Language::Zh => ("模拟数据", "对比"),
        Language::En => ("SIMULATED", "against"),
    };
    let query = &board.query;
    let mut title = format!("{name}  {}  {versus} {}", query.as_of, query.against);
    let slice = query.slice.to_string();
    for extra in [
        slice.as_str(),
        if dataset.simulated { simulated } else { "" },
    ] {
        if !extra.is_empty() {
            title.push_str("  ");
            title.push_str(extra);
        }
    }
    visible(&title)
}

fn line(figure: &Figure, dataset: &Dataset, language: Language) -> Line {
    let unit = figure.unit();
    let gap = figure.gap().map_or(String::new(), |g| difference(g, unit));
    [
        figure.metric.id.to_owned(),
        visible(&name(figure, dataset, language)),
        plain(figure.now, unit),
        plain(figure.against, unit),
        difference(figure.delta(), unit),
        gap,
        source(figure),
    ]
}

/// Where a value comes from, or why there is none.
fn source(figure: &Figure) -> String {
    match figure.now.why() {
        Some(why) => why.to_string(),
        None if figure.variant == figure.source.id() => figure.variant.clone(),
        None => format!("{} {}", figure.source.id(), figure.variant),
    }
}

fn name(figure: &Figure, dataset: &Dataset, language: Language) -> String {
    let metric = figure.metric.name[language as usize];
    let part = match figure.part {
        Part::Whole | Part::Crowd(CrowdKey::Brand) => return metric.to_owned(),
        Part::Flow(from, to) => format!("{}→{}", from.id(), to.id()),
        Part::Crowd(CrowdKey::All) => "*".to_owned(),
        Part::Crowd(CrowdKey::Crowd(i)) => crowd(dataset, i, language).to_owned(),
        Part::Role(role) => role.id().to_owned(),
        Part::Field(field) => field.id().to_owned(),
    };
    format!("{metric} {part}")
}

fn crowd(dataset: &Dataset, i: u32, language: Language) -> &str {
    dataset
        .crowds
        .get(i as usize)
        .map_or("", |c| match language {
            Language::Zh => c.name_zh.as_str(),
            Language::En => c.name_en.as_str(),
        })
}

/// A value in full; a ratio as a percentage.
fn plain(value: Value, unit: Unit) -> String {
    match (value.get(), unit) {
        (None, _) => "—".to_owned(),
        (Some(x), Unit::Ratio) => format!("{:.2} %", x * 100.0),
        (Some(x), Unit::People) => grouped(x, 0),
        (Some(x), _) => grouped(x, 2),
    }
}

/// A difference with its sign; percentage points for ratios.
fn difference(value: Value, unit: Unit) -> String {
    let Some(x) = value.get() else {
        return "—".to_owned();
    };
    let size = Value::Known(x.abs());
    let text = match unit {
        Unit::Ratio => format!("{:.2} pp", x.abs() * 100.0),
        _ => plain(size, unit),
    };
    match x {
        x if x < 0.0 => format!("−{text}"),
        x if x > 0.0 => format!("+{text}"),
        _ => text,
    }
}

/// A number with thousands separators.
fn grouped(x: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", x.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut out = String::new();
    if x < 0.0 {
        out.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out + rest
}

fn pad(text: &str, width: usize, right: bool) -> String {
    let blank = " ".repeat(width.saturating_sub(text.width()));
    if right {
        format!("{blank}{text}")
    } else {
        format!("{text}{blank}")
    }
}

/// The text with every character that a terminal would obey shown as `␛`.
fn visible(text: &str) -> String {
    let obeyed = |c: char| {
        c.is_control()
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars()
        .map(|c| if obeyed(c) { '␛' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{fixture, table};
    use super::*;

    #[test]
    fn chinese_and_latin_cells_line_up() {
        let (dataset, board) = fixture::two_brands();
        let text = table(&board, &dataset, Language::Zh);
        let lines: Vec<&str> = text.lines().collect();
        let column = |line: &str, what: &str| line[..line.find(what).unwrap()].width();
        assert_eq!(
            column(lines[1], "当前") + "当前".width(),
            column(lines[2], "1,234") + "1,234".width()
        );
        assert!(lines[0].starts_with("橡木") && lines[0].ends_with("模拟数据"));
        assert!(text.contains("10.18 %") && text.contains("−14.82 pp"));
        assert!(text.contains("—"));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(grouped(1_234_567.0, 0), "1,234,567");
        assert_eq!(grouped(-999.5, 2), "−999.50");
        assert_eq!(difference(Value::Known(-1200.0), Unit::People), "−1,200");
        assert_eq!(difference(Value::Known(0.0), Unit::People), "0");
    }

    #[test]
    fn names_cannot_reach_the_terminal() {
        assert_eq!(visible("a\u{1b}[2J\u{202e}"), "a␛[2J␛");
    }
}
