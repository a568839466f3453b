//! Names and formulas in words.

use crate::app::{Language, State};
use crate::board::Part as Of;
use crate::board::explain::{Explanation, Form, Line, Name, Part, Rule};
use crate::facts::{CrowdKey, Dataset};
use crate::metrics::{Unit, Value};
use crate::scenario::{Item, Items};
use crate::view::levers;
use crate::view::number::Number;
use crate::view::text::{self, clean, pick};

/// Parts beyond which a formula tells how many there are.
const MANY: usize = 12;

/// Puts explanations into a language.
pub(super) struct Speaker<'a> {
    pub(super) state: &'a State,
    pub(super) language: Language,
    pub(super) data: Option<&'a Dataset>,
}

impl<'a> Speaker<'a> {
    pub(super) fn of(state: &'a State) -> Self {
        Self {
            state,
            language: state.language,
            data: state.dataset(),
        }
    }

    pub(super) fn say<'t>(&self, zh: &'t str, en: &'t str) -> &'t str {
        pick(self.language, zh, en)
    }

    pub(super) fn number(&self, value: Value, unit: Unit, form: Form) -> Number {
        let l = self.language;
        let currency = self.data.map_or("", |d| d.currency.as_str());
        match form {
            Form::Plain => Number::of(value, unit, l).currency(currency),
            Form::Difference => Number::difference(value, unit, l).currency(currency),
            Form::Change => Number::change(value, l),
            Form::Factor => Number::change(value.minus(Value::Known(1.0)), l),
        }
    }

    pub(super) fn path(&self, path: &[Name]) -> String {
        let names: Vec<String> = path.iter().map(|n| self.name(n)).collect();
        names.join(" · ")
    }

    /// The name of what is explained, in both languages.
    pub(super) fn title(&self, explanation: &Explanation) -> String {
        let own = self.path(&explanation.path);
        let Some(metric) = explanation.metric else {
            return own;
        };
        let [zh, en] = metric.name;
        let (first, second) = match self.language {
            Language::Zh => (zh, en),
            Language::En => (en, zh),
        };
        let part = explanation.figure.as_ref().map_or(Of::Whole, |f| f.part);
        let place = self.place(part);
        let names = if first == second {
            first.to_owned()
        } else {
            format!("{first} · {second}")
        };
        if place.is_empty() {
            names
        } else {
            format!("{place} · {names}")
        }
    }

    pub(super) fn name(&self, name: &Name) -> String {
        let l = self.language;
        match name {
            Name::Words(words) => text::of(l, words).to_owned(),
            Name::Figure(metric, Of::Flow(from, to)) if metric.id == "flow" => {
                self.name(&Name::Flow(*from, *to))
            }
            Name::Figure(metric, part) => {
                let place = self.place(*part);
                let short = text::short(l, metric);
                format!("{place} {short}").trim().to_owned()
            }
            Name::Crowd(key) => self.crowd(*key),
            Name::Layer(layer) => self.place(Of::Layer(*layer)),
            Name::On(words, day) => format!("{} {day}", text::of(l, words)),
            Name::Of(words, more) => {
                let words = text::of(l, words);
                format!("{words} {}", clean(more)).trim().to_owned()
            }
            Name::Lever(lever, item) => {
                let name = levers::lever_name(l, lever);
                match lever.items {
                    Items::Whole => name.to_owned(),
                    _ => format!("{} {name}", levers::heading(self.state, lever, item)),
                }
            }
            Name::Item(lever, id) => {
                let item = Item::One(id.clone());
                let found = crate::scenario::lever(lever);
                found.map_or_else(String::new, |f| levers::heading(self.state, f, &item))
            }
            Name::Flow(from, to) => {
                format!("{}→{}", from.id().to_uppercase(), to.id().to_uppercase())
            }
        }
    }

    fn crowd(&self, key: CrowdKey) -> String {
        match key {
            CrowdKey::Crowd(k) => {
                let crowd = self.data.and_then(|d| d.crowds.get(k as usize));
                let name = crowd.map_or("", |c| self.say(&c.name_zh, &c.name_en));
                clean(name).into_owned()
            }
            CrowdKey::All => self.say("合计", "All crowds").to_owned(),
            CrowdKey::Brand => String::new(),
        }
    }

    /// The part of the brand in words; empty for the whole.
    fn place(&self, part: Of) -> String {
        let l = self.language;
        match part {
            Of::Whole => String::new(),
            Of::Flow(from, to) => self.name(&Name::Flow(from, to)),
            Of::Crowd(key) => self.crowd(key),
            Of::Role(role) => text::role(l, role).to_owned(),
            Of::Field(field) => text::field(l, field).to_owned(),
            Of::Layer(None) => self.say("Σ 全部层级", "Σ all layers").to_owned(),
            Of::Layer(Some(state)) => {
                format!("{} {}", state.id().to_uppercase(), text::state(l, state))
            }
        }
    }

    /// A part with its name.
    fn part(&self, part: &Part, line: &Line) -> String {
        let number = super::written(self, part);
        if super::is_own(&part.name, line) {
            return number;
        }
        format!("{} {number}", self.name(&part.name))
    }

    /// The formula with the values put in.
    pub(super) fn formula(&self, line: &Line) -> String {
        let value = self.number(line.value, line.unit, line.form).exact();
        if line.rule == Rule::Given {
            return self.given(line, &value);
        }
        let parts: Vec<String> = line.parts.iter().map(|p| self.part(p, line)).collect();
        format!("{} = {value}", self.joined(&line.rule, &parts))
    }

    /// The same without names, for what is measured from a number that stands above.
    pub(super) fn bare(&self, line: &Line) -> String {
        let value = self.number(line.value, line.unit, line.form).exact();
        let parts = line.parts.iter().map(|p| super::written(self, p));
        let parts: Vec<String> = parts.collect();
        format!("{} = {value}", self.joined(&line.rule, &parts))
    }

    fn given(&self, line: &Line, value: &str) -> String {
        let Some(part) = line.parts.first() else {
            return value.to_owned();
        };
        if super::is_own(&part.name, line) {
            let given = self.say("按源数据计数或给出", "as counted or given in the source");
            return format!("{value} · {given}");
        }
        format!("{} {value}", self.name(&part.name))
    }

    fn joined(&self, rule: &Rule, parts: &[String]) -> String {
        let at = |i: usize| parts.get(i).map_or("", String::as_str);
        match rule {
            Rule::Given => at(0).to_owned(),
            Rule::Sum if parts.len() > MANY => self.many(parts),
            Rule::Sum => parts.join(" + "),
            Rule::Difference => parts.join(" − "),
            Rule::Ratio => parts.join(" ÷ "),
            Rule::Product => parts.join(" × "),
            Rule::Index => format!("{} ÷ {} × 100", at(0), at(1)),
            Rule::Change => format!("({} − {1}) ÷ {1}", at(0), at(1)),
            Rule::Scaled => format!("{} × ({} ÷ {})", at(0), at(1), at(2)),
            Rule::Buyers => format!("{0} × {1} × {2} + {0} × {3}", at(0), at(1), at(2), at(3)),
            Rule::Weighted => self.weighted(parts),
            Rule::Moved(_) => parts.join(" → "),
            Rule::Union => {
                let list = parts.join(self.say("、", ", "));
                let words = self.say("最大者到合计之间：", "from the largest to the sum of ");
                format!("{words}{list}")
            }
            Rule::Least => format!("{} {}", self.say("最小", "least of"), self.many(parts)),
            Rule::Most => format!("{} {}", self.say("最大", "largest of"), self.many(parts)),
            Rule::Mean => format!("{} {}", self.say("平均", "mean of"), parts.join(", ")),
            Rule::Lacking => format!(
                "({} − {}) ÷ (({} × {} + {}) × {})",
                at(0),
                at(1),
                at(2),
                at(3),
                at(5),
                at(4)
            ),
            Rule::Step => self.step(parts),
        }
    }

    /// The first and the last of many parts, and how many there are.
    fn many(&self, parts: &[String]) -> String {
        let [first, .., last] = parts else {
            return parts.join(" + ");
        };
        let n = parts.len();
        match self.language {
            Language::Zh => format!("{first} … {last}（{n} 项）"),
            Language::En => format!("{first} … {last} ({n} values)"),
        }
    }

    fn step(&self, parts: &[String]) -> String {
        let pairs = parts.get(1..).unwrap_or_default().chunks_exact(2);
        let terms = pairs.map(|p| format!("{} × {}", p[0], p[1]));
        let first = parts.iter().take(1).cloned();
        first.chain(terms).collect::<Vec<_>>().join(" + ")
    }

    fn weighted(&self, parts: &[String]) -> String {
        let pairs = parts.chunks_exact(2);
        let terms: Vec<String> = pairs.map(|p| format!("{} × {}", p[0], p[1])).collect();
        let weights = self.say("权重", "weights");
        format!("({}) ÷ Σ {weights}", terms.join(" + "))
    }
}
