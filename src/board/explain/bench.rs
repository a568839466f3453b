//! The GMV workbench: targets and what they follow from, the layers of Double 11, the event.

use super::{BASELINE, DONE, Explanation, Form, GAP, Line, MOVED, Name, Part, Rule, TARGET, Words};
use crate::board::{Double11, LayerYear, Part as Of, Solution, Source, TargetTree};
use crate::facts::CrowdKey;
use crate::metrics::double11::Layer;
use crate::metrics::target_tree::{self as tree, Cell, Plan};
use crate::metrics::{Metric, Unit, Value, Why, metric};

const SOURCE: &str = "§6.3 §7 S0 S2 – H/M";
const NONE: Value = Value::Missing(Why::NotGiven);

fn cell_of(plan: &Plan, crowd: Option<usize>, cell: Cell) -> Value {
    plan.line(crowd).map_or(NONE, |line| cell.of(line))
}

fn known(id: &str) -> Option<&'static Metric> {
    metric(id)
}

/// What a cell of the tree is called.
fn name(tree: &TargetTree, crowd: Option<usize>, cell: Cell) -> Name {
    let at = crowd.and_then(|k| tree.crowds.get(k));
    let key = at.map_or(CrowdKey::All, |k| CrowdKey::Crowd(*k as u32));
    match known(cell.metric()) {
        Some(metric) => Name::Figure(metric, Of::Crowd(key)),
        None => Name::Crowd(key),
    }
}

fn unit(cell: Cell) -> Unit {
    known(cell.metric()).map_or(Unit::Count, |m| m.unit)
}

/// A target of the tree; `wanted` are the targets that are shown, `solved` the unknown and the cell
/// under the cursor.
pub fn spot(
    tree: &TargetTree,
    wanted: &Plan,
    solved: &[&Solution],
    (crowd, cell): (Option<usize>, Cell),
) -> Explanation {
    let unit = unit(cell);
    let own = solved.iter().find(|s| (s.crowd, s.cell) == (crowd, cell));
    let step = tree
        .steps
        .iter()
        .find(|s| (s.crowd, s.cell) == (crowd, cell));
    let rule = own.and_then(|s| s.rule).or(step.map(|s| s.rule));
    let value = cell_of(wanted, crowd, cell);
    let ways = ways(tree, wanted, rule, (crowd, cell));
    let line = |words, value| Line::given(Name::Words(words), value, unit);
    let target = Line::told(Name::Words(TARGET), value, unit, ways);
    let plan = line(["计划", "plan"], cell_of(&tree.plan.now, crowd, cell));
    let mut lines = vec![target.clone()];
    lines.push(line(
        ["给定的目标", "target as given"],
        cell_of(&tree.given, crowd, cell),
    ));
    if let Some(own) = own {
        let other = by_others(tree, own, unit);
        let given = Part::new(Name::Words(TARGET), own.given, unit);
        let name = ["与给定的相差", "difference to the given one"];
        let parts = vec![other.as_part(), given];
        let apart = Line::of(Name::Words(name), unit, Rule::Difference, parts);
        lines.extend([other, apart.written(Form::Difference)]);
    }
    lines.push(line(["当前", "current"], cell_of(&tree.now, crowd, cell)));
    lines.push(line(BASELINE, cell_of(&tree.plan.base, crowd, cell)));
    let both = || vec![plan.as_part(), target.as_part()];
    let gap = Line::of(Name::Words(GAP), unit, Rule::Difference, both());
    let done = Line::of(Name::Words(DONE), Unit::Ratio, Rule::Ratio, both());
    lines.extend([plan, gap.written(Form::Difference), done]);
    let words = ["目标拆解中的一个目标", "a target of the target tree"];
    Explanation {
        metric: known(cell.metric()),
        ..Explanation::of(vec![name(tree, crowd, cell)], words, SOURCE, lines)
    }
}

/// What a target has to be by the others, and how far the given one is from it.
fn by_others(tree: &TargetTree, solution: &Solution, unit: Unit) -> Line {
    let at = (solution.crowd, solution.cell);
    let ways = ways(tree, &solution.plan, solution.rule, at);
    let name = ["由其余目标推出", "by the other targets"];
    Line::told(Name::Words(name), solution.value, unit, ways)
}

fn ways(
    tree: &TargetTree,
    plan: &Plan,
    rule: Option<tree::Rule>,
    (crowd, cell): (Option<usize>, Cell),
) -> Vec<(Rule, Vec<Part>)> {
    let part = |crowd, cell: Cell| {
        Part::new(
            name(tree, crowd, cell),
            cell_of(plan, crowd, cell),
            unit(cell),
        )
    };
    let others = || (0..plan.crowds.len()).filter(|k| Some(*k) != crowd);
    match rule {
        None => Vec::new(),
        Some(tree::Rule::Product(a, b)) => {
            vec![(Rule::Product, vec![part(crowd, a), part(crowd, b)])]
        }
        Some(tree::Rule::Quotient(a, b)) => {
            vec![(Rule::Ratio, vec![part(crowd, a), part(crowd, b)])]
        }
        Some(tree::Rule::Sum) => {
            vec![(Rule::Sum, others().map(|k| part(Some(k), cell)).collect())]
        }
        Some(tree::Rule::Shared) => vec![(Rule::Given, vec![part(None, cell)])],
        Some(tree::Rule::Rest) => {
            let each = others().map(|k| part(Some(k), cell)).collect();
            let words = Name::Words(["Σ 其余人群", "Σ other crowds"]);
            let sum = Line::of(words, unit(cell), Rule::Sum, each);
            vec![(Rule::Difference, vec![part(None, cell), sum.as_part()])]
        }
    }
}

/// Σ of the crowds beside the top line, of one column of the table of sums.
pub fn sums(tree: &TargetTree, wanted: &Plan, cell: Cell) -> Explanation {
    let unit = unit(cell);
    let (sum, residual) = (wanted.sum(), wanted.residual());
    let crowds = 0..wanted.crowds.len();
    let each = crowds
        .map(|k| {
            let value = cell_of(wanted, Some(k), cell);
            Part::new(name(tree, Some(k), cell), value, unit)
        })
        .collect();
    let of = |cell: Cell| {
        let words = Name::Words(metric(cell.metric()).map_or(["", ""], |m| m.name));
        Part::new(words, cell.of(&sum), self::unit(cell))
    };
    let ratio = |a, b| (Rule::Ratio, vec![of(a), of(b)]);
    let ways = match cell {
        Cell::Penetration => vec![ratio(Cell::Consumers, Cell::Population)],
        Cell::Conversion => vec![ratio(Cell::Buyers, Cell::Consumers)],
        Cell::Aov => vec![ratio(Cell::Gmv, Cell::Buyers)],
        _ => vec![(Rule::Sum, each)],
    };
    let total = Line::told(
        Name::Words(["Σ 人群", "Σ crowds"]),
        cell.of(&sum),
        unit,
        ways,
    );
    let words = Name::Words(["总盘目标", "top line"]);
    let top = Line::given(words, cell.of(&wanted.top), unit);
    let both = vec![top.as_part(), total.as_part()];
    let left = Name::Words(["残差", "residual"]);
    let left = Line::told(
        left,
        cell.of(&residual),
        unit,
        vec![(Rule::Difference, both)],
    );
    let lines = vec![total, top, left.written(Form::Difference)];
    let words = [
        "各人群目标之和与总盘目标",
        "the targets of the crowds added up, beside the top line",
    ];
    let path = vec![Name::Words(["Σ 人群", "Σ crowds"]), figure_name(cell)];
    Explanation::of(path, words, SOURCE, lines)
}

fn figure_name(cell: Cell) -> Name {
    Name::Words(known(cell.metric()).map_or(["", ""], |m| m.short))
}

// -- Double 11 ------------------------------------------------------------------------------------

/// A figure of a layer; `None` where the layer has none.
pub fn layer(double11: &Double11, at: usize, id: &'static str) -> Option<Explanation> {
    let now = double11.now.get(at)?;
    let metric = metric(id)?;
    let unit = metric.unit;
    let value = read(now, id)?;
    let own = Name::Figure(metric, Of::Layer(now.layer));
    let first = Line::told(own.clone(), value, unit, layer_ways(double11, now, id));
    let signed = id == "gmv.residual";
    let first = if signed {
        first.written(Form::Difference)
    } else {
        first
    };
    let mut lines = vec![first];
    let part = || Part::new(own.clone(), value, unit);
    let base = double11.baseline(at).and_then(|base| read(base, id));
    if let Some(base) = base.filter(|base| *base != value) {
        let base = Line::given(Name::Words(BASELINE), base, unit);
        let both = vec![part(), base.as_part()];
        let moved = Line::of(Name::Words(MOVED), unit, Rule::Difference, both);
        lines.extend([base, moved.written(Form::Difference)]);
    }
    let target = double11.target_of(at).and_then(|t| t.get(id));
    if let Some(target) = target {
        let target = Line::given(Name::Words(TARGET), target, unit);
        let both = vec![part(), target.as_part()];
        let done = Line::of(Name::Words(DONE), Unit::Ratio, Rule::Ratio, both);
        lines.extend([target, done]);
    }
    lines.extend(years(double11, now, id, unit));
    if id == "gmv.pool" {
        lines.extend(lacking(double11, now));
    }
    Some(Explanation {
        metric: Some(metric),
        ..Explanation::of(vec![own], metric.formula, SOURCE, lines).from(Source::Platform)
    })
}

fn read(row: &LayerYear, id: &str) -> Option<Value> {
    match id {
        "gmv.actual" => Some(row.counts.gmv),
        "gmv.residual" => Some(row.residual),
        _ => row.model.get(id),
    }
}

fn layer_ways(double11: &Double11, row: &LayerYear, id: &str) -> Vec<(Rule, Vec<Part>)> {
    let figure = |row: &LayerYear, id: &str| {
        let metric = metric(id)?;
        let name = Name::Figure(metric, Of::Layer(row.layer));
        Some(Part::new(name, read(row, id)?, metric.unit))
    };
    let own = |rule, ids: &[&str]| {
        let parts: Option<Vec<Part>> = ids.iter().map(|id| figure(row, id)).collect();
        parts.map(|p| (rule, p))
    };
    let count = |words: Words, value, unit| Part::new(Name::Words(words), value, unit);
    let (counts, people) = (&row.counts, Unit::People);
    let carts = count(["收藏加购人数", "cart people"], counts.cart_people, people);
    let moved = count(["收藏加购人数", "cart people"], row.model.carts, people);
    let payers = ["其中支付人数", "payers among them"];
    let payers = count(payers, counts.cart_buyers, people);
    let buyers = count(["支付人数", "paying people"], counts.buyers, people);
    let paid = count(["支付金额", "paid amount"], counts.gmv, Unit::Money);
    let pool = figure(row, "gmv.pool");
    let over_pool = |part: Part| pool.clone().map(|pool| (Rule::Ratio, vec![part, pool]));
    let mut ways = match id {
        "gmv.cart_rate" => vec![over_pool(carts), over_pool(moved)],
        "gmv.order_rate" => vec![
            Some((Rule::Ratio, vec![payers, carts])),
            weighted(double11, row, id, |l| l.carts),
        ],
        "gmv.direct_rate" => vec![weighted(double11, row, id, |l| l.pool)],
        "gmv.aov" => vec![
            Some((Rule::Ratio, vec![paid, buyers])),
            own(Rule::Ratio, &["gmv.gmv", "gmv.buyers"]),
        ],
        "gmv.buyers" => vec![
            own(
                Rule::Product,
                &["gmv.pool", "gmv.cart_rate", "gmv.order_rate"],
            ),
            own(
                Rule::Buyers,
                &[
                    "gmv.pool",
                    "gmv.cart_rate",
                    "gmv.order_rate",
                    "gmv.direct_rate",
                ],
            ),
            Some((Rule::Given, vec![payers])),
            Some((Rule::Given, vec![buyers])),
        ],
        "gmv.gmv" => vec![
            own(Rule::Product, &["gmv.buyers", "gmv.aov"]),
            figure(row, "gmv.buyers").map(|own| (Rule::Scaled, vec![paid.clone(), own, buyers])),
            Some((Rule::Given, vec![paid])),
        ],
        "gmv.residual" => vec![own(Rule::Difference, &["gmv.actual", "gmv.gmv"])],
        _ => Vec::new(),
    };
    if row.layer.is_none() {
        let each = double11.now.iter().filter(|l| l.layer.is_some());
        let parts: Option<Vec<Part>> = each.map(|l| figure(l, id)).collect();
        ways.insert(0, parts.map(|parts| (Rule::Sum, parts)));
    }
    ways.into_iter().flatten().collect()
}

/// A rate of all layers from that of each.
fn weighted(
    double11: &Double11,
    row: &LayerYear,
    id: &str,
    weight: fn(&Layer) -> Value,
) -> Option<(Rule, Vec<Part>)> {
    let metric = metric(id).filter(|_| row.layer.is_none())?;
    let each = double11.now.iter().filter(|l| l.layer.is_some());
    let parts = each.flat_map(|l| {
        let words = ["人数", "people"];
        let people = Part::new(Name::Words(words), weight(&l.model), Unit::People);
        let name = Name::Figure(metric, Of::Layer(l.layer));
        let rate = Part::new(name, l.model.get(id).unwrap_or(NONE), metric.unit);
        [people, rate]
    });
    Some((Rule::Weighted, parts.collect()))
}

/// The years before, and the change of GMV on each year before.
fn years(double11: &Double11, now: &LayerYear, id: &str, unit: Unit) -> Vec<Line> {
    let before = |n: usize| {
        let year = double11.years.get(n)?;
        let row = year.layers.iter().find(|l| l.layer == now.layer)?;
        let name = Name::On(["往年，至", "a year before, to"], year.day);
        Some(Line::given(name, read(row, id)?, unit))
    };
    let mut lines: Vec<Line> = [1, 2].into_iter().filter_map(before).collect();
    if id == "gmv.gmv" {
        let own = Part::new(
            Name::Words(["模型 GMV", "model GMV"]),
            now.model.gmv,
            Unit::Money,
        );
        let each: Vec<Part> = std::iter::once(own)
            .chain(lines.iter().map(Line::as_part))
            .collect();
        for pair in each.windows(2) {
            let name = Name::Words(["同比", "change on the year before"]);
            let line = Line::of(name, Unit::Ratio, Rule::Change, pair.to_vec());
            lines.push(line.written(Form::Change));
        }
    }
    lines
}

/// People that the layer alone lacks to reach the target.
fn lacking(double11: &Double11, now: &LayerYear) -> Option<Line> {
    let (_, value) = double11
        .required
        .iter()
        .find(|(state, _)| Some(*state) == now.layer)?;
    let all = double11.now.iter().find(|l| l.layer.is_none())?;
    let part = |words, value, unit| Part::new(Name::Words(words), value, unit);
    let model = &now.model;
    let parts = vec![
        part(TARGET, double11.target, Unit::Money),
        part(["模型 GMV", "model GMV"], all.model.gmv, Unit::Money),
        part(["加购率", "cart rate"], model.cart_rate, Unit::Ratio),
        part(["下单率", "order rate"], model.order_rate, Unit::Ratio),
        part(["客单价", "AOV"], model.aov, Unit::MoneyPerPerson),
        part(["直购率", "direct rate"], model.direct_rate, Unit::Ratio),
    ];
    let name = Name::Words(["仅此层需补", "pool lacking in this layer alone"]);
    let line = Line::told(name, *value, Unit::People, vec![(Rule::Lacking, parts)]);
    Some(line.written(Form::Difference))
}

/// How the event stands: target, model and completion, then what is due and what came in.
pub fn event(double11: &Double11) -> Vec<Explanation> {
    let money = |words, value| Line::given(Name::Words(words), value, Unit::Money);
    let target = money(["GMV 目标", "GMV target"], double11.target);
    let all = double11.now.iter().position(|l| l.layer.is_none());
    let model = all.and_then(|at| {
        let told = layer(double11, at, "gmv.gmv")?;
        told.lines.into_iter().next()
    });
    let ratio =
        |words, parts: Vec<Part>| Line::of(Name::Words(words), Unit::Ratio, Rule::Ratio, parts);
    let mut lines = vec![target.clone()];
    if let Some(model) = model {
        let done = ratio(DONE, vec![model.as_part(), target.as_part()]);
        lines.extend([model, done]);
    }
    if let Some(pace) = &double11.pace {
        let due = Name::Words(["应完成", "due by now"]);
        let due = Line::given(due, Value::known(pace.due), Unit::Ratio);
        let actual = money(["活动至今", "so far"], pace.actual);
        let by_now = Line::of(
            Name::Words(["至今应达", "target due by now"]),
            Unit::Money,
            Rule::Product,
            vec![target.as_part(), due.as_part()],
        );
        let paced = ["时间进度完成", "against pace"];
        let paced = ratio(paced, vec![actual.as_part(), by_now.as_part()]);
        let done = ["活动完成", "of target"];
        let done = ratio(done, vec![actual.as_part(), target.as_part()]);
        let projected = Line::told(
            Name::Words(["预计全程", "projected"]),
            pace.projected,
            Unit::Money,
            vec![(Rule::Ratio, vec![actual.as_part(), due.as_part()])],
        );
        lines.extend([due, by_now, paced, actual, done, projected]);
    }
    let each = lines.into_iter().map(|line| {
        let words = ["双 11 的目标与进度", "target and pace of Double 11"];
        let path = vec![line.name.clone()];
        Explanation::of(path, words, "§7 [own]", vec![line]).from(Source::Platform)
    });
    each.collect()
}

/// A wave of the event.
pub fn wave(double11: &Double11, at: usize) -> Option<Explanation> {
    let so_far = double11.waves.get(at)?;
    let money = |words, value| Line::given(Name::Words(words), value, Unit::Money);
    let actual = money(["至今 GMV", "GMV so far"], so_far.actual);
    let whole = money(["去年全程", "last year"], so_far.last_year);
    let same = ["去年同样天数", "as many days last year"];
    let same = money(same, so_far.last_year_so_far);
    let change = Line::of(
        Name::Words(["同期比", "against the same days"]),
        Unit::Ratio,
        Rule::Change,
        vec![actual.as_part(), same.as_part()],
    );
    let lines = vec![actual, whole, same, change.written(Form::Change)];
    let words = [
        "该波次各天的成交金额之和",
        "paid amount of the days of the wave",
    ];
    let path = vec![Name::Words(so_far.wave.name)];
    Some(Explanation::of(path, words, "§7 [own]", lines).from(Source::Platform))
}
