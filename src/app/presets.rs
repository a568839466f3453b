//! Ready keymaps: that of [`COMMANDS`](super::command::COMMANDS), one for hands that know vim, and
//! one for arrow keys.
//!
//! A preset is what it changes in the table, so a new command is in all of them at once.

use super::command::{Command, Context};
use super::key::{Code, Key};
use super::keymap::Sequence;

/// A ready keymap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Preset {
    /// The keys of the table.
    #[default]
    Default,
    /// Sequences of vim (`g g`, `g t`), and h j k l wherever something moves.
    Vim,
    /// Arrows, Enter, Esc and Tab; h j k l mean nothing.
    Arrows,
}

/// The keys of commands that are not those of the table.
type Changes = &'static [(&'static str, &'static [&'static str])];

/// `g` begins sequences, so nothing has it alone.
const VIM: Changes = &[
    ("seek", &["g s"]),
    ("pane-next", &["Tab", "g t"]),
    ("pane-previous", &["S-Tab", "g T"]),
    ("first", &["g g", "Home"]),
    ("gmv-first", &["g g", "Home"]),
    ("why-first", &["g g", "Home"]),
    ("outlook-first", &["g g", "Home"]),
    ("outlook-further", &["l", ">", "Right"]),
    ("outlook-nearer", &["h", "<", "Left"]),
    ("lever-first", &["g g", "Home"]),
    ("lever-last", &["G", "End"]),
    ("lever-more", &["l", "+", "Right"]),
    ("lever-less", &["h", "-", "Left"]),
    ("seek-first", &["g g", "Home"]),
    ("reader-first", &["g g", "Home"]),
];

impl Preset {
    /// All presets, the usual one first.
    pub const ALL: [Self; 3] = [Self::Default, Self::Vim, Self::Arrows];

    /// Its name in `keymap.toml`.
    pub fn id(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Vim => "vim",
            Self::Arrows => "arrows",
        }
    }

    /// The preset with this name.
    pub fn by_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.id() == id)
    }

    /// The keys of a command.
    pub(super) fn keys_of(self, command: &Command) -> Vec<Sequence> {
        let read = |keys: &[&str]| -> Vec<Sequence> {
            keys.iter()
                .filter_map(|text| Sequence::parse(text))
                .collect()
        };
        match self {
            Self::Default => read(command.keys),
            Self::Vim => {
                let change = VIM.iter().find(|(id, _)| *id == command.id);
                read(change.map_or(command.keys, |(_, keys)| keys))
            }
            Self::Arrows => arrows(command, read(command.keys)),
        }
    }
}

/// Without the letters that move, and named keys before characters: these are the ones that hints
/// show.
fn arrows(command: &Command, mut keys: Vec<Sequence>) -> Vec<Sequence> {
    keys.retain(|s| !s.keys().iter().any(|key| moves(*key)));
    if command.context != Context::Text {
        keys.sort_by_key(|s| s.keys().iter().any(|k| matches!(k.code, Code::Char(_))));
    }
    keys
}

/// Whether a key is a letter that vim moves with.
fn moves(key: Key) -> bool {
    !key.ctrl && matches!(key.code, Code::Char('h' | 'j' | 'k' | 'l'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_change_is_about_a_command_and_can_be_read() {
        for (id, keys) in VIM {
            assert!(Command::by_id(id).is_some(), "{id}");
            for text in *keys {
                let sequence = Sequence::parse(text).unwrap_or_else(|| panic!("{id}: `{text}`"));
                assert_eq!(sequence.to_string(), *text);
            }
        }
    }

    #[test]
    fn names_read_back() {
        for preset in Preset::ALL {
            assert_eq!(Preset::by_id(preset.id()), Some(preset));
        }
        assert_eq!(Preset::by_id("emacs"), None);
    }
}
