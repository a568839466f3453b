//! The real binary in a pseudo-terminal: what an operator sees, and the terminal as it was before.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::sync::Arc;

use fastdeck::app::{State, open};
use fastdeck::board::Part;
use fastdeck::data::{self, Input, Options};
use fastdeck::facts::{Condition, Engine};
use fastdeck::ui::{self, Theme};
use fastdeck::{capture, view};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

#[path = "../src/shell/pty.rs"]
#[allow(dead_code, unreachable_pub)]
mod pty;

use pty::Pty;

const EXE: &str = env!("CARGO_BIN_EXE_fastdeck");

/// Starts the program on the demo, with nothing in its home but that the tour was given.
fn started(home: &tempfile::TempDir, arguments: &str, env: &[(&str, &str)]) -> Pty {
    std::fs::write(home.path().join("tour-given"), "").unwrap();
    begun(home, arguments, env)
}

fn begun(home: &tempfile::TempDir, arguments: &str, env: &[(&str, &str)]) -> Pty {
    let home = home.path().to_str().unwrap();
    let mut all = vec![
        ("HOME", home),
        ("FASTDECK_HOME", home),
        ("LANG", "zh_CN.UTF-8"),
    ];
    all.extend(env);
    Pty::start(120, 36, &format!("'{EXE}' {arguments}"), &all)
}

fn nothing() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

/// The demo as the library opens it.
fn demo() -> State {
    let input = Input::Memory(data::demo::embedded());
    let loaded = data::load(&input, &Options::default(), &mut |_| true);
    let Ok(data) = loaded else {
        panic!("the demo does not load")
    };
    let mut state = State::default();
    open(&mut state, Arc::new(Engine::new(Arc::new(data))));
    state
}

/// F of the first brand, as the FAST pane writes it in full.
fn fertility(state: &State) -> String {
    let board = state.board.as_ref().unwrap();
    let f = board.brand(0).unwrap().get("fast.f", Part::Whole).unwrap();
    let digits = format!("{}", f.now.get().unwrap());
    let mut text = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            text.push(',');
        }
        text.push(c);
    }
    text
}

/// The demo under the first value of its first dimension: what `/`, Space and Enter choose.
fn sliced(all: &State) -> State {
    let board = all.board.as_ref().unwrap();
    let dimension = &board.dimensions[0];
    let mut state = State::default();
    state.slice.filter.push(Condition {
        dimension: dimension.id.clone(),
        negated: false,
        values: vec![dimension.values[0].value.clone()],
    });
    let fastdeck::app::Phase::Ready(engine) = &all.phase else {
        panic!("no data")
    };
    open(&mut state, Arc::clone(engine));
    state
}

#[test]
fn the_demo_opens_is_sliced_and_leaves_the_terminal_as_before() {
    let all = demo();
    let (whole, part) = (fertility(&all), fertility(&sliced(&all)));
    assert_ne!(whole, part);
    let home = nothing();
    let mut pty = started(&home, "", &[]);
    let screen = pty.wait("F of the whole brand", |s| s.contents().contains(&whole));
    assert!(screen.contains("模拟数据"), "{screen}");
    assert!(pty.is_full_screen());
    pty.send("/ \r");
    pty.wait("F of the slice", |s| {
        let text = s.contents();
        text.contains(&part) && !text.contains(&whole)
    });
    pty.send("x");
    pty.wait("F of the whole brand again", |s| {
        s.contents().contains(&whole)
    });
    pty.send("L");
    pty.wait("English", |s| s.contents().contains("SIMULATED"));
    pty.send("q");
    let left = pty.leave();
    assert_eq!(left.code, 0, "{}", left.text);
    left.assert_restored();
}

/// The text of every frame that was drawn, in order.
fn frames(bytes: &str) -> Vec<String> {
    let mut screen = vt100::Parser::new(36.try_into().unwrap(), 120.try_into().unwrap(), 0);
    let each = bytes.split_inclusive("\u{1b}[?2026l");
    let drawn = each.map(|frame| {
        screen.process(frame.as_bytes());
        screen.screen().contents()
    });
    drawn.collect()
}

/// What a state looks like, without blanks at the ends of lines.
fn painted(state: &State) -> String {
    let area = Rect::new(0, 0, 120, 36);
    let mut buffer = Buffer::empty(area);
    let screen = view::screen(state);
    ui::render(&screen, &Theme::named(screen.theme), area, &mut buffer);
    bare(&capture::text(&buffer))
}

fn bare(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    lines.join("\n").trim_end().to_owned()
}

#[test]
fn the_platform_is_on_the_screen_before_the_log_is_counted_and_the_end_is_the_same() {
    let mut all = demo();
    all.size = (120, 36);
    let home = nothing();
    let mut pty = started(&home, "", &[]);
    let end = painted(&all);
    assert!(end.contains("日志 = 平台"), "{end}");
    pty.wait("the frame of a load in one step", |s| {
        bare(&s.contents()) == end
    });
    pty.send("q");
    let left = pty.leave();
    left.assert_restored();
    let drawn = frames(&left.text);
    let first = drawn.iter().find(|text| text.contains(&fertility(&all)));
    let first = first.expect("a frame with figures");
    assert!(first.contains("来源 平台报表"), "{first}");
    assert!(first.contains("读取事件日志"), "{first}");
    assert!(!first.contains("日志 = 平台"), "{first}");
}

#[test]
fn the_mouse_clicks_a_tab_and_is_released_by_a_key() {
    let home = nothing();
    let mut pty = started(&home, "", &[]);
    pty.wait("the demo", |s| s.contents().contains("模拟数据"));
    pty.wait("a listener", pty::listens);
    // The terminal is asked about its colours at first; a click comes after that.
    std::thread::sleep(std::time::Duration::from_millis(400));
    // The fourth tab; a click is a button that goes down and comes up.
    pty.send("\u{1b}[<0;31;2M\u{1b}[<0;31;2m");
    pty.wait("the crowds", |s| s.contents().contains("策略人群 ──"));
    pty.send("\u{1b}[<65;31;9M");
    pty.wait("the second row", |s| s.contents().contains("▸ 精致妈妈"));
    pty.send("m");
    pty.wait("the mouse left to the terminal", |s| !pty::listens(s));
    pty.send("m");
    pty.wait("a listener again", pty::listens);
    pty.signal("TERM");
    pty.leave().assert_restored();
}

#[test]
fn a_terminate_signal_leaves_the_terminal_as_before() {
    let home = nothing();
    let mut pty = started(&home, "demo", &[]);
    pty.wait("the demo", |s| s.contents().contains("模拟数据"));
    pty.signal("TERM");
    let left = pty.leave();
    assert_eq!(left.code, 143, "{}", left.text);
    left.assert_restored();
}

#[test]
fn ctrl_z_gives_the_terminal_to_the_shell_and_fg_comes_back() {
    let home = nothing();
    let home = home.path().to_str().unwrap();
    let script = format!("set -m; '{EXE}' demo; echo STOPPED; stty -a; read line; fg");
    let env = [
        ("HOME", home),
        ("FASTDECK_HOME", home),
        ("LANG", "zh_CN.UTF-8"),
    ];
    let mut pty = Pty::start(120, 36, &script, &env);
    let demo = |s: &vt100::Screen| s.alternate_screen() && s.contents().contains("模拟数据");
    pty.wait("the demo", demo);
    pty.send("\u{1a}");
    pty.wait("the shell", |s| {
        !s.alternate_screen()
            && s.contents().contains("STOPPED")
            && s.contents().contains("extproc")
    });
    pty.send("\n");
    pty.wait("the demo again", demo);
    pty.send("q");
    let left = pty.leave();
    assert_eq!(left.code, 0, "{}", left.text);
    left.assert_restored();
    let stopped = left.text.split("STOPPED").nth(1).unwrap();
    let before: Vec<_> = left.settings[0].lines().map(str::trim).collect();
    let inside: Vec<_> = stopped
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(before.len())
        .collect();
    assert_eq!(before, inside);
}

#[test]
fn a_scenario_outlives_a_signal_and_is_open_at_the_next_start() {
    let home = nothing();
    let shows = |pty: &mut Pty, text: &str| {
        pty.wait(text, |s| s.contents().contains(text));
    };
    let mut pty = started(&home, "demo --pane crowds", &[]);
    // The slice can be chosen once the log is read.
    shows(&mut pty, "切片");
    shows(&mut pty, "商品");
    pty.send("s");
    shows(&mut pty, "杠杆");
    pty.send("+");
    shows(&mut pty, "crowd.penetration");
    pty.signal("TERM");
    assert_eq!(pty.leave().code, 143);
    let mut again = started(&home, "demo --pane crowds", &[]);
    shows(&mut again, "crowd.penetration");
    again.send("u");
    shows(&mut again, "已撤销");
    again.send("q");
    assert_eq!(again.leave().code, 0);
}

#[test]
fn no_color_means_no_colour() {
    let home = nothing();
    let mut pty = started(&home, "demo", &[("NO_COLOR", "1")]);
    pty.wait("the demo", |s| s.contents().contains("模拟数据"));
    pty.send("q");
    let left = pty.leave();
    left.assert_restored();
    for colour in ["[38;", "[48;", "[31m", "[32m"] {
        assert!(!left.text.contains(colour), "{colour}");
    }
}

#[test]
fn a_resized_terminal_is_drawn_at_its_new_size() {
    let home = nothing();
    let mut pty = started(&home, "demo", &[]);
    pty.wait("the demo", |s| s.contents().contains("模拟数据"));
    for (columns, rows) in [(20, 6), (1, 1), (200, 60)] {
        pty.resize(columns, rows);
    }
    pty.wait("a wide and high screen", |s| {
        let text = s.contents();
        text.lines().count() > 50 && text.lines().any(|l| l.chars().count() > 130)
    });
    pty.resize(120, 36);
    pty.send("q");
    pty.leave().assert_restored();
}

#[test]
fn a_key_and_a_new_size_at_the_same_moment_both_arrive() {
    let home = nothing();
    let mut pty = started(&home, "demo", &[]);
    pty.wait("the demo", |s| s.contents().contains("模拟数据"));
    for (columns, rows, language) in [(90, 30, "SIMULATED"), (120, 36, "模拟数据")].repeat(50) {
        pty.resize(columns, rows);
        pty.send("L");
        pty.wait("the other language at the new size", |s| {
            let text = s.contents();
            text.contains(language) && text.lines().count() == usize::from(rows)
        });
    }
    pty.send("q");
    pty.leave().assert_restored();
}

#[test]
fn without_a_terminal_it_says_so_and_writes_no_escape_code() {
    let home = nothing();
    let output = std::process::Command::new(EXE)
        .arg("demo")
        .env("FASTDECK_HOME", home.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("terminal") && !said.contains('\u{1b}'),
        "{said:?}"
    );
}

/// Answers of a terminal: the colour of its ground, the width of ambiguous characters, its
/// attributes.
fn answer(ground: &str, column: u8) -> String {
    format!("\u{1b}]11;rgb:{ground}\u{1b}\\\u{1b}[1;{column}R\u{1b}[?62;22c")
}

/// Whether a frame has the ground of the light theme.
fn is_light(screen: &vt100::Screen) -> bool {
    let cell = screen.cell(20, 60).unwrap();
    cell.bgcolor() == vt100::Color::Rgb(0xfb, 0xfb, 0xf8)
}

#[test]
fn the_theme_follows_the_ground_of_the_terminal_and_no_answer_is_a_key() {
    let home = nothing();
    let env = [("COLORTERM", "truecolor")];
    let mut pty = started(&home, "demo --lang en", &env);
    pty.wait_bytes("the questions", "\u{1b}[c", 1);
    // What is typed before the answer is a key all the same.
    pty.send(&format!("4{}", answer("ffff/ffff/f0f0", 2)));
    pty.wait("light, and the crowds", |s| {
        is_light(s) && s.contents().contains("GenZ")
    });
    // The window was away and the ground is dark now.
    pty.send("\u{1b}[I");
    pty.wait_bytes("the question again", "\u{1b}]11;?", 2);
    pty.send("\u{1b}]11;rgb:0000/0000/0000\u{1b}\\");
    pty.wait("dark", |s| !is_light(s) && s.contents().contains("GenZ"));
    // A chosen theme stays.
    pty.send("t");
    pty.wait("light by choice", is_light);
    pty.send("\u{1b}[I");
    pty.send("L");
    pty.wait("Chinese, still light", |s| {
        is_light(s) && s.contents().contains("模拟数据")
    });
    pty.send("q");
    let left = pty.leave();
    left.assert_restored();
    assert!(left.text.contains("\u{1b}[?1004l"));
}

#[test]
fn a_wide_terminal_gets_a_frame_without_ambiguous_glyphs() {
    let home = nothing();
    let mut pty = started(&home, "demo --lang en", &[]);
    pty.wait_bytes("the questions", "\u{1b}[c", 1);
    pty.send(&answer("0000/0000/0000", 3));
    pty.wait("a frame of plain glyphs", |s| {
        let text = s.contents();
        text.contains("SIMULATED") && text.contains("+--") && !text.contains('─')
    });
    pty.send("q");
    pty.leave().assert_restored();
}

#[test]
fn the_tour_comes_with_the_first_run_and_never_again() {
    let home = nothing();
    let mut pty = begun(&home, "", &[]);
    pty.wait("the first step", |s| {
        s.contents().contains("导览") && s.contents().contains("1/4")
    });
    pty.send("\r");
    pty.wait("the second step", |s| s.contents().contains("2/4"));
    // A key that is not of the tour leaves it and acts.
    pty.send("L");
    pty.wait("English, without the tour", |s| {
        let text = s.contents();
        text.contains("SIMULATED") && !text.contains("2/4")
    });
    pty.send("q");
    pty.leave().assert_restored();
    let mut again = begun(&home, "", &[]);
    let screen = again.wait("the demo", |s| s.contents().contains("Jichuan Skin"));
    assert!(!screen.contains("1/4"), "{screen}");
    again.send("?V");
    again.wait("the tour out of the help", |s| s.contents().contains("1/4"));
    again.send("\u{1b}");
    again.wait("no tour", |s| !s.contents().contains("1/4"));
    again.send("q");
    assert_eq!(again.leave().code, 0);
}

#[test]
fn the_tour_is_not_given_to_those_who_name_what_they_want() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/sample-data/guidebook");
    for arguments in ["demo", &format!("'{folder}'")] {
        let home = nothing();
        let mut pty = begun(&home, arguments, &[]);
        let screen = pty.wait("figures", |s| s.contents().contains("FAST+"));
        assert!(!screen.contains("导览"), "{screen}");
        pty.send("q");
        assert_eq!(pty.leave().code, 0);
    }
}

#[test]
fn a_stop_from_outside_gives_the_terminal_back_and_a_continue_takes_it_again() {
    let home = nothing();
    let home = home.path().to_str().unwrap();
    let script = format!("set -m; '{EXE}' demo; echo STOPPED; read line; fg");
    let env = [
        ("HOME", home),
        ("FASTDECK_HOME", home),
        ("LANG", "zh_CN.UTF-8"),
    ];
    let mut pty = Pty::start(120, 36, &script, &env);
    let demo = |s: &vt100::Screen| s.alternate_screen() && s.contents().contains("模拟数据");
    pty.wait("the demo", demo);
    pty.signal("TSTP");
    pty.wait("the shell", |s| {
        !s.alternate_screen() && !s.bracketed_paste() && s.contents().contains("STOPPED")
    });
    pty.send("\n");
    pty.wait("the demo again", demo);
    pty.send("L");
    pty.wait("keys act", |s| s.contents().contains("SIMULATED"));
    pty.send("q");
    let left = pty.leave();
    assert_eq!(left.code, 0, "{}", left.text);
    left.assert_restored();
}

#[test]
fn a_note_outlives_a_hangup() {
    let home = nothing();
    let mut pty = started(&home, "demo", &[]);
    pty.wait("the log", |s| s.contents().contains("日志 = 平台"));
    pty.send("nweek forty-six\r");
    pty.wait("the pane", |s| s.contents().contains("日志 = 平台"));
    pty.send("N");
    pty.wait("the note", |s| s.contents().contains("week forty-six"));
    pty.signal("HUP");
    assert_eq!(pty.leave().code, 129);
    let mut again = started(&home, "demo", &[]);
    again.wait("the log", |s| s.contents().contains("日志 = 平台"));
    again.send("N");
    again.wait("the list", |s| s.contents().contains("╭─ 批注"));
    assert!(again.text().contains("week forty-six"));
    again.send("\u{1b}");
    again.wait("the pane", |s| !s.contents().contains("╭─ 批注"));
    again.send("q");
    again.leave().assert_restored();
}

#[test]
fn with_closed_output_it_ends_in_order_and_writes_no_escape_code() {
    let home = nothing();
    let run = |script: &str| {
        let mut sh = std::process::Command::new("sh");
        sh.arg("-c").arg(script).env("FASTDECK_HOME", home.path());
        let output = sh.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            !said.contains('\u{1b}') && !said.contains("panicked"),
            "{script}: {said}"
        );
        (output.status.code(), output.stdout)
    };
    assert_eq!(run(&format!("'{EXE}' demo >&-")).0, Some(1));
    assert_eq!(run(&format!("'{EXE}' demo <&- >&-")).0, Some(1));
    // A reader that goes away is no failure.
    let script = format!(
        "('{EXE}' format; echo $? >&2) 2>'{0}/code' | head -n 1; cat '{0}/code'",
        home.path().display()
    );
    let (code, out) = run(&script);
    let out = String::from_utf8(out).unwrap();
    assert_eq!((code, out.lines().last()), (Some(0), Some("0")), "{out}");
}
