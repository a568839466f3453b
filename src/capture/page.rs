//! A frame as a drawing: grounds, glyphs and rules at their places, row by row.
//!
//! This is the one walk over the cells that every picture comes from. A glyph is worked out once
//! and drawn wherever it occurs; everything is opaque, and nothing leaves its cells.

use std::collections::BTreeSet;

use ratatui::buffer::Buffer;
use rustc_hash::FxHashMap;

use super::colour::{Ground, Look, Rgb, look, mix};
use super::fonts::{Fonts, Style};
use super::outline::Outline;
use super::shapes::{CELL, Part, is_shape, shade, shape};
use super::{Spot, spots};

/// Empty space around the frame, in pixels at scale 1.
pub(super) const MARGIN: u16 = 12;

/// A frame as a drawing.
pub(super) struct Page {
    /// Pixels at scale 1, margins included.
    pub(super) size: (u32, u32),
    pub(super) back: Rgb,
    pub(super) glyphs: Vec<Glyph>,
    pub(super) rows: Vec<Row>,
    /// What no font has.
    pub(super) missing: BTreeSet<char>,
}

/// A drawing that occurs once or more.
pub(super) struct Glyph {
    pub(super) parts: Vec<Part>,
    /// The text and its style, where it is a matter of fonts.
    pub(super) letter: Option<(String, Style)>,
    /// Every part goes from the left to the right edge of the cell.
    joins: bool,
}

/// What a row of cells holds, from left to right.
#[derive(Default)]
pub(super) struct Row {
    pub(super) grounds: Vec<Fill>,
    pub(super) marks: Vec<Mark>,
    pub(super) rules: Vec<Fill>,
}

/// A rectangle of one colour in a row; `top` and `bottom` are pixels from the top of the row.
pub(super) struct Fill {
    pub(super) x: u16,
    pub(super) columns: u16,
    pub(super) top: u16,
    pub(super) bottom: u16,
    pub(super) colour: Rgb,
}

/// A glyph at its place. One that joins its neighbours may go over several columns.
pub(super) struct Mark {
    /// Its number in [`Page::glyphs`].
    pub(super) glyph: usize,
    pub(super) x: u16,
    pub(super) columns: u16,
    /// How often the glyph stands there, side by side.
    pub(super) times: u16,
    pub(super) colour: Rgb,
}

/// The left edge of a column in pixels at scale 1.
pub(super) fn left(x: u16) -> u32 {
    u32::from(MARGIN) + u32::from(x) * u32::from(CELL.0)
}

/// The top of a row in pixels at scale 1.
pub(super) fn top(y: usize) -> u32 {
    u32::from(MARGIN) + y as u32 * u32::from(CELL.1)
}

impl Page {
    pub(super) fn of(buf: &Buffer, ground: Ground, fonts: &Fonts) -> Self {
        let mut pen = Pen {
            fonts,
            known: FxHashMap::default(),
            glyphs: Vec::new(),
            missing: BTreeSet::new(),
        };
        let rows = (0..buf.area.height)
            .map(|y| row(&spots(buf, y), ground, &mut pen))
            .collect();
        let (w, h) = (buf.area.width, usize::from(buf.area.height));
        Self {
            size: (left(w) + u32::from(MARGIN), top(h) + u32::from(MARGIN)),
            back: ground.back(),
            glyphs: pen.glyphs,
            rows,
            missing: pen.missing,
        }
    }
}

/// Glyphs met so far.
struct Pen<'f> {
    fonts: &'f Fonts,
    /// By symbol: columns, style and number of each of its glyphs.
    known: FxHashMap<String, Vec<(u16, Style, usize)>>,
    glyphs: Vec<Glyph>,
    missing: BTreeSet<char>,
}

impl Pen<'_> {
    fn glyph(&mut self, symbol: &str, columns: u16, style: Style) -> usize {
        // Lines and blocks are the same in every style.
        let drawn = alone(symbol).filter(|c| is_shape(*c));
        let style = if drawn.is_some() { Style::PLAIN } else { style };
        let known = self.known.get(symbol).map_or(&[][..], Vec::as_slice);
        if let Some((_, _, at)) = known.iter().find(|k| (k.0, k.1) == (columns, style)) {
            return *at;
        }
        let drawn = drawn.and_then(shape);
        let letter = drawn.is_none().then(|| (symbol.to_owned(), style));
        let fonts = self.fonts;
        let parts = drawn.unwrap_or_else(|| fonts.glyph(symbol, columns, style, &mut self.missing));
        let right = f32::from(columns * CELL.0);
        let through = |p: &Part| matches!(p, Part::Rect([l, _, r, _]) if *l <= 0.0 && *r >= right);
        let joins = letter.is_none() && parts.iter().all(through);
        self.glyphs.push(Glyph {
            parts,
            letter,
            joins,
        });
        let at = self.glyphs.len() - 1;
        let known = self.known.entry(symbol.to_owned()).or_default();
        known.push((columns, style, at));
        at
    }
}

/// The only character of a symbol.
fn alone(symbol: &str) -> Option<char> {
    let mut chars = symbol.chars();
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

fn row(spots: &[Spot<'_>], ground: Ground, pen: &mut Pen<'_>) -> Row {
    let mut row = Row::default();
    for spot in spots {
        let look = look(spot.cell, ground);
        if look.back != ground.back() {
            join(&mut row.grounds, fill(spot, (0, CELL.1), look.back));
        }
        if !look.hidden && !spot.symbol.trim().is_empty() {
            mark(&mut row.marks, spot, &look, pen);
        }
        if let Some(colour) = look.under {
            join(&mut row.rules, fill(spot, (18, 19), colour));
        }
        if look.struck {
            join(&mut row.rules, fill(spot, (10, 11), look.text));
        }
    }
    row
}

fn fill(spot: &Spot<'_>, (top, bottom): (u16, u16), colour: Rgb) -> Fill {
    Fill {
        x: spot.at.0,
        columns: spot.wide,
        top,
        bottom,
        colour,
    }
}

/// Adds a rectangle, as a longer one if it goes on where the last one like it ends.
fn join(fills: &mut Vec<Fill>, new: Fill) {
    let same = |f: &&mut Fill| {
        f.x + f.columns == new.x
            && f.colour == new.colour
            && (f.top, f.bottom) == (new.top, new.bottom)
    };
    match fills.iter_mut().rev().take(2).find(same) {
        Some(last) => last.columns += new.columns,
        None => fills.push(new),
    }
}

fn mark(marks: &mut Vec<Mark>, spot: &Spot<'_>, look: &Look, pen: &mut Pen<'_>) {
    let style = Style {
        bold: look.bold,
        italic: look.italic,
    };
    let glyph = pen.glyph(&spot.symbol, spot.wide, style);
    let share = alone(&spot.symbol).and_then(shade);
    let colour = share.map_or(look.text, |share| mix(look.text, look.back, share));
    let joins = pen.glyphs.get(glyph).is_some_and(|g| g.joins);
    if let Some(last) = marks.last_mut()
        && joins
        && last.glyph == glyph
        && last.colour == colour
        && last.x + last.columns * last.times == spot.at.0
    {
        last.times += 1;
        return;
    }
    marks.push(Mark {
        glyph,
        x: spot.at.0,
        columns: spot.wide,
        times: 1,
        colour,
    });
}

impl Glyph {
    /// Its straight parts; the last number of each is how far it goes when the glyph stands
    /// `times` side by side.
    pub(super) fn rects(&self, times: u16) -> impl Iterator<Item = [f32; 4]> {
        let more = f32::from((times - 1) * CELL.0);
        self.parts.iter().filter_map(move |p| match p {
            Part::Rect([l, t, r, b]) => Some([*l, *t, r + more, *b]),
            Part::Curve(_) => None,
        })
    }

    /// Its curves.
    pub(super) fn curves(&self) -> impl Iterator<Item = &Outline> {
        self.parts.iter().filter_map(|p| match p {
            Part::Curve(outline) => Some(outline),
            Part::Rect(_) => None,
        })
    }

    /// It has curves.
    pub(super) fn is_curved(&self) -> bool {
        self.curves().next().is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Style as Looks};

    fn page(text: &str, style: Looks) -> Page {
        let mut buf = Buffer::empty(Rect::new(0, 0, 12, 1));
        crate::ui::draw::put(&mut buf, Rect::new(0, 0, 12, 1), text, style);
        Page::of(&buf, Ground::PAPER, &Fonts::embedded())
    }

    #[test]
    fn a_glyph_is_worked_out_once_and_lines_grow_together() {
        let page = page("aa──橡a─", Looks::new().bg(Color::Red).underlined());
        let row = &page.rows[0];
        let places: Vec<_> = row.marks.iter().map(|m| (m.glyph, m.x, m.times)).collect();
        let wanted = [
            (0, 0, 1),
            (0, 1, 1),
            (1, 2, 2),
            (2, 4, 1),
            (0, 6, 1),
            (1, 7, 1),
        ];
        assert_eq!(places, wanted);
        assert_eq!(page.glyphs.len(), 3);
        assert_eq!((row.grounds.len(), row.grounds[0].columns), (1, 8));
        assert_eq!((row.rules.len(), row.rules[0].columns), (1, 8));
        assert!(page.missing.is_empty());
    }

    #[test]
    fn shades_are_colours_and_not_see_through() {
        let page = page("░", Looks::new().fg(Color::Rgb(0, 0, 0)));
        assert_eq!(page.rows[0].marks[0].colour, [191; 3]);
    }
}
