//! `fastdeck capture`: one frame of the dashboard, drawn by the functions that draw the terminal.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::sync::Arc;

use ratatui::buffer::Buffer;

use super::args::{Capture, PictureFormat};
use super::environment::Environment;
use super::failure::Failure;
use super::{open, output, query, system_fonts};
use crate::app::{self, GlyphSet, Language, Shot, State};
use crate::capture::{self, Fonts, Ground, Picture};
use crate::facts::Engine;
use crate::ui;

/// Cells of a capture when no size is given.
const SIZE: (u16, u16) = (120, 36);

/// What a frame is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wanted {
    format: PictureFormat,
    /// Real text in SVG.
    text: bool,
    /// Pixels of PNG for each of SVG.
    scale: u8,
    shot: Shot,
}

impl Wanted {
    fn of(args: &Capture) -> Result<Self, Failure> {
        let format = match args.format {
            Some(format) => format,
            None => by_extension(&args.output)?,
        };
        let only = |option: &str, of: &str| Failure::Usage(format!("`{option}` is for {of} only"));
        if args.text && format != PictureFormat::Svg {
            return Err(only("--text", "SVG"));
        }
        if args.scale.is_some() && format != PictureFormat::Png {
            return Err(only("--scale", "PNG"));
        }
        Ok(Self {
            format,
            text: args.text,
            scale: args.scale.unwrap_or(1),
            shot: if args.pane_only {
                Shot::Pane
            } else {
                Shot::Screen
            },
        })
    }
}

fn by_extension(path: &Path) -> Result<PictureFormat, Failure> {
    const ENDINGS: &str = "the file name must end in .svg, .png, .html, .txt or .ans";
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
    match extension.to_ascii_lowercase().as_str() {
        "svg" => Ok(PictureFormat::Svg),
        "png" => Ok(PictureFormat::Png),
        "html" | "htm" => Ok(PictureFormat::Html),
        "ans" | "ansi" => Ok(PictureFormat::Ansi),
        "txt" => Ok(PictureFormat::Text),
        "" => Err(Failure::Usage(format!("{}: {ENDINGS}", path.display()))),
        other => Err(Failure::Usage(format!(
            "no capture format `{other}`: {ENDINGS}"
        ))),
    }
}

pub(super) fn run(args: &Capture, environment: &Environment) -> Result<(), Failure> {
    let wanted = Wanted::of(args)?;
    output::refuse_existing(&args.output, args.force)?;
    let language = args.shared.language(environment);
    let loaded = open::engine(args.dataset.as_deref(), &args.shared, environment)?;
    let state = state(args, Arc::clone(&loaded.engine), environment)?;
    let picture = draw(&state, wanted).map_err(|e| Failure::File(args.output.clone(), e))?;
    loaded.check()?;
    output::write_file(&args.output, &picture.data, args.force)?;
    tell_missing(&picture, language);
    loaded.keep(language);
    Ok(())
}

/// The state that the options describe, with its board.
fn state(args: &Capture, engine: Arc<Engine>, environment: &Environment) -> Result<State, Failure> {
    let dataset = engine.dataset();
    let brand = query::focused_brand(&args.shared, &engine)?;
    query::definitions(&args.shared, dataset)?;
    let mut state = open::state(&args.shared, Some(args.pane), environment)?;
    if args.ascii {
        state.look.glyphs = GlyphSet::Ascii;
    }
    state.slice = query::slice(&args.shared, &engine)?;
    let scenario = query::scenario(&args.shared, engine.dataset())?;
    state.wanted.brand = dataset.brands.get(brand).map(|b| b.id.clone());
    let said = args.state.as_ref().and_then(|scene| scene.size);
    state.size = args.shared.size.or(said).unwrap_or(SIZE);
    state.origin = open::origin(args.dataset.as_deref());
    app::open(&mut state, engine);
    open::propose(&mut state, &args.shared, scenario);
    state.cursors[args.pane as usize].row = args.row.map_or(0, |n| n as usize - 1);
    if let Some(scene) = &args.state {
        open::restore(&mut state, scene)?;
    }
    Ok(state)
}

/// The frame of a state in the wanted format. Fonts of the machine are looked at only where the
/// embedded ones lack a character.
fn draw(state: &State, wanted: Wanted) -> io::Result<Picture<Vec<u8>>> {
    let theme = ui::Theme::named(state.theme);
    let buffer = capture::frame(state, wanted.shot);
    let paint = |fonts: &Fonts| encode(&buffer, Ground::of(&theme), fonts, state, wanted);
    let picture = paint(&Fonts::embedded())?;
    if picture.missing.is_empty() {
        return Ok(picture);
    }
    paint(&system_fonts::with(&picture.missing))
}

fn encode(
    buffer: &Buffer,
    ground: Ground,
    fonts: &Fonts,
    state: &State,
    wanted: Wanted,
) -> io::Result<Picture<Vec<u8>>> {
    let plain = |text: String| Picture {
        data: text.into_bytes(),
        missing: BTreeSet::new(),
    };
    let drawn = |picture: Picture<String>| Picture {
        data: picture.data.into_bytes(),
        missing: picture.missing,
    };
    Ok(match wanted.format {
        PictureFormat::Svg if wanted.text => plain(capture::svg_text(buffer, ground)),
        PictureFormat::Svg => drawn(capture::svg(buffer, ground, fonts)),
        PictureFormat::Png => capture::png(buffer, ground, wanted.scale, fonts)?,
        PictureFormat::Html => {
            let (title, language) = (title(state), state.language);
            drawn(capture::html(buffer, ground, fonts, &title, language))
        }
        PictureFormat::Ansi => plain(capture::ansi(buffer)),
        PictureFormat::Text => plain(capture::text(buffer)),
    })
}

/// Pane, brand and date.
fn title(state: &State) -> String {
    let brand = state.wanted.brand.as_deref().unwrap_or_default();
    let date = state.as_of.to_string();
    let parts = ["fastdeck", state.pane.id(), brand, &date];
    let told: Vec<&str> = parts.into_iter().filter(|p| !p.is_empty()).collect();
    told.join(" · ")
}

/// Says which characters are boxes.
fn tell_missing(picture: &Picture<Vec<u8>>, language: Language) {
    if picture.missing.is_empty() {
        return;
    }
    let n = picture.missing.len();
    let shown: Vec<String> = picture
        .missing
        .iter()
        .take(10)
        .map(|c| format!("{c} (U+{:04X})", u32::from(*c)))
        .collect();
    let list = shown.join(", ");
    match language {
        Language::Zh => eprintln!("{n} 个字符没有可用字体，画成了方框：{list}"),
        Language::En => eprintln!("{n} characters are in no font and drawn as boxes: {list}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::{Cli, Command};
    use clap::Parser;

    fn wanted(words: &str) -> Result<Wanted, Failure> {
        let words = ["fastdeck", "capture"].into_iter().chain(words.split(' '));
        let Some(Command::Capture(args)) = Cli::try_parse_from(words).unwrap().command else {
            panic!("no capture command");
        };
        Wanted::of(&args)
    }

    #[test]
    fn the_extension_decides_the_format_unless_one_is_named() {
        for (file, format) in [
            ("a/b.SVG", PictureFormat::Svg),
            ("b.txt", PictureFormat::Text),
            ("b.png", PictureFormat::Png),
            ("b.html", PictureFormat::Html),
            ("b.ans", PictureFormat::Ansi),
        ] {
            assert_eq!(wanted(&format!("-o {file}")).unwrap().format, format);
        }
        let named = wanted("-o b.gif --format png --scale 3").unwrap();
        assert_eq!((named.format, named.scale), (PictureFormat::Png, 3));
        let Err(Failure::Usage(text)) = wanted("-o b.gif") else {
            panic!("gif was accepted");
        };
        assert!(text.contains("`gif`") && text.contains(".png"));
        assert!(wanted("-o svg").is_err());
    }

    #[test]
    fn options_of_another_format_are_refused() {
        assert!(wanted("-o b.svg --text").unwrap().text);
        for bad in [
            "-o b.png --text",
            "-o b.svg --scale 2",
            "-o b.txt --scale 1",
        ] {
            assert!(wanted(bad).is_err(), "{bad}");
        }
    }
}
