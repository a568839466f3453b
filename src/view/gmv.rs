//! The GMV workbench: the target tree and Double 11, as far as the data set tells them.

mod double11;
mod tree;

pub use crate::app::gmv::Half;
pub use double11::{Double11Model, Meter};
pub use tree::TreeModel;

use super::header;
use super::number::Number;
use super::table::{Cell, Change};
use super::text::{self, pick};
use crate::app::{Language, State, gmv};
use crate::metrics::{Direction, Unit, Value, metric};

/// The pane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GmvModel {
    /// Title of the panel where there is neither half.
    pub title: String,
    /// Why there is neither.
    pub empty: String,
    /// The target tree.
    pub tree: Option<Box<TreeModel>>,
    /// Double 11.
    pub double11: Option<Box<Double11Model>>,
    /// The half that has the cursor.
    pub half: Half,
}

/// The pane for a state.
pub fn model(state: &State) -> GmvModel {
    let l = state.language;
    let pen = Pen {
        language: l,
        currency: header::dataset(state).map_or("", |d| d.currency.as_str()),
    };
    let bench = gmv::bench(state);
    let tree = bench.and_then(|b| b.tree.as_ref());
    let double11 = bench.and_then(|b| b.double11.as_ref());
    GmvModel {
        title: pick(l, "GMV 工作台", "GMV workbench").to_owned(),
        empty: pick(
            l,
            "数据集没有策略人群，也没有双 11 的分层成交",
            "the data set has neither crowds nor sales of layers for Double 11",
        )
        .to_owned(),
        tree: tree.map(|t| Box::new(tree::model(state, pen, t))),
        double11: double11.map(|d| Box::new(double11::model(state, pen, d))),
        half: gmv::half(state),
    }
}

/// Writes the numbers of the workbench.
#[derive(Clone, Copy)]
struct Pen<'a> {
    language: Language,
    currency: &'a str,
}

impl Pen<'_> {
    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        pick(self.language, zh, en)
    }

    fn number(&self, value: Value, unit: Unit) -> Number {
        Number::of(value, unit, self.language).currency(self.currency)
    }

    /// A figure of a metric.
    fn figure(&self, id: &str, value: Value) -> Number {
        self.number(value, unit(id))
    }

    /// A difference of two figures of a metric.
    fn difference(&self, id: &str, value: Value) -> Change {
        let number = Number::difference(value, unit(id), self.language).currency(self.currency);
        let direction = metric(id).map_or(Direction::Neutral, |m| m.direction);
        Change::new(number, direction)
    }

    /// The same in a cell; nothing where there is nothing to subtract.
    fn change_cell(&self, id: &str, value: Value) -> Cell {
        match value {
            Value::Known(_) => Cell::Change(self.difference(id, value)),
            Value::Missing(_) => blank(),
        }
    }

    /// The short name of a metric.
    fn name(&self, id: &str) -> &'static str {
        metric(id).map_or("", |m| text::short(self.language, m))
    }
}

fn unit(id: &str) -> Unit {
    metric(id).map_or(Unit::Count, |m| m.unit)
}

fn blank() -> Cell {
    Cell::Text(String::new())
}

fn words(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

/// Horizontal bars with their targets.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Bars {
    /// What they show.
    pub title: String,
    /// The bars.
    pub items: Vec<Bar>,
    /// The largest value or target, which fills the width.
    pub most: f64,
}

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Its name.
    pub name: String,
    /// What is planned or there.
    pub value: Number,
    /// What is wanted.
    pub target: Number,
    /// The one ÷ the other.
    pub done: Number,
}

impl Bars {
    fn new(title: &str, items: impl Iterator<Item = Bar>) -> Self {
        let items: Vec<Bar> = items.collect();
        let ends = items.iter().flat_map(|bar| [bar.value, bar.target]);
        let most = ends.filter_map(|n| n.value.get()).fold(0.0, f64::max);
        Self {
            title: title.to_owned(),
            items,
            most,
        }
    }
}
