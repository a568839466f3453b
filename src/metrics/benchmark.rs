//! Benchmarks and index forms (`domain.md` §3.5).

use super::Value;

/// What kind of peer value a benchmark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BenchmarkKind {
    /// 行业均值, the category average.
    Mean,
    /// 行业中位值, the category median.
    Median,
    /// 行业优秀值, as imported (its percentile is not published).
    Excellent,
    /// 行业排名, the brand's rank (1 is best).
    Rank,
}

impl BenchmarkKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Mean, Self::Median, Self::Excellent, Self::Rank];

    /// The id in files and JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Median => "median",
            Self::Excellent => "excellent",
            Self::Rank => "rank",
        }
    }

    /// The kind with this id.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.id() == id)
    }
}

/// Index of a brand against a benchmark: value ÷ benchmark × 100, 100 = par. Missing when the
/// benchmark is zero or missing (`domain.md` §3.5, `[own]`).
pub fn index(value: Value, benchmark: Value) -> Value {
    value.over(benchmark).times(Value::Known(100.0))
}
