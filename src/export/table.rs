//! Figures as aligned columns for people, one block per brand.
//!
//! `view` writes the numbers; columns are measured in terminal cells, so that Chinese names line up.

use std::io::{self, Write};

use crate::app::Language;
use crate::board::{Board, BrandBoard, Figure, Part};
use crate::facts::{CrowdKey, Dataset};
use crate::view::number::Number;
use crate::view::text;

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
        let cells = lines.iter().map(|l| text::width(&l[i]));
        cells.max().unwrap_or(0)
    });
    writeln!(out, "{}", title(board, brand, dataset, language))?;
    for line in &lines {
        let cells = line.iter().zip(widths).zip(RIGHT);
        let cells: Vec<String> = cells.map(|((c, w), right)| aligned(c, w, right)).collect();
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
    text::clean(&title).into_owned()
}

fn line(figure: &Figure, dataset: &Dataset, language: Language) -> Line {
    let unit = figure.unit();
    let exact = |n: Number| n.currency(&dataset.currency).exact();
    let difference = |v| exact(Number::difference(v, unit, language));
    [
        figure.metric.id.to_owned(),
        text::clean(&name(figure, dataset, language)).into_owned(),
        exact(Number::of(figure.now, unit, language)),
        exact(Number::of(figure.against, unit, language)),
        difference(figure.delta()),
        figure.gap().map_or(String::new(), difference),
        source(figure, language),
    ]
}

/// Where a value comes from, or why there is none.
fn source(figure: &Figure, language: Language) -> String {
    let source = text::source(language, figure.source);
    match figure.now.why() {
        Some(why) => text::why(language, why),
        None if figure.variant == figure.source.id() => source.to_owned(),
        None => format!("{source} {}", text::clean(&figure.variant)),
    }
}

fn name(figure: &Figure, dataset: &Dataset, language: Language) -> String {
    let metric = text::metric(language, figure.metric);
    let part = match figure.part {
        Part::Whole | Part::Crowd(CrowdKey::Brand) => return metric.to_owned(),
        Part::Flow(from, to) => format!("{}→{}", from.id(), to.id()),
        Part::Crowd(CrowdKey::All) => "*".to_owned(),
        Part::Crowd(CrowdKey::Crowd(i)) => crowd(dataset, i, language).to_owned(),
        Part::Role(role) => text::role(language, role).to_owned(),
        Part::Field(field) => text::field(language, field).to_owned(),
        Part::Layer(layer) => layer.map_or("*", |l| l.id()).to_owned(),
    };
    format!("{metric} {part}")
}

fn crowd(dataset: &Dataset, i: u32, language: Language) -> &str {
    dataset
        .crowds
        .get(i as usize)
        .map_or("", |c| text::pick(language, &c.name_zh, &c.name_en))
}

fn aligned(cell: &str, width: usize, right: bool) -> String {
    if right {
        text::pad_left(cell, width)
    } else {
        text::pad(cell, width)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{fixture, table};
    use super::*;

    #[test]
    fn chinese_and_latin_cells_line_up() {
        let (dataset, board) = fixture::two_brands();
        let page = table(&board, &dataset, Language::Zh);
        let lines: Vec<&str> = page.lines().collect();
        let end =
            |line: &str, what: &str| text::width(&line[..line.find(what).unwrap() + what.len()]);
        assert_eq!(end(lines[1], "当前"), end(lines[2], "1,234"));
        assert!(lines[0].starts_with("橡木") && lines[0].ends_with("模拟数据"));
        assert!(
            page.contains("10.18") && page.contains("−14.82 pp"),
            "{page}"
        );
        assert!(page.contains("—"));
    }
}
