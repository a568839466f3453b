//! Small data sets made by hand, for tests of everything that is drawn.

use std::sync::Arc;

use crate::app::{Language, Pane, Phase, State};
use crate::board::{Focus, compute};
use crate::facts::{
    BenchmarkRow, Brand, Crowd, CrowdKey, Dataset, Engine, FastRow, FieldRow, FlowRow, Problem,
    RelationRow, SalesRow, StockRow, TargetKey, TargetRow,
};
use crate::metrics::aipl::State as Layer;
use crate::metrics::benchmark::BenchmarkKind;
use crate::metrics::fast_plus::{Field, Role};
use crate::metrics::{Day, Value};

/// What kind of data a frame shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Situation {
    Normal,
    /// A brand without any table.
    Empty,
    /// Rows with empty cells, no benchmark, no members.
    Missing,
    /// The largest and smallest numbers.
    Extreme,
    /// Control characters, bidi marks, long Chinese, emoji and combining marks in every name.
    Hostile,
}

impl Situation {
    pub(crate) const ALL: [Self; 5] = [
        Self::Normal,
        Self::Empty,
        Self::Missing,
        Self::Extreme,
        Self::Hostile,
    ];
}

const HOSTILE: &str =
    "全\u{1b}[31m面\u{202e}性能\u{200b}精英👍🏽e\u{301}\u{301}\u{301}ภู超长的中文名称一直写到屏幕之外";

/// 2026-11-15, a Sunday.
pub(crate) fn today() -> Day {
    Day::from_ymd(2026, 11, 15).unwrap()
}

/// A state with a board, in Chinese, on the FAST pane.
pub(crate) fn state(situation: Situation) -> State {
    let engine = Arc::new(Engine::new(Arc::new(dataset(situation))));
    let mut state = State {
        phase: Phase::Ready(Arc::clone(&engine)),
        as_of: today(),
        size: (120, 36),
        ..State::default()
    };
    let board = compute(&engine, &state.query(), &Focus::One(0));
    state.board = Some(Arc::new(board));
    state
}

/// The same state, shown differently.
pub(crate) fn shown(
    situation: Situation,
    pane: Pane,
    language: Language,
    size: (u16, u16),
) -> State {
    State {
        pane,
        language,
        size,
        ..state(situation)
    }
}

fn dataset(situation: Situation) -> Dataset {
    let hostile = situation == Situation::Hostile;
    let name = |zh: &str| {
        if hostile {
            HOSTILE.to_owned()
        } else {
            zh.to_owned()
        }
    };
    let brand = |id: &str, zh: &str, en: &str| Brand {
        id: id.to_owned(),
        name_zh: name(zh),
        name_en: name(en),
        category: (situation != Situation::Missing).then(|| name("美妆护肤")),
        tier: None,
    };
    let crowd = |id: &str, zh: &str, en: &str| Crowd {
        id: id.to_owned(),
        name_zh: name(zh),
        name_en: name(en),
        population: Some(3_000_000.0),
        exclusive: true,
        owner: Some(name("王敏")),
        rule: None,
        declared: true,
    };
    let mut data = Dataset {
        name: name("示例品牌数据"),
        fingerprint: "0123456789abcdef".to_owned(),
        simulated: true,
        time_zone: "Asia/Shanghai".to_owned(),
        currency: "CNY".to_owned(),
        brands: vec![
            brand("oak", "橡木", "Oak"),
            brand("fir", "冷杉", "Fir"),
            brand("elm", "榆树", "Elm"),
        ],
        crowds: vec![
            crowd("genz", "Z世代", "Gen Z"),
            crowd("mom", "精致妈妈", "Refined moms"),
            crowd("elite", "都市精英", "Urban elite"),
        ],
        ..Dataset::default()
    };
    if situation != Situation::Empty {
        tables(&mut data, situation);
    }
    if hostile {
        data.problems.push(problem());
    }
    data
}

fn problem() -> Problem {
    Problem {
        severity: crate::facts::Severity::Warning,
        code: crate::facts::Code::Identity,
        place: crate::facts::Place::default(),
        message: "parts do not add up".to_owned(),
        message_zh: "各部分相加不等于合计".to_owned(),
        expected: String::new(),
        expected_zh: String::new(),
        found: String::new(),
        help: String::new(),
        help_zh: String::new(),
        count: 1,
    }
}

fn tables(data: &mut Dataset, situation: Situation) {
    let factor = if situation == Situation::Extreme {
        3.0e11
    } else {
        1.0
    };
    let gaps = situation == Situation::Missing;
    for week in 0..60i32 {
        let day = today().plus(-7 * (59 - week));
        for brand in 0..3u32 {
            let layers = layers(week, brand).map(|n| n * factor);
            push_stock(data, brand, day, layers, gaps && week % 3 != 0);
            push_fast(data, brand, day, layers, gaps);
        }
    }
    benchmarks_and_targets(data, factor, gaps);
    flows(data, factor);
    private(data, factor);
    sales(data, factor);
}

/// O, A, I, P, L of a week: a slow rise, a fair in spring and one in autumn.
fn layers(week: i32, brand: u32) -> [f64; 5] {
    let t = f64::from(week);
    let fair = |at: f64, width: f64| (-((t - at) / width).powi(2)).exp();
    let push = 1.0 + 0.9 * fair(59.0, 3.5) + 0.6 * fair(37.0, 3.0) + 0.8 * fair(7.0, 3.0);
    let size = [1.0, 0.4, 2.3][brand as usize % 3];
    let wave = 1.0 + 0.03 * (t * 1.7).sin();
    [
        2_400_000.0,
        612_345.0 * push,
        214_567.0 * push.sqrt(),
        98_765.0 + 900.0 * t,
        23_456.0 + 350.0 * t,
    ]
    .map(|n: f64| (n * size * wave).round())
}

fn push_stock(data: &mut Dataset, brand: u32, day: Day, [o, a, i, p, l]: [f64; 5], gap: bool) {
    data.tables.stock.push(StockRow {
        brand,
        date: day,
        crowd: CrowdKey::Brand,
        scope: None,
        o: Some(o),
        a: (!gap).then_some(a),
        i: Some(i),
        p: Some(p),
        l: Some(l),
        total: None,
        active: None,
        at: (0, 0),
    });
}

fn push_fast(data: &mut Dataset, brand: u32, day: Day, [_, a, i, p, l]: [f64; 5], gap: bool) {
    let deepened = ((a * 0.10 + i * 0.07 + p * 0.03) * 0.9).round();
    let members = (i * 0.5 + p * 0.6 + l).round();
    data.tables.fast.push(FastRow {
        brand,
        date: day,
        crowd: CrowdKey::Brand,
        scope: None,
        deepen_people: Some(deepened),
        deepen_ratio: Some(deepened / (a + i + p)),
        members: (!gap).then_some(members),
        active_members: (!gap).then_some((members * 0.317).round()),
        fans: None,
        at: (0, 0),
    });
    let _ = l;
}

fn benchmarks_and_targets(data: &mut Dataset, factor: f64, gaps: bool) {
    let category = data.brands[0].category.clone();
    let levels = [
        ("fast.f", 1_050_000.0 * factor),
        ("fast.a", 0.082),
        ("fast.s", 240_000.0 * factor),
        ("fast.t", 0.352),
    ];
    for (metric, value) in levels {
        let Some(category) = category.clone().filter(|_| !gaps) else {
            break;
        };
        data.tables.benchmarks.push(BenchmarkRow {
            category,
            metric: metric.to_owned(),
            kind: BenchmarkKind::Mean,
            value: Some(value),
            date: None,
            sample: None,
            at: (0, 0),
        });
    }
    let crowd = |k| CrowdKey::Crowd(k);
    let targets = [
        ("fast.f", CrowdKey::Brand, 1_500_000.0 * factor),
        ("fast.t", CrowdKey::Brand, 0.3),
        ("crowd.consumers", crowd(0), 500_000.0 * factor),
        ("crowd.penetration", crowd(0), 0.2),
        ("crowd.consumers", crowd(1), 200_000.0 * factor),
    ];
    for (metric, crowd, target) in targets {
        data.tables.targets.push(TargetRow {
            brand: 0,
            metric: metric.to_owned(),
            key: TargetKey { crowd, layer: None },
            target: Some(target),
            period: None,
            period_text: None,
            owner: Some("王敏".to_owned()),
            at: (0, 0),
        });
    }
}

fn flows(data: &mut Dataset, factor: f64) {
    let matrix = [
        (Layer::A, [312_000.0, 52_000.0, 9_100.0, 410.0, 640_000.0]),
        (Layer::I, [18_000.0, 160_000.0, 21_000.0, 900.0, 70_000.0]),
        (Layer::P, [40.0, 350.0, 141_000.0, 4_200.0, 2_100.0]),
        (Layer::L, [0.0, 3.0, 1_900.0, 39_000.0, 210.0]),
        (Layer::N, [420_000.0, 60_000.0, 7_000.0, 90.0, 0.0]),
    ];
    let to = [Layer::A, Layer::I, Layer::P, Layer::L, Layer::N];
    for (week, scale) in [(0, 1.0), (1, 0.93)] {
        let end = today().plus(-7 * week);
        for (from, people) in matrix {
            for (to, n) in to.into_iter().zip(people) {
                if from == Layer::N && to == Layer::N {
                    continue;
                }
                data.tables.flow.push(FlowRow {
                    brand: 0,
                    from_date: end.plus(-7),
                    to_date: end,
                    from,
                    to,
                    crowd: CrowdKey::Brand,
                    people: Some((n * scale * factor).round()),
                    at: (0, 0),
                });
            }
        }
    }
}

fn private(data: &mut Dataset, factor: f64) {
    let roles = [
        (Role::Subscriber, 41_000.0),
        (Role::Fan, 182_345.0),
        (Role::LiveFollower, 60_120.0),
        (Role::GroupMember, 12_040.0),
        (Role::Service, 3_120.0),
        (Role::Member, 221_990.0),
    ];
    for week in 0..60i32 {
        let day = today().plus(-7 * week);
        let shrink = 1.0 - 0.006 * f64::from(week);
        for (role, people) in roles {
            data.tables.relations.push(RelationRow {
                brand: 0,
                date: day,
                role: Some(role),
                people: Some((people * shrink * factor).round()),
                trade: Some((people * shrink * 83.7 * f64::from(role.level())).round()),
                spread: None,
                at: (0, 0),
            });
        }
        for (field, visitors) in [
            (Field::Shop, 120_000.0),
            (Field::Live, 64_000.0),
            (Field::Group, 9_000.0),
            (Field::MiniProgram, 0.0),
        ] {
            data.tables.fields.push(FieldRow {
                brand: 0,
                date: day,
                field,
                visitors: Some(visitors * factor),
                new_relations: Some((visitors * 0.043 * shrink).round()),
                deepened: None,
                buyers: None,
                at: (0, 0),
            });
        }
    }
}

fn sales(data: &mut Dataset, factor: f64) {
    for week in 0..60i32 {
        let day = today().plus(-7 * week);
        for (k, people) in [(0u32, 410_222.0), (1, 232_120.0), (2, 90_010.0)] {
            let mut row = [people * 0.7, people * 0.2, people * 0.08, people * 0.02]
                .map(|n: f64| (n * factor).round());
            row[0] -= f64::from(week) * 100.0;
            let [a, i, p, l] = row;
            data.tables.stock.push(StockRow {
                brand: 0,
                date: day,
                crowd: CrowdKey::Crowd(k),
                scope: None,
                o: None,
                a: Some(a),
                i: Some(i),
                p: Some(p),
                l: Some(l),
                total: None,
                active: None,
                at: (0, 0),
            });
            data.tables.sales.push(SalesRow {
                brand: 0,
                date: day,
                crowd: CrowdKey::Crowd(k),
                layer: None,
                category: None,
                buyers: Some((people * 0.06).round()),
                orders: None,
                gmv: Some(people * 0.06 * 231.5),
                visitors: None,
                cart_people: None,
                cart_buyers: None,
                new_buyers: None,
                at: (0, 0),
            });
        }
    }
}

#[test]
fn a_normal_board_has_every_fast_figure() {
    let state = state(Situation::Normal);
    let board = state.board.unwrap();
    for id in ["fast.f", "fast.a", "fast.s", "fast.t"] {
        let figure = board.brands[0].get(id, crate::board::Part::Whole).unwrap();
        assert!(
            matches!(figure.now, Value::Known(_)),
            "{id}: {:?}",
            figure.now
        );
    }
}
