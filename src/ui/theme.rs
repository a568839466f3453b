//! The themes: what a colour means, never what it looks like at the place of use.
//!
//! One accent per layer A, I, P, L everywhere. `mono` sets no colours at all (a terminal under
//! `NO_COLOR` loses bold and reverse when a colour is sent), so there everything is told by
//! modifiers and glyphs; over and under are told by sign and glyph in every theme.

use ratatui::style::{Color, Modifier, Style};

use crate::view::ThemeName;

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
    layers: [Color; 4],
    heat: [(Color, Color); 6],
}

const fn rgb(hex: u32) -> Color {
    Color::Rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

/// Colours of a theme before they get their meaning.
struct Palette {
    ground: u32,
    raised: u32,
    track: u32,
    text: u32,
    strong: u32,
    muted: u32,
    line: u32,
    accent: u32,
    good: u32,
    bad: u32,
    warn: u32,
    selection: u32,
    layers: [u32; 4],
    heat: [(u32, u32); 6],
}

const DARK: Palette = Palette {
    ground: 0x0012_161c,
    raised: 0x001a_2029,
    track: 0x002a_323d,
    text: 0x00c9_d1d9,
    strong: 0x00f2_f5f7,
    muted: 0x0090_9baa,
    line: 0x0038_424f,
    accent: 0x006c_b6ff,
    good: 0x0057_c785,
    bad: 0x00f4_7e74,
    warn: 0x00e5_b567,
    selection: 0x0026_3b52,
    layers: [0x0064_a8f0, 0x0045_c4b0, 0x00f0_b35a, 0x00e8_7fa8],
    heat: [
        (0x0019_212b, 0x00c9_d1d9),
        (0x0021_3548, 0x00d5_dde6),
        (0x0029_4a66, 0x00e6_edf3),
        (0x0034_638b, 0x00ff_ffff),
        (0x0056_92c4, 0x000b_1016),
        (0x008f_c4f0, 0x000b_1016),
    ],
};

const LIGHT: Palette = Palette {
    ground: 0x00fb_fbf8,
    raised: 0x00f1_f1ec,
    track: 0x00e3_e3dc,
    text: 0x002b_3038,
    strong: 0x0011_151a,
    muted: 0x005d_6570,
    line: 0x00c6_c8c4,
    accent: 0x0009_5cb8,
    good: 0x0014_6c3a,
    bad: 0x00b3_2418,
    warn: 0x0087_5200,
    selection: 0x00d5_e5f7,
    layers: [0x001f_66b5, 0x000a_7367, 0x00ab_5800, 0x00a8_2f66],
    heat: [
        (0x00f1_f4f6, 0x002b_3038),
        (0x00dd_e9f3, 0x002b_3038),
        (0x00bd_d7ee, 0x001b_2530),
        (0x008e_bce0, 0x000b_1016),
        (0x002f_74b5, 0x00ff_ffff),
        (0x0014_4f8a, 0x00ff_ffff),
    ],
};

impl Theme {
    /// The theme with this name.
    pub fn named(name: ThemeName) -> Self {
        match name {
            ThemeName::Dark => Self::coloured(&DARK),
            ThemeName::Light => Self::coloured(&LIGHT),
            ThemeName::Mono => Self::mono(),
        }
    }

    fn coloured(p: &Palette) -> Self {
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
            layers: p.layers.map(rgb),
            heat: p.heat.map(|(bg, fg)| (rgb(bg), rgb(fg))),
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
            layers: [Color::Reset; 4],
            heat: [(Color::Reset, Color::Reset); 6],
        }
    }

    /// The accent of layer 0 = A, 1 = I, 2 = P, 3 = L; other numbers are plain text.
    pub fn layer(&self, layer: usize) -> Style {
        match self.layers.get(layer) {
            Some(colour) if !self.mono => Style::new().fg(*colour),
            _ => self.text,
        }
    }

    /// The glyph that fills an area of a layer where colours cannot tell layers apart.
    pub fn layer_fill(&self, layer: usize) -> char {
        let shades = ['░', '▒', '▓', '█'];
        match shades.get(layer) {
            Some(shade) if self.mono => *shade,
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

    /// Every text colour of this theme with the ground that it stands on.
    #[cfg(test)]
    fn pairs(&self) -> Vec<(Color, Color)> {
        let ground = self.base.bg.unwrap_or(Color::Reset);
        let on_ground = [
            self.text,
            self.strong,
            self.muted,
            self.title,
            self.accent,
            self.good,
            self.bad,
            self.warn,
            self.key,
            self.benchmark,
            self.base,
        ];
        let colour = |s: Style| s.fg.unwrap_or(Color::Reset);
        let mut pairs: Vec<_> = on_ground.into_iter().map(|s| (colour(s), ground)).collect();
        let popup = self.popup.bg.unwrap_or(Color::Reset);
        pairs.extend(on_ground.into_iter().map(|s| (colour(s), popup)));
        for s in [self.badge, self.tab, self.selection] {
            pairs.push((colour(s), s.bg.unwrap_or(Color::Reset)));
        }
        pairs.extend(self.layers.iter().map(|c| (*c, ground)));
        pairs.extend(self.heat.iter().map(|(bg, fg)| (*fg, *bg)));
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: Color) -> f64 {
        let Color::Rgb(r, g, b) = colour else {
            panic!("{colour:?} is not a true colour");
        };
        let part = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.03928 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
    }

    fn contrast(a: Color, b: Color) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn every_text_can_be_read() {
        for name in [ThemeName::Dark, ThemeName::Light] {
            for (fg, bg) in Theme::named(name).pairs() {
                let ratio = contrast(fg, bg);
                assert!(ratio >= 4.5, "{name:?}: {fg:?} on {bg:?} is {ratio:.2}");
            }
        }
    }

    #[test]
    fn mono_sets_no_colour_anywhere() {
        let theme = Theme::named(ThemeName::Mono);
        let styles = [
            theme.base,
            theme.text,
            theme.strong,
            theme.muted,
            theme.line,
            theme.title,
            theme.accent,
            theme.good,
            theme.bad,
            theme.warn,
            theme.badge,
            theme.selection,
            theme.tab,
            theme.key,
            theme.benchmark,
            theme.track,
            theme.popup,
            theme.layer(2),
            theme.heat(0.0),
            theme.heat(1.0),
        ];
        for style in styles {
            assert_eq!((style.fg, style.bg), (None, None));
        }
        assert_ne!(theme.selection, theme.text);
    }
}
