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
        let word = if finding.note {
            pick(language, "提示", "note")
        } else {
            pick(language, "错误", "error")
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
                text: [
                    format!("无法读取：{error}"),
                    format!("cannot be read: {error}"),
                ],
            }],
            ..Loaded::default()
        },
    }
}

fn contents(path: &std::path::Path) -> io::Result<String> {
    let mut text = String::new();
    let mut file = fs::File::open(path)?.take(LARGEST + 1);
    file.read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        Err(io::Error::new(io::ErrorKind::FileTooLarge, "over 1 MiB"))
    } else {
        Ok(text)
    }
}

/// Reads a file.
fn read(text: String) -> Loaded {
    let (table, wrong) = DeTable::parse_recoverable(&text);
    let mut reader = Reader::new(&text);
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
    let (preset, mut findings) = (reader.preset, reader.findings);
    findings.sort_by_key(|f| (f.at, f.note));
    drop(table);
    Loaded {
        keymap,
        preset,
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
struct Reader<'t> {
    text: &'t str,
    preset: Preset,
    own: Vec<(&'static Command, Vec<Sequence>)>,
    bound: Vec<Bound>,
    findings: Vec<Finding>,
}

type Entry<'a, 't> = (&'a Spanned<DeString<'t>>, &'a Spanned<DeValue<'t>>);

/// The entries of a table, as they stand in the file.
fn in_order<'a, 't>(table: &'a DeTable<'t>) -> Vec<Entry<'a, 't>> {
    let mut entries: Vec<Entry> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            preset: Preset::default(),
            own: Vec::new(),
            bound: Vec::new(),
            findings: Vec::new(),
        }
    }

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
                Some(command) if command.context == context => self.command(command, value),
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
    fn command(&mut self, command: &'static Command, value: &Spanned<DeValue>) {
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
        let (id, other) = (rival.command.id, &rival.sequence);
        let (line, _) = place(self.text, rival.at);
        let text = if other == sequence {
            [
                format!("冲突：`{sequence}` 已在第 {line} 行绑定到 `{id}`"),
                format!("conflict: `{sequence}` is bound to `{id}` on line {line} already"),
            ]
        } else {
            [
                format!(
                    "冲突：`{sequence}` 与第 {line} 行 `{id}` 的 `{other}` 互为开头，只能留一个"
                ),
                format!(
                    "conflict: one of `{sequence}` and `{other}` of `{id}` on line {line} begins with the other"
                ),
            ]
        };
        self.error(at, text);
        false
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

/// What a value is.
fn kind(value: &DeValue) -> [&'static str; 2] {
    match value {
        DeValue::String(_) => ["文本", "a text"],
        DeValue::Integer(_) | DeValue::Float(_) => ["数字", "a number"],
        DeValue::Boolean(_) => ["真假值", "true or false"],
        DeValue::Datetime(_) => ["日期", "a date"],
        DeValue::Array(_) => ["列表", "a list"],
        DeValue::Table(_) => ["一张表", "a table"],
    }
}

/// "Did you mean", in both languages; empty when nothing is near.
fn meant(found: &str, known: &[&str]) -> (String, String) {
    match suggest::nearest(found, known) {
        Some(word) => (
            format!("，是否指 `{word}`？"),
            format!("; did you mean `{word}`?"),
        ),
        None => (String::new(), String::new()),
    }
}

/// The sequence that a value means in a context, or what is wrong with it.
fn sequence(context: Context, value: &DeValue) -> Result<Sequence, [String; 2]> {
    let Some(text) = value.as_str() else {
        let [zh, en] = kind(value);
        return Err([
            format!("按键应为文本，如 \"Ctrl-s\"，实为{zh}"),
            format!("expected a key as text, such as \"Ctrl-s\", found {en}"),
        ]);
    };
    let keys: Result<Vec<Key>, [String; 2]> = text.split_whitespace().map(key).collect();
    let keys = keys?;
    if keys.is_empty() {
        return Err([
            "没有按键；不要按键时写 []".to_owned(),
            "there is no key here; [] leaves a command without keys".to_owned(),
        ]);
    }
    let Some(sequence) = Sequence::new(keys) else {
        return Err([
            format!("`{text}` 最多四个键，且 Esc 只能单独使用"),
            format!("`{text}`: a sequence has four keys at most, and Esc stands alone"),
        ]);
    };
    if is_text(context, &sequence) {
        Err([
            format!("`{text}`：这里有输入框，字母与数字是文字；可用 Ctrl- 组合键或功能键名"),
            format!(
                "`{text}` is text in a text field; a key with Ctrl or a name can be bound here"
            ),
        ])
    } else {
        Ok(sequence)
    }
}

/// Whether a sequence could keep something from being typed: a letter or a digit where a text field
/// can be open, or a sequence that begins with a character.
fn is_text(context: Context, sequence: &Sequence) -> bool {
    let Some(Key {
        code: Code::Char(c),
        ctrl: false,
    }) = sequence.keys().first()
    else {
        return false;
    };
    let whole = matches!(context, Context::Text | Context::Always);
    context.has_text() && (whole || c.is_alphanumeric() || sequence.keys().len() > 1)
}

/// One key of a sequence, or what is wrong with it.
fn key(text: &str) -> Result<Key, [String; 2]> {
    let Some(key) = Key::parse(text) else {
        return Err(unknown_key(text));
    };
    let silent = match key.code {
        Code::Char(c) if key.ctrl => c.is_ascii_uppercase() || "im[".contains(c) || !c.is_ascii(),
        _ => key.ctrl,
    };
    if silent {
        Err([
            format!("终端不会发送 `{text}`"),
            format!("terminals do not send `{text}` as a key of its own"),
        ])
    } else {
        Ok(key)
    }
}

fn unknown_key(text: &str) -> [String; 2] {
    let names: Vec<String> = Key::names()
        .chain(('a'..='z').map(Key::ctrl))
        .map(|k| k.to_string())
        .collect();
    let known: Vec<&str> = names.iter().map(String::as_str).collect();
    let (mut zh, mut en) = meant(text, &known);
    let low = text.to_ascii_lowercase();
    let digits = low
        .strip_prefix('f')
        .is_some_and(|n| n.parse::<u8>().is_ok());
    if low.contains("alt-") || low.starts_with("a-") || low.starts_with("m-") || digits {
        zh = String::from("：不使用 Alt 与 F 键，许多终端不发送");
        en = String::from(": Alt and function keys are not used, many terminals keep them");
    }
    [
        format!("没有这个键 `{text}`{zh}"),
        format!("unknown key `{text}`{en}"),
    ]
}

// -- fastdeck keys ----------------------------------------------------------------------------

/// `fastdeck keys`.
pub(super) fn run(args: &Keys, environment: &Environment) -> Result<(), Failure> {
    let language = args.spoken.language(environment);
    let loaded = match args.preset {
        Some(preset) => Loaded {
            keymap: Keymap::preset(preset),
            preset,
            ..Loaded::default()
        },
        None => load(environment),
    };
    if args.check {
        return check(&loaded, language);
    }
    if let Some(notice) = loaded.notice() {
        failure::tell(pick(language, &notice.zh, &notice.en));
    }
    match args.format {
        KeysFormat::Toml => output::print(&page(&loaded, language)),
        KeysFormat::Text if args.print => output::print(&page(&loaded, language)),
        KeysFormat::Text => output::print(&listing::keys_of_map(&loaded.keymap, language)),
    }
}

/// Everything that is to be known about the file, a line each.
fn check(loaded: &Loaded, language: Language) -> Result<(), Failure> {
    let Some(path) = &loaded.path else {
        return output::print(pick(
            language,
            "没有 keymap.toml，使用默认按键\n",
            "there is no keymap.toml; the default keys are in force\n",
        ));
    };
    let file = path.display().to_string();
    let lines = loaded.findings.iter();
    let mut page: String = lines
        .map(|f| output::visible(&loaded.line(f, &file, language)) + "\n")
        .collect();
    let errors = loaded.errors().count();
    let notes = loaded.findings.len() - errors;
    match language {
        Language::Zh => writeln!(page, "{errors} 项错误，{notes} 项提示"),
        Language::En => writeln!(page, "{errors} errors, {notes} notes"),
    }
    .ok();
    output::print(&page)?;
    match errors {
        0 => Ok(()),
        _ => Err(Failure::Checked),
    }
}

const HEAD: [&str; 2] = [
    "# fastdeck 的按键。保存为配置文件夹中的 keymap.toml（与 config.toml 同处），下次启动生效；\n\
     # 只需保留要改的行，其余按预设。\n\
     #\n\
     # 一行一个命令：\"键\" 或 [\"键\", \"键\"]；[] 为不设按键（仍可在命令面板中找到）。\n\
     # 键：单个字符、Ctrl-x、Enter Esc Tab S-Tab Space Backspace Delete Up Down Left Right\n\
     #     Home End PgUp PgDn；空格隔开表示依次按下：\"g g\"。\n\
     # 同一场合中，这里绑定的键优先于预设。`fastdeck keys --check` 检查本文件。\n\
     #\n\
     # 预设：default、vim（g g、g t、h j k l）、arrows（方向键，不用 h j k l）。\n",
    "# The keys of fastdeck. As keymap.toml in the folder of the configuration, beside config.toml, it\n\
     # counts from the next start. Only lines that change something are needed.\n\
     #\n\
     # A line is a command: \"key\" or [\"key\", \"key\"]; [] leaves it without keys, the palette still has it.\n\
     # Keys: one character, Ctrl-x, Enter Esc Tab S-Tab Space Backspace Delete Up Down Left Right\n\
     #       Home End PgUp PgDn; with spaces between them one after another: \"g g\".\n\
     # A key bound here wins over the preset in its context. `fastdeck keys --check` reads this file.\n\
     #\n\
     # Presets: default, vim (g g, g t, h j k l), arrows (arrow keys, h j k l mean nothing).\n",
];

/// The whole keymap as a file that reads back to it.
fn page(loaded: &Loaded, language: Language) -> String {
    let mut page = text::of(language, &HEAD).to_owned();
    writeln!(page, "preset = \"{}\"", loaded.preset.id()).ok();
    for context in Context::ALL {
        let title = text::of(language, &context.title());
        write!(page, "\n# {title}\n[{}]\n", context.id()).ok();
        for command in COMMANDS.iter().filter(|c| c.context == context) {
            let help = text::of(language, &command.help);
            let keys = written(loaded.keymap.keys_of(command.id));
            writeln!(page, "{} = {keys}  # {help}", command.id).ok();
        }
    }
    page
}

/// Keys as a value of the file.
fn written(keys: &[Sequence]) -> String {
    let text = |s: &Sequence| toml::Value::String(s.to_string()).to_string();
    match keys {
        [one] => text(one),
        several => {
            let several: Vec<String> = several.iter().map(text).collect();
            format!("[{}]", several.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let loaded = read(text.to_owned());
        let lines = loaded.findings.iter();
        lines.map(|f| loaded.line(f, FILE, Language::En)).collect()
    }

    #[test]
    fn every_problem_has_its_place_and_the_rest_of_the_file_counts() {
        let text = "preset = \"vmi\"\n\
                    [globl]\n\
                    [global]\n\
                    slice = [\"/\", \"Ctrl-s\"]\n\
                    slize = \"x\"\n\
                    down = \"x\"\n\
                    note = 3\n\
                    copy = [\"F5\", \"K\"]\n\
                    review = \"Entre\"\n\
                    theme = \"Ctrl-S\"\n\
                    [picker]\n\
                    picker-apply = \"a\"\n";
        assert_eq!(
            said(text),
            [
                "keymap.toml:1:10: error: expected a preset, default / vim / arrows, found `vmi`; did you mean `vim`?",
                "keymap.toml:2:2: error: unknown context `globl`; did you mean `global`?",
                "keymap.toml:5:1: error: unknown command `slize` in [global]; did you mean `slice`?",
                "keymap.toml:6:1: error: the command `down` belongs under [table], not [global]",
                "keymap.toml:7:8: error: expected a key as text, such as \"Ctrl-s\", found a number",
                "keymap.toml:8:9: error: unknown key `F5`: Alt and function keys are not used, many terminals keep them",
                "keymap.toml:9:10: error: unknown key `Entre`; did you mean `Enter`?",
                "keymap.toml:10:9: error: terminals do not send `Ctrl-S` as a key of its own",
                "keymap.toml:12:16: error: `a` is text in a text field; a key with Ctrl or a name can be bound here",
            ]
        );
        let keymap = read(text.to_owned()).keymap;
        assert_eq!(keymap.all("slice", " "), "/ Ctrl-s");
        assert_eq!(keymap.all("copy", " "), "K");
        assert_eq!(keymap.all("note", " "), "n");
    }

    #[test]
    fn conflicts_name_both_lines_and_the_first_one_wins() {
        let text = "[global]\n\
                    slice = \"x\"\n\
                    note = \"x\"\n\
                    copy = \"x y\"\n\
                    [table]\n\
                    down = \"x\"\n";
        assert_eq!(
            said(text),
            [
                "keymap.toml:2:9: note: `x` is no longer a key of `slice-clear`",
                "keymap.toml:3:8: error: conflict: `x` is bound to `slice` on line 2 already",
                "keymap.toml:4:8: error: conflict: one of `x y` and `x` of `slice` on line 2 begins with the other",
            ]
        );
        let keymap = read(text.to_owned()).keymap;
        let keys = ["slice", "note", "copy", "down"].map(|id| keymap.all(id, " "));
        assert_eq!(keys, ["x", "n", "y", "x"]);
    }

    #[test]
    fn a_key_that_is_taken_away_is_told_as_a_note() {
        let text = "[global]\nnote = \"/\"\nseek = []\n";
        assert_eq!(
            said(text),
            ["keymap.toml:2:8: note: `/` is no longer a key of `slice`"]
        );
        let loaded = read(text.to_owned());
        assert!(loaded.keymap.keys_of("slice").is_empty());
        assert!(loaded.keymap.keys_of("seek").is_empty());
        assert_eq!(loaded.notice(), None);
    }

    #[test]
    fn a_broken_line_of_toml_leaves_the_others() {
        let loaded = read("[global]\nnote = \"Ctrl-n\"\ncopy = \n".to_owned());
        let notice = loaded.notice().unwrap();
        assert!(notice.en.starts_with("keymap.toml:3:"), "{}", notice.en);
        assert_eq!(loaded.keymap.all("note", " "), "Ctrl-n");
        assert_eq!(loaded.keymap.all("copy", " "), "y");
        assert!(
            read("[global]\nnote = 1\ncopy = 2".to_owned())
                .notice()
                .unwrap()
                .zh
                .contains("另有 1 项")
        );
    }

    #[test]
    fn the_whole_file_reads_back_to_the_same_keymap() {
        let custom = "preset = \"vim\"\n[global]\nnote = [\"\\\\\", \"'\", \"\\\"\"]\nslice = []\n";
        let all = Preset::ALL.map(|p| format!("preset = \"{}\"", p.id()));
        for text in all.into_iter().chain([custom.to_owned()]) {
            let loaded = read(text);
            for language in [Language::Zh, Language::En] {
                let again = read(page(&loaded, language));
                assert_eq!(again.findings, [], "{:?}", loaded.preset);
                assert!(again.keymap == loaded.keymap && again.preset == loaded.preset);
            }
        }
    }

    #[test]
    fn no_text_is_too_strange() {
        for text in [
            "\u{0}",
            "[[global]]",
            "global = 1",
            "[global]\nnote = [[]]",
            "preset = []",
            "note = 1",
        ] {
            assert!(!said(text).is_empty(), "{text}");
        }
        assert_eq!(said(""), Vec::<String>::new());
    }
}
