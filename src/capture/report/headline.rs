//! The first page: what moved most, which statements hold, and what changed its sign.
//!
//! Sentences are made from values and carry both numbers and the change. They say what is, by how
//! much, and since when; never why.

use super::TITLES;
use super::chapters::Story;
use super::desk::{Desk, Flip};
use super::recipe::{Claim, Was};
use super::section::{Block, Line, Tone};
use crate::app::Language;
use crate::board::Figure;
use crate::metrics::{Direction, Unit};
use crate::view::number::Number;
use crate::view::text;

/// Figures that may lead the review.
const LEADING: [&str; 9] = [
    "fast.f", "fast.a", "fast.s", "fast.t", "aipl.o", "aipl.a", "aipl.i", "aipl.p", "aipl.l",
];

/// Sentences about what moved.
const MOVES: usize = 4;

/// Sentences about targets.
const GAPS: usize = 3;

/// Changes of sign that are told one by one.
const FLIPS: usize = 12;

/// The blocks of the page.
pub(super) fn blocks(desk: &Desk, story: &Story) -> Vec<Block> {
    let was = story.was;
    let mut blocks = Vec::new();
    let mut part = |title: &str, lines: Vec<Line>| {
        if !lines.is_empty() {
            blocks.push(Block::Heading(title.to_owned()));
            blocks.push(Block::Lines(lines));
        }
    };
    part(
        desk.pick("本期结论", "Statements"),
        story.claims.iter().map(|c| claim(desk, c, was)).collect(),
    );
    part(desk.pick("变化最大", "What moved most"), moves(desk));
    part(desk.pick("离目标", "Against targets"), gaps(desk));
    part(desk.pick("变号", "Signs that changed"), flips(desk, story));
    blocks
}

// -- what moved -------------------------------------------------------------------------------

fn size(figure: &Figure) -> f64 {
    figure.change().get().map_or(0.0, f64::abs)
}

fn moves(desk: &Desk) -> Vec<Line> {
    let leading = LEADING.iter().filter_map(|id| {
        let figure = desk.brand.get(id, crate::board::Part::Whole)?;
        (desk.delta(figure).sign()? != 0 && figure.change().is_known()).then_some(figure)
    });
    let mut found: Vec<&Figure> = leading.collect();
    found.sort_by(|a, b| size(b).total_cmp(&size(a)));
    let compared = LEADING.iter().filter_map(|id| {
        let figure = desk.brand.get(id, crate::board::Part::Whole)?;
        figure.delta().is_known().then_some(())
    });
    if compared.count() == 0 {
        let day = desk.board.query.against;
        return vec![Line::quiet(match desk.l {
            Language::Zh => format!("没有 {day} 的可比数值，不作比较"),
            Language::En => format!("No figure has a value on {day} to compare with"),
        })];
    }
    if found.is_empty() {
        let text = desk.pick("FAST 与 AIPL 各项均无变化", "FAST and AIPL did not change");
        return vec![Line::new(text)];
    }
    let mut lines: Vec<Line> = found.iter().take(MOVES).map(|f| moved(desk, f)).collect();
    lines.push(Line::quiet(desk.pick(
        "FAST 各项与 AIPL 各层中，相对变化最大者在前",
        "Of FAST and the layers of AIPL, the largest relative change first",
    )));
    lines
}

/// `会员总量由 2026-11-08 的 1,200 升至 2026-11-15 的 1,234（+34，+2.83%）。`
fn moved(desk: &Desk, figure: &Figure) -> Line {
    let query = &desk.board.query;
    let delta = desk.delta(figure);
    let rises = delta.sign() == Some(1);
    let (name, from) = (
        desk.name(figure),
        desk.number(figure.against, figure.unit()),
    );
    let (from, to) = (from.exact(), desk.now(figure).exact());
    let by = by(desk, figure, delta);
    let (a, b) = (query.against, query.as_of);
    Line {
        text: match desk.l {
            Language::Zh => {
                let verb = if rises { "升至" } else { "降至" };
                format!("{name}由 {a} 的 {from} {verb} {b} 的 {to}（{by}）。")
            }
            Language::En => {
                let verb = if rises { "rose" } else { "fell" };
                format!("{name} {verb} from {from} on {a} to {to} on {b} ({by}).")
            }
        },
        tone: good(figure.metric.direction, rises),
        mark: delta.arrow().to_owned(),
    }
}

/// The change, absolute and relative.
fn by(desk: &Desk, figure: &Figure, delta: Number) -> String {
    if figure.unit() == Unit::Ratio {
        return delta.exact();
    }
    let relative = Number::change(figure.change(), desk.l).exact();
    format!("{}{}{relative}", delta.exact(), desk.pick("，", ", "))
}

fn good(direction: Direction, rises: bool) -> Tone {
    match (direction, rises) {
        (Direction::Neutral, _) => Tone::Plain,
        (Direction::Up, true) | (Direction::Down, false) => Tone::Good,
        _ => Tone::Bad,
    }
}

// -- targets ----------------------------------------------------------------------------------

fn gaps(desk: &Desk) -> Vec<Line> {
    let of_crowds = |f: &&Figure| f.metric.id.starts_with("crowd.");
    let done = |f: &Figure| f.completion().and_then(crate::metrics::Value::get);
    let mut found: Vec<(&Figure, f64)> = desk
        .figures()
        .filter(of_crowds)
        .filter_map(|f| Some((f, done(f)?)))
        .collect();
    if found.is_empty() {
        return Vec::new();
    }
    found.sort_by(|a, b| a.1.total_cmp(&b.1));
    let short = found.iter().filter(|(_, done)| *done < 1.0).count();
    let mut lines = vec![Line::new(match desk.l {
        Language::Zh => format!(
            "有目标的人群指标 {} 项，{short} 项未达标，{} 项达标。",
            found.len(),
            found.len() - short
        ),
        Language::En => format!(
            "{} crowd figures have a target; {short} are below it and {} have reached it.",
            found.len(),
            found.len() - short
        ),
    })];
    let mut told: Vec<&Figure> = Vec::new();
    for (figure, _) in found.iter().take(short) {
        if told.len() < GAPS && told.iter().all(|t| t.part != figure.part) {
            told.push(figure);
        }
    }
    let furthest = desk.pick("离目标最远", "Furthest below");
    lines.extend(told.iter().map(|f| missed(desk, f, furthest)));
    let moves = |f: &Figure| {
        let target = f.target.unwrap_or(f.now);
        let share = f.delta().over(target).get().map_or(0.0, f64::abs);
        (desk.delta(f).sign() != Some(0)).then_some(share)
    };
    let most = found.iter().filter(|(f, _)| !told.contains(f));
    let most = most.filter_map(|(f, _)| Some((*f, moves(f)?)));
    let most = most.max_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((figure, _)) = most.filter(|(_, share)| *share > 0.0) {
        let mark = desk.pick("差距变化最大", "Gap that moved most");
        lines.push(missed(desk, figure, mark));
    }
    lines
}

/// `Z世代 渗透率 20.00%，目标 25.00%，差距 −5.00 pp（完成 80.00%），较 2026-11-08 +0.20 pp。`
fn missed(desk: &Desk, figure: &Figure, mark: &str) -> Line {
    let (name, now) = (desk.name(figure), desk.now(figure).exact());
    let unit = figure.unit();
    let target = figure.target.map(|t| desk.number(t, unit).exact());
    let target = target.unwrap_or_default();
    let gap = desk.gap(figure);
    let sign = gap.and_then(|g| g.sign());
    let gap = gap.map_or(String::new(), |g| g.exact());
    let done = figure
        .completion()
        .map(|c| Number::of(c, Unit::Ratio, desk.l));
    let done = done.map_or(String::new(), |d| d.exact());
    let delta = desk.delta(figure);
    let day = desk.board.query.against;
    let since = match (delta.value.is_known(), desk.l) {
        (false, _) => String::new(),
        (true, Language::Zh) => format!("，较 {day} {}", delta.exact()),
        (true, Language::En) => format!(", {} since {day}", delta.exact()),
    };
    Line {
        text: match desk.l {
            Language::Zh => {
                format!("{name} {now}，目标 {target}，差距 {gap}（完成 {done}）{since}。")
            }
            Language::En => format!(
                "{name} is {now}, the target {target}: a gap of {gap} ({done} done){since}."
            ),
        },
        tone: match sign {
            Some(-1) => Tone::Bad,
            Some(1) => Tone::Good,
            _ => Tone::Plain,
        },
        mark: mark.to_owned(),
    }
}

// -- statements -------------------------------------------------------------------------------

/// Whether a statement holds now.
fn verdict(held: Option<bool>, then: Option<bool>) -> (Tone, [&'static str; 2]) {
    match (held, then) {
        (Some(true), Some(false)) => (Tone::Good, ["重新成立", "true again"]),
        (Some(true), _) => (Tone::Good, ["成立", "true"]),
        (Some(false), Some(false)) => (Tone::Warn, ["仍不成立", "still not true"]),
        (Some(false), _) => (Tone::Warn, ["不再成立", "no longer true"]),
        (None, _) => (Tone::Quiet, ["无法判断", "cannot be told"]),
    }
}

fn claim(desk: &Desk, claim: &Claim, was: Option<&Was>) -> Line {
    let statement = &claim.statement;
    let figure = statement.figure(desk.brand, desk.data);
    let number = statement
        .number(figure, desk.l)
        .currency(&desk.data.currency);
    let then = was.and_then(|w| w.statements.get(&statement.to_string()));
    let held = number.value.get().map(|x| statement.holds(x));
    let (tone, mark) = verdict(held, then.map(|t| t.holds));
    let value = match (number.value.why(), desk.l) {
        (Some(why), l) => text::why(l, why),
        (None, Language::Zh) => format!("现为 {}", number.exact()),
        (None, Language::En) => format!("now {}", number.exact()),
    };
    let before = then.zip(was).map(|(then, was)| {
        let (before, day) = (number.with(then.value).exact(), &was.as_of);
        match desk.l {
            Language::Zh => format!("，{day} 为 {before}"),
            Language::En => format!(", {before} on {day}"),
        }
    });
    let value = value + &before.unwrap_or_default();
    let text = match desk.l {
        Language::Zh => format!("{}（{statement}；{value}）", claim.text.trim()),
        Language::En => format!("{} ({statement}; {value})", claim.text.trim()),
    };
    Line {
        text,
        tone,
        mark: text::of(desk.l, &mark).to_owned(),
    }
}

// -- signs ------------------------------------------------------------------------------------

fn flips(desk: &Desk, story: &Story) -> Vec<Line> {
    let Some(was) = story.was else {
        return Vec::new();
    };
    let flipped = |figure: &&Figure| figure.metric.id != "flow" && story.tells(figure.metric);
    let each = desk.figures().filter(flipped).flat_map(|figure| {
        [Flip::Delta, Flip::Gap].map(|what| Some((figure, what, desk.before(figure, what)?)))
    });
    let found: Vec<(&Figure, Flip, Number)> = each.flatten().collect();
    let more = found.len().saturating_sub(FLIPS);
    let shown = found.iter().take(FLIPS);
    let mut lines: Vec<Line> = shown
        .map(|(figure, what, before)| flip(desk, figure, *what, before, &was.as_of))
        .collect();
    if more > 0 {
        lines.push(Line::quiet(match desk.l {
            Language::Zh => format!("另有 {more} 项，见各表标记"),
            Language::En => format!("{more} more are marked in the tables"),
        }));
    }
    lines
}

fn flip(desk: &Desk, figure: &Figure, what: Flip, before: &Number, day: &str) -> Line {
    let now = match what {
        Flip::Delta => Some(desk.delta(figure)),
        Flip::Gap => desk.gap(figure),
    };
    let now = now.map_or(String::new(), |n| n.exact());
    let what = match what {
        Flip::Delta => "Δ",
        Flip::Gap => desk.pick("差距", "gap"),
    };
    let (name, before) = (desk.name(figure), before.exact());
    Line {
        text: match desk.l {
            Language::Zh => format!("{name} {what}：上期（{day}）{before}，本期 {now}"),
            Language::En => format!("{name}, {what}: {before} on {day}, {now} now"),
        },
        tone: Tone::Warn,
        mark: text::of(desk.l, &TITLES.flipped).to_owned(),
    }
}
