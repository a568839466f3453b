//! The audit of a GMV → crowd target tree (`domain.md` §6.3): what was printed against what follows
//! from the other cells.

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

    #[test]
    fn a_tree_with_missing_cells_is_silent() {
        let mut tree = guidebook();
        tree.aov = Value::Missing(crate::metrics::Why::NotGiven);
        tree.crowds.clear();
        assert!(audit(&tree).is_empty());
    }
}
