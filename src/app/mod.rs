//! State, actions, commands and keymap, in Elm style: `update(&mut State, Action) -> Vec<Effect>`.
//!
//! Everything here is plain data and pure functions; the clock, files and the terminal belong to
//! `shell`, which carries out effects and sends back actions.

mod action;
pub mod beside;
pub mod columns;
mod command;
pub mod compare;
pub mod definitions;
pub mod explain;
pub mod gmv;
pub mod history;
mod key;
mod keymap;
pub mod layout;
pub mod levers;
pub mod look;
pub mod names;
pub mod notes;
pub mod order;
pub mod palette;
pub mod pointer;
mod presets;
pub mod preview;
pub mod scene;
pub mod seek;
pub mod side;
mod state;
pub mod tour;
mod update;
pub mod views;
pub mod why;

pub use crate::board::Against;
pub use action::{Action, Books, Effect};
pub use command::{COMMANDS, Command, Context, Enabled, contexts};
pub use key::{Code, Key};
pub use keymap::action as action_of;
pub use keymap::{Keymap, Sequence, Taken, spelled};
pub use look::{
    Ambiguous, Answer, Colours, Depth, GlyphSet, Heat, Look, OwnTheme, READABLE, Rgb, ThemeName,
    contrast,
};
pub use pointer::Pointed;
pub use presets::Preset;
pub use state::{
    Copied, Cursor, Drawer, Field, Found, Keeping, Language, Loading, Mouse, Naming, NoteEditor,
    Notice, OBSERVED, Outlook, Overlay, PANES, Pane, Phase, Picker, SIDE_BY_SIDE, Shot, SortOrder,
    Sorting, State, Visit, Wanted, Watching,
};
pub use update::compare::can_take as can_compare;
pub use update::picker::{matching_values, switches as slice_switches, takes as picker_takes};
pub use update::{foresee, open, open_named, press, propose, restore, settle, start, update};
