//! What can be typed. Texts of `--help` are the doc comments here.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::builder::TypedValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::environment::Environment;
use super::failure::Failure;
use crate::app::scene::Scene;
use crate::app::{Language, Pane, Preset, ThemeName};
use crate::board::Against;
use crate::export::Format;
use crate::metrics::Day;

/// Smallest and largest number of columns or rows that a screen may have.
const SIZES: std::ops::RangeInclusive<u16> = 1..=1000;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the data set has errors, or `check` found some
  2  wrong usage
  3  the output could not be written
  4  `seek`: the goal is not reachable

Without --lang the language follows LC_ALL, LC_MESSAGES or LANG; it is Chinese unless they name \
another language. FASTDECK_HOME sets the folder in which the last data set is remembered and large \
data sets are cached.";

/// See FAST, FAST+, strategy crowds and the AIPL funnel of your brands, live in the terminal.
///
/// Without a command the dashboard opens on DATASET; without DATASET on the last one, else on the
/// built-in demo.
#[derive(Debug, Parser)]
#[command(name = "fastdeck", version, args_conflicts_with_subcommands = true)]
#[command(after_long_help = EXIT_CODES)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) dashboard: Dashboard,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Every metric for a state, as JSON, CSV, a table or a workbook.
    Metrics(Metrics),
    /// Validate manifest and tables: all problems at once.
    Check(Check),
    /// One frame of the dashboard as a picture; the format follows the extension: svg, txt.
    Capture(Capture),
    /// The weekly review deck: HTML, Markdown, workbook and pictures in a folder.
    Report(Report),
    /// What must change to reach a goal: positions of one lever, or the cheapest plans of several.
    Seek(Seek),
    /// A, I, P, L and FAST of the coming weeks if people go on moving as in the last weeks.
    Project(Project),
    /// Open the built-in demo, or write it to a folder.
    Demo(Demo),
    /// A folder for a data set of your own: a manifest that explains itself and empty tables.
    New(New),
    /// Large data sets kept for a quick start: list them, write one, or remove them.
    Cache(Caches),
    /// The settings that hold, or a commented file of all settings.
    Config(Config),
    /// What the program finds here: folders, the terminal, its colours and widths, versions.
    Doctor(Doctor),
    /// The licences of the embedded fonts.
    Licenses,
    /// The panes with their ids.
    Panes(Spoken),
    /// The keys of the dashboard.
    Keys(Keys),
    /// The data format: table kinds, columns and their aliases, as Markdown.
    Format(Spoken),
    /// A completion script.
    Completions {
        /// The shell that it is for.
        shell: clap_complete::Shell,
    },
    /// The manual page (roff).
    Man,
}

#[derive(Debug, Args)]
pub(super) struct Dashboard {
    /// Folder with dataset.toml, the manifest itself, or one table.
    pub(super) dataset: Option<PathBuf>,
    /// Pane to open.
    #[arg(long, value_parser = pane_parser(), value_name = "PANE")]
    pub(super) pane: Option<Pane>,
    /// Load the data again when its files change; brand, slice, scenario and cursor stay. A file
    /// that is broken or half-written leaves the old numbers on the screen.
    #[arg(long)]
    pub(super) watch: bool,
    /// Log when keys are taken, boards computed and frames painted, for measuring.
    #[arg(long, value_name = "FILE", hide_short_help = true)]
    pub(super) trace: Option<PathBuf>,
    /// What to show, as `y s` in the dashboard copied it; it goes over the other options.
    #[arg(long, value_name = "STATE", value_parser = scene)]
    pub(super) state: Option<Scene>,
    #[command(flatten)]
    pub(super) shared: Shared,
}

#[derive(Debug, Args)]
pub(super) struct Metrics {
    /// Folder with dataset.toml, the manifest itself, or one table; the demo when left out.
    pub(super) dataset: Option<PathBuf>,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t = FormatName::Json)]
    pub(super) format: FormatName,
    #[command(flatten)]
    pub(super) shared: Shared,
    /// Write to this file instead of stdout.
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Overwrite an existing file.
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Folder with dataset.toml, the manifest itself, or one table; the demo when left out.
    pub(super) dataset: Option<PathBuf>,
    /// Form of the output.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(super) format: CheckFormat,
    #[command(flatten)]
    pub(super) shared: Shared,
}

#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub(super) struct Capture {
    /// Folder with dataset.toml, the manifest itself, or one table; the demo when left out.
    pub(super) dataset: Option<PathBuf>,
    /// Pane to show.
    #[arg(long, value_parser = pane_parser(), value_name = "PANE", default_value = "fast")]
    pub(super) pane: Pane,
    /// The pane alone, without what surrounds it.
    #[arg(long)]
    pub(super) pane_only: bool,
    /// Row of the cursor in panes with rows, counted from 1.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) row: Option<u32>,
    /// What to show, as `y s` in the dashboard copied it; it goes over the other options.
    #[arg(long, value_name = "STATE", value_parser = scene)]
    pub(super) state: Option<Scene>,
    /// File to write; its extension decides the format: svg, png, html, txt or ans.
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: PathBuf,
    /// Format, whatever the extension says.
    #[arg(long, value_enum)]
    pub(super) format: Option<PictureFormat>,
    /// Pixels of a PNG for each of the SVG; 2 for slides.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=3))]
    pub(super) scale: Option<u8>,
    /// Real text in SVG, which can be copied and looks as the viewer's fonts do; without it
    /// letters are outlines.
    #[arg(long)]
    pub(super) text: bool,
    /// Overwrite an existing file.
    #[arg(long)]
    pub(super) force: bool,
    /// Draw as on a terminal with ASCII glyphs.
    #[arg(long)]
    pub(super) ascii: bool,
    #[command(flatten)]
    pub(super) shared: Shared,
}

#[derive(Debug, Args)]
pub(super) struct Report {
    /// Folder with dataset.toml, the manifest itself, or one table; the demo when left out.
    pub(super) dataset: Option<PathBuf>,
    /// Folder to write: review.html, review.md, review.xlsx, review.toml and the pictures.
    #[arg(short, long, value_name = "DIR")]
    pub(super) output: PathBuf,
    /// Pages, statements and what the last run found: the review.toml of an earlier deck, or one
    /// of your own.
    #[arg(long, value_name = "FILE")]
    pub(super) recipe: Option<PathBuf>,
    /// Replace a deck that is there already; a folder that holds anything else is left alone.
    #[arg(long)]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) shared: Shared,
}

#[derive(Debug, Args)]
pub(super) struct Seek {
    /// Folder with dataset.toml, the manifest itself, or one table; the demo when left out.
    pub(super) dataset: Option<PathBuf>,
    /// The wanted value: 'gmv=1亿', 'crowd.buyers[genz]*=1.2', 'fast.t+=5pp'. `gmv` is that of the
    /// crowds, or of the layers when the levers are of them.
    #[arg(long, value_name = "METRIC=VALUE")]
    pub(super) goal: String,
    /// A lever that may move: 'crowd.penetration[genz]', 'crowd.aov' (all items alike), 'fast.s'.
    /// Several give the cheapest plans.
    #[arg(long, value_name = "LEVER", required = true)]
    pub(super) by: Vec<String>,
    /// What one step of a lever costs, 1 if not given: 'crowd.aov=3'.
    #[arg(long, value_name = "LEVER=NUMBER")]
    pub(super) cost: Vec<String>,
    /// Tell what more effort brings, in so many plans up to the goal.
    #[arg(long, value_name = "POINTS", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub(super) frontier: Option<u8>,
    #[command(flatten)]
    pub(super) shared: Shared,
    /// Write to this file instead of stdout.
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Overwrite an existing file.
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Args)]
pub(super) struct Project {
    /// Folder with dataset.toml, the manifest itself, or one table; the demo when left out.
    pub(super) dataset: Option<PathBuf>,
    /// The day to project to; four weeks ahead when left out.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(super) until: Option<Day>,
    /// How many weeks up to as-of the transition rates are taken from.
    #[arg(long, value_name = "N", default_value = "8", value_parser = clap::value_parser!(u8).range(1..=52))]
    pub(super) weeks: u8,
    /// Also forecast the last N weeks from the data before them, beside "the same as last week".
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "8", value_parser = clap::value_parser!(u8).range(1..=52))]
    pub(super) backtest: Option<u8>,
    #[command(flatten)]
    pub(super) shared: Shared,
    /// Write to this file instead of stdout.
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Overwrite an existing file.
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Args)]
pub(super) struct Demo {
    /// Write the demo data set to this folder instead of opening it.
    #[arg(long, value_name = "DIR")]
    pub(super) write: Option<PathBuf>,
    /// How many times as many consumers as the ten thousand of the demo; 1000 makes ten million
    /// with a hundred million events.
    #[arg(long, value_name = "N", default_value = "1", value_parser = scale, requires = "write")]
    pub(super) scale: f64,
    /// Only the first so many brands; all consumers are theirs, with about ten events each.
    #[arg(
        long = "brands",
        value_name = "COUNT",
        default_value = "6",
        requires = "write"
    )]
    #[arg(value_parser = brand_count)]
    pub(super) first_brands: usize,
    /// Only the event log and the consumers, without platform tables. The log is richer: goods
    /// have second-level categories, and some consumers are in two crowds.
    #[arg(long, requires = "write")]
    pub(super) log_only: bool,
    /// Write into a folder that is not empty.
    #[arg(long, requires = "write")]
    pub(super) force: bool,
    /// Pane to open.
    #[arg(long, value_parser = pane_parser(), value_name = "PANE")]
    pub(super) pane: Option<Pane>,
    #[command(flatten)]
    pub(super) shared: Shared,
}

#[derive(Debug, Args)]
pub(super) struct New {
    /// The folder to make.
    #[arg(value_name = "DIR")]
    pub(super) folder: PathBuf,
    /// Write into a folder that is not empty; files that are there already stay as they are.
    #[arg(long)]
    pub(super) force: bool,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

#[derive(Debug, Args)]
pub(super) struct Caches {
    /// Write the cache of this data set now, whatever its size.
    pub(super) dataset: Option<PathBuf>,
    /// Remove the cache of the data set, or without one all caches.
    #[arg(long)]
    pub(super) clear: bool,
    /// Accept tables of which more than 20 % of the rows are wrong.
    #[arg(long)]
    pub(super) lenient: bool,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

#[derive(Debug, Args)]
pub(super) struct Keys {
    /// Say what is wrong in keymap.toml, with line and column; exit code 1 when something is.
    #[arg(long)]
    pub(super) check: bool,
    /// Form of the list.
    #[arg(long, value_enum, default_value_t = KeysFormat::Text, conflicts_with = "check")]
    pub(super) format: KeysFormat,
    /// A whole keymap.toml with comments, as `--format toml`.
    #[arg(long, conflicts_with = "check")]
    pub(super) print: bool,
    /// The keys of this preset instead of those in force.
    #[arg(long, value_name = "PRESET", value_parser = preset_parser(), conflicts_with = "check")]
    pub(super) preset: Option<Preset>,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

#[derive(Debug, Args)]
pub(super) struct Config {
    /// Print a commented file with all defaults.
    #[arg(long)]
    pub(super) print: bool,
}

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// Form of the output.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(super) format: CheckFormat,
    /// Print what each key sends until q is pressed.
    #[arg(long, conflicts_with = "format")]
    pub(super) keys: bool,
    #[command(flatten)]
    pub(super) spoken: Spoken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum KeysFormat {
    /// A line for every command.
    Text,
    /// keymap.toml with all commands.
    Toml,
}

#[derive(Debug, Args)]
pub(super) struct Spoken {
    /// Language of the text.
    #[arg(long, value_enum)]
    lang: Option<LanguageName>,
}

/// Options shared by all commands that read a data set.
#[derive(Debug, Clone, Args)]
pub(super) struct Shared {
    /// Brand by id or name; may be repeated.
    #[arg(long = "brand", value_name = "ID")]
    pub(super) brands: Vec<String>,
    /// The day that the numbers are about; by default the last complete day.
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = day)]
    pub(super) as_of: Option<Day>,
    /// Compare with previous-week, previous-month, year-ago or a date.
    #[arg(long, value_name = "WHEN", default_value = "previous-week", value_parser = against)]
    pub(super) against: Against,
    /// Keep consumers: 'crowd=genz,mom; channel!=douyin' (`,` = or, `;` = and).
    #[arg(long = "where", value_name = "CONDITIONS")]
    pub(super) filter: Vec<String>,
    /// Recompute the state from these events only: 'category=2520377'.
    #[arg(long, value_name = "CONDITIONS")]
    pub(super) scope: Vec<String>,
    /// What if: 'crowd.penetration[genz]=25%; crowd.aov[*]*=1.1' (`=`, `+=`, `*=`).
    #[arg(long = "what-if", value_name = "CHANGES")]
    pub(super) what_if: Vec<String>,
    /// How the what-if is called on the screen.
    #[arg(long, value_name = "NAME", requires = "what_if")]
    pub(super) what_if_name: Option<String>,
    /// Change a definition: `aipl.l_days=180`; may be repeated.
    #[arg(long = "set", value_name = "ID=VALUE")]
    pub(super) set: Vec<String>,
    /// Language.
    #[arg(long, value_enum)]
    lang: Option<LanguageName>,
    /// Theme: dark, light, high-contrast, color-blind, mono, or NAME of themes/NAME.toml beside the
    /// configuration; auto follows the terminal.
    #[arg(long, value_name = "NAME")]
    theme: Option<String>,
    /// Size of a captured screen in cells.
    #[arg(long, value_name = "COLSxROWS", value_parser = size)]
    pub(super) size: Option<(u16, u16)>,
    /// Accept tables of which more than 20 % of the rows are wrong.
    #[arg(long)]
    pub(super) lenient: bool,
    /// Read the files even when the data set is in the cache, and keep nothing there.
    #[arg(long)]
    pub(super) no_cache: bool,
}

impl Shared {
    /// The language asked for, else that of the environment.
    pub(super) fn language(&self, environment: &Environment) -> Language {
        chosen(self.lang, environment)
    }

    /// Whether a language is asked for.
    pub(super) fn names_language(&self) -> bool {
        self.lang.is_some()
    }

    /// Whether a theme is asked for.
    pub(super) fn names_theme(&self) -> bool {
        self.theme.is_some()
    }

    /// The theme asked for, `auto` being none.
    pub(super) fn theme(&self, environment: &Environment) -> Result<Option<ThemeName>, Failure> {
        let name = self.theme.as_deref().filter(|name| *name != "auto");
        name.map(|name| environment.themes.named(name)).transpose()
    }
}

impl Spoken {
    /// The language asked for, else that of the environment.
    pub(super) fn language(&self, environment: &Environment) -> Language {
        chosen(self.lang, environment)
    }
}

fn chosen(name: Option<LanguageName>, environment: &Environment) -> Language {
    match name {
        Some(LanguageName::Zh) => Language::Zh,
        Some(LanguageName::En) => Language::En,
        None => environment.language,
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LanguageName {
    /// 简体中文.
    Zh,
    /// English.
    En,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CheckFormat {
    /// One line per problem.
    Text,
    /// One JSON document.
    Json,
}

/// A format that a frame can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum PictureFormat {
    /// Curves that look the same in every viewer.
    Svg,
    /// An image.
    Png,
    /// One page that can be opened in a browser; its text can be selected.
    Html,
    /// Text with the colours of a terminal.
    Ansi,
    /// Plain text.
    Text,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum FormatName {
    /// One JSON document, exact numbers.
    Json,
    /// CSV, exact numbers.
    Csv,
    /// Aligned columns.
    Table,
    /// An Excel workbook, exact numbers; only with -o.
    Xlsx,
}

impl From<FormatName> for Format {
    fn from(name: FormatName) -> Self {
        match name {
            FormatName::Json => Self::Json,
            FormatName::Csv => Self::Csv,
            FormatName::Table => Self::Table,
            FormatName::Xlsx => Self::Xlsx,
        }
    }
}

fn preset_parser() -> impl TypedValueParser<Value = Preset> {
    PossibleValuesParser::new(Preset::ALL.map(Preset::id))
        .map(|id| Preset::by_id(&id).unwrap_or_default())
}

fn pane_parser() -> impl TypedValueParser<Value = Pane> {
    PossibleValuesParser::new(Pane::ALL.map(Pane::id)).map(|id| {
        let known = Pane::ALL.into_iter().find(|p| p.id() == id);
        known.unwrap_or_default()
    })
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse_iso(text).ok_or_else(|| "expected a date as YYYY-MM-DD".to_owned())
}

fn scene(text: &str) -> Result<Scene, String> {
    Scene::parse(text).map_err(|[_, en]| en)
}

fn against(text: &str) -> Result<Against, String> {
    Against::parse(text).ok_or_else(|| {
        "expected previous-week, previous-month, year-ago or a date as YYYY-MM-DD".to_owned()
    })
}

fn size(text: &str) -> Result<(u16, u16), String> {
    let part = |t: &str| t.trim().parse().ok().filter(|n| SIZES.contains(n));
    text.split_once(['x', 'X', '×'])
        .and_then(|(columns, rows)| Some((part(columns)?, part(rows)?)))
        .ok_or_else(|| {
            format!(
                "expected COLSxROWS, each from {} to {}, such as 120x36",
                SIZES.start(),
                SIZES.end()
            )
        })
}

fn brand_count(text: &str) -> Result<usize, String> {
    let number = text.parse().ok();
    number
        .filter(|n| (1..=6).contains(n))
        .ok_or_else(|| "expected a number from 1 to 6".to_owned())
}

fn scale(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok();
    number
        .filter(|n| (0.01..=1000.0).contains(n))
        .ok_or_else(|| "expected a number from 0.01 to 1000".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn sizes_are_bounded() {
        assert_eq!(size("120x36"), Ok((120, 36)));
        for bad in ["0x5", "120", "99999x1", "-1x3", "1001x2", "x"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_word_that_is_no_command_is_a_data_set() {
        let cli = Cli::try_parse_from(["fastdeck", "my-folder", "--brand", "oak"]).unwrap();
        assert!(cli.command.is_none());
        assert_eq!(cli.dashboard.dataset, Some("my-folder".into()));
        let cli = Cli::try_parse_from(["fastdeck", "metrics", "x", "--against", "2017-11-01"]);
        let Some(Command::Metrics(metrics)) = cli.unwrap().command else {
            panic!("no metrics command");
        };
        assert_eq!(
            metrics.shared.against,
            Against::On(Day::from_ymd(2017, 11, 1).unwrap())
        );
    }

    #[test]
    fn every_pane_can_be_named() {
        for pane in Pane::ALL {
            let words = ["fastdeck", "capture", "--pane", pane.id(), "-o", "x.svg"];
            let Some(Command::Capture(c)) = Cli::try_parse_from(words).unwrap().command else {
                panic!("no capture command");
            };
            assert_eq!(c.pane, pane);
        }
    }
}
