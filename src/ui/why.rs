//! Draws the pane of [`WhyModel`]: a waterfall of floating bars, a tornado, a heat map with the
//! target as a line.
//!
//! Where there is no room for all pictures, the one that listens is drawn, with its neighbour where
//! two fit.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw;
use super::theme::Theme;
use crate::view::fast::Note;
use crate::view::number::{Column, Number};
use crate::view::text::{pad, width, wrap};
use crate::view::why::{
    HeatModel, LineKind, TornadoLine, TornadoModel, WaterfallLine, WaterfallModel, WhyModel,
    WhyView,
};

/// Columns and rows from which all pictures are shown.
const ALL: (u16, u16) = (150, 40);
/// Columns and rows from which two are shown.
const TWO: (u16, u16) = (104, 16);

/// Draws the pane.
pub fn render(model: &WhyModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let is = |view| model.active == view;
    let waterfall = |area: Rect, buf: &mut Buffer| {
        waterfall(&model.waterfall, is(WhyView::Waterfall), theme, area, buf)
    };
    let tornado = |area: Rect, buf: &mut Buffer| {
        tornado(&model.tornado, is(WhyView::Tornado), theme, area, buf)
    };
    let heat =
        |area: Rect, buf: &mut Buffer| heat(&model.heat, is(WhyView::Heat), theme, area, buf);
    if area.width >= ALL.0 && area.height >= ALL.1 {
        let left = area.width / 2;
        let column = draw::columns(area, 0, left);
        let upper = area.height / 2;
        waterfall(draw::rows(column, 0, upper), buf);
        tornado(draw::rows(column, upper, area.height), buf);
        heat(draw::columns(area, left, area.width), buf);
    } else if area.width >= TWO.0 && area.height >= TWO.1 {
        let left = match model.active {
            WhyView::Heat => area.width * 2 / 5,
            _ => area.width / 2,
        };
        let (one, two) = (
            draw::columns(area, 0, left),
            draw::columns(area, left, area.width),
        );
        if is(WhyView::Heat) {
            tornado(one, buf);
            heat(two, buf);
        } else {
            waterfall(one, buf);
            tornado(two, buf);
        }
    } else {
        match model.active {
            WhyView::Waterfall => waterfall(area, buf),
            WhyView::Tornado => tornado(area, buf),
            WhyView::Heat => heat(area, buf),
        }
    }
}

fn panel(
    title: &str,
    side: &str,
    active: bool,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Rect {
    let caption = draw::Caption {
        title,
        side,
        accent: active.then_some(theme.accent),
    };
    draw::panel(buf, area, caption, theme)
}

fn nothing(text: &str, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let lines = wrap(text, usize::from(area.width));
    let top = area.height.saturating_sub(lines.len() as u16) / 2;
    for (y, line) in (top..area.height).zip(&lines) {
        draw::put_center(buf, draw::row(area, y), line, theme.muted);
    }
}

/// Writes notes at the bottom and gives what is left above; they take at most `most` rows.
fn notes(notes: &[Note], most: u16, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
    let columns = usize::from(area.width);
    let lines: Vec<(String, Style)> = notes
        .iter()
        .flat_map(|note| {
            let style = if note.warn { theme.warn } else { theme.muted };
            let lines = wrap(&note.text, columns.max(2)).into_iter();
            lines.map(move |line| (line, style))
        })
        .take(usize::from(most))
        .collect();
    let high = (lines.len() as u16).min(area.height);
    let foot = draw::rows(area, area.height - high, high);
    for (y, (line, style)) in (0..high).zip(&lines) {
        draw::put(buf, draw::row(foot, y), line, *style);
    }
    draw::rows(area, 0, area.height - high)
}

// -- waterfall ------------------------------------------------------------------------------------

fn waterfall(model: &WaterfallModel, active: bool, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inner = panel(&model.title, &model.side, active, theme, area, buf);
    if model.lines.len() < 2 || (model.cursor.is_none() && !model.empty.is_empty()) {
        return nothing(&model.empty, theme, inner, buf);
    }
    let spare = inner.height.saturating_sub(4) / 2;
    let above = notes(&model.notes, spare.max(1), theme, inner, buf);
    let columns = Columns::of(model, above.width);
    let axis = u16::from(above.height > 6 && columns.bar > 20);
    let list = draw::rows(above, 0, above.height.saturating_sub(axis + 1));
    let pitch = pitch(model.lines.len(), list.height);
    let numbers: Vec<Number> = model.lines.iter().map(|l| l.number).collect();
    let form = Column::new(&numbers, usize::from(columns.number));
    let shown = usize::from(list.height.div_ceil(pitch));
    let top = top(model.cursor.unwrap_or(0), model.lines.len(), shown);
    for (i, line) in model.lines.iter().enumerate().skip(top).take(shown) {
        let y = (i - top) as u16 * pitch;
        let place = draw::row(list, y);
        let bar = draw::columns(place, columns.bar_at(), columns.bar);
        draw::put(
            buf,
            draw::columns(place, 0, columns.name),
            &line.name,
            name_style(line, theme),
        );
        let text = signed(&line.number, &form.text(&line.number), line.kind);
        let at = draw::columns(place, columns.name + 1, columns.number + 2);
        draw::put_right(buf, at, &text, line_style(line.kind, theme));
        floating(line, model.scale, theme, bar, buf);
        if pitch > 1 && i + 1 < model.lines.len() {
            let next = draw::columns(draw::row(list, y + 1), columns.bar_at(), columns.bar);
            joint(line, model.scale, theme, next, buf);
        }
        if Some(i) == model.cursor && active {
            let words = draw::columns(place, 0, columns.bar_at().saturating_sub(1));
            draw::restyle(buf, words, theme.selection);
        }
    }
    if let (1, Some(ends)) = (axis, &model.axis) {
        let line = draw::columns(draw::row(above, list.height), columns.bar_at(), columns.bar);
        let half = usize::from(columns.bar / 2);
        draw::put(buf, line, &ends[0].brief(half), theme.muted);
        draw::put_right(buf, line, &ends[1].brief(half), theme.muted);
    }
    let window = draw::Window {
        top,
        shown,
        total: model.lines.len(),
    };
    draw::scroll_marks(buf, list, window, theme.muted);
}

/// Rows from one line to the next.
fn pitch(lines: usize, height: u16) -> u16 {
    if usize::from(height) + 1 >= lines * 2 {
        2
    } else {
        1
    }
}

/// The first of so many lines that are shown, with the cursor among them.
fn top(cursor: usize, lines: usize, shown: usize) -> usize {
    let last = lines.saturating_sub(shown);
    cursor.saturating_sub(shown / 2).min(last)
}

struct Columns {
    name: u16,
    number: u16,
    bar: u16,
}

impl Columns {
    /// Numbers take what they need, up to half; the bar keeps a third where it can.
    fn of(model: &WaterfallModel, room: u16) -> Self {
        let most = |of: &dyn Fn(&WaterfallLine) -> usize| {
            model.lines.iter().map(of).max().unwrap_or(0) as u16
        };
        let numbers: Vec<Number> = model.lines.iter().map(|l| l.number).collect();
        let wanted = most(&|l| width(&l.number.exact()));
        let number = wanted.min(room / 3).max(wanted.min(9)).min(room / 2);
        let form = Column::new(&numbers, usize::from(number));
        let number = most(&|l| width(&form.text(&l.number))).min(number);
        let rest = room.saturating_sub(number + 4);
        let name = most(&|l| width(&l.name)).min((rest / 2).clamp(6.min(rest), 30));
        let bar = rest.saturating_sub(name + 1);
        Self { name, number, bar }
    }

    fn bar_at(&self) -> u16 {
        self.name + self.number + 5
    }
}

fn signed(number: &Number, text: &str, kind: LineKind) -> String {
    match kind {
        LineKind::End => text.to_owned(),
        _ => format!("{} {text}", number.arrow()),
    }
}

fn line_style(kind: LineKind, theme: &Theme) -> Style {
    match kind {
        LineKind::End => theme.strong,
        LineKind::More => theme.good,
        LineKind::Less => theme.bad,
        LineKind::Still => theme.muted,
        LineKind::Rest => theme.warn,
    }
}

fn name_style(line: &WaterfallLine, theme: &Theme) -> Style {
    match line.kind {
        LineKind::End => theme.strong,
        _ => theme.text,
    }
}

/// Half cells from the left for an amount of money.
fn halves(x: f64, (low, high): (f64, f64), columns: u16) -> u16 {
    let share = (x - low) / (high - low);
    let share = if share.is_finite() {
        share.clamp(0.0, 1.0)
    } else {
        0.0
    };
    (share * f64::from(columns) * 2.0).round() as u16
}

fn floating(line: &WaterfallLine, scale: (f64, f64), theme: &Theme, area: Rect, buf: &mut Buffer) {
    let Some((a, b)) = line.reach else { return };
    let (from, to) = match line.kind {
        LineKind::End if scale.0 > 0.0 => (scale.0, b),
        _ => (a, b),
    };
    let ends = [from.min(to), from.max(to)].map(|x| halves(x, scale, area.width));
    let style = match line.kind {
        LineKind::End => theme.accent,
        kind => line_style(kind, theme),
    };
    if line.kind == LineKind::Still {
        let x = (ends[0] / 2).min(area.width.saturating_sub(1));
        draw::dot(buf, area, (x, 0), '│', theme.line);
        return;
    }
    let (start, mut end) = (ends[0], ends[1]);
    if end == start {
        end = start + 1;
    }
    let start = start.min((area.width * 2).saturating_sub(1));
    let less = theme.mono && line.kind == LineKind::Less;
    for x in start / 2..end.div_ceil(2).min(area.width) {
        let glyph = match (start <= 2 * x, end >= 2 * x + 2) {
            _ if less => '▒',
            (true, true) => '█',
            (true, false) => '▌',
            (false, _) => '▐',
        };
        draw::dot(buf, area, (x, 0), glyph, style);
    }
}

/// A thin line from where a bar ends to where the next begins.
fn joint(line: &WaterfallLine, scale: (f64, f64), theme: &Theme, area: Rect, buf: &mut Buffer) {
    let Some((_, to)) = line.reach else { return };
    let x = (halves(to, scale, area.width) / 2).min(area.width.saturating_sub(1));
    draw::dot(buf, area, (x, 0), '╎', theme.line);
}

// -- tornado --------------------------------------------------------------------------------------

fn tornado(model: &TornadoModel, active: bool, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inner = panel(&model.title, &model.side, active, theme, area, buf);
    if model.lines.is_empty() {
        return nothing(&model.empty, theme, inner, buf);
    }
    let spare = inner.height.saturating_sub(4) / 2;
    let above = notes(&model.notes, spare, theme, inner, buf);
    let cells = Cells::of(model, above.width);
    cells.header(model, theme, draw::row(above, 0), buf);
    let list = draw::rows(above, 1, above.height.saturating_sub(2));
    let pitch = pitch(model.lines.len(), list.height);
    let shown = usize::from(list.height.div_ceil(pitch));
    let top = top(model.cursor, model.lines.len(), shown);
    for (i, line) in model.lines.iter().enumerate().skip(top).take(shown) {
        let place = draw::row(list, (i - top) as u16 * pitch);
        cells.line(line, model.longest, theme, place, buf);
        if i == model.cursor && active {
            let words = draw::columns(place, 0, cells.mark + cells.name);
            draw::restyle(buf, words, theme.selection);
        }
    }
    let window = draw::Window {
        top,
        shown,
        total: model.lines.len(),
    };
    draw::scroll_marks(buf, list, window, theme.muted);
}

/// Columns of the tornado: mark, name, step, effect down, bars, effect up.
struct Cells {
    mark: u16,
    name: u16,
    step: u16,
    number: u16,
    bar: u16,
}

impl Cells {
    fn of(model: &TornadoModel, room: u16) -> Self {
        let most = |of: &dyn Fn(&TornadoLine) -> usize| {
            model.lines.iter().map(of).max().unwrap_or(0) as u16
        };
        let brief = |n: &Number| width(&n.brief(12));
        let number = most(&|l| brief(&l.down).max(brief(&l.up))).min(12);
        let number = number.min(room / 4);
        let mut step = most(&|l| width(&l.step)).max(width(&model.headers[1]) as u16);
        let mark = 2.min(room);
        let fixed = mark + 2 * number + 3;
        if room < fixed + step + 16 {
            step = 0;
        }
        let rest = room.saturating_sub(fixed + step + u16::from(step > 0));
        let name = most(&|l| width(&l.name)).clamp(4, 34).min(rest * 3 / 5);
        Self {
            mark,
            name,
            step,
            number,
            bar: rest.saturating_sub(name),
        }
    }

    /// Where step, effect down, bars and effect up begin.
    fn places(&self) -> [u16; 4] {
        let step = self.mark + self.name + 1;
        let down = step + self.step + u16::from(self.step > 0);
        let bar = down + self.number + 1;
        [step, down, bar, bar + self.bar + 1]
    }

    fn header(&self, model: &TornadoModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let [step, down, _, up] = self.places();
        let [name, step_title, less, more] = &model.headers;
        draw::put(
            buf,
            draw::columns(area, self.mark, self.name),
            name,
            theme.muted,
        );
        draw::put_right(
            buf,
            draw::columns(area, step, self.step),
            step_title,
            theme.muted,
        );
        draw::put_right(
            buf,
            draw::columns(area, down, self.number),
            less,
            theme.muted,
        );
        draw::put_right(buf, draw::columns(area, up, self.number), more, theme.muted);
    }

    fn line(&self, line: &TornadoLine, longest: f64, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let [step, down, bar, up] = self.places();
        draw::put(
            buf,
            draw::columns(area, 0, self.mark),
            line.mark,
            theme.accent,
        );
        let name = draw::columns(area, self.mark, self.name);
        draw::put(buf, name, &line.name, theme.text);
        draw::put_right(
            buf,
            draw::columns(area, step, self.step),
            &line.step,
            theme.muted,
        );
        for (number, x) in [(&line.down, down), (&line.up, up)] {
            let text = number.brief(usize::from(self.number));
            let place = draw::columns(area, x, self.number);
            draw::put_right(buf, place, &text, theme.trend(number.sign()));
        }
        self.bars(
            line,
            longest,
            theme,
            draw::columns(area, bar, self.bar),
            buf,
        );
    }

    /// Both effects, each from the middle to the side of its sign.
    fn bars(&self, line: &TornadoLine, longest: f64, theme: &Theme, area: Rect, buf: &mut Buffer) {
        if area.width < 3 {
            return;
        }
        let half = (area.width - 1) / 2;
        draw::dot(buf, area, (half, 0), '│', theme.line);
        for number in [&line.down, &line.up] {
            let Some(x) = number.value.get().filter(|x| *x != 0.0) else {
                continue;
            };
            let share = (x.abs() / longest).clamp(0.0, 1.0);
            let halves = ((share * f64::from(half) * 2.0).round() as u16).max(1);
            let style = theme.trend(number.sign());
            for i in 0..halves.div_ceil(2).min(half) {
                let whole = halves >= (i + 1) * 2;
                let (at, part) = if x > 0.0 {
                    (half + 1 + i, '▌')
                } else {
                    (half - 1 - i, '▐')
                };
                draw::dot(buf, area, (at, 0), if whole { '█' } else { part }, style);
            }
        }
    }
}

// -- heat map -------------------------------------------------------------------------------------

fn heat(model: &HeatModel, active: bool, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inner = panel(&model.title, &model.side, active, theme, area, buf);
    if model.cells.is_empty() {
        return nothing(&model.empty, theme, inner, buf);
    }
    let spare = inner.height.saturating_sub(5) / 2;
    let above = notes(&model.notes, spare, theme, inner, buf);
    let label = model.ys.iter().map(|n| width(&n.fit(9))).max().unwrap_or(0) as u16;
    let name = format!("↑ {}", model.names[1]);
    draw::put(buf, draw::row(above, 0), &name, theme.accent);
    let grid = Grid::of(
        model,
        draw::rows(above, 1, above.height.saturating_sub(3)),
        label,
    );
    grid.render(model, theme, buf);
    let foot = draw::rows(above, above.height.saturating_sub(2), 2);
    grid.labels(model, theme, foot, buf);
    let name = format!("{} →", model.names[0]);
    let line = draw::row(above, above.height.saturating_sub(1));
    if above.height > 2 {
        draw::put_right(buf, line, &name, theme.accent);
    }
}

/// What of the heat map is shown, and where.
struct Grid {
    area: Rect,
    label: u16,
    cell: u16,
    pitch: u16,
    xs: std::ops::Range<usize>,
    ys: std::ops::Range<usize>,
}

impl Grid {
    fn of(model: &HeatModel, area: Rect, label: u16) -> Self {
        let room = area.width.saturating_sub(label + 1);
        let values = model.cells.iter().flatten();
        let widest = values.map(|c| width(&c.number.brief(8))).max().unwrap_or(4) as u16;
        let cell = (widest + 3).clamp(5, 12);
        let pitch = if usize::from(area.height) > model.ys.len().min(9) * 2 {
            2
        } else {
            1
        };
        let columns = usize::from(room / cell).min(model.xs.len());
        let rows = usize::from(area.height / pitch).min(model.ys.len());
        let cell = if columns == model.xs.len() {
            (room / columns.max(1) as u16).min(14).max(cell)
        } else {
            cell
        };
        let range = |cross: usize, shown: usize, all: usize| {
            let first = cross
                .saturating_sub(shown / 2)
                .min(all.saturating_sub(shown));
            first..first + shown
        };
        Self {
            area,
            label,
            cell,
            pitch,
            xs: range(model.cross[0], columns, model.xs.len()),
            ys: range(model.cross[1], rows, model.ys.len()),
        }
    }

    fn left(&self, x: usize) -> u16 {
        self.label + 1 + (x - self.xs.start) as u16 * self.cell
    }

    /// The row of a place of y; the largest is above.
    fn line(&self, y: usize) -> u16 {
        (self.ys.end - 1 - y) as u16 * self.pitch
    }

    fn render(&self, model: &HeatModel, theme: &Theme, buf: &mut Buffer) {
        for y in self.ys.clone() {
            let line = draw::row(self.area, self.line(y));
            let text = model
                .ys
                .get(y)
                .map_or_else(String::new, |n| n.fit(usize::from(self.label)));
            let style = if y == model.cross[1] {
                theme.accent
            } else {
                theme.muted
            };
            draw::put_right(buf, draw::columns(line, 0, self.label), &text, style);
            for x in self.xs.clone() {
                self.cell(model, (x, y), theme, buf);
            }
        }
        self.iso_line(model, theme, buf);
    }

    fn cell(&self, model: &HeatModel, (x, y): (usize, usize), theme: &Theme, buf: &mut Buffer) {
        let Some(cell) = model.cells.get(y).and_then(|row| row.get(x)) else {
            return;
        };
        let at = [x, y] == model.cross;
        let rests = model.rest == [Some(x), Some(y)];
        let style = if at {
            theme.tab
        } else {
            theme.heat(cell.share)
        };
        let place = draw::columns(self.area, self.left(x), self.cell);
        for row in 0..self.pitch {
            let line = draw::row(place, self.line(y) + row);
            let ground = if at && row > 0 {
                theme.heat(cell.share)
            } else {
                style
            };
            draw::put(buf, line, &pad("", usize::from(self.cell)), ground);
        }
        let line = draw::row(place, self.line(y));
        let mark = match (at, rests) {
            (true, _) => "╋",
            (_, true) => "○",
            _ => "",
        };
        draw::put(buf, draw::columns(line, 1, 1), mark, style);
        let room = draw::columns(line, 2, self.cell.saturating_sub(3));
        let text = cell.number.brief(usize::from(room.width));
        draw::put_right(buf, room, &text, style);
    }

    fn reaches(&self, model: &HeatModel, x: usize, y: usize) -> Option<bool> {
        let shown = self.xs.contains(&x) && self.ys.contains(&y);
        model.cells.get(y).filter(|_| shown)?.get(x)?.reaches
    }

    /// Whether the target lies between two places.
    fn between(&self, model: &HeatModel, a: (usize, usize), b: (usize, usize)) -> bool {
        let (a, b) = (self.reaches(model, a.0, a.1), self.reaches(model, b.0, b.1));
        a.zip(b).is_some_and(|(a, b)| a != b)
    }

    /// Draws the border between what reaches the target and what does not.
    fn iso_line(&self, model: &HeatModel, theme: &Theme, buf: &mut Buffer) {
        let upright = |x: usize, y: usize| x > 0 && self.between(model, (x - 1, y), (x, y));
        let level = |x: usize, y: usize| y > 0 && self.between(model, (x, y - 1), (x, y));
        for y in self.ys.clone() {
            for x in self.xs.clone() {
                let (left, line) = (self.left(x), self.line(y));
                if upright(x, y) {
                    self.mark(buf, (left, line), '┃', theme);
                }
                if self.pitch < 2 {
                    continue;
                }
                if level(x, y) {
                    for dx in 1..self.cell {
                        self.mark(buf, (left + dx, line + 1), '━', theme);
                    }
                }
                let below = y.checked_sub(1);
                let ends = [
                    upright(x, y),
                    below.is_some_and(|b| upright(x, b)),
                    x > 0 && level(x - 1, y),
                    level(x, y),
                ];
                if let Some(glyph) = corner(ends) {
                    self.mark(buf, (left, line + 1), glyph, theme);
                }
            }
        }
    }

    fn mark(&self, buf: &mut Buffer, at: (u16, u16), glyph: char, theme: &Theme) {
        draw::dot(buf, self.area, at, glyph, theme.benchmark);
    }

    fn labels(&self, model: &HeatModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
        for x in self.xs.clone() {
            let place = draw::columns(draw::row(area, 0), self.left(x), self.cell);
            let room = draw::columns(place, 0, self.cell.saturating_sub(1));
            let text = model
                .xs
                .get(x)
                .map_or_else(String::new, |n| n.fit(usize::from(room.width)));
            let style = if x == model.cross[0] {
                theme.accent
            } else {
                theme.muted
            };
            draw::put_right(buf, room, &text, style);
        }
    }
}

/// The glyph where lines from above, below, left and right meet.
fn corner([up, down, left, right]: [bool; 4]) -> Option<char> {
    Some(match (up, down, left, right) {
        (true, true, true, true) => '╋',
        (true, true, true, false) => '┫',
        (true, true, false, true) => '┣',
        (true, false, true, true) => '┻',
        (false, true, true, true) => '┳',
        (true, true, false, false) => '┃',
        (false, false, true, true) => '━',
        (true, false, false, true) => '┗',
        (true, false, true, false) => '┛',
        (false, true, false, true) => '┏',
        (false, true, true, false) => '┓',
        (true, false, false, false) => '╹',
        (false, true, false, false) => '╻',
        (false, false, true, false) => '╸',
        (false, false, false, true) => '╺',
        (false, false, false, false) => return None,
    })
}
