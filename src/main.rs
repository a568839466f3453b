//! The `fastdeck` binary: it hands over to `cli`.

use std::process::ExitCode;

fn main() -> ExitCode {
    fastdeck::cli::main()
}
