//! What only the terminal itself can tell: the colour of its ground and how wide it shows ambiguous
//! characters.
//!
//! Questions are asked before the event stream reads, because an answer in its midst would come out
//! as keys. They end in one that every terminal answers (its attributes), so that nobody waits for
//! a terminal which does not know the others; one that answers nothing is given up after
//! [`PATIENCE`]. What was typed meanwhile is kept. An answer that comes later, and those to the
//! question on each return of the focus, pass through the event stream: [`Filter`] takes them out.
//!
//! The change of a terminal's ground is announced by some terminals (mode 2031), but the event
//! parser of crossterm 0.29 waits for ever after such a report and swallows all keys: the mode stays
//! off, and the ground is asked for again when the window gets the focus.

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crossterm::terminal::{disable_raw_mode, enable_raw_mode};

use super::input::{self, Heard};
use crate::app::{Ambiguous, Answer, Rgb};

/// How long a terminal may take to answer.
pub const PATIENCE: Duration = Duration::from_millis(100);
/// More bytes are no answer.
#[cfg(unix)]
const LONGEST: usize = 4096;
/// Longest answer about a colour, in characters.
const COLOUR: usize = 40;
/// What colour is your ground?
const ASK_GROUND: &str = "\u{1b}]11;?\u{1b}\\";
/// Where is your cursor after an ambiguous character at the left edge?
const ASK_WIDTH: &str = "\r·\u{1b}[6n\r\u{1b}[K";
/// Who are you?
const ASK_ATTRIBUTES: &str = "\u{1b}[c";

/// An answer about the ground is on its way.
static AWAITED: AtomicBool = AtomicBool::new(false);

/// What the terminal is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Questions {
    /// The colour of its ground.
    pub ground: bool,
    /// The width of ambiguous characters.
    pub ambiguous: bool,
}

impl Questions {
    /// Whether anything is asked.
    pub fn any(self) -> bool {
        self.ground || self.ambiguous
    }

    /// The bytes that ask.
    pub(super) fn text(self) -> String {
        if self.ground {
            AWAITED.store(true, Ordering::SeqCst);
        }
        let parts = [
            (self.ground, ASK_GROUND),
            (self.ambiguous, ASK_WIDTH),
            (self.any(), ASK_ATTRIBUTES),
        ];
        parts
            .iter()
            .filter(|(asked, _)| *asked)
            .map(|(_, text)| *text)
            .collect()
    }
}

/// The bytes that ask for the ground once more.
pub(super) fn ground_again() -> &'static str {
    AWAITED.store(true, Ordering::SeqCst);
    ASK_GROUND
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// The colour of the ground.
    pub ground: Option<Rgb>,
    /// The width of ambiguous characters.
    pub ambiguous: Option<Ambiguous>,
    /// The terminal told its attributes: it answers, and all of it is here.
    pub complete: bool,
    /// The numbers of its attributes; 52 is the clipboard.
    pub attributes: Vec<u16>,
    /// Everything else: what was typed.
    pub typed: Vec<u8>,
}

impl Answers {
    /// The answers one by one.
    pub(super) fn each(&self) -> Vec<Answer> {
        let ground = self.ground.map(Answer::Ground);
        let width = self.ambiguous.map(Answer::Ambiguous);
        ground.into_iter().chain(width).collect()
    }

    /// Reads what came so far.
    fn of(bytes: &[u8]) -> Self {
        let mut answers = Self::default();
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            match sequence(rest) {
                Some((Reply::Ground(ground), used)) => {
                    answers.ground = ground.or(answers.ground);
                    rest = rest.get(used..).unwrap_or_default();
                }
                Some((Reply::Column(column), used)) => {
                    answers.ambiguous = match column {
                        2 => Some(Ambiguous::Narrow),
                        3 => Some(Ambiguous::Wide),
                        _ => answers.ambiguous,
                    };
                    rest = rest.get(used..).unwrap_or_default();
                }
                Some((Reply::Attributes(numbers), used)) => {
                    answers.complete = true;
                    answers.attributes = numbers;
                    rest = rest.get(used..).unwrap_or_default();
                }
                None => {
                    answers.typed.push(*first);
                    rest = after;
                }
            }
        }
        answers
    }
}

enum Reply {
    Ground(Option<Rgb>),
    Column(u16),
    Attributes(Vec<u16>),
}

/// The reply at the start of the bytes, with its length.
fn sequence(bytes: &[u8]) -> Option<(Reply, usize)> {
    if let Some(body) = bytes.strip_prefix(b"\x1b]11;") {
        let end = body.iter().position(|b| matches!(b, 0x07 | 0x1b))?;
        let closing = if body.get(end) == Some(&0x07) { 1 } else { 2 };
        body.get(end..end + closing)?;
        let text = std::str::from_utf8(body.get(..end)?).ok()?;
        return Some((Reply::Ground(colour(text)), 5 + end + closing));
    }
    let body = bytes.strip_prefix(b"\x1b[")?;
    let part = |b: &u8| !(b.is_ascii_digit() || matches!(b, b';' | b'?'));
    let end = body.iter().position(part)?;
    let text = std::str::from_utf8(body.get(..end)?).ok()?;
    let reply = match (body.get(end)?, text.strip_prefix('?')) {
        (b'c', Some(numbers)) => {
            Reply::Attributes(numbers.split(';').filter_map(|n| n.parse().ok()).collect())
        }
        (b'R', None) => Reply::Column(text.split_once(';')?.1.parse().ok()?),
        _ => return None,
    };
    Some((reply, 2 + end + 1))
}

/// A colour as X11 writes it: `rgb:ffff/ffff/ffff` with one to four digits each, or `#rrggbb`.
fn colour(text: &str) -> Option<Rgb> {
    if let Some(digits) = text.strip_prefix('#') {
        let whole = digits.len() == 6;
        return Rgb::from_str_radix(digits, 16).ok().filter(|_| whole);
    }
    let parts = text
        .strip_prefix("rgb:")
        .or_else(|| text.strip_prefix("rgba:"))?;
    let mut colour = 0;
    let mut count = 0;
    for part in parts.split('/').take(3) {
        let full = 16_u32
            .checked_pow(part.len() as u32)
            .filter(|_| (1..=4).contains(&part.len()))?;
        let value = u32::from_str_radix(part, 16).ok()?;
        colour = colour << 8 | (value * 255 / (full - 1));
        count += 1;
    }
    (count == 3).then_some(colour)
}

/// Reads the answers, for at most so long. Nobody else may read the terminal meanwhile.
#[cfg(unix)]
pub(super) fn listen(patience: Duration) -> Answers {
    use std::io::Read;
    use std::os::fd::AsRawFd;
    use std::time::Instant;

    use filedescriptor::{FileDescriptor, POLLIN, poll, pollfd};

    let stdin = std::io::stdin();
    let opened = if stdin.is_terminal() {
        FileDescriptor::dup(&stdin).ok()
    } else {
        let tty = std::fs::File::open("/dev/tty").ok();
        tty.and_then(|tty| FileDescriptor::dup(&tty).ok())
    };
    let Some(mut terminal) = opened else {
        return Answers::default();
    };
    let until = Instant::now() + patience;
    let mut bytes = Vec::new();
    let mut answers = Answers::default();
    while !answers.complete && bytes.len() < LONGEST {
        let left = until.saturating_duration_since(Instant::now());
        let mut wait = [pollfd {
            fd: terminal.as_raw_fd(),
            events: POLLIN,
            revents: 0,
        }];
        // A signal may cut the waiting short.
        match poll(&mut wait, Some(left)) {
            Ok(1..) => {}
            Err(_) if !left.is_zero() => continue,
            Ok(_) | Err(_) => break,
        }
        let mut some = [0; 256];
        match terminal.read(&mut some) {
            Ok(n @ 1..) => bytes.extend_from_slice(some.get(..n).unwrap_or_default()),
            Ok(_) | Err(_) => break,
        }
        answers = Answers::of(&bytes);
    }
    if answers.ground.is_some() {
        AWAITED.store(false, Ordering::SeqCst);
    }
    answers
}

/// Asks the terminal everything outside of a dashboard; `None` where there is none.
pub fn interview() -> Option<Answers> {
    if !(io::stdout().is_terminal() && io::stdin().is_terminal()) {
        return None;
    }
    let questions = Questions {
        ground: true,
        ambiguous: true,
    };
    enable_raw_mode().ok()?;
    let mut out = io::stdout();
    let asked = out
        .write_all(questions.text().as_bytes())
        .and_then(|()| out.flush());
    let answers = asked.map(|()| listen(PATIENCE));
    disable_raw_mode().ok()?;
    answers.ok()
}

/// Writes what each key sends, a line each, until `q`.
///
/// # Errors
///
/// When there is no terminal.
pub fn spell_keys() -> io::Result<()> {
    if !(io::stdout().is_terminal() && io::stdin().is_terminal()) {
        return Err(io::Error::other("there is no terminal"));
    }
    enable_raw_mode()?;
    let spelled = spell();
    disable_raw_mode()?;
    spelled
}

fn spell() -> io::Result<()> {
    let mut out = io::stdout();
    loop {
        let event = crossterm::event::read()?;
        let code = event.as_key_press_event().map(|key| key.code);
        let line = match (input::heard(event.clone()), code) {
            (Some(Heard::Key(key)), _) => format!("{key}\r\n"),
            (None, Some(code)) => format!("{code:?} (no key of the dashboard)\r\n"),
            _ => continue,
        };
        out.write_all(line.as_bytes())?;
        out.flush()?;
        if code == Some(KeyCode::Char('q')) {
            return Ok(());
        }
    }
}

/// No terminal is asked here.
#[cfg(not(unix))]
pub(super) fn listen(_: Duration) -> Answers {
    Answers::default()
}

/// What was typed while nobody listened, as the event stream would tell it. Sequences that it would
/// know but this does not are left out whole.
pub(super) fn typed(bytes: &[u8]) -> Vec<Event> {
    let text = String::from_utf8_lossy(bytes);
    let mut rest = text.as_ref();
    let mut events = Vec::new();
    while let Some(c) = rest.chars().next() {
        let (code, modifiers, used) = key(rest, c);
        rest = rest.get(used..).unwrap_or_default();
        if let Some(code) = code {
            events.push(Event::Key(KeyEvent::new(code, modifiers)));
        }
    }
    events
}

/// The key at the start of a text, and the bytes that it takes.
fn key(text: &str, first: char) -> (Option<KeyCode>, KeyModifiers, usize) {
    let none = KeyModifiers::NONE;
    let code = match first {
        '\u{1b}' => return escape(text),
        '\r' => KeyCode::Enter,
        '\t' => KeyCode::Tab,
        '\u{7f}' => KeyCode::Backspace,
        '\u{1}'..='\u{1a}' => {
            let letter = char::from(first as u8 - 1 + b'a');
            return (Some(KeyCode::Char(letter)), KeyModifiers::CONTROL, 1);
        }
        '\0'..='\u{1f}' => return (None, none, 1),
        c => KeyCode::Char(c),
    };
    (Some(code), none, first.len_utf8())
}

fn escape(text: &str) -> (Option<KeyCode>, KeyModifiers, usize) {
    let none = KeyModifiers::NONE;
    let Some(body) = text
        .strip_prefix("\u{1b}[")
        .or_else(|| text.strip_prefix("\u{1b}O"))
    else {
        return (Some(KeyCode::Esc), none, 1);
    };
    let Some(end) = body.find(|c: char| ('@'..='~').contains(&c)) else {
        return (None, none, text.len());
    };
    let code = match body.get(..=end).unwrap_or_default() {
        "A" => Some(KeyCode::Up),
        "B" => Some(KeyCode::Down),
        "C" => Some(KeyCode::Right),
        "D" => Some(KeyCode::Left),
        "H" | "1~" => Some(KeyCode::Home),
        "F" | "4~" => Some(KeyCode::End),
        "Z" => Some(KeyCode::BackTab),
        "3~" => Some(KeyCode::Delete),
        "5~" => Some(KeyCode::PageUp),
        "6~" => Some(KeyCode::PageDown),
        _ => None,
    };
    (code, none, 2 + end + 1)
}

/// What the filter makes of an event.
#[derive(Debug, PartialEq)]
pub(super) enum Passed {
    /// An event of the user.
    Event(Event),
    /// An answer of the terminal.
    Answer(Answer),
}

/// Takes answers about the ground out of the events: the event stream tells them as Alt-], their
/// characters, and Alt-\ or Ctrl-G. What turns out to be none passes as it came.
#[derive(Debug, Default)]
pub(super) struct Filter {
    held: Vec<Event>,
    text: String,
}

impl Filter {
    /// What an event means together with those before it.
    pub(super) fn pass(&mut self, event: Event) -> Vec<Passed> {
        let Event::Key(key) = &event else {
            return vec![Passed::Event(event)];
        };
        if key.kind == KeyEventKind::Release {
            return vec![Passed::Event(event)];
        }
        let (alt, ctrl) = (
            key.modifiers == KeyModifiers::ALT,
            key.modifiers == KeyModifiers::CONTROL,
        );
        let plain = !key
            .modifiers
            .intersects(KeyModifiers::ALT | KeyModifiers::CONTROL);
        let holding = !self.held.is_empty();
        match key.code {
            KeyCode::Char(']') if alt && !holding && AWAITED.load(Ordering::SeqCst) => {
                self.held.push(event);
                Vec::new()
            }
            KeyCode::Char(c) if holding && ((alt && c == '\\') || (ctrl && c == 'g')) => {
                self.end(event)
            }
            KeyCode::Char(c) if plain && holding && self.may_follow(c) => {
                self.text.push(c);
                self.held.push(event);
                Vec::new()
            }
            _ => self.give_back(event),
        }
    }

    fn may_follow(&self, c: char) -> bool {
        let next = self.text.chars().count();
        match "11;".chars().nth(next) {
            Some(expected) => c == expected,
            None => next < COLOUR && (c.is_ascii_hexdigit() || "rgba:/#".contains(c)),
        }
    }

    fn end(&mut self, last: Event) -> Vec<Passed> {
        let answer = self.text.strip_prefix("11;").and_then(colour);
        let Some(ground) = answer else {
            return self.give_back(last);
        };
        AWAITED.store(false, Ordering::SeqCst);
        self.held.clear();
        self.text.clear();
        vec![Passed::Answer(Answer::Ground(ground))]
    }

    fn give_back(&mut self, last: Event) -> Vec<Passed> {
        self.text.clear();
        let held = std::mem::take(&mut self.held);
        held.into_iter().chain([last]).map(Passed::Event).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_taken_out_of_what_was_typed() {
        let bytes = b"j\x1b]11;rgb:1e1e/2020/ffff\x1b\\k\x1b[1;3R\x1b[?62;22c\x1b[A";
        let answers = Answers::of(bytes);
        assert_eq!(answers.ground, Some(0x001e_20ff));
        assert_eq!(answers.ambiguous, Some(Ambiguous::Wide));
        assert!(answers.complete);
        assert_eq!(answers.attributes, [62, 22]);
        assert_eq!(answers.typed, b"jk\x1b[A");
        assert_eq!(answers.each().len(), 2);
        let narrow = Answers::of(b"\x1b[12;2R\x1b]11;rgb:f/f/f\x07");
        assert_eq!(narrow.ambiguous, Some(Ambiguous::Narrow));
        assert_eq!(narrow.ground, Some(0x00ff_ffff));
        assert!(!narrow.complete && narrow.typed.is_empty());
    }

    #[test]
    fn every_part_of_an_answer_is_harmless() {
        let bytes = b"\x1b]11;rgb:1e1e/2020/ffff\x1b\\\x1b[1;3R\x1b[?62;22c";
        for end in 0..bytes.len() {
            let answers = Answers::of(&bytes[..end]);
            assert!(!answers.complete);
            assert!(answers.typed.len() <= 30);
        }
        for bad in [
            "\x1b]11;rgb:zz/1/1\x07",
            "\x1b]11;\x07",
            "\x1b[;R",
            "\x1b[99999;9R",
        ] {
            let answers = Answers::of(bad.as_bytes());
            assert_eq!((answers.ground, answers.ambiguous), (None, None), "{bad:?}");
        }
    }

    #[test]
    fn colours_are_read_in_all_their_forms() {
        assert_eq!(colour("rgb:ff/80/00"), Some(0x00ff_8000));
        assert_eq!(colour("rgba:ffff/0000/0000/ffff"), Some(0x00ff_0000));
        assert_eq!(colour("#102030"), Some(0x0010_2030));
        for bad in [
            "",
            "rgb:",
            "rgb:1/2",
            "rgb:12345/1/1",
            "#123",
            "red",
            "rgb://",
        ] {
            assert_eq!(colour(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_was_typed_comes_out_as_keys() {
        let codes: Vec<KeyCode> = typed("j中\r\x1b[6~\x1b[15~\x1b".as_bytes())
            .into_iter()
            .filter_map(|e| e.as_key_press_event().map(|k| k.code))
            .collect();
        let expected = [
            KeyCode::Char('j'),
            KeyCode::Char('中'),
            KeyCode::Enter,
            KeyCode::PageDown,
            KeyCode::Esc,
        ];
        assert_eq!(codes, expected);
        let Some(Event::Key(key)) = typed(b"\x03").pop() else {
            panic!("no key")
        };
        assert_eq!(
            (key.code, key.modifiers),
            (KeyCode::Char('c'), KeyModifiers::CONTROL)
        );
    }

    /// What comes out of the events that crossterm makes of these characters.
    fn filtered(keys: &str) -> Vec<Passed> {
        let mut filter = Filter::default();
        let mut alt = false;
        let mut out = Vec::new();
        for c in keys.chars() {
            if c == '\u{1b}' {
                alt = true;
                continue;
            }
            let modifiers = if std::mem::take(&mut alt) {
                KeyModifiers::ALT
            } else {
                KeyModifiers::NONE
            };
            let event = match c {
                '\u{7}' => KeyEvent::new(KeyCode::Char('g'), KeyModifiers::CONTROL),
                c => KeyEvent::new(KeyCode::Char(c), modifiers),
            };
            out.extend(filter.pass(Event::Key(event)));
        }
        out
    }

    #[test]
    fn a_late_answer_is_no_key_and_keys_are_no_answer() {
        let white = [Passed::Answer(Answer::Ground(0x00ff_ffff))];
        for closing in ["\u{1b}\\", "\u{7}"] {
            ground_again();
            assert_eq!(
                filtered(&format!("\u{1b}]11;rgb:ffff/ffff/ffff{closing}")),
                white
            );
        }
        for keys in [
            "\u{1b}]j",
            "\u{1b}]11;x",
            "\u{1b}]11;rgb:q",
            "jk",
            "\u{1b}]\u{7}",
        ] {
            ground_again();
            let out = filtered(keys);
            let count = keys.chars().filter(|c| *c != '\u{1b}').count();
            assert_eq!(out.len(), count, "{keys:?}");
            assert!(out.iter().all(|p| matches!(p, Passed::Event(_))));
        }
    }

    #[test]
    fn only_what_is_asked_is_written() {
        assert_eq!(Questions::default().text(), "");
        let width = Questions {
            ambiguous: true,
            ground: false,
        };
        assert!(width.text().ends_with(ASK_ATTRIBUTES) && !width.text().contains("]11"));
    }
}
