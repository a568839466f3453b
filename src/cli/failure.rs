//! Everything that can go wrong, and the exit code that says so. Decided here and nowhere else.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use crate::facts::{Problem, Wording};

/// Why a command did not do what it was asked for.
#[derive(Debug)]
pub(super) enum Failure {
    /// clap has something to say: an error, or help that was asked for.
    Arguments(clap::Error),
    /// The arguments do not fit the data set or each other.
    Usage(String),
    /// The data set cannot be used.
    Dataset(Vec<Problem>, Wording),
    /// `check` found errors and has printed them.
    Checked,
    /// `seek` found no way to the goal; the text says what comes nearest.
    Unreachable(String),
    /// The dashboard could not run or broke down.
    Dashboard(String),
    /// A signal ended the dashboard; the code is the one that shells expect.
    Ended(u8),
    /// A file could not be written.
    File(PathBuf, io::Error),
    /// stdout could not be written.
    Stdout(io::Error),
}

impl Failure {
    /// 1 the data set · 2 wrong usage · 3 the output · 4 a goal out of reach; help that was asked for and a reader that
    /// has gone away are no failure.
    fn code(&self) -> u8 {
        match self {
            Self::Arguments(error) if !error.use_stderr() => 0,
            Self::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe => 0,
            Self::Dataset(..) | Self::Checked | Self::Dashboard(_) => 1,
            Self::Arguments(_) | Self::Usage(_) => 2,
            Self::Ended(code) => *code,
            Self::File(..) | Self::Stdout(_) => 3,
            Self::Unreachable(_) => 4,
        }
    }

    /// What stderr says, a line each.
    fn lines(&self) -> Vec<String> {
        match self {
            Self::Arguments(error) if error.use_stderr() => refusal(error),
            Self::Arguments(_) | Self::Checked | Self::Ended(_) => Vec::new(),
            Self::Stdout(error) if error.kind() == io::ErrorKind::BrokenPipe => Vec::new(),
            Self::Usage(text) => text.lines().map(|line| format!("error: {line}")).collect(),
            Self::Dashboard(text) => vec![format!("error: {text}")],
            Self::Dataset(problems, wording) => problems.iter().map(|p| p.line(*wording)).collect(),
            Self::Unreachable(text) => vec![text.clone()],
            Self::File(path, error) => vec![format!("error: {}: {error}", path.display())],
            Self::Stdout(error) => vec![format!("error: stdout: {error}")],
        }
    }
}

/// What clap says of wrong arguments. It repeats them as they were typed, so it goes the way of all
/// messages, without its own colours.
fn refusal(error: &clap::Error) -> Vec<String> {
    let text = error.render().to_string();
    text.lines().map(str::to_owned).collect()
}

/// Says what went wrong and gives the exit code.
pub(super) fn finish(result: Result<(), Failure>) -> ExitCode {
    let Err(failure) = result else {
        return ExitCode::SUCCESS;
    };
    if let Failure::Arguments(error) = &failure
        && !error.use_stderr()
        && let Err(closed) = error.print()
    {
        return finish(Err(Failure::Stdout(closed)));
    }
    for line in failure.lines() {
        tell(&line);
    }
    ExitCode::from(failure.code())
}

/// Writes one line to stderr, harmlessly; a closed stderr is no reason to stop.
pub(super) fn tell(line: &str) {
    let line = super::output::visible(line);
    writeln!(io::stderr(), "{line}").ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_contract() {
        let io = |kind| io::Error::from(kind);
        let usage = Failure::Usage("x".into());
        assert_eq!(usage.code(), 2);
        assert_eq!(Failure::Dataset(Vec::new(), Wording::English).code(), 1);
        assert_eq!(Failure::Checked.code(), 1);
        assert_eq!(Failure::Unreachable("x".into()).code(), 4);
        let file = Failure::File("x".into(), io(io::ErrorKind::AlreadyExists));
        assert_eq!(file.code(), 3);
        assert_eq!(Failure::Stdout(io(io::ErrorKind::StorageFull)).code(), 3);
        let wrong = clap::Error::raw(clap::error::ErrorKind::InvalidValue, "a\nb\n");
        assert_eq!(Failure::Arguments(wrong).lines(), ["error: a", "b"]);
        let gone = Failure::Stdout(io(io::ErrorKind::BrokenPipe));
        assert_eq!((gone.code(), gone.lines().len()), (0, 0));
    }
}
