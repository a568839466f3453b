//! Every size: 5,000 random ones with random labels, every pane, every overlay that a key opens.
//!
//! A frame must not panic, every line must have exactly the width of the screen, no wide character
//! may lose its second cell, and a label that is cut must end in `…`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::sync::Arc;

use fastdeck::app::{
    Ambiguous, Key, Language, Pane, State, ThemeName, open, press, propose, settle,
};
use fastdeck::board::Part;
use fastdeck::facts::{
    Action, Attribute, Brand, Code, Crowd, CrowdKey, Dataset, Engine, Event, EventLog, NO_VALUE,
    Place, Problem, Severity, TargetKey, TargetRow,
};
use fastdeck::metrics::Day;
use fastdeck::scenario::Scenario;
use fastdeck::ui::{self, Theme};
use fastdeck::view::text::{clean, counting, is_ambiguous, width};
use fastdeck::{capture, view};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

/// Frames that are drawn.
const FRAMES: usize = 5_000;
/// Data sets, each with its own labels.
const WORLDS: usize = 20;
/// The largest screen.
const LARGEST: (u16, u16) = (400, 120);

// -- chance -----------------------------------------------------------------------------------

/// Numbers that are the same in every run (`SplitMix64`).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// Pieces of labels: Chinese, English, emoji, combining marks, other scripts, characters that try
/// to break a screen.
const PIECES: &[&str] = &[
    "橡木",
    "精致妈妈",
    "，（新）",
    "旗舰店",
    "ＡＢ",
    "Oak",
    "Gen Z ",
    "x",
    "-1,234%",
    "👍🏽",
    "👩\u{200d}👩\u{200d}👧",
    "🇨🇳",
    "❤\u{fe0f}",
    "e\u{301}",
    "ก\u{e33}",
    "한글",
    "ي",
    "·",
    "—",
    "\u{202e}",
    "\u{1b}[31m",
    "\t",
    "🏽",
    "\u{915}\u{94d}\u{937}",
    "あア",
];

/// The labels of one data set, each with a mark of its own in front.
#[derive(Default)]
struct Labels {
    all: Vec<String>,
}

impl Labels {
    fn make(&mut self, chance: &mut Chance) -> String {
        let digit = |n: usize| char::from_digit(n as u32 % 36, 36).unwrap();
        let n = self.all.len();
        let mut label = format!("@{}{}", digit(n / 36), digit(n));
        let pieces = match chance.below(12) {
            0 => 0,
            1 => 120,
            _ => 1 + chance.below(6),
        };
        for _ in 0..pieces {
            label.push_str(chance.of(PIECES));
        }
        if chance.below(40) == 0 {
            label.push_str(&"\u{301}".repeat(500));
        }
        self.all.push(clean(&label).trim_end().to_owned());
        label
    }

    /// The label that begins with a mark such as `@0a`.
    fn find(&self, mark: &str) -> Option<&str> {
        let found = self.all.iter().find(|label| label.starts_with(mark));
        found.map(String::as_str)
    }
}

// -- data -------------------------------------------------------------------------------------

fn last_day() -> Day {
    Day::parse_iso("2026-11-15").unwrap()
}

fn events(consumers: u32, brands: u32) -> Vec<Event> {
    let mut all = Vec::new();
    for brand in 0..brands {
        for consumer in 0..consumers.saturating_sub(brand * 3) {
            for week in 0..9 {
                all.push(Event {
                    consumer,
                    brand,
                    day: last_day().plus(-7 * week - (consumer % 7) as i32),
                    second: 0,
                    action: [
                        Action::Browse,
                        Action::Cart,
                        Action::Order,
                        Action::JoinMember,
                    ][((consumer + week as u32) % 4) as usize],
                    touch: [consumer % 3, NO_VALUE, NO_VALUE, NO_VALUE],
                    amount: Some(9_900 + i64::from(consumer) * 1_000_003),
                    order: NO_VALUE,
                    score: None,
                });
            }
        }
    }
    all
}

fn attribute(id: &str, values: Vec<String>, consumers: u32) -> Attribute {
    let count = values.len() as u32;
    Attribute {
        id: id.to_owned(),
        values,
        offsets: (0..=consumers).collect(),
        entries: (0..consumers).map(|c| c % count).collect(),
    }
}

fn targets(crowds: u32, owner: &str) -> Vec<TargetRow> {
    let goals = [
        ("crowd.consumers", 9.0),
        ("crowd.penetration", 0.08),
        ("crowd.conversion", 0.5),
        ("crowd.gmv", 1e9),
    ];
    let rows = (0..crowds).flat_map(|c| {
        goals.map(|(metric, target)| TargetRow {
            brand: 0,
            metric: metric.to_owned(),
            key: TargetKey {
                crowd: CrowdKey::Crowd(c),
                layer: None,
            },
            target: Some(target),
            period: None,
            period_text: None,
            owner: Some(owner.to_owned()),
            at: (0, 0),
        })
    });
    rows.collect()
}

fn dataset(chance: &mut Chance, labels: &mut Labels) -> Dataset {
    let consumers = 24;
    let mut label = |chance: &mut Chance| labels.make(chance);
    let brands = (0..4).map(|i| Brand {
        id: format!("b{i}"),
        name_zh: label(chance),
        name_en: label(chance),
        category: Some(label(chance)),
        tier: Some(label(chance)),
    });
    let brands: Vec<Brand> = brands.collect();
    let crowds = (0..5).map(|i| Crowd {
        id: format!("c{i}"),
        name_zh: label(chance),
        name_en: label(chance),
        population: Some(1_000.0),
        declared: true,
        exclusive: i % 2 == 0,
        owner: Some(label(chance)),
        rule: Some(label(chance)),
    });
    let crowds: Vec<Crowd> = crowds.collect();
    let values = |chance: &mut Chance, label: &mut dyn FnMut(&mut Chance) -> String| {
        (0..6).map(|_| label(chance)).collect::<Vec<String>>()
    };
    let ids: Vec<String> = crowds.iter().map(|c| c.id.clone()).collect();
    let mut data = Dataset {
        name: label(chance),
        fingerprint: "0123456789abcdef".into(),
        simulated: chance.below(2) == 0,
        time_zone: "Asia/Shanghai".into(),
        currency: "CNY".into(),
        attributes: vec![
            attribute("crowd", ids, consumers),
            attribute("city_tier", values(chance, &mut label), consumers),
            attribute(&label(chance), values(chance, &mut label), consumers),
        ],
        log: EventLog {
            consumers: (0..consumers).map(|c| format!("u{c}").into()).collect(),
            events: events(consumers, 4).into_iter().collect(),
            touch_values: [values(chance, &mut label), vec![], vec![], vec![]],
            days: Some((last_day().plus(-70), last_day())),
            last_complete: Some(last_day()),
            ..EventLog::default()
        },
        problems: vec![
            Problem {
                severity: Severity::Warning,
                code: Code::Row,
                count: 1,
                place: Place::default(),
                message: label(chance),
                message_zh: label(chance),
                expected: String::new(),
                expected_zh: String::new(),
                found: String::new(),
                help: label(chance),
                help_zh: label(chance),
            };
            3
        ],
        ..Dataset::default()
    };
    data.tables.targets = targets(5, &label(chance));
    data.brands = brands;
    data.crowds = crowds;
    data
}

/// A data set that is open, with two scenarios, and its labels.
fn world(seed: u64) -> (State, Labels) {
    let mut chance = Chance(seed);
    let mut labels = Labels::default();
    let data = dataset(&mut chance, &mut labels);
    let mut state = State {
        size: (120, 36),
        ..State::default()
    };
    open(&mut state, Arc::new(Engine::new(Arc::new(data))));
    assert!(
        state
            .board
            .as_ref()
            .unwrap()
            .brand(0)
            .unwrap()
            .get("fast.f", Part::Whole)
            .is_some()
    );
    if chance.below(3) > 0 {
        for text in ["crowd.penetration[*]*=1.1; fast.f*=1.2", "crowd.aov[c1]*=3"] {
            let name = labels.make(&mut chance);
            propose(&mut state, &name, Scenario::parse(text).unwrap());
        }
    }
    (state, labels)
}

// -- frames -----------------------------------------------------------------------------------

/// Keys that open something over a pane, or change what the pane shows.
const KEYS: &[&str] = &[
    "",
    "",
    "",
    "?",
    "?<PgDn>",
    "/",
    "/橡a",
    "/<Tab> <Tab><Down>",
    "/ <Enter>",
    "w",
    "w<Down>",
    "1f@橡木<Left>",
    "1ooo<Right><Right>",
    "4oooo<Right>",
    "1|",
    "4|jjjjj Kf",
    "4<Enter>",
    "s",
    "s<Down>=1.2亿",
    "sjjjj++",
    "g",
    "g<Tab>12<Tab>",
    "g<Tab><Tab> <Down><Down>",
    "n橡木👍🏽 note<Ctrl-j>第二行",
    "nab<Enter>N",
    "y",
    "7",
    "7<PgDn>",
    "7jae名字",
    "7<Space>j<Space>",
    ":",
    ":人群",
    ":clrq<Down>",
    "i",
    "C",
    "'",
    "\"视图<Enter>'",
    "\"名",
    "6v",
    "6<Down><Enter>",
    "8v",
    "8vv",
    "8<Enter>",
    "9>>",
    "2bb",
];

fn random_size(chance: &mut Chance) -> (u16, u16) {
    // Most of the screens are small: that is where things collapse.
    let most = match chance.below(8) {
        0..3 => (40, 12),
        3..6 => (100, 30),
        6 => (200, 60),
        _ => LARGEST,
    };
    let side = |chance: &mut Chance, most: u16| 1 + chance.below(usize::from(most)) as u16;
    (side(chance, most.0), side(chance, most.1))
}

fn random_state(world: &State, chance: &mut Chance, frame: usize) -> (State, &'static str) {
    let mut state = world.clone();
    state.pane = Pane::ALL[frame % Pane::ALL.len()];
    state.language = [Language::Zh, Language::En][chance.below(2)];
    state.theme = [ThemeName::Dark, ThemeName::Light, ThemeName::Mono][chance.below(3)];
    state.brand = chance.below(4);
    state.size = random_size(chance);
    let keys = chance.of(KEYS);
    for key in Key::script(keys).unwrap() {
        let effects = press(&mut state, key);
        settle(&mut state, effects);
    }
    state.stale = chance.below(9) == 0;
    let widths = [Ambiguous::Narrow, Ambiguous::Narrow, Ambiguous::Wide];
    state.look.ambiguous = widths[chance.below(3)];
    (state, keys)
}

fn drawn(state: &State) -> Buffer {
    counting(state.look.ambiguous, || painted(state))
}

fn painted(state: &State) -> Buffer {
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let mut buf = Buffer::empty(area);
    let screen = view::screen(state);
    let theme = Theme::named(screen.theme);
    let caret = ui::render(&screen, &theme, area, &mut buf);
    ui::finish(&mut buf, &state.look);
    if let Some((x, y)) = caret {
        assert!(x < state.size.0 && y < state.size.1, "caret at {x}, {y}");
    }
    for (place, pointed) in ui::hits(&screen, &theme, area) {
        assert_eq!(place.intersection(area), place, "{pointed:?}");
    }
    buf
}

/// Columns that a terminal gives to a cell.
fn columns(symbol: &str, ambiguous: Ambiguous) -> u16 {
    match ambiguous {
        Ambiguous::Wide if symbol.starts_with(is_ambiguous) => 2,
        _ => symbol.width() as u16,
    }
}

/// The text of every line; every wide character is followed by the blank that is its second cell.
fn lines(buf: &Buffer, ambiguous: Ambiguous) -> Vec<String> {
    let across = buf.area.width;
    let line = |y: u16| {
        let (mut text, mut x) = (String::new(), 0);
        while x < across {
            let symbol = buf[(x, y)].symbol();
            let wide = columns(symbol, ambiguous);
            assert!((1..=2).contains(&wide), "{symbol:?} in row {y}");
            assert!(x + wide <= across, "{symbol:?} is cut in row {y}");
            if wide == 2 {
                assert_eq!(
                    buf[(x + 1, y)].symbol(),
                    " ",
                    "behind {symbol:?} in row {y}"
                );
            }
            assert!(!symbol.chars().any(char::is_control), "{symbol:?}");
            text.push_str(symbol);
            x += wide;
        }
        assert_eq!(x, across, "row {y}: {text:?}");
        if ambiguous == Ambiguous::Narrow {
            assert_eq!(width(&text), usize::from(across), "row {y}: {text:?}");
        }
        text
    };
    (0..buf.area.height).map(line).collect()
}

/// Every label that begins in a line goes on to its end, to `…`, or on the next line; or what lies
/// over the pane begins there.
fn assert_whole(lines: &[String], labels: &Labels, is_covered: bool) {
    for (y, line) in lines.iter().enumerate() {
        for (at, _) in line.match_indices('@') {
            let Some(label) = line.get(at..at + 3).and_then(|mark| labels.find(mark)) else {
                continue;
            };
            let rest = &line[at..];
            let same = rest.chars().zip(label.chars());
            let same = same.take_while(|(a, b)| a == b).count();
            let missing: String = label.chars().skip(same).collect();
            let next: String = rest.chars().skip(same).collect();
            if missing.trim().is_empty() || next.starts_with('…') {
                continue;
            }
            let edge = |c: char| ('─'..='▟').contains(&c);
            if is_covered && next.trim_start().starts_with(edge) {
                continue;
            }
            // A text of several lines breaks where the line has no more room.
            let goes_on: String = missing.trim_start().chars().take(2).collect();
            let below = lines.get(y + 1).is_some_and(|l| l.contains(&goes_on));
            let last = lines.len() <= y + 2 || below;
            let blank = |c: char| c == ' ' || edge(c);
            let ends = next.chars().take(2).all(blank);
            assert!(last && ends, "{label:?} is cut in {line:?}");
        }
    }
}

/// The name of what lies over the pane.
fn over(state: &State) -> String {
    let all = format!("{:?}", state.overlay);
    let name = all.trim_start_matches("Some(").chars();
    name.take_while(|c| c.is_alphanumeric()).collect()
}

/// Draws every `of`-th frame from `first` on; gives how often each pane and overlay was shown.
fn draw_all(first: usize, of: usize) -> BTreeMap<String, usize> {
    let mut shown = BTreeMap::new();
    for at in (first..WORLDS).step_by(of) {
        let (world, labels) = world(at as u64);
        let mut chance = Chance(1_000 + at as u64);
        for frame in 0..FRAMES / WORLDS {
            let (state, keys) = random_state(&world, &mut chance, frame + at);
            let said = format!(
                "world {at} frame {frame} {:?} {keys:?} {:?}",
                state.size, state.pane
            );
            let told = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                let buf = drawn(&state);
                let lines = lines(&buf, state.look.ambiguous);
                // Where there is no room for a frame, what lies over the pane has no edge to be
                // seen; and plain glyphs stand for others in a wide terminal.
                let framed = state.overlay.is_none() || state.size.1 >= 5;
                if framed && state.look.ambiguous == Ambiguous::Narrow {
                    assert_whole(&lines, &labels, state.overlay.is_some());
                }
            }));
            if told.is_err() {
                let mut bare = Buffer::empty(Rect::new(0, 0, state.size.0, state.size.1));
                counting(state.look.ambiguous, || {
                    let screen = view::screen(&state);
                    ui::render(&screen, &Theme::named(screen.theme), bare.area, &mut bare)
                });
                panic!(
                    "{said} {:?}\n{}",
                    state.look.ambiguous,
                    capture::text(&bare)
                );
            }
            *shown.entry(state.pane.id().to_owned()).or_default() += 1;
            *shown.entry(format!("over {}", over(&state))).or_default() += 1;
        }
    }
    shown
}

#[test]
fn every_line_of_every_size_has_exactly_its_width_and_no_label_is_cut_silently() {
    let parts: Vec<BTreeMap<String, usize>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..4)
            .map(|i| scope.spawn(move || draw_all(i, 4)))
            .collect();
        workers.into_iter().map(|w| w.join().unwrap()).collect()
    });
    let mut shown: BTreeMap<String, usize> = BTreeMap::new();
    for (what, times) in parts.into_iter().flatten() {
        *shown.entry(what).or_default() += times;
    }
    println!("{shown:#?}");
    for pane in Pane::ALL {
        assert!(shown[pane.id()] >= 200, "{pane:?}: {shown:?}");
    }
    for overlay in [
        "Help", "Picker", "Columns", "Levers", "Seek", "Note", "Notes", "Copy",
    ] {
        let times = shown.get(&format!("over {overlay}")).copied();
        assert!(times.unwrap_or(0) >= 20, "{overlay}: {shown:?}");
    }
}
