//! One figure as a row: the cells that all forms of an export share.
//!
//! A cell is text, a number, a known absence (`null`) or not applicable (no key at all).

use std::borrow::Cow;

use crate::board::{Board, BrandBoard, Figure, Part};
use crate::facts::{CrowdKey, Dataset};
use crate::metrics::benchmark::BenchmarkKind;
use crate::metrics::{Unit, Value, Why};

/// One cell of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Text.
    Text(Cow<'a, str>),
    /// A finite number.
    Number(f64),
    /// The key applies, but there is no value.
    Null,
    /// The key does not apply to this metric.
    Absent,
}

impl<'a> Cell<'a> {
    fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Self::Text(text.into())
    }

    fn value(value: Value) -> Self {
        value.get().map_or(Self::Null, Self::Number)
    }

    fn optional(value: Option<Value>) -> Self {
        value.map_or(Self::Null, Self::value)
    }

    fn applicable(value: Option<Value>) -> Self {
        value.map_or(Self::Absent, Self::value)
    }
}

/// Names of the cells of a [`Row`], in order: the keys of JSON and the header of CSV. The first
/// fourteen are in every JSON row, the others where they apply.
pub const COLUMNS: [&str; 31] = [
    "metric",
    "brand",
    "as_of",
    "against",
    "slice",
    "value",
    "against_value",
    "delta",
    "unit",
    "missing",
    "numerator",
    "denominator",
    "variant",
    "definition",
    "source",
    "crowd",
    "layer",
    "from",
    "to",
    "role",
    "field",
    "target",
    "gap",
    "completion",
    "target_derived",
    "baseline",
    "benchmark",
    "benchmark_kind",
    "index",
    "low",
    "high",
];

/// The cells of one figure, named by [`COLUMNS`].
pub type Row<'a> = [Cell<'a>; COLUMNS.len()];

/// What all rows of a board share.
struct Shared<'a> {
    dataset: &'a Dataset,
    board: &'a Board,
    as_of: String,
    against: String,
    slice: String,
}

/// The rows of a board: its brands in order, their figures in order.
pub fn rows<'a>(board: &'a Board, dataset: &'a Dataset) -> impl Iterator<Item = Row<'a>> {
    let shared = Shared {
        dataset,
        board,
        as_of: board.query.as_of.to_string(),
        against: board.query.against.to_string(),
        slice: board.query.slice.to_string(),
    };
    board
        .brands
        .iter()
        .flat_map(|brand| brand.figures.iter().map(move |figure| (brand, figure)))
        .map(move |(brand, figure)| row(&shared, brand, figure))
}

fn row<'a>(shared: &Shared<'a>, brand: &'a BrandBoard, figure: &'a Figure) -> Row<'a> {
    let names = part_names(figure.part, shared.dataset);
    let (low, high) = bounds(figure.now);
    let rank = figure.rank().map(|rank| (BenchmarkKind::Rank, rank));
    let benchmark = figure.benchmark().or(rank);
    let definitions = &shared.board.query.definitions;
    [
        Cell::text(figure.metric.id),
        Cell::text(brand_id(shared.dataset, brand.brand)),
        Cell::text(shared.as_of.clone()),
        Cell::text(shared.against.clone()),
        Cell::text(shared.slice.clone()),
        Cell::value(figure.now),
        Cell::value(figure.against),
        Cell::value(figure.delta()),
        Cell::text(unit(figure.unit(), &shared.dataset.currency)),
        figure
            .now
            .why()
            .map_or(Cell::Null, |why| Cell::text(why.to_string())),
        Cell::optional(figure.numerator),
        Cell::optional(figure.denominator),
        Cell::text(figure.variant.as_str()),
        Cell::text(figure.definition(definitions)),
        Cell::text(figure.source.id()),
        names.crowd,
        names.layer,
        names.from,
        names.to,
        names.role,
        names.field,
        Cell::applicable(figure.target),
        Cell::applicable(figure.gap()),
        Cell::applicable(figure.completion()),
        Cell::applicable(figure.target_derived),
        Cell::applicable(figure.baseline),
        benchmark.map_or(Cell::Absent, |(_, b)| Cell::value(Value::known(b))),
        benchmark.map_or(Cell::Absent, |(kind, _)| Cell::text(kind.id())),
        Cell::applicable(figure.benchmark().map(|_| figure.index())),
        low,
        high,
    ]
}

/// The cells that say which part of the brand a row is about.
struct PartNames<'a> {
    crowd: Cell<'a>,
    layer: Cell<'a>,
    from: Cell<'a>,
    to: Cell<'a>,
    role: Cell<'a>,
    field: Cell<'a>,
}

fn part_names(part: Part, dataset: &Dataset) -> PartNames<'_> {
    let mut names = PartNames {
        crowd: Cell::Absent,
        layer: Cell::Absent,
        from: Cell::Absent,
        to: Cell::Absent,
        role: Cell::Absent,
        field: Cell::Absent,
    };
    match part {
        Part::Whole | Part::Crowd(CrowdKey::Brand) => {}
        Part::Flow(from, to) => {
            names.from = Cell::text(from.id());
            names.to = Cell::text(to.id());
        }
        Part::Crowd(CrowdKey::All) => names.crowd = Cell::text("*"),
        Part::Crowd(CrowdKey::Crowd(i)) => {
            let crowd = dataset.crowds.get(i as usize);
            names.crowd = Cell::text(crowd.map_or("", |c| c.id.as_str()));
        }
        Part::Role(role) => names.role = Cell::text(role.id()),
        Part::Field(field) => names.field = Cell::text(field.id()),
        Part::Layer(layer) => names.layer = Cell::text(layer.map_or("*", |l| l.id())),
    }
    names
}

fn bounds<'a>(value: Value) -> (Cell<'a>, Cell<'a>) {
    match value {
        Value::Missing(Why::UnionBetween(low, high)) => (
            Cell::value(Value::known(low)),
            Cell::value(Value::known(high)),
        ),
        _ => (Cell::Absent, Cell::Absent),
    }
}

fn brand_id(dataset: &Dataset, brand: usize) -> &str {
    dataset.brands.get(brand).map_or("", |b| b.id.as_str())
}

/// The unit of a row; money is in the currency of the data set.
fn unit(unit: Unit, currency: &str) -> Cow<'_, str> {
    match unit {
        Unit::Money => currency.into(),
        Unit::MoneyPerPerson => format!("{currency}/person").into(),
        other => other.id().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture;
    use super::*;

    fn cell<'r, 'a>(row: &'r Row<'a>, name: &str) -> &'r Cell<'a> {
        &row[COLUMNS.iter().position(|c| *c == name).unwrap()]
    }

    #[test]
    fn rows_follow_the_board() {
        let (dataset, board) = fixture::two_brands();
        let ids: Vec<_> = rows(&board, &dataset)
            .map(|r| (cell(&r, "brand").clone(), cell(&r, "metric").clone()))
            .collect();
        assert_eq!(ids.len(), fixture::figures(&board));
        assert_eq!(ids[0].0, Cell::text("oak"));
        assert_eq!(ids[0].1, Cell::text("aipl.i"));
        assert_eq!(ids.last().unwrap().0, Cell::text("=pine"));
    }

    #[test]
    fn a_missing_value_has_its_reason_and_a_known_one_has_none() {
        let (dataset, board) = fixture::two_brands();
        for row in rows(&board, &dataset) {
            let missing = *cell(&row, "missing") != Cell::Null;
            assert_eq!(*cell(&row, "value") == Cell::Null, missing);
        }
    }

    #[test]
    fn parts_targets_and_ranges_stand_where_they_apply() {
        let (dataset, board) = fixture::two_brands();
        let all: Vec<Row> = rows(&board, &dataset).collect();
        let of = |metric: &str| {
            all.iter()
                .find(|r| *cell(r, "metric") == Cell::text(metric))
                .unwrap()
        };
        let crowd = of("crowd.gmv");
        assert_eq!(*cell(crowd, "crowd"), Cell::text("genz"));
        assert_eq!(*cell(crowd, "unit"), Cell::text("CNY"));
        assert_eq!(*cell(crowd, "gap"), Cell::Number(-500.0));
        assert_eq!(*cell(crowd, "completion"), Cell::Number(0.8));
        let flow = of("flow");
        assert_eq!(*cell(flow, "from"), Cell::text("a"));
        assert_eq!(*cell(flow, "to"), Cell::text("l"));
        assert_eq!(*cell(flow, "target"), Cell::Absent);
        let capital = of("fast_plus.capital");
        assert_eq!(*cell(capital, "low"), Cell::Number(50.0));
        assert_eq!(*cell(capital, "high"), Cell::Number(80.0));
        let total = of("crowd.aov");
        assert_eq!(*cell(total, "crowd"), Cell::text("*"));
        assert_eq!(*cell(total, "unit"), Cell::text("CNY/person"));
        let f = of("fast.f");
        assert_eq!(*cell(f, "index"), Cell::Number(200.0));
        assert_eq!(*cell(f, "benchmark_kind"), Cell::text("mean"));
    }
}
