//! `keymap.toml`: the keys that a user wants.
//!
//! What is wrong in it is told with its place, all at once, and the rest of the file still counts.
//! Nothing is guessed: an unknown word is told with the known one that is nearest to it, and two
//! lines that want one key in one context are a conflict that the first line wins.

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read as _};
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::args::{Keys, KeysFormat};
use super::environment::Environment;
use super::failure::{self, Failure};
use super::{listing, output, suggest};
use crate::app::{
    COMMANDS, Code, Command, Context, Key, Keymap, Language, Notice, Preset, Sequence, Taken,
};
use crate::view::text::{self, pick};

/// Its name, in the folder of the configuration.
const FILE: &str = "keymap.toml";

/// A larger file is no keymap.
const LARGEST: u64 = 1 << 20;

/// Something to know about the file.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    /// Where it is, counted in bytes.
    at: usize,
    /// It is told for information only.
    note: bool,
    /// What it is, in Chinese and English.
    text: [String; 2],
}

/// A keymap as it was read.
#[derive(Debug, Default)]
pub(super) struct Loaded {
    /// The keys in force.
    pub(super) keymap: Keymap,
    preset: Preset,
    /// The file, when there is one.
    path: Option<PathBuf>,
    text: String,
    findings: Vec<Finding>,
}

impl Loaded {
    fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|f| !f.note)
    }

    /// `keymap.toml:3:5: …`.
    fn line(&self, finding: &Finding, file: &str, language: Language) -> String {
        let (line, column) = place(&self.text, finding.at);
        let word = match finding.note {
            true => pick(language, "提示", "note"),
            false => pick(language, "错误", "error"),
        };
        let text = finding.text.get(language as usize);
        let text = text.map_or("", String::as_str);
        format!("{file}:{line}:{column}: {word}: {text}")
    }

    /// The first problem and how many there are, for the status line.
    pub(super) fn notice(&self) -> Option<Notice> {
        let first = self.errors().next()?;
        let more = self.errors().count() - 1;
        let say = |language| self.line(first, FILE, language);
        let (zh, en) = (say(Language::Zh), say(Language::En));
        let all = "fastdeck keys --check";
        let (zh, en) = match more {
            0 => (zh, en),
            n => (
                format!("{zh}；另有 {n} 项，{all} 列出全部"),
                format!("{en}; {n} more, {all} lists all"),
            ),
        };
        Some(Notice {
            zh,
            en,
            error: true,
        })
    }
}

/// Line and column of a place, both from 1.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    let line = before.matches('\n').count() + 1;
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// The keymap of the environment; without a file, that of the table.
pub(super) fn load(environment: &Environment) -> Loaded {
    let folder = environment.config.as_deref().and_then(|p| p.parent());
    let Some(path) = folder.map(|folder| folder.join(FILE)) else {
        return Loaded::default();
    };
    match contents(&path) {
        Ok(text) => Loaded {
            path: Some(path),
            ..read(text)
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Loaded::default(),
        Err(error) => Loaded {
            path: Some(path),
            findings: vec![Finding {
                at: 0,
                note: false,
                text: [format!("无法读取：{error}"), format!("cannot be read: {error}")],
            }],
            ..Loaded::default()
        },
    }
}

fn contents(path: &std::path::Path) -> io::Result<String> {
    let mut text = String::new();
    let mut file = fs::File::open(path)?.take(LARGEST + 1);
    file.read_to_string(&mut text)?;
    match text.len() as u64 > LARGEST {
        true => Err(io::Error::new(io::ErrorKind::FileTooLarge, "over 1 MiB")),
        false => Ok(text),
    }
}

/// Reads a file.
fn read(text: String) -> Loaded {
    let (table, wrong) = DeTable::parse_recoverable(&text);
    let mut reader = Reader::default();
    for error in wrong {
        let at = error.span().map_or(0, |span| span.start);
        let message = error.message().to_owned();
        reader.error(at, [format!("TOML：{message}"), message]);
    }
    reader.file(table.get_ref());
    let base = Keymap::preset(reader.preset);
    let own: Vec<(&'static Command, Vec<Sequence>)> = std::mem::take(&mut reader.own);
    let (keymap, taken) = base.with(&own);
    for one in &taken {
        reader.taken(one);
    }
    let mut findings = reader.findings;
    findings.sort_by_key(|f| (f.at, f.note));
    Loaded {
        keymap,
        preset: reader.preset,
        path: None,
        findings,
        text,
    }
}

/// A sequence that a line of the file binds.
struct Bound {
    command: &'static Command,
    sequence: Sequence,
    at: usize,
}

/// Goes through a file.
#[derive(Default)]
struct Reader {
    preset: Preset,
    own: Vec<(&'static Command, Vec<Sequence>)>,
    bound: Vec<Bound>,
    lines: Vec<usize>,
    findings: Vec<Finding>,
}

type Entry<'a, 't> = (&'a Spanned<DeString<'t>>, &'a Spanned<DeValue<'t>>);

/// The entries of a table, as they stand in the file.
fn in_order<'a, 't>(table: &'a DeTable<'t>) -> Vec<Entry<'a, 't>> {
    let mut entries: Vec<Entry> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

impl Reader {
    fn error(&mut self, at: usize, text: [String; 2]) {
        self.findings.push(Finding {
            at,
            note: false,
            text,
        });
    }

    fn note(&mut self, at: usize, text: [String; 2]) {
        self.findings.push(Finding {
            at,
            note: true,
            text,
        });
    }

    fn file(&mut self, table: &DeTable) {
        for (key, value) in in_order(table) {
            let name: &str = key.get_ref();
            match (name, Context::by_id(name), value.get_ref()) {
                ("preset", _, _) => self.preset(value),
                (_, Some(context), DeValue::Table(commands)) => self.context(context, commands),
                (_, Some(_), other) => self.error(
                    value.span().start,
                    [
                        format!("`{name}` 应为一张表 [{name}]，实为{}", kind(other)[0]),
                        format!("expected a table [{name}], found {}", kind(other)[1]),
                    ],
                ),
                (_, None, _) => self.unknown_context(key),
            }
        }
    }

    fn preset(&mut self, value: &Spanned<DeValue>) {
        let names = Preset::ALL.map(Preset::id);
        let found = value.get_ref().as_str();
        if let Some(preset) = found.and_then(Preset::by_id) {
            self.preset = preset;
            return;
        }
        let [zh, en] = match found {
            Some(text) => [format!("`{text}`"), format!("`{text}`")],
            None => kind(value.get_ref()).map(str::to_owned),
        };
        let (meant_zh, meant_en) = meant(found.unwrap_or(""), &names);
        let known = names.join(" / ");
        self.error(
            value.span().start,
            [
                format!("预设应为 {known}，实为 {zh}{meant_zh}"),
                format!("expected a preset, {known}, found {en}{meant_en}"),
            ],
        );
    }

    fn unknown_context(&mut self, key: &Spanned<DeString>) {
        let name: &str = key.get_ref();
        if let Some(command) = Command::by_id(name) {
            let id = command.context.id();
            return self.error(
                key.span().start,
                [
                    format!("命令 `{name}` 应写在 [{id}] 之下"),
                    format!("the command `{name}` belongs under [{id}]"),
                ],
            );
        }
        let mut known: Vec<&str> = Context::ALL.iter().map(|c| c.id()).collect();
        known.push("preset");
        let (zh, en) = meant(name, &known);
        self.error(
            key.span().start,
            [
                format!("没有这个场合 `{name}`{zh}"),
                format!("unknown context `{name}`{en}"),
            ],
        );
    }

    fn context(&mut self, context: Context, commands: &DeTable) {
        for (key, value) in in_order(commands) {
            let name: &str = key.get_ref();
            match Command::by_id(name) {
                Some(command) if command.context == context => self.command(command, key, value),
                Some(command) => {
                    let (here, there) = (context.id(), command.context.id());
                    self.error(
                        key.span().start,
                        [
                            format!("命令 `{name}` 属于 [{there}]，不属于 [{here}]"),
                            format!("the command `{name}` belongs under [{there}], not [{here}]"),
                        ],
                    );
                }
                None => self.unknown_command(context, key),
            }
        }
    }

    fn unknown_command(&mut self, context: Context, key: &Spanned<DeString>) {
        let name: &str = key.get_ref();
        let own = COMMANDS.iter().filter(|c| c.context == context);
        let known: Vec<&str> = own.map(|c| c.id).collect();
        let (zh, en) = meant(name, &known);
        let here = context.id();
        self.error(
            key.span().start,
            [
                format!("[{here}] 没有命令 `{name}`{zh}"),
                format!("unknown command `{name}` in [{here}]{en}"),
            ],
        );
    }

    /// One line: a command and its keys. When none of its keys can be had, it keeps those of the
    /// preset.
    fn command(
        &mut self,
        command: &'static Command,
        key: &Spanned<DeString>,
        value: &Spanned<DeValue>,
    ) {
        let texts: Vec<&Spanned<DeValue>> = match value.get_ref() {
            DeValue::Array(list) => list.iter().collect(),
            _ => vec![value],
        };
        let mut keys = Vec::new();
        for text in &texts {
            let at = text.span().start;
            match sequence(command.context, text.get_ref()) {
                Ok(sequence) if self.is_free(command, &sequence, at) => {
                    keys.push(sequence.clone());
                    self.bound.push(Bound {
                        command,
                        sequence,
                        at,
                    });
                }
                Ok(_) => {}
                Err(text) => self.error(at, text),
            }
        }
        if texts.is_empty() || !keys.is_empty() {
            self.lines.push(key.span().start);
            self.own.push((command, keys));
        }
    }

    /// Whether no line before has the sequence in the same context, or one that begins like it.
    fn is_free(&mut self, command: &Command, sequence: &Sequence, at: usize) -> bool {
        let rival = self
            .bound
            .iter()
            .find(|b| b.command.context == command.context && b.sequence.collides(sequence));
        let Some(rival) = rival else { return true };
        let (id, other, from) = (rival.command.id, rival.sequence.clone(), rival.at);
        let text = if other == *sequence {
            [
                format!("冲突：`{sequence}` 已绑定到 `{id}`"),
                format!("conflict: `{sequence}` is bound to `{id}` already"),
            ]
        } else {
            [
                format!("冲突：`{sequence}` 与 `{id}` 的 `{other}` 开头相同，只能留一个"),
                format!("conflict: `{sequence}` and `{other}` of `{id}` begin alike; only one can be heard"),
            ]
        };
        self.findings.push(Finding {
            at,
            note: false,
            text,
        });
        self.conflicts_with(from);
        false
    }

    /// Names the line that a conflict is with.
    fn conflicts_with(&mut self, from: usize) {
        if let Some(last) = self.findings.last_mut() {
            // The line is counted where the text is at hand.
            for text in &mut last.text {
                write!(text, "\u{0}{from}").ok();
            }
        }
    }

    fn taken(&mut self, taken: &Taken) {
        let Taken { sequence, from, by } = taken;
        let bound = self
            .bound
            .iter()
            .find(|b| b.command.id == *by && b.sequence.collides(sequence));
        let at = bound.map_or(0, |b| b.at);
        self.note(
            at,
            [
                format!("`{sequence}` 不再是 `{from}` 的按键"),
                format!("`{sequence}` is no longer a key of `{from}`"),
            ],
        );
    }
}
