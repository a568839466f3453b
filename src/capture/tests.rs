//! Whole frames: every size, every kind of data, every theme.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Fonts, Ground, png, svg, text};
use crate::app::{Language, Overlay, Pane, Picker, State, foresee};
use crate::ui::{Theme, render};
use crate::view::fixture::{Situation, shown};
use crate::view::text::width;
use crate::view::{ThemeName, screen};

fn frame(state: &State, theme: ThemeName) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, state.size.0, state.size.1));
    let area = buf.area;
    render(&screen(state), &Theme::named(theme), area, &mut buf);
    buf
}

fn lines_are_exact(buf: &Buffer) {
    for y in 0..buf.area.height {
        let line: usize = super::spots(buf, y).iter().map(|s| width(&s.symbol)).sum();
        assert_eq!(line, usize::from(buf.area.width), "row {y}: {}", text(buf));
    }
    let symbols = buf.content.iter().map(ratatui::buffer::Cell::symbol);
    assert!(
        !symbols
            .flat_map(str::chars)
            .any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c))
    );
}

#[test]
fn every_size_of_every_pane_is_drawn_with_exact_lines() {
    let sizes = [
        (0, 0),
        (1, 1),
        (2, 9),
        (9, 2),
        (20, 6),
        (39, 9),
        (44, 14),
        (60, 24),
        (80, 24),
        (120, 36),
        (160, 45),
        (300, 5),
    ];
    for situation in Situation::ALL {
        let mut state = shown(situation, Pane::Fast, Language::Zh, (0, 0));
        for (i, size) in sizes.into_iter().enumerate() {
            state.size = size;
            state.language = if i % 2 == 0 {
                Language::Zh
            } else {
                Language::En
            };
            for pane in Pane::ALL {
                state.pane = pane;
                lines_are_exact(&frame(&state, ThemeName::Dark));
            }
            lines_are_exact(&frame(&state, ThemeName::Mono));
        }
    }
    lines_are_exact(&frame(
        &shown(Situation::Hostile, Pane::Fast, Language::Zh, (300, 100)),
        ThemeName::Light,
    ));
}

#[test]
fn the_same_frame_gives_the_same_bytes() {
    let state = shown(Situation::Hostile, Pane::Fast, Language::Zh, (100, 30));
    let once = frame(&state, ThemeName::Light);
    let ground = Ground::of(&Theme::named(ThemeName::Light));
    let fonts = Fonts::embedded();
    assert_eq!(
        svg(&once, ground, &fonts),
        svg(&frame(&state, ThemeName::Light), ground, &fonts)
    );
}

#[test]
fn the_exact_value_of_every_card_can_be_read_from_the_text() {
    let state = shown(Situation::Normal, Pane::Fast, Language::En, (120, 36));
    let board = state.board.clone().unwrap();
    let out = text(&frame(&state, ThemeName::Dark));
    let people = |id| {
        let figure = board.brands[0].get(id, crate::board::Part::Whole).unwrap();
        figure.now.get().unwrap()
    };
    let numbers: Vec<f64> = out
        .split(|c: char| !(c.is_ascii_digit() || c == ',' || c == '.'))
        .filter_map(|t| t.replace(',', "").parse().ok())
        .collect();
    for id in ["fast.f", "fast.s", "aipl.a", "aipl.i", "aipl.p", "aipl.l"] {
        assert!(
            numbers.contains(&people(id)),
            "{id} {} in\n{out}",
            people(id)
        );
    }
}

#[test]
fn simulated_data_says_so_in_every_frame() {
    for (pane, size) in
        Pane::ALL
            .into_iter()
            .zip([(80, 24), (120, 36), (200, 60), (100, 30), (80, 24)])
    {
        let zh = text(&frame(
            &shown(Situation::Normal, pane, Language::Zh, size),
            ThemeName::Dark,
        ));
        assert!(zh.contains("模拟数据"), "{zh}");
        let en = text(&frame(
            &shown(Situation::Normal, pane, Language::En, size),
            ThemeName::Mono,
        ));
        assert!(en.contains("SIMULATED"), "{en}");
    }
}

/// Frames that are rare: small, old, hostile, missing, restricted.
fn rare() -> Vec<(&'static str, State)> {
    let mut old = shown(Situation::Normal, Pane::Fast, Language::Zh, (120, 36));
    old.stale = true;
    old.slice.filter = crate::facts::Slice::parse_conditions("crowd=genz,supermom").unwrap();
    old.slice.scope = crate::facts::Slice::parse_conditions("category!=a").unwrap();
    let small = |w, h| shown(Situation::Normal, Pane::Fast, Language::Zh, (w, h));
    vec![
        ("old", old),
        ("small-60x20", small(60, 20)),
        ("small-44x14", small(44, 14)),
        ("small-36x9", small(36, 9)),
        (
            "hostile",
            shown(Situation::Hostile, Pane::Fast, Language::Zh, (120, 36)),
        ),
        (
            "extreme",
            shown(Situation::Extreme, Pane::Fast, Language::En, (120, 36)),
        ),
        (
            "missing",
            shown(Situation::Missing, Pane::Fast, Language::Zh, (120, 36)),
        ),
        (
            "empty",
            shown(Situation::Empty, Pane::FastPlus, Language::Zh, (120, 36)),
        ),
    ]
}

/// The demo under every overlay.
fn overlays(demo: &State) -> Vec<(&'static str, State)> {
    let over = |pane, overlay| State {
        pane,
        size: (120, 36),
        overlay: Some(overlay),
        ..demo.clone()
    };
    let mut chosen = over(Pane::Fast, Overlay::Picker(Picker::default()));
    chosen.slice.filter = crate::facts::Slice::parse_conditions("crowd=genz,supermom").unwrap();
    let touch = Picker {
        dimension: 4,
        scope: true,
        ..Picker::default()
    };
    let mut english = over(Pane::Aipl, Overlay::Picker(touch));
    english.slice.scope = crate::facts::Slice::parse_conditions("channel=live,douyin").unwrap();
    english.language = Language::En;
    let loading = State {
        loading: Some(crate::app::Loading {
            done: 42,
            total: 100,
            rows: 1_234_567,
            rows_per_second: 2_345_678.0,
            ordering: false,
        }),
        size: (120, 36),
        ..State::default()
    };
    let failed = State {
        phase: crate::app::Phase::Failed(vec![
            "stock.csv:3:4: 表头没有 brand 列".to_owned();
            3
        ]),
        size: (120, 36),
        ..State::default()
    };
    let mut problems = shown(Situation::Normal, Pane::Fast, Language::Zh, (120, 36));
    problems.overlay = Some(Overlay::Problems(0));
    for state in [&mut chosen, &mut english] {
        foresee(state);
    }
    vec![
        ("picker", chosen),
        ("picker-scope", english),
        ("help", over(Pane::Fast, Overlay::Help(0))),
        ("problems", problems),
        (
            "filter",
            over(
                Pane::Brands,
                Overlay::Filter {
                    text: "霁".to_owned(),
                    caret: 1,
                },
            ),
        ),
        ("loading", loading),
        ("failed", failed),
    ]
}

/// The embedded demo on its own day.
fn demo() -> State {
    let options = crate::data::Options::default();
    let data = crate::data::load(
        &crate::data::Input::Memory(crate::data::demo::embedded()),
        &options,
        &mut |_| true,
    )
    .unwrap();
    let engine = std::sync::Arc::new(crate::facts::Engine::new(std::sync::Arc::new(data)));
    let mut state = State {
        as_of: crate::board::default_as_of(&engine),
        phase: crate::app::Phase::Ready(std::sync::Arc::clone(&engine)),
        ..State::default()
    };
    let board = crate::board::compute(&engine, &state.query(), &crate::board::Focus::One(0));
    state.board = Some(std::sync::Arc::new(board));
    state
}

#[test]
fn the_embedded_fonts_draw_every_overlay_and_every_kind_of_data() {
    let fonts = Fonts::embedded();
    let lacks_nothing = |name: &str, state: &State| {
        let drawn = svg(&frame(state, ThemeName::Dark), Ground::PAPER, &fonts);
        assert!(drawn.missing.is_empty(), "{name}: {:?}", drawn.missing);
    };
    for (name, state) in rare().into_iter().chain(overlays(&demo())) {
        lacks_nothing(name, &state);
    }
    for situation in Situation::ALL {
        let first = shown(situation, Pane::Fast, Language::Zh, (120, 36));
        for pane in Pane::ALL {
            let state = State {
                pane,
                ..first.clone()
            };
            lacks_nothing(pane.id(), &state);
        }
    }
}

/// Writes pictures for looking at, into the folder that `FASTDECK_PICTURES` names.
#[test]
#[ignore = "writes files; run by hand to look at the screens"]
fn pictures() {
    let Some(folder) = std::env::var_os("FASTDECK_PICTURES") else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    let demo = demo();
    let fonts = Fonts::embedded();
    let keep = |name: String, state: &State, theme: ThemeName| {
        let (buf, ground) = (frame(state, theme), Ground::of(&Theme::named(theme)));
        let drawn = svg(&buf, ground, &fonts).data;
        std::fs::write(folder.join(format!("{name}.svg")), drawn).unwrap();
        let image = png(&buf, ground, 2, &fonts).unwrap().data;
        std::fs::write(folder.join(format!("{name}.png")), image).unwrap();
    };
    for (name, state) in rare().into_iter().chain(overlays(&demo)) {
        keep(format!("rare-{name}"), &state, ThemeName::Dark);
    }
    for pane in Pane::ALL {
        for (w, h) in [(80, 24), (120, 36), (200, 60)] {
            for (language, name) in [(Language::Zh, "zh"), (Language::En, "en")] {
                for (theme, look) in [
                    (ThemeName::Dark, "dark"),
                    (ThemeName::Light, "light"),
                    (ThemeName::Mono, "mono"),
                ] {
                    let state = State {
                        pane,
                        language,
                        size: (w, h),
                        ..demo.clone()
                    };
                    let file = format!("{}-{w}x{h}-{name}-{look}", pane.id());
                    keep(file, &state, theme);
                }
            }
        }
    }
}
