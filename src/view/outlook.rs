//! Where the brand goes if its weekly rates hold: history, estimate with its band, the coming weeks,
//! the mean week, and how well such estimates would have done.
//!
//! An estimate is never shown without its assumption, its source and its backtest. Nothing is
//! projected here; the words and numbers are those of the projection that the state holds.

use super::fast::Note;
use super::header;
use super::number::Number;
use super::table::{Accent, Cell, Change, Column, Row, Table};
use super::text::{self, pick};
use crate::app::{Found, Language, State};
use crate::board::{BrandBoard, HELD, Part, Projection};
use crate::metrics::aipl::State as Layer;
use crate::metrics::calendar::event_within;
use crate::metrics::projection::{Estimate, Miss, Outlook, Start, Week, mean_errors};
use crate::metrics::{Day, Direction, Unit, Value, Why, metric};

/// The pane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct OutlookModel {
    /// Title of the main panel.
    pub title: String,
    /// The day that it looks ahead to.
    pub side: String,
    /// What the estimate rests on, and whether it deserves trust.
    pub notes: Vec<Note>,
    /// Why there is no estimate.
    pub reason: Option<String>,
    /// The asset.
    pub total: Forecast,
    /// The layers and the rates.
    pub others: Vec<Forecast>,
    /// Title of the panel of the others.
    pub others_title: String,
    /// The day of every value of a forecast.
    pub dates: Vec<Day>,
    /// The place of as-of among them.
    pub today: usize,
    /// Names of history, estimate, band and, under a scenario, the baseline.
    pub legend: Vec<(Mark, String)>,
    /// What a change is counted from: as-of, the baseline.
    pub labels: [String; 2],
    /// The coming weeks.
    pub weeks: Weeks,
    /// The mean week.
    pub week: WeekTable,
    /// Errors of past forecasts.
    pub backtest: BacktestTable,
}

/// What a mark in a chart means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// What was.
    Past,
    /// What is expected.
    Expected,
    /// Four paths in five.
    Band,
    /// What is expected without the scenario.
    Ghost,
}

/// A figure through time: what was, then what is expected. All lists are as long as the dates.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Forecast {
    /// Its name.
    pub name: String,
    /// Its colour.
    pub accent: Accent,
    /// Its value on the last day.
    pub end: Option<Number>,
    /// The range of that value.
    pub range: Option<Number>,
    /// Change from as-of to the last day.
    pub change: Option<Change>,
    /// Difference from the baseline on the last day, under a scenario.
    pub moved: Option<Change>,
    /// History.
    pub past: Vec<Option<f64>>,
    /// Estimate, from as-of on.
    pub expected: Vec<Option<f64>>,
    /// Lower end of the band.
    pub low: Vec<Option<f64>>,
    /// Upper end of the band.
    pub high: Vec<Option<f64>>,
    /// Estimate without the scenario.
    pub ghost: Vec<Option<f64>>,
    /// A number of its unit, to write levels with.
    pub unit: Option<Number>,
}

/// The coming weeks.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Weeks {
    /// Title of the panel.
    pub title: String,
    /// What the ranges are.
    pub side: String,
    /// One row for each week.
    pub table: Table,
}

/// The mean week: rates from state to state, and arrivals.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WeekTable {
    /// Title of the panel.
    pub title: String,
    /// How many weeks it was taken from.
    pub side: String,
    /// What rows and columns are.
    pub corner: String,
    /// Letters and names of the states that people go to.
    pub columns: Vec<(char, String)>,
    /// Letters and names of the states that they come from, with a rate for every column.
    pub rows: Vec<(char, String, Vec<RateCell>)>,
    /// What the arrivals are called.
    pub arrivals_name: String,
    /// Arrivals per week by column; `None` where nobody arrives from outside.
    pub arrivals: Vec<Option<RateCell>>,
}

/// A number of the mean week.
#[derive(Debug, Clone, PartialEq)]
pub struct RateCell {
    /// Under the scenario.
    pub now: Number,
    /// In the data, where the scenario changes it.
    pub base: Option<Number>,
    /// How warm its ground is, 0..=1.
    pub heat: f64,
    /// Nobody goes this way, with or without the scenario.
    pub never: bool,
    /// Said where a tiny rate has no room.
    pub tiny: Option<&'static str>,
}

/// Errors of past forecasts beside "no change".
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BacktestTable {
    /// Title of the panel.
    pub title: String,
    /// What the numbers are.
    pub side: String,
    /// A, I, P, L, F.
    pub headers: Vec<String>,
    /// A name, the errors, and which of them are smaller than those of the other method.
    pub rows: Vec<(String, Vec<Number>, Vec<bool>)>,
    /// Errors of F of the estimate and of "no change" by weeks ahead.
    pub curves: [Vec<Option<f64>>; 2],
    /// What the curves are.
    pub curves_title: String,
    /// Names of the estimate and of "no change".
    pub methods: [String; 2],
    /// A number of their unit.
    pub unit: Option<Number>,
    /// Said instead of rows.
    pub empty: String,
}

/// The pane for a state.
pub fn model(state: &State) -> OutlookModel {
    let l = state.language;
    let title = format!(
        "{} · {}",
        pick(l, "展望", "Outlook"),
        metric("fast.f").map_or("F", |m| text::metric(l, m))
    );
    let Some((board, brand)) = header::board(state) else {
        return OutlookModel::default();
    };
    let found = state.outlook.found.as_deref();
    let Some(found) = found.filter(|f| f.ahead.brand == state.brand) else {
        return OutlookModel {
            title,
            reason: Some(
                pick(
                    l,
                    "正在统计最近几周的流转…",
                    "counting the flows of the last weeks…",
                )
                .to_owned(),
            ),
            ..OutlookModel::default()
        };
    };
    let maker = Maker {
        l,
        brand,
        found,
        dates: &board.dates,
    };
    let mut model = maker.model();
    model.title = title;
    model.weeks.table.cursor = Some(state.outlook.row).filter(|_| model.reason.is_none());
    model
}

/// Makes the parts of the pane.
struct Maker<'a> {
    l: Language,
    brand: &'a BrandBoard,
    found: &'a Found,
    dates: &'a [Day],
}

/// A figure that is projected: id, colour, and where its numbers are.
struct Kind {
    id: &'static str,
    accent: Accent,
    start: fn(&Start) -> Option<f64>,
    read: fn(&Outlook) -> Option<f64>,
}

/// A forecast counts as better when its error is at most this share of the other one: a smaller
/// difference says nothing after so few weeks.
const BETTER: f64 = 0.95;

const TOTAL: Kind = Kind {
    id: "fast.f",
    accent: Accent::Main,
    start: |s| Some(s.stock.iter().sum()),
    read: |o| Some(o.f),
};

const OTHERS: [Kind; 7] = [
    Kind {
        id: "aipl.a",
        accent: Accent::Layer(0),
        start: |s| Some(s.stock[0]),
        read: |o| Some(o.stock[0]),
    },
    Kind {
        id: "aipl.i",
        accent: Accent::Layer(1),
        start: |s| Some(s.stock[1]),
        read: |o| Some(o.stock[1]),
    },
    Kind {
        id: "aipl.p",
        accent: Accent::Layer(2),
        start: |s| Some(s.stock[2]),
        read: |o| Some(o.stock[2]),
    },
    Kind {
        id: "aipl.l",
        accent: Accent::Layer(3),
        start: |s| Some(s.stock[3]),
        read: |o| Some(o.stock[3]),
    },
    Kind {
        id: "fast.a",
        accent: Accent::Main,
        start: |_| None,
        read: |o| Some(o.a),
    },
    Kind {
        id: "fast.s",
        accent: Accent::Main,
        start: |s| s.members,
        read: |o| o.s,
    },
    Kind {
        id: "fast.t",
        accent: Accent::Main,
        start: |s| s.activity,
        read: |o| o.t,
    },
];

/// The metrics of [`OutlookModel::others`].
pub(super) fn other_ids() -> impl Iterator<Item = &'static str> {
    OTHERS.iter().map(|k| k.id)
}

impl Maker<'_> {
    fn say<'b>(&self, zh: &'b str, en: &'b str) -> &'b str {
        pick(self.l, zh, en)
    }

    fn model(&self) -> OutlookModel {
        let projection = self.found.projection.as_ref();
        let (dates, today) = self.all_dates(projection);
        let unknown = self.unknown();
        OutlookModel {
            title: String::new(),
            side: projection.map_or_else(String::new, |p| self.side(p)),
            notes: projection.map_or_else(Vec::new, |p| self.notes(p)),
            reason: projection.is_none().then_some(unknown),
            total: self.forecast(&TOTAL, projection),
            others: OTHERS
                .iter()
                .map(|k| self.forecast(k, projection))
                .collect(),
            others_title: self.say("分层与比率", "Layers and rates").to_owned(),
            dates,
            today,
            legend: projection.map_or_else(Vec::new, |p| self.legend(p)),
            labels: [
                self.say("较截至日", "vs as-of"),
                self.say("较基线", "vs baseline"),
            ]
            .map(str::to_owned),
            weeks: projection.map_or_else(Weeks::default, |p| self.weeks(p)),
            week: projection.map_or_else(WeekTable::default, |p| self.week(p)),
            backtest: self.backtest(),
        }
    }

    fn unknown(&self) -> String {
        self.say(
            "无法推算：事件日志与流转表（flow）中没有一周可用的流转；补上其中之一即可",
            "no outlook: neither the event log nor a flow table holds a week of flows; add either of them",
        )
        .to_owned()
    }

    /// The days of the history, then the ends of the coming weeks.
    fn all_dates(&self, projection: Option<&Projection>) -> (Vec<Day>, usize) {
        let ahead = projection.map_or(&[][..], |p| &p.estimates);
        let days = self.dates.iter().copied();
        let dates = days.chain(ahead.iter().map(|(day, _)| *day)).collect();
        (dates, self.dates.len().saturating_sub(1))
    }

    /// `双 12 2026-12-12 · 4 周后`.
    fn side(&self, projection: &Projection) -> String {
        let (weeks, until) = (projection.estimates.len(), self.found.until);
        let name = self.event_name(until, until);
        let day = format!("{name} {until}");
        match self.l {
            Language::Zh => format!("{} · {weeks} 周后", day.trim()),
            Language::En if weeks == 1 => format!("{} · 1 week ahead", day.trim()),
            Language::En => format!("{} · {weeks} weeks ahead", day.trim()),
        }
    }

    fn event_name(&self, first: Day, last: Day) -> &'static str {
        event_within(first, last).map_or("", |e| text::of(self.l, &e.name))
    }

    // -- what the estimate rests on -----------------------------------------------------------

    fn notes(&self, projection: &Projection) -> Vec<Note> {
        let (assumes, weak) = self.assumption(projection);
        let (verdict, worse) = self.verdict();
        let mut notes = vec![
            Note {
                text: assumes,
                warn: weak,
            },
            Note {
                text: verdict,
                warn: worse,
            },
        ];
        if !self.found.scenario.is_empty() && !self.found.scenario.moves_flow() {
            let text = self.say(
                "打开的情景没有改动流转杠杆（flow.*），推算与基线相同",
                "the open scenario changes no lever of the flow (flow.*): the estimate is the baseline",
            );
            notes.push(Note {
                text: text.to_owned(),
                warn: true,
            });
        }
        notes
    }

    /// The assumption with source and number of weeks, and whether there are fewer than asked for.
    fn assumption(&self, projection: &Projection) -> (String, bool) {
        let (had, asked) = (projection.observed, self.found.ahead.observed);
        let source = text::source(self.l, projection.source);
        let fewer = had < asked;
        let text = match self.l {
            Language::Zh => {
                let only = if fewer { "仅有 " } else { "近 " };
                let alone = if had == 1 { "，没有区间" } else { "" };
                format!(
                    "估计：假设每周流转率与新增人数保持不变 · {source}，{only}{had} 周均值{alone}"
                )
            }
            Language::En => {
                let only = if fewer { "only" } else { "last" };
                let weeks = if had == 1 { "week, no range" } else { "weeks" };
                format!(
                    "Estimate: assumes that the transition rates hold · {source}, {only} {had} {weeks}"
                )
            }
        };
        (text, fewer)
    }

    /// Which forecast was better in the last weeks, in a sentence; whether "no change" was.
    fn verdict(&self) -> (String, bool) {
        let done = &self.found.ahead.backtest;
        let asset = |misses: &[Miss]| {
            let projected = mean_errors(misses, |m| &m.projected)[4]?;
            Some([projected, mean_errors(misses, |m| &m.naive)[4]?])
        };
        let (Some(one), Some(all)) = (asset(&done.weekly), asset(&done.ahead)) else {
            return (self.untested(), true);
        };
        let better = |[projected, naive]: [f64; 2]| projected < naive * BETTER;
        let percent = |x: f64| Number::of(Value::known(x), Unit::Ratio, self.l).fit(7);
        let [a, b] = one.map(percent);
        let [c, d] = all.map(percent);
        let verdict = match (self.l, better(one), better(all)) {
            (Language::Zh, true, true) => "推算比“保持不变”更准",
            (Language::Zh, true, false) => "推算只在 1 周内比“保持不变”更准",
            (Language::Zh, false, true) => "推算 1 周内不如“保持不变”准，更远则更准",
            (Language::Zh, false, false) => "推算并不比“保持不变”更准",
            (Language::En, true, true) => "better than \"no change\"",
            (Language::En, true, false) => "better than \"no change\" one week ahead only",
            (Language::En, false, true) => "better than \"no change\" beyond one week only",
            (Language::En, false, false) => "not better than \"no change\"",
        };
        let text = match self.l {
            Language::Zh => format!(
                "回测最近 {HELD} 周：{verdict}（F 平均误差：1 周后 {a} 对 {b}，1–{HELD} 周后 {c} 对 {d}）"
            ),
            Language::En => format!(
                "Backtest, last {HELD} weeks: {verdict} (error of F: 1 week {a} vs {b}, 1–{HELD} weeks {c} vs {d})"
            ),
        };
        (text, !(better(one) && better(all)))
    }

    fn untested(&self) -> String {
        let needed = self.found.ahead.observed + HELD;
        match self.l {
            Language::Zh => format!("回测：数据不足 {needed} 周，无法检验"),
            Language::En => format!("Backtest: not tested, fewer than {needed} weeks of flows"),
        }
    }

    fn legend(&self, projection: &Projection) -> Vec<(Mark, String)> {
        let mut all = vec![
            (Mark::Past, self.say("历史", "history").to_owned()),
            (Mark::Expected, self.say("推算", "estimate").to_owned()),
        ];
        if projection.observed > 1 {
            all.push((Mark::Band, "10–90%".to_owned()));
        }
        if !projection.baseline.is_empty() {
            all.push((Mark::Ghost, self.say("基线", "baseline").to_owned()));
        }
        all
    }

    // -- charts -------------------------------------------------------------------------------

    fn forecast(&self, kind: &Kind, projection: Option<&Projection>) -> Forecast {
        let known = metric(kind.id);
        let name = self.name(kind.id);
        let unit = known.map_or(Unit::People, |m| m.unit);
        let weeks = self.dates.len();
        let mut past: Vec<Option<f64>> = self
            .brand
            .series(kind.id, Part::Whole)
            .map(|s| s.values.iter().map(|v| v.get()).collect())
            .unwrap_or_default();
        past.resize(weeks, None);
        let now = past.last().copied().flatten();
        let now = now.or_else(|| (kind.start)(&projection?.start));
        let mut forecast = Forecast {
            name,
            accent: kind.accent,
            unit: Some(Number::of(Value::Known(0.0), unit, self.l)),
            past,
            ..Forecast::default()
        };
        if let Some(projection) = projection {
            let direction = known.map_or(Direction::Up, |m| m.direction);
            self.extend(&mut forecast, projection, kind.read, now);
            self.ends(&mut forecast, projection, kind.read, (now, unit, direction));
        }
        forecast
    }

    /// Adds the coming weeks; they leave from the value on as-of.
    fn extend(
        &self,
        forecast: &mut Forecast,
        projection: &Projection,
        read: fn(&Outlook) -> Option<f64>,
        now: Option<f64>,
    ) {
        let before = self.dates.len().saturating_sub(1);
        let ahead = |path: &[(Day, Estimate)], of: fn(&Estimate) -> &Outlook| {
            let mut values = vec![None; before];
            values.extend((before < self.dates.len()).then_some(now));
            values.extend(path.iter().map(|(_, e)| read(of(e))));
            values
        };
        forecast.expected = ahead(&projection.estimates, |e| &e.expected);
        forecast.low = ahead(&projection.estimates, |e| &e.low);
        forecast.high = ahead(&projection.estimates, |e| &e.high);
        if !projection.baseline.is_empty() {
            forecast.ghost = ahead(&projection.baseline, |e| &e.expected);
        }
        forecast.past.resize(forecast.expected.len(), None);
    }

    /// The numbers of the last day.
    fn ends(
        &self,
        forecast: &mut Forecast,
        projection: &Projection,
        read: fn(&Outlook) -> Option<f64>,
        (now, unit, direction): (Option<f64>, Unit, Direction),
    ) {
        let Some((_, last)) = projection.estimates.last() else {
            return;
        };
        let value = |x: Option<f64>| Value::or_missing(x, Why::NotGiven);
        let end = value(read(&last.expected));
        forecast.end = Some(Number::of(end, unit, self.l));
        if let (Some(low), Some(high)) = (read(&last.low), read(&last.high)) {
            forecast.range = Some(self.range(low, high, unit)).filter(|_| low < high);
        }
        let difference = |base: Option<f64>| {
            let delta = end.minus(value(base));
            let number = match unit {
                Unit::Ratio => Number::difference(delta, unit, self.l),
                _ => Number::change(delta.over(value(base)), self.l),
            };
            Some(Change::new(number, direction)).filter(|c| c.number.value.is_known())
        };
        forecast.change = difference(now);
        let base = projection.baseline.last().map(|(_, e)| &e.expected);
        forecast.moved = base.and_then(|o| difference(read(o)));
    }

    /// A range; missing where all observed weeks are alike.
    fn range(&self, low: f64, high: f64, unit: Unit) -> Number {
        if low < high {
            Number::range(low, high, unit, self.l)
        } else {
            Number::of(Value::Missing(Why::NotGiven), unit, self.l)
        }
    }

    // -- the coming weeks ---------------------------------------------------------------------

    fn weeks(&self, projection: &Projection) -> Weeks {
        let moved = !projection.baseline.is_empty();
        let rows = projection.estimates.iter().enumerate();
        let rows: Vec<Row> = rows
            .map(|(i, (day, e))| self.week_row(*day, e, projection.baseline.get(i)))
            .collect();
        Weeks {
            title: self
                .say("未来各周（人）", "Coming weeks, people")
                .to_owned(),
            side: self.say("区间 10%–90%", "ranges 10–90%").to_owned(),
            table: Table {
                columns: self.columns(moved),
                len: rows.len(),
                rows,
                ..Table::default()
            },
        }
    }

    fn columns(&self, moved: bool) -> Vec<Column> {
        let mut columns = vec![Column::text(self.say("周末", "week to"), 0, (5, 16))];
        for (i, name) in self.figures().into_iter().enumerate() {
            let letter = name.split(' ').next().unwrap_or_default();
            let title = format!("{letter} {}", self.say("预期", "exp."));
            let mut expected = Column::number(&name, &title, 0);
            expected.width = (4, 9);
            columns.push(expected);
            if moved {
                let rank = if i == 0 { 1 } else { 3 };
                columns.push(Column::change(&name, self.say("较基线", "vs base"), rank));
            }
            let mut range = Column::number(&name, self.say("区间", "range"), 2);
            range.width = (5, 11);
            columns.push(range);
        }
        columns
    }

    /// F, A, I, P, L.
    fn figures(&self) -> [String; 5] {
        ["fast.f", "aipl.a", "aipl.i", "aipl.p", "aipl.l"].map(|id| self.name(id))
    }

    /// `A 认知` for a layer, else the short name of the metric.
    fn name(&self, id: &str) -> String {
        let layer = id.strip_prefix("aipl.").and_then(Layer::from_id);
        match (layer, metric(id)) {
            (Some(s), _) => format!("{} {}", letter(s), text::state(self.l, s)),
            (None, Some(m)) => text::short(self.l, m).to_owned(),
            (None, None) => String::new(),
        }
    }

    fn week_row(&self, day: Day, e: &Estimate, base: Option<&(Day, Estimate)>) -> Row {
        let (_, month, of_month) = day.ymd();
        let event = self.event_name(day.plus(-6), day);
        let date = format!("{month:02}-{of_month:02} {event}");
        let mut cells = vec![Cell::Text(date.trim_end().to_owned())];
        let base = base.map(|(_, e)| numbers(&e.expected));
        let (expected, low, high) = (numbers(&e.expected), numbers(&e.low), numbers(&e.high));
        for i in 0..expected.len() {
            let people = |x: f64| Number::of(Value::known(x), Unit::People, self.l);
            cells.push(Cell::Number(people(expected[i])));
            if let Some(base) = base {
                let delta = Value::known((expected[i] - base[i]).round());
                let number = Number::difference(delta, Unit::People, self.l);
                cells.push(Cell::Change(Change::new(number, Direction::Up)));
            }
            cells.push(Cell::Number(self.range(low[i], high[i], Unit::People)));
        }
        Row {
            cells,
            focused: !event.is_empty(),
        }
    }

    // -- the mean week ------------------------------------------------------------------------

    fn week(&self, projection: &Projection) -> WeekTable {
        let base = self
            .found
            .ahead
            .past
            .as_ref()
            .map_or(&projection.week, |p| &p.week);
        let now = &projection.week;
        let columns = shown(base, now);
        let name = |s: Layer| (letter(s), text::state(self.l, s).to_owned());
        let row = |from: Layer| {
            let cells = columns.iter().map(|to| self.rate(base, now, (from, *to)));
            (
                letter(from),
                text::state(self.l, from).to_owned(),
                cells.collect(),
            )
        };
        let arrivals = columns.iter().map(|to| self.arrivals(base, now, *to));
        WeekTable {
            title: self.say("平均一周的流转率", "The mean week").to_owned(),
            side: match self.l {
                Language::Zh => format!("{} 周", projection.observed),
                Language::En if projection.observed == 1 => "1 week".to_owned(),
                Language::En => format!("{} weeks", projection.observed),
            },
            corner: self.say("从\\到", "from\\to").to_owned(),
            rows: Layer::ASSET.map(row).into(),
            arrivals_name: self.say("+ 每周新增", "+ new/week").to_owned(),
            arrivals: arrivals.collect(),
            columns: columns.iter().map(|s| name(*s)).collect(),
        }
    }

    fn rate(&self, base: &Week, now: &Week, (from, to): (Layer, Layer)) -> RateCell {
        let [before, after] = [base, now].map(|w| w.rate(from, to));
        let number = |x| Number::of(Value::known(x), Unit::Ratio, self.l);
        RateCell {
            now: number(after),
            base: differs(before, after).then(|| number(before)),
            // Most people stay where they are; the root keeps the small flows apart from none.
            heat: after.max(0.0).sqrt(),
            never: before == 0.0 && after == 0.0,
            tiny: (after > 0.0 && after < 0.001).then_some("<0.1%"),
        }
    }

    fn arrivals(&self, base: &Week, now: &Week, to: Layer) -> Option<RateCell> {
        let at = Layer::ASSET.iter().position(|s| *s == to)?;
        let [before, after] = [base, now].map(|w| w.arrivals[at]);
        let number = |x: f64| Number::of(Value::known(x.round()), Unit::People, self.l);
        Some(RateCell {
            now: number(after),
            base: differs(before, after).then(|| number(before)),
            heat: 0.0,
            never: before == 0.0 && after == 0.0,
            tiny: None,
        })
    }

    // -- backtest -----------------------------------------------------------------------------

    fn backtest(&self) -> BacktestTable {
        let test = &self.found.ahead.backtest;
        let mut rows = Vec::new();
        for (misses, zh, en) in [
            (&test.weekly, "1 周后".to_owned(), "1 week".to_owned()),
            (
                &test.ahead,
                format!("1–{HELD} 周后"),
                format!("1–{HELD} weeks"),
            ),
        ] {
            if misses.is_empty() {
                continue;
            }
            let when = pick(self.l, &zh, &en);
            let projected = mean_errors(misses, |m| &m.projected);
            let naive = mean_errors(misses, |m| &m.naive);
            let methods = [
                (self.say("推算", "estimate"), projected, naive),
                (self.say("不变", "no change"), naive, projected),
            ];
            rows.extend(
                methods
                    .map(|(name, own, other)| self.errors(&format!("{when} {name}"), own, other)),
            );
        }
        BacktestTable {
            title: match self.l {
                Language::Zh => format!("回测：最近 {HELD} 周"),
                Language::En => format!("Backtest, last {HELD} weeks"),
            },
            side: self.say("平均误差", "mean error").to_owned(),
            headers: ["A", "I", "P", "L", "F"].map(str::to_owned).into(),
            curves: [|m: &Miss| m.projected[4], |m: &Miss| m.naive[4]]
                .map(|of| test.ahead.iter().map(of).collect()),
            curves_title: match self.l {
                Language::Zh => format!("F 的误差，1 到 {HELD} 周后"),
                Language::En => format!("Error of F, 1 to {HELD} weeks ahead"),
            },
            methods: [self.say("推算", "estimate"), self.say("不变", "no change")]
                .map(str::to_owned),
            unit: Some(Number::of(Value::Known(0.0), Unit::Ratio, self.l)),
            empty: if rows.is_empty() {
                self.untested()
            } else {
                String::new()
            },
            rows,
        }
    }

    fn errors(
        &self,
        name: &str,
        own: [Option<f64>; 5],
        other: [Option<f64>; 5],
    ) -> (String, Vec<Number>, Vec<bool>) {
        let number = |x| Number::of(Value::or_missing(x, Why::Undefined), Unit::Ratio, self.l);
        let better = own
            .iter()
            .zip(other)
            .map(|pair| matches!(pair, (Some(a), Some(b)) if *a < b));
        (name.to_owned(), own.map(number).into(), better.collect())
    }
}

/// F, A, I, P, L.
fn numbers(o: &Outlook) -> [f64; 5] {
    let [a, i, p, l] = o.stock;
    [o.f, a, i, p, l]
}

fn letter(state: Layer) -> char {
    let first = state.id().chars().next();
    first.map_or(' ', |c| c.to_ascii_uppercase())
}

/// A, I, P, L, O where anybody goes there, and N.
fn shown(base: &Week, now: &Week) -> Vec<Layer> {
    let known = |to: Layer| {
        let goes = |w: &Week| Layer::ASSET.iter().any(|from| w.rate(*from, to) > 0.0);
        to != Layer::O || goes(base) || goes(now)
    };
    let all = [Layer::A, Layer::I, Layer::P, Layer::L, Layer::O, Layer::N];
    all.into_iter().filter(|to| known(*to)).collect()
}

/// Whether a scenario changed a number at all.
fn differs(before: f64, after: f64) -> bool {
    before.to_bits() != after.to_bits()
}
