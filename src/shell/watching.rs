//! Watches the files of the data set and tells the session when they have changed and are at rest.
//!
//! Folders are watched, not files: editors and Excel put another file in the place of the old one.
//! A notice of the system is only a hint to look; where none comes, as from a network drive, a look
//! is taken every few seconds. It reads nothing but the manifest.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::sync::mpsc::UnboundedSender;

use super::session::News;
use crate::app::Action;
use crate::data::{Footprint, Input};

/// How long files must be at rest.
const REST: Duration = Duration::from_millis(300);
/// How long a change waits for rest; a log that never rests is loaded as it is.
const LONGEST: Duration = Duration::from_secs(3);
/// How often a look is taken without a notice.
const LOOK: Duration = Duration::from_secs(4);

/// The files of a data set under watch.
pub(super) struct Watcher {
    input: Input,
    known: Footprint,
}

impl Watcher {
    /// Looks at the files as they are now, before they are loaded.
    pub(super) fn new(input: Input) -> Self {
        let known = Footprint::of(&input, None);
        Self { input, known }
    }

    /// Watches until the session is gone, on a thread of its own. Without a thread nothing is
    /// watched, and the numbers stay those that were loaded.
    pub(super) fn start(self, news: UnboundedSender<News>) {
        let work = move || self.serve(&news);
        let thread = thread::Builder::new().name("files".to_owned());
        thread.spawn(work).ok();
    }

    fn serve(mut self, news: &UnboundedSender<News>) {
        let (hints, heard) = channel();
        let mut folders = Folders::new(hints);
        while !news.is_closed() {
            folders.watch(&self.known);
            heard.recv_timeout(LOOK).ok();
            if let Some(now) = self.rested(&heard) {
                let torn = now.torn();
                self.known = now;
                if news.send(News::Action(Action::FilesChanged(torn))).is_err() {
                    return;
                }
            }
        }
    }

    /// The files when they have changed and are at rest again.
    fn rested(&self, hints: &Receiver<()>) -> Option<Footprint> {
        let start = Instant::now();
        let mut now = Footprint::of(&self.input, Some(&self.known));
        while !now.is(&self.known) {
            let hinted = hints.recv_timeout(REST).is_ok();
            let then = Footprint::of(&self.input, Some(&self.known));
            let rests = !hinted && then.is(&now);
            now = then;
            if rests || start.elapsed() > LONGEST {
                return (!now.is(&self.known)).then_some(now);
            }
        }
        None
    }
}

/// The folders that the system gives hints about.
struct Folders {
    watcher: Option<RecommendedWatcher>,
    watched: BTreeSet<PathBuf>,
    /// Kept, so that waiting for a hint takes its time also where the system gives none.
    _hints: Sender<()>,
}

impl Folders {
    fn new(hints: Sender<()>) -> Self {
        let tell = hints.clone();
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let is_read = event.is_ok_and(|e| matches!(e.kind, EventKind::Access(_)));
            if !is_read {
                tell.send(()).ok();
            }
        });
        Self {
            watcher: watcher.ok(),
            watched: BTreeSet::new(),
            _hints: hints,
        }
    }

    /// Watches the folders of these files, and no others. A folder that was put in the place of
    /// another one of its name is watched anew.
    fn watch(&mut self, files: &Footprint) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        let wanted: BTreeSet<PathBuf> = files.folders().map(PathBuf::from).collect();
        for gone in self.watched.difference(&wanted) {
            watcher.unwatch(gone).ok();
        }
        for folder in &wanted {
            watcher.watch(folder, RecursiveMode::NonRecursive).ok();
        }
        self.watched = wanted;
    }
}
