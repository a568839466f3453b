//! A frame as PNG: the same outlines as in SVG, turned into pixels row by row.
//!
//! A row of cells is painted and handed to the encoder before the next, so a large frame takes
//! little memory. Nothing depends on fonts or libraries of the machine.

use std::io;

use ab_glyph_rasterizer::{Point, Rasterizer, point};
use png::{BitDepth, ColorType, DeflateCompression, Encoder, Filter, PixelDimensions, Unit};
use ratatui::buffer::Buffer;

use super::Picture;
use super::colour::{Ground, Rgb};
use super::fonts::Fonts;
use super::outline::{Outline, Step};
use super::page::{Fill, Glyph, MARGIN, Mark, Page, Row, left};
use super::shapes::CELL;

/// Pixels of a metre on a screen of 96 to the inch.
const PER_METRE: u32 = 3780;

/// The frame as a PNG image in true colour. `scale` is how many pixels stand for one of the SVG:
/// 1 to 3, others are taken as the nearest of these.
///
/// # Errors
/// An image that has more pixels than the format can count.
pub fn png(buf: &Buffer, ground: Ground, scale: u8, fonts: &Fonts) -> io::Result<Picture<Vec<u8>>> {
    let page = Page::of(buf, ground, fonts);
    let scale = u32::from(scale.clamp(1, 3));
    let mut data = Vec::new();
    let mut encoder = Encoder::new(&mut data, page.size.0 * scale, page.size.1 * scale);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    // Rows of flat colour repeat as they are: a filter would only hide that. Higher levels take
    // four times as long and save a third.
    encoder.set_deflate_compression(DeflateCompression::Level(1));
    encoder.set_filter(Filter::NoFilter);
    encoder.set_pixel_dims(Some(PixelDimensions {
        xppu: PER_METRE * scale,
        yppu: PER_METRE * scale,
        unit: Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    let mut stream = writer.stream_writer()?;
    paint(&page, scale, &mut stream)?;
    stream.finish()?;
    writer.finish()?;
    Ok(Picture {
        data,
        missing: page.missing,
    })
}

/// Writes the pixels of the page from top to bottom.
fn paint(page: &Page, scale: u32, out: &mut impl io::Write) -> io::Result<()> {
    let wide = (page.size.0 * scale) as usize;
    let masks: Vec<Option<Mask>> = page.glyphs.iter().map(|g| Mask::of(g, scale)).collect();
    let margin = line(page.back, wide);
    for _ in 0..u32::from(MARGIN) * scale {
        out.write_all(&margin)?;
    }
    let mut strip = Strip {
        bytes: Vec::new(),
        wide,
        high: usize::from(CELL.1) * scale as usize,
        scale,
    };
    for row in &page.rows {
        strip.bytes.clear();
        for _ in 0..strip.high {
            strip.bytes.extend_from_slice(&margin);
        }
        strip.row(row, &page.glyphs, &masks);
        out.write_all(&strip.bytes)?;
    }
    for _ in 0..u32::from(MARGIN) * scale {
        out.write_all(&margin)?;
    }
    Ok(())
}

/// A line of pixels in one colour.
fn line(colour: Rgb, wide: usize) -> Vec<u8> {
    colour.repeat(wide)
}

/// The pixels of a row of cells.
struct Strip {
    bytes: Vec<u8>,
    wide: usize,
    high: usize,
    scale: u32,
}

impl Strip {
    fn row(&mut self, row: &Row, glyphs: &[Glyph], masks: &[Option<Mask>]) {
        for fill in &row.grounds {
            self.bar(fill);
        }
        for mark in &row.marks {
            self.mark(mark, glyphs, masks);
        }
        for fill in &row.rules {
            self.bar(fill);
        }
    }

    fn bar(&mut self, fill: &Fill) {
        let x = left(fill.x) as f32;
        let right = x + f32::from(fill.columns * CELL.0);
        let rect = [x, f32::from(fill.top), right, f32::from(fill.bottom)];
        self.fill(rect, fill.colour);
    }

    fn mark(&mut self, mark: &Mark, glyphs: &[Glyph], masks: &[Option<Mask>]) {
        let x = left(mark.x);
        if let Some(glyph) = glyphs.get(mark.glyph) {
            for [l, t, r, b] in glyph.rects(mark.times) {
                self.fill([x as f32 + l, t, x as f32 + r, b], mark.colour);
            }
        }
        if let Some(Some(mask)) = masks.get(mark.glyph) {
            for i in 0..u32::from(mark.times) {
                let at = (x + i * u32::from(mark.columns * CELL.0)) * self.scale;
                self.blend(mask, at as i32, mark.colour);
            }
        }
    }

    /// Fills a rectangle whose edges are moved to whole pixels.
    fn fill(&mut self, rect: [f32; 4], colour: Rgb) {
        let [l, t, r, b] = rect.map(|x| (x * self.scale as f32).round().max(0.0) as usize);
        let (l, r) = (l.min(self.wide) * 3, r.min(self.wide) * 3);
        for y in t..b.min(self.high) {
            let from = y * self.wide * 3;
            if let Some(line) = self.bytes.get_mut(from + l..from + r) {
                for pixel in line.chunks_exact_mut(3) {
                    pixel.copy_from_slice(&colour);
                }
            }
        }
    }

    /// Lays a colour over the strip where a mask lets it through.
    fn blend(&mut self, mask: &Mask, x: i32, colour: Rgb) {
        let from = x + mask.x;
        if from < 0 || from as usize + mask.wide > self.wide {
            return;
        }
        for (i, shares) in mask.shares.chunks_exact(mask.wide).enumerate() {
            let y = mask.y + i as i32;
            if y < 0 || y as usize >= self.high {
                continue;
            }
            let at = (y as usize * self.wide + from as usize) * 3;
            let Some(line) = self.bytes.get_mut(at..at + mask.wide * 3) else {
                continue;
            };
            for (pixel, share) in line.chunks_exact_mut(3).zip(shares) {
                if *share > 0 {
                    over(pixel, colour, *share);
                }
            }
        }
    }
}

fn over(pixel: &mut [u8], colour: Rgb, share: u8) {
    let share = u32::from(share);
    for (old, new) in pixel.iter_mut().zip(colour) {
        let sum = u32::from(new) * share + u32::from(*old) * (255 - share);
        *old = ((sum + 127) / 255) as u8;
    }
}

/// How much of each pixel the curves of a glyph cover, 0 to 255.
struct Mask {
    /// Where it lies, from the top left of the glyph's first cell.
    x: i32,
    y: i32,
    wide: usize,
    shares: Vec<u8>,
}

impl Mask {
    fn of(glyph: &Glyph, scale: u32) -> Option<Self> {
        let mut all = Outline::default();
        glyph.curves().for_each(|c| all.extend(c.clone()));
        let all = all.map(|[x, y]| [x * scale as f32, y * scale as f32]);
        let ink = all.bounds()?;
        let (x, y) = (ink.left.floor() as i32, ink.top.floor() as i32);
        let wide = (ink.right.ceil() as i32 - x).max(1) as usize;
        let high = (ink.bottom.ceil() as i32 - y).max(1) as usize;
        let moved = all.map(|[px, py]| [px - x as f32, py - y as f32]);
        let mut pen = Rasterizer::new(wide, high);
        draw(&mut pen, &moved);
        let mut shares = vec![0; wide * high];
        pen.for_each_pixel(|i, share| {
            if let Some(out) = shares.get_mut(i) {
                *out = (share.min(1.0) * 255.0).round() as u8;
            }
        });
        Some(Self { x, y, wide, shares })
    }
}

fn draw(pen: &mut Rasterizer, outline: &Outline) {
    let at = |[x, y]: [f32; 2]| point(x, y);
    let (mut first, mut last): (Point, Point) = (point(0.0, 0.0), point(0.0, 0.0));
    for step in &outline.steps {
        match *step {
            Step::Move(a) => {
                pen.draw_line(last, first);
                (first, last) = (at(a), at(a));
            }
            Step::Line(a) => {
                pen.draw_line(last, at(a));
                last = at(a);
            }
            Step::Quad(a, b) => {
                pen.draw_quad(last, at(a), at(b));
                last = at(b);
            }
            Step::Cubic(a, b, c) => {
                pen.draw_cubic(last, at(a), at(b), at(c));
                last = at(c);
            }
        }
    }
    pen.draw_line(last, first);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn half_of_a_pixel_is_half_of_the_colour() {
        let mut pixel = [0, 100, 255];
        over(&mut pixel, [255, 0, 255], 128);
        assert_eq!(pixel, [128, 50, 255]);
        over(&mut pixel, [1, 2, 3], 255);
        assert_eq!(pixel, [1, 2, 3]);
    }

    #[test]
    fn edges_of_rectangles_are_whole_pixels() {
        let mut strip = Strip {
            bytes: vec![0; 4 * 3 * 3],
            wide: 4,
            high: 3,
            scale: 1,
        };
        strip.fill([0.5, 0.4, 9.0, 1.5], [255; 3]);
        let lit = |i: usize| strip.bytes[i * 3] == 255;
        let lines: Vec<Vec<bool>> = (0..3)
            .map(|y| (0..4).map(|x| lit(y * 4 + x)).collect())
            .collect();
        assert_eq!(lines[0], [false, true, true, true]);
        assert_eq!(lines[1], lines[0]);
        assert_eq!(lines[2], [false; 4]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_text_in_every_style_is_painted(text in any::<String>(), modifiers in any::<u16>()) {
            let mut buf = Buffer::empty(Rect::new(0, 0, 24, 2));
            let style = Style::new()
                .add_modifier(ratatui::style::Modifier::from_bits_truncate(modifiers));
            crate::ui::draw::put(&mut buf, Rect::new(0, 0, 24, 1), &text, style);
            // A cell that some other code filled without care.
            buf[(23, 1)].set_symbol(&text);
            let drawn = png(&buf, Ground::PAPER, 1, &Fonts::embedded()).unwrap();
            prop_assert_eq!(&drawn.data[1..4], b"PNG");
        }
    }
}
