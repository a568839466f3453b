//! Arguments, subcommands and exit codes.
//!
//! This is the only layer that reads arguments and the environment. Every subcommand is a function
//! from its arguments to `Result<(), Failure>`; `failure` turns that into an exit code in one
//! place. stdout carries data only, everything else goes to stderr, cleaned of control characters.

mod args;
mod cache;
mod capture;
mod check;
mod config;
mod demo;
mod doctor;
mod environment;
mod failure;
mod keymap;
mod listing;

mod memory;
mod metrics;
mod new;
mod open;
mod output;
mod project;
mod query;
mod report;
mod seek;
mod suggest;
mod system_fonts;
mod themes;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Cli, Command};
use environment::Environment;
use failure::Failure;

pub use listing::{format_page, keys_page};

/// Runs the program with the arguments of the process.
pub fn main() -> ExitCode {
    let environment = Environment::of_process();
    let result = Cli::try_parse()
        .map_err(Failure::Arguments)
        .and_then(|cli| run(cli, &environment));
    failure::finish(result)
}

/// The command line as clap sees it, for pages generated from it.
pub fn command() -> clap::Command {
    Cli::command()
}

fn run(cli: Cli, environment: &Environment) -> Result<(), Failure> {
    // A screen opens with what is right and tells what is wrong; nothing else works with half of
    // what was meant.
    match &cli.command {
        None
        | Some(
            Command::Demo(args::Demo { write: None, .. })
            | Command::Config(_)
            | Command::Doctor(_)
            | Command::Licenses
            | Command::Completions { .. }
            | Command::Man,
        ) => {}
        Some(_) => environment.refuse_problems()?,
    }
    match cli.command {
        None => dashboard(cli.dashboard, environment),
        Some(Command::Metrics(args)) => metrics::run(&args, environment),
        Some(Command::Check(args)) => check::run(&args, environment),
        Some(Command::Capture(args)) => capture::run(&args, environment),
        Some(Command::Report(args)) => report::run(&args, environment),
        Some(Command::Seek(args)) => seek::run(&args, environment),
        Some(Command::Project(args)) => project::run(&args, environment),
        Some(Command::Demo(args)) => demo::run(&args, environment),
        Some(Command::New(args)) => new::run(&args, environment),
        Some(Command::Cache(args)) => cache::run(&args, environment),
        Some(Command::Config(args)) => config::run(&args, environment),
        Some(Command::Doctor(args)) => doctor::run(&args, environment),
        Some(Command::Licenses) => listing::licenses(),
        Some(Command::Panes(args)) => listing::panes(args.language(environment)),
        Some(Command::Keys(args)) => keymap::run(&args, environment),
        Some(Command::Format(args)) => listing::format(args.language(environment)),
        Some(Command::Completions { shell }) => listing::completions(shell),
        Some(Command::Man) => listing::man(),
    }
}

/// Opens the data set named, else the last one, else the demo.
fn dashboard(args: args::Dashboard, environment: &Environment) -> Result<(), Failure> {
    let last = || environment.home.as_deref().and_then(memory::last);
    let configured = environment.settings.dataset.clone();
    let asks = args.dataset.is_some() || args.state.is_some();
    let tour = !asks && memory::is_first_run(environment.home.as_deref());
    let session = open::Session {
        dataset: args.dataset.or(configured).or_else(last),
        pane: args.pane,
        watch: args.watch,
        trace: args.trace,
        tour,
        scene: args.state.as_ref(),
        shared: &args.shared,
    };
    open::dashboard(&session, environment)
}
