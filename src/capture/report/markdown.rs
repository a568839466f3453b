//! A deck as Markdown: the same sentences and tables, with links to the pictures beside it.
//!
//! Whatever Markdown could take for markup is escaped, so that a name from the data stays a name.

use std::fmt::Write as _;

use super::section::{Block, Cell, Line, Section, Table};
use super::{Paper, TITLES};
use crate::view::text::{clean, of};

/// The document.
pub(super) fn markdown(paper: &Paper) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# {}\n", escape(&paper.title));
    for section in &paper.sections {
        write_section(&mut out, paper, section);
    }
    let _ = writeln!(out, "---\n\n{}", escape(&paper.foot));
    out
}

fn write_section(out: &mut String, paper: &Paper, section: &Section) {
    let _ = writeln!(out, "## {}\n", escape(&section.title));
    let _ = writeln!(out, "*{}*\n", escape(&section.about));
    for block in &section.blocks {
        match block {
            Block::Heading(title) => {
                let _ = writeln!(out, "### {}\n", escape(title));
            }
            Block::Lines(lines) => {
                for line in lines {
                    let _ = writeln!(out, "- {}", sentence(line));
                }
                out.push('\n');
            }
            Block::Quote(text) => {
                for line in text.lines() {
                    let _ = writeln!(out, "> {}  ", escape(line));
                }
                out.push('\n');
            }
            Block::Table(table) => write_table(out, paper, table),
            Block::Frame => {
                let (title, id) = (escape(&section.title), &section.id);
                let _ = writeln!(out, "![{title}](frames/{id}.png)\n");
            }
        }
    }
}

fn sentence(line: &Line) -> String {
    if line.mark.is_empty() {
        return escape(&line.text);
    }
    format!("**{}** {}", escape(&line.mark), escape(&line.text))
}

fn write_table(out: &mut String, paper: &Paper, table: &Table) {
    let heads: Vec<String> = table.heads.iter().map(|h| escape(&h.title)).collect();
    let rules = table
        .heads
        .iter()
        .map(|h| if h.number { "---:" } else { "---" });
    let rules: Vec<&str> = rules.collect();
    let _ = writeln!(out, "| {} |\n| {} |", heads.join(" | "), rules.join(" | "));
    for row in &table.rows {
        let cells: Vec<String> = row.iter().map(|c| cell(paper, c)).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    out.push('\n');
}

fn cell(paper: &Paper, cell: &Cell) -> String {
    let text = escape(&cell.text());
    match cell {
        Cell::Number { flipped: true, .. } => {
            format!("{text} **{}**", of(paper.language, &TITLES.flipped))
        }
        _ => text,
    }
}

/// Clean text without any markup.
pub(super) fn escape(text: &str) -> String {
    let text = clean(text);
    let mut out = String::with_capacity(text.len() + 8);
    for (at, c) in text.chars().enumerate() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '>' => {
                out.extend(['\\', c]);
            }
            '-' | '+' | '=' if at == 0 => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    // No address becomes a link by itself.
    out.replace("://", ":&#47;/").replace("www.", "www&#46;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_names() {
        assert_eq!(
            escape("<script>|`a`[x](y)*_\n\u{1b}]0;x"),
            "&lt;script\\>\\|\\`a\\`\\[x\\](y)\\*\\_ ␛\\]0;x"
        );
        assert_eq!(escape("+5%"), "\\+5%");
        assert_eq!(escape("https://a.b"), "https:&#47;/a.b");
    }
}
