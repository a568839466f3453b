//! Why the brand is where it is, and what moves it most: waterfall, tornado and heat map in words
//! and numbers.
//!
//! The amounts that are shown add up to the cent: the cents that rounding leaves over go to the
//! amounts that lost most. Nothing is computed here that is not a matter of showing.

use super::fast::Note;
use super::header;
use super::levers::{heading, lever_name, scenario};
use super::number::Number;
use super::text::{self, pick};
pub use crate::app::why::WhyView;
use crate::app::why::{Found, found};
use crate::app::{Language, State};
use crate::board::Source;
use crate::board::why::{Axis, Gap, Heat, Key, Order, Reach, Sensitivity, Span, Step};
use crate::metrics::attribution::Method;
use crate::metrics::{Unit, Value};
use crate::scenario::compare::{Bar, Family};
use crate::scenario::{Item, Items, Knob, Operator, lever};

/// The pane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WhyModel {
    /// The picture that listens to keys.
    pub active: WhyView,
    /// Why GMV differs between two states.
    pub waterfall: WaterfallModel,
    /// What one step of every lever does.
    pub tornado: TornadoModel,
    /// What two levers do together.
    pub heat: HeatModel,
}

/// The waterfall.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WaterfallModel {
    /// Title of the panel: both ends, and what is open.
    pub title: String,
    /// Method, family, source and order; then shorter ways to say it. The method is never left out.
    pub sides: Vec<String>,
    /// Start, steps, end.
    pub lines: Vec<WaterfallLine>,
    /// The line under the cursor.
    pub cursor: Option<usize>,
    /// Money at the left and the right of the bars.
    pub scale: (f64, f64),
    /// The same as numbers.
    pub axis: Option<[Number; 2]>,
    /// Said before the number at the left where the bars do not begin at 0.
    pub ground: String,
    /// Sum, what is unknown, what is left over.
    pub notes: Vec<Note>,
    /// Said when there is no waterfall.
    pub empty: String,
}

/// What a line of the waterfall is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// A state: a bar from the ground.
    End,
    /// What adds.
    More,
    /// What takes away.
    Less,
    /// What changes nothing.
    Still,
    /// What no item explains.
    Rest,
}

/// A line of the waterfall.
#[derive(Debug, Clone, PartialEq)]
pub struct WaterfallLine {
    /// What it stands for.
    pub name: String,
    /// Its amount.
    pub number: Number,
    /// From where to where its bar reaches, money; `None` where the state is not known.
    pub reach: Option<(f64, f64)>,
    /// What it is.
    pub kind: LineKind,
}

/// The tornado.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TornadoModel {
    /// Title of the panel.
    pub title: String,
    /// Which items, and the source; then shorter ways to say it.
    pub sides: Vec<String>,
    /// Headers of lever, step, effect of a step down and up.
    pub headers: [String; 4],
    /// The levers, largest effect first.
    pub lines: Vec<TornadoLine>,
    /// The line under the cursor.
    pub cursor: usize,
    /// The largest effect, money; fills a side.
    pub longest: f64,
    /// What one step of the chosen lever means.
    pub notes: Vec<Note>,
    /// Said when there is no lever.
    pub empty: String,
}

/// A lever of the tornado.
#[derive(Debug, Clone, PartialEq)]
pub struct TornadoLine {
    /// Lever and item.
    pub name: String,
    /// One step, with `±`.
    pub step: String,
    /// What a step down does.
    pub down: Number,
    /// What a step up does.
    pub up: Number,
    /// `X` or `Y` where it is an axis of the heat map.
    pub mark: &'static str,
}

/// The heat map.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HeatModel {
    /// Title of the panel.
    pub title: String,
    /// The target.
    pub sides: Vec<String>,
    /// Names of the levers: x, then y.
    pub names: [String; 2],
    /// Positions of the x lever, ascending.
    pub xs: Vec<Number>,
    /// Positions of the y lever, ascending.
    pub ys: Vec<Number>,
    /// `cells[y][x]`.
    pub cells: Vec<Vec<HeatCell>>,
    /// Where the scenario is: x, then y.
    pub cross: [usize; 2],
    /// Where the plan is without the scenario.
    pub rest: [Option<usize>; 2],
    /// Value, target, and what each lever alone needs.
    pub notes: Vec<Note>,
    /// Said when there is no heat map.
    pub empty: String,
}

/// A cell of the heat map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeatCell {
    /// The value.
    pub number: Number,
    /// Between the lowest (0) and the highest (1).
    pub share: f64,
    /// Whether it reaches the target; `None` where one of both is not known.
    pub reaches: Option<bool>,
}

/// The pane for a state.
pub fn model(state: &State) -> WhyModel {
    let Some(found) = found(state) else {
        return WhyModel::default();
    };
    let maker = Maker {
        state,
        found: &found,
        language: state.language,
        currency: header::dataset(state).map_or("", |d| d.currency.as_str()),
    };
    WhyModel {
        active: state.why.view,
        waterfall: maker.waterfall(),
        tornado: maker.tornado(),
        heat: maker.heat(),
    }
}

struct Maker<'a> {
    state: &'a State,
    found: &'a Found,
    language: Language,
    currency: &'a str,
}

impl Maker<'_> {
    fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        pick(self.language, zh, en)
    }

    fn money(&self, value: Value) -> Number {
        Number::of(value, Unit::Money, self.language).currency(self.currency)
    }

    fn change(&self, amount: f64) -> Number {
        Number::difference(Value::known(amount), Unit::Money, self.language).currency(self.currency)
    }

    fn of(&self, value: f64, unit: Unit) -> Number {
        Number::of(Value::known(value), unit, self.language).currency(self.currency)
    }

    fn item(&self, family: Family, id: &str) -> String {
        let any = match family {
            Family::Crowds => "crowd.population",
            Family::Layers => "gmv.pool",
        };
        let item = Item::One(id.to_owned());
        match family {
            Family::Layers => id.to_uppercase(),
            Family::Crowds => lever(any).map_or(String::new(), |l| heading(self.state, l, &item)),
        }
    }

    fn family(&self, family: Family) -> &'static str {
        let (zh, en) = match family {
            Family::Crowds => ("策略人群", "crowds"),
            Family::Layers => ("双 11 各层", "Double 11 layers"),
        };
        pick(self.language, zh, en)
    }
}

// -- waterfall ------------------------------------------------------------------------------------

/// A name of a method.
pub fn method(language: Language, method: Method) -> &'static str {
    let (zh, en) = match method {
        Method::Shapley => ("Shapley 值", "Shapley"),
        Method::Lmdi => ("LMDI", "LMDI"),
        Method::Sequential => ("逐项替换", "sequential"),
    };
    pick(language, zh, en)
}

impl Maker<'_> {
    fn waterfall(&self) -> WaterfallModel {
        let Some(gap) = &self.found.gap else {
            return WaterfallModel {
                title: self.say("归因", "Why").to_owned(),
                empty: self
                    .say(
                        "没有策略人群，也没有双 11 各层数据",
                        "there are neither strategy crowds nor Double 11 layers",
                    )
                    .to_owned(),
                ..WaterfallModel::default()
            };
        };
        let steps = self.found.steps(&self.state.why);
        let lines = self.lines(gap, &steps);
        let opened = self.state.why.opened.is_some();
        let first = usize::from(!opened);
        let row = self.state.why.row.min(steps.len().saturating_sub(1));
        let scale = scale(&lines);
        WaterfallModel {
            title: self.title(gap),
            sides: self.sides(gap),
            ground: if scale.0 > 0.0 {
                self.say("横轴起于 ", "axis from ").to_owned()
            } else {
                String::new()
            },
            cursor: (!steps.is_empty()).then_some(row + first),
            axis: (scale.1 > scale.0).then(|| {
                let end = |x| self.money(Value::known(x));
                [end(scale.0), end(scale.1)]
            }),
            scale,
            notes: self.notes(gap, &steps),
            empty: self.untold(gap),
            lines,
        }
    }

    fn ends(&self, span: Span) -> [String; 2] {
        let name = |zh, en| self.say(zh, en).to_owned();
        let now = || name("现状", "current");
        let target = || name("目标", "target");
        let plan = || {
            let open = self.state.book.desk().open(self.state.brand_id());
            open.map_or_else(|| name("计划", "plan"), |_| scenario(self.state))
        };
        match span {
            Span::TargetToNow => [target(), now()],
            Span::AgainstToNow => {
                let against = text::against(self.language, self.state.against);
                [against.to_owned(), now()]
            }
            Span::TargetToScenario => [target(), plan()],
            Span::BaselineToScenario => [name("基线", "baseline"), plan()],
        }
    }

    fn title(&self, gap: &Gap) -> String {
        let [from, to] = self.ends(gap.span);
        let ends = format!("GMV {from} → {to}");
        match &self.state.why.opened {
            Some(opened) => format!("{ends} › {}", self.key(gap, &opened.key)),
            None => ends,
        }
    }

    fn sides(&self, gap: &Gap) -> Vec<String> {
        let order = match self.state.why.order {
            Order::Size => self.say("按大小", "by size"),
            Order::Dataset => self.say("按数据顺序", "as in the data"),
        };
        let parts = [
            method(self.language, gap.method),
            self.source(gap.source),
            self.family(gap.family),
            order,
        ];
        let most = parts.len();
        (1..=most).rev().map(|n| parts[..n].join(" · ")).collect()
    }

    fn source(&self, source: Source) -> &'static str {
        text::source(self.language, source)
    }

    fn key(&self, gap: &Gap, key: &Key) -> String {
        match key {
            Key::Factor("gmv.direct_rate") => self.say("直接购买率", "direct rate").to_owned(),
            Key::Factor(id) => lever(id)
                .map_or(*id, |l| lever_name(self.language, l))
                .to_owned(),
            Key::Whole => self.say("未拆分", "not split").to_owned(),
            Key::Item(id) => self.item(gap.family, id),
            Key::Rest if gap.waterfall.unknown.is_empty() => {
                self.say("残差", "residual").to_owned()
            }
            Key::Rest => self.say("未知与残差", "unknown, residual").to_owned(),
        }
    }

    fn lines(&self, gap: &Gap, steps: &[Step]) -> Vec<WaterfallLine> {
        let opened = self.state.why.opened.as_ref();
        let ends = [gap.waterfall.from, gap.waterfall.to];
        let start = match opened {
            Some(_) => 0.0,
            None => ends[0].get().unwrap_or(0.0),
        };
        let [from, to] = self.ends(gap.span);
        let mut lines = Vec::with_capacity(steps.len() + 2);
        if opened.is_none() {
            lines.push(self.end(from, ends[0]));
        }
        let mut level = start;
        for (step, shown) in steps.iter().zip(self.cents(gap, steps)) {
            let reach = Some((level, level + step.amount));
            level += step.amount;
            lines.push(WaterfallLine {
                name: self.key(gap, &step.key),
                number: self.change(shown),
                reach,
                kind: kind(step),
            });
        }
        lines.push(match opened {
            Some(opened) => WaterfallLine {
                number: self.change(level),
                ..self.end(
                    format!("Σ {}", self.key(gap, &opened.key)),
                    Value::known(level),
                )
            },
            None => self.end(to, ends[1]),
        });
        lines
    }

    fn end(&self, name: String, value: Value) -> WaterfallLine {
        WaterfallLine {
            name,
            number: self.money(value),
            reach: value.get().map(|x| (0.0, x)),
            kind: LineKind::End,
        }
    }

    /// The amounts of the steps to the cent; they add up to what they explain.
    fn cents(&self, gap: &Gap, steps: &[Step]) -> Vec<f64> {
        let amounts: Vec<f64> = steps.iter().map(|s| s.amount).collect();
        let sum: f64 = amounts.iter().sum();
        let total = match self.state.why.opened {
            Some(_) => sum,
            None => gap.total().get().unwrap_or(sum),
        };
        to_cents(&amounts, total)
    }

    fn notes(&self, gap: &Gap, steps: &[Step]) -> Vec<Note> {
        let mut notes = Vec::new();
        let plain = |text: String| Note { text, warn: false };
        let warn = |text: String| Note { text, warn: true };
        if self.state.why.opened.is_none() {
            notes.push(plain(self.sum(gap, steps)));
        }
        let unknown = &gap.waterfall.unknown;
        if !unknown.is_empty() {
            let names: Vec<String> = unknown.iter().map(|i| self.item(gap.family, i)).collect();
            let names = names.join(self.say("、", ", "));
            notes.push(warn(match self.language {
                Language::Zh => format!("{} 项未知，有一端没有数据：{names}", unknown.len()),
                Language::En => {
                    format!("{} unknown, one end has no figures: {names}", unknown.len())
                }
            }));
        }
        if self.state.why.opened.is_none() {
            notes.extend(self.rest(gap).map(warn));
        }
        if gap.planned {
            let text = self.say(
                "没有当前值处以目标代替",
                "where there is no current figure the target stands in",
            );
            notes.push(plain(text.to_owned()));
        }
        let under = matches!(gap.span, Span::TargetToScenario | Span::BaselineToScenario);
        if under && self.state.scenario().is_empty() {
            let text = self.say(
                "情景还没有改动：按 {levers} 打开杠杆",
                "no scenario yet: {levers} opens the levers",
            );
            let language = self.state.language as usize;
            notes.push(plain(self.state.keymap.spell(text, language)));
        }
        notes
    }

    /// The sum of the pieces beside the gap.
    fn sum(&self, gap: &Gap, steps: &[Step]) -> String {
        let pieces = steps.iter().filter(|s| s.key != Key::Rest);
        let (count, sum) = (
            pieces.clone().count(),
            pieces.map(|s| s.amount).sum::<f64>(),
        );
        let total = gap.total();
        let sum = self.change(round_cents(sum)).exact();
        let difference = Number::difference(total, Unit::Money, self.language);
        let whole = difference.currency(self.currency).exact();
        let share = Number::change(total.over(gap.waterfall.from), self.language).exact();
        let rest = gap.rest.get().filter(|x| *x != 0.0);
        let rest = rest.map(|x| self.change(round_cents(x)).exact());
        let (gap_word, rest_word) = (self.say("差距", "gap"), self.say("残差", "residual"));
        match rest {
            None => format!("Σ {count}: {sum} = {gap_word} {whole} ({share})"),
            Some(rest) => {
                format!("Σ {count}: {sum}; {rest_word} {rest}; {gap_word} {whole} ({share})")
            }
        }
    }

    /// What no item explains, in words.
    fn rest(&self, gap: &Gap) -> Option<String> {
        gap.rest.get().filter(|x| *x != 0.0)?;
        let text = if gap.waterfall.unknown.is_empty() {
            self.say(
                "残差：总计中不在各项之内的部分（总计与各项分别给出，或目标互不一致）",
                "residual: what the totals hold beyond their items (given apart, or targets that \
                 contradict each other)",
            )
        } else {
            self.say(
                "未知与残差：未知各项，以及总计中不在各项之内的部分",
                "unknown, residual: the unknown items, and what the totals hold beyond their items",
            )
        };
        Some(text.to_owned())
    }

    /// Why there is nothing to show, from the ends.
    fn untold(&self, gap: &Gap) -> String {
        let ends = [gap.waterfall.from, gap.waterfall.to];
        let names = self.ends(gap.span);
        let missing = ends
            .into_iter()
            .zip(names)
            .find_map(|(v, n)| Some((v.why()?, n)));
        missing.map_or_else(String::new, |(why, name)| {
            format!("{name} —: {}", text::why(self.language, why))
        })
    }
}

fn kind(step: &Step) -> LineKind {
    match (&step.key, step.amount) {
        (Key::Rest, _) => LineKind::Rest,
        (_, x) if x > 0.0 => LineKind::More,
        (_, x) if x < 0.0 => LineKind::Less,
        _ => LineKind::Still,
    }
}

/// The money at both sides of the bars. The ground is left away where the steps would be too small
/// to be seen.
fn scale(lines: &[WaterfallLine]) -> (f64, f64) {
    let steps = lines.iter().filter(|l| l.kind != LineKind::End);
    let levels = steps.filter_map(|l| l.reach).flat_map(|(a, b)| [a, b]);
    let ends = lines.iter().filter(|l| l.kind == LineKind::End);
    let ends = ends.filter_map(|l| l.reach).map(|(_, b)| b);
    let all = levels.chain(ends);
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| {
        (l.min(x), h.max(x))
    });
    if low > high {
        return (0.0, 0.0);
    }
    let room = high - low;
    if low > 0.0 && room > 0.0 && room < high / 2.0 {
        return ((low - room * 0.2).max(0.0), high);
    }
    (low.min(0.0), high.max(0.0))
}

fn round_cents(x: f64) -> f64 {
    to_cents(&[x], x)[0]
}

/// Amounts rounded to cents that add up to the total rounded to cents, by largest remainder;
/// amounts too large to have cents stay.
fn to_cents(amounts: &[f64], total: f64) -> Vec<f64> {
    let large = |x: f64| x.is_nan() || x.abs() > 1e13;
    if large(total) || amounts.iter().any(|x| large(*x)) {
        return amounts.to_vec();
    }
    let mut cents: Vec<f64> = amounts.iter().map(|x| (x * 100.0).floor()).collect();
    let lost = |i: usize, floor: f64| amounts[i] * 100.0 - floor;
    let missing = (total * 100.0).round() - cents.iter().sum::<f64>();
    if !(0.0..=amounts.len() as f64).contains(&missing) {
        return amounts.to_vec();
    }
    let mut order: Vec<usize> = (0..amounts.len()).collect();
    order.sort_by(|a, b| lost(*b, cents[*b]).total_cmp(&lost(*a, cents[*a])));
    for i in order.into_iter().take(missing as usize) {
        cents[i] += 1.0;
    }
    cents.into_iter().map(|c| c / 100.0).collect()
}

// -- tornado --------------------------------------------------------------------------------------

impl Maker<'_> {
    fn tornado(&self) -> TornadoModel {
        let title = self
            .say("敏感度 · 一步的影响", "Sensitivity · one step")
            .to_owned();
        let empty = self
            .say("没有可调的杠杆", "there is no lever to move")
            .to_owned();
        let Some(found) = &self.found.sensitivity else {
            return TornadoModel {
                title,
                empty,
                ..TornadoModel::default()
            };
        };
        let cursor = self.state.why.lever.min(found.bars.len().saturating_sub(1));
        TornadoModel {
            title,
            sides: self.tornado_sides(found),
            headers: [
                self.say("杠杆", "lever"),
                self.say("一步", "step"),
                self.say("减一步", "step down"),
                self.say("加一步", "step up"),
            ]
            .map(str::to_owned),
            lines: found.bars.iter().map(|b| self.bar(b)).collect(),
            cursor,
            longest: found
                .bars
                .iter()
                .fold(0.0, |m: f64, b| m.max(b.down.abs()).max(b.up.abs())),
            notes: self.tornado_notes(found, found.bars.get(cursor)),
            empty,
        }
    }

    fn tornado_sides(&self, found: &Sensitivity) -> Vec<String> {
        let reach = match self.state.why.reach {
            Reach::All => self.say("一起动", "all at once"),
            Reach::Each => self.say("逐项", "each alone"),
        };
        let family = self.family(found.family);
        let source = self.source(found.source);
        vec![
            [family, reach, source].join(" · "),
            [family, reach].join(" · "),
            reach.to_owned(),
        ]
    }

    fn knob(&self, knob: &Knob) -> String {
        let name = lever_name(self.language, knob.lever);
        match (&knob.item, knob.lever.items) {
            (Item::All, _) => name.to_owned(),
            (Item::One(id), Items::Layers) => format!("{} {name}", id.to_uppercase()),
            (Item::One(_), _) => {
                format!("{name} {}", heading(self.state, knob.lever, &knob.item))
            }
        }
    }

    fn bar(&self, bar: &Bar) -> TornadoLine {
        let axes = self.found.axes();
        let is = |i: usize| {
            let own = axes.as_ref().map(|a| &a[i]);
            own.is_some_and(|(l, item)| l.id == bar.knob.lever.id && *item == bar.knob.item)
        };
        TornadoLine {
            name: self.knob(&bar.knob),
            step: step(&bar.knob, self),
            down: self.change(bar.down),
            up: self.change(bar.up),
            mark: match (is(0), is(1)) {
                (true, _) => "X",
                (_, true) => "Y",
                _ => "",
            },
        }
    }

    fn tornado_notes(&self, found: &Sensitivity, chosen: Option<&Bar>) -> Vec<Note> {
        let plain = |text: String| Note { text, warn: false };
        let mut notes: Vec<Note> = Vec::new();
        if let Some(bar) = chosen {
            notes.push(plain(self.meaning(bar)));
            notes.push(plain(
                text::of(self.language, &bar.knob.lever.help).to_owned(),
            ));
        }
        notes.extend(self.goal(found.now, found.goal).map(plain));
        if !found.unknown.is_empty() {
            let names: Vec<String> = found.unknown.iter().map(|k| self.knob(k)).collect();
            let names = names.join(self.say("、", ", "));
            let text = self.say(
                "算不出（有一项的因素未知）：",
                "cannot be told (a factor is not known): ",
            );
            notes.push(Note {
                text: format!("{text}{names}"),
                warn: true,
            });
        }
        if found.left_out > 0 {
            let n = found.left_out;
            notes.push(plain(match self.language {
                Language::Zh => format!("只列 GMV 最大的人群，另有 {n} 个未列"),
                Language::En => format!("crowds with the largest GMV only; {n} more are left out"),
            }));
        }
        notes
    }

    /// What one step of a lever means.
    fn meaning(&self, bar: &Bar) -> String {
        let knob = &bar.knob;
        let name = self.knob(knob);
        if knob.operator == Operator::Set {
            let (low, high) = knob.bounds;
            let value = |x: f64| self.of(x.clamp(low, high), knob.lever.unit).exact();
            let [less, now, more] = [-1.0, 0.0, 1.0].map(|n| value(knob.rest + n * knob.step));
            return format!("{name}: {less} ← {now} → {more}");
        }
        let all = heading(self.state, knob.lever, &knob.item);
        let step = step(knob, self);
        match self.language {
            Language::Zh => format!("{all}的{name}同时 {step}"),
            Language::En => format!("{name} of all: {step}"),
        }
    }

    /// The target, and how far GMV is from it.
    fn goal(&self, now: Value, goal: Value) -> Option<String> {
        let (wanted, value) = (goal.get()?, now.get()?);
        let goal = self.money(goal).exact();
        let gap = value - wanted;
        let reached = gap >= -1e-9 * wanted.abs();
        let word = match (self.language, reached) {
            (Language::Zh, true) => "已达成",
            (Language::Zh, false) => "未达成",
            (Language::En, true) => "reached",
            (Language::En, false) => "not reached",
        };
        let gap = self.change(round_cents(gap)).exact();
        let target = self.say("目标", "target");
        Some(format!("{target} {goal} · {word} {gap}"))
    }
}

/// One step with `±`.
fn step(knob: &Knob, maker: &Maker<'_>) -> String {
    let value = Value::known(knob.step);
    let number = match knob.operator {
        Operator::Multiply => Number::change(value, maker.language),
        _ => Number::difference(value, knob.lever.unit, maker.language).currency(maker.currency),
    };
    number.exact().replacen('+', "±", 1)
}

// -- heat map -------------------------------------------------------------------------------------

impl Maker<'_> {
    fn heat(&self) -> HeatModel {
        let title = self.say("双杠杆热图", "Two levers").to_owned();
        let Some(heat) = &self.found.heat else {
            return HeatModel {
                title,
                empty: self
                    .say("没有两个可调的杠杆", "there are no two levers to move")
                    .to_owned(),
                ..HeatModel::default()
            };
        };
        let [x, y] = &heat.axes;
        HeatModel {
            title,
            sides: vec![match heat.goal.get() {
                Some(_) => {
                    let goal = self.money(heat.goal).exact();
                    format!("━ {} {goal}", self.say("目标", "target"))
                }
                None => self.say("没有目标", "no target").to_owned(),
            }],
            names: [self.knob(&x.knob), self.knob(&y.knob)],
            xs: self.places(x),
            ys: self.places(y),
            cells: self.cells(heat),
            cross: [x.cross, y.cross],
            rest: [x.rest, y.rest],
            notes: self.heat_notes(heat),
            empty: String::new(),
        }
    }

    fn places(&self, axis: &Axis) -> Vec<Number> {
        let places = axis.places.iter();
        places.map(|p| self.place(&axis.knob, *p)).collect()
    }

    /// A position of a lever: its value, or points or a share on top of all.
    fn place(&self, knob: &Knob, at: f64) -> Number {
        let value = Value::known(at);
        match knob.operator {
            Operator::Set => self.of(at, knob.lever.unit),
            Operator::Add => Number::difference(value, knob.lever.unit, self.language),
            Operator::Multiply => Number::change(value.minus(Value::Known(1.0)), self.language),
        }
    }

    fn cells(&self, heat: &Heat) -> Vec<Vec<HeatCell>> {
        let known = heat.values.iter().flatten().filter_map(|v| v.get());
        let (low, high) = known.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| {
            (l.min(x), h.max(x))
        });
        let cell = |value: &Value| {
            let share = value.get().map_or(0.0, |x| (x - low) / (high - low));
            let goal = heat.goal.get();
            HeatCell {
                number: self.money(*value),
                share: if share.is_finite() { share } else { 0.5 },
                reaches: value
                    .get()
                    .zip(goal)
                    .map(|(x, goal)| x >= goal - 1e-9 * goal.abs()),
            }
        };
        let row = |values: &Vec<Value>| values.iter().map(cell).collect();
        heat.values.iter().map(row).collect()
    }

    fn heat_notes(&self, heat: &Heat) -> Vec<Note> {
        let plain = |text: String| Note { text, warn: false };
        let [x, y] = &heat.axes;
        let at = |a: &Axis| {
            let place = self.place(&a.knob, a.at).exact();
            format!("{} {place}", self.knob(&a.knob))
        };
        let gmv = self.money(heat.now).exact();
        let mut notes = vec![plain(format!("╋ {} · {} → GMV {gmv}", at(x), at(y)))];
        notes.extend(self.goal(heat.now, heat.goal).map(plain));
        if heat.goal.is_known() {
            let alone = [
                self.needed(x, heat.needed[0]),
                self.needed(y, heat.needed[1]),
            ];
            let words = self.say("只动一个杠杆的达标线：", "target line, one lever alone: ");
            notes.push(plain(format!("{words}{}", alone.join(" · "))));
        }
        notes
    }

    fn needed(&self, axis: &Axis, needed: Option<f64>) -> String {
        let name = self.knob(&axis.knob);
        match needed {
            Some(at) => format!("{name} {}", self.place(&axis.knob, at).exact()),
            None => format!("{name} {}", self.say("达不到", "out of reach")),
        }
    }
}
