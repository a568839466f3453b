//! Every way out of the dashboard, in a real pseudo-terminal: the terminal is as before.
//!
//! The tests run this test binary again inside a pseudo-terminal; there [`inside`] is the
//! dashboard, with the fault that its environment names.

use std::sync::Arc;
use std::time::Duration;

use super::pty::Pty;
use super::{Exit, Tools, paint, run_with};
use crate::app::{Pane, State};
use crate::board::{self, Board, Extent, Focus, Query};
use crate::data::LoadError;
use crate::facts::{Brand, CrowdKey, Dataset, Engine, StockRow};
use crate::metrics::Day;

const FAULT: &str = "FASTDECK_TEST_FAULT";
const HOME: &str = "FASTDECK_TEST_HOME";

fn faulty_computer(
    engine: &Engine,
    query: &Query,
    focus: &Focus,
    first: &mut dyn FnMut(Board),
) -> Board {
    assert!(
        fault() != "compute",
        "computing broke \u{1b}[31m on purpose"
    );
    assert!(
        fault() != "second" || !matches!(focus, Focus::Ahead(..)),
        "computing broke again"
    );
    let whole = board::compute(engine, query, focus);
    if fault() == "steps" {
        first(without_histories(&whole));
        std::thread::sleep(Duration::from_millis(800));
    }
    whole
}

fn without_histories(whole: &Board) -> Board {
    let mut board = Board {
        extent: Extent::Figures,
        ..whole.clone()
    };
    for brand in &mut board.brands {
        Arc::make_mut(brand).history.clear();
    }
    board
}

/// A brand with one export of the platform: 4,321 people.
fn data() -> Dataset {
    let day = Day::parse_iso("2026-11-15").unwrap();
    let row = StockRow {
        brand: 0,
        date: day,
        crowd: CrowdKey::Brand,
        scope: None,
        o: None,
        a: Some(4000.0),
        i: Some(300.0),
        p: Some(20.0),
        l: Some(1.0),
        total: None,
        active: None,
        at: (0, 0),
    };
    let mut data = Dataset {
        brands: vec![Brand::default()],
        as_of: Some(day),
        fingerprint: "4321".into(),
        ..Dataset::default()
    };
    data.tables.stock.push(row);
    data
}

fn fault() -> String {
    std::env::var(FAULT).unwrap_or_default()
}

/// The dashboard itself; does nothing unless it is run by one of the tests below.
#[test]
#[ignore = "runs inside the pseudo-terminal of the other tests"]
fn inside() {
    if fault().is_empty() {
        return;
    }
    let look = |_: &(dyn Fn() -> bool + Sync)| {
        (fault() == "look").then(|| Dataset {
            lacks_log: true,
            ..data()
        })
    };
    let loader = move |watch: &mut dyn FnMut(crate::data::Progress) -> bool| {
        assert!(fault() != "load", "loading broke on purpose");
        let step = || crate::data::Progress {
            done: 1,
            total: 2,
            rows: 1,
        };
        while matches!(fault().as_str(), "slow" | "look") {
            if !watch(step()) {
                return Err(LoadError::Cancelled);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(data().into())
    };
    let tools = Tools {
        look: Arc::new(look),
        load: Arc::new(loader),
        compute: faulty_computer,
        questions: super::Questions::default(),
        watcher: None,
        trace: super::trace::Trace::default(),
        home: std::env::var_os(HOME).map(Into::into),
        studio: super::pictures::Studio {
            pictures: super::Pictures::default(),
            fonts: |_| crate::capture::Fonts::embedded(),
        },
        paint: |state, area, buf| {
            assert!(
                fault() != "paint" || state.board.is_none(),
                "painting broke on purpose"
            );
            assert!(
                fault() != "key" || state.pane != Pane::Outlook,
                "painting broke after a key"
            );
            paint(state, area, buf)
        },
    };
    let code = match run_with(State::default(), tools) {
        Ok(exit) => exit.code(),
        Err(error) => {
            eprintln!("{error}");
            1
        }
    };
    std::process::exit(i32::from(code));
}

fn start(fault: &str) -> Pty {
    start_at(fault, &[])
}

fn start_at(fault: &str, env: &[(&str, &str)]) -> Pty {
    let exe = std::env::current_exe().unwrap();
    let command = format!(
        "'{}' --exact shell::tests::inside --ignored --nocapture",
        exe.display()
    );
    let mut all = vec![(FAULT, fault)];
    all.extend(env);
    Pty::start(80, 24, &command, &all)
}

fn started(fault: &str) -> Pty {
    let mut pty = start(fault);
    pty.wait("the dashboard", |s| {
        s.alternate_screen() && !s.contents().trim().is_empty()
    });
    pty
}

#[test]
fn quitting_leaves_the_terminal_as_before() {
    let mut pty = started("none");
    pty.send("q");
    let left = pty.leave();
    left.assert_restored();
    assert_eq!(left.code, u32::from(Exit::Quit.code()));
}

#[test]
fn ctrl_c_quits_out_of_a_text_field() {
    let mut pty = started("none");
    pty.send("1f\u{3}");
    let left = pty.leave();
    left.assert_restored();
    assert_eq!(left.code, 0);
}

#[test]
fn a_panic_in_any_thread_ends_the_dashboard_and_is_told_harmlessly() {
    for (fault, said) in [
        ("compute", "computing broke"),
        ("load", "loading broke on purpose"),
        ("paint", "painting broke on purpose"),
    ] {
        let left = start(fault).leave();
        left.assert_restored();
        assert_eq!(left.code, 1, "{}", left.text);
        let told = left.text.rsplit("[?1049l").next().unwrap();
        assert!(told.contains(said), "{told:?}");
        assert!(!told.contains("\u{1b}[31m"), "{told:?}");
    }
}

/// The text of the one report in a folder.
fn report(home: &std::path::Path) -> String {
    let files = std::fs::read_dir(home).unwrap().flatten();
    let names = files.map(|f| f.file_name().into_string().unwrap());
    let reports: Vec<_> = names.filter(|n| n.starts_with("crash-")).collect();
    assert_eq!(reports.len(), 1, "{reports:?}");
    std::fs::read_to_string(home.join(&reports[0])).unwrap()
}

#[test]
fn a_panic_leaves_a_report_and_the_scenarios_of_the_session() {
    for (fault, said) in [
        ("second", "computing broke again"),
        ("key", "painting broke after a key"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let mut pty = start_at(fault, &[(HOME, home.path().to_str().unwrap())]);
        pty.wait("the figures", |s| s.contents().contains("4,321"));
        // A note, another pane, and one more, which breaks.
        pty.send("nkept\r");
        pty.wait("the pane without the note's field", |s| {
            s.contents().contains("4,321")
        });
        pty.send("59");
        let left = pty.leave();
        left.assert_restored();
        assert_eq!(left.code, 1, "{}", left.text);
        assert!(left.text.contains("a report is in"), "{}", left.text);
        let text = report(home.path());
        for part in [
            said,
            env!("CARGO_PKG_VERSION"),
            "screen: 80x24",
            "pane-aipl",
            "--pane outlook",
        ] {
            assert!(text.contains(part), "no {part} in\n{text}");
        }
        assert!(!text.contains("kept") && !text.contains("4,321"), "{text}");
        let books = std::fs::read_dir(home.path().join("scenarios")).unwrap();
        let kept = books.flatten().any(|f| {
            let text = std::fs::read_to_string(f.path()).unwrap();
            text.contains("kept")
        });
        assert!(kept, "the note is lost");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn signals_end_the_dashboard_in_order() {
    for (name, code) in [("TERM", 143), ("INT", 130), ("HUP", 129)] {
        let pty = started("none");
        pty.signal(name);
        let left = pty.leave();
        left.assert_restored();
        assert_eq!(left.code, code, "{name}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_terminal_ends_the_dashboard() {
    let mut pty = started("none");
    let dashboard = pty.children();
    pty.hang_up();
    assert!(pty.ended().is_some(), "the shell stays");
    let gone = |pid: &String| !std::path::Path::new(&format!("/proc/{pid}/exe")).exists();
    for _ in 0..400 {
        if dashboard.iter().all(gone) {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the dashboard lives on without a terminal");
}

#[test]
fn escape_cancels_a_load_and_quitting_does_not_wait_for_one() {
    let mut pty = started("slow");
    pty.send("\u{1b}");
    std::thread::sleep(Duration::from_millis(300));
    pty.send("q");
    let left = pty.leave();
    left.assert_restored();
    assert_eq!(left.code, 0);
    let mut pty = started("slow");
    pty.send("q");
    let left = pty.leave();
    left.assert_restored();
}

#[test]
fn the_tables_are_there_while_the_log_is_read_and_keys_act() {
    let mut pty = start("look");
    let text = pty.wait("the platform's figures", |s| {
        let text = s.contents();
        text.contains("4,321") && text.contains("50%")
    });
    assert!(text.contains("读取事件日志 50%"), "{text}");
    assert!(text.contains("来源 平台报表"), "{text}");
    pty.send("5");
    pty.wait("another pane", |s| s.contents().contains("AIPL 链路"));
    pty.send("q");
    let left = pty.leave();
    left.assert_restored();
    assert_eq!(left.code, 0);
}

#[test]
fn figures_are_on_the_screen_before_their_history() {
    let mut pty = start("steps");
    let both = |s: &vt100::Screen| {
        let text = s.contents();
        text.contains("4,000") && text.contains("计算历史")
    };
    pty.wait("figures without history", both);
    pty.wait("the history", |s| !s.contents().contains("计算历史"));
    pty.send("q");
    pty.leave().assert_restored();
}
