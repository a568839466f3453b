//! A frame as text with the colours of a terminal.
//!
//! Colours are told as the cell has them: true colour, of 256, or of 16. Text is clean, so the only
//! escape sequences are the ones made here; every line ends without any style.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use super::{Spot, spots};

/// The frame as lines for a terminal, each ended by a reset and a newline. Blanks without a ground
/// at the end of a line are left out.
pub fn ansi(buf: &Buffer) -> String {
    let mut out = String::new();
    for y in 0..buf.area.height {
        let spots = spots(buf, y);
        let end = spots.iter().rposition(is_seen).map_or(0, |last| last + 1);
        for styled in spots.get(..end).unwrap_or_default().chunk_by(alike) {
            let codes = styled.first().map_or(String::new(), |s| codes(s.cell));
            let _ = write!(out, "\u{1b}[0{codes}m");
            out.extend(styled.iter().map(|s| s.symbol.as_ref()));
        }
        out.push_str("\u{1b}[0m\n");
    }
    out
}

fn alike(a: &Spot<'_>, b: &Spot<'_>) -> bool {
    let style = |s: &Spot<'_>| {
        (
            s.cell.fg,
            s.cell.bg,
            s.cell.underline_color,
            s.cell.modifier,
        )
    };
    style(a) == style(b)
}

fn is_seen(spot: &Spot<'_>) -> bool {
    let shown = Modifier::REVERSED | Modifier::UNDERLINED | Modifier::CROSSED_OUT;
    !spot.symbol.trim().is_empty()
        || spot.cell.bg != Color::Reset
        || spot.cell.modifier.intersects(shown)
}

/// The parameters of a cell, each after a semicolon.
fn codes(cell: &Cell) -> String {
    const MODIFIERS: [(Modifier, &str); 9] = [
        (Modifier::BOLD, ";1"),
        (Modifier::DIM, ";2"),
        (Modifier::ITALIC, ";3"),
        (Modifier::UNDERLINED, ";4"),
        (Modifier::SLOW_BLINK, ";5"),
        (Modifier::RAPID_BLINK, ";6"),
        (Modifier::REVERSED, ";7"),
        (Modifier::HIDDEN, ";8"),
        (Modifier::CROSSED_OUT, ";9"),
    ];
    let mut out = String::new();
    for (modifier, code) in MODIFIERS {
        if cell.modifier.contains(modifier) {
            out.push_str(code);
        }
    }
    colour(&mut out, cell.fg, 30);
    colour(&mut out, cell.bg, 40);
    let under = match cell.underline_color {
        // Sixteen named colours have no code of their own for the line below.
        Color::Rgb(..) | Color::Indexed(_) => cell.underline_color,
        named => place(named).map_or(Color::Reset, Color::Indexed),
    };
    colour(&mut out, under, 50);
    out
}

/// A colour for text (30), ground (40) or the line below (50).
fn colour(out: &mut String, colour: Color, base: u8) {
    let _ = match colour {
        Color::Rgb(r, g, b) => write!(out, ";{};2;{r};{g};{b}", base + 8),
        Color::Indexed(i) => write!(out, ";{};5;{i}", base + 8),
        named => match place(named) {
            Some(i @ 0..=7) => write!(out, ";{}", base + i),
            Some(i) => write!(out, ";{}", base + 60 + i - 8),
            None => Ok(()),
        },
    };
}

/// The number of one of the sixteen named colours.
fn place(colour: Color) -> Option<u8> {
    Some(match colour {
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
        Color::Reset | Color::Rgb(..) | Color::Indexed(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    fn line(text: &str, style: Style) -> String {
        let mut buf = Buffer::empty(Rect::new(0, 0, 12, 1));
        crate::ui::draw::put(&mut buf, Rect::new(1, 0, 11, 1), text, style);
        ansi(&buf)
    }

    #[test]
    fn colours_are_told_as_the_cell_has_them() {
        let rgb = Style::new().fg(Color::Rgb(1, 2, 3)).bg(Color::Indexed(200));
        assert_eq!(
            line("橡x", rgb),
            "\u{1b}[0m \u{1b}[0;38;2;1;2;3;48;5;200m橡x\u{1b}[0m\n"
        );
        let named = Style::new().fg(Color::LightRed).bg(Color::Gray).bold();
        assert!(line("x", named).contains("\u{1b}[0;1;91;47mx"));
        let under = Style::new().underlined().underline_color(Color::Red);
        assert!(line("x", under).contains("\u{1b}[0;4;58;5;1mx"));
        assert_eq!(line("", Style::new()), "\u{1b}[0m\n");
    }

    fn lines(n: u16) -> std::num::NonZeroU16 {
        std::num::NonZeroU16::new(n).unwrap()
    }

    #[test]
    fn a_terminal_shows_the_same_frame() {
        let style = Style::new().fg(Color::Rgb(9, 8, 7)).reversed();
        let shown = line("橡木 ok", style).replace('\n', "\r\n");
        let mut terminal = vt100::Parser::new(lines(1), lines(12), 0);
        terminal.process(shown.trim_end().as_bytes());
        let screen = terminal.screen();
        assert_eq!(screen.contents(), " 橡木 ok");
        let cell = screen.cell(0, 1).unwrap();
        assert!(cell.inverse() && cell.fgcolor() == vt100::Color::Rgb(9, 8, 7));
    }

    #[test]
    fn text_is_never_an_escape_sequence() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 12, 1));
        buf[(0, 0)].set_symbol("\u{1b}]0;x\u{7}");
        let out = ansi(&buf);
        assert_eq!(out.matches('\u{1b}').count(), 2);
        assert!(!out.contains('\u{7}') && !out.contains("\u{1b}]"));
    }
}
