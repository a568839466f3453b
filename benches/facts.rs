//! The facts engine, asked from outside: opens a data set and answers questions, one JSON document
//! a line, each with its numbers, its time and its memory.
//!
//! `benches/peers.py` asks the same questions of `DuckDB` and `Polars`. It runs this program as
//! `facts answer DIR`, `facts write DIR CONSUMERS` and `facts load DIR`; `facts build DIR [MB]` loads
//! and orders the events, with so many MB of rows in memory; `cargo bench --bench facts` asks a few
//! questions of the demo. The numbers are figures of [`board::compute`], the call behind
//! every screen. Times are those of the counts alone, and, as `board`, those of that whole call
//! after them.
#![allow(missing_docs, clippy::unwrap_used)]

use std::io::{self, BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastdeck::board::{self, BrandBoard, Focus, Part, Query, Source};
use fastdeck::data::{self, Input, Options, demo};
use fastdeck::facts::{CrowdKey, Dataset, Engine, Rules, Slice};
use fastdeck::metrics::aipl::State;
use fastdeck::metrics::{Day, Value as Told};
use fastdeck::scenario::Scenario;
use serde_json::{Map, Value, json};

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["answer", dir] => answer(&Input::Path(dir.into()), &mut io::stdin().lock().lines()),
        ["write", dir, consumers] => write(Path::new(dir), consumers),
        ["load", dir] => load_only(dir),
        ["build", dir] => build(dir, &Options::default()),
        ["build", dir, mb] => with_memory(mb).and_then(|options| build(dir, &options)),
        _ => answer(&Input::Memory(demo::embedded()), &mut some_questions()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            eprintln!("facts: {text}");
            ExitCode::FAILURE
        }
    }
}

/// What `cargo bench` asks.
fn some_questions() -> impl Iterator<Item = io::Result<String>> {
    let ask = |text: &str| Ok(json!({ "where": text, "numbers": false }).to_string());
    [
        "",
        "crowd=genz",
        "channel=douyin,live; city_tier!=tier1",
        "",
    ]
    .into_iter()
    .map(ask)
}

fn write(dir: &Path, consumers: &str) -> Result<(), String> {
    let consumers: f64 = consumers.parse().map_err(|_| "how many consumers?")?;
    let plan = demo::Plan {
        scale: consumers / 10_000.0,
        brands: 1,
        log_only: true,
    };
    let watch = Watch::start();
    demo::write(dir, &plan).map_err(|e| e.to_string())?;
    say(&watch.report())
}

/// Loading alone, without the indexes of the engine.
fn load_only(dir: &str) -> Result<(), String> {
    let watch = Watch::start();
    let data = load(&Input::Path(PathBuf::from(dir)))?;
    let mut report = watch.report();
    report.insert("events".into(), json!(data.log.events.len()));
    report.insert("consumers".into(), json!(data.log.consumers.len()));
    say(&report)
}

/// Options that keep so many MB of rows in memory.
fn with_memory(mb: &str) -> Result<Options, String> {
    let mb: usize = mb.parse().map_err(|_| "how many MB?")?;
    let mut options = Options::default();
    options.spill.memory = mb << 20;
    Ok(options)
}

/// Loading, then ordering the events.
fn build(dir: &str, options: &Options) -> Result<(), String> {
    let watch = Watch::start();
    let input = Input::Path(PathBuf::from(dir));
    let data = data::load(&input, options, &mut |_| true).map_err(|e| e.to_string())?;
    say(&watch.report())?;
    let watch = Watch::start();
    let engine = Engine::build(Arc::new(data), &|_| true).map_err(|e| format!("{e:?}"))?;
    let mut report = watch.report();
    report.insert("events".into(), json!(engine.event_count()));
    report.insert("store_mb".into(), json!(engine.memory().events >> 20));
    say(&report)
}

fn load(input: &Input) -> Result<Dataset, String> {
    data::load(input, &Options::default(), &mut |_| true).map_err(|e| e.to_string())
}

fn answer(
    input: &Input,
    questions: &mut dyn Iterator<Item = io::Result<String>>,
) -> Result<(), String> {
    let watch = Watch::start();
    let engine = Engine::new(Arc::new(load(input)?));
    let mut hello = watch.report();
    hello.insert("about".into(), about(&engine));
    say(&hello)?;
    for line in questions {
        let line = line.map_err(|e| e.to_string())?;
        let question: Value = serde_json::from_str(&line).map_err(|e| e.to_string())?;
        say(&reply(&engine, &question)?)?;
    }
    Ok(())
}

/// What can be asked about.
fn about(engine: &Engine) -> Value {
    let data = engine.dataset();
    let dimensions: Map<String, Value> = board::dimensions(engine)
        .into_iter()
        .map(|d| {
            let values: Vec<String> = d.values.into_iter().map(|v| v.value).collect();
            (d.id, json!(values))
        })
        .collect();
    let logged = data.sources.iter().filter(|s| s.kind == "events");
    json!({
        "brands": data.brands.iter().map(|b| json!([b.id, b.category])).collect::<Vec<_>>(),
        "crowds": data.crowds.iter().map(|c| c.id.clone()).collect::<Vec<_>>(),
        "counted_crowds": data.counted_crowds().collect::<Vec<_>>(),
        "as_of": board::default_as_of(engine).to_string(),
        "days": data.log.days.map(|(a, b)| [a.to_string(), b.to_string()]),
        "events": logged.map(|s| s.used).sum::<u64>(),
        "consumers": engine.consumers().len(),
        "has_members": engine.has_members(),
        "dimensions": dimensions,
    })
}

fn reply(engine: &Engine, question: &Value) -> Result<Map<String, Value>, String> {
    let brand = match question["brand"].as_str() {
        Some(id) => engine.dataset().brands.iter().position(|b| b.id == id),
        None => Some(engine.first_brand()),
    };
    let brand = brand.ok_or("no such brand")?;
    let query = query(engine, question)?;
    if question["only"] == "memory" {
        return Ok(memory(engine));
    }
    if question["prepare"] == true {
        return Ok(prepare(engine, brand, &query));
    }
    let mut report = count(engine, brand, &query, is_one_date(question));
    if question["only"] == "count" {
        return Ok(report);
    }
    displace(engine, brand, &query);
    let watch = Watch::start();
    let board = board::compute(engine, &query, &Focus::One(brand));
    report.insert("board".into(), Value::Object(watch.report()));
    if question["numbers"] != false {
        let board = board.brand(brand).ok_or("no board of the brand")?;
        report.insert("numbers".into(), numbers(engine.dataset(), board));
    }
    Ok(report)
}

/// Whether a question is about one date and its comparison, without histories.
fn is_one_date(question: &Value) -> bool {
    question["one_date"] == true || question["one_board"] == true
}

/// Counts nobody, so that the next count of a slice cannot be answered from the last one.
fn displace(engine: &Engine, brand: usize, query: &Query) {
    let nobody = Slice::parse_conditions("role=nobody; channel=nobody").unwrap();
    let slice = Slice {
        filter: nobody,
        ..query.slice.clone()
    };
    let frame = Engine::frame(query.as_of, query.against, &query.definitions);
    engine.count(brand, &frame, &Rules::of(&query.definitions), &slice);
}

/// Bytes that the engine holds now, by what they are for.
fn memory(engine: &Engine) -> Map<String, Value> {
    let held = engine.memory();
    let parts = [
        ("consumers", held.consumers),
        ("events", held.events),
        ("censuses", held.censuses),
        ("touched", held.touched),
    ];
    let entry = |(name, bytes): (&str, usize)| (name.to_owned(), json!(bytes));
    parts.into_iter().map(entry).collect()
}

/// What the dashboard does behind its first board.
fn prepare(engine: &Engine, brand: usize, query: &Query) -> Map<String, Value> {
    let watch = Watch::start();
    let frame = Engine::frame(query.as_of, query.against, &query.definitions);
    let rules = Rules::of(&query.definitions);
    engine.count(
        brand,
        &frame,
        &rules,
        &Slice {
            filter: Vec::new(),
            ..query.slice.clone()
        },
    );
    engine.prepare(brand, &frame, &rules, &query.slice.scope, &|| true);
    watch.report()
}

/// Times the counts alone, without figures; those of two days alone when histories are not asked for.
fn count(engine: &Engine, brand: usize, query: &Query, ends: bool) -> Map<String, Value> {
    let watch = Watch::start();
    let mut frame = Engine::frame(query.as_of, query.against, &query.definitions);
    if ends {
        frame = frame.ends();
    }
    let rules = Rules::of(&query.definitions);
    let counts = engine.count(brand, &frame, &rules, &query.slice);
    let report = watch.report();
    std::hint::black_box(counts);
    report
}

fn query(engine: &Engine, question: &Value) -> Result<Query, String> {
    let day = |key: &str| match question[key].as_str() {
        Some(text) => Day::parse_iso(text)
            .map(Some)
            .ok_or(format!("{key}: {text}")),
        None => Ok(None),
    };
    let conditions = |key: &str| {
        let text = question[key].as_str().unwrap_or_default();
        Slice::parse_conditions(text).map_err(|e| e.to_string())
    };
    let mut definitions = engine.dataset().definitions.clone();
    for (id, value) in question["set"].as_object().into_iter().flatten() {
        let text = value.as_str().ok_or("definitions are texts")?;
        definitions.set(id, text).map_err(|e| e.to_string())?;
    }
    let as_of = day("as_of")?.unwrap_or_else(|| board::default_as_of(engine));
    Ok(Query {
        as_of,
        against: day("against")?.unwrap_or_else(|| as_of.plus(-7)),
        slice: Slice {
            filter: conditions("where")?,
            scope: conditions("scope")?,
        },
        definitions,
        scenario: Scenario::default(),
    })
}

fn numbers(data: &Dataset, board: &BrandBoard) -> Value {
    let stock = ["o", "a", "i", "p", "l"].map(|s| sides(board, &format!("aipl.{s}"), Part::Whole));
    let flow = State::ALL.map(|from| State::ALL.map(|to| now(board, Part::Flow(from, to))));
    let mut crowds = Map::new();
    for (k, crowd) in data.crowds.iter().enumerate() {
        let part = Part::Crowd(CrowdKey::Crowd(k as u32));
        crowds.insert(crowd.id.clone(), bought(board, part));
    }
    crowds.insert("*".into(), bought(board, Part::Crowd(CrowdKey::All)));
    let history: Map<String, Value> = [
        "fast.f", "fast.a", "fast.s", "fast.t", "aipl.a", "aipl.i", "aipl.p", "aipl.l",
    ]
    .into_iter()
    .map(|id| {
        let series = board.series(id, Part::Whole);
        let values = series.map(|s| s.values.iter().copied().map(plain).collect::<Vec<_>>());
        (id.to_owned(), json!(values))
    })
    .collect();
    json!({
        "stock": stock,
        "flow": flow,
        "fast.f": sides(board, "fast.f", Part::Whole),
        "fast.a": parts(board, "fast.a"),
        "fast.s": sides(board, "fast.s", Part::Whole),
        "fast.t": parts(board, "fast.t"),
        "crowds": crowds,
        "history": history,
    })
}

/// A value now and at the comparison.
fn sides(board: &BrandBoard, metric: &str, part: Part) -> [Value; 2] {
    let figure = board.from(Source::Events, metric, part);
    figure.map_or([Value::Null, Value::Null], |f| {
        [f.now, f.against].map(plain)
    })
}

fn now(board: &BrandBoard, part: Part) -> Value {
    let [now, _] = sides(board, "flow", part);
    now
}

/// A ratio now and at the comparison, then what it divides now.
fn parts(board: &BrandBoard, metric: &str) -> [Value; 4] {
    let [now, against] = sides(board, metric, Part::Whole);
    let figure = board.from(Source::Events, metric, Part::Whole);
    let part = |value: Option<Option<Told>>| value.flatten().map_or(Value::Null, plain);
    let numerator = part(figure.map(|f| f.numerator));
    let denominator = part(figure.map(|f| f.denominator));
    [now, against, numerator, denominator]
}

fn bought(board: &BrandBoard, part: Part) -> Value {
    let of = |metric: &str| sides(board, metric, part);
    json!([of("crowd.consumers"), of("crowd.buyers"), of("crowd.gmv")])
}

fn plain(value: Told) -> Value {
    value.get().map_or(Value::Null, |x| json!(x))
}

/// What something took.
struct Watch {
    wall: Instant,
    cpu: Duration,
}

impl Watch {
    fn start() -> Self {
        Self {
            wall: Instant::now(),
            cpu: cpu_time(),
        }
    }

    fn report(&self) -> Map<String, Value> {
        let wall = self.wall.elapsed();
        let cpu = cpu_time().saturating_sub(self.cpu);
        let mut report = Map::new();
        report.insert("wall_ms".into(), json!(wall.as_secs_f64() * 1e3));
        report.insert("cpu_ms".into(), json!(cpu.as_secs_f64() * 1e3));
        report.insert("peak_mb".into(), json!(peak_mb()));
        report
    }
}

/// User and system time of all threads.
fn cpu_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// The most memory that the program ever had, in MB; `None` where the system does not tell.
fn peak_mb() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    let kb: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kb / 1024.0)
}

fn say(report: &Map<String, Value>) -> Result<(), String> {
    let line = Value::Object(report.clone()).to_string();
    let mut out = io::stdout().lock();
    let said = writeln!(out, "{line}").and_then(|()| out.flush());
    said.map_err(|e| e.to_string())
}
