//! A finished frame on terminals that cannot show every glyph, or show some of them two columns
//! wide.
//!
//! What stands for another glyph takes the same place, so nothing moves. Text that has no plain
//! form stays what it is; in a wide terminal such a character was laid out with two columns.

use std::num::NonZeroU16;

use ratatui::buffer::{Buffer, CellDiffOption};

use super::draw::exchange;
use crate::view::text::{is_ambiguous, plain};
use crate::view::{Ambiguous, GlyphSet};

/// Columns of a wide glyph.
const TWO: NonZeroU16 = NonZeroU16::MIN.saturating_add(1);

/// Puts plain glyphs in the place of others: all of them in ASCII, the ambiguous ones in a wide
/// terminal.
pub fn replace(buf: &mut Buffer, set: GlyphSet, ambiguous: Ambiguous) {
    let wide = ambiguous == Ambiguous::Wide;
    if set == GlyphSet::Unicode && !wide {
        return;
    }
    for cell in &mut buf.content {
        let mut chars = cell.symbol().chars();
        let Some(first) = chars.next().filter(|c| !c.is_ascii()) else {
            continue;
        };
        if set == GlyphSet::Ascii || is_ambiguous(first) {
            match plain(first) {
                Some(stand_in) => exchange(cell, stand_in),
                None if wide && is_ambiguous(first) => {
                    cell.set_diff_option(CellDiffOption::ForcedWidth(TWO));
                }
                None => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{Pane, State};
    use crate::ui::{self, Theme};
    use crate::view::fixture::{Situation, state};
    use crate::view::text::counting;
    use ratatui::layout::Rect;
    use unicode_width::UnicodeWidthStr;

    /// What a terminal with this look shows.
    fn shown(state: &State, set: GlyphSet, ambiguous: Ambiguous) -> Buffer {
        let area = Rect::new(0, 0, state.size.0, state.size.1);
        let mut buf = Buffer::empty(area);
        counting(ambiguous, || {
            let screen = crate::view::screen(state);
            ui::render(&screen, &Theme::named(screen.theme), area, &mut buf);
        });
        replace(&mut buf, set, ambiguous);
        buf
    }

    /// Columns of every line in a terminal that counts like this.
    fn columns(buf: &Buffer, ambiguous: Ambiguous) -> Vec<usize> {
        let lines = buf.content.chunks(usize::from(buf.area.width));
        lines
            .map(|line| {
                let (mut columns, mut x) = (0, 0);
                while let Some(cell) = line.get(x) {
                    let own = match ambiguous {
                        Ambiguous::Wide if cell.symbol().starts_with(is_ambiguous) => 2,
                        Ambiguous::Narrow | Ambiguous::Wide => cell.symbol().width(),
                    };
                    // What ratatui goes on by.
                    let steps = match cell.diff_option {
                        CellDiffOption::ForcedWidth(w) => usize::from(w.get()),
                        _ => cell.symbol().width(),
                    };
                    assert_eq!(own, steps, "{:?}", cell.symbol());
                    columns += own;
                    x += steps;
                }
                columns
            })
            .collect()
    }

    fn frames() -> impl Iterator<Item = State> {
        let sizes = [(30, 9), (80, 24), (121, 37)];
        let panes = Pane::ALL.into_iter();
        panes.flat_map(move |pane| {
            sizes.map(|size| {
                let mut state = state(Situation::Normal);
                (state.pane, state.size) = (pane, size);
                state.origin = "αβ “①” Ж → 橡木".into();
                state
            })
        })
    }

    #[test]
    fn every_line_has_the_width_of_the_area_in_both_modes_and_sets() {
        for state in frames() {
            for ambiguous in [Ambiguous::Narrow, Ambiguous::Wide] {
                for set in [GlyphSet::Unicode, GlyphSet::Ascii] {
                    let buf = shown(&state, set, ambiguous);
                    let width = usize::from(state.size.0);
                    assert!(columns(&buf, ambiguous).iter().all(|c| *c == width));
                }
            }
        }
    }

    #[test]
    fn the_ascii_set_draws_nothing_but_ascii() {
        for state in frames() {
            for cell in &shown(&state, GlyphSet::Ascii, Ambiguous::Narrow).content {
                // Chinese text stays; it is two columns wide everywhere.
                let text = cell.symbol();
                assert!(
                    text.is_ascii() || text.width() == 2,
                    "{text} on {:?}",
                    state.pane
                );
            }
        }
    }

    #[test]
    fn a_wide_terminal_keeps_what_is_not_ambiguous() {
        let mut buf = Buffer::with_lines(["─⣿→α 橡"]);
        replace(&mut buf, GlyphSet::Unicode, Ambiguous::Wide);
        let text: String = buf
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert_eq!(text, "-⣿>α 橡 ");
        replace(&mut buf, GlyphSet::Ascii, Ambiguous::Narrow);
        assert_eq!(buf.content[1].symbol(), "#");
        let mut buf = Buffer::with_lines(["─⣿→α"]);
        let before = buf.clone();
        replace(&mut buf, GlyphSet::Unicode, Ambiguous::Narrow);
        assert_eq!(buf, before);
    }
}
