//! A frame as SVG: outlines that look the same in every viewer, or real text for copying.
//!
//! Well-formed XML without script, links or foreign objects; text is clean and escaped. Straight
//! parts are one path for each colour, and every letter is defined once and used where it stands.

use std::fmt::Write;

use ratatui::buffer::Buffer;

use super::Picture;
use super::colour::{Ground, Rgb};
use super::fonts::Fonts;
use super::outline::{Outline, Step};
use super::page::{Mark, Page, left, top};
use super::shapes::CELL;

/// Fonts that a viewer may have, for real text.
const FONTS: &str = "'JetBrains Mono','SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono CJK SC','PingFang SC','Microsoft YaHei','Noto Sans CJK SC','WenQuanYi Micro Hei','Droid Sans Fallback',monospace";

/// The frame as an SVG document of outlines; its text is in the description.
pub fn svg(buf: &Buffer, ground: Ground, fonts: &Fonts) -> Picture<String> {
    let page = Page::of(buf, ground, fonts);
    let mut out = String::with_capacity(1 << 18);
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let said = format!("<desc>{}</desc>\n", escape(&super::text(buf)));
    document(&mut out, &page, "role=\"img\"", &said);
    Picture {
        data: out,
        missing: page.missing,
    }
}

/// The frame as an SVG document with real text, one element for each glyph at its own place: it
/// can be copied, and its letters depend on the fonts of the viewer.
pub fn svg_text(buf: &Buffer, ground: Ground) -> String {
    let page = Page::of(buf, ground, &Fonts::embedded());
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let mut body = Body::of(&page);
    for (y, row) in page.rows.iter().enumerate() {
        for mark in &row.marks {
            body.letter(&page, mark, y);
        }
    }
    open(&mut out, &page, "role=\"img\"", "");
    body.write(&mut out, &page);
    out.push_str("</svg>\n");
    out
}

/// The `svg` element of outlines, with an attribute and more elements at its beginning.
pub(super) fn document(out: &mut String, page: &Page, attribute: &str, first: &str) {
    let mut body = Body::of(page);
    for (y, row) in page.rows.iter().enumerate() {
        for mark in &row.marks {
            body.mark(page, mark, y);
        }
    }
    open(out, page, attribute, first);
    body.write(out, page);
    out.push_str("</svg>\n");
}

fn open(out: &mut String, page: &Page, attribute: &str, first: &str) {
    let (w, h) = page.size;
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" {attribute} width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\">\n{first}"
    );
    let _ = writeln!(
        out,
        "<rect width=\"{w}\" height=\"{h}\" fill=\"{}\"/>",
        Hex(page.back)
    );
}

/// What is drawn in one colour.
#[derive(Default)]
struct Layer {
    /// Path of the straight parts.
    straight: String,
    /// Elements of the curves and letters.
    elements: String,
}

/// The layers in the order in which their colours were met.
struct Body {
    grounds: Vec<(Rgb, String)>,
    layers: Vec<(Rgb, Layer)>,
    used: Vec<bool>,
}

impl Body {
    /// Grounds and rules; the marks are added by the form.
    fn of(page: &Page) -> Self {
        let mut body = Self {
            grounds: Vec::new(),
            layers: Vec::new(),
            used: vec![false; page.glyphs.len()],
        };
        for (y, row) in page.rows.iter().enumerate() {
            for fill in &row.grounds {
                let path = entry(&mut body.grounds, fill.colour);
                bar(
                    path,
                    left(fill.x),
                    top(y),
                    fill.columns,
                    (fill.top, fill.bottom),
                );
            }
            for fill in &row.rules {
                let path = &mut entry(&mut body.layers, fill.colour).straight;
                bar(
                    path,
                    left(fill.x),
                    top(y),
                    fill.columns,
                    (fill.top, fill.bottom),
                );
            }
        }
        body
    }

    fn mark(&mut self, page: &Page, mark: &Mark, y: usize) {
        let Some(glyph) = page.glyphs.get(mark.glyph) else {
            return;
        };
        let (x0, y0) = (left(mark.x), top(y));
        let layer = entry(&mut self.layers, mark.colour);
        for rect in glyph.rects(mark.times) {
            straight(&mut layer.straight, rect, (x0, y0));
        }
        if glyph.is_curved() {
            if let Some(used) = self.used.get_mut(mark.glyph) {
                *used = true;
            }
            let out = &mut layer.elements;
            out.push_str("<use xlink:href=\"#g");
            whole(out, mark.glyph as u32);
            out.push_str("\" x=\"");
            whole(out, x0);
            out.push_str("\" y=\"");
            whole(out, y0);
            out.push_str("\"/>\n");
        }
    }

    /// The mark as text, unless it is no matter of fonts.
    fn letter(&mut self, page: &Page, mark: &Mark, y: usize) {
        let letter = page.glyphs.get(mark.glyph).and_then(|g| g.letter.as_ref());
        let Some((symbol, style)) = letter else {
            return self.mark(page, mark, y);
        };
        let half = u32::from(mark.columns * CELL.0) * 5;
        let layer = entry(&mut self.layers, mark.colour);
        let when = |on: bool, attribute: &'static str| if on { attribute } else { "" };
        let bold = when(style.bold, " font-weight=\"700\"");
        let italic = when(style.italic, " font-style=\"italic\"");
        // Hanzi fill their two cells as they do in the outlines.
        let size = when(mark.columns == 2, " font-size=\"17\"");
        let _ = writeln!(
            layer.elements,
            "<text x=\"{}\" y=\"{}\"{size}{bold}{italic}>{}</text>",
            Tenths(left(mark.x) * 10 + half),
            top(y) + 15,
            escape(symbol)
        );
    }

    fn write(self, out: &mut String, page: &Page) {
        if self.used.contains(&true) {
            out.push_str("<defs>\n");
            for (i, glyph) in page.glyphs.iter().enumerate() {
                if self.used.get(i) == Some(&true) {
                    let _ = write!(out, "<path id=\"g{i}\" d=\"");
                    glyph.curves().for_each(|c| curve(out, c));
                    out.push_str("\"/>\n");
                }
            }
            out.push_str("</defs>\n");
        }
        out.push_str("<g shape-rendering=\"crispEdges\">\n");
        for (colour, path) in &self.grounds {
            let _ = writeln!(out, "<path fill=\"{}\" d=\"{path}\"/>", Hex(*colour));
        }
        for (colour, layer) in self.layers.iter().filter(|(_, l)| !l.straight.is_empty()) {
            let path = &layer.straight;
            let _ = writeln!(out, "<path fill=\"{}\" d=\"{path}\"/>", Hex(*colour));
        }
        let _ = writeln!(
            out,
            "</g>\n<g font-family=\"{FONTS}\" font-size=\"15\" text-anchor=\"middle\" xml:space=\"preserve\">"
        );
        for (colour, layer) in self.layers.iter().filter(|(_, l)| !l.elements.is_empty()) {
            let elements = &layer.elements;
            let _ = writeln!(out, "<g fill=\"{}\">\n{elements}</g>", Hex(*colour));
        }
        out.push_str("</g>\n");
    }
}

/// The entry of a colour; few colours are on a page.
fn entry<T: Default>(all: &mut Vec<(Rgb, T)>, colour: Rgb) -> &mut T {
    let at = all
        .iter()
        .position(|(c, _)| *c == colour)
        .unwrap_or(all.len());
    if at == all.len() {
        all.push((colour, T::default()));
    }
    &mut all[at].1
}

/// A rectangle of whole pixels.
fn bar(out: &mut String, x: u32, y: u32, columns: u16, (from, to): (u16, u16)) {
    out.push('M');
    whole(out, x);
    out.push(' ');
    whole(out, y + u32::from(from));
    out.push('h');
    whole(out, u32::from(columns * CELL.0));
    out.push('v');
    whole(out, u32::from(to - from));
    out.push('h');
    out.push('-');
    whole(out, u32::from(columns * CELL.0));
    out.push('z');
}

fn straight(out: &mut String, [l, t, r, b]: [f32; 4], (x, y): (u32, u32)) {
    out.push('M');
    number(out, x as f32 + l);
    space(out, y as f32 + t);
    out.push('h');
    number(out, r - l);
    out.push('v');
    number(out, b - t);
    out.push('h');
    number(out, l - r);
    out.push('z');
}

fn curve(out: &mut String, outline: &Outline) {
    let mut first = true;
    let point = |out: &mut String, [x, y]: [f32; 2]| {
        number(out, x);
        space(out, y);
    };
    for step in &outline.steps {
        match step {
            Step::Move(a) => {
                out.push_str(if first { "M" } else { "zM" });
                point(out, *a);
            }
            Step::Line(a) => {
                out.push('L');
                point(out, *a);
            }
            Step::Quad(a, b) => {
                out.push('Q');
                point(out, *a);
                out.push(' ');
                point(out, *b);
            }
            Step::Cubic(a, b, c) => {
                out.push('C');
                point(out, *a);
                out.push(' ');
                point(out, *b);
                out.push(' ');
                point(out, *c);
            }
        }
        first = false;
    }
    if !first {
        out.push('z');
    }
}

/// A second coordinate, after a blank unless its sign sets it apart.
fn space(out: &mut String, x: f32) {
    if x > -0.005 {
        out.push(' ');
    }
    number(out, x);
}

/// A coordinate with at most two decimals.
fn number(out: &mut String, x: f32) {
    let hundredths = (x * 100.0).round() as i64;
    if hundredths < 0 {
        out.push('-');
    }
    let n = hundredths.unsigned_abs();
    whole(out, (n / 100) as u32);
    let rest = (n % 100) as u8;
    if rest > 0 {
        out.push('.');
        out.push(char::from(b'0' + rest / 10));
        if !rest.is_multiple_of(10) {
            out.push(char::from(b'0' + rest % 10));
        }
    }
}

fn whole(out: &mut String, n: u32) {
    if n >= 10 {
        whole(out, n / 10);
    }
    out.push(char::from(b'0' + (n % 10) as u8));
}

/// `#rrggbb`.
pub(super) struct Hex(pub(super) Rgb);

impl std::fmt::Display for Hex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

struct Tenths(u32);

impl std::fmt::Display for Tenths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.0 / 10, self.0 % 10) {
            (n, 0) => write!(f, "{n}"),
            (n, rest) => write!(f, "{n}.{rest}"),
        }
    }
}

/// Text that is safe inside an element or an attribute. What XML cannot hold is gone already.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    /// Every element closes in the order in which it was opened, and nothing is left bare.
    pub(crate) fn well_formed(xml: &str) -> bool {
        let mut open: Vec<&str> = Vec::new();
        let mut rest = xml;
        while let Some(at) = rest.find('<') {
            let Some(end) = rest[at..].find('>') else {
                return false;
            };
            let tag = &rest[at + 1..at + end];
            if rest[..at].contains('>') || tag.contains('<') || tag.matches('"').count() % 2 == 1 {
                return false;
            }
            if let Some(name) = tag.strip_prefix('/') {
                if open.pop() != Some(name) {
                    return false;
                }
            } else if !tag.ends_with('/') && !tag.starts_with('?') && !tag.starts_with('!') {
                open.push(tag.split(' ').next().unwrap_or(tag));
            }
            rest = &rest[at + end + 1..];
        }
        open.is_empty()
    }

    fn pictures(text: &str) -> [String; 2] {
        let mut buf = Buffer::empty(Rect::new(0, 0, 30, 2));
        crate::ui::draw::put(&mut buf, Rect::new(0, 0, 30, 1), text, Style::new());
        // A cell that some other code filled without care.
        buf[(3, 1)].set_symbol(text);
        let outline = svg(&buf, Ground::PAPER, &Fonts::embedded());
        [outline.data, svg_text(&buf, Ground::PAPER)]
    }

    #[test]
    fn hostile_text_stays_text() {
        for out in pictures("</text><script>alert('x')</script>&\u{1b}") {
            assert!(well_formed(&out), "{out}");
            assert!(!out.contains("<script") && !out.contains('\u{1b}'));
            assert!(out.contains("&lt;") && out.contains("&amp;"));
        }
    }

    #[test]
    fn a_wide_character_stands_in_the_middle_of_its_two_cells() {
        let [_, out] = pictures("a橡b");
        let at = |c: &str| {
            let end = out.find(&format!(">{c}</text>")).unwrap();
            let start = out[..end].rfind("x=\"").unwrap() + 3;
            out[start..]
                .split('"')
                .next()
                .unwrap()
                .parse::<f64>()
                .unwrap()
        };
        assert_eq!(at("a"), 12.0 + 4.5);
        assert_eq!(at("橡"), 12.0 + 18.0);
        assert_eq!(at("b"), 12.0 + 31.5);
    }

    #[test]
    fn numbers_are_short_and_exact() {
        let shown = |x| {
            let mut out = String::new();
            number(&mut out, x);
            out
        };
        let all = [0.0, -0.001, 1.0, -1.5, 0.07, 12.25, 999.999, -0.5].map(shown);
        assert_eq!(
            all,
            ["0", "0", "1", "-1.5", "0.07", "12.25", "1000", "-0.5"]
        );
    }

    #[test]
    fn a_letter_is_defined_once() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 9, 1));
        let area = buf.area;
        crate::ui::draw::put(&mut buf, area, "aa橡a─", Style::new());
        let out = svg(&buf, Ground::PAPER, &Fonts::embedded()).data;
        assert_eq!(out.matches("<path id=").count(), 2);
        assert_eq!(out.matches("<use ").count(), 4);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_text_gives_well_formed_xml(text in any::<String>()) {
            for out in pictures(&text) {
                prop_assert!(well_formed(&out));
                prop_assert!(!out.chars().any(|c| c.is_control() && c != '\n'));
            }
        }
    }
}
