//! Panes and overlays at every size and in five data situations.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::theme::Theme;
use super::{aipl, brands, crowds, draw, list, overlay};
use crate::app::{Language, Loading, Overlay, Pane, Phase, Picker, State};
use crate::facts::{Condition, Slice};
use crate::view::fixture::{Situation, state};
use crate::view::text::width;
use crate::view::{self, ThemeName};

fn lines(buf: &Buffer) -> Vec<String> {
    let row = |y| {
        let mut out = String::new();
        let mut skip = 0;
        for x in buf.area.left()..buf.area.right() {
            if skip > 0 {
                skip -= 1;
                continue;
            }
            let symbol = buf[(x, y)].symbol();
            skip = width(symbol).saturating_sub(1);
            out.push_str(symbol);
        }
        out
    };
    (buf.area.top()..buf.area.bottom()).map(row).collect()
}

fn draw(state: &State, size: (u16, u16)) -> Buffer {
    let theme = Theme::named(state.theme);
    let area = Rect::new(0, 0, size.0, size.1);
    let mut buf = Buffer::empty(area);
    draw::fill(&mut buf, area, theme.base);
    match state.pane {
        Pane::Brands => brands::render(&view::brands::model(state), &theme, area, &mut buf),
        Pane::Crowds => crowds::render(&view::crowds::model(state), &theme, area, &mut buf),
        Pane::Aipl => aipl::render(&view::aipl::model(state), &theme, area, &mut buf),
        _ => list::render(&view::list::model(state), &theme, area, &mut buf),
    }
    if let Some(model) = view::overlay::model(state) {
        let caret = overlay::render(&model, &theme, area, &mut buf);
        assert!(caret.is_none_or(|(x, y)| x < size.0 && y < size.1));
    }
    buf
}

fn overlays(state: &State) -> Vec<Option<Overlay>> {
    vec![
        None,
        Some(Overlay::Help(3)),
        Some(Overlay::Picker(Picker {
            text: "橡a".into(),
            caret: 1,
            before: state.slice.clone(),
            ..Picker::default()
        })),
        Some(Overlay::Picker(Picker::default())),
        Some(Overlay::Problems(7)),
        Some(Overlay::Filter {
            text: "o橡\u{1b}".into(),
            caret: 2,
        }),
    ]
}

const PANES: [Pane; 4] = [Pane::Brands, Pane::Crowds, Pane::Aipl, Pane::Fast];

#[test]
fn every_size_and_situation_is_drawn_with_exact_widths() {
    let widths = [
        0, 1, 2, 3, 5, 9, 20, 39, 40, 59, 80, 100, 119, 120, 200, 300,
    ];
    let heights = [0, 1, 2, 3, 4, 6, 8, 11, 15, 19, 24, 30, 60, 100];
    for situation in Situation::ALL {
        for pane in PANES {
            let mut state = state(situation, pane, (120, 36));
            state.open_crowd = (situation == Situation::Extreme).then_some(2);
            for (i, w) in widths.into_iter().enumerate() {
                for (j, h) in heights.into_iter().enumerate() {
                    state.size = (w, h);
                    state.language = [Language::Zh, Language::En][(i + j) % 2];
                    state.theme = [ThemeName::Dark, ThemeName::Light, ThemeName::Mono][i % 3];
                    let all = overlays(&state);
                    state.overlay = all[(i + 2 * j) % all.len()].clone();
                    check(&draw(&state, (w, h)), w);
                }
            }
        }
    }
}

fn check(buf: &Buffer, w: u16) {
    for line in lines(buf) {
        assert_eq!(width(&line), usize::from(w), "{line:?}");
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
}

#[test]
fn loading_and_failed_screens_fit_everywhere() {
    for (w, h) in [(0, 0), (1, 1), (7, 3), (20, 6), (80, 24), (200, 60)] {
        let mut state = State {
            size: (w, h),
            loading: Some(Loading {
                done: 3,
                total: 7,
                rows: 1_234_567,
                rows_per_second: f64::NAN,
            }),
            ..State::default()
        };
        check(&draw(&state, (w, h)), w);
        state.loading = None;
        state.phase = Phase::Failed(vec!["坏\u{1b}[0m 文件 ".repeat(50); 90]);
        check(&draw(&state, (w, h)), w);
    }
}

#[test]
fn pictures() {
    let Ok(_) = std::env::var("PANES_PICTURES") else {
        return;
    };
    for (w, h) in [(120, 31), (200, 55), (80, 19)] {
        for l in [Language::Zh, Language::En] {
            for pane in PANES {
                let mut s = state(Situation::Normal, pane, (w, h));
                s.language = l;
                println!("{pane:?} {w}x{h}\n{}", lines(&draw(&s, (w, h))).join("\n"));
            }
            let mut s = state(Situation::Normal, Pane::Brands, (w, h));
            s.language = l;
            s.slice = Slice {
                filter: vec![Condition {
                    dimension: "crowd".into(),
                    negated: false,
                    values: vec!["genz".into()],
                }],
                scope: Vec::new(),
            };
            for o in overlays(&s) {
                s.overlay = o;
                println!(
                    "{:?} {w}x{h}\n{}",
                    s.overlay,
                    lines(&draw(&s, (w, h))).join("\n")
                );
            }
        }
    }
}
