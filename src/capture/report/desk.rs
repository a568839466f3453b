//! The figures of one page: the board of its state, and what the last run found there.

use std::collections::BTreeMap;

use super::names;
use super::recipe::{Old, Was};
use super::section::{Cell, Head, Line, Table, Tone};
use crate::app::{Language, State};
use crate::board::{Board, BrandBoard, Figure, Part};
use crate::facts::{CrowdKey, Dataset};
use crate::metrics::{Direction, Unit, Value};
use crate::view::number::Number;
use crate::view::text::{self, clean, pick};

/// What a page is written from.
pub(super) struct Desk<'a> {
    pub(super) state: &'a State,
    pub(super) data: &'a Dataset,
    pub(super) board: &'a Board,
    pub(super) brand: &'a BrandBoard,
    pub(super) l: Language,
    old: Option<&'a BTreeMap<String, Old>>,
}

/// What of a figure changed its sign since the last run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flip {
    Delta,
    Gap,
}

impl<'a> Desk<'a> {
    /// The desk of a state; `None` while it shows no brand.
    pub(super) fn new(state: &'a State, was: Option<&'a Was>) -> Option<Self> {
        let board = state.board.as_deref()?;
        Some(Self {
            state,
            data: state.dataset()?,
            board,
            brand: board.brand(state.brand)?,
            l: state.language,
            old: was.and_then(|w| w.figures.get(&names::view(state))),
        })
    }

    pub(super) fn pick<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        pick(self.l, zh, en)
    }

    /// A value in the unit and currency of a figure.
    pub(super) fn number(&self, value: Value, unit: Unit) -> Number {
        Number::of(value, unit, self.l).currency(&self.data.currency)
    }

    /// A difference in the unit and currency of a figure.
    pub(super) fn difference(&self, value: Value, unit: Unit) -> Number {
        Number::difference(value, unit, self.l).currency(&self.data.currency)
    }

    pub(super) fn now(&self, figure: &Figure) -> Number {
        self.number(figure.now, figure.unit())
    }

    pub(super) fn delta(&self, figure: &Figure) -> Number {
        self.difference(figure.delta(), figure.unit())
    }

    pub(super) fn gap(&self, figure: &Figure) -> Option<Number> {
        Some(self.difference(figure.gap()?, figure.unit()))
    }

    pub(super) fn name(&self, figure: &Figure) -> String {
        names::figure(figure, self.data, self.l)
    }

    /// The figures that the screen prefers, in the order of the board, one for metric and part.
    pub(super) fn figures(&self) -> impl Iterator<Item = &'a Figure> + '_ {
        let brand = self.brand;
        brand.figures.iter().filter(move |figure| {
            let shown = brand.get(figure.metric.id, figure.part);
            shown.is_some_and(|s| std::ptr::eq(s, *figure))
        })
    }

    /// What the last run found.
    pub(super) fn then(&self, figure: &Figure) -> Option<&'a Old> {
        self.old?.get(&names::key(figure, self.data))
    }

    /// Whether the Δ or the gap of a figure has the other sign than at the last run.
    pub(super) fn flipped(&self, figure: &Figure, what: Flip) -> bool {
        self.before(figure, what).is_some()
    }

    /// The Δ or gap of the last run, where it had the other sign.
    pub(super) fn before(&self, figure: &Figure, what: Flip) -> Option<Number> {
        let old = self.then(figure)?;
        let (now, then) = match what {
            Flip::Delta => (self.delta(figure), old.delta?),
            Flip::Gap => (self.gap(figure)?, old.gap?),
        };
        let before = now.with(then);
        (now.sign()? * before.sign()? < 0).then_some(before)
    }

    fn marked(&self, figure: &Figure, number: Number, what: Flip) -> Cell {
        Cell::Number {
            tone: tone(figure.metric.direction, number.sign()),
            flipped: self.flipped(figure, what),
            number,
        }
    }

    /// Δ of a figure, with its tone and mark.
    pub(super) fn delta_cell(&self, figure: &Figure) -> Cell {
        self.marked(figure, self.delta(figure), Flip::Delta)
    }

    /// Gap of a figure, with its tone and mark.
    pub(super) fn gap_cell(&self, figure: &Figure) -> Cell {
        let gap = self.gap(figure);
        gap.map_or(Cell::Blank, |gap| self.marked(figure, gap, Flip::Gap))
    }

    /// Figures one below the other: now, against, Δ, Δ %, and targets and benchmarks where any has
    /// them.
    pub(super) fn table(&self, figures: &[&Figure]) -> Table {
        let targets = figures.iter().any(|f| f.target.is_some());
        let marks = figures.iter().any(|f| f.benchmark().is_some());
        let query = &self.board.query;
        let mut heads = vec![
            Head::text(self.pick("指标", "Metric")),
            Head::number(query.as_of.to_string()),
            Head::number(query.against.to_string()),
            Head::number("Δ"),
            Head::number("Δ%"),
        ];
        if targets {
            let titles = [("目标", "Target"), ("差距", "Gap"), ("完成", "Done")];
            heads.extend(titles.map(|(zh, en)| Head::number(self.pick(zh, en))));
        }
        if marks {
            heads.push(Head::text(self.pick("基准", "Benchmark")));
        }
        let rows = figures.iter().map(|f| self.row(f, targets, marks));
        Table {
            heads,
            rows: rows.collect(),
        }
    }

    fn row(&self, figure: &Figure, targets: bool, marks: bool) -> Vec<Cell> {
        let unit = figure.unit();
        let relative = match unit {
            Unit::Ratio => Cell::Blank,
            _ => Cell::number(Number::change(figure.change(), self.l)),
        };
        let mut row = vec![
            Cell::Text(self.name(figure)),
            Cell::number(self.now(figure)),
            Cell::number(self.number(figure.against, unit)),
            self.delta_cell(figure),
            relative,
        ];
        if targets {
            let share = |v| Cell::number(Number::of(v, Unit::Ratio, self.l));
            let target = figure.target.map(|t| Cell::number(self.number(t, unit)));
            row.push(target.unwrap_or(Cell::Blank));
            row.push(self.gap_cell(figure));
            row.push(figure.completion().map_or(Cell::Blank, share));
        }
        if marks {
            row.push(self.benchmark(figure));
        }
        row
    }

    fn benchmark(&self, figure: &Figure) -> Cell {
        let Some((kind, value)) = figure.benchmark() else {
            return Cell::Blank;
        };
        let value = self.number(Value::known(value), figure.unit()).exact();
        Cell::Text(format!("{} {value}", text::benchmark(self.l, kind)))
    }

    /// One row for every item and one column for every metric.
    pub(super) fn matrix(
        &self,
        corner: &str,
        metrics: &[&str],
        parts: &[Part],
        cell: &dyn Fn(&Figure) -> Cell,
    ) -> Table {
        let any = |id: &&&str| parts.iter().any(|p| self.brand.get(id, *p).is_some());
        let metrics: Vec<&str> = metrics.iter().filter(any).copied().collect();
        let title = |id: &&str| {
            let metric = crate::metrics::metric(id);
            Head::number(metric.map_or("", |m| text::short(self.l, m)))
        };
        let heads = std::iter::once(Head::text(corner)).chain(metrics.iter().map(title));
        let row = |part: &Part| {
            let name = Cell::Text(names::part(*part, self.data, self.l));
            let value = |id: &&str| self.brand.get(id, *part).map_or(Cell::Blank, cell);
            std::iter::once(name)
                .chain(metrics.iter().map(value))
                .collect()
        };
        Table {
            heads: heads.collect(),
            rows: parts.iter().map(row).collect(),
        }
    }

    /// The crowds that have figures, and their total.
    pub(super) fn crowds(&self) -> Vec<Part> {
        let each = (0..self.data.crowds.len() as u32).map(|k| Part::Crowd(CrowdKey::Crowd(k)));
        let all = std::iter::once(Part::Crowd(CrowdKey::All));
        let has = |part: &Part| self.brand.figures.iter().any(|f| f.part == *part);
        each.chain(all).filter(has).collect()
    }

    /// Brand, days, slice and what-if, on one line.
    pub(super) fn about(&self) -> String {
        let l = self.l;
        let name = self.data.brands.get(self.state.brand);
        let name = name.map_or("", |b| pick(l, &b.name_zh, &b.name_en));
        let query = &self.board.query;
        let mut parts = vec![
            clean(name).into_owned(),
            format!("{} {}", self.pick("截至", "as of"), query.as_of),
            format!(
                "{} {} {}",
                self.pick("对比", "against"),
                text::against(l, self.state.against),
                query.against
            ),
        ];
        let slice = query.slice.to_string();
        if !slice.is_empty() {
            parts.push(format!("{} {}", self.pick("切片", "slice"), clean(&slice)));
        }
        if let Some(open) = self.state.book.desk().open(self.state.brand_id()) {
            let (name, changes) = (clean(&open.name), open.scenario.to_string());
            let what = self.pick("假设", "what-if");
            parts.push(format!("{what} {name}: {}", clean(&changes)));
        }
        if self.data.simulated {
            parts.push(self.pick("模拟数据", "SIMULATED").to_owned());
        }
        parts.join(" · ")
    }

    /// Said where figures have no value at all.
    pub(super) fn nothing(&self, figures: &[&Figure]) -> Line {
        let why = figures.iter().find_map(|f| f.now.why());
        let why = why.map(|why| text::why(self.l, why));
        let none = self.pick("没有数据", "No data");
        Line::quiet(match why {
            Some(why) => format!("{none}{}{why}", self.pick("：", ": ")),
            None => none.to_owned(),
        })
    }
}

/// Whether a sign is good news.
fn tone(direction: Direction, sign: Option<i8>) -> Tone {
    match (direction, sign) {
        (Direction::Up, Some(1)) | (Direction::Down, Some(-1)) => Tone::Good,
        (Direction::Up, Some(-1)) | (Direction::Down, Some(1)) => Tone::Bad,
        _ => Tone::Plain,
    }
}
