//! `fastdeck project`: A, I, P, L and FAST of the coming weeks, as JSON, and how well such
//! projections would have done.

use serde_json::{Value as Json, json};

use super::args::Project as Arguments;
use super::environment::Environment;
use super::failure::Failure;
use super::seek::{bounded, number};
use super::{open, output, query};
use crate::board::{self, Horizon, Projection, Query};
use crate::facts::{Dataset, Engine};
use crate::metrics::Day;
use crate::metrics::aipl::State;
use crate::metrics::projection::{Estimate, Miss, Outlook, mean_errors};

/// What the estimate rests on; part of every document.
const ASSUMES: &str = "an estimate: transition rates and arrivals stay as in the observed weeks, weeks are independent";

/// Weeks ahead when no date is given.
const AHEAD: i32 = 4;

pub(super) fn run(args: &Arguments, environment: &Environment) -> Result<(), Failure> {
    if let Some(path) = &args.output {
        output::refuse_existing(path, args.force)?;
    }
    let language = args.shared.language(environment);
    let loaded = open::engine(args.dataset.as_deref(), &args.shared, environment)?;
    let engine = &*loaded.engine;
    let query = query::query(&args.shared, engine)?;
    let brand = query::focused_brand(&args.shared, engine)?;
    let document = document(engine, &query, brand, args)?;
    loaded.check()?;
    output::write_document(&document, args.output.as_deref(), args.force)?;
    loaded.keep(language);
    Ok(())
}

fn document(
    engine: &Engine,
    query: &Query,
    brand: usize,
    args: &Arguments,
) -> Result<Json, Failure> {
    let horizon = Horizon {
        until: args.until.unwrap_or_else(|| query.as_of.plus(7 * AHEAD)),
        observed: usize::from(args.weeks),
    };
    if horizon.until <= query.as_of {
        return Err(Failure::Usage(format!(
            "--until {}: expected a day after {}",
            horizon.until, query.as_of
        )));
    }
    let found = board::projection(engine, query, brand, horizon).ok_or_else(|| {
        Failure::Dashboard(
            "there is no week of flows to project from: neither the event log nor a flow table holds one"
                .to_owned(),
        )
    })?;
    let mut document = projection(engine.dataset(), query, brand, &found);
    if let Some(held) = args.backtest {
        let held = usize::from(held);
        let test = board::projection_backtest(engine, query, brand, (horizon.observed, held));
        document["backtest"] = json!({
            "trained": test.trained,
            "ahead": test.ahead.iter().map(miss).collect::<Vec<_>>(),
            "ahead_mean": mean(&test.ahead),
            "weekly_mean": mean(&test.weekly),
        });
    }
    Ok(document)
}

fn projection(dataset: &Dataset, query: &Query, brand: usize, found: &Projection) -> Json {
    let estimates = |all: &[(Day, Estimate)]| -> Vec<Json> {
        all.iter().map(|(day, e)| estimate(*day, e)).collect()
    };
    let id = dataset.brands.get(brand).map(|b| &b.id);
    json!({
        "format": 1,
        "dataset": {
            "name": dataset.name,
            "fingerprint": dataset.fingerprint,
            "simulated": dataset.simulated,
        },
        "brand": id,
        "as_of": found.from.to_string(),
        "slice": query.slice.to_string(),
        "source": found.source.id(),
        "estimate": true,
        "assumes": ASSUMES,
        "observed_weeks": found.observed,
        "what_if": query.scenario.to_string(),
        "bounded": found.bounded.iter().map(bounded).collect::<Vec<_>>(),
        "arrivals": layers(found.week.arrivals),
        "start": layers(found.start.stock),
        "weeks": estimates(&found.estimates),
        "baseline": estimates(&found.baseline),
    })
}

fn layers(values: [f64; 4]) -> Json {
    let each = State::ASSET.iter().zip(values);
    each.map(|(s, x)| (s.id().to_owned(), number(x)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn estimate(day: Day, estimate: &Estimate) -> Json {
    json!({
        "date": day.to_string(),
        "expected": outlook(&estimate.expected),
        "low": outlook(&estimate.low),
        "high": outlook(&estimate.high),
    })
}

fn outlook(outlook: &Outlook) -> Json {
    let [a, i, p, l] = outlook.stock;
    json!({
        "aipl.a": number(a),
        "aipl.i": number(i),
        "aipl.p": number(p),
        "aipl.l": number(l),
        "fast.f": number(outlook.f),
        "fast.a": number(outlook.a),
        "fast.s": outlook.s.map(number),
        "fast.t": outlook.t.map(number),
    })
}

fn miss(miss: &Miss) -> Json {
    json!({
        "weeks_ahead": miss.ahead,
        "projected": errors(miss.projected),
        "naive": errors(miss.naive),
    })
}

fn mean(misses: &[Miss]) -> Json {
    json!({
        "forecasts": misses.len(),
        "projected": errors(mean_errors(misses, |m| &m.projected)),
        "naive": errors(mean_errors(misses, |m| &m.naive)),
    })
}

/// Relative errors of A, I, P, L and F.
fn errors(errors: [Option<f64>; 5]) -> Json {
    let [a, i, p, l, f] = errors.map(|e| e.map(number));
    json!({ "aipl.a": a, "aipl.i": i, "aipl.p": p, "aipl.l": l, "fast.f": f })
}
