//! Which numbers a pane shows, in reading order, and how each of them comes about.
//!
//! Keys, screen and tests must agree on what stands in row 7, so the list is made here, once, and
//! only while the explanation is open. Long tables give the rows around their cursor, as the pane
//! does.

use super::gmv::{self, Half, Spot};
use super::order;
use super::side;
use super::state::{Pane, State};
use super::why::{self, WhyView};
use crate::board::explain::{self, Explanation, PROJECTED};
use crate::board::{Board, BrandBoard, Part, Solution};
use crate::facts::CrowdKey;
use crate::metrics::aipl::State as Layer;
use crate::metrics::fast_plus::{Field, Role};
use crate::metrics::target_tree::{Cell, Plan};
use crate::metrics::{Value, Why, metric};
use crate::scenario::{Item, Items};

/// What is chosen in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Explain {
    /// The number that is explained; `None`: the one that belongs to the cursor of the pane.
    pub row: Option<usize>,
    /// Lines of the explanation that are scrolled past.
    pub top: usize,
}

/// A number that a pane shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A figure of the board.
    Figure {
        /// Index into `Dataset::brands`.
        brand: usize,
        /// Id of the metric.
        metric: &'static str,
        /// Which part of the brand.
        part: Part,
    },
    /// A target of the tree.
    Target(Spot),
    /// Σ of the crowds of the tree.
    Sums(Cell),
    /// A figure of a layer of Double 11, by the place of the layer.
    Layer(usize, &'static str),
    /// Target, completion and pace of Double 11.
    Event(usize),
    /// A wave of Double 11.
    Wave(usize),
    /// A key figure without a scenario, or under one of those that stand side by side.
    Key(usize, Option<usize>),
    /// A change of a scenario that stands side by side.
    Change(usize, usize),
    /// Start, end and difference of the waterfall.
    Gap(usize),
    /// A step of the waterfall.
    Step(usize),
    /// A lever of the tornado.
    Turn(usize),
    /// A cell of the heat map: x and y.
    Heat(usize, usize),
    /// The estimate of a coming week, of a figure of `PROJECTED`.
    Estimate(usize, usize),
    /// A rate of the mean week.
    Rate(Layer, Layer),
    /// Arrivals of the mean week.
    Arrival(Layer),
    /// A mean error: several weeks ahead, of "no change", and of which figure.
    Miss(bool, bool, usize),
}

const FAST: [&str; 4] = ["fast.f", "fast.a", "fast.s", "fast.t"];
const LAYERS: [&str; 4] = ["aipl.a", "aipl.i", "aipl.p", "aipl.l"];
const CROWD: [&str; 7] = [
    "crowd.consumers",
    "crowd.penetration",
    "crowd.buyers",
    "crowd.conversion",
    "crowd.aov",
    "crowd.gmv",
    "crowd.population",
];

/// The numbers that the pane shows, in reading order.
pub fn subjects(state: &State) -> Vec<Subject> {
    let Some(board) = state.board.as_deref() else {
        return Vec::new();
    };
    match state.pane {
        Pane::Brands => brands(state, board),
        pane => board.brand(state.brand).map_or_else(Vec::new, |brand| {
            let list = List { brand };
            match pane {
                Pane::FastPlus => list.fast_plus(),
                Pane::Crowds => list.crowds(&shown_crowds(state)),
                Pane::Aipl => list.aipl(),
                Pane::Gmv => bench(state),
                Pane::Scenarios => scenarios(state),
                Pane::Why => reasons(state),
                Pane::Outlook => {
                    let mut all = ahead(state);
                    all.extend(list.whole(PROJECTED.as_slice()));
                    all
                }
                Pane::Fast | Pane::Brands => list.fast(),
            }
        }),
    }
}

/// The number that is explained: its place in the list.
pub fn row(state: &State, form: &Explain, subjects: &[Subject]) -> usize {
    let row = form.row.unwrap_or_else(|| first(state, subjects));
    row.min(subjects.len().saturating_sub(1))
}

/// The number that belongs to the cursor of the pane.
fn first(state: &State, subjects: &[Subject]) -> usize {
    let row = state.cursors[state.pane as usize].row;
    let own = |s: &Subject| match (state.pane, *s) {
        (Pane::Brands, Subject::Figure { brand, .. }) => {
            order::brand_order(state).get(row) == Some(&brand)
        }
        (Pane::Crowds, Subject::Figure { part, .. }) => {
            let under = || order::crowd_order(state).get(row).copied();
            let crowd = state.open_crowd.or_else(under);
            crowd.is_some_and(|k| part == Part::Crowd(CrowdKey::Crowd(k as u32)))
        }
        (Pane::Gmv, Subject::Target(spot)) => gmv::spot(state) == Some(spot),
        (Pane::Gmv, Subject::Layer(layer, _)) => {
            let there = gmv::half(state) == Half::Double11;
            let under = gmv::layer_rows(state).get(row).map(|r| r.layer);
            there && under == Some(layer)
        }
        (Pane::Why, Subject::Step(at)) => {
            state.why.view == WhyView::Waterfall && at == state.why.row
        }
        (Pane::Why, Subject::Turn(at)) => {
            state.why.view == WhyView::Tornado && at == state.why.lever
        }
        (Pane::Why, Subject::Heat(x, y)) => {
            state.why.view == WhyView::Heat && cross(state) == Some([x, y])
        }
        (Pane::Gmv | Pane::Why, _) => false,
        (Pane::Outlook, Subject::Estimate(week, _)) => week == state.outlook.row,
        _ => true,
    };
    subjects.iter().position(own).unwrap_or(0)
}

/// How a number comes about; `None` when the board does not hold it any more.
pub fn explanation(state: &State, subject: Subject) -> Option<Explanation> {
    let board = state.board.as_deref()?;
    match subject {
        Subject::Figure {
            brand,
            metric,
            part,
        } => {
            let brand = board.brand(brand)?;
            let figure = brand.get(metric, part)?;
            Some(explain::figure(board, brand, state.dataset()?, figure))
        }
        Subject::Target(_)
        | Subject::Sums(_)
        | Subject::Layer(..)
        | Subject::Event(_)
        | Subject::Wave(_) => of_bench(state, subject),
        Subject::Key(..) | Subject::Change(..) => of_scenario(state, subject),
        Subject::Gap(_) | Subject::Step(_) | Subject::Turn(_) | Subject::Heat(..) => {
            of_reason(state, subject)
        }
        Subject::Estimate(..) | Subject::Rate(..) | Subject::Arrival(_) | Subject::Miss(..) => {
            of_ahead(state, subject)
        }
    }
}

fn of_bench(state: &State, subject: Subject) -> Option<Explanation> {
    let bench = gmv::bench(state)?;
    let double11 = bench.double11.as_ref();
    match subject {
        Subject::Target(spot) => {
            let (tree, wanted) = (bench.tree.as_ref()?, wanted(state)?);
            let solved = solved(state);
            Some(explain::spot(
                tree,
                wanted,
                &solved,
                (spot.crowd, spot.cell),
            ))
        }
        Subject::Sums(cell) => Some(explain::sums(bench.tree.as_ref()?, wanted(state)?, cell)),
        Subject::Layer(at, id) => explain::layer(double11?, at, id),
        Subject::Event(at) => explain::event(double11?).into_iter().nth(at),
        Subject::Wave(at) => explain::wave(double11?, at),
        _ => None,
    }
}

/// The targets that are shown, with the unknown solved for.
fn wanted(state: &State) -> Option<&Plan> {
    let unknown = state.gmv.told.as_ref().and_then(|t| t.unknown.as_ref());
    let own = || Some(&gmv::bench(state)?.tree.as_ref()?.wanted);
    unknown.map(|u| &u.plan).or_else(own)
}

/// The unknown, and the target under the cursor.
fn solved(state: &State) -> Vec<&Solution> {
    let told = state.gmv.told.as_ref();
    let both = told.map(|t| [t.unknown.as_ref(), t.cursor.as_ref()]);
    both.into_iter().flatten().flatten().collect()
}

fn of_scenario(state: &State, subject: Subject) -> Option<Explanation> {
    let side = state.side.as_deref()?;
    let shown = side::shown(state);
    match subject {
        Subject::Key(at, scenario) => {
            let row = side.keys.rows.get(at)?;
            let crowd = match row.part {
                Part::Crowd(CrowdKey::Crowd(k)) => {
                    let crowd = state.dataset()?.crowds.get(k as usize)?;
                    crowd.id.as_str()
                }
                _ => "",
            };
            let contender = match scenario {
                None => None,
                Some(n) => {
                    let named = *shown.get(n)?;
                    let outcome = side.outcome(named)?;
                    Some((named.name.as_str(), &named.scenario, outcome.as_ref()))
                }
            };
            explain::key(&side.keys, at, crowd, contender)
        }
        Subject::Change(n, at) => {
            let named = *shown.get(n)?;
            let change = named.scenario.changes.get(at)?;
            let item = match &change.item {
                Item::One(id) => id.as_str(),
                Item::All if change.lever.items == Items::Whole => "",
                Item::All => return Some(explain::turned(&named.name, change, NONE)),
            };
            let rest = side.keys.lever(change.lever, item);
            Some(explain::turned(&named.name, change, rest))
        }
        _ => None,
    }
}

const NONE: Value = Value::Missing(Why::NotGiven);

fn of_reason(state: &State, subject: Subject) -> Option<Explanation> {
    let found = why::found(state)?;
    match subject {
        Subject::Gap(at) => {
            let all = explain::gap(found.gap.as_ref()?);
            all.into_iter().nth(at)
        }
        Subject::Step(at) => {
            let steps = found.steps(&state.why);
            let opened = state.why.opened.as_ref().map(|o| &o.key);
            Some(explain::step(found.gap.as_ref()?, steps.get(at)?, opened))
        }
        Subject::Turn(at) => {
            let sensitivity = found.sensitivity.as_ref()?;
            let (family, knob) = (sensitivity.family, &sensitivity.bars.get(at)?.knob);
            let ends = why::case(state, |case| {
                [-1.0, 1.0].map(|steps| case.made_by(family, knob, steps))
            });
            explain::turn(sensitivity, at, &ends.unwrap_or_default())
        }
        Subject::Heat(x, y) => {
            let heat = found.heat.as_ref()?;
            let made = why::case(state, |case| case.made_at(heat, [x, y]));
            explain::cell(heat, [x, y], made.flatten().as_ref())
        }
        _ => None,
    }
}

/// Where the scenario is in the heat map.
fn cross(state: &State) -> Option<[usize; 2]> {
    let found = why::found(state)?;
    let axes = &found.heat.as_ref()?.axes;
    Some([axes[0].cross, axes[1].cross])
}

fn of_ahead(state: &State, subject: Subject) -> Option<Explanation> {
    let found = state.outlook.found.as_deref()?;
    let past = found.ahead.past.as_ref();
    match subject {
        Subject::Estimate(week, at) => {
            let id = *PROJECTED.get(at)?;
            let brand = state.board.as_deref()?.brand(state.brand)?;
            let series = brand.series(id, Part::Whole);
            let now = series.and_then(|s| s.values.last()?.get());
            explain::forecast(found.projection.as_ref()?, past, week, id, now)
        }
        Subject::Rate(from, to) => Some(explain::rate(found.projection.as_ref()?, past, from, to)),
        Subject::Arrival(to) => explain::arrival(found.projection.as_ref()?, past, to),
        Subject::Miss(far, naive, at) => explain::miss(&found.ahead.backtest, far, naive, at),
        _ => None,
    }
}

/// Where a number lives: the pane that tells most about it (`None`: the one that shows it), and the
/// crowd, where it is of one.
pub fn home(subject: Subject) -> (Option<Pane>, Option<usize>) {
    match subject {
        Subject::Figure { metric, part, .. } => {
            let crowd = match part {
                Part::Crowd(CrowdKey::Crowd(k)) => Some(k as usize),
                _ => None,
            };
            (Some(pane_of(metric)), crowd)
        }
        _ => (None, None),
    }
}

fn pane_of(metric: &str) -> Pane {
    match metric.split_once('.').map_or(metric, |(group, _)| group) {
        "fast_plus" => Pane::FastPlus,
        "crowd" => Pane::Crowds,
        "aipl" | "flow" | "step" => Pane::Aipl,
        "gmv" => Pane::Gmv,
        _ => Pane::Fast,
    }
}

/// The GMV workbench: tree, sums, layers, event, waves.
fn bench(state: &State) -> Vec<Subject> {
    let Some(bench) = gmv::bench(state) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    if let Some(tree) = &bench.tree {
        all.extend(gmv::tree_rows(state).into_iter().map(Subject::Target));
        all.extend(Cell::ALL.map(Subject::Sums));
        let crowds = 0..tree.crowds.len().min(MATRIX);
        let every = crowds.flat_map(|k| {
            Cell::ALL.map(|cell| Spot {
                crowd: Some(k),
                cell,
            })
        });
        let rest = every.map(Subject::Target).filter(|s| !all.contains(s));
        all.extend(rest.collect::<Vec<_>>());
    }
    if let Some(double11) = &bench.double11 {
        for at in 0..double11.now.len() {
            let ids = LAYER.into_iter();
            let shown = ids.filter(|id| double11.with_direct || *id != "gmv.direct_rate");
            all.extend(shown.map(|id| Subject::Layer(at, id)));
        }
        all.extend((0..explain::event(double11).len()).map(Subject::Event));
        all.extend((0..double11.waves.len()).map(Subject::Wave));
    }
    all
}

/// Crowds whose targets stand in a table of their own.
const MATRIX: usize = 64;

const LAYER: [&str; 9] = [
    "gmv.pool",
    "gmv.cart_rate",
    "gmv.order_rate",
    "gmv.aov",
    "gmv.direct_rate",
    "gmv.buyers",
    "gmv.gmv",
    "gmv.actual",
    "gmv.residual",
];

/// The scenarios that stand side by side: what they change and what they come to.
fn scenarios(state: &State) -> Vec<Subject> {
    let Some(side) = state.side.as_deref() else {
        return Vec::new();
    };
    let shown = side::shown(state);
    let mut all = Vec::new();
    for (n, named) in shown.iter().enumerate() {
        let changes = 0..named.scenario.changes.len();
        all.extend(changes.map(|at| Subject::Change(n, at)));
    }
    for at in 0..side.keys.rows.len() {
        all.push(Subject::Key(at, None));
        all.extend((0..shown.len()).map(|n| Subject::Key(at, Some(n))));
    }
    all
}

/// Waterfall, tornado and heat map.
fn reasons(state: &State) -> Vec<Subject> {
    let Some(found) = why::found(state) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    if found.gap.is_some() {
        all.extend([0, 1, 2].map(Subject::Gap));
        all.extend((0..found.steps(&state.why).len()).map(Subject::Step));
    }
    if let Some(sensitivity) = &found.sensitivity {
        all.extend((0..sensitivity.bars.len()).map(Subject::Turn));
    }
    if let Some(heat) = &found.heat {
        let [x, y] = [0, 1].map(|i| heat.axes[i].places.len());
        all.extend((0..y).flat_map(|y| (0..x).map(move |x| Subject::Heat(x, y))));
    }
    all
}

/// The coming weeks, the last one first: it is the one that is looked to; then the mean week and the
/// errors.
fn ahead(state: &State) -> Vec<Subject> {
    let Some(found) = state.outlook.found.as_deref() else {
        return Vec::new();
    };
    let mut all = Vec::new();
    if let Some(projection) = &found.projection {
        let weeks = projection.estimates.len();
        let last = weeks.checked_sub(1).into_iter();
        for week in last.chain(0..weeks.saturating_sub(1)) {
            all.extend((0..PROJECTED.len()).map(|at| Subject::Estimate(week, at)));
        }
        for from in Layer::ASSET {
            all.extend(Layer::ALL.map(|to| Subject::Rate(from, to)));
        }
        all.extend(Layer::ASSET.map(Subject::Arrival));
    }
    for (far, naive) in [(false, false), (false, true), (true, false), (true, true)] {
        let figures = (0..5).map(|at| Subject::Miss(far, naive, at));
        all.extend(figures.filter(|s| of_ahead(state, *s).is_some()));
    }
    all
}

/// FAST of the brands around the cursor, as many to each side as the screen has rows.
fn brands(state: &State, board: &Board) -> Vec<Subject> {
    let order = order::brand_order(state);
    let shown = around(state, &order);
    let of = |brand: &usize| {
        let own = board.brand(*brand);
        own.map_or_else(Vec::new, |own| List { brand: own }.whole(FAST.as_slice()))
    };
    shown.iter().flat_map(of).collect()
}

/// The crowds of which numbers are shown: the open one, or those around the cursor.
fn shown_crowds(state: &State) -> Vec<usize> {
    let order = order::crowd_order(state);
    around(state, &order).to_vec()
}

/// The part of a list that can be on the screen.
fn around<'a>(state: &State, order: &'a [usize]) -> &'a [usize] {
    let height = usize::from(state.size.1);
    let last = order.len().saturating_sub(1);
    let row = state.cursors[state.pane as usize].row.min(last);
    let end = row.saturating_add(height + 1).min(order.len());
    order.get(row.saturating_sub(height)..end).unwrap_or(&[])
}

/// Lists the figures that a brand has.
struct List<'a> {
    brand: &'a BrandBoard,
}

impl List<'_> {
    fn figure(&self, id: &str, part: Part) -> Option<Subject> {
        self.brand.get(id, part)?;
        Some(Subject::Figure {
            brand: self.brand.brand,
            metric: metric(id)?.id,
            part,
        })
    }

    fn whole(&self, ids: &[&str]) -> Vec<Subject> {
        let each = ids.iter();
        each.filter_map(|id| self.figure(id, Part::Whole)).collect()
    }

    fn fast(&self) -> Vec<Subject> {
        let mut all = self.whole(FAST.as_slice());
        all.extend(self.whole(&["fast.active_members", "aipl.total"]));
        all.extend(self.whole(LAYERS.as_slice()));
        all
    }

    fn fast_plus(&self) -> Vec<Subject> {
        let mut roles = Role::ALL.map(Part::Role);
        roles.reverse();
        let of = |id, parts: &[Part]| -> Vec<Subject> {
            let whole = self.figure(id, Part::Whole);
            let each = parts.iter().filter_map(|p| self.figure(id, *p));
            whole.into_iter().chain(each).collect()
        };
        let mut all = of("fast_plus.capital", &roles);
        all.extend(of("fast_plus.conversion", &[]));
        all.extend(of("fast_plus.connection", &Field::ALL.map(Part::Field)));
        all.extend(of("fast_plus.clv", &roles));
        all
    }

    fn crowds(&self, crowds: &[usize]) -> Vec<Subject> {
        let keys = crowds.iter().map(|k| CrowdKey::Crowd(*k as u32));
        let parts = keys.chain([CrowdKey::All]).map(Part::Crowd);
        let of = |part| CROWD.map(|id| self.figure(id, part));
        parts.flat_map(of).flatten().collect()
    }

    fn aipl(&self) -> Vec<Subject> {
        let mut all = self.whole(LAYERS.as_slice());
        let steps = ["step.a", "step.i", "step.p"];
        all.extend(self.whole(&steps));
        all.extend(self.whole(&["aipl.total", "aipl.o", "aipl.active"]));
        for from in Layer::ALL {
            let cells = Layer::ALL.map(|to| self.figure("flow", Part::Flow(from, to)));
            all.extend(cells.into_iter().flatten());
        }
        let terms = ["new", "deepened", "unchanged", "shallower", "lost"];
        let ids = terms.map(|term| format!("flow.{term}"));
        all.extend(ids.iter().filter_map(|id| self.figure(id, Part::Whole)));
        all
    }
}
