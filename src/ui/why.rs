//! Draws the pane of [`WhyModel`]: a waterfall of floating bars, a tornado, a heat map with the
//! target as a line.
//!
//! Where there is no room for all pictures, the one that listens is drawn, with its neighbour where
//! two fit.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

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
    for (view, place) in places(model.active, area) {
        let active = view == model.active;
        match view {
            WhyView::Waterfall => waterfall(&model.waterfall, active, theme, place, buf),
            WhyView::Tornado => tornado(&model.tornado, active, theme, place, buf),
            WhyView::Heat => heat(&model.heat, active, theme, place, buf),
        }
    }
}

/// Which pictures are shown, and where.
fn places(active: WhyView, area: Rect) -> Vec<(WhyView, Rect)> {
    use WhyView::{Heat, Tornado, Waterfall};
    let split = |at: u16| {
        let right = draw::columns(area, at, area.width);
        (draw::columns(area, 0, at), right)
    };
    if area.width >= ALL.0 && area.height >= ALL.1 {
        let (left, right) = split(area.width / 2);
        let upper = left.height / 2;
        let lower = draw::rows(left, upper, left.height);
        let upper = draw::rows(left, 0, upper);
        return vec![(Waterfall, upper), (Tornado, lower), (Heat, right)];
    }
    if area.width < TWO.0 || area.height < TWO.1 {
        return vec![(active, area)];
    }
    if active == Heat {
        let (left, right) = split(area.width * 2 / 5);
        return vec![(Tornado, left), (Heat, right)];
    }
    let (left, right) = split(area.width / 2);
    vec![(Waterfall, left), (Tornado, right)]
}

/// A panel with the longest words at the right of its title that fit.
fn panel(
    title: &str,
    sides: &[String],
    active: bool,
    theme: &Theme,
    area: Rect,
    buf: &mut Buffer,
) -> Rect {
    let room = usize::from(area.width).saturating_sub(width(title) + 10);
    let fits = |side: &&String| width(side) <= room;
    let caption = draw::Caption {
        title,
        side: sides.iter().find(fits).map_or("", String::as_str),
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

/// Rows that notes may take below so many lines: what the lines leave, at most half.
fn room_below(lines: usize, area: Rect) -> u16 {
    let free = area.height.saturating_sub(lines as u16 + 3);
    free.clamp(1, (area.height / 2).max(1))
}

/// Columns that are kept free for scroll marks.
const MARKS: u16 = 2;

/// The area without the columns of scroll marks, where so many rows do not fit.
fn beside_marks(area: Rect, rows: usize) -> Rect {
    let marks = if usize::from(area.height) < rows {
        MARKS
    } else {
        0
    };
    draw::columns(area, 0, area.width.saturating_sub(marks))
}

// -- waterfall ------------------------------------------------------------------------------------

fn waterfall(model: &WaterfallModel, active: bool, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inner = panel(&model.title, &model.sides, active, theme, area, buf);
    if model.lines.len() < 2 || (model.cursor.is_none() && !model.empty.is_empty()) {
        return nothing(&model.empty, theme, inner, buf);
    }
    let most = room_below(model.lines.len(), inner);
    let whole = notes(&model.notes, most, theme, inner, buf);
    let above = beside_marks(whole, model.lines.len() + 2);
    let columns = Columns::of(model, above.width);
    let axis = u16::from(above.height > 6 && columns.bar > 20);
    let list = draw::rows(above, 0, above.height.saturating_sub(axis + 1));
    let pitch = pitch(model.lines.len(), list.height);
    let shown = usize::from(list.height.div_ceil(pitch));
    let top = top(model.cursor.unwrap_or(0), model.lines.len(), shown);
    for (i, line) in model.lines.iter().enumerate().skip(top).take(shown) {
        let step = draw::rows(list, (i - top) as u16 * pitch, pitch);
        columns.line(line, theme, draw::row(step, 0), buf);
        let ends = i + 1 == model.lines.len();
        columns.bars(line, model.scale, ends, theme, step, buf);
        if Some(i) == model.cursor && active {
            let words = columns.bar_at().saturating_sub(1);
            let words = draw::columns(draw::row(step, 0), 0, words);
            draw::restyle(buf, words, theme.selection);
        }
    }
    if axis > 0 {
        columns.axis(model, theme, draw::row(above, list.height), buf);
    }
    let window = draw::Window {
        top,
        shown,
        total: model.lines.len(),
    };
    marks(window, whole.width, theme, list, buf);
}

/// Scroll marks of a list at the right of a panel of so many columns.
fn marks(window: draw::Window, columns: u16, theme: &Theme, list: Rect, buf: &mut Buffer) {
    let edge = Rect {
        width: columns,
        ..list
    };
    draw::scroll_marks(buf, edge, window, theme.muted);
}

/// Rows from one line to the next; the last of them stays free where there are several.
fn pitch(lines: usize, height: u16) -> u16 {
    let each = (usize::from(height) + 1) / lines.max(1);
    each.clamp(1, 3) as u16
}

/// Rows that a bar is thick.
fn thickness(pitch: u16) -> u16 {
    pitch.saturating_sub(1).max(1)
}

/// The first of so many lines that are shown, with the cursor among them.
fn top(cursor: usize, lines: usize, shown: usize) -> usize {
    let last = lines.saturating_sub(shown);
    cursor.saturating_sub(shown / 2).min(last)
}

/// Columns of the waterfall.
struct Columns {
    name: u16,
    number: u16,
    bar: u16,
    form: Column,
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
        Self {
            name,
            number,
            bar,
            form,
        }
    }

    fn bar_at(&self) -> u16 {
        self.name + self.number + 5
    }

    fn line(&self, line: &WaterfallLine, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let name = draw::columns(area, 0, self.name);
        draw::put(buf, name, &line.name, name_style(line, theme));
        let text = signed(&line.number, &self.form.text(&line.number), line.kind);
        let number = draw::columns(area, self.name + 1, self.number + 2);
        draw::put_right(buf, number, &text, line_style(line.kind, theme));
    }

    fn bars(
        &self,
        line: &WaterfallLine,
        scale: (f64, f64),
        last: bool,
        theme: &Theme,
        area: Rect,
        buf: &mut Buffer,
    ) {
        let area = draw::columns(area, self.bar_at(), self.bar);
        for row in 0..thickness(area.height) {
            floating(line, scale, theme, draw::row(area, row), buf);
        }
        if area.height > 1 && !last {
            joint(line, scale, theme, draw::row(area, area.height - 1), buf);
        }
    }

    /// Money at both ends of the bars.
    fn axis(&self, model: &WaterfallModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let Some(ends) = &model.axis else { return };
        let line = draw::columns(area, self.bar_at(), self.bar);
        let form = Column::new(&ends[..], usize::from((self.bar / 2).saturating_sub(4)));
        let [low, high] = ends.map(|n| form.text(&n));
        let used = draw::put(buf, line, &model.ground, theme.muted);
        let rest = draw::columns(line, used, line.width);
        draw::put(buf, rest, &low, theme.muted);
        draw::put_right(buf, line, &high, theme.muted);
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
    let inner = panel(&model.title, &model.sides, active, theme, area, buf);
    if model.lines.is_empty() {
        return nothing(&model.empty, theme, inner, buf);
    }
    let most = room_below(model.lines.len(), inner);
    let whole = notes(&model.notes, most, theme, inner, buf);
    let above = beside_marks(whole, model.lines.len() + 2);
    let cells = Cells::of(model, above.width);
    cells.header(model, theme, draw::row(above, 0), buf);
    let list = draw::rows(above, 1, above.height.saturating_sub(2));
    let pitch = pitch(model.lines.len(), list.height);
    let shown = usize::from(list.height.div_ceil(pitch));
    let top = top(model.cursor, model.lines.len(), shown);
    for (i, line) in model.lines.iter().enumerate().skip(top).take(shown) {
        let rows = draw::rows(list, (i - top) as u16 * pitch, thickness(pitch));
        let place = draw::row(rows, 0);
        cells.line(line, theme, place, buf);
        cells.bars(line, model.longest, theme, rows, buf);
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
    marks(window, whole.width, theme, list, buf);
}

/// Columns of the tornado: mark, name, step, effect down, bars, effect up.
struct Cells {
    mark: u16,
    name: u16,
    step: u16,
    number: u16,
    bar: u16,
    form: Column,
}

/// Columns that the bars of a tornado keep, before the step gives way.
const BARS: u16 = 18;

impl Cells {
    /// Numbers give way before the bars become too short.
    fn of(model: &TornadoModel, room: u16) -> Self {
        let wide = Self::with(model, room, 12);
        if wide.bar >= BARS * 2 / 3 {
            return wide;
        }
        Self::with(model, room, 9)
    }

    fn with(model: &TornadoModel, room: u16, digits: u16) -> Self {
        let most = |of: &dyn Fn(&TornadoLine) -> usize| {
            model.lines.iter().map(of).max().unwrap_or(0) as u16
        };
        let effects: Vec<Number> = model.lines.iter().flat_map(|l| [l.down, l.up]).collect();
        let form = Column::new(&effects, usize::from(digits.min(room / 4)));
        let widest = effects.iter().map(|n| width(&form.text(n))).max();
        let number = widest.unwrap_or(0) as u16;
        let mark = 2.min(room);
        let rest = room.saturating_sub(mark + 2 * number + 3);
        let name = most(&|l| width(&l.name)).clamp(4, 34).min(rest * 3 / 5);
        let step = most(&|l| width(&l.step)).max(width(&model.headers[1]) as u16);
        let bar = rest.saturating_sub(name);
        let step = if bar > BARS + step { step } else { 0 };
        Self {
            mark,
            name,
            step,
            number,
            bar: bar.saturating_sub(step + u16::from(step > 0)),
            form,
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

    fn line(&self, line: &TornadoLine, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let [step, down, _, up] = self.places();
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
            let text = self.form.text(number);
            let place = draw::columns(area, x, self.number);
            draw::put_right(buf, place, &text, theme.trend(number.sign()));
        }
    }

    /// Both effects, each from the middle to the side of its sign.
    fn bars(&self, line: &TornadoLine, longest: f64, theme: &Theme, area: Rect, buf: &mut Buffer) {
        let area = draw::columns(area, self.places()[2], self.bar);
        if area.width < 3 {
            return;
        }
        for row in 0..area.height {
            both(line, longest, theme, draw::row(area, row), buf);
        }
    }
}

/// Both effects in one row.
fn both(line: &TornadoLine, longest: f64, theme: &Theme, area: Rect, buf: &mut Buffer) {
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

// -- heat map -------------------------------------------------------------------------------------

fn heat(model: &HeatModel, active: bool, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inner = panel(&model.title, &model.sides, active, theme, area, buf);
    if model.cells.is_empty() {
        return nothing(&model.empty, theme, inner, buf);
    }
    let spare = inner.height.saturating_sub(5) / 2;
    let above = notes(&model.notes, spare, theme, inner, buf);
    let label = model.ys.iter().map(|n| width(&n.fit(9))).max().unwrap_or(0) as u16;
    let name = format!("↑ {}", model.names[1]);
    draw::put(buf, draw::row(above, 0), &name, theme.accent);
    let place = draw::rows(above, 1, above.height.saturating_sub(3));
    let grid = Grid::of(model, place, label);
    grid.render(model, theme, buf);
    let foot = draw::rows(above, 1 + grid.height(), 2);
    grid.labels(model, theme, foot, buf);
    let name = format!("{} →", model.names[0]);
    let line = draw::columns(draw::row(foot, 1), 0, grid.left(grid.xs.end));
    draw::put_right(buf, line, &name, theme.accent);
}

/// What of the heat map is shown, and where.
struct Grid {
    area: Rect,
    label: u16,
    cell: u16,
    pitch: u16,
    xs: std::ops::Range<usize>,
    ys: std::ops::Range<usize>,
    form: Column,
}

/// So many of all places with the resting one in their middle, moved as far as the cross and a
/// place beside it need.
fn around(rest: usize, cross: usize, shown: usize, all: usize) -> std::ops::Range<usize> {
    let most = (cross.saturating_sub(1)).min(all.saturating_sub(shown));
    let least = (cross + 2).saturating_sub(shown).min(most);
    let first = rest.saturating_sub(shown / 2).clamp(least, most);
    first..(first + shown).min(all)
}

impl Grid {
    fn of(model: &HeatModel, area: Rect, label: u16) -> Self {
        let room = area.width.saturating_sub(label + 1);
        let numbers: Vec<Number> = model.cells.iter().flatten().map(|c| c.number).collect();
        let form = Column::new(&numbers, 8);
        let widest = numbers.iter().map(|n| width(&form.text(n))).max();
        let cell = (widest.unwrap_or(4) as u16 + 3).clamp(5, 12);
        let columns = usize::from(room / cell).min(model.xs.len());
        let cell = (room / columns.max(1) as u16).min(16).max(cell);
        let pitch = (usize::from(area.height) / model.ys.len().clamp(1, 9)).clamp(1, 2);
        let pitch = if usize::from(area.height) >= model.ys.len() * 3 {
            3
        } else {
            pitch as u16
        };
        let rows = usize::from(area.height / pitch).min(model.ys.len());
        let window = |axis: usize, shown: usize, all: usize| {
            let rest = model.rest[axis].unwrap_or(all / 2);
            around(rest, model.cross[axis], shown, all)
        };
        Self {
            area,
            label,
            cell,
            pitch,
            xs: window(0, columns, model.xs.len()),
            ys: window(1, rows, model.ys.len()),
            form,
        }
    }

    fn left(&self, x: usize) -> u16 {
        self.label + 1 + (x - self.xs.start) as u16 * self.cell
    }

    /// The first row of a place of y; the largest is above.
    fn line(&self, y: usize) -> u16 {
        (self.ys.end - 1 - y) as u16 * self.pitch
    }

    /// The row of its number.
    fn middle(&self, y: usize) -> u16 {
        self.line(y) + (self.pitch - 1) / 2
    }

    fn height(&self) -> u16 {
        self.ys.len() as u16 * self.pitch
    }

    fn render(&self, model: &HeatModel, theme: &Theme, buf: &mut Buffer) {
        for y in self.ys.clone() {
            let line = draw::row(self.area, self.middle(y));
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
        let ground = theme.heat(cell.share);
        let style = if at { theme.tab } else { ground };
        let place = draw::columns(self.area, self.left(x), self.cell);
        for row in 0..self.pitch {
            let line = draw::row(place, self.line(y) + row);
            draw::put(buf, line, &pad("", usize::from(self.cell)), ground);
        }
        let line = draw::row(place, self.middle(y));
        let line = draw::columns(line, 1, self.cell.saturating_sub(2));
        let text = self.form.text(&cell.number);
        let air = if usize::from(line.width) > width(&text) + 2 {
            " "
        } else {
            ""
        };
        let text = match (at, rests) {
            (true, _) => format!("{air}╋{air}{text}"),
            (_, true) => format!("○{air}{text}"),
            _ => text,
        };
        draw::put_right(buf, line, &text, style);
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

    /// Whether the target lies between a place and the one at its left.
    fn upright(&self, model: &HeatModel, x: usize, y: usize) -> bool {
        x > 0 && self.between(model, (x - 1, y), (x, y))
    }

    /// Whether the target lies between a place and the one below it.
    fn level(&self, model: &HeatModel, x: usize, y: usize) -> bool {
        y > 0 && self.between(model, (x, y - 1), (x, y))
    }

    /// Draws the border between what reaches the target and what does not.
    fn iso_line(&self, model: &HeatModel, theme: &Theme, buf: &mut Buffer) {
        for y in self.ys.clone() {
            for x in self.xs.clone() {
                self.left_border(model, (x, y), theme, buf);
                self.lower_border(model, (x, y), theme, buf);
            }
        }
    }

    fn left_border(
        &self,
        model: &HeatModel,
        (x, y): (usize, usize),
        theme: &Theme,
        buf: &mut Buffer,
    ) {
        if !self.upright(model, x, y) {
            return;
        }
        for dy in 0..thickness(self.pitch) {
            self.mark(buf, (self.left(x), self.line(y) + dy), '┃', theme);
        }
    }

    /// The border below a place; where there is no row for it, its text is underlined.
    fn lower_border(
        &self,
        model: &HeatModel,
        (x, y): (usize, usize),
        theme: &Theme,
        buf: &mut Buffer,
    ) {
        let (left, level) = (self.left(x), self.level(model, x, y));
        if self.pitch < 2 {
            if level {
                let cell = draw::columns(self.area, left + 1, self.cell.saturating_sub(1));
                let under = Style::new().add_modifier(Modifier::UNDERLINED);
                draw::restyle(buf, draw::row(cell, self.line(y)), under);
            }
            return;
        }
        let below = self.line(y) + self.pitch - 1;
        for dx in (1..self.cell).filter(|_| level) {
            self.mark(buf, (left + dx, below), '━', theme);
        }
        let ends = [
            self.upright(model, x, y),
            y > 0 && self.upright(model, x, y - 1),
            x > 0 && self.level(model, x - 1, y),
            level,
        ];
        if let Some(glyph) = corner(ends) {
            self.mark(buf, (left, below), glyph, theme);
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
