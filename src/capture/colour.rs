//! What colours and modifiers come to: one text colour and one ground for every cell.
//!
//! Colours that a terminal would choose come from a [`Ground`]; dim text is mixed with what stands
//! behind it, so that no format needs transparency.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// Red, green and blue.
pub(super) type Rgb = [u8; 3];

/// Colours of what a terminal would choose itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ground {
    /// Plain text.
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

    /// The colour behind everything.
    pub(super) fn back(self) -> Rgb {
        rgb(self.ground)
    }
}

/// How a cell looks once modifiers are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "a cell has these switches, and each is drawn on its own"
)]
pub(super) struct Look {
    pub(super) text: Rgb,
    pub(super) back: Rgb,
    pub(super) bold: bool,
    pub(super) italic: bool,
    /// Colour of the line below.
    pub(super) under: Option<Rgb>,
    pub(super) struck: bool,
    pub(super) hidden: bool,
}

/// The look of a cell.
pub(super) fn look(cell: &Cell, ground: Ground) -> Look {
    let own = |c: Color, default: Color| rgb(if c == Color::Reset { default } else { c });
    let has = |modifier| cell.modifier.contains(modifier);
    let (mut text, mut back) = (own(cell.fg, ground.text), own(cell.bg, ground.ground));
    if has(Modifier::REVERSED) {
        std::mem::swap(&mut text, &mut back);
    }
    if has(Modifier::DIM) {
        text = mix(text, back, 0.5);
    }
    let under = match cell.underline_color {
        Color::Reset => text,
        colour => rgb(colour),
    };
    Look {
        text,
        back,
        bold: has(Modifier::BOLD),
        italic: has(Modifier::ITALIC),
        under: has(Modifier::UNDERLINED).then_some(under),
        struck: has(Modifier::CROSSED_OUT),
        hidden: has(Modifier::HIDDEN),
    }
}

/// `share` of the first colour, the rest of the second.
pub(super) fn mix(a: Rgb, b: Rgb, share: f32) -> Rgb {
    let part = |a: u8, b: u8| (f32::from(a) * share + f32::from(b) * (1.0 - share)).round() as u8;
    [part(a[0], b[0]), part(a[1], b[1]), part(a[2], b[2])]
}

/// The colour itself; the sixteen named ones as terminals usually show them.
fn rgb(colour: Color) -> Rgb {
    match colour {
        Color::Rgb(r, g, b) => [r, g, b],
        Color::Indexed(i) => indexed(i),
        Color::Reset | Color::White => indexed(15),
        Color::Black => indexed(0),
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
    }
}

/// The palette of 256 colours.
fn indexed(i: u8) -> Rgb {
    const BASE: [Rgb; 16] = [
        [0, 0, 0],
        [0xcd, 0x31, 0x31],
        [0x0d, 0xbc, 0x79],
        [0xb5, 0x8a, 0x00],
        [0x24, 0x72, 0xc8],
        [0xbc, 0x3f, 0xbc],
        [0x11, 0xa8, 0xcd],
        [0xc0, 0xc0, 0xc0],
        [0x66, 0x66, 0x66],
        [0xf1, 0x4c, 0x4c],
        [0x23, 0xd1, 0x8b],
        [0xe5, 0xc0, 0x4b],
        [0x3b, 0x8e, 0xea],
        [0xd6, 0x70, 0xd6],
        [0x29, 0xb8, 0xdb],
        [0xff, 0xff, 0xff],
    ];
    let step = |n: u8| if n == 0 { 0 } else { 55 + 40 * n };
    match i {
        0..=15 => BASE[usize::from(i)],
        16..=231 => {
            let n = i - 16;
            [step(n / 36), step(n / 6 % 6), step(n % 6)]
        }
        _ => [8 + 10 * (i - 232); 3],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_colour_cube_is_within_bytes() {
        let all: Vec<_> = (0..=255).map(|i| rgb(Color::Indexed(i))).collect();
        assert_eq!((all[231], all[255]), ([255; 3], [238; 3]));
        assert_eq!(all[16 + 36 * 2 + 6 + 5], [135, 95, 255]);
    }

    #[test]
    fn modifiers_change_what_they_should() {
        let ground = Ground::PAPER;
        let with = |modifier| {
            let mut cell = Cell::default();
            cell.fg = Color::Rgb(100, 0, 0);
            cell.bg = Color::Rgb(0, 0, 200);
            cell.modifier = modifier;
            look(&cell, ground)
        };
        let plain = with(Modifier::empty());
        assert_eq!((plain.text, plain.back), ([100, 0, 0], [0, 0, 200]));
        let turned = with(Modifier::REVERSED);
        assert_eq!((turned.text, turned.back), (plain.back, plain.text));
        assert_eq!(with(Modifier::DIM).text, [50, 0, 100]);
        assert_eq!(with(Modifier::UNDERLINED).under, Some(plain.text));
        assert!(with(Modifier::BOLD).bold && with(Modifier::ITALIC).italic);
        assert!(with(Modifier::CROSSED_OUT).struck && with(Modifier::HIDDEN).hidden);
        let unset = look(&Cell::default(), ground);
        assert_eq!((unset.text, unset.back), ([0x1b, 0x1f, 0x24], [255; 3]));
    }
}
