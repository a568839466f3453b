//! Finding and ranking: exact before prefix before inside before scattered, names before help,
//! panes and commands before values, what can be done before what cannot; never by chance.

use nucleo_matcher::{Config, Matcher};

use super::index::{Entry, figure, fresh};
use super::text::{Found, Grade, Hay, folded, mask};
use super::{Access, Asked, Finds, Kind, Place, Target, number};
use crate::app::command::{COMMANDS, Context};
use crate::app::state::{Language, State};

/// Words that count; what is typed beyond is left out.
const WORDS: usize = 8;

/// How well an entry fits; the smaller the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    /// 0–4: the name ([`Grade`]); 5–7: help and other texts; 8: scattered.
    level: u8,
    /// Of scattered letters, what is missing to the best score.
    loss: u16,
}

const fn in_name(grade: Grade) -> u8 {
    match grade {
        Grade::Whole => 0,
        Grade::Initials => 1,
        Grade::Begins => 2,
        Grade::Inside => 3,
        Grade::Within => 4,
    }
}

const fn in_more(grade: Grade) -> u8 {
    match grade {
        Grade::Whole => 2,
        Grade::Initials => 3,
        Grade::Begins => 5,
        Grade::Inside => 6,
        Grade::Within => 7,
    }
}

const SCATTERED: u8 = 8;

/// What was typed: as a whole, and word by word.
struct Query {
    whole: Vec<char>,
    words: Vec<Vec<char>>,
    mask: u64,
}

impl Query {
    fn new(text: &str) -> Self {
        let folded = folded(text);
        let words: Vec<Vec<char>> = folded
            .split(|c| *c == ' ')
            .filter(|w| !w.is_empty())
            .take(WORDS)
            .map(<[char]>::to_vec)
            .collect();
        let whole = words.join(&' ');
        let mask = words.iter().fold(0, |bits, w| bits | mask(w));
        Self { whole, words, mask }
    }
}

/// Everything that the field finds.
pub(super) fn finds(state: &State, asked: Asked) -> Finds {
    let query = Query::new(&asked.text);
    let mut made = fresh(state);
    let order = if query.words.is_empty() {
        everything(state, &asked, &made)
    } else {
        made.extend(figures(state, &query));
        ranked(state, &asked, &made, &query)
    };
    Finds {
        asked,
        fresh: made,
        order,
    }
}

fn places<'a>(
    asked: &'a Asked,
    made: &'a [Entry],
) -> impl Iterator<Item = (Place, &'a Entry)> + Clone {
    let fixed = asked.index.entries.iter().enumerate();
    let fixed = fixed.map(|(i, e)| (Place::Index(i as u32), e));
    let fresh = made.iter().enumerate();
    fresh.map(|(i, e)| (Place::Fresh(i as u32), e)).chain(fixed)
}

/// While nothing is typed: what was chosen last, then what can be done here, then all the rest.
fn everything(state: &State, asked: &Asked, made: &[Entry]) -> Vec<Place> {
    let access = access(state);
    let key = |e: &Entry| {
        let recent = state.palette.recent.iter().position(|t| *t == e.target);
        (recent.unwrap_or(usize::MAX), !access(e), e.kind())
    };
    let mut all: Vec<_> = places(asked, made).map(|(at, e)| (key(e), at)).collect();
    all.sort_by_key(|(key, _)| *key);
    all.into_iter().map(|(_, at)| at).collect()
}

/// Whether an entry can be done here.
fn access(state: &State) -> impl Fn(&Entry) -> bool + '_ {
    let open: Vec<&str> = COMMANDS
        .iter()
        .zip(state.palette.access.iter())
        .filter(|(_, a)| **a == Access::Here)
        .map(|(c, _)| c.id)
        .collect();
    move |e| match &e.target {
        Target::Command(id) | Target::Pane(_, id) => open.contains(id),
        _ => true,
    }
}

fn ranked(state: &State, asked: &Asked, made: &[Entry], query: &Query) -> Vec<Place> {
    let access = access(state);
    let mut matcher = Matcher::new(Config::DEFAULT);
    let language = state.language;
    let mut found: Vec<_> = places(asked, made)
        .enumerate()
        .filter_map(|(n, (at, e))| {
            let fit = fit(state, e, query, &mut matcher)?;
            let length = e.names[language as usize].len().max(e.names[0].len());
            let key = (fit, !access(e), e.kind(), place(e), length, n);
            Some((key, at))
        })
        .collect();
    found.sort_unstable_by_key(|(key, _)| *key);
    found.into_iter().map(|(_, at)| at).collect()
}

/// Commands of panes stand before those of overlays of the same name.
fn place(entry: &Entry) -> usize {
    let context = entry.target.command().map(|c| c.context);
    let place = context.and_then(|c| Context::ALL.iter().position(|known| *known == c));
    place.unwrap_or(0)
}

fn fit(state: &State, entry: &Entry, query: &Query, matcher: &mut Matcher) -> Option<Fit> {
    if entry.kind() == Kind::Figure {
        return Some(Fit { level: 0, loss: 0 });
    }
    if by_key(state, entry, &query.whole) {
        return Some(Fit { level: 0, loss: 0 });
    }
    if entry.mask & query.mask != query.mask {
        return None;
    }
    let whole = word(entry, &query.whole, matcher);
    if query.words.len() < 2 || whole.is_some_and(|f| f.level < SCATTERED) {
        return whole;
    }
    let mut worst = Fit { level: 0, loss: 0 };
    for each in &query.words {
        worst = worst.max(word(entry, each, matcher)?);
    }
    Some(worst)
}

/// Signs are looked for by the key that they are.
fn by_key(state: &State, entry: &Entry, typed: &[char]) -> bool {
    if typed.iter().any(|c| c.is_alphanumeric()) {
        return false;
    }
    let text: String = typed.iter().collect();
    let command = entry.target.command();
    let keys = command.map_or(&[][..], |c| state.keymap.keys_of(c.id));
    keys.iter().any(|k| k.to_string() == text)
}

/// The best fit of a word in names, then in the other texts, then scattered over a name.
fn word(entry: &Entry, word: &[char], matcher: &mut Matcher) -> Option<Fit> {
    let best = |hay: &Hay, level: fn(Grade) -> u8| hay.find(word).map(|f| level(f.grade));
    let named = entry.names.iter().filter_map(|h| best(h, in_name)).min();
    let level = if named.is_some_and(|level| level <= in_name(Grade::Begins)) {
        named
    } else {
        let more = entry.more.iter().filter_map(|h| best(h, in_more));
        named.into_iter().chain(more).min()
    };
    if let Some(level) = level {
        return Some(Fit { level, loss: 0 });
    }
    let mut spots = Vec::new();
    let scores = entry.names.iter();
    let score = scores
        .filter_map(|h| h.scattered(matcher, word, &mut spots))
        .max()?;
    Some(Fit {
        level: SCATTERED,
        loss: u16::MAX - score,
    })
}

/// Figures of the focused brand that are shown as the number that was typed.
fn figures(state: &State, query: &Query) -> Vec<Entry> {
    let board = state.board.as_deref().and_then(|b| b.brand(state.brand));
    let (Some(typed), Some(board)) = (number::typed(&query.whole), board) else {
        return Vec::new();
    };
    let fits = board.figures.iter().filter_map(|f| {
        let preferred = board.get(f.metric.id, f.part)?;
        let level = number::fit(f.now.get()?, f.unit(), &typed)?;
        (preferred.source == f.source).then_some((level, f))
    });
    let mut found: Vec<_> = fits.collect();
    found.sort_by_key(|(level, _)| *level);
    found.into_iter().map(|(_, f)| figure(state, f)).collect()
}

/// Which characters of a name the query stands on.
pub(super) fn marks(entry: &Entry, language: Language, text: &str) -> Vec<usize> {
    let query = Query::new(text);
    let one = &entry.names[0];
    let own = &entry.names[language as usize];
    let hay = if own.len() == 0 { one } else { own };
    let mut marks = Vec::new();
    let mut mark = |found: Option<Found>| {
        let range = found.map_or(0..0, |f| f.from..f.to);
        marks.extend(range);
    };
    match hay.find(&query.whole) {
        Some(found) => mark(Some(found)),
        None => query.words.iter().for_each(|w| mark(hay.find(w))),
    }
    if marks.is_empty() && !query.words.is_empty() {
        let mut spots = Vec::new();
        let mut matcher = Matcher::new(Config::DEFAULT);
        if hay
            .scattered(&mut matcher, &query.whole, &mut spots)
            .is_some()
        {
            marks.extend(spots.into_iter().map(|s| s as usize));
        }
    }
    marks
}
