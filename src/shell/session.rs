//! The event loop: news in, state changed, effects carried out, a frame drawn.
//!
//! It draws on events only. All news that is waiting is taken before anything is computed or drawn,
//! so that ten quick keys cost one board and one frame; it never waits for work.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossterm::event::Event;
use ratatui::layout::Rect;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep, sleep_until};

use super::books::Keeper;
use super::clipboard::Desktop;
use super::input::{self, Heard};
use super::pictures::{self, Studio};
use super::terminal::{self, PANICKED, Screen};
use super::trace::Trace;
use super::work::{Job, Work};
use super::{Exit, Painter, ShellError, Tools, crash, probe, signals};
use crate::app::{self, Action, Answer, Copied, Effect, Keeping, Mouse, Notice, Phase, State};
use crate::board::Board;

/// What reaches the loop.
pub(super) enum News {
    /// The terminal sent something.
    Event(Event),
    /// The terminal is gone.
    Closed,
    /// The terminal answered a question.
    Answer(Answer),
    /// Work has news.
    Action(Action),
    /// The figures of a board are ready; its histories follow.
    Figures(u64, Arc<Board>),
    /// A board is ready.
    Computed(u64, Arc<Board>),
    /// A board of the right half is ready.
    ComputedBeside(u64, Arc<Board>),
    /// A board that is only looked at is ready.
    Previewed(u64, Arc<Board>),
    /// A signal asks us to end.
    End(i32),
    /// A signal asks us to stop for a while.
    Stop,
    /// We go on after a stop.
    Continue,
}

/// How long a frame may wait for the board that belongs to it, so that a quick board does not
/// flash its stale predecessor.
const PATIENCE: Duration = Duration::from_millis(12);
/// How long the screen may stay empty for the sake of a first frame with figures in it.
const FIRST: Duration = Duration::from_millis(40);
/// How often a long computation is asked how far it is.
const GLANCE: Duration = Duration::from_millis(80);
/// Messages that are taken before a frame is drawn at the latest.
const BATCH: usize = 1024;
/// How often a silent terminal is asked whether it is still there.
const PULSE: Duration = Duration::from_secs(1);
/// The number of the hangup signal.
const HANGUP: i32 = 1;

/// Where news arrives.
pub(super) struct Mailbox {
    sender: UnboundedSender<News>,
    news: UnboundedReceiver<News>,
}

impl Mailbox {
    /// Opens it for signals. Done before the terminal is taken, so that no signal finds it in raw
    /// mode without a handler. Needs the context of the runtime.
    pub(super) fn open() -> Self {
        let (sender, news) = unbounded_channel();
        signals::listen(&sender);
        Self { sender, news }
    }
}

/// Runs the dashboard until it ends.
pub(super) async fn run(
    screen: &mut Screen,
    state: State,
    mut tools: Tools,
    mailbox: Mailbox,
) -> Result<Exit, ShellError> {
    let Mailbox { sender, news } = mailbox;
    let asked = tools.questions.any() && terminal::is_alive();
    if asked {
        screen.say(&tools.questions.text())?;
    }
    if tools.questions.ground {
        screen.follow_focus()?;
    }
    tokio::spawn(input::listen(sender.clone(), asked));
    if terminal::is_alive() {
        tokio::spawn(pulse(sender.clone()));
    }
    let taken = sender.clone();
    if let Some(watcher) = tools.watcher.take() {
        watcher.start(sender.clone());
    }
    let keeper = Keeper::start(tools.home.as_deref(), sender.clone());
    let work = Work::new(sender, &tools);
    let mut session = Session {
        screen,
        state,
        work,
        keeper,
        studio: tools.studio,
        review: Arc::default(),
        news: taken,
        paint: tools.paint,
        trace: tools.trace,
        desktop: Desktop::find(),
        draw_at: None,
        exit: None,
    };
    session.begin()?;
    session.serve(news).await
}

/// Tells when the terminal no longer answers, for those that nobody sends a hangup signal.
async fn pulse(news: UnboundedSender<News>) {
    while terminal::is_alive() {
        tokio::time::sleep(PULSE).await;
    }
    let _ = news.send(News::Closed);
}

struct Session<'a> {
    screen: &'a mut Screen,
    state: State,
    work: Work,
    keeper: Keeper,
    studio: Studio,
    /// Tells the review that is being made that it is not wanted any more.
    review: Arc<AtomicBool>,
    news: UnboundedSender<News>,
    paint: Painter,
    trace: Trace,
    /// What fills the clipboard of the desktop.
    desktop: Option<Desktop>,
    /// When the next frame is due; `None` while the screen is up to date.
    draw_at: Option<Instant>,
    exit: Option<Exit>,
}

impl Drop for Session<'_> {
    fn drop(&mut self) {
        crash::leave(&self.state);
    }
}

impl Session<'_> {
    fn begin(&mut self) -> Result<(), ShellError> {
        let (columns, rows) = self.screen.size()?;
        self.screen.listen(self.state.mouse == Mouse::On)?;
        self.act(Action::Resize(columns, rows))?;
        let effects = app::start(&mut self.state);
        self.carry_out(effects)?;
        self.compute();
        // What is quick to load needs no screen that says so.
        self.draw_at = Some(Instant::now() + FIRST);
        Ok(())
    }

    async fn serve(mut self, mut news: UnboundedReceiver<News>) -> Result<Exit, ShellError> {
        loop {
            let due = self.draw_at.unwrap_or_else(Instant::now);
            tokio::select! {
                biased;
                () = PANICKED.notified() => {
                    self.keep_unread();
                    return Err(ShellError::Panicked);
                }
                message = news.recv() => match message {
                    Some(message) => self.take(message, &mut news)?,
                    None => return Ok(Exit::Quit),
                },
                () = sleep_until(due), if self.draw_at.is_some() => self.draw()?,
                () = sleep(GLANCE), if self.work.is_computing() => self.glance()?,
            }
            if let Some(exit) = self.exit {
                self.keep_unread();
                return Ok(exit);
            }
        }
    }

    /// Scenarios and notes that were made before the data set was read to its end are kept apart.
    fn keep_unread(&self) {
        let desk = self.state.book.desk();
        let made = !(desk.scenarios.is_empty() && desk.notes.is_empty() && desk.views.is_empty());
        if made && self.state.keeping == Keeping::Awaited {
            self.keeper.save(self.state.book.clone());
        }
    }

    /// Shows how far a long computation is.
    fn glance(&mut self) -> Result<(), ShellError> {
        match self.work.percent() {
            Some(percent) if self.state.counting != Some(percent) => {
                self.act(Action::Counting(percent))?;
                self.draw()
            }
            _ => Ok(()),
        }
    }

    /// Takes a message and all that wait behind it, then starts what they want.
    fn take(&mut self, first: News, news: &mut UnboundedReceiver<News>) -> Result<(), ShellError> {
        let mut next = Some(first);
        for _ in 0..BATCH {
            match next.or_else(|| news.try_recv().ok()) {
                Some(message) => self.hear(message)?,
                None => break,
            }
            next = None;
        }
        self.compute();
        let busy = self.work.is_computing() || self.state.seek.pending;
        let wait = match (busy, &self.state.board) {
            (false, _) => Duration::ZERO,
            (true, Some(_)) => PATIENCE,
            (true, None) => FIRST,
        };
        let due = Instant::now() + wait;
        self.draw_at = Some(self.draw_at.map_or(due, |at| at.min(due)));
        Ok(())
    }

    fn hear(&mut self, message: News) -> Result<(), ShellError> {
        match message {
            News::Event(event) => self.event(event),
            News::Action(action) => {
                if matches!(action, Action::Loaded(..)) {
                    self.trace.note("loaded", self.state.loads);
                }
                self.act(action)
            }
            News::Answer(answer) => self.answered(answer),
            News::Figures(generation, board) => self.act(Action::Computed(generation, board)),
            News::Computed(generation, board) => {
                let is_late = generation != self.state.generation;
                self.trace
                    .note(if is_late { "late" } else { "board" }, generation);
                self.work.computed();
                self.act(Action::Computed(generation, board))
            }
            News::ComputedBeside(generation, board) => {
                if self.work.computed_beside() {
                    return self.act(Action::ComputedBeside(generation, board));
                }
                Ok(())
            }
            News::Previewed(generation, board) => {
                if self.work.previewed() {
                    return self.act(Action::Previewed(generation, board));
                }
                Ok(())
            }
            News::Closed => {
                self.end(HANGUP);
                Ok(())
            }
            News::End(number) => {
                self.end(number);
                Ok(())
            }
            News::Stop => self.stop(false),
            News::Continue => Ok(self.screen.enter_again()?),
        }
    }

    fn end(&mut self, signal: i32) {
        self.exit.get_or_insert(Exit::Signal(signal as u8));
    }

    fn event(&mut self, event: Event) -> Result<(), ShellError> {
        let effects = match input::heard(event) {
            Some(Heard::Focus) => return self.ask_again(),
            Some(Heard::Click(x, y)) => self.click((x, y)),
            Some(Heard::Wheel(by)) => app::update(&mut self.state, Action::Wheel(by)),
            Some(Heard::Across(by)) => app::update(&mut self.state, Action::Across(by)),
            Some(Heard::Key(key)) => {
                self.trace.key();
                app::press(&mut self.state, key)
            }
            Some(Heard::Paste(text)) => app::update(&mut self.state, Action::Paste(text)),
            Some(Heard::Size(c, r)) => app::update(&mut self.state, Action::Resize(c, r)),
            None => return Ok(()),
        };
        self.carry_out(effects)
    }

    /// The ground of the terminal may have changed while its window was not looked at.
    fn ask_again(&mut self) -> Result<(), ShellError> {
        if self.state.look.follows {
            self.screen.say(probe::ground_again())?;
        }
        Ok(())
    }

    fn answered(&mut self, answer: Answer) -> Result<(), ShellError> {
        let before = self.state.look.ambiguous;
        self.act(Action::Answered(answer))?;
        if self.state.look.ambiguous != before {
            // What stands there may have moved the rest of its line.
            self.screen.forget()?;
        }
        Ok(())
    }

    /// What a click on this cell does: what the screen shows there is asked, not remembered.
    fn click(&mut self, at: (u16, u16)) -> Vec<Effect> {
        let (columns, rows) = self.state.size;
        let area = Rect::new(0, 0, columns, rows);
        let pointed = super::pointed(&self.state, area, at);
        pointed.map_or_else(Vec::new, |p| app::update(&mut self.state, Action::Point(p)))
    }

    fn act(&mut self, action: Action) -> Result<(), ShellError> {
        let effects = app::update(&mut self.state, action);
        self.carry_out(effects)
    }

    fn carry_out(&mut self, effects: Vec<Effect>) -> Result<(), ShellError> {
        for effect in effects {
            match effect {
                Effect::ComputeBeside(generation, query, focus) => self.work.want_beside(Job {
                    generation,
                    query,
                    focus,
                }),
                Effect::Compute(generation, query, focus) => {
                    self.trace.note("want", generation);
                    let job = Job {
                        generation,
                        query,
                        focus,
                    };
                    if let Some(dropped) = self.work.want(job) {
                        self.trace.note("drop", dropped);
                    }
                }
                Effect::Preview(generation, asked) => {
                    let job = asked.map(|(query, focus)| Job {
                        generation,
                        query,
                        focus,
                    });
                    self.work.want_preview(job);
                }
                Effect::Seek(generation, quest) => self.work.seek(generation, quest),
                Effect::Load(load) => self.work.load(load, &self.state),
                Effect::ReadBooks(fingerprint) => self.keeper.read(fingerprint),
                Effect::Capture(shot) => self.studio.take(&self.state, shot, self.news.clone()),
                Effect::Review => {
                    self.review = Arc::default();
                    let (news, left) = (self.news.clone(), Arc::clone(&self.review));
                    self.studio.review(&self.state, news, left);
                }
                Effect::CancelReview => self.review.store(true, Ordering::SeqCst),
                Effect::Copy(what) => self.copy(what)?,
                Effect::SaveBook(book) => self.keeper.save(book),
                Effect::CancelLoad => self.work.cancel_load(),
                Effect::Mouse(mouse) => self.screen.listen(mouse == Mouse::On)?,
                Effect::Suspend => self.stop(true)?,
                Effect::Quit => drop(self.exit.get_or_insert(Exit::Quit)),
            }
        }
        Ok(())
    }

    /// Puts something on the clipboard and says what went.
    fn copy(&mut self, what: Copied) -> Result<(), ShellError> {
        let Some((text, [zh, en])) = pictures::copied(&self.state, what) else {
            return Ok(());
        };
        self.screen.copy(&text)?;
        let lines = text.lines().count();
        let also = |word: &str| {
            let desktop = self.desktop.as_ref();
            desktop.map_or_else(String::new, |d| format!("{word}{}", d.name()))
        };
        let notice = Notice {
            zh: format!("已复制{zh}（{lines} 行，经终端 OSC 52{}）", also("与 ")),
            en: format!(
                "copied {en} ({lines} lines, through the terminal by OSC 52{})",
                also(" and ")
            ),
            error: false,
        };
        if let Some(desktop) = &self.desktop {
            desktop.copy(text);
        }
        app::update(&mut self.state, Action::Tell(notice));
        Ok(())
    }

    /// Gives the terminal back, stops, and takes it again when continued.
    fn stop(&mut self, group: bool) -> Result<(), ShellError> {
        if !signals::can_stop() {
            let _ = app::update(&mut self.state, Action::Tell(cannot_stop()));
            return Ok(());
        }
        terminal::restore();
        let stopped = signals::stop(group);
        self.screen.enter_again()?;
        if stopped.is_err() {
            let _ = app::update(&mut self.state, Action::Tell(cannot_stop()));
        }
        Ok(())
    }

    fn compute(&mut self) {
        if let Phase::Ready(engine) = &self.state.phase {
            self.work.compute(engine);
        }
    }

    fn draw(&mut self) -> Result<(), ShellError> {
        self.draw_at = None;
        let size = self.screen.size()?;
        if size != self.state.size {
            self.act(Action::Resize(size.0, size.1))?;
        }
        let (state, paint) = (&self.state, self.paint);
        self.screen.draw(|area, buf| paint(state, area, buf))?;
        if self.state.board.is_some() {
            self.work.seen();
        }
        self.trace
            .frame(self.state.stale || self.state.board.is_none());
        Ok(())
    }
}

fn cannot_stop() -> Notice {
    Notice {
        zh: "没有可以返回的 shell，不能挂起".into(),
        en: "there is no shell to come back from; not suspended".into(),
        error: false,
    }
}
