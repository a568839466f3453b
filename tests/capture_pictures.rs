//! Pictures line up: every glyph within its cells, the same in PNG and in SVG, with no font of the
//! machine, and the same bytes every time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::sync::Arc;

use fastdeck::app::{self, Language, Pane, Shot, State};
use fastdeck::capture::{self, Fonts, Ground};
use fastdeck::data::{self, Input, Options};
use fastdeck::facts::Engine;
use fastdeck::ui::{self, Theme};
use fastdeck::view::{self, ThemeName};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

const CELL: (usize, usize) = (9, 20);
const MARGIN: usize = 12;

/// What tries to leave its cells: hanzi, emoji, marks, lines, braille, slanted and bold letters.
const HOSTILE: [&str; 11] = [
    "橡木之家旗舰店（官方）：品牌“霁”年度超长名称测试—鑫龘驫爨籲",
    "WWWWMMMM@@@@####%%%%ÅÇÉÑgjpqy|ﬁ½…·—×±÷→←↑↓▲▼■●◆★",
    "👍🏽🔥🎉⚠✓✗❤☕🇨🇳 e\u{301}o\u{308}\u{304}Z\u{30c}Ả a\u{336}b",
    "┌─┬─┐╔═╦═╗╭──╮┏━┳━┓┄┅┆┇┈┉╌╍╎╏╱╲╳╴╵╶╷╸╹╺╻╼╽╾╿",
    "│ ├─┤║ ╠═╣│  │┃ ┣━┫░▒▓█▀▄▌▐▁▂▃▅▆▇▉▊▋▍▎▏▔▕▖▗▘▙▚▛▜▝▞▟",
    "└─┴─┘╚═╩═╝╰──╯┗━┻━┛⠁⠃⠇⡇⣇⣧⣷⣿⢸⠤⠒⠉",
    "한국어 브랜드 日本語ブランド ไทย Русский Ελληνικά ①②③㈱㎡",
    "堃喆淼犇鱻燚垚赟頔璟華麗國際臺灣龜齡",
    "mmmmWWWW斜体字italicQQ",
    "粗体bold@@WW龘龘",
    "１２３，，。。；；《》【】「」￥",
];

/// The hostile text, one line for each style that changes shapes.
fn hostile() -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, 76, HOSTILE.len() as u16));
    for (y, text) in (0..).zip(HOSTILE) {
        let style = match y {
            8 => Style::new().add_modifier(Modifier::ITALIC),
            9 => Style::new().add_modifier(Modifier::BOLD | Modifier::ITALIC),
            2 | 7 => Style::new().add_modifier(Modifier::BOLD),
            _ => Style::new(),
        };
        ui::draw::put(&mut buf, Rect::new(0, y, 76, 1), text, style);
    }
    buf
}

/// Pixels of an image.
struct Image {
    wide: usize,
    high: usize,
    bytes: Vec<u8>,
}

impl Image {
    fn of(buf: &Buffer, scale: u8) -> Self {
        let drawn = capture::png(buf, Ground::PAPER, scale, &Fonts::embedded()).unwrap();
        let decoder = png::Decoder::new(std::io::Cursor::new(drawn.data));
        let mut reader = decoder.read_info().unwrap();
        let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut bytes).unwrap();
        assert_eq!(info.color_type, png::ColorType::Rgb);
        Self {
            wide: info.width as usize,
            high: info.height as usize,
            bytes,
        }
    }

    fn pixel(&self, x: usize, y: usize) -> &[u8] {
        &self.bytes[(y * self.wide + x) * 3..][..3]
    }

    /// Something darker than paper is there.
    fn ink(&self, x: usize, y: usize) -> bool {
        self.pixel(x, y).iter().any(|c| *c < 0xf0)
    }

    fn column_has_ink(&self, x: usize, rows: std::ops::Range<usize>) -> bool {
        rows.into_iter().any(|y| self.ink(x, y))
    }
}

/// The glyphs of a frame: where they begin, how many columns they take.
fn glyphs(buf: &Buffer) -> Vec<(u16, u16, u16)> {
    let mut out = Vec::new();
    for y in 0..buf.area.height {
        let mut x = 0;
        while x < buf.area.width {
            let symbol = buf[(x, y)].symbol();
            let wide = view::text::width(symbol).clamp(1, 2) as u16;
            if !symbol.trim().is_empty() {
                out.push((x, y, wide));
            }
            x += wide;
        }
    }
    out
}

/// The frame with every second glyph only.
fn every_second(buf: &Buffer, odd: usize) -> (Buffer, Vec<(u16, u16, u16)>) {
    let mut thinned = buf.clone();
    let mut kept = Vec::new();
    for (i, glyph) in glyphs(buf).into_iter().enumerate() {
        if i % 2 == odd {
            kept.push(glyph);
        } else {
            thinned[(glyph.0, glyph.1)].set_symbol(" ");
        }
    }
    (thinned, kept)
}

#[test]
fn every_glyph_stays_within_its_cells_and_has_ink_there() {
    let buf = hostile();
    for scale in [1, 2] {
        for odd in [0, 1] {
            let (thinned, kept) = every_second(&buf, odd);
            let image = Image::of(&thinned, scale);
            let scale = usize::from(scale);
            let (w, h, m) = (CELL.0 * scale, CELL.1 * scale, MARGIN * scale);
            assert_eq!(image.wide, 76 * w + 2 * m);
            assert_eq!(image.high, HOSTILE.len() * h + 2 * m);
            let mut free: BTreeSet<(usize, usize)> = (0..HOSTILE.len())
                .flat_map(|y| (0..image.wide).map(move |x| (x, y)))
                .collect();
            for (x, y, wide) in kept {
                let rows = m + usize::from(y) * h..m + (usize::from(y) + 1) * h;
                let (from, to) = (m + usize::from(x) * w, m + usize::from(x + wide) * w);
                let symbol = buf[(x, y)].symbol();
                let any = (from..to).any(|x| image.column_has_ink(x, rows.clone()));
                assert!(any, "{symbol} at {x},{y} is not drawn");
                // One pixel of tolerance.
                (from - 1..=to).for_each(|x| {
                    free.remove(&(x, usize::from(y)));
                });
            }
            for (x, y) in free {
                let rows = m + y * h..m + (y + 1) * h;
                assert!(
                    !image.column_has_ink(x, rows),
                    "ink beside the cells at pixel {x} of row {y}, scale {scale}"
                );
            }
        }
    }
}

#[test]
fn letters_stand_in_the_middle_of_their_cells() {
    let mut buf = Buffer::empty(Rect::new(0, 0, 40, 2));
    ui::draw::put(
        &mut buf,
        Rect::new(0, 0, 40, 1),
        "HOX08国田口日亚",
        Style::new(),
    );
    let image = Image::of(&buf, 2);
    for (x, y, wide) in glyphs(&buf) {
        let from = (MARGIN + usize::from(x) * CELL.0) * 2;
        let to = from + usize::from(wide) * CELL.0 * 2;
        let top = (MARGIN + usize::from(y) * CELL.1) * 2;
        let rows = top..top + CELL.1 * 2;
        let ink: Vec<usize> = (from..to)
            .filter(|x| image.column_has_ink(*x, rows.clone()))
            .collect();
        let (left, right) = (ink[0] - from, to - 1 - ink[ink.len() - 1]);
        let symbol = buf[(x, y)].symbol();
        assert!(
            left.abs_diff(right) <= 3,
            "{symbol}: {left} left, {right} right"
        );
    }
}

#[test]
fn lines_and_blocks_join_without_seams() {
    let mut buf = Buffer::empty(Rect::new(0, 0, 12, 6));
    let text = [
        "┌──────────┐",
        "│██████████│",
        "│▀▀▀▀▀▀▀▀▀▀│",
        "│▄▄▄▄▄▄▄▄▄▄│",
        "╔═╦══╦═╦══╗x",
        "└──────────┘",
    ];
    for (y, line) in (0..).zip(text) {
        ui::draw::put(&mut buf, Rect::new(0, y, 12, 1), line, Style::new());
    }
    for scale in [1_usize, 2, 3] {
        let image = Image::of(&buf, scale as u8);
        let at = |x: f32, y: f32| {
            let place = |v: f32| ((MARGIN as f32 + v) * scale as f32) as usize;
            image.ink(place(x), place(y))
        };
        let step = |n: f32| (0..).map(move |i| n + i as f32 / scale as f32);
        // Along the upper line, down the left line, and through the block.
        assert!(
            step(4.7)
                .take_while(|x| *x < 12.0 * 9.0 - 4.7)
                .all(|x| at(x, 9.5))
        );
        assert!(step(9.7).take_while(|y| *y < 80.0).all(|y| at(4.5, y)));
        assert!(step(20.0).take_while(|y| *y < 50.0).all(|y| at(30.0, y)));
        assert!(step(70.0).take_while(|y| *y < 80.0).all(|y| at(30.0, y)));
    }
}

/// The outline SVG as another renderer draws it.
fn rendered(svg: &str, scale: f32) -> (u32, Vec<u8>) {
    use resvg::{tiny_skia, usvg};
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default()).unwrap();
    let size = tree.size();
    let (w, h) = (size.width() * scale, size.height() * scale);
    let mut pixels = tiny_skia::Pixmap::new(w as u32, h as u32).unwrap();
    let transform = tiny_skia::Transform::from_scale(scale, scale);
    resvg::render(&tree, transform, &mut pixels.as_mut());
    (pixels.width(), pixels.take())
}

/// The engine of the demo.
fn demo() -> Arc<Engine> {
    let data = data::load(&Input::Demo, &Options::default(), &mut |_| true).unwrap();
    Arc::new(Engine::new(Arc::new(data)))
}

/// The hostile text with colours and lines.
fn decorated() -> Buffer {
    let mut buf = hostile();
    for x in 0..40 {
        buf[(x, 0)].set_bg(Color::Rgb(200, 220, 255));
        buf[(x + 20, 1)].set_style(Style::new().add_modifier(Modifier::REVERSED));
        buf[(x, 6)].set_style(Style::new().add_modifier(Modifier::UNDERLINED | Modifier::DIM));
        buf[(x, 10)].set_style(
            Style::new()
                .fg(Color::Red)
                .add_modifier(Modifier::CROSSED_OUT),
        );
    }
    buf
}

/// How far apart two pictures are: the mean difference of a pixel, and how many of how many differ
/// by more than 80 of 255.
fn apart<'p>(
    theirs: impl Iterator<Item = &'p [u8]>,
    ours: impl Iterator<Item = &'p [u8]>,
) -> (f64, usize, usize) {
    let (mut sum, mut far, mut n) = (0_u64, 0_usize, 0_usize);
    for (theirs, ours) in theirs.zip(ours) {
        let apart = (0..3).map(|i| theirs[i].abs_diff(ours[i])).max().unwrap();
        sum += u64::from(apart);
        far += usize::from(apart > 80);
        n += 1;
    }
    (sum as f64 / n as f64, far, n)
}

#[test]
fn another_renderer_of_the_svg_sees_the_pixels_of_the_png() {
    let buf = decorated();
    let svg = capture::svg(&buf, Ground::PAPER, &Fonts::embedded()).data;
    let image = Image::of(&buf, 2);
    let (wide, pixels) = rendered(&svg, 2.0);
    assert_eq!(wide as usize, image.wide);
    assert_eq!(pixels.len() / 4, image.bytes.len() / 3);
    let (mean, far, n) = apart(pixels.chunks_exact(4), image.bytes.chunks_exact(3));
    assert!(mean < 1.0, "mean difference {mean}");
    assert!(far * 2000 < n, "{far} of {n} pixels are far apart");
}

/// A picture as Chromium draws it, in pixels of 3 or 4 bytes.
fn in_chromium(svg: &str, (wide, high): (u32, u32)) -> (Vec<u8>, usize) {
    let home = tempfile::tempdir().unwrap();
    let (source, shot) = (home.path().join("frame.svg"), home.path().join("shot.png"));
    std::fs::write(&source, svg).unwrap();
    let output = std::process::Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
        ])
        .arg("--force-device-scale-factor=2")
        .arg(format!("--window-size={wide},{high}"))
        .arg(format!("--screenshot={}", shot.display()))
        .arg(format!("file://{}", source.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(shot).unwrap()));
    let mut reader = decoder.read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut bytes).unwrap();
    assert_eq!((info.width, info.height), (2 * wide, 2 * high));
    (bytes, info.color_type.samples())
}

#[test]
#[ignore = "needs `chromium` on the path; run by hand"]
fn chromium_lays_the_svg_out_as_the_other_renderer_does() {
    let mut frames = vec![(decorated(), Ground::PAPER)];
    for (pane, language) in [(Pane::Fast, Language::Zh), (Pane::Crowds, Language::En)] {
        let mut state = State {
            pane,
            language,
            size: (120, 36),
            ..State::default()
        };
        app::open(&mut state, demo());
        let theme = Theme::named(ThemeName::Dark);
        frames.push((capture::frame(&state, Shot::Screen), Ground::of(&theme)));
    }
    for (buf, ground) in frames {
        let svg = capture::svg(&buf, ground, &Fonts::embedded()).data;
        let (wide, ours) = rendered(&svg, 2.0);
        let high = ours.len() as u32 / 4 / wide;
        let (theirs, step) = in_chromium(&svg, (wide / 2, high / 2));
        let (mean, far, n) = apart(theirs.chunks_exact(step), ours.chunks_exact(4));
        println!("mean difference {mean:.2} of 255, {far} of {n} pixels far apart");
        assert!(mean < 1.0, "mean difference {mean}");
        assert!(far * 2000 < n, "{far} of {n} pixels are far apart");
    }
}

#[test]
fn the_embedded_fonts_draw_every_pane_in_both_languages() {
    let engine = demo();
    for pane in Pane::ALL {
        let mut state = State {
            pane,
            size: (120, 36),
            ..State::default()
        };
        app::open(&mut state, Arc::clone(&engine));
        for language in [Language::Zh, Language::En] {
            for theme in [ThemeName::Dark, ThemeName::Mono] {
                let shown = State {
                    language,
                    theme,
                    ..state.clone()
                };
                let frame = capture::frame(&shown, Shot::Screen);
                let ground = Ground::of(&Theme::named(theme));
                let drawn = capture::png(&frame, ground, 1, &Fonts::embedded()).unwrap();
                assert_eq!(drawn.missing, BTreeSet::new(), "{pane:?} {language:?}");
            }
        }
    }
}

/// The 3,755 hanzi of the first level of GB 2312: rows 16 to 55.
fn level_one() -> Vec<char> {
    (0xb0..=0xd7_u8)
        .flat_map(|lead| (0xa1..=0xfe_u8).map(move |trail| [lead, trail]))
        .filter(|[lead, trail]| *lead != 0xd7 || *trail <= 0xf9)
        .map(|pair| {
            let (text, _, failed) = encoding_rs::GBK.decode(&pair);
            assert!(!failed, "{pair:?}");
            text.chars().next().unwrap()
        })
        .collect()
}

#[test]
fn the_embedded_fonts_have_the_common_hanzi() {
    let hanzi = level_one();
    assert_eq!(hanzi.len(), 3755);
    let mut buf = Buffer::empty(Rect::new(0, 0, 200, 38));
    for (y, line) in (0..).zip(hanzi.chunks(100)) {
        let line: String = line.iter().collect();
        ui::draw::put(&mut buf, Rect::new(0, y, 200, 1), &line, Style::new());
    }
    assert_eq!(glyphs(&buf).len(), 3755);
    let drawn = capture::png(&buf, Ground::PAPER, 1, &Fonts::embedded()).unwrap();
    assert_eq!(drawn.missing, BTreeSet::new());
}

#[test]
fn what_no_font_has_is_framed_and_told() {
    let mut buf = Buffer::empty(Rect::new(0, 0, 8, 1));
    ui::draw::put(
        &mut buf,
        Rect::new(0, 0, 8, 1),
        "a\u{2a6a5}b\u{2a6a5}",
        Style::new(),
    );
    let told = BTreeSet::from(['\u{2a6a5}']);
    let fonts = Fonts::embedded();
    let svg = capture::svg(&buf, Ground::PAPER, &fonts);
    assert_eq!(svg.missing, told);
    assert_eq!(
        capture::png(&buf, Ground::PAPER, 2, &fonts)
            .unwrap()
            .missing,
        told
    );
    let image = Image::of(&buf, 1);
    let row = MARGIN + 3;
    let inked = (0..image.wide).filter(|x| image.ink(*x, row)).count();
    assert_eq!(inked, 2 * 16, "the upper edges of two frames");
}

#[test]
fn the_same_frame_gives_the_same_bytes_in_every_format() {
    let buf = hostile();
    let all = || {
        let fonts = Fonts::embedded();
        let ground = Ground::PAPER;
        vec![
            capture::svg(&buf, ground, &fonts).data.into_bytes(),
            capture::svg_text(&buf, ground).into_bytes(),
            capture::png(&buf, ground, 2, &fonts).unwrap().data,
            capture::html(&buf, ground, &fonts, "t", Language::Zh)
                .data
                .into_bytes(),
            capture::ansi(&buf).into_bytes(),
            capture::text(&buf).into_bytes(),
        ]
    };
    let once = all();
    let other = std::thread::spawn({
        let again = all();
        move || again
    });
    assert_eq!(once, other.join().unwrap());
}

#[test]
fn frames_of_every_size_are_drawn() {
    for (w, h) in [(0, 0), (1, 1), (2, 0), (1, 40), (300, 2)] {
        let mut buf = Buffer::empty(Rect::new(0, 0, w, h));
        for y in 0..h {
            for x in 0..w {
                // A wide character in a single column, too.
                buf[(x, y)].set_symbol(if x % 3 == 0 { "橡" } else { "─" });
            }
        }
        let drawn = capture::png(&buf, Ground::PAPER, 9, &Fonts::embedded()).unwrap();
        assert_eq!(&drawn.data[1..4], b"PNG");
        let svg = capture::svg(&buf, Ground::PAPER, &Fonts::embedded()).data;
        assert!(svg.ends_with("</svg>\n"));
    }
}
