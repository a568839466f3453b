//! The key figures of a brand, and what each of them becomes under a scenario.
//!
//! Scenarios stand side by side only if all of them start from the same numbers: these are read once,
//! and every scenario is laid over them alone. A figure that has no current value follows the plan
//! (targets in place of what is missing) and says so; nothing else is filled in.

use super::whatif::{self, Figures};
use super::{BrandBoard, Figure, Part, Side, Source};
use crate::facts::CrowdKey;
use crate::metrics::{Metric, Value, Why};
use crate::scenario::model::Cell;
use crate::scenario::{Bounded, Lever, Model, Scenario};

/// Crowds of which the key figures hold rows of their own.
const CROWDS: usize = 40;

/// Figures of the whole brand.
const FAST: [&str; 5] = [
    "fast.f",
    "fast.a",
    "fast.s",
    "fast.active_members",
    "fast.t",
];

/// Figures of all crowds together.
const ALL_CROWDS: [&str; 7] = [
    "crowd.population",
    "crowd.consumers",
    "crowd.penetration",
    "crowd.buyers",
    "crowd.conversion",
    "crowd.aov",
    "crowd.gmv",
];

/// Figures of all layers of Double 11 together.
const ALL_LAYERS: [&str; 2] = ["gmv.buyers", "gmv.gmv"];

/// Figures of one crowd.
const ONE_CROWD: [&str; 2] = ["crowd.consumers", "crowd.gmv"];

/// What a scenario is told by, the first that it changes.
const MAIN: [(&str, Part); 8] = [
    ("crowd.gmv", Part::Crowd(CrowdKey::All)),
    ("gmv.gmv", Part::Layer(None)),
    ("fast.f", Part::Whole),
    ("fast.s", Part::Whole),
    ("fast.active_members", Part::Whole),
    ("fast.t", Part::Whole),
    ("fast.a", Part::Whole),
    ("crowd.consumers", Part::Crowd(CrowdKey::All)),
];

/// A figure that scenarios are compared by.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyFigure {
    /// The row of `METRICS`.
    pub metric: &'static Metric,
    /// Which part of the brand.
    pub part: Part,
    /// The value without a scenario.
    pub baseline: Value,
    /// Its target, where there is one.
    pub target: Option<Value>,
    /// The baseline comes from the plan, because there is no current value.
    pub planned: bool,
    /// The model that moves it, and its place there; `None` where no lever reaches it.
    place: Option<(usize, Cell)>,
}

/// The figures that scenarios of a brand are compared by, with what moves them.
#[derive(Debug, Clone, PartialEq)]
pub struct KeyFigures {
    /// The figures: FAST, all crowds, Double 11, single crowds.
    pub rows: Vec<KeyFigure>,
    /// Of the event log, of the platform tables, and of the plan where current values are missing.
    models: Vec<Model>,
}

/// What the key figures become under one scenario.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Outcome {
    /// One value for every row of [`KeyFigures::rows`].
    pub values: Vec<Value>,
    /// Where the scenario asked for more than the bounds of a lever allow.
    pub bounded: Vec<Bounded>,
}

impl Figures<'_> {
    /// The key figures of the brand.
    pub fn key_figures(&self) -> KeyFigures {
        let mut models: Vec<Model> = [Source::Events, Source::Platform]
            .map(|source| self.model(source, Side::Now))
            .into();
        let plan = self.basis("crowd.gmv", "*");
        models.extend(plan.filter(|b| !b.planned.is_empty()).map(|b| b.model));
        let rows = wanted(self.board, self.data.crowds.len());
        KeyFigures {
            rows: rows.map(|figure| key_figure(figure, &models)).collect(),
            models,
        }
    }
}

/// The figures of a board that are compared, in the order shown.
fn wanted(board: &BrandBoard, crowds: usize) -> impl Iterator<Item = &Figure> {
    let of = |part: Part| move |id: &'static str| (id, part);
    let crowds = (0..crowds.min(CROWDS) as u32).flat_map(move |k| {
        let part = Part::Crowd(CrowdKey::Crowd(k));
        ONE_CROWD.into_iter().map(of(part))
    });
    let all = FAST.into_iter().map(of(Part::Whole));
    let all = all.chain(ALL_CROWDS.into_iter().map(of(Part::Crowd(CrowdKey::All))));
    let all = all.chain(ALL_LAYERS.into_iter().map(of(Part::Layer(None))));
    all.chain(crowds)
        .filter_map(|(id, part)| board.get(id, part))
}

fn key_figure(figure: &Figure, models: &[Model]) -> KeyFigure {
    let own = match figure.source {
        Source::Events => 0,
        Source::Platform => 1,
    };
    let place = |at: usize| Some((at, whatif::cell(models.get(at)?, figure)?));
    let planned = place(2).filter(|_| !figure.now.is_known());
    let planned = planned.filter(|(at, cell)| models[*at].value(*cell).is_known());
    KeyFigure {
        metric: figure.metric,
        part: figure.part,
        baseline: planned.map_or(figure.now, |(at, cell)| models[at].value(cell)),
        target: figure.target.or(figure.target_derived),
        planned: planned.is_some(),
        place: planned.or_else(|| place(own)),
    }
}

impl KeyFigures {
    /// The key figures under a scenario.
    pub fn under(&self, scenario: &Scenario) -> Outcome {
        let mut bounded: Vec<Bounded> = Vec::new();
        let mut changed = Vec::with_capacity(self.models.len());
        for model in &self.models {
            let (model, told) = model.under(scenario);
            changed.push(model);
            for one in told {
                if !bounded.contains(&one) {
                    bounded.push(one);
                }
            }
        }
        let value = |row: &KeyFigure| {
            let moved = row
                .place
                .and_then(|(at, cell)| whatif::moved(&self.models[at], &changed[at], cell));
            moved.unwrap_or(row.baseline)
        };
        Outcome {
            values: self.rows.iter().map(value).collect(),
            bounded,
        }
    }

    /// The row that an outcome is told by: GMV where it moves, else the asset, the members, …; the
    /// first row of these that has a value where nothing of them moves.
    pub fn main_effect(&self, outcome: &Outcome) -> Option<usize> {
        let of = |id: &str, part: Part| {
            let found = |r: &KeyFigure| r.metric.id == id && r.part == part;
            self.rows.iter().position(found)
        };
        let places = || MAIN.into_iter().filter_map(|(id, part)| of(id, part));
        let moves = |at: &usize| outcome.values.get(*at) != Some(&self.rows[*at].baseline);
        let known = |at: &usize| self.rows[*at].baseline.is_known();
        places().find(moves).or_else(|| places().find(known))
    }

    /// The value of a lever without a scenario, in the unit of the lever.
    pub fn lever(&self, lever: &Lever, item: &str) -> Value {
        let values = self.models.iter().filter_map(|m| m.get(lever.id, item));
        let mut known = values.filter(|v| v.is_known());
        known.next().unwrap_or(Value::Missing(Why::NotGiven))
    }
}
