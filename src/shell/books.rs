//! Scenarios are read and kept on a thread of their own, in the order in which that is asked for.
//!
//! Of books that follow each other quickly only the last is written; at the end of a session what
//! is still to be written is waited for.

use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::session::News;
use crate::app::{Action, Books, Notice};
use crate::data::Shelf;
use crate::scenario::Book;

/// How long a book waits for a newer one.
const QUIET: Duration = Duration::from_millis(150);

enum Wish {
    Read(String),
    Save(Box<Book>),
}

/// The thread that keeps scenarios.
pub(super) struct Keeper {
    wishes: Option<Sender<Wish>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts it; without a home nothing is kept.
    pub(super) fn start(home: Option<&Path>, news: UnboundedSender<News>) -> Self {
        let Some(home) = home else {
            return Self {
                wishes: None,
                thread: None,
            };
        };
        let (wishes, heard) = channel();
        let shelf = Shelf::new(home);
        let work = move || serve(shelf, &heard, &news);
        let thread = thread::Builder::new().name("scenarios".to_owned());
        Self {
            wishes: Some(wishes),
            // Without a thread nothing is kept, as without a home.
            thread: thread.spawn(work).ok(),
        }
    }

    /// Reads the scenarios of a data set and sends them.
    pub(super) fn read(&self, fingerprint: String) {
        self.wish(Wish::Read(fingerprint));
    }

    /// Keeps a book.
    pub(super) fn save(&self, book: Book) {
        self.wish(Wish::Save(Box::new(book)));
    }

    fn wish(&self, wish: Wish) {
        if let Some(wishes) = &self.wishes {
            wishes.send(wish).ok();
        }
    }
}

impl Drop for Keeper {
    /// What was asked for last is on the disk before the program ends.
    fn drop(&mut self) {
        self.wishes = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

fn serve(mut shelf: Shelf, wishes: &Receiver<Wish>, news: &UnboundedSender<News>) {
    let mut waiting: Option<Box<Book>> = None;
    loop {
        let next = match &waiting {
            Some(_) => wishes.recv_timeout(QUIET),
            None => wishes.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match next {
            Ok(Wish::Save(book)) => {
                let other = waiting.replace(book);
                let newest = waiting.as_ref().map(|b| b.fingerprint.clone());
                let other = other.filter(|o| Some(&o.fingerprint) != newest.as_ref());
                save(&mut shelf, other, news);
            }
            Ok(Wish::Read(fingerprint)) => {
                save(&mut shelf, waiting.take(), news);
                read(&mut shelf, fingerprint, news);
            }
            Err(end) => {
                save(&mut shelf, waiting.take(), news);
                if end == RecvTimeoutError::Disconnected {
                    return;
                }
            }
        }
    }
}

fn tell(news: &UnboundedSender<News>, zh: String, en: String) {
    let notice = Notice {
        zh,
        en,
        error: true,
    };
    news.send(News::Action(Action::Tell(notice))).ok();
}

fn save(shelf: &mut Shelf, book: Option<Box<Book>>, news: &UnboundedSender<News>) {
    if let Some(Err(error)) = book.map(|book| shelf.save(&book)) {
        tell(
            news,
            format!("情景未能保存：{error}"),
            format!("scenarios were not saved: {error}"),
        );
    }
}

fn read(shelf: &mut Shelf, fingerprint: String, news: &UnboundedSender<News>) {
    let found = shelf.read(&fingerprint);
    let books = Books {
        own: found.own,
        others: found.others,
    };
    news.send(News::Action(Action::Books(fingerprint, books)))
        .ok();
    if let Some(aside) = found.aside {
        tell(
            news,
            format!("情景文件无法读取，已另存：{aside}"),
            format!("scenarios could not be read and were put aside: {aside}"),
        );
    }
}
