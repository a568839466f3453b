//! Draws the scenarios pane: the list, and the baseline with some scenarios side by side.
//!
//! Columns are whole or not there; rows give way by rank where there are too few, and what finds no
//! room is counted.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::draw;
use super::table::{self, mood};
use super::theme::Theme;
use crate::view::number::Number;
use crate::view::scenarios::{Compare, CompareCell, CompareRow, ScenariosModel, Section};
use crate::view::text::{width, wrap};

/// Rows that the comparison needs with its frame.
const LEAST: u16 = 7;
/// Blank columns between two groups of columns, at least.
const GAP: u16 = 3;
/// Ranks up to this one may not give way to the headings of sections.
const BEFORE_HEADINGS: u8 = 2;

/// Draws the pane.
pub fn render(model: &ScenariosModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let wanted = table::height(&model.list) + 2 + model.notes.len() as u16;
    let most = (area.height * 2 / 5).max(7);
    let below = area.height.saturating_sub(wanted.min(most));
    let below = if below >= LEAST { below } else { 0 };
    list(model, theme, draw::rows(area, 0, area.height - below), buf);
    let lower = draw::rows(area, area.height - below, below);
    if below == 0 {
    } else if model.empty.is_empty() {
        compare(&model.compare, theme, lower, buf);
    } else {
        nothing(&model.empty, theme, lower, buf);
    }
}

fn list(model: &ScenariosModel, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let caption = draw::Caption {
        title: &model.title,
        side: &model.side,
        accent: None,
    };
    let inner = draw::panel(buf, area, caption, theme);
    let need = table::height(&model.list).min(6);
    let foot = (model.notes.len() as u16).min(inner.height.saturating_sub(need));
    let rows = inner.height - foot;
    table::render(&model.list, theme, draw::rows(inner, 0, rows), buf);
    let foot = draw::rows(inner, rows, foot);
    let skip = model.notes.len() - usize::from(foot.height);
    draw::put_lines(buf, foot, &model.notes[skip..], theme.muted);
}

/// What to do where there is no scenario, calmly in the middle.
fn nothing(lines: &[String], theme: &Theme, area: Rect, buf: &mut Buffer) {
    let inner = draw::panel(buf, area, draw::Caption::default(), theme);
    let wrapped: Vec<(usize, String)> = lines
        .iter()
        .enumerate()
        .flat_map(|(i, line)| {
            let parts = wrap(line, usize::from(inner.width));
            parts.into_iter().map(move |part| (i, part))
        })
        .collect();
    let top = inner.height.saturating_sub(wrapped.len() as u16) / 2;
    for (y, (i, line)) in (top..).zip(&wrapped) {
        let style = [theme.strong, theme.text][usize::from(*i > 0)];
        draw::put_center(buf, draw::row(inner, y), line, style);
    }
}

// -- columns ----------------------------------------------------------------------------------

/// Columns of the comparison: widths, and how many scenarios find room.
#[derive(Debug, Clone, Copy)]
struct Layout {
    name: u16,
    baseline: u16,
    value: u16,
    delta: u16,
    target: u16,
    gap: u16,
    scenarios: usize,
}

/// How wide numbers may be, whether differences are shown, and whether targets are.
const FORMS: [(usize, bool, bool); 7] = [
    (15, true, true),
    (11, true, true),
    (11, true, false),
    (8, true, true),
    (8, true, false),
    (11, false, false),
    (8, false, false),
];

impl Layout {
    /// The widest form in which every scenario finds room; else as many scenarios as do.
    fn of(model: &Compare, room: u16) -> Self {
        for scenarios in (1..=model.columns.len()).rev() {
            let forms = FORMS
                .into_iter()
                .map(|form| Self::form(model, form, scenarios));
            let fits = |l: &Self| l.used() <= room;
            if let Some(found) = forms.into_iter().find(fits) {
                return found.spread(room);
            }
        }
        let mut least = Self::form(model, (8, false, false), 0);
        least.name = least.name.min(room.saturating_sub(least.baseline + GAP));
        least
    }

    fn form(model: &Compare, form: (usize, bool, bool), scenarios: usize) -> Self {
        let (most, deltas, targets) = form;
        let rows = || model.sections.iter().flat_map(|s| &s.rows);
        let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0) as u16;
        let fit = |n: Number| width(&n.fit(most));
        let name =
            widest(&mut rows().map(|r| width(&r.name))).clamp(8, if most > 8 { 26 } else { 14 });
        let title = |i: usize| width(&model.headings[i]);
        let baseline = widest(&mut rows().filter_map(|r| r.baseline).map(fit).chain([title(1)]));
        let targets_of = || rows().filter_map(|r| r.target);
        let target = if targets && targets_of().next().is_some() {
            widest(&mut targets_of().map(fit).chain([title(2)]))
        } else {
            0
        };
        let cells = || rows().flat_map(|r| r.cells.iter().take(scenarios));
        let values = cells().filter_map(|cell| match cell {
            CompareCell::Value { value, .. } => Some(fit(*value)),
            CompareCell::Lever(number, _) => number.map(fit),
        });
        let changes = cells().filter_map(|cell| match cell {
            CompareCell::Value { delta, .. } => delta.map(|d| width(&d.number.fit(9)) + 2),
            CompareCell::Lever(..) => None,
        });
        Self {
            name,
            baseline: baseline + 1,
            value: widest(&mut values.chain([6])) + 1,
            delta: if deltas {
                changes.max().unwrap_or(0) as u16
            } else {
                0
            },
            target,
            gap: GAP,
            scenarios,
        }
    }

    /// Columns of one scenario.
    fn group(&self) -> u16 {
        self.value + if self.delta > 0 { self.delta + 1 } else { 0 }
    }

    fn used(&self) -> u16 {
        let groups = self.scenarios as u16 * (self.group() + self.gap);
        let target = if self.target > 0 {
            self.target + self.gap
        } else {
            0
        };
        self.name + self.gap + self.baseline + groups + target
    }

    /// Gives what is left to the gaps between the groups.
    fn spread(mut self, room: u16) -> Self {
        let gaps = self.scenarios as u16 + 1 + u16::from(self.target > 0);
        let more = (room - self.used()).checked_div(gaps).unwrap_or(0);
        self.gap += more.min(5);
        self
    }

    fn baseline_at(&self) -> u16 {
        self.name + self.gap
    }

    fn scenario_at(&self, i: usize) -> u16 {
        self.baseline_at() + self.baseline + self.gap + i as u16 * (self.group() + self.gap)
    }

    fn target_at(&self) -> u16 {
        self.scenario_at(self.scenarios)
    }
}

// -- rows -------------------------------------------------------------------------------------

/// What stands in a line.
enum Line<'a> {
    Heading(&'a str),
    Row(&'a CompareRow),
}

/// The lines that find room, and how many rows do not: rows give way by rank, the last of a rank
/// first; headings are there when they cost no row of weight.
fn lines(sections: &[Section], height: usize) -> (Vec<Line<'_>>, usize) {
    let mut ranks: Vec<u8> = sections
        .iter()
        .flat_map(|s| &s.rows)
        .map(|r| r.rank)
        .collect();
    let all = ranks.len();
    let vital = ranks.iter().filter(|r| **r <= BEFORE_HEADINGS).count();
    let headings = vital + sections.len() < height;
    let spare = height.saturating_sub(if headings { sections.len() } else { 0 });
    let room = if all > spare {
        spare.saturating_sub(1)
    } else {
        all
    };
    ranks.sort_unstable();
    let limit = ranks.get(room).copied().unwrap_or(u8::MAX);
    let mut of_limit = room - ranks.iter().take(room).filter(|r| **r < limit).count();
    let mut lines = Vec::new();
    for section in sections {
        let start = lines.len();
        for row in &section.rows {
            let keep = row.rank < limit || row.rank == limit && of_limit > 0;
            if keep {
                of_limit -= usize::from(row.rank == limit);
                lines.push(Line::Row(row));
            }
        }
        if headings && lines.len() > start {
            lines.insert(start, Line::Heading(&section.title));
        }
    }
    (lines, all - room)
}

fn compare(model: &Compare, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let caption = draw::Caption {
        title: &model.title,
        side: &model.side,
        accent: None,
    };
    let inner = draw::panel(buf, area, caption, theme);
    let notes: Vec<String> = model
        .notes
        .iter()
        .flat_map(|n| wrap(n, usize::from(inner.width)))
        .take(usize::from(inner.height / 6))
        .collect();
    let body = draw::rows(inner, 0, inner.height - notes.len() as u16);
    let layout = Layout::of(model, body.width);
    let ruled = body.height >= 8;
    header(model, &layout, theme, draw::row(body, 0), buf);
    if ruled {
        draw::rule(buf, draw::row(body, 1), theme.line);
    }
    let head = 1 + u16::from(ruled);
    let rest = draw::rows(body, head, body.height);
    let (shown, hidden) = lines(&model.sections, usize::from(rest.height));
    for (y, line) in (0..rest.height).zip(&shown) {
        let place = draw::row(rest, y);
        match line {
            Line::Heading(title) => heading(title, theme, place, buf),
            Line::Row(one) => row(one, &layout, theme, place, buf),
        }
    }
    if hidden > 0 {
        let words = model.hidden.replace('#', &hidden.to_string());
        let place = draw::row(rest, rest.height.saturating_sub(1));
        draw::put(buf, place, &words, theme.muted);
    }
    let foot = draw::rows(inner, body.height, notes.len() as u16);
    draw::put_lines(buf, foot, &notes, theme.muted);
}

fn heading(title: &str, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let used = draw::put(buf, area, title, theme.title);
    draw::rule(buf, draw::columns(area, used + 1, area.width), theme.line);
}

fn header(model: &Compare, layout: &Layout, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let baseline = draw::columns(area, layout.baseline_at(), layout.baseline - 1);
    draw::put_right(buf, baseline, &model.headings[1], theme.muted);
    for (i, column) in model.columns.iter().take(layout.scenarios).enumerate() {
        let place = draw::columns(area, layout.scenario_at(i), layout.group());
        let mark = if column.open { "● " } else { "" };
        let style = if column.open {
            theme.accent
        } else {
            theme.strong
        };
        draw::put(buf, place, &format!("{mark}{}", column.name), style);
    }
    let left = model.columns.len() - layout.scenarios;
    if left > 0 {
        draw::put_right(buf, area, &format!("+{left}"), theme.muted);
    }
    if layout.target > 0 {
        let place = draw::columns(area, layout.target_at(), layout.target);
        draw::put_right(buf, place, &model.headings[2], theme.muted);
    }
}

fn row(row: &CompareRow, layout: &Layout, theme: &Theme, area: Rect, buf: &mut Buffer) {
    draw::put(
        buf,
        draw::columns(area, 0, layout.name),
        &row.name,
        theme.text,
    );
    let place = draw::columns(area, layout.baseline_at(), layout.baseline);
    if let Some(number) = &row.baseline {
        value(number, row.best, theme.text, theme, place, buf);
    }
    for (i, cell) in row.cells.iter().take(layout.scenarios).enumerate() {
        let place = draw::columns(area, layout.scenario_at(i), layout.group());
        scenario(cell, layout, theme, place, buf);
    }
    if let (Some(number), true) = (&row.target, layout.target > 0) {
        let place = draw::columns(area, layout.target_at(), layout.target);
        draw::put_number(buf, place, number, theme.benchmark);
    }
}

/// A number with the mark of the best one right of it.
fn value(number: &Number, best: bool, style: Style, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let digits = draw::columns(area, 0, area.width.saturating_sub(1));
    draw::put_number(buf, digits, number, style);
    if best {
        draw::put_right(buf, area, "★", theme.accent);
    }
}

fn scenario(cell: &CompareCell, layout: &Layout, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let place = draw::columns(area, 0, layout.value);
    match cell {
        CompareCell::Lever(Some(number), 1) => {
            value(number, false, theme.accent, theme, place, buf)
        }
        CompareCell::Lever(_, 0) => {
            let digits = draw::columns(place, 0, place.width.saturating_sub(1));
            draw::put_right(buf, digits, "·", theme.muted);
        }
        CompareCell::Lever(_, n) => {
            let digits = draw::columns(place, 0, place.width.saturating_sub(1));
            draw::put_right(buf, digits, &format!("× {n}"), theme.accent);
        }
        CompareCell::Value {
            value: number,
            delta,
            best,
        } => {
            let style = if delta.is_some() {
                theme.strong
            } else {
                theme.muted
            };
            value(number, *best, style, theme, place, buf);
            if let (Some(delta), true) = (delta, layout.delta > 0) {
                let room = draw::columns(area, layout.value + 1, layout.delta);
                let digits = draw::columns(room, 0, room.width.saturating_sub(2));
                draw::put_number(buf, digits, &delta.number, mood(delta.mood, theme));
                draw::put_right(buf, room, delta.number.arrow(), mood(delta.mood, theme));
            }
        }
    }
}
