//! State, actions, commands and keymap, in Elm style: `update(&mut State, Action) -> Vec<Effect>`.
//!
//! Everything here is plain data and pure functions; the clock, files and the terminal belong to
//! `shell`, which carries out effects and sends back actions.

mod action;
pub mod order;
mod state;

pub use action::{Action, Effect};
pub use state::{
    Cursor, Language, Loading, Notice, Overlay, Pane, Phase, Picker, SortOrder, Sorting, State,
    ThemeName,
};
