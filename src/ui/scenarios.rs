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
use crate::view::number::{Column, Number};
use crate::view::scenarios::{Compare, CompareCell, CompareRow, ScenariosModel, Section};
use crate::view::table::Change;
use crate::view::text::{first_lines, width, wrap};

/// Rows that the comparison needs with its frame.
const LEAST: u16 = 7;
/// Blank columns between two groups of columns, at least.
const GAP: u16 = 3;
/// Ranks up to this one may not give way to the headings of sections.
const BEFORE_HEADINGS: u8 = 2;

/// Draws the pane; tells where the list is.
pub fn render(model: &ScenariosModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
    let wanted = table::height(&model.list) + 2 + model.notes.len() as u16;
    let most = (area.height * 2 / 5).max(7);
    let below = area.height.saturating_sub(wanted.min(most));
    let below = if below >= LEAST { below } else { 0 };
    let place = list(model, theme, draw::rows(area, 0, area.height - below), buf);
    let lower = draw::rows(area, area.height - below, below);
    if below == 0 {
    } else if model.empty.is_empty() {
        compare(&model.compare, theme, lower, buf);
    } else {
        nothing(&model.empty, theme, lower, buf);
    }
    place
}

fn list(model: &ScenariosModel, theme: &Theme, area: Rect, buf: &mut Buffer) -> Rect {
    let caption = draw::Caption {
        title: &model.title,
        side: &model.side,
        accent: None,
    };
    let inner = draw::panel(buf, area, caption, theme);
    let need = table::height(&model.list).min(6);
    let foot = (model.notes.len() as u16).min(inner.height.saturating_sub(need));
    let rows = inner.height - foot;
    let place = draw::rows(inner, 0, rows);
    table::render(&model.list, theme, place, buf);
    let foot = draw::rows(inner, rows, foot);
    let skip = model.notes.len() - usize::from(foot.height);
    draw::put_lines(buf, foot, &model.notes[skip..], theme.muted);
    place
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
    /// How wide a number may be.
    digits: usize,
}

/// How tight a comparison is set.
#[derive(Debug, Clone, Copy)]
struct Form {
    /// Columns of a name, at most.
    name: u16,
    /// Columns of a number, at most.
    digits: usize,
    /// Columns of a difference without its glyph, at most; 0 for no differences.
    deltas: usize,
    /// Whether targets are shown.
    targets: bool,
}

const fn form(name: u16, digits: usize, deltas: usize, targets: bool) -> Form {
    Form {
        name,
        digits,
        deltas,
        targets,
    }
}

/// The forms, widest first: targets give way first, then decimals, then differences.
const FORMS: [Form; 8] = [
    form(30, 15, 9, true),
    form(26, 11, 9, true),
    form(24, 11, 9, false),
    form(20, 8, 8, true),
    form(16, 8, 8, false),
    form(12, 8, 8, false),
    form(16, 11, 0, false),
    form(10, 8, 0, false),
];

impl Layout {
    /// The widest form in which every scenario finds room; else as many scenarios as do.
    fn of(model: &Compare, room: u16) -> Self {
        for scenarios in (1..=model.columns.len()).rev() {
            let mut layouts = FORMS.iter().map(|f| Self::in_form(model, *f, scenarios));
            if let Some(found) = layouts.find(|l| l.used() <= room) {
                return found.spread(name_width(model), room);
            }
        }
        let mut least = Self::in_form(model, FORMS[FORMS.len() - 1], 0);
        least.name = least.name.min(room.saturating_sub(least.baseline + GAP));
        least
    }

    fn in_form(model: &Compare, form: Form, scenarios: usize) -> Self {
        let rows = || model.sections.iter().flat_map(|s| &s.rows);
        let title = |i: usize| width(&model.headings[i]) as u16;
        let widths = rows().map(|row| Widths::of(row, scenarios, form));
        let all = widths.fold(Widths::default(), Widths::or);
        let with_target = form.targets && all.target > 0;
        Self {
            name: name_width(model).clamp(8, form.name),
            baseline: all.baseline.max(title(1)) + 1,
            value: all.value.max(6) + 1,
            delta: if form.deltas > 0 { all.delta } else { 0 },
            target: if with_target {
                all.target.max(title(2))
            } else {
                0
            },
            gap: if form.digits > 8 { GAP } else { GAP - 1 },
            scenarios,
            digits: form.digits,
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

    /// Gives what is left to the names, then to the gaps between the groups.
    fn spread(mut self, names: u16, room: u16) -> Self {
        let left = room - self.used();
        let more = names.saturating_sub(self.name).min(left);
        self.name += more;
        let gaps = self.scenarios as u16 + 1 + u16::from(self.target > 0);
        self.gap += (left - more).checked_div(gaps).unwrap_or(0).min(5);
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

/// Columns that the longest name needs.
fn name_width(model: &Compare) -> u16 {
    let rows = model.sections.iter().flat_map(|s| &s.rows);
    rows.map(|r| width(&r.name)).max().unwrap_or(0).min(40) as u16
}

/// One way of writing for all numbers of a row.
fn form_of(row: &CompareRow, digits: usize) -> Column {
    let values = row.cells.iter().filter_map(|cell| match cell {
        CompareCell::Value { value, .. } => Some(*value),
        CompareCell::Lever(..) => None,
    });
    let all: Vec<Number> = row
        .baseline
        .into_iter()
        .chain(row.target)
        .chain(values)
        .collect();
    Column::new(&all, digits)
}

/// Columns that the numbers of a row need.
#[derive(Debug, Clone, Copy, Default)]
struct Widths {
    baseline: u16,
    value: u16,
    delta: u16,
    target: u16,
}

impl Widths {
    fn of(row: &CompareRow, scenarios: usize, form: Form) -> Self {
        let unit = form_of(row, form.digits);
        let own = |n: Option<Number>| n.map_or(0, |n| width(&unit.text(&n)) as u16);
        let mut widths = Self {
            baseline: own(row.baseline),
            target: own(row.target),
            ..Self::default()
        };
        for cell in row.cells.iter().take(scenarios) {
            let (value, delta) = match cell {
                CompareCell::Value { value, delta, .. } => {
                    let delta = delta.map_or(0, |d| width(&d.number.fit(form.deltas)) + 2);
                    (own(Some(*value)), delta as u16)
                }
                CompareCell::Lever(number, _) => {
                    (number.map_or(0, |n| width(&n.fit(form.digits)) as u16), 0)
                }
            };
            widths = widths.or(Self {
                value,
                delta,
                ..Self::default()
            });
        }
        widths
    }

    fn or(self, other: Self) -> Self {
        Self {
            baseline: self.baseline.max(other.baseline),
            value: self.value.max(other.value),
            delta: self.delta.max(other.delta),
            target: self.target.max(other.target),
        }
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
    let rows = || sections.iter().flat_map(|s| &s.rows);
    let all = rows().count();
    let vital = rows().filter(|r| r.rank <= BEFORE_HEADINGS).count();
    // As few rows as possible are kept free for headings: a section may have lost all its rows.
    for headings in 1..=sections.len() {
        let spare = height.saturating_sub(headings);
        let room = if all > spare {
            spare.saturating_sub(1)
        } else {
            all
        };
        let lines = kept(sections, room, true);
        if room >= vital && lines.len() <= room + headings {
            return (lines, all - room);
        }
    }
    let room = if all > height {
        height.saturating_sub(1)
    } else {
        all
    };
    (kept(sections, room, false), all - room)
}

/// The `room` rows of least rank in their order, with the headings of their sections.
fn kept(sections: &[Section], room: usize, headings: bool) -> Vec<Line<'_>> {
    let rows = sections.iter().flat_map(|s| &s.rows);
    let mut ranks: Vec<u8> = rows.map(|r| r.rank).collect();
    ranks.sort_unstable();
    let limit = ranks.get(room).copied().unwrap_or(u8::MAX);
    let below = ranks.iter().take(room).filter(|r| **r < limit).count();
    let mut of_limit = room.min(ranks.len()) - below;
    let mut lines = Vec::new();
    for section in sections {
        let start = lines.len();
        for row in &section.rows {
            if row.rank < limit || row.rank == limit && of_limit > 0 {
                of_limit -= usize::from(row.rank == limit);
                lines.push(Line::Row(row));
            }
        }
        if headings && lines.len() > start {
            lines.insert(start, Line::Heading(&section.title));
        }
    }
    lines
}

/// The lines of a comparison that is scrolled, with which of how many they are; `None` where it is
/// not, or where all of it fits.
fn scrolled(model: &Compare, height: usize) -> Option<(Vec<Line<'_>>, String)> {
    let all = kept(&model.sections, usize::MAX, true);
    let count = all.len();
    let from = model.top.checked_sub(1)?;
    let top = from.min(count.checked_sub(height).filter(|more| *more > 0)?);
    let words = format!("{}–{} / {count}", top + 1, top + height);
    Some((all.into_iter().skip(top).take(height).collect(), words))
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
        .collect();
    let most = usize::from(inner.height / 6);
    let notes = first_lines(notes, most, usize::from(inner.width));
    let body = draw::rows(inner, 0, inner.height - notes.len() as u16);
    let layout = Layout::of(model, body.width);
    let ruled = body.height >= 8;
    header(model, &layout, theme, draw::row(body, 0), buf);
    if ruled {
        draw::rule(buf, draw::row(body, 1), theme.line);
    }
    let head = 1 + u16::from(ruled);
    let rest = draw::rows(body, head, body.height);
    let height = usize::from(rest.height);
    let (shown, hidden) = match scrolled(model, height) {
        Some((lines, words)) => {
            draw::foot(buf, area, ["", &words], theme);
            (lines, 0)
        }
        None => lines(&model.sections, height),
    };
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
        let title = format!("{mark}{}", column.name);
        // Over its values where it fits there, else over values and differences.
        let values = draw::columns(place, 0, layout.value - 1);
        if width(&title) <= usize::from(values.width) {
            draw::put_right(buf, values, &title, style);
        } else {
            draw::put(buf, place, &title, style);
        }
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
    let name = draw::columns(area, 0, layout.name);
    // What is done and what follows may have the same name.
    let lever_row = matches!(row.cells.first(), Some(CompareCell::Lever(..)));
    let style = [theme.text, theme.muted][usize::from(lever_row)];
    draw::put(buf, name, &row.name, style);
    let unit = form_of(row, layout.digits);
    let place = draw::columns(area, layout.baseline_at(), layout.baseline);
    if let Some(number) = &row.baseline {
        value(&unit.text(number), row.best, theme.text, theme, place, buf);
    }
    for (i, cell) in row.cells.iter().take(layout.scenarios).enumerate() {
        let place = draw::columns(area, layout.scenario_at(i), layout.group());
        match cell {
            CompareCell::Lever(number, count) => {
                let place = draw::columns(place, 0, layout.value);
                lever(number.as_ref(), *count, theme, place, buf);
            }
            CompareCell::Value {
                value: number,
                delta: moved,
                best,
            } => {
                let style = [theme.muted, theme.strong][usize::from(moved.is_some())];
                let digits = draw::columns(place, 0, layout.value);
                value(&unit.text(number), *best, style, theme, digits, buf);
                let room = draw::columns(place, layout.value + 1, layout.delta);
                delta(moved.as_ref(), theme, room, buf);
            }
        }
    }
    if let (Some(number), true) = (&row.target, layout.target > 0) {
        let place = draw::columns(area, layout.target_at(), layout.target);
        draw::put_right(buf, place, &unit.text(number), theme.benchmark);
    }
}

/// A number with the mark of the best one right of it.
fn value(text: &str, best: bool, style: Style, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let digits = draw::columns(area, 0, area.width.saturating_sub(1));
    draw::put_right(buf, digits, text, style);
    if best {
        draw::put_right(buf, area, "✓", theme.accent);
    }
}

/// What a scenario does with a lever; `·` where it leaves it alone.
fn lever(number: Option<&Number>, count: usize, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let digits = draw::columns(area, 0, area.width.saturating_sub(1));
    match number {
        None => draw::put_right(buf, digits, "·", theme.muted),
        Some(number) if count == 1 => draw::put_number(buf, digits, number, theme.accent),
        Some(_) => draw::put_right(buf, digits, &format!("× {count}"), theme.accent),
    };
}

fn delta(moved: Option<&Change>, theme: &Theme, area: Rect, buf: &mut Buffer) {
    let (Some(moved), true) = (moved, area.width > 2) else {
        return;
    };
    let style = mood(moved.mood, theme);
    let digits = draw::columns(area, 0, area.width - 2);
    draw::put_number(buf, digits, &moved.number, style);
    draw::put_right(buf, area, moved.number.arrow(), style);
}
