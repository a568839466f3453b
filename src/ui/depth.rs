//! A finished frame in fewer colours.
//!
//! Only the colours change, never a character. A text that could be read stays readable: where two
//! colours come too near to each other, the text becomes black or white.

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Color;

use crate::view::{Depth, Rgb, contrast};

/// Text with less contrast than this after the change becomes black or white.
const READABLE: f64 = 4.5;
/// Below this it was no text that had to be read: a frame, a track, a bar.
const QUIET: f64 = 3.0;

/// Brings the frame down to the depth. Frames for sixteen colours and for none are drawn with a
/// theme of that depth and stay as they are.
pub fn reduce(buf: &mut Buffer, depth: Depth) {
    if depth != Depth::Indexed {
        return;
    }
    // Neighbours mostly look alike.
    let mut last: Option<[(Color, Color); 2]> = None;
    for cell in &mut buf.content {
        let before = (cell.fg, cell.bg);
        let after = match last {
            Some([same, after]) if same == before => after,
            _ => indexed(cell),
        };
        last = Some([before, after]);
        (cell.fg, cell.bg) = after;
    }
}

fn indexed(cell: &Cell) -> (Color, Color) {
    let (Some(text), Some(ground)) = (hex(cell.fg), hex(cell.bg)) else {
        return (nearest(cell.fg), nearest(cell.bg));
    };
    let (near, behind) = (index(text), index(ground));
    let wanted = contrast(text, ground);
    let had = contrast(value(near), value(behind));
    let front = if wanted > QUIET && had < READABLE.min(wanted) {
        // 16 is black and 231 is white in every palette of 256.
        let dark = contrast(0, value(behind));
        let light = contrast(0x00ff_ffff, value(behind));
        if dark > light { 16 } else { 231 }
    } else {
        near
    };
    (Color::Indexed(front), Color::Indexed(behind))
}

fn nearest(colour: Color) -> Color {
    hex(colour).map_or(colour, |c| Color::Indexed(index(c)))
}

fn hex(colour: Color) -> Option<Rgb> {
    match colour {
        Color::Rgb(r, g, b) => Some(u32::from(r) << 16 | u32::from(g) << 8 | u32::from(b)),
        _ => None,
    }
}

/// Lightness of the six steps of the cube.
const STEPS: [i32; 6] = [0, 95, 135, 175, 215, 255];

/// The nearest colour of the cube and the greys.
fn index(colour: Rgb) -> u8 {
    let part = |shift: u32| ((colour >> shift) & 0xff) as i32;
    let parts = [part(16), part(8), part(0)];
    let step = |v: i32| {
        let near = |i: &usize| (STEPS[*i] - v).abs();
        (0..STEPS.len()).min_by_key(near).unwrap_or(0)
    };
    let [r, g, b] = parts.map(step);
    let cube = (16 + 36 * r + 6 * g + b) as u8;
    let grey = ((parts.iter().sum::<i32>() / 3 - 3) / 10).clamp(0, 23);
    let grey = 232 + grey as u8;
    let far = |i: u8| {
        let v = value(i);
        let at = [16, 8, 0].map(|shift| ((v >> shift) & 0xff) as i32);
        let [r, g, b] = [0, 1, 2].map(|i| (at[i] - parts[i]).pow(2));
        // The eye is most exact in green.
        3 * r + 4 * g + 2 * b
    };
    if far(grey) < far(cube) { grey } else { cube }
}

/// What xterm shows for one of 16…255.
fn value(index: u8) -> Rgb {
    if index >= 232 {
        let grey = 8 + 10 * (u32::from(index) - 232);
        return grey << 16 | grey << 8 | grey;
    }
    let n = usize::from(index.saturating_sub(16));
    let step = |n: usize| STEPS[n % 6] as u32;
    step(n / 36) << 16 | step(n / 6) << 8 | step(n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{self, Theme};
    use crate::view::ThemeName;
    use crate::view::fixture::{Situation, state};
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn colours_of_the_palette_are_themselves() {
        for i in 16..=255 {
            assert_eq!(value(index(value(i))), value(i), "{i}");
        }
        assert_eq!((index(0x0000_0000), index(0x00ff_ffff)), (16, 231));
        assert_eq!(index(0x0012_161c), 233);
    }

    #[test]
    fn a_frame_keeps_its_text_and_can_be_read() {
        for theme in ThemeName::BUILT_IN {
            let mut state = state(Situation::Normal);
            state.size = (100, 30);
            let area = Rect::new(0, 0, 100, 30);
            let mut buf = Buffer::empty(area);
            let theme = Theme::named(theme);
            ui::render(&crate::view::screen(&state), &theme, area, &mut buf);
            let before = buf.clone();
            reduce(&mut buf, Depth::Indexed);
            for (old, new) in before.content.iter().zip(&buf.content) {
                assert_eq!(old.symbol(), new.symbol());
                assert_eq!(old.modifier, new.modifier);
                assert!(!matches!(new.fg, Color::Rgb(..)) && !matches!(new.bg, Color::Rgb(..)));
                let (Some(text), Some(ground)) = (hex(old.fg), hex(old.bg)) else {
                    continue;
                };
                let (Color::Indexed(a), Color::Indexed(b)) = (new.fg, new.bg) else {
                    panic!("{new:?}");
                };
                if contrast(text, ground) >= READABLE {
                    assert!(contrast(value(a), value(b)) >= READABLE, "{old:?} {new:?}");
                }
            }
        }
    }

    #[test]
    fn the_selection_and_the_ground_stay_two_colours() {
        for theme in ThemeName::BUILT_IN {
            let theme = Theme::named(theme);
            let mut buf = Buffer::empty(Rect::new(0, 0, 3, 1));
            for (x, style) in [theme.base, theme.base.patch(theme.selection), theme.popup]
                .into_iter()
                .enumerate()
            {
                buf.content[x].set_style(style);
            }
            reduce(&mut buf, Depth::Indexed);
            let shown = |x: usize| (buf.content[x].bg, buf.content[x].modifier);
            assert_ne!(shown(0), shown(1));
        }
    }

    #[test]
    fn other_depths_are_drawn_by_their_theme() {
        let mut buf = Buffer::empty(Rect::new(0, 0, 1, 1));
        buf.content[0].set_style(Style::new().fg(Color::Rgb(1, 2, 3)));
        let before = buf.clone();
        for depth in [Depth::True, Depth::Sixteen, Depth::None] {
            reduce(&mut buf, depth);
            assert_eq!(buf, before);
        }
    }
}
