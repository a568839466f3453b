//! Arguments, subcommands and exit codes.
