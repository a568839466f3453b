//! A frame as SVG: one `<text>` per glyph at its own place, lines and blocks as shapes.
//!
//! Well-formed XML without script, links or foreign objects; text is clean and escaped.

use std::fmt::Write;

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

use super::glyph::{Place, num, shape};
use super::{Spot, spots};

/// Size of a cell in pixels.
const CELL: (f64, f64) = (9.0, 19.0);
/// Empty space around the frame, in pixels.
const MARGIN: f64 = 12.0;
const FONTS: &str = "'JetBrains Mono','SF Mono',Menlo,Consolas,'DejaVu Sans Mono','Noto Sans Mono CJK SC','PingFang SC','Microsoft YaHei','Noto Sans CJK SC','WenQuanYi Micro Hei','Droid Sans Fallback',monospace";

/// Colours of what a terminal would choose itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground {
    /// Plain text, `#rrggbb`.
    pub text: Color,
    /// Behind everything.
    pub ground: Color,
}

impl Ground {
    /// Black on white, for frames without colours.
    pub const PAPER: Self = Self {
        text: Color::Rgb(0x1b, 0x1f, 0x24),
        ground: Color::Rgb(0xff, 0xff, 0xff),
    };

    /// The ground of a theme; paper for a theme without colours.
    pub fn of(theme: &crate::ui::Theme) -> Self {
        match (theme.base.fg, theme.base.bg) {
            (Some(text), Some(ground)) => Self { text, ground },
            _ => Self::PAPER,
        }
    }
}

/// How a cell looks once modifiers are applied.
#[derive(PartialEq, Clone)]
struct Look {
    text: String,
    ground: Option<String>,
    bold: bool,
    dim: bool,
    under: bool,
}

/// The frame as an SVG document.
pub fn svg(buf: &Buffer, ground: Ground) -> String {
    let (w, h) = (
        f64::from(buf.area.width) * CELL.0,
        f64::from(buf.area.height) * CELL.1,
    );
    let (full_w, full_h) = (num(w + 2.0 * MARGIN), num(h + 2.0 * MARGIN));
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{full_w}\" height=\"{full_h}\" viewBox=\"0 0 {full_w} {full_h}\">\n\
         <rect width=\"{full_w}\" height=\"{full_h}\" rx=\"8\" fill=\"{}\"/>\n\
         <g font-family=\"{FONTS}\" font-size=\"15\" text-anchor=\"middle\" xml:space=\"preserve\">\n",
        hex(ground.ground)
    );
    for y in 0..buf.area.height {
        line(&mut out, &spots(buf, y), ground);
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// Grounds of a row first, as long as they go, then its glyphs.
fn line(out: &mut String, spots: &[Spot<'_>], ground: Ground) {
    let looks: Vec<Look> = spots.iter().map(|s| look(s, ground)).collect();
    let mut i = 0;
    while i < spots.len() {
        let mut wide = spots[i].wide;
        let mut end = i + 1;
        while end < spots.len() && looks[end].ground == looks[i].ground {
            wide += spots[end].wide;
            end += 1;
        }
        if let Some(fill) = &looks[i].ground {
            let at = place(spots[i].at, wide);
            let _ = writeln!(
                out,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\" shape-rendering=\"crispEdges\"/>",
                num(at.x),
                num(at.y),
                num(at.w),
                num(at.h)
            );
        }
        i = end;
    }
    for (spot, look) in spots.iter().zip(&looks) {
        glyph(out, spot, look);
    }
}

fn glyph(out: &mut String, spot: &Spot<'_>, look: &Look) {
    let at = place(spot.at, spot.wide);
    if look.under {
        let y = num(at.y + at.h - 2.0);
        let (left, right) = (num(at.x), num(at.x + at.w));
        let _ = writeln!(
            out,
            "<path d=\"M{left} {y}L{right} {y}\" stroke=\"{}\"/>",
            look.text
        );
    }
    if spot.symbol.trim().is_empty() {
        return;
    }
    let dim = if look.dim { " opacity=\"0.5\"" } else { "" };
    if let Some(shape) = shape(&spot.symbol, at, &look.text) {
        let _ = if look.dim {
            writeln!(out, "<g{dim}>{shape}</g>")
        } else {
            writeln!(out, "{shape}")
        };
        return;
    }
    let weight = if look.bold {
        " font-weight=\"700\""
    } else {
        ""
    };
    let _ = writeln!(
        out,
        "<text x=\"{}\" y=\"{}\" fill=\"{}\"{weight}{dim}>{}</text>",
        num(at.x + at.w / 2.0),
        num(at.y + at.h * 0.74),
        look.text,
        escape(&spot.symbol)
    );
}

fn place((x, y): (u16, u16), wide: u16) -> Place {
    Place {
        x: MARGIN + f64::from(x) * CELL.0,
        y: MARGIN + f64::from(y) * CELL.1,
        w: f64::from(wide) * CELL.0,
        h: CELL.1,
    }
}

fn look(spot: &Spot<'_>, ground: Ground) -> Look {
    let cell = spot.cell;
    let own = |c: Color, default: Color| if c == Color::Reset { default } else { c };
    let (mut text, mut back) = (own(cell.fg, ground.text), own(cell.bg, ground.ground));
    if cell.modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut text, &mut back);
    }
    Look {
        text: hex(text),
        ground: (back != ground.ground).then(|| hex(back)),
        bold: cell.modifier.contains(Modifier::BOLD),
        dim: cell.modifier.contains(Modifier::DIM),
        under: cell.modifier.contains(Modifier::UNDERLINED),
    }
}

/// `#rrggbb` of a colour; the sixteen named ones as terminals usually show them.
fn hex(colour: Color) -> String {
    let (r, g, b) = match colour {
        Color::Rgb(r, g, b) => (r, g, b),
        Color::Indexed(i) => indexed(i),
        Color::Reset | Color::White => (0xff, 0xff, 0xff),
        Color::Black => (0, 0, 0),
        Color::Red => indexed(1),
        Color::Green => indexed(2),
        Color::Yellow => indexed(3),
        Color::Blue => indexed(4),
        Color::Magenta => indexed(5),
        Color::Cyan => indexed(6),
        Color::Gray => indexed(7),
        Color::DarkGray => indexed(8),
        Color::LightRed => indexed(9),
        Color::LightGreen => indexed(10),
        Color::LightYellow => indexed(11),
        Color::LightBlue => indexed(12),
        Color::LightMagenta => indexed(13),
        Color::LightCyan => indexed(14),
    };
    format!("#{r:02x}{g:02x}{b:02x}")
}

/// The palette of 256 colours.
fn indexed(i: u8) -> (u8, u8, u8) {
    const BASE: [(u8, u8, u8); 16] = [
        (0, 0, 0),
        (0xcd, 0x31, 0x31),
        (0x0d, 0xbc, 0x79),
        (0xb5, 0x8a, 0x00),
        (0x24, 0x72, 0xc8),
        (0xbc, 0x3f, 0xbc),
        (0x11, 0xa8, 0xcd),
        (0xc0, 0xc0, 0xc0),
        (0x66, 0x66, 0x66),
        (0xf1, 0x4c, 0x4c),
        (0x23, 0xd1, 0x8b),
        (0xe5, 0xc0, 0x4b),
        (0x3b, 0x8e, 0xea),
        (0xd6, 0x70, 0xd6),
        (0x29, 0xb8, 0xdb),
        (0xff, 0xff, 0xff),
    ];
    let step = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
    match i {
        0..=15 => BASE[usize::from(i)],
        16..=231 => {
            let n = i - 16;
            (step(n / 36), step(n / 6 % 6), step(n % 6))
        }
        _ => {
            let grey = 8 + 10 * (i - 232);
            (grey, grey, grey)
        }
    }
}

/// Text that is safe inside an element. What XML cannot hold is gone already.
fn escape(text: &str) -> String {
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
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    /// Every element closes in the order in which it was opened, and nothing is left bare.
    fn well_formed(xml: &str) -> bool {
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
            } else if !tag.ends_with('/') && !tag.starts_with('?') {
                open.push(tag.split(' ').next().unwrap_or(tag));
            }
            rest = &rest[at + end + 1..];
        }
        open.is_empty()
    }

    fn picture(text: &str) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, 30, 2));
        crate::ui::draw::put(&mut buf, Rect::new(0, 0, 30, 1), text, Style::new());
        // A cell that some other code filled without care.
        buf[(3, 1)].set_symbol(text);
        svg(&buf, Ground::PAPER)
    }

    #[test]
    fn hostile_text_stays_text() {
        let out = picture("</text><script>alert('x')</script>&\u{1b}");
        assert!(well_formed(&out));
        assert!(!out.contains("<script") && !out.contains('\u{1b}'));
    }

    #[test]
    fn a_wide_character_stands_in_the_middle_of_its_two_cells() {
        let out = picture("a橡b");
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
        assert_eq!(at("a"), MARGIN + CELL.0 / 2.0);
        assert_eq!(at("橡"), MARGIN + CELL.0 * 2.0);
        assert_eq!(at("b"), MARGIN + CELL.0 * 3.5);
    }

    #[test]
    fn the_colour_cube_is_within_bytes() {
        let all: Vec<_> = (0..=255).map(|i| hex(Color::Indexed(i))).collect();
        assert_eq!(
            (all[231].as_str(), all[255].as_str()),
            ("#ffffff", "#eeeeee")
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_text_gives_well_formed_xml(text in any::<String>()) {
            let out = picture(&text);
            prop_assert!(well_formed(&out));
            prop_assert!(!out.chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}
