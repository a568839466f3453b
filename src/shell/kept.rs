//! What is done with the cache once a data set is open: it is written, or the rest of it is read.
//!
//! Both happen behind the first board, so that the first numbers wait for neither.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::board;
use crate::data::cache::{Saved, Saver};
use crate::facts::Engine;

/// How long the first board has before anything else is done.
const QUIET: Duration = Duration::from_millis(1500);
/// How long another program may take to write its cache.
const OTHERS: Duration = Duration::from_secs(60);

/// Writes the cache of an engine that was loaded, or reads the rest of one that came from its cache,
/// on a thread of its own that nobody waits for.
pub fn behind(engine: &Arc<Engine>, saver: Option<Saver>) {
    let engine = Arc::downgrade(engine);
    let work = move || {
        thread::sleep(QUIET);
        let Some(engine) = engine.upgrade() else {
            return;
        };
        match saver {
            Some(saver) => drop(save(&engine, &saver, OTHERS)),
            None => engine.warm(),
        }
    };
    let name = "cache".to_owned();
    // Without a thread there is no cache.
    thread::Builder::new().name(name).spawn(work).ok();
}

/// Writes the cache of an engine with the board that is asked for first, waiting so long for others
/// that write.
pub fn save(engine: &Engine, saver: &Saver, wait: Duration) -> Saved {
    let (frame, rules) = board::first_frame(engine);
    saver.save(engine, &frame, &rules, wait)
}
