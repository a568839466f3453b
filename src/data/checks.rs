//! Checks of a loaded data set: what the tables say about each other (`domain.md` §2.2, §3, §6.3).
//!
//! They only warn. Figures are shown as they were given; nothing here repairs them.

use std::hash::Hash;

use rustc_hash::{FxHashMap, FxHashSet};

use super::report::{Draft, Report, note, warning};
use crate::facts::{Code, CrowdKey, Dataset, FastRow, FlowRow, Problem, StockRow, TargetRow};
use crate::metrics::aipl::Stock;
use crate::metrics::fast::detect_denominator;
use crate::metrics::target_tree::{Branch, Finding, Tree, audit};
use crate::metrics::{Day, Unit, Value, Why, metric};

/// People that counts may differ by, for values that were rounded when exported.
const PEOPLE: f64 = 0.5;
/// How far the closest denominator may be from the implied one.
const DENOMINATOR: f64 = 0.005;

/// Everything that does not fit.
pub(super) fn check(dataset: &Dataset) -> Vec<Problem> {
    let mut check = Check {
        dataset,
        stocks: stocks(dataset),
        report: Report::default(),
    };
    check.repeated();
    check.totals();
    check.flows();
    check.fast();
    check.shares();
    check.other_scopes();
    check.ratios();
    check.targets();
    check.report.into_problems()
}

type Key = (u32, Day, CrowdKey);
/// File and line of a row.
type At = (u32, u64);
/// Brand and period of targets that belong together.
type Group<'d> = (u32, Option<&'d str>);

struct Check<'d> {
    dataset: &'d Dataset,
    stocks: FxHashMap<Key, &'d StockRow>,
    report: Report,
}

/// Brand-level stock rows.
fn stocks(dataset: &Dataset) -> FxHashMap<Key, &StockRow> {
    let rows = dataset.tables.stock.iter();
    rows.filter(|r| is_brand_level(r.scope.as_deref()))
        .map(|r| ((r.brand, r.date, r.crowd), r))
        .collect()
}

fn is_brand_level(scope: Option<&str>) -> bool {
    scope.is_none_or(|s| matches!(s, "brand" | "品牌"))
}

/// The scope of a row, `None` for the brand however it is written.
fn scope(written: Option<&str>) -> Option<&str> {
    written.filter(|_| !is_brand_level(written))
}

/// For each file in which keys are repeated: the first such row, and how many there are.
fn repeats<K: Eq + Hash>(rows: impl Iterator<Item = (K, At)>) -> Vec<(At, u64)> {
    let mut seen = FxHashSet::default();
    let mut files: Vec<(At, u64)> = Vec::new();
    for at in rows.filter_map(|(key, at)| (!seen.insert(key)).then_some(at)) {
        match files.last_mut().filter(|(first, _)| first.0 == at.0) {
            Some((_, count)) => *count += 1,
            None => files.push((at, 1)),
        }
    }
    files
}

fn asset(row: &StockRow) -> Option<f64> {
    Some(row.a? + row.i? + row.p? + row.l?)
}

/// The total of a row as given, else the sum of its layers.
fn total(row: &StockRow) -> Option<f64> {
    row.total.or_else(|| asset(row))
}

fn differ(a: f64, b: f64) -> bool {
    (a - b).abs() > PEOPLE
}

impl Check<'_> {
    fn say(&mut self, at: (u32, u64), draft: Draft) {
        let file = self.dataset.sources.get(at.0 as usize);
        let path = file.map_or("", |f| f.path.as_str());
        self.report.row(draft.at(path, at.1, 0));
    }

    fn brand(&self, brand: u32) -> &str {
        let found = self.dataset.brands.get(brand as usize);
        found.map_or("", |b| b.id.as_str())
    }

    /// Rows for a key that an earlier row already has; the later one is shown.
    fn repeated(&mut self) {
        let t = &self.dataset.tables;
        let found = [
            repeats(t.stock.iter().map(|r| {
                let scope = scope(r.scope.as_deref());
                ((r.brand, r.date, r.crowd, scope), r.at)
            })),
            repeats(t.flow.iter().map(|r| {
                let key = (r.brand, r.from_date, r.to_date, r.from, r.to, r.crowd);
                (key, r.at)
            })),
            repeats(t.fast.iter().map(|r| {
                let scope = scope(r.scope.as_deref());
                ((r.brand, r.date, r.crowd, scope), r.at)
            })),
            repeats(t.sales.iter().map(|r| {
                let key = (r.brand, r.date, r.crowd, r.layer, r.category.as_deref());
                (key, r.at)
            })),
            repeats(t.targets.iter().map(|r| {
                let period = r.period_text.as_deref();
                ((r.brand, r.metric.as_str(), r.key, period), r.at)
            })),
            repeats(
                t.relations
                    .iter()
                    .map(|r| ((r.brand, r.date, r.role), r.at)),
            ),
            repeats(t.role_flow.iter().map(|r| {
                let key = (r.brand, r.from_date, r.to_date, r.from, r.to);
                (key, r.at)
            })),
            repeats(t.fields.iter().map(|r| ((r.brand, r.date, r.field), r.at))),
        ];
        for (at, count) in found.into_iter().flatten() {
            let draft = warning(
                Code::Repeated,
                "an earlier row is about the same thing",
                "与前面的行重复",
            );
            let help = ["the later row is used", "采用后面的行"];
            self.say(at, draft.help(help).count(count));
        }
    }

    /// The asset total of a row is the sum of its four layers.
    fn totals(&mut self) {
        for row in &self.dataset.tables.stock {
            if let (Some(total), Some(sum)) = (row.total, asset(row))
                && differ(total, sum)
            {
                let draft = warning(
                    Code::Identity,
                    format!("total {total} is not a + i + p + l = {sum}"),
                    format!("总量 {total} 不等于 A+I+P+L = {sum}"),
                );
                self.say(row.at, draft);
            }
        }
    }

    /// A flow starts from the stock of its first day and ends in that of its last day.
    fn flows(&mut self) {
        let mut sums: FxHashMap<(u32, Day, Day, CrowdKey), Margin> = FxHashMap::default();
        let mut order = Vec::new();
        for row in &self.dataset.tables.flow {
            let key = (row.brand, row.from_date, row.to_date, row.crowd);
            let margin = sums.entry(key).or_insert_with(|| {
                order.push(key);
                Margin::new(row.at)
            });
            margin.add(row);
        }
        for key in order {
            if let Some(margin) = sums.get(&key) {
                let (brand, from, to, crowd) = key;
                self.end_of_flow(
                    margin,
                    margin.start,
                    (brand, from, crowd),
                    ["starts", "起始"],
                );
                self.end_of_flow(margin, margin.end, (brand, to, crowd), ["ends", "结束"]);
            }
        }
    }

    fn end_of_flow(&mut self, margin: &Margin, sum: Option<f64>, key: Key, word: [&str; 2]) {
        let stock = self.stocks.get(&key).and_then(|row| total(row));
        let (Some(sum), Some(stock)) = (sum, stock) else {
            return;
        };
        if differ(sum, stock) {
            let (brand, day) = (self.brand(key.0), key.1);
            let draft = warning(
                Code::Identity,
                format!(
                    "the flow of {brand} {} with {sum} people on {day}, the stock has {stock}",
                    word[0]
                ),
                format!(
                    "{brand} 的流转在 {day} {}人数为 {sum}，存量为 {stock}",
                    word[1]
                ),
            );
            self.say(margin.at, draft);
        }
    }

    fn fast(&mut self) {
        for row in &self.dataset.tables.fast {
            if is_brand_level(row.scope.as_deref()) {
                self.members(row);
                self.denominator(row);
            }
        }
    }

    /// Brand members are consumers of the brand (`domain.md` §2.1).
    fn members(&mut self, row: &FastRow) {
        let stock = self.stocks.get(&(row.brand, row.date, row.crowd));
        let total = stock.and_then(|s| total(s));
        let (Some(members), Some(total)) = (row.members, total) else {
            return;
        };
        if members > total + PEOPLE && self.dataset.definitions.flag("aipl.member_is_i") {
            let draft = warning(
                Code::Identity,
                format!("{members} members are more than the asset of {total}"),
                format!("会员 {members} 多于消费者资产 {total}"),
            );
            let help = [
                "the member file may be about a shop, or out of date",
                "会员数据可能是店铺口径或已过期",
            ];
            self.say(row.at, draft.help(help));
        }
    }

    /// The stock at the start of the deepening period of a row.
    fn stock_at_start(&self, row: &FastRow) -> Option<&StockRow> {
        let days = match self.dataset.definitions.text("fast.a_period") {
            "day" => 1,
            _ => 7,
        };
        let key = (row.brand, row.date.plus(-days), row.crowd);
        self.stocks.get(&key).copied()
    }

    /// The denominator of an exported deepening rate is one of the known ones (§3.2).
    fn denominator(&mut self, row: &FastRow) {
        let (Some(people), Some(ratio)) = (row.deepen_people, row.deepen_ratio) else {
            return;
        };
        let start = self.stock_at_start(row);
        let end = self.stocks.get(&(row.brand, row.date, row.crowd));
        let (Some(start), Some(end)) = (start, end) else {
            return;
        };
        if let Some((_, distance)) = detect_denominator(people, ratio, &stock(start), &stock(end))
            && distance > DENOMINATOR
        {
            let draft = warning(
                Code::Denominator,
                format!(
                    "{people} people at a rate of {ratio} imply a denominator of {:.0}, which is none of the known ones",
                    people / ratio
                ),
                format!(
                    "{people} 人、加深率 {ratio} 隐含分母 {:.0}，与任何已知分母不符",
                    people / ratio
                ),
            );
            self.say(
                row.at,
                draft.expected([
                    "A+I+P+L at the start or the end, or A+I+P at the start",
                    "期初或期末的 A+I+P+L，或期初的 A+I+P",
                ]),
            );
        }
    }

    /// Parts are not larger than what they are divided by: T, the deepening rate, penetration and
    /// conversion lie between 0 and 1.
    fn shares(&mut self) {
        let tables = &self.dataset.tables;
        let mut found: Vec<(At, &str, f64, &str, f64)> = Vec::new();
        let mut part = |at, name, part: Option<f64>, of, whole: Option<f64>| {
            if let (Some(part), Some(whole)) = (part, whole)
                && part > whole + PEOPLE
            {
                found.push((at, name, part, of, whole));
            }
        };
        for r in tables
            .stock
            .iter()
            .filter(|r| is_brand_level(r.scope.as_deref()))
        {
            let crowd = match r.crowd {
                CrowdKey::Crowd(c) => self.dataset.crowds.get(c as usize),
                _ => None,
            };
            let population = crowd.and_then(|c| c.population);
            part(r.at, "total", total(r), "population", population);
        }
        for r in tables
            .fast
            .iter()
            .filter(|r| is_brand_level(r.scope.as_deref()))
        {
            part(
                r.at,
                "active_members",
                r.active_members,
                "members",
                r.members,
            );
            let start = self.stock_at_start(r).and_then(total);
            part(r.at, "deepen_people", r.deepen_people, "A+I+P+L", start);
        }
        for r in tables
            .sales
            .iter()
            .filter(|r| r.layer.is_none() && r.category.is_none())
        {
            let stock = self.stocks.get(&(r.brand, r.date, r.crowd));
            part(
                r.at,
                "buyers",
                r.buyers,
                "A+I+P+L",
                stock.and_then(|s| total(s)),
            );
        }
        for (at, name, part, of, whole) in found {
            let draft = warning(
                Code::Range,
                format!("{name} {part} is more than {of} {whole}"),
                format!("{name} {part} 大于 {of} {whole}"),
            );
            self.say(at, draft);
        }
    }

    /// Rows of a shop or another scope stand beside those of the brand.
    fn other_scopes(&mut self) {
        let t = &self.dataset.tables;
        let stock = t.stock.iter().map(|r| (r.scope.as_deref(), r.at));
        let fast = t.fast.iter().map(|r| (r.scope.as_deref(), r.at));
        let mut found: Vec<((u32, &str), At, u64)> = Vec::new();
        let mut places = FxHashMap::default();
        for (written, at) in stock.chain(fast) {
            let Some(scope) = scope(written) else {
                continue;
            };
            let place = *places.entry((at.0, scope)).or_insert(found.len());
            match found.get_mut(place) {
                Some((_, _, count)) => *count += 1,
                None => found.push(((at.0, scope), at, 1)),
            }
        }
        for ((_, scope), at, count) in found {
            let draft = note(
                Code::Scope,
                "rows of another scope than the brand",
                "非品牌口径的行",
            )
            .found(scope)
            .help([
                "rows of the brand are shown where there are any",
                "有品牌口径的行时以其为准",
            ]);
            self.say(at, draft.count(count));
        }
    }

    /// Ratios lie between 0 and 1.
    fn ratios(&mut self) {
        let tables = &self.dataset.tables;
        let is_ratio = |id: &str| metric(id).is_some_and(|m| m.unit == Unit::Ratio);
        let fast = tables
            .fast
            .iter()
            .map(|r| ("deepen_ratio", r.deepen_ratio, r.at));
        let targets = tables
            .targets
            .iter()
            .filter(|r| is_ratio(&r.metric))
            .map(|r| ("target", r.target, r.at));
        let benchmarks = tables
            .benchmarks
            .iter()
            .filter(|r| {
                is_ratio(&r.metric) && r.kind != crate::metrics::benchmark::BenchmarkKind::Rank
            })
            .map(|r| ("value", r.value, r.at));
        let outside: Vec<_> = fast
            .chain(targets)
            .chain(benchmarks)
            .filter_map(|(name, value, at)| {
                Some((name, value.filter(|v| !(0.0..=1.0).contains(v))?, at))
            })
            .collect();
        for (name, value, at) in outside {
            let draft = warning(
                Code::Range,
                format!("the ratio `{name}` is outside 0 to 1"),
                format!("比率 `{name}` 超出 0 至 1"),
            );
            self.say(at, draft.found(&value.to_string()));
        }
    }

    /// What the printed targets of each brand and period do not say about each other (§6.3).
    fn targets(&mut self) {
        let mut groups: Vec<(Group<'_>, Vec<&TargetRow>)> = Vec::new();
        for row in self
            .dataset
            .tables
            .targets
            .iter()
            .filter(|r| r.key.layer.is_none())
        {
            let key = (row.brand, row.period_text.as_deref());
            match groups.iter_mut().find(|(k, _)| *k == key) {
                Some((_, rows)) => rows.push(row),
                None => groups.push((key, vec![row])),
            }
        }
        for ((brand, _), rows) in groups {
            self.tree(brand, &rows);
        }
    }

    fn tree(&mut self, brand: u32, rows: &[&TargetRow]) {
        let (tree, crowds) = tree_of(self.dataset, rows);
        for finding in audit(&tree) {
            let (id, crowd) = match finding {
                Finding::Consumption { .. } => ("crowd.consumption", None),
                Finding::Penetration { .. } => ("crowd.penetration", None),
                Finding::Consumers { .. } => ("crowd.consumers", None),
                Finding::CrowdPenetration { crowd, .. } => {
                    ("crowd.penetration", crowds.get(crowd).copied())
                }
            };
            let at = cell(rows, id, crowd).map_or((u32::MAX, 0), |row| row.at);
            let name = crowd.and_then(|c| self.dataset.crowds.get(c as usize));
            let who = name.map_or_else(|| self.brand(brand).to_owned(), |c| c.id.clone());
            self.say(at, describe(finding, &who));
        }
    }
}

/// The sums of a flow at both ends.
#[derive(Debug)]
struct Margin {
    at: (u32, u64),
    start: Option<f64>,
    end: Option<f64>,
}

impl Margin {
    fn new(at: (u32, u64)) -> Self {
        Self {
            at,
            start: Some(0.0),
            end: Some(0.0),
        }
    }

    fn add(&mut self, row: &FlowRow) {
        if row.from.is_asset() {
            self.start = self.start.zip(row.people).map(|(sum, n)| sum + n);
        }
        if row.to.is_asset() {
            self.end = self.end.zip(row.people).map(|(sum, n)| sum + n);
        }
    }
}

fn value(x: Option<f64>) -> Value {
    Value::or_missing(x, Why::NotGiven)
}

fn stock(row: &StockRow) -> Stock {
    let people = [None, row.o, row.a, row.i, row.p, row.l].map(value);
    let mut stock = Stock::of(people);
    if row.total.is_some() {
        stock.total = value(row.total);
    }
    stock
}

/// The target row of a metric for the whole brand, or for one crowd.
fn cell<'r>(rows: &[&'r TargetRow], id: &str, crowd: Option<u32>) -> Option<&'r TargetRow> {
    rows.iter().copied().find(|row| {
        row.metric == id
            && match row.key.crowd {
                CrowdKey::Crowd(c) => crowd == Some(c),
                CrowdKey::Brand | CrowdKey::All => crowd.is_none(),
            }
    })
}

/// The tree of targets, and which crowd each branch is.
fn tree_of(dataset: &Dataset, rows: &[&TargetRow]) -> (Tree, Vec<u32>) {
    let target = |id: &str, crowd| value(cell(rows, id, crowd).and_then(|row| row.target));
    let mut crowds: Vec<u32> = rows
        .iter()
        .filter_map(|row| match row.key.crowd {
            CrowdKey::Crowd(c) => Some(c),
            _ => None,
        })
        .collect();
    crowds.sort_unstable();
    crowds.dedup();
    let branch = |crowd: &u32| {
        let known = dataset
            .crowds
            .get(*crowd as usize)
            .and_then(|c| c.population);
        Branch {
            population: target("crowd.population", Some(*crowd)).or(value(known)),
            consumers: target("crowd.consumers", Some(*crowd)),
            penetration: target("crowd.penetration", Some(*crowd)),
            conversion: target("crowd.conversion", Some(*crowd)),
        }
    };
    let tree = Tree {
        gmv: target("crowd.gmv", None),
        aov: target("crowd.aov", None),
        consumption: target("crowd.consumption", None),
        consumers: target("crowd.consumers", None),
        penetration: target("crowd.penetration", None),
        conversion: target("crowd.conversion", None),
        crowds: crowds.iter().map(branch).collect(),
    };
    (tree, crowds)
}

fn percent(x: f64) -> String {
    format!("{:.2}%", x * 100.0)
}

fn describe(finding: Finding, who: &str) -> Draft {
    let [en, zh] = match finding {
        Finding::Consumption { printed, buyers } => [
            format!("{who}: the printed total consumption {printed} is not GMV ÷ AOV = {buyers}"),
            format!("{who}：消费总量目标 {printed} 不等于 GMV ÷ 客单价 = {buyers}"),
        ],
        Finding::Penetration {
            printed,
            weighted,
            mean,
        } => {
            let [printed, weighted, mean] = [printed, weighted, mean].map(percent);
            [
                format!(
                    "{who}: the printed penetration {printed} is not Σ consumers ÷ Σ population = {weighted} (unweighted mean {mean})"
                ),
                format!(
                    "{who}：渗透率目标 {printed} 不等于 Σ消费者 ÷ Σ量级 = {weighted}（简单平均 {mean}）"
                ),
            ]
        }
        Finding::Consumers { printed, sum } => [
            format!("{who}: the printed consumers {printed} are not the sum of the crowds = {sum}"),
            format!("{who}：消费者总量目标 {printed} 不等于各人群之和 {sum}"),
        ],
        Finding::CrowdPenetration {
            printed, derived, ..
        } => {
            let [printed, derived] = [printed, derived].map(percent);
            [
                format!(
                    "{who}: the printed penetration {printed} is not consumers ÷ population = {derived}"
                ),
                format!("{who}：渗透率目标 {printed} 不等于消费者 ÷ 量级 = {derived}"),
            ]
        }
    };
    warning(Code::Target, en, zh).help([
        "the printed figure is kept and used in no formula",
        "保留原文数字，但不进入任何公式",
    ])
}

#[cfg(test)]
mod tests {
    use crate::data::{Input, Options, load};
    use crate::facts::Problem;

    fn problems(files: &[(&str, &str)]) -> Vec<Problem> {
        let files = files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .collect();
        load(&Input::Memory(files), &Options::default(), &mut |_| true)
            .unwrap()
            .problems
    }

    const MANIFEST: &str = "format = 1\n[[brand]]\nid = \"oak\"\n\
        [[table]]\nkind = \"stock\"\nfile = \"stock.csv\"\n\
        [[table]]\nkind = \"flow\"\nfile = \"flow.csv\"\n\
        [[table]]\nkind = \"fast\"\nfile = \"fast.csv\"\n";
    const FLOW: &str = "from_date,to_date,from,to,people\n\
        2026-11-08,2026-11-15,a,a,5500\n2026-11-08,2026-11-15,a,n,4500\n\
        2026-11-08,2026-11-15,n,a,3902\n";

    #[test]
    fn tables_that_agree_are_silent() {
        let found = problems(&[
            ("dataset.toml", MANIFEST),
            (
                "stock.csv",
                "date,a,i,p,l,total\n2026-11-08,10000,0,0,0,10000\n2026-11-15,9402,0,0,0,9402\n",
            ),
            ("flow.csv", FLOW),
            (
                "fast.csv",
                "date,deepen_people,deepen_ratio,members\n2026-11-15,1000,10%,900\n",
            ),
        ]);
        assert_eq!(found, []);
    }

    #[test]
    fn every_identity_is_checked() {
        let found = problems(&[
            ("dataset.toml", MANIFEST),
            (
                "stock.csv",
                "date,a,i,p,l,total\n2026-11-08,10000,0,0,0,9999\n2026-11-15,9000,0,0,0,\n",
            ),
            ("flow.csv", FLOW),
            (
                "fast.csv",
                "date,deepen_people,deepen_ratio,members\n2026-11-15,1000,20%,9001\n2026-11-14,1,120%,\n",
            ),
        ]);
        let ids: Vec<_> = found
            .iter()
            .map(|p| (p.code.id(), p.place.file.as_str(), p.place.line))
            .collect();
        assert_eq!(
            ids,
            [
                ("identity", "stock.csv", 2),
                ("identity", "flow.csv", 2),
                ("identity", "flow.csv", 2),
                ("identity", "fast.csv", 2),
                ("denominator", "fast.csv", 2),
                ("range", "fast.csv", 3),
            ]
        );
    }

    #[test]
    fn a_repeated_key_is_said_once_for_each_file() {
        let manifest = "format = 1\n[[brand]]\nid = \"oak\"\n[[table]]\nkind = \"stock\"\nfile = \"s*.csv\"\n\
            [[table]]\nkind = \"targets\"\nfile = \"t.csv\"\n";
        let stock = "date,scope,total\n2026-11-08,,1\n2026-11-08,brand,2\n2026-11-08,shop,3\n2026-11-15,,4\n";
        let targets =
            "metric,target,period\ncrowd.gmv,1,2025\ncrowd.gmv,2,2026\ncrowd.gmv,3,2026\n";
        let found = problems(&[
            ("dataset.toml", manifest),
            ("s1.csv", stock),
            ("s2.csv", stock),
            ("t.csv", targets),
        ]);
        let said: Vec<_> = found
            .iter()
            .map(|p| (p.code.id(), p.place.to_string(), p.count))
            .collect();
        assert_eq!(
            said,
            [
                ("repeated", "s1.csv:3".to_owned(), 1),
                ("repeated", "s2.csv:2".to_owned(), 4),
                ("repeated", "t.csv:4".to_owned(), 1),
                ("scope", "s1.csv:4".to_owned(), 1),
                ("scope", "s2.csv:4".to_owned(), 1),
            ]
        );
    }

    #[test]
    fn parts_larger_than_their_whole_and_other_scopes_are_said() {
        let manifest = format!(
            "{MANIFEST}[[table]]\nkind = \"sales\"\nfile = \"sales.csv\"\n\
             [[crowd]]\nid = \"genz\"\npopulation = 50\n"
        );
        let found = problems(&[
            ("dataset.toml", &manifest),
            (
                "stock.csv",
                "date,crowd,scope,total\n2026-11-08,,,100\n2026-11-15,,,100\n2026-11-15,genz,,60\n\
                 2026-11-15,mom,,1\n2026-11-15,mom,shop,1\n2026-11-08,mom,shop,1\n",
            ),
            ("flow.csv", "from_date,to_date,from,to,people\n"),
            (
                "fast.csv",
                "date,deepen_people,members,active_members\n2026-11-15,101,10,11\n",
            ),
            ("sales.csv", "date,buyers\n2026-11-15,101\n"),
        ]);
        let said: Vec<_> = found
            .iter()
            .map(|p| (p.code.id(), p.place.to_string(), p.count))
            .collect();
        let expected = [
            ("unknown_name", "stock.csv:5", 3),
            ("range", "stock.csv:4", 1),
            ("range", "fast.csv:2", 1),
            ("range", "fast.csv:2", 1),
            ("range", "sales.csv:2", 1),
            ("scope", "stock.csv:6", 2),
        ];
        let expected = expected.map(|(code, place, count)| (code, place.to_owned(), count));
        assert_eq!(said, expected);
        assert_eq!(
            (found[0].found.as_str(), found[5].found.as_str()),
            ("mom", "shop")
        );
    }

    #[test]
    fn a_log_without_a_usable_row_is_said() {
        let manifest = "format = 1\n[[table]]\nkind = \"events\"\nfile = \"e.csv\"\n";
        let found = problems(&[("dataset.toml", manifest), ("e.csv", "user,time,action\n")]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].to_string(), "e.csv: no usable row");
    }

    #[test]
    fn the_guidebook_targets_give_two_warnings_with_both_numbers() {
        let manifest = "format = 1\n[[brand]]\nid = \"oak\"\n\
            [[crowd]]\nid = \"a\"\npopulation = \"0.3千万\"\n[[crowd]]\nid = \"b\"\npopulation = \"1千万\"\n\
            [[crowd]]\nid = \"c\"\npopulation = \"1.4千万\"\n[[crowd]]\nid = \"d\"\npopulation = \"0.4千万\"\n\
            [[crowd]]\nid = \"e\"\npopulation = \"0.8千万\"\n[[crowd]]\nid = \"f\"\npopulation = \"0.8千万\"\n\
            [[table]]\nkind = \"targets\"\nfile = \"t.csv\"\n";
        let targets = "指标,人群,目标\nGMV,*,1亿\n客单价,*,¥200\n消费总量,*,5千万\n消费者总量,*,1千万\n渗透率,*,22%\n转化率,*,5%\n\
            消费者总量,a,75万\n消费者总量,b,250万\n消费者总量,c,280万\n消费者总量,d,80万\n消费者总量,e,120万\n消费者总量,f,195万\n\
            渗透率,f,25%\n";
        let found = problems(&[("dataset.toml", manifest), ("t.csv", targets)]);
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found[0].message.contains("50000000") && found[0].message.contains("500000"));
        assert!(found[1].message.contains("22.00%") && found[1].message.contains("21.28%"));
        assert_eq!((found[0].place.line, found[1].place.line), (4, 6));
    }
}
