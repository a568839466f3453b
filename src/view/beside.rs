//! State → text of two panes at once: what each half is about, and how the right one differs.
//!
//! The right half is the model that its own state gives, with the differences to the left put in where
//! the same figure stands on both sides. Every difference is that of exact values.

use super::crowds::CrowdsModel;
use super::fast::{Card, Fact};
use super::header::{self, board, pane_name};
use super::headline::{self, Headline};
use super::number::Number;
use super::screen::{PaneModel, pane};
use super::table::{Cell, Change, Column, Row};
use super::text::{self, clean, pick};
use crate::app::State;
use crate::app::beside::Other;
use crate::app::layout::split;
use crate::app::order::{self, CrowdMetric};
use crate::board::{BrandBoard, Part};
use crate::facts::CrowdKey;
use crate::metrics::{Unit, Value, metric};

pub use crate::app::layout::Split;

/// Two panes at once.
#[derive(Debug, Clone, PartialEq)]
pub struct BesideModel {
    /// How they share the screen.
    pub split: Split,
    /// Where they take turns: the right one is shown.
    pub turned: bool,
    /// What the halves are about, in parts; a part that differs is marked.
    pub titles: [Vec<(String, bool)>; 2],
    /// Where they take turns: which half is shown, and the key for the other.
    pub turn: String,
    /// The right half.
    pub pane: PaneModel,
    /// Its numbers belong to an older query.
    pub stale: bool,
    /// What the right half is doing while its numbers are old.
    pub working: String,
    /// How its headline figures differ from those at the left.
    pub deltas: Vec<Delta>,
    /// The words before them.
    pub deltas_title: String,
}

/// How one figure differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Delta {
    /// The figure.
    pub name: String,
    /// The difference, the relative one where there is one.
    pub change: Change,
}

/// The model of a state with two panes.
pub fn model(state: &State) -> Option<BesideModel> {
    let beside = &state.layout.beside;
    let right = beside.right.as_deref().filter(|_| beside.on)?;
    let other = beside.other.as_ref()?;
    let compared = !matches!(other, Other::Pane(_));
    let l = state.language;
    Some(BesideModel {
        split: split(state.size),
        turned: beside.turned,
        titles: titles(state, right),
        turn: turn(state),
        pane: compared_pane(state, right, compared),
        stale: right.stale,
        working: header::working(right).unwrap_or_default(),
        deltas: if compared && !right.stale && !state.stale {
            deltas(state, right)
        } else {
            Vec::new()
        },
        deltas_title: match other {
            Other::Scenario(_) | Other::Pane(_) | Other::Brand(_) => {
                format!("{} {}", pick(l, "较", "vs"), left_name(state, other))
            }
            Other::Day(_) => format!("{} {}", pick(l, "较", "vs"), state.as_of),
        },
    })
}

/// What the left half is called where the right one is measured against it.
fn left_name(state: &State, other: &Other) -> String {
    let brand = header::dataset(state).and_then(|d| d.brands.get(state.brand));
    match other {
        Other::Brand(_) => brand.map_or_else(String::new, |b| {
            text::truncate(&header::brand_name(state, b), 14)
        }),
        Other::Day(_) => {
            let (_, month, day) = state.as_of.ymd();
            format!("{month:02}-{day:02}")
        }
        Other::Scenario(_) => text::truncate(&scenario_name(state), 14),
        Other::Pane(pane) => pane_name(state, *pane).to_owned(),
    }
}

fn scenario_name(state: &State) -> String {
    let open = state.book.desk().open(state.brand_id());
    let baseline = pick(state.language, "基线", "baseline");
    open.map_or_else(|| baseline.to_owned(), |n| clean(&n.name).into_owned())
}

/// Brand, pane, day and scenario of both halves; a scenario only where one of them has one.
fn titles(left: &State, right: &State) -> [Vec<(String, bool)>; 2] {
    let parts = |s: &State| {
        let brand = header::dataset(s).and_then(|d| d.brands.get(s.brand));
        [
            brand.map_or_else(String::new, |b| header::brand_name(s, b)),
            pane_name(s, s.pane).to_owned(),
            format!("{} {}", pick(s.language, "截至", "as of"), s.as_of),
            scenario_name(s),
        ]
    };
    let (a, b) = (parts(left), parts(right));
    let open = |s: &State| s.book.desk().open(s.brand_id()).is_some();
    let scenario = open(left) || open(right);
    let shown = if scenario { 4 } else { 3 };
    let marked = |own: &[String; 4], other: &[String; 4]| {
        let pairs = own.iter().zip(other).take(shown);
        pairs.map(|(a, b)| (a.clone(), a != b)).collect()
    };
    [marked(&a, &b), marked(&b, &a)]
}

/// `2/2 · \ the other half`.
fn turn(state: &State) -> String {
    let at = if state.layout.beside.turned { 2 } else { 1 };
    let word = pick(state.language, "换到另一侧", "other half");
    match header::key_of(state, "beside") {
        Some(key) => format!("{at}/2 · {key} {word}"),
        None => format!("{at}/2"),
    }
}

fn deltas(left: &State, right: &State) -> Vec<Delta> {
    let ours = headline::figures(left);
    let delta = |theirs: Headline| {
        let same = ours.iter().find(|h| h.key == theirs.key)?;
        let change = headline::difference(same, &theirs, right).pop()?;
        Some(Delta {
            name: theirs.short,
            change,
        })
    };
    headline::figures(right)
        .into_iter()
        .filter_map(delta)
        .collect()
}

// -- differences inside the pane --------------------------------------------------------------

/// The pane of the right half, with the differences to the left one where it has room for them.
fn compared_pane(left: &State, right: &State, compared: bool) -> PaneModel {
    let mut model = pane(right);
    let ours = board(left).map(|(_, brand)| brand);
    let (Some(ours), true) = (ours, compared && !right.stale && !left.stale) else {
        return model;
    };
    let halves = Halves { left, right, ours };
    match &mut model {
        PaneModel::Fast(fast) => {
            for (card, id) in fast.cards.iter_mut().zip(FAST) {
                halves.card(card, id);
            }
        }
        PaneModel::FastPlus(plus) => {
            for (card, id) in plus.cards.iter_mut().zip(PLUS) {
                halves.card(&mut card.card, id);
            }
        }
        PaneModel::Crowds(crowds) => halves.crowds(crowds),
        _ => {}
    }
    model
}

const FAST: [&str; 4] = ["fast.f", "fast.a", "fast.s", "fast.t"];
const PLUS: [&str; 4] = [
    "fast_plus.capital",
    "fast_plus.conversion",
    "fast_plus.connection",
    "fast_plus.clv",
];

struct Halves<'a> {
    left: &'a State,
    right: &'a State,
    ours: &'a BrandBoard,
}

impl Halves<'_> {
    fn currency(&self) -> &str {
        header::dataset(self.right).map_or("", |d| d.currency.as_str())
    }

    /// Puts the value of the left half and the difference to it first among the facts of a card.
    fn card(&self, card: &mut Card, id: &str) {
        let Some(own) = card.value.filter(|v| v.value.is_known()) else {
            return;
        };
        let Some(theirs) = self.ours.get(id, Part::Whole).filter(|f| f.now.is_known()) else {
            return;
        };
        let (l, unit) = (self.right.language, theirs.unit());
        let mut more: Vec<_> = headline::differences(theirs.now, own.value, unit)
            .into_iter()
            .map(|(value, relative)| {
                let number = if relative {
                    Number::change(value, l)
                } else {
                    Number::difference(value, unit, l).currency(self.currency())
                };
                (String::new(), number, true)
            })
            .collect();
        more.reverse();
        let other = self.left.layout.beside.other.as_ref();
        card.facts.insert(
            0,
            Fact {
                label: other.map_or_else(String::new, |o| left_name(self.left, o)),
                value: Number::of(theirs.now, unit, l).currency(self.currency()),
                more,
            },
        );
    }

    /// Puts a column with the difference to the left half behind the current value of every metric.
    fn crowds(&self, model: &mut CrowdsModel) {
        let l = self.right.language;
        let order = order::crowd_order(self.right);
        let now = pick(l, "当前", "current");
        for m in CrowdMetric::ALL {
            let group = metric(m.metric()).map_or("", |m| text::metric(l, m));
            let columns = &mut model.table.columns;
            let place = columns
                .iter()
                .position(|c| c.group == group && c.title == now);
            let Some(place) = place else { continue };
            let rank = columns.get(place).map_or(9, |c| c.rank);
            let column = Column::change(group, pick(l, "较左侧", "Δ left"), rank);
            columns.insert(place + 1, column);
            let crowds = order.iter().skip(model.table.first);
            for (row, crowd) in model.table.rows.iter_mut().zip(crowds) {
                self.cell(row, place, m, CrowdKey::Crowd(*crowd as u32));
            }
            if let Some(row) = &mut model.table.total {
                self.cell(row, place, m, CrowdKey::All);
            }
        }
    }

    fn cell(&self, row: &mut Row, place: usize, m: CrowdMetric, key: CrowdKey) {
        let (l, part) = (self.right.language, Part::Crowd(key));
        let value = |brand: &BrandBoard| brand.get(m.metric(), part).map(|f| f.now);
        let theirs = value(self.ours);
        let own = board(self.right).and_then(|(_, brand)| value(brand));
        let difference = own.zip(theirs).map(|(own, theirs)| own.minus(theirs));
        let metric = metric(m.metric());
        let unit = metric.map_or(Unit::People, |m| m.unit);
        let direction = metric.map_or(crate::metrics::Direction::Neutral, |m| m.direction);
        let missing = Value::Missing(crate::metrics::Why::NotGiven);
        let number = Number::difference(difference.unwrap_or(missing), unit, l);
        let number = number.currency(self.currency());
        let at = (place + 1).min(row.cells.len());
        row.cells
            .insert(at, Cell::Change(Change::new(number, direction)));
    }
}
