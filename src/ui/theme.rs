//! The themes: what a colour means, never what it looks like at the place of use.
//!
//! One accent per layer A, I, P, L everywhere. `mono` sets no colours at all (a terminal under
//! `NO_COLOR` loses bold and reverse when a colour is sent), so there everything is told by
//! modifiers and glyphs; over and under are told by sign and glyph in every theme. On sixteen
//! colours, which are the user's own, a theme keeps the shapes of `mono` and names a few of them.

use ratatui::style::{Color, Modifier, Style};

use crate::view::{Colours, Depth, Rgb, ThemeName};

/// Colours and modifiers by meaning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Theme {
    /// No colours: shapes and modifiers only.
    pub mono: bool,
    /// Ground of the screen, with the colour of plain text.
    pub base: Style,
    /// Plain text.
    pub text: Style,
    /// Big values and names.
    pub strong: Style,
    /// Labels beside values.
    pub muted: Style,
    /// Frames, rulers and everything that only guides the eye.
    pub line: Style,
    /// Title of a panel.
    pub title: Style,
    /// What is active: the tab, a condition, the caret.
    pub accent: Style,
    /// Better than before, over target.
    pub good: Style,
    /// Worse than before, under target.
    pub bad: Style,
    /// Worth attention: problems, notices.
    pub warn: Style,
    /// Badge for simulated data.
    pub badge: Style,
    /// The selected row.
    pub selection: Style,
    /// The active tab.
    pub tab: Style,
    /// A key in the footer.
    pub key: Style,
    /// Benchmark markers.
    pub benchmark: Style,
    /// Ground of bars that are not full; foreground for its glyph in `mono`.
    pub track: Style,
    /// Ground of pop-ups.
    pub popup: Style,
    /// Layers are told by their fill too.
    hatched: bool,
    layers: [Option<Color>; 4],
    heat: [(Color, Color); 6],
}

const fn rgb(hex: Rgb) -> Color {
    Color::Rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

impl Theme {
    /// The theme with this name in all its colours.
    pub fn named(name: ThemeName) -> Self {
        Self::of(name, Depth::True)
    }

    /// The theme for a terminal of this depth. The colours of [`Depth::Indexed`] are those of a
    /// true-colour terminal; [`depth::reduce`](super::depth::reduce) brings the finished frame down.
    pub fn of(name: ThemeName, depth: Depth) -> Self {
        match (name.colours(), depth) {
            (None, _) | (_, Depth::None) => Self::mono(),
            (Some(colours), Depth::Sixteen) => Self::sixteen(colours),
            (Some(colours), _) => Self::coloured(colours),
        }
    }

    /// Colours that the user of the terminal has chosen, on the ground of the terminal.
    fn sixteen(p: &Colours) -> Self {
        let plain = Style::new();
        // Yellow cannot be read on white, nor blue on black.
        let (accent, warn) = if p.is_light() {
            (Color::Blue, Color::Magenta)
        } else {
            (Color::LightCyan, Color::Yellow)
        };
        let bold = |colour| plain.fg(colour).add_modifier(Modifier::BOLD);
        let (good, bad) = match (p.hatched, p.is_light()) {
            (false, _) => (Color::Green, Color::Red),
            (true, true) => (Color::Blue, Color::Red),
            (true, false) => (Color::LightBlue, Color::Yellow),
        };
        let reverse = |colour| bold(colour).add_modifier(Modifier::REVERSED);
        Self {
            accent: bold(accent),
            good: plain.fg(good),
            bad: bold(bad),
            warn: bold(warn),
            badge: reverse(warn),
            tab: reverse(accent),
            key: bold(accent),
            layers: if p.is_light() {
                [Color::Blue, Color::Cyan, Color::Red, Color::Magenta].map(Some)
            } else {
                [
                    Color::LightBlue,
                    Color::Cyan,
                    Color::Yellow,
                    Color::LightMagenta,
                ]
                .map(Some)
            },
            ..Self::mono()
        }
    }

    fn coloured(p: &Colours) -> Self {
        let fg = |hex| Style::new().fg(rgb(hex));
        Self {
            mono: false,
            base: fg(p.text).bg(rgb(p.ground)),
            text: fg(p.text),
            strong: fg(p.strong).add_modifier(Modifier::BOLD),
            muted: fg(p.muted),
            line: fg(p.line),
            title: fg(p.strong).add_modifier(Modifier::BOLD),
            accent: fg(p.accent),
            good: fg(p.good),
            bad: fg(p.bad),
            warn: fg(p.warn),
            badge: fg(p.ground).bg(rgb(p.warn)).add_modifier(Modifier::BOLD),
            selection: fg(p.strong).bg(rgb(p.selection)),
            tab: fg(p.ground).bg(rgb(p.accent)).add_modifier(Modifier::BOLD),
            key: fg(p.accent).add_modifier(Modifier::BOLD),
            benchmark: fg(p.warn),
            track: fg(p.track).bg(rgb(p.track)),
            popup: fg(p.text).bg(rgb(p.raised)),
            hatched: p.hatched,
            layers: p.layers.map(|l| Some(rgb(l))),
            heat: p.heat.map(|h| (rgb(h.ground), rgb(h.text))),
        }
    }

    fn mono() -> Self {
        let plain = Style::new();
        let bold = plain.add_modifier(Modifier::BOLD);
        let reverse = plain.add_modifier(Modifier::REVERSED);
        let dim = plain.add_modifier(Modifier::DIM);
        Self {
            mono: true,
            base: plain,
            text: plain,
            strong: bold,
            muted: plain,
            line: dim,
            title: bold,
            accent: bold,
            good: plain,
            bad: bold,
            warn: bold,
            badge: reverse.add_modifier(Modifier::BOLD),
            selection: reverse,
            tab: reverse.add_modifier(Modifier::BOLD),
            key: bold,
            benchmark: dim,
            track: dim,
            popup: plain,
            hatched: true,
            layers: [None; 4],
            heat: [(Color::Reset, Color::Reset); 6],
        }
    }

    /// The accent of layer 0 = A, 1 = I, 2 = P, 3 = L; other numbers are plain text.
    pub fn layer(&self, layer: usize) -> Style {
        match self.layers.get(layer) {
            Some(Some(colour)) => Style::new().fg(*colour),
            _ => self.text,
        }
    }

    /// The glyph that fills an area of a layer where colours alone do not tell layers apart.
    pub fn layer_fill(&self, layer: usize) -> char {
        let shades = ['░', '▒', '▓', '█'];
        match shades.get(layer) {
            Some(shade) if self.hatched => *shade,
            _ => '█',
        }
    }

    /// Ground and text of a heat cell; `share` 0..=1.
    pub fn heat(&self, share: f64) -> Style {
        let steps = self.heat.len();
        let at = (share.clamp(0.0, 1.0) * steps as f64) as usize;
        let (bg, fg) = self.heat[at.min(steps - 1)];
        match at {
            _ if !self.mono => Style::new().bg(bg).fg(fg),
            0..=2 => Style::new(),
            3 | 4 => Style::new().add_modifier(Modifier::BOLD),
            _ => Style::new().add_modifier(Modifier::REVERSED),
        }
    }

    /// Better, worse or neither, from the sign of a change where more is better.
    pub fn trend(&self, sign: Option<i8>) -> Style {
        match sign {
            Some(1) => self.good,
            Some(-1) => self.bad,
            _ => self.muted,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn styles(theme: &Theme) -> Vec<Style> {
        let t = theme;
        let mut all = vec![
            t.base,
            t.text,
            t.strong,
            t.muted,
            t.line,
            t.title,
            t.accent,
            t.good,
            t.bad,
            t.warn,
            t.badge,
            t.selection,
            t.tab,
            t.key,
            t.benchmark,
            t.track,
            t.popup,
        ];
        all.extend((0..5).map(|i| t.layer(i)));
        all.extend([0.0, 0.3, 0.6, 1.0].map(|s| t.heat(s)));
        all
    }

    #[test]
    fn without_colours_no_theme_sets_any() {
        for name in ThemeName::BUILT_IN {
            let theme = Theme::of(name, Depth::None);
            for style in styles(&theme) {
                assert_eq!((style.fg, style.bg), (None, None));
            }
            assert_eq!(theme, Theme::named(ThemeName::Mono));
        }
    }

    #[test]
    fn sixteen_colours_stand_on_the_ground_of_the_terminal() {
        for name in ThemeName::BUILT_IN {
            let theme = Theme::of(name, Depth::Sixteen);
            for style in styles(&theme) {
                assert_eq!(style.bg, None, "{name:?}");
                assert!(!matches!(
                    style.fg,
                    Some(Color::Rgb(..) | Color::Indexed(_))
                ));
            }
        }
    }

    #[test]
    fn the_selection_is_seen_in_every_depth() {
        for name in ThemeName::BUILT_IN {
            for depth in [Depth::True, Depth::Indexed, Depth::Sixteen, Depth::None] {
                let theme = Theme::of(name, depth);
                let shown = |s: Style| (s.bg, s.add_modifier & Modifier::REVERSED);
                assert_ne!(shown(theme.selection), shown(theme.base), "{name:?}");
                assert_ne!(shown(theme.tab), shown(theme.base), "{name:?}");
            }
        }
    }
}
