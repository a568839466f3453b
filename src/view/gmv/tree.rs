//! The target tree: every target with what is there, what is planned, and where it comes from.

use super::{Bar, Bars, Pen, blank, words};
use crate::app::gmv::{self, Half, Spot, Told};
use crate::app::{Language, Pane, State};
use crate::board::{Solution, TargetTree};
use crate::metrics::target_tree::{Cell as Place, Finding, Plan, Rule};
use crate::metrics::{Unit, Value, Why};
use crate::view::levers;
use crate::view::table::{Cell, Change, Column, Mood, Row, Table};
use crate::view::text::{self, clean};

/// Crowds beyond which the table of crowds is left out: it does not scroll.
const MATRIX: usize = 64;

const NONE: Value = Value::Missing(Why::NotGiven);

/// Columns of the table of sums, as the factors follow each other.
const FACTORS: [Place; 7] = [
    Place::Population,
    Place::Penetration,
    Place::Consumers,
    Place::Conversion,
    Place::Buyers,
    Place::Aov,
    Place::Gmv,
];

/// What is left of GMV and consumers is the last to give way.
const RANKS: [u8; 7] = [3, 1, 0, 4, 2, 5, 0];

/// The target tree.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct TreeModel {
    /// Title of the panel.
    pub title: String,
    /// The scenario, and how crowds add up.
    pub side: String,
    /// The tree around the cursor.
    pub table: Table,
    /// Σ of the crowds, the top line, and what is left; columns as in `crowds`.
    pub sums: Table,
    /// The targets of every crowd, to stand above `sums` where there is room.
    pub crowds: Vec<Row>,
    /// GMV, then consumers of the crowds against their targets, for a large screen.
    pub bars: [Bars; 2],
    /// Title of what is left, for a low screen.
    pub residual: String,
    /// What is left of the sums, for a low screen.
    pub residuals: Vec<(String, Change)>,
    /// How the target under the cursor follows from the others; then the unknown.
    pub told: Vec<String>,
    /// Targets that do not follow from the others.
    pub findings: Vec<String>,
    /// What stands in for what, and what is missing.
    pub notes: Vec<String>,
}

/// Everything that rows are made from.
struct Source<'a> {
    state: &'a State,
    pen: Pen<'a>,
    tree: &'a TargetTree,
    told: Option<&'a Told>,
    /// The targets, with the unknown solved for.
    wanted: &'a Plan,
    scenario: bool,
}

pub(super) fn model(state: &State, pen: Pen, tree: &TargetTree) -> TreeModel {
    let told = state.gmv.told.as_deref();
    let unknown = told.and_then(|t| t.unknown.as_ref());
    let source = Source {
        state,
        pen,
        tree,
        told,
        wanted: unknown.map_or(&tree.wanted, |u| &u.plan),
        scenario: !state.scenario().is_empty(),
    };
    let crowds = 0..tree.crowds.len();
    TreeModel {
        title: pen.say("目标拆解", "Target tree").to_owned(),
        side: source.side(),
        table: source.table(),
        sums: source.sums(),
        crowds: match crowds.len() {
            0..=MATRIX => crowds.map(|k| source.matrix_row(k)).collect(),
            _ => Vec::new(),
        },
        bars: [Place::Gmv, Place::Consumers].map(|cell| source.bars(cell)),
        residual: pen.say("总盘 − Σ 人群", "top line − Σ crowds").to_owned(),
        residuals: source.residuals(),
        told: source.told(),
        findings: tree.findings.iter().map(|f| source.finding(*f)).collect(),
        notes: source.notes(),
    }
}

// -- the tree ---------------------------------------------------------------------------------

impl Source<'_> {
    fn side(&self) -> String {
        let n = self.tree.crowds.len();
        let crowds = match (self.pen.language, self.tree.given.exclusive) {
            (Language::Zh, true) => format!("{n} 个人群 · 互斥"),
            (Language::Zh, false) => format!("{n} 个人群 · 可能重叠"),
            (Language::En, true) => format!("{n} crowds · exclusive"),
            (Language::En, false) => format!("{n} crowds · may overlap"),
        };
        if self.scenario {
            format!("{} · {crowds}", levers::scenario(self.state))
        } else {
            crowds
        }
    }

    fn table(&self) -> Table {
        let rows = gmv::tree_rows(self.state);
        let focused = gmv::half(self.state) == Half::Tree;
        let mut cursor = self.state.cursors[Pane::Gmv as usize];
        if !focused {
            cursor.row = self.state.gmv.parked;
        }
        let range = Table::window(cursor, rows.len(), usize::from(self.state.size.1));
        let first = range.start;
        let shown = rows.get(range).unwrap_or(&[]).iter().enumerate();
        Table {
            columns: self.columns(),
            rows: shown
                .map(|(i, spot)| self.row(*spot, rows.get(first + i + 1)))
                .collect(),
            first,
            len: rows.len(),
            cursor: focused.then_some(cursor.row.min(rows.len().saturating_sub(1))),
            ..Table::default()
        }
    }

    fn columns(&self) -> Vec<Column> {
        let say = |zh, en| self.pen.say(zh, en);
        let mut columns = vec![
            Column::text(say("拆解", "Tree"), 0, (18, 40)),
            Column::mixed(say("目标", "target"), 0, (8, 16)),
            Column::text("", 5, (4, 8)),
            Column::mixed(say("当前", "current"), 2, (8, 16)),
        ];
        if self.scenario {
            columns.push(Column::mixed(say("基线", "baseline"), 4, (8, 16)));
        }
        let planned = if self.scenario {
            say("情景", "scenario")
        } else {
            say("计划", "plan")
        };
        columns.extend([
            Column::mixed(planned, 1, (8, 16)),
            Column::mixed(say("较目标", "vs target"), 1, (10, 16)),
            Column::graph("", say("完成", "done"), 3, (8, 18)),
        ]);
        columns
    }

    fn row(&self, spot: Spot, next: Option<&Spot>) -> Row {
        let Spot { crowd, cell } = spot;
        let id = cell.metric();
        let figure = |plan: &Plan| {
            let value = plan.line(crowd).map_or(NONE, |line| cell.of(line));
            Cell::Number(self.pen.figure(id, value))
        };
        let [gap, done] = self.tree.against(self.wanted, crowd, cell);
        let mut cells = vec![
            Cell::Text(self.label(spot, next)),
            figure(self.wanted),
            words(self.mark(spot)),
            figure(&self.tree.now),
        ];
        if self.scenario {
            cells.push(figure(&self.tree.plan.base));
        }
        cells.extend([
            figure(&self.tree.plan.now),
            self.pen.change_cell(id, gap),
            Cell::Bullet(self.pen.number(done, Unit::Ratio)),
        ]);
        Row {
            cells,
            focused: self.state.gmv.unknown == Some(spot),
        }
    }

    /// Where a target comes from.
    fn mark(&self, spot: Spot) -> &'static str {
        let line = self.wanted.line(spot.crowd);
        if self.state.gmv.unknown == Some(spot) {
            self.pen.say("求解", "solved")
        } else if self.tree.is_given(spot.crowd, spot.cell) {
            self.pen.say("给定", "given")
        } else if line.is_some_and(|line| spot.cell.of(line).is_known()) {
            self.pen.say("推算", "derived")
        } else {
            ""
        }
    }

    /// The name of a row with the branches that lead to it.
    fn label(&self, spot: Spot, next: Option<&Spot>) -> String {
        let name = self.pen.name(spot.cell.metric());
        let Some(k) = spot.crowd else {
            return format!("{}{name}", stem(spot.cell, self.tree.crowds.is_empty()));
        };
        let last = k + 1 == self.tree.crowds.len();
        if spot.cell == Place::Consumers {
            let branch = if last { '└' } else { '├' };
            let open = gmv::is_open(self.state, Half::Tree, k);
            let sign = if open { '−' } else { '+' };
            let stands_in = self.tree.plan.stand_ins.contains(&k);
            let star = if stands_in { " *" } else { "" };
            return format!("    {branch} {sign} {}{star}", self.crowd(k));
        }
        let trunk = if last { ' ' } else { '│' };
        let more = next.is_some_and(|n| n.crowd == Some(k) && n.cell != Place::Consumers);
        let branch = if more { '├' } else { '└' };
        format!("    {trunk}   {branch} {name}")
    }

    /// The name of a crowd of the tree.
    fn crowd(&self, k: usize) -> String {
        let data = self.state.dataset();
        let at = self.tree.crowds.get(k).copied();
        let crowd = data.zip(at).and_then(|(data, at)| data.crowds.get(at));
        let name = crowd.map_or("", |c| self.pen.say(&c.name_zh, &c.name_en));
        clean(name).into_owned()
    }
}

/// The branches that lead to a cell of the top line.
fn stem(cell: Place, alone: bool) -> &'static str {
    match cell {
        Place::Gmv => "",
        Place::Aov => "├ ",
        Place::Buyers => "└ ",
        Place::Conversion => "  ├ ",
        Place::Consumers => "  └ ",
        Place::Penetration if alone => "    └ ",
        Place::Population | Place::Penetration => "    ├ ",
    }
}

// -- sums -------------------------------------------------------------------------------------

impl Source<'_> {
    fn sums(&self) -> Table {
        let (plan, pen) = (self.wanted, &self.pen);
        let (sum, residual) = (plan.sum(), plan.residual());
        let figure = |cell: Place, value| Cell::Number(pen.figure(cell.metric(), value));
        let rows = vec![
            sum_row(pen.say("Σ 人群", "Σ crowds"), |c| figure(c, c.of(&sum))),
            sum_row(pen.say("总盘目标", "Top line"), |c| {
                figure(c, c.of(&plan.top))
            }),
            sum_row(pen.say("残差", "Residual"), |c| {
                Cell::Change(self.left(c, c.of(&residual)))
            }),
        ];
        let mut columns = vec![Column::text(pen.say("目标", "Targets"), 0, (8, 26))];
        let each = FACTORS.into_iter().zip(RANKS);
        columns.extend(each.map(|(c, rank)| Column::mixed(pen.name(c.metric()), rank, (10, 16))));
        Table {
            columns,
            len: rows.len(),
            rows,
            ..Table::default()
        }
    }

    /// What is left of a sum; neither good nor bad.
    fn left(&self, cell: Place, value: Value) -> Change {
        Change {
            mood: Mood::Plain,
            ..self.pen.difference(cell.metric(), value)
        }
    }

    fn bars(&self, cell: Place) -> Bars {
        let (l, id) = (self.pen.language, cell.metric());
        let name = self.pen.name(id);
        let title = match l {
            Language::Zh => format!(
                "各人群{}{name} 与目标",
                if cell == Place::Gmv { " " } else { "" }
            ),
            Language::En => format!("{name} of the crowds against target"),
        };
        let crowds = (0..self.tree.crowds.len()).take(MATRIX);
        Bars::new(
            &title,
            crowds.map(|k| {
                let value = |plan: &Plan| plan.line(Some(k)).map_or(NONE, |line| cell.of(line));
                let [_, done] = self.tree.against(self.wanted, Some(k), cell);
                Bar {
                    name: self.crowd(k),
                    value: self.pen.figure(id, value(&self.tree.plan.now)),
                    target: self.pen.figure(id, value(self.wanted)),
                    done: self.pen.number(done, Unit::Ratio),
                }
            }),
        )
    }

    fn matrix_row(&self, k: usize) -> Row {
        let line = self.wanted.line(Some(k));
        sum_row(&self.crowd(k), |cell| {
            line.map_or_else(blank, |line| {
                Cell::Number(self.pen.figure(cell.metric(), cell.of(line)))
            })
        })
    }

    fn residuals(&self) -> Vec<(String, Change)> {
        let left = self.wanted.residual();
        let cells = [
            Place::Gmv,
            Place::Consumers,
            Place::Buyers,
            Place::Penetration,
        ];
        let each = cells.into_iter();
        each.map(|cell| {
            let name = self.pen.name(cell.metric()).to_owned();
            (name, self.left(cell, cell.of(&left)))
        })
        .collect()
    }
}

fn sum_row(name: &str, cell: impl Fn(Place) -> Cell) -> Row {
    let mut cells = vec![words(name)];
    cells.extend(FACTORS.into_iter().map(cell));
    Row {
        cells,
        focused: false,
    }
}

// -- words ------------------------------------------------------------------------------------

impl Source<'_> {
    fn told(&self) -> Vec<String> {
        let (cursor, unknown) = match self.told {
            Some(told) => (told.cursor.as_ref(), told.unknown.as_ref()),
            None => (None, None),
        };
        let other = |u: &&Solution| cursor.is_none_or(|c| spot(c) != spot(u));
        let unknown = unknown.filter(other).map(|s| self.how(s));
        cursor
            .map(|s| self.how(s))
            .into_iter()
            .chain(unknown)
            .collect()
    }

    /// How a target follows from the others.
    fn how(&self, s: &Solution) -> String {
        let pen = &self.pen;
        let id = s.cell.metric();
        let value = |v: Value| pen.figure(id, v).exact();
        let formula = s.rule.map(|rule| {
            let apart = self.apart(s);
            format!("{} = {}{apart}", self.rule(s, rule), value(s.value))
        });
        let given = value(s.given);
        let solving = self.state.gmv.unknown == Some(spot(s));
        let words = match (formula, s.given.is_known(), pen.language) {
            (Some(f), true, Language::Zh) if solving => format!("求解 {f}；给定 {given}，Esc 还原"),
            (Some(f), true, Language::En) if solving => {
                format!("solved {f}; given {given}, Esc gives it back")
            }
            (Some(f), true, Language::Zh) => format!("给定 {given}；由其余目标 {f}"),
            (Some(f), true, Language::En) => format!("given {given}; by the others {f}"),
            (Some(f), false, _) => format!("{} {f}", pen.say("推算", "derived")),
            (None, true, Language::Zh) => format!("给定 {given}；其余目标推不出"),
            (None, true, Language::En) => {
                format!("given {given}; it does not follow from the others")
            }
            (None, false, _) => pen
                .say("没有目标，也推不出", "no target, and none follows")
                .to_owned(),
        };
        let place = s
            .crowd
            .map_or_else(String::new, |k| format!("{} · ", self.crowd(k)));
        format!("{place}{}{}{words}", pen.name(id), pen.say("：", ": "))
    }

    /// How far a target that was given is from what follows; empty where they agree.
    fn apart(&self, s: &Solution) -> String {
        let apart = self.pen.difference(s.cell.metric(), s.value.minus(s.given));
        match apart.number.sign() {
            Some(0) | None => String::new(),
            Some(_) => format!(" ({} {})", apart.number.exact(), apart.number.arrow()),
        }
    }

    /// From what a target follows, with the numbers.
    fn rule(&self, s: &Solution, rule: Rule) -> String {
        let line = s.plan.line(s.crowd);
        let figure = |cell: Place, value: Value| self.pen.figure(cell.metric(), value).exact();
        let part = |cell: Place| {
            let value = line.map_or(NONE, |line| cell.of(line));
            format!("{} {}", self.pen.name(cell.metric()), figure(cell, value))
        };
        match rule {
            Rule::Product(a, b) => format!("{} × {}", part(a), part(b)),
            Rule::Quotient(a, b) => format!("{} ÷ {}", part(a), part(b)),
            Rule::Sum => self.pen.say("Σ 人群", "Σ crowds").to_owned(),
            Rule::Shared => self.pen.say("同总盘", "as the top line").to_owned(),
            Rule::Rest => format!(
                "{} {} − Σ {}",
                self.pen.say("总盘", "top line"),
                figure(s.cell, s.cell.of(&s.plan.top)),
                self.pen.say("其余人群", "other crowds"),
            ),
        }
    }

    /// A target that does not follow from the others, in words.
    fn finding(&self, finding: Finding) -> String {
        let l = self.pen.language;
        let people = |x: f64| self.pen.number(Value::known(x), Unit::People).exact();
        let rate = |x: f64| self.pen.number(Value::known(x), Unit::Ratio).exact();
        match finding {
            Finding::Consumption { printed, buyers } => {
                consumption(l, &people(printed), &people(buyers))
            }
            Finding::Penetration {
                printed,
                weighted,
                mean,
            } => penetration(l, [printed, weighted, mean].map(rate)),
            Finding::Consumers { printed, sum } => {
                let (printed, sum) = (people(printed), people(sum));
                match l {
                    Language::Zh => format!("消费者总量目标 {printed} ≠ Σ 人群 = {sum}"),
                    Language::En => format!("printed consumers {printed} are not Σ crowds = {sum}"),
                }
            }
            Finding::CrowdPenetration {
                crowd,
                printed,
                derived,
            } => {
                let (name, [printed, derived]) = (self.crowd(crowd), [printed, derived].map(rate));
                match l {
                    Language::Zh => {
                        format!("{name}：渗透率目标 {printed} ≠ 消费者 ÷ 量级 = {derived}")
                    }
                    Language::En => format!(
                        "{name}: printed penetration {printed} is not consumers ÷ population = {derived}"
                    ),
                }
            }
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let stand_ins = self.tree.plan.stand_ins.len();
        if stand_ins > 0 {
            notes.push(match self.pen.language {
                Language::Zh => format!("* {stand_ins} 个人群没有当前值，计划以目标代替"),
                Language::En => {
                    format!("* {stand_ins} crowds without current figures: their targets stand in")
                }
            });
        }
        if !self.tree.given.exclusive {
            notes.push(format!(
                "— Σ {}",
                text::why(self.pen.language, Why::Overlap)
            ));
        }
        notes.extend(self.missing());
        notes
    }

    /// Why the current figure under the cursor is missing.
    fn missing(&self) -> Option<String> {
        let Spot { crowd, cell } = gmv::spot(self.state)?;
        let why = cell.of(self.tree.now.line(crowd)?).why()?;
        let why = text::why(self.pen.language, why);
        Some(format!("— {}{why}", self.pen.say("当前：", "current: ")))
    }
}

fn spot(s: &Solution) -> Spot {
    Spot {
        crowd: s.crowd,
        cell: s.cell,
    }
}

fn consumption(l: Language, printed: &str, buyers: &str) -> String {
    match l {
        Language::Zh => {
            format!("消费总量目标 {printed} ≠ GMV ÷ 客单价 = {buyers}；不进入任何公式")
        }
        Language::En => format!(
            "printed consumption {printed} is not GMV ÷ AOV = {buyers}; it enters no formula"
        ),
    }
}

fn penetration(l: Language, [printed, weighted, mean]: [String; 3]) -> String {
    match l {
        Language::Zh => {
            format!("渗透率目标 {printed} ≠ Σ 消费者 ÷ Σ 量级 = {weighted}（简单平均 {mean}）")
        }
        Language::En => format!(
            "printed penetration {printed} is not Σ consumers ÷ Σ population = {weighted} (plain mean {mean})"
        ),
    }
}
