//! The FAST pane: four cards and the AIPL composition through time.
//!
//! A card says the value, what it was, what it is measured against (benchmark, target) and how it
//! was counted: variant, window, source, and the denominator of the platform where it is another.

use super::ghost::{self, Ghost};
use super::header;
use super::notes;
use super::number::{Number, share_text, shares};
use super::text::{self, pick};
use crate::app::{Language, State};
use crate::board::{Board, BrandBoard, Extent, Figure, Part, Source};
use crate::metrics::aipl::State as Layer;
use crate::metrics::fast::Denominator;
use crate::metrics::{Definitions, Unit, Value, Why};

/// Relative difference from which two sources are said to differ.
const DIFFERS: f64 = 1e-9;
/// Relative distance up to which a denominator counts as found (`domain.md` §3.2).
const FOUND: f64 = 0.005;

/// The FAST pane.
#[derive(Debug, Clone, PartialEq)]
pub struct FastModel {
    /// F, A, S, T.
    pub cards: Vec<Card>,
    /// A, I, P, L through time.
    pub composition: Composition,
}

/// One figure with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Card {
    /// Its letter, or word.
    pub letter: String,
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub source: String,
    /// Its value; `None` when there is no such figure.
    pub value: Option<Number>,
    /// Why there is no value.
    pub reason: Option<String>,
    /// Absolute and relative change (the latter for counts and money).
    pub changes: Vec<Number>,
    /// Comparison, benchmark, target; above them the baseline of what a what-if changes.
    pub facts: Vec<Fact>,
    /// The value without the what-if that changes it.
    pub ghost: Option<Ghost>,
    /// How it was counted, most important first.
    pub notes: Vec<Note>,
    /// Its history.
    pub trend: Trend,
    /// Its parts, by role or field.
    pub parts: Vec<PartRow>,
}

/// A labelled number with what follows from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// The number.
    pub value: Number,
    /// What follows from it: a name, a number, whether its sign is good or bad.
    pub more: Vec<(String, Number, bool)>,
}

/// A line of words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it says.
    pub text: String,
    /// Whether it deserves attention.
    pub warn: bool,
}

/// A history of one figure.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Trend {
    /// Oldest first; missing values are gaps.
    pub values: Vec<Option<f64>>,
    /// Level of the benchmark.
    pub benchmark: Option<f64>,
    /// Kind of the benchmark.
    pub benchmark_name: String,
    /// First and last day.
    pub ends: [String; 2],
    /// Lowest and highest value.
    pub bounds: Option<[Number; 2]>,
    /// The same as one number.
    pub range: Option<Number>,
    /// It belongs to an older query; a newer one is still to come.
    pub old: bool,
}

/// A part of a figure.
#[derive(Debug, Clone, PartialEq)]
pub struct PartRow {
    /// Role or field.
    pub name: String,
    /// Its value.
    pub value: Number,
    /// Its change.
    pub change: Number,
    /// Length of its bar, 0..=1 of the longest; `None` when missing.
    pub length: Option<f64>,
    /// Numbers behind it, in the order of the headings of the card.
    pub behind: Vec<Number>,
}

/// AIPL through time.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Composition {
    /// Title.
    pub title: String,
    /// What the sum is.
    pub total: Option<Fact>,
    /// The sum without the what-if that changes it.
    pub ghost: Option<Ghost>,
    /// People by layer and week, oldest first.
    pub weeks: Vec<Option<[f64; 4]>>,
    /// First and last day.
    pub ends: [String; 2],
    /// The highest sum, for the top of the chart.
    pub most: Option<Number>,
    /// A, I, P, L on as-of.
    pub layers: Vec<LayerRow>,
    /// Why there is nothing to show.
    pub reason: Option<String>,
    /// The weeks belong to an older query; newer ones are still to come.
    pub old: bool,
}

/// One layer on as-of.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerRow {
    /// `A`, `I`, `P`, `L`.
    pub letter: &'static str,
    /// Its name.
    pub name: &'static str,
    /// People.
    pub people: Number,
    /// Share of the asset, adding up to 100 %.
    pub share: String,
    /// Change against the comparison.
    pub change: Number,
    /// People without the what-if that changes them.
    pub ghost: Option<Ghost>,
}

/// The pane for a state.
pub fn model(state: &State) -> Option<FastModel> {
    let (board, brand) = header::board(state)?;
    let maker = Maker {
        language: state.language,
        board,
        brand,
        currency: header::dataset(state).map_or("", |d| d.currency.as_str()),
        state,
    };
    let cards = [
        ("fast.f", "F"),
        ("fast.a", "A"),
        ("fast.s", "S"),
        ("fast.t", "T"),
    ];
    Some(FastModel {
        cards: cards
            .into_iter()
            .map(|(id, letter)| maker.card(id, letter))
            .collect(),
        composition: maker.composition(),
    })
}

/// Makes cards of one brand.
pub(super) struct Maker<'a> {
    pub(super) language: Language,
    pub(super) board: &'a Board,
    pub(super) brand: &'a BrandBoard,
    pub(super) currency: &'a str,
    pub(super) state: &'a State,
}

impl Maker<'_> {
    pub(super) fn number(&self, value: Value, unit: Unit) -> Number {
        Number::of(value, unit, self.language).currency(self.currency)
    }

    pub(super) fn difference(&self, value: Value, unit: Unit) -> Number {
        Number::difference(value, unit, self.language).currency(self.currency)
    }

    pub(super) fn say<'b>(&self, zh: &'b str, en: &'b str) -> &'b str {
        pick(self.language, zh, en)
    }

    /// The card of a whole-brand figure, without parts.
    pub(super) fn card(&self, id: &str, letter: &str) -> Card {
        let Some(metric) = crate::metrics::metric(id) else {
            return Card::default();
        };
        let mut card = Card {
            letter: letter.to_owned(),
            name: format!(
                "{}{}",
                text::metric(self.language, metric),
                notes::mark(self.state, id)
            ),
            ..Card::default()
        };
        let Some(figure) = self.brand.get(id, Part::Whole) else {
            card.reason = Some(
                self.say("没有这个指标的数据", "no data for this figure")
                    .to_owned(),
            );
            return card;
        };
        if !figure.now.is_pending() {
            card.source = self.source(figure);
        }
        card.ghost = self.ghost(figure);
        if figure.before().is_some() {
            card.source = format!("{} · {}", ghost::what_if(self.language), card.source);
        }
        card.value = Some(self.number(figure.now, figure.unit()));
        card.reason = figure.now.why().map(|w| text::why(self.language, w));
        card.changes = self.changes(figure);
        card.facts = self.facts(figure);
        card.notes = self.notes(figure);
        card.trend = self.trend(figure);
        card
    }

    /// Absolute change, and the relative one for what is not a rate.
    pub(super) fn changes(&self, figure: &Figure) -> Vec<Number> {
        if !figure.delta().is_known() {
            return Vec::new();
        }
        let mut out = vec![self.difference(figure.delta(), figure.unit())];
        if figure.unit() != Unit::Ratio && figure.change().is_known() {
            out.push(Number::change(figure.change(), self.language));
        }
        out
    }

    fn facts(&self, figure: &Figure) -> Vec<Fact> {
        let before = Fact {
            label: self.against_label(),
            value: self.number(figure.against, figure.unit()),
            more: Vec::new(),
        };
        let mut facts: Vec<Fact> = self.ghost_fact(figure).into_iter().collect();
        if figure.now.is_known() || figure.against.is_known() {
            facts.push(before);
        }
        facts.extend(self.benchmark(figure));
        facts.extend(self.target(figure));
        facts
    }

    /// What it would be, or the value without the what-if, where there is one.
    fn ghost_fact(&self, figure: &Figure) -> Option<Fact> {
        let (word, other, moved) = ghost::beside(self.language, figure)?;
        let own = self.difference(moved, figure.unit());
        let mut more = vec![(String::new(), own, true)];
        if figure.unit() != Unit::Ratio {
            let relative = self.ghost(figure)?.moved.number;
            more.insert(0, (String::new(), relative, true));
        }
        more.retain(|(_, number, _)| number.value.is_known());
        Some(Fact {
            label: word.to_owned(),
            value: self.number(other, figure.unit()),
            more,
        })
    }

    fn ghost(&self, figure: &Figure) -> Option<Ghost> {
        Ghost::of(self.language, figure, self.currency)
    }

    fn against_label(&self) -> String {
        let (_, month, day) = self.board.query.against.ymd();
        format!("{} {month:02}-{day:02}", self.say("对比", "vs"))
    }

    fn benchmark(&self, figure: &Figure) -> Option<Fact> {
        let (kind, value) = figure.benchmark()?;
        let index = self.number(figure.index(), Unit::Index);
        let mut more = vec![(self.say("指数", "index").to_owned(), index, false)];
        if figure.unit() == Unit::Ratio {
            let gap = figure.now.minus(Value::known(value));
            more.push((String::new(), self.difference(gap, Unit::Ratio), true));
        }
        more.retain(|(_, number, _)| number.value.is_known());
        Some(Fact {
            label: self.of_all(text::benchmark(self.language, kind)),
            value: self.number(Value::known(value), figure.unit()),
            more,
        })
    }

    /// Benchmarks and targets are for whole brands: beside a slice they say so.
    fn of_all(&self, label: &str) -> String {
        if self.board.query.slice.is_empty() {
            return label.to_owned();
        }
        let short = label.strip_prefix("category ").unwrap_or(label);
        format!("{short}{}", self.say("·整体", " (all)"))
    }

    fn target(&self, figure: &Figure) -> Option<Fact> {
        let (target, gap) = (figure.target?, figure.gap()?);
        let mut more = Vec::new();
        if gap.is_known() {
            let gap = self.difference(gap, figure.unit());
            more.push((self.say("差", "gap").to_owned(), gap, true));
        }
        if let Some(done) = figure.completion().filter(|c| c.is_known()) {
            let done = self.number(done, Unit::Ratio);
            more.push((self.say("完成", "done").to_owned(), done, false));
        }
        Some(Fact {
            label: self.of_all(self.say("目标", "target")),
            value: self.number(target, figure.unit()),
            more,
        })
    }

    pub(super) fn notes(&self, figure: &Figure) -> Vec<Note> {
        let mut notes: Vec<Note> = Vec::new();
        notes.extend(self.parts_note(figure));
        notes.extend(plain(self.window(figure)));
        notes.extend(self.other_source(figure));
        if figure.metric.id == "fast.a" {
            notes.extend(self.detected(figure));
        }
        notes
    }

    /// `加深 1,730 ÷ 期初 A+I+P+L 17,000`.
    fn parts_note(&self, figure: &Figure) -> Option<Note> {
        let (above, below) = (figure.numerator?, figure.denominator?);
        let (above, below) = (above.get()?, below.get()?);
        let people = |x| self.number(Value::known(x), Unit::People).exact();
        let money = |x| self.number(Value::known(x), Unit::Money).exact();
        let denominator = Denominator::ALL
            .into_iter()
            .find(|d| d.id() == figure.variant)
            .map_or_else(String::new, |d| text::denominator(self.language, d));
        let (up, down) = match figure.metric.id {
            "fast.a" => (self.say("加深", "deepened"), denominator.as_str()),
            "fast.t" => (self.say("活跃会员", "active"), self.say("会员", "members")),
            "fast_plus.conversion" => (
                self.say("加深", "risen"),
                self.say("期初关系", "relations before"),
            ),
            "fast_plus.connection" => (self.say("新增关系", "new"), self.say("访客", "visitors")),
            "fast_plus.clv" => (self.say("价值", "value"), self.say("人数", "people")),
            _ => ("", ""),
        };
        let above = if figure.unit() == Unit::Ratio {
            people(above)
        } else {
            money(above)
        };
        let words = format!("{up} {above} ÷ {down} {}", people(below));
        Some(Note {
            text: words.split_whitespace().collect::<Vec<_>>().join(" "),
            warn: false,
        })
    }

    /// Variant and window.
    fn window(&self, figure: &Figure) -> String {
        let d = &self.board.query.definitions;
        let exported = figure.source == Source::Platform;
        match figure.metric.id {
            "fast.f" | "fast.t" if exported => self
                .say("窗口：按平台导出", "window: as exported")
                .to_owned(),
            "fast.f" => self.layer_windows(d),
            "fast.a" => self.deepening(figure, d),
            "fast.s" => self.roles(d),
            "fast.t" => {
                let days = d.count("fast.t_days");
                match self.language {
                    Language::Zh => format!("窗口 {days} 天"),
                    Language::En => format!("window {days} days"),
                }
            }
            "fast_plus.conversion" => format!("{} {}", self.say("周期", "period"), self.period()),
            "fast_plus.clv" if figure.variant == "trade_only" => self
                .say("仅成交价值（无传播数据）", "trade only (no spreading data)")
                .to_owned(),
            "fast_plus.clv" => {
                let w = d.text("clv.spread_weight");
                format!("{} × {w}", self.say("成交 + 传播", "trade + spread"))
            }
            _ => String::new(),
        }
    }

    fn layer_windows(&self, d: &Definitions) -> String {
        let days = |id| match d.count(id) {
            0 => "∞".to_owned(),
            n => n.to_string(),
        };
        let list = format!(
            "A {} · I {} · P {} · L {}",
            days("aipl.a_days"),
            days("aipl.i_days"),
            days("aipl.p_days"),
            days("aipl.l_days")
        );
        match self.language {
            Language::Zh => format!("窗口 {list} 天"),
            Language::En => format!("days {list}"),
        }
    }

    fn deepening(&self, figure: &Figure, d: &Definitions) -> String {
        let known = Denominator::ALL
            .into_iter()
            .find(|x| x.id() == figure.variant);
        // The words stand in the line with the two numbers, where both are known.
        let told = self.parts_note(figure).is_some();
        let variant = known.map_or_else(
            || self.say("按平台导出", "as exported").to_owned(),
            |d| {
                if told {
                    d.id().to_owned()
                } else {
                    self.named(d)
                }
            },
        );
        let period = match d.text("fast.a_period") {
            "week" => self.days(7),
            "day" => self.days(1),
            _ => self.period(),
        };
        let same = match self.brand.detected {
            Some((found, distance)) if distance <= FOUND && found.id() == figure.variant => {
                self.say(" · 同平台", " · as platform")
            }
            _ => "",
        };
        format!("{}{variant} · {period}{same}", self.say("口径 ", ""))
    }

    /// A denominator in words, with its id.
    fn named(&self, denominator: Denominator) -> String {
        let words = text::denominator(self.language, denominator);
        format!("{words} ({})", denominator.id())
    }

    fn days(&self, n: i32) -> String {
        match (self.language, n) {
            (Language::Zh, n) => format!("{n} 天"),
            (Language::En, 1) => "1 day".to_owned(),
            (Language::En, n) => format!("{n} days"),
        }
    }

    fn period(&self) -> String {
        let query = &self.board.query;
        self.days(query.as_of.0.saturating_sub(query.against.0))
    }

    fn roles(&self, d: &Definitions) -> String {
        let names: Vec<_> = d
            .words("fast.s_roles")
            .map(|w| match w {
                "member" => self.say("会员", "members"),
                "fan" => self.say("粉丝", "fans"),
                other => other,
            })
            .collect();
        format!("{} {}", self.say("口径", "counts"), names.join(" + "))
    }

    /// The source, and whether the other source says the same.
    fn source(&self, figure: &Figure) -> String {
        let own = text::source(self.language, figure.source);
        let Some(other) = self.other(figure) else {
            return own.to_owned();
        };
        let sign = match relation(figure, other) {
            Relation::Same => "=",
            Relation::Different => "≠",
            Relation::Apart => return own.to_owned(),
        };
        text::both_sources(self.language, sign)
    }

    /// The same figure from the other source, when both know it.
    fn other(&self, figure: &Figure) -> Option<&Figure> {
        let source = match figure.source {
            Source::Events => Source::Platform,
            Source::Platform => Source::Events,
        };
        let that = self.brand.from(source, figure.metric.id, figure.part)?;
        (figure.now.is_known() && that.now.is_known()).then_some(that)
    }

    /// What the other source says, when it says something else or counts in another way.
    fn other_source(&self, figure: &Figure) -> Option<Note> {
        let other = self.other(figure)?;
        let relation = relation(figure, other);
        if relation == Relation::Same || other.metric.id == "fast.a" && relation == Relation::Apart
        {
            return None;
        }
        let name = text::source(self.language, other.source);
        let value = self.number(other.now, figure.unit()).exact();
        if relation == Relation::Apart {
            let how = self.window(other);
            return Some(Note {
                text: format!("{name} {value} · {how}"),
                warn: false,
            });
        }
        let gap = self.difference(figure.now.minus(other.now), figure.unit());
        Some(Note {
            text: format!(
                "{name} {value} ({} {})",
                self.say("相差", "differs by"),
                gap.exact()
            ),
            warn: true,
        })
    }

    /// Which denominator the platform's own rate uses.
    fn detected(&self, figure: &Figure) -> Option<Note> {
        let (found, distance) = self.brand.detected?;
        let label = self.say("平台口径", "platform uses");
        if distance > FOUND {
            let distance = self.number(Value::known(distance), Unit::Ratio).exact();
            let near = self.say("不明，最近", "unknown, nearest");
            let text = format!("{label} {near} {} ±{distance}", found.id());
            return Some(Note { text, warn: true });
        }
        let rate = self.brand.from(Source::Platform, "fast.a", Part::Whole);
        let rate = rate.filter(|r| r.source != figure.source && r.variant != figure.variant);
        let value = rate.map(|r| format!(" · {}", self.number(r.now, Unit::Ratio).exact()));
        if found.id() == figure.variant && value.is_none() {
            return None;
        }
        Some(Note {
            text: format!("{label} {}{}", self.named(found), value.unwrap_or_default()),
            warn: found.id() != figure.variant,
        })
    }

    fn trend(&self, figure: &Figure) -> Trend {
        let Some(series) = self.brand.series(figure.metric.id, figure.part) else {
            return Trend::default();
        };
        let values: Vec<Option<f64>> = series.values.iter().map(|v| v.get()).collect();
        let number = |x| self.number(Value::known(x), figure.unit());
        let found = bounds(values.iter().flatten().copied());
        let range = |[low, high]: [f64; 2]| {
            let value = Value::Missing(Why::UnionBetween(low, high));
            self.number(value, figure.unit())
        };
        Trend {
            bounds: found.map(|b| b.map(number)),
            range: found.map(range),
            benchmark: figure.benchmark().map(|(_, b)| b),
            benchmark_name: figure.benchmark().map_or_else(String::new, |(kind, _)| {
                text::benchmark(self.language, kind).to_owned()
            }),
            ends: self.ends(),
            old: self.board.extent == Extent::Figures,
            values,
        }
    }

    fn ends(&self) -> [String; 2] {
        let dates = &self.board.dates;
        [dates.first(), dates.last()].map(|d| d.map_or_else(String::new, ToString::to_string))
    }

    fn composition(&self) -> Composition {
        let figures =
            Layer::ASSET.map(|s| self.brand.get(&format!("aipl.{}", s.id()), Part::Whole));
        let weeks = self.weeks();
        let sums = weeks.iter().flatten().map(|w| w.iter().sum::<f64>());
        let missing = figures.iter().flatten().find_map(|f| f.now.why());
        Composition {
            title: self.say("AIPL 构成", "AIPL composition").to_owned(),
            total: self
                .brand
                .get("aipl.total", Part::Whole)
                .map(|f| self.total(f)),
            ghost: self
                .brand
                .get("aipl.total", Part::Whole)
                .and_then(|f| self.ghost(f)),
            most: bounds(sums).map(|b| self.number(Value::known(b[1]), Unit::People)),
            ends: self.ends(),
            layers: self.layers(figures),
            reason: missing.map(|w| text::why(self.language, w)),
            old: self.board.extent == Extent::Figures,
            weeks,
        }
    }

    fn total(&self, figure: &Figure) -> Fact {
        Fact {
            label: text::short(self.language, figure.metric).to_owned(),
            value: self.number(figure.now, Unit::People),
            more: vec![(
                String::new(),
                self.difference(figure.delta(), Unit::People),
                true,
            )],
        }
    }

    fn weeks(&self) -> Vec<Option<[f64; 4]>> {
        let series =
            Layer::ASSET.map(|s| self.brand.series(&format!("aipl.{}", s.id()), Part::Whole));
        let week = |i: usize| -> Option<[f64; 4]> {
            let mut out = [0.0; 4];
            for (place, series) in out.iter_mut().zip(&series) {
                *place = series.as_ref()?.values.get(i)?.get()?;
            }
            Some(out)
        };
        (0..self.board.dates.len()).map(week).collect()
    }

    fn layers(&self, figures: [Option<&Figure>; 4]) -> Vec<LayerRow> {
        let now: Vec<Option<f64>> = figures
            .iter()
            .map(|f| f.and_then(|f| f.now.get()))
            .collect();
        let all: Option<Vec<f64>> = now.into_iter().collect();
        let shares = all.map(|people| shares(&people, 1));
        let rows = Layer::ASSET.into_iter().zip(figures).enumerate();
        rows.filter_map(|(i, (layer, figure))| {
            let figure = figure?;
            let share = shares.as_ref().and_then(|s| s.get(i));
            Some(LayerRow {
                letter: ["A", "I", "P", "L"][i],
                name: text::state(self.language, layer),
                people: self.number(figure.now, Unit::People),
                share: share.map_or_else(|| "—".to_owned(), |s| share_text(*s, 1)),
                change: self.difference(figure.delta(), Unit::People),
                ghost: self.ghost(figure),
            })
        })
        .collect()
    }
}

/// How two sources of one figure stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// They say the same.
    Same,
    /// They count in the same way and say different things.
    Different,
    /// They count in different ways, so nothing follows.
    Apart,
}

fn relation(figure: &Figure, other: &Figure) -> Relation {
    let named = |f: &Figure| f.variant == f.source.id();
    if figure.variant != other.variant && !(named(figure) && named(other)) {
        return Relation::Apart;
    }
    match (figure.now.get(), other.now.get()) {
        (Some(a), Some(b)) if (a - b).abs() <= DIFFERS * a.abs().max(b.abs()) => Relation::Same,
        _ => Relation::Different,
    }
}

fn plain(text: String) -> Option<Note> {
    (!text.is_empty()).then_some(Note { text, warn: false })
}

/// Lowest and highest of some numbers.
fn bounds(values: impl Iterator<Item = f64>) -> Option<[f64; 2]> {
    values.fold(None, |found, x| match found {
        None => Some([x, x]),
        Some([low, high]) => Some([low.min(x), high.max(x)]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::fixture::{Situation, state};
    use std::sync::Arc;

    /// The cards of a state whose board was changed.
    fn cards(change: impl FnOnce(&mut BrandBoard)) -> Vec<Card> {
        let mut state = state(Situation::Normal);
        let mut board = (*state.board.take().unwrap()).clone();
        change(Arc::make_mut(&mut board.brands[0]));
        state.board = Some(Arc::new(board));
        model(&state).unwrap().cards
    }

    fn figure<'a>(brand: &'a mut BrandBoard, id: &str) -> &'a mut Figure {
        brand
            .figures
            .iter_mut()
            .find(|f| f.metric.id == id && f.part == Part::Whole)
            .unwrap()
    }

    fn notes(card: &Card) -> Vec<&str> {
        card.notes.iter().map(|n| n.text.as_str()).collect()
    }

    #[test]
    fn a_card_says_value_change_benchmark_and_target() {
        let f = &cards(|_| {})[0];
        assert_eq!(f.value.unwrap().exact(), "1,368,134");
        let facts: Vec<String> = f
            .facts
            .iter()
            .map(|x| format!("{} {}", x.label, x.value.exact()))
            .collect();
        assert_eq!(
            facts,
            ["对比 11-08 1,363,434", "行业均值 900,000", "目标 1,000,000"]
        );
        let changes: Vec<String> = f.changes.iter().map(Number::exact).collect();
        assert_eq!(changes, ["+4,700", "+0.34%"]);
        assert_eq!(f.trend.values.len(), 53);
    }

    #[test]
    fn benchmark_and_target_beside_a_slice_say_that_they_are_for_all() {
        let mut state = state(Situation::Normal);
        let mut board = (*state.board.take().unwrap()).clone();
        board.query.slice.filter = crate::facts::Slice::parse_conditions("crowd=genz").unwrap();
        state.board = Some(Arc::new(board));
        let f = &model(&state).unwrap().cards[0];
        let labels: Vec<&str> = f.facts.iter().map(|x| x.label.as_str()).collect();
        assert_eq!(labels, ["对比 11-08", "行业均值·整体", "目标·整体"]);
    }

    #[test]
    fn a_rate_is_compared_in_points() {
        let t = &cards(|_| {})[3];
        let benchmark = &t.facts[1];
        let more: Vec<String> = benchmark.more.iter().map(|(_, n, _)| n.exact()).collect();
        assert_eq!(more, ["110.2", "+4.07 pp"]);
        assert_eq!(t.changes.len(), 1);
    }

    #[test]
    fn a_second_source_agrees_in_the_caption_or_differs_in_a_note() {
        let with = |x: f64| {
            cards(|brand| {
                let mut other = figure(brand, "fast.f").clone();
                other.source = Source::Events;
                other.now = Value::Known(x);
                brand.figures.push(other);
            })
        };
        assert_eq!(with(1_368_134.0)[0].source, "日志 = 平台");
        let differs = &with(1_368_115.0)[0];
        assert_eq!(differs.source, "日志 ≠ 平台");
        assert!(notes(differs).contains(&"平台报表 1,368,134 (相差 −19)"));
    }

    #[test]
    fn the_denominator_of_the_platform_is_named_when_it_was_found() {
        let found = cards(|brand| brand.detected = Some((Denominator::AipStart, 0.0001)));
        assert!(notes(&found[1]).contains(&"平台口径 期初 A+I+P (aip_start)"));
        let same = cards(|brand| {
            figure(brand, "fast.a").variant = "aipl_start".to_owned();
            brand.detected = Some((Denominator::AiplStart, 0.0001));
        });
        assert!(notes(&same[1]).iter().any(|n| n.ends_with("7 天 · 同平台")));
        let unknown = cards(|brand| brand.detected = Some((Denominator::AiplEnd, 0.02)));
        assert!(
            notes(&unknown[1])
                .iter()
                .any(|n| n.starts_with("平台口径 不明"))
        );
    }

    #[test]
    fn a_missing_value_gives_its_reason_and_no_change() {
        let cards = cards(|brand| figure(brand, "fast.s").now = Value::Missing(Why::NotSliced));
        let s = &cards[2];
        assert_eq!(s.value.unwrap().exact(), "—");
        assert_eq!(s.reason.as_deref(), Some("平台报表没有这个切片"));
        assert!(s.changes.is_empty());
    }

    #[test]
    fn a_value_that_a_what_if_changed_has_its_baseline_beside_it() {
        let f =
            &cards(|brand| figure(brand, "fast.f").baseline = Some(Value::Known(1_000_000.0)))[0];
        let fact = f.facts.iter().find(|x| x.label == "基线").unwrap();
        assert_eq!(fact.value.exact(), "1,000,000");
        let more: Vec<String> = fact.more.iter().map(|(_, n, _)| n.exact()).collect();
        assert_eq!(more, ["+36.81%", "+368,134"]);
        assert!(
            cards(|_| {})
                .iter()
                .all(|c| c.facts.iter().all(|x| x.label != "基线"))
        );
    }

    #[test]
    fn shares_of_the_composition_add_up() {
        let composition = model(&state(Situation::Normal)).unwrap().composition;
        let tenths: i32 = composition
            .layers
            .iter()
            .map(|l| l.share.replace(['.', '%'], "").parse::<i32>().unwrap())
            .sum();
        assert_eq!(tenths, 1000);
        assert_eq!(composition.weeks.len(), 53);
    }
}
