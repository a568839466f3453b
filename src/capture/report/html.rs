//! A deck as one HTML file that asks for nothing else and runs nothing.
//!
//! The policy in its head forbids everything but its own style; pictures are outlines inside the
//! page, in a light and a dark form of which one is shown. All text is cleaned and escaped in one
//! place.

use std::fmt::Write as _;

use super::section::{Block, Cell, Line, Section, Table, Tone};
use super::{Frame, Paper, TITLES};
use crate::capture::svg::escape;
use crate::view::text::{clean, of, pick};

const STYLE: &str = include_str!("../../../assets/report/deck.css");

/// The document.
pub(super) fn html(paper: &Paper) -> String {
    let l = paper.language;
    let mut out = String::with_capacity(1 << 20);
    let title = safe(&paper.title);
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n",
        pick(l, "zh-CN", "en")
    );
    let about = paper.sections.first().map_or("", |s| s.about.as_str());
    let _ = writeln!(
        out,
        "<header>\n<h1>{title}</h1>\n<p class=\"about\">{}</p>",
        safe(about)
    );
    contents(&mut out, paper);
    out.push_str("</header>\n<main>\n");
    for (at, section) in paper.sections.iter().enumerate() {
        write_section(&mut out, paper, section, at > 0);
    }
    let _ = writeln!(
        out,
        "</main>\n<footer>\n<p>{}</p>\n</footer>\n</body>\n</html>",
        safe(&paper.foot)
    );
    out
}

fn contents(out: &mut String, paper: &Paper) {
    let _ = writeln!(
        out,
        "<nav aria-label=\"{}\"><ol>",
        of(paper.language, &TITLES.contents)
    );
    for section in &paper.sections {
        let _ = writeln!(
            out,
            "<li><a href=\"#s{}\">{}</a></li>",
            safe(&section.id),
            safe(&section.title)
        );
    }
    out.push_str("</ol></nav>\n");
}

fn write_section(out: &mut String, paper: &Paper, section: &Section, below: bool) {
    let _ = writeln!(
        out,
        "<section id=\"s{}\"{}>\n<h2>{}</h2>",
        safe(&section.id),
        short(section),
        safe(&section.title)
    );
    if below {
        let _ = writeln!(out, "<p class=\"about\">{}</p>", safe(&section.about));
    }
    for block in &section.blocks {
        match block {
            Block::Heading(title) => {
                let _ = writeln!(out, "<h3>{}</h3>", safe(title));
            }
            Block::Lines(lines) => write_lines(out, lines),
            Block::Quote(text) => {
                let lines: Vec<String> = text.lines().map(safe).collect();
                let _ = writeln!(out, "<blockquote>{}</blockquote>", lines.join("<br>"));
            }
            Block::Table(table) => write_table(out, paper, table),
            Block::Frame => {
                if let Some(frame) = paper.frames.iter().find(|f| f.id == section.id) {
                    write_frame(out, frame, &section.title);
                }
            }
        }
    }
    out.push_str("</section>\n");
}

/// Sections of a few sentences share a printed page.
fn short(section: &Section) -> &'static str {
    let few = |block: &Block| matches!(block, Block::Lines(lines) if lines.len() < 6);
    if section.blocks.iter().all(few) {
        " class=\"short\""
    } else {
        ""
    }
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Plain => "",
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Warn => "warn",
        Tone::Quiet => "quiet",
    }
}

fn write_lines(out: &mut String, lines: &[Line]) {
    out.push_str("<ul class=\"lines\">\n");
    for line in lines {
        let mark = match line.mark.as_str() {
            "" => String::new(),
            mark => format!("<b class=\"mark\">{}</b> ", safe(mark)),
        };
        let _ = writeln!(
            out,
            "<li class=\"{}\">{mark}{}</li>",
            class(line.tone),
            together(&safe(&line.text))
        );
    }
    out.push_str("</ul>\n");
}

fn write_table(out: &mut String, paper: &Paper, table: &Table) {
    out.push_str("<div class=\"scroll\"><table>\n<thead><tr>");
    for head in &table.heads {
        let class = if head.number { " class=\"n\"" } else { "" };
        let _ = write!(out, "<th scope=\"col\"{class}>{}</th>", safe(&head.title));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        out.push_str("<tr>");
        for (at, cell) in row.iter().enumerate() {
            write_cell(out, paper, cell, at == 0);
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table></div>\n");
}

fn write_cell(out: &mut String, paper: &Paper, cell: &Cell, first: bool) {
    let text = safe(&cell.text());
    match cell {
        Cell::Number { tone, flipped, .. } => {
            let why = cell.why(paper.language);
            let why = why.map_or(String::new(), |why| format!(" title=\"{}\"", safe(&why)));
            let mark = match flipped {
                true => format!(
                    " <b class=\"mark\">{}</b>",
                    of(paper.language, &TITLES.flipped)
                ),
                false => String::new(),
            };
            let _ = write!(
                out,
                "<td class=\"n {}\"{why}>{text}{mark}</td>",
                class(*tone)
            );
        }
        Cell::Text(_) if first => {
            let _ = write!(out, "<th scope=\"row\">{text}</th>");
        }
        Cell::Text(_) | Cell::Blank => {
            let _ = write!(out, "<td>{text}</td>");
        }
    }
}

fn write_frame(out: &mut String, frame: &Frame, title: &str) {
    let _ = writeln!(out, "<figure role=\"img\" aria-label=\"{}\">", safe(title));
    for (name, svg) in [("light", &frame.light), ("dark", &frame.dark)] {
        let own = format!("{}{name}", frame.id);
        let svg = own_ids(svg, &own);
        let _ = writeln!(out, "<div class=\"{name}\">{svg}</div>");
    }
    out.push_str("</figure>\n");
}

/// The picture with ids that no other picture of the page has. Text in it has no bare quotes, so
/// nothing else is met.
fn own_ids(svg: &str, own: &str) -> String {
    svg.replace("<path id=\"g", &format!("<path id=\"{own}g"))
        .replace("xlink:href=\"#g", &format!("xlink:href=\"#{own}g"))
}

/// The text with its numbers kept on one line each.
fn together(text: &str) -> String {
    text.replace("+¥", "+\u{2060}¥")
        .replace("−¥", "−\u{2060}¥")
        .replace(" pp", "\u{a0}pp")
}

/// Clean text that is no markup.
fn safe(text: &str) -> String {
    escape(&clean(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_of_one_picture() {
        let svg = "<path id=\"g1\" d=\"\"/><use xlink:href=\"#g1\"/>";
        assert_eq!(
            own_ids(svg, "a"),
            "<path id=\"ag1\" d=\"\"/><use xlink:href=\"#ag1\"/>"
        );
    }
}
