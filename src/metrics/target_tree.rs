//! A GMV → crowd target tree (`domain.md` §6.3): solving for what is not given, Σ of the crowds
//! against the top line, and the audit of what was printed against what follows from other cells.

use super::Value;

/// The targets of one crowd.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Branch {
    /// 策略人群量级, people.
    pub population: Value,
    /// 消费者总量目标, people.
    pub consumers: Value,
    /// 渗透率目标, a fraction as printed.
    pub penetration: Value,
    /// 转化率目标, a fraction.
    pub conversion: Value,
}

/// The top line and its crowds.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// GMV target, money.
    pub gmv: Value,
    /// Target AOV, money per person.
    pub aov: Value,
    /// Total consumption as printed, people; used in no formula.
    pub consumption: Value,
    /// Target of all consumers, people.
    pub consumers: Value,
    /// Target penetration as printed, a fraction.
    pub penetration: Value,
    /// Target conversion, a fraction.
    pub conversion: Value,
    /// The crowds, in the order of the data set.
    pub crowds: Vec<Branch>,
}

/// A printed cell that does not follow from the others.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// The printed total consumption is not GMV ÷ AOV.
    Consumption {
        /// As printed.
        printed: f64,
        /// GMV ÷ AOV.
        buyers: f64,
    },
    /// The printed penetration is not Σ consumers ÷ Σ population.
    Penetration {
        /// As printed.
        printed: f64,
        /// Σ consumers ÷ Σ population.
        weighted: f64,
        /// The unweighted mean of the crowds' penetrations.
        mean: f64,
    },
    /// The crowds' consumers do not add up to the top line.
    Consumers {
        /// As printed.
        printed: f64,
        /// Σ of the crowds.
        sum: f64,
    },
    /// A crowd's printed penetration is not its consumers ÷ its population.
    CrowdPenetration {
        /// Position of the crowd in the tree.
        crowd: usize,
        /// As printed.
        printed: f64,
        /// consumers ÷ population.
        derived: f64,
    },
}

/// Half a unit in the last printed place of a percentage.
const ROUNDING: f64 = 0.005;

/// What does not follow. Penetrations are compared at the printed precision of one percent: the top
/// line must not be further from the weighted truth than rounding explains.
pub fn audit(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let buyers = tree.gmv.over(tree.aov);
    if let (Some(printed), Some(buyers)) = (tree.consumption.get(), buyers.get())
        && differs(printed, buyers)
    {
        findings.push(Finding::Consumption { printed, buyers });
    }
    let consumers: Value = tree.crowds.iter().map(|c| c.consumers).sum();
    let population: Value = tree.crowds.iter().map(|c| c.population).sum();
    if let (Some(printed), Some(weighted)) =
        (tree.penetration.get(), consumers.over(population).get())
        && (printed - weighted).abs() > ROUNDING
    {
        let each: Value = tree
            .crowds
            .iter()
            .map(|c| c.consumers.over(c.population))
            .sum();
        let mean = each.get().unwrap_or(0.0) / tree.crowds.len().max(1) as f64;
        findings.push(Finding::Penetration {
            printed,
            weighted,
            mean,
        });
    }
    if let (Some(printed), Some(sum)) = (tree.consumers.get(), consumers.get())
        && !tree.crowds.is_empty()
        && differs(printed, sum)
    {
        findings.push(Finding::Consumers { printed, sum });
    }
    for (crowd, branch) in tree.crowds.iter().enumerate() {
        let derived = branch.consumers.over(branch.population).get();
        if let (Some(printed), Some(derived)) = (branch.penetration.get(), derived)
            && (printed - derived).abs() > ROUNDING + 0.002
        {
            findings.push(Finding::CrowdPenetration {
                crowd,
                printed,
                derived,
            });
        }
    }
    findings
}

/// One line of a tree: the whole, or one crowd. Three relations tie its cells together:
/// consumers = population × penetration, buyers = consumers × conversion, GMV = buyers × AOV.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// 策略人群量级, people.
    pub population: Value,
    /// 渗透率, a fraction.
    pub penetration: Value,
    /// 消费者总量, people.
    pub consumers: Value,
    /// 转化率, a fraction.
    pub conversion: Value,
    /// Paying people.
    pub buyers: Value,
    /// 客单价, money per person.
    pub aov: Value,
    /// Money.
    pub gmv: Value,
}

impl Line {
    /// A line of which nothing is known, for one reason.
    pub fn missing(why: super::Why) -> Self {
        let m = Value::Missing(why);
        Self {
            population: m,
            penetration: m,
            consumers: m,
            conversion: m,
            buyers: m,
            aov: m,
            gmv: m,
        }
    }

    /// The line with every missing cell that follows from the given ones. Given cells stay as they
    /// are, also where they contradict each other: [`Line::contradictions`] tells.
    #[must_use]
    pub fn solved(mut self) -> Self {
        self.solve(&mut |_, _| {});
        self
    }

    /// Fills every missing cell that follows and tells how.
    fn solve(&mut self, told: &mut dyn FnMut(Cell, Rule)) {
        // Every pass fills a cell or nothing follows any more, and there are seven cells.
        for _ in 0..7 {
            for relation in RELATIONS {
                self.fill(relation, told);
            }
        }
    }

    /// Fills the one cell of `product = left × right` that is missing, where the other two are known
    /// and the divisor is not 0.
    fn fill(&mut self, [product, left, right]: [Cell; 3], told: &mut dyn FnMut(Cell, Rule)) {
        let zero = Value::Known(0.0);
        let [p, l, r] = [product, left, right].map(|cell| cell.of(self));
        let (cell, value, rule) = match (p.is_known(), l.is_known(), r.is_known()) {
            (false, true, true) => (product, l.times(r), Rule::Product(left, right)),
            (true, false, true) if r != zero => (left, p.over(r), Rule::Quotient(product, right)),
            (true, true, false) if l != zero => (right, p.over(l), Rule::Quotient(product, left)),
            _ => return,
        };
        *cell.of_mut(self) = value;
        if value.is_known() {
            told(cell, rule);
        }
    }

    /// Sums of the lines; rates follow from the sums.
    pub fn sum(lines: &[Self]) -> Self {
        let part = |f: fn(&Self) -> Value| -> Value { lines.iter().map(f).sum() };
        Self::of_sums(
            part(|l| l.population),
            part(|l| l.consumers),
            part(|l| l.buyers),
            part(|l| l.gmv),
        )
    }

    /// A line from its four sums; rates follow.
    pub fn of_sums(population: Value, consumers: Value, buyers: Value, gmv: Value) -> Self {
        Self {
            population,
            penetration: consumers.over(population),
            consumers,
            conversion: buyers.over(consumers),
            buyers,
            aov: gmv.over(buyers),
            gmv,
        }
    }

    /// Cell by cell: this line − the other; percentage points for rates.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        Self {
            population: self.population.minus(other.population),
            penetration: self.penetration.minus(other.penetration),
            consumers: self.consumers.minus(other.consumers),
            conversion: self.conversion.minus(other.conversion),
            buyers: self.buyers.minus(other.buyers),
            aov: self.aov.minus(other.aov),
            gmv: self.gmv.minus(other.gmv),
        }
    }

    /// Relative differences of the three relations where all cells are given: consumers against
    /// population × penetration, buyers against consumers × conversion, GMV against buyers × AOV.
    pub fn contradictions(&self) -> [Option<f64>; 3] {
        let apart = |product: Value, left: Value, right: Value| {
            let (given, follows) = (product.get()?, left.times(right).get()?);
            let larger = given.abs().max(follows.abs());
            Some(if larger == 0.0 {
                0.0
            } else {
                (given - follows).abs() / larger
            })
        };
        [
            apart(self.consumers, self.population, self.penetration),
            apart(self.buyers, self.consumers, self.conversion),
            apart(self.gmv, self.buyers, self.aov),
        ]
    }
}

/// A cell of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cell {
    /// Money.
    Gmv,
    /// 客单价, money per person.
    Aov,
    /// Paying people.
    Buyers,
    /// 转化率, a fraction.
    Conversion,
    /// 消费者总量, people.
    Consumers,
    /// 策略人群量级, people.
    Population,
    /// 渗透率, a fraction.
    Penetration,
}

/// `product = left × right`, three times.
const RELATIONS: [[Cell; 3]; 3] = [
    [Cell::Consumers, Cell::Population, Cell::Penetration],
    [Cell::Buyers, Cell::Consumers, Cell::Conversion],
    [Cell::Gmv, Cell::Buyers, Cell::Aov],
];

impl Cell {
    /// All cells, from the result down to what it is made of.
    pub const ALL: [Self; 7] = [
        Self::Gmv,
        Self::Aov,
        Self::Buyers,
        Self::Conversion,
        Self::Consumers,
        Self::Population,
        Self::Penetration,
    ];

    /// The metric that the cell is a target or a figure of.
    pub fn metric(self) -> &'static str {
        match self {
            Self::Gmv => "crowd.gmv",
            Self::Aov => "crowd.aov",
            Self::Buyers => "crowd.buyers",
            Self::Conversion => "crowd.conversion",
            Self::Consumers => "crowd.consumers",
            Self::Population => "crowd.population",
            Self::Penetration => "crowd.penetration",
        }
    }

    /// Its value in a line.
    pub fn of(self, line: &Line) -> Value {
        match self {
            Self::Gmv => line.gmv,
            Self::Aov => line.aov,
            Self::Buyers => line.buyers,
            Self::Conversion => line.conversion,
            Self::Consumers => line.consumers,
            Self::Population => line.population,
            Self::Penetration => line.penetration,
        }
    }

    /// Its place in a line.
    pub fn of_mut(self, line: &mut Line) -> &mut Value {
        match self {
            Self::Gmv => &mut line.gmv,
            Self::Aov => &mut line.aov,
            Self::Buyers => &mut line.buyers,
            Self::Conversion => &mut line.conversion,
            Self::Consumers => &mut line.consumers,
            Self::Population => &mut line.population,
            Self::Penetration => &mut line.penetration,
        }
    }
}

/// From what a cell that was missing follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The first × the second cell of its line.
    Product(Cell, Cell),
    /// The first ÷ the second cell of its line.
    Quotient(Cell, Cell),
    /// Σ of the crowds.
    Sum,
    /// What the other crowds leave of the top line.
    Rest,
    /// A rate that the top line has for all crowds, where nothing else tells it.
    Shared,
}

/// A cell that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Position of the crowd in the tree; `None`: the top line.
    pub crowd: Option<usize>,
    /// The cell.
    pub cell: Cell,
    /// From what it follows.
    pub rule: Rule,
}

/// A tree that is being planned: the top line and its crowds.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The top line.
    pub top: Line,
    /// The crowds, in the order of the data set.
    pub crowds: Vec<Line>,
    /// Whether no consumer is in two crowds; only then the crowds add up to the top line.
    pub exclusive: bool,
}

/// The four cells of which the crowds' values add up to that of the top line.
const SUMS: [Cell; 4] = [Cell::Population, Cell::Consumers, Cell::Buyers, Cell::Gmv];

impl Plan {
    /// The plan with every missing cell that follows: inside each line, from the crowds to the top
    /// line, and from the top line to the one crowd that lacks a sum; at last a conversion or AOV of
    /// the top line holds for every crowd that lacks one. What is given never changes.
    #[must_use]
    pub fn solved(self) -> Self {
        self.traced().0
    }

    /// The same, with the cells that were found in the order in which they follow.
    pub fn traced(mut self) -> (Self, Vec<Step>) {
        let mut steps = Vec::new();
        // Every pass fills a cell or nothing follows any more.
        for _ in 0..=Cell::ALL.len() * (self.crowds.len() + 1) {
            let before = steps.len();
            let lines = std::iter::once((None, &mut self.top));
            let crowds = self.crowds.iter_mut().enumerate();
            for (crowd, line) in lines.chain(crowds.map(|(k, line)| (Some(k), line))) {
                line.solve(&mut |cell, rule| steps.push(Step { crowd, cell, rule }));
            }
            if self.exclusive && !self.crowds.is_empty() {
                steps.extend(SUMS.into_iter().filter_map(|cell| self.close(cell)));
            }
            if steps.len() == before {
                steps.extend(self.share());
            }
            if steps.len() == before {
                break;
            }
        }
        (self, steps)
    }

    /// Gives every crowd that lacks a conversion or an AOV that of the top line.
    fn share(&mut self) -> Vec<Step> {
        let mut steps = Vec::new();
        for cell in [Cell::Conversion, Cell::Aov] {
            let shared = cell.of(&self.top);
            let lacking = |line: &Line| shared.is_known() && !cell.of(line).is_known();
            for (k, line) in self
                .crowds
                .iter_mut()
                .enumerate()
                .filter(|(_, l)| lacking(l))
            {
                *cell.of_mut(line) = shared;
                let (crowd, rule) = (Some(k), Rule::Shared);
                steps.push(Step { crowd, cell, rule });
            }
        }
        steps
    }

    /// Top line = Σ of the crowds: gives the one value that is missing.
    fn close(&mut self, cell: Cell) -> Option<Step> {
        let values: Vec<Value> = self.crowds.iter().map(|c| cell.of(c)).collect();
        let mut missing = (0..values.len()).filter(|k| !values[*k].is_known());
        let known: Value = values.iter().copied().filter(|v| v.is_known()).sum();
        let top = cell.of(&self.top);
        let (crowd, value, rule) = match (missing.next(), missing.next()) {
            (None, _) if !top.is_known() => (None, known, Rule::Sum),
            (Some(k), None) if top.is_known() => (Some(k), top.minus(known), Rule::Rest),
            _ => return None,
        };
        *cell.of_mut(self.line_mut(crowd)?) = value;
        value.is_known().then_some(Step { crowd, cell, rule })
    }

    fn line_mut(&mut self, crowd: Option<usize>) -> Option<&mut Line> {
        match crowd {
            None => Some(&mut self.top),
            Some(k) => self.crowds.get_mut(k),
        }
    }

    /// The top line, or the line of a crowd.
    pub fn line(&self, crowd: Option<usize>) -> Option<&Line> {
        match crowd {
            None => Some(&self.top),
            Some(k) => self.crowds.get(k),
        }
    }

    /// The plan in which a cell is the unknown.
    #[must_use]
    pub fn without(mut self, crowd: Option<usize>, cell: Cell) -> Self {
        if let Some(line) = self.line_mut(crowd) {
            *cell.of_mut(line) = Value::Missing(super::Why::NotGiven);
        }
        self
    }

    /// Σ of the crowds; a sum that overlaps is missing.
    pub fn sum(&self) -> Line {
        if self.exclusive {
            Line::sum(&self.crowds)
        } else {
            Line::missing(super::Why::Overlap)
        }
    }

    /// Top line − Σ of the crowds, cell by cell; always shown (`domain.md` §6.3).
    pub fn residual(&self) -> Line {
        self.top.minus(&self.sum())
    }
}

fn differs(a: f64, b: f64) -> bool {
    (a - b).abs() > 0.005 * a.abs().max(b.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guidebook() -> Tree {
        let k = Value::Known;
        let crowd = |population: f64, consumers: f64, penetration: f64| Branch {
            population: k(population * 1e7),
            consumers: k(consumers * 1e4),
            penetration: k(penetration),
            conversion: k(0.05),
        };
        Tree {
            gmv: k(1e8),
            aov: k(200.0),
            consumption: k(5e7),
            consumers: k(1e7),
            penetration: k(0.22),
            conversion: k(0.05),
            crowds: vec![
                crowd(0.3, 75.0, 0.25),
                crowd(1.0, 250.0, 0.25),
                crowd(1.4, 280.0, 0.20),
                crowd(0.4, 80.0, 0.20),
                crowd(0.8, 120.0, 0.15),
                crowd(0.8, 195.0, 0.25),
            ],
        }
    }

    #[test]
    fn the_guidebook_has_two_findings() {
        let found = audit(&guidebook());
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(
            found[0],
            Finding::Consumption {
                printed: 5e7,
                buyers: 5e5
            }
        );
        let Finding::Penetration { weighted, mean, .. } = found[1] else {
            panic!("{found:?}")
        };
        assert!((weighted - 0.212_766).abs() < 5e-7);
        assert!((mean - 0.2156).abs() < 5e-5);
    }

    fn lines() -> Plan {
        let tree = guidebook();
        let none = Line::missing(crate::metrics::Why::NotGiven);
        Plan {
            top: Line {
                gmv: tree.gmv,
                aov: tree.aov,
                conversion: tree.conversion,
                ..none
            },
            crowds: tree
                .crowds
                .iter()
                .map(|c| Line {
                    population: c.population,
                    consumers: c.consumers,
                    conversion: c.conversion,
                    aov: tree.aov,
                    ..none
                })
                .collect(),
            exclusive: true,
        }
    }

    fn close(found: Value, wanted: f64) {
        let found = found.get().unwrap();
        assert!(
            (found - wanted).abs() <= 1e-12 * wanted.abs(),
            "{found} is not {wanted}"
        );
    }

    #[test]
    fn the_guidebook_tree_follows_from_its_targets() {
        let plan = lines().solved();
        close(plan.top.buyers, 500_000.0);
        close(plan.top.consumers, 10_000_000.0);
        close(plan.top.population, 47_000_000.0);
        close(plan.top.penetration, 10.0 / 47.0);
        let penetrations = [0.25, 0.25, 0.20, 0.20, 0.15, 0.24375];
        let gmv = [750e4, 2500e4, 2800e4, 800e4, 1200e4, 1950e4];
        for ((crowd, penetration), gmv) in plan.crowds.iter().zip(penetrations).zip(gmv) {
            close(crowd.penetration, penetration);
            close(crowd.gmv, gmv);
        }
        let residual = plan.residual();
        for cell in [
            residual.consumers,
            residual.buyers,
            residual.gmv,
            residual.aov,
        ] {
            assert!(cell.get().unwrap().abs() < 1e-6, "{cell:?}");
        }
    }

    #[test]
    fn any_one_unknown_is_found_again() {
        let whole = lines().solved();
        for cell in Cell::ALL {
            for crowd in std::iter::once(None).chain((0..whole.crowds.len()).map(Some)) {
                let wanted = cell.of(whole.line(crowd).unwrap()).get().unwrap();
                let (found, steps) = whole.clone().without(crowd, cell).traced();
                close(cell.of(found.line(crowd).unwrap()), wanted);
                assert_eq!(steps.len(), 1, "{cell:?} of {crowd:?}: {steps:?}");
                assert_eq!((steps[0].crowd, steps[0].cell), (crowd, cell));
            }
        }
    }

    #[test]
    fn a_cell_that_was_found_tells_from_what() {
        let (plan, steps) = lines().traced();
        let rule = |crowd, cell| {
            let found = steps.iter().find(|s| (s.crowd, s.cell) == (crowd, cell));
            found.map(|s| s.rule)
        };
        let quotient = Rule::Quotient(Cell::Gmv, Cell::Aov);
        assert_eq!(rule(None, Cell::Buyers), Some(quotient));
        assert_eq!(rule(None, Cell::Population), Some(Rule::Sum));
        assert_eq!(rule(None, Cell::Gmv), None);
        let product = Rule::Product(Cell::Consumers, Cell::Conversion);
        assert_eq!(rule(Some(3), Cell::Buyers), Some(product));
        let given = lines();
        let known = |plan: &Plan| {
            let lines = std::iter::once(&plan.top).chain(&plan.crowds);
            let each = lines.flat_map(|l| Cell::ALL.map(|c| c.of(l)));
            each.filter(|v| v.is_known()).count()
        };
        assert_eq!(known(&plan) - known(&given), steps.len());
    }

    #[test]
    fn the_last_crowd_takes_what_the_top_line_leaves() {
        let mut plan = lines();
        plan.crowds[5].consumers = Value::Missing(crate::metrics::Why::NotGiven);
        let (solved, steps) = plan.clone().traced();
        let rest = steps.iter().find(|s| s.rule == Rule::Rest).unwrap();
        assert_eq!((rest.crowd, rest.cell), (Some(5), Cell::Consumers));
        close(solved.crowds[5].consumers, 1_950_000.0);
        close(solved.crowds[5].penetration, 0.24375);
        plan.exclusive = false;
        let solved = plan.solved();
        assert!(!solved.crowds[5].consumers.is_known());
        assert!(!solved.sum().gmv.is_known());
    }

    #[test]
    fn crowds_share_the_rates_of_the_top_line_where_nothing_else_tells_them() {
        let missing = Value::Missing(crate::metrics::Why::NotGiven);
        let mut plan = lines();
        for crowd in &mut plan.crowds {
            (crowd.conversion, crowd.aov) = (missing, missing);
        }
        // This one tells its AOV in another way.
        plan.crowds[0].buyers = Value::Known(50_000.0);
        plan.crowds[0].gmv = Value::Known(7_500_000.0);
        let (found, steps) = plan.traced();
        close(found.crowds[0].aov, 150.0);
        close(found.crowds[0].conversion, 50_000.0 / 750_000.0);
        close(found.crowds[1].gmv, 25e6);
        let shared = steps.iter().filter(|s| s.rule == Rule::Shared);
        assert_eq!(shared.count(), 10);
        // 50,000 buyers where 37,500 were due.
        close(found.residual().buyers, -12_500.0);
    }

    #[test]
    fn given_cells_that_contradict_stay_and_are_told() {
        let mut plan = lines();
        plan.top.buyers = Value::Known(400_000.0);
        let solved = plan.solved();
        assert_eq!(solved.top.buyers, Value::Known(400_000.0));
        close(
            Value::or_missing(
                solved.top.contradictions()[2],
                crate::metrics::Why::NotGiven,
            ),
            0.2,
        );
    }

    #[test]
    fn a_tree_with_missing_cells_is_silent() {
        let mut tree = guidebook();
        tree.aov = Value::Missing(crate::metrics::Why::NotGiven);
        tree.crowds.clear();
        assert!(audit(&tree).is_empty());
    }
}
