//! Which font draws a character, and where in its cells it stands.
//!
//! Everything that the interface says is in the embedded fonts; no font of the machine is needed.
//! Fonts given from outside are asked last. What none of them has is drawn as a frame and told.

use std::collections::BTreeSet;
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::ZlibDecoder;
use ttf_parser::{Face, OutlineBuilder};
use unicode_width::UnicodeWidthChar;

use super::outline::{Outline, Step};
use super::shapes::{self, CELL, Part};
use super::unifont::Unifont;

/// Pixels of an em at scale 1, and where the letters stand, from the top of the cell.
struct Size {
    em: f32,
    baseline: f32,
}

const LATIN: Size = Size {
    em: 15.0,
    baseline: 15.0,
};
const HANZI: Size = Size {
    em: 17.0,
    baseline: 15.8,
};
/// What bold adds to the strokes of a font without a bold face, in pixels.
const BOLD: f32 = 0.55;
/// Glyphs of more steps than this have less room between their strokes, and get less bold.
const AIRY: f32 = 110.0;
/// How far italics lean, per pixel of height.
const LEAN: f32 = 0.2;
/// The largest glyph that a font from outside may have, in steps.
const STEPS: usize = 20_000;

static LATIN_REGULAR: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| face(include_bytes!("../../assets/fonts/latin-regular.ttf.z")));
static LATIN_BOLD: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| face(include_bytes!("../../assets/fonts/latin-bold.ttf.z")));
static HANZI_COMMON: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| face(include_bytes!("../../assets/fonts/hanzi-gb2312.ttf.z")));
static HANZI_MORE: LazyLock<Option<Face<'static>>> =
    LazyLock::new(|| face(include_bytes!("../../assets/fonts/hanzi-gbk.ttf.z")));
static UNIFONT: LazyLock<Unifont> =
    LazyLock::new(|| Unifont::new(inflate(include_bytes!("../../assets/fonts/unifont.z"))));

fn inflate(packed: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    // An asset that cannot be unpacked draws nothing, and what is missing is told; tests see it.
    if ZlibDecoder::new(packed).read_to_end(&mut out).is_err() {
        out.clear();
    }
    out
}

/// A face that lives as long as the program.
fn face(packed: &[u8]) -> Option<Face<'static>> {
    Face::parse(inflate(packed).leak(), 0).ok()
}

/// The fonts that a picture is drawn with: the embedded ones, and what is added.
#[derive(Debug, Default)]
pub struct Fonts {
    added: Vec<(Vec<u8>, u32)>,
}

impl Fonts {
    /// The embedded fonts only; the same on every machine.
    pub fn embedded() -> Self {
        Self::default()
    }

    /// Adds a font file if it draws at least one of the characters, and takes those that it draws
    /// out of `wanted`. Files that are no fonts are left alone.
    pub fn add(&mut self, file: Vec<u8>, wanted: &mut BTreeSet<char>) -> bool {
        let faces = ttf_parser::fonts_in_collection(&file).unwrap_or(1).min(64);
        for index in 0..faces {
            let Ok(face) = Face::parse(&file, index) else {
                continue;
            };
            let before = wanted.len();
            wanted.retain(|c| traced(&face, *c, &HANZI).is_none());
            if wanted.len() < before {
                self.added.push((file, index));
                return true;
            }
        }
        false
    }

    /// What draws a symbol in one or two columns; characters that no font has go to `missing`.
    pub(super) fn glyph(
        &self,
        symbol: &str,
        columns: u16,
        style: Style,
        missing: &mut BTreeSet<char>,
    ) -> Vec<Part> {
        let (marks, bases): (Vec<char>, Vec<char>) = symbol
            .chars()
            .filter(|c| !is_tone(*c) || symbol.chars().count() == 1)
            .partition(|c| c.width() == Some(0));
        let slot = f32::from(columns * CELL.0) / bases.len().max(1) as f32;
        let mut parts = Vec::new();
        for (i, c) in bases.iter().enumerate() {
            let left = i as f32 * slot;
            let room = (left, left + slot);
            parts.extend(self.base(*c, room, style).unwrap_or_else(|| {
                missing.insert(*c);
                shapes::missing(left, left + slot)
            }));
        }
        for c in marks {
            if let Some(drawn) = self.mark(c, (0.0, slot), &parts, style) {
                parts.extend(drawn);
            } else {
                missing.insert(c);
            }
        }
        parts
    }

    /// The parts of a character between `left` and `right`.
    fn base(&self, c: char, room: (f32, f32), style: Style) -> Option<Vec<Part>> {
        if c == ' ' || c == '\u{a0}' || c == '\u{3000}' {
            return Some(Vec::new());
        }
        if let Some((glyph, advance)) = self.curve(c, style) {
            let middle = (room.0 + room.1 - advance) / 2.0 - aside(c);
            let placed = glyph.map(|[x, y]| [x + middle, y]);
            return Some(vec![Part::Curve(fitted(&placed, room, style))]);
        }
        Some(UNIFONT.get(c)?.parts(room.0, room.1, style.bold))
    }

    /// The outline of a character that starts at 0, with the width that its font gives it.
    fn curve(&self, c: char, style: Style) -> Option<(Outline, f32)> {
        let embedded = || {
            if style.bold
                && let Some(found) = LATIN_BOLD.as_ref().and_then(|f| traced(f, c, &LATIN))
            {
                return Some((found, false));
            }
            let regular = || LATIN_REGULAR.as_ref().and_then(|f| traced(f, c, &LATIN));
            let common = || HANZI_COMMON.as_ref().and_then(|f| traced(f, c, &HANZI));
            let more = || HANZI_MORE.as_ref().and_then(|f| traced(f, c, &HANZI));
            Some((regular().or_else(common).or_else(more)?, style.bold))
        };
        let outside = || {
            if UNIFONT.get(c).is_some() {
                return None;
            }
            let size = if c.width() == Some(2) { &HANZI } else { &LATIN };
            let found = self
                .added
                .iter()
                .find_map(|(file, index)| traced(&Face::parse(file, *index).ok()?, c, size));
            Some((found?, style.bold))
        };
        let ((mut glyph, advance), thicken) = embedded().or_else(outside)?;
        if thicken {
            let free = (AIRY / glyph.steps.len() as f32).clamp(0.3, 1.0);
            glyph = glyph.embolden(BOLD * free);
        }
        Some((glyph, advance))
    }

    /// A combining mark in the middle of its base, above what is drawn already if it is a mark
    /// above.
    fn mark(&self, c: char, room: (f32, f32), base: &[Part], style: Style) -> Option<Vec<Part>> {
        let Some((glyph, _)) = self.curve(c, style) else {
            return Some(UNIFONT.get(c)?.parts(room.0, room.1, style.bold));
        };
        let Some(ink) = glyph.bounds() else {
            return Some(Vec::new());
        };
        let top = base.iter().filter_map(top).fold(f32::INFINITY, f32::min);
        let above = ink.bottom < LATIN.baseline - LATIN.em * 0.5;
        let lift = if above {
            (ink.bottom + 0.8 - top).max(0.0)
        } else {
            0.0
        };
        let aside = (room.0 + room.1 - ink.left - ink.right) / 2.0;
        let placed = glyph.map(|[x, y]| [x + aside, y - if lift.is_finite() { lift } else { 0.0 }]);
        Some(vec![Part::Curve(fitted(&placed, room, style))])
    }
}

/// How a glyph is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Style {
    pub(super) bold: bool,
    pub(super) italic: bool,
}

impl Style {
    /// Neither bold nor italic.
    pub(super) const PLAIN: Self = Self {
        bold: false,
        italic: false,
    };
}

/// How far to the left a full-width mark stands in simplified Chinese, in pixels; the embedded font
/// has these in the middle.
fn aside(c: char) -> f32 {
    match c {
        '，' | '；' | '：' | '！' => 4.6,
        '？' | '）' => 2.8,
        '（' => -2.8,
        _ => 0.0,
    }
}

fn top(part: &Part) -> Option<f32> {
    match part {
        Part::Rect([_, top, _, _]) => Some(*top),
        Part::Curve(outline) => outline.bounds().map(|b| b.top),
    }
}

/// A skin tone; the emoji before it is drawn without.
fn is_tone(c: char) -> bool {
    ('\u{1f3fb}'..='\u{1f3ff}').contains(&c)
}

/// The outline leant if it is italic, and moved or made smaller until it is within its room.
fn fitted(glyph: &Outline, (left, right): (f32, f32), style: Style) -> Outline {
    let height = f32::from(CELL.1);
    let glyph = if style.italic {
        glyph.map(|[x, y]| [x + (height / 2.0 - y) * LEAN, y])
    } else {
        glyph.clone()
    };
    let Some(ink) = glyph.bounds() else {
        return glyph;
    };
    let narrow = ((right - left) / ink.width()).min(1.0);
    let low = (height / ink.height()).min(1.0);
    // Letters that only lean too far keep their height.
    let both = narrow.min(low);
    let (sx, sy) = if style.italic {
        (narrow, low)
    } else {
        (both, both)
    };
    let (cx, cy) = (
        f32::midpoint(ink.left, ink.right),
        f32::midpoint(ink.top, ink.bottom),
    );
    let held = |centre: f32, size: f32, from: f32, to: f32| {
        let half = size / 2.0;
        (from + half - centre).max(0.0) + (to - half - centre).min(0.0)
    };
    let dx = held(cx, ink.width() * sx, left, right);
    let dy = held(cy, ink.height() * sy, 0.0, height);
    glyph.map(|[x, y]| [(x - cx) * sx + cx + dx, (y - cy) * sy + cy + dy])
}

/// The outline of a character and its advance, in pixels of a cell.
fn traced(face: &Face<'_>, c: char, size: &Size) -> Option<(Outline, f32)> {
    let glyph = face.glyph_index(c)?;
    let scale = size.em / f32::from(face.units_per_em());
    let mut pen = Pen {
        scale,
        baseline: size.baseline,
        outline: Outline::default(),
    };
    face.outline_glyph(glyph, &mut pen)?;
    let outline = pen.outline;
    let fine = outline.steps.len() <= STEPS
        && outline.bounds().is_some_and(|b| {
            b.width().is_finite() && b.height().is_finite() && b.width().max(b.height()) < 1000.0
        });
    let advance = f32::from(face.glyph_hor_advance(glyph).unwrap_or(0)) * scale;
    fine.then_some((outline, advance))
}

/// Takes an outline from a font, in whose units y points upwards.
struct Pen {
    scale: f32,
    baseline: f32,
    outline: Outline,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> [f32; 2] {
        [x * self.scale, self.baseline - y * self.scale]
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.outline.steps.push(Step::Move(to));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.outline.steps.push(Step::Line(to));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let step = Step::Quad(self.at(x1, y1), self.at(x, y));
        self.outline.steps.push(step);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let step = Step::Cubic(self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.outline.steps.push(step);
    }

    fn close(&mut self) {}
}
