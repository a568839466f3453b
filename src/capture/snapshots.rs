//! Whole frames with their styles, kept in `tests/snapshots`.
//!
//! Every pane is kept in five situations and at three sizes, and every overlay once. A kept frame
//! is its text, then the styles of every line as runs: a letter of the legend and a number of
//! columns. `cargo insta review` shows what changed; a file that no test asks for is an error.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};

use super::{spots, text};
use crate::app::{Language, Loading, Overlay, Pane, Picker, State, foresee, open};
use crate::board::Extent;
use crate::facts::Engine;
use crate::ui::{Theme, render};
use crate::view::fixture::{Situation, dataset, shown};
use crate::view::{ThemeName, screen};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 36), (200, 60)];

/// Every situation with its name and with the language and theme in which it is kept.
const SITUATIONS: [(Situation, &str, Language, ThemeName); 5] = [
    (Situation::Normal, "normal", Language::Zh, ThemeName::Dark),
    (Situation::Empty, "empty", Language::En, ThemeName::Light),
    (Situation::Missing, "missing", Language::En, ThemeName::Dark),
    (Situation::Extreme, "extreme", Language::En, ThemeName::Mono),
    (
        Situation::Hostile,
        "chinese",
        Language::Zh,
        ThemeName::Light,
    ),
];

/// The frames of the panes by name.
fn panes() -> Vec<(String, State)> {
    let mut out = Vec::new();
    for (situation, name, language, theme) in SITUATIONS {
        let first = shown(situation, Pane::Fast, language, (0, 0));
        for pane in Pane::ALL {
            for size in SIZES {
                let state = State {
                    pane,
                    theme,
                    size,
                    ..first.clone()
                };
                out.push((format!("{}-{name}-{}x{}", pane.id(), size.0, size.1), state));
            }
        }
    }
    out
}

/// The frames of the overlays by name.
fn overlays() -> Vec<(String, State)> {
    let base = shown(Situation::Normal, Pane::Brands, Language::Zh, (80, 24));
    let picker = Picker {
        text: "世代".to_owned(),
        caret: 2,
        ..Picker::default()
    };
    let filter = Overlay::Filter {
        text: "青".to_owned(),
        caret: 1,
    };
    [
        ("help", Overlay::Help(0)),
        ("picker", Overlay::Picker(picker)),
        ("problems", Overlay::Problems(0)),
        ("filter", filter),
    ]
    .into_iter()
    .map(|(name, overlay)| {
        let mut state = State {
            overlay: Some(overlay),
            ..base.clone()
        };
        foresee(&mut state);
        (format!("overlay-{name}-80x24"), state)
    })
    .collect()
}

/// A state whose log is being read: the platform tells stock and sales, and neither FAST nor roles.
fn looked(pane: Pane, language: Language, size: (u16, u16)) -> State {
    let mut data = dataset(Situation::Normal);
    data.lacks_log = true;
    data.tables.fast.clear();
    data.tables.relations.clear();
    data.problems.clear();
    let mut state = State {
        pane,
        language,
        size,
        ..State::default()
    };
    open(&mut state, Arc::new(Engine::new(Arc::new(data))));
    state.loading = Some(LOADING);
    state
}

const LOADING: Loading = Loading {
    done: 42,
    total: 100,
    rows: 12_345_678,
    rows_per_second: 2_345_678.0,
    ordering: false,
};

/// The frames of a data set on its way, by name.
fn loading() -> Vec<(String, State)> {
    let (zh, en) = (Language::Zh, Language::En);
    let nothing = State {
        loading: Some(LOADING),
        size: (80, 24),
        ..State::default()
    };
    let mut history = shown(Situation::Normal, Pane::Fast, zh, (120, 36));
    if let Some(board) = &mut history.board {
        Arc::make_mut(board).extent = Extent::Figures;
        history.counting = Some(42);
    }
    let mut cancelled = looked(Pane::Crowds, en, (120, 36));
    cancelled.loading = None;
    vec![
        ("nothing-80x24", nothing),
        ("fast-80x24", looked(Pane::Fast, zh, (80, 24))),
        ("fast-120x36", looked(Pane::Fast, en, (120, 36))),
        ("fast-200x60", looked(Pane::Fast, zh, (200, 60))),
        ("fast-plus-120x36", looked(Pane::FastPlus, zh, (120, 36))),
        ("brands-200x60", looked(Pane::Brands, en, (200, 60))),
        ("list-30x8", looked(Pane::Fast, zh, (30, 8))),
        ("history-120x36", history),
        ("cancelled-120x36", cancelled),
    ]
    .into_iter()
    .map(|(name, state)| (format!("loading-{name}"), state))
    .collect()
}

fn frame(state: &State) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, state.size.0, state.size.1));
    let area = buf.area;
    render(&screen(state), &Theme::named(state.theme), area, &mut buf);
    buf
}

/// Styles met so far, in the order of their letters.
#[derive(Default)]
struct Legend(Vec<String>);

impl Legend {
    fn letter(&mut self, cell: &Cell) -> char {
        let style = described(cell);
        let place = self.0.iter().position(|s| *s == style).unwrap_or_else(|| {
            self.0.push(style);
            self.0.len() - 1
        });
        // Letters, then further characters without a meaning of their own.
        char::from_u32(u32::from('A') + place as u32).unwrap_or('?')
    }
}

fn described(cell: &Cell) -> String {
    let mut out = color(cell.fg);
    if cell.bg != Color::Reset {
        let _ = write!(out, " on {}", color(cell.bg));
    }
    for (name, _) in cell.modifier.iter_names() {
        let _ = write!(out, " {}", name.to_lowercase());
    }
    if cell.modifier == Modifier::empty() && cell.fg == Color::Reset && cell.bg == Color::Reset {
        return "plain".to_owned();
    }
    out
}

fn color(color: Color) -> String {
    match color {
        Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        other => format!("{other:?}").to_lowercase(),
    }
}

/// A frame as it is kept.
fn kept(buf: &Buffer) -> String {
    let mut legend = Legend::default();
    let mut styles = String::new();
    for y in 0..buf.area.height {
        let mut runs: Vec<(char, u16)> = Vec::new();
        for spot in spots(buf, y) {
            let letter = legend.letter(spot.cell);
            match runs.last_mut() {
                Some((last, columns)) if *last == letter => *columns += spot.wide,
                _ => runs.push((letter, spot.wide)),
            }
        }
        for (letter, columns) in runs {
            let _ = write!(styles, "{letter}{columns}");
        }
        styles.push('\n');
    }
    let mut out = format!("{}=== styles\n{styles}=== legend\n", text(buf));
    for (i, style) in (0u32..).zip(&legend.0) {
        let letter = char::from_u32(u32::from('A') + i).unwrap_or('?');
        let _ = writeln!(out, "{letter} {style}");
    }
    out
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots")
}

/// Compares with what is kept, in the folder of all snapshots and without anything that depends on
/// where the test stands.
fn compare(frames: Vec<(String, State)>) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (name, state) in frames {
            insta::assert_snapshot!(name, kept(&frame(&state)));
        }
    });
}

#[test]
fn panes_look_as_they_are_kept() {
    compare(panes());
}

#[test]
fn overlays_look_as_they_are_kept() {
    compare(overlays());
}

#[test]
fn loading_looks_as_it_is_kept() {
    compare(loading());
}

#[test]
fn every_kept_frame_is_asked_for_and_all_of_them_are_small() {
    let asked: BTreeSet<String> = panes()
        .into_iter()
        .chain(overlays())
        .chain(loading())
        .map(|(name, _)| format!("{name}.snap"))
        .collect();
    let files = std::fs::read_dir(folder()).unwrap().map(Result::unwrap);
    let mut bytes = 0;
    let mut found = BTreeSet::new();
    for file in files {
        let name = file.file_name().into_string().unwrap();
        if !name.ends_with(".snap.new") {
            bytes += file.metadata().unwrap().len();
            found.insert(name);
        }
    }
    assert_eq!(found, asked);
    assert!(bytes < 1_500_000, "{bytes} bytes");
}

#[test]
fn a_kept_frame_tells_text_columns_and_styles() {
    let mut buf = Buffer::empty(Rect::new(0, 0, 6, 1));
    let area = buf.area;
    let style = ratatui::style::Style::new()
        .fg(Color::Rgb(1, 2, 255))
        .add_modifier(Modifier::BOLD);
    crate::ui::draw::put(&mut buf, area, "橡x", style);
    assert_eq!(
        kept(&buf),
        "橡x\n=== styles\nA3B3\n=== legend\nA #0102ff bold\nB plain\n"
    );
}
