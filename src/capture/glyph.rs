//! Box drawing, blocks, shades, triangles and braille as shapes, so that they join without seams
//! and need no font.

use std::fmt::Write;

/// A cell of a picture in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) w: f64,
    pub(super) h: f64,
}

/// The elements that draw a character, or `None` when it is a matter of fonts.
pub(super) fn shape(symbol: &str, at: Place, fill: &str) -> Option<String> {
    let mut chars = symbol.chars();
    let c = chars.next()?;
    if chars.next().is_some() {
        return None;
    }
    match c {
        '▁'..='█' => {
            let part = f64::from(c as u32 - 0x2580) / 8.0;
            Some(block(at, [0.0, 1.0 - part, 1.0, part], fill))
        }
        '▉'..='▏' => {
            let part = f64::from(0x2590 - c as u32) / 8.0;
            Some(block(at, [0.0, 0.0, part, 1.0], fill))
        }
        '▀' => Some(block(at, [0.0, 0.0, 1.0, 0.5], fill)),
        '▐' => Some(block(at, [0.5, 0.0, 0.5, 1.0], fill)),
        '▕' => Some(block(at, [0.875, 0.0, 0.125, 1.0], fill)),
        '░' | '▒' | '▓' => Some(shade(c, at, fill)),
        '■' => Some(block(at, [0.1, 0.3, 0.8, 0.4], fill)),
        '▲' => Some(triangle(at, fill, true)),
        '▼' => Some(triangle(at, fill, false)),
        '\u{2800}'..='\u{28ff}' => Some(braille(c as u32 - 0x2800, at, fill)),
        _ => lines(c).map(|arms| strokes(at, arms, fill)),
    }
}

fn block(at: Place, [x, y, w, h]: [f64; 4], fill: &str) -> String {
    format!(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{fill}\" shape-rendering=\"crispEdges\"/>",
        num(at.x + x * at.w),
        num(at.y + y * at.h),
        num(w * at.w),
        num(h * at.h)
    )
}

fn shade(c: char, at: Place, fill: &str) -> String {
    let opacity = match c {
        '░' => 0.25,
        '▒' => 0.5,
        _ => 0.75,
    };
    format!(
        "<g opacity=\"{opacity}\">{}</g>",
        block(at, [0.0, 0.0, 1.0, 1.0], fill)
    )
}

fn triangle(at: Place, fill: &str, up: bool) -> String {
    let (left, right, middle) = (at.x + at.w * 0.08, at.x + at.w * 0.92, at.x + at.w * 0.5);
    let (top, bottom) = (at.y + at.h * 0.32, at.y + at.h * 0.72);
    let (tip, base) = if up { (top, bottom) } else { (bottom, top) };
    format!(
        "<path d=\"M{} {}L{} {}L{} {}Z\" fill=\"{fill}\"/>",
        num(left),
        num(base),
        num(right),
        num(base),
        num(middle),
        num(tip)
    )
}

/// Dots of a braille character, bit by bit in the order of Unicode.
fn braille(mask: u32, at: Place, fill: &str) -> String {
    const DOTS: [(f64, f64); 8] = [
        (0.0, 0.0),
        (0.0, 1.0),
        (0.0, 2.0),
        (1.0, 0.0),
        (1.0, 1.0),
        (1.0, 2.0),
        (0.0, 3.0),
        (1.0, 3.0),
    ];
    let radius = num(at.w * 0.17);
    let mut out = String::new();
    for (bit, (x, y)) in DOTS.iter().enumerate() {
        if mask >> bit & 1 == 1 {
            let (cx, cy) = (
                at.x + at.w * (0.25 + 0.5 * x),
                at.y + at.h * (0.125 + 0.25 * y),
            );
            let _ = write!(
                out,
                "<circle cx=\"{}\" cy=\"{}\" r=\"{radius}\" fill=\"{fill}\"/>",
                num(cx),
                num(cy)
            );
        }
    }
    out
}

/// What a line character is made of, one letter each: arms to the `l`eft, `r`ight, `u`p and
/// `d`own; `h`eavy; r`o`und; `2` or `4` dashes.
#[derive(Clone, Copy)]
struct Arms(&'static str);

impl Arms {
    fn has(self, part: char) -> bool {
        self.0.contains(part)
    }

    fn dashes(self) -> f64 {
        match (self.has('2'), self.has('4')) {
            (true, _) => 2.0,
            (_, true) => 4.0,
            _ => 0.0,
        }
    }
}

fn lines(c: char) -> Option<Arms> {
    Some(Arms(match c {
        '─' => "lr",
        '│' => "ud",
        '━' => "lrh",
        '╸' => "lh",
        '┃' => "udh",
        '┌' => "rd",
        '┐' => "ld",
        '└' => "ru",
        '┘' => "lu",
        '╭' => "rdo",
        '╮' => "ldo",
        '╰' => "ruo",
        '╯' => "luo",
        '├' => "rud",
        '┤' => "lud",
        '┬' => "lrd",
        '┴' => "lru",
        '┼' => "lrud",
        '╌' => "lr2",
        '┄' | '┈' => "lr4",
        _ => return None,
    }))
}

fn strokes(at: Place, arms: Arms, fill: &str) -> String {
    let pen = if arms.has('h') { 3.6 } else { 1.2 };
    let (cx, cy) = (at.x + at.w / 2.0, at.y + at.h / 2.0);
    let path = if arms.has('o') {
        round(at, arms, (cx, cy))
    } else {
        straight(at, arms, (cx, cy))
    };
    let dash = if arms.dashes() > 0.0 {
        let step = at.w / arms.dashes();
        format!(
            " stroke-dasharray=\"{} {}\"",
            num(step * 0.6),
            num(step * 0.4)
        )
    } else {
        String::new()
    };
    format!("<path d=\"{path}\" fill=\"none\" stroke=\"{fill}\" stroke-width=\"{pen}\"{dash}/>")
}

fn straight(at: Place, arms: Arms, (cx, cy): (f64, f64)) -> String {
    let mut out = String::new();
    let ends = [
        (arms.has('l'), at.x, cy),
        (arms.has('r'), at.x + at.w, cy),
        (arms.has('u'), cx, at.y),
        (arms.has('d'), cx, at.y + at.h),
    ];
    for (_, x, y) in ends.into_iter().filter(|e| e.0) {
        let _ = write!(out, "M{} {}L{} {}", num(cx), num(cy), num(x), num(y));
    }
    out
}

fn round(at: Place, arms: Arms, (cx, cy): (f64, f64)) -> String {
    let x = if arms.has('l') { at.x } else { at.x + at.w };
    let y = if arms.has('u') { at.y } else { at.y + at.h };
    let bend = at.w / 2.0;
    let near = if arms.has('u') { cy - bend } else { cy + bend };
    format!(
        "M{} {}Q{} {} {} {}L{} {}",
        num(x),
        num(cy),
        num(cx),
        num(cy),
        num(cx),
        num(near),
        num(cx),
        num(y)
    )
}

/// A coordinate with at most two decimals.
pub(super) fn num(x: f64) -> String {
    let text = format!("{x:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() || text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}
