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

/// Units as large as digits, for text that is all large.
fn unit(c: char) -> Option<Glyph> {
    match c {
        '%' => Some(([0b11001, 0b11010, 0b00010, 0b00100, 0b01011, 0b10011], 5)),
        '+' => Some(([0b000, 0b000, 0b010, 0b111, 0b010, 0b000], 3)),
        '¥' => Some(([0b10001, 0b01010, 0b11111, 0b00100, 0b11111, 0b00100], 5)),
        '$' => Some(([0b00100, 0b01111, 0b10100, 0b01110, 0b00101, 0b11110], 5)),
        '▲' => Some(([0b00000, 0b00100, 0b01110, 0b11111, 0b00000, 0b00000], 5)),
        '▼' => Some(([0b00000, 0b11111, 0b01110, 0b00100, 0b00000, 0b00000], 5)),
        ' ' => Some(([0; 6], 1)),
        'p' => Some(([0b0000, 0b1110, 0b1001, 0b1110, 0b1000, 0b1000], 4)),
        'K' => Some(([0b1001, 0b1010, 0b1100, 0b1100, 0b1010, 0b1001], 4)),
        'M' => Some(([0b10001, 0b11011, 0b10101, 0b10101, 0b10001, 0b10001], 5)),
        'B' => Some(([0b1110, 0b1001, 0b1110, 0b1001, 0b1001, 0b1110], 4)),
        '万' => Some((
            [
                0b111_1111, 0b001_0000, 0b001_1110, 0b001_0010, 0b010_0010, 0b100_0110,
            ],
            7,
        )),
        '亿' => Some((
            [
                0b010_1111, 0b010_0001, 0b110_0010, 0b010_0100, 0b010_1001, 0b010_1111,
            ],
            7,
        )),
        _ => glyph(c),
    }
}

/// Columns that a text takes when all of it is so many times as large.
pub fn width_scaled(text: &str, scale: u16) -> u16 {
    let advances = text.chars().map(|c| match unit(c) {
        Some((_, wide)) => (wide + 1).saturating_mul(scale),
        None => width(c.encode_utf8(&mut [0; 4])) as u16,
    });
    advances.fold(0, u16::saturating_add)
}

/// Draws a text from the top left of an area, so many times as large as [`put_large`] and with its
/// units; gives the columns used, 0 when there is no room.
pub fn put_scaled(
    buf: &mut Buffer,
    area: Rect,
    text: &str,
    scale: u16,
    style: impl Into<Style>,
) -> u16 {
    let style = style.into();
    let high = HEIGHT.saturating_mul(scale);
    if scale == 0 || area.height < high || width_scaled(text, scale) > area.width {
        return 0;
    }
    let mut x = 0;
    for c in text.chars() {
        let advance = width_scaled(c.encode_utf8(&mut [0; 4]), scale);
        let place = columns(area, x, advance);
        match unit(c) {
            Some(glyph) => scaled(buf, place, glyph, scale, style),
            None => {
                put(buf, row(place, high - 1), &c.to_string(), style);
            }
        }
        x += advance;
    }
    x
}

fn scaled(buf: &mut Buffer, area: Rect, (rows, wide): Glyph, scale: u16, style: Style) {
    let lit = |x: u16, half: u16| {
        let (x, y) = (x / scale, usize::from(half / scale));
        rows.get(y)
            .is_some_and(|row| row >> (wide - 1 - x) & 1 == 1)
    };
    for y in 0..HEIGHT * scale {
        for x in 0..wide * scale {
            let block = match (lit(x, y * 2), lit(x, y * 2 + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => continue,
            };
            dot(buf, area, (x, y), block, style);
        }
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

    #[test]
    fn a_scaled_text_takes_the_width_it_says_or_nothing() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 80, 6));
        let area = buf.area;
        for (text, scale) in [("12.3万", 2), ("64.5%", 2), ("¥1.2M", 1), ("—", 1), ("", 2)] {
            let used = put_scaled(&mut buf, area, text, scale, Style::new());
            assert_eq!(used, width_scaled(text, scale), "{text}");
        }
        assert_eq!(width_scaled("1", 2), 10);
        assert_eq!(put_scaled(&mut buf, area, "1", 3, Style::new()), 0);
        assert_eq!(put_scaled(&mut buf, area, "123456789", 2, Style::new()), 0);
    }
}
