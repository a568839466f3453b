//! State of the palette: one field that finds everything by name, in Chinese, by pinyin, by its
//! initials and in English.
//!
//! What can be found is made ready once per data set and kept beside the state; a key press only
//! looks through it. The palette shows why a command cannot run; it never hides one.

mod index;
mod number;
mod search;
mod text;

use std::sync::Arc;

use super::command::{COMMANDS, Command, Context, contexts};
use super::state::{Field, Language, Overlay, Pane, State, ThemeName};
use crate::board::{Against, Board, Part, Source};
use crate::scenario::Desk;

pub use index::{Entry, Index, part};

/// Things that were chosen last and stand first while nothing is typed.
const RECENT: usize = 8;

/// The open palette.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Palette {
    /// What is looked for.
    pub field: Field,
    /// The row of the cursor.
    pub row: usize,
    /// The text of a term has the room, and the list little.
    pub reading: bool,
    /// What lay over the pane when the palette was opened; commands run there.
    pub beneath: Option<Box<Overlay>>,
}

/// What can be found and done.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// A figure of the focused brand that is shown as the number that was typed.
    Figure(&'static str, Part, Source),
    /// A pane, with the command that shows it.
    Pane(Pane, &'static str),
    /// The command with this id.
    Command(&'static str),
    /// A comparison.
    Against(Against),
    /// A theme.
    Theme(ThemeName),
    /// A language.
    Speak(Language),
    /// A saved view, by name.
    View(String),
    /// A scenario of the brand, by name.
    Scenario(String),
    /// A metric, by id.
    Metric(&'static str),
    /// An index into `Dataset::crowds`.
    Crowd(usize),
    /// An index into `Dataset::brands`.
    Brand(usize),
    /// A value of a dimension.
    Value {
        /// Id of the dimension.
        dimension: String,
        /// The value as it stands in the data.
        value: String,
        /// Where it stands among the values of the dimension, when the index was made.
        at: usize,
    },
    /// An index into `GLOSSARY`.
    Term(usize),
    /// An index into `DEFINITIONS`.
    Definition(usize),
}

/// What kind of thing a target is, in the order in which equals stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names say what they are; see Target")]
pub enum Kind {
    Figure,
    Pane,
    Command,
    Choice,
    View,
    Scenario,
    Metric,
    Crowd,
    Brand,
    Value,
    Definition,
    Term,
}

impl Target {
    /// What kind of thing it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Figure(..) => Kind::Figure,
            Self::Pane(..) => Kind::Pane,
            Self::Command(_) => Kind::Command,
            Self::Against(_) | Self::Theme(_) | Self::Speak(_) => Kind::Choice,
            Self::View(_) => Kind::View,
            Self::Scenario(_) => Kind::Scenario,
            Self::Metric(_) => Kind::Metric,
            Self::Crowd(_) => Kind::Crowd,
            Self::Brand(_) => Kind::Brand,
            Self::Value { .. } => Kind::Value,
            Self::Term(_) => Kind::Term,
            Self::Definition(_) => Kind::Definition,
        }
    }

    /// The command that it runs, if it is one.
    pub fn command(&self) -> Option<&'static Command> {
        match self {
            Self::Command(id) | Self::Pane(_, id) => Command::by_id(id),
            _ => None,
        }
    }
}

/// Whether something can be done from where the palette was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// It can.
    Here,
    /// Not now, and why, in Chinese and English.
    Refused([&'static str; 2]),
    /// Its keys are heard elsewhere.
    Elsewhere(Context),
}

/// What a list of finds was made from.
#[derive(Debug, Clone)]
struct Asked {
    text: String,
    index: Arc<Index>,
    board: Option<Arc<Board>>,
    desk: Arc<Desk>,
    brand: usize,
}

impl Asked {
    fn is(&self, other: &Self) -> bool {
        let board = |b: &Option<Arc<Board>>| b.as_ref().map(Arc::as_ptr);
        self.text == other.text
            && self.brand == other.brand
            && Arc::ptr_eq(&self.index, &other.index)
            && Arc::ptr_eq(&self.desk, &other.desk)
            && board(&self.board) == board(&other.board)
    }
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Index(u32),
    Fresh(u32),
}

/// What the field finds, the best first.
#[derive(Debug, Clone)]
pub struct Finds {
    asked: Asked,
    fresh: Vec<Entry>,
    order: Vec<Place>,
}

impl Finds {
    /// How many things were found.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The find in this row.
    pub fn get(&self, row: usize) -> Option<&Entry> {
        match *self.order.get(row)? {
            Place::Index(i) => self.asked.index.entries.get(i as usize),
            Place::Fresh(i) => self.fresh.get(i as usize),
        }
    }

    /// Which characters of the entry's name in a language were looked for; empty where the find is
    /// due to another text.
    pub fn marks(&self, entry: &Entry, language: Language) -> Vec<usize> {
        search::marks(entry, language, &self.asked.text)
    }
}

/// What the program keeps for the palette between two openings.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    index: Option<Arc<Index>>,
    /// What the field finds; `None` while the palette is closed.
    pub finds: Option<Arc<Finds>>,
    /// What stands in the way of each row of `COMMANDS`.
    access: Arc<Vec<Access>>,
    recent: Vec<Target>,
}

impl Memory {
    /// Whether something can be done from where the palette was opened.
    pub fn access(&self, target: &Target) -> Access {
        let (Target::Command(id) | Target::Pane(_, id)) = target else {
            return Access::Here;
        };
        let at = COMMANDS.iter().position(|c| c.id == *id);
        let known = at.and_then(|at| self.access.get(at));
        known.copied().unwrap_or(Access::Here)
    }

    /// Remembers that this was chosen.
    pub(super) fn choose(&mut self, target: &Target) {
        self.recent.retain(|t| t != target);
        self.recent.insert(0, target.clone());
        self.recent.truncate(RECENT);
    }
}

/// What the cursor of the open palette is on.
pub fn chosen(state: &State) -> Option<&Entry> {
    match &state.overlay {
        Some(Overlay::Palette(form)) => state.palette.finds.as_ref()?.get(form.row),
        _ => None,
    }
}

/// The pane that shows a figure.
pub fn pane_of(metric: &str, part: Part) -> Pane {
    let family = metric.split('.').next().unwrap_or(metric);
    match (part, family) {
        (Part::Crowd(_), _) | (_, "crowd") => Pane::Crowds,
        (Part::Layer(_), _) | (_, "gmv" | "orders") => Pane::Gmv,
        (Part::Role(_) | Part::Field(_), _) | (_, "fast_plus") => Pane::FastPlus,
        (_, "fast") => Pane::Fast,
        _ => Pane::Aipl,
    }
}

/// Brings the finds up to date with the field and with what the state has.
pub(super) fn refresh(state: &mut State) {
    let Some(Overlay::Palette(form)) = &state.overlay else {
        state.palette.finds = None;
        return;
    };
    let text = form.field.text.clone();
    let index = match &state.palette.index {
        Some(index) if index.holds(state) => Arc::clone(index),
        _ => Arc::new(Index::new(state)),
    };
    let asked = Asked {
        text,
        index: Arc::clone(&index),
        board: state.board.clone(),
        desk: state.book.shared_desk(),
        brand: state.brand,
    };
    let before = state.palette.finds.as_ref();
    if before.is_some_and(|f| f.asked.is(&asked)) {
        return;
    }
    let typed = before.is_some_and(|f| f.asked.text != asked.text);
    if !typed {
        state.palette.access = Arc::new(accesses(state));
    }
    state.palette.index = Some(index);
    let finds = search::finds(state, asked);
    let last = finds.len().saturating_sub(1);
    state.palette.finds = Some(Arc::new(finds));
    if let Some(Overlay::Palette(form)) = &mut state.overlay {
        form.row = form.row.min(last);
    }
}

/// What stands in the way of every command, were the palette closed.
fn accesses(state: &mut State) -> Vec<Access> {
    let overlay = state.overlay.take();
    if let Some(Overlay::Palette(form)) = &overlay {
        state.overlay = form.beneath.as_deref().cloned();
    }
    let listening = contexts(state);
    let access = |c: &Command| match (c.enabled)(state) {
        _ if !listening.contains(&c.context) => Access::Elsewhere(c.context),
        Ok(()) => Access::Here,
        Err(why) => Access::Refused(why),
    };
    let found = COMMANDS.iter().map(access).collect();
    state.overlay = overlay;
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_last_comes_first_and_eight_are_kept() {
        let mut memory = Memory::default();
        for at in 0..12 {
            memory.choose(&Target::Brand(at));
        }
        memory.choose(&Target::Brand(7));
        let kept: Vec<Target> = [7, 11, 10, 9, 8, 6, 5, 4].map(Target::Brand).into();
        assert_eq!(memory.recent, kept);
    }
}
