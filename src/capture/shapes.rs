//! Box drawing, blocks, shades, triangles and braille from the code point, so that they join
//! without seams and need no font.
//!
//! Everything straight lies on whole pixels of scale 1 where it can; what joins the neighbours
//! reaches the very edge of the cell.

use super::outline::{Outline, Step};

/// Width and height of a cell in pixels at scale 1.
pub(super) const CELL: (u16, u16) = (9, 20);

const W: f32 = CELL.0 as f32;
const H: f32 = CELL.1 as f32;
/// Where lines cross: the middle of a pixel, so that thin lines are sharp.
const X: f32 = 4.5;
const Y: f32 = 9.5;
const THIN: f32 = 1.0;
const THICK: f32 = 3.0;
/// From the middle of a double line to either of its lines.
const APART: f32 = 2.0;

/// What a glyph is drawn from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Part {
    /// Left, top, right and bottom; its edges are never blurred.
    Rect([f32; 4]),
    Curve(Outline),
}

/// The character is drawn from its code point and is no matter of fonts.
pub(super) fn is_shape(c: char) -> bool {
    matches!(c, '\u{2500}'..='\u{259f}' | '\u{2800}'..='\u{28ff}' | '■' | '▲' | '▼')
}

/// The parts of a character that is no matter of fonts; `None` for all others.
pub(super) fn shape(c: char) -> Option<Vec<Part>> {
    let code = c as u32;
    Some(match c {
        '\u{2500}'..='\u{257f}' => lines(c),
        '▀' => vec![rect([0.0, 0.0, 1.0, 0.5])],
        '▁'..='█' => vec![rect([0.0, 1.0 - eighths(code - 0x2580), 1.0, 1.0])],
        '▉'..='▏' => vec![rect([0.0, 0.0, eighths(0x2590 - code), 1.0])],
        '▐' => vec![rect([0.5, 0.0, 1.0, 1.0])],
        '░' | '▒' | '▓' => vec![rect([0.0, 0.0, 1.0, 1.0])],
        '▔' => vec![rect([0.0, 0.0, 1.0, 0.125])],
        '▕' => vec![rect([0.875, 0.0, 1.0, 1.0])],
        '▖'..='▟' => quadrants(code - 0x2596),
        '■' => vec![Part::Rect([1.0, 6.0, 8.0, 13.0])],
        '▲' => vec![triangle([[0.7, 13.5], [4.5, 5.5], [8.3, 13.5]])],
        '▼' => vec![triangle([[0.7, 6.0], [8.3, 6.0], [4.5, 14.0]])],
        '\u{2800}' => vec![],
        '\u{2801}'..='\u{28ff}' => vec![braille(code - 0x2800)],
        _ => return None,
    })
}

/// How much of the text colour a shade lets through; `None` for all other characters.
pub(super) fn shade(c: char) -> Option<f32> {
    match c {
        '░' => Some(0.25),
        '▒' => Some(0.5),
        '▓' => Some(0.75),
        _ => None,
    }
}

/// The frame that stands for a character which no font has.
pub(super) fn missing(left: f32, right: f32) -> Vec<Part> {
    let (left, right) = (left + 1.0, right - 1.0);
    let (top, bottom) = (3.0, 17.0);
    vec![
        Part::Rect([left, top, right, top + THIN]),
        Part::Rect([left, bottom - THIN, right, bottom]),
        Part::Rect([left, top, left + THIN, bottom]),
        Part::Rect([right - THIN, top, right, bottom]),
    ]
}

fn eighths(n: u32) -> f32 {
    n as f32 / 8.0
}

/// A part of the cell, in shares of its sides.
fn rect([left, top, right, bottom]: [f32; 4]) -> Part {
    Part::Rect([left * W, top * H, right * W, bottom * H])
}

fn triangle(points: [[f32; 2]; 3]) -> Part {
    Part::Curve(Outline::polygon(&points))
}

fn quadrants(i: u32) -> Vec<Part> {
    // Upper left, upper right, lower left, lower right; from ▖ to ▟.
    const FILLED: [u8; 10] = [
        0b0010, 0b0001, 0b1000, 0b1011, 0b1001, 0b1110, 0b1101, 0b0100, 0b0110, 0b0111,
    ];
    let filled = FILLED.get(i as usize).copied().unwrap_or(0);
    let corner =
        |bit: u8, x: f32, y: f32| (filled & bit != 0).then(|| rect([x, y, x + 0.5, y + 0.5]));
    [
        corner(0b1000, 0.0, 0.0),
        corner(0b0100, 0.5, 0.0),
        corner(0b0010, 0.0, 0.5),
        corner(0b0001, 0.5, 0.5),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The dots of a braille character, bit by bit in the order of Unicode.
fn braille(mask: u32) -> Part {
    const DOTS: [(f32, f32); 8] = [
        (2.25, 2.5),
        (2.25, 7.5),
        (2.25, 12.5),
        (6.75, 2.5),
        (6.75, 7.5),
        (6.75, 12.5),
        (2.25, 17.5),
        (6.75, 17.5),
    ];
    let mut all = Outline::default();
    for (bit, (x, y)) in DOTS.into_iter().enumerate() {
        if mask >> bit & 1 == 1 {
            all.extend(Outline::circle([x, y], 1.8));
        }
    }
    Part::Curve(all)
}

/// The arms of U+2500 to U+257F to the left, right, top and bottom: 0 none, 1 thin, 2 thick,
/// 3 double. Dashes, arcs and slanted lines have an entry of zeros.
const ARMS: [&str; 8] = [
    "1100 2200 0011 0022 0000 0000 0000 0000 0000 0000 0000 0000 0101 0201 0102 0202",
    "1001 2001 1002 2002 0110 0210 0120 0220 1010 2010 1020 2020 0111 0211 0121 0112",
    "0122 0221 0212 0222 1011 2011 1021 1012 1022 2021 2012 2022 1101 2101 1201 2201",
    "1102 2102 1202 2202 1110 2110 1210 2210 1120 2120 1220 2220 1111 2111 1211 2211",
    "1121 1112 1122 2121 1221 2112 1212 2221 2212 2122 1222 2222 0000 0000 0000 0000",
    "3300 0033 0301 0103 0303 3001 1003 3003 0310 0130 0330 3010 1030 3030 0311 0133",
    "0333 3011 1033 3033 3301 1103 3303 3310 1130 3330 3311 1133 3333 0000 0000 0000",
    "0000 0000 0000 0000 1000 0010 0100 0001 2000 0020 0200 0002 1200 0012 2100 0021",
];

fn lines(c: char) -> Vec<Part> {
    match c {
        '┄'..='┇' => dashes(c, 3),
        '┈'..='┋' => dashes(c, 4),
        '╌'..='╏' => dashes(c, 2),
        '╭'..='╰' => arc(c),
        '╱'..='╳' => slanted(c),
        _ => {
            let i = c as usize - 0x2500;
            let row = ARMS.get(i / 16).map_or("", |r| r);
            let digits = row.split(' ').nth(i % 16).unwrap_or("").bytes();
            let mut arms = [0; 4];
            for (arm, digit) in arms.iter_mut().zip(digits) {
                *arm = digit - b'0';
            }
            straight(arms)
        }
    }
}

/// Each quartet of dashed lines: thin and thick across, thin and thick down.
fn dashes(c: char, n: u8) -> Vec<Part> {
    let kind = c as u32 & 3;
    let pen = if kind & 1 == 0 { THIN } else { THICK };
    let (long, middle) = if kind & 2 == 0 { (W, Y) } else { (H, X) };
    let step = long / f32::from(n);
    (0..n)
        .map(|i| {
            let from = (f32::from(i) + 0.2) * step;
            let to = from + 0.6 * step;
            let (low, high) = (middle - pen / 2.0, middle + pen / 2.0);
            if kind & 2 == 0 {
                Part::Rect([from, low, to, high])
            } else {
                Part::Rect([low, from, high, to])
            }
        })
        .collect()
}

/// A quarter of a ring, and the rest of the line that goes up or down.
fn arc(c: char) -> Vec<Part> {
    let (right, down) = match c {
        '╭' => (true, true),
        '╮' => (false, true),
        '╯' => (false, false),
        _ => (true, false),
    };
    let (sx, sy) = (
        if right { 1.0 } else { -1.0 },
        if down { 1.0 } else { -1.0 },
    );
    let radius = W / 2.0;
    let at = |x: f32, y: f32| [X + sx * x, Y + sy * y];
    // Around (radius, radius), from the vertical to the horizontal line and back.
    let (outer, inner) = (THIN / 2.0, -THIN / 2.0);
    let bend = |o: f32| (radius + o) * 0.552_285;
    let ring = Outline {
        steps: vec![
            Step::Move(at(-outer, radius)),
            Step::Cubic(
                at(-outer, radius - bend(outer)),
                at(radius - bend(outer), -outer),
                at(radius, -outer),
            ),
            Step::Line(at(radius, -inner)),
            Step::Cubic(
                at(radius - bend(inner), -inner),
                at(-inner, radius - bend(inner)),
                at(-inner, radius),
            ),
        ],
    };
    let (near, far) = (Y + sy * radius, if down { H } else { 0.0 });
    let rest = [X - THIN / 2.0, near.min(far), X + THIN / 2.0, near.max(far)];
    vec![Part::Curve(ring), Part::Rect(rest)]
}

fn slanted(c: char) -> Vec<Part> {
    let half = THIN * 0.55;
    let line = |from: f32, to: f32| {
        Part::Curve(Outline::polygon(&[
            [from - half, 0.0],
            [from + half, 0.0],
            [to + half, H],
            [to - half, H],
        ]))
    };
    match c {
        '╱' => vec![line(W, 0.0)],
        '╲' => vec![line(0.0, W)],
        _ => vec![line(W, 0.0), line(0.0, W)],
    }
}

/// A character of straight arms.
fn straight([left, right, up, down]: [u8; 4]) -> Vec<Part> {
    let mut bars = Vec::new();
    let turned = |[x0, y0, x1, y1]: [f32; 4]| [y0, x0, y1, x1];
    let across = |from: f32, to: f32, at: f32, pen: f32| {
        [from.min(to), at - pen / 2.0, from.max(to), at + pen / 2.0]
    };
    let mut arm = |own: u8, opposite: u8, sides: [u8; 2], toward: f32, flat: bool| {
        let (edge, centre, middle) = if flat {
            (if toward < 0.0 { 0.0 } else { W }, X, Y)
        } else {
            (if toward < 0.0 { 0.0 } else { H }, Y, X)
        };
        for (shift, pen) in strokes(own) {
            let end = centre - toward * beyond(own, opposite, sides, shift);
            let bar = across(edge, end, middle + shift, pen);
            add(&mut bars, if flat { bar } else { turned(bar) });
        }
    };
    arm(left, right, [up, down], -1.0, true);
    arm(right, left, [up, down], 1.0, true);
    arm(up, down, [left, right], -1.0, false);
    arm(down, up, [left, right], 1.0, false);
    bars.into_iter().map(Part::Rect).collect()
}

/// Adds a bar, as a longer one where it goes on from another.
fn add(bars: &mut Vec<[f32; 4]>, new: [f32; 4]) {
    let goes_on = |old: &&mut [f32; 4]| {
        let flat = (old[1], old[3]) == (new[1], new[3]) && new[0] <= old[2] && old[0] <= new[2];
        let tall = (old[0], old[2]) == (new[0], new[2]) && new[1] <= old[3] && old[1] <= new[3];
        flat || tall
    };
    if let Some(old) = bars.iter_mut().find(goes_on) {
        for i in 0..2 {
            old[i] = old[i].min(new[i]);
            old[i + 2] = old[i + 2].max(new[i + 2]);
        }
    } else {
        bars.push(new);
    }
}

/// The strokes of an arm: how far from its middle, and how thick.
fn strokes(weight: u8) -> Vec<(f32, f32)> {
    match weight {
        0 => vec![],
        1 => vec![(0.0, THIN)],
        2 => vec![(0.0, THICK)],
        _ => vec![(-APART, THIN), (APART, THIN)],
    }
}

/// How far past the crossing a stroke goes; negative where it stops before. `sides` are the arms
/// that cross it, towards smaller and larger coordinates.
fn beyond(own: u8, opposite: u8, sides: [u8; 2], shift: f32) -> f32 {
    let reach = |weight: u8| match weight {
        0 => 0.0,
        1 => THIN / 2.0,
        2 => THICK / 2.0,
        _ => APART + THIN / 2.0,
    };
    let widest = reach(sides[0]).max(reach(sides[1]));
    if own < 3 {
        return match (opposite, sides) {
            (0, [3, 3]) => THIN / 2.0 - APART,
            (0, _) => widest,
            _ => 0.0,
        };
    }
    let (near, far) = if shift < 0.0 {
        (sides[0], sides[1])
    } else {
        (sides[1], sides[0])
    };
    match (near, far) {
        // The inner line of a corner ends at the first line that it meets.
        (3, _) => THIN / 2.0 - APART,
        (1 | 2, _) => 0.0,
        (_, 3) => APART + THIN / 2.0,
        _ if opposite == 0 => widest,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rects(c: char) -> Vec<[f32; 4]> {
        let parts = shape(c).unwrap().into_iter();
        parts
            .filter_map(|p| match p {
                Part::Rect(r) => Some(r),
                Part::Curve(_) => None,
            })
            .collect()
    }

    /// The pixels of a cell at scale 1 that the straight parts of a character cover.
    fn cover(c: char) -> Vec<String> {
        let filled = |x: f32, y: f32| {
            rects(c)
                .iter()
                .any(|r| (r[0]..r[2]).contains(&x) && (r[1]..r[3]).contains(&y))
        };
        let dot = |x: u16, y: u16| filled(f32::from(x) + 0.5, f32::from(y) + 0.5);
        (0..CELL.1)
            .map(|y| {
                let cells = (0..CELL.0).map(|x| if dot(x, y) { '#' } else { '.' });
                cells.collect()
            })
            .collect()
    }

    /// Which pixels of the four edges are covered.
    fn edges(c: char) -> [String; 4] {
        let rows = cover(c);
        let column = |x: usize| rows.iter().filter_map(|r| r.chars().nth(x)).collect();
        [
            column(0),
            column(usize::from(CELL.0) - 1),
            rows[0].clone(),
            rows[usize::from(CELL.1) - 1].clone(),
        ]
    }

    #[test]
    fn every_character_of_the_blocks_is_drawn_within_its_cell() {
        for code in (0x2500..=0x259f).chain(0x2800..=0x28ff) {
            let c = char::from_u32(code).unwrap();
            let parts = shape(c).unwrap();
            assert!(!parts.is_empty() || c == '\u{2800}', "{c}");
            for [x0, y0, x1, y1] in rects(c) {
                assert!(x0 >= 0.0 && y0 >= 0.0 && x1 <= W && y1 <= H, "{c}");
                assert!(x0 < x1 && y0 < y1, "{c}");
            }
        }
    }

    #[test]
    fn what_is_a_shape_is_drawn_and_nothing_else() {
        for c in (0..0x3000).filter_map(char::from_u32) {
            assert_eq!(shape(c).is_some(), is_shape(c), "{c}");
        }
    }

    #[test]
    fn lines_meet_at_the_edges_of_cells() {
        // Straight lines of each weight, and what may stand to the right of and below them.
        for (across, down, joints) in [
            ('─', '│', "┌┐└┘├┤┬┴┼╓╙╖╜╟╢╨╥╫"),
            ('━', '┃', "┏┓┗┛┣┫┳┻╋"),
            ('═', '║', "╔╗╚╝╠╣╦╩╬"),
        ] {
            let (flat, tall) = (edges(across), edges(down));
            for joint in joints.chars() {
                let [left, right, top, bottom] = edges(joint);
                for side in [left, right] {
                    assert!(side == flat[0] || !side.contains('#'), "{joint}");
                }
                let double = edges('║');
                for side in [top, bottom] {
                    let fits = side == tall[2] || side == double[2];
                    assert!(fits || !side.contains('#'), "{joint}");
                }
            }
        }
    }

    #[test]
    fn corners_of_double_lines_are_closed_and_crossings_open() {
        let corner = cover('╔');
        assert_eq!(&corner[7], "..#######");
        assert_eq!(&corner[8], "..#......");
        assert_eq!(&corner[11], "..#...###");
        assert_eq!(&corner[12], "..#...#..");
        let cross = cover('╬');
        assert_eq!(&cross[7], "###...###");
        assert_eq!(&cross[9], ".........");
        assert_eq!(&cover('┼')[9], "#########");
        assert_eq!(&cover('╒')[7], "....#####");
        assert_eq!(&cover('╤')[8], ".........");
    }

    #[test]
    fn quadrants_and_eighths_fill_their_share() {
        let area = |c| {
            rects(c)
                .iter()
                .map(|r| (r[2] - r[0]) * (r[3] - r[1]))
                .sum::<f32>()
        };
        for (c, share) in [
            ('▘', 0.25),
            ('▚', 0.5),
            ('▙', 0.75),
            ('▟', 0.75),
            ('▃', 0.375),
            ('▉', 0.875),
            ('▐', 0.5),
        ] {
            assert_eq!(area(c), share * W * H, "{c}");
        }
    }

    #[test]
    fn braille_has_a_dot_for_every_bit() {
        for mask in 0..=255 {
            let Part::Curve(dots) = braille(mask) else {
                panic!("no curve");
            };
            assert_eq!(dots.steps.len(), 5 * mask.count_ones() as usize);
        }
    }
}
