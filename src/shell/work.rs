//! Loading and computing, on threads of their own.
//!
//! The loop never waits for them: it takes their news like keys. A load that is not wanted any more
//! is stopped by its flag; of the boards that are wanted, only the newest is computed. The right half
//! waits for the left one, and what is only looked at waits for both.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::mpsc::UnboundedSender;

use super::session::News;
use super::{Tools, kept};
use crate::app::{Action, Language, Loading, Phase, State};
use crate::board::{self, Board, Focus, Query};
use crate::data::cache::{Cache, Opened};
use crate::data::{Input, LoadError, Options, Progress};
use crate::facts::{Dataset, Engine, Problem};
use crate::scenario::seek::{Found, Quest};

/// Reads a data set; the watcher is told how far it is and answers whether to go on.
pub(super) type Loader =
    dyn Fn(&mut dyn FnMut(Progress) -> bool) -> Result<Opened, LoadError> + Send + Sync;

/// Reads the platform tables of a data set that has a log too.
pub(super) type Looker = dyn Fn(&(dyn Fn() -> bool + Sync)) -> Option<Dataset> + Send + Sync;

/// Computes a board; one without histories may be given away before, where those take long.
pub(super) type Computer = fn(&Engine, &Query, &Focus, &mut dyn FnMut(Board)) -> Board;

/// How long a load waits for the first look to be on the screen: both would want every core.
const LOOK: Duration = Duration::from_millis(100);
/// A generation that no query has: its board is dropped.
const NOBODY: u64 = u64::MAX;
/// How often the screen hears of progress.
const EVERY: Duration = Duration::from_millis(50);

/// The loader of an input.
pub(super) fn loader(input: Option<Input>, options: Options, cache: Option<Cache>) -> Arc<Loader> {
    Arc::new(move |watch| match (&input, &cache) {
        (Some(input), Some(cache)) => cache.open(input, &options, watch),
        (Some(input), None) => crate::data::load(input, &options, watch).map(Opened::from),
        (None, _) => Err(LoadError::Problems(Vec::new())),
    })
}

/// The first look at an input; a cache is as quick as one.
pub(super) fn looker(input: Option<Input>, options: Options, cache: Option<Cache>) -> Arc<Looker> {
    Arc::new(move |wanted| {
        let input = input.as_ref()?;
        let cached = cache.as_ref().is_some_and(|c| c.holds(input, &options));
        (!cached).then(|| crate::data::tables(input, &options, wanted))?
    })
}

/// The work that is under way.
pub(super) struct Work {
    news: UnboundedSender<News>,
    looker: Arc<Looker>,
    loader: Arc<Loader>,
    computer: Computer,
    cancel: Arc<AtomicBool>,
    /// Tells the load that figures are on the screen.
    seen: Option<Sender<()>>,
    /// The engine that is at work.
    computing: Option<Arc<Engine>>,
    next: Option<Job>,
    /// The board that the right half waits for.
    beside: Option<Job>,
    /// The job at work, when it is one of the right half.
    under_way: Option<Job>,
    /// The board that is only looked at.
    preview: Option<Job>,
    /// The job at work, when it is a preview.
    looking: Option<Job>,
    /// Leaves a core to the loop while previews are computed.
    aside: Option<Arc<ThreadPool>>,
    /// The same for what makes the next slices quicker, which takes longer.
    behind: Option<Arc<ThreadPool>>,
    /// The last board that was wanted, whose next slices are not made quicker yet.
    unprepared: Option<Job>,
    /// The board whose next slices are being made quicker.
    preparing: Option<Preparing>,
    /// Tells the running goal seek that it is not wanted any more.
    left: Arc<AtomicBool>,
}

/// A board whose next slices are being made quicker, and the way to stop that.
struct Preparing {
    engine: Weak<Engine>,
    job: Job,
    left: Arc<AtomicBool>,
}

impl Preparing {
    /// Whether it serves a board too: the filter does not matter.
    fn serves(&self, job: &Job) -> bool {
        let (own, query) = (&self.job.query, &job.query);
        (own.as_of, own.against) == (query.as_of, query.against)
            && own.slice.scope == query.slice.scope
            && own.definitions == query.definitions
            && self.job.focus == job.focus
    }

    fn stop(&self) {
        self.left.store(true, Ordering::SeqCst);
    }
}

/// A board to compute.
#[derive(Clone)]
pub(super) struct Job {
    pub(super) generation: u64,
    pub(super) query: Query,
    pub(super) focus: Focus,
}

impl Work {
    pub(super) fn new(news: UnboundedSender<News>, tools: &Tools) -> Self {
        Self {
            news,
            looker: Arc::clone(&tools.look),
            loader: Arc::clone(&tools.load),
            computer: tools.compute,
            cancel: Arc::default(),
            seen: None,
            computing: None,
            next: None,
            beside: None,
            under_way: None,
            preview: None,
            looking: None,
            aside: aside(),
            behind: aside(),
            unprepared: None,
            preparing: None,
            left: Arc::default(),
        }
    }

    /// Whether a board is being computed that somebody waits for.
    pub(super) fn is_computing(&self) -> bool {
        self.computing.is_some() && self.looking.is_none()
    }

    /// Wants this board; one that is being computed is stopped. Gives the generation of the one that
    /// waited and goes away.
    pub(super) fn want(&mut self, job: Job) -> Option<u64> {
        if let Some(engine) = &self.computing {
            engine.pace().stop();
        }
        if let Some(preparing) = self.preparing.take_if(|p| !p.serves(&job)) {
            preparing.stop();
        }
        self.unprepared = Some(job.clone());
        let dropped = self.next.replace(job).map(|dropped| dropped.generation);
        // The right half begins again when the left one has its board.
        let begun = self.under_way.take();
        self.beside = self.beside.take().or(begun);
        // Previews are asked for anew.
        (self.preview, self.looking) = (None, None);
        dropped
    }

    /// Wants this board for the right half, in place of an older one; it stops nothing else.
    pub(super) fn want_beside(&mut self, job: Job) {
        let looking = self.looking.take();
        let in_the_way = self.under_way.take().is_some() || looking.is_some();
        if let (Some(engine), true) = (&self.computing, in_the_way) {
            engine.pace().stop();
        }
        self.preview = self.preview.take().or(looking);
        self.beside = Some(job);
    }

    /// Wants this board to be looked at, in place of an older one; `None` wants none.
    pub(super) fn want_preview(&mut self, job: Option<Job>) {
        if let (Some(engine), true) = (&self.computing, self.looking.take().is_some()) {
            engine.pace().stop();
        }
        self.preview = job;
    }

    /// Whether a board that was computed to be looked at was not stopped on its way.
    pub(super) fn previewed(&mut self) -> bool {
        self.computing = None;
        self.looking.take().is_some()
    }

    /// Whether a board that was computed for the right half was not stopped on its way; it came to
    /// its end.
    pub(super) fn computed_beside(&mut self) -> bool {
        self.computing = None;
        self.under_way.take().is_some()
    }

    /// Percent of the board being computed that is done, when it takes long.
    pub(super) fn percent(&self) -> Option<u8> {
        self.computing.as_ref()?.pace().percent()
    }

    /// The running computation came to its end.
    pub(super) fn computed(&mut self) {
        self.computing = None;
    }

    /// Starts the wanted computation unless one is running.
    pub(super) fn compute(&mut self, engine: &Arc<Engine>) {
        if self.computing.is_some() {
            return;
        }
        let Some(job) = self.next.take() else {
            self.compute_beside(engine);
            return;
        };
        engine.pace().begin();
        self.computing = Some(Arc::clone(engine));
        let (news, engine, computer) = (self.news.clone(), Arc::clone(engine), self.computer);
        tokio::task::spawn_blocking(move || {
            let figures = |board| {
                let _ = news.send(News::Figures(job.generation, Arc::new(board)));
            };
            let board = computer(&engine, &job.query, &job.focus, &mut { figures });
            let mut generation = job.generation;
            if engine.is_lost() {
                // The files changed, and the cache of the old ones is damaged: nobody may see this.
                generation = NOBODY;
                let _ = news.send(News::Action(Action::Command("reload")));
            }
            let _ = news.send(News::Computed(generation, Arc::new(board)));
        });
    }

    /// Starts the computation that the right half wants; there is no other one.
    fn compute_beside(&mut self, engine: &Arc<Engine>) {
        let Some(job) = self.beside.take() else {
            self.compute_preview(engine);
            return;
        };
        engine.pace().begin();
        self.computing = Some(Arc::clone(engine));
        self.under_way = Some(job.clone());
        let (news, engine, computer) = (self.news.clone(), Arc::clone(engine), self.computer);
        tokio::task::spawn_blocking(move || {
            let board = computer(&engine, &job.query, &job.focus, &mut |_| {});
            let mut generation = job.generation;
            if engine.is_lost() {
                generation = NOBODY;
                let _ = news.send(News::Action(Action::Command("reload")));
            }
            let _ = news.send(News::ComputedBeside(generation, Arc::new(board)));
        });
    }

    /// Starts the computation of what is only looked at; nobody waits for anything else.
    fn compute_preview(&mut self, engine: &Arc<Engine>) {
        let Some(job) = self.preview.take() else {
            self.prepare(engine);
            return;
        };
        engine.pace().begin();
        self.computing = Some(Arc::clone(engine));
        self.looking = Some(job.clone());
        let (news, engine, aside) = (self.news.clone(), Arc::clone(engine), self.aside.clone());
        tokio::task::spawn_blocking(move || {
            let look = || board::glimpse(&engine, &job.query, &job.focus);
            let board = match aside {
                Some(pool) => pool.install(look),
                None => look(),
            };
            let mut generation = job.generation;
            if engine.is_lost() {
                generation = NOBODY;
                let _ = news.send(News::Action(Action::Command("reload")));
            }
            let _ = news.send(News::Previewed(generation, Arc::new(board)));
        });
    }

    /// Makes the next slices of the last board quicker; there is nothing else to do.
    fn prepare(&mut self, engine: &Arc<Engine>) {
        let Some(job) = self.unprepared.take() else {
            return;
        };
        if let Some(preparing) = &self.preparing {
            if preparing.serves(&job) && preparing.engine.as_ptr() == Arc::as_ptr(engine) {
                return;
            }
            preparing.stop();
        }
        let left = Arc::new(AtomicBool::new(false));
        self.preparing = Some(Preparing {
            engine: Arc::downgrade(engine),
            job: job.clone(),
            left: Arc::clone(&left),
        });
        let (engine, behind) = (Arc::clone(engine), self.behind.clone());
        tokio::task::spawn_blocking(move || {
            let wanted = || !left.load(Ordering::Relaxed);
            let prepare = || board::prepare(&engine, &job.query, &job.focus, &wanted);
            match behind {
                Some(pool) => pool.install(prepare),
                None => prepare(),
            }
        });
    }

    /// Leaves the running goal seek and starts the next one: first the answer, then the frontier.
    pub(super) fn seek(&mut self, generation: u64, quest: Option<Arc<Quest>>) {
        self.left.store(true, Ordering::SeqCst);
        let Some(quest) = quest else { return };
        self.left = Arc::default();
        let (news, left) = (self.news.clone(), Arc::clone(&self.left));
        tokio::task::spawn_blocking(move || {
            let wanted = || !left.load(Ordering::Relaxed);
            let tell = |found: Found| {
                if wanted() {
                    let action = Action::Sought(generation, Arc::new(found));
                    let _ = news.send(News::Action(action));
                }
            };
            let mut found = quest.solve(&wanted);
            tell(found.clone());
            found.frontier = Some(quest.frontier(&wanted));
            tell(found);
        });
    }

    /// Figures are on the screen.
    pub(super) fn seen(&mut self) {
        self.seen = None;
    }

    /// Stops the running load; it notices within its next few thousand rows.
    pub(super) fn cancel_load(&mut self) {
        self.cancel.store(true, Ordering::SeqCst);
    }

    /// Starts a load, in place of a running one. Where nothing is shown yet, the platform tables
    /// come first.
    pub(super) fn load(&mut self, load: u64, state: &State) {
        self.cancel_load();
        self.cancel = Arc::default();
        if let Some(preparing) = self.preparing.take() {
            preparing.stop();
        }
        let (news, loader, cancel) = (
            self.news.clone(),
            Arc::clone(&self.loader),
            Arc::clone(&self.cancel),
        );
        let first = !matches!(state.phase, Phase::Ready(_));
        let looker = first.then(|| Arc::clone(&self.looker));
        let language = state.language;
        let (sender, seen) = channel();
        self.seen = Some(sender);
        tokio::task::spawn_blocking(move || {
            let wanted = || !cancel.load(Ordering::SeqCst);
            match looker.and_then(|look| look(&wanted)) {
                Some(data) => {
                    let engine = Arc::new(Engine::new(Arc::new(data)));
                    let _ = news.send(News::Action(Action::Tables(load, engine)));
                    // Ends when it is seen, however that is told.
                    let _ = seen.recv_timeout(LOOK);
                }
                None => {
                    let _ = news.send(News::Action(Action::Progress(load, Loading::default())));
                }
            }
            let mut watch = watcher(load, &news, &cancel);
            let opened = loader(&mut watch);
            let made = opened.and_then(|opened| {
                let rows = opened.source.rows();
                let order = rows.map(|rows| orderer(load, &news, &cancel, rows));
                let watch = |percent| order.as_ref().map_or_else(wanted, |order| order(percent));
                let engine = opened.source.into_engine(&watch)?;
                kept::behind(&engine, opened.saver);
                Ok(engine)
            });
            let action = match made {
                Ok(engine) => Action::Loaded(load, engine),
                Err(LoadError::Cancelled) => return,
                Err(LoadError::Problems(problems)) => {
                    Action::LoadFailed(load, lines(&problems, language))
                }
            };
            let _ = news.send(News::Action(action));
        });
    }
}

/// Threads for what nobody waits for; one core stays free where there are several. `None` where no
/// thread can be made: the usual ones serve then.
fn aside() -> Option<Arc<ThreadPool>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = ThreadPoolBuilder::new().num_threads((cores - 1).max(1));
    pool.build().ok().map(Arc::new)
}

/// Everything is read; tells how far the events are put in order.
fn orderer(
    load: u64,
    news: &UnboundedSender<News>,
    cancel: &AtomicBool,
    rows: u64,
) -> impl Fn(u8) -> bool + Sync {
    let tell = move |percent: u8| {
        let loading = Loading {
            done: percent.into(),
            total: 100,
            rows,
            ordering: true,
            ..Loading::default()
        };
        let _ = news.send(News::Action(Action::Progress(load, loading)));
    };
    tell(0);
    let told = Mutex::new(Instant::now());
    move |percent| {
        if let Ok(mut told) = told.try_lock()
            && told.elapsed() >= EVERY
        {
            *told = Instant::now();
            tell(percent);
        }
        !cancel.load(Ordering::SeqCst)
    }
}

fn watcher(
    load: u64,
    news: &UnboundedSender<News>,
    cancel: &AtomicBool,
) -> impl FnMut(Progress) -> bool {
    let start = Instant::now();
    let mut told = start;
    move |progress| {
        let now = Instant::now();
        if now.duration_since(told) >= EVERY {
            told = now;
            let seconds = now.duration_since(start).as_secs_f64();
            let loading = Loading {
                done: progress.done,
                total: progress.total,
                rows: progress.rows,
                rows_per_second: progress.rows as f64 / seconds.max(1e-3),
                ordering: false,
            };
            let _ = news.send(News::Action(Action::Progress(load, loading)));
        }
        !cancel.load(Ordering::SeqCst)
    }
}

/// Problems as lines, in the language of the interface.
fn lines(problems: &[Problem], language: Language) -> Vec<String> {
    if problems.is_empty() {
        let text = match language {
            Language::Zh => "没有给出数据集",
            Language::En => "no data set was given",
        };
        return vec![text.into()];
    }
    let wording = language.wording();
    problems.iter().map(|p| p.line(wording)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Slice;
    use crate::metrics::{Day, Definitions};
    use crate::scenario::Scenario;

    #[test]
    fn why_a_load_failed_is_said_with_what_to_do() {
        let input = Input::Memory(Vec::new());
        let failed = crate::data::load(&input, &Options::default(), &mut |_| true);
        let Err(LoadError::Problems(problems)) = failed else {
            panic!("it was loaded")
        };
        for language in [Language::Zh, Language::En] {
            let lines = lines(&problems, language);
            let advice = problems[0].advice(language.wording());
            assert!(
                !advice.is_empty() && lines[0].ends_with(advice),
                "{lines:?}"
            );
        }
    }

    #[test]
    fn what_is_prepared_serves_every_filter_but_no_other_dates_rules_or_brand() {
        let query = Query {
            as_of: Day(20_000),
            against: Day(19_993),
            slice: Slice::default(),
            definitions: Definitions::default(),
            scenario: Scenario::default(),
        };
        let job = |query: &Query, brand: usize| Job {
            generation: 1,
            query: query.clone(),
            focus: Focus::One(brand),
        };
        let preparing = Preparing {
            engine: Weak::new(),
            job: job(&query, 0),
            left: Arc::default(),
        };
        let mut filtered = query.clone();
        filtered.slice.filter = Slice::parse_conditions("channel=douyin").unwrap();
        assert!(preparing.serves(&job(&filtered, 0)));
        assert!(!preparing.serves(&job(&query, 1)));
        let mut scoped = query.clone();
        scoped.slice.scope = Slice::parse_conditions("channel=douyin").unwrap();
        let mut later = query.clone();
        later.as_of = Day(20_001);
        let mut other = query.clone();
        other.definitions.set("aipl.a_days", "20").unwrap();
        for query in [&scoped, &later, &other] {
            assert!(!preparing.serves(&job(query, 0)));
        }
    }
}
