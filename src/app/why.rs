//! What the why pane was asked for, and what it found.
//!
//! Waterfall, tornado and heat map are computed once for a board, a scenario and the choices of the
//! user; keys and screen read the same finding. Where nothing was kept for what is asked now, it is
//! computed on the spot: a screen never shows the answer to another question.

use std::sync::Arc;

use super::state::{Phase, State};
use crate::board::why::{
    Case, Gap, Heat, Key, Level, Order, Reach, Sensitivity, Step, Turned, Wish,
};
use crate::board::{Board, Figures};
use crate::scenario::Scenario;
use crate::scenario::compare::Family;

/// The pictures of the pane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum WhyView {
    /// Why GMV differs between two states.
    #[default]
    Waterfall,
    /// What one step of every lever does.
    Tornado,
    /// What two levers do together.
    Heat,
}

impl WhyView {
    /// All pictures, in the order of the key.
    pub const ALL: [Self; 3] = [Self::Waterfall, Self::Tornado, Self::Heat];
}

/// A step of the waterfall that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// Which.
    pub key: Key,
    /// The cursor as it was; Esc goes back to it.
    pub row: usize,
}

/// The choices of the user in the pane.
#[derive(Debug, Clone, Default)]
pub struct WhyPane {
    /// The picture that listens.
    pub view: WhyView,
    /// What the waterfall shall tell.
    pub wish: Wish,
    /// Factors or items first.
    pub level: Level,
    /// The order of its steps.
    pub order: Order,
    /// The step that is open.
    pub opened: Option<Opened>,
    /// The step under the cursor.
    pub row: usize,
    /// The lever under the cursor of the tornado.
    pub lever: usize,
    /// Levers of all items, or of each.
    pub reach: Reach,
    /// The levers of the heat map: x, then y; `None`: the strongest of the tornado.
    pub axes: [Option<Turned>; 2],
    /// What was found last.
    pub found: Option<Arc<Found>>,
}

/// What was asked.
#[derive(Debug, Clone)]
struct Asked {
    plain: Arc<Board>,
    brand: usize,
    scenario: Scenario,
    wish: Wish,
    reach: Reach,
    axes: [Option<Turned>; 2],
}

impl Asked {
    fn of(state: &State) -> Option<Self> {
        Some(Self {
            plain: state.plain.clone()?,
            brand: state.brand,
            scenario: state.scenario().clone(),
            wish: state.why.wish,
            reach: state.why.reach,
            axes: state.why.axes.clone(),
        })
    }

    fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.plain, &other.plain)
            && (self.brand, self.wish, self.reach) == (other.brand, other.wish, other.reach)
            && self.scenario == other.scenario
            && self.axes == other.axes
    }
}

/// The answers.
#[derive(Debug, Clone)]
pub struct Found {
    asked: Asked,
    /// The waterfall; `None` when the brand has neither crowds nor layers.
    pub gap: Option<Gap>,
    /// The tornado of the same family.
    pub sensitivity: Option<Sensitivity>,
    /// The heat map; `None` when there are no two levers.
    pub heat: Option<Heat>,
}

impl Found {
    /// The steps of the waterfall that a pane shows.
    pub fn steps(&self, pane: &WhyPane) -> Vec<Step> {
        let opened = pane.opened.as_ref().map(|o| &o.key);
        let gap = self.gap.as_ref();
        gap.map_or_else(Vec::new, |g| g.steps(pane.level, opened, pane.order))
    }

    /// The lever at a row of the tornado.
    pub fn lever(&self, row: usize) -> Option<Turned> {
        let bar = self.sensitivity.as_ref()?.bars.get(row)?;
        Some((bar.knob.lever, bar.knob.item.clone()))
    }

    /// The levers of the heat map.
    pub fn axes(&self) -> Option<[Turned; 2]> {
        let axes = &self.heat.as_ref()?.axes;
        Some([0, 1].map(|i| (axes[i].knob.lever, axes[i].knob.item.clone())))
    }
}

/// Asks about the focused brand; `None` while it has no figures.
pub(super) fn case<T>(state: &State, ask: impl FnOnce(&Case<'_>) -> T) -> Option<T> {
    let Phase::Ready(engine) = &state.phase else {
        return None;
    };
    let plain = state.plain.as_deref()?;
    Some(ask(&Case {
        figures: Figures {
            board: plain.brand(state.brand)?,
            data: engine.dataset(),
            definitions: &plain.query.definitions,
        },
        scenario: state.scenario(),
    }))
}

/// The answers for a state: those that were kept where they are still right, else new ones.
pub fn found(state: &State) -> Option<Arc<Found>> {
    let asked = Asked::of(state)?;
    let kept = state.why.found.as_ref().filter(|f| f.asked.is(&asked));
    if let Some(kept) = kept {
        return Some(Arc::clone(kept));
    }
    let (gap, sensitivity, heat) = case(state, |case| {
        let gap = case.gap(asked.wish);
        let family = gap.as_ref().map_or(Family::Crowds, |g| g.family);
        let sensitivity = case.sensitivity(family, asked.reach);
        let heat = sensitivity
            .as_ref()
            .and_then(|s| heat(case, family, s, &asked.axes));
        (gap, sensitivity, heat)
    })?;
    Some(Arc::new(Found {
        asked,
        gap,
        sensitivity,
        heat,
    }))
}

/// The heat map of the levers wished for, or of the strongest of the tornado.
fn heat(
    case: &Case<'_>,
    family: Family,
    sensitivity: &Sensitivity,
    wished: &[Option<Turned>; 2],
) -> Option<Heat> {
    let strongest = || {
        let bars = sensitivity.bars.iter();
        bars.map(|b| (b.knob.lever, b.knob.item.clone()))
    };
    let [x, y] = wished;
    let free = |taken: &Option<Turned>| strongest().find(|t| Some(t) != taken.as_ref());
    let first = x.clone().or_else(|| free(y))?;
    let second = y
        .clone()
        .filter(|t| *t != first)
        .or_else(|| free(&Some(first.clone())))?;
    case.heat(family, [&first, &second]).or_else(|| {
        let mut both = strongest();
        let (first, second) = (both.next()?, both.next()?);
        case.heat(family, [&first, &second])
    })
}
