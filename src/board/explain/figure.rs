//! The figures of the board: which other figures give them, and what is measured from them.

use super::{
    BASELINE, BEFORE, DELTA, Explanation, Form, Line, MOVED, MOVED_BY, Name, OPERAND, Part,
    RELATIVE, Rule, TARGET, Words, compared, measured,
};
use crate::board::{Board, BrandBoard, Figure, Part as Of, Source};
use crate::facts::{CrowdKey, Dataset};
use crate::metrics::aipl::State;
use crate::metrics::benchmark::BenchmarkKind;
use crate::metrics::fast::Denominator;
use crate::metrics::fast_plus::Role;
use crate::metrics::{Unit, Value, metric};
use crate::scenario::{Operator, Scenario};

/// A rule with the parts that it joins.
type Way = (Rule, Vec<Part>);

/// How a figure of a brand comes about.
pub fn figure(board: &Board, brand: &BrandBoard, data: &Dataset, figure: &Figure) -> Explanation {
    let maker = Maker {
        board,
        brand,
        data,
        figure,
    };
    let mut lines = vec![maker.value()];
    lines.extend(maker.behind());
    lines.extend(maker.scenario());
    lines.extend(maker.comparison());
    lines.extend(maker.target());
    lines.extend(maker.benchmark());
    lines.extend(maker.shares());
    lines.extend(maker.other_source());
    lines.extend(maker.history());
    Explanation {
        path: vec![Name::Figure(figure.metric, figure.part)],
        metric: Some(figure.metric),
        words: None,
        source: figure.metric.source,
        figure: Some(Box::new(figure.clone())),
        lines,
    }
}

struct Maker<'a> {
    board: &'a Board,
    brand: &'a BrandBoard,
    data: &'a Dataset,
    figure: &'a Figure,
}

impl Maker<'_> {
    fn name(&self) -> Name {
        Name::Figure(self.figure.metric, self.figure.part)
    }

    fn part(&self, value: Value, name: Words) -> Part {
        Part::new(Name::Words(name), value, self.figure.unit())
    }

    fn now(&self) -> Part {
        Part::new(self.name(), self.figure.now, self.figure.unit())
    }

    /// Another figure of the same source as a part.
    fn of(&self, id: &str, part: Of) -> Option<Part> {
        let figure = self.brand.from(self.figure.source, id, part)?;
        Some(Part::new(
            Name::Figure(figure.metric, part),
            figure.now,
            figure.unit(),
        ))
    }

    /// Figures of the same part.
    fn own(&self, ids: &[&str]) -> Option<Vec<Part>> {
        ids.iter().map(|id| self.of(id, self.figure.part)).collect()
    }

    fn value(&self) -> Line {
        let (now, unit) = (self.figure.now, self.figure.unit());
        Line::told(self.name(), now, unit, self.ways())
    }

    /// What could give the value, the most telling first.
    fn ways(&self) -> Vec<Way> {
        let mut ways: Vec<Way> = Vec::new();
        ways.extend(self.ratio());
        ways.extend(self.by_formula());
        ways.extend(self.all_together());
        ways.extend(self.levers());
        ways.extend(self.counted());
        ways
    }

    fn ratio(&self) -> Option<Way> {
        let parts = vec![self.numerator()?, self.denominator()?];
        Some((Rule::Ratio, parts))
    }

    fn numerator(&self) -> Option<Part> {
        let unit = match self.figure.unit() {
            Unit::MoneyPerPerson => Unit::Money,
            _ if self.figure.metric.id.starts_with("orders") => Unit::Count,
            _ => Unit::People,
        };
        let name = behind(self.figure)[0];
        Some(Part::new(Name::Words(name), self.figure.numerator?, unit))
    }

    fn denominator(&self) -> Option<Part> {
        let unit = if self.figure.metric.id.starts_with("orders") {
            Unit::Count
        } else {
            Unit::People
        };
        let name = behind(self.figure)[1];
        Some(Part::new(Name::Words(name), self.figure.denominator?, unit))
    }

    fn by_formula(&self) -> Vec<Way> {
        let layers = ["aipl.a", "aipl.i", "aipl.p", "aipl.l"];
        let whole = |ids: &[&str]| -> Option<Vec<Part>> {
            ids.iter().map(|id| self.of(id, Of::Whole)).collect()
        };
        let way = |rule, parts: Option<Vec<Part>>| parts.map(|p| (rule, p));
        let found = match self.figure.metric.id {
            "fast.f" | "aipl.total" => vec![
                way(Rule::Sum, whole(&layers)),
                way(Rule::Given, whole(&["aipl.total"])),
            ],
            "fast.active_members" => vec![way(Rule::Product, whole(&["fast.s", "fast.t"]))],
            "fast_plus.capital" => vec![way(Rule::Union, self.roles())],
            "crowd.consumers" => vec![
                way(
                    Rule::Product,
                    self.own(&["crowd.population", "crowd.penetration"]),
                ),
                way(Rule::Ratio, self.own(&["crowd.buyers", "crowd.conversion"])),
            ],
            "crowd.buyers" => vec![
                way(
                    Rule::Product,
                    self.own(&["crowd.consumers", "crowd.conversion"]),
                ),
                way(
                    Rule::Product,
                    self.own(&["crowd.population", "crowd.penetration"]),
                ),
            ],
            "crowd.gmv" => vec![way(Rule::Product, self.own(&["crowd.buyers", "crowd.aov"]))],
            "gmv.buyers" => self.layer_buyers(),
            "gmv.gmv" => self.layer_gmv(),
            "gmv.order_rate" => vec![self.over_layers("gmv.order_rate", true)],
            "gmv.direct_rate" => vec![self.over_layers("gmv.direct_rate", false)],
            "gmv.residual" => vec![way(Rule::Difference, self.own(&["gmv.actual", "gmv.gmv"]))],
            id if id.starts_with("flow.") => vec![way(Rule::Sum, self.flows(id))],
            _ => Vec::new(),
        };
        let moved = self.figure.before().is_some();
        let mut ways: Vec<Way> = found.into_iter().flatten().collect();
        // A count is a count: that the product of its rates gives it back is no news without a
        // scenario.
        let counted = self.figure.metric.id.starts_with("crowd.")
            || self.figure.metric.id == "fast.active_members";
        if counted && !moved {
            ways.retain(|(rule, _)| *rule == Rule::Sum);
        }
        ways
    }

    fn roles(&self) -> Option<Vec<Part>> {
        if self.figure.part != Of::Whole {
            return None;
        }
        let known = |part: &Part| part.value.is_known();
        let roles = Role::ALL.into_iter();
        let parts: Vec<Part> = roles
            .filter_map(|r| self.of("fast_plus.capital", Of::Role(r)))
            .filter(known)
            .collect();
        (!parts.is_empty()).then_some(parts)
    }

    fn layer_buyers(&self) -> Vec<Option<Way>> {
        let three = ["gmv.pool", "gmv.cart_rate", "gmv.order_rate"];
        let four = [
            "gmv.pool",
            "gmv.cart_rate",
            "gmv.order_rate",
            "gmv.direct_rate",
        ];
        vec![
            self.own(&three).map(|p| (Rule::Product, p)),
            self.own(&four).map(|p| (Rule::Buyers, p)),
        ]
    }

    fn layer_gmv(&self) -> Vec<Option<Way>> {
        let product = self.own(&["gmv.buyers", "gmv.aov"]);
        let share = self.own(&["gmv.actual", "gmv.buyers"]).and_then(|mut p| {
            let aov = self
                .brand
                .from(self.figure.source, "gmv.aov", self.figure.part)?;
            p.push(Part::new(
                Name::Words(["支付人数", "paying people"]),
                aov.denominator?,
                Unit::People,
            ));
            Some(p)
        });
        vec![
            product.map(|p| (Rule::Product, p)),
            share.map(|p| (Rule::Scaled, p)),
        ]
    }

    /// A rate of all layers: that of each, weighted by its carts or its pool.
    fn over_layers(&self, id: &str, by_carts: bool) -> Option<Way> {
        if self.figure.part != Of::Layer(None) {
            return None;
        }
        let mut parts = Vec::new();
        for state in crate::metrics::double11::LAYERS {
            let part = Of::Layer(Some(state));
            let Some(rate) = self.of(id, part) else {
                continue;
            };
            let carts = self
                .brand
                .from(self.figure.source, "gmv.cart_rate", part)?
                .numerator?;
            let weight = if by_carts {
                Part::new(Name::Words(CARTS), carts, Unit::People)
            } else {
                self.of("gmv.pool", part)?
            };
            parts.extend([weight, rate]);
        }
        Some((Rule::Weighted, parts))
    }

    /// The cells of the flow that a term is made of, in the order in which they are added.
    fn flows(&self, id: &str) -> Option<Vec<Part>> {
        self.flow_cells(&|from, to| {
            let (before, after) = (from.is_asset(), to.is_asset());
            match id {
                "flow.new" => !before && after,
                "flow.deepened" => before && to > from,
                "flow.unchanged" => before && to == from,
                "flow.shallower" => after && to < from,
                _ => before && !after,
            }
        })
    }

    fn flow_cells(&self, keep: &dyn Fn(State, State) -> bool) -> Option<Vec<Part>> {
        let cell = |from, to| self.of("flow", Of::Flow(from, to));
        let knows_o = State::ALL.iter().any(|s| {
            let known = |p: Option<Part>| p.is_some_and(|p| p.value.is_known());
            known(cell(State::O, *s)) || known(cell(*s, State::O))
        });
        let pairs = State::ALL
            .into_iter()
            .flat_map(|f| State::ALL.map(|t| (f, t)));
        let kept = pairs
            .filter(|(f, t)| keep(*f, *t))
            .filter(|(f, t)| knows_o || (*f != State::O && *t != State::O));
        kept.map(|(f, t)| {
            let part = cell(f, t)?;
            Some(Part {
                name: Name::Flow(f, t),
                ..part
            })
        })
        .collect()
    }

    /// All crowds or layers together: the sum of each, and what a given total has beyond it.
    fn all_together(&self) -> Vec<Way> {
        let parts: Vec<Of> = match self.figure.part {
            Of::Crowd(CrowdKey::All) => {
                let crowds = self.data.counted_crowds();
                crowds
                    .map(|k| Of::Crowd(CrowdKey::Crowd(k as u32)))
                    .collect()
            }
            Of::Layer(None) => {
                let layers = crate::metrics::double11::LAYERS.into_iter();
                let there = |part: &Of| self.of(self.figure.metric.id, *part).is_some();
                layers.map(|s| Of::Layer(Some(s))).filter(there).collect()
            }
            _ => return Vec::new(),
        };
        if self.figure.unit() == Unit::Ratio || self.figure.unit() == Unit::MoneyPerPerson {
            return Vec::new();
        }
        let id = self.figure.metric.id;
        let each: Option<Vec<Part>> = parts.iter().map(|p| self.of(id, *p)).collect();
        let Some(each) = each.filter(|each| !each.is_empty()) else {
            return Vec::new();
        };
        let mut ways = vec![(Rule::Sum, each.clone())];
        ways.extend(self.beyond(id, &parts).map(|beyond| {
            let mut all = each;
            all.push(beyond);
            (Rule::Sum, all)
        }));
        ways
    }

    /// What the total of the data has beyond the sum of its parts.
    fn beyond(&self, id: &str, parts: &[Of]) -> Option<Part> {
        let base = |part: Of| {
            let figure = self.brand.from(self.figure.source, id, part)?;
            figure.baseline.unwrap_or(figure.now).get()
        };
        let sum: f64 = parts.iter().map(|p| base(*p)).sum::<Option<f64>>()?;
        let given = base(self.figure.part)?;
        let name = ["不在任何人群", "in no crowd"];
        let value = Value::known(given - sum);
        Some(self.part(value, name).written(Form::Difference))
    }

    /// The levers of the scenario that reach the figure itself.
    fn levers(&self) -> Vec<Way> {
        let Some(baseline) = self.figure.before() else {
            return Vec::new();
        };
        let id = self.figure.metric.id;
        let item = match self.figure.part {
            Of::Crowd(CrowdKey::Crowd(k)) => {
                let crowd = self.data.crowds.get(k as usize);
                crowd.map_or("", |c| c.id.as_str())
            }
            Of::Layer(Some(state)) => state.id(),
            _ => "",
        };
        let mut ways: Vec<Way> = Vec::new();
        let start = self.part(baseline, BASELINE);
        ways.extend(lever_way(&self.board.query.scenario, id, item, start));
        if let Of::Whole = self.figure.part
            && id.starts_with("aipl.")
        {
            ways.extend(self.kept_mix(baseline));
        }
        ways
    }

    /// The layers keep their mix when the asset is moved.
    fn kept_mix(&self, baseline: Value) -> Option<Way> {
        let asset = self.brand.from(self.figure.source, "fast.f", Of::Whole)?;
        let before = Part::new(
            Name::Words(["基线 F", "F of the baseline"]),
            asset.baseline?,
            Unit::People,
        );
        let parts = vec![
            self.part(baseline, BASELINE),
            self.of("fast.f", Of::Whole)?,
            before,
        ];
        Some((Rule::Scaled, parts))
    }

    /// Buyers and GMV of a layer as they were counted.
    fn counted(&self) -> Vec<Way> {
        let figure = |id: &str| {
            let found = self.brand.from(self.figure.source, id, self.figure.part);
            found.filter(|_| matches!(self.figure.part, Of::Layer(_)))
        };
        let given = |name, value: Option<Value>| {
            let part = self.part(value?, name);
            Some((Rule::Given, vec![part]))
        };
        let ways = match self.figure.metric.id {
            "gmv.buyers" => vec![
                given(
                    CART_BUYERS,
                    figure("gmv.order_rate").and_then(|f| f.numerator),
                ),
                given(PAYERS, figure("gmv.aov").and_then(|f| f.denominator)),
            ],
            "gmv.gmv" => vec![given(PAID, figure("gmv.actual").map(|f| f.now))],
            _ => Vec::new(),
        };
        ways.into_iter().flatten().collect()
    }

    /// How the numbers behind a ratio come about; the parts as told where they do not give it.
    fn behind(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let id = self.figure.metric.id;
        let from = match id {
            "step.a" => Some(State::A),
            "step.i" => Some(State::I),
            "step.p" => Some(State::P),
            _ => None,
        };
        let deeper = |f: State, t: State| match from {
            Some(from) => f == from && t > f,
            None => f.is_asset() && t > f,
        };
        let flows = (from.is_some() || id == "fast.a")
            .then(|| self.flow_cells(&deeper))
            .flatten();
        for (n, part) in [self.numerator(), self.denominator()]
            .into_iter()
            .enumerate()
        {
            let Some(part) = part else { continue };
            let mut ways = Vec::new();
            if let (0, Some(cells)) = (n, &flows) {
                ways.push((Rule::Sum, cells.clone()));
            }
            if let (1, Some(from)) = (n, from) {
                let all = self.flow_cells(&|f, _| f == from);
                ways.extend(all.map(|cells| (Rule::Sum, cells)));
            }
            lines.push(Line::told(part.name, part.value, part.unit, ways));
        }
        lines
    }

    fn comparison(&self) -> Vec<Line> {
        let day = self.board.query.against;
        let (value, unit) = (self.figure.against, self.figure.unit());
        let before = Line::given(Name::On(BEFORE, day), value, unit);
        let mut lines = vec![before.clone()];
        lines.extend(compared(DELTA, RELATIVE, &self.now(), &before.as_part()));
        lines
    }

    fn scenario(&self) -> Vec<Line> {
        let Some(baseline) = self.figure.before() else {
            return Vec::new();
        };
        let base = Line::given(Name::Words(BASELINE), baseline, self.figure.unit());
        let mut lines = vec![base.clone()];
        let (now, base) = (self.now(), base.as_part());
        lines.extend(compared(MOVED, MOVED_BY, &now, &base));
        if let Some(target) = self.figure.target {
            let name = ["基线完成", "completion of the baseline"];
            let parts = vec![base, self.part(target, TARGET)];
            lines.push(Line::of(Name::Words(name), Unit::Ratio, Rule::Ratio, parts));
        }
        lines
    }

    fn target(&self) -> Vec<Line> {
        let unit = self.figure.unit();
        let mut lines = Vec::new();
        if let Some(target) = self.figure.target {
            let target = Line::given(Name::Words(TARGET), target, unit);
            let measured = measured(&self.now(), &target.as_part());
            lines.push(target);
            lines.extend(measured);
        }
        if let Some(derived) = self.figure.target_derived {
            let name = ["其余目标推出", "target by the other targets"];
            lines.push(Line::given(Name::Words(name), derived, unit));
        }
        lines
    }

    fn benchmark(&self) -> Vec<Line> {
        let unit = self.figure.unit();
        let mut lines = Vec::new();
        for (kind, value) in &self.figure.benchmarks {
            let of_rank = *kind == BenchmarkKind::Rank;
            let unit = if of_rank { Unit::Count } else { unit };
            let name = Name::Words(benchmark_name(*kind));
            lines.push(Line::given(name, Value::known(*value), unit));
        }
        let Some((kind, value)) = self.figure.benchmark() else {
            return lines;
        };
        let level = self.part(Value::known(value), benchmark_name(kind));
        let both = || vec![self.now(), level.clone()];
        let index = Name::Words(["指数（100 = 持平）", "index (100 = par)"]);
        lines.push(Line::of(index, Unit::Index, Rule::Index, both()));
        let gap = Name::Words(["较行业", "difference to the benchmark"]);
        let gap = Line::of(gap, unit, Rule::Difference, both());
        lines.push(gap.written(Form::Difference));
        lines
    }

    /// Its share of the asset, or of the people who were in the state at the start.
    fn shares(&self) -> Vec<Line> {
        let whole = match (self.figure.metric.id, self.figure.part) {
            ("aipl.a" | "aipl.i" | "aipl.p" | "aipl.l", _) => {
                let layers = State::ASSET.into_iter();
                let parts = layers.map(|s| self.of(&format!("aipl.{}", s.id()), Of::Whole));
                Some((["占资产", "share of the asset"], parts.collect()))
            }
            ("flow", Of::Flow(from, _)) => Some((
                ["占期初", "share of the start"],
                self.flow_cells(&|f, _| f == from),
            )),
            _ => None,
        };
        let Some((name, Some(parts))) = whole else {
            return Vec::new();
        };
        let parts: Vec<Part> = parts;
        let sum_name = Name::Words(["合计", "together"]);
        let sum = Line::of(sum_name, Unit::People, Rule::Sum, parts);
        let both = vec![self.now(), sum.as_part()];
        let share = Line::of(Name::Words(name), Unit::Ratio, Rule::Ratio, both);
        vec![sum, share]
    }

    /// What the other source says.
    fn other_source(&self) -> Vec<Line> {
        let (source, name): (_, Words) = match self.figure.source {
            Source::Events => (Source::Platform, ["平台报表", "platform tables"]),
            Source::Platform => (Source::Events, ["行为日志", "event log"]),
        };
        let (id, part) = (self.figure.metric.id, self.figure.part);
        let mut lines = Vec::new();
        if let Some(other) = self.brand.from(source, id, part)
            && other.now.is_known()
        {
            let other = Line::given(Name::Words(name), other.now, other.unit());
            let gap = Name::Words(["两源相差", "difference of the sources"]);
            let both = vec![self.now(), other.as_part()];
            let gap = Line::of(gap, other.unit, Rule::Difference, both);
            lines.extend([other, gap.written(Form::Difference)]);
        }
        if id == "fast.a"
            && let Some((found, distance)) = self.brand.detected
        {
            let name = [
                "与平台口径的距离",
                "distance to the denominator of the platform",
            ];
            let name = Name::Of(name, found.id().to_owned());
            lines.push(Line::given(name, Value::known(distance), Unit::Ratio));
        }
        lines
    }

    /// Lowest and highest value of the weeks.
    fn history(&self) -> Vec<Line> {
        let series = self.brand.series(self.figure.metric.id, self.figure.part);
        let Some(series) = series.filter(|s| s.values.iter().any(|v| v.is_known())) else {
            return Vec::new();
        };
        let unit = self.figure.unit();
        let weeks = self.board.dates.iter().zip(&series.values);
        let week: Words = ["周末", "week to"];
        let parts: Vec<Part> = weeks
            .map(|(day, value)| Part::new(Name::On(week, *day), *value, unit))
            .collect();
        let line = |name, rule| Line::of(Name::Words(name), unit, rule, parts.clone());
        vec![
            line(["53 周最低", "lowest of 53 weeks"], Rule::Least),
            line(["53 周最高", "highest of 53 weeks"], Rule::Most),
        ]
    }
}

const CARTS: Words = ["收藏加购人数", "people who favourite or cart"];
const CART_BUYERS: Words = ["收藏加购者中的支付人数", "payers among the cart people"];
const PAYERS: Words = ["支付人数", "paying people"];
const PAID: Words = ["支付金额", "paid amount"];

/// The levers of a scenario that reach a value, applied to its baseline.
pub(super) fn lever_way(scenario: &Scenario, id: &str, item: &str, start: Part) -> Option<Way> {
    let own = || {
        let all = scenario.changes.iter();
        all.filter(|c| c.lever.id == id && c.concerns(item))
    };
    let steps: Vec<_> = own().map(|c| (c.lever, c.operator)).collect();
    if steps.is_empty() {
        return None;
    }
    let unit = start.unit;
    let mut parts = vec![start];
    parts.extend(own().map(|c| {
        let part = Part::new(Name::Words(OPERAND), Value::known(c.operand), unit);
        part.written(match c.operator {
            Operator::Set => Form::Plain,
            Operator::Add => Form::Difference,
            Operator::Multiply => Form::Factor,
        })
    }));
    Some((Rule::Moved(steps), parts))
}

/// What stands above and below the line of a ratio.
fn behind(figure: &Figure) -> [Words; 2] {
    let name = |id: &str| metric(id).map_or(["", ""], |m| m.name);
    match figure.metric.id {
        "step.a" => [
            ["A→I + A→P + A→L", "A→I + A→P + A→L"],
            ["期初 A", "A at the start"],
        ],
        "step.i" => [["I→P + I→L", "I→P + I→L"], ["期初 I", "I at the start"]],
        "step.p" => [["P→L", "P→L"], ["期初 P", "P at the start"]],
        "fast.a" => [["加深人数", "deepened people"], denominator(figure)],
        "fast.t" => [["活跃会员", "active members"], ["会员", "members"]],
        "fast_plus.conversion" => [
            ["关系等级上升人数", "people whose relation level rose"],
            ["期初关系数", "Capital at the start"],
        ],
        "fast_plus.connection" => [["新增关系", "new relations"], ["访客", "visitors"]],
        "fast_plus.clv" => [
            ["成交 + 权重 × 传播", "trade + weight × spread"],
            ["人数", "people"],
        ],
        "crowd.penetration" => [["触达人数", "people reached"], name("crowd.population")],
        "crowd.conversion" => [name("crowd.buyers"), name("crowd.consumers")],
        "crowd.aov" => [name("crowd.gmv"), name("crowd.buyers")],
        "gmv.cart_rate" => [CARTS, name("gmv.pool")],
        "gmv.order_rate" => [CART_BUYERS, CARTS],
        "gmv.aov" => [PAID, PAYERS],
        "gmv.direct_rate" => [
            ["未收藏加购的支付人数", "payers who never carted"],
            name("gmv.pool"),
        ],
        "orders.pay_rate" => [name("orders.paid"), name("orders.orders")],
        "orders.refund_rate" => [name("orders.refunds"), name("orders.orders")],
        _ => [["分子", "numerator"], ["分母", "denominator"]],
    }
}

fn denominator(figure: &Figure) -> Words {
    match Denominator::ALL
        .into_iter()
        .find(|d| d.id() == figure.variant)
    {
        Some(Denominator::AiplStart) => ["期初 A+I+P+L", "A+I+P+L at the start"],
        Some(Denominator::AipStart) => ["期初 A+I+P", "A+I+P at the start"],
        Some(Denominator::AiplEnd) => ["期末 A+I+P+L", "A+I+P+L at the end"],
        None => ["平台分母（未给出）", "denominator of the platform"],
    }
}

fn benchmark_name(kind: BenchmarkKind) -> Words {
    match kind {
        BenchmarkKind::Mean => ["行业均值", "category mean"],
        BenchmarkKind::Median => ["行业中位值", "category median"],
        BenchmarkKind::Excellent => ["行业优秀值", "category excellent"],
        BenchmarkKind::Rank => ["行业排名", "category rank"],
    }
}
