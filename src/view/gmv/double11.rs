//! Double 11: the layers this year and in the years before, the pace of the event, its waves.

use super::{Bar, Bars, Pen, blank, words};
use crate::app::gmv::{self, Half, LayerLine, LayerRow, in_year};
use crate::app::{Language, Pane, State};
use crate::board::{Double11, LayerYear, Pace, WaveSoFar};
use crate::metrics::double11::Layer;
use crate::metrics::{Day, Direction, Unit, Value, Why};
use crate::view::levers;
use crate::view::number::Number;
use crate::view::table::{Cell, Change, Column, Row, Table};
use crate::view::text;

/// Double 11.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Double11Model {
    /// Title of the panel.
    pub title: String,
    /// The scenario, whose pools, which days.
    pub side: String,
    /// The layers around the cursor.
    pub table: Table,
    /// Target, completion, pace: label and number.
    pub facts: Vec<(String, Number)>,
    /// Completion against what is due.
    pub meter: Option<Meter>,
    /// The waves.
    pub waves: Table,
    /// GMV of the layers in the three years, for a wide screen.
    pub years: Table,
    /// GMV of the layers against their targets, for a large screen.
    pub bars: Bars,
    /// What the numbers leave out, and what is missing.
    pub notes: Vec<String>,
}

/// A bar with a tick.
#[derive(Debug, Clone, PartialEq)]
pub struct Meter {
    /// Words at its left.
    pub label: String,
    /// The share reached.
    pub share: f64,
    /// The share that is due.
    pub due: f64,
}

pub(super) fn model(state: &State, pen: Pen, double11: &Double11) -> Double11Model {
    let source = Source {
        state,
        pen,
        double11,
    };
    Double11Model {
        title: source.title(),
        side: source.side(),
        table: source.table(),
        facts: source.facts(),
        meter: source.meter(),
        waves: source.waves(),
        years: source.years(),
        bars: source.bars(),
        notes: source.notes(),
    }
}

struct Source<'a> {
    state: &'a State,
    pen: Pen<'a>,
    double11: &'a Double11,
}

/// Columns of the table: metric and rank. The direct rate is there only where it is counted.
const COLUMNS: [(&str, u8); 9] = [
    ("gmv.pool", 1),
    ("gmv.cart_rate", 1),
    ("gmv.order_rate", 1),
    ("gmv.aov", 2),
    ("gmv.direct_rate", 3),
    ("gmv.buyers", 3),
    ("gmv.gmv", 0),
    ("gmv.actual", 5),
    ("gmv.residual", 3),
];

// -- the layers -------------------------------------------------------------------------------

impl Source<'_> {
    fn title(&self) -> String {
        let year = self.double11.years[0].day.ymd().0;
        format!("{} {year}", self.pen.say("双 11 拆解", "Double 11"))
    }

    fn side(&self) -> String {
        let d = self.double11;
        let scope = if d.of_shop {
            self.pen.say("店铺蓄水", "pools of the shop")
        } else {
            self.pen.say("品牌蓄水", "pools of the brand")
        };
        let direct = if d.with_direct {
            self.pen.say(" · 含直接购买", " · with direct buyers")
        } else {
            ""
        };
        let days = match self.pen.language {
            Language::Zh => format!("{} 天至 {}", d.days, d.years[0].day),
            Language::En => format!("{} days to {}", d.days, d.years[0].day),
        };
        let scenario = if self.state.scenario().is_empty() {
            String::new()
        } else {
            format!("{} · ", levers::scenario(self.state))
        };
        format!("{scenario}{scope}{direct} · {days}")
    }

    fn table(&self) -> Table {
        let rows = gmv::layer_rows(self.state);
        let focused = gmv::half(self.state) == Half::Double11;
        let mut cursor = self.state.cursors[Pane::Gmv as usize];
        if !focused {
            cursor.row = self.state.gmv.parked;
        }
        let range = Table::window(cursor, rows.len(), usize::from(self.state.size.1));
        let first = range.start;
        let shown = rows.get(range).unwrap_or(&[]);
        Table {
            columns: self.columns(),
            rows: shown.iter().map(|row| self.row(*row)).collect(),
            first,
            len: rows.len(),
            cursor: focused.then_some(cursor.row.min(rows.len().saturating_sub(1))),
            ..Table::default()
        }
    }

    fn shown(&self) -> impl Iterator<Item = (&'static str, u8)> {
        let direct = self.double11.with_direct;
        COLUMNS
            .into_iter()
            .filter(move |(id, _)| direct || *id != "gmv.direct_rate")
    }

    fn columns(&self) -> Vec<Column> {
        let name = self.pen.say("层级", "Layer");
        let mut columns = vec![Column::text(name, 0, (10, 18))];
        let figures = self.shown();
        columns.extend(figures.map(|(id, rank)| {
            let name = self.pen.name(id);
            match id {
                "gmv.actual" => Column::number("", name, rank),
                "gmv.residual" => Column::change("", name, rank),
                _ => Column::mixed(name, rank, (10, 16)),
            }
        }));
        let lacking = self.pen.say("仅此层需补", "pool lacking");
        columns.push(Column::change("", lacking, 4));
        columns
    }

    fn row(&self, row: LayerRow) -> Row {
        let d = self.double11;
        let Some(now) = d.now.get(row.layer) else {
            return Row::default();
        };
        let year = |n| in_year(d, n, now);
        let mut cells = match row.line {
            LayerLine::Now => self.figures(now),
            LayerLine::Baseline => self.optional(d.baseline(row.layer)),
            LayerLine::Change => self.changes(d.change(row.layer).as_ref()),
            LayerLine::Target => self.targets(d.target_of(row.layer)),
            LayerLine::Completion => self.completions(d.completion(row.layer).as_ref()),
            LayerLine::Year(n) => self.optional(year(n)),
        };
        cells.insert(0, Cell::Text(self.label(row, now)));
        cells.push(self.lacking(row, now));
        Row {
            cells,
            focused: false,
        }
    }

    fn label(&self, row: LayerRow, now: &LayerYear) -> String {
        let line = match row.line {
            LayerLine::Now => {
                let open = gmv::is_open(self.state, Half::Double11, row.layer);
                let sign = if open { '−' } else { '+' };
                return format!("{sign} {}", self.layer(now));
            }
            LayerLine::Baseline => self.pen.say("基线", "baseline").to_owned(),
            LayerLine::Change => self.pen.say("较基线", "vs baseline").to_owned(),
            LayerLine::Target => self.pen.say("目标", "target").to_owned(),
            LayerLine::Completion => self.pen.say("完成", "done").to_owned(),
            LayerLine::Year(n) => {
                let day = self.double11.years.get(n).map(|y| y.day);
                day.map_or_else(String::new, |d| d.ymd().0.to_string())
            }
        };
        format!("    {line}")
    }

    /// The name of a layer.
    fn layer(&self, row: &LayerYear) -> String {
        match row.layer {
            Some(state) => {
                let name = text::state(self.pen.language, state);
                format!("{} {name}", state.id().to_uppercase())
            }
            None => self.pen.say("Σ 全部层级", "Σ all layers").to_owned(),
        }
    }

    fn figures(&self, row: &LayerYear) -> Vec<Cell> {
        self.shown()
            .map(|(id, _)| match (row.model.get(id), id) {
                (Some(value), _) => Cell::Number(self.pen.figure(id, value)),
                (None, "gmv.actual") => Cell::Number(self.pen.figure(id, row.counts.gmv)),
                (None, _) => self.pen.change_cell(id, row.residual),
            })
            .collect()
    }

    fn optional(&self, row: Option<&LayerYear>) -> Vec<Cell> {
        row.map_or_else(|| self.each(None, |_, _| blank()), |row| self.figures(row))
    }

    /// A cell for every factor and result that the layer has.
    fn each(&self, layer: Option<&Layer>, cell: impl Fn(&'static str, Value) -> Cell) -> Vec<Cell> {
        self.shown()
            .map(|(id, _)| match layer.and_then(|layer| layer.get(id)) {
                Some(value) => cell(id, value),
                None => blank(),
            })
            .collect()
    }

    fn changes(&self, change: Option<&Layer>) -> Vec<Cell> {
        self.each(change, |id, value| match value {
            Value::Known(0.0) => blank(),
            value => self.pen.change_cell(id, value),
        })
    }

    fn targets(&self, target: Option<&Layer>) -> Vec<Cell> {
        self.each(target, |id, value| Cell::Number(self.pen.figure(id, value)))
    }

    fn completions(&self, done: Option<&Layer>) -> Vec<Cell> {
        self.each(done, |_, value| {
            Cell::Number(self.pen.number(value, Unit::Ratio))
        })
    }

    /// People that the layer alone lacks to reach the target.
    fn lacking(&self, row: LayerRow, now: &LayerYear) -> Cell {
        let required = &self.double11.required;
        let found = required.iter().find(|(state, _)| Some(*state) == now.layer);
        match (row.line, found) {
            (LayerLine::Now, Some((_, Value::Known(people)))) => {
                let number =
                    Number::difference(Value::known(*people), Unit::People, self.pen.language);
                Cell::Change(Change::new(number, Direction::Neutral))
            }
            _ => blank(),
        }
    }
}

// -- the event --------------------------------------------------------------------------------

impl Source<'_> {
    fn facts(&self) -> Vec<(String, Number)> {
        let (d, pen) = (self.double11, &self.pen);
        let all = d.now.iter().find(|l| l.layer.is_none());
        let money = |value| pen.number(value, Unit::Money);
        let rate = |value| pen.number(value, Unit::Ratio);
        let mut facts = vec![(pen.say("GMV 目标", "GMV target"), money(d.target))];
        if let Some(all) = all {
            facts.push((pen.say("模型", "model"), money(all.model.gmv)));
            facts.push((pen.say("完成", "done"), rate(d.total_completion())));
        }
        if let Some(pace) = &d.pace {
            let due = pen.say("应完成", "due by now");
            facts.push((due, rate(Value::known(pace.due))));
            facts.push((pen.say("时间进度完成", "against pace"), rate(pace.paced)));
            if pace.actual.is_known() {
                facts.push((pen.say("活动至今", "so far"), money(pace.actual)));
                facts.push((pen.say("活动完成", "of target"), rate(pace.completion)));
                facts.push((pen.say("预计全程", "projected"), money(pace.projected)));
            }
        }
        facts
            .into_iter()
            .map(|(label, number)| (label.to_owned(), number))
            .collect()
    }

    fn meter(&self) -> Option<Meter> {
        let pace = self.double11.pace.as_ref()?;
        let label = self.pen.say("活动进度", "Event");
        Some(Meter {
            label: label.to_owned(),
            share: pace.completion.get()?,
            due: pace.due,
        })
    }

    fn waves(&self) -> Table {
        let say = |zh, en| self.pen.say(zh, en);
        let waves = &self.double11.waves;
        Table {
            columns: vec![
                Column::text(say("波次", "Wave"), 0, (8, 16)),
                Column::text(say("日期", "days"), 1, (13, 15)),
                Column::mixed(say("GMV", "GMV"), 0, (8, 16)),
                Column::mixed(say("去年全程", "last year"), 2, (8, 16)),
                Column::mixed(say("同期比", "same days"), 1, (8, 12)),
            ],
            rows: waves.iter().map(|w| self.wave(w)).collect(),
            len: waves.len(),
            ..Table::default()
        }
    }

    /// GMV of the model in the three years side by side, each with its change on the year before.
    fn years(&self) -> Table {
        let (d, pen) = (self.double11, &self.pen);
        let mut columns = vec![Column::text(pen.say("模型 GMV", "Model GMV"), 0, (10, 18))];
        for (n, year) in d.years.iter().enumerate() {
            let name = year.day.ymd().0.to_string();
            columns.push(Column::mixed(&name, n as u8, (8, 16)));
            if n + 1 < d.years.len() {
                columns.push(Column::mixed(pen.say("同比", "on year"), n as u8, (8, 12)));
            }
        }
        let rows: Vec<Row> = d.now.iter().map(|now| self.year_row(now)).collect();
        Table {
            columns,
            len: rows.len(),
            rows,
            ..Table::default()
        }
    }

    fn year_row(&self, now: &LayerYear) -> Row {
        let pen = &self.pen;
        let years = self.double11.over_years(now.layer);
        let mut cells = vec![Cell::Text(self.layer(now))];
        for (n, (gmv, change)) in years.into_iter().enumerate() {
            cells.push(Cell::Number(pen.figure("gmv.gmv", gmv)));
            if n + 1 < self.double11.years.len() {
                let number = Number::change(change, pen.language);
                cells.push(Cell::Change(Change::new(number, Direction::Up)));
            }
        }
        Row {
            cells,
            focused: false,
        }
    }

    fn bars(&self) -> Bars {
        let d = self.double11;
        let layers = d.now.iter().enumerate();
        let items = layers.filter(|(_, now)| now.layer.is_some());
        Bars::new(
            self.pen
                .say("各层 GMV 与目标", "GMV of the layers against target"),
            items.map(|(at, now)| {
                let target = d
                    .target_of(at)
                    .map_or(Value::Missing(Why::NotGiven), |t| t.gmv);
                let done = d.completion(at).map_or(target, |c| c.gmv);
                Bar {
                    name: self.layer(now),
                    value: self.pen.figure("gmv.gmv", now.model.gmv),
                    target: self.pen.figure("gmv.gmv", target),
                    done: self.pen.number(done, Unit::Ratio),
                }
            }),
        )
    }

    fn wave(&self, so_far: &WaveSoFar) -> Row {
        let (wave, pen) = (&so_far.wave, &self.pen);
        let today = self.double11.years[0].day;
        let money = |value| Cell::Number(pen.number(value, Unit::Money));
        let change = Number::change(so_far.change(), pen.language);
        Row {
            cells: vec![
                words(text::of(pen.language, &wave.name)),
                Cell::Text(format!("{} – {}", short(wave.first), short(wave.last))),
                money(so_far.actual),
                money(so_far.last_year),
                match change.value {
                    Value::Known(_) => Cell::Change(Change::new(change, Direction::Up)),
                    Value::Missing(_) => blank(),
                },
            ],
            focused: (wave.first..=wave.last).contains(&today),
        }
    }

    fn notes(&self) -> Vec<String> {
        let d = self.double11;
        let mut notes = Vec::new();
        if d.of_shop {
            notes.push(
                self.pen
                    .say(
                        "— 成交表不分店铺：蓄水为店铺口径，加购与成交仍为全品牌",
                        "— sales are not told by shop: pools are the shop's, carts and sales the brand's",
                    )
                    .to_owned(),
            );
        }
        notes.extend(d.pace.as_ref().map(|pace| self.curve(pace)));
        notes.extend(self.missing());
        notes
    }

    /// From what the share that is due follows.
    fn curve(&self, pace: &Pace) -> String {
        let (first, last) = pace.event;
        let curve = if pace.like_last_year {
            self.pen.say("按去年逐日曲线", "along last year's days")
        } else {
            self.pen
                .say("按线性（没有去年逐日）", "linear, without last year's days")
        };
        match self.pen.language {
            Language::Zh => format!("应完成：{first} 至 {last}，{curve}"),
            Language::En => format!("due: {first} to {last}, {curve}"),
        }
    }

    /// Why single days and figures of layers are missing.
    fn missing(&self) -> Vec<String> {
        let d = self.double11;
        let days = d.waves.iter().find_map(|w| w.actual.why());
        let all = d.now.iter().find(|l| l.layer.is_none());
        let model = all.and_then(|l| l.model.gmv.why());
        let layers = match (all, model) {
            (None, _) => Some(Why::NoTable("sales")),
            (_, why) => why,
        };
        let say = |label: &str, why| format!("— {label}{}", text::why(self.pen.language, why));
        let days = days.map(|why| match (d.days, self.pen.language) {
            (2.., Language::Zh) => format!("— 逐日成交：成交表按 {} 天合计，分不出每一天", d.days),
            (2.., Language::En) => format!(
                "— single days: the sales table has sums of {} days, not single ones",
                d.days
            ),
            _ => say(self.pen.say("逐日成交：", "single days: "), why),
        });
        let layers = layers.map(|why| say(self.pen.say("分层成交：", "layers: "), why));
        layers.into_iter().chain(days).collect()
    }
}

/// `11-04`.
fn short(day: Day) -> String {
    let (_, month, day) = day.ymd();
    format!("{month:02}-{day:02}")
}
