//! The commands that print tables of the program: panes, keys, the data format, completions, man.
//!
//! All of them are generated; no key, column or option is written here.

use std::fmt::Write as _;

use clap::CommandFactory;
use clap_complete::Shell;

use super::args::Cli;
use super::failure::Failure;
use super::output;
use crate::app::{COMMANDS, Command, Context, Keymap, Language, Pane};

use crate::data::{COLUMNS, Column, Kind};
use crate::metrics::{METRICS, Unit};
use crate::scenario::{Items, LEVERS};
use crate::view::text;

/// The licences of the fonts that pictures are drawn with.
pub(super) fn licenses() -> Result<(), Failure> {
    let texts = [
        include_str!("../../assets/fonts/LICENSE-OFL-1.1.txt"),
        include_str!("../../assets/fonts/LICENSE-Apache-2.0.txt"),
    ];
    output::print(&texts.join("\n\n"))
}

pub(super) fn panes(language: Language) -> Result<(), Failure> {
    let line = |pane: Pane| {
        let id = format!("pane-{}", pane.id());
        let command = Command::by_id(&id);
        let key = command.and_then(|c| c.keys.first()).copied().unwrap_or("");
        let help = command.map_or("", |c| text::of(language, &c.help));
        format!("{key}  {}  {help}\n", text::pad(pane.id(), 9))
    };
    output::print(&Pane::ALL.map(line).concat())
}

/// Every key of the table by context, as aligned text.
pub fn keys_page(language: Language) -> String {
    keys_of_map(&Keymap::default(), language)
}

/// Every key of a keymap by context, as aligned text.
pub(super) fn keys_of_map(keymap: &Keymap, language: Language) -> String {
    let keys_of = |c: &Command| keymap.all(c.id, &between(c, keymap));
    let width = COMMANDS.iter().map(|c| text::width(&keys_of(c))).max();
    let width = width.unwrap_or(0);
    let mut page = String::new();
    for context in Context::ALL {
        let own: Vec<&Command> = COMMANDS.iter().filter(|c| c.context == context).collect();
        if own.is_empty() {
            continue;
        }
        if !page.is_empty() {
            page.push('\n');
        }
        page.push_str(text::of(language, &context.title()));
        page.push('\n');
        for command in own {
            let keys = text::pad(&keys_of(command), width);
            writeln!(page, "  {keys}  {}", text::of(language, &command.help)).ok();
        }
    }
    page
}

/// Spaces between the sequences of a command: two where a sequence has spaces itself.
fn between(command: &Command, keymap: &Keymap) -> String {
    let mut keys = keymap.keys_of(command.id).iter();
    let wide = keys.any(|s| s.keys().len() > 1);
    " ".repeat(1 + usize::from(wide))
}

/// The keys of the table.
fn keys_of(command: &Command) -> String {
    command.keys.join(" ")
}

pub(super) fn format(language: Language) -> Result<(), Failure> {
    output::print(&format_page(language))
}

/// What a table file may be; Chinese, then English.
const FILES: [&str; 2] = [
    "#### 文件\n\n\
     表可以是 CSV、TSV（UTF-8、UTF-16 或 GB18030，均可用 gzip 压缩）或 Parquet\
     （Snappy、Zstandard、gzip、LZ4 或不压缩）。\n\n\
     Parquet 文件以列名为表头。文本、整数、浮点数、定点数、布尔值、日期与时间按与 CSV 相同的单元格读取；\
     null 为缺失；列表成为一个单元格，各值以 `|` 连接；结构中的字段名为 `结构.字段`。\
     带 UTC 的时间换算到数据集的时区，不带时区的视为该时区的时间；`time_format` 只用于文本与普通数字。\
     问题中以行号代替文本行。\n",
    "#### Files\n\n\
     A table is CSV or TSV (UTF-8, UTF-16 or GB18030, also compressed with gzip), or Parquet (Snappy,\n\
     Zstandard, gzip, LZ4, or not compressed).\n\n\
     The names of the columns of a Parquet file are its headings. Text, whole numbers, floats, decimals,\n\
     flags, dates and times give the same cells as in CSV; null is missing; a list is one cell with its\n\
     values joined by `|`; a field of a structure is called `structure.field`. A time in UTC is moved to\n\
     the time zone of the data set, one without a zone is taken to be in it; `time_format` is for text and\n\
     plain numbers only. In problems the number of the row stands in the place of the line.\n",
];

/// The kinds of files, the kinds of tables and their columns, as Markdown.
pub fn format_page(language: Language) -> String {
    let head = match language {
        Language::Zh => "| 列 | 内容 | 可识别的表头 | 说明 |",
        Language::En => "| column | holds | headings understood | meaning |",
    };
    let mut page = text::of(language, &FILES).to_owned();
    for kind in Kind::ALL {
        write!(
            page,
            "\n#### `{}`\n\n{head}\n|---|---|---|---|\n",
            kind.id()
        )
        .ok();
        for column in COLUMNS.iter().filter(|c| c.table == kind) {
            page.push_str(&column_row(column, language));
        }
    }
    page + &metrics_table(language) + &levers_table(language)
}

/// Every metric in the order of the rows of `metrics`, as Markdown.
fn metrics_table(language: Language) -> String {
    let head = match language {
        Language::Zh => "#### 指标\n\n| ID | 名称 | 单位 | 公式 | 来源 |",
        Language::En => "#### Metrics\n\n| id | name | unit | formula | source |",
    };
    let mut page = format!("\n{head}\n|---|---|---|---|---|\n");
    for m in METRICS {
        let side = language as usize;
        let (name, formula) = (cell(m.name[side]), cell(m.formula[side]));
        let (unit, source) = (m.unit.id(), cell(m.source));
        writeln!(
            page,
            "| `{}` | {name} | {unit} | {formula} | {source} |",
            m.id
        )
        .ok();
    }
    page
}

/// Every lever of `--what-if` and `seek`, as Markdown.
fn levers_table(language: Language) -> String {
    let head = match language {
        Language::Zh => "#### 杠杆\n\n| ID | 对象 | 单位 | 范围 | 一步 | 作用 |",
        Language::En => "#### Levers\n\n| id | items | unit | bounds | step | does |",
    };
    let mut page = format!("\n{head}\n|---|---|---|---|---|---|\n");
    for lever in LEVERS {
        let items = text::of(language, &items(lever.items));
        let (low, high) = lever.bounds;
        let step = match lever.unit {
            Unit::Ratio => format!("{} pp", lever.step * 100.0),
            _ => format!("{} %", lever.step * 100.0),
        };
        let (unit, help) = (lever.unit.id(), cell(text::of(language, &lever.help)));
        writeln!(
            page,
            "| `{}` | {items} | {unit} | {low} … {high} | {step} | {help} |",
            lever.id
        )
        .ok();
    }
    page
}

/// What stands in the brackets of a lever.
fn items(items: Items) -> [&'static str; 2] {
    match items {
        Items::Whole => ["整个品牌，无方括号", "the whole brand, no brackets"],
        Items::Crowds => ["人群或 `*`", "a crowd, or `*`"],
        Items::Layers => ["层 `o a i p l` 或 `*`", "a layer `o a i p l`, or `*`"],
        Items::Transitions => [
            "流转，如 `a>i`，或 `*`",
            "a transition such as `a>i`, or `*`",
        ],
        Items::Arrivals => ["状态 `a i p l` 或 `*`", "a state `a i p l`, or `*`"],
    }
}

fn column_row(column: &Column, language: Language) -> String {
    let star = if column.required { "★" } else { "" };
    let aliases = column.aliases_zh.iter().chain(column.aliases_en);
    let aliases: Vec<String> = aliases.map(|a| format!("`{}`", cell(a))).collect();
    format!(
        "| `{}`{star} | {} | {} | {} |\n",
        cell(column.name),
        column.unit.id(),
        aliases.join(" "),
        cell(text::pick(language, column.doc_zh, column.doc))
    )
}

/// Text that stays inside its cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

pub(super) fn completions(shell: Shell) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "fastdeck", &mut script);
    output::print(&String::from_utf8_lossy(&script))
}

pub(super) fn man() -> Result<(), Failure> {
    output::print(&man_page().map_err(Failure::Stdout)?)
}

/// The manual page: the program, its commands with their options, and the keys.
fn man_page() -> std::io::Result<String> {
    let mut page = Vec::new();
    let mut program = Cli::command();
    program.build();
    clap_mangen::Man::new(program.clone()).render(&mut page)?;
    let mut page = String::from_utf8_lossy(&page).into_owned();
    for command in program.get_subcommands().filter(|c| c.get_name() != "help") {
        page.push_str(&command_section(command));
    }
    page.push_str(".SH KEYS\n");
    for command in COMMANDS {
        let (keys, help) = (roff(&keys_of(command)), roff(command.help[1]));
        write!(page, ".TP\n{keys}\n{help}\n").ok();
    }
    Ok(page)
}

/// A section with the synopsis and the help of one command.
fn command_section(command: &clap::Command) -> String {
    let mut command = command.clone();
    let help = command.render_long_help().to_string();
    let name = command.get_name().to_uppercase();
    format!(
        ".SH \"COMMAND {}\"\n.nf\n{}\n.fi\n",
        roff(&name),
        roff_lines(&help)
    )
}

fn roff_lines(text: &str) -> String {
    text.lines().map(roff).collect::<Vec<_>>().join("\n")
}

/// One line of text that roff prints as it is.
fn roff(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-");
    match line.chars().next() {
        Some('.' | '\'') => format!("\\&{line}"),
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_line_in_both_languages() {
        for language in [Language::Zh, Language::En] {
            let page = keys_page(language);
            for command in COMMANDS {
                assert!(
                    page.contains(text::of(language, &command.help)),
                    "{}",
                    command.id
                );
            }
        }
    }

    #[test]
    fn every_column_is_documented() {
        let page = format_page(Language::En);
        let rows = page.lines().filter(|l| l.starts_with("| `")).count();
        assert_eq!(rows, COLUMNS.len() + METRICS.len() + LEVERS.len());
        assert!(page.contains("| `consumer`★ |"));
        assert!(page.contains("joined by \\|"));
    }

    #[test]
    fn the_manual_names_every_command_and_key() {
        let page = man_page().unwrap();
        for command in Cli::command().get_subcommands() {
            let heading = format!("COMMAND {}", command.get_name().to_uppercase());
            assert!(page.contains(&heading), "{heading}");
        }
        for command in COMMANDS {
            assert!(page.contains(&roff(command.help[1])), "{}", command.id);
        }
        assert_eq!(roff(".a-b\\"), "\\&.a\\-b\\e");
    }
}
