//! A frame as one HTML file: the picture as outlines, and its text over it to be selected.
//!
//! The file asks for nothing else, runs nothing, and says so in its policy. The text layer is
//! unseen; each run of it is as wide as its columns.

use std::collections::BTreeSet;
use std::fmt::Write;

use ratatui::buffer::Buffer;

use super::colour::Ground;
use super::fonts::Fonts;
use super::page::{MARGIN, Page};
use super::shapes::CELL;
use super::svg::{Hex, document, escape};
use super::{Picture, Spot, spots};
use crate::app::Language;
use crate::view::text::{clean, pick};

/// The frame as an HTML document with this title.
pub fn html(
    buf: &Buffer,
    ground: Ground,
    fonts: &Fonts,
    title: &str,
    language: Language,
) -> Picture<String> {
    let page = Page::of(buf, ground, fonts);
    let (text, widths) = layer(buf);
    let mut out = String::with_capacity(1 << 18);
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n<style>\n",
        pick(language, "zh-CN", "en"),
        escape(&clean(title))
    );
    style(&mut out, &page, &widths);
    out.push_str("</style>\n</head>\n<body>\n<main>\n");
    document(&mut out, &page, "aria-hidden=\"true\"", "");
    out.push_str("<div class=\"text\">\n");
    out.push_str(&text);
    out.push_str("</div>\n</main>\n</body>\n</html>\n");
    Picture {
        data: out,
        missing: page.missing,
    }
}

fn style(out: &mut String, page: &Page, widths: &BTreeSet<(u16, bool)>) {
    let (w, h) = page.size;
    let [width, height] = [CELL.0, CELL.1];
    let _ = write!(
        out,
        "body{{margin:0;background:{}}}\n\
         main{{position:relative;width:{w}px;height:{h}px}}\n\
         svg{{display:block}}\n\
         .text{{position:absolute;left:{MARGIN}px;top:{MARGIN}px;color:transparent;\
         font:15px/{height}px 'JetBrains Mono','DejaVu Sans Mono',Menlo,Consolas,monospace}}\n\
         .text div{{height:{height}px;white-space:pre}}\n\
         .text span{{display:inline-block;height:{height}px;vertical-align:top}}\n\
         .text ::selection{{background:rgba(90,150,230,.45)}}\n",
        Hex(page.back)
    );
    for (columns, wide) in widths {
        let size = if *wide { ";font-size:18px" } else { "" };
        let _ = writeln!(
            out,
            ".{}{{width:{}px{size}}}",
            class(*columns, *wide),
            u32::from(*columns) * u32::from(width)
        );
    }
    out.push_str(
        "@media print{.text{display:none}main{width:auto;height:auto}svg{width:100%;height:auto}\
         *{-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n",
    );
}

fn class(columns: u16, wide: bool) -> String {
    format!("{}{columns}", if wide { "w" } else { "n" })
}

/// The rows of text, and the columns of their runs, narrow and wide.
fn layer(buf: &Buffer) -> (String, BTreeSet<(u16, bool)>) {
    let (mut out, mut widths) = (String::new(), BTreeSet::new());
    for y in 0..buf.area.height {
        out.push_str("<div>");
        let spots = spots(buf, y);
        let seen = |s: &Spot<'_>| !s.symbol.trim().is_empty();
        let end = spots.iter().rposition(seen).map_or(0, |last| last + 1);
        let shown = spots.get(..end).unwrap_or_default();
        for run in shown.chunk_by(|a, b| a.wide == b.wide) {
            let columns = run.iter().map(|s| s.wide).sum();
            let wide = run.first().is_some_and(|s| s.wide == 2);
            widths.insert((columns, wide));
            let text: String = run.iter().map(|s| s.symbol.as_ref()).collect();
            let _ = write!(
                out,
                "<span class=\"{}\">{}</span>",
                class(columns, wide),
                escape(&text)
            );
        }
        out.push_str("</div>\n");
    }
    (out, widths)
}

#[cfg(test)]
mod tests {
    use super::super::svg::tests::well_formed;
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    fn page(text: &str) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, 60, 2));
        crate::ui::draw::put(&mut buf, Rect::new(0, 0, 60, 1), text, Style::new());
        let fonts = Fonts::embedded();
        html(&buf, Ground::PAPER, &fonts, text, Language::Zh).data
    }

    /// The text between the tags of the unseen layer.
    fn told(html: &str) -> String {
        let from = html.find("<div class=\"text\">").unwrap();
        let mut out = String::new();
        let mut inside = false;
        for c in html[from..].chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => out.push(c),
                _ => {}
            }
        }
        out
    }

    #[test]
    fn the_text_can_be_selected_and_takes_its_columns() {
        let out = page("ab橡木c");
        assert!(told(&out).contains("ab橡木c"));
        assert!(out.contains(".n2{width:18px}") && out.contains(".w4{width:36px;font-size:18px}"));
        assert!(out.contains("<span class=\"w4\">橡木</span>"));
    }

    #[test]
    fn hostile_text_is_no_markup_and_nothing_is_asked_for() {
        let out = page("</style><script>alert(1)</script><img src=x onerror=y>\u{1b}]0;x\u{7}");
        assert!(!out.contains("<script") && !out.contains("<img"));
        assert!(!out.contains('\u{1b}') && !out.contains('\u{7}'));
        assert!(out.contains("default-src 'none'"));
        let links = out
            .replace("http://www.w3.org/", "")
            .replace("http-equiv", "");
        assert!(!links.contains("http") && !links.contains("url("));
        let body = out.replace("<meta charset=\"utf-8\">", "");
        let no_meta: String = body.lines().filter(|l| !l.starts_with("<meta")).collect();
        assert!(well_formed(&no_meta), "{no_meta}");
    }
}
