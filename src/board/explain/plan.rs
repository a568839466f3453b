//! Scenarios beside the baseline, and why GMV is where it is: steps, levers, the heat map.

use super::figure::lever_way;
use super::{
    BASELINE, Explanation, Form, GAP, Line, MOVED, MOVED_BY, Name, Part, Rule, TARGET, Words,
    compared, measured,
};
use crate::board::why::{Gap, Heat, Key, Made, Sensitivity, Step};
use crate::board::{KeyFigures, Outcome, Part as Of};
use crate::metrics::{Unit, Value};
use crate::scenario::compare::{Family, Piece};
use crate::scenario::{Change, Item, Knob, Operator, Scenario};

/// A scenario that is compared: its name, what it changes, what it comes to.
pub type Contender<'a> = (&'a str, &'a Scenario, &'a Outcome);

/// A key figure: without a scenario, or under one.
pub fn key(
    keys: &KeyFigures,
    at: usize,
    crowd: &str,
    contender: Option<Contender<'_>>,
) -> Option<Explanation> {
    let row = keys.rows.get(at)?;
    let unit = row.metric.unit;
    let own = Name::Figure(row.metric, row.part);
    let base = || Part::new(Name::Words(BASELINE), row.baseline, unit);
    let values: Vec<Value> = match contender {
        Some((_, _, outcome)) => outcome.values.clone(),
        None => keys.rows.iter().map(|r| r.baseline).collect(),
    };
    let value = values.get(at).copied().unwrap_or(row.baseline);
    let mut ways = siblings(keys, &values, at);
    if let Some((_, scenario, _)) = contender {
        ways.extend(lever_way(scenario, row.metric.id, crowd, base()));
    }
    let first = Line::told(own.clone(), value, unit, ways);
    let now = first.as_part();
    let mut lines = vec![first];
    let mut path = Vec::new();
    match contender {
        Some((name, ..)) => {
            path.push(Name::Of(["情景", "scenario"], name.to_owned()));
            lines.push(Line::given(Name::Words(BASELINE), row.baseline, unit));
            lines.extend(compared(MOVED, MOVED_BY, &now, &base()));
        }
        None => path.push(Name::Words(BASELINE)),
    }
    if let Some(target) = row.target {
        let target = Line::given(Name::Words(TARGET), target, unit);
        let measured = measured(&now, &target.as_part());
        lines.push(target);
        lines.extend(measured);
    }
    path.push(own);
    Some(Explanation {
        metric: Some(row.metric),
        ..Explanation::of(path, row.metric.formula, row.metric.source, lines)
    })
}

/// What other rows of the same column could give a row.
fn siblings(keys: &KeyFigures, values: &[Value], at: usize) -> Vec<(Rule, Vec<Part>)> {
    let Some(row) = keys.rows.get(at) else {
        return Vec::new();
    };
    let parts = |ids: &[&str]| -> Option<Vec<Part>> {
        let each = ids.iter().map(|id| {
            let of = |r: &crate::board::KeyFigure| r.metric.id == *id && r.part == row.part;
            let place = keys.rows.iter().position(of)?;
            let found = keys.rows.get(place)?;
            let name = Name::Figure(found.metric, found.part);
            Some(Part::new(name, *values.get(place)?, found.metric.unit))
        });
        each.collect()
    };
    let way = |rule, ids: &[&str]| parts(ids).map(|p| (rule, p));
    let found = match (row.metric.id, row.part) {
        ("fast.t", _) => vec![way(Rule::Ratio, &["fast.active_members", "fast.s"])],
        ("fast.active_members", _) => vec![way(Rule::Product, &["fast.s", "fast.t"])],
        ("crowd.penetration", _) => vec![
            way(Rule::Ratio, &["crowd.consumers", "crowd.population"]),
            way(Rule::Ratio, &["crowd.buyers", "crowd.population"]),
        ],
        ("crowd.conversion", _) => vec![way(Rule::Ratio, &["crowd.buyers", "crowd.consumers"])],
        ("crowd.aov", _) => vec![way(Rule::Ratio, &["crowd.gmv", "crowd.buyers"])],
        ("crowd.gmv", Of::Crowd(_)) => vec![way(Rule::Product, &["crowd.buyers", "crowd.aov"])],
        _ => Vec::new(),
    };
    found.into_iter().flatten().collect()
}

/// What a scenario does with a lever: the new value, what is added, or the relative change.
pub fn turned(name: &str, change: &Change, rest: Value) -> Explanation {
    let unit = change.lever.unit;
    let value = Value::known(change.operand);
    let own = Name::Lever(change.lever, change.item.clone());
    let first = match change.operator {
        Operator::Set => Line::given(own.clone(), value, unit),
        Operator::Add => Line::given(own.clone(), value, unit).written(Form::Difference),
        Operator::Multiply => {
            let words = Name::Words(["倍数", "factor"]);
            let factor = Part::new(words, value, Unit::Ratio).written(Form::Factor);
            let one = Part::new(
                Name::Words(["不变", "unchanged"]),
                Value::Known(1.0),
                Unit::Ratio,
            );
            let parts = vec![factor, one.written(Form::Factor)];
            let line = Line::of(own.clone(), Unit::Ratio, Rule::Difference, parts);
            line.written(Form::Change)
        }
    };
    let path = vec![Name::Of(["情景", "scenario"], name.to_owned()), own];
    let mut lines = vec![first];
    if rest.is_known() {
        lines.push(Line::given(Name::Words(BASELINE), rest, unit));
    }
    Explanation::of(path, change.lever.help, "", lines)
}

// -- why ------------------------------------------------------------------------------------------

/// A step of the waterfall: Σ of the pieces of its items or factors.
pub fn step(gap: &Gap, step: &Step, opened: Option<&Key>) -> Explanation {
    let name = key_name(gap, &step.key);
    let pieces = gap.waterfall.pieces.iter().filter(|p| {
        let factor = |key: &Key| match key {
            Key::Factor(id) => p.factor == Some(*id),
            Key::Whole => p.factor.is_none(),
            Key::Item(id) => p.item == *id,
            Key::Rest => false,
        };
        factor(&step.key) && opened.is_none_or(factor)
    });
    let parts: Vec<Part> = pieces
        .map(|p| {
            let amount = Value::known(p.amount);
            Part::new(piece_name(p), amount, Unit::Money).written(Form::Difference)
        })
        .collect();
    let amount = Value::known(step.amount);
    let ways = match step.key {
        Key::Rest => vec![(Rule::Difference, rest_parts(gap))],
        _ => vec![(Rule::Sum, parts)],
    };
    let own = Line::told(name.clone(), amount, Unit::Money, ways).written(Form::Difference);
    let mut lines = vec![own.clone()];
    let total = total(gap);
    let share = Name::Words(["占差距", "share of the gap"]);
    let both = vec![own.as_part(), total.as_part()];
    lines.push(total);
    lines.push(Line::of(share, Unit::Ratio, Rule::Ratio, both));
    let words = [
        "该因素对 GMV 差距的贡献：按所选方法分摊，各项相加等于差距；看板上的金额按分取整并保证相加无误",
        "what it contributes to the difference of GMV, by the chosen method; all add up to it, and the \
         cents that the pane shows add up too",
    ];
    Explanation::of(vec![name], words, "§7 §11 [own]", lines).from(gap.source)
}

/// A factor of an item.
fn piece_name(piece: &Piece) -> Name {
    match piece.factor.map(crate::scenario::lever) {
        Some(Some(lever)) => Name::Lever(lever, Item::One(piece.item.clone())),
        Some(None) => Name::Of(DIRECT, piece.item.to_uppercase()),
        None => Name::Of(WHOLE, piece.item.clone()),
    }
}

const DIRECT: Words = ["直接购买率", "direct rate"];
const WHOLE: Words = ["未拆分", "not split"];

fn key_name(gap: &Gap, key: &Key) -> Name {
    match key {
        Key::Factor(id) => match crate::scenario::lever(id) {
            Some(lever) => Name::Lever(lever, Item::All),
            None => Name::Words(DIRECT),
        },
        Key::Whole => Name::Words(WHOLE),
        Key::Item(id) => item_name(gap.family, id),
        Key::Rest => Name::Words(["残差", "residual"]),
    }
}

/// A crowd or a layer by its id.
fn item_name(family: Family, id: &str) -> Name {
    let any = match family {
        Family::Crowds => "crowd.penetration",
        Family::Layers => "gmv.pool",
    };
    Name::Item(any, id.to_owned())
}

fn ends(gap: &Gap) -> [Line; 2] {
    let line = |words, value| Line::given(Name::Words(words), value, Unit::Money);
    [
        line(["起点 GMV", "GMV at the start"], gap.waterfall.from),
        line(["终点 GMV", "GMV at the end"], gap.waterfall.to),
    ]
}

fn total(gap: &Gap) -> Line {
    let [from, to] = ends(gap);
    let parts = vec![to.as_part(), from.as_part()];
    let name = Name::Words(GAP);
    Line::of(name, Unit::Money, Rule::Difference, parts).written(Form::Difference)
}

fn rest_parts(gap: &Gap) -> Vec<Part> {
    let explained: f64 = gap.waterfall.pieces.iter().map(|p| p.amount).sum();
    let words = Name::Words(["Σ 各项", "Σ of the pieces"]);
    let explained = Part::new(words, Value::known(explained), Unit::Money);
    vec![total(gap).as_part(), explained.written(Form::Difference)]
}

/// Both ends of a waterfall, and the difference.
pub fn gap(gap: &Gap) -> [Explanation; 3] {
    let [from, to] = ends(gap);
    let total = total(gap);
    let share = Name::Words(["变化率", "relative change"]);
    let both = vec![to.as_part(), from.as_part()];
    let share = Line::of(share, Unit::Ratio, Rule::Change, both).written(Form::Change);
    let pieces: Vec<Part> = gap
        .waterfall
        .pieces
        .iter()
        .map(|p| {
            let amount = Value::known(p.amount);
            Part::new(piece_name(p), amount, Unit::Money).written(Form::Difference)
        })
        .collect();
    let explained = Line::of(
        Name::Words(["Σ 各项", "Σ of the pieces"]),
        Unit::Money,
        Rule::Sum,
        pieces,
    );
    let words = ["GMV 差距的两端", "both ends of the difference of GMV"];
    let one = |lines: Vec<Line>| {
        let path = lines.iter().take(1).map(|l| l.name.clone()).collect();
        Explanation::of(path, words, "§7 [own]", lines).from(gap.source)
    };
    [
        one(vec![from]),
        one(vec![to]),
        one(vec![total, share, explained.written(Form::Difference)]),
    ]
}

/// GMV as the sum of its items; given where their sum is another number.
fn made(family: Family, words: Words, value: Value, made: Option<&Made>) -> Line {
    let item =
        |(id, value): &(String, Value)| Part::new(item_name(family, id), *value, Unit::Money);
    let items = made.map(|m| m.items.iter().map(item).collect());
    let ways = items.map(|items| (Rule::Sum, items)).into_iter().collect();
    Line::told(Name::Words(words), value, Unit::Money, ways)
}

/// A lever of the tornado: what a step down and a step up do; `ends` is what GMV is made of then.
pub fn turn(found: &Sensitivity, at: usize, ends: &[Option<Made>; 2]) -> Option<Explanation> {
    let bar = found.bars.get(at)?;
    let then = [
        ["减一步后的 GMV", "GMV after a step down"],
        ["加一步后的 GMV", "GMV after a step up"],
    ];
    let now = Part::new(
        Name::Words(["情景下 GMV", "GMV under the scenario"]),
        found.now,
        Unit::Money,
    );
    let end = |i: usize| {
        let end: Option<&Made> = ends[i].as_ref();
        end.map(|e| made(found.family, then[i], e.value, Some(e)))
    };
    let [down, up] = [end(0), end(1)];
    let moved = |words, x, end: &Option<Line>| {
        let ways = end
            .iter()
            .map(|e| (Rule::Difference, vec![e.as_part(), now.clone()]));
        let line = Line::told(
            Name::Words(words),
            Value::known(x),
            Unit::Money,
            ways.collect(),
        );
        line.written(Form::Difference)
    };
    let knob = &bar.knob;
    let mut lines = vec![
        moved(["加一步", "a step up"], bar.up, &up),
        moved(["减一步", "a step down"], bar.down, &down),
    ];
    lines.extend([up, down].into_iter().flatten());
    lines.extend(step_of(knob));
    lines.extend(goal(found.now, found.goal));
    let path = vec![knob_name(knob)];
    let words = [
        "杠杆动一步，其余不变，GMV 的变化（整个模型重算）",
        "how GMV changes when the lever moves a step and nothing else does; the model is computed anew",
    ];
    Some(Explanation::of(path, words, "§11 [own]", lines).from(found.source))
}

fn knob_name(knob: &Knob) -> Name {
    Name::Lever(knob.lever, knob.item.clone())
}

/// One step of a lever, and its value before and after it.
fn step_of(knob: &Knob) -> Vec<Line> {
    let unit = knob.lever.unit;
    let name = Name::Words(["一步", "one step"]);
    let size = Line::given(name, Value::known(knob.step), unit);
    match knob.operator {
        Operator::Multiply => vec![size.written(Form::Change)],
        Operator::Add => vec![size.written(Form::Difference)],
        Operator::Set => {
            let (low, high) = knob.bounds;
            let place = |words, n: f64| {
                let at = (knob.rest + n * knob.step).clamp(low, high);
                Line::given(Name::Words(words), Value::known(at), unit)
            };
            vec![
                size.written(Form::Difference),
                place(["减一步后", "after a step down"], -1.0),
                place(["现在", "now"], 0.0),
                place(["加一步后", "after a step up"], 1.0),
            ]
        }
    }
}

/// GMV, its target, and the way to it.
fn goal(now: Value, goal: Value) -> Vec<Line> {
    let line = |words, value| Line::given(Name::Words(words), value, Unit::Money);
    let now = line(["情景下 GMV", "GMV under the scenario"], now);
    if !goal.is_known() {
        return vec![now];
    }
    let goal = line(TARGET, goal);
    let [gap, done] = measured(&now.as_part(), &goal.as_part());
    vec![now, goal, gap, done]
}

/// A cell of the heat map, and what GMV is made of there.
pub fn cell(heat: &Heat, [x, y]: [usize; 2], of: Option<&Made>) -> Option<Explanation> {
    let value = *heat.values.get(y)?.get(x)?;
    let [ax, ay] = &heat.axes;
    let own = ["GMV", "GMV"];
    let first = made(heat.family, own, value, of);
    let place = |knob: &Knob, at: f64| {
        let line = Line::given(knob_name(knob), Value::known(at), knob.lever.unit);
        match knob.operator {
            Operator::Set => line,
            Operator::Add => line.written(Form::Difference),
            Operator::Multiply => line.written(Form::Factor),
        }
    };
    let mut lines = vec![first];
    lines.extend([
        place(&ax.knob, *ax.places.get(x)?),
        place(&ay.knob, *ay.places.get(y)?),
    ]);
    if let Some(now) = lines.first().map(Line::as_part)
        && heat.goal.is_known()
    {
        let goal = Line::given(Name::Words(TARGET), heat.goal, Unit::Money);
        let measured = measured(&now, &goal.as_part());
        lines.push(goal);
        lines.extend(measured);
    }
    for (axis, needed) in heat.axes.iter().zip(heat.needed) {
        let at = place(&axis.knob, axis.at);
        let here = Name::Of(["现在", "now"], String::new());
        lines.push(Line { name: here, ..at });
        if let Some(needed) = needed {
            let line = place(&axis.knob, needed);
            let name = Name::Words(["只动它达标的位置", "where it alone reaches the target"]);
            lines.push(Line { name, ..line });
        }
    }
    let words = [
        "两个杠杆取此处的值、其余按情景时的 GMV（整个模型重算）",
        "GMV with both levers here and everything else as the scenario has it; the model is computed anew",
    ];
    let at = |line: Option<&Line>| line.map(|l| Name::At(Box::new(l.as_part())));
    let places = [at(lines.get(1)), at(lines.get(2))];
    let path = std::iter::once(Name::Words(own))
        .chain(places.into_iter().flatten())
        .collect();
    Some(Explanation::of(path, words, "§11 [own]", lines))
}
