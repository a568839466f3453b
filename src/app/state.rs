//! The one state of the program.

use std::collections::VecDeque;
use std::sync::Arc;

use super::columns::{ColumnPlan, Columns};
use super::compare::Compare;
use super::definitions::DefinitionsForm;
use super::explain::Explain;
use super::gmv::Desk;
use super::history::{Journey, Level};
use super::key::Key;
use super::keymap::Keymap;
use super::layout::Layout;
use super::look::Look;
pub(in crate::app) use super::look::ThemeName;
use super::palette::{Memory, Palette};
use super::preview::Previews;
use super::scene::Scene;
use super::seek::{SeekForm, Seeking};
use super::side::SideBySide;
use super::tour::Tour;
use super::views::Views;
use super::why::WhyPane;
use crate::board::{Against, Ahead, Board, Extent, Projection, Query};
use crate::facts::{Dataset, Engine, Slice, Wording};
use crate::metrics::projection::Estimate;
use crate::metrics::{Day, Definitions};
use crate::scenario::{Book, Note, Scenario};

/// The language of the interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// 简体中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Language {
    /// The language of lines about a data set.
    pub fn wording(self) -> Wording {
        match self {
            Self::Zh => Wording::Chinese,
            Self::En => Wording::English,
        }
    }
}

/// The panes, in the order of their number keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Pane {
    /// All brands.
    Brands,
    /// FAST cards of the brand.
    #[default]
    Fast,
    /// FAST+ cards of the brand.
    FastPlus,
    /// Strategy crowds of the brand.
    Crowds,
    /// AIPL funnel and flow of the brand.
    Aipl,
    /// GMV workbench of the brand: target tree and Double 11.
    Gmv,
    /// Scenarios of the brand, side by side.
    Scenarios,
    /// Why the brand is where it is, and what moves it most.
    Why,
    /// Where the brand goes if its weekly rates hold.
    Outlook,
}

impl Pane {
    /// All panes.
    pub const ALL: [Self; PANES] = [
        Self::Brands,
        Self::Fast,
        Self::FastPlus,
        Self::Crowds,
        Self::Aipl,
        Self::Gmv,
        Self::Scenarios,
        Self::Why,
        Self::Outlook,
    ];

    /// The id on the command line (`--pane`).
    pub fn id(self) -> &'static str {
        match self {
            Self::Brands => "brands",
            Self::Fast => "fast",
            Self::FastPlus => "fast-plus",
            Self::Crowds => "crowds",
            Self::Aipl => "aipl",
            Self::Gmv => "gmv",
            Self::Scenarios => "scenarios",
            Self::Why => "why",
            Self::Outlook => "outlook",
        }
    }
}

/// How many panes there are.
pub const PANES: usize = 9;

/// Which way a table is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SortOrder {
    /// Largest first.
    #[default]
    Descending,
    /// Smallest first.
    Ascending,
}

/// The sort of a table; `None` keeps the order of the data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Sorting {
    /// Index of the column that it is sorted by.
    pub column: Option<usize>,
    /// Which way.
    pub order: SortOrder,
}

/// Whether the mouse is listened to; while it is not, the terminal selects text with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Mouse {
    /// Clicks and the wheel come to the dashboard.
    #[default]
    On,
    /// They are left to the terminal.
    Off,
}

/// Where the cursor of a pane is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Cursor {
    /// Row, counted in the order shown.
    pub row: usize,
    /// First row or line shown, where the pane scrolls.
    pub top: usize,
    /// How far the columns of the table are scrolled; 0 shows the most important ones that fit.
    pub column: usize,
}

/// The slice picker: a list of dimensions with their values, multi-select.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Picker {
    /// Index of the open dimension in `Board::dimensions`.
    pub dimension: usize,
    /// Cursor among the values that match the text.
    pub row: usize,
    /// Text that narrows the values.
    pub text: String,
    /// Cursor in the text, in characters.
    pub caret: usize,
    /// The slice as it was when the picker was opened (Esc goes back to it).
    pub before: Slice,
    /// Whether the open dimension is a scope of events rather than a filter of consumers; only
    /// touch dimensions can be.
    pub scope: bool,
    /// It was opened by going deeper: Enter takes the value under the cursor and goes on, Esc comes
    /// back up.
    pub inside: bool,
    /// Something was taken in, left out or turned since it was opened.
    pub touched: bool,
    /// How many figures after the one under the cursor of the pane the values tell their effect on.
    pub effect: usize,
}

/// Text that is being typed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Field {
    /// What was typed.
    pub text: String,
    /// Cursor in the text, in characters.
    pub caret: usize,
}

/// The drawer with the levers of a pane.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Drawer {
    /// The lever under the cursor, counted in the order shown.
    pub row: usize,
    /// A value that is being typed for it.
    pub entry: Option<Field>,
}

/// The name of a scenario that is being typed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Naming {
    /// The scenario that gets another name; `None`: the copy of the open one that is made.
    pub old: Option<String>,
    /// The name.
    pub field: Field,
}

/// A note that is being written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NoteEditor {
    /// What it can be pinned to.
    pub places: Vec<String>,
    /// Which of them is chosen.
    pub at: usize,
    /// The note as it is in the book, or a blank one.
    pub note: Note,
    /// Its text; line ends are part of it.
    pub field: Field,
}

/// What lies over the pane.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Overlay {
    /// The tour of the first run.
    Tour(Tour),
    /// `|`: the columns of the table.
    Columns(Columns),
    /// `'`: saved views.
    Views(Views),
    /// `C`: what the numbers are compared with.
    Compare(Compare),
    /// Definitions that can be changed.
    Definitions(DefinitionsForm),
    /// `i`: what a number is.
    Explain(Explain),
    /// `:`: the palette.
    Palette(Palette),
    /// `y`: what goes to the clipboard, with the row of the cursor.
    Copy(usize),
    /// `n`: a note.
    Note(NoteEditor),
    /// `N`: all notes of the brand, with the row of the cursor.
    Notes(usize),
    /// `s`: the levers.
    Levers(Drawer),
    /// `g`: goal seek.
    Seek(Box<SeekForm>),
    /// The name of a scenario.
    Naming(Naming),
    /// `?`: the keys, scrolled by so many lines.
    Help(usize),
    /// `/`: the slice picker.
    Picker(Picker),
    /// `w`: problems of the data set, scrolled by so many lines.
    Problems(usize),
    /// Text that narrows the brands table, with the caret in characters.
    Filter {
        /// What was typed.
        text: String,
        /// Cursor in the text, in characters.
        caret: usize,
    },
}

/// Progress of a load.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Loading {
    /// Bytes read so far; while the events are put in order, steps.
    pub done: u64,
    /// Bytes in all files, or steps; 0 when not known.
    pub total: u64,
    /// Rows read so far.
    pub rows: u64,
    /// Rows per second so far.
    pub rows_per_second: f64,
    /// All rows are read; now the events are put in order.
    pub ordering: bool,
}

/// What goes to the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Copied {
    /// The path of the last picture.
    Path,
    /// The pane as it stands, as plain text.
    Text,
    /// The figures of the pane, tab-separated with a header, for a spreadsheet.
    Tsv,
    /// The figures of the pane as a Markdown table.
    Markdown,
    /// The command that makes a picture of what is shown.
    Command,
    /// What is shown, as one line that gives the same frame elsewhere.
    State,
}

impl Copied {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 6] = [
        Self::Text,
        Self::Tsv,
        Self::Markdown,
        Self::Command,
        Self::State,
        Self::Path,
    ];
}

/// A pane that was looked at, with what decided its numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Visit {
    /// The brand, an index into `Dataset::brands`.
    pub brand: usize,
    /// The pane.
    pub pane: Pane,
    /// The slice.
    pub slice: Slice,
    /// The comparison.
    pub against: Against,
    /// Name of the open scenario.
    pub scenario: Option<String>,
}

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shot {
    /// The whole screen.
    Screen,
    /// The pane alone.
    Pane,
}

/// What the program has.
#[derive(Debug, Clone, Default)]
pub enum Phase {
    /// Nothing yet; a load is running.
    #[default]
    Empty,
    /// A data set.
    Ready(Arc<Engine>),
    /// The load failed; the lines say why.
    Failed(Vec<String>),
}

/// A short message in the status line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Notice {
    /// Chinese text.
    pub zh: String,
    /// English text.
    pub en: String,
    /// Whether something went wrong.
    pub error: bool,
}

/// What the user asked for before the data set was there; it is applied when that is loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Wanted {
    /// Id of the brand; else the first one.
    pub brand: Option<String>,
    /// The day; else the data set's own.
    pub as_of: Option<Day>,
    /// Definitions (`--set`), as id and text, on top of those of the data set.
    pub definitions: Vec<(String, String)>,
}

/// Whether the files of the data set are watched, and whether their numbers are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Watching {
    /// They are not watched.
    #[default]
    Off,
    /// They are watched, and what is shown is what they hold.
    Current,
    /// They are watched, and hold something that cannot be used; older numbers are shown.
    Behind,
}

/// Whether scenarios may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Keeping {
    /// They are kept with every step.
    #[default]
    EveryStep,
    /// What was kept before has not been read yet: it must not be overwritten.
    Awaited,
}

/// What the outlook pane is asked for, and what was found.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// The day that it looks ahead to; `None` for the next event.
    pub until: Option<Day>,
    /// From how many weeks up to as-of the rates are taken.
    pub observed: usize,
    /// The coming week under the cursor.
    pub row: usize,
    /// What was found last.
    pub found: Option<Arc<Found>>,
}

impl Default for Outlook {
    fn default() -> Self {
        Self {
            until: None,
            observed: OBSERVED[1],
            row: 0,
            found: None,
        }
    }
}

/// How many weeks rates can be taken from.
pub const OBSERVED: [usize; 4] = [4, 8, 12, 26];

/// A projection with what it was made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What the weeks tell.
    pub ahead: Arc<Ahead>,
    /// The day that it looks ahead to.
    pub until: Day,
    /// The scenario.
    pub scenario: Scenario,
    /// Every week without the scenario.
    pub plain: Vec<(Day, Estimate)>,
    /// The projection; `None` when no week has a flow that can be used.
    pub projection: Option<Projection>,
}

/// How many scenarios stand beside the baseline.
pub const SIDE_BY_SIDE: usize = 4;

/// Everything that decides what is on the screen.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The data set, or what is in its place.
    pub phase: Phase,
    /// A load that is running, also while an older data set is shown.
    pub loading: Option<Loading>,
    /// The last board that was computed, without a scenario.
    pub plain: Option<Arc<Board>>,
    /// The board that is shown: the plain one under the open scenario.
    pub board: Option<Arc<Board>>,
    /// The board belongs to an older query; a newer one is being computed.
    pub stale: bool,
    /// Percent of the newer board that is done, when it takes long.
    pub counting: Option<u8>,
    /// Counts queries, so that late boards are dropped.
    pub generation: u64,
    /// The focused brand, an index into `Dataset::brands`.
    pub brand: usize,
    /// The day shown.
    pub as_of: Day,
    /// What it is compared with.
    pub against: Against,
    /// Which consumers and events.
    pub slice: Slice,
    /// The definitions in force.
    pub definitions: Definitions,
    /// The scenarios of the data set; the open one of the brand is laid over the board.
    pub book: Book,
    /// Whether the book may be kept.
    pub keeping: Keeping,
    /// Scenarios that were made on other data.
    pub others: Vec<Book>,
    /// Names of the scenarios of the brand that stand side by side, at most [`SIDE_BY_SIDE`].
    pub chosen: Vec<String>,
    /// What the goal seek asks, and what it found.
    pub seek: Seeking,
    /// What lies ahead.
    pub outlook: Outlook,
    /// What the scenarios of the brand come to, while their pane is shown.
    pub side: Option<Arc<SideBySide>>,
    /// The pane shown.
    pub pane: Pane,
    /// Cursors by pane (`Pane as usize`).
    pub cursors: [Cursor; PANES],
    /// Sorting by pane.
    pub sorting: [Sorting; PANES],
    /// How the columns are arranged, by pane.
    pub plans: [ColumnPlan; PANES],
    /// Whether the mouse is listened to.
    pub mouse: Mouse,
    /// Text that narrows the brands table.
    pub brand_filter: String,
    /// What is chosen in the GMV workbench.
    pub gmv: Desk,
    /// The crowd whose card is open in the Crowds pane (index into `Dataset::crowds`).
    pub open_crowd: Option<usize>,
    /// What the why pane was asked for, and what it found.
    pub why: WhyPane,
    /// Zoom, presenter, two panes at once.
    pub layout: Layout,
    /// What lies over the pane.
    pub overlay: Option<Overlay>,
    /// What the palette finds, and what was chosen in it.
    pub palette: Memory,
    /// A short message.
    pub notice: Option<Notice>,
    /// The language.
    pub language: Language,
    /// The theme.
    pub theme: ThemeName,
    /// Columns and rows of the screen.
    pub size: (u16, u16),
    /// The program is about to end.
    pub quitting: bool,
    /// Counts loads, so that news of an older load is dropped.
    pub loads: u64,
    /// What the values of the open slice picker would do.
    pub preview: Previews,
    /// What the user did last, the newest at the end: ids of commands, and words for the rest.
    pub recent: VecDeque<&'static str>,
    /// Whether the files of the data set are watched.
    pub watching: Watching,
    /// The running load was begun because the files changed; nobody asked for it.
    pub unasked: bool,
    /// Ids of the brand and of the crowd under the cursors, while the board of a data set that was
    /// loaded again is awaited.
    pub held: Option<[Option<String>; 2]>,
    /// What was asked for before the data set was there.
    pub wanted: Wanted,
    /// What is remembered for undo, and for going back and forward.
    pub journey: Journey,
    /// Where the user went deeper from, the nearest last; Esc comes back.
    pub deeper: Vec<Level>,
    /// A scene whose cursors hold for the board that is awaited: its rows may have another order.
    pub landing: Option<Scene>,
    /// How the data set was named when the program was started; empty for the demo.
    pub origin: String,
    /// The panes that were looked at, in the order of the first look.
    pub visited: Vec<Visit>,
    /// Pages of the review that is being made, so many of so many.
    pub reviewing: Option<(usize, usize)>,
    /// Where the last picture is.
    pub pictured: Option<String>,
    /// What the terminal can show.
    pub look: Look,
    /// Which keys mean which command.
    pub keymap: Arc<Keymap>,
    /// The keys of a sequence that has begun.
    pub pending: Vec<Key>,
}

impl State {
    /// Whether only the platform tables of the data set have been read so far.
    pub fn lacks_log(&self) -> bool {
        matches!(&self.phase, Phase::Ready(engine) if engine.dataset().lacks_log)
    }

    /// Whether the histories of the board are still to come; those that it shows are older.
    pub fn awaits_history(&self) -> bool {
        self.board
            .as_ref()
            .is_some_and(|b| b.extent == Extent::Figures)
    }

    /// The data set, when there is one.
    pub fn dataset(&self) -> Option<&Dataset> {
        match &self.phase {
            Phase::Ready(engine) => Some(engine.dataset()),
            Phase::Empty | Phase::Failed(_) => None,
        }
    }

    /// The id of the focused brand; empty while there is none.
    pub fn brand_id(&self) -> &str {
        let brand = self.dataset().and_then(|d| d.brands.get(self.brand));
        brand.map_or("", |b| &b.id)
    }

    /// What is changed over the data of the focused brand.
    pub fn scenario(&self) -> &Scenario {
        self.book.scenario(self.brand_id())
    }

    /// The query of the board that this state shows, without the scenario.
    pub fn plain_query(&self) -> Query {
        Query {
            scenario: Scenario::default(),
            ..self.query()
        }
    }

    /// The query of the board that this state shows.
    pub fn query(&self) -> Query {
        Query {
            as_of: self.as_of,
            against: self.against.resolve(self.as_of),
            slice: self.slice.clone(),
            definitions: self.definitions.clone(),
            scenario: self.scenario().clone(),
        }
    }
}
