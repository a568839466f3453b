//! The last resort among the embedded fonts: bitmaps of sixteen rows for the rest of the basic
//! plane and for emoji.
//!
//! The file holds the number of runs, then the runs (first code point, how many, columns), then the
//! bitmaps in the same order; all numbers little-endian. `assets/fonts/build.py` writes it.

use super::outline::Outline;
use super::shapes::Part;

/// Rows of a bitmap.
const ROWS: usize = 16;

/// The unpacked file.
pub(super) struct Unifont(Vec<u8>);

/// One character: `columns` bytes for each of the sixteen rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bitmap<'a> {
    columns: usize,
    rows: &'a [u8],
}

impl Unifont {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bitmap of a character.
    pub(super) fn get(&self, c: char) -> Option<Bitmap<'_>> {
        let runs = u32::from_le_bytes(*self.0.first_chunk()?) as usize;
        let table = self.0.get(4..4 + runs.checked_mul(8)?)?;
        let mut at = 4 + table.len();
        for run in table.chunks_exact(8) {
            let [a, b, c0, d, n0, n1, w, _] = *run.first_chunk()?;
            let first = u32::from_le_bytes([a, b, c0, d]);
            let count = usize::from(u16::from_le_bytes([n0, n1]));
            let (columns, place) = (usize::from(w), (c as u32).wrapping_sub(first) as usize);
            let size = columns * ROWS;
            if place < count {
                let from = at + place * size;
                let rows = self.0.get(from..from + size)?;
                return Some(Bitmap { columns, rows });
            }
            at += count * size;
        }
        None
    }
}

impl Bitmap<'_> {
    /// The bitmap between `left` and `right`, in the middle of a cell's height: sharp rectangles, or
    /// smooth ones where it is squeezed.
    pub(super) fn parts(self, left: f32, right: f32, bold: bool) -> Vec<Part> {
        let squeezed = right - left < (self.columns * 8) as f32;
        let rects = self.rects(left, right, bold);
        if !squeezed {
            return rects.into_iter().map(Part::Rect).collect();
        }
        let mut all = Outline::default();
        for [l, t, r, b] in rects {
            all.extend(Outline::polygon(&[[l, t], [r, t], [r, b], [l, b]]));
        }
        vec![Part::Curve(all)]
    }

    fn rects(self, left: f32, right: f32, bold: bool) -> Vec<[f32; 4]> {
        const TOP: f32 = 2.0;
        let dots = (self.columns * 8) as f32;
        // Half a pixel is left free on both sides where there is room.
        let dot = ((right - left) / dots).min(1.0);
        let start = left + ((right - left) - dots * dot) / 2.0;
        let thick = if bold { dot * 0.5 } else { 0.0 };
        let mut open: Vec<[f32; 4]> = Vec::new();
        let mut out = Vec::new();
        for (y, row) in self.rows.chunks_exact(self.columns.max(1)).enumerate() {
            let y = TOP + y as f32;
            let mut now = Vec::new();
            for (from, to) in runs(row) {
                let (x0, x1) = (start + from as f32 * dot, start + to as f32 * dot);
                let x1 = (x1 + thick).min(right);
                let above = open.iter().position(|r| same(r, x0, x1, y));
                let top = above.map_or(y, |i| open.swap_remove(i)[1]);
                now.push([x0, top, x1, y + 1.0]);
            }
            out.append(&mut open);
            open = now;
        }
        out.append(&mut open);
        out
    }
}

/// The rectangle ends at `y` and is as wide.
fn same(r: &[f32; 4], x0: f32, x1: f32, y: f32) -> bool {
    (r[0] - x0).abs() < 1e-3 && (r[2] - x1).abs() < 1e-3 && (r[3] - y).abs() < 1e-3
}

/// Where set bits begin and end in a row.
fn runs(row: &[u8]) -> Vec<(usize, usize)> {
    let set = |i: usize| row.get(i / 8).is_some_and(|b| b >> (7 - i % 8) & 1 == 1);
    let mut out = Vec::new();
    let mut from = None;
    for i in 0..=row.len() * 8 {
        match (set(i), from) {
            (true, None) => from = Some(i),
            (false, Some(start)) => {
                out.push((start, i));
                from = None;
            }
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two narrow characters at A and one wide one at U+100.
    fn sample() -> Unifont {
        let mut bytes = vec![2, 0, 0, 0];
        bytes.extend([0x41, 0, 0, 0, 2, 0, 1, 0]);
        bytes.extend([0, 1, 0, 0, 1, 0, 2, 0]);
        bytes.extend([0u8; 16]);
        bytes.extend([0b0110_0001; 16]);
        bytes.extend([0xff; 32]);
        Unifont::new(bytes)
    }

    #[test]
    fn characters_are_found_by_their_run() {
        let font = sample();
        assert_eq!(font.get('A').unwrap().rows, [0; 16]);
        assert_eq!(font.get('B').unwrap().rows[0], 0b0110_0001);
        assert_eq!(font.get('\u{100}').unwrap().columns, 2);
        assert_eq!(font.get('C'), None);
        assert_eq!(font.get('@'), None);
        for cut in 0..font.0.len() {
            let short = Unifont::new(font.0[..cut].to_vec());
            assert_eq!(short.get('\u{100}'), None);
        }
    }

    #[test]
    fn equal_rows_become_one_rectangle() {
        let font = sample();
        let parts = font.get('B').unwrap().parts(0.0, 9.0, false);
        let rects = [[1.5, 2.0, 3.5, 18.0], [7.5, 2.0, 8.5, 18.0]];
        assert_eq!(parts, rects.map(Part::Rect));
        assert_eq!(font.get('A').unwrap().parts(0.0, 9.0, false), []);
        // A wide bitmap is squeezed where only one column is free.
        let squeezed = font.get('\u{100}').unwrap().parts(0.0, 9.0, true);
        let [Part::Curve(curve)] = &squeezed[..] else {
            panic!("no curve");
        };
        let ink = curve.bounds().unwrap();
        assert_eq!((ink.left, ink.right), (0.0, 9.0));
    }
}
