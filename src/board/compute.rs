//! The one call.

use std::sync::Arc;

use rayon::prelude::*;

use super::events::Facts;
use super::platform::{self, Tables};
use super::workbench::workbench;
use super::{
    Against, Board, BrandBoard, Extent, Figure, Focus, Query, dimensions, projection, sheet,
    targets,
};
use crate::facts::frame::Frame;
use crate::facts::{Engine, Rules};
use crate::metrics::{Day, Value, Why};
use crate::scenario::Scenario;

/// Computes the board of a query: every brand of the focus, in the order of the data set.
pub fn compute(engine: &Engine, query: &Query, focus: &Focus) -> Board {
    let frame = Engine::frame(query.as_of, query.against, &query.definitions);
    let rules = Rules::of(&query.definitions);
    let job = Job {
        engine,
        query,
        frame: &frame,
        rules: &rules,
    };
    job.board(focus)
}

/// All figures of a board and no history ([`Extent::Figures`]): needs no more than the events around
/// two days, and keeps nothing for the next query.
pub fn figures(engine: &Engine, query: &Query, focus: &Focus) -> Board {
    let frame = Engine::frame(query.as_of, query.against, &query.definitions).ends();
    let rules = Rules::of(&query.definitions);
    let job = Job {
        engine,
        query,
        frame: &frame,
        rules: &rules,
    };
    let board = job.board(focus);
    engine.forget_ends();
    board
}

/// Computes the board of a query as [`compute`] does. Where that takes long, its [`figures`] are given
/// to `first` before.
pub fn compute_in_steps(
    engine: &Engine,
    query: &Query,
    focus: &Focus,
    first: &mut dyn FnMut(Board),
) -> Board {
    let frame = Engine::frame(query.as_of, query.against, &query.definitions);
    let rules = Rules::of(&query.definitions);
    if let Focus::One(brand) = focus
        && engine.is_long(*brand, &frame, &rules, &query.slice)
    {
        // The whole count takes about three times as long.
        engine.pace().announce(3);
        let board = figures(engine, query, focus);
        if !engine.pace().is_stopped() {
            first(board);
        }
        engine.pace().announce(0);
    }
    compute(engine, query, focus)
}

/// Computes what another slice would show, to be looked at only: all figures of the brands of the
/// focus and no history, the quickest way there is.
pub fn glimpse(engine: &Engine, query: &Query, focus: &Focus) -> Board {
    let frame = Engine::frame(query.as_of, query.against, &query.definitions);
    let rules = Rules::of(&query.definitions);
    let brands = match focus {
        Focus::One(brand) | Focus::Ahead(brand, _) => std::slice::from_ref(brand),
        Focus::Full(brands) => brands,
    };
    let is_long = |brand: &usize| engine.is_long(*brand, &frame, &rules, &query.slice);
    let mut board = if brands.iter().any(is_long) {
        figures(engine, query, focus)
    } else {
        compute(engine, query, focus)
    };
    for brand in &mut board.brands {
        Arc::make_mut(brand).history = Vec::new();
    }
    board.extent = Extent::Figures;
    board
}

/// Makes the next slices of the brands of the focus quicker, see [`Engine::prepare`]; for when there
/// is nothing else to do.
pub fn prepare(engine: &Engine, query: &Query, focus: &Focus, wanted: &(dyn Fn() -> bool + Sync)) {
    let frame = Engine::frame(query.as_of, query.against, &query.definitions);
    let rules = Rules::of(&query.definitions);
    let brands = match focus {
        Focus::One(brand) | Focus::Ahead(brand, _) => std::slice::from_ref(brand),
        Focus::Full(brands) => brands,
    };
    for brand in brands.iter().filter(|_| wanted()) {
        engine.prepare(*brand, &frame, &rules, &query.slice.scope, wanted);
    }
}

/// A figure that is missing while the log is not read may be known once it is.
fn await_log(figure: &mut Figure) {
    let parts = [&mut figure.numerator, &mut figure.denominator];
    let parts = parts.into_iter().filter_map(Option::as_mut);
    for value in [&mut figure.now, &mut figure.against]
        .into_iter()
        .chain(parts)
    {
        if !value.is_known() {
            *value = Value::Missing(Why::Pending);
        }
    }
}

/// The as-of day that applies when the user gives none: the manifest's, else the last complete day
/// of the event log, else the latest day of the platform tables, else the last order day.
pub fn default_as_of(engine: &Engine) -> Day {
    let data = engine.dataset();
    let tables = &data.tables;
    let stock = tables.stock.iter().map(|r| r.date);
    let fast = tables.fast.iter().map(|r| r.date);
    let flow = tables.flow.iter().map(|r| r.to_date);
    let latest = || stock.chain(fast).chain(flow).max();
    let other = || tables.sales.iter().map(|r| r.date).max();
    data.as_of
        .or(data.log.last_complete)
        .or_else(latest)
        .or_else(other)
        .or_else(|| tables.relations.iter().map(|r| r.date).max())
        .or_else(|| tables.order_days.iter().map(|r| r.date).max())
        .unwrap_or_default()
}

/// The frame and the rules of the board that is shown when the user asks for nothing else.
pub fn first_frame(engine: &Engine) -> (Frame, Rules) {
    let definitions = &engine.dataset().definitions;
    let as_of = default_as_of(engine);
    let against = Against::default().resolve(as_of);
    let frame = Engine::frame(as_of, against, definitions);
    (frame, Rules::of(definitions))
}

struct Job<'a> {
    engine: &'a Engine,
    query: &'a Query,
    frame: &'a Frame,
    rules: &'a Rules,
}

impl Job<'_> {
    fn board(&self, focus: &Focus) -> Board {
        let Self {
            engine,
            query,
            frame,
            rules,
        } = *self;
        if let Focus::Ahead(_, observed) = focus {
            engine.pace().announce(observed.div_ceil(2));
        }
        let brands: Vec<Arc<BrandBoard>> = self
            .brands(focus)
            .into_par_iter()
            .map(|b| Arc::new(self.brand(b)))
            .collect();
        let dimensions = match focus {
            Focus::One(brand) | Focus::Ahead(brand, _) if engine.has_events(*brand) => {
                let people = engine.values(*brand, frame, rules);
                dimensions::with_people(engine, Some(&people))
            }
            _ => dimensions::with_people(engine, None),
        };
        let extent = match (engine.dataset().lacks_log, frame.is_ends()) {
            (true, _) => Extent::Tables,
            (false, true) => Extent::Figures,
            (false, false) => Extent::Whole,
        };
        let ahead = match focus {
            Focus::Ahead(brand, observed) => brands
                .iter()
                .find(|b| b.brand == *brand)
                .map(|board| Arc::new(projection::ahead(engine, query, board, *observed))),
            Focus::One(_) | Focus::Full(_) => None,
        };
        let dates = if frame.is_ends() {
            Vec::new()
        } else {
            frame.history()
        };
        let plain = Board {
            query: Query {
                scenario: Scenario::default(),
                ..query.clone()
            },
            dates,
            brands,
            dimensions,
            extent,
            ahead,
        };
        plain.under(engine.dataset(), &query.scenario)
    }

    fn brands(&self, focus: &Focus) -> Vec<(usize, bool)> {
        match focus {
            Focus::One(full) | Focus::Ahead(full, _) => (0..self.engine.dataset().brands.len())
                .map(|b| (b, b == *full))
                .collect(),
            Focus::Full(brands) => brands.iter().map(|b| (*b, true)).collect(),
        }
    }

    fn brand(&self, (brand, full): (usize, bool)) -> BrandBoard {
        let (data, query) = (self.engine.dataset(), self.query);
        let logged = self.engine.has_events(brand);
        let tables = Tables {
            engine: self.engine,
            brand,
            frame: self.frame,
            definitions: &query.definitions,
            crowd: platform::crowd_of(data, &query.slice),
            slice: &query.slice,
            alone: !logged,
        };
        let mut board = BrandBoard {
            brand,
            full,
            figures: Vec::new(),
            history: Vec::new(),
            bounded: Vec::new(),
            workbench: None,
            detected: tables.detected(),
        };
        if logged {
            let counts = self
                .engine
                .count(brand, self.frame, self.rules, &query.slice);
            let facts = Facts {
                engine: self.engine,
                brand,
                counts: &counts,
                frame: self.frame,
                definitions: &query.definitions,
                slice: &query.slice,
            };
            facts.summary(&mut board.figures);
            if full {
                facts.detail(&mut board.figures);
            }
            if !self.frame.is_ends() {
                board.history = facts.history(full);
            }
        } else {
            board.history = tables.history(full);
        }
        tables.summary(&mut board.figures);
        if full {
            tables.detail(&mut board.figures);
        }
        if data.lacks_log {
            board.figures.iter_mut().for_each(await_log);
        }
        targets::attach(&mut board, data, query);
        board
            .figures
            .sort_by_cached_key(|f| (sheet::rank(f), f.part.rank(), f.source));
        if full {
            board.workbench = Some(Arc::new(workbench(self.engine, query, &board)));
        }
        board
    }
}
