//! The AIPL pane: the funnel with its step rates, who went where, and the four layers through time.
//!
//! Every number is a figure of the board; shares of a whole use the largest remainder, and heat is
//! the share of a row. A state that the source does not know (opportunity consumers without a
//! category) is left out of the matrix instead of being shown as nobody.

use super::brands::{change, ends, levels, no_history};
use super::ghost::{self, Ghost};
use super::number::{Number, share_text, shares};
use super::table::{Accent, Change, Chart, Line, why_missing};
use super::text::{self, pick};
use crate::app::{Language, Phase, State as App};
use crate::board::{Board, BrandBoard, Extent, Figure, Part, Source};
use crate::metrics::aipl::State;
use crate::metrics::{Unit, Value, Why};

/// The AIPL pane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AiplModel {
    /// Funnel, flow and the terms of the flow.
    pub funnel: Funnel,
    /// The matrix.
    pub flow: FlowTable,
    /// The four layers through time.
    pub trend: Chart,
    /// Why figures are missing, each reason once.
    pub reasons: Vec<String>,
}

/// The funnel A → I → P → L.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Funnel {
    /// Title of the panel.
    pub title: String,
    /// The comparison, in words.
    pub side: String,
    /// The four layers.
    pub layers: Vec<Layer>,
    /// The three steps between them.
    pub steps: Vec<Step>,
    /// The asset A + I + P + L, and what stands apart: opportunity consumers.
    pub apart: Vec<Layer>,
}

/// One layer.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    /// Its letter.
    pub letter: char,
    /// Its name.
    pub name: String,
    /// Which accent: 0 = A … 3 = L; `None` for what is no layer.
    pub accent: Accent,
    /// People.
    pub people: Number,
    /// People at the comparison.
    pub against: Number,
    /// Change against the comparison.
    pub change: Change,
    /// Share of the asset, with a per cent sign; empty when not known.
    pub share: String,
    /// Length of its bar, 0..=1 of the longest.
    pub length: Option<f64>,
    /// Length of its bar at the comparison.
    pub length_before: Option<f64>,
    /// People without the what-if that changes them.
    pub ghost: Option<Ghost>,
    /// Length of its bar without the what-if.
    pub length_ghost: Option<f64>,
}

/// One step from a layer to deeper ones.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// What it is: `A → I P L step rate`.
    pub name: String,
    /// The step rate.
    pub rate: Number,
    /// The step rate at the comparison.
    pub against: Number,
    /// The difference, pp.
    pub change: Change,
}

/// Who went where.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FlowTable {
    /// Title of the panel.
    pub title: String,
    /// From when to when.
    pub side: String,
    /// What rows and columns are.
    pub corner: String,
    /// Letters and names of the states, rows and columns alike.
    pub states: Vec<(char, String)>,
    /// `cells[row][column]`.
    pub cells: Vec<Vec<FlowCell>>,
    /// New, deepened, unchanged, shallower, lost.
    pub terms: Vec<Term>,
}

/// One cell of the matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowCell {
    /// People.
    pub people: Number,
    /// Share of its row, 0..=1.
    pub heat: Option<f64>,
    /// The same share as a number.
    pub share: Number,
    /// Where it stands to the diagonal.
    pub way: Way,
}

/// Where a flow leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Into the asset.
    New,
    /// To a deeper layer.
    Deeper,
    /// Nowhere.
    Same,
    /// To a shallower layer.
    Shallower,
    /// Out of the asset.
    Lost,
    /// Between none and opportunity.
    Outside,
}

impl Way {
    /// The way from one state to another.
    pub fn between(from: State, to: State) -> Self {
        match (from.is_asset(), to.is_asset()) {
            (false, false) => Self::Outside,
            (false, true) => Self::New,
            (true, false) => Self::Lost,
            _ if to > from => Self::Deeper,
            _ if to < from => Self::Shallower,
            _ => Self::Same,
        }
    }

    /// The glyph that stands for it.
    pub fn glyph(self) -> char {
        match self {
            Self::New => '+',
            Self::Deeper => '▲',
            Self::Same => '=',
            Self::Shallower => '▼',
            Self::Lost => '−',
            Self::Outside => '·',
        }
    }
}

/// One of the five terms of a flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Term {
    /// Which way it leads.
    pub way: Way,
    /// Its name.
    pub name: String,
    /// People.
    pub people: Number,
    /// Change of that number against the comparison, where it is known.
    pub change: Change,
}

/// The pane for a state.
pub fn model(state: &App) -> AiplModel {
    let board = state.board.as_deref();
    let (Phase::Ready(_), Some(board)) = (&state.phase, board) else {
        return AiplModel::default();
    };
    let Some(brand) = board.brand(state.brand) else {
        return AiplModel::default();
    };
    let l = state.language;
    AiplModel {
        funnel: funnel(l, board, brand),
        flow: flow(l, board, brand),
        trend: trend(l, board, brand),
        reasons: reasons(l, brand),
    }
}

fn metric_of(state: State) -> String {
    format!("aipl.{}", state.id())
}

fn letter(state: State) -> char {
    state
        .id()
        .chars()
        .next()
        .map_or(' ', |c| c.to_ascii_uppercase())
}

/// The accent of a state.
pub fn accent(state: State) -> Accent {
    State::ASSET
        .iter()
        .position(|s| *s == state)
        .map_or(Accent::Quiet, Accent::Layer)
}

fn funnel(l: Language, board: &Board, brand: &BrandBoard) -> Funnel {
    let figures = State::ASSET.map(|s| brand.get(&metric_of(s), Part::Whole));
    let people = figures.map(|f| f.and_then(|f| f.now.get()));
    let before = figures.map(|f| f.and_then(|f| f.against.get()));
    let ghosts = figures.map(|f| f.and_then(|f| ghost::beside(l, f)?.1.get()));
    let longest = people
        .iter()
        .chain(&before)
        .chain(&ghosts)
        .flatten()
        .copied()
        .fold(0.0, f64::max);
    let shares = known_shares(people);
    let layers: Vec<Layer> = State::ASSET
        .iter()
        .zip(figures)
        .enumerate()
        .map(|(i, (&s, figure))| Layer {
            share: shares.map_or_else(String::new, |s| share_text(s[i], 1)),
            length: length(people[i], longest),
            length_before: length(before[i], longest),
            length_ghost: length(ghosts[i], longest),
            ..layer(l, letter(s), text::state(l, s), accent(s), figure)
        })
        .collect();
    let total = brand.get("aipl.total", Part::Whole);
    let opportunity = brand.get("aipl.o", Part::Whole);
    let asset = pick(l, "资产", "Asset");
    Funnel {
        title: pick(l, "AIPL 链路", "AIPL funnel").to_owned(),
        side: side(l, board, &layers),
        layers,
        steps: [State::A, State::I, State::P]
            .map(|s| step(l, brand, s))
            .into(),
        apart: vec![
            layer(l, 'Σ', asset, Accent::Main, total),
            layer(l, 'O', text::state(l, State::O), Accent::Quiet, opportunity),
        ],
    }
}

/// What the ticks of the bars stand for.
fn side(l: Language, board: &Board, layers: &[Layer]) -> String {
    let against = format!("{} {}", pick(l, "对比", "vs"), board.query.against);
    match layers.iter().find_map(|layer| layer.ghost.as_ref()) {
        Some(ghost) => format!("┃ {against} · │ {}", ghost.label),
        None => against,
    }
}

fn known_shares(people: [Option<f64>; 4]) -> Option<[f64; 4]> {
    let [Some(a), Some(i), Some(p), Some(l)] = people else {
        return None;
    };
    if a + i + p + l <= 0.0 {
        return None;
    }
    shares(&[a, i, p, l], 1).try_into().ok()
}

fn length(people: Option<f64>, longest: f64) -> Option<f64> {
    people.map(|x| {
        if longest > 0.0 {
            (x / longest).clamp(0.0, 1.0)
        } else {
            0.0
        }
    })
}

fn layer(l: Language, letter: char, name: &str, accent: Accent, figure: Option<&Figure>) -> Layer {
    let missing = Value::Missing(Why::NotGiven);
    let number = |v| Number::of(v, Unit::People, l);
    Layer {
        letter,
        name: name.to_owned(),
        accent,
        people: number(figure.map_or(missing, |f| f.now)),
        against: number(figure.map_or(missing, |f| f.against)),
        change: figure.map_or_else(|| unknown(l), |f| change(l, f)),
        share: String::new(),
        length: None,
        length_before: None,
        ghost: figure.and_then(|f| Ghost::of(l, f, "")),
        length_ghost: None,
    }
}

fn unknown(l: Language) -> Change {
    let missing = Value::Missing(Why::NotGiven);
    Change::new(
        Number::change(missing, l),
        crate::metrics::Direction::Neutral,
    )
}

fn step(l: Language, brand: &BrandBoard, from: State) -> Step {
    let figure = brand.get(&format!("step.{}", from.id()), Part::Whole);
    let missing = Value::Missing(Why::NotGiven);
    let number = |v| Number::of(v, Unit::Ratio, l);
    let deeper: Vec<String> = State::ASSET
        .into_iter()
        .filter(|s| *s > from)
        .map(|s| letter(s).to_string())
        .collect();
    Step {
        name: format!(
            "{} → {} {}",
            letter(from),
            deeper.join(" "),
            pick(l, "步进率", "step rate")
        ),
        rate: number(figure.map_or(missing, |f| f.now)),
        against: number(figure.map_or(missing, |f| f.against)),
        change: figure.map_or_else(|| unknown(l), |f| change(l, f)),
    }
}

fn flow(l: Language, board: &Board, brand: &BrandBoard) -> FlowTable {
    let states = shown_states(brand);
    let cells = states
        .iter()
        .map(|&from| flow_row(l, brand, from, &states))
        .collect();
    FlowTable {
        title: pick(l, "链路流转（人）", "Flow, people").to_owned(),
        side: format!("{} → {}", board.query.against, board.query.as_of),
        corner: pick(l, "期初\\期末", "from\\to").to_owned(),
        states: states
            .iter()
            .map(|&s| (letter(s), text::state(l, s).to_owned()))
            .collect(),
        cells,
        terms: terms(l, brand),
    }
}

fn cell(brand: &BrandBoard, from: State, to: State) -> Value {
    brand
        .get("flow", Part::Flow(from, to))
        .map_or(Value::Missing(Why::Undefined), |f| f.now)
}

/// N, A, I, P, L, and O where the source knows it.
fn shown_states(brand: &BrandBoard) -> Vec<State> {
    let knows_o = State::ALL
        .iter()
        .any(|s| cell(brand, State::O, *s).is_known() || cell(brand, *s, State::O).is_known());
    State::ALL
        .into_iter()
        .filter(|s| *s != State::O || knows_o)
        .collect()
}

fn flow_row(l: Language, brand: &BrandBoard, from: State, states: &[State]) -> Vec<FlowCell> {
    let values: Vec<Value> = states.iter().map(|&to| cell(brand, from, to)).collect();
    let whole: f64 = values.iter().filter_map(|v| v.get()).sum();
    let heat = |v: Value| v.get().map(|x| if whole > 0.0 { x / whole } else { 0.0 });
    // A share needs the whole row: a row with an unknown cell, or without people, has none.
    let row: Value = values.iter().copied().sum();
    states
        .iter()
        .zip(values)
        .map(|(&to, v)| FlowCell {
            people: Number::of(v, Unit::People, l),
            heat: heat(v),
            share: Number::of(v.over(row), Unit::Ratio, l),
            way: Way::between(from, to),
        })
        .collect()
}

fn terms(l: Language, brand: &BrandBoard) -> Vec<Term> {
    let ways = [Way::New, Way::Deeper, Way::Same, Way::Shallower, Way::Lost];
    let ids = ["new", "deepened", "unchanged", "shallower", "lost"];
    ways.into_iter()
        .zip(ids)
        .filter_map(|(way, id)| {
            let f = brand.get(&format!("flow.{id}"), Part::Whole)?;
            Some(Term {
                way,
                name: text::short(l, f.metric).to_owned(),
                people: Number::of(f.now, Unit::People, l),
                change: change(l, f),
            })
        })
        .collect()
}

fn trend(l: Language, board: &Board, brand: &BrandBoard) -> Chart {
    let lines: Vec<Line> = State::ASSET
        .into_iter()
        .map(|s| Line {
            name: format!("{} {}", letter(s), text::state(l, s)),
            values: brand
                .series(&metric_of(s), Part::Whole)
                .map(|s| s.values.iter().map(|v| v.get()).collect())
                .unwrap_or_default(),
            accent: accent(s),
        })
        .collect();
    Chart {
        title: pick(l, "四层 53 周", "Four layers, 53 weeks").to_owned(),
        side: source(l, brand),
        levels: levels(l, Unit::People, lines.iter().map(|line| &line.values)),
        empty: no_history(l, board.extent),
        old: board.extent == Extent::Figures,
        lines,
        benchmark: None,
        ends: ends(board),
    }
}

/// Where the layers come from.
fn source(l: Language, brand: &BrandBoard) -> String {
    let source = brand.get("aipl.a", Part::Whole).map(|f| f.source);
    source.map_or_else(String::new, |s: Source| text::source(l, s).to_owned())
}

fn reasons(l: Language, brand: &BrandBoard) -> Vec<String> {
    let ids = ["aipl.o", "aipl.a", "aipl.i", "aipl.p", "aipl.l"];
    let steps = ["step.a", "step.i", "step.p", "flow.new", "flow.lost"];
    let figures = ids
        .into_iter()
        .chain(steps)
        .filter_map(|id| brand.get(id, Part::Whole));
    why_missing(l, "", figures).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::board::{Figure, Source};
    use crate::metrics::metric;

    fn shares_of(people: [Value; 5]) -> Vec<String> {
        let states = [State::N, State::A, State::I, State::P, State::L];
        let figure = |to: State, now: Value| Figure {
            metric: metric("flow").unwrap(),
            part: Part::Flow(State::A, to),
            source: Source::Platform,
            now,
            against: now,
            numerator: None,
            denominator: None,
            baseline: None,
            preview: None,
            variant: "platform".to_owned(),
            target: None,
            target_derived: None,
            owner: None,
            benchmarks: Vec::new(),
        };
        let brand = BrandBoard {
            brand: 0,
            full: true,
            figures: states
                .iter()
                .zip(people)
                .map(|(s, v)| figure(*s, v))
                .collect(),
            history: Vec::new(),
            bounded: Vec::new(),
            workbench: None,
            detected: None,
        };
        let row = flow_row(Language::En, &brand, State::A, &states);
        row.iter().map(|cell| cell.share.fit(8)).collect()
    }

    #[test]
    fn a_row_without_people_or_with_an_unknown_cell_has_no_shares() {
        let k = Value::Known;
        let full = shares_of([k(50.0), k(25.0), k(25.0), k(0.0), k(0.0)]);
        assert_eq!(full, ["50.00%", "25.00%", "25.00%", "0.00%", "0.00%"]);
        assert_eq!(shares_of([k(0.0); 5]), ["—"; 5]);
        let unknown = Value::Missing(Why::Undefined);
        assert_eq!(
            shares_of([unknown, k(1.0), k(1.0), k(1.0), k(1.0)]),
            ["—"; 5]
        );
    }
}
