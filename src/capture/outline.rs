//! Outlines: closed curves in the pixels of a cell at scale 1, y downwards.
//!
//! Fonts, dots and slanted lines all end up here, so that every picture format draws the same
//! curve. An outline knows nothing of colours, cells or files.

/// One step of an outline; every contour opens with a move and is closed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Step {
    Move([f32; 2]),
    Line([f32; 2]),
    Quad([f32; 2], [f32; 2]),
    Cubic([f32; 2], [f32; 2], [f32; 2]),
}

impl Step {
    /// Its points, control points included, in the order in which they are met.
    fn points(&self) -> ([[f32; 2]; 3], usize) {
        match *self {
            Self::Move(a) | Self::Line(a) => ([a, a, a], 1),
            Self::Quad(a, b) => ([a, b, b], 2),
            Self::Cubic(a, b, c) => ([a, b, c], 3),
        }
    }

    fn map(&self, f: &mut impl FnMut([f32; 2]) -> [f32; 2]) -> Self {
        match *self {
            Self::Move(a) => Self::Move(f(a)),
            Self::Line(a) => Self::Line(f(a)),
            Self::Quad(a, b) => Self::Quad(f(a), f(b)),
            Self::Cubic(a, b, c) => Self::Cubic(f(a), f(b), f(c)),
        }
    }
}

/// Left, top, right and bottom of what is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) right: f32,
    pub(super) bottom: f32,
}

impl Bounds {
    pub(super) fn width(&self) -> f32 {
        self.right - self.left
    }

    pub(super) fn height(&self) -> f32 {
        self.bottom - self.top
    }
}

/// Closed curves, filled where they wind around a point.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Outline {
    pub(super) steps: Vec<Step>,
}

impl Outline {
    /// A closed polygon.
    pub(super) fn polygon(points: &[[f32; 2]]) -> Self {
        let step = |(i, p): (usize, &[f32; 2])| match i {
            0 => Step::Move(*p),
            _ => Step::Line(*p),
        };
        Self {
            steps: points.iter().enumerate().map(step).collect(),
        }
    }

    /// A full circle.
    pub(super) fn circle([x, y]: [f32; 2], r: f32) -> Self {
        // The length of the handles that makes four cubics round.
        let k = r * 0.552_285;
        Self {
            steps: vec![
                Step::Move([x + r, y]),
                Step::Cubic([x + r, y + k], [x + k, y + r], [x, y + r]),
                Step::Cubic([x - k, y + r], [x - r, y + k], [x - r, y]),
                Step::Cubic([x - r, y - k], [x - k, y - r], [x, y - r]),
                Step::Cubic([x + k, y - r], [x + r, y - k], [x + r, y]),
            ],
        }
    }

    pub(super) fn extend(&mut self, other: Self) {
        self.steps.extend(other.steps);
    }

    /// The outline with every point moved.
    pub(super) fn map(&self, mut f: impl FnMut([f32; 2]) -> [f32; 2]) -> Self {
        Self {
            steps: self.steps.iter().map(|s| s.map(&mut f)).collect(),
        }
    }

    /// What the points span; an outline without points spans nothing.
    pub(super) fn bounds(&self) -> Option<Bounds> {
        let mut all: Option<Bounds> = None;
        for step in &self.steps {
            let (points, n) = step.points();
            for [x, y] in points.into_iter().take(n) {
                let b = all.get_or_insert(Bounds {
                    left: x,
                    top: y,
                    right: x,
                    bottom: y,
                });
                b.left = b.left.min(x);
                b.right = b.right.max(x);
                b.top = b.top.min(y);
                b.bottom = b.bottom.max(y);
            }
        }
        all
    }

    /// Twice the area within, negative where outer contours run against the clock.
    fn area(&self) -> f32 {
        let (mut sum, mut first, mut last) = (0.0, [0.0; 2], [0.0; 2]);
        let cross = |a: [f32; 2], b: [f32; 2]| a[0] * b[1] - b[0] * a[1];
        for step in &self.steps {
            let (points, n) = step.points();
            if matches!(step, Step::Move(_)) {
                sum += cross(last, first);
                (first, last) = (points[0], points[0]);
            }
            for point in points.into_iter().take(n) {
                sum += cross(last, point);
                last = point;
            }
        }
        sum + cross(last, first)
    }

    /// The outline with strokes that are `by` pixels thicker, as fonts without a bold face are
    /// made bold: every point moves outwards along the bisector of its two edges.
    pub(super) fn embolden(&self, by: f32) -> Self {
        let by = if self.area() < 0.0 { -by } else { by };
        let mut steps = Vec::with_capacity(self.steps.len());
        for contour in self
            .steps
            .chunk_by(|_, next| !matches!(next, Step::Move(_)))
        {
            let points: Vec<[f32; 2]> = contour
                .iter()
                .flat_map(|s| {
                    let (points, n) = s.points();
                    points.into_iter().take(n)
                })
                .collect();
            let mut moved = outwards(&points, by / 2.0).into_iter();
            let mut next = |old: [f32; 2]| moved.next().unwrap_or(old);
            steps.extend(contour.iter().map(|s| s.map(&mut next)));
        }
        Self { steps }
    }
}

/// The points of a contour that runs clockwise on the screen, each moved outwards by `by`.
fn outwards(points: &[[f32; 2]], by: f32) -> Vec<[f32; 2]> {
    let n = points.len();
    let different = |from: usize, step: usize| {
        let here = points[from];
        (1..n)
            .map(|i| points[(from + i * step) % n])
            .find(|p| length(minus(*p, here)) > 1e-3)
            .unwrap_or(here)
    };
    (0..n)
        .map(|i| {
            let here = points[i];
            let before = unit(minus(here, different(i, n - 1)));
            let after = unit(minus(different(i, 1), here));
            let bisector = [before[1] + after[1], -(before[0] + after[0])];
            // Sharp corners would run away: no point moves further than twice.
            let long = length(bisector);
            let reach = if long < 1e-3 {
                0.0
            } else {
                by * (2.0 / long).min(2.0)
            };
            let side = unit(bisector);
            [here[0] + side[0] * reach, here[1] + side[1] * reach]
        })
        .collect()
}

fn minus(a: [f32; 2], b: [f32; 2]) -> [f32; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

fn length([x, y]: [f32; 2]) -> f32 {
    (x * x + y * y).sqrt()
}

fn unit(v: [f32; 2]) -> [f32; 2] {
    let long = length(v);
    if long < 1e-6 {
        [0.0, 0.0]
    } else {
        [v[0] / long, v[1] / long]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(from: f32, to: f32) -> Outline {
        Outline::polygon(&[[from, from], [to, from], [to, to], [from, to]])
    }

    #[test]
    fn bold_moves_every_edge_by_half_of_what_is_added() {
        let bold = square(2.0, 6.0).embolden(1.0).bounds().unwrap();
        assert_eq!((bold.left, bold.top), (1.5, 1.5));
        assert_eq!((bold.right, bold.bottom), (6.5, 6.5));
        // Some fonts draw against the clock.
        let other = Outline::polygon(&[[2.0, 2.0], [2.0, 6.0], [6.0, 6.0], [6.0, 2.0]]);
        assert_eq!(other.embolden(1.0).bounds().unwrap().left, 1.5);
    }

    #[test]
    fn holes_get_smaller() {
        let mut ring = square(0.0, 10.0);
        let hole = Outline::polygon(&[[2.0, 2.0], [2.0, 6.0], [6.0, 6.0], [6.0, 2.0]]);
        ring.extend(hole);
        let bold = ring.embolden(1.0);
        assert_eq!(bold.steps.get(4), Some(&Step::Move([2.5, 2.5])));
    }

    #[test]
    fn degenerate_contours_stay_finite() {
        let odd = Outline::polygon(&[[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]);
        let spike = Outline::polygon(&[[0.0, 0.0], [9.0, 0.0], [0.0, 0.0], [9.0, 0.01]]);
        for outline in [odd, spike, Outline::default()] {
            let bounds = outline.embolden(2.0).bounds();
            assert!(bounds.is_none_or(|b| b.width().is_finite() && b.width() < 20.0));
        }
    }

    #[test]
    fn a_circle_spans_its_diameter() {
        let b = Outline::circle([5.0, 6.0], 2.0).bounds().unwrap();
        assert!((b.width() - 4.0).abs() < 1e-6 && (b.height() - 4.0).abs() < 1e-6);
    }
}
