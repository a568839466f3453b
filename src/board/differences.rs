//! Where the event log and the platform tables give different figures for the same thing.

use super::{Board, Figure, Part, Source};
use crate::facts::{Code, CrowdKey, Dataset, Place, Problem, Severity};

/// One warning for every figure that the log and the tables give differently; neither is right by
/// itself, so both stay on the board.
pub fn differences(board: &Board, data: &Dataset) -> Vec<Problem> {
    let mut found = Vec::new();
    for brand in &board.brands {
        let id = data.brands.get(brand.brand).map_or("", |b| b.id.as_str());
        for log in brand.figures.iter().filter(|f| f.source == Source::Events) {
            let table = brand.from(Source::Platform, log.metric.id, log.part);
            if let Some((a, b)) = table.and_then(|table| differ(log, table)) {
                found.push(problem(board, data, id, log, (a, b)));
            }
        }
    }
    found
}

/// Both values, when they are known and further apart than the last digits of a double.
fn differ(log: &Figure, table: &Figure) -> Option<(f64, f64)> {
    let (a, b) = (log.now.get()?, table.now.get()?);
    let apart = (a - b).abs() > 1e-9 * a.abs().max(b.abs());
    // A rate with another denominator is another figure.
    (apart && (log.variant == table.variant || log.variant == Source::Events.id()))
        .then_some((a, b))
}

fn problem(
    board: &Board,
    data: &Dataset,
    brand: &str,
    figure: &Figure,
    (log, table): (f64, f64),
) -> Problem {
    let part = part(data, figure.part);
    let metric = figure.metric;
    let day = board.query.as_of;
    Problem {
        severity: Severity::Warning,
        code: Code::Differs,
        place: Place::default(),
        message: format!(
            "{brand}: {} {part}on {day} is {log} by the event log and {table} by the platform tables",
            metric.id
        ),
        message_zh: format!(
            "{brand}：{day} 的{}（{}）{part}按行为日志为 {log}，按平台表为 {table}",
            metric.name[0], metric.id
        ),
        expected: String::new(),
        expected_zh: String::new(),
        found: String::new(),
        help: String::new(),
        help_zh: String::new(),
        count: 1,
    }
}

fn part(data: &Dataset, part: Part) -> String {
    match part {
        Part::Whole => String::new(),
        Part::Flow(from, to) => format!("{}→{} ", from.id(), to.id()),
        Part::Crowd(CrowdKey::Crowd(k)) => data
            .crowds
            .get(k as usize)
            .map_or_else(String::new, |c| format!("[{}] ", c.id)),
        Part::Crowd(_) => "[*] ".to_owned(),
        Part::Role(role) => format!("[{}] ", role.id()),
        Part::Field(field) => format!("[{}] ", field.id()),
        Part::Layer(layer) => format!("[{}] ", layer.map_or("*", |l| l.id())),
    }
}
