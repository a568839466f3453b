//! Signals: leaving, suspending and coming back.
//!
//! A signal that ends the program gives the loop a second to leave in order; a loop that is stuck
//! in a terminal that no longer takes bytes is left behind.

use tokio::sync::mpsc::UnboundedSender;

use super::session::News;

#[cfg(unix)]
mod unix {
    use std::process::Command;
    use std::time::Duration;

    use tokio::signal::unix::{Signal, SignalKind, signal};
    use tokio::sync::mpsc::UnboundedSender;

    use crate::shell::session::News;
    use crate::shell::terminal;

    #[cfg(any(target_os = "linux", target_os = "android"))]
    const STOP_AND_CONTINUE: (i32, i32) = (20, 18);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const STOP_AND_CONTINUE: (i32, i32) = (18, 19);

    /// Hangup, interrupt, quit, terminate.
    const ENDING: [i32; 4] = [1, 2, 3, 15];

    pub(in crate::shell) fn listen(news: &UnboundedSender<News>) {
        // Registered here, not in the tasks: from now on a signal finds its handler.
        let caught = |number| signal(SignalKind::from_raw(number)).ok();
        for number in ENDING {
            if let Some(signals) = caught(number) {
                tokio::spawn(ending(number, signals, news.clone()));
            }
        }
        let (stop, go) = STOP_AND_CONTINUE;
        if let Some(signals) = caught(stop) {
            tokio::spawn(repeating(signals, news.clone(), || News::Stop));
        }
        if let Some(signals) = caught(go) {
            tokio::spawn(repeating(signals, news.clone(), || News::Continue));
        }
    }

    async fn ending(number: i32, mut signals: Signal, news: UnboundedSender<News>) {
        if signals.recv().await.is_some() {
            let _ = news.send(News::End(number));
            tokio::time::sleep(Duration::from_secs(1)).await;
            leave_anyway(number);
        }
    }

    /// Restores the terminal as far as it takes bytes, and ends the process.
    fn leave_anyway(number: i32) -> ! {
        let (done, restored) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            terminal::restore();
            let _ = done.send(());
        });
        let _ = restored.recv_timeout(Duration::from_secs(2));
        std::process::exit(128 + number)
    }

    async fn repeating(mut signals: Signal, news: UnboundedSender<News>, message: fn() -> News) {
        while signals.recv().await.is_some() && news.send(message()).is_ok() {}
    }

    /// Stops this process, or its whole process group as the terminal's own Ctrl-Z does; returns
    /// when it is continued.
    pub(in crate::shell) fn stop(group: bool) -> std::io::Result<()> {
        let whom = if group { 0 } else { std::process::id() };
        let script = format!("kill -s STOP {whom}");
        Command::new("sh").arg("-c").arg(script).status().map(drop)
    }

    /// Whether a shell with job control could continue us. Where the process group is that of the
    /// session's leader nobody could, and a stop would be for ever.
    pub(in crate::shell) fn can_stop() -> bool {
        let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else {
            return true;
        };
        let fields = stat.rsplit(')').next().unwrap_or("");
        let mut fields = fields.split_whitespace().skip(2);
        let (group, session) = (fields.next(), fields.next());
        group != session
    }
}

#[cfg(not(unix))]
mod elsewhere {
    use tokio::sync::mpsc::UnboundedSender;

    use crate::shell::session::News;

    pub(in crate::shell) fn listen(_: &UnboundedSender<News>) {}

    pub(in crate::shell) fn stop(_: bool) -> std::io::Result<()> {
        Ok(())
    }

    pub(in crate::shell) fn can_stop() -> bool {
        false
    }
}

#[cfg(not(unix))]
use elsewhere as system;
#[cfg(unix)]
use unix as system;

/// Forwards signals to the session.
pub(super) fn listen(news: &UnboundedSender<News>) {
    system::listen(news);
}

pub(super) use system::{can_stop, stop};
