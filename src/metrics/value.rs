//! A number that may be missing, and the units numbers come in.
//!
//! Missing is a value with a reason, from the loader to the pixel: it is never 0, NaN or infinity.

use super::Day;
use super::aipl::State;

/// A figure, or the reason why there is none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// A finite number in the unit of its metric.
    Known(f64),
    /// No number, and why.
    Missing(Why),
}

/// Why a figure is missing. The texts for people, in both languages, are in `view`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Why {
    /// No table of this kind, and no event log, holds the brand.
    NoTable(&'static str),
    /// The table has rows for the brand, but none on this day.
    NoRow(&'static str, Day),
    /// The source has the row, but the cell of this column is empty, masked or `-`.
    EmptyCell(&'static str),
    /// The denominator of the ratio is zero.
    ZeroDenominator,
    /// The table has rows for the brand, but none between these two days.
    NoFlow(Day, Day),
    /// The table has rows between the two days, but none from this state to that one.
    NoPair(State, State),

    /// No event of the log is in the brand's category.
    NoCategoryEvents,
    /// The platform tables were not exported for this slice.
    NotSliced,
    /// No member events, no relations and no member totals are in the data.
    NoMembers,
    /// The brand has no category, so opportunity consumers are unknown.
    NoCategory,
    /// Orders carry no amount.
    NoAmount,
    /// The crowd has no size in the data set.
    NoPopulation,
    /// Crowds overlap: a sum would count people twice.
    Overlap,
    /// The union of roles lies in this range, but is not known exactly.
    UnionBetween(f64, f64),
    /// The day lies outside the event log.
    OutsideLog(Day, Day),
    /// The figure is not defined (for example the flow from none to none).
    Undefined,
    /// The data set gives a target for this figure but no current value.
    TargetOnly,
    /// No referral or user-content data, so the spreading part is unknown.
    NoSpread,
    /// The data set names no value of this kind for the brand.
    NotGiven,
    /// The event log that can tell it has not been read yet.
    Pending,
}

impl Value {
    /// A known value; NaN and infinities become [`Why::ZeroDenominator`].
    pub fn known(x: f64) -> Self {
        if x.is_finite() {
            Self::Known(x)
        } else {
            Self::Missing(Why::ZeroDenominator)
        }
    }

    /// A count of people.
    pub fn people(n: u64) -> Self {
        Self::Known(n as f64)
    }

    /// The number, if there is one.
    pub fn get(self) -> Option<f64> {
        match self {
            Self::Known(x) => Some(x),
            Self::Missing(_) => None,
        }
    }

    /// The reason, if the number is missing.
    pub fn why(self) -> Option<Why> {
        match self {
            Self::Known(_) => None,
            Self::Missing(why) => Some(why),
        }
    }

    /// Whether the number is still to come.
    pub fn is_pending(self) -> bool {
        self == Self::Missing(Why::Pending)
    }

    /// Whether there is a number.
    pub fn is_known(self) -> bool {
        matches!(self, Self::Known(_))
    }

    /// `Some` becomes known, `None` becomes missing for the given reason.
    pub fn or_missing(x: Option<f64>, why: Why) -> Self {
        x.map_or(Self::Missing(why), Self::known)
    }

    /// `self / other`; missing when either is missing or `other` is zero.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        self.with(other, |a, b| a / b).and_then(|x| {
            if other == Self::Known(0.0) {
                Self::Missing(Why::ZeroDenominator)
            } else {
                Self::known(x)
            }
        })
    }

    /// `self − other`; missing when either is missing (the reason of the first missing one). The
    /// difference is rounded to the 15 digits that the larger of both carries: 0.2 − 0.25 is −0.05.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        self.with(other, difference)
    }

    /// `self + other`; missing when either is missing.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.with(other, |a, b| a + b)
    }

    /// `self × other`; missing when either is missing.
    #[must_use]
    pub fn times(self, other: Self) -> Self {
        self.with(other, |a, b| a * b)
    }

    /// This value, or the other one when this is missing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if self.is_known() { self } else { other }
    }

    fn with(self, other: Self, f: impl Fn(f64, f64) -> f64) -> Self {
        match (self, other) {
            (Self::Known(a), Self::Known(b)) => Self::Known(f(a, b)),
            (Self::Missing(why), _) | (_, Self::Missing(why)) => Self::Missing(why),
        }
    }

    fn and_then(self, f: impl Fn(f64) -> Self) -> Self {
        match self {
            Self::Known(x) => f(x),
            missing @ Self::Missing(_) => missing,
        }
    }
}

fn difference(a: f64, b: f64) -> f64 {
    let larger = a.abs().max(b.abs());
    let exact = a - b;
    if exact.fract() == 0.0 || !larger.is_finite() {
        return exact;
    }
    let decimals = (15.0 - larger.log10().ceil()).clamp(0.0, 300.0) as usize;
    format!("{exact:.decimals$}").parse().unwrap_or(exact)
}

/// The sum; missing as soon as one part is missing (the first reason).
impl std::iter::Sum for Value {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::Known(0.0), Self::plus)
    }
}

/// What a figure counts. Differences of a [`Unit::Ratio`] are percentage points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Distinct consumers.
    People,
    /// Things that are counted, such as orders.
    Count,
    /// A fraction; 0.1018 is 10.18 %.
    Ratio,
    /// An amount in the currency of the data set.
    Money,
    /// An amount per person, in the currency of the data set.
    MoneyPerPerson,
    /// An index, 100 = par.
    Index,
}

impl Unit {
    /// The name of the unit in JSON.
    pub fn id(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Count => "count",
            Self::Ratio => "ratio",
            Self::Money => "money",
            Self::MoneyPerPerson => "money_per_person",
            Self::Index => "index",
        }
    }
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Self::NoTable(kind) => write!(f, "no {kind} table and no event log for this brand"),
            Self::NoRow(kind, day) => write!(f, "the {kind} table has no row on {day}"),
            Self::EmptyCell(column) => {
                write!(
                    f,
                    "the cell of {column} is empty, masked or part of an all-zero row in the source"
                )
            }
            Self::ZeroDenominator => write!(f, "the denominator is zero"),
            Self::NoFlow(from, to) => write!(f, "the flow table has no rows from {from} to {to}"),
            Self::NoPair(from, to) => {
                write!(
                    f,
                    "the flow table has no row from {} to {}",
                    from.id(),
                    to.id()
                )
            }

            Self::NoCategoryEvents => {
                write!(f, "no event of the log is in the brand's category")
            }
            Self::NotSliced => write!(f, "the platform tables do not hold this slice"),
            Self::NoMembers => write!(
                f,
                "no member events, relations or member totals in the data"
            ),
            Self::NoCategory => write!(
                f,
                "the brand has no category, so opportunity consumers are unknown"
            ),
            Self::NoAmount => write!(f, "orders carry no amount"),
            Self::NoPopulation => write!(f, "the crowd has no size in the data set"),
            Self::Overlap => write!(f, "crowds overlap, a sum would count people twice"),
            Self::UnionBetween(low, high) => {
                write!(
                    f,
                    "roles may overlap: the union lies between {low} and {high}"
                )
            }
            Self::OutsideLog(first, last) => {
                write!(f, "the event log covers {first} to {last} only")
            }
            Self::Undefined => write!(f, "not defined"),
            Self::TargetOnly => write!(f, "the data set gives a target but no current value"),
            Self::NoSpread => write!(f, "no referral or user-content data"),
            Self::NotGiven => write!(f, "not given in the data set"),
            Self::Pending => write!(f, "the event log has not been read yet"),
        }
    }
}
