//! Keys as plain values, so that key scripts, the keymap and help need no terminal.
//!
//! `shell` translates what a terminal sends into these; a paste is never a key.

use std::fmt;

/// A key with the modifiers that matter. Shift is part of the character or of `S-Tab`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// Which key.
    pub code: Code,
    /// Whether Ctrl was down.
    pub ctrl: bool,
}

/// Which key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of the keys say what they are")]
pub enum Code {
    Char(char),
    Enter,
    Esc,
    Tab,
    BackTab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
}

const NAMES: [(Code, &str); 15] = [
    (Code::Char(' '), "Space"),
    (Code::Enter, "Enter"),
    (Code::Esc, "Esc"),
    (Code::Tab, "Tab"),
    (Code::BackTab, "S-Tab"),
    (Code::Backspace, "Backspace"),
    (Code::Delete, "Delete"),
    (Code::Up, "Up"),
    (Code::Down, "Down"),
    (Code::Left, "Left"),
    (Code::Right, "Right"),
    (Code::Home, "Home"),
    (Code::End, "End"),
    (Code::PageUp, "PgUp"),
    (Code::PageDown, "PgDn"),
];

impl Key {
    /// The keys that have a name.
    pub fn names() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(code, _)| Self::plain(*code))
    }

    /// A key without Ctrl.
    pub const fn plain(code: Code) -> Self {
        Self { code, ctrl: false }
    }

    /// A key with Ctrl.
    pub const fn ctrl(c: char) -> Self {
        Self {
            code: Code::Char(c),
            ctrl: true,
        }
    }

    /// Reads `q`, `Ctrl-c`, `S-Tab`, `PgDn`, `Space`, `[`.
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, ctrl) = match text.strip_prefix("Ctrl-") {
            Some(rest) if !rest.is_empty() => (rest, true),
            _ => (text, false),
        };
        let named = NAMES.iter().find(|(_, name)| *name == rest);
        let code = match named {
            Some((code, _)) => *code,
            None => Code::Char(single(rest)?),
        };
        Some(Self { code, ctrl })
    }

    /// Reads a key script: characters, and names in angle brackets: `jj<Enter>/<Ctrl-u>双<Esc>`;
    /// `<lt>` is `<`. `None` when a name is unknown or a bracket is not closed.
    pub fn script(text: &str) -> Option<Vec<Self>> {
        let mut keys = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            if c == '<' {
                let end = rest.find('>')?;
                let name = rest.get(1..end)?;
                let name = if name == "lt" { "<" } else { name };
                keys.push(Self::parse(name)?);
                rest = rest.get(end + 1..)?;
            } else {
                keys.push(Self::plain(Code::Char(c)));
                rest = rest.get(c.len_utf8()..)?;
            }
        }
        Some(keys)
    }

    /// The key as it counts outside text fields: full-width letters and the punctuation that
    /// Chinese input methods put on ASCII keys become the ASCII key.
    #[must_use]
    pub fn half_width(self) -> Self {
        match self.code {
            Code::Char(c) => Self {
                code: Code::Char(half_width(c)),
                ..self
            },
            _ => self,
        }
    }
}

fn single(text: &str) -> Option<char> {
    let mut chars = text.chars();
    let c = chars.next()?;
    chars.next().is_none().then_some(c)
}

fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '、' => '/',
        '【' => '[',
        '】' => ']',
        '「' | '『' => '{',
        '」' | '』' => '}',
        '。' => '.',
        '《' => '<',
        '》' => '>',
        '·' => '`',
        '￥' => '$',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        other => other,
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ctrl {
            f.write_str("Ctrl-")?;
        }
        let named = NAMES.iter().find(|(code, _)| *code == self.code);
        match (named, self.code) {
            (Some((_, name)), _) => f.write_str(name),
            (None, Code::Char(c)) => write!(f, "{c}"),
            (None, _) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_and_prints_the_same() {
        for (code, name) in NAMES {
            assert_eq!(Key::parse(name), Some(Key::plain(code)));
            assert_eq!(Key::plain(code).to_string(), name);
        }
        assert_eq!(Key::parse("Ctrl-c"), Some(Key::ctrl('c')));
        assert_eq!(Key::parse("nonsense"), None);
        assert_eq!(Key::parse(""), None);
    }

    #[test]
    fn scripts_hold_characters_and_names() {
        let keys = Key::script("j<Enter>双<Ctrl-u><lt>").unwrap();
        let text: Vec<_> = keys.iter().map(Key::to_string).collect();
        assert_eq!(text, ["j", "Enter", "双", "Ctrl-u", "<"]);
        assert_eq!(Key::script("<Entre>"), None);
        assert_eq!(Key::script("<Enter"), None);
    }

    #[test]
    fn full_width_characters_count_as_their_ascii_keys() {
        for (wide, ascii) in "：？、／【】ｑＬ１！；　｛「」"
            .chars()
            .zip(":?//[]qL1!; {{}".chars())
        {
            let key = Key::plain(Code::Char(wide)).half_width();
            assert_eq!(key, Key::plain(Code::Char(ascii)), "{wide}");
        }
        let kept = Key::plain(Code::Char('双'));
        assert_eq!(kept.half_width(), kept);
    }
}
