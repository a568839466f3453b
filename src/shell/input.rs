//! What the terminal sends, as keys of `app`.
//!
//! The event stream is read by a task of its own: a closed terminal makes the reader spin, and that
//! must not hold up the loop that has to leave. A paste is text, never keys.

use std::future::poll_fn;
use std::pin::Pin;

use crossterm::event::{
    Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};
use futures_core::Stream;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::spawn_blocking;

use super::probe::{self, Filter, Passed};
use super::session::News;
use crate::app::{Code, Key};

/// Forwards terminal events until the terminal or the session is gone.
/// Where the terminal was asked something, its answers are read first.
pub(super) async fn listen(news: UnboundedSender<News>, asked: bool) {
    if asked && let Ok(answers) = spawn_blocking(|| probe::listen(probe::PATIENCE)).await {
        let typed = probe::typed(&answers.typed).into_iter().map(News::Event);
        for message in answers.each().into_iter().map(News::Answer).chain(typed) {
            news.send(message).ok();
        }
    }
    let mut stream = EventStream::new();
    let mut filter = Filter::default();
    loop {
        let event = poll_fn(|cx| Pin::new(&mut stream).poll_next(cx)).await;
        let Some(Ok(event)) = event else {
            news.send(News::Closed).ok();
            return;
        };
        // A mouse that only moves must not make the screen be drawn again.
        if is_idle(&event) {
            continue;
        }
        for passed in filter.pass(event) {
            let message = match passed {
                Passed::Event(event) => News::Event(event),
                Passed::Answer(answer) => News::Answer(answer),
            };
            if news.send(message).is_err() {
                return;
            }
        }
    }
}

/// Whether an event of the mouse is none that is listened to.
fn is_idle(event: &Event) -> bool {
    matches!(event, Event::Mouse(mouse) if pointed(*mouse).is_none())
}

/// What an event means.
pub(super) enum Heard {
    /// A key went down.
    Key(Key),
    /// The left button went down at this column and row.
    Click(u16, u16),
    /// The wheel was turned, so many notches towards the user.
    Wheel(isize),
    /// The wheel was turned to the side, so many notches to the right.
    Across(isize),
    /// Text was pasted.
    Paste(String),
    /// The terminal has so many columns and rows.
    Size(u16, u16),
    /// The window got the focus.
    Focus,
}

/// The meaning of an event; `None` for events that mean nothing here.
pub(super) fn heard(event: Event) -> Option<Heard> {
    match event {
        Event::Key(event) if event.kind != KeyEventKind::Release => key(event).map(Heard::Key),
        Event::Mouse(event) => pointed(event),
        Event::Paste(text) => Some(Heard::Paste(text)),
        Event::FocusGained => Some(Heard::Focus),
        Event::Resize(columns, rows) => Some(Heard::Size(columns, rows)),
        _ => None,
    }
}

fn pointed(event: MouseEvent) -> Option<Heard> {
    match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Some(Heard::Click(event.column, event.row)),
        MouseEventKind::ScrollDown => Some(Heard::Wheel(1)),
        MouseEventKind::ScrollUp => Some(Heard::Wheel(-1)),
        MouseEventKind::ScrollRight => Some(Heard::Across(1)),
        MouseEventKind::ScrollLeft => Some(Heard::Across(-1)),
        _ => None,
    }
}

fn key(event: KeyEvent) -> Option<Key> {
    if event.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let code = match event.code {
        // Terminals send Ctrl with the letter in either case.
        KeyCode::Char(c) if ctrl => Code::Char(c.to_ascii_lowercase()),
        KeyCode::Char(c) => Code::Char(c),
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Tab if shift => Code::BackTab,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        _ => return None,
    };
    // Ctrl with an arrow or a named key counts as the key itself.
    let ctrl = ctrl && matches!(code, Code::Char(_));
    Some(Key { code, ctrl })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(code: KeyCode, modifiers: KeyModifiers) -> Option<String> {
        key(KeyEvent::new(code, modifiers)).map(|k| k.to_string())
    }

    #[test]
    fn terminal_keys_become_keys_of_the_table() {
        let none = KeyModifiers::NONE;
        let ctrl = KeyModifiers::CONTROL;
        let shift = KeyModifiers::SHIFT;
        let cases = [
            (KeyCode::Char('G'), shift, Some("G")),
            (KeyCode::Char('C'), ctrl, Some("Ctrl-c")),
            (KeyCode::Char('？'), none, Some("？")),
            (KeyCode::BackTab, shift, Some("S-Tab")),
            (KeyCode::Tab, shift, Some("S-Tab")),
            (KeyCode::PageDown, none, Some("PgDn")),
            (KeyCode::Down, ctrl, Some("Down")),
            (KeyCode::Char('x'), KeyModifiers::ALT, None),
            (KeyCode::F(5), none, None),
        ];
        for (code, modifiers, expected) in cases {
            assert_eq!(pressed(code, modifiers).as_deref(), expected, "{code:?}");
        }
    }

    #[test]
    fn a_mouse_that_moves_or_is_released_means_nothing() {
        let event = |kind| {
            Event::Mouse(MouseEvent {
                kind,
                column: 7,
                row: 3,
                modifiers: KeyModifiers::NONE,
            })
        };
        for kind in [
            MouseEventKind::Moved,
            MouseEventKind::Up(MouseButton::Left),
            MouseEventKind::Drag(MouseButton::Left),
            MouseEventKind::Down(MouseButton::Right),
        ] {
            assert!(is_idle(&event(kind)), "{kind:?}");
        }
        let down = event(MouseEventKind::Down(MouseButton::Left));
        assert!(!is_idle(&down));
        assert!(matches!(heard(down), Some(Heard::Click(7, 3))));
        let wheel = event(MouseEventKind::ScrollUp);
        assert!(matches!(heard(wheel), Some(Heard::Wheel(-1))));
    }

    #[test]
    fn a_released_key_is_no_key() {
        let mut event = KeyEvent::new(KeyCode::Char('q'), KeyModifiers::NONE);
        event.kind = KeyEventKind::Release;
        assert!(heard(Event::Key(event)).is_none());
    }
}
