//! What a picture costs: a frame of the demo at 200×60 in every format.
//!
//! `cargo bench --bench capture` runs it. Fonts are unpacked before the first sample, as they are once
//! in the life of a program.
#![allow(clippy::unwrap_used, missing_docs)]

use std::sync::Arc;

use fastdeck::app::{self, Pane, State};
use fastdeck::capture::{self, Fonts, Ground};
use fastdeck::data::{self, Input, Options};
use fastdeck::facts::Engine;
use fastdeck::ui::{self, Theme};
use fastdeck::view;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

fn main() {
    // Every font is touched, so that no sample unpacks one.
    let mut warm = Buffer::empty(Rect::new(0, 0, 8, 1));
    ui::draw::put(
        &mut warm,
        Rect::new(0, 0, 8, 1),
        "a橡喆한",
        ratatui::style::Style::new(),
    );
    capture::svg(&warm, Ground::PAPER, &Fonts::embedded());
    divan::main();
}

/// A pane of the demo in Chinese, with its ground.
fn frame(pane: &str) -> (Buffer, Ground) {
    let data = data::load(&Input::Demo, &Options::default(), &mut |_| true).unwrap();
    let mut state = State {
        size: (200, 60),
        pane: Pane::ALL.into_iter().find(|p| p.id() == pane).unwrap(),
        ..State::default()
    };
    app::open(&mut state, Arc::new(Engine::new(Arc::new(data))));
    let area = Rect::new(0, 0, 200, 60);
    let mut buffer = Buffer::empty(area);
    let theme = Theme::named(state.theme);
    ui::render(&view::screen(&state), &theme, area, &mut buffer);
    (buffer, Ground::of(&theme))
}

/// Outlines.
#[divan::bench(args = Pane::ALL.map(Pane::id))]
fn svg(bencher: divan::Bencher<'_, '_>, pane: &str) {
    let (buffer, ground) = frame(pane);
    bencher.bench_local(|| capture::svg(&buffer, ground, &Fonts::embedded()));
}

/// Pixels at scale 2: 3648 × 2448.
#[divan::bench(args = Pane::ALL.map(Pane::id), sample_count = 30)]
fn png(bencher: divan::Bencher<'_, '_>, pane: &str) {
    let (buffer, ground) = frame(pane);
    bencher.bench_local(|| capture::png(&buffer, ground, 2, &Fonts::embedded()).unwrap());
}

#[divan::bench(args = ["crowds"])]
fn html(bencher: divan::Bencher<'_, '_>, pane: &str) {
    let (buffer, ground) = frame(pane);
    let fonts = Fonts::embedded();
    bencher.bench_local(|| capture::html(&buffer, ground, &fonts, "", app::Language::Zh));
}

#[divan::bench(args = ["crowds"])]
fn ansi(bencher: divan::Bencher<'_, '_>, pane: &str) {
    let (buffer, _) = frame(pane);
    bencher.bench_local(|| capture::ansi(&buffer));
}
