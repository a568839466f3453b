//! The outside world: terminal, event loop, signals, loading and computing on other threads.
//!
//! Everything that is decided is decided in `app`; here effects are carried out and news is brought
//! back. The terminal is left as it was found, whatever happens.

mod books;
mod clipboard;
mod crash;
mod input;
mod kept;
mod pictures;
mod probe;
#[cfg(test)]
#[expect(dead_code, reason = "tests/terminal.rs uses what is not used here")]
mod pty;
mod review;
mod session;
mod signals;
mod terminal;
#[cfg(test)]
mod tests;
mod trace;
mod watching;
mod work;

use std::io::{self, IsTerminal, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use self::terminal::Screen;
use self::trace::Trace;
use self::watching::Watcher;
use self::work::{Computer, Loader, Looker};
use crate::app::{Depth, Pointed, State, ThemeName};
use crate::data::cache::Cache;
use crate::data::{Input, Options, clean};

use self::pictures::Studio;

pub use self::kept::{behind, save};
pub use self::pictures::{FontFinder, PictureForm, Pictures};
pub use self::probe::{Answers, PATIENCE, Questions, interview, spell_keys};
use crate::ui::Theme;

/// What a dashboard starts with.
pub struct Setup {
    /// Language, theme, pane, slice, comparison, and what is wanted of the data set.
    pub state: State,
    /// What to load; `None` when the state has its data set already.
    pub input: Option<Input>,
    /// How to load it.
    pub options: Options,
    /// Where loaded data sets are kept.
    pub cache: Option<Cache>,
    /// What the terminal is asked at start.
    pub questions: Questions,
    /// The files are watched, and loaded again when they change.
    pub watch: bool,
    /// Where times are logged, for measuring.
    pub trace: Option<PathBuf>,
    /// Where scenarios are kept.
    pub home: Option<PathBuf>,
    /// Where pictures go and what they are written as.
    pub pictures: Pictures,
    /// Fonts for characters that the embedded ones lack.
    pub fonts: FontFinder,
    /// Called on the loading thread whenever the data set was read.
    pub opened: Box<dyn Fn() + Send + Sync>,
}

/// How a dashboard ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The user quit.
    Quit,
    /// A signal with this number ended it, or (1) the terminal was closed.
    Signal(u8),
}

impl Exit {
    /// The exit code: 0, or 128 + the number of the signal as shells have it.
    pub fn code(self) -> u8 {
        match self {
            Self::Quit => 0,
            Self::Signal(number) => 128_u8.saturating_add(number),
        }
    }
}

/// Why there is no dashboard any more.
#[derive(Debug, thiserror::Error)]
pub enum ShellError {
    /// Standard output is a file or a pipe.
    #[error(
        "the dashboard needs a terminal; `fastdeck metrics` and `fastdeck capture` work without one"
    )]
    NotATerminal,
    /// The terminal refused something.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
    /// Something panicked; what it said is on stderr.
    #[error("an internal error ended the dashboard; the data set is unchanged")]
    Panicked,
}

/// Paints a state; the result is where the caret is.
type Painter = fn(&State, Rect, &mut Buffer) -> Option<(u16, u16)>;

/// What the session works with; the tests put faults in their place.
struct Tools {
    look: Arc<Looker>,
    load: Arc<Loader>,
    compute: Computer,
    paint: Painter,
    questions: Questions,
    watcher: Option<Watcher>,
    trace: Trace,
    home: Option<PathBuf>,
    studio: Studio,
}

/// Runs the dashboard until the user quits or a signal ends it. The terminal is as before when this
/// returns.
pub fn run(setup: Setup) -> Result<Exit, ShellError> {
    let files = setup.input.clone().filter(|_| setup.watch);
    let watcher = files.map(Watcher::new);
    let look = work::looker(
        setup.input.clone(),
        setup.options.clone(),
        setup.cache.clone(),
    );
    let load = work::loader(setup.input, setup.options, setup.cache);
    let opened = setup.opened;
    let trace = Trace::to(setup.trace.as_deref())?;
    let tools = Tools {
        look,
        load: Arc::new(move |watch| load(watch).inspect(|_| opened())),
        compute: crate::board::compute_in_steps,
        paint,
        questions: setup.questions,
        watcher,
        trace,
        home: setup.home,
        studio: Studio {
            pictures: setup.pictures,
            fonts: setup.fonts,
        },
    };
    run_with(setup.state, tools)
}

fn run_with(mut state: State, tools: Tools) -> Result<Exit, ShellError> {
    if !io::stdout().is_terminal() {
        return Err(ShellError::NotATerminal);
    }
    if std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty()) {
        state.look.depth = Depth::None;
        state.theme = ThemeName::Mono;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    terminal::guard_panics();
    let mailbox = {
        let _context = runtime.enter();
        session::Mailbox::open()
    };
    let home = tools.home.clone();
    let mut screen = Screen::enter()?;
    let session = session::run(&mut screen, state, tools, mailbox);
    let ended = catch_unwind(AssertUnwindSafe(|| runtime.block_on(session)));
    terminal::restore();
    runtime.shutdown_background();
    let ended = ended.unwrap_or_else(|_| {
        // What the broken frame left in the buffer must not reach the restored terminal.
        std::mem::forget(screen);
        Err(ShellError::Panicked)
    });
    if let Some(path) = crash::write(home.as_deref()) {
        let path = path.to_string_lossy();
        let _ = writeln!(io::stderr(), "fastdeck: a report is in {}", clean(&path));
    }
    ended
}

/// What stands at a cell of the screen that a state is painted on.
fn pointed(state: &State, area: Rect, at: (u16, u16)) -> Option<Pointed> {
    crate::view::text::counting(state.look.ambiguous, || {
        let screen = crate::view::screen(state);
        crate::ui::hit(&screen, &Theme::named(screen.theme), area, at)
    })
}

/// Columns and rows of the terminal.
pub fn size() -> Option<(u16, u16)> {
    crossterm::terminal::size().ok()
}

fn paint(state: &State, area: Rect, buf: &mut Buffer) -> Option<(u16, u16)> {
    let look = &state.look;
    crate::view::text::counting(look.ambiguous, || {
        let screen = crate::view::screen(state);
        let theme = Theme::of(screen.theme, look.depth);
        let caret = crate::ui::render(&screen, &theme, area, buf);
        crate::ui::finish(buf, look);
        caret
    })
}
