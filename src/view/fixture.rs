//! Data sets for tests of screens: platform tables made from a few numbers, through the real board.

use std::sync::Arc;

use crate::app::{Pane, State, open};
use crate::facts::Code;
use crate::facts::{
    BenchmarkRow, Brand, Crowd, CrowdKey, Dataset, Engine, FastRow, FlowRow, Place, Problem,
    SalesRow, Severity, StockRow, TargetKey, TargetRow,
};
use crate::metrics::Day;
use crate::metrics::aipl::State as Stage;
use crate::metrics::benchmark::BenchmarkKind;

/// What a data set is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Situation {
    /// Everything is there.
    Normal,
    /// No brands at all.
    Empty,
    /// Targets, but hardly a current value.
    Missing,
    /// Numbers of many digits, and tiny ones.
    Extreme,
    /// Names that try to break the screen.
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

const WEEKS: i32 = 56;
const NAMES: [(&str, &str); 6] = [
    ("橡木之家", "Oak & Hearth"),
    ("青禾", "Qinghe"),
    ("北岸咖啡", "Northshore Coffee"),
    ("栗子先生", "Mr. Chestnut"),
    ("云上", "Above the Clouds"),
    ("潮间带", "Tideland"),
];
const CROWDS: [(&str, &str, &str); 8] = [
    ("genz", "Z世代", "GenZ"),
    ("supermom", "精致妈妈", "Supermoms"),
    ("rookie", "新锐白领", "Rookie white collars"),
    ("middle", "资深中产", "Wealthy middle class"),
    ("town_youth", "小镇青年", "Small-town youth"),
    ("town_mature", "小镇中老年", "Small-town mature"),
    ("grey", "都市银发", "Urban grey hairs"),
    ("blue", "都市蓝领", "Urban blue collars"),
];

pub(crate) fn as_of() -> Day {
    Day::from_ymd(2026, 11, 15).unwrap()
}

/// A state that shows a pane of such a data set.
pub(crate) fn state(situation: Situation, pane: Pane, size: (u16, u16)) -> State {
    let mut state = State {
        pane,
        size,
        ..State::default()
    };
    open(
        &mut state,
        Arc::new(Engine::new(Arc::new(dataset(situation)))),
    );
    state
}

/// A data set that is like that.
pub(crate) fn dataset(situation: Situation) -> Dataset {
    let mut data = Dataset {
        name: "fixture".into(),
        time_zone: "Asia/Shanghai".into(),
        currency: "CNY".into(),
        as_of: Some(as_of()),
        ..Dataset::default()
    };
    if situation == Situation::Empty {
        return data;
    }
    let hostile = situation == Situation::Hostile;
    data.brands = NAMES
        .iter()
        .enumerate()
        .map(|(i, (zh, en))| brand(i, zh, en, hostile))
        .collect();
    data.crowds = CROWDS.iter().map(|c| crowd(c, hostile)).collect();
    for brand in 0..data.brands.len() as u32 {
        targets(&mut data, brand);
        let weeks = if situation == Situation::Missing {
            1
        } else {
            WEEKS
        };
        for week in 0..weeks {
            tables(&mut data, brand, week, situation);
        }
    }
    benchmarks(&mut data);
    problems(&mut data, hostile);
    data
}

const HOSTILE: &str = "\u{1b}[31m橡👨‍👩‍👧木\u{202e}ab\u{200b}\tx\u{9b}";

fn named(text: &str, hostile: bool) -> String {
    if hostile {
        format!("{HOSTILE}{text}e{}", "\u{301}".repeat(300))
    } else {
        text.to_owned()
    }
}

fn brand(i: usize, zh: &str, en: &str, hostile: bool) -> Brand {
    Brand {
        id: format!("brand{i}"),
        name_zh: named(zh, hostile),
        name_en: named(en, hostile),
        category: Some(named(["家居", "食品", "户外"][i / 2], hostile)),
        tier: None,
    }
}

fn crowd(&(id, zh, en): &(&str, &str, &str), hostile: bool) -> Crowd {
    Crowd {
        id: id.into(),
        name_zh: named(zh, hostile),
        name_en: named(en, hostile),
        population: Some(3_000_000.0),
        exclusive: true,
        owner: Some(named("电商部", hostile)),
        rule: Some(named("18–24 岁，一至三线城市", hostile)),
        declared: true,
    }
}

fn targets(data: &mut Dataset, brand: u32) {
    let goals = [
        ("crowd.consumers", 250_000.0),
        ("crowd.penetration", 0.08),
        ("crowd.conversion", 0.05),
        ("crowd.gmv", 2_500_000.0),
    ];
    for c in 0..data.crowds.len() as u32 {
        for (metric, target) in goals {
            data.tables.targets.push(TargetRow {
                brand,
                metric: metric.into(),
                key: TargetKey {
                    crowd: CrowdKey::Crowd(c),
                    layer: None,
                },
                target: Some(target * (1.0 + f64::from(c) / 10.0)),
                period: None,
                period_text: None,
                owner: Some("市场部".into()),
                at: (0, 0),
            });
        }
    }
}

/// A believable, uneven course of the weeks.
fn wave(brand: u32, week: i32, seed: u32) -> f64 {
    let phase = f64::from(week) / 8.0 + f64::from(brand * 3 + seed);
    1.0 + 0.12 * phase.sin() + f64::from(WEEKS - week) * 0.006
}

fn tables(data: &mut Dataset, brand: u32, week: i32, situation: Situation) {
    let day = as_of().plus(-7 * week);
    let scale = match situation {
        Situation::Extreme if brand == 0 => 4_000_000.0,
        Situation::Extreme => 0.001,
        _ => 1.0 + f64::from(brand) * 0.4,
    };
    let n = |people: f64, seed| Some((people * scale * wave(brand, week, seed)).round());
    let stock = |crowd, part: f64| StockRow {
        brand,
        date: day,
        crowd,
        scope: None,
        o: n(900_000.0 * part, 9),
        a: n(600_000.0 * part, 1),
        i: n(240_000.0 * part, 2),
        p: n(90_000.0 * part, 3),
        l: n(30_000.0 * part, 4),
        total: None,
        active: None,
        at: (0, 0),
    };
    let whole = stock(CrowdKey::Brand, 1.0);
    data.tables.stock.push(whole.clone());
    for c in 0..data.crowds.len() as u32 {
        let part = [0.22, 0.28, 0.2, 0.24, 0.16, 0.18, 0.2, 0.26][c as usize];
        let key = CrowdKey::Crowd(c);
        if situation != Situation::Missing || c == 1 {
            data.tables.stock.push(stock(key, part));
            data.tables
                .sales
                .push(sales(brand, day, key, n(12_000.0 * part, 5)));
        }
    }
    if situation == Situation::Missing {
        return;
    }
    let all = n(12_000.0, 5);
    data.tables
        .sales
        .push(sales(brand, day, CrowdKey::Brand, all));
    data.tables
        .sales
        .push(sales(brand, day, CrowdKey::All, all));
    data.tables.stock.push(stock(CrowdKey::All, 1.0));
    flows(data, &whole);
    data.tables.fast.push(FastRow {
        brand,
        date: day,
        crowd: CrowdKey::Brand,
        scope: None,
        deepen_people: n(80_000.0, 6),
        deepen_ratio: Some(0.08 * wave(brand, week, 6)),
        members: n(210_000.0, 7),
        active_members: n(90_000.0, 8),
        fans: None,
        at: (0, 0),
    });
}

fn sales(brand: u32, date: Day, crowd: CrowdKey, buyers: Option<f64>) -> SalesRow {
    SalesRow {
        brand,
        date,
        crowd,
        layer: None,
        category: None,
        buyers,
        orders: buyers,
        gmv: buyers.map(|b| b * 213.0),
        visitors: None,
        cart_people: None,
        cart_buyers: None,
        new_buyers: None,
        at: (0, 0),
    }
}

fn flows(data: &mut Dataset, stock: &StockRow) {
    let parts = [stock.o, stock.a, stock.i, stock.p, stock.l].map(|x| x.unwrap_or(0.0));
    let states = [Stage::N, Stage::O, Stage::A, Stage::I, Stage::P, Stage::L];
    for (f, from) in states.into_iter().enumerate() {
        for (t, to) in states.into_iter().enumerate() {
            if !from.is_asset() && !to.is_asset() {
                continue;
            }
            let whole = if f == 0 { 200_000.0 } else { parts[f - 1] };
            let share = if f == t {
                0.7
            } else {
                0.08 / (1.0 + f.abs_diff(t) as f64)
            };
            data.tables.flow.push(FlowRow {
                brand: stock.brand,
                from_date: stock.date.plus(-7),
                to_date: stock.date,
                from,
                to,
                crowd: CrowdKey::Brand,
                people: Some((whole * share).round()),
                at: (0, 0),
            });
        }
    }
}

fn benchmarks(data: &mut Dataset) {
    let values = [
        ("fast.f", 900_000.0),
        ("fast.a", 0.07),
        ("fast.s", 200_000.0),
        ("fast.t", 0.4),
    ];
    let categories: Vec<String> = data
        .brands
        .iter()
        .filter_map(|b| b.category.clone())
        .collect();
    for category in categories {
        for (metric, value) in values {
            data.tables.benchmarks.push(BenchmarkRow {
                category: category.clone(),
                metric: metric.into(),
                kind: BenchmarkKind::Median,
                value: Some(value),
                date: None,
                sample: None,
                at: (0, 0),
            });
        }
    }
}

fn problems(data: &mut Dataset, hostile: bool) {
    for i in 0..30 {
        data.problems.push(Problem {
            severity: [Severity::Note, Severity::Warning, Severity::Error][i % 3],
            code: Code::Row,
            place: Place {
                file: named("stock.csv", hostile),
                line: i as u64 + 2,
                column: 3,
            },
            message: named("the cell is not a number", hostile),
            message_zh: named("单元格不是数字", hostile),
            expected: "a number such as 1,234 or 1.2万".into(),
            expected_zh: "数字，如 1,234 或 1.2万".into(),
            found: named("abc", hostile),
            help: "correct the cell or leave it empty".into(),
            help_zh: "请改正或留空该单元格".into(),
            count: i as u64,
        });
    }
}
