//! The terminal: entering, drawing, and leaving it as it was.
//!
//! There is one [`restore`], and every way out goes through it: quitting, an error, a panic in any
//! thread, a signal, suspending. A frame is never written over a terminal that was given back.

use std::cell::Cell;
use std::io::{self, BufWriter, Stdout, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use crossterm::clipboard::CopyToClipboard;
use crossterm::cursor::{Hide, Show};
use crossterm::event::{
    DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange,
};
use crossterm::style::ResetColor;
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode, window_size,
};
use crossterm::{Command, execute, queue};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tokio::sync::Notify;

use super::crash;

/// Whether the terminal is ours now.
static ACTIVE: AtomicBool = AtomicBool::new(false);
/// Whether the mouse is listened to while the terminal is ours.
static MOUSE: AtomicBool = AtomicBool::new(false);
/// Held while bytes go to the terminal, so that leaving does not cut into a frame.
static WRITING: Mutex<()> = Mutex::new(());
/// Rings when a thread panicked while the terminal was ours.
pub(super) static PANICKED: Notify = Notify::const_new();

thread_local! {
    /// This thread holds [`WRITING`]: a panic in it must not wait for itself.
    static DRAWING: Cell<bool> = const { Cell::new(false) };
}

/// The terminal as a place for frames.
pub(super) struct Screen {
    inner: Terminal<CrosstermBackend<BufWriter<Stdout>>>,
    /// The terminal tells when its window gets the focus.
    follows: bool,
}

impl Screen {
    /// Takes the terminal. What was done so far is undone when a step fails.
    pub(super) fn enter() -> io::Result<Self> {
        take()?;
        let backend = CrosstermBackend::new(BufWriter::with_capacity(1 << 16, io::stdout()));
        match Terminal::new(backend) {
            Ok(inner) => Ok(Self {
                inner,
                follows: false,
            }),
            Err(error) => {
                restore();
                Err(error)
            }
        }
    }

    /// Puts text on the clipboard of the terminal (OSC 52), which works over ssh too.
    pub(super) fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(
            self.inner.backend_mut(),
            CopyToClipboard::to_clipboard_from(text)
        )
    }

    /// Writes what is no frame: a question.
    pub(super) fn say(&mut self, text: &str) -> io::Result<()> {
        let _writing = writing();
        if !ACTIVE.load(Ordering::SeqCst) {
            return Ok(());
        }
        let backend = self.inner.backend_mut();
        backend.write_all(text.as_bytes())?;
        Write::flush(backend)
    }

    /// Has the terminal tell from now on when its window gets the focus.
    pub(super) fn follow_focus(&mut self) -> io::Result<()> {
        self.follows = true;
        execute!(self.inner.backend_mut(), EnableFocusChange)
    }

    /// Draws the next frame in full, whatever the terminal shows.
    pub(super) fn forget(&mut self) -> io::Result<()> {
        // Not `clear`: that asks the terminal where its cursor is, and the answer would have to come
        // past the event stream.
        let size = self.inner.size()?;
        self.inner.resize(Rect::from((Position::ORIGIN, size)))
    }

    /// Listens to the mouse, or leaves it to the terminal.
    pub(super) fn listen(&mut self, on: bool) -> io::Result<()> {
        if MOUSE.swap(on, Ordering::SeqCst) == on {
            return Ok(());
        }
        execute!(self.inner.backend_mut(), Listen(on))
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> io::Result<(u16, u16)> {
        self.inner.size().map(|s| (s.width, s.height))
    }

    /// Draws one frame, as one synchronized update; the real cursor goes to the caret that `paint`
    /// returns, and is hidden without one.
    pub(super) fn draw(
        &mut self,
        paint: impl FnOnce(Rect, &mut Buffer) -> Option<(u16, u16)>,
    ) -> io::Result<()> {
        let _writing = writing();
        if !ACTIVE.load(Ordering::SeqCst) {
            return Ok(());
        }
        queue!(self.inner.backend_mut(), BeginSynchronizedUpdate)?;
        self.inner.draw(|frame| {
            let area = frame.area();
            if let Some((x, y)) = paint(area, frame.buffer_mut()) {
                frame.set_cursor_position(Position { x, y });
            }
        })?;
        execute!(self.inner.backend_mut(), EndSynchronizedUpdate)
    }

    /// Takes the terminal again after a stop; the next frame is drawn in full.
    pub(super) fn enter_again(&mut self) -> io::Result<()> {
        restore();
        take()?;
        if self.follows {
            self.follow_focus()?;
        }
        self.forget()
    }
}

/// Button presses and the wheel, with places beyond column 223 (SGR); not the movement that
/// [`EnableMouseCapture`](crossterm::event::EnableMouseCapture) asks for, too.
struct Listen(bool);

impl Command for Listen {
    fn write_ansi(&self, f: &mut impl std::fmt::Write) -> std::fmt::Result {
        f.write_str(if self.0 {
            "\u{1b}[?1000h\u{1b}[?1006h"
        } else {
            "\u{1b}[?1006l\u{1b}[?1000l"
        })
    }

    #[cfg(windows)]
    fn execute_winapi(&self) -> io::Result<()> {
        use crossterm::event::{DisableMouseCapture, EnableMouseCapture};
        if self.0 {
            EnableMouseCapture.execute_winapi()
        } else {
            DisableMouseCapture.execute_winapi()
        }
    }
}

fn take() -> io::Result<()> {
    enable_raw_mode()?;
    ACTIVE.store(true, Ordering::SeqCst);
    let entered = set_up(&mut io::stdout());
    if entered.is_err() {
        restore();
    }
    entered
}

fn set_up(out: &mut Stdout) -> io::Result<()> {
    queue!(out, EnterAlternateScreen, EnableBracketedPaste, Hide)?;
    if MOUSE.load(Ordering::SeqCst) {
        queue!(out, Listen(true))?;
    }
    out.flush()
}

/// Gives the terminal back as it was: the only way out. Does nothing when it is not ours.
pub(super) fn restore() {
    let _writing = (!DRAWING.get()).then(patient).flatten();
    if !ACTIVE.swap(false, Ordering::SeqCst) {
        return;
    }
    // The settings first: they are restored even where the terminal takes no more bytes. A terminal
    // that is gone cannot be restored; nothing else can be done about it.
    let _ = disable_raw_mode();
    if MOUSE.load(Ordering::SeqCst) {
        let _ = execute!(io::stdout(), Listen(false));
    }
    let _ = execute!(
        io::stdout(),
        EndSynchronizedUpdate,
        ResetColor,
        DisableFocusChange,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    );
    let _ = io::stdout().flush();
}

/// Whether the terminal still answers. Only meaningful where it once did.
pub(super) fn is_alive() -> bool {
    window_size().is_ok()
}

/// Restores the terminal when a thread panics, says what happened, and rings [`PANICKED`].
pub(super) fn guard_panics() {
    std::panic::set_hook(Box::new(|info| {
        let ours = ACTIVE.load(Ordering::SeqCst);
        restore();
        crash::note(info);
        let text = crate::data::clean(&info.to_string()).into_owned();
        let _ = writeln!(io::stderr(), "fastdeck: {text}");
        if ours {
            PANICKED.notify_one();
        }
    }));
}

/// The right to write, with a mark on this thread.
struct Writing {
    _guard: MutexGuard<'static, ()>,
}

impl Drop for Writing {
    fn drop(&mut self) {
        DRAWING.set(false);
    }
}

fn writing() -> Writing {
    let guard = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    DRAWING.set(true);
    Writing { _guard: guard }
}

/// The right to write, or `None` when the writer does not come to an end.
fn patient() -> Option<MutexGuard<'static, ()>> {
    for _ in 0..50 {
        match WRITING.try_lock() {
            Ok(guard) => return Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => return Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    None
}
