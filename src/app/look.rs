//! How the dashboard looks, as plain data: themes with their colours, the depth of colour, the
//! set of glyphs and how wide ambiguous characters are.
//!
//! Nothing here draws. Colours that cannot be read is told as such ([`Colours::faults`]); whether
//! it is refused is decided where it was read.

/// Red, green and blue as `0xrrggbb`.
pub type Rgb = u32;

/// How much lighter text must be than its ground, or darker: the ratio of WCAG 2.1 AA.
pub const READABLE: f64 = 4.5;

/// Colours of a theme before they get their meaning.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Colours {
    /// Ground of the screen.
    pub ground: Rgb,
    /// Ground of pop-ups.
    pub raised: Rgb,
    /// Ground of bars that are not full.
    pub track: Rgb,
    /// Plain text.
    pub text: Rgb,
    /// Big values and names.
    pub strong: Rgb,
    /// Labels beside values.
    pub muted: Rgb,
    /// Frames and rulers.
    pub line: Rgb,
    /// What is active.
    pub accent: Rgb,
    /// Better than before.
    pub good: Rgb,
    /// Worse than before.
    pub bad: Rgb,
    /// Worth attention.
    pub warn: Rgb,
    /// Ground of the selected row.
    pub selection: Rgb,
    /// A, I, P, L.
    pub layers: [Rgb; 4],
    /// Steps of a heat map, low to high.
    pub heat: [Heat; 6],
    /// Layers are told by their fill too, not by colour alone.
    pub hatched: bool,
}

/// One step of a heat map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Heat {
    /// Behind the text.
    pub ground: Rgb,
    /// The text.
    pub text: Rgb,
}

/// A text and a ground of a theme that stand together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The key of the text colour.
    pub text: &'static str,
    /// The key of its ground.
    pub ground: &'static str,
    /// Their contrast, 1 to 21.
    pub ratio: f64,
}

const fn heat(ground: Rgb, text: Rgb) -> Heat {
    Heat { ground, text }
}

const DARK: Colours = Colours {
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
        heat(0x0019_212b, 0x00c9_d1d9),
        heat(0x0021_3548, 0x00d5_dde6),
        heat(0x0029_4a66, 0x00e6_edf3),
        heat(0x0034_638b, 0x00ff_ffff),
        heat(0x0056_92c4, 0x000b_1016),
        heat(0x008f_c4f0, 0x000b_1016),
    ],
    hatched: false,
};

const LIGHT: Colours = Colours {
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
        heat(0x00f1_f4f6, 0x002b_3038),
        heat(0x00dd_e9f3, 0x002b_3038),
        heat(0x00bd_d7ee, 0x001b_2530),
        heat(0x008e_bce0, 0x000b_1016),
        heat(0x002f_74b5, 0x00ff_ffff),
        heat(0x0014_4f8a, 0x00ff_ffff),
    ],
    hatched: false,
};

/// Black and white with bright accents; every text at 7:1 or more.
const HIGH_CONTRAST: Colours = Colours {
    ground: 0x0000_0000,
    raised: 0x0010_1010,
    track: 0x0034_3434,
    text: 0x00ff_ffff,
    strong: 0x00ff_ffff,
    muted: 0x00d8_d8d8,
    line: 0x009a_9a9a,
    accent: 0x007d_d8ff,
    good: 0x005c_f59a,
    bad: 0x00ff_a198,
    warn: 0x00ff_d84d,
    selection: 0x0000_40a8,
    layers: [0x007f_c8ff, 0x0044_e6ca, 0x00ff_c65c, 0x00ff_a3c8],
    heat: [
        heat(0x0000_0000, 0x00ff_ffff),
        heat(0x000c_2440, 0x00ff_ffff),
        heat(0x0012_3c68, 0x00ff_ffff),
        heat(0x001a_5490, 0x00ff_ffff),
        heat(0x0084_c0f4, 0x0000_0000),
        heat(0x00d2_eaff, 0x0000_0000),
    ],
    hatched: false,
};

/// Blue for better, orange for worse; what the colours tell, lightness and fill tell too.
const COLOUR_BLIND: Colours = Colours {
    ground: 0x0012_161c,
    raised: 0x001a_2029,
    track: 0x002a_323d,
    text: 0x00d2_d8de,
    strong: 0x00f7_f9fa,
    muted: 0x0098_a2b0,
    line: 0x003c_4653,
    accent: 0x00f0_e68c,
    good: 0x0093_cdff,
    bad: 0x00e6_8a2e,
    warn: 0x00ff_e17a,
    selection: 0x0026_3b52,
    layers: [0x004d_94e0, 0x00a9_d9ff, 0x00d8_7a1f, 0x00ff_dca8],
    heat: [
        heat(0x0019_212b, 0x00d2_d8de),
        heat(0x0021_3548, 0x00dd_e4ec),
        heat(0x0029_4a66, 0x00e6_edf3),
        heat(0x0034_638b, 0x00ff_ffff),
        heat(0x0056_92c4, 0x000b_1016),
        heat(0x008f_c4f0, 0x000b_1016),
    ],
    hatched: true,
};

impl Default for Colours {
    fn default() -> Self {
        DARK
    }
}

impl Colours {
    /// Every text with the ground that it stands on.
    pub fn pairs(&self) -> Vec<Pair> {
        let on = |ground: (&'static str, Rgb), text: (&'static str, Rgb)| Pair {
            text: text.0,
            ground: ground.0,
            ratio: contrast(text.1, ground.1),
        };
        let texts = [
            ("text", self.text),
            ("strong", self.strong),
            ("muted", self.muted),
            ("accent", self.accent),
            ("good", self.good),
            ("bad", self.bad),
            ("warn", self.warn),
        ];
        let ground = ("ground", self.ground);
        let raised = ("raised", self.raised);
        let mut pairs: Vec<Pair> = texts.iter().map(|t| on(ground, *t)).collect();
        pairs.extend(texts.iter().map(|t| on(raised, *t)));
        pairs.push(on(("selection", self.selection), ("strong", self.strong)));
        // Badges and the active tab: the ground as text.
        pairs.push(on(("warn", self.warn), ground));
        pairs.push(on(("accent", self.accent), ground));
        pairs.extend(self.layers.iter().map(|l| on(ground, ("layers", *l))));
        pairs.extend(
            self.heat
                .iter()
                .map(|h| on(("heat", h.ground), ("heat", h.text))),
        );
        pairs
    }

    /// The pairs whose contrast is below [`READABLE`].
    pub fn faults(&self) -> Vec<Pair> {
        let mut pairs = self.pairs();
        pairs.retain(|p| p.ratio < READABLE);
        pairs
    }

    /// Whether text is dark on a light ground.
    pub fn is_light(&self) -> bool {
        luminance(self.ground) > luminance(self.text)
    }
}

/// Relative luminance of a colour (WCAG 2.1), 0 for black to 1 for white.
pub fn luminance(colour: Rgb) -> f64 {
    let part = |shift: u32| {
        let c = f64::from((colour >> shift) & 0xff) / 255.0;
        if c <= 0.03928 {
            c / 12.92
        } else {
            ((c + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
}

/// Contrast of two colours (WCAG 2.1), 1 to 21.
pub fn contrast(a: Rgb, b: Rgb) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// A theme of the interface; `ui` gives its colours their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ThemeName {
    /// For dark terminals.
    #[default]
    Dark,
    /// For light terminals.
    Light,
    /// Black, white and bright accents.
    HighContrast,
    /// Blue and orange, told apart by lightness and fill too.
    ColourBlind,
    /// No colours at all (`NO_COLOR`).
    Mono,
    /// A theme of the user, read once at start and kept to the end of the program.
    Own(&'static OwnTheme),
}

/// A theme of the user.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct OwnTheme {
    /// Its name: that of its file.
    pub name: String,
    /// Its colours.
    pub colours: Colours,
}

impl ThemeName {
    /// Those that need no file, in the order in which they follow each other.
    pub const BUILT_IN: [Self; 5] = [
        Self::Dark,
        Self::Light,
        Self::HighContrast,
        Self::ColourBlind,
        Self::Mono,
    ];

    /// How it is called on the command line and in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
            Self::ColourBlind => "color-blind",
            Self::Mono => "mono",
            Self::Own(own) => &own.name,
        }
    }

    /// What it is called on the screen, `[zh, en]`.
    pub fn title(self) -> [&'static str; 2] {
        match self {
            Self::Dark => ["深色", "dark"],
            Self::Light => ["浅色", "light"],
            Self::HighContrast => ["高对比", "high contrast"],
            Self::ColourBlind => ["色盲友好", "colour-blind safe"],
            Self::Mono => ["单色", "mono"],
            Self::Own(own) => [&own.name, &own.name],
        }
    }

    /// The built-in theme with this id.
    pub fn built_in(id: &str) -> Option<Self> {
        Self::BUILT_IN.into_iter().find(|t| t.id() == id)
    }

    /// Its colours; `None` for the theme that has none.
    pub fn colours(self) -> Option<&'static Colours> {
        match self {
            Self::Dark => Some(&DARK),
            Self::Light => Some(&LIGHT),
            Self::HighContrast => Some(&HIGH_CONTRAST),
            Self::ColourBlind => Some(&COLOUR_BLIND),
            Self::Mono => None,
            Self::Own(own) => Some(&own.colours),
        }
    }
}

/// How many colours a terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Depth {
    /// 24 bits.
    #[default]
    True,
    /// The cube and the greys of xterm.
    Indexed,
    /// The sixteen that the user of the terminal has chosen.
    Sixteen,
    /// None: bold, dim and reverse only.
    None,
}

impl Depth {
    /// How it is called in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::True => "truecolor",
            Self::Indexed => "256",
            Self::Sixteen => "16",
            Self::None => "none",
        }
    }
}

/// What frames, bars and marks are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum GlyphSet {
    /// Box drawing, blocks, arrows, Braille.
    #[default]
    Unicode,
    /// ASCII only; text stays what it is.
    Ascii,
}

impl GlyphSet {
    /// How it is called in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Unicode => "unicode",
            Self::Ascii => "ascii",
        }
    }
}

/// How many columns the terminal gives to characters of ambiguous East Asian width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ambiguous {
    /// One.
    #[default]
    Narrow,
    /// Two, as many terminals under Chinese Windows do.
    Wide,
}

impl Ambiguous {
    /// How it is called in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Narrow => "narrow",
            Self::Wide => "wide",
        }
    }
}

/// What the terminal can show, and which themes there are beside the built-in ones. Pictures do not
/// depend on it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Look {
    /// How many colours.
    pub depth: Depth,
    /// Which glyphs.
    pub glyphs: GlyphSet,
    /// How wide ambiguous characters are.
    pub ambiguous: Ambiguous,
    /// Themes of the user.
    pub own: Vec<ThemeName>,
    /// The theme follows the ground of the terminal, until the user chooses one.
    pub follows: bool,
    /// Where the session began, a theme was asked for; that of the last session does not count.
    pub keeps_theme: bool,
    /// The same of the language.
    pub keeps_language: bool,
}

impl Look {
    /// Whether nothing is coloured (`NO_COLOR`, or a terminal without colours): the theme stays mono.
    #[must_use]
    pub fn is_colourless(&self) -> bool {
        self.depth == Depth::None
    }

    /// The themes in the order in which they follow each other.
    pub fn themes(&self) -> Vec<ThemeName> {
        let own = self.own.iter().copied();
        ThemeName::BUILT_IN.into_iter().chain(own).collect()
    }

    /// The theme `steps` after another; the first follows the last.
    pub fn theme_after(&self, theme: ThemeName, steps: isize) -> ThemeName {
        let all = self.themes();
        let at = all.iter().position(|t| *t == theme).unwrap_or(0) as isize;
        let next = (at + steps).rem_euclid(all.len() as isize) as usize;
        all.get(next).copied().unwrap_or_default()
    }
}

/// What the terminal said about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Its ground has this colour.
    Ground(Rgb),
    /// It counts ambiguous characters so.
    Ambiguous(Ambiguous),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_every_theme_can_be_read() {
        for theme in ThemeName::BUILT_IN {
            let Some(colours) = theme.colours() else {
                assert_eq!(theme, ThemeName::Mono);
                continue;
            };
            assert_eq!(colours.faults(), [], "{theme:?}");
        }
        for pair in HIGH_CONTRAST.pairs() {
            assert!(pair.ratio >= 7.0, "{pair:?}");
        }
        assert!(LIGHT.is_light() && !DARK.is_light());
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        assert!((contrast(0, 0x00ff_ffff) - 21.0).abs() < 1e-9);
        assert!((contrast(0x0077_7777, 0x00ff_ffff) - 4.48).abs() < 0.01);
        assert!((contrast(0x00ab_cdef, 0x00ab_cdef) - 1.0).abs() < 1e-9);
    }

    /// Linear parts of a colour as an eye without cones for red (`true`) or green sees it
    /// (Viénot, Brettel and Mollon 1999).
    fn seen(colour: Rgb, no_red: bool) -> [f64; 3] {
        let part = |shift: u32| (f64::from((colour >> shift) & 0xff) / 255.0).powf(2.2);
        let [r, g, b] = [part(16), part(8), part(0)];
        let yellow = if no_red {
            0.112_38 * r + 0.887_62 * g
        } else {
            0.292_75 * r + 0.707_25 * g
        };
        let blue = if no_red {
            0.004_01 * (r - g) + b
        } else {
            -0.022_34 * (r - g) + b
        };
        [yellow, yellow, blue]
    }

    /// Distance of two colours as such an eye sees them, in CIE L*a*b*.
    fn apart(a: Rgb, b: Rgb, no_red: bool) -> f64 {
        let lab = |colour| {
            let [r, g, b] = seen(colour, no_red);
            let x = (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505;
            let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
            let z = (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089;
            let [x, y, z] = [x, y, z].map(f64::cbrt);
            [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
        };
        let (a, b) = (lab(a), lab(b));
        let squares = a.iter().zip(b).map(|(a, b)| (a - b).powi(2));
        squares.sum::<f64>().sqrt()
    }

    #[test]
    fn the_colour_blind_theme_is_told_apart_without_red_and_without_green() {
        let p = &COLOUR_BLIND;
        for no_red in [false, true] {
            assert!(apart(p.good, p.bad, no_red) > 50.0);
            assert!(apart(p.bad, p.warn, no_red) > 20.0);
            for (i, a) in p.layers.iter().enumerate() {
                for b in &p.layers[..i] {
                    let distance = apart(*a, *b, no_red);
                    assert!(distance > 25.0, "{a:06x} {b:06x} {distance}");
                }
            }
        }
        assert!(contrast(p.good, p.bad) > 1.5);
        assert!(contrast(p.layers[0], p.layers[1]) > 1.5);
        assert!(contrast(p.layers[2], p.layers[3]) > 1.5);
        // The usual themes are not told apart that well: this theme is needed.
        assert!(apart(DARK.good, DARK.bad, false) < 50.0);
    }

    #[test]
    fn themes_follow_each_other_both_ways() {
        let own = ThemeName::Own(Box::leak(Box::new(OwnTheme {
            name: "dusk".into(),
            colours: DARK,
        })));
        let look = Look {
            own: vec![own],
            ..Look::default()
        };
        let mut theme = ThemeName::Dark;
        for expected in [
            ThemeName::Light,
            ThemeName::HighContrast,
            ThemeName::ColourBlind,
            ThemeName::Mono,
            own,
            ThemeName::Dark,
        ] {
            let before = theme;
            theme = look.theme_after(theme, 1);
            assert_eq!(theme, expected);
            assert_eq!(look.theme_after(theme, -1), before);
        }
        for theme in ThemeName::BUILT_IN {
            assert_eq!(ThemeName::built_in(theme.id()), Some(theme));
        }
    }
}
