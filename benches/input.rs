//! Is input ever queued behind computing? 500 slice changes into the dashboard, on a log of a
//! million consumers.
//!
//! `cargo bench --bench input [-- FOLDER]` runs it, by hand and on a quiet machine: the data set is
//! made in FOLDER (`target/input-bench` if not given) with `fastdeck demo --write FOLDER --scale 100
//! --log-only --brands 1`, opened in a pseudo-terminal of 120×36, and the picker is sent Space and
//! the cursor in turn, once as fast as the pseudo-terminal takes them and once every 33 ms, as a key
//! that is held down repeats. For every Space, the time from just before it is written until
//! a frame is painted that knows of it; and until a frame is painted whose numbers are up to date and
//! know of it. Times of the program come from `--trace`, by the same clock.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fs;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

const EXE: &str = env!("CARGO_BIN_EXE_fastdeck");
const CHANGES: usize = 500;
/// Values of the first dimension that the cursor goes through.
const VALUES: usize = 6;
const PATIENCE: Duration = Duration::from_secs(600);

fn main() {
    let folder = std::env::args().skip(1).find(|a| !a.starts_with('-'));
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/input-bench");
    let folder = folder.map_or(default, PathBuf::from);
    make(&folder);
    for (name, pause) in [
        ("as fast as they are taken", Duration::ZERO),
        ("one every 33 ms", Duration::from_millis(33)),
    ] {
        let run = run(&folder, pause);
        println!("{CHANGES} slice changes, {name}:");
        run.print();
    }
}

/// Makes the data set unless it is there.
fn make(folder: &Path) {
    if folder.join("dataset.toml").exists() {
        return;
    }
    let options = ["--scale", "100", "--log-only", "--brands", "1", "--force"];
    let mut demo = Command::new(EXE);
    demo.args(["demo", "--write"]).arg(folder).args(options);
    assert!(demo.status().unwrap().success());
}

/// A line of the trace.
#[derive(Debug, Clone)]
struct Line {
    time: u128,
    what: String,
    number: u64,
}

fn read(trace: &Path) -> Vec<Line> {
    let text = fs::read_to_string(trace).unwrap_or_default();
    let line = |line: &str| {
        let mut words = line.split(' ');
        Some(Line {
            time: words.next()?.parse().ok()?,
            what: words.next()?.to_owned(),
            number: words.next()?.parse().ok()?,
        })
    };
    text.lines().filter_map(line).collect()
}

fn now() -> u128 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.unwrap().as_nanos()
}

fn wait(what: &str, trace: &Path, wanted: impl Fn(&[Line]) -> bool) -> Vec<Line> {
    let start = Instant::now();
    loop {
        let lines = read(trace);
        if wanted(&lines) {
            return lines;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// One session: what was sent when, and the trace of the program.
struct Run {
    /// When each key was written.
    sent: Vec<u128>,
    /// Which of them changed the slice.
    changes: Vec<usize>,
    /// Keys before the first of them.
    before: u64,
    trace: Vec<Line>,
}

fn run(folder: &Path, pause: Duration) -> Run {
    let home = tempfile::tempdir().unwrap();
    let trace = home.path().join("trace");
    let size = PtySize {
        rows: 36,
        cols: 120,
        pixel_width: 0,
        pixel_height: 0,
    };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(EXE);
    command.arg(folder);
    command.arg("--trace");
    command.arg(&trace);
    command.env("FASTDECK_HOME", home.path());
    command.env("TERM", "xterm-256color");
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while reader.read(&mut buffer).is_ok_and(|n| n > 0) {}
    });
    let mut keys = pair.master.take_writer().unwrap();
    let is_fresh = |lines: &[Line]| lines.last().is_some_and(|l| l.what == "frame");
    let is_loaded = |lines: &[Line]| lines.iter().any(|l| l.what == "loaded");
    wait("the data", &trace, |l| is_loaded(l) && is_fresh(l));
    // The cache is written behind the first numbers; that is not what is measured.
    thread::sleep(Duration::from_secs(5));
    keys.write_all(b"/").unwrap();
    wait("the picker", &trace, |l| {
        l.iter().any(|l| l.what == "frame" && l.number == 1)
    });
    let script = script();
    let mut sent = Vec::with_capacity(script.len());
    for key in &script {
        sent.push(now());
        keys.write_all(&[*key]).unwrap();
        thread::sleep(pause);
    }
    let last = 1 + script.len() as u64;
    let done = |lines: &[Line]| is_fresh(lines) && lines.last().is_some_and(|l| l.number == last);
    let trace = wait("the last frame", &trace, done);
    keys.write_all(b"\x1bq").unwrap();
    child.kill().ok();
    child.wait().unwrap();
    Run {
        changes: (0..script.len()).filter(|&i| script[i] == b' ').collect(),
        sent,
        before: 1,
        trace,
    }
}

/// Space and the cursor in turn: down through the values, and up again.
fn script() -> Vec<u8> {
    let ways = [b'\x0e', b'\x10'];
    let turn = |change: usize| [b' ', ways[(change / VALUES) % 2]];
    (0..CHANGES).flat_map(turn).collect()
}

impl Run {
    /// For each change, the time until a frame of these kinds knows of it, in milliseconds.
    fn until(&self, kinds: &[&str]) -> Vec<f64> {
        let frames: Vec<&Line> = self
            .trace
            .iter()
            .filter(|l| kinds.contains(&&*l.what))
            .collect();
        let one = |&change: &usize| {
            let known = self.before + change as u64 + 1;
            let frame = frames.iter().find(|f| f.number >= known).unwrap();
            frame.time.saturating_sub(self.sent[change]) as f64 / 1e6
        };
        let mut times: Vec<f64> = self.changes.iter().map(one).collect();
        times.sort_by(f64::total_cmp);
        times
    }

    fn count(&self, what: &str) -> usize {
        let start = self.sent.first().copied().unwrap_or_default();
        let mut all = self.trace.iter();
        all.by_ref()
            .filter(|l| l.what == what && l.time >= start)
            .count()
    }

    fn print(&self) {
        let took = self.sent.last().unwrap_or(&0) - self.sent.first().unwrap_or(&0);
        println!("  sent within {:.0} ms", took as f64 / 1e6);
        for (name, kinds) in [
            ("key to painted frame", &["frame", "stale"][..]),
            ("key to new numbers", &["frame"]),
        ] {
            let times = self.until(kinds);
            let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
            println!(
                "  {name}: median {:.1} ms, p95 {:.1} ms, longest {:.1} ms",
                at(0.5),
                at(0.95),
                at(1.0)
            );
        }
        println!(
            "  boards wanted {}, dropped before they were begun {}, dropped while computed {}, shown {}; frames {}",
            self.count("want"),
            self.count("drop"),
            self.count("late"),
            self.count("board"),
            self.count("frame") + self.count("stale"),
        );
    }
}
