//! Opening a data set: which one, how it is loaded, and the state that a session starts with.
//!
//! The dashboard loads in the background unless an option can only be checked against the data.

use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::args::Shared;
use super::check::counted;
use super::environment::Environment;
use super::failure::{self, Failure};
use super::{config, keymap, memory, query, suggest, system_fonts};
use crate::app::scene::Scene;
use crate::app::tour::Tour;
use crate::app::{
    Depth, Language, Look, Mouse, Notice, Overlay, Pane, Phase, State, ThemeName, Wanted, Watching,
};
use crate::board::Against;
use crate::data::cache::{Cache, Opened, Saved, Saver};
use crate::data::{self, Input, LoadError};
use crate::facts::{Engine, Severity};
use crate::metrics::Definitions;
use crate::metrics::definitions::RESERVED;
use crate::scenario::Scenario;
use crate::shell::{self, Questions};

/// What a dashboard opens with.
#[derive(Debug)]
pub(super) struct Session<'a> {
    /// The data set; `None`: the demo.
    pub(super) dataset: Option<PathBuf>,
    /// The first pane.
    pub(super) pane: Option<Pane>,
    /// Load again when the files change.
    pub(super) watch: bool,
    /// Where times are logged.
    pub(super) trace: Option<PathBuf>,
    /// Nothing was ever opened here: it begins with the tour.
    pub(super) tour: bool,
    /// What to show.
    pub(super) scene: Option<&'a Scene>,
    /// The options.
    pub(super) shared: &'a Shared,
}

/// The files of a data set; without one, those of the demo.
pub(super) fn input(dataset: Option<&Path>) -> Input {
    match dataset {
        Some(path) => Input::Path(path.to_owned()),
        None => Input::Demo,
    }
}

/// The error of a load that somebody stopped.
pub(super) fn cancelled() -> Failure {
    Failure::Dashboard("loading was cancelled".to_owned())
}

/// The caches that the options allow.
fn cache(shared: &Shared, environment: &Environment) -> Option<Cache> {
    let folder = environment.caches.clone();
    folder.filter(|_| !shared.no_cache).map(Cache::new)
}

/// A data set that was loaded to the end.
pub(super) struct Loaded {
    pub(super) engine: Arc<Engine>,
    saver: Option<Saver>,
}

impl Loaded {
    /// Whether all that was asked for could be had; what was answered has no meaning otherwise.
    pub(super) fn check(&self) -> Result<(), Failure> {
        if self.engine.is_lost() {
            let text = "the data set changed while it was read; run the command again";
            return Err(Failure::Dashboard(text.to_owned()));
        }
        Ok(())
    }

    /// Keeps the data set in its cache, when that is worth it. Called when the output is written:
    /// nobody waits for it but the next command.
    pub(super) fn keep(self, language: Language) {
        let saved = self
            .saver
            .map(|saver| shell::save(&self.engine, &saver, Duration::ZERO));
        if let Some(Saved::Failed(error)) = saved {
            failure::tell(&match language {
                Language::Zh => format!("未写入缓存：{error}"),
                Language::En => format!("no cache was written: {error}"),
            });
        }
    }
}

/// Loads a data set to the end. Its warnings are counted on stderr; `check` lists them.
pub(super) fn engine(
    dataset: Option<&Path>,
    shared: &Shared,
    environment: &Environment,
) -> Result<Loaded, Failure> {
    let language = shared.language(environment);
    tell_unused(shared, language);
    let (input, options) = (input(dataset), options(shared));
    let opened = match cache(shared, environment) {
        Some(cache) => cache.open(&input, &options, &mut |_| true),
        None => data::load(&input, &options, &mut |_| true).map(Opened::from),
    };
    let opened = opened.map_err(|error| refused(error, language))?;
    let engine = opened.source.into_engine(&|_| true);
    let engine = engine.map_err(|error| refused(error, language))?;
    tell_warnings(&engine, language);
    Ok(Loaded {
        engine,
        saver: opened.saver,
    })
}

/// The failure of a load.
pub(super) fn refused(error: LoadError, language: Language) -> Failure {
    match error {
        LoadError::Problems(problems) => Failure::Dataset(problems, language.wording()),
        LoadError::Cancelled => cancelled(),
    }
}

fn tell_warnings(engine: &Engine, language: Language) {
    let problems = engine.dataset().problems.iter();
    let warnings = problems.filter(|p| p.severity >= Severity::Warning);
    match warnings.count() {
        0 => {}
        n => failure::tell(&match language {
            Language::Zh => format!("{n} 个警告；`fastdeck check` 可逐条列出"),
            Language::En => {
                let them = if n == 1 { "it" } else { "them" };
                format!("{}; `fastdeck check` lists {them}", counted(n, "warning"))
            }
        }),
    }
}

/// Says which definitions of `--set` change nothing.
fn tell_unused(shared: &Shared, language: Language) {
    for (id, _) in query::pairs(shared).unwrap_or_default() {
        if RESERVED.contains(&id.as_str()) {
            failure::tell(&match language {
                Language::Zh => format!("--set {id}：尚无指标使用该口径"),
                Language::En => format!("--set {id}: no metric uses it yet"),
            });
        }
    }
}

fn options(shared: &Shared) -> data::Options {
    data::Options {
        lenient: shared.lenient,
        ..data::Options::default()
    }
}

/// The state that the options describe, before there are data.
pub(super) fn state(
    shared: &Shared,
    pane: Option<Pane>,
    environment: &Environment,
) -> Result<State, Failure> {
    query::changed(shared, Definitions::default())?;
    Ok(State {
        against: shared.against,
        pane: pane.unwrap_or_default(),
        language: shared.language(environment),
        theme: match (shared.theme(environment)?, &environment.settings.theme) {
            (Some(theme), _) => theme,
            (None, Some(name)) if !shared.names_theme() => environment.themes.named(name)?,
            (None, _) => ThemeName::default(),
        },
        look: Look {
            own: environment.themes.own.clone(),
            ..Look::default()
        },
        wanted: Wanted {
            brand: None,
            as_of: shared.as_of,
            definitions: query::pairs(shared)?,
        },
        ..State::default()
    })
}

/// Runs the dashboard.
pub(super) fn dashboard(session: &Session, environment: &Environment) -> Result<(), Failure> {
    let shared = session.shared;
    let mut environment = environment.clone();
    let environment = usable(&mut environment);
    let pane = session.pane.or(environment.settings.pane);
    let mut state = state(shared, pane, environment)?;
    let questions = look(&mut state, shared, environment);
    state.origin = origin(session.dataset.as_deref());
    let watched = session.watch || environment.settings.watch == Some(true);
    let watch = watched && session.dataset.is_some();
    if environment.settings.mouse == Some(false) {
        state.mouse = Mouse::Off;
    }
    if watch {
        state.watching = Watching::Current;
    }
    state.journey.resumes = asks_nothing(session) && pane.is_none();
    refuse_missing(session.dataset.as_deref())?;
    if session.tour && io::stdout().is_terminal() {
        if let Some(home) = &environment.home {
            memory::tour_was_given(home);
        }
        state.overlay = Some(Overlay::Tour(Tour::default()));
    }
    let keys = keymap::load(environment);
    state.keymap = Arc::new(keys.keymap.clone());
    let pictures = config::pictures(environment);
    if let Some(size) = shared.size {
        state.size = size;
    }
    let memory = remembering(session, environment);
    if names_data(shared) || session.scene.is_some() {
        preload(&mut state, session, environment)?;
        memory();
    } else {
        tell_unused(shared, state.language);
    }
    state.notice = state.notice.or_else(|| keys.notice());
    let setup = shell::Setup {
        state,
        input: Some(input(session.dataset.as_deref())),
        options: options(shared),
        cache: cache(shared, environment),
        questions,
        watch,
        trace: session.trace.clone(),
        home: environment.home.clone(),
        pictures,
        fonts: system_fonts::with,
        opened: Box::new(memory),
    };
    match shell::run(setup) {
        Ok(shell::Exit::Quit) => Ok(()),
        Ok(ended @ shell::Exit::Signal(_)) => Err(Failure::Ended(ended.code())),
        Err(error) => Err(Failure::Dashboard(error.to_string())),
    }
}

/// What is done once the data set is open: it is remembered, on a thread of its own so that the
/// first numbers do not wait for the disk. The demo is not remembered.
fn remembering(session: &Session, environment: &Environment) -> impl Fn() + Send + Sync + 'static {
    let place = session.dataset.clone().zip(environment.home.clone());
    move || {
        if let Some((dataset, home)) = place.clone() {
            std::thread::spawn(move || memory::remember(&home, &dataset));
        }
    }
}

/// A data set that is not there is an error before the screen is touched. A word that looks like a
/// command was meant as one.
fn refuse_missing(dataset: Option<&Path>) -> Result<(), Failure> {
    let Some(path) = dataset.filter(|path| path.symlink_metadata().is_err()) else {
        return Ok(());
    };
    let command = super::command();
    let mut names = command.get_subcommands().map(clap::Command::get_name);
    let word = path.to_string_lossy();
    Err(match names.find(|name| suggest::is_slip(&word, name)) {
        Some(name) => Failure::Usage(format!(
            "there is no data set `{}`; if the command `{name}` was meant, it comes first: fastdeck {name} [OPTIONS]",
            path.display()
        )),
        None => Failure::Dashboard(format!(
            "{}: there is no such file or folder",
            path.display()
        )),
    })
}

/// How a data set is named in a command; empty for the demo.
pub(super) fn origin(dataset: Option<&Path>) -> String {
    dataset.map_or_else(String::new, |path| path.to_string_lossy().into_owned())
}

/// Opens the scenario of `--what-if`.
pub(super) fn propose(state: &mut State, shared: &Shared, scenario: Scenario) {
    if scenario.is_empty() {
        return;
    }
    let name = match state.language {
        Language::Zh => "命令行假设",
        Language::En => "Command line",
    };
    let name = shared.what_if_name.as_deref().unwrap_or(name);
    crate::app::propose(state, name, scenario);
}

/// Shows the scene of `--state`, once the data set is open.
pub(super) fn restore(state: &mut State, scene: &Scene) -> Result<(), Failure> {
    let (effects, refused) = crate::app::restore(state, scene);
    if let Some([zh, en]) = refused.into_iter().next() {
        return Err(Failure::Usage(match state.language {
            Language::Zh => zh,
            Language::En => en,
        }));
    }
    if let Phase::Ready(engine) = &state.phase {
        query::check_slice(&state.slice, engine)?;
    }
    crate::app::settle(state, effects);
    Ok(())
}

/// The environment without a configured theme that cannot be used; that is one more problem.
fn usable(environment: &mut Environment) -> &Environment {
    let name = environment.settings.theme.as_deref();
    if let Some(Err(failure)) = name.map(|name| environment.themes.named(name)) {
        environment.settings.theme = None;
        if let Failure::Usage(text) = failure {
            environment.problems.extend(text.lines().map(str::to_owned));
        }
    }
    let themes = environment.themes.problems().cloned();
    environment.problems.extend(themes.collect::<Vec<_>>());
    environment.problems.dedup();
    environment
}

/// How the dashboard looks at first, and what the terminal is asked for it.
fn look(state: &mut State, shared: &Shared, environment: &Environment) -> Questions {
    let settings = &environment.settings;
    let depth = if environment.no_color {
        Depth::None
    } else {
        settings.depth.unwrap_or(environment.depth)
    };
    let named = if shared.names_theme() {
        !matches!(shared.theme(environment), Ok(None))
    } else {
        settings.theme.is_some()
    };
    state.look = Look {
        depth,
        glyphs: settings.glyphs,
        ambiguous: settings.ambiguous.unwrap_or_default(),
        follows: !named && depth != Depth::None,
        keeps_theme: named,
        keeps_language: shared.names_language() || settings.language.is_some(),
        ..std::mem::take(&mut state.look)
    };
    if state.look.is_colourless() {
        state.theme = ThemeName::Mono;
    } else if state.look.follows && environment.light == Some(true) {
        state.theme = ThemeName::Light;
    }
    state.notice = first_problem(&environment.problems);
    Questions {
        ground: state.look.follows,
        ambiguous: settings.ambiguous.is_none(),
    }
}

/// The message about a configuration that is wrong.
fn first_problem(problems: &[String]) -> Option<Notice> {
    let first = data::clean(problems.first()?);
    let more = problems.len() - 1;
    let (zh, en) = match more {
        0 => (String::new(), String::new()),
        n => (format!("（另有 {n} 处）"), format!(" (and {n} more)")),
    };
    Some(Notice {
        zh: format!("配置有误，其余照用{zh}：{first}"),
        en: format!("the configuration is wrong, the rest holds{en}: {first}"),
        error: true,
    })
}

/// Whether an option names something that only the data can know.
fn names_data(shared: &Shared) -> bool {
    !(shared.brands.is_empty()
        && shared.filter.is_empty()
        && shared.scope.is_empty()
        && shared.what_if.is_empty())
}

/// Whether nothing decides what is shown first: then it is what was shown last.
fn asks_nothing(session: &Session) -> bool {
    let shared = session.shared;
    let plain = shared.as_of.is_none() && shared.against == Against::default();
    let looks = !shared.names_theme() && !shared.names_language();
    let open = session.pane.is_none() && session.scene.is_none();
    plain && looks && open && shared.set.is_empty() && !names_data(shared)
}

/// Loads the data set first and checks the options against it.
fn preload(state: &mut State, session: &Session, environment: &Environment) -> Result<(), Failure> {
    let loaded = engine(session.dataset.as_deref(), session.shared, environment)?;
    let engine = loaded.engine;
    let brand = query::focused_brand(session.shared, &engine)?;
    state.slice = query::slice(session.shared, &engine)?;
    let scenario = query::scenario(session.shared, engine.dataset())?;
    state.wanted.brand = engine.dataset().brands.get(brand).map(|b| b.id.clone());
    state.phase = Phase::Empty;
    shell::behind(&engine, loaded.saver);
    crate::app::open(state, engine);
    propose(state, session.shared, scenario);
    session.scene.map_or(Ok(()), |scene| restore(state, scene))
}
