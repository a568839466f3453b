//! Large digits of half blocks, three rows high, for the one number that a card is about.
//!
//! Only digits, points and signs are large; the unit stands beside them in normal text, so a large
//! number says the same as a small one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw::{columns, dot, put, row};
use crate::view::text::width;

/// Rows of a large number.
pub const HEIGHT: u16 = 3;

/// Six rows of pixels, and how many columns of them count.
type Glyph = ([u8; 6], u16);

const DIGITS: [[u8; 6]; 10] = [
    [0b0110, 0b1001, 0b1001, 0b1001, 0b1001, 0b0110],
    [0b0010, 0b0110, 0b0010, 0b0010, 0b0010, 0b0111],
    [0b0110, 0b1001, 0b0001, 0b0010, 0b0100, 0b1111],
    [0b1110, 0b0001, 0b0110, 0b0001, 0b0001, 0b1110],
    [0b1001, 0b1001, 0b1001, 0b1111, 0b0001, 0b0001],
    [0b1111, 0b1000, 0b1110, 0b0001, 0b0001, 0b1110],
    [0b0110, 0b1000, 0b1110, 0b1001, 0b1001, 0b0110],
    [0b1111, 0b0001, 0b0010, 0b0010, 0b0100, 0b0100],
    [0b0110, 0b1001, 0b0110, 0b1001, 0b1001, 0b0110],
    [0b0110, 0b1001, 0b1001, 0b0111, 0b0001, 0b0110],
];

fn glyph(c: char) -> Option<Glyph> {
    match c {
        '0'..='9' => Some((DIGITS[c as usize - '0' as usize], 4)),
        '.' => Some(([0, 0, 0, 0, 0, 1], 1)),
        ',' => Some(([0, 0, 0, 0, 1, 1], 1)),
        '−' | '–' => Some(([0, 0, 0, 0b111, 0, 0], 3)),
        _ => None,
    }
}

/// Columns that a number takes when it is large.
pub fn width_of(text: &str) -> u16 {
    text.chars().map(advance).sum()
}

fn advance(c: char) -> u16 {
    match glyph(c) {
        Some((_, wide)) => wide + 1,
        None if "¥$€£¤".contains(c) => 2,
        None => width(c.encode_utf8(&mut [0; 4])) as u16,
    }
}

/// Draws a number from the top left of an area; gives the columns used, 0 when there is no room.
pub fn put_large(buf: &mut Buffer, area: Rect, text: &str, style: impl Into<Style>) -> u16 {
    let style = style.into();
    if area.height < HEIGHT || width_of(text) > area.width {
        return 0;
    }
    let mut x = 0;
    for c in text.chars() {
        if let Some(g) = glyph(c) {
            large(buf, columns(area, x, g.1), g, style);
        } else {
            let place = row(columns(area, x, advance(c)), HEIGHT - 1);
            put(buf, place, &c.to_string(), style);
        }
        x += advance(c);
    }
    x
}

fn large(buf: &mut Buffer, area: Rect, (rows, wide): Glyph, style: Style) {
    for y in 0..HEIGHT {
        for x in 0..wide {
            let lit = |row: u16| rows[usize::from(row)] >> (wide - 1 - x) & 1 == 1;
            let block = match (lit(y * 2), lit(y * 2 + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => continue,
            };
            dot(buf, area, (x, y), block, style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_number_takes_the_width_it_says_or_nothing() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 30, 3));
        let area = buf.area;
        let used = put_large(&mut buf, area, "12.3万", Style::new());
        assert_eq!(used, 5 + 5 + 2 + 5 + 2);
        assert_eq!(used, width_of("12.3万"));
        assert_eq!(buf[(17, 2)].symbol(), "万");
        let narrow = Rect::new(0, 0, 10, 3);
        assert_eq!(put_large(&mut buf, narrow, "123456", Style::new()), 0);
    }
}
