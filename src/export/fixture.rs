//! Boards made by hand, for the tests of all forms.

use crate::board::{Against, Board, BrandBoard, Figure, Part, Query, Source};
use crate::facts::{Brand, Crowd, CrowdKey, Dataset, Slice};
use crate::metrics::aipl::State;
use crate::metrics::benchmark::BenchmarkKind;
use crate::metrics::{Day, Value, Why, metric};

fn figure(id: &str, part: Part, now: Value, against: Value) -> Figure {
    Figure {
        metric: metric(id).unwrap(),
        part,
        source: Source::Events,
        now,
        against,
        numerator: None,
        denominator: None,
        variant: "events".into(),
        target: None,
        baseline: None,
        preview: None,
        target_derived: None,
        owner: None,
        benchmarks: Vec::new(),
    }
}

fn oak() -> Vec<Figure> {
    let k = Value::Known;
    let mut f = figure(
        "fast.f",
        Part::Whole,
        k(3000.0),
        Value::Missing(Why::NotGiven),
    );
    f.benchmarks = vec![(BenchmarkKind::Rank, 3.0), (BenchmarkKind::Mean, 1500.0)];
    let range = Value::Missing(Why::UnionBetween(50.0, 80.0));
    let mut gmv = figure(
        "crowd.gmv",
        Part::Crowd(CrowdKey::Crowd(0)),
        k(2000.0),
        k(1000.0),
    );
    gmv.target = Some(k(2500.0));
    vec![
        figure("aipl.i", Part::Whole, k(1234.0), k(1200.0)),
        figure("flow", Part::Flow(State::A, State::L), k(10.0), k(9.0)),
        f,
        figure("fast_plus.capital", Part::Whole, range, range),
        figure("crowd.aov", Part::Crowd(CrowdKey::All), k(99.5), k(0.0)),
        gmv,
    ]
}

/// Two brands, one of them with a hostile id.
pub(super) fn two_brands() -> (Dataset, Board) {
    let brand = |id: &str, name: &str| Brand {
        id: id.into(),
        name_zh: name.into(),
        name_en: id.into(),
        ..Brand::default()
    };
    let dataset = Dataset {
        name: "两个品牌 \u{202e}x".into(),
        fingerprint: "00ff00ff00ff00ff".into(),
        simulated: true,
        currency: "CNY".into(),
        brands: vec![brand("oak", "橡木"), brand("=pine", "松木")],
        crowds: vec![Crowd {
            id: "genz".into(),
            name_zh: "Z世代".into(),
            name_en: "Gen Z".into(),
            ..Crowd::default()
        }],
        ..Dataset::default()
    };
    let as_of = Day::from_ymd(2017, 12, 3).unwrap();
    let full = |brand, figures| BrandBoard {
        brand,
        full: true,
        figures,
        history: Vec::new(),
        bounded: Vec::new(),
        workbench: None,
        detected: None,
    };
    let pine = figure(
        "fast.a",
        Part::Whole,
        Value::Known(0.1018),
        Value::Known(0.25),
    );
    let board = Board {
        ahead: None,
        query: Query {
            as_of,
            against: Against::PreviousWeek.resolve(as_of),
            slice: Slice::default(),
            definitions: dataset.definitions.clone(),
            scenario: crate::scenario::Scenario::default(),
        },
        dates: Vec::new(),
        brands: vec![full(0, oak()).into(), full(1, vec![pine]).into()],
        dimensions: Vec::new(),
        extent: crate::board::Extent::Whole,
    };
    (dataset, board)
}

/// How many figures a board holds.
pub(super) fn figures(board: &Board) -> usize {
    board.brands.iter().map(|b| b.figures.len()).sum()
}
