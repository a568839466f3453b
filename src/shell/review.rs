//! The deck of a session: the panes that were visited, as they were seen last.
//!
//! It is made on a thread of its own; the folder lies beside the pictures and never takes the place
//! of another. Its recipe makes the same deck again on the numbers of another day.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedSender;

use super::pictures::{FontFinder, Studio, brand_and_day};
use super::session::News;
use crate::app::layout::Layout;
use crate::app::{self, Action, Against, Notice, Phase, State, Visit};
use crate::capture::report::{Choice, Deck, Leaf, Page, Recipe, Text, Tools, Topic, deck};
use crate::data::{Entry, write_folder};
use crate::facts::Condition;

/// Is told how many pages are done, of how many, and says whether to go on.
type Watch<'a> = &'a mut dyn FnMut(usize, usize) -> bool;

/// Cells of a picture of the deck.
const SIZE: (u16, u16) = (120, 34);
/// Reviews of one brand on one day, at most.
const MOST: u32 = 1_000;

impl Studio {
    /// Makes the deck of a session and tells where it is.
    pub(super) fn review(&self, state: &State, news: UnboundedSender<News>, left: Arc<AtomicBool>) {
        let (studio, state) = (self.clone(), state.clone());
        tokio::task::spawn_blocking(move || {
            let mut watch = |done, all| {
                let wanted = !left.load(Ordering::SeqCst);
                if wanted {
                    let action = Action::Reviewing(done, all);
                    news.send(News::Action(action)).ok();
                }
                wanted
            };
            let notice = match studio.bind(&state, &mut watch) {
                Ok(None) => return,
                Ok(Some(path)) => Notice {
                    zh: format!("复盘已生成：{}", path.display()),
                    en: format!("the review is in {}", path.display()),
                    error: false,
                },
                Err(error) => Notice {
                    zh: format!("复盘未保存：{error}"),
                    en: format!("the review was not saved: {error}"),
                    error: true,
                },
            };
            if !left.load(Ordering::SeqCst) {
                news.send(News::Action(Action::Reviewed(notice))).ok();
            }
        });
    }

    /// Makes the folder; `None` when it is not wanted any more: then nothing of it is there.
    fn bind(&self, state: &State, watch: Watch<'_>) -> io::Result<Option<PathBuf>> {
        let no_home = || io::Error::other("there is no folder for reviews");
        let folder = self.pictures.folder.as_deref().ok_or_else(no_home)?;
        fs::create_dir_all(folder)?;
        let mut all = 0;
        let mut pages = |done, of| {
            all = of;
            watch(done, of)
        };
        let Some(made) = made(state, self.fonts, &mut pages)? else {
            return Ok(None);
        };
        let files: Vec<Entry> = made
            .documents
            .iter()
            .map(|d| (d.name.as_str(), d.bytes.as_slice()))
            .collect();
        let path = free(folder, &format!("{}_review", brand_and_day(state)))?;
        if !watch(all, all) {
            return Ok(None);
        }
        write_folder(&path, &files, false, &|_| false, &|| true)?;
        Ok(Some(path))
    }
}

/// The first free name of a folder.
fn free(folder: &Path, stem: &str) -> io::Result<PathBuf> {
    let name = |n: u32| match n {
        1 => stem.to_owned(),
        n => format!("{stem}_{n}"),
    };
    (1..=MOST)
        .map(|n| folder.join(name(n)))
        .find(|path| fs::symlink_metadata(path).is_err())
        .ok_or_else(|| io::Error::other("too many reviews of one name"))
}

fn made(state: &State, fonts: FontFinder, watch: Watch<'_>) -> io::Result<Option<Deck>> {
    let Some(leaves) = leaves(state, watch) else {
        return Ok(None);
    };
    let all = 2 * leaves.len();
    let recipe = Recipe {
        choice: Choice {
            brand: text(state.brand_id()),
            ..Choice::default()
        },
        pages: leaves.iter().map(|leaf| leaf.page.clone()).collect(),
        ..Recipe::default()
    };
    let mut tools = Tools {
        fonts: &fonts,
        progress: &mut |at, _, _| watch(all / 2 + at, all),
    };
    deck(&recipe, &leaves, &mut tools)
}

fn text(text: &str) -> Option<Text> {
    (!text.is_empty()).then(|| Text {
        text: text.to_owned(),
        ..Text::default()
    })
}

/// Headline, the panes that were visited, notes, data quality, definitions; `None` when they are not
/// wanted any more.
fn leaves(state: &State, watch: Watch<'_>) -> Option<Vec<Leaf>> {
    let own = |topic| Leaf {
        page: Page::of(topic),
        state: State {
            overlay: None,
            size: SIZE,
            ..state.clone()
        },
    };
    let last = [Topic::Notes, Topic::Quality, Topic::Definitions];
    let pages = 1 + state.visited.len() + last.len();
    let mut all = vec![own(Topic::Headline)];
    for visit in &state.visited {
        if !watch(all.len(), 2 * pages) {
            return None;
        }
        all.push(leaf(state, visit));
    }
    all.extend(last.map(own));
    Some(all)
}

fn leaf(state: &State, visit: &Visit) -> Leaf {
    let shown = seen(state, visit);
    let conditions = |list: &[Condition]| {
        let texts: Vec<String> = list.iter().map(ToString::to_string).collect();
        text(&texts.join("; "))
    };
    let scenario = shown.book.desk().open(shown.brand_id());
    let choice = Choice {
        brand: text(shown.brand_id()),
        filter: conditions(&visit.slice.filter),
        scope: conditions(&visit.slice.scope),
        against: Some(visit.against).filter(|a| *a != Against::default()),
        what_if: scenario.and_then(|s| text(&s.scenario.to_string())),
        what_if_name: scenario.map(|s| s.name.clone()),
        size: None,
    };
    Leaf {
        page: Page {
            choice,
            ..Page::of(Topic::Pane(visit.pane))
        },
        state: shown,
    }
}

/// The state of a visit, with its board. A slice that is changed in the dashboard meanwhile stops
/// every count of the engine: what was counted then is counted again.
fn seen(state: &State, visit: &Visit) -> State {
    let Phase::Ready(engine) = &state.phase else {
        return once_seen(state, visit);
    };
    let pace = engine.pace();
    loop {
        let stops = pace.stops();
        let seen = once_seen(state, visit);
        if pace.stops() == stops && !pace.is_stopped() {
            return seen;
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn once_seen(state: &State, visit: &Visit) -> State {
    let mut seen = State {
        layout: Layout::default(),
        overlay: None,
        notice: None,
        size: SIZE,
        brand: visit.brand,
        slice: visit.slice.clone(),
        against: visit.against,
        board: None,
        plain: None,
        ..state.clone()
    };
    if let Phase::Ready(engine) = &state.phase {
        seen.phase = Phase::Ready(Arc::clone(engine));
    }
    app::open_named(&mut seen, visit.scenario.as_deref());
    let effects = app::update(&mut seen, Action::Show(visit.pane));
    let begun = app::start(&mut seen);
    app::settle(&mut seen, effects.into_iter().chain(begun).collect());
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Language, Pane, press};
    use crate::capture::Fonts;
    use crate::view::fixture::{Situation, shown};

    #[test]
    fn the_deck_of_a_session_shows_the_panes_that_were_visited_and_can_be_made_again() {
        let home = tempfile::tempdir().unwrap();
        let studio = Studio {
            pictures: crate::shell::Pictures {
                folder: Some(home.path().join("pictures")),
                ..Default::default()
            },
            fonts: |_| Fonts::embedded(),
        };
        let mut state = shown(Situation::Normal, Pane::Fast, Language::Zh, (120, 36));
        for key in app::Key::script("45s").unwrap() {
            let effects = press(&mut state, key);
            app::settle(&mut state, effects);
        }
        let panes: Vec<Pane> = state.visited.iter().map(|v| v.pane).collect();
        assert_eq!(panes, [Pane::Fast, Pane::Crowds, Pane::Aipl]);
        let mut told = Vec::new();
        let mut watch = |done, all| {
            told.push((done, all));
            true
        };
        let path = studio.bind(&state, &mut watch).unwrap().unwrap();
        assert!(told.is_sorted() && told.len() > panes.len(), "{told:?}");
        assert!(
            path.ends_with("brand0_2026-11-15_review"),
            "{}",
            path.display()
        );
        let text = fs::read_to_string(path.join("review.md")).unwrap();
        assert!(text.contains("策略人群") && text.contains("AIPL"));
        let recipe = fs::read_to_string(path.join("review.toml")).unwrap();
        let read = Recipe::parse(&recipe).unwrap();
        let topics: Vec<Topic> = read.pages.iter().map(|p| p.topic).collect();
        let wanted: Vec<Topic> = panes.into_iter().map(Topic::Pane).collect();
        assert_eq!(topics[1..4], wanted);
        let again = studio.bind(&state, &mut |_, _| true).unwrap().unwrap();
        assert!(again.ends_with("brand0_2026-11-15_review_2"));
        // One that is not wanted any more, at whatever page, leaves nothing.
        let folder = path.parent().unwrap();
        let before = fs::read_dir(folder).unwrap().count();
        for pages in 0..told.len() {
            let mut left = pages;
            let mut watch = |_, _| {
                left = left.saturating_sub(1);
                left > 0
            };
            assert!(
                studio.bind(&state, &mut watch).unwrap().is_none(),
                "{pages}"
            );
        }
        assert_eq!(fs::read_dir(folder).unwrap().count(), before);
    }
}
