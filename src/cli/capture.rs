//! `fastdeck capture`: one frame of the dashboard, drawn by the functions that draw the terminal.

use std::path::Path;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::args::Capture;
use super::environment::Environment;
use super::failure::Failure;
use super::{open, output, query};
use crate::app::{self, State};
use crate::facts::Engine;
use crate::{capture, ui, view};

/// Cells of a capture when no size is given.
const SIZE: (u16, u16) = (120, 36);

/// A format that a frame can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Picture {
    Svg,
    Text,
}

impl Picture {
    fn of(path: &Path) -> Result<Self, Failure> {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        match extension.to_ascii_lowercase().as_str() {
            "svg" => Ok(Self::Svg),
            "txt" => Ok(Self::Text),
            "" => Err(Failure::Usage(format!(
                "{}: the file name must end in .svg or .txt",
                path.display()
            ))),
            other => Err(Failure::Usage(format!(
                "no capture format `{other}`: the file name must end in .svg or .txt"
            ))),
        }
    }
}

pub(super) fn run(args: &Capture, environment: &Environment) -> Result<(), Failure> {
    let picture = Picture::of(&args.output)?;
    output::refuse_existing(&args.output, args.force)?;
    let language = args.shared.language(environment);
    let loaded = open::engine(args.dataset.as_deref(), &args.shared, environment)?;
    let state = state(args, Arc::clone(&loaded.engine), environment)?;
    let text = draw(&state, picture);
    loaded.check()?;
    output::write_file(&args.output, text.as_bytes(), args.force)?;
    loaded.keep(language);
    Ok(())
}

/// The state that the options describe, with its board.
fn state(args: &Capture, engine: Arc<Engine>, environment: &Environment) -> Result<State, Failure> {
    let dataset = engine.dataset();
    let brand = query::focused_brand(&args.shared, &engine)?;
    query::definitions(&args.shared, dataset)?;
    let mut state = open::state(&args.shared, Some(args.pane), environment)?;
    state.theme = args.shared.theme().unwrap_or_default();
    state.slice = query::slice(&args.shared, &engine)?;
    let scenario = query::scenario(&args.shared, engine.dataset())?;
    state.wanted.brand = dataset.brands.get(brand).map(|b| b.id.clone());
    state.size = args.shared.size.unwrap_or(SIZE);
    app::open(&mut state, engine);
    open::propose(&mut state, scenario);
    Ok(state)
}

fn draw(state: &State, picture: Picture) -> String {
    let theme = ui::Theme::named(state.theme);
    let area = Rect::new(0, 0, state.size.0, state.size.1);
    let mut buffer = Buffer::empty(area);
    ui::render(&view::screen(state), &theme, area, &mut buffer);
    match picture {
        Picture::Svg => capture::svg(&buffer, capture::Ground::of(&theme)),
        Picture::Text => capture::text(&buffer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_decides_the_format() {
        assert_eq!(Picture::of(Path::new("a/b.SVG")).unwrap(), Picture::Svg);
        assert_eq!(Picture::of(Path::new("b.txt")).unwrap(), Picture::Text);
        let Err(Failure::Usage(text)) = Picture::of(Path::new("b.png")) else {
            panic!("png was accepted");
        };
        assert!(text.contains("`png`") && text.contains(".svg or .txt"));
        assert!(Picture::of(Path::new("svg")).is_err());
    }
}
